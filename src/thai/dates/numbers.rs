//! Numbers in a text: which may be a year or a day, and which count, label or call something.

use super::years::usual_year;
use crate::thai::line::Line;
use crate::year::ERA;

impl Line {
    /// A whole number of one to four digits, not part of a decimal, an amount or a longer number.
    pub(super) fn number(&self, i: usize) -> Option<(i32, usize)> {
        let digits = self.letters[i.min(self.letters.len())..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let joined = |c: Option<char>| matches!(c, Some('.' | ','));
        let in_amount = joined(self.before(i)) && i >= 2 && self.digit_at(i - 2)
            || joined(self.at(i + digits)) && self.digit_at(i + digits + 1);
        let glued = self.before(i).is_some_and(|c| c.is_ascii_digit());
        ((1..=4).contains(&digits) && !in_amount && !glued)
            .then(|| {
                let digits = self.letters[i..i + digits].iter();
                let digits = digits.filter_map(|c| c.to_digit(10));
                let value = digits.fold(0, |value, digit| value * 10 + digit as i32);
                (value, i)
            })
            .map(|(value, i)| (value, i + digits))
    }

    /// Four digits, also at the end of `5.1.2564`.
    pub(super) fn year_digits(&self, i: usize) -> Option<(i32, usize)> {
        let whole = (i..i + 4).all(|i| self.digit_at(i)) && !self.digit_at(i + 4);
        let amount = matches!(self.at(i + 4), Some('.' | ',')) && self.digit_at(i + 5);
        (whole && !amount).then(|| {
            let digits = self.letters[i..i + 4].iter().filter_map(|c| c.to_digit(10));
            let value = digits.fold(0, |value, digit| value * 10 + digit as i32);
            (value, i + 4)
        })
    }

    /// Whether a number that ends here counts things.
    pub(super) fn counts(&self, end: usize) -> bool {
        let at = self.skip_any(end, 2, &[' ']);
        // `64 ราย` counts; before `รายได้` or `รายจ่าย` it does not.
        let longer = ["รายได้", "รายจ่าย", "รายงาน", "รายการ", "รายละเอียด"];
        COUNTED.split_whitespace().any(|unit| self.is_at(at, unit))
            && !longer.iter().any(|word| self.is_at(at, word))
    }

    /// Whether a bare number of a year's size is something else.
    pub(super) fn is_no_year(&self, start: usize, end: usize, year: i16) -> bool {
        let before: String = self.letters[start.saturating_sub(24)..start]
            .iter()
            .filter(|c| !c.is_whitespace())
            .collect();
        let label = before.trim_end_matches(['.', ':', '-', '(', '#']);
        let numbered = NUMBERED.split(' ').any(|word| label.ends_with(word));
        let phone = label.trim_end_matches(|c: char| c.is_ascii_digit() || "-. ,()".contains(c));
        let phone = PHONES.split(' ').any(|word| phone.ends_with(word));
        let common = usual_year(i32::from(year - ERA)).is_some()
            && self
                .year_digits(start)
                .is_some_and(|(value, _)| value < 2100);
        // Round numbers and old years in the Common Era are amounts more often than years.
        let amount = common && !(2553..=2578).contains(&year);
        let disease = common && DISEASES.split(' ').any(|word| label.ends_with(word));
        let dashed = |i: usize, j: usize| self.at(i) == Some('-') && self.digit_at(j);
        let in_number = start >= 2 && dashed(start - 1, start - 2) && !self.ends_in_year(start - 1)
            || dashed(end, end + 1)
                && self.number(end + 1).is_none_or(|(value, _)| value > 99)
                && self
                    .year_digits(end + 1)
                    .and_then(|(value, _)| usual_year(value))
                    .is_none();
        let priced = self.at(end) == Some('.') && self.at(end + 1) == Some('-');
        // `ISO 9001:2015`
        let edition = start >= 2 && self.before(start) == Some(':') && self.digit_at(start - 2);
        let in_path =
            self.before(start) == Some('/') && self.at(end) == Some('/') && self.digit_at(end + 1);
        numbered
            || phone
            || amount
            || disease
            || in_number
            || in_path
            || priced
            || edition
            || self.in_letter_number(start)
    }

    /// Behind the number of an office: `ที่ ชย 71801/2564`, `มท 0810.3/2564`. Orders and meetings have short numbers.
    fn in_letter_number(&self, start: usize) -> bool {
        const OFFICE: usize = 5;
        let digits = self.letters[..start].iter().rev().skip(1).take(12);
        let office = digits.take_while(|c| c.is_ascii_digit() || **c == '.');
        self.before(start) == Some('/') && office.count() >= OFFICE
    }

    fn ends_in_year(&self, end: usize) -> bool {
        end.checked_sub(4)
            .and_then(|start| self.year_digits(start))
            .is_some_and(|(value, _)| usual_year(value).is_some())
    }
}

/// What numbers count; a number before one of these is no year.
const COUNTED: &str = "คน ราย เรื่อง บาท ครั้ง แห่ง โครงการ ครัวเรือน หลังคา ไร่ เมตร ตร. ตาราง กิโล กม. ลิตร ชุด หน้า น. นาที ชั่วโมง วัน % \
    ร้อยละ ผู้ หมู่บ้าน ตัว คะแนน เล่ม ท่าน";

/// Labels of numbers that may have the size of a year.
const NUMBERED: &str =
    "เลขที่ บ้านเลขที่ รหัส รหัสไปรษณีย์ หน้า หน้าที่ มาตรา /ว ว จำนวน เลขทะเบียน ต่อ มอก ราคา เป็นเงิน วงเงิน ip";

const PHONES: &str = "โทร โทรศัพท์ โทรสาร แฟกซ์ fax tel มือถือ";

/// What the year 2019 is part of the name of.
const DISEASES: &str = "โคโรนา โคโรน่า โควิด covid ไวรัส";
