//! Two judgements of one site → what differs and why: items matched by rule and title, criteria by name and wording.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::Audit;
use crate::json::Json;
use crate::judge::{CriterionVerdict, Decision, Verdict};
use crate::rules::answer::Outcome;
use crate::score::{GradeRange, Points};
use crate::thai;
use crate::year::FiscalYear;

/// The number of the JSON form of several years.
pub const FORMAT: u32 = 1;

/// Share of their letters in which two titles must agree to name one item.
const ALIKE: f64 = 0.6;
/// Letters of a title that are compared.
const TITLE: usize = 200;

/// One website judged by the rules of several years, with what differs between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Years {
    /// The number of this form: 1.
    pub format: u32,
    /// Each year's audit, oldest first, as it is written alone.
    pub years: Vec<Audit>,
    /// What differs from each year to the next one judged.
    pub difference: Vec<Difference>,
}

/// What differs from one year's rules to another's on the same website.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The earlier year.
    pub from: FiscalYear,
    /// The later year.
    pub to: FiscalYear,
    /// The OIT score by each.
    pub score: Step<Points>,
    /// The total by each; null where a survey's scores are missing.
    pub total: Option<Step<Points>>,
    /// The grade of each total.
    pub grade: Option<Step<GradeRange>>,
    /// What changed, item by item.
    #[serde(flatten)]
    pub changes: Changes,
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step<T> {
    /// Before.
    pub from: T,
    /// After.
    pub to: T,
}

/// What differs between two lists of verdicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// Items that both have and that differ in number, title, wording or outcome, in the order of the later list.
    pub items: Vec<ItemChange>,
    /// Items that only the later list has.
    pub new: Vec<Side>,
    /// Items that only the earlier list has.
    pub gone: Vec<Side>,
    /// How many items are in both and do not differ.
    pub same: u32,
}

/// An item on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it came to.
    pub verdict: Decision,
    /// One sentence that sums it up.
    pub summary: String,
    /// The rule file that decided.
    pub rule: String,
}

/// An item that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemChange {
    /// Before.
    pub from: Side,
    /// After.
    pub to: Side,
    /// The criteria that differ, in the later order, then those that are gone.
    pub criteria: Vec<CriterionChange>,
}

/// How a criterion stands to the one before.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Wording {
    /// In the same words.
    Same,
    /// In other words.
    Reworded,
    /// Not asked before.
    New,
    /// Not asked any more.
    Gone,
}

/// A criterion that differs in wording or outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CriterionChange {
    /// Its name after, or before when it is gone.
    pub id: String,
    /// How its wording stands to the one before.
    pub wording: Wording,
    /// Before; null when it is new.
    pub from: Option<Asked>,
    /// After; null when it is gone.
    pub to: Option<Asked>,
}

/// A criterion on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// The manual's words.
    pub asks: String,
    /// What it came to.
    pub outcome: Outcome,
    /// One sentence.
    pub because: String,
}

impl Json for Years {}

impl Years {
    /// Sets audits of one website side by side, oldest year first.
    pub fn of(mut audits: Vec<Audit>) -> Self {
        audits.sort_by_key(|audit| audit.year);
        let difference = audits
            .windows(2)
            .map(|pair| Difference::between(&pair[0], &pair[1]))
            .collect();
        Self {
            format: FORMAT,
            years: audits,
            difference,
        }
    }
}

impl Difference {
    /// What differs between two years' audits of one website.
    pub fn between(from: &Audit, to: &Audit) -> Self {
        let verdicts = |audit: &Audit| -> Vec<Verdict> {
            let items = audit.items.iter();
            items.map(|item| item.verdict.clone()).collect()
        };
        Self {
            from: from.year,
            to: to.year,
            score: Step {
                from: from.score.points,
                to: to.score.points,
            },
            total: step(from.total_range, to.total_range),
            grade: step(from.grade_range.clone(), to.grade_range.clone()),
            changes: Changes::between(&verdicts(from), &verdicts(to)),
        }
    }
}

fn step<T>(from: Option<T>, to: Option<T>) -> Option<Step<T>> {
    Some(Step {
        from: from?,
        to: to?,
    })
}

impl Changes {
    /// Compares two judgements of one site, by the rules of two years or of two folders.
    pub fn between(from: &[Verdict], to: &[Verdict]) -> Self {
        let pairs = matched(from, to);
        let mut changes = Self {
            items: Vec::new(),
            new: Vec::new(),
            gone: Vec::new(),
            same: 0,
        };
        for (at, now) in to.iter().enumerate() {
            let Some(&(before, _)) = pairs.iter().find(|(_, there)| *there == at) else {
                changes.new.push(Side::of(now));
                continue;
            };
            let change = ItemChange::between(&from[before], now);
            if change.is_some() {
                changes.items.extend(change);
            } else {
                changes.same += 1;
            }
        }
        let kept: BTreeSet<usize> = pairs.iter().map(|(before, _)| *before).collect();
        let gone = from.iter().enumerate().filter(|(at, _)| !kept.contains(at));
        changes.gone = gone.map(|(_, before)| Side::of(before)).collect();
        changes
    }

    /// The items whose verdict changed.
    pub fn flips(&self) -> impl Iterator<Item = &ItemChange> {
        self.items.iter().filter(|item| item.is_flip())
    }

    /// Nothing differs.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.new.is_empty() && self.gone.is_empty()
    }
}

/// How surely two verdicts are about one item, 0 to 1.
type Sign<'a> = dyn Fn(&Verdict, &Verdict) -> f64 + 'a;

/// Which item of one list is which of the other. A number says nothing by itself, because a year may give it to another
/// item: the surest sign is the same rule file, then the same title, then the title most like it.
fn matched(from: &[Verdict], to: &[Verdict]) -> Vec<(usize, usize)> {
    let title = |one: &Verdict| thai::key(&one.title);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let same_rule = |a: &Verdict, b: &Verdict| f64::from(u8::from(a.rule == b.rule));
    let same_title = |a: &Verdict, b: &Verdict| f64::from(u8::from(title(a) == title(b)));
    // Comparing costs letters times letters: a title is told by its beginning.
    let head = |one: &Verdict| title(one).chars().take(TITLE).collect::<String>();
    let like = |a: &Verdict, b: &Verdict| strsim::normalized_levenshtein(&head(a), &head(b));
    let signs: [(&Sign, f64); 3] = [(&same_rule, 1.0), (&same_title, 1.0), (&like, ALIKE)];
    for (sign, least) in signs {
        let free = |all: &[Verdict], taken: BTreeSet<usize>| -> Vec<usize> {
            (0..all.len()).filter(|at| !taken.contains(at)).collect()
        };
        let before = free(from, pairs.iter().map(|pair| pair.0).collect());
        let after = free(to, pairs.iter().map(|pair| pair.1).collect());
        let mut likely: Vec<(f64, bool, usize, usize)> = Vec::new();
        for &a in &before {
            for &b in &after {
                let how = sign(&from[a], &to[b]);
                if how >= least {
                    likely.push((how, from[a].id == to[b].id, a, b));
                }
            }
        }
        // The likeliest first; of equals the one that kept its number, then in order.
        likely.sort_by(|x, y| {
            y.0.total_cmp(&x.0)
                .then(y.1.cmp(&x.1))
                .then((x.2, x.3).cmp(&(y.2, y.3)))
        });
        for (_, _, a, b) in likely {
            if !pairs.iter().any(|pair| pair.0 == a || pair.1 == b) {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

impl Side {
    fn of(verdict: &Verdict) -> Self {
        Self {
            id: verdict.id.clone(),
            title: verdict.title.clone(),
            verdict: verdict.verdict,
            summary: verdict.summary.clone(),
            rule: verdict.rule.clone(),
        }
    }
}

impl ItemChange {
    /// `None` when a reader would see no difference.
    fn between(from: &Verdict, to: &Verdict) -> Option<Self> {
        let change = Self {
            criteria: criteria(&from.criteria, &to.criteria),
            from: Side::of(from),
            to: Side::of(to),
        };
        let differs = change.is_flip()
            || change.is_moved()
            || change.is_retitled()
            || !change.criteria.is_empty();
        differs.then_some(change)
    }

    /// It came to another verdict.
    pub fn is_flip(&self) -> bool {
        self.from.verdict != self.to.verdict
    }

    /// It has another number.
    pub fn is_moved(&self) -> bool {
        self.from.id != self.to.id
    }

    /// It has another title.
    pub fn is_retitled(&self) -> bool {
        thai::key(&self.from.title) != thai::key(&self.to.title)
    }
}

impl CriterionChange {
    /// It is asked on both sides and came to another outcome.
    pub fn is_turned(&self) -> bool {
        let outcome = |side: &Option<Asked>| side.as_ref().map(|one| one.outcome);
        self.from.is_some() && self.to.is_some() && outcome(&self.from) != outcome(&self.to)
    }
}

/// Criteria that differ. They are matched by name, those that were renamed by their words.
fn criteria(from: &[CriterionVerdict], to: &[CriterionVerdict]) -> Vec<CriterionChange> {
    let words = |one: &CriterionVerdict| thai::key(&one.asks);
    let before = |now: &CriterionVerdict| {
        let named = from.iter().find(|one| one.id == now.id);
        named.or_else(|| {
            let fresh = |one: &&CriterionVerdict| !to.iter().any(|kept| kept.id == one.id);
            from.iter()
                .filter(fresh)
                .find(|one| words(one) == words(now))
        })
    };
    let mut changes = Vec::new();
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    for now in to {
        // Of two criteria with one wording the first takes the earlier one.
        let was = before(now).filter(|was| kept.insert(&was.id));
        let wording = match was {
            None => Wording::New,
            Some(was) if words(was) != words(now) => Wording::Reworded,
            Some(_) => Wording::Same,
        };
        let turned = was.is_some_and(|was| was.outcome != now.outcome);
        if wording != Wording::Same || turned {
            changes.push(CriterionChange {
                id: now.id.clone(),
                wording,
                from: was.map(Asked::of),
                to: Some(Asked::of(now)),
            });
        }
    }
    let gone = from.iter().filter(|was| !kept.contains(was.id.as_str()));
    changes.extend(gone.map(|was| CriterionChange {
        id: was.id.clone(),
        wording: Wording::Gone,
        from: Some(Asked::of(was)),
        to: None,
    }));
    changes
}

impl Asked {
    fn of(one: &CriterionVerdict) -> Self {
        Self {
            asks: one.asks.clone(),
            outcome: one.outcome,
            because: one.because.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audit_of;
    use crate::json::tests::committed;
    use crate::sample;

    fn one(id: &str, title: &str, rule: &str, decision: Decision) -> Verdict {
        let mut verdict = sample::plain(&[], &[]).remove(0);
        verdict.id = id.into();
        verdict.title = title.into();
        verdict.rule = rule.into();
        verdict.verdict = decision;
        verdict
    }

    fn numbers(changes: &Changes) -> Vec<(&str, &str)> {
        let items = changes.items.iter();
        items
            .map(|item| (item.from.id.as_str(), item.to.id.as_str()))
            .collect()
    }

    #[test]
    fn a_number_given_to_another_item_is_not_the_same_item() {
        use Decision::{Fail, Pass};
        let from = [
            one("O34", "เจตจำนงสุจริตของผู้บริหาร", "2564/O34.rhai", Pass),
            one("O35", "การมีส่วนร่วมของผู้บริหาร", "2564/O35.rhai", Fail),
        ];
        let to = [
            one(
                "O34",
                "นโยบายไม่รับของขวัญ (No Gift Policy)",
                "2565/O34.rhai",
                Fail,
            ),
            one("O35", "การมีส่วนร่วมของผู้บริหาร", "2564/O35.rhai", Fail),
        ];
        let changes = Changes::between(&from, &to);
        assert!(changes.items.is_empty(), "one is replaced, not changed");
        assert_eq!((changes.new.len(), changes.gone.len()), (1, 1));
        assert_eq!(changes.new[0].title, "นโยบายไม่รับของขวัญ (No Gift Policy)");
        assert_eq!(changes.same, 1);
    }

    #[test]
    fn an_item_keeps_itself_when_its_number_moves() {
        use Decision::{Fail, Pass};
        let from = [
            one("O12", "แผนดำเนินงานประจำปี", "2564/O12.rhai", Pass),
            one("O23", "สรุปผลการจัดซื้อจัดจ้างรายเดือน", "2564/O23.rhai", Pass),
            one("O30", "ช่องทางแจ้งเรื่องร้องเรียนการทุจริต", "2564/O30.rhai", Pass),
        ];
        let to = [
            // A rule of its own and the same title.
            one("O10", "แผนดำเนินงานประจำปี", "2566/O10.rhai", Pass),
            // The rule of the other number, titled anew.
            one("O14", "รายงานสรุปผลจัดซื้อ", "2564/O23.rhai", Fail),
            // Another file and nearly the title.
            one(
                "O22",
                "ช่องทางแจ้งเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ",
                "2566/O22.rhai",
                Pass,
            ),
        ];
        let changes = Changes::between(&from, &to);
        assert_eq!(
            numbers(&changes),
            [("O12", "O10"), ("O23", "O14"), ("O30", "O22")]
        );
        assert_eq!(changes.flips().count(), 1);
        assert!(changes.items[1].is_retitled() && !changes.items[0].is_retitled());
    }

    #[test]
    fn criteria_are_new_gone_reworded_or_turned() {
        let base = sample::plain(&[], &[]).remove(0).criteria.remove(0);
        let named = |id: &str, asks: &str, outcome| CriterionVerdict {
            id: id.into(),
            asks: asks.into(),
            outcome,
            ..base.clone()
        };
        use Outcome::{Met, Unmet};
        let from = [
            named("present", "แสดงแผน", Met),
            named("period", "แผนของปี 2564", Met),
            named("old_name", "มีรายละเอียดงบประมาณ", Met),
            named("phone", "มีเบอร์โทรศัพท์", Unmet),
            named("kept", "มีที่อยู่", Met),
        ];
        let to = [
            named("present", "แสดงแผน", Unmet),
            named("period", "แผนของปี 2565", Met),
            named("new_name", "มีรายละเอียดงบประมาณ", Met),
            named("deputy", "มีรองผู้บริหาร", Unmet),
            named("kept", "มี  ที่อยู่", Met),
        ];
        let changes = criteria(&from, &to);
        let told: Vec<(&str, Wording, bool)> = changes
            .iter()
            .map(|one| (one.id.as_str(), one.wording, one.is_turned()))
            .collect();
        assert_eq!(
            told,
            [
                ("present", Wording::Same, true),
                ("period", Wording::Reworded, false),
                ("deputy", Wording::New, false),
                ("phone", Wording::Gone, false),
            ],
            "neither a new name nor another space is a difference"
        );
    }

    fn two_years() -> Years {
        let mut later = audit_of(sample::plain(&["O1"], &["O2"]), false);
        later.year = FiscalYear(2565);
        Years::of(vec![later, audit_of(sample::verdicts(), true)])
    }

    #[test]
    fn years_stand_in_their_order_with_their_scores() {
        let years = two_years();
        assert_eq!(years.years[0].year, FiscalYear(2564));
        assert_eq!(years.difference.len(), 1);
        let step = &years.difference[0];
        assert_eq!((step.from, step.to), (FiscalYear(2564), FiscalYear(2565)));
        assert!(step.total.is_none(), "one year has no surveys");
        assert_eq!(step.score.to, years.years[1].score.points);
        let alone = Years::of(vec![audit_of(sample::verdicts(), true)]);
        assert!(alone.difference.is_empty());
    }

    #[test]
    fn what_is_written_is_valid_by_the_schema() {
        let validator = committed::<Years>("report/years.schema.json");
        let json = serde_json::to_value(two_years()).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&json)
            .map(|one| one.to_string())
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let mut broken = json;
        broken["difference"][0]["items"][0]["to"]["verdict"] = "maybe".into();
        assert!(
            !validator.is_valid(&broken),
            "the schema must refuse an unknown verdict"
        );
    }
}
