//! The mistakes of scripts as a reader wants them: for a terminal, for programs, for code hosts and editors (SARIF).

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use crate::rules::check::Checked;
use crate::rules::fault::Fault;
use crate::rules::kind::{Kind, Severity};

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ผิด",
        Severity::Warning => "น่าสงสัย",
    }
}

/// Every mistake with its line and a caret, and a summary.
pub fn text(checked: &Checked) -> String {
    let mut text = String::new();
    for fault in &checked.faults {
        let kind = fault.kind;
        let _ = write!(
            text,
            "{} [{}]\n{fault}\n\n",
            word(kind.severity()),
            kind.id()
        );
    }
    let _ = writeln!(text, "{}", summary(checked));
    text
}

/// `ตรวจ 2 ปี 53 ไฟล์: ผิด 3 น่าสงสัย 1`.
pub fn summary(checked: &Checked) -> String {
    let (years, files) = (checked.years.len(), checked.files);
    let (errors, warnings) = (
        checked.count(Severity::Error),
        checked.count(Severity::Warning),
    );
    match (errors, warnings) {
        (0, 0) => format!("ตรวจ {years} ปี {files} ไฟล์: ไม่พบที่ผิด"),
        _ => format!("ตรวจ {years} ปี {files} ไฟล์: ผิด {errors} น่าสงสัย {warnings}"),
    }
}

/// One mistake as programs read it.
#[derive(Serialize)]
struct Entry<'a> {
    file: &'a str,
    /// From 1; 0 when the file as a whole is meant.
    line: usize,
    /// In characters, from 1.
    column: usize,
    severity: Severity,
    rule: &'static str,
    message: &'a str,
    source_line: &'a str,
}

/// The mistakes as JSON.
pub fn json(checked: &Checked) -> String {
    let entries: Vec<Entry> = checked.faults.iter().map(entry).collect();
    let years: Vec<String> = checked.years.iter().map(ToString::to_string).collect();
    let whole = json!({
        "years": years,
        "files": checked.files,
        "errors": checked.count(Severity::Error),
        "warnings": checked.count(Severity::Warning),
        "faults": entries,
    });
    format!("{whole:#}\n")
}

fn entry(fault: &Fault) -> Entry<'_> {
    Entry {
        file: &fault.file,
        line: fault.line,
        column: fault.column,
        severity: fault.kind.severity(),
        rule: fault.kind.id(),
        message: &fault.message,
        source_line: &fault.source_line,
    }
}

/// The mistakes as SARIF 2.1.0 (OASIS). Places are relative to the folder that was checked, columns in UTF-16 units.
pub fn sarif(checked: &Checked) -> String {
    let rules: Vec<Value> = Kind::ALL
        .iter()
        .map(|kind| {
            json!({
                "id": kind.id(),
                "shortDescription": { "text": kind.thai() },
                "defaultConfiguration": { "level": level(kind.severity()) },
            })
        })
        .collect();
    let results: Vec<Value> = checked.faults.iter().map(result).collect();
    let whole = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "prongsai",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    format!("{whole:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(fault: &Fault) -> Value {
    let index = Kind::ALL.iter().position(|kind| *kind == fault.kind);
    let mut place = json!({ "artifactLocation": { "uri": uri(&fault.file) } });
    if fault.line > 0 {
        place["region"] = region(fault);
    }
    json!({
        "ruleId": fault.kind.id(),
        "ruleIndex": index,
        "level": level(fault.kind.severity()),
        "message": { "text": fault.message },
        "locations": [{ "physicalLocation": place }],
    })
}

/// A relative reference: a file may have a Thai name.
fn uri(file: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PATH: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'.')
        .remove(b'-')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(file, PATH).to_string()
}

/// From the caret to the end of the word or text that stands there.
fn region(fault: &Fault) -> Value {
    let mut region = json!({ "startLine": fault.line });
    let Some(before) = fault.column.checked_sub(1) else {
        return region;
    };
    let units = |text: &str| text.encode_utf16().count();
    let head: String = fault.source_line.chars().take(before).collect();
    let rest = &fault.source_line[head.len()..];
    let start = units(&head) + 1;
    region["startColumn"] = json!(start);
    region["endColumn"] = json!(start + units(token(rest)).max(1));
    region
}

/// The name or the quoted text at the beginning, or else one character.
fn token(rest: &str) -> &str {
    let named = |c: char| c.is_alphanumeric() || c == '_' || matches!(c, '\u{e01}'..='\u{e5b}');
    let end = match rest.chars().next() {
        Some(quote @ ('"' | '`' | '\'')) => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
        Some(first) if named(first) => rest.find(|c| !named(c)).unwrap_or(rest.len()),
        Some(first) => first.len_utf8(),
        None => 0,
    };
    &rest[..end]
}
