//! DOCX, PPTX, ODT, ODP, ODS: text and tables out of their XML, by local names that both families share.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::document::{MAX_TEXT, clean_lines, table, unreadable};
use super::one_line as clean;
use super::{Document, DocumentKind, Reading, Table};

/// Elements in elements; Word writes about thirty.
const MAX_DEPTH: usize = 500;
/// Cells of one file.
const MAX_CELLS: usize = 200_000;
/// A repeated row or cell is shown at most so often: sheets repeat empty ones to the edge of the page.
const MAX_REPEAT: usize = 200;
/// Slides read.
const MAX_SLIDES: usize = 500;

/// Reads DOCX, PPTX, ODT or ODP.
pub(super) fn read(kind: DocumentKind, body: &[u8]) -> Document {
    read_archive(kind, body).unwrap_or_else(|reading| unreadable(kind, reading))
}

fn read_archive(kind: DocumentKind, body: &[u8]) -> Result<Document, Reading> {
    let mut archive = Archive::open(body)?;
    let names = archive.names();
    let mut text = Text::default();
    if names.iter().any(|name| name == "content.xml") {
        text.read(&archive.part("content.xml")?);
    } else if kind == DocumentKind::Slides {
        let is_slide =
            |name: &&String| name.starts_with("ppt/slides/slide") && name.ends_with(".xml");
        for name in names.iter().filter(is_slide).take(MAX_SLIDES) {
            text.read(&archive.part(name)?);
            text.end_page();
        }
    } else {
        let is_around = |name: &&String, what: &[&str]| {
            name.ends_with(".xml")
                && name
                    .strip_prefix("word/")
                    .is_some_and(|rest| what.iter().any(|start| rest.starts_with(start)))
        };
        for name in names.iter().filter(|name| is_around(name, &["header"])) {
            text.read(&archive.part(name)?);
        }
        text.read(&archive.part("word/document.xml")?);
        for name in names
            .iter()
            .filter(|name| is_around(name, &["footer", "footnotes", "endnotes"]))
        {
            text.read(&archive.part(name)?);
        }
    }
    Ok(text.into_document(kind))
}

/// Reads ODS: one page for each sheet.
pub(super) fn read_ods(archive: &mut Archive) -> Result<Document, Reading> {
    let mut text = Text {
        sheets: true,
        ..Text::default()
    };
    text.read(&archive.part("content.xml")?);
    Ok(text.into_document(DocumentKind::Sheet))
}

/// What gathers while the parts are read.
#[derive(Default)]
struct Text {
    pages: Vec<String>,
    tables: Vec<Table>,
    page: String,
    paragraph: String,
    /// The paragraph before: a table's title.
    before: String,
    open: Vec<Grid>,
    bytes: usize,
    cells: usize,
    sheets: bool,
    is_cut: bool,
    is_broken: bool,
}

#[derive(Default)]
struct Grid {
    title: String,
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: String,
    /// Columns that the cell being read spans, times it is repeated.
    span: usize,
    repeat: usize,
    row_repeat: usize,
    is_merged: bool,
    heads: usize,
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn number(tag: &BytesStart, wanted: &str) -> Option<usize> {
    attribute(tag, wanted)?.trim().parse().ok()
}

fn attribute(tag: &BytesStart, wanted: &str) -> Option<String> {
    tag.attributes()
        .flatten()
        .find(|attribute| local(attribute.key.as_ref()) == wanted)
        .map(|attribute| attribute.value.into_owned())
}

impl Text {
    fn read(&mut self, xml: &[u8]) {
        let mut reader = Reader::from_reader(xml);
        let config = reader.config_mut();
        config.check_end_names = false;
        let (mut buffer, mut depth, mut skipped) = (Vec::new(), 0usize, None::<usize>);
        let mut letters = 0usize;
        while !self.is_cut {
            let event = match reader.read_event_into(&mut buffer) {
                Ok(Event::Eof) => break,
                Ok(event) => event,
                Err(_) => {
                    self.is_broken = true;
                    break;
                }
            };
            match event {
                Event::Start(tag) => {
                    depth += 1;
                    let name = tag.name();
                    let name = local(name.as_ref());
                    if depth > MAX_DEPTH {
                        self.is_broken = true;
                        break;
                    }
                    if skipped.is_none() && is_skipped(name) {
                        skipped = Some(depth);
                    }
                    if skipped.is_none() {
                        letters += usize::from(is_text(name));
                        self.start(name, &tag);
                    }
                }
                Event::Empty(tag) if skipped.is_none() => {
                    let name = tag.name();
                    self.empty(local(name.as_ref()), &tag);
                }
                Event::End(tag) => {
                    let name = tag.name();
                    let name = local(name.as_ref());
                    if skipped.is_none() {
                        letters -= usize::from(is_text(name) && letters > 0);
                        self.end(name);
                    }
                    if skipped == Some(depth) {
                        skipped = None;
                    }
                    depth = depth.saturating_sub(1);
                }
                Event::Text(text) if skipped.is_none() && letters > 0 => {
                    self.push(&text.xml10_content());
                }
                Event::CData(text) if skipped.is_none() && letters > 0 => self.push(&text),
                // Entities that a document defines itself are never expanded.
                Event::GeneralRef(entity) if skipped.is_none() && letters > 0 => {
                    match entity.resolve_char_ref() {
                        Ok(Some(c)) => self.push(c.encode_utf8(&mut [0; 4])),
                        _ => self.push(match &*entity {
                            "amp" => "&",
                            "lt" => "<",
                            "gt" => ">",
                            "quot" => "\"",
                            "apos" => "'",
                            _ => "",
                        }),
                    }
                }
                _ => {}
            }
            buffer.clear();
        }
    }

    fn push(&mut self, text: &str) {
        self.bytes += text.len();
        self.is_cut |= self.bytes > MAX_TEXT || self.cells > MAX_CELLS;
        self.paragraph.push_str(text);
    }

    fn start(&mut self, name: &str, tag: &BytesStart) {
        match name {
            "tbl" | "table" if self.open.len() < 20 => {
                let title = if self.sheets && self.open.is_empty() {
                    let title = clean(&attribute(tag, "name").unwrap_or_default());
                    self.page.push_str(&title);
                    self.page.push('\n');
                    title
                } else {
                    std::mem::take(&mut self.before)
                };
                self.open.push(Grid {
                    title,
                    ..Grid::default()
                });
            }
            "tr" | "table-row" => {
                let repeat = number(tag, "number-rows-repeated").unwrap_or(1);
                if let Some(grid) = self.open.last_mut() {
                    grid.row = Vec::new();
                    grid.row_repeat = repeat;
                }
            }
            "tc" | "table-cell" | "covered-table-cell" => self.start_cell(tag),
            "page" if !self.page.is_empty() => self.end_page(),
            _ => self.empty(name, tag),
        }
    }

    fn start_cell(&mut self, tag: &BytesStart) {
        let span = number(tag, "number-columns-spanned").or_else(|| number(tag, "gridSpan"));
        let repeat = number(tag, "number-columns-repeated");
        let is_merged = attribute(tag, "vMerge").is_some_and(|merge| merge == "1");
        self.cells += 1;
        if let Some(grid) = self.open.last_mut() {
            grid.cell = String::new();
            // Covered cells follow a spanning one in ODF; in OOXML a slide's do, a document's do not.
            grid.span = if attribute(tag, "number-columns-spanned").is_some() {
                1
            } else {
                span.unwrap_or(1)
            };
            grid.repeat = repeat.unwrap_or(1);
            grid.is_merged = is_merged;
        }
    }

    fn empty(&mut self, name: &str, tag: &BytesStart) {
        match name {
            "tab" => self.paragraph.push('\t'),
            "br" if attribute(tag, "type").as_deref() == Some("page") => self.page_break(),
            "lastRenderedPageBreak" => self.page_break(),
            "br" | "cr" | "line-break" => self.paragraph.push('\n'),
            "s" => self.paragraph.push(' '),
            "gridSpan" => {
                if let (Some(grid), Some(span)) = (self.open.last_mut(), number(tag, "val")) {
                    grid.span = span;
                }
            }
            "vMerge" => {
                if let Some(grid) = self.open.last_mut() {
                    grid.is_merged = attribute(tag, "val").as_deref() != Some("restart");
                }
            }
            "tblHeader" => {
                if let Some(grid) = self.open.last_mut() {
                    grid.heads = grid.heads.max(grid.rows.len() + 1);
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.start_cell(tag);
                self.end_cell();
            }
            "table-row" => {
                self.start(name, tag);
                self.end("table-row");
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "h" => self.end_paragraph(),
            "tc" | "table-cell" | "covered-table-cell" => self.end_cell(),
            "tr" | "table-row" => self.end_row(),
            "tbl" | "table" => self.end_table(),
            "table-header-rows" => {
                if let Some(grid) = self.open.last_mut() {
                    grid.heads = grid.rows.len();
                }
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        if let Some(grid) = self.open.last_mut() {
            if !grid.cell.is_empty() {
                grid.cell.push(' ');
            }
            grid.cell.push_str(&clean(&text));
            return;
        }
        let text = clean_lines(&text);
        if !text.is_empty() {
            self.page.push_str(&text);
            self.page.push('\n');
            self.before = if text.chars().count() <= 200 {
                text
            } else {
                String::new()
            };
        }
    }

    fn end_cell(&mut self) {
        let Some(grid) = self.open.last_mut() else {
            return;
        };
        let cell = if grid.is_merged {
            String::new()
        } else {
            clean(&grid.cell)
        };
        grid.cell = String::new();
        grid.is_merged = false;
        // Empty cells are repeated to the right edge: there they mean nothing.
        let repeat = if cell.is_empty() && grid.repeat > 50 {
            0
        } else {
            grid.repeat.min(MAX_REPEAT)
        };
        for _ in 0..repeat {
            if grid.row.len() < MAX_REPEAT {
                grid.row.push(cell.clone());
            }
        }
        for _ in 1..grid.span.min(50) {
            grid.row.push(String::new());
        }
        grid.span = 1;
        grid.repeat = 1;
    }

    fn end_row(&mut self) {
        let Some(grid) = self.open.last_mut() else {
            return;
        };
        let row = std::mem::take(&mut grid.row);
        let is_empty = row.iter().all(String::is_empty);
        let repeat = if is_empty {
            0
        } else {
            grid.row_repeat.min(MAX_REPEAT)
        };
        for _ in 0..repeat {
            self.cells += row.len();
            self.bytes += row.iter().map(String::len).sum::<usize>();
            grid.rows.push(row.clone());
        }
        self.is_cut |= self.bytes > 2 * MAX_TEXT || self.cells > MAX_CELLS;
    }

    fn end_table(&mut self) {
        let Some(grid) = self.open.pop() else {
            return;
        };
        let lines: Vec<String> = grid.rows.iter().map(|row| line(row)).collect();
        // A table in a cell is text of the cell.
        if let Some(outer) = self.open.last_mut() {
            outer.cell.push(' ');
            outer.cell.push_str(&lines.join(" "));
            return;
        }
        for line in lines {
            self.page.push_str(&line);
            self.page.push('\n');
        }
        self.tables.extend(table(grid.title, grid.rows, grid.heads));
        if self.sheets {
            self.end_page();
        }
    }

    fn page_break(&mut self) {
        if self.open.is_empty() && !self.page.is_empty() {
            let rest = std::mem::take(&mut self.paragraph);
            self.page.push_str(&clean_lines(&rest));
            self.end_page();
        }
    }

    fn end_page(&mut self) {
        let page = std::mem::take(&mut self.page);
        self.pages.push(page.trim_end().to_owned());
    }

    fn into_document(mut self, kind: DocumentKind) -> Document {
        // What was open when a damaged file broke off.
        if !self.paragraph.is_empty() {
            self.end_paragraph();
        }
        while !self.open.is_empty() {
            self.end_cell();
            self.end_row();
            self.end_table();
        }
        if !self.page.is_empty() {
            self.end_page();
        }
        let has_text = self.pages.iter().any(|page| !page.is_empty());
        Document {
            kind,
            reading: match (has_text, self.is_broken) {
                (true, _) => Reading::Text,
                (false, true) => Reading::Damaged,
                // Pictures pasted in a document.
                (false, false) => Reading::Scanned,
            },
            unread_pages: u32::from(self.is_cut || self.is_broken && has_text),
            pages: self.pages,
            tables: self.tables,
        }
    }
}

/// Cells that hold something, side by side.
pub(super) fn line(row: &[String]) -> String {
    let cells: Vec<&str> = row
        .iter()
        .map(String::as_str)
        .filter(|cell| !cell.is_empty())
        .collect();
    cells.join("\t")
}

/// Deleted text, field codes, fallbacks that repeat what was said, comments.
fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        "del"
            | "delText"
            | "instrText"
            | "Fallback"
            | "tracked-changes"
            | "annotation"
            | "moveFrom"
            | "automatic-styles"
            | "font-face-decls"
    )
}

fn is_text(name: &str) -> bool {
    matches!(name, "t" | "p" | "h")
}
