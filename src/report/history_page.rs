//! An agency's history as one HTML file: its score over time, what the newest look changed, and every audit.

use jiff::Timestamp;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;

use super::diff::{NO_COPY, found, is_nothing, look, lost, notes as diff_notes, sum};
use super::history::{Event, agency_words, events, kind_words, notes, turned};
use super::html::printer;
use super::years::lines;
use super::{readable_url, when};
use crate::schedule::bangkok;
use crate::store::{AuditLine, History, HistoryLine, StoredDiff, Turned};

const PAGE: &str = include_str!("history.html");

/// The drawing's size, and its margins for the labels.
const WIDE: f64 = 860.0;
const HIGH: f64 = 230.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 34.0;
/// Labels of days below the drawing.
const DAYS: i64 = 6;

/// Writes a page of the history and what the newest look changed.
pub fn history_html(
    history: &History,
    newest: Option<&StoredDiff>,
) -> Result<String, minijinja::Error> {
    render(history, newest, UndefinedBehavior::Lenient)
}

fn render(
    history: &History,
    newest: Option<&StoredDiff>,
    undefined: UndefinedBehavior,
) -> Result<String, minijinja::Error> {
    let mut page: Environment<'_> = printer(undefined)?;
    page.add_template("history.html", PAGE)?;
    let agency = agency_words(&history.agency);
    let shown = newest.map(|diff| {
        context! {
            it => Serde(diff),
            looks => [look(&diff.from), look(&diff.to)],
            nothing => is_nothing(diff),
            sum => sum(diff),
            notes => diff_notes(diff),
            lines => Serde(lines(&diff.changes)),
            lost => Serde(lost(diff)),
            found => Serde(found(diff)),
        }
    });
    page.get_template("history.html")?.render(context! {
        title => format!("ประวัติการตรวจ OIT {agency}"),
        agency,
        home => readable_url(&history.agency.home),
        id => &history.agency.id,
        latest => Serde(history.audits.first().map(Row::audit)),
        chart => Serde(Chart::of(history)),
        rows => Serde(events(history).iter().map(Row::of).collect::<Vec<_>>()),
        before => history.before,
        year => history.year.map(|year| year.to_string()),
        newest => shown,
        no_copy => NO_COPY,
    })
}

/// A row of the list of audits.
#[derive(Serialize)]
struct Row<'a> {
    at: String,
    kind: &'static str,
    /// The audit; none for visits without one.
    audit: Option<&'a HistoryLine>,
    score: String,
    total: String,
    grade: String,
    year: String,
    notes: Vec<&'static str>,
    turned: Vec<&'a Turned>,
    /// Why there is no audit.
    why: String,
    void: bool,
}

impl<'a> Row<'a> {
    fn of(event: &Event<'a>) -> Self {
        match event {
            Event::Audit { of, .. } => Self::audit(of),
            Event::Missed(missed) => Self {
                at: when::time(missed.last.at),
                kind: missed.what(),
                audit: None,
                score: String::new(),
                total: String::new(),
                grade: String::new(),
                year: String::new(),
                notes: Vec::new(),
                turned: Vec::new(),
                why: missed.why(),
                void: missed.last.void,
            },
        }
    }

    fn audit(of: &'a HistoryLine) -> Self {
        let line = &of.line;
        let told = |it: Option<String>| it.unwrap_or_else(|| "–".to_owned());
        Self {
            at: when::time(line.look.at),
            kind: kind_words(line.look.kind),
            audit: Some(of),
            score: line.score.to_string(),
            total: told(line.total.map(|points| points.to_string())),
            grade: told(line.grade.as_ref().map(ToString::to_string)),
            year: line.year.to_string(),
            notes: notes(of),
            turned: turned(of),
            why: String::new(),
            void: false,
        }
    }
}

/// The score over time, ready to be drawn.
#[derive(Serialize)]
struct Chart {
    wide: f64,
    high: f64,
    left: f64,
    right: f64,
    bottom: f64,
    /// What is told to those who do not see it.
    told: String,
    /// A piece for every year: scores of two years do not compare.
    pieces: Vec<Piece>,
    points: Vec<Dot>,
    /// Visits without an audit.
    missed: Vec<Dot>,
    /// Horizontal lines.
    grid: Vec<Mark>,
    /// Days below.
    days: Vec<Mark>,
    /// Where a year begins.
    years: Vec<Mark>,
}

#[derive(Serialize)]
struct Piece {
    /// The band from low to high.
    band: String,
    /// What is proven.
    line: String,
}

#[derive(Serialize)]
struct Dot {
    x: String,
    y: String,
    told: String,
    void: bool,
    /// Nothing ended the crawl early.
    whole: bool,
}

#[derive(Serialize)]
struct Mark {
    at: String,
    label: String,
}

/// From values to places in the drawing.
struct Scale {
    first: i64,
    last: i64,
    floor: f64,
}

impl Scale {
    fn x(&self, at: Timestamp) -> f64 {
        let whole = (self.last - self.first).max(1) as f64;
        let part = (at.as_second() - self.first) as f64 / whole;
        LEFT + part.clamp(0.0, 1.0) * (WIDE - LEFT - RIGHT)
    }

    fn y(&self, points: f64) -> f64 {
        let part = (points - self.floor) / (100.0 - self.floor);
        HIGH - BOTTOM - part.clamp(0.0, 1.0) * (HIGH - TOP - BOTTOM)
    }
}

fn coordinate(value: f64) -> String {
    format!("{value:.1}")
}

impl Chart {
    /// `None` for fewer than two audits: a single point is no line.
    fn of(history: &History) -> Option<Self> {
        let lines: Vec<_> = history.audits.iter().rev().map(|one| &one.line).collect();
        let (first, newest) = (lines.first()?, lines.last()?);
        if lines.len() < 2 {
            return None;
        }
        let lowest = lines.iter().map(|one| one.score.low).fold(100.0, f64::min);
        let scale = Scale {
            first: first.look.at.as_second(),
            last: newest.look.at.as_second(),
            // The lines of the drawing stand at tens; a floor of 0 would flatten small changes.
            floor: ((lowest - 5.0) / 10.0).floor().clamp(0.0, 8.0) * 10.0,
        };
        let mut pieces: Vec<Vec<&AuditLine>> = Vec::new();
        for line in &lines {
            match pieces.last_mut() {
                Some(piece) if piece.last().is_some_and(|one| one.year == line.year) => {
                    piece.push(line)
                }
                _ => pieces.push(vec![line]),
            }
        }
        let years = pieces
            .iter()
            .filter_map(|piece| piece.first())
            .map(|line| Mark {
                at: coordinate(scale.x(line.look.at)),
                label: format!("ปี {}", line.year),
            });
        let place =
            |x: Timestamp, y: f64| format!("{},{}", coordinate(scale.x(x)), coordinate(scale.y(y)));
        let drawn = pieces.iter().map(|piece| {
            let low = piece.iter().map(|one| place(one.look.at, one.score.low));
            let high = piece
                .iter()
                .rev()
                .map(|one| place(one.look.at, one.score.high));
            let line: Vec<String> = low.collect();
            let band: Vec<String> = line.iter().cloned().chain(high).collect();
            Piece {
                band: band.join(" "),
                line: line.join(" "),
            }
        });
        let points = lines.iter().map(|line| Dot {
            x: coordinate(scale.x(line.look.at)),
            y: coordinate(scale.y(line.score.low)),
            told: format!(
                "ครั้งที่ {} {} OIT {}",
                line.audit,
                when::time(line.look.at),
                line.score
            ),
            void: false,
            whole: line.complete,
        });
        let within = |at: Timestamp| (scale.first..=scale.last).contains(&at.as_second());
        let missed = history
            .missed
            .iter()
            .filter(|one| within(one.at))
            .map(|one| Dot {
                x: coordinate(scale.x(one.at)),
                y: coordinate(HIGH - BOTTOM),
                told: format!(
                    "{} {}",
                    when::time(one.at),
                    if one.void {
                        "ไม่นับ"
                    } else {
                        "เข้าไม่ได้"
                    }
                ),
                void: one.void,
                whole: true,
            });
        Some(Self {
            wide: WIDE,
            high: HIGH,
            left: LEFT,
            right: WIDE - RIGHT,
            bottom: HIGH - BOTTOM,
            told: format!(
                "คะแนน OIT จาก {} เมื่อ {} เป็น {} เมื่อ {}",
                first.score,
                when::day(first.day),
                newest.score,
                when::day(newest.day)
            ),
            pieces: drawn.collect(),
            points: points.collect(),
            missed: missed.collect(),
            grid: grid(&scale),
            days: days(&scale),
            years: years.collect(),
        })
    }
}

fn grid(scale: &Scale) -> Vec<Mark> {
    let step = if scale.floor < 50.0 { 20 } else { 10 };
    (0..=100)
        .step_by(step)
        .filter(|points| f64::from(*points) >= scale.floor)
        .map(|points| Mark {
            at: coordinate(scale.y(f64::from(points))),
            label: points.to_string(),
        })
        .collect()
}

fn days(scale: &Scale) -> Vec<Mark> {
    let whole = scale.last - scale.first;
    let mut days: Vec<Mark> = Vec::new();
    for n in 0..DAYS {
        let Ok(at) = Timestamp::from_second(scale.first + whole * n / (DAYS - 1)) else {
            continue;
        };
        let label = when::day(bangkok(at).date());
        if days.last().is_none_or(|before| before.label != label) {
            days.push(Mark {
                at: coordinate(scale.x(at)),
                label,
            });
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::store_sample as sample;

    fn page(of: &History, newest: Option<&StoredDiff>) -> String {
        render(of, newest, UndefinedBehavior::SemiStrict).unwrap()
    }

    #[test]
    fn the_page_has_the_score_the_change_and_the_audits() {
        sample::snapshot(
            "history-page",
            &page(&sample::history(), Some(&sample::diff())),
        );
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let page = page(&sample::history(), Some(&sample::diff()));
        for loading in [
            "<script", "<img", "<link", "<iframe", "url(", "@import", "src=",
        ] {
            assert!(!page.contains(loading), "{loading}");
        }
    }

    #[test]
    fn what_a_website_says_cannot_become_markup() {
        let mut hostile = sample::diff();
        hostile.evidence[0].gone[0].shown.label = "<script>alert(1)</script>".into();
        hostile.evidence[0].gone[0].shown.url = "javascript:alert(1)".into();
        let mut named = sample::history();
        named.agency.name = "</svg><script>alert(2)</script>".into();
        named.audits[0].turned[0].summary = "<img src=x onerror=alert(3)>".into();
        let page = page(&named, Some(&hostile));
        assert!(!page.contains("<script") && !page.contains("<img"));
        assert!(!page.contains("href=\"javascript:"));
        assert!(
            page.contains("&lt;script&gt;alert(1)"),
            "what it said is still told"
        );
    }

    #[test]
    fn a_history_without_audits_or_changes_is_a_page_too() {
        let none = History {
            audits: vec![],
            missed: vec![],
            ..sample::history()
        };
        assert!(page(&none, None).contains("ยังไม่มีการตรวจ"));
        let mut one = sample::history();
        one.audits.truncate(1);
        assert!(
            !page(&one, Some(&sample::unchanged())).contains("<svg"),
            "one point is no line"
        );
    }

    #[test]
    fn every_place_of_the_drawing_is_within_it() {
        let mut extreme = sample::history();
        for (one, score) in extreme.audits.iter_mut().zip([0.0, 100.0, 0.0, 100.0]) {
            one.line.score = crate::score::Points::exact(score);
            one.line.look.at = sample::at(1, 0, 0);
        }
        let chart = Chart::of(&extreme).unwrap();
        for dot in chart.points.iter().chain(&chart.missed) {
            let [x, y] = [&dot.x, &dot.y].map(|it| it.parse::<f64>().unwrap());
            assert!(
                (LEFT..=WIDE - RIGHT).contains(&x) && (TOP..=HIGH - BOTTOM).contains(&y),
                "{x} {y}"
            );
        }
    }
}
