//! Letters that a font names wrongly, put right by what the rest of the font shows.
//!
//! A program that shapes Thai draws ำ as a circle above and the letter า. Where it writes down which letter a shape stands
//! for, one of two things happens: the shape of า is named ำ wherever it stands (`กำร` for การ), or the circle has no name
//! (`ด�าเนิน` for ดำเนิน). One page of one font tells which.

use std::collections::BTreeMap;

use crate::thai::{is_consonant, is_tone, takes_am};

/// What a font shows of า and ำ on a page.
#[derive(Default)]
struct Shown {
    aa: usize,
    am: usize,
    /// ำ after a letter that no word writes it with.
    wrong_am: usize,
    /// า after a tone: tones have names of their own.
    toned_aa: usize,
}

impl Shown {
    /// Every า is named ำ.
    fn swaps(&self) -> bool {
        self.aa == 0 && self.wrong_am >= 2 && self.wrong_am * 20 >= self.am
    }

    /// The circle of ำ has no name.
    fn drops_circle(&self) -> bool {
        self.toned_aa >= 2
    }
}

/// The circle above: by its name, by that of old Windows fonts, or without one.
fn is_circle(c: char) -> bool {
    matches!(c, '\u{E4D}' | '\u{F711}' | '\u{FFFD}')
}

/// Puts the runs of a page right, each with the name of its font, in the order they were drawn.
pub(super) fn restore<'a>(runs: impl Iterator<Item = (&'a str, &'a mut String)>) {
    let mut runs: Vec<(&str, &mut String)> = runs.collect();
    let mut fonts: BTreeMap<&str, Shown> = BTreeMap::new();
    let mut before = [' '; 2];
    for (font, text) in &runs {
        let shown = fonts.entry(font).or_default();
        for c in text.chars() {
            match c {
                'า' => {
                    shown.aa += 1;
                    shown.toned_aa += usize::from(is_tone(before[1]));
                }
                'ำ' => {
                    shown.am += 1;
                    shown.toned_aa += usize::from(is_tone(before[1]));
                    shown.wrong_am += usize::from(is_consonant(before[1]) && !takes_am(before[1]));
                }
                _ => {}
            }
            before = [before[1], c];
        }
    }
    let mut before = [' '; 2];
    for (font, text) in &mut runs {
        let Some(shown) = fonts.get(*font) else {
            continue;
        };
        let (swaps, drops) = (shown.swaps(), shown.drops_circle());
        if !(swaps || drops) {
            before = last_two(before, text);
            continue;
        }
        let mut right = String::with_capacity(text.len());
        for c in text.chars() {
            // The circle stands before the tone or after it.
            let circle = is_circle(before[1]) || is_tone(before[1]) && is_circle(before[0]);
            let nameless =
                before[1] == '\u{FFFD}' && is_consonant(before[0]) && takes_am(before[0]);
            right.push(match c {
                'ำ' if swaps && !circle => 'า',
                'า' if drops && !swaps && nameless => 'ำ',
                _ => c,
            });
            before = [before[1], c];
        }
        **text = right;
    }
}

fn last_two(before: [char; 2], text: &str) -> [char; 2] {
    let mut last = text.chars().rev();
    match (last.next(), last.next()) {
        (Some(c), Some(b)) => [b, c],
        (Some(c), None) => [before[1], c],
        _ => before,
    }
}
