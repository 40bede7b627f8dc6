//! Words about time: which year and months places are about, and when what they tell happened.

use rhai::plugin::*;

use super::places::{Places, Tested};
use super::year::Months;
use crate::site::{Happening, PlaceId, Site};
use crate::year::{FiscalYear, thai_date};

pub(super) fn register(engine: &mut Engine) {
    engine.register_global_module(rhai::exported_module!(words).into());
}

fn about(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    match site.about(place) {
        Some(fact) if fact.year == year => Ok(Some(fact.spot.clone())),
        Some(fact) => Err(format!("เป็นข้อมูลปี {}", fact.year)),
        None => Err("ไม่ระบุปี".to_owned()),
    }
}

fn covers(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    let ranges = site.ranges(place);
    let covering = ranges
        .iter()
        .find(|(from, to, _)| (*from..=*to).contains(&year.0));
    match (covering, ranges.first()) {
        (Some((_, _, spot)), _) => Ok(Some(spot.clone())),
        (None, Some((from, to, _))) => Err(format!("เป็นของปี {from}–{to} ไม่ครอบคลุมปี {year}")),
        (None, None) => about(site, place, year),
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
        Some(if fact.year == year {
            Ok(Some(fact.spot.clone()))
        } else {
            Err(format!("เป็นของปี {}", fact.year))
        })
    };
    within(site.happened(place), year, "เกิดขึ้น")
        .or_else(told)
        .unwrap_or_else(|| posted(site, place, year))
}

fn posted(site: &Site, place: PlaceId, year: FiscalYear) -> Tested {
    within(site.posted(place), year, "ลงไว้").unwrap_or_else(|| Err("ไม่แสดงวันที่".to_owned()))
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

    /// ลงประกาศในปีงบประมาณนั้น
    #[rhai_fn(pure)]
    pub fn posted_in(places: &mut Places, year: FiscalYear) -> Places {
        places.keep(|site, place| posted(site, place, year))
    }

    /// ไม่บอกปีไว้ทั้งในชื่อและเนื้อหา
    #[rhai_fn(get = "undated", pure)]
    pub fn undated(places: &mut Places) -> Places {
        places.only("ระบุปีไว้แล้ว", |site, place| {
            site.about(place).is_none() && site.ranges(place).is_empty()
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
    pub fn day(places: &mut Places) -> String {
        let site = &places.site;
        let mut days = places.hits.iter().filter_map(|hit| {
            let happened = site.happened(hit.place).first();
            happened.or(site.posted(hit.place).first())
        });
        days.next().map(|it| thai_date(it.day)).unwrap_or_default()
    }
}
