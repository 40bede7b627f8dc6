//! A text that many words are looked for in, and the words.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use memchr::memmem::Finder;

use super::form::Glyph;
use super::key;
use super::wear::{self, Marks, Wear};
use super::{clean, is_consonant, is_lead, is_mark, near};

/// Words of fewer letters are not looked for by skeleton: too many others look alike without their marks.
const SKELETON_LETTERS: usize = 10;

/// Letters of a quotation, ellipses aside.
const QUOTE_LETTERS: usize = 118;

/// Texts shorter than this are searched without asking their signature first.
const SIGNED_BYTES: usize = 600;

/// A raw text with its search keys and the way back from them.
#[derive(Debug, Clone, Default)]
pub struct Text {
    raw: String,
    key: OnceLock<Index>,
    skeleton: OnceLock<Index>,
    wear: OnceLock<Wear>,
}

impl Text {
    /// Takes a text as it was read. Keys are made when first asked for.
    pub fn new(raw: impl Into<String>) -> Self {
        Self {
            raw: raw.into(),
            ..Self::default()
        }
    }

    /// The text as it was read.
    pub fn as_str(&self) -> &str {
        &self.raw
    }

    /// Its search key.
    pub fn key(&self) -> &str {
        &self.key_index().letters
    }

    /// Where the needle is first found; for one of several parts (`a + b`), where its first part is.
    pub fn find(&self, needle: &Needle) -> Option<Range<usize>> {
        let (first, others) = needle.parts.split_first()?;
        let at = self.find_part(first)?;
        others
            .iter()
            .all(|part| self.find_part(part).is_some())
            .then_some(at)
    }

    /// Where the needle is first found in a text that a machine read off a picture: a long part without numbers may
    /// have up to an eighth of its letters wrong.
    pub fn find_near(&self, needle: &Needle) -> Option<Range<usize>> {
        let near = |part: &Part| self.find_part(part).or_else(|| self.near_part(part));
        let (first, others) = needle.parts.split_first()?;
        let at = near(first)?;
        others.iter().all(|part| near(part).is_some()).then_some(at)
    }

    /// Whether the needle is found, all its parts.
    pub fn has(&self, needle: &Needle) -> bool {
        self.find(needle).is_some()
    }

    /// Whether any of the needles is found.
    pub fn has_any(&self, needles: &[Arc<Needle>]) -> bool {
        needles.iter().any(|needle| self.has(needle))
    }

    /// How often its first part is found, when all parts are.
    pub fn count(&self, needle: &Needle) -> usize {
        let (true, Some(first)) = (self.has(needle), needle.parts.first()) else {
            return 0;
        };
        let by_key = self.hits(self.key_index(), &first.key, first).count();
        let by_skeleton = match first.by_skeleton() {
            true => self
                .hits(self.skeleton_index(), &first.skeleton, first)
                .count(),
            false => self.worn_hits(first).count(),
        };
        by_key.max(by_skeleton)
    }

    /// A readable line of about 120 letters around a stretch of the text, `…` where it was cut.
    pub fn quote(&self, range: Range<usize>) -> String {
        quote(&self.raw, range)
    }

    fn find_part(&self, part: &Part) -> Option<Range<usize>> {
        if part.money {
            return amount(&self.raw);
        }
        let by_key = self.hits(self.key_index(), &part.key, part).next();
        by_key.or_else(|| match part.by_skeleton() {
            true => self
                .hits(self.skeleton_index(), &part.skeleton, part)
                .next(),
            false => self.worn_hits(part).next(),
        })
    }

    /// A word too short for its skeleton alone, in a text that shows damage: its marks must be there, or be such as the
    /// text has lost.
    fn worn_hits<'a>(&'a self, part: &'a Part) -> impl Iterator<Item = Range<usize>> + 'a {
        let wear = || *self.wear();
        let admitted = !part.marks.is_empty() && wear().admits(part.letters);
        let hits = admitted.then(|| self.hits(self.skeleton_index(), &part.skeleton, part));
        hits.into_iter().flatten().filter(move |hit| {
            let end = wear::with_slid(&self.raw, hit.end);
            wear().agrees(&part.marks, &self.raw[hit.start..end])
        })
    }

    fn near_part(&self, part: &Part) -> Option<Range<usize>> {
        if !part.by_skeleton() || part.key.letters.chars().any(|c| c.is_ascii_digit()) {
            return None;
        }
        let index = self.skeleton_index();
        let hit = near::find(&index.letters, &part.skeleton.letters)?;
        index.raw(hit.start, hit.end)
    }

    fn hits<'a>(
        &'a self,
        index: &'a Index,
        word: &'a Word,
        part: &'a Part,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let present = !word.letters.is_empty() && index.may_hold(word);
        let found = present.then(|| word.finder.find_iter(index.letters.as_bytes()));
        found.into_iter().flatten().filter_map(move |at| {
            let end = at + word.letters.len();
            let raw = index.is_whole(at, end).then(|| index.raw(at, end))??;
            part.stands_alone(&self.raw, &raw).then_some(raw)
        })
    }

    /// Whether words too short for their skeleton may yet be found by it.
    pub(super) fn is_worn(&self) -> bool {
        *self.wear() != Wear::default()
    }

    fn wear(&self) -> &Wear {
        self.wear.get_or_init(|| Wear::of(&self.raw))
    }

    /// Hashes of all triples of letters of its search key.
    pub(super) fn key_grams(&self) -> impl Iterator<Item = u16> + '_ {
        grams(&self.key_index().letters)
    }

    /// … of its skeleton.
    pub(super) fn skeleton_grams(&self) -> impl Iterator<Item = u16> + '_ {
        grams(&self.skeleton_index().letters)
    }

    fn key_index(&self) -> &Index {
        self.key
            .get_or_init(|| Index::new(&key::key_glyphs(&self.raw)))
    }

    fn skeleton_index(&self) -> &Index {
        self.skeleton
            .get_or_init(|| Index::new(&key::skeleton_of(self.key_index().glyphs())))
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::new(raw)
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

/// A searchable form of a text.
#[derive(Debug, Clone, Default)]
struct Index {
    letters: String,
    /// For each letter: where it begins in `letters`, and the stretch of the raw text it stands for.
    places: Vec<[u32; 3]>,
    /// Which triples of letters occur; empty for short texts.
    signature: Vec<u64>,
}

impl Index {
    fn new(glyphs: &[Glyph]) -> Self {
        let length = glyphs.iter().map(|glyph| glyph.c.len_utf8()).sum();
        let mut index = Self {
            letters: String::with_capacity(length),
            places: Vec::with_capacity(glyphs.len()),
            signature: Vec::new(),
        };
        for glyph in glyphs {
            let Ok(at) = u32::try_from(index.letters.len()) else {
                break;
            };
            index.places.push([at, glyph.from, glyph.to]);
            index.letters.push(glyph.c);
        }
        if index.letters.len() > SIGNED_BYTES {
            let mut signature = [0_u64; 1024];
            for triple in glyphs.windows(3) {
                let gram = gram([triple[0].c, triple[1].c, triple[2].c]);
                signature[usize::from(gram >> 6)] |= 1 << (gram & 63);
            }
            index.signature = signature.to_vec();
        }
        index
    }

    /// The letters that it was made of.
    fn glyphs(&self) -> Vec<Glyph> {
        let letters = self.letters.chars().zip(&self.places);
        letters
            .map(|(c, &[_, from, to])| Glyph { c, from, to })
            .collect()
    }

    /// False when the word certainly is not there.
    fn may_hold(&self, word: &Word) -> bool {
        self.signature.is_empty()
            || word
                .grams
                .iter()
                .all(|gram| self.signature[usize::from(gram >> 6)] & (1 << (gram & 63)) != 0)
    }

    /// The stretch of the raw text behind bytes of `letters`.
    fn raw(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let first = self
            .places
            .partition_point(|place| (place[0] as usize) < start);
        let after = self
            .places
            .partition_point(|place| (place[0] as usize) < end);
        let hit = self.places.get(first..after)?;
        let from = hit.iter().map(|place| place[1]).min()?;
        let to = hit.iter().map(|place| place[2]).max()?;
        Some(from as usize..to as usize)
    }

    /// Whether no syllable is cut: `ผล` is not in `ผลิต`, nor in `เผลอ`.
    fn is_whole(&self, start: usize, end: usize) -> bool {
        let before = self.letters[..start].chars().next_back();
        let opened = self.letters[start..]
            .chars()
            .next()
            .is_some_and(is_consonant);
        let after = self.letters[end..].chars().next();
        let cut_before = opened && before.is_some_and(is_lead);
        !(cut_before || after.is_some_and(is_mark))
    }
}

/// Hashes of all triples of letters.
fn grams(letters: &str) -> impl Iterator<Item = u16> + '_ {
    let two = letters.chars().zip(letters.chars().skip(1));
    two.zip(letters.chars().skip(2))
        .map(|((a, b), c)| gram([a, b, c]))
}

fn gram([a, b, c]: [char; 3]) -> u16 {
    let mixed = (a as u64) << 42 ^ (b as u64) << 21 ^ c as u64;
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as u16
}

/// Where a text first has an amount of money: digits in groups of three (`30,000`, `๑,๒๐๐.๕๐`).
fn amount(text: &str) -> Option<Range<usize>> {
    let digit = |c: char| super::digit(c).is_some();
    let mut at = 0;
    while let Some(begin) = text[at..].find(digit).map(|found| at + found) {
        let run = &text[begin..];
        let end = begin + run.find(|c| !digit(c) && c != ',').unwrap_or(run.len());
        let mut groups = text[begin..end].trim_end_matches(',').split(',');
        let first = groups.next().map_or(0, |group| group.chars().count());
        let mut rest = groups.map(|group| group.chars().count()).peekable();
        let grouped =
            (1..=3).contains(&first) && rest.peek().is_some() && rest.all(|group| group == 3);
        if grouped || is_round(text, begin, end) {
            return Some(begin..end);
        }
        at = end;
    }
    None
}

/// A sum as a sheet holds it, without groups: six to ten digits that end in two noughts and begin with none, standing
/// alone. Postal codes are shorter, telephone numbers begin with a nought.
fn is_round(text: &str, begin: usize, end: usize) -> bool {
    let alone = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || c == '.');
    let digits: Vec<u32> = text[begin..end].chars().filter_map(super::digit).collect();
    (6..=10).contains(&digits.len())
        && text[begin..end].chars().count() == digits.len()
        && digits[0] != 0
        && digits.ends_with(&[0, 0])
        && alone(text[..begin].chars().next_back())
        && alone(text[end..].chars().next())
}

/// Words to look for. `a + b` asks for both anywhere in the same text; `{จำนวนเงิน}` stands for any amount.
#[derive(Debug, Clone)]
pub struct Needle {
    id: u64,
    words: String,
    parts: Vec<Part>,
}

impl Needle {
    /// Reads a needle as a rule's author writes it. One without letters is found nowhere.
    pub fn parse(words: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            words: clean(words),
            parts: words.split('+').filter_map(Part::new).collect(),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.words
    }

    /// Told from every other needle of this run by its number; a key of what was found before and nothing else.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether it has nothing to look for, and so is found nowhere.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether it is found in whatever text the other is found in: beside this one, the other finds nothing more. In a
    /// damaged text a long word is found where a short one within it is not, so that it does find more.
    pub fn covers(&self, other: &Self) -> bool {
        let within = |part: &Part| {
            let alone = Self {
                id: self.id,
                words: String::new(),
                parts: vec![part.clone()],
            };
            // What begins with a vowel or mark of the letter before goes together with whatever stands there.
            let first = part.key.letters.chars().next();
            let whole = first.is_none_or(|c| !is_mark(c) && !matches!(c, 'ะ' | 'า' | 'ำ'));
            let mut longer = other.parts.iter();
            whole
                && longer.any(|it| {
                    let as_worn =
                        (!it.by_skeleton() || part.by_skeleton()) && it.faults() <= part.faults();
                    part.key.letters == it.key.letters && part.money == it.money
                        || as_worn
                            && !it.money
                            && !part.money
                            && Text::new(it.key.letters.clone()).has(&alone)
                })
        };
        !self.parts.is_empty() && self.parts.iter().all(within)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Part {
    key: Word,
    skeleton: Word,
    /// Letters and digits of its skeleton.
    letters: usize,
    marks: Marks,
    /// An abbreviation in Latin letters (`ITA`, `fax`): only as a word of its own.
    latin: bool,
    /// Any amount of money.
    money: bool,
}

#[derive(Debug, Clone)]
struct Word {
    letters: String,
    grams: Vec<u16>,
    finder: Finder<'static>,
}

impl Word {
    fn new(letters: String) -> Self {
        Self {
            grams: grams(&letters).collect(),
            finder: Finder::new(letters.as_bytes()).into_owned(),
            letters,
        }
    }
}

impl Part {
    fn new(words: &str) -> Option<Self> {
        let key = key::key(words);
        let latin = key.chars().filter(char::is_ascii_alphabetic).count();
        let skeleton = key::skeleton(words);
        key.chars().any(char::is_alphanumeric).then(|| Self {
            money: words.trim() == "{จำนวนเงิน}",
            latin: key.is_ascii() && (1..=4).contains(&latin),
            letters: skeleton.chars().filter(|c| c.is_alphanumeric()).count(),
            skeleton: Word::new(skeleton),
            marks: Marks::of(&key),
            key: Word::new(key),
        })
    }

    fn by_skeleton(&self) -> bool {
        self.letters >= SKELETON_LETTERS
    }

    /// Any amount of money.
    pub(super) fn is_money(&self) -> bool {
        self.money
    }

    /// Triples of letters of which a text that has it has all: in its search key …
    pub(super) fn key_grams(&self) -> &[u16] {
        &self.key.grams
    }

    /// … or in its skeleton; of words too short for that only in texts that show damage.
    pub(super) fn skeleton_grams(&self) -> Option<&[u16]> {
        self.by_skeleton().then_some(&self.skeleton.grams)
    }

    /// Letters that may be wrong where a machine read it off a picture.
    fn faults(&self) -> usize {
        let digits = self.key.letters.chars().any(|c| c.is_ascii_digit());
        match self.by_skeleton() && !digits {
            true => near::faults(&self.skeleton.letters),
            false => 0,
        }
    }

    /// Whether a hit in the raw text is not the middle of a longer number or Latin word.
    fn stands_alone(&self, raw: &str, hit: &Range<usize>) -> bool {
        let before = raw[..hit.start].chars().next_back();
        let after = raw[hit.end..].chars().next();
        let first = self.key.letters.chars().next();
        let last = self.key.letters.chars().next_back();
        let glued = |edge: Option<char>, neighbour: Option<char>| {
            let (Some(edge), Some(neighbour)) = (edge, neighbour) else {
                return false;
            };
            edge.is_ascii_digit() && super::digit(neighbour).is_some()
                || self.latin && edge.is_ascii_alphabetic() && neighbour.is_ascii_alphabetic()
        };
        !glued(first, before) && !glued(last, after)
    }
}

/// The first letters of a text.
pub(crate) fn head(text: &str, letters: usize) -> &str {
    text.char_indices()
        .nth(letters)
        .map_or(text, |(end, _)| &text[..end])
}

/// A readable line of about 120 letters around a stretch of `text`.
pub(super) fn quote(text: &str, range: Range<usize>) -> String {
    let start = text.floor_char_boundary(range.start);
    let end = text.floor_char_boundary(range.end.clamp(start, text.len()));
    let hit = text[start..end].chars().count();
    let room = QUOTE_LETTERS.saturating_sub(hit);
    let after_all = text[end..].chars().count();
    let before_all = text[..start].chars().count();
    // What one side does not need, the other may have.
    let before = (room / 3)
        .max(room.saturating_sub(after_all))
        .min(before_all);
    let after = (room - before).min(after_all);
    let from = step_back(text, start, before);
    let to = step_on(text, end, after, hit);
    let mut line = clean(&text[from..to]).replace('\n', " ");
    if !text[..from].trim().is_empty() {
        line.insert(0, '…');
    }
    if !text[to..].trim().is_empty() {
        line.push('…');
    }
    line
}

/// Up to `room` letters before `start`, from a word's beginning if there is one.
fn step_back(text: &str, start: usize, room: usize) -> usize {
    let far = text[..start].char_indices().rev().take(room).last();
    let far = far.map_or(start, |(at, _)| at);
    if far == 0 {
        return 0;
    }
    let blank = text[far..start]
        .char_indices()
        .find(|(_, c)| c.is_whitespace());
    match blank {
        Some((at, c)) => far + at + c.len_utf8(),
        None => (far..=start)
            .find(|&at| is_cluster_edge(text, at))
            .unwrap_or(start),
    }
}

/// Up to `room` letters after `end`, to a word's end if there is one. A hit that is itself too long is cut.
fn step_on(text: &str, end: usize, room: usize, hit: usize) -> usize {
    let cut = hit.saturating_sub(QUOTE_LETTERS * 2);
    let end = text[..end]
        .char_indices()
        .rev()
        .take(cut)
        .last()
        .map_or(end, |(at, _)| at);
    let far = text[end..]
        .char_indices()
        .nth(if cut > 0 { 0 } else { room });
    let far = far.map_or(text.len(), |(at, _)| end + at);
    if far == text.len() {
        return far;
    }
    let blank = text[end..far]
        .char_indices()
        .rev()
        .find(|(_, c)| c.is_whitespace());
    match blank {
        Some((at, _)) => end + at,
        None => (end..=far)
            .rev()
            .find(|&at| is_cluster_edge(text, at))
            .unwrap_or(end),
    }
}

/// Whether a cut at this byte leaves every mark and leading vowel with its consonant.
fn is_cluster_edge(text: &str, at: usize) -> bool {
    if !text.is_char_boundary(at) {
        return false;
    }
    let before = text[..at].chars().next_back();
    let after = text[at..].chars().next();
    !before.is_some_and(is_lead)
        && !after.is_some_and(|c| is_mark(c) || matches!(c, 'า' | 'ำ' | 'ะ'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit<'a>(text: &'a Text, needle: &str) -> Option<&'a str> {
        let range = text.find(&Needle::parse(needle))?;
        Some(&text.as_str()[range])
    }

    #[test]
    fn amounts_have_groups_of_three_digits() {
        let money = Needle::parse("งบประมาณ + {จำนวนเงิน}");
        assert!(Text::new("งบประมาณ 30,000").has(&money));
        assert!(Text::new("งบประมาณ ๑,๒๐๐,๐๐๐.๕๐ บาท").has(&money));
        assert!(!Text::new("ปีงบประมาณ 2565 หมู่ 1,2 และ 3").has(&money));
        assert!(!Text::new("งบประมาณ 2564,2565").has(&money));
        assert!(!Text::new("มี 30,000 คน").has(&money));
        assert!(Text::new("งบประมาณ 9500000 สำนักช่าง").has(&money));
        assert!(!Text::new("งบประมาณ โทร 055311900 รหัส 65000 โครงการ 63120001200ก").has(&money));
    }

    #[test]
    fn a_hit_is_a_stretch_of_the_raw_text() {
        let text = Text::new("องค์การฯ ขอประกาศ  แผนการใช้จ่าย\nงบประมาณ ประจําปี ๒๕๖๔ ดังนี้");
        assert_eq!(
            hit(&text, "แผนการใช้จ่ายงบประมาณประจำปี 2564"),
            Some("แผนการใช้จ่าย\nงบประมาณ ประจําปี ๒๕๖๔")
        );
        assert_eq!(hit(&text, "แผนการใช้จ่ายเงิน"), None);
    }

    #[test]
    fn lost_tones_are_found_in_long_words_only() {
        let text = Text::new("รายงานผลการใชจายงบประมาณ และเรองรองเรียน");
        assert!(hit(&text, "รายงานผลการใช้จ่ายงบประมาณ").is_some());
        assert_eq!(hit(&text, "เรื่องร้อง"), None);
    }

    #[test]
    fn all_parts_must_be_there_in_any_order() {
        let text = Text::new("ผลการใช้จ่ายงบประมาณ (รายงานประจำปี)");
        assert_eq!(hit(&text, "รายงาน + ใช้จ่ายงบประมาณ"), Some("รายงาน"));
        assert_eq!(hit(&text, "รายงาน + รอบ 6 เดือน"), None);
        assert_eq!(hit(&text, " + "), None);
        assert_eq!(hit(&text, ""), None);
    }

    #[test]
    fn a_word_is_not_the_middle_of_another() {
        for (text, needle, found) in [
            ("ผลิตภัณฑ์ชุมชน", "ผล", false),
            ("เผลอ", "ผล", false),
            ("ผลการประเมิน", "ผล", true),
            ("ความซื่อสัตย์สุจริต", "ทุจริต", false),
            ("การทุจริต", "ทุจริต", true),
            ("digital capital", "ITA", false),
            ("การประเมิน ITA ปี 2564", "ITA", true),
            ("ITA2564", "ITA", true),
            ("การประเมินITAประจำปี", "ITA", true),
            ("DOITAS", "ita", false),
            ("online", "LINE", false),
            ("O 36 การประเมิน", "O3", false),
            ("O3 6 เดือนแรก", "O3", true),
            ("O36", "O3", false),
            ("เลขที่ 12564", "2564", false),
            ("ปี๒๕๖๔", "2564", true),
            ("แผ่นพับ", "แผน", false),
            ("แผนพัฒนา", "แผน", true),
            ("การดำเนินงาน", "การดำเนินการ", false),
            ("ร้องเรียนการทุจริต", "ร้องเรียนการสุจริต", false),
            ("ไม่มีข้อมูล", "ไม่มีเรื่องร้องเรียน", false),
            ("คลิ๊กที่นี่", "คลิก", true),
            ("ติดต่อ อบต.กะลาเส", "องค์การบริหารส่วนตำบลกะลาเส", true),
        ] {
            let text_ = Text::new(text);
            assert_eq!(hit(&text_, needle).is_some(), found, "{needle} in {text}");
        }
    }

    #[test]
    fn hits_are_counted() {
        let text = Text::new("แผนที่ 1 แผน ท่ี 2 แผนงาน แผ่นที่");
        assert_eq!(text.count(&Needle::parse("แผนที่")), 2);
        assert_eq!(text.count(&Needle::parse("แผน + งาน")), 3);
        assert_eq!(text.count(&Needle::parse("แผน + คน")), 0);
    }

    #[test]
    fn a_long_text_is_searched_as_a_short_one() {
        let filler = "ข้อความทั่วไปของหน่วยงาน ".repeat(200);
        let text = Text::new(format!(
            "{filler}ประกาศเจตจํานงการบริหารงานด้วยความสุจริต {filler}"
        ));
        assert!(hit(&text, "เจตจำนง").is_some());
        assert_eq!(hit(&text, "เจตนารมณ์"), None);
        assert_eq!(hit(&text, "นโยบายไม่รับของขวัญ"), None);
    }

    #[test]
    fn a_quotation_is_one_readable_line() {
        let filler = "ข้อความทั่วไปของหน่วยงานนี้ ".repeat(20);
        let text = Text::new(format!("{filler}\nประกาศเจตจำนง\n{filler}"));
        let range = text.find(&Needle::parse("ประกาศเจตจำนง")).expect("a hit");
        let line = text.quote(range);
        assert!(
            line.starts_with("…ข้อความ") && line.ends_with("นี้…"),
            "{line}"
        );
        assert!(line.contains("ประกาศเจตจำนง") && !line.contains('\n'));
        assert!(line.chars().count() <= 122, "{}", line.chars().count());
        assert_eq!(Text::new("สั้น ๆ").quote(0..12), "สั้น ๆ");
        assert_eq!(Text::new("สั้น").quote(50..90), "สั้น");
    }

    #[test]
    fn a_quotation_without_spaces_keeps_clusters_whole() {
        let text = Text::new("เรื่องร้องเรียนที่ค้ำ".repeat(30));
        for start in (0..text.as_str().len()).filter(|&at| text.as_str().is_char_boundary(at)) {
            let line = text.quote(start..start);
            let inner = line.trim_matches('…');
            let first = inner.chars().next().expect("a letter");
            assert!(!is_mark(first) && !matches!(first, 'า' | 'ำ'), "{line}");
            assert!(!inner.ends_with(['เ', 'แ', 'โ']), "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn searching_never_panics(
            text in r"([กนรสตม่้ิัํำาเ๒5a +\n\u{FFFD}é]{0,40}|\PC{0,40})",
            needle in r"([กนรสตม่้ิัํำาเ๒5a +é]{1,4}|\PC{0,6})",
        ) {
            let needle = Needle::parse(&needle);
            let text = Text::new(text);
            if let Some(range) = text.find(&needle) {
                proptest::prop_assert!(text.as_str().get(range.clone()).is_some());
                proptest::prop_assert!(text.count(&needle) > 0);
                text.quote(range);
            }
        }

        #[test]
        fn what_covers_a_word_is_found_wherever_that_is(
            wide in "[กนรมสตา]{1,3}[้่ี]?[กนรมสต]{0,9}",
            // Sound text: a stray vowel or mark settles on the letter before it and makes another word of it.
            (before, behind) in ("[กนรมสต ]{0,4}", "[กนรมสต ]{0,4}"),
            text in "[กนรมสต ]{0,12}",
        ) {
            let narrow = format!("{before}{wide}{behind}");
            let (one, other) = (Needle::parse(&wide), Needle::parse(&narrow));
            let text = Text::new(format!("{text}{narrow} {text}"));
            if one.covers(&other) && text.has(&other) {
                proptest::prop_assert!(text.has(&one), "{wide} in {narrow} in {}", text.as_str());
            }
        }

        #[test]
        fn a_text_holds_itself(words in "[กนรสตมดอ]{1,3}[่้]?[า]?[กนรสต]{1,8}") {
            proptest::prop_assert!(Text::new(words.clone()).has(&Needle::parse(&words)));
        }
    }
}
