//! What the parser refuses, told so that an author sees what to type and where; and what is left of a script without it.

use std::collections::BTreeSet;

use rhai::{LexError, ParseError, ParseErrorType, Position};

use super::fault::unknown_variable;

/// A script that is emptied of what cannot be read, declaration by declaration, so that the rest can. Lines and columns of
/// the rest stay.
pub(super) struct Remains {
    lines: Vec<String>,
    /// Lines on which declarations begin, counted from 0; what stands above the first is one with the file's head.
    starts: Vec<usize>,
    /// Declarations without their bodies, and those that are gone altogether.
    bare: BTreeSet<usize>,
    gone: BTreeSet<usize>,
    /// Words of all that was taken.
    words: BTreeSet<String>,
}

impl Remains {
    pub(super) fn of(text: &str) -> Self {
        let mut starts = declarations(text);
        if starts.first() != Some(&0) {
            starts.insert(0, 0);
        }
        Self {
            lines: text.lines().map(str::to_owned).collect(),
            starts,
            bare: BTreeSet::new(),
            gone: BTreeSet::new(),
            words: BTreeSet::new(),
        }
    }

    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Whether something was taken already of what stands on a line (counted from 1): what the parser says there now says
    /// nothing of the author's.
    pub(super) fn is_touched(&self, line: usize) -> bool {
        let (start, _) = self.around(line);
        self.bare.contains(&start) || self.gone.contains(&start)
    }

    /// Whether a word stood in what was taken: who asks for it in the rest may be right.
    pub(super) fn is_taken(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The line on which the mistake is that the parser met: where a declaration begins that comes too early, in the one
    /// before.
    pub(super) fn line_of(&self, error: &ParseError) -> usize {
        use ParseErrorType as E;
        let line = error.position().line().unwrap_or(self.lines.len());
        let own = matches!(
            error.err_type(),
            E::FnDuplicatedDefinition(..) | E::TooManyFunctions
        );
        let at = self.starts.binary_search(&line.saturating_sub(1));
        let (Ok(at), Some(1), false) = (at, error.position().position(), own) else {
            return line;
        };
        let before = self.starts[..at].iter().rev();
        let mut whole = before.filter(|start| !self.gone.contains(start));
        whole.next().map_or(line, |start| start + 1)
    }

    /// Empties the declaration on a line, counted from 1: of its body first, then of all. `false` when nothing is left.
    pub(super) fn take(&mut self, line: usize) -> bool {
        let (start, end) = self.around(line);
        if self.gone.contains(&start) || start >= end {
            return false;
        }
        let head = match self.bare.insert(start) {
            true => self.head(start, end),
            false => None,
        };
        for line in &mut self.lines[start..end] {
            let words = line.split(|c| !in_word(c)).filter(|word| !word.is_empty());
            self.words.extend(words.map(str::to_owned));
            line.clear();
        }
        match head {
            Some(head) => self.lines[start] = head,
            None => {
                self.gone.insert(start);
                // What is said of it would be said of what follows.
                let said = self.lines[..start].iter_mut().rev();
                said.take_while(|line| line.trim().is_empty() || line.starts_with("///"))
                    .for_each(String::clear);
            }
        }
        true
    }

    /// First line and the line behind the last of what stands on a line.
    fn around(&self, line: usize) -> (usize, usize) {
        let next = self.starts.partition_point(|&start| start < line);
        let start = next.checked_sub(1).map_or(0, |own| self.starts[own]);
        let end = self.starts.get(next).copied();
        (start, end.unwrap_or(self.lines.len()).min(self.lines.len()))
    }

    /// The same declaration with nothing in it: other functions ask for its name.
    fn head(&self, start: usize, end: usize) -> Option<String> {
        let text = self.lines.get(start..end)?.join(" ");
        if let Some(named) = text.strip_prefix("const ") {
            let name = word(named);
            return (!name.is_empty()).then(|| format!("const {name} = ();"));
        }
        let head = &text[..text.find(')').filter(|_| declares(&text))? + 1];
        (!head.contains('{')).then(|| format!("{head} {{}}"))
    }
}

/// Lines at the margin on which declarations begin, counted from 0; those in comments are none.
fn declarations(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut depth = 0_usize;
    for (at, line) in text.lines().enumerate() {
        if depth == 0 && declares(line) {
            starts.push(at);
        }
        let chars: Vec<char> = line.chars().collect();
        let mut i = 0;
        while let Some(&c) = chars.get(i) {
            let next = chars.get(i + 1).copied();
            i += 1;
            match (c, next) {
                ('*', Some('/')) if depth > 0 => (depth, i) = (depth - 1, i + 1),
                ('/', Some('*')) => (depth, i) = (depth + 1, i + 1),
                ('/', Some('/')) if depth == 0 => break,
                ('"', _) if depth == 0 => i = behind(&chars, i, '"'),
                _ => {}
            }
        }
    }
    starts
}

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
            | E::PropertyExpected
    );
    let line = place.line().unwrap_or(usize::MAX);
    let here = rest(text, place);
    if matches!(kind, E::MissingToken(token, _) if token == ",") && here.starts_with(':') {
        let why = "ช่องข้อมูลนี้อยู่นอก `#{ }` แล้ว อาจมี `}` เกินมาก่อนหน้านี้";
        return (place, why.to_owned());
    }
    // One that an earlier declaration leaves open is the cause, whatever the parser says of what comes behind.
    let earlier = |odd: &Odd| {
        let starts = declarations(text);
        let own = starts.partition_point(|&start| start < line);
        own > 0 && odd.line <= starts[own - 1]
    };
    if let Some(odd) = odd_bracket(text)
        && (bracket && odd.line <= line || earlier(&odd))
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
        E::BadInput(LexError::UnexpectedInput(word)) if declares(&format!("{word} ")) => {
            if let Some(end) = end_of_line_before(text, place) {
                return (end, "คำสั่งนี้ยังไม่จบ อาจขาด `;` หรือ `}`".to_owned());
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
    behind_column(text.lines().nth(line - 1).unwrap_or_default(), column)
}

/// A line from a column on, counted from 1.
fn behind_column(line: &str, column: usize) -> &str {
    let start = line.char_indices().nth(column.saturating_sub(1));
    start.map_or("", |(at, _)| &line[at..])
}

/// The word at a column of a line, counted from 1; empty where there is none.
pub(super) fn word_at(line: &str, column: usize) -> &str {
    word(behind_column(line, column))
}

/// The word that a text begins with.
fn word(text: &str) -> &str {
    &text[..text.find(|c| !in_word(c)).unwrap_or(text.len())]
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
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
    let starts = declarations(text);
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
        if comment == 0 && starts.binary_search(&at).is_ok() {
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
            ";" | "," | ")" | "]" | "}" => format!("ขาดค่าหรือคำสั่งก่อน `{sign}`"),
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
