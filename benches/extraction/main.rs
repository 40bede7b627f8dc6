//! How well files are read: letters wrong, phrases found, tables, speed, and what is told of files that cannot be read.
//!
//! ```text
//! cargo bench --bench extraction -- SET          a folder that the corpus script made (or set PRONGSAI_EXTRACTION_SET)
//! cargo bench --bench extraction                 only the captures of this repository
//! cargo bench --bench extraction -- SET --no-ocr without pictures, which take minutes
//! ```
//!
//! `docs/extraction.md` holds the definitions and the figures reached.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot read its files has failed, and its tables are for people"
)]

mod captures;
mod figures;
mod pictures;
mod set;

use std::path::{Path, PathBuf};
use std::time::Duration;

use prongsai::extract::{Block, Document, DocumentKind, Extracted, Reading, Table, extract};
use prongsai::ocr::{LANGUAGES, Tesseract, Toolbox};
use url::Url;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments
        .iter()
        .find(|argument| !argument.starts_with('-'))
        .cloned()
        .or_else(|| std::env::var("PRONGSAI_EXTRACTION_SET").ok());
    let without_ocr = arguments.iter().any(|argument| argument == "--no-ocr");

    let mut skipped: Vec<String> = Vec::new();
    let engine = engine(without_ocr, &mut skipped);
    match folder {
        Some(folder) => set::measure(Path::new(&folder), engine.as_ref(), &mut skipped),
        None => skipped.push(
            "files with known text: no folder given, `-- FOLDER` or PRONGSAI_EXTRACTION_SET"
                .to_owned(),
        ),
    }
    captures::measure(engine.as_ref(), &mut skipped);

    println!("\n## Not measured\n");
    for what in &skipped {
        println!("- {what}");
    }
    if skipped.is_empty() {
        println!("- nothing was left out");
    }
}

fn engine(without_ocr: bool, skipped: &mut Vec<String>) -> Option<Tesseract> {
    if without_ocr {
        skipped.push("pictures: `--no-ocr` was given".to_owned());
        return None;
    }
    let engine = Tesseract::find(PathBuf::from(env!("CARGO_BIN_EXE_prongsai")));
    if engine.is_none() {
        let there = Toolbox::look();
        skipped.push(match there.version {
            Some(version) => format!(
                "pictures: Tesseract {version} lacks {} of {} languages ({})",
                there.missing.len(),
                LANGUAGES.len(),
                there.missing.join(", ")
            ),
            None => "pictures: Tesseract is not installed".to_owned(),
        });
    }
    engine
}

/// What a file was read as, and the time of one processor that it took.
struct Read {
    kind: Option<DocumentKind>,
    reading: Reading,
    /// Text of each page; a web page is one.
    pages: Vec<String>,
    tables: Vec<Table>,
    unread: u32,
    took: Duration,
}

impl Read {
    fn text(&self) -> String {
        self.pages.join("\n")
    }
}

/// Reads a body the way an audit does, which knows its address and what the server says of it, if anything.
fn read(url: &Url, said: Option<&str>, body: &[u8]) -> Read {
    let begun = cpu();
    let what = extract(url, said, body);
    let took = cpu().saturating_sub(begun);
    match what {
        Extracted::Document(Document {
            kind,
            pages,
            tables,
            reading,
            unread_pages,
            ..
        }) => Read {
            kind: Some(kind),
            reading,
            pages,
            tables,
            unread: unread_pages,
            took,
        },
        Extracted::Page(page) => Read {
            kind: None,
            reading: Reading::Text,
            pages: vec![lines(&page.blocks)],
            tables: page.tables,
            unread: 0,
            took,
        },
        Extracted::Other => Read {
            kind: None,
            reading: Reading::Unsupported,
            pages: Vec::new(),
            tables: Vec::new(),
            unread: 0,
            took,
        },
    }
}

/// Lines of a page. Cells of a row stand apart by bars, which the true text has not.
fn lines(blocks: &[Block]) -> String {
    let lines: Vec<String> = blocks
        .iter()
        .map(|block| block.text.replace(" | ", " "))
        .collect();
    lines.join("\n")
}

/// Time that this process has had of its processors.
#[cfg(unix)]
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// Elsewhere the time that passed stands for it.
#[cfg(not(unix))]
fn cpu() -> Duration {
    static BEGUN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(std::time::Instant::now).elapsed()
}

/// A share in words: `1428 / 1528`.
fn of(part: usize, whole: usize) -> String {
    if whole == 0 {
        "–".to_owned()
    } else {
        format!("{part} / {whole}")
    }
}

/// Mean and worst of some figures: `0.3 / 3.0`.
fn mean_and_worst(figures: &[f64], worst: fn(f64, f64) -> f64) -> String {
    let Some(edge) = figures.iter().copied().reduce(worst) else {
        return "–".to_owned();
    };
    let mean = figures.iter().sum::<f64>() / figures.len() as f64;
    format!("{mean:.2} / {edge:.2}")
}
