//! The report for a terminal: what matters on the first screen, details after it, 80 columns.

use std::fmt::Write;

use super::wrap::{columns, padded, wrap};
use super::years::{self, Line};
use super::{
    agency_line, basis_words, count, decision_words, harmless, ocr_lines, of, outcome_words,
    people, people_lines, readable_url, shortened, summary_adds,
};
use crate::audit::{Audit, Item};
use crate::difference::{Difference, Years};
use crate::fetch::capture::Found;
use crate::judge::{CriterionVerdict, Decision, Verdict};
use crate::rules::answer::{Evidence, Finding, Outcome};
use crate::score::round3;
use crate::year::thai_date;

const WIDTH: usize = 80;
/// How many gaps the first screen names.
const FIRST: usize = 5;
/// Characters of a quote that are printed.
const QUOTE: usize = 160;

/// Writes the report. `colour` adds terminal colours; words and marks never depend on them.
pub fn text(audit: &Audit, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    headline(&mut sheet, audit);
    first_steps(&mut sheet, audit);
    items(&mut sheet, audit);
    gaps(&mut sheet, audit);
    reviews(&mut sheet, audit);
    decisions(&mut sheet, audit);
    measures(&mut sheet, audit);
    coverage(&mut sheet, audit);
    faults(&mut sheet, audit);
    sheet.out
}

/// Writes the report of several years: what differs, then each year as it is written alone.
pub fn years_text(years: &Years, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    let named: Vec<String> = years.years.iter().map(|one| one.year.to_string()).collect();
    let title = format!("เทียบผลตรวจ OIT ปีงบประมาณ พ.ศ. {}", named.join(" และ "));
    let title = sheet.ink(Ink::Bold, &title);
    sheet.line(&title);
    if let Some(last) = years.years.last() {
        sheet.hang("", &agency_line(&last.agency, &last.home), None);
        let told = format!(
            "เว็บไซต์เดียวกัน ข้อมูลชุดเดียวกัน ณ วันที่ {} ตัดสินด้วยเกณฑ์ของแต่ละปี",
            thai_date(last.taken_on)
        );
        sheet.hang("", &told, None);
    }
    for step in &years.difference {
        difference(&mut sheet, step);
    }
    for audit in &years.years {
        sheet.line("");
        sheet.line(&"═".repeat(WIDTH));
        sheet.out.push_str(&text(audit, colour));
    }
    sheet.out
}

fn difference(sheet: &mut Sheet, step: &Difference) {
    sheet.title(&format!("ปี {} เทียบกับปี {}", step.from, step.to));
    let mut row = |what: &str, from: String, to: String| {
        sheet.line(&format!("  {}{from} → {to}", padded(what, 12)));
    };
    row(
        "คะแนน OIT",
        step.score.from.to_string(),
        step.score.to.to_string(),
    );
    if let Some(total) = &step.total {
        row("คะแนนรวม", total.from.to_string(), total.to.to_string());
    }
    if let Some(grade) = &step.grade {
        row("ระดับ", grade.from.to_string(), grade.to.to_string());
    }
    sheet.hang("  ", &years::sum(&step.changes), None);
    let lines = years::lines(&step.changes);
    let (flips, rest): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.from != line.to);
    for (title, some) in [("ข้อที่ผลเปลี่ยน", flips), ("ข้อที่รายละเอียดต่าง แต่ผลเท่าเดิม", rest)]
    {
        if !some.is_empty() {
            sheet.title(title);
        }
        for line in some {
            changed_item(sheet, step, line);
        }
    }
    for (title, some) in [
        (format!("ข้อใหม่ในปี {}", step.to), &step.changes.new),
        (format!("ข้อที่ปี {} ไม่ถามแล้ว", step.to), &step.changes.gone),
    ] {
        if !some.is_empty() {
            sheet.title(&title);
        }
        for side in some {
            sheet.hang("  ", &years::side(side), Some(decision_ink(side.verdict)));
            sheet.hang("    ", &side.summary, None);
        }
    }
}

fn changed_item(sheet: &mut Sheet, step: &Difference, line: &Line) {
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
        for (year, found) in [(step.from, &note.before), (step.to, &note.after)] {
            if let Some(found) = found {
                sheet.hang(&format!("      ปี {year} "), found, None);
            }
        }
    }
}

/// Addresses read by OCR that are named.
const OCR_FILES: usize = 10;

/// What a line is coloured for.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Bold,
    Green,
    Red,
    Yellow,
    Faint,
}

/// A report being written, 80 columns wide.
pub(super) struct Sheet {
    out: String,
    colour: bool,
}

impl Sheet {
    pub(super) fn new(colour: bool) -> Self {
        Self {
            out: String::new(),
            colour,
        }
    }

    /// All that was written.
    pub(super) fn done(self) -> String {
        self.out
    }

    pub(super) fn ink(&self, ink: Ink, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Bold => "1",
            Ink::Green => "32",
            Ink::Red => "31",
            Ink::Yellow => "33",
            Ink::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    pub(super) fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// A section's title, after an empty line.
    pub(super) fn title(&mut self, title: &str) {
        let title = self.ink(Ink::Bold, title);
        self.line("");
        self.line(&title);
    }

    /// A paragraph after a lead such as `  ✘ O2  `; later lines are indented below the first one's text.
    pub(super) fn hang(&mut self, lead: &str, text: &str, ink: Option<Ink>) {
        let indent = columns(lead);
        let text = harmless(text);
        for (n, line) in wrap(&text, WIDTH.saturating_sub(indent)).iter().enumerate() {
            let lead = if n == 0 {
                lead.to_owned()
            } else {
                " ".repeat(indent)
            };
            let line = match ink {
                Some(ink) if !line.is_empty() => self.ink(ink, line),
                _ => line.clone(),
            };
            self.line(&format!("{lead}{line}"));
        }
    }
}

fn headline(sheet: &mut Sheet, audit: &Audit) {
    let title = format!(
        "ผลตรวจการเปิดเผยข้อมูลสาธารณะ (OIT) ปีงบประมาณ พ.ศ. {}",
        audit.year
    );
    let title = sheet.ink(Ink::Bold, &title);
    sheet.line(&title);
    sheet.hang("", &agency_line(&audit.agency, &audit.home), None);
    sheet.hang(
        "",
        &format!(
            "{} ตรวจเมื่อ {}",
            readable_url(&audit.home),
            thai_date(audit.taken_on)
        ),
        None,
    );
    sheet.line("");
    let score = sheet.ink(Ink::Bold, &audit.score.points.to_string());
    let counts = [Decision::Pass, Decision::Fail, Decision::Unsure]
        .map(|one| format!("{} {}", decision_words(one).1, count(audit, one)))
        .join("  ");
    sheet.line(&format!(
        "  {}{score}   {counts}  จาก {} ข้อ",
        padded("คะแนน OIT", 12),
        audit.items.len()
    ));
    if let (Some(total), Some(grade)) = (audit.total_range, &audit.grade_range) {
        let total = sheet.ink(Ink::Bold, &total.to_string());
        let grade = sheet.ink(Ink::Bold, &grade.to_string());
        let tools: Vec<String> = audit
            .tools
            .iter()
            .filter_map(|tool| Some(format!("{} {}", tool.id.to_uppercase(), tool.points?)))
            .collect();
        sheet.line(&format!(
            "  {}{total}   ระดับ {grade}   ({})",
            padded("คะแนนรวม", 12),
            tools.join("  ")
        ));
    } else {
        sheet.line("  ใส่คะแนน IIT และ EIT ด้วย --scores เพื่อคิดคะแนนรวมและระดับ");
    }
    for indicator in &audit.score.indicators {
        let points = indicator
            .points
            .map(|points| points.to_string())
            .unwrap_or_default();
        sheet.hang(
            &format!("  {}", padded(&points, 12)),
            &format!("ตัวชี้วัดที่ {} {}", indicator.id, indicator.title),
            None,
        );
    }
}

fn first_steps(sheet: &mut Sheet, audit: &Audit) {
    let mut gaps: Vec<&Item> = of(audit, Decision::Fail).collect();
    if gaps.is_empty() {
        sheet.title("ไม่พบข้อที่ไม่ผ่าน");
    } else {
        gaps.sort_by(|a, b| round3(b.points.total).total_cmp(&round3(a.points.total)));
        sheet.title("ทำก่อน (คะแนนรวมที่จะได้เพิ่มเมื่อครบตามเกณฑ์)");
        for item in gaps.iter().take(FIRST) {
            let verdict = &item.verdict;
            let lead = format!("  {}", padded(&format!("+{:.2}", item.points.total), 7));
            sheet.hang(
                &lead,
                &format!("{} {}", verdict.id, verdict.title),
                Some(Ink::Bold),
            );
            sheet.hang("         ", &verdict.summary, None);
        }
        if gaps.len() > FIRST {
            sheet.line(&format!("         และอีก {} ข้อ", gaps.len() - FIRST));
        }
    }
    let unsure = count(audit, Decision::Unsure);
    if unsure > 0 {
        let oit = audit.score.points;
        let note = format!(
            "มี {unsure} ข้อที่เครื่องตัดสินไม่ได้ คะแนน OIT จึงเป็นช่วง {oit}: ให้คนตรวจตามรายการด้านล่าง"
        );
        sheet.line("");
        sheet.hang("  ", &note, None);
    }
    for (n, line) in people_lines(audit).iter().enumerate() {
        if n == 0 {
            sheet.line("");
        }
        sheet.hang("  ", line, (n > 0).then_some(Ink::Yellow));
    }
    if !audit.coverage.complete {
        sheet.line("");
        sheet.hang("  ", &incomplete(audit), Some(Ink::Yellow));
    }
    if !audit.faults.is_empty() {
        sheet.line("");
        sheet.hang("  ", &fault_note(audit), Some(Ink::Yellow));
    }
}

fn fault_note(audit: &Audit) -> String {
    format!(
        "กฎทำงานผิดพลาด {} แห่ง ข้อเหล่านั้นยังไม่ได้ตัดสิน: ดูท้ายรายงาน",
        audit.faults.len()
    )
}

fn incomplete(audit: &Audit) -> String {
    format!(
        "อ่านเว็บไซต์ไม่ครบ: {} ข้อที่ไม่พบอาจอยู่ในส่วนที่ยังไม่ได้อ่าน",
        audit.coverage.stopped_because().unwrap_or("หยุดก่อนจบ")
    )
}

fn items(sheet: &mut Sheet, audit: &Audit) {
    sheet.title("รายข้อ");
    for group in audit.score.indicators.iter().flat_map(|one| &one.groups) {
        sheet.hang(
            "  ",
            &format!("{} {}  {} คะแนน", group.id, group.title, group.points),
            Some(Ink::Bold),
        );
        for item in audit.items.iter().filter(|item| item.group == group.id) {
            let verdict = &item.verdict;
            let reason = verdict
                .reason
                .map(|one| format!(" ({})", one.thai()))
                .unwrap_or_default();
            let lead = format!(
                "    {} {}",
                mark(sheet, verdict.verdict),
                padded(&verdict.id, 4)
            );
            let lead_columns = 4 + 1 + 1 + columns(decision_words(verdict.verdict).1).max(10) + 5;
            hang_painted(
                sheet,
                &lead,
                lead_columns,
                &format!("{}{reason}{}", verdict.title, by_person(verdict)),
            );
        }
    }
}

/// `✘ ไม่ผ่าน  ` in its colour, words padded.
fn mark(sheet: &Sheet, decision: Decision) -> String {
    let (mark, words) = decision_words(decision);
    sheet.ink(
        decision_ink(decision),
        &format!("{mark} {}", padded(words, 10)),
    )
}

pub(super) fn decision_ink(decision: Decision) -> Ink {
    match decision {
        Decision::Pass => Ink::Green,
        Decision::Fail => Ink::Red,
        Decision::Unsure => Ink::Yellow,
    }
}

/// [`Sheet::hang`] for a lead that holds colour codes.
fn hang_painted(sheet: &mut Sheet, lead: &str, lead_columns: usize, text: &str) {
    let text = harmless(text);
    for (n, line) in wrap(&text, WIDTH.saturating_sub(lead_columns))
        .iter()
        .enumerate()
    {
        let lead = if n == 0 {
            lead.to_owned()
        } else {
            " ".repeat(lead_columns)
        };
        sheet.line(&format!("{lead}{line}"));
    }
}

fn gaps(sheet: &mut Sheet, audit: &Audit) {
    if count(audit, Decision::Fail) == 0 {
        return;
    }
    sheet.title("ข้อที่ไม่ผ่าน");
    for item in of(audit, Decision::Fail) {
        let verdict = &item.verdict;
        sheet.line("");
        item_head(sheet, item);
        let mut said = "";
        for one in verdict
            .criteria
            .iter()
            .filter(|one| one.outcome != Outcome::NotApplicable)
        {
            criterion(sheet, one, &mut said);
        }
        for near in &verdict.near_misses {
            sheet.hang(
                "    ใกล้เคียง  ",
                &format!("พบ “{}” แต่{}", shortened(&near.label, QUOTE), near.lacks),
                None,
            );
            // The blank of an unfilled form stands in the sentence.
            let owner = near.quote.as_ref();
            if let Some(quote) = owner.filter(|_| near.finding == Some(Finding::OtherAgency)) {
                let quote = format!("“{}”", shortened(quote, QUOTE));
                sheet.hang("             ", &quote, None);
            }
            sheet.hang("             ", &readable_url(&near.url), Some(Ink::Faint));
        }
    }
    if has_unconfirmed(audit) {
        sheet.line("");
        sheet.hang(
            "  * ",
            "ถ้อยคำเกณฑ์ยังไม่ยืนยัน: ไม่พบคู่มือของปีนั้นฉบับเต็ม รายงาน HTML บอกที่มาของแต่ละเกณฑ์",
            None,
        );
    }
}

fn item_head(sheet: &mut Sheet, item: &Item) {
    let verdict = &item.verdict;
    let (mark, _) = decision_words(verdict.verdict);
    let reason = verdict
        .reason
        .map(|one| format!(" · {}", one.thai()))
        .unwrap_or_default();
    let head = format!(
        "{} {}{reason}{} · {:.2} คะแนนรวม",
        verdict.id,
        verdict.title,
        by_person(verdict),
        item.points.total
    );
    sheet.hang(
        &format!("  {mark} "),
        &head,
        Some(decision_ink(verdict.verdict)),
    );
    if summary_adds(verdict) {
        sheet.hang("    ", &verdict.summary, None);
    }
}

/// One criterion. A met one takes a line; what was said just before is not said again.
fn criterion<'a>(sheet: &mut Sheet, one: &'a CriterionVerdict, said: &mut &'a str) {
    let (mark, _) = outcome_words(one.outcome);
    let star = if basis_words(one.basis).is_some() {
        " *"
    } else {
        ""
    };
    sheet.hang(
        &format!("    {mark} "),
        &format!("{}{star}", one.asks),
        None,
    );
    if one.outcome == Outcome::Met {
        return;
    }
    if *said != one.because {
        sheet.hang("      ", &one.because, None);
        *said = &one.because;
    }
    places(sheet, &one.evidence);
    if one.outcome == Outcome::Unmet {
        sheet.hang("      แก้: ", &one.fix, None);
    }
}

fn places(sheet: &mut Sheet, evidence: &[Evidence]) {
    let Some(first) = evidence.first() else {
        return;
    };
    let label = if first.label.is_empty() {
        "หน้านี้"
    } else {
        &first.label
    };
    sheet.hang(
        "      ที่: ",
        &format!("{} {}", shortened(label, QUOTE), readable_url(&first.url)),
        Some(Ink::Faint),
    );
    if let Some(quote) = &first.quote {
        sheet.hang(
            "      พบ: ",
            &format!("“{}”", shortened(quote, QUOTE)),
            None,
        );
    }
    if first.clicks.is_some_and(|clicks| clicks >= Found::UNLINKED) {
        sheet.hang("      ", "ไม่มีลิงก์จากหน้าแรก", None);
    }
    if evidence.len() > 1 {
        sheet.line(&format!("      และอีก {} แห่ง", evidence.len() - 1));
    }
}

fn has_unconfirmed(audit: &Audit) -> bool {
    of(audit, Decision::Fail)
        .flat_map(|item| &item.verdict.criteria)
        .any(|one| basis_words(one.basis).is_some())
}

fn reviews(sheet: &mut Sheet, audit: &Audit) {
    if audit.reviews.is_empty() {
        return;
    }
    sheet.title("ให้คนตรวจ");
    for item in of(audit, Decision::Unsure) {
        sheet.line("");
        item_head(sheet, item);
        let mut said = "";
        for one in item
            .verdict
            .criteria
            .iter()
            .filter(|one| one.outcome == Outcome::Unsure)
        {
            criterion(sheet, one, &mut said);
        }
    }
}

fn by_person(verdict: &Verdict) -> &'static str {
    if verdict.is_decided_by_person() {
        " · คนตัดสิน"
    } else {
        ""
    }
}

fn decisions(sheet: &mut Sheet, audit: &Audit) {
    let people = people(audit);
    let Some(used) = audit.decisions.as_ref().filter(|_| !people.is_empty()) else {
        return;
    };
    sheet.title(&format!("คำตัดสินของคน ({})", harmless(&used.file)));
    for one in &people {
        sheet.line("");
        let ink = match (one.applied, one.outcome) {
            (false, _) => Ink::Faint,
            (true, Outcome::Unmet) => Ink::Red,
            (true, Outcome::Unsure) => Ink::Yellow,
            (true, _) => Ink::Green,
        };
        let mark = match one.applied {
            true => outcome_words(one.outcome).0,
            false => "–",
        };
        let head = format!("{} {}", one.item, one.about);
        sheet.hang(&format!("  {mark} "), &head, Some(ink));
        let told = format!("{} โดย {}: {}", one.words, one.by, one.reason);
        sheet.hang("    ", &told, None);
        sheet.hang("    เครื่อง  ", &one.machine, None);
        if let Some(url) = &one.url {
            sheet.hang("    ที่: ", &readable_url(url), Some(Ink::Faint));
        }
        for note in &one.notes {
            sheet.hang("    * ", note, None);
        }
    }
}

fn measures(sheet: &mut Sheet, audit: &Audit) {
    if audit.measures.is_empty() {
        return;
    }
    sheet.title(&format!(
        "มาตรการ {} รายการ (วิธีดำเนินการครบทุกช่องอยู่ในรายงาน HTML)",
        audit.measures.len()
    ));
    for one in &audit.measures {
        let who = [&one.owner, &one.period]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" · ");
        sheet.hang(&format!("  {:>3}. ", one.no), &one.title, None);
        if !who.is_empty() {
            sheet.hang("       ", &who, Some(Ink::Faint));
        }
    }
}

fn coverage(sheet: &mut Sheet, audit: &Audit) {
    let seen = &audit.coverage;
    sheet.title("สิ่งที่ได้อ่าน");
    let mut read = format!(
        "พบ {} ที่อยู่ อ่าน {} หน้า {} ไฟล์ และ {} ภาพ",
        seen.addresses, seen.pages, seen.documents, seen.images
    );
    if seen.unreadable > 0 {
        let _ = write!(read, " (เครื่องอ่านข้อความไม่ได้ {} ไฟล์)", seen.unreadable);
    }
    sheet.hang("  ", &read, None);
    if let Some(off_site) = &seen.off_site {
        let mut line = format!(
            "เปิดอ่านไฟล์และแบบฟอร์มที่ฝากไว้นอกเว็บไซต์ {} แห่ง จาก {}",
            off_site.fetched,
            off_site.hosts.join(", ")
        );
        if off_site.sign_in > 0 {
            let _ = write!(line, " (ต้องเข้าสู่ระบบก่อน {} แห่ง)", off_site.sign_in);
        }
        sheet.hang("  ", &line, None);
    }
    for line in ocr_lines(audit) {
        sheet.hang("  ", &line, None);
    }
    let files = seen.ocr.iter().flat_map(|ocr| &ocr.files);
    for file in files.clone().take(OCR_FILES) {
        let line = format!(
            "{} ({} จาก {} หน้า)",
            readable_url(&file.url),
            file.pages,
            file.of
        );
        sheet.hang("  · ", &line, Some(Ink::Faint));
    }
    if let more @ 1.. = files.count().saturating_sub(OCR_FILES) {
        sheet.hang("  · ", &format!("และอีก {more} แห่ง"), Some(Ink::Faint));
    }
    if seen.complete {
        sheet.hang("  ", "อ่านครบทุกหน้าที่เข้าถึงได้จากหน้าแรก", None);
    } else {
        sheet.hang("  ", &incomplete(audit), Some(Ink::Yellow));
    }
    for one in &seen.not_read {
        sheet.hang("  · ", &format!("{} {} แห่ง", one.why, one.count), None);
        if let Some(example) = one.examples.first() {
            sheet.hang(
                "    ",
                &format!("เช่น {}", readable_url(example)),
                Some(Ink::Faint),
            );
        }
    }
    for trap in &seen.traps {
        sheet.hang(
            "  · ",
            &format!(
                "{}: {} (เปิด {} หน้าแล้วหยุด)",
                trap.why, trap.pattern, trap.fetched
            ),
            None,
        );
    }
}

fn faults(sheet: &mut Sheet, audit: &Audit) {
    if audit.faults.is_empty() {
        return;
    }
    sheet.title("กฎที่ทำงานผิดพลาด (ไม่นำมาคิดคะแนน)");
    for fault in &audit.faults {
        sheet.line(&format!("  {}", fault.item));
        for line in fault.message.lines() {
            sheet.line(&format!("  {}", harmless(line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audit_of;
    use crate::sample;

    fn snapshots() -> insta::Settings {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    }

    #[test]
    fn the_report_of_the_known_failures() {
        snapshots().bind(|| {
            insta::assert_snapshot!("report", text(&audit_of(sample::verdicts(), true), false))
        });
    }

    #[test]
    fn the_measures_of_the_known_failures() {
        let audit = audit_of(sample::verdicts(), true);
        snapshots().bind(|| {
            insta::assert_snapshot!(
                "measures",
                serde_json::to_string_pretty(&audit.measures).unwrap()
            )
        });
    }

    #[test]
    fn what_matters_is_on_the_first_screen() {
        let report = text(&audit_of(sample::verdicts(), true), false);
        let screen: Vec<&str> = report.lines().take(24).collect();
        let screen = screen.join("\n");
        for needed in [
            "79.44",
            "80.78",
            "ระดับ B",
            "ไม่ผ่าน 11",
            "ทำก่อน",
            "+1.25",
            "และอีก 6 ข้อ",
            "ให้คนตรวจ",
        ] {
            assert!(screen.contains(needed), "{needed} not in\n{screen}");
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_unless_it_is_an_address() {
        let report = text(&audit_of(sample::verdicts(), false), false);
        for line in report.lines().filter(|line| !line.contains("://")) {
            assert!(columns(line) <= WIDTH, "{line}");
        }
    }

    #[test]
    fn colour_adds_codes_and_changes_no_word() {
        let audit = audit_of(sample::verdicts(), true);
        let (plain, painted) = (text(&audit, false), text(&audit, true));
        assert!(!plain.contains('\u{1b}') && painted.contains("\u{1b}[31m"));
        let mut stripped = painted;
        for code in ["1", "2", "31", "32", "33", "0"] {
            stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
        }
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&stripped), words(&plain));
    }

    #[test]
    fn what_weakens_the_result_is_said_on_the_first_screen() {
        let mut audit = audit_of(sample::plain(&["O1"], &[]), false);
        audit.coverage.complete = false;
        audit.coverage.stop = Some("time".to_owned());
        audit.faults.push(crate::audit::RuleFault {
            item: "O1".into(),
            message: "2564/O1.rhai:1:1".into(),
        });
        let report = text(&audit, false);
        let screen: Vec<&str> = report.lines().take(24).collect();
        let screen = screen.join(" ");
        assert!(screen.contains("อ่านเว็บไซต์ไม่ครบ: หมดเวลาที่กำหนด"));
        assert!(screen.contains("กฎทำงานผิดพลาด 1 แห่ง"));
    }

    #[test]
    fn what_people_decided_is_shown_as_such() {
        let audit = crate::audit::tests::decided_audit();
        let report = text(&audit, false);
        let from = report.find("คำตัดสินของคน (").unwrap();
        let section = report[from..].split("\n\nมาตรการ").next().unwrap();
        let screen: Vec<&str> = report.lines().take(34).collect();
        snapshots().bind(|| {
            insta::assert_snapshot!("decisions", format!("{}\n\n{section}", screen.join("\n")))
        });
        assert!(report.contains("· คนตัดสิน"));
        let page = crate::report::html::html(&audit).unwrap();
        assert!(page.contains("คำตัดสินของคน") && page.contains("คนตัดสิน</span>"));
        assert!(!page.contains("นางสาวกานดา <b>"), "a name became markup");
    }

    #[test]
    fn what_ocr_read_and_left_is_told() {
        let mut audit = audit_of(sample::verdicts(), true);
        assert!(!text(&audit, false).contains("OCR"));
        let file = |n: u32| crate::ocr::OcrFile {
            url: format!("https://a.go.th/{n}.pdf"),
            pages: 8,
            of: 30,
        };
        audit.coverage.ocr = Some(crate::ocr::OcrUse {
            engine: "tesseract 5.3.0 tha+eng".into(),
            pages: 96,
            files: (0..12).map(file).collect(),
            left: vec!["https://a.go.th/last.pdf".into()],
            too_large: vec!["https://a.go.th/poster.jpg".into()],
            stop: Some("pages".into()),
        });
        let told = text(&audit, false).replace("\n  ", " ");
        for words in [
            "OCR (tesseract 5.3.0)",
            "a.go.th/9.pdf (8 จาก 30 หน้า)",
            "และอีก 2 แห่ง",
            "--ocr-pages",
        ] {
            assert!(told.contains(words), "{words}\n{told}");
        }
        let page = crate::report::html::html(&audit).unwrap();
        assert!(page.contains("11.pdf") && page.contains("--ocr-pages"));
    }
}
