//! Stand-ins until `thai` and `fetch::address` are merged: the only place to swap them.

use unicode_normalization::UnicodeNormalization;
use url::Url;

/// Stands in for `thai::clean`: NFC, one space for any run of white space, zero-width characters out.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfc() {
        if matches!(
            c,
            '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}' | '\u{2060}' | '\0'
        ) {
            continue;
        }
        if c.is_whitespace() || c.is_control() {
            gap = !out.is_empty();
        } else {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(c);
        }
    }
    out
}

/// Stands in for `thai::charset::decode`: strict UTF-8 first, then what is declared, then windows-874 when it looks Thai.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, skip)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(&bytes[skip..])
            .0
            .into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let said = format!(
        "{} {head}",
        content_type.unwrap_or_default().to_ascii_lowercase()
    );
    let thai = bytes.iter().filter(|b| (0xA1..=0xFB).contains(*b)).count();
    let high = bytes.iter().filter(|b| **b >= 0x80).count();
    if ["874", "tis-620", "tis620", "8859-11"]
        .iter()
        .any(|name| said.contains(name))
        || thai * 10 >= high * 9
    {
        let lossy = String::from_utf8_lossy(bytes);
        let broken = lossy.matches('\u{FFFD}').count();
        // A UTF-8 page cut in the middle of a character is still UTF-8.
        if broken * 50 < lossy.chars().filter(|c| *c >= '\u{E00}').count() {
            return lossy.into_owned();
        }
        return encoding_rs::WINDOWS_874
            .decode_without_bom_handling(bytes)
            .0
            .into_owned();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Stands in for `fetch::address::normalise`: no fragment.
pub(super) fn normalise(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

/// Stands in for `thai::charset::Quality`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quality {
    /// What a person sees.
    Good,
    /// Single-byte Thai read as Latin.
    Mojibake,
    /// Not what a person sees.
    Garbage,
    /// Nothing to speak of.
    NoText,
}

/// Stands in for `thai::charset::quality`.
pub(super) fn quality(text: &str) -> Quality {
    const COMMON: [&str; 12] = [
        "การ",
        "และ",
        "ของ",
        "ใน",
        "ตาม",
        "งาน",
        "แผน",
        "ราคา",
        "เงิน",
        "จาง",
        "โดย",
        "ประ",
    ];
    let (mut chars, mut thai, mut odd, mut bad) = (0usize, 0usize, 0usize, 0usize);
    let mut latin = 0usize;
    let mut before = ' ';
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        chars += 1;
        let mark = matches!(c, '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}');
        let was_mark = matches!(before, '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}');
        let was_consonant = matches!(before, '\u{E01}'..='\u{E2E}');
        if matches!(c, '\u{E01}'..='\u{E5B}') {
            thai += 1;
        } else if !(c.is_ascii_graphic()
            || matches!(c, '\u{2010}'..='\u{2026}' | '\u{F700}'..='\u{F71A}'))
        {
            odd += 1;
            latin += usize::from(('\u{A1}'..='\u{FF}').contains(&c));
        }
        if mark && !(was_consonant || was_mark) {
            bad += 1;
        }
        before = c;
    }
    if chars < 25 {
        return Quality::NoText;
    }
    let flat: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{E48}'..='\u{E4C}'))
        .collect();
    let common: usize = COMMON
        .iter()
        .map(|word| flat.matches(word).count() * word.chars().count())
        .sum();
    let words: usize = text
        .split_whitespace()
        .filter(|w| w.len() > 2 && w.bytes().all(|b| b.is_ascii_alphabetic()))
        .map(str::len)
        .sum();
    if odd * 10 > chars * 3 && latin * 2 > odd {
        Quality::Mojibake
    } else if odd * 100 > chars * 15
        || bad * 100 > thai.max(1) * 8
        || (thai * 4 > chars && thai > 80 && common * 50 < thai)
        || (thai * 10 < chars && words * 100 < chars * 35 && !mostly_digits(text, chars))
    {
        Quality::Garbage
    } else {
        Quality::Good
    }
}

fn mostly_digits(text: &str, chars: usize) -> bool {
    text.chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '/'))
        .count()
        * 2
        > chars
}

/// Stands in for `thai::charset::repair_latin1`.
pub(super) fn repair_latin1(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        if (c as u32) < 256 {
            bytes.push(c as u8);
            continue;
        }
        let mut buffer = [0; 4];
        let (encoded, _, lost) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
        if lost {
            bytes.push(b'?');
        } else {
            bytes.extend_from_slice(&encoded);
        }
    }
    encoding_rs::WINDOWS_874
        .decode_without_bom_handling(&bytes)
        .0
        .into_owned()
}
