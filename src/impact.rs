//! An archive judged by two sets of rules → which items and agencies came to another verdict, and why.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::difference::{Changes, CriterionChange, ItemChange};
use crate::json::Json;
use crate::judge::Decision;
use crate::rules::answer::Outcome;
use crate::year::FiscalYear;

/// The number of the JSON form.
pub const FORMAT: u32 = 1;

/// What a change of rules does to an archive of captures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// The number of this form: 1.
    pub format: u32,
    /// The rules before: a folder, or `shipped`.
    pub old: String,
    /// The rules after.
    pub new: String,
    /// What was judged by both, by file and year.
    pub captures: Vec<Judged>,
    /// What could not be read or judged.
    pub broken: Vec<Broken>,
    /// Items that came out otherwise somewhere, in the order of the new rules.
    pub items: Vec<ItemImpact>,
    /// Items that only the new rules have.
    pub added: Vec<Lone>,
    /// Items that only the old rules have.
    pub dropped: Vec<Lone>,
    /// Mistakes in rules, each once.
    pub faults: Vec<SideFault>,
}

/// A capture that was judged by both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The capture's file.
    pub file: String,
    /// The agency's name, or the site's address where it is not known.
    pub agency: String,
    /// The year whose rules judged.
    pub year: FiscalYear,
    /// How many items came to another verdict.
    pub flips: u32,
}

/// A capture that could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Broken {
    /// The capture's file.
    pub file: String,
    /// Why, and what to do.
    pub why: String,
}

/// Whose mistake it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RuleSet {
    /// The rules before.
    Old,
    /// The rules after.
    New,
}

/// A mistake in a rule of one of the two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SideFault {
    /// Whose.
    pub rules: RuleSet,
    /// The year that was loaded.
    pub year: FiscalYear,
    /// File, line, column and the mistake, ready to print.
    pub message: String,
}

/// What the change does to one item of one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemImpact {
    /// The year.
    pub year: FiscalYear,
    /// Its number by the new rules.
    pub id: String,
    /// Its number by the old rules.
    pub old_id: String,
    /// Its title by the new rules.
    pub title: String,
    /// The captures in which it came to another verdict, by file.
    pub flips: Vec<Flip>,
    /// Criteria that came to another outcome where the item's verdict stayed.
    pub turned: Vec<Turned>,
}

/// One item of one capture that came to another verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flip {
    /// The capture's file.
    pub file: String,
    /// The agency.
    pub agency: String,
    /// By the old rules.
    pub from: Decision,
    /// By the new rules.
    pub to: Decision,
    /// The criteria that differ.
    pub criteria: Vec<CriterionChange>,
}

/// How often a criterion came to another outcome without its item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Turned {
    /// The criterion's name by the new rules.
    pub criterion: String,
    /// The manual's words.
    pub asks: String,
    /// By the old rules.
    pub from: Outcome,
    /// By the new rules.
    pub to: Outcome,
    /// In so many captures.
    pub captures: u32,
}

/// An item that one of the two does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lone {
    /// The year.
    pub year: FiscalYear,
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Captures in which it passes.
    pub passes: u32,
    /// … fails.
    pub fails: u32,
    /// … is for a person.
    pub unsure: u32,
}

/// What one capture came to by one year's rules of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The capture's file.
    pub file: String,
    /// The agency.
    pub agency: String,
    /// The year.
    pub year: FiscalYear,
    /// Where the item stands in the new outline, by number.
    pub order: BTreeMap<String, usize>,
    /// What differs.
    pub changes: Changes,
}

impl Json for Impact {}

impl Impact {
    /// Gathers what captures came to. The order in which they are given does not matter.
    pub fn of(
        (old, new): (String, String),
        mut compared: Vec<Compared>,
        broken: impl IntoIterator<Item = Broken>,
        faults: BTreeSet<SideFault>,
    ) -> Self {
        compared.sort_by(|a, b| (a.year, &a.file).cmp(&(b.year, &b.file)));
        let mut items: BTreeMap<(FiscalYear, usize, String), ItemImpact> = BTreeMap::new();
        let mut added = BTreeMap::new();
        let mut dropped = BTreeMap::new();
        for one in &compared {
            for change in &one.changes.items {
                let turned = change.criteria.iter().any(CriterionChange::is_turned);
                if change.is_flip() || turned {
                    let place = one.order.get(&change.to.id).copied().unwrap_or(usize::MAX);
                    let key = (one.year, place, change.to.id.clone());
                    let item = items
                        .entry(key)
                        .or_insert_with(|| ItemImpact::begin(one.year, change));
                    item.add(one, change);
                }
            }
            for (sides, all) in [
                (&one.changes.new, &mut added),
                (&one.changes.gone, &mut dropped),
            ] {
                for (at, side) in sides.iter().enumerate() {
                    let lone = all.entry((one.year, at, side.id.clone())).or_insert(Lone {
                        year: one.year,
                        id: side.id.clone(),
                        title: side.title.clone(),
                        passes: 0,
                        fails: 0,
                        unsure: 0,
                    });
                    match side.verdict {
                        Decision::Pass => lone.passes += 1,
                        Decision::Fail => lone.fails += 1,
                        Decision::Unsure => lone.unsure += 1,
                    }
                }
            }
        }
        let mut broken: Vec<Broken> = broken.into_iter().collect();
        broken.sort();
        Self {
            format: FORMAT,
            old,
            new,
            captures: compared.iter().map(Compared::judged).collect(),
            broken,
            items: items.into_values().collect(),
            added: added.into_values().collect(),
            dropped: dropped.into_values().collect(),
            faults: faults.into_iter().collect(),
        }
    }

    /// Nothing comes to another verdict, and no item comes or goes.
    pub fn is_quiet(&self) -> bool {
        self.items.iter().all(|item| item.flips.is_empty())
            && self.added.is_empty()
            && self.dropped.is_empty()
    }
}

impl Compared {
    fn judged(&self) -> Judged {
        Judged {
            file: self.file.clone(),
            agency: self.agency.clone(),
            year: self.year,
            flips: u32::try_from(self.changes.flips().count()).unwrap_or(u32::MAX),
        }
    }
}

impl ItemImpact {
    fn begin(year: FiscalYear, change: &ItemChange) -> Self {
        Self {
            year,
            id: change.to.id.clone(),
            old_id: change.from.id.clone(),
            title: change.to.title.clone(),
            flips: Vec::new(),
            turned: Vec::new(),
        }
    }

    fn add(&mut self, one: &Compared, change: &ItemChange) {
        if change.is_flip() {
            self.flips.push(Flip {
                file: one.file.clone(),
                agency: one.agency.clone(),
                from: change.from.verdict,
                to: change.to.verdict,
                criteria: change.criteria.clone(),
            });
            return;
        }
        for criterion in &change.criteria {
            let (Some(from), Some(to)) = (&criterion.from, &criterion.to) else {
                continue;
            };
            if !criterion.is_turned() {
                continue;
            }
            let same = |known: &&mut Turned| {
                (&known.criterion, known.from, known.to)
                    == (&criterion.id, from.outcome, to.outcome)
            };
            match self.turned.iter_mut().find(same) {
                Some(known) => known.captures += 1,
                None => self.turned.push(Turned {
                    criterion: criterion.id.clone(),
                    asks: to.asks.clone(),
                    from: from.outcome,
                    to: to.outcome,
                    captures: 1,
                }),
            }
        }
    }

    /// Captures in which it went from one verdict to another.
    pub fn count(&self, from: Decision, to: Decision) -> usize {
        let flips = self.flips.iter();
        flips
            .filter(|flip| (flip.from, flip.to) == (from, to))
            .count()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::json::tests::committed;
    use crate::judge::Verdict;
    use crate::sample;

    fn compared(file: &str, from: &[Verdict], to: &[Verdict]) -> Compared {
        Compared {
            file: file.into(),
            agency: format!("อบต.{file}"),
            year: FiscalYear(2564),
            order: to
                .iter()
                .enumerate()
                .map(|(n, one)| (one.id.clone(), n))
                .collect(),
            changes: Changes::between(from, to),
        }
    }

    pub(crate) fn impact() -> Impact {
        let old = sample::plain(&["O2"], &["O9"]);
        let new = sample::plain(&["O10", "O2"], &[]);
        // O3 passes by both, with another outcome of one criterion.
        let mut turned = new.clone();
        turned[2].criteria[0].outcome = Outcome::NotApplicable;
        let fewer = &new[..42];
        let all = vec![
            compared("b.warc.gz", &old, &turned),
            compared("a.warc.gz", &old, fewer),
        ];
        let broken = Broken {
            file: "c.warc.gz".into(),
            why: "ไฟล์ขาด".into(),
        };
        let fault = SideFault {
            rules: RuleSet::New,
            year: FiscalYear(2564),
            message: "2564/O1.rhai:1:1".into(),
        };
        Impact::of(
            ("shipped".into(), "my-rules".into()),
            all,
            [broken],
            BTreeSet::from([fault]),
        )
    }

    #[test]
    fn items_stand_in_the_order_of_the_outline_and_captures_by_file() {
        let impact = impact();
        let items: Vec<(&str, usize, usize)> = impact
            .items
            .iter()
            .map(|item| (item.id.as_str(), item.flips.len(), item.turned.len()))
            .collect();
        assert_eq!(items, [("O3", 0, 1), ("O9", 2, 0), ("O10", 2, 0)]);
        assert_eq!(impact.items[2].flips[0].file, "a.warc.gz");
        assert_eq!(impact.items[2].count(Decision::Pass, Decision::Fail), 2);
        assert_eq!(impact.captures[0].file, "a.warc.gz");
        assert_eq!(impact.captures[1].flips, 2, "a criterion alone is no flip");
        assert_eq!(
            (impact.dropped[0].id.as_str(), impact.dropped[0].passes),
            ("O43", 1)
        );
        assert!(!impact.is_quiet());
    }

    #[test]
    fn the_same_rules_are_quiet() {
        let same = sample::verdicts();
        let none = Impact::of(
            ("a".into(), "b".into()),
            vec![compared("a.warc.gz", &same, &same)],
            [],
            BTreeSet::new(),
        );
        assert!(none.is_quiet() && none.items.is_empty());
        assert_eq!(none.captures.len(), 1);
    }

    #[test]
    fn what_is_written_is_valid_by_the_schema() {
        let validator = committed::<Impact>("report/impact.schema.json");
        let json = serde_json::to_value(impact()).unwrap();
        assert!(validator.is_valid(&json));
    }
}
