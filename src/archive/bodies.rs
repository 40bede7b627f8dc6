//! Bodies by their SHA-256, compressed where that helps.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;

use super::{ArchiveError, at, packed, write_whole};
use crate::fetch::memory::Named;

/// How files begin that are compressed inside.
const PACKED: [&[u8]; 9] = [
    b"%PDF",
    b"PK\x03\x04",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"RIFF",
];
/// Below this there is nothing to gain.
const SHORT: usize = 256;

/// The folder of bodies.
#[derive(Debug, Clone)]
pub(super) struct Bodies {
    root: PathBuf,
}

/// Whether a text can name a body or a capture, and so part of a path.
pub(super) fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Bodies {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn file(&self, digest: &str, end: &str) -> PathBuf {
        let shelf = self.root.join(digest.get(..2).unwrap_or_default());
        shelf.join(format!("{digest}.{end}"))
    }

    /// Puts a body away, and returns the bytes that were written: none when it is here already.
    pub(super) fn put(&self, name: &Named, body: &[u8]) -> Result<u64, ArchiveError> {
        if self.stands(name) {
            return Ok(0);
        }
        let plain = body.len() < SHORT || PACKED.iter().any(|start| body.starts_with(start));
        if !plain {
            let file = self.file(&name.digest, "gz");
            let packed = packed(body, Compression::default()).map_err(at(&file))?;
            if packed.len() < body.len() / 20 * 19 {
                write_whole(&file, &packed).map_err(at(&file))?;
                let _ = std::fs::remove_file(self.file(&name.digest, "bin"));
                return Ok(packed.len() as u64);
            }
        }
        let file = self.file(&name.digest, "bin");
        write_whole(&file, body).map_err(at(&file))?;
        // A damaged one in the other form, if any, must not stand before it.
        let _ = std::fs::remove_file(self.file(&name.digest, "gz"));
        Ok(body.len().max(1) as u64)
    }

    /// Takes a body out in whatever form it stands.
    pub(super) fn discard(&self, digest: &str) -> Result<(), ArchiveError> {
        for form in ["gz", "bin"] {
            let file = self.file(digest, form);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(at(&file)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a body is here in its whole length. A disk that lost its power leaves files that are named and short.
    pub(super) fn stands(&self, name: &Named) -> bool {
        let plain = std::fs::metadata(self.file(&name.digest, "bin"));
        plain.is_ok_and(|about| about.len() == name.length)
            || ending(&self.file(&name.digest, "gz"))
                .is_ok_and(|length| u64::from(length) == name.length & 0xffff_ffff)
    }

    /// A body, checked against its name.
    pub(super) fn get(&self, name: &Named) -> io::Result<Bytes> {
        let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
        if !is_digest(&name.digest) {
            return Err(wrong("ชื่อเนื้อหาไม่ถูกต้อง"));
        }
        let mut body = Vec::new();
        let read = match File::open(self.file(&name.digest, "gz")) {
            Ok(file) => GzDecoder::new(io::BufReader::new(file))
                .take(name.length.saturating_add(1))
                .read_to_end(&mut body),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                File::open(self.file(&name.digest, "bin")).and_then(|file| {
                    file.take(name.length.saturating_add(1))
                        .read_to_end(&mut body)
                })
            }
            Err(error) => Err(error),
        };
        match read {
            Ok(_) if Named::of(&body) == *name => Ok(body.into()),
            Ok(_) => Err(wrong("ไฟล์เสียหาย SHA-256 ไม่ตรง")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(wrong("ไฟล์หายไป")),
            Err(error) => Err(error),
        }
    }

    /// Has the disk take a body.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn settle(&self, name: &Named) -> Result<(), ArchiveError> {
        let packed = self.file(&name.digest, "gz");
        let file = if packed.exists() {
            packed
        } else {
            self.file(&name.digest, "bin")
        };
        super::sync(&file).map_err(at(&file))
    }
}

/// The length that a gzip file says of its content, in its last bytes.
fn ending(file: &Path) -> io::Result<u32> {
    let mut file = File::open(file)?;
    file.seek(SeekFrom::End(-4))?;
    let mut length = [0; 4];
    file.read_exact(&mut length)?;
    Ok(u32::from_le_bytes(length))
}
