//! Text and names from rules, made safe to stand in Markdown.

use std::fmt::Write as _;

use crate::report::harmless;

/// A text on one line whose signs mean nothing.
pub(super) fn text(text: &str) -> String {
    let line = harmless(text);
    let mut out = String::with_capacity(line.len());
    let mut digits = false;
    let line = line.trim();
    for (at, c) in line.char_indices() {
        let sign = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '$' => true,
            // What would begin a heading or a list.
            '#' | '+' | '-' | '=' => at == 0,
            '.' | ')' => digits && !line[at + 1..].starts_with(|c: char| c != ' '),
            _ => false,
        };
        if sign {
            out.push('\\');
        }
        out.push(c);
        digits = c.is_ascii_digit() && (at == 0 || digits);
    }
    out
}

/// A text as code within a line.
pub(super) fn code(text: &str) -> String {
    let line = harmless(text);
    let line = line.trim();
    let mut longest = 0;
    let mut run = 0;
    for c in line.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    match (line.is_empty(), longest) {
        (true, _) => String::new(),
        (false, 0) => format!("`{line}`"),
        (false, _) => format!("{fence} {line} {fence}"),
    }
}

/// Code within a cell of a table, where a stroke ends the cell.
pub(super) fn cell_code(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Lines as a block of code.
pub(super) fn block(text: &str) -> String {
    let lines = text.lines().map(harmless);
    let lines: String = lines.map(|line| format!("    {line}\n")).collect();
    format!("\n{lines}\n")
}

/// The name of an anchor: nothing but letters and digits of ASCII, `-` and `_`; other letters by their numbers behind `:`.
pub(super) fn id(parts: &[&str]) -> String {
    let mut id = String::new();
    for part in parts {
        if !id.is_empty() {
            id.push('-');
        }
        for c in part.chars() {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
                id.push(c);
            } else {
                let _ = write!(id, ":{:x}:", u32::from(c));
            }
        }
    }
    id
}

/// An anchor, to stand before what it names.
pub(super) fn anchor(id: &str) -> String {
    format!("<a id=\"{id}\"></a>")
}

/// Whether a piece of HTML is an anchor of ours and nothing else.
pub(super) fn is_anchor(html: &str) -> bool {
    let inner = html
        .strip_prefix("<a id=\"")
        .and_then(|rest| rest.strip_suffix("\">"));
    html == "</a>"
        || inner.is_some_and(|id| {
            id.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser};

    use super::*;

    fn shown(markdown: &str) -> Vec<Event<'_>> {
        Parser::new_ext(markdown, Options::ENABLE_TABLES).collect()
    }

    proptest! {
        #[test]
        fn any_text_is_shown_letter_by_letter(given in "[ -~กขำ์\n]{0,40}") {
            let wanted = harmless(&given).trim().to_owned();
            let words: String = shown(&format!("- {}", text(&given)))
                .into_iter()
                .filter_map(|event| match event {
                    Event::Text(words) => Some(words.into_string()),
                    Event::Start(_) | Event::End(_) => None,
                    other => Some(format!("{other:?}")),
                })
                .collect();
            prop_assert_eq!(words, wanted);
        }

        #[test]
        fn any_code_is_shown_letter_by_letter(given in "[ -~กขำ`]{1,40}") {
            let wanted = given.trim().to_owned();
            let line = format!("ก {}", code(&given));
            let codes: Vec<String> = shown(&line)
                .into_iter()
                .filter_map(|event| match event {
                    Event::Code(words) => Some(words.into_string()),
                    _ => None,
                })
                .collect();
            let codes = codes.join("");
            prop_assert_eq!(codes, wanted);
        }

        #[test]
        fn names_that_differ_have_anchors_that_differ(one in "[a-c_ก.-]{0,6}", other in "[a-c_ก.-]{0,6}") {
            prop_assert_eq!(one == other, id(&[&one]) == id(&[&other]));
        }
    }

    #[test]
    fn nothing_but_an_anchor_passes_as_one() {
        assert!(is_anchor(
            &anchor(&id(&["y2564", "O23", "ก b"])).replace("</a>", "")
        ));
        for wrong in [
            "<a id=\"a\" onclick=\"b\">",
            "<script>",
            "<a href=\"x\">",
            "<a id=\"\u{0e01}\">",
        ] {
            assert!(!is_anchor(wrong), "{wrong}");
        }
    }
}
