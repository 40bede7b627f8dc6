//! Which pictures unsure answers wait for.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

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
/// Points of the largest picture that is opened. Our own renderer halves large JPEGs; other decoders take four bytes a
/// point.
const POINTS_MAX: usize = 40_000_000;
/// Bytes of the largest picture within a page or document.
const INNER_MAX: u64 = 24 << 20;

/// A node that is to be read.
pub(super) struct Source {
    pub(super) node: NodeId,
    /// Its pages or pictures, in reading order.
    pub(super) sheets: Vec<Sheet>,
    /// How many it has.
    pub(super) pages: u32,
    /// Unsure items that wait for it.
    pub(super) items: usize,
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
pub(super) fn wanted(
    site: &Site,
    capture: &Capture,
    verdicts: &[Verdict],
    too_large: &mut BTreeSet<String>,
) -> Vec<Source> {
    let bodies = Bodies::of(capture);
    let mut sources: Vec<Source> = Vec::new();
    let mut known: BTreeMap<NodeId, Option<usize>> = BTreeMap::new();
    // Unsure items wait for what they could not see; those that passed are checked where they stand on a label.
    for (decision, outcome) in [
        (Decision::Unsure, Outcome::Unsure),
        (Decision::Pass, Outcome::Met),
    ] {
        for verdict in verdicts.iter().filter(|it| it.verdict == decision) {
            for node in behind(site, verdict, outcome) {
                let source = *known.entry(node).or_insert_with(|| {
                    sources.push(bodies.source(node, &site.nodes[node], too_large)?);
                    Some(sources.len() - 1)
                });
                if let Some(source) = source.filter(|_| decision == Decision::Unsure) {
                    sources[source].items += 1;
                }
            }
        }
    }
    sources
}

/// The nodes behind the evidence of a verdict's answers of one kind, none twice.
fn behind(site: &Site, verdict: &Verdict, outcome: Outcome) -> Vec<NodeId> {
    let criteria = verdict.criteria.iter();
    let asked = criteria.filter(|criterion| criterion.outcome == outcome);
    let mut nodes = Vec::new();
    for evidence in asked.flat_map(|criterion| &criterion.evidence) {
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
            // What bears out a pass is read where nothing else of it could be.
            let waits = match outcome {
                Outcome::Met => node.document().is_some() && node.unread().is_some(),
                _ => node.document().is_some() || pictured,
            };
            if waits && !nodes.contains(&id) {
                nodes.push(id);
            }
        }
    }
    nodes
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

    fn source(&self, id: NodeId, node: &Node, too_large: &mut BTreeSet<String>) -> Option<Source> {
        let pictures = if let Some(document) = node.document() {
            let body = *self.0.get(&twin(&node.url))?;
            match (document.kind, document.reading) {
                (DocumentKind::Image, _) => vec![(node.url.clone(), body.clone())],
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
                // Scans pasted into a document.
                (DocumentKind::Word | DocumentKind::Slides, Reading::Scanned) => {
                    let inner = pasted(body).into_iter();
                    inner.map(|picture| (node.url.clone(), picture)).collect()
                }
                _ => return None,
            }
        } else {
            self.shown(node)?
        };
        let single = pictures.len() == 1 && node.document().is_some();
        let mut seen = BTreeSet::new();
        let mut sheets = Vec::new();
        for (url, body) in pictures {
            match size(&body) {
                Size::Icon => continue,
                Size::TooLarge => {
                    too_large.insert(url.to_string());
                    continue;
                }
                Size::Fits => {}
            }
            let digest = digest(&body);
            if !seen.insert(digest.clone()) {
                continue;
            }
            let name = if single {
                String::new()
            } else {
                format!("ภาพที่ {}", sheets.len() + 1)
            };
            sheets.push(Sheet {
                digest,
                page: 0,
                name,
                url: url.to_string(),
                body,
                is_pdf: false,
            });
        }
        let pages = u32::try_from(sheets.len()).ok()?;
        sheets.truncate(PICTURES);
        (!sheets.is_empty()).then_some(Source {
            node: id,
            sheets,
            pages,
            items: 0,
        })
    }

    /// The pictures in the content of a page, in order: those at addresses of their own, and those written into it.
    fn shown(&self, node: &Node) -> Option<Vec<(Url, Bytes)>> {
        let page = node.page()?;
        let written_in = |src: &str| src.starts_with("data:");
        let mut inner = if page.images.iter().any(|image| written_in(&image.src)) {
            let body = self.0.get(&twin(&node.url));
            body.map(|body| written(body)).unwrap_or_default()
        } else {
            Vec::new()
        };
        let expected = page
            .images
            .iter()
            .filter(|image| written_in(&image.src))
            .count();
        if inner.len() != expected {
            // Which of them stands in the content is not known.
            inner.clear();
        }
        let mut inner = inner.into_iter();
        let mut shown = Vec::new();
        for image in &page.images {
            let picture = if written_in(&image.src) {
                inner.next().flatten().map(|body| (node.url.clone(), body))
            } else {
                let url = Url::parse(&image.src).ok();
                url.and_then(|url| Some((url.clone(), (*self.0.get(&twin(&url))?).clone())))
            };
            if image.part == Part::Content {
                shown.extend(picture);
            }
        }
        Some(shown)
    }
}

/// The pictures of a document that is a ZIP, by name.
fn pasted(body: &Bytes) -> Vec<Bytes> {
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(&body[..])) else {
        return Vec::new();
    };
    let is_picture = |name: &String| {
        let lower = name.to_ascii_lowercase();
        let ends = [
            ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp",
        ];
        lower.contains("media/") && ends.iter().any(|end| lower.ends_with(end))
    };
    let mut names: Vec<String> = zip
        .file_names()
        .filter_map(|name| Some(name.ok()?.into_owned()))
        .filter(is_picture)
        .collect();
    // `image10` comes after `image9`.
    names.sort_by_key(|name| (name.len(), name.clone()));
    let mut found = Vec::new();
    for name in names.into_iter().take(PICTURES * 3) {
        let Ok(file) = zip.by_name(&name) else {
            continue;
        };
        let mut bytes = Vec::new();
        if file.take(INNER_MAX).read_to_end(&mut bytes).is_ok() {
            found.push(Bytes::from(bytes));
        }
    }
    found
}

/// The pictures written into a page as `data:` URLs, in order; `None` where one cannot be read.
fn written(page: &[u8]) -> Vec<Option<Bytes>> {
    const SRC: &[u8] = b"src=";
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest
        .windows(SRC.len())
        .position(|here| here.eq_ignore_ascii_case(SRC))
    {
        rest = &rest[at + SRC.len()..];
        let quote = rest
            .first()
            .copied()
            .filter(|first| matches!(first, b'"' | b'\''));
        let value = &rest[usize::from(quote.is_some())..];
        let ends =
            |b: &u8| quote.map_or(b.is_ascii_whitespace() || *b == b'>', |quote| *b == quote);
        let value = &value[..value.iter().position(ends).unwrap_or(value.len())];
        if value.trim_ascii_start().starts_with(b"data:") {
            let coded = value.windows(8).position(|here| here == b";base64,");
            let coded = coded.map(|at| value[at + 8..].iter().copied());
            let decoded = coded.and_then(|coded| {
                let coded: Vec<u8> = coded.filter(|b| !b.is_ascii_whitespace()).collect();
                data_encoding::BASE64.decode(&coded).ok()
            });
            found.push(decoded.map(Bytes::from));
        }
        rest = &rest[value.len().min(rest.len())..];
    }
    found
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
        items: 0,
    })
}

enum Size {
    /// Too small to hold text.
    Icon,
    TooLarge,
    Fits,
}

fn size(picture: &[u8]) -> Size {
    match imagesize::blob_size(picture) {
        Ok(size) if size.width.min(size.height) < SIDE_MIN => Size::Icon,
        Ok(size) if size.width.saturating_mul(size.height) > POINTS_MAX => Size::TooLarge,
        Ok(_) => Size::Fits,
        Err(_) => Size::Icon,
    }
}

fn digest(body: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(body))
}
