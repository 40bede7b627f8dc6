//! Reading scans: the options, the engine that is installed, and the file of what was read.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use prongsai::fetch::capture::Capture;
use prongsai::judge::judge;
use prongsai::ocr::{Budget, Judged, Readings, Tesseract, Watch, judge_with_ocr};
use prongsai::rules::pack::Pack;
use prongsai::site::Site;

use super::progress::{Steps, is_over};
use super::{args, say};

/// How to read scans.
#[derive(clap::Args, Debug, Clone, Default)]
#[command(next_help_heading = "การอ่านเอกสารสแกน (OCR)")]
pub(super) struct Scans {
    /// ไม่อ่านเอกสารสแกนและรูปภาพด้วย OCR แม้ติดตั้ง tesseract ไว้
    #[arg(long)]
    no_ocr: bool,
    /// จำนวนหน้าสแกนและรูปภาพสูงสุดที่อ่านด้วย OCR (ปกติ 200)
    #[arg(long, value_name = "จำนวน")]
    ocr_pages: Option<usize>,
    /// เวลาอ่านด้วย OCR สูงสุด เช่น 5m, 1h (ปกติ 10m)
    #[arg(long, value_name = "เวลา", value_parser = args::time)]
    ocr_time: Option<Duration>,
}

/// An engine with its budget, and where readings are kept.
pub(super) struct Reader {
    engine: Tesseract,
    budget: Budget,
    /// `None` keeps nothing: who did not ask for a capture gets no files.
    file: Option<PathBuf>,
}

impl Scans {
    /// The engine, when it is wanted and installed.
    pub(super) fn reader(&self, capture: Option<&Path>) -> Option<Reader> {
        let usual = Budget::default();
        let renderer = (!self.no_ocr).then(super::pipeline::own_file)?.ok()?;
        Some(Reader {
            engine: Tesseract::find(renderer)?,
            budget: Budget {
                pages: self.ocr_pages.unwrap_or(usual.pages),
                time: self.ocr_time.unwrap_or(usual.time),
            },
            file: capture.map(Readings::beside),
        })
    }
}

/// Judges a site, with a reader's help when there is one.
pub(super) fn decide(
    pack: &Pack,
    site: Site,
    capture: &Capture,
    reader: Option<&Reader>,
) -> (Judged, bool) {
    use prongsai::ocr::Engine;
    let Some(reader) = reader else {
        let site = std::sync::Arc::new(site);
        let verdicts = judge(pack, &site);
        return (
            Judged {
                site,
                verdicts,
                used: Default::default(),
            },
            false,
        );
    };
    let engine = reader.engine.version();
    let (mut readings, damaged) = match &reader.file {
        Some(file) => Readings::load(file, engine),
        None => (Readings::new(engine), None),
    };
    if let Some(damaged) = damaged {
        say(&damaged.to_string());
    }
    let desk = Desk::new(reader.file.as_deref());
    let judged = judge_with_ocr(
        pack,
        site,
        capture,
        &reader.engine,
        reader.budget,
        &mut readings,
        &desk,
    );
    desk.done(&mut readings);
    if judged.used.pages > 0 {
        say(&format!(
            "อ่านเอกสารสแกนและรูปภาพด้วย OCR {} หน้า",
            judged.used.pages
        ));
    }
    (judged, true)
}

/// Keeps what is read while it is read, and shows it to the person who waits.
struct Desk<'a> {
    file: Option<&'a Path>,
    bar: Steps,
    saved: Mutex<Saved>,
}

struct Saved {
    at: Instant,
    /// That it cannot be kept is told once.
    told: bool,
}

/// Time between two savings: what a power cut may cost.
const SAVE_EVERY: Duration = Duration::from_secs(2);

impl<'a> Desk<'a> {
    fn new(file: Option<&'a Path>) -> Self {
        Self {
            file,
            bar: Steps::new("หน้าสแกน (OCR)"),
            saved: Mutex::new(Saved {
                at: Instant::now(),
                told: false,
            }),
        }
    }

    fn save(&self, readings: &mut Readings) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        saved.at = Instant::now();
        if let Some(Err(spoilt)) = self.file.map(|file| readings.save(file))
            && !saved.told
        {
            saved.told = true;
            self.bar.line(&spoilt.to_string());
        }
    }

    fn done(self, readings: &mut Readings) {
        self.save(readings);
        self.bar.done();
    }
}

impl Watch for Desk<'_> {
    fn is_over(&self) -> bool {
        is_over()
    }

    fn page(&self, read: usize, of: usize, readings: &mut Readings) {
        self.bar.at(read, of);
        let since = |saved: &Saved| saved.at.elapsed();
        let saved = self
            .saved
            .lock()
            .map_or_else(|lost| since(&lost.into_inner()), |it| since(&it));
        if saved >= SAVE_EVERY {
            self.save(readings);
        }
    }
}
