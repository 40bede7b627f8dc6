//! Words about what places say: single words, and lists of fields that must be filled.

use std::sync::Arc;

use rhai::Array;
use rhai::plugin::*;

use super::places::{Hit, Places, first_spot};
use super::{Fallible, mistake, needles, pay_search};
use crate::thai::Needle;

pub(super) fn register(engine: &mut Engine) {
    engine.register_global_module(rhai::exported_module!(words).into());
}

/// A field's name to show, and what it may be called.
type Field = (ImmutableString, Vec<Arc<Needle>>);

/// Fields: a list of names, each a text or a list whose first text is the name to show and the rest are its other names.
fn fields(places: &Places, list: &Array) -> Fallible<Vec<Field>> {
    list.iter()
        .map(|field| {
            let shown = match field.clone().try_cast::<Array>() {
                Some(names) => names.first().cloned().unwrap_or_default(),
                None => field.clone(),
            };
            match shown.into_immutable_string() {
                Ok(shown) => {
                    let needles = needles(field)?;
                    pay_search(places.hits.len());
                    Ok((shown, needles))
                }
                Err(kind) => mistake(format!("ชื่อช่องข้อมูลต้องเป็นข้อความ แต่ได้ {kind}")),
            }
        })
        .collect()
}

impl Places {
    /// Whether a place shows one of the words: in its content, or as a header of its tables.
    fn shows(&self, hit: &Hit, needles: &[Arc<Needle>]) -> bool {
        first_spot(&self.site, hit.place, needles).is_some()
    }

    /// Fields that a place does not show.
    fn lacks<'a>(&self, hit: &Hit, fields: &'a [Field]) -> Vec<&'a Field> {
        let lacks = |field: &&Field| !self.shows(hit, &field.1);
        fields.iter().filter(lacks).collect()
    }
}

fn names<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Array {
    let names = fields.into_iter().map(|(name, _)| name.clone());
    names.map(Dynamic::from).collect()
}

#[export_module]
mod words {
    /// มีเนื้อหาใดกล่าวถึงคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn mentions(places: &mut Places, words: Dynamic) -> Fallible<bool> {
        let needles = needles(&words)?;
        pay_search(places.hits.len());
        Ok(places.hits.iter().any(|hit| places.shows(hit, &needles)))
    }

    /// แห่งเดียวที่มีช่องข้อมูลครบที่สุด
    #[rhai_fn(pure, return_raw)]
    pub fn best(places: &mut Places, list: Array) -> Fallible<Places> {
        let fields = fields(places, &list)?;
        let hits = places.hits.iter();
        let best = hits.min_by_key(|hit| places.lacks(hit, &fields).len());
        let best = best.map(|hit| {
            let mut spots = fields
                .iter()
                .filter_map(|(_, needles)| first_spot(&places.site, hit.place, needles));
            hit.at(spots.next())
        });
        Ok(places.with_hits(best.into_iter().collect()))
    }

    /// ช่องข้อมูลที่แห่งที่ครบที่สุดยังขาด
    #[rhai_fn(pure, return_raw)]
    pub fn lacking(places: &mut Places, list: Array) -> Fallible<Array> {
        let fields = fields(places, &list)?;
        let lacks = places.hits.iter().map(|hit| places.lacks(hit, &fields));
        let least = lacks.min_by_key(Vec::len);
        Ok(least.map_or_else(|| names(&fields), names))
    }

    /// ช่องข้อมูลที่ไม่มีในแห่งใดเลย
    #[rhai_fn(pure, return_raw)]
    pub fn lacking_together(places: &mut Places, list: Array) -> Fallible<Array> {
        let fields = fields(places, &list)?;
        let absent = |(_, needles): &&Field| {
            let mut hits = places.hits.iter();
            !hits.any(|hit| places.shows(hit, needles))
        };
        Ok(names(fields.iter().filter(absent)))
    }
}
