//! A page's elements, flat and in document order, so that nothing after parsing recurses or climbs for long.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node as Parsed};

use super::one_line as clean;

/// Deeper elements are opened flat. Browsers stop at 512; no page a person wrote comes near.
const MAX_DEPTH: usize = 400;
/// Formatting elements left open are reopened in every following paragraph: without a cap a small page grows without end.
const MAX_OPEN_FORMATTING: usize = 64;
/// The parser compares each attribute with all before it.
const MAX_ATTRIBUTES: usize = 200;
/// No page has more nodes than this and is read by a person; what follows is left out.
const MAX_NODES: usize = 400_000;
/// Tags and attributes of a page, each of which takes a hundred bytes of a tree. The fullest pages have some 50,000.
const MAX_MARKUP: usize = 250_000;
/// Bytes of text between the tags: 150 pages of paper.
const MAX_TEXT: usize = 1 << 20;

/// One element or text.
pub(super) struct Node<'a> {
    /// Index of the parent; the root is its own.
    pub(super) parent: usize,
    /// Index after the last descendant.
    pub(super) end: usize,
    data: Data<'a>,
}

enum Data<'a> {
    Text(&'a str),
    Element(&'a Element),
}

/// The tree, with sums over it: `sum[i]` counts what stands before node `i`.
pub(super) struct Dom<'a> {
    nodes: Vec<Node<'a>>,
    chars: Vec<u32>,
    link_chars: Vec<u32>,
    links: Vec<u32>,
}

impl<'a> Dom<'a> {
    /// Flattens a parsed page; leaves out scripts, styles and what is hidden for good.
    pub(super) fn new(html: &'a Html) -> Self {
        let opened = opened_ids(html);
        let mut nodes: Vec<Node<'a>> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut skipped = None;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) if skipped.is_none() => {
                    let data = match node.value() {
                        Parsed::Element(element) if is_left_out(element, &opened) => {
                            skipped = Some(node.id());
                            continue;
                        }
                        Parsed::Element(element) => Data::Element(element),
                        Parsed::Text(text) => Data::Text(text),
                        _ => continue,
                    };
                    if nodes.len() >= MAX_NODES {
                        break;
                    }
                    let index = nodes.len();
                    let is_element = matches!(data, Data::Element(_));
                    nodes.push(Node {
                        parent: open.last().copied().unwrap_or(0),
                        end: index + 1,
                        data,
                    });
                    if is_element {
                        open.push(index);
                    }
                }
                Edge::Close(node) => {
                    if skipped == Some(node.id()) {
                        skipped = None;
                    } else if skipped.is_none()
                        && matches!(node.value(), Parsed::Element(_))
                        && let Some(index) = open.pop()
                    {
                        nodes[index].end = nodes.len();
                    }
                }
                Edge::Open(_) => {}
            }
        }
        for index in open {
            nodes[index].end = nodes.len();
        }
        Self::with_sums(nodes)
    }

    fn with_sums(nodes: Vec<Node<'a>>) -> Self {
        let mut dom = Self {
            chars: Vec::with_capacity(nodes.len() + 1),
            link_chars: Vec::with_capacity(nodes.len() + 1),
            links: Vec::with_capacity(nodes.len() + 1),
            nodes,
        };
        let (mut chars, mut link_chars, mut links) = (0, 0, 0);
        let (mut link_end, mut silent_end) = (0, 0);
        for i in 0..dom.nodes.len() {
            dom.chars.push(chars);
            dom.link_chars.push(link_chars);
            dom.links.push(links);
            match dom.nodes[i].data {
                Data::Text(text) if i >= silent_end => {
                    let count = solid(text);
                    chars += count;
                    if i < link_end {
                        link_chars += count;
                    }
                }
                Data::Text(_) => {}
                Data::Element(_) => match dom.tag(i) {
                    "a" if dom.attr(i, "href").is_some() => {
                        links += 1;
                        link_end = link_end.max(dom.nodes[i].end);
                    }
                    "select" | "textarea" | "title" => silent_end = dom.nodes[i].end,
                    _ => {}
                },
            }
        }
        dom.chars.push(chars);
        dom.link_chars.push(link_chars);
        dom.links.push(links);
        dom
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn end(&self, i: usize) -> usize {
        self.nodes.get(i).map_or(i, |node| node.end)
    }

    pub(super) fn parent(&self, i: usize) -> Option<usize> {
        (i > 0).then(|| self.nodes[i].parent)
    }

    /// The ancestors, nearest first, the node itself not among them.
    pub(super) fn ancestors(&self, i: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parent(i), |&up| self.parent(up))
    }

    /// The element's name; empty for a text.
    pub(super) fn tag(&self, i: usize) -> &'a str {
        match self.nodes[i].data {
            Data::Element(element) => element.name(),
            Data::Text(_) => "",
        }
    }

    pub(super) fn text(&self, i: usize) -> Option<&'a str> {
        match self.nodes[i].data {
            Data::Text(text) => Some(text),
            Data::Element(_) => None,
        }
    }

    pub(super) fn attr(&self, i: usize, name: &str) -> Option<&'a str> {
        match self.nodes[i].data {
            Data::Element(element) => attribute(element, name),
            Data::Text(_) => None,
        }
    }

    /// Every attribute of an element.
    pub(super) fn attrs(&self, i: usize) -> impl Iterator<Item = (&'a str, &'a str)> {
        let attrs = match self.nodes[i].data {
            Data::Element(element) => element.attrs.as_slice(),
            Data::Text(_) => &[],
        };
        attrs.iter().map(|(name, value)| (&*name.local, &**value))
    }

    /// The children, elements and texts.
    pub(super) fn children(&self, i: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end(i);
        std::iter::successors(Some(i + 1), |&child| Some(self.end(child)))
            .take_while(move |&child| child < end)
    }

    /// The first element of a name inside a node.
    pub(super) fn first(&self, i: usize, tag: &str) -> Option<usize> {
        (i + 1..self.end(i)).find(|&j| self.tag(j) == tag)
    }

    /// Letters of visible text inside a node.
    pub(super) fn chars(&self, i: usize) -> usize {
        (self.chars[self.end(i)] - self.chars[i]) as usize
    }

    /// Letters of link texts inside a node.
    pub(super) fn link_chars(&self, i: usize) -> usize {
        (self.link_chars[self.end(i)] - self.link_chars[i]) as usize
    }

    /// Links inside a node.
    pub(super) fn links(&self, i: usize) -> usize {
        (self.links[self.end(i)] - self.links[i]) as usize
    }

    /// Letters of text outside links from a node to the end of the page.
    pub(super) fn plain_chars_from(&self, i: usize) -> usize {
        let last = self.len();
        (self.chars[last] - self.chars[i]) as usize
            - (self.link_chars[last] - self.link_chars[i]) as usize
    }

    /// All text inside a node on one line.
    pub(super) fn text_of(&self, i: usize) -> String {
        let mut raw = String::new();
        let mut ends: Vec<usize> = Vec::new();
        let mut j = i;
        while j < self.end(i) {
            while ends.pop_if(|end| *end <= j).is_some() {
                raw.push(' ');
            }
            match self.nodes[j].data {
                Data::Text(text) => raw.push_str(text),
                Data::Element(_) => match self.tag(j) {
                    "select" | "textarea" if j != i => {
                        j = self.end(j);
                        continue;
                    }
                    "br" | "img" => raw.push(' '),
                    "a" => {
                        raw.push(' ');
                        ends.push(self.end(j));
                    }
                    tag if is_block(tag) => {
                        raw.push(' ');
                        ends.push(self.end(j));
                    }
                    _ => {}
                },
            }
            j += 1;
        }
        clean(&raw)
    }

    /// Lower-case words of id and class: `mainMenu nav-item` gives main, menu, nav, item.
    pub(super) fn name_words(&self, i: usize) -> Vec<String> {
        let mut words = Vec::new();
        for name in ["id", "class"].iter().filter_map(|key| self.attr(i, key)) {
            split_words(name, &mut words);
        }
        words
    }
}

/// Letters that are not white space.
pub(super) fn solid(text: &str) -> u32 {
    text.chars().filter(|c| !c.is_whitespace()).count() as u32
}

fn split_words(name: &str, words: &mut Vec<String>) {
    let mut word = String::new();
    let mut lower = false;
    // Class names hold a few words; what follows is not one.
    for c in name.chars().take(400) {
        let ends = !c.is_ascii_alphabetic() || c.is_ascii_uppercase() && lower;
        if ends && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphabetic() {
            word.push(c.to_ascii_lowercase());
        }
        lower = c.is_ascii_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
}

fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs
        .iter()
        .find(|(key, _)| &*key.local == name)
        .map(|(_, value)| &**value)
}

/// Elements that start a line of their own.
pub(super) fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "marquee"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// 1 to 6 for `h1` to `h6`.
pub(super) fn heading_level(tag: &str) -> Option<u8> {
    match tag.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

/// Ids that a click on the page opens: targets of tabs, accordions, drop-down menus.
fn opened_ids(html: &Html) -> BTreeSet<&str> {
    let mut ids = BTreeSet::new();
    for node in html.tree.values() {
        let Parsed::Element(element) = node else {
            continue;
        };
        for (name, value) in &element.attrs {
            match &*name.local {
                "href" | "data-target" | "data-bs-target" => {
                    ids.extend(value.trim().strip_prefix('#'));
                }
                "aria-controls" => {
                    ids.insert(value.trim());
                }
                "onclick" if value.len() < 2000 => {
                    ids.extend(
                        value
                            .split(['\'', '"'])
                            .skip(1)
                            .step_by(2)
                            .map(|id| id.trim_start_matches('#')),
                    );
                }
                _ => {}
            }
        }
    }
    ids
}

fn is_left_out(element: &Element, opened: &BTreeSet<&str>) -> bool {
    match element.name() {
        "script" | "style" | "noscript" | "template" | "noframes" | "noembed" | "svg" | "math" => {
            true
        }
        // Names of icons, drawn by a font.
        "i" | "span" if icon_font(element) => true,
        _ => is_hidden(element) && !can_be_opened(element, opened),
    }
}

fn icon_font(element: &Element) -> bool {
    attribute(element, "class").is_some_and(|class| {
        class
            .split_ascii_whitespace()
            .any(|name| name.starts_with("material-icons") || name.starts_with("material-symbols"))
    })
}

fn is_hidden(element: &Element) -> bool {
    attribute(element, "hidden").is_some()
        || attribute(element, "style").is_some_and(|style| {
            let style: String = style
                .chars()
                .filter(|c| !c.is_whitespace())
                .take(1000)
                .collect();
            let style = style.to_ascii_lowercase();
            style.contains("display:none") || style.contains("visibility:hidden")
        })
}

/// A hidden part that a visitor can open (a tab pane, a sub-menu, an answer) is part of the page.
fn can_be_opened(element: &Element, opened: &BTreeSet<&str>) -> bool {
    if matches!(element.name(), "ul" | "ol" | "nav" | "dd") || attribute(element, "role").is_some()
    {
        return true;
    }
    if attribute(element, "id").is_some_and(|id| opened.contains(id)) {
        return true;
    }
    let mut words = Vec::new();
    for key in ["id", "class"] {
        if let Some(name) = attribute(element, key) {
            split_words(name, &mut words);
        }
    }
    words.iter().any(|word| {
        matches!(
            word.as_str(),
            "tab"
                | "tabs"
                | "pane"
                | "panel"
                | "accordion"
                | "collapse"
                | "collapsible"
                | "dropdown"
                | "menu"
                | "sub"
                | "submenu"
                | "toggle"
                | "more"
                | "modal"
                | "popup"
                | "slide"
                | "carousel"
                | "content"
                | "answer"
                | "faq"
                | "detail"
                | "details"
                | "body"
        )
    })
}

/// Makes a page harmless to parse: elements nested, formatting left open and attributes heaped up without end are cut.
/// The text stays, up to what a person reads of one page.
pub(super) fn tame(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut depth = Depth::default();
    let (mut markup, mut text) = (0, 0);
    // Where the stretch of text begins that is being passed, and where to look on.
    let (mut stretch, mut i) = (0, 0);
    while let Some(start) = find(bytes, i, b'<') {
        if text + (start - stretch) > MAX_TEXT || markup > MAX_MARKUP {
            break;
        }
        let Some(tag) = Tag::read(html, start) else {
            i = start + 1;
            if html[start..].starts_with("<!--") {
                let end = html[start..].find("-->");
                i = end.map_or(bytes.len(), |n| start + n + 3);
                text += start - stretch;
                stretch = i;
            }
            continue;
        };
        text += start - stretch;
        markup += 1 + tag.attributes.min(MAX_ATTRIBUTES);
        if let Some(cut) = tag.cut {
            out.push_str(&html[copied..cut]);
            copied = tag.end.saturating_sub(1).max(cut);
        }
        if let Some(instead) = depth.step(&tag) {
            out.push_str(&html[copied.min(start)..start]);
            out.push_str(instead);
            copied = tag.end;
        }
        (stretch, i) = (tag.end, tag.end);
        if tag.opens {
            match tag.name.as_str() {
                "textarea" | "title" | "xmp" => i = end_of_raw(html, i, &tag.name),
                "script" | "style" => {
                    i = end_of_raw(html, i, &tag.name);
                    stretch = i;
                }
                _ => {}
            }
        }
    }
    // The last stretch runs to the end of the page, or to where it is cut.
    let left = if markup > MAX_MARKUP {
        0
    } else {
        MAX_TEXT - text
    };
    let end = html.floor_char_boundary(stretch + left);
    if copied == 0 {
        return Cow::Borrowed(&html[..end]);
    }
    out.push_str(&html[copied.min(end)..end]);
    Cow::Owned(out)
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|&b| b == wanted).map(|n| from + n)
}

/// Where the text of a `<script>` and the like ends.
fn end_of_raw(html: &str, from: usize, name: &str) -> usize {
    let bytes = html.as_bytes();
    let mut i = from;
    while let Some(at) = find(bytes, i, b'<') {
        let rest = &bytes[at + 1..];
        if rest.first() == Some(&b'/')
            && rest
                .get(1..=name.len())
                .is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        {
            return at;
        }
        i = at + 1;
    }
    bytes.len()
}

struct Tag {
    name: String,
    opens: bool,
    /// Index after `>`.
    end: usize,
    attributes: usize,
    /// Where the attributes are too many.
    cut: Option<usize>,
}

impl Tag {
    fn read(html: &str, start: usize) -> Option<Self> {
        let bytes = html.as_bytes();
        let opens = bytes.get(start + 1) != Some(&b'/');
        let from = start + if opens { 1 } else { 2 };
        if !bytes.get(from)?.is_ascii_alphabetic() {
            return None;
        }
        let ends_name = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/');
        // A tag that the page ends in is searched for its end but once.
        let length = bytes[from..].iter().position(ends_name);
        let length = length.unwrap_or(bytes.len() - from);
        // Names are short; a long one is nobody's.
        let name: String = html[from..from + length]
            .chars()
            .take(20)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let (mut i, mut attributes, mut cut) = (from + length, 0, None);
        while i < bytes.len() && bytes[i] != b'>' {
            if bytes[i].is_ascii_whitespace() || bytes[i] == b'/' {
                i += 1;
                continue;
            }
            attributes += 1;
            if attributes > MAX_ATTRIBUTES && cut.is_none() {
                cut = Some(i);
            }
            i = end_of_attribute(bytes, i);
        }
        Some(Self {
            name,
            opens,
            end: (i + 1).min(bytes.len()),
            attributes,
            cut,
        })
    }
}

fn end_of_attribute(bytes: &[u8], from: usize) -> usize {
    let mut i = from + 1;
    while i < bytes.len()
        && !bytes[i].is_ascii_whitespace()
        && !matches!(bytes[i], b'=' | b'>' | b'/')
    {
        i += 1;
    }
    let mut value = i;
    while value < bytes.len() && bytes[value].is_ascii_whitespace() {
        value += 1;
    }
    if bytes.get(value) != Some(&b'=') {
        return i;
    }
    value += 1;
    while value < bytes.len() && bytes[value].is_ascii_whitespace() {
        value += 1;
    }
    match bytes.get(value) {
        Some(&quote @ (b'"' | b'\'')) => {
            find(bytes, value + 1, quote).map_or(bytes.len(), |n| n + 1)
        }
        _ => {
            while value < bytes.len() && !bytes[value].is_ascii_whitespace() && bytes[value] != b'>'
            {
                value += 1;
            }
            value
        }
    }
}

#[derive(Default)]
struct Depth {
    elements: usize,
    formatting: usize,
    /// Depth at each open `<table>`: its end closes whatever was left open in it.
    tables: Vec<usize>,
}

impl Depth {
    /// What to write in place of a tag that goes too deep.
    fn step(&mut self, tag: &Tag) -> Option<&'static str> {
        match tag.name.as_str() {
            "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta"
            | "param" | "source" | "track" | "wbr" | "frame" | "html" | "head" | "body" => None,
            // Their end is implied by the next of their kind.
            "p" | "li" | "dt" | "dd" | "tr" | "thead" | "tbody" | "tfoot" | "colgroup"
            | "option" | "optgroup" | "a" => None,
            "td" | "th" => {
                self.formatting = 0;
                None
            }
            "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike"
            | "strong" | "tt" | "u" => {
                if !tag.opens {
                    self.formatting = self.formatting.saturating_sub(1);
                    return None;
                }
                if self.formatting >= MAX_OPEN_FORMATTING {
                    return Some("");
                }
                self.formatting += 1;
                None
            }
            name => {
                if !tag.opens {
                    self.elements = self.elements.saturating_sub(1);
                    if name == "table"
                        && let Some(before) = self.tables.pop()
                    {
                        self.elements = before;
                    }
                    return None;
                }
                if self.elements >= MAX_DEPTH {
                    return Some(if name == "span" { "" } else { "<br>" });
                }
                if name == "table" {
                    self.tables.push(self.elements);
                }
                self.elements += 1;
                None
            }
        }
    }
}
