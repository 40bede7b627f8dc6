//! What is measured: letters wrong, short sequences found, key phrases found, cells found.

use std::collections::BTreeMap;

use prongsai::extract::Table;
use prongsai::thai::{self, Needle, Text};

/// Words that an item's rule would look for, one a line in `phrases.txt`.
pub(crate) struct Phrases(Vec<String>);

/// How many phrases of a text were found, by which means, of how many that stand in it.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Found {
    /// Phrases that stand in the true text.
    pub(crate) there: usize,
    /// … of which the search key holds them.
    pub(crate) exact: usize,
    /// … of which the skeleton holds them.
    pub(crate) tolerant: usize,
    /// … of which a rule finds them.
    pub(crate) by_rule: usize,
    /// Phrases that do not stand in the true text.
    pub(crate) absent: usize,
    /// … of which one of the ways above finds them all the same.
    pub(crate) false_hits: usize,
}

impl Found {
    pub(crate) fn add(&mut self, other: Self) {
        self.there += other.there;
        self.exact += other.exact;
        self.tolerant += other.tolerant;
        self.by_rule += other.by_rule;
        self.absent += other.absent;
        self.false_hits += other.false_hits;
    }
}

impl Phrases {
    pub(crate) fn parse(lines: &str) -> Self {
        let lines = lines.lines().map(str::trim);
        Self(
            lines
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Counts the phrases in what was read. A picture's text is searched as rules search it: a few letters may be wrong.
    pub(crate) fn count(&self, truth: &str, read: &str, is_picture: bool) -> Found {
        let (key, skeleton) = (thai::key(read), thai::skeleton(read));
        let (text, true_key) = (Text::new(read), thai::key(truth));
        let mut found = Found::default();
        for phrase in &self.0 {
            let needle = Needle::parse(phrase);
            let exact = key.contains(&thai::key(phrase));
            let tolerant = skeleton.contains(&thai::skeleton(phrase));
            let by_rule = if is_picture {
                text.find_near(&needle).is_some()
            } else {
                text.has(&needle)
            };
            if true_key.contains(&thai::key(phrase)) {
                found.there += 1;
                found.exact += usize::from(exact);
                found.tolerant += usize::from(tolerant);
                found.by_rule += usize::from(by_rule);
            } else {
                found.absent += 1;
                found.false_hits += usize::from(exact || tolerant || by_rule);
            }
        }
        found
    }
}

/// Letters without white space.
pub(crate) fn solid(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Letters of the search key.
pub(crate) fn key(text: &str) -> Vec<char> {
    thai::key(text).chars().collect()
}

/// Character error rate in per cent: edits that turn what was read into the truth, by the truth's length.
pub(crate) fn error_rate(truth: &[char], read: &[char]) -> f64 {
    100.0 * edits(truth, read) as f64 / truth.len().max(1) as f64
}

/// Levenshtein distance. Texts are long and nearly equal, so only a band around the diagonal is looked at, twice as
/// wide each time until the distance fits in.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut band = 64;
    loop {
        let found = edits_within(a, b, band);
        if let Some(edits) = found.filter(|edits| *edits <= band || band > a.len().max(b.len())) {
            return edits;
        }
        band *= 2;
    }
}

fn edits_within(a: &[char], b: &[char], band: usize) -> Option<usize> {
    const FAR: usize = usize::MAX / 2;
    if a.len().abs_diff(b.len()) > band {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len())
        .map(|at| if at <= band { at } else { FAR })
        .collect();
    for (line, letter) in a.iter().enumerate() {
        let (from, to) = (line.saturating_sub(band), (line + 1 + band).min(b.len()));
        let mut corner = row[from];
        let mut left = if from == 0 { line + 1 } else { FAR };
        row[from] = left;
        for at in from + 1..=to {
            let above = row[at];
            let change = corner + usize::from(*letter != b[at - 1]);
            left = change.min(above + 1).min(left + 1);
            row[at] = left;
            corner = above;
        }
    }
    row.last().copied()
}

/// Share in per cent of the truth's sequences of four letters that were read, in any order.
pub(crate) fn four_letter_share(truth: &[char], read: &[char]) -> f64 {
    let mut there: BTreeMap<&[char], usize> = BTreeMap::new();
    for four in read.windows(4) {
        *there.entry(four).or_default() += 1;
    }
    let all = truth.windows(4).count().max(1);
    let found = truth.windows(4).filter(|four| match there.get_mut(four) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    });
    100.0 * found.count() as f64 / all as f64
}

/// Tables of a true text: lines with tabs, a new table where the number of cells changes.
pub(crate) fn tables_of(truth: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let mut width = 0;
    for line in truth.lines() {
        let cells: Vec<String> = line.split('\t').map(thai::key).collect();
        if cells.len() < 2 {
            width = 0;
            continue;
        }
        if cells.len() != width {
            width = cells.len();
            tables.push(Vec::new());
        }
        if let Some(table) = tables.last_mut() {
            table.push(cells);
        }
    }
    tables
}

/// How well tables were read.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Cells {
    /// Tables of the true text, and tables that were read.
    pub(crate) tables: usize,
    pub(crate) tables_read: usize,
    /// Header cells of the true text, and those read as header cells, word for word.
    pub(crate) headers: usize,
    pub(crate) headers_right: usize,
    /// … and those read so but for marks above and below, and ำ.
    pub(crate) headers_near: usize,
    /// Header cells that were read and that no true header has.
    pub(crate) headers_wrong: usize,
    /// Body cells of the true text, and those read word for word in a table with the right header.
    pub(crate) cells: usize,
    pub(crate) cells_right: usize,
}

impl Cells {
    pub(crate) fn count(truth: &str, read: &[Table]) -> Self {
        let truth = tables_of(truth);
        let mut it = Self {
            tables: truth.len(),
            tables_read: read.len(),
            ..Self::default()
        };
        let filled = |cell: &&String| !cell.is_empty();
        let headers: Vec<Vec<String>> = read
            .iter()
            .map(|table| table.header.iter().map(|cell| thai::key(cell)).collect())
            .collect();
        for table in &truth {
            let Some((head, body)) = table.split_first() else {
                continue;
            };
            let right = |header: &Vec<String>| {
                let cells = head.iter().filter(filled);
                cells.filter(|cell| header.contains(cell)).count()
            };
            it.headers += head.iter().filter(filled).count();
            let best = headers.iter().map(right).max().unwrap_or(0);
            it.headers_right += best;
            let near = |header: &Vec<String>| {
                let header: Vec<String> = header.iter().map(|cell| thai::skeleton(cell)).collect();
                let cells = head.iter().filter(filled);
                cells
                    .filter(|cell| header.contains(&thai::skeleton(cell)))
                    .count()
            };
            it.headers_near += headers.iter().map(near).max().unwrap_or(0);
            let mut bodies: BTreeMap<String, usize> = BTreeMap::new();
            let same = read
                .iter()
                .zip(&headers)
                .filter(|(_, header)| best > 0 && right(header) == best);
            for cell in same.flat_map(|(table, _)| table.rows.iter().flatten()) {
                *bodies.entry(thai::key(cell)).or_default() += 1;
            }
            for cell in body.iter().flatten().filter(filled) {
                it.cells += 1;
                if let Some(left) = bodies.get_mut(cell).filter(|left| **left > 0) {
                    *left -= 1;
                    it.cells_right += 1;
                }
            }
        }
        let known = |cell: &&String| {
            let cell = thai::skeleton(cell);
            truth
                .iter()
                .any(|table| table[0].iter().any(|name| thai::skeleton(name) == cell))
        };
        let read = headers.iter().flatten().filter(filled);
        it.headers_wrong = read.filter(|cell| !known(cell)).count();
        it
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.tables += other.tables;
        self.tables_read += other.tables_read;
        self.headers += other.headers;
        self.headers_right += other.headers_right;
        self.headers_near += other.headers_near;
        self.headers_wrong += other.headers_wrong;
        self.cells += other.cells;
        self.cells_right += other.cells_right;
    }
}
