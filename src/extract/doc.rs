//! DOC: the text of old Word files through their piece table, with its tables; of broken ones the words that are there.

use std::collections::BTreeSet;
use std::ops::Range;

use encoding_rs::WINDOWS_1252;

use super::ole::{Ole, half, wide, word};
use super::paper::{Cell, Paper};
use super::salvage::salvage;
use super::{Document, DocumentKind, Reading, limits};
use crate::thai::decode;

/// What a Word file begins with.
const MAGIC: u16 = 0xA5EC;
/// From this version on text is kept in pieces of Unicode.
const WORD_97: u16 = 0x00C1;
/// Pieces of one text; a much edited one has some thousand.
const PIECES: usize = 100_000;
/// Letters of all pieces together; many are marks that are not shown.
const LETTERS: u32 = 16 << 20;
/// Pages of formatting; one covers some hundred letters at least.
const PAGES: usize = 20_000;
/// Bytes of a page of formatting.
const PAGE: usize = 512;

/// Properties of paragraphs and letters that decide what is read.
const IN_TABLE: u16 = 0x2416;
const ENDS_ROW: u16 = 0x2417;
const IS_DELETED: u16 = 0x0800;
const IS_HIDDEN: u16 = 0x083C;
/// The list of properties is too long for its page and stands in the data stream.
const ELSEWHERE: u16 = 0x6646;

/// Reads a Word file of 1995 to 2003.
pub(super) fn read(body: &[u8]) -> Document {
    let ole = Ole::open(body);
    let main = ole.as_ref().and_then(|ole| ole.stream("WordDocument"));
    let read = match (&ole, &main) {
        (Some(ole), Some(main)) => read_streams(ole, main),
        _ => Err(Reading::Damaged),
    };
    match read {
        Ok(document) if document.reading != Reading::Damaged => document,
        Err(Reading::Locked) => Document::unread(DocumentKind::Word, Reading::Locked),
        _ => salvage(DocumentKind::Word, body),
    }
}

fn read_streams(ole: &Ole, main: &[u8]) -> Result<Document, Reading> {
    if half(main, 0) != Some(MAGIC) {
        return Err(Reading::Damaged);
    }
    let flags = half(main, 0x0A).unwrap_or(0);
    if flags & 0x0100 > 0 {
        return Err(Reading::Locked);
    }
    if half(main, 2).is_some_and(|version| version < WORD_97) {
        return Ok(read_old(main));
    }
    let table = ole
        .stream(if flags & 0x0200 > 0 {
            "1Table"
        } else {
            "0Table"
        })
        .ok_or(Reading::Damaged)?;
    let pieces = pieces(part(main, &table, 33).ok_or(Reading::Damaged)?);
    if pieces.is_empty() {
        return Err(Reading::Damaged);
    }
    let formats = Formats {
        main,
        data: ole.stream("Data").unwrap_or_default(),
    };
    let (letters, paragraphs) = (part(main, &table, 12), part(main, &table, 13));
    let mut left_out = formats.ranges(letters, LETTER, IS_DELETED);
    left_out.extend(formats.ranges(letters, LETTER, IS_HIDDEN));
    let rows = formats.ranges(paragraphs, PARAGRAPH, ENDS_ROW);
    let mut writing = Writing {
        left_out: Stretches::new(left_out),
        in_table: Stretches::new(formats.ranges(paragraphs, PARAGRAPH, IN_TABLE)),
        row_ends: rows.iter().map(|range| range.end).collect(),
        ..Writing::default()
    };
    let counts = |at: usize| word(main, at).unwrap_or(0);
    // Text, footnotes, headers, comments, endnotes, text boxes: comments are not part of the paper.
    let (text, notes, heads) = (counts(0x4C), counts(0x50), counts(0x54));
    let (comments, ends, boxes) = (counts(0x5C), counts(0x60), counts(0x64));
    let headed = text.saturating_add(notes).saturating_add(heads);
    let said = headed.saturating_add(comments);
    let all = said.saturating_add(ends).saturating_add(boxes);
    for piece in &pieces {
        for shown in [0..headed, said..all] {
            writing.read(main, piece, &shown);
        }
    }
    Ok(writing.paper.into_document(DocumentKind::Word))
}

/// Word 95 keeps its text in one piece, one byte a letter.
fn read_old(main: &[u8]) -> Document {
    let from = (word(main, 0x18).unwrap_or(0) as usize).min(main.len());
    let to = (word(main, 0x1C).unwrap_or(0) as usize).clamp(from, main.len());
    let mut writing = Writing::default();
    for letter in decode(&main[from..to], None).chars() {
        writing.letter(letter, false);
        if writing.paper.is_full() {
            break;
        }
    }
    writing.paper.into_document(DocumentKind::Word)
}

/// One of the structures that the head of the file points at, in the table stream.
fn part<'t>(main: &[u8], table: &'t [u8], number: usize) -> Option<&'t [u8]> {
    let from = word(main, 0x9A + 8 * number)? as usize;
    let length = word(main, 0x9E + 8 * number)? as usize;
    table.get(from..from.checked_add(length)?)
}

/// A stretch of text: its letters by number, and where they stand.
struct Piece {
    letters: Range<u32>,
    from: usize,
    /// One byte a letter instead of two.
    is_narrow: bool,
}

fn pieces(mut table: &[u8]) -> Vec<Piece> {
    // Formatting that pieces share comes first.
    while let (Some(1), Some(length)) = (table.first(), half(table, 1)) {
        table = table.get(3 + usize::from(length)..).unwrap_or_default();
    }
    if table.first() != Some(&2) {
        return Vec::new();
    }
    let list = table.get(5..).unwrap_or_default();
    let length = word(table, 1).map_or(0, |length| length as usize);
    let list = &list[..length.min(list.len())];
    let count = (list.len().saturating_sub(4) / 12).min(PIECES);
    let piece = |at: usize| {
        let letters = word(list, 4 * at)?..word(list, 4 * at + 4)?;
        let place = word(list, 4 * (count + 1) + 8 * at + 2)?;
        let is_narrow = place & (1 << 30) > 0;
        let from = (place & !(3 << 30)) as usize;
        Some(Piece {
            letters,
            from: if is_narrow { from / 2 } else { from },
            is_narrow,
        })
    };
    (0..count).filter_map(piece).collect()
}

/// Bytes of an entry in a page of formatting, for letters and for paragraphs.
const LETTER: usize = 1;
const PARAGRAPH: usize = 13;

/// The streams that hold formatting.
struct Formats<'m> {
    main: &'m [u8],
    data: Vec<u8>,
}

impl Formats<'_> {
    /// Where letters or paragraphs have a property. Pages list their ends and what holds for each.
    fn ranges(&self, list: Option<&[u8]>, entry: usize, wanted: u16) -> Vec<Range<usize>> {
        let list = list.unwrap_or_default();
        let pages = list.len().saturating_sub(4) / 8;
        let mut found = Vec::new();
        for at in 0..pages.min(PAGES) {
            let number = word(list, 4 * (pages + 1) + 4 * at).unwrap_or(0) as usize & 0x3F_FFFF;
            let Some(page) = self.main.get(number * PAGE..(number + 1) * PAGE) else {
                continue;
            };
            let count = usize::from(page[PAGE - 1]);
            for at in 0..count {
                let (Some(from), Some(to)) = (word(page, 4 * at), word(page, 4 * at + 4)) else {
                    break;
                };
                let start = page.get(4 * (count + 1) + entry * at).copied().unwrap_or(0);
                let properties = properties(page, 2 * usize::from(start), entry);
                if start > 0 && properties.is_some_and(|list| self.is_set(list, wanted)) {
                    found.push(from as usize..to as usize);
                }
            }
        }
        found
    }

    /// Whether a list of properties sets one.
    fn is_set(&self, list: &[u8], wanted: u16) -> bool {
        if half(list, 0) == Some(ELSEWHERE)
            && let Some(place) = word(list, 2)
        {
            let place = place as usize;
            let length = half(&self.data, place).map_or(0, usize::from);
            let list = self.data.get(place + 2..place + 2 + length);
            return list.is_some_and(|list| sets(list, wanted));
        }
        sets(list, wanted)
    }
}

/// The list of properties that begins at a byte of a page.
fn properties(page: &[u8], start: usize, entry: usize) -> Option<&[u8]> {
    let length = usize::from(*page.get(start)?);
    if entry == LETTER {
        return page.get(start + 1..start + 1 + length);
    }
    // The length counts pairs; zero says that the next byte counts them. The style comes first.
    let (from, length) = match length {
        0 => (start + 2, 2 * usize::from(*page.get(start + 1)?)),
        pairs => (start + 1, 2 * pairs - 1),
    };
    page.get(from + 2..(from + length).min(page.len()))
}

fn sets(list: &[u8], wanted: u16) -> bool {
    let mut at = 0;
    while let Some(property) = half(list, at) {
        let value = list.get(at + 2).copied().unwrap_or(0);
        if property == wanted {
            return value != 0;
        }
        at += 2 + match property >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            // Tables tell their length in two bytes, one too many.
            _ if property == 0xD608 => usize::from(half(list, at + 2).unwrap_or(0)) + 1,
            _ => 1 + usize::from(value),
        };
    }
    false
}

/// Stretches of a stream, asked for place after place.
#[derive(Default)]
struct Stretches {
    ranges: Vec<Range<usize>>,
    at: usize,
}

impl Stretches {
    fn new(mut ranges: Vec<Range<usize>>) -> Self {
        ranges.sort_by_key(|range| range.start);
        Self { ranges, at: 0 }
    }

    /// Pieces stand in any order.
    fn seek(&mut self, place: usize) {
        self.at = self.ranges.partition_point(|range| range.end <= place);
    }

    fn has(&mut self, place: usize) -> bool {
        while self
            .ranges
            .get(self.at)
            .is_some_and(|range| range.end <= place)
        {
            self.at += 1;
        }
        self.ranges
            .get(self.at)
            .is_some_and(|range| range.start <= place)
    }
}

#[derive(Default)]
struct Writing {
    paper: Paper,
    /// Letters read.
    letters: u32,
    /// Deleted and hidden letters.
    left_out: Stretches,
    /// Paragraphs of tables.
    in_table: Stretches,
    /// Ends of paragraphs that end a row.
    row_ends: BTreeSet<usize>,
    /// Open fields: whether each is past its code.
    fields: Vec<bool>,
    /// Fields that are not.
    codes: usize,
}

impl Writing {
    /// Reads the letters of a piece whose numbers are shown.
    fn read(&mut self, main: &[u8], piece: &Piece, shown: &Range<u32>) {
        let from = piece.letters.start.max(shown.start);
        let to = piece.letters.end.min(shown.end);
        let to = to.min(from.saturating_add(LETTERS - self.letters));
        if from >= to || self.paper.is_full() {
            return;
        }
        self.letters += to - from;
        let size = if piece.is_narrow { 1 } else { 2 };
        let start = piece.from + (from - piece.letters.start) as usize * size;
        let end = start.saturating_add((to - from) as usize * size);
        if end > main.len() {
            self.paper.breaks();
        }
        let bytes = &main[start.min(main.len())..end.min(main.len())];
        let text = if piece.is_narrow {
            WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned()
        } else {
            wide(bytes)
        };
        self.left_out.seek(start);
        self.in_table.seek(start);
        let mut place = start;
        for letter in text.chars() {
            let after = place + if size == 2 { 2 * letter.len_utf16() } else { 1 };
            self.turn(place);
            if !self.left_out.has(place) || matches!(letter, '\u{13}'..='\u{15}') {
                self.letter(letter, self.row_ends.contains(&after));
            }
            if self.paper.is_full() {
                return;
            }
            place = after;
        }
    }

    /// A table begins or ends before this place.
    fn turn(&mut self, place: usize) {
        let in_table = self.in_table.has(place);
        let paper = &mut self.paper;
        if in_table && !paper.is_in_table() {
            paper.open_table();
            paper.open_row(1);
            paper.open_cell(Cell::default());
        } else if !in_table && paper.is_in_table() {
            paper.end_row();
            paper.end_table();
        }
    }

    fn letter(&mut self, letter: char, ends_row: bool) {
        let paper = &mut self.paper;
        match letter {
            '\u{13}' if self.fields.len() < limits::DEPTH => {
                self.fields.push(false);
                self.codes += 1;
            }
            '\u{14}' => {
                if let Some(field) = self.fields.last_mut().filter(|field| !**field) {
                    *field = true;
                    self.codes -= 1;
                }
            }
            '\u{15}' => {
                self.codes -= usize::from(self.fields.pop() == Some(false));
            }
            // The code of a field: `PAGE`, `HYPERLINK …`.
            _ if self.codes > 0 => {}
            '\u{7}' if ends_row && paper.is_in_table() => {
                paper.end_row();
                paper.open_row(1);
            }
            '\u{7}' if paper.is_in_table() => {
                paper.end_cell();
                paper.open_cell(Cell::default());
            }
            // A cell of which nothing says where its row ends.
            '\u{7}' | '\t' => paper.text("\t"),
            '\r' => paper.end_paragraph(),
            '\u{C}' => {
                paper.end_paragraph();
                paper.break_page();
            }
            '\u{B}' => paper.text("\n"),
            '\u{1E}' => paper.text("-"),
            letter if letter.is_control() => {}
            letter => paper.text(letter.encode_utf8(&mut [0; 4])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ole::container;
    use super::*;

    fn put(bytes: &mut [u8], at: usize, value: u32) {
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn units(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// A file of one piece; `out` are letters that were deleted; comments follow the text.
    fn file(text: &str, comments: &str, out: Range<usize>, flags: u16) -> Vec<u8> {
        const START: usize = 0x800;
        let (wide, all) = (units(text), units(&format!("{text}{comments}")));
        let mut main = vec![0; START];
        main[..4].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0]);
        main[0x0A..0x0C].copy_from_slice(&(flags | 0x0200).to_le_bytes());
        put(&mut main, 0x4C, wide.len() as u32 / 2);
        put(&mut main, 0x5C, (all.len() - wide.len()) as u32 / 2);
        main.extend(&all);
        main.resize(main.len().next_multiple_of(PAGE), 0);
        // A page of formatting: what is before, what is deleted, what follows.
        let page = main.len() / PAGE;
        let place = |letter: usize| (START + 2 * letter) as u32;
        let mut formats = vec![0; PAGE];
        for (at, letter) in [0, out.start, out.end, all.len() / 2]
            .into_iter()
            .enumerate()
        {
            put(&mut formats, 4 * at, place(letter));
        }
        formats[17] = 100;
        formats[200..204].copy_from_slice(&[3, 0x00, 0x08, 1]);
        formats[PAGE - 1] = 3;
        main.extend(formats);
        let mut table = vec![2, 16, 0, 0, 0];
        for value in [0, all.len() as u32 / 2] {
            table.extend(value.to_le_bytes());
        }
        table.extend([0, 0]);
        table.extend((START as u32).to_le_bytes());
        table.extend([0, 0]);
        let length = table.len() as u32;
        for value in [place(0), place(all.len() / 2), page as u32] {
            table.extend(value.to_le_bytes());
        }
        put(&mut main, 0x9A + 8 * 33, 0);
        put(&mut main, 0x9E + 8 * 33, length);
        put(&mut main, 0x9A + 8 * 12, length);
        put(&mut main, 0x9E + 8 * 12, 12);
        container(&[("WordDocument", main), ("1Table", table)])
    }

    #[test]
    fn deleted_words_codes_and_comments_are_not_read() {
        let text = "ประกาศ เก่าใหม่\rหน้า \u{13} PAGE \u{14}3\u{15}\r\u{C}หน้าสอง\r";
        let from = text.chars().position(|c| c == 'เ').unwrap();
        let document = read(&file(text, "ความเห็น\r", from..from + 4, 0));
        assert_eq!(document.pages, ["ประกาศ ใหม่\nหน้า 3", "หน้าสอง"]);
        assert_eq!(
            (document.reading, document.unread_pages),
            (Reading::Text, 0)
        );
    }

    #[test]
    fn a_file_with_a_password_is_locked_and_one_of_pictures_is_a_scan() {
        assert_eq!(
            read(&file("ประกาศ\r", "", 0..0, 0x0100)).reading,
            Reading::Locked
        );
        assert_eq!(
            read(&file("\u{1}\r", "", 0..0, 0)).reading,
            Reading::Scanned
        );
    }

    #[test]
    fn word_95_is_read_in_its_code_page() {
        let mut main = vec![0; 0x300];
        main[..4].copy_from_slice(&[0xEC, 0xA5, 0x65, 0]);
        let text = encoding_rs::WINDOWS_874
            .encode("ประกาศองค์การบริหารส่วนตำบล\rเรื่อง แผน\r")
            .0;
        main.extend_from_slice(&text);
        put(&mut main, 0x18, 0x300);
        put(&mut main, 0x1C, 0x300 + text.len() as u32);
        let document = read(&container(&[("WordDocument", main)]));
        assert_eq!(document.pages, ["ประกาศองค์การบริหารส่วนตำบล\nเรื่อง แผน"]);
    }
}
