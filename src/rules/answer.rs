//! What a criterion answers: an outcome, a sentence and a place.

use serde::{Deserialize, Serialize};

pub use crate::site::Evidence;

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
