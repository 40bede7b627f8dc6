//! A value of a rule as words, for who wants to see what a rule saw.

use std::collections::BTreeSet;

use rhai::{Array, Dynamic, FnPtr};

use super::answers::Answer;
use super::forms::Forms;
use super::people::{Leaders, People};
use super::places::Places;
use super::site::SiteView;
use super::tables::Tables;
use super::year::Months;
use crate::agency::Agency;
use crate::rules::answer::{Evidence, NearMiss};
use crate::year::FiscalYear;

/// Things named of a list; the rest is counted.
const MOST: usize = 6;
/// Characters of a text.
const LONG: usize = 100;

/// A value in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// `3 แห่ง`, `ต.ค. 2563, พ.ย. 2563`, `“ข้อความ”`.
    pub words: String,
    /// Places of it, at most six.
    pub places: Vec<Evidence>,
    /// Candidates that this step turned away, at most six, and why.
    pub refused: Vec<NearMiss>,
    /// Candidates turned away beyond those.
    pub more_refused: usize,
    /// A value of the vocabulary: not a mere text, number or list.
    pub of_site: bool,
}

impl Seen {
    fn plain(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            ..Self::default()
        }
    }

    fn shown(words: String, places: Vec<Evidence>) -> Self {
        Self {
            words,
            places,
            of_site: true,
            ..Self::default()
        }
    }

    /// A value; of places, those turned away that none of the values it was made of had turned away.
    pub(crate) fn of(value: &Dynamic, made_of: &[Dynamic]) -> Self {
        if let Some(places) = value.read_lock::<Places>() {
            let mut before = BTreeSet::new();
            for one in made_of {
                if let Some(older) = one.read_lock::<Places>() {
                    before.extend(older.refusals());
                }
            }
            let fresh = places.refused_since(&before);
            return Self {
                more_refused: fresh.len().saturating_sub(MOST),
                refused: fresh.into_iter().take(MOST).collect(),
                ..Self::shown(count(&*places, "แห่ง"), places.evidence(MOST))
            };
        }
        if let Some(answer) = value.read_lock::<Answer>() {
            return Self::shown(answer.because.clone(), answer.evidence.clone());
        }
        if let Some(people) = value.read_lock::<People>() {
            let names: Vec<String> = people
                .list
                .iter()
                .map(|(_, person)| format!("{} ({})", person.name, person.position))
                .collect();
            return Self::shown(listed(people.list.len(), "คน", &names), people.evidence());
        }
        if let Some(leaders) = value.read_lock::<Leaders>() {
            return Self::shown(count(&*leaders, "คน"), leaders.evidence());
        }
        if let Some(forms) = value.read_lock::<Forms>() {
            return Self::shown(count(&*forms, "แบบฟอร์ม"), forms.evidence());
        }
        if let Some(tables) = value.read_lock::<Tables>() {
            return Self::shown(count(&*tables, "ตาราง"), tables.evidence());
        }
        if let Some(months) = value.read_lock::<Months>() {
            let names: Vec<String> = months.0.iter().map(ToString::to_string).collect();
            return Self::shown(listed(names.len(), "เดือน", &names), Vec::new());
        }
        if let Some(year) = value.read_lock::<FiscalYear>() {
            return Self::shown(format!("ปี {}", *year), Vec::new());
        }
        if let Some(agency) = value.read_lock::<Agency>() {
            return Self::shown(agency.name.clone(), Vec::new());
        }
        if value.is::<SiteView>() {
            return Self::shown("เว็บไซต์".to_owned(), Vec::new());
        }
        Self::plain(text(value))
    }
}

fn count<T: super::Many>(many: &T, unit: &str) -> String {
    match many.count() {
        0 => "ไม่มีเลย".to_owned(),
        count => format!("{count} {unit}"),
    }
}

fn listed(count: usize, unit: &str, names: &[String]) -> String {
    if count == 0 {
        return "ไม่มีเลย".to_owned();
    }
    let shown = names[..names.len().min(MOST)].join(", ");
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{count} {unit}: {shown}{more}")
}

/// Texts, numbers and lists.
fn text(value: &Dynamic) -> String {
    if let Some(list) = value.read_lock::<Array>() {
        let shown: Vec<String> = list.iter().take(MOST).map(text).collect();
        let more = match list.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" และอีก {more}"),
        };
        let whole = format!("[{}{more}]", shown.join(", "));
        let short: String = whole.chars().take(LONG * 2).collect();
        return match short.len() < whole.len() {
            true => short + "…]",
            false => whole,
        };
    }
    if let Ok(text) = value.clone().into_immutable_string() {
        let short: String = text.chars().take(LONG).collect();
        let more = if short.len() < text.len() { "…" } else { "" };
        return format!("“{short}{more}”");
    }
    if let Ok(truth) = value.as_bool() {
        return if truth {
            "จริง"
        } else {
            "เท็จ"
        }
        .to_owned();
    }
    if value.is::<FnPtr>() {
        return "|…|".to_owned();
    }
    value.to_string()
}
