//! RTF: text and tables. Letters come as bytes of a code page, or in Unicode with a stand-in to leave out.

use std::collections::BTreeMap;

use super::paper::{Cell, Paper};
use super::{Document, DocumentKind, limits};
use crate::thai::decode;

/// Fonts of one file.
const FONTS: usize = 5000;

/// Groups that hold no text of the paper.
const LEFT_OUT: [&str; 22] = [
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "themedata",
    "colorschememapping",
    "datastore",
    "latentstyles",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "pgdsctbl",
    "fldinst",
    "xmlnstbl",
    "filetbl",
    "revtbl",
    "annotation",
    "atnauthor",
    "atnid",
    "bkmkstart",
];

/// Reads RTF.
pub(super) fn read(body: &[u8]) -> Document {
    let mut writing = Writing {
        group: Group {
            stand_ins: 1,
            ..Group::default()
        },
        ..Writing::default()
    };
    writing.read(&body[..body.len().min(limits::FLAT)]);
    if body.len() > limits::FLAT {
        writing.paper.cut();
    }
    writing.flush();
    writing.paper.into_document(DocumentKind::Word)
}

/// What holds inside a pair of braces.
#[derive(Clone, Copy, Default)]
struct Group {
    is_left_out: bool,
    /// Bytes after a letter in Unicode that stand in for it.
    stand_ins: usize,
    is_thai: bool,
    is_deleted: bool,
    is_hidden: bool,
    in_fonts: bool,
    /// A note or a text box inside a paragraph.
    is_box: bool,
}

#[derive(Default)]
struct Writing {
    paper: Paper,
    group: Group,
    outer: Vec<Group>,
    /// Braces deeper than groups are kept for.
    deeper: usize,
    /// Bytes that wait for the rest of their letters.
    bytes: Vec<u8>,
    /// First half of a letter in two.
    surrogate: Option<u16>,
    fonts: BTreeMap<i32, bool>,
    font: i32,
    /// The file's code page is Thai.
    is_thai: bool,
    /// Paragraphs belong to a table.
    in_table: bool,
    stand_ins: usize,
}

impl Writing {
    fn read(&mut self, body: &[u8]) {
        let mut at = 0;
        while let Some(&byte) = body.get(at) {
            if self.paper.is_full() {
                return;
            }
            at += 1;
            match byte {
                b'{' => self.open(),
                b'}' => self.close(),
                b'\\' => at = self.control(body, at),
                b'\r' | b'\n' => {}
                byte => self.byte(byte),
            }
        }
        if !self.outer.is_empty() {
            self.paper.breaks();
        }
    }

    fn open(&mut self) {
        self.flush();
        if self.outer.len() < limits::DEPTH {
            self.outer.push(self.group);
        } else {
            self.deeper += 1;
        }
    }

    fn close(&mut self) {
        self.flush();
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(outer) = self.outer.pop() {
            if self.group.is_box && !outer.is_box {
                self.paper.close_box();
            }
            self.group = outer;
        }
    }

    fn is_shown(&self) -> bool {
        !(self.group.is_left_out || self.group.is_deleted || self.group.is_hidden)
    }

    fn byte(&mut self, byte: u8) {
        if self.stand_ins > 0 {
            self.stand_ins -= 1;
        } else if self.is_shown() {
            self.bytes.push(byte);
        }
    }

    /// Letters in bytes become text.
    fn flush(&mut self) {
        self.stand_ins = 0;
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        self.begin();
        if bytes.is_ascii() {
            self.paper.text(&String::from_utf8_lossy(&bytes));
        } else {
            let thai =
                (self.group.is_thai || self.is_thai).then_some("text/rtf; charset=windows-874");
            self.paper.text(&decode(&bytes, thai));
        }
    }

    /// Before text: a table begins or has ended.
    fn begin(&mut self) {
        if self.in_table && !self.paper.is_in_table() {
            self.paper.open_table();
            self.paper.open_row(1);
            self.paper.open_cell(Cell::default());
        } else if !self.in_table && self.paper.is_in_table() {
            self.paper.end_row();
            self.paper.end_table();
        }
    }

    fn text(&mut self, text: &str) {
        self.flush();
        if self.is_shown() {
            self.begin();
            self.paper.text(text);
        }
    }

    /// A letter in Unicode, perhaps half of one.
    fn letter(&mut self, unit: u16) {
        let stand_ins = self.group.stand_ins;
        let first = self.surrogate.take();
        let units = first.into_iter().chain([unit]);
        for letter in char::decode_utf16(units) {
            match letter {
                Ok(letter) => self.text(letter.encode_utf8(&mut [0; 4])),
                Err(error) => self.surrogate = Some(error.unpaired_surrogate()),
            }
        }
        self.flush();
        self.stand_ins = stand_ins;
    }

    /// Reads what follows a backslash; gives the place after it.
    fn control(&mut self, body: &[u8], at: usize) -> usize {
        let Some(&first) = body.get(at) else {
            return at;
        };
        if first == b'\'' {
            let digits = body
                .get(at + 1..at + 3)
                .and_then(|two| std::str::from_utf8(two).ok());
            if let Some(byte) = digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
                self.byte(byte);
            }
            return at + 3;
        }
        if !first.is_ascii_alphabetic() {
            match first {
                b'*' => self.group.is_left_out = true,
                b'~' => self.text(" "),
                b'_' => self.text("-"),
                b'\\' | b'{' | b'}' => self.byte(first),
                b'\r' | b'\n' => self.end_paragraph(),
                _ => {}
            }
            return at + 1;
        }
        let rest = &body[at..];
        let letters = rest
            .iter()
            .take_while(|b| b.is_ascii_alphabetic())
            .count()
            .min(40);
        let (word, rest) = rest.split_at(letters);
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[sign..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let number = std::str::from_utf8(&rest[..sign + digits]).ok();
        let number: Option<i32> = number.and_then(|number| number.parse().ok());
        let mut end = at + letters + if digits > 0 { sign + digits } else { 0 };
        end += usize::from(body.get(end) == Some(&b' '));
        let word = std::str::from_utf8(word).unwrap_or_default();
        // Bytes that are no text follow.
        if word == "bin" {
            return end.saturating_add(number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0));
        }
        self.word(word, number);
        end
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let is_on = number != Some(0);
        match word {
            "u" => self.letter(number.unwrap_or(0) as u16),
            "uc" => self.group.stand_ins = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(8),
            "ansicpg" => self.is_thai = number == Some(874),
            "fonttbl" => {
                self.group.is_left_out = true;
                self.group.in_fonts = true;
            }
            "f" if self.group.in_fonts => self.font = number.unwrap_or(0),
            "fcharset" if self.fonts.len() < FONTS => {
                self.fonts.insert(self.font, number == Some(222));
            }
            "f" | "af" => {
                self.flush();
                let is_thai = number.and_then(|font| self.fonts.get(&font)).copied();
                // The font of complex letters is named beside the usual one.
                self.group.is_thai = is_thai.unwrap_or(false) || word == "f" && self.group.is_thai;
            }
            "plain" => {
                self.flush();
                (self.group.is_hidden, self.group.is_deleted) = (false, false);
            }
            "v" => {
                self.flush();
                self.group.is_hidden = is_on;
            }
            "deleted" => {
                self.flush();
                self.group.is_deleted = is_on;
            }
            "par" | "sect" => self.end_paragraph(),
            "page" => {
                self.flush();
                if self.is_shown() {
                    self.paper.break_page();
                }
            }
            "line" => self.text("\n"),
            "tab" => self.text("\t"),
            "emdash" | "endash" => self.text("-"),
            "lquote" | "rquote" => self.text("'"),
            "ldblquote" | "rdblquote" => self.text("\""),
            "bullet" => self.text("•"),
            "pard" => {
                self.flush();
                self.in_table = false;
            }
            "trowd" | "intbl" => {
                self.flush();
                self.in_table = true;
            }
            "footnote" | "shptxt" if !self.group.is_box => {
                self.flush();
                self.group.is_box = true;
                self.group.is_left_out = false;
                self.paper.open_box();
            }
            "cell" => self.end_cell(),
            "row" => {
                self.flush();
                if self.is_shown() && self.paper.is_in_table() {
                    self.paper.end_row();
                    self.paper.open_row(1);
                }
            }
            word if LEFT_OUT.contains(&word) => self.group.is_left_out = true,
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        self.flush();
        if self.is_shown() {
            self.begin();
            self.paper.end_paragraph();
        }
    }

    fn end_cell(&mut self) {
        self.flush();
        if self.is_shown() {
            self.in_table = true;
            self.begin();
            self.paper.end_cell();
            self.paper.open_cell(Cell::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reading;
    use super::*;

    fn pages(rtf: &str) -> Vec<String> {
        read(rtf.as_bytes()).pages
    }

    #[test]
    fn letters_come_as_bytes_of_a_code_page_or_in_unicode() {
        let by_page = r"{\rtf1\ansi\ansicpg874{\fonttbl{\f0\fcharset222 Angsana New;}}\f0 \'bb\'c3\'d0\'a1\'d2\'c8 2565\par}";
        let by_font = r"{\rtf1\ansi{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset222 Cordia;}}\f1 \'bb\'c3\'d0\'a1\'d2\'c8\f0  2565\par}";
        let unicode = r"{\rtf1\ansi\uc1 \u3611?\u3619\'a1\u3632?\u3585?\u3634?\u3624? 2565\par}";
        let negative = r"{\rtf1\uc0 \u-10179\u-8704 {\uc2 \u3585ab}\u3586 }";
        for rtf in [by_page, by_font, unicode] {
            assert_eq!(pages(rtf), ["ประกาศ 2565"]);
        }
        assert_eq!(pages(negative), ["😀กข"]);
    }

    #[test]
    fn what_is_not_the_text_is_left_out() {
        let rtf = r"{\rtf1\ansi{\stylesheet{\s1 heading;}}{\info{\title x}}{\*\generator y;}{\pict\bin5 {{{{{}{\field{\*\fldinst PAGE}{\fldrslt 3}}\v hidden\v0  shown{\deleted gone}\par
{\header head\par}a\{b\}\~c\line d{\footnote note}\page next}";
        assert_eq!(pages(rtf), ["3 shown\nhead\nnote\na{b} c\nd", "next"]);
    }

    #[test]
    fn rows_and_cells_are_a_table() {
        let row = |a: &str, b: &str| {
            format!(r"\trowd\cellx1\cellx2\pard\intbl {a}\cell\pard\intbl {b}\cell\row")
        };
        let rtf = format!(
            r"{{\rtf1\ansi title\par{}{}\pard after\par}}",
            row("name", "sum"),
            row("road", "5")
        );
        let document = read(rtf.as_bytes());
        assert_eq!(document.pages, ["title\nname\tsum\nroad\t5\nafter"]);
        assert_eq!(document.tables[0].header, ["name", "sum"]);
        assert_eq!(document.tables[0].title, "title");
    }

    #[test]
    fn a_cut_file_or_a_heap_of_braces_ends() {
        let document = read(br"{\rtf1 begun\par and {\b cut");
        assert_eq!(
            (document.reading, document.unread_pages),
            (Reading::Text, 1)
        );
        let heap = [r"{\rtf1", &"{".repeat(200_000), "x", &"}".repeat(200_001)].concat();
        assert_eq!(pages(&heap), ["x"]);
        for end in [
            r"{\rtf1 \",
            r"{\rtf1 \'a",
            r"{\rtf1 \bin99999999999 x",
            r"{\rtf1\u",
            r"}}}}{\rtf1",
        ] {
            let _ = read(end.as_bytes());
        }
    }
}
