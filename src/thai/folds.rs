//! Spellings that mean the same: folded in search keys, never in quotations.
//!
//! ทุจริต and สุจริต are never folded: one letter turns the meaning round.

use std::sync::LazyLock;

use super::{bare_letter, is_bare, is_mark};

/// One spelling and what it is read as. Both sides are written without white space.
pub(super) struct Fold {
    pub(super) from: Vec<char>,
    pub(super) to: &'static str,
    pub(super) bound: Bound,
    /// A skeleton stays as it is: what it is read as has the same skeleton, and folds no further with what comes behind.
    pub(super) idle: bool,
}

/// What may stand before a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// Anything.
    None,
    /// An abbreviation that people write on to other words, but that must not be the tail of a longer one
    /// (`รับผิดชอบ ต.` is no `อบต.`).
    Alone,
    /// An abbreviation that stands apart: after a space or a sign.
    Apart,
}

impl Fold {
    /// Whether the spelling may begin after these letters; `gap`: a space stands between.
    pub(super) fn may_follow(&self, before: &[char], gap: bool) -> bool {
        let opened = || OPENERS.split(' ').any(|opener| ends_with(before, opener));
        match self.bound {
            Bound::None => true,
            Bound::Alone => !before.last().is_some_and(|last| BINDING.contains(last)) || opened(),
            Bound::Apart => {
                gap || !before.last().is_some_and(|&last| super::is_thai(last)) || opened()
            }
        }
    }
}

/// Whether `text` ends with `word`.
fn ends_with(text: &[char], word: &str) -> bool {
    let mut rest = text.iter().rev();
    word.chars().rev().all(|c| rest.next() == Some(&c))
}

/// Words after which an abbreviation stands unspaced: `นายกอบต.`.
const OPENERS: &str = "นายก สมาชิก จาก ตาม เขต";

/// Letters that make a word of the abbreviation's first two: ชอบ, สอบ, รอบ, ตอบ, มอบ, กอบ…
const BINDING: [char; 10] = ['ก', 'ข', 'ค', 'ช', 'ต', 'ม', 'ร', 'ล', 'ส', 'ห'];

/// Letters that no Thai word writes with sara am: `งบประมำณ` can only be `งบประมาณ`.
pub(crate) const fn takes_am(c: char) -> bool {
    !matches!(
        c,
        'ง' | 'ว'
            | 'ป'
            | 'ภ'
            | 'ม'
            | 'ห'
            | 'ธ'
            | 'ศ'
            | 'ษ'
            | 'ฐ'
            | 'ผ'
            | 'ฝ'
            | 'ณ'
            | 'ญ'
            | 'ฎ'
            | 'ฏ'
            | 'ฌ'
            | 'ฆ'
            | 'ฑ'
            | 'ฒ'
            | 'ฬ'
            | 'ฮ'
            | 'ฟ'
    )
}

/// Toned syllables whose split vowel is sara am (`น้ า` is น้ำ); any other (`จ้ าง`) is plain aa.
pub(super) const AM_TONED: [(char, char); 5] =
    [('น', '้'), ('ต', '่'), ('ถ', '้'), ('ซ', '้'), ('ย', '้')];

/// What follows a split vowel when it is sara am although the letters also begin a plain word.
pub(super) const AM_STARTS: [&str; 7] =
    ["จากัด", "นามา", "ทางาน", "สารวจ", "สารอง", "ชานาญ", "บารุง"];

/// What follows a split vowel when it is plain aa. Everything else is sara am, by far the commoner damage.
pub(super) const PLAIN_STARTS: [&str; 45] = [
    "การ",
    "กาย",
    "กาศ",
    "กาล",
    "คาร",
    "คาม",
    "คากล",
    "จาก",
    "จาย",
    "จาร",
    "ชาช",
    "ชาต",
    "ชาว",
    "ชาย",
    "ดาว",
    "ดาษ",
    "ตาม",
    "ตาร",
    "ถาน",
    "ถาม",
    "ทาง",
    "ทาน",
    "นาค",
    "นาน",
    "นาม",
    "นาย",
    "บาง",
    "บาท",
    "บาล",
    "ลาด",
    "ลาง",
    "ลาน",
    "ลาย",
    "สาข",
    "สาธ",
    "สาม",
    "สาย",
    "สาร",
    "สาว",
    "อาจ",
    "อาค",
    "อาช",
    "อาย",
    "อาส",
    "อาห",
];

const MISSPELT: &[(&str, &str)] = &[
    ("กฏ", "กฎ"),
    ("ปฎิ", "ปฏิ"),
    ("ราชภัฎ", "ราชภัฏ"),
    ("มาตราการ", "มาตรการ"),
    ("ภาระกิจ", "ภารกิจ"),
    ("พันธะกิจ", "พันธกิจ"),
    ("หน่อยงาน", "หน่วยงาน"),
    ("หน่ายงาน", "หน่วยงาน"),
    ("สรุปลการ", "สรุปผลการ"),
    ("ประมาประจำ", "ประมาณประจำ"),
    ("เจตนารมย์", "เจตนารมณ์"),
    ("เจตจำนงค์", "เจตจำนง"),
    ("ยึ่ดมึน", "ยึดมั่น"),
    ("แผ่นปฏิบัติการ", "แผนปฏิบัติการ"),
    ("ความเสียง", "ความเสี่ยง"),
    ("ท้อถิ่น", "ท้องถิ่น"),
    ("ตำบต", "ตำบล"),
    ("จ่ายยเงิน", "จ่ายเงิน"),
    ("บุคคลากร", "บุคลากร"),
    ("ธรรมมาภิบาล", "ธรรมาภิบาล"),
    ("จริยะธรรม", "จริยธรรม"),
    ("คู่มีอ", "คู่มือ"),
    ("อนุญาติ", "อนุญาต"),
    ("ธิ์", "ธิ"),
    ("เว็ปไซ", "เว็บไซ"),
    ("เวปไซ", "เว็บไซ"),
    ("เวบไซ", "เว็บไซ"),
    ("เว็บไซท์", "เว็บไซต์"),
    ("เว็บไซด์", "เว็บไซต์"),
    ("เว็ปบอร์ด", "เว็บบอร์ด"),
    ("ลิงค์", "ลิงก์"),
    ("ลิ้งค์", "ลิงก์"),
    ("ลิ้งก์", "ลิงก์"),
    ("ดาว์โหลด", "ดาวน์โหลด"),
    ("ดาวโหลด", "ดาวน์โหลด"),
    ("คลิ๊ก", "คลิก"),
    ("คลิ้ก", "คลิก"),
    ("อีเมล์", "อีเมล"),
    ("อินเตอร์เน็ต", "อินเทอร์เน็ต"),
    ("เฟสบุ๊ค", "เฟซบุ๊ก"),
    ("เฟสบุ๊ก", "เฟซบุ๊ก"),
    ("เฟซบุ๊ค", "เฟซบุ๊ก"),
    ("เฟชบุ๊ค", "เฟซบุ๊ก"),
    ("คอรัปชั่น", "คอร์รัปชัน"),
    ("คอรัปชัน", "คอร์รัปชัน"),
    ("คอร์รัปชั่น", "คอร์รัปชัน"),
    ("ราชจิกจานุเบกษา", "ราชกิจจานุเบกษา"),
    ("intergrity", "integrity"),
    ("integarity", "integrity"),
    ("tranparency", "transparency"),
    ("assesment", "assessment"),
];

/// Sara am lost by a font (`ดาเนินงาน`) or invented by one (`ตำรำง`).
const SARA_AM: &[(&str, &str)] = &[
    ("กากับ", "กำกับ"),
    ("กาลัง", "กำลัง"),
    ("กาหนด", "กำหนด"),
    ("คาร้อง", "คำร้อง"),
    ("คาสั่ง", "คำสั่ง"),
    ("จากัด", "จำกัด"),
    ("จานวน", "จำนวน"),
    ("จาเป็น", "จำเป็น"),
    ("จาแนก", "จำแนก"),
    ("จาหน่าย", "จำหน่าย"),
    ("เจตจานง", "เจตจำนง"),
    ("ดาเนิน", "ดำเนิน"),
    ("ดารง", "ดำรง"),
    ("ตาบล", "ตำบล"),
    ("ตาแหน่ง", "ตำแหน่ง"),
    ("บานาญ", "บำนาญ"),
    ("บารุง", "บำรุง"),
    ("ประจาปี", "ประจำปี"),
    ("ประจาเดือน", "ประจำเดือน"),
    ("ลาดับ", "ลำดับ"),
    ("สาคัญ", "สำคัญ"),
    ("สานัก", "สำนัก"),
    ("สารวจ", "สำรวจ"),
    ("สาเร็จ", "สำเร็จ"),
    ("สาหรับ", "สำหรับ"),
    ("อานวย", "อำนวย"),
    ("อานาจ", "อำนาจ"),
    ("อาเภอ", "อำเภอ"),
    ("กำร", "การ"),
    ("จ้ำง", "จ้าง"),
    ("ตำม", "ตาม"),
    ("ตำราง", "ตาราง"),
    ("รำคำ", "ราคา"),
    ("ราคำ", "ราคา"),
    ("รำง", "ราง"),
    ("รำช", "ราช"),
    ("รำย", "ราย"),
    ("ถำน", "ถาน"),
    ("จ่ำย", "จ่าย"),
    ("ด้ำน", "ด้าน"),
    ("ข่ำว", "ข่าว"),
    ("เจ้ำ", "เจ้า"),
    ("หน้ำที่", "หน้าที่"),
    ("เอกสำร", "เอกสาร"),
    ("พัฒนำ", "พัฒนา"),
    ("ประชำ", "ประชา"),
];

const SHORT: &[(&str, &str)] = &[
    ("อบต.", "องค์การบริหารส่วนตำบล"),
    ("อบจ.", "องค์การบริหารส่วนจังหวัด"),
    ("พ.ร.บ.", "พระราชบัญญัติ"),
    ("พรบ.", "พระราชบัญญัติ"),
    ("สนง.", "สำนักงาน"),
    ("งปม.", "งบประมาณ"),
];

/// Abbreviations whose letters also end other words.
const SHORT_APART: &[(&str, &str)] = &[
    ("อปท.", "องค์กรปกครองส่วนท้องถิ่น"),
    ("ทต.", "เทศบาลตำบล"),
    ("ทม.", "เทศบาลเมือง"),
    ("ทน.", "เทศบาลนคร"),
    ("ผอ.", "ผู้อำนวยการ"),
    ("จนท.", "เจ้าหน้าที่"),
    ("รร.", "โรงเรียน"),
    ("มท.", "กระทรวงมหาดไทย"),
    ("ลว.", "ลงวันที่"),
    ("ปปช.", "ป.ป.ช."),
];

/// All folds: by the last letter of what they replace, the longest first; and the three letters that each ends in, as bits
/// by their number. A bit may stand for other letters too.
struct Table {
    by_last: Vec<Vec<Fold>>,
    ends: [u64; 1024],
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        by_last: Vec::new(),
        ends: [0; 1024],
    };
    table.by_last.resize_with(256, Vec::new);
    let plain = MISSPELT
        .iter()
        .chain(SARA_AM)
        .map(|pair| (pair, Bound::None));
    let short = SHORT.iter().map(|pair| (pair, Bound::Alone));
    let apart = SHORT_APART.iter().map(|pair| (pair, Bound::Apart));
    for (&(from, to), bound) in plain.chain(short).chain(apart) {
        let from: Vec<char> = from.chars().collect();
        let [.., second, last] = from[..] else {
            continue;
        };
        let third = from.len().checked_sub(3).map(|at| from[at]);
        let known = ('\0'..='\x7F').chain('\u{0E00}'..='\u{0E7F}');
        for before in known.filter(|&before| third.is_none_or(|third| third == before)) {
            let end = number(Some(before), second, last);
            table.ends[end >> 6] |= 1 << (end & 63);
        }
        if let Some(folds) = row(last).and_then(|row| table.by_last.get_mut(row)) {
            folds.push(Fold {
                from,
                to,
                bound,
                idle: false,
            });
        }
    }
    let spellings: Vec<Vec<char>> = table
        .by_last
        .iter()
        .flatten()
        .map(|fold| fold.from.clone())
        .collect();
    for folds in &mut table.by_last {
        folds.sort_by_key(|fold| std::cmp::Reverse(fold.from.len()));
        for fold in folds {
            fold.idle = is_idle(fold, &spellings);
        }
    }
    table
});

fn is_idle(fold: &Fold, spellings: &[Vec<char>]) -> bool {
    let to: Vec<char> = fold.to.chars().collect();
    // Up to the last letter that the skeleton loses nothing may go on with what comes behind.
    let Some(lost) = to.iter().rposition(|&c| !is_bare(c)) else {
        return false;
    };
    let goes_on = (0..=lost).any(|at| spellings.iter().any(|from| from.starts_with(&to[at..])));
    let same = to
        .iter()
        .filter(|&&c| !is_mark(c))
        .map(|&c| bare_letter(c))
        .eq(fold.from.iter().copied());
    let opens = OPENERS
        .split(' ')
        .any(|opener| fold.to.ends_with(opener) || opener.ends_with(fold.to));
    same && lost + 1 < to.len() && !goes_on && !opens
}

/// Where the folds that end in a letter stand: ASCII, then Thai.
fn row(c: char) -> Option<usize> {
    match c {
        '\0'..='\x7F' => Some(c as usize),
        '\u{0E00}'..='\u{0E7F}' => Some(c as usize - 0xE00 + 128),
        _ => None,
    }
}

/// A number below 65,536 for three letters; some share one. Of the first, those that no spelling has are as none.
fn number(third: Option<char>, second: char, last: char) -> usize {
    let third = third.and_then(row).unwrap_or_default() as u32;
    let mixed = third << 14 ^ (second as u32) << 7 ^ last as u32;
    (mixed.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

/// Whether a spelling that is folded may end in these letters.
#[inline]
pub(super) fn may_end_in(third: Option<char>, second: char, last: char) -> bool {
    let end = number(third, second, last);
    TABLE.ends[end >> 6] & 1 << (end & 63) != 0
}

/// Folds whose spelling ends in a letter, the longest first.
pub(super) fn ending_in(last: char) -> &'static [Fold] {
    let folds = row(last).and_then(|row| TABLE.by_last.get(row));
    folds.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thai::key;

    #[test]
    fn every_spelling_is_read_as_its_fold() {
        for (from, to) in MISSPELT
            .iter()
            .chain(SARA_AM)
            .chain(SHORT)
            .chain(SHORT_APART)
        {
            assert_eq!(key(from), key(to), "{from} → {to}");
        }
    }

    #[test]
    fn a_fold_never_folds_again() {
        for (_, to) in MISSPELT
            .iter()
            .chain(SARA_AM)
            .chain(SHORT)
            .chain(SHORT_APART)
        {
            if !to.ends_with("ไซ") {
                assert_eq!(&key(to), to);
            }
        }
    }

    #[test]
    fn sara_am_in_every_word_is_read_as_aa() {
        assert_eq!(
            key("งบประมำณ เบิกจ่ำยแล้ว แผนงำน เจ้ำหน้ำที่ ประชำสัมพันธ์"),
            key("งบประมาณ เบิกจ่ายแล้ว แผนงาน เจ้าหน้าที่ ประชาสัมพันธ์")
        );
        for plain in ["น้ำประปา", "จำหน่าย", "ในน้ำที่ลึก", "ประจำปี", "สำรวจ", "นำเที่ยว"]
        {
            assert_eq!(key(plain), plain.replace(' ', ""), "{plain}");
        }
    }

    #[test]
    fn an_abbreviation_is_not_the_tail_of_a_word() {
        assert_eq!(key("นายกอบต."), "นายกองค์การบริหารส่วนตำบล");
        assert_eq!(key("ที่รับผิดชอบ ต.หนองข่า"), "ที่รับผิดชอบต.หนองข่า");
        assert_eq!(key("ในรอบ ต.ค."), "ในรอบต.ค.");
        assert_eq!(key("ให้ ผอ. ลงนาม"), "ให้ผู้อำนวยการลงนาม");
        assert_eq!(key("บทม. ๑ กลว. จรร."), "บทม.1กลว.จรร.");
    }
}
