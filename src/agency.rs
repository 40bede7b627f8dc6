//! The agency whose website is looked at, and what kind of agency it is.

use serde::{Deserialize, Serialize};

/// An agency. Read from `--agency site.json` or recognised on the site itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Agency {
    /// Full official name: `องค์การบริหารส่วนตำบลกะลาเส`.
    pub name: String,
    /// Short name: `อบต.กะลาเส`. Empty when unknown.
    #[serde(default)]
    pub short_name: String,
    /// What kind of agency it is.
    #[serde(rename = "type", default)]
    pub kind: AgencyKind,
    /// District (อำเภอ/เขต). Empty when unknown.
    #[serde(rename = "amphoe", alias = "district", default)]
    pub district: String,
    /// Province. Empty when unknown.
    #[serde(default)]
    pub province: String,
}

/// Kinds of agencies, as far as criteria differ between them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AgencyKind {
    /// องค์การบริหารส่วนตำบล.
    Tambon,
    /// เทศบาลตำบล, เทศบาลเมือง, เทศบาลนคร.
    #[serde(alias = "thesaban", alias = "city", alias = "town")]
    Municipality,
    /// องค์การบริหารส่วนจังหวัด.
    Provincial,
    /// กรุงเทพมหานคร, เมืองพัทยา.
    Special,
    /// กระทรวง กรม และส่วนราชการอื่น.
    Central,
    /// รัฐวิสาหกิจ.
    StateEnterprise,
    /// มหาวิทยาลัยและสถาบันอุดมศึกษา.
    University,
    /// องค์การมหาชน หน่วยงานอิสระ กองทุน.
    PublicBody,
    /// Not known.
    #[default]
    #[serde(other)]
    Unknown,
}

impl AgencyKind {
    /// Local government (อปท.): criteria marked `only: "local"` apply.
    pub fn is_local(self) -> bool {
        matches!(
            self,
            Self::Tambon | Self::Municipality | Self::Provincial | Self::Special
        )
    }
}
