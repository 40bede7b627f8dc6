//! Pictures of text, read by OCR.

use std::time::{Duration, Instant};

use prongsai::ocr::{Engine, Picture, Tesseract};

use crate::figures::{Found, Phrases, error_rate, four_letter_share, key};
use crate::of;

/// Time for one page. A clean one takes three seconds.
const PAGE_TIME: Duration = Duration::from_secs(60);

/// The pages of a scan, or a picture.
pub(crate) struct Pictures<'a> {
    pub(crate) name: String,
    pub(crate) truth: &'a str,
    /// Whether the pages hold all of the true text.
    pub(crate) is_whole: bool,
    /// Bodies, with the page of a PDF.
    pub(crate) pages: Vec<(&'a [u8], Option<u32>)>,
}

/// Reads pictures and prints how well.
pub(crate) fn print(engine: &Tesseract, all: &[Pictures<'_>], phrases: &Phrases) {
    println!("\n## Pictures of text\n\n{}\n", engine.version());
    println!(
        "| file | pages | CER % | 4-letter share % | phrases: exact | tolerant | by a rule | false hits | s a page |"
    );
    println!("|{}", " --- |".repeat(9));
    let mut total = Found::default();
    for pictures in all {
        let (text, took) = read(engine, pictures);
        let (truth, seen) = (key(pictures.truth), key(&text));
        let rate = |of: fn(&[char], &[char]) -> f64| {
            pictures
                .is_whole
                .then(|| format!("{:.1}", of(&truth, &seen)))
        };
        let blank = || "–".to_owned();
        let (rate, fours) = (
            rate(error_rate).unwrap_or_else(blank),
            // Of a part of the text: the share of what was read that is true.
            rate(four_letter_share)
                .unwrap_or_else(|| format!("{:.1} of read", four_letter_share(&seen, &truth))),
        );
        let found = phrases.count(pictures.truth, &text, true);
        if pictures.is_whole {
            total.add(found);
        }
        println!(
            "| {} | {} | {rate} | {fours} | {} | {} | {} | {} | {:.1} |",
            pictures.name,
            pictures.pages.len(),
            of(found.exact, found.there),
            of(found.tolerant, found.there),
            of(found.by_rule, found.there),
            of(found.false_hits, found.absent),
            took.as_secs_f64() / pictures.pages.len().max(1) as f64,
        );
    }
    println!(
        "| **whole files** | | | | {} | {} | {} | {} | |",
        of(total.exact, total.there),
        of(total.tolerant, total.there),
        of(total.by_rule, total.there),
        of(total.false_hits, total.absent),
    );
}

/// All pages, one after another: the time is that of one engine.
pub(crate) fn read(engine: &Tesseract, pictures: &Pictures<'_>) -> (String, Duration) {
    let begun = Instant::now();
    let mut text = String::new();
    for (body, page) in &pictures.pages {
        let picture = page.map_or(Picture::Image(body), |page| Picture::PdfPage(body, page));
        match engine.read(&picture, PAGE_TIME) {
            Ok(read) => text.push_str(&read.text),
            Err(fault) => println!("<!-- {} {page:?}: {fault:?} -->", pictures.name),
        }
        text.push('\n');
    }
    (text, begun.elapsed())
}
