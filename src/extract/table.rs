//! Data tables: which tables hold data, their headers and rows.

use std::collections::{BTreeMap, BTreeSet};

use super::Table;
use super::dom::{Dom, heading_level};
use super::people::is_person_line;

/// Columns that a person can read; a span beyond is a mistake or an attack.
const MAX_COLUMNS: usize = 60;
/// Cells kept of one page's tables.
const MAX_CELLS: usize = 60_000;
/// A longer cell is a part of the page, not a datum.
const MAX_HEADER: usize = 90;

/// The data tables of a page and what the reading order needs to know of their rows.
#[derive(Default)]
pub(super) struct Tables {
    /// Element and content, in order.
    pub(super) found: Vec<(usize, Table)>,
    data_rows: BTreeSet<usize>,
    carried: BTreeMap<usize, Vec<String>>,
}

impl Tables {
    /// Whether a row belongs to a data table.
    pub(super) fn is_data_row(&self, row: usize) -> bool {
        self.data_rows.contains(&row)
    }

    /// Texts of cells of the rows above that span into this row.
    pub(super) fn carried(&self, row: usize) -> &[String] {
        self.carried.get(&row).map_or(&[], Vec::as_slice)
    }
}

struct Row {
    node: usize,
    cells: Vec<Cell>,
    in_head: bool,
}

struct Cell {
    node: usize,
    text: String,
    columns: usize,
    rows: usize,
    is_head: bool,
    is_plain: bool,
}

/// Finds the data tables of a page.
pub(super) fn tables(dom: &Dom) -> Tables {
    let mut out = Tables::default();
    let mut budget = MAX_CELLS;
    for i in 0..dom.len() {
        if dom.tag(i) == "table" && !(i + 1..dom.end(i)).any(|j| dom.tag(j) == "table") {
            let rows = rows(dom, i, &mut budget);
            carry(&rows, &mut out);
            if let Some(table) = read(dom, i, &rows) {
                out.data_rows.extend(rows.iter().map(|row| row.node));
                out.found.push((i, table));
            }
        }
    }
    out
}

fn rows(dom: &Dom, table: usize, budget: &mut usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for i in (table + 1..dom.end(table)).filter(|&i| dom.tag(i) == "tr") {
        let cells: Vec<Cell> = dom
            .children(i)
            .filter(|&j| matches!(dom.tag(j), "td" | "th"))
            .take(MAX_COLUMNS)
            .map(|j| cell(dom, j))
            .collect();
        if *budget < cells.len() {
            break;
        }
        *budget -= cells.len();
        if !cells.is_empty() {
            rows.push(Row {
                node: i,
                cells,
                in_head: dom.parent(i).is_some_and(|up| dom.tag(up) == "thead"),
            });
        }
    }
    rows
}

fn cell(dom: &Dom, i: usize) -> Cell {
    let span = |name| {
        dom.attr(i, name)
            .and_then(|n| n.trim().parse::<usize>().ok())
            .unwrap_or(1)
            .max(1)
    };
    Cell {
        node: i,
        text: dom.text_of(i),
        columns: span("colspan").min(MAX_COLUMNS),
        rows: span("rowspan").min(2000),
        is_head: dom.tag(i) == "th",
        is_plain: dom.links(i) == 0
            && !(i + 1..dom.end(i)).any(|j| matches!(dom.tag(j), "img" | "input" | "ul" | "ol")),
    }
}

fn carry(rows: &[Row], out: &mut Tables) {
    let mut spanning: Vec<(usize, String)> = Vec::new();
    for row in rows {
        if !spanning.is_empty() {
            let texts = spanning.iter().map(|(_, text)| text.clone()).collect();
            out.carried.insert(row.node, texts);
        }
        spanning.retain_mut(|(left, _)| {
            *left -= 1;
            *left > 0
        });
        for cell in &row.cells {
            let is_label = !cell.text.is_empty() && cell.text.chars().count() <= MAX_HEADER;
            if cell.rows > 1 && is_label && spanning.len() < 8 {
                spanning.push((cell.rows - 1, cell.text.clone()));
            }
        }
    }
}

fn read(dom: &Dom, table: usize, rows: &[Row]) -> Option<Table> {
    let is_layout = (table..dom.end(table)).any(|j| {
        heading_level(dom.tag(j)).is_some_and(|level| level < 4)
            || matches!(dom.tag(j), "textarea" | "iframe" | "form")
    });
    if is_layout {
        return None;
    }
    let filled = |row: &Row| {
        row.cells
            .iter()
            .filter(|cell| !cell.text.is_empty())
            .count()
    };
    let is_title = |row: &Row| {
        filled(row) == 1 && (row.cells.len() == 1 || row.cells.iter().any(|cell| cell.columns > 1))
    };
    let skip = rows
        .iter()
        .take_while(|row| is_title(row) || filled(row) == 0)
        .count();
    let first = rows.get(skip)?;
    if !is_header(dom, first, &rows[skip..]) {
        return None;
    }
    let depth = header_depth(&rows[skip..]);
    let columns = first
        .cells
        .iter()
        .map(|cell| cell.columns)
        .sum::<usize>()
        .min(MAX_COLUMNS);
    let grid = grid(&rows[skip..], columns);
    let header = (0..columns)
        .map(|column| {
            let mut parts: Vec<&str> = Vec::new();
            for row in grid.iter().take(depth) {
                let text = row[column].as_str();
                if !text.is_empty() && parts.last() != Some(&text) {
                    parts.push(text);
                }
            }
            parts.join(" ")
        })
        .collect();
    let title = dom
        .first(table, "caption")
        .map(|caption| dom.text_of(caption))
        .into_iter()
        .chain(
            rows[..skip]
                .iter()
                .flat_map(|row| &row.cells)
                .map(|cell| cell.text.clone()),
        )
        .find(|title| !title.is_empty())
        .unwrap_or_default();
    let body: Vec<Vec<String>> = grid
        .into_iter()
        .skip(depth)
        .filter(|row| row.iter().any(|cell| !cell.is_empty()))
        .collect();
    Some(Table {
        title,
        header,
        rows: body,
    })
}

/// A first row of `th`, or of short texts that name columns rather than fill them.
fn is_header(dom: &Dom, first: &Row, rows: &[Row]) -> bool {
    let texts: Vec<&Cell> = first
        .cells
        .iter()
        .filter(|cell| !cell.text.is_empty())
        .collect();
    if texts.len() < 2 || first.cells.len() < 2 {
        return false;
    }
    let heads = texts.iter().filter(|cell| cell.is_head).count();
    if first.in_head || heads == texts.len() {
        return true;
    }
    let names_columns = |cell: &&Cell| {
        cell.is_plain
            && cell.text.chars().count() <= MAX_HEADER
            && !is_person_line(&cell.text)
            && !is_value(&cell.text)
    };
    if rows.len() < 2 || texts.len() * 2 < first.cells.len() || !texts.iter().all(names_columns) {
        return false;
    }
    // Rows of the same make as the first: labels and values, not a header and data.
    let is_keyed = first.cells.len() == 2 && texts[0].text.ends_with(':');
    let has_known_name = texts
        .iter()
        .filter(|cell| is_column_name(&cell.text))
        .count()
        * 2
        >= texts.len();
    !is_keyed && (has_known_name || is_marked(dom, first))
}

fn is_marked(dom: &Dom, row: &Row) -> bool {
    let marked = |i: usize| {
        dom.attr(i, "bgcolor").is_some()
            || dom
                .attr(i, "style")
                .is_some_and(|style| style.contains("background") || style.contains("bold"))
            || dom
                .name_words(i)
                .iter()
                .any(|word| matches!(word.as_str(), "head" | "header" | "title"))
    };
    let bold = |cell: &Cell| {
        (cell.node + 1..dom.end(cell.node))
            .any(|j| matches!(dom.tag(j), "b" | "strong") && dom.chars(j) == dom.chars(cell.node))
    };
    marked(row.node)
        || row
            .cells
            .iter()
            .all(|cell| cell.text.is_empty() || marked(cell.node) || bold(cell))
}

fn is_value(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters == 0 && text.chars().any(|c| c.is_numeric())
}

/// Words that head columns in the tables of Thai agencies.
fn is_column_name(text: &str) -> bool {
    const NAMES: &str = "ลำดับ|ที่|ข้อ|ชื่อ|ตำแหน่ง|รายการ|จำนวน|เดือน|ปี|โทร|วันที่|หมู่|เรื่อง|ประเภท|หมายเหตุ|งบประมาณ|\
    ร้อยละ|ไฟล์|ดาวน์โหลด|หัวข้อ|บาท|โครงการ|ผู้|วิธี|ราคา|วงเงิน|เหตุผล|เลขที่|สถานะ|รายละเอียด|\
    กิจกรรม|ผล|no|url";
    let lower = text.to_lowercase();
    NAMES.split('|').any(|name| lower.starts_with(name))
        || lower.contains("จำนวน")
        || lower.contains("(บาท)")
}

fn header_depth(rows: &[Row]) -> usize {
    let first = &rows[0];
    let in_head = rows.iter().take_while(|row| row.in_head).count();
    let all_heads = rows
        .iter()
        .take_while(|row| {
            row.cells
                .iter()
                .all(|cell| cell.is_head || cell.text.is_empty())
        })
        .count();
    let spanned = if first.cells.iter().any(|cell| cell.columns > 1) {
        first
            .cells
            .iter()
            .map(|cell| cell.rows)
            .max()
            .unwrap_or(1)
            .max(2)
    } else {
        1
    };
    let spanned = if spanned > 1
        && rows.get(1).is_some_and(|row| {
            row.cells
                .iter()
                .all(|cell| cell.is_plain && !is_value(&cell.text))
        }) {
        spanned
    } else {
        1
    };
    in_head
        .max(all_heads)
        .max(spanned)
        .clamp(1, 4)
        .min(rows.len())
}

/// Cells at their columns; a cell of several rows stands in each.
fn grid(rows: &[Row], columns: usize) -> Vec<Vec<String>> {
    let mut grid = Vec::with_capacity(rows.len());
    let mut spanning: Vec<Option<(usize, String)>> = vec![None; columns];
    for (n, row) in rows.iter().enumerate() {
        let mut cells = row.cells.iter();
        let mut line = vec![String::new(); columns];
        let mut column = 0;
        while column < columns {
            if let Some((left, text)) = &mut spanning[column] {
                line[column].clone_from(text);
                *left -= 1;
                if *left == 0 {
                    spanning[column] = None;
                }
                column += 1;
                continue;
            }
            let Some(cell) = cells.next() else {
                column += 1;
                continue;
            };
            for at in column..(column + cell.columns).min(columns) {
                // In a header a spanning cell names each of its columns.
                let names = at == column || cell.is_head || n == 0;
                let text = if names {
                    cell.text.clone()
                } else {
                    String::new()
                };
                if cell.rows > 1 {
                    spanning[at] = Some((cell.rows - 1, text.clone()));
                }
                line[at] = text;
            }
            column += cell.columns;
        }
        grid.push(line);
    }
    grid
}
