//! Drafts that a rule author begins with: a commented rule, its cases, and a place in the year's outline.

use std::collections::BTreeMap;

use super::outline::Outline;
use crate::year::FiscalYear;

const RULE: &str = include_str!("rule.rhai");
const CASES: [(&str, &str); 3] = [
    ("shown", include_str!("shown.txt")),
    ("deep", include_str!("deep.txt")),
    ("only-news", include_str!("news.txt")),
];

/// The files of a new item, by name: its rule and three cases that hold.
pub fn item(year: FiscalYear, item: &str, title: &str, group: &str) -> BTreeMap<String, String> {
    // What is put between quotation marks must not end them.
    let title: String = title
        .chars()
        .filter(|c| !matches!(c, '"' | '\\' | '`' | '$'))
        .collect();
    let filled = |text: &str| {
        text.replace("{item}", item)
            .replace("{year}", &year.to_string())
            .replace("{group}", group)
            .replace("{title}", &title)
    };
    let cases = CASES.map(|(name, text)| (format!("{year}/cases/{item}/{name}.txt"), filled(text)));
    let mut files = BTreeMap::from(cases);
    files.insert(format!("{year}/{item}.rhai"), filled(RULE));
    files
}

/// The outline of a new year: that of an older one, stated whole, whose rule files it inherits.
pub fn outline(text: &str, older: &Outline, year: FiscalYear) -> String {
    let from = older.year;
    let mut head = format!(
        "//! โครงร่างการประเมิน ITA ปีงบประมาณ พ.ศ. {year} คัดลอกจากปี {from} ให้ตรวจกับคู่มือของปี {year} ทุกข้อ\n"
    );
    let body: Vec<&str> = text
        .lines()
        .skip_while(|line| line.starts_with("//!"))
        .collect();
    head.push_str(&body.join("\n"));
    head.push('\n');
    let head = head.replacen(
        &format!("year: {from}"),
        &format!("year: {year}, inherits: {from}"),
        1,
    );
    match older.inherits {
        Some(oldest) => head.replacen(&format!(", inherits: {oldest}"), "", 1),
        None => head,
    }
}

/// The text of an outline with one item more at the end of a group; `None` when the group's list is not found.
pub fn with_item(text: &str, group: &str, item: &str) -> Option<String> {
    let code = blanked(text);
    // Strings are blanked: the group's number is looked for in the text itself.
    let named = format!("id: \"{group}\"");
    let group_at = text
        .match_indices(&named)
        .map(|(at, _)| at)
        .find(|at| code[*at..].starts_with("id: "))?;
    let list = group_at + code[group_at..].find("items:")?;
    let open = list + code[list..].find('[')?;
    let mut depth = 0_usize;
    let close = open
        + code[open..].bytes().position(|byte| {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
    let last = code[..close].trim_end().len();
    let comma = if code[..last].ends_with([',', '[']) {
        ""
    } else {
        ","
    };
    let space = if code[..last].ends_with('[') { "" } else { " " };
    Some(format!(
        "{}{comma}{space}\"{item}\"{}",
        &text[..last],
        &text[last..]
    ))
}

/// A script with the contents of its texts and comments as dots, byte for byte.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => {
                let mut escaped = false;
                let inner = rest[1..].find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                // The closing mark stays, so that a list of texts does not end in dots.
                inner.map_or(rest.len(), |end| end + 1)
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ => 0,
        };
        if end == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            out.push_str(&".".repeat(end));
            rest = &rest[end..];
            if let Some(closing) = rest.strip_prefix('"') {
                out.push('"');
                rest = closing;
            }
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::cases::{Trial, Wording};
    use crate::rules::pack::{Pack, Sources};
    use crate::rules::vocabulary;

    fn texts() -> BTreeMap<String, String> {
        let mut texts = Sources::shipped();
        texts.retain(|file, _| !file.contains("/cases/"));
        texts
    }

    #[test]
    fn a_new_item_of_a_new_year_is_sound_and_its_cases_hold() {
        let mut texts = texts();
        let older = Pack::load(FiscalYear(2565), &Sources::Embedded, vocabulary::register).unwrap();
        let pack = outline(&texts["2565/pack.rhai"], &older.outline, FiscalYear(2566));
        let pack = with_item(&pack, "10.2", "O44").unwrap();
        texts.insert("2566/pack.rhai".to_owned(), pack);
        let title = "ประกาศนโยบายคุ้มครอง\"ข้อมูล\"ส่วนบุคคล";
        texts.extend(item(FiscalYear(2566), "O44", title, "10.2"));
        let sources = Sources::Memory(texts);
        let pack = Pack::load(FiscalYear(2566), &sources, vocabulary::register).unwrap();
        assert!(pack.faults().is_empty(), "{}", pack.faults()[0]);
        assert_eq!(pack.rules.len(), 44);
        assert_eq!(pack.rules[43].item, "O44");
        let trial = Trial::of(&sources, &pack, &["O44".to_owned()], true);
        assert!(trial.faults.is_empty());
        assert_eq!(trial.tried.len(), 3);
        for one in &trial.tried {
            assert!(one.holds(), "{}: {}", one.case.name, one.verdict.summary);
        }
        assert!(trial.wording.iter().all(|wording| *wording == Wording::New));
    }

    #[test]
    fn an_item_is_added_behind_the_last_of_its_group_whatever_the_list_looks_like() {
        for (list, wanted) in [
            ("items: [\"O1\", \"O2\"]", "items: [\"O1\", \"O2\", \"O9\"]"),
            ("items: []", "items: [\"O9\"]"),
            ("items: [\"O1\",\n ]", "items: [\"O1\", \"O9\"\n ]"),
            (
                "items: [#{ item: \"O1\", title: \"ก ] ข\" }] // ]",
                "items: [#{ item: \"O1\", title: \"ก ] ข\" }, \"O9\"] // ]",
            ),
            (
                "items: [\"O1\", // id: \"9.2\"\n \"O2\"]",
                "items: [\"O1\", // id: \"9.2\"\n \"O2\", \"O9\"]",
            ),
        ] {
            let pack = |list: &str| {
                format!(
                    "// id: \"9.1\" items: []\n#{{ id: \"9.1\", {list} }}, #{{ id: \"9.2\", items: [\"O3\"] }}"
                )
            };
            assert_eq!(with_item(&pack(list), "9.1", "O9"), Some(pack(wanted)));
        }
        assert_eq!(with_item("#{ id: \"9.1\" }", "9.2", "O9"), None);
    }
}
