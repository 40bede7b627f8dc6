//! Pieces of text on a page, and how they join to words, lines and cells.

use crate::thai::{is_consonant, is_mark, is_thai};

use super::super::limits::TEXT as MAX_TEXT;

/// A point on a page, in points of 1/72 inch, upwards and to the right.
pub(super) type Point = (f32, f32);

/// Quarter turns clockwise after which letters stand upright.
pub(super) type Turn = u8;

/// A point seen after so many quarter turns.
pub(super) fn turned((x, y): Point, turns: Turn) -> Point {
    match turns % 4 {
        0 => (x, y),
        1 => (y, -x),
        2 => (-x, -y),
        _ => (-y, x),
    }
}

/// A run of letters as it was drawn. Its points are seen with its own letters upright.
pub(super) struct Piece {
    pub(super) text: String,
    /// Where its first letter begins on the base line, and where its last one ends.
    pub(super) start: Point,
    pub(super) end: Point,
    /// Height of the letters.
    pub(super) size: f32,
    pub(super) turn: Turn,
    /// Where each letter begins along the base line; empty when not known.
    pub(super) letters: Box<[f32]>,
}

/// A piece, or the part of one that stands in a cell.
#[derive(Clone, Copy)]
pub(super) struct Fragment<'a> {
    pub(super) text: &'a str,
    pub(super) start: Point,
    pub(super) end: Point,
    pub(super) size: f32,
    pub(super) turn: Turn,
}

impl Piece {
    pub(super) fn whole(&self) -> Fragment<'_> {
        Fragment {
            text: &self.text,
            start: self.start,
            end: self.end,
            size: self.size,
            turn: self.turn,
        }
    }

    /// Whether it has letters, and stands at a place that a page has.
    pub(super) fn is_sound(&self) -> bool {
        let places = [
            self.start.0,
            self.start.1,
            self.end.0,
            self.end.1,
            self.size,
        ];
        !self.text.is_empty() && places.iter().all(|place| place.is_finite())
    }
}

impl Fragment<'_> {
    /// The middle of its letters, seen after so many quarter turns of the page.
    pub(super) fn middle(&self, turn: Turn) -> Point {
        let own = (
            f32::midpoint(self.start.0, self.end.0),
            f32::midpoint(self.start.1, self.end.1) + self.size * 0.25,
        );
        turned(own, turn + 4 - self.turn % 4)
    }

    /// A piece drawn twice: a program that marks what letters stand for writes some clusters again for the mark alone,
    /// and old ones print twice for bold.
    fn repeats(&self, last: &Self) -> bool {
        let near = self.size * 0.1;
        let is_at = |a: Point, b: Point| (a.0 - b.0).abs() <= near && (a.1 - b.1).abs() <= near;
        let has_width = (self.end.0 - self.start.0).abs() > self.size * 0.02;
        let is_same = self.turn == last.turn && self.text == last.text;
        is_same
            && if has_width {
                is_at(self.start, last.start) && is_at(self.end, last.end)
            } else {
                self.text.starts_with(is_consonant)
                    && (self.start.0 - last.end.0).abs() <= self.size * 0.1
                    && (self.start.1 - last.end.1).abs() <= self.size * 0.3
            }
    }
}

impl<'a> Fragment<'a> {
    /// Begins with a mark drawn at the height of the piece before it.
    fn begins_with_mark_of(&self, last: &Self) -> bool {
        let size = self.size.max(last.size).max(1.0);
        self.text.starts_with(is_drawn_mark) && (self.start.1 - last.end.1).abs() < size
    }

    /// Where the pen stands after it: a mark is drawn back over its letter and moves no pen.
    fn pen_after(self, last: Option<&Self>) -> Self {
        let Some(last) = last.filter(|last| self.begins_with_mark_of(last)) else {
            return self;
        };
        if !self.text.chars().all(is_drawn_mark) {
            return self;
        }
        let end = (last.end.0.max(self.end.0), last.end.1);
        Fragment { end, ..*last }
    }
}

impl Fragment<'_> {
    /// How far along the line it reaches. Browsers write a letter and its mark as one cluster that ends, by their own
    /// account, where the mark ends: amid the letter.
    fn reach(&self) -> f32 {
        /// Widths of Thai letters, as shares of their height: the narrowest, and a usual one.
        const NARROW: f32 = 0.4;
        const USUAL: f32 = 0.7;
        let letters = self.text.chars().filter(|&c| !is_drawn_mark(c)).count();
        let least = self.size * letters.min(u16::MAX.into()) as f32;
        let is_cluster = letters > 0 && self.text.ends_with(is_drawn_mark);
        if is_cluster && self.end.0 - self.start.0 < least * NARROW {
            self.end.0.max(self.start.0 + least * USUAL)
        } else {
            self.end.0
        }
    }
}

/// How a fragment follows the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// In the same word.
    Word,
    Space,
    Line,
}

impl Step {
    fn between(last: &Fragment<'_>, next: &Fragment<'_>) -> Self {
        if last.turn != next.turn {
            return Self::Line;
        }
        let size = next.size.max(last.size).max(1.0);
        let rise = (next.start.1 - last.end.1).abs();
        let gap = next.start.0 - last.reach();
        // Two numbers in cells that nearly touch are still two numbers.
        let between_numbers =
            last.text.ends_with(char::is_numeric) && next.text.starts_with(char::is_numeric);
        // A mark belongs to the letter before it, wherever it was drawn.
        if next.begins_with_mark_of(last) {
            Self::Word
        } else if rise > size * 0.45 {
            Self::Line
        } else if gap > size * 0.18 || gap < size * -1.5 || between_numbers && gap > size * 0.08 {
            Self::Space
        } else {
            Self::Word
        }
    }
}

/// A vowel or tone mark above or below a consonant, old Windows fonts' own included.
fn is_drawn_mark(c: char) -> bool {
    is_mark(c) || matches!(c, '\u{F700}'..='\u{F71A}')
}

/// Fragments in the order they were drawn, to words and lines by the gaps between them.
pub(super) fn join<'a>(fragments: impl Iterator<Item = Fragment<'a>>) -> String {
    let mut out = String::new();
    let mut last: Option<Fragment<'_>> = None;
    for next in fragments {
        if let Some(last) = &last {
            if next.repeats(last) {
                continue;
            }
            match Step::between(last, &next) {
                Step::Word => {}
                Step::Space => out.push(' '),
                Step::Line => out.push('\n'),
            }
        }
        out.push_str(next.text);
        last = Some(next.pen_after(last.as_ref()));
        if out.len() > MAX_TEXT {
            break;
        }
    }
    out
}

/// Text of a cell on one line. Thai runs on over the end of a full line without a space; after a line that leaves much
/// of the cell's width free comes a new one.
pub(super) fn join_cell(fragments: &[Fragment<'_>], width: f32) -> String {
    let mut out = String::new();
    let mut line_start = 0;
    let mut last: Option<Fragment<'_>> = None;
    for (at, next) in fragments.iter().enumerate() {
        if let Some(last) = &last {
            if next.repeats(last) {
                continue;
            }
            match Step::between(last, next) {
                Step::Word => {}
                Step::Space => out.push(' '),
                Step::Line => {
                    let is_full = extent(&fragments[line_start..at]) > width * 0.5;
                    let runs_on = |c: char| is_thai(c) && !c.is_numeric();
                    let thai = out.ends_with(runs_on) && next.text.starts_with(runs_on);
                    if !(is_full && thai) {
                        out.push(' ');
                    }
                    line_start = at;
                }
            }
        }
        out.push_str(next.text);
        last = Some(next.pen_after(last.as_ref()));
        if out.len() > MAX_TEXT {
            break;
        }
    }
    out
}

fn extent(line: &[Fragment<'_>]) -> f32 {
    let from = line.iter().map(|it| it.start.0).fold(f32::MAX, f32::min);
    let to = line.iter().map(|it| it.end.0).fold(f32::MIN, f32::max);
    to - from
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, from: f32, to: f32) -> Fragment<'_> {
        Fragment {
            text,
            start: (from, 0.0),
            end: (to, 0.0),
            size: 10.0,
            turn: 0,
        }
    }

    #[test]
    fn a_mark_moves_no_pen() {
        let pieces = [
            drawn("เว", 0.0, 10.0),
            drawn("\u{E35}", 6.0, 6.0),
            drawn("ยง", 10.0, 20.0),
        ];
        assert_eq!(join(pieces.into_iter()), "เวียง");
        assert_eq!(join_cell(&pieces, 40.0), "เวียง");
        let apart = [drawn("เวียง", 0.0, 10.0), drawn("ใหม่", 13.0, 20.0)];
        assert_eq!(join(apart.into_iter()), "เวียง ใหม่");
    }

    #[test]
    fn a_cluster_reaches_as_far_as_its_letter() {
        let pieces = [
            drawn("ใ", 0.0, 4.0),
            drawn("ช\u{E49}", 4.0, 5.7),
            drawn("จ\u{E48}", 10.0, 13.4),
            drawn("าย", 15.5, 26.0),
        ];
        assert_eq!(join(pieces.into_iter()), "ใช้จ่าย");
        let apart = [drawn("ใช\u{E49}", 0.0, 10.0), drawn("จ่าย", 13.0, 20.0)];
        assert_eq!(join(apart.into_iter()), "ใช้ จ่าย");
    }

    #[test]
    fn numbers_of_two_cells_stay_two() {
        let cells = [drawn("2565", 0.0, 10.0), drawn("12", 11.0, 14.0)];
        assert_eq!(join(cells.into_iter()), "2565 12");
        let one = [drawn("25", 0.0, 10.0), drawn("65", 10.0, 20.0)];
        assert_eq!(join(one.into_iter()), "2565");
    }
}
