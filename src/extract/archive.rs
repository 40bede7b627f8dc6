//! The parts of a ZIP archive, read within limits; of a broken archive the parts that are there.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use flate2::read::DeflateDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Reading, limits};
use crate::thai::decode;

/// What every part begins with.
const HEADER: &[u8] = b"PK\x03\x04";

/// An archive and how much more of it may be unpacked.
pub(super) struct Archive<'b> {
    body: &'b [u8],
    zip: Option<ZipArchive<Cursor<&'b [u8]>>>,
    /// Where each part is: its number in the list of parts, or its place in a body without list.
    places: BTreeMap<String, usize>,
    left: u64,
}

/// The bytes of a part.
pub(super) struct Part {
    pub(super) bytes: Vec<u8>,
    /// False when a limit or damage came before the end.
    pub(super) is_whole: bool,
}

impl<'b> Archive<'b> {
    pub(super) fn open(body: &'b [u8]) -> Result<Self, Reading> {
        let mut archive = Self {
            body,
            zip: ZipArchive::new(Cursor::new(body)).ok(),
            places: BTreeMap::new(),
            left: limits::ARCHIVE,
        };
        if let Some(zip) = &mut archive.zip {
            for at in 0..zip.len().min(limits::PARTS) {
                if let Ok(file) = zip.by_index_raw(at) {
                    archive.places.entry(name(file.name_raw())).or_insert(at);
                }
            }
        }
        if archive.places.is_empty() {
            archive.zip = None;
            archive.places = pieces(body);
        }
        if archive.places.is_empty() {
            return Err(Reading::Damaged);
        }
        Ok(archive)
    }

    /// Whether the list of parts, which stands at the end, is lost.
    pub(super) fn is_broken(&self) -> bool {
        self.zip.is_none()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Names of the parts, sorted as people count: `slide2` before `slide10`.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.places.keys().cloned().collect();
        names.sort_by_cached_key(|name| {
            let digits: String = name.chars().filter(char::is_ascii_digit).take(9).collect();
            (digits.parse::<u32>().unwrap_or(0), name.clone())
        });
        names
    }

    /// The bytes of a part, of a long or damaged one the start.
    pub(super) fn part(&mut self, name: &str) -> Result<Part, Reading> {
        let at = *self.places.get(name).ok_or(Reading::Damaged)?;
        let limit = limits::PART.min(self.left);
        let mut bytes = Vec::new();
        let read = if let Some(zip) = &mut self.zip {
            let file = zip.by_index(at).map_err(|error| match error {
                ZipError::InvalidPassword => Reading::Locked,
                ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Reading::Locked,
                ZipError::UnsupportedArchive(_) => Reading::Unsupported,
                _ => Reading::Damaged,
            })?;
            file.take(limit + 1).read_to_end(&mut bytes)
        } else {
            let (method, data) = piece(self.body, at).ok_or(Reading::Damaged)?;
            match method {
                0 => {
                    let end = find(data, b"PK").unwrap_or(data.len());
                    (&data[..end]).take(limit + 1).read_to_end(&mut bytes)
                }
                _ => DeflateDecoder::new(data)
                    .take(limit + 1)
                    .read_to_end(&mut bytes),
            }
        };
        let is_long = bytes.len() as u64 > limit;
        if is_long {
            bytes.truncate(limit as usize);
        }
        self.left -= bytes.len() as u64;
        if bytes.is_empty() && (is_long || read.is_err()) {
            return Err(if is_long {
                Reading::TooLarge
            } else {
                Reading::Damaged
            });
        }
        Ok(Part {
            bytes,
            is_whole: read.is_ok() && !is_long,
        })
    }
}

/// A part's name: UTF-8, else what Windows wrote on a Thai machine.
fn name(raw: &[u8]) -> String {
    decode(raw, None).replace('\\', "/")
}

/// Parts of an archive whose list is lost, found by their headers.
fn pieces(body: &[u8]) -> BTreeMap<String, usize> {
    let (mut found, mut from) = (BTreeMap::new(), 0);
    while let Some(at) = find(&body[from..], HEADER) {
        from += at;
        let length = half(body, from + 26).unwrap_or(0);
        if let Some(raw) = body.get(from + 30..from + 30 + length)
            && piece(body, from).is_some()
        {
            found.entry(name(raw)).or_insert(from);
        }
        from += HEADER.len();
        if found.len() >= limits::PARTS {
            break;
        }
    }
    found
}

/// How a part is packed, and its bytes with all that follows them.
fn piece(body: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let method = half(body, at + 8)?;
    let from = at + 30 + half(body, at + 26)? + half(body, at + 28)?;
    matches!(method, 0 | 8).then_some((method, body.get(from..)?))
}

fn half(bytes: &[u8], at: usize) -> Option<usize> {
    let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(usize::from(u16::from_le_bytes(two)))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
