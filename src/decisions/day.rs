//! A day as people write it in the file: either era, `2565-05-20` or `20 พ.ค. 2565`.

use jiff::civil::Date;

use crate::thai::dates::{Confidence, When, scan};
use crate::year::ERA;

/// Years from here on are of the Buddhist era.
const BUDDHIST: i16 = 2400;
/// No date is longer.
const LONGEST: usize = 80;

/// The day of `20 พ.ค. 2565`, `20/5/2565`, `2565-05-20` or `2022-05-20`; `None` when the text is not a day of the calendar.
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let mut parts = text.split('-');
    if let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    {
        return civil(number(year)?, number(month)?, number(day)?);
    }
    let text = ["วันที่", "เมื่อ"].iter().fold(text, |text, word| {
        text.strip_prefix(word).unwrap_or(text).trim()
    });
    let mentions = scan(text);
    let [only] = mentions.as_slice() else {
        return None;
    };
    let whole = only.span.start == 0 && only.span.end == text.len();
    match only.when {
        When::Day(day) if whole && only.confidence > Confidence::Weak => Some(day),
        _ => None,
    }
}

/// A day of either era.
pub(super) fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    let year = if year >= BUDDHIST { year - ERA } else { year };
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day)
        .ok()
        .filter(|day| (1900..=2200).contains(&day.year()))
}

/// A number in Arabic or Thai digits.
fn number(text: &str) -> Option<i16> {
    let digits = text.trim().chars().map(crate::thai::digit);
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    let number = digits.iter().fold(0, |sum, digit| sum * 10 + digit);
    i16::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn both_eras_and_the_ways_people_write_a_day() {
        for text in [
            "2565-05-20",
            "2022-05-20",
            "๒๕๖๕-๐๕-๒๐",
            "20 พ.ค. 2565",
            "20 พฤษภาคม 2565",
            "วันที่ 20 พฤษภาคม พ.ศ. 2565",
            "๒๐ พ.ค. ๒๕๖๕",
            "20/5/2565",
        ] {
            assert_eq!(day(text), Some(date(2022, 5, 20)), "{text}");
        }
        assert_eq!(
            day("2567-02-29"),
            Some(date(2024, 2, 29)),
            "a leap year of the common era"
        );
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "พฤษภาคม 2565",
            "2565",
            "2565-13-01",
            "2565-02-29",
            "0022-05-20",
            "พรุ่งนี้",
            "20 พ.ค. 2565 หรือหลังจากนั้น",
            "20-5",
            "99999-05-20",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
