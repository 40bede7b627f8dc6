//! Endless parts of a site: calendars, query strings and paths that lead on and on to nothing new.
//!
//! A page is *barren* when it says no word that its like has not said and names nothing new of another kind. A trap feeds itself:
//! its pages are found on its own pages. So a long run of barren pages found on their own kind is a trap, and from then on only
//! addresses found that way are left; what other pages link to is still fetched.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::address::Origin;
use super::capture::{Trap, TrapKind};

/// Barren months in a row that make a calendar endless: a year.
const BARREN_MONTHS: u32 = 12;
/// Barren pages of one shape in a row.
const BARREN_SHAPE: u32 = 25;
/// Barren pages behind one path in a row, whatever their parameters.
const BARREN_FAMILY: u32 = 60;
/// Words remembered for each shape.
const WORDS: usize = 50_000;
/// An address longer than this is a program talking to itself.
const LONGEST: usize = 2_000;
/// So is a deeper path.
const DEEPEST: usize = 30;

/// The page on which an address was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) url: Url,
    pub(crate) barren: bool,
}

/// Watches the pages of one crawl.
pub(crate) struct Traps {
    home: Origin,
    kinds: BTreeMap<String, Tally>,
    /// Pages fetched whose path has begun to repeat itself, by the path before that.
    repeats: BTreeMap<String, u32>,
    found: Vec<Trap>,
}

#[derive(Default)]
struct Tally {
    fetched: u32,
    barren_run: u32,
    words: BTreeSet<u64>,
    trapped: bool,
}

/// One way in which an address may belong to a trap.
struct Suspicion {
    pattern: String,
    kind: TrapKind,
    patience: u32,
}

impl Traps {
    pub(crate) fn new(home: &Url) -> Self {
        Self {
            home: Origin::of(home),
            kinds: BTreeMap::new(),
            repeats: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// The traps recognised so far, in the order of their recognition.
    pub(crate) fn found(&self) -> &[Trap] {
        &self.found
    }

    /// Whether an address found on `parent` leads on into a trap.
    pub(crate) fn holds(&mut self, url: &Url, parent: Option<&Parent>) -> bool {
        if let Some((before, pattern)) = overgrown(url) {
            let fetched = self.repeats.get(&before).copied().unwrap_or_default();
            let pattern = self.named(url, &pattern);
            let kind = if url.query().is_some_and(|query| query.len() > LONGEST) {
                TrapKind::EndlessQuery
            } else {
                TrapKind::EndlessPath
            };
            self.name(Trap {
                pattern,
                kind,
                fetched,
            });
            return true;
        }
        suspicions(url).iter().any(|suspicion| {
            let key = self.named(url, &suspicion.pattern);
            self.kinds.get(&key).is_some_and(|tally| tally.trapped) && feeds(parent, url, suspicion)
        })
    }

    /// Notes a fetched page: its words, and whether it names anything of another kind that is new. Returns whether it is barren.
    pub(crate) fn fetched(
        &mut self,
        url: &Url,
        parent: Option<&Parent>,
        words: &BTreeSet<u64>,
        brings_news: bool,
    ) -> bool {
        if let Some(before) = repeated(url, 2) {
            *self.repeats.entry(before).or_default() += 1;
        }
        let mut barren = !brings_news;
        for (rank, suspicion) in suspicions(url).into_iter().enumerate() {
            let key = self.named(url, &suspicion.pattern);
            let tally = self.kinds.entry(key.clone()).or_default();
            tally.fetched += 1;
            let mut new_words = false;
            for word in words {
                if tally.words.len() >= WORDS {
                    break;
                }
                new_words |= tally.words.insert(*word);
            }
            // The names of months are words, but no news.
            let dull = !brings_news && (suspicion.kind == TrapKind::Calendar || !new_words);
            if rank == 0 {
                barren = dull;
            }
            if !dull {
                tally.barren_run = 0;
            } else if feeds(parent, url, &suspicion) {
                tally.barren_run += 1;
                if tally.barren_run >= suspicion.patience && !tally.trapped {
                    tally.trapped = true;
                    let trap = Trap {
                        pattern: key,
                        kind: suspicion.kind,
                        fetched: tally.fetched,
                    };
                    self.name(trap);
                }
            }
        }
        barren
    }

    fn name(&mut self, trap: Trap) {
        if !self.found.iter().any(|known| known.pattern == trap.pattern) {
            self.found.push(trap);
        }
    }

    /// A pattern with its host, when that is not the home's.
    fn named(&self, url: &Url, pattern: &str) -> String {
        let origin = Origin::of(url);
        if origin == self.home {
            pattern.to_owned()
        } else {
            format!("{origin}{pattern}")
        }
    }
}

/// Whether an address stands among the news of a page: something of another kind than the page.
pub(crate) fn is_other(address: &Url, page: &Url) -> bool {
    if is_calendar(page) {
        !is_calendar(address)
    } else {
        shape(address) != shape(page)
    }
}

/// The kind of an address: digits and opaque values left out.
pub(crate) fn shape(url: &Url) -> String {
    let path = shape_of_path(url);
    let mut pairs: Vec<String> = pairs(url)
        .map(|(name, value)| {
            let opaque = value.len() > 40 || value.bytes().any(|byte| byte.is_ascii_digit());
            let value = if opaque { "…".into() } else { legible(value) };
            format!("{}={value}", legible(name))
        })
        .collect();
    pairs.sort_unstable();
    if pairs.is_empty() {
        path
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

fn shape_of_path(url: &Url) -> String {
    let segments: Vec<String> = url
        .path()
        .split('/')
        .map(|segment| {
            let text = legible(segment);
            let mut shape = String::new();
            for letter in text.chars() {
                match (letter.is_numeric(), shape.ends_with('…')) {
                    (true, true) => {}
                    (true, false) => shape.push('…'),
                    (false, _) => shape.push(letter),
                }
            }
            shape
        })
        .collect();
    segments.join("/")
}

fn suspicions(url: &Url) -> Vec<Suspicion> {
    let pattern = shape(url);
    if is_calendar(url) {
        return vec![Suspicion {
            pattern,
            kind: TrapKind::Calendar,
            patience: BARREN_MONTHS,
        }];
    }
    let mut all = Vec::new();
    if pattern.contains('…') {
        all.push(Suspicion {
            kind: if url.query().is_some() {
                TrapKind::EndlessQuery
            } else {
                TrapKind::EndlessPath
            },
            pattern,
            patience: BARREN_SHAPE,
        });
    }
    if url.query().is_some() {
        all.push(Suspicion {
            pattern: format!("{}?…", shape_of_path(url)),
            kind: TrapKind::EndlessQuery,
            patience: BARREN_FAMILY,
        });
    }
    all
}

/// Whether the address was found on its own kind, or on a page that was barren itself.
fn feeds(parent: Option<&Parent>, url: &Url, suspicion: &Suspicion) -> bool {
    parent.is_some_and(|parent| {
        parent.barren
            || suspicion.kind == TrapKind::Calendar
                && is_calendar(&parent.url)
                && Origin::of(&parent.url) == Origin::of(url)
            || suspicions(&parent.url)
                .iter()
                .any(|other| other.pattern == suspicion.pattern)
                && Origin::of(&parent.url) == Origin::of(url)
    })
}

/// Whether an address names a month, week or day and nothing else tells its pages apart.
fn is_calendar(url: &Url) -> bool {
    let path = legible(url.path()).to_lowercase();
    if path.contains("calendar") || path.contains("ปฏิทิน") {
        return true;
    }
    let dated = |value: &str| value.bytes().any(|byte| byte.is_ascii_digit());
    let has = |names: &[&str]| {
        pairs(url).any(|(name, value)| {
            names.contains(&name.to_ascii_lowercase().as_str()) && dated(value)
        })
    };
    let months = [
        "month",
        "mon",
        "week",
        "day",
        "date",
        "ym",
        "yearmonth",
        "caldate",
        "calmonth",
        "curmonth",
        "monthid",
        "cal",
    ];
    if has(&months) || has(&["m"]) && has(&["y", "year"]) {
        return true;
    }
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    // …/2022/05 and …/2565/5/1, but not …/2022/05/title.
    let numbers: Vec<u32> = segments
        .iter()
        .rev()
        .map_while(|part| part.parse().ok())
        .collect();
    let year = |number: u32| (1950..2700).contains(&number);
    match numbers.as_slice() {
        [month, at, ..] if year(*at) => (1..=12).contains(month),
        [day, month, at, ..] if year(*at) => (1..=31).contains(day) && (1..=12).contains(month),
        _ => false,
    }
}

/// The part of an address before it grew beyond sense, and the pattern of its growth.
fn overgrown(url: &Url) -> Option<(String, String)> {
    if let Some(before) = repeated(url, 3) {
        let pattern = format!("{}/…", legible(&before));
        return Some((before, pattern));
    }
    let deep = url.path().split('/').count() > DEEPEST;
    (deep || url.as_str().len() > LONGEST).then(|| {
        let before: String = url.path().split('/').take(4).collect::<Vec<_>>().join("/");
        let pattern = format!("{}/…", legible(&before));
        (before, pattern)
    })
}

/// The path up to the end of the first of `times` equal runs of segments, one of which has letters.
fn repeated(url: &Url, times: usize) -> Option<String> {
    let segments: Vec<&str> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    for size in 1..=3 {
        for start in 0..segments.len() {
            let Some(block) = segments.get(start..start + size) else {
                break;
            };
            let equal = segments[start..]
                .chunks(size)
                .take_while(|chunk| *chunk == block)
                .count();
            let worded = block
                .iter()
                .any(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
            if equal >= times && worded {
                return Some(format!("/{}", segments[..start + size].join("/")));
            }
        }
    }
    None
}

fn pairs(url: &Url) -> impl Iterator<Item = (&str, &str)> {
    url.query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn legible(text: &str) -> String {
    super::refs::percent_decoded(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(&format!("http://a.go.th{text}")).unwrap()
    }

    fn words(text: &str) -> BTreeSet<u64> {
        super::super::refs::read(text.as_bytes(), None, &url("/")).words
    }

    /// Walks from page to page, each found on the one before, and counts those let through.
    fn walk(traps: &mut Traps, pages: impl Iterator<Item = (String, String, bool)>) -> usize {
        let mut parent = Parent {
            url: url("/"),
            barren: false,
        };
        let mut count = 0;
        for (address, text, news) in pages {
            let at = url(&address);
            if traps.holds(&at, Some(&parent)) {
                break;
            }
            let barren = traps.fetched(&at, Some(&parent), &words(&text), news);
            parent = Parent { url: at, barren };
            count += 1;
        }
        count
    }

    #[test]
    fn a_calendar_without_end_is_left_after_a_year() {
        let mut traps = Traps::new(&url("/"));
        let months = ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม"];
        let count = walk(
            &mut traps,
            (0..500).map(|n| {
                (
                    format!("/event.php?month={n}"),
                    format!("{} {n}", months[n % 5]),
                    n == 0,
                )
            }),
        );
        assert_eq!(count, 13);
        assert_eq!(
            traps.found(),
            [Trap {
                pattern: "/event.php?month=…".to_owned(),
                kind: TrapKind::Calendar,
                fetched: 13
            }]
        );
        // What another page links to is still fetched.
        let menu = Parent {
            url: url("/menu"),
            barren: false,
        };
        assert!(!traps.holds(&url("/event.php?month=900"), Some(&menu)));
    }

    #[test]
    fn a_monthly_archive_with_documents_is_no_trap() {
        let mut traps = Traps::new(&url("/"));
        let pages = (0..120).map(|n| {
            (
                format!("/report.php?month={}&year={}", n % 12 + 1, 2560 + n / 12),
                "สขร.1".to_owned(),
                n % 9 == 0,
            )
        });
        assert_eq!(walk(&mut traps, pages), 120);
        assert!(traps.found().is_empty());
    }

    #[test]
    fn pages_of_a_list_and_numbered_articles_are_no_trap() {
        let mut traps = Traps::new(&url("/"));
        let word = |n: usize| {
            char::from_u32(0xe01 + (n % 40) as u32)
                .into_iter()
                .chain(char::from_u32(0xe01 + (n / 40) as u32))
                .collect::<String>()
        };
        let list = (0..300).map(|n| (format!("/news?page={n}"), format!("ข่าว {}", word(n)), false));
        assert_eq!(walk(&mut traps, list), 300);
        let articles = (0..300).map(|n| (format!("/detail.php?id={n}"), word(n), false));
        assert_eq!(walk(&mut traps, articles), 300);
        // Viewers of pictures say the same on every page, but each has its picture.
        let photos = (0..300).map(|n| (format!("/photo.php?n={n}"), "ภาพกิจกรรม".to_owned(), true));
        assert_eq!(walk(&mut traps, photos), 300);
        assert!(traps.found().is_empty());
    }

    #[test]
    fn numbered_pages_that_an_index_links_to_are_fetched_even_if_empty() {
        let mut traps = Traps::new(&url("/"));
        let index = Parent {
            url: url("/index.php"),
            barren: false,
        };
        for n in 0..100 {
            let at = url(&format!("/detail.php?id={n}"));
            assert!(!traps.holds(&at, Some(&index)));
            traps.fetched(&at, Some(&index), &words("อยู่ระหว่างปรับปรุง"), false);
        }
        assert!(traps.found().is_empty());
    }

    #[test]
    fn a_list_that_goes_on_after_its_end_is_left() {
        let mut traps = Traps::new(&url("/"));
        let pages = (0..500).map(|n| {
            (
                format!("/news?page={n}"),
                if n < 30 {
                    format!("ข่าว{}", "ก".repeat(n))
                } else {
                    "ไม่มีข้อมูล".to_owned()
                },
                n < 30,
            )
        });
        let count = walk(&mut traps, pages);
        assert!((30..60).contains(&count), "{count}");
        assert_eq!(traps.found()[0].kind, TrapKind::EndlessQuery);
        assert_eq!(traps.found()[0].pattern, "/news?page=…");
    }

    #[test]
    fn parameters_that_multiply_over_the_same_content_are_left() {
        let mut traps = Traps::new(&url("/"));
        let letters = |n: usize| "abcdefghij".chars().nth(n % 10).unwrap().to_string();
        let pages = (0..1000).map(|n| {
            let address = format!(
                "/list?sort={}&by={}&in={}",
                letters(n),
                letters(n / 10),
                letters(n / 100)
            );
            (address, "รายการ".to_owned(), false)
        });
        assert!(walk(&mut traps, pages) < 100);
        assert_eq!(traps.found()[0].pattern, "/list?…");
    }

    #[test]
    fn paths_that_repeat_themselves_are_left() {
        let mut traps = Traps::new(&url("/"));
        assert!(!traps.holds(&url("/a/contact/contact"), None));
        traps.fetched(&url("/a/contact/contact"), None, &BTreeSet::new(), true);
        assert!(traps.holds(&url("/a/contact/contact/contact"), None));
        assert!(traps.holds(&url("/x/y/x/y/x/y/index.php"), None));
        assert_eq!(traps.found()[0].pattern, "/a/contact/…");
        assert_eq!(traps.found()[0].fetched, 1);
        assert_eq!(traps.found()[1].kind, TrapKind::EndlessPath);
        for fine in [
            "/public/list/data/detail/id/2665/menu/1236",
            "/2/2/2/2",
            "/เมนู/เมนูย่อย/1447",
            "/datas/file/file/a.pdf",
        ] {
            assert!(!traps.holds(&url(fine), None), "{fine}");
        }
    }

    #[test]
    fn dates_in_addresses_are_told_from_numbers_of_articles() {
        for calendar in [
            "/calendar.php?month=3",
            "/e?date=2022-05-01",
            "/?m=5&y=2565",
            "/events/2022/05",
            "/x/2565/5/1",
            "/ปฏิทินกิจกรรม?n=4",
        ] {
            assert!(is_calendar(&url(calendar)), "{calendar}");
        }
        for other in [
            "/news?page=2",
            "/detail.php?id=2565",
            "/2022/05/title",
            "/post/440",
            "/list?year=2565",
            "/?m=5",
            "/?day=all",
            "/index/menu/1236",
        ] {
            assert!(!is_calendar(&url(other)), "{other}");
        }
    }
}
