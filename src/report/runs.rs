//! Agencies, runs, what counts and what was written to owners, for a terminal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;

use super::history::{agency_words, heading, right};
use super::text::{Ink, Sheet, decision_ink};
use super::wrap::{padded, wrap};
use super::{decision_words, harmless, readable_url, when};
use crate::fleet::FailureKind;
use crate::judge::Decision;
use crate::standing::{Doubt, Stand, Standing, WEBSITE, WEBSITE_TITLE};
use crate::store::{Agencies, AgencyRow, Job, JobState, Posted, Run, RunView, Silenced};
use crate::year::FiscalYear;

/// A failure's word in words that people read; the word itself when it is not known.
pub(super) fn fault_words(word: &str) -> &str {
    let word_of: StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
    match FailureKind::deserialize(word_of) {
        Ok(kind) => kind.thai(),
        Err(_) => word,
    }
}

/// A cell of a table: one line, cut at a word, filled up.
fn cell(text: &str, wide: usize) -> String {
    let text = harmless(text);
    let lines = wrap(&text, wide.saturating_sub(2));
    let first = lines.first().map(String::as_str).unwrap_or_default();
    let more = if lines.len() > 1 { "…" } else { "" };
    padded(&format!("{first}{more}"), wide)
}

/// Writes a page of agencies with their newest audit and the next one.
pub fn agencies(page: &Agencies, colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    if page.agencies.is_empty() {
        sheet.line("ไม่มีหน่วยงาน");
        return sheet.done();
    }
    let head = agency_row("รหัส", "หน่วยงาน", "ตรวจล่าสุด", "OIT", "ระดับ");
    let head = sheet.ink(Ink::Bold, head.trim_end());
    sheet.line(&head);
    for one in &page.agencies {
        let name = agency_words(&one.agency);
        let row = match &one.latest {
            Some(line) => {
                let grade = line
                    .grade
                    .as_ref()
                    .map_or("–".to_owned(), ToString::to_string);
                agency_row(
                    &one.agency.id,
                    &name,
                    &when::day(line.day),
                    &line.score.to_string(),
                    &grade,
                )
            }
            None => agency_row(&one.agency.id, &name, "ยังไม่ตรวจ", "", ""),
        };
        sheet.line(&row);
        if let Some(next) = one.next {
            sheet.hang(
                "            ",
                &format!("นัดตรวจ {}", when::time(next)),
                Some(Ink::Faint),
            );
        }
    }
    if let Some(after) = &page.after {
        sheet.line("");
        sheet.line(&format!("หน้าต่อไป  --after {after}"));
    }
    sheet.done()
}

fn agency_row(id: &str, name: &str, day: &str, score: &str, grade: &str) -> String {
    let (id, name) = (cell(id, 12), cell(name, 34));
    format!("{id}{name}{}{}{grade}", padded(day, 14), padded(score, 14))
}

/// Writes the newest runs, a line each.
pub fn runs(runs: &[Run], colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    if runs.is_empty() {
        sheet.line("ยังไม่มีรอบตรวจ");
    }
    for run in runs {
        let lead = format!("{}  ", right(&run.run.to_string(), 5));
        let ink = run.void.is_some().then_some(Ink::Yellow);
        sheet.hang(&lead, &run_words(run), ink);
    }
    sheet.done()
}

/// `เริ่ม … ถึง … (ใช้เวลา 2 ชม.) · ตามกำหนด`.
fn run_words(run: &Run) -> String {
    let began = when::time(run.began);
    let took = match run.ended {
        Some(ended) => format!("ใช้เวลา {}", when::span(ended.duration_since(run.began))),
        None => "ยังไม่จบ".to_owned(),
    };
    let void = run
        .void
        .as_ref()
        .map_or(String::new(), |why| format!(" · ไม่นับความล้มเหลว: {why}"));
    format!("{} · เริ่ม {began} · {took}{void}", run_kind(&run.kind))
}

/// What started a run.
fn run_kind(kind: &str) -> &str {
    match kind {
        "fleet" => "ตรวจทั้งรายชื่อ",
        "schedule" => "ตรวจตามกำหนด",
        other => other,
    }
}

/// Writes the log of a run: how far it is, what failed, and what was done for each agency and why.
pub fn run_log(view: &RunView, jobs: &[Job], colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    let run = &view.run;
    let title = sheet.ink(Ink::Bold, &format!("รอบตรวจที่ {}", run.run));
    sheet.line(&title);
    sheet.hang(
        "",
        &run_words(run),
        run.void.is_some().then_some(Ink::Yellow),
    );
    let tally = &view.tally;
    let all = [
        (tally.done, "ตรวจแล้ว"),
        (tally.failed, "ตรวจไม่ได้"),
        (tally.void, "ไม่นับ"),
        (tally.crawling, "กำลังตรวจ"),
        (tally.pending, "รอ"),
    ];
    let total: u32 = all.iter().map(|one| one.0).sum();
    let told = all.iter().filter(|one| one.0 > 0);
    let told: Vec<String> = told
        .map(|(count, what)| format!("{what} {count}"))
        .collect();
    sheet.line("");
    sheet.hang(
        "  ",
        &format!("{total} หน่วยงาน: {}", told.join(" · ")),
        None,
    );
    let mut faults: Vec<(&String, &u32)> = view.faults.iter().collect();
    faults.sort_by_key(|(word, count)| (std::cmp::Reverse(**count), *word));
    for (word, count) in faults {
        sheet.line(&format!(
            "    {}  {}",
            right(&count.to_string(), 4),
            harmless(fault_words(word))
        ));
    }
    for (state, title) in [
        (JobState::Failed, "ตรวจไม่ได้"),
        (JobState::Void, "ไม่นับ"),
        (JobState::Crawling, "กำลังตรวจ"),
        (JobState::Done, "ตรวจแล้ว"),
        (JobState::Pending, "รอ"),
    ] {
        let some: Vec<&Job> = jobs.iter().filter(|job| job.state == state).collect();
        if !some.is_empty() {
            sheet.title(title);
        }
        for job in some {
            job_row(&mut sheet, job);
        }
    }
    sheet.done()
}

fn job_row(sheet: &mut Sheet, job: &Job) {
    let ink = match job.state {
        JobState::Failed => Some(Ink::Red),
        JobState::Void | JobState::Pending => Some(Ink::Faint),
        JobState::Crawling => Some(Ink::Yellow),
        JobState::Done => None,
    };
    let at = match job.state {
        // Nothing has happened to it yet.
        JobState::Pending => String::new(),
        _ => when::time(job.at),
    };
    let fault = job.fault.as_deref().map(fault_words).map(str::to_owned);
    let audit = job.audit.map(|audit| format!("ครั้งที่ {audit}"));
    let why = job.why.clone().filter(|why| !why.is_empty());
    // The sentence often begins with the failure's words.
    let fault = fault.filter(|fault| !why.as_ref().is_some_and(|why| why.contains(fault.as_str())));
    let told: Vec<String> = [audit, fault, why].into_iter().flatten().collect();
    let lead = format!("  {}{}", cell(&job.agency, 16), padded(&at, 20));
    sheet.hang(&lead, &told.join(" · "), ink);
}

/// Writes what an agency counts as now and which worse sights wait for a second look. `titles` names the items by their
/// numbers; `now` is what the next second look is told from.
pub fn standing(
    agency: &AgencyRow,
    year: FiscalYear,
    standing: &Standing,
    titles: &BTreeMap<String, String>,
    now: Timestamp,
    colour: bool,
) -> String {
    let mut sheet = Sheet::new(colour);
    heading(&mut sheet, "ผลที่นับอยู่", agency);
    let looked = standing.looked().map(when::time);
    let looked = looked.map_or("ยังไม่เคยตรวจ".to_owned(), |at| {
        format!("ตรวจครั้งสุดท้าย {at}")
    });
    sheet.hang("", &format!("ปีงบประมาณ พ.ศ. {year} · {looked}"), None);
    let mut items: Vec<(&str, &Stand)> = standing
        .subjects()
        .filter(|(subject, _)| *subject != WEBSITE)
        .collect();
    items.sort_by_key(|(subject, _)| in_order(subject));
    let of = |decision| {
        items
            .iter()
            .filter(move |(_, stand)| stand.counts == decision)
    };
    let decisions = [Decision::Pass, Decision::Fail, Decision::Unsure];
    let counts = decisions.map(|one| {
        let (mark, words) = decision_words(one);
        format!("{mark} {words} {}", of(one).count())
    });
    sheet.line("");
    sheet.hang("  ", &counts.join("   "), Some(Ink::Bold));
    if let Some((_, website)) = standing.subjects().find(|(subject, _)| *subject == WEBSITE)
        && website.counts != Decision::Pass
    {
        let told = format!(
            "{WEBSITE_TITLE}เปิดไม่ได้ตั้งแต่ {} ผลของข้ออื่นค้างไว้ตามครั้งที่เปิดได้",
            when::time(website.since)
        );
        sheet.hang("  ", &told, Some(Ink::Red));
    }
    doubts(&mut sheet, standing, now);
    let title_of = |subject: &str| titles.get(subject).map(String::as_str).unwrap_or_default();
    for (decision, title) in [(Decision::Fail, "ไม่ผ่าน"), (Decision::Unsure, "ให้คนตรวจ")]
    {
        if of(decision).next().is_some() {
            sheet.title(title);
        }
        for (subject, stand) in of(decision) {
            let lead = format!("  {}", cell(subject, 6));
            let notes = [
                (stand.by_person, " · คนตัดสิน"),
                (stand.presumed, " · ยังไม่ทราบแน่ เพราะการตรวจที่เป็นฐานอ่านไม่ครบ"),
            ];
            let notes: String = notes.iter().filter(|one| one.0).map(|one| one.1).collect();
            let since = when::day(crate::schedule::bangkok(stand.since).date());
            let told = format!("{} · ตั้งแต่ {since}{notes}", title_of(subject));
            sheet.hang(&lead, told.trim_start_matches(" · "), None);
        }
    }
    let passing: Vec<&str> = of(Decision::Pass).map(|(subject, _)| *subject).collect();
    if !passing.is_empty() {
        sheet.title("ผ่าน");
        sheet.hang("  ", &passing.join(" "), Some(Ink::Faint));
    }
    sheet.done()
}

fn doubts(sheet: &mut Sheet, standing: &Standing, now: Timestamp) {
    let mut all = standing.doubts();
    if all.is_empty() {
        return;
    }
    all.sort_by_key(|doubt| (doubt.subject != WEBSITE, in_order(&doubt.subject)));
    sheet.title("เห็นแย่ลง แต่ยังไม่นับ");
    for one in &all {
        doubt(sheet, one);
    }
    let told = match standing.second_look_from(now) {
        Some(at) if at <= now => "ตรวจซ้ำได้แล้ว จะนับเมื่อเห็นเหมือนเดิม".to_owned(),
        Some(at) => format!("ตรวจซ้ำได้ตั้งแต่ {} จะนับเมื่อเห็นเหมือนเดิม", when::time(at)),
        None => "ไม่ตรวจซ้ำนอกรอบ รอการตรวจตามกำหนด".to_owned(),
    };
    sheet.hang("  ", &told, Some(Ink::Bold));
}

fn doubt(sheet: &mut Sheet, doubt: &Doubt) {
    let words = |decision| {
        let (mark, words) = decision_words(decision);
        format!("{mark} {words}")
    };
    let subject = if doubt.subject == WEBSITE {
        WEBSITE_TITLE.to_owned()
    } else {
        format!("{} {}", doubt.subject, doubt.title)
    };
    let told = format!(
        "{subject} · นับเป็น {} เห็นเป็น {}",
        words(doubt.from),
        words(doubt.seen)
    );
    sheet.hang("  ", &told, Some(decision_ink(doubt.seen)));
    sheet.hang("    ", &doubt.because, None);
    if let Some(place) = &doubt.place {
        sheet.hang("    ", &readable_url(place), None);
    }
    let mut told = format!(
        "เห็นครั้งแรก {} · เห็นแล้ว {} ครั้ง",
        when::time(doubt.first_seen),
        doubt.looks
    );
    if doubt.partial {
        told += " · ยังไม่มีครั้งใดอ่านเว็บไซต์ครบ";
    }
    if let Some(good) = doubt.last_good {
        told += &format!(" · ผ่านครั้งสุดท้าย ครั้งที่ {good}");
    }
    sheet.hang("    ", &told, Some(Ink::Faint));
}

/// O2 stands before O10.
fn in_order(subject: &str) -> (String, u64) {
    let digits = subject.trim_start_matches(|c: char| !c.is_ascii_digit());
    let lead = &subject[..subject.len() - digits.len()];
    (lead.to_owned(), digits.parse().unwrap_or(u64::MAX))
}

/// The subject line of a digest.
#[derive(Deserialize)]
struct Headed {
    subject: String,
}

/// Writes the letters to owners, newest first: what each says, and whether it was delivered and seen.
pub fn outbox(letters: &[Posted], colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    if letters.is_empty() {
        sheet.line("ไม่มีข้อความแจ้งเตือน");
    }
    for one in letters {
        let letter = &one.letter;
        let lead = format!("{}  ", right(&one.id.to_string(), 5));
        let subject =
            serde_json::from_str(&letter.body).map_or(String::new(), |it: Headed| it.subject);
        let ink = (one.seen.is_none() && one.fault.is_some()).then_some(Ink::Red);
        let told = format!(
            "{} · {} · {}",
            when::time(letter.created),
            letter.owner,
            state(one)
        );
        sheet.hang(&lead, &told, ink);
        let indent = "       ";
        if !subject.is_empty() {
            sheet.hang(indent, &subject, None);
        }
        if let Some(fault) = &one.fault {
            sheet.hang(indent, fault, Some(Ink::Faint));
        }
    }
    sheet.done()
}

fn state(one: &Posted) -> String {
    let next = one.letter.next_at.map(when::time);
    match (one.seen, one.delivered, next) {
        (Some(at), ..) => format!("รับทราบแล้ว {}", when::time(at)),
        (None, Some(at), None) => format!("ส่งแล้ว {}", when::time(at)),
        (None, Some(at), Some(next)) => format!("ส่งแล้ว {} จะเตือนซ้ำ {next}", when::time(at)),
        (None, None, Some(next)) if one.attempts == 0 => format!("จะส่ง {next}"),
        (None, None, Some(next)) => format!("ส่งไม่สำเร็จ {} ครั้ง จะลองอีก {next}", one.attempts),
        (None, None, None) => format!("ส่งไม่สำเร็จ {} ครั้ง เลิกส่ง", one.attempts),
    }
}

/// Writes what owners do not want to hear of.
pub fn silences(all: &[Silenced], colour: bool) -> String {
    let mut sheet = Sheet::new(colour);
    if all.is_empty() {
        sheet.line("ไม่มีการปิดเสียงแจ้งเตือน");
    }
    for Silenced { id, silence } in all {
        let what = match silence.subject.as_deref() {
            None => "ทุกข้อ",
            Some(WEBSITE) => WEBSITE_TITLE,
            Some(item) => item,
        };
        let until = silence.until.map_or("จนกว่าจะเปิด".to_owned(), |at| {
            format!("ถึง {}", when::time(at))
        });
        let told = format!("{} · {what} · {until}", silence.agency);
        sheet.hang(&format!("{}  ", right(&id.to_string(), 5)), &told, None);
        let told = format!(
            "{} เมื่อ {}: {}",
            silence.who,
            when::time(silence.made),
            silence.reason
        );
        sheet.hang("       ", &told, Some(Ink::Faint));
    }
    sheet.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::store_sample as sample;

    #[test]
    fn agencies_have_their_newest_audit_and_the_next_one() {
        sample::snapshot("agencies", &agencies(&sample::agencies(), false));
    }

    #[test]
    fn the_run_log_says_what_was_done_and_why() {
        let (view, jobs) = sample::run();
        sample::snapshot("run", &run_log(&view, &jobs, false));
        sample::snapshot("runs", &runs(&[view.run], false));
    }

    #[test]
    fn a_doubt_is_told_apart_from_what_counts() {
        let (stand, titles) = sample::standing();
        let told = standing(
            &sample::agency(),
            FiscalYear(2570),
            &stand,
            &titles,
            sample::at(23, 9, 40),
            false,
        );
        sample::snapshot("standing", &told);
    }

    #[test]
    fn a_letter_is_told_with_its_fate() {
        sample::snapshot("outbox", &outbox(&sample::letters(), false));
        sample::snapshot("silences", &silences(&sample::silences(), false));
    }

    #[test]
    fn a_failure_that_nobody_named_keeps_its_word() {
        assert_eq!(fault_words("dns"), FailureKind::Dns.thai());
        assert_eq!(fault_words("moon"), "moon");
    }

    #[test]
    fn items_stand_in_the_order_of_their_numbers() {
        let mut all = ["O10", "O2", "O1", "x"];
        all.sort_by_key(|one| in_order(one));
        assert_eq!(all, ["O1", "O2", "O10", "x"]);
    }
}
