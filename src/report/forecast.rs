//! What goes stale and when, for a terminal: a new fiscal year in one line with its items, anything else item by item.

use std::collections::BTreeSet;

use super::text::{Ink, Sheet};
use crate::forecast::{Forecast, Outlook, Turn, Why};
use crate::judge::Decision;
use crate::year::{FiscalYear, thai_date};

/// Writes the report.
pub fn text(outlook: &Outlook, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    let title = format!("ข้อที่จะล้าสมัย · เกณฑ์ปีงบประมาณ พ.ศ. {}", outlook.year);
    let title = sheet.ink(Ink::Bold, &title);
    sheet.line(&title);
    let told = format!(
        "ถ้าเว็บไซต์ยังเหมือนวันที่ตรวจครั้งล่าสุด ตั้งแต่ {} ถึง {}",
        thai_date(outlook.today),
        thai_date(outlook.until)
    );
    sheet.hang("", &told, None);
    let days = outlook.by_day();
    if days.is_empty() && outlook.turns.is_empty() {
        sheet.line("");
        sheet.hang("  ", "ไม่มีข้อใดที่จะล้าสมัยในช่วงนี้", None);
    }
    // A year may begin without anything going stale: its new items are told all the same.
    let turning = outlook.turns.iter().map(|turn| turn.on);
    let on: BTreeSet<_> = days.keys().copied().chain(turning).collect();
    for day in on {
        let empty = Vec::new();
        let stale = days.get(&day).unwrap_or(&empty);
        let of = |why: Why| -> Vec<&Forecast> {
            let some = stale.iter().filter(|it| it.why == why);
            some.copied().collect()
        };
        sheet.title(&thai_date(day));
        if let Some(turn) = outlook.turns.iter().find(|turn| turn.on == day) {
            year(&mut sheet, turn, &of(Why::Year));
        }
        one_by_one(&mut sheet, "เกณฑ์ปีใหม่ถามเพิ่มในข้อที่มีอยู่", &of(Why::Asks));
        one_by_one(
            &mut sheet,
            "คำวินิจฉัยของคนหมดอายุในวันก่อนหน้า",
            &of(Why::Decision),
        );
    }
    if let Some(last) = outlook.unknown_after {
        sheet.line("");
        let told = format!(
            "หลังวันที่ {} ยังบอกไม่ได้ เพราะยังไม่มีกฎของปีงบประมาณ {}",
            thai_date(last),
            FiscalYear::of(last).next()
        );
        sheet.hang("", &told, Some(Ink::Yellow));
    }
    sheet.done()
}

/// At the turn of the year almost all that is bound to a year goes stale at once: that is one piece of news, not forty.
fn year(sheet: &mut Sheet, turn: &Turn, stale: &[&Forecast]) {
    let told = if stale.is_empty() {
        format!("ปีงบประมาณ {} เริ่ม ไม่มีข้อที่ล้าสมัยเพราะขึ้นปีใหม่", turn.year)
    } else {
        format!(
            "ปีงบประมาณ {} เริ่ม: {} ข้อต้องมีข้อมูลใหม่ของปี {}",
            turn.year,
            stale.len(),
            turn.year
        )
    };
    sheet.hang("  ", &told, Some(Ink::Bold));
    for (words, passing) in [("วันนี้ผ่าน", true), ("วันนี้ให้คนตรวจ", false)]
    {
        let some = stale
            .iter()
            .filter(|it| (it.from == Decision::Pass) == passing);
        let items: Vec<String> = some.map(|it| number(it)).collect();
        if !items.is_empty() {
            let lead = format!("    {words} {} ข้อ  ", items.len());
            sheet.hang(&lead, &items.join(" "), None);
        }
    }
    if turn.lasting > 0 {
        let told = format!("{} ข้อที่ผ่านวันนี้ยังผ่านต่อไป", turn.lasting);
        sheet.hang("    ", &told, None);
    }
    for (words, some) in [("ข้อใหม่", &turn.new), ("ข้อที่ไม่ถามแล้ว", &turn.gone)]
    {
        for side in some {
            let told = format!("{} {}", side.id, side.title);
            sheet.hang(&format!("    {words}  "), &told, None);
        }
    }
}

fn one_by_one(sheet: &mut Sheet, words: &str, some: &[&Forecast]) {
    if some.is_empty() {
        return;
    }
    let told = format!("{words} {} ข้อ", some.len());
    sheet.hang("  ", &told, Some(Ink::Bold));
    for it in some {
        let ink = match it.to {
            Decision::Fail => Ink::Red,
            Decision::Pass | Decision::Unsure => Ink::Yellow,
        };
        let head = format!(
            "{} {} → {} · {}",
            number(it),
            it.from.thai(),
            it.to.thai(),
            it.title
        );
        sheet.hang("    ", &head, Some(ink));
        sheet.hang("      ", &it.because, None);
    }
}

/// `O23`, `O23→O24` when the new year gives it another number.
fn number(forecast: &Forecast) -> String {
    match &forecast.becomes {
        Some(next) => format!("{}→{next}", forecast.subject),
        None => forecast.subject.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::tests::outlook;

    #[test]
    fn a_new_year_is_one_piece_of_news_and_a_lapsed_decision_is_told_by_itself() {
        let told = text(&outlook(), false);
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("forecast", told);
        });
    }
}
