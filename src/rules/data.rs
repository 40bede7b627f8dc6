//! RULE and PACK: constants read as data, without running the script, every mistake at its own place.

use std::collections::BTreeMap;

use rhai::{AST, ASTFlags, Expr, Position, Stmt};
use serde_json::{Map, Value};

use super::fault::hint;
use super::kind::Kind;

/// What a value of a constant must look like.
pub(super) enum Shape {
    /// A text that says something.
    Text,
    /// A text that may be empty.
    Words,
    /// A number.
    Number,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of these.
    List(&'static Shape),
    /// A map with these keys.
    Map(&'static [Key]),
    /// A text, or else this.
    TextOr(&'static Shape),
}

/// A key of a map.
pub(super) struct Key {
    name: &'static str,
    /// What the author is asked for when the key is missing; empty for a key that may be left out.
    asks: &'static str,
    shape: &'static Shape,
}

const fn key(name: &'static str, asks: &'static str, shape: &'static Shape) -> Key {
    Key { name, asks, shape }
}

const MEASURE: Shape = Shape::Map(&[
    key("title", "มาตรการ/แนวทาง", &Shape::Text),
    key("steps", "", &Shape::List(&Shape::Text)),
    key("owner", "ผู้รับผิดชอบ", &Shape::Text),
    key("period", "ระยะเวลาการดำเนินการ", &Shape::Text),
    key("follow_up", "การติดตามผล", &Shape::Text),
]);

const CRITERION: Shape = Shape::Map(&[
    key("id", "ชื่อเกณฑ์ ตรงกับชื่อฟังก์ชัน", &Shape::Text),
    key("asks", "ข้อความในคู่มือ", &Shape::Text),
    key("fix", "สิ่งที่ต้องทำเมื่อไม่ผ่าน", &Shape::Text),
    key(
        "basis",
        "ที่มาของเกณฑ์: official, single, adjacent, recalled",
        &Shape::OneOf(&["official", "single", "adjacent", "recalled"]),
    ),
    key("only", "", &Shape::OneOf(&["local"])),
    key(
        "reason",
        "",
        &Shape::OneOf(&[
            "missing",
            "incomplete",
            "off_year",
            "unreachable",
            "unreadable",
            "needs_person",
        ]),
    ),
]);

/// `const RULE`, see `rule::Rule`.
pub(super) const RULE: Shape = Shape::Map(&[
    key("title", "ชื่อข้อ", &Shape::Text),
    key("source", "ที่มาของเกณฑ์", &Shape::Text),
    key("criteria", "เกณฑ์ทุกข้อ", &Shape::List(&CRITERION)),
    key("measure", "มาตรการเมื่อไม่ผ่าน", &MEASURE),
]);

const ITEM: Shape = Shape::TextOr(&Shape::Map(&[
    key("item", "เลขข้อของปีนี้", &Shape::Text),
    key("rule", "", &Shape::Text),
    key("title", "", &Shape::Text),
]));

const GROUP: Shape = Shape::Map(&[
    key("id", "เลขตัวชี้วัดย่อย", &Shape::Text),
    key("title", "ชื่อตัวชี้วัดย่อย", &Shape::Text),
    key("items", "ข้อในตัวชี้วัดย่อย", &Shape::List(&ITEM)),
]);

const INDICATOR: Shape = Shape::Map(&[
    key("id", "เลขตัวชี้วัด", &Shape::Text),
    key("title", "ชื่อตัวชี้วัด", &Shape::Text),
    key("groups", "", &Shape::List(&GROUP)),
    key("measure", "", &MEASURE),
]);

const TOOL: Shape = Shape::Map(&[
    key("id", "iit, eit, oit", &Shape::OneOf(&["iit", "eit", "oit"])),
    key("title", "ชื่อเครื่องมือ", &Shape::Text),
    key("weight", "น้ำหนัก เช่น 0.3", &Shape::Number),
    key("indicators", "ตัวชี้วัด", &Shape::List(&INDICATOR)),
]);

const GRADE: Shape = Shape::Map(&[
    key("grade", "ระดับ", &Shape::Text),
    key("from", "คะแนนต่ำสุดของระดับ", &Shape::Number),
    key("gloss", "", &Shape::Words),
]);

/// `const PACK`, see `outline::Outline`.
pub(super) const PACK: Shape = Shape::Map(&[
    key("year", "ปีงบประมาณ", &Shape::Number),
    key("inherits", "", &Shape::Number),
    key("tools", "เครื่องมือ iit, eit, oit", &Shape::List(&TOOL)),
    key("grades", "ระดับผลการประเมิน", &Shape::List(&GRADE)),
    key("measure_below", "คะแนนที่ต่ำกว่านี้ต้องมีมาตรการ", &Shape::Number),
]);

/// A constant as plain data, and where each of its values stands.
pub(super) struct Datum {
    /// The value.
    pub(super) value: Value,
    /// Where the value of a path stands: `criteria/0/id`. The path of the whole is empty.
    pub(super) places: BTreeMap<String, Position>,
}

impl Datum {
    /// Where a path stands, or else the whole.
    pub(super) fn place(&self, path: &str) -> Position {
        self.places
            .get(path)
            .or_else(|| self.places.get(""))
            .copied()
            .unwrap_or(Position::NONE)
    }
}

/// The literal of a top-level `const NAME = …;`.
pub(super) fn constant<'a>(ast: &'a AST, name: &str) -> Option<&'a Expr> {
    ast.statements()
        .iter()
        .find_map(|statement| match statement {
            Stmt::Var(parts, flags, _)
                if flags.contains(ASTFlags::CONSTANT) && parts.0.name == name =>
            {
                Some(&parts.1)
            }
            _ => None,
        })
}

/// What is wrong with a value, and where.
pub(super) type Mistake = (Kind, Position, String);

/// Reads a constant. When anything is wrong, all of it is reported and nothing is read.
pub(super) fn read(expr: &Expr, shape: &Shape) -> Result<Datum, Vec<Mistake>> {
    let mut reader = Reader::default();
    match reader.value(expr, shape, "") {
        Some(value) if reader.mistakes.is_empty() => Ok(Datum {
            value,
            places: reader.places,
        }),
        _ => Err(reader.mistakes),
    }
}

#[derive(Default)]
struct Reader {
    places: BTreeMap<String, Position>,
    mistakes: Vec<Mistake>,
}

impl Reader {
    fn value(&mut self, expr: &Expr, shape: &Shape, path: &str) -> Option<Value> {
        self.places.insert(path.to_owned(), expr.start_position());
        match (shape, expr) {
            (Shape::Text, Expr::StringConstant(text, place)) => {
                if text.trim().is_empty() {
                    return self.mistake(
                        Kind::WrongValue,
                        *place,
                        "ข้อความนี้ว่าง ต้องเขียนให้ครบ".to_owned(),
                    );
                }
                Some(Value::from(text.as_str()))
            }
            (Shape::Words | Shape::TextOr(_), Expr::StringConstant(text, _)) => {
                Some(Value::from(text.as_str()))
            }
            (Shape::OneOf(words), Expr::StringConstant(text, place)) => {
                if words.contains(&text.as_str()) {
                    return Some(Value::from(text.as_str()));
                }
                let hint = hint(text, words.iter().copied());
                let words = words.join(", ");
                self.mistake(
                    Kind::UnknownValue,
                    *place,
                    format!("ใช้ `{text}` ตรงนี้ไม่ได้ ต้องเป็น {words}{hint}"),
                )
            }
            (Shape::Number, Expr::IntegerConstant(number, _)) => Some(Value::from(*number)),
            (Shape::Number, Expr::FloatConstant(number, _)) => Some(Value::from(**number)),
            (Shape::List(shape), Expr::Array(items, _)) => {
                let read = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.value(item, shape, &join(path, &index.to_string())));
                // Not collected into an Option: the mistakes of every item are wanted.
                Some(read.collect::<Vec<_>>().into_iter().flatten().collect())
            }
            (Shape::Map(keys), Expr::Map(map, place)) => {
                Some(Value::Object(self.map(&map.0, *place, keys, path)))
            }
            (Shape::TextOr(shape), Expr::Map(..)) => self.value(expr, shape, path),
            (_, expr) => self.mistake(Kind::WrongValue, expr.start_position(), misfit(shape, expr)),
        }
    }

    fn map<'a>(
        &mut self,
        entries: impl IntoIterator<Item = &'a (rhai::Ident, Expr)>,
        place: Position,
        keys: &[Key],
        path: &str,
    ) -> Map<String, Value> {
        let mut map = Map::new();
        let mut written = Vec::new();
        for (name, expr) in entries {
            written.push(name.name.as_str());
            let Some(key) = keys.iter().find(|key| key.name == name.name) else {
                let hint = hint(&name.name, keys.iter().map(|key| key.name));
                let message = format!("ไม่รู้จักช่อง `{}`{hint}", name.name);
                self.mistakes.push((Kind::UnknownKey, name.pos, message));
                continue;
            };
            if let Some(value) = self.value(expr, key.shape, &join(path, key.name)) {
                map.insert(key.name.to_owned(), value);
            }
        }
        for key in keys {
            if !key.asks.is_empty() && !written.contains(&key.name) {
                let message = format!("ขาดช่อง `{}` ({})", key.name, key.asks);
                self.mistakes.push((Kind::MissingKey, place, message));
            }
        }
        map
    }

    fn mistake(&mut self, kind: Kind, place: Position, message: String) -> Option<Value> {
        self.mistakes.push((kind, place, message));
        None
    }
}

fn join(path: &str, part: &str) -> String {
    if path.is_empty() {
        part.to_owned()
    } else {
        format!("{path}/{part}")
    }
}

fn misfit(shape: &Shape, expr: &Expr) -> String {
    let wanted = match shape {
        Shape::Text | Shape::Words => "ข้อความ \"…\"".to_owned(),
        Shape::Number => "ตัวเลข".to_owned(),
        Shape::OneOf(words) => format!("คำใดคำหนึ่งใน {}", words.join(", ")),
        Shape::List(_) => "รายการ [ … ]".to_owned(),
        Shape::Map(_) => "ชุดข้อมูล #{ … }".to_owned(),
        Shape::TextOr(_) => "ข้อความ หรือชุดข้อมูล #{ … }".to_owned(),
    };
    match literal(expr) {
        true => format!("ตรงนี้ต้องเป็น{wanted}"),
        false => format!("ตรงนี้ต้องเป็น{wanted} ที่เขียนไว้ตรง ๆ ไม่ใช่การคำนวณหรือเรียกคำสั่ง"),
    }
}

/// Whether an expression is data as written: nothing has to run to know it.
pub(super) fn literal(expr: &Expr) -> bool {
    match expr {
        Expr::BoolConstant(..)
        | Expr::IntegerConstant(..)
        | Expr::FloatConstant(..)
        | Expr::CharConstant(..)
        | Expr::StringConstant(..)
        | Expr::Unit(..) => true,
        Expr::Array(items, _) => items.iter().all(literal),
        Expr::Map(map, _) => map.0.iter().all(|(_, expr)| literal(expr)),
        _ => false,
    }
}
