//! Sheets: XLSX, XLS, ODS and CSV, with numbers and dates as their readers see them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Reader, Style, Xls, Xlsx};
use jiff::civil::Date;

use super::archive::Archive;
use super::document::{MAX_TEXT, table, unreadable};
use super::office::{line, read_ods};
use super::ole::{Ole, spans_too_much};
use super::one_line as clean;
use super::{Document, DocumentKind, Reading};
use crate::year::thai_date;

/// Cells of one file. The longest lists of agencies have some ten thousand.
const MAX_CELLS: usize = 200_000;
/// Columns that are kept.
const MAX_COLUMNS: usize = 200;
/// Sheets that are read.
const MAX_SHEETS: usize = 60;
/// Old sheets are read whole: larger ones could ask for more memory than there is.
const MAX_XLS: usize = 16 << 20;
/// Cells between the corners of an old file's sheets: the library makes room for all of them.
const MAX_SPAN: u64 = 1 << 22;

/// Cells by place. A sheet may use its first and its last corner only.
#[derive(Default)]
struct Cells {
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    count: usize,
    bytes: usize,
}

impl Cells {
    /// Keeps a cell; false when the limit is reached.
    fn add(&mut self, row: u32, column: u32, text: String) -> bool {
        let text = clean(&text);
        if !text.is_empty() {
            self.count += 1;
            self.bytes += text.len();
            self.rows.entry(row).or_default().insert(column, text);
        }
        self.count < MAX_CELLS && self.bytes < MAX_TEXT
    }

    /// Rows of the columns that are used.
    fn into_rows(self) -> Vec<Vec<String>> {
        let used: BTreeSet<u32> = self
            .rows
            .values()
            .flat_map(|row| row.keys().copied())
            .collect();
        let used: Vec<u32> = used.into_iter().take(MAX_COLUMNS).collect();
        // A dense row for each of many thin ones is bounded too.
        let most = (4 * MAX_CELLS) / used.len().max(1);
        self.rows
            .into_values()
            .take(most)
            .map(|mut row| {
                used.iter()
                    .map(|column| row.remove(column).unwrap_or_default())
                    .collect()
            })
            .collect()
    }
}

/// What gathers over the sheets of a file.
#[derive(Default)]
struct Book {
    document: Option<Document>,
    cells: usize,
}

impl Book {
    fn add(&mut self, name: &str, cells: Cells) {
        self.cells += cells.count;
        let rows = cells.into_rows();
        let document = self
            .document
            .get_or_insert_with(|| unreadable(DocumentKind::Sheet, Reading::Text));
        let name = clean(name);
        let mut page = vec![name.clone()];
        page.extend(rows.iter().map(|row| line(row)));
        document.pages.push(page.join("\n"));
        document.tables.extend(table(name, rows, 0));
    }

    fn finish(self, unread: u32) -> Document {
        let mut document = self
            .document
            .unwrap_or_else(|| unreadable(DocumentKind::Sheet, Reading::Damaged));
        document.unread_pages = unread;
        document
    }
}

/// Reads XLSX or ODS.
pub(super) fn read_zip(body: &[u8]) -> Document {
    let read = || -> Result<Document, Reading> {
        let mut archive = Archive::open(body)?;
        if archive.names().iter().any(|name| name == "content.xml") {
            return read_ods(&mut archive);
        }
        archive.is_harmless()?;
        read_xlsx(body)
    };
    guarded(read)
}

/// Reads XLS.
pub(super) fn read_xls(body: &[u8]) -> Document {
    if body.len() > MAX_XLS {
        return unreadable(DocumentKind::Sheet, Reading::TooLarge);
    }
    let book =
        Ole::open(body).and_then(|ole| ole.stream("Workbook").or_else(|| ole.stream("Book")));
    match book {
        Some(book) if spans_too_much(&book, MAX_SPAN) => {
            return unreadable(DocumentKind::Sheet, Reading::TooLarge);
        }
        Some(_) => {}
        None => return unreadable(DocumentKind::Sheet, Reading::Damaged),
    }
    guarded(|| {
        let mut book = Xls::new(Cursor::new(body)).map_err(|error| match error {
            calamine::XlsError::Password => Reading::Locked,
            _ => Reading::Damaged,
        })?;
        let mut out = Book::default();
        for name in book.sheet_names().into_iter().take(MAX_SHEETS) {
            let Ok(range) = book.worksheet_range(&name) else {
                continue;
            };
            let mut cells = Cells::default();
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                if !cells.add(top + row as u32, left + column as u32, shown(value)) {
                    break;
                }
            }
            out.add(&name, cells);
        }
        Ok(out.finish(0))
    })
}

/// The library panics on some damaged files: that costs the file only.
fn guarded(read: impl FnOnce() -> Result<Document, Reading>) -> Document {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or(Err(Reading::Damaged))
        .unwrap_or_else(|reading| unreadable(DocumentKind::Sheet, reading))
}

fn read_xlsx(body: &[u8]) -> Result<Document, Reading> {
    let mut book = Xlsx::new(Cursor::new(body)).map_err(|error| match error {
        calamine::XlsxError::Password => Reading::Locked,
        _ => Reading::Damaged,
    })?;
    let names = book.sheet_names();
    let (mut out, mut unread) = (Book::default(), 0);
    for name in names.iter().take(MAX_SHEETS) {
        // Chart sheets have no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(name) else {
            continue;
        };
        let mut cells = Cells::default();
        while let Ok(Some((cell, style))) = reader.next_cell_with_style_id() {
            let format = reader.styles().get(style).and_then(format_code);
            let (row, column) = cell.get_position();
            let text = shown_as(cell.get_value(), format);
            if !cells.add(row, column, text) || out.cells + cells.count > MAX_CELLS {
                unread = 1;
                break;
            }
        }
        out.add(name, cells);
    }
    Ok(out.finish(unread))
}

fn format_code(style: &Style) -> Option<&str> {
    style
        .number_format
        .as_ref()
        .map(|format| format.format_code.as_str())
}

fn shown_as(value: &DataRef, format: Option<&str>) -> String {
    match value {
        DataRef::Int(n) => number(*n as f64, format),
        DataRef::Float(n) => number(*n, format),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn shown(value: &Data) -> String {
    match value {
        Data::Int(n) => number(*n as f64, None),
        Data::Float(n) => number(*n, None),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(moment) => date(moment),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        _ => String::new(),
    }
}

/// A number the way its format shows it: `3,200,000.00`, `97.5%`.
fn number(value: f64, format: Option<&str>) -> String {
    let format = format
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    let decimals = format.rsplit_once('.').map(|(_, after)| {
        after
            .chars()
            .take_while(|c| matches!(c, '0' | '#'))
            .count()
            .min(6)
    });
    if format.contains('%') {
        let text = format!("{:.*}", decimals.unwrap_or(0), value * 100.0);
        return format!("{text}%");
    }
    let text = match decimals {
        Some(decimals) => format!("{value:.decimals$}"),
        None if format.contains('0') && !format.contains("General") => format!("{value:.0}"),
        None if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
        // Sums of amounts carry the noise of binary fractions.
        None => {
            let rounded = format!("{value:.6}");
            rounded
                .trim_end_matches('0')
                .trim_end_matches('.')
                .to_owned()
        }
    };
    if format.contains(',') {
        grouped(&text)
    } else {
        text
    }
}

fn grouped(text: &str) -> String {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(a, b)| (a, Some(b)));
    let mut out = String::from(sign);
    for (n, c) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// `15 พฤษภาคม 2564`. A date typed with a Buddhist year keeps it.
fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, _, _) = moment.to_ymd_hms_milli();
    if moment.is_duration() || moment.as_f64() < 1.0 {
        return format!("{hour:02}:{minute:02}");
    }
    let year = i16::try_from(year).unwrap_or(0);
    let year = if year > 2400 { year - 543 } else { year };
    Date::new(year, month as i8, day as i8)
        .map(thai_date)
        .unwrap_or_default()
}

/// Reads comma-, semicolon- or tab-separated values.
pub(super) fn read_csv(text: &str) -> Document {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    let separator = [',', ';', '\t', '|']
        .into_iter()
        .max_by_key(|&c| count(c))
        .unwrap_or(',');
    let (mut cells, mut row, mut column) = (Cells::default(), 0u32, 0u32);
    let (mut field, mut is_quoted) = (String::new(), false);
    let mut rest = text.chars().peekable();
    let mut is_cut = false;
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                field.push('"');
                rest.next();
            }
            '"' if is_quoted || field.trim().is_empty() => is_quoted = !is_quoted,
            c if !is_quoted && (c == separator || c == '\n') => {
                is_cut = !cells.add(row, column, std::mem::take(&mut field));
                if is_cut {
                    break;
                }
                if c == '\n' {
                    row += 1;
                    column = 0;
                } else {
                    column += 1;
                }
            }
            c => field.push(c),
        }
    }
    if !is_cut {
        cells.add(row, column, field);
    }
    let mut book = Book::default();
    book.add("", cells);
    let mut document = book.finish(u32::from(is_cut));
    for page in &mut document.pages {
        *page = page.trim_start().to_owned();
    }
    document
}
