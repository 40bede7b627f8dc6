//! A text letter by letter, as the readers of dates and names go through it.

use std::ops::Range;

use super::form::{Glyph, clean_glyphs};
use super::{bare_letter, is_mark};

/// A cleaned text letter by letter: Arabic digits, small letters, and the way back.
pub(crate) struct Line {
    pub(crate) letters: Vec<char>,
    glyphs: Vec<Glyph>,
    /// Spaces that were tabs, in order: between them stand the cells of a row.
    tabs: Vec<usize>,
}

impl Line {
    pub(crate) fn new(text: &str) -> Self {
        let glyphs = clean_glyphs(text);
        let letters = glyphs
            .iter()
            .map(|glyph| match super::digit(glyph.c) {
                Some(digit) => char::from_digit(digit, 10).unwrap_or(glyph.c),
                None => glyph.c.to_ascii_lowercase(),
            })
            .collect();
        let is_tab = |i: usize, glyph: &Glyph| {
            let from = i.checked_sub(1).and_then(|i| glyphs.get(i));
            let to = glyphs.get(i + 1);
            let gap =
                from.map_or(0, |it| it.span().end)..to.map_or(text.len(), |it| it.span().start);
            glyph.c == ' ' && text.get(gap).is_some_and(|gap| gap.contains('\t'))
        };
        // Most texts have no table.
        let spaces = text.contains('\t').then(|| glyphs.iter().enumerate());
        let tabs = spaces
            .into_iter()
            .flatten()
            .filter(|&(i, glyph)| is_tab(i, glyph))
            .map(|(i, _)| i)
            .collect();
        Self {
            letters,
            glyphs,
            tabs,
        }
    }

    /// Whether a new cell of a row begins among these letters.
    pub(crate) fn parts_cells(&self, start: usize, end: usize) -> bool {
        let next = self.tabs.partition_point(|&tab| tab < start);
        self.tabs.get(next).is_some_and(|&tab| tab < end)
    }

    pub(crate) fn span(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let glyphs = self.glyphs.get(start..end)?;
        let from = glyphs.iter().map(|glyph| glyph.span().start).min()?;
        let to = glyphs.iter().map(|glyph| glyph.span().end).max()?;
        Some(from..to)
    }

    pub(crate) fn at(&self, i: usize) -> Option<char> {
        self.letters.get(i).copied()
    }

    pub(crate) fn before(&self, i: usize) -> Option<char> {
        i.checked_sub(1).and_then(|i| self.at(i))
    }

    pub(crate) fn digit_at(&self, i: usize) -> bool {
        self.at(i).is_some_and(|c| c.is_ascii_digit())
    }

    pub(crate) fn is_at(&self, i: usize, word: &str) -> bool {
        let mut rest = self.letters[i.min(self.letters.len())..].iter();
        word.chars().all(|c| rest.next() == Some(&c))
    }

    pub(crate) fn ends_at(&self, i: usize, word: &str) -> bool {
        let mut rest = self.letters[..i.min(self.letters.len())].iter().rev();
        word.chars().rev().all(|c| rest.next() == Some(&c))
    }

    /// Whether a word stands here whole, not the beginning of a longer syllable.
    pub(crate) fn has_word(&self, i: usize, word: &str) -> bool {
        self.is_at(i, word) && !self.at(i + word.chars().count()).is_some_and(is_mark)
    }

    /// After a word, marks aside (they get lost) and one space between letters allowed.
    pub(crate) fn after_bare(&self, i: usize, word: &str) -> Option<usize> {
        let mut at = i;
        for (n, want) in word.chars().enumerate() {
            loop {
                match self.at(at)? {
                    c if bare_letter(c) == want => break,
                    c if n > 0
                        && (is_mark(c)
                            || c.is_whitespace()
                                && !self.before(at).is_some_and(char::is_whitespace)) =>
                    {
                        at += 1;
                    }
                    _ => return None,
                }
            }
            at += 1;
        }
        while self.at(at).is_some_and(is_mark) {
            at += 1;
        }
        Some(at)
    }

    pub(crate) fn skip_blank(&self, mut i: usize) -> usize {
        let end = i + 3;
        while i < end && self.at(i).is_some_and(char::is_whitespace) {
            i += 1;
        }
        i
    }

    pub(crate) fn skip_any(&self, mut i: usize, most: usize, any: &[char]) -> usize {
        let end = i + most;
        while i < end && self.at(i).is_some_and(|c| any.contains(&c)) {
            i += 1;
        }
        i
    }
}
