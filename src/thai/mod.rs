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
mod lexicon;
pub(crate) mod line;
mod near;
mod text;
mod wear;

pub(crate) use blanks::unfilled;
pub use charset::{Quality, decode, quality, repair_mojibake};
pub(crate) use folds::takes_am;
pub use form::{clean, key, skeleton};
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

/// Value of an Arabic or Thai digit.
pub(crate) const fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '๐'..='๙' => Some(c as u32 - '๐' as u32),
        _ => None,
    }
}

/// ำ as า: fonts lose the one for the other.
pub(crate) const fn bare_letter(c: char) -> char {
    if c == 'ำ' { 'า' } else { c }
}
