//! People: names with titles, and the positions, pictures and contacts that stand with them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::dom::{Dom, heading_level};
use super::flow::{Flow, Line, Picture};
use super::{Part, Person};
use crate::thai::contact::contacts;

/// A card holds a few lines.
const MAX_CARD_LINES: usize = 9;
const MAX_CARD_CHARS: usize = 420;
/// A longer position is a sentence.
const MAX_POSITION: usize = 90;
/// Stands for the name of nobody.
const VACANT: &str = "ว่าง";
/// People on one page; a list of a whole ministry has hundreds.
const MAX_PEOPLE: usize = 2000;

/// Titles before names, longer before their beginnings.
static TITLES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "ว่าที่ร้อยตรี|ว่าที่ร้อยโท|ว่าที่ร้อยเอก|ว่าที่พันตรี|ว่าที่พันโท|ว่าที่พันเอก|ว่าที่เรือตรี|\
    ว่าที่ ร.ต.|ว่าที่ ร.ท.|ว่าที่ ร.อ.|ว่าที่ พ.ต.|ว่าที่ร.ต.|ว่าที่ร.ท.|ว่าที่ร.อ.|ว่าที่พ.ต.|\
    ว่าที่ ร้อยตรี|ว่าที่ ร้อยโท|ว่าที่ ร้อยเอก|พลตำรวจเอก|พลตำรวจโท|พลตำรวจตรี|พันตำรวจเอก|พันตำรวจโท|\
    พันตำรวจตรี|ร้อยตำรวจเอก|ร้อยตำรวจโท|ร้อยตำรวจตรี|ดาบตำรวจ|จ่าสิบตำรวจ|สิบตำรวจเอก|สิบตำรวจโท|\
    สิบตำรวจตรี|พลเอก|พลโท|พลตรี|พันเอก|พันโท|พันตรี|ร้อยเอก|ร้อยโท|ร้อยตรี|จ่าสิบเอก|จ่าสิบโท|\
    จ่าสิบตรี|สิบเอก|สิบโท|สิบตรี|พลเรือเอก|พลเรือโท|พลเรือตรี|พลอากาศเอก|พลอากาศโท|พลอากาศตรี|\
    นาวาอากาศเอก|นาวาอากาศโท|นาวาอากาศตรี|นาวาเอก|นาวาโท|นาวาตรี|เรืออากาศเอก|เรืออากาศโท|เรืออากาศตรี|\
    เรือเอก|เรือโท|เรือตรี|พันจ่าเอก|พันจ่าโท|พันจ่าตรี|จ่าเอก|จ่าโท|พล.ต.อ.|พล.ต.ท.|พล.ต.ต.|พล.ร.อ.|\
    พล.อ.อ.|พล.อ.|พล.ท.|พล.ต.|พ.ต.อ.|พ.ต.ท.|พ.ต.ต.|ร.ต.อ.|ร.ต.ท.|ร.ต.ต.|จ.ส.ต.|จ.ส.อ.|จ.ส.ท.|ส.ต.อ.|\
    ส.ต.ท.|ส.ต.ต.|พ.จ.อ.|พ.จ.ท.|พ.อ.อ.|น.อ.|น.ท.|น.ต.|พ.อ.|พ.ท.|พ.ต.|ร.อ.|ร.ท.|ร.ต.|ด.ต.|ส.อ.|ส.ท.|ส.ต.|\
    จ.อ.|จ.ท.|ศาสตราจารย์|รองศาสตราจารย์|ผู้ช่วยศาสตราจารย์|ผศ.ดร.|รศ.ดร.|ศ.ดร.|ผศ.|รศ.|ศ.|ดร.|นพ.|พญ.|\
    ทพญ.|ทพ.|สพ.ญ.|น.สพ.|ภก.|ภญ.|นายแพทย์|แพทย์หญิง|ทันตแพทย์หญิง|ทันตแพทย์|ม.ร.ว.|ม.ล.|หม่อมราชวงศ์|\
    หม่อมหลวง|หม่อมเจ้า|คุณหญิง|ท่านผู้หญิง|นางสาว|น.ส.|นส.|นาง|นาย"
    .split('|')
    .collect()
});

/// What starts like a title and a name and is a position or a thing.
static NOT_NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "นายก |นายกฯ|นายกองค์การ|นายกอบต|นายกอบจ|นายกอ.|นายกเทศ|นายกเมือง|นายกสมาคม|นายกเหล่า|นายกสภา|\
    นายกรัฐมนตรี|นายกพัทยา|นายก(|นายกท.|นายช่าง|นายอำเภอ|นายทะเบียน|นายสัตวแพทย์|นายตรวจ|นายเวร|นายหน้า|\
    นายจ้าง|นายด่าน|นายสถานี|นายทหาร|นายตำรวจ|นายไปรษณีย์|นายท้าย|นายประกัน|นายแพทย์สาธารณสุข|\
    นายแพทย์ชำนาญ|นายแพทย์เชี่ยวชาญ|นายแพทย์ปฏิบัติ|นางพยาบาล|นางฟ้า|นางแบบ|นางงาม|นางสงกรานต์|นางนพมาศ|\
    นางรำ|นางกวัก|นางสาวไทย|ทันตแพทย์ชำนาญ|ทันตแพทย์ปฏิบัติ|แพทย์หญิงและ"
        .split('|')
        .collect()
});

/// How positions begin.
static POSITIONS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "นายก|รองนายก|อดีตนายก|ปลัด|รองปลัด|ประธาน|รองประธาน|สมาชิก|ส.อบต|เลขา|ที่ปรึกษา|ผู้อำนวยการ|\
    รองผู้อำนวยการ|ผู้ช่วย|ผู้บริหาร|ผู้ว่า|รองผู้ว่า|ผู้จัดการ|รองผู้จัดการ|ผู้บังคับ|ผู้กำกับ|\
    รองผู้กำกับ|ผู้ใหญ่บ้าน|ผู้แทน|ผู้ปฏิบัติ|ผู้ดูแล|ผู้ควบคุม|ผอ.|ผอ|รอง ผอ|หัวหน้า|รองหัวหน้า|นัก|\
    เจ้าพนักงาน|เจ้าหน้าที่|นิติกร|วิศวกร|สถาปนิก|สันทนาการ|ครู|นายช่าง|ช่าง|พนักงาน|ลูกจ้าง|คนงาน|\
    คนสวน|ภารโรง|แม่บ้าน|ยาม|อธิการบดี|รองอธิการ|คณบดี|รองคณบดี|อธิบดี|รองอธิบดี|รัฐมนตรี|กรรมการ|\
    อนุกรรมการ|กำนัน|สารวัตร|แพทย์|พยาบาล|นายแพทย์|นายอำเภอ|เกษตร|พัฒนาการ|ท้องถิ่น|สาธารณสุข|ตำแหน่ง|\
    รักษาการ|รักษาราชการ|ปฏิบัติหน้าที่|ปฏิบัติราชการ|บรรณารักษ์|อาจารย์|พี่เลี้ยง|ศึกษานิเทศก์|โฆษก|\
    หน.|จพง.|รก.|ปก.|รอง|กงสุล|เอกอัครราชทูต|วิทยากร|พ่อครัว|เศรษฐกร|โภชนากร"
        .split('|')
        .collect()
});

/// Words that make a line a sentence about somebody.
const SENTENCE: &str = "ได้|เป็นประธาน|ร่วม|เข้าร่วม|ลงพื้นที่|มอบ|เปิดงาน|พร้อม|นำ|กล่าว|ประชุม|เดินทาง|ตรวจ|เยี่ยม|ประกาศ|\
    ให้การ|จัด|แสดง|ขอ";

/// Words that name a picture nobody is on.
const NOT_PHOTOS: &str = "logo|icon|arrow|bullet|banner|spacer|blank|no-photo|nophoto|no_photo|noimage|no-image|no_image|\
    nopic|no-pic|no_pic|avatar|placeholder|default|dummy|anonymous|button|btn_|btn-|line.|phone.|email.|\
    facebook|pixel|loading|silhouette|unknown|signature|lasen";

/// Whether a line begins with a person's name.
pub(super) fn is_person_line(text: &str) -> bool {
    read_name(text).is_some()
}

/// A name at the beginning of a line, and what follows it.
fn read_name(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches(|c: char| {
        c.is_whitespace()
            || c.is_ascii_digit()
            || ('๐'..='๙').contains(&c)
            || matches!(c, '.' | ')' | '(' | '-' | '–' | '•' | ':' | '*' | '"' | '“')
    });
    let text = [
        "ชื่อ-สกุล",
        "ชื่อ - สกุล",
        "ชื่อ-นามสกุล",
        "ชื่อ - นามสกุล",
        "ชื่อ สกุล",
        "ชื่อ",
    ]
    .iter()
    .find_map(|label| text.strip_prefix(label))
    .map_or(text, |rest| rest.trim_start_matches([':', ' ', '.']));
    if NOT_NAMES.iter().any(|not| text.starts_with(not)) || text == "นายก" {
        return None;
    }
    let (mut rest, mut titles) = (text, 0);
    while titles < 3
        && let Some(after) = TITLES.iter().find_map(|title| rest.strip_prefix(title))
    {
        rest = after.trim_start();
        rest = rest
            .strip_prefix("(หญิง)")
            .or_else(|| rest.strip_prefix("หญิง "))
            .unwrap_or(rest)
            .trim_start();
        titles += 1;
    }
    if titles == 0 {
        return None;
    }
    let (first, after_first) = word(rest)?;
    let (last, mut after) = word(after_first.trim_start())?;
    // A position instead of a surname: the surname is not there.
    if after_first.trim_start().len() == after_first.len()
        || POSITIONS
            .iter()
            .any(|position| is_long_start(last, position))
    {
        return None;
    }
    let mut name_end = text.len() - after.len();
    if last == "ณ" || after.trim_start().starts_with("ณ ") {
        let tail = after.trim_start();
        let tail = tail.strip_prefix("ณ ").unwrap_or(tail);
        if let Some((_, end)) = word(tail.trim_start()) {
            name_end = text.len() - end.len();
            after = end;
        }
    } else if letters(last) < 2 {
        return None;
    }
    // `นายดี`, `นางสี`: one consonant with its vowel is a first name where a surname follows.
    if first.chars().count() < 2 {
        return None;
    }
    Some((text[..name_end].to_owned(), after))
}

/// `ปลัดเทศบาล` begins with `ปลัด`; the surname `ครู` does not count as a position.
fn is_long_start(word: &str, position: &str) -> bool {
    word.len() > position.len() && position.chars().count() >= 4 && word.starts_with(position)
}

/// A run of Thai letters.
fn word(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !matches!(c, '\u{E01}'..='\u{E3A}' | '\u{E40}'..='\u{E4E}'))
        .unwrap_or(text.len());
    (end > 0 && text[..end].chars().count() <= 30).then(|| text.split_at(end))
}

fn letters(word: &str) -> usize {
    word.chars()
        .filter(|c| matches!(c, '\u{E01}'..='\u{E2E}'))
        .count()
}

/// `- ว่าง -`, `(ตำแหน่งว่าง)`.
fn is_vacant(text: &str) -> bool {
    let plain: String = text
        .chars()
        .filter(|c| matches!(c, '\u{E01}'..='\u{E4E}'))
        .collect();
    matches!(
        plain.as_str(),
        "ว่าง"
            | "ตำแหน่งว่าง"
            | "อัตราว่าง"
            | "ว่างเดิม"
            | "ยังไม่มีผู้ดำรงตำแหน่ง"
            | "อยู่ระหว่างสรรหา"
            | "อยู่ระหว่างการสรรหา"
    )
}

fn is_position(text: &str) -> bool {
    let text = text.trim_start_matches(['(', '-', ' ', ':']);
    text.chars().count() <= MAX_POSITION
        && POSITIONS.iter().any(|position| text.starts_with(position))
        && !is_sentence(text)
        && read_name(text).is_none()
}

fn is_sentence(text: &str) -> bool {
    text.split_whitespace()
        .skip(1)
        .any(|word| SENTENCE.split('|').any(|verb| word.starts_with(verb)))
        || text.contains("เป็นประธาน")
}

/// What a line is to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Says {
    /// A person's name (or a vacancy) and the position that follows in the same line.
    Name {
        name: String,
        rest: String,
    },
    Position(String),
    Contact(Vec<String>),
    /// A label, a number: does no harm in a card.
    Small,
    Other,
}

fn says(text: &str) -> Says {
    if let Some((name, after)) = read_name(text) {
        let found = contacts(after);
        let rest = strip_contacts(after, &found);
        let rest = rest.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '-' | '–' | ',' | '|' | ':' | '/')
        });
        let rest = rest.strip_prefix(')').unwrap_or(rest).trim();
        let fits = rest.is_empty()
            || is_position(rest)
            || rest.starts_with('(') && rest.chars().count() < 40;
        if !fits {
            return Says::Other;
        }
        let rest = if rest.starts_with('(') && !is_position(rest) {
            ""
        } else {
            rest
        };
        return Says::Name {
            name,
            rest: tidy_position(rest),
        };
    }
    if let Some((name, rest)) = read_name_last(text) {
        return Says::Name { name, rest };
    }
    if is_vacant(text) {
        return Says::Name {
            name: VACANT.to_owned(),
            rest: String::new(),
        };
    }
    // `นายช่างโยธา (ว่าง)`: the vacancy stands in the position's own line.
    if let Some(position) = vacant_position(text) {
        return Says::Name {
            name: VACANT.to_owned(),
            rest: position,
        };
    }
    let is_site = [
        "เว็บ",
        "เว็ป",
        "ebmaster",
        "WEBMASTER",
        "ผู้พัฒนา",
        "ออกแบบ",
        "ติดต่อสอบถาม",
    ]
    .iter()
    .any(|word| text.contains(word));
    if is_site {
        return Says::Other;
    }
    let found = contacts(text);
    if !found.is_empty() && text.chars().count() <= 120 {
        // `นายกเทศมนตรี โทร. 089…`: the holder's own telephone behind the position.
        let first = found.iter().filter_map(|one| text.find(one)).min();
        let before = text.get(..first.unwrap_or(0)).unwrap_or_default();
        let before = strip_contacts(before, &found);
        if is_position(&before) {
            return Says::Position(tidy_position(&before));
        }
        return Says::Contact(found);
    }
    if is_position(text) {
        return Says::Position(tidy_position(text));
    }
    if text.chars().count() <= 40 {
        return Says::Small;
    }
    Says::Other
}

/// `ส.อบต. หมู่ 1 นายบุญเลิศ สวางใจ`: the position first, then the name and nothing but contacts.
fn read_name_last(text: &str) -> Option<(String, String)> {
    if text.chars().count() > 2 * MAX_POSITION {
        return None;
    }
    let (at, name, after) = text
        .char_indices()
        .filter(|(_, c)| matches!(c, ' ' | ':' | '-' | '–'))
        .filter_map(|(at, c)| {
            let rest = text[at + c.len_utf8()..].trim_start();
            TITLES.iter().find(|title| rest.starts_with(**title))?;
            let (name, after) = read_name(rest)?;
            Some((at, name, after))
        })
        .next()?;
    let before = tidy_position(&text[..at]);
    let rest = strip_contacts(after, &contacts(after));
    let is_end = rest.chars().filter(|c| c.is_alphanumeric()).count() == 0;
    (is_end && is_position(&before)).then_some((name, before))
}

fn vacant_position(text: &str) -> Option<String> {
    let text = text.trim();
    let before = ["(ว่าง)", "(ตำแหน่งว่าง)", "- ว่าง -", "-ว่าง-", "( ว่าง )"]
        .iter()
        .find_map(|mark| text.strip_suffix(mark))?
        .trim();
    is_position(before).then(|| tidy_position(before))
}

fn tidy_position(text: &str) -> String {
    let text = text.trim();
    let text = text
        .strip_prefix("ตำแหน่ง")
        .map_or(text, |rest| rest.trim_start_matches([':', ' ', '.', '-']));
    text.trim_matches(['-', ' ', ':', ',']).to_owned()
}

fn strip_contacts(text: &str, found: &[String]) -> String {
    let mut text = text.to_owned();
    for contact in found {
        text = text.replace(contact.as_str(), " ");
    }
    if !found.is_empty() {
        for label in [
            "โทรศัพท์มือถือ",
            "เบอร์โทรศัพท์",
            "โทรศัพท์",
            "เบอร์โทร",
            "โทร.",
            "โทร",
            "มือถือ",
            "Tel.",
            "E-mail",
            "Email",
            "อีเมล",
        ] {
            text = text.replace(label, " ");
        }
        text = text.trim_end_matches(['.', ':', ' ', '(', ')']).to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Found<'f> {
    lines: Vec<(&'f Line, Says)>,
    /// Indexes of lines that name somebody.
    names: Vec<usize>,
    pictures: Vec<&'f Picture>,
}

/// The people of a page.
pub(super) fn people(dom: &Dom, flow: &Flow) -> Vec<Person> {
    let mut lines: Vec<(&Line, Says)> = Vec::new();
    for line in flow.lines.iter().filter(|line| line.part == Part::Content) {
        lines.push((line, says(&line.text)));
    }
    let names: Vec<usize> = (0..lines.len())
        .filter(|&n| matches!(lines[n].1, Says::Name { .. }))
        .take(MAX_PEOPLE)
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let pictures = flow
        .pictures
        .iter()
        .filter(|picture| is_photo(dom, picture))
        .collect();
    let found = Found {
        lines,
        names,
        pictures,
    };
    let cards: Vec<Card> = (0..found.names.len()).map(|n| found.card(dom, n)).collect();
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    for photo in cards.iter().filter_map(|card| card.photo.as_deref()) {
        *users.entry(photo).or_default() += 1;
    }
    cards
        .iter()
        .filter(|card| card.person.name != VACANT || !card.person.position.is_empty())
        .filter(|card| !card.in_prose)
        .map(|card| Person {
            photo: card.person.name != VACANT
                && card
                    .photo
                    .as_deref()
                    .is_some_and(|photo| users.get(photo) == Some(&1)),
            ..card.person.clone()
        })
        .collect()
}

/// Not an icon, not a stand-in for a missing photo.
fn is_photo(dom: &Dom, picture: &Picture) -> bool {
    let file = picture
        .src
        .split(['?', '#'])
        .next()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default()
        .to_lowercase();
    let size = |name| {
        dom.attr(picture.node, name)
            .and_then(|n| n.trim().trim_end_matches("px").parse::<u32>().ok())
    };
    let is_small = [size("width"), size("height")]
        .into_iter()
        .flatten()
        .any(|n| n < 40);
    let is_icon = dom
        .name_words(picture.node)
        .iter()
        .any(|word| matches!(word.as_str(), "icon" | "logo"));
    !is_small
        && !is_icon
        && !file.ends_with(".svg")
        && !NOT_PHOTOS.split('|').any(|word| file.contains(word))
}

struct Card {
    person: Person,
    photo: Option<String>,
    in_prose: bool,
}

impl Found<'_> {
    /// Everything that stands with the n-th name.
    fn card(&self, dom: &Dom, n: usize) -> Card {
        let at = self.names[n];
        let line = self.lines[at].0;
        let mut person = Person::default();
        let mut rest = String::new();
        if let Says::Name { name, rest: tail } = &self.lines[at].1 {
            person.name.clone_from(name);
            rest.clone_from(tail);
        }
        let around = self.container(dom, n);
        let (from, until) = match around {
            Some(node) => self.lines_in(dom, node),
            None => (at, self.sequence_end(n)),
        };
        person.position = if rest.is_empty() {
            self.position(at, from, until)
        } else {
            rest
        };
        let first_contact = if around.is_some() { from } else { at };
        for (line, says) in &self.lines[first_contact..until] {
            match says {
                Says::Contact(found) => person.contacts.extend(found.iter().cloned()),
                Says::Name { .. } | Says::Position(_) => {
                    person.contacts.extend(contacts(&line.text));
                }
                _ => {}
            }
        }
        let node = around.unwrap_or(line.first);
        self.linked_contacts(dom, node, &mut person);
        let mut seen = Vec::new();
        person.contacts.retain(|contact| {
            let is_new = !seen.contains(contact);
            seen.push(contact.clone());
            is_new
        });
        let photo = match around {
            Some(node) => self.photo_in(dom, node),
            None => self.photo_beside(n),
        };
        Card {
            in_prose: person.position.is_empty() && photo.is_none() && person.contacts.is_empty(),
            person,
            photo,
        }
    }

    /// `mailto:` and `tel:` behind an icon.
    fn linked_contacts(&self, dom: &Dom, node: usize, person: &mut Person) {
        for j in node..dom.end(node) {
            let Some(href) = dom.attr(j, "href") else {
                continue;
            };
            let contact = href
                .strip_prefix("mailto:")
                .or_else(|| href.strip_prefix("tel:"))
                .map(|rest| rest.split('?').next().unwrap_or_default().trim());
            if let Some(contact) = contact.filter(|contact| !contact.is_empty()) {
                let plain = |text: &str| {
                    text.chars()
                        .filter(|c| c.is_alphanumeric())
                        .collect::<String>()
                };
                if !person
                    .contacts
                    .iter()
                    .any(|known| plain(known) == plain(contact))
                {
                    person.contacts.push(contact.to_owned());
                }
            }
        }
    }

    fn lines_in(&self, dom: &Dom, node: usize) -> (usize, usize) {
        let from = self.lines.partition_point(|(line, _)| line.first < node);
        let until = self
            .lines
            .partition_point(|(line, _)| line.first < dom.end(node));
        (from, until.max(from))
    }

    /// The largest element around a name that holds nothing but this person's card.
    fn container(&self, dom: &Dom, n: usize) -> Option<usize> {
        let line = self.lines[self.names[n]].0;
        let mut largest = None;
        for up in dom.ancestors(line.first).take(24) {
            let tag = dom.tag(up);
            if matches!(tag, "body" | "main" | "article" | "html" | "form")
                || dom.end(up) <= line.last && largest.is_some()
            {
                break;
            }
            if dom.end(up) <= line.last {
                continue;
            }
            if !self.is_card(dom, up) {
                break;
            }
            largest = Some(up);
        }
        let node = largest?;
        // A name in a box of its own, the rest outside: read on as a sequence.
        let (from, until) = self.lines_in(dom, node);
        let alone = until - from == 1
            && !matches!(dom.tag(node), "td" | "tr" | "li")
            && self.photo_in(dom, node).is_none()
            && matches!(&self.lines[from].1, Says::Name { rest, .. } if rest.is_empty());
        (!alone).then_some(node)
    }

    fn is_card(&self, dom: &Dom, node: usize) -> bool {
        if dom.chars(node) > MAX_CARD_CHARS {
            return false;
        }
        let (from, until) = self.lines_in(dom, node);
        if until - from > MAX_CARD_LINES {
            return false;
        }
        let names = self.lines[from..until]
            .iter()
            .filter(|(_, says)| matches!(says, Says::Name { .. }))
            .count();
        let others = self.lines[from..until]
            .iter()
            .filter(|(_, says)| *says == Says::Other)
            .count();
        // A heading over a card names a section unless it names the person or a position.
        let has_section = (node + 1..dom.end(node)).any(|j| {
            heading_level(dom.tag(j)).is_some_and(|level| level <= 3) && {
                let text = dom.text_of(j);
                matches!(says(&text), Says::Small | Says::Other)
            }
        });
        names == 1 && others == 0 && !has_section && self.photos(dom, node) <= 2
    }

    fn photos(&self, dom: &Dom, node: usize) -> usize {
        let from = self.pictures.partition_point(|picture| picture.node < node);
        let until = self
            .pictures
            .partition_point(|picture| picture.node < dom.end(node));
        until - from
    }

    fn photo_in(&self, dom: &Dom, node: usize) -> Option<String> {
        let inside = |node: usize| {
            let from = self.pictures.partition_point(|picture| picture.node < node);
            self.pictures
                .get(from)
                .filter(|picture| picture.node < dom.end(node))
                .map(|picture| picture.src.clone())
        };
        inside(node).or_else(|| inside(cell_above(dom, node)?))
    }

    /// In a run of lines: the picture right before the name; right after it where every name has one after it.
    fn photo_beside(&self, n: usize) -> Option<String> {
        let node_of = |n: usize| self.lines[self.names[n]].0.first;
        let here = node_of(n);
        let no_text_between = |from: usize, until: usize| {
            let next = self.lines.partition_point(|(line, _)| line.first <= from);
            self.lines
                .get(next)
                .is_none_or(|(line, _)| line.first >= until)
        };
        let before = self.pictures.partition_point(|picture| picture.node < here);
        let right_before = before.checked_sub(1).map(|at| self.pictures[at]);
        if let Some(picture) = right_before
            && no_text_between(picture.node, here)
        {
            return Some(picture.src.clone());
        }
        let follows = |n: usize| {
            let at = self
                .pictures
                .partition_point(|picture| picture.node < node_of(n));
            let picture = self.pictures.get(at)?;
            let next = self.names.get(n + 1).map_or(usize::MAX, |_| node_of(n + 1));
            let last = self.lines[self.sequence_end(n) - 1].0.last;
            (picture.node < next && no_text_between(last, picture.node)).then_some(*picture)
        };
        let all_follow =
            self.names.len() > 1 && (0..self.names.len().min(20)).all(|n| follows(n).is_some());
        follows(n)
            .filter(|_| all_follow)
            .map(|picture| picture.src.clone())
    }

    /// Where a run of lines about one person ends.
    fn sequence_end(&self, n: usize) -> usize {
        let at = self.names[n];
        let next = self.names.get(n + 1).copied().unwrap_or(self.lines.len());
        let mut end = at + 1;
        while end < next && end < at + 6 && !matches!(self.lines[end].1, Says::Other | Says::Small)
        {
            end += 1;
        }
        end
    }

    fn position(&self, at: usize, from: usize, until: usize) -> String {
        let mut parts: Vec<&str> = Vec::new();
        for (line, says) in &self.lines[at + 1..until.max(at + 1)] {
            match says {
                Says::Position(text) if parts.is_empty() && !text.is_empty() => parts.push(text),
                Says::Position(text)
                    if parts.len() < 3 && goes_on(parts[parts.len() - 1], text) =>
                {
                    parts.push(text);
                }
                // What is not in the list of positions is one when it follows the name at once.
                Says::Small if parts.is_empty() && is_wordy(&line.text) => parts.push(&line.text),
                _ if parts.is_empty() => {}
                _ => break,
            }
        }
        if parts.is_empty() {
            let above = self.lines[from..at]
                .iter()
                .rev()
                .find_map(|(_, says)| match says {
                    Says::Position(text) if !text.is_empty() => Some(text.as_str()),
                    _ => None,
                });
            parts.extend(above);
        }
        parts.join(" ")
    }
}

/// `ปลัด อบต.` `รักษาราชการแทน` `นายก อบต.`: one position on several lines.
fn goes_on(before: &str, text: &str) -> bool {
    let acting = ["รักษา", "ปฏิบัติหน้าที่", "ปฏิบัติราชการ"];
    acting.iter().any(|word| text.starts_with(word))
        || acting
            .iter()
            .any(|word| before.starts_with(word) || before.ends_with(word))
}

/// Words rather than a number or a label of a field.
fn is_wordy(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 4
        && !text.ends_with(':')
        && ![
            "โทร",
            "มือถือ",
            "อีเมล",
            "e-mail",
            "email",
            "line",
            "fax",
            "รายละเอียด",
            "ดู",
            "คลิก",
        ]
        .iter()
        .any(|label| text.to_lowercase().starts_with(label))
}

/// The cell of the row above at the same column: photos in one row, names in the next.
fn cell_above(dom: &Dom, node: usize) -> Option<usize> {
    if dom.tag(node) != "td" {
        return None;
    }
    let row = dom.parent(node)?;
    let body = dom.parent(row)?;
    let cells = |row: usize| {
        dom.children(row)
            .filter(|&j| matches!(dom.tag(j), "td" | "th"))
            .collect::<Vec<_>>()
    };
    let above = dom
        .children(body)
        .take_while(|&j| j < row)
        .filter(|&j| dom.tag(j) == "tr")
        .last()?;
    let (here, there) = (cells(row), cells(above));
    let column = here.iter().position(|&cell| cell == node)?;
    // Pictures alone: a row of other people's cards is not this person's.
    (here.len() == there.len() && dom.chars(above) == 0).then(|| there[column])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_behind_a_position_leaves_the_position() {
        for (line, position) in [
            (
                "นายกเทศมนตรีตำบลบ้านดี โทร. 089-111-2222",
                "นายกเทศมนตรีตำบลบ้านดี",
            ),
            ("ตำแหน่ง ปลัดเทศบาล เบอร์โทรศัพท์ 0891112222", "ปลัดเทศบาล"),
        ] {
            assert_eq!(says(line), Says::Position(position.to_owned()), "{line}");
        }
        for line in [
            "โทร. 089-111-2222",
            "โทรศัพท์ 075-111222 ต่อ 12",
            "ตลาดสด โทร. 089-111-2222",
        ] {
            assert!(matches!(says(line), Says::Contact(_)), "{line}");
        }
    }
}
