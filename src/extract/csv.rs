//! Values between commas, semicolons, tabs or bars.

use super::sheet::{Book, Cells};
use super::{Document, limits};

/// Rows that show what separates values.
const SHOWN: usize = 30;
/// A quoted value that is longer began with a stray quotation mark.
const QUOTED: usize = 64 << 10;

/// Reads a text of separated values.
pub(super) fn read(text: &str) -> Document {
    let end = text.floor_char_boundary(limits::FLAT);
    let text = text[..end].trim_start_matches('\u{FEFF}');
    let (separator, text) = separator(text);
    let (cells, is_whole) = cells(text, separator, true)
        .or_else(|| cells(text, separator, false))
        .unwrap_or_default();
    let mut book = Book::default();
    book.add("", cells);
    if !is_whole {
        book.cut();
    }
    book.finish()
}

/// What separates the values, and the text without the line that says so (`sep=;`).
fn separator(text: &str) -> (char, &str) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(separator) = rest.chars().next()
        && let Some((_, rest)) = rest.split_once('\n')
    {
        return (separator, rest);
    }
    // Titles above the header have none.
    let count = |c: char| {
        let lines = text.lines().take(SHOWN);
        lines
            .map(|line| line.matches(c).count().min(99))
            .sum::<usize>()
    };
    // Amounts have commas too: where tabs or bars stand, they were put there to separate.
    let separator = ['\t', '|', ';']
        .into_iter()
        .find(|&c| count(c) >= SHOWN.min(text.lines().take(SHOWN).count()).max(1))
        .filter(|&c| count(c) * 3 >= count(','))
        .unwrap_or(',');
    (separator, text)
}

/// Cells and whether they are all; `None` when a quotation does not end.
fn cells(text: &str, separator: char, quotes: bool) -> Option<(Cells, bool)> {
    let (mut cells, mut row, mut column) = (Cells::default(), 0u32, 0u32);
    let (mut field, mut is_quoted) = (String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                field.push('"');
                rest.next();
            }
            '"' if quotes && (is_quoted || field.trim().is_empty()) => is_quoted = !is_quoted,
            c if !is_quoted && (c == separator || c == '\n') => {
                // Excel keeps numbers as text by writing them as formulas.
                let value = field
                    .trim()
                    .strip_prefix("=\"")
                    .map(|it| it.trim_end_matches('"'));
                if !cells.add(row, column, value.unwrap_or(&field)) {
                    return Some((cells, false));
                }
                field.clear();
                if c == '\n' {
                    row += 1;
                    column = 0;
                } else {
                    column += 1;
                }
            }
            c => field.push(c),
        }
        if is_quoted && field.len() > QUOTED {
            return None;
        }
    }
    if is_quoted {
        return None;
    }
    let is_whole = cells.add(row, column, &field);
    Some((cells, is_whole))
}
