//! Bytes to text: which character set a page is in, and whether a text is what a person sees.

use encoding_rs::{Encoding, UTF_8, WINDOWS_874, WINDOWS_1252};

use super::{digit, is_consonant, is_lead, is_mark, is_thai, is_tone, is_vowel_mark, skeleton};

/// How far into a page its own word on the character set is looked for.
const DECLARED_WITHIN: usize = 4096;

/// Text of a body: byte order mark, then what is certainly UTF-8, then what the page or its server says, then what the
/// bytes look like.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    let text = decode_once(bytes, content_type);
    repair_mojibake(&text).unwrap_or(text)
}

fn decode_once(bytes: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => return text.to_owned(),
        Err(_) if is_mostly_utf8(bytes) => return String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => {}
    }
    let said = content_type
        .and_then(charset_in)
        .or_else(|| declared(bytes))
        .filter(|encoding| *encoding != UTF_8);
    let encoding = match said {
        // Servers say Latin-1 by default, whatever the page is in.
        Some(encoding) if encoding != WINDOWS_1252 => encoding,
        _ if looks_thai(bytes) => WINDOWS_874,
        Some(encoding) => encoding,
        None => guess(bytes),
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Whether the bytes are UTF-8 but for a few cut letters: strings cut by byte count, damaged inserts.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken * 4
}

/// The character set in a Content-Type.
fn charset_in(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end =
        value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')));
    for_label(&value[..end.unwrap_or(value.len())])
}

fn for_label(label: &str) -> Option<&'static Encoding> {
    match label {
        "tis620" | "tis_620" | "cp874" | "ms874" | "x-windows-874" | "windows874"
        | "iso8859-11" => Some(WINDOWS_874),
        label => Encoding::for_label(label.as_bytes()),
    }
}

/// What the page says in `<meta>` or in its XML declaration.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARED_WITHIN)]);
    let head = head.to_ascii_lowercase();
    if let Some(xml) = head.strip_prefix("<?xml") {
        let (inside, _) = xml.split_once("?>")?;
        if let Some((_, value)) = inside.split_once("encoding") {
            return charset_in(&format!("charset{value}"));
        }
    }
    head.match_indices("<meta").find_map(|(at, _)| {
        let tag = head[at..]
            .split_once('>')
            .map_or(&head[at..], |(tag, _)| tag);
        charset_in(tag)
    })
}

/// Whether the bytes read as windows-874 are Thai: nearly all Thai letters, in orders that Thai allows.
fn looks_thai(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|&&byte| byte >= 0x80).count();
    let shape = Shape::of(&WINDOWS_874.decode_without_bom_handling(bytes).0);
    shape.thai > 0 && shape.thai * 10 >= high * 8 && shape.wrong * 20 <= shape.thai
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"th"), chardetng::Utf8Detection::Deny)
}

/// Thai that was read in a wrong character set, put right; `None` when nothing needed it.
///
/// Read as Latin-1: `ÊÓ¹Ñ¡§Ò¹`. UTF-8 read as Latin-1 or as windows-874: `à¸ªà¸³`, `เธชเธณ`. Numbers of glyphs given out
/// as letters.
pub fn repair_mojibake(text: &str) -> Option<String> {
    let glyphs = repair_glyph_numbers(text);
    let text = glyphs.as_deref().unwrap_or(text);
    let twice = repair_twice_encoded(text);
    let now = twice.as_deref().unwrap_or(text);
    repair_latin(now).or(twice).or(glyphs)
}

/// Undoes glyph numbers given out as letters of plane 16, as seen of Windows' Thai fonts: the Thai block in its order
/// from glyph 0xD6, the raised and shifted variants (U+F700 to U+F71A elsewhere) from 0x156. Another font numbers its
/// glyphs otherwise, so only what then reads as Thai is believed.
fn repair_glyph_numbers(text: &str) -> Option<String> {
    let is_number = |c: char| ('\u{100000}'..='\u{1003FF}').contains(&c);
    let numbers = text.chars().filter(|&c| is_number(c)).count();
    if numbers < 5 {
        return None;
    }
    let letter = |c: char| {
        let glyph = (c as u32).wrapping_sub(0x10_0000);
        let code = match glyph {
            1..=3 => 0x20,
            // ก to ฺ
            0xD6..=0x10F => 0x0E01 + glyph - 0xD6,
            // ฿ to ๛: four places of the block are empty.
            0x110..=0x12C => 0x0E3F + glyph - 0x110,
            0x156..=0x170 => 0xF700 + glyph - 0x156,
            _ => return None,
        };
        char::from_u32(code)
    };
    let read: String = text.chars().map(|c| letter(c).unwrap_or(c)).collect();
    let left = read.chars().filter(|&c| is_number(c)).count();
    let shape = Shape::of(&read);
    (left * 20 <= numbers && shape.wrong * 10 <= shape.thai).then_some(read)
}

/// Undoes UTF-8 read as a single-byte set, run by run: only what is exactly UTF-8 for Thai is touched.
fn repair_twice_encoded(text: &str) -> Option<String> {
    let sure = reread(text, 3)?;
    // Words of one letter are put right only on a page that certainly is damaged.
    Some(reread(text, 1).unwrap_or(sure))
}

/// Replaces runs that stand for at least `least` Thai letters.
fn reread(text: &str, least: usize) -> Option<String> {
    if !text.contains("à¸") && !text.contains("à¹") && !text.contains("เธ") && !text.contains("เน")
    {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = [WINDOWS_1252, WINDOWS_874]
            .into_iter()
            .find_map(|encoding| {
                let bytes: Vec<u8> = rest.chars().map_while(|c| high_byte(c, encoding)).collect();
                let letters = thai_prefix(&bytes);
                (letters.chars().count() >= least.max(1)).then_some(letters)
            });
        let taken = match run {
            Some(letters) => {
                changed = true;
                let taken = rest.chars().take(letters.len()).map(char::len_utf8).sum();
                out.push_str(&letters);
                taken
            }
            // A run that is not Thai is passed over whole, so that each is looked at once.
            None => {
                let other = |c: char| c.is_ascii() || c.is_whitespace();
                let end = rest
                    .find(|c| other(c) != other(first))
                    .unwrap_or(rest.len());
                out.push_str(&rest[..end]);
                end
            }
        };
        rest = &rest[taken..];
    }
    changed.then_some(out)
}

/// The Thai letters that bytes spell in UTF-8, when they spell nothing else.
fn thai_prefix(bytes: &[u8]) -> String {
    let thai = |c: char| is_thai(c) || matches!(c, '\u{2010}'..='\u{2026}');
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(thai) => text.to_owned(),
        _ => String::new(),
    }
}

/// The byte above 7F that a letter stands for in a single-byte set.
fn high_byte(c: char, encoding: &'static Encoding) -> Option<u8> {
    if let '\u{80}'..='\u{9F}' = c {
        return u8::try_from(c as u32).ok();
    }
    if c.is_ascii() {
        return None;
    }
    let mut buffer = [0; 4];
    let (bytes, _, lost) = encoding.encode(c.encode_utf8(&mut buffer));
    match (&*bytes, lost) {
        ([byte], false) => Some(*byte),
        _ => None,
    }
}

/// Undoes TIS-620 read as Latin-1, in the whole text or in the lines that show it.
fn repair_latin(text: &str) -> Option<String> {
    if !text.chars().any(|c| matches!(c, '\u{A1}'..='\u{FB}')) {
        return None;
    }
    if let Some(all) = reread_latin(text) {
        return Some(all);
    }
    let lines: Vec<Option<String>> = text.split('\n').map(reread_latin).collect();
    lines.iter().any(Option::is_some).then(|| {
        let read = lines.into_iter().zip(text.split('\n'));
        let read: Vec<String> = read
            .map(|(new, old)| new.unwrap_or_else(|| old.to_owned()))
            .collect();
        read.join("\n")
    })
}

fn reread_latin(text: &str) -> Option<String> {
    let is_high = |c: char| matches!(c, '\u{A1}'..='\u{FB}');
    let (mut high, mut paired, mut before) = (0usize, 0usize, ' ');
    for c in text.chars() {
        if is_high(c) {
            high += 1;
            paired += usize::from(is_high(before));
        }
        before = c;
    }
    // Accents of European words stand alone; Thai read as Latin-1 stands in long runs.
    if high < 5 || paired * 3 < high * 2 {
        return None;
    }
    let read: String = text
        .chars()
        .map(|c| {
            let byte = high_byte(c, WINDOWS_1252);
            let thai = byte.map(|byte| {
                WINDOWS_874
                    .decode_without_bom_handling(&[byte])
                    .0
                    .into_owned()
            });
            thai.and_then(|thai| thai.chars().next())
                .filter(|&c| is_thai(c) || matches!(c, '\u{2010}'..='\u{2026}' | '\u{A0}'))
                .unwrap_or(c)
        })
        .collect();
    let shape = Shape::of(&read);
    (shape.thai * 10 >= high * 8 && shape.wrong * 10 <= shape.thai).then_some(read)
}

/// Whether the text layer of a file is what a person sees on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Yes.
    Good,
    /// No, but [`repair_mojibake`] can put it right.
    Mojibake,
    /// No: fonts without a way back to letters, or a machine's reading of the wrong language.
    Garbage,
    /// There is next to nothing.
    NoText,
}

/// Judges raw text (before `clean`) of a page or a file.
pub fn quality(text: &str) -> Quality {
    let shape = Shape::of(text);
    if shape.letters < 25 {
        return Quality::NoText;
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let odd = share(shape.odd, shape.letters);
    if odd > 0.15 {
        let repaired = repair_mojibake(text).map(|text| Shape::of(&text));
        let cured = repaired.is_some_and(|cured| cured.odd * 10 < cured.letters);
        return if cured {
            Quality::Mojibake
        } else {
            Quality::Garbage
        };
    }
    let mostly_thai = shape.thai * 4 > shape.letters;
    let hardly_thai = shape.thai * 10 < shape.letters;
    if share(shape.wrong, shape.thai) > 0.08 && shape.wrong > 2
        || mostly_thai && share(common_letters(text), shape.thai) < 0.05
        || hardly_thai && share(shape.plain_words, shape.letters) < 0.35
        || hardly_thai && is_no_language(text)
    {
        return Quality::Garbage;
    }
    Quality::Good
}

/// Words that any page of English has: a fifth to a third of its words.
const ENGLISH: &str = "the of and to in for is on by with or be as are this that from was have not which all at an it we you your will has its can their our";

/// Many Latin words and none that English is made of: a machine that knew English only read Thai.
fn is_no_language(text: &str) -> bool {
    let (mut words, mut letters, mut english, mut all) = (0, 0, 0, 0);
    for word in text.split_whitespace() {
        all += word.len();
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            words += 1;
            letters += word.len();
            english += usize::from(
                ENGLISH
                    .split(' ')
                    .any(|known| known.eq_ignore_ascii_case(word)),
            );
        }
    }
    words >= 20 && letters * 3 > all && english * 20 < words
}

/// Pieces of words that any page of official Thai has.
const COMMON: &str =
    "การ ที่ และ ของ ใน ให้ เป็น ได้ มี จาก ตาม ไม่ หรือ วัน งาน ส่วน แผน ราคา ประ บริ เงิน จ้าง โดย ความ";

fn common_letters(text: &str) -> usize {
    let text = skeleton(text);
    let letters = |word: &str| {
        let word = skeleton(word);
        text.matches(word.as_str()).count() * word.chars().count()
    };
    COMMON.split(' ').map(letters).sum()
}

/// Counts over a text, white space left out.
#[derive(Debug, Default, Clone, Copy)]
struct Shape {
    letters: usize,
    /// Thai letters, digits aside.
    thai: usize,
    /// Neither Thai nor ASCII nor usual in print.
    odd: usize,
    /// Thai letters where Thai writes none.
    wrong: usize,
    /// Letters in Latin words and in numbers.
    plain_words: usize,
}

impl Shape {
    fn of(text: &str) -> Self {
        let mut shape = Self::default();
        let mut before = ' ';
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            shape.letters += 1;
            let thai = is_thai(c) || matches!(c, '\u{F700}'..='\u{F71A}');
            shape.thai += usize::from(thai && digit(c).is_none());
            shape.odd += usize::from(!thai && !is_usual(c));
            shape.wrong += usize::from(is_wrong(before, c));
            before = c;
        }
        shape.plain_words = text
            .split_whitespace()
            .filter(|word| is_plain(word))
            .map(str::len)
            .sum();
        shape
    }
}

fn is_usual(c: char) -> bool {
    c.is_ascii_graphic()
        || matches!(c, '\u{2010}'..='\u{2026}' | '\u{2190}'..='\u{21FF}' | '\u{25A0}'..='\u{27BF}' | '\u{F000}'..='\u{F0FF}')
}

/// A Latin word or a number of at least two digits.
fn is_plain(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
    word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        || word.len() > 1
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".,/-:".contains(&byte))
}

/// Whether Thai never writes `c` right after `before`.
fn is_wrong(before: char, c: char) -> bool {
    let high = |c| is_vowel_mark(c);
    is_mark(c) && !(is_consonant(before) || is_mark(before))
        || high(c) && high(before)
        || is_tone(c) && is_tone(before)
        || is_lead(before) && !is_consonant(c) && !is_lead(c)
        || matches!(c, 'ะ' | 'า' | 'ำ')
            && !(is_consonant(before) || is_mark(before) || before == 'า')
}

#[cfg(test)]
mod tests {
    use super::*;

    const THAI: &str = "ประกาศองค์การบริหารส่วนตำบลหนองข่า เรื่อง แผนการจัดซื้อจัดจ้าง";

    fn tis620(text: &str) -> Vec<u8> {
        let (bytes, _, lost) = WINDOWS_874.encode(text);
        assert!(!lost);
        bytes.into_owned()
    }

    /// Bytes as a program shows them that knows Latin-1 only.
    fn latin(bytes: &[u8]) -> String {
        bytes.iter().map(|&byte| char::from(byte)).collect()
    }

    #[test]
    fn utf8_is_believed_whatever_is_declared() {
        let page = format!("<meta charset=tis-620><p>{THAI}");
        assert_eq!(
            decode(page.as_bytes(), Some("text/html; charset=windows-874")),
            page
        );
        let marked = [b"\xEF\xBB\xBF".as_slice(), THAI.as_bytes()].concat();
        assert_eq!(decode(&marked, None), THAI);
        let wide: Vec<u8> = std::iter::once(0xFEFF)
            .chain(THAI.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(decode(&wide, None), THAI);
    }

    #[test]
    fn utf8_cut_in_a_letter_stays_utf8() {
        let mut bytes = THAI.as_bytes().to_vec();
        bytes.truncate(bytes.len() - 1);
        let text = decode(&bytes, Some("text/html; charset=tis-620"));
        assert!(
            text.starts_with("ประกาศองค์การ") && text.ends_with('\u{FFFD}'),
            "{text}"
        );
    }

    #[test]
    fn thai_bytes_are_windows_874_by_any_name_or_none() {
        let bytes = tis620(THAI);
        for said in [
            None,
            Some("text/html"),
            Some("text/html; charset=TIS-620"),
            Some("text/html;charset=\"windows-874\""),
            Some("text/html; charset = iso-8859-11"),
            Some("text/html; charset=tis620"),
            Some("text/html; charset=ISO-8859-1"),
            Some("text/html; charset=utf-8"),
            Some("text/html; charset=nonsense"),
        ] {
            assert_eq!(decode(&bytes, said), THAI, "{said:?}");
        }
        let page = |head: &str| [head.as_bytes(), &tis620("<p>สวัสดี")].concat();
        for head in [
            "<meta http-equiv=Content-Type content='text/html; charset=windows-874'>",
            "<META CHARSET=\"TIS-620\">",
            "<?xml version='1.0' encoding='TIS-620'?>",
        ] {
            assert!(decode(&page(head), None).ends_with("<p>สวัสดี"), "{head}");
        }
    }

    #[test]
    fn other_languages_are_left_to_the_detector() {
        let french = "Le déjeuner est préparé à la mairie; où êtes-vous né, cher élève? ";
        let bytes = WINDOWS_1252.encode(french).0.into_owned();
        assert_eq!(
            decode(&bytes, Some("text/html; charset=iso-8859-1")),
            french
        );
        assert_eq!(decode(&bytes, None), french);
    }

    #[test]
    fn thai_read_as_latin_is_put_right() {
        assert_eq!(repair_mojibake("ÊÓ¹Ñ¡§Ò¹").as_deref(), Some("สำนักงาน"));
        assert_eq!(
            repair_mojibake(&latin(&tis620(THAI))).as_deref(),
            Some(THAI)
        );
        let mixed = format!(
            "หัวเรื่องที่อ่านได้ตามปกติ\n{}",
            latin(&tis620("รายละเอียดตามเอกสารแนบ"))
        );
        assert_eq!(
            repair_mojibake(&mixed).as_deref(),
            Some("หัวเรื่องที่อ่านได้ตามปกติ\nรายละเอียดตามเอกสารแนบ")
        );
    }

    #[test]
    fn utf8_read_in_one_byte_is_put_right() {
        let as_1252 = WINDOWS_1252.decode_without_bom_handling(THAI.as_bytes()).0;
        assert_eq!(repair_mojibake(&as_1252).as_deref(), Some(THAI));
        let as_874 = WINDOWS_874.decode_without_bom_handling(THAI.as_bytes()).0;
        assert_eq!(repair_mojibake(&as_874).as_deref(), Some(THAI));
        let page = format!("<h1>หัวเรื่อง</h1><p>{as_1252}</p>");
        assert_eq!(
            repair_mojibake(&page),
            Some(format!("<h1>หัวเรื่อง</h1><p>{THAI}</p>"))
        );
    }

    #[test]
    fn sound_text_is_not_repaired() {
        for text in [
            THAI,
            "ดิสโก้เธค เธค เนค เนกไท เธอ เนื่อง",
            "Le déjeuner préparé à la mairie où êtes-vous né",
            "30 °C ± 2 × ½ § 5",
            "naïve Ångström œuvre",
            "",
        ] {
            assert_eq!(repair_mojibake(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_layer_is_judged_by_what_a_person_would_see() {
        let table = "1,200.00 350,000 12/05/2564 98 1,500 25,000.50 700 800 900 1,000";
        for (text, verdict) in [
            (THAI, Quality::Good),
            (&THAI.replace(['่', '้', '์'], ""), Quality::Good),
            (
                "Annual report of the local government, fiscal year 2021",
                Quality::Good,
            ),
            (table, Quality::Good),
            (&latin(&tis620(THAI)), Quality::Mojibake),
            (
                "ำ ! \" ำ # $ % !& & ( ) * ำ + , - . / ำ 0 ! \" # ำ $ % &",
                Quality::Garbage,
            ),
            (
                "!1>ก@0อคก@1 1ิห@1สÿ/!ํ@ ลก>ล@เส !1>ก@0อคก@1 1ิห@1ส",
                Quality::Garbage,
            ),
            (
                "C9llvmi.m o 111'1L:wm mo,ooo 1J::11'1 ~tl ]\\l'~ i;:;:",
                Quality::Garbage,
            ),
            (
                "Ussmasanisusnisaqusruanzaia (309 TUNUNAMIIAVaIAT MaONIstaNViAg Used tauUseI WA. WeDo\n\
                 sawaaAMIaUIMIsAqUsUANLATA SuNAaim Fandangse LAdartasway AMIsIAvA TAN wVIaMataNiIAA\n\
                 TUIWAM HAIR Wee mo AEE wede alNEUWIMoATS TENNUMUMANINATAIsUSELY\n\
                 qussiNuavAIlUslalun sue mvemaenuniadg (Integrity and Transparency Assessment: ITA)",
                Quality::Garbage,
            ),
            (
                "Kalase Subdistrict Administrative Organization, Sikao District, Trang Province\n\
                 Announcement on the Policy of No Gift from all kinds of duties: the chief executive and officers\n\
                 shall not receive any gift before, during and after the performance of their duties",
                Quality::Good,
            ),
            ("- 12 -", Quality::NoText),
            ("", Quality::NoText),
        ] {
            assert_eq!(quality(text), verdict, "{text}");
        }
    }
}
