//! Bytes to things: HTML pages, PDF and office documents read into owned values. Pure and synchronous.

mod archive;
mod bundle;
mod csv;
mod doc;
mod document;
mod dom;
mod flow;
mod form;
mod format;
mod grid;
mod limits;
mod office;
mod ole;
mod page;
mod paper;
mod part;
mod pdf;
mod people;
mod ppt;
mod rtf;
mod salvage;
mod saved;
mod script;
mod sheet;
mod sniff;
mod table;
mod target;
mod xls;
mod xlsx;
mod xml;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::thai::clean;
use sniff::Kind;

/// Reads a body. Its kind is told from its bytes first; the Content-Type and the address only where bytes say nothing.
pub fn extract(url: &Url, content_type: Option<&str>, body: &[u8]) -> Extracted {
    match sniff::kind(url, content_type, body) {
        Kind::Html => Extracted::Page(page::read(url, content_type, body)),
        Kind::Other => Extracted::Other,
        Kind::File(kind) => Extracted::Document(document::read(url, content_type, kind, body)),
    }
}

/// Whether a body is a file rather than a page or nothing, told without opening it.
pub fn is_file(url: &Url, content_type: Option<&str>, body: &[u8]) -> bool {
    sniff::is_file(url, content_type, body)
}

/// What a file that cannot be read is likely to be, told without opening it.
pub fn likely_kind(url: &Url, body: &[u8]) -> DocumentKind {
    sniff::likely_kind(url, body)
}

/// Text in normal form on one line: a break in the source is a space to the reader.
fn one_line(text: &str) -> String {
    if text.contains(['\n', '\r', '\t']) {
        clean(&text.replace(['\n', '\r', '\t'], " "))
    } else {
        clean(text)
    }
}

/// What a body was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extracted {
    /// An HTML page.
    Page(Page),
    /// A file: PDF, Word, sheet, image…
    Document(Document),
    /// Nothing a reader would look at: style sheets, scripts, feeds, empty bodies.
    Other,
}

/// One HTML page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// `<title>`, cleaned of white space.
    pub title: String,
    /// The trail shown to the reader, home first.
    pub breadcrumb: Vec<String>,
    /// Headings and paragraphs in reading order.
    pub blocks: Vec<Block>,
    /// Every link, in reading order.
    pub links: Vec<Link>,
    /// Data tables (layout tables are read as blocks).
    pub tables: Vec<Table>,
    /// Forms a visitor can fill in.
    pub forms: Vec<Form>,
    /// Images of the content.
    pub images: Vec<Image>,
    /// People cards: name, position, photo, contacts.
    pub people: Vec<Person>,
    /// Pages embedded by `<frame>` and `<iframe>`.
    pub frames: Vec<Url>,
    /// A script fills it in a browser: an empty frame for it stands there, or hardly more than a request for JavaScript.
    pub scripted: bool,
}

/// Which part of a page something stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Masthead, navigation, side bar.
    Menu,
    /// What the page is about.
    #[default]
    Content,
    /// The foot of the page.
    Footer,
}

/// A heading or a paragraph (list item, table row, line).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where it stands.
    pub part: Part,
    /// 1 to 6 for a heading, 0 for text.
    pub level: u8,
    /// Its text in normal form (`thai::clean`).
    pub text: String,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Resolved, normalised target.
    pub to: Url,
    /// What the reader clicks: text, else image alt, else title attribute. May be empty.
    pub label: String,
    /// Text of the row the link stands in (list item, table row, paragraph), the label included.
    pub row: String,
    /// Headings above it, outermost first (also group captions such as `ปีงบประมาณ 2565`).
    pub under: Vec<String>,
    /// Where it stands.
    pub part: Part,
}

/// A data table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Caption, sheet name or the nearest heading above.
    pub title: String,
    /// Header cells; of a header of several rows, each column's cells joined.
    pub header: Vec<String>,
    /// Body rows.
    pub rows: Vec<Vec<String>>,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent; the page itself when not said.
    pub action: Url,
    /// Sent by POST.
    pub post: bool,
    /// Labels, names and placeholders of the fields a visitor fills in (hidden fields and buttons left out).
    pub fields: Vec<Field>,
    /// Text on its submit button.
    pub submit: String,
    /// The heading it stands under and its own legend.
    pub title: String,
    /// Where it stands.
    pub part: Part,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// text, textarea, email, tel, file, password, select, radio, checkbox, search…
    pub kind: String,
    /// Its label, placeholder or name.
    pub label: String,
}

/// An image of the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Resolved address; a `data:` URL is cut to its media type.
    pub src: String,
    /// Alternative text or title.
    pub alt: String,
    /// Where it stands.
    pub part: Part,
}

/// A person on a card or in a row: somebody's name, position, photo and contacts standing together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// With title: `นายประเวศ แสงวารีรัตน์`.
    pub name: String,
    /// `นายกองค์การบริหารส่วนตำบล`.
    pub position: String,
    /// Has a picture of their own.
    pub photo: bool,
    /// Phone numbers and e-mail addresses standing with the person.
    pub contacts: Vec<String>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// By its bytes, not by its name or Content-Type.
    pub kind: DocumentKind,
    /// Text per page (sheet, slide, page of a file in an archive), in normal form.
    pub pages: Vec<String>,
    /// What pages are called that have a name of their own: sheets, files in an archive. See [`Document::page_name`].
    pub names: Vec<String>,
    /// Tables with their headers, where the format has them.
    pub tables: Vec<Table>,
    /// How well it could be read.
    pub reading: Reading,
    /// Pages that hold no readable text (scans among text, broken text layers, pages beyond the limit).
    pub unread_pages: u32,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// PDF.
    Pdf,
    /// DOCX, DOC, ODT, RTF, TXT.
    Word,
    /// XLSX, XLS, ODS, CSV.
    Sheet,
    /// PPTX, PPT, ODP.
    Slides,
    /// JPEG, PNG, GIF…
    Image,
    /// ZIP, RAR.
    Archive,
    /// Something else to download.
    Unknown,
}

/// How well a machine could read a file. Everything but `Text` is a reason to answer `unsure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// All of it.
    Text,
    /// Pictures of text: a scan or an image.
    Scanned,
    /// There is a text layer and it is not what a person sees.
    Garbled,
    /// Needs a password.
    Locked,
    /// Broken or cut off.
    Damaged,
    /// Larger than any document is, as it stands or unpacked.
    TooLarge,
    /// Its reader took more time than any document takes.
    OverTime,
    /// Its reader asked for more memory than any document takes.
    OverMemory,
    /// A format that is not read yet.
    Unsupported,
}

impl Document {
    /// A file that could not be read at all.
    pub fn unread(kind: DocumentKind, reading: Reading) -> Self {
        Self {
            kind,
            pages: Vec::new(),
            names: Vec::new(),
            tables: Vec::new(),
            reading,
            unread_pages: 0,
        }
    }

    /// What to call a page where it is quoted: `หน้า 3`, `แผ่นงาน ก.พ. 65`, `สไลด์ 2`, in an archive `แผน.pdf หน้า 3`.
    /// `None` for the only page of a file.
    pub fn page_name(&self, at: usize) -> Option<String> {
        if self.pages.len() < 2 && self.kind != DocumentKind::Archive {
            return None;
        }
        if let Some(name) = self.names.get(at).filter(|name| !name.is_empty()) {
            return Some(name.clone());
        }
        let number = at + 1;
        Some(if self.kind == DocumentKind::Slides {
            format!("สไลด์ {number}")
        } else {
            format!("หน้า {number}")
        })
    }
}
