//! What follows from an answer: rules, redirects, links, and the doors to try when there are none.

use std::time::Duration;

use url::Url;

use super::job::Got;
use super::{Crawl, Phase, join, sitemap};
use crate::fetch::address::{Origin, normalise};
use crate::fetch::capture::{FaultKind, Found};
use crate::fetch::frontier::{Entry, Purpose, Way};
use crate::fetch::options::Event;
use crate::fetch::refs::{Kind, Reading};
use crate::fetch::traps::Parent;

/// A body that stands at so many addresses is not looked through for links again.
const SAME_BODY: u32 = 3;
/// Redirects in a row.
const HOPS: usize = 10;
/// Sitemaps read.
const SITEMAPS: u32 = 20;
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

impl Crawl<'_> {
    /// A redirect to the same page gives the visitor a session; asked again with it, the page comes.
    pub(super) fn bounces(&mut self, entry: &Entry, target: &Url) -> bool {
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
    pub(super) fn circle(&self, entry: &Entry) -> Option<String> {
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
    pub(super) fn rules(&mut self, entry: &Entry, target: Option<&Url>, got: Got) {
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
        let status = self.visits.last().and_then(|visit| visit.status());
        let body = match &got {
            Got::Bytes(body) if status == Some(200) => Some(body.as_ref()),
            _ => None,
        };
        let sitemaps = self
            .hosts
            .get_mut(&origin)
            .map_or(Vec::new(), |host| host.learn(body));
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

    pub(super) fn redirect(&mut self, entry: &Entry, target: &Url) {
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
    pub(super) fn turn_aside(&mut self, entry: &Entry, kind: FaultKind) {
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
    pub(super) fn expand(&mut self, entry: &Entry, reading: &Reading) {
        let Some(Ok(answer)) = self.visits.last().map(|visit| &visit.result) else {
            return;
        };
        let home = self.is_home(&entry.url);
        if !self.frontier.contains(&entry.url) || answer.status >= 400 && !home {
            return;
        }
        let seen = self.bodies.entry(answer.body.digest.clone()).or_default();
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

    pub(super) fn sitemap(&mut self, entry: &Entry, got: &Got) {
        let Got::Bytes(body) = got else { return };
        let (index, addresses) = sitemap::locations(body);
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
    pub(super) fn next_phase(&mut self) -> bool {
        if self.phase != Phase::Links {
            self.phase = Phase::End;
            return false;
        }
        self.phase = Phase::Entrances;
        let answered = self.visits.iter().any(|visit| {
            self.is_home(&visit.url) && visit.status().is_some_and(|status| status < 500)
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
