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

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Met, Self::Unmet, Self::Unsure, Self::NotApplicable];

    /// The outcome as cases and programs write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Unmet => "unmet",
            Self::Unsure => "unsure",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The outcome that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// The outcome as rule authors read it.
    pub fn thai(self) -> &'static str {
        match self {
            Self::Met => "เข้าเกณฑ์",
            Self::Unmet => "ไม่เข้าเกณฑ์",
            Self::Unsure => "ให้คนตรวจ",
            Self::NotApplicable => "ไม่ใช้กับหน่วยงานนี้",
        }
    }
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
    /// What is wrong with it in itself, whatever the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// The words that show the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// What is wrong with a paper whatever is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Its heading or its signature is another agency's.
    OtherAgency,
    /// A template: the places for the name or the year are blank.
    UnfilledForm,
}
