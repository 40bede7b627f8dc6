//! The crawl: from the home page outward until nothing is left or a limit is met.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::address::{Origin, is_web, normalise};
use super::capture::{Capture, Fault, FaultKind, Found, Response, SkipReason, Stop, Visit};
use super::client::Client;
use super::frontier::{Entry, Frontier, Purpose, Way};
use super::host::{Again, Host, ROBOTS_BYTES, Turn, again};
use super::options::{Event, Interrupt, Options, Progress};
use super::refs::{self, Kind, Reading};
use super::traps::Parent;
use super::warc::gunzip;

/// Requests under way at one time, to all servers together.
const AT_ONCE: usize = 16;
/// A body that stands at so many addresses is not looked through for links again.
const SAME_BODY: u32 = 3;
/// Redirects in a row.
const HOPS: usize = 10;
/// Sitemaps read, and addresses taken from them.
const SITEMAPS: u32 = 20;
const SITEMAP_ADDRESSES: usize = 5_000;
/// Where sites begin when their home page leads nowhere.
const ENTRANCES: [&str; 8] = [
    "/home",
    "/main",
    "/index.php",
    "/public",
    "/index.html",
    "/home.php",
    "/main.php",
    "/index",
];

/// Crawls an agency's site to completion, or to the first limit, and returns all of it. What goes wrong on the way is part of
/// the capture.
pub async fn crawl(
    home: Url,
    options: &Options,
    progress: &dyn Progress,
    mut interrupt: Interrupt,
) -> Capture {
    let mut crawl = Crawl::new(home, options, progress);
    let stop = crawl.run(&mut interrupt).await;
    crawl.capture(stop)
}

struct Crawl<'a> {
    home: Url,
    options: &'a Options,
    progress: &'a dyn Progress,
    client: Arc<Client>,
    frontier: Frontier,
    hosts: BTreeMap<Origin, Host>,
    /// Requests to be tried again, and when.
    later: Vec<(Instant, Entry)>,
    jobs: JoinSet<Done>,
    /// What the jobs are about, should they not come back.
    under_way: BTreeMap<Id, Entry>,
    visits: Vec<Visit>,
    redirects: BTreeMap<Url, Url>,
    bodies: BTreeMap<[u8; 32], u32>,
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

/// A request that is over.
struct Done {
    entry: Entry,
    at: Timestamp,
    latency: Duration,
    result: Result<Response, Fault>,
    reading: Option<Reading>,
}

impl<'a> Crawl<'a> {
    fn new(home: Url, options: &'a Options, progress: &'a dyn Progress) -> Self {
        let mut frontier = Frontier::new(&home, options);
        frontier.begin(&home);
        Self {
            client: Arc::new(Client::new(options)),
            frontier,
            home: normalise(&home),
            options,
            progress,
            hosts: BTreeMap::new(),
            later: Vec::new(),
            jobs: JoinSet::new(),
            under_way: BTreeMap::new(),
            visits: Vec::new(),
            redirects: BTreeMap::new(),
            bodies: BTreeMap::new(),
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
            let limit = self.limit();
            let wake = match limit {
                None => self.dispatch(now),
                Some(_) => None,
            };
            if self.jobs.is_empty() {
                if limit.is_some() {
                    return limit;
                }
                if wake.is_none() && self.frontier.len() == 0 && !self.next_phase() {
                    return self.down.then_some(Stop::HostDown);
                }
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

    /// Sends what may be sent now, and returns when it is worth looking again.
    fn dispatch(&mut self, now: Instant) -> Option<Instant> {
        let mut wake: Option<Instant> = self.later.iter().map(|(at, _)| *at).min();
        for origin in self.frontier.origins() {
            while self.jobs.len() < AT_ONCE && self.limit().is_none() {
                let Some(waiting) = self.frontier.peek(&origin) else {
                    break;
                };
                let host = self
                    .hosts
                    .entry(origin.clone())
                    .or_insert_with(|| Host::new(&waiting.ask, self.options));
                if host.is_hopeless() {
                    self.down |= origin == Origin::of(&self.home);
                    self.frontier.give_up(Some(&origin));
                    break;
                }
                match host.turn(now) {
                    Turn::Busy => break,
                    Turn::At(at) => {
                        wake = Some(wake.map_or(at, |wake| wake.min(at)));
                        break;
                    }
                    Turn::Now => {}
                }
                if host.ask_for_rules() {
                    let entry = robots_entry(waiting);
                    host.began(now);
                    self.send(entry);
                    break;
                }
                let Some(entry) = self.frontier.next(&origin) else {
                    break;
                };
                let host = self.hosts.get_mut(&origin);
                if host.as_ref().is_some_and(|host| !host.allows(&entry.ask)) {
                    self.frontier
                        .skip(entry.url, entry.found, SkipReason::Robots);
                    continue;
                }
                if !self.frontier.contains(&entry.url)
                    && self.bytes_outside >= self.options.offsite.bytes
                {
                    self.frontier
                        .skip(entry.url, entry.found, SkipReason::Limit);
                    continue;
                }
                if let Some(host) = host {
                    host.began(now);
                }
                if entry.purpose == Purpose::Page && entry.attempt == 0 {
                    self.pages += 1;
                }
                self.send(entry);
            }
        }
        wake
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
        let client = Arc::clone(&self.client);
        let about = entry.clone();
        let job = self.jobs.spawn(async move {
            let at = Timestamp::now();
            let started = Instant::now();
            let result = client.get(&entry.ask, limit).await;
            let latency = started.elapsed();
            let reading = match &result {
                Ok(response) if entry.purpose == Purpose::Page && is_html(response) => {
                    read(response, &entry.ask).await
                }
                _ => None,
            };
            Done {
                entry,
                at,
                latency,
                result,
                reading,
            }
        });
        self.under_way.insert(job.id(), about);
    }

    /// Takes back a job. One that broke is a fault of ours, and its address is recorded as not read.
    fn land(&mut self, done: Result<(Id, Done), JoinError>) {
        match done {
            Ok((id, done)) => {
                self.under_way.remove(&id);
                self.finish(done);
            }
            Err(error) => {
                if let Some(entry) = self.under_way.remove(&error.id()) {
                    self.finish(Done {
                        entry,
                        at: Timestamp::now(),
                        latency: Duration::ZERO,
                        result: Err(Fault {
                            kind: FaultKind::Malformed,
                            detail: error.to_string(),
                        }),
                        reading: None,
                    });
                }
            }
        }
    }

    /// Requests whose time to be tried again has come.
    fn bring_back(&mut self, now: Instant) {
        let (due, later) = std::mem::take(&mut self.later)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.later = later;
        for (_, entry) in due {
            self.resend(entry);
        }
    }

    fn resend(&mut self, entry: Entry) {
        if entry.purpose == Purpose::Robots {
            // Its host waits for it, and for nothing else.
            if let Some(host) = self.hosts.get_mut(&Origin::of(&entry.ask)) {
                host.began(Instant::now());
            }
            self.send(entry);
        } else {
            self.frontier.put_back(entry);
        }
    }

    fn finish(&mut self, done: Done) {
        let now = Instant::now();
        let Done {
            mut entry,
            at,
            latency,
            result,
            reading,
        } = done;
        let origin = Origin::of(&entry.ask);
        let answered = result.is_ok().then_some(latency);
        let verdict = again(
            result.as_ref(),
            entry.attempt,
            self.options,
            Timestamp::now(),
        );
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
                self.progress.event(Event::Waiting {
                    host: &origin.to_string(),
                    time: wait,
                });
                Some(wait)
            }
        };
        if let Some(wait) = wait {
            entry.attempt += 1;
            self.later.push((now + wait, entry));
            return;
        }
        if let Some(host) = self.hosts.get_mut(&origin) {
            host.count(result.as_ref());
        }
        self.record(entry, at, result, reading);
    }

    fn record(
        &mut self,
        entry: Entry,
        at: Timestamp,
        mut result: Result<Response, Fault>,
        reading: Option<Reading>,
    ) {
        let target = match &result {
            Ok(response) => response.location().and_then(|to| join(&entry.ask, to)),
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
        let size = result
            .as_ref()
            .map_or(0, |response| response.body.len() as u64);
        self.bytes += size;
        if !self.frontier.contains(&entry.url) {
            self.bytes_outside += size;
        }
        let outcome = result
            .as_ref()
            .map(|response| response.status)
            .map_err(|fault| fault.kind);
        self.visits.push(Visit {
            url: entry.url.clone(),
            found: entry.found.clone(),
            at,
            result,
        });
        match (entry.purpose, target, outcome) {
            (Purpose::Robots, target, _) => self.rules(&entry, target.as_ref()),
            (_, _, Err(kind)) => self.turn_aside(&entry, kind),
            (_, Some(target), _) => self.redirect(&entry, &target),
            (Purpose::Sitemap, ..) => self.sitemap(&entry),
            (Purpose::Page, ..) => {
                if let Some(reading) = reading {
                    self.expand(&entry, &reading);
                }
            }
            (Purpose::Image, ..) => {}
        }
        self.progress.event(Event::Fetched {
            url: &entry.url,
            outcome,
            fetched: self.visits.len(),
            queued: self.frontier.len() + self.later.len() + self.jobs.len(),
            bytes: self.bytes,
        });
    }

    /// A redirect to the same page gives the visitor a session; asked again with it, the page comes.
    fn bounces(&mut self, entry: &Entry, target: &Url) -> bool {
        if entry.attempt >= 2 {
            return false;
        }
        let mut ask = target.clone();
        ask.set_fragment(None);
        self.resend(Entry {
            ask,
            attempt: entry.attempt + 1,
            ..entry.clone()
        });
        true
    }

    /// The way of a redirect that comes back to where it was, or does not end.
    fn circle(&self, entry: &Entry) -> Option<String> {
        if entry.hops >= HOPS {
            return Some(format!("{HOPS} redirects in a row"));
        }
        let mut way = vec![entry.url.as_str()];
        let mut at = &entry.url;
        while let Some(next) = self.redirects.get(at) {
            way.push(next.as_str());
            if *next == entry.url {
                return Some(way.join(" → "));
            }
            // A circle further on is noticed there.
            if way.len() > 2 * HOPS {
                return None;
            }
            at = next;
        }
        None
    }

    /// robots.txt, or what stands in its place.
    fn rules(&mut self, entry: &Entry, target: Option<&Url>) {
        if let Some(target) = target
            && entry.hops < 5
        {
            // The rules of a host may stand on its twin; the host goes on waiting.
            let mut hop = entry.clone();
            hop.found = Some(redirected(entry));
            hop.ask = target.clone();
            hop.url = normalise(target);
            hop.attempt = 0;
            hop.hops += 1;
            let stays = Origin::of(&hop.ask) == Origin::of(&entry.ask);
            let new = !self.visits.iter().any(|visit| visit.url == hop.url);
            if stays && new {
                return self.resend(hop);
            }
        }
        let origin = Origin::of(&entry.ask);
        let response = self
            .visits
            .last()
            .and_then(|visit| visit.result.as_ref().ok());
        let sitemaps = self
            .hosts
            .get_mut(&origin)
            .map_or(Vec::new(), |host| host.learn(response));
        if let Some(host) = self.hosts.get(&origin)
            && host.delay() > Duration::from_secs(10)
        {
            self.progress.event(Event::Waiting {
                host: &origin.to_string(),
                time: host.delay(),
            });
        }
        if !self.frontier.contains(&entry.url) || self.options.max_depth.is_some() {
            return;
        }
        let found = |on: &Url| Found {
            on: on.clone(),
            label: String::new(),
            clicks: Found::UNLINKED,
        };
        let mut addresses: Vec<Url> = sitemaps
            .iter()
            .take(SITEMAPS as usize)
            .filter_map(|sitemap| join(&entry.ask, sitemap))
            .collect();
        if addresses.is_empty() && origin == Origin::of(&self.home) {
            addresses.extend(join(&entry.ask, "/sitemap.xml"));
        }
        for address in addresses {
            self.frontier.offer(
                &address,
                found(&entry.url),
                Way::Listed(Purpose::Sitemap),
                None,
            );
        }
    }

    fn redirect(&mut self, entry: &Entry, target: &Url) {
        let to = normalise(target);
        self.frontier.moved(&entry.url, &to);
        // An agency that moved house still has its site.
        if self.is_home(&entry.url) && entry.found.as_ref().is_none_or(|found| found.clicks == 0) {
            self.frontier.adopt(&to);
        }
        self.frontier.offer(
            target,
            redirected(entry),
            Way::Redirect(entry.purpose, entry.hops + 1),
            entry.parent.as_ref(),
        );
    }

    /// Whether an address is the home page, or one to which it redirects.
    fn is_home(&self, url: &Url) -> bool {
        let mut at = &self.home;
        for _ in 0..=HOPS {
            if at == url {
                return true;
            }
            match self.redirects.get(at) {
                Some(next) => at = next,
                None => return false,
            }
        }
        false
    }

    /// Where a page under https fails, its twin under http may do; and for the home page any twin.
    fn turn_aside(&mut self, entry: &Entry, kind: FaultKind) {
        if !Origin::of(&entry.url).has_twin() {
            return;
        }
        let home = self.is_home(&entry.url);
        let secure = entry.url.scheme() == "https";
        let mut twin = entry.ask.clone();
        let changed = match kind {
            FaultKind::Tls => secure && twin.set_scheme("http").is_ok(),
            FaultKind::Refused | FaultKind::Timeout | FaultKind::Disconnected if home => twin
                .set_scheme(if secure { "http" } else { "https" })
                .is_ok(),
            FaultKind::Dns if home => entry.ask.domain().is_some_and(|domain| {
                let other = match domain.strip_prefix("www.") {
                    Some(bare) => bare.to_owned(),
                    None => format!("www.{domain}"),
                };
                twin.set_host(Some(&other)).is_ok()
            }),
            _ => false,
        };
        let way = Way::Redirect(entry.purpose, entry.hops + 1);
        if changed
            && self
                .frontier
                .offer(&twin, redirected(entry), way, entry.parent.as_ref())
        {
            self.frontier.moved(&entry.url, &twin);
            if home {
                self.redirects.insert(entry.url.clone(), normalise(&twin));
            }
            self.progress.event(Event::Message(&format!(
                "{} {} ลองใช้ {twin} แทน",
                entry.url,
                kind.advice()
            )));
        }
    }

    /// Takes in what a page names.
    fn expand(&mut self, entry: &Entry, reading: &Reading) {
        let Some(Ok(response)) = self.visits.last().map(|visit| &visit.result) else {
            return;
        };
        let home = self.is_home(&entry.url);
        if !self.frontier.contains(&entry.url) || response.status >= 400 && !home {
            return;
        }
        let seen = self
            .bodies
            .entry(Sha256::digest(&response.body).into())
            .or_default();
        *seen += 1;
        if *seen > SAME_BODY {
            return;
        }
        let targets = reading
            .references
            .iter()
            .map(|reference| (reference.kind, &reference.target));
        let news = self.frontier.is_news(&entry.url, targets);
        let parent = Parent {
            barren: self.frontier.fetched(entry, &reading.words, news),
            url: entry.url.clone(),
        };
        for reference in &reading.references {
            let found = Found {
                on: entry.url.clone(),
                label: reference.label.clone(),
                clicks: entry.clicks() + u32::from(reference.kind != Kind::Frame),
            };
            self.frontier.offer(
                &reference.target,
                found,
                Way::Named(reference.kind),
                Some(&parent),
            );
        }
    }

    fn sitemap(&mut self, entry: &Entry) {
        let Some(Ok(response)) = self.visits.last().map(|visit| &visit.result) else {
            return;
        };
        if response.status != 200 {
            return;
        }
        let (index, addresses) = locations(&response.body);
        let purpose = if index {
            Purpose::Sitemap
        } else {
            Purpose::Page
        };
        for address in addresses {
            if index {
                self.sitemaps += 1;
                if self.sitemaps > SITEMAPS {
                    break;
                }
            }
            let found = Found {
                on: entry.url.clone(),
                label: String::new(),
                clicks: Found::UNLINKED,
            };
            if let Some(address) = join(&entry.ask, &address) {
                let way = match purpose {
                    Purpose::Page => Way::Named(Kind::Link),
                    other => Way::Listed(other),
                };
                self.frontier.offer(&address, found, way, None);
            }
        }
    }

    /// Nothing waits: when the home page led nowhere, knocks at the usual entrances. `false` when there is nothing left to do.
    fn next_phase(&mut self) -> bool {
        if self.phase != Phase::Links {
            self.phase = Phase::End;
            return false;
        }
        self.phase = Phase::Entrances;
        let answered = self.visits.iter().any(|visit| {
            self.is_home(&visit.url)
                && visit
                    .result
                    .as_ref()
                    .is_ok_and(|response| response.status < 500)
        });
        let led_on = self.visits.iter().any(|visit| {
            !self.is_home(&visit.url)
                && visit.found.as_ref().is_some_and(|found| {
                    found.clicks < Found::UNLINKED && !visit.url.path().ends_with("/robots.txt")
                })
        });
        if !answered || led_on {
            return false;
        }
        let home = self.home.clone();
        let mut offered = false;
        for entrance in ENTRANCES {
            let found = Found {
                on: home.clone(),
                label: String::new(),
                clicks: 1,
            };
            if let Some(address) = join(&home, entrance) {
                offered |= self
                    .frontier
                    .offer(&address, found, Way::Listed(Purpose::Page), None);
            }
        }
        offered
    }

    fn capture(mut self, stop: Option<Stop>) -> Capture {
        let later = std::mem::take(&mut self.later);
        let later = later.into_iter().map(|(_, entry)| entry);
        for entry in std::mem::take(&mut self.under_way)
            .into_values()
            .chain(later)
        {
            self.frontier
                .skip(entry.url, entry.found, SkipReason::Limit);
        }
        self.frontier.give_up(None);
        let (skipped, traps, too_deep) = self.frontier.finish();
        let silent = self.visits.iter().all(|visit| visit.result.is_err());
        let stop = stop.or((silent && !self.visits.is_empty()).then_some(Stop::HostDown));
        Capture {
            home: self.home,
            taken_on: self.options.as_of.unwrap_or_else(Capture::today),
            visits: self.visits,
            skipped,
            traps,
            stop: stop.or(too_deep.then_some(Stop::Depth)),
            digest: None,
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

/// How the target of a redirect was found: where the redirect was, one click no further.
fn redirected(entry: &Entry) -> Found {
    Found {
        on: entry.url.clone(),
        label: entry
            .found
            .as_ref()
            .map_or(String::new(), |found| found.label.clone()),
        clicks: entry.clicks(),
    }
}

fn join(base: &Url, to: &str) -> Option<Url> {
    base.join(to.trim()).ok().filter(is_web)
}

/// Whether a body is a page, whatever the server calls it.
fn is_html(response: &Response) -> bool {
    let body = response.body.as_ref();
    let start = &body[..body.len().min(1024)];
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let start = start.trim_ascii_start();
    let kind = response
        .header("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.contains("html") {
        // Files are sent as HTML now and then.
        return !start.contains(&0) && !start.starts_with(b"%PDF");
    }
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<frameset"]
        .iter()
        .any(|tag| text.starts_with(tag))
        || kind.is_empty() && text.starts_with('<')
}

/// Reads a page away from the network's threads. A page that breaks the reader names nothing.
async fn read(response: &Response, url: &Url) -> Option<Reading> {
    let body = response.body.clone();
    let kind = response.header("content-type").map(str::to_owned);
    let url = url.clone();
    tokio::task::spawn_blocking(move || refs::read(&body, kind.as_deref(), &url))
        .await
        .ok()
}

/// The addresses of a sitemap, and whether it is an index of sitemaps.
fn locations(body: &[u8]) -> (bool, Vec<String>) {
    use quick_xml::events::Event as Xml;
    let plain = gunzip(body);
    let mut reader = quick_xml::Reader::from_reader(plain.as_deref().unwrap_or(body));
    reader.config_mut().check_end_names = false;
    let (mut index, mut inside, mut found) = (false, false, BTreeSet::new());
    let mut order = Vec::new();
    let mut text = String::new();
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match event {
            Xml::Eof => break,
            Xml::Start(tag) => {
                index |= tag.local_name().as_ref() == "sitemapindex";
                inside = tag.local_name().as_ref() == "loc";
                text.clear();
            }
            Xml::Text(piece) if inside => text.push_str(&piece),
            Xml::CData(piece) if inside => text.push_str(&piece),
            Xml::GeneralRef(name) if inside && &*name == "amp" => text.push('&'),
            Xml::End(_) if inside => {
                inside = false;
                let address = text.trim().to_owned();
                if !address.is_empty() && found.insert(address.clone()) {
                    order.push(address);
                }
                if order.len() >= SITEMAP_ADDRESSES {
                    break;
                }
            }
            _ => {}
        }
        buffer.clear();
    }
    (index, order)
}

#[cfg(test)]
mod tests {
    use super::super::options::Quiet;
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn first(crawl: &mut Crawl<'_>) -> Entry {
        let origin = crawl.frontier.origins().remove(0);
        crawl.frontier.next(&origin).unwrap()
    }

    /// What is asked next after the home page had this outcome.
    fn next_after(home: &str, result: Result<Response, Fault>) -> Vec<String> {
        let options = Options::default();
        let mut crawl = Crawl::new(url(home), &options, &Quiet);
        let entry = first(&mut crawl);
        crawl.record(entry, Timestamp::UNIX_EPOCH, result, None);
        let mut next = Vec::new();
        for origin in crawl.frontier.origins() {
            while let Some(entry) = crawl.frontier.next(&origin) {
                next.push(entry.ask.to_string());
            }
        }
        next
    }

    fn fault(kind: FaultKind) -> Result<Response, Fault> {
        Err(Fault {
            kind,
            detail: String::new(),
        })
    }

    fn redirect(to: &str) -> Result<Response, Fault> {
        Ok(Response {
            status: 302,
            headers: vec![("location".to_owned(), to.to_owned())],
            body: Default::default(),
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
            let mut crawl = Crawl::new(url("http://a.go.th/"), &options, &Quiet);
            let entry = first(&mut crawl);
            let target = redirect(&format!("http://{host}:{port}/"));
            crawl.record(entry, Timestamp::UNIX_EPOCH, target, None);
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

    #[test]
    fn pages_are_told_by_what_they_are() {
        let response = |kind: &str, body: &str| Response {
            status: 200,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: body.to_owned().into(),
            truncated: None,
        };
        assert!(is_html(&response("text/html; charset=tis-620", "plain")));
        assert!(is_html(&response(
            "text/plain",
            "\u{feff}\r\n<!DOCTYPE HTML><p>"
        )));
        assert!(is_html(&response("", "<p>x")));
        assert!(!is_html(&response("text/html", "%PDF-1.4")));
        assert!(!is_html(&response("text/html", "PK\u{3}\u{4}\0")));
        assert!(!is_html(&response(
            "text/xml",
            "<?xml version='1.0'?><urlset>"
        )));
    }

    #[test]
    fn sitemaps_are_read_plain_and_compressed() {
        use std::io::Write;
        let map = "<?xml version='1.0'?><urlset xmlns='x'><url><loc>http://a/?b=1&amp;c=2</loc></url><url><loc><![CDATA[http://a/d]]></loc></url><url><loc>http://a/d</loc></url>";
        let expected = (
            false,
            vec!["http://a/?b=1&c=2".to_owned(), "http://a/d".to_owned()],
        );
        assert_eq!(locations(map.as_bytes()), expected);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(map.as_bytes()).unwrap();
        assert_eq!(locations(&packed.finish().unwrap()), expected);
        assert!(
            locations(b"<sitemapindex><sitemap><loc>http://a/s.xml</loc></sitemap></sitemapindex>")
                .0
        );
        assert_eq!(locations(b"<html>&&&<loc>").1, Vec::<String>::new());
    }
}
