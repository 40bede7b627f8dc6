//! Words about people: who is shown, who leads and who signs.

use rhai::Array;
use rhai::plugin::*;

use super::places::Places;
use super::site::current_head;
use super::{PAIRS, Shown, Thing, register_many, spend};
use crate::extract::Person;
use crate::site::{Leader, PlaceId, Site, Spot, same_person};
use crate::thai::{self, Needle, Text};

pub(super) fn register(engine: &mut Engine) {
    register_many::<People>(engine, "People");
    register_many::<Leaders>(engine, "Leaders");
    engine
        .register_type_with_name::<Person>("Person")
        .register_global_module(rhai::exported_module!(words).into());
}

/// People shown on places.
pub(super) type People = Shown<Person>;
/// Who leads or signs.
pub(super) type Leaders = Shown<Leader>;

impl Thing for Person {}

impl Thing for Leader {
    fn spot(&self) -> Option<&Spot> {
        Some(&self.spot)
    }
}

/// Stands in a table of positions that nobody holds.
const VACANT: &str = "ว่าง";

/// A test of positions: whether one begins with one of the words.
fn position_test(words: Array) -> impl Fn(&str) -> bool {
    let words: Vec<String> = words
        .into_iter()
        .map(|word| thai::key(&word.to_string()))
        .collect();
    move |position| {
        let key = thai::key(position);
        words.iter().any(|word| key.starts_with(word.as_str()))
    }
}

impl People {
    /// The people, vacancies aside, that pass.
    fn among_present(&self, test: impl Fn(&Person) -> bool) -> Self {
        self.keep(|person| person.name != VACANT && test(person))
    }
}

/// Whether the second tells of the same leader.
fn same_leader(one: &Leader, other: &Leader) -> bool {
    let one_unnamed = one.name.is_empty() || other.name.is_empty();
    same_person(&one.name, &other.name) || one.position == other.position && one_unnamed
}

/// Whether the second tells more of the same leader: a longer name, or the same with a plainer position.
fn tells_more(known: &Leader, leader: &Leader) -> bool {
    leader.name.len() > known.name.len()
        || known.name == leader.name && leader.position.len() < known.position.len()
}

/// Leaders without those whose name was read off a picture, unless it is the name the site shows as its head's, a letter
/// or two misread: a misread name must not make a stranger of the head, nor a head of a stranger.
fn proven(site: &Site, all: Vec<(PlaceId, Leader)>) -> Vec<(PlaceId, Leader)> {
    let (read, mut list): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, leader)| leader.spot.ocr);
    if !read.is_empty()
        && let Some((_, head)) = current_head(site)
    {
        let name = Needle::parse(&head.name);
        for (place, leader) in read {
            if Text::new(leader.name.as_str()).find_near(&name).is_some() {
                let name = head.name.clone();
                list.push((place, Leader { name, ..leader }));
            }
        }
    }
    list
}

#[export_module]
mod words {
    /// บุคคลที่แสดงไว้
    #[rhai_fn(get = "people", pure)]
    pub fn people(places: &mut Places) -> People {
        let mut list: Vec<(PlaceId, Person)> = Vec::new();
        let shown = places
            .nodes()
            .filter_map(|(place, node)| node.page().map(|page| (place, &page.people)))
            .flat_map(|(place, people)| people.iter().map(move |person| (place, person)));
        for (place, person) in shown {
            let known = list
                .iter_mut()
                .find(|(_, there)| person.name != VACANT && same_person(&there.name, &person.name));
            let Some((_, there)) = known else {
                list.push((place, person.clone()));
                continue;
            };
            there.photo |= person.photo;
            for contact in &person.contacts {
                if !there.contacts.contains(contact) {
                    there.contacts.push(contact.clone());
                }
            }
        }
        People::new(&places.site, list)
    }

    /// รายชื่อ คั่นด้วยจุลภาค
    #[rhai_fn(get = "names", pure)]
    pub fn names(people: &mut People) -> String {
        let names = people.list.iter().map(|(_, person)| person.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    /// เฉพาะคนที่ตำแหน่งขึ้นต้นด้วยคำใดคำหนึ่ง
    #[rhai_fn(pure)]
    pub fn in_position(people: &mut People, words: Array) -> People {
        spend(words.len().saturating_mul(people.list.len()) / PAIRS);
        let holds = position_test(words);
        people.keep(|person| holds(&person.position))
    }

    /// คนที่ยังไม่มีรูปถ่าย
    #[rhai_fn(get = "without_photo", pure)]
    pub fn without_photo(people: &mut People) -> People {
        people.among_present(|person| !person.photo)
    }

    /// คนที่ยังไม่มีช่องทางการติดต่อ
    #[rhai_fn(get = "without_contact", pure)]
    pub fn without_contact(people: &mut People) -> People {
        people.among_present(|person| person.contacts.is_empty())
    }

    /// คนที่ยังไม่มีตำแหน่ง
    #[rhai_fn(get = "without_position", pure)]
    pub fn without_position(people: &mut People) -> People {
        people.among_present(|person| person.position.is_empty())
    }

    /// ผู้นำกิจกรรมหรือผู้ลงนามตามเนื้อหา
    #[rhai_fn(get = "leaders", pure)]
    pub fn leaders(places: &mut Places) -> Leaders {
        let mut list = Vec::new();
        for hit in places.hits.iter() {
            let leaders = places.site.leaders(hit.place).iter();
            list.extend(leaders.map(|leader| (hit.place, leader.clone())));
        }
        let list = proven(&places.site, list);
        Leaders::new(&places.site, list)
    }

    /// ตำแหน่งและชื่อ คั่นด้วยจุลภาค
    #[rhai_fn(get = "names", pure)]
    pub fn leaders_names(leaders: &mut Leaders) -> String {
        const MOST: usize = 3;
        let mut told: Vec<&Leader> = Vec::new();
        for (_, leader) in leaders.list.iter() {
            match told.iter_mut().find(|known| same_leader(known, leader)) {
                Some(known) if tells_more(known, leader) => *known = leader,
                Some(_) => {}
                None => told.push(leader),
            }
        }
        let shown = told.iter().take(MOST).map(|leader| {
            let both = format!("{} {}", leader.position, leader.name);
            both.trim().to_owned()
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// เฉพาะคนที่ตำแหน่งขึ้นต้นด้วยคำใดคำหนึ่ง
    #[rhai_fn(name = "in_position", pure)]
    pub fn leaders_in_position(leaders: &mut Leaders, words: Array) -> Leaders {
        spend(words.len().saturating_mul(leaders.list.len()) / PAIRS);
        let holds = position_test(words);
        leaders.keep(|leader| holds(&leader.position))
    }

    /// เฉพาะคนที่ชื่อตรงกับบุคคลเหล่านี้ หรือเนื้อหาไม่ได้บอกชื่อไว้
    #[rhai_fn(pure)]
    pub fn among(leaders: &mut Leaders, people: People) -> Leaders {
        spend(leaders.list.len().saturating_mul(people.list.len()) / PAIRS);
        leaders.keep(|leader| {
            let mut known = people.list.iter().map(|(_, person)| &person.name);
            leader.name.is_empty()
                || people.list.is_empty()
                || known.any(|name| same_person(name, &leader.name))
        })
    }
}
