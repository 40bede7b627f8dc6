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

/// Four bytes, the lowest first.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(four))
}

/// Two bytes, the lowest first.
pub(super) fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let two: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u16::from_le_bytes(two))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).filter_map(|four| word(four, 0))
}

/// Text of two bytes a letter.
pub(super) fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|two| half(two, 0));
    char::decode_utf16(units)
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
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
        let sectors = body.len() >> shift;
        for sector in ole.table_sectors()? {
            if ole.table.len() > sectors {
                break;
            }
            // A cut file has lost some; what they would say is unknown.
            match ole.sector(sector) {
                Some(sector) => ole.table.extend(words(sector)),
                None => ole
                    .table
                    .resize(ole.table.len() + (1 << (shift - 2)), u32::MAX),
            }
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
        // A chain that is longer than the file runs in a circle.
        while let Some(sector) = self.sector(next)
            && bytes.len() < self.body.len()
        {
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

/// What begins where a sector does and passes a test: a stream of a container whose directory is lost.
pub(super) fn stream_with(body: &[u8], test: fn(&[u8]) -> bool) -> Option<&[u8]> {
    let places = (512..body.len()).step_by(512);
    places.map(|at| &body[at..]).find(|stream| test(stream))
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

/// A container of streams, none of them small.
#[cfg(test)]
pub(super) fn container(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let sectors = |length: usize| length.div_ceil(512).max(1);
    let directory = sectors(128 * (streams.len() + 1));
    let mut table = vec![0xFFFF_FFFDu32];
    let mut chain = |length: usize| {
        let start = table.len() as u32;
        for _ in 1..length {
            table.push(table.len() as u32 + 1);
        }
        table.push(0xFFFF_FFFE);
        start
    };
    chain(directory);
    let mut entries = Vec::new();
    let mut entry = |name: &str, kind: u8, start: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u8 + 2;
        entry.resize(128, 0);
        entry[0x40] = length;
        entry[0x42] = kind;
        entry[0x74..0x78].copy_from_slice(&start.to_le_bytes());
        entry[0x78..0x7C].copy_from_slice(&(size as u32).to_le_bytes());
        entries.extend(entry);
    };
    entry("Root Entry", 5, 0xFFFF_FFFE, 0);
    for (name, bytes) in streams {
        entry(name, 2, chain(sectors(bytes.len())), bytes.len());
    }
    assert!(table.len() <= 128);
    table.resize(128, u32::MAX);
    let mut body = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    body.resize(512, 0xFF);
    body[0x1E..0x20].copy_from_slice(&[9, 0]);
    body[0x30..0x34].copy_from_slice(&1u32.to_le_bytes());
    body[0x38..0x40].copy_from_slice(&[0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]);
    body[0x44..0x50].copy_from_slice(&[0xFE, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]);
    body.extend(table.iter().flat_map(|next| next.to_le_bytes()));
    for bytes in std::iter::once(&entries).chain(streams.iter().map(|(_, bytes)| bytes)) {
        let from = body.len();
        body.extend_from_slice(bytes);
        body.resize(from + 512 * sectors(bytes.len()), 0);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

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
