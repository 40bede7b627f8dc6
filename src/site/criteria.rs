//! Words of the manual's criteria, as pages repeat them.

use std::sync::LazyLock;

use super::keys::Keys;
use crate::thai;

/// A block in which a page repeats what the manual asks for: words of the question, not of an answer.
pub(super) fn quotes_criteria(block: &str, keys: &Keys) -> bool {
    /// Longer blocks hold more than a quotation.
    const LONG: usize = 900;
    /// With these only a criterion begins.
    const OPENINGS: [&str; 9] = [
        "องค์ประกอบด้านข้อมูล",
        "มีข้อมูลรายละเอียด",
        "มีข้อมูลความก้าวหน้า",
        "เป็นแผนที่มีระยะเวลาบังคับใช้",
        "เป็นข้อมูลในระยะเวลา",
        "เป็นรายงานผลของปี",
        "เป็นการดำเนินการในปี",
        "สามารถจัดทำข้อมูลเป็นแบบรายเดือน",
        "สามารถเข้าถึงหรือเชื่อมโยง",
    ];
    /// With this many begin, and with one of [`MARKS`] in them they are criteria.
    const SHOWS: &str = "แสดง";
    const MARKS: [&str; 12] = [
        "ยกตัวอย่างเช่น",
        "อย่างน้อยประกอบด้วย",
        "อย่างน้อยดังนี้",
        "มีข้อมูลรายละเอียด",
        "มีรายละเอียด",
        "ในข้อ o",
        "ตามข้อ o",
        "ตามข้อ",
        "ที่มีระยะ",
        "ปีที่รับการประเมิน",
        "ของหน่วยงานที่",
        "ตามแผนดำเนินงานประจำปี",
    ];
    static KEYS: LazyLock<(Vec<String>, String, Vec<String>)> = LazyLock::new(|| {
        let keys = |words: &[&str]| words.iter().map(|word| thai::key(word)).collect();
        (keys(&OPENINGS), thai::key(SHOWS), keys(&MARKS))
    });
    if block.len() > LONG * 3 {
        return false;
    }
    let (openings, shows, marks) = &*KEYS;
    let key = keys.of(block);
    let begins = key.trim_start_matches(|c: char| {
        c.is_ascii_punctuation() || c.is_ascii_digit() || "o๐•–—○●▪■".contains(c)
    });
    openings.iter().any(|opening| begins.starts_with(opening))
        || begins.starts_with(shows) && marks.iter().any(|mark| begins.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_criterion_is_the_question_and_a_report_is_an_answer() {
        for criterion in [
            "แสดงแผนการดำเนินภารกิจของหน่วยงานที่มีระยะ 1 ปี",
            "o แสดงความก้าวหน้าในการดำเนินงานตามแผนดำเนินงานประจำปี ในข้อ O10",
            "๐ มีข้อมูลรายละเอียดความก้าวหน้า ยกตัวอย่างเช่น ความก้าวหน้าของโครงการ เป็นต้น",
            "(3) เป็นข้อมูลในระยะเวลาอย่างน้อย 6 เดือนแรกของปี พ.ศ. 2564",
            "เป็นรายงานผลของปี พ.ศ. 2563",
        ] {
            assert!(quotes_criteria(criterion, &Keys::default()), "{criterion}");
        }
        for content in [
            "แสดงแผนที่ตั้งของหน่วยงาน",
            "แสดงความคิดเห็น",
            "แสดงข้อมูล 1 ถึง 10 จาก 50 รายการ",
            "ตารางแสดงผลการดำเนินงานตามแผนดำเนินงานประจำปี",
            "ผลการดำเนินงาน แล้วเสร็จ 12 โครงการ",
            "เป็นข้อมูลเดือนตุลาคม 2563 - มีนาคม 2564",
            "ไม่มีเรื่องร้องเรียน",
        ] {
            assert!(!quotes_criteria(content, &Keys::default()), "{content}");
        }
        let long = "มีข้อมูลรายละเอียด โครงการหนึ่ง ".repeat(40);
        assert!(!quotes_criteria(&long, &Keys::default()));
    }
}
