//! What the parser refuses, told so that an author sees what to type and where.

use rhai::{LexError, ParseError, ParseErrorType, Position};

use super::fault::unknown_variable;

/// Where a mistake is best shown, and what to do about it.
pub(super) fn explain(error: &ParseError, text: &str) -> (Position, String) {
    use ParseErrorType as E;
    let (kind, place) = (error.err_type(), error.position());
    let bracket = matches!(
        kind,
        E::UnexpectedEOF
            | E::MissingToken(..)
            | E::WrongFnDefinition
            | E::MissingSymbol(_)
            | E::ExprExpected(_)
    );
    let line = place.line().unwrap_or(usize::MAX);
    let here = rest(text, place);
    if matches!(kind, E::MissingToken(token, _) if token == ",") && here.starts_with(':') {
        let why = "ช่องข้อมูลนี้อยู่นอก `#{ }` แล้ว อาจมี `}` เกินมาก่อนหน้านี้";
        return (place, why.to_owned());
    }
    if bracket
        && let Some(odd) = odd_bracket(text)
        && odd.line <= line
        && let Some(there) = position(odd.line, odd.column)
    {
        return (there, odd.message());
    }
    match kind {
        E::MissingToken(token, _) => {
            let word = here.split(|c: char| !c.is_alphanumeric()).next();
            let word = word.unwrap_or_default();
            if let Some(sign) = spelt_out(word) {
                return (place, format!("ภาษานี้ไม่มีคำว่า `{word}` ให้เขียน `{sign}`"));
            }
            if matches!(token.as_str(), "," | ";")
                && let Some(end) = end_of_line_before(text, place)
            {
                return (end, format!("ขาด `{token}` ท้ายบรรทัดนี้"));
            }
        }
        // A list behind a list is read as an index into it.
        E::MalformedIndexExpr(_) => {
            if let Some(end) = end_of_line_before(text, place) {
                return (end, "ขาด `,` ท้ายบรรทัดนี้".to_owned());
            }
        }
        _ => {}
    }
    (place, message(kind))
}

fn position(line: usize, column: usize) -> Option<Position> {
    let (line, column) = (u16::try_from(line).ok()?, u16::try_from(column).ok()?);
    (line > 0).then(|| Position::new(line, column))
}

/// The text from a place to the end of its line.
fn rest(text: &str, place: Position) -> &str {
    let (Some(line), Some(column)) = (place.line(), place.position()) else {
        return "";
    };
    let line = text.lines().nth(line - 1).unwrap_or_default();
    let start = line.char_indices().nth(column.saturating_sub(1));
    start.map_or("", |(at, _)| &line[at..])
}

/// Signs of the language that people write as words.
fn spelt_out(word: &str) -> Option<&'static str> {
    Some(match word {
        "and" | "AND" | "และ" => "&&",
        "or" | "OR" | "หรือ" => "||",
        "elseif" | "elif" | "elsif" => "else if",
        _ => return None,
    })
}

/// Behind the last character of the nearest line above that says something, when nothing stands before the place in its
/// own line: what is missing is missing there.
fn end_of_line_before(text: &str, place: Position) -> Option<Position> {
    let (line, column) = (place.line()?, place.position()?);
    let mut above = text.lines().take(line).enumerate().collect::<Vec<_>>();
    let (_, own) = above.pop()?;
    if own
        .chars()
        .take(column - 1)
        .any(|c| !c.is_whitespace() && c != '[')
    {
        return None;
    }
    let (at, before) = above.into_iter().rev().find(|(_, line)| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("//")
    })?;
    // A comment at its end has no part in it.
    let said = before.split(" //").next().unwrap_or(before).trim_end();
    position(at + 1, said.chars().count() + 1)
}

/// A bracket without its other half.
struct Odd {
    sign: char,
    line: usize,
    column: usize,
    /// It opens, and nothing closes it.
    opens: bool,
}

impl Odd {
    fn message(&self) -> String {
        let sign = self.sign;
        match (self.opens, sign) {
            (true, '`') => "ข้อความที่เปิดด้วย ` ตรงนี้ไม่มี ` ปิด".to_owned(),
            (true, sign) => format!("`{sign}` ที่เปิดตรงนี้ไม่มี `{}` ปิด", closing(sign)),
            (false, sign) => format!("`{sign}` ตรงนี้ไม่มีตัวเปิด อาจปิดเกินมาหนึ่งตัว"),
        }
    }
}

fn closing(sign: char) -> char {
    match sign {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        sign => sign,
    }
}

/// An open bracket while its end is looked for.
#[derive(Clone, Copy)]
struct Open {
    sign: char,
    line: usize,
    column: usize,
    indent: usize,
}

/// The first bracket that is not closed where its author would have closed it. A declaration at the margin ends whatever
/// is open; a closing bracket that stands further left than the line of its opening one belongs to an outer one.
fn odd_bracket(text: &str) -> Option<Odd> {
    let mut open: Vec<Open> = Vec::new();
    let mut suspect: Option<Open> = None;
    let odd = |open: Open| Odd {
        sign: open.sign,
        line: open.line,
        column: open.column,
        opens: true,
    };
    // Inside a comment over several lines: how deep.
    let mut comment = 0_usize;
    for (at, line) in text.lines().enumerate() {
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let quoted = open.last().is_some_and(|last| last.sign == '`');
        if comment == 0 && !quoted && declares(line) {
            if let Some(last) = open.last() {
                return Some(odd(suspect.unwrap_or(*last)));
            }
            suspect = None;
        }
        let chars: Vec<char> = line.chars().collect();
        let mut i = 0;
        while i < chars.len() {
            let (c, next) = (chars[i], chars.get(i + 1).copied());
            let here = Open {
                sign: c,
                line: at + 1,
                column: i + 1,
                indent,
            };
            i += 1;
            if comment > 0 {
                match (c, next) {
                    ('*', Some('/')) => (comment, i) = (comment - 1, i + 1),
                    ('/', Some('*')) => (comment, i) = (comment + 1, i + 1),
                    _ => {}
                }
                continue;
            }
            if open.last().is_some_and(|last| last.sign == '`') {
                match (c, next) {
                    ('`', _) => {
                        open.pop();
                    }
                    ('$', Some('{')) => {
                        let (sign, column) = ('{', here.column + 1);
                        open.push(Open {
                            sign,
                            column,
                            ..here
                        });
                        i += 1;
                    }
                    _ => {}
                }
                continue;
            }
            match (c, next) {
                ('/', Some('/')) => break,
                ('/', Some('*')) => (comment, i) = (1, i + 1),
                ('"', _) => i = behind(&chars, i, '"'),
                ('\'', _) => i = behind(&chars, i, '\''),
                ('(' | '[' | '{' | '`', _) => open.push(here),
                (')' | ']' | '}', _) => {
                    let Some(last) = open.pop() else {
                        return Some(Odd {
                            sign: c,
                            line: here.line,
                            column: here.column,
                            opens: false,
                        });
                    };
                    if closing(last.sign) != c {
                        let meant = open.iter().any(|outer| closing(outer.sign) == c);
                        return Some(match meant {
                            true => odd(last),
                            false => Odd {
                                sign: c,
                                line: here.line,
                                column: here.column,
                                opens: false,
                            },
                        });
                    }
                    let first = chars[..here.column - 1].iter().all(|c| c.is_whitespace());
                    if first && indent < last.indent && suspect.is_none() {
                        suspect = Some(last);
                    }
                }
                _ => {}
            }
        }
    }
    open.last().map(|last| odd(suspect.unwrap_or(*last)))
}

/// Behind the closing quotation mark, or the end of the line.
fn behind(chars: &[char], from: usize, mark: char) -> usize {
    let mut at = from;
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => at += 2,
            c if *c == mark => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// Whether a line begins something that stands outside all brackets.
fn declares(line: &str) -> bool {
    ["fn ", "private fn ", "const "]
        .iter()
        .any(|word| line.starts_with(word))
}

fn message(error: &ParseErrorType) -> String {
    use ParseErrorType as E;
    match error {
        E::UnexpectedEOF => "ไฟล์จบก่อนที่คำสั่งจะจบ อาจลืมปิด `}` `)` `]` หรือเครื่องหมายคำพูด".into(),
        E::BadInput(LexError::UnterminatedString) => {
            "ข้อความนี้ไม่ได้ปิดเครื่องหมายคำพูดในบรรทัดเดียวกัน".into()
        }
        E::BadInput(LexError::StringTooLong(most)) => too_large("ข้อความ", *most),
        E::BadInput(LexError::ImproperSymbol(symbol, _)) => match disabled(symbol) {
            Some(why) => why,
            None if symbol == "=" => "`=` ใช้ตั้งค่าตัวแปร ถ้าจะถามว่าเท่ากันหรือไม่ให้เขียน `==`".into(),
            None if symbol.is_empty() => format!("เขียนผิดรูปแบบ: {error}"),
            None => format!("เครื่องหมายหรือคำว่า `{symbol}` ใช้ตรงนี้ไม่ได้"),
        },
        E::BadInput(LexError::UnexpectedInput(sign)) => match sign.as_str() {
            "“" | "”" | "„" | "«" | "»" | "‘" | "’" => {
                format!(
                    "ใช้ {sign} เป็นเครื่องหมายคำพูดไม่ได้ ให้พิมพ์ \" (เครื่องหมายคำพูดตรง) ทั้งหัวและท้ายข้อความ"
                )
            }
            sign => format!("ใช้ `{sign}` ตรงนี้ไม่ได้ ถ้าเป็นข้อความให้ใส่เครื่องหมายคำพูด \"…\""),
        },
        E::BadInput(inner) => format!("อ่านไม่ออก: {inner}"),
        E::MalformedIndexExpr(_) => {
            "`[` ตรงนี้ถูกอ่านเป็นการเลือกสมาชิกของค่าก่อนหน้า อาจลืม `,` คั่นท้ายค่าก่อนหน้า".into()
        }
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

fn too_large(what: &str, most: usize) -> String {
    format!("{what}ยาวเกิน {most}")
}
