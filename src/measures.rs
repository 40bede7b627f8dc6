//! Verdicts × Scorecard → what to do: the analysis, the measures in five columns and the list for a person to check,
//! laid out as agencies write their own มาตรการส่งเสริมคุณธรรมและความโปร่งใส.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::judge::{CriterionVerdict, Decision, Verdict};
use crate::rules::answer::{Evidence, Outcome};
use crate::rules::outline::{MeasureText, Outline};
use crate::score::{
    IndicatorScore, Points, Ranked, Scorecard, Slot, Worth, disclosure_tool, round3,
};

/// Everything that follows from an audit.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the scores say.
    pub analysis: Analysis,
    /// What to do, most urgent first within surveys and items.
    pub measures: Vec<Measure>,
    /// What a person has to decide.
    pub reviews: Vec<Review>,
}

/// The analysis section: sentences, the score table and the points to disclose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Analysis {
    /// Points, grade and what the grade means, in a sentence.
    pub result: String,
    /// The best and the worst indicator, in a sentence; empty when fewer than two have points.
    pub extremes: String,
    /// Tool, indicator, points and what to improve.
    pub table: Vec<AnalysisRow>,
    /// One entry per failed item.
    pub disclose: Vec<Disclosure>,
}

/// A row of the score table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnalysisRow {
    /// `iit`, `eit`, `oit`.
    pub tool: String,
    /// The indicator's number.
    pub id: String,
    /// The indicator's name.
    pub title: String,
    /// Absent when the survey's scores were not given.
    #[serde(flatten)]
    pub points: Option<Points>,
    /// ประเด็นที่ต้องแก้ไข/ปรับปรุง/รักษาระดับ.
    pub issue: String,
}

/// What a failed item must show, in the manual's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disclosure {
    /// `O23`.
    pub item: String,
    /// The item's title.
    pub title: String,
    /// The criteria that apply to this agency.
    pub asks: Vec<String>,
}

/// What a measure answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// A low indicator of IIT or EIT.
    Survey,
    /// A failed OIT item.
    Item,
}

/// One row of the measures table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measure {
    /// Its number in the table, from 1.
    pub no: u32,
    /// Survey indicator or item.
    pub kind: MeasureKind,
    /// `O23`, or the indicator's number.
    pub about: String,
    /// มาตรการ/แนวทาง.
    pub title: String,
    /// วิธีการดำเนินการ.
    pub steps: Vec<Step>,
    /// ผู้รับผิดชอบ.
    pub owner: String,
    /// ระยะเวลาการดำเนินการ.
    pub period: String,
    /// การติดตามผล.
    pub follow_up: String,
    /// What is at stake; absent for surveys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Worth>,
}

/// One step of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What to do.
    pub text: String,
    /// The unmet criteria it answers; empty for steps that always belong to the measure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<String>,
    /// What was found, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
}

/// An item that only a person can decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// `O26`.
    pub item: String,
    /// The item's title.
    pub title: String,
    /// Why a machine could not decide, in a sentence.
    pub summary: String,
    /// What to decide.
    pub questions: Vec<Question>,
    /// Where to look first.
    pub evidence: Vec<Evidence>,
    /// What hangs on it.
    pub points: Worth,
}

/// One criterion to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The criterion's name.
    pub criterion: String,
    /// The manual's words.
    pub asks: String,
    /// Why it is open.
    pub because: String,
    /// Where to look.
    pub evidence: Vec<Evidence>,
}

/// Draws the consequences. `text` gives the measure an item's rule states.
pub fn plan(
    outline: &Outline,
    slots: &[Slot],
    verdicts: &[Verdict],
    card: &Scorecard,
    text: impl Fn(&str) -> Option<MeasureText>,
) -> Plan {
    let worths: BTreeMap<&str, Worth> = slots
        .iter()
        .map(|slot| (slot.item.as_str(), slot.worth))
        .collect();
    let worth = |item: &str| worths.get(item).copied().unwrap_or(Worth::NOTHING);
    let mut measures = survey_measures(outline, card);
    measures.extend(item_measures(verdicts, worth, text));
    for (no, one) in (1..).zip(&mut measures) {
        one.no = no;
    }
    Plan {
        analysis: analysis(outline, slots, verdicts, card),
        reviews: by_stake(verdicts, Decision::Unsure, worth)
            .map(|(one, points)| review(one, points))
            .collect(),
        measures,
    }
}

/// One measure for each survey indicator below the year's threshold, in the outline's order.
fn survey_measures(outline: &Outline, card: &Scorecard) -> Vec<Measure> {
    let scored = card.tools.iter().flat_map(|tool| &tool.indicators);
    let listed = outline.tools.iter().flat_map(|tool| &tool.indicators);
    scored
        .zip(listed)
        .filter(|(score, _)| {
            score.groups.is_empty()
                && score
                    .points
                    .is_some_and(|points| points.low < outline.measure_below)
        })
        .filter_map(|(_, indicator)| {
            let text = indicator.measure.clone()?;
            let steps = text.steps.iter().map(|step| standing(step)).collect();
            Some(measure(
                MeasureKind::Survey,
                &indicator.id,
                text,
                steps,
                None,
            ))
        })
        .collect()
}

/// One measure for each failed item, the most points first.
fn item_measures(
    verdicts: &[Verdict],
    worth: impl Fn(&str) -> Worth,
    text: impl Fn(&str) -> Option<MeasureText>,
) -> Vec<Measure> {
    by_stake(verdicts, Decision::Fail, worth)
        .map(|(verdict, points)| {
            let text = text(&verdict.id).unwrap_or_else(|| MeasureText {
                title: format!("มาตรการเปิดเผยข้อมูล {}", verdict.title),
                steps: vec![],
                owner: String::new(),
                period: String::new(),
                follow_up: String::new(),
            });
            let mut steps = fixes(verdict);
            if steps.is_empty() && verdict.ruling.is_some() {
                steps.push(Step {
                    text: "แก้ไขตามที่ผู้ตรวจระบุ".to_owned(),
                    criteria: vec![],
                    because: verdict.summary.clone(),
                });
            }
            steps.extend(text.steps.iter().map(|step| standing(step)));
            measure(MeasureKind::Item, &verdict.id, text, steps, Some(points))
        })
        .collect()
}

/// Items of one decision with their worth, the most points of the total first, then in the outline's order.
fn by_stake(
    verdicts: &[Verdict],
    decision: Decision,
    worth: impl Fn(&str) -> Worth,
) -> impl Iterator<Item = (&Verdict, Worth)> {
    let mut chosen: Vec<(&Verdict, Worth)> = verdicts
        .iter()
        .filter(|one| one.verdict == decision)
        .map(|one| (one, worth(&one.id)))
        .collect();
    chosen.sort_by(|(_, a), (_, b)| round3(b.total).total_cmp(&round3(a.total)));
    chosen.into_iter()
}

/// The `fix` of each unmet criterion; criteria with the same fix share a step.
fn fixes(verdict: &Verdict) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for one in having(verdict, Outcome::Unmet) {
        if let Some(step) = steps.iter_mut().find(|step| step.text == one.fix) {
            step.criteria.push(one.id.clone());
            if !step.because.contains(&one.because) {
                step.because = format!("{}; {}", step.because, one.because);
            }
        } else {
            steps.push(Step {
                text: one.fix.clone(),
                criteria: vec![one.id.clone()],
                because: one.because.clone(),
            });
        }
    }
    steps
}

fn standing(step: &str) -> Step {
    Step {
        text: step.to_owned(),
        criteria: vec![],
        because: String::new(),
    }
}

fn measure(
    kind: MeasureKind,
    about: &str,
    text: MeasureText,
    steps: Vec<Step>,
    points: Option<Worth>,
) -> Measure {
    Measure {
        no: 0,
        kind,
        about: about.to_owned(),
        title: text.title,
        steps,
        owner: text.owner,
        period: text.period,
        follow_up: text.follow_up,
        points,
    }
}

fn review(verdict: &Verdict, points: Worth) -> Review {
    Review {
        item: verdict.id.clone(),
        title: verdict.title.clone(),
        summary: verdict.summary.clone(),
        questions: having(verdict, Outcome::Unsure)
            .map(|one| Question {
                criterion: one.id.clone(),
                asks: one.asks.clone(),
                because: one.because.clone(),
                evidence: one.evidence.clone(),
            })
            .collect(),
        evidence: verdict.evidence.clone(),
        points,
    }
}

fn having(verdict: &Verdict, outcome: Outcome) -> impl Iterator<Item = &CriterionVerdict> {
    verdict
        .criteria
        .iter()
        .filter(move |one| one.outcome == outcome)
}

fn analysis(outline: &Outline, slots: &[Slot], verdicts: &[Verdict], card: &Scorecard) -> Analysis {
    let rows = card.tools.iter().flat_map(|tool| {
        tool.indicators.iter().map(|one| AnalysisRow {
            tool: tool.id.clone(),
            id: one.id.clone(),
            title: one.title.clone(),
            points: one.points,
            issue: if one.groups.is_empty() {
                survey_issue(one, outline.measure_below)
            } else {
                disclosure_issue(one, slots, verdicts)
            },
        })
    });
    Analysis {
        result: result_sentence(outline, card),
        extremes: extremes_sentence(&card.ranking),
        table: rows.collect(),
        disclose: verdicts
            .iter()
            .filter(|one| one.verdict == Decision::Fail)
            .map(disclosure)
            .collect(),
    }
}

fn disclosure(verdict: &Verdict) -> Disclosure {
    Disclosure {
        item: verdict.id.clone(),
        title: verdict.title.clone(),
        asks: verdict
            .criteria
            .iter()
            .filter(|one| one.outcome != Outcome::NotApplicable)
            .map(|one| one.asks.clone())
            .collect(),
    }
}

fn survey_issue(indicator: &IndicatorScore, below: f64) -> String {
    match indicator.points {
        None => "ยังไม่มีคะแนน".to_owned(),
        Some(points) if points.low < below => format!("ต่ำกว่า {below} คะแนน ต้องปรับปรุง"),
        Some(_) => "รักษาระดับ".to_owned(),
    }
}

fn disclosure_issue(indicator: &IndicatorScore, slots: &[Slot], verdicts: &[Verdict]) -> String {
    let titles = |decision: Decision| -> String {
        verdicts
            .iter()
            .filter(|one| one.verdict == decision)
            .filter(|one| {
                slots
                    .iter()
                    .any(|slot| slot.item == one.id && slot.indicator == indicator.id)
            })
            .map(|one| format!("{} ({})", one.title, one.id))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (failed, unsure) = (titles(Decision::Fail), titles(Decision::Unsure));
    let mut parts = Vec::new();
    if !failed.is_empty() {
        parts.push(format!("ต้องแก้ไข: {failed}"));
    }
    if !unsure.is_empty() {
        parts.push(format!("ให้คนตรวจ: {unsure}"));
    }
    if parts.is_empty() {
        parts.push("รักษาระดับ".to_owned());
    }
    parts.join(" / ")
}

fn result_sentence(outline: &Outline, card: &Scorecard) -> String {
    let year = outline.year;
    let Some(total) = card.total else {
        let points = disclosure_tool(&card.tools)
            .and_then(|tool| tool.points)
            .unwrap_or(Points::exact(0.0));
        let lacking: Vec<String> = card
            .tools
            .iter()
            .filter(|tool| tool.points.is_none())
            .map(|tool| tool.id.to_uppercase())
            .collect();
        return format!(
            "หน่วยงานได้คะแนนการเปิดเผยข้อมูลสาธารณะ (OIT) ประจำปีงบประมาณ พ.ศ. {year} จำนวน {points} คะแนน จากคะแนนเต็ม 100 คะแนน \
             ยังไม่คิดคะแนนรวมและระดับผลการประเมิน เพราะไม่ได้รับคะแนน {}",
            lacking.join(" และ ")
        );
    };
    let mut sentence = format!(
        "หน่วยงานได้ผลคะแนนการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. {year} \
         จำนวน {total} คะแนน จากคะแนนเต็ม 100 คะแนน"
    );
    if let Some(grade) = &card.grade {
        sentence += &format!(" โดยมีผลการประเมินระดับ {grade}");
        if !grade.gloss.is_empty() {
            let of = if grade.low == grade.high {
                String::new()
            } else {
                format!("ระดับ {} ", grade.low)
            };
            sentence += &format!(" {of}หมายถึง {}", grade.gloss);
        }
    }
    sentence
}

fn extremes_sentence(ranking: &[Ranked]) -> String {
    let [best, .., worst] = ranking else {
        return String::new();
    };
    format!(
        "ตัวชี้วัดที่ได้คะแนนมากที่สุดคือ ตัวชี้วัดที่ {} {} {} คะแนน ส่วนตัวชี้วัดที่ได้คะแนนน้อยที่สุดคือ ตัวชี้วัดที่ {} {} {} คะแนน",
        best.id, best.title, best.points, worst.id, worst.title, worst.points
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::score::{SurveyScores, score, slots};

    fn plan_of(verdicts: &[Verdict], with_scores: bool) -> Plan {
        let outline = sample::outline();
        let surveys = SurveyScores::read(sample::SCORES, &outline).unwrap();
        let card = score(&outline, verdicts, with_scores.then_some(&surveys));
        plan(
            &outline,
            &slots(&outline, None),
            verdicts,
            &card,
            sample::measure_text,
        )
    }

    #[test]
    fn low_surveys_come_first_then_items_by_points_at_stake() {
        let plan = plan_of(&sample::verdicts(), true);
        let order: Vec<&str> = plan.measures.iter().map(|one| one.about.as_str()).collect();
        assert_eq!(
            order,
            [
                "2", "3", "4", "5", "6", "7", "8", // below 85: indicator 1 keeps its level
                "O35", "O37", "O38", "O30", "O19", "O20", "O23", "O24", "O17", "O2", "O8",
            ]
        );
        assert_eq!(plan.measures.last().unwrap().no, 18);
    }

    #[test]
    fn steps_are_the_fixes_of_unmet_criteria_only() {
        let plan = plan_of(&sample::verdicts(), false);
        let of = |item: &str| {
            let one = plan.measures.iter().find(|one| one.about == item).unwrap();
            one.steps
                .iter()
                .map(|step| step.criteria.join("+"))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("O2"), ["contacts", "both_sides"], "names are met");
        assert_eq!(
            of("O23"),
            ["six_months", "reference_price"],
            "monthly is unsure"
        );
        assert!(
            plan.measures
                .iter()
                .all(|one| one.kind == MeasureKind::Item),
            "no scores, no survey measures"
        );
    }

    #[test]
    fn an_unsure_item_is_for_a_person_and_gets_no_measure() {
        let plan = plan_of(&sample::verdicts(), true);
        assert!(plan.measures.iter().all(|one| one.about != "O26"));
        let [review] = plan.reviews.as_slice() else {
            panic!("one review")
        };
        assert_eq!(review.item, "O26");
        assert_eq!(review.questions[0].criterion, "year");
        assert!(plan.analysis.disclose.iter().all(|one| one.item != "O26"));
        let issue = &plan.analysis.table[8].issue;
        assert!(
            issue.contains("ให้คนตรวจ: การดำเนินการตามนโยบายการบริหารทรัพยากรบุคคล (O26)"),
            "{issue}"
        );
    }

    #[test]
    fn criteria_with_one_fix_share_a_step() {
        let mut verdicts = sample::plain(&["O1"], &[]);
        let mut second = verdicts[0].criteria[0].clone();
        second.id = "second".to_owned();
        second.because = "ไม่พบอีกอย่าง".to_owned();
        verdicts[0].criteria.push(second);
        let plan = plan_of(&verdicts, false);
        let [step] = plan.measures[0].steps.as_slice() else {
            panic!("one step")
        };
        assert_eq!(step.criteria, ["present", "second"]);
        assert_eq!(step.because, "ไม่พบข้อมูลจากหน้าแรก; ไม่พบอีกอย่าง");
    }

    #[test]
    fn the_sentences_say_what_the_published_document_says() {
        let analysis = plan_of(&sample::plain(&sample::FAILED, &[]), true).analysis;
        assert!(analysis.result.contains(
            "พ.ศ. 2564 จำนวน 80.78 คะแนน จากคะแนนเต็ม 100 คะแนน โดยมีผลการประเมินระดับ B หมายถึง"
        ));
        assert_eq!(
            analysis.extremes,
            "ตัวชี้วัดที่ได้คะแนนมากที่สุดคือ ตัวชี้วัดที่ 1 การปฏิบัติหน้าที่ 86.28 คะแนน ส่วนตัวชี้วัดที่ได้คะแนนน้อยที่สุดคือ ตัวชี้วัดที่ 2 การใช้งบประมาณ 70.47 คะแนน"
        );
        assert_eq!(analysis.disclose.len(), 11);
        let open = plan_of(&sample::plain(&[], &["O43"]), true).analysis;
        assert!(
            open.result.contains("84.00–89.00 คะแนน")
                && open.result.contains("ระดับ B–A ระดับ B หมายถึง"),
            "{}",
            open.result
        );
        let without = plan_of(&sample::plain(&[], &[]), false).analysis;
        assert!(
            without.result.contains("ไม่ได้รับคะแนน IIT และ EIT"),
            "{}",
            without.result
        );
    }
}
