//! Sets of places, and the words that narrow, join and compare them.

use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::Array;
use rhai::plugin::*;

use super::site::{is_outside, outside_kinds};
use super::{Fallible, Many, PAIRS, needles, pay_search, register_many, spend};
use crate::extract::{Page, Part};
use crate::rules::answer::{Evidence, Finding, NearMiss};
use crate::site::{Bearing, Node, OcrText, PlaceId, PlaceSet, Rank, Site, Spot};
use crate::thai::{Needle, Text, head};

pub(super) fn register(engine: &mut Engine) {
    register_many::<Places>(engine, "Places");
    engine.register_global_module(rhai::exported_module!(words).into());
}

/// A set of places, best first, with those that were refused on the way and why.
#[derive(Clone)]
pub struct Places {
    pub(super) site: Arc<Site>,
    /// Shared, as those refused: a script may copy a set again and again.
    pub(super) hits: Arc<Vec<Hit>>,
    refused: Arc<Vec<Refusal>>,
}

#[derive(Clone)]
pub(super) struct Hit {
    pub(super) place: PlaceId,
    rank: Rank,
    pub(super) spot: Option<Spot>,
}

/// A candidate that does not count.
#[derive(Clone)]
struct Refusal {
    place: PlaceId,
    rank: Rank,
    why: Why,
}

/// Why a place does not count.
#[derive(Clone, Default)]
pub(super) struct Why {
    /// `เป็นข้อมูลปี 2563`.
    pub(super) lacks: String,
    /// What is wrong with it in itself.
    pub(super) finding: Option<Finding>,
    /// The words that show it.
    pub(super) spot: Option<Spot>,
}

impl From<String> for Why {
    fn from(lacks: String) -> Self {
        Self {
            lacks,
            ..Self::default()
        }
    }
}

/// Whether a place passes a test, with the words that show it, or why not.
pub(super) type Tested = Result<Option<Spot>, String>;

impl Many for Places {
    fn count(&self) -> usize {
        self.hits.len()
    }
}

/// For the judge.
impl Places {
    /// Nothing was found.
    pub fn is_none(&self) -> bool {
        self.hits.is_empty()
    }

    /// Nothing but the row of an index says that these places are about the item, and no words in them bear it out.
    pub(super) fn only_promised(&self) -> bool {
        let borne_out = |hit: &Hit| hit.spot.as_ref().is_some_and(|spot| spot.range.is_some());
        let promised = |hit: &Hit| hit.rank == Rank::Claimed && !borne_out(hit);
        !self.hits.is_empty() && self.hits.iter().all(promised)
    }

    /// Places as evidence, at most `most`.
    pub fn evidence(&self, most: usize) -> Vec<Evidence> {
        self.hits
            .iter()
            .take(most)
            .map(|hit| self.site.evidence(hit.place, hit.spot.as_ref()))
            .collect()
    }

    /// The nearest refused candidates, best first, no address twice.
    pub fn near_misses(&self, most: usize) -> Vec<NearMiss> {
        let mut refused: Vec<&Refusal> = self.gone().collect();
        refused.sort_by_key(|refusal| (refusal.rank, refusal.place));
        let mut seen = BTreeSet::new();
        let fresh = refused
            .into_iter()
            .filter(|refusal| seen.insert(refusal.place));
        fresh
            .take(most)
            .map(|refusal| self.near_miss(refusal))
            .collect()
    }

    /// The site announces it and the address cannot be opened.
    pub fn broken(&self) -> Option<NearMiss> {
        let refusal = self
            .gone()
            .filter(|refusal| self.site.main(refusal.place).broken().is_some())
            .min_by_key(|refusal| (refusal.rank, refusal.place))?;
        Some(self.near_miss(refusal))
    }

    /// Which places were refused so far, and why.
    pub(super) fn refusals(&self) -> impl Iterator<Item = (PlaceId, String)> {
        let refused = self.refused.iter();
        refused.map(|refusal| (refusal.place, refusal.why.lacks.clone()))
    }

    /// What was refused and is not among these, best first.
    pub(super) fn refused_since(&self, before: &BTreeSet<(PlaceId, String)>) -> Vec<NearMiss> {
        let mut fresh: Vec<&Refusal> = self
            .refused
            .iter()
            .filter(|one| !before.contains(&(one.place, one.why.lacks.clone())))
            .collect();
        fresh.sort_by_key(|refusal| (refusal.rank, refusal.place));
        fresh.into_iter().map(|one| self.near_miss(one)).collect()
    }

    /// What was refused and did not come in by another way.
    fn gone(&self) -> impl Iterator<Item = &Refusal> {
        self.refused
            .iter()
            .filter(|refusal| !self.has(refusal.place))
    }

    fn near_miss(&self, refusal: &Refusal) -> NearMiss {
        let why = &refusal.why;
        let evidence = self.site.evidence(refusal.place, why.spot.as_ref());
        NearMiss {
            url: evidence.url,
            label: evidence.label,
            lacks: why.lacks.clone(),
            finding: why.finding,
            quote: evidence.quote,
        }
    }
}

/// For the words.
impl Places {
    pub(super) fn none(site: &Arc<Site>) -> Self {
        Self {
            site: site.clone(),
            hits: Arc::default(),
            refused: Arc::default(),
        }
    }

    pub(super) fn of(site: &Arc<Site>, places: impl IntoIterator<Item = PlaceId>) -> Self {
        let mut set = Self::none(site);
        for place in places {
            set.take(place, Rank::Named);
        }
        set
    }

    /// Takes a place in; one that cannot be opened is refused.
    pub(super) fn take(&mut self, place: PlaceId, rank: Rank) {
        if let Some(why) = self.site.main(place).broken().map(str::to_owned) {
            self.refuse(place, rank, why);
        } else {
            let spot = None;
            Arc::make_mut(&mut self.hits).push(Hit { place, rank, spot });
        }
    }

    pub(super) fn refuse(&mut self, place: PlaceId, rank: Rank, why: impl Into<Why>) {
        let why = why.into();
        Arc::make_mut(&mut self.refused).push(Refusal { place, rank, why });
    }

    /// Takes in what else was refused. Sets that are joined again and again must not grow without an end: of each place
    /// the nearest refusal is kept, the earlier of two as near.
    fn refuse_all(&mut self, refused: impl IntoIterator<Item = Refusal>) {
        let mut refused = refused.into_iter().peekable();
        if refused.peek().is_none() {
            return;
        }
        let all = Arc::make_mut(&mut self.refused);
        all.extend(refused);
        spend(all.len() / 4);
        if all.len() > 2 * self.site.places.len() {
            all.sort_by_key(|refusal| (refusal.place, refusal.rank));
            all.dedup_by_key(|refusal| refusal.place);
        }
    }

    fn has(&self, place: PlaceId) -> bool {
        self.hits.iter().any(|hit| hit.place == place)
    }

    /// Keeps the places that pass; the others are refused for the reason the test gives.
    pub(super) fn keep(&self, test: impl Fn(&Site, PlaceId) -> Tested) -> Self {
        self.keep_hits(|site, hit| test(site, hit.place))
    }

    fn keep_hits(&self, test: impl Fn(&Site, &Hit) -> Tested) -> Self {
        pay_search(self.hits.len());
        let mut hits = Vec::new();
        let mut refused = Vec::new();
        for hit in self.hits.iter() {
            let (place, rank) = (hit.place, hit.rank);
            match test(&self.site, hit) {
                Ok(spot) => hits.push(hit.at(spot)),
                Err(why) => refused.push(Refusal {
                    place,
                    rank,
                    why: why.into(),
                }),
            }
        }
        let mut kept = self.with_hits(hits);
        kept.refuse_all(refused);
        kept
    }

    /// Keeps the places that pass; the others are refused for one reason.
    pub(super) fn only(&self, why: &str, test: impl Fn(&Site, PlaceId) -> bool) -> Self {
        self.keep(|site, place| match test(site, place) {
            true => Ok(None),
            false => Err(why.to_owned()),
        })
    }

    /// Keeps the places whose page or one of whose files passes.
    pub(super) fn with_node(&self, why: &str, test: impl Fn(&Node) -> bool) -> Self {
        self.only(why, |site, place| {
            let mut nodes = site.nodes_of(&site.places[place]);
            nodes.any(|(_, node)| test(node))
        })
    }

    /// Keeps the places that are pages and pass.
    pub(super) fn with_page(&self, why: &str, test: impl Fn(&Page) -> bool) -> Self {
        self.only(why, |site, place| {
            site.main(place).page().is_some_and(&test)
        })
    }

    pub(super) fn with_hits(&self, hits: Vec<Hit>) -> Self {
        Self {
            site: self.site.clone(),
            hits: Arc::new(hits),
            refused: self.refused.clone(),
        }
    }

    /// Nodes of the places, each with its place.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (PlaceId, &Node)> {
        spend(self.hits.len());
        self.hits.iter().flat_map(|hit| {
            let nodes = self.site.nodes_of(&self.site.places[hit.place]);
            nodes.map(|(_, node)| (hit.place, node))
        })
    }
}

impl Hit {
    /// The same place, shown by these words if there are any.
    pub(super) fn at(&self, spot: Option<Spot>) -> Self {
        Self {
            spot: spot.or_else(|| self.spot.clone()),
            ..self.clone()
        }
    }
}

/// The places that go by some words: by their own name, or by the paper's where that is how they were found.
struct Called {
    names: PlaceSet,
    papers: PlaceSet,
}

impl Called {
    fn new(site: &Site, needles: &[Arc<Needle>]) -> Self {
        Self {
            names: site.bearing(Bearing::Name, needles),
            papers: site.bearing(Bearing::Paper, needles),
        }
    }

    fn has(&self, hit: &Hit) -> bool {
        self.names.has(hit.place) || hit.rank == Rank::Wrapping && self.papers.has(hit.place)
    }
}

/// Where the content of a place first has one of the needles.
pub(super) fn first_spot(site: &Site, place: PlaceId, needles: &[Arc<Needle>]) -> Option<Spot> {
    needles.iter().find_map(|needle| site.spot(place, needle))
}

/// Characters at the head of a place that tell what it is.
const HEAD: usize = 500;

fn begins_with(site: &Site, place: PlaceId, needles: &[Arc<Needle>]) -> bool {
    let begins_by_ocr = |read: &OcrText| {
        let end = head(read.as_str(), HEAD).len();
        let mut found = needles.iter().filter_map(|needle| read.find(needle));
        found.any(|range| range.start < end)
    };
    let begins = |node: &Node| {
        let end = head(node.text.as_str(), HEAD).len();
        let mut found = needles.iter().filter_map(|needle| node.text.find(needle));
        found.any(|range| range.start < end) || node.ocr.as_ref().is_some_and(begins_by_ocr)
    };
    let mut nodes = site.nodes_of(&site.places[place]);
    nodes.any(|(_, node)| begins(node))
}

#[export_module]
mod words {
    /// เฉพาะที่ซึ่งชื่อหรือช่วงต้นของเนื้อหามีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn about(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let called = Called::new(&places.site, &needles);
        Ok(places.keep_hits(|site, hit| {
            match called.has(hit) || begins_with(site, hit.place, &needles) {
                true => Ok(None),
                false => Err("เป็นเรื่องอื่น".to_owned()),
            }
        }))
    }

    /// เฉพาะที่ซึ่งชื่อ (ไม่ใช่เนื้อหา) มีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn named(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let called = Called::new(&places.site, &needles);
        Ok(places.keep_hits(|_, hit| match called.has(hit) {
            true => Ok(None),
            false => Err("ชื่อเป็นเรื่องอื่น".to_owned()),
        }))
    }

    /// เฉพาะที่ซึ่งหัวเรื่องบนหน้านั้นเอง (ไม่ใช่ชื่อที่ลิงก์อื่นเรียก) มีคำใดคำหนึ่ง
    #[rhai_fn(name = "titled", pure, return_raw)]
    pub fn with_title(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let titled = places.site.bearing(Bearing::Title, &needles(&words)?);
        Ok(places.only("หัวเรื่องเป็นเรื่องอื่น", |_, place| titled.has(place)))
    }

    /// ตัดที่ซึ่งหัวเรื่องบนหน้านั้นเองมีคำใดคำหนึ่งออก
    #[rhai_fn(pure, return_raw)]
    pub fn titled_without(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let titled = places.site.bearing(Bearing::Title, &needles(&words)?);
        Ok(places.only("หัวเรื่องเป็นเรื่องอื่น", |_, place| !titled.has(place)))
    }

    /// เฉพาะหน้าที่มีหัวข้อย่อยซึ่งมีคำใดคำหนึ่ง และมีเนื้อหาใต้หัวข้อนั้น
    #[rhai_fn(pure, return_raw)]
    pub fn with_heading(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let why = format!("ไม่มีหัวข้อ “{}”", needles[0].as_str());
        Ok(places.with_page(&why, |page| {
            page.blocks.windows(2).any(|pair| {
                let content = pair.iter().all(|block| block.part == Part::Content);
                let headed = pair[0].level > 0 && pair[1].level == 0;
                content && headed && Text::new(pair[0].text.as_str()).has_any(&needles)
            })
        }))
    }

    /// ตัดที่ซึ่งชื่อมีคำใดคำหนึ่งออก
    #[rhai_fn(pure, return_raw)]
    pub fn without(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let called = |needle| Called::new(&places.site, std::slice::from_ref(needle));
        let called: Vec<Called> = needles.iter().map(called).collect();
        Ok(places.keep_hits(|site, hit| {
            let read = site.places[hit.place].read_title.as_ref();
            let mut others = needles.iter().zip(&called).filter(|(needle, called)| {
                called.has(hit) || read.is_some_and(|title| title.has(needle))
            });
            others.next().map_or(Ok(None), |(needle, _)| {
                Err(format!("ชื่อบอกว่าเป็นเรื่องอื่น (“{}”)", needle.as_str()))
            })
        }))
    }

    /// ตัดที่ซึ่งเนื้อหามีคำใดคำหนึ่งออก
    #[rhai_fn(pure, return_raw)]
    pub fn not_mentioning(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            let mut others = needles
                .iter()
                .filter(|needle| site.spot(place, needle).is_some());
            if let Some(needle) = others.next() {
                return Err(format!("เนื้อหาเป็นเรื่อง “{}”", needle.as_str()));
            }
            // OCR loses words: that it did not find one is no proof.
            let mut nodes = site.nodes_of(&site.places[place]);
            if nodes.any(|(_, node)| node.ocr.is_some()) {
                let word = needles[0].as_str();
                return Err(format!("อ่านด้วย OCR จึงยืนยันไม่ได้ว่าไม่ใช่เรื่อง “{word}”"));
            }
            Ok(None)
        }))
    }

    /// เฉพาะที่ซึ่งเนื้อหา (ไม่ใช่ชื่อ) มีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn mentioning(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            first_spot(site, place, &needles)
                .map(Some)
                .ok_or_else(|| format!("เนื้อหาไม่กล่าวถึง “{}”", needles[0].as_str()))
        }))
    }

    /// เฉพาะที่ซึ่งลิงก์ไปถึงอยู่ในแถวข้อความที่มีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn beside(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let why = format!("ไม่ได้อยู่ข้างคำว่า “{}”", needles[0].as_str());
        Ok(places.only(&why, |site, place| {
            let labels = &site.main(place).labels;
            let mut rows = labels.iter().map(|label| Text::new(label.row.clone()));
            rows.any(|row| row.has_any(&needles))
        }))
    }

    /// ถึงได้จากหน้าแรกภายในจำนวนคลิก
    #[rhai_fn(pure)]
    pub fn within(places: &mut Places, clicks: i64) -> Places {
        places.keep(|site, place| match site.clicks(place) {
            Some(there) if i64::from(there) <= clicks => Ok(None),
            Some(there) => Err(format!("ต้องคลิก {there} ครั้งจากหน้าแรก")),
            None => Err("ไม่มีลิงก์ไปถึงจากหน้าแรก".to_owned()),
        })
    }

    /// กล่าวถึงชื่อหน่วยงานหรือที่ตั้งของหน่วยงาน
    #[rhai_fn(get = "of_agency", pure)]
    pub fn of_agency(places: &mut Places) -> Places {
        let agency = &places.site.agency;
        places.with_node(
            "ไม่กล่าวถึงหน่วยงานนี้",
            |node| {
                let read = node.ocr.as_ref().map_or("", OcrText::as_str);
                let says = [node.text.as_str(), node.title.as_str(), read];
                agency.name.is_empty() || says.into_iter().any(|text| agency.named_in(text))
            },
        )
    }

    /// ที่ซึ่งเป็นแบบฟอร์มเปล่า: ช่องชื่อหน่วยงานหรือปียังเป็นจุดไข่ปลาหรือ [ชื่อหน่วยงาน] (ไม่นับแบบคำร้องของประชาชน)
    #[rhai_fn(get = "unfilled", pure)]
    pub fn unfilled(places: &mut Places) -> Places {
        places.keep(|site, place| match site.unfilled(place) {
            Some(spot) => Ok(Some(spot.clone())),
            None => Err("กรอกข้อมูลแล้ว".to_owned()),
        })
    }

    /// ที่ซึ่งมีส่วนที่เครื่องอ่านไม่ได้ เช่น ไฟล์สแกน รูปภาพ ไฟล์นอกเว็บไซต์
    #[rhai_fn(get = "unread", pure)]
    pub fn unread(places: &mut Places) -> Places {
        places.keep(|site, place| match site.unread(place).first() {
            Some(&node) => Ok(Some(Spot {
                node,
                range: None,
                ocr: false,
            })),
            None => Err("อ่านข้อความได้ แต่ไม่ตรงกับเรื่องนี้".to_owned()),
        })
    }

    /// ที่ซึ่งเครื่องอ่านข้อความได้ทั้งหมด
    #[rhai_fn(get = "readable", pure)]
    pub fn readable(places: &mut Places) -> Places {
        places.keep(|site, place| match site.unread(place).first() {
            Some(&node) => Err(site.nodes[node].unread().unwrap_or_default().to_owned()),
            None => Ok(None),
        })
    }

    /// เหตุที่อ่านไม่ได้ของแห่งแรก
    #[rhai_fn(get = "why_unread", pure)]
    pub fn why_unread(places: &mut Places) -> String {
        let node = places
            .hits
            .iter()
            .find_map(|hit| places.site.unread(hit.place).first().copied());
        node.and_then(|node| places.site.nodes[node].unread())
            .unwrap_or_default()
            .to_owned()
    }

    /// เฉพาะที่ซึ่งอยู่นอกเว็บไซต์ ชนิดใดชนิดหนึ่ง (ชื่อชนิดเดียวกับ site.outside)
    #[rhai_fn(pure, return_raw)]
    pub fn outside(places: &mut Places, kinds: Array) -> Fallible<Places> {
        let kinds = outside_kinds(kinds)?;
        Ok(places.only(
            "ไม่ใช่ที่นอกเว็บไซต์ชนิดที่ต้องการ",
            |site, place| is_outside(site.main(place), &kinds),
        ))
    }

    /// เฉพาะหน้าเว็บ
    #[rhai_fn(get = "pages", pure)]
    pub fn pages(places: &mut Places) -> Places {
        places.with_page("ไม่ใช่หน้าเว็บ", |_| true)
    }

    /// เฉพาะไฟล์ และหน้าที่แนบไฟล์
    #[rhai_fn(get = "documents", pure)]
    pub fn documents(places: &mut Places) -> Places {
        places.with_node("ไม่มีไฟล์", |node| {
            node.document().is_some()
        })
    }

    /// เฉพาะหน้าที่เนื้อหาแสดงด้วย JavaScript ซึ่งเครื่องไม่เห็น
    #[rhai_fn(get = "needing_browser", pure)]
    pub fn needing_browser(places: &mut Places) -> Places {
        places.only(
            "แสดงเนื้อหาโดยไม่ใช้ JavaScript",
            |site, place| site.main(place).needs_browser(),
        )
    }

    /// เฉพาะหน้าที่มีภาพอยู่ในเนื้อหา
    #[rhai_fn(get = "pictured", pure)]
    pub fn pictured(places: &mut Places) -> Places {
        places.with_page("ไม่มีภาพ", |page| {
            page.images.iter().any(|image| image.part == Part::Content)
        })
    }

    /// เฉพาะที่ซึ่งเขียนเป็นภาษาอังกฤษอย่างน้อยหนึ่งย่อหน้า
    #[rhai_fn(get = "in_english", pure)]
    pub fn in_english(places: &mut Places) -> Places {
        const WORDS: usize = 20;
        let is_english = |word: &&str| {
            let letter = |c: char| c.is_ascii_alphabetic() || ",.()-'".contains(c);
            word.len() > 1 && word.chars().all(letter)
        };
        places.with_node(
            "ไม่มีฉบับภาษาอังกฤษ",
            |node| {
                let words = node.text.as_str().split_whitespace();
                words.filter(is_english).count() >= WORDS
            },
        )
    }

    /// แห่งแรก
    #[rhai_fn(get = "first", pure)]
    pub fn first(places: &mut Places) -> Places {
        places.with_hits(places.hits.first().cloned().into_iter().collect())
    }

    /// ชื่อของแห่งแรก
    #[rhai_fn(get = "name", pure)]
    pub fn name(places: &mut Places) -> String {
        let first = places.hits.first();
        first.map_or_else(String::new, |hit| {
            places.site.places[hit.place].name().to_owned()
        })
    }

    /// ใช้ชุดที่แคบกว่าถ้ามี ไม่มีก็ใช้ชุดเดิม
    #[rhai_fn(pure)]
    pub fn prefer(places: &mut Places, narrower: Places) -> Places {
        if narrower.is_none() {
            places.clone()
        } else {
            narrower
        }
    }

    /// รวมสองชุด
    #[rhai_fn(name = "+")]
    pub fn both(one: Places, other: Places) -> Places {
        spend(one.hits.len().saturating_mul(other.hits.len()) / PAIRS);
        let mut all = one;
        let fresh = other.hits.iter().filter(|hit| !all.has(hit.place));
        let fresh: Vec<Hit> = fresh.cloned().collect();
        if !fresh.is_empty() {
            spend(all.hits.len() / 4);
            Arc::make_mut(&mut all.hits).extend(fresh);
        }
        if !Arc::ptr_eq(&all.refused, &other.refused) {
            all.refuse_all(other.refused.iter().cloned());
        }
        all
    }

    /// ตัดอีกชุดหนึ่งออก
    #[rhai_fn(name = "-")]
    pub fn except(one: Places, other: Places) -> Places {
        let mut left = one;
        spend(left.hits.len().saturating_mul(other.hits.len()) / PAIRS);
        Arc::make_mut(&mut left.hits).retain(|hit| !other.has(hit.place));
        left
    }

    /// หน้าและไฟล์ที่เนื้อหาลิงก์ไปถึง
    #[rhai_fn(get = "linked", pure)]
    pub fn linked(places: &mut Places) -> Places {
        let mut linked = Places::none(&places.site);
        for hit in places.hits.iter() {
            for place in places.site.linked_from(hit.place) {
                if !linked.has(place) {
                    linked.take(place, Rank::Section);
                }
            }
        }
        linked
    }
}
