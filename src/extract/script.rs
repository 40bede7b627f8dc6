//! Whether a page is an empty frame that its scripts fill in a browser.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use super::dom::Dom;

/// Elements in which the common frameworks draw the page.
const ROOTS: [&str; 9] = [
    "app",
    "root",
    "__next",
    "__nuxt",
    "___gatsby",
    "svelte",
    "q-app",
    "app-root",
    "react-root",
];
/// Letters of a frame that is yet to be filled: "Loading…".
const WAITING: usize = 30;
/// Nodes of such a frame.
const SIGN: usize = 40;
/// Letters of a whole page that has nothing but its name to show without scripts.
const BARE: usize = 60;

/// Whether a page has scripts, and an empty element for them to fill, or nothing to show but a request for them. A page
/// that tells its content by itself may have either.
pub(super) fn is_filled_by_script(html: &Html, dom: &Dom) -> bool {
    let (mut runs, mut asks, mut waits) = (false, false, false);
    for node in html.tree.root().descendants() {
        let Node::Element(element) = node.value() else {
            continue;
        };
        match element.name() {
            "script" => runs |= is_program(element),
            "noscript" => {
                let said = node
                    .descendants()
                    .filter_map(|inner| inner.value().as_text());
                asks |= said
                    .map(|text| text.to_lowercase())
                    .any(|text| text.contains("javascript") || text.contains("จาวาสคริป"));
            }
            _ if is_root(element) => {
                waits |= ElementRef::wrap(node).is_some_and(is_empty);
            }
            _ => {}
        }
    }
    runs && (waits || asks && dom.chars(0) < BARE)
}

fn is_program(element: &Element) -> bool {
    let kind = element.attr("type").unwrap_or_default();
    kind.is_empty() || kind == "module" || kind.to_lowercase().contains("javascript")
}

fn is_root(element: &Element) -> bool {
    let named = |name: &str| ROOTS.contains(&name.to_lowercase().as_str());
    element.name() == "app-root"
        || element.attr("id").is_some_and(named)
        || element.attr("ng-app").is_some()
        || element.attr("data-reactroot").is_some()
}

/// Holds no more than a sign that something is on its way.
fn is_empty(element: ElementRef) -> bool {
    let mut letters = 0;
    for (at, node) in element.descendants().enumerate() {
        match node.value() {
            Node::Element(inner) if matches!(inner.name(), "a" | "iframe" | "form" | "table") => {
                return false;
            }
            Node::Text(text) => letters += text.trim().chars().count(),
            _ => {}
        }
        if letters > WAITING || at > SIGN {
            return false;
        }
    }
    true
}
