//! The frontier: what is known, what waits for which server and in which order, and what is left out and why. Pure.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::address::{Origin, Scope, askable, is_web, normalise, twin};
use super::capture::{Found, SkipReason, Skipped, Trap};
use super::options::Options;
use super::outside::{Outside, OutsideKind, content};
use super::refs::{FILES, Kind};
use super::traps::{Parent, Traps, is_other, shape};

/// Beyond so many addresses nothing more is taken in; the crawl is stopped by its limits long before.
const MOST_KNOWN: usize = 300_000;
/// Left-out addresses are listed up to here.
const MOST_SKIPPED: usize = 50_000;

/// What an address is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// The server's rules.
    Robots,
    /// A list of addresses for machines.
    Sitemap,
    /// A page or a document.
    Page,
    /// A picture: last of all.
    Image,
}

/// An address that waits.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its normal form.
    pub(crate) url: Url,
    /// The form in which it is sent.
    pub(crate) ask: Url,
    pub(crate) found: Option<Found>,
    pub(crate) purpose: Purpose,
    /// Tries so far.
    pub(crate) attempt: u32,
    /// Redirects that led to it.
    pub(crate) hops: usize,
    pub(crate) parent: Option<Parent>,
}

impl Entry {
    pub(crate) fn clicks(&self) -> u32 {
        self.found.as_ref().map_or(0, |found| found.clicks)
    }
}

/// How an address comes to be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A page names it.
    Named(Kind),
    /// A server sends us there.
    Redirect(Purpose, usize),
    /// The crawler guesses, or a sitemap lists it.
    Listed(Purpose),
}

/// Pages before pictures, then by clicks from the home page, then as found.
type Rank = (bool, u32, u64);

/// Everything known about what to ask for.
pub(crate) struct Frontier {
    scope: Scope,
    home: Origin,
    options: Options,
    traps: Traps,
    /// Every address taken in, under the key that its twins share.
    known: BTreeSet<String>,
    /// Their exact forms: a redirect from http to https leads to a twin.
    exact: BTreeSet<Url>,
    shapes: BTreeSet<String>,
    queues: BTreeMap<Origin, BTreeMap<Rank, Entry>>,
    waiting: BTreeMap<String, (Origin, Rank)>,
    /// What was left out, with its place in the order, under its key.
    skipped: BTreeMap<String, (u64, Skipped)>,
    /// Scheme and host that the home's server prefers among its twins.
    preferred: Option<(String, String)>,
    serial: u64,
    images: usize,
    /// Addresses taken in on other sites.
    outside: BTreeMap<Origin, usize>,
    too_deep: bool,
}

impl Frontier {
    pub(crate) fn new(home: &Url, options: &Options) -> Self {
        Self {
            scope: Scope::of(home),
            home: Origin::of(home),
            options: options.clone(),
            traps: Traps::new(home),
            known: BTreeSet::new(),
            exact: BTreeSet::new(),
            shapes: BTreeSet::new(),
            queues: BTreeMap::new(),
            waiting: BTreeMap::new(),
            skipped: BTreeMap::new(),
            preferred: None,
            serial: 0,
            images: 0,
            outside: BTreeMap::new(),
            too_deep: false,
        }
    }

    /// The home page itself: no rule of the frontier applies.
    pub(crate) fn begin(&mut self, home: &Url) {
        let ask = askable(home);
        self.push(Entry {
            url: normalise(home),
            ask,
            found: None,
            purpose: Purpose::Page,
            attempt: 0,
            hops: 0,
            parent: None,
        });
    }

    /// Takes an address in, if it is new and none of the reasons to leave it out holds. Returns whether it will be asked for.
    pub(crate) fn offer(
        &mut self,
        target: &Url,
        found: Found,
        way: Way,
        parent: Option<&Parent>,
    ) -> bool {
        if !is_web(target) || self.known.len() >= MOST_KNOWN {
            return false;
        }
        let redirect = matches!(way, Way::Redirect(..));
        // A redirect is taken at its word: it may lead from one twin to the other, or set a session.
        let ask = if redirect {
            without_fragment(target)
        } else {
            self.prefer(askable(target))
        };
        let url = normalise(&ask);
        let key = twin(&url);
        if redirect && self.exact.contains(&url) || !redirect && self.known.contains(&key) {
            self.come_nearer(&key, found);
            return false;
        }
        let purpose = match self.purpose(&url, way, found.label.is_empty()) {
            Ok(purpose) => purpose,
            Err(None) => return false,
            Err(Some(why)) => return self.skip(url, Some(found), why),
        };
        if !self.scope.contains(&url) {
            let Some(bare) = self.one_hop(&ask, way, &found) else {
                return self.skip(url, Some(found), SkipReason::OffSite);
            };
            if bare != ask {
                // A server that hands the file out under the address it is asked at need not send us on.
                let way = if redirect { Way::Listed(purpose) } else { way };
                let key = twin(&normalise(&bare));
                let known = self.known.contains(&key);
                return !known && self.take_outside(bare, found, way, purpose);
            }
            return self.take_outside(ask, found, way, purpose);
        }
        if !redirect && self.is_other_view(&url, &found.on) {
            return self.skip(url, Some(found), SkipReason::Duplicate);
        }
        if self.traps.holds(&url, parent) {
            return self.skip(url, Some(found), SkipReason::Trap);
        }
        if self
            .options
            .max_depth
            .is_some_and(|most| found.clicks > most)
        {
            self.too_deep |= purpose == Purpose::Page;
            return self.skip(url, Some(found), SkipReason::Limit);
        }
        if purpose == Purpose::Image && !redirect {
            if self.images >= self.options.max_images {
                return self.skip(url, Some(found), SkipReason::Limit);
            }
            self.images += 1;
        }
        self.push(Entry {
            url,
            ask,
            found: Some(found),
            purpose,
            attempt: 0,
            hops: match way {
                Way::Redirect(_, hops) => hops,
                _ => 0,
            },
            parent: parent.cloned(),
        });
        true
    }

    /// The address to ask for instead of one on another site; `None` when it is not to be asked for. What the agency's own
    /// pages link to is asked for where a service hands out files and forms, and from there only redirects lead on.
    fn one_hop(&self, target: &Url, way: Way, found: &Found) -> Option<Url> {
        if !self.options.follow_offsite {
            return None;
        }
        let from_outside = !self.scope.contains(&found.on);
        match way {
            Way::Redirect(..) if from_outside => {
                use OutsideKind::*;
                // A short address is no service: where it leads counts as if the page had linked there.
                if Outside::of(&found.on).kind == Short {
                    return content(target).filter(|bare| Outside::of(bare).kind != Short);
                }
                let away = matches!(
                    Outside::of(target).kind,
                    SignIn | Social | Post | Share | Chat | Central | Survey | Short
                );
                (!away).then(|| target.clone())
            }
            _ if from_outside => None,
            Way::Named(Kind::Image | Kind::Face) => None,
            _ => content(target),
        }
    }

    /// Takes in an address on another site, within the limits for these.
    fn take_outside(&mut self, ask: Url, found: Found, way: Way, purpose: Purpose) -> bool {
        let url = normalise(&ask);
        let redirect = matches!(way, Way::Redirect(..));
        if !redirect {
            let limits = self.options.offsite;
            let all: usize = self.outside.values().sum();
            let here = self.outside.entry(Origin::of(&url)).or_default();
            if all >= limits.addresses || *here >= limits.per_host {
                return self.skip(url, Some(found), SkipReason::Limit);
            }
            *here += 1;
        }
        self.push(Entry {
            url,
            ask,
            found: Some(found),
            purpose,
            attempt: 0,
            hops: match way {
                Way::Redirect(_, hops) => hops,
                _ => 0,
            },
            parent: None,
        });
        true
    }

    /// Whether a page that names these addresses names anything that is new and not of the page's own kind.
    pub(crate) fn is_news<'a>(
        &self,
        page: &Url,
        mut targets: impl Iterator<Item = (Kind, &'a Url)>,
    ) -> bool {
        targets.any(|(kind, target)| {
            let url = normalise(target);
            self.scope.contains(&url)
                && !self.known.contains(&twin(&url))
                && match self.purpose(&url, Way::Named(kind), true) {
                    Ok(Purpose::Page) if is_document(&url) => true,
                    Ok(Purpose::Page) => {
                        is_other(&url, page) && !self.shapes.contains(&shape(&url))
                    }
                    Ok(Purpose::Image) => true,
                    _ => false,
                }
        })
    }

    /// Notes a fetched page, and says whether it is barren.
    pub(crate) fn fetched(&mut self, entry: &Entry, words: &BTreeSet<u64>, news: bool) -> bool {
        self.traps
            .fetched(&entry.url, entry.parent.as_ref(), words, news)
    }

    /// Servers for which something waits.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        self.queues.keys().cloned().collect()
    }

    /// The address that a server is asked for next.
    pub(crate) fn next(&mut self, origin: &Origin) -> Option<Entry> {
        loop {
            let queue = self.queues.get_mut(origin)?;
            let entry = queue.pop_first().map(|(_, entry)| entry);
            if queue.is_empty() {
                self.queues.remove(origin);
            }
            let mut entry = entry?;
            self.waiting.remove(&twin(&entry.url));
            // It may have become a trap while it waited.
            if self.traps.holds(&entry.url, entry.parent.as_ref()) {
                self.skip(entry.url, entry.found, SkipReason::Trap);
                continue;
            }
            if entry.attempt == 0 && entry.found.is_some() {
                let preferred = self.prefer(entry.ask.clone());
                if preferred != entry.ask {
                    entry.url = normalise(&preferred);
                    entry.ask = preferred;
                    self.exact.insert(entry.url.clone());
                }
            }
            return Some(entry);
        }
    }

    /// An address of which the next would be asked, for its server's rules.
    pub(crate) fn peek(&self, origin: &Origin) -> Option<&Entry> {
        self.queues
            .get(origin)?
            .first_key_value()
            .map(|(_, entry)| entry)
    }

    /// Puts an address back, to be asked for again.
    pub(crate) fn put_back(&mut self, entry: Entry) {
        self.push(entry);
    }

    /// How many addresses wait.
    pub(crate) fn len(&self) -> usize {
        self.queues.values().map(BTreeMap::len).sum()
    }

    /// Whether only pictures wait.
    pub(crate) fn only_images(&self) -> bool {
        self.queues
            .values()
            .filter_map(BTreeMap::first_key_value)
            .all(|((image, ..), _)| *image)
    }

    /// Lists an address as left out. Always `false`: it is not asked for.
    pub(crate) fn skip(&mut self, url: Url, found: Option<Found>, why: SkipReason) -> bool {
        if self.skipped.len() < MOST_SKIPPED {
            let place = self.serial;
            self.serial += 1;
            self.skipped
                .entry(twin(&url))
                .or_insert((place, Skipped { url, found, why }));
        }
        false
    }

    /// Gives up what waits for a server, or for all.
    pub(crate) fn give_up(&mut self, origin: Option<&Origin>) {
        for name in self.origins() {
            if origin.is_none_or(|given| *given == name) {
                let queue = self.queues.remove(&name).unwrap_or_default();
                for entry in queue.into_values() {
                    self.waiting.remove(&twin(&entry.url));
                    self.skip(entry.url, entry.found, SkipReason::Limit);
                }
            }
        }
    }

    /// Takes note of a redirect between two names of one server: the other name is used from now on.
    pub(crate) fn moved(&mut self, from: &Url, to: &Url) {
        let same = Origin::of(from) == self.home && Origin::of(to) == self.home;
        if same && (from.scheme(), from.host_str()) != (to.scheme(), to.host_str()) {
            self.preferred = to
                .host_str()
                .map(|host| (to.scheme().to_owned(), host.to_owned()));
        }
    }

    /// Takes in the host to which the home page sends its visitors.
    pub(crate) fn adopt(&mut self, url: &Url) {
        self.scope.adopt(url);
    }

    pub(crate) fn contains(&self, url: &Url) -> bool {
        self.scope.contains(url)
    }

    /// What was left out, the traps, and whether anything was too deep.
    pub(crate) fn finish(self) -> (Vec<Skipped>, Vec<Trap>, bool) {
        let mut skipped: Vec<(u64, Skipped)> = self.skipped.into_values().collect();
        skipped.sort_by_key(|(place, _)| *place);
        let skipped = skipped.into_iter().map(|(_, skipped)| skipped).collect();
        (skipped, self.traps.found().to_vec(), self.too_deep)
    }

    fn push(&mut self, entry: Entry) {
        let key = twin(&entry.url);
        let origin = Origin::of(&entry.url);
        let rank = (entry.purpose == Purpose::Image, entry.clicks(), self.serial);
        self.serial += 1;
        self.shapes.insert(shape(&entry.url));
        self.exact.insert(entry.url.clone());
        self.known.insert(key.clone());
        self.skipped.remove(&key);
        self.waiting.insert(key, (origin.clone(), rank));
        self.queues.entry(origin).or_default().insert(rank, entry);
    }

    /// An address that waits was found again, by fewer clicks.
    fn come_nearer(&mut self, key: &str, found: Found) {
        let Some((origin, rank)) = self.waiting.get(key).cloned() else {
            return;
        };
        if found.clicks >= rank.1 {
            return;
        }
        let Some(queue) = self.queues.get_mut(&origin) else {
            return;
        };
        if let Some(mut entry) = queue.remove(&rank) {
            let rank = (rank.0, found.clicks, rank.2);
            entry.found = Some(found);
            queue.insert(rank, entry);
            self.waiting.insert(key.to_owned(), (origin, rank));
        }
    }

    /// The form of an address that the home's server prefers.
    fn prefer(&self, mut url: Url) -> Url {
        if let Some((scheme, host)) = &self.preferred
            && Origin::of(&url) == self.home
            && self.home.has_twin()
        {
            // Neither call fails between http and https.
            let _ = url.set_scheme(scheme);
            let _ = url.set_host(Some(host));
        }
        url
    }

    /// What an address is worth asking for; `Err(None)` for what no reader would miss.
    fn purpose(
        &self,
        url: &Url,
        way: Way,
        unlabelled: bool,
    ) -> Result<Purpose, Option<SkipReason>> {
        let kind = match way {
            Way::Redirect(purpose, _) | Way::Listed(purpose) => return Ok(purpose),
            Way::Named(kind) => kind,
        };
        let extension = extension(url);
        let extension = extension.as_str();
        if FURNITURE.contains(&extension) {
            return Err(None);
        }
        if MEDIA.contains(&extension) {
            return Err(Some(SkipReason::Media));
        }
        let picture = PICTURES.contains(&extension);
        match kind {
            Kind::Image if is_furniture(url) => Err(None),
            Kind::Image | Kind::Face => Ok(Purpose::Image),
            _ if picture && unlabelled && is_furniture(url) => Err(None),
            _ if picture => Ok(Purpose::Image),
            _ => Ok(Purpose::Page),
        }
    }

    /// Whether an address is the print view, or a form to share or answer, of a page that is known.
    fn is_other_view(&self, url: &Url, on: &Url) -> bool {
        views(url, on)
            .iter()
            .any(|plain| self.known.contains(&twin(plain)))
    }
}

/// Never fetched and never missed.
const FURNITURE: [&str; 14] = [
    "css", "js", "mjs", "map", "woff", "woff2", "ttf", "eot", "otf", "ico", "cur", "svg", "less",
    "swf",
];
/// Nothing to read in them.
const MEDIA: [&str; 20] = [
    "mp4", "mp3", "avi", "mov", "wmv", "flv", "mkv", "webm", "ogg", "ogv", "wav", "wma", "m4a",
    "m4v", "3gp", "mpg", "mpeg", "exe", "apk", "iso",
];
const PICTURES: [&str; 8] = ["jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff"];

/// Words in the address of an image that dresses the page.
const DRESS: [&str; 24] = [
    "logo",
    "icon",
    "ico_",
    "btn",
    "button",
    "bullet",
    "arrow",
    "spacer",
    "pixel",
    "sprite",
    "loading",
    "spinner",
    "avatar",
    "emoji",
    "smil",
    "theme",
    "template",
    "counter",
    "flag",
    "captcha",
    "bg.",
    "bg_",
    "background",
    "blank.",
];

fn is_furniture(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    DRESS.iter().any(|word| path.contains(word))
}

fn is_document(url: &Url) -> bool {
    FILES.contains(&extension(url).as_str())
}

fn extension(url: &Url) -> String {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default()
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

/// The plain pages of which an address, found on another, may be a second view.
fn views(url: &Url, on: &Url) -> Vec<Url> {
    let pairs: Vec<&str> = url.query().unwrap_or_default().split('&').collect();
    let name_of = |pair: &str| {
        pair.split('=')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let prints = pairs.iter().any(|pair| {
        matches!(
            pair.to_ascii_lowercase().as_str(),
            "print" | "print=1" | "print=true" | "print=yes" | "format=print" | "layout=print"
        )
    });
    let shares = pairs
        .iter()
        .any(|pair| matches!(name_of(pair).as_str(), "replytocom" | "share"));
    let without = |names: &[&str]| {
        let kept: Vec<&str> = pairs
            .iter()
            .copied()
            .filter(|pair| !names.contains(&name_of(pair).as_str()))
            .collect();
        let mut plain = url.clone();
        plain.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
        plain
    };
    let mut views = Vec::new();
    if prints {
        views.push(without(&["print", "tmpl", "format"]));
        views.push(without(&["print", "tmpl", "format", "layout", "page"]));
    }
    if shares {
        views.push(without(&["replytocom", "share", "nb"]));
    }
    let segments: Vec<&str> = url.path().split('/').collect();
    let model: Vec<&str> = on.path().split('/').collect();
    for (at, segment) in segments.iter().enumerate() {
        if !segment.eq_ignore_ascii_case("print") {
            continue;
        }
        let mut shorter = segments.clone();
        shorter.remove(at);
        let mut plain = url.clone();
        plain.set_path(&shorter.join("/"));
        views.push(plain);
        let same_else = segments.len() == model.len()
            && segments
                .iter()
                .zip(&model)
                .enumerate()
                .all(|(place, (one, other))| place == at || one == other);
        if same_else && url.query() == on.query() {
            views.push(on.clone());
        }
    }
    views
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse("http://a.go.th/").unwrap().join(text).unwrap()
    }

    fn frontier(options: Options) -> Frontier {
        let mut frontier = Frontier::new(&url("/"), &options);
        frontier.begin(&url("/"));
        frontier
    }

    fn on(page: &str, clicks: u32) -> Found {
        Found {
            on: url(page),
            label: "แผน".to_owned(),
            clicks,
        }
    }

    fn link(frontier: &mut Frontier, target: &str, page: &str, clicks: u32) -> bool {
        frontier.offer(&url(target), on(page, clicks), Way::Named(Kind::Link), None)
    }

    fn drain(frontier: &mut Frontier) -> Vec<String> {
        let mut order = Vec::new();
        for origin in frontier.origins() {
            while let Some(entry) = frontier.next(&origin) {
                order.push(entry.url.path().to_owned());
            }
        }
        order
    }

    fn left_out(frontier: Frontier) -> Vec<(String, SkipReason)> {
        let (skipped, ..) = frontier.finish();
        skipped
            .into_iter()
            .map(|skipped| (skipped.url.to_string(), skipped.why))
            .collect()
    }

    #[test]
    fn pages_come_by_clicks_and_pictures_last() {
        let mut frontier = frontier(Options::default());
        assert!(link(&mut frontier, "/chart.jpg", "/", 1));
        assert!(link(&mut frontier, "/deep", "/x", 2));
        assert!(link(&mut frontier, "/b", "/", 1));
        assert!(link(&mut frontier, "/plan.pdf", "/", 1));
        assert!(!frontier.only_images());
        assert_eq!(
            drain(&mut frontier),
            ["/", "/b", "/plan.pdf", "/deep", "/chart.jpg"]
        );
    }

    #[test]
    fn twins_sessions_and_fragments_are_one_page() {
        let mut frontier = frontier(Options::default());
        assert!(link(&mut frontier, "/p?id=1", "/", 1));
        for same in [
            "https://www.a.go.th/p?id=1",
            "/p?id=1&PHPSESSID=abc",
            "/p?id=1#top",
            "//a.go.th/p?id=1",
        ] {
            assert!(!link(&mut frontier, same, "/", 1), "{same}");
        }
        assert_eq!(drain(&mut frontier), ["/", "/p"]);
        assert!(left_out(frontier).is_empty());
    }

    #[test]
    fn a_shorter_way_brings_a_waiting_page_nearer() {
        let mut frontier = frontier(Options::default());
        link(&mut frontier, "/far", "/x", 3);
        link(&mut frontier, "/near", "/", 2);
        link(&mut frontier, "/far", "/", 1);
        assert_eq!(drain(&mut frontier), ["/", "/far", "/near"]);
    }

    #[test]
    fn other_sites_are_listed_and_only_their_documents_followed_when_asked() {
        let mut stays = frontier(Options::default());
        assert!(!link(&mut stays, "http://b.go.th/plan.pdf", "/", 1));
        assert!(!link(&mut stays, "mailto:x@a.go.th", "/", 1));
        assert_eq!(
            left_out(stays),
            [("http://b.go.th/plan.pdf".to_owned(), SkipReason::OffSite)]
        );
        let mut follows = frontier(Options {
            follow_offsite: true,
            ..Options::default()
        });
        assert!(link(&mut follows, "http://b.go.th/plan.pdf", "/", 1));
        assert!(!link(&mut follows, "http://b.go.th/page", "/", 1));
        assert!(!link(
            &mut follows,
            "http://c.go.th/x.pdf",
            "http://b.go.th/page",
            2
        ));
    }

    #[test]
    fn print_views_of_known_pages_are_left_and_lone_ones_fetched() {
        let mut frontier = frontier(Options::default());
        let page = "/index.php?option=com_content&id=5&Itemid=7";
        link(&mut frontier, page, "/", 1);
        link(&mut frontier, "/public/list/detail/id/5", "/", 1);
        link(&mut frontier, "/post/9", "/", 1);
        for (view, on) in [
            (
                "/index.php?option=com_content&id=5&Itemid=7&tmpl=component&print=1",
                page,
            ),
            ("/public/list/print/id/5", "/public/list/detail/id/5"),
            ("/post/print/9", "/"),
            ("/post/9?replytocom=4", "/post/9"),
        ] {
            assert!(!link(&mut frontier, view, on, 2), "{view}");
        }
        for alone in [
            "/index.php?id=6&print=1",
            "/public/list/print/id/6",
            "/x?tmpl=component",
        ] {
            assert!(
                link(&mut frontier, alone, "/public/list/detail/id/5", 2),
                "{alone}"
            );
        }
        assert!(
            left_out(frontier)
                .iter()
                .all(|(_, why)| *why == SkipReason::Duplicate)
        );
    }

    #[test]
    fn furniture_is_not_missed_and_films_are() {
        let mut frontier = frontier(Options::default());
        let mut image =
            |target: &str| frontier.offer(&url(target), on("/", 1), Way::Named(Kind::Image), None);
        assert!(image("/upload/chart.jpg"));
        assert!(!image("/images/logo.png"));
        assert!(!image("/themes/x/top.jpg"));
        assert!(!link(&mut frontier, "/style.css", "/", 1));
        assert!(!link(&mut frontier, "/meeting.mp4", "/", 1));
        assert_eq!(
            left_out(frontier),
            [("http://a.go.th/meeting.mp4".to_owned(), SkipReason::Media)]
        );
    }

    #[test]
    fn depth_and_pictures_have_their_limits() {
        let mut frontier = frontier(Options {
            max_depth: Some(1),
            max_images: 1,
            ..Options::default()
        });
        assert!(link(&mut frontier, "/a", "/", 1));
        assert!(link(&mut frontier, "/1.jpg", "/", 1));
        assert!(!link(&mut frontier, "/2.jpg", "/", 1));
        assert!(!link(&mut frontier, "/b", "/a", 2));
        let (skipped, _, too_deep) = frontier.finish();
        assert!(too_deep);
        assert_eq!(skipped.len(), 2);
        assert!(
            skipped
                .iter()
                .all(|skipped| skipped.why == SkipReason::Limit)
        );
    }

    #[test]
    fn the_name_that_the_server_prefers_is_used_from_then_on() {
        let mut frontier = frontier(Options::default());
        link(&mut frontier, "/before", "/", 1);
        frontier.moved(&url("/"), &url("https://www.a.go.th/"));
        assert!(frontier.offer(
            &url("https://www.a.go.th/"),
            on("/", 0),
            Way::Redirect(Purpose::Page, 1),
            None
        ));
        link(&mut frontier, "/after", "/", 1);
        let origin = Origin::of(&url("/"));
        let asked: Vec<String> = std::iter::from_fn(|| frontier.next(&origin))
            .map(|entry| entry.ask.to_string())
            .collect();
        assert_eq!(
            asked,
            [
                "http://a.go.th/",
                "https://www.a.go.th/",
                "https://www.a.go.th/before",
                "https://www.a.go.th/after"
            ]
        );
    }
}
