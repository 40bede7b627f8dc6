//! Which pictures unsure answers wait for.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use url::Url;

use super::Picture;
use crate::extract::{DocumentKind, Part, Reading};
use crate::fetch::address::twin;
use crate::fetch::capture::Capture;
use crate::judge::{Decision, Verdict};
use crate::rules::answer::Outcome;
use crate::site::{Node, NodeId, Site};

/// Pages read of one file: its first, where it says what it is, and its last, where conclusions and signatures stand.
const FIRST: usize = 6;
const LAST: usize = 2;
/// Pictures read of one page: a paper photographed sheet by sheet.
const PICTURES: usize = 8;
/// Pictures smaller than this are icons and buttons.
const SIDE_MIN: usize = 120;
/// Pictures larger than this are not opened: decoding takes four bytes a point.
const POINTS_MAX: usize = 40_000_000;

/// A node that is to be read.
pub(super) struct Source {
    pub(super) node: NodeId,
    /// Its pages or pictures, in reading order.
    pub(super) sheets: Vec<Sheet>,
    /// How many it has.
    pub(super) pages: u32,
}

/// One page of a scan, or one picture.
pub(super) struct Sheet {
    /// SHA-256 of the body.
    pub(super) digest: String,
    /// 0 for a picture.
    pub(super) page: u32,
    /// What a reader calls it.
    pub(super) name: String,
    pub(super) url: String,
    body: Bytes,
    is_pdf: bool,
}

impl Sheet {
    pub(super) fn picture(&self) -> Picture<'_> {
        if self.is_pdf {
            Picture::PdfPage(&self.body, self.page)
        } else {
            Picture::Image(&self.body)
        }
    }
}

/// The nodes behind the evidence of unsure answers of unsure items, in the items' order: what else is unsure cannot
/// change what an item comes to.
pub(super) fn wanted(site: &Site, capture: &Capture, verdicts: &[Verdict]) -> Vec<Source> {
    let bodies = Bodies::of(capture);
    let unsure = verdicts
        .iter()
        .filter(|verdict| verdict.verdict == Decision::Unsure)
        .flat_map(|verdict| &verdict.criteria)
        .filter(|criterion| criterion.outcome == Outcome::Unsure);
    let mut seen = BTreeSet::new();
    let mut sources = Vec::new();
    for evidence in unsure.flat_map(|criterion| &criterion.evidence) {
        let place = Url::parse(&evidence.url)
            .ok()
            .and_then(|url| site.id_at(&url))
            .and_then(|node| site.place_of(node));
        let Some(place) = place.map(|place| &site.places[place]) else {
            continue;
        };
        for (id, node) in site.nodes_of(place) {
            // Beside attached files a picture only illustrates.
            let pictured = id == place.main && place.files.is_empty();
            if (node.document().is_some() || pictured) && seen.insert(id) {
                sources.extend(bodies.source(id, node));
            }
        }
    }
    sources
}

/// The bodies of a capture by address, the last answer to each.
struct Bodies<'a>(BTreeMap<String, &'a Bytes>);

impl<'a> Bodies<'a> {
    fn of(capture: &'a Capture) -> Self {
        let answers = capture.visits.iter().filter_map(|visit| {
            let answer = visit.result.as_ref().ok()?;
            let whole = (200..300).contains(&answer.status) && answer.location().is_none();
            whole.then(|| (twin(&visit.url), &answer.body))
        });
        Self(answers.collect())
    }

    fn source(&self, id: NodeId, node: &Node) -> Option<Source> {
        let sheets = if let Some(document) = node.document() {
            let body = *self.0.get(&twin(&node.url))?;
            match (document.kind, document.reading) {
                (DocumentKind::Image, _) => vec![image(&node.url, body, String::new())?],
                (DocumentKind::Pdf, Reading::Text | Reading::Scanned | Reading::Garbled) => {
                    let empty = |(_, text): &(usize, &String)| text.trim().is_empty();
                    let unread: Vec<usize> = document
                        .pages
                        .iter()
                        .enumerate()
                        .filter(empty)
                        .map(|(at, _)| at)
                        .collect();
                    return pages(id, node, body, &unread);
                }
                _ => return None,
            }
        } else {
            let images = node
                .page()?
                .images
                .iter()
                .filter(|image| image.part == Part::Content);
            let mut seen = BTreeSet::new();
            let found = images.filter_map(|image| {
                let url = Url::parse(&image.src).ok()?;
                Some((*self.0.get(&twin(&url))?, url))
            });
            found
                .filter(|(_, url)| seen.insert(twin(url)))
                .enumerate()
                .filter_map(|(at, (body, url))| image(&url, body, format!("ภาพที่ {}", at + 1)))
                .collect()
        };
        let pages = u32::try_from(sheets.len()).ok()?;
        let sheets: Vec<Sheet> = sheets.into_iter().take(PICTURES).collect();
        (!sheets.is_empty()).then_some(Source {
            node: id,
            sheets,
            pages,
        })
    }
}

fn pages(node: NodeId, it: &Node, body: &Bytes, unread: &[usize]) -> Option<Source> {
    let first = &unread[..unread.len().min(FIRST)];
    let last = &unread[unread.len().saturating_sub(LAST).max(first.len())..];
    let digest = digest(body);
    let sheet = |at: &usize| {
        Some(Sheet {
            digest: digest.clone(),
            page: u32::try_from(*at).ok()?,
            name: it
                .document()
                .and_then(|document| document.page_name(*at))
                .unwrap_or_default(),
            url: it.url.to_string(),
            body: body.clone(),
            is_pdf: true,
        })
    };
    let sheets: Vec<Sheet> = first.iter().chain(last).filter_map(sheet).collect();
    (!sheets.is_empty()).then_some(Source {
        node,
        sheets,
        pages: u32::try_from(unread.len()).ok()?,
    })
}

fn image(url: &Url, body: &Bytes, name: String) -> Option<Sheet> {
    let size = imagesize::blob_size(body).ok()?;
    let fits = size.width.min(size.height) >= SIDE_MIN
        && size.width.saturating_mul(size.height) <= POINTS_MAX;
    fits.then(|| Sheet {
        digest: digest(body),
        page: 0,
        name,
        url: url.to_string(),
        body: body.clone(),
        is_pdf: false,
    })
}

fn digest(body: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(body))
}
