//! Coverage: which criteria have been seen both met and unmet.

use super::Tried;
use crate::rules::answer::Outcome;
use crate::rules::pack::Pack;

/// What the cases state of one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The item.
    pub item: String,
    /// The criterion's name.
    pub criterion: String,
    /// Cases that state it as met.
    pub met: usize,
    /// Cases that state it as unmet.
    pub unmet: usize,
}

impl Covered {
    /// Whether it has been seen both ways.
    pub fn both(&self) -> bool {
        self.met > 0 && self.unmet > 0
    }
}

/// Every criterion of the rules that stand in the pack's own year, and of those its cases are about. A rule that is
/// inherited unchanged is covered by the cases of the year it stands in.
pub fn coverage(pack: &Pack, tried: &[Tried]) -> Vec<Covered> {
    let own = format!("{}/", pack.outline.year);
    let rules = pack.rules.iter().filter(|rule| {
        rule.file.starts_with(&own) || tried.iter().any(|one| one.case.item == rule.item)
    });
    let mut covered = Vec::new();
    for rule in rules {
        for criterion in &rule.rule.criteria {
            let stated = |outcome| {
                let of_item = tried.iter().filter(|one| one.case.item == rule.item);
                let stated =
                    of_item.filter(|one| one.case.expected.of(&criterion.id) == Some(outcome));
                stated.count()
            };
            covered.push(Covered {
                item: rule.item.clone(),
                criterion: criterion.id.clone(),
                met: stated(Outcome::Met),
                unmet: stated(Outcome::Unmet),
            });
        }
    }
    covered
}

/// Share of criteria that were seen both ways, of 100.
pub fn share(covered: &[Covered]) -> f64 {
    if covered.is_empty() {
        return 100.0;
    }
    let both = covered.iter().filter(|one| one.both()).count();
    both as f64 * 100.0 / covered.len() as f64
}
