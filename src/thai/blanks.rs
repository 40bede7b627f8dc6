//! Blanks of a template: places left for a name, a year or a word that nobody filled in.

use std::ops::Range;
use std::sync::LazyLock;

use super::dates::{self, Role};
use super::{digit, head, is_thai, key};

/// How far into a text its deciding places stand, in letters.
const HEAD: usize = 1500;
/// How far open fields are counted, in letters.
const BODY: usize = 4000;
/// Open fields that make a text a form …
const MANY: usize = 6;
/// Letters before a blank that tell what it is for.
const LABEL: usize = 40;

/// What a blank is left for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// The agency's name: `องค์การบริหารส่วนตำบล..........`, `[ชื่อหน่วยงาน]`.
    Agency,
    /// The year: `ประจำปีงบประมาณ พ.ศ. .......`, `25XX`.
    Year,
    /// Something else.
    Other,
}

/// What an unfilled template leaves open in its deciding places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfilled {
    /// The blank with the words before it, in bytes of the text.
    pub(crate) span: Range<usize>,
    /// It is the agency's name that is missing: no template where the name stands elsewhere.
    pub(crate) of_agency: bool,
}

/// The first deciding blank of a text: a name or a year left open at its head, or field after field. Forms that
/// citizens fill in, leaders of a table of contents and lines to sign or date by hand are none.
pub(crate) fn unfilled(text: &str) -> Option<Unfilled> {
    let body = head(text, BODY);
    let blanks = blanks(body);
    if blanks.is_empty() || is_for_citizens(text) {
        return None;
    }
    let within = head(text, HEAD).len();
    let deciding = |slot| {
        let mut blanks = blanks.iter();
        blanks.find(|(span, it)| *it == slot && span.start < within)
    };
    if let Some((span, _)) = deciding(Slot::Agency) {
        let span = span.clone();
        return Some(Unfilled {
            span,
            of_agency: true,
        });
    }
    let dated = || {
        let mentions = dates::scan(&body[..within.min(body.len())]);
        mentions
            .iter()
            .any(|it| it.role == Role::Subject && it.when.fiscal_year().is_some())
    };
    let open = deciding(Slot::Year).filter(|_| !dated());
    let fields = || {
        let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
        let first = blanks
            .first()
            .filter(|_| blanks.len() >= MANY && blanks.len() * 2 >= lines)?;
        Some(first)
    };
    let (span, _) = open.or_else(fields)?;
    Some(Unfilled {
        span: span.clone(),
        of_agency: false,
    })
}

/// Forms whose blanks are left for the people who use them.
fn is_for_citizens(text: &str) -> bool {
    const FORMS: &str = "คำร้อง แบบคำขอ แบบขอ แบบแจ้ง แบบร้อง แบบสอบถาม แบบสำรวจ แบบประเมินความพึงพอใจ แบบฟอร์มคำ แบบฟอร์มการขอ แบบฟอร์มร้อง \
        แบบฟอร์มแจ้ง แบบฟอร์มขอ แบบฟอร์มการร้อง แบบฟอร์มรับเรื่อง แบบรับเรื่อง ใบสมัคร ใบลา ใบคำ หนังสือร้องเรียน หนังสือมอบอำนาจ \
        สัญญา ข้าพเจ้า เขียนที่ แบบยื่น ใบยื่น แบบหนังสือ ลงทะเบียน";
    static KEYS: LazyLock<Vec<String>> =
        LazyLock::new(|| FORMS.split_whitespace().map(key).collect());
    let key = key(head(text, HEAD));
    KEYS.iter().any(|form| key.contains(form))
}

/// Every blank, with its label.
fn blanks(text: &str) -> Vec<(Range<usize>, Slot)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let blank = match c {
            '.' | '…' | '_' => {
                // The point of `พ.ศ.` is no part of the line behind it.
                let end = at + if rest.starts_with(". ") { 1 } else { run(rest) };
                let open = is_long(&text[at..end])
                    && !leads_to_page(&text[end..])
                    && !is_filled(&text[end..]);
                Some((end, open.then(|| slot(text, at))))
            }
            '[' | '(' | '<' | '{' | '〔' => {
                placeholder(rest).map(|(length, slot)| (at + length, Some(slot)))
            }
            'x' | 'X' | '×' => {
                let end = at
                    + rest
                        .find(|c| !matches!(c, 'x' | 'X' | '×'))
                        .unwrap_or(rest.len());
                let whole = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphabetic());
                let alone =
                    whole(text[..at].chars().next_back()) && whole(text[end..].chars().next());
                let many = text[at..end].chars().count() >= 2;
                let slot = (alone && many).then(|| crossed(text, at)).flatten();
                Some((end, slot))
            }
            _ => None,
        };
        match blank {
            Some((end, Some(slot))) => {
                found.push((label(text, at)..end, slot));
                at = end;
            }
            Some((end, None)) => at = end,
            None => at += c.len_utf8(),
        }
    }
    found
}

/// Length of a dotted or drawn line; single spaces may break it.
fn run(text: &str) -> usize {
    let mut end = 0;
    let mut spaces = 0;
    for (at, c) in text.char_indices() {
        match c {
            '.' | '…' | '_' => {
                end = at + c.len_utf8();
                spaces = 0;
            }
            ' ' if spaces == 0 => spaces = 1,
            _ => break,
        }
    }
    end
}

/// Longer than what ends a sentence or leaves words out.
fn is_long(run: &str) -> bool {
    let count = |of: char| run.chars().filter(|&c| c == of).count();
    count('.') + count('_') * 2 + count('…') * 3 >= 5
}

/// A leader of a table of contents: a page number and the line's end come next.
fn leads_to_page(after: &str) -> bool {
    let line = after.lines().next().unwrap_or_default().trim();
    let number = line.trim_matches(|c| matches!(c, '(' | ')' | '-' | ' '));
    !number.is_empty()
        && number
            .chars()
            .all(|c| digit(c).is_some() || matches!(c, '-' | '–' | ' '))
}

/// `พ.ศ. .....2565.....`: written upon the line, which goes on behind.
fn is_filled(after: &str) -> bool {
    /// What a form prints between two blanks.
    const PRINTED: &str = "อำเภอ จังหวัด ตำบล เดือน พ.ศ. ที่ เรื่อง ประจำ ปี เลขที่ ลงวันที่ วันที่ หมู่ ถนน โทร ชื่อ นามสกุล ตำแหน่ง บาท งบประมาณ ผู้ \
        อ. จ. ต. และ ถึง โดย ของ";
    let written = after.trim_start_matches(' ');
    let end = written.find(['.', '…', '_', '\n']).unwrap_or(written.len());
    let (words, rest) = written.split_at(end);
    let number = words.trim().chars().all(|c| digit(c).is_some());
    let words = words.trim();
    !words.is_empty()
        && words.chars().count() <= 40
        && (number || run(rest) > 0 && is_long(&rest[..run(rest)]))
        && !PRINTED
            .split_whitespace()
            .any(|printed| words.starts_with(printed))
}

/// Keys of what a placeholder says.
struct Inside {
    /// To fill it in.
    asking: Vec<String>,
    /// Whose name.
    naming: Vec<String>,
    agency: String,
    year: Vec<String>,
}

static INSIDE: LazyLock<Inside> = LazyLock::new(|| {
    let keys = |words: &str| words.split(' ').map(key).collect();
    Inside {
        asking: keys("ระบุ ใส่ กรอก โปรดระบุ เติม"),
        naming: keys("ชื่อหน่วยงาน ชื่อองค์กร ชื่ออปท ชื่อองค์การ ชื่อเทศบาล ชื่ออบต ชื่อส่วนราชการ ชื่อตำบล"),
        agency: key("หน่วยงาน"),
        year: keys("ปีงบประมาณ ปี พ.ศ"),
    }
});

/// `[ชื่อหน่วยงาน]`, `(ระบุ)`, `<ปี พ.ศ.>` and how long it is.
fn placeholder(text: &str) -> Option<(usize, Slot)> {
    const LONGEST: usize = 60;
    let open = text.chars().next()?;
    let close = match open {
        '[' => ']',
        '(' => ')',
        '<' => '>',
        '{' => '}',
        _ => '〕',
    };
    let (end, _) = text
        .char_indices()
        .take(LONGEST)
        .find(|&(_, c)| c == close)?;
    let inside = key(&text[open.len_utf8()..end]);
    let Inside {
        asking,
        naming,
        agency,
        year,
    } = &*INSIDE;
    let begins = |words: &[String]| words.iter().any(|word| inside.starts_with(word));
    let asks = begins(asking);
    let whose = naming.iter().any(|name| inside.contains(name));
    let named = whose && (asks || begins(naming));
    let slot = if named || open == '[' && inside == *agency {
        Slot::Agency
    } else if asks && (inside.contains("ปี") || inside.contains("พ.ศ"))
        || open == '[' && begins(year) && !inside.contains('2')
    {
        Slot::Year
    } else if asks {
        Slot::Other
    } else {
        return None;
    };
    Some((end + close.len_utf8(), slot))
}

/// What a row of crosses stands for: `25XX`, `พ.ศ. XXXX`, `อบต. XXX`.
fn crossed(text: &str, at: usize) -> Option<Slot> {
    let before = &text[..at];
    if ["25", "๒๕", "20"]
        .iter()
        .any(|century| before.ends_with(century))
    {
        let label = text[label(text, at)..at].trim_end_matches(|c| digit(c).is_some());
        return is_year(&key(label)).then_some(Slot::Year);
    }
    Some(slot(text, at)).filter(|slot| *slot != Slot::Other)
}

/// What the words before a blank ask for.
fn slot(text: &str, at: usize) -> Slot {
    const AGENCIES: [&str; 16] = [
        "อบต",
        "อบจ",
        "องค์การบริหารส่วนตำบล",
        "องค์การบริหารส่วนจังหวัด",
        "เทศบาล",
        "เทศบาลตำบล",
        "เทศบาลเมือง",
        "เทศบาลนคร",
        "โรงเรียน",
        "โรงพยาบาล",
        "มหาวิทยาลัย",
        "วิทยาลัย",
        "กรม",
        "ชื่อหน่วยงาน",
        "ของหน่วยงาน",
        "ประกาศสำนักงาน",
    ];
    let label = key(&text[label(text, at)..at]);
    let label = label.trim_end_matches([':', '-', '(', '"', '.']);
    if AGENCIES.iter().any(|agency| label.ends_with(&key(agency))) {
        return Slot::Agency;
    }
    if is_year(label) {
        Slot::Year
    } else {
        Slot::Other
    }
}

/// A year that is not one of a date: `วันที่ .... เดือน ........ พ.ศ. ....` is dated by hand.
fn is_year(label: &str) -> bool {
    let year = ["ปีงบประมาณ", "ประจำปี", "ปีการศึกษา", "พ.ศ"];
    let dated = ["เดือน", "วันที่", "....", "…", "__"];
    let label = label.trim_end_matches('.');
    year.iter().any(|words| label.ends_with(&key(words)))
        && !dated.iter().any(|word| label.contains(&key(word)))
}

/// Where the words before a blank begin: on its line, or at the end of the line before.
fn label(text: &str, at: usize) -> usize {
    let mut start = at;
    for (from, c) in text[..at].char_indices().rev().take(LABEL) {
        let words = || {
            text[from..at]
                .chars()
                .any(|c| is_thai(c) || c.is_alphanumeric())
        };
        if c == '\n' && words() {
            break;
        }
        start = from;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> Option<&str> {
        unfilled(text).map(|blank| &text[blank.span])
    }

    #[test]
    fn a_template_leaves_its_deciding_places_open() {
        for text in [
            "ประกาศองค์การบริหารส่วนตำบล..................\nเรื่อง เจตจำนงสุจริตของผู้บริหาร",
            "แผนปฏิบัติการป้องกันการทุจริต\nของ [ชื่อหน่วยงาน]\nประจำปีงบประมาณ พ.ศ. 2565",
            "แผนดำเนินงาน ประจำปีงบประมาณ พ.ศ. ……………\nส่วนที่ 1 บทนำ",
            "แผนดำเนินงาน ประจำปีงบประมาณ พ.ศ. ______ ของหน่วยงาน",
            "รายงานผลการดำเนินงาน ประจำปี 25XX\nบทนำ",
            "รายงานผลการดำเนินงาน ประจำปีงบประมาณ พ.ศ. ๒๕xx",
            "คู่มือการปฏิบัติงาน (ระบุชื่อหน่วยงาน)\nบทนำ",
            "ประกาศเทศบาลตำบล XXX เรื่อง มาตรการ",
            "ประกาศองค์การบริหารส่วนตำบล.......... อำเภอ.......... จังหวัด..........",
            "แผนจัดการความเสี่ยง\nโครงการ ..........\nความเสี่ยง ..........\nมาตรการ ..........\n\
             ผู้รับผิดชอบ ..........\nระยะเวลา ..........\nงบประมาณ ..........",
        ] {
            assert!(quoted(text).is_some(), "{text}");
        }
        assert_eq!(
            quoted("บันทึก\nประกาศองค์การบริหารส่วนตำบล........ เรื่อง"),
            Some("ประกาศองค์การบริหารส่วนตำบล........")
        );
    }

    #[test]
    fn other_dots_are_no_blanks() {
        for text in [
            // Forms for citizens.
            "แบบฟอร์มร้องเรียน\nเขียนที่ ..............\nข้าพเจ้า .............. อยู่บ้านเลขที่ ......... เทศบาลตำบล.........",
            "คำร้องทั่วไป\nเรียน นายกองค์การบริหารส่วนตำบล...........\nด้วยข้าพเจ้า ...........",
            "แบบสอบถามความพึงพอใจ ประจำปีงบประมาณ พ.ศ. ........",
            // A table of contents.
            "สารบัญ\nบทที่ 1 บทนำ .................... 1\nข้อมูลทั่วไปของเทศบาล ............... ๕\n\
             แผนประจำปี ................ 9\nภาคผนวก ............. 12\nตาราง ........ 13\nแผนที่ ......... 14\nรูป ....... 15",
            // Signed and dated by hand.
            "ประกาศองค์การบริหารส่วนตำบลหนองข่า ปี 2565\nประกาศ ณ วันที่ ........ เดือน .............. พ.ศ. ........\n\
             (ลงชื่อ)..........................\n(..........................)",
            // Filled in upon the line.
            "แผนดำเนินงาน ประจำปีงบประมาณ พ.ศ. ......2565......",
            "ประกาศเทศบาลตำบล......หนองข่า...... เรื่อง แผน",
            // The year stands elsewhere.
            "แผนดำเนินงาน ประจำปีงบประมาณ พ.ศ. 2565\nอ้างถึงแผนประจำปี พ.ศ. .........",
            // Words left out, and Latin words.
            "มาตรการ… และอื่น ๆ… ประจำปี... ",
            "XXL ประจำปี AXX ผลการดำเนินงาน 2565",
            "ประกาศเทศบาล (ชื่อย่อ ทต.) [1] (ระบุไว้ในข้อ 3)",
        ] {
            assert_eq!(quoted(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn blanks_stand_in_the_text(text in r"((เทศบาล|ประจำปี|พ\.ศ\.|\.{3,9}|…|_|XX|25|\[ชื่อ|หน่วยงาน\]|\(ระบุ\)|เดือน|\n| |ก่|2565){0,14}|\PC{0,40})") {
            for (span, _) in blanks(&text) {
                proptest::prop_assert!(text.get(span).is_some_and(|words| !words.is_empty()));
            }
            unfilled(&text);
        }
    }
}
