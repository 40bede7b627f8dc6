//! What a criterion's function gives back.

use rhai::plugin::*;

use super::forms::Forms;
use super::people::{Leaders, People};
use super::places::Places;
use super::tables::Tables;
use super::{Fallible, Shown, Thing, mistake};
use crate::rules::answer::{Evidence, Outcome};
use crate::rules::rule::Reason;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Answer>("Answer")
        .register_global_module(rhai::exported_module!(words).into());
}

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

/// Places that one answer names.
const MOST: usize = 6;

impl<T: Thing> Shown<T> {
    /// The places that show them, none twice for the same words.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let mut seen = Vec::new();
        for spot in self
            .list
            .iter()
            .map(|(place, thing)| (*place, thing.spot()))
        {
            if !seen.contains(&spot) && seen.len() < MOST {
                seen.push(spot);
            }
        }
        seen.into_iter()
            .map(|(place, spot)| self.site.evidence(place, spot))
            .collect()
    }
}

/// What stands behind an answer; `None` when it is nothing on the site.
fn evidence(at: &Dynamic) -> Option<Vec<Evidence>> {
    if let Some(places) = at.read_lock::<Places>() {
        Some(places.evidence(MOST))
    } else if let Some(people) = at.read_lock::<People>() {
        Some(people.evidence())
    } else if let Some(forms) = at.read_lock::<Forms>() {
        Some(forms.evidence())
    } else if let Some(tables) = at.read_lock::<Tables>() {
        Some(tables.evidence())
    } else {
        at.read_lock::<Leaders>().map(|leaders| leaders.evidence())
    }
}

fn answer(
    rule: &NativeCallContext,
    outcome: Outcome,
    because: &str,
    at: Dynamic,
) -> Fallible<Answer> {
    let because = because.trim().to_owned();
    if because.is_empty() {
        return mistake("คำตอบต้องมีประโยคอธิบายเหตุผล");
    }
    let Some(evidence) = evidence(&at) else {
        return mistake(format!(
            "ที่ท้ายคำตอบต้องเป็นสถานที่ที่พบ (Places, People, Forms, Tables หรือ Leaders) แต่ได้ {}",
            rule.engine().map_type_name(at.type_name())
        ));
    };
    if evidence.is_empty() && outcome == Outcome::Met {
        return mistake("คำตอบ met ต้องชี้สถานที่อย่างน้อยหนึ่งแห่ง");
    }
    let promised = at
        .read_lock::<Places>()
        .is_some_and(|places| places.only_promised());
    if promised && outcome == Outcome::Met {
        return Ok(Answer {
            outcome: Outcome::Unsure,
            because: format!("{because} แต่มีเพียงตารางดัชนีที่บอกว่าเป็นเรื่องนี้ ให้เปิดดูว่าใช่"),
            evidence,
            reason: Some(Reason::NeedsPerson),
        });
    }
    Ok(Answer {
        outcome,
        because,
        evidence,
        reason: None,
    })
}

#[export_module]
mod words {
    /// เป็นไปตามเกณฑ์ เพราะ… ที่…
    #[rhai_fn(return_raw)]
    pub fn met(rule: NativeCallContext, because: &str, at: Dynamic) -> Fallible<Answer> {
        answer(&rule, Outcome::Met, because, at)
    }

    /// ไม่เป็นไปตามเกณฑ์ เพราะ… ที่…
    #[rhai_fn(return_raw)]
    pub fn unmet(rule: NativeCallContext, because: &str, at: Dynamic) -> Fallible<Answer> {
        answer(&rule, Outcome::Unmet, because, at)
    }

    /// เครื่องตัดสินไม่ได้ เพราะ… ที่… (อ่านไม่ได้)
    #[rhai_fn(return_raw)]
    pub fn unsure(rule: NativeCallContext, because: &str, at: Dynamic) -> Fallible<Answer> {
        answer(&rule, Outcome::Unsure, because, at)
    }

    /// ต้องให้คนตัดสิน เพราะ… ที่…
    #[rhai_fn(return_raw)]
    pub fn ask_person(rule: NativeCallContext, because: &str, at: Dynamic) -> Fallible<Answer> {
        Ok(Answer {
            reason: Some(Reason::NeedsPerson),
            ..answer(&rule, Outcome::Unsure, because, at)?
        })
    }
}
