//! Runs and their jobs: what is to be done, who is doing it, what became of it. The rows are the run log.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fault::StoreError;
use super::open::Store;
use super::rows::{agency_row, intern_str, moment, text_str};
use super::values::{AuditId, FORMAT};
use super::write::visited;

/// A run's row in the store.
pub type RunId = i64;

/// One round through a list of agencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Its number.
    pub run: RunId,
    /// What started it: `fleet`, `schedule` …
    pub kind: String,
    /// Its settings, the JSON it was begun with.
    pub settings: String,
    /// When it began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub began: Timestamp,
    /// When it ended; null while it is not finished.
    #[schemars(with = "Option<String>")]
    pub ended: Option<Timestamp>,
    /// Why none of its failures count; null when they do.
    pub void: Option<String>,
}

/// How far a job is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Not begun.
    Pending,
    /// Somebody is at the website.
    Crawling,
    /// Its audit is recorded.
    Done,
    /// It gave no audit.
    Failed,
    /// It gave no audit, and that says nothing about the website.
    Void,
}

impl JobState {
    const ALL: [Self; 5] = [
        Self::Pending,
        Self::Crawling,
        Self::Done,
        Self::Failed,
        Self::Void,
    ];

    fn code(self) -> i64 {
        self as i64
    }

    fn coded(code: i64) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| StoreError::damaged(format!("สถานะงาน {code}")))
    }
}

/// An agency within a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Job {
    /// The run.
    pub run: RunId,
    /// The agency's id.
    pub agency: String,
    /// Its turn in the run, from 0.
    pub place: u32,
    /// How far it is.
    pub state: JobState,
    /// Since when.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The failure's word: `dns`, `refused`, `timeout` …
    pub fault: Option<String>,
    /// What was done and why, in Thai.
    pub why: Option<String>,
    /// The audit it gave.
    pub audit: Option<AuditId>,
}

/// Who ends a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The run.
    pub run: RunId,
    /// Who claimed it: unique among all processes, such as host, process id and start.
    pub owner: &'a str,
    /// What was done and why, in Thai; empty for nothing to say.
    pub why: &'a str,
}

/// How a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End<'a> {
    /// `Done`, `Failed` or `Void`.
    pub state: JobState,
    /// The failure's word.
    pub fault: Option<&'a str>,
}

impl End<'_> {
    /// With an audit.
    pub const DONE: Self = Self {
        state: JobState::Done,
        fault: None,
    };
}

/// How many jobs of a run are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Not begun.
    pub pending: u32,
    /// Somebody is at the website.
    pub crawling: u32,
    /// With an audit.
    pub done: u32,
    /// Without one.
    pub failed: u32,
    /// Without one, and it does not count.
    pub void: u32,
}

/// A run at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunView {
    /// The number of this form: 1.
    pub format: u32,
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// How far its jobs are.
    pub tally: Tally,
    /// How many jobs failed by each word.
    pub faults: BTreeMap<String, u32>,
}

const RUN: &str = "SELECT id, kind, settings, began, ended, void FROM run";
const JOB: &str = "SELECT j.run, g.key, j.place, j.state, j.at, j.fault, j.why, j.audit
    FROM job AS j JOIN agency AS g ON g.id = j.agency";

impl Store {
    /// Begins a run through agencies that the store knows, in this order. Naming one twice is naming it once.
    pub fn begin_run(
        &mut self,
        kind: &str,
        settings: &str,
        agencies: &[String],
        at: Timestamp,
    ) -> Result<RunId, StoreError> {
        let tx = self.write()?;
        tx.execute(
            "INSERT INTO run (kind, settings, began) VALUES (?1, ?2, ?3)",
            params![kind, settings, at.as_second()],
        )?;
        let run = tx.last_insert_rowid();
        {
            let mut insert = tx.prepare(
                "INSERT OR IGNORE INTO job (run, agency, place, state, at) VALUES (?1, ?2, ?3, 0, ?4)",
            )?;
            for (place, key) in agencies.iter().enumerate() {
                let agency = agency_row(&tx, key)?;
                insert.execute(params![run, agency, place as i64, at.as_second()])?;
            }
        }
        tx.commit()?;
        Ok(run)
    }

    /// The newest run of a kind that has not ended: what a process that died left, or another process is at.
    pub fn unfinished_run(&self, kind: &str) -> Result<Option<Run>, StoreError> {
        let sql = format!("{RUN} WHERE ended IS NULL AND kind = ?1 ORDER BY id DESC LIMIT 1");
        let row = self.conn.query_row(&sql, [kind], raw_run).optional()?;
        row.map(run_of).transpose()
    }

    /// The same with these settings.
    pub fn unfinished_run_of(&self, kind: &str, settings: &str) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "{RUN} WHERE ended IS NULL AND kind = ?1 AND settings = ?2 ORDER BY id DESC LIMIT 1"
        );
        let row = self
            .conn
            .query_row(&sql, [kind, settings], raw_run)
            .optional()?;
        row.map(run_of).transpose()
    }

    /// The newest runs, newest first.
    pub fn runs(&self, before: Option<RunId>, limit: u32) -> Result<Vec<Run>, StoreError> {
        let sql = format!("{RUN} WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
        let mut statement = self.conn.prepare(&sql)?;
        let rows = statement.query_map(params![before.unwrap_or(i64::MAX), limit], raw_run)?;
        rows.map(|row| run_of(row?)).collect()
    }

    /// A run at a glance.
    pub fn run(&self, run: RunId) -> Result<RunView, StoreError> {
        let tx = self.conn.unchecked_transaction()?;
        let row = tx
            .query_row(&format!("{RUN} WHERE id = ?1"), [run], raw_run)
            .optional()?;
        let row = row.ok_or_else(|| no_job(run, ""))?;
        let mut tally = Tally::default();
        let mut faults = BTreeMap::new();
        let mut statement =
            tx.prepare("SELECT state, fault, count(*) FROM job WHERE run = ?1 GROUP BY 1, 2")?;
        let mut rows = statement.query([run])?;
        while let Some(row) = rows.next()? {
            let (state, fault, count): (i64, Option<i64>, u32) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            *match JobState::coded(state)? {
                JobState::Pending => &mut tally.pending,
                JobState::Crawling => &mut tally.crawling,
                JobState::Done => &mut tally.done,
                JobState::Failed => &mut tally.failed,
                JobState::Void => &mut tally.void,
            } += count;
            if let Some(word) = text_str(&tx, fault)? {
                *faults.entry(word).or_default() += count;
            }
        }
        Ok(RunView {
            format: FORMAT,
            run: run_of(row)?,
            tally,
            faults,
        })
    }

    /// The jobs of a run in their turns, at most `limit` of those after the turn `after`.
    pub fn jobs(&self, run: RunId, after: Option<u32>, limit: u32) -> Result<Vec<Job>, StoreError> {
        let sql = format!("{JOB} WHERE j.run = ?1 AND j.place > ?2 ORDER BY j.place LIMIT ?3");
        let mut statement = self.conn.prepare(&sql)?;
        let after = after.map_or(-1, i64::from);
        let rows = statement.query_map(params![run, after, limit], raw_job)?;
        rows.map(|row| job_of(&self.conn, row?)).collect()
    }

    /// Takes the next job of a run whose agency nobody is at, and the agency with it. A lease that gave no sign for
    /// `stale` is its owner's no more. `None`: nothing is left to take, though others may still be crawling.
    pub fn claim(
        &mut self,
        run: RunId,
        owner: &str,
        now: Timestamp,
        stale: SignedDuration,
    ) -> Result<Option<Job>, StoreError> {
        let tx = self.write()?;
        // "state < 2" lets SQLite use the index of the open jobs.
        let next: Option<(i64, String)> = tx
            .query_row(
                "SELECT j.agency, g.key FROM job AS j JOIN agency AS g ON g.id = j.agency
                 WHERE j.run = ?1 AND j.state < 2 AND j.state = 0 AND NOT EXISTS
                   (SELECT 1 FROM lease AS l WHERE l.agency = j.agency AND l.beat > ?2)
                 ORDER BY j.place LIMIT 1",
                params![run, alive_since(now, stale)],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((agency, key)) = next else {
            return Ok(None);
        };
        take(&tx, run, agency, owner, now)?;
        tx.commit()?;
        self.job(run, &key)
    }

    /// Takes this agency's job of a run. `false`: it is not pending, or somebody is at the agency.
    pub fn claim_agency(
        &mut self,
        run: RunId,
        agency: &str,
        owner: &str,
        now: Timestamp,
        stale: SignedDuration,
    ) -> Result<bool, StoreError> {
        let tx = self.write()?;
        let row = agency_row(&tx, agency)?;
        let free = tx
            .prepare(
                "SELECT 1 FROM job WHERE run = ?1 AND agency = ?2 AND state = 0 AND NOT EXISTS
                   (SELECT 1 FROM lease WHERE agency = ?2 AND beat > ?3)",
            )?
            .exists(params![run, row, alive_since(now, stale)])?;
        if free {
            take(&tx, run, row, owner, now)?;
            tx.commit()?;
        }
        Ok(free)
    }

    /// One job of a run.
    pub fn job(&self, run: RunId, agency: &str) -> Result<Option<Job>, StoreError> {
        let sql = format!("{JOB} WHERE j.run = ?1 AND g.key = ?2");
        let row = self
            .conn
            .query_row(&sql, params![run, agency], raw_job)
            .optional()?;
        row.map(|row| job_of(&self.conn, row)).transpose()
    }

    /// Ends a job that gave no audit; one that gave an audit is ended by [`Store::record`]. The lease is given back.
    pub fn finish_job(
        &mut self,
        agency: &str,
        claim: &Claim<'_>,
        end: &End<'_>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let tx = self.write()?;
        let row = agency_row(&tx, agency)?;
        finish(&tx, row, agency, claim, end, at, None)?;
        // A failure of ours was a visit too: it is not tried again at once, over and over.
        if end.state == JobState::Failed {
            visited(&tx, row, at)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Makes pending again what owners were at who gave no sign for `stale`; tells how many.
    pub fn requeue(
        &mut self,
        run: RunId,
        now: Timestamp,
        stale: SignedDuration,
    ) -> Result<u32, StoreError> {
        let tx = self.write()?;
        let since = alive_since(now, stale);
        let count = tx.execute(
            "UPDATE job SET state = 0, at = ?2 WHERE run = ?1 AND state < 2 AND state = 1 AND NOT EXISTS
               (SELECT 1 FROM lease AS l WHERE l.agency = job.agency AND l.beat > ?3)",
            params![run, now.as_second(), since],
        )?;
        tx.execute("DELETE FROM lease WHERE beat <= ?1", [since])?;
        tx.commit()?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Gives a sign for all leases of an owner; tells how many it has.
    pub fn beat(&mut self, owner: &str, now: Timestamp) -> Result<u32, StoreError> {
        let count = self.conn.execute(
            "UPDATE lease SET beat = max(beat, ?2) WHERE owner = ?1",
            params![owner, now.as_second()],
        )?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Gives back all leases of an owner that stops; its jobs are pending again.
    pub fn release(&mut self, owner: &str, now: Timestamp) -> Result<u32, StoreError> {
        let tx = self.write()?;
        let count = tx.execute(
            "UPDATE job SET state = 0, at = ?2 WHERE state < 2 AND state = 1
               AND run IN (SELECT id FROM run WHERE ended IS NULL)
               AND agency IN (SELECT agency FROM lease WHERE owner = ?1)",
            params![owner, now.as_second()],
        )?;
        tx.execute("DELETE FROM lease WHERE owner = ?1", [owner])?;
        tx.commit()?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Ends a run. With a reason it is void: none of its failures count.
    pub fn end_run(
        &mut self,
        run: RunId,
        at: Timestamp,
        void: Option<&str>,
    ) -> Result<(), StoreError> {
        let tx = self.write()?;
        let ended = tx.execute(
            "UPDATE run SET ended = ?2, void = ?3 WHERE id = ?1",
            params![run, at.as_second(), void],
        )?;
        if ended == 0 {
            return Err(no_job(run, ""));
        }
        // What was not come to is not left standing as if somebody were at it.
        tx.execute(
            "UPDATE job SET state = 4 WHERE run = ?1 AND state < 2",
            [run],
        )?;
        tx.commit()?;
        Ok(())
    }

    pub(super) fn write(&mut self) -> Result<Transaction<'_>, StoreError> {
        Ok(self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

fn no_job(run: RunId, agency: &str) -> StoreError {
    StoreError::NoJob {
        run,
        agency: agency.to_owned(),
    }
}

/// A lease with a later sign of life is alive.
fn alive_since(now: Timestamp, stale: SignedDuration) -> i64 {
    now.as_second().saturating_sub(stale.as_secs())
}

fn take(
    conn: &Connection,
    run: RunId,
    agency: i64,
    owner: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now = now.as_second();
    conn.execute(
        "INSERT OR REPLACE INTO lease (agency, owner, taken, beat) VALUES (?1, ?2, ?3, ?3)",
        params![agency, owner, now],
    )?;
    conn.execute(
        "UPDATE job SET state = 1, at = ?3 WHERE run = ?1 AND agency = ?2",
        params![run, agency, now],
    )?;
    Ok(())
}

/// Ends a job for the owner of its claim, unless another has taken it over.
pub(super) fn finish(
    conn: &Connection,
    agency: i64,
    key: &str,
    claim: &Claim<'_>,
    end: &End<'_>,
    at: Timestamp,
    audit: Option<AuditId>,
) -> Result<(), StoreError> {
    let overtaken = |owner: String| StoreError::Overtaken {
        agency: key.to_owned(),
        owner,
    };
    let owner: Option<String> = conn
        .query_row(
            "SELECT owner FROM lease WHERE agency = ?1",
            [agency],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(owner) = owner.filter(|owner| owner != claim.owner) {
        return Err(overtaken(owner));
    }
    let state: Option<i64> = conn
        .query_row(
            "SELECT state FROM job WHERE run = ?1 AND agency = ?2",
            [claim.run, agency],
            |row| row.get(0),
        )
        .optional()?;
    let state = state.ok_or_else(|| no_job(claim.run, key))?;
    if JobState::coded(state)? > JobState::Crawling {
        return Err(overtaken("โปรแกรมอื่น".to_owned()));
    }
    conn.execute(
        "UPDATE job SET state = ?3, at = ?4, fault = ?5, why = ?6, audit = ?7 WHERE run = ?1 AND agency = ?2",
        params![
            claim.run,
            agency,
            end.state.code(),
            at.as_second(),
            intern_str(conn, end.fault)?,
            intern_str(conn, Some(claim.why).filter(|why| !why.is_empty()))?,
            audit
        ],
    )?;
    conn.execute("DELETE FROM lease WHERE agency = ?1", [agency])?;
    Ok(())
}

type RawRun = (RunId, String, String, i64, Option<i64>, Option<String>);

fn raw_run(row: &Row<'_>) -> rusqlite::Result<RawRun> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

fn run_of(row: RawRun) -> Result<Run, StoreError> {
    let (run, kind, settings, began, ended, void) = row;
    Ok(Run {
        run,
        kind,
        settings,
        began: moment(began)?,
        ended: ended.map(moment).transpose()?,
        void,
    })
}

type RawJob = (
    RunId,
    String,
    u32,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

fn raw_job(row: &Row<'_>) -> rusqlite::Result<RawJob> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
    ))
}

fn job_of(conn: &Connection, row: RawJob) -> Result<Job, StoreError> {
    let (run, agency, place, state, at, fault, why, audit) = row;
    Ok(Job {
        run,
        agency,
        place,
        state: JobState::coded(state)?,
        at: moment(at)?,
        fault: text_str(conn, fault)?,
        why: text_str(conn, why)?,
        audit,
    })
}
