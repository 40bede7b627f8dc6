//! When each agency was looked at last and is to be looked at next.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fault::StoreError;
use super::open::Store;
use super::rows::{agency_row, moment};

/// The visits of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Visit {
    /// The agency's id.
    pub agency: String,
    /// When the last one began; null before the first.
    #[schemars(with = "Option<String>")]
    pub last: Option<Timestamp>,
    /// When the next one is due; null when none is.
    #[schemars(with = "Option<String>")]
    pub next: Option<Timestamp>,
    /// Why then.
    pub why: String,
}

/// An agency that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The agency's id.
    pub agency: String,
    /// Since when.
    pub next: Timestamp,
    /// Why then.
    pub why: String,
}

impl Store {
    /// The visits of an agency; `None` for one that was neither visited nor planned.
    pub fn visit(&self, agency: &str) -> Result<Option<Visit>, StoreError> {
        let row: Option<(Option<i64>, Option<i64>, String)> = self
            .conn
            .query_row(
                "SELECT v.last, v.next, v.why FROM agency AS g JOIN visit AS v ON v.agency = g.id WHERE g.key = ?1",
                [agency],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        row.map(|(last, next, why)| {
            Ok(Visit {
                agency: agency.to_owned(),
                last: last.map(moment).transpose()?,
                next: next.map(moment).transpose()?,
                why,
            })
        })
        .transpose()
    }

    /// When an agency was visited last, with or without an audit.
    pub fn last_visit(&self, agency: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.visit(agency)?.and_then(|visit| visit.last))
    }

    /// Plans the next visit of an agency; `None` plans none.
    pub fn set_next(
        &mut self,
        agency: &str,
        next: Option<Timestamp>,
        why: &str,
    ) -> Result<(), StoreError> {
        let agency = agency_row(&self.conn, agency)?;
        self.conn.execute(
            "INSERT INTO visit (agency, next, why) VALUES (?1, ?2, ?3)
             ON CONFLICT (agency) DO UPDATE SET next = ?2, why = ?3",
            params![agency, next.map(Timestamp::as_second), why],
        )?;
        Ok(())
    }

    /// The same for many at once. What is planned already is not written again.
    pub fn set_plan(
        &mut self,
        planned: &[(String, Option<Timestamp>, String)],
    ) -> Result<(), StoreError> {
        let tx = self.write()?;
        {
            let mut put = tx.prepare(
                "INSERT INTO visit (agency, next, why) SELECT id, ?2, ?3 FROM agency WHERE key = ?1
                 ON CONFLICT (agency) DO UPDATE SET next = ?2, why = ?3
                 WHERE next IS NOT ?2 OR why IS NOT ?3",
            )?;
            for (agency, next, why) in planned {
                put.execute(params![agency, next.map(Timestamp::as_second), why])?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// The agencies that are due, the longest first.
    pub fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<Due>, StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT g.key, v.next, v.why FROM visit AS v JOIN agency AS g ON g.id = v.agency
             WHERE v.next IS NOT NULL AND v.next <= ?1 ORDER BY v.next, v.agency LIMIT ?2",
        )?;
        let rows = statement.query_map(params![now.as_second(), limit], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get(2)?))
        })?;
        rows.map(|row| {
            let (agency, next, why) = row?;
            Ok(Due {
                agency,
                next: moment(next)?,
                why,
            })
        })
        .collect()
    }

    /// When the next agency is due.
    pub fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = self.conn.query_row(
            "SELECT min(next) FROM visit WHERE next IS NOT NULL",
            [],
            |row| row.get(0),
        )?;
        next.map(moment).transpose()
    }
}
