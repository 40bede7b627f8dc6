//! A rule as its author states it: `const RULE` of one `O<n>.rhai` file. Data, read without running the script.

use serde::{Deserialize, Serialize};

use super::outline::MeasureText;

/// The contents of `const RULE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The item's official title.
    pub title: String,
    /// Where the criteria come from, for the reader.
    pub source: String,
    /// The criteria in the manual's order.
    pub criteria: Vec<Criterion>,
    /// The measure when the item fails.
    pub measure: MeasureText,
}

/// One criterion: one thing that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// ASCII name; the function that decides it has the same name.
    pub id: String,
    /// The manual's words.
    pub asks: String,
    /// One step of the measure when it is unmet.
    pub fix: String,
    /// How sure we are that the manual asks this.
    pub basis: Basis,
    /// Applies to this kind of agency only.
    #[serde(default)]
    pub only: Option<Only>,
    /// The item's reason code when nothing but criteria with this reason is unmet; `incomplete` when not said.
    #[serde(default)]
    pub reason: Option<Reason>,
}

/// Marks of confidence, from the domain notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// NACC wording of that year, or two independent sources that agree.
    Official,
    /// One source of that year.
    Single,
    /// Found for an adjacent year or a sister edition.
    Adjacent,
    /// Wording recalled, no source found.
    Recalled,
}

impl Basis {
    /// The mark in words.
    pub fn thai(self) -> &'static str {
        match self {
            Self::Official => "ถ้อยคำตามคู่มือของปีนั้น",
            Self::Single => "จากเอกสารแหล่งเดียวของปีนั้น",
            Self::Adjacent => "จากปีใกล้เคียงหรือฉบับคู่กัน",
            Self::Recalled => "ยังไม่พบเอกสารยืนยันถ้อยคำ",
        }
    }
}

/// Kinds of agencies a criterion may be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// Local government (อปท.).
    Local,
}

impl Only {
    /// The kinds in words.
    pub fn thai(self) -> &'static str {
        match self {
            Self::Local => "เฉพาะองค์กรปกครองส่วนท้องถิ่น",
        }
    }
}

/// Why an item does not pass, in a word programs read. `Reason::thai` has it in words people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nothing of the item was found.
    Missing,
    /// Found, and something the criteria ask for is not there.
    Incomplete,
    /// Found, and for another year, or without the date that would show the year.
    OffYear,
    /// Announced on the site and cannot be opened, or not reachable from the home page.
    Unreachable,
    /// Found, and a machine cannot read it (scan, image, locked or damaged file).
    Unreadable,
    /// Only a person can decide it.
    NeedsPerson,
}

impl Reason {
    /// The reason as a report prints it.
    pub fn thai(self) -> &'static str {
        match self {
            Self::Missing => "ไม่พบข้อมูล",
            Self::Incomplete => "ข้อมูลไม่ครบ",
            Self::OffYear => "ไม่ใช่ข้อมูลของปีที่กำหนด",
            Self::Unreachable => "เปิดหรือเข้าถึงไม่ได้",
            Self::Unreadable => "เครื่องอ่านไฟล์ไม่ได้",
            Self::NeedsPerson => "ต้องให้คนตัดสิน",
        }
    }
}
