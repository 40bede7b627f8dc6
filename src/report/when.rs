//! Days and times as lists need them: short, in the Buddhist era, by the clock of Thailand.

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::schedule::bangkok;
use crate::year::Month;

const MONTHS: [&str; 12] = [
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
];

/// `23 พ.ย. 2569`.
pub(super) fn day(day: Date) -> String {
    format!("{} {}", day.day(), month(day))
}

/// `พ.ย. 2569`.
pub(super) fn month(day: Date) -> String {
    let Month { year, month } = Month::of(day);
    let at = usize::from(month.unsigned_abs()).saturating_sub(1);
    format!("{} {year}", MONTHS.get(at).unwrap_or(&""))
}

/// `23 พ.ย. 2569 09:14`.
pub(super) fn time(at: Timestamp) -> String {
    let local = bangkok(at);
    let (hour, minute) = (local.hour(), local.minute());
    format!("{} {hour:02}:{minute:02}", day(local.date()))
}

/// `3 วัน 2 ชม.`: the two greatest units, seconds only below a minute.
pub(super) fn span(of: SignedDuration) -> String {
    let seconds = of.as_secs().max(0);
    let parts = [
        (seconds / 86_400, "วัน"),
        (seconds / 3_600 % 24, "ชม."),
        (seconds / 60 % 60, "นาที"),
    ];
    let Some(first) = parts.iter().position(|(count, _)| *count > 0) else {
        return format!("{seconds} วินาที");
    };
    let shown = parts.iter().skip(first).take(2);
    let shown = shown.filter(|(count, _)| *count > 0);
    let words: Vec<String> = shown
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evening_in_london_is_the_next_day_in_thailand() {
        let at: Timestamp = "2026-12-31T18:05:00Z".parse().unwrap();
        assert_eq!(time(at), "1 ม.ค. 2570 01:05");
    }

    #[test]
    fn a_span_is_told_by_its_two_greatest_units() {
        for (seconds, words) in [
            (0, "0 วินาที"),
            (59, "59 วินาที"),
            (3_660, "1 ชม. 1 นาที"),
            (86_400 * 3 + 60, "3 วัน"),
            (-5, "0 วินาที"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), words);
        }
    }
}
