//! The vocabulary as data: every word a rule may use, of which type it is, what it takes, what it gives, what it means.
//!
//! From the engine's own metadata, so that nothing is listed that is not there. The checker, `vocabulary.d.rhai` and the
//! handbook are all made from this list.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rhai::Engine;
use serde::Serialize;

/// How a word is written in a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `found.pages`.
    Property,
    /// `found.named(words)`.
    Method,
    /// `met(because, at)`.
    Function,
    /// `one + other`.
    Operator,
}

/// One word with one set of parameters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Word {
    /// The type it belongs to; empty for a function that stands alone.
    pub of: String,
    /// `pages`, `named`, `met`, `+`.
    pub name: String,
    /// How it is written.
    pub form: Form,
    /// What it takes, the value before the dot aside (an operator's left side is the first).
    pub params: Vec<Param>,
    /// The type it gives.
    pub returns: String,
    /// What it means, in Thai.
    pub doc: String,
}

/// A value that a word takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type; `?` for any.
    pub kind: String,
}

/// A value that may be anything.
pub(super) const ANY: &str = "?";
/// A text, or a list of texts (lists in lists are opened), to look for.
pub(super) const WORDS: &str = "Words";
/// What an answer may point at.
pub(super) const EVIDENCE: &str = "Evidence";

/// The types an author meets and what they are, in the order they are best learnt.
pub const TYPES: [(&str, &str); 18] = [
    ("Site", "เว็บไซต์ที่กำลังตรวจ"),
    ("Places", "หน้าและไฟล์ที่พบ"),
    ("People", "บุคคลที่หน้าเหล่านั้นแสดง"),
    ("Leaders", "ผู้นำกิจกรรมหรือผู้ลงนาม"),
    ("Forms", "แบบฟอร์มที่กรอกได้บนเว็บไซต์"),
    ("Tables", "ตารางข้อมูล"),
    ("Months", "เดือนของปีงบประมาณ"),
    ("Year", "ปีงบประมาณ พ.ศ."),
    ("Agency", "หน่วยงานเจ้าของเว็บไซต์"),
    ("Answer", "คำตอบของเกณฑ์"),
    (
        EVIDENCE,
        "สิ่งที่คำตอบชี้ไป: Places, People, Leaders, Forms หรือ Tables",
    ),
    (WORDS, "คำที่ค้นหา: ข้อความ หรือรายการข้อความ"),
    ("String", "ข้อความ"),
    ("int", "ตัวเลข"),
    ("float", "ตัวเลข"),
    ("bool", "จริงหรือเท็จ"),
    ("Array", "รายการ"),
    ("Map", "ชุดข้อมูล #{ }"),
];

/// The type as an author knows it, from how Rust writes it in a signature.
fn kind(rust: &str) -> String {
    let bare: String = rust.split_whitespace().collect();
    let bare = bare.strip_prefix('&').unwrap_or(&bare);
    let bare = bare.strip_prefix("mut").unwrap_or(bare);
    let bare = ["Fallible<", "RhaiResultOf<", "Result<"]
        .iter()
        .find_map(|outer| bare.strip_prefix(outer)?.strip_suffix('>'))
        .unwrap_or(bare);
    let short = bare.rsplit("::").next().unwrap_or(bare);
    match short {
        "SiteView" => "Site",
        "FiscalYear" => "Year",
        "str" | "String" | "ImmutableString" => "String",
        "INT" | "i64" => "int",
        "FLOAT" | "f64" => "float",
        "array" => "Array",
        "map" => "Map",
        "" | "Dynamic" | "RhaiResult" | "?" | "_" => ANY,
        short if bare.contains(['<', '>']) && !bare.starts_with("Vec<") && short != "()" => ANY,
        _ if bare.starts_with("Vec<") => "Array",
        short => short,
    }
    .to_owned()
}

/// What a parameter that takes any value is meant for: the host looks inside it.
fn meant(name: &str, kind: String, host: bool) -> String {
    match (name, kind.as_str()) {
        ("words", ANY) if host => WORDS.to_owned(),
        ("at", ANY) if host => EVIDENCE.to_owned(),
        _ => kind,
    }
}

/// Every native word an engine knows, sorted; what a lib defines is not among them.
pub fn words_of(engine: &Engine) -> Vec<Word> {
    let known = engine.collect_fn_metadata(
        None,
        |function| {
            let data = function.metadata;
            if !function.namespace.is_empty() || function.script.is_some() || data.name.is_empty() {
                return None;
            }
            let params = (0..data.num_params).map(|at| {
                let info = data.params_info.get(at).map_or("", |info| info.as_str());
                let (name, rust) = info.split_once(':').unwrap_or(("_", info));
                let name = name.split_whitespace().next_back().unwrap_or("_");
                (name.to_owned(), rust.trim().to_owned())
            });
            Some(Raw {
                name: data.name.to_string(),
                params: params.collect(),
                returns: data.return_type.to_string(),
                doc: data
                    .comments
                    .iter()
                    .flat_map(|comment| comment.lines())
                    .map(|line| line.trim_start_matches('/').trim())
                    .collect::<Vec<_>>()
                    .join(" "),
            })
        },
        true,
    );
    let mut words: Vec<Word> = known.into_iter().map(Raw::word).collect();
    words.sort();
    words.dedup();
    words
}

struct Raw {
    name: String,
    params: Vec<(String, String)>,
    returns: String,
    doc: String,
}

impl Raw {
    fn word(self) -> Word {
        let mutable = |(_, rust): &(String, String)| rust.starts_with("&mut") || rust == "&str";
        let operator = !self
            .name
            .starts_with(|c: char| c.is_alphabetic() || c == '_');
        let property = self.name.strip_prefix("get$").map(str::to_owned);
        let host = self
            .params
            .iter()
            .map(|(_, rust)| kind(rust))
            .chain([kind(&self.returns)])
            .any(|kind| is_host(&kind))
            || self
                .doc
                .chars()
                .any(|c| ('\u{e01}'..='\u{e5b}').contains(&c));
        let form = match self.params.first() {
            _ if property.is_some() => Form::Property,
            _ if operator => Form::Operator,
            // A text that an answer begins with is no receiver.
            Some(first) if mutable(first) && !(host && first.1 == "&str") => Form::Method,
            _ => Form::Function,
        };
        let mut params: Vec<Param> = self
            .params
            .into_iter()
            .map(|(name, rust)| Param {
                kind: meant(&name, kind(&rust), host),
                name,
            })
            .collect();
        let of = match form {
            Form::Property | Form::Method if !params.is_empty() => params.remove(0).kind,
            Form::Operator => params
                .first()
                .map_or_else(String::new, |one| one.kind.clone()),
            _ => String::new(),
        };
        Word {
            of,
            name: property.unwrap_or(self.name),
            form,
            params,
            returns: match kind(&self.returns).as_str() {
                "" => "()".to_owned(),
                known => known.to_owned(),
            },
            doc: self.doc,
        }
    }
}

/// A type of the host's own, not of the language.
pub(super) fn is_host(kind: &str) -> bool {
    let own = TYPES.iter().take_while(|(name, _)| *name != EVIDENCE);
    own.into_iter().any(|(name, _)| *name == kind)
}

/// The type in Thai, for messages.
pub(super) fn thai(kind: &str) -> String {
    match kind {
        "()" => "ค่าว่าง".to_owned(),
        "char" => "ตัวอักษร 'x'".to_owned(),
        WORDS => "ข้อความหรือรายการข้อความ".to_owned(),
        EVIDENCE => "สิ่งที่พบ (Places, People, Leaders, Forms หรือ Tables)".to_owned(),
        kind => match TYPES.iter().find(|(name, _)| *name == kind) {
            Some((name, gloss)) if is_host(name) => format!("{name} ({gloss})"),
            Some((_, gloss)) => (*gloss).to_owned(),
            None => kind.to_owned(),
        },
    }
}

/// The words of the host as a definition file for editors, grouped by type, alphabetical within.
pub fn definitions(words: &[Word]) -> String {
    let mut text = String::from(
        "//! คำทั้งหมดที่กฎใช้ได้ สร้างจากโปรแกรม ห้ามแก้ด้วยมือ\n//! ตัวแก้ไขข้อความที่รู้จัก Rhai ใช้ไฟล์นี้เติมคำและแสดงคำอธิบาย โปรแกรมไม่อ่านไฟล์นี้เป็นกฎ\n\nmodule static;\n",
    );
    let none = [("", "คำตอบและคำสั่งที่ใช้ได้ทุกที่")];
    let mut written = BTreeSet::new();
    for (of, gloss) in TYPES.iter().chain(&none) {
        let own: Vec<&Word> = words.iter().filter(|word| word.of == *of).collect();
        if own.is_empty() {
            continue;
        }
        let rule = "─".repeat(8);
        let title = if of.is_empty() { "" } else { " — " };
        let _ = writeln!(text, "\n// {rule} {of}{title}{gloss} {rule}");
        for word in own {
            written.insert(word);
            let _ = write!(text, "\n/// {}\n{}\n", word.doc, definition(word));
        }
    }
    text
}

fn definition(word: &Word) -> String {
    // Types of the definition language: what we take apart ourselves is anything to an editor.
    let kind = |kind: &str| match kind {
        WORDS | EVIDENCE => ANY.to_owned(),
        kind => kind.to_owned(),
    };
    let named = |param: &Param| format!("{}: {}", param.name, kind(&param.kind));
    let before = format!("{}: {}", word.of.to_lowercase(), word.of);
    let params: Vec<String> = word.params.iter().map(named).collect();
    let returns = kind(&word.returns);
    match word.form {
        Form::Property => format!("fn get {}({before}) -> {returns};", word.name),
        Form::Function => format!("fn {}({}) -> {returns};", word.name, params.join(", ")),
        Form::Method => {
            let all: Vec<String> = std::iter::once(before).chain(params).collect();
            format!("fn {}({}) -> {returns};", word.name, all.join(", "))
        }
        Form::Operator => {
            let kinds: Vec<String> = word.params.iter().map(|param| kind(&param.kind)).collect();
            format!("op {}({}) -> {returns};", word.name, kinds.join(", "))
        }
    }
}
