//! Thai public-sector text in one form: cleaning, matching, character sets and dates.
//!
//! ```text
//! bytes ──charset::decode──▶ raw ──clean──▶ what people read ──key──▶ what is searched ──skeleton──▶ what survives damage
//! ```

mod blanks;
pub mod charset;
pub(crate) mod contact;
pub mod dates;
mod folds;
mod form;
mod key;
mod lexicon;
pub(crate) mod line;
mod near;
mod text;
mod wear;

use std::collections::BTreeSet;

pub(crate) use blanks::unfilled;
pub use charset::{Quality, decode, quality, repair_mojibake};
pub(crate) use folds::takes_am;
pub use form::clean;
pub use key::{key, skeleton};
pub use lexicon::Lexicon;
pub(crate) use text::head;
pub use text::{Needle, Text};

/// ก to ฮ.
pub(crate) const fn is_consonant(c: char) -> bool {
    matches!(c, '\u{0E01}'..='\u{0E2E}')
}

/// เ แ โ ใ ไ: written before the consonant they belong to.
pub(crate) const fn is_lead(c: char) -> bool {
    matches!(c, '\u{0E40}'..='\u{0E44}')
}

/// Vowels above or below the line, nikhahit and mai taikhu.
pub(crate) const fn is_vowel_mark(c: char) -> bool {
    matches!(
        c,
        '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}' | '\u{0E4D}'
    )
}

/// Tones, thanthakhat and yamakkan: stand after a vowel mark.
pub(crate) const fn is_tone(c: char) -> bool {
    matches!(c, '\u{0E48}'..='\u{0E4C}' | '\u{0E4E}')
}

/// Anything above or below a consonant.
pub(crate) const fn is_mark(c: char) -> bool {
    is_vowel_mark(c) || is_tone(c)
}

/// Any letter, mark, digit or sign of the Thai block.
pub(crate) const fn is_thai(c: char) -> bool {
    matches!(c, '\u{0E01}'..='\u{0E5B}')
}

/// Some of the letters of ASCII and the Thai block, told in one step.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LetterSet {
    ascii: u128,
    thai: u128,
}

impl LetterSet {
    /// Letters of other blocks are left out.
    pub(crate) const fn of(letters: &[char]) -> Self {
        let mut set = Self { ascii: 0, thai: 0 };
        let mut at = 0;
        while at < letters.len() {
            match letters[at] as u32 {
                ascii @ 0..=0x7F => set.ascii |= 1 << ascii,
                thai @ 0xE00..=0xE7F => set.thai |= 1 << (thai - 0xE00),
                _ => {}
            }
            at += 1;
        }
        set
    }

    /// Letters of both.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self {
            ascii: self.ascii | other.ascii,
            thai: self.thai | other.thai,
        }
    }

    /// Whether a letter is one of them.
    #[inline]
    pub(crate) const fn has(&self, c: char) -> bool {
        match c as u32 {
            ascii @ 0..=0x7F => self.ascii >> ascii & 1 != 0,
            thai @ 0xE00..=0xE7F => self.thai >> (thai - 0xE00) & 1 != 0,
            _ => false,
        }
    }
}

impl FromIterator<char> for LetterSet {
    fn from_iter<I: IntoIterator<Item = char>>(letters: I) -> Self {
        Self::of(&letters.into_iter().collect::<Vec<_>>())
    }
}

/// Things by the letters that their words begin with: those of one letter in the order they were given in.
#[derive(Debug)]
pub(crate) struct ByFirst<T>(Vec<(char, Vec<T>)>);

impl<T: Clone> ByFirst<T> {
    /// `words` are all that a thing is found by.
    pub(crate) fn of<'a, W: IntoIterator<Item = &'a str>>(
        things: impl IntoIterator<Item = T>,
        words: impl Fn(&T) -> W,
    ) -> Self {
        let mut by_first: Vec<(char, Vec<T>)> = Vec::new();
        for thing in things {
            let words = words(&thing).into_iter();
            let firsts: BTreeSet<char> = words.filter_map(|word| word.chars().next()).collect();
            for first in firsts {
                match by_first.iter_mut().find(|(letter, _)| *letter == first) {
                    Some((_, things)) => things.push(thing.clone()),
                    None => by_first.push((first, vec![thing.clone()])),
                }
            }
        }
        Self(by_first)
    }

    /// What begins with a letter.
    pub(crate) fn with(&self, first: char) -> &[T] {
        let things = self.0.iter().find(|(letter, _)| *letter == first);
        things.map_or(&[], |(_, things)| things)
    }
}

/// Value of an Arabic or Thai digit.
pub(crate) const fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '๐'..='๙' => Some(c as u32 - '๐' as u32),
        _ => None,
    }
}

/// Whether a letter stands in a skeleton as it is.
pub(crate) const fn is_bare(c: char) -> bool {
    !is_mark(c) && c != 'ำ'
}

/// ำ as า: fonts lose the one for the other.
pub(crate) const fn bare_letter(c: char) -> char {
    if c == 'ำ' { 'า' } else { c }
}
