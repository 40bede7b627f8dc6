//! Phone numbers, e-mail addresses and Line names in a text.

use super::digit;

/// What answers at a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Somebody.
    Phone,
    /// A call centre with four or five digits.
    Hotline,
    /// A machine.
    Fax,
}

const FAX: [&str; 5] = ["โทรสาร", "แฟกซ์", "แฟ็กซ์", "fax", "f."];
const PHONE: [&str; 5] = ["โทร", "โทร.", "สายด่วน", "โทรศัพท์", "call"];

/// The contacts of a line, as written. Fax numbers are not a way to reach a person.
pub(crate) fn contacts(text: &str) -> Vec<String> {
    let phones = numbers(text).into_iter();
    let mut found: Vec<String> = phones
        .filter(|(_, answers)| *answers != Answers::Fax)
        .map(|(number, _)| number)
        .collect();
    found.extend(mails(text));
    if text.contains(['l', 'L']) || text.contains("ไลน์") {
        found.extend(line_name(text));
    }
    found
}

fn is_joint(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '–' | '−' | '\u{2011}' | '\u{A0}' | '(' | ')'
    )
}

/// Phone and fax numbers in a text, as written.
pub(crate) fn numbers(text: &str) -> Vec<(String, Answers)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let starts = digit(chars[i]).is_some() || chars[i] == '+';
        if !starts || i > 0 && digit(chars[i - 1]).is_some() {
            i += 1;
            continue;
        }
        match number(&chars, i) {
            Ok((end, answers)) => {
                found.push((chars[i..end].iter().collect(), answers));
                i = end;
            }
            Err(taken) => i = taken.max(i + 1),
        }
    }
    found
}

/// The end of the number that starts at `start` and what answers there, or how far its digits go when it is none.
fn number(chars: &[char], start: usize) -> Result<(usize, Answers), usize> {
    let is_abroad = chars[start] == '+';
    let (mut digits, mut end, mut i) = (String::new(), start, start + usize::from(is_abroad));
    while i < chars.len() && i < start + 30 {
        if let Some(c) = digit(chars[i]).and_then(|digit| char::from_digit(digit, 10)) {
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
            && label(&chars[..start], &PHONE).is_some()
            && end - start == digits.len();
        return is_hotline.then_some((end, Answers::Hotline)).ok_or(end);
    }
    let answers = if is_fax(&chars[..start]) {
        Answers::Fax
    } else {
        Answers::Phone
    };
    Ok((extension(chars, end), answers))
}

/// Behind a fax label, unless it stands together with a phone label: `โทรศัพท์/โทรสาร`.
fn is_fax(before: &[char]) -> bool {
    label(before, &FAX).is_some_and(|above| {
        let above: Vec<char> = above
            .trim_end_matches(|c: char| c.is_whitespace() || c == '/')
            .trim_end_matches("และ")
            .chars()
            .collect();
        label(&above, &PHONE).is_none()
    })
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

/// What stands before the label that ends a text, when one of the words does.
fn label(before: &[char], words: &[&str]) -> Option<String> {
    let tail: String = before[before.len().saturating_sub(24)..].iter().collect();
    let tail = tail
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '-'))
        .to_lowercase();
    words
        .iter()
        .find_map(|word| tail.strip_suffix(word.trim_end_matches('.')))
        .map(str::to_owned)
}

/// E-mail addresses in a text.
pub(crate) fn mails(text: &str) -> Vec<String> {
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
            ("โทรศัพท์/โทรสาร 0 7529 0000", "0 7529 0000"),
            ("โทร. และ แฟกซ์ : 075-290000", "075-290000"),
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
