//! What a body is, told from its bytes.

use url::Url;

use super::DocumentKind;
use super::archive::Archive;
use super::ole::{holds, stream_with};
use super::xls;
use crate::thai::{decode, is_thai};

/// How far into a body an opening tag is looked for.
const HEAD: usize = 4096;
/// Letters of Thai that make a text of a file named `.txt`.
const THAI_TEXT: usize = 20;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    File(DocumentKind),
    Other,
}

/// How a body is written, told from its bytes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Pdf,
    Image,
    Zip,
    Gzip,
    /// RAR, 7z.
    Packed,
    /// The container of old office files.
    Ole,
    /// Records of an old workbook without container.
    Xls,
    Rtf,
    /// A web archive.
    Mhtml,
    /// XML Spreadsheet 2003.
    SheetXml,
    /// A document in one XML text: Word 2003, flat ODF.
    OfficeXml(DocumentKind),
    Html,
    /// Feeds, site maps, drawings.
    Markup,
    Text,
    Binary,
}

/// What a body is: by its first bytes, then by its markup, then by its declared type and its name.
pub(super) fn kind(url: &Url, content_type: Option<&str>, body: &[u8]) -> Kind {
    let declared = content_type
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let path = url.path().to_ascii_lowercase();
    let named = by_name(&path);
    let (form, body) = form(body);
    let head = &body[..body.len().min(HEAD)];
    match form {
        Form::Pdf => Kind::File(DocumentKind::Pdf),
        Form::Image => Kind::File(DocumentKind::Image),
        Form::Zip => Kind::File(in_zip(body)),
        Form::Gzip | Form::Packed => Kind::File(DocumentKind::Archive),
        Form::Ole => Kind::File(in_ole(body, named)),
        Form::Xls | Form::SheetXml => Kind::File(DocumentKind::Sheet),
        Form::Rtf => Kind::File(DocumentKind::Word),
        Form::OfficeXml(kind) => Kind::File(kind),
        Form::Mhtml if named == Some(DocumentKind::Sheet) || is_by_excel(head) => {
            Kind::File(DocumentKind::Sheet)
        }
        Form::Mhtml => Kind::File(DocumentKind::Word),
        Form::Markup => Kind::Other,
        Form::Html => saved_as(&declared, named, head).map_or(Kind::Html, Kind::File),
        Form::Text => in_text(&declared, &path, named, body),
        Form::Binary if is_data(&declared, &path, "") => Kind::Other,
        Form::Binary => Kind::File(DocumentKind::Unknown),
    }
}

/// Whether a body is a file. Archives are not opened for it: only a child opens what a stranger packed.
pub(super) fn is_file(url: &Url, content_type: Option<&str>, body: &[u8]) -> bool {
    matches!(form(body).0, Form::Zip | Form::Ole)
        || matches!(kind(url, content_type, body), Kind::File(_))
}

/// What a file is by its first bytes and its name, where it cannot be opened.
pub(super) fn likely_kind(url: &Url, body: &[u8]) -> DocumentKind {
    match form(body).0 {
        Form::Pdf => DocumentKind::Pdf,
        Form::Image => DocumentKind::Image,
        Form::Rtf => DocumentKind::Word,
        _ => by_name(&url.path().to_ascii_lowercase()).unwrap_or(DocumentKind::Unknown),
    }
}

/// How a body is written, and the body without what was put in front of it.
pub(super) fn form(body: &[u8]) -> (Form, &[u8]) {
    let (form, from) = by_magic(body);
    let body = &body[from..];
    let form = form.unwrap_or_else(|| {
        let head = &body[..body.len().min(HEAD)];
        let text = text_head(head);
        let is_wide = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
        if text.starts_with("mime-version:")
            || text.starts_with("from:") && text.contains("\nmime-version:")
        {
            Form::Mhtml
        } else if let Some(form) = by_markup(&text) {
            form
        } else if head.contains(&0) && !is_wide {
            Form::Binary
        } else {
            Form::Text
        }
    });
    (form, body)
}

fn by_magic(body: &[u8]) -> (Option<Form>, usize) {
    if xls::is_bare(body) {
        return (Some(Form::Xls), 0);
    }
    // Some servers put white space or a byte order mark in front.
    let start = body
        .iter()
        .take(1024)
        .position(|b| !b.is_ascii_whitespace() && !matches!(b, 0xEF | 0xBB | 0xBF))
        .unwrap_or(0);
    let rest = &body[start..];
    let has = |magic: &[u8]| rest.starts_with(magic);
    let is_image = has(b"\xFF\xD8\xFF")
        || has(b"\x89PNG\r\n")
        || has(b"GIF87a")
        || has(b"GIF89a")
        || has(b"II*\0")
        || has(b"MM\0*")
        || has(b"BM") && rest.get(6..10) == Some(&[0; 4])
        || has(b"RIFF") && rest.get(8..12) == Some(b"WEBP")
        || has(b"\0\0\x01\0")
        || rest
            .get(4..12)
            .is_some_and(|b| b == b"ftypavif" || b == b"ftypheic");
    let form = if has(b"%PDF-") {
        Form::Pdf
    } else if has(b"PK\x03\x04") || has(b"PK\x05\x06") {
        Form::Zip
    } else if has(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Form::Ole
    } else if has(b"{\\rtf") {
        Form::Rtf
    } else if is_image {
        Form::Image
    } else if has(b"Rar!\x1A\x07") || has(b"7z\xBC\xAF\x27\x1C") {
        Form::Packed
    } else if has(b"\x1F\x8B\x08") {
        Form::Gzip
    } else if let Some(start) = late_pdf(body) {
        return (Some(Form::Pdf), start);
    } else {
        return (None, 0);
    };
    (Some(form), start)
}

/// Junk before the header: headers of the server, warnings of its scripts. A page that only speaks of PDF has no objects.
fn late_pdf(body: &[u8]) -> Option<usize> {
    let head = &body[..body.len().min(HEAD)];
    let start = head.windows(5).position(|b| b == b"%PDF-")?;
    let rest = &body[start..body.len().min(start + HEAD)];
    let is_numbered = rest.get(5).is_some_and(u8::is_ascii_digit);
    (is_numbered && rest.windows(4).any(|b| b == b" obj")).then_some(start)
}

/// Office files are ZIP archives that hold a known part.
fn in_zip(body: &[u8]) -> DocumentKind {
    let Ok(mut archive) = Archive::open(body) else {
        return by_words(&body[..body.len().min(HEAD)]);
    };
    // Open documents say first what they are.
    if let Ok(mimetype) = archive.part("mimetype") {
        let kind = by_words(&mimetype.bytes[..mimetype.bytes.len().min(200)]);
        if kind != DocumentKind::Archive {
            return kind;
        }
    }
    let names = archive.names();
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
fn by_words(head: &[u8]) -> DocumentKind {
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

fn in_ole(body: &[u8], named: Option<DocumentKind>) -> DocumentKind {
    let has = |name| holds(body, name);
    if has("WordDocument") {
        DocumentKind::Word
    } else if has("Workbook") || has("Book") {
        DocumentKind::Sheet
    } else if has("PowerPoint Document") {
        DocumentKind::Slides
    } else if has("EncryptedPackage") {
        // Office files with a password are wrapped whole.
        named.unwrap_or(DocumentKind::Unknown)
    } else {
        // The directory is lost: what do its streams begin with?
        let begins = |test: fn(&[u8]) -> bool| stream_with(body, test).is_some();
        if begins(|stream| stream.starts_with(&[0xEC, 0xA5])) {
            DocumentKind::Word
        } else if begins(xls::is_bare) {
            DocumentKind::Sheet
        } else {
            named.unwrap_or(DocumentKind::Unknown)
        }
    }
}

/// The kind that a name promises.
fn by_name(path: &str) -> Option<DocumentKind> {
    match path.rsplit_once('.')?.1 {
        "docx" | "doc" | "rtf" | "odt" => Some(DocumentKind::Word),
        "xlsx" | "xls" | "ods" | "csv" => Some(DocumentKind::Sheet),
        "pptx" | "ppt" | "odp" => Some(DocumentKind::Slides),
        _ => None,
    }
}

/// The kind that a Content-Type promises.
fn by_type(declared: &str) -> Option<DocumentKind> {
    if [
        "excel",
        "spreadsheet",
        "csv",
        "tab-separated",
        "comma-separated",
    ]
    .iter()
    .any(|word| declared.contains(word))
    {
        Some(DocumentKind::Sheet)
    } else if ["msword", "ms-word", "wordprocessing", "rtf"]
        .iter()
        .any(|word| declared.contains(word))
    {
        Some(DocumentKind::Word)
    } else {
        None
    }
}

/// HTML that is a file: a program exported it, or the server hands it out as one. A page that stands where a file
/// should be (`ไม่พบไฟล์`) is a page.
fn saved_as(declared: &str, named: Option<DocumentKind>, head: &[u8]) -> Option<DocumentKind> {
    let promised = by_type(declared);
    if promised.is_some() {
        return promised;
    }
    let is_download = matches!(
        declared,
        "" | "application/octet-stream"
            | "application/force-download"
            | "application/download"
            | "application/x-download"
    );
    named.filter(|_| is_download || is_by_excel(head) || is_by_word(head))
}

fn is_by_excel(head: &[u8]) -> bool {
    let text = text_head(head);
    text.contains("urn:schemas-microsoft-com:office:excel") || text.contains("excel.sheet")
}

fn is_by_word(head: &[u8]) -> bool {
    let text = text_head(head);
    text.contains("urn:schemas-microsoft-com:office:word") || text.contains("word.document")
}

/// What a text is that does not begin with a tag.
fn in_text(declared: &str, path: &str, named: Option<DocumentKind>, body: &[u8]) -> Kind {
    let head = &body[..body.len().min(HEAD)];
    let text = text_head(head);
    if text.is_empty() && !body.iter().take(HEAD).any(|b| !b.is_ascii()) {
        return Kind::Other;
    }
    let is_tagged = has_tag(&text);
    if path.ends_with(".csv") || path.ends_with(".tsv") || declared.contains("csv") {
        return Kind::File(DocumentKind::Sheet);
    }
    if is_tagged && let Some(kind) = saved_as(declared, named, head) {
        return Kind::File(kind);
    }
    let is_separated = || {
        let lines = text.lines().filter(|line| line.contains(['\t', ',', ';']));
        lines.count() >= 2
    };
    match by_type(declared).or(named) {
        _ if is_tagged => {}
        Some(DocumentKind::Sheet) if is_separated() => return Kind::File(DocumentKind::Sheet),
        Some(DocumentKind::Word) if declared != "text/html" && is_thai_text(head) => {
            return Kind::File(DocumentKind::Word);
        }
        _ => {}
    }
    if is_data(declared, path, &text) {
        return Kind::Other;
    }
    match declared {
        "text/html" | "application/xhtml+xml" => Kind::Html,
        _ if path.ends_with(".txt") && is_thai_text(head) => Kind::File(DocumentKind::Word),
        "text/plain" if path.ends_with(".txt") => Kind::Other,
        _ if is_tagged => Kind::Html,
        "" | "text/plain" => Kind::Other,
        kind if kind.starts_with("text/") => Kind::Other,
        _ => Kind::File(DocumentKind::Unknown),
    }
}

/// Whether a text that does not begin with a tag is a page; values of a list may have tags in them.
pub(super) fn is_page(kind: DocumentKind, body: &[u8]) -> bool {
    let text = text_head(&body[..body.len().min(HEAD)]);
    match kind {
        DocumentKind::Sheet => text.contains("<table") || text.contains("<tr"),
        _ => has_tag(&text),
    }
}

/// Words for people, not settings for programs.
fn is_thai_text(head: &[u8]) -> bool {
    decode(head, None)
        .chars()
        .filter(|&c| is_thai(c))
        .take(THAI_TEXT)
        .count()
        == THAI_TEXT
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

fn by_markup(text: &str) -> Option<Form> {
    if !text.starts_with('<') {
        return None;
    }
    if text.contains("<workbook") && text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Some(Form::SheetXml);
    }
    if text.contains("<w:worddocument") || text.contains("<pkg:package") {
        return Some(Form::OfficeXml(DocumentKind::Word));
    }
    if text.contains("<office:document ") {
        let kind = by_words(text.as_bytes());
        return (kind != DocumentKind::Archive).then_some(Form::OfficeXml(kind));
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
        return Some(Form::Markup);
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
        .then_some(Form::Html)
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
