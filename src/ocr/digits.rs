//! Years in Thai digits, read off the picture itself: Tesseract's Thai models have no ๔ ๖ ๗ ๘ ๙.
//!
//! Tesseract says where the lines stand in which a year may be told. There the ink is cut into connected pieces, and a
//! small network names each: a Thai digit, or anything else. A year is four digits side by side, ๒๕ first, all sure, the
//! same at several thresholds of black. Anything less is silence: the number stays unread.

use std::cmp::Reverse;
use std::sync::LazyLock;

use super::layout::{Area, Line};

/// Points a side of what the network sees.
const SIDE: usize = 20;
/// Digits, and what is none.
const CLASSES: usize = 11;
/// A digit that must be ๒ or ๕ anyway …
const SURE: f32 = 0.9;
/// … and one that may be any of ten.
const SURE_OF_ANY: f32 = 0.99;
/// What stands beside a year must not look like one more digit.
const LOOKS: f32 = 0.3;
/// Years that papers of today's agencies and the laws they name bear.
const YEARS: std::ops::RangeInclusive<u16> = 2540..=2585;
/// Pieces of ink in a line. A halftone has tens of thousands.
const PIECES: usize = 1200;
/// Thresholds of black at which a line is cut, as steps of grey from Otsu's: touching digits part at a darker one.
const CUTS: [i32; 6] = [14, 0, -14, -28, -42, -56];

/// A grey picture.
#[derive(Debug)]
pub(super) struct Grey<'a> {
    width: usize,
    points: &'a [u8],
}

/// A year and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Year {
    pub(super) year: u16,
    pub(super) area: Area,
}

impl<'a> Grey<'a> {
    /// Reads a PGM of our own renderer.
    pub(super) fn of_pgm(bytes: &'a [u8]) -> Option<Self> {
        let mut at = 0;
        let mut word = || {
            let rest = bytes.get(at..)?;
            let start = rest.iter().position(|b| !b.is_ascii_whitespace())?;
            let long = rest[start..]
                .iter()
                .take(12)
                .position(u8::is_ascii_whitespace)?;
            at += start + long + 1;
            std::str::from_utf8(&rest[start..start + long]).ok()
        };
        if word()? != "P5" {
            return None;
        }
        let (width, height): (usize, usize) = (word()?.parse().ok()?, word()?.parse().ok()?);
        if word()? != "255" {
            return None;
        }
        let points = bytes.get(at..)?;
        (width > 0 && width.checked_mul(height) == Some(points.len()))
            .then_some(Self { width, points })
    }

    fn height(&self) -> usize {
        self.points.len() / self.width
    }

    /// The part of the picture that an area covers.
    fn part(&self, area: Area) -> Part {
        let (right, bottom) = (area.right.min(self.width), area.bottom.min(self.height()));
        let (left, top) = (area.left.min(right), area.top.min(bottom));
        let rows =
            (top..bottom).flat_map(|y| &self.points[y * self.width + left..][..right - left]);
        Part {
            width: right - left,
            points: rows.copied().collect(),
        }
    }

    /// Years in Thai digits that a line tells, in order.
    pub(super) fn years(&self, line: &Line) -> Vec<Year> {
        let area = line.area();
        let tall = area.bottom.saturating_sub(area.top);
        // Marks above and below, and digits at the end that Tesseract took for dirt.
        let around = Area {
            left: area.left.saturating_sub(tall / 2),
            top: area.top.saturating_sub(tall / 4),
            right: area.right + tall * 3,
            bottom: area.bottom + tall / 4,
        };
        let part = self.part(around);
        if part.points.is_empty() {
            return Vec::new();
        }
        let black = part.black();
        let cuts = CUTS.map(|step| part.years(black + step, tall));
        let mut sure = Vec::new();
        for (at, year) in cuts
            .iter()
            .enumerate()
            .flat_map(|(at, cut)| cut.iter().map(move |year| (at, year)))
        {
            let others = cuts.iter().enumerate().filter(|(other, _)| *other != at);
            let there: Vec<u16> = others
                .flat_map(|(_, cut)| cut.iter())
                .filter(|other| {
                    other.area.left < year.area.right && year.area.left < other.area.right
                })
                .map(|other| other.year)
                .collect();
            let known =
                |it: &Year| it.area.left < year.area.right && year.area.left < it.area.right;
            if !there.is_empty()
                && there.iter().all(|other| *other == year.year)
                && !sure.iter().any(known)
            {
                sure.push(*year);
            }
        }
        sure.sort_by_key(|year| year.area.left);
        for year in &mut sure {
            year.area.left += around.left;
            year.area.right += around.left;
            year.area.top += around.top;
            year.area.bottom += around.top;
        }
        sure
    }
}

/// A part of a picture, cut out.
struct Part {
    width: usize,
    points: Vec<u8>,
}

/// A connected piece of ink.
struct Piece {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    points: usize,
    /// Stretches of it: row, first point, first point behind.
    runs: Vec<(usize, usize, usize)>,
}

impl Piece {
    fn width(&self) -> usize {
        self.right - self.left
    }

    fn height(&self) -> usize {
        self.bottom - self.top
    }

    /// What of it stands between two columns.
    fn between(&self, left: usize, right: usize) -> Option<Self> {
        let cut = self
            .runs
            .iter()
            .map(|&(y, from, to)| (y, from.max(left), to.min(right)));
        let runs: Vec<_> = cut.filter(|(_, from, to)| from < to).collect();
        Some(Self {
            left: runs.iter().map(|run| run.1).min()?,
            top: runs.iter().map(|run| run.0).min()?,
            right: runs.iter().map(|run| run.2).max()?,
            bottom: runs.iter().map(|run| run.0).max()? + 1,
            points: runs.iter().map(|run| run.2 - run.1).sum(),
            runs,
        })
    }

    fn join(&mut self, other: Self) {
        self.left = self.left.min(other.left);
        self.top = self.top.min(other.top);
        self.right = self.right.max(other.right);
        self.bottom = self.bottom.max(other.bottom);
        self.points += other.points;
        self.runs.extend(other.runs);
    }
}

/// As high as a letter of a line so tall.
fn has_height(piece: &Piece, tall: usize) -> bool {
    let high = piece.height();
    high >= 8 && high * 5 >= tall && high * 4 <= tall * 5
}

/// How likely a piece is each digit; the last is none.
type Likely = [f32; CLASSES];

impl Part {
    /// Otsu's threshold: what is as dark is ink.
    fn black(&self) -> i32 {
        let mut count = [0_f64; 256];
        self.points
            .iter()
            .for_each(|point| count[usize::from(*point)] += 1.0);
        let all = self.points.len() as f64;
        let sum: f64 = count.iter().enumerate().map(|(at, n)| at as f64 * n).sum();
        let (mut dark, mut dark_sum, mut best, mut black) = (0.0, 0.0, 0.0, 0);
        for (at, n) in count.iter().enumerate().take(255) {
            dark += n;
            dark_sum += at as f64 * n;
            let light = all - dark;
            if dark == 0.0 || light == 0.0 {
                continue;
            }
            let apart = dark_sum / dark - (sum - dark_sum) / light;
            let between = dark * light * apart * apart;
            if between > best {
                (best, black) = (between, at as i32);
            }
        }
        black
    }

    /// Mean grey of ink and of paper.
    fn levels(&self, black: i32) -> (f32, f32) {
        let mean = |dark: bool| {
            let of = self.points.iter().map(|point| i32::from(*point));
            let (sum, n) = of
                .filter(|point| (*point <= black) == dark)
                .fold((0_i64, 0_i64), |(sum, n), point| {
                    (sum + i64::from(point), n + 1)
                });
            (n > 0).then(|| sum as f32 / n as f32)
        };
        (mean(true).unwrap_or(0.0), mean(false).unwrap_or(255.0))
    }

    /// Connected pieces of ink, corners counted; none when there are too many to be writing.
    fn pieces(&self, black: i32) -> Vec<Piece> {
        let mut parents: Vec<usize> = Vec::new();
        let mut pieces: Vec<Option<Piece>> = Vec::new();
        let mut above: Vec<(usize, usize, usize)> = Vec::new();
        for (y, row) in self.points.chunks_exact(self.width).enumerate() {
            let mut here: Vec<(usize, usize, usize)> = Vec::new();
            let mut x = 0;
            while let Some(start) = row[x..].iter().position(|point| i32::from(*point) <= black) {
                let left = x + start;
                let long = row[left..]
                    .iter()
                    .position(|point| i32::from(*point) > black);
                let right = long.map_or(row.len(), |long| left + long);
                x = right;
                let mut own = Piece {
                    left,
                    top: y,
                    right,
                    bottom: y + 1,
                    points: right - left,
                    runs: vec![(y, left, right)],
                };
                let touching = above
                    .iter()
                    .filter(|(from, to, _)| *from <= right && *to >= left);
                let mut roots: Vec<usize> =
                    touching.map(|(_, _, at)| root(&mut parents, *at)).collect();
                // The largest takes the others in: each point moves seldom.
                roots.sort_by_key(|at| {
                    Reverse(pieces[*at].as_ref().map_or(0, |piece| piece.runs.len()))
                });
                roots.dedup();
                let Some(&first) = roots.first() else {
                    parents.push(parents.len());
                    here.push((left, right, pieces.len()));
                    pieces.push(Some(own));
                    continue;
                };
                for other in &roots[1..] {
                    if let Some(piece) = pieces[*other].take() {
                        own.join(piece);
                        parents[*other] = first;
                    }
                }
                if let Some(piece) = &mut pieces[first] {
                    piece.join(own);
                }
                here.push((left, right, first));
            }
            above = here;
        }
        let pieces: Vec<Piece> = pieces.into_iter().flatten().collect();
        if pieces.iter().filter(|piece| piece.points >= 4).count() > PIECES {
            return Vec::new();
        }
        pieces
    }

    /// Years at one threshold, in a line so tall.
    fn years(&self, black: i32, tall: usize) -> Vec<Year> {
        let (ink, paper) = self.levels(black);
        if paper - ink < 30.0 {
            return Vec::new();
        }
        let mut pieces = Vec::new();
        for piece in self.pieces(black) {
            if piece.points < 4 {
                continue;
            }
            let digits = self.grown_together(&piece, tall, ink, paper);
            if digits.is_empty() {
                pieces.push(piece);
            } else {
                pieces.extend(digits);
            }
        }
        pieces.sort_by_key(|piece| (piece.left, piece.top));
        let likely: Vec<Option<Likely>> = pieces
            .iter()
            .map(|piece| {
                let letter = has_height(piece, tall) && piece.width() <= piece.height() * 2;
                let letter = letter && piece.width() >= 3;
                letter.then(|| NET.name(&self.sample(piece, ink, paper)))
            })
            .collect();
        let letters: Vec<usize> = (0..pieces.len())
            .filter(|at| likely[*at].is_some())
            .collect();
        let mut years = Vec::new();
        for four in letters.windows(4) {
            if let Some(year) = self.year(four, &pieces, &likely) {
                years.push(year);
            }
        }
        years
    }

    /// The digits of a piece that is several grown together, when each is sure; in some fonts ๕ always touches what follows.
    fn grown_together(&self, piece: &Piece, tall: usize, ink: f32, paper: f32) -> Vec<Piece> {
        let (wide, high) = (piece.width(), piece.height());
        if !has_height(piece, tall) || wide * 10 < high * 13 || wide * 10 > high * 52 {
            return Vec::new();
        }
        let mut columns = vec![0_usize; wide];
        for &(_, from, to) in &piece.runs {
            let under = &mut columns[from - piece.left..to - piece.left];
            under.iter_mut().for_each(|ink| *ink += 1);
        }
        for many in 2..=4 {
            let each = wide / many;
            if each * 10 < high * 7 || each * 10 > high * 14 {
                continue;
            }
            // Where the ink is thinnest, about where a digit ends.
            let cut = |at: usize| {
                let middle = wide * at / many;
                let around = middle - each / 4..middle + each / 4;
                around.min_by_key(|x| (columns[*x], x.abs_diff(middle)))
            };
            let inner: Option<Vec<usize>> = (1..many).map(cut).collect();
            let Some(inner) = inner else {
                continue;
            };
            let mut ends = vec![piece.left];
            ends.extend(inner.iter().map(|x| piece.left + x));
            ends.push(piece.right);
            let parts: Vec<Piece> = ends
                .windows(2)
                .filter_map(|ends| piece.between(ends[0], ends[1]))
                .collect();
            let is_digit = |part: &Piece| {
                let likely = NET.name(&self.sample(part, ink, paper));
                likely[..10].iter().any(|one| *one >= SURE_OF_ANY)
            };
            if parts.len() == many && parts.iter().all(is_digit) {
                return parts;
            }
        }
        Vec::new()
    }

    /// The year that four neighbouring letters make.
    fn year(&self, four: &[usize], pieces: &[Piece], likely: &[Option<Likely>]) -> Option<Year> {
        let digit = |at: usize, sure: f32| {
            let likely = likely[four[at]].as_ref()?;
            let (digit, &most) = likely[..10]
                .iter()
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(b.1))?;
            (most >= sure).then_some(digit)
        };
        if digit(0, SURE)? != 2 || digit(1, SURE)? != 5 {
            return None;
        }
        let year = 2500 + digit(2, SURE_OF_ANY)? * 10 + digit(3, SURE_OF_ANY)?;
        let year = u16::try_from(year)
            .ok()
            .filter(|year| YEARS.contains(year))?;
        let of: Vec<&Piece> = four.iter().map(|at| &pieces[*at]).collect();
        let tall = of.iter().map(|piece| piece.height()).max()?;
        let low = of.iter().map(|piece| piece.bottom).max()?;
        let level = of
            .iter()
            .all(|piece| (low - piece.bottom) * 4 <= tall && piece.height() * 9 >= tall * 4);
        let apart = |left: &Piece, right: &Piece| right.left as i64 - left.right as i64;
        let near = |gap: i64| gap * 10 <= tall as i64 * 3 && gap * 4 >= -(tall as i64);
        let side_by_side = of.windows(2).all(|pair| near(apart(pair[0], pair[1])));
        if !level || !side_by_side {
            return None;
        }
        let area = Area {
            left: of[0].left,
            right: of[3].right,
            top: of.iter().map(|piece| piece.top).min()?,
            bottom: low,
        };
        // A comma or point makes it an amount; a piece beside it, one digit more.
        let lowest_third = area.bottom.saturating_sub(tall / 3);
        let is_low = |piece: &Piece| {
            let ink = piece.points * 60 >= tall * tall;
            ink && piece.bottom > lowest_third
                && piece.top < area.bottom
                && piece.height() * 5 < tall * 3
        };
        let middle = |piece: &Piece| piece.left + piece.width() / 2;
        let spoils = |(at, piece): (usize, &Piece)| {
            if four.contains(&at) {
                return false;
            }
            if (area.left..area.right).contains(&middle(piece)) {
                return is_low(piece);
            }
            let gap = apart(piece, of[0]).max(apart(of[3], piece));
            // A comma hangs below the line.
            if is_low(piece) && piece.bottom * 12 > low * 12 + tall && gap * 5 <= tall as i64 * 2 {
                return true;
            }
            let like_digit = |likely: &Likely| likely[..10].iter().any(|one| *one > LOOKS);
            let level = piece.bottom > area.top && piece.top < area.bottom;
            if !level || !likely[at].as_ref().is_some_and(like_digit) {
                return false;
            }
            let (from, to) = (piece.right.min(area.right), piece.left.max(area.left));
            let parted = || {
                let mut between = pieces
                    .iter()
                    .filter(|other| (from..to).contains(&middle(other)));
                between.any(is_low)
            };
            gap * 2 <= tall as i64 || gap <= tall as i64 && parted()
        };
        (!pieces.iter().enumerate().any(spoils)).then_some(Year { year, area })
    }

    /// A piece alone, its grey edges with it, in a square: ink is 1.
    fn sample(&self, piece: &Piece, ink: f32, paper: f32) -> Vec<f32> {
        let height = self.points.len() / self.width;
        let (left, top) = (piece.left.saturating_sub(1), piece.top.saturating_sub(1));
        let (right, bottom) = (
            (piece.right + 1).min(self.width),
            (piece.bottom + 1).min(height),
        );
        let (wide, high) = (right - left, bottom - top);
        let mut own = vec![0_f32; wide * high];
        for &(y, from, to) in &piece.runs {
            for y in y.saturating_sub(1).max(top)..(y + 2).min(bottom) {
                for x in from.saturating_sub(1).max(left)..(to + 1).min(right) {
                    let point = f32::from(self.points[y * self.width + x]);
                    own[(y - top) * wide + x - left] =
                        ((paper - point) / (paper - ink).max(1.0)).clamp(0.0, 1.0);
                }
            }
        }
        let side = wide.max(high) as f32;
        let across = shares(wide, (side - wide as f32) / 2.0, side);
        let down = shares(high, (side - high as f32) / 2.0, side);
        let mut seen = vec![0_f32; SIDE * SIDE];
        for (row, rows) in down.iter().enumerate() {
            for &(y, part) in rows {
                for (column, columns) in across.iter().enumerate() {
                    let sum: f32 = columns
                        .iter()
                        .map(|(x, part)| own[y * wide + x] * part)
                        .sum();
                    seen[row * SIDE + column] += sum * part;
                }
            }
        }
        seen
    }
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

/// For each point of the square's side, the points of a picture's side under it and their shares.
fn shares(long: usize, offset: f32, side: f32) -> Vec<Vec<(usize, f32)>> {
    let step = side / SIDE as f32;
    let under = |at: usize| {
        let (from, to) = (at as f32 * step - offset, (at + 1) as f32 * step - offset);
        let first = from.floor().max(0.0) as usize;
        let last = (to.ceil().max(0.0) as usize).min(long);
        let share = move |point: usize| {
            let part = (to.min(point as f32 + 1.0) - from.max(point as f32)).max(0.0);
            (point, part / step)
        };
        (first..last).map(share).collect()
    };
    (0..SIDE).map(under).collect()
}

/// The network: one hidden layer.
struct Net {
    /// For each hidden cell its weights, and its bias.
    hidden: Vec<(Vec<f32>, f32)>,
    /// For each class its weights, and its bias.
    classes: Vec<(Vec<f32>, f32)>,
}

/// The weights, as `digits.py` writes them: the number of hidden cells; for each class of cells the bias and the scale of
/// its weights as little-endian `f32`, then the weights as `i8`.
static NET: LazyLock<Net> = LazyLock::new(|| Net::of(include_bytes!("digits.bin")));

impl Net {
    fn of(mut bytes: &[u8]) -> Self {
        fn take<'a>(from: &mut &'a [u8], many: usize) -> &'a [u8] {
            let (first, rest) = from.split_at(many.min(from.len()));
            *from = rest;
            first
        }
        fn layer(bytes: &mut &[u8], cells: usize, inputs: usize) -> Vec<(Vec<f32>, f32)> {
            let mut layer = Vec::new();
            for _ in 0..cells {
                let mut float = || {
                    let four = take(bytes, 4).try_into().unwrap_or_default();
                    f32::from_le_bytes(four)
                };
                let (bias, scale) = (float(), float());
                let weights = take(bytes, inputs).iter();
                let weights = weights.map(|weight| f32::from(weight.cast_signed()) * scale);
                layer.push((weights.collect(), bias));
            }
            layer
        }
        let cells = take(&mut bytes, 1)
            .first()
            .map_or(0, |cells| usize::from(*cells));
        Self {
            hidden: layer(&mut bytes, cells, SIDE * SIDE),
            classes: layer(&mut bytes, CLASSES, cells),
        }
    }

    fn name(&self, seen: &[f32]) -> Likely {
        let sum = |weights: &[f32], inputs: &[f32]| -> f32 {
            weights
                .iter()
                .zip(inputs)
                .map(|(weight, input)| weight * input)
                .sum()
        };
        let cells = self.hidden.iter();
        let cells: Vec<f32> = cells
            .map(|(weights, bias)| (sum(weights, seen) + bias).max(0.0))
            .collect();
        let mut likely = [0.0; CLASSES];
        for (likely, (weights, bias)) in likely.iter_mut().zip(&self.classes) {
            *likely = sum(weights, &cells) + bias;
        }
        let most = likely.iter().copied().fold(f32::MIN, f32::max);
        likely
            .iter_mut()
            .for_each(|likely| *likely = (*likely - most).exp());
        let all: f32 = likely.iter().sum();
        likely.map(|likely| likely / all)
    }
}
