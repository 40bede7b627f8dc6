//! What a machine read off pictures of text: kept beside a node's own text, for words only.
//!
//! OCR loses and mistakes letters, and the Thai models in use lack ๔ ๖ ๗ ๘ ๙. So this text is searched tolerantly and
//! never counted, dated or dialled: no numbers, days, months, phone numbers or tables come from it, and a node stays
//! unread after it was read this way.

use std::collections::BTreeMap;
use std::ops::Range;

use super::parts::Parts;
use super::{NodeId, Place, Site, Spot};
use crate::thai::dates::{self, Role};
use crate::thai::{Needle, Text, head};
use crate::year::FiscalYear;

/// Characters at the head of a scan in which it names the agency that made it.
const OWNER_HEAD: usize = 600;
/// Characters in which a year is looked for.
const YEAR_HEAD: usize = 4_000;
/// Letters under which a reading is dirt of the scanner.
const LETTERS: usize = 5;
/// Stands for a number that must not be read.
const MASK: char = '□';

/// The text that was read off pictures.
#[derive(Debug)]
pub struct OcrText {
    /// The text, numbers in Thai digits masked.
    text: Text,
    /// Where each page or picture begins and what it is called: `หน้า 3`.
    parts: Parts,
}

impl OcrText {
    /// Puts pages together. `None` when there are no words.
    fn new(pages: &[(String, String)]) -> Option<Self> {
        let in_thai_digits = pages.iter().any(|(_, text)| text.contains(is_thai_digit));
        let (mut whole, mut parts) = (String::new(), Parts::default());
        for (name, text) in pages {
            parts.begin(whole.len(), name.clone());
            whole.push_str(&masked(&crate::thai::clean(text), in_thai_digits));
            whole.push('\n');
        }
        let letters = whole.chars().filter(|c| c.is_alphabetic()).count();
        (letters >= LETTERS).then(|| Self {
            text: Text::new(whole),
            parts,
        })
    }

    /// Where a needle stands, a few letters of a long one misread.
    pub fn find(&self, needle: &Needle) -> Option<Range<usize>> {
        self.text.find_near(needle)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The words at a spot, with the page and how they were read.
    pub(super) fn quote(&self, range: Range<usize>) -> String {
        self.parts
            .place(range.start, "(อ่านด้วย OCR)", &self.text.quote(range))
    }

    /// The year that the head states in Arabic digits, twice at least and no other as often: one digit in ten is
    /// misread, the same one seldom twice.
    fn year(&self) -> Option<(FiscalYear, Range<usize>)> {
        let text = self.as_str();
        let head = head(text, YEAR_HEAD);
        let mentions = dates::scan(head);
        let subjects = mentions
            .iter()
            .filter(|mention| mention.role == Role::Subject);
        let mut count: BTreeMap<FiscalYear, (usize, Range<usize>)> = BTreeMap::new();
        for (year, mention) in
            subjects.filter_map(|mention| Some((mention.when.fiscal_year()?, mention)))
        {
            count
                .entry(year)
                .or_insert_with(|| (0, mention.span.clone()))
                .0 += 1;
        }
        let most = count
            .values()
            .map(|(times, _)| *times)
            .max()
            .filter(|times| *times >= 2)?;
        let mut first = count.into_iter().filter(|(_, (times, _))| *times == most);
        match (first.next(), first.next()) {
            (Some((year, (_, span))), None) => Some((year, span)),
            _ => None,
        }
    }
}

impl Site {
    /// Adds what was read off the pictures of a node: its pages or pictures, each with its name. Facts are read anew.
    /// Refused, and `false`, when there are no words, or when the head is another agency's: then a person must look.
    pub fn add_ocr(&mut self, node: NodeId, pages: &[(String, String)]) -> bool {
        let Some(read) = OcrText::new(pages) else {
            return false;
        };
        let text = read.as_str();
        let head = head(text, OWNER_HEAD);
        let other = self.agency.other_owner(head);
        // A misread name of our own is nobody else's.
        let like_own = |name: &str| strsim::normalized_levenshtein(name, &self.agency.name) >= 0.8;
        if other.is_some_and(|other| !like_own(&other.name)) {
            return false;
        }
        let Some(node) = self.nodes.get_mut(node) else {
            return false;
        };
        node.ocr = Some(read);
        for place in &mut self.places {
            place.facts = Default::default();
            place.leaders = Default::default();
        }
        true
    }

    /// Where the pictures of a place have the needle: its files first, then the page.
    pub(super) fn spot_by_ocr(&self, place: &Place, needle: &Needle) -> Option<Spot> {
        place.files.iter().chain([&place.main]).find_map(|&node| {
            let range = self.nodes[node].ocr.as_ref()?.find(needle)?;
            Some(Spot {
                node,
                range: Some(range),
                ocr: true,
            })
        })
    }

    /// The year that a picture of the place states, where, and in which words.
    pub(super) fn year_by_ocr(&self, place: &Place) -> Option<(FiscalYear, Spot, String)> {
        self.nodes_of(place).find_map(|(node, it)| {
            let read = it.ocr.as_ref()?;
            let (year, span) = read.year()?;
            let words = read.as_str().get(span.clone())?.to_owned();
            Some((
                year,
                Spot {
                    node,
                    range: Some(span),
                    ocr: true,
                },
                words,
            ))
        })
    }
}

fn is_thai_digit(c: char) -> bool {
    ('๐'..='๙').contains(&c)
}

/// Numbers taken out of a text: each run of digits with a Thai one in it; all of them where the paper is written in
/// Thai digits, because what looks Arabic there is a guess.
fn masked(text: &str, all: bool) -> String {
    let digit = |c: char| crate::thai::digit(c).is_some();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(digit) {
        out.push_str(&rest[..start]);
        let end = rest[start..]
            .find(|c| !digit(c))
            .map_or(rest.len(), |end| start + end);
        let run = &rest[start..end];
        if all || run.contains(is_thai_digit) {
            out.push(MASK);
        } else {
            out.push_str(run);
        }
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> OcrText {
        OcrText::new(&[("หน้า 1".into(), text.into())]).unwrap()
    }

    #[test]
    fn a_paper_in_thai_digits_tells_no_number() {
        let text =
            read("แผนการใช้จ่าย พ.ศ. ๒๕๒๕\nปีงบประมาณ พ.ศ. 2565 และปีงบประมาณ พ.ศ. 2565 วงเงิน 256๐");
        assert!(
            !text.as_str().contains(|c| crate::thai::digit(c).is_some()),
            "{}",
            text.as_str()
        );
        assert_eq!(text.year(), None);
    }

    #[test]
    fn a_year_in_arabic_digits_counts_when_it_is_told_twice() {
        let twice = read(
            "รายงาน ประจำปีงบประมาณ พ.ศ. 2564\nการสำรวจ ประจำปีงบประมาณ พ.ศ. 2564 และปีงบประมาณ พ.ศ. 2563",
        );
        assert_eq!(twice.year().map(|(year, _)| year), Some(FiscalYear(2564)));
        assert_eq!(read("รายงาน ประจำปีงบประมาณ พ.ศ. 2564").year(), None);
        let torn =
            read("ปีงบประมาณ พ.ศ. 2564 ปีงบประมาณ พ.ศ. 2564 ปีงบประมาณ พ.ศ. 2565 ปีงบประมาณ พ.ศ. 2565");
        assert_eq!(torn.year(), None);
    }

    #[test]
    fn a_quotation_says_how_it_was_read_and_where() {
        let text = OcrText::new(&[
            ("หน้า 1".into(), "ปกรายงาน".into()),
            ("หน้า 7".into(), "ระดับความพึงพอใจ".into()),
        ])
        .unwrap();
        let range = text.find(&Needle::parse("ความพึงพอใจ")).unwrap();
        assert!(text.quote(range).starts_with("หน้า 7 (อ่านด้วย OCR): "));
    }

    #[test]
    fn dirt_is_no_text() {
        assert!(OcrText::new(&[(String::new(), "| - 1 .\n ~".into())]).is_none());
    }
}
