//! Two audits of an agency → what differs, down to each address and each quotation: since when it is gone, and which
//! capture has the last good copy.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

use crate::audit::Item;
use crate::difference::{Changes, Step};
use crate::judge::Verdict;
use crate::rules::answer::Evidence;

use super::fault::StoreError;
use super::open::Store;
use super::rows::{LINE, Line};
use super::values::{
    AuditId, AuditLine, EvidenceChange, FORMAT, Gone, Shown, Sight, StoredDiff, When,
};
use super::versions::{Known, Version, brought, held};
use super::views::{before_in_series, known_agency, meant};

impl Store {
    /// What differs between two audits of an agency; the earlier one is `from` whichever was named first.
    /// `diff(agency, When::Before, When::Latest)` tells what the newest look changed.
    pub fn diff(&self, agency: &str, from: When, to: When) -> Result<StoredDiff, StoreError> {
        let conn = self.conn.unchecked_transaction()?;
        let (row, agency) = known_agency(&conn, agency)?;
        let mut ends = [
            meant(&conn, row, &agency.id, from)?,
            meant(&conn, row, &agency.id, to)?,
        ];
        ends.sort_by_key(|line| line.audit);
        let [from, to] = ends;
        let mut known = Known::default();
        let before = judged(&conn, &mut known, &from)?;
        let after = judged(&conn, &mut known, &to)?;
        let verdicts = |all: &[(Version, Item)]| -> Vec<Verdict> {
            all.iter().map(|(_, item)| item.verdict.clone()).collect()
        };
        let evidence = if from.series == to.series {
            evidence(&conn, &mut known, &from, &to, &before, &after)?
        } else {
            Vec::new()
        };
        let changes = Changes::between(&verdicts(&before), &verdicts(&after));
        let (from, to) = (from.told(&conn)?, to.told(&conn)?);
        Ok(StoredDiff {
            format: FORMAT,
            agency,
            score: Step {
                from: from.score,
                to: to.score,
            },
            total: from.total.zip(to.total).map(|(from, to)| Step { from, to }),
            from,
            to,
            changes,
            evidence,
        })
    }
}

fn judged(
    conn: &Connection,
    known: &mut Known,
    line: &Line,
) -> Result<Vec<(Version, Item)>, StoreError> {
    held(conn, line.series, line.audit)?
        .into_iter()
        .map(|version| {
            let item = known.item(conn, &version)?;
            Ok((version, item))
        })
        .collect()
}

/// The places of an item: by address what it is called and the words that were quoted.
type Places<'a> = BTreeMap<&'a str, (&'a str, BTreeSet<&'a str>)>;

fn places(verdict: &Verdict) -> Places<'_> {
    let mut places = Places::new();
    let of_criteria = verdict.criteria.iter().flat_map(|one| &one.evidence);
    for Evidence {
        url, label, quote, ..
    } in of_criteria.chain(&verdict.evidence)
    {
        let (_, quotes) = places
            .entry(url)
            .or_insert_with(|| (label, BTreeSet::new()));
        quotes.extend(quote.as_deref());
    }
    places
}

/// What only the first of two has: whole addresses, and single quotations of addresses that both have.
fn only<'a>(has: &Places<'a>, lacks: &Places<'_>) -> Vec<(bool, Shown)> {
    let mut only = Vec::new();
    for (url, (label, quotes)) in has {
        let shown = |quote: Option<&str>| Shown {
            url: (*url).to_owned(),
            label: (*label).to_owned(),
            quote: quote.map(str::to_owned),
        };
        match lacks.get(url) {
            None => only.push((true, shown(quotes.first().copied()))),
            Some((_, others)) => {
                let gone = quotes.difference(others);
                only.extend(gone.map(|quote| (false, shown(Some(quote)))));
            }
        }
    }
    only
}

/// Whether an item was still judged by what is gone.
fn shows(verdict: &Verdict, address: bool, shown: &Shown) -> bool {
    let of_criteria = verdict.criteria.iter().flat_map(|one| &one.evidence);
    of_criteria
        .chain(&verdict.evidence)
        .any(|one| one.url == shown.url && (address || one.quote == shown.quote))
}

fn evidence(
    conn: &Connection,
    known: &mut Known,
    from: &Line,
    to: &Line,
    before: &[(Version, Item)],
    after: &[(Version, Item)],
) -> Result<Vec<EvidenceChange>, StoreError> {
    let mut between: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for version in brought(conn, from.series, from.audit + 1, to.audit)? {
        between
            .entry(version.item.clone())
            .or_default()
            .push(version);
    }
    let mut changes = Vec::new();
    for (version, item) in after {
        let same = |(old, _): &&(Version, Item)| old.item == version.item;
        let Some((old, was)) = before.iter().find(same) else {
            continue;
        };
        if old.id == version.id {
            continue;
        }
        let (then, now) = (places(&was.verdict), places(&item.verdict));
        let gone = only(&then, &now);
        let new: Vec<Shown> = only(&now, &then).into_iter().map(|one| one.1).collect();
        if gone.is_empty() && new.is_empty() {
            continue;
        }
        let mut later = between.remove(&version.item).unwrap_or_default();
        later.reverse();
        changes.push(EvidenceChange {
            item: item.verdict.id.clone(),
            title: item.verdict.title.clone(),
            gone: since(conn, known, to.series, gone, &later)?,
            new,
        });
    }
    Ok(changes)
}

/// Since when each is gone: `later` are the item's versions after the first audit, oldest first, the last without it.
fn since(
    conn: &Connection,
    known: &mut Known,
    series: i64,
    gone: Vec<(bool, Shown)>,
    later: &[Version],
) -> Result<Vec<Gone>, StoreError> {
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    // The version that dropped each: the one after the last that showed it.
    let mut dropped: Vec<Option<AuditId>> = vec![None; gone.len()];
    for version in later {
        let verdict = known.item(conn, version)?.verdict;
        for ((address, shown), dropped) in gone.iter().zip(&mut dropped) {
            if shows(&verdict, *address, shown) {
                *dropped = None;
            } else {
                dropped.get_or_insert(version.audit());
            }
        }
    }
    gone.into_iter()
        .zip(dropped)
        .filter_map(|(gone, dropped)| Some((gone, dropped?)))
        .map(|((address, shown), dropped)| {
            let missed = line(conn, dropped)?;
            let last = before_in_series(conn, &missed)?
                .ok_or_else(|| StoreError::damaged(format!("ไม่มีการตรวจก่อนครั้งที่ {dropped}")))?;
            debug_assert_eq!(missed.series, series);
            Ok(Gone {
                shown,
                address,
                last: sight(last.told(conn)?),
                missed: sight(missed.told(conn)?),
            })
        })
        .collect()
}

fn line(conn: &Connection, audit: AuditId) -> Result<Line, StoreError> {
    let sql = format!(
        "SELECT {LINE} FROM audit AS a JOIN series AS s ON s.id = a.series WHERE a.id = ?1"
    );
    conn.query_row(&sql, [audit], Line::of)
        .optional()?
        .ok_or_else(|| StoreError::damaged(format!("ไม่มีการตรวจที่ {audit}")))
}

fn sight(line: AuditLine) -> Sight {
    Sight {
        audit: line.audit,
        at: line.look.at,
        day: line.day,
        capture: line.capture,
    }
}
