//! Pack × Site → Verdicts.

use serde::{Deserialize, Serialize};

use crate::rules::answer::{Evidence, NearMiss, Outcome};
use crate::rules::rule::{Basis, Reason};

/// What an item came to. Only `Pass` scores; `Unsure` widens the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Every applicable criterion is met.
    Pass,
    /// At least one criterion is unmet.
    Fail,
    /// Nothing is unmet and something is unsure.
    Unsure,
}

/// One item, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// `O23`.
    pub id: String,
    /// The item's title.
    pub title: String,
    /// What it came to.
    pub verdict: Decision,
    /// Why it does not pass; `None` for a pass.
    pub reason: Option<Reason>,
    /// One Thai sentence that sums it up.
    pub summary: String,
    /// Each criterion's answer, in the rule's order.
    pub criteria: Vec<CriterionVerdict>,
    /// The places the item was judged by.
    pub evidence: Vec<Evidence>,
    /// Up to three nearest candidates that do not count.
    pub near_misses: Vec<NearMiss>,
    /// The rule file that decided: `2564/O23.rhai`.
    pub rule: String,
    /// Faults of the rule itself, each printed whole; never a score.
    pub faults: Vec<String>,
}

/// One criterion, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CriterionVerdict {
    /// The criterion's name.
    pub id: String,
    /// The manual's words.
    pub asks: String,
    /// How sure we are that the manual asks this.
    pub basis: Basis,
    /// What it came to.
    pub outcome: Outcome,
    /// One Thai sentence.
    pub because: String,
    /// The step of the measure when it is unmet.
    pub fix: String,
    /// The places it was judged by.
    pub evidence: Vec<Evidence>,
}
