//! Dates run together in the names of files.

use std::ops::Range;

use super::days::{Point, exact};
use super::years::{now_year, usual_year};
use super::{Found, Named, When};
use crate::thai::line::Line;

impl Line {
    /// Dates run together in file names: `25640618`, `20210618`, `660527`; the month in `สขร1064`.
    pub(super) fn file_date(&self, i: usize, c: char) -> Option<Found> {
        if !c.is_ascii_digit() || self.before(i).is_some_and(|c| c.is_ascii_digit()) {
            return None;
        }
        let digits: Vec<i32> = self.letters[i..]
            .iter()
            .take(9)
            .map_while(|c| c.to_digit(10))
            .map(|digit| digit as i32)
            .collect();
        let end = i + digits.len();
        let value = |range: Range<usize>| {
            digits[range]
                .iter()
                .fold(0, |value, digit| value * 10 + digit)
        };
        let in_name = |c: Option<char>| matches!(c, None | Some('/' | '_' | '.' | '-'));
        let (year, month, day) = match digits.len() {
            8 => (usual_year(value(0..4))?, value(4..6), Some(value(6..8))),
            6 if in_name(self.before(i)) && in_name(self.at(end)) && !self.digit_at(end + 2) => {
                (now_year(value(0..2))?, value(2..4), Some(value(4..6)))
            }
            4 if self.ends_at(i, "สขร") || self.ends_at(i, "skr") => {
                (now_year(value(2..4))?, value(0..2), None)
            }
            _ => return None,
        };
        let point = Point {
            day: day.and_then(|day| i8::try_from(day).ok()),
            month: i8::try_from(month)
                .ok()
                .filter(|month| (1..=12).contains(month))?,
            year: Some(year),
            end,
        };
        let when = exact(&point, point.day)?;
        (point.day.is_none() || matches!(when, When::Day(_))).then_some(Found {
            start: i,
            end,
            when,
            named: Named::File,
        })
    }
}
