//! What is asked of a PDF library, and the one in use. Another fits behind the same trait.

use std::collections::BTreeSet;

use pdfboss_core::{Dict, Document as Pdf, Error, Object, Page, Rect};
use pdfboss_text::{
    FontCache, ReadingOrder, SkippedTextKind, TextSpan, extract_spans_and_rulings_reporting_cached,
    placed_images,
};

use super::super::Reading;
use super::grid::Stroke;
use super::letters::restore;
use super::piece::{Piece, turned};

/// Depth of forms within forms searched for pictures.
const MAX_FORMS: usize = 4;

/// Bytes of text beyond which a page is not asked whether a picture covers it.
const FEW: usize = 1000;

/// An open PDF.
pub(super) trait Source {
    /// How many pages it says it has.
    fn page_count(&self) -> usize;
    /// A page, from 0; `None` when it cannot be read.
    fn page(&self, index: usize) -> Option<Sheet>;
}

/// What stands on a page.
pub(super) struct Sheet {
    /// Text in the order it was written.
    pub(super) pieces: Vec<Piece>,
    /// Lines across and down.
    pub(super) strokes: Vec<Stroke>,
    /// Shows a picture.
    pub(super) has_picture: bool,
    /// Shows one that covers the page.
    pub(super) is_pictured: bool,
    /// Some of its content could not be read.
    pub(super) is_broken: bool,
}

/// `pdfboss`: reads content order and marked text, and ends by itself on hostile files.
pub(super) struct Boss {
    pdf: Pdf,
    fonts: FontCache,
}

impl Boss {
    pub(super) fn open(body: &[u8]) -> Result<Self, Reading> {
        match Pdf::load(body.to_vec()) {
            Ok(pdf) if pdf.is_locked() => Err(Reading::Locked),
            Ok(pdf) => Ok(Self {
                pdf,
                fonts: FontCache::default(),
            }),
            Err(Error::Encrypted) => Err(Reading::Locked),
            Err(_) => Err(Reading::Damaged),
        }
    }
}

impl Boss {
    /// Whether a picture covers most of a page.
    fn covers(&self, page: &Page) -> bool {
        let area = |rect: &Rect| ((rect.x1 - rect.x0) * (rect.y1 - rect.y0)).abs();
        let whole = area(&page.crop_box);
        let images = placed_images(&self.pdf, page).unwrap_or_default();
        let mut areas = images.iter().map(|image| area(&image.bbox));
        areas.any(|area| area >= whole * 0.6)
    }
}

impl Source for Boss {
    fn page_count(&self) -> usize {
        self.pdf.page_count()
    }

    fn page(&self, index: usize) -> Option<Sheet> {
        let page: Page = self.pdf.page(index).ok()?;
        let (mut spans, rulings, report) = extract_spans_and_rulings_reporting_cached(
            &self.pdf,
            &page,
            &self.fonts,
            ReadingOrder::Content,
        )
        .ok()?;
        let is_text = |kind: SkippedTextKind| {
            matches!(kind, SkippedTextKind::PageContents | SkippedTextKind::Form)
        };
        restore(
            spans
                .iter_mut()
                .map(|span| (span.font.as_str(), &mut span.text)),
        );
        let has_picture = has_picture(&self.pdf, &page.resources, MAX_FORMS);
        let letters = spans.iter().map(|span| span.text.len()).sum::<usize>();
        Some(Sheet {
            pieces: spans
                .into_iter()
                .map(piece)
                .filter(Piece::is_sound)
                .collect(),
            strokes: rulings
                .iter()
                .map(|ruling| Stroke {
                    start: (ruling.start.x, ruling.start.y),
                    end: (ruling.end.x, ruling.end.y),
                })
                .collect(),
            has_picture,
            is_pictured: has_picture && letters < FEW && self.covers(&page),
            is_broken: report.skipped.iter().any(|skipped| is_text(skipped.kind)),
        })
    }
}

fn piece(span: TextSpan) -> Piece {
    let turn = span.rotate.rem_euclid(360) / 90;
    let turn = u8::try_from(turn).unwrap_or(0);
    // Letters of replaced text, and of lines that run up or down the page, have no places of their own.
    let letters = if span.logical || turn != 0 {
        Box::default()
    } else {
        span.glyph_x
    };
    Piece {
        start: turned((span.x, span.y), turn),
        end: turned((span.end_x, span.end_y), turn),
        text: span.text,
        size: span.size,
        turn,
        letters,
    }
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
