//! What is left of a broken file: runs of Thai in Unicode, wherever they stand.

use super::ole::half;
use super::paper::Paper;
use super::{Document, DocumentKind, limits};

/// Thai letters that no accident of bytes makes.
const THAI: usize = 3;
/// A run of so many letters is text, Thai or not: no other begins inside it.
const TEXT: usize = 4;

/// Reads the words that a broken file still has.
pub(super) fn salvage(kind: DocumentKind, body: &[u8]) -> Document {
    let mut paper = Paper::default();
    paper.breaks();
    let mut at = 0;
    while at + 1 < body.len() && !paper.is_full() {
        let (text, thai) = run(&body[at..]);
        let letters = text.chars().count();
        if thai >= THAI {
            for line in text.split(['\r', '\n', '\u{7}', '\u{B}', '\u{C}']) {
                paper.text(line);
                paper.end_paragraph();
            }
        }
        at += if letters >= TEXT || thai >= THAI {
            2 * letters
        } else {
            1
        };
    }
    paper.into_document(kind)
}

/// Letters of two bytes each up to the first that nobody writes, and how many are Thai.
fn run(bytes: &[u8]) -> (String, usize) {
    let (mut text, mut thai) = (String::new(), 0);
    for at in (0..bytes.len()).step_by(2) {
        let Some(letter) = half(bytes, at).and_then(|unit| char::from_u32(u32::from(unit))) else {
            break;
        };
        let is_thai = crate::thai::is_thai(letter);
        let is_text = is_thai
            || matches!(
                letter,
                ' '..='~' | '\u{A0}' | '\r' | '\n' | '\t' | '\u{7}' | '\u{B}' | '\u{C}'
            )
            || matches!(letter, '\u{2010}'..='\u{2026}' | '\u{F700}'..='\u{F71A}');
        if !is_text || text.len() > limits::TEXT {
            break;
        }
        thai += usize::from(is_thai);
        text.push(letter);
    }
    (text, thai)
}

#[cfg(test)]
mod tests {
    use super::super::Reading;
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn words_between_rubble_are_read_at_odd_places_too() {
        let mut body = vec![0xFF; 301];
        body.extend(wide("ประกาศ อบต.\rเรื่อง แผน 2565"));
        body.extend([0, 0, 7]);
        body.extend(wide("plain words only"));
        let document = salvage(DocumentKind::Word, &body);
        assert_eq!(document.pages, ["ประกาศ อบต.\nเรื่อง แผน 2565"]);
        assert_eq!(
            (document.reading, document.unread_pages),
            (Reading::Text, 1)
        );
    }

    #[test]
    fn rubble_alone_is_damaged() {
        let noise: Vec<u8> = (0..40_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        assert_eq!(
            salvage(DocumentKind::Word, &noise).reading,
            Reading::Damaged
        );
    }
}
