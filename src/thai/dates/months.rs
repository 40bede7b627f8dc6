//! Names of months: long, short, misspelt and English.

use std::sync::LazyLock;

use super::days::Point;
use crate::thai::line::Line;
use crate::thai::{ByFirst, LetterSet, is_consonant, is_lead, is_mark, is_thai};
use crate::year::Month;

impl Line {
    /// A month and the year behind it, if there is one.
    pub(super) fn month_point(&self, i: usize, day: Option<i8>) -> Option<Point> {
        let (month, end) = self.month(i)?;
        let gap = self.skip_any(end, 2, &[' ', '\n']);
        let gap = self.skip_any(gap, 1, &['-', '/', ',', '_', '\'', '.', '\u{2013}']);
        let mut at = self.skip_any(gap, 2, &[' ', '\n']);
        if self.is_at(at, "ปี") {
            at = self.skip_any(at + 2, 2, &[' ']);
        }
        // Two digits in the next cell count something.
        let year = self.year(at, !self.parts_cells(end, at));
        Some(Point {
            day,
            month,
            year: year.map(|(year, _)| year),
            end: year.map_or(end, |(_, end)| end),
        })
    }

    /// `June 9, 2022`, `March 2021`.
    pub(super) fn english_point(&self, i: usize) -> Option<Point> {
        let (month, end) = self.english_month(i)?;
        let at = self.skip_any(end, 2, &[' ', '.', '-']);
        let day = self
            .number(at)
            .filter(|&(day, end)| (1..=31).contains(&day) && end <= at + 2);
        let (day, at) = match day {
            Some((day, end)) => (Some(day as i8), self.skip_any(end, 2, &[',', ' '])),
            None => (None, at),
        };
        let (year, end) = self.year(at, false)?;
        Some(Point {
            day,
            month,
            year: Some(year),
            end,
        })
    }

    pub(super) fn month(&self, i: usize) -> Option<(i8, usize)> {
        // With other letters none begins, however it is written.
        if !FIRST.has(self.at(i)?) {
            return None;
        }
        let next = self.at(i + 1)?;
        let begins = is_mark(next) || next.is_whitespace() || SECOND.has(next);
        let known = || self.long_month(i).or_else(|| self.short_month(i));
        begins
            .then(known)
            .flatten()
            .or_else(|| self.misspelt_month(i))
    }

    /// Full names, misspelt or without their marks. `คมนาคม` is none.
    fn long_month(&self, i: usize) -> Option<(i8, usize)> {
        let names = BY_FIRST.0.with(self.at(i)?);
        let (month, end) = names
            .iter()
            .find_map(|&(name, month)| Some((month, self.after_bare(i, name)?)))?;
        let exact = self.is_at(i, Month::NAMES[usize::from(month.unsigned_abs()) - 1]);
        (exact || self.opens_word(i)).then_some((month, end))
    }

    /// A full name with one letter wrong, or its colloquial head (`สิงหา`), where a year follows.
    fn misspelt_month(&self, i: usize) -> Option<(i8, usize)> {
        const LONGEST: usize = 14;
        let letter = |c: &&char| is_thai(**c) && !c.is_ascii_digit() && **c != 'ฯ';
        let word = self.letters[i..].iter().take_while(letter).take(LONGEST);
        let end = i + word.count();
        let year = self.skip_any(end, 2, &[' ', '\n']);
        if !(self.digit_at(year) || self.is_at(year, "พ.ศ")) || !self.opens_word(i) {
            return None;
        }
        let word = self.letters[i..end].iter();
        let bare: String = word.filter(|c| !is_mark(**c)).collect();
        let letters = bare.chars().count();
        let mut close = (1..).zip(&*BARE_NAMES).filter(|(_, (name, long))| {
            let head = name.trim_end_matches("คม").trim_end_matches("ยน");
            bare == head && head.len() < name.len()
                || letters >= 6
                    && letters.abs_diff(*long) <= 1
                    && strsim::levenshtein(&bare, name) <= 1
        });
        match (close.next(), close.next()) {
            (Some((month, _)), None) => Some((month, end)),
            _ => None,
        }
    }

    /// `ต.ค.`, `ต.ค`, `ตค.`, `ตค`: without dots only before a year.
    fn short_month(&self, i: usize) -> Option<(i8, usize)> {
        let names = BY_FIRST.1.with(self.at(i)?);
        let &(first, _, month) = names.iter().find(|(first, last, _)| {
            let last_at = |first: usize| self.skip_any(i + first, 2, &['.', ' ']);
            self.is_at(i, first) && self.at(last_at(first.chars().count())) == Some(*last)
        })?;
        let inner = self.skip_any(i + first.chars().count(), 2, &['.', ' ']);
        let dotted = self.letters[i..inner].contains(&'.');
        let mut end = inner + 1;
        if self.at(end) == Some(' ') && self.at(end + 1) == Some('.') {
            end += 1;
        }
        let dotted = dotted || self.at(end) == Some('.');
        if self.at(end) == Some('.') {
            end += 1;
        }
        let next = self.at(end);
        let closed = !next.is_some_and(|c| is_thai(c) && !c.is_ascii_digit())
            || ["ถึง", "ปี", "พ.ศ", "จนถึง"]
                .iter()
                .any(|word| self.is_at(end, word));
        let spaced =
            self.letters[i..inner].contains(&' ') && !self.letters[i..inner].contains(&'.');
        let before_year = self.digit_at(self.skip_any(end, 2, &[' ', '-', '_', '/', '\'']));
        (closed && !spaced && (dotted || before_year) && self.opens_word(i)).then_some((month, end))
    }

    /// Whether a word can begin here: no letter before it, or a word that months follow.
    fn opens_word(&self, i: usize) -> bool {
        /// Words that months follow, and the letters they end in.
        const LED: [&str; 7] = ["เดือน", "ถึง", "รอบ", "ประจำ", "ตั้งแต่", "สิ้น", "สขร"];
        const LED_BY: LetterSet = LetterSet::of(&['น', 'ง', 'บ', 'ำ', '่', 'ร']);
        let before = self.before(i);
        let free = !before.is_some_and(|c| {
            is_consonant(c) || is_lead(c) || is_mark(c) || matches!(c, 'ะ' | 'า' | 'ำ')
        });
        let led = || {
            before.is_some_and(|c| LED_BY.has(c)) && LED.iter().any(|word| self.ends_at(i, word))
        };
        if !(free || led()) {
            return false;
        }
        let civil_service = self.is_at(i, "ก.พ") && {
            let end = i - usize::from(self.before(i) == Some(' '));
            ["สำนักงาน", "หนังสือ", "เลขาธิการ", "ของ"]
                .iter()
                .any(|word| self.ends_at(end, word))
        };
        !civil_service
    }

    pub(super) fn english_month(&self, i: usize) -> Option<(i8, usize)> {
        if self.before(i).is_some_and(|c| c.is_ascii_alphabetic()) {
            return None;
        }
        let word: String = self.letters[i.min(self.letters.len())..]
            .iter()
            .take(10)
            .take_while(|c| c.is_ascii_lowercase())
            .collect();
        let fits = |name: &&str| {
            name.starts_with(&word)
                && (word.len() == 3 || word.len() == name.len() || word == "sept")
        };
        let month = (1..)
            .zip(ENGLISH_MONTHS)
            .find(|(_, name)| word.len() >= 3 && fits(name))?
            .0;
        Some((month, i + word.len()))
    }
}

/// Full names without marks, with the misspellings that were met.
const LONG_MONTHS: [(&str, i8); 28] = [
    ("มกราคม", 1),
    ("มกรคม", 1),
    ("มกาคม", 1),
    ("กมภาพนธ", 2),
    ("กมพาพนธ", 2),
    ("กมภาพน", 2),
    ("มนาคม", 3),
    ("เมษายน", 4),
    ("เมศายน", 4),
    ("เมษยน", 4),
    ("พฤษภาคม", 5),
    ("พฤกษภาคม", 5),
    ("พฤภาคม", 5),
    ("มถนายน", 6),
    ("มถยายน", 6),
    ("กรกฎาคม", 7),
    ("กรกฏาคม", 7),
    ("กรกาคม", 7),
    ("สงหาคม", 8),
    ("กนยายน", 9),
    ("กนายน", 9),
    ("กนยานน", 9),
    ("ตลาคม", 10),
    ("พฤศจกายน", 11),
    ("พฤษจกายน", 11),
    ("พฤจกายน", 11),
    ("พฤศกจายน", 11),
    ("ธนวาคม", 12),
];

/// Letters with which a month begins, in Thai.
pub(super) const FIRST: LetterSet = LetterSet::of(&['ม', 'ก', 'เ', 'พ', 'ส', 'ต', 'ธ']);

/// Long and short names by their first letter.
type Names = (
    ByFirst<(&'static str, i8)>,
    ByFirst<(&'static str, char, i8)>,
);

static BY_FIRST: LazyLock<Names> = LazyLock::new(|| {
    let long = ByFirst::of(LONG_MONTHS, |(name, _)| [*name]);
    (long, ByFirst::of(SHORT_MONTHS, |(first, _, _)| [*first]))
});

/// Full names without their marks, and how many letters that leaves.
static BARE_NAMES: LazyLock<Vec<(String, usize)>> = LazyLock::new(|| {
    let bare = |name: &str| -> String { name.chars().filter(|&c| !is_mark(c)).collect() };
    let names = Month::NAMES.iter().map(|name| bare(name));
    names
        .map(|name| {
            let letters = name.chars().count();
            (name, letters)
        })
        .collect()
});

/// Letters that stand second in a month, long or short, where no mark or space does.
static SECOND: LazyLock<LetterSet> = LazyLock::new(|| {
    let long = LONG_MONTHS
        .iter()
        .filter_map(|(name, _)| name.chars().nth(1));
    let short = SHORT_MONTHS
        .iter()
        .flat_map(|(first, last, _)| [first.chars().nth(1), Some(*last), Some('.')]);
    long.chain(short.flatten()).collect()
});

/// Both halves of the abbreviations.
const SHORT_MONTHS: [(&str, char, i8); 12] = [
    ("ม", 'ค', 1),
    ("ก", 'พ', 2),
    ("มี", 'ค', 3),
    ("เม", 'ย', 4),
    ("พ", 'ค', 5),
    ("มิ", 'ย', 6),
    ("ก", 'ค', 7),
    ("ส", 'ค', 8),
    ("ก", 'ย', 9),
    ("ต", 'ค', 10),
    ("พ", 'ย', 11),
    ("ธ", 'ค', 12),
];

const ENGLISH_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
