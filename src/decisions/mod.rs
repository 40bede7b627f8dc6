//! Decisions of people: `decisions.toml` beside an audit, read, checked and laid over the machine's verdicts.
//!
//! ```text
//! text ──read──▶ Decisions ──apply(verdicts, day, papers)──▶ verdicts as decided + what became of each decision
//! ```
//!
//! A decision holds to the end of its last day in Bangkok. One about a paper that has changed since does not hold. The
//! machine's own answer is kept beside every decision.

mod day;
mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::judge::{CriterionVerdict, Decision, Ruling, Verdict, decide, summary};
use crate::rules::answer::Outcome;
use crate::rules::pack::Pack;
use crate::rules::rule::Reason;
use crate::year::{FiscalYear, thai_date};

pub use day::day;
pub use write::{New, append, is_appendable};

/// Days before its end in which a decision is warned about.
pub const WARN_DAYS: i32 = 14;

/// The name of the file that is looked for beside a capture or a report.
pub const FILE: &str = "decisions.toml";

/// What people decided about one website.
#[derive(Debug, Clone, PartialEq)]
pub struct Decisions {
    /// The file's name, without its folder.
    pub file: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// The website it is about; `None` when it does not say.
    pub home: Option<Url>,
    all: Vec<Entry>,
}

/// One decision as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    line: usize,
    item: String,
    criterion: Option<String>,
    year: Option<FiscalYear>,
    outcome: Outcome,
    reason: String,
    who: String,
    date: Date,
    expires: Option<Date>,
    url: Option<String>,
    digest: Option<String>,
}

/// What may be decided in a year: its items with the names of their criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Askable {
    /// The year.
    pub year: FiscalYear,
    /// Criteria by item.
    pub items: BTreeMap<String, Vec<String>>,
}

impl Askable {
    /// What a pack asks.
    pub fn of(pack: &Pack) -> Self {
        let rules = pack.rules.iter();
        let criteria = |rule: &crate::rules::pack::LoadedRule| {
            let all = rule.rule.criteria.iter();
            all.map(|one| one.id.clone()).collect()
        };
        Self {
            year: pack.outline.year,
            items: rules
                .map(|rule| (rule.item.clone(), criteria(rule)))
                .collect(),
        }
    }
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It decides.
    Applied,
    /// Its last day is over.
    Expired,
    /// The paper it was decided on is another one now, or is not in the capture.
    Stale,
    /// A later or more exact decision about the same thing decides.
    Superseded,
}

/// A decision and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// The item.
    pub item: String,
    /// The criterion; null when the whole item was decided.
    pub criterion: Option<String>,
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
    /// Its line in the file.
    pub line: usize,
    /// What became of it.
    pub standing: Standing,
    /// Days it still holds, when these are 14 or fewer; 0 is its last day.
    pub days_left: Option<i32>,
    /// What the machine came to.
    pub machine: Outcome,
    /// The machine's sentence.
    pub machine_because: String,
    /// The machine was certain of the opposite.
    pub contradicts: bool,
}

/// What decisions are laid over.
pub struct Setting<'a> {
    /// The year that was judged by.
    pub year: FiscalYear,
    /// The day the audit stands for.
    pub today: Date,
    /// SHA-256 of the body that an address gave; `None` when the capture has none.
    pub paper: &'a dyn Fn(&str) -> Option<String>,
}

impl Decisions {
    /// Whether the file is about a website at this address: it says so, or says nothing.
    pub fn is_about(&self, home: &Url) -> bool {
        let host = |url: &Url| {
            let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
            host.strip_prefix("www.").unwrap_or(&host).to_owned()
        };
        self.home.as_ref().is_none_or(|own| host(own) == host(home))
    }

    /// Lays the decisions over the machine's verdicts, criteria before items, and tells what became of each that is
    /// about this year and an item of it.
    pub fn apply(&self, verdicts: &mut [Verdict], setting: &Setting<'_>) -> Vec<Told> {
        let mut told: Vec<(Told, &Entry)> = Vec::new();
        for entry in &self.all {
            if entry.year.is_some_and(|year| year != setting.year) {
                continue;
            }
            if let Some((machine, because)) = machine_said(verdicts, entry) {
                told.push((entry.told(setting, machine, because), entry));
            }
        }
        supersede(&mut told);
        // Criteria first: a decision about the whole item has the last word.
        told.sort_by_key(|(_, entry)| (entry.criterion.is_none(), entry.line));
        for (one, entry) in &told {
            if one.standing == Standing::Applied
                && let Some(verdict) = verdicts.iter_mut().find(|it| it.id == entry.item)
            {
                entry.lay(one, verdict);
            }
        }
        for verdict in verdicts.iter_mut().filter(|one| one.is_decided_by_person()) {
            settle(verdict);
        }
        let order = |item: &str| verdicts.iter().position(|one| one.id == item);
        let mut told: Vec<Told> = told.into_iter().map(|(one, _)| one).collect();
        told.sort_by_key(|one| (order(&one.item), one.line));
        told
    }
}

/// What the machine came to about the thing that was decided; `None` when the year does not ask it.
fn machine_said(verdicts: &[Verdict], entry: &Entry) -> Option<(Outcome, String)> {
    let verdict = verdicts.iter().find(|one| one.id == entry.item)?;
    let Some(name) = &entry.criterion else {
        return Some((as_outcome(verdict.verdict), verdict.summary.clone()));
    };
    let criterion = verdict.criteria.iter().find(|one| one.id == *name)?;
    Some((criterion.outcome, criterion.because.clone()))
}

fn as_outcome(decision: Decision) -> Outcome {
    match decision {
        Decision::Pass => Outcome::Met,
        Decision::Fail => Outcome::Unmet,
        Decision::Unsure => Outcome::Unsure,
    }
}

/// Of decisions that hold about one thing, the one for the year goes before one for any year, then the later one.
fn supersede(told: &mut [(Told, &Entry)]) {
    let mut best: BTreeMap<(&str, Option<&str>), (bool, Date, usize)> = BTreeMap::new();
    let rank = |entry: &Entry| (entry.year.is_some(), entry.date, entry.line);
    for (one, entry) in told.iter() {
        if one.standing == Standing::Applied {
            let key = (entry.item.as_str(), entry.criterion.as_deref());
            let known = best.entry(key).or_insert_with(|| rank(entry));
            *known = rank(entry).max(*known);
        }
    }
    for (one, entry) in told.iter_mut() {
        let key = (entry.item.as_str(), entry.criterion.as_deref());
        if one.standing == Standing::Applied && best.get(&key) != Some(&rank(entry)) {
            one.standing = Standing::Superseded;
        }
    }
}

impl Entry {
    fn told(&self, setting: &Setting<'_>, machine: Outcome, machine_because: String) -> Told {
        let days = self.expires.map(|last| days_between(setting.today, last));
        let paper_now = self.url.as_deref().and_then(|url| (setting.paper)(url));
        let standing = if days.is_some_and(|days| days < 0) {
            Standing::Expired
        } else if self.digest.is_some() && self.digest != paper_now {
            Standing::Stale
        } else {
            Standing::Applied
        };
        let contradicts = matches!(
            (self.outcome, machine),
            (Outcome::Met | Outcome::NotApplicable, Outcome::Unmet)
                | (Outcome::Unmet, Outcome::Met | Outcome::NotApplicable)
        );
        Told {
            item: self.item.clone(),
            criterion: self.criterion.clone(),
            outcome: self.outcome,
            reason: self.reason.clone(),
            who: self.who.clone(),
            date: self.date,
            expires: self.expires,
            url: self.url.clone(),
            line: self.line,
            standing,
            days_left: days.filter(|days| (0..=WARN_DAYS).contains(days)),
            machine,
            machine_because,
            contradicts,
        }
    }

    /// Writes the decision into a verdict.
    fn lay(&self, told: &Told, verdict: &mut Verdict) {
        let ruling = Ruling {
            outcome: self.outcome,
            reason: self.reason.clone(),
            who: self.who.clone(),
            date: self.date,
            expires: self.expires,
            url: self.url.clone(),
            machine: told.machine,
            machine_because: told.machine_because.clone(),
            contradicts: told.contradicts,
        };
        match &self.criterion {
            None => verdict.ruling = Some(ruling),
            Some(name) => {
                let criteria = verdict.criteria.iter_mut();
                for one in criteria.filter(|one| one.id == *name) {
                    lay_on(one, ruling.clone());
                }
            }
        }
    }
}

fn lay_on(criterion: &mut CriterionVerdict, ruling: Ruling) {
    criterion.outcome = ruling.outcome;
    criterion.because = sentence(&ruling);
    criterion.ruling = Some(ruling);
}

/// `เปิดไฟล์แล้ว มีครบ (นางสาวก ตัดสินเมื่อ 20 พฤษภาคม 2565)`.
fn sentence(ruling: &Ruling) -> String {
    format!(
        "{} ({} ตัดสินเมื่อ {})",
        ruling.reason,
        ruling.who,
        thai_date(ruling.date)
    )
}

/// What an item comes to once people have spoken.
fn settle(verdict: &mut Verdict) {
    match &verdict.ruling {
        Some(ruling) => {
            verdict.verdict = match ruling.outcome {
                Outcome::Met | Outcome::NotApplicable => Decision::Pass,
                Outcome::Unmet => Decision::Fail,
                Outcome::Unsure => Decision::Unsure,
            };
            verdict.summary = sentence(ruling);
        }
        None => {
            verdict.verdict = decide(&verdict.criteria);
            verdict.summary = summary(&verdict.criteria, verdict.verdict);
        }
    }
    verdict.reason = match verdict.verdict {
        Decision::Pass => None,
        Decision::Fail => Some(of_fail(verdict.reason)),
        Decision::Unsure => verdict.reason.or(Some(Reason::NeedsPerson)),
    };
    if verdict.verdict == Decision::Pass {
        verdict.near_misses.retain(|miss| miss.finding.is_some());
    }
}

/// Why an item fails: as the machine said, unless it only said that it could not tell.
fn of_fail(machine: Option<Reason>) -> Reason {
    match machine {
        Some(Reason::Unreadable | Reason::NeedsPerson) | None => Reason::Incomplete,
        Some(reason) => reason,
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// The items that a person decided, whole or in a criterion.
pub fn decided(verdicts: &[Verdict]) -> BTreeSet<&str> {
    let by_person = verdicts.iter().filter(|one| one.is_decided_by_person());
    by_person.map(|one| one.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use jiff::civil::date;

    fn askable() -> Vec<Askable> {
        let items = sample::verdicts().into_iter();
        let items = items.map(|one| {
            let criteria = one.criteria.iter().map(|one| one.id.clone());
            (one.id.clone(), criteria.collect())
        });
        vec![Askable {
            year: FiscalYear(2564),
            items: items.collect(),
        }]
    }

    fn read(text: &str) -> Decisions {
        match Decisions::read(text, FILE, &askable()) {
            Ok(decisions) => decisions,
            Err(mistakes) => {
                let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
                panic!("{}", told.join("\n"))
            }
        }
    }

    const WHO: &str = "reason = \"เปิดดูแล้ว\"\nwho = \"นายก\"\ndate = 2564-05-20\n";

    fn entry(head: &str) -> String {
        format!("[[decision]]\n{head}\n{WHO}\n")
    }

    fn apply_on(text: &str, verdicts: Vec<Verdict>, today: Date) -> (Vec<Verdict>, Vec<Told>) {
        let mut verdicts = verdicts;
        let told = read(text).apply(
            &mut verdicts,
            &Setting {
                year: FiscalYear(2564),
                today,
                paper: &|url| (url == "https://a.go.th/a.pdf").then(|| "ab".repeat(32)),
            },
        );
        (verdicts, told)
    }

    const TODAY: Date = date(2021, 5, 15);

    #[test]
    fn a_decided_criterion_decides_its_item_and_the_machine_is_kept_beside() {
        let text = entry("item = \"O5\"\ncriterion = \"present\"\noutcome = \"met\"");
        let (verdicts, told) = apply_on(&text, sample::plain(&[], &["O5"]), TODAY);
        let o5 = &verdicts[4];
        assert_eq!((o5.verdict, o5.reason), (Decision::Pass, None));
        let ruling = o5.criteria[0].ruling.as_ref().unwrap();
        assert_eq!(ruling.machine, Outcome::Unsure);
        assert_eq!(ruling.machine_because, "อ่านเอกสารไม่ได้");
        assert_eq!(
            o5.criteria[0].because,
            "เปิดดูแล้ว (นายก ตัดสินเมื่อ 20 พฤษภาคม 2564)"
        );
        assert_eq!((told.len(), told[0].standing), (1, Standing::Applied));
        assert!(!told[0].contradicts, "the machine was not certain");
    }

    #[test]
    fn a_whole_item_may_be_failed_against_a_certain_machine() {
        let text = entry("item = \"O1\"\noutcome = \"fail\"");
        let (verdicts, told) = apply_on(&text, sample::plain(&[], &[]), TODAY);
        assert_eq!(verdicts[0].verdict, Decision::Fail);
        assert_eq!(verdicts[0].reason, Some(Reason::Incomplete));
        assert_eq!(
            verdicts[0].criteria[0].outcome,
            Outcome::Met,
            "kept as it was"
        );
        assert!(told[0].contradicts);
        assert_eq!(decided(&verdicts), BTreeSet::from(["O1"]));
    }

    #[test]
    fn a_decision_holds_to_the_end_of_its_last_day() {
        let text = entry("item = \"O1\"\noutcome = \"fail\"\nexpires = \"30 ก.ย. 2564\"");
        let on = |day| {
            let (verdicts, told) = apply_on(&text, sample::plain(&[], &[]), day);
            (verdicts[0].verdict, told[0].standing, told[0].days_left)
        };
        assert_eq!(
            on(date(2021, 9, 15)),
            (Decision::Fail, Standing::Applied, None)
        );
        assert_eq!(
            on(date(2021, 9, 16)),
            (Decision::Fail, Standing::Applied, Some(14))
        );
        assert_eq!(
            on(date(2021, 9, 30)),
            (Decision::Fail, Standing::Applied, Some(0))
        );
        assert_eq!(
            on(date(2021, 10, 1)),
            (Decision::Pass, Standing::Expired, None)
        );
    }

    #[test]
    fn a_decision_about_another_paper_does_not_hold() {
        let paper = |url: &str, digest: &str| {
            entry(&format!(
                "item = \"O5\"\noutcome = \"pass\"\nurl = \"{url}\"\ndigest = \"{digest}\""
            ))
        };
        let (same, other) = ("ab".repeat(32), "cd".repeat(32));
        let stands = |text: &str| {
            let (verdicts, told) = apply_on(text, sample::plain(&[], &["O5"]), TODAY);
            (verdicts[4].verdict, told[0].standing)
        };
        let a = "https://a.go.th/a.pdf";
        assert_eq!(
            stands(&paper(a, &same)),
            (Decision::Pass, Standing::Applied)
        );
        assert_eq!(
            stands(&paper(a, &other)),
            (Decision::Unsure, Standing::Stale)
        );
        assert_eq!(
            stands(&paper("https://a.go.th/gone.pdf", &same)),
            (Decision::Unsure, Standing::Stale),
            "a paper that is not there any more proves nothing"
        );
    }

    #[test]
    fn the_year_goes_before_any_year_and_other_years_are_not_told() {
        let any = entry("item = \"O1\"\noutcome = \"fail\"");
        let own = entry("item = \"O1\"\noutcome = \"pass\"\nyear = 2564");
        let other = entry("item = \"O1\"\noutcome = \"fail\"\nyear = 2570");
        let text = format!("{own}{any}{other}");
        let (verdicts, told) = apply_on(&text, sample::plain(&[], &[]), TODAY);
        assert_eq!(verdicts[0].verdict, Decision::Pass);
        let standings: Vec<Standing> = told.iter().map(|one| one.standing).collect();
        assert_eq!(standings, [Standing::Applied, Standing::Superseded]);
    }

    #[test]
    fn what_is_unmet_outweighs_what_a_person_found_met() {
        let failing = sample::verdicts()
            .into_iter()
            .find(|one| {
                let unmet = one
                    .criteria
                    .iter()
                    .filter(|it| it.outcome == Outcome::Unmet);
                unmet.count() >= 2
            })
            .unwrap();
        let first = failing
            .criteria
            .iter()
            .find(|it| it.outcome == Outcome::Unmet);
        let text = entry(&format!(
            "item = \"{}\"\ncriterion = \"{}\"\noutcome = \"met\"",
            failing.id,
            first.unwrap().id
        ));
        let (verdicts, told) = apply_on(&text, vec![failing], TODAY);
        assert_eq!(
            verdicts[0].verdict,
            Decision::Fail,
            "another criterion is unmet"
        );
        assert!(told[0].contradicts);
    }

    #[test]
    fn without_decisions_nothing_changes() {
        let (verdicts, told) = apply_on("# ยังไม่มี\n", sample::verdicts(), TODAY);
        assert_eq!(verdicts, sample::verdicts());
        assert!(told.is_empty());
    }

    #[test]
    fn a_file_may_say_whose_website_it_is_about() {
        let text = "home = \"https://www.a.go.th/\"\n";
        let about = |home: &str| read(text).is_about(&Url::parse(home).unwrap());
        assert!(about("http://a.go.th/index.php") && !about("https://www.b.go.th/"));
        assert!(read("").is_about(&Url::parse("https://b.go.th").unwrap()));
    }
}
