//! Words of the site: where to begin looking.

use std::sync::Arc;

use rhai::Array;
use rhai::plugin::*;

use super::people::People;
use super::places::{Places, Why};
use super::{Fallible, PAIRS, mistake, needles, pay_search, spend};
use crate::agency::Agency;
use crate::extract::Person;
use crate::fetch::outside::OutsideKind;
use crate::rules::answer::Finding;
use crate::site::{Node, PlaceId, Rank, Site, Spot};
use crate::thai::clean;
use crate::year::FiscalYear;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<SiteView>("Site")
        .register_global_module(rhai::exported_module!(words).into());
}

/// The site of one judgement, for one assessed year.
#[derive(Clone)]
pub struct SiteView {
    /// The site.
    pub site: Arc<Site>,
    /// The assessed year.
    pub year: FiscalYear,
}

/// Why a place of the right name does not count; `None` when it does.
fn refusal(site: &Site, place: PlaceId) -> Option<Why> {
    let node = site.main(place);
    if let Some(why) = node.broken() {
        return Some(why.to_owned().into());
    }
    if let Some(other) = site.other_owner(place) {
        return Some(Why {
            lacks: format!("เป็นเอกสารของ{}", other.name),
            finding: Some(Finding::OtherAgency),
            spot: Some(other.spot.clone()),
        });
    }
    if site.is_blank(place) {
        return Some("มีแต่หัวข้อ ไม่มีข้อมูล".to_owned().into());
    }
    if let Some(spot) = site.unfilled(place) {
        return Some(Why {
            lacks: format!("เป็นแบบฟอร์มที่ยังไม่ได้กรอก{}", words_at(site, spot)),
            finding: Some(Finding::UnfilledForm),
            spot: Some(spot.clone()),
        });
    }
    let unlinked = node.clicks.is_none();
    unlinked.then(|| "ไม่มีลิงก์ไปถึงจากหน้าแรก".to_owned().into())
}

/// The words at a spot in quotation marks; nothing for a spot without words.
fn words_at(site: &Site, spot: &Spot) -> String {
    let range = spot.range.clone();
    let text = &site.nodes[spot.node].text;
    let words = range.and_then(|range| text.as_str().get(range));
    words.map_or_else(String::new, |words| {
        format!(" “{}”", clean(words).replace('\n', " "))
    })
}

/// The kinds of places outside the site that a rule names.
pub(super) fn outside_kinds(names: Array) -> Fallible<Vec<OutsideKind>> {
    let mut kinds = Vec::with_capacity(names.len());
    for name in names {
        let name = name.to_string();
        match OutsideKind::named(&name) {
            Some(kind) => kinds.push(kind),
            None => {
                let all: Vec<&str> = OutsideKind::ALL.iter().map(|(name, _)| *name).collect();
                return mistake(format!(
                    "ไม่รู้จักชนิดของที่นอกเว็บไซต์ “{name}” ใช้ได้: {}",
                    all.join(", ")
                ));
            }
        }
    }
    Ok(kinds)
}

/// Whether a node stands outside the site and is of one of the kinds.
pub(super) fn is_outside(node: &Node, kinds: &[OutsideKind]) -> bool {
    let outside = node.outside.as_ref();
    outside.is_some_and(|outside| kinds.contains(&outside.kind))
}

/// Who is shown as holding the highest office.
pub(super) fn current_head(site: &Site) -> Option<(PlaceId, Person)> {
    let titles = site.agency.kind.head_titles();
    let leads = |person: &&Person| {
        titles.iter().any(|title| {
            person.position.starts_with(title)
                || person.position.contains(&format!("ปฏิบัติหน้าที่{title}"))
        })
    };
    // Who stands with a picture among colleagues is shown as holding the office; a name under an old paper is not.
    // Of several such pages the one nearest to the home page is current: old generations of a site lie deeper.
    let team = |place: usize| {
        site.main(place)
            .page()
            .is_some_and(|page| page.people.len() > 1)
    };
    (0..site.places.len())
        .filter(|&place| site.clicks(place).is_some())
        .filter_map(|place| {
            let person = site.main(place).page()?.people.iter().find(leads)?;
            Some((place, person.clone()))
        })
        .min_by_key(|(place, person)| (!team(*place), !person.photo, site.clicks(*place), *place))
}

#[export_module]
mod words {
    /// ที่ต่าง ๆ บนเว็บไซต์ที่ชื่อเรื่อง ชื่อลิงก์ หรือหัวข้อ มีคำใดคำหนึ่ง รวมทั้งหน้าและไฟล์ที่อยู่ใต้หัวข้อนั้น
    /// "ก + ข" หมายถึงมีทั้งสองคำในชื่อเดียวกัน
    #[rhai_fn(pure, return_raw)]
    pub fn find(site: &mut SiteView, words: Dynamic) -> Fallible<Places> {
        let site = &site.site;
        let mut places = Places::none(site);
        let needles = needles(&words)?;
        pay_search(site.places.len());
        for (place, rank) in site.find(&needles) {
            match refusal(site, place) {
                Some(why) => places.refuse(place, rank, why),
                None => places.take(place, rank),
            }
        }
        Ok(places)
    }

    /// หน้าที่ชื่อมีคำใดคำหนึ่งโดยตรง รวมหน้ารายการ แต่ไม่รวมสิ่งที่อยู่ใต้หน้านั้น
    #[rhai_fn(pure, return_raw)]
    pub fn sections(site: &mut SiteView, words: Dynamic) -> Fallible<Places> {
        let mut places = Places::none(&site.site);
        let needles = needles(&words)?;
        pay_search(site.site.places.len());
        for place in site.site.named(&needles) {
            places.take(place, Rank::Named);
        }
        Ok(places)
    }

    /// หน้าแรกของเว็บไซต์
    #[rhai_fn(get = "home", pure)]
    pub fn home(site: &mut SiteView) -> Places {
        let main = site.site.home;
        let home = site
            .site
            .places
            .iter()
            .find(|place| Some(place.main) == main);
        Places::of(&site.site, home.map(|place| place.id))
    }

    /// ส่วนหัวและท้ายที่แสดงซ้ำทุกหน้า
    #[rhai_fn(get = "furniture", pure)]
    pub fn furniture(site: &mut SiteView) -> Places {
        Places::of(&site.site, site.site.furniture)
    }

    /// ลิงก์ออกไปนอกเว็บไซต์ที่ที่อยู่มีคำใดคำหนึ่ง เช่น site.off_site(["facebook.com"])
    #[rhai_fn(pure)]
    pub fn off_site(site: &mut SiteView, words: Array) -> Places {
        spend(words.len().saturating_mul(site.site.places.len()) / PAIRS);
        let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
        let there = (0..site.site.places.len()).filter(|&place| {
            let node = site.site.main(place);
            let has = |word: &String| node.url.as_str().contains(word.as_str());
            // A share button passes a page on and is no channel.
            node.outside.is_some() && !node.index && words.iter().any(has)
        });
        Places::of(&site.site, there)
    }

    /// ที่ซึ่งอยู่นอกเว็บไซต์ ชนิดใดชนิดหนึ่ง: drive folder document form site cloud flipbook social post share chat
    /// central survey short map viewer sign_in file website
    #[rhai_fn(pure, return_raw)]
    pub fn outside(site: &mut SiteView, kinds: Array) -> Fallible<Places> {
        let kinds = outside_kinds(kinds)?;
        let there = (0..site.site.places.len()).filter(|&place| {
            let node = site.site.main(place);
            !node.index && is_outside(node, &kinds)
        });
        Ok(Places::of(&site.site, there))
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
        let site = &site.site;
        let head = current_head(site);
        People::new(site, head.into_iter().collect())
    }
}
