//! Digests: what each owner has to hear is read from the store, composed, put into the outbox, and delivered.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::round::Watch;
use super::{Desk, ServiceError};
use crate::alert::{
    Channels, Courier, Digest, LastGood, Ledger, Matter, News, Notice, Opening, Outcome, Silence,
    Step, after, compose, moment,
};
use crate::fetch::options::Interrupt;
use crate::fleet::list::Entry;
use crate::standing::WEBSITE;
use crate::store::{ChangeQuery, Letter, Posted, Silenced, Store, StoreError, When};
use crate::year::FiscalYear;

/// Where the store keeps what owners have heard.
const LEDGER: &str = "ledger";
/// Letters delivered in one go.
const LETTERS: u32 = 200;
/// How long letters are delivered before visits go on.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long digests are kept that are on their way no more.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long it is remembered who was told what: longer than a year's changes are told.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Changes of a year that is over are still told when they are no older.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Changes of an agency and year that are read.
const CHANGES: u32 = 1_000;

/// Where digests go and when.
pub struct Mailing {
    /// The settings.
    pub channels: Channels,
    /// The channels, open.
    pub courier: Courier,
}

impl Mailing {
    /// Makes the digests that are due and delivers what waits. How many were delivered.
    pub async fn send(
        &self,
        desk: &Arc<Desk>,
        entries: &[Arc<Entry>],
        watch: &Arc<dyn Watch>,
        interrupt: &mut Interrupt,
    ) -> Result<usize, ServiceError> {
        self.write(desk, entries)?;
        let mut delivered = 0;
        let now = desk.now();
        let due = desk.store().outbox_due(now, LETTERS)?;
        let began = Instant::now();
        for posted in due {
            // Visits wait meanwhile; what is left goes out at the next tick.
            if began.elapsed() > PATIENCE {
                break;
            }
            let known = entries
                .iter()
                .any(|entry| entry.owner.contains(&posted.letter.owner));
            if !known {
                let why = "ไม่อยู่ในรายชื่อผู้รับแจ้งแล้ว";
                desk.store().undelivered(posted.id, why, None)?;
                continue;
            }
            tokio::select! {
                biased;
                () = interrupt.pulled() => break,
                sent = self.deliver(desk, posted, watch) => delivered += usize::from(sent?),
            }
        }
        Ok(delivered)
    }

    /// Writes the digest of every owner whose moment has come.
    fn write(&self, desk: &Desk, entries: &[Arc<Entry>]) -> Result<(), ServiceError> {
        let now = desk.now();
        let moment = moment(&self.channels, now);
        let owners: BTreeSet<&String> = entries.iter().flat_map(|entry| &entry.owner).collect();
        let mut store = desk.store();
        store.clear_outbox(now - KEPT)?;
        let mut due = Vec::new();
        for owner in owners {
            let made = store.digest_made(owner)?;
            if made.is_none_or(|made| made < moment) {
                due.push(owner);
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        let silences: Vec<Silence> = store.silences(now)?.into_iter().map(silence).collect();
        let ledger = ledger(store.mark(LEDGER)?);
        let mut news = Vec::new();
        for entry in entries {
            if entry.owner.iter().any(|owner| due.contains(&owner)) {
                news.extend(news_of(&store, entry, now)?);
            }
        }
        for one in &mut news {
            ledger.fill(one);
        }
        for owner in due {
            let last = ledger.last(owner);
            let digest = compose(owner, &news, &silences, &self.channels, last, now);
            let letter = digest
                .map(|digest| {
                    Ok::<_, StoreError>(Letter {
                        owner: owner.clone(),
                        channel: String::new(),
                        created: now,
                        body: serde_json::to_string(&digest)?,
                        next_at: Some(now),
                    })
                })
                .transpose()?;
            // The newest digest takes the place of one that is still on its way: it tells the same and more.
            store.post_digest(owner, letter.as_ref(), now)?;
        }
        Ok(())
    }

    async fn deliver(
        &self,
        desk: &Desk,
        posted: Posted,
        watch: &Arc<dyn Watch>,
    ) -> Result<bool, ServiceError> {
        let digest: Digest = serde_json::from_str(&posted.letter.body).map_err(StoreError::from)?;
        let outcome = self.courier.send(&digest).await;
        let now = desk.now();
        desk.metrics.alerted(&digest.owner, &outcome);
        match after(&outcome, posted.attempts + 1, now) {
            Step::Done => {
                desk.store()
                    .delivered_and(posted.id, now, None, LEDGER, |text| {
                        let mut ledger = ledger(text);
                        ledger.delivered(&digest);
                        ledger.forget(now - REMEMBERED);
                        serde_json::to_string(&ledger).ok()
                    })?;
                tracing::info!(
                    owner = digest.owner,
                    digest = digest.key,
                    "digest delivered"
                );
                return Ok(true);
            }
            Step::Retry(at) => desk
                .store()
                .undelivered(posted.id, why(&outcome), Some(at))?,
            Step::Drop => desk.store().undelivered(posted.id, why(&outcome), None)?,
        }
        let line = format!("ส่งสรุปถึง {} ไม่ได้: {}", digest.owner, why(&outcome));
        tracing::warn!(owner = digest.owner, outcome = outcome.word(), "{line}");
        watch.told(&line);
        Ok(false)
    }
}

fn why(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Delivered => "",
        Outcome::Later { why, .. } | Outcome::Refused { why } => why,
    }
}

fn silence(one: Silenced) -> Silence {
    let silence = one.silence;
    Silence {
        agency: Some(silence.agency),
        subject: silence.subject,
        until: silence.until,
        who: silence.who,
        reason: silence.reason,
    }
}

/// What owners have heard so far.
fn ledger(text: Option<String>) -> Ledger {
    text.map_or_else(Ledger::default, |text| {
        // One that cannot be read costs reminders, not news.
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!("ledger of alerts: {error}");
            Ledger::default()
        })
    })
}

/// Somebody has seen what there is of some subjects of an agency, of all when none is named: nobody is told it again.
pub fn see(
    store: &mut Store,
    agency: &str,
    subjects: &[String],
    at: Timestamp,
) -> Result<(), StoreError> {
    store.edit_mark(LEDGER, |text| {
        let mut ledger = ledger(text);
        ledger.see(agency, subjects, at);
        serde_json::to_string(&ledger).ok()
    })
}

/// What there may be to tell of an agency; `None` before its first audit.
fn news_of(store: &Store, entry: &Entry, now: Timestamp) -> Result<Option<News>, StoreError> {
    let Some(year) = store.newest_year(&entry.id)? else {
        return Ok(None);
    };
    let mut notices = Vec::new();
    if let Some(first) = store.first_audit(&entry.id, year)? {
        let opening = Opening {
            at: first.look.at,
            pass: first.passed as usize,
            unsure: first.unsure as usize,
            fail: first.failed as usize,
        };
        notices.push(notice(year, Matter::Opening(opening), None));
    }
    let query = ChangeQuery {
        agency: Some(entry.id.clone()),
        since: Some(now - REMEMBERED),
        limit: CHANGES,
        ..ChangeQuery::default()
    };
    for one in store.changes(&query)? {
        // A website that was down when the year turned is down still; an item of the old year is not asked for any more.
        let counts =
            one.year == year || one.change.subject == WEBSITE || one.change.counted > now - RECENT;
        if !counts {
            continue;
        }
        let good = match one.change.last_good {
            // The audit may be of the year before, whose line is kept as well.
            Some(number) => {
                let audit = store.audit(&entry.id, When::Audit(number))?;
                let items = audit.items.iter().map(|item| &item.verdict);
                let item = items.into_iter().find(|it| it.id == one.change.subject);
                let paper = item.and_then(|it| it.evidence.first());
                Some(LastGood {
                    audit: number,
                    at: audit.line.look.at,
                    place: paper.map(|paper| paper.url.clone()),
                })
            }
            None => None,
        };
        notices.push(notice(year, Matter::Change(one.change), good));
    }
    let outlook = store.outlook(&entry.id, year)?;
    for forecast in outlook.map_or(Vec::new(), |outlook| outlook.forecasts) {
        notices.push(notice(year, Matter::Forecast(forecast), None));
    }
    let standing = store.standing(&entry.id, year)?;
    let unconfirmed = standing.map_or(0, |standing| {
        let doubts = standing.doubts();
        doubts.iter().filter(|doubt| doubt.lasts(now)).count()
    });
    Ok(Some(News {
        agency: entry.id.clone(),
        name: entry.name.clone(),
        owners: entry.owner.clone(),
        year,
        notices,
        unconfirmed,
    }))
}

fn notice(year: FiscalYear, matter: Matter, last_good: Option<LastGood>) -> Notice {
    Notice {
        year,
        matter,
        points: None,
        last_good,
        seen: false,
        told: Default::default(),
    }
}
