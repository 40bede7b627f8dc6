//! One more decision at the end of the file: what stands there, comments included, stays as it is.

use std::fmt::Write as _;

use jiff::civil::Date;
use toml_edit::{Document, Value};

use crate::rules::answer::Outcome;
use crate::year::{ERA, FiscalYear};

/// A decision to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The item.
    pub item: String,
    /// Its title, for who reads the file.
    pub title: String,
    /// The criterion; the whole item when `None`.
    pub criterion: Option<String>,
    /// The manual's words.
    pub asks: String,
    /// The year.
    pub year: FiscalYear,
    /// `met`, `unmet` or `not_applicable`.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// Who.
    pub who: String,
    /// When.
    pub date: Date,
    /// The last day it holds.
    pub expires: Date,
    /// The paper's address and the SHA-256 of its body.
    pub paper: Option<(String, Option<String>)>,
}

/// Puts a decision after the text of the file. A new file begins with what it is and whose website it is about.
pub fn append(text: &str, home: &str, new: &New) -> String {
    let mut out = text.to_owned();
    if out.trim().is_empty() {
        out = format!(
            "# คำตัดสินของคนที่ตรวจเว็บไซต์นี้ แก้หรือลบได้ด้วยโปรแกรมแก้ข้อความ ใช้กับ prongsai judge และ audit\nhome = {}\n",
            quoted(home)
        );
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    let outcome = match new.outcome {
        Outcome::Met => "met",
        Outcome::Unmet => "unmet",
        Outcome::NotApplicable | Outcome::Unsure => "not_applicable",
    };
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(out, "{key} = {value}");
    };
    line(
        "\n[[decision]]\nitem",
        &format!("{}  # {}", quoted(&new.item), comment(&new.title)),
    );
    if let Some(criterion) = &new.criterion {
        line(
            "criterion",
            &format!("{}  # {}", quoted(criterion), comment(&new.asks)),
        );
    }
    line("year", &new.year.to_string());
    line("outcome", &quoted(outcome));
    line("reason", &quoted(&new.reason));
    line("who", &quoted(&new.who));
    line("date", &quoted(&buddhist(new.date)));
    line("expires", &quoted(&buddhist(new.expires)));
    if let Some((url, digest)) = &new.paper {
        line("url", &quoted(url));
        if let Some(digest) = digest {
            line("digest", &quoted(digest));
        }
    }
    out
}

/// Whether [`append`] can add to a file: not to one that holds its decisions in one list.
pub fn is_appendable(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    Document::parse(format!("{text}\n[[decision]]\n")).is_ok()
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    let one_line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    Value::from(one_line).to_string()
}

/// A comment cannot end its line early.
fn comment(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.take(100).collect()
}

/// `2565-05-20`: as text, because TOML knows no leap years of the Buddhist era.
fn buddhist(day: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day.year() + ERA,
        day.month(),
        day.day()
    )
}
