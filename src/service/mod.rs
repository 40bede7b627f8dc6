//! The audits of many agencies: one visit from the first request to what counts, rounds of visits, and the calendar's rounds.
//!
//! ```text
//! due agencies ──visit──▶ capture kept ──court──▶ audit ──store──▶ what counts ──▶ digests
//!               (fetch)    (archive)     (judge)        (one transaction)         (alert)
//! ```
//!
//! Everything that waits stands here; what is decided stands in the pure modules: `schedule` says who is due, `health` whose
//! fault a failure was, `standing` what counts, `alert` who hears of it. Time comes from a [`Clock`], so that a year can be lived
//! through in a test.

mod news;
mod round;
mod rota;
mod visit;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::Semaphore;

pub use news::{Mailing, see};
pub use rota::{Rota, Tick};
pub use round::{Round, RoundEnd, Watch};
pub use visit::Came;

use crate::archive::{Archive, ArchiveError};
use crate::audit::Audit;
use crate::fetch::capture::Capture;
use crate::fetch::options::Options;
use crate::fleet::list::Entry;
use crate::forecast::Outlook;
use crate::metrics::Metrics;
use crate::store::{Store, StoreError};
use crate::year::FiscalYear;

/// Megabytes of captures that may be in memory at one time, but for one that is larger by itself.
const ROOM: usize = 512;

/// What judges. The program brings it: rules, readers of scans, people's decisions.
pub trait Court: Send + Sync {
    /// The years that a look on this day is judged by, oldest first.
    fn years(&self, day: Date) -> Vec<FiscalYear>;
    /// Digest of a year's rules.
    fn rules(&self, year: FiscalYear) -> String;
    /// Judges what was captured of an agency. The error is a title and what to do.
    fn judge(
        &self,
        entry: &Entry,
        capture: &Capture,
        years: &[FiscalYear],
    ) -> Result<Vec<Judged>, String>;
}

/// A judged capture, and what of it will not last.
pub struct Judged {
    /// The audit.
    pub audit: Audit,
    /// What of it will get worse by itself.
    pub outlook: Outlook,
}

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The clock of this machine.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Why a round cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Another process works with this store.
    #[error("มีโปรแกรมอื่นกำลังตรวจโดยใช้ฐานข้อมูล {0} อยู่\n  รอให้รอบนั้นจบ หรือหยุดบริการก่อน แล้วสั่งใหม่")]
    Occupied(PathBuf),
    /// The lock beside the store cannot be made.
    #[error("สร้างไฟล์ {path} ไม่ได้ ({cause})\n  ตรวจสิทธิ์เขียนของโฟลเดอร์")]
    Lock {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Judging one agency broke.
    #[error("ตรวจหน่วยงานนี้ไม่สำเร็จ โปรแกรมขัดข้อง ({0})\n  แจ้งผู้พัฒนาพร้อมข้อมูลเว็บไซต์ หน่วยงานอื่นตรวจต่อได้")]
    Judging(String),
    /// A task broke.
    #[error("งานภายในขัดข้อง ({0})\n  สั่งใหม่เพื่อทำต่อจากที่ค้าง และแจ้งผู้พัฒนา")]
    Broken(String),
}

impl ServiceError {
    /// Whether the others can be looked at all the same.
    fn is_of_one_agency(&self) -> bool {
        use ArchiveError::{Body, Damaged, Unknown};
        match self {
            Self::Judging(_) => true,
            Self::Archive(error) => matches!(error, Body { .. } | Damaged { .. } | Unknown(_)),
            _ => false,
        }
    }
}

/// Where visits are made: the store, the archive, the court and the manners that all of them share.
pub struct Desk {
    store: Mutex<Store>,
    archive: Archive,
    court: Arc<dyn Court>,
    clock: Arc<dyn Clock>,
    options: Options,
    metrics: Arc<Metrics>,
    /// Megabytes of captures that are in memory to be judged at one time.
    judging: Semaphore,
    processors: usize,
    owner: String,
    /// Held as long as the desk is: the system lets go of it even when the process is killed.
    _lock: File,
}

impl Desk {
    /// Takes a store for itself. What a process left behind that died is waiting again.
    pub fn open(
        store: &Path,
        court: Arc<dyn Court>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, ServiceError> {
        if let Some(folder) = store
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|cause| ServiceError::Lock {
                path: folder.to_owned(),
                cause,
            })?;
        }
        let lock = lock(store)?;
        raise_limits();
        let opened = Store::open(store)?;
        let archive = Archive::open(captures(store))?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            store: Mutex::new(opened),
            archive,
            court,
            clock,
            options,
            metrics: Arc::new(Metrics::new()),
            judging: Semaphore::new(ROOM),
            processors,
            owner: format!("pid-{}", std::process::id()),
            _lock: lock,
        })
    }

    /// The store, for as long as the guard lives.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The archive of captures.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// As many open files as the system allows: each website under way holds some.
fn raise_limits() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!("open files stay limited: {error}");
        }
    }
}

/// The folder of captures beside a store: `prongsai.db` has `prongsai.captures`.
pub fn captures(store: &Path) -> PathBuf {
    store.with_extension("captures")
}

/// Keeps others from working with a store as long as the file lives; the system lets go of it even when the process is killed.
pub fn lock(store: &Path) -> Result<File, ServiceError> {
    let path = store.with_extension("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|cause| ServiceError::Lock {
            path: path.clone(),
            cause,
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(ServiceError::Occupied(store.to_owned())),
        Err(std::fs::TryLockError::Error(cause)) => Err(ServiceError::Lock { path, cause }),
    }
}
