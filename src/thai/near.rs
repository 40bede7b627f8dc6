//! Words in a text that a machine read off a picture: found with a few letters wrong.

use std::ops::Range;

/// Letters of a word compared; what follows in a longer one is not.
const MOST: usize = 128;
/// One letter in this many may be wrong. Measured on scans: at 12 % no false hit in 31 tries, at 20 % one in 8.
const PER_FAULT: f64 = 0.12;
/// Letters at the beginning that must be right.
const HEAD: usize = 3;
/// Words that stand in the same places and differ by a letter or two: what a machine must not take for one another.
const RIVALS: [[&str; 2]; 7] = [
    ["ทจรต", "สจรต"],
    ["ประเดน", "ประเมน"],
    ["สภา", "ภาษ"],
    ["การสวน", "การสานก"],
    ["สรรหา", "บรหาร"],
    ["การสอบ", "การบรรจ"],
    ["ของแผน", "ของแนว"],
];
/// Letters behind a hit that are looked at: it may leave out wrong ones.
const BEHIND: usize = 4;

/// Letters of a word that may be wrong.
pub(super) fn faults(word: &str) -> usize {
    (word.chars().take(MOST).count() as f64 * PER_FAULT) as usize
}

/// Where `word` is first found with at most 12 % of its letters wrong. Both are skeletons.
///
/// Myers' bit-parallel approximate search: one step a letter of the text, whatever the number of faults.
pub(super) fn find(text: &str, word: &str) -> Option<Range<usize>> {
    let letters: Vec<char> = word.chars().take(MOST).collect();
    let faults = faults(word);
    if letters.is_empty() || faults == 0 {
        return None;
    }
    let ends = |c: char| {
        let bits = letters
            .iter()
            .enumerate()
            .filter(|(_, letter)| **letter == c);
        bits.fold(0_u128, |mask, (at, _)| mask | 1 << at)
    };
    let top = 1_u128 << (letters.len() - 1);
    let (mut plus, mut minus, mut score) = (u128::MAX, 0_u128, letters.len());
    let mut best: Option<(usize, usize, usize)> = None;
    for (at, c) in text.char_indices() {
        let same = ends(c);
        let vertical = same | minus;
        let diagonal = (((same & plus).wrapping_add(plus)) ^ plus) | same;
        let mut up = minus | !(diagonal | plus);
        let mut down = plus & diagonal;
        if up & top != 0 {
            score += 1;
        }
        if down & top != 0 {
            score -= 1;
        }
        up <<= 1;
        down <<= 1;
        plus = down | !(vertical | up);
        minus = up & vertical;
        let end = at + c.len_utf8();
        match best {
            // The first place is taken, at its best end.
            Some((least, ..)) if score >= least => break,
            _ if score <= faults && !gainsaid(text, end, &letters) => {
                let start = opened(text, end, &letters, faults);
                best = start.map(|start| (score, start, end)).or(best);
            }
            _ => {}
        }
    }
    let (_, start, end) = best?;
    Some(start..end)
}

/// Where a hit begins that ends here: its first letters and its last are right, whatever is wrong between.
///
/// A Thai phrase begins with what it is about. `แผนการใช้จ่าย` and `ผลการใช้จ่าย`, `ได้ดำเนินการ` and `ไม่ดำเนินการ` are
/// as near as a misread letter.
fn opened(text: &str, end: usize, letters: &[char], faults: usize) -> Option<usize> {
    if text[..end].chars().next_back() != letters.last().copied() {
        return None;
    }
    let starts = text[..end].char_indices().rev().map(|(at, _)| at);
    let window = starts.skip(letters.len() - faults - 1).take(2 * faults + 1);
    let right = |start: &usize| {
        let there: Vec<char> = text[*start..end].chars().collect();
        there.len() >= HEAD
            && there[..HEAD] == letters[..HEAD]
            && strsim::generic_levenshtein(&there, &letters.to_vec()) <= faults
    };
    window.filter(right).last()
}

/// The byte at which `letters` letters before `end` begin.
fn start_of(text: &str, end: usize, letters: usize) -> usize {
    let mut starts = text[..end].char_indices().rev().map(|(at, _)| at);
    starts.nth(letters - 1).unwrap_or(0)
}

/// Whether the stretch has the word's rival in its place.
fn gainsaid(text: &str, end: usize, letters: &[char]) -> bool {
    let word: String = letters.iter().collect();
    let after = text[end..].char_indices().nth(BEHIND);
    let to = after.map_or(text.len(), |(at, _)| end + at);
    let there = &text[start_of(text, end, letters.len() + 1)..to];
    let rivals = RIVALS
        .iter()
        .flat_map(|&[one, other]| [(one, other), (other, one)]);
    rivals
        .into_iter()
        .any(|(own, rival)| word.contains(own) && !there.contains(own) && there.contains(rival))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thai::skeleton;

    fn hit(text: &str, word: &str) -> bool {
        find(&skeleton(text), &skeleton(word)).is_some()
    }

    #[test]
    fn a_word_with_a_letter_misread_is_found() {
        assert!(hit("แผน การ คําเนินงาน ประจําปี", "แผนการดำเนินงาน"));
        assert!(hit(
            "xx องค์การบริหารสวนต่าบลหนองชา yy",
            "องค์การบริหารส่วนตำบลหนองข่า"
        ));
        assert!(hit("เลขานุการนายกเทศมนตรี", "เลขานุการนายกเทศมนตรี"));
    }

    #[test]
    fn another_word_is_not() {
        for (text, word) in [
            ("ผลการดำเนินงานประจำปี", "แผนการดำเนินงาน"),
            ("แผนการใช้จ่ายงบประมาณ", "ผลการใช้จ่ายเงินสะสม"),
            ("ประกาศเจตจำนงต่อต้านการทุจริต", "ประกาศเจตจำนงต่อต้านการสุจริต"),
            ("การร้องเรียนทั่วไป", "การร้องเรียนการทุจริต"),
            ("แผนการใช้จ่ายงบประมาณ", "ผลการใช้จ่ายงบประมาณ"),
            ("ผลการใช้จ่ายงบประมาณ", "แผนการใช้จ่ายงบประมาณ"),
            ("ยังไม่ดำเนินการ", "ได้ดำเนินการ"),
            ("อยู่ระหว่างดำเนินการ", "งบดำเนินการ"),
            ("การประเมินความเสี่ยง", "ประเด็นความเสี่ยง"),
            ("ผู้อำนวยการสำนัก", "ผู้อำนวยการส่วน"),
            ("แผนการบริหารทรัพยากรบุคคล", "ผลการบริหารทรัพยากรบุคคล"),
            ("", "แผนการดำเนินงาน"),
        ] {
            assert!(!hit(text, word), "{word} in {text}");
        }
    }

    #[test]
    fn the_stretch_is_the_words_own() {
        let text = skeleton("เรื่องอื่น รายงานผลการสำรวจความพึงพอจ ของผู้รับบริการ");
        let range = find(&text, &skeleton("ผลการสำรวจความพึงพอใจ")).unwrap();
        let words = &text[range];
        assert!(words.contains("ผลการสารวจความพงพอจ"), "{words}");
    }

    proptest::proptest! {
        #[test]
        fn what_is_found_is_near_and_what_is_near_is_found(text in "[กขค]{0,40}", word in "[กขค]{9,12}") {
            let faults = (word.chars().count() as f64 * PER_FAULT) as usize;
            let letters: Vec<char> = text.chars().collect();
            let wanted: Vec<char> = word.chars().collect();
            let stretches = (0..=letters.len()).flat_map(|from| (from..=letters.len()).map(move |to| (from, to)));
            let near = stretches.into_iter().any(|(from, to)| {
                to - from >= HEAD
                    && letters[from..from + HEAD] == wanted[..HEAD]
                    && letters[to - 1] == wanted[wanted.len() - 1]
                    && strsim::generic_levenshtein(&letters[from..to].to_vec(), &wanted) <= faults
            });
            proptest::prop_assert_eq!(find(&text, &word).is_some(), near);
        }
    }
}
