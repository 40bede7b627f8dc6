//! A year's outline: tools, indicators, groups, items, weights and grade bands, from `rules/<year>/pack.rhai`.

use serde::{Deserialize, Serialize};

use crate::year::FiscalYear;

/// The five columns of a measure (มาตรการ/แนวทาง, วิธีการดำเนินการ, ผู้รับผิดชอบ, ระยะเวลาการดำเนินการ, การติดตามผล),
/// as a rule or an indicator states them. The steps of an item's measure come from its unmet criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureText {
    /// มาตรการ/แนวทาง.
    pub title: String,
    /// วิธีการดำเนินการ that always belong to the measure (indicators of IIT and EIT; empty for items).
    #[serde(default)]
    pub steps: Vec<String>,
    /// ผู้รับผิดชอบ.
    pub owner: String,
    /// ระยะเวลาการดำเนินการ.
    pub period: String,
    /// การติดตามผล.
    pub follow_up: String,
}

/// The contents of `const PACK`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// The assessed fiscal year.
    pub year: FiscalYear,
    /// The year whose rule files are used where this year has none.
    #[serde(default)]
    pub inherits: Option<FiscalYear>,
    /// IIT, EIT, OIT in this order.
    pub tools: Vec<Tool>,
    /// Grade bands, best first.
    pub grades: Vec<Grade>,
    /// IIT and EIT indicators below this score get their measures (points of 100).
    pub measure_below: f64,
}

/// One of the three measuring tools.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// `iit`, `eit`, `oit`.
    pub id: String,
    /// Thai name.
    pub title: String,
    /// Share of the total, 0.3 for IIT.
    pub weight: f64,
    /// Its indicators.
    pub indicators: Vec<Indicator>,
}

/// One of the ten indicators. Only OIT's have groups; the others come as scores from the survey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// `1` … `10`.
    pub id: String,
    /// Thai name.
    pub title: String,
    /// Sub-indicators with their items.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// The measure when a survey indicator is low.
    #[serde(default)]
    pub measure: Option<MeasureText>,
}

/// A sub-indicator (ตัวชี้วัดย่อย).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// `9.1`.
    pub id: String,
    /// Thai name.
    pub title: String,
    /// Items in order; an item's rule file has its name unless `rule` says otherwise.
    pub items: Vec<ItemRef>,
}

/// An item of the outline: `"O14"`, `#{ item: "O14", rule: "2566/O23" }` where the rule is another file, or
/// `#{ item: "O36", title: "…" }` where only the title changed that year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ItemRef {
    /// The rule is the nearest file of this name up the chain of years.
    Same(String),
    /// The rule is another file.
    Other {
        /// The item's number.
        item: String,
        /// `year/file`; the item's own file when not said.
        #[serde(default)]
        rule: Option<String>,
        /// The year's own title; the rule's when not said.
        #[serde(default)]
        title: Option<String>,
    },
}

impl ItemRef {
    /// The year's own title.
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Same(_) => None,
            Self::Other { title, .. } => title.as_deref(),
        }
    }

    /// The item's number: `O14`.
    pub fn item(&self) -> &str {
        match self {
            Self::Same(item) | Self::Other { item, .. } => item,
        }
    }
}

/// A grade and what it means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// `AA` … `F`.
    pub grade: String,
    /// Lowest total of the band, points of 100.
    pub from: f64,
    /// Points that each of the tools must reach as well (from 2567: "85 in total and in each of IIT, EIT, OIT").
    #[serde(default)]
    pub each_from: f64,
    /// The NACC's gloss; empty where no source was found.
    #[serde(default)]
    pub gloss: String,
}
