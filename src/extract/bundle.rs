//! ZIP archives of documents, and packed single files: what is inside is read as pages of one file.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use url::Url;

use super::archive::Archive;
use super::sniff::{Kind, kind};
use super::{Document, DocumentKind, Reading, document, limits};

/// Reads the documents of a ZIP archive. Archives in it stay closed.
pub(super) fn read_zip(url: &Url, body: &[u8]) -> Document {
    let mut archive = match Archive::open(body) {
        Ok(archive) => archive,
        Err(reading) => return Document::unread(DocumentKind::Archive, reading),
    };
    let mut bundle = Bundle::default();
    let mut files = 0;
    for name in archive.names() {
        let file = name.rsplit('/').next().unwrap_or_default();
        // Folders, and what operating systems leave behind.
        if file.is_empty()
            || file.starts_with('.')
            || name.starts_with("__MACOSX/")
            || file == "Thumbs.db"
        {
            continue;
        }
        files += 1;
        if files > limits::BUNDLED || bundle.is_full() {
            bundle.leave(1);
            continue;
        }
        match archive.part(&name) {
            Ok(part) => {
                let mut at = url.clone();
                at.set_path(&name);
                if let Some(mut inner) = read_inner(&at, &part.bytes) {
                    if !part.is_whole {
                        inner.unread_pages = inner.unread_pages.max(1);
                    }
                    bundle.add(file, inner);
                }
            }
            Err(reading) => bundle.fail(reading),
        }
    }
    bundle.finish(archive.is_broken())
}

/// Reads a file that was packed on its way.
pub(super) fn read_gzip(url: &Url, body: &[u8]) -> Document {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(body)
        .take(limits::PART)
        .read_to_end(&mut bytes);
    let mut at = url.clone();
    let path = url.path().to_owned();
    at.set_path(path.strip_suffix(".gz").unwrap_or(&path));
    let unread = |reading| Document::unread(DocumentKind::Archive, reading);
    if bytes.is_empty() {
        return unread(Reading::Damaged);
    }
    let mut document = read_inner(&at, &bytes).unwrap_or_else(|| unread(Reading::Unsupported));
    let is_cut = read.is_err() || bytes.len() as u64 == limits::PART;
    if is_cut && document.reading == Reading::Text {
        document.unread_pages = document.unread_pages.max(1);
    }
    document
}

/// A file of an archive; `None` for what no reader would look at.
fn read_inner(url: &Url, body: &[u8]) -> Option<Document> {
    match kind(url, None, body) {
        Kind::Other => None,
        Kind::Html => Some(document::read(url, None, DocumentKind::Word, body)),
        Kind::File(kind @ DocumentKind::Archive) => {
            Some(Document::unread(kind, Reading::Unsupported))
        }
        Kind::File(kind) => Some(document::read(url, None, kind, body)),
    }
}

/// Documents put together.
#[derive(Default)]
struct Bundle {
    pages: Vec<String>,
    names: Vec<String>,
    tables: Vec<super::Table>,
    bytes: usize,
    unread: u32,
    /// Why files could not be read, the first of each kind.
    reasons: Vec<Reading>,
}

impl Bundle {
    fn is_full(&self) -> bool {
        self.bytes > limits::TEXT || self.pages.len() > limits::BUNDLED_PAGES
    }

    /// So many files or pages stay unread.
    fn leave(&mut self, count: u32) {
        self.unread = self.unread.saturating_add(count);
    }

    fn fail(&mut self, reading: Reading) {
        self.leave(1);
        if !self.reasons.contains(&reading) {
            self.reasons.push(reading);
        }
    }

    fn add(&mut self, file: &str, inner: Document) {
        if inner.reading != Reading::Text {
            self.fail(inner.reading);
            return;
        }
        for at in 0..inner.pages.len() {
            let name = inner.page_name(at).unwrap_or_default();
            self.names
                .push(format!("{file} {name}").trim_end().to_owned());
        }
        self.bytes += inner.pages.iter().map(String::len).sum::<usize>();
        self.pages.extend(inner.pages);
        self.tables.extend(inner.tables);
        self.leave(inner.unread_pages);
    }

    fn finish(self, is_broken: bool) -> Document {
        // Pictures of papers can be read by a person: that outweighs a file that nobody can open.
        let best = [
            Reading::Scanned,
            Reading::Garbled,
            Reading::Locked,
            Reading::TooLarge,
            Reading::Damaged,
        ];
        let reading = if self.pages.iter().any(|page| !page.is_empty()) {
            Reading::Text
        } else if let Some(reading) = best.into_iter().find(|it| self.reasons.contains(it)) {
            reading
        } else if is_broken {
            Reading::Damaged
        } else {
            Reading::Unsupported
        };
        let has_text = reading == Reading::Text;
        Document {
            kind: DocumentKind::Archive,
            reading,
            unread_pages: self.unread + u32::from(is_broken && has_text && self.unread == 0),
            pages: if has_text { self.pages } else { Vec::new() },
            names: if has_text { self.names } else { Vec::new() },
            tables: self.tables,
        }
    }
}
