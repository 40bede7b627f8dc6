//! The handbook for those who write rules, in Thai, as Markdown and HTML: how rules and cases are made, every word, and
//! every item with its criteria and worked cases. Pure: the same rules give the same bytes.

mod html;
mod items;
mod mark;
mod words;

use std::fmt::Write as _;

use crate::cases::{self, Standing, Trial};
use crate::judge::NEAR_MISSES;
use crate::rules::pack::Pack;
use crate::rules::sandbox::{CALL_LEVELS, FILE_LIMIT, FORBIDDEN, FUEL, LIST_LIMIT, TEXT_LIMIT};
use crate::rules::usage::Usage;
use crate::rules::vocabulary::NEEDLE_BYTES;
use crate::rules::words::Word;

pub use html::html;

/// How a rule is made.
const MAKING: &str = include_str!("making.md");
/// How a case is made.
const CASES: &str = include_str!("cases.md");

/// What a handbook is made from.
#[derive(Debug)]
pub struct Handbook {
    /// Commands for rule authors.
    pub commands: Vec<Command>,
    /// The vocabulary.
    pub words: Vec<Word>,
    /// How the rules use it.
    pub usage: Usage,
    /// The years, in the order in which they are shown.
    pub years: Vec<Year>,
}

/// A command.
#[derive(Debug, Clone)]
pub struct Command {
    /// Its name.
    pub name: String,
    /// What it does, in a line of Thai.
    pub about: String,
    /// A line to type.
    pub example: String,
}

/// A year of a handbook.
#[derive(Debug)]
pub struct Year {
    /// Its rules.
    pub pack: Pack,
    /// Its cases, run.
    pub trial: Trial,
}

impl Year {
    fn number(&self) -> String {
        self.pack.outline.year.to_string()
    }
}

/// Writes the handbook as Markdown.
pub fn markdown(book: &Handbook) -> String {
    let years: Vec<String> = book.years.iter().map(Year::number).collect();
    let mut out = format!("# {}\n", title(book));
    let _ = writeln!(
        out,
        "\nสำหรับผู้ที่รู้คู่มือการประเมิน ITA และต้องการเขียนหรือแก้กฎ ไม่ต้องรู้ภาษาโปรแกรม คู่มือนี้โปรแกรมเขียนจากกฎและคลังคำของตนเองด้วย `prongsai docs` จึงตรงกับที่ใช้จริง"
    );
    for year in &book.years {
        let (number, digest) = (year.number(), year.pack.digest());
        let digest = digest.get(..12).unwrap_or(digest);
        let _ = writeln!(
            out,
            "\nกฎปี {number}: {} ข้อ {} กรณี รุ่น {}",
            year.pack.rules.len(),
            year.trial.tried.len(),
            mark::code(digest)
        );
    }
    let _ = writeln!(out, "\n## สารบัญ\n");
    for (n, (id, name)) in CHAPTERS.iter().enumerate() {
        let _ = writeln!(out, "{}. [{name}](#{id})", n + 1);
    }
    for number in &years {
        let _ = writeln!(out, "    - [ดัชนีข้อ ปี {number}](#index-{number})");
    }
    items::index(&mut out, book);
    chapter(&mut out, 0);
    out.push_str(&making());
    chapter(&mut out, 1);
    out.push_str(&case_format());
    chapter(&mut out, 2);
    commands(&mut out, &book.commands);
    chapter(&mut out, 3);
    words::vocabulary(&mut out, &book.words, &book.usage);
    chapter(&mut out, 4);
    items::items(&mut out, book);
    out
}

/// Chapters and their anchors.
const CHAPTERS: [(&str, &str); 5] = [
    ("making", "กฎหนึ่งข้อ"),
    ("cases", "กรณีตัวอย่าง"),
    ("commands", "คำสั่ง"),
    ("words", "คลังคำ"),
    ("items", "ข้อทั้งหมด"),
];

fn chapter(out: &mut String, n: usize) {
    let (id, name) = CHAPTERS[n];
    let _ = writeln!(out, "\n## {}{}. {name}\n", mark::anchor(id), n + 1);
}

fn title(book: &Handbook) -> String {
    let years: Vec<String> = book.years.iter().map(Year::number).collect();
    format!("คู่มือผู้เขียนกฎ โปร่งใส (prongsai) ปี {}", years.join(" และ "))
}

fn making() -> String {
    let forbidden: Vec<String> = FORBIDDEN.iter().map(|word| mark::code(word)).collect();
    let kilobytes = |bytes: usize| (bytes / 1024).to_string();
    filled(
        MAKING,
        &[
            ("{near}", NEAR_MISSES.to_string()),
            ("{fuel}", grouped(FUEL)),
            ("{file}", kilobytes(FILE_LIMIT)),
            ("{text}", kilobytes(TEXT_LIMIT)),
            ("{list}", grouped(LIST_LIMIT as u64)),
            ("{needle}", grouped(NEEDLE_BYTES as u64)),
            ("{calls}", CALL_LEVELS.to_string()),
            ("{forbidden}", forbidden.join(" ")),
        ],
    )
}

fn case_format() -> String {
    let standing = |one: Standing| one.thai().to_owned();
    filled(
        CASES,
        &[
            ("{agency}", cases::AGENCY.to_owned()),
            ("{strict}", standing(Standing::Strict)),
            ("{lenient}", standing(Standing::Lenient)),
            ("{timid}", standing(Standing::Timid)),
            ("{bold}", standing(Standing::Bold)),
            ("{faulted}", standing(Standing::Faulted)),
        ],
    )
}

fn filled(text: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    })
}

/// `1,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn commands(out: &mut String, commands: &[Command]) {
    out.push_str("| คำสั่ง | ทำอะไร | ตัวอย่าง |\n|---|---|---|\n");
    for command in commands {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            mark::cell_code(&command.name),
            mark::text(&command.about),
            mark::cell_code(&command.example)
        );
    }
    out.push_str("\nวิธีใช้โดยละเอียดของแต่ละคำสั่ง: `prongsai คำสั่ง --help`\n");
}

#[cfg(test)]
mod tests;
