//! Views: one page of what the store has, each of one moment.

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, params};

use crate::agency::Agency;
use crate::audit::Item;
use crate::year::FiscalYear;

use super::fault::StoreError;
use super::open::Store;
use super::rows::{
    LINE, Line, agency, coded_decision, moment, numbered_day, text, text_json, text_str, unpacked,
};
use super::values::{
    Agencies, AgencyLine, AgencyRow, AuditId, AuditLine, ChangeQuery, FORMAT, History, HistoryLine,
    MissLine, StoredAudit, StoredChange, Turned, When,
};
use super::versions::{Known, brought, held};
use super::write::{CHANGE_WORDS, Head, Scores, coverage, whole};

/// The longest page.
const PAGE: u32 = 1000;

/// The lines of the audits that `page` selects, which are found by an index alone: the rows of an agency lie far apart.
fn of_page(page: &str) -> String {
    format!(
        "WITH page AS ({page}) SELECT {LINE} FROM page CROSS JOIN audit AS a ON a.id = page.id
         CROSS JOIN series AS s ON s.id = a.series ORDER BY a.id DESC"
    )
}

impl Store {
    /// The audits of an agency, newest first: at most `limit` of those before `before`.
    pub fn history(
        &self,
        agency: &str,
        year: Option<FiscalYear>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<History, StoreError> {
        let conn = self.conn.unchecked_transaction()?;
        let (row, agency) = known_agency(&conn, agency)?;
        let limit = limit.clamp(1, PAGE);
        let sql = of_page(
            "SELECT a.id FROM series AS s CROSS JOIN audit AS a ON a.series = s.id
             WHERE s.agency = ?1 AND (?2 IS NULL OR s.year = ?2) AND a.id < ?3 ORDER BY a.id DESC LIMIT ?4",
        );
        let mut lines: Vec<Line> = conn
            .prepare(&sql)?
            .query_map(
                params![
                    row,
                    year.map(|year| year.0),
                    before.unwrap_or(i64::MAX),
                    // One more tells whether there is another page.
                    limit + 1
                ],
                Line::of,
            )?
            .collect::<Result<_, _>>()?;
        let more = lines.len() > limit as usize;
        lines.truncate(limit as usize);
        let mut known = Known::default();
        let audits = lines
            .iter()
            .map(|line| history_line(&conn, &mut known, line))
            .collect::<Result<Vec<_>, _>>()?;
        let newest: Option<i64> = conn
            .query_row("SELECT at FROM audit WHERE id = ?1", [before], |row| {
                row.get(0)
            })
            .optional()?;
        let oldest = audits.last().filter(|_| more);
        let missed = missed(
            &conn,
            row,
            oldest.map(|line| line.line.look.at),
            newest.unwrap_or(i64::MAX),
        )?;
        Ok(History {
            format: FORMAT,
            agency,
            year,
            before: oldest.map(|line| line.line.audit),
            audits,
            missed,
        })
    }

    /// One audit as it was recorded.
    pub fn audit(&self, agency: &str, when: When) -> Result<StoredAudit, StoreError> {
        let conn = self.conn.unchecked_transaction()?;
        let (row, agency) = known_agency(&conn, agency)?;
        let line = meant(&conn, row, &agency.id, when)?;
        let items = items(&conn, &mut Known::default(), line.series, line.audit)?;
        stored(&conn, agency, &line, items)
    }

    /// Agencies by id with their newest audit: at most `limit` of those after the id `after`.
    pub fn agencies(&self, after: Option<&str>, limit: u32) -> Result<Agencies, StoreError> {
        let conn = self.conn.unchecked_transaction()?;
        let limit = limit.clamp(1, PAGE);
        let sql = format!(
            "SELECT {LINE}, g.key, g.name, g.kind, g.province, g.home, v.next
             FROM agency AS g LEFT JOIN audit AS a ON a.id = g.latest LEFT JOIN series AS s ON s.id = a.series
             LEFT JOIN visit AS v ON v.agency = g.id
             WHERE g.key > ?1 ORDER BY g.key LIMIT ?2"
        );
        let mut statement = conn.prepare(&sql)?;
        let rows = statement.query_map(params![after.unwrap_or_default(), limit + 1], |row| {
            let line = match row.get_ref(0)? {
                rusqlite::types::ValueRef::Null => None,
                _ => Some(Line::of(row)?),
            };
            Ok((line, agency(row, 20)?, row.get::<_, Option<i64>>(25)?))
        })?;
        let mut agencies = rows
            .map(|row| {
                let (line, agency, next) = row?;
                Ok(AgencyLine {
                    agency,
                    latest: line.map(|line| line.told(&conn)).transpose()?,
                    next: next.map(moment).transpose()?,
                })
            })
            .collect::<Result<Vec<AgencyLine>, StoreError>>()?;
        let more = agencies.len() > limit as usize;
        agencies.truncate(limit as usize);
        let last = agencies.last().filter(|_| more);
        Ok(Agencies {
            format: FORMAT,
            after: last.map(|line| line.agency.id.clone()),
            agencies,
        })
    }

    /// An agency; `None` when the store does not know it.
    pub fn agency(&self, agency: &str) -> Result<Option<AgencyRow>, StoreError> {
        match known_agency(&self.conn, agency) {
            Ok((_, row)) => Ok(Some(row)),
            Err(StoreError::NoAgency(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The line of an agency's audit.
    pub fn line(&self, agency: &str, when: When) -> Result<AuditLine, StoreError> {
        let conn = self.conn.unchecked_transaction()?;
        let (row, agency) = known_agency(&conn, agency)?;
        meant(&conn, row, &agency.id, when)?.told(&conn)
    }

    /// Counted changes in the order they were recorded.
    pub fn changes(&self, query: &ChangeQuery) -> Result<Vec<StoredChange>, StoreError> {
        let conn = self.conn.unchecked_transaction()?;
        let after = query.after.unwrap_or(0);
        let since = query.since.map_or(i64::MIN, Timestamp::as_second);
        let columns = "SELECT c.id, g.key, s.year, c.audit, c.body FROM";
        let limit = query.limit.clamp(1, PAGE);
        // Changes are numbered nearly in the order in which they counted: those before the first need no reading.
        let oldest = match query.since {
            Some(_) => "(SELECT min(id) FROM change INDEXED BY change_counted WHERE counted >= ?2)",
            None => "0",
        };
        let (sql, agency) = match &query.agency {
            Some(agency) => (
                format!(
                    "{columns} agency AS g CROSS JOIN series AS s ON s.agency = g.id
                     CROSS JOIN change AS c ON c.series = s.id
                     WHERE c.id > ?1 AND c.counted >= ?2 AND g.id = ?4 AND (?5 IS NULL OR s.year = ?5) ORDER BY c.id LIMIT ?3"
                ),
                Some(known_agency(&conn, agency)?.0),
            ),
            None => (
                format!(
                    "{columns} change AS c CROSS JOIN series AS s ON s.id = c.series
                     CROSS JOIN agency AS g ON g.id = s.agency
                     WHERE c.id > ?1 AND c.id >= {oldest}
                       AND c.counted >= ?2 AND ?4 IS NULL AND (?5 IS NULL OR s.year = ?5) ORDER BY c.id LIMIT ?3"
                ),
                None,
            ),
        };
        let mut statement = conn.prepare(&sql)?;
        let rows = statement.query_map(
            params![after, since, limit, agency, query.year.map(|year| year.0)],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get::<_, Vec<u8>>(4)?,
                ))
            },
        )?;
        rows.map(|row| {
            let (id, agency, year, audit, body) = row?;
            Ok(StoredChange {
                id,
                agency,
                year: FiscalYear(year),
                audit,
                change: unpacked(&body, CHANGE_WORDS)?,
            })
        })
        .collect()
    }
}

/// An agency and its row.
pub(super) fn known_agency(conn: &Connection, key: &str) -> Result<(i64, AgencyRow), StoreError> {
    conn.query_row(
        "SELECT id, key, name, kind, province, home FROM agency WHERE key = ?1",
        [key],
        |row| Ok((row.get(0)?, agency(row, 1)?)),
    )
    .optional()?
    .ok_or_else(|| StoreError::NoAgency(key.chars().take(80).collect()))
}

/// The audit that is meant.
pub(super) fn meant(
    conn: &Connection,
    agency: i64,
    key: &str,
    when: When,
) -> Result<Line, StoreError> {
    let newest = |until: i64, day_end: i64| -> Result<Option<Line>, StoreError> {
        let sql = of_page(
            "SELECT a.id FROM series AS s CROSS JOIN audit AS a ON a.series = s.id
             WHERE s.agency = ?1 AND a.id <= ?2 AND a.at < ?3 ORDER BY a.id DESC LIMIT 1",
        );
        let row = params![agency, until, day_end];
        Ok(conn.query_row(&sql, row, Line::of).optional()?)
    };
    let (found, wanted) = match when {
        When::Latest => (newest(i64::MAX, i64::MAX)?, "ใด".to_owned()),
        When::Before => {
            let latest = newest(i64::MAX, i64::MAX)?;
            let before = match &latest {
                Some(line) => match before_in_series(conn, line)? {
                    Some(before) => Some(before),
                    None => newest(line.audit - 1, i64::MAX)?,
                },
                None => None,
            };
            (before, "ก่อนครั้งล่าสุด".to_owned())
        }
        When::Audit(id) => {
            let found = newest(id, i64::MAX)?.filter(|line| line.audit == id);
            (found, format!("ครั้งที่ {id}"))
        }
        When::Day(day) => (newest(i64::MAX, end_of(day))?, format!("ถึงวันที่ {day}")),
    };
    found.ok_or_else(|| StoreError::NoAudit {
        agency: key.to_owned(),
        wanted,
    })
}

/// When a day is over in Thailand.
fn end_of(day: Date) -> i64 {
    day.tomorrow()
        .ok()
        .and_then(|next| jiff::tz::offset(7).to_timestamp(next.at(0, 0, 0, 0)).ok())
        .map_or(i64::MAX, Timestamp::as_second)
}

/// The audit before this one in its series.
pub(super) fn before_in_series(conn: &Connection, line: &Line) -> Result<Option<Line>, StoreError> {
    let sql = format!(
        "SELECT {LINE} FROM audit AS a JOIN series AS s ON s.id = a.series
         WHERE a.series = ?1 AND a.id < ?2 ORDER BY a.id DESC LIMIT 1"
    );
    let before = [line.series, line.audit];
    Ok(conn.query_row(&sql, before, Line::of).optional()?)
}

/// The items of an audit.
pub(super) fn items(
    conn: &Connection,
    known: &mut Known,
    series: i64,
    audit: AuditId,
) -> Result<Vec<Item>, StoreError> {
    held(conn, series, audit)?
        .iter()
        .map(|version| known.item(conn, version))
        .collect()
}

fn history_line(
    conn: &Connection,
    known: &mut Known,
    line: &Line,
) -> Result<HistoryLine, StoreError> {
    let before = before_in_series(conn, line)?;
    let mut told = HistoryLine {
        line: line.told(conn)?,
        first: before.is_none(),
        new_rules: before.as_ref().is_some_and(|one| one.rules != line.rules),
        turned: Vec::new(),
        reworded: 0,
    };
    if before.is_none() {
        return Ok(told);
    }
    for version in brought(conn, line.series, line.audit, line.audit)? {
        if version.was == version.decision {
            told.reworded += 1;
            continue;
        }
        let item = known.item(conn, &version)?.verdict;
        told.turned.push(Turned {
            item: item.id,
            title: item.title,
            from: coded_decision(version.was)?,
            to: item.verdict,
            summary: item.summary,
        });
    }
    Ok(told)
}

fn missed(
    conn: &Connection,
    agency: i64,
    from: Option<Timestamp>,
    until: i64,
) -> Result<Vec<MissLine>, StoreError> {
    let mut statement = conn.prepare(
        "SELECT at, run, state, fault, why FROM job
         WHERE agency = ?1 AND state > 2 AND at >= ?2 AND at < ?3 ORDER BY at DESC, run DESC LIMIT ?4",
    )?;
    let from = from.map_or(i64::MIN, Timestamp::as_second);
    let rows = statement.query_map(params![agency, from, until, PAGE], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get::<_, i64>(2)?,
            row.get(3)?,
            row.get(4)?,
        ))
    })?;
    rows.map(|row| {
        let (at, run, state, fault, why) = row?;
        Ok(MissLine {
            at: moment(at)?,
            run,
            void: state == 4,
            fault: text_str(conn, fault)?,
            why: text_str(conn, why)?,
        })
    })
    .collect()
}

fn stored(
    conn: &Connection,
    agency: AgencyRow,
    line: &Line,
    items: Vec<Item>,
) -> Result<StoredAudit, StoreError> {
    let (taken, head, shape, figures, scores, points) = conn.query_row(
        "SELECT taken, head, shape, figures, scores, points FROM audit WHERE id = ?1",
        [line.audit],
        |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get::<_, Vec<u8>>(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        },
    )?;
    let head: Head = text_json(conn, head)?;
    let scores: Scores = whole(&text(conn, scores)?, &text(conn, points)?)?;
    let recognised: Agency = head.agency;
    Ok(StoredAudit {
        format: FORMAT,
        id: agency.id,
        line: line.told(conn)?,
        agency: recognised,
        home: head.home,
        taken_on: numbered_day(taken)?,
        disclosure: scores.score,
        tools: scores.tools,
        items,
        coverage: coverage(&text(conn, shape)?, &figures)?,
        decisions: head.decisions,
    })
}
