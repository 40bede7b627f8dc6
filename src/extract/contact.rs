//! Phone numbers, e-mail addresses and Line names in a line of text.

/// The contacts of a line, as written. Fax numbers are not a way to reach a person.
pub(super) fn contacts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.contains(|c| digit(c).is_some()) {
        found.extend(phones(text));
    }
    found.extend(mails(text));
    if text.contains(['l', 'L']) || text.contains("ไลน์") {
        found.extend(line_name(text));
    }
    found
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '๐'..='๙' => char::from_digit(c as u32 - '๐' as u32, 10),
        _ => None,
    }
}

fn is_joint(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '–' | '−' | '\u{2011}' | '\u{A0}' | '(' | ')'
    )
}

fn phones(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let starts = digit(chars[i]).is_some() || chars[i] == '+';
        if !starts || i > 0 && digit(chars[i - 1]).is_some() {
            i += 1;
            continue;
        }
        let (end, taken) = number(&chars, i);
        if let Some(end) = end {
            let is_fax = is_after(&chars[..i], &["โทรสาร", "แฟกซ์", "แฟ็กซ์", "fax", "f."]);
            if !is_fax {
                found.push(chars[i..end].iter().collect());
            }
            i = end;
        } else {
            i = taken.max(i + 1);
        }
    }
    found
}

/// The end of a phone number that starts at `start`, or how far its digits go when it is none.
fn number(chars: &[char], start: usize) -> (Option<usize>, usize) {
    let is_abroad = chars[start] == '+';
    let (mut digits, mut end, mut i) = (String::new(), start, start + usize::from(is_abroad));
    while i < chars.len() && i < start + 30 {
        if let Some(c) = digit(chars[i]) {
            digits.push(c);
            i += 1;
            end = i;
            if is_whole(&digits, is_abroad) && !continues(chars, i, &digits) {
                break;
            }
        } else if is_joint(chars[i]) && i == end
            || is_joint(chars[i]) && chars[i - 1] != chars[i] && i - end < 3
        {
            i += 1;
        } else {
            break;
        }
    }
    if !is_whole(&digits, is_abroad) || chars.get(end).is_some_and(|c| digit(*c).is_some()) {
        let is_hotline = (4..=5).contains(&digits.len())
            && is_after(
                &chars[..start],
                &["โทร", "โทร.", "สายด่วน", "โทรศัพท์", "call"],
            );
        let glued = end - start == digits.len();
        return (is_hotline.then_some(end).filter(|_| glued), end);
    }
    (Some(extension(chars, end)), end)
}

/// Nine digits with an area code, ten for a mobile phone, eleven after +66.
fn is_whole(digits: &str, is_abroad: bool) -> bool {
    if is_abroad {
        return digits.starts_with("66") && (10..=12).contains(&digits.len());
    }
    let mobile = digits.starts_with("06") || digits.starts_with("08") || digits.starts_with("09");
    match digits.len() {
        9 => digits.starts_with('0') && !mobile && !digits.starts_with("00"),
        10 => mobile,
        _ => false,
    }
}

/// More digits glued on make it another kind of number.
fn continues(chars: &[char], i: usize, digits: &str) -> bool {
    digits.len() < 13 && chars.get(i).is_some_and(|c| digit(*c).is_some())
}

/// `ต่อ 12`, `ext. 5`, or the last digit of a range: `0 7529 0000-3`.
fn extension(chars: &[char], end: usize) -> usize {
    let rest: String = chars[end..].iter().take(16).collect();
    let trimmed = rest.trim_start();
    let word = ["ต่อ", "กด", "ext.", "ext"]
        .iter()
        .find(|word| trimmed.to_lowercase().starts_with(**word));
    let skip = match word {
        Some(word) => rest.chars().count() - trimmed.chars().count() + word.chars().count(),
        None if rest.starts_with(['-', '–']) => 1,
        None => return end,
    };
    let mut i = end + skip;
    while word.is_some() && chars.get(i).is_some_and(|c| matches!(c, ' ' | '.' | ':')) {
        i += 1;
    }
    let from = i;
    while chars.get(i).is_some_and(|c| digit(*c).is_some()) {
        i += 1;
    }
    let longest = if word.is_some() { 5 } else { 2 };
    if (1..=longest).contains(&(i - from)) {
        i
    } else {
        end
    }
}

fn is_after(before: &[char], words: &[&str]) -> bool {
    let tail: String = before[before.len().saturating_sub(24)..].iter().collect();
    let tail = tail
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '-'))
        .to_lowercase();
    words
        .iter()
        .any(|word| tail.ends_with(word.trim_end_matches('.')))
}

fn mails(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%');
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = &text[..at];
        let local = &before[before.trim_end_matches(is_part).len()..];
        let after = &text[at + 1..];
        let domain = &after[..after.len() - after.trim_start_matches(is_part).len()];
        let domain = domain.trim_end_matches(['.', '-']);
        if !local.is_empty() && domain.contains('.') && !domain.starts_with('.') {
            found.push(format!("{local}@{domain}"));
        }
    }
    found
}

/// `Line ID : somchai99`, `ไลน์ @obt`.
fn line_name(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let starts_word = |at: &usize| !lower[..*at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let (at, word) = ["line id", "id line", "ไอดีไลน์", "line", "ไลน์"]
        .iter()
        .find_map(|word| {
            let at = lower.find(word).filter(starts_word)?;
            Some((at, *word))
        })?;
    // Lower case may be longer than the text: count from where both agree.
    let rest = text.get(at + word.len()..)?;
    let rest =
        rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '-' | '='));
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    let name = &rest[..rest.len() - rest.trim_start_matches(is_part).len()];
    let is_name = name.chars().count() >= 4
        && !lower.contains("http")
        && !matches!(
            name.to_lowercase().as_str(),
            "official" | "notify" | "group" | "account"
        );
    is_name.then(|| format!("Line {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_written_in_many_ways() {
        for (text, phone) in [
            ("โทร. 0 7529 0000 ต่อ 12", "0 7529 0000 ต่อ 12"),
            ("โทรศัพท์ : 08-1234-5678", "08-1234-5678"),
            ("086-000-4001", "086-000-4001"),
            ("โทร ๐๘๑-๒๓๔๕๖๗๘ (มือถือ)", "๐๘๑-๒๓๔๕๖๗๘"),
            ("02-123-4567", "02-123-4567"),
            ("0-2123-4567-9", "0-2123-4567-9"),
            ("(045) 123-456", "045) 123-456"),
            ("โทร.0812345678", "0812345678"),
            ("+66 81 234 5678", "+66 81 234 5678"),
            ("สายด่วน 1132", "1132"),
        ] {
            assert_eq!(contacts(text), [phone], "{text}");
        }
    }

    #[test]
    fn other_numbers_are_not_phones() {
        for text in [
            "3 8099 00123 45 6",
            "เลขประจำตัว 1-8099-00123-45-6",
            "จังหวัดตรัง 92150",
            "ปีงบประมาณ 2565",
            "วันที่ 01-05-2565",
            "โทรสาร 0 7529 0001",
            "งบ 081,234.50 บาท",
        ] {
            assert_eq!(contacts(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn two_numbers_in_a_line_are_two_contacts() {
        assert_eq!(
            contacts("โทร. 075-290000, 081-234-5678 โทรสาร 075-290001"),
            ["075-290000", "081-234-5678"]
        );
    }

    #[test]
    fn mail_and_line_are_contacts() {
        assert_eq!(contacts("E-mail: a.b@x.go.th."), ["a.b@x.go.th"]);
        assert_eq!(contacts("Line ID : somchai99"), ["Line somchai99"]);
        assert_eq!(contacts("Line Official"), Vec::<String>::new());
        assert_eq!(contacts("online service"), Vec::<String>::new());
    }
}
