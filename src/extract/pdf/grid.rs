//! Ruled lines to grids of cells.

use super::piece::{Fragment, Piece, Point, Turn, turned};

/// Lines of one direction on a page, joined where they continue each other. More draw a picture.
const MAX_LINES: usize = 600;
/// Lines before they are joined: dots and dashes of borders.
const MAX_STROKES: usize = 20_000;
/// Rows and columns of a grid that a person can read.
const MAX_ROWS: usize = 300;
const MAX_COLUMNS: usize = 60;
/// Points within which two lines are one, or meet.
const NEAR: f32 = 2.0;
const MEET: f32 = 3.0;

/// A straight line along the page's edges.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    pub(super) start: Point,
    pub(super) end: Point,
}

/// A line: where it stands across its direction, and from where to where it goes along it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    at: f32,
    from: f32,
    to: f32,
}

impl Line {
    fn covers(&self, place: f32) -> bool {
        self.from - 1.0 <= place && place <= self.to + 1.0
    }

    fn meets(&self, other: &Self) -> bool {
        let reaches = |line: &Self, at: f32| line.from - MEET <= at && at <= line.to + MEET;
        reaches(self, other.at) && reaches(other, self.at)
    }
}

/// A cell: rows and columns of the grid that it covers, ends excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) left: usize,
    pub(super) right: usize,
}

/// Cells between ruled lines.
#[derive(Debug)]
pub(super) struct Grid {
    /// Column edges from left to right, row edges from the top down.
    pub(super) xs: Vec<f32>,
    pub(super) ys: Vec<f32>,
    pub(super) cells: Vec<Cell>,
    /// For each square of the grid the cell that covers it; `None` outside the table.
    squares: Vec<Option<usize>>,
}

/// The grids of a page, the smallest first: a frame may hold a table.
pub(super) fn grids(strokes: &[Stroke], turn: Turn) -> Vec<Grid> {
    if strokes.len() > MAX_STROKES {
        return Vec::new();
    }
    let (across, down) = lines(strokes, turn);
    if across.len() > MAX_LINES || down.len() > MAX_LINES {
        return Vec::new();
    }
    let mut grids: Vec<Grid> = groups(&across, &down)
        .iter()
        .flat_map(|(across, down)| apart(across, down))
        .filter_map(|(across, down)| Grid::new(&across, &down))
        .collect();
    grids.sort_by(|a, b| a.area().total_cmp(&b.area()));
    grids
}

/// Lines across and down the page.
fn lines(strokes: &[Stroke], turn: Turn) -> (Vec<Line>, Vec<Line>) {
    let (mut across, mut down) = (Vec::new(), Vec::new());
    for stroke in strokes {
        let (a, b) = (turned(stroke.start, turn), turned(stroke.end, turn));
        if ![a.0, a.1, b.0, b.1].iter().all(|place| place.is_finite()) {
            continue;
        }
        if (a.1 - b.1).abs() <= (a.0 - b.0).abs() {
            across.push(Line {
                at: a.1,
                from: a.0.min(b.0),
                to: a.0.max(b.0),
            });
        } else {
            down.push(Line {
                at: a.0,
                from: a.1.min(b.1),
                to: a.1.max(b.1),
            });
        }
    }
    let long = |lines: Vec<Line>| {
        let mut lines = continued(lines);
        lines.retain(|line| line.to - line.from >= 6.0);
        lines
    };
    (long(across), long(down))
}

/// Lines that stand at the same place and touch are one.
fn continued(mut strokes: Vec<Line>) -> Vec<Line> {
    strokes.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut out = Vec::new();
    for level in strokes.chunk_by_mut(|a, b| b.at - a.at <= NEAR / 4.0) {
        level.sort_by(|a, b| a.from.total_cmp(&b.from));
        let mut parts = level.iter().copied();
        let Some(mut line) = parts.next() else {
            continue;
        };
        for next in parts {
            if next.from <= line.to + MEET {
                line.to = line.to.max(next.to);
            } else {
                out.push(line);
                line = next;
            }
        }
        out.push(line);
    }
    out
}

/// Lines that hang together, those across and those down.
fn groups(across: &[Line], down: &[Line]) -> Vec<(Vec<Line>, Vec<Line>)> {
    let mut owner: Vec<usize> = (0..across.len() + down.len()).collect();
    for (a, line) in across.iter().enumerate() {
        for (d, other) in down.iter().enumerate() {
            if line.meets(other) {
                unite(&mut owner, a, across.len() + d);
            }
        }
    }
    let roots: Vec<usize> = (0..owner.len()).map(|it| root(&mut owner, it)).collect();
    let mut groups: std::collections::BTreeMap<usize, (Vec<Line>, Vec<Line>)> = Default::default();
    for (line, root) in across.iter().zip(&roots) {
        groups.entry(*root).or_default().0.push(*line);
    }
    for (line, root) in down.iter().zip(&roots[across.len()..]) {
        groups.entry(*root).or_default().1.push(*line);
    }
    groups.into_values().collect()
}

fn root(owner: &mut [usize], mut it: usize) -> usize {
    while owner[it] != it {
        owner[it] = owner[owner[it]];
        it = owner[it];
    }
    it
}

fn unite(owner: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(owner, a), root(owner, b));
    owner[a.max(b)] = a.min(b);
}

/// Tables that stand on each other are told apart where no column goes on.
fn apart(across: &[Line], down: &[Line]) -> Vec<(Vec<Line>, Vec<Line>)> {
    // Column edges between two heights, those at the sides left out.
    let inner = |from: f32, to: f32| -> Vec<f32> {
        let through = down
            .iter()
            .filter(|line| line.from < to - MEET && line.to > from + MEET);
        let places = edges(through.map(|line| line.at));
        let last = places.len().saturating_sub(1);
        places.into_iter().take(last).skip(1).collect()
    };
    let ys = edges(across.iter().map(|line| line.at));
    let cuts = ys.windows(3).filter_map(|three| {
        let (below, above) = (inner(three[0], three[1]), inner(three[1], three[2]));
        let shared = |x: &f32| above.iter().any(|other| (x - other).abs() <= MEET);
        let is_cut = !below.is_empty() && !above.is_empty() && !below.iter().any(shared);
        is_cut.then_some(three[1])
    });
    let mut parts = Vec::new();
    let mut from = f32::MIN;
    for to in cuts.chain([f32::MAX]) {
        let within = |at: f32| from - NEAR <= at && at <= to + NEAR;
        let across = across
            .iter()
            .filter(|line| within(line.at))
            .copied()
            .collect();
        let down = down
            .iter()
            .filter(|line| line.from < to - MEET && line.to > from + MEET)
            .map(|line| Line {
                at: line.at,
                from: line.from.max(from),
                to: line.to.min(to),
            })
            .collect();
        parts.push((across, down));
        from = to;
    }
    parts
}

/// Places in order, those near each other as one.
fn edges(places: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut places: Vec<f32> = places.collect();
    places.sort_by(f32::total_cmp);
    places.dedup_by(|next, kept| *next - *kept <= NEAR);
    places
}

fn nearest(edges: &[f32], place: f32) -> Option<usize> {
    edges
        .iter()
        .position(|edge| (edge - place).abs() <= NEAR + 0.5)
}

impl Grid {
    fn new(across: &[Line], down: &[Line]) -> Option<Self> {
        let mut xs = edges(down.iter().map(|line| line.at));
        let mut ys = edges(across.iter().map(|line| line.at));
        // A table may have no border at its sides, or none above and below: then its lines show how far it goes.
        let open = |edges: &mut Vec<f32>, lines: &[Line]| {
            let from = lines.iter().map(|line| line.from).fold(f32::MAX, f32::min);
            let to = lines.iter().map(|line| line.to).fold(f32::MIN, f32::max);
            let before = edges.first().is_some_and(|first| first - from > 10.0);
            let after = edges.last().is_some_and(|last| to - last > 10.0);
            if before {
                edges.insert(0, from);
            }
            if after {
                edges.push(to);
            }
            [before, after]
        };
        let sides = open(&mut xs, across);
        let ends = open(&mut ys, down);
        ys.reverse();
        let (columns, rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
        // One row alone may be the end of a table of the page before.
        if !(2..=MAX_COLUMNS).contains(&columns) || !(1..=MAX_ROWS).contains(&rows) {
            return None;
        }
        // Walls left of and above each square.
        let mut left = vec![false; rows * (columns + 1)];
        for line in down {
            let Some(x) = nearest(&xs, line.at) else {
                continue;
            };
            for row in 0..rows {
                if line.covers(f32::midpoint(ys[row], ys[row + 1])) {
                    left[row * (columns + 1) + x] = true;
                }
            }
        }
        let mut above = vec![false; (rows + 1) * columns];
        for line in across {
            let Some(y) = nearest(&ys, line.at) else {
                continue;
            };
            for column in 0..columns {
                if line.covers(f32::midpoint(xs[column], xs[column + 1])) {
                    above[y * columns + column] = true;
                }
            }
        }
        for row in 0..rows {
            left[row * (columns + 1)] |= sides[0];
            left[row * (columns + 1) + columns] |= sides[1];
        }
        for column in 0..columns {
            above[column] |= ends[1];
            above[rows * columns + column] |= ends[0];
        }
        let outside = rows * columns;
        let mut owner: Vec<usize> = (0..=outside).collect();
        for row in 0..rows {
            for column in 0..columns {
                let square = row * columns + column;
                let wall = |column: usize| left[row * (columns + 1) + column];
                let ceiling = |row: usize| above[row * columns + column];
                if !wall(column) {
                    unite(
                        &mut owner,
                        square,
                        if column == 0 { outside } else { square - 1 },
                    );
                }
                if !ceiling(row) {
                    unite(
                        &mut owner,
                        square,
                        if row == 0 { outside } else { square - columns },
                    );
                }
                if column + 1 == columns && !wall(columns) || row + 1 == rows && !ceiling(rows) {
                    unite(&mut owner, square, outside);
                }
            }
        }
        let beyond = root(&mut owner, outside);
        let mut ids = std::collections::BTreeMap::new();
        let mut cells: Vec<Cell> = Vec::new();
        let squares: Vec<Option<usize>> = (0..outside)
            .map(|square| {
                let root = root(&mut owner, square);
                (root != beyond).then(|| {
                    let (row, column) = (square / columns, square % columns);
                    let id = *ids.entry(root).or_insert_with(|| {
                        cells.push(Cell {
                            top: row,
                            bottom: row,
                            left: column,
                            right: column,
                        });
                        cells.len() - 1
                    });
                    let cell = &mut cells[id];
                    cell.bottom = cell.bottom.max(row + 1);
                    cell.left = cell.left.min(column);
                    cell.right = cell.right.max(column + 1);
                    id
                })
            })
            .collect();
        let grid = Self {
            xs,
            ys,
            cells,
            squares,
        };
        (grid.cells.len() >= 2 && grid.is_rectangular()).then_some(grid)
    }

    /// A grid whose squares are its cells.
    pub(super) fn plain(xs: Vec<f32>, ys: Vec<f32>) -> Option<Self> {
        let (columns, rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
        let ordered = xs.is_sorted() && ys.is_sorted_by(|a, b| a >= b);
        if !ordered || columns > MAX_COLUMNS || rows > MAX_ROWS {
            return None;
        }
        let cells: Vec<Cell> = (0..rows * columns)
            .map(|square| (square / columns, square % columns))
            .map(|(row, column)| Cell {
                top: row,
                bottom: row + 1,
                left: column,
                right: column + 1,
            })
            .collect();
        let squares = (0..cells.len()).map(Some).collect();
        Some(Self {
            xs,
            ys,
            cells,
            squares,
        })
    }

    /// Each cell covers a rectangle: lines of a drawing or of a chart do not make such.
    fn is_rectangular(&self) -> bool {
        let mut sizes = vec![0; self.cells.len()];
        for id in self.squares.iter().flatten() {
            sizes[*id] += 1;
        }
        let rectangle = |cell: &Cell| (cell.bottom - cell.top) * (cell.right - cell.left);
        self.cells
            .iter()
            .zip(sizes)
            .all(|(cell, size)| rectangle(cell) == size)
    }

    pub(super) fn columns(&self) -> usize {
        self.xs.len() - 1
    }

    pub(super) fn rows(&self) -> usize {
        self.ys.len() - 1
    }

    pub(super) fn top(&self) -> f32 {
        self.ys[0]
    }

    pub(super) fn bottom(&self) -> f32 {
        self.ys[self.rows()]
    }

    fn area(&self) -> f32 {
        (self.xs[self.columns()] - self.xs[0]) * (self.top() - self.bottom())
    }

    /// The cell that covers a square.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<usize> {
        *self.squares.get(row * self.columns() + column)?
    }

    /// The cell at a place of the page.
    fn cell_at(&self, (x, y): Point) -> Option<usize> {
        let column = self.xs.partition_point(|edge| *edge <= x).checked_sub(1)?;
        let row = self.ys.partition_point(|edge| *edge > y).checked_sub(1)?;
        (column < self.columns() && row < self.rows())
            .then(|| self.cell(row, column))
            .flatten()
    }

    pub(super) fn width(&self, cell: &Cell) -> f32 {
        self.xs[cell.right] - self.xs[cell.left]
    }

    /// Puts a piece into the cells it stands in. `false` when it stands in none.
    pub(super) fn place<'a>(
        &self,
        piece: &'a Piece,
        turn: Turn,
        into: &mut [Vec<Fragment<'a>>],
    ) -> bool {
        let whole = piece.whole();
        let inner = |x: f32| (x, piece.start.1 + piece.size * 0.25);
        let inset = (piece.size * 0.25).min((piece.end.0 - piece.start.0).abs() / 2.0);
        let ends = [piece.start.0 + inset, piece.end.0 - inset].map(|x| self.cell_at(inner(x)));
        let is_split = piece.turn == turn
            && ends[0] != ends[1]
            && piece.letters.len() == piece.text.chars().count();
        if !is_split {
            let Some(cell) = self.cell_at(whole.middle(turn)) else {
                return false;
            };
            into[cell].push(whole);
            return true;
        }
        // One run of letters over several cells: each part goes to its own. Parts have a space or a gap between them; a
        // word too long for its cell stays whole.
        let ends = piece.letters.iter().skip(1).copied().chain([piece.end.0]);
        let places = piece.letters.iter().copied().zip(ends);
        let mut part: Option<(usize, usize, f32)> = None;
        let mut parts = Vec::new();
        let mut is_apart = true;
        for ((at, c), (x, x_end)) in piece.text.char_indices().zip(places) {
            let cell = self.cell_at(inner(f32::midpoint(x, x_end.min(x + piece.size))));
            match (part, cell) {
                _ if c.is_whitespace() => {}
                (None, Some(cell)) => part = Some((cell, at, x)),
                (Some((before, from, left)), Some(cell)) if cell != before && is_apart => {
                    parts.push((before, from..at, left, x));
                    part = Some((cell, at, x));
                }
                _ => {}
            }
            is_apart = c.is_whitespace() || x_end - x > piece.size * 1.2;
        }
        if let Some((cell, from, left)) = part {
            parts.push((cell, from..piece.text.len(), left, piece.end.0));
        }
        let is_placed = !parts.is_empty();
        for (cell, range, left, right) in parts {
            into[cell].push(Fragment {
                text: &piece.text[range],
                start: (left, piece.start.1),
                end: (right, piece.end.1),
                ..whole
            });
        }
        is_placed
    }
}
