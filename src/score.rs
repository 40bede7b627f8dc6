//! Outline × Verdicts × survey scores → Scorecard: points, total, grade and ranking by the official formula.
//!
//! An item is 100 or 0; a group is the mean of its items, an indicator the mean of its groups, a tool the mean of its
//! indicators, the total the weighted sum of the tools. Everything is kept in full precision; [`round2`] rounds for readers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::judge::{Decision, Verdict};
use crate::rules::outline::{Grade, Group, Indicator, ItemRef, Outline, Tool};
use crate::year::FiscalYear;

/// Points of 100 as a range: `low` counts every unsure item as failed, `high` as passed. Equal when nothing is unsure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "PointsForm", into = "PointsForm")]
#[schemars(with = "PointsForm")]
pub struct Points {
    /// What is proven.
    pub low: f64,
    /// What is possible.
    pub high: f64,
}

/// How points are written: rounded to two decimals.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
struct PointsForm {
    /// Points of 100 that are proven; the same number as `low`.
    #[schemars(range(min = 0, max = 100))]
    points: f64,
    /// Every unsure item counted as failed.
    #[schemars(range(min = 0, max = 100))]
    low: f64,
    /// Every unsure item counted as passed.
    #[schemars(range(min = 0, max = 100))]
    high: f64,
}

impl From<Points> for PointsForm {
    fn from(points: Points) -> Self {
        Self {
            points: round2(points.low),
            low: round2(points.low),
            high: round2(points.high),
        }
    }
}

impl From<PointsForm> for Points {
    fn from(form: PointsForm) -> Self {
        Self {
            low: form.low,
            high: form.high,
        }
    }
}

impl Points {
    /// Points without doubt.
    pub fn exact(points: f64) -> Self {
        Self {
            low: points,
            high: points,
        }
    }

    /// What an item's verdict is worth.
    pub fn of(decision: Decision) -> Self {
        match decision {
            Decision::Pass => Self::exact(100.0),
            Decision::Fail => Self::exact(0.0),
            Decision::Unsure => Self {
                low: 0.0,
                high: 100.0,
            },
        }
    }

    /// Readers see one number: both ends round to it.
    pub fn is_exact(self) -> bool {
        round2(self.low) == round2(self.high)
    }

    /// The mean; zero for nothing.
    fn mean(all: impl IntoIterator<Item = Self>) -> Self {
        let (mut sum, mut count) = (Self::exact(0.0), 0u32);
        for points in all {
            sum = sum.plus(points, 1.0);
            count += 1;
        }
        let count = f64::from(count.max(1));
        Self {
            low: sum.low / count,
            high: sum.high / count,
        }
    }

    fn plus(self, other: Self, weight: f64) -> Self {
        Self {
            low: self.low + other.low * weight,
            high: self.high + other.high * weight,
        }
    }
}

/// `77.63`, or `77.63–81.20` when unsure items leave a range.
impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2}", round2(self.low))?;
        if !self.is_exact() {
            write!(f, "–{:.2}", round2(self.high))?;
        }
        Ok(())
    }
}

/// Rounds half up to two decimals, as published scores are.
pub fn round2(points: f64) -> f64 {
    round(points, 100.0)
}

/// Rounds half up to three decimals: what one item is worth (0.444).
pub fn round3(points: f64) -> f64 {
    round(points, 1000.0)
}

/// The nudge lets a sum that is a half in decimals and a hair less in binary round up.
fn round(points: f64, scale: f64) -> f64 {
    (points * scale + 0.5 + 1e-7).floor() / scale
}

/// All scores of one audit.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// IIT, EIT, OIT as the outline lists them.
    pub tools: Vec<ToolScore>,
    /// The weighted total; `None` unless every tool has points.
    pub total: Option<Points>,
    /// The total's grade.
    pub grade: Option<GradeRange>,
    /// The indicators that have points, best first.
    pub ranking: Vec<Ranked>,
}

/// One measuring tool's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolScore {
    /// `iit`, `eit`, `oit`.
    pub id: String,
    /// Thai name.
    pub title: String,
    /// Share of the total that was applied.
    pub weight: f64,
    /// Absent when the survey's scores were not given.
    #[serde(flatten)]
    pub points: Option<Points>,
    /// Its indicators.
    pub indicators: Vec<IndicatorScore>,
}

impl ToolScore {
    /// Scored from the website, not from a survey.
    pub fn is_disclosure(&self) -> bool {
        self.indicators.iter().any(|one| !one.groups.is_empty())
    }
}

/// One indicator's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IndicatorScore {
    /// `9`.
    pub id: String,
    /// Thai name.
    pub title: String,
    /// Absent when the survey's scores were not given.
    #[serde(flatten)]
    pub points: Option<Points>,
    /// Sub-indicators; empty for surveys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupScore>,
}

/// One sub-indicator's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupScore {
    /// `9.3`.
    pub id: String,
    /// Thai name.
    pub title: String,
    /// The mean of its items.
    #[serde(flatten)]
    pub points: Points,
    /// The numbers of its items.
    pub items: Vec<String>,
}

/// A grade and its meaning at both ends of the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GradeRange {
    /// Grade of what is proven.
    pub low: String,
    /// Grade of what is possible.
    pub high: String,
    /// What the grade of `low` means; empty where no source was found.
    pub gloss: String,
}

/// `B`, or `B–A`.
impl std::fmt::Display for GradeRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.low)?;
        if self.low != self.high {
            write!(f, "–{}", self.high)?;
        }
        Ok(())
    }
}

/// An indicator's place among all that have points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ranked {
    /// 1 is the best.
    pub rank: u32,
    /// `iit`, `eit`, `oit`.
    pub tool: String,
    /// The indicator's number.
    pub id: String,
    /// The indicator's name.
    pub title: String,
    /// Its points.
    #[serde(flatten)]
    pub points: Points,
}

/// What one item is worth, in points of 100 of three larger things.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(into = "WorthForm", from = "WorthForm")]
#[schemars(with = "WorthForm")]
pub struct Worth {
    /// Of its indicator.
    pub indicator: f64,
    /// Of its tool, the OIT.
    pub oit: f64,
    /// Of the total.
    pub total: f64,
}

impl Worth {
    /// An item that the outline does not list.
    pub const NOTHING: Self = Self {
        indicator: 0.0,
        oit: 0.0,
        total: 0.0,
    };
}

/// How a worth is written: rounded to three decimals.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
struct WorthForm {
    /// Points of its indicator.
    indicator: f64,
    /// Points of the OIT.
    oit: f64,
    /// Points of the total.
    total: f64,
}

impl From<Worth> for WorthForm {
    fn from(worth: Worth) -> Self {
        Self {
            indicator: round3(worth.indicator),
            oit: round3(worth.oit),
            total: round3(worth.total),
        }
    }
}

impl From<WorthForm> for Worth {
    fn from(form: WorthForm) -> Self {
        Self {
            indicator: form.indicator,
            oit: form.oit,
            total: form.total,
        }
    }
}

/// An item's place in the outline and what it is worth there.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The item's number.
    pub item: String,
    /// Its sub-indicator.
    pub group: String,
    /// Its indicator.
    pub indicator: String,
    /// What it is worth.
    pub worth: Worth,
}

/// The tool scored from the website, if the outline has one.
pub fn disclosure_tool(tools: &[ToolScore]) -> Option<&ToolScore> {
    tools.iter().find(|tool| tool.is_disclosure())
}

/// Every item of the outline in order. `surveys` matter only for the weights they may state.
pub fn slots(outline: &Outline, surveys: Option<&SurveyScores>) -> Vec<Slot> {
    let mut slots = Vec::new();
    for tool in &outline.tools {
        let weight = weight(tool, surveys);
        for indicator in &tool.indicators {
            for group in &indicator.groups {
                let share = 100.0 / count(&indicator.groups) / count(&group.items);
                let oit = share / count(&tool.indicators);
                slots.extend(item_ids(group).map(|item| Slot {
                    item: item.to_owned(),
                    group: group.id.clone(),
                    indicator: indicator.id.clone(),
                    worth: Worth {
                        indicator: share,
                        oit,
                        total: oit * weight,
                    },
                }));
            }
        }
    }
    slots
}

/// Scores verdicts. An item of the outline without a verdict counts as unsure.
pub fn score(outline: &Outline, verdicts: &[Verdict], surveys: Option<&SurveyScores>) -> Scorecard {
    let decisions: BTreeMap<&str, Decision> = verdicts
        .iter()
        .map(|one| (one.id.as_str(), one.verdict))
        .collect();
    let tools: Vec<ToolScore> = outline
        .tools
        .iter()
        .map(|tool| score_tool(tool, &decisions, surveys))
        .collect();
    let total = tools.iter().try_fold(Points::exact(0.0), |sum, tool| {
        Some(sum.plus(tool.points?, tool.weight))
    });
    Scorecard {
        grade: total.and_then(|total| grade(&outline.grades, total, &tools)),
        ranking: rank(&tools),
        total,
        tools,
    }
}

fn score_tool(
    tool: &Tool,
    decisions: &BTreeMap<&str, Decision>,
    surveys: Option<&SurveyScores>,
) -> ToolScore {
    let indicators: Vec<IndicatorScore> = tool
        .indicators
        .iter()
        .map(|one| score_indicator(one, decisions, surveys.and_then(|all| all.get(&tool.id))))
        .collect();
    let points: Option<Vec<Points>> = indicators.iter().map(|one| one.points).collect();
    ToolScore {
        id: tool.id.clone(),
        title: tool.title.clone(),
        weight: weight(tool, surveys),
        points: points.map(Points::mean),
        indicators,
    }
}

fn score_indicator(
    indicator: &Indicator,
    decisions: &BTreeMap<&str, Decision>,
    survey: Option<&BTreeMap<String, f64>>,
) -> IndicatorScore {
    let groups: Vec<GroupScore> =
        indicator
            .groups
            .iter()
            .map(|group| GroupScore {
                id: group.id.clone(),
                title: group.title.clone(),
                points: Points::mean(item_ids(group).map(|item| {
                    Points::of(decisions.get(item).copied().unwrap_or(Decision::Unsure))
                })),
                items: item_ids(group).map(str::to_owned).collect(),
            })
            .collect();
    let points = if groups.is_empty() {
        survey
            .and_then(|scores| scores.get(&indicator.id))
            .map(|points| Points::exact(*points))
    } else {
        Some(Points::mean(groups.iter().map(|group| group.points)))
    };
    IndicatorScore {
        id: indicator.id.clone(),
        title: indicator.title.clone(),
        points,
        groups,
    }
}

/// Grades are given on rounded points: 84.995 is published as 85.00 and is an A.
fn grade(bands: &[Grade], total: Points, tools: &[ToolScore]) -> Option<GradeRange> {
    let reached = |end: fn(Points) -> f64| {
        let least = tools
            .iter()
            .filter_map(|tool| tool.points)
            .map(|points| round2(end(points)))
            .fold(f64::INFINITY, f64::min);
        bands
            .iter()
            .find(|band| round2(end(total)) >= band.from && least >= band.each_from)
    };
    let low = reached(|points| points.low)?;
    let high = reached(|points| points.high)?;
    Some(GradeRange {
        low: low.grade.clone(),
        high: high.grade.clone(),
        gloss: low.gloss.clone(),
    })
}

/// Best first; of equals the one the outline lists first.
fn rank(tools: &[ToolScore]) -> Vec<Ranked> {
    let mut ranking: Vec<Ranked> = tools
        .iter()
        .flat_map(|tool| tool.indicators.iter().map(move |one| (tool, one)))
        .filter_map(|(tool, one)| {
            Some(Ranked {
                rank: 0,
                tool: tool.id.clone(),
                id: one.id.clone(),
                title: one.title.clone(),
                points: one.points?,
            })
        })
        .collect();
    ranking.sort_by(|a, b| {
        let key = |one: &Ranked| (round2(one.points.low), round2(one.points.high));
        key(b)
            .partial_cmp(&key(a))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    for (rank, one) in (1..).zip(&mut ranking) {
        one.rank = rank;
    }
    ranking
}

fn weight(tool: &Tool, surveys: Option<&SurveyScores>) -> f64 {
    surveys
        .and_then(|all| all.weights.get(&tool.id).copied())
        .unwrap_or(tool.weight)
}

fn item_ids(group: &Group) -> impl Iterator<Item = &str> {
    group.items.iter().map(|one| match one {
        ItemRef::Same(item) | ItemRef::Other { item, .. } => item.as_str(),
    })
}

fn count<T>(all: &[T]) -> f64 {
    all.len().max(1) as f64
}

/// Indicator scores of the surveys (IIT, EIT), as the agency's result sheet states them.
///
/// Weights in the sheet win over the outline's: they are what was applied to that agency in that year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SurveyScores {
    tools: BTreeMap<String, BTreeMap<String, f64>>,
    weights: BTreeMap<String, f64>,
}

/// What can be wrong with a scores file.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ScoresError {
    /// Not JSON.
    #[error(
        "อ่านไฟล์คะแนนไม่ได้: {0}\n  ไฟล์ต้องเป็น JSON เช่น {{\"2564\": {{\"iit\": {{\"1\": 86.28, …}}, \"eit\": {{\"6\": 84.93, …}}}}}}"
    )]
    Json(String),
    /// No scores of the assessed year.
    #[error(
        "ไฟล์คะแนนไม่มีปี {wanted} (มีปี {found})\n  ใช้ไฟล์คะแนนของปี {wanted} หรือระบุ --year ให้ตรงกับไฟล์"
    )]
    Year {
        /// The assessed year.
        wanted: FiscalYear,
        /// The years in the file.
        found: String,
    },
    /// A tool is not there.
    #[error("ไฟล์คะแนนไม่มีคะแนน {tool}\n  เพิ่ม \"{key}\": {{…}} พร้อมคะแนนของตัวชี้วัดที่ {indicators}")]
    Tool {
        /// Shown to the reader.
        tool: String,
        /// The key that is missing.
        key: String,
        /// The indicators it must have.
        indicators: String,
    },
    /// An indicator is not there.
    #[error("คะแนน {tool} ขาดตัวชี้วัดที่ {indicators}\n  เพิ่มคะแนนตัวชี้วัดที่ขาดในไฟล์คะแนน แล้วตรวจใหม่")]
    Missing {
        /// The tool.
        tool: String,
        /// What is missing.
        indicators: String,
    },
    /// An indicator the tool does not have.
    #[error("คะแนน {tool} มีตัวชี้วัดที่ {indicator} ซึ่งปีนี้ไม่มี\n  ตัวชี้วัดของ {tool} คือ {indicators}")]
    Unknown {
        /// The tool.
        tool: String,
        /// The key that is too many.
        indicator: String,
        /// What there is.
        indicators: String,
    },
    /// Not a number from 0 to 100.
    #[error(
        "คะแนน {tool} ตัวชี้วัดที่ {indicator} เป็น {value}\n  คะแนนต้องเป็นตัวเลข 0 ถึง 100 ไม่มีเครื่องหมายคำพูด"
    )]
    Value {
        /// The tool.
        tool: String,
        /// The indicator.
        indicator: String,
        /// What stands there.
        value: String,
    },
    /// Weights that are not shares of one.
    #[error(
        "น้ำหนักในไฟล์คะแนนใช้ไม่ได้: {0}\n  น้ำหนักต้องมีครบทุกเครื่องมือ เป็นเลข 0 ถึง 1 และรวมกันได้ 1 หรือลบ \"weights\" ออกเพื่อใช้น้ำหนักของปีนั้น"
    )]
    Weights(String),
}

impl SurveyScores {
    /// Reads `{"2564": {"iit": {"1": 86.28, …}, "eit": {…}, "weights": {…}}}`, or the inner object alone.
    /// Other keys are left alone. Scores must be there for every indicator that only a survey can score.
    pub fn read(json: &str, outline: &Outline) -> Result<Self, ScoresError> {
        let json = json.trim_start_matches('\u{feff}');
        let whole: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(json).map_err(|fault| ScoresError::Json(fault.to_string()))?;
        let sheet = lower_keys(&sheet_of(whole, outline)?);
        let mut scores = Self::default();
        for tool in outline.tools.iter().filter(|tool| is_survey(tool)) {
            scores
                .tools
                .insert(tool.id.clone(), read_tool(&sheet, tool)?);
        }
        if let Some(weights) = sheet.get("weights") {
            scores.weights = read_weights(weights, outline)?;
        }
        Ok(scores)
    }

    fn get(&self, tool: &str) -> Option<&BTreeMap<String, f64>> {
        self.tools.get(tool)
    }
}

type Object = serde_json::Map<String, serde_json::Value>;

/// The object of the assessed year, or the whole when it has no years.
fn sheet_of(whole: Object, outline: &Outline) -> Result<Object, ScoresError> {
    if let Some(serde_json::Value::Object(sheet)) = whole.get(&outline.year.to_string()) {
        return Ok(sheet.clone());
    }
    let years: Vec<&str> = whole
        .keys()
        .map(String::as_str)
        .filter(|key| key.len() == 4 && key.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    if years.is_empty() {
        return Ok(whole);
    }
    Err(ScoresError::Year {
        wanted: outline.year,
        found: years.join(", "),
    })
}

fn read_tool(sheet: &Object, tool: &Tool) -> Result<BTreeMap<String, f64>, ScoresError> {
    let name = tool.id.to_uppercase();
    let all = list(tool.indicators.iter().map(|one| one.id.as_str()));
    let Some(serde_json::Value::Object(given)) = sheet.get(&tool.id) else {
        return Err(ScoresError::Tool {
            tool: name,
            key: tool.id.clone(),
            indicators: all,
        });
    };
    let mut scores = BTreeMap::new();
    for (indicator, value) in given {
        if !tool.indicators.iter().any(|one| one.id == *indicator) {
            return Err(ScoresError::Unknown {
                tool: name,
                indicator: indicator.clone(),
                indicators: all,
            });
        }
        let Some(points) = value
            .as_f64()
            .filter(|points| (0.0..=100.0).contains(points))
        else {
            return Err(ScoresError::Value {
                tool: name,
                indicator: indicator.clone(),
                value: value.to_string(),
            });
        };
        scores.insert(indicator.clone(), points);
    }
    let missing = list(
        tool.indicators
            .iter()
            .map(|one| one.id.as_str())
            .filter(|id| !scores.contains_key(*id)),
    );
    if missing.is_empty() {
        Ok(scores)
    } else {
        Err(ScoresError::Missing {
            tool: name,
            indicators: missing,
        })
    }
}

fn read_weights(
    value: &serde_json::Value,
    outline: &Outline,
) -> Result<BTreeMap<String, f64>, ScoresError> {
    let refuse = || ScoresError::Weights(value.to_string());
    let given = lower_keys(value.as_object().ok_or_else(refuse)?);
    let weights: BTreeMap<String, f64> = outline
        .tools
        .iter()
        .map(|tool| {
            let weight = given.get(&tool.id).and_then(serde_json::Value::as_f64);
            Some((tool.id.clone(), weight.filter(|w| (0.0..=1.0).contains(w))?))
        })
        .collect::<Option<_>>()
        .ok_or_else(refuse)?;
    let sum: f64 = weights.values().sum();
    if (sum - 1.0).abs() > 0.000_1 || given.len() != weights.len() {
        return Err(refuse());
    }
    Ok(weights)
}

fn is_survey(tool: &Tool) -> bool {
    tool.indicators.iter().all(|one| one.groups.is_empty())
}

/// People write `IIT` as often as `iit`.
fn lower_keys(object: &Object) -> Object {
    object
        .iter()
        .map(|(key, value)| (key.to_lowercase(), value.clone()))
        .collect()
}

fn list<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;

    fn scores() -> SurveyScores {
        SurveyScores::read(sample::SCORES, &sample::outline()).unwrap()
    }

    fn shown(points: Option<Points>) -> String {
        points.unwrap().to_string()
    }

    #[test]
    fn the_eleven_known_failures_give_the_published_result() {
        let verdicts = sample::plain(&sample::FAILED, &[]);
        let card = score(&sample::outline(), &verdicts, Some(&scores()));
        let tool = |n: usize| shown(card.tools[n].points);
        assert_eq!([tool(0), tool(1), tool(2)], ["79.19", "84.14", "79.44"]);
        assert_eq!(shown(card.tools[2].indicators[0].points), "77.63");
        assert_eq!(shown(card.tools[2].indicators[1].points), "81.25");
        assert_eq!(shown(card.total), "80.78");
        let grade = card.grade.unwrap();
        assert_eq!(grade.to_string(), "B");
        assert!(grade.gloss.contains("ร้อยละ 15-25"));
        let ranking: Vec<&str> = card.ranking.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ranking, ["1", "6", "5", "7", "8", "3", "10", "9", "4", "2"]);
    }

    /// Truth of the sample site: every published number of `score` follows from its verdicts.
    #[test]
    fn the_sample_site_scores_as_its_truth_says() {
        let truth: serde_json::Value =
            serde_json::from_str(include_str!("../tests/sites/kalase-2564/truth.json")).unwrap();
        let mut verdicts = sample::plain(&[], &[]);
        for one in &mut verdicts {
            one.verdict = match truth["2564"][&one.id]["verdict"].as_str().unwrap() {
                "pass" => Decision::Pass,
                _ => Decision::Fail,
            };
        }
        let card = score(&sample::outline(), &verdicts, None);
        let expected = truth["score"]["2564"].as_object().unwrap();
        let oit = &card.tools[2];
        let mut found: BTreeMap<String, f64> = BTreeMap::new();
        found.insert("oit".into(), round2(oit.points.unwrap().low));
        for indicator in &oit.indicators {
            found.insert(indicator.id.clone(), round2(indicator.points.unwrap().low));
            for group in &indicator.groups {
                found.insert(group.id.clone(), round2(group.points.low));
            }
        }
        assert_eq!(found.len(), expected.len());
        for (name, points) in expected {
            assert_eq!(Some(found[name]), points.as_f64(), "{name}");
        }
        assert!(
            card.total.is_none() && card.grade.is_none(),
            "no survey, no total"
        );
    }

    #[test]
    fn an_item_is_worth_what_its_small_group_makes_it_worth() {
        let slots = slots(&sample::outline(), None);
        let total = |item: &str| {
            let slot = slots.iter().find(|one| one.item == item).unwrap();
            round3(slot.worth.total)
        };
        assert_eq!(total("O2"), 0.444);
        assert_eq!(total("O10"), 0.5);
        assert_eq!(total("O23"), 0.571);
        assert_eq!(total("O25"), 1.0);
        assert_eq!(total("O30"), 0.8);
        assert_eq!(total("O34"), 1.25);
        assert_eq!(total("O42"), 5.0);
        let sum: f64 = slots.iter().map(|one| one.worth.oit).sum();
        assert_eq!(slots.len(), 43);
        assert_eq!(round2(sum), 100.0);
    }

    #[test]
    fn an_unsure_item_widens_the_range_and_may_leave_the_grade_open() {
        let unsure = ["O42", "O43"];
        let verdicts = sample::plain(&sample::FAILED, &unsure);
        let card = score(&sample::outline(), &verdicts, Some(&scores()));
        assert_eq!(shown(card.total), "70.78–80.78");
        assert_eq!(card.grade.unwrap().to_string(), "C–B");
        let indicator = card.tools[2].indicators[1].points.unwrap();
        assert_eq!(indicator.to_string(), "31.25–81.25");
        assert_eq!(
            serde_json::to_value(indicator).unwrap(),
            serde_json::json!({"points": 31.25, "low": 31.25, "high": 81.25})
        );
    }

    #[test]
    fn halves_round_up_although_binary_keeps_them_a_hair_below() {
        assert_eq!(round2(1.005), 1.01);
        assert_eq!(round2(77.626_984), 77.63);
        assert_eq!(round2(80.777_2), 80.78);
        assert_eq!(round2(81.125), 81.13);
        assert_eq!(round2(79.434_9), 79.43);
        assert_eq!(round2(100.0), 100.0);
    }

    #[test]
    fn the_grade_is_of_the_rounded_total_and_needs_each_tool_where_the_year_says_so() {
        let bands = [
            ("ผ่านดี", 85.0, 85.0),
            ("ผ่าน", 85.0, 0.0),
            ("ต้องปรับปรุง", 0.0, 0.0),
        ]
        .map(|(grade, from, each_from)| Grade {
            grade: grade.to_owned(),
            from,
            each_from,
            gloss: String::new(),
        });
        let tools = |eit: f64| {
            [98.0, eit, 95.0].map(|points| ToolScore {
                id: String::new(),
                title: String::new(),
                weight: 0.0,
                points: Some(Points::exact(points)),
                indicators: vec![],
            })
        };
        let of = |total: f64, eit: f64| {
            grade(&bands, Points::exact(total), &tools(eit))
                .unwrap()
                .low
        };
        assert_eq!(of(92.43, 85.0), "ผ่านดี");
        assert_eq!(of(94.64, 84.9), "ผ่าน");
        assert_eq!(of(84.995, 90.0), "ผ่านดี");
        assert_eq!(of(84.994, 90.0), "ต้องปรับปรุง");
    }

    #[test]
    fn a_scores_file_may_be_the_inner_object_and_name_its_tools_in_capitals() {
        let inner = r#"{"IIT": {"1":86.28,"2":70.47,"3":81.3,"4":73.17,"5":84.75}, "EIT": {"6":84.93,"7":84.5,"8":83}}"#;
        let read = SurveyScores::read(inner, &sample::outline()).unwrap();
        assert_eq!(read.tools, scores().tools);
        assert!(read.weights.is_empty(), "the outline's weights hold");
    }

    #[test]
    fn weights_of_the_sheet_win_over_the_outline() {
        let sheet = sample::SCORES
            .replace("\"oit\": 0.4", "\"oit\": 0.5")
            .replace("\"iit\": 0.3", "\"iit\": 0.2");
        let scores = SurveyScores::read(&sheet, &sample::outline()).unwrap();
        let card = score(&sample::outline(), &sample::plain(&[], &[]), Some(&scores));
        assert_eq!(card.tools[2].weight, 0.5);
        assert_eq!(
            round3(slots(&sample::outline(), Some(&scores))[0].worth.total),
            0.556
        );
    }

    #[test]
    fn a_wrong_scores_file_says_what_to_write() {
        let outline = sample::outline();
        let say = |json: &str| SurveyScores::read(json, &outline).unwrap_err().to_string();
        let year = say(&sample::SCORES.replace("\"2564\"", "\"2565\""));
        assert!(year.contains("ไม่มีปี 2564 (มีปี 2565)"), "{year}");
        let missing = say(&sample::SCORES.replace("\"2\": 70.47,", ""));
        assert!(missing.contains("IIT ขาดตัวชี้วัดที่ 2"), "{missing}");
        let value = say(&sample::SCORES.replace("70.47", "170.47"));
        assert!(value.contains("เป็น 170.47"), "{value}");
        let text = say(&sample::SCORES.replace("70.47", "\"70.47\""));
        assert!(text.contains("0 ถึง 100"), "{text}");
        let unknown = say(&sample::SCORES.replace("\"8\": 83.0", "\"8\": 83.0, \"11\": 80"));
        assert!(unknown.contains("ตัวชี้วัดที่ 11 ซึ่งปีนี้ไม่มี"), "{unknown}");
        let tool = say(r#"{"iit": {"1":1,"2":1,"3":1,"4":1,"5":1}}"#);
        assert!(tool.contains("ไม่มีคะแนน EIT"), "{tool}");
        let weights = say(&sample::SCORES.replace("\"oit\": 0.4", "\"oit\": 40"));
        assert!(weights.contains("น้ำหนัก"), "{weights}");
        assert!(say("[1]").contains("JSON"));
        assert!(say("").contains("JSON"));
    }

    fn any_decisions() -> impl Strategy<Value = Vec<Decision>> {
        let one = prop_oneof![
            Just(Decision::Pass),
            Just(Decision::Fail),
            Just(Decision::Unsure)
        ];
        proptest::collection::vec(one, 43)
    }

    fn judged(decisions: &[Decision]) -> Scorecard {
        let mut verdicts = sample::plain(&[], &[]);
        for (one, decision) in verdicts.iter_mut().zip(decisions) {
            one.verdict = *decision;
        }
        score(&sample::outline(), &verdicts, Some(&scores()))
    }

    fn all_points(card: &Scorecard) -> Vec<Points> {
        let indicators = card.tools.iter().flat_map(|tool| &tool.indicators);
        card.tools
            .iter()
            .filter_map(|tool| tool.points)
            .chain(indicators.clone().filter_map(|one| one.points))
            .chain(
                indicators
                    .flat_map(|one| &one.groups)
                    .map(|group| group.points),
            )
            .chain(card.total)
            .collect()
    }

    proptest! {
        #[test]
        fn low_never_exceeds_high(decisions in any_decisions()) {
            for points in all_points(&judged(&decisions)) {
                prop_assert!(0.0 <= points.low && points.low <= points.high && points.high <= 100.0 + 1e-9);
            }
        }

        #[test]
        fn a_better_verdict_never_costs_points(decisions in any_decisions(), at in 0usize..43) {
            let rise = |to: Decision| {
                let mut new = decisions.clone();
                new[at] = to;
                all_points(&judged(&new))
            };
            let (fail, unsure, pass) = (rise(Decision::Fail), rise(Decision::Unsure), rise(Decision::Pass));
            for ((fail, unsure), pass) in fail.iter().zip(&unsure).zip(&pass) {
                prop_assert!(fail.low <= unsure.low && unsure.low <= pass.low);
                prop_assert!(fail.high <= unsure.high && unsure.high <= pass.high);
            }
        }

        #[test]
        fn the_items_points_add_up_to_the_oit(decisions in any_decisions()) {
            let sum: f64 = slots(&sample::outline(), None).iter().zip(&decisions)
                .filter(|(_, decision)| **decision == Decision::Pass)
                .map(|(slot, _)| slot.worth.oit)
                .sum();
            let oit = judged(&decisions).tools[2].points.map_or(0.0, |points| points.low);
            prop_assert!((sum - oit).abs() < 1e-9);
        }
    }
}
