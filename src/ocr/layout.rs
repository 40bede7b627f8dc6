//! What Tesseract tells: the text, and where each word of it stands.

use super::digits::Grey;
use crate::site::Transcript;

/// A rectangle of points; right and bottom are behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

/// A word. Of Thai that is one letter.
#[derive(Debug)]
struct Word {
    text: String,
    area: Area,
}

/// A line of words.
#[derive(Debug, Default)]
pub(super) struct Line {
    words: Vec<Word>,
}

/// Beside these a year stands.
const CUES: [&str; 3] = ["พ.ศ", "พศ", "ปี"];

impl Line {
    /// The area of all its words.
    pub(super) fn area(&self) -> Area {
        let all = self.words.iter().map(|word| word.area);
        let join = |one: Area, other: Area| Area {
            left: one.left.min(other.left),
            top: one.top.min(other.top),
            right: one.right.max(other.right),
            bottom: one.bottom.max(other.bottom),
        };
        all.reduce(join).unwrap_or_default()
    }

    fn letters(&self) -> String {
        let letters = self.words.iter().flat_map(|word| word.text.chars());
        letters.filter(|c| !c.is_whitespace()).collect()
    }

    fn may_tell_a_year(&self) -> bool {
        let letters = self.letters();
        CUES.iter().any(|cue| letters.contains(cue))
    }
}

/// Tesseract's text and table of words, written one after the other, page by page, as they come.
pub(super) struct Layout {
    text: Vec<String>,
    lines: Vec<Line>,
}

impl Layout {
    /// Parts the text from the table.
    pub(super) fn of(output: &str) -> Self {
        let (mut text, mut lines) = (Vec::new(), Vec::<Line>::new());
        let mut current: Option<[&str; 4]> = None;
        for row in output.lines() {
            let cells: Vec<&str> = row.trim_start_matches('\u{c}').splitn(12, '\t').collect();
            let [
                level,
                page,
                block,
                paragraph,
                line,
                _,
                left,
                top,
                width,
                height,
                _,
                word,
            ] = cells[..]
            else {
                text.push(row.replace('\u{c}', ""));
                continue;
            };
            let number = |cell: &str| cell.parse::<usize>().ok();
            let (Some(left), Some(top), Some(width), Some(height), Some(5)) = (
                number(left),
                number(top),
                number(width),
                number(height),
                number(level),
            ) else {
                continue;
            };
            let place = [page, block, paragraph, line];
            if current.replace(place) != Some(place) {
                lines.push(Line::default());
            }
            let area = Area {
                left,
                top,
                right: left.saturating_add(width),
                bottom: top.saturating_add(height),
            };
            if let Some(line) = lines.last_mut() {
                line.words.push(Word {
                    text: word.to_owned(),
                    area,
                });
            }
        }
        Self { text, lines }
    }

    /// The text alone.
    pub(super) fn text(&self) -> String {
        self.text.join("\n")
    }

    /// The text, with the years in Thai digits that can be read off the picture put where they stand.
    pub(super) fn with_years(&self, picture: &Grey<'_>) -> Transcript {
        let told = |line: &&String| !line.trim().is_empty();
        if self.text.iter().filter(told).count() != self.lines.len() {
            return Transcript::from(self.text().as_str());
        }
        let mut lines = self.lines.iter();
        let mut all = Transcript::default();
        for line in &self.text {
            let place = (!line.trim().is_empty()).then(|| lines.next()).flatten();
            match place.filter(|place| place.may_tell_a_year()) {
                Some(place) => put_years(line, place, picture, &mut all),
                None => all.text.push_str(line),
            }
            all.text.push('\n');
        }
        all
    }
}

/// Adds a line with its years.
fn put_years(line: &str, place: &Line, picture: &Grey<'_>, all: &mut Transcript) {
    let Some(spans) = spans(line, place) else {
        return all.text.push_str(line);
    };
    let mut at = 0;
    for year in picture.years(place) {
        let middle = |area: &Area| (area.left + area.right) / 2;
        let slack = (year.area.bottom - year.area.top) / 2;
        let within = |area: &Area| middle(area) >= year.area.left && middle(area) < year.area.right;
        let narrow = |area: &Area| {
            area.left + slack >= year.area.left && area.right <= year.area.right + slack
        };
        let covered: Vec<usize> = (0..spans.len())
            .filter(|word| {
                let area = &place.words[*word].area;
                let (from, to) = (
                    area.left.max(year.area.left),
                    area.right.min(year.area.right),
                );
                let overlaps = from + slack < to;
                within(area) || overlaps && !narrow(area) && area.right - area.left > slack * 4
            })
            .collect();
        let (start, end) = match (covered.first(), covered.last()) {
            (Some(&first), Some(&last)) => {
                if !covered.iter().all(|word| narrow(&place.words[*word].area)) {
                    // A word that holds more than the year: where in it the year stands is a guess.
                    continue;
                }
                (spans[first].0, spans[last].1)
            }
            // Tesseract saw nothing there: behind the word before.
            _ => {
                let before = (0..spans.len())
                    .rfind(|word| middle(&place.words[*word].area) < year.area.left);
                let behind = before.map_or(0, |word| spans[word].1);
                (behind, behind)
            }
        };
        if start < at {
            continue;
        }
        all.text.push_str(&line[at..start]);
        if start == end {
            all.text.push(' ');
        }
        all.years.push(all.text.len());
        let digits = year.year.to_string();
        let digits = digits
            .chars()
            .filter_map(|digit| char::from_u32('๐' as u32 + digit.to_digit(10)?));
        all.text.extend(digits);
        if start == end {
            all.text.push(' ');
        }
        at = end;
    }
    all.text.push_str(&line[at..]);
}

/// The bytes of a line that each of its words has; `None` when the table is not of this line.
fn spans(line: &str, place: &Line) -> Option<Vec<(usize, usize)>> {
    let mut letters = line.char_indices().filter(|(_, c)| !c.is_whitespace());
    let mut spans = Vec::with_capacity(place.words.len());
    let mut end = 0;
    for word in &place.words {
        let mut start = None;
        for wanted in word.text.chars().filter(|c| !c.is_whitespace()) {
            let (at, c) = letters.next().filter(|(_, c)| *c == wanted)?;
            start.get_or_insert(at);
            end = at + c.len_utf8();
        }
        spans.push((start.unwrap_or(end), end));
    }
    letters.next().is_none().then_some(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::render::png;

    /// A line of a scan as Tesseract tells it: what stands before the year, and the year, its digits misread.
    fn told(before: [usize; 4], year: [usize; 4], misread: &str) -> String {
        let row = |n: usize, [left, top, right, bottom]: [usize; 4], word: &str| {
            let (width, height) = (right - left, bottom - top);
            format!("5\t1\t1\t1\t1\t{n}\t{left}\t{top}\t{width}\t{height}\t90.1\t{word}\n")
        };
        format!(
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t\n{}{}ปีงบประมาณ พ.ศ. {misread} \n\n\u{c}",
            row(1, before, "ปีงบประมาณพ.ศ."),
            row(2, year, misread),
        )
    }

    fn read(name: &str, told: &str) -> Transcript {
        let file = format!("{}/tests/scans/{name}.png", env!("CARGO_MANIFEST_DIR"));
        let drawn = png(&std::fs::read(file).unwrap()).unwrap();
        Layout::of(told).with_years(&Grey::of_pgm(&drawn).unwrap())
    }

    #[test]
    fn a_year_in_thai_digits_is_read_off_the_picture() {
        for (name, before, year, misread, right) in [
            (
                "year-2565",
                [30, 24, 255, 54],
                [265, 33, 349, 55],
                "๒๕๒๕",
                "๒๕๖๕",
            ),
            (
                "year-2564",
                [30, 25, 289, 55],
                [299, 35, 385, 55],
                "๒๕๐๕",
                "๒๕๖๔",
            ),
            (
                "year-2567",
                [29, 20, 268, 50],
                [275, 30, 364, 51],
                "bce",
                "๒๕๖๗",
            ),
            (
                "year-2563",
                [30, 25, 255, 55],
                [265, 32, 348, 55],
                "2563",
                "๒๕๖๓",
            ),
        ] {
            let read = read(name, &told(before, year, misread));
            let at = "ปีงบประมาณ พ.ศ. ".len();
            assert_eq!(read.years, [at], "{name}");
            assert!(
                read.text.starts_with(&format!("ปีงบประมาณ พ.ศ. {right} ")),
                "{}",
                read.text
            );
        }
    }

    #[test]
    fn where_it_stands_must_be_known_and_a_table_of_another_text_is_not_believed() {
        // The year is one word with what stands before it: where in it is a guess.
        let one = "5\t1\t1\t1\t1\t1\t30\t24\t319\t31\t90\tปีงบประมาณพ.ศ.๒๕๒๕\nปีงบประมาณ พ.ศ.๒๕๒๕\n";
        let other = told([30, 24, 255, 54], [265, 33, 349, 55], "๒๕๒๕").replace(" ๒๕๒๕ ", " ๒๕๒๔ ");
        let none = "ปีงบประมาณ พ.ศ. ๒๕๒๕\n";
        for told in [one, &other, none, "", "5\t\t\t\t\t\t\t\t\t\t\t\n"] {
            assert_eq!(read("year-2565", told).years, [0; 0], "{told}");
        }
    }

    #[test]
    fn text_and_table_are_parted_page_by_page() {
        let layout = Layout::of(
            "1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\nก ข\n\u{c}1\t2\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\nค\n",
        );
        let text = layout.text();
        let told: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(told, ["ก ข", "ค"]);
    }
}
