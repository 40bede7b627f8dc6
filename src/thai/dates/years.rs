//! Years, their eras and words, and ranges of them.

use std::sync::LazyLock;

use super::role::WEEKDAYS;
use super::{Found, Named, When};
use crate::thai::line::Line;
use crate::thai::{ByFirst, LetterSet, bare_letter, is_thai};
use crate::year::{ERA, FiscalYear};

impl Line {
    /// Years: `ประจำปีงบประมาณ พ.ศ. 2564`, `พ.ศ. 2561 – 2565`, `ปี 64`, `2564`.
    pub(super) fn years(&self, i: usize, c: char) -> Option<Found> {
        if !OPENERS.has(c) {
            return None;
        }
        let named = WORD_OPENERS.has(c).then(|| self.year_word(i)).flatten();
        let (kind, at) = named.unwrap_or((YearWord::None, i));
        let era = self.era(at);
        let at_year = era.unwrap_or(at);
        let bare = named.is_none() && era.is_none();
        if bare && (!self.digit_at(i) || self.before(i).is_some_and(|c| c.is_ascii_digit())) {
            return None;
        }
        let (year, end) = match self.year_digits(at_year) {
            Some((value, end)) if !self.counts(end) || !bare => {
                let year = usual_year(value);
                let far = i16::try_from(value)
                    .ok()
                    .filter(|year| (2400..2700).contains(year));
                (year.or(far.filter(|_| era.is_some()))?, end)
            }
            Some(_) => return None,
            None => self.short_year_after(kind, i, at_year)?,
        };
        if bare && self.is_no_year(i, end, year) {
            return None;
        }
        let to = self.until(end).and_then(|at| {
            let at = self.year_word(at).map_or(at, |(_, at)| at);
            let (to, end) = self.year(at, end == at_year + 4 || named.is_some())?;
            (year < to && to <= year + 30).then_some((to, end))
        });
        let (when, end) = match to {
            Some((to, end)) => (When::Years { from: year, to }, end),
            None if kind == YearWord::Fiscal => (When::Fiscal(FiscalYear(year)), end),
            None => (When::Year(year), end),
        };
        let named = match kind {
            YearWord::Fiscal => Named::Subject,
            YearWord::Academic => Named::Academic,
            YearWord::Tag => Named::File,
            YearWord::Year | YearWord::None => Named::Nothing,
        };
        Some(Found {
            start: i,
            end,
            when,
            named,
        })
    }

    /// A year as it follows a month or a word for year, the era's name included.
    pub(super) fn year(&self, i: usize, short: bool) -> Option<(i16, usize)> {
        let i = self.era(i).unwrap_or(i);
        if let Some((value, end)) = self.year_digits(i) {
            return usual_year(value).map(|year| (year, end));
        }
        self.short_year(i).filter(|_| short)
    }

    /// After `พ.ศ.`, `พุทธศักราช`, `ค.ศ.`, however dotted, and the space behind it.
    pub(super) fn era(&self, i: usize) -> Option<usize> {
        for word in ["พุทธศักราช", "คริสต์ศักราช"] {
            if self.is_at(i, word) {
                return Some(self.skip_blank(i + word.chars().count()));
            }
        }
        if !matches!(self.at(i), Some('พ' | 'ค')) {
            return None;
        }
        let at = self.skip_any(i + 1, 3, &['.', ' ']);
        (self.at(at) == Some('ศ') && !self.at(at + 1).is_some_and(is_thai))
            .then(|| self.skip_any(at + 1, 4, &['.', ' ', '\n']))
    }

    /// Two digits of a Buddhist year that count nothing: `64`, not `64 คน`.
    fn short_year(&self, i: usize) -> Option<(i16, usize)> {
        let (value, end) = self.number(i)?;
        let year = end == i + 2 && (40..=90).contains(&value);
        let time = matches!(self.at(end), Some(':' | '%'));
        (year && !time && !self.counts(end)).then_some((2500 + value as i16, end))
    }

    /// A word that makes a year of the number behind it, and where that number would stand.
    fn year_word(&self, i: usize) -> Option<(YearWord, usize)> {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        if latin(self.at(i)) && latin(self.before(i)) {
            return None;
        }
        let first = bare_letter(self.at(i)?);
        let (kind, at) = BY_FIRST
            .with(first)
            .iter()
            .find_map(|&(word, kind)| Some((kind, self.after_bare(i, word)?)))
            .or_else(|| self.is_at(i, "ปี").then_some((YearWord::Year, i + 2)))
            .or_else(|| {
                let tag = TAGS.split(' ').find(|tag| self.is_at(i, tag))?;
                Some((YearWord::Tag, i + tag.chars().count()))
            })?;
        let at = match kind {
            YearWord::Tag => at,
            // A term of school: `ภาคเรียนที่ 1/2564`.
            YearWord::Academic if self.digit_at(at + 1) && self.at(at + 2) == Some('/') => at + 3,
            _ => self.skip_any(at, 4, &[' ', '\n', '.', ':', '\'']),
        };
        Some((kind, at))
    }

    /// A year of two digits, where a word before it leaves no doubt.
    fn short_year_after(&self, kind: YearWord, start: usize, at: usize) -> Option<(i16, usize)> {
        let (year, end) = self.short_year(at)?;
        let now = (2555..=2575).contains(&year);
        let free = !self
            .at(end)
            .is_some_and(|c| c.is_alphanumeric() || c == '/');
        let sure = match kind {
            YearWord::None => false,
            YearWord::Fiscal | YearWord::Academic => true,
            YearWord::Tag => at == start + 3 || free,
            // `อายุ 60 ปี 61 คน`
            YearWord::Year => !self.letters[..start]
                .iter()
                .rev()
                .take(2)
                .any(|c| c.is_ascii_digit()),
        };
        (sure && now && free).then_some((year, end))
    }

    /// After a sign or word that makes a range, and the word for day or month behind it.
    pub(super) fn until(&self, i: usize) -> Option<usize> {
        let mut at = self.skip_any(i, 1, &[' ']);
        let dash = matches!(self.at(at), Some('-' | '~' | '\u{2010}'..='\u{2015}'));
        at = if dash {
            self.skip_any(at + 1, 2, &['-', '\u{2013}'])
        } else {
            let word = ["จนถึง", "ถึง", "to "]
                .into_iter()
                .find(|word| self.is_at(self.skip_blank(at), word))?;
            self.skip_blank(at) + word.trim_end().chars().count()
        };
        at = self.skip_blank(at);
        let word = ["สิ้นเดือน", "เดือน", "วันที่", "สิ้น"]
            .into_iter()
            .find(|word| self.is_at(at, word))
            .map(|word| at + word.chars().count());
        Some(self.skip_blank(word.or_else(|| self.weekday(at)).unwrap_or(at)))
    }

    /// After `วันศุกร์ที่`.
    fn weekday(&self, i: usize) -> Option<usize> {
        let at = self.is_at(i, "วัน").then_some(i + 3)?;
        let day = WEEKDAYS.split(' ').find(|day| self.is_at(at, day))?;
        let at = at + day.chars().count();
        self.is_at(at, "ที่").then_some(at + 3)
    }
}

/// A year of either era in the Buddhist one, if anybody could mean it.
pub(super) fn usual_year(value: i32) -> Option<i16> {
    let value = if (1997..=2047).contains(&value) {
        value + i32::from(ERA)
    } else {
        value
    };
    i16::try_from(value)
        .ok()
        .filter(|year| (2540..=2590).contains(year))
}

/// Two digits of a year in which websites were kept.
pub(super) fn now_year(value: i32) -> Option<i16> {
    i16::try_from(2500 + value)
        .ok()
        .filter(|year| (2555..=2575).contains(year))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum YearWord {
    Fiscal,
    Academic,
    Year,
    Tag,
    None,
}

/// Words before a year, without marks.
const YEAR_WORDS: [(&str, YearWord); 14] = [
    ("ประจาปการศกษา", YearWord::Academic),
    ("ปการศกษา", YearWord::Academic),
    ("ภาคเรยนท", YearWord::Academic),
    ("เทอม", YearWord::Academic),
    ("ประจาปงบประมาณ", YearWord::Fiscal),
    ("ปงบประมาณ", YearWord::Fiscal),
    ("งบประมาณป", YearWord::Fiscal),
    ("ประจาปงบ", YearWord::Fiscal),
    ("ปงบ", YearWord::Fiscal),
    ("ประจาปงปม", YearWord::Fiscal),
    ("ปงปม", YearWord::Fiscal),
    ("ปบญช", YearWord::Fiscal),
    ("ประจาป", YearWord::Fiscal),
    ("fy", YearWord::Fiscal),
];

static BY_FIRST: LazyLock<ByFirst<(&str, YearWord)>> =
    LazyLock::new(|| ByFirst::of(YEAR_WORDS, |(word, _)| [*word]));

/// Letters with which a word for a year begins.
static WORD_OPENERS: LazyLock<LetterSet> = LazyLock::new(|| {
    let words = YEAR_WORDS.iter().map(|(word, _)| *word);
    let words = words.chain(TAGS.split(' ')).chain(["ปี"]);
    words.filter_map(|word| word.chars().next()).collect()
});

/// The same, and those of an era and of numbers: every way to begin a year.
pub(super) static OPENERS: LazyLock<LetterSet> = LazyLock::new(|| {
    const OTHERS: LetterSet =
        LetterSet::of(&['พ', 'ค', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    WORD_OPENERS.with(OTHERS)
});

/// Words that a year of two digits is glued to.
const TAGS: &str = "ita oit lpa ข้อบัญญัติ เทศบัญญัติ";
