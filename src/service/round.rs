//! A round: many agencies side by side, each looked at once, to be gone on with after any end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use url::Url;

use super::rota::Kinds;
use super::visit::{Came, Errand, row};
use super::{Desk, ServiceError};
use crate::archive::ArchiveError;
use crate::fetch::knock;
use crate::fetch::options::Interrupt;
use crate::fleet::failure::{Failure, FailureKind};
use crate::fleet::health::{CanaryLook, End, Limits, Outcome, Verdict, examine, suspicious};
use crate::fleet::list::Entry;
use crate::fleet::summary::{AuditSummary, Visited, Worsened};
use crate::standing::{Change, ChangeKind};
use crate::store::{self, AgencyRow, ChangeQuery, Claim, Job, JobState, LookKind, RunId, When};

/// Jobs read at a time.
const PAGE: u32 = 500;
/// Time between two looks at the canaries while visits go on.
const KNOCKS_APART: Duration = Duration::from_secs(120);
/// Rounds left so long ago are not gone on with: what they saw is of another day.
const STALE: SignedDuration = SignedDuration::from_hours(72);
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

/// What a round has seen so far of websites and of our own network.
#[derive(Default)]
struct Sights {
    /// Failures that wait to be weighed.
    held: Vec<Held>,
    visits: Vec<Outcome>,
    canaries: Vec<CanaryLook>,
    knocked: Option<Instant>,
}

impl Sights {
    /// Canaries are not knocked at for every failure.
    fn may_knock(&self) -> bool {
        self.knocked.is_none_or(|at| at.elapsed() >= KNOCKS_APART)
    }
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
    /// what a round is about; one with other settings is left for the command that asks for it again.
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
        // Only this process has the store: whatever looks at work is of one that died.
        let mut left = store.unfinished_run_of(kind, settings)?;
        if let Some(old) = left.take_if(|run| run.began + STALE < now) {
            store.end_run(old.run, now, None)?;
            desk.archive.end_run(&old.run.to_string())?;
        }
        if let Some(run) = &left {
            store.requeue(run.run, now, SignedDuration::MIN)?;
        }
        let left = left.map(|run| run.run);
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
        let mut seen = Sights::default();
        let mut waited = 0;
        loop {
            let (stopped, halted) = self.pass(desk, watch, &mut interrupt, &mut seen).await?;
            if stopped {
                self.let_go(desk)?;
                return Ok(RoundEnd::Stopped);
            }
            if seen.held.is_empty() {
                break;
            }
            self.knock(desk, &mut seen).await;
            let verdict = examine(&seen.canaries, &seen.visits, &Limits::default());
            let is_ours = |one: &Held| {
                // A network that came back while the last visits ended is heard again, and was dead all the same.
                let halting = halted.is_some_and(|from| one.outcome.ended >= from);
                verdict.voids(&one.outcome) || halting && one.outcome.could_be_ours()
            };
            let (void, own): (Vec<Held>, Vec<Held>) = std::mem::take(&mut seen.held)
                .into_iter()
                .partition(is_ours);
            for one in own {
                let changes = desk.miss(&one.errand, &one.failure, one.at)?;
                self.note(watch, &one.errand.entry, &changes);
            }
            if void.is_empty() {
                if halted.is_some() {
                    continue;
                }
                break;
            }
            let why = void_reason(&verdict);
            watch.told(&format!("{why}: {} หน่วยงานยังไม่นับ", void.len()));
            let ids: Vec<&str> = void
                .iter()
                .map(|one| one.errand.entry.id.as_str())
                .collect();
            seen.visits
                .retain(|visit| !ids.contains(&visit.id.as_str()));
            // They wait again, in this run or in the one that goes on with it.
            self.let_go(desk)?;
            let back = self
                .wait(desk, watch, &mut interrupt, waited, &mut seen)
                .await;
            if interrupt.is_pulled() {
                return Ok(RoundEnd::Stopped);
            }
            if !back {
                return Ok(RoundEnd::Void(why));
            }
            waited += 1;
        }
        let now = desk.now();
        desk.store().end_run(self.run, now, None)?;
        desk.archive.end_run(&self.run.to_string())?;
        desk.metrics.succeeded(now);
        Ok(RoundEnd::Done)
    }

    /// Gives back what this process was at: the jobs wait again.
    fn let_go(&self, desk: &Desk) -> Result<(), ServiceError> {
        let now = desk.now();
        desk.store().release(&desk.owner, now)?;
        Ok(())
    }

    /// Visits all agencies that wait. Whether it was told to stop; and since when our own network seems dead, if that ended it.
    async fn pass(
        &self,
        desk: &Arc<Desk>,
        watch: &Arc<dyn Watch>,
        interrupt: &mut Interrupt,
        seen: &mut Sights,
    ) -> Result<(bool, Option<Timestamp>), ServiceError> {
        let mut at_work: JoinSet<(Errand, Timestamp, Result<Came, ServiceError>)> = JoinSet::new();
        let mut halted: Option<Timestamp> = None;
        loop {
            while halted.is_none() && !interrupt.is_pulled() && at_work.len() < self.at_once {
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
                    let came = desk.visit(&errand, interrupt).await;
                    (errand, began, came)
                });
            }
            let Some(done) = at_work.join_next().await else {
                return Ok((interrupt.is_pulled(), halted));
            };
            let (errand, began, came) =
                done.map_err(|error| ServiceError::Broken(error.to_string()))?;
            let came = match came {
                Err(error) if error.is_of_one_agency() => {
                    if let ServiceError::Archive(ArchiveError::Body { digest, .. }) = &error {
                        // It is fetched anew next time.
                        desk.archive.discard(digest)?;
                    }
                    let failure = Failure::new(FailureKind::Internal, error.to_string());
                    desk.fail(&errand, &failure, desk.now())?;
                    desk.archive.end(&self.run.to_string(), &errand.entry.id)?;
                    Came::Failed(failure)
                }
                other => other?,
            };
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
                Came::Audited {
                    changes, broken, ..
                } => {
                    let end = if broken {
                        End::BrokenOff
                    } else {
                        End::Answered
                    };
                    let outcome = desk.outcome(&errand.entry, began, now, end).await?;
                    seen.visits.push(outcome);
                    self.note(watch, &errand.entry, &changes);
                }
                Came::Missed { failure, at } => {
                    let end = End::Failed(failure.kind);
                    let outcome = desk.outcome(&errand.entry, began, now, end).await?;
                    seen.visits.push(outcome.clone());
                    seen.held.push(Held {
                        errand,
                        failure,
                        outcome,
                        at,
                    });
                    let limits = Limits::default();
                    if halted.is_none() && suspicious(&seen.visits, &limits) && seen.may_knock() {
                        self.knock(desk, seen).await;
                        // What is under way comes to its end; nothing more is begun until our network is back.
                        if let Verdict::Void(spans) = examine(&seen.canaries, &seen.visits, &limits)
                        {
                            halted = spans.iter().map(|span| span.from).min();
                        }
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
            .claim(self.run, owner, now, SignedDuration::MIN)?)
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

    fn note(&self, watch: &Arc<dyn Watch>, entry: &Entry, changes: &[Change]) {
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

    async fn knock(&self, desk: &Desk, seen: &mut Sights) -> bool {
        seen.knocked = Some(Instant::now());
        let mut any = false;
        for canary in &self.canaries {
            let answered = knock(canary, &desk.options).await;
            any |= answered;
            seen.canaries.push(CanaryLook {
                at: desk.now(),
                host: canary.host_str().unwrap_or_default().to_owned(),
                answered,
            });
        }
        any
    }

    /// Waits for our own network, and a while longer each time. `false` when patience ended first.
    async fn wait(
        &self,
        desk: &Desk,
        watch: &Arc<dyn Watch>,
        interrupt: &mut Interrupt,
        waited: usize,
        seen: &mut Sights,
    ) -> bool {
        let Some(&pause) = WAITS.get(waited) else {
            return false;
        };
        let began = Instant::now();
        let pauses = std::iter::once(pause)
            .chain(WAITS)
            .chain(std::iter::repeat(WAITS[3]));
        for pause in pauses {
            if began.elapsed() + pause > self.patience {
                return false;
            }
            watch.told("รอให้เครือข่ายของเครื่องนี้กลับมา");
            tokio::select! {
                () = interrupt.pulled() => return false,
                () = tokio::time::sleep(pause) => {}
            }
            // Without canaries nobody can tell when it is back: the agencies are tried again after the pause.
            if self.canaries.is_empty() || self.knock(desk, seen).await {
                return true;
            }
        }
        false
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
        let began = desk.store().line(&job.agency, When::Audit(audit))?.look.at;
        let query = ChangeQuery {
            agency: Some(job.agency.clone()),
            since: Some(began),
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
