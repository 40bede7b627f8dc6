//! What is wrong with a script, and where: a message with its file, line, column and a caret under the place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rhai::{Engine, EvalAltResult, ParseError, ParseErrorType, Position};
use unicode_width::UnicodeWidthStr;

use super::kind::Kind;
use super::syntax;

/// Script texts by file: what a fault quotes from.
pub type Texts = BTreeMap<String, String>;

/// The files in which a closure stands, by the name Rhai gives it.
pub(super) type Closures = BTreeMap<String, BTreeSet<String>>;

/// What the name of a closure begins with.
pub(super) const CLOSURE: &str = "anon$";

/// Columns of a source line that are shown on either side of the caret.
const WINDOW: usize = 100;

/// Calls that are shown on the way to a fault.
const CALLS: usize = 6;

/// A mistake in a script, or a failure while running it. Its `Display` is what the author reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// `2564/O23.rhai`.
    pub file: String,
    /// From 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// In characters, from 1; 0 when the line as a whole is meant.
    pub column: usize,
    /// Thai, one sentence.
    pub message: String,
    /// The line of the script.
    pub source_line: String,
    /// The calls that led there, nearest first.
    pub called_from: Vec<Place>,
    /// What sort of mistake it is.
    pub kind: Kind,
}

/// A call on the way to a fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `2564/O2.rhai`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The function in which the call stands.
    pub function: String,
}

impl Fault {
    /// A fault at a place of a file.
    pub fn at(file: &str, position: Position, message: impl Into<String>, texts: &Texts) -> Self {
        let line = position.line().unwrap_or(0);
        Self {
            file: file.to_owned(),
            line,
            column: position.position().unwrap_or(0),
            message: message.into(),
            source_line: line
                .checked_sub(1)
                .and_then(|above| texts.get(file)?.lines().nth(above))
                .unwrap_or_default()
                .to_owned(),
            called_from: Vec::new(),
            kind: Kind::Running,
        }
    }

    /// A fault of a line as a whole.
    pub fn of_line(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            ..Self::of_file(file, message)
        }
    }

    /// The same fault, of this kind.
    pub(super) fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// A fault of a file as a whole.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self::at(file, Position::NONE, message, &Texts::new())
    }

    /// The word that it points at; empty where there is none.
    pub(super) fn word(&self) -> &str {
        syntax::word_at(&self.source_line, self.column)
    }

    /// What the parser refuses of a script, or of what is left of one: `read` is what it was given.
    pub(super) fn from_parse(error: &ParseError, file: &str, read: &str, texts: &Texts) -> Self {
        let (place, message) = syntax::explain(error, read);
        Self::at(file, place, message, texts).of(match error.err_type() {
            ParseErrorType::VariableUndefined(_) => Kind::UnknownVariable,
            ParseErrorType::ModuleUndefined(_) => Kind::UnknownNamespace,
            _ => Kind::Syntax,
        })
    }

    /// A failure while `function` of `file` was running.
    pub(super) fn from_eval(
        error: &EvalAltResult,
        file: &str,
        function: &str,
        engine: &Engine,
        texts: &Texts,
        closures: &Closures,
    ) -> Self {
        let (mut file, mut function) = (file.to_owned(), function.to_owned());
        let mut calls = Vec::new();
        let mut error = error;
        // The outermost error is the first call; what went wrong is innermost.
        while let EvalAltResult::ErrorInFunctionCall(name, source, inner, position) = error {
            calls.push((file.clone(), *position, function));
            function = name.clone();
            let stands_in = |file: &String| {
                closures
                    .get(&function)
                    .is_some_and(|files| files.contains(file))
            };
            if !source.is_empty() {
                file = source.clone();
            }
            // Rhai gives a closure the file of the function that runs it: a rule's closure, run by a lib, that lib's.
            if function.starts_with(CLOSURE)
                && !stands_in(&file)
                && let Some((own, ..)) = calls.iter().rev().find(|(file, ..)| stands_in(file))
            {
                file = own.clone();
            }
            error = inner;
        }
        // An error inside a native function has no position: the call that led into it has.
        let mut position = error.position();
        while position.is_none()
            && let Some((caller, place, _)) = calls.pop()
        {
            (file, position) = (caller, place);
        }
        let mut fault = Self::at(&file, position, running(error, engine), texts);
        for (file, position, function) in calls.into_iter().rev() {
            let (Some(line), Some(column)) = (position.line(), position.position()) else {
                continue;
            };
            // A native function that calls a closure stands at the same place as its own call.
            if (&fault.file, fault.line, fault.column) == (&file, line, column) {
                continue;
            }
            fault.called_from.push(Place {
                file,
                line,
                column,
                function,
            });
        }
        fault.called_from.reverse();
        fault
            .called_from
            .dedup_by_key(|place| (place.file.clone(), place.line, place.column));
        fault.called_from.reverse();
        fault
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match self.line {
            0 => String::new(),
            line => line.to_string(),
        };
        let margin = " ".repeat(number.len());
        match (self.line, self.column) {
            (0, _) => writeln!(f, "{margin}--> {}", self.file)?,
            (line, 0) => writeln!(f, "{margin}--> {}:{line}", self.file)?,
            (line, column) => writeln!(f, "{margin}--> {}:{line}:{column}", self.file)?,
        }
        if self.line == 0 {
            write!(f, " = {}", self.message)?;
        } else {
            let (before, after) = around(&self.source_line, self.column);
            writeln!(f, "{margin} |")?;
            writeln!(f, "{number} | {before}{after}")?;
            // Thai vowels above and below and tone marks take no room: count columns of the screen.
            let indent = " ".repeat(before.width());
            write!(f, "{margin} | {indent}^ {}", self.message)?;
        }
        for place in self.called_from.iter().take(CALLS) {
            let Place {
                file,
                line,
                column,
                function,
            } = place;
            write!(f, "\n{margin} = เรียกจาก {file}:{line}:{column}")?;
            if !function.starts_with(CLOSURE) {
                write!(f, " ({function})")?;
            }
        }
        if let Some(more) = self.called_from.len().checked_sub(CALLS + 1) {
            write!(f, "\n{margin} = และอีก {} ขั้น", more + 1)?;
        }
        Ok(())
    }
}

/// The line before the caret and from it on, without tabs, cut where it is very long.
fn around(line: &str, column: usize) -> (String, String) {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let caret = column.saturating_sub(1);
    let start = caret.saturating_sub(WINDOW);
    let mut before: String = line
        .chars()
        .map(plain)
        .skip(start)
        .take(caret - start)
        .collect();
    let mut rest = line.chars().map(plain).skip(caret);
    let mut after: String = rest.by_ref().take(WINDOW).collect();
    if start > 0 {
        before.insert(0, '…');
    }
    if rest.next().is_some() {
        after.push('…');
    }
    (before, after)
}

/// ` หมายถึง … หรือไม่` with the most similar name, if one is similar.
pub(crate) fn hint<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let allowed = 1 + wrong.chars().count() / 4;
    let nearest = names
        .into_iter()
        // Of names as near, the one that begins alike: the first letter is seldom mistaken.
        .map(|name| {
            let begins = name.chars().next() == wrong.chars().next();
            (strsim::osa_distance(wrong, name), !begins, name)
        })
        .filter(|(distance, _, name)| *distance <= allowed && *name != wrong)
        .min();
    nearest.map_or_else(String::new, |(.., name)| format!(" หมายถึง `{name}` หรือไม่"))
}

pub(super) fn unknown_variable(name: &str) -> String {
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
        format!("ไม่รู้จัก `{name}` ถ้าเป็นค่าคงที่ของไฟล์นี้ให้เขียน `global::{name}`")
    } else if name.is_ascii() {
        format!("ไม่รู้จักตัวแปร `{name}`")
    } else {
        format!("ไม่รู้จักตัวแปร `{name}` ถ้าเป็นข้อความให้ใส่เครื่องหมายคำพูด \"{name}\"")
    }
}

fn running(error: &EvalAltResult, engine: &Engine) -> String {
    use EvalAltResult as E;
    let named = |kind: &str| thai_type(engine.map_type_name(kind)).to_owned();
    match error {
        E::ErrorTerminated(..) => {
            "ทำงานนานเกินงบคำสั่ง ให้ลดรอบของ `for` หรือถามระบบแทนการวนหาเอง".into()
        }
        E::ErrorStackOverflow(..) => "ฟังก์ชันเรียกซ้อนกันลึกเกินไป".into(),
        E::ErrorDataTooLarge(..) => "ข้อความหรือรายการยาวเกินกำหนด".into(),
        E::ErrorDataRace(..) => "ค่านี้ถูกใช้อยู่ใน |…| ที่ทำงานกับค่านี้เอง ให้เก็บค่าที่ต้องใช้ไว้ในตัวแปรอื่นก่อน".into(),
        E::ErrorTooManyVariables(..) => "มีตัวแปรมากเกินไป".into(),
        E::ErrorFunctionNotFound(signature, ..) => match signature.split_once(" (") {
            Some((name, types)) => {
                format!(
                    "คำสั่ง `{name}` ใช้กับค่าชนิดนี้ไม่ได้: {}",
                    thai_types(types.trim_end_matches(')'))
                )
            }
            None => format!("ไม่พบคำสั่ง `{signature}`"),
        },
        E::ErrorDotExpr(text, ..) => match text.split('\'').collect::<Vec<_>>()[..] {
            [_, property, _, kind, ..] => format!("{} ไม่มีคุณสมบัติ `{property}`", named(kind)),
            _ => format!("เรียกคุณสมบัติไม่ได้: {text}"),
        },
        E::ErrorPropertyNotFound(name, ..) => format!("ไม่มีช่อง `{name}`"),
        E::ErrorVariableNotFound(name, ..) => format!("ไม่รู้จัก `{name}`"),
        E::ErrorModuleNotFound(name, ..) => format!("ไม่รู้จักชุดคำสั่ง `{name}`"),
        E::ErrorMismatchDataType(wanted, got, ..) | E::ErrorMismatchOutputType(wanted, got, ..) => {
            format!("ต้องเป็น{} แต่ได้ {}", named(wanted), named(got))
        }
        E::ErrorArrayBounds(len, index, ..) | E::ErrorStringBounds(len, index, ..) => {
            format!("ลำดับที่ {index} ไม่มี เพราะมีเพียง {len}")
        }
        E::ErrorFor(..) => "`for` วนค่านี้ไม่ได้ เพราะไม่ใช่รายการ".into(),
        E::ErrorIndexingType(kind, ..) => format!("ใช้ [ ] กับ {} ไม่ได้", named(kind)),
        E::ErrorArithmetic(text, ..) => format!("คำนวณไม่ได้: {text}"),
        E::ErrorRuntime(value, ..) if !value.is_unit() => value.to_string(),
        other => {
            let mut plain = other.to_string();
            if let Some(position) = plain.rfind(" (line ") {
                plain.truncate(position);
            }
            format!("ทำงานไม่สำเร็จ: {plain}")
        }
    }
}

fn thai_types(list: &str) -> String {
    if list.is_empty() {
        return "ไม่มีค่า".to_owned();
    }
    list.split(", ")
        .map(thai_type)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Names of types as an author knows them; types of the vocabulary have their own names already.
fn thai_type(name: &str) -> &str {
    match name {
        "i64" | "f64" => "ตัวเลข",
        "bool" => "จริง/เท็จ",
        "()" => "ค่าว่าง",
        "array" => "รายการ",
        "map" => "ชุดข้อมูล #{ }",
        "Fn" | "FnPtr" => "ฟังก์ชัน",
        text if text.contains("ImmutableString") || text == "string" || text == "char" => "ข้อความ",
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// The marks that stand above or below a consonant, by the Unicode chart; written down here so that the width
    /// tables of the library are checked against it.
    fn takes_no_room(c: char) -> bool {
        matches!(c, '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{200b}')
    }

    #[test]
    fn thai_marks_take_no_room_on_screen() {
        for c in ('\u{e01}'..='\u{e3a}').chain('\u{e3f}'..='\u{e5b}') {
            let width = usize::from(!takes_no_room(c));
            assert_eq!(c.to_string().width(), width, "U+{:04X}", c as u32);
        }
        for text in ["น้ำ", "กำ", "ผู้บริหาร", "ทั้งสิ้น", "ซื้อ\u{200b}จัดจ้าง", "ที่นี่ 25๖๔"]
        {
            let room = text.chars().filter(|c| !takes_no_room(*c)).count();
            assert_eq!(text.width(), room, "{text}");
        }
    }

    #[test]
    fn the_caret_stands_under_the_mistake() {
        let line = "\tlet น้ำ = \"ผู้บริหาร\"; unmett(น้ำ);";
        let texts = Texts::from([("a.rhai".to_owned(), line.to_owned())]);
        let column = line.chars().position(|c| c == 'm').unwrap() - 2;
        let fault = Fault::at("a.rhai", Position::new(1, column as u16 + 1), "ผิด", &texts);
        let shown = fault.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        // น้ำ is two columns wide, ผู้บริหาร six: 1+4+2+3+1+6+1+2 = 20 columns come before `unmett`.
        assert_eq!(lines[3], format!("  | {}^ ผิด", " ".repeat(20)));
    }

    #[test]
    fn a_hint_names_only_what_is_near() {
        let names = ["unmet", "met", "unsure", "people"];
        assert_eq!(hint("unmett", names), " หมายถึง `unmet` หรือไม่");
        assert_eq!(hint("poeple", names), " หมายถึง `people` หรือไม่");
        assert_eq!(hint("documents", names), "");
    }
}
