//! Files to [`Document`]s: which reader reads which form.

use url::Url;

use super::ole::holds;
use super::sniff::{Form, form, is_page};
use super::{
    Document, DocumentKind, Reading, bundle, csv, doc, limits, office, pdf, ppt, rtf, saved, xls,
    xlsx,
};
use crate::thai::decode;

/// Reads a file of a kind.
pub(super) fn read(
    url: &Url,
    content_type: Option<&str>,
    kind: DocumentKind,
    body: &[u8],
) -> Document {
    let unread = |reading| Document::unread(kind, reading);
    if body.len() > limits::FILE {
        return unread(Reading::TooLarge);
    }
    let (form, body) = form(body);
    match (form, kind) {
        (Form::Pdf, _) => pdf::read(body),
        (Form::Image, _) => unread(Reading::Scanned),
        (Form::Gzip, _) => bundle::read_gzip(url, body),
        (Form::Zip, DocumentKind::Word | DocumentKind::Slides) => office::read(kind, body),
        (Form::Zip, DocumentKind::Sheet) => read_sheet(body),
        (Form::Zip, DocumentKind::Archive) => bundle::read_zip(url, body),
        (Form::Ole, _) if holds(body, "EncryptedPackage") => unread(Reading::Locked),
        (Form::Ole, DocumentKind::Word) => doc::read(body),
        (Form::Ole, DocumentKind::Slides) => ppt::read(body),
        (Form::Ole | Form::Xls, DocumentKind::Sheet) => xls::read(body),
        (Form::Rtf, _) => rtf::read(body),
        (Form::Mhtml, _) => saved::read_mhtml(url, kind, body),
        (Form::SheetXml, _) => xlsx::read_flat(flat(body, content_type).as_bytes()),
        (Form::OfficeXml(kind), _) => office::read_flat(kind, flat(body, content_type).as_bytes()),
        (Form::Html, _) => saved::read_html(url, content_type, kind, body),
        (Form::Text, DocumentKind::Word | DocumentKind::Sheet) if is_page(kind, body) => {
            saved::read_html(url, content_type, kind, body)
        }
        (Form::Text, DocumentKind::Sheet) => csv::read(&flat(body, content_type)),
        (Form::Text, DocumentKind::Word) => saved::read_text(content_type, body),
        _ => unread(Reading::Unsupported),
    }
}

/// XLSX or ODS: both are ZIP archives.
fn read_sheet(body: &[u8]) -> Document {
    match super::archive::Archive::open(body) {
        Ok(archive) if archive.has("content.xml") => office::read(DocumentKind::Sheet, body),
        _ => xlsx::read(body),
    }
}

/// A file that is one text.
fn flat(body: &[u8], content_type: Option<&str>) -> String {
    decode(&body[..body.len().min(limits::FLAT)], content_type)
}

#[cfg(test)]
mod tests;
