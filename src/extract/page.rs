//! HTML to a [`Page`].

use scraper::{Html, Node};
use url::Url;

use super::dom::{Dom, tame};
use super::flow;
use super::form::forms;
use super::part::parts;
use super::people::people;
use super::standin::{clean, decode};
use super::table::tables;
use super::target::{from_refresh, from_script, resolve};
use super::{Link, Page, Part};

/// HTML beyond this is not read: no page is so long, and a tree takes ten times the memory of its text.
const MAX_HTML: usize = 16 << 20;
/// Scripts are searched for a redirect only on pages with fewer links.
const FEW_LINKS: usize = 3;

/// Reads an HTML page.
pub(super) fn read(url: &Url, content_type: Option<&str>, body: &[u8]) -> Page {
    let text = decode(&body[..body.len().min(MAX_HTML)], content_type);
    let html = Html::parse_document(&tame(&text));
    let dom = Dom::new(&html);
    if dom.len() == 0 {
        return Page::default();
    }
    let base = base(&dom, url);
    let parts = parts(&dom);
    let tables = tables(&dom);
    let mut flow = flow::read(&dom, &parts, &tables, &base);
    let trail = breadcrumb(&dom);
    redirects(&html, &dom, &base, &mut flow.links, &flow.frames);
    let people = people(&dom, &flow);
    let forms = forms(&dom, &parts, &flow.captions, url, &base);
    let tables = tables
        .found
        .into_iter()
        .map(|(node, mut table)| {
            if table.title.is_empty() {
                let above = flow.captions.get(&node).and_then(|above| above.last());
                table.title = above.cloned().unwrap_or_default();
            }
            table
        })
        .collect();
    Page {
        title: title(&dom),
        breadcrumb: if trail.is_empty() {
            flow.breadcrumb
        } else {
            trail
        },
        blocks: flow.blocks,
        links: flow.links,
        tables,
        forms,
        images: flow.images,
        people,
        frames: flow.frames,
    }
}

fn base(dom: &Dom, url: &Url) -> Url {
    dom.first(0, "base")
        .and_then(|node| dom.attr(node, "href"))
        .and_then(|href| url.join(href.trim()).ok())
        .filter(|base| matches!(base.scheme(), "http" | "https"))
        .unwrap_or_else(|| url.clone())
}

fn title(dom: &Dom) -> String {
    dom.first(0, "title")
        .map(|node| dom.text_of(node))
        .unwrap_or_default()
}

/// The trail in an element that calls itself one.
fn breadcrumb(dom: &Dom) -> Vec<String> {
    let is_trail = |i: usize| {
        dom.attr(i, "aria-label")
            .is_some_and(|label| label.to_lowercase().contains("breadcrumb"))
            || dom.name_words(i).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "breadcrumb" | "breadcrumbs" | "crumbs" | "pathway"
                )
            })
    };
    let Some(node) = (0..dom.len()).find(|&i| {
        dom.text(i).is_none()
            && !matches!(dom.tag(i), "html" | "body")
            && dom.chars(i) > 0
            && dom.chars(i) < 600
            && is_trail(i)
    }) else {
        return Vec::new();
    };
    let items: Vec<usize> = (node + 1..dom.end(node))
        .filter(|&j| dom.tag(j) == "li")
        .collect();
    let texts: Vec<String> = if items.is_empty() {
        let text = dom.text_of(node);
        text.split(['»', '›', '>', '→', '/', '|', '▸', '❯'])
            .map(clean)
            .collect()
    } else {
        items.iter().map(|&item| dom.text_of(item)).collect()
    };
    texts
        .iter()
        .map(|text| {
            text.trim_matches(['»', '›', '>', '→', '/', '|', ' '])
                .to_owned()
        })
        .filter(|text| !text.is_empty())
        .collect()
}

/// Where an entry page sends its visitor by itself.
fn redirects(html: &Html, dom: &Dom, base: &Url, links: &mut Vec<Link>, frames: &[Url]) {
    let mut targets: Vec<Url> = (0..dom.len())
        .filter(|&i| {
            dom.tag(i) == "meta"
                && dom
                    .attr(i, "http-equiv")
                    .is_some_and(|name| name.eq_ignore_ascii_case("refresh"))
        })
        .filter_map(|i| resolve(base, from_refresh(dom.attr(i, "content")?)?))
        .collect();
    if links.len() < FEW_LINKS && frames.is_empty() {
        targets.extend(scripted(html, base));
    }
    for to in targets {
        links.push(Link {
            to,
            label: String::new(),
            row: String::new(),
            under: Vec::new(),
            part: Part::Content,
        });
    }
}

fn scripted(html: &Html, base: &Url) -> Option<Url> {
    html.tree.root().descendants().find_map(|node| {
        let in_script = node.parent().and_then(|up| {
            up.value()
                .as_element()
                .map(|element| element.name() == "script")
        });
        match node.value() {
            Node::Text(text) if in_script == Some(true) => {
                let at = text.find("location")?;
                let rest = &text[at..];
                let end = rest.find([';', '\n', '}']).unwrap_or(rest.len());
                resolve(base, from_script(&rest[..end])?)
            }
            _ => None,
        }
    })
}
