//! The assessment's calendar, year by year: when agencies answer, are scored and may clarify. Read from `calendar.toml`.
//!
//! The file stands beside the rules (`rules/calendar.toml`), not in a year's folder: a service runs in years that have no
//! rules yet, and one file shows at a glance which year the others are modelled on. Who writes rules changes it the same
//! way, and settings may lay single years over it.

use std::collections::BTreeMap;

use crate::decisions::day;
use crate::rules::fault::Fault;
use crate::year::FiscalYear;
use jiff::ToSpan;
use jiff::civil::Date;
use toml_edit::{Document, Item, TableLike};

use crate::rules::fault::hint;

/// The file's name within the rules.
pub const FILE: &str = "calendar.toml";

/// Larger than any hand writes.
const LARGEST: usize = 256 * 1024;
/// Mistakes that are told.
const MISTAKES: usize = 50;
const KEYS: [&str; 4] = ["answer", "scoring", "clarify", "source"];

/// Days before the answer window closes in which every agency is looked at every second day.
pub const NEARING: i32 = 30;
/// The last days of the answer window, in which every agency is looked at daily.
pub const CLOSING: i32 = 7;

/// Days from first to last, both included, in Thailand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day; `None` when it is not known.
    pub first: Option<Date>,
    /// The last day.
    pub last: Date,
    /// The dates are those of another year, moved here.
    pub estimated: bool,
}

/// The steps of one assessment; `None` where nothing is known and nothing can be guessed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Season {
    /// Agencies answer the OIT in ITAS.
    pub answer: Option<Window>,
    /// Assessors score what stands on the websites.
    pub scoring: Option<Window>,
    /// Agencies clarify, after they saw their scores.
    pub clarify: Option<Window>,
    /// Where the dates are from; empty when they are estimated.
    pub source: String,
}

/// What days are to the assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The last days of the answer window.
    Closing,
    /// The clarification window.
    Clarifying,
    /// The month before the answer window closes.
    Nearing,
}

/// Days in which websites are looked at more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dense {
    /// The first of the days.
    pub first: Date,
    /// The last of the days.
    pub last: Date,
    /// What they are.
    pub step: Step,
    /// The assessed year.
    pub year: FiscalYear,
    /// The last day of the window they belong to.
    pub closes: Date,
    /// The year whose dates were taken over; `None` when the dates are the year's own.
    pub modelled_on: Option<FiscalYear>,
}

/// The assessment's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// The year that the others are modelled on.
    pattern: Option<FiscalYear>,
    seasons: BTreeMap<FiscalYear, Season>,
}

impl Calendar {
    /// Reads the file. `file` is its name in messages.
    pub fn read(text: &str, file: &str) -> Result<Self, Vec<Fault>> {
        let text = text.trim_start_matches('\u{feff}');
        if text.len() > LARGEST {
            return Err(vec![Fault::of_file(file, "ไฟล์ใหญ่เกิน 256 KB")]);
        }
        let line = |span: Option<std::ops::Range<usize>>| {
            let before = span.and_then(|span| text.get(..span.start));
            before.map_or(1, |before| before.matches('\n').count() + 1)
        };
        let document = match Document::parse(text.to_owned()) {
            Ok(document) => document,
            Err(error) => {
                let first = error.message().lines().next().unwrap_or_default();
                let message = format!("เขียนไม่ถูกแบบ TOML ตรวจเครื่องหมายคำพูดและเครื่องหมาย = ({first})");
                return Err(vec![Fault::of_line(file, line(error.span()), message)]);
            }
        };
        let mut mistakes = Vec::new();
        let calendar = Self::of_table(document.as_table(), &mut |span, message| {
            if mistakes.len() < MISTAKES {
                mistakes.push(Fault::of_line(file, line(span), message));
            }
        });
        if mistakes.is_empty() {
            Ok(calendar)
        } else {
            Err(mistakes)
        }
    }

    /// Reads the years of a table, and tells what is wrong with it.
    pub(crate) fn of_table(table: &dyn TableLike, wrong: &mut Wrong<'_>) -> Self {
        let mut calendar = Self::default();
        for (key, item) in table.iter() {
            let span = table
                .key(key)
                .and_then(toml_edit::Key::span)
                .or(item.span());
            let year = key.parse().ok().filter(is_year).map(FiscalYear);
            match (key, year, item.as_table_like()) {
                ("pattern", ..) => match item.as_integer().and_then(|it| i16::try_from(it).ok()) {
                    Some(year) if is_year(&year) => calendar.pattern = Some(FiscalYear(year)),
                    _ => wrong(span, "pattern เป็นปีงบประมาณ พ.ศ. เช่น 2565".to_owned()),
                },
                (_, Some(year), Some(steps)) => {
                    let season = season(year, steps, wrong);
                    calendar.seasons.insert(year, season);
                }
                _ => wrong(
                    span,
                    format!(
                        "ไม่รู้จัก `{key}`{}: แต่ละปีขึ้นต้นด้วยปีงบประมาณ พ.ศ. ในวงเล็บ เช่น [2569]",
                        hint(key, ["pattern"])
                    ),
                ),
            }
        }
        calendar
    }

    /// This calendar with the years of another laid over it: what the other says of a year holds, window by window.
    pub fn overlaid(mut self, other: Self) -> Self {
        self.pattern = other.pattern.or(self.pattern);
        for (year, theirs) in other.seasons {
            let ours = self.seasons.entry(year).or_default();
            ours.answer = theirs.answer.or(ours.answer);
            ours.scoring = theirs.scoring.or(ours.scoring);
            ours.clarify = theirs.clarify.or(ours.clarify);
            if !theirs.source.is_empty() {
                ours.source = theirs.source;
            }
        }
        self
    }

    /// Nothing is known of any year.
    pub fn is_empty(&self) -> bool {
        self.seasons.is_empty()
    }

    /// The year that the others are modelled on: the file's, or the latest of which all is known.
    pub fn pattern(&self) -> Option<FiscalYear> {
        let complete = |season: &Season| {
            season.answer.is_some() && season.scoring.is_some() && season.clarify.is_some()
        };
        self.pattern
            .filter(|year| self.seasons.contains_key(year))
            .or_else(|| {
                let mut known = self.seasons.iter().rev();
                known
                    .find(|(_, season)| complete(season))
                    .map(|(year, _)| *year)
            })
    }

    /// The steps of a year. A step that is not known has the days and months of the pattern year, as long as that keeps
    /// the order of the steps that are known.
    pub fn season(&self, year: FiscalYear) -> Season {
        let own = self.seasons.get(&year).cloned().unwrap_or_default();
        let Some((model, pattern)) = self.pattern().and_then(|model| {
            let season = self.seasons.get(&model)?;
            (model != year).then_some((model, season))
        }) else {
            return own;
        };
        let years = year.0.saturating_sub(model.0);
        let guess = |window: Option<Window>| {
            let window = window?;
            let moved = |day: Date| day.checked_add(years.years()).ok();
            Some(Window {
                first: window.first.and_then(moved),
                last: moved(window.last)?,
                estimated: true,
            })
        };
        let mut steps = [own.answer, own.scoring, own.clarify];
        let models = [pattern.answer, pattern.scoring, pattern.clarify];
        for at in 0..steps.len() {
            let Some(guess) = guess(models[at]) else {
                continue;
            };
            let begins = guess.first.unwrap_or(guess.last);
            let fits = (steps[..at].iter().flatten()).all(|before| before.last < begins)
                && (steps[at + 1..].iter().flatten())
                    .all(|after| guess.last < after.first.unwrap_or(after.last));
            if steps[at].is_none() && fits {
                steps[at] = Some(guess);
            }
        }
        let [answer, scoring, clarify] = steps;
        Season {
            answer,
            scoring,
            clarify,
            source: own.source,
        }
    }

    /// The days of a year's assessment in which websites are looked at more often.
    pub fn dense(&self, year: FiscalYear) -> Vec<Dense> {
        let season = self.season(year);
        let mut all = Vec::new();
        let mut add = |first: Option<Date>, last: Option<Date>, step, window: Window| {
            if let (Some(first), Some(last)) = (first, last) {
                all.push(Dense {
                    first,
                    last,
                    step,
                    year,
                    closes: window.last,
                    modelled_on: self.pattern().filter(|_| window.estimated),
                });
            }
        };
        if let Some(window) = season.answer {
            let before = |days: i32| window.last.checked_sub(days.days()).ok();
            add(before(NEARING - 1), before(CLOSING), Step::Nearing, window);
            add(
                before(CLOSING - 1),
                Some(window.last),
                Step::Closing,
                window,
            );
        }
        if let Some(window) = season.clarify {
            add(window.first, Some(window.last), Step::Clarifying, window);
        }
        all
    }

    /// The first day from `day` on in which an agency is looked at beside its own rhythm. In the month before closing that
    /// is every second day, `odd` or even as counted back from the closing, so that a fleet is spread over both.
    pub fn next_dense(&self, day: Date, odd: bool) -> Option<(Date, Dense)> {
        let year = FiscalYear::of(day);
        let years = [year.previous(), year, year.next()];
        let spans = years.into_iter().flat_map(|year| self.dense(year));
        spans
            .filter_map(|span| {
                let mut first = span.first.max(day);
                if span.step == Step::Nearing {
                    let left = first.until(span.closes).ok()?.get_days();
                    if (left % 2 == 1) != odd {
                        first = first.tomorrow().ok()?;
                    }
                }
                (first <= span.last).then_some((first, span))
            })
            .min_by_key(|(first, span)| (*first, span.step, span.year))
    }
}

/// Takes the place and the words of a mistake.
pub(crate) type Wrong<'a> = dyn FnMut(Option<std::ops::Range<usize>>, String) + 'a;

fn is_year(year: &i16) -> bool {
    (2500..=2700).contains(year)
}

fn season(year: FiscalYear, table: &dyn TableLike, wrong: &mut Wrong<'_>) -> Season {
    let mut season = Season::default();
    for (key, item) in table.iter() {
        let span = item.span();
        let mut read = |item: &Item| match window(year, item) {
            Ok(window) => Some(window),
            Err(message) => {
                wrong(span.clone(), format!("{key} ของปี {year}: {message}"));
                None
            }
        };
        match key {
            "answer" => season.answer = read(item),
            "scoring" => season.scoring = read(item),
            "clarify" => season.clarify = read(item),
            "source" => season.source = item.as_str().unwrap_or_default().trim().to_owned(),
            _ => wrong(
                table.key(key).and_then(toml_edit::Key::span),
                format!(
                    "ไม่รู้จัก `{key}`{} ใช้ได้คือ {}",
                    hint(key, KEYS),
                    KEYS.join(", ")
                ),
            ),
        }
    }
    season
}

/// `1 มี.ค. 2565 ถึง 30 เม.ย. 2565`, `ถึง 15 ก.ค. 2563`.
fn window(year: FiscalYear, item: &Item) -> Result<Window, String> {
    const FORM: &str = "เขียนว่า \"1 มี.ค. 2565 ถึง 30 เม.ย. 2565\" หรือ \"ถึง 15 ก.ค. 2563\"";
    let text = item.as_str().ok_or_else(|| FORM.to_owned())?;
    let (first, last) = text.split_once("ถึง").ok_or_else(|| FORM.to_owned())?;
    let read = |text: &str| day(text).ok_or_else(|| format!("อ่านวันที่ไม่ได้ {FORM}"));
    let first = match first.trim() {
        "" => None,
        first => Some(read(first)?),
    };
    let last = read(last)?;
    if first.is_some_and(|first| first > last) {
        return Err("วันแรกอยู่หลังวันสุดท้าย".to_owned());
    }
    let near = |day: Date| (FiscalYear::of(day).0 - year.0).abs() <= 1;
    if !near(last) || !first.is_none_or(near) {
        return Err("วันที่ห่างจากปีงบประมาณนี้เกินหนึ่งปี ตรวจปี พ.ศ.".to_owned());
    }
    Ok(Window {
        first,
        last,
        estimated: false,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use jiff::civil::date;

    /// The calendar that is shipped.
    pub(crate) fn shipped() -> Calendar {
        let text = include_str!("../../rules/calendar.toml");
        Calendar::read(text, FILE).unwrap()
    }

    fn days(calendar: &Calendar, odd: bool, from: Date, until: Date) -> Vec<Date> {
        let mut day = from;
        let mut all = Vec::new();
        while let Some((next, _)) = calendar.next_dense(day, odd).filter(|it| it.0 <= until) {
            all.push(next);
            day = next.tomorrow().unwrap();
        }
        all
    }

    #[test]
    fn known_years_have_their_own_dates() {
        let calendar = shipped();
        let season = calendar.season(FiscalYear(2565));
        let window = |first, last| Window {
            first,
            last,
            estimated: false,
        };
        assert_eq!(
            season.answer,
            Some(window(Some(date(2022, 3, 1)), date(2022, 4, 30)))
        );
        assert_eq!(
            calendar.season(FiscalYear(2564)).clarify,
            Some(window(Some(date(2021, 6, 20)), date(2021, 7, 4)))
        );
    }

    #[test]
    fn an_unknown_year_is_modelled_on_2565_and_says_so() {
        let calendar = shipped();
        let season = calendar.season(FiscalYear(2567));
        let answer = season.answer.unwrap();
        assert_eq!(
            (answer.first, answer.last, answer.estimated),
            (Some(date(2024, 3, 1)), date(2024, 4, 30), true)
        );
        assert_eq!(season.source, "");
        let dense = calendar.dense(FiscalYear(2567));
        assert!(
            dense
                .iter()
                .all(|it| it.modelled_on == Some(FiscalYear(2565)))
        );
        assert_eq!(dense.len(), 3);
    }

    #[test]
    fn a_guess_never_stands_before_what_is_known_to_come_first() {
        // In 2563 agencies answered until July: scoring in May, as in 2565, cannot have been.
        let season = shipped().season(FiscalYear(2563));
        assert_eq!(season.answer.map(|it| it.last), Some(date(2020, 7, 15)));
        assert_eq!((season.scoring, season.clarify), (None, None));
        // What ends in time is guessed.
        let told = "pattern = 2565\n[2568]\nanswer = \"ถึง 15 เม.ย. 2568\"\n";
        let told = Calendar::read(told, FILE).unwrap();
        let season = shipped().overlaid(told).season(FiscalYear(2568));
        assert!(season.answer.is_some_and(|it| !it.estimated));
        assert_eq!(
            season.clarify.map(|it| (it.last, it.estimated)),
            Some((date(2025, 6, 15), true))
        );
    }

    #[test]
    fn days_are_denser_before_closing_and_in_clarification() {
        let calendar = shipped();
        let even = days(&calendar, false, date(2021, 10, 1), date(2022, 9, 30));
        // Every second day from 2 April, daily from 24 April, daily 1-15 June.
        assert_eq!(even.len(), 11 + 7 + 15);
        assert_eq!(even[0], date(2022, 4, 2));
        assert_eq!(even[10], date(2022, 4, 22));
        assert_eq!(even[11], date(2022, 4, 24));
        assert_eq!(even[17], date(2022, 4, 30));
        assert_eq!(even[18], date(2022, 6, 1));
        assert_eq!(even[32], date(2022, 6, 15));
        let odd = days(&calendar, true, date(2021, 10, 1), date(2022, 9, 30));
        assert_eq!(odd[0], date(2022, 4, 1));
        assert_eq!(odd[11], date(2022, 4, 23));
        assert_eq!(odd[12], date(2022, 4, 24));
    }

    #[test]
    fn settings_change_a_year_window_by_window() {
        let other = "[2565]\nclarify = \"10 มิ.ย. 2565 ถึง 12 มิ.ย. 2565\"\n[2566]\nanswer = \"1 มี.ค. 2566 ถึง 29 เม.ย. 2566\"\n";
        let calendar = shipped().overlaid(Calendar::read(other, FILE).unwrap());
        let season = calendar.season(FiscalYear(2565));
        assert_eq!(season.answer.map(|it| it.last), Some(date(2022, 4, 30)));
        assert_eq!(season.clarify.map(|it| it.last), Some(date(2022, 6, 12)));
        let next = calendar.season(FiscalYear(2566));
        assert!(next.answer.is_some_and(|it| !it.estimated));
        assert!(next.clarify.is_some_and(|it| it.estimated));
        assert_eq!(calendar.pattern(), Some(FiscalYear(2565)));
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, words) in [
            (
                "[2565]\nanswr = \"ถึง 1 มี.ค. 2565\"",
                "หมายถึง `answer` หรือไม่",
            ),
            ("[2565]\nanswer = \"มีนาคม\"", "เขียนว่า"),
            ("[2565]\nanswer = 5", "เขียนว่า"),
            (
                "[2565]\nanswer = \"30 เม.ย. 2565 ถึง 1 มี.ค. 2565\"",
                "วันแรกอยู่หลังวันสุดท้าย",
            ),
            (
                "[2565]\nanswer = \"1 มี.ค. 2575 ถึง 30 เม.ย. 2575\"",
                "ตรวจปี พ.ศ.",
            ),
            (
                "x = 1\n[2022]\nanswer = \"ถึง 30 เม.ย. 2565\"",
                "ปีงบประมาณ พ.ศ.",
            ),
            ("pattern = 2022", "pattern"),
            ("[2565", "TOML"),
        ] {
            let faults = Calendar::read(text, FILE).unwrap_err();
            let told: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
            assert!(told.contains(words), "{text}: {told}");
            assert!(told.contains(FILE), "{told}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_calendar_or_a_reason(text in r"(\[25[0-9]{2}\]\n(answer|clarify|x) = (1|.ถึง 1 มี\.ค\. 25[0-9]{2}.|[{}\[]{0,3})\n){0,3}|\PC{0,60}") {
            if let Ok(calendar) = Calendar::read(&text, FILE) {
                for year in [-32000, 0, 2565, 2700, 32000] {
                    calendar.season(FiscalYear(year));
                }
                calendar.next_dense(Date::MAX, true);
                calendar.next_dense(Date::MIN, false);
            }
        }
    }
}
