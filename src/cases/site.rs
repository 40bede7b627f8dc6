//! The website of a case: its capture, and its files as a reader would have read them.

use std::path::Path;

use jiff::Timestamp;
use minijinja::HtmlEscape;
use pulldown_cmark::{Options, Parser, html};
use url::Url;

use super::{Address, Case, State};
use crate::agency::Agency;
use crate::extract::{Document, DocumentKind, Reading, Table, likely_kind};
use crate::fetch::capture::{Capture, Response, SkipReason, Skipped, Stop, Visit};
use crate::reading::Documents;
use crate::site::Site;

/// The website of a case, read.
pub fn site(case: &Case) -> Site {
    let capture = capture(case);
    let mut files = Documents::new();
    for address in &case.addresses {
        let visit = capture.visits.iter().find(|visit| visit.url == address.url);
        let Some(Ok(response)) = visit.map(|visit| &visit.result) else {
            continue;
        };
        if response.has_content()
            && let Some(document) = document(address)
        {
            files.insert(&response.body[..], document);
        }
    }
    Site::build_with(&capture, Some(case.agency.clone()), files)
}

fn capture(case: &Case) -> Capture {
    let mut capture = Capture {
        home: case.home.clone(),
        taken_on: case.taken_on,
        visits: Vec::new(),
        skipped: Vec::new(),
        traps: Vec::new(),
        stop: (!case.complete).then_some(Stop::Pages),
        digest: None,
    };
    if !case.addresses.iter().any(|address| address.path == "/") {
        let front = page(&case.agency, &case.agency.name, &front(case));
        capture
            .visits
            .push(visit(case.home.clone(), 200, None, "text/html", front));
    }
    for address in &case.addresses {
        let at = address.url.clone();
        if address.states.contains(&State::Robots) {
            let why = SkipReason::Robots;
            capture.skipped.push(Skipped {
                url: at,
                found: None,
                why,
            });
            continue;
        }
        let (mut status, mut location) = (200, None);
        for state in &address.states {
            match state {
                State::Status(code) => status = *code,
                State::Moved(to) => (status, location) = (302, Some(to.as_str())),
                _ => {}
            }
        }
        let (kind, body) = match kind(&address.url) {
            // Bytes that no other file has: files are known by them.
            Some(_) => (
                "application/octet-stream",
                format!("{}\n{}", address.path, address.text),
            ),
            None => ("text/html", page_of(case, address)),
        };
        capture.visits.push(visit(at, status, location, kind, body));
    }
    capture
}

fn visit(url: Url, status: u16, location: Option<&str>, kind: &str, body: String) -> Visit {
    let mut headers = vec![("content-type".to_owned(), format!("{kind}; charset=utf-8"))];
    headers.extend(location.map(|to| ("location".to_owned(), to.to_owned())));
    Visit {
        url,
        found: None,
        at: Timestamp::UNIX_EPOCH,
        result: Ok(Response {
            status,
            headers,
            body: body.into(),
            truncated: None,
        }),
    }
}

/// What kind of file an address ends in; `None` for a page.
pub(super) fn kind(url: &Url) -> Option<DocumentKind> {
    let ending = Path::new(url.path())
        .extension()?
        .to_str()?
        .to_ascii_lowercase();
    Some(match ending.as_str() {
        "pdf" => DocumentKind::Pdf,
        "jpg" | "jpeg" | "png" | "gif" | "webp" => DocumentKind::Image,
        "zip" | "rar" => DocumentKind::Archive,
        _ => Some(likely_kind(url, b"")).filter(|kind| *kind != DocumentKind::Unknown)?,
    })
}

/// A home page for a case that has none: a menu of every page and file that no other page links to.
fn front(case: &Case) -> String {
    let is_linked = |path: &str| {
        let inner = [
            format!("]({path})"),
            format!("\"{path}\""),
            format!("'{path}'"),
        ];
        let mut others = case.addresses.iter().filter(|other| other.path != path);
        others.any(|other| inner.iter().any(|link| other.text.contains(link.as_str())))
    };
    let rows: String = case
        .addresses
        .iter()
        .filter(|one| !one.states.contains(&State::Unlinked) && !is_linked(&one.path))
        .map(|one| {
            let label = if one.label.is_empty() {
                &one.path
            } else {
                &one.label
            };
            format!(
                "<li><a href=\"{}\">{}</a></li>",
                escaped(&one.path),
                escaped(label)
            )
        })
        .collect();
    let name = escaped(&case.agency.name);
    format!("<nav><ul>{rows}</ul></nav><main><p>ยินดีต้อนรับสู่เว็บไซต์{name}</p></main>")
}

/// A page as HTML: its own, or made of Markdown.
fn page_of(case: &Case, address: &Address) -> String {
    let text = address.text.trim_start();
    let own = text.get(..5).unwrap_or_default().to_ascii_lowercase();
    if own == "<!doc" || own == "<html" {
        return text.to_owned();
    }
    let mut inner = String::new();
    let is_home = address.path == "/";
    if !address.label.is_empty() && !text.starts_with("# ") && !is_home {
        inner.push_str(&format!("<h1>{}</h1>\n", escaped(&address.label)));
    }
    let text = with_rules(text);
    html::push_html(&mut inner, Parser::new_ext(&text, Options::ENABLE_TABLES));
    let title = match (is_home, address.label.is_empty()) {
        (true, _) => case.agency.name.clone(),
        (false, true) => heading(&text).to_owned(),
        (false, false) => address.label.clone(),
    };
    page(&case.agency, &title, &format!("<main>{inner}</main>"))
}

/// Markdown as officers write it: a table without the line of dashes under its header gets one, and what follows HTML
/// begins anew.
fn with_rules(text: &str) -> String {
    let is_row = |line: &str| line.trim_start().starts_with('|');
    let is_html = |line: &str| line.trim_end().ends_with('>') && line.contains('<');
    let mut out = String::with_capacity(text.len() + 64);
    let mut before = "";
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.trim().is_empty() && is_html(before) && !line.trim_start().starts_with('<') {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        let is_header = is_row(line) && !is_row(before);
        let dashes = |line: &&str| is_row(line) && line.contains("---");
        if is_header
            && lines
                .peek()
                .is_some_and(|next| is_row(next) && !dashes(next))
        {
            let cells = line.trim().trim_matches('|').split('|').count();
            out.push_str(&format!("|{}\n", "---|".repeat(cells)));
        }
        before = line;
    }
    out
}

fn heading(text: &str) -> &str {
    let mut lines = text.lines();
    lines
        .find_map(|line| line.strip_prefix("# "))
        .unwrap_or_default()
}

/// A page under the agency's name.
fn page(agency: &Agency, title: &str, inner: &str) -> String {
    let owner = [
        agency.name.clone(),
        named("อำเภอ", &agency.district),
        named("จังหวัด", &agency.province),
    ];
    let owner = escaped(owner.join(" ").trim());
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=\"th\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><header>{owner}</header>{inner}</body></html>"
    )
}

fn named(what: &str, name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else {
        format!("{what}{name}")
    }
}

fn escaped(text: &str) -> String {
    HtmlEscape(text).to_string()
}

/// A file as a reader would have read it; `None` for a page.
fn document(address: &Address) -> Option<Document> {
    let kind = kind(&address.url)?;
    let told = address.states.iter().find_map(|state| match state {
        State::Scan => Some(Reading::Scanned),
        State::Locked => Some(Reading::Locked),
        State::Damaged => Some(Reading::Damaged),
        _ => None,
    });
    let unread = match kind {
        DocumentKind::Image => Some(Reading::Scanned),
        _ => told,
    };
    if let Some(reading) = unread {
        return Some(Document::unread(kind, reading));
    }
    let mut document = Document::unread(kind, Reading::Text);
    let mut page = Sheet::default();
    for line in address.text.lines() {
        // A line of dashes begins a page; a sheet of a workbook has its name behind them.
        if let Some(name) = line.strip_prefix("---") {
            page.end(&mut document);
            name.trim_matches('-').trim().clone_into(&mut page.name);
        } else {
            page.line(line);
        }
    }
    page.end(&mut document);
    Some(document)
}

/// A page of a file while its lines are read.
#[derive(Default)]
struct Sheet {
    name: String,
    lines: Vec<String>,
    above: String,
    table: Vec<Vec<String>>,
    tables: Vec<Table>,
}

impl Sheet {
    fn line(&mut self, line: &str) {
        let Some(inner) = line.trim().strip_prefix('|') else {
            self.end_table();
            if !line.trim().is_empty() {
                line.trim().clone_into(&mut self.above);
            }
            self.lines.push(line.to_owned());
            return;
        };
        let inner = inner.strip_suffix('|').unwrap_or(inner);
        let cells: Vec<String> = inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect();
        let rule = |cell: &String| cell.chars().all(|c| matches!(c, '-' | ':'));
        if cells.iter().all(rule) && !self.table.is_empty() {
            return;
        }
        let filled: Vec<&str> = cells
            .iter()
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .collect();
        self.lines.push(filled.join("\t"));
        self.table.push(cells);
    }

    fn end_table(&mut self) {
        let mut rows = std::mem::take(&mut self.table).into_iter();
        if let Some(header) = rows.next() {
            self.tables.push(Table {
                title: self.above.clone(),
                header,
                rows: rows.collect(),
            });
        }
    }

    fn end(&mut self, document: &mut Document) {
        self.end_table();
        let text = std::mem::take(&mut self.lines).join("\n");
        let sheet = std::mem::take(self);
        if text.trim().is_empty() && sheet.tables.is_empty() && sheet.name.is_empty() {
            return;
        }
        document.pages.push(text);
        document.names.push(sheet.name);
        document.tables.extend(sheet.tables);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_needs_no_line_of_dashes_and_a_list_may_follow_html() {
        let html = |text: &str| {
            let mut out = String::new();
            html::push_html(
                &mut out,
                Parser::new_ext(&with_rules(text), Options::ENABLE_TABLES),
            );
            out
        };
        let bare = html("| เดือน | จำนวน |\n| ต.ค. | 3 |\n");
        assert_eq!(bare, html("| เดือน | จำนวน |\n|---|---|\n| ต.ค. | 3 |\n"));
        assert!(bare.contains("<td>3</td>"), "{bare}");
        let form = html("<form action=\"/x\"><input name=\"a\"></form>\n- [หนึ่ง](/a)\n");
        assert!(form.contains("<li><a href=\"/a\">"), "{form}");
    }
}
