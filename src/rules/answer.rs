//! What a criterion answers: an outcome, a sentence and a place.

use serde::{Deserialize, Serialize};

/// A place on the site that backs a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// The address an assessor can open.
    pub url: String,
    /// What the site calls it.
    pub label: String,
    /// The words that were found there; for files, `หน้า 3: …` names the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Clicks from the home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicks: Option<u32>,
}

/// What one criterion came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Met,
    /// It does not hold.
    Unmet,
    /// A machine cannot tell.
    Unsure,
    /// It does not apply to this agency.
    NotApplicable,
}

/// A candidate that was looked at and does not count, and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NearMiss {
    /// The address.
    pub url: String,
    /// What the site calls it.
    pub label: String,
    /// Why it does not count: `เป็นข้อมูลปี 2563`.
    pub lacks: String,
}
