//! What was read, by content: kept in a file beside the capture so that a second judgement reads nothing twice.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The number of the file's form.
const FORMAT: u32 = 1;

/// Texts of pages by the SHA-256 of their body, all read by one engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Readings {
    format: u32,
    /// Another engine reads otherwise: its readings are not mixed with these.
    engine: String,
    bodies: BTreeMap<String, BTreeMap<u32, String>>,
    #[serde(skip)]
    changed: bool,
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

    /// Reads a file; starts anew when there is none, or it is another engine's or broken: it is only a memory.
    pub fn load(file: &Path, engine: &str) -> Self {
        let kept = std::fs::read(file)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        kept.filter(|kept| kept.format == FORMAT && kept.engine == engine)
            .unwrap_or_else(|| Self::new(engine))
    }

    /// Writes the file, whole or not at all, when something was added.
    pub fn save(&self, file: &Path) -> Result<(), Spoilt> {
        if !self.changed {
            return Ok(());
        }
        let mut part = file.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let put = || {
            let mut new = std::fs::File::create_new(&part)?;
            new.write_all(&serde_json::to_vec_pretty(self)?)?;
            std::fs::rename(&part, file)
        };
        put().map_err(|source| {
            let _ = std::fs::remove_file(&part);
            Spoilt {
                file: file.display().to_string(),
                source,
            }
        })
    }

    /// The text of a page, empty when it has no words; `None` when it was not read.
    pub fn page(&self, digest: &str, page: u32) -> Option<&str> {
        self.bodies.get(digest)?.get(&page).map(String::as_str)
    }

    /// Adds a page.
    pub fn add(&mut self, digest: &str, page: u32, text: String) {
        self.changed = true;
        self.bodies
            .entry(digest.to_owned())
            .or_default()
            .insert(page, text);
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
        let mut readings = Readings::load(&file, "one 1.0");
        readings.save(&file).unwrap();
        assert!(!file.exists(), "nothing read, nothing kept");
        readings.add("ab", 3, "ข้อความ".into());
        readings.save(&file).unwrap();
        assert_eq!(
            Readings::load(&file, "one 1.0").page("ab", 3),
            Some("ข้อความ")
        );
        assert_eq!(Readings::load(&file, "one 1.1").page("ab", 3), None);
        std::fs::write(&file, "{").unwrap();
        assert_eq!(Readings::load(&file, "one 1.0").page("ab", 3), None);
        let left = std::fs::read_dir(&folder).unwrap().count();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(left, 1);
    }
}
