//! The crawl: from the home page outward until nothing is left or a limit is met.

mod follow;
mod job;
mod replay;
mod sitemap;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::address::{Origin, is_web, normalise};
use super::capture::{Capture, Fault, FaultKind, Found, SkipReason, Stop};
use super::client::Client;
use super::courtesy::Turn;
use super::frontier::{Entry, Frontier, Purpose};
use super::host::{Again, Host, ROBOTS_BYTES, again};
use super::memory::{Answer, Crawled, Held, Landed, Manifest, Memory, Start, Step, Trace, Traffic};
use super::options::{Event, Interrupt, Options, Progress};
use job::{Done, Got, Job};

/// Requests under way at one time, to all servers together.
const AT_ONCE: usize = 16;
/// Crawls an agency's site to completion, or to the first limit, and returns all of it. What goes wrong on the way is part of
/// the capture.
pub async fn crawl(
    home: Url,
    options: &Options,
    progress: &dyn Progress,
    mut interrupt: Interrupt,
) -> Capture {
    let held = Arc::new(Held::default());
    let start = Start {
        taken_on: options.as_of.unwrap_or_else(Capture::today),
        home,
    };
    let memory = Arc::clone(&held) as Arc<dyn Memory>;
    let mut crawl = Crawl::new(start, options, progress, memory);
    let stop = crawl.run(&mut interrupt).await;
    let filled: Result<_, std::convert::Infallible> = crawl
        .finish_up(stop)
        .manifest
        .fill(|_, name| Ok(held.body(name)));
    let Ok(capture) = filled;
    capture
}

/// Crawls as [`crawl`] does, with a memory that takes the bodies and the steps. Begun again with the memory of a crawl that
/// died, it goes on where that one was: what was answered is not asked again. An error is the memory's.
pub async fn crawl_with(
    home: Url,
    options: &Options,
    progress: &dyn Progress,
    mut interrupt: Interrupt,
    memory: Arc<dyn Memory>,
) -> io::Result<Crawled> {
    let taken_on = options.as_of.unwrap_or_else(Capture::today);
    let start = memory.begin(Start { home, taken_on })?;
    let mut crawl = Crawl::new(start, options, progress, memory);
    crawl.replay().await?;
    let stop = crawl.run(&mut interrupt).await;
    match crawl.broken.take() {
        Some(error) => Err(error),
        None => Ok(crawl.finish_up(stop)),
    }
}

/// Of an answer that is only to show that there is one.
const KNOCK_BYTES: u64 = 1 << 10;

/// Whether an address gives any answer. One request, no redirects, for who has to know whether the network works at all.
pub async fn knock(url: &Url, options: &Options) -> bool {
    let client = Client::new(options);
    let answer = client.get(url, KNOCK_BYTES, Default::default()).await;
    answer.is_ok()
}

struct Crawl<'a> {
    start: Start,
    /// The home's normal form.
    home: Url,
    options: &'a Options,
    progress: &'a dyn Progress,
    memory: Arc<dyn Memory>,
    /// What the memory failed with.
    broken: Option<io::Error>,
    client: Arc<Client>,
    frontier: Frontier,
    hosts: BTreeMap<Origin, Host>,
    /// Requests to be tried again, and when.
    later: Vec<(Instant, Entry)>,
    /// Requests that were under way when the crawl died: the first to go out again.
    cut_off: Vec<Entry>,
    /// Whether an earlier life is being told, in which nothing goes out.
    replaying: bool,
    jobs: JoinSet<Done>,
    /// What the jobs are about, should they not come back.
    under_way: BTreeMap<Id, Entry>,
    visits: Vec<Trace>,
    redirects: BTreeMap<Url, Url>,
    /// How often a body was looked through for links.
    bodies: BTreeMap<String, u32>,
    traffic: Traffic,
    bytes: u64,
    /// Of these, from other sites.
    bytes_outside: u64,
    pages: usize,
    sitemaps: u32,
    phase: Phase,
    down: bool,
}

/// What is left to try when nothing waits any more.
#[derive(PartialEq, Eq)]
enum Phase {
    Links,
    Entrances,
    End,
}

impl<'a> Crawl<'a> {
    fn new(
        start: Start,
        options: &'a Options,
        progress: &'a dyn Progress,
        memory: Arc<dyn Memory>,
    ) -> Self {
        let mut frontier = Frontier::new(&start.home, options);
        frontier.begin(&start.home);
        Self {
            client: Arc::new(Client::new(options)),
            frontier,
            home: normalise(&start.home),
            start,
            options,
            progress,
            memory,
            broken: None,
            hosts: BTreeMap::new(),
            later: Vec::new(),
            cut_off: Vec::new(),
            replaying: false,
            jobs: JoinSet::new(),
            under_way: BTreeMap::new(),
            visits: Vec::new(),
            redirects: BTreeMap::new(),
            bodies: BTreeMap::new(),
            traffic: Traffic::default(),
            bytes: 0,
            bytes_outside: 0,
            pages: 0,
            sitemaps: 0,
            phase: Phase::Links,
            down: false,
        }
    }

    async fn run(&mut self, interrupt: &mut Interrupt) -> Option<Stop> {
        let deadline = self.options.max_time.map(|time| Instant::now() + time);
        loop {
            let now = Instant::now();
            self.bring_back(now);
            let mut wake = self.send_cut_off(now);
            let limit = self.limit();
            if limit.is_none() {
                wake = wake.into_iter().chain(self.dispatch(now)).min();
            }
            if self.jobs.is_empty() && self.cut_off.is_empty() {
                if limit.is_some() {
                    return limit;
                }
                if wake.is_none() && self.frontier.len() == 0 && !self.next_phase() {
                    return self.down.then_some(Stop::HostDown);
                }
            }
            if self.broken.is_some() {
                return None;
            }
            tokio::select! {
                biased;
                () = interrupt.pulled() => return Some(Stop::Interrupted),
                () = sleep_until(deadline.unwrap_or(now)), if deadline.is_some() => return Some(Stop::Time),
                Some(done) = self.jobs.join_next_with_id(), if !self.jobs.is_empty() => self.land(done),
                () = sleep_until(wake.unwrap_or(now)), if wake.is_some() => {}
                () = std::future::ready(()), if self.jobs.is_empty() && wake.is_none() => {}
            }
        }
    }

    /// The limit that is met while something still waits.
    fn limit(&self) -> Option<Stop> {
        let waits = self.frontier.len() > 0 || !self.later.is_empty();
        if waits && self.bytes >= self.options.max_bytes {
            Some(Stop::Bytes)
        } else if waits && self.pages >= self.options.max_pages && !self.frontier.only_images() {
            Some(Stop::Pages)
        } else {
            None
        }
    }

    /// Sends what was under way when the crawl died, each in its turn. No limit holds it back: it was within them.
    fn send_cut_off(&mut self, now: Instant) -> Option<Instant> {
        let mut wake = None;
        for entry in std::mem::take(&mut self.cut_off) {
            match self.host(&Origin::of(&entry.ask), &entry.ask).claim(now) {
                Turn::Now => self.send(entry),
                turn => {
                    wake = wake.into_iter().chain(turn.time()).min();
                    self.cut_off.push(entry);
                }
            }
        }
        wake
    }

    /// Sends what may be sent now, and returns when it is worth looking again.
    fn dispatch(&mut self, now: Instant) -> Option<Instant> {
        let mut wakes: Vec<Instant> = self.later.iter().map(|(at, _)| *at).collect();
        self.give_up_hopeless();
        for origin in self.frontier.origins() {
            while self.jobs.len() < AT_ONCE && self.limit().is_none() && self.broken.is_none() {
                let Some(waiting) = self.frontier.peek(&origin) else {
                    break;
                };
                let url = waiting.ask.clone();
                let host = self.host(&origin, &url);
                let turn = match host.turn(now) {
                    Turn::Now => host.claim(now),
                    turn => turn,
                };
                if turn != Turn::Now {
                    wakes.extend(turn.time());
                    break;
                }
                let Some(entry) = self.next_of(&origin) else {
                    self.host(&origin, &url).pass();
                    break;
                };
                self.begin(entry, &origin);
            }
        }
        wakes.into_iter().min()
    }

    fn host(&mut self, origin: &Origin, url: &Url) -> &mut Host {
        self.hosts
            .entry(origin.clone())
            .or_insert_with(|| Host::new(url, self.options))
    }

    /// What waits for a server that keeps failing is not asked for.
    fn give_up_hopeless(&mut self) {
        for origin in self.frontier.origins() {
            if self.hosts.get(&origin).is_some_and(Host::is_hopeless) {
                self.down |= origin == Origin::of(&self.home);
                self.frontier.give_up(Some(&origin));
            }
        }
    }

    /// What a server is asked next: its rules first of all. What is not to be asked after all is passed over.
    fn next_of(&mut self, origin: &Origin) -> Option<Entry> {
        let waiting = self.frontier.peek(origin)?.clone();
        if self.host(origin, &waiting.ask).ask_for_rules() {
            return Some(robots_entry(&waiting));
        }
        loop {
            let entry = self.frontier.next(origin)?;
            let host = self.hosts.get(origin);
            let why = if host.is_some_and(|host| !host.allows(&entry.ask)) {
                SkipReason::Robots
            } else if !self.frontier.contains(&entry.url)
                && self.bytes_outside >= self.options.offsite.bytes
            {
                SkipReason::Limit
            } else {
                if entry.purpose == Purpose::Page && entry.attempt == 0 {
                    self.pages += 1;
                }
                return Some(entry);
            };
            self.frontier.skip(entry.url, entry.found, why);
        }
    }

    /// Notes a step, and says whether it was. Without its memory the crawl cannot go on.
    fn note(&mut self, step: &Step) -> bool {
        let noted = self.memory.note(step);
        noted
            .map_err(|error| self.broken.get_or_insert(error))
            .is_ok()
    }

    /// Sends a request whose intent is noted.
    fn begin(&mut self, entry: Entry, queue: &Origin) {
        let step = Step::Sent {
            ask: entry.ask.clone(),
            attempt: entry.attempt,
            queue: queue.to_string(),
        };
        if self.note(&step) {
            self.send(entry);
        }
    }

    fn send(&mut self, entry: Entry) {
        let mut left = self.options.max_bytes.saturating_sub(self.bytes);
        if !self.frontier.contains(&entry.url) {
            let outside = self.options.offsite.bytes;
            left = left.min(outside.saturating_sub(self.bytes_outside));
        }
        let limit = match entry.purpose {
            Purpose::Robots => ROBOTS_BYTES,
            _ => self.options.max_file_bytes.min(left),
        };
        let job = Job {
            client: Arc::clone(&self.client),
            memory: Arc::clone(&self.memory),
            entry: entry.clone(),
            limit,
        };
        let job = self.jobs.spawn(job.run());
        self.under_way.insert(job.id(), entry);
    }

    /// Takes back a job. One that broke is a fault of ours, and its address is recorded as not read.
    fn land(&mut self, done: Result<(Id, Done), JoinError>) {
        let (entry, done) = match done {
            Ok((id, done)) => (self.under_way.remove(&id), done),
            Err(error) => (
                self.under_way.remove(&error.id()),
                Done::fault(FaultKind::Malformed, error.to_string()),
            ),
        };
        let Some(entry) = entry else { return };
        if let Some(error) = done.broken {
            self.broken.get_or_insert(error);
            return;
        }
        let landed = Landed {
            ask: entry.ask.clone(),
            attempt: entry.attempt,
            at: done.at,
            latency: done.latency,
            read: done.got.is_wanted(),
            not_modified: done.not_modified,
            outcome: done.outcome,
        };
        let step = Step::Landed(landed);
        if self.note(&step)
            && let Step::Landed(landed) = step
        {
            self.finish(entry, landed, done.got);
        }
    }

    /// Requests whose time to be tried again has come.
    fn bring_back(&mut self, now: Instant) {
        let (due, later) = std::mem::take(&mut self.later)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.later = later;
        for (_, entry) in due {
            let step = Step::Back {
                ask: entry.ask.clone(),
                attempt: entry.attempt,
            };
            if self.note(&step) {
                self.resend(entry);
            }
        }
    }

    fn resend(&mut self, entry: Entry) {
        if entry.purpose != Purpose::Robots {
            self.frontier.put_back(entry);
            return;
        }
        // Its host waits for it, and for nothing else.
        if let Some(host) = self.hosts.get_mut(&Origin::of(&entry.ask)) {
            host.began(Instant::now());
        }
        if self.replaying {
            self.cut_off.push(entry);
        } else {
            let origin = Origin::of(&entry.ask);
            self.begin(entry, &origin);
        }
    }

    fn finish(&mut self, mut entry: Entry, landed: Landed, got: Got) {
        let now = Instant::now();
        let Landed {
            at,
            latency,
            outcome,
            not_modified,
            ..
        } = landed;
        self.traffic.requests += 1;
        self.traffic.not_modified += u64::from(not_modified);
        if let Ok(answer) = &outcome
            && !not_modified
        {
            self.traffic.bytes_moved += answer.body.length;
        }
        let origin = Origin::of(&entry.ask);
        let answered = outcome.is_ok().then_some(latency);
        let ended = at
            .checked_add(jiff::SignedDuration::try_from(latency).unwrap_or_default())
            .unwrap_or(at);
        let verdict = again(outcome.as_ref(), entry.attempt, self.options, ended);
        if let Some(host) = self.hosts.get_mut(&origin) {
            host.ended(now, answered);
        }
        let wait = match verdict {
            Again::No => None,
            Again::After(wait) => Some(wait),
            Again::HostAfter(wait) => {
                if let Some(host) = self.hosts.get_mut(&origin) {
                    host.rest(now + wait);
                }
                if !self.replaying {
                    self.progress.event(Event::Waiting {
                        host: &origin.to_string(),
                        time: wait,
                    });
                }
                Some(wait)
            }
        };
        if let Some(wait) = wait {
            entry.attempt += 1;
            self.later.push((now + wait, entry));
            return;
        }
        if let Some(host) = self.hosts.get_mut(&origin) {
            host.count(outcome.as_ref());
        }
        self.record(entry, at, outcome, got);
    }

    fn record(&mut self, entry: Entry, at: Timestamp, mut result: Result<Answer, Fault>, got: Got) {
        let target = match &result {
            Ok(answer) => answer.location().and_then(|to| join(&entry.ask, to)),
            Err(_) => None,
        };
        if let Some(target) = &target {
            let to = normalise(target);
            if to == entry.url && self.bounces(&entry, target) {
                return;
            }
            self.redirects.insert(entry.url.clone(), to);
            if let Some(detail) = self.circle(&entry) {
                result = Err(Fault {
                    kind: FaultKind::RedirectLoop,
                    detail,
                });
            }
        }
        let size = result.as_ref().map_or(0, |answer| answer.body.length);
        self.bytes += size;
        if !self.frontier.contains(&entry.url) {
            self.bytes_outside += size;
        }
        let outcome = result
            .as_ref()
            .map(|answer| answer.status)
            .map_err(|fault| fault.kind);
        self.visits.push(Trace {
            url: entry.url.clone(),
            found: entry.found.clone(),
            at,
            result,
        });
        match (entry.purpose, target, outcome) {
            (Purpose::Robots, target, _) => self.rules(&entry, target.as_ref(), got),
            (_, _, Err(kind)) => self.turn_aside(&entry, kind),
            (_, Some(target), _) => self.redirect(&entry, &target),
            (Purpose::Sitemap, _, Ok(200)) => self.sitemap(&entry, &got),
            (Purpose::Page, ..) => {
                if let Got::Page(reading) = got {
                    self.expand(&entry, &reading);
                }
            }
            (Purpose::Sitemap | Purpose::Image, ..) => {}
        }
        self.progress.event(Event::Fetched {
            url: &entry.url,
            outcome,
            fetched: self.visits.len(),
            queued: self.frontier.len() + self.later.len() + self.jobs.len(),
            bytes: self.bytes,
        });
    }

    fn finish_up(mut self, stop: Option<Stop>) -> Crawled {
        let later = std::mem::take(&mut self.later);
        let later = later.into_iter().map(|(_, entry)| entry);
        for entry in std::mem::take(&mut self.under_way)
            .into_values()
            .chain(std::mem::take(&mut self.cut_off))
            .chain(later)
        {
            self.frontier
                .skip(entry.url, entry.found, SkipReason::Limit);
        }
        self.frontier.give_up(None);
        let (skipped, traps, too_deep) = self.frontier.finish();
        let silent = self.visits.iter().all(|visit| visit.result.is_err());
        let stop = stop.or((silent && !self.visits.is_empty()).then_some(Stop::HostDown));
        self.traffic.bytes_whole = self.bytes;
        Crawled {
            manifest: Manifest {
                home: self.home,
                taken_on: self.start.taken_on,
                visits: self.visits,
                skipped,
                traps,
                stop: stop.or(too_deep.then_some(Stop::Depth)),
            },
            traffic: self.traffic,
        }
    }
}

fn robots_entry(waiting: &Entry) -> Entry {
    let mut ask = waiting.ask.clone();
    ask.set_path("/robots.txt");
    ask.set_query(None);
    let on = waiting
        .found
        .as_ref()
        .map_or_else(|| waiting.url.clone(), |found| found.on.clone());
    Entry {
        url: normalise(&ask),
        ask,
        found: Some(Found {
            on,
            label: String::new(),
            clicks: 0,
        }),
        purpose: Purpose::Robots,
        attempt: 0,
        hops: 0,
        parent: None,
    }
}

fn join(base: &Url, to: &str) -> Option<Url> {
    base.join(to.trim()).ok().filter(is_web)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::memory::Named;
    use super::super::options::Quiet;
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn begun<'a>(home: &str, options: &'a Options) -> Crawl<'a> {
        let start = Start {
            home: url(home),
            taken_on: jiff::civil::date(2022, 5, 18),
        };
        Crawl::new(start, options, &Quiet, Arc::new(Held::default()))
    }

    fn first(crawl: &mut Crawl<'_>) -> Entry {
        let origin = crawl.frontier.origins().remove(0);
        crawl.frontier.next(&origin).unwrap()
    }

    /// What is asked next after the home page had this outcome.
    fn next_after(home: &str, result: Result<Answer, Fault>) -> Vec<String> {
        let options = Options::default();
        let mut crawl = begun(home, &options);
        let entry = first(&mut crawl);
        crawl.record(entry, Timestamp::UNIX_EPOCH, result, Got::Nothing);
        let mut next = Vec::new();
        for origin in crawl.frontier.origins() {
            while let Some(entry) = crawl.frontier.next(&origin) {
                next.push(entry.ask.to_string());
            }
        }
        next
    }

    fn fault(kind: FaultKind) -> Result<Answer, Fault> {
        Err(Fault {
            kind,
            detail: String::new(),
        })
    }

    fn redirect(to: &str) -> Result<Answer, Fault> {
        Ok(Answer {
            status: 302,
            headers: vec![("location".to_owned(), to.to_owned())],
            body: Named::of(b""),
            truncated: None,
        })
    }

    #[test]
    fn a_home_page_that_fails_is_tried_at_its_twin() {
        for (home, kind, next) in [
            (
                "https://a.go.th/x",
                FaultKind::Tls,
                vec!["http://a.go.th/x"],
            ),
            (
                "https://a.go.th/",
                FaultKind::Refused,
                vec!["http://a.go.th/"],
            ),
            (
                "http://a.go.th/",
                FaultKind::Refused,
                vec!["https://a.go.th/"],
            ),
            (
                "http://a.go.th/",
                FaultKind::Dns,
                vec!["http://www.a.go.th/"],
            ),
            (
                "http://www.a.go.th/",
                FaultKind::Dns,
                vec!["http://a.go.th/"],
            ),
            ("https://a.go.th:8443/", FaultKind::Tls, vec![]),
            ("http://192.0.2.1/", FaultKind::Dns, vec![]),
            ("http://a.go.th/", FaultKind::PrivateAddress, vec![]),
        ] {
            assert_eq!(next_after(home, fault(kind)), next, "{home} {kind:?}");
        }
    }

    #[tokio::test]
    async fn a_redirect_to_a_private_address_is_refused() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "[::ffff:7f00:1]"] {
            let options = Options::default();
            let mut crawl = begun("http://a.go.th/", &options);
            let entry = first(&mut crawl);
            let target = redirect(&format!("http://{host}:{port}/"));
            crawl.record(entry, Timestamp::UNIX_EPOCH, target, Got::Nothing);
            // The usual doors would be looked up in DNS.
            crawl.phase = Phase::End;
            crawl.run(&mut Interrupt::never()).await;
            let refused: Vec<FaultKind> = crawl
                .visits
                .iter()
                .filter_map(|visit| visit.result.as_ref().err())
                .map(|fault| fault.kind)
                .collect();
            assert!(refused.contains(&FaultKind::PrivateAddress), "{host}");
            assert!(
                refused
                    .iter()
                    .all(|kind| *kind == FaultKind::PrivateAddress)
            );
        }
        let knocked = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(knocked.is_err());
    }
}
