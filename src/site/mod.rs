//! The site as a reader knows it: pages, files and the places they form, with names, sections, dates and owners.
//!
//! A [`Node`] is one address. A [`Place`] is what a reader would call one publication: a page with the files attached
//! to it, or a file that stands alone in a list. Rules ask about places and never see a node.

mod build;
mod criteria;
mod elsewhere;
mod evidence;
mod facts;
mod keys;
mod leaders;
mod names;
mod ocr;
mod owner;
mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, LazyLock, OnceLock};

use jiff::civil::Date;
use url::Url;

use crate::agency::Agency;
use crate::extract::{Document, Page, Part, Reading, Table};
use crate::fetch::address::twin;
use crate::fetch::outside::{Outside, Refused};
use crate::thai::{Needle, Text};

pub use evidence::Evidence;
pub use facts::{Happening, YearFact};
pub use leaders::{Leader, same_person};
pub use names::{Bearing, PlaceSet};
pub use ocr::{OcrText, Transcript};
pub use owner::Owner;
pub use parts::Parts;

/// Index of a node in [`Site::nodes`].
pub type NodeId = usize;
/// Index of a place in [`Site::places`].
pub type PlaceId = usize;

/// One agency's website on one day, read and indexed.
#[derive(Debug)]
pub struct Site {
    /// Whose site it is.
    pub agency: Agency,
    /// The day the site was looked at.
    pub taken_on: Date,
    /// The crawl ended by itself: what was not found is not there.
    pub complete: bool,
    /// Every address that was fetched or linked to.
    pub nodes: Vec<Node>,
    /// What a reader would call one publication each.
    pub places: Vec<Place>,
    /// The home page's node, when it could be read.
    pub home: Option<NodeId>,
    /// Masthead and footer of the site as a place of their own.
    pub furniture: Option<PlaceId>,
    by_url: BTreeMap<String, NodeId>,
    /// The place whose page a node is, or the place a file forms alone or is attached to first.
    place_of: BTreeMap<NodeId, PlaceId>,
    /// Places whose page links to a place from its content, with the names that the link gives.
    children: Vec<Vec<PlaceId>>,
    /// How many places link to a place from their content.
    parents: Vec<usize>,
    names: names::Names,
}

/// One address.
#[derive(Debug)]
pub struct Node {
    /// Where it is, after redirects.
    pub url: Url,
    /// The address by which the site links to it, where a service hands out the contents under another.
    pub linked: Option<Url>,
    /// What stands there when it is not the agency's own site.
    pub outside: Option<Outside>,
    /// What stands there.
    pub kind: NodeKind,
    /// Clicks from the home page; `None` when no link path leads here.
    pub clicks: Option<u32>,
    /// What the site's links call it.
    pub labels: Vec<Label>,
    /// A page's own heading, a file's first label.
    pub title: String,
    /// The text of the content: menus, repeated blocks and the title left out.
    pub text: Text,
    /// Where in `text` each page (sheet, slide, file of an archive) begins.
    pub parts: Parts,
    /// What was read off its pictures, when they were read.
    pub ocr: Option<OcrText>,
    /// Lists other pages (ITA index, site map, home): candidates come from it, evidence never.
    pub index: bool,
    /// Menus link to it: a section of its own, not a part of the page that happens to link to it.
    pub menu: bool,
}

/// What stands at an address.
#[derive(Debug)]
pub enum NodeKind {
    /// An HTML page.
    Page(Page),
    /// A file.
    File(Document),
    /// Another site: not fetched, or asked and refused.
    OffSite,
    /// Linked to and not to be had; the Thai words say why.
    Broken(String),
    /// Linked to and deliberately not fetched; the Thai words say why.
    Unfetched(String),
}

/// What one link calls its target.
#[derive(Debug, Clone)]
pub struct Label {
    /// The text clicked on.
    pub text: String,
    /// The row it stands in.
    pub row: String,
    /// The headings it stands under.
    pub under: Vec<String>,
    /// The page that holds it.
    pub from: NodeId,
    /// Where on that page.
    pub part: Part,
}

/// A publication: a page with its attached files, or a file by itself.
#[derive(Debug)]
pub struct Place {
    /// Its own index.
    pub id: PlaceId,
    /// The page, or the file that stands alone.
    pub main: NodeId,
    /// Files attached to the page.
    pub files: Vec<NodeId>,
    /// What it is called: headings and link labels.
    pub names: Vec<String>,
    /// What it stands under: breadcrumb, group headings.
    pub sections: Vec<String>,
    /// What the papers are called that it wraps: a page that says next to nothing itself is found by them too.
    pub papers: Vec<String>,
    /// What the rows of an ITA index promise of it.
    pub claims: Vec<String>,
    /// What a machine read as the title of its picture: it can say that a name is wrong, and names nothing itself.
    pub read_title: Option<Text>,
    list: OnceLock<bool>,
    blank: OnceLock<bool>,
    unfilled: OnceLock<Option<Spot>>,
    facts: facts::Facts,
    leaders: OnceLock<Vec<Leader>>,
}

/// Where in a place something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The node.
    pub node: NodeId,
    /// Byte range in the node's text; `None` for its name.
    pub range: Option<Range<usize>>,
    /// The range is one of the text that was read off pictures.
    pub ocr: bool,
}

impl Site {
    /// Scheme and host of the home page, without a stroke at the end; empty when there is none.
    pub fn home_url(&self) -> String {
        let home = self.home.map(|home| &self.nodes[home].url);
        home.map_or_else(String::new, |url| {
            url[..url::Position::BeforePath].to_owned()
        })
    }

    /// The node at an address, by its index.
    pub fn id_at(&self, url: &Url) -> Option<NodeId> {
        self.by_url.get(&twin(url)).copied()
    }

    /// The node at an address.
    pub fn node_at(&self, url: &Url) -> Option<&Node> {
        self.by_url.get(&twin(url)).map(|&id| &self.nodes[id])
    }

    /// Nodes of a place, the page first.
    pub fn nodes_of<'a>(&'a self, place: &'a Place) -> impl Iterator<Item = (NodeId, &'a Node)> {
        std::iter::once(place.main)
            .chain(place.files.iter().copied())
            .map(|id| (id, &self.nodes[id]))
    }

    /// Places whose own name has one of the needles, and then what stands in them as sections: the pages and files
    /// that their content links to. Index pages are never among them. Nearest first.
    pub fn find(&self, needles: &[Arc<Needle>]) -> Vec<(PlaceId, Rank)> {
        let named = self.bearing(Bearing::Name, needles);
        let wraps = self.bearing(Bearing::Paper, needles);
        let stands_in = self.bearing(Bearing::Section, needles);
        let claimed = self.bearing(Bearing::Claim, needles);
        let mut ranks: BTreeMap<PlaceId, Rank> = BTreeMap::new();
        for place in self
            .places
            .iter()
            .filter(|place| !self.nodes[place.main].index && Some(place.id) != self.furniture)
        {
            if named.has(place.id) {
                ranks.insert(place.id, Rank::Named);
            } else if stands_in.has(place.id) && self.holds_papers(place) {
                ranks.insert(place.id, Rank::Section);
            } else if wraps.has(place.id) {
                ranks.insert(place.id, Rank::Wrapping);
            } else if claimed.has(place.id) {
                let kept = self.opens_with(place.id, needles);
                ranks.insert(place.id, if kept { Rank::Section } else { Rank::Claimed });
            }
        }
        // A list page hands its name down: to its rows, the pages of the list, and what these hold. Any other page hands
        // it to its files and to pages that nothing else leads to.
        let hands_down = |(_, rank): &(&PlaceId, &Rank)| **rank != Rank::Wrapping;
        let ranked = ranks.iter().filter(hands_down);
        let mut front: Vec<PlaceId> = ranked.map(|(&id, _)| id).collect();
        for _ in 0..3 {
            let mut next = Vec::new();
            for &parent in &front {
                let list = self.is_list(parent);
                for &child in &self.children[parent] {
                    if !ranks.contains_key(&child) && self.inherits(child, list) {
                        let promised = ranks.get(&parent) == Some(&Rank::Claimed)
                            && !self.opens_with(child, needles);
                        let rank = if promised {
                            Rank::Claimed
                        } else {
                            Rank::Section
                        };
                        ranks.insert(child, rank);
                        next.push(child);
                    }
                }
            }
            front = next;
        }
        // A list is the way to its rows, not one of them.
        let lists: Vec<PlaceId> = ranks
            .keys()
            .copied()
            .filter(|&id| {
                self.is_list(id)
                    && self.children[id]
                        .iter()
                        .any(|child| ranks.contains_key(child))
            })
            .collect();
        let mut found: Vec<_> = ranks
            .into_iter()
            .filter(|(id, _)| !lists.contains(id))
            .collect();
        found.sort_by_key(|&(id, rank)| (rank, self.clicks(id).unwrap_or(u32::MAX), id));
        found
    }

    /// Whether the head of a place's content has one of the needles.
    fn opens_with(&self, place: PlaceId, needles: &[Arc<Needle>]) -> bool {
        /// Characters in which a document says what it is.
        const HEAD: usize = 600;
        self.nodes_of(&self.places[place]).any(|(_, node)| {
            let text = node.text.as_str();
            let end = text
                .char_indices()
                .nth(HEAD)
                .map_or(text.len(), |(end, _)| end);
            needles.iter().any(|needle| {
                node.text
                    .find(needle)
                    .is_some_and(|range| range.start < end)
            })
        })
    }

    /// A place that can be what a section is about: not a link to somebody else's website.
    fn holds_papers(&self, place: &Place) -> bool {
        let node = &self.nodes[place.main];
        !node.is_elsewhere()
    }

    /// Whether a place takes the name of a place whose content links to it.
    fn inherits(&self, child: PlaceId, from_list: bool) -> bool {
        let node = &self.nodes[self.places[child].main];
        match node.kind {
            _ if node.outside.is_some() => !node.is_elsewhere(),
            NodeKind::Page(_) => !node.index && (from_list || self.parents[child] == 1),
            _ => true,
        }
    }

    /// Places whose own name has one of the needles, lists among them, and nothing that stands in them.
    pub fn named(&self, needles: &[Arc<Needle>]) -> Vec<PlaceId> {
        let named = self.bearing(Bearing::Name, needles);
        let own =
            |place: &&Place| !self.nodes[place.main].index && Some(place.id) != self.furniture;
        let mut found: Vec<PlaceId> = self
            .places
            .iter()
            .filter(own)
            .filter(|place| named.has(place.id))
            .map(|place| place.id)
            .collect();
        found.sort_by_key(|&id| (self.clicks(id).unwrap_or(u32::MAX), id));
        found
    }

    /// A page that is the way to other places and little else: rows of links, or headings that are links with excerpts.
    pub fn is_list(&self, id: PlaceId) -> bool {
        *self.places[id].list.get_or_init(|| self.lists(id))
    }

    fn lists(&self, id: PlaceId) -> bool {
        const ARCHIVES: [&str; 6] = [
            "category:",
            "tag:",
            "archives:",
            "หมวดหมู่:",
            "คลังเก็บ",
            "archive",
        ];
        /// Letters of its own with which a page is more than its rows.
        const OWN_TEXT: usize = 200;
        let place = &self.places[id];
        let node = &self.nodes[place.main];
        let Some(page) = node.page() else {
            return false;
        };
        if self.children[id].is_empty() || !place.files.is_empty() {
            return false;
        }
        let to_child = |link: &&crate::extract::Link| {
            let node = self.by_url.get(&twin(&link.to));
            link.part == Part::Content
                && node
                    .and_then(|node| self.place_of.get(node))
                    .is_some_and(|to| self.children[id].contains(to))
        };
        let links: Vec<_> = page.links.iter().filter(to_child).collect();
        let rows: BTreeSet<&str> = links
            .iter()
            .map(|link| {
                if link.row.len() > link.label.len() {
                    link.row.as_str()
                } else {
                    link.label.as_str()
                }
            })
            .collect();
        let in_rows: usize = rows.iter().map(|row| row.chars().count()).sum();
        let total = node.text.as_str().chars().count();
        let headed = page
            .blocks
            .iter()
            .filter(|block| block.level > 0 && links.iter().any(|link| link.label == block.text))
            .count();
        let title = node.title.to_lowercase();
        headed >= 2
            || ARCHIVES.iter().any(|word| title.starts_with(word))
            || in_rows > 0 && in_rows * 5 >= total * 2 && total.saturating_sub(in_rows) < OWN_TEXT
    }

    /// A heading without anything under it: nothing there, or words that say so.
    pub fn is_blank(&self, id: PlaceId) -> bool {
        *self.places[id].blank.get_or_init(|| self.says_nothing(id))
    }

    fn says_nothing(&self, id: PlaceId) -> bool {
        const SAYS_SO: [&str; 8] = [
            "ไม่พบข้อมูล",
            "ไม่มีข้อมูล",
            "อยู่ระหว่างปรับปรุง",
            "อยู่ระหว่างจัดทำ",
            "อยู่ระหว่างดำเนินการปรับปรุง",
            "ตามเอกสารแนบ",
            "comingsoon",
            "underconstruction",
        ];
        static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
            SAYS_SO
                .iter()
                .map(|words| crate::thai::key(words))
                .collect()
        });
        let place = &self.places[id];
        let node = &self.nodes[place.main];
        let Some(page) = node.page() else {
            return false;
        };
        let filled = page.tables.iter().any(|table| !table.rows.is_empty())
            || page.forms.iter().any(|form| form.part == Part::Content);
        // Its words are looked at last: reading them takes longest.
        if filled
            || node.needs_browser()
            || !(place.files.is_empty() && page.frames.is_empty())
            || !self.linked_from(id).is_empty()
        {
            return false;
        }
        let key = node.text.key();
        let says_so = KEYS.iter().any(|words| key.contains(words));
        let length = key.chars().count();
        let pictured = page.images.iter().any(|image| image.part == Part::Content);
        if says_so {
            length < 120
        } else {
            length < 25 && !pictured
        }
    }

    /// Places that the content of a place links to, in reading order, those in menus too.
    pub fn linked_from(&self, place: PlaceId) -> Vec<PlaceId> {
        let mut found = Vec::new();
        let links = self.nodes[self.places[place].main]
            .page()
            .map(|page| page.links.as_slice())
            .unwrap_or_default();
        for link in links.iter().filter(|link| link.part == Part::Content) {
            let Some(&node) = self.by_url.get(&twin(&link.to)) else {
                continue;
            };
            if let Some(&to) = self.place_of.get(&node)
                && to != place
                && !found.contains(&to)
            {
                found.push(to);
            }
        }
        found
    }

    /// A place's page, or the file that stands alone.
    pub fn main(&self, place: PlaceId) -> &Node {
        &self.nodes[self.places[place].main]
    }

    /// Clicks from the home page to a place.
    pub fn clicks(&self, place: PlaceId) -> Option<u32> {
        self.main(place).clicks
    }

    /// Where the content of a place first has the needle: its files first, then the page; its name is not content.
    pub fn spot(&self, place: PlaceId, needle: &Needle) -> Option<Spot> {
        let id = place;
        let place = &self.places[place];
        let nodes = place.files.iter().chain([&place.main]);
        let told = nodes
            .filter(|&&node| !self.is_foreign(id, node))
            .map(|&id| (id, &self.nodes[id]))
            .find_map(|(node, it)| {
                it.text.find(needle).map(|range| Spot {
                    node,
                    range: Some(range),
                    ocr: false,
                })
            });
        told.or_else(|| self.spot_by_ocr(place, needle))
    }

    /// The place as evidence, with the words at the spot.
    pub fn evidence(&self, place: PlaceId, spot: Option<&Spot>) -> Evidence {
        let place = &self.places[place];
        let id = spot.map_or(place.main, |spot| spot.node);
        let node = &self.nodes[id];
        let by_ocr = spot.filter(|spot| spot.ocr).and(node.ocr.as_ref());
        let quote = spot.and_then(|spot| spot.range.clone()).map(|range| {
            if let Some(read) = by_ocr {
                return read.quote(range);
            }
            node.parts.place(range.start, "", &node.text.quote(range))
        });
        let mut label = if node.title.is_empty() {
            place.name().to_owned()
        } else {
            node.title.clone()
        };
        if let Some(outside) = &node.outside
            && !label.contains(&outside.service)
        {
            label = format!("{label} (บน {})", outside.service);
        }
        Evidence {
            url: node.linked.as_ref().unwrap_or(&node.url).to_string(),
            label,
            quote,
            clicks: node.clicks,
        }
    }

    /// The place that a node is the page or a file of.
    pub fn place_of(&self, node: NodeId) -> Option<PlaceId> {
        self.place_of.get(&node).copied()
    }

    /// Files of the place that a machine could not read, and a page that is nothing but images.
    pub fn unread(&self, place: PlaceId) -> Vec<NodeId> {
        let place = &self.places[place];
        self.nodes_of(place)
            // Beside attached files a picture only illustrates.
            .filter(|(id, node)| {
                node.page().is_none() || *id != place.main || place.files.is_empty()
            })
            .filter(|(_, node)| node.unread().is_some())
            .map(|(id, _)| id)
            .collect()
    }
}

/// How a place came to be a candidate, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Its own name says so.
    Named,
    /// It stands in a section of that name, or an ITA index promises it and it opens with the words.
    Section,
    /// The name of the paper says so that it wraps.
    Wrapping,
    /// An ITA index promises it; what can be read of it does not say so.
    Claimed,
}

impl Place {
    /// The name to show.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

/// Fewer characters of text than this beside a content image: the image is the content.
const IMAGE_PAGE_TEXT: usize = 160;
/// Fewer characters of text than this on a page that scripts fill: the content is still to come.
const SCRIPTED_PAGE_TEXT: usize = 60;

impl Node {
    /// Why a machine cannot read it all, in Thai; `None` when it can.
    pub fn unread(&self) -> Option<&'static str> {
        let why = self.unreadable()?;
        // What OCR did not find may yet be there.
        Some(if self.ocr.is_some() {
            "อ่านด้วย OCR แล้วไม่พบ ซึ่งอาจตกหล่น"
        } else {
            why
        })
    }

    fn unreadable(&self) -> Option<&'static str> {
        match &self.kind {
            NodeKind::File(document) => match document.reading {
                Reading::Text if document.unread_pages > 0 => Some("บางหน้าเป็นภาพสแกน"),
                Reading::Text => None,
                Reading::Scanned => Some("เป็นภาพสแกนหรือรูปภาพ"),
                Reading::Garbled => Some("ตัวอักษรในไฟล์อ่านไม่เป็นคำ"),
                Reading::Locked => Some("ไฟล์ตั้งรหัสผ่าน"),
                Reading::Damaged => Some("ไฟล์เสียหรือไม่สมบูรณ์"),
                Reading::TooLarge => Some("ไฟล์ใหญ่เกินกำหนด"),
                Reading::OverTime => Some("อ่านไฟล์ไม่เสร็จภายในเวลาที่กำหนด"),
                Reading::OverMemory => Some("อ่านไฟล์แล้วใช้หน่วยความจำเกินกำหนด"),
                Reading::Unsupported => Some("เป็นชนิดไฟล์ที่ยังอ่านไม่ได้"),
            },
            NodeKind::Page(page) => {
                let pictured = page.images.iter().any(|image| image.part == Part::Content);
                let told = !page.people.is_empty()
                    || page.tables.iter().any(|table| !table.rows.is_empty())
                    || page.forms.iter().any(|form| form.part == Part::Content);
                if self.needs_browser() {
                    return Some("เนื้อหาแสดงด้วย JavaScript ต้องเปิดด้วยเบราว์เซอร์");
                }
                (pictured && !told && self.text.as_str().chars().count() < IMAGE_PAGE_TEXT)
                    .then_some("เนื้อหาเป็นรูปภาพ")
            }
            NodeKind::OffSite => Some(
                self.outside
                    .as_ref()
                    .map_or("อยู่นอกเว็บไซต์", Outside::why_unread),
            ),
            NodeKind::Unfetched(_) => Some("ไม่ได้เปิดอ่าน"),
            NodeKind::Broken(_) => None,
        }
    }

    /// Its scripts show the content, and it says next to nothing without them.
    pub fn needs_browser(&self) -> bool {
        let told = |page: &Page| {
            !page.people.is_empty()
                || page.tables.iter().any(|table| !table.rows.is_empty())
                || page.forms.iter().any(|form| form.part == Part::Content)
                || self.text.as_str().chars().count() >= SCRIPTED_PAGE_TEXT
        };
        self.page().is_some_and(|page| page.scripted && !told(page))
    }

    /// Somebody else's website or system, and no paper, form or page that the agency keeps elsewhere.
    pub fn is_elsewhere(&self) -> bool {
        let kept = |outside: &Outside| outside.holds_papers();
        matches!(self.kind, NodeKind::OffSite) && !self.outside.as_ref().is_some_and(kept)
    }

    /// A paper that the agency keeps elsewhere and that could not be read there.
    pub fn is_paper_elsewhere(&self) -> bool {
        matches!(self.kind, NodeKind::OffSite)
            && self.outside.as_ref().is_some_and(Outside::is_paper)
    }

    /// Another site wants its visitors to sign in, or to ask the owner for access.
    pub fn asks_to_sign_in(&self) -> bool {
        let refused = self.outside.as_ref().and_then(|outside| outside.refused);
        refused == Some(Refused::SignIn)
    }

    /// The page, when it is one.
    pub fn page(&self) -> Option<&Page> {
        if let NodeKind::Page(page) = &self.kind {
            Some(page)
        } else {
            None
        }
    }

    /// The document, when it is one.
    pub fn document(&self) -> Option<&Document> {
        if let NodeKind::File(document) = &self.kind {
            Some(document)
        } else {
            None
        }
    }

    /// Data tables of a page or file.
    pub fn tables(&self) -> &[Table] {
        match &self.kind {
            NodeKind::Page(page) => &page.tables,
            NodeKind::File(document) => &document.tables,
            _ => &[],
        }
    }

    /// Why it cannot be opened, in Thai; `None` when it can.
    pub fn broken(&self) -> Option<&str> {
        if let NodeKind::Broken(why) = &self.kind {
            Some(why)
        } else {
            None
        }
    }
}
