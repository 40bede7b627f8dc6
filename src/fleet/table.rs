//! A table as people save it from a spreadsheet → rows of text under known columns.

use crate::thai::{clean, decode};

/// Letters of a cell that are read.
const CELL: usize = 2_000;

/// Columns of a list of agencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Id,
    Name,
    Kind,
    District,
    Province,
    Home,
    Schedule,
    Scores,
    Decisions,
    Owner,
    Notes,
    Off,
}

/// Every name of every column: the one in English first, then the one in Thai that messages use.
const NAMES: [(Column, &[&str]); 12] = [
    (Column::Id, &["id", "รหัส", "รหัสหน่วยงาน", "code"]),
    (
        Column::Name,
        &["name", "ชื่อหน่วยงาน", "ชื่อ", "หน่วยงาน", "agency"],
    ),
    (Column::Kind, &["type", "ประเภท", "ประเภทหน่วยงาน", "kind"]),
    (
        Column::District,
        &["amphoe", "อำเภอ", "อำเภอ/เขต", "เขต", "district"],
    ),
    (Column::Province, &["province", "จังหวัด"]),
    (
        Column::Home,
        &["url", "เว็บไซต์", "ที่อยู่เว็บไซต์", "website", "home"],
    ),
    (Column::Schedule, &["schedule", "กำหนดตรวจ", "รอบตรวจ"]),
    (Column::Scores, &["scores", "คะแนน", "ไฟล์คะแนน"]),
    (Column::Decisions, &["decisions", "คำตัดสิน", "ไฟล์คำตัดสิน"]),
    (Column::Owner, &["owner", "ผู้รับแจ้ง", "อีเมล", "email"]),
    (Column::Notes, &["notes", "หมายเหตุ", "note"]),
    (Column::Off, &["off", "ปิด", "งดตรวจ"]),
];

impl Column {
    /// The column with a name, in whatever case and spacing.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name: String = clean(name).split_whitespace().collect();
        let name = name.to_lowercase();
        let found = NAMES
            .iter()
            .find(|(_, names)| names.contains(&name.as_str()));
        found.map(|(column, _)| *column)
    }

    /// `เว็บไซต์ (url)`.
    pub(super) fn told(self) -> String {
        let names = NAMES.iter().find(|(column, _)| *column == self);
        let names = names.map_or(&[][..], |(_, names)| names);
        match names {
            [english, thai, ..] => format!("{thai} ({english})"),
            _ => String::new(),
        }
    }

    /// All names, for hints.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().flat_map(|(_, names)| names.iter().copied())
    }
}

/// One row: its number as people count it, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// As a spreadsheet counts; the line of a TOML file.
    pub(super) number: usize,
    /// Cells that hold something, cleaned.
    pub(super) cells: Vec<(Column, String)>,
}

impl Row {
    /// A cell's text; `None` when there is nothing in it.
    pub(super) fn get(&self, column: Column) -> Option<&str> {
        let mut cells = self.cells.iter();
        let cell = cells.find(|(one, _)| *one == column);
        cell.map(|(_, text)| text.as_str())
    }
}

/// A table with a heading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Table {
    /// Row of the heading.
    pub(super) heading: usize,
    /// The columns that were recognised, in order.
    pub(super) columns: Vec<Column>,
    /// Names of columns that mean nothing here.
    pub(super) unknown: Vec<String>,
    /// Columns that stand twice.
    pub(super) twice: Vec<Column>,
    /// Rows under the heading that hold anything.
    pub(super) rows: Vec<Row>,
    /// Rows beyond the limit were left.
    pub(super) cut: bool,
}

impl Table {
    /// Reads what a spreadsheet saved: UTF-8, UTF-16 or windows-874; separated by comma, semicolon or tab.
    pub(super) fn read(bytes: &[u8], most: usize) -> Self {
        let text = decode(bytes, Some("text/csv; charset=windows-874"));
        let mut text = text.trim_start_matches('\u{feff}');
        let mut separator = None;
        // A line by which Excel is told the separator; it is no row.
        if let Some((first, rest)) = text.split_once('\n')
            && let Some(told) = first.trim_end().strip_prefix("sep=")
            && let [told] = told.as_bytes()
        {
            (separator, text) = (Some(*told), rest);
        }
        let separator = separator.unwrap_or_else(|| separator_of(text));
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(text.as_bytes());
        let mut table = Self::default();
        let mut places: Vec<Option<Column>> = Vec::new();
        let mut record = csv::StringRecord::new();
        let (mut number, mut end) = (0, 0);
        while let Ok(true) = reader.read_record(&mut record) {
            // The reader passes over empty lines; a spreadsheet counts them.
            number += 1 + empty_lines(text.as_bytes(), end);
            end = offset(reader.position().byte());
            let cells = || record.iter().map(cell);
            if cells().all(|cell| cell.is_empty()) {
                continue;
            }
            if places.is_empty() {
                table.heading = number;
                for name in cells() {
                    let column = Column::named(&name);
                    match column {
                        Some(column) if table.columns.contains(&column) => {
                            table.twice.push(column);
                            places.push(None);
                            continue;
                        }
                        Some(column) => table.columns.push(column),
                        None if !name.is_empty() => table.unknown.push(name),
                        None => {}
                    }
                    places.push(column);
                }
                continue;
            }
            if table.rows.len() >= most {
                table.cut = true;
                break;
            }
            let cells = cells().zip(&places).filter(|(cell, _)| !cell.is_empty());
            table.rows.push(Row {
                number,
                cells: cells
                    .filter_map(|(cell, column)| Some(((*column)?, cell)))
                    .collect(),
            });
        }
        table
    }
}

/// A cell's text, cleaned; what no hand writes into one is cut.
pub(super) fn cell(text: &str) -> String {
    let text: String = text.chars().take(CELL).collect();
    clean(&text).trim().to_owned()
}

fn offset(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}

/// Empty lines from where a record ended.
fn empty_lines(text: &[u8], end: usize) -> usize {
    let (before, after) = text.split_at(end.min(text.len()));
    // A record's own line feed after its carriage return may still stand here.
    let after = match before.last() {
        Some(b'\r') => after.strip_prefix(b"\n").unwrap_or(after),
        _ => after,
    };
    let blank = after
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    blank.filter(|byte| **byte == b'\n').count()
}

/// The separator with which most of the heading's names are known; a comma when none are.
fn separator_of(text: &str) -> u8 {
    let heading = text.lines().find(|line| !line.trim().is_empty());
    let heading = heading.unwrap_or_default();
    let known = |separator: char| {
        let names = heading.split(separator);
        let names = names.map(|name| name.trim().trim_matches('"'));
        names.filter(|name| Column::named(name).is_some()).count()
    };
    let all = [',', ';', '\t'].map(|one| (known(one), heading.matches(one).count(), one));
    // The first of equals.
    let best = all
        .into_iter()
        .rev()
        .max_by_key(|(known, count, _)| (*known, *count));
    best.map_or(b',', |(.., one)| u8::try_from(one).unwrap_or(b','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<(usize, String)> {
        let table = Table::read(text.as_bytes(), 100);
        let name = |row: &Row| row.get(Column::Name).unwrap_or_default().to_owned();
        table
            .rows
            .iter()
            .map(|row| (row.number, name(row)))
            .collect()
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        for end in ["\n", "\r\n"] {
            let lines = ["url,name", "a,1", "", "b,2", "\"c", "d\",3", ",", "", "e,4"];
            assert_eq!(
                numbers(&lines.join(end)),
                [
                    (2, "1".to_owned()),
                    (4, "2".to_owned()),
                    (5, "3".to_owned()),
                    (8, "4".to_owned())
                ],
                "{}",
                end.escape_debug()
            );
        }
        assert_eq!(numbers("\n\nurl,name\nb,2"), [(4, "2".to_owned())]);
    }

    #[test]
    fn separators_are_told_by_the_heading() {
        for text in [
            "url,name\na,1",
            "url;name\na;1",
            "url\tname\na\t1",
            "sep=;\nurl;name\na;1",
            "\"url\";\"name\"\n\"a\";\"1\"",
            "เว็บไซต์;ชื่อ หน่วยงาน\na;1",
            "\u{feff}URL,Name\na,1",
        ] {
            let found = numbers(text);
            assert_eq!(found, [(2, "1".to_owned())], "{text}");
        }
    }

    #[test]
    fn spreadsheets_in_thailand_save_windows_874_or_utf_16() {
        let text = "เว็บไซต์,ชื่อหน่วยงาน\na,เทศบาลตำบลหนองข่า";
        let wanted = [(2, "เทศบาลตำบลหนองข่า".to_owned())];
        let (thai, ..) = encoding_rs::WINDOWS_874.encode(text);
        let utf16 = text.replace(',', "\t");
        let units = std::iter::once(0xfeff).chain(utf16.encode_utf16());
        let wide: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &thai, &wide] {
            let table = Table::read(bytes, 100);
            let name = |row: &Row| row.get(Column::Name).unwrap_or_default().to_owned();
            let found: Vec<_> = table
                .rows
                .iter()
                .map(|row| (row.number, name(row)))
                .collect();
            assert_eq!(found, wanted);
        }
    }
}
