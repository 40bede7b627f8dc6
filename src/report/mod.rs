//! Audit → what a reader sees: text for a terminal, one HTML file for a desk. Pure: the same audit gives the same bytes.

mod diff;
pub mod faults;
pub mod fleet;
pub mod forecast;
mod history;
mod history_page;
pub mod html;
pub mod impact;
mod runs;
#[cfg(test)]
mod store_sample;
pub mod text;
mod when;
mod wrap;
mod years;

pub use diff::diff;
pub use history::history;
pub use history_page::history_html;
pub use runs::{agencies, outbox, run_log, runs, silences, standing};

use std::collections::BTreeSet;

use serde::Serialize;

use crate::agency::Agency;
use crate::audit::{Audit, Item};
use crate::decisions::{Standing, Told};
use crate::judge::{Decision, Verdict};
use crate::rules::answer::Outcome;
use crate::rules::rule::Basis;
use crate::year::thai_date;

/// An item's decision as a mark and in words; the words carry the meaning, the mark helps the eye.
fn decision_words(decision: Decision) -> (&'static str, &'static str) {
    match decision {
        Decision::Pass => ("✔", "ผ่าน"),
        Decision::Fail => ("✘", "ไม่ผ่าน"),
        Decision::Unsure => ("?", "ให้คนตรวจ"),
    }
}

/// A criterion's outcome as a mark and in words.
fn outcome_words(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Met => ("✔", "ครบ"),
        Outcome::Unmet => ("✘", "ไม่ครบ"),
        Outcome::Unsure => ("?", "ให้คนตรวจ"),
        Outcome::NotApplicable => ("–", "ไม่ใช้กับหน่วยงานนี้"),
    }
}

/// Why a criterion's wording is not certain; `None` when it is official.
fn basis_words(basis: Basis) -> Option<&'static str> {
    match basis {
        Basis::Official => None,
        Basis::Single => Some("พบจากแหล่งเดียว"),
        Basis::Adjacent => Some("พบในเกณฑ์ของปีใกล้เคียงหรือฉบับของหน่วยงานประเภทอื่น"),
        Basis::Recalled => Some("ไม่พบแหล่งอ้างอิง"),
    }
}

/// `องค์การบริหารส่วนตำบลกะลาเส อำเภอสิเกา จังหวัดตรัง`; the home address when the agency is not known.
fn agency_line(agency: &Agency, home: &str) -> String {
    if agency.name.is_empty() {
        return readable_url(home);
    }
    let mut line = agency.name.clone();
    for (word, place) in [("อำเภอ", &agency.district), ("จังหวัด", &agency.province)]
    {
        if !place.is_empty() {
            let bangkok = place.contains("กรุงเทพ");
            let said = ["อำเภอ", "เขต", "จังหวัด"]
                .iter()
                .any(|one| place.starts_with(one));
            let word = if said || bangkok { "" } else { word };
            line += &format!(" {word}{place}");
        }
    }
    line
}

/// How many items came to a decision.
fn count(audit: &Audit, decision: Decision) -> usize {
    of(audit, decision).count()
}

fn of(audit: &Audit, decision: Decision) -> impl Iterator<Item = &Item> {
    audit
        .items
        .iter()
        .filter(move |item| item.verdict.verdict == decision)
}

/// What OCR read, and what it left.
fn ocr_lines(audit: &Audit) -> Vec<String> {
    let Some(ocr) = &audit.coverage.ocr else {
        return Vec::new();
    };
    let engine = ocr.engine.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut lines = vec![format!(
        "อ่านภาพสแกนและรูปภาพด้วย OCR ({engine}) {} หน้าใน {} แห่ง เฉพาะที่ข้อซึ่งยังตัดสินไม่ได้ต้องใช้ คำที่ OCR ไม่พบไม่นับว่าไม่มี และไม่อ่านเลขไทยในภาพ",
        ocr.pages,
        ocr.files.len()
    )];
    if !ocr.too_large.is_empty() {
        let count = ocr.too_large.len();
        lines.push(format!(
            "ไม่ได้อ่านด้วย OCR {count} ภาพ เพราะภาพใหญ่เกินกำหนด (40 ล้านจุด)"
        ));
    }
    if !ocr.left.is_empty() {
        let why = match ocr.stop.as_deref() {
            Some("pages") => "ถึงจำนวนหน้าสูงสุด เพิ่มได้ด้วย --ocr-pages",
            Some("interrupt") => "ผู้ใช้สั่งหยุด",
            Some("time") => "หมดเวลา เพิ่มได้ด้วย --ocr-time",
            Some(_) => "เรียกโปรแกรม OCR ไม่ได้ ตรวจด้วย prongsai doctor",
            None => "บางหน้าใช้เวลานานเกินไป",
        };
        lines.push(format!("ยังไม่ได้อ่านด้วย OCR {} แห่ง ({why})", ocr.left.len()));
    }
    lines
}

/// A decision of a person in words, for every form of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Person {
    /// The item's number.
    item: String,
    /// Its title, and the criterion's words when only that was decided.
    about: String,
    /// What was decided.
    outcome: Outcome,
    /// `ผ่าน`, `ไม่ครบ` …
    words: &'static str,
    /// Why.
    reason: String,
    /// Who and when.
    by: String,
    /// `?` `ให้คนตรวจ: อ่านเอกสารไม่ได้`.
    machine: String,
    /// The paper.
    url: Option<String>,
    /// It counts.
    applied: bool,
    /// What a reader must know: that it is over, soon over, about another paper, or against the machine.
    notes: Vec<String>,
}

/// What people decided and what became of it.
fn people(audit: &Audit) -> Vec<Person> {
    let told = audit.decisions.iter().flat_map(|used| &used.decisions);
    told.map(|one| {
        let item = audit.items.iter().find(|item| item.verdict.id == one.item);
        let title = item.map_or("", |item| item.verdict.title.as_str());
        let criteria = item.iter().flat_map(|item| &item.verdict.criteria);
        let mut criteria = criteria.filter(|it| one.criterion.as_ref() == Some(&it.id));
        let about = match criteria.next() {
            Some(criterion) => format!("{title} · {}", criterion.asks),
            None => title.to_owned(),
        };
        let words = |outcome| match (outcome, one.criterion.is_none()) {
            (Outcome::Met, true) => "ผ่าน",
            (Outcome::Unmet, true) => "ไม่ผ่าน",
            (Outcome::NotApplicable, true) => "ไม่ใช้กับหน่วยงานนี้ (นับเป็นผ่าน)",
            _ => outcome_words(outcome).1,
        };
        Person {
            item: one.item.clone(),
            about,
            outcome: one.outcome,
            words: words(one.outcome),
            reason: one.reason.clone(),
            by: format!("{} เมื่อ {}", one.who, thai_date(one.date)),
            machine: format!("{}: {}", words(one.machine), one.machine_because),
            url: one.url.clone(),
            applied: one.standing == Standing::Applied,
            notes: notes(one),
        }
    })
    .collect()
}

fn notes(one: &Told) -> Vec<String> {
    let mut notes = Vec::new();
    let until = one.expires.map(thai_date).unwrap_or_default();
    match one.standing {
        Standing::Expired => notes.push(format!("หมดอายุเมื่อสิ้นวันที่ {until} จึงไม่ใช้")),
        Standing::Stale => {
            notes.push("เอกสารที่ตัดสินไว้เปลี่ยนไปหรือไม่อยู่ที่เดิมแล้ว จึงไม่ใช้ ต้องตรวจใหม่".to_owned())
        }
        Standing::Superseded => notes.push("มีคำตัดสินที่ใหม่กว่าหรือเจาะจงปีกว่า จึงไม่ใช้".to_owned()),
        Standing::Applied => {
            match (one.days_left, one.expires) {
                (Some(0), _) => notes.push("ใช้ได้ถึงสิ้นวันนี้ พรุ่งนี้ต้องตรวจใหม่".to_owned()),
                (Some(days), _) => {
                    notes.push(format!("ใช้ได้ถึงสิ้นวันที่ {until} เหลือ {days} วัน ตรวจใหม่ก่อนวันนั้น"));
                }
                (None, Some(_)) => notes.push(format!("ใช้ได้ถึงสิ้นวันที่ {until}")),
                (None, None) => {}
            }
            if one.contradicts {
                notes.push("ขัดกับผลของเครื่องซึ่งตัดสินได้แน่ชัด ควรมีผู้อื่นตรวจซ้ำ".to_owned());
            }
        }
    }
    notes
}

/// What decisions of people mean for the whole: a sentence each.
fn people_lines(audit: &Audit) -> Vec<String> {
    let Some(used) = &audit.decisions else {
        return Vec::new();
    };
    let items: BTreeSet<&str> = audit
        .items
        .iter()
        .filter(|item| item.verdict.is_decided_by_person())
        .map(|item| item.verdict.id.as_str())
        .collect();
    let mut lines = vec![format!(
        "คนตัดสิน {} ข้อ ตามไฟล์ {} ถ้าใช้ผลของเครื่องอย่างเดียว คะแนน OIT เป็น {}",
        items.len(),
        used.file,
        used.machine_score
    )];
    let count = |is: &dyn Fn(&Told) -> bool| used.decisions.iter().filter(|one| is(one)).count();
    for (count, words) in [
        (
            count(&|one| one.standing == Standing::Applied && one.days_left.is_some()),
            "ข้อใกล้หมดอายุภายใน 14 วัน",
        ),
        (
            count(&|one| one.standing == Standing::Expired),
            "ข้อหมดอายุแล้ว จึงไม่ใช้",
        ),
        (
            count(&|one| one.standing == Standing::Stale),
            "ข้อไม่ใช้ เพราะเอกสารที่ตัดสินไว้เปลี่ยนไป",
        ),
        (
            count(&|one| one.standing == Standing::Applied && one.contradicts),
            "ข้อขัดกับผลของเครื่องซึ่งตัดสินได้แน่ชัด",
        ),
    ] {
        if count > 0 {
            lines.push(format!("คำตัดสินของคน {count} {words}"));
        }
    }
    lines
}

/// The summary says more than the sentences of the criteria below it.
fn summary_adds(verdict: &Verdict) -> bool {
    !verdict
        .criteria
        .iter()
        .any(|one| !one.because.is_empty() && verdict.summary.contains(&one.because))
}

/// An address as a person reads it: Thai instead of `%E0%B8…`. Whatever could mislead the eye stays encoded.
pub fn readable_url(url: &str) -> String {
    let mut shown = String::with_capacity(url.len());
    for chunk in percent_encoding::percent_decode_str(url)
        .collect::<Vec<u8>>()
        .utf8_chunks()
    {
        for c in chunk.valid().chars() {
            if c.is_ascii_graphic()
                && !matches!(
                    c,
                    '%' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'
                )
                || ('\u{0e01}'..='\u{0e5b}').contains(&c)
            {
                shown.push(c);
            } else {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    shown += percent_encoding::percent_encode_byte(byte);
                }
            }
        }
        for byte in chunk.invalid() {
            shown += percent_encoding::percent_encode_byte(*byte);
        }
    }
    shown
}

/// Text from a website without what can command a terminal or turn the reading direction.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// Text from a website or from a keyboard on one line, safe for a terminal.
pub fn plain(text: &str) -> String {
    harmless(text)
}

/// The first words of a quote.
fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => {
            let end = wrap::cut(text, limit);
            format!("{}…", text[..end].trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_in_thai_and_never_misleads() {
        assert_eq!(
            readable_url("https://a.go.th/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/?p=1"),
            "https://a.go.th/ข่าว/?p=1"
        );
        let kept = "https://a.go.th/%A2%E8%D2%C7/%20x%2520/%E2%80%AE%00%3Cb%3E";
        assert_eq!(
            readable_url(kept),
            kept,
            "TIS-620, spaces, per cents, direction marks, tags"
        );
    }

    #[test]
    fn text_of_a_website_cannot_command_the_terminal() {
        assert_eq!(harmless("ก\u{1b}[31mข\u{202e}ค\nง"), "ก [31mข ค ง");
    }

    #[test]
    fn a_place_is_not_said_twice() {
        let mut agency = crate::audit::tests::agency();
        assert_eq!(
            agency_line(&agency, ""),
            "องค์การบริหารส่วนตำบลกะลาเส อำเภอสิเกา จังหวัดตรัง"
        );
        agency.district = "เขตพระนคร".into();
        agency.province = "กรุงเทพมหานคร".into();
        assert_eq!(
            agency_line(&agency, ""),
            "องค์การบริหารส่วนตำบลกะลาเส เขตพระนคร กรุงเทพมหานคร"
        );
        agency.name.clear();
        assert_eq!(agency_line(&agency, "https://a.go.th/"), "https://a.go.th/");
    }
}
