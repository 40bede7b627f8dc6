//! Tables without lines: columns of words that stand under each other, row after row.
//!
//! Only what can hardly be anything else: three columns or more with clear space between them over four lines or more,
//! names above, and a column of numbers below.

use super::grid::Grid;
use super::piece::{Piece, Turn};

const COLUMNS: usize = 3;
const LINES: usize = 4;

/// Words next to each other on a line.
#[derive(Debug, Clone, Copy)]
struct Run {
    from: f32,
    to: f32,
    has_digits: bool,
}

/// A line of text: its base line and runs from left to right.
#[derive(Debug)]
struct Row {
    y: f32,
    size: f32,
    runs: Vec<Run>,
}

/// Grids around the columns of a page.
pub(super) fn grids<'a>(pieces: impl Iterator<Item = &'a Piece>, turn: Turn) -> Vec<Grid> {
    let rows = rows(pieces.filter(|piece| piece.turn == turn));
    let mut grids = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let (taken, grid) = table(&rows[at..]);
        grids.extend(grid);
        at += taken.max(1);
    }
    grids
}

/// Lines of text from the top down.
fn rows<'a>(pieces: impl Iterator<Item = &'a Piece>) -> Vec<Row> {
    let mut pieces: Vec<&Piece> = pieces
        .filter(|piece| !piece.text.trim().is_empty())
        .collect();
    pieces.sort_by(|a, b| b.start.1.total_cmp(&a.start.1));
    let same_line = |a: &&Piece, b: &&Piece| a.start.1 - b.start.1 <= a.size.max(b.size) * 0.3;
    let mut rows = Vec::new();
    for line in pieces.chunk_by_mut(same_line) {
        line.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
        let size = line.iter().map(|piece| piece.size).fold(1.0, f32::max);
        let mut runs: Vec<Run> = Vec::new();
        for piece in line.iter() {
            let run = Run {
                from: piece.start.0,
                to: piece.end.0.max(piece.start.0),
                has_digits: piece.text.chars().any(char::is_numeric),
            };
            match runs
                .last_mut()
                .filter(|last| run.from - last.to < size * 0.9)
            {
                Some(last) => {
                    last.to = last.to.max(run.to);
                    last.has_digits |= run.has_digits;
                }
                None => runs.push(run),
            }
        }
        rows.push(Row {
            y: line[0].start.1,
            size,
            runs,
        });
    }
    rows
}

/// The lines from the first on that one set of columns goes through, and the grid around them if they are a table.
fn table(rows: &[Row]) -> (usize, Option<Grid>) {
    if rows.first().is_none_or(|row| row.runs.len() < COLUMNS) {
        return (1, None);
    }
    let mut columns: Vec<(f32, f32)> = Vec::new();
    let mut taken = 0;
    for (at, row) in rows.iter().enumerate() {
        let is_near = at == 0 || rows[at - 1].y - row.y <= row.size.max(rows[at - 1].size) * 3.5;
        let merged = merged(&columns, &row.runs, row.size * 0.5);
        // A line that closes the space between columns is not of the table.
        if !is_near || merged.len() < columns.len().max(COLUMNS) && at > 0 {
            break;
        }
        columns = merged;
        taken = at + 1;
    }
    let rows = &rows[..taken];
    let full = rows
        .iter()
        .filter(|row| row.runs.len() * 3 >= columns.len() * 2)
        .count();
    if full < LINES || !(COLUMNS..=30).contains(&columns.len()) {
        return (taken, None);
    }
    let column = |run: &Run| {
        columns
            .iter()
            .position(|(from, to)| *from <= run.to && run.from <= *to)
    };
    // A row begins where the first column does; the first row names the columns, and some column below holds numbers.
    let begins: Vec<usize> = (0..rows.len())
        .filter(|at| rows[*at].runs.first().and_then(column) == Some(0))
        .collect();
    let header_end = begins.get(1).copied().unwrap_or(rows.len());
    let body = &rows[header_end..];
    let numbers = |wanted: usize| {
        let runs = body
            .iter()
            .flat_map(|row| &row.runs)
            .filter(|run| column(run) == Some(wanted));
        let (with, all) = runs.fold((0, 0), |(with, all), run| {
            (with + usize::from(run.has_digits), all + 1)
        });
        with >= 3 && with * 5 >= all * 4
    };
    let names = rows[..header_end]
        .iter()
        .flat_map(|row| &row.runs)
        .filter_map(column);
    let named: std::collections::BTreeSet<usize> = names.collect();
    let is_table = begins.first() == Some(&0)
        && begins.len() >= LINES
        && named.len() * 3 >= columns.len() * 2
        && (0..columns.len()).any(numbers);
    if !is_table {
        return (taken, None);
    }
    let middle = |pair: &[(f32, f32)]| f32::midpoint(pair[0].1, pair[1].0);
    let mut xs = vec![columns[0].0 - 2.0];
    xs.extend(columns.windows(2).map(middle));
    xs.push(columns[columns.len() - 1].1 + 2.0);
    let mut ys: Vec<f32> = begins
        .iter()
        .map(|at| rows[*at].y + rows[*at].size * 0.8)
        .collect();
    ys.push(rows[rows.len() - 1].y - rows[rows.len() - 1].size * 0.4);
    (taken, Grid::plain(xs, ys))
}

/// Columns widened by the runs of a line; columns that a run bridges become one.
fn merged(columns: &[(f32, f32)], runs: &[Run], space: f32) -> Vec<(f32, f32)> {
    let mut all: Vec<(f32, f32)> = columns
        .iter()
        .copied()
        .chain(runs.iter().map(|run| (run.from, run.to)))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out: Vec<(f32, f32)> = Vec::with_capacity(all.len());
    for (from, to) in all {
        match out.last_mut().filter(|last| from - last.1 < space) {
            Some(last) => last.1 = last.1.max(to),
            None => out.push((from, to)),
        }
    }
    out
}
