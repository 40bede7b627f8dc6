//! What differs between years, in words: the same lines for the terminal and for the page.

use serde::Serialize;

use super::{decision_words, outcome_words};
use crate::difference::{Asked, Changes, CriterionChange, ItemChange, Side, Wording};
use crate::judge::Decision;

/// One item that differs, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    /// Its number after, `O2 → O3` when it moved.
    pub(super) number: String,
    /// Its title after.
    pub(super) title: String,
    /// The title before, when it was another.
    pub(super) old_title: Option<String>,
    /// Both verdicts.
    pub(super) from: Decision,
    pub(super) to: Decision,
    /// What differs in it.
    pub(super) notes: Vec<Note>,
}

/// What differs in a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Note {
    /// `เกณฑ์ใหม่`.
    pub(super) what: &'static str,
    /// The criterion's words.
    pub(super) asks: String,
    /// The words before, when they were others.
    pub(super) old_asks: Option<String>,
    /// What it came to before, unless nothing changed.
    pub(super) before: Option<String>,
    /// What it came to after.
    pub(super) after: Option<String>,
}

/// Every item that differs: first those with another verdict.
pub(super) fn lines(changes: &Changes) -> Vec<Line> {
    let rest = changes.items.iter().filter(|item| !item.is_flip());
    changes.flips().chain(rest).map(line).collect()
}

fn line(item: &ItemChange) -> Line {
    let number = if item.is_moved() {
        format!("{} → {}", item.from.id, item.to.id)
    } else {
        item.to.id.clone()
    };
    Line {
        number,
        title: item.to.title.clone(),
        old_title: item.is_retitled().then(|| item.from.title.clone()),
        from: item.from.verdict,
        to: item.to.verdict,
        notes: item.criteria.iter().map(note).collect(),
    }
}

fn note(one: &CriterionChange) -> Note {
    let what = match one.wording {
        Wording::New => "เกณฑ์ใหม่",
        Wording::Gone => "ไม่ถามแล้ว",
        Wording::Reworded => "ถ้อยคำเปลี่ยน",
        Wording::Same => "เกณฑ์เดิม",
    };
    let asks = |side: &Option<Asked>| side.as_ref().map(|one| one.asks.clone());
    let [before, after] = [&one.from, &one.to].map(|side| side.as_ref().map(found));
    Note {
        what,
        asks: asks(&one.to).or(asks(&one.from)).unwrap_or_default(),
        old_asks: asks(&one.from).filter(|_| one.wording == Wording::Reworded),
        // The same words twice tell a reader nothing.
        before: before.filter(|before| after.as_ref() != Some(before)),
        after,
    }
}

/// `ครบ: พบ…`.
pub(super) fn found(side: &Asked) -> String {
    let (mark, words) = outcome_words(side.outcome);
    format!("{mark} {words}: {}", side.because)
}

/// `ผ่าน → ไม่ผ่าน`, once when nothing changed.
pub(super) fn step(from: Decision, to: Decision) -> String {
    let words = |decision| {
        let (mark, words) = decision_words(decision);
        format!("{mark} {words}")
    };
    if from == to {
        words(to)
    } else {
        format!("{} → {}", words(from), words(to))
    }
}

/// How much differs, in one sentence.
pub(super) fn sum(changes: &Changes) -> String {
    if changes.is_empty() {
        return "ไม่ต่างกัน".to_owned();
    }
    let flips = changes.flips().count();
    let other = changes.items.len() - flips;
    format!(
        "ผลเปลี่ยน {flips} ข้อ · รายละเอียดต่างแต่ผลเท่าเดิม {other} ข้อ · ข้อใหม่ {} · ข้อที่เลิกถาม {} · เหมือนเดิม {}",
        changes.new.len(),
        changes.gone.len(),
        changes.same
    )
}

/// `O34 ✘ ไม่ผ่าน · นโยบาย…`.
pub(super) fn side(side: &Side) -> String {
    format!(
        "{} {} · {}",
        side.id,
        side.title,
        step(side.verdict, side.verdict)
    )
}
