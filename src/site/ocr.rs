//! What a machine read off pictures of text: kept beside a node's own text, for words only.
//!
//! OCR loses and mistakes letters, and the Thai models in use lack ๔ ๖ ๗ ๘ ๙. So this text is searched tolerantly and
//! never counted, dated or dialled: no numbers, days, months, phone numbers or tables come from it, and a node stays
//! unread after it was read this way. Years alone are told by it, and what a picture says of its year without being
//! read surely is a doubt about what others say of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::build::title_of;
use super::parts::Parts;
use super::{NodeId, Place, Site, Spot};
use crate::agency::Agency;
use crate::thai::dates::{self, Mention, Role, When};
use crate::thai::{Needle, Text, head};
use crate::year::FiscalYear;

/// Characters at the head of a scan in which it names the agency that made it.
const OWNER_HEAD: usize = 600;
/// Characters at the head in which a document says what year it is about.
const HEAD: usize = 900;
/// Characters in which a year that is told again is looked for.
const YEAR_HEAD: usize = 4_000;
/// Letters under which a reading is dirt of the scanner.
const LETTERS: usize = 5;
/// Stands for a number that must not be read.
const MASK: char = '□';
/// Years that stand for numbers that cannot be read while it is asked what such a number is for, in order along a line, so
/// that two of them can be a range. Today's papers do not bear them.
const UNREAD: [&str; 9] = [
    "2501", "2502", "2503", "2504", "2505", "2506", "2507", "2508", "2509",
];

/// A page or picture as a machine read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// The text.
    pub text: String,
    /// Bytes at which a year stands that was read surely, digit by digit: four Thai digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<usize>,
}

impl From<&str> for Transcript {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            years: Vec::new(),
        }
    }
}

/// The text that was read off pictures.
#[derive(Debug)]
pub struct OcrText {
    /// The text. Numbers in Thai digits are masked; those that are left were read surely.
    text: Text,
    /// Where each page or picture begins and what it is called: `หน้า 3`.
    parts: Parts,
    /// Years in Arabic digits that the head of a paper in Thai digits seems to be about. A guess, but when it agrees with
    /// what somebody else says, no chance.
    guesses: BTreeSet<FiscalYear>,
}

/// What pictures tell of a year or of several.
pub(super) struct Told<T> {
    pub(super) when: T,
    /// Where it stands.
    pub(super) spot: Spot,
    /// The words.
    pub(super) words: String,
    /// Read digit by digit, not by the OCR program.
    sure: bool,
}

/// What the pictures of a place tell of time.
#[derive(Default)]
pub(super) struct OcrTimes {
    /// Years that it is about, as far as they can be read.
    years: Vec<Told<FiscalYear>>,
    /// Years from … to ….
    ranges: Vec<Told<(i16, i16)>>,
    /// A year that stands there twice in Arabic digits and no other as often.
    twice: Option<Told<FiscalYear>>,
    /// A year that cannot be read stands before those that can.
    hidden_first: bool,
    guesses: BTreeSet<FiscalYear>,
    hidden_year: bool,
    hidden_range: bool,
}

/// Why a year that a name tells is not believed.
pub(super) enum Doubt<'a> {
    /// The pictures say another.
    Other(&'a Told<FiscalYear>),
    /// They say one that cannot be read.
    Hidden,
}

impl OcrTimes {
    /// The year that the pictures are about, when that can be known.
    pub(super) fn about(&self) -> Option<&Told<FiscalYear>> {
        let first = self.years.first();
        let sure = first.filter(|first| first.sure && !self.hidden_first);
        sure.or(self.twice.as_ref())
    }

    /// Where the year stands that a name tells; `None` when the pictures tell none.
    pub(super) fn confirm(&self, year: FiscalYear) -> Result<Option<&Told<FiscalYear>>, Doubt<'_>> {
        // What is told further down counts when the head tells none.
        let further = self.twice.iter().filter(|_| self.years.is_empty());
        let mut all = self.years.iter().chain(further);
        let first = all.clone().next();
        match (all.find(|told| told.when == year), first) {
            (Some(same), _) => Ok(Some(same)),
            (None, Some(other)) => Err(Doubt::Other(other)),
            (None, None) if self.hidden_year && !self.guesses.contains(&year) => Err(Doubt::Hidden),
            (None, None) => Ok(None),
        }
    }

    /// Whether the pictures leave it open that the place is for years that a name tells.
    pub(super) fn gainsay(&self, named: &[(i16, i16, Spot)]) -> bool {
        let same = |told: &Told<(i16, i16)>| {
            let mut named = named.iter().map(|(from, to, _)| (*from, *to));
            named.any(|range| range == told.when)
        };
        let unread = !self.ranges.is_empty() || self.hidden_range;
        !named.is_empty() && unread && !self.ranges.iter().any(same)
    }

    /// Ranges that were read surely.
    pub(super) fn sure_ranges(&self) -> Vec<(i16, i16, Spot)> {
        let sure = self.ranges.iter().filter(|told| told.sure);
        sure.map(|told| (told.when.0, told.when.1, told.spot.clone()))
            .collect()
    }

    fn add(&mut self, node: NodeId, read: &OcrText) {
        let text = read.as_str();
        let opening = head(text, HEAD);
        self.guesses.extend(&read.guesses);
        let mentions = dates::scan(opening);
        let spot = |span: &Range<usize>| Spot {
            node,
            range: Some(span.clone()),
            ocr: true,
        };
        fn told<T>(when: T, spot: Spot, words: &str) -> Told<T> {
            Told {
                when,
                spot,
                words: words.split_whitespace().collect::<Vec<_>>().join(" "),
                sure: words.contains(is_thai_digit),
            }
        }
        let had_year = !self.years.is_empty();
        for mention in &mentions {
            let (spot, words) = (spot(&mention.span), &text[mention.span.clone()]);
            if let Some(range) = range_of(mention) {
                self.ranges.push(told(range, spot, words));
            } else if let Some(year) = subject_of(mention) {
                self.years.push(told(year, spot, words));
            }
        }
        let guessed = guessed(opening);
        let unread = dates::scan(&guessed);
        let is_unread = |mention: &&Mention| {
            let words = &guessed[mention.span.clone()];
            UNREAD.iter().any(|year| words.contains(year))
        };
        let hidden: Vec<&Mention> = unread.iter().filter(is_unread).collect();
        self.hidden_range |= hidden.iter().any(|mention| range_of(mention).is_some());
        let first = hidden.iter().find(|mention| subject_of(mention).is_some());
        if let Some(first) = first {
            let mut readable = unread.iter().filter(|mention| !is_unread(mention));
            let before = readable.any(|mention| {
                subject_of(mention).is_some() && mention.span.start < first.span.start
            });
            self.hidden_first |= !before && !had_year;
            self.hidden_year = true;
        }
        if self.twice.is_none() {
            let twice = read.year_told_twice();
            self.twice = twice.map(|(year, span)| told(year, spot(&span), &text[span]));
        }
    }
}

fn subject_of(mention: &Mention) -> Option<FiscalYear> {
    let subject = mention.role == Role::Subject;
    subject.then(|| mention.when.fiscal_year()).flatten()
}

fn range_of(mention: &Mention) -> Option<(i16, i16)> {
    match mention.when {
        When::Years { from, to } if !matches!(mention.role, Role::Law | Role::Academic) => {
            Some((from, to))
        }
        _ => None,
    }
}

/// The text with a year in place of each number that cannot be read, and behind each `พ.ศ.` that has lost its own.
fn guessed(text: &str) -> String {
    const ERAS: [&str; 2] = ["พ.ศ.", "พ.ศ"];
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    let mut turn = UNREAD.into_iter().cycle();
    while let Some(c) = rest.chars().next() {
        if let Some(era) = ERAS.iter().find(|era| rest.starts_with(**era)) {
            out.push_str(era);
            rest = &rest[era.len()..];
            let after = rest.trim_start_matches(' ').chars().next();
            let told = |c| c == MASK || crate::thai::digit(c).is_some();
            if !after.is_some_and(told) {
                out.push(' ');
                out.extend(turn.next());
                out.push(' ');
            }
            continue;
        }
        match c {
            MASK => out.extend(turn.next()),
            '\n' => {
                turn = UNREAD.into_iter().cycle();
                out.push(c);
            }
            _ => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

impl OcrText {
    /// Puts pages together. `None` when there are no words.
    fn new(pages: &[(String, Transcript)]) -> Option<Self> {
        let in_thai_digits = pages
            .iter()
            .any(|(_, page)| page.text.contains(is_thai_digit));
        let (mut whole, mut parts) = (String::new(), Parts::default());
        for (name, page) in pages {
            parts.begin(whole.len(), name.clone());
            whole.push_str(&crate::thai::clean(&masked(page, in_thai_digits)));
            whole.push('\n');
        }
        let letters = whole.chars().filter(|c| c.is_alphabetic()).count();
        let mut guesses = BTreeSet::new();
        if in_thai_digits {
            let all: Vec<String> = pages.iter().map(|(_, page)| masked(page, false)).collect();
            let all = crate::thai::clean(&all.join("\n"));
            guesses.extend(dates::scan(head(&all, HEAD)).iter().filter_map(subject_of));
        }
        (letters >= LETTERS).then(|| Self {
            text: Text::new(whole),
            parts,
            guesses,
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

    /// The lines with which it begins, as far as they are its title.
    fn title(&self, agency: &Agency) -> Option<String> {
        title_of(self.as_str(), agency)
    }

    /// Characters at the head in which it names the agency that made it. Its end is seldom the document's.
    pub(super) fn letterhead(&self) -> &str {
        head(self.as_str(), OWNER_HEAD)
    }

    /// The words at a spot, with the page and how they were read.
    pub(super) fn quote(&self, range: Range<usize>) -> String {
        self.parts
            .place(range.start, "(อ่านด้วย OCR)", &self.text.quote(range))
    }

    /// The year that the head states in Arabic digits, twice at least and no other as often: one digit in ten is
    /// misread, the same one seldom twice.
    fn year_told_twice(&self) -> Option<(FiscalYear, Range<usize>)> {
        let text = self.as_str();
        let mentions = dates::scan(head(text, YEAR_HEAD));
        let arabic = |mention: &&Mention| !text[mention.span.clone()].contains(is_thai_digit);
        let mut count: BTreeMap<FiscalYear, (usize, Range<usize>)> = BTreeMap::new();
        for mention in mentions.iter().filter(arabic) {
            if let Some(year) = subject_of(mention) {
                let first = || (0, mention.span.clone());
                count.entry(year).or_insert_with(first).0 += 1;
            }
        }
        let times = count.values().map(|(times, _)| *times);
        let most = times.max().filter(|times| *times >= 2)?;
        let mut first = count.into_iter().filter(|(_, (times, _))| *times == most);
        match (first.next(), first.next()) {
            (Some((year, (_, span))), None) => Some((year, span)),
            _ => None,
        }
    }
}

impl Site {
    /// Adds what was read off the pictures of a node: its pages or pictures, each with its name. Facts are read anew.
    /// `false` when there are no words.
    pub fn add_ocr(&mut self, node: NodeId, pages: &[(String, Transcript)]) -> bool {
        let Some(read) = OcrText::new(pages) else {
            return false;
        };
        let title = read.title(&self.agency);
        let Some(it) = self.nodes.get_mut(node) else {
            return false;
        };
        it.ocr = Some(read);
        for place in &mut self.places {
            place.facts = Default::default();
            place.leaders = Default::default();
            // The only file of a page is what the page is there for.
            if place.main == node || place.files == [node] {
                place.read_title = title.clone().map(Text::new);
            }
        }
        true
    }

    /// Leaves the site as it was before anything was added by [`Site::add_ocr`].
    pub fn forget_ocr(&mut self) {
        for node in &mut self.nodes {
            node.ocr = None;
        }
        for place in &mut self.places {
            place.facts = Default::default();
            place.leaders = Default::default();
            place.read_title = None;
        }
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

    /// What the pictures of a place tell of time: its files first, they are the document itself. `None` when none was read.
    pub(super) fn times_by_ocr(&self, place: &Place) -> Option<OcrTimes> {
        let nodes = place.files.iter().chain([&place.main]);
        let mut read = nodes
            .filter_map(|&node| Some((node, self.nodes[node].ocr.as_ref()?)))
            .peekable();
        read.peek()?;
        let mut times = OcrTimes::default();
        read.for_each(|(node, read)| times.add(node, read));
        Some(times)
    }
}

fn is_thai_digit(c: char) -> bool {
    ('๐'..='๙').contains(&c)
}

/// Numbers taken out of a text: each run of digits with a Thai one in it; all of them where the paper is written in
/// Thai digits, because what looks Arabic there is a guess. Years that were read surely stay, in their Thai digits.
fn masked(page: &Transcript, all: bool) -> String {
    let digit = |c: char| crate::thai::digit(c).is_some();
    let mut out = String::with_capacity(page.text.len());
    let mut at = 0;
    while let Some(found) = page.text[at..].find(digit) {
        let start = at + found;
        out.push_str(&page.text[at..start]);
        let rest = &page.text[start..];
        let end = start + rest.find(|c| !digit(c)).unwrap_or(rest.len());
        let run = &page.text[start..end];
        let is_year = page.years.contains(&start) && run.chars().count() == 4;
        if is_year && run.chars().all(is_thai_digit) || !all && !run.contains(is_thai_digit) {
            out.push_str(run);
        } else {
            out.push(MASK);
        }
        at = end;
    }
    out.push_str(&page.text[at..]);
    out
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
        assert_eq!(text.year_told_twice(), None);
    }

    #[test]
    fn a_year_in_arabic_digits_counts_when_it_is_told_twice() {
        let twice = read(
            "รายงาน ประจำปีงบประมาณ พ.ศ. 2564\nการสำรวจ ประจำปีงบประมาณ พ.ศ. 2564 และปีงบประมาณ พ.ศ. 2563",
        );
        assert_eq!(
            twice.year_told_twice().map(|(year, _)| year),
            Some(FiscalYear(2564))
        );
        assert_eq!(
            read("รายงาน ประจำปีงบประมาณ พ.ศ. 2564").year_told_twice(),
            None
        );
        let torn =
            read("ปีงบประมาณ พ.ศ. 2564 ปีงบประมาณ พ.ศ. 2564 ปีงบประมาณ พ.ศ. 2565 ปีงบประมาณ พ.ศ. 2565");
        assert_eq!(torn.year_told_twice(), None);
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
