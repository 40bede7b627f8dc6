//! Reading order: blocks, links with their rows and headings, pictures, frames.

use std::collections::BTreeMap;

use url::Url;

use super::dom::{Dom, heading_level, is_block, solid};
use super::one_line as clean;
use super::people::is_person_line;
use super::table::Tables;
use super::target::{from_option, from_script, resolve, viewed};
use super::{Block, Image, Link, Part};

/// A longer line is a sentence, not a caption.
const MAX_CAPTION: usize = 120;
/// A row holds a line or two; a longer one is a container.
const MAX_ROW: usize = 400;
/// A card holds a title and a few words besides.
const MAX_CARD: usize = 250;
/// Links on one page; a page of a person has a few hundred.
const MAX_LINKS: usize = 20_000;

/// Ranks of captions: headings 1 to 6, below them what only looks like one.
const ROW: u8 = 7;
const BOLD: u8 = 8;
const BARE: u8 = 9;
/// The label of an accordion or tab: ends with its panel, whatever headings stand in it.
const PANEL: u8 = 0;

/// A line of a block and where it came from.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) part: Part,
    /// Nodes of its first and last text.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// A picture and where it stands.
pub(super) struct Picture {
    pub(super) node: usize,
    pub(super) src: String,
}

/// What reading a page through gives.
#[derive(Default)]
pub(super) struct Flow {
    pub(super) blocks: Vec<Block>,
    pub(super) links: Vec<Link>,
    pub(super) images: Vec<Image>,
    pub(super) frames: Vec<Url>,
    pub(super) breadcrumb: Vec<String>,
    pub(super) lines: Vec<Line>,
    pub(super) pictures: Vec<Picture>,
    /// For each form element and loose field: the captions above it.
    pub(super) captions: BTreeMap<usize, Vec<String>>,
    link_nodes: Vec<usize>,
}

/// Reads a page through.
pub(super) fn read(dom: &Dom, parts: &[Part], tables: &Tables, base: &Url) -> Flow {
    let mut walk = Walk {
        dom,
        parts,
        tables,
        base,
        panels: panels(dom),
        flow: Flow::default(),
        run: Run::default(),
        open: Vec::new(),
        captions: Default::default(),
        silent_end: 0,
        bold_end: 0,
        anchor_end: 0,
        title: (0, Vec::new()),
        last: None,
        row: None,
    };
    walk.all();
    walk.widen_rows();
    walk.flow
}

/// The label of the control that opens an element, by its id.
fn panels<'a>(dom: &Dom<'a>) -> BTreeMap<&'a str, (usize, String)> {
    let mut found = BTreeMap::new();
    for i in 0..dom.len() {
        for (name, value) in dom.attrs(i) {
            let id = match name {
                "href" | "data-target" | "data-bs-target" => value.trim().strip_prefix('#'),
                "aria-controls" => Some(value.trim()),
                _ => None,
            };
            let Some(id) = id.filter(|id| !id.is_empty()) else {
                continue;
            };
            if dom.chars(i) > 0 && dom.chars(i) <= MAX_CAPTION && !found.contains_key(id) {
                found.insert(id, (i, dom.text_of(i)));
            }
        }
    }
    found
}

struct Walk<'d, 'h> {
    dom: &'d Dom<'h>,
    parts: &'d [Part],
    tables: &'d Tables,
    base: &'d Url,
    panels: BTreeMap<&'h str, (usize, String)>,
    flow: Flow,
    run: Run,
    open: Vec<(usize, Close)>,
    /// One stack of captions for each part.
    captions: [Vec<Caption>; 3],
    silent_end: usize,
    bold_end: usize,
    anchor_end: usize,
    /// Heading-like blocks that follow each other, and the number of blocks after the last.
    title: (usize, Vec<String>),
    /// The block before, as a possible caption of the list that follows.
    last: Option<Before>,
    /// The table row being read as one block.
    row: Option<Row>,
}

enum Close {
    Block,
    Heading(u8),
    Row,
    Cell,
    Link(usize),
}

struct Caption {
    text: String,
    rank: u8,
    /// The element that holds what it heads.
    owner: usize,
    /// Index of the node where it no longer applies.
    scope: usize,
}

struct Before {
    text: String,
    scope: usize,
    blocks: usize,
    links: usize,
}

#[derive(Clone, Copy)]
struct Row {
    node: usize,
    is_data: bool,
    cell: usize,
}

#[derive(Default)]
struct Run {
    lines: Vec<RawLine>,
}

#[derive(Default)]
struct RawLine {
    text: String,
    cell: usize,
    chars: u32,
    bold: u32,
    first: Option<usize>,
    last: usize,
    links: Vec<Span>,
}

struct Span {
    link: usize,
    from: usize,
    to: Option<usize>,
}

impl Walk<'_, '_> {
    fn all(&mut self) {
        for i in 0..self.dom.len() {
            self.close_until(i);
            if i < self.silent_end {
                continue;
            }
            match self.dom.text(i) {
                Some(text) => self.push_text(i, text),
                None => self.open(i),
            }
        }
        self.close_until(usize::MAX);
        self.flush(self.dom.len().saturating_sub(1), 0);
    }

    fn close_until(&mut self, i: usize) {
        while let Some((end, _)) = self.open.last()
            && *end <= i
            && let Some((end, close)) = self.open.pop()
        {
            let inner = end - 1;
            match close {
                Close::Link(link) => self.end_link(link),
                Close::Heading(level) => self.flush(inner, level),
                Close::Cell => {}
                Close::Row => {
                    self.flush(inner, 0);
                    self.row = None;
                }
                Close::Block if self.row.is_some() => self.new_line(),
                Close::Block => self.flush(inner, 0),
            }
        }
    }

    fn open(&mut self, i: usize) {
        let (dom, end) = (self.dom, self.dom.end(i));
        let tag = dom.tag(i);
        if let Some((control, label)) = dom.attr(i, "id").and_then(|id| self.panels.get(id)) {
            let outside = *control < i || *control >= end;
            if outside && dom.chars(i) * 5 < dom.chars(0) * 3 {
                let caption = Caption {
                    text: label.clone(),
                    rank: PANEL,
                    owner: i,
                    scope: end,
                };
                self.push_caption(i, caption);
            }
        }
        match tag {
            "head" | "object" | "video" | "audio" | "canvas" | "datalist" => {
                self.silent_end = end;
                if tag == "object" {
                    self.frame(i, "data");
                }
            }
            "br" => self.new_line(),
            "img" => {
                self.image(i);
                self.link_by_script(i);
            }
            "iframe" | "frame" => {
                self.frame(i, "src");
                self.silent_end = end;
            }
            "embed" => self.frame(i, "src"),
            "area" => self.link(i),
            "select" => {
                self.note_captions(i);
                self.options(i);
                self.silent_end = end;
            }
            "input" | "textarea" => {
                self.note_captions(i);
                self.link_by_script(i);
                self.silent_end = end;
            }
            "button"
                if dom.attr(i, "aria-controls").is_none()
                    && dom.attr(i, "data-toggle").is_none()
                    && dom.attr(i, "data-bs-toggle").is_none()
                    && dom.ancestors(i).any(|up| dom.tag(up) == "form") =>
            {
                self.link_by_script(i);
                self.silent_end = end;
            }
            "a" => {
                if self.anchor_end == i {
                    // Links side by side with nothing between are boxes of their own.
                    self.new_line();
                }
                self.line().text.push(' ');
                self.anchor_end = end;
                self.link(i);
            }
            "form" => {
                self.flush(i, 0);
                self.note_captions(i);
                self.open.push((end, Close::Block));
            }
            "tr" => {
                self.flush(i, 0);
                if self.row.is_none() && self.is_flat_row(i) {
                    self.row = Some(Row {
                        node: i,
                        is_data: self.tables.is_data_row(i),
                        cell: 0,
                    });
                    self.open.push((end, Close::Row));
                } else {
                    self.open.push((end, Close::Block));
                }
                self.link_by_script(i);
            }
            "td" | "th" if self.row.is_some() => {
                if let Some(row) = &mut self.row {
                    row.cell += 1;
                }
                self.new_line();
                self.open.push((end, Close::Cell));
                if tag == "th" {
                    self.bold_end = self.bold_end.max(end);
                }
                self.link_by_script(i);
            }
            _ => self.open_other(i, tag, end),
        }
        self.background(i);
    }

    fn open_other(&mut self, i: usize, tag: &str, end: usize) {
        let style = self.dom.attr(i, "style").unwrap_or_default();
        let is_bold = matches!(tag, "b" | "strong" | "big" | "th")
            || tag == "font" && self.dom.attr(i, "size").is_some_and(is_large)
            || style.contains("font-weight") && (style.contains("bold") || style.contains("700"));
        if is_bold {
            self.bold_end = self.bold_end.max(end);
        }
        let breaks = is_block(tag)
            || style.contains("display") && style.contains("block") && !style.contains("inline");
        if breaks {
            if self.row.is_some() {
                self.new_line();
                self.open.push((end, Close::Block));
            } else if let Some(level) = heading_level(tag) {
                self.flush(i, 0);
                self.open.push((end, Close::Heading(level)));
            } else {
                self.flush(i, 0);
                self.open.push((end, Close::Block));
            }
            if matches!(tag, "ul" | "ol" | "table" | "dl" | "dd") {
                self.caption_of_list(i);
            }
            if tag == "table" {
                self.note_headings(i);
            }
        }
        self.link_by_script(i);
    }

    /// A row whose cells are lines of text reads as one block; a row that holds parts of the page does not.
    fn is_flat_row(&self, i: usize) -> bool {
        let dom = self.dom;
        if self.tables.is_data_row(i) {
            return true;
        }
        let cells = dom
            .children(i)
            .filter(|&j| matches!(dom.tag(j), "td" | "th"))
            .count();
        if cells < 2 || dom.chars(i) > 1000 {
            return false;
        }
        let mut blocks = 0;
        for j in i + 1..dom.end(i) {
            match dom.tag(j) {
                "table" | "ul" | "ol" | "dl" | "form" | "iframe" | "tr" | "textarea" => {
                    return false;
                }
                tag if heading_level(tag).is_some() => return false,
                "p" | "div" | "center" if dom.chars(j) > 0 => blocks += 1,
                _ => {}
            }
        }
        blocks <= cells * 4
    }

    fn part(&self, i: usize) -> Part {
        self.parts.get(i).copied().unwrap_or_default()
    }

    fn line(&mut self) -> &mut RawLine {
        let cell = self.row.map_or(0, |row| row.cell);
        if self.run.lines.is_empty() {
            self.run.lines.push(RawLine {
                cell,
                ..RawLine::default()
            });
        }
        let last = self.run.lines.len() - 1;
        &mut self.run.lines[last]
    }

    fn new_line(&mut self) {
        let cell = self.row.map_or(0, |row| row.cell);
        let line = self.line();
        if line.chars > 0 || !line.links.is_empty() {
            self.run.lines.push(RawLine {
                cell,
                ..RawLine::default()
            });
        } else {
            line.cell = cell;
        }
    }

    fn push_text(&mut self, i: usize, text: &str) {
        let chars = solid(text);
        let bold = if i < self.bold_end { chars } else { 0 };
        let in_link = i < self.anchor_end;
        let line = self.line();
        line.text.push_str(text);
        if chars == 0 {
            return;
        }
        line.chars += chars;
        line.bold += bold;
        line.first.get_or_insert(i);
        line.last = i;
        if !in_link && self.part(i) == Part::Content && text.contains("://") {
            self.plain_links(i, text);
        }
    }

    /// Addresses written out and not linked: a person copies them.
    fn plain_links(&mut self, i: usize, text: &str) {
        for word in
            text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')'))
        {
            let Some(at) = word.find("http://").or_else(|| word.find("https://")) else {
                continue;
            };
            let address = word[at..].trim_end_matches(['.', ',', ';', ':']);
            if let Some(to) = resolve(self.base, address) {
                self.add_link(i, to, address.to_owned());
            }
        }
    }

    fn link(&mut self, i: usize) {
        let dom = self.dom;
        let target = dom
            .attr(i, "href")
            .and_then(|href| resolve(self.base, href))
            .or_else(|| self.scripted(i));
        let Some(to) = target else {
            return;
        };
        let label = self.label(i);
        if let Some(link) = self.add_link(i, to, label) {
            self.open.push((dom.end(i), Close::Link(link)));
        }
    }

    fn scripted(&self, i: usize) -> Option<Url> {
        let from_click = self.dom.attr(i, "onclick").and_then(from_script);
        let from_data = || {
            ["data-href", "data-url", "data-link"]
                .iter()
                .find_map(|name| self.dom.attr(i, name))
        };
        resolve(self.base, from_click.or_else(from_data)?)
    }

    fn link_by_script(&mut self, i: usize) {
        if let Some(to) = self.scripted(i) {
            let label: String = self.label(i).chars().take(MAX_ROW).collect();
            if let Some(link) = self.add_link(i, to, label) {
                self.open.push((self.dom.end(i), Close::Link(link)));
            }
        }
    }

    fn label(&self, i: usize) -> String {
        let dom = self.dom;
        let text = dom.text_of(i);
        if !text.is_empty() {
            return text;
        }
        let inside = (i + 1..dom.end(i)).filter(|&j| dom.tag(j) == "img");
        inside
            .clone()
            .filter_map(|j| dom.attr(j, "alt"))
            .chain(
                ["title", "aria-label", "alt"]
                    .iter()
                    .filter_map(|name| dom.attr(i, name)),
            )
            .chain(inside.filter_map(|j| dom.attr(j, "title")))
            .map(clean)
            .find(|label| !label.is_empty())
            .unwrap_or_default()
    }

    fn add_link(&mut self, i: usize, to: Url, label: String) -> Option<usize> {
        if self.flow.links.len() >= MAX_LINKS {
            return None;
        }
        let index = self.flow.links.len();
        let part = self.part(i);
        let under = self.under(i);
        self.flow.links.push(Link {
            to,
            row: label.clone(),
            label,
            under,
            part,
        });
        self.flow.link_nodes.push(i);
        let line = self.line();
        let from = line.text.len();
        line.links.push(Span {
            link: index,
            from,
            to: None,
        });
        Some(index)
    }

    fn end_link(&mut self, link: usize) {
        if let Some(line) = self.run.lines.last_mut() {
            let to = line.text.len();
            if let Some(span) = line.links.iter_mut().find(|span| span.link == link) {
                span.to = Some(to);
            }
            line.text.push(' ');
        }
    }

    fn options(&mut self, i: usize) {
        for j in i + 1..self.dom.end(i) {
            if self.dom.tag(j) == "option"
                && let Some(to) = self
                    .dom
                    .attr(j, "value")
                    .and_then(from_option)
                    .and_then(|value| resolve(self.base, value))
            {
                let label = self.dom.text_of(j);
                self.add_link(j, to, label);
            }
        }
    }

    fn frame(&mut self, i: usize, attribute: &str) {
        let Some(to) = [attribute, "data-src", "src"]
            .iter()
            .filter_map(|name| self.dom.attr(i, name))
            .find_map(|src| resolve(self.base, src))
        else {
            return;
        };
        let label = clean(self.dom.attr(i, "title").unwrap_or_default());
        let inner = viewed(&to);
        self.flow.frames.push(to.clone());
        self.add_link(i, to, label.clone());
        if let Some(inner) = inner {
            self.add_link(i, inner, label);
        }
    }

    fn image(&mut self, i: usize) {
        let dom = self.dom;
        // A page that loads pictures late keeps the address elsewhere.
        let late = ["data-src", "data-original", "data-lazy-src", "data-lazy"]
            .iter()
            .find_map(|name| dom.attr(i, name));
        let written = late.or_else(|| dom.attr(i, "src")).unwrap_or_default();
        let alt = [dom.attr(i, "alt"), dom.attr(i, "title")]
            .into_iter()
            .flatten()
            .map(clean)
            .find(|alt| !alt.is_empty())
            .unwrap_or_default();
        self.line().text.push(' ');
        self.picture(i, written, alt);
    }

    fn background(&mut self, i: usize) {
        if let Some(style) = self.dom.attr(i, "style")
            && style.contains("background")
            && let Some((_, rest)) = style.split_once("url(")
            && let Some((inside, _)) = rest.split_once(')')
        {
            let written = inside.trim().trim_matches(['\'', '"']).to_owned();
            self.picture(i, &written, String::new());
        }
    }

    fn picture(&mut self, i: usize, written: &str, alt: String) {
        let Some(src) = source(self.base, written) else {
            return;
        };
        self.flow.pictures.push(Picture {
            node: i,
            src: src.clone(),
        });
        self.flow.images.push(Image {
            src,
            alt,
            part: self.part(i),
        });
    }

    fn note_captions(&mut self, i: usize) {
        let mut above = self.under(i);
        // Text in front of a form, in the same box: `ท่านพึงพอใจระดับใด <form>`.
        if let Some(before) = &self.last
            && before.blocks == self.flow.blocks.len()
            && before.scope > i
            && above.last() != Some(&before.text)
        {
            above.push(before.text.clone());
        }
        self.flow.captions.insert(i, above);
    }

    /// Lines that look like headings and follow each other are one title: what, when, whose.
    fn note_title(&mut self, level: u8, text: &str) {
        let (end, lines) = &mut self.title;
        if *end != self.flow.blocks.len() {
            lines.clear();
        }
        if level > 0 && lines.len() < 6 {
            lines.push(text.to_owned());
            *end = self.flow.blocks.len() + 1;
        }
    }

    /// Where a heading no longer applies: in a menu or foot, at its end; in the content, never.
    fn end_of_region(&self, node: usize) -> usize {
        let part = self.part(node);
        if part == Part::Content {
            return usize::MAX;
        }
        let mut above = self
            .dom
            .ancestors(node)
            .take_while(|&up| self.part(up) == part);
        above
            .by_ref()
            .last()
            .map_or(usize::MAX, |top| self.dom.end(top))
    }

    /// What stands above a table: a heading rather than a sentence.
    fn note_headings(&mut self, i: usize) {
        let (end, lines) = &self.title;
        if *end == self.flow.blocks.len() && !lines.is_empty() {
            let title = lines.join(" ");
            self.flow.captions.insert(i, vec![title]);
            return;
        }
        let above = self.under(i);
        let stack = self.stack(i);
        let heading = stack.iter().rev().find(|caption| caption.rank < BARE);
        let above = heading.map_or(above, |caption| vec![caption.text.clone()]);
        self.flow.captions.insert(i, above);
    }

    fn stack(&mut self, i: usize) -> &mut Vec<Caption> {
        let part = self.part(i);
        &mut self.captions[part as usize]
    }

    fn under(&mut self, i: usize) -> Vec<String> {
        let stack = self.stack(i);
        stack.retain(|caption| caption.scope > i);
        stack.iter().map(|caption| caption.text.clone()).collect()
    }

    fn push_caption(&mut self, i: usize, caption: Caption) {
        // Bold lines that follow each other are said of the same thing: what, of which year.
        let goes_on = caption.rank == BOLD && self.title.0 == self.flow.blocks.len();
        let stack = self.stack(i);
        stack.retain(|above| {
            above.scope > i
                && if (1..ROW).contains(&caption.rank) {
                    above.rank < caption.rank
                } else {
                    let is_beside = above.owner == caption.owner && above.rank >= caption.rank;
                    !is_beside || goes_on && above.rank == BOLD
                }
        });
        if stack.last().is_none_or(|above| above.text != caption.text) {
            stack.push(caption);
        }
    }

    /// The line right before a list is its caption.
    fn caption_of_list(&mut self, i: usize) {
        let is_right_before = |before: &&Before| {
            before.blocks == self.flow.blocks.len()
                && before.links == self.flow.links.len()
                && before.scope > i
        };
        if let Some(before) = self.last.as_ref().filter(is_right_before) {
            let caption = Caption {
                text: before.text.clone(),
                rank: BARE,
                owner: i,
                scope: self.dom.end(i),
            };
            self.push_caption(i, caption);
        }
    }

    /// Ends the block being gathered. `at` is a node of it or right after it.
    fn flush(&mut self, at: usize, heading: u8) {
        let lines = std::mem::take(&mut self.run.lines);
        if lines.iter().all(|line| line.chars == 0) {
            return;
        }
        let texts: Vec<String> = lines.iter().map(|line| clean(&line.text)).collect();
        let node = lines.iter().find_map(|line| line.first).unwrap_or(at);
        let mut part = self.part(node);
        if self.flow.breadcrumb.is_empty()
            && let Some(trail) = lines
                .iter()
                .zip(&texts)
                .find_map(|(line, text)| (!line.links.is_empty()).then(|| trail(text))?)
        {
            self.flow.breadcrumb = trail;
            part = Part::Menu;
            for span in lines.iter().flat_map(|line| &line.links) {
                self.flow.links[span.link].part = Part::Menu;
            }
        }
        self.set_rows(&lines, &texts, heading);
        let text = self.join(&lines, &texts, heading);
        let level = if heading > 0 {
            heading
        } else {
            self.caption_from(node, &lines, &text)
        };
        if heading > 0 {
            let caption = Caption {
                text: text.clone(),
                rank: heading,
                owner: 0,
                scope: self.end_of_region(node),
            };
            self.push_caption(node, caption);
        }
        self.note_title(level, &text);
        for (line, text) in lines.iter().zip(texts) {
            if !text.is_empty() {
                self.flow.lines.push(Line {
                    text,
                    part,
                    first: line.first.unwrap_or(node),
                    last: line.last,
                });
            }
        }
        self.flow.blocks.push(Block { part, level, text });
        if let Some(before) = &mut self.last {
            before.blocks = self.flow.blocks.len();
            before.links = self.flow.links.len();
        }
    }

    fn join(&self, lines: &[RawLine], texts: &[String], heading: u8) -> String {
        let one_line = heading > 0 || self.row.is_some_and(|row| row.is_data);
        let mut out = String::new();
        let mut cell = None;
        for (line, text) in lines.iter().zip(texts).filter(|(_, text)| !text.is_empty()) {
            if let Some(before) = cell {
                out.push_str(match before == line.cell {
                    true if one_line => " ",
                    true => "\n",
                    false => " | ",
                });
            }
            out.push_str(text);
            cell = Some(line.cell);
        }
        out
    }

    /// Notes the block as a caption for what follows, when it looks like one; its level as a heading, or 0.
    fn caption_from(&mut self, node: usize, lines: &[RawLine], text: &str) -> u8 {
        self.last = None;
        let chars: u32 = lines.iter().map(|line| line.chars).sum();
        let links = lines.iter().map(|line| line.links.len()).sum::<usize>();
        let is_single = lines.iter().filter(|line| line.chars > 0).count() == 1;
        if !is_single || chars as usize > MAX_CAPTION || is_person_line(text) {
            return 0;
        }
        let dom = self.dom;
        let enclosing = dom
            .ancestors(node)
            .find(|&up| is_block(dom.tag(up)))
            .unwrap_or(0);
        // The largest element that holds this text and no other.
        let mut outer = enclosing;
        while dom.chars(outer) <= chars as usize
            && let Some(up) = dom.parent(outer)
        {
            outer = up;
        }
        let scope = dom.end(outer);
        // What scrolls by heads nothing.
        if dom
            .ancestors(node)
            .take_while(|&up| up >= outer)
            .any(|up| dom.tag(up) == "marquee")
        {
            return 0;
        }
        // The name of a group may be a link (in a site map); any other link is a thing of its own.
        if links == 0 || links == 1 && dom.tag(outer) == "li" {
            self.last = Some(Before {
                text: text.to_owned(),
                scope,
                blocks: 0,
                links: 0,
            });
        }
        if links > 0 {
            return 0;
        }
        let is_bold = lines.iter().map(|line| line.bold).sum::<u32>() == chars;
        let is_row = self.is_title_row(node, outer, is_bold);
        let rank = if is_row {
            ROW
        } else if is_bold || matches!(dom.tag(enclosing), "summary" | "legend" | "caption") {
            BOLD
        } else if is_group_caption(text) {
            BARE
        } else {
            return 0;
        };
        // A bold cell among others is a cell.
        if rank == BOLD && self.row.is_some() {
            return 0;
        }
        let caption = Caption {
            text: text.to_owned(),
            rank,
            owner: outer,
            scope,
        };
        self.push_caption(node, caption);
        match rank {
            ROW => 4,
            BOLD => 5,
            _ => 0,
        }
    }

    /// A table row of one spanning, marked cell, in a table that has more to say.
    fn is_title_row(&self, node: usize, outer: usize, is_bold: bool) -> bool {
        let dom = self.dom;
        let Some(cell) = dom
            .ancestors(node)
            .take_while(|&up| up >= outer)
            .find(|&up| matches!(dom.tag(up), "td" | "th"))
        else {
            return false;
        };
        let Some(row) = dom.parent(cell) else {
            return false;
        };
        if dom.chars(cell) != dom.chars(row) {
            return false;
        }
        let marked = |i: usize| {
            dom.attr(i, "bgcolor").is_some()
                || dom.attr(i, "background").is_some()
                || dom
                    .attr(i, "style")
                    .is_some_and(|style| style.contains("background"))
                || dom.name_words(i).iter().any(|word| {
                    matches!(
                        word.as_str(),
                        "head" | "header" | "heading" | "title" | "topic"
                    )
                })
        };
        let spans = dom.attr(cell, "colspan").is_some_and(|n| n.trim() != "1");
        is_bold || spans || dom.tag(cell) == "th" || marked(cell) || marked(row)
    }

    /// Gives each link the text of its row.
    fn set_rows(&mut self, lines: &[RawLine], texts: &[String], heading: u8) {
        let busy = lines.iter().filter(|line| !line.links.is_empty()).count();
        if busy == 0 {
            return;
        }
        let in_row = self.row;
        let in_item = lines
            .iter()
            .find_map(|line| {
                let link = line.links.first()?;
                Some(self.flow.link_nodes[link.link])
            })
            .and_then(|node| {
                let dom = self.dom;
                dom.ancestors(node).find(|&up| is_block(dom.tag(up)))
            })
            .is_some_and(|up| matches!(self.dom.tag(up), "li" | "dd"));
        let is_whole = busy == 1 || busy <= 2 && (in_row.is_some() || in_item) || heading > 0;
        let carried = in_row
            .map(|row| self.tables.carried(row.node).to_vec())
            .unwrap_or_default();
        let mut caption: Option<String> = None;
        for (n, line) in lines.iter().enumerate() {
            if line.links.is_empty() {
                if is_group_caption(&texts[n])
                    || line.bold == line.chars && line.chars > 0 && line.chars < 80
                {
                    caption = Some(texts[n].clone());
                }
                continue;
            }
            let wanted = |m: usize| {
                is_whole
                    || m == n
                    || in_row.is_some() && lines[m].links.is_empty() && lines[m].cell != line.cell
            };
            let others: Vec<(usize, &str)> = (0..lines.len())
                .filter(|&m| m != n && wanted(m) && !texts[m].is_empty())
                .map(|m| (m, texts[m].as_str()))
                .collect();
            let own = self.own_rows(line, &texts[n]);
            for (span, own) in line.links.iter().zip(own) {
                let mut row: Vec<&str> = carried.iter().map(String::as_str).collect();
                row.extend(others.iter().filter(|(m, _)| *m < n).map(|(_, text)| *text));
                row.extend((!own.is_empty()).then_some(own.as_str()));
                row.extend(others.iter().filter(|(m, _)| *m > n).map(|(_, text)| *text));
                let link = &mut self.flow.links[span.link];
                link.row = row.join(if in_row.is_some() { " | " } else { " " });
                if !is_whole
                    && in_row.is_none()
                    && let Some(caption) = &caption
                    && link.under.last() != Some(caption)
                {
                    link.under.push(caption.clone());
                }
            }
        }
    }

    /// The piece of a line that belongs to each of its links.
    fn own_rows(&self, line: &RawLine, text: &str) -> Vec<String> {
        let spans = &line.links;
        let first_target = spans.first().map(|span| &self.flow.links[span.link].to);
        let is_one = spans
            .iter()
            .all(|span| Some(&self.flow.links[span.link].to) == first_target);
        if is_one || spans.iter().any(|span| span.to.is_none()) {
            return vec![text.to_owned(); spans.len()];
        }
        let slice = |from: usize, to: usize| line.text.get(from..to.max(from)).unwrap_or_default();
        let has_letters = |text: &str| text.chars().any(char::is_alphanumeric);
        let end = |n: usize| spans[n].to.unwrap_or(spans[n].from);
        let leads = has_letters(slice(0, spans[0].from));
        let mut head = 0..0;
        let mut rows = Vec::new();
        for n in 0..spans.len() {
            let before = if n == 0 { 0 } else { end(n - 1) };
            let after = spans.get(n + 1).map_or(line.text.len(), |next| next.from);
            let row = if leads {
                if has_letters(slice(before, spans[n].from)) {
                    head = before..spans[n].from;
                }
                let last = if n + 1 == spans.len() { after } else { end(n) };
                format!(
                    "{} {}",
                    slice(head.start, head.end),
                    slice(spans[n].from, last)
                )
            } else {
                slice(spans[n].from, after).to_owned()
            };
            let row = clean(&row);
            rows.push(
                row.trim_matches(|c: char| {
                    matches!(c, '|' | '/' | '·' | ',' | ' ' | '-' | '•' | '»' | '›' | '>')
                })
                .to_owned(),
            );
        }
        rows
    }

    /// A link alone in its line (`ดาวน์โหลด`) takes the text of the card around it; one in an item of several
    /// blocks takes the item's.
    fn widen_rows(&mut self) {
        for n in 0..self.flow.links.len() {
            let link = &self.flow.links[n];
            if link.part == Part::Menu {
                continue;
            }
            let node = self.flow.link_nodes[n];
            let in_paragraph = self
                .dom
                .ancestors(node)
                .find(|&up| is_block(self.dom.tag(up)));
            let in_paragraph = in_paragraph.is_some_and(|up| self.dom.tag(up) == "p");
            let says_nothing = says_nothing(&link.label);
            // `9 ต.ค. 2564 อ่านต่อ` still does not say of what.
            let is_alone = link.row == link.label && (!in_paragraph || says_nothing)
                || says_nothing && solid(&link.row) <= 40 && !link.row.contains(" | ");
            let mut widest = None;
            for up in self.dom.ancestors(node).take(8) {
                let (tag, chars) = (self.dom.tag(up), self.dom.chars(up));
                if chars > if is_alone { MAX_CARD } else { MAX_ROW }
                    || matches!(
                        tag,
                        "body" | "main" | "article" | "table" | "tbody" | "html"
                    )
                    || self.part(up) != link.part
                    || !self.is_only_target(up, &link.to)
                {
                    break;
                }
                if is_alone && chars > 0 {
                    widest = Some(up);
                } else if matches!(tag, "li" | "tr" | "dd") && chars > solid(&link.row) as usize {
                    widest = Some(up);
                    break;
                }
            }
            if let Some(up) = widest {
                self.flow.links[n].row = self.dom.text_of(up);
            }
        }
    }

    fn is_only_target(&self, node: usize, to: &Url) -> bool {
        let nodes = &self.flow.link_nodes;
        let from = nodes.partition_point(|&n| n < node);
        let until = nodes.partition_point(|&n| n < self.dom.end(node));
        until - from <= 4
            && self.flow.links[from..until]
                .iter()
                .all(|link| link.to == *to)
    }
}

/// `ดาวน์โหลด`, `คลิกที่นี่`: a label that only says that it is a link.
fn says_nothing(label: &str) -> bool {
    const WORDS: &str = "ดาวน์โหลด|ดาวโหลด|ดาว์โหลด|คลิก|คลิ๊ก|อ่าน|ดู|รายละเอียด|เปิด|ไฟล์|เอกสาร|ลิงก์|ลิงค์|แสดง|ที่นี่|\
    download|click|view|read|pdf|file|here";
    let lower = label.to_lowercase();
    let lower = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    label.chars().count() <= 25
        && (lower.is_empty() || WORDS.split('|').any(|word| lower.starts_with(word)))
}

fn is_large(size: &str) -> bool {
    let size = size.trim();
    size.starts_with('+') || size.parse::<u8>().is_ok_and(|size| size >= 5)
}

/// `ปีงบประมาณ พ.ศ. 2565`, `รอบ 6 เดือน :`: a line that heads what follows.
pub(super) fn is_group_caption(text: &str) -> bool {
    let length = text.chars().count();
    let text = text.trim_end();
    (3..=80).contains(&length) && text.ends_with(':')
        || length <= 60
            && has_year(text)
            && (["ปี", "พ.ศ.", "ไตรมาส", "ประจำ", "เดือน", "งวด", "รอบ"]
                .iter()
                .any(|word| text.contains(word))
                || length <= 12)
            && !text.contains("เมื่อ")
            && !text.contains("วันที่")
}

fn has_year(text: &str) -> bool {
    let digits: Vec<Option<u32>> = text
        .chars()
        .map(|c| match c {
            '๐'..='๙' => Some(c as u32 - '๐' as u32),
            _ => c.to_digit(10),
        })
        .collect();
    digits
        .split(Option::is_none)
        .any(|run| run.len() == 4 && run[0] == Some(2) && matches!(run[1], Some(5 | 6 | 0)))
}

/// The trail of a line such as `หน้าแรก » ข่าวสาร » ประกาศ`.
pub(super) fn trail(text: &str) -> Option<Vec<String>> {
    if text.chars().count() > 300 {
        return None;
    }
    let parts: Vec<String> = text
        .split(['»', '›', '>', '→', '/', '▸', '❯'])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    let is_home = matches!(
        parts.first()?.to_lowercase().as_str(),
        "หน้าแรก"
            | "หน้าหลัก"
            | "home"
            | "หน้าแรกเว็บไซต์"
            | "คุณอยู่ที่: หน้าแรก"
            | "คุณอยู่ที่ : หน้าแรก"
    );
    (is_home && parts.len() > 1).then_some(parts)
}

/// A picture's address; of a `data:` URL only the media type.
fn source(base: &Url, written: &str) -> Option<String> {
    let written = written.trim();
    if let Some(data) = written.strip_prefix("data:") {
        let kind = data.split([';', ',']).next().unwrap_or_default();
        return Some(format!(
            "data:{}",
            kind.chars().take(60).collect::<String>()
        ));
    }
    if written.is_empty() {
        return None;
    }
    resolve(base, written).map(String::from)
}
