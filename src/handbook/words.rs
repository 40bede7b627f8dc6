//! The chapter of words: by type, each with what it takes, what it gives and a line of the rules that uses it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::mark::{anchor, code, id, text};
use crate::rules::usage::{Lib, Line, Usage};
use crate::rules::words::{Form, Param, TYPES, Word};

/// Longest line of a rule that is quoted whole, letters.
const LINE: usize = 160;

pub(super) fn vocabulary(out: &mut String, words: &[Word], usage: &Usage) {
    out.push_str("คำทุกคำที่กฎใช้ได้ ตามชนิดของสิ่งที่อยู่หน้าจุด คุณสมบัติเขียนโดยไม่มีวงเล็บ คำสั่งมีวงเล็บ ตัวอย่างเป็นบรรทัดจริงจากกฎ คำที่ไม่มีตัวอย่างยังไม่มีกฎข้อใดใช้\n\n");
    out.push_str("| ชนิด | คืออะไร |\n|---|---|\n");
    for (kind, gloss) in TYPES {
        let has_own = words.iter().any(|word| word.of == kind);
        let name = match has_own {
            true => linked(kind),
            false => format!("{}{}", anchor(&id(&["type", kind])), code(kind)),
        };
        let _ = writeln!(out, "| {name} | {} |", text(gloss));
    }
    let alone = [("", "คำตอบและคำสั่งที่ใช้ได้ทุกที่")];
    for (kind, gloss) in TYPES.iter().chain(&alone) {
        let own: Vec<&Word> = words.iter().filter(|word| word.of == *kind).collect();
        if own.is_empty() {
            continue;
        }
        let name = if kind.is_empty() {
            String::new()
        } else {
            format!("{kind} ")
        };
        let _ = writeln!(
            out,
            "\n### {}{name}{}\n",
            anchor(&id(&["type", kind])),
            text(gloss)
        );
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for word in own {
            let mut name = id(&["word", kind, &word.name]);
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            if *times > 1 {
                let _ = write!(name, "-{times}");
            }
            entry(out, &name, word, usage.example(word));
        }
    }
    if !usage.libs.is_empty() {
        out.push_str(
            "\n### คำสั่งร่วมของกฎ (lib)\n\nเขียนด้วยคำข้างบน อยู่ในโฟลเดอร์ `lib` ของปี แก้และเพิ่มได้เหมือนกฎ\n",
        );
    }
    for lib in &usage.libs {
        library(out, lib);
    }
}

fn entry(out: &mut String, name: &str, word: &Word, example: Option<&Line>) {
    let _ = write!(out, "- {}**{}**", anchor(name), code(&written(word)));
    if !word.params.is_empty() && word.form != Form::Operator {
        let taken: Vec<String> = word.params.iter().map(taken).collect();
        let _ = write!(out, " รับ {}", taken.join(", "));
    }
    let _ = writeln!(out, " ให้ {}\\", linked(&word.returns));
    let _ = write!(out, "  {}", text(&word.doc));
    shown(out, example);
}

/// The word as its author writes it.
fn written(word: &Word) -> String {
    let before = match word.of.as_str() {
        "Places" => "found".to_owned(),
        "String" => "text".to_owned(),
        "Array" => "list".to_owned(),
        kind => kind.to_lowercase(),
    };
    let names: Vec<&str> = word
        .params
        .iter()
        .map(|param| param.name.as_str())
        .collect();
    let names = names.join(", ");
    match word.form {
        Form::Property => format!("{before}.{}", word.name),
        Form::Method => format!("{before}.{}({names})", word.name),
        Form::Function => format!("{}({names})", word.name),
        Form::Operator => {
            let other = word.params.last().filter(|_| word.params.len() > 1);
            let other = other.map_or("", |param| param.kind.as_str());
            let other = if other == word.of { &before } else { other };
            format!("{before} {} {}", word.name, other.to_lowercase())
        }
    }
}

fn taken(param: &Param) -> String {
    format!("{} ({})", code(&param.name), linked(&param.kind))
}

fn linked(kind: &str) -> String {
    match kind {
        "?" => "ค่าใดก็ได้".to_owned(),
        kind if TYPES.iter().any(|(name, _)| *name == kind) => {
            format!("[{kind}](#{})", id(&["type", kind]))
        }
        kind => code(kind),
    }
}

fn shown(out: &mut String, example: Option<&Line>) {
    if let Some(line) = example {
        let quoted = match line.text.char_indices().nth(LINE) {
            Some((end, _)) => format!("{} …", line.text[..end].trim_end()),
            None => line.text.clone(),
        };
        let place = text(&format!("{}:{}", line.file, line.line));
        let _ = write!(out, "\\\n  เช่น {} ({place})", code(&quoted));
    }
    out.push('\n');
}

fn library(out: &mut String, lib: &Lib) {
    let _ = writeln!(
        out,
        "\n#### {}{} ({})\n\n{}\n",
        anchor(&id(&["lib", &lib.file])),
        code(&format!("{}::", lib.name)),
        text(&lib.file),
        text(&lib.doc)
    );
    for function in &lib.functions {
        let call = format!(
            "{}::{}({})",
            lib.name,
            function.name,
            function.params.join(", ")
        );
        let name = id(&[
            "lib",
            &lib.file,
            &function.name,
            &function.params.len().to_string(),
        ]);
        let _ = write!(
            out,
            "- {}**{}**\\\n  {}",
            anchor(&name),
            code(&call),
            text(&function.doc)
        );
        shown(out, function.example.as_ref());
    }
}
