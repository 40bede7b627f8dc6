//! Opening the file: made when it is not there, migrated when it is older, refused when it is another's or newer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault::StoreError;
use super::versions::Known;

/// How long one process waits for another that is writing.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The form of each number, from the first: a script that makes it of the form before.
const SCRIPTS: [&str; 1] = [include_str!("1.sql")];

/// `prgs`: how SQLite's header names a file of ours.
const APPLICATION: i32 = 0x7072_6773;

/// The store in one file.
pub struct Store {
    pub(super) conn: Connection,
    pub(super) known: Known,
    path: PathBuf,
}

/// What became of a file when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It was there in the form of this program.
    Ready,
    /// It was made.
    New,
    /// It was older and is migrated.
    Migrated {
        /// Its form before.
        from: u32,
        /// The copy of it as it was.
        copy: PathBuf,
    },
}

impl Store {
    /// Opens the file to read and write; makes it or migrates it first when it has to be.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_telling(path).map(|(store, _)| store)
    }

    /// The same, and what became of the file.
    pub fn open_telling(path: &Path) -> Result<(Self, Opened), StoreError> {
        Self::open_by(path, &SCRIPTS)
    }

    /// Opens the file to read; others may write meanwhile. What one call reads is of one moment.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags)
            .map_err(|error| StoreError::at(path, error))?;
        conn.busy_timeout(PATIENCE)?;
        let form = form(&conn, path)?;
        if form < newest(&SCRIPTS) {
            return Err(StoreError::NotReady {
                path: path.to_owned(),
                why: "ไฟล์ว่างหรือเป็นแบบเก่า สั่งตรวจด้วย prongsai fleet audit หนึ่งครั้งก่อน ไฟล์จะถูกสร้างหรือปรับรุ่นให้",
            });
        }
        check_newer(path, form, &SCRIPTS)?;
        Ok(Self {
            conn,
            known: Known::default(),
            path: path.to_owned(),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether SQLite finds the whole file sound, and every judgement can be read back. Reads all of it.
    pub fn check(&self) -> Result<(), StoreError> {
        let said: String = self
            .conn
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if said != "ok" {
            return Err(StoreError::damaged(said));
        }
        let orphan = self.conn.prepare("PRAGMA foreign_key_check")?.exists([])?;
        if orphan {
            return Err(StoreError::damaged("มีแถวที่ชี้ไปยังแถวที่ไม่มี"));
        }
        super::versions::check(&self.conn)
    }

    fn open_by(path: &Path, scripts: &[&str]) -> Result<(Self, Opened), StoreError> {
        let mut conn = Connection::open(path).map_err(|error| StoreError::at(path, error))?;
        conn.busy_timeout(PATIENCE)?;
        let before = form(&conn, path)?;
        check_newer(path, before, scripts)?;
        // Only now that the file is known to be ours: this writes to it.
        conn.pragma_update(None, "journal_mode", "wal")
            .map_err(|error| StoreError::at(path, error))?;
        conn.pragma_update(None, "synchronous", "full")?;
        let mut opened = Opened::Ready;
        if before < newest(scripts) {
            opened = Opened::New;
            if before > 0 {
                let copy = copy(&conn, path, before)?;
                opened = Opened::Migrated { from: before, copy };
            }
            migrate(&mut conn, scripts)?;
        }
        conn.pragma_update(None, "foreign_keys", true)?;
        let store = Self {
            conn,
            known: Known::default(),
            path: path.to_owned(),
        };
        Ok((store, opened))
    }
}

fn newest(scripts: &[&str]) -> u32 {
    u32::try_from(scripts.len()).unwrap_or(u32::MAX)
}

/// The form of a file of ours; 0 for an empty one.
fn form(conn: &Connection, path: &Path) -> Result<u32, StoreError> {
    let read = |name: &str| -> Result<i64, StoreError> {
        conn.pragma_query_value(None, name, |row| row.get(0))
            .map_err(|error| StoreError::at(path, error))
    };
    let application = read("application_id")?;
    let form = read("user_version")?;
    let tables: i64 = conn
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| StoreError::at(path, error))?;
    if application != i64::from(APPLICATION) && (tables > 0 || form != 0 || application != 0) {
        return Err(StoreError::Foreign {
            path: path.to_owned(),
        });
    }
    u32::try_from(form).map_err(|_| StoreError::Foreign {
        path: path.to_owned(),
    })
}

fn check_newer(path: &Path, found: u32, scripts: &[&str]) -> Result<(), StoreError> {
    let known = newest(scripts);
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

/// Runs the scripts that are missing, each in its own transaction. Another process may have been quicker.
fn migrate(conn: &mut Connection, scripts: &[&str]) -> Result<(), StoreError> {
    conn.pragma_update(None, "foreign_keys", false)?;
    for (number, script) in (1_u32..).zip(scripts) {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let now: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if now < number {
            tx.execute_batch(script)?;
            tx.pragma_update(None, "application_id", APPLICATION)?;
            tx.pragma_update(None, "user_version", number)?;
            tx.commit()?;
        }
    }
    Ok(())
}

/// A whole copy of the file beside it, `prongsai.db.form1`, with what is still in the write-ahead log.
fn copy(conn: &Connection, path: &Path, form: u32) -> Result<PathBuf, StoreError> {
    let beside = |end: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let (copy, half) = (
        beside(format!(".form{form}")),
        beside(format!(".form{form}.part")),
    );
    let failed = |cause: std::io::Error| StoreError::Copy {
        path: copy.clone(),
        cause,
    };
    match std::fs::remove_file(&half) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    conn.execute("VACUUM INTO ?1", [half.to_string_lossy()])
        .map_err(|error| failed(std::io::Error::other(error)))?;
    let file = std::fs::File::open(&half).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&half, &copy).map_err(failed)?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Folder;
    use super::*;

    #[test]
    fn a_new_file_is_made_and_opened_again() {
        let folder = Folder::new("new");
        let path = folder.file("a.db");
        assert_eq!(Store::open_telling(&path).unwrap().1, Opened::New);
        assert_eq!(Store::open_telling(&path).unwrap().1, Opened::Ready);
        Store::open_read_only(&path).unwrap().check().unwrap();
    }

    /// What "acknowledged" rests on.
    #[test]
    fn a_commit_is_on_the_disk() {
        let folder = Folder::new("durable");
        let store = Store::open(&folder.file("a.db")).unwrap();
        let read = |name: &str| -> String {
            let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
            let value = store.conn.pragma_query_value(None, name, value).unwrap();
            match value {
                rusqlite::types::Value::Text(word) => word,
                rusqlite::types::Value::Integer(number) => number.to_string(),
                _ => String::new(),
            }
        };
        let told = ["journal_mode", "synchronous", "foreign_keys"].map(read);
        assert_eq!(told, ["wal", "2", "1"]);
    }

    #[test]
    fn an_older_file_is_copied_and_migrated() {
        let folder = Folder::new("older");
        let path = folder.file("a.db");
        Store::open(&path).unwrap().set_mark("told", "7").unwrap();
        let scripts = [SCRIPTS[0], "ALTER TABLE mark ADD COLUMN since INTEGER"];
        let (store, opened) = Store::open_by(&path, &scripts).unwrap();
        let copy = folder.file("a.db.form1");
        assert_eq!(
            opened,
            Opened::Migrated {
                from: 1,
                copy: copy.clone()
            }
        );
        assert_eq!(store.mark("told").unwrap().as_deref(), Some("7"));
        drop(store);
        // This program knows only the form before: the file is refused, the copy still serves.
        let refused = Store::open(&path).err().unwrap();
        assert!(matches!(refused, StoreError::Newer { found: 2, .. }));
        assert!(matches!(
            Store::open_read_only(&path).err().unwrap(),
            StoreError::Newer { .. }
        ));
        let before = Store::open_read_only(&copy).unwrap();
        assert_eq!(before.mark("told").unwrap().as_deref(), Some("7"));
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let folder = Folder::new("failing");
        let path = folder.file("a.db");
        drop(Store::open(&path).unwrap());
        let scripts = [
            SCRIPTS[0],
            "CREATE TABLE more (id); SELECT nothing FROM nowhere",
        ];
        assert!(Store::open_by(&path, &scripts).is_err());
        let store = Store::open(&path).unwrap();
        store.check().unwrap();
        let more = "SELECT count(*) FROM sqlite_schema WHERE name = 'more'";
        let count: i64 = store.conn.query_row(more, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0);
    }

    #[test]
    fn another_programs_file_is_left_alone() {
        let folder = Folder::new("foreign");
        let text = folder.file("notes.txt");
        std::fs::write(&text, "ไม่ใช่ฐานข้อมูล ".repeat(100)).unwrap();
        let foreign = folder.file("other.db");
        Connection::open(&foreign)
            .unwrap()
            .execute_batch("CREATE TABLE other (id)")
            .unwrap();
        for path in [text, foreign] {
            let before = std::fs::read(&path).unwrap();
            for opened in [Store::open(&path), Store::open_read_only(&path)] {
                assert!(matches!(opened.err().unwrap(), StoreError::Foreign { .. }));
            }
            assert!(before == std::fs::read(&path).unwrap());
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_not_made_to_be_read() {
        let folder = Folder::new("absent");
        let opened = Store::open_read_only(&folder.file("none.db"));
        assert!(matches!(opened.err().unwrap(), StoreError::NotReady { .. }));
        assert!(!folder.file("none.db").exists());
    }
}
