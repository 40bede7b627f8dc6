//! The calendar's rounds: at every tick what is due is looked at, digests go out, and the next time is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::news::Mailing;
use super::round::{Round, RoundEnd, Watch};
use super::visit::row;
use super::{Desk, ServiceError};
use crate::fetch::capture::Capture;
use crate::fetch::options::Interrupt;
use crate::fleet::list::Entry;
use crate::schedule::{Agenda, Cron, Due, Occasion, Rhythm, next, plan};
use crate::store::{AgencyRow, LookKind};

/// How long a round that did not count is let rest before it is tried anew.
const REST: SignedDuration = SignedDuration::from_mins(10);
/// Where nothing is due at all.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A visit that was due so long ago is late.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// The word of these rounds in the store.
const KIND: &str = "schedule";

/// Who is looked at when, and who hears of it.
pub struct Rota {
    /// The agencies, those that are switched off left out.
    pub entries: Vec<Arc<Entry>>,
    /// The rhythm of agencies that state none.
    pub usual: Option<Cron>,
    /// What holds for all.
    pub rhythm: Rhythm,
    /// Agencies looked at side by side.
    pub at_once: usize,
    /// Addresses that answer whenever our own network works.
    pub canaries: Vec<Url>,
    /// How long to wait until they do.
    pub patience: Duration,
    /// Where digests go; `None` sends none.
    pub mailing: Option<Mailing>,
}

/// What one tick did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Agencies that were due.
    pub due: usize,
    /// How the round ended; `None` when nobody was due.
    pub end: Option<RoundEnd>,
    /// Digests that were delivered.
    pub delivered: usize,
    /// When to look again.
    pub next: Timestamp,
}

impl Rota {
    /// Looks at what is due now, once. What was missed is caught up with one look each.
    pub async fn tick(
        &self,
        desk: &Arc<Desk>,
        watch: &Arc<dyn Watch>,
        interrupt: Interrupt,
    ) -> Result<Tick, ServiceError> {
        let mut end = None;
        let rows: Vec<AgencyRow> = self.entries.iter().map(|entry| row(entry)).collect();
        desk.store().put_agencies(&rows)?;
        // What a process left that died is gone on with first; who is due since then has a round of his own.
        if desk.store().unfinished_run(KIND)?.is_some() {
            end = Some(self.round(desk, watch, &interrupt, &[]).await?);
        }
        let now = desk.now();
        let due = match end {
            None | Some(RoundEnd::Done) => plan(now, &self.agendas(desk)?, &self.rhythm),
            Some(RoundEnd::Stopped | RoundEnd::Void(_)) => Vec::new(),
        };
        let late = due.iter().filter(|one| one.at + LATE < now).count();
        desk.metrics.schedule(due.len(), late);
        if !due.is_empty() {
            end = Some(self.round(desk, watch, &interrupt, &due).await?);
        }
        let delivered = match &self.mailing {
            Some(mailing) if !interrupt.is_pulled() => {
                mailing
                    .send(desk, &self.entries, watch, &mut interrupt.clone())
                    .await?
            }
            _ => 0,
        };
        let mut next = self.set_next(desk)?;
        if matches!(end, Some(RoundEnd::Void(_))) {
            next = next.max(desk.now() + REST);
        }
        Ok(Tick {
            due: due.len(),
            end,
            delivered,
            next,
        })
    }

    async fn round(
        &self,
        desk: &Arc<Desk>,
        watch: &Arc<dyn Watch>,
        interrupt: &Interrupt,
        due: &[Due],
    ) -> Result<RoundEnd, ServiceError> {
        let wanted: Vec<String> = due.iter().map(|one| one.id.clone()).collect();
        let (round, _) = Round::begin(desk, KIND, "", self.entries.iter().cloned(), &wanted)?;
        let round = round
            .at_once(self.at_once)
            .canaries(self.canaries.clone(), self.patience)
            .kinds(due.iter().map(kind).collect());
        round.make(desk, watch, interrupt.clone()).await
    }

    /// Writes down when each agency is due next and why, and returns when to look again.
    fn set_next(&self, desk: &Desk) -> Result<Timestamp, ServiceError> {
        let now = desk.now();
        let mut soonest = now + DAY;
        let mut planned = Vec::new();
        for agenda in self.agendas(desk)? {
            let due = next(now, &agenda, &self.rhythm);
            let (at, why) = due.map_or((None, String::new()), |due| (Some(due.at), due.why));
            soonest = at.map_or(soonest, |at| at.min(soonest));
            planned.push((agenda.id, at, why));
        }
        desk.store().set_plan(&planned)?;
        if let Some(letter) = desk.store().outbox_next()? {
            soonest = soonest.min(letter);
        }
        Ok(soonest.max(now))
    }

    /// What the planner has to know of every agency.
    fn agendas(&self, desk: &Desk) -> Result<Vec<Agenda>, ServiceError> {
        let day = Capture::day_of(desk.now());
        let year = desk.court.years(day).last().copied();
        let store = desk.store();
        let mut agendas = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let last = store.last_visit(&entry.id)?;
            let standing = year
                .map(|year| store.standing(&entry.id, year))
                .transpose()?
                .flatten();
            agendas.push(Agenda {
                id: entry.id.clone(),
                cron: entry.schedule.clone().or_else(|| self.usual.clone()),
                last,
                second_look: standing
                    .and_then(|it| it.second_look_from(last.unwrap_or(Timestamp::MIN))),
                failures: store.failures_in_a_row(&entry.id)?,
            });
        }
        Ok(agendas)
    }
}

fn kind(due: &Due) -> (String, (LookKind, String)) {
    let kind = match due.occasion {
        Occasion::SecondLook => LookKind::SecondLook,
        _ => LookKind::Visit,
    };
    (due.id.clone(), (kind, due.why.clone()))
}

/// Kinds by agency, as [`Round::kinds`] takes them.
pub(super) type Kinds = BTreeMap<String, (LookKind, String)>;
