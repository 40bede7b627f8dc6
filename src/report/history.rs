//! The audits of an agency for a terminal, newest first: a line each, below it what it saw otherwise than the one before.

use jiff::Timestamp;

use super::runs::fault_words;
use super::text::{Ink, Sheet, decision_ink};
use super::wrap::{columns, padded};
use super::years::step;
use super::{decision_words, readable_url, when};
use crate::judge::Decision;
use crate::score::Points;
use crate::store::{
    AgencyRow, AuditId, AuditLine, History, HistoryLine, LookKind, MissLine, Turned,
};

/// Items that are told of one audit; changed rules turn many at once, and `diff` has them all.
const TURNED: usize = 6;

/// Writes a page of the history.
pub fn history(history: &History, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    let agency = &history.agency;
    heading(&mut sheet, "ประวัติการตรวจ", agency);
    let events = events(history);
    if events.is_empty() {
        let what = match history.year {
            Some(year) => format!("ยังไม่มีการตรวจตามเกณฑ์ปี {year}"),
            None => "ยังไม่มีการตรวจ".to_owned(),
        };
        sheet.line("");
        sheet.hang("  ", &what, None);
        return sheet.done();
    }
    let mut year = None;
    for event in &events {
        match event {
            Event::Audit { of, before } => {
                if year.replace(of.line.year) != Some(of.line.year) {
                    sheet.title(&format!("ปีงบประมาณ พ.ศ. {}", of.line.year));
                    head(&mut sheet);
                }
                row(&mut sheet, &of.line);
                told(&mut sheet, agency, of, *before);
            }
            Event::Missed(missed) => {
                if year.is_none() {
                    sheet.line("");
                }
                miss(&mut sheet, missed);
            }
        }
    }
    hints(&mut sheet, history, &events);
    sheet.done()
}

/// Whose view it is.
pub(super) fn heading(sheet: &mut Sheet, what: &str, agency: &AgencyRow) {
    sheet.hang(
        "",
        &format!("{what} {}", agency_words(agency)),
        Some(Ink::Bold),
    );
    let told = format!("{} · {}", agency.id, readable_url(&agency.home));
    sheet.hang("", &told, Some(Ink::Faint));
}

/// `เทศบาลตำบลบ้านใหม่ จังหวัดพะเยา`.
pub(super) fn agency_words(agency: &AgencyRow) -> String {
    let AgencyRow {
        name, province, id, ..
    } = agency;
    let name = if name.is_empty() { id } else { name };
    if province.is_empty() || name.contains(province.as_str()) {
        return name.clone();
    }
    let said = province.starts_with("จังหวัด") || province.contains("กรุงเทพ");
    let word = if said { "" } else { "จังหวัด" };
    format!("{name} {word}{province}")
}

/// What kind of look it was.
pub(super) fn kind_words(kind: LookKind) -> &'static str {
    match kind {
        LookKind::Visit => "ตรวจ",
        LookKind::SecondLook => "ตรวจซ้ำ",
        LookKind::Rejudged => "ตัดสินใหม่",
    }
}

/// What happened, newest first.
pub(super) enum Event<'a> {
    /// An audit, and the one before it in its year when it is on the page.
    Audit {
        of: &'a HistoryLine,
        before: Option<AuditId>,
    },
    /// Visits without one.
    Missed(Missed<'a>),
}

/// Visits in a row that failed in one way, with no audit between them.
pub(super) struct Missed<'a> {
    pub(super) first: Timestamp,
    pub(super) last: &'a MissLine,
    pub(super) times: usize,
}

/// Audits and missed visits in one row, newest first.
pub(super) fn events(history: &History) -> Vec<Event<'_>> {
    let mut missed = history.missed.as_slice();
    let mut events = Vec::new();
    for (at, of) in history.audits.iter().enumerate() {
        let newer = missed.partition_point(|one| one.at > of.line.look.at);
        let (these, rest) = missed.split_at(newer);
        missed = rest;
        events.extend(in_rows(these));
        let older = history.audits.get(at + 1..).unwrap_or_default();
        let before = older.iter().find(|one| one.line.year == of.line.year);
        let before = before.map(|one| one.line.audit);
        events.push(Event::Audit { of, before });
    }
    events.extend(in_rows(missed));
    events
}

/// Visits in a row that failed in one way, as one.
fn in_rows(missed: &[MissLine]) -> impl Iterator<Item = Event<'_>> {
    let alike = |a: &MissLine, b: &MissLine| a.void == b.void && a.fault == b.fault;
    missed.chunk_by(alike).filter_map(|row| {
        Some(Event::Missed(Missed {
            first: row.last()?.at,
            last: row.first()?,
            times: row.len(),
        }))
    })
}

impl Missed<'_> {
    /// `เข้าเว็บไซต์ไม่ได้`, or that it does not count.
    pub(super) fn what(&self) -> &'static str {
        if self.last.void {
            "ไม่นับ"
        } else {
            "เข้าไม่ได้"
        }
    }

    /// Why, and how often.
    pub(super) fn why(&self) -> String {
        let fault = self.last.fault.as_deref().map(fault_words);
        let why = self.last.why.as_deref().filter(|why| !why.is_empty());
        let why = why.or(fault).unwrap_or("ไม่ทราบสาเหตุ");
        match self.times {
            1 => why.to_owned(),
            times => format!("{why} ({times} ครั้งติดกัน ตั้งแต่ {})", when::time(self.first)),
        }
    }
}

/// What a reader must know of an audit beside its numbers.
pub(super) fn notes(of: &HistoryLine) -> Vec<&'static str> {
    let all = [
        (of.first, "ครั้งแรกของปี เป็นฐานที่ใช้เทียบครั้งต่อไป"),
        (of.new_rules, "กฎที่ใช้ตัดสินเปลี่ยนจากครั้งก่อน"),
        (!of.line.complete, "อ่านเว็บไซต์ไม่ครบ สิ่งที่ไม่พบจึงยังถือว่าหายไปไม่ได้"),
    ];
    all.into_iter()
        .filter(|one| one.0)
        .map(|one| one.1)
        .collect()
}

/// What turned, the worse first.
pub(super) fn turned(of: &HistoryLine) -> Vec<&Turned> {
    let mut all: Vec<&Turned> = of.turned.iter().collect();
    all.sort_by_key(|one| !one.from.is_some_and(|from| is_worse(from, one.to)));
    all
}

/// Whether a decision is worth less than the one before.
pub(super) fn is_worse(from: Decision, to: Decision) -> bool {
    let worth = |decision| {
        let points = Points::of(decision);
        points.low + points.high
    };
    worth(to) < worth(from)
}

/// The columns of the list.
const COLUMNS: [usize; 5] = [9, 20, 12, 14, 6];
const COUNTS: usize = 5;

fn head(sheet: &mut Sheet) {
    let heads = ["  ครั้งที่", "วันที่", "", "OIT", "ระดับ"];
    let row = cells(heads.map(str::to_owned), ["✔", "✘", "?"].map(str::to_owned));
    let row = sheet.ink(Ink::Faint, row.trim_end());
    sheet.line(&row);
}

fn cells(cells: [String; 5], counts: [String; 3]) -> String {
    let mut row = String::new();
    for (cell, wide) in cells.iter().zip(COLUMNS) {
        row += &padded(cell, wide);
    }
    for count in counts {
        row += &right(&count, COUNTS);
    }
    row
}

/// Text with spaces before it up to a number of columns.
pub(super) fn right(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(columns(text))))
}

fn row(sheet: &mut Sheet, line: &AuditLine) {
    let grade = line
        .grade
        .as_ref()
        .map_or("–".to_owned(), ToString::to_string);
    let row = cells(
        [
            right(&line.audit.to_string(), 7),
            when::time(line.look.at),
            kind_words(line.look.kind).to_owned(),
            line.score.to_string(),
            grade,
        ],
        [line.passed, line.failed, line.unsure].map(|count| count.to_string()),
    );
    sheet.line(&row);
}

fn told(sheet: &mut Sheet, agency: &AgencyRow, of: &HistoryLine, before: Option<AuditId>) {
    let lead = " ".repeat(COLUMNS[0]);
    for note in notes(of) {
        sheet.hang(&lead, note, Some(Ink::Yellow));
    }
    let all = turned(of);
    for one in all.iter().take(TURNED) {
        let step = one.from.map_or_else(
            || format!("ข้อใหม่ {}", step(one.to, one.to)),
            |from| step(from, one.to),
        );
        let told = format!("{} {step} · {}", one.item, one.title);
        sheet.hang(&lead, &told, Some(decision_ink(one.to)));
        sheet.hang(&format!("{lead}  "), &one.summary, None);
    }
    let rest = all.len().saturating_sub(TURNED);
    if rest > 0 {
        let told = match before {
            Some(before) => format!(
                "และอีก {rest} ข้อ ดูด้วย prongsai diff {} {before} {}",
                agency.id, of.line.audit
            ),
            None => format!("และอีก {rest} ข้อ"),
        };
        sheet.hang(&lead, &told, None);
    }
    if of.reworded > 0 {
        let told = format!("รายละเอียดหรือหลักฐานต่างไป แต่ผลเท่าเดิม {} ข้อ", of.reworded);
        sheet.hang(&lead, &told, Some(Ink::Faint));
    }
}

fn miss(sheet: &mut Sheet, missed: &Missed<'_>) {
    let lead = format!(
        "{}{}{}",
        padded("      –", COLUMNS[0]),
        padded(&when::time(missed.last.at), COLUMNS[1]),
        padded(missed.what(), COLUMNS[2])
    );
    let ink = if missed.last.void {
        Ink::Faint
    } else {
        Ink::Red
    };
    sheet.hang(&lead, &missed.why(), Some(ink));
}

fn hints(sheet: &mut Sheet, history: &History, events: &[Event<'_>]) {
    let id = &history.agency.id;
    let marks = [Decision::Pass, Decision::Fail, Decision::Unsure]
        .map(|one| format!("{} {}", decision_words(one).0, decision_words(one).1));
    sheet.line("");
    sheet.hang(
        "",
        &format!("{} · บรรทัดเดียวคือไม่มีอะไรเปลี่ยน", marks.join("  ")),
        Some(Ink::Faint),
    );
    let newest = events.iter().find_map(|event| match event {
        Event::Audit { of, before } if !of.turned.is_empty() || of.reworded > 0 => {
            Some(((*before)?, of.line.audit))
        }
        _ => None,
    });
    let mut hint =
        |what: &str, command: &str| sheet.line(&format!("{}{command}", padded(what, 22)));
    if let Some((from, to)) = newest {
        hint("เปลี่ยนอะไรล่าสุด", &format!("prongsai diff {id} {from} {to}"));
    }
    if let Some(before) = history.before {
        let year = history
            .year
            .map_or(String::new(), |year| format!(" --year {year}"));
        hint(
            "ครั้งก่อนหน้านี้",
            &format!("prongsai history {id}{year} --before {before}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::store_sample as sample;

    fn told(of: &History) -> String {
        history(of, false)
    }

    #[test]
    fn a_page_of_history_tells_what_turned_and_what_was_missed() {
        sample::snapshot("history", &told(&sample::history()));
    }

    #[test]
    fn an_agency_without_an_audit_is_told_as_such() {
        let none = History {
            audits: vec![],
            missed: vec![],
            before: None,
            ..sample::history()
        };
        assert!(told(&none).contains("ยังไม่มีการตรวจ"));
    }

    #[test]
    fn a_change_of_rules_does_not_flood_the_page() {
        let mut many = sample::history();
        let one = many.audits[0].turned[0].clone();
        many.audits[0].turned = (1..=30)
            .map(|n| Turned {
                item: format!("O{n}"),
                ..one.clone()
            })
            .collect();
        let told = told(&many);
        assert!(
            told.contains("และอีก 24 ข้อ ดูด้วย prongsai diff banmai 405 412"),
            "{told}"
        );
    }

    #[test]
    fn no_line_of_a_table_is_wider_than_the_terminal() {
        for line in told(&sample::history()).lines() {
            assert!(columns(line) <= 80, "{line}");
        }
    }

    #[test]
    fn what_a_website_says_cannot_command_the_terminal() {
        let mut hostile = sample::history();
        hostile.audits[0].turned[0].summary = "ก\u{1b}[2Jข".into();
        hostile.agency.name = "ค\u{1b}]0;x\u{7}ง".into();
        assert!(!told(&hostile).contains('\u{1b}'));
    }
}
