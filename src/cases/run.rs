//! Running cases: what a rule says of each, against what was stated.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Case, Expected, site};
use crate::judge::{Decision, Verdict, judge, judge_one};
use crate::rules::answer::Outcome;
use crate::rules::fault::{Fault, hint};
use crate::rules::pack::Pack;

/// How an answer stands to the intention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As intended.
    Right,
    /// Asks more than the intention: it holds back what should count.
    Strict,
    /// Lets through what should not count.
    Lenient,
    /// Unsure where it should decide.
    Timid,
    /// Decides where it should leave it to a person.
    Bold,
    /// The rule itself failed.
    Faulted,
}

impl Standing {
    fn of(expected: Outcome, actual: Outcome, faulted: bool) -> Self {
        match (expected, actual) {
            (_, Outcome::Unsure) if faulted => Self::Faulted,
            (expected, actual) if expected == actual => Self::Right,
            (_, Outcome::Unsure) => Self::Timid,
            (Outcome::Unsure, _) => Self::Bold,
            (_, Outcome::Unmet) => Self::Strict,
            (_, Outcome::Met | Outcome::NotApplicable) => Self::Lenient,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Strict => "strict",
            Self::Lenient => "lenient",
            Self::Timid => "timid",
            Self::Bold => "bold",
            Self::Faulted => "faulted",
        }
    }

    /// What it means, in Thai.
    pub fn thai(self) -> &'static str {
        match self {
            Self::Right => "ตรงตามเจตนา",
            Self::Strict => "เข้มเกินไป",
            Self::Lenient => "หย่อนเกินไป",
            Self::Timid => "ไม่กล้าตัดสิน",
            Self::Bold => "ตัดสินทั้งที่ควรให้คนดู",
            Self::Faulted => "กฎขัดข้อง",
        }
    }
}

/// One criterion of a case.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Its name.
    pub criterion: String,
    /// What was stated.
    pub expected: Outcome,
    /// What the rule answered.
    pub actual: Outcome,
    /// How they stand to each other.
    pub standing: Standing,
    /// The rule's sentence.
    pub because: String,
}

/// A case that was run.
#[derive(Debug)]
pub struct Tried {
    /// The case.
    pub case: Case,
    /// What its own item came to.
    pub verdict: Verdict,
    /// Each criterion, in the rule's order.
    pub compared: Vec<Compared>,
    /// What every item of the year came to, in the outline's order.
    pub all: Vec<(String, Decision)>,
    /// The file of the rule that was tried.
    pub rule: String,
}

impl Tried {
    /// Whether the intention holds.
    pub fn holds(&self) -> bool {
        !self.compared.is_empty()
            && self
                .compared
                .iter()
                .all(|one| one.standing == Standing::Right)
    }
}

/// Runs cases on all processors. Cases that state what their rule does not have are told as faults.
///
/// `alone` judges nothing but a case's own item: the matrix then has one column filled.
pub fn run(pack: &Pack, cases: &[Case], alone: bool) -> (Vec<Tried>, Vec<Fault>) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((at, case)) = Some(next.fetch_add(1, Ordering::Relaxed))
            .and_then(|at| cases.get(at).map(|case| (at, case)))
        {
            done.push((at, run_one(pack, case, alone)));
        }
        done
    };
    let mut all: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(cases.len()))
            .map(|_| scope.spawn(worker))
            .collect();
        workers
            .into_iter()
            .filter_map(|one| one.join().ok())
            .flatten()
            .collect()
    });
    all.sort_by_key(|(at, _)| *at);
    let (mut tried, mut faults) = (Vec::new(), Vec::new());
    for (_, result) in all {
        match result {
            Ok(one) => tried.push(one),
            Err(found) => faults.extend(found),
        }
    }
    (tried, faults)
}

fn run_one(pack: &Pack, case: &Case, alone: bool) -> Result<Tried, Vec<Fault>> {
    let Some(own) = pack.rules.iter().position(|rule| rule.item == case.item) else {
        let year = case.year;
        let message = format!("ปี {year} ไม่มีข้อ {} ชื่อโฟลเดอร์ต้องเป็นเลขข้อ", case.item);
        return Err(vec![Fault::of_file(&case.file, message)]);
    };
    let rule = &pack.rules[own];
    let faults = misstated(case, rule.rule.criteria.iter().map(|it| it.id.as_str()));
    if rule.faults.is_empty() && !faults.is_empty() {
        return Err(faults);
    }
    let site = Arc::new(site::site(case));
    let (verdict, all) = if alone {
        (judge_one(pack, rule, &site), Vec::new())
    } else {
        let mut verdicts = judge(pack, &site);
        let all = verdicts
            .iter()
            .map(|it| (it.id.clone(), it.verdict))
            .collect();
        (verdicts.swap_remove(own), all)
    };
    let compared = verdict.criteria.iter().filter_map(|answer| {
        let expected = case.expected.of(&answer.id)?;
        Some(Compared {
            criterion: answer.id.clone(),
            expected,
            actual: answer.outcome,
            standing: Standing::of(expected, answer.outcome, answer.faulted()),
            because: answer.because.clone(),
        })
    });
    Ok(Tried {
        case: case.clone(),
        compared: compared.collect(),
        rule: rule.file.clone(),
        verdict,
        all,
    })
}

/// Criteria that a case names and the rule does not have, and those that it says nothing of.
fn misstated<'a>(case: &Case, criteria: impl Iterator<Item = &'a str> + Clone) -> Vec<Fault> {
    let Expected::Each(expected) = &case.expected else {
        return Vec::new();
    };
    let mut faults: Vec<Fault> = expected
        .iter()
        .filter(|(id, _)| !criteria.clone().any(|known| known == id.as_str()))
        .map(|(id, (_, line))| {
            let near = hint(id, criteria.clone());
            let known: Vec<&str> = criteria.clone().collect();
            case.fault(
                *line,
                format!(
                    "ข้อ {} ไม่มีเกณฑ์ `{id}`{near} เกณฑ์ที่มี: {}",
                    case.item,
                    known.join(", ")
                ),
            )
        })
        .collect();
    let unsaid: Vec<&str> = criteria.filter(|id| !expected.contains_key(*id)).collect();
    if !unsaid.is_empty() {
        let message = format!("ยังไม่ได้บอกว่าเกณฑ์ {} ต้องได้ผลอะไร", unsaid.join(", "));
        let last = expected.values().map(|(_, line)| *line).max();
        faults.push(case.fault(last.unwrap_or(1), message));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_strict_lenient_timid_or_bold() {
        use Outcome::{Met, NotApplicable, Unmet, Unsure};
        for (expected, actual, faulted, standing) in [
            (Met, Met, false, Standing::Right),
            (Met, Met, true, Standing::Right),
            (Met, Unmet, false, Standing::Strict),
            (Unmet, Met, false, Standing::Lenient),
            (Unmet, NotApplicable, false, Standing::Lenient),
            (NotApplicable, Unmet, false, Standing::Strict),
            (Met, Unsure, false, Standing::Timid),
            (Unmet, Unsure, false, Standing::Timid),
            (Unsure, Met, false, Standing::Bold),
            (Unsure, Unmet, false, Standing::Bold),
            (Unsure, Unsure, true, Standing::Faulted),
        ] {
            assert_eq!(Standing::of(expected, actual, faulted), standing);
        }
    }
}
