//! Sheets: cells by place, put into rows, pages and tables. The formats read into it.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::{line, table};
use super::one_line as clean;
use super::paper::sheet_name;
use super::{Document, DocumentKind, Reading, limits};

/// Cells by place. A sheet may use its first and its last corner only.
#[derive(Default)]
pub(super) struct Cells {
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    count: usize,
    bytes: usize,
}

impl Cells {
    /// Keeps a cell; false when the limit is reached.
    pub(super) fn add(&mut self, row: u32, column: u32, text: &str) -> bool {
        let text = clean(text);
        if !text.is_empty() {
            self.count += 1;
            self.bytes += text.len();
            self.rows.entry(row).or_default().insert(column, text);
        }
        self.count < limits::CELLS && self.bytes < limits::TEXT
    }

    /// Rows of the columns that are used.
    fn into_rows(self) -> Vec<Vec<String>> {
        let used: BTreeSet<u32> = self
            .rows
            .values()
            .flat_map(|row| row.keys().copied())
            .collect();
        let used: Vec<u32> = used.into_iter().take(limits::COLUMNS).collect();
        // A dense row for each of many thin ones is bounded too.
        let most = (4 * limits::CELLS) / used.len().max(1);
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
pub(super) struct Book {
    pages: Vec<String>,
    names: Vec<String>,
    document: Option<Document>,
    cells: usize,
    is_cut: bool,
}

impl Book {
    /// Whether no further sheet is read.
    pub(super) fn is_full(&self) -> bool {
        self.is_cut || self.cells > limits::CELLS || self.pages.len() >= limits::SHEETS
    }

    /// Something of the file is lost or left out.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) fn add(&mut self, name: &str, cells: Cells) {
        self.cells += cells.count;
        let rows = cells.into_rows();
        let document = self
            .document
            .get_or_insert_with(|| Document::unread(DocumentKind::Sheet, Reading::Text));
        let name = clean(name);
        let mut page: Vec<String> = rows.iter().map(|row| line(row)).collect();
        if !name.is_empty() {
            page.insert(0, name.clone());
            self.names.resize(self.pages.len(), String::new());
            self.names.push(sheet_name(&name));
        }
        self.pages.push(page.join("\n"));
        document.tables.extend(table(name, rows, 0));
    }

    pub(super) fn finish(self) -> Document {
        let mut document = self
            .document
            .unwrap_or_else(|| Document::unread(DocumentKind::Sheet, Reading::Damaged));
        document.pages = self.pages;
        document.names = self.names;
        document.unread_pages = u32::from(self.is_cut);
        document
    }
}
