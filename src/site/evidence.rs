//! A place that backs a claim, as reports name it.

use serde::{Deserialize, Serialize};

/// A place on the site that backs a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// The address an assessor can open.
    pub url: String,
    /// What the site calls it.
    pub label: String,
    /// The words that were found there; of files with several pages `หน้า 3: …`, `แผ่นงาน ก.พ. 65: …`, `แผน.pdf หน้า 3: …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Clicks from the home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicks: Option<u32>,
}
