//! Files to [`Document`]s: which reader reads which kind.

use url::Url;

use super::standin::{clean, decode};
use super::{Document, DocumentKind, Reading, Table, office, pdf, sheet};

/// Text kept of one file. A plan of 300 pages has half a megabyte.
pub(super) const MAX_TEXT: usize = 4 << 20;
/// Files beyond this are not opened. The largest plans, scanned, are smaller.
const MAX_FILE: usize = 128 << 20;

/// Reads a file of a kind.
pub(super) fn read(
    url: &Url,
    content_type: Option<&str>,
    kind: DocumentKind,
    body: &[u8],
) -> Document {
    if body.len() > MAX_FILE {
        return unreadable(kind, Reading::TooLarge);
    }
    let is_zip = body.starts_with(b"PK");
    match kind {
        DocumentKind::Pdf => pdf::read(body),
        DocumentKind::Image => unreadable(kind, Reading::Scanned),
        DocumentKind::Word | DocumentKind::Slides if is_zip => office::read(kind, body),
        DocumentKind::Sheet if is_zip => sheet::read_zip(body),
        DocumentKind::Sheet if is_ole(body) => sheet::read_xls(body),
        DocumentKind::Sheet => sheet::read_csv(&decode(body, content_type)),
        _ if is_ole(body) && holds_encrypted(body) => unreadable(by_name(url), Reading::Locked),
        _ => unreadable(kind, Reading::Unsupported),
    }
}

/// A file of which nothing could be read.
pub(super) fn unreadable(kind: DocumentKind, reading: Reading) -> Document {
    Document {
        kind,
        pages: Vec::new(),
        tables: Vec::new(),
        reading,
        unread_pages: 0,
    }
}

/// Each line in normal form, empty ones left out.
pub(super) fn clean_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(clean).collect();
            cells.join("\t").trim().to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

/// A table from rows: a header when the first full row names columns.
pub(super) fn table(title: String, rows: Vec<Vec<String>>, marked: usize) -> Option<Table> {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let widest = rows.iter().map(filled).max()?;
    if widest < 2 {
        return None;
    }
    let names = |row: &&Vec<String>| {
        filled(row) * 3 >= widest * 2
            && filled(row) >= 2
            && row
                .iter()
                .filter(|cell| !cell.is_empty())
                .all(|cell| cell.chars().any(char::is_alphabetic) && cell.chars().count() <= 120)
    };
    let at = rows.iter().take(12).position(|row| names(&row))?;
    let mut depth = marked.saturating_sub(at).clamp(1, 4);
    // A second header row fills the gaps that cells spanning columns leave.
    let is_second = |row: &Vec<String>| {
        filled(row) >= 1
            && filled(row) < widest
            && row.first().is_some_and(String::is_empty)
            && row
                .iter()
                .filter(|cell| !cell.is_empty())
                .all(|cell| cell.chars().any(char::is_alphabetic))
    };
    if depth == 1 && filled(&rows[at]) < widest && rows.get(at + 1).is_some_and(is_second) {
        depth = 2;
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let header = (0..columns)
        .map(|column| {
            let parts: Vec<&str> = rows[at..at + depth.min(rows.len() - at)]
                .iter()
                .filter_map(|row| row.get(column))
                .map(String::as_str)
                .filter(|cell| !cell.is_empty())
                .collect();
            parts.join(" ")
        })
        .collect();
    let body = rows
        .into_iter()
        .skip(at + depth)
        .filter(|row| filled(row) > 0)
        .map(|mut row| {
            row.resize(columns, String::new());
            row
        })
        .collect();
    Some(Table {
        title,
        header,
        rows: body,
    })
}

fn is_ole(body: &[u8]) -> bool {
    body.starts_with(b"\xD0\xCF\x11\xE0")
}

/// Office files with a password are wrapped whole.
fn holds_encrypted(body: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    body.windows(name.len()).any(|b| b == name)
}

fn by_name(url: &Url) -> DocumentKind {
    let path = url.path().to_ascii_lowercase();
    match path.rsplit('.').next() {
        Some("docx" | "doc") => DocumentKind::Word,
        Some("xlsx" | "xls") => DocumentKind::Sheet,
        Some("pptx" | "ppt") => DocumentKind::Slides,
        _ => DocumentKind::Unknown,
    }
}
