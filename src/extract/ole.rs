//! The container of old office files (OLE2): its streams by name.

/// Sectors of a stream followed; 64 MiB of the small ones.
const MAX_SECTORS: usize = 1 << 17;
/// Entries of a directory looked at.
const MAX_ENTRIES: usize = 4096;
/// The table of sectors goes on in sectors of its own; few files have more than one.
const MAX_TABLE_SECTORS: usize = 2000;

/// A container, opened.
pub(super) struct Ole<'b> {
    body: &'b [u8],
    shift: u32,
    table: Vec<u32>,
    small: Vec<u32>,
    cutoff: u32,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    kind: u8,
    start: u32,
    size: u32,
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(four))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(two))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).filter_map(|four| word(four, 0))
}

impl<'b> Ole<'b> {
    /// Reads the tables and the directory; `None` when there are none.
    pub(super) fn open(body: &'b [u8]) -> Option<Self> {
        let shift = u32::from(half(body, 0x1E)?);
        if !body.starts_with(b"\xD0\xCF\x11\xE0") || !matches!(shift, 9 | 12) {
            return None;
        }
        let mut ole = Self {
            body,
            shift,
            table: Vec::new(),
            small: Vec::new(),
            cutoff: word(body, 0x38)?,
            entries: Vec::new(),
        };
        for sector in ole.table_sectors()? {
            ole.table.extend(words(ole.sector(sector)?));
        }
        ole.small = words(&ole.follow(word(body, 0x3C)?)).collect();
        let directory = ole.follow(word(body, 0x30)?);
        ole.entries = directory
            .chunks_exact(128)
            .take(MAX_ENTRIES)
            .filter_map(entry)
            .collect();
        Some(ole)
    }

    fn table_sectors(&self) -> Option<Vec<u32>> {
        let mut sectors: Vec<u32> = words(self.body.get(0x4C..0x200)?).collect();
        let mut next = word(self.body, 0x44)?;
        for _ in 0..MAX_TABLE_SECTORS {
            let Some(more) = self.sector(next) else {
                break;
            };
            let (list, after) = more.split_at_checked(more.len().saturating_sub(4))?;
            sectors.extend(words(list));
            next = word(after, 0)?;
        }
        sectors.retain(|&sector| sector < 0xFFFF_FFFA);
        sectors.truncate(MAX_SECTORS);
        Some(sectors)
    }

    fn sector(&self, number: u32) -> Option<&'b [u8]> {
        let from = (number as usize).checked_add(1)?.checked_shl(self.shift)?;
        self.body.get(from..from.checked_add(1 << self.shift)?)
    }

    /// The bytes of a chain of sectors; what is there of a broken one.
    fn follow(&self, start: u32) -> Vec<u8> {
        let (mut bytes, mut next) = (Vec::new(), start);
        for _ in 0..self.table.len().min(MAX_SECTORS) {
            let Some(sector) = self.sector(next) else {
                break;
            };
            bytes.extend_from_slice(sector);
            let Some(&after) = self.table.get(next as usize) else {
                break;
            };
            next = after;
        }
        bytes
    }

    fn has(&self, name: &str) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.kind == 2 && entry.name.eq_ignore_ascii_case(name))?;
        let mut bytes = if entry.size < self.cutoff {
            self.follow_small(entry.start)
        } else {
            self.follow(entry.start)
        };
        bytes.truncate(entry.size as usize);
        Some(bytes)
    }

    /// Short streams lie in pieces of 64 bytes in the stream of the root.
    fn follow_small(&self, start: u32) -> Vec<u8> {
        let root = self.entries.iter().find(|entry| entry.kind == 5);
        let all = root.map(|root| self.follow(root.start)).unwrap_or_default();
        let (mut bytes, mut next) = (Vec::new(), start as usize);
        for _ in 0..self.small.len().min(MAX_SECTORS) {
            let Some(piece) = all.get(next * 64..next * 64 + 64) else {
                break;
            };
            bytes.extend_from_slice(piece);
            let Some(&after) = self.small.get(next) else {
                break;
            };
            next = after as usize;
        }
        bytes
    }
}

/// Whether a container holds a stream of this name; of a broken one, whether the name stands anywhere.
pub(super) fn holds(body: &[u8], name: &str) -> bool {
    if let Some(ole) = Ole::open(body) {
        return ole.has(name);
    }
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    body.windows(wide.len()).any(|bytes| bytes == wide)
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(half(bytes, 0x40)?).min(64);
    let units: Vec<u16> = bytes
        .get(..length.saturating_sub(2))?
        .chunks_exact(2)
        .filter_map(|two| half(two, 0))
        .collect();
    Some(Entry {
        name: String::from_utf16_lossy(&units),
        kind: *bytes.get(0x42)?,
        start: word(bytes, 0x74)?,
        size: word(bytes, 0x78)?,
    })
}

/// Whether the records of an old workbook span more cells than `most`: a reader makes room for all between the corners.
pub(super) fn spans_too_much(book: &[u8], most: u64) -> bool {
    let (mut at, mut all) = (0, 0u64);
    let mut sheet = Corners::default();
    while let (Some(kind), Some(length)) = (half(book, at), half(book, at + 2)) {
        let data = book.get(at + 4..).unwrap_or_default();
        match kind {
            0x0809 => all = all.saturating_add(std::mem::take(&mut sheet).cells()),
            // Dimensions.
            0x0200 if claimed(data, length) > most => return true,
            0x0006 | 0x0203..=0x0206 | 0x0406 | 0x027E | 0x00BD | 0x00D6 | 0x00FD => {
                if let (Some(row), Some(column)) = (half(data, 0), half(data, 2)) {
                    sheet.add(row, column);
                }
            }
            _ => {}
        }
        at += 4 + usize::from(length);
    }
    all.saturating_add(sheet.cells()) > most
}

fn claimed(data: &[u8], length: u16) -> u64 {
    let wide = |at| word(data, at).map(u64::from).unwrap_or(0);
    let narrow = |at| half(data, at).map(u64::from).unwrap_or(0);
    let (rows, columns) = if length == 10 {
        (narrow(2).saturating_sub(narrow(0)), narrow(6))
    } else {
        (wide(4).saturating_sub(wide(0)), narrow(10))
    };
    (rows + 1) * (columns + 1)
}

#[derive(Default)]
struct Corners {
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

impl Corners {
    fn add(&mut self, row: u16, column: u16) {
        let widen = |range: Option<(u16, u16)>, n: u16| match range {
            Some((low, high)) => Some((low.min(n), high.max(n))),
            None => Some((n, n)),
        };
        self.rows = widen(self.rows, row);
        self.columns = widen(self.columns, column);
    }

    fn cells(&self) -> u64 {
        let extent =
            |range: Option<(u16, u16)>| range.map_or(0, |(low, high)| u64::from(high - low) + 1);
        extent(self.rows) * extent(self.columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u16]) -> Vec<u8> {
        let mut bytes = [kind, (data.len() * 2) as u16]
            .map(u16::to_le_bytes)
            .concat();
        bytes.extend(data.iter().flat_map(|n| n.to_le_bytes()));
        bytes
    }

    #[test]
    fn corners_far_apart_are_too_much_and_a_long_list_is_not() {
        let far = [
            record(0x0809, &[0; 8]),
            record(0x0203, &[0, 0, 0]),
            record(0x0203, &[65535, 255, 0]),
        ]
        .concat();
        assert!(spans_too_much(&far, 1 << 22));
        let list = [record(0x0203, &[0, 0, 0]), record(0x0203, &[65535, 20, 0])].concat();
        assert!(!spans_too_much(&list, 1 << 22));
        let claim = record(0x0200, &[0, 0, 0xFFFF, 0xFFFF, 0, 255, 0]);
        assert!(spans_too_much(&claim, 1 << 22));
    }

    #[test]
    fn a_container_of_nonsense_ends() {
        let mut body = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        body.resize(4096, 0);
        body[0x1E] = 9;
        // A directory that is its own successor.
        let ole = Ole::open(&body);
        assert!(ole.is_some_and(|ole| !ole.has("Workbook") && ole.stream("Workbook").is_none()));
        assert!(Ole::open(&body[..100]).is_none());
    }
}
