//! Dates as Thai offices write them: the lines of `tests/dates/*.tsv`, and what holds for any text.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use std::fmt::Write as _;
use std::path::Path;

use prongsai::thai::clean;
use prongsai::thai::dates::{Mention, When, scan};
use prongsai::year::Month;
use proptest::prelude::*;

/// As the files write it: `15.5.2564 event sure`, `10.2563-3.2564 subject fair`, `FY2564 …`, `2561-2565 …`, `none`.
fn shown(mentions: &[Mention]) -> String {
    let month = |month: Month| format!("{}.{}", month.month, month.year);
    let each = mentions.iter().map(|mention| {
        let when = match mention.when {
            When::Day(day) => format!("{}.{}", day.day(), month(Month::of(day))),
            When::Month(one) => month(one),
            When::Months { from, to } => format!("{}-{}", month(from), month(to)),
            When::Fiscal(year) => format!("FY{year}"),
            When::Year(year) => year.to_string(),
            When::Years { from, to } => format!("{from}-{to}"),
        };
        let said = format!("{:?} {:?}", mention.role, mention.confidence);
        format!("{when} {}", said.to_lowercase())
    });
    let list: Vec<String> = each.collect();
    if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    }
}

/// Lines of every file: file and line number, text, what is expected of it.
fn lines() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dates");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "tsv"))
        .collect();
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for (n, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("{name}:{}", n + 1);
            let columns = line.split_once('\t');
            let (text, expected) = columns.unwrap_or_else(|| panic!("{place}: ต้องมีสองช่องคั่นด้วยแท็บ"));
            lines.push((place, text.replace("\\n", "\n"), expected.trim().to_owned()));
        }
    }
    lines
}

#[test]
fn every_line_of_the_set_is_read_as_a_person_reads_it() {
    let lines = lines();
    assert!(lines.len() >= 400, "the set has shrunk to {}", lines.len());
    let mut wrong = String::new();
    for (place, text, expected) in lines {
        let is = shown(&scan(&text));
        if is != expected {
            let _ = write!(wrong, "\n{place} {text}\n   is {is}\n  not {expected}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The times and roles: what damage in the text must not change.
fn read(text: &str) -> Vec<(When, String)> {
    let mentions = scan(text).into_iter();
    mentions
        .map(|mention| (mention.when, format!("{:?}", mention.role)))
        .collect()
}

#[test]
fn cleaning_a_text_changes_no_date_in_it() {
    for (place, text, _) in lines() {
        let cleaned = clean(&text);
        assert!(read(&cleaned) == read(&text), "{place}: {text}");
    }
}

fn thai_digits(text: &str) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|n| char::from_u32('๐' as u32 + n));
    text.chars().map(|c| digit(c).unwrap_or(c)).collect()
}

/// Words of dates and what stands around them, in any order.
const SOUP: &str = r"((ปี|งบประมาณ|ประจำ|พ\.ศ\.|ค\.ศ\.|รอบ|เดือน|ไตรมาส|ที่|ต\.ค\.|มีนาคม|กันยายม|ถึง|วันที่|วันพุธที่|ณ|ลงชื่อ|พระราชบัญญัติ|ลงวันที่|25|64|2564|๒๕๖๔|2022|660527|1|30|/|-|–|\.| |,|:|\n|_|June|pdf|คน|ฉบับที่|สขร){0,14}|\PC{0,40})";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_text_is_read_without_a_panic_and_quoted_whole(text in SOUP) {
        let mut end = 0;
        for mention in scan(&text) {
            prop_assert!(text.get(mention.span.clone()).is_some());
            prop_assert!(mention.span.start >= end && !mention.span.is_empty());
            end = mention.span.end;
            match mention.when {
                When::Months { from, to } => {
                    prop_assert!((from.year, from.month) < (to.year, to.month));
                }
                When::Years { from, to } => prop_assert!(from < to),
                When::Month(month) => prop_assert!((1..=12).contains(&month.month)),
                _ => {}
            }
        }
    }

    #[test]
    fn cleaning_any_text_changes_no_date_in_it(text in SOUP) {
        let cleaned = clean(&text);
        prop_assert_eq!(read(&cleaned), read(&text));
    }

    #[test]
    fn a_date_is_the_same_in_either_era_and_either_script(
        day in 1i8..=28, month in 1i8..=12, year in 2553i16..=2578
    ) {
        let common = year - 543;
        let name = Month::NAMES[month as usize - 1];
        let expected = vec![When::Day(jiff::civil::date(common, month, day))];
        for text in [
            format!("{day} {name} {year}"),
            format!("{day} {name} พ.ศ. {year}"),
            format!("{day} {name} {common}"),
            format!("{day} {name} ค.ศ. {common}"),
            format!("{day}/{month}/{year}"),
            format!("{day}/{month}/{common}"),
            format!("{year}-{month:02}-{day:02}"),
            format!("{common}-{month:02}-{day:02}"),
        ] {
            for text in [text.clone(), thai_digits(&text)] {
                let read: Vec<When> = scan(&text).into_iter().map(|it| it.when).collect();
                prop_assert_eq!(&read, &expected, "{}", text);
            }
        }
    }
}
