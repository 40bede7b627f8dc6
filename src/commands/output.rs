//! Where a report goes: the terminal, or a file that is there whole or not at all.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;

use prongsai::audit::Audit;
use prongsai::difference::Years;
use prongsai::json::Json as _;
use prongsai::report;

use super::args::{Format, Report};
use super::{Failure, say};

/// Writes the report in the form and to the place that were asked for: of one year as it is, of several side by side.
pub(super) fn write(audits: Vec<Audit>, asked: &Report) -> Result<(), Failure> {
    let colour = in_colour(asked);
    let unprinted = |error| Failure::usage(format!("{error:#}"));
    let text = if let [audit] = audits.as_slice() {
        match asked.form() {
            Format::Text => report::text::text(audit, colour),
            Format::Json => audit.to_json().map_err(Failure::usage)?,
            Format::Html => report::html::html(audit).map_err(unprinted)?,
        }
    } else {
        let years = Years::of(audits);
        match asked.form() {
            Format::Text => report::text::years_text(&years, colour),
            Format::Json => years.to_json().map_err(Failure::usage)?,
            Format::Html => report::html::years_html(&years).map_err(unprinted)?,
        }
    };
    put(&text, asked.output.as_deref())
}

/// Prints a text, or puts it into a file and says where.
pub(super) fn put(text: &str, file: Option<&Path>) -> Result<(), Failure> {
    let Some(file) = file else {
        // A reader such as `head` may leave early; that is no fault.
        let _ = std::io::stdout().write_all(text.as_bytes());
        return Ok(());
    };
    save(file, text.as_bytes())?;
    say(&format!("เขียนรายงานแล้ว: {}", file.display()));
    Ok(())
}

/// Puts a file in place, in folders that are made where there are none.
pub(super) fn save_in(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::usage(format!(
                "สร้างโฟลเดอร์ {} ไม่ได้ ({error})\n  ตรวจว่าเขียนได้ และดิสก์ไม่เต็ม",
                folder.display()
            ))
        })?;
    }
    save(file, bytes)
}

/// Puts a file in place.
pub(super) fn save(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(file, bytes).map_err(|error| cannot_write(file, &error))
}

/// What to do when a file cannot be written.
pub(super) fn cannot_write(file: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!(
        "เขียน {} ไม่ได้ ({error})\n  ตรวจว่าโฟลเดอร์มีอยู่ เขียนได้ และดิสก์ไม่เต็ม",
        file.display()
    ))
}

/// Whether a person sees the report on a terminal with colours.
pub(super) fn in_colour(asked: &Report) -> bool {
    colourful(asked.output.as_deref())
}

/// Whether a text goes to a terminal with colours, and not into a file.
pub(super) fn colourful(file: Option<&Path>) -> bool {
    file.is_none() && has_colours()
}

fn has_colours() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|kind| kind == "dumb");
    std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb
}

/// Puts a file in place at once: nobody ever reads half a report.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    write_whole(file, |into| into.write_all(bytes))
}

/// Writes a file bit by bit, and puts it in place at once.
pub(super) fn write_whole<T, E: From<std::io::Error>>(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = file.with_file_name(name);
    let put = || {
        let mut new = BufWriter::new(std::fs::File::create_new(&part)?);
        let done = write(&mut new)?;
        new.flush()?;
        new.get_ref().sync_all()?;
        std::fs::rename(&part, file)?;
        Ok(done)
    };
    put().inspect_err(|_| {
        let _ = std::fs::remove_file(&part);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_behind() {
        let folder = std::env::temp_dir().join(format!("prongsai-output-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("รายงาน.html");
        replace(&file, b"old").unwrap();
        replace(&file, b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert!(replace(&folder, b"x").is_err(), "a folder is no file");
        assert!(replace(&folder.join("none/report.html"), b"x").is_err());
        let left = std::fs::read_dir(&folder).unwrap().count();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(left, 1);
    }
}
