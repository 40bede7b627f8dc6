//! What a run over many agencies came to: one value, and its versioned JSON form.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::agency::AgencyKind;
use crate::audit::Audit;
use crate::json::Json;
use crate::judge::{Decision, Verdict};
use crate::rules::answer::Outcome;
use crate::score::{Points, round2};
use crate::standing::Change;
use crate::store::StoredAudit;
use crate::year::FiscalYear;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::failure::{Failure, FailureKind};

/// The number of the JSON form. It changes when a reader of the old form would misread the new one; added keys do not count.
pub const FORMAT: u32 = 1;

/// Items that are named as failed most.
const MOST_FAILED: usize = 10;

/// One agency of a run, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visited {
    /// Its key.
    pub id: String,
    /// Its name; empty when nobody knows it.
    pub name: String,
    /// What kind of agency it is.
    pub kind: AgencyKind,
    /// Its province; empty when nobody knows it.
    pub province: String,
    /// Its website.
    pub home: String,
    /// What was found, or why nothing was.
    pub result: Result<AuditSummary, Failure>,
    /// What counts as worse since the run before.
    pub worse: Vec<Worsened>,
}

/// Something of an agency that counts as worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Worsened {
    /// The item, or `website`.
    pub subject: String,
    /// Its title.
    pub title: String,
    /// What it was.
    pub from: Decision,
    /// What it is.
    pub to: Decision,
}

/// What a summary needs of an audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditSummary {
    /// The assessed year.
    pub year: FiscalYear,
    /// The OIT score.
    pub score: Points,
    /// Nothing ended the crawl early.
    pub complete: bool,
    /// Its items, in the year's order.
    pub items: Vec<ItemSummary>,
}

/// What a summary needs of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSummary {
    /// `O23`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it came to.
    pub decision: Decision,
    /// Criteria that apply, each met and none decided by a person in the machine's stead.
    pub by_itself: bool,
    /// Clicks from the home page to its evidence; `None` without evidence or from a sitemap alone.
    pub clicks: Option<u32>,
    /// Different places that show it.
    pub places: u32,
    /// The place that shows it best.
    pub place: Option<Place>,
}

/// A place on a website.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Its address.
    pub url: String,
    /// What the website calls it.
    pub label: String,
}

impl Worsened {
    /// What a summary needs of a change.
    pub fn of(change: &Change) -> Self {
        Self {
            subject: change.subject.clone(),
            title: change.title.clone(),
            from: change.from,
            to: change.to,
        }
    }
}

impl AuditSummary {
    /// What a summary needs of an audit.
    pub fn of(audit: &Audit) -> Self {
        Self {
            year: audit.year,
            score: audit.score.points,
            complete: audit.coverage.complete,
            items: audit
                .items
                .iter()
                .map(|item| ItemSummary::of(&item.verdict))
                .collect(),
        }
    }

    /// The same of an audit as the store has it.
    pub fn of_stored(audit: &StoredAudit) -> Self {
        let verdicts = audit.items.iter().map(|item| &item.verdict);
        Self {
            year: audit.line.year,
            score: audit.line.score,
            complete: audit.line.complete,
            items: verdicts.map(ItemSummary::of).collect(),
        }
    }

    /// The audit in a few words.
    pub fn told(&self) -> String {
        let score = match (round2(self.score.low), round2(self.score.high)) {
            (low, high) if low == high => format!("{low:.2}"),
            (low, high) => format!("{low:.2}–{high:.2}"),
        };
        let count = |decision| self.count(decision);
        format!(
            "OIT {score} ผ่าน {} ไม่ผ่าน {} ให้คนตรวจ {}",
            count(Decision::Pass),
            count(Decision::Fail),
            count(Decision::Unsure)
        )
    }

    fn count(&self, decision: Decision) -> u32 {
        let of = self.items.iter().filter(|item| item.decision == decision);
        bounded(of.count())
    }
}

impl ItemSummary {
    fn of(verdict: &Verdict) -> Self {
        let criteria = verdict.criteria.iter().flat_map(|one| &one.evidence);
        let evidence: Vec<_> = verdict.evidence.iter().chain(criteria).collect();
        let mut places: Vec<&str> = evidence.iter().map(|one| one.url.as_str()).collect();
        places.sort_unstable();
        places.dedup();
        // What the verdict rests on stands first; of its places the one fewest clicks away.
        let own = if verdict.evidence.is_empty() {
            &evidence[..]
        } else {
            &evidence[..verdict.evidence.len()]
        };
        let best = own.iter().min_by_key(|one| one.clicks.unwrap_or(u32::MAX));
        let linked = |clicks: &u32| *clicks < crate::fetch::capture::Found::UNLINKED;
        Self {
            id: verdict.id.clone(),
            title: verdict.title.clone(),
            decision: verdict.verdict,
            by_itself: !verdict.is_decided_by_person()
                && verdict
                    .criteria
                    .iter()
                    .all(|one| matches!(one.outcome, Outcome::Met | Outcome::NotApplicable)),
            clicks: best.and_then(|one| one.clicks).filter(linked),
            places: bounded(places.len()),
            place: best.map(|one| Place {
                url: one.url.clone(),
                label: one.label.clone(),
            }),
        }
    }
}

/// The run that is summed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The assessed year.
    pub year: FiscalYear,
    /// When it began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub began: Timestamp,
    /// When it ended.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub ended: Timestamp,
}

/// What a run over many agencies came to.
///
/// All points are of 100. Ranges: `low` counts every unsure item as failed, `high` as passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FleetSummary {
    /// The number of this form: 1.
    pub format: u32,
    /// The run.
    pub run: Run,
    /// All agencies together.
    pub totals: Tally,
    /// By kind of agency, in the order of kinds.
    pub by_kind: Vec<KindRow>,
    /// By province, in Thai order; agencies without one last.
    pub by_province: Vec<ProvinceRow>,
    /// What could not be looked at, by class.
    pub failures: Vec<FailureRow>,
    /// Every item of the year with its share and its best example, in the year's order.
    pub items: Vec<ItemRow>,
    /// The items that most agencies fail, worst first.
    pub most_failed: Vec<String>,
    /// Agencies of which something counts as worse, most items first.
    pub worse: Vec<WorseRow>,
}

/// What agencies came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Agencies in the run.
    pub agencies: u32,
    /// Agencies that were audited.
    pub audited: u32,
    /// Of these, those whose crawl ended early.
    pub incomplete: u32,
    /// Agencies that could not be looked at.
    pub failed: u32,
    /// The mean OIT score of those audited; null when none was.
    pub score: Option<Points>,
    /// Items of all audits that pass.
    pub passes: u32,
    /// … that fail.
    pub fails: u32,
    /// … that are for a person.
    pub unsure: u32,
}

/// Agencies of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KindRow {
    /// The kind.
    pub kind: AgencyKind,
    /// What they came to.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Agencies of one province.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProvinceRow {
    /// The province; empty for agencies whose province is not known.
    pub province: String,
    /// What they came to.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Agencies that could not be looked at for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailureRow {
    /// The class.
    pub kind: FailureKind,
    /// The class in Thai.
    pub why: String,
    /// What to do, in Thai.
    pub advice: String,
    /// The agencies, by key.
    pub agencies: Vec<FailedAgency>,
}

/// An agency that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailedAgency {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its website.
    pub home: String,
    /// The technical words.
    pub detail: String,
}

/// One item over all agencies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ItemRow {
    /// `O23`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Agencies that pass.
    pub passes: u32,
    /// … that fail.
    pub fails: u32,
    /// … that are for a person.
    pub unsure: u32,
    /// The share of the audited agencies that pass, in percent.
    pub share: Points,
    /// The agency that shows it best; null when none passes by itself.
    pub best: Option<Best>,
}

/// The agency that shows an item best: it passes with every criterion met by itself, the fewest clicks from its home page,
/// then the most places, then the highest score, then the first key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Best {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Clicks from the home page.
    pub clicks: u32,
    /// Where to look.
    pub place: Place,
}

/// An agency of which something counts as worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorseRow {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is worse.
    pub items: Vec<Worsened>,
}

impl Json for FleetSummary {}

impl FleetSummary {
    /// Sums up a run. The order in which the agencies are given does not matter.
    pub fn of(run: Run, visited: &[Visited]) -> Self {
        let mut visited: Vec<&Visited> = visited.iter().collect();
        visited.sort_by(|a, b| a.id.cmp(&b.id));
        let mut kinds: BTreeMap<u8, (AgencyKind, Sum)> = BTreeMap::new();
        let mut provinces: BTreeMap<(bool, String), Sum> = BTreeMap::new();
        let mut all = Sum::default();
        for one in &visited {
            all.add(one);
            let kind = kinds.entry(order_of(one.kind)).or_default();
            kind.0 = one.kind;
            kind.1.add(one);
            let province = (one.province.is_empty(), thai_order(&one.province));
            provinces.entry(province).or_default().add(one);
        }
        let items = items(&visited);
        Self {
            format: FORMAT,
            run,
            totals: all.tally(),
            by_kind: kinds
                .into_values()
                .map(|(kind, sum)| KindRow {
                    kind,
                    tally: sum.tally(),
                })
                .collect(),
            by_province: provinces
                .into_values()
                .map(|sum| ProvinceRow {
                    province: sum.province.clone(),
                    tally: sum.tally(),
                })
                .collect(),
            failures: failures(&visited),
            most_failed: most_failed(&items),
            items,
            worse: worse(&visited),
        }
    }
}

/// Numbers of agencies, added up.
#[derive(Default)]
struct Sum {
    province: String,
    tally: Tally,
    low: f64,
    high: f64,
}

impl Sum {
    fn add(&mut self, one: &Visited) {
        self.province.clone_from(&one.province);
        let tally = &mut self.tally;
        tally.agencies += 1;
        match &one.result {
            Ok(audit) => {
                tally.audited += 1;
                tally.incomplete += u32::from(!audit.complete);
                tally.passes += audit.count(Decision::Pass);
                tally.fails += audit.count(Decision::Fail);
                tally.unsure += audit.count(Decision::Unsure);
                self.low += audit.score.low;
                self.high += audit.score.high;
            }
            Err(_) => tally.failed += 1,
        }
    }

    fn tally(self) -> Tally {
        let count = f64::from(self.tally.audited);
        Tally {
            score: (count > 0.0).then(|| Points {
                low: self.low / count,
                high: self.high / count,
            }),
            ..self.tally
        }
    }
}

/// Local governments first, as the ITA lists agencies; not known last.
fn order_of(kind: AgencyKind) -> u8 {
    match kind {
        AgencyKind::Tambon => 0,
        AgencyKind::Municipality => 1,
        AgencyKind::Provincial => 2,
        AgencyKind::Special => 3,
        AgencyKind::Central => 4,
        AgencyKind::StateEnterprise => 5,
        AgencyKind::University => 6,
        AgencyKind::PublicBody => 7,
        AgencyKind::Unknown => 8,
    }
}

/// A key that sorts Thai as its dictionaries do: a vowel written before its consonant comes after it.
fn thai_order(text: &str) -> String {
    let mut key = String::with_capacity(text.len() * 2);
    let mut lead = None;
    for c in text.chars() {
        if matches!(c, 'เ'..='ไ') {
            key.extend(lead.replace(c));
            continue;
        }
        key.push(c);
        key.extend(lead.take());
    }
    key.extend(lead);
    // Names that differ in nothing else stay apart.
    key.push('\0');
    key + text
}

fn failures(visited: &[&Visited]) -> Vec<FailureRow> {
    let rows = FailureKind::ALL.into_iter().map(|kind| {
        let failed = visited.iter().filter_map(|one| {
            let failure = one.result.as_ref().err().filter(|it| it.kind == kind)?;
            Some(FailedAgency {
                id: one.id.clone(),
                name: one.name.clone(),
                home: one.home.clone(),
                detail: failure.detail.clone(),
            })
        });
        FailureRow {
            kind,
            why: kind.thai().to_owned(),
            advice: kind.advice().to_owned(),
            agencies: failed.collect(),
        }
    });
    rows.filter(|row| !row.agencies.is_empty()).collect()
}

fn items(visited: &[&Visited]) -> Vec<ItemRow> {
    let audits = visited
        .iter()
        .filter_map(|one| Some((*one, one.result.as_ref().ok()?)));
    let mut rows: Vec<(ItemRow, Option<Rank>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (agency, audit) in audits {
        for item in &audit.items {
            let at = *places.entry(&item.id).or_insert_with(|| {
                rows.push((row_of(item), None));
                rows.len() - 1
            });
            let (row, best) = &mut rows[at];
            *match item.decision {
                Decision::Pass => &mut row.passes,
                Decision::Fail => &mut row.fails,
                Decision::Unsure => &mut row.unsure,
            } += 1;
            let Some((rank, shown)) = example(agency, audit, item) else {
                continue;
            };
            // Agencies come in the order of their keys: the first of equals stays.
            if best.as_ref().is_none_or(|best| rank < *best) {
                *best = Some(rank);
                row.best = Some(shown);
            }
        }
    }
    let done = rows.into_iter().map(|(mut row, _)| {
        let all = f64::from((row.passes + row.fails + row.unsure).max(1));
        row.share = Points {
            low: f64::from(row.passes) / all * 100.0,
            high: f64::from(row.passes + row.unsure) / all * 100.0,
        };
        row
    });
    done.collect()
}

fn row_of(item: &ItemSummary) -> ItemRow {
    ItemRow {
        id: item.id.clone(),
        title: item.title.clone(),
        passes: 0,
        fails: 0,
        unsure: 0,
        share: Points::exact(0.0),
        best: None,
    }
}

/// How well an agency shows an item, best least: clicks, places, score in hundredths.
type Rank = (u32, Reverse<u32>, Reverse<i64>);

fn example(agency: &Visited, audit: &AuditSummary, item: &ItemSummary) -> Option<(Rank, Best)> {
    if item.decision != Decision::Pass || !item.by_itself {
        return None;
    }
    let (clicks, place) = (item.clicks?, item.place.clone()?);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "points are between 0 and 100"
    )]
    let score = (round2(audit.score.low) * 100.0).round() as i64;
    let best = Best {
        id: agency.id.clone(),
        name: agency.name.clone(),
        clicks,
        place,
    };
    Some(((clicks, Reverse(item.places), Reverse(score)), best))
}

/// Failed by most agencies; of those as bad, the one that fewer pass.
fn most_failed(items: &[ItemRow]) -> Vec<String> {
    let mut rows: Vec<&ItemRow> = items.iter().filter(|row| row.fails > 0).collect();
    rows.sort_by_key(|row| (Reverse(row.fails), row.passes));
    let most = rows.into_iter().take(MOST_FAILED);
    most.map(|row| row.id.clone()).collect()
}

fn worse(visited: &[&Visited]) -> Vec<WorseRow> {
    let mut rows: Vec<WorseRow> = visited
        .iter()
        .filter(|one| !one.worse.is_empty())
        .map(|one| WorseRow {
            id: one.id.clone(),
            name: one.name.clone(),
            items: one.worse.clone(),
        })
        .collect();
    rows.sort_by_key(|row| Reverse(row.items.len()));
    rows
}

fn bounded(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
pub(crate) mod tests;
