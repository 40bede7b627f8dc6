//! What the store knows of an agency that its owners may have to hear.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::year::FiscalYear;

use super::LastGood;
use crate::forecast::Forecast;
use crate::standing::Change;

/// What there may be to tell of one agency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// The agency's id in the list.
    pub agency: String,
    /// Its name.
    pub name: String,
    /// Who hears of it: mail addresses and names of webhooks.
    pub owners: Vec<String>,
    /// The year that is judged now; notices of years before are not told any more.
    pub year: FiscalYear,
    /// What happened or will happen, in the order in which it counted. Changes of the year stay in, told or not: what comes
    /// later on a subject ends the reminders of what came before.
    pub notices: Vec<Notice>,
    /// Worse sights that have lasted without being confirmed (`Doubt::lasts`). Never a reason for a digest, only counted in it.
    pub unconfirmed: usize,
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The year it belongs to.
    pub year: FiscalYear,
    /// What it is.
    pub matter: Matter,
    /// Points of the total score at stake, if scores are known.
    pub points: Option<f64>,
    /// The last good copy that the store has.
    pub last_good: Option<LastGood>,
    /// Somebody has marked it seen: it is not told again. From [`super::Ledger::fill`].
    pub seen: bool,
    /// By owner: how often he was told, and when last. From [`super::Ledger::fill`].
    pub told: BTreeMap<String, Told>,
}

/// What there is to tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// A confirmed change.
    Change(Change),
    /// Something that will get worse by itself.
    Forecast(Forecast),
    /// A year's first look: the baseline from which changes count.
    Opening(Opening),
}

/// What the first look of a year found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// When the look began.
    pub at: Timestamp,
    /// Items that pass.
    pub pass: usize,
    /// Items a person must look at.
    pub unsure: usize,
    /// Items that fail.
    pub fail: usize,
}

/// What an owner has heard of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Digests with it that were delivered to him.
    pub times: u32,
    /// When the last of them was made.
    pub last: Timestamp,
}

/// Not to be told for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// The agency; `None` for all of them.
    pub agency: Option<String>,
    /// The subject; `None` for all of them.
    pub subject: Option<String>,
    /// The last moment of silence; `None` until it is lifted.
    pub until: Option<Timestamp>,
    /// Who asked for it.
    pub who: String,
    /// Why.
    pub reason: String,
}

impl Silence {
    /// Whether it covers a subject of an agency at a time.
    pub fn covers(&self, agency: &str, subject: &str, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at <= until)
            && self.agency.as_deref().is_none_or(|it| it == agency)
            && self.subject.as_deref().is_none_or(|it| it == subject)
    }
}

impl Notice {
    /// Names it within its agency, the same for ever: what the store keeps with [`Told`] and with *seen*.
    pub fn key(&self) -> String {
        match &self.matter {
            Matter::Change(change) => format!("{}@{}", change.subject, change.counted),
            Matter::Forecast(forecast) => format!("{}>{}", forecast.subject, forecast.on),
            Matter::Opening(_) => format!("year={}", self.year.0),
        }
    }

    /// The item, or `website`; empty for the opening of a year.
    pub fn subject(&self) -> &str {
        match &self.matter {
            Matter::Change(change) => &change.subject,
            Matter::Forecast(forecast) => &forecast.subject,
            Matter::Opening(_) => "",
        }
    }
}
