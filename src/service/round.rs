//! A round: many agencies side by side, each looked at once, to be gone on with after any end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use url::Url;

use super::rota::Kinds;
use super::visit::{Came, Errand, row};
use super::{Desk, ServiceError};
use crate::fetch::knock;
use crate::fetch::options::{Interrupt, Progress, Quiet};
use crate::fleet::failure::{Failure, FailureKind};
use crate::fleet::health::{CanaryLook, End, Limits, Outcome, Verdict, examine, place, suspicious};
use crate::fleet::list::Entry;
use crate::fleet::summary::{AuditSummary, Visited, Worsened};
use crate::standing::{Change, ChangeKind};
use crate::store::{self, AgencyRow, ChangeQuery, Claim, Job, JobState, LookKind, RunId, When};

/// Jobs read at a time.
const PAGE: u32 = 500;
/// Waits for our own network, each longer than the one before.
const WAITS: [Duration; 4] = [
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(300),
    Duration::from_secs(600),
];

/// Who looks on while a round is made.
pub trait Watch: Send + Sync {
    /// A visit begins.
    fn begins(&self, entry: &Entry);
    /// What to tell of one crawl's progress to.
    fn crawl(&self, entry: &Entry) -> Box<dyn Progress> {
        let _ = entry;
        Box::new(Quiet)
    }
    /// A visit is over.
    fn ended(&self, entry: &Entry, came: &Came, took: SignedDuration);
    /// Something that a person should know.
    fn told(&self, line: &str);
}

/// A round that is under way.
pub struct Round {
    run: RunId,
    entries: BTreeMap<String, Arc<Entry>>,
    kinds: Kinds,
    at_once: usize,
    canaries: Vec<Url>,
    /// Time that may pass until our own network answers again.
    patience: Duration,
    fresh: bool,
}

/// How a round ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundEnd {
    /// All agencies were looked at.
    Done,
    /// It was told to stop; the same command goes on with it.
    Stopped,
    /// Our own network was at fault for too long.
    Void(String),
}

/// A failed visit that waits to be weighed.
struct Held {
    errand: Errand,
    failure: Failure,
    outcome: Outcome,
    at: Timestamp,
}

impl Round {
    /// Begins a round of a kind through the `wanted` of the agencies, or goes on with one that was left. `settings` names
    /// what a round is about; one left with other settings is ended.
    pub fn begin(
        desk: &Desk,
        kind: &str,
        settings: &str,
        entries: impl IntoIterator<Item = Arc<Entry>>,
        wanted: &[String],
    ) -> Result<(Self, bool), ServiceError> {
        let entries: BTreeMap<String, Arc<Entry>> = entries
            .into_iter()
            .map(|entry| (entry.id.clone(), entry))
            .collect();
        let now = desk.now();
        let mut store = desk.store();
        let rows: Vec<AgencyRow> = entries.values().map(|entry| row(entry)).collect();
        store.put_agencies(&rows)?;
        let mut left = None;
        while let Some(run) = store.unfinished_run(kind)? {
            if run.settings == settings && left.is_none() {
                store.requeue(run.run, now, SignedDuration::ZERO)?;
                left = Some(run.run);
                break;
            }
            store.end_run(run.run, now, None)?;
        }
        let going_on = left.is_some();
        let run = match left {
            Some(run) => run,
            None => store.begin_run(kind, settings, wanted, now)?,
        };
        drop(store);
        let round = Self {
            run,
            entries,
            kinds: BTreeMap::new(),
            at_once: 16,
            canaries: Vec::new(),
            patience: Duration::from_secs(3600),
            fresh: false,
        };
        Ok((round, going_on))
    }

    /// The run's number in the store.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// How many agencies are looked at side by side.
    #[must_use]
    pub fn at_once(mut self, agencies: usize) -> Self {
        self.at_once = agencies.max(1);
        self
    }

    /// Addresses that answer whenever our own network works, and how long to wait until they do.
    #[must_use]
    pub fn canaries(mut self, canaries: Vec<Url>, patience: Duration) -> Self {
        (self.canaries, self.patience) = (canaries, patience);
        self
    }

    /// Asks for everything anew.
    #[must_use]
    pub fn fresh(mut self, fresh: bool) -> Self {
        self.fresh = fresh;
        self
    }

    /// What kind of look each agency gets, and why.
    #[must_use]
    pub fn kinds(mut self, kinds: BTreeMap<String, (LookKind, String)>) -> Self {
        self.kinds = kinds;
        self
    }

    /// Makes the round. Errors of the store or the disk end it; it can be gone on with.
    pub async fn make(
        &self,
        desk: &Arc<Desk>,
        watch: &Arc<dyn Watch>,
        mut interrupt: Interrupt,
    ) -> Result<RoundEnd, ServiceError> {
        let mut held: Vec<Held> = Vec::new();
        let mut visits: Vec<Outcome> = Vec::new();
        let mut looks: Vec<CanaryLook> = Vec::new();
        let mut waited = 0;
        loop {
            let stopped = self
                .pass(
                    desk,
                    watch,
                    &mut interrupt,
                    &mut held,
                    &mut visits,
                    &mut looks,
                )
                .await?;
            if stopped {
                let now = desk.now();
                desk.store().release(&desk.owner, now)?;
                return Ok(RoundEnd::Stopped);
            }
            if held.is_empty() {
                break;
            }
            looks.extend(self.knock(desk).await);
            let verdict = examine(&looks, &visits, &Limits::default());
            let (void, own): (Vec<Held>, Vec<Held>) = std::mem::take(&mut held)
                .into_iter()
                .partition(|one| verdict.voids(&one.outcome));
            for one in own {
                let changes = desk.miss(&one.errand, &one.failure, one.at)?;
                self.note(desk, watch, &one.errand.entry, &changes);
            }
            if void.is_empty() {
                break;
            }
            let why = void_reason(&verdict);
            watch.told(&format!("{why}: {} หน่วยงานยังไม่นับ", void.len()));
            let back = self.wait(desk, watch, &mut interrupt, waited).await;
            waited += 1;
            if !back {
                let void_failure = Failure {
                    kind: FailureKind::Void,
                    detail: why.clone(),
                };
                for one in &void {
                    desk.fail(&one.errand, &void_failure, one.at)?;
                }
                let now = desk.now();
                desk.store().end_run(self.run, now, Some(&why))?;
                return Ok(RoundEnd::Void(why));
            }
            let ids: Vec<String> = void.iter().map(|one| one.errand.entry.id.clone()).collect();
            visits.retain(|visit| !ids.contains(&visit.id));
            let now = desk.now();
            for id in &ids {
                desk.archive.end(&self.run.to_string(), id)?;
            }
            desk.store().release(&desk.owner, now)?;
        }
        let now = desk.now();
        desk.store().end_run(self.run, now, None)?;
        desk.archive.end_run(&self.run.to_string())?;
        Ok(RoundEnd::Done)
    }

    /// Visits all agencies that wait. Whether it was told to stop.
    async fn pass(
        &self,
        desk: &Arc<Desk>,
        watch: &Arc<dyn Watch>,
        interrupt: &mut Interrupt,
        held: &mut Vec<Held>,
        visits: &mut Vec<Outcome>,
        looks: &mut Vec<CanaryLook>,
    ) -> Result<bool, ServiceError> {
        let mut at_work: JoinSet<(Errand, Timestamp, Result<Came, ServiceError>)> = JoinSet::new();
        let mut halted = false;
        loop {
            while !halted && !interrupt.is_pulled() && at_work.len() < self.at_once {
                let Some(job) = self.claim(desk)? else {
                    break;
                };
                let Some(errand) = self.errand(desk, &job)? else {
                    continue;
                };
                let (desk, watch, interrupt) =
                    (Arc::clone(desk), Arc::clone(watch), interrupt.clone());
                at_work.spawn(async move {
                    let began = desk.now();
                    watch.begins(&errand.entry);
                    let progress = watch.crawl(&errand.entry);
                    let came = desk.visit(&errand, progress.as_ref(), interrupt).await;
                    (errand, began, came)
                });
            }
            let Some(done) = at_work.join_next().await else {
                return Ok(interrupt.is_pulled());
            };
            let (errand, began, came) =
                done.map_err(|error| ServiceError::Broken(error.to_string()))?;
            let came = came?;
            let now = desk.now();
            let took = now.duration_since(began);
            watch.ended(&errand.entry, &came, took);
            tracing::info!(
                agency = errand.entry.id,
                run = self.run,
                seconds = took.as_secs(),
                outcome = came.word(),
                "visited"
            );
            match came {
                Came::Audited { changes, .. } => {
                    visits.push(self.seen(desk, &errand.entry, began, now, End::Answered)?);
                    self.note(desk, watch, &errand.entry, &changes);
                }
                Came::Missed { failure, at } => {
                    let kind = failure.kind;
                    let end = End::Failed(kind);
                    let outcome = self.seen(desk, &errand.entry, began, now, end)?;
                    visits.push(outcome.clone());
                    held.push(Held {
                        errand,
                        failure,
                        outcome,
                        at,
                    });
                    if !halted && suspicious(visits, &Limits::default()) {
                        looks.extend(self.knock(desk).await);
                        let verdict = examine(looks, visits, &Limits::default());
                        // What is under way comes to its end; nothing more is begun until our network is back.
                        halted = matches!(verdict, Verdict::Void(_));
                    }
                }
                Came::Failed(failure) => {
                    watch.told(&format!("{}: {}", errand.entry.name, failure.detail));
                }
                Came::Stopped => {}
            }
        }
    }

    fn claim(&self, desk: &Desk) -> Result<Option<Job>, ServiceError> {
        let now = desk.now();
        let owner = &desk.owner;
        Ok(desk
            .store()
            .claim(self.run, owner, now, SignedDuration::ZERO)?)
    }

    fn errand(&self, desk: &Desk, job: &Job) -> Result<Option<Errand>, ServiceError> {
        let (kind, why) = self
            .kinds
            .get(&job.agency)
            .cloned()
            .unwrap_or((LookKind::Visit, "รอบตรวจทั้งรายชื่อ".to_owned()));
        let Some(entry) = self.entries.get(&job.agency) else {
            let claim = Claim {
                run: self.run,
                owner: &desk.owner,
                why: "ไม่อยู่ในรายชื่อแล้ว",
            };
            let end = store::End {
                state: JobState::Void,
                fault: None,
            };
            let now = desk.now();
            desk.store().finish_job(&job.agency, &claim, &end, now)?;
            return Ok(None);
        };
        Ok(Some(Errand {
            run: self.run,
            entry: Arc::clone(entry),
            kind,
            why,
            fresh: self.fresh,
        }))
    }

    /// A visit as the test of our own network sees it.
    fn seen(
        &self,
        desk: &Desk,
        entry: &Entry,
        began: Timestamp,
        ended: Timestamp,
        end: End,
    ) -> Result<Outcome, ServiceError> {
        Ok(Outcome {
            id: entry.id.clone(),
            place: place(&entry.home, None),
            began,
            ended,
            end,
            answered_before: desk.answered_before(&entry.id)?,
        })
    }

    fn note(&self, desk: &Desk, watch: &Arc<dyn Watch>, entry: &Entry, changes: &[Change]) {
        let _ = desk;
        for change in changes {
            tracing::info!(
                agency = entry.id,
                subject = change.subject,
                kind = ?change.kind,
                "a change counts"
            );
            if change.kind == ChangeKind::Worse {
                watch.told(&format!(
                    "{}: {} {} แย่ลง: {}",
                    entry.name, change.subject, change.title, change.because
                ));
            }
        }
    }

    async fn knock(&self, desk: &Desk) -> Vec<CanaryLook> {
        let mut looks = Vec::new();
        for canary in &self.canaries {
            let answered = knock(canary, &desk.options).await;
            looks.push(CanaryLook {
                at: desk.now(),
                host: canary.host_str().unwrap_or_default().to_owned(),
                answered,
            });
        }
        looks
    }

    /// Waits for our own network. `false` when patience ended first.
    async fn wait(
        &self,
        desk: &Desk,
        watch: &Arc<dyn Watch>,
        interrupt: &mut Interrupt,
        waited: usize,
    ) -> bool {
        // Without canaries nobody can tell when it is back: the agencies are tried once more, and then it is enough.
        if self.canaries.is_empty() {
            return waited == 0;
        }
        let began = tokio::time::Instant::now();
        let mut waits = WAITS
            .iter()
            .chain(std::iter::repeat(&WAITS[WAITS.len() - 1]));
        loop {
            let looks = self.knock(desk).await;
            if looks.iter().any(|look| look.answered) {
                return waited < WAITS.len();
            }
            let wait = waits.next().copied().unwrap_or(WAITS[0]);
            if began.elapsed() + wait > self.patience {
                return false;
            }
            watch.told("รอให้เครือข่ายของเครื่องนี้กลับมา");
            tokio::select! {
                () = interrupt.pulled() => return false,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// What the round came to, read from the store: it may have been made in several goes.
    pub fn visited(&self, desk: &Desk) -> Result<Vec<Visited>, ServiceError> {
        let mut visited = Vec::new();
        let mut after = None;
        loop {
            let jobs = desk.store().jobs(self.run, after, PAGE)?;
            let Some(last) = jobs.last() else {
                return Ok(visited);
            };
            after = Some(last.place);
            for job in &jobs {
                let Some(entry) = self.entries.get(&job.agency) else {
                    continue;
                };
                let result = match (job.state, job.audit) {
                    (JobState::Done, Some(audit)) => {
                        let audit = desk.store().audit(&job.agency, When::Audit(audit))?;
                        Ok(AuditSummary::of_stored(&audit))
                    }
                    _ => Err(Failure {
                        kind: job
                            .fault
                            .as_deref()
                            .and_then(FailureKind::named)
                            .unwrap_or(FailureKind::Internal),
                        detail: job.why.clone().unwrap_or_default(),
                    }),
                };
                visited.push(Visited {
                    id: entry.id.clone(),
                    name: entry.name.clone(),
                    kind: entry.kind,
                    province: entry.province.clone().unwrap_or_default(),
                    home: entry.home.to_string(),
                    result,
                    worse: self.worse(desk, job)?,
                });
            }
        }
    }

    fn worse(&self, desk: &Desk, job: &Job) -> Result<Vec<Worsened>, ServiceError> {
        let Some(audit) = job.audit else {
            return Ok(Vec::new());
        };
        let query = ChangeQuery {
            agency: Some(job.agency.clone()),
            since: Some(job.at - SignedDuration::from_secs(1)),
            limit: 1_000,
            ..ChangeQuery::default()
        };
        let changes = desk.store().changes(&query)?;
        Ok(changes
            .into_iter()
            .filter(|one| one.audit == Some(audit) && one.change.kind == ChangeKind::Worse)
            .map(|one| Worsened::of(&one.change))
            .collect())
    }
}

impl Came {
    /// The word in logs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Audited { .. } => "audited",
            Self::Missed { failure, .. } | Self::Failed(failure) => failure.kind.word(),
            Self::Stopped => "stopped",
        }
    }
}

fn void_reason(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Void(spans) => spans
            .first()
            .map(|span| span.why.clone())
            .unwrap_or_default(),
        Verdict::Sound => String::new(),
    }
}
