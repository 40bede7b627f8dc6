//! Search keys and skeletons: clean letters without white space, in one spelling.

use super::form::{
    Alone, Glyph, chars, clean_glyphs, clean_pass, is_clean, is_plain, is_space, is_toned_aw,
    letters, may_meet, push, settle,
};
use super::{bare_letter, folds, is_bare, is_lead, is_mark, is_thai, is_tone};

/// Search key: clean, without white space, Arabic digits, small letters, one spelling of words often misspelt.
pub fn key(text: &str) -> String {
    letters(&key_glyphs(text))
}

/// Coarse search key: no marks above or below, ำ as า. For long needles only: short words run together.
pub fn skeleton(text: &str) -> String {
    letters(&skeleton_of(key_glyphs(text)))
}

/// The letters of a search key. Line by line: nothing that cleaning mends reaches over a line break, and most lines are
/// read in one go.
pub(super) fn key_glyphs(text: &str) -> Vec<Glyph> {
    // A letter of Thai has three bytes, one of ASCII one.
    let mut out: Vec<Glyph> = Vec::with_capacity(text.len() / 2);
    let mut is_settled = true;
    let mut at = 0;
    for line in text.split('\n') {
        let begun = out.len();
        match read_plain(&mut out, line, at) {
            Some(folds) => is_settled &= !folds,
            None => {
                out.truncate(begun);
                extend_key(
                    &mut out,
                    clean_glyphs(line).iter().map(|glyph| glyph.behind(at)),
                );
                is_settled = false;
            }
        }
        let Some(next) = u32::try_from(line.len() + 1)
            .ok()
            .and_then(|length| at.checked_add(length))
        else {
            break;
        };
        at = next;
    }
    if is_settled {
        return out;
    }
    settle(out, is_key, |glyphs| {
        if is_clean(chars(glyphs)) {
            key_pass(glyphs)
        } else {
            key_pass(&clean_pass(glyphs))
        }
    })
}

/// Adds the key of a line that needs no mending, whether spellings were folded; `None` for one that does, with some of it added.
fn read_plain(out: &mut Vec<Glyph>, line: &str, offset: u32) -> Option<bool> {
    let begun = out.len();
    let mut folds = false;
    let (mut earlier, mut last): (Option<char>, Option<char>) = (None, None);
    let mut gap = false;
    let (mut word, mut before) = (Alone::Empty, Alone::No);
    for (at, c) in line.char_indices() {
        if matches!(c, ' ' | '\t' | '\r' | '\u{A0}') {
            gap = true;
            continue;
        }
        if !is_plain(c) {
            return None;
        }
        if let Some(last) = last {
            if gap {
                let torn = is_lead(last) || !may_meet(' ', c) || is_toned_aw(earlier, last);
                if torn || word != Alone::No && word == before {
                    return None;
                }
                (before, word) = (word, Alone::Empty);
            } else if !may_meet(last, c) {
                return None;
            }
        }
        if word != Alone::No {
            word = Alone::of(Some(word), c);
        }
        (earlier, last) = (last, Some(c));
        gap = false;

        let width = c.len_utf8() as u32;
        let c = small(key_letter(c))?;
        if out.last().is_some_and(|last| !may_meet(last.c, c)) || c == 'ำ' && !am_may_follow(out)
        {
            return None;
        }
        let from = offset.checked_add(u32::try_from(at).ok()?)?;
        let to = from.checked_add(width)?;
        out.push(Glyph { c, from, to });
        if let Some((fold, at)) = folded(out) {
            if at < begun {
                return None;
            }
            replace_tail(out, fold, at);
            folds = true;
        }
    }
    (word == Alone::No || word != before).then_some(folds)
}

/// The skeleton of a key.
pub(super) fn skeleton_of(mut key: Vec<Glyph>) -> Vec<Glyph> {
    let is_skeleton = |glyphs: &[Glyph]| {
        glyphs.iter().all(|glyph| is_bare(glyph.c)) && is_key_but(glyphs, |fold| fold.idle)
    };
    make_bare(&mut key);
    settle(key, is_skeleton, |glyphs| {
        let mut key = key_pass(&clean_pass(glyphs));
        make_bare(&mut key);
        key
    })
}

/// Whether there is nothing in a text that a pass for the key could change, told letter by letter.
fn is_key(glyphs: &[Glyph]) -> bool {
    is_key_but(glyphs, |_| false)
}

/// The same, but for spellings that may stay.
fn is_key_but(glyphs: &[Glyph], stays: impl Fn(&folds::Fold) -> bool) -> bool {
    let mut last = None;
    glyphs.iter().enumerate().all(|(at, glyph)| {
        let c = glyph.c;
        let kept = is_plain(c)
            && !is_space(c)
            && small(key_letter(c)) == Some(c)
            && last.is_none_or(|last| may_meet(last, c))
            && (c != 'ำ' || am_may_follow(&glyphs[..at]))
            && folded(&glyphs[..=at]).is_none_or(|(fold, _)| stays(fold));
        last = Some(c);
        kept
    })
}

fn key_pass(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    extend_key(&mut out, glyphs.iter().copied());
    out
}

/// Adds clean letters to a key.
fn extend_key(out: &mut Vec<Glyph>, glyphs: impl Iterator<Item = Glyph>) {
    for glyph in glyphs {
        if glyph.c.is_whitespace() || glyph.c == '\u{FFFD}' {
            continue;
        }
        let c = key_letter(glyph.c);
        if c == 'ำ' && !am_may_follow(out) {
            push(out, glyph.with('า'));
        } else if let Some(c) = small(c) {
            push(out, glyph.with(c));
        } else {
            out.extend(c.to_lowercase().map(|c| glyph.with(c)));
        }
        if let Some((fold, at)) = folded(out) {
            replace_tail(out, fold, at);
        }
    }
}

/// A letter as a small one, where that is one letter.
fn small(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    if is_thai(c) {
        return Some(c);
    }
    let mut small = c.to_lowercase();
    small.next().filter(|_| small.next().is_none())
}

/// One letter of the key for digits, dashes, quotes and full-width forms.
fn key_letter(c: char) -> char {
    match c {
        '๐'..='๙' => char::from_digit(c as u32 - '๐' as u32, 10).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '`' | '´' => '\'',
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '«' | '»' => '"',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).map_or(c, key_letter),
        c => c,
    }
}

fn am_may_follow(out: &[Glyph]) -> bool {
    let base = out.iter().rev().find(|glyph| !is_tone(glyph.c));
    base.is_none_or(|glyph| folds::takes_am(glyph.c))
}

/// Replaces a spelling that has just been completed and began at `at`.
fn replace_tail(out: &mut Vec<Glyph>, fold: &folds::Fold, at: usize) {
    let tail = &out[at..];
    let whole = tail.iter().fold(tail[0], |whole, &glyph| whole.over(glyph));
    out.truncate(at);
    out.extend(fold.to.chars().map(|c| whole.with(c)));
}

/// The spelling with which letters end that is read as another, and where it begins.
#[inline]
fn folded(letters: &[Glyph]) -> Option<(&'static folds::Fold, usize)> {
    let [rest @ .., second, last] = letters else {
        return None;
    };
    let third = rest.last().map(|third| third.c);
    folds::may_end_in(third, second.c, last.c)
        .then(|| fold_at_end(letters))
        .flatten()
}

#[cold]
fn fold_at_end(letters: &[Glyph]) -> Option<(&'static folds::Fold, usize)> {
    let last = letters.last()?;
    folds::ending_in(last.c).iter().find_map(|fold| {
        let at = letters.len().checked_sub(fold.from.len())?;
        let (before, tail) = letters.split_at(at);
        if !tail.iter().map(|glyph| &glyph.c).eq(&fold.from) {
            return None;
        }
        let near: Vec<char> = before[before.len().saturating_sub(8)..]
            .iter()
            .map(|glyph| glyph.c)
            .collect();
        // Marks may have changed places: the end of the letters before is the furthest of them.
        let end = before.iter().rev().take(4).map(|glyph| glyph.to).max();
        let gap = end.is_some_and(|end| end < tail[0].from);
        fold.may_follow(&near, gap).then_some((fold, at))
    })
}

fn make_bare(glyphs: &mut Vec<Glyph>) {
    glyphs.retain(|glyph| !is_mark(glyph.c));
    for glyph in glyphs {
        glyph.c = bare_letter(glyph.c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The key the long way: the whole text is cleaned, and passed over until nothing changes.
    fn by_passes(text: &str) -> String {
        let key = settle(
            clean_glyphs(text),
            |_| false,
            |glyphs| key_pass(&clean_pass(glyphs)),
        );
        letters(&key)
    }

    fn spans(glyphs: &[Glyph]) -> Vec<(char, std::ops::Range<usize>)> {
        glyphs.iter().map(|glyph| (glyph.c, glyph.span())).collect()
    }

    const TEXT: &str = r"([กคนรสตปจดมลอบยงฏ่้์ิุัํำาเแะ\u{E3A}๒5 .\n\t&;#u\u{A0}\u{FFFD}\u{F70A}\u{200B}éJ\u{30C}•–]{0,32}|\PC{0,24}|.{0,12}|((ส|จ|ต|ดา|เนิน|ำ|บล|าน|การ|กฏ|หมาย|อบต.|ที่|อ้|ิุ่|ฺุ|e\u{301}| ){0,8}\n?){0,4})";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        /// What a look at the letters calls settled is left alone by the passes, so that they may be skipped.
        #[test]
        fn what_is_called_clean_or_a_key_is(text in TEXT) {
            let glyphs = clean_glyphs(&text);
            if is_clean(text.chars()) {
                prop_assert_eq!(spans(&glyphs), spans(&clean_pass(&glyphs)));
                prop_assert_eq!(&letters(&glyphs), &text);
            }
            let key = key_glyphs(&text);
            if is_key(&key) {
                prop_assert_eq!(letters(&key_pass(&clean_pass(&key))), letters(&key));
            }
        }

        /// Reading plain lines in one go comes to the same as passing over the whole.
        #[test]
        fn lines_come_to_the_same_as_the_whole(text in TEXT) {
            prop_assert_eq!(key(&text), by_passes(&text));
        }
    }
}
