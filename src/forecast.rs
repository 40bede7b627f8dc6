//! What the last look would come to on later days: which items go stale, on which day and why, should the website not change.
//!
//! No rule asks what day it is. Rules ask for a fiscal year, so the same capture comes to the same verdicts all year
//! long, and only two things end with a day: a person's decision, and the year itself, when the next year's rules judge.
//! Those days are judged; the days between them cannot differ.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decisions::{Decisions, Setting};
use crate::difference::{Changes, CriterionChange, ItemChange, Side, Wording};
use crate::json::Json;
use crate::judge::{Decision, Verdict};
use crate::rules::answer::Outcome;
use crate::year::FiscalYear;

/// The number of the JSON form.
pub const FORMAT: u32 = 1;
/// How far an outlook goes unless told otherwise, in days: half a year, as far as an agency plans its publications.
pub const DAYS: u16 = 180;

/// What an outlook is made of.
pub struct Basis<'a> {
    /// The day from which it looks ahead.
    pub today: Date,
    /// How many days ahead.
    pub days: u16,
    /// The year whose rules judge today.
    pub year: FiscalYear,
    /// The machine's verdicts on the last capture by the rules of a year; `None` when there are no such rules. Asked once
    /// for every year the outlook reaches.
    pub judge: &'a dyn Fn(FiscalYear) -> Option<Vec<Verdict>>,
    /// What people decided about the website.
    pub decisions: Option<&'a Decisions>,
    /// SHA-256 of the body that an address gave in the last capture.
    pub paper: &'a dyn Fn(&str) -> Option<String>,
}

/// What goes stale within some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outlook {
    /// The number of this form: 1.
    pub format: u32,
    /// The year whose rules judge today.
    pub year: FiscalYear,
    /// The day from which it looks ahead.
    #[schemars(with = "String", extend("format" = "date"))]
    pub today: Date,
    /// The last day of which anything is told.
    #[schemars(with = "String", extend("format" = "date"))]
    pub until: Date,
    /// Nothing can be told after this day, because there are no rules of the year that begins; null when the rules
    /// reach as far as was asked.
    #[schemars(with = "Option<String>")]
    pub unknown_after: Option<Date>,
    /// Fiscal years that begin.
    pub turns: Vec<Turn>,
    /// What goes stale, by day, then in the order of the rules that judge on that day; each item once.
    pub forecasts: Vec<Forecast>,
}

/// A fiscal year that begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Turn {
    /// Its first day.
    #[schemars(with = "String", extend("format" = "date"))]
    pub on: Date,
    /// The year.
    pub year: FiscalYear,
    /// Items that its rules ask for and today's do not.
    pub new: Vec<Side>,
    /// Items that its rules do not ask for any more.
    pub gone: Vec<Side>,
    /// Items that pass on its first day as they do today.
    pub lasting: u32,
}

/// An item that goes stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Forecast {
    /// Its number by today's rules.
    pub subject: String,
    /// Its number by the rules that judge on that day, when it is another.
    pub becomes: Option<String>,
    /// Its title by the rules that judge on that day.
    pub title: String,
    /// What it comes to today.
    pub from: Decision,
    /// What it comes to from that day on.
    pub to: Decision,
    /// The first day.
    #[schemars(with = "String", extend("format" = "date"))]
    pub on: Date,
    /// The sentence of the criterion that will not be met.
    pub because: String,
    /// The year whose rules judge on that day.
    pub year: FiscalYear,
    /// What happens on that day.
    pub why: Why,
}

/// What makes an item go stale.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A person's decision held until the day before.
    Decision,
    /// A fiscal year begins, and what is published is of the year before.
    Year,
    /// A fiscal year begins, and its rules ask for more.
    Asks,
}

impl Json for Outlook {}

impl Outlook {
    /// Looks ahead. Pure: the same basis gives the same outlook.
    pub fn of(basis: &Basis<'_>) -> Self {
        let asked = basis.today.saturating_add(days(basis.days));
        let mut outlook = Self {
            format: FORMAT,
            year: basis.year,
            today: basis.today,
            until: basis.today,
            unknown_after: None,
            turns: Vec::new(),
            forecasts: Vec::new(),
        };
        let Some(machine) = (basis.judge)(basis.year) else {
            outlook.unknown_after = Some(basis.today);
            return outlook;
        };
        let today = basis.decided(&machine, basis.year, basis.today).0;
        let (mut year, mut machine, mut from) = (basis.year, machine, basis.today);
        // A year that is over has nothing left to lose.
        while from <= year.last_day() {
            outlook.until = asked.min(year.last_day());
            for day in basis.lapses(&machine, year, from, outlook.until) {
                outlook.compare(basis, &today, &machine, year, day);
            }
            from = year.last_day().saturating_add(days(1));
            if from > asked {
                break;
            }
            let Some(next) = (basis.judge)(year.next()) else {
                outlook.unknown_after = Some(year.last_day());
                break;
            };
            (year, machine) = (year.next(), next);
            outlook.compare(basis, &today, &machine, year, from);
        }
        outlook
    }

    /// The days on which something goes stale, each with what does.
    pub fn by_day(&self) -> BTreeMap<Date, Vec<&Forecast>> {
        let mut days: BTreeMap<Date, Vec<&Forecast>> = BTreeMap::new();
        for forecast in &self.forecasts {
            days.entry(forecast.on).or_default().push(forecast);
        }
        days
    }

    /// Notes what comes to less on a day than it does today, and was not noted for an earlier day.
    fn compare(
        &mut self,
        basis: &Basis<'_>,
        today: &[Verdict],
        machine: &[Verdict],
        year: FiscalYear,
        day: Date,
    ) {
        let then = basis.decided(machine, year, day).0;
        let changes = Changes::between(today, &then);
        let known: BTreeSet<String> = self.forecasts.iter().map(|it| it.subject.clone()).collect();
        let falls = changes.flips().filter(|flip| {
            flip.to.verdict.worth() < flip.from.verdict.worth() && !known.contains(&flip.from.id)
        });
        let turns = FiscalYear::of(day.saturating_sub(days(1))) != year;
        let all: Vec<Forecast> = falls.map(|it| Forecast::of(it, year, day, turns)).collect();
        self.forecasts.extend(all);
        if turns {
            let passes = |all: &[Verdict]| {
                let passing = all.iter().filter(|it| it.verdict == Decision::Pass);
                passing.count()
            };
            let lost = |change: &&ItemChange| {
                change.from.verdict == Decision::Pass && change.to.verdict != Decision::Pass
            };
            let gone = |side: &&Side| side.verdict == Decision::Pass;
            let lost = changes.items.iter().filter(lost).count()
                + changes.gone.iter().filter(gone).count();
            self.turns.push(Turn {
                on: day,
                year,
                lasting: u32::try_from(passes(today).saturating_sub(lost)).unwrap_or(u32::MAX),
                new: changes.new,
                gone: changes.gone,
            });
        }
    }
}

impl Basis<'_> {
    /// The verdicts of a day, with what people decided, and the last days of those decisions.
    fn decided(
        &self,
        machine: &[Verdict],
        year: FiscalYear,
        today: Date,
    ) -> (Vec<Verdict>, BTreeSet<Date>) {
        let mut verdicts = machine.to_vec();
        let setting = Setting {
            year,
            today,
            paper: self.paper,
        };
        let told = self
            .decisions
            .map(|decisions| decisions.apply(&mut verdicts, &setting));
        let last_days = told.into_iter().flatten().filter_map(|one| one.expires);
        (verdicts, last_days.collect())
    }

    /// The days after `from`, up to `until`, on which a decision does not hold any more.
    fn lapses(
        &self,
        machine: &[Verdict],
        year: FiscalYear,
        from: Date,
        until: Date,
    ) -> BTreeSet<Date> {
        let last_days = self.decided(machine, year, from).1;
        let after = last_days
            .into_iter()
            .map(|last| last.saturating_add(days(1)));
        after.filter(|day| *day > from && *day <= until).collect()
    }
}

impl Forecast {
    fn of(change: &ItemChange, year: FiscalYear, on: Date, turns: bool) -> Self {
        let unmet = match change.to.verdict {
            Decision::Unsure => Outcome::Unsure,
            Decision::Pass | Decision::Fail => Outcome::Unmet,
        };
        let to = |one: &&CriterionChange| one.to.as_ref().is_some_and(|it| it.outcome == unmet);
        let stale = |one: &&CriterionChange| one.wording != Wording::New;
        let unmet = || change.criteria.iter().filter(to);
        let deciding = unmet().find(stale).or_else(|| unmet().next());
        let why = match deciding {
            _ if !turns => Why::Decision,
            Some(criterion) if !stale(&criterion) => Why::Asks,
            _ => Why::Year,
        };
        let sentence = deciding.and_then(|one| one.to.as_ref());
        Self {
            subject: change.from.id.clone(),
            becomes: change.is_moved().then(|| change.to.id.clone()),
            title: change.to.title.clone(),
            from: change.from.verdict,
            to: change.to.verdict,
            on,
            because: sentence
                .map_or(&change.to.summary, |it| &it.because)
                .clone(),
            year,
            why,
        }
    }
}

fn days(number: u16) -> jiff::Span {
    jiff::Span::new().days(i64::from(number))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::decisions::Askable;
    use crate::sample;
    use Decision::{Fail, Pass, Unsure};
    use jiff::civil::date;

    const THIS: FiscalYear = FiscalYear(2564);
    const NEXT: FiscalYear = FiscalYear(2565);

    /// O10 and O11 pass by what is of this year, O12 is unsure, O1 passes whatever the year.
    fn judged(year: FiscalYear) -> Option<Vec<Verdict>> {
        match year {
            THIS => Some(sample::plain(&["O2"], &["O12"])),
            NEXT => {
                let mut all = sample::plain(&["O2", "O10", "O11", "O12"], &[]);
                for verdict in &mut all {
                    for criterion in &mut verdict.criteria {
                        if criterion.outcome == Outcome::Unmet {
                            criterion.because = "พบเฉพาะของปี 2564 ไม่ใช่ปี 2565".to_owned();
                        }
                    }
                }
                let asked = all.iter_mut().find(|it| it.id == "O13").unwrap();
                let mut more = asked.criteria[0].clone();
                more.id = "steps".to_owned();
                more.asks = "แสดงขั้นตอนการปฏิบัติงานทุกขั้น".to_owned();
                more.because = "ไม่พบขั้นตอน".to_owned();
                more.outcome = Outcome::Unmet;
                asked.criteria.push(more);
                asked.verdict = Fail;
                Some(all)
            }
            _ => None,
        }
    }

    fn decisions() -> Decisions {
        let text = concat!(
            "[[decision]]\nitem = \"O2\"\noutcome = \"met\"\nreason = \"ดูป้ายหน้าสำนักงานแล้ว\"\n",
            "who = \"ผู้ตรวจ\"\ndate = 2021-05-01\nexpires = 2021-07-31\nyear = 2564\n"
        );
        let items = judged(THIS).unwrap();
        let names = |it: &Verdict| it.criteria.iter().map(|one| one.id.clone()).collect();
        let known = [Askable {
            year: THIS,
            items: items.iter().map(|it| (it.id.clone(), names(it))).collect(),
        }];
        Decisions::read(text, "decisions.toml", &known).unwrap()
    }

    fn basis<'a>(today: Date, days: u16, decisions: Option<&'a Decisions>) -> Basis<'a> {
        Basis {
            today,
            days,
            year: FiscalYear::of(today),
            judge: &judged,
            decisions,
            paper: &|_| None,
        }
    }

    pub(crate) fn outlook() -> Outlook {
        Outlook::of(&basis(date(2021, 5, 15), 600, Some(&decisions())))
    }

    fn short(outlook: &Outlook) -> Vec<(&str, Decision, Decision, Date, Why)> {
        let all = outlook.forecasts.iter();
        all.map(|it| (it.subject.as_str(), it.from, it.to, it.on, it.why))
            .collect()
    }

    #[test]
    fn a_decision_holds_on_its_last_day_and_the_year_until_its_own() {
        let outlook = outlook();
        let october = date(2021, 10, 1);
        assert_eq!(
            short(&outlook),
            [
                ("O2", Pass, Fail, date(2021, 8, 1), Why::Decision),
                ("O10", Pass, Fail, october, Why::Year),
                ("O11", Pass, Fail, october, Why::Year),
                ("O12", Unsure, Fail, october, Why::Year),
                ("O13", Pass, Fail, october, Why::Asks),
            ]
        );
        let because: Vec<&str> = outlook
            .forecasts
            .iter()
            .map(|it| it.because.as_str())
            .collect();
        assert_eq!(because[1], "พบเฉพาะของปี 2564 ไม่ใช่ปี 2565");
        assert_eq!(because[4], "ไม่พบขั้นตอน");
        assert_eq!(outlook.turns[0].lasting, 38, "43 but O2, O10 to O13");
        assert_eq!(outlook.unknown_after, Some(date(2022, 9, 30)));
        assert_eq!(outlook.until, date(2022, 9, 30));
    }

    #[test]
    fn what_has_no_rules_is_unknown_and_not_invented() {
        let outlook = Outlook::of(&basis(date(2022, 5, 15), 180, None));
        assert_eq!(short(&outlook), []);
        assert_eq!(outlook.unknown_after, Some(date(2022, 9, 30)));
        let near = Outlook::of(&basis(date(2022, 5, 15), 30, None));
        assert_eq!((near.unknown_after, near.until), (None, date(2022, 6, 14)));
        let without = Outlook::of(&basis(date(2023, 5, 15), 30, None));
        assert_eq!(without.unknown_after, Some(date(2023, 5, 15)));
    }

    #[test]
    fn the_horizon_reaches_the_day_it_ends_on() {
        let eve = Outlook::of(&basis(date(2021, 9, 30), 0, None));
        assert!(eve.forecasts.is_empty());
        let turn = Outlook::of(&basis(date(2021, 9, 30), 1, None));
        assert_eq!(turn.forecasts.len(), 4);
        assert_eq!(turn.until, date(2021, 10, 1));
    }

    #[test]
    fn a_year_that_is_over_goes_stale_no_more() {
        let past = Basis {
            year: THIS,
            ..basis(date(2021, 11, 1), 400, None)
        };
        let outlook = Outlook::of(&past);
        assert!(outlook.forecasts.is_empty() && outlook.turns.is_empty());
        assert_eq!(outlook.unknown_after, None);
    }
}
