//! What each owner has heard and what somebody has marked seen: kept as one JSON value, brought up to date when a digest is delivered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::compose::Digest;
use super::news::{Matter, News, Told};

/// Stands for every subject of an agency.
const ALL: &str = "*";

/// What owners have heard. The store writes it in the transaction that marks a digest delivered, or that marks things seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// By agency and notice (`Notice::key`), then by owner.
    #[serde(default)]
    told: BTreeMap<String, BTreeMap<String, BTreeMap<String, Told>>>,
    /// By agency and subject: until when everything was seen.
    #[serde(default)]
    seen: BTreeMap<String, BTreeMap<String, Timestamp>>,
    /// By owner: when the last digest that reached him was made.
    #[serde(default)]
    last: BTreeMap<String, Timestamp>,
}

impl Ledger {
    /// A digest reached its owner. Told twice, it counts once: a receiver's answer may have been lost.
    pub fn delivered(&mut self, digest: &Digest) {
        let last = self.last.entry(digest.owner.clone()).or_insert(digest.at);
        *last = digest.at.max(*last);
        for tell in digest.tells() {
            let owners = self
                .told
                .entry(tell.agency)
                .or_default()
                .entry(tell.notice)
                .or_default();
            let told = owners.entry(digest.owner.clone()).or_insert(Told {
                times: 0,
                last: Timestamp::MIN,
            });
            if told.last < digest.at {
                *told = Told {
                    times: told.times.saturating_add(1),
                    last: digest.at,
                };
            }
        }
    }

    /// Somebody has seen what there is of some subjects of an agency, or of all when none is named (`prongsai alerts seen ID O23`):
    /// nobody is told it again. What comes later is told.
    pub fn see<S: AsRef<str>>(&mut self, agency: &str, subjects: &[S], at: Timestamp) {
        let seen = self.seen.entry(agency.to_owned()).or_default();
        if subjects.is_empty() {
            seen.insert(ALL.to_owned(), at);
        }
        for subject in subjects {
            seen.insert(subject.as_ref().to_owned(), at);
        }
    }

    /// When the last digest that reached an owner was made: the `last` of [`super::compose()`].
    pub fn last(&self, owner: &str) -> Option<Timestamp> {
        self.last.get(owner).copied()
    }

    /// Fills in what is told and seen of an agency's notices.
    pub fn fill(&self, news: &mut News) {
        let told = self.told.get(&news.agency);
        let seen = self.seen.get(&news.agency);
        for notice in &mut news.notices {
            notice.told = told
                .and_then(|it| it.get(&notice.key()))
                .cloned()
                .unwrap_or_default();
            let heard = notice.told.values().map(|told| told.last).min();
            // A change was there to be seen when it counted; a forecast when somebody was told.
            let there = match &notice.matter {
                Matter::Change(change) => Some(change.counted),
                Matter::Forecast(_) => heard,
                Matter::Opening(opening) => Some(opening.at),
            };
            let seen = seen.and_then(|it| it.get(notice.subject()).max(it.get(ALL)));
            notice.seen = matches!((seen, there), (Some(&seen), Some(there)) if there <= seen);
        }
    }

    /// Forgets what was told last before a time; the year's notices must all be younger. Keeps the value small for ever.
    pub fn forget(&mut self, before: Timestamp) {
        for notices in self.told.values_mut() {
            notices.retain(|_, owners| owners.values().any(|told| told.last >= before));
        }
        self.told.retain(|_, notices| !notices.is_empty());
        for subjects in self.seen.values_mut() {
            subjects.retain(|_, at| *at >= before);
        }
        self.seen.retain(|_, subjects| !subjects.is_empty());
    }
}
