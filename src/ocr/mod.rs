//! Scans and pictures of text, read by an outside program: an optional step between two judgements.
//!
//! ```text
//! judge ─▶ unsure, because a file could not be read ─▶ wanted ─▶ read (engine, budget, cache) ─▶ Readings ─▶ judge again
//! ```
//!
//! Judging stays pure: what was read goes into the [`Site`], keyed by the content of the body. OCR never fails an item: it
//! loses words, so what it did not find proves nothing. It helps unsure items to pass; and what passed by the label of a
//! scan that says otherwise becomes unsure.

mod cache;
mod digits;
mod engine;
mod layout;
mod render;
mod wanted;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fetch::capture::Capture;
use crate::judge::{Decision, Verdict, judge};
use crate::rules::answer::Outcome;
use crate::rules::pack::Pack;
use crate::rules::rule::Reason;
use crate::site::{Site, Transcript};

pub use cache::{Damaged, Readings, Spoilt as Unsaved};
pub use engine::{Engine, Fault, LANGUAGES, Picture, Tesseract, Toolbox};
pub use render::{RENDER_COMMAND, Spoilt as Unrendered, render};
use wanted::{Sheet, Source, wanted};

/// Times that unsure answers are asked what they wait for: a file read may point at the next.
const ROUNDS: usize = 3;
/// Engines at work at once. Each needs a processor and 100 MB.
const AT_ONCE: usize = 2;
/// No page needs longer; a hostile one might.
const PAGE_TIME: Duration = Duration::from_secs(60);

/// How much a run may read. A site with hundreds of scans ends in time, with what matters most read first.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Pages and pictures.
    pub pages: usize,
    /// Time.
    pub time: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            pages: 200,
            time: Duration::from_secs(600),
        }
    }
}

/// What OCR read. It finds words and loses some, so items that did not pass by it are for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OcrUse {
    /// Program, version and settings.
    pub engine: String,
    /// Pages and pictures that were read.
    pub pages: u32,
    /// Where they stand, by address.
    pub files: Vec<OcrFile>,
    /// Addresses with pages that were left for want of budget.
    pub left: Vec<String>,
    /// Addresses of pictures too large to be opened.
    pub too_large: Vec<String>,
    /// Which limit came first: `pages`, `time`, `engine`, `interrupt`; null when none did.
    pub stop: Option<String>,
}

/// A file, or a page with pictures, that OCR read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OcrFile {
    /// Its address.
    pub url: String,
    /// Pages or pictures that were read.
    pub pages: u32,
    /// … of so many that hold no text of their own.
    pub of: u32,
}

/// The engine of an earlier run: what it read is known, it reads nothing more.
#[derive(Debug)]
pub struct Kept(String);

impl Kept {
    /// The engine with its readings; `None` when a file holds none that can be used.
    pub fn load(file: &std::path::Path) -> Option<(Self, Readings)> {
        let readings = Readings::kept(file)?;
        Some((Self(readings.engine().to_owned()), readings))
    }
}

impl Engine for Kept {
    fn version(&self) -> &str {
        &self.0
    }

    fn read(&self, _: &Picture<'_>, _: Duration) -> Result<Transcript, Fault> {
        Err(Fault::Engine)
    }
}

/// Who waits for the reading.
pub trait Watch: Sync {
    /// So many pages were read of those that are wanted now. What was read so far may be kept.
    fn page(&self, _read: usize, _of: usize, _readings: &mut Readings) {}
    /// Nothing more is to be begun.
    fn is_over(&self) -> bool {
        false
    }
}

/// Nobody does.
impl Watch for () {}

/// A site judged with what could be read of its pictures.
pub struct Judged {
    /// The site, readings included.
    pub site: Arc<Site>,
    /// The verdicts.
    pub verdicts: Vec<Verdict>,
    /// What was read.
    pub used: OcrUse,
}

/// Judges, reads what unsure answers wait for, and judges again. `readings` is the memory of earlier runs and takes what
/// is read now. Items that were decided stay as they are.
pub fn judge_with_ocr(
    pack: &Pack,
    site: Site,
    capture: &Capture,
    engine: &dyn Engine,
    budget: Budget,
    readings: &mut Readings,
    watch: &dyn Watch,
) -> Judged {
    let mut site = Arc::new(site);
    let mut verdicts = judge(pack, &site);
    let mut desk = Desk {
        engine,
        watch,
        pages_left: budget.pages,
        deadline: Instant::now() + budget.time,
        stop: None,
        left: BTreeSet::new(),
    };
    let mut files: BTreeMap<String, OcrFile> = BTreeMap::new();
    let mut too_large = BTreeSet::new();
    for _ in 0..ROUNDS {
        let sources = wanted(&site, capture, &verdicts, &mut too_large);
        let sheets: Vec<&Sheet> = in_turn(&sources);
        desk.read(&sheets, readings);
        // The judge is done with its views of the site.
        let Some(open) = Arc::get_mut(&mut site) else {
            break;
        };
        if !lay_out(open, &sources, readings, &mut files) {
            break;
        }
        verdicts = verdicts
            .into_iter()
            .zip(judge(pack, &site))
            .map(|(before, after)| better(before, after))
            .collect();
    }
    let used = OcrUse {
        engine: engine.version().to_owned(),
        pages: files.values().map(|file| file.pages).sum(),
        files: files.into_values().collect(),
        left: desk.left.into_iter().collect(),
        too_large: too_large.into_iter().collect(),
        stop: desk.stop.map(str::to_owned),
    };
    Judged {
        site,
        verdicts,
        used,
    }
}

/// OCR may lift an item that was unsure, and it may doubt one that passed by the labels of scans; it never fails one,
/// because it loses words and mistakes digits. What would have failed it is told.
fn better(before: Verdict, after: Verdict) -> Verdict {
    match (before.verdict, after.verdict) {
        (Decision::Unsure, Decision::Fail) => told(before, after),
        (Decision::Pass, Decision::Fail) => doubted(after),
        (Decision::Unsure | Decision::Pass, _) => after,
        (Decision::Fail, _) => before,
    }
}

/// A fail as what a person must look at.
fn doubted(after: Verdict) -> Verdict {
    let mut criteria = after.criteria;
    for criterion in &mut criteria {
        if criterion.outcome == Outcome::Unmet {
            criterion.outcome = Outcome::Unsure;
            criterion.because = format!("{SAYS} {} ให้เปิดดู", criterion.because);
        }
    }
    Verdict {
        verdict: Decision::Unsure,
        reason: Some(Reason::NeedsPerson),
        summary: format!("{SAYS} {} ให้เปิดดู", after.summary),
        criteria,
        ..after
    }
}

/// Before what only OCR says.
const SAYS: &str = "อ่านด้วย OCR แล้ว";

fn told(mut before: Verdict, after: Verdict) -> Verdict {
    for (mine, read) in before.criteria.iter_mut().zip(&after.criteria) {
        if mine.outcome == Outcome::Unsure && read.outcome == Outcome::Unmet {
            // A later round says it anew.
            let first = mine.because.split(" · ").next().unwrap_or_default();
            mine.because = format!("{first} · {SAYS} {}", read.because);
        }
    }
    let first = before.summary.split(" · ").next().unwrap_or_default();
    before.summary = format!("{first} · {SAYS} {}", after.summary);
    before
}

/// First pages of all before second pages of any: one thick file must not take the budget of the others. Of first pages,
/// those for which most items wait come first, and last those that only bear out a pass.
fn in_turn(sources: &[Source]) -> Vec<&Sheet> {
    let deepest = sources.iter().map(|source| source.sheets.len()).max();
    let mut sources: Vec<&Source> = sources.iter().collect();
    sources.sort_by_key(|source| Reverse(source.items));
    (0..deepest.unwrap_or(0))
        .flat_map(|depth| {
            sources
                .iter()
                .filter_map(move |source| source.sheets.get(depth))
        })
        .collect()
}

/// Puts what was read into the site. False when nothing is new.
fn lay_out(
    site: &mut Site,
    sources: &[Source],
    readings: &Readings,
    files: &mut BTreeMap<String, OcrFile>,
) -> bool {
    let mut fresh = false;
    for source in sources {
        let read = |sheet: &Sheet| {
            let read = readings.page(&sheet.digest, sheet.page)?;
            Some((sheet.name.clone(), read.clone()))
        };
        let pages: Vec<(String, Transcript)> = source.sheets.iter().filter_map(read).collect();
        let url = site.nodes[source.node].url.to_string();
        let known = files.get(&url).map_or(0, |file| file.pages as usize);
        if pages.len() > known {
            fresh |= site.add_ocr(source.node, &pages);
            let pages = u32::try_from(pages.len()).unwrap_or(u32::MAX);
            let of = source.pages.max(pages);
            files.insert(url.clone(), OcrFile { url, pages, of });
        }
    }
    fresh
}

/// The engine at work, and what is left of the budget.
struct Desk<'a> {
    engine: &'a dyn Engine,
    watch: &'a dyn Watch,
    pages_left: usize,
    deadline: Instant,
    stop: Option<&'static str>,
    /// Addresses with pages that were not read for want of budget.
    left: BTreeSet<String>,
}

/// What came of a page.
enum Done {
    Read,
    Left(Option<&'static str>),
}

impl Desk<'_> {
    /// Reads sheets that are not in the readings yet, as far as the budget goes.
    fn read(&mut self, sheets: &[&Sheet], readings: &mut Readings) {
        let mut seen = BTreeSet::new();
        let new: Vec<&Sheet> = sheets
            .iter()
            .copied()
            .filter(|sheet| readings.page(&sheet.digest, sheet.page).is_none())
            .filter(|sheet| seen.insert((&sheet.digest, sheet.page)))
            .collect();
        let (now, over) = new.split_at(new.len().min(self.pages_left));
        if !over.is_empty() {
            self.stop = self.stop.or(Some("pages"));
            self.left.extend(over.iter().map(|sheet| sheet.url.clone()));
        }
        let next = AtomicUsize::new(0);
        let shared = Mutex::new((readings, Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(now.len()) {
                scope.spawn(|| {
                    while let Some(sheet) = now.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let read = self.read_one(sheet);
                        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                        let (readings, done) = &mut *shared;
                        match read {
                            Ok(read) => {
                                readings.add(&sheet.digest, sheet.page, read);
                                done.push((*sheet, Done::Read));
                                let count = done.len();
                                self.watch.page(count, now.len(), readings);
                            }
                            Err(why) => done.push((*sheet, Done::Left(why))),
                        }
                    }
                });
            }
        });
        let (_, done) = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (sheet, done) in done {
            match done {
                Done::Read => self.pages_left -= 1,
                Done::Left(why) => {
                    self.stop = self.stop.or(why);
                    self.left.insert(sheet.url.clone());
                }
            }
        }
    }

    /// A page, or the limit that left it unread.
    fn read_one(&self, sheet: &Sheet) -> Result<Transcript, Option<&'static str>> {
        if self.watch.is_over() {
            return Err(Some("interrupt"));
        }
        let time = self.deadline.saturating_duration_since(Instant::now());
        if time.is_zero() {
            return Err(Some("time"));
        }
        match self.engine.read(&sheet.picture(), time.min(PAGE_TIME)) {
            Ok(read) => Ok(read),
            // Who stops a service stops its children too.
            Err(Fault::Unreadable) if self.watch.is_over() => Err(Some("interrupt")),
            // It will fail again: remembered as a page without words.
            Err(Fault::Unreadable) => Ok(Transcript::default()),
            Err(Fault::Timeout) if time < PAGE_TIME => Err(Some("time")),
            Err(Fault::Timeout) => Err(None),
            Err(Fault::Engine) => Err(Some("engine")),
        }
    }
}
