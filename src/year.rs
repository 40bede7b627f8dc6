//! Fiscal years and months of Thai public finance: Buddhist era, October to September.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Years between the Buddhist and the Common Era.
pub(crate) const ERA: i16 = 543;

/// A fiscal year in the Buddhist era: 2564 runs from 1 October 2563 to 30 September 2564.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct FiscalYear(pub i16);

impl FiscalYear {
    /// The fiscal year in which a day falls.
    pub fn of(day: Date) -> Self {
        Month::of(day).fiscal_year()
    }

    /// The year before.
    pub fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// The year after.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The twelve months, October first.
    pub fn months(self) -> [Month; 12] {
        std::array::from_fn(|n| {
            let n = n as i8;
            if n < 3 {
                Month {
                    year: self.0 - 1,
                    month: 10 + n,
                }
            } else {
                Month {
                    year: self.0,
                    month: n - 2,
                }
            }
        })
    }

    /// 30 September, the day it ends on.
    pub fn last_day(self) -> Date {
        Date::new(self.0 - ERA, 9, 30).unwrap_or(Date::MAX)
    }

    /// October to March: the "first six months" that many items ask for.
    pub fn first_half(self) -> [Month; 6] {
        let all = self.months();
        std::array::from_fn(|n| all[n])
    }
}

impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A calendar month of a Buddhist year: `{ year: 2564, month: 1 }` is January 2021.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month {
    /// Buddhist calendar year.
    pub year: i16,
    /// 1 (January) to 12.
    pub month: i8,
}

impl Month {
    /// Full Thai names, January first.
    pub const NAMES: [&'static str; 12] = [
        "มกราคม",
        "กุมภาพันธ์",
        "มีนาคม",
        "เมษายน",
        "พฤษภาคม",
        "มิถุนายน",
        "กรกฎาคม",
        "สิงหาคม",
        "กันยายน",
        "ตุลาคม",
        "พฤศจิกายน",
        "ธันวาคม",
    ];

    /// The number of a month from its name alone: `ตุลาคม`, `ต.ค.`, `เดือนตุลาคม`.
    pub fn number_of(name: &str) -> Option<i8> {
        const SHORT: [&str; 12] = [
            "มค",
            "กพ",
            "มีค",
            "เมย",
            "พค",
            "มิย",
            "กค",
            "สค",
            "กย",
            "ตค",
            "พย",
            "ธค",
        ];
        let name: String = name
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '.')
            .collect();
        let name = name.trim_start_matches("ประจำ").trim_start_matches("เดือน");
        let at = Self::NAMES
            .iter()
            .position(|full| *full == name)
            .or_else(|| SHORT.iter().position(|short| *short == name))?;
        i8::try_from(at + 1).ok()
    }

    /// The month in which a day falls.
    pub fn of(day: Date) -> Self {
        Self {
            year: day.year() + ERA,
            month: day.month(),
        }
    }

    /// The fiscal year to which the month belongs.
    pub fn fiscal_year(self) -> FiscalYear {
        FiscalYear(if self.month >= 10 {
            self.year + 1
        } else {
            self.year
        })
    }

    /// The month after.
    pub fn next(self) -> Self {
        if self.month == 12 {
            Self {
                year: self.year + 1,
                month: 1,
            }
        } else {
            Self {
                month: self.month + 1,
                ..self
            }
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            Self::NAMES[(self.month - 1) as usize],
            self.year
        )
    }
}

/// A day as Thai readers write it: `15 พฤษภาคม 2564`.
pub fn thai_date(day: Date) -> String {
    format!("{} {}", day.day(), Month::of(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn october_opens_the_next_fiscal_year() {
        assert_eq!(FiscalYear::of(date(2020, 9, 30)), FiscalYear(2563));
        assert_eq!(FiscalYear::of(date(2020, 10, 1)), FiscalYear(2564));
        let months = FiscalYear(2564).months();
        assert_eq!(
            months[0],
            Month {
                year: 2563,
                month: 10
            }
        );
        assert_eq!(
            months[3],
            Month {
                year: 2564,
                month: 1
            }
        );
        assert_eq!(
            months[11],
            Month {
                year: 2564,
                month: 9
            }
        );
        assert!(
            months
                .iter()
                .all(|month| month.fiscal_year() == FiscalYear(2564))
        );
        assert!(months.windows(2).all(|pair| pair[0].next() == pair[1]));
    }
}
