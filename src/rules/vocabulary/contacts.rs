//! Words about how to reach the agency: telephone, fax, e-mail, map; and numbers behind words.

use std::ops::Range;

use rhai::plugin::*;

use super::places::Places;
use super::{Fallible, needle, needles};
use crate::extract::{Image, Page};
use crate::site::{Node, Spot};
use crate::thai::contact::{Answers, mails, numbers};
use crate::thai::{Text, digit, head};

pub(super) fn register(engine: &mut Engine) {
    engine.register_global_module(rhai::exported_module!(words).into());
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
    let lines: Vec<&str> = text.lines().filter(|line| !made(line)).collect();
    lines.join("\n")
}

/// An embedded map, a link to one, or a picture of one.
fn has_map(page: &Page) -> bool {
    const MAPS: [&str; 5] = [
        "google.com/maps",
        "maps.google",
        "goo.gl/maps",
        "maps.app.goo.gl",
        "openstreetmap.org",
    ];
    let is_map = |url: &str| {
        MAPS.iter().any(|map| url.contains(map)) || url.contains("google.") && url.contains("/maps")
    };
    let word = needle("แผนที่".into());
    let shows_map = |image: &Image| {
        let file = image.src.rsplit('/').next().unwrap_or_default();
        let file = file.to_ascii_lowercase();
        Text::new(image.alt.clone()).has(&word) || file.contains("map") || file.contains("location")
    };
    let links = page.links.iter().map(|link| &link.to);
    let mut embedded = page.frames.iter().chain(links);
    embedded.any(|url| is_map(url.as_str())) || page.images.iter().any(shows_map)
}

/// A number above zero at the head of a text: `: 12`, `(๓)`.
fn begins_with_number(text: &str) -> bool {
    const REACH: usize = 8;
    text.chars()
        .take(REACH)
        .skip_while(|c| " :=()[".contains(*c))
        .map_while(digit)
        .any(|digit| digit > 0)
}

impl Places {
    /// Keeps the places in which some words stand, and shows them there.
    fn where_stands(&self, why: &str, find: impl Fn(&Node) -> Option<Range<usize>>) -> Self {
        self.keep(|site, place| {
            let mut spots = site
                .nodes_of(&site.places[place])
                .filter_map(|(node, it)| find(it).map(|range| (node, Some(range))));
            let first = spots.next().map(|(node, range)| Spot {
                node,
                range,
                ocr: false,
            });
            first.map(Some).ok_or_else(|| why.to_owned())
        })
    }
}

#[export_module]
mod words {
    /// เฉพาะที่ซึ่งมีหมายเลขโทรศัพท์
    #[rhai_fn(get = "with_phone", pure)]
    pub fn with_phone(places: &mut Places) -> Places {
        places.with_node(
            "ไม่มีหมายเลขโทรศัพท์",
            |node| {
                numbers(&agency_lines(node.text.as_str()))
                    .iter()
                    .any(|(_, answers)| *answers == Answers::Phone)
            },
        )
    }

    /// เฉพาะที่ซึ่งมีหมายเลขโทรศัพท์อยู่หลังคำใดคำหนึ่ง เช่น โทรสาร
    #[rhai_fn(pure, return_raw)]
    pub fn with_phone_after(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        const REACH: usize = 40;
        let needles = needles(&words)?;
        let why = format!("ไม่มีหมายเลขหลังคำว่า “{}”", needles[0].as_str());
        Ok(places.where_stands(&why, |node| {
            let mut found = needles.iter().filter_map(|needle| node.text.find(needle));
            found.find(|range| {
                let after = head(&node.text.as_str()[range.end..], REACH);
                !numbers(after).is_empty()
            })
        }))
    }

    /// เฉพาะที่ซึ่งมีจำนวนมากกว่าศูนย์อยู่หลังคำใดคำหนึ่งทันที เช่น “ตอบแล้ว 1”
    #[rhai_fn(pure, return_raw)]
    pub fn with_number_after(places: &mut Places, words: Dynamic) -> Fallible<Places> {
        let needles = needles(&words)?;
        let why = format!("ไม่มีจำนวนหลังคำว่า “{}”", needles[0].as_str());
        Ok(places.where_stands(&why, |node| {
            let text = node.text.as_str();
            needles
                .iter()
                .flat_map(|needle| text.match_indices(needle.as_str()))
                .map(|(at, word)| at..at + word.len())
                .find(|range| begins_with_number(&text[range.end..]))
        }))
    }

    /// เฉพาะที่ซึ่งมีที่อยู่ไปรษณีย์อิเล็กทรอนิกส์
    #[rhai_fn(get = "with_email", pure)]
    pub fn with_email(places: &mut Places) -> Places {
        let links = |page: &Page| page.links.iter().any(|link| link.to.scheme() == "mailto");
        places.with_node("ไม่มีอีเมล", |node| {
            !mails(&agency_lines(node.text.as_str())).is_empty() || node.page().is_some_and(links)
        })
    }

    /// เฉพาะที่ซึ่งมีแผนที่ (แผนที่ฝัง ลิงก์แผนที่ หรือภาพแผนที่)
    #[rhai_fn(get = "with_map", pure)]
    pub fn with_map(places: &mut Places) -> Places {
        places.with_node("ไม่มีแผนที่", |node| {
            node.page().is_some_and(has_map)
        })
    }
}
