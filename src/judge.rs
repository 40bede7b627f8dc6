//! Pack × Site → Verdicts.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use rhai::Dynamic;
use serde::{Deserialize, Serialize};

use crate::rules::answer::{Evidence, NearMiss, Outcome};
use crate::rules::pack::{LoadedRule, Pack};
use crate::rules::rule::{Basis, Criterion, Only, Reason};
use crate::rules::vocabulary::{Answer, Places, SiteView};
use crate::site::Site;

/// What an item came to. Only `Pass` scores; `Unsure` widens the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Every applicable criterion is met.
    Pass,
    /// At least one criterion is unmet.
    Fail,
    /// Nothing is unmet and something is unsure.
    Unsure,
}

impl Decision {
    /// Pass over unsure over fail: what a decision has to fall below to be worse.
    pub fn worth(self) -> u8 {
        match self {
            Self::Pass => 2,
            Self::Unsure => 1,
            Self::Fail => 0,
        }
    }

    /// The decision in words.
    pub fn thai(self) -> &'static str {
        match self {
            Self::Pass => "ผ่าน",
            Self::Fail => "ไม่ผ่าน",
            Self::Unsure => "ให้คนตรวจ",
        }
    }
}

/// One item, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// `O23`.
    pub id: String,
    /// The item's title.
    pub title: String,
    /// What it came to.
    pub verdict: Decision,
    /// Why it does not pass; `None` for a pass.
    pub reason: Option<Reason>,
    /// One Thai sentence that sums it up.
    pub summary: String,
    /// Each criterion's answer, in the rule's order.
    pub criteria: Vec<CriterionVerdict>,
    /// The places the item was judged by.
    pub evidence: Vec<Evidence>,
    /// Up to three nearest candidates that do not count.
    pub near_misses: Vec<NearMiss>,
    /// The rule file that decided: `2564/O23.rhai`.
    pub rule: String,
    /// Faults of the rule itself, each printed whole; never a score.
    pub faults: Vec<String>,
    /// A person decided the whole item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
}

impl Verdict {
    /// A person decided it, whole or in a criterion.
    pub fn is_decided_by_person(&self) -> bool {
        self.ruling.is_some() || self.criteria.iter().any(|one| one.ruling.is_some())
    }
}

/// One criterion, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CriterionVerdict {
    /// The criterion's name.
    pub id: String,
    /// The manual's words.
    pub asks: String,
    /// How sure we are that the manual asks this.
    pub basis: Basis,
    /// What it came to.
    pub outcome: Outcome,
    /// One Thai sentence.
    pub because: String,
    /// The step of the measure when it is unmet.
    pub fix: String,
    /// The places it was judged by.
    pub evidence: Vec<Evidence>,
    /// A person decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
}

/// What a person decided, with what the machine had come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Ruling {
    /// What the person decided; of an item, `met` is a pass.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// Who.
    pub who: String,
    /// When.
    #[schemars(with = "String", extend("format" = "date"))]
    pub date: Date,
    /// The last day it holds; null when it has none.
    #[schemars(with = "Option<String>")]
    pub expires: Option<Date>,
    /// The paper it was decided on.
    pub url: Option<String>,
    /// What the machine came to; of an item, `met` is a pass.
    pub machine: Outcome,
    /// The machine's sentence.
    pub machine_because: String,
    /// The machine was certain of the opposite.
    pub contradicts: bool,
}

/// What a criterion says whose rule, or own function, failed.
const FAILED: [&str; 2] = [
    "กฎของข้อนี้ขัดข้อง จึงยังไม่ได้ตัดสิน",
    "กฎของเกณฑ์ข้อนี้ขัดข้อง จึงยังไม่ได้ตัดสิน",
];

impl CriterionVerdict {
    /// Whether it was not decided because its rule failed.
    pub fn faulted(&self) -> bool {
        FAILED.contains(&self.because.as_str())
    }
}

/// Places named as evidence of an item.
const EVIDENCE: usize = 8;
/// Candidates named as near misses of an item.
pub const NEAR_MISSES: usize = 3;

/// Sites with fewer places are judged before a second processor has begun.
const MANY_PLACES: usize = 100;

/// Judges every item of a pack on a site, in outline order. Pure: the same pack and site give the same verdicts.
///
/// The items of a large site are shared out among the processors: the first that asks reads a place for all.
pub fn judge(pack: &Pack, site: &Arc<Site>) -> Vec<Verdict> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if processors == 1 || site.places.len() < MANY_PLACES {
        return pack
            .rules
            .iter()
            .map(|rule| judge_one(pack, rule, site))
            .collect();
    }
    let next = AtomicUsize::new(0);
    let judge_next = || {
        let mut judged = Vec::new();
        while let Some((at, rule)) = Some(next.fetch_add(1, Ordering::Relaxed))
            .and_then(|at| Some((at, pack.rules.get(at)?)))
        {
            judged.push((at, judge_one(pack, rule, site)));
        }
        judged
    };
    let mut verdicts: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..processors).map(|_| scope.spawn(judge_next)).collect();
        let mut judged = judge_next();
        for thread in threads {
            match thread.join() {
                Ok(more) => judged.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        judged
    });
    verdicts.sort_by_key(|(at, _)| *at);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

/// Judges the item of one rule.
pub fn judge_one(pack: &Pack, rule: &LoadedRule, site: &Arc<Site>) -> Verdict {
    let view = SiteView {
        site: site.clone(),
        year: pack.outline.year,
    };
    judge_item(pack, rule, &view)
}

fn judge_item(pack: &Pack, loaded: &LoadedRule, view: &SiteView) -> Verdict {
    let rule = &loaded.rule;
    let mut faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    let found = if faults.is_empty() {
        locate(pack, loaded, view)
            .map_err(|fault| faults.push(fault))
            .ok()
    } else {
        None
    };
    let mut unsure_because = None;
    let criteria: Vec<CriterionVerdict> = rule
        .criteria
        .iter()
        .map(|criterion| {
            if criterion.only == Some(Only::Local) && !view.site.agency.kind.is_local() {
                return answered(
                    criterion,
                    Outcome::NotApplicable,
                    "ใช้กับองค์กรปกครองส่วนท้องถิ่นเท่านั้น".to_owned(),
                    Vec::new(),
                );
            }
            let Some(found) = &found else {
                return answered(criterion, Outcome::Unsure, FAILED[0].to_owned(), Vec::new());
            };
            if found.is_none() {
                return not_found(criterion, rule.title.as_str(), found, view.site.complete);
            }
            match call(
                pack,
                loaded,
                &criterion.id,
                vec![Dynamic::from(found.clone()), Dynamic::from(view.clone())],
            ) {
                Ok(answer) => {
                    unsure_because = unsure_because.or(answer.reason);
                    answered(criterion, answer.outcome, answer.because, answer.evidence)
                }
                Err(fault) => {
                    faults.push(fault);
                    unsure_because = Some(Reason::NeedsPerson);
                    answered(criterion, Outcome::Unsure, FAILED[1].to_owned(), Vec::new())
                }
            }
        })
        .collect();
    let verdict = decide(&criteria);
    let reason = match verdict {
        Decision::Pass => None,
        Decision::Unsure if found.as_ref().is_none_or(Places::is_none) => Some(Reason::NeedsPerson),
        Decision::Unsure => Some(unsure_because.unwrap_or(Reason::Unreadable)),
        Decision::Fail => Some(fail_reason(loaded, &criteria, found.as_ref())),
    };
    let mut near_misses = near_misses(loaded, &criteria, found.as_ref());
    // An item that passes is still told what is wrong with a paper in itself.
    near_misses.retain(|miss| verdict != Decision::Pass || miss.finding.is_some());
    Verdict {
        id: loaded.item.clone(),
        title: rule.title.clone(),
        verdict,
        reason,
        summary: summary(&criteria, verdict),
        evidence: evidence(&criteria, found.as_ref()),
        near_misses,
        criteria,
        rule: loaded.file.clone(),
        faults,
        ruling: None,
    }
}

fn locate(pack: &Pack, loaded: &LoadedRule, view: &SiteView) -> Result<Places, String> {
    let found = pack
        .call(loaded, "locate", vec![Dynamic::from(view.clone())])
        .map_err(|fault| fault.to_string())?;
    let kind = pack.engine().map_type_name(found.type_name());
    found
        .try_cast::<Places>()
        .ok_or_else(|| format!("{}: locate ต้องคืนค่าสถานที่ (Places) แต่ได้ {kind}", loaded.file))
}

fn call(
    pack: &Pack,
    loaded: &LoadedRule,
    function: &str,
    args: Vec<Dynamic>,
) -> Result<Answer, String> {
    let answer = pack
        .call(loaded, function, args)
        .map_err(|fault| fault.to_string())?;
    let kind = pack.engine().map_type_name(answer.type_name());
    answer.try_cast::<Answer>().ok_or_else(|| {
        format!(
            "{}: {function} ต้องตอบด้วย met, unmet หรือ unsure แต่ได้ {kind}",
            loaded.file
        )
    })
}

fn answered(
    criterion: &Criterion,
    outcome: Outcome,
    because: String,
    evidence: Vec<Evidence>,
) -> CriterionVerdict {
    CriterionVerdict {
        id: criterion.id.clone(),
        asks: criterion.asks.clone(),
        basis: criterion.basis,
        outcome,
        because,
        fix: criterion.fix.clone(),
        evidence,
        ruling: None,
    }
}

/// What every criterion answers when nothing of the item was found.
fn not_found(
    criterion: &Criterion,
    title: &str,
    found: &Places,
    complete: bool,
) -> CriterionVerdict {
    let looked_at = |miss: NearMiss| Evidence {
        url: miss.url,
        label: miss.label,
        quote: miss.quote,
        clicks: None,
    };
    if let Some(broken) = found.broken() {
        let because = format!("เว็บไซต์มีลิงก์ “{}” แต่{}", broken.label, broken.lacks);
        return answered(criterion, Outcome::Unmet, because, vec![looked_at(broken)]);
    }
    if complete {
        let nearest = found.near_misses(1).pop();
        let because = match &nearest {
            Some(miss) => format!(
                "ไม่พบ “{title}” บนเว็บไซต์ ที่ใกล้เคียงที่สุดคือ “{}” แต่{}",
                miss.label, miss.lacks
            ),
            None => format!("ไม่พบ “{title}” บนเว็บไซต์"),
        };
        answered(
            criterion,
            Outcome::Unmet,
            because,
            nearest.map(looked_at).into_iter().collect(),
        )
    } else {
        answered(
            criterion,
            Outcome::Unsure,
            format!("ยังไม่พบ “{title}” แต่เก็บข้อมูลเว็บไซต์ไม่ครบ จึงสรุปไม่ได้ว่าไม่มี"),
            Vec::new(),
        )
    }
}

/// What an item comes to by its criteria.
pub(crate) fn decide(criteria: &[CriterionVerdict]) -> Decision {
    let any = |outcome| {
        criteria
            .iter()
            .any(|criterion| criterion.outcome == outcome)
    };
    if any(Outcome::Unmet) {
        Decision::Fail
    } else if any(Outcome::Unsure) || criteria.is_empty() {
        Decision::Unsure
    } else {
        Decision::Pass
    }
}

/// The reason of an item from those of its unmet criteria.
fn fail_reason(
    loaded: &LoadedRule,
    criteria: &[CriterionVerdict],
    found: Option<&Places>,
) -> Reason {
    if let Some(found) = found.filter(|found| found.is_none()) {
        return if found.broken().is_some() {
            Reason::Unreachable
        } else {
            Reason::Missing
        };
    }
    let reasons: BTreeSet<Option<&str>> = unmet(loaded, criteria)
        .map(|(criterion, _)| criterion.reason.map(Reason::thai))
        .collect();
    let first = unmet(loaded, criteria).find_map(|(criterion, _)| criterion.reason);
    match (reasons.len(), first) {
        (_, Some(_))
            if unmet(loaded, criteria)
                .any(|(criterion, _)| criterion.reason == Some(Reason::Missing)) =>
        {
            Reason::Missing
        }
        (1, Some(reason)) => reason,
        _ => Reason::Incomplete,
    }
}

fn unmet<'a>(
    loaded: &'a LoadedRule,
    criteria: &'a [CriterionVerdict],
) -> impl Iterator<Item = (&'a Criterion, &'a CriterionVerdict)> {
    loaded
        .rule
        .criteria
        .iter()
        .zip(criteria)
        .filter(|(_, verdict)| verdict.outcome == Outcome::Unmet)
}

/// Candidates of another year first, then those that were refused on the way.
fn near_misses(
    loaded: &LoadedRule,
    criteria: &[CriterionVerdict],
    found: Option<&Places>,
) -> Vec<NearMiss> {
    let located = found.is_some_and(|found| !found.is_none());
    let off_year = unmet(loaded, criteria)
        .filter(|_| located)
        .filter(|(criterion, _)| criterion.reason == Some(Reason::OffYear))
        .flat_map(|(_, verdict)| {
            verdict.evidence.iter().map(|evidence| NearMiss {
                url: evidence.url.clone(),
                label: evidence.label.clone(),
                lacks: verdict.because.clone(),
                finding: None,
                quote: None,
            })
        });
    let refused = found
        .map(|found| found.near_misses(NEAR_MISSES))
        .unwrap_or_default();
    let mut seen = BTreeSet::new();
    off_year
        .chain(refused)
        .filter(|miss| seen.insert(miss.url.clone()))
        .take(NEAR_MISSES)
        .collect()
}

fn evidence(criteria: &[CriterionVerdict], found: Option<&Places>) -> Vec<Evidence> {
    let located = found.map(|found| found.evidence(4)).unwrap_or_default();
    let mut all: Vec<Evidence> = Vec::new();
    for evidence in criteria
        .iter()
        .flat_map(|criterion| &criterion.evidence)
        .chain(&located)
    {
        match all.iter_mut().find(|there| there.url == evidence.url) {
            Some(there) if there.quote.is_none() => there.quote.clone_from(&evidence.quote),
            Some(_) => {}
            None => all.push(evidence.clone()),
        }
    }
    all.truncate(EVIDENCE);
    all
}

/// The sentences that decide, each once.
pub(crate) fn summary(criteria: &[CriterionVerdict], verdict: Decision) -> String {
    let decisive = match verdict {
        Decision::Pass => return "ครบตามเกณฑ์ทุกข้อ".to_owned(),
        Decision::Fail => Outcome::Unmet,
        Decision::Unsure => Outcome::Unsure,
    };
    let mut seen = BTreeSet::new();
    let sentences = criteria
        .iter()
        .filter(|criterion| criterion.outcome == decisive)
        .map(|criterion| criterion.because.as_str());
    sentences
        .filter(|sentence| seen.insert(*sentence))
        .collect::<Vec<_>>()
        .join("; ")
}
