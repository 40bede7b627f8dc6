//! Captures kept by what they hold: each body once, whichever agency and whichever day it came from.

mod bodies;
mod journal;
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::fetch::capture::Capture;
use crate::fetch::memory::{Manifest, Named};
use bodies::Bodies;
pub use session::Session;

/// No manifest is read beyond this: 300,000 addresses take a tenth of it.
const LARGEST_MANIFEST: u64 = 1 << 30;

/// Why the archive could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file system failed.
    #[error(
        "อ่านหรือเขียนคลังเว็บไซต์ที่ {path} ไม่ได้ ({source})\n  ตรวจว่าโฟลเดอร์มีอยู่ อ่านและเขียนได้ และดิสก์ไม่เต็ม"
    )]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// There is no capture of this name.
    #[error(
        "คลังเว็บไซต์ไม่มีชุดข้อมูล {0}\n  อาจถูกล้างตามอายุที่กำหนด หรือคลังนี้ไม่ใช่คลังที่ใช้คู่กับฐานข้อมูล: ตรวจตำแหน่งของคลัง หรือเก็บเว็บไซต์ใหม่"
    )]
    Unknown(String),
    /// The manifest's bytes are not those it is named after, or make no sense.
    #[error("สารบัญของชุดข้อมูล {digest} เสียหาย ({why})\n  กู้จากสำเนาสำรองของคลัง หรือเก็บเว็บไซต์ใหม่")]
    Damaged {
        /// The capture.
        digest: String,
        /// What is wrong with it.
        why: String,
    },
    /// A body is missing or its bytes are not those it is named after.
    #[error(
        "เนื้อหาของ {url} ในคลังเว็บไซต์ใช้ไม่ได้ ({why}: {digest})\n  กู้จากสำเนาสำรองของคลัง หรือเก็บเว็บไซต์ใหม่"
    )]
    Body {
        /// The address that gave it.
        url: String,
        /// The body.
        digest: String,
        /// What is wrong with it.
        why: String,
    },
    /// A name that is no name of a run or an agency.
    #[error("“{0}” ใช้เป็นรหัสไม่ได้\n  ใช้ตัวอักษร A-Z a-z ตัวเลข จุด ขีด และขีดล่าง ไม่เกิน 64 ตัว")]
    Name(String),
    /// Crawls write to the archive at this time.
    #[error("ยังล้างคลังเว็บไซต์ไม่ได้ เพราะกำลังเก็บเว็บไซต์อยู่ {0} แห่ง\n  รอให้เก็บเสร็จแล้วสั่งใหม่")]
    InUse(usize),
}

/// What keeping a capture came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The capture's name: SHA-256 (hex) of its manifest.
    pub digest: String,
    /// Bodies that the archive did not hold before.
    pub new_bodies: u64,
    /// Bytes that these take on disk.
    pub new_bytes: u64,
}

/// What the archive holds, or what was taken out of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Manifests.
    pub captures: u64,
    /// Bodies.
    pub bodies: u64,
    /// Bytes on disk of both.
    pub bytes: u64,
}

/// A folder of captures. Clones stand for the same folder.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
    bodies: Bodies,
    writers: Writers,
}

/// How many write to the archive; held by whoever takes out of it.
#[derive(Debug, Clone, Default)]
struct Writers(Arc<Mutex<usize>>);

impl Writers {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nothing is taken out, and keeps it so.
    fn enter(&self) -> Writing {
        *self.count() += 1;
        Writing(self.clone())
    }
}

/// One who writes.
#[derive(Debug)]
struct Writing(Writers);

impl Drop for Writing {
    fn drop(&mut self) {
        let mut count = self.0.count();
        *count = count.saturating_sub(1);
    }
}

/// The form in which a manifest is kept.
#[derive(Serialize, Deserialize)]
struct Form<M> {
    format: u32,
    capture: M,
}

const FORMAT: u32 = 1;

impl Archive {
    /// The archive in a folder, which is made when it is not there.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, ArchiveError> {
        let root = root.as_ref().to_owned();
        for part in ["bodies", "captures", "journals"] {
            let folder = root.join(part);
            std::fs::create_dir_all(&folder).map_err(at(&folder))?;
        }
        Ok(Self {
            bodies: Bodies::new(root.join("bodies")),
            root,
            writers: Writers::default(),
        })
    }

    /// Keeps a capture that is whole in memory. When this returns, it is on the disk.
    pub fn keep(&self, capture: &Capture) -> Result<Kept, ArchiveError> {
        let _writing = self.writers.enter();
        let (mut new_bodies, mut new_bytes) = (0, 0);
        let mut done = BTreeSet::new();
        let manifest = Manifest::of(capture);
        for (visit, trace) in capture.visits.iter().zip(&manifest.visits) {
            if let (Ok(response), Ok(answer)) = (&visit.result, &trace.result)
                && done.insert(&answer.body.digest)
            {
                let written = self.bodies.put(&answer.body, &response.body)?;
                new_bodies += u64::from(written > 0);
                new_bytes += written;
            }
        }
        Ok(Kept {
            digest: self.keep_manifest(&manifest)?,
            new_bodies,
            new_bytes,
        })
    }

    /// Takes a damaged body out, so that it is fetched anew.
    pub fn discard(&self, digest: &str) -> Result<(), ArchiveError> {
        self.bodies.discard(digest)
    }

    /// Keeps a manifest whose bodies are here already, and has the disk take all of it.
    fn keep_manifest(&self, manifest: &Manifest) -> Result<String, ArchiveError> {
        let text = serde_json::to_vec(&Form {
            format: FORMAT,
            capture: manifest,
        })
        .map_err(|error| at(&self.root)(error.into()))?;
        let Named { digest, .. } = Named::of(&text);
        let file = self.manifest_file(&digest);
        if self.manifest(&digest).is_err() {
            let packed = packed(&text, Compression::default()).map_err(at(&file))?;
            write_whole(&file, &packed).map_err(at(&file))?;
        }
        self.settle(&file, manifest)?;
        Ok(digest)
    }

    /// The capture of this name with its bodies: equal to the one that was kept, but for its digest.
    pub fn capture(&self, digest: &str) -> Result<Capture, ArchiveError> {
        let manifest = self.manifest(digest)?;
        // A body that stands at many addresses is held once.
        let mut held: BTreeMap<String, Bytes> = BTreeMap::new();
        let mut capture = manifest.fill(|url, name| {
            if let Some(body) = held.get(&name.digest) {
                return Ok(body.clone());
            }
            let body = self.bodies.get(name).map_err(|error| ArchiveError::Body {
                url: url.to_string(),
                digest: name.digest.clone(),
                why: error.to_string(),
            })?;
            held.insert(name.digest.clone(), body.clone());
            Ok(body)
        })?;
        capture.digest = Some(digest.to_owned());
        Ok(capture)
    }

    /// What a capture is made of, without its bodies.
    pub fn manifest(&self, digest: &str) -> Result<Manifest, ArchiveError> {
        let unknown = || ArchiveError::Unknown(digest.to_owned());
        let damaged = |why: String| ArchiveError::Damaged {
            digest: digest.to_owned(),
            why,
        };
        if !bodies::is_digest(digest) {
            return Err(unknown());
        }
        let file = self.manifest_file(digest);
        let packed = match std::fs::read(&file) {
            Ok(packed) => packed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unknown()),
            Err(error) => return Err(at(&file)(error)),
        };
        let mut text = Vec::new();
        GzDecoder::new(packed.as_slice())
            .take(LARGEST_MANIFEST)
            .read_to_end(&mut text)
            .map_err(|error| damaged(error.to_string()))?;
        if Named::of(&text).digest != digest {
            return Err(damaged("SHA-256 ไม่ตรง".to_owned()));
        }
        let form: Form<Manifest> =
            serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if form.format != FORMAT {
            return Err(damaged(format!("รูปแบบ {}", form.format)));
        }
        Ok(form.capture)
    }

    /// The names of all captures.
    pub fn captures(&self) -> Result<Vec<String>, ArchiveError> {
        let mut names = Vec::new();
        each_file(&self.root.join("captures"), &mut |file, _| {
            names.extend(name_of(file).map(str::to_owned));
            Ok(())
        })?;
        names.sort();
        Ok(names)
    }

    /// Takes out the captures that are not to be kept, the bodies that no other names, and what half-finished writes left.
    /// What a journal names stays. No other process may crawl into the archive meanwhile; in this one, crawls wait. Killed half way, it leaves nothing that the next time does not take.
    pub fn forget(&self, keep: impl Fn(&str) -> bool) -> Result<Size, ArchiveError> {
        let writers = self.writers.count();
        if *writers > 0 {
            return Err(ArchiveError::InUse(*writers));
        }
        // All that is kept is read before anything goes: a manifest that cannot be read would take its bodies along.
        let mut named = journal::bodies(&self.root.join("journals"))?;
        for digest in self.captures()? {
            if keep(&digest) {
                let visits = self.manifest(&digest)?.visits;
                let answers = visits.into_iter().filter_map(|visit| visit.result.ok());
                named.extend(answers.map(|answer| answer.body.digest));
            }
        }
        let mut freed = Size::default();
        each_file(&self.root.join("captures"), &mut |file, bytes| {
            let digest = name_of(file);
            if !digest.is_some_and(&keep) {
                std::fs::remove_file(file).map_err(at(file))?;
                freed.captures += u64::from(digest.is_some());
                freed.bytes += bytes;
            }
            Ok(())
        })?;
        each_file(&self.root.join("bodies"), &mut |file, bytes| {
            let digest = name_of(file);
            if !digest.is_some_and(|digest| named.contains(digest)) {
                std::fs::remove_file(file).map_err(at(file))?;
                freed.bodies += u64::from(digest.is_some());
                freed.bytes += bytes;
            }
            Ok(())
        })?;
        Ok(freed)
    }

    /// What the archive holds.
    pub fn size(&self) -> Result<Size, ArchiveError> {
        let mut size = Size::default();
        each_file(&self.root.join("captures"), &mut |_, bytes| {
            size.captures += 1;
            size.bytes += bytes;
            Ok(())
        })?;
        each_file(&self.root.join("bodies"), &mut |_, bytes| {
            size.bodies += 1;
            size.bytes += bytes;
            Ok(())
        })?;
        Ok(size)
    }

    fn manifest_file(&self, digest: &str) -> PathBuf {
        let folder = self.root.join("captures").join(&digest[..2]);
        folder.join(format!("{digest}.json.gz"))
    }

    /// Has the disk take what was written.
    #[cfg(target_os = "linux")]
    fn settle(&self, file: &Path, _: &Manifest) -> Result<(), ArchiveError> {
        let folder = std::fs::File::open(&self.root).map_err(at(&self.root))?;
        rustix::fs::syncfs(&folder).map_err(|error| at(file)(error.into()))
    }

    /// Has the disk take what was written.
    #[cfg(not(target_os = "linux"))]
    fn settle(&self, file: &Path, manifest: &Manifest) -> Result<(), ArchiveError> {
        let answers = manifest.visits.iter().flat_map(|visit| &visit.result);
        let names: BTreeSet<&Named> = answers.map(|answer| &answer.body).collect();
        for name in names {
            self.bodies.settle(name)?;
        }
        sync(file).map_err(at(file))
    }
}

/// Flushes one file and the folder that names it.
#[cfg(not(target_os = "linux"))]
fn sync(file: &Path) -> io::Result<()> {
    std::fs::File::open(file)?.sync_all()?;
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The error of a file.
fn at(path: &Path) -> impl Fn(io::Error) -> ArchiveError + '_ {
    |source| ArchiveError::Io {
        path: path.to_owned(),
        source,
    }
}

fn packed(bytes: &[u8], how: Compression) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), how);
    packed.write_all(bytes)?;
    packed.finish()
}

/// Writes a file, whole or not at all.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let part = folder.join(format!(".{}.{count}.part", std::process::id()));
    let done = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, file));
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

/// The digest that a file is named after; `None` for the rest of a write that never ended.
fn name_of(file: &Path) -> Option<&str> {
    let name = file.file_name()?.to_str()?;
    let name = name.split('.').next()?;
    bodies::is_digest(name).then_some(name)
}

/// Every file two levels down, with its length.
fn each_file(
    folder: &Path,
    what: &mut dyn FnMut(&Path, u64) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    for shelf in std::fs::read_dir(folder).map_err(at(folder))? {
        let shelf = shelf.map_err(at(folder))?.path();
        if !shelf.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&shelf).map_err(at(&shelf))? {
            let file = file.map_err(at(&shelf))?;
            match file.metadata() {
                Ok(about) if about.is_file() => what(&file.path(), about.len())?,
                Ok(_) => {}
                // Another process may have taken it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(at(&file.path())(error)),
            }
        }
    }
    Ok(())
}
