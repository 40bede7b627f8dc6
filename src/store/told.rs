//! What digests are made of beside changes: who had one when, what will go stale, how a year began.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::fault::StoreError;
use super::open::Store;
use super::outbox::{Letter, put_letter, put_mark};
use super::rows::{packed, unpacked};
use super::values::{AuditId, AuditLine, When};
use crate::forecast::Outlook;
use crate::year::FiscalYear;

fn made(owner: &str) -> String {
    format!("digest:{owner}")
}

impl Store {
    /// When a digest was last made for an owner, though there may have been nothing to tell.
    pub fn digest_made(&self, owner: &str) -> Result<Option<Timestamp>, StoreError> {
        let made = self.mark(&made(owner))?;
        Ok(made.and_then(|at| at.parse().ok()))
    }

    /// Puts an owner's newest digest into the outbox, in the place of any that is still on its way; without one it is only
    /// noted that there was nothing to tell.
    pub fn post_digest(
        &mut self,
        owner: &str,
        letter: Option<&Letter>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tx = self.write()?;
        tx.execute(
            "UPDATE outbox SET next_at = NULL WHERE owner = ?1 AND next_at IS NOT NULL",
            [owner],
        )?;
        if let Some(letter) = letter {
            put_letter(&tx, letter)?;
        }
        put_mark(&tx, &made(owner), &now.to_string())?;
        tx.commit()?;
        Ok(())
    }

    /// Keeps what will go stale of an agency by a year's criteria, in the place of what was kept before.
    pub fn set_outlook(
        &mut self,
        agency: &str,
        year: FiscalYear,
        outlook: &Outlook,
    ) -> Result<(), StoreError> {
        let body = packed(outlook, "")?;
        self.conn.execute(
            "INSERT INTO forecast (series, body) SELECT s.id, ?3 FROM series AS s JOIN agency AS g ON g.id = s.agency
             WHERE g.key = ?1 AND s.year = ?2 ON CONFLICT (series) DO UPDATE SET body = ?3",
            params![agency, year.0, body],
        )?;
        Ok(())
    }

    /// What will go stale of an agency, as its newest look has it; `None` before the first.
    pub fn outlook(&self, agency: &str, year: FiscalYear) -> Result<Option<Outlook>, StoreError> {
        let body: Option<Vec<u8>> = self
            .conn
            .query_row(
                "SELECT f.body FROM forecast AS f JOIN series AS s ON s.id = f.series JOIN agency AS g ON g.id = s.agency
                 WHERE g.key = ?1 AND s.year = ?2",
                params![agency, year.0],
                |row| row.get(0),
            )
            .optional()?;
        body.map(|body| unpacked(&body, "")).transpose()
    }

    /// How often an agency's website was audited.
    pub fn looks(&self, agency: &str) -> Result<u32, StoreError> {
        Ok(self.conn.query_row(
            "SELECT count(*) FROM agency AS g JOIN series AS s ON s.agency = g.id JOIN audit AS a ON a.series = s.id
             WHERE g.key = ?1 AND a.kind < 2",
            [agency],
            |row| row.get(0),
        )?)
    }

    /// Visits in a row up to the last that could not look at the website; void ones are passed over.
    pub fn failures_in_a_row(&self, agency: &str) -> Result<u32, StoreError> {
        Ok(self.conn.query_row(
            "SELECT count(*) FROM job AS j JOIN agency AS g ON g.id = j.agency
             WHERE g.key = ?1 AND j.state = 3 AND j.run >
               coalesce((SELECT max(d.run) FROM job AS d WHERE d.agency = g.id AND d.state = 2), 0)",
            [agency],
            |row| row.get(0),
        )?)
    }

    /// The newest year by whose criteria an agency was judged.
    pub fn newest_year(&self, agency: &str) -> Result<Option<FiscalYear>, StoreError> {
        let year: Option<i16> = self.conn.query_row(
            "SELECT max(s.year) FROM series AS s JOIN agency AS g ON g.id = s.agency WHERE g.key = ?1",
            [agency],
            |row| row.get(0),
        )?;
        Ok(year.map(FiscalYear))
    }

    /// An agency's first audit by a year's criteria.
    pub fn first_audit(
        &self,
        agency: &str,
        year: FiscalYear,
    ) -> Result<Option<AuditLine>, StoreError> {
        let first: Option<AuditId> = self.conn.query_row(
            "SELECT min(a.id) FROM audit AS a JOIN series AS s ON s.id = a.series JOIN agency AS g ON g.id = s.agency
             WHERE g.key = ?1 AND s.year = ?2",
            params![agency, year.0],
            |row| row.get(0),
        )?;
        first
            .map(|audit| self.line(agency, When::Audit(audit)))
            .transpose()
    }
}
