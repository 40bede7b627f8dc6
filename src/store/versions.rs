//! Versions of judged items: which one held at an audit, and its JSON rebuilt.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use crate::audit::Item;

use super::fault::StoreError;
use super::pack::{pack, unpack, widen};
use super::rows::text_json;
use super::values::AuditId;

/// Verdict rows an audit has room for in their numbering.
pub(super) const ROOM: i64 = 4096;
/// Texts that are kept unpacked between two reads; one is some 5 kB.
const KEPT: usize = 2048;
/// Bases that a version may have under it: each is one more row to read.
const DEPTH: i64 = 8;

/// Models that were unpacked before. They never change.
#[derive(Default)]
pub(super) struct Known(HashMap<i64, Arc<Vec<u8>>>);

/// A verdict row without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) id: i64,
    pub(super) item: String,
    pub(super) was: i64,
    pub(super) decision: i64,
    base: Option<i64>,
    depth: i64,
}

impl Version {
    /// The audit that brought it.
    pub(super) fn audit(&self) -> AuditId {
        self.id / ROOM
    }
}

/// Verdict rows of the audits of a series that are not after `until`, newest audit first.
const OF_SERIES: &str = "SELECT v.id, v.item, v.was, v.decision, v.base, v.depth
    FROM audit AS a CROSS JOIN verdict AS v ON v.id >= a.id * 4096 AND v.id < a.id * 4096 + 4096
    WHERE a.series = ?1 AND a.id <= ?2 AND a.id >= ?3 ORDER BY a.id DESC";

fn version(row: &rusqlite::Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        id: row.get(0)?,
        item: row.get(1)?,
        was: row.get(2)?,
        decision: row.get(3)?,
        base: row.get(4)?,
        depth: row.get(5)?,
    })
}

/// The items of an audit in their order, each with the version that held.
pub(super) fn held(
    conn: &Connection,
    series: i64,
    at: AuditId,
) -> Result<Vec<Version>, StoreError> {
    let order: Option<i64> = conn
        .query_row("SELECT items FROM audit WHERE id = ?1", [at], |row| {
            row.get(0)
        })
        .optional()?;
    let order = order.ok_or_else(|| StoreError::damaged(format!("ไม่มีการตรวจที่ {at}")))?;
    let order: Vec<String> = text_json(conn, order)?;
    let mut wanted: BTreeSet<&str> = order.iter().map(String::as_str).collect();
    let mut found: BTreeMap<String, Version> = BTreeMap::new();
    let mut statement = conn.prepare(OF_SERIES)?;
    let mut rows = statement.query([series, at, 0])?;
    while !wanted.is_empty()
        && let Some(row) = rows.next()?
    {
        if wanted.remove(row.get_ref(1)?.as_str().unwrap_or_default()) {
            let version = version(row)?;
            found.insert(version.item.clone(), version);
        }
    }
    order
        .iter()
        .map(|item| {
            found
                .get(item)
                .cloned()
                .ok_or_else(|| StoreError::damaged(format!("การตรวจที่ {at} ไม่มีผลตัดสินข้อ {item}")))
        })
        .collect()
}

/// All versions that the audits `from..=until` of a series brought, newest audit first.
pub(super) fn brought(
    conn: &Connection,
    series: i64,
    from: AuditId,
    until: AuditId,
) -> Result<Vec<Version>, StoreError> {
    let mut statement = conn.prepare(OF_SERIES)?;
    let rows = statement.query_map([series, until, from], version)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Known {
    /// The JSON of a version in narrow letters.
    pub(super) fn body(&mut self, conn: &Connection, id: i64) -> Result<Vec<u8>, StoreError> {
        let mut rows = vec![verdict(conn, id)?];
        while let Some((_, Some(base), _)) = rows.last() {
            if rows.len() > DEPTH as usize {
                return Err(StoreError::damaged(format!("ผลตัดสินแถว {id} ซ้อนกันเกินไป")));
            }
            rows.push(verdict(conn, *base)?);
        }
        let mut judged = Vec::new();
        while let Some((model, _, body)) = rows.pop() {
            judged = unpack(&body, &self.ground(conn, model, &judged)?)?;
        }
        Ok(judged)
    }

    /// The item of a version.
    pub(super) fn item(
        &mut self,
        conn: &Connection,
        version: &Version,
    ) -> Result<Item, StoreError> {
        Ok(serde_json::from_str(&widen(
            &self.body(conn, version.id)?,
        )?)?)
    }

    /// What a body is deflated against: the model and then the base.
    fn ground(
        &mut self,
        conn: &Connection,
        model: i64,
        base: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let mut ground = self.model(conn, model)?.as_ref().clone();
        ground.extend_from_slice(base);
        Ok(ground)
    }

    fn model(&mut self, conn: &Connection, id: i64) -> Result<Arc<Vec<u8>>, StoreError> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let body: Option<Vec<u8>> = conn
            .query_row("SELECT body FROM model WHERE id = ?1", [id], |row| {
                row.get(0)
            })
            .optional()?;
        let body = body.ok_or_else(|| StoreError::damaged(format!("ไม่มีต้นแบบที่ {id}")))?;
        let model = Arc::new(unpack(&body, &[])?);
        if self.0.len() >= KEPT {
            self.0.clear();
        }
        self.0.insert(id, model.clone());
        Ok(model)
    }

    /// The model of an item by the rules of this text, made of this judgement when there is none.
    fn model_of(
        &mut self,
        conn: &Connection,
        rules: i64,
        item: &str,
        judged: &[u8],
    ) -> Result<i64, StoreError> {
        let there: Option<i64> = conn
            .query_row(
                "SELECT id FROM model WHERE rules = ?1 AND item = ?2",
                rusqlite::params![rules, item],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(id) = there {
            return Ok(id);
        }
        conn.execute(
            "INSERT INTO model (rules, item, body) VALUES (?1, ?2, ?3)",
            rusqlite::params![rules, item, pack(judged, &[])?],
        )?;
        Ok(conn.last_insert_rowid())
    }

    /// Adds a version. `before` is the one it follows, also of the year before.
    pub(super) fn add(
        &mut self,
        conn: &Connection,
        version: &NewVersion<'_>,
        before: Option<&Version>,
    ) -> Result<(), StoreError> {
        let judged = version.judged;
        let model = self.model_of(conn, version.rules, version.item, judged)?;
        let mut best = (pack(judged, &self.model(conn, model)?)?, None, 0);
        if let Some(before) = before {
            let beside = before.base.map(|base| (base, before.depth));
            let upon = (before.depth < DEPTH).then_some((before.id, before.depth + 1));
            for (base, depth) in beside.into_iter().chain(upon) {
                let known = self.body(conn, base)?;
                let body = pack(judged, &self.ground(conn, model, &known)?)?;
                // One base more must be worth its reading, and none is a new beginning for those after it.
                let worth = if depth == DEPTH && before.depth == DEPTH {
                    body.len() * 2 < best.0.len()
                } else {
                    body.len() * 4 < best.0.len() * 3
                };
                if worth {
                    best = (body, Some(base), depth);
                }
            }
        }
        let (body, base, depth) = best;
        conn.prepare(
            "INSERT INTO verdict (id, item, was, decision, model, base, depth, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(rusqlite::params![
            version.id,
            version.item,
            version.was,
            version.decision,
            model,
            base,
            depth,
            body
        ])?;
        Ok(())
    }
}

/// A version to be added.
pub(super) struct NewVersion<'a> {
    pub(super) id: i64,
    pub(super) item: &'a str,
    pub(super) was: i64,
    pub(super) decision: i64,
    /// The text of the rules' digest.
    pub(super) rules: i64,
    /// The item's JSON in narrow letters.
    pub(super) judged: &'a [u8],
}

fn verdict(conn: &Connection, id: i64) -> Result<(i64, Option<i64>, Vec<u8>), StoreError> {
    let sql = "SELECT model, base, body FROM verdict WHERE id = ?1";
    conn.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?
        .ok_or_else(|| StoreError::damaged(format!("ไม่มีผลตัดสินแถว {id}")))
}

/// Every version can be rebuilt and is of the item and the decision that its row says.
pub(super) fn check(conn: &Connection) -> Result<(), StoreError> {
    let mut known = Known::default();
    let mut statement =
        conn.prepare("SELECT id, item, was, decision, base, depth FROM verdict ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let version = version(row)?;
        let item = known.item(conn, &version)?;
        if item.verdict.id != version.item
            || super::rows::decision_code(item.verdict.verdict) != version.decision
        {
            return Err(StoreError::damaged(format!(
                "ผลตัดสินแถว {} ไม่ตรงกับข้อ",
                version.id
            )));
        }
    }
    Ok(())
}
