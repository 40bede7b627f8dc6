//! DOCX, PPTX, ODT, ODP, ODS and their one-file forms: text and tables out of XML, by names that the families share.

use quick_xml::events::BytesStart;

use super::archive::Archive;
use super::paper::{Cell, Paper};
use super::xml::{Node, attribute, number, walk};
use super::{Document, DocumentKind, Reading, limits};

/// Reads DOCX, PPTX, ODT, ODP or ODS.
pub(super) fn read(kind: DocumentKind, body: &[u8]) -> Document {
    read_archive(kind, body).unwrap_or_else(|reading| Document::unread(kind, reading))
}

/// Reads a document that is one XML text: Word 2003, flat ODF.
pub(super) fn read_flat(kind: DocumentKind, xml: &[u8]) -> Document {
    let mut writing = Writing::new(kind);
    writing.read(xml);
    writing.paper.into_document(kind)
}

fn read_archive(kind: DocumentKind, body: &[u8]) -> Result<Document, Reading> {
    let mut archive = Archive::open(body)?;
    let mut writing = Writing::new(kind);
    if archive.is_broken() {
        writing.paper.breaks();
    }
    let names = archive.names();
    let starting = |folder: &str, starts: &[&str]| -> Vec<String> {
        names
            .iter()
            .filter(|name| name.ends_with(".xml"))
            .filter(|name| {
                name.strip_prefix(folder)
                    .is_some_and(|rest| starts.iter().any(|start| rest.starts_with(start)))
            })
            .cloned()
            .collect()
    };
    if archive.has("content.xml") {
        writing.read_part(&mut archive, "content.xml")?;
    } else if kind == DocumentKind::Slides {
        for name in starting("ppt/slides/", &["slide"])
            .iter()
            .take(limits::SLIDES)
        {
            writing.read_around(&mut archive, name);
            writing.paper.end_page();
        }
    } else {
        for name in starting("word/", &["header"]) {
            writing.read_around(&mut archive, &name);
        }
        // Word for the web calls it `document2.xml`.
        let main = starting("word/", &["document"]);
        let main = main.first().map_or("word/document.xml", String::as_str);
        let told = writing.read_part(&mut archive, main);
        for name in starting("word/", &["footer", "footnotes", "endnotes"]) {
            writing.read_around(&mut archive, &name);
        }
        told?;
    }
    Ok(writing.paper.into_document(kind))
}

/// Reads XML into a paper.
struct Writing {
    paper: Paper,
    kind: DocumentKind,
    /// Elements open around what is read, and the one that is left out with all that it holds.
    depth: usize,
    skipped: Option<usize>,
    /// Open elements that hold text, and open runs whose text is hidden.
    letters: usize,
    runs: usize,
    is_hidden: bool,
}

impl Writing {
    fn new(kind: DocumentKind) -> Self {
        Self {
            paper: Paper::default(),
            kind,
            depth: 0,
            skipped: None,
            letters: 0,
            runs: 0,
            is_hidden: false,
        }
    }

    fn read_part(&mut self, archive: &mut Archive, name: &str) -> Result<(), Reading> {
        let part = archive.part(name)?;
        self.read(&part.bytes);
        if !part.is_whole {
            self.paper.cut();
        }
        Ok(())
    }

    /// A part beside the text itself: when it is lost the rest is still worth reading.
    fn read_around(&mut self, archive: &mut Archive, name: &str) {
        if self.read_part(archive, name).is_err() {
            self.paper.breaks();
        }
    }

    fn read(&mut self, xml: &[u8]) {
        (self.depth, self.skipped, self.letters, self.runs) = (0, None, 0, 0);
        let is_sound = walk(xml, |node| {
            match node {
                Node::Open(name, tag) => {
                    self.depth += 1;
                    if self.skipped.is_none() && is_skipped(name, tag) {
                        self.skipped = Some(self.depth);
                    }
                    if self.skipped.is_none() {
                        self.letters += usize::from(is_text(name));
                        self.open(name, tag);
                    }
                }
                Node::Text(text) => {
                    if self.skipped.is_none() && self.letters > 0 && !self.is_hidden {
                        self.paper.text(text);
                    }
                }
                Node::Close(name) => {
                    if self.skipped.is_none() {
                        self.letters -= usize::from(is_text(name) && self.letters > 0);
                        self.close(name);
                    }
                    if self.skipped == Some(self.depth) {
                        self.skipped = None;
                    }
                    self.depth = self.depth.saturating_sub(1);
                }
            }
            !self.paper.is_full()
        });
        if !is_sound {
            self.paper.breaks();
        }
    }

    fn open(&mut self, name: &str, tag: &BytesStart) {
        let is_sheet = self.kind == DocumentKind::Sheet;
        let paper = &mut self.paper;
        match name {
            "tbl" | "table" if is_sheet && !paper.is_in_table() => {
                paper.open_sheet(&attribute(tag, "name").unwrap_or_default());
            }
            "tbl" | "table" => paper.open_table(),
            "tr" | "table-row" => {
                paper.open_row(number(tag, "number-rows-repeated").unwrap_or(1));
            }
            "tc" | "table-cell" | "covered-table-cell" => paper.open_cell(shape(tag)),
            "gridSpan" => {
                if let (Some(cell), Some(span)) = (paper.shape(), number(tag, "val")) {
                    cell.span = span;
                }
            }
            "vMerge" => {
                if let Some(cell) = paper.shape() {
                    cell.is_merged = attribute(tag, "val").as_deref() != Some("restart");
                }
            }
            "tblHeader" => paper.mark_header(true),
            "txbxContent" | "text-box" | "note-body" => paper.open_box(),
            "tab" => paper.text("\t"),
            "br" if attribute(tag, "type").as_deref() == Some("page") => paper.break_page(),
            "lastRenderedPageBreak" | "soft-page-break" => paper.break_page(),
            "br" | "cr" | "line-break" => paper.text("\n"),
            "s" => paper.text(" "),
            "noBreakHyphen" => paper.text("-"),
            "r" => self.runs += 1,
            // Hidden text of a run; of a paragraph it hides the mark at its end.
            "vanish" if self.runs > 0 => {
                self.is_hidden = !matches!(attribute(tag, "val").as_deref(), Some("0" | "false"));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        let is_sheet = self.kind == DocumentKind::Sheet;
        let paper = &mut self.paper;
        match name {
            "p" | "h" => paper.end_paragraph(),
            "tc" | "table-cell" | "covered-table-cell" => paper.end_cell(),
            "tr" | "table-row" => paper.end_row(),
            "tbl" | "table" if is_sheet => paper.end_sheet(),
            "tbl" | "table" => paper.end_table(),
            "page" if self.kind == DocumentKind::Slides => paper.end_page(),
            "table-header-rows" => paper.mark_header(false),
            "txbxContent" | "text-box" | "note-body" => paper.close_box(),
            "r" => {
                self.runs = self.runs.saturating_sub(1);
                self.is_hidden = false;
            }
            _ => {}
        }
    }
}

/// The shape of a cell as its tag tells it.
fn shape(tag: &BytesStart) -> Cell {
    // Covered cells follow a spanning one in ODF and on slides; in a Word table they do not.
    Cell {
        span: 1,
        repeat: number(tag, "number-columns-repeated").unwrap_or(1),
        is_merged: attribute(tag, "vMerge").is_some_and(|merge| merge == "1")
            || attribute(tag, "hMerge").is_some_and(|merge| merge == "1"),
    }
}

/// Deleted text, field codes, fallbacks that repeat what was said, comments, notes of the speaker.
fn is_skipped(name: &str, tag: &BytesStart) -> bool {
    match name {
        "del" | "delText" | "instrText" | "Fallback" | "tracked-changes" | "annotation"
        | "moveFrom" | "automatic-styles" | "font-face-decls" | "notes" | "binData"
        | "binary-data" | "note-citation" | "styles" | "master-styles" | "docDefaults"
        | "DocumentProperties" => true,
        // A sheet or slide that nobody sees.
        "sld" => attribute(tag, "show").is_some_and(|show| show == "0"),
        _ => false,
    }
}

fn is_text(name: &str) -> bool {
    matches!(name, "t" | "p" | "h")
}
