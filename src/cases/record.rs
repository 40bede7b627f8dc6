//! A recorded case: some addresses of a real site as the text of a case, for an author to look through.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ego_tree::NodeId;
use jiff::civil::Date;
use scraper::{Html, Node as HtmlNode};
use url::{Position, Url};

use crate::extract::{Document, Reading};
use crate::fetch::capture::{Capture, Response};
use crate::judge::Verdict;
use crate::rules::answer::Outcome;
use crate::site::{Node, NodeKind, Site};
use crate::thai::decode;

/// Elements that no reader sees.
const UNSEEN: [&str; 7] = [
    "script", "style", "noscript", "svg", "link", "meta", "iframe",
];
/// Pages of a file that are kept; a case shows a point, it is no archive.
const PAGES: usize = 12;
/// Characters of one page of a file.
const PAGE: usize = 4000;

/// What is to be recorded.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// What the case shows, in a line; may be empty.
    pub title: &'a str,
    /// The addresses: a page and what it links to.
    pub addresses: BTreeSet<Url>,
    /// The item.
    pub item: &'a str,
    /// What it came to on the recorded case itself: stated as intended, for the author to look through. `None` states
    /// nothing yet.
    pub verdict: Option<&'a Verdict>,
}

/// The text of a case.
pub fn record(capture: &Capture, site: &Site, wanted: &Wanted) -> String {
    let mut text = format!(
        "// เก็บจาก {} เมื่อ {}\n// ผลข้างล่างคือสิ่งที่กฎตอบในวันที่เก็บ ให้ตรวจทานกับคู่มือก่อนใช้\n",
        origin(capture),
        capture.taken_on
    );
    let title = match wanted.title.is_empty() {
        true => format!("หน้าจริงของ {} (เขียนว่ากรณีนี้แสดงอะไร)", wanted.item),
        false => wanted.title.replace('\n', " "),
    };
    let _ = writeln!(text, "case: {title}");
    for outcome in Outcome::ALL {
        let criteria = wanted.verdict.iter().flat_map(|verdict| &verdict.criteria);
        let ids: Vec<&str> = criteria
            .filter(|answer| answer.outcome == outcome)
            .map(|answer| answer.id.as_str())
            .collect();
        if !ids.is_empty() {
            let _ = writeln!(text, "{}: {}", outcome.word(), ids.join(", "));
        }
    }
    if wanted.verdict.is_none() {
        text.push_str("unsure: all\n");
    }
    let agency = &site.agency;
    if !agency.name.is_empty() {
        let place = |what: &str, name: &str| match name {
            "" => String::new(),
            name => format!(" {what}{name}"),
        };
        let (district, province) = (
            place("อำเภอ", &agency.district),
            place("จังหวัด", &agency.province),
        );
        let _ = writeln!(text, "agency: {}{district}{province}", agency.name);
    }
    let _ = writeln!(text, "today: {}", thai_day(capture.taken_on));
    for url in &wanted.addresses {
        if let Some(node) = site.node_at(url) {
            address(&mut text, capture, node);
        }
    }
    text
}

/// Scheme and host of the site.
fn origin(capture: &Capture) -> String {
    capture.home[..Position::BeforePath].to_owned()
}

fn thai_day(day: Date) -> String {
    crate::year::thai_date(day)
}

fn address(text: &mut String, capture: &Capture, node: &Node) {
    let whole = node.linked.as_ref().unwrap_or(&node.url);
    let path = whole
        .as_str()
        .strip_prefix(&origin(capture))
        .unwrap_or(whole.as_str());
    if path == "/" {
        // The home page of a case is a menu of what is recorded.
        return;
    }
    let label = node
        .labels
        .first()
        .map_or(node.title.as_str(), |label| label.text.as_str());
    let label = label.replace(['\n', '\r', '(', ')'], " ");
    let head = |state: &str| format!("\n== {path} {}{state}\n", label.trim());
    match &node.kind {
        NodeKind::Page(_) => {
            let response = capture.visits.iter().find_map(|visit| match &visit.result {
                Ok(response) if visit.url == node.url && response.has_content() => Some(response),
                _ => None,
            });
            text.push_str(&head(""));
            text.push_str(&response.map(page).unwrap_or_default());
        }
        NodeKind::File(document) => file(text, &head, document),
        NodeKind::Broken(_) => text.push_str(&head(" (404)")),
        NodeKind::Unfetched(_) => text.push_str(&head(" (robots)")),
        NodeKind::OffSite => {}
    }
}

fn file(text: &mut String, head: &impl Fn(&str) -> String, document: &Document) {
    let state = match document.reading {
        Reading::Text => "",
        Reading::Locked => " (locked)",
        Reading::Scanned | Reading::Garbled => " (scan)",
        _ => " (damaged)",
    };
    text.push_str(&head(state));
    if !state.is_empty() {
        return;
    }
    for (n, page) in document.pages.iter().take(PAGES).enumerate() {
        let name = document.names.get(n).map_or("", String::as_str);
        if n > 0 || !name.is_empty() {
            let _ = writeln!(text, "--- {name}");
        }
        let short: String = page.chars().take(PAGE).collect();
        for line in short.lines() {
            // A line of the file must not begin an address or a page of the case.
            let guarded = line.starts_with("==") || line.starts_with("---");
            let _ = writeln!(text, "{}{line}", if guarded { " " } else { "" });
        }
    }
    for table in &document.tables {
        let _ = writeln!(text, "\n{}", table.title);
        for row in std::iter::once(&table.header).chain(&table.rows).take(40) {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| cell.replace(['|', '\n'], " "))
                .collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
}

/// A page as it was sent, without what no reader sees.
fn page(response: &Response) -> String {
    let text = decode(&response.body, response.header("content-type"));
    let mut html = Html::parse_document(&text);
    let unseen: Vec<NodeId> = html
        .tree
        .nodes()
        .filter(|node| match node.value() {
            HtmlNode::Comment(_) => true,
            HtmlNode::Element(element) => UNSEEN.contains(&element.name()),
            _ => false,
        })
        .map(|node| node.id())
        .collect();
    for id in unseen {
        if let Some(mut node) = html.tree.get_mut(id) {
            node.detach();
        }
    }
    let whole = html.root_element().html();
    let mut lines = String::new();
    for line in whole.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let guarded = if line.starts_with("==") { " " } else { "" };
        let _ = writeln!(lines, "{guarded}{line}");
    }
    lines
}
