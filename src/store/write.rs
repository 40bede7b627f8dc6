//! Recording a look: all of it in one transaction, and only what differs from the look before.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agency::Agency;
use crate::audit::{Audit, Coverage, DecisionUse, DisclosureScore};
use crate::judge::Decision;
use crate::score::ToolScore;
use crate::year::FiscalYear;

use super::fault::StoreError;
use super::figures::part;
use super::jobs::{Claim, End, finish};
use super::open::Store;
use super::pack::narrow;
use super::rows::{
    check_key, day_number, decision_code, digest_value, hundredths, intern, intern_json, kind_code,
    packed, put_agency, unpacked,
};
use super::values::{AgencyRow, AuditId, ChangeId, Look, LookKind};
use super::versions::{Known, NewVersion, ROOM, Version, held};
use crate::standing::{Change, Standing};

/// What a counted change is deflated against. It belongs to form 1 and never changes.
pub(super) const CHANGE_WORDS: &str = "{\"subject\":\"website\",\"title\":\"เว็บไซต์\",\"from\":\"fail\",\"to\":\"unsure\",\"from\":\"unsure\",\"to\":\"fail\",\
\"from\":\"pass\",\"to\":\"fail\",\"kind\":\"better\",\"kind\":\"worse\",\"cause\":\"rules\",\"cause\":\"person\",\"cause\":\"website\",\
\"first_seen\":\"2026-01-01T00:00:00Z\",\"counted\":\"2026-01-01T00:00:00Z\",\"because\":\"ไม่พบ “ ” บนเว็บไซต์ ที่ใกล้เคียงที่สุดคือ “” แต่\
ไม่ใช่ข้อมูลของปี แสดง มีข้อมูล ครบ ครอบคลุม เผยแพร่ รายงาน แผน ประกาศ\",\"place\":\"http://www.go.th/\",\"place\":null,\"last_good\":null}";

/// One look to be recorded.
#[derive(Clone, Copy)]
pub struct Recording<'a> {
    /// The agency as the list has it.
    pub agency: &'a AgencyRow,
    /// What was judged.
    pub audit: &'a Audit,
    /// How the look went.
    pub look: &'a Look,
    /// The job of a run that it ends as done, when it belongs to one; the lease is given back.
    pub job: Option<Claim<'a>>,
}

/// A visit that found no website, to be recorded.
#[derive(Clone, Copy)]
pub struct Miss<'a> {
    /// The agency as the list has it.
    pub agency: &'a AgencyRow,
    /// The year whose standing it touches.
    pub year: FiscalYear,
    /// When the visit began.
    pub at: Timestamp,
    /// The job of a run that it ends, and how.
    pub job: Option<(Claim<'a>, End<'a>)>,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The audit's number.
    pub audit: AuditId,
    /// The changes that count from now on, in the order they were given.
    pub changes: Vec<ChangeId>,
    /// Items whose judgement differs from the audit before, all of them in the first of a year.
    pub written: u32,
}

/// What an audit says beside its items, coverage and scores.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) agency: Agency,
    pub(super) home: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) decisions: Option<DecisionUse>,
}

/// The scores of an audit.
#[derive(Serialize, Deserialize)]
pub(super) struct Scores {
    pub(super) score: DisclosureScore,
    pub(super) tools: Vec<ToolScore>,
}

impl Store {
    /// Records a look: the audit, what its items count as, and the end of its job, all or nothing. It is on the disk
    /// when this returns. `weigh` gets the audit's number and the standing so far (of the year, else what a new year
    /// takes over from the year before) and gives the standing from now on and the changes that count.
    pub fn record(
        &mut self,
        one: &Recording<'_>,
        weigh: impl FnOnce(AuditId, Standing) -> (Standing, Vec<Change>),
    ) -> Result<Recorded, StoreError> {
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let recorded = record(&tx, &mut self.known, one, weigh);
        if recorded.is_err() {
            // A model that was read in this transaction may not be there after it.
            self.known = Known::default();
        }
        let recorded = recorded?;
        if let Err(error) = tx.commit() {
            self.known = Known::default();
            return Err(error.into());
        }
        Ok(recorded)
    }

    /// Records a visit that found no website: what the subjects count as, the changes, the end of the job; no audit.
    pub fn record_miss(
        &mut self,
        miss: &Miss<'_>,
        weigh: impl FnOnce(Standing) -> (Standing, Vec<Change>),
    ) -> Result<Vec<ChangeId>, StoreError> {
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let agency = put_agency(&tx, miss.agency)?;
        if let Some((claim, end)) = &miss.job {
            finish(&tx, agency, &miss.agency.id, claim, end, miss.at, None)?;
        }
        let series = series(&tx, agency, miss.year)?;
        let (standing, changes) = weigh(standing_for(&tx, agency, miss.year)?);
        let changes = put_standing(&tx, series, None, &standing, &changes)?;
        visited(&tx, agency, miss.at)?;
        tx.commit()?;
        Ok(changes)
    }

    /// What the subjects of an agency count as in a year; `None` before the first look.
    pub fn standing(&self, agency: &str, year: FiscalYear) -> Result<Option<Standing>, StoreError> {
        let body: Option<Vec<u8>> = self
            .conn
            .query_row(
                "SELECT t.body FROM agency AS g JOIN series AS s ON s.agency = g.id
                 JOIN standing AS t ON t.series = s.id WHERE g.key = ?1 AND s.year = ?2",
                params![agency, year.0],
                |row| row.get(0),
            )
            .optional()?;
        body.map(|body| unpacked(&body, "")).transpose()
    }

    /// Adds agencies or brings their particulars up to date, in one go. What is so already is not written again.
    pub fn put_agencies(&mut self, agencies: &[AgencyRow]) -> Result<(), StoreError> {
        let tx = self.write()?;
        {
            let mut put = tx.prepare(
                "INSERT INTO agency (key, name, kind, province, home) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (key) DO UPDATE SET name = ?2, kind = ?3, province = ?4, home = ?5
                 WHERE (name, kind, province, home) IS NOT (?2, ?3, ?4, ?5)",
            )?;
            for one in agencies {
                check_key(&one.id)?;
                put.execute(params![one.id, one.name, one.kind, one.province, one.home])?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// Adds an agency or brings its particulars up to date.
    pub fn put_agency(&mut self, agency: &AgencyRow) -> Result<(), StoreError> {
        put_agency(&self.conn, agency).map(|_| ())
    }
}

fn record(
    tx: &Transaction<'_>,
    known: &mut Known,
    one: &Recording<'_>,
    weigh: impl FnOnce(AuditId, Standing) -> (Standing, Vec<Change>),
) -> Result<Recorded, StoreError> {
    let (audit, look) = (one.audit, one.look);
    let agency = put_agency(tx, one.agency)?;
    let series = series(tx, agency, audit.year)?;
    let before = Before::of(tx, agency, series)?;
    let rules = intern(tx, audit.rules_digest.as_bytes(), None)?;
    let id = insert(tx, series, rules, audit, look, &before)?;
    let written = insert_verdicts(tx, known, id, rules, audit, &before)?;
    let (standing, changes) = weigh(id, standing_for(tx, agency, audit.year)?);
    let changes = put_standing(tx, series, Some(id), &standing, &changes)?;
    tx.execute("UPDATE agency SET latest = ?2 WHERE id = ?1", [agency, id])?;
    if look.kind != LookKind::Rejudged {
        visited(tx, agency, look.at)?;
    }
    if let Some(claim) = &one.job {
        finish(
            tx,
            agency,
            &one.agency.id,
            claim,
            &End::DONE,
            look.ended,
            Some(id),
        )?;
    }
    Ok(Recorded {
        audit: id,
        changes,
        written,
    })
}

/// The series of an agency and year, begun when there is none.
fn series(conn: &Connection, agency: i64, year: FiscalYear) -> Result<i64, StoreError> {
    let there = "SELECT id FROM series WHERE agency = ?1 AND year = ?2";
    let id = conn
        .query_row(there, params![agency, year.0], |row| row.get(0))
        .optional()?;
    if let Some(id) = id {
        return Ok(id);
    }
    conn.execute(
        "INSERT INTO series (agency, year) VALUES (?1, ?2)",
        params![agency, year.0],
    )?;
    Ok(conn.last_insert_rowid())
}

/// What an agency's audit is compared with, and what it most likely resembles.
#[derive(Default)]
struct Before {
    /// The versions held by the audit before it in its series are its own; of another year they are only alike.
    same_year: bool,
    versions: BTreeMap<String, Version>,
    head: Option<i64>,
    shape: Option<i64>,
    scores: Option<i64>,
    points: Option<i64>,
}

impl Before {
    fn of(conn: &Connection, agency: i64, series: i64) -> Result<Self, StoreError> {
        let row: Option<(AuditId, i64, [Option<i64>; 4])> = conn
            .query_row(
                "SELECT id, series, head, shape, scores, points FROM audit WHERE id =
                   (SELECT a.id FROM series AS s CROSS JOIN audit AS a ON a.series = s.id
                    WHERE s.agency = ?1 ORDER BY s.id = ?2 DESC, a.id DESC LIMIT 1)",
                [agency, series],
                |row| {
                    let texts = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
                    Ok((row.get(0)?, row.get(1)?, texts))
                },
            )
            .optional()?;
        let Some((audit, of, [head, shape, scores, points])) = row else {
            return Ok(Self::default());
        };
        let versions = held(conn, of, audit)?.into_iter();
        Ok(Self {
            same_year: of == series,
            versions: versions.map(|one| (one.item.clone(), one)).collect(),
            head,
            shape,
            scores,
            points,
        })
    }
}

fn insert(
    conn: &Connection,
    series: i64,
    rules: i64,
    audit: &Audit,
    look: &Look,
    before: &Before,
) -> Result<AuditId, StoreError> {
    let (shape, figures) = parted(&audit.coverage)?;
    let (scores, points) = parted(&Scores {
        score: audit.score.clone(),
        tools: audit.tools.clone(),
    })?;
    let order: Vec<&str> = audit
        .items
        .iter()
        .map(|item| item.verdict.id.as_str())
        .collect();
    let count = |decision| {
        let all = audit.items.iter();
        all.filter(|item| item.verdict.verdict == decision).count()
    };
    let total = audit.total_range;
    conn.prepare(
        "INSERT INTO audit (series, at, lasted, taken, kind, capture, rules, head, shape, figures, scores, points,
             grade, low, high, total_low, total_high, passed, failed, unsure, complete, requests, fresh, received, items)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
             ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
    )?
    .insert(params![
        series,
        look.at.as_second(),
        (look.ended.as_second() - look.at.as_second()).max(0),
        day_number(audit.taken_on),
        kind_code(look.kind),
        audit.capture_digest.as_deref().map(digest_value),
        rules,
        intern_json(
            conn,
            &Head {
                agency: audit.agency.clone(),
                home: audit.home.clone(),
                decisions: audit.decisions.clone(),
            },
            before.head,
        )?,
        intern(conn, &shape, before.shape)?,
        figures,
        intern(conn, &scores, before.scores)?,
        intern(conn, &points, before.points)?,
        audit
            .grade_range
            .as_ref()
            .map(|grade| intern_json(conn, grade, None))
            .transpose()?,
        hundredths(audit.score.points.low),
        hundredths(audit.score.points.high),
        total.map(|points| hundredths(points.low)),
        total.map(|points| hundredths(points.high)),
        count(Decision::Pass) as i64,
        count(Decision::Fail) as i64,
        count(Decision::Unsure) as i64,
        audit.coverage.complete,
        look.traffic.requests,
        look.traffic.fresh,
        i64::try_from(look.traffic.received).unwrap_or(i64::MAX),
        intern_json(conn, &order, None)?,
    ])
    .map_err(Into::into)
}

/// A value's shape as narrow JSON, and its numbers.
fn parted<T: Serialize>(value: &T) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
    let mut value: Value = serde_json::to_value(value)?;
    let figures = part(&mut value);
    Ok((narrow(&value.to_string()), figures))
}

/// Writes the items that differ from the audit before, and tells how many.
fn insert_verdicts(
    conn: &Connection,
    known: &mut Known,
    audit: AuditId,
    rules: i64,
    judged: &Audit,
    before: &Before,
) -> Result<u32, StoreError> {
    let mut names = BTreeSet::new();
    let mut written = 0;
    for item in &judged.items {
        let name = item.verdict.id.as_str();
        if !names.insert(name) {
            return Err(StoreError::damaged(format!("การตรวจมีข้อ {name} สองครั้ง")));
        }
        let body = narrow(&serde_json::to_string(item)?);
        let alike = before.versions.get(name);
        let own = alike.filter(|_| before.same_year);
        if let Some(version) = own
            && known.body(conn, version.id)? == body
        {
            continue;
        }
        if i64::from(written) >= ROOM {
            return Err(StoreError::damaged("การตรวจมีข้อมากเกินไป"));
        }
        let version = NewVersion {
            id: audit * ROOM + i64::from(written),
            item: name,
            was: own.map_or(0, |version| version.decision),
            decision: decision_code(item.verdict.verdict),
            rules,
            judged: &body,
        };
        known.add(conn, &version, alike)?;
        written += 1;
    }
    Ok(written)
}

/// The standing of a year; of a new one, what it takes over from the newest year before.
fn standing_for(conn: &Connection, agency: i64, year: FiscalYear) -> Result<Standing, StoreError> {
    let newest: Option<(i16, Vec<u8>)> = conn
        .query_row(
            "SELECT s.year, t.body FROM series AS s JOIN standing AS t ON t.series = s.id
             WHERE s.agency = ?1 AND s.year <= ?2 ORDER BY s.year DESC LIMIT 1",
            params![agency, year.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((of, body)) = newest else {
        return Ok(Standing::default());
    };
    let standing: Standing = unpacked(&body, "")?;
    Ok(if of == year.0 {
        standing
    } else {
        Standing::after(&standing)
    })
}

fn put_standing(
    conn: &Connection,
    series: i64,
    audit: Option<AuditId>,
    standing: &Standing,
    changes: &[Change],
) -> Result<Vec<ChangeId>, StoreError> {
    conn.execute(
        "INSERT INTO standing (series, body) VALUES (?1, ?2) ON CONFLICT (series) DO UPDATE SET body = ?2",
        params![series, packed(standing, "")?],
    )?;
    changes
        .iter()
        .map(|change| {
            conn.execute(
                "INSERT INTO change (series, audit, counted, subject, body) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    series,
                    audit,
                    change.counted.as_second(),
                    change.subject,
                    packed(change, CHANGE_WORDS)?
                ],
            )?;
            Ok(conn.last_insert_rowid())
        })
        .collect()
}

/// Notes that the agency was looked at.
pub(super) fn visited(conn: &Connection, agency: i64, at: Timestamp) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO visit (agency, last, why) VALUES (?1, ?2, '')
         ON CONFLICT (agency) DO UPDATE SET last = max(?2, coalesce(last, ?2))",
        params![agency, at.as_second()],
    )?;
    Ok(())
}

/// The coverage or the scores again.
pub(super) fn whole<T: serde::de::DeserializeOwned>(
    shape: &[u8],
    figures: &[u8],
) -> Result<T, StoreError> {
    let mut value: Value = serde_json::from_str(&super::pack::widen(shape)?)?;
    super::figures::fill(&mut value, figures)?;
    Ok(serde_json::from_value(value)?)
}

/// What was read of a website.
pub(super) fn coverage(shape: &[u8], figures: &[u8]) -> Result<Coverage, StoreError> {
    whole(shape, figures)
}
