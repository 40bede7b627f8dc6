//! Dates, months and years in Thai text, and what each is said for.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use super::line::Line;
use super::{is_consonant, is_lead, is_mark, is_thai, roles};
use crate::year::{FiscalYear, Month};

/// Years between the Buddhist and the Common Era.
const ERA: i32 = 543;

/// A time that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the scanned text.
    pub span: Range<usize>,
    /// Which time.
    pub when: When,
    /// What it is said for.
    pub role: Role,
}

/// A time as exact as the text has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// A day.
    Day(Date),
    /// A month.
    Month(Month),
    /// From one month to another, both included.
    Months {
        /// First month.
        from: Month,
        /// Last month.
        to: Month,
    },
    /// A fiscal year; also a year that something is `ประจำปี` of.
    Fiscal(FiscalYear),
    /// A year of the Buddhist calendar.
    Year(i16),
    /// From one year to another, both included.
    Years {
        /// First year.
        from: i16,
        /// Last year.
        to: i16,
    },
}

/// What a time is said for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The time the text is about: `ประจำปีงบประมาณ`, `รอบ`, `ประจำเดือน`, plan ranges.
    Subject,
    /// When something took place.
    Event,
    /// When a paper was signed.
    Signed,
    /// When something was put on the website.
    Posted,
    /// Part of a law's name.
    Law,
    /// When a letter or a resolution that the text cites was made.
    Letter,
    /// A school year.
    Academic,
    /// Today's date, counters, copyright lines.
    Widget,
    /// Nothing says.
    Plain,
}

impl When {
    /// The fiscal year it falls in; `None` for times that lie in several.
    pub fn fiscal_year(&self) -> Option<FiscalYear> {
        match *self {
            Self::Day(day) => Some(FiscalYear::of(day)),
            Self::Month(month) => Some(month.fiscal_year()),
            Self::Months { from, to } => {
                Some(from.fiscal_year()).filter(|&year| year == to.fiscal_year())
            }
            Self::Fiscal(year) => Some(year),
            Self::Year(year) => Some(FiscalYear(year)),
            Self::Years { .. } => None,
        }
    }
}

/// Whether a time lies in a fiscal year or stretches over (part of) it. A plain year counts as the fiscal year of the
/// same number, as people mean it.
pub fn covers(when: &When, year: FiscalYear) -> bool {
    match *when {
        When::Months { from, to } => from.fiscal_year() <= year && year <= to.fiscal_year(),
        When::Years { from, to } => (from..=to).contains(&year.0),
        _ => when.fiscal_year() == Some(year),
    }
}

/// The months that are named as months, alone or in a range of at most five years. Days do not name a month.
pub fn months_of<'a>(mentions: impl IntoIterator<Item = &'a Mention>) -> BTreeSet<Month> {
    let mut months = BTreeSet::new();
    for mention in mentions {
        match mention.when {
            When::Month(month) => months.extend([in_order(month)]),
            When::Months { from, to } => {
                let range = std::iter::successors(Some(from), |month| Some(month.next()));
                months.extend(
                    range
                        .take(60)
                        .take_while(|&month| in_order(month) <= in_order(to))
                        .map(in_order),
                );
            }
            _ => {}
        }
    }
    months
        .into_iter()
        .map(|(year, month)| Month { year, month })
        .collect()
}

fn in_order(month: Month) -> (i16, i8) {
    (month.year, month.month)
}

/// Every time that a text names, in order, none overlapping; of two readings of one place the longer.
pub fn scan(text: &str) -> Vec<Mention> {
    let line = Line::new(text);
    let mut found = line.read();
    line.read_rounds(&mut found);
    found.sort_by_key(|found| found.start);
    let mut mentions = Vec::with_capacity(found.len());
    let (mut after, mut last) = (0, None);
    for found in found {
        let context = roles::Context {
            letters: &line.letters,
            start: found.start,
            end: found.end,
            after,
            last,
        };
        let role = roles::role(&found.when, found.named, &context);
        // A year too far off to be anybody's fiscal year matters only as part of a law's name.
        let span = line.span(found.start, found.end);
        if let (Some(role), Some(span)) = (role, span)
            && (role == Role::Law || !is_far(&found.when))
        {
            mentions.push(Mention {
                span,
                when: found.when,
                role,
            });
        }
        (after, last) = (found.end, role);
    }
    mentions
}

fn is_far(when: &When) -> bool {
    let far = |year: i16| !(2540..=2590).contains(&year);
    match *when {
        When::Year(year) => far(year),
        When::Years { from, to } => far(from) || far(to),
        _ => false,
    }
}

/// What the words of a mention themselves say about its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// `ปีงบประมาณ`, `ประจำปี`, a round or a quarter.
    Subject,
    /// `ปีการศึกษา`.
    Academic,
    /// An English weekday: the clock of a template.
    Clock,
    /// Nothing.
    Nothing,
}

/// A mention in letters of the cleaned line.
struct Found {
    start: usize,
    end: usize,
    when: When,
    named: Named,
}

/// A day or a month with as much of it as is written.
#[derive(Debug, Clone, Copy)]
struct Point {
    day: Option<i8>,
    month: i8,
    year: Option<i16>,
    end: usize,
}

impl Point {
    fn month_in(&self, year: i16) -> Month {
        Month {
            year,
            month: self.month,
        }
    }
}

impl Line {
    fn read(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut i = 0;
        while let Some(c) = self.at(i) {
            if let Some(end) = self.address(i) {
                i = end;
                continue;
            }
            let candidates = [self.years(i, c), self.dates(i, c), self.file_date(i, c)];
            let longest = candidates
                .into_iter()
                .flatten()
                .max_by_key(|found| found.end);
            match longest.filter(|found| found.end > i) {
                Some(mention) => {
                    i = mention.end;
                    found.push(mention);
                }
                None => i += 1,
            }
        }
        found
    }

    /// The end of a web address: the years in its path say when it was uploaded, if anything.
    fn address(&self, i: usize) -> Option<usize> {
        let opens = ["http://", "https://", "www."];
        opens.iter().any(|open| self.is_at(i, open)).then(|| {
            let rest = self.letters[i..].iter();
            i + rest.take_while(|c| !c.is_whitespace()).count()
        })
    }

    // ---- numbers and years

    /// A whole number of one to four digits, not part of a decimal, an amount or a longer number.
    fn number(&self, i: usize) -> Option<(i32, usize)> {
        let digits = self.letters[i.min(self.letters.len())..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let joined = |c: Option<char>| matches!(c, Some('.' | ','));
        let in_amount = joined(self.before(i)) && i >= 2 && self.digit_at(i - 2)
            || joined(self.at(i + digits)) && self.digit_at(i + digits + 1);
        let glued = self.before(i).is_some_and(|c| c.is_ascii_digit());
        ((1..=4).contains(&digits) && !in_amount && !glued)
            .then(|| {
                let digits = self.letters[i..i + digits].iter();
                let digits = digits.filter_map(|c| c.to_digit(10));
                let value = digits.fold(0, |value, digit| value * 10 + digit as i32);
                (value, i)
            })
            .map(|(value, i)| (value, i + digits))
    }

    /// Four digits, also at the end of `5.1.2564`.
    fn year_digits(&self, i: usize) -> Option<(i32, usize)> {
        let whole = (i..i + 4).all(|i| self.digit_at(i)) && !self.digit_at(i + 4);
        let amount = matches!(self.at(i + 4), Some('.' | ',')) && self.digit_at(i + 5);
        (whole && !amount).then(|| {
            let digits = self.letters[i..i + 4].iter().filter_map(|c| c.to_digit(10));
            let value = digits.fold(0, |value, digit| value * 10 + digit as i32);
            (value, i + 4)
        })
    }

    /// Two digits of a Buddhist year that count nothing: `64`, not `64 คน`.
    fn short_year(&self, i: usize) -> Option<(i16, usize)> {
        let (value, end) = self.number(i)?;
        let year = end == i + 2 && (40..=90).contains(&value);
        let time = matches!(self.at(end), Some(':' | '%'));
        (year && !time && !self.counts(end)).then_some((2500 + value as i16, end))
    }

    /// Whether a number that ends here counts things.
    fn counts(&self, end: usize) -> bool {
        let at = self.skip_any(end, 2, &[' ']);
        // `64 ราย` counts; before `รายได้` or `รายจ่าย` it does not.
        let longer = ["รายได้", "รายจ่าย", "รายงาน", "รายการ", "รายละเอียด"];
        COUNTED.split_whitespace().any(|unit| self.is_at(at, unit))
            && !longer.iter().any(|word| self.is_at(at, word))
    }

    /// A year as it follows a month or a word for year, the era's name included.
    fn year(&self, i: usize, short: bool) -> Option<(i16, usize)> {
        let i = self.era(i).unwrap_or(i);
        if let Some((value, end)) = self.year_digits(i) {
            return usual_year(value).map(|year| (year, end));
        }
        self.short_year(i).filter(|_| short)
    }

    /// After `พ.ศ.`, `พุทธศักราช`, `ค.ศ.`, however dotted, and the space behind it.
    fn era(&self, i: usize) -> Option<usize> {
        for word in ["พุทธศักราช", "คริสต์ศักราช"] {
            if self.is_at(i, word) {
                return Some(self.skip_blank(i + word.chars().count()));
            }
        }
        if !matches!(self.at(i), Some('พ' | 'ค')) {
            return None;
        }
        let at = self.skip_any(i + 1, 2, &['.', ' ']);
        (self.at(at) == Some('ศ') && !self.at(at + 1).is_some_and(is_thai))
            .then(|| self.skip_any(at + 1, 4, &['.', ' ', '\n']))
    }

    /// Years: `ประจำปีงบประมาณ พ.ศ. 2564`, `พ.ศ. 2561 – 2565`, `ปี 64`, `2564`.
    fn years(&self, i: usize, c: char) -> Option<Found> {
        let named = (is_consonant(c) || matches!(c, 'เ' | 'f' | 'i' | 'o' | 'l'))
            .then(|| self.year_word(i))
            .flatten();
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
            let (to, end) = self.year(at, end == at_year + 4)?;
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
            YearWord::Year | YearWord::Tag | YearWord::None => Named::Nothing,
        };
        Some(Found {
            start: i,
            end,
            when,
            named,
        })
    }

    /// A word that makes a year of the number behind it, and where that number would stand.
    fn year_word(&self, i: usize) -> Option<(YearWord, usize)> {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        if latin(self.at(i)) && latin(self.before(i)) {
            return None;
        }
        let (kind, at) = YEAR_WORDS
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

    /// Whether a bare number of a year's size is something else.
    fn is_no_year(&self, start: usize, end: usize, year: i16) -> bool {
        let before: String = self.letters[start.saturating_sub(24)..start]
            .iter()
            .filter(|c| !c.is_whitespace())
            .collect();
        let label = before.trim_end_matches(['.', ':', '-', '(', '#']);
        let numbered = NUMBERED.split(' ').any(|word| label.ends_with(word));
        let phone = label.trim_end_matches(|c: char| c.is_ascii_digit() || "-. ,()".contains(c));
        let phone = PHONES.split(' ').any(|word| phone.ends_with(word));
        let common = usual_year(i32::from(year) - ERA).is_some()
            && self
                .year_digits(start)
                .is_some_and(|(value, _)| value < 2100);
        // Round numbers and old years in the Common Era are amounts more often than years.
        let amount = common && !(2553..=2578).contains(&year);
        let disease = common && DISEASES.split(' ').any(|word| label.ends_with(word));
        let dashed = |i: usize, j: usize| self.at(i) == Some('-') && self.digit_at(j);
        let in_number = start >= 2 && dashed(start - 1, start - 2) && !self.ends_in_year(start - 1)
            || dashed(end, end + 1)
                && self.number(end + 1).is_none_or(|(value, _)| value > 99)
                && self
                    .year_digits(end + 1)
                    .and_then(|(value, _)| usual_year(value))
                    .is_none();
        let in_path =
            self.before(start) == Some('/') && self.at(end) == Some('/') && self.digit_at(end + 1);
        numbered || phone || amount || disease || in_number || in_path
    }

    fn ends_in_year(&self, end: usize) -> bool {
        end.checked_sub(4)
            .and_then(|start| self.year_digits(start))
            .is_some_and(|(value, _)| usual_year(value).is_some())
    }

    /// After a sign or word that makes a range, and the word for day or month behind it.
    fn until(&self, i: usize) -> Option<usize> {
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
            .find(|word| self.is_at(at, word));
        Some(self.skip_blank(at + word.map_or(0, |word| word.chars().count())))
    }

    // ---- days and months

    /// Days, months and ranges of them.
    fn dates(&self, i: usize, c: char) -> Option<Found> {
        let may_open = c.is_ascii_digit()
            || matches!(c, 'ม' | 'ก' | 'เ' | 'พ' | 'ส' | 'ต' | 'ธ')
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
        let (value, _) = self.number(i)?;
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
        let (day, end) = self.number(i)?;
        if !(1..=31).contains(&day) || end > i + 2 || !self.may_be_day(i) {
            return None;
        }
        let mut at = self.skip_any(end, 2, &[' ', '\n', '-', '.', '/']);
        // A number alone on its line is the cell of a table, not the day of the month in the next.
        if self.letters[end..at].contains(&'\n') && matches!(self.before(i), None | Some('\n')) {
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
        let dotted = |word: &str| self.ends_at(i, word) || self.ends_at(end, word);
        !ORDINALS.split(' ').any(dotted)
    }

    /// A month and the year behind it, if there is one.
    fn month_point(&self, i: usize, day: Option<i8>) -> Option<Point> {
        let (month, end) = self.month(i)?;
        let gap = self.skip_any(end, 2, &[' ', '\n']);
        let gap = self.skip_any(gap, 1, &['-', '/', ',', '_', '\'', '.', '\u{2013}']);
        let mut at = self.skip_any(gap, 2, &[' ', '\n']);
        if self.is_at(at, "ปี") {
            at = self.skip_any(at + 2, 2, &[' ']);
        }
        let year = self.year(at, true);
        Some(Point {
            day,
            month,
            year: year.map(|(year, _)| year),
            end: year.map_or(end, |(_, end)| end),
        })
    }

    fn month(&self, i: usize) -> Option<(i8, usize)> {
        self.long_month(i).or_else(|| self.short_month(i))
    }

    /// Full names, misspelt or without their marks. `คมนาคม` is none.
    fn long_month(&self, i: usize) -> Option<(i8, usize)> {
        let (month, end) = LONG_MONTHS
            .iter()
            .find_map(|&(name, month)| Some((month, self.after_bare(i, name)?)))?;
        let exact = self.is_at(i, Month::NAMES[usize::from(month.unsigned_abs()) - 1]);
        (exact || self.opens_word(i)).then_some((month, end))
    }

    /// `ต.ค.`, `ต.ค`, `ตค.`, `ตค`: without dots only before a year.
    fn short_month(&self, i: usize) -> Option<(i8, usize)> {
        let &(first, _, month) = SHORT_MONTHS.iter().find(|(first, last, _)| {
            let at = self.skip_any(i + first.chars().count(), 2, &['.', ' ']);
            self.is_at(i, first) && self.at(at) == Some(*last)
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
        let free = !self.before(i).is_some_and(|c| {
            is_consonant(c) || is_lead(c) || is_mark(c) || matches!(c, 'ะ' | 'า' | 'ำ')
        });
        let civil_service = self.is_at(i, "ก.พ") && {
            let end = i - usize::from(self.before(i) == Some(' '));
            ["สำนักงาน", "หนังสือ", "เลขาธิการ", "ของ"]
                .iter()
                .any(|word| self.ends_at(end, word))
        };
        let led = ["เดือน", "ถึง", "รอบ", "ประจำ", "ตั้งแต่", "สิ้น", "สขร"];
        (free || led.iter().any(|word| self.ends_at(i, word))) && !civil_service
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

    /// `June 9, 2022`, `March 2021`.
    fn english_point(&self, i: usize) -> Option<Point> {
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

    fn english_month(&self, i: usize) -> Option<(i8, usize)> {
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

    /// Dates run together in file names: `25640618`, `20210618`, `660527`; the month in `สขร1064`.
    fn file_date(&self, i: usize, c: char) -> Option<Found> {
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
            named: Named::Nothing,
        })
    }

    // ---- parts of a fiscal year

    /// `ไตรมาสที่ 1`, `รอบ 6 เดือน`, `ครึ่งปีแรก`, `ตุลาคม – มีนาคม`: months by the fiscal year that stands near.
    fn read_rounds(&self, found: &mut Vec<Found>) {
        let mut rounds: Vec<Found> = Vec::new();
        let (mut i, mut next) = (0, 0);
        while i < self.letters.len() {
            if let Some(ahead) = found.get(next).filter(|ahead| ahead.start <= i) {
                i = i.max(ahead.end);
                next += 1;
                continue;
            }
            let room = found.get(next).map_or(usize::MAX, |ahead| ahead.start);
            let Some(round) = self.round(i).filter(|round| round.end <= room) else {
                i += 1;
                continue;
            };
            let before = next.checked_sub(1).and_then(|at| found.get(at));
            if let Some(year) = year_near(i, &round, before, found.get(next)) {
                let months = year.months();
                let (from, to) = (months[round.first], months[round.last]);
                let when = if from == to {
                    When::Month(from)
                } else {
                    When::Months { from, to }
                };
                rounds.push(Found {
                    start: i,
                    end: round.end,
                    when,
                    named: Named::Subject,
                });
            }
            i = round.end.max(i + 1);
        }
        found.append(&mut rounds);
    }

    fn round(&self, i: usize) -> Option<Round> {
        let c = self.at(i)?;
        match c {
            'ไ' => self.quarter(i),
            'ค' => ["ครึ่งปี", "ครึ่งแรก", "ครึ่งหลัง"].into_iter().find_map(|word| {
                let end = self.is_at(i, word).then(|| i + word.chars().count())?;
                let late = self.is_at(end, "หลัง") || word.ends_with("หลัง");
                let tail = if self.is_at(end, "แรก") {
                    3
                } else if self.is_at(end, "หลัง") {
                    4
                } else {
                    0
                };
                Some(if late {
                    Round::new(6, 11, end + tail)
                } else {
                    Round::new(0, 5, end + tail)
                })
            }),
            'ห' if self.is_at(i, "หกเดือน") => {
                Some(self.half(i + "หกเดือน".chars().count()))
            }
            '0'..='9' => self.span_of_months(i),
            _ => self.bare_months(i),
        }
    }

    fn quarter(&self, i: usize) -> Option<Round> {
        let end = self.after_bare(i, "ไตรมาส")?;
        let end = self.after_bare(end, "ท").unwrap_or(end);
        let (first, end) = self.number(self.skip_blank(end))?;
        let second = self
            .until(end)
            .or_else(|| {
                let at = self.skip_blank(end);
                let word = ["และ", ","].into_iter().find(|word| self.is_at(at, word))?;
                Some(self.skip_blank(at + word.chars().count()))
            })
            .and_then(|at| {
                self.number(if self.is_at(at, "ไตรมาสที่") {
                    self.skip_blank(at + 9)
                } else {
                    at
                })
            })
            .filter(|&(last, _)| first < last && last <= 4);
        let (last, end) = second.unwrap_or((first, end));
        let index = |quarter: i32| usize::try_from(quarter).ok();
        (1..=4).contains(&first).then_some(())?;
        Some(Round::new(index(first)? * 3 - 3, index(last)? * 3 - 1, end))
    }

    /// `6 เดือน`, `6 เดือนหลัง`, `12 เดือน`, said of a round.
    fn span_of_months(&self, i: usize) -> Option<Round> {
        let (count, end) = self.number(i)?;
        let end = self.skip_blank(end);
        if !self.is_at(end, "เดือน") {
            return None;
        }
        let end = end + "เดือน".chars().count();
        let said = ["รอบ", "รอบระยะเวลา", "ระยะเวลา", "ราย", "ระยะ", "("]
            .iter()
            .any(|word| {
                self.ends_at(i, word) || self.before(i) == Some(' ') && self.ends_at(i - 1, word)
            });
        let half = self.half(end);
        let told = said || half.end > end;
        match count {
            3 if told => Some(Round::new(0, 2, end)),
            6 if told => Some(half),
            9 if told => Some(Round::new(0, 8, end)),
            12 if told => Some(Round::new(0, 11, end)),
            _ => None,
        }
    }

    fn half(&self, end: usize) -> Round {
        let at = self.skip_any(end, 1, &[' ']);
        if self.is_at(at, "แรก") {
            Round::new(0, 5, at + 3)
        } else if self.is_at(at, "หลัง") {
            Round::new(6, 11, at + 4)
        } else {
            Round::new(0, 5, end)
        }
    }

    /// Months without a year, in a range or after `เดือน`.
    fn bare_months(&self, i: usize) -> Option<Round> {
        let (month, end) = self.month(i)?;
        let place = |month: i8| usize::try_from((month + 2) % 12).ok();
        let day_between = |at: usize| {
            let day = self.number(at).filter(|&(day, _)| (1..=31).contains(&day));
            day.map_or(at, |(_, end)| self.skip_blank(end))
        };
        let to = self.until(end).and_then(|at| self.month(day_between(at)));
        if let Some((to, end)) = to {
            let (first, last) = (place(month)?, place(to)?);
            return (first < last).then(|| Round::new(first, last, end));
        }
        let end_of_word = i - usize::from(i > 0 && self.before(i) == Some(' '));
        let said = self.ends_at(i, "เดือน") || self.ends_at(end_of_word, "เดือน");
        let place = place(month)?;
        said.then(|| Round::new(place, place, end))
    }
}

/// The fiscal year that a round is part of: named right behind it or right before it. Months with their years
/// written out right behind a round say it better.
fn year_near(
    start: usize,
    round: &Round,
    before: Option<&Found>,
    behind: Option<&Found>,
) -> Option<FiscalYear> {
    const NEAR: usize = 40;
    let behind = behind.filter(|found| found.start - round.end <= NEAR);
    if behind.is_some_and(|found| matches!(found.when, When::Months { .. })) {
        return None;
    }
    let whole = |found: &Found| match found.when {
        When::Fiscal(year) => Some(year),
        When::Year(year) if found.named == Named::Nothing => Some(FiscalYear(year)),
        _ => None,
    };
    let before = before.filter(|found| start - found.end <= NEAR);
    let (behind, before) = (behind.and_then(whole), before.and_then(whole));
    if round.first == round.last {
        return behind;
    }
    behind.or(before)
}

/// Months of a fiscal year by their place in it: 0 is October.
struct Round {
    first: usize,
    last: usize,
    end: usize,
}

impl Round {
    fn new(first: usize, last: usize, end: usize) -> Self {
        Self { first, last, end }
    }
}

/// A year of either era in the Buddhist one, if anybody could mean it.
fn usual_year(value: i32) -> Option<i16> {
    let value = if (1997..=2047).contains(&value) {
        value + ERA
    } else {
        value
    };
    i16::try_from(value)
        .ok()
        .filter(|year| (2540..=2590).contains(year))
}

/// Two digits of a year in which websites were kept.
fn now_year(value: i32) -> Option<i16> {
    i16::try_from(2500 + value)
        .ok()
        .filter(|year| (2555..=2575).contains(year))
}

/// A single day or month. A day that the calendar does not have is read as its month.
fn exact(point: &Point, first_day: Option<i8>) -> Option<When> {
    let month = point.month_in(point.year?);
    let day = first_day.or(point.day).and_then(|day| date(month, day));
    Some(day.map_or(When::Month(month), When::Day))
}

fn date(month: Month, day: i8) -> Option<Date> {
    Date::new(month.year - ERA as i16, month.month, day).ok()
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
        && first == last
        && a <= b
        && b - a <= 7
    {
        return date(first, a).map(When::Day);
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum YearWord {
    Fiscal,
    Academic,
    Year,
    Tag,
    None,
}

/// Words before a year, without marks.
const YEAR_WORDS: [(&str, YearWord); 10] = [
    ("ประจาปการศกษา", YearWord::Academic),
    ("ปการศกษา", YearWord::Academic),
    ("ภาคเรยนท", YearWord::Academic),
    ("ประจาปงบประมาณ", YearWord::Fiscal),
    ("ปงบประมาณ", YearWord::Fiscal),
    ("งบประมาณป", YearWord::Fiscal),
    ("ประจาปงบ", YearWord::Fiscal),
    ("ปงบ", YearWord::Fiscal),
    ("ประจาป", YearWord::Fiscal),
    ("fy", YearWord::Fiscal),
];

/// Words that a year of two digits is glued to.
const TAGS: &str = "ita oit lpa ข้อบัญญัติ เทศบัญญัติ";

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

const WEEKDAYS: &str = "monday tuesday wednesday thursday friday saturday sunday";

/// What numbers count; a number before one of these is no year.
const COUNTED: &str = "คน ราย เรื่อง บาท ครั้ง แห่ง โครงการ ครัวเรือน หลังคา ไร่ เมตร ตร. ตาราง กิโล กม. ลิตร ชุด หน้า น. นาที ชั่วโมง วัน % \
    ร้อยละ ผู้ หมู่บ้าน ตัว คะแนน เล่ม ท่าน";

/// What numbers are labelled with that are neither days nor years.
const ORDINALS: &str = "สขร สขร. ครั้งที่ ไตรมาสที่ ไตรมาส ฉบับที่ หมู่ที่ หมู่ สมัยที่ ลำดับที่ ลำดับ ข้อ ข้อที่ งวดที่ แบบ รุ่นที่ ตอนที่ ส่วนที่ บทที่ ภาคเรียนที่ \
    ชั้น หน้า แผ่นที่ รอบที่ ปร. ผ. ตัวชี้วัดที่ สมัยสามัญที่";

/// Labels of numbers that may have the size of a year.
const NUMBERED: &str = "เลขที่ บ้านเลขที่ รหัส รหัสไปรษณีย์ หน้า หน้าที่ มาตรา /ว ว จำนวน เลขทะเบียน ip";

const PHONES: &str = "โทร โทรศัพท์ โทรสาร แฟกซ์ fax tel มือถือ";

/// What the year 2019 is part of the name of.
const DISEASES: &str = "โคโรนา โคโรน่า โควิด covid ไวรัส";

#[cfg(test)]
mod tests {
    use super::*;

    /// As a table shows it: `15.5.2564 event`, `10.2563-3.2564 subject`, `FY2564 subject`, `2561-2565 subject`.
    fn shown(text: &str) -> String {
        let month = |month: Month| format!("{}.{}", month.month, month.year);
        let mentions: Vec<String> = scan(text)
            .into_iter()
            .map(|mention| {
                let when = match mention.when {
                    When::Day(day) => format!("{}.{}", day.day(), month(Month::of(day))),
                    When::Month(one) => month(one),
                    When::Months { from, to } => format!("{}-{}", month(from), month(to)),
                    When::Fiscal(year) => format!("FY{year}"),
                    When::Year(year) => year.to_string(),
                    When::Years { from, to } => format!("{from}-{to}"),
                };
                format!("{when} {}", format!("{:?}", mention.role).to_lowercase())
            })
            .collect();
        mentions.join(", ")
    }

    #[track_caller]
    fn table(rows: &[(&str, &str)]) {
        let wrong: Vec<String> = rows
            .iter()
            .filter(|(text, expected)| shown(text) != *expected)
            .map(|(text, expected)| format!("{text}\n   is {}\n  not {expected}", shown(text)))
            .collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn days_are_read_however_they_are_written() {
        table(&[
            ("15 พฤษภาคม 2564", "15.5.2564 plain"),
            ("๗ มีนาคม ๒๕63", "7.3.2563 plain"),
            ("7 มีนาคม 62", "7.3.2562 plain"),
            ("24 เดือน ตุลาคม พ.ศ. 2564", "24.10.2564 plain"),
            ("วันที่ 5 เดือนมกราคม พุทธศักราช 2565", "5.1.2565 plain"),
            ("30 ต.ค. 61", "30.10.2561 plain"),
            ("30ตค61", "30.10.2561 plain"),
            ("ภาพ 18ธค66", "18.12.2566 plain"),
            ("18-ธค-66.jpg", "18.12.2566 plain"),
            ("7-มี.ค.-2565", "7.3.2565 plain"),
            ("03/04/58", "3.4.2558 plain"),
            ("18/06/2021", "18.6.2564 plain"),
            ("18/6/2564", "18.6.2564 plain"),
            ("18.06.2564", "18.6.2564 plain"),
            ("2021-06-18 13:25:19", "18.6.2564 plain"),
            ("2021-06-18T13:25:19", "18.6.2564 plain"),
            ("June 9, 2022", "9.6.2565 plain"),
            ("9 Jun 2022", "9.6.2565 plain"),
            (
                "CTM/images PR/660527.1/660527.1.html",
                "27.5.2566 plain, 27.5.2566 plain",
            ),
            ("IMG_20210618.jpg", "18.6.2564 plain"),
            ("5 – 6 มีนาคม 2565", "5.3.2565 plain"),
            ("5 และ 6 มีนาคม 2565", "5.3.2565 plain"),
            ("31 เมษายน 2564", "4.2564 plain"),
            ("วันที่ 1\nตุลาคม\n2563", "1.10.2563 plain"),
            ("5\n4\n1\nมีนาคม 2563", "3.2563 plain"),
            ("ตลุ าคม 2563", "10.2563 plain"),
            ("1 ก ันยายน 2564", "1.9.2564 plain"),
            ("5 มนาคม 2565", "5.3.2565 plain"),
        ]);
    }

    #[test]
    fn months_are_read_long_short_and_misspelt() {
        table(&[
            ("ต.ค. 64", "10.2564 plain"),
            ("สขร.1 ต.ค. 64", "10.2564 subject"),
            ("สขร.1-ต.ค.64", "10.2564 subject"),
            ("สขร1 พ.ย.64", "11.2564 subject"),
            ("สขร1064.pdf", "10.2564 plain"),
            ("เดือนตุลาคม 2563", "10.2563 subject"),
            ("ประจำเดือน ตุลาคม ๒๕๖๓", "10.2563 subject"),
            ("ประจําเดือนกันายน 2564", "9.2564 subject"),
            ("กรกฏาคม 2564", "7.2564 plain"),
            ("มกราคม พ.ศ. 2564", "1.2564 plain"),
            (
                "มี.ค. 2564 เม.ย. 2564 มิ.ย.65",
                "3.2564 plain, 4.2564 plain, 6.2565 plain",
            ),
            ("ธค.66 / มค 67", "12.2566 plain, 1.2567 plain"),
            ("March 2021", "3.2564 plain"),
            (
                "ประจำเดือนตุลาคม ปีงบประมาณ พ.ศ. 2565",
                "10.2564 subject, FY2565 subject",
            ),
        ]);
    }

    #[test]
    fn ranges_are_read_whole() {
        table(&[
            ("ต.ค. 2563 – มี.ค. 2564", "10.2563-3.2564 subject"),
            ("ตุลาคม 2563 ถึง มีนาคม 2564", "10.2563-3.2564 subject"),
            ("ตุลาคม 2563 ถึงเดือนมีนาคม 2564", "10.2563-3.2564 subject"),
            ("(ต.ค.63 - มี.ค.64)", "10.2563-3.2564 subject"),
            ("1 ตุลาคม 2563 – 31 มีนาคม 2564", "10.2563-3.2564 subject"),
            (
                "ระหว่างวันที่ 1 ตุลาคม 2563 ถึงวันที่ 31 มีนาคม 2564",
                "10.2563-3.2564 subject",
            ),
            ("1 ต.ค. 2564 – 30 มี.ค. 2565", "10.2564-3.2565 subject"),
            ("1 ต.ค. 2564 – 30 ก.พ. 2565", "10.2564-2.2565 subject"),
            ("ตุลาคม – ธันวาคม 2564", "10.2564-12.2564 subject"),
            ("ตุลาคม - มีนาคม 2564", "10.2563-3.2564 subject"),
            ("01/10/2563 - 31/03/2564", "10.2563-3.2564 subject"),
            ("1 - 31 ตุลาคม 2564", "1.10.2564 plain"),
            ("ม.ค. 2562 - ม.ค.\n2562", "1.2562 subject"),
            (
                "พ .ศ. 2563 (1 ตุลาคม 2562\n– 30\nกันยายน 2563)",
                "2563 plain, 10.2562-9.2563 subject",
            ),
            (
                "ต.ค. 2563\n- พ.ย. 2563\n- ธ.ค. 2563",
                "10.2563 plain, 11.2563 plain, 12.2563 plain",
            ),
            ("5 มีนาคม 2565 - ประชุมสภา", "5.3.2565 plain"),
            (
                "10 มกราคม 2565 - 12 กุมภาพันธ์ 2563",
                "10.1.2565 plain, 12.2.2563 plain",
            ),
            ("แผนพัฒนาท้องถิ่น (พ.ศ. ๒๕๖๑ – ๒๕๖4)", "2561-2564 subject"),
            ("แผนพัฒนา 2561-2565", "2561-2565 subject"),
            ("พ.ศ. 2561 - พ.ศ. 2565", "2561-2565 subject"),
            ("2566–70", "2566-2570 subject"),
            ("๒๕๖1 –๒๕80", "2561-2580 subject"),
            ("ปีงบประมาณ พ.ศ. 2564 - 2566", "2564-2566 subject"),
        ]);
    }

    #[test]
    fn parts_of_a_fiscal_year_are_months() {
        table(&[
            (
                "ไตรมาสที่ 1 ปีงบประมาณ 2565",
                "10.2564-12.2564 subject, FY2565 subject",
            ),
            ("ไตรมาส 2/2565", "1.2565-3.2565 subject, 2565 plain"),
            (
                "ไตรมาสที่ 1 - 2 ปีงบประมาณ 2565",
                "10.2564-3.2565 subject, FY2565 subject",
            ),
            (
                "ปีงบประมาณ 2564 รอบ 6 เดือน",
                "FY2564 subject, 10.2563-3.2564 subject",
            ),
            (
                "รอบ ๖ เดือนแรก ประจำปีงบประมาณ พ.ศ. ๒๕๖๔",
                "10.2563-3.2564 subject, FY2564 subject",
            ),
            (
                "รอบ 6 เดือนหลัง ของปี 2564",
                "4.2564-9.2564 subject, 2564 subject",
            ),
            (
                "6 เดือนแรกของปีงบประมาณ 2564",
                "10.2563-3.2564 subject, FY2564 subject",
            ),
            (
                "รอบ 12 เดือน ปีงบประมาณ 2564",
                "10.2563-9.2564 subject, FY2564 subject",
            ),
            (
                "ครึ่งปีแรก ปีงบประมาณ 2564",
                "10.2563-3.2564 subject, FY2564 subject",
            ),
            (
                "รอบ 6 เดือน (ตุลาคม 2563 - มีนาคม 2564)",
                "10.2563-3.2564 subject",
            ),
            (
                "รอบ 6 เดือน (ต.ค. - มี.ค.) ปีงบประมาณ 2564",
                "10.2563-3.2564 subject, 10.2563-3.2564 subject, FY2564 subject",
            ),
            ("รอบ 6 เดือน", ""),
            (
                "ไตรมาสที 1 - 2 ปีงบประมาณ พ.ศ. 2565",
                "10.2564-3.2565 subject, FY2565 subject",
            ),
            ("ภายใน 6 เดือน นับแต่ปี 2564", "2564 plain"),
        ]);
    }

    #[test]
    fn years_are_fiscal_when_the_text_says_so() {
        table(&[
            ("ปีงบประมาณ พ.ศ. 2564", "FY2564 subject"),
            ("ประจำปีงบประมาณ 2564", "FY2564 subject"),
            ("ประจ าปีงบประมาณ พ.ศ. 2564", "FY2564 subject"),
            ("ประจําปงบประมาณ พ.ศ. 2564", "FY2564 subject"),
            ("ประจำปี\nงบประมาณ พ.ศ.2564", "FY2564 subject"),
            ("ปีงบ 64", "FY2564 subject"),
            ("ประจำปี 2564", "FY2564 subject"),
            ("ประจำปี พ.ศ. ๒๕๖๕", "FY2565 subject"),
            ("ประจำป .. 2562", "FY2562 subject"),
            ("ปี 2564", "2564 plain"),
            ("ปี พ.ศ. 2564", "2564 plain"),
            ("ปี 64", "2564 plain"),
            ("FY2022", "FY2565 subject"),
            ("oit2023-ita2023", "2566 plain, 2566 plain"),
            ("ITA 2021", "2564 plain"),
            ("ประกาศใช้ข้อบัญญัติ65", "2565 plain"),
            ("ITA65", "2565 plain"),
            ("แผน 2 5 6 4", "2564 plain"),
            ("คำสั่งที่ 12/2564", "2564 plain"),
            ("ประชุมสภา ครั้งที่ 1/2565", "2565 plain"),
            ("ปีการศึกษา 2564", "2564 academic"),
            ("ภาคเรียนที่ 1/2564", "2564 academic"),
            ("ผลงานในรอบปี 2564", "2564 subject"),
        ]);
    }

    #[test]
    fn other_numbers_are_no_times() {
        for text in [
            "ปี 25598",
            "61 ผู้นำท้องถิ่น",
            "ประชาชน 61 คน",
            "2,564.00 บาท",
            "2564 บาท",
            "2564.50",
            "โทร. 0 2564 1234",
            "โทร 075-202564",
            "โทรศัพท์ 0-7520-2564",
            "เลขที่ 2564 หมู่ 3",
            "92150",
            "บ้านเลขที่ 12/3",
            "1930402",
            "หน้า68-342",
            "มท 0810.3/ว 7509",
            "กระทรวงคมนาคม",
            "ธนาคาร 64 แห่ง",
            "อายุ 60 ปี 61 คน",
            "เวลา 09.00 น.",
            "พ.ศ. 2496",
            "2000 2500",
            "notify 2 ราย capita 64",
            "ไวรัสโคโรนา 2019",
            "โควิด-2019",
            "สำนักงาน ก.พ. ที่ นร 1008/ว 12",
            "ก.ค.ศ. 64",
            "เขต ค 64",
            "https://www.x.go.th/2022/05/2564.pdf",
            "15/32/2564/1",
            "192.168.25.64",
            "๐ แสดงแผนผัง",
            "01 โครงสร้าง 02 ผู้บริหาร",
            "ข้อ 3 มกราคม",
            "",
        ] {
            assert_eq!(shown(text), "", "{text}");
        }
    }

    #[test]
    fn a_number_with_a_label_is_not_the_day() {
        table(&[
            ("ครั้งที่ 1 ตุลาคม 2563", "10.2563 plain"),
            ("ไตรมาสที่ 1 ตุลาคม - ธันวาคม 2563", "10.2563-12.2563 subject"),
            ("แบบ สขร. 1 มกราคม 2564", "1.2564 subject"),
            ("หมู่ที่ 5 15 มกราคม 2565", "15.1.2565 plain"),
            ("O1 ตุลาคม 2563", "10.2563 plain"),
            ("ประจำเดือนมีนาคม 62 ราย", ""),
        ]);
    }

    #[test]
    fn roles_come_from_the_words_around() {
        table(&[
            ("ประกาศ ณ วันที่ 24 เดือน ตุลาคม พ.ศ. 2564", "24.10.2564 signed"),
            ("สั่ง ณ วันที่ 5 มกราคม 2565", "5.1.2565 signed"),
            (
                "คำสั่งที่ 12/2564 ลงวันที่ 5 ม.ค. 2564",
                "2564 plain, 5.1.2564 signed",
            ),
            (
                "ตามหนังสือกรมส่งเสริมฯ ด่วนที่สุด ที่ มท 0810.3/ว 7509 ลงวันที่ 9 ธันวาคม 2564",
                "9.12.2564 letter",
            ),
            ("ที่ มท 0808.2/ว 12 ลว.30 ต.ค. 61", "30.10.2561 letter"),
            ("มติคณะรัฐมนตรี เมื่อวันที่ 23 มกราคม 2561", "23.1.2561 letter"),
            ("เมื่อวันที่ 26 ธันวาคม 2565 อบต. ประชุม", "26.12.2565 event"),
            ("วันที่ 3 มีนาคม 2565 เวลา 09.00 น.", "3.3.2565 event"),
            ("วันที่ 3 มีนาคม 2565 ณ ห้องประชุม", "3.3.2565 event"),
            ("โพสต์เมื่อ 9 ต.ค. 2564 อ่าน 12 ครั้ง", "9.10.2564 posted"),
            ("วันที่ 9 เมษายน 2564 | อ่าน 120 ครั้ง", "9.4.2564 posted"),
            ("Posted on June 9, 2022 by admin", "9.6.2565 posted"),
            ("ปรับปรุงล่าสุด : 18/06/2021", "18.6.2564 posted"),
            (
                "โดย ผู้เสียภาษี เมื่อ 12/03/2565 (IP: 10.0.x.x)",
                "12.3.2565 posted",
            ),
            ("วันนี้ 5 มีนาคม 2565", "5.3.2565 widget"),
            ("Server Time: 2019-06-25", "25.6.2562 widget"),
            ("Wednesday, 28 September 2022", "28.9.2565 widget"),
            ("© 2022 Powered by", "2565 widget"),
            ("สถิติผู้เข้าชม เริ่มนับ 1 มกราคม 2560", "1.1.2560 widget"),
            ("พระราชบัญญัติข้อมูลข่าวสารของราชการ พ.ศ. 2540", "2540 law"),
            (
                "พระราชบัญญัติสภาตำบลฯ พ.ศ. 2537 แก้ไขเพิ่มเติมถึง (ฉบับที่ 7) พ.ศ. 2562",
                "2537 law, 2562 law",
            ),
            ("พ.ร.บ. การจัดซื้อจัดจ้าง 2560", "2560 law"),
            (
                "ระเบียบกระทรวงมหาดไทยว่าด้วยการจัดทำแผนพัฒนาขององค์กรปกครองส่วนท้องถิ่น พ.ศ. 2548",
                "2548 law",
            ),
            ("รัฐธรรมนูญแห่งราชอาณาจักรไทย พุทธศักราช 2560", "2560 law"),
            ("ระเบียบวาระการประชุม ปี 2564", "2564 plain"),
            ("แผนพัฒนาท้องถิ่น เพิ่มเติม ฉบับที่ 2 พ.ศ. 2564", "2564 plain"),
            (
                "ตาม พ.ร.บ. วิธีการงบประมาณ พ.ศ. 2561 จึงประกาศแผน พ.ศ. 2565",
                "2561 law, 2565 plain",
            ),
            ("ข้อมูล ณ วันที่ 31 มีนาคม 2564", "31.3.2564 subject"),
            ("รายงาน ณ วันที ๒๘ เดือน ตุลาคม พ.ศ. ๒๕๖๔", "28.10.2564 signed"),
            ("21 ธันวาคม 2564\nนายกร่วมประชุม", "21.12.2564 plain"),
            ("29 ม.ค. 2565 จัดซื้อจัดจ้าง", "29.1.2565 plain"),
            ("5 มีนาคม 2565 อำนาจหน้าที่", "5.3.2565 plain"),
            ("พระราชบัญญัติระเบียบบริหารงานบุคคลส่วนท้องถิ่น พ.ศ. 2542", "2542 law"),
        ]);
    }

    #[test]
    fn a_span_is_the_text_it_was_read_from() {
        let text = "ประกาศ ณ วันที่  ๕ มกราคม พ.ศ. ๒๕๖๔ และ ประจําปี ๒๕๖๕";
        let spans: Vec<&str> = scan(text).into_iter().map(|m| &text[m.span]).collect();
        assert_eq!(spans, ["๕ มกราคม พ.ศ. ๒๕๖๔", "ประจําปี ๒๕๖๕"]);
    }

    #[test]
    fn a_time_covers_the_years_it_lies_in() {
        let when = |text: &str| scan(text)[0].when;
        for (text, year, covered) in [
            ("9 ธ.ค. 2567", 2568, true),
            ("9 ธ.ค. 2567", 2567, false),
            ("28 ก.ย. 2561", 2561, true),
            ("2561-2565", 2565, true),
            ("2561-2564", 2565, false),
            ("ปี 2564", 2564, true),
            ("ต.ค. 2563 - มี.ค. 2564", 2564, true),
            ("ต.ค. 2563 - มี.ค. 2564", 2563, false),
        ] {
            assert_eq!(
                covers(&when(text), FiscalYear(year)),
                covered,
                "{text} {year}"
            );
        }
        assert_eq!(when("ก.ย. 2563 - ต.ค. 2563").fiscal_year(), None);
    }

    #[test]
    fn months_are_counted_once() {
        let months = months_of(&scan(
            "สขร.1 ต.ค. 63, พ.ย. 63 และ ต.ค. 63 - ธ.ค. 63, 5 ม.ค. 64",
        ));
        let months: Vec<String> = months.into_iter().map(|month| month.to_string()).collect();
        assert_eq!(months, ["ตุลาคม 2563", "พฤศจิกายน 2563", "ธันวาคม 2563"]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1000))]

        #[test]
        fn scanning_never_panics(
            text in r"((ปี|งบประมาณ|ประจำ|พ\.ศ\.|รอบ|เดือน|ไตรมาส|ต\.ค\.|มีนาคม|ถึง|วันที่|25|64|2564|๒๕๖๔|1|/|-|\.| |,|:|\n|June|คน|ฉบับที่|สขร){0,12}|\PC{0,30})"
        ) {
            let mut end = 0;
            for mention in scan(&text) {
                proptest::prop_assert!(text.get(mention.span.clone()).is_some());
                proptest::prop_assert!(mention.span.start >= end && !mention.span.is_empty());
                end = mention.span.end;
            }
        }
    }
}
