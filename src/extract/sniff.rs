//! What a body is, told from its bytes.

use std::io::{Cursor, Read};

use url::Url;

use super::DocumentKind;
use super::ole::holds;

/// How far into a body an opening tag is looked for.
const HEAD: usize = 4096;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    File(DocumentKind),
    Other,
}

/// What a body is: by its first bytes, then by its markup, then by its declared type and its name.
pub(super) fn kind(url: &Url, content_type: Option<&str>, body: &[u8]) -> Kind {
    if let Some(kind) = by_magic(body) {
        return Kind::File(kind);
    }
    let head = &body[..body.len().min(HEAD)];
    if head.iter().all(u8::is_ascii_whitespace) {
        return Kind::Other;
    }
    let text = text_head(head);
    let declared = content_type
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let path = url.path().to_ascii_lowercase();
    if let Some(kind) = by_markup(&text) {
        return kind;
    }
    let is_binary = head.contains(&0);
    if !is_binary && (path.ends_with(".csv") || declared == "text/csv") {
        return Kind::File(DocumentKind::Sheet);
    }
    if is_data(&declared, &path, &text) {
        return Kind::Other;
    }
    if is_binary {
        return Kind::File(DocumentKind::Unknown);
    }
    match declared.as_str() {
        "text/html" | "application/xhtml+xml" => Kind::Html,
        "text/plain" if path.ends_with(".txt") => Kind::Other,
        _ if has_tag(&text) => Kind::Html,
        "" | "text/plain" => Kind::Other,
        kind if kind.starts_with("text/") => Kind::Other,
        _ => Kind::File(DocumentKind::Unknown),
    }
}

fn by_magic(body: &[u8]) -> Option<DocumentKind> {
    // Some servers put white space or a byte order mark in front.
    let start = body
        .iter()
        .take(1024)
        .position(|b| !b.is_ascii_whitespace() && !matches!(b, 0xEF | 0xBB | 0xBF))
        .unwrap_or(0);
    let body = &body[start..];
    let has = |magic: &[u8]| body.starts_with(magic);
    if has(b"%PDF-") {
        return Some(DocumentKind::Pdf);
    }
    if has(b"PK\x03\x04") || has(b"PK\x05\x06") {
        return Some(in_zip(body));
    }
    if has(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Some(in_ole(body));
    }
    if has(b"{\\rtf") {
        return Some(DocumentKind::Word);
    }
    let is_image = has(b"\xFF\xD8\xFF")
        || has(b"\x89PNG\r\n")
        || has(b"GIF87a")
        || has(b"GIF89a")
        || has(b"II*\0")
        || has(b"MM\0*")
        || has(b"BM") && body.get(6..10) == Some(&[0; 4])
        || has(b"RIFF") && body.get(8..12) == Some(b"WEBP")
        || has(b"\0\0\x01\0")
        || body
            .get(4..12)
            .is_some_and(|b| b == b"ftypavif" || b == b"ftypheic");
    if is_image {
        return Some(DocumentKind::Image);
    }
    if has(b"Rar!\x1A\x07") || has(b"7z\xBC\xAF\x27\x1C") || has(b"\x1F\x8B") {
        return Some(DocumentKind::Archive);
    }
    // Junk before the header: readers accept it within the first kilobyte.
    let is_late_pdf = body.len() > 1024
        && body[..1024].windows(5).any(|b| b == b"%PDF-")
        && !body[..1024].contains(&b'<');
    is_late_pdf.then_some(DocumentKind::Pdf)
}

/// Office files are ZIP archives that hold a known part.
fn in_zip(body: &[u8]) -> DocumentKind {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(body)) else {
        return by_names(&body[..body.len().min(HEAD)]);
    };
    let names: Vec<String> = archive
        .file_names()
        .take(10_000)
        .flatten()
        .map(|name| name.into_owned())
        .collect();
    let is_open = names.iter().any(|name| name == "content.xml");
    if is_open && let Ok(mimetype) = archive.by_name("mimetype") {
        let mut kind = Vec::new();
        // What could not be read is not the name of a kind.
        let _ = mimetype.take(200).read_to_end(&mut kind);
        return by_names(&kind);
    }
    let holds = |folder: &str| names.iter().any(|name| name.starts_with(folder));
    if holds("word/") {
        DocumentKind::Word
    } else if holds("xl/") {
        DocumentKind::Sheet
    } else if holds("ppt/") {
        DocumentKind::Slides
    } else {
        DocumentKind::Archive
    }
}

/// A cut archive still names its first parts.
fn by_names(head: &[u8]) -> DocumentKind {
    let has = |name: &[u8]| head.windows(name.len()).any(|b| b == name);
    if has(b"word/") || has(b"opendocument.text") {
        DocumentKind::Word
    } else if has(b"xl/") || has(b"opendocument.spreadsheet") {
        DocumentKind::Sheet
    } else if has(b"ppt/") || has(b"opendocument.presentation") {
        DocumentKind::Slides
    } else {
        DocumentKind::Archive
    }
}

fn in_ole(body: &[u8]) -> DocumentKind {
    let has = |name| holds(body, name);
    if has("WordDocument") {
        DocumentKind::Word
    } else if has("Workbook") || has("Book") {
        DocumentKind::Sheet
    } else if has("PowerPoint Document") {
        DocumentKind::Slides
    } else {
        DocumentKind::Unknown
    }
}

/// The head of a body as ASCII; UTF-16 pages keep their letters.
fn text_head(head: &[u8]) -> String {
    let is_wide = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    head.iter()
        .filter(|&&b| !(is_wide && b == 0))
        .map(|&b| {
            if b.is_ascii() {
                b.to_ascii_lowercase() as char
            } else {
                '?'
            }
        })
        .collect::<String>()
        .trim_start_matches(|c: char| c == '?' || c.is_whitespace())
        .to_owned()
}

fn by_markup(text: &str) -> Option<Kind> {
    if !text.starts_with('<') {
        return None;
    }
    // XHTML begins like XML: the first element decides.
    let mut rest = text;
    while rest.starts_with("<?") || rest.starts_with("<!--") {
        let end = if rest.starts_with("<?") { "?>" } else { "-->" };
        rest = rest
            .find(end)
            .map_or("", |at| &rest[at + end.len()..])
            .trim_start();
    }
    let other = [
        "<rss",
        "<feed",
        "<rdf",
        "<urlset",
        "<sitemapindex",
        "<svg",
        "<error",
        "<methodresponse",
    ];
    if other.iter().any(|tag| rest.starts_with(tag)) {
        return Some(Kind::Other);
    }
    let html = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<frameset",
        "<script",
        "<style",
        "<title",
        "<meta",
        "<table",
        "<div",
        "<p",
        "<center",
        "<font",
        "<b",
        "<a ",
        "<h1",
        "<h2",
        "<h3",
        "<br",
        "<ul",
        "<img",
        "<link",
        "<span",
        "<form",
    ];
    html.iter()
        .any(|tag| rest.starts_with(tag))
        .then_some(Kind::Html)
}

/// Data for programs.
fn is_data(declared: &str, path: &str, text: &str) -> bool {
    let by_type = [
        "json",
        "javascript",
        "ecmascript",
        "css",
        "xml",
        "font",
        "audio/",
        "video/",
        "calendar",
    ]
    .iter()
    .any(|word| declared.contains(word))
        && !declared.contains("xhtml")
        && !declared.contains("officedocument");
    let by_name = [
        ".css", ".js", ".json", ".xml", ".rss", ".woff", ".woff2", ".ttf", ".ics", ".mp4", ".mp3",
        ".map",
    ]
    .iter()
    .any(|end| path.ends_with(end));
    by_type || by_name || text.starts_with('{') || text.starts_with("[{")
}

/// A page that begins with words still has tags.
fn has_tag(text: &str) -> bool {
    [
        "<html", "<body", "<table", "<div", "<p>", "<br", "<a href", "<meta", "<script",
    ]
    .iter()
    .any(|tag| text.contains(tag))
}
