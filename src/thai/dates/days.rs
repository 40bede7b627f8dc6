//! Days, however they are written, and ranges of days and months.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::years::usual_year;
use super::{Found, Named, When, in_order, months};
use crate::thai::line::Line;
use crate::year::{ERA, Month};

impl Line {
    /// Days, months and ranges of them.
    pub(super) fn dates(&self, i: usize, c: char) -> Option<Found> {
        let may_open = c.is_ascii_digit()
            || months::FIRST.has(c)
            || c.is_ascii_lowercase() && !self.before(i).is_some_and(|c| c.is_ascii_lowercase());
        if !may_open {
            return None;
        }
        let from = self.point(i)?;
        let range = self.until_line(i, &from).and_then(|at| {
            let to = self.point(at)?;
            Some((months(&from, &to)?, to.end))
        });
        let (when, end) = match range {
            Some(range) => range,
            None => (exact(&from, self.first_day(i, &from))?, from.end),
        };
        let named = match when {
            When::Month(_) if range.is_some() => Named::Subject,
            _ if self.follows_weekday(i) => Named::Clock,
            _ => Named::Nothing,
        };
        Some(Found {
            start: i,
            end,
            when,
            named,
        })
    }

    /// As `until`, and also over a line break before the dash where that is no new item of a list.
    fn until_line(&self, start: usize, from: &Point) -> Option<usize> {
        self.until(from.end).or_else(|| {
            let at = self.skip_any(from.end, 1, &[' ']);
            let open = self.letters[start.saturating_sub(12)..start].contains(&'(');
            let wrapped = self.at(at) == Some('\n')
                && (open || from.day == Some(1) || self.at(at + 1) == Some('\u{2013}'));
            wrapped.then(|| self.until(at + 1)).flatten()
        })
    }

    /// The first of two days in one month: the 5th in `5 – 6 มีนาคม 2565`.
    fn first_day(&self, i: usize, point: &Point) -> Option<i8> {
        let (value, _) = self.spaced_day(i).or_else(|| self.number(i))?;
        point.day.and(i8::try_from(value).ok())
    }

    fn follows_weekday(&self, i: usize) -> bool {
        let end = self.letters[..i]
            .iter()
            .rposition(|c| c.is_ascii_alphabetic());
        end.is_some_and(|end| {
            i - end <= 3 && WEEKDAYS.split(' ').any(|day| self.ends_at(end + 1, day))
        })
    }

    fn point(&self, i: usize) -> Option<Point> {
        if !self.digit_at(i) {
            return self.month_point(i, None).or_else(|| self.english_point(i));
        }
        self.numeric_point(i).or_else(|| self.day_point(i))
    }

    /// `7 มีนาคม 62`, `18ธค66`, `5 – 6 มีนาคม 2565`, `9 June 2022`.
    fn day_point(&self, i: usize) -> Option<Point> {
        let (day, end) = self.spaced_day(i).or_else(|| self.number(i))?;
        if !(1..=31).contains(&day) || end > i + 3 || !self.may_be_day(i) {
            return None;
        }
        let mut at = self.skip_any(end, 2, &[' ', '\n', '-', '.', '/']);
        // The number in one cell is not the day of the month in the next.
        let breaks = self.letters[end..at].contains(&'\n');
        if self.parts_cells(end, at) || breaks && self.closes_row(i) {
            return None;
        }
        if let Some(next) = self.second_day(end) {
            at = next;
        }
        for word in ["เดือน", "st ", "nd ", "rd ", "th ", "of "] {
            if self.is_at(at, word) {
                at = self.skip_blank(at + word.chars().count());
            }
        }
        self.month_point(at, Some(day as i8)).or_else(|| {
            let (month, end) = self.english_month(at)?;
            let at = self.skip_any(end, 3, &[' ', '.', ',', '-']);
            let (year, end) = self.year(at, false)?;
            Some(Point {
                day: Some(day as i8),
                month,
                year: Some(year),
                end,
            })
        })
    }

    /// The 12th in `วันที่ 1 2 กุมภาพันธ์`, letters set apart.
    fn spaced_day(&self, i: usize) -> Option<(i32, usize)> {
        let led = self.ends_at(i, "วันที่ ") || self.ends_at(i, "วันที่");
        let (tens, end) = self.number(i).filter(|&(_, end)| led && end == i + 1)?;
        let (ones, end) = self.number(end + 1).filter(|_| self.at(end) == Some(' '))?;
        let closed = end == i + 3
            && self
                .at(end)
                .is_some_and(|c| !c.is_ascii_digit() && c != '/');
        (closed && tens <= 3 && self.month(self.skip_blank(end)).is_some())
            .then_some((tens * 10 + ones, end))
    }

    /// Whether a number at the end of a line closes a row of a table: alone in its cell or on its line, behind another
    /// number, or in a row that a month heads. A date that a line breaks stands in running text.
    fn closes_row(&self, i: usize) -> bool {
        const LONGEST_ROW: usize = 200;
        if self.ends_at(i, "ที่ ") || self.ends_at(i, "ที่") {
            return false;
        }
        let from = i.saturating_sub(LONGEST_ROW);
        let line = self.letters[from..i].iter().rposition(|&c| c == '\n');
        let start = line.map_or(from, |at| from + at + 1);
        let blank = self.letters[start..i]
            .iter()
            .rev()
            .take_while(|&&c| c == ' ');
        let told = i - blank.count();
        if told == start || self.parts_cells(told, i) {
            return true;
        }
        let whole = start > from || from == 0;
        matches!(self.before(told), Some('|' | '0'..='9'))
            || whole && self.month(self.skip_any(start, 2, &['|', ' '])).is_some()
    }

    /// After the second day of `5 – 6 มีนาคม`, `5 และ 6 มีนาคม`.
    fn second_day(&self, end: usize) -> Option<usize> {
        let at = self.skip_blank(end);
        let at = ["และ", ","]
            .into_iter()
            .find(|word| self.is_at(at, word))
            .map(|word| self.skip_blank(at + word.chars().count()))
            .or_else(|| self.until(end))?;
        let (second, end) = self.number(at)?;
        ((1..=31).contains(&second) && end <= at + 2).then(|| self.skip_any(end, 2, &[' ', '\n']))
    }

    /// Whether a number here may be a day: not the number of a form, a meeting, a village.
    fn may_be_day(&self, i: usize) -> bool {
        if self
            .before(i)
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '/')
        {
            return false;
        }
        let mut end = i;
        while end > 0 && i - end < 3 && matches!(self.before(end), Some(' ' | '\n' | '.')) {
            end -= 1;
        }
        let dotted = |word: &&str| self.ends_at(i, word) || self.ends_at(end, word);
        !ORDINALS.iter().any(dotted)
    }

    /// `18/06/2564`, `03/04/58`, `2021-06-18`.
    fn numeric_point(&self, i: usize) -> Option<Point> {
        let part = |at: usize| {
            let digits = (at..at + 5).take_while(|&at| self.digit_at(at)).count();
            let value = self
                .letters
                .get(at..at + digits)?
                .iter()
                .filter_map(|c| c.to_digit(10));
            Some((
                value.fold(0, |value, digit| value * 10 + digit as i32),
                digits,
            ))
        };
        let between = |at: usize| {
            let bare = self.skip_any(at, 1, &[' ']);
            let sign = self.at(bare).filter(|c| matches!(c, '/' | '-' | '.'))?;
            let next = if sign == '/' {
                self.skip_any(bare + 1, 1, &[' '])
            } else {
                bare + 1
            };
            (bare == at || sign == '/').then_some((sign, next))
        };
        if matches!(self.before(i), Some('/' | '-' | '.' | ':' | '0'..='9'))
            && !self.ends_at(i, "--")
        {
            let after_word = i >= 2 && !self.digit_at(i - 2) && self.before(i) != Some('/');
            if !after_word || self.before(i).is_some_and(|c| c.is_ascii_digit()) {
                return None;
            }
        }
        let (first, first_len) = part(i)?;
        let (sign, at) = between(i + first_len)?;
        let (second, second_len) = part(at)?;
        let (again, at_third) = between(at + second_len)?;
        let (third, third_len) = part(at_third)?;
        let end = at_third + third_len;
        if sign != again
            || second_len > 2
            || matches!((self.at(end), sign), (Some('-'), '-') | (Some('/'), '/'))
                && self.digit_at(end + 1)
        {
            return None;
        }
        let padded = first_len == 2 && second_len == 2;
        let (day, month, year) = match (first_len, third_len) {
            (4, 1 | 2) => (third, second, usual_year(first)?),
            (1 | 2, 4) => {
                let (year, _) = self.year_digits(at_third)?;
                (first, second, usual_year(year)?)
            }
            (1 | 2, 2) if (40..=90).contains(&third) && (sign == '/' || padded) => {
                (first, second, 2500 + third as i16)
            }
            _ => return None,
        };
        let (day, month) = if month > 12 && day <= 12 {
            (month, day)
        } else {
            (day, month)
        };
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Point {
            day: Some(day as i8),
            month: month as i8,
            year: Some(year),
            end,
        })
    }
}

/// A day or a month with as much of it as is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) day: Option<i8>,
    pub(super) month: i8,
    pub(super) year: Option<i16>,
    pub(super) end: usize,
}

/// A single day or month. A day that the calendar does not have is read as its month.
pub(super) fn exact(point: &Point, first_day: Option<i8>) -> Option<When> {
    let month = point.month_in(point.year?);
    let day = first_day.or(point.day).and_then(|day| date(month, day));
    Some(day.map_or(When::Month(month), When::Day))
}

fn date(month: Month, day: i8) -> Option<Date> {
    Date::new(month.year - ERA, month.month, day).ok()
}

/// A range of months. Two days of one week are an event: the first of them.
fn months(from: &Point, to: &Point) -> Option<When> {
    let last = to.month_in(to.year?);
    let year = match from.year {
        Some(year) => year,
        None if from.month > to.month => last.year - 1,
        None => last.year,
    };
    let first = from.month_in(year);
    if in_order(first) > in_order(last)
        || from.day.is_some() != to.day.is_some() && from.day.is_some()
    {
        return None;
    }
    if let (Some(a), Some(b)) = (from.day, to.day)
        && let (Some(a), Some(b)) = (date(first, a), date(last, b))
        && a.until(b)
            .is_ok_and(|span| (0..=7).contains(&span.get_days()))
    {
        return Some(When::Day(a));
    }
    Some(if first == last {
        When::Month(first)
    } else {
        When::Months {
            from: first,
            to: last,
        }
    })
}

const WEEKDAYS: &str = "monday tuesday wednesday thursday friday saturday sunday";

/// What numbers are labelled with that are neither days nor years.
static ORDINALS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let words = "สขร สขร. ครั้งที่ ไตรมาสที่ ไตรมาส ฉบับที่ หมู่ที่ หมู่ สมัยที่ ลำดับที่ ลำดับ ข้อ ข้อที่ งวดที่ แบบ รุ่นที่ ตอนที่ ส่วนที่ บทที่ ภาคเรียนที่ \
    ชั้น หน้า แผ่นที่ รอบที่ ปร. ผ. ตัวชี้วัดที่ สมัยสามัญที่";
    words.split(' ').collect()
});

impl Point {
    fn month_in(&self, year: i16) -> Month {
        Month {
            year,
            month: self.month,
        }
    }
}
