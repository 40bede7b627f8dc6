//! What gathers while a document is read: paragraphs, tables and pages, the same for every format.

use super::grid::{line, table};
use super::one_line as clean;
use super::{Document, DocumentKind, Reading, Table, limits};

/// Tables in tables; deeper ones are text of their cell.
const NESTED: usize = 20;
/// Columns that one cell spans.
const SPAN: usize = 50;
/// A paragraph longer than this is no table's title.
const TITLE: usize = 200;

/// A document while it is read.
#[derive(Default)]
pub(super) struct Paper {
    pages: Vec<String>,
    names: Vec<String>,
    tables: Vec<Table>,
    page: String,
    paragraph: String,
    /// Paragraphs that wait while a text box or a note inside them is read.
    outer: Vec<String>,
    /// The paragraph before: a table's title.
    before: String,
    open: Vec<Grid>,
    bytes: usize,
    cells: usize,
    is_cut: bool,
    is_broken: bool,
}

/// A table while it is read.
#[derive(Default)]
struct Grid {
    title: String,
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    row_repeat: usize,
    cell: String,
    shape: Cell,
    heads: usize,
}

/// How a cell stands in its row.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// Columns that it spans.
    pub(super) span: usize,
    /// Times that it stands side by side.
    pub(super) repeat: usize,
    /// It goes on from the cell above.
    pub(super) is_merged: bool,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            span: 1,
            repeat: 1,
            is_merged: false,
        }
    }
}

impl Paper {
    /// Text of the paragraph.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes += text.len();
        self.is_cut |= self.bytes > limits::TEXT || self.cells > limits::CELLS;
        self.paragraph.push_str(text);
    }

    /// Whether a limit was reached: the rest is not read.
    pub(super) fn is_full(&self) -> bool {
        self.is_cut
    }

    /// Something of the file is lost.
    pub(super) fn breaks(&mut self) {
        self.is_broken = true;
    }

    /// More of the file would be there.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) fn end_paragraph(&mut self) {
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
            self.before = if text.chars().count() <= TITLE {
                text
            } else {
                String::new()
            };
        }
    }

    /// A text box or a note begins inside a paragraph.
    pub(super) fn open_box(&mut self) {
        self.outer.push(std::mem::take(&mut self.paragraph));
    }

    pub(super) fn close_box(&mut self) {
        if let Some(outer) = self.outer.pop() {
            if !self.paragraph.is_empty() {
                self.end_paragraph();
            }
            self.paragraph = outer;
        }
    }

    pub(super) fn is_in_table(&self) -> bool {
        !self.open.is_empty()
    }

    /// A table begins; it is called what the paragraph before it says.
    pub(super) fn open_table(&mut self) {
        let title = std::mem::take(&mut self.before);
        self.open_named(title);
    }

    fn open_named(&mut self, title: String) {
        if self.open.len() < NESTED {
            self.open.push(Grid {
                title,
                row_repeat: 1,
                ..Grid::default()
            });
        }
    }

    /// A row begins that is repeated so often.
    pub(super) fn open_row(&mut self, repeat: usize) {
        if let Some(grid) = self.open.last_mut() {
            grid.row = Vec::new();
            grid.row_repeat = repeat;
        }
    }

    pub(super) fn open_cell(&mut self, shape: Cell) {
        self.cells += 1;
        self.is_cut |= self.cells > 10 * limits::CELLS;
        if let Some(grid) = self.open.last_mut() {
            grid.cell = String::new();
            grid.shape = shape;
        }
    }

    /// The shape of the open cell, told after it began.
    pub(super) fn shape(&mut self) -> Option<&mut Cell> {
        self.open.last_mut().map(|grid| &mut grid.shape)
    }

    /// The rows so far, and the open one when there is one, are a header.
    pub(super) fn mark_header(&mut self, with_open_row: bool) {
        if let Some(grid) = self.open.last_mut() {
            grid.heads = grid.heads.max(grid.rows.len() + usize::from(with_open_row));
        }
    }

    pub(super) fn end_cell(&mut self) {
        if !self.paragraph.is_empty() {
            self.end_paragraph();
        }
        let Some(grid) = self.open.last_mut() else {
            return;
        };
        let shape = std::mem::take(&mut grid.shape);
        let cell = std::mem::take(&mut grid.cell);
        let cell = if shape.is_merged {
            String::new()
        } else {
            clean(&cell)
        };
        // Empty cells are repeated to the right edge: there they mean nothing.
        let repeat = if cell.is_empty() && shape.repeat > SPAN {
            0
        } else {
            shape.repeat.min(limits::REPEAT)
        };
        for _ in 0..repeat {
            if grid.row.len() < limits::COLUMNS && self.bytes < 2 * limits::TEXT {
                self.bytes += cell.len();
                grid.row.push(cell.clone());
            }
        }
        for _ in 1..shape.span.min(SPAN) {
            if grid.row.len() < limits::COLUMNS {
                grid.row.push(String::new());
            }
        }
    }

    pub(super) fn end_row(&mut self) {
        let Some(grid) = self.open.last_mut() else {
            return;
        };
        let row = std::mem::take(&mut grid.row);
        if row.iter().all(String::is_empty) {
            return;
        }
        let bytes = row.iter().map(String::len).sum::<usize>();
        for _ in 0..grid.row_repeat.min(limits::REPEAT) {
            self.cells += row.len();
            self.bytes += bytes;
            grid.rows.push(row.clone());
            if self.bytes > 2 * limits::TEXT || self.cells > limits::CELLS {
                self.is_cut = true;
                break;
            }
        }
    }

    pub(super) fn end_table(&mut self) {
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
    }

    /// A sheet begins: a page that is one table, called by its name.
    pub(super) fn open_sheet(&mut self, name: &str) {
        let name = clean(name);
        self.page.push_str(&name);
        self.page.push('\n');
        self.names.resize(self.pages.len(), String::new());
        self.names.push(sheet_name(&name));
        self.open_named(name);
    }

    pub(super) fn end_sheet(&mut self) {
        self.end_table();
        self.end_page();
    }

    /// A page ends inside a paragraph. Tables go over it.
    pub(super) fn break_page(&mut self) {
        if self.open.is_empty() && self.outer.is_empty() {
            let rest = std::mem::take(&mut self.paragraph);
            self.page.push_str(&clean_lines(&rest));
            if !self.page.is_empty() {
                self.end_page();
            }
        }
    }

    pub(super) fn end_page(&mut self) {
        let page = std::mem::take(&mut self.page);
        self.pages.push(page.trim_end().to_owned());
    }

    /// A page that holds something ends.
    pub(super) fn end_full_page(&mut self) {
        if !self.page.is_empty() {
            self.end_page();
        }
    }

    pub(super) fn into_document(mut self, kind: DocumentKind) -> Document {
        // What was open when a damaged file broke off.
        while !self.outer.is_empty() {
            self.close_box();
        }
        while self.is_in_table() {
            self.end_cell();
            self.end_row();
            self.end_table();
        }
        if !self.paragraph.is_empty() {
            self.end_paragraph();
        }
        self.end_full_page();
        let has_text = self.pages.iter().any(|page| !page.is_empty());
        let reading = match (has_text, self.is_broken, self.is_cut) {
            (true, _, _) => Reading::Text,
            (false, true, _) => Reading::Damaged,
            (false, _, true) => Reading::TooLarge,
            // Pictures pasted in a document.
            (false, false, false) => Reading::Scanned,
        };
        Document {
            kind,
            pages: self.pages,
            names: self.names,
            tables: self.tables,
            reading,
            unread_pages: u32::from(has_text && (self.is_cut || self.is_broken)),
        }
    }
}

/// What a sheet is called in a quotation.
pub(super) fn sheet_name(name: &str) -> String {
    format!("แผ่นงาน {name}").trim_end().to_owned()
}

/// Each line in normal form, empty ones left out.
pub(super) fn clean_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(clean).collect();
            cells.join("\t").trim().to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}
