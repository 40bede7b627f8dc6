//! One visit to one agency: crawled, kept, judged, recorded.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use super::{Desk, Judged, ROOM, ServiceError};
use crate::agency::AgencyKind;
use crate::fetch::capture::{Capture, Stop};
use crate::fetch::crawl_with;
use crate::fetch::options::{Interrupt, Options, Quiet};
use crate::fleet::failure::{Failure, FailureKind, taxonomy};
use crate::fleet::health::{End as Ending, Outcome, place};
use crate::fleet::list::Entry;
use crate::fleet::summary::AuditSummary;
use crate::judge::Decision;
use crate::metrics::Visit;
use crate::standing::{Change, Observation, Standing};
use crate::store::{
    AgencyRow, AuditLine, Claim, End, JobState, Look, LookKind, Miss, Recording, RunId, StoreError,
    Traffic, When,
};
use crate::year::FiscalYear;

/// One look in so many asks for all addresses anew: a server that says "unchanged" when it is not is found out then.
const FRESH_EVERY: u32 = 8;

/// What is to be done.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    pub(super) run: RunId,
    pub(super) entry: Arc<Entry>,
    pub(super) kind: LookKind,
    /// Why, for the run log.
    pub(super) why: String,
    /// Ask for everything, whatever was there before.
    pub(super) fresh: bool,
}

/// What became of a visit.
#[derive(Debug)]
pub enum Came {
    /// It was audited and recorded.
    Audited {
        /// What it came to by the latest of its years.
        summary: AuditSummary,
        /// Changes that count from now on.
        changes: Vec<Change>,
        /// Pages and files that were asked for.
        pages: usize,
        /// The website went silent before the end.
        broken: bool,
    },
    /// The website could not be looked at. It is not recorded yet: whose fault it was is told by other visits.
    Missed {
        /// Why.
        failure: Failure,
        /// When the visit began.
        at: Timestamp,
    },
    /// It was recorded as failed for a reason that is not the website's.
    Failed(Failure),
    /// The program was told to stop; the journal has what was fetched so far.
    Stopped,
}

impl Desk {
    /// Makes a visit. What it leaves undone, the next one of the same run goes on with.
    pub(super) async fn visit(
        self: &Arc<Self>,
        errand: &Errand,
        interrupt: Interrupt,
    ) -> Result<Came, ServiceError> {
        let at = self.now();
        let day = Capture::day_of(at);
        let entry = &errand.entry;
        let years = self.court.years(day);
        let before = match self.store().line(&entry.id, When::Latest) {
            Ok(line) => Some(line),
            Err(StoreError::NoAgency(_) | StoreError::NoAudit { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let looks = self.store().looks(&entry.id)?;
        // A second look does not take the server's word for it that nothing has changed.
        let fresh =
            errand.fresh || errand.kind == LookKind::SecondLook || is_fresh(&entry.id, looks);
        let earlier = before.and_then(|line| line.capture).filter(|_| !fresh);
        let run = errand.run.to_string();
        let session = Arc::new(self.archive.begin(&run, &entry.id, earlier.as_deref())?);
        let options = Options {
            as_of: Some(day),
            ..self.options.clone()
        };
        let crawled = crawl_with(
            entry.home.clone(),
            &options,
            &Quiet,
            interrupt.clone(),
            session.clone(),
        )
        .await
        .map_err(|error| ServiceError::Broken(format!("{}: {error}", entry.id)))?;
        if interrupt.is_pulled() {
            return Ok(Came::Stopped);
        }
        let traffic = crawled.traffic;
        let pages = crawled.manifest.visits.len();
        let (desk, errand) = (Arc::clone(self), errand.clone());
        // Captures stand in memory only while they are judged, and only so many at a time.
        let mut stop = interrupt.clone();
        let room = self.room(traffic.bytes_whole);
        let permit = tokio::select! {
            biased;
            () = stop.pulled() => return Ok(Came::Stopped),
            permit = self.judging.acquire_many(room) => permit,
        };
        let permit = permit.map_err(|error| ServiceError::Broken(error.to_string()))?;
        let came = tokio::task::spawn_blocking(move || {
            let kept = session.keep(&crawled.manifest)?;
            drop(crawled);
            // Before the new capture is loaded: two at a time would be twice the room.
            for year in &years {
                desk.rejudge(&errand.entry, *year, &interrupt)?;
            }
            let capture = desk.archive.capture(&kept.digest)?;
            let look = Look {
                at,
                ended: desk.now(),
                kind: errand.kind,
                traffic: Traffic {
                    requests: small(traffic.requests),
                    fresh: small(traffic.requests - traffic.not_modified),
                    received: traffic.bytes_moved,
                },
            };
            desk.conclude(&errand, &capture, &look, &years, pages, &interrupt)
        })
        .await
        .map_err(|error| ServiceError::Judging(error.to_string()))?;
        drop(permit);
        let came = came?;
        self.metrics.visit(&Visit {
            result: came.word(),
            seconds: self.now().duration_since(at).as_secs_f64(),
            requests: traffic.requests,
            bytes: traffic.bytes_moved,
            not_modified: traffic.not_modified,
        });
        // A failure that is weighed later must not be told again from the journal as if it had just happened.
        if !matches!(came, Came::Stopped) {
            self.archive.end(&run, &entry.id)?;
        }
        Ok(came)
    }

    /// What a capture comes to, recorded.
    fn conclude(
        &self,
        errand: &Errand,
        capture: &Capture,
        look: &Look,
        years: &[FiscalYear],
        pages: usize,
        interrupt: &Interrupt,
    ) -> Result<Came, ServiceError> {
        if let Some(failure) = taxonomy(capture) {
            return Ok(Came::Missed {
                failure,
                at: look.at,
            });
        }
        let entry = &errand.entry;
        let judged = self.court.judge(entry, capture, years);
        // Told to stop, readers of files and scans end early: what they left unread is no finding.
        if interrupt.is_pulled() {
            return Ok(Came::Stopped);
        }
        let judged = match judged {
            Ok(judged) => judged,
            Err(why) => {
                let failure = Failure {
                    kind: FailureKind::Internal,
                    detail: why,
                };
                self.fail(errand, &failure, look.ended)?;
                return Ok(Came::Failed(failure));
            }
        };
        let mut changes = Vec::new();
        let mut summary = None;
        let last = judged.len().saturating_sub(1);
        for (at, one) in judged.iter().enumerate() {
            let year = one.audit.year;
            let known = self.latest(&entry.id, year)?;
            // A process that died between two years had this one recorded.
            let recorded = known.is_some_and(|line| line.capture == one.audit.capture_digest);
            if !recorded || at == last {
                changes = self.record(errand, one, look, at == last)?;
            }
            summary = Some(AuditSummary::of(&one.audit));
        }
        let Some(summary) = summary else {
            return Err(ServiceError::Broken("ไม่มีปีที่จะตรวจ".to_owned()));
        };
        Ok(Came::Audited {
            summary,
            changes,
            pages,
            broken: capture.stop == Some(Stop::HostDown),
        })
    }

    fn record(
        &self,
        errand: &Errand,
        judged: &Judged,
        look: &Look,
        ends: bool,
    ) -> Result<Vec<Change>, ServiceError> {
        let agency = row(&errand.entry);
        let mut counted = Vec::new();
        let job = ends.then(|| Claim {
            run: errand.run,
            owner: &self.owner,
            why: &errand.why,
        });
        let recording = Recording {
            agency: &agency,
            audit: &judged.audit,
            look,
            job,
        };
        let moved = self.has_moved(&errand.entry)?;
        let mut store = self.store();
        store.record(&recording, |id, standing| {
            let mut standing = if moved { Standing::default() } else { standing };
            let kept = look.kind == LookKind::Rejudged;
            let seen = Observation::of(&judged.audit, look.at, id, kept);
            let changes = standing.observe(&seen);
            counted.clone_from(&changes);
            (standing, changes)
        })?;
        store.set_outlook(&errand.entry.id, judged.audit.year, &judged.outlook)?;
        drop(store);
        for decision in [Decision::Pass, Decision::Unsure, Decision::Fail] {
            let items = judged.audit.items.iter();
            let count = items
                .filter(|item| item.verdict.verdict == decision)
                .count();
            self.metrics.judged(decision, count as u64);
        }
        counted
            .iter()
            .for_each(|change| self.metrics.changed(change));
        Ok(counted)
    }

    /// Judges the last capture again when the rules have changed since: what differs then is the rules' doing.
    fn rejudge(
        &self,
        entry: &Arc<Entry>,
        year: FiscalYear,
        interrupt: &Interrupt,
    ) -> Result<(), ServiceError> {
        let Some(line) = self.latest(&entry.id, year)? else {
            return Ok(());
        };
        let Some(digest) = line
            .capture
            .filter(|_| line.rules != self.court.rules(year))
        else {
            return Ok(());
        };
        let judged = self
            .archive
            .capture(&digest)
            .map_err(|error| error.to_string())
            .and_then(|capture| self.court.judge(entry, &capture, &[year]));
        if interrupt.is_pulled() {
            return Ok(());
        }
        let judged = match judged {
            Ok(judged) => judged,
            // Without it a change may be laid at the website's door; it is still confirmed by a second look.
            Err(why) => {
                tracing::warn!(agency = entry.id, "rules changed, not judged again: {why}");
                return Ok(());
            }
        };
        let now = self.now();
        let look = Look {
            at: now,
            ended: now,
            kind: LookKind::Rejudged,
            traffic: Traffic::default(),
        };
        let errand = Errand {
            run: 0,
            entry: Arc::clone(entry),
            kind: LookKind::Rejudged,
            why: String::new(),
            fresh: false,
        };
        for one in &judged {
            self.record(&errand, one, &look, false)?;
        }
        Ok(())
    }

    /// Records that a website could not be looked at.
    pub(super) fn miss(
        &self,
        errand: &Errand,
        failure: &Failure,
        at: Timestamp,
    ) -> Result<Vec<Change>, ServiceError> {
        let Some(year) = self.court.years(Capture::day_of(at)).last().copied() else {
            return Ok(Vec::new());
        };
        let agency = row(&errand.entry);
        let told = failure.told();
        let claim = Claim {
            run: errand.run,
            owner: &self.owner,
            why: &told,
        };
        let word = failure.kind.word();
        let end = End {
            state: JobState::Failed,
            fault: Some(word),
        };
        let mut counted = Vec::new();
        let miss = Miss {
            agency: &agency,
            year,
            at,
            job: Some((claim, end)),
        };
        let moved = self.has_moved(&errand.entry)?;
        self.store().record_miss(&miss, |standing| {
            let mut standing = if moved { Standing::default() } else { standing };
            let home = errand.entry.home.to_string();
            let because = format!("{}: {}", failure.kind.thai(), failure.kind.advice());
            let seen = Observation::unreachable(at, &because, Some(home));
            let changes = standing.observe(&seen);
            counted.clone_from(&changes);
            (standing, changes)
        })?;
        self.archive
            .end(&errand.run.to_string(), &errand.entry.id)?;
        counted
            .iter()
            .for_each(|change| self.metrics.changed(change));
        Ok(counted)
    }

    /// Ends a job without a word about the website.
    pub(super) fn fail(
        &self,
        errand: &Errand,
        failure: &Failure,
        at: Timestamp,
    ) -> Result<(), ServiceError> {
        let state = match failure.kind {
            FailureKind::Void => JobState::Void,
            _ => JobState::Failed,
        };
        let end = End {
            state,
            fault: Some(failure.kind.word()),
        };
        let claim = Claim {
            run: errand.run,
            owner: &self.owner,
            why: &failure.detail,
        };
        self.store()
            .finish_job(&errand.entry.id, &claim, &end, at)?;
        Ok(())
    }

    /// Whether the list has another website under this id than the one that was audited last: what was seen of that one
    /// says nothing of this.
    fn has_moved(&self, entry: &Entry) -> Result<bool, ServiceError> {
        let before = match self.store().audit(&entry.id, When::Latest) {
            Ok(audit) => audit.home,
            Err(StoreError::NoAgency(_) | StoreError::NoAudit { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let host = |url: &Url| {
            let host = url.host_str().unwrap_or_default();
            host.strip_prefix("www.").unwrap_or(host).to_owned()
        };
        Ok(Url::parse(&before).is_ok_and(|before| host(&before) != host(&entry.home)))
    }

    /// A visit as the test of our own network sees it.
    pub(super) async fn outcome(
        &self,
        entry: &Entry,
        began: Timestamp,
        ended: Timestamp,
        end: Ending,
    ) -> Result<Outcome, ServiceError> {
        // Websites of one server are one place; where addresses are given by hand, names tell them apart.
        let port = entry.home.port_or_known_default().unwrap_or(80);
        let address = match entry.home.domain() {
            Some(host) if self.options.given(host, port).is_none() => {
                let mut found = tokio::net::lookup_host((host, port)).await.into_iter();
                found.next().and_then(|mut all| all.next())
            }
            _ => None,
        };
        Ok(Outcome {
            id: entry.id.clone(),
            place: place(&entry.home, address.map(|address| address.ip())),
            began,
            ended,
            end,
            answered_before: self.answered_before(&entry.id)?,
        })
    }

    /// Units of memory that a capture is given while it is judged.
    fn room(&self, bytes: u64) -> u32 {
        let most = u32::try_from(ROOM).unwrap_or(u32::MAX);
        let least = most / u32::try_from(self.processors).unwrap_or(1).max(1);
        u32::try_from(bytes >> 20)
            .unwrap_or(most)
            .clamp(least.max(1), most)
    }

    /// Whether the visit before this one found the website.
    pub(super) fn answered_before(&self, agency: &str) -> Result<bool, ServiceError> {
        let store = self.store();
        let known = store.newest_year(agency)?.is_some();
        Ok(known && store.failures_in_a_row(agency)? == 0)
    }

    /// An agency's newest audit by a year's criteria.
    pub(super) fn latest(
        &self,
        agency: &str,
        year: FiscalYear,
    ) -> Result<Option<AuditLine>, ServiceError> {
        match self.store().history(agency, Some(year), None, 1) {
            Ok(history) => Ok(history.audits.into_iter().next().map(|one| one.line)),
            Err(StoreError::NoAgency(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// An agency as the store has it.
pub(super) fn row(entry: &Entry) -> AgencyRow {
    AgencyRow {
        id: entry.id.clone(),
        name: entry.name.clone(),
        kind: word_of(entry.kind),
        province: entry.province.clone().unwrap_or_default(),
        home: entry.home.to_string(),
    }
}

/// Whether a look that has so many before it asks for everything. Never the second; which of the later ones, differs from
/// agency to agency, so that a fleet's whole looks are spread.
fn is_fresh(agency: &str, looks: u32) -> bool {
    let turn = 2 + u32::from(Sha256::digest(agency)[0]) % (FRESH_EVERY - 2);
    looks % FRESH_EVERY == turn
}

/// The word of a type of agencies, as its JSON form has it.
fn word_of(kind: AgencyKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
