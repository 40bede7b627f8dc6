//! What a text has lost on its way: marks that slid to the next letter, tones and marks left out.

use super::key;
use super::{is_consonant, is_mark, is_thai, is_tone, is_vowel_mark};

/// Fewest letters of a word that is looked for among marks that slid, by how much else is lost.
const LETTERS_SLID: usize = 3;
const LETTERS_TONELESS: usize = 5;
const LETTERS_BARE: usize = 6;

/// Consonants a text must have before the absence of tones (of any marks) says something.
const ENOUGH_FOR_TONES: usize = 150;
const ENOUGH_FOR_MARKS: usize = 60;

/// The damage that a text shows by spellings that Thai does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wear {
    /// Marks stand a letter late (`เร่อื ง`), or a letter the font could not name stands for one (`เรื�อง`).
    slid: bool,
    /// Next to no tones. A page of Thai has one to every eight consonants.
    toneless: bool,
    /// Next to no marks at all. A page of Thai has one to every three consonants.
    bare: bool,
}

impl Wear {
    pub(super) fn of(text: &str) -> Self {
        let (mut consonants, mut tones, mut marks, mut slid) = (0usize, 0usize, 0usize, false);
        // The last three letters.
        let (mut third, mut second, mut last) = (' ', ' ', ' ');
        for c in text.chars() {
            consonants += usize::from(is_consonant(c));
            tones += usize::from(is_tone(c));
            marks += usize::from(is_mark(c));
            slid |= match c {
                // ั and ื never end a word: `จดั ซ้ือ`, `เร่อื ง`; nor does อ with a tone: `ขอ้ มูล`.
                c if c.is_whitespace() => {
                    matches!(last, 'ั' | 'ื') && is_consonant(second)
                        || is_tone(last) && second == 'อ' && is_consonant(third)
                        || is_tone(last) && matches!(second, 'ั' | 'ื')
                }
                // `ตลุ าคม`, `สถติ ิ`
                'า' | 'ำ' => last.is_whitespace() && is_mark(second),
                c if is_mark(c) => {
                    last.is_whitespace() && is_mark(second)
                        || is_tone(c) && last == 'า'
                        || is_vowel_mark(c) && is_vowel_mark(last) && c != last
                        || is_vowel_mark(c) && is_tone(last) && is_vowel_mark(second)
                }
                '\u{FFFD}' => is_thai(last),
                _ => false,
            };
            (third, second, last) = (second, last, c);
        }
        Self {
            slid,
            toneless: consonants >= ENOUGH_FOR_TONES && tones * 50 < consonants,
            bare: consonants >= ENOUGH_FOR_MARKS && marks * 12 < consonants,
        }
    }

    /// Whether a word of so many letters may be looked for by its skeleton, marks compared.
    pub(super) fn admits(self, letters: usize) -> bool {
        self.slid && letters >= LETTERS_SLID
            || self.toneless && letters >= LETTERS_TONELESS
            || self.bare && letters >= LETTERS_BARE
    }

    /// Whether the marks of a stretch whose skeleton begins like the word's are the word's own: each where it belongs
    /// or one letter late, and none missing that the text cannot have lost.
    pub(super) fn agrees(self, word: &Marks, stretch: &str) -> bool {
        let there = Marks::of(&key::key(stretch));
        let mut left = word.marks.clone();
        for &(at, mark) in &there.marks {
            let own = left
                .iter()
                .position(|&(own, same)| same == mark && (own == at || own + 1 == at));
            match own {
                Some(own) => {
                    left.remove(own);
                }
                None if at >= word.letters => {}
                None => return false,
            }
        }
        let holes = stretch.chars().filter(|&c| c == '\u{FFFD}').count();
        let kept = left
            .iter()
            .filter(|&&(_, mark)| !(self.bare || self.toneless && is_tone(mark)));
        kept.count() <= holes
    }
}

/// The marks of a search key, each with the letter it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marks {
    letters: usize,
    marks: Vec<(usize, char)>,
}

impl Marks {
    pub(super) fn of(key: &str) -> Self {
        let mut found = Self {
            letters: 0,
            marks: Vec::new(),
        };
        for c in key.chars() {
            if is_mark(c) {
                found.marks.push((found.letters.saturating_sub(1), c));
            } else {
                found.letters += 1;
            }
        }
        found
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }
}

/// Where a stretch ends when the marks that slid out of it are counted in: `ปงี ` for `ป`, `ตั งิ ` for `ต`.
pub(super) fn with_slid(text: &str, end: usize) -> usize {
    let own = |c: char| is_mark(c) || c == '\u{FFFD}';
    let marked = |from: usize| {
        let run = text[from..].find(|c| !own(c));
        run.map_or(text.len(), |run| from + run)
    };
    let after = marked(end);
    let space = text[after..]
        .chars()
        .next()
        .filter(|&c| c == ' ' && after > end);
    let after = after + space.map_or(0, char::len_utf8);
    let Some(next) = text[after..].chars().next().filter(|&c| is_consonant(c)) else {
        return after;
    };
    let on_next = marked(after + next.len_utf8());
    let closed = text[on_next..]
        .chars()
        .next()
        .is_none_or(char::is_whitespace);
    if closed && on_next > after + next.len_utf8() {
        on_next
    } else {
        after
    }
}
