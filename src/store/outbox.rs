//! Letters to owners until they are delivered and seen, what owners silenced, and how far a reader has come.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::fault::StoreError;
use super::open::Store;
use super::rows::{agency_row, moment};

/// A message to one owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Who gets it.
    pub owner: String,
    /// By which way: `mail`, or a webhook's name.
    pub channel: String,
    /// When it was written.
    pub created: Timestamp,
    /// Its JSON.
    pub body: String,
    /// When it is to be sent first.
    pub next_at: Option<Timestamp>,
}

/// A letter in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Its number.
    pub id: i64,
    /// The letter; its `next_at` is when it is to be sent next, `None` for never again.
    #[serde(flatten)]
    pub letter: Letter,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the newest attempt failed.
    pub fault: Option<String>,
    /// When it was delivered last.
    pub delivered: Option<Timestamp>,
    /// When its owner said that it was seen.
    pub seen: Option<Timestamp>,
}

/// What somebody does not want to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// The agency's id.
    pub agency: String,
    /// An item or `website`; `None` for all of the agency.
    pub subject: Option<String>,
    /// Until when; `None` until it is lifted.
    pub until: Option<Timestamp>,
    /// Who silenced it.
    pub who: String,
    /// Why.
    pub reason: String,
    /// When.
    pub made: Timestamp,
}

/// A silence in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silenced {
    /// Its number.
    pub id: i64,
    /// The silence.
    #[serde(flatten)]
    pub silence: Silence,
}

const POSTED: &str = "SELECT id, owner, channel, created, body, attempts, next_at, fault, delivered, seen FROM outbox";

impl Store {
    /// Puts letters into the outbox and moves a mark, in one transaction: what was told is not told again.
    pub fn post(
        &mut self,
        letters: &[Letter],
        mark: Option<(&str, &str)>,
    ) -> Result<Vec<i64>, StoreError> {
        let tx = self.write()?;
        let mut ids = Vec::new();
        for letter in letters {
            ids.push(put_letter(&tx, letter)?);
        }
        if let Some((name, value)) = mark {
            put_mark(&tx, name, value)?;
        }
        tx.commit()?;
        Ok(ids)
    }

    /// Letters to be sent now, the longest due first.
    pub fn outbox_due(&self, now: Timestamp, limit: u32) -> Result<Vec<Posted>, StoreError> {
        let sql = format!(
            "{POSTED} WHERE next_at IS NOT NULL AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2"
        );
        let mut statement = self.conn.prepare(&sql)?;
        let rows = statement.query_map(params![now.as_second(), limit], raw_posted)?;
        rows.map(|row| posted(row?)).collect()
    }

    /// When the next letter is to be sent.
    pub fn outbox_next(&self) -> Result<Option<Timestamp>, StoreError> {
        let next: Option<i64> = self.conn.query_row(
            "SELECT min(next_at) FROM outbox WHERE next_at IS NOT NULL",
            [],
            |row| row.get(0),
        )?;
        next.map(moment).transpose()
    }

    /// Letters of an owner, or of all, newest first.
    pub fn outbox(&self, owner: Option<&str>, limit: u32) -> Result<Vec<Posted>, StoreError> {
        let which = if owner.is_some() {
            "WHERE owner = ?1"
        } else {
            "WHERE ?1 IS NULL"
        };
        let sql = format!("{POSTED} {which} ORDER BY id DESC LIMIT ?2");
        let mut statement = self.conn.prepare(&sql)?;
        let rows = statement.query_map(params![owner, limit], raw_posted)?;
        rows.map(|row| posted(row?)).collect()
    }

    /// A letter was delivered; it is sent `again` then, until it is seen.
    pub fn delivered(
        &mut self,
        id: i64,
        at: Timestamp,
        again: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        put_delivered(&self.conn, id, at, again)
    }

    /// The same, and in the same transaction a mark is edited: what the letter told counts as told.
    pub fn delivered_and(
        &mut self,
        id: i64,
        at: Timestamp,
        again: Option<Timestamp>,
        name: &str,
        edit: impl FnOnce(Option<String>) -> Option<String>,
    ) -> Result<(), StoreError> {
        let tx = self.write()?;
        put_delivered(&tx, id, at, again)?;
        edit_mark(&tx, name, edit)?;
        tx.commit()?;
        Ok(())
    }

    /// An attempt failed; the `next` one is then, or never.
    pub fn undelivered(
        &mut self,
        id: i64,
        fault: &str,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE outbox SET attempts = attempts + 1, fault = ?2,
               next_at = iif(seen IS NULL, ?3, NULL) WHERE id = ?1",
            params![id, fault, next.map(Timestamp::as_second)],
        )?;
        Ok(())
    }

    /// The owner saw a letter: it is not sent again. `false` when there is none, or it was seen before.
    pub fn seen(&mut self, id: i64, at: Timestamp) -> Result<bool, StoreError> {
        let count = self.conn.execute(
            "UPDATE outbox SET seen = ?2, next_at = NULL WHERE id = ?1 AND seen IS NULL",
            params![id, at.as_second()],
        )?;
        Ok(count > 0)
    }

    /// Takes letters out that were written before a time and are not to be sent any more.
    pub fn clear_outbox(&mut self, before: Timestamp) -> Result<u32, StoreError> {
        let count = self.conn.execute(
            "DELETE FROM outbox WHERE created < ?1 AND next_at IS NULL",
            [before.as_second()],
        )?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Silences an agency, or a subject of it.
    pub fn silence(&mut self, silence: &Silence) -> Result<i64, StoreError> {
        let agency = agency_row(&self.conn, &silence.agency)?;
        self.conn.execute(
            "INSERT INTO silence (agency, subject, until, who, reason, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                agency,
                silence.subject,
                silence.until.map(Timestamp::as_second),
                silence.who,
                silence.reason,
                silence.made.as_second()
            ],
        )?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Lifts a silence; `false` when there is none.
    pub fn lift(&mut self, id: i64) -> Result<bool, StoreError> {
        let count = self
            .conn
            .execute("DELETE FROM silence WHERE id = ?1", [id])?;
        Ok(count > 0)
    }

    /// What is silenced at a time, in the order it was.
    pub fn silences(&self, now: Timestamp) -> Result<Vec<Silenced>, StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT s.id, g.key, s.subject, s.until, s.who, s.reason, s.made
             FROM silence AS s JOIN agency AS g ON g.id = s.agency
             WHERE s.until IS NULL OR s.until > ?1 ORDER BY s.id",
        )?;
        let rows = statement.query_map([now.as_second()], |row| {
            let silence = Silence {
                agency: row.get(1)?,
                subject: row.get(2)?,
                until: None,
                who: row.get(4)?,
                reason: row.get(5)?,
                made: Timestamp::UNIX_EPOCH,
            };
            let times: (Option<i64>, i64) = (row.get(3)?, row.get(6)?);
            Ok((row.get(0)?, silence, times))
        })?;
        rows.map(|row| {
            let (id, silence, (until, made)) = row?;
            Ok(Silenced {
                id,
                silence: Silence {
                    until: until.map(moment).transpose()?,
                    made: moment(made)?,
                    ..silence
                },
            })
        })
        .collect()
    }

    /// What a reader noted: how far it has come, say.
    pub fn mark(&self, name: &str) -> Result<Option<String>, StoreError> {
        mark(&self.conn, name)
    }

    /// Notes it.
    pub fn set_mark(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        put_mark(&self.conn, name, value)
    }

    /// Notes what follows from what was noted; no other process notes anything in between. `None` leaves it.
    pub fn edit_mark(
        &mut self,
        name: &str,
        edit: impl FnOnce(Option<String>) -> Option<String>,
    ) -> Result<(), StoreError> {
        let tx = self.write()?;
        edit_mark(&tx, name, edit)?;
        tx.commit()?;
        Ok(())
    }
}

fn put_delivered(
    conn: &Connection,
    id: i64,
    at: Timestamp,
    again: Option<Timestamp>,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET attempts = attempts + 1, delivered = ?2, fault = NULL,
           next_at = iif(seen IS NULL, ?3, NULL) WHERE id = ?1",
        params![id, at.as_second(), again.map(Timestamp::as_second)],
    )?;
    Ok(())
}

fn mark(conn: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let value = "SELECT value FROM mark WHERE name = ?1";
    Ok(conn.query_row(value, [name], |row| row.get(0)).optional()?)
}

pub(super) fn put_letter(conn: &Connection, letter: &Letter) -> Result<i64, StoreError> {
    conn.execute(
        "INSERT INTO outbox (owner, channel, created, body, next_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            letter.owner,
            letter.channel,
            letter.created.as_second(),
            letter.body,
            letter.next_at.map(Timestamp::as_second)
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

pub(super) fn put_mark(conn: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO mark (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
        [name, value],
    )?;
    Ok(())
}

fn edit_mark(
    conn: &Connection,
    name: &str,
    edit: impl FnOnce(Option<String>) -> Option<String>,
) -> Result<(), StoreError> {
    match edit(mark(conn, name)?) {
        Some(value) => put_mark(conn, name, &value),
        None => Ok(()),
    }
}

struct RawPosted {
    posted: Posted,
    created: i64,
    next_at: Option<i64>,
    delivered: Option<i64>,
    seen: Option<i64>,
}

fn raw_posted(row: &Row<'_>) -> rusqlite::Result<RawPosted> {
    Ok(RawPosted {
        posted: Posted {
            id: row.get(0)?,
            letter: Letter {
                owner: row.get(1)?,
                channel: row.get(2)?,
                created: Timestamp::UNIX_EPOCH,
                body: row.get(4)?,
                next_at: None,
            },
            attempts: row.get(5)?,
            fault: row.get(7)?,
            delivered: None,
            seen: None,
        },
        created: row.get(3)?,
        next_at: row.get(6)?,
        delivered: row.get(8)?,
        seen: row.get(9)?,
    })
}

fn posted(row: RawPosted) -> Result<Posted, StoreError> {
    let mut posted = row.posted;
    posted.letter.created = moment(row.created)?;
    posted.letter.next_at = row.next_at.map(moment).transpose()?;
    posted.delivered = row.delivered.map(moment).transpose()?;
    posted.seen = row.seen.map(moment).transpose()?;
    Ok(posted)
}
