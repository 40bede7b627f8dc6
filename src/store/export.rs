//! The store's content as lines, streamed in the order of agency, year and number.

use std::io::Write;

use rusqlite::{Connection, params};
use serde::Serialize;

use crate::audit::Item;
use crate::judge::Decision;
use crate::year::FiscalYear;

use super::fault::StoreError;
use super::open::Store;
use super::rows::{LINE, Line, coded_decision, unpacked};
use super::values::{AuditId, AuditLine, StoredChange};
use super::versions::{Known, brought};
use super::views::known_agency;
use super::write::CHANGE_WORDS;
use crate::standing::Change;

/// What is exported, one a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every audit.
    Audits,
    /// Every judgement of an item where it differs from the audit before: it holds until the item's next line.
    Verdicts,
    /// Every change that counted.
    Changes,
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values in UTF-8 with a line of names; judgements without their criteria.
    Csv,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Of this agency only.
    pub agency: Option<String>,
    /// Of this year only.
    pub year: Option<FiscalYear>,
    /// What.
    pub kind: Kind,
    /// How.
    pub form: Form,
}

#[derive(Serialize)]
struct AuditRow<'a> {
    agency: &'a str,
    #[serde(flatten)]
    line: &'a AuditLine,
}

#[derive(Serialize)]
struct VerdictRow<'a> {
    agency: &'a str,
    year: FiscalYear,
    audit: AuditId,
    day: String,
    /// The decision before; null for the first of a year.
    was: Option<Decision>,
    #[serde(flatten)]
    item: &'a Item,
}

const AUDIT_NAMES: [&str; 17] = [
    "agency",
    "year",
    "audit",
    "at",
    "day",
    "kind",
    "low",
    "high",
    "total_low",
    "total_high",
    "grade",
    "passed",
    "failed",
    "unsure",
    "complete",
    "capture",
    "rules",
];
const VERDICT_NAMES: [&str; 11] = [
    "agency", "year", "audit", "day", "item", "title", "was", "verdict", "reason", "summary",
    "place",
];
const CHANGE_NAMES: [&str; 13] = [
    "agency",
    "year",
    "audit",
    "id",
    "subject",
    "title",
    "from",
    "to",
    "kind",
    "cause",
    "first_seen",
    "counted",
    "because",
];

impl Store {
    /// Writes what is selected and tells how many lines, without the line of names. All of one moment; memory does
    /// not grow with the store.
    pub fn export(&self, what: &Selection, out: &mut dyn Write) -> Result<u64, StoreError> {
        let conn = self.conn.unchecked_transaction()?;
        let only = match &what.agency {
            Some(key) => Some(known_agency(&conn, key)?.0),
            None => None,
        };
        let mut lines = Lines::new(what, out)?;
        let mut known = Known::default();
        let mut series = conn.prepare(
            "SELECT g.key, s.id, s.year FROM agency AS g CROSS JOIN series AS s ON s.agency = g.id
             WHERE (?1 IS NULL OR g.id = ?1) AND (?2 IS NULL OR s.year = ?2) ORDER BY g.key, s.year",
        )?;
        let mut rows = series.query(params![only, what.year.map(|year| year.0)])?;
        while let Some(row) = rows.next()? {
            let (key, id, year): (String, i64, i16) = (row.get(0)?, row.get(1)?, row.get(2)?);
            match what.kind {
                Kind::Audits => each_audit(&conn, id, |line| lines.audit(&key, line))?,
                Kind::Verdicts => each_audit(&conn, id, |line| {
                    for version in brought(&conn, id, line.audit, line.audit)? {
                        let item = known.item(&conn, &version)?;
                        lines.verdict(&VerdictRow {
                            agency: &key,
                            year: line.year,
                            audit: line.audit,
                            day: line.day.to_string(),
                            was: coded_decision(version.was)?,
                            item: &item,
                        })?;
                    }
                    Ok(())
                })?,
                Kind::Changes => each_change(&conn, id, &key, FiscalYear(year), &mut lines)?,
            }
        }
        lines.end()
    }
}

fn each_audit(
    conn: &Connection,
    series: i64,
    mut step: impl FnMut(&AuditLine) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {LINE} FROM audit AS a JOIN series AS s ON s.id = a.series WHERE a.series = ?1 ORDER BY a.id"
    );
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([series])?;
    while let Some(row) = rows.next()? {
        step(&Line::of(row)?.told(conn)?)?;
    }
    Ok(())
}

fn each_change(
    conn: &Connection,
    series: i64,
    agency: &str,
    year: FiscalYear,
    lines: &mut Lines<'_>,
) -> Result<(), StoreError> {
    let mut statement =
        conn.prepare("SELECT id, audit, body FROM change WHERE series = ?1 ORDER BY id")?;
    let mut rows = statement.query([series])?;
    while let Some(row) = rows.next()? {
        let change: Change = unpacked(&row.get::<_, Vec<u8>>(2)?, CHANGE_WORDS)?;
        lines.change(&StoredChange {
            id: row.get(0)?,
            agency: agency.to_owned(),
            year,
            audit: row.get(1)?,
            change,
        })?;
    }
    Ok(())
}

/// Where the lines go.
enum Lines<'a> {
    Json(&'a mut dyn Write, u64),
    Csv(Box<csv::Writer<&'a mut dyn Write>>, u64),
}

impl<'a> Lines<'a> {
    fn new(what: &Selection, out: &'a mut dyn Write) -> Result<Self, StoreError> {
        if what.form == Form::JsonLines {
            return Ok(Self::Json(out, 0));
        }
        let mut csv = csv::Writer::from_writer(out);
        let names: &[&str] = match what.kind {
            Kind::Audits => &AUDIT_NAMES,
            Kind::Verdicts => &VERDICT_NAMES,
            Kind::Changes => &CHANGE_NAMES,
        };
        csv.write_record(names).map_err(csv_fault)?;
        Ok(Self::Csv(Box::new(csv), 0))
    }

    fn put<T: Serialize>(
        &mut self,
        value: &T,
        fields: impl FnOnce() -> Result<Vec<String>, StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Json(out, count) => {
                serde_json::to_writer(&mut **out, value).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
                *count += 1;
            }
            Self::Csv(csv, count) => {
                csv.write_record(fields()?).map_err(csv_fault)?;
                *count += 1;
            }
        }
        Ok(())
    }

    fn audit(&mut self, agency: &str, line: &AuditLine) -> Result<(), StoreError> {
        let points = |points: f64| format!("{points:.2}");
        self.put(&AuditRow { agency, line }, || {
            Ok(vec![
                agency.to_owned(),
                line.year.to_string(),
                line.audit.to_string(),
                line.look.at.to_string(),
                line.day.to_string(),
                word(&line.look.kind)?,
                points(line.score.low),
                points(line.score.high),
                line.total
                    .map(|total| points(total.low))
                    .unwrap_or_default(),
                line.total
                    .map(|total| points(total.high))
                    .unwrap_or_default(),
                line.grade
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                line.passed.to_string(),
                line.failed.to_string(),
                line.unsure.to_string(),
                line.complete.to_string(),
                line.capture.clone().unwrap_or_default(),
                line.rules.clone(),
            ])
        })
    }

    fn verdict(&mut self, row: &VerdictRow<'_>) -> Result<(), StoreError> {
        let verdict = &row.item.verdict;
        self.put(row, || {
            let place = verdict.evidence.first();
            Ok(vec![
                row.agency.to_owned(),
                row.year.to_string(),
                row.audit.to_string(),
                row.day.clone(),
                verdict.id.clone(),
                verdict.title.clone(),
                row.was.as_ref().map(word).transpose()?.unwrap_or_default(),
                word(&verdict.verdict)?,
                verdict
                    .reason
                    .as_ref()
                    .map(word)
                    .transpose()?
                    .unwrap_or_default(),
                verdict.summary.clone(),
                place.map(|place| place.url.clone()).unwrap_or_default(),
            ])
        })
    }

    fn change(&mut self, row: &StoredChange) -> Result<(), StoreError> {
        let change = &row.change;
        self.put(row, || {
            Ok(vec![
                row.agency.clone(),
                row.year.to_string(),
                row.audit.map(|audit| audit.to_string()).unwrap_or_default(),
                row.id.to_string(),
                change.subject.clone(),
                change.title.clone(),
                word(&change.from)?,
                word(&change.to)?,
                word(&change.kind)?,
                word(&change.cause)?,
                change.first_seen.to_string(),
                change.counted.to_string(),
                change.because.clone(),
            ])
        })
    }

    fn end(self) -> Result<u64, StoreError> {
        match self {
            Self::Json(out, count) => {
                out.flush()?;
                Ok(count)
            }
            Self::Csv(mut csv, count) => {
                csv.flush()?;
                Ok(count)
            }
        }
    }
}

/// The word that programs read for a value that is one.
fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    let value = serde_json::to_value(value)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

fn csv_fault(error: csv::Error) -> StoreError {
    StoreError::Write(std::io::Error::other(error))
}
