//! What can go wrong with the store, told to the person who runs it.

use std::path::{Path, PathBuf};

/// Why the store did not do what was asked; nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not a file of this program.
    #[error("{path} ไม่ใช่ฐานข้อมูลของโปร่งใส\n  ตรวจชื่อไฟล์ที่ให้กับ --store หรือให้ชื่อไฟล์ใหม่ที่ยังไม่มี")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Written by a later version of the program.
    #[error(
        "{path} เขียนโดยโปร่งใสรุ่นใหม่กว่า (แบบที่ {found} รุ่นนี้รู้จักถึงแบบที่ {known})\n  ใช้โปรแกรมรุ่นใหม่กับไฟล์นี้ หรือให้ --store เป็นไฟล์อื่น"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u32,
        /// The newest form this program knows.
        known: u32,
    },
    /// To be read only, and there is none, or one that has to be migrated first.
    #[error("{path} ยังอ่านไม่ได้\n  {why}")]
    NotReady {
        /// The file.
        path: PathBuf,
        /// What is missing and what to do.
        why: &'static str,
    },
    /// The copy before a migration could not be made.
    #[error(
        "สำเนา {path} ก่อนปรับรุ่นไม่ได้: {cause}\n  ตรวจที่ว่างในดิสก์และสิทธิ์เขียนในโฟลเดอร์ แล้วสั่งใหม่ ไฟล์เดิมยังอยู่ครบ"
    )]
    Copy {
        /// The copy.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another process is writing for longer than patience lasts.
    #[error("ฐานข้อมูลถูกใช้เขียนอยู่โดยโปรแกรมอื่น\n  รอให้งานนั้นจบแล้วสั่งใหม่")]
    Busy,
    /// No room on the disk.
    #[error("ดิสก์เต็ม บันทึกไม่ได้\n  เพิ่มที่ว่างแล้วสั่งใหม่ สิ่งที่บันทึกไปแล้วยังอยู่ครบ")]
    Full,
    /// A row cannot be read back.
    #[error("ฐานข้อมูลเสียหาย: {what}\n  กู้จากสำเนา หรือสั่งด้วย --store ไฟล์ใหม่")]
    Damaged {
        /// Which row, and how.
        what: String,
    },
    /// No such agency.
    #[error("ไม่มีหน่วยงาน “{0}” ในฐานข้อมูล\n  ดูรหัสหน่วยงานด้วย prongsai history")]
    NoAgency(String),
    /// The agency has no such audit.
    #[error(
        "ไม่มีการตรวจ {wanted} ของหน่วยงาน “{agency}”\n  ดูรายการตรวจด้วย prongsai history {agency}"
    )]
    NoAudit {
        /// The agency.
        agency: String,
        /// What was asked for.
        wanted: String,
    },
    /// No such run, or the agency is not in it.
    #[error("ไม่มีงานของหน่วยงาน “{agency}” ในรอบตรวจที่ {run}\n  ดูรอบตรวจที่ยังไม่จบแล้วสั่งใหม่")]
    NoJob {
        /// The run.
        run: i64,
        /// The agency; empty for the run itself.
        agency: String,
    },
    /// Another process took the agency over, because this one was silent for too long.
    #[error(
        "หน่วยงาน “{agency}” ถูกรับช่วงไปตรวจโดย {owner} แล้ว ผลครั้งนี้จึงไม่ได้บันทึก\n  ตรวจว่าไม่ได้สั่งงานเดียวกันสองที่"
    )]
    Overtaken {
        /// The agency.
        agency: String,
        /// Who has it now.
        owner: String,
    },
    /// An agency's id that cannot be a key.
    #[error("รหัสหน่วยงาน “{0}” ใช้ไม่ได้\n  ใช้ A-Z a-z 0-9 . _ - ไม่เกิน 64 ตัว")]
    BadKey(String),
    /// A value that has no JSON form.
    #[error("แปลงค่าเพื่อบันทึกไม่ได้: {0}\n  แจ้งผู้พัฒนาพร้อมข้อความนี้")]
    Form(#[from] serde_json::Error),
    /// The export could not be written.
    #[error("เขียนไฟล์ส่งออกไม่ได้: {0}\n  ตรวจที่ว่างและสิทธิ์เขียน")]
    Write(#[from] std::io::Error),
    /// SQLite refused.
    #[error("ฐานข้อมูลขัดข้อง: {0}\n  ตรวจดิสก์และสิทธิ์ของไฟล์ แล้วสั่งใหม่")]
    Sql(rusqlite::Error),
}

impl StoreError {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// What an error of SQLite means for the file at `path`.
    pub(super) fn at(path: &Path, error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::Foreign {
                path: path.to_owned(),
            },
            Some(rusqlite::ErrorCode::CannotOpen) => Self::NotReady {
                path: path.to_owned(),
                why: "ไม่มีไฟล์นี้ หรือไม่มีสิทธิ์เปิด ตรวจชื่อไฟล์และโฟลเดอร์",
            },
            _ => error.into(),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy
            }
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => Self::damaged(error.to_string()),
            _ => Self::Sql(error),
        }
    }
}
