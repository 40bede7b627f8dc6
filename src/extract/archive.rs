//! The parts of a ZIP archive, read within limits.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::Reading;

/// One part. The text of the longest plans takes a tenth.
const MAX_PART: u64 = 64 << 20;
/// All parts together.
const MAX_ALL: u64 = 192 << 20;
/// Parts looked at.
const MAX_PARTS: usize = 5000;

/// An archive and how much more of it may be unpacked.
pub(super) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    left: u64,
}

impl<'b> Archive<'b> {
    pub(super) fn open(body: &'b [u8]) -> Result<Self, Reading> {
        let zip = ZipArchive::new(Cursor::new(body)).map_err(|_| Reading::Damaged)?;
        Ok(Self { zip, left: MAX_ALL })
    }

    /// Names of the parts, sorted as people count: `slide2` before `slide10`.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .zip
            .file_names()
            .take(MAX_PARTS)
            .flatten()
            .map(|name| name.into_owned())
            .collect();
        names.sort_by_key(|name| {
            let digits: String = name.chars().filter(char::is_ascii_digit).take(9).collect();
            (digits.parse::<u32>().unwrap_or(0), name.clone())
        });
        names
    }

    /// The bytes of a part.
    pub(super) fn part(&mut self, name: &str) -> Result<Vec<u8>, Reading> {
        let file = self.zip.by_name(name).map_err(|error| match error {
            ZipError::InvalidPassword => Reading::Locked,
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Reading::Locked,
            _ => Reading::Damaged,
        })?;
        let limit = MAX_PART.min(self.left);
        let mut bytes = Vec::new();
        let read = file.take(limit + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > limit {
            return Err(Reading::TooLarge);
        }
        self.left -= bytes.len() as u64;
        // The start of a damaged part is worth reading.
        if read.is_err() && bytes.is_empty() {
            return Err(Reading::Damaged);
        }
        Ok(bytes)
    }

    /// Unpacks everything once, so that a library that knows no limits can be let at it.
    pub(super) fn is_harmless(&mut self) -> Result<(), Reading> {
        for name in self.names() {
            match self.part(&name) {
                Err(Reading::TooLarge) => return Err(Reading::TooLarge),
                Ok(bytes) if name.ends_with("sharedStrings.xml") && claims_too_much(&bytes) => {
                    return Err(Reading::TooLarge);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// `uniqueCount="4000000000"`: a reader makes room for as many strings as are claimed.
fn claims_too_much(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let end = head.find("<si").unwrap_or(head.len());
    head[..end]
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() > 7)
        // The name spaces hold years, not counts.
        && head.contains("ount=")
}
