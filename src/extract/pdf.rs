//! PDF: the text layer, page by page, in the order it was written, and the tables between ruled lines.

mod aligned;
mod grid;
mod letters;
mod piece;
mod source;
mod tables;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Document, DocumentKind, Reading};
use crate::thai::{Quality, clean, quality, repair_mojibake};
use piece::{Piece, join};
use source::{Boss, Sheet, Source};
use tables::{Drawn, Tables};

/// Letters of a stamp, a receipt number or a cover: over a picture of a page they are not what the page says.
const STAMP: usize = 100;
/// Pages read. Plans of local governments have 300 pages.
const MAX_PAGES: usize = 500;
/// Text read of one file. A plan of 300 pages has half a megabyte.
const MAX_BYTES: usize = 5 << 20;
/// Reads a PDF.
pub(super) fn read(body: &[u8]) -> Document {
    // The library is young: a fault of its own costs one file, not the run.
    catch_unwind(AssertUnwindSafe(|| match Boss::open(body) {
        Ok(source) => read_pages(&source),
        Err(reading) => Document::unread(DocumentKind::Pdf, reading),
    }))
    .unwrap_or_else(|_| Document::unread(DocumentKind::Pdf, Reading::Damaged))
}

fn read_pages(source: &impl Source) -> Document {
    let count = source.page_count();
    let mut pages = Pages::default();
    for index in 0..count.min(MAX_PAGES) {
        pages.add(source.page(index));
        if pages.bytes > MAX_BYTES {
            break;
        }
    }
    pages.into_document(count)
}

#[derive(Default)]
struct Pages {
    texts: Vec<String>,
    tables: Tables,
    bytes: usize,
    good: u32,
    garbled: u32,
    pictures: u32,
    broken: u32,
    /// Pages with few words over a picture of the whole page.
    stamped: Vec<usize>,
}

impl Pages {
    fn add(&mut self, sheet: Option<Sheet>) {
        let text = match sheet {
            Some(sheet) => self.text(&sheet),
            None => {
                self.broken += 1;
                String::new()
            }
        };
        self.bytes += text.len();
        self.texts.push(text);
    }

    fn text(&mut self, sheet: &Sheet) -> String {
        let raw = join(sheet.pieces.iter().map(Piece::whole));
        let drawn = Drawn {
            pieces: &sheet.pieces,
            strokes: &sheet.strokes,
        };
        match quality(&raw) {
            Quality::Good => {
                self.good += 1;
                let letters = raw.chars().filter(|c| !c.is_whitespace()).count();
                if letters < STAMP && sheet.is_pictured {
                    self.stamped.push(self.texts.len());
                }
                self.tables.add(self.texts.len(), &drawn, str::to_owned);
                clean(&raw)
            }
            Quality::Mojibake => {
                self.good += 1;
                self.tables.add(self.texts.len(), &drawn, mended);
                clean(&mended(&raw))
            }
            Quality::Garbage => {
                self.garbled += 1;
                String::new()
            }
            // A scanner's stamp on a picture of a page is not the page's text.
            Quality::NoText if sheet.has_picture => {
                self.pictures += 1;
                String::new()
            }
            Quality::NoText => {
                self.broken += u32::from(sheet.is_broken);
                clean(&raw)
            }
        }
    }

    /// Among pages of text, few words over a picture are a cover or a divider; else they are a stamp on a scan.
    fn settle_stamps(&mut self) {
        let stamped = std::mem::take(&mut self.stamped);
        if stamped.len() * 2 < self.good as usize {
            return;
        }
        for page in stamped {
            self.texts[page].clear();
            self.good -= 1;
            self.pictures += 1;
        }
    }

    fn into_document(mut self, count: usize) -> Document {
        self.settle_stamps();
        let beyond = count
            .saturating_sub(self.texts.len())
            .min(u32::MAX as usize) as u32;
        let has_words = self.texts.iter().any(|text| !text.is_empty());
        let reading = if self.texts.len() == self.broken as usize {
            Reading::Damaged
        } else if self.good > 0 || has_words && self.garbled == 0 && self.pictures == 0 {
            Reading::Text
        } else if self.garbled > 0 {
            Reading::Garbled
        } else if self.pictures > 0 || self.broken == 0 {
            Reading::Scanned
        } else {
            Reading::Damaged
        };
        Document {
            kind: DocumentKind::Pdf,
            pages: self.texts,
            names: Vec::new(),
            tables: self.tables.into_tables(),
            reading,
            unread_pages: self.garbled + self.pictures + self.broken + beyond,
        }
    }
}

fn mended(text: &str) -> String {
    repair_mojibake(text).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests;
