//! What was read, by content: kept in a file beside the capture so that a second judgement reads nothing twice.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::site::Transcript;

/// The number of the file's form.
const FORMAT: u32 = 2;

/// Texts of pages by the SHA-256 of their body, all read by one engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Readings {
    format: u32,
    /// Another engine reads otherwise: its readings are not mixed with these.
    engine: String,
    bodies: BTreeMap<String, BTreeMap<u32, Transcript>>,
    #[serde(skip)]
    changed: bool,
}

/// What tells whether the rest is for us.
#[derive(Deserialize)]
struct Head {
    format: u32,
    engine: String,
}

/// The file of readings cannot be written.
#[derive(Debug, thiserror::Error)]
#[error(
    "เก็บผลอ่าน OCR ไว้ที่ {file} ไม่ได้ ({source})\n  ตรวจว่าโฟลเดอร์เขียนได้และดิสก์ไม่เต็ม ครั้งหน้าจะต้องอ่านใหม่"
)]
pub struct Spoilt {
    file: String,
    source: std::io::Error,
}

/// The file of readings cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("ผลอ่าน OCR เดิมที่ {file} ใช้ไม่ได้ ({why})\n  จะอ่านใหม่และเขียนทับ")]
pub struct Damaged {
    file: String,
    why: String,
}

impl Readings {
    /// None yet.
    pub fn new(engine: &str) -> Self {
        Self {
            format: FORMAT,
            engine: engine.to_owned(),
            bodies: BTreeMap::new(),
            changed: false,
        }
    }

    /// The file beside a capture.
    pub fn beside(capture: &Path) -> PathBuf {
        let mut name = capture.as_os_str().to_owned();
        name.push(".ocr.json");
        PathBuf::from(name)
    }

    /// Reads a file. Anew when there is none or it is another engine's or of another form; a file that cannot be used is
    /// only a memory lost, and told.
    pub fn load(file: &Path, engine: &str) -> (Self, Option<Damaged>) {
        let damaged = |why: String| {
            let file = file.display().to_string();
            (Self::new(engine), Some(Damaged { file, why }))
        };
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return (Self::new(engine), None);
            }
            Err(error) => return damaged(error.to_string()),
        };
        match serde_json::from_slice::<Head>(&bytes) {
            Ok(head) if head.format != FORMAT || head.engine != engine => (Self::new(engine), None),
            Ok(_) => match serde_json::from_slice(&bytes) {
                Ok(kept) => (kept, None),
                Err(error) => damaged(error.to_string()),
            },
            Err(error) => damaged(error.to_string()),
        }
    }

    /// Reads a file whichever engine made it; `None` when there is none that can be used.
    pub fn kept(file: &Path) -> Option<Self> {
        let readings: Self = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        (readings.format == FORMAT).then_some(readings)
    }

    /// The engine that read.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// Writes the file, whole or not at all, when something was added since.
    pub fn save(&mut self, file: &Path) -> Result<(), Spoilt> {
        if !self.changed {
            return Ok(());
        }
        let mut part = file.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let put = || {
            let mut new = std::fs::File::create(&part)?;
            new.write_all(&serde_json::to_vec(self)?)?;
            new.sync_data()?;
            std::fs::rename(&part, file)
        };
        put().map_err(|source| {
            let _ = std::fs::remove_file(&part);
            Spoilt {
                file: file.display().to_string(),
                source,
            }
        })?;
        self.changed = false;
        Ok(())
    }

    /// A page, without text when it has no words; `None` when it was not read.
    pub fn page(&self, digest: &str, page: u32) -> Option<&Transcript> {
        self.bodies.get(digest)?.get(&page)
    }

    /// Adds a page.
    pub fn add(&mut self, digest: &str, page: u32, read: Transcript) {
        self.changed = true;
        let pages = self.bodies.entry(digest.to_owned()).or_default();
        pages.insert(page, read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_there_again_for_the_same_engine_only() {
        let folder = std::env::temp_dir().join(format!("prongsai-readings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = Readings::beside(&folder.join("site.warc.gz"));
        assert!(file.ends_with("site.warc.gz.ocr.json"));
        let load = |engine| {
            let (readings, damaged) = Readings::load(&file, engine);
            (readings, damaged.map(|damaged| damaged.to_string()))
        };
        let (mut readings, damaged) = load("one 1.0");
        assert_eq!(damaged, None, "that there is no file yet is no damage");
        readings.save(&file).unwrap();
        assert!(!file.exists(), "nothing read, nothing kept");
        let read = Transcript {
            text: "ปี ๒๕๖๕".into(),
            years: vec![7],
        };
        readings.add("ab", 3, read.clone());
        readings.save(&file).unwrap();
        assert_eq!(load("one 1.0").0.page("ab", 3), Some(&read));
        let (other, damaged) = load("one 1.1");
        assert_eq!((other.page("ab", 3), damaged), (None, None));
        for broken in [
            "{",
            "",
            "{\"format\":2,\"engine\":\"one 1.0\",\"bodies\":3}",
        ] {
            std::fs::write(&file, broken).unwrap();
            let (mut anew, damaged) = load("one 1.0");
            assert!(anew.page("ab", 3).is_none());
            assert!(damaged.unwrap().contains("site.warc.gz.ocr.json"), "told");
            anew.add("cd", 0, "ใหม่".into());
            anew.save(&file).unwrap();
            assert!(load("one 1.0").0.page("cd", 0).is_some(), "rebuilt");
        }
        let left = std::fs::read_dir(&folder).unwrap().count();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(left, 1);
    }
}
