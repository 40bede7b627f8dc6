//! The effect of a change of rules, for a terminal: a table by item, then each agency with the sentences before and after.

use std::collections::BTreeSet;

use super::text::{Ink, Sheet};
use super::wrap::padded;
use super::years::{found, step};
use super::{harmless, outcome_words};
use crate::impact::{Impact, ItemImpact, Lone, RuleSet};
use crate::judge::Decision::{self, Fail, Pass, Unsure};
use crate::rules::answer::Outcome;

/// Writes the report.
pub fn text(impact: &Impact, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    headline(&mut sheet, impact);
    table(&mut sheet, impact);
    for item in impact.items.iter().filter(|item| !item.flips.is_empty()) {
        flips(&mut sheet, item);
    }
    turned(&mut sheet, impact);
    lone(&mut sheet, "ข้อที่มีเฉพาะในกฎใหม่", &impact.added);
    lone(&mut sheet, "ข้อที่มีเฉพาะในกฎเดิม", &impact.dropped);
    captures(&mut sheet, impact);
    faults(&mut sheet, impact);
    sheet.done()
}

fn headline(sheet: &mut Sheet, impact: &Impact) {
    let title = sheet.ink(Ink::Bold, "ผลของการเปลี่ยนกฎต่อข้อมูลที่เก็บไว้");
    sheet.line(&title);
    sheet.hang("  กฎเดิม  ", &impact.old, None);
    sheet.hang("  กฎใหม่  ", &impact.new, None);
    let items = impact.items.iter().filter(|item| !item.flips.is_empty());
    let hit = impact.captures.iter().filter(|one| one.flips > 0);
    let hit: BTreeSet<&str> = hit.map(|one| one.agency.as_str()).collect();
    let verdicts: u32 = impact.captures.iter().map(|one| one.flips).sum();
    let told = if verdicts == 0 {
        format!("ตรวจ {} ครั้ง ไม่มีข้อใดผลเปลี่ยน", impact.captures.len())
    } else {
        format!(
            "ตรวจ {} ครั้ง ผลเปลี่ยน {verdicts} แห่ง คือ {} ข้อ ใน {} หน่วยงาน",
            impact.captures.len(),
            items.count(),
            hit.len()
        )
    };
    sheet.line("");
    sheet.hang("  ", &told, Some(Ink::Bold));
    for (count, words) in [
        (impact.broken.len(), "ไฟล์ที่ใช้ไม่ได้"),
        (impact.faults.len(), "กฎที่ผิดพลาด"),
    ] {
        if count > 0 {
            let told = format!("{words} {count} แห่ง ดูท้ายรายงาน");
            sheet.hang("  ", &told, Some(Ink::Yellow));
        }
    }
}

/// What can happen to a verdict, each a column.
const COLUMNS: [(&str, &[(Decision, Decision)]); 4] = [
    ("กลายเป็นผ่าน", &[(Fail, Pass), (Unsure, Pass)]),
    ("กลายเป็นไม่ผ่าน", &[(Pass, Fail), (Unsure, Fail)]),
    ("กลายเป็นให้คนตรวจ", &[(Pass, Unsure), (Fail, Unsure)]),
    ("เฉพาะเกณฑ์", &[]),
];

fn table(sheet: &mut Sheet, impact: &Impact) {
    if impact.items.is_empty() {
        return;
    }
    sheet.title("จำนวนหน่วยงานที่ผลเปลี่ยน");
    let heads: String = COLUMNS.map(|(head, _)| padded(head, 19)).concat();
    sheet.line(&format!("  {}{heads}", padded("ข้อ", 11)));
    for item in &impact.items {
        let mut row = format!("  {}", padded(&number(item), 11));
        for (_, steps) in COLUMNS {
            let mut count: usize = steps.iter().map(|&(from, to)| item.count(from, to)).sum();
            if steps.is_empty() {
                count = item.turned.iter().map(|one| one.captures as usize).sum();
            }
            let shown = if count == 0 {
                "–".to_owned()
            } else {
                count.to_string()
            };
            row += &padded(&shown, 19);
        }
        sheet.line(&row);
    }
}

/// `2565 O23`, `2565 O23→O14` when the number changed.
fn number(item: &ItemImpact) -> String {
    if item.id == item.old_id {
        format!("{} {}", item.year, item.id)
    } else {
        format!("{} {}→{}", item.year, item.old_id, item.id)
    }
}

fn flips(sheet: &mut Sheet, item: &ItemImpact) {
    sheet.title(&format!("{} {}", number(item), harmless(&item.title)));
    for flip in &item.flips {
        let ink = match flip.to {
            Pass => Ink::Green,
            Fail => Ink::Red,
            Unsure => Ink::Yellow,
        };
        let told = format!("{} · {}", step(flip.from, flip.to), flip.agency);
        sheet.hang("  ", &told, Some(ink));
        sheet.hang("    ", &flip.file, Some(Ink::Faint));
        for one in &flip.criteria {
            let asks = one.to.as_ref().or(one.from.as_ref());
            sheet.hang("    เกณฑ์  ", asks.map_or("", |side| &side.asks), None);
            let sides = [(&one.from, "ไม่ถาม"), (&one.to, "ไม่ถามแล้ว")];
            for (lead, (side, none)) in ["      เดิม ", "      ใหม่ "].iter().zip(sides)
            {
                let told = side.as_ref().map_or(none.to_owned(), found);
                sheet.hang(lead, &told, None);
            }
        }
    }
}

fn turned(sheet: &mut Sheet, impact: &Impact) {
    let all = impact.items.iter().filter(|item| !item.turned.is_empty());
    let mut first = true;
    for item in all {
        if first {
            sheet.title("เกณฑ์ที่ผลเปลี่ยน แต่ผลของข้อเท่าเดิม");
            first = false;
        }
        for one in &item.turned {
            let words = |outcome: Outcome| outcome_words(outcome).1;
            let told = format!(
                "{}: {} → {} ใน {} หน่วยงาน",
                one.asks,
                words(one.from),
                words(one.to),
                one.captures
            );
            sheet.hang(&format!("  {}", padded(&number(item), 11)), &told, None);
        }
    }
}

fn lone(sheet: &mut Sheet, title: &str, all: &[Lone]) {
    if all.is_empty() {
        return;
    }
    sheet.title(title);
    for one in all {
        let told = format!(
            "{} (ผ่าน {} ไม่ผ่าน {} ให้คนตรวจ {})",
            one.title, one.passes, one.fails, one.unsure
        );
        let lead = format!("  {}", padded(&format!("{} {}", one.year, one.id), 11));
        sheet.hang(&lead, &told, None);
    }
}

fn captures(sheet: &mut Sheet, impact: &Impact) {
    if !impact.captures.is_empty() {
        sheet.title("ข้อมูลที่ตรวจ");
    }
    for one in &impact.captures {
        let told = match one.flips {
            0 => format!("{} · ปี {} · ไม่มีข้อใดเปลี่ยน", one.agency, one.year),
            flips => format!("{} · ปี {} · เปลี่ยน {flips} ข้อ", one.agency, one.year),
        };
        sheet.hang("  ", &told, None);
        sheet.hang("    ", &one.file, Some(Ink::Faint));
    }
    if !impact.broken.is_empty() {
        sheet.title("ไฟล์ที่ใช้ไม่ได้");
    }
    for one in &impact.broken {
        sheet.hang("  ", &one.file, Some(Ink::Yellow));
        for line in one.why.lines() {
            sheet.hang("    ", line, None);
        }
    }
}

fn faults(sheet: &mut Sheet, impact: &Impact) {
    if impact.faults.is_empty() {
        return;
    }
    sheet.title("กฎที่ผิดพลาด (ข้อเหล่านั้นยังเทียบไม่ได้)");
    for fault in &impact.faults {
        let whose = match fault.rules {
            RuleSet::Old => "กฎเดิม",
            RuleSet::New => "กฎใหม่",
        };
        sheet.line(&format!("  {whose} ปี {}", fault.year));
        for line in fault.message.lines() {
            sheet.line(&format!("  {}", harmless(line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::tests::impact;

    #[test]
    fn the_report_names_items_agencies_and_reasons() {
        let told = text(&impact(), false);
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("impact", told);
        });
    }
}
