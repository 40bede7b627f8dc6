//! Rows ↔ values: what all statements of the store share.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::fetch::capture::Capture;
use crate::judge::Decision;
use crate::score::Points;
use crate::year::FiscalYear;

use super::fault::StoreError;
use super::pack::{narrow, pack, unpack, widen};
use super::values::{AgencyRow, AuditId, AuditLine, Look, LookKind, Traffic};

pub(super) fn moment(seconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds)
        .map_err(|_| StoreError::damaged(format!("เวลา {seconds} ไม่มีจริง")))
}

/// A day as the number 20220515.
pub(super) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

pub(super) fn numbered_day(number: i64) -> Result<Date, StoreError> {
    let part = |value: i64| i8::try_from(value).ok();
    i16::try_from(number / 10_000)
        .ok()
        .zip(part(number / 100 % 100))
        .zip(part(number % 100))
        .and_then(|((year, month), day)| Date::new(year, month, day).ok())
        .ok_or_else(|| StoreError::damaged(format!("วันที่ {number} ไม่มีจริง")))
}

pub(super) fn decision_code(decision: Decision) -> i64 {
    match decision {
        Decision::Pass => 1,
        Decision::Fail => 2,
        Decision::Unsure => 3,
    }
}

/// `None` for the code of no decision.
pub(super) fn coded_decision(code: i64) -> Result<Option<Decision>, StoreError> {
    match code {
        0 => Ok(None),
        1 => Ok(Some(Decision::Pass)),
        2 => Ok(Some(Decision::Fail)),
        3 => Ok(Some(Decision::Unsure)),
        _ => Err(StoreError::damaged(format!("ผลตัดสินรหัส {code}"))),
    }
}

pub(super) fn kind_code(kind: LookKind) -> i64 {
    match kind {
        LookKind::Visit => 0,
        LookKind::SecondLook => 1,
        LookKind::Rejudged => 2,
    }
}

fn coded_kind(code: i64) -> Result<LookKind, StoreError> {
    match code {
        0 => Ok(LookKind::Visit),
        1 => Ok(LookKind::SecondLook),
        2 => Ok(LookKind::Rejudged),
        _ => Err(StoreError::damaged(format!("การตรวจชนิด {code}"))),
    }
}

pub(super) fn hundredths(points: f64) -> i64 {
    (crate::score::round2(points) * 100.0).round() as i64
}

/// A value as packed JSON against words that are known already.
pub(super) fn packed<T: Serialize>(value: &T, known: &str) -> Result<Vec<u8>, StoreError> {
    pack(&narrow(&serde_json::to_string(value)?), known.as_bytes())
}

pub(super) fn unpacked<T: DeserializeOwned>(body: &[u8], known: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_str(&widen(&unpack(
        body,
        known.as_bytes(),
    )?)?)?)
}

/// The row of a shared text; it is added when nobody has said it yet. `like` is the row of a text that it resembles.
pub(super) fn intern(conn: &Connection, said: &[u8], like: Option<i64>) -> Result<i64, StoreError> {
    let digest = Sha256::digest(said);
    let hash = digest
        .iter()
        .take(6)
        .fold(0_i64, |hash, byte| hash << 8 | i64::from(*byte));
    let mut alike = conn.prepare("SELECT id FROM text WHERE hash = ?1")?;
    let mut rows = alike.query([hash])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if text(conn, id)? == said {
            return Ok(id);
        }
    }
    let mut body = pack(said, &[])?;
    let mut on = None;
    if let Some(like) = like {
        let base = text_base(conn, like)?.unwrap_or(like);
        let added = pack(said, &text(conn, base)?)?;
        // A text that shares little with its base becomes the base of those after it.
        if added.len() * 4 < body.len() * 3 {
            (on, body) = (Some(base), added);
        }
    }
    conn.execute(
        "INSERT INTO text (hash, base, body) VALUES (?1, ?2, ?3)",
        params![hash, on, body],
    )?;
    Ok(conn.last_insert_rowid())
}

fn text_base(conn: &Connection, id: i64) -> Result<Option<i64>, StoreError> {
    Ok(
        conn.query_row("SELECT base FROM text WHERE id = ?1", [id], |row| {
            row.get(0)
        })?,
    )
}

pub(super) fn intern_str(conn: &Connection, text: Option<&str>) -> Result<Option<i64>, StoreError> {
    text.map(|text| intern(conn, text.as_bytes(), None))
        .transpose()
}

pub(super) fn intern_json<T: Serialize>(
    conn: &Connection,
    value: &T,
    like: Option<i64>,
) -> Result<i64, StoreError> {
    intern(conn, &narrow(&serde_json::to_string(value)?), like)
}

/// The shared text of a row.
pub(super) fn text(conn: &Connection, id: i64) -> Result<Vec<u8>, StoreError> {
    type Bodies = (Vec<u8>, Option<i64>, Option<Vec<u8>>);
    let row: Option<Bodies> = conn
        .query_row(
            "SELECT t.body, b.base, b.body FROM text AS t LEFT JOIN text AS b ON b.id = t.base WHERE t.id = ?1",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    match row {
        Some((body, None, None)) => unpack(&body, &[]),
        Some((body, None, Some(base))) => unpack(&body, &unpack(&base, &[])?),
        Some(_) => Err(StoreError::damaged(format!("ข้อความที่ {id} ซ้อนกันเกินไป"))),
        None => Err(StoreError::damaged(format!("ไม่มีข้อความที่ {id}"))),
    }
}

pub(super) fn text_str(conn: &Connection, id: Option<i64>) -> Result<Option<String>, StoreError> {
    let Some(id) = id else { return Ok(None) };
    String::from_utf8(text(conn, id)?)
        .map(Some)
        .map_err(|_| StoreError::damaged(format!("ข้อความที่ {id} อ่านไม่ได้")))
}

pub(super) fn text_json<T: DeserializeOwned>(conn: &Connection, id: i64) -> Result<T, StoreError> {
    Ok(serde_json::from_str(&widen(&text(conn, id)?)?)?)
}

/// A key as the list of agencies has it.
pub(super) fn check_key(key: &str) -> Result<(), StoreError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if key.is_empty() || key.len() > 64 || !key.bytes().all(fits) {
        return Err(StoreError::BadKey(key.chars().take(80).collect()));
    }
    Ok(())
}

/// The row of an agency that is known.
pub(super) fn agency_row(conn: &Connection, key: &str) -> Result<i64, StoreError> {
    conn.query_row("SELECT id FROM agency WHERE key = ?1", [key], |row| {
        row.get(0)
    })
    .optional()?
    .ok_or_else(|| StoreError::NoAgency(key.chars().take(80).collect()))
}

/// The row of an agency, added or brought up to date.
pub(super) fn put_agency(conn: &Connection, agency: &AgencyRow) -> Result<i64, StoreError> {
    check_key(&agency.id)?;
    Ok(conn.query_row(
        "INSERT INTO agency (key, name, kind, province, home) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (key) DO UPDATE SET name = ?2, kind = ?3, province = ?4, home = ?5
         RETURNING id",
        params![
            agency.id,
            agency.name,
            agency.kind,
            agency.province,
            agency.home
        ],
        |row| row.get(0),
    )?)
}

/// An agency from its columns `key, name, kind, province, home`, the first of which is at `from`.
pub(super) fn agency(row: &Row<'_>, from: usize) -> rusqlite::Result<AgencyRow> {
    Ok(AgencyRow {
        id: row.get(from)?,
        name: row.get(from + 1)?,
        kind: row.get(from + 2)?,
        province: row.get(from + 3)?,
        home: row.get(from + 4)?,
    })
}

/// The columns that [`Line::of`] reads, of `audit AS a JOIN series AS s`.
pub(super) const LINE: &str = "a.id, s.year, a.at, a.lasted, a.kind, a.requests, a.fresh, a.received, a.capture, \
     a.rules, a.grade, a.low, a.high, a.total_low, a.total_high, a.passed, a.failed, a.unsure, a.complete, a.series";

/// An audit's line as its row has it.
pub(super) struct Line {
    pub(super) audit: AuditId,
    pub(super) series: i64,
    pub(super) rules: i64,
    year: i16,
    at: i64,
    lasted: i64,
    kind: i64,
    traffic: Traffic,
    capture: Option<String>,
    grade: Option<i64>,
    score: (i64, i64),
    total: Option<(i64, i64)>,
    counts: [u32; 3],
    complete: bool,
}

impl Line {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let total: (Option<i64>, Option<i64>) = (row.get(13)?, row.get(14)?);
        Ok(Self {
            audit: row.get(0)?,
            year: row.get(1)?,
            at: row.get(2)?,
            lasted: row.get(3)?,
            kind: row.get(4)?,
            traffic: Traffic {
                requests: row.get(5)?,
                fresh: row.get(6)?,
                received: row.get::<_, i64>(7)?.unsigned_abs(),
            },
            capture: valued_digest(row.get(8)?),
            rules: row.get(9)?,
            grade: row.get(10)?,
            score: (row.get(11)?, row.get(12)?),
            total: total.0.zip(total.1),
            counts: [row.get(15)?, row.get(16)?, row.get(17)?],
            complete: row.get(18)?,
            series: row.get(19)?,
        })
    }

    /// With its texts looked up.
    pub(super) fn told(&self, conn: &Connection) -> Result<AuditLine, StoreError> {
        let at = moment(self.at)?;
        let points = |(low, high): (i64, i64)| Points {
            low: low as f64 / 100.0,
            high: high as f64 / 100.0,
        };
        Ok(AuditLine {
            audit: self.audit,
            year: FiscalYear(self.year),
            look: Look {
                at,
                ended: moment(self.at.saturating_add(self.lasted))?,
                kind: coded_kind(self.kind)?,
                traffic: self.traffic,
            },
            day: Capture::day_of(at),
            capture: self.capture.clone(),
            rules: text_str(conn, Some(self.rules))?.unwrap_or_default(),
            score: points(self.score),
            total: self.total.map(points),
            grade: self.grade.map(|id| text_json(conn, id)).transpose()?,
            passed: self.counts[0],
            failed: self.counts[1],
            unsure: self.counts[2],
            complete: self.complete,
        })
    }
}

/// A digest in half its letters; a word that is none stays a word.
pub(super) fn digest_value(digest: &str) -> Value {
    match data_encoding::HEXLOWER.decode(digest.as_bytes()) {
        Ok(bytes) => Value::Blob(bytes),
        Err(_) => Value::Text(digest.to_owned()),
    }
}

/// The digest as it was.
pub(super) fn valued_digest(value: Value) -> Option<String> {
    match value {
        Value::Blob(bytes) => Some(data_encoding::HEXLOWER.encode(&bytes)),
        Value::Text(word) => Some(word),
        _ => None,
    }
}
