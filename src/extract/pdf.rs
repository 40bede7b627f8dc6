//! PDF: the text layer, page by page, in the order it was written.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdfboss_core::{Dict, Document as Pdf, Error, Object, Page};
use pdfboss_text::{ReadingOrder, TextSpan, extract_spans};

use super::limits::TEXT as MAX_TEXT;
use super::{Document, DocumentKind, Reading};
use crate::thai::{Quality, clean, quality, repair_mojibake};

/// Pages read. Plans of local governments have 300 pages; what an item asks stands in the first hundred.
const MAX_PAGES: usize = 300;
/// Depth of forms within forms searched for pictures.
const MAX_FORMS: usize = 4;

/// Reads a PDF.
pub(super) fn read(body: &[u8]) -> Document {
    // The library is young: a fault of its own costs one file, not the run.
    catch_unwind(AssertUnwindSafe(|| read_pages(body)))
        .unwrap_or_else(|_| Document::unread(DocumentKind::Pdf, Reading::Damaged))
}

fn read_pages(body: &[u8]) -> Document {
    let pdf = match Pdf::load(body.to_vec()) {
        Ok(pdf) if pdf.is_locked() => return Document::unread(DocumentKind::Pdf, Reading::Locked),
        Ok(pdf) => pdf,
        Err(Error::Encrypted) => return Document::unread(DocumentKind::Pdf, Reading::Locked),
        Err(_) => return Document::unread(DocumentKind::Pdf, Reading::Damaged),
    };
    let count = pdf.page_count();
    let mut pages = Pages::default();
    for index in 0..count.min(MAX_PAGES) {
        match pdf.page(index) {
            Ok(page) => pages.add(&pdf, &page),
            Err(_) => break,
        }
        if pages.bytes > MAX_TEXT {
            break;
        }
    }
    pages.into_document(count)
}

#[derive(Default)]
struct Pages {
    texts: Vec<String>,
    bytes: usize,
    good: u32,
    garbled: u32,
    pictures: u32,
}

impl Pages {
    fn add(&mut self, pdf: &Pdf, page: &Page) {
        let spans = extract_spans(pdf, page, ReadingOrder::Content).unwrap_or_default();
        let raw = join(&spans);
        let text = match quality(&raw) {
            Quality::Good => {
                self.good += 1;
                clean(&raw)
            }
            Quality::Mojibake => {
                self.good += 1;
                clean(&repair_mojibake(&raw).unwrap_or(raw))
            }
            Quality::Garbage => {
                self.garbled += 1;
                String::new()
            }
            // A scanner's stamp on a picture of a page is not the page's text.
            Quality::NoText if has_picture(pdf, &page.resources, MAX_FORMS) => {
                self.pictures += 1;
                String::new()
            }
            Quality::NoText => clean(&raw),
        };
        self.bytes += text.len();
        self.texts.push(text);
    }

    fn into_document(self, count: usize) -> Document {
        let beyond = count
            .saturating_sub(self.texts.len())
            .min(u32::MAX as usize) as u32;
        let has_words = self.texts.iter().any(|text| !text.is_empty());
        let reading = if self.texts.is_empty() {
            Reading::Damaged
        } else if self.good > 0 || has_words && self.garbled == 0 && self.pictures == 0 {
            Reading::Text
        } else if self.garbled > 0 {
            Reading::Garbled
        } else {
            Reading::Scanned
        };
        Document {
            kind: DocumentKind::Pdf,
            pages: self.texts,
            names: Vec::new(),
            tables: Vec::new(),
            reading,
            unread_pages: self.garbled + self.pictures + beyond,
        }
    }
}

/// A vowel or tone mark above or below a consonant.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}' | '\u{F700}'..='\u{F71A}')
}

/// Spans to lines and words by the gaps between them. A mark belongs to the letter before it, wherever it was drawn.
fn join(spans: &[TextSpan]) -> String {
    let mut out = String::new();
    let mut last: Option<(f32, f32, f32)> = None;
    for span in spans.iter().filter(|span| !span.text.is_empty()) {
        if let Some((x, y, size)) = last {
            let size = span.size.max(size).max(1.0);
            let rise = (span.y - y).abs();
            let is_loose_mark = span.text.starts_with(is_mark) && rise < size;
            if is_loose_mark {
            } else if rise > size * 0.45 {
                out.push('\n');
            } else if span.x - x > size * 0.18 || x - span.x > size * 1.5 {
                out.push(' ');
            }
        }
        out.push_str(&span.text);
        last = Some((span.end_x, span.end_y, span.size));
        if out.len() > MAX_TEXT {
            break;
        }
    }
    out
}

/// Whether a page shows a picture, itself or in a form that it draws.
fn has_picture(pdf: &Pdf, resources: &Dict, depth: usize) -> bool {
    let Some(Object::Dict(objects)) = resources.get("XObject").and_then(|o| pdf.resolve(o).ok())
    else {
        return false;
    };
    let names: BTreeSet<String> = objects
        .iter()
        .map(|(name, _)| format!("{name:?}"))
        .collect();
    // A page draws a handful; a hostile one may list millions.
    names.len() > 1000
        || objects.iter().any(|(_, object)| {
            let Ok(Object::Stream(stream)) = pdf.resolve(object) else {
                return false;
            };
            let subtype = stream
                .dict
                .get_name("Subtype")
                .map(|name| format!("{name:?}"));
            match subtype.as_deref() {
                Some(name) if name.contains("Image") => true,
                Some(name) if name.contains("Form") && depth > 0 => stream
                    .dict
                    .get("Resources")
                    .and_then(|o| pdf.resolve(o).ok())
                    .and_then(|o| o.as_dict().map(|inner| has_picture(pdf, inner, depth - 1)))
                    .unwrap_or(false),
                _ => false,
            }
        })
}
