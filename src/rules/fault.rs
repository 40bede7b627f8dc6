//! What is wrong with a script, and where: a message with its file, line, column and a caret under the place.

use std::collections::BTreeMap;
use std::fmt;

use rhai::{EvalAltResult, LexError, ParseError, ParseErrorType, Position};
use unicode_width::UnicodeWidthStr;

/// Script texts by file: what a fault quotes from.
pub type Texts = BTreeMap<String, String>;

/// Columns of a source line that are shown on either side of the caret.
const WINDOW: usize = 100;

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
    pub fn at(
        file: &str,
        position: Position,
        message: impl Into<String>,
        texts: &Texts,
    ) -> Self {
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
        }
    }

    /// A fault of a file as a whole.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self::at(file, Position::NONE, message, &Texts::new())
    }

    /// A script that the parser refuses.
    pub(super) fn from_parse(error: &ParseError, file: &str, texts: &Texts) -> Self {
        Self::at(file, error.position(), syntax(error.err_type()), texts)
    }

    /// A failure while `function` of `file` was running.
    pub(super) fn from_eval(
        error: &EvalAltResult,
        file: &str,
        function: &str,
        texts: &Texts,
    ) -> Self {
        let (mut file, mut function) = (file.to_owned(), function.to_owned());
        let mut calls = Vec::new();
        let mut error = error;
        // The outermost error is the first call; what went wrong is innermost.
        while let EvalAltResult::ErrorInFunctionCall(name, source, inner, position) = error {
            calls.push((file.clone(), *position, function));
            function = name.clone();
            if !source.is_empty() {
                file = source.clone();
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
        let mut fault = Self::at(&file, position, running(error), texts);
        fault.called_from = calls
            .into_iter()
            .rev()
            .filter_map(|(file, position, function)| {
                Some(Place {
                    file,
                    line: position.line()?,
                    column: position.position()?,
                    function,
                })
            })
            .collect();
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
        for place in &self.called_from {
            let Place { file, line, column, function } = place;
            write!(f, "\n{margin} = เรียกจาก {file}:{line}:{column}")?;
            if !function.starts_with("anon$") {
                write!(f, " ({function})")?;
            }
        }
        Ok(())
    }
}

/// The line before the caret and from it on, without tabs, cut where it is very long.
fn around(line: &str, column: usize) -> (String, String) {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let caret = column.saturating_sub(1);
    let start = caret.saturating_sub(WINDOW);
    let mut before: String = line.chars().map(plain).skip(start).take(caret - start).collect();
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
pub(super) fn hint<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let allowed = 1 + wrong.chars().count() / 4;
    let nearest = names
        .into_iter()
        .map(|name| (strsim::osa_distance(wrong, name), name))
        .filter(|(distance, name)| *distance <= allowed && *name != wrong)
        .min();
    nearest.map_or_else(String::new, |(_, name)| format!(" หมายถึง `{name}` หรือไม่"))
}

fn syntax(error: &ParseErrorType) -> String {
    use ParseErrorType as E;
    match error {
        E::UnexpectedEOF => "ไฟล์จบก่อนที่คำสั่งจะจบ อาจลืมปิด `}` `)` `]` หรือเครื่องหมายคำพูด".into(),
        E::BadInput(LexError::UnterminatedString) => "ข้อความนี้ไม่ได้ปิดเครื่องหมายคำพูดในบรรทัดเดียวกัน".into(),
        E::BadInput(LexError::StringTooLong(most)) => too_large("ข้อความ", *most),
        E::BadInput(LexError::ImproperSymbol(symbol, _)) => match disabled(symbol) {
            Some(why) => why,
            None if symbol.is_empty() => format!("เขียนผิดรูปแบบ: {error}"),
            None => format!("เครื่องหมายหรือคำว่า `{symbol}` ใช้ตรงนี้ไม่ได้"),
        },
        E::BadInput(inner) => format!("อ่านไม่ออก: {inner}"),
        E::Reserved(word) => match disabled(word) {
            Some(why) => why,
            None => format!("`{word}` เป็นคำสงวนของภาษา ใช้เป็นชื่อไม่ได้"),
        },
        E::MissingToken(token, _) => format!("ขาด `{token}` ตรงนี้"),
        E::MissingSymbol(_) | E::ExprExpected(_) => format!("เขียนไม่ครบ: {error}"),
        E::VariableUndefined(name) => unknown_variable(name),
        E::ModuleUndefined(name) => format!("ไม่รู้จักชุดคำสั่ง `{name}`"),
        E::DuplicatedProperty(key) => format!("ช่อง `{key}` ซ้ำ"),
        E::FnDuplicatedDefinition(name, _) => format!("มีฟังก์ชัน `{name}` อยู่แล้ว"),
        E::FnDuplicatedParam(name, param) => format!("ฟังก์ชัน `{name}` มีตัวรับค่าชื่อ `{param}` ซ้ำ"),
        E::ExprTooDeep => "ซ้อนกันหลายชั้นเกินไป".into(),
        E::TooManyFunctions => "มีฟังก์ชันมากเกินไป".into(),
        E::LiteralTooLarge(_, most) => too_large("ข้อมูลนี้", *most),
        E::AssignmentToConstant(name) => format!("`{name}` เป็นค่าคงที่ เปลี่ยนค่าไม่ได้"),
        E::WrongFnDefinition => "ประกาศฟังก์ชันซ้อนในฟังก์ชันไม่ได้".into(),
        E::WrongDocComment => "คำอธิบาย `///` ต้องอยู่ก่อนฟังก์ชัน".into(),
        E::LoopBreak => "`break` และ `continue` ใช้ได้ใน `for` เท่านั้น".into(),
        other => format!("เขียนผิดไวยากรณ์: {other}"),
    }
}

pub(super) fn unknown_variable(name: &str) -> String {
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
        format!("ไม่รู้จัก `{name}` ถ้าเป็นค่าคงที่ของไฟล์นี้ให้เขียน `global::{name}`")
    } else {
        format!("ไม่รู้จักตัวแปร `{name}`")
    }
}

fn disabled(word: &str) -> Option<String> {
    let instead = match word {
        "while" | "loop" | "do" => "ให้ใช้ `for … in …` ซึ่งจบเสมอ",
        "try" => "กฎซ่อนความผิดพลาดไม่ได้",
        "import" | "export" => "เรียกไฟล์ใน lib ได้เลยด้วย `ชื่อไฟล์::คำสั่ง()`",
        "eval" | "Fn" => "เรียกคำสั่งด้วยชื่อของมันโดยตรง",
        "this" => "รับค่าเป็นตัวแปรของฟังก์ชันแทน",
        _ => return None,
    };
    Some(format!("กฎใช้ `{word}` ไม่ได้ {instead}"))
}

fn running(error: &EvalAltResult) -> String {
    use EvalAltResult as E;
    match error {
        E::ErrorTerminated(..) => "ทำงานนานเกินงบคำสั่ง ให้ลดรอบของ `for` หรือถามระบบแทนการวนหาเอง".into(),
        E::ErrorStackOverflow(..) => "ฟังก์ชันเรียกซ้อนกันลึกเกินไป".into(),
        E::ErrorDataTooLarge(..) => "ข้อความหรือรายการยาวเกินกำหนด".into(),
        E::ErrorTooManyVariables(..) => "มีตัวแปรมากเกินไป".into(),
        E::ErrorFunctionNotFound(signature, ..) => match signature.split_once(" (") {
            Some((name, types)) => {
                format!("คำสั่ง `{name}` ใช้กับค่าชนิดนี้ไม่ได้: {}", thai_types(types.trim_end_matches(')')))
            }
            None => format!("ไม่พบคำสั่ง `{signature}`"),
        },
        E::ErrorDotExpr(text, ..) => match text.split('\'').collect::<Vec<_>>()[..] {
            [_, property, _, kind, ..] => format!("{} ไม่มีคุณสมบัติ `{property}`", thai_type(kind)),
            _ => format!("เรียกคุณสมบัติไม่ได้: {text}"),
        },
        E::ErrorPropertyNotFound(name, ..) => format!("ไม่มีช่อง `{name}`"),
        E::ErrorVariableNotFound(name, ..) => format!("ไม่รู้จัก `{name}`"),
        E::ErrorModuleNotFound(name, ..) => format!("ไม่รู้จักชุดคำสั่ง `{name}`"),
        E::ErrorMismatchDataType(wanted, got, ..) | E::ErrorMismatchOutputType(wanted, got, ..) => {
            format!("ต้องเป็น{} แต่ได้{}", thai_type(wanted), thai_type(got))
        }
        E::ErrorArrayBounds(len, index, ..) | E::ErrorStringBounds(len, index, ..) => {
            format!("ลำดับที่ {index} ไม่มี เพราะมีเพียง {len}")
        }
        E::ErrorFor(..) => "`for` วนค่านี้ไม่ได้ เพราะไม่ใช่รายการ".into(),
        E::ErrorIndexingType(kind, ..) => format!("ใช้ [ ] กับ{}ไม่ได้", thai_type(kind)),
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
    list.split(", ").map(thai_type).collect::<Vec<_>>().join(", ")
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

fn too_large(what: &str, most: usize) -> String {
    format!("{what}ยาวเกิน {most}")
}
