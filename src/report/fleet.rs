//! What a run over many agencies came to, for a terminal: totals, tables, failures, items and their best examples.

use super::text::{Ink, Sheet};
use super::wrap::{columns, padded};
use super::{decision_words, harmless, readable_url};
use crate::fleet::list::kind_words;
use crate::fleet::summary::{FleetSummary, ItemRow, Tally};
use crate::schedule::thai_time;

/// Agencies named of one class of failure.
const NAMED: usize = 5;

/// Columns of the tables after the first, with their widths.
const HEADS: [(&str, usize); 7] = [
    ("หน่วยงาน", 10),
    ("ตรวจได้", 8),
    ("เข้าไม่ได้", 8),
    ("คะแนนเฉลี่ย", 14),
    ("ผ่าน", 7),
    ("ไม่ผ่าน", 8),
    ("ให้คนตรวจ", 9),
];

/// Columns of the first column.
const FIRST: usize = 14;

/// Writes the report.
pub fn text(summary: &FleetSummary, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    headline(&mut sheet, summary);
    let kinds = summary.by_kind.iter();
    let kinds = kinds.map(|row| (kind_words(row.kind).to_owned(), &row.tally));
    table(&mut sheet, "ตามประเภทหน่วยงาน", kinds, &summary.totals);
    let provinces = summary.by_province.iter();
    let provinces = provinces.map(|row| (province_words(&row.province), &row.tally));
    table(&mut sheet, "ตามจังหวัด", provinces, &summary.totals);
    failures(&mut sheet, summary);
    worse(&mut sheet, summary);
    most_failed(&mut sheet, summary);
    items(&mut sheet, summary);
    sheet.done()
}

/// A province, or words for none.
pub(super) fn province_words(province: &str) -> String {
    if province.is_empty() {
        "ไม่ระบุจังหวัด".to_owned()
    } else {
        harmless(province)
    }
}

/// An agency's name, or its key.
pub(super) fn name_words<'a>(name: &'a str, id: &'a str) -> &'a str {
    if name.is_empty() { id } else { name }
}

fn headline(sheet: &mut Sheet, summary: &FleetSummary) {
    let title = format!(
        "ผลตรวจ OIT ปีงบประมาณ พ.ศ. {} ของหลายหน่วยงาน",
        summary.run.year
    );
    let title = sheet.ink(Ink::Bold, &title);
    sheet.line(&title);
    let (began, ended) = (summary.run.began, summary.run.ended);
    sheet.line(&format!(
        "  เริ่ม {} เสร็จ {}",
        thai_time(began),
        thai_time(ended)
    ));
    sheet.line("");
    for line in totals(&summary.totals) {
        sheet.hang("  ", &line, Some(Ink::Bold));
    }
    if summary.totals.incomplete > 0 {
        let told = format!(
            "{} หน่วยงานอ่านได้ไม่ครบทั้งเว็บไซต์ ข้อที่ไม่ผ่านของหน่วยงานเหล่านั้นอาจมีอยู่ในส่วนที่ยังไม่ได้อ่าน",
            summary.totals.incomplete
        );
        sheet.hang("  ", &told, Some(Ink::Yellow));
    }
}

/// The whole in two sentences.
pub(super) fn totals(all: &Tally) -> Vec<String> {
    let mut lines = vec![format!(
        "{} หน่วยงาน ตรวจได้ {} เข้าเว็บไซต์ไม่ได้ {}",
        all.agencies, all.audited, all.failed
    )];
    if let Some(score) = all.score {
        lines.push(format!(
            "คะแนน OIT เฉลี่ย {score} · ผ่าน {} ข้อ ไม่ผ่าน {} ให้คนตรวจ {}",
            all.passes, all.fails, all.unsure
        ));
    }
    lines
}

fn table<'a>(
    sheet: &mut Sheet,
    title: &str,
    rows: impl Iterator<Item = (String, &'a Tally)>,
    all: &Tally,
) {
    sheet.title(title);
    let heads: String = HEADS.map(|(head, width)| right(head, width)).concat();
    sheet.line(&format!("  {}{heads}", padded("", FIRST)));
    for (name, tally) in rows {
        row(sheet, &name, tally);
    }
    row(sheet, "รวม", all);
}

fn row(sheet: &mut Sheet, name: &str, tally: &Tally) {
    let score = tally
        .score
        .map_or("–".to_owned(), |score| score.to_string());
    let cells = [
        tally.agencies.to_string(),
        tally.audited.to_string(),
        tally.failed.to_string(),
        score,
        tally.passes.to_string(),
        tally.fails.to_string(),
        tally.unsure.to_string(),
    ];
    let cells = cells
        .iter()
        .zip(HEADS)
        .map(|(cell, (_, width))| right(cell, width));
    let cells: String = cells.collect();
    if columns(name) < FIRST {
        sheet.line(&format!("  {}{cells}", padded(name, FIRST)));
    } else {
        sheet.hang("  ", name, None);
        sheet.line(&format!("  {}{cells}", padded("", FIRST)));
    }
}

/// Text at the right end of a number of columns.
fn right(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(columns(text))))
}

fn failures(sheet: &mut Sheet, summary: &FleetSummary) {
    if summary.failures.is_empty() {
        return;
    }
    sheet.title("หน่วยงานที่เข้าเว็บไซต์ไม่ได้");
    for failure in &summary.failures {
        let told = format!("{} {} หน่วยงาน", failure.why, failure.agencies.len());
        sheet.hang("  ✘ ", &told, Some(Ink::Red));
        sheet.hang("    ", &failure.advice, None);
        for agency in failure.agencies.iter().take(NAMED) {
            let name = name_words(&agency.name, &agency.id);
            sheet.hang("    · ", &format!("{name} ({})", agency.detail), None);
            sheet.hang("      ", &readable_url(&agency.home), Some(Ink::Faint));
        }
        let more = failure.agencies.len().saturating_sub(NAMED);
        if more > 0 {
            sheet.line(&format!("    · และอีก {more} หน่วยงาน"));
        }
    }
}

fn worse(sheet: &mut Sheet, summary: &FleetSummary) {
    if summary.worse.is_empty() {
        return;
    }
    sheet.title("หน่วยงานที่ผลแย่ลง");
    for agency in &summary.worse {
        let name = name_words(&agency.name, &agency.id);
        let told = format!("{name} {} เรื่อง", agency.items.len());
        sheet.hang("  ", &told, Some(Ink::Red));
        for item in &agency.items {
            let [(_, from), (_, to)] = [item.from, item.to].map(decision_words);
            let told = format!("{} {}: {from} → {to}", item.subject, item.title);
            sheet.hang("    · ", &told, None);
        }
    }
}

fn most_failed(sheet: &mut Sheet, summary: &FleetSummary) {
    if summary.most_failed.is_empty() {
        return;
    }
    sheet.title("ข้อที่ไม่ผ่านมากที่สุด");
    for id in &summary.most_failed {
        let Some(item) = summary.items.iter().find(|item| item.id == *id) else {
            continue;
        };
        let lead = format!("  {}{}  ", padded(id, 5), right(&item.fails.to_string(), 5));
        sheet.hang(&lead, &item.title, None);
    }
}

fn items(sheet: &mut Sheet, summary: &FleetSummary) {
    if summary.items.is_empty() {
        return;
    }
    sheet.title("แต่ละข้อ: ร้อยละของหน่วยงานที่ผ่าน และตัวอย่างที่ดีที่สุด");
    for item in &summary.items {
        sheet.hang(
            &format!("  {}", padded(&item.id, 5)),
            &item.title,
            Some(Ink::Bold),
        );
        sheet.hang("       ", &share_words(item), None);
        match &item.best {
            Some(best) => {
                let name = name_words(&best.name, &best.id);
                let told = format!(
                    "ตัวอย่าง: {name} “{}” ({} คลิก)",
                    best.place.label, best.clicks
                );
                sheet.hang("       ", &told, Some(Ink::Green));
                let url = readable_url(&best.place.url);
                sheet.hang("       ", &url, Some(Ink::Faint));
            }
            None => sheet.hang("       ", "ยังไม่มีหน่วยงานที่ผ่านครบทุกเกณฑ์ด้วยตัวเอง", None),
        }
    }
}

/// `ผ่าน 66.67% (2) · ไม่ผ่าน 1 · ให้คนตรวจ 0`.
pub(super) fn share_words(item: &ItemRow) -> String {
    format!(
        "ผ่าน {}% ({}) · ไม่ผ่าน {} · ให้คนตรวจ {}",
        item.share, item.passes, item.fails, item.unsure
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::summary::tests::summary;

    #[test]
    fn the_report_has_totals_tables_failures_and_examples() {
        let told = text(&summary(), false);
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("fleet", told);
        });
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_unless_it_is_an_address() {
        for line in text(&summary(), false).lines() {
            assert!(columns(line) <= 80 || line.contains("://"), "{line}");
        }
    }
}
