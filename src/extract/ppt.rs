//! PPT: the text of old slide files, slide by slide; of broken ones the words that are there.

use std::collections::BTreeMap;

use super::ole::{Ole, half, wide, word};
use super::paper::Paper;
use super::salvage::salvage;
use super::{Document, DocumentKind, Reading, limits};
use crate::thai::decode;

/// Kinds of records.
const DOCUMENT: u16 = 0x03E8;
const LIST_OF_SLIDES: u16 = 0x0FF0;
const SLIDE_PLACE: u16 = 0x03F3;
const WIDE_TEXT: u16 = 0x0FA0;
const NARROW_TEXT: u16 = 0x0FA8;
const LAST_EDIT: u16 = 0x0FF5;
const PLACES: u16 = 0x1772;
/// A presentation that is encrypted says so instead of its usual mark.
const ENCRYPTED: u32 = 0xF3D1_C4DF;
/// Edits since the file was written whole.
const EDITS: usize = 1000;
/// Places of parts, in all edits together.
const PARTS: usize = 1 << 20;
/// Records of all slides together.
const RECORDS: usize = 1 << 22;

/// Reads a slide file of 1997 to 2003.
pub(super) fn read(body: &[u8]) -> Document {
    let ole = Ole::open(body);
    let user = ole.as_ref().and_then(|ole| ole.stream("Current User"));
    if user.as_ref().and_then(|user| word(user, 12)) == Some(ENCRYPTED) {
        return Document::unread(DocumentKind::Slides, Reading::Locked);
    }
    let stream = ole
        .as_ref()
        .and_then(|ole| ole.stream("PowerPoint Document"));
    user.zip(stream)
        .and_then(|(user, stream)| read_slides(&stream, word(&user, 16)? as usize))
        .unwrap_or_else(|| salvage(DocumentKind::Slides, body))
}

fn read_slides(stream: &[u8], last_edit: usize) -> Option<Document> {
    let (places, main) = places(stream, last_edit)?;
    let main = record(stream, *places.get(&main)?)?;
    if main.kind != DOCUMENT {
        return None;
    }
    let list = main
        .children()
        .find(|child| child.kind == LIST_OF_SLIDES && child.instance == 0)?;
    let mut paper = Paper::default();
    // The outline, what stands in the frames of a slide, follows its place; then comes the rest of the slide.
    let mut slide: Option<Record> = None;
    let (mut slides, mut records) = (0, 0);
    for child in list.children() {
        if child.kind != SLIDE_PLACE {
            text(&child, &mut paper);
            continue;
        }
        if slides > 0 {
            end_slide(slide.take(), &mut records, &mut paper);
        }
        slides += 1;
        if slides > limits::SLIDES || paper.is_full() {
            paper.cut();
            return Some(paper.into_document(DocumentKind::Slides));
        }
        let place = word(child.data, 0).and_then(|number| places.get(&number));
        slide = place.and_then(|&place| record(stream, place));
    }
    end_slide(slide, &mut records, &mut paper);
    Some(paper.into_document(DocumentKind::Slides))
}

fn end_slide(slide: Option<Record>, records: &mut usize, paper: &mut Paper) {
    if let Some(slide) = slide {
        texts(&slide, 0, records, paper);
    }
    paper.end_page();
}

/// Where each numbered part stands after all edits, and the number of the document itself.
fn places(stream: &[u8], last_edit: usize) -> Option<(BTreeMap<u32, usize>, u32)> {
    let (mut places, mut main) = (BTreeMap::new(), None);
    let (mut edit, mut parts) = (last_edit, 0);
    for _ in 0..EDITS {
        let Some(it) = record(stream, edit).filter(|it| it.kind == LAST_EDIT) else {
            break;
        };
        main = main.or(word(it.data, 16));
        let list = record(stream, word(it.data, 12)? as usize).filter(|it| it.kind == PLACES)?;
        let mut at = 0;
        while let Some(head) = word(list.data, at).filter(|_| parts < PARTS) {
            let (first, count) = (head & 0xF_FFFF, head >> 20);
            for number in 0..count {
                at += 4;
                parts += 1;
                if let Some(place) = word(list.data, at) {
                    // Later edits were read first.
                    places.entry(first + number).or_insert(place as usize);
                }
            }
            at += 4;
        }
        match word(it.data, 8) {
            Some(before) if before > 0 && (before as usize) < edit && parts < PARTS => {
                edit = before as usize
            }
            _ => break,
        }
    }
    Some((places, main?))
}

struct Record<'s> {
    is_container: bool,
    instance: u16,
    kind: u16,
    data: &'s [u8],
}

fn record(stream: &[u8], at: usize) -> Option<Record<'_>> {
    let head = half(stream, at)?;
    let length = word(stream, at.checked_add(4)?)? as usize;
    let from = at + 8;
    Some(Record {
        is_container: head & 0xF == 0xF,
        instance: head >> 4,
        kind: half(stream, at + 2)?,
        data: stream.get(from..from.saturating_add(length).min(stream.len()))?,
    })
}

impl<'s> Record<'s> {
    fn children(&self) -> impl Iterator<Item = Record<'s>> + use<'s> {
        let (data, mut at) = (self.data, 0usize);
        std::iter::from_fn(move || {
            let child = record(data, at)?;
            at += 8 + child.data.len();
            Some(child)
        })
    }
}

/// Texts in a record and in those that it holds.
fn texts(it: &Record, depth: usize, records: &mut usize, paper: &mut Paper) {
    *records += 1;
    if !it.is_container {
        text(it, paper);
    } else if depth < limits::DEPTH / 5 && *records < RECORDS {
        for child in it.children() {
            texts(&child, depth + 1, records, paper);
            if *records >= RECORDS {
                paper.cut();
                return;
            }
        }
    }
}

fn text(it: &Record, paper: &mut Paper) {
    let text = match it.kind {
        WIDE_TEXT => wide(it.data),
        NARROW_TEXT => decode(it.data, None),
        _ => return,
    };
    for line in text.split(['\r', '\u{B}']) {
        paper.text(line);
        paper.end_paragraph();
    }
}

#[cfg(test)]
mod tests {
    use super::super::ole::container;
    use super::*;

    fn wrap(head: u16, kind: u16, data: &[u8]) -> Vec<u8> {
        let mut out = head.to_le_bytes().to_vec();
        out.extend(kind.to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out
    }

    fn words(text: &str) -> Vec<u8> {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        wrap(0, WIDE_TEXT, &wide)
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    /// Two slides; the first was edited after the file had been written.
    fn file(mark: u32) -> Vec<u8> {
        let slide = |text: &str| wrap(0xF, 0x03EE, &wrap(0xF, 0xF00D, &words(text)));
        let place = |number: u32| wrap(0, SLIDE_PLACE, &numbers(&[number, 0, 0, 0, 0]));
        let list = [place(2), words("แผนดำเนินงาน\r2565"), place(3)].concat();
        let masters = wrap(0x1F, LIST_OF_SLIDES, &words("คลิกเพื่อแก้ไข"));
        let list = wrap(0xF, LIST_OF_SLIDES, &list);
        let mut stream = wrap(0xF, DOCUMENT, &[masters, list].concat());
        let mut at = vec![0];
        for text in ["ร่างเดิม", "ผลการดำเนินงาน", "ฉบับแก้ไข"]
        {
            at.push(stream.len() as u32);
            stream.extend(slide(text));
        }
        let mut edit = |first: u32, places: &[u32], before: u32| {
            let list = stream.len() as u32;
            let head = (places.len() as u32) << 20 | first;
            stream.extend(wrap(
                0,
                PLACES,
                &[numbers(&[head]), numbers(places)].concat(),
            ));
            let edit = stream.len() as u32;
            stream.extend(wrap(0, LAST_EDIT, &numbers(&[0, 0, before, list, 1, 0, 0])));
            edit
        };
        let first = edit(1, &at[..3], 0);
        let last = edit(2, &at[3..], first);
        let user = wrap(0, 0x0FF6, &numbers(&[20, mark, last, 0]));
        container(&[("PowerPoint Document", stream), ("Current User", user)])
    }

    #[test]
    fn slides_are_read_as_they_were_last_edited() {
        let document = read(&file(0xE391_C05F));
        assert_eq!(
            document.pages,
            ["แผนดำเนินงาน\n2565\nฉบับแก้ไข", "ผลการดำเนินงาน"]
        );
        assert_eq!(document.page_name(1).as_deref(), Some("สไลด์ 2"));
    }

    #[test]
    fn a_locked_file_is_locked_and_a_broken_one_gives_its_words() {
        assert_eq!(read(&file(ENCRYPTED)).reading, Reading::Locked);
        let whole = file(0xE391_C05F);
        let document = read(&whole[1024..]);
        assert_eq!(
            (document.reading, document.unread_pages),
            (Reading::Text, 1)
        );
        assert!(document.pages[0].contains("ผลการดำเนินงาน"));
    }
}
