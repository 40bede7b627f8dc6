//! XLS: the records of old workbooks (BIFF5 and BIFF8), cell by cell, as far as they go.

use std::collections::BTreeMap;

use super::format::Format;
use super::ole::{Ole, half, stream_with, wide, word};
use super::sheet::{Book, Cells};
use super::{Document, DocumentKind, Reading, limits};
use crate::thai::decode;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
/// What a substream is: a worksheet.
const WORKSHEET: u16 = 0x0010;

/// Whether a body is the records alone, without a container: scripts write it so.
pub(super) fn is_bare(body: &[u8]) -> bool {
    half(body, 0) == Some(BOF)
        && half(body, 2).is_some_and(|length| matches!(length, 8 | 16))
        && half(body, 4).is_some_and(|version| matches!(version, 0 | 0x0500 | 0x0600))
}

/// Reads XLS, in its container or bare.
pub(super) fn read(body: &[u8]) -> Document {
    if is_bare(body) {
        return read_records(body, false);
    }
    let stream =
        Ole::open(body).and_then(|ole| ole.stream("Workbook").or_else(|| ole.stream("Book")));
    match stream {
        Some(stream) if !stream.is_empty() => read_records(&stream, false),
        // The container is broken: most programs write the records in one piece.
        _ => match stream_with(body, is_bare) {
            Some(records) => read_records(records, true),
            None => Document::unread(DocumentKind::Sheet, Reading::Damaged),
        },
    }
}

fn read_records(stream: &[u8], is_broken: bool) -> Document {
    let mut workbook = Workbook::default();
    let mut book = Book::default();
    if is_broken {
        book.cut();
    }
    if let Err(reading) = workbook.read_globals(stream) {
        return Document::unread(DocumentKind::Sheet, reading);
    }
    if workbook.sheets.is_empty() {
        workbook.sheets = worksheets(stream);
    }
    let mut is_full = false;
    for (name, at) in &workbook.sheets {
        if is_full || book.is_full() && !is_broken {
            book.cut();
            break;
        }
        let mut cells = Cells::default();
        is_full = !workbook.read_sheet(stream, *at, &mut cells);
        book.add(name, cells);
    }
    if is_full || workbook.is_cut {
        book.cut();
    }
    let document = book.finish();
    if document.pages.iter().all(|page| page.lines().count() < 2) && (is_broken || workbook.is_cut)
    {
        return Document::unread(DocumentKind::Sheet, Reading::Damaged);
    }
    document
}

/// A record, and where the next one begins.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let kind = half(stream, at)?;
    let end = at + 4 + usize::from(half(stream, at + 2)?);
    Some((kind, stream.get(at + 4..end.min(stream.len()))?, end))
}

/// Worksheets of a stream that does not list them.
fn worksheets(stream: &[u8]) -> Vec<(String, usize)> {
    let (mut sheets, mut at, mut depth) = (Vec::new(), 0, 0usize);
    while let Some((kind, data, next)) = record(stream, at) {
        if kind == BOF {
            if depth == 0 && half(data, 2) == Some(WORKSHEET) && sheets.len() < limits::SHEETS {
                sheets.push((String::new(), at));
            }
            depth += 1;
        } else if kind == EOF {
            depth = depth.saturating_sub(1);
        }
        at = next;
    }
    sheets
}

/// What all sheets of a workbook share.
#[derive(Default)]
struct Workbook {
    sheets: Vec<(String, usize)>,
    strings: Vec<Box<str>>,
    codes: BTreeMap<u16, Format>,
    styles: Vec<u16>,
    /// BIFF8: strings in Unicode.
    is_wide: bool,
    from_1904: bool,
    is_cut: bool,
}

impl Workbook {
    fn read_globals(&mut self, stream: &[u8]) -> Result<(), Reading> {
        let mut at = 0;
        while let Some((kind, data, next)) = record(stream, at) {
            match kind {
                BOF if at == 0 => self.is_wide = half(data, 0) == Some(0x0600),
                // The first sheet begins: what is shared stands before.
                BOF | EOF => break,
                0x002F => return Err(Reading::Locked),
                0x0022 => self.from_1904 = half(data, 0) == Some(1),
                0x041E => {
                    let code = if self.is_wide {
                        self.text(data, 2, 2)
                    } else {
                        self.text(data, 2, 1)
                    };
                    if let (Some(id), Some(code)) = (half(data, 0), code) {
                        self.codes.insert(id, Format::new(&code));
                    }
                }
                0x00E0 => self.styles.push(half(data, 2).unwrap_or(0)),
                0x0085 => self.add_sheet(data),
                0x00FC => self.read_strings(stream, at),
                _ => {}
            }
            at = next;
        }
        Ok(())
    }

    fn add_sheet(&mut self, data: &[u8]) {
        let is_shown = data.get(4).is_some_and(|state| state & 3 == 0);
        let is_sheet = data.get(5) == Some(&0);
        if let (true, true, Some(at)) = (is_shown, is_sheet, word(data, 0)) {
            let name = self.text(data, 6, 1).unwrap_or_default();
            self.sheets.push((name, at as usize));
        }
    }

    /// A string whose length stands at `at` in so many bytes.
    fn text(&self, data: &[u8], at: usize, size: usize) -> Option<String> {
        let count = match size {
            1 => usize::from(*data.get(at)?),
            _ => usize::from(half(data, at)?),
        };
        let from = at + size;
        let rest = |from: usize, length: usize| {
            let from = from.min(data.len());
            &data[from..(from + length).min(data.len())]
        };
        if !self.is_wide {
            return Some(narrow(rest(from, count)));
        }
        let flags = *data.get(from)?;
        let head = 1 + if flags & 8 > 0 { 2 } else { 0 } + if flags & 4 > 0 { 4 } else { 0 };
        Some(if flags & 1 > 0 {
            wide(rest(from + head, 2 * count))
        } else {
            narrow(rest(from + head, count))
        })
    }

    /// The strings that cells share; they run on over several records.
    fn read_strings(&mut self, stream: &[u8], at: usize) {
        let mut pieces = Vec::new();
        let mut at = at;
        while let Some((kind, data, next)) = record(stream, at) {
            if !pieces.is_empty() && kind != CONTINUE {
                break;
            }
            pieces.push(data);
            at = next;
        }
        let count = pieces.first().and_then(|data| word(data, 4)).unwrap_or(0);
        let mut strings = Strings {
            pieces,
            piece: 0,
            at: 8,
        };
        while let Some(text) = strings.next_text() {
            self.strings.push(text.into_boxed_str());
            if self.strings.len() >= limits::STRINGS || self.strings.len() >= count as usize {
                break;
            }
        }
        self.is_cut |= self.strings.len() < count as usize;
    }

    /// Reads the cells of a sheet; false when there is no more room.
    fn read_sheet(&self, stream: &[u8], at: usize, cells: &mut Cells) -> bool {
        let (mut at, mut depth) = (at, 0usize);
        let mut formula = None;
        while let Some((kind, data, next)) = record(stream, at) {
            match kind {
                BOF => depth += 1,
                EOF => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                // The result of the formula before.
                0x0207 => {
                    if let (Some((row, column)), Some(text)) =
                        (formula.take(), self.text(data, 0, 2))
                        && !cells.add(row, column, &text)
                    {
                        return false;
                    }
                }
                _ if depth == 1 => {
                    let place = half(data, 0).zip(half(data, 2));
                    if let Some((row, column)) = place {
                        let (row, column) = (u32::from(row), u32::from(column));
                        if kind == 0x0006 && data.get(12..14) == Some(&[0xFF, 0xFF]) {
                            formula = Some((row, column));
                        }
                        if !self.read_cell(kind, data, row, column, cells) {
                            return false;
                        }
                    }
                }
                _ => {}
            }
            at = next;
        }
        true
    }

    fn read_cell(&self, kind: u16, data: &[u8], row: u32, column: u32, cells: &mut Cells) -> bool {
        let style = half(data, 4).unwrap_or(0);
        let text = match kind {
            0x0203 => float(data, 6).map(|value| self.shown(value, style)),
            0x027E => word(data, 6).map(|value| self.shown(packed(value), style)),
            0x00FD => word(data, 6)
                .and_then(|at| self.strings.get(at as usize))
                .map(|text| text.to_string()),
            0x0204 | 0x00D6 => self.text(data, 6, 2),
            0x0006 if data.get(12..14) == Some(&[0xFF, 0xFF]) => match data.get(6) {
                Some(1) => Some(truth(data.get(8))),
                _ => None,
            },
            0x0006 => float(data, 6).map(|value| self.shown(value, style)),
            0x0205 if data.get(7) == Some(&0) => Some(truth(data.get(6))),
            0x00BD => {
                let values = data
                    .get(4..data.len().saturating_sub(2))
                    .unwrap_or_default();
                for (column, value) in (column..).zip(values.chunks_exact(6)) {
                    let (Some(style), Some(packed_value)) = (half(value, 0), word(value, 2)) else {
                        break;
                    };
                    if !cells.add(row, column, &self.shown(packed(packed_value), style)) {
                        return false;
                    }
                }
                None
            }
            _ => None,
        };
        text.is_none_or(|text| cells.add(row, column, &text))
    }

    fn shown(&self, value: f64, style: u16) -> String {
        let id = self.styles.get(usize::from(style)).copied().unwrap_or(0);
        match self.codes.get(&id) {
            Some(format) => format.shown(value, self.from_1904),
            None => Format::built_in(id).shown(value, self.from_1904),
        }
    }
}

fn truth(byte: Option<&u8>) -> String {
    if byte == Some(&1) { "TRUE" } else { "FALSE" }.to_owned()
}

fn float(data: &[u8], at: usize) -> Option<f64> {
    let eight: [u8; 8] = data.get(at..at + 8)?.try_into().ok()?;
    Some(f64::from_le_bytes(eight))
}

/// A number in 30 bits: whole or the upper part of a float, perhaps a hundredth.
fn packed(value: u32) -> f64 {
    let number = if value & 2 > 0 {
        f64::from((value as i32) >> 2)
    } else {
        f64::from_bits(u64::from(value & !3) << 32)
    };
    if value & 1 > 0 {
        number / 100.0
    } else {
        number
    }
}

/// Text of one byte a letter: Latin by the book, Thai from programs that do not know better.
fn narrow(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        String::from_utf8_lossy(bytes).into_owned()
    } else {
        decode(bytes, None)
    }
}

/// Shared strings over the pieces they are written in.
struct Strings<'s> {
    pieces: Vec<&'s [u8]>,
    piece: usize,
    at: usize,
}

impl Strings<'_> {
    fn next_text(&mut self) -> Option<String> {
        let piece = *self.pieces.get(self.piece)?;
        if self.at >= piece.len() {
            self.piece += 1;
            self.at = 0;
        }
        let piece = *self.pieces.get(self.piece)?;
        let count = usize::from(half(piece, self.at)?);
        let mut flags = *piece.get(self.at + 2)?;
        self.at += 3;
        let mut after = 0;
        if flags & 8 > 0 {
            after += 4 * usize::from(half(piece, self.at)?);
            self.at += 2;
        }
        if flags & 4 > 0 {
            after += word(piece, self.at)? as usize;
            self.at += 4;
        }
        let mut text = String::new();
        let mut left = count;
        loop {
            let piece = *self.pieces.get(self.piece)?;
            let size = 1 + usize::from(flags & 1);
            let from = self.at.min(piece.len());
            let take = left.min((piece.len() - from) / size);
            let bytes = &piece[from..from + take * size];
            text.push_str(&if size == 2 {
                wide(bytes)
            } else {
                narrow(bytes)
            });
            left -= take;
            self.at = from + take * size;
            if left == 0 {
                break;
            }
            // The next piece says anew how its letters are written.
            self.piece += 1;
            flags = *self.pieces.get(self.piece)?.first()?;
            self.at = 1;
        }
        // Fonts and readings after the letters.
        while after > 0 {
            let piece = *self.pieces.get(self.piece)?;
            let take = after.min(piece.len().saturating_sub(self.at));
            self.at += take;
            after -= take;
            if after > 0 {
                self.piece += 1;
                self.at = 0;
                self.pieces.get(self.piece)?;
            }
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ole::container;
    use super::*;

    fn piece(kind: u16, data: &[u8]) -> Vec<u8> {
        let mut out = kind.to_le_bytes().to_vec();
        out.extend((data.len() as u16).to_le_bytes());
        out.extend(data);
        out
    }

    fn halves(values: &[u16]) -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    }

    #[test]
    fn the_bare_records_that_scripts_write_are_read() {
        let label = |row: u16, column: u16, text: &str| {
            let bytes = encoding_rs::WINDOWS_874.encode(text).0;
            piece(
                0x0204,
                &[
                    halves(&[row, column, 0, bytes.len() as u16]),
                    bytes.to_vec(),
                ]
                .concat(),
            )
        };
        let number = |row: u16, column: u16, value: f64| {
            piece(
                0x0203,
                &[halves(&[row, column, 0]), value.to_le_bytes().to_vec()].concat(),
            )
        };
        let body = [
            piece(BOF, &halves(&[0, 0x10, 0, 0])),
            label(0, 0, "รายการ"),
            label(0, 1, "จำนวนเงิน"),
            label(1, 0, "ซ่อมถนน"),
            number(1, 1, 1500.5),
            piece(EOF, &[]),
        ]
        .concat();
        let document = read(&body);
        assert_eq!(document.pages, ["รายการ\tจำนวนเงิน\nซ่อมถนน\t1500.5"]);
        assert_eq!(document.tables[0].header, ["รายการ", "จำนวนเงิน"]);
    }

    fn book(globals: &[Vec<u8>], cells: &[Vec<u8>]) -> Vec<u8> {
        let begin = |kind: u16| piece(BOF, &halves(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
        let name: Vec<u8> = "งบ".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let listed = |at: u32| {
            let data = [at.to_le_bytes().to_vec(), vec![0, 0, 2, 1], name.clone()].concat();
            piece(0x0085, &data)
        };
        let globals = |at| [begin(5), listed(at), globals.concat(), piece(EOF, &[])].concat();
        let at = globals(0).len() as u32;
        let sheet = [begin(WORKSHEET), cells.concat(), piece(EOF, &[])].concat();
        container(&[("Workbook", [globals(at), sheet].concat())])
    }

    #[test]
    fn a_shared_string_goes_on_in_the_next_record() {
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let first = [halves(&[2, 0, 2, 0]), halves(&[6]), vec![1], wide("ประ")].concat();
        let second = [vec![1], wide("กาศ"), halves(&[3]), vec![0], b"abc".to_vec()].concat();
        let cell = |row: u16, at: u16| piece(0x00FD, &halves(&[row, 0, 0, at, 0]));
        let body = book(
            &[piece(0x00FC, &first), piece(CONTINUE, &second)],
            &[cell(0, 0), cell(65_535, 1), cell(2, 9)],
        );
        assert_eq!(read(&body).pages, ["งบ\nประกาศ\nabc"]);
    }

    #[test]
    fn numbers_have_the_format_of_their_style() {
        let code = b"0.0%";
        let format = [halves(&[200, 4]), vec![0], code.to_vec()].concat();
        let styles = [
            piece(0x041E, &format),
            piece(0x00E0, &halves(&[0, 0])),
            piece(0x00E0, &halves(&[0, 200])),
            piece(0x00E0, &halves(&[0, 4])),
        ];
        let whole = 150u32 << 2 | 2;
        let row = [
            halves(&[0, 0, 1]),
            (50u32 << 2 | 3).to_le_bytes().to_vec(),
            halves(&[2]),
            whole.to_le_bytes().to_vec(),
            halves(&[1]),
        ]
        .concat();
        let body = book(&styles, &[piece(0x00BD, &row)]);
        assert_eq!(read(&body).pages, ["งบ\n50.0%\t150.00"]);
    }

    #[test]
    fn a_workbook_with_a_password_is_locked() {
        assert_eq!(
            read(&book(&[piece(0x002F, &[0; 6])], &[])).reading,
            Reading::Locked
        );
    }
}
