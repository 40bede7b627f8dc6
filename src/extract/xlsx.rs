//! XLSX and XML Spreadsheet 2003: cell by cell, so that two far corners cost two cells.

use std::collections::BTreeMap;

use super::archive::Archive;
use super::format::Format;
use super::sheet::{Book, Cells};
use super::xml::{Node, attribute, number, walk};
use super::{Document, DocumentKind, Reading, limits};

/// Reads XLSX; of a damaged one the sheets that are there.
pub(super) fn read(body: &[u8]) -> Document {
    Archive::open(body)
        .and_then(|mut archive| read_archive(&mut archive))
        .unwrap_or_else(|reading| Document::unread(DocumentKind::Sheet, reading))
}

fn read_archive(archive: &mut Archive) -> Result<Document, Reading> {
    if archive.has("xl/workbook.bin") {
        return Err(Reading::Unsupported);
    }
    let mut book = Book::default();
    let workbook = Workbook::read(archive)?;
    let mut is_sound = !archive.is_broken();
    let strings = match archive.part("xl/sharedStrings.xml") {
        Ok(part) => {
            let (strings, is_whole) = shared_strings(&part.bytes);
            is_sound &= part.is_whole && is_whole;
            strings
        }
        Err(_) => Vec::new(),
    };
    let formats = archive
        .part("xl/styles.xml")
        .map(|part| formats(&part.bytes))
        .unwrap_or_default();
    let mut lost = None;
    for (name, path) in &workbook.sheets {
        if book.is_full() {
            book.cut();
            break;
        }
        let part = match archive.part(path) {
            Ok(part) => part,
            Err(reading) => {
                lost = Some(reading);
                continue;
            }
        };
        let mut sheet = Sheet {
            strings: &strings,
            formats: &formats,
            from_1904: workbook.from_1904,
            ..Sheet::default()
        };
        is_sound &= sheet.read(&part.bytes) && part.is_whole;
        book.add(name, sheet.cells);
    }
    if !is_sound || lost.is_some() {
        book.cut();
    }
    let document = book.finish();
    // Sheets were promised and none has anything.
    let is_empty = document.pages.iter().all(|page| page.lines().count() < 2);
    match lost {
        Some(reading) if is_empty => Err(reading),
        _ if is_empty && !is_sound => Err(Reading::Damaged),
        _ => Ok(document),
    }
}

/// Sheets with their parts, in the order of their tabs; hidden ones left out.
struct Workbook {
    sheets: Vec<(String, String)>,
    from_1904: bool,
}

impl Workbook {
    fn read(archive: &mut Archive) -> Result<Self, Reading> {
        let mut book = Self {
            sheets: Vec::new(),
            from_1904: false,
        };
        let mut parts: BTreeMap<String, String> = BTreeMap::new();
        if let Ok(part) = archive.part("xl/_rels/workbook.xml.rels") {
            walk(&part.bytes, |node| {
                if let Node::Open("Relationship", tag) = node
                    && let (Some(id), Some(to)) = (attribute(tag, "Id"), attribute(tag, "Target"))
                {
                    let to = match to.strip_prefix('/') {
                        Some(to) => to.to_owned(),
                        None => format!("xl/{to}"),
                    };
                    parts.insert(id, to);
                }
                parts.len() < limits::PARTS
            });
        }
        match archive.part("xl/workbook.xml") {
            Ok(part) => {
                walk(&part.bytes, |node| {
                    match node {
                        Node::Open("workbookPr", tag) => {
                            let from = attribute(tag, "date1904");
                            book.from_1904 = matches!(from.as_deref(), Some("1" | "true"));
                        }
                        Node::Open("sheet", tag)
                            if !attribute(tag, "state").is_some_and(|it| it.contains("idden")) =>
                        {
                            let name = attribute(tag, "name").unwrap_or_default();
                            let path = attribute(tag, "id").and_then(|id| parts.get(&id));
                            // Sheets that are charts have no cells.
                            if let Some(path) = path.filter(|path| !path.contains("chartsheets")) {
                                book.sheets.push((name, path.clone()));
                            }
                        }
                        _ => {}
                    }
                    book.sheets.len() < limits::PARTS
                });
            }
            Err(reading @ (Reading::Locked | Reading::TooLarge)) => return Err(reading),
            Err(_) => {}
        }
        if book.sheets.is_empty() {
            let sheets = archive
                .names()
                .into_iter()
                .filter(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
            book.sheets = sheets.map(|path| (String::new(), path)).collect();
        }
        Ok(book)
    }
}

/// Strings by number; readings aids for Japanese left out.
fn shared_strings(xml: &[u8]) -> (Vec<Box<str>>, bool) {
    let (mut strings, mut text) = (Vec::new(), String::new());
    let (mut is_text, mut is_aid) = (false, false);
    let is_sound = walk(xml, |node| {
        match node {
            Node::Open("rPh", _) => is_aid = true,
            Node::Close("rPh") => is_aid = false,
            Node::Open("t", _) => is_text = true,
            Node::Close("t") => is_text = false,
            Node::Text(piece) if is_text && !is_aid => text.push_str(piece),
            Node::Close("si") => strings.push(std::mem::take(&mut text).into_boxed_str()),
            _ => {}
        }
        strings.len() < limits::STRINGS
    });
    let is_whole = is_sound && strings.len() < limits::STRINGS;
    (strings, is_whole)
}

/// The format of each style.
fn formats(xml: &[u8]) -> Vec<Format> {
    let mut codes: BTreeMap<usize, Format> = BTreeMap::new();
    let (mut formats, mut is_cells) = (Vec::new(), false);
    walk(xml, |node| {
        match node {
            Node::Open("numFmt", tag) => {
                if let (Some(id), Some(code)) =
                    (number(tag, "numFmtId"), attribute(tag, "formatCode"))
                {
                    codes.insert(id, Format::new(&code));
                }
            }
            Node::Open("cellXfs", _) => is_cells = true,
            Node::Close("cellXfs") => is_cells = false,
            Node::Open("xf", tag) if is_cells => {
                let id = number(tag, "numFmtId").unwrap_or(0);
                let built_in = || Format::built_in(u16::try_from(id).unwrap_or(0));
                formats.push(codes.get(&id).cloned().unwrap_or_else(built_in));
            }
            _ => {}
        }
        // Excel allows 65,000 styles.
        formats.len() < 70_000 && codes.len() < 70_000
    });
    formats
}

/// A sheet while it is read.
#[derive(Default)]
struct Sheet<'s> {
    strings: &'s [Box<str>],
    formats: &'s [Format],
    from_1904: bool,
    cells: Cells,
    row: u32,
    column: u32,
    kind: String,
    style: usize,
    value: String,
    /// Inside the value of a cell.
    is_value: bool,
}

impl Sheet<'_> {
    /// Reads the cells; false when the part is broken or a limit was reached.
    fn read(&mut self, xml: &[u8]) -> bool {
        let mut has_room = true;
        let mut is_aid = false;
        let is_sound = walk(xml, |node| {
            match node {
                Node::Open("row", tag) => {
                    let row = number(tag, "r").and_then(|row| u32::try_from(row).ok());
                    self.row = row.unwrap_or(self.row.saturating_add(1));
                    self.column = 0;
                }
                Node::Open("c", tag) => {
                    let column = attribute(tag, "r").as_deref().and_then(column_of);
                    self.column = column.unwrap_or(self.column.saturating_add(1));
                    self.kind = attribute(tag, "t").unwrap_or_default();
                    self.style = number(tag, "s").unwrap_or(0);
                    self.value.clear();
                }
                Node::Open("rPh", _) => is_aid = true,
                Node::Close("rPh") => is_aid = false,
                Node::Open("v" | "t", _) => self.is_value = true,
                Node::Close("v" | "t") => self.is_value = false,
                Node::Text(text) if self.is_value && !is_aid => self.value.push_str(text),
                Node::Close("c") => {
                    let text = self.shown();
                    has_room = self.cells.add(self.row, self.column, &text);
                }
                Node::Close("sheetData") => return false,
                _ => {}
            }
            has_room
        });
        is_sound && has_room
    }

    fn shown(&self) -> String {
        let value = self.value.trim();
        match self.kind.as_str() {
            "s" => {
                let at: Option<usize> = value.parse().ok();
                let text = at.and_then(|at| self.strings.get(at));
                text.map(|text| text.to_string()).unwrap_or_default()
            }
            "str" | "inlineStr" | "d" => self.value.clone(),
            "b" => if value == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "e" => String::new(),
            _ => match (value.parse::<f64>(), self.formats.get(self.style)) {
                (Ok(number), Some(format)) => format.shown(number, self.from_1904),
                (Ok(number), None) => super::format::general(number),
                _ => value.to_owned(),
            },
        }
    }
}

/// The column in `XFD1048576`, from 1.
fn column_of(place: &str) -> Option<u32> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    letters
        .map(|letter| u32::from(letter.to_ascii_uppercase() - b'A') + 1)
        .reduce(|column, letter| column * 26 + letter)
}

/// Reads XML Spreadsheet 2003, which programs that export "Excel" like to write.
pub(super) fn read_flat(xml: &[u8]) -> Document {
    let mut book = Book::default();
    let mut sheet = Sheet::default();
    let mut name = String::new();
    let mut formats: BTreeMap<String, Format> = BTreeMap::new();
    let (mut style, mut cell_style) = (String::new(), String::new());
    let (mut is_hidden, mut has_room) = (false, true);
    let is_sound = walk(xml, |node| {
        match node {
            Node::Open("Style", tag) => style = attribute(tag, "ID").unwrap_or_default(),
            Node::Open("NumberFormat", tag) if formats.len() < 70_000 => {
                let code = attribute(tag, "Format").unwrap_or_default();
                formats.insert(style.clone(), named(&code));
            }
            Node::Open("Worksheet", tag) => {
                name = attribute(tag, "Name").unwrap_or_default();
                sheet = Sheet::default();
                is_hidden = false;
            }
            Node::Text("SheetHidden") => is_hidden = true,
            Node::Open("Row", tag) => {
                sheet.row = place(tag, sheet.row);
                sheet.column = 0;
            }
            Node::Open("Cell", tag) => {
                sheet.column = place(tag, sheet.column);
                cell_style = attribute(tag, "StyleID").unwrap_or_default();
            }
            Node::Open("Data", tag) => {
                sheet.kind = attribute(tag, "Type").unwrap_or_default();
                sheet.value.clear();
                sheet.is_value = true;
            }
            Node::Text(text) if sheet.is_value => sheet.value.push_str(text),
            Node::Close("Data") => {
                sheet.is_value = false;
                let text = flat_value(&sheet.kind, &sheet.value, formats.get(&cell_style));
                has_room = sheet.cells.add(sheet.row, sheet.column, &text);
            }
            Node::Close("Worksheet") => {
                let cells = std::mem::take(&mut sheet.cells);
                if !is_hidden {
                    book.add(&name, cells);
                }
            }
            _ => {}
        }
        has_room && !book.is_full()
    });
    let left = std::mem::take(&mut sheet.cells);
    if !is_sound || !has_room {
        book.add(&name, left);
        book.cut();
    }
    book.finish()
}

/// The place that a tag names, else the next one.
fn place(tag: &quick_xml::events::BytesStart, last: u32) -> u32 {
    let named = number(tag, "Index").and_then(|at| u32::try_from(at).ok());
    named.unwrap_or(last.saturating_add(1))
}

/// Formats that have a name instead of a code.
fn named(code: &str) -> Format {
    match code {
        "Short Date" | "General Date" => Format::built_in(14),
        "Medium Date" | "Long Date" => Format::new("d mmmm yyyy"),
        "Fixed" => Format::built_in(2),
        "Standard" | "Currency" | "Euro Currency" => Format::built_in(4),
        "Percent" => Format::built_in(10),
        "Short Time" | "Medium Time" | "Long Time" => Format::built_in(20),
        code => Format::new(code),
    }
}

fn flat_value(kind: &str, value: &str, format: Option<&Format>) -> String {
    match kind {
        "Number" => match (value.trim().parse::<f64>(), format) {
            (Ok(number), Some(format)) => format.shown(number, false),
            (Ok(number), None) => super::format::general(number),
            _ => value.to_owned(),
        },
        // 2021-05-15T00:00:00.000
        "DateTime" => {
            let day = value
                .get(..10)
                .and_then(|day| day.parse::<jiff::civil::Date>().ok());
            let zero = jiff::civil::Date::constant(1899, 12, 30);
            let days = day.and_then(|day| zero.until(day).ok());
            let default = Format::built_in(14);
            match days {
                Some(days) => format
                    .unwrap_or(&default)
                    .shown(f64::from(days.get_days()), false),
                None => value.to_owned(),
            }
        }
        "Boolean" => if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
        "Error" => String::new(),
        _ => value.to_owned(),
    }
}
