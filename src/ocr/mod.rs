//! Scans and pictures of text, read by an outside program: an optional step between two judgements.
//!
//! ```text
//! judge ─▶ unsure, because a file could not be read ─▶ wanted ─▶ read (engine, budget, cache) ─▶ Readings ─▶ judge again
//! ```
//!
//! Judging stays pure: what was read goes into the [`Site`], keyed by the content of the body. Only unsure items ask,
//! and OCR only ever helps an item to pass: it loses words, so what it did not find proves nothing.

mod cache;
mod engine;
mod render;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fetch::capture::Capture;
use crate::judge::{Decision, Verdict, judge};
use crate::rules::pack::Pack;
use crate::site::Site;

pub use cache::{Readings, Spoilt as Unsaved};
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
    /// Which limit came first: `pages`, `time`, `engine`; null when none did.
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
) -> Judged {
    let mut site = Arc::new(site);
    let mut verdicts = judge(pack, &site);
    let mut desk = Desk {
        engine,
        pages_left: budget.pages,
        deadline: Instant::now() + budget.time,
        stop: None,
        left: BTreeSet::new(),
    };
    let mut files: BTreeMap<String, OcrFile> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let sources = wanted(&site, capture, &verdicts);
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
        stop: desk.stop.map(str::to_owned),
    };
    Judged {
        site,
        verdicts,
        used,
    }
}

/// OCR may lift an item that was unsure; it never fails one, because it loses words and mistakes digits.
fn better(before: Verdict, after: Verdict) -> Verdict {
    if before.verdict == Decision::Unsure && after.verdict != Decision::Fail {
        after
    } else {
        before
    }
}

/// First pages of all before second pages of any: one thick file must not take the budget of the others.
fn in_turn(sources: &[Source]) -> Vec<&Sheet> {
    let deepest = sources.iter().map(|source| source.sheets.len()).max();
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
            let text = readings.page(&sheet.digest, sheet.page)?;
            Some((sheet.name.clone(), text.to_owned()))
        };
        let pages: Vec<(String, String)> = source.sheets.iter().filter_map(read).collect();
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
    pages_left: usize,
    deadline: Instant,
    stop: Option<&'static str>,
    /// Addresses with pages that were not read for want of budget.
    left: BTreeSet<String>,
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
        self.pages_left -= now.len();
        if !over.is_empty() {
            self.stop = self.stop.or(Some("pages"));
            self.left.extend(over.iter().map(|sheet| sheet.url.clone()));
        }
        let next = AtomicUsize::new(0);
        let slots: Vec<OnceLock<Result<String, Fault>>> =
            now.iter().map(|_| OnceLock::new()).collect();
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(now.len()) {
                scope.spawn(|| {
                    while let Some((sheet, slot)) = Some(next.fetch_add(1, Ordering::Relaxed))
                        .and_then(|at| now.get(at).zip(slots.get(at)))
                    {
                        let time = self.deadline.saturating_duration_since(Instant::now());
                        if time.is_zero() {
                            return;
                        }
                        let _ = slot.set(self.engine.read(&sheet.picture(), time.min(PAGE_TIME)));
                    }
                });
            }
        });
        let late = Instant::now() >= self.deadline;
        for (sheet, slot) in now.iter().zip(slots) {
            match slot.into_inner() {
                Some(Ok(text)) => readings.add(&sheet.digest, sheet.page, text),
                // It will fail again: remembered as a page without words.
                Some(Err(Fault::Unreadable)) => {
                    readings.add(&sheet.digest, sheet.page, String::new())
                }
                Some(Err(Fault::Timeout)) if !late => {
                    self.left.insert(sheet.url.clone());
                }
                Some(Err(Fault::Timeout)) | None => {
                    self.stop = Some("time");
                    self.left.insert(sheet.url.clone());
                }
                Some(Err(Fault::Engine)) => {
                    self.stop = self.stop.or(Some("engine"));
                    self.left.insert(sheet.url.clone());
                }
            }
        }
    }
}
