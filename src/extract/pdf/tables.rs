//! Tables of a PDF: cells with their words, header rows, and tables that go on over pages.

use crate::thai::key;

use super::super::Table;
use super::super::one_line;
use super::aligned;
use super::grid::{Cell, Grid, Stroke, grids};
use super::piece::{Fragment, Piece, Turn, join, join_cell};

/// Tables and cells kept of one file.
const MAX_TABLES: usize = 300;
const MAX_CELLS: usize = 100_000;
/// A page with more pieces of text is a drawing, one with more grids is too.
const MAX_PIECES: usize = 20_000;
const MAX_GRIDS: usize = 100;
/// A longer cell is text, not the name of a column.
const MAX_NAME: usize = 120;
/// Letters of a heading.
const MAX_TAIL: usize = 200;
/// Lines above a table that are its title.
const TITLE_LINES: usize = 3;

/// What a page draws, for its tables.
pub(super) struct Drawn<'a> {
    pub(super) pieces: &'a [Piece],
    pub(super) strokes: &'a [Stroke],
}

/// The tables of a file, page after page.
#[derive(Default)]
pub(super) struct Tables {
    found: Vec<Found>,
    cells: usize,
    /// The page read last, and the words below its last table.
    tail: Option<(usize, String)>,
}

/// A table and what tells whether the next page goes on with it.
struct Found {
    table: Table,
    page: usize,
    /// Widths of its columns.
    widths: Vec<f32>,
    is_last_on_page: bool,
}

/// A table on one page.
struct Part {
    title: String,
    /// Nothing but a page number stands above it.
    is_at_top: bool,
    header: Option<Vec<String>>,
    rows: Vec<Vec<String>>,
    widths: Vec<f32>,
    is_last_on_page: bool,
}

impl Tables {
    /// Adds the tables of a page, from 0. `mend` puts the letters of the page right.
    pub(super) fn add(&mut self, page: usize, drawn: &Drawn<'_>, mend: fn(&str) -> String) {
        let tail = self.tail.take().filter(|(before, _)| before + 1 == page);
        let (parts, tail_here) = parts(drawn, tail.map(|(_, tail)| tail), mend);
        self.tail = tail_here.map(|tail| (page, tail));
        for (nth, part) in parts.into_iter().enumerate() {
            let cells = part.rows.iter().map(Vec::len).sum::<usize>();
            if self.found.len() >= MAX_TABLES || self.cells + cells > MAX_CELLS {
                return;
            }
            self.cells += cells;
            let before = self.found.last_mut().filter(|found| {
                let is_next = nth == 0 && found.is_last_on_page && found.page + 1 == page;
                is_next && found.goes_on_in(&part)
            });
            match before {
                Some(before) => before.take(part, page),
                None => self.found.extend(Found::new(part, page)),
            }
        }
    }

    pub(super) fn into_tables(self) -> Vec<Table> {
        let has_rows = |table: &Table| !table.rows.is_empty();
        self.found
            .into_iter()
            .map(|found| found.table)
            .filter(has_rows)
            .collect()
    }
}

impl Found {
    /// A table begins with a header: without one nobody knows what its columns say.
    fn new(part: Part, page: usize) -> Option<Self> {
        Some(Self {
            table: Table {
                title: part.title,
                header: part.header?,
                rows: part.rows,
            },
            page,
            widths: part.widths,
            is_last_on_page: part.is_last_on_page,
        })
    }

    fn goes_on_in(&self, part: &Part) -> bool {
        let same_columns = self.widths.len() == part.widths.len()
            && self
                .widths
                .iter()
                .zip(&part.widths)
                .all(|(a, b)| (a - b).abs() <= 3.0);
        let repeats_header = part.header.as_ref().is_some_and(|header| {
            header
                .iter()
                .map(|name| key(name))
                .eq(self.table.header.iter().map(|name| key(name)))
        });
        let same_title = part.title.is_empty() || key(&part.title) == key(&self.table.title);
        same_columns && (part.is_at_top || repeats_header && same_title)
    }

    fn take(&mut self, part: Part, page: usize) {
        let header = part.header.filter(|header| {
            !header
                .iter()
                .map(|name| key(name))
                .eq(self.table.header.iter().map(|name| key(name)))
        });
        // What looked like a header at the top of a page was a row of words.
        self.table.rows.extend(header);
        self.table.rows.extend(part.rows);
        self.page = page;
        self.is_last_on_page = part.is_last_on_page;
    }
}

/// The tables of a page from the top down, and what stands below the last. `tail` stood below the last of the page before.
fn parts(
    drawn: &Drawn<'_>,
    tail: Option<String>,
    mend: fn(&str) -> String,
) -> (Vec<Part>, Option<String>) {
    let turn = main_turn(drawn.pieces);
    let mut is_free = vec![true; drawn.pieces.len()];
    let mut tables: Vec<(Grid, Vec<String>)> = Vec::new();
    if drawn.pieces.len() > MAX_PIECES {
        return (Vec::new(), None);
    }
    let mut found = grids(drawn.strokes, turn);
    found.truncate(MAX_GRIDS);
    if found.is_empty() {
        found = aligned::grids(drawn.pieces.iter(), turn);
    }
    for grid in found {
        let mut cells: Vec<Vec<Fragment<'_>>> = vec![Vec::new(); grid.cells.len()];
        let mut taken = Vec::new();
        for (at, piece) in drawn.pieces.iter().enumerate() {
            if is_free[at] && grid.place(piece, turn, &mut cells) {
                taken.push(at);
            }
        }
        let texts: Vec<String> = cells
            .iter()
            .zip(&grid.cells)
            .map(|(fragments, cell)| one_line(&mend(&join_cell(fragments, grid.width(cell)))))
            .collect();
        if is_table(&grid, &texts) {
            for at in taken {
                is_free[at] = false;
            }
            tables.push((grid, texts));
        }
    }
    tables.sort_by(|a, b| b.0.top().total_cmp(&a.0.top()));
    let around = Around::of(drawn.pieces, &is_free, turn);
    let mut above = f32::MAX;
    let mut parts = Vec::new();
    for (grid, texts) in &tables {
        let is_at_top = above == f32::MAX && around.is_bare(grid.top(), above);
        let title = one_line(&mend(&around.title(grid.top(), above)));
        let title = tail
            .clone()
            .filter(|_| is_at_top && title.is_empty())
            .unwrap_or(title);
        parts.push(Part {
            is_at_top,
            is_last_on_page: around.is_bare(f32::MIN, grid.bottom()),
            ..part(grid, texts, title)
        });
        above = grid.bottom();
    }
    // A heading may be left at the foot of a page when its table goes over to the next.
    let tail = (!tables.is_empty()).then(|| one_line(&mend(&around.below(above))));
    (parts, tail.filter(|tail| tail.chars().count() <= MAX_TAIL))
}

/// Words stand in two columns and two rows at least; a row alone may be the rest of a table.
fn is_table(grid: &Grid, texts: &[String]) -> bool {
    let filled = || {
        grid.cells
            .iter()
            .zip(texts)
            .filter(|(_, text)| !text.is_empty())
            .map(|(cell, _)| cell)
    };
    let several = |place: fn(&Cell) -> usize| {
        let mut places = filled().map(place);
        let first = places.next();
        places.any(|place| Some(place) != first)
    };
    several(|cell| cell.left) && (grid.rows() == 1 || several(|cell| cell.top))
}

/// The turn of most letters.
fn main_turn(pieces: &[Piece]) -> Turn {
    let mut letters = [0_usize; 4];
    for piece in pieces {
        letters[usize::from(piece.turn % 4)] += piece.text.len();
    }
    let most = (0..4_u8).max_by_key(|turn| (letters[usize::from(*turn)], 4 - turn));
    most.unwrap_or(0)
}

/// Text of a page outside its tables.
struct Around<'a> {
    /// Height of the base line, and the piece, in the order they were drawn.
    pieces: Vec<(f32, &'a Piece)>,
}

impl<'a> Around<'a> {
    fn of(pieces: &'a [Piece], is_free: &[bool], turn: Turn) -> Self {
        let free = pieces
            .iter()
            .zip(is_free)
            .filter(|(piece, free)| **free && piece.turn == turn);
        Self {
            pieces: free
                .map(|(piece, _)| (piece.start.1, piece))
                .filter(|(_, piece)| !piece.text.trim().is_empty())
                .collect(),
        }
    }

    fn between(&self, from: f32, to: f32) -> impl Iterator<Item = (f32, &'a Piece)> {
        self.pieces
            .iter()
            .copied()
            .filter(move |(y, _)| from < *y && *y < to)
    }

    fn below(&self, bottom: f32) -> String {
        join(
            self.between(f32::MIN, bottom)
                .map(|(_, piece)| piece.whole()),
        )
    }

    /// Nothing stands there but a page number or a form's number.
    fn is_bare(&self, from: f32, to: f32) -> bool {
        let letters = self
            .between(from, to)
            .map(|(_, piece)| piece.text.chars().filter(|c| !c.is_whitespace()).count());
        letters.sum::<usize>() <= 8
    }

    /// The lines right above a table, which begins at `top`.
    fn title(&self, top: f32, above: f32) -> String {
        let mut heights: Vec<(f32, f32)> = self
            .between(top, above)
            .map(|(y, piece)| (y, piece.size))
            .collect();
        heights.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut lines, mut last) = (0, top);
        let mut end = top;
        for (y, size) in heights {
            let rise = y - last;
            let is_new = lines == 0 || rise > size * 0.45;
            if rise > size.max(8.0) * 2.5 || is_new && lines == TITLE_LINES {
                break;
            }
            lines += usize::from(is_new);
            last = if is_new { y } else { last };
            end = y;
        }
        if lines == 0 {
            return String::new();
        }
        join(
            self.between(top, end + 0.01)
                .map(|(_, piece)| piece.whole()),
        )
    }
}

/// Header and rows of a grid.
fn part(grid: &Grid, texts: &[String], title: String) -> Part {
    let columns: Vec<usize> = (0..grid.columns())
        .filter(|column| is_used(grid, texts, *column))
        .collect();
    let widths = columns
        .iter()
        .map(|column| grid.xs[column + 1] - grid.xs[*column])
        .collect();
    let text_of = |row: usize, column: usize| {
        grid.cell(row, column)
            .map_or("", |cell| texts[cell].as_str())
    };
    let is_title = |row: &usize| {
        let filled: Vec<usize> = cells_of(grid, *row)
            .into_iter()
            .filter(|cell| !texts[*cell].is_empty())
            .collect();
        let wide = |cell: usize| grid.cells[cell].right - grid.cells[cell].left > 1;
        filled.is_empty() || filled.len() == 1 && wide(filled[0])
    };
    let skip = (0..grid.rows()).take_while(is_title).count();
    let own_title = (0..skip)
        .flat_map(|row| cells_of(grid, row))
        .map(|cell| texts[cell].as_str());
    let own_title: Vec<&str> = own_title.filter(|text| !text.is_empty()).collect();
    let title = if own_title.is_empty() {
        title
    } else {
        one_line(&own_title.join(" "))
    };
    let depth = header_depth(grid, texts, skip);
    let header = depth.map(|depth| {
        let name = |column: &usize| {
            let mut parts: Vec<&str> = Vec::new();
            for row in skip..skip + depth {
                let text = text_of(row, *column);
                if !text.is_empty() && parts.last() != Some(&text) {
                    parts.push(text);
                }
            }
            parts.join(" ")
        };
        columns.iter().map(name).collect()
    });
    let rows = (skip + depth.unwrap_or(0)..grid.rows())
        .map(|row| {
            let cell = |column: &usize| {
                // A cell of several columns fills the first of them; one of several rows stands in each.
                let starts = grid.cell(row, *column).is_some_and(|cell| {
                    let first = columns.iter().find(|it| **it >= grid.cells[cell].left);
                    first == Some(column)
                });
                if starts {
                    text_of(row, *column).to_owned()
                } else {
                    String::new()
                }
            };
            columns.iter().map(cell).collect::<Vec<String>>()
        })
        .filter(|row| row.iter().any(|cell| !cell.is_empty()) && !is_numbering(row))
        .collect();
    Part {
        title,
        is_at_top: false,
        header,
        rows,
        widths,
        is_last_on_page: false,
    }
}

/// Cells that a row shows, from left to right.
fn cells_of(grid: &Grid, row: usize) -> Vec<usize> {
    let mut cells: Vec<usize> = (0..grid.columns())
        .filter_map(|column| grid.cell(row, column))
        .collect();
    cells.dedup();
    cells
}

/// A column that words begin in. Double lines leave narrow ones without.
fn is_used(grid: &Grid, texts: &[String], column: usize) -> bool {
    let mut cells = grid.cells.iter().zip(texts);
    cells.any(|(cell, text)| cell.left == column && !text.is_empty())
}

/// Rows of the header, `None` when the first row does not name columns. A header is as deep as its deepest cell.
fn header_depth(grid: &Grid, texts: &[String], first: usize) -> Option<usize> {
    let cells = cells_of(grid, first);
    let names: Vec<usize> = cells
        .iter()
        .copied()
        .filter(|cell| !texts[*cell].is_empty())
        .collect();
    // `๑. มาตรการ` is the first of a list, not the name of a column.
    let is_name = |text: &str| {
        let after = text.trim_start_matches(char::is_numeric);
        let is_listed = after.len() < text.len() && after.starts_with(['.', ')']);
        text.chars().any(char::is_alphabetic) && text.chars().count() <= MAX_NAME && !is_listed
    };
    let all_names = names.iter().all(|cell| is_name(&texts[*cell]));
    if names.len() < 2 || names.len() * 3 < cells.len() * 2 || !all_names {
        return None;
    }
    let depth = names
        .iter()
        .map(|cell| grid.cells[*cell].bottom - first)
        .max()
        .unwrap_or(1);
    let spans = names
        .iter()
        .any(|cell| grid.cells[*cell].right - grid.cells[*cell].left > 1);
    let second_names = || {
        let row = cells_of(grid, first + 1);
        let filled: Vec<usize> = row
            .into_iter()
            .filter(|cell| !texts[*cell].is_empty())
            .collect();
        filled.len() >= 2 && filled.iter().all(|cell| is_name(&texts[*cell]))
    };
    let depth = if depth == 1 && spans && second_names() {
        2
    } else {
        depth
    };
    (depth <= 4).then_some(depth.min(grid.rows() - first))
}

/// `(1) (2) (3)` under a header.
fn is_numbering(row: &[String]) -> bool {
    let bare = |cell: &String| {
        let inner = cell
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        inner.is_some_and(|inner| !inner.is_empty() && inner.chars().all(char::is_numeric))
    };
    let mut filled = row.iter().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(bare)
}
