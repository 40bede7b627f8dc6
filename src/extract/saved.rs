//! Pages saved as documents: HTML named `.doc` or `.xls`, web archives (MHTML), and plain text.

use url::Url;

use super::paper::{clean_lines, sheet_name};
use super::{Document, DocumentKind, Page, Reading, Table, limits, page};
use crate::thai::decode;

/// Parts of a web archive.
const PARTS: usize = 500;
/// Parts in parts.
const DEPTH: usize = 5;

/// Reads a page that is a document.
pub(super) fn read_html(
    url: &Url,
    content_type: Option<&str>,
    kind: DocumentKind,
    body: &[u8],
) -> Document {
    let page = page::read(url, content_type, &body[..body.len().min(limits::FLAT)]);
    let mut document = Document::unread(kind, Reading::Text);
    add(&mut document, page, "");
    finish(document, body.len())
}

/// Reads a web archive: each page of it.
pub(super) fn read_mhtml(url: &Url, kind: DocumentKind, body: &[u8]) -> Document {
    let mut pages = Vec::new();
    collect(&body[..body.len().min(limits::FLAT)], 0, &mut pages);
    let mut document = Document::unread(kind, Reading::Text);
    for (content_type, html, place) in pages {
        let page = page::read(url, Some(&content_type), &html);
        let name = if kind == DocumentKind::Sheet {
            let file = place.rsplit('/').next().unwrap_or_default();
            sheet_name(file.split('.').next().unwrap_or_default())
        } else {
            String::new()
        };
        add(&mut document, page, &name);
    }
    if document.names.iter().all(String::is_empty) {
        document.names.clear();
    }
    finish(document, body.len())
}

/// Reads a plain text.
pub(super) fn read_text(content_type: Option<&str>, body: &[u8]) -> Document {
    let text = decode(&body[..body.len().min(limits::FLAT)], content_type);
    let end = text.floor_char_boundary(limits::TEXT);
    let mut document = Document::unread(DocumentKind::Word, Reading::Text);
    document.pages = text[..end].split('\u{C}').map(clean_lines).collect();
    let is_cut = end < text.len() || body.len() > limits::FLAT;
    document.unread_pages = u32::from(is_cut);
    document
}

fn add(document: &mut Document, page: Page, name: &str) {
    let lines: Vec<&str> = page
        .blocks
        .iter()
        .map(|block| block.text.as_str())
        .collect();
    let text = lines.join("\n");
    if text.is_empty() {
        return;
    }
    document.pages.push(text);
    document.names.push(name.to_owned());
    let tables = page
        .tables
        .into_iter()
        .filter(|table| *table != Table::default());
    document.tables.extend(tables);
}

fn finish(mut document: Document, length: usize) -> Document {
    if document.pages.is_empty() {
        document.reading = Reading::Damaged;
    } else {
        document.unread_pages = u32::from(length > limits::FLAT);
    }
    if document.names.iter().all(String::is_empty) {
        document.names.clear();
    }
    document
}

/// The HTML parts of a message: their type, their bytes, their place.
fn collect(message: &[u8], depth: usize, pages: &mut Vec<(String, Vec<u8>, String)>) {
    let (head, content) = halves(message);
    let kind = field(&head, "content-type");
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") && depth < DEPTH {
        let boundary = parameter(&kind, "boundary");
        if boundary.is_empty() {
            return;
        }
        let mark = format!("--{boundary}");
        for part in parts(content, mark.as_bytes()).take(PARTS) {
            collect(part, depth + 1, pages);
        }
    } else if lower.starts_with("text/html") && pages.len() < limits::SHEETS {
        let coding = field(&head, "content-transfer-encoding").to_ascii_lowercase();
        let bytes = match coding.trim() {
            "quoted-printable" => quoted_printable(content),
            "base64" => base64(content),
            _ => content.to_vec(),
        };
        pages.push((kind, bytes, field(&head, "content-location")));
    }
}

/// The head of a message, its folded lines joined, and what follows.
fn halves(message: &[u8]) -> (String, &[u8]) {
    let (mut at, mut head) = (0, String::new());
    while let Some(length) = message[at..].iter().position(|&b| b == b'\n') {
        let line = String::from_utf8_lossy(&message[at..at + length]).into_owned();
        at += length + 1;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            // Blank lines may stand before the head.
            if head.is_empty() {
                continue;
            }
            break;
        }
        if !line.starts_with([' ', '\t']) {
            head.push('\n');
        }
        head.push_str(line);
        if head.len() > 64 << 10 {
            break;
        }
    }
    (head, &message[at..])
}

fn field(head: &str, name: &str) -> String {
    let found = head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    });
    found.unwrap_or_default()
}

fn parameter(value: &str, name: &str) -> String {
    let found = value.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"').to_owned())
    });
    found.unwrap_or_default()
}

/// What stands between lines that begin with a mark.
fn parts<'b>(content: &'b [u8], mark: &'b [u8]) -> impl Iterator<Item = &'b [u8]> {
    let mut lines = content.split_inclusive(|&b| b == b'\n');
    let mut at = 0;
    let mut open = None;
    std::iter::from_fn(move || {
        loop {
            let Some(line) = lines.next() else {
                return open.take().and_then(|from: usize| content.get(from..));
            };
            let start = at;
            at += line.len();
            if line.starts_with(mark)
                && let Some(from) = open.replace(at)
            {
                return content.get(from..start);
            }
        }
    })
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        match text
            .get(at..at + 2)
            .map(|two| (two, std::str::from_utf8(two).ok()))
        {
            Some((b"\r\n", _)) => at += 2,
            Some((two, _)) if two[0] == b'\n' => at += 1,
            Some((_, Some(two))) => match u8::from_str_radix(two, 16) {
                Ok(byte) => {
                    out.push(byte);
                    at += 2;
                }
                Err(_) => out.push(byte),
            },
            _ => out.push(byte),
        }
    }
    out
}

fn base64(text: &[u8]) -> Vec<u8> {
    let letters: Vec<u8> = text
        .iter()
        .copied()
        .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
        .collect();
    let whole = letters.len() - usize::from(letters.len() % 4 == 1);
    data_encoding::BASE64_NOPAD
        .decode(&letters[..whole])
        .or_else(|error| data_encoding::BASE64_NOPAD.decode(&letters[..error.position / 4 * 4]))
        .unwrap_or_default()
}
