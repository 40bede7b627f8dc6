//! What goes into the store and what its views give.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::agency::Agency;
use crate::audit::{Coverage, DecisionUse, DisclosureScore, Item};
use crate::difference::{Changes, Step};
use crate::judge::Decision;
use crate::score::{GradeRange, Points, ToolScore};
use crate::year::FiscalYear;

/// The number of the JSON form of all views.
pub const FORMAT: u32 = 1;

/// An audit's row in the store; later audits have greater numbers, and a number is never used twice.
pub type AuditId = i64;
/// A counted change's row in the store, ascending like [`AuditId`].
pub type ChangeId = i64;

/// An agency as the list of agencies has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgencyRow {
    /// Its id in the list of agencies: `[A-Za-z0-9._-]{1,64}`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The word of its type (`AgencyKind`); empty when unknown.
    pub kind: String,
    /// Its province; empty when unknown.
    pub province: String,
    /// The address of its home page.
    pub home: String,
}

/// What kind of look an audit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookKind {
    /// The website was visited.
    Visit,
    /// The website was visited again to confirm or drop a doubt.
    SecondLook,
    /// A kept capture was judged again by changed rules or decisions.
    Rejudged,
}

/// How a look went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// When it began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// When its last answer had come.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub ended: Timestamp,
    /// What kind of look it was.
    pub kind: LookKind,
    /// What went over the wire.
    pub traffic: Traffic,
}

/// What a look cost the website.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Traffic {
    /// Requests that were answered or failed.
    pub requests: u32,
    /// Answers that brought a body, the others said "unchanged" or failed.
    pub fresh: u32,
    /// Bytes of the answers' bodies as they came over the wire.
    pub received: u64,
}

/// An audit in one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditLine {
    /// Its number in the store.
    pub audit: AuditId,
    /// The year whose criteria were applied.
    pub year: FiscalYear,
    /// The look it was made by.
    #[serde(flatten)]
    pub look: Look,
    /// The day the look began in Thailand.
    #[schemars(with = "String", extend("format" = "date"))]
    pub day: Date,
    /// SHA-256 of the capture; null when none was kept.
    pub capture: Option<String>,
    /// Digest of the rules.
    pub rules: String,
    /// The OIT score.
    pub score: Points,
    /// The total; null when a survey's scores were missing.
    pub total: Option<Points>,
    /// The grade of the total.
    pub grade: Option<GradeRange>,
    /// Items that pass.
    pub passed: u32,
    /// Items that fail.
    pub failed: u32,
    /// Items left to a person.
    pub unsure: u32,
    /// Nothing ended the crawl early.
    pub complete: bool,
}

/// The audits of an agency, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// The number of this form: 1.
    pub format: u32,
    /// The agency.
    pub agency: AgencyRow,
    /// The year it was asked for; null for all.
    pub year: Option<FiscalYear>,
    /// One page of its audits.
    pub audits: Vec<HistoryLine>,
    /// Visits without an audit in the time of this page, newest first.
    pub missed: Vec<MissLine>,
    /// Ask for the audits before this one to get the next page; null on the last.
    pub before: Option<AuditId>,
}

/// An audit and what it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryLine {
    /// The audit.
    #[serde(flatten)]
    pub line: AuditLine,
    /// The first of its year: nothing to compare with.
    pub first: bool,
    /// Judged by other rules than the audit before.
    pub new_rules: bool,
    /// Items that came to another verdict than in the audit before.
    pub turned: Vec<Turned>,
    /// Items with the same verdict and another sentence or other evidence.
    pub reworded: u32,
}

/// An item that came to another verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Turned {
    /// `O23`.
    pub item: String,
    /// Its title.
    pub title: String,
    /// Before; null for an item that the audit before did not have.
    pub from: Option<Decision>,
    /// Now.
    pub to: Decision,
    /// The sentence that sums it up.
    pub summary: String,
}

/// A visit that gave no audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissLine {
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The run.
    pub run: i64,
    /// The whole run does not count; otherwise this visit failed.
    pub void: bool,
    /// The failure's word: `dns`, `refused`, `timeout` …
    pub fault: Option<String>,
    /// What happened, in Thai.
    pub why: Option<String>,
}

/// An audit as it was recorded, without what follows from it by the rules (analysis, measures, reviews).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoredAudit {
    /// The number of this form: 1.
    pub format: u32,
    /// The agency's id in the list.
    pub id: String,
    /// The audit.
    #[serde(flatten)]
    pub line: AuditLine,
    /// The agency as given or recognised.
    pub agency: Agency,
    /// The address the crawl began with.
    pub home: String,
    /// The day of the capture.
    #[schemars(with = "String", extend("format" = "date"))]
    pub taken_on: Date,
    /// The OIT score with its indicators.
    pub disclosure: DisclosureScore,
    /// IIT, EIT and OIT.
    pub tools: Vec<ToolScore>,
    /// Every item, in order, as it was judged.
    pub items: Vec<Item>,
    /// What was read.
    pub coverage: Coverage,
    /// What people decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<DecisionUse>,
}

/// Which audit of an agency is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The newest.
    Latest,
    /// The one before the newest of the same year, or the newest of the year before.
    Before,
    /// The audit of this number.
    Audit(AuditId),
    /// The newest that began on this day in Thailand or earlier.
    Day(Date),
}

/// What differs between two audits of an agency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoredDiff {
    /// The number of this form: 1.
    pub format: u32,
    /// The agency.
    pub agency: AgencyRow,
    /// Before.
    pub from: AuditLine,
    /// After.
    pub to: AuditLine,
    /// The OIT score.
    pub score: Step<Points>,
    /// The total; null where a survey's scores are missing.
    pub total: Option<Step<Points>>,
    /// What changed in verdicts and criteria.
    #[serde(flatten)]
    pub changes: Changes,
    /// What changed in evidence, item by item. Empty between audits of two years, whose items ask for different papers.
    pub evidence: Vec<EvidenceChange>,
}

/// What changed in an item's evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceChange {
    /// `O23`.
    pub item: String,
    /// Its title.
    pub title: String,
    /// What the earlier audit was judged by and the later one is not.
    pub gone: Vec<Gone>,
    /// What only the later audit was judged by.
    pub new: Vec<Shown>,
}

/// A place and the words on it that an item was judged by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Shown {
    /// Its address.
    pub url: String,
    /// What the site calls it.
    pub label: String,
    /// The words; null when the place itself is the evidence.
    pub quote: Option<String>,
}

/// Evidence that is no longer there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gone {
    /// What it was.
    #[serde(flatten)]
    pub shown: Shown,
    /// The whole address is no evidence any more; otherwise only these words are gone.
    pub address: bool,
    /// The last look that saw it: its capture has the paper, the last good copy.
    pub last: Sight,
    /// The first look after it that did not see it.
    pub missed: Sight,
}

/// One look, and where its copy is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sight {
    /// The audit.
    pub audit: AuditId,
    /// When the look began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The day in Thailand.
    #[schemars(with = "String", extend("format" = "date"))]
    pub day: Date,
    /// SHA-256 of its capture; null when none was kept.
    pub capture: Option<String>,
}

/// An agency and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgencyLine {
    /// The agency.
    #[serde(flatten)]
    pub agency: AgencyRow,
    /// Its newest audit; null before the first.
    pub latest: Option<AuditLine>,
    /// When it is to be looked at next.
    #[schemars(with = "Option<String>")]
    pub next: Option<Timestamp>,
}

/// One page of agencies, by id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Agencies {
    /// The number of this form: 1.
    pub format: u32,
    /// The agencies.
    pub agencies: Vec<AgencyLine>,
    /// Ask for those after this id to get the next page; null on the last.
    pub after: Option<String>,
}

/// A counted change with its place in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoredChange {
    /// Its number in the store.
    pub id: ChangeId,
    /// The agency's id.
    pub agency: String,
    /// The year whose criteria were applied.
    pub year: FiscalYear,
    /// The audit that made it count; null when the website could not be reached.
    pub audit: Option<AuditId>,
    /// The change.
    #[serde(flatten)]
    pub change: crate::standing::Change,
}

/// Which changes are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Of this agency only.
    pub agency: Option<String>,
    /// Of this year's criteria only.
    pub year: Option<FiscalYear>,
    /// Counted at this time or later.
    pub since: Option<Timestamp>,
    /// With a number greater than this: the last one of the page before.
    pub after: Option<ChangeId>,
    /// At most so many.
    pub limit: u32,
}
