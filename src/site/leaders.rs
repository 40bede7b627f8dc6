//! Who leads or signs what a text tells: the position, and the name where it stands beside it.

use super::{PlaceId, Site, Spot};
use crate::thai;

/// Somebody who leads an activity or signs a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// `นายกองค์การบริหารส่วนตำบลกะลาเส`, with `ปฏิบัติหน้าที่นายก…` where somebody acts.
    pub position: String,
    /// With title; empty when only the position is told.
    pub name: String,
    /// Where it stands.
    pub spot: Spot,
}

/// What a leader does, as reports word it.
const DEEDS: [&str; 14] = [
    "เป็นประธาน",
    "ประธานในพิธี",
    "เป็นผู้นำ",
    "นำคณะผู้บริหาร",
    "นำพนักงาน",
    "มอบนโยบาย",
    "กล่าวเปิด",
    "เปิดการประชุม",
    "เปิดโครงการ",
    "ขอประกาศ",
    "ประกาศเจตนารมณ์",
    "ประกาศเจตจำนง",
    "ขอแสดงเจตจำนง",
    "ขอแสดงเจตนารมณ์",
];

/// Positions, deputies before their chiefs because the longest that begins at a spot is meant.
const POSITIONS: [&str; 26] = [
    "รองนายก",
    "รองปลัด",
    "รองผู้อำนวยการ",
    "รองอธิบดี",
    "รองผู้ว่าราชการ",
    "รองเลขาธิการ",
    "รองอธิการบดี",
    "รองประธานสภา",
    "เลขานุการนายก",
    "ที่ปรึกษานายก",
    "นายกองค์การ",
    "นายกเทศมนตรี",
    "นายก อบ",
    "นายกอบ",
    "นายกเมือง",
    "นายอำเภอ",
    "ประธานสภา",
    "ปลัด",
    "ผู้อำนวยการ",
    "ผู้ว่าราชการ",
    "ผู้ว่าการ",
    "อธิบดี",
    "เลขาธิการ",
    "อธิการบดี",
    "หัวหน้าสำนัก",
    "หัวหน้าส่วน",
];

/// Words by which somebody stands in for the holder of a position.
const ACTING: [&str; 4] = ["ปฏิบัติหน้าที่", "รักษาราชการแทน", "รักษาการแทน", "ทำการแทน"];

/// Words behind which stands somebody who does not lead: company, and the chief who sent another.
const BESIDE: [&str; 10] = [
    "พร้อมด้วย",
    "พร้อมทั้ง",
    "โดยมี",
    "รับมอบหมายจาก",
    "มอบหมายจาก",
    "ผู้แทนนายก",
    "ผู้แทนผู้",
    "ตัวแทนนายก",
    "ในนามของนายก",
    "แทนท่านนายก",
];

/// Titles before a name.
const HONORIFICS: [&str; 10] = [
    "นางสาว",
    "นาง",
    "นาย",
    "ว่าที่",
    "ดร.",
    "พันตำรวจ",
    "พ.ต.",
    "ร.ต.",
    "จ.ส.อ.",
    "สิบ",
];

/// Characters of the longest position.
const POSITION_MOST: usize = 80;

/// Bytes before a deed in which its doer stands.
const WINDOW: usize = 600;

impl Site {
    /// Who leads or signs in the content of a place, in the order told.
    pub fn leaders(&self, place: PlaceId) -> &[Leader] {
        let place = &self.places[place];
        place.leaders.get_or_init(|| {
            self.nodes_of(place)
                .flat_map(|(id, node)| {
                    let text = node.text.as_str();
                    let mut found = doers(text, id);
                    found.extend(signers(text, id));
                    let read = node.ocr.as_ref().map_or("", |read| read.as_str());
                    let mut by_ocr = doers(read, id);
                    by_ocr.extend(signers(read, id));
                    by_ocr.iter_mut().for_each(|leader| leader.spot.ocr = true);
                    found.extend(by_ocr);
                    found
                })
                .collect()
        })
    }
}

fn doers(text: &str, node: usize) -> Vec<Leader> {
    let mut deeds: Vec<usize> = DEEDS
        .iter()
        .flat_map(|deed| text.match_indices(deed).map(|(at, _)| at))
        .collect();
    deeds.sort_unstable();
    deeds
        .iter()
        .filter_map(|&deed| doer(text, deed, node))
        .collect()
}

/// The position told last before the deed, unless it only stands `พร้อมด้วย` the one before.
fn doer(text: &str, deed: usize, node: usize) -> Option<Leader> {
    let from = text.floor_char_boundary(deed.saturating_sub(WINDOW));
    let line = text[from..deed]
        .rfind('\n')
        .map_or(from, |at| from + at + 1);
    let before = &text[line..deed];
    // Who stands behind these words is company, or the chief in whose stead somebody else leads.
    let main = BESIDE.iter().filter_map(|word| before.find(word)).min();
    let before = match main {
        Some(end) if !positions(&before[..end]).is_empty() => &before[..end],
        _ => before,
    };
    let &(at, _) = positions(before).last()?;
    let position = format!("{}{}", acting(&before[..at]), cut_position(&before[at..]));
    let name = name_beside(before, at, &position);
    // `นายกเทศมนตรี นาย ก ข`: the name behind the position is no part of it.
    let own = name
        .split(' ')
        .next()
        .filter(|first| !first.is_empty())
        .and_then(|first| position.find(first));
    Some(Leader {
        position: own.map_or(position.clone(), |end| {
            position[..end].trim_end().to_owned()
        }),
        name,
        spot: Spot {
            node,
            range: Some(line + at..deed),
            ocr: false,
        },
    })
}

/// The word for acting that stands right before a position.
fn acting(before: &str) -> &'static str {
    ACTING
        .iter()
        .find(|word| before.trim_end().ends_with(**word))
        .copied()
        .unwrap_or_default()
}

/// A name in brackets with a position below it closes a paper.
fn signers(text: &str, node: usize) -> Vec<Leader> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        let inner = trimmed
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'));
        if let Some((name, rest)) = inner
            && HONORIFICS
                .iter()
                .any(|title| name.trim().starts_with(title))
        {
            let next = lines.peek().map_or("", |next| next.trim());
            let position = if rest.trim().is_empty() {
                next
            } else {
                rest.trim()
            };
            let below = lines.clone().nth(1).map_or("", str::trim);
            let acts = ACTING
                .iter()
                .find(|word| position.contains(**word) || below.starts_with(**word));
            let position = acts.map_or_else(
                || position.to_owned(),
                |word| {
                    let both = format!("{position} {below}");
                    both.find(word)
                        .map_or(both.clone(), |at| both[at..].replacen(' ', "", 1))
                },
            );
            let position = position.as_str();
            if acts.is_some()
                || positions(position)
                    .first()
                    .is_some_and(|(start, _)| *start < 40)
                || position.starts_with("นายก")
            {
                let range = Some(at..at + line.trim_end().len());
                found.push(Leader {
                    position: cut_position(position),
                    name: name.trim().to_owned(),
                    spot: Spot {
                        node,
                        range,
                        ocr: false,
                    },
                });
            }
        }
        at += line.len();
    }
    found
}

/// Positions in a text: where each begins and which it is. An acting officer's substantive post is passed over.
fn positions(text: &str) -> Vec<(usize, &'static str)> {
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    for position in POSITIONS {
        for (at, _) in text.match_indices(position) {
            let inside = found
                .iter()
                .any(|&(from, longer)| (from..from + longer.len()).contains(&at));
            if !inside {
                found.push((at, position));
            }
        }
    }
    found.sort_unstable();
    found
}

/// A position ends at a space that no part of it follows, or at a verb.
fn cut_position(text: &str) -> String {
    let latin = |c: char| c.is_ascii_alphanumeric() || c == '(' || c == '\n';
    let mut end = thai::head(text, POSITION_MOST).len();
    end = end.min(text.find(latin).filter(|&at| at > 0).unwrap_or(end));
    for verb in [
        "ได้",
        "พร้อม",
        "เป็น",
        "มอบ",
        "กล่าว",
        "เข้า",
        "ร่วม",
        "นำ",
        "และ",
        "โดย",
        " ขอ",
        "จึง",
    ] {
        end = text
            .find(verb)
            .filter(|&at| at > 0)
            .map_or(end, |at| end.min(at));
    }
    text[..end].trim().to_owned()
}

/// The name before the position (`นาย ก ข นายกฯ`), else the one behind it (`นายกฯ นาย ก ข`).
fn name_beside(text: &str, at: usize, position: &str) -> String {
    let before = &text[..at];
    let nearest = HONORIFICS
        .iter()
        .filter_map(|title| before.rfind(title))
        .filter(|&start| is_honorific(&before[start..]))
        .max();
    if let Some(start) = nearest
        && before[start..].chars().count() < 60
    {
        return before[start..]
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ");
    }
    let behind = position.split_whitespace().skip_while(|word| {
        !HONORIFICS.iter().any(|title| word.starts_with(title)) || !is_honorific(word)
    });
    behind.take(2).collect::<Vec<_>>().join(" ")
}

/// `นาย` of a name, not of `นายก` or `นายอำเภอ`.
fn is_honorific(text: &str) -> bool {
    ![
        "นายกองค์",
        "นายกเทศ",
        "นายก ",
        "นายกอบ",
        "นายกเมือง",
        "นายอำเภอ",
        "นายกสภา",
        "นายกรัฐ",
    ]
    .iter()
    .any(|word| text.starts_with(word))
}

/// Whether two names are one person's: same letters, titles and spaces aside.
pub fn same_person(one: &str, other: &str) -> bool {
    let bare = |name: &str| {
        let name = name.trim();
        let title = HONORIFICS
            .iter()
            .find(|title| name.starts_with(**title) && is_honorific(name));
        thai::skeleton(
            name.strip_prefix(title.copied().unwrap_or_default())
                .unwrap_or(name),
        )
    };
    let (one, other) = (bare(one), bare(other));
    !one.is_empty() && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(text: &str) -> Vec<(String, String)> {
        doers(text, 0)
            .into_iter()
            .chain(signers(text, 0))
            .map(|leader| (leader.position, leader.name))
            .collect()
    }

    #[test]
    fn the_one_who_presides_leads() {
        let told =
            lead("วันที่ 20 มกราคม 2564 นายจรูญ เกื้อกูล ปลัดองค์การบริหารส่วนตำบลบ้านดี เป็นประธานการประชุม");
        assert_eq!(
            told,
            [("ปลัดองค์การบริหารส่วนตำบลบ้านดี".into(), "นายจรูญ เกื้อกูล".into())]
        );
    }

    #[test]
    fn company_does_not_lead() {
        let told = lead(
            "นายสม ใจดี นายกเทศมนตรีตำบลบ้านดี พร้อมด้วย นางมา มีสุข รองนายกเทศมนตรี และปลัดเทศบาล เป็นประธานเปิดโครงการ",
        );
        assert_eq!(told[0], ("นายกเทศมนตรีตำบลบ้านดี".into(), "นายสม ใจดี".into()));
    }

    #[test]
    fn a_chief_who_sent_another_does_not_lead() {
        for sent in ["ได้รับมอบหมายจาก", "ผู้แทน"] {
            let told = lead(&format!(
                "นางมา มีสุข รองนายกเทศมนตรี {sent}นายกเทศมนตรีตำบลบ้านดี เป็นประธานการประชุม"
            ));
            assert!(told[0].0.starts_with("รองนายก"), "{}", told[0].0);
        }
        let told = lead("นายสม ใจดี นายกเทศมนตรี รับมอบหมายจากจังหวัด เป็นประธานการประชุม");
        assert_eq!(told[0].0, "นายกเทศมนตรี");
    }

    #[test]
    fn a_deputy_is_not_the_chief() {
        let told = lead("นางมา มีสุข รองนายกองค์การบริหารส่วนตำบลบ้านดี เป็นประธาน");
        assert!(told[0].0.starts_with("รองนายก"));
    }

    #[test]
    fn a_name_in_brackets_signs() {
        let told = lead("ประกาศ ณ วันที่ 4 มกราคม 2564\n(นายสม ใจดี)\nนายกองค์การบริหารส่วนตำบลบ้านดี");
        assert_eq!(
            told,
            [("นายกองค์การบริหารส่วนตำบลบ้านดี".into(), "นายสม ใจดี".into())]
        );
    }

    #[test]
    fn who_acts_for_the_chief_is_said_to_act() {
        let told = lead("นายสม ใจดี ปลัด อบต. ปฏิบัติหน้าที่นายกองค์การบริหารส่วนตำบลบ้านดี เป็นประธาน");
        assert_eq!(told[0].0, "ปฏิบัติหน้าที่นายกองค์การบริหารส่วนตำบลบ้านดี");
        let told = lead("(นายสม ใจดี)\nปลัดองค์การบริหารส่วนตำบล ปฏิบัติหน้าที่\nนายกองค์การบริหารส่วนตำบลบ้านดี");
        assert!(told[0].0.starts_with("ปฏิบัติหน้าที่นายกองค์การ"), "{}", told[0].0);
    }

    #[test]
    fn who_declares_in_the_text_leads_without_signing() {
        let told =
            lead("ข้าพเจ้า นายสม ใจดี นายกเทศมนตรีตำบลบ้านดี ขอแสดงเจตจำนงว่าจะบริหารงานด้วยความสุจริต");
        assert_eq!(told, [("นายกเทศมนตรีตำบลบ้านดี".into(), "นายสม ใจดี".into())]);
        assert!(lead("เทศบาลตำบลบ้านดี ขอแสดงเจตจำนงว่าจะบริหารงานด้วยความสุจริต").is_empty());
    }

    #[test]
    fn titles_do_not_make_another_person() {
        assert!(same_person("นายสม ใจดี", "สม  ใจดี"));
        assert!(!same_person("นายสม ใจดี", "นายสม ใจดำ"));
    }
}
