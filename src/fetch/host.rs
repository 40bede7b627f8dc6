//! Manners towards one server: what robots.txt allows, how long to wait between requests, when to try again, when to give up.

use std::time::Duration;

use jiff::Timestamp;
use texting_robots::Robot;
use tokio::time::Instant;
use url::Url;

use super::address::Origin;
use super::capture::{Fault, FaultKind};
use super::courtesy::{Courtesy, Turn};
use super::memory::Answer;
use super::options::Options;

/// The least time between two requests when the server's own pace decides.
const LEAST: Duration = Duration::from_millis(500);
/// The most, when it does.
const MOST: Duration = Duration::from_secs(8);
/// No wait is longer than this, whoever asks for it.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// So many failures in a row, and the server is given up.
const HOPELESS: u32 = 6;
/// Crawlers are not expected to read more of a robots.txt.
pub(crate) const ROBOTS_BYTES: u64 = 500 << 10;

/// One server, and how it is treated.
pub(crate) struct Host {
    origin: Origin,
    options: Options,
    courtesy: Courtesy,
    loopback: bool,
    rules: Rules,
    /// Requests of this crawl that are under way.
    active: usize,
    latency: Option<Duration>,
    crawl_delay: Duration,
    failures: u32,
}

enum Rules {
    Unasked,
    Asked,
    Known(Option<Robot>),
}

impl Host {
    pub(crate) fn new(url: &Url, options: &Options) -> Self {
        Self {
            origin: Origin::of(url),
            options: options.clone(),
            courtesy: options.courtesy.clone(),
            loopback: options.is_loopback(url),
            rules: Rules::Unasked,
            active: 0,
            latency: None,
            crawl_delay: Duration::ZERO,
            failures: 0,
        }
    }

    /// Whether it is our turn.
    pub(crate) fn turn(&self, now: Instant) -> Turn {
        if self.is_busy() || matches!(self.rules, Rules::Asked) {
            return Turn::Busy;
        }
        self.courtesy.turn(&self.origin, self.at_once(), now)
    }

    /// Takes a turn that is ours: the next request must be sent. Another crawl may have come first.
    pub(crate) fn claim(&mut self, now: Instant) -> Turn {
        if self.is_busy() {
            return Turn::Busy;
        }
        let next = now + self.delay();
        let turn = self.courtesy.claim(&self.origin, self.at_once(), now, next);
        self.active += usize::from(turn == Turn::Now);
        turn
    }

    /// Gives back a turn for which there was nothing to ask.
    pub(crate) fn pass(&mut self) {
        self.active = self.active.saturating_sub(1);
        self.courtesy.ended(&self.origin, 1);
    }

    fn is_busy(&self) -> bool {
        self.active >= self.at_once()
    }

    /// Requests that the server is to bear at one time.
    fn at_once(&self) -> usize {
        if self.crawl_delay.is_zero() {
            self.options.connections.max(1)
        } else {
            1
        }
    }

    /// Whether robots.txt has yet to be asked for; the answer is yes once.
    pub(crate) fn ask_for_rules(&mut self) -> bool {
        let unasked = matches!(self.rules, Rules::Unasked);
        if unasked {
            self.rules = Rules::Asked;
        }
        unasked
    }

    /// Takes in the rules, and returns the sitemaps they name. Without a readable robots.txt everything is allowed.
    pub(crate) fn learn(&mut self, robots: Option<&[u8]>) -> Vec<String> {
        let robot = robots.and_then(|body| Robot::new(Options::NAME, body).ok());
        let delay = robot
            .as_ref()
            .and_then(|robot| robot.delay)
            .and_then(|delay| Duration::try_from_secs_f32(delay).ok());
        self.crawl_delay = delay.unwrap_or_default().min(LONGEST);
        let sitemaps = robot
            .as_ref()
            .map_or(Vec::new(), |robot| robot.sitemaps.clone());
        self.rules = Rules::Known(robot);
        sitemaps
    }

    /// Whether robots.txt allows an address.
    pub(crate) fn allows(&self, url: &Url) -> bool {
        match &self.rules {
            Rules::Known(Some(robot)) => robot.allowed(url.as_str()),
            _ => true,
        }
    }

    /// A request is sent, turn or not.
    pub(crate) fn began(&mut self, now: Instant) {
        self.active += 1;
        self.courtesy.began(&self.origin, now + self.delay());
    }

    /// A request is over; `latency` is the time to the answer, if one came.
    pub(crate) fn ended(&mut self, now: Instant, latency: Option<Duration>) {
        self.active = self.active.saturating_sub(1);
        self.courtesy.ended(&self.origin, 1);
        if let Some(latency) = latency {
            self.latency = Some(match self.latency {
                Some(before) => (before * 3 + latency) / 4,
                None => latency,
            });
        }
        self.rest(now + self.delay());
    }

    /// No request before this time.
    pub(crate) fn rest(&self, until: Instant) {
        self.courtesy.rest(&self.origin, until);
    }

    /// The time between two requests.
    pub(crate) fn delay(&self) -> Duration {
        let own = self.options.delay.unwrap_or_else(|| {
            if self.loopback {
                Duration::ZERO
            } else {
                (self.latency.unwrap_or_default() * 2).clamp(LEAST, MOST)
            }
        });
        own.max(self.crawl_delay)
    }

    /// Notes the last outcome of a request.
    pub(crate) fn count(&mut self, outcome: Result<&Answer, &Fault>) {
        let failed = outcome.is_err_and(|fault| {
            matches!(
                fault.kind,
                FaultKind::Dns | FaultKind::Refused | FaultKind::Timeout | FaultKind::Tls
            )
        });
        self.failures = if failed { self.failures + 1 } else { 0 };
    }

    /// Whether so much went wrong that nothing more is asked.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.failures >= HOPELESS
    }
}

/// A crawl that ends, or is dropped, leaves no request behind.
impl Drop for Host {
    fn drop(&mut self) {
        self.courtesy.ended(&self.origin, self.active);
    }
}

/// What to do with an outcome that may be better next time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// It stands.
    No,
    /// This request, after a while; others need not wait.
    After(Duration),
    /// The server asks for patience: none of its pages before.
    HostAfter(Duration),
}

/// Whether to try again after the outcome of the `attempt`-th try (from 0).
pub(crate) fn again(
    outcome: Result<&Answer, &Fault>,
    attempt: u32,
    options: &Options,
    now: Timestamp,
) -> Again {
    let wait = options
        .backoff
        .saturating_mul(1 << attempt.min(16))
        .min(LONGEST);
    match outcome {
        Ok(response) => match response.status {
            // Nobody asked whether anything changed: where somebody did, the answer is the earlier one by now.
            304 if attempt < options.retries.min(1) => Again::After(wait),
            429 | 502 | 503 | 504 if attempt < options.retries => {
                let asked = response
                    .header("retry-after")
                    .and_then(|value| retry_after(value, now));
                match asked {
                    // Nobody waits that long for a page.
                    Some(asked) if asked > LONGEST => Again::No,
                    Some(asked) => Again::HostAfter(asked.max(wait)),
                    None if matches!(response.status, 429 | 503) => Again::HostAfter(wait),
                    None => Again::After(wait),
                }
            }
            _ if response.truncated.as_deref() == Some("disconnect")
                && attempt < options.retries.min(1) =>
            {
                Again::After(wait)
            }
            _ => Again::No,
        },
        Err(fault) => {
            let tries = match fault.kind {
                FaultKind::Disconnected => options.retries,
                FaultKind::Dns | FaultKind::Refused | FaultKind::Timeout => options.retries.min(1),
                FaultKind::Tls
                | FaultKind::Malformed
                | FaultKind::RedirectLoop
                | FaultKind::PrivateAddress => 0,
            };
            if attempt < tries {
                Again::After(wait)
            } else {
                Again::No
            }
        }
    }
}

/// `Retry-After`: seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(value.trim())
        .ok()?;
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::memory::Named;
    use super::*;

    fn host(url: &str, options: &Options) -> Host {
        Host::new(&Url::parse(url).unwrap(), options)
    }

    fn response(status: u16, headers: &[(&str, &str)]) -> Answer {
        Answer {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: Named::of(b""),
            truncated: None,
        }
    }

    fn fault(kind: FaultKind) -> Fault {
        Fault {
            kind,
            detail: String::new(),
        }
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_delay_follows_the_server_and_spares_nobody_on_this_machine() {
        let options = Options::default();
        let now = Instant::now();
        let mut far = host("http://a.go.th/", &options);
        assert_eq!(far.turn(now), Turn::Now);
        far.began(now);
        assert_eq!(far.turn(now), Turn::Busy);
        far.ended(now + SECOND, Some(SECOND));
        assert_eq!(far.turn(now + SECOND), Turn::At(now + SECOND * 3));
        assert_eq!(far.turn(now + SECOND * 3), Turn::Now);
        for url in [
            "http://127.0.0.1:8000/",
            "http://[::1]/",
            "http://localhost/",
        ] {
            let mut near = host(url, &options);
            near.began(now);
            near.ended(now, Some(SECOND));
            assert_eq!(near.turn(now), Turn::Now);
        }
    }

    #[test]
    fn a_crawl_delay_holds_even_here_and_even_with_more_connections() {
        let options = Options {
            connections: 4,
            ..Options::default()
        };
        let mut near = host("http://127.0.0.1/", &options);
        assert!(near.ask_for_rules());
        assert!(!near.ask_for_rules());
        assert_eq!(near.turn(Instant::now()), Turn::Busy);
        let sitemaps = near.learn(Some(
            b"User-agent: *\nCrawl-delay: 2\nDisallow: /admin\nSitemap: http://127.0.0.1/s.xml\n\nUser-agent: other\nDisallow: /",
        ));
        assert_eq!(sitemaps, ["http://127.0.0.1/s.xml"]);
        assert_eq!(near.delay(), SECOND * 2);
        let allows =
            |path: &str| near.allows(&Url::parse(&format!("http://127.0.0.1{path}")).unwrap());
        assert!(allows("/news") && !allows("/admin/x"));
        let now = Instant::now();
        near.began(now);
        assert_eq!(near.turn(now), Turn::Busy);
        near.ended(now, None);
        assert_eq!(near.turn(now), Turn::At(now + SECOND * 2));
    }

    #[test]
    fn a_page_in_place_of_robots_txt_forbids_nothing() {
        let options = Options::default();
        let url = Url::parse("http://a.go.th/x").unwrap();
        for answer in [
            None,
            Some("<html><body>not found</body></html>"),
            Some("\0\u{fffd}::\n:Disallow"),
        ] {
            let mut host = host("http://a.go.th/", &options);
            host.learn(answer.map(str::as_bytes));
            assert!(host.allows(&url));
        }
    }

    #[test]
    fn patience_doubles_and_heeds_the_server() {
        let options = Options::default();
        let now: Timestamp = "2022-05-20T00:00:00Z".parse().unwrap();
        let busy = response(503, &[]);
        let wait = |attempt| again(Ok(&busy), attempt, &options, now);
        assert_eq!(wait(0), Again::HostAfter(SECOND * 2));
        assert_eq!(wait(1), Again::HostAfter(SECOND * 4));
        assert_eq!(wait(2), Again::No);
        for (value, seconds) in [
            ("7", 7),
            ("Fri, 20 May 2022 00:01:00 GMT", 60),
            ("0", 2),
            ("soon", 2),
        ] {
            let asked = response(429, &[("Retry-After", value)]);
            assert_eq!(
                again(Ok(&asked), 0, &options, now),
                Again::HostAfter(SECOND * seconds),
                "{value}"
            );
        }
        let never = response(429, &[("Retry-After", "86400")]);
        assert_eq!(again(Ok(&never), 0, &options, now), Again::No);
    }

    #[test]
    fn only_faults_that_may_pass_are_tried_again() {
        let options = Options::default();
        let now = Timestamp::UNIX_EPOCH;
        let tries = |outcome: Result<&Answer, &Fault>| {
            (0..9)
                .find(|attempt| again(outcome, *attempt, &options, now) == Again::No)
                .unwrap()
        };
        assert_eq!(tries(Ok(&response(200, &[]))), 0);
        assert_eq!(tries(Ok(&response(500, &[]))), 0);
        assert_eq!(tries(Ok(&response(404, &[]))), 0);
        assert_eq!(tries(Ok(&response(304, &[]))), 1, "asked for no condition");
        assert_eq!(tries(Ok(&response(502, &[]))), 2);
        assert_eq!(tries(Err(&fault(FaultKind::Disconnected))), 2);
        assert_eq!(tries(Err(&fault(FaultKind::Timeout))), 1);
        assert_eq!(tries(Err(&fault(FaultKind::Tls))), 0);
        assert_eq!(tries(Err(&fault(FaultKind::PrivateAddress))), 0);
    }

    #[test]
    fn a_server_that_never_answers_is_given_up() {
        let mut host = host("http://a.go.th/", &Options::default());
        let dead = fault(FaultKind::Timeout);
        let fine = response(200, &[]);
        (1..HOPELESS).for_each(|_| host.count(Err(&dead)));
        assert!(!host.is_hopeless());
        host.count(Ok(&fine));
        (1..HOPELESS).for_each(|_| host.count(Err(&dead)));
        assert!(!host.is_hopeless());
        host.count(Err(&dead));
        assert!(host.is_hopeless());
    }
}
