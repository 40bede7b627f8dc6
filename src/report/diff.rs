//! Two audits of an agency for a terminal: verdicts, then criteria, then evidence, with the last good copy of what is gone.

use std::collections::BTreeSet;

use serde::Serialize;

use super::history::{heading, is_worse, kind_words};
use super::text::{Ink, Sheet, decision_ink};
use super::wrap::padded;
use super::years::{self, Line, lines, side};
use super::{harmless, readable_url, shortened, when};
use crate::difference::Side;
use crate::rules::answer::Outcome;
use crate::score::Points;
use crate::store::{AuditId, AuditLine, Gone, Shown, Sight, StoredDiff};

/// Characters of a quote that are printed.
const QUOTE: usize = 120;
/// Characters of a file's name.
const NAME: usize = 60;

/// Writes what differs.
pub fn diff(diff: &StoredDiff, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    heading(&mut sheet, "สิ่งที่เปลี่ยน", &diff.agency);
    sheet.line("");
    for (lead, line) in [("  ก่อน  ", &diff.from), ("  หลัง  ", &diff.to)] {
        sheet.hang(lead, &look(line), None);
    }
    scores(&mut sheet, diff);
    for note in notes(diff) {
        sheet.hang("  ", note, Some(Ink::Yellow));
    }
    sheet.line("");
    sheet.hang("  ", &sum(diff), Some(Ink::Bold));
    let lines = lines(&diff.changes);
    let (flips, rest): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.from != line.to);
    items(&mut sheet, "ข้อที่ผลเปลี่ยน", &flips);
    items(&mut sheet, "เกณฑ์ที่เปลี่ยน แต่ผลของข้อเท่าเดิม", &rest);
    sides(&mut sheet, "ข้อใหม่", &diff.changes.new);
    sides(&mut sheet, "ข้อที่ไม่ถามแล้ว", &diff.changes.gone);
    evidence(&mut sheet, diff);
    sheet.done()
}

/// `ครั้งที่ 412 · 23 พ.ย. 2569 09:14 · ตรวจซ้ำ`.
pub(super) fn look(line: &AuditLine) -> String {
    format!(
        "ครั้งที่ {} · {} · {} · เกณฑ์ปี {}",
        line.audit,
        when::time(line.look.at),
        kind_words(line.look.kind),
        line.year
    )
}

/// Nothing at all differs between two audits.
pub(super) fn is_nothing(diff: &StoredDiff) -> bool {
    diff.changes.is_empty() && diff.evidence.is_empty()
}

/// How much differs, in one sentence.
pub(super) fn sum(diff: &StoredDiff) -> String {
    if is_nothing(diff) {
        return "ไม่มีอะไรเปลี่ยน".to_owned();
    }
    let flips = diff.changes.flips().count();
    let lost = lost(diff);
    let missing = lost.iter().filter(|one| one.worse).count();
    let all = [
        (flips, "ผลเปลี่ยน", "ข้อ"),
        (
            diff.changes.items.len() - flips,
            "เกณฑ์เปลี่ยนแต่ผลเท่าเดิม",
            "ข้อ",
        ),
        (diff.changes.new.len(), "ข้อใหม่", "ข้อ"),
        (diff.changes.gone.len(), "ไม่ถามแล้ว", "ข้อ"),
        (missing, "หลักฐานหายไป", "แห่ง"),
        (lost.len() - missing, "หลักฐานที่ไม่ใช้แล้ว", "แห่ง"),
        (found(diff).len(), "หลักฐานใหม่", "แห่ง"),
    ];
    let told = all.iter().filter(|(count, ..)| *count > 0);
    let mut told: Vec<String> = told
        .map(|(count, what, of)| format!("{what} {count} {of}"))
        .collect();
    if flips == 0 {
        told.insert(0, "ผลของทุกข้อเท่าเดิม".to_owned());
    }
    told.join(" · ")
}

/// What may have made the difference other than the website.
pub(super) fn notes(diff: &StoredDiff) -> Vec<&'static str> {
    let (from, to) = (&diff.from, &diff.to);
    let other_year = from.year != to.year;
    let same_capture = from.capture.is_some() && from.capture == to.capture;
    let all = [
        (from.audit == to.audit, "เป็นการตรวจครั้งเดียวกัน"),
        (other_year, "ตัดสินด้วยเกณฑ์คนละปี จึงไม่เทียบหลักฐาน"),
        (
            !other_year && from.rules != to.rules && same_capture,
            "กฎเปลี่ยน ข้อมูลจากเว็บไซต์ชุดเดียวกัน สิ่งที่ต่างจึงมาจากกฎ",
        ),
        (
            !other_year && from.rules != to.rules && !same_capture,
            "กฎเปลี่ยนระหว่างสองครั้ง สิ่งที่ต่างอาจมาจากกฎ ไม่ใช่เว็บไซต์",
        ),
        (!from.complete, "ครั้งก่อนอ่านเว็บไซต์ไม่ครบ สิ่งที่ใหม่อาจมีอยู่แล้ว"),
        (!to.complete, "ครั้งหลังอ่านเว็บไซต์ไม่ครบ สิ่งที่ไม่พบอาจยังอยู่"),
    ];
    all.into_iter()
        .filter(|one| one.0)
        .map(|one| one.1)
        .collect()
}

fn scores(sheet: &mut Sheet, diff: &StoredDiff) {
    let mut row = |what: &str, from: String, to: String| {
        let told = if from == to {
            format!("{to} เท่าเดิม")
        } else {
            format!("{from} → {to}")
        };
        sheet.line(&format!("  {}{told}", padded(what, 12)));
    };
    let points = |points: Points| points.to_string();
    row("คะแนน OIT", points(diff.score.from), points(diff.score.to));
    if let Some(total) = &diff.total {
        row("คะแนนรวม", points(total.from), points(total.to));
    }
    if let (Some(from), Some(to)) = (&diff.from.grade, &diff.to.grade) {
        row("ระดับ", from.to_string(), to.to_string());
    }
}

fn items(sheet: &mut Sheet, title: &str, all: &[&Line]) {
    if !all.is_empty() {
        sheet.title(title);
    }
    for line in all {
        let head = format!(
            "{} {} · {}",
            line.number,
            years::step(line.from, line.to),
            line.title
        );
        sheet.hang("  ", &head, Some(decision_ink(line.to)));
        if let Some(old) = &line.old_title {
            sheet.hang("    ", &format!("เดิมชื่อ “{old}”"), None);
        }
        for note in &line.notes {
            sheet.hang("    ", &format!("{}: {}", note.what, note.asks), None);
            if let Some(old) = &note.old_asks {
                sheet.hang("      ", &format!("เดิม “{old}”"), Some(Ink::Faint));
            }
            for (lead, found) in [("      ก่อน ", &note.before), ("      หลัง ", &note.after)]
            {
                if let Some(found) = found {
                    sheet.hang(lead, found, None);
                }
            }
        }
    }
}

fn sides(sheet: &mut Sheet, title: &str, all: &[Side]) {
    if !all.is_empty() {
        sheet.title(title);
    }
    for one in all {
        sheet.hang("  ", &side(one), Some(decision_ink(one.verdict)));
        sheet.hang("    ", &one.summary, None);
    }
}

fn evidence(sheet: &mut Sheet, diff: &StoredDiff) {
    let (missing, unused): (Vec<_>, Vec<_>) = lost(diff).into_iter().partition(|one| one.worse);
    if !missing.is_empty() {
        sheet.title("หลักฐานที่หายไป");
    }
    for one in &missing {
        sheet.hang("  ", &place(&one.place), Some(Ink::Red));
        address(sheet, &one.place);
        sheet.hang("    ", &one.since, None);
        match &one.command {
            Some(command) => sheet.line(&format!("    {command}")),
            None => sheet.hang("    ", NO_COPY, Some(Ink::Faint)),
        }
    }
    if !unused.is_empty() {
        sheet.title("หลักฐานที่ไม่ใช้แล้ว (ผลไม่แย่ลง)");
    }
    for one in &unused {
        sheet.hang("  ", &place(&one.place), None);
        address(sheet, &one.place);
        sheet.hang("    ", &one.since, Some(Ink::Faint));
    }
    let found = found(diff);
    if !found.is_empty() {
        sheet.title("หลักฐานใหม่");
    }
    for one in &found {
        sheet.hang("  ", &place(one), Some(Ink::Green));
        address(sheet, one);
    }
}

/// Where a look has no capture.
pub(super) const NO_COPY: &str = "ไม่มีสำเนาเก็บไว้";

/// `O23 O24 · รายงานผลการใช้จ่าย`.
fn place(place: &Place) -> String {
    let label = if place.label.is_empty() {
        "(ไม่มีชื่อ)"
    } else {
        &place.label
    };
    format!("{} · {label}", place.items.join(" "))
}

fn address(sheet: &mut Sheet, place: &Place) {
    sheet.hang("    ", &readable_url(&place.url), None);
    for quote in &place.quotes {
        sheet.hang("    ", &format!("“{}”", shortened(quote, QUOTE)), None);
    }
}

/// An address that several items may be judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    pub(super) url: String,
    pub(super) label: String,
    /// The numbers of the items.
    pub(super) items: Vec<String>,
    /// The words.
    pub(super) quotes: Vec<String>,
}

/// An address, or words on it, that the later audit was not judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Lost {
    #[serde(flatten)]
    pub(super) place: Place,
    /// One of its items, or a criterion of it, came to less.
    pub(super) worse: bool,
    /// Between which two looks it went.
    pub(super) since: String,
    /// How to get the last good copy; `None` when none was kept.
    pub(super) command: Option<String>,
}

impl Place {
    fn add(&mut self, item: &str, quote: Option<&str>) {
        if !self.items.iter().any(|one| one == item) {
            self.items.push(item.to_owned());
        }
        if let Some(quote) = quote
            && !self.quotes.iter().any(|one| one == quote)
        {
            self.quotes.push(quote.to_owned());
        }
    }

    fn of(shown: &Shown) -> Self {
        Self {
            url: shown.url.clone(),
            label: harmless(&shown.label).trim().to_owned(),
            items: Vec::new(),
            quotes: Vec::new(),
        }
    }
}

/// What the earlier audit was judged by and the later one is not, each address once: first where a result got worse.
pub(super) fn lost(diff: &StoredDiff) -> Vec<Lost> {
    let worse = worse(diff);
    let mut all: Vec<(Lost, (bool, AuditId, AuditId))> = Vec::new();
    for change in &diff.evidence {
        for gone in &change.gone {
            let key = (gone.address, gone.last.audit, gone.missed.audit);
            let known = all
                .iter()
                .position(|(one, of)| *of == key && one.place.url == gone.shown.url);
            let at = known.unwrap_or(all.len());
            if known.is_none() {
                all.push((Lost::of(diff, gone), key));
            }
            if let Some((one, _)) = all.get_mut(at) {
                // An address that is gone needs no proof by what stood there.
                let quote = gone.shown.quote.as_deref().filter(|_| !gone.address);
                one.place.add(&change.item, quote);
                one.worse |= worse.contains(change.item.as_str());
            }
        }
    }
    let mut all: Vec<Lost> = all.into_iter().map(|one| one.0).collect();
    all.sort_by_key(|one| !one.worse);
    all
}

impl Lost {
    fn of(diff: &StoredDiff, gone: &Gone) -> Self {
        let url = &gone.shown.url;
        let is_paper = url.starts_with("http://") || url.starts_with("https://");
        let kept = gone.last.capture.is_some() && is_paper;
        Self {
            place: Place::of(&gone.shown),
            worse: false,
            since: since(gone),
            command: kept.then(|| copy(&diff.agency.id, &gone.last, url)),
        }
    }
}

/// What only the later audit was judged by, each address once.
pub(super) fn found(diff: &StoredDiff) -> Vec<Place> {
    let mut all: Vec<Place> = Vec::new();
    for change in &diff.evidence {
        for shown in &change.new {
            let known = all.iter().position(|one| one.url == shown.url);
            let at = known.unwrap_or(all.len());
            if known.is_none() {
                all.push(Place::of(shown));
            }
            if let Some(one) = all.get_mut(at) {
                one.add(&change.item, shown.quote.as_deref());
            }
        }
    }
    all
}

/// Items that came to less, or one of whose criteria did.
fn worse(diff: &StoredDiff) -> BTreeSet<&str> {
    let worth = |outcome: Outcome| match outcome {
        Outcome::Met | Outcome::NotApplicable => 2,
        Outcome::Unsure => 1,
        Outcome::Unmet => 0,
    };
    let items = diff.changes.items.iter().filter(|item| {
        let criteria = item.criteria.iter().any(|one| match (&one.from, &one.to) {
            (Some(from), Some(to)) => worth(to.outcome) < worth(from.outcome),
            _ => false,
        });
        criteria || is_worse(item.from.verdict, item.to.verdict)
    });
    items.map(|item| item.to.id.as_str()).collect()
}

fn since(gone: &Gone) -> String {
    let what = if gone.address {
        ""
    } else {
        "ถ้อยคำนี้ "
    };
    let sight = |sight: &Sight| format!("{} (ครั้งที่ {})", when::time(sight.at), sight.audit);
    format!(
        "{what}เห็นครั้งสุดท้าย {} · ไม่เห็นตั้งแต่ {}",
        sight(&gone.last),
        sight(&gone.missed)
    )
}

/// The command that gives the last good copy. It can be pasted as it is: the address comes from a website and is quoted for the shell.
fn copy(agency: &str, last: &Sight, url: &str) -> String {
    format!(
        "prongsai export {agency} --audit {} --paper {} -o {}",
        last.audit,
        quoted(url),
        file_name(url, last.audit)
    )
}

/// A word that a shell takes as it stands.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:%=+,@".contains(c);
    let word = harmless(word);
    if word.chars().all(plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// `405-report.pdf`: the address's last part as far as every file system and every shell takes it.
fn file_name(url: &str, audit: AuditId) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let part = path.split("://").last().unwrap_or_default();
    let part = part.split_once('/').map_or("", |(_, rest)| rest);
    let part = readable_url(part.rsplit('/').next().unwrap_or_default());
    let fit = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c) || ('ก'..='๛').contains(c);
    let kept: Vec<char> = part.chars().filter(fit).collect();
    // The ending says what it is, so the beginning goes.
    let kept: String = kept.iter().skip(kept.len().saturating_sub(NAME)).collect();
    let name = kept.trim_start_matches(['.', '-', '\u{e31}', '\u{e34}', '\u{e35}']);
    if name.is_empty() {
        format!("{audit}-paper")
    } else {
        format!("{audit}-{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::store_sample as sample;

    fn told(of: &StoredDiff) -> String {
        diff(of, false)
    }

    #[test]
    fn what_vanished_is_told_with_its_last_good_copy() {
        sample::snapshot("diff", &told(&sample::diff()));
    }

    #[test]
    fn nothing_changed_is_said_in_few_lines() {
        let told = told(&sample::unchanged());
        assert!(told.contains("ไม่มีอะไรเปลี่ยน"));
        sample::snapshot("diff-nothing", &told);
    }

    #[test]
    fn a_paper_of_two_items_is_told_once() {
        let mut both = sample::diff();
        let mut twin = both.evidence[0].clone();
        twin.item = "O24".into();
        both.evidence.push(twin);
        let told = told(&both);
        assert_eq!(told.matches("prongsai export").count(), 1, "{told}");
        assert!(told.contains("O23 O24 · "), "{told}");
    }

    #[test]
    fn an_address_cannot_become_a_command() {
        assert_eq!(
            quoted("https://a.go.th/x'; rm -rf ~ #"),
            r"'https://a.go.th/x'\''; rm -rf ~ #'"
        );
        assert_eq!(
            quoted("https://a.go.th/a?b=$(id)"),
            "'https://a.go.th/a?b=$(id)'"
        );
        assert_eq!(quoted("https://a.go.th/\n`id`"), "'https://a.go.th/ `id`'");
        assert_eq!(quoted("https://a.go.th/ก.pdf"), "'https://a.go.th/ก.pdf'");
        assert_eq!(quoted("https://a.go.th/a.pdf"), "https://a.go.th/a.pdf");
    }

    #[test]
    fn a_copy_has_a_name_that_every_shell_takes() {
        for (url, name) in [
            ("https://a.go.th/f/report%202565.pdf", "7-report202565.pdf"),
            (
                "https://a.go.th/%E0%B9%81%E0%B8%9C%E0%B8%99.pdf?v=1",
                "7-แผน.pdf",
            ),
            ("https://a.go.th/", "7-paper"),
            ("https://a.go.th", "7-paper"),
            ("https://a.go.th/..%2f..%2fetc", "7-etc"),
            ("https://a.go.th/-rf", "7-rf"),
        ] {
            assert_eq!(file_name(url, 7), name, "{url}");
        }
    }

    #[test]
    fn a_look_without_a_capture_has_no_copy() {
        let mut none = sample::diff();
        none.evidence[0].gone[0].last.capture = None;
        let told = told(&none);
        assert!(
            told.contains(NO_COPY) && !told.contains("prongsai export"),
            "{told}"
        );
    }

    #[test]
    fn evidence_of_an_item_that_is_not_worse_did_not_vanish() {
        let mut fine = sample::diff();
        fine.changes.items.clear();
        let told = told(&fine);
        assert!(
            !told.contains("หลักฐานที่หายไป") && told.contains("หลักฐานที่ไม่ใช้แล้ว"),
            "{told}"
        );
    }
}
