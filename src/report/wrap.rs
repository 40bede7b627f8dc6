//! Lines of Thai for a terminal: broken at spaces, else between clusters, never before a vowel or tone mark.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Words that begin a word far more often than they stand inside one; Thai puts no spaces between words.
const OPENERS: [&str; 7] = ["การ", "ความ", "ของ", "หรือ", "จาก", "ตาม", "ประ"];

/// A rest of a line shorter than this is left empty rather than filled with half a word.
const LEAST: usize = 12;

/// Columns a text takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// Text filled up with spaces to a number of columns.
pub(super) fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(columns(text))))
}

/// Breaks a text into lines of at most `width` columns. Addresses stay whole even when longer.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut rest = word;
        loop {
            let gap = usize::from(used > 0);
            let room = width.saturating_sub(used + gap);
            let wide = columns(rest);
            let fits = used + gap + wide <= width || (used == 0 && word.contains("://"));
            let end = if fits {
                rest.len()
            } else {
                match break_within(rest, room, wide > width) {
                    // Nowhere to break in time: an overlong line beats an endless one, and ends as soon as it may.
                    0 if used == 0 => first_break(rest),
                    end => end,
                }
            };
            if end > 0 {
                if let Some(line) = lines.last_mut() {
                    line.push_str(&" "[..gap]);
                    line.push_str(&rest[..end]);
                }
                used += gap + columns(&rest[..end]);
                rest = &rest[end..];
            }
            if rest.is_empty() {
                break;
            }
            lines.push(String::new());
            used = 0;
        }
    }
    lines
}

/// Where to break a run without spaces so that at most `room` columns stay: 0 when it should rather go on the next line.
/// `must`: it does not fit on a line of its own either.
fn break_within(run: &str, room: usize, must: bool) -> usize {
    if room == 0 || run.contains("://") || (room < LEAST && !must) {
        return 0;
    }
    let (mut good, mut any, mut taken) = (0, 0, 0);
    let mut before = None;
    for (at, c) in run.char_indices() {
        if taken > room {
            break;
        }
        if let Some(before) = before
            && may_part(before, c)
        {
            any = at;
            if taken * 2 >= room && parts_well(before, &run[at..]) {
                good = at;
            }
        }
        taken += c.width().unwrap_or(0);
        before = Some(c);
    }
    match (good, must) {
        (0, true) if room >= LEAST || any > 0 => any,
        (good, _) => good,
    }
}

/// The first place where a run may be broken; its end when there is none.
fn first_break(run: &str) -> usize {
    let after = run.char_indices().skip(1);
    let mut pairs = run.chars().zip(after);
    let first = pairs.find(|&(before, (_, after))| may_part(before, after));
    first.map_or(run.len(), |(_, (at, _))| at)
}

/// The end of the last whole cluster within the first `limit` characters.
pub(super) fn cut(text: &str, limit: usize) -> usize {
    let mut end = 0;
    let mut before = None;
    for (at, c) in text.char_indices().take(limit + 1) {
        if before.is_none_or(|before| may_part(before, c)) {
            end = at;
        }
        before = Some(c);
    }
    end
}

/// A line may end between these two characters.
fn may_part(before: char, after: char) -> bool {
    let hangs = after.width() == Some(0)
        || matches!(after, 'ะ' | 'า' | 'ำ' | 'ๅ' | 'ๆ' | 'ฯ')
        || matches!(
            after,
            ')' | ']' | '”' | '’' | '"' | ',' | '.' | ';' | ':' | '!' | '?' | '%' | '…'
        );
    let holds = matches!(
        before,
        'เ' | 'แ' | 'โ' | 'ใ' | 'ไ' | '(' | '[' | '“' | '‘' | '"' | '\u{200d}'
    );
    let together = before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric()
        || before.is_ascii_digit() && after == '.'
        || before == '.' && after.is_ascii_digit();
    !hangs && !holds && !together
}

/// A word or at least a syllable begins here.
fn parts_well(before: char, rest: &str) -> bool {
    let opens = rest.starts_with(['เ', 'แ', 'โ', 'ใ', 'ไ', '(', '“']);
    opens
        || OPENERS.iter().any(|word| rest.starts_with(word))
        || matches!(before, 'ะ' | 'ๆ' | 'ฯ' | ')' | '”' | ',' | '/' | '-' | '|')
        || before.is_ascii() != rest.starts_with(|c: char| c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_at_spaces_first() {
        assert_eq!(
            wrap("ขาด กุมภาพันธ์ 2564, มีนาคม 2564", 20),
            ["ขาด กุมภาพันธ์ 2564,", "มีนาคม 2564"]
        );
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn a_long_run_breaks_where_a_word_begins() {
        let lines = wrap("รายงานการกำกับติดตามการใช้จ่ายงบประมาณประจำปี", 24);
        assert_eq!(lines, ["รายงานการกำกับติดตามการ", "ใช้จ่ายงบประมาณประจำปี"]);
    }

    #[test]
    fn a_vowel_or_tone_mark_never_begins_a_line() {
        let text = "น้ำผึ้งที่นี่กำลังหกเปื้อนพื้นบ้านเรือนไทยใกล้แม่น้ำ".repeat(3);
        for width in 4..40 {
            for line in wrap(&text, width) {
                let first = line.chars().next().unwrap();
                assert!(may_part('ก', first), "{width}: {line}");
                assert!(
                    !line.ends_with(['เ', 'แ', 'โ', 'ใ', 'ไ']),
                    "{width}: {line}"
                );
            }
        }
    }

    #[test]
    fn an_address_stays_whole() {
        let url = "https://www.example.go.th/public/list/data/index/menu/1210?page=2&order=date";
        assert_eq!(wrap(&format!("ดูที่ {url} หน้า 3"), 30), ["ดูที่", url, "หน้า 3"]);
    }

    #[test]
    fn what_cannot_be_broken_is_printed_whole() {
        let code = "a1".repeat(30);
        assert_eq!(wrap(&format!("รหัส {code} ท้าย"), 20), ["รหัส", &code, "ท้าย"]);
        assert_eq!(wrap("ก", 0), ["ก"]);
    }

    #[test]
    fn a_run_that_cannot_be_broken_in_time_is_broken_as_soon_as_it_may() {
        assert_eq!(wrap("0aaaaaa).เก", 8), ["0aaaaaa).", "เก"]);
    }

    #[test]
    fn a_shortened_text_keeps_its_clusters() {
        let text = "กำลังดำเนินการ";
        assert_eq!(
            &text[..cut(text, 1)],
            "",
            "ก without its ำ would be another word"
        );
        assert_eq!(&text[..cut(text, 2)], "กำ");
        assert_eq!(&text[..cut(text, 99)].len(), &text[..cut(text, 13)].len());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_line_is_too_wide(text in "[ก-ฮะ-ูเ-์a-z0-9 ./()]{0,120}", width in 8usize..60) {
            let lines = wrap(&text, width);
            let joined: String = lines.concat().split_whitespace().collect();
            prop_assert_eq!(joined, text.split_whitespace().collect::<String>());
            for line in &lines {
                let unbreakable = !line.chars().zip(line.chars().skip(1)).any(|(a, b)| may_part(a, b));
                prop_assert!(columns(line) <= width || unbreakable, "{} > {}: {}", columns(line), width, line);
            }
        }
    }
}
