//! Words about time: which year and months places are about, and when what they tell happened.

use rhai::plugin::*;

use super::places::{Places, Tested};
use super::year::Months;
use crate::site::{Happening, PlaceId, Site, Spot};
use crate::thai::dates::Confidence;
use crate::year::{FiscalYear, Month, thai_date};

pub(super) fn register(engine: &mut Engine) {
    engine.register_global_module(rhai::exported_module!(words).into());
}

fn about(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    match site.about(place) {
        Some(fact) if fact.year == year && fact.settled() => Ok(Some(fact.spot.clone())),
        told => Err(doubt(site, place, year).map_or_else(
            || match told {
                Some(fact) => format!("เป็นข้อมูลปี {}", fact.year),
                None => "ไม่ระบุปี".to_owned(),
            },
            |(why, _)| why,
        )),
    }
}

/// Why only a person can tell whether a place is of the year, and where that shows: two years, a mere hint, a school
/// year. `None` where the place settles it.
fn doubt(site: &Site, place: PlaceId, year: FiscalYear) -> Option<(String, Spot)> {
    let told = site.about(place);
    if let Some(fact) = told.filter(|fact| fact.confidence > Confidence::Weak) {
        if fact.hidden {
            let why = format!(
                "ชื่อบอกว่า “{}” แต่ปีที่เขียนไว้ในภาพเป็นตัวเลขที่เครื่องอ่านไม่แน่ใจ",
                fact.words
            );
            return (fact.year == year).then(|| (why, fact.spot.clone()));
        }
        let rival = fact.rival.as_ref()?;
        let asked = fact.year == year || rival.year == year;
        let why = format!("บอกสองปี คือ “{}” และ “{}”", fact.words, rival.words);
        return asked.then(|| (why, fact.spot.clone()));
    }
    if let Some(hint) = told.filter(|fact| fact.year == year) {
        let why = format!("ปี {year} มีแต่ในชื่อไฟล์หรือดัชนีว่า “{}”", hint.words);
        return Some((why, hint.spot.clone()));
    }
    let (from, to, spot) = site.academic(place)?;
    let last = to + 1;
    (*from..=last).contains(&year.0).then(|| {
        let why = format!("เป็นปีการศึกษา {from} ซึ่งคาบเกี่ยวปีงบประมาณ {from} ถึง {last}");
        (why, spot.clone())
    })
}

fn covers(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    let ranges = site.ranges(place);
    let covering = ranges
        .iter()
        .find(|(from, to, _)| (*from..=*to).contains(&year.0));
    match (covering, ranges.first()) {
        (Some((_, _, spot)), _) => Ok(Some(spot.clone())),
        (None, Some((from, to, _))) => Err(format!("เป็นของปี {from}–{to} ไม่ครอบคลุมปี {year}")),
        (None, None) => match site.academic(place) {
            // The years between the first and the last are covered whole.
            Some((from, to, spot)) if (from + 1..=*to).contains(&year.0) => Ok(Some(spot.clone())),
            _ => about(site, place, year),
        },
    }
}

/// A day of the year among the days, or what to say of the first one; `None` when there are no days.
fn within(days: &[Happening], year: FiscalYear, said: &str) -> Option<Tested> {
    let first = days.first()?;
    let inside = days.iter().find(|it| FiscalYear::of(it.day) == year);
    Some(inside.map(|it| Some(it.spot.clone())).ok_or_else(|| {
        let (day, of) = (thai_date(first.day), FiscalYear::of(first.day));
        format!("{said}เมื่อ {day} ซึ่งอยู่ในปีงบประมาณ {of}")
    }))
}

/// Whether it happened in the year: days of the event first, then the year it is about, then its posting.
fn happened(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    let told = || {
        let fact = site.about(place)?;
        (fact.confidence > Confidence::Weak).then(|| about(site, place, year))
    };
    within(site.happened(place), year, "เกิดขึ้น")
        .or_else(told)
        .unwrap_or_else(|| posted(site, place, year))
}

fn posted(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    within(site.posted(place), year, "ลงไว้").unwrap_or_else(|| Err("ไม่แสดงวันที่".to_owned()))
}

/// Whether an activity took place in the year: its day or month says so; where neither stands there, the content that
/// names the budget year, or a year that the day of posting bears out.
fn held(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    let days = site.happened(place);
    if let Some(told) = within(days, year, "เกิดขึ้น") {
        return match torn(days, year) {
            Some(both) => Err(both),
            None => told,
        };
    }
    let months = site.months(place);
    if let Some(month) = months.first() {
        let inside = months.iter().any(|month| month.fiscal_year() == year);
        return match inside {
            true => Ok(None),
            false => Err(format!("เป็นของเดือน{month}")),
        };
    }
    let spot = about(site, place, year)?;
    let fact = site.about(place);
    let stated = fact.is_some_and(|fact| fact.budget && !of_a_plan(site, &fact.spot));
    // News of the first quarter may still be of the year before.
    let posted = site.posted(place).iter().map(|it| Month::of(it.day));
    let borne_out = posted
        .into_iter()
        .any(|month| month.fiscal_year() == year && month.month < 10);
    if stated || borne_out {
        Ok(spot)
    } else {
        Err("ไม่แสดงวันที่ดำเนินการ".to_owned())
    }
}

/// Whether words are not of the content, or stand behind the name of a plan: its year is not that of what is done.
fn of_a_plan(site: &Site, spot: &Spot) -> bool {
    const NAME: usize = 60;
    let text = site.nodes[spot.node].text.as_str();
    let before = spot
        .range
        .as_ref()
        .and_then(|range| text.get(..range.start));
    before.filter(|_| !spot.ocr).is_none_or(|before| {
        let start = before
            .char_indices()
            .rev()
            .take(NAME)
            .last()
            .map_or(0, |(at, _)| at);
        before[start..].contains("แผน")
    })
}

/// Both days, where the first of an activity is of another year and a later one of this: which of them it was held on,
/// and which it only tells of, a person must see.
fn torn(days: &[Happening], year: FiscalYear) -> Option<String> {
    let inside = |it: &&Happening| FiscalYear::of(it.day) == year;
    let first = days.first().filter(|it| !inside(it))?;
    let later = days.iter().find(inside)?;
    Some(format!(
        "มีทั้งวันที่ {} และ {}",
        thai_date(first.day),
        thai_date(later.day)
    ))
}

/// What speaks for the year where the activity shows no day of its own, and where: a year in its name, the day it was
/// posted (up to three months after the year), the day in a file's name.
fn sign(site: &Site, place: PlaceId, year: FiscalYear) -> Option<(String, Spot)> {
    if let Some(both) = torn(site.happened(place), year) {
        let first = site.happened(place).first()?;
        return Some((both, first.spot.clone()));
    }
    let dated = !site.happened(place).is_empty() || !site.months(place).is_empty();
    if dated || held(site, place, year).is_ok() {
        return None;
    }
    if let Some(doubt) = doubt(site, place, year) {
        return Some(doubt);
    }
    match site.about(place) {
        Some(fact) if fact.year == year => {
            return Some((format!("มีแต่ปีในเรื่องว่า “{}”", fact.words), fact.spot.clone()));
        }
        Some(fact) if fact.confidence > Confidence::Weak => return None,
        _ => {}
    }
    let near = |it: &&Happening| {
        let month = Month::of(it.day);
        let of = month.fiscal_year();
        of == year || of.previous() == year && month.month >= 10
    };
    if let Some(it) = site.posted(place).iter().find(near) {
        return Some((
            format!("มีแต่วันที่ลงประกาศ {}", thai_date(it.day)),
            it.spot.clone(),
        ));
    }
    let it = site
        .hinted(place)
        .iter()
        .find(|it| FiscalYear::of(it.day) == year)?;
    Some((
        format!("มีแต่วันที่ในชื่อไฟล์ {}", thai_date(it.day)),
        it.spot.clone(),
    ))
}

#[export_module]
mod words {
    /// เป็นข้อมูลของปีงบประมาณนั้น
    #[rhai_fn(pure)]
    pub fn of_year(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| about(site, place, year))
    }

    /// มีระยะเวลาครอบคลุมปีนั้น
    #[rhai_fn(pure)]
    pub fn covering(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| covers(site, place, year))
    }

    /// เกิดขึ้นในปีงบประมาณนั้น ดูจากวันที่จัด วันที่ลงนาม ปีของเรื่อง แล้วจึงวันที่ลงประกาศ
    #[rhai_fn(pure)]
    pub fn happened_in(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| happened(site, place, year))
    }

    /// กิจกรรมจัดขึ้นในปีงบประมาณนั้น ดูจากวันหรือเดือนที่จัด ปีในชื่อเรื่องหรือวันที่ลงประกาศอย่างเดียวไม่พอ
    #[rhai_fn(pure)]
    pub fn held_in(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| held(site, place, year))
    }

    /// ไม่แสดงวันที่จัด มีแต่ร่องรอยว่าอาจจัดในปีงบประมาณนั้น คนต้องเปิดดู
    #[rhai_fn(pure)]
    pub fn perhaps_held_in(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| match sign(site, place, year) {
            Some((_, spot)) => Ok(Some(spot)),
            None => Err("ไม่มีร่องรอยของปีนั้น".to_owned()),
        })
    }

    /// ร่องรอยของปีนั้นในแห่งแรกที่ไม่แสดงวันที่จัด เช่น วันที่ลงประกาศ
    #[rhai_fn(pure)]
    pub fn sign_of(places: &mut Places, year: FiscalYear) -> String {
        let mut hits = places.hits.iter();
        let sign = hits.find_map(|hit| sign(&places.site, hit.place, year));
        sign.map(|(said, _)| said).unwrap_or_default()
    }

    /// คนต้องเปิดดูว่าเป็นปีนั้นหรือไม่: บอกสองปี มีแต่ชื่อไฟล์หรือดัชนีที่บอกปี หรือเป็นปีการศึกษา
    #[rhai_fn(pure)]
    pub fn unsettled(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| match doubt(site, place, year) {
            Some((_, spot)) => Ok(Some(spot)),
            None => Err("ปีชัดเจนแล้ว".to_owned()),
        })
    }

    /// เหตุที่ยังตัดสินปีของแห่งแรกไม่ได้ พร้อมคำที่พบ
    #[rhai_fn(pure)]
    pub fn why_unsettled(places: &mut Places, year: FiscalYear) -> String {
        let mut hits = places.hits.iter();
        let doubt = hits.find_map(|hit| doubt(&places.site, hit.place, year));
        doubt.map(|(why, _)| why).unwrap_or_default()
    }

    /// เป็นของปีการศึกษา ไม่ใช่ปีงบประมาณ
    #[rhai_fn(get = "academic", pure)]
    pub fn academic(places: &mut Places) -> Places {
        places.keep(|site, place| match site.academic(place) {
            Some((_, _, spot)) => Ok(Some(spot.clone())),
            None => Err("ไม่ใช่ปีการศึกษา".to_owned()),
        })
    }

    /// ลงประกาศในปีงบประมาณนั้น
    #[rhai_fn(pure)]
    pub fn posted_in(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| posted(site, place, year))
    }

    /// ไม่บอกปีไว้ทั้งในชื่อและเนื้อหา
    #[rhai_fn(get = "undated", pure)]
    pub fn undated(places: &mut Places) -> Places {
        places.only("ระบุปีไว้แล้ว", |site, place| {
            let told = site.about(place);
            let told = told.is_some_and(|fact| fact.confidence > Confidence::Weak);
            !told && site.ranges(place).is_empty()
        })
    }

    /// เดือนที่ข้อมูลครอบคลุม
    #[rhai_fn(get = "months", pure)]
    pub fn months(places: &mut Places) -> Months {
        let hits = places.hits.iter();
        let months = hits.flat_map(|hit| places.site.months(hit.place));
        Months(months.copied().collect())
    }

    /// ปีที่ข้อมูลระบุ คั่นด้วยจุลภาค
    #[rhai_fn(get = "years", pure)]
    pub fn years(places: &mut Places) -> String {
        let mut years: Vec<String> = Vec::new();
        for hit in places.hits.iter() {
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

    /// วันที่ลงประกาศของแห่งแรก เป็นคำไทย ว่างเมื่อไม่แสดงวันที่
    #[rhai_fn(get = "posted_day", pure)]
    pub fn posted_day(places: &mut Places) -> String {
        let site = &places.site;
        let mut days = places
            .hits
            .iter()
            .filter_map(|hit| site.posted(hit.place).first());
        days.next().map(|it| thai_date(it.day)).unwrap_or_default()
    }

    /// วันที่จัดหรือวันที่ลงนามของแห่งแรก เป็นคำไทย ว่างเมื่อไม่แสดงวันที่
    #[rhai_fn(get = "day", pure)]
    pub fn day(places: &mut Places) -> String {
        let site = &places.site;
        let mut days = places
            .hits
            .iter()
            .filter_map(|hit| site.happened(hit.place).first());
        days.next().map(|it| thai_date(it.day)).unwrap_or_default()
    }
}
