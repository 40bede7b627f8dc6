//! The words rules are written in: what a script may ask of a site, and how it answers.
//!
//! Rules never receive a page's text, only ask about it: matching is native and bounded by what it searches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, RwLock};

use rhai::plugin::*;
use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString};

use super::answer::{Evidence, NearMiss, Outcome};
use super::rule::Reason;
use crate::agency::Agency;
use crate::extract::{self, Form, Part, Person, Table};
use crate::site::{self, Leader, NodeKind, PlaceId, Rank, Site, Spot};
use crate::thai::{self, Needle, Text};
use crate::year::{FiscalYear, Month};

/// Makes the vocabulary known to an engine.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<SiteView>("Site")
        .register_type_with_name::<Places>("Places")
        .register_type_with_name::<People>("People")
        .register_type_with_name::<Person>("Person")
        .register_type_with_name::<Forms>("Forms")
        .register_type_with_name::<Tables>("Tables")
        .register_type_with_name::<Leaders>("Leaders")
        .register_type_with_name::<Months>("Months")
        .register_type_with_name::<FiscalYear>("Year")
        .register_type_with_name::<Agency>("Agency")
        .register_type_with_name::<Answer>("Answer");
    engine.register_global_module(rhai::exported_module!(words).into());
}

/// The site of one judgement, for one assessed year.
#[derive(Clone)]
pub struct SiteView {
    /// The site.
    pub site: Arc<Site>,
    /// The assessed year.
    pub year: FiscalYear,
}

/// A set of places, best first, with those that were refused on the way and why.
#[derive(Clone)]
pub struct Places {
    site: Arc<Site>,
    hits: Vec<Hit>,
    refused: Vec<Refusal>,
}

#[derive(Clone)]
struct Hit {
    place: PlaceId,
    rank: Rank,
    spot: Option<Spot>,
}

/// A candidate that a narrowing step took out.
#[derive(Clone)]
struct Refusal {
    place: PlaceId,
    rank: Rank,
    why: String,
    broken: bool,
}

/// People shown on places.
#[derive(Clone)]
pub struct People {
    site: Arc<Site>,
    list: Vec<(PlaceId, Person)>,
}

/// Online forms of places: their own and those of form services they link to.
#[derive(Clone)]
pub struct Forms {
    site: Arc<Site>,
    list: Vec<FormAt>,
}

#[derive(Clone)]
struct FormAt {
    place: PlaceId,
    /// Where it is sent; the form's address for a form service.
    target: String,
    words: Arc<Text>,
}

/// Data tables of places.
#[derive(Clone)]
pub struct Tables {
    site: Arc<Site>,
    list: Vec<(PlaceId, Table)>,
}

/// Who leads or signs.
#[derive(Clone)]
pub struct Leaders {
    site: Arc<Site>,
    list: Vec<(PlaceId, Leader)>,
}

/// A set of months.
#[derive(Clone)]
pub struct Months(BTreeSet<Month>);

/// What a criterion's function gives back.
#[derive(Clone)]
pub struct Answer {
    /// Met, unmet or unsure.
    pub outcome: Outcome,
    /// One Thai sentence.
    pub because: String,
    /// The places.
    pub evidence: Vec<Evidence>,
    /// Why it is unsure, when only a person can tell.
    pub reason: Option<Reason>,
}

impl Places {
    /// Places as evidence, at most `most`.
    pub fn evidence(&self, most: usize) -> Vec<Evidence> {
        self.hits
            .iter()
            .take(most)
            .map(|hit| self.site.evidence(hit.place, hit.spot.as_ref()))
            .collect()
    }

    fn has(&self, place: PlaceId) -> bool {
        self.hits.iter().any(|hit| hit.place == place)
    }

    /// Nothing was found.
    pub fn is_none(&self) -> bool {
        self.hits.is_empty()
    }

    /// The nearest refused candidates, best first, no address twice.
    pub fn near_misses(&self, most: usize) -> Vec<NearMiss> {
        let mut refused: Vec<&Refusal> = self
            .refused
            .iter()
            .filter(|refusal| !self.has(refusal.place))
            .collect();
        refused.sort_by_key(|refusal| (refusal.rank, refusal.place));
        let mut seen = BTreeSet::new();
        let fresh = refused
            .into_iter()
            .filter(|refusal| seen.insert(refusal.place));
        fresh
            .take(most)
            .map(|refusal| {
                let evidence = self.site.evidence(refusal.place, None);
                NearMiss {
                    url: evidence.url,
                    label: evidence.label,
                    lacks: refusal.why.clone(),
                }
            })
            .collect()
    }

    /// The site announces it and the address cannot be opened.
    pub fn broken(&self) -> Option<NearMiss> {
        let refusal = self
            .refused
            .iter()
            .filter(|refusal| refusal.broken && !self.has(refusal.place))
            .min_by_key(|refusal| (refusal.rank, refusal.place))?;
        let evidence = self.site.evidence(refusal.place, None);
        Some(NearMiss {
            url: evidence.url,
            label: evidence.label,
            lacks: refusal.why.clone(),
        })
    }

    /// Keeps the places that pass; the others are refused for the reason the test gives.
    fn keep(&self, mut test: impl FnMut(&Site, PlaceId) -> Result<Option<Spot>, String>) -> Self {
        let mut kept = Self {
            site: self.site.clone(),
            hits: Vec::new(),
            refused: self.refused.clone(),
        };
        for hit in &self.hits {
            match test(&self.site, hit.place) {
                Ok(spot) => kept.hits.push(Hit {
                    spot: spot.or_else(|| hit.spot.clone()),
                    ..hit.clone()
                }),
                Err(why) => kept.refused.push(Refusal {
                    place: hit.place,
                    rank: hit.rank,
                    why,
                    broken: false,
                }),
            }
        }
        kept
    }

    fn with_hits(&self, hits: Vec<Hit>) -> Self {
        Self {
            site: self.site.clone(),
            hits,
            refused: self.refused.clone(),
        }
    }

    fn pages(&self) -> impl Iterator<Item = (PlaceId, &extract::Page)> {
        self.hits.iter().flat_map(|hit| {
            self.site
                .nodes_of(&self.site.places[hit.place])
                .filter_map(move |(_, node)| node.page().map(|page| (hit.place, page)))
        })
    }
}

/// Needles by their words: a pack asks for the same few hundred again and again.
static NEEDLES: LazyLock<RwLock<BTreeMap<ImmutableString, Arc<Needle>>>> =
    LazyLock::new(Default::default);
/// … and a hostile rule must not fill the memory with them.
const NEEDLES_MAX: usize = 20_000;

type Fallible<T> = Result<T, Box<EvalAltResult>>;

fn mistake<T>(message: impl Into<String>) -> Fallible<T> {
    Err(message.into().into())
}

/// Words: one text, or a list of texts (lists inside lists are opened).
fn needles(words: &Dynamic) -> Fallible<Vec<Arc<Needle>>> {
    let mut found = Vec::new();
    let mut stack = vec![words.clone()];
    while let Some(word) = stack.pop() {
        if let Some(list) = word.clone().try_cast::<Array>() {
            stack.extend(list.into_iter().rev());
        } else if let Ok(text) = word.clone().into_immutable_string() {
            found.push(needle(text));
        } else {
            return mistake(format!(
                "คำที่ค้นหาต้องเป็นข้อความหรือรายการข้อความ แต่ได้ {}",
                word.type_name()
            ));
        }
    }
    if found.is_empty() {
        mistake("รายการคำที่ค้นหาว่างเปล่า ให้ใส่อย่างน้อยหนึ่งคำ")
    } else {
        Ok(found)
    }
}

fn needle(text: ImmutableString) -> Arc<Needle> {
    if let Some(needle) = NEEDLES
        .read()
        .ok()
        .and_then(|known| known.get(&text).cloned())
    {
        return needle;
    }
    let needle = Arc::new(Needle::parse(&text));
    if let Ok(mut known) = NEEDLES.write()
        && known.len() < NEEDLES_MAX
    {
        known.insert(text, needle.clone());
    }
    needle
}

/// Fields: a list of names, each a text or a list whose first text is the name to show and the rest are its other names.
fn fields(list: &Array) -> Fallible<Vec<(ImmutableString, Vec<Arc<Needle>>)>> {
    list.iter()
        .map(|field| {
            let shown = match field.clone().try_cast::<Array>() {
                Some(names) => names.first().cloned().unwrap_or_default(),
                None => field.clone(),
            };
            match shown.into_immutable_string() {
                Ok(shown) => Ok((shown, needles(field)?)),
                Err(kind) => mistake(format!("ชื่อช่องข้อมูลต้องเป็นข้อความ แต่ได้ {kind}")),
            }
        })
        .collect()
}

/// Whether a place shows a field: in its content, or as a header of its tables.
fn shows(site: &Site, place: PlaceId, needles: &[Arc<Needle>]) -> bool {
    needles
        .iter()
        .any(|needle| site.spot(place, needle).is_some())
}

fn first_spot(site: &Site, place: PlaceId, needles: &[Arc<Needle>]) -> Option<Spot> {
    needles.iter().find_map(|needle| site.spot(place, needle))
}

fn named(site: &Site, place: PlaceId, needles: &[Arc<Needle>]) -> bool {
    site.places[place]
        .names
        .iter()
        .any(|name| needles.iter().any(|needle| name.has(needle)))
}

fn titled(site: &Site, place: PlaceId, needles: &[Arc<Needle>]) -> bool {
    let title = Text::new(site.nodes[site.places[place].main].title.clone());
    needles.iter().any(|needle| title.has(needle))
}

/// Characters at the head of a place that tell what it is.
const HEAD: usize = 500;

fn headed(site: &Site, place: PlaceId, needles: &[Arc<Needle>]) -> bool {
    let place = &site.places[place];
    let head = |text: &str| {
        text.char_indices()
            .nth(HEAD)
            .map_or(text.len(), |(end, _)| end)
    };
    let in_head = |text: &str, found: Option<std::ops::Range<usize>>| {
        found.is_some_and(|range| range.start < head(text))
    };
    named(site, place.id, needles)
        || site.nodes_of(place).any(|(_, node)| {
            needles.iter().any(|needle| {
                let by_ocr = |read: &site::OcrText| in_head(read.as_str(), read.find(needle));
                in_head(node.text.as_str(), node.text.find(needle))
                    || node.ocr.as_ref().is_some_and(by_ocr)
            })
        })
}

/// Whether a day of the place falls in the year: days of the event first, then the year it is about, then its posting.
fn happened_in(site: &Site, place: PlaceId, year: FiscalYear) -> Result<Option<Spot>, String> {
    let happened = site.happened(place);
    if let Some(day) = happened
        .iter()
        .find(|happening| FiscalYear::of(happening.day) == year)
    {
        return Ok(Some(day.spot.clone()));
    }
    if let Some(day) = happened.first() {
        return Err(format!(
            "เกิดขึ้นเมื่อ {} ซึ่งอยู่ในปีงบประมาณ {}",
            crate::year::thai_date(day.day),
            FiscalYear::of(day.day)
        ));
    }
    match site.about(place) {
        Some(fact) if fact.year == year => return Ok(Some(fact.spot.clone())),
        Some(fact) => return Err(format!("เป็นของปี {}", fact.year)),
        None => {}
    }
    posted_in(site, place, year)
}

fn posted_in(site: &Site, place: PlaceId, year: FiscalYear) -> Result<Option<Spot>, String> {
    let posted = site.posted(place);
    if let Some(day) = posted
        .iter()
        .find(|happening| FiscalYear::of(happening.day) == year)
    {
        return Ok(Some(day.spot.clone()));
    }
    match posted.first() {
        Some(day) => Err(format!(
            "ลงไว้เมื่อ {} ซึ่งอยู่ในปีงบประมาณ {}",
            crate::year::thai_date(day.day),
            FiscalYear::of(day.day)
        )),
        None => Err("ไม่แสดงวันที่".to_owned()),
    }
}

fn about_year(site: &Site, place: PlaceId, year: FiscalYear) -> Result<Option<Spot>, String> {
    match site.about(place) {
        Some(fact) if fact.year == year => Ok(Some(fact.spot.clone())),
        Some(fact) => Err(format!("เป็นข้อมูลปี {}", fact.year)),
        None => Err("ไม่ระบุปี".to_owned()),
    }
}

fn covers(site: &Site, place: PlaceId, year: FiscalYear) -> Result<Option<Spot>, String> {
    let ranges = site.ranges(place);
    if let Some((_, _, spot)) = ranges
        .iter()
        .find(|(from, to, _)| (*from..=*to).contains(&year.0))
    {
        return Ok(Some(spot.clone()));
    }
    match ranges.first() {
        Some((from, to, _)) => Err(format!("เป็นของปี {from}–{to} ไม่ครอบคลุมปี {year}")),
        None => about_year(site, place, year),
    }
}

fn broken_why(site: &Site, place: PlaceId) -> String {
    match &site.nodes[site.places[place].main].kind {
        NodeKind::Broken(why) => why.clone(),
        _ => String::new(),
    }
}

/// Hosts of form services: a link there is an online form.
const FORM_HOSTS: [&str; 9] = [
    "docs.google.com/forms",
    "forms.gle",
    "forms.office.com",
    "forms.cloud.microsoft",
    "jotform.com",
    "typeform.com",
    "surveymonkey.com",
    "surveycan.com",
    "airtable.com",
];

/// A form that a visitor sends words with: no search box, no log-in, no poll of buttons only.
fn is_channel(form: &Form) -> bool {
    let has = |kinds: &[&str]| {
        form.fields
            .iter()
            .any(|field| kinds.contains(&field.kind.as_str()))
    };
    let writes = form
        .fields
        .iter()
        .filter(|field| {
            matches!(
                field.kind.as_str(),
                "text" | "textarea" | "email" | "tel" | "file" | "number" | "date"
            )
        })
        .count();
    let searches = !form.post && writes <= 1 && !has(&["textarea", "file"]);
    let login = has(&["password"]);
    writes > 0 && !searches && !login && !has(&["search"])
}

fn forms_of(site: &Arc<Site>, hits: &[Hit]) -> Forms {
    let mut list = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |place: PlaceId, target: String, words: String| {
        if seen.insert((place, target.clone())) {
            list.push(FormAt {
                place,
                target,
                words: Arc::new(Text::new(words)),
            });
        }
    };
    for hit in hits {
        let place = &site.places[hit.place];
        let names = place
            .names
            .iter()
            .map(Text::as_str)
            .collect::<Vec<_>>()
            .join("\n");
        for (_, node) in site.nodes_of(place) {
            if matches!(node.kind, NodeKind::OffSite) && is_form_service(node.url.as_str()) {
                add(hit.place, node.url.to_string(), names.clone());
            }
            let Some(page) = node.page() else { continue };
            for form in page
                .forms
                .iter()
                .filter(|form| form.part == Part::Content && is_channel(form))
            {
                let labels = form
                    .fields
                    .iter()
                    .map(|field| field.label.as_str())
                    .collect::<Vec<_>>()
                    .join("\n");
                add(
                    hit.place,
                    form.action.to_string(),
                    format!("{names}\n{}\n{}\n{labels}", form.title, form.submit),
                );
            }
            for link in page
                .links
                .iter()
                .filter(|link| link.part == Part::Content && is_form_service(link.to.as_str()))
            {
                add(
                    hit.place,
                    link.to.to_string(),
                    format!("{}\n{}\n{}", link.label, link.row, link.under.join("\n")),
                );
            }
            for frame in page
                .frames
                .iter()
                .filter(|frame| is_form_service(frame.as_str()))
            {
                add(hit.place, frame.to_string(), names.clone());
            }
        }
    }
    Forms {
        site: site.clone(),
        list,
    }
}

fn is_form_service(url: &str) -> bool {
    FORM_HOSTS.iter().any(|host| url.contains(host))
}

/// A body row that says something behind its first cell.
fn is_filled(row: &[String]) -> bool {
    row.iter().skip(usize::from(row.len() > 1)).any(|cell| {
        let cell = cell.trim();
        !cell.is_empty() && !matches!(cell, "-" | "–" | "…" | "..." | "......")
    })
}

fn number(cell: &str) -> Option<f64> {
    let key = thai::key(cell).replace(',', "");
    let digits: String = key
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    digits.parse().ok()
}

/// The text without lines about who made or keeps the website: their numbers are not the agency's.
fn agency_lines(text: &str) -> String {
    const MAKERS: [&str; 12] = [
        "ผู้ดูแลเว็บ",
        "ดูแลเว็บ",
        "ผู้พัฒนา",
        "พัฒนาโดย",
        "พัฒนาเว็บ",
        "ออกแบบ",
        "จัดทำเว็บ",
        "ทำเว็บ",
        "webmaster",
        "powered",
        "developed",
        "designed",
    ];
    let made = |line: &&str| MAKERS.iter().any(|word| line.to_lowercase().contains(word));
    text.lines()
        .filter(|line| !made(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Thai phone numbers in a text, as written.
fn phones(text: &str) -> Vec<String> {
    let key: Vec<char> = text
        .chars()
        .map(|c| {
            if ('๐'..='๙').contains(&c) {
                char::from(b'0' + (c as u32 - '๐' as u32) as u8)
            } else {
                c
            }
        })
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < key.len() {
        let begins = key[at] == '0' && (at == 0 || !key[at - 1].is_ascii_digit());
        if !begins {
            at += 1;
            continue;
        }
        let mut digits = 0;
        let mut end = at;
        let mut gap = 0;
        while end < key.len() {
            match key[end] {
                c if c.is_ascii_digit() => {
                    digits += 1;
                    gap = 0;
                }
                ' ' | '-' | '–' | '.' | ')' | '(' if gap < 2 => gap += 1,
                _ => break,
            }
            end += 1;
            if digits == 10 {
                break;
            }
        }
        if (9..=10).contains(&digits) {
            found.push(key[at..end].iter().collect::<String>().trim().to_owned());
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

fn emails(text: &str) -> Vec<String> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '|')
    })
    .filter_map(|word| {
        let (user, host) = word.split_once('@')?;
        let plain = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c))
        };
        let user = user.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let host = host.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        (plain(user) && plain(host) && host.contains('.')).then(|| format!("{user}@{host}"))
    })
    .collect()
}

fn answer(outcome: Outcome, because: &str, at: Dynamic) -> Fallible<Answer> {
    const MOST: usize = 6;
    let because = because.trim().to_owned();
    if because.is_empty() {
        return mistake("คำตอบต้องมีประโยคอธิบายเหตุผล");
    }
    let kind = at.type_name();
    let of = |site: &Arc<Site>, places: Vec<PlaceId>| {
        let mut seen = BTreeSet::new();
        places
            .into_iter()
            .filter(|place| seen.insert(*place))
            .take(MOST)
            .map(|place| site.evidence(place, None))
            .collect::<Vec<_>>()
    };
    let evidence = if let Some(places) = at.read_lock::<Places>() {
        places.evidence(MOST)
    } else if let Some(people) = at.read_lock::<People>() {
        of(
            &people.site,
            people.list.iter().map(|(place, _)| *place).collect(),
        )
    } else if let Some(forms) = at.read_lock::<Forms>() {
        of(
            &forms.site,
            forms.list.iter().map(|form| form.place).collect(),
        )
    } else if let Some(tables) = at.read_lock::<Tables>() {
        of(
            &tables.site,
            tables.list.iter().map(|(place, _)| *place).collect(),
        )
    } else if let Some(leaders) = at.read_lock::<Leaders>() {
        leaders
            .list
            .iter()
            .take(MOST)
            .map(|(place, leader)| leaders.site.evidence(*place, Some(&leader.spot)))
            .collect()
    } else {
        return mistake(format!(
            "ที่ท้ายคำตอบต้องเป็นสถานที่ที่พบ (Places, People, Forms, Tables หรือ Leaders) แต่ได้ {kind}"
        ));
    };
    if evidence.is_empty() && outcome == Outcome::Met {
        return mistake("คำตอบ met ต้องชี้สถานที่อย่างน้อยหนึ่งแห่ง");
    }
    Ok(Answer {
        outcome,
        because,
        evidence,
        reason: None,
    })
}

/// Who is shown as holding the highest office.
fn current_head(site: &Site) -> Option<(PlaceId, Person)> {
    let titles = site.agency.kind.head_titles();
    let mut list: Vec<(PlaceId, Person)> = Vec::new();
    for place in site
        .places
        .iter()
        .filter(|place| site.clicks(place.id).is_some())
    {
        let Some(page) = site.nodes[place.main].page() else {
            continue;
        };
        for person in &page.people {
            let acts = |title: &&str| person.position.contains(&format!("ปฏิบัติหน้าที่{title}"));
            if titles
                .iter()
                .any(|title| person.position.starts_with(title) || acts(title))
            {
                list.push((place.id, person.clone()));
            }
        }
    }
    // Who stands with a picture among colleagues is shown as holding the office; a name under an old paper is not.
    // Of several such pages the one nearest to the home page is current: old generations of a site lie deeper.
    let team = |place: PlaceId| {
        site.nodes[site.places[place].main]
            .page()
            .is_some_and(|page| page.people.len() > 1)
    };
    list.sort_by_key(|(place, person)| (!team(*place), !person.photo, site.clicks(*place), *place));
    list.into_iter().next()
}

/// The vocabulary itself; the comments become `vocabulary.d.rhai` and the handbook.
#[export_module]
#[allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "the macro's own glue has no comments and unwraps what it has just checked"
)]
pub mod words {
    // ---- site ----

    /// ที่ต่าง ๆ บนเว็บไซต์ที่ชื่อเรื่อง ชื่อลิงก์ หรือหัวข้อ มีคำใดคำหนึ่ง รวมทั้งหน้าและไฟล์ที่อยู่ใต้หัวข้อนั้น
    /// "ก + ข" หมายถึงมีทั้งสองคำในชื่อเดียวกัน
    #[rhai_fn(pure, return_raw)]
    pub fn find(site: &mut SiteView, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let mut places = Places {
            site: site.site.clone(),
            hits: Vec::new(),
            refused: Vec::new(),
        };
        for (place, rank) in site.site.find(&needles) {
            let node = &site.site.nodes[site.site.places[place].main];
            let refuse = |why: String, broken| Refusal {
                place,
                rank,
                why,
                broken,
            };
            if let NodeKind::Broken(why) = &node.kind {
                places.refused.push(refuse(why.clone(), true));
            } else if let Some(other) = site.site.other_owner(place) {
                places
                    .refused
                    .push(refuse(format!("เป็นเอกสารของ{other}"), false));
            } else if site.site.is_blank(place) {
                places
                    .refused
                    .push(refuse("มีแต่หัวข้อ ไม่มีข้อมูล".to_owned(), false));
            } else if node.clicks.is_none() {
                places
                    .refused
                    .push(refuse("ไม่มีลิงก์ไปถึงจากหน้าแรก".to_owned(), false));
            } else {
                places.hits.push(Hit {
                    place,
                    rank,
                    spot: None,
                });
            }
        }
        Ok(places)
    }

    /// หน้าที่ชื่อมีคำใดคำหนึ่งโดยตรง รวมหน้ารายการ แต่ไม่รวมสิ่งที่อยู่ใต้หน้านั้น
    #[rhai_fn(pure, return_raw)]
    pub fn sections(site: &mut SiteView, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let hit = |place| Hit {
            place,
            rank: Rank::Named,
            spot: None,
        };
        let (broken, there): (Vec<_>, Vec<_>) =
            site.site.named(&needles).into_iter().partition(|&place| {
                matches!(
                    site.site.nodes[site.site.places[place].main].kind,
                    NodeKind::Broken(_)
                )
            });
        let refused = broken
            .into_iter()
            .map(|place| Refusal {
                place,
                rank: Rank::Named,
                why: broken_why(&site.site, place),
                broken: true,
            })
            .collect();
        Ok(Places {
            site: site.site.clone(),
            hits: there.into_iter().map(hit).collect(),
            refused,
        })
    }

    /// หน้าแรกของเว็บไซต์
    #[rhai_fn(get = "home", pure)]
    pub fn home(site: &mut SiteView) -> Places {
        let home = site
            .site
            .home
            .and_then(|home| site.site.places.iter().position(|place| place.main == home));
        let hits = home
            .map(|place| Hit {
                place,
                rank: Rank::Named,
                spot: None,
            })
            .into_iter()
            .collect();
        Places {
            site: site.site.clone(),
            hits,
            refused: Vec::new(),
        }
    }

    /// ส่วนหัวและท้ายที่แสดงซ้ำทุกหน้า
    #[rhai_fn(get = "furniture", pure)]
    pub fn furniture(site: &mut SiteView) -> Places {
        let hits = site
            .site
            .furniture
            .map(|place| Hit {
                place,
                rank: Rank::Named,
                spot: None,
            })
            .into_iter()
            .collect();
        Places {
            site: site.site.clone(),
            hits,
            refused: Vec::new(),
        }
    }

    /// ลิงก์ออกไปนอกเว็บไซต์ที่ที่อยู่มีคำใดคำหนึ่ง เช่น site.off_site(["facebook.com"])
    #[rhai_fn(pure, return_raw)]
    pub fn off_site(site: &mut SiteView, words: Array) -> Fallible<Places> {
        let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
        let hits = site.site.places.iter().filter(|place| {
            let node = &site.site.nodes[place.main];
            matches!(node.kind, NodeKind::OffSite)
                && words
                    .iter()
                    .any(|word| node.url.as_str().contains(word.as_str()))
        });
        let hits = hits
            .map(|place| Hit {
                place: place.id,
                rank: Rank::Named,
                spot: None,
            })
            .collect();
        Ok(Places {
            site: site.site.clone(),
            hits,
            refused: Vec::new(),
        })
    }

    /// ปีที่รับการประเมิน
    #[rhai_fn(get = "year", pure)]
    pub fn year(site: &mut SiteView) -> FiscalYear {
        site.year
    }

    /// หน่วยงานเจ้าของเว็บไซต์
    #[rhai_fn(get = "agency", pure)]
    pub fn agency(site: &mut SiteView) -> Agency {
        site.site.agency.clone()
    }

    /// ผู้บริหารสูงสุดคนปัจจุบันตามที่เว็บไซต์แสดง
    #[rhai_fn(get = "head", pure)]
    pub fn head(site: &mut SiteView) -> People {
        People {
            site: site.site.clone(),
            list: current_head(&site.site).into_iter().collect(),
        }
    }

    // ---- year, months ----

    /// ปีก่อนหน้า
    #[rhai_fn(get = "previous", pure)]
    pub fn previous(year: &mut FiscalYear) -> FiscalYear {
        FiscalYear::previous(*year)
    }

    /// ตุลาคมถึงมีนาคม
    #[rhai_fn(get = "first_half", pure)]
    pub fn first_half(year: &mut FiscalYear) -> Months {
        Months(FiscalYear::first_half(*year).into_iter().collect())
    }

    /// สิบสองเดือนของปีงบประมาณ
    #[rhai_fn(get = "months", pure)]
    pub fn months_of_year(year: &mut FiscalYear) -> Months {
        Months(FiscalYear::months(*year).into_iter().collect())
    }

    /// ปีเป็นตัวเลข
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn year_to_string(year: &mut FiscalYear) -> String {
        year.to_string()
    }

    #[rhai_fn(name = "==")]
    pub fn same_year(one: FiscalYear, other: FiscalYear) -> bool {
        one == other
    }

    #[rhai_fn(name = "-")]
    pub fn months_without(wanted: Months, there: Months) -> Months {
        Months(wanted.0.difference(&there.0).copied().collect())
    }

    #[rhai_fn(get = "len", pure)]
    pub fn months_len(months: &mut Months) -> i64 {
        months.0.len() as i64
    }

    #[rhai_fn(get = "is_empty", pure)]
    pub fn months_is_empty(months: &mut Months) -> bool {
        months.0.is_empty()
    }

    /// ชื่อเดือนเรียงตามเวลา คั่นด้วยจุลภาค
    #[rhai_fn(get = "names", pure)]
    pub fn months_names(months: &mut Months) -> String {
        months
            .0
            .iter()
            .map(Month::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    }

    // ---- agency ----

    /// ชื่อเต็มของหน่วยงาน
    #[rhai_fn(get = "name", pure)]
    pub fn agency_name(agency: &mut Agency) -> String {
        agency.name.clone()
    }

    /// เป็นองค์กรปกครองส่วนท้องถิ่น
    #[rhai_fn(get = "is_local", pure)]
    pub fn is_local(agency: &mut Agency) -> bool {
        agency.kind.is_local()
    }

    /// ชื่อตำแหน่งผู้บริหารสูงสุดของหน่วยงานประเภทนี้
    #[rhai_fn(get = "head_titles", pure)]
    pub fn head_titles(agency: &mut Agency) -> Array {
        agency
            .kind
            .head_titles()
            .iter()
            .map(|title| Dynamic::from(ImmutableString::from(*title)))
            .collect()
    }

    // ---- places: narrower ----

    /// เฉพาะที่ซึ่งชื่อหรือช่วงต้นของเนื้อหามีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn about(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            if headed(site, place, &needles) {
                Ok(None)
            } else {
                Err("เป็นเรื่องอื่น".to_owned())
            }
        }))
    }

    /// เฉพาะที่ซึ่งชื่อ (ไม่ใช่เนื้อหา) มีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn named(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            if super::named(site, place, &needles) {
                Ok(None)
            } else {
                Err("ชื่อเป็นเรื่องอื่น".to_owned())
            }
        }))
    }

    /// เฉพาะที่ซึ่งหัวเรื่องบนหน้านั้นเอง (ไม่ใช่ชื่อที่ลิงก์อื่นเรียก) มีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn titled(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            if super::titled(site, place, &needles) {
                Ok(None)
            } else {
                Err("หัวเรื่องเป็นเรื่องอื่น".to_owned())
            }
        }))
    }

    /// ตัดที่ซึ่งหัวเรื่องบนหน้านั้นเองมีคำใดคำหนึ่งออก
    #[rhai_fn(pure, return_raw)]
    pub fn titled_without(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            if super::titled(site, place, &needles) {
                Err("หัวเรื่องเป็นเรื่องอื่น".to_owned())
            } else {
                Ok(None)
            }
        }))
    }

    /// ตัดที่ซึ่งชื่อมีคำใดคำหนึ่งออก
    #[rhai_fn(pure, return_raw)]
    pub fn without(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            let names = &site.places[place].names;
            let other = needles
                .iter()
                .find(|needle| names.iter().any(|name| name.has(needle)));
            other.map_or(Ok(None), |needle| {
                Err(format!("เป็นเรื่อง “{}”", needle.as_str()))
            })
        }))
    }

    /// ตัดที่ซึ่งเนื้อหามีคำใดคำหนึ่งออก
    #[rhai_fn(pure, return_raw)]
    pub fn not_mentioning(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            let other = needles
                .iter()
                .find(|needle| site.spot(place, needle).is_some());
            if let Some(needle) = other {
                return Err(format!("เนื้อหาเป็นเรื่อง “{}”", needle.as_str()));
            }
            // OCR loses words: that it did not find one is no proof.
            let by_ocr = site
                .nodes_of(&site.places[place])
                .any(|(_, node)| node.ocr.is_some());
            if by_ocr {
                return Err(format!(
                    "อ่านด้วย OCR จึงยืนยันไม่ได้ว่าไม่ใช่เรื่อง “{}”",
                    needles[0].as_str()
                ));
            }
            Ok(None)
        }))
    }

    /// เฉพาะที่ซึ่งเนื้อหา (ไม่ใช่ชื่อ) มีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn mentioning(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(
            places.keep(|site, place| match first_spot(site, place, &needles) {
                Some(spot) => Ok(Some(spot)),
                None => Err(format!("เนื้อหาไม่กล่าวถึง “{}”", needles[0].as_str())),
            }),
        )
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

    /// เป็นข้อมูลของปีงบประมาณนั้น
    #[rhai_fn(pure)]
    pub fn of_year(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| about_year(site, place, year))
    }

    /// มีระยะเวลาครอบคลุมปีนั้น
    #[rhai_fn(pure)]
    pub fn covering(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| covers(site, place, year))
    }

    /// เกิดขึ้นในปีงบประมาณนั้น ดูจากวันที่จัด วันที่ลงนาม ปีของเรื่อง แล้วจึงวันที่ลงประกาศ
    #[rhai_fn(pure)]
    pub fn happened_in(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| super::happened_in(site, place, year))
    }

    /// ลงประกาศในปีงบประมาณนั้น
    #[rhai_fn(pure)]
    pub fn posted_in(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| super::posted_in(site, place, year))
    }

    /// ไม่บอกปีไว้ทั้งในชื่อและเนื้อหา
    #[rhai_fn(get = "undated", pure)]
    pub fn undated(places: &mut Places) -> Places {
        places.keep(|site, place| match site.about(place) {
            None if site.ranges(place).is_empty() => Ok(None),
            _ => Err("ระบุปีไว้แล้ว".to_owned()),
        })
    }

    /// กล่าวถึงชื่อหน่วยงานหรือที่ตั้งของหน่วยงาน
    #[rhai_fn(get = "of_agency", pure)]
    pub fn of_agency(places: &mut Places) -> Places {
        places.keep(|site, place| {
            let says = site.nodes_of(&site.places[place]).any(|(_, node)| {
                let named = |text: &str| site.agency.named_in(text);
                named(node.text.as_str())
                    || node.ocr.as_ref().is_some_and(|read| named(read.as_str()))
            });
            if says || site.agency.name.is_empty() {
                Ok(None)
            } else {
                Err("ไม่กล่าวถึงหน่วยงานนี้".to_owned())
            }
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

    /// เฉพาะหน้าเว็บ
    #[rhai_fn(get = "pages", pure)]
    pub fn only_pages(places: &mut Places) -> Places {
        places.keep(|site, place| {
            if site.nodes[site.places[place].main].page().is_some() {
                Ok(None)
            } else {
                Err("ไม่ใช่หน้าเว็บ".to_owned())
            }
        })
    }

    /// เฉพาะไฟล์ และหน้าที่แนบไฟล์
    #[rhai_fn(get = "documents", pure)]
    pub fn only_documents(places: &mut Places) -> Places {
        places.keep(|site, place| {
            let has = site
                .nodes_of(&site.places[place])
                .any(|(_, node)| node.document().is_some());
            if has {
                Ok(None)
            } else {
                Err("ไม่มีไฟล์".to_owned())
            }
        })
    }

    /// เฉพาะที่ซึ่งเขียนเป็นภาษาอังกฤษอย่างน้อยหนึ่งย่อหน้า
    #[rhai_fn(get = "in_english", pure)]
    pub fn in_english(places: &mut Places) -> Places {
        const WORDS: usize = 20;
        places.keep(|site, place| {
            let words = site.nodes_of(&site.places[place]).map(|(_, node)| {
                node.text
                    .as_str()
                    .split_whitespace()
                    .filter(|word| {
                        word.len() > 1
                            && word
                                .chars()
                                .all(|c| c.is_ascii_alphabetic() || ",.()-'".contains(c))
                    })
                    .count()
            });
            if words.max().unwrap_or(0) >= WORDS {
                Ok(None)
            } else {
                Err("ไม่มีฉบับภาษาอังกฤษ".to_owned())
            }
        })
    }

    /// แห่งแรก
    #[rhai_fn(get = "first", pure)]
    pub fn first(places: &mut Places) -> Places {
        places.with_hits(places.hits.first().cloned().into_iter().collect())
    }

    /// ใช้ชุดที่แคบกว่าถ้ามี ไม่มีก็ใช้ชุดเดิม
    #[rhai_fn(pure)]
    pub fn prefer(places: &mut Places, narrower: Places) -> Places {
        if narrower.hits.is_empty() {
            places.clone()
        } else {
            narrower
        }
    }

    /// รวมสองชุด
    #[rhai_fn(name = "+")]
    pub fn both(one: Places, other: Places) -> Places {
        let mut all = one;
        for hit in other.hits {
            if !all.hits.iter().any(|there| there.place == hit.place) {
                all.hits.push(hit);
            }
        }
        all.refused.extend(other.refused);
        all
    }

    /// ตัดอีกชุดหนึ่งออก
    #[rhai_fn(name = "-")]
    pub fn except(one: Places, other: Places) -> Places {
        let hits = one
            .hits
            .iter()
            .filter(|hit| !other.hits.iter().any(|there| there.place == hit.place))
            .cloned()
            .collect();
        one.with_hits(hits)
    }

    /// แห่งเดียวที่มีช่องข้อมูลครบที่สุด
    #[rhai_fn(pure, return_raw)]
    pub fn best(places: &mut Places, list: Array) -> Fallible<Places> {
        let fields = fields(&list)?;
        let lacks = |hit: &&Hit| {
            fields
                .iter()
                .filter(|(_, needles)| !shows(&places.site, hit.place, needles))
                .count()
        };
        let best = places.hits.iter().min_by_key(lacks).map(|hit| {
            let spot = fields
                .iter()
                .find_map(|(_, needles)| first_spot(&places.site, hit.place, needles));
            Hit {
                spot: spot.or_else(|| hit.spot.clone()),
                ..hit.clone()
            }
        });
        Ok(places.with_hits(best.into_iter().collect()))
    }

    /// หน้าและไฟล์ที่เนื้อหาลิงก์ไปถึง
    #[rhai_fn(get = "linked", pure)]
    pub fn linked(places: &mut Places) -> Places {
        let mut linked = Places {
            site: places.site.clone(),
            hits: Vec::new(),
            refused: Vec::new(),
        };
        for hit in &places.hits {
            for place in places.site.linked_from(hit.place) {
                let known = linked.hits.iter().any(|there| there.place == place);
                if let NodeKind::Broken(why) =
                    &places.site.nodes[places.site.places[place].main].kind
                {
                    linked.refused.push(Refusal {
                        place,
                        rank: Rank::Section,
                        why: why.clone(),
                        broken: true,
                    });
                } else if !known {
                    linked.hits.push(Hit {
                        place,
                        rank: Rank::Section,
                        spot: None,
                    });
                }
            }
        }
        linked
    }

    // ---- places: facts ----

    #[rhai_fn(get = "len", pure)]
    pub fn places_len(places: &mut Places) -> i64 {
        places.hits.len() as i64
    }

    #[rhai_fn(get = "is_empty", pure)]
    pub fn places_is_empty(places: &mut Places) -> bool {
        places.hits.is_empty()
    }

    /// ชื่อของแห่งแรก
    #[rhai_fn(get = "name", pure)]
    pub fn places_name(places: &mut Places) -> String {
        places
            .hits
            .first()
            .map(|hit| places.site.places[hit.place].name().to_owned())
            .unwrap_or_default()
    }

    /// มีเนื้อหาใดกล่าวถึงคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn mentions(places: &mut Places, words: Dynamic) -> Fallible<bool> {
        let needles = needles(&words)?;
        Ok(places
            .hits
            .iter()
            .any(|hit| shows(&places.site, hit.place, &needles)))
    }

    /// ช่องข้อมูลที่แห่งที่ครบที่สุดยังขาด
    #[rhai_fn(pure, return_raw)]
    pub fn lacking(places: &mut Places, list: Array) -> Fallible<Array> {
        let fields = fields(&list)?;
        let lacks = |place: PlaceId| {
            fields
                .iter()
                .filter(|(_, needles)| !shows(&places.site, place, needles))
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        let best = places
            .hits
            .iter()
            .map(|hit| lacks(hit.place))
            .min_by_key(Vec::len);
        let names = best.unwrap_or_else(|| fields.iter().map(|(name, _)| name.clone()).collect());
        Ok(names.into_iter().map(Dynamic::from).collect())
    }

    /// ช่องข้อมูลที่ไม่มีในแห่งใดเลย
    #[rhai_fn(pure, return_raw)]
    pub fn lacking_together(places: &mut Places, list: Array) -> Fallible<Array> {
        let fields = fields(&list)?;
        let absent = fields.into_iter().filter(|(_, needles)| {
            !places
                .hits
                .iter()
                .any(|hit| shows(&places.site, hit.place, needles))
        });
        Ok(absent.map(|(name, _)| Dynamic::from(name)).collect())
    }

    /// เดือนที่ข้อมูลครอบคลุม
    #[rhai_fn(get = "months", pure)]
    pub fn places_months(places: &mut Places) -> Months {
        Months(
            places
                .hits
                .iter()
                .flat_map(|hit| places.site.months(hit.place).iter().copied())
                .collect(),
        )
    }

    /// ปีที่ข้อมูลระบุ คั่นด้วยจุลภาค
    #[rhai_fn(get = "years", pure)]
    pub fn places_years(places: &mut Places) -> String {
        let mut years: Vec<String> = Vec::new();
        for hit in &places.hits {
            let ranges = places.site.ranges(hit.place);
            let year = match (ranges.first(), places.site.about(hit.place)) {
                (Some((from, to, _)), _) => format!("{from}–{to}"),
                (None, Some(fact)) => fact.year.to_string(),
                (None, None) => continue,
            };
            if !years.contains(&year) {
                years.push(year);
            }
        }
        years.join(", ")
    }

    /// วันที่จัดหรือวันที่ลงนามของแห่งแรก เป็นคำไทย ว่างเมื่อไม่แสดงวันที่
    #[rhai_fn(get = "day", pure)]
    pub fn places_day(places: &mut Places) -> String {
        let day = places.hits.iter().find_map(|hit| {
            places
                .site
                .happened(hit.place)
                .first()
                .or(places.site.posted(hit.place).first())
        });
        day.map(|happening| crate::year::thai_date(happening.day))
            .unwrap_or_default()
    }

    /// บุคคลที่แสดงไว้
    #[rhai_fn(get = "people", pure)]
    pub fn people(places: &mut Places) -> People {
        let mut list: Vec<(PlaceId, Person)> = Vec::new();
        for (place, page) in places.pages() {
            for person in &page.people {
                let known = list.iter_mut().find(|(_, there)| {
                    person.name != "ว่าง" && site::same_person(&there.name, &person.name)
                });
                match known {
                    Some((_, there)) => {
                        there.photo |= person.photo;
                        there.contacts.extend(
                            person
                                .contacts
                                .iter()
                                .filter(|contact| !there.contacts.contains(contact))
                                .cloned()
                                .collect::<Vec<_>>(),
                        );
                    }
                    None => list.push((place, person.clone())),
                }
            }
        }
        People {
            site: places.site.clone(),
            list,
        }
    }

    /// แบบฟอร์มออนไลน์ (ไม่รวมช่องค้นหา หน้าเข้าสู่ระบบ และโพลล์)
    #[rhai_fn(get = "forms", pure)]
    pub fn forms(places: &mut Places) -> Forms {
        forms_of(&places.site, &places.hits)
    }

    /// ตารางข้อมูล
    #[rhai_fn(get = "tables", pure)]
    pub fn tables(places: &mut Places) -> Tables {
        let mut list = Vec::new();
        for hit in &places.hits {
            for (_, node) in places.site.nodes_of(&places.site.places[hit.place]) {
                let tables = node
                    .page()
                    .map(|page| &page.tables)
                    .or(node.document().map(|document| &document.tables));
                list.extend(
                    tables
                        .into_iter()
                        .flatten()
                        .map(|table| (hit.place, table.clone())),
                );
            }
        }
        Tables {
            site: places.site.clone(),
            list,
        }
    }

    /// ผู้นำกิจกรรมหรือผู้ลงนามตามเนื้อหา
    #[rhai_fn(get = "leaders", pure)]
    pub fn leaders(places: &mut Places) -> Leaders {
        let all = places.hits.iter().flat_map(|hit| {
            let leaders = places.site.leaders(hit.place).iter();
            leaders.map(|leader| (hit.place, leader.clone()))
        });
        let (read, mut list): (Vec<_>, Vec<_>) = all.partition(|(_, leader)| leader.spot.ocr);
        if !read.is_empty()
            && let Some((_, head)) = current_head(&places.site)
        {
            // A name read off a picture counts where it is the one the site shows, a letter or two misread.
            let name = Needle::parse(&head.name);
            let own = read
                .into_iter()
                .filter(|(_, leader)| Text::new(leader.name.as_str()).find_near(&name).is_some());
            list.extend(own.map(|(place, leader)| {
                (
                    place,
                    Leader {
                        name: head.name.clone(),
                        ..leader
                    },
                )
            }));
        }
        Leaders {
            site: places.site.clone(),
            list,
        }
    }

    /// เฉพาะที่ซึ่งมีหมายเลขโทรศัพท์
    #[rhai_fn(get = "with_phone", pure)]
    pub fn with_phone(places: &mut Places) -> Places {
        places.keep(|site, place| {
            let has = site
                .nodes_of(&site.places[place])
                .any(|(_, node)| !phones(&agency_lines(node.text.as_str())).is_empty());
            if has {
                Ok(None)
            } else {
                Err("ไม่มีหมายเลขโทรศัพท์".to_owned())
            }
        })
    }

    /// เฉพาะที่ซึ่งมีหมายเลขโทรศัพท์อยู่หลังคำใดคำหนึ่ง เช่น โทรสาร
    #[rhai_fn(pure, return_raw)]
    pub fn with_phone_after(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        const REACH: usize = 40;
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            for (id, node) in site.nodes_of(&site.places[place]) {
                let text = node.text.as_str();
                for range in needles.iter().filter_map(|needle| node.text.find(needle)) {
                    let reach = text[range.end..]
                        .char_indices()
                        .nth(REACH)
                        .map_or(text.len(), |(end, _)| range.end + end);
                    if !phones(&text[range.end..reach]).is_empty() {
                        return Ok(Some(Spot {
                            node: id,
                            range: Some(range),
                            ocr: false,
                        }));
                    }
                }
            }
            Err(format!("ไม่มีหมายเลขหลังคำว่า “{}”", needles[0].as_str()))
        }))
    }

    /// เฉพาะที่ซึ่งมีจำนวนมากกว่าศูนย์อยู่หลังคำใดคำหนึ่งทันที เช่น “ตอบแล้ว 1”
    #[rhai_fn(pure, return_raw)]
    pub fn with_number_after(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        const REACH: usize = 8;
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            for (id, node) in site.nodes_of(&site.places[place]) {
                let text = node.text.as_str();
                for (at, word) in needles
                    .iter()
                    .flat_map(|needle| text.match_indices(needle.as_str()))
                {
                    let after = at + word.len();
                    let digits: String = text[after..]
                        .chars()
                        .take(REACH)
                        .skip_while(|c| " :=()[".contains(*c))
                        .take_while(|c| thai::digit(*c).is_some())
                        .collect();
                    if digits
                        .chars()
                        .filter_map(thai::digit)
                        .any(|digit| digit > 0)
                    {
                        return Ok(Some(Spot {
                            node: id,
                            range: Some(at..after),
                            ocr: false,
                        }));
                    }
                }
            }
            Err(format!("ไม่มีจำนวนหลังคำว่า “{}”", needles[0].as_str()))
        }))
    }

    /// เฉพาะที่ซึ่งมีแบบฟอร์มออนไลน์
    #[rhai_fn(get = "with_form", pure)]
    pub fn with_form(places: &mut Places) -> Places {
        let forms = forms_of(&places.site, &places.hits);
        places.keep(|_, place| {
            if forms.list.iter().any(|form| form.place == place) {
                Ok(None)
            } else {
                Err("ไม่มีแบบฟอร์มออนไลน์".to_owned())
            }
        })
    }

    /// เฉพาะหน้าที่ต้องเข้าสู่ระบบด้วยรหัสผ่าน
    #[rhai_fn(get = "with_login", pure)]
    pub fn with_login(places: &mut Places) -> Places {
        let asks = |form: &Form| {
            form.part == Part::Content && form.fields.iter().any(|field| field.kind == "password")
        };
        places.keep(|site, place| {
            let page = site.nodes[site.places[place].main].page();
            if page.is_some_and(|page| page.forms.iter().any(asks)) {
                Ok(None)
            } else {
                Err("ไม่มีหน้าเข้าสู่ระบบ".to_owned())
            }
        })
    }

    /// เฉพาะที่ซึ่งลิงก์ไปถึงอยู่ในแถวข้อความที่มีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn beside(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        Ok(places.keep(|site, place| {
            let rows = site.nodes[site.places[place].main]
                .labels
                .iter()
                .map(|label| Text::new(label.row.clone()));
            let mut rows = rows.filter(|row| needles.iter().any(|needle| row.has(needle)));
            if rows.next().is_some() {
                Ok(None)
            } else {
                Err(format!("ไม่ได้อยู่ข้างคำว่า “{}”", needles[0].as_str()))
            }
        }))
    }

    /// เฉพาะหน้าที่มีภาพอยู่ในเนื้อหา
    #[rhai_fn(get = "pictured", pure)]
    pub fn pictured(places: &mut Places) -> Places {
        places.keep(|site, place| {
            let page = site.nodes[site.places[place].main].page();
            let has = page
                .is_some_and(|page| page.images.iter().any(|image| image.part == Part::Content));
            if has {
                Ok(None)
            } else {
                Err("ไม่มีภาพ".to_owned())
            }
        })
    }

    /// เฉพาะที่ซึ่งมีที่อยู่ไปรษณีย์อิเล็กทรอนิกส์
    #[rhai_fn(get = "with_email", pure)]
    pub fn with_email(places: &mut Places) -> Places {
        places.keep(|site, place| {
            let linked =
                |page: &extract::Page| page.links.iter().any(|link| link.to.scheme() == "mailto");
            let has = site.nodes_of(&site.places[place]).any(|(_, node)| {
                !emails(&agency_lines(node.text.as_str())).is_empty()
                    || node.page().is_some_and(linked)
            });
            if has {
                Ok(None)
            } else {
                Err("ไม่มีอีเมล".to_owned())
            }
        })
    }

    /// เฉพาะที่ซึ่งมีแผนที่ (แผนที่ฝัง ลิงก์แผนที่ หรือภาพแผนที่)
    #[rhai_fn(get = "with_map", pure)]
    pub fn with_map(places: &mut Places) -> Places {
        const MAPS: [&str; 5] = [
            "google.com/maps",
            "maps.google",
            "goo.gl/maps",
            "maps.app.goo.gl",
            "openstreetmap.org",
        ];
        let word = needle("แผนที่".into());
        places.keep(|site, place| {
            let map = |page: &extract::Page| {
                let embedded = page
                    .frames
                    .iter()
                    .chain(page.links.iter().map(|link| &link.to))
                    .any(|url| {
                        let url = url.as_str();
                        MAPS.iter().any(|map| url.contains(map))
                            || url.contains("google.") && url.contains("/maps")
                    });
                let pictured = page.images.iter().any(|image| {
                    let file = image
                        .src
                        .rsplit('/')
                        .next()
                        .unwrap_or_default()
                        .to_ascii_lowercase();
                    Text::new(image.alt.clone()).has(&word)
                        || file.contains("map")
                        || file.contains("location")
                });
                embedded || pictured
            };
            let has = site
                .nodes_of(&site.places[place])
                .any(|(_, node)| node.page().is_some_and(map));
            if has {
                Ok(None)
            } else {
                Err("ไม่มีแผนที่".to_owned())
            }
        })
    }

    // ---- people ----

    #[rhai_fn(get = "len", pure)]
    pub fn people_len(people: &mut People) -> i64 {
        people.list.len() as i64
    }

    #[rhai_fn(get = "is_empty", pure)]
    pub fn people_is_empty(people: &mut People) -> bool {
        people.list.is_empty()
    }

    /// รายชื่อ คั่นด้วยจุลภาค
    #[rhai_fn(get = "names", pure)]
    pub fn people_names(people: &mut People) -> String {
        people
            .list
            .iter()
            .map(|(_, person)| person.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// เฉพาะคนที่ตำแหน่งขึ้นต้นด้วยคำใดคำหนึ่ง
    #[rhai_fn(pure)]
    pub fn in_position(people: &mut People, words: Array) -> People {
        let words: Vec<String> = words
            .into_iter()
            .map(|word| thai::key(&word.to_string()))
            .collect();
        let list = people.list.iter().filter(|(_, person)| {
            words
                .iter()
                .any(|word| thai::key(&person.position).starts_with(word.as_str()))
        });
        People {
            site: people.site.clone(),
            list: list.cloned().collect(),
        }
    }

    /// คนที่ยังไม่มีรูปถ่าย
    #[rhai_fn(get = "without_photo", pure)]
    pub fn without_photo(people: &mut People) -> People {
        people_where(people, |person| !person.photo)
    }

    /// คนที่ยังไม่มีช่องทางการติดต่อ
    #[rhai_fn(get = "without_contact", pure)]
    pub fn without_contact(people: &mut People) -> People {
        people_where(people, |person| person.contacts.is_empty())
    }

    /// คนที่ยังไม่มีตำแหน่ง
    #[rhai_fn(get = "without_position", pure)]
    pub fn without_position(people: &mut People) -> People {
        people_where(people, |person| person.position.is_empty())
    }

    // ---- text ----

    /// ข้อความมีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn has(text: &mut ImmutableString, words: Dynamic) -> Fallible<bool> {
        let needles = needles(&words)?;
        let text = Text::new(text.to_string());
        Ok(needles.iter().any(|needle| text.has(needle)))
    }

    /// ต่อรายการข้อความด้วยตัวคั่น
    #[rhai_fn(pure)]
    pub fn join(list: &mut Array, separator: &str) -> String {
        list.iter()
            .map(Dynamic::to_string)
            .collect::<Vec<_>>()
            .join(separator)
    }

    // ---- forms ----

    #[rhai_fn(get = "len", pure)]
    pub fn forms_len(forms: &mut Forms) -> i64 {
        forms.list.len() as i64
    }

    #[rhai_fn(get = "is_empty", pure)]
    pub fn forms_is_empty(forms: &mut Forms) -> bool {
        forms.list.is_empty()
    }

    /// เฉพาะแบบฟอร์มที่ชื่อ หัวข้อ หรือช่องกรอกมีคำใดคำหนึ่ง
    #[rhai_fn(name = "about", pure, return_raw)]
    pub fn forms_about(forms: &mut Forms, words: Dynamic) -> Fallible<Forms> {
        let needles = needles(&words)?;
        let list = forms
            .list
            .iter()
            .filter(|form| needles.iter().any(|needle| form.words.has(needle)))
            .cloned()
            .collect();
        Ok(Forms {
            site: forms.site.clone(),
            list,
        })
    }

    /// ตัดแบบฟอร์มที่ชื่อ หัวข้อ หรือช่องกรอกมีคำใดคำหนึ่งออก
    #[rhai_fn(name = "without", pure, return_raw)]
    pub fn forms_without(forms: &mut Forms, words: Dynamic) -> Fallible<Forms> {
        let needles = needles(&words)?;
        let list = forms
            .list
            .iter()
            .filter(|form| !needles.iter().any(|needle| form.words.has(needle)))
            .cloned()
            .collect();
        Ok(Forms {
            site: forms.site.clone(),
            list,
        })
    }

    /// แบบฟอร์มที่ปลายทางหรือหน้าเดียวกันกับอีกชุดหนึ่ง
    #[rhai_fn(pure)]
    pub fn same_as(forms: &mut Forms, others: Forms) -> Forms {
        let same = |form: &&FormAt| {
            others
                .list
                .iter()
                .any(|other| other.target == form.target || other.place == form.place)
        };
        Forms {
            site: forms.site.clone(),
            list: forms.list.iter().filter(same).cloned().collect(),
        }
    }

    // ---- tables ----

    #[rhai_fn(get = "len", pure)]
    pub fn tables_len(tables: &mut Tables) -> i64 {
        tables.list.len() as i64
    }

    #[rhai_fn(get = "is_empty", pure)]
    pub fn tables_is_empty(tables: &mut Tables) -> bool {
        tables.list.is_empty()
    }

    /// เฉพาะตารางที่ชื่อหรือหัวตารางมีคำใดคำหนึ่ง
    #[rhai_fn(name = "about", pure, return_raw)]
    pub fn tables_about(tables: &mut Tables, words: Dynamic) -> Fallible<Tables> {
        let needles = needles(&words)?;
        let has = |table: &Table| {
            let words = Text::new(format!("{}\n{}", table.title, table.header.join("\n")));
            needles.iter().any(|needle| words.has(needle))
        };
        Ok(Tables {
            site: tables.site.clone(),
            list: tables
                .list
                .iter()
                .filter(|(_, table)| has(table))
                .cloned()
                .collect(),
        })
    }

    /// จำนวนแถวที่กรอกข้อมูลแล้ว ไม่นับหัวตาราง
    #[rhai_fn(get = "rows", pure)]
    pub fn rows(tables: &mut Tables) -> i64 {
        tables
            .list
            .iter()
            .flat_map(|(_, table)| &table.rows)
            .filter(|row| is_filled(row))
            .count() as i64
    }

    /// จำนวนช่องที่เป็นตัวเลข
    #[rhai_fn(get = "numbers", pure)]
    pub fn numbers(tables: &mut Tables) -> i64 {
        tables
            .list
            .iter()
            .flat_map(|(_, table)| &table.rows)
            .flat_map(|row| row.iter().skip(1))
            .filter(|cell| number(cell).is_some())
            .count() as i64
    }

    /// ผลรวมของสดมภ์ที่หัวตารางมีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn total(tables: &mut Tables, words: Dynamic) -> Fallible<f64> {
        let needles = needles(&words)?;
        let mut sum = 0.0;
        for (_, table) in &tables.list {
            let columns = table.header.iter().enumerate().filter(|(_, cell)| {
                let cell = Text::new((*cell).clone());
                needles.iter().any(|needle| cell.has(needle))
            });
            for (column, _) in columns {
                sum += table
                    .rows
                    .iter()
                    .filter_map(|row| row.get(column))
                    .filter_map(|cell| number(cell))
                    .sum::<f64>();
            }
        }
        Ok(sum)
    }

    // ---- leaders ----

    #[rhai_fn(get = "is_empty", pure)]
    pub fn leaders_is_empty(leaders: &mut Leaders) -> bool {
        leaders.list.is_empty()
    }

    /// ตำแหน่งและชื่อ คั่นด้วยจุลภาค
    #[rhai_fn(get = "names", pure)]
    pub fn leaders_names(leaders: &mut Leaders) -> String {
        let mut persons: Vec<&Leader> = Vec::new();
        for (_, leader) in &leaders.list {
            let known = persons.iter_mut().find(|known| {
                let same = site::same_person(&known.name, &leader.name);
                same || known.position == leader.position
                    && (known.name.is_empty() || leader.name.is_empty())
            });
            match known {
                Some(known)
                    if leader.name.len() > known.name.len()
                        || known.name == leader.name
                            && leader.position.len() < known.position.len() =>
                {
                    *known = leader
                }
                Some(_) => {}
                None => persons.push(leader),
            }
        }
        let shown = persons.iter().take(3).map(|leader| {
            format!("{} {}", leader.position, leader.name)
                .trim()
                .to_owned()
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// เฉพาะคนที่ตำแหน่งขึ้นต้นด้วยคำใดคำหนึ่ง
    #[rhai_fn(name = "in_position", pure)]
    pub fn leaders_in_position(leaders: &mut Leaders, words: Array) -> Leaders {
        let words: Vec<String> = words
            .into_iter()
            .map(|word| thai::key(&word.to_string()))
            .collect();
        let list = leaders.list.iter().filter(|(_, leader)| {
            words
                .iter()
                .any(|word| thai::key(&leader.position).starts_with(word.as_str()))
        });
        Leaders {
            site: leaders.site.clone(),
            list: list.cloned().collect(),
        }
    }

    /// เฉพาะคนที่ชื่อตรงกับบุคคลเหล่านี้ หรือเนื้อหาไม่ได้บอกชื่อไว้
    #[rhai_fn(pure)]
    pub fn among(leaders: &mut Leaders, people: People) -> Leaders {
        let known = |leader: &Leader| {
            leader.name.is_empty()
                || people.list.is_empty()
                || people
                    .list
                    .iter()
                    .any(|(_, person)| site::same_person(&person.name, &leader.name))
        };
        Leaders {
            site: leaders.site.clone(),
            list: leaders
                .list
                .iter()
                .filter(|(_, leader)| known(leader))
                .cloned()
                .collect(),
        }
    }

    // ---- answers ----

    /// เป็นไปตามเกณฑ์ เพราะ… ที่…
    #[rhai_fn(return_raw)]
    pub fn met(because: &str, at: Dynamic) -> Fallible<Answer> {
        answer(Outcome::Met, because, at)
    }

    /// ไม่เป็นไปตามเกณฑ์ เพราะ… ที่…
    #[rhai_fn(return_raw)]
    pub fn unmet(because: &str, at: Dynamic) -> Fallible<Answer> {
        answer(Outcome::Unmet, because, at)
    }

    /// เครื่องตัดสินไม่ได้ เพราะ… ที่… (อ่านไม่ได้)
    #[rhai_fn(return_raw)]
    pub fn unsure(because: &str, at: Dynamic) -> Fallible<Answer> {
        answer(Outcome::Unsure, because, at)
    }

    /// ต้องให้คนตัดสิน เพราะ… ที่…
    #[rhai_fn(return_raw)]
    pub fn ask_person(because: &str, at: Dynamic) -> Fallible<Answer> {
        Ok(Answer {
            reason: Some(Reason::NeedsPerson),
            ..answer(Outcome::Unsure, because, at)?
        })
    }
}

fn people_where(people: &People, test: impl Fn(&Person) -> bool) -> People {
    let list = people
        .list
        .iter()
        .filter(|(_, person)| person.name != "ว่าง" && test(person))
        .cloned()
        .collect();
    People {
        site: people.site.clone(),
        list,
    }
}
