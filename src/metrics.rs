//! What the service does, in numbers: a registry with a method for each thing that happens, and the endpoint Prometheus reads.
//!
//! # The log beside it
//!
//! Numbers say how much, the log says which. `commands` starts `tracing` with `--log-format text|json` and the filter of
//! `PRONGSAI_LOG` (`prongsai=info` for a line a visit; without it errors alone), to standard error. Events use these fields, so
//! that one filter finds everything of an agency or of a run in text and in JSON:
//!
//! | field | what | on |
//! |---|---|---|
//! | `agency` | the agency's id | `visited`, `a change counts` |
//! | `run` | number of the run in the store | `visited` |
//! | `seconds`, `outcome` | how long, and `audited`, `stopped` or the word of the failure | `visited` |
//! | `subject`, `kind` | what got better or worse | `a change counts` |
//! | `owner`, `digest` | who was told, and the digest's key | `digest delivered` |
//! | `owner`, `outcome` | who could not be told | the sentence why |
//!
//! `error` is for what needs a person (a channel refused, the store cannot be written), `warn` for what heals or is tried again,
//! `info` for one line a visit and a run, `debug` for one line a request. Secrets and page text are never in a field.

use std::future::Future;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;

use crate::judge::Decision;

use crate::alert::{Channels, Outcome, Route};
use crate::standing::{Cause, Change, ChangeKind};

/// Upper ends of the histogram of visits, in seconds: a page, a small office, a large one, one that was cut off.
const SECONDS: [f64; 11] = [
    1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 3_600.0, 7_200.0,
];
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const ABOUT: &str =
    "prongsai (โปร่งใส)\n/metrics  ตัวเลขสำหรับ Prometheus\n/healthz  200 เมื่อทำงานได้ตามปกติ\n";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VisitLabel {
    result: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabel {
    decision: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChangeLabel {
    kind: &'static str,
    cause: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AlertLabel {
    channel: String,
    result: &'static str,
}

/// One visit of a website, over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit<'a> {
    /// How it ended, one word of a short list: `whole`, `partial`, or the word of the failure taxonomy.
    pub result: &'a str,
    /// How long it took.
    pub seconds: f64,
    /// Requests sent.
    pub requests: u64,
    /// Bytes received, as they came over the line.
    pub bytes: u64,
    /// Answers that said *not modified*.
    pub not_modified: u64,
}

/// The numbers of a service. Shared by reference; every method takes `&self`.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    agencies: Family<StateLabel, Gauge>,
    visits: Family<VisitLabel, Counter>,
    requests: Counter,
    received: Counter,
    not_modified: Counter,
    seconds: Histogram,
    judged: Family<DecisionLabel, Counter>,
    changes: Family<ChangeLabel, Counter>,
    alerts: Family<AlertLabel, Counter>,
    due: Gauge,
    late: Gauge,
    success: Gauge<f64, AtomicU64>,
    store: Gauge,
    trouble: Mutex<Option<String>>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Everything at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("prongsai");
        let agencies = Family::default();
        registry.register(
            "agencies",
            "Agencies of the list by state",
            agencies.clone(),
        );
        let visits = Family::default();
        registry.register(
            "visits",
            "Visits of websites by how they ended",
            visits.clone(),
        );
        let requests = Counter::default();
        registry.register("requests", "Requests sent to websites", requests.clone());
        let received = Counter::default();
        registry.register_with_unit(
            "received",
            "Bytes received from websites",
            Unit::Bytes,
            received.clone(),
        );
        let not_modified = Counter::default();
        registry.register(
            "not_modified",
            "Answers that said not modified",
            not_modified.clone(),
        );
        let seconds = Histogram::new(SECONDS);
        registry.register_with_unit(
            "visit",
            "How long visits took",
            Unit::Seconds,
            seconds.clone(),
        );
        let judged = Family::default();
        registry.register("judged_items", "Items judged by decision", judged.clone());
        let changes = Family::default();
        registry.register(
            "changes",
            "Changes that count by kind and cause",
            changes.clone(),
        );
        let alerts = Family::default();
        registry.register(
            "alerts",
            "Attempts to deliver a digest by channel (mail or a webhook's name) and result",
            alerts.clone(),
        );
        let due = Gauge::default();
        registry.register(
            "schedule_due",
            "Agencies whose visit is due now",
            due.clone(),
        );
        let late = Gauge::default();
        registry.register(
            "schedule_late",
            "Agencies whose due visit was missed",
            late.clone(),
        );
        let success = Gauge::default();
        registry.register_with_unit(
            "last_success_timestamp",
            "When the last run that was not void ended, since 1970",
            Unit::Seconds,
            success.clone(),
        );
        let store = Gauge::default();
        registry.register_with_unit(
            "store",
            "Size of the store's file",
            Unit::Bytes,
            store.clone(),
        );
        registry.register(
            "build",
            "The program",
            Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]),
        );
        let metrics = Self {
            registry,
            agencies,
            visits,
            requests,
            received,
            not_modified,
            seconds,
            judged,
            changes,
            alerts,
            due,
            late,
            success,
            store,
            trouble: Mutex::new(None),
        };
        // A counter that appears only with its first event hides that event from `rate()`.
        for decision in [Decision::Pass, Decision::Unsure, Decision::Fail] {
            metrics.judged(decision, 0);
        }
        for kind in [
            ChangeKind::Worse,
            ChangeKind::Better,
            ChangeKind::New,
            ChangeKind::Gone,
        ] {
            for cause in [Cause::Website, Cause::Rules, Cause::Person] {
                drop(metrics.changes.get_or_create(&change_label(kind, cause)));
            }
        }
        metrics
    }

    /// How many agencies are in each state; states not given are gone.
    pub fn agencies<'a>(&self, by_state: impl IntoIterator<Item = (&'a str, usize)>) {
        self.agencies.clear();
        for (state, count) in by_state {
            let state = state.to_owned();
            self.agencies
                .get_or_create(&StateLabel { state })
                .set(whole(count as u64));
        }
    }

    /// A visit is over.
    pub fn visit(&self, visit: &Visit<'_>) {
        let result = visit.result.to_owned();
        self.visits.get_or_create(&VisitLabel { result }).inc();
        self.seconds.observe(visit.seconds);
        self.requests.inc_by(visit.requests);
        self.received.inc_by(visit.bytes);
        self.not_modified.inc_by(visit.not_modified);
    }

    /// Items were judged.
    pub fn judged(&self, decision: Decision, items: u64) {
        let decision = match decision {
            Decision::Pass => "pass",
            Decision::Unsure => "unsure",
            Decision::Fail => "fail",
        };
        self.judged
            .get_or_create(&DecisionLabel { decision })
            .inc_by(items);
    }

    /// A change counts from now on.
    pub fn changed(&self, change: &Change) {
        self.changes
            .get_or_create(&change_label(change.kind, change.cause))
            .inc();
    }

    /// An attempt to deliver a digest to an owner is over. All mail counts as one channel: addresses are nobody else's business.
    pub fn alerted(&self, owner: &str, outcome: &Outcome) {
        let channel = match Route::of(owner) {
            Route::Mail(_) => "mail",
            Route::Webhook(name) => name,
        };
        let label = AlertLabel {
            channel: channel.to_owned(),
            result: outcome.word(),
        };
        self.alerts.get_or_create(&label).inc();
    }

    /// How many visits are due, and how many of them were missed.
    pub fn schedule(&self, due: usize, late: usize) {
        self.due.set(whole(due as u64));
        self.late.set(whole(late as u64));
    }

    /// The channels there are, each result at zero: a first refusal is an increase as well.
    pub fn channels(&self, channels: &Channels) {
        let mail = channels.mail.iter().map(|_| "mail");
        for channel in mail.chain(channels.webhook.keys().map(String::as_str)) {
            for result in Outcome::WORDS {
                let channel = channel.to_owned();
                drop(self.alerts.get_or_create(&AlertLabel { channel, result }));
            }
        }
    }

    /// A run that was not void ended. Told once at the start too, of the last one in the store.
    pub fn succeeded(&self, at: Timestamp) {
        self.success.set(at.as_millisecond() as f64 / 1_000.0);
    }

    /// The size of the store's file.
    pub fn store_bytes(&self, bytes: u64) {
        self.store.set(whole(bytes));
    }

    /// What `/healthz` says: `None` for well, else what is wrong, such as a store that cannot be written.
    pub fn trouble(&self, what: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    /// The OpenMetrics text that Prometheus reads.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail; a metric that could not be written would be missing from the text.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

fn change_label(kind: ChangeKind, cause: Cause) -> ChangeLabel {
    ChangeLabel {
        kind: match kind {
            ChangeKind::Worse => "worse",
            ChangeKind::Better => "better",
            ChangeKind::New => "new",
            ChangeKind::Gone => "gone",
        },
        cause: match cause {
            Cause::Website => "website",
            Cause::Rules => "rules",
            Cause::Person => "person",
        },
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Answers `/metrics`, `/healthz` and `/` until `shutdown`; then finishes what it has begun.
pub async fn serve(
    listener: TcpListener,
    metrics: Arc<Metrics>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(numbers))
        .route("/healthz", get(health))
        .route("/", get(|| async { ABOUT }))
        .with_state(metrics);
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
}

async fn numbers(State(metrics): State<Arc<Metrics>>) -> Response {
    ([(header::CONTENT_TYPE, OPENMETRICS)], metrics.encode()).into_response()
}

async fn health(State(metrics): State<Arc<Metrics>>) -> Response {
    let trouble = metrics
        .trouble
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    match trouble {
        None => "ok\n".into_response(),
        Some(what) => (StatusCode::SERVICE_UNAVAILABLE, format!("{what}\n")).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn get(address: std::net::SocketAddr, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let ask = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    fn busy() -> Metrics {
        let metrics = Metrics::new();
        let channels = "[webhook.audit-room]\nurl = 'https://x.go.th/'";
        metrics.channels(&toml_edit::de::from_str(channels).unwrap());
        metrics.agencies([("ok", 7), ("unreachable", 1)]);
        metrics.agencies([("ok", 8)]);
        for (result, seconds) in [("whole", 12.0), ("dns", 0.2)] {
            metrics.visit(&Visit {
                result,
                seconds,
                requests: 30,
                bytes: 5_000,
                not_modified: 28,
            });
        }
        metrics.judged(Decision::Fail, 11);
        metrics.alerted("a@example.go.th", &Outcome::Delivered);
        metrics.alerted("b@example.go.th", &Outcome::Delivered);
        metrics.alerted(
            "audit-room",
            &Outcome::Refused {
                why: "404".to_owned(),
            },
        );
        metrics.schedule(3, 1);
        metrics.succeeded("2026-10-03T01:00:00Z".parse().unwrap());
        metrics.store_bytes(4_096);
        metrics
    }

    #[test]
    fn the_text_says_what_happened() {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
        }, {
            // The library keeps labels in a hash map: their order is not ours to say.
            let text = busy().encode().replace(env!("CARGO_PKG_VERSION"), "(version)");
            let mut lines: Vec<&str> = text.lines().filter(|it| !it.starts_with('#')).collect();
            lines.sort_unstable();
            insta::assert_snapshot!("metrics", lines.join("\n"));
        });
    }

    #[test]
    fn the_text_is_openmetrics() {
        let text = busy().encode();
        assert!(text.ends_with("# EOF\n"));
        for line in text.lines().filter(|it| !it.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("prongsai_"), "{line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }

    #[test]
    fn no_mail_address_is_in_the_numbers() {
        assert!(!busy().encode().contains('@'));
    }

    #[tokio::test]
    async fn the_endpoint_answers_until_it_is_told_to_stop() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let metrics = Arc::new(busy());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, Arc::clone(&metrics), async {
            stopped.await.unwrap_or(());
        }));

        let numbers = get(address, "/metrics").await;
        assert!(numbers.starts_with("HTTP/1.1 200"), "{numbers}");
        assert!(
            numbers
                .to_lowercase()
                .contains(&format!("content-type: {OPENMETRICS}"))
        );
        assert!(numbers.contains("prongsai_visits_total{result=\"dns\"} 1"));
        // The endpoint shows the present, not the state it started with.
        metrics.schedule(0, 0);
        assert!(
            get(address, "/metrics")
                .await
                .contains("prongsai_schedule_due 0")
        );

        assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 200"));
        metrics.trouble(Some("the store cannot be written".to_owned()));
        let ill = get(address, "/healthz").await;
        assert!(
            ill.starts_with("HTTP/1.1 503") && ill.contains("cannot be written"),
            "{ill}"
        );
        assert!(get(address, "/").await.contains("/metrics"));
        assert!(get(address, "/other").await.starts_with("HTTP/1.1 404"));

        stop.send(()).unwrap();
        served.await.unwrap().unwrap();
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
    }
}
