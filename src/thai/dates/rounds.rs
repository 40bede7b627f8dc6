//! Parts of a fiscal year: quarters, halves, rounds of months.

use super::{Found, Named, When};
use crate::thai::line::Line;
use crate::year::FiscalYear;

impl Line {
    /// `ไตรมาสที่ 1`, `รอบ 6 เดือน`, `ครึ่งปีแรก`, `ตุลาคม – มีนาคม`: months by the fiscal year that stands near.
    pub(super) fn read_rounds(&self, found: &mut Vec<Found>) {
        let mut rounds: Vec<Found> = Vec::new();
        let is_year = |found: &Found| matches!(found.when, When::Fiscal(_) | When::Year(_));
        if !found.iter().any(is_year) {
            return;
        }
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

    pub(super) fn quarter(&self, i: usize) -> Option<Round> {
        let end = self.after_bare(i, "ไตรมาส")?;
        let end = self.after_bare(end, "ท").unwrap_or(end);
        let (first, end) = self.which_quarter(self.skip_blank(end))?;
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

    /// A quarter's number, or the word for it.
    fn which_quarter(&self, i: usize) -> Option<(i32, usize)> {
        const WORDS: [(&str, i32); 6] = [
            ("แรก", 1),
            ("หนึ่ง", 1),
            ("สอง", 2),
            ("สาม", 3),
            ("สี่", 4),
            ("สุดท้าย", 4),
        ];
        let word = WORDS.iter().find(|(word, _)| self.is_at(i, word));
        let said = word.map(|&(word, quarter)| (quarter, i + word.chars().count()));
        said.or_else(|| self.number(i))
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
pub(super) struct Round {
    pub(super) first: usize,
    pub(super) last: usize,
    end: usize,
}

impl Round {
    fn new(first: usize, last: usize, end: usize) -> Self {
        Self { first, last, end }
    }
}
