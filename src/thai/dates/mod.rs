//! Dates, months and years in Thai text, what each is said for, and how surely.
//!
//! ```text
//! text ──Line──▶ years, days, months, names of files ──rounds──▶ what stands there ──role──▶ what it is said for
//! ```

mod days;
mod months;
mod names;
mod numbers;
mod role;
mod rounds;
mod years;

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use super::line::Line;
use crate::year::{FiscalYear, Month};

/// A time that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the scanned text.
    pub span: Range<usize>,
    /// Which time.
    pub when: When,
    /// What it is said for.
    pub role: Role,
    /// How surely.
    pub confidence: Confidence,
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
    /// When an agency was founded, a person born or elected, a thing built: told, not reported.
    History,
    /// Today's date, counters, copyright lines.
    Widget,
    /// Nothing says.
    Plain,
}

/// How surely a text says a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A part of a file name, a slug or a tag (`660527`, `ITA65`): a hint, never a proof.
    Weak,
    /// Short or damaged (`64`, `2 5 6 4`), a year of the other era, or a number that only looks like a year.
    Fair,
    /// Written out.
    Sure,
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

/// The months of a quarter that opens a text, in the year the text is about.
pub fn quarter(text: &str, year: FiscalYear) -> Vec<Month> {
    let months = Line::new(text)
        .quarter(0)
        .and_then(|round| Some(year.months().get(round.first..=round.last)?.to_vec()));
    months.unwrap_or_default()
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
        let context = role::Context {
            letters: &line.letters,
            start: found.start,
            end: found.end,
            after,
            last,
        };
        let role = role::role(&found.when, found.named, &context);
        // A year too far off to be anybody's fiscal year matters only as part of a law's name.
        let span = line.span(found.start, found.end);
        if let (Some(role), Some(span)) = (role, span)
            && (role == Role::Law || !is_far(&found.when))
        {
            let confidence = line.confidence(&found, role, text.get(span.clone()).unwrap_or(""));
            mentions.push(Mention {
                span,
                when: found.when,
                role,
                confidence,
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
enum Named {
    /// `ปีงบประมาณ`, `ประจำปี`, a round or a quarter.
    Subject,
    /// `ปีการศึกษา`.
    Academic,
    /// An English weekday: the clock of a template.
    Clock,
    /// Run together or glued to a tag, as in the names of files.
    File,
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

impl Line {
    /// How surely a time is said by these words.
    fn confidence(&self, found: &Found, role: Role, words: &str) -> Confidence {
        let (mut full, mut common, mut run) = (false, false, String::new());
        for c in words.chars().chain([' ']) {
            if let Some(digit) = super::digit(c).and_then(|digit| char::from_digit(digit, 10)) {
                run.push(digit);
            } else {
                let buddhist = run.len() == 4 && (run.starts_with("24") || run.starts_with("25"));
                full |= buddhist;
                common |= run.len() == 4 && !buddhist;
                run.clear();
            }
        }
        let day = matches!(found.when, When::Day(_));
        let bare = words.chars().all(|c| super::digit(c).is_some());
        if found.named == Named::File || bare && self.in_file_name(found) {
            Confidence::Weak
        } else if !(full || common && day) || bare && role == Role::Plain {
            Confidence::Fair
        } else {
            Confidence::Sure
        }
    }

    /// Glued to Latin letters, hyphens or the end of a file name.
    fn in_file_name(&self, found: &Found) -> bool {
        let glue = |c: Option<char>| c.is_some_and(|c| c == '_' || c.is_ascii_alphabetic());
        let slug = |at: Option<char>, beyond: Option<char>| {
            at == Some('-') && beyond.is_some_and(|c| c.is_ascii_alphanumeric())
        };
        let end = [
            "pdf", "doc", "xls", "jpg", "jpeg", "png", "htm", "zip", "ppt",
        ];
        glue(self.before(found.start))
            || glue(self.at(found.end))
            || slug(
                self.before(found.start),
                found.start.checked_sub(2).and_then(|i| self.at(i)),
            )
            || slug(self.at(found.end), self.at(found.end + 1))
            || self.at(found.end) == Some('.')
                && end.iter().any(|end| self.is_at(found.end + 1, end))
    }

    fn read(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let opens = years::OPENERS.with(months::FIRST);
        let mut i = 0;
        while let Some(c) = self.at(i) {
            // Latin letters begin addresses and English months.
            if !(opens.has(c) || c.is_ascii_lowercase()) {
                i += 1;
                continue;
            }
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
        if !matches!(self.at(i)?, 'h' | 'w') {
            return None;
        }
        let opens = ["http://", "https://", "www."];
        opens.iter().any(|open| self.is_at(i, open)).then(|| {
            let rest = self.letters[i..].iter();
            i + rest.take_while(|c| !c.is_whitespace()).count()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_day_and_its_month_stand_in_one_cell() {
        let whens = |text: &str| -> Vec<String> {
            let found = scan(text).into_iter();
            let shown = found.map(|mention| match mention.when {
                When::Day(day) => crate::year::thai_date(day),
                When::Month(month) => month.to_string(),
                _ => String::new(),
            });
            shown.collect()
        };
        assert_eq!(
            whens("1\tตุลาคม 2563\t30\n2\tพ.ย. 63\t5"),
            ["ตุลาคม 2563", "พฤศจิกายน 2563"]
        );
        assert_eq!(whens("รวม\t30\nธันวาคม 2563\t25"), ["ธันวาคม 2563"]);
        // The count behind a month is no year.
        assert!(whens("มกราคม\t64\nกุมภาพันธ์\t61").is_empty());
        assert_eq!(whens("มกราคม 64\t61"), ["มกราคม 2564"]);
    }

    #[test]
    fn a_quarter_is_three_months_of_its_year() {
        let months = |text: &str| quarter(text, FiscalYear(2564)).len();
        assert_eq!((months("ไตรมาสที่ 1 (ราย)"), months("ไตรมาส 1-2")), (3, 6));
        assert_eq!(
            quarter("ไตรมาสที่ ๒", FiscalYear(2564))[0].to_string(),
            "มกราคม 2564"
        );
        assert_eq!(
            (months("ไตรมาส"), months("ไตรมาสที่ 5"), months("รายไตรมาส 1")),
            (0, 0, 0)
        );
    }

    #[test]
    fn months_are_counted_once() {
        let months = months_of(&scan(
            "สขร.1 ต.ค. 63, พ.ย. 63 และ ต.ค. 63 - ธ.ค. 63, 5 ม.ค. 64",
        ));
        let months: Vec<String> = months.into_iter().map(|month| month.to_string()).collect();
        assert_eq!(months, ["ตุลาคม 2563", "พฤศจิกายน 2563", "ธันวาคม 2563"]);
    }
}
