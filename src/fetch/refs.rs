//! References: every way in which an HTML page names another address, and what the page says in words.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use encoding_rs::WINDOWS_874;
use scraper::node::{Element, Node};
use scraper::{ElementRef, Html};
use url::Url;

use crate::thai::{self, charset::decode};

/// A page names at most this many addresses; the rest is a list no person reads.
const MOST: usize = 20_000;
/// Labels are cut here.
const LABEL: usize = 200;
/// Nesting beyond this makes tree building quadratic, and no page means it.
const DEEPEST: usize = 4_000;
/// HTML beyond this is not looked at for links.
const LONGEST: usize = 8 << 20;

/// One address that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// How it is named.
    pub kind: Kind,
    /// What a visitor reads on it.
    pub label: String,
    /// The address, resolved against the page.
    pub target: Url,
}

/// The ways to name an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `<a href>`, `<area href>`, an entry of a jump menu, the action of a GET form.
    Link,
    /// A script that goes there: `onclick`, `javascript:`, `location = …`.
    Script,
    /// Part of the page itself: `<frame>`, `<iframe>`, `<embed>`, `<object>`, `meta refresh`.
    Frame,
    /// An address written out in the text.
    Text,
    /// `<img>` of some size.
    Image,
    /// `<img>` that alone says what a link leads to.
    Face,
}

/// What the crawler takes from a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// Addresses, in reading order.
    pub(crate) references: Vec<Reference>,
    /// Marks of the words of the page, digits left out, so that counters and dates do not make a page new.
    pub(crate) words: BTreeSet<u64>,
}

/// Reads an HTML body.
pub(crate) fn read(body: &[u8], content_type: Option<&str>, url: &Url) -> Reading {
    let text = decode(&body[..body.len().min(LONGEST)], content_type);
    let html = Html::parse_document(not_too_deep(&text));
    let single_byte = std::str::from_utf8(body).is_err() && text.contains(is_thai);
    Reading {
        references: references_of(&html, url, single_byte),
        words: words_of(&html),
    }
}

/// Every address that an HTML text names, in reading order.
pub fn references(html: &str, url: &Url) -> Vec<Reference> {
    references_of(&Html::parse_document(not_too_deep(html)), url, false)
}

/// The page up to the point where its nesting becomes absurd.
fn not_too_deep(html: &str) -> &str {
    let mut depth = 0_usize;
    for (at, _) in html.match_indices('<') {
        let rest = &html.as_bytes()[at + 1..];
        let closes = rest.first() == Some(&b'/');
        let name = &rest[usize::from(closes)..rest.len().min(12)];
        let nests = name.first().is_some_and(u8::is_ascii_alphabetic)
            && ![
                "br", "img", "p", "li", "td", "tr", "th", "hr", "input", "meta", "link", "option",
                "dd", "dt", "col", "area", "param", "source", "frame", "wbr", "embed",
            ]
            .iter()
            .any(|lone| {
                name.len() > lone.len()
                    && name[..lone.len()].eq_ignore_ascii_case(lone.as_bytes())
                    && !name[lone.len()].is_ascii_alphanumeric()
            });
        if nests {
            depth = if closes {
                depth.saturating_sub(1)
            } else {
                depth + 1
            };
        }
        if depth > DEEPEST {
            return &html[..at];
        }
    }
    html
}

fn in_windows_874(query: &str) -> Cow<'_, [u8]> {
    WINDOWS_874.encode(query).0
}

fn is_thai(letter: char) -> bool {
    ('\u{e01}'..='\u{e5b}').contains(&letter)
}

fn references_of(html: &Html, url: &Url, single_byte: bool) -> Vec<Reference> {
    let elements = || {
        html.root_element()
            .descendants()
            .filter_map(ElementRef::wrap)
    };
    let base = elements()
        .find(|element| element.value().name() == "base" && element.value().attr("href").is_some())
        .and_then(|element| url.join(element.value().attr("href")?.trim()).ok())
        .unwrap_or_else(|| url.clone());
    let mut found = Finder {
        base,
        references: Vec::new(),
        single_byte,
        inner: false,
    };
    found.page(html);
    found.references
}

struct Finder {
    base: Url,
    references: Vec<Reference>,
    /// The page is in windows-874, and so are the queries that browsers send from it.
    single_byte: bool,
    /// Inside `<noscript>`, which holds a page of its own; one is enough.
    inner: bool,
}

impl Finder {
    fn page(&mut self, html: &Html) {
        for node in html.root_element().descendants() {
            if self.references.len() >= MOST {
                break;
            }
            match node.value() {
                Node::Text(text) if text.contains("://") => {
                    let quoted = node.ancestors().filter_map(ElementRef::wrap).any(|parent| {
                        matches!(
                            parent.value().name(),
                            "a" | "script" | "style" | "textarea" | "noscript" | "noframes"
                        )
                    });
                    if !quoted {
                        self.written_out(text);
                    }
                }
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(node) {
                        self.element(element);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        let value = element.value();
        let attribute = |name| value.attr(name).unwrap_or_default().trim();
        match value.name() {
            "a" | "area" => self.link(Kind::Link, attribute("href"), &|| label_of(element)),
            "frame" | "iframe" => {
                self.link(Kind::Frame, attribute("src"), &|| {
                    attribute("title").to_owned()
                });
                self.link(Kind::Frame, attribute("data-src"), &String::new);
            }
            "embed" => self.link(Kind::Frame, attribute("src"), &String::new),
            "object" => self.link(Kind::Frame, attribute("data"), &String::new),
            "meta" if attribute("http-equiv").eq_ignore_ascii_case("refresh") => {
                if let Some(target) = refresh(attribute("content")) {
                    self.link(Kind::Frame, target, &String::new);
                }
            }
            "form" if !attribute("method").eq_ignore_ascii_case("post") => {
                self.link(Kind::Link, attribute("action"), &|| label_of(element));
            }
            "option" if looks_like_an_address(attribute("value")) => {
                self.link(Kind::Link, attribute("value"), &|| label_of(element));
            }
            "img" if !is_tiny(value) => {
                let kind = if is_face(element) {
                    Kind::Face
                } else {
                    Kind::Image
                };
                for name in ["src", "data-src", "data-original", "data-lazy-src"] {
                    self.link(kind, attribute(name), &|| attribute("alt").to_owned());
                }
            }
            "noscript" | "noframes" if !self.inner => {
                let code: String = element.text().collect();
                self.inner = true;
                self.page(&Html::parse_document(not_too_deep(&code)));
                self.inner = false;
            }
            "script" if value.attr("src").is_none() => {
                let code: String = element.text().collect();
                self.script(&code, false, &String::new);
            }
            _ => {}
        }
        if looks_like_an_address(attribute("data-href")) {
            self.link(Kind::Script, attribute("data-href"), &|| label_of(element));
        }
        for (name, code) in value.attrs() {
            if name.starts_with("on") {
                self.script(code, true, &|| label_of(element));
            }
        }
    }

    fn link(&mut self, kind: Kind, target: &str, label: &dyn Fn() -> String) {
        if target.is_empty() || target.starts_with('#') {
            return;
        }
        // `get` because the eleventh byte may stand inside a letter.
        if target
            .get(..11)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"))
        {
            let code = percent_decoded(&target[11..]);
            return self.script(&code, true, label);
        }
        if let Ok(target) = self.join(target)
            && super::address::is_web(&target)
        {
            let label = tidy(&label());
            self.references.push(Reference {
                kind,
                label,
                target,
            });
        }
    }

    fn join(&self, target: &str) -> Result<Url, url::ParseError> {
        Url::options()
            .base_url(Some(&self.base))
            .encoding_override(if self.single_byte {
                Some(&in_windows_874)
            } else {
                None
            })
            .parse(target)
    }

    /// Addresses in a script: what `location` is set to or `open` is called with; and, where the code hangs on an element, any
    /// string that can only be an address.
    fn script(&mut self, code: &str, on_element: bool, label: &dyn Fn() -> String) {
        let targets: Vec<String> = literals(code)
            .into_iter()
            .filter(|literal| {
                !literal.text.is_empty()
                    && !literal.continued
                    && (goes_there(literal.before)
                        || on_element && looks_like_an_address(&literal.text))
            })
            .map(|literal| literal.text)
            .collect();
        if targets.is_empty() {
            return;
        }
        let label = label();
        for target in targets {
            // An address inside an address would ask for a script again.
            if !target.to_ascii_lowercase().starts_with("javascript:") {
                self.link(Kind::Script, target.trim(), &|| label.clone());
            }
        }
    }

    fn written_out(&mut self, text: &str) {
        for scheme in ["http://", "https://"] {
            for (at, _) in text.match_indices(scheme) {
                let rest = &text[at..];
                let end = rest
                    .find(|letter: char| {
                        letter.is_whitespace() || "<>\"'()[]{}|\u{201c}\u{201d}".contains(letter)
                    })
                    .unwrap_or(rest.len());
                let written = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
                // An address cut short for display is not an address.
                let cut = rest[..end].ends_with("...") || written.contains('\u{2026}');
                if written.len() > scheme.len() && !cut {
                    self.link(Kind::Text, written, &|| written.to_owned());
                }
            }
        }
    }
}

/// What a visitor reads on an element: its text, else the text of its image, else its title.
fn label_of(element: ElementRef<'_>) -> String {
    if element.value().name() == "form" {
        return String::new();
    }
    let mut text = String::new();
    for piece in element.text() {
        text.push_str(piece);
        text.push(' ');
        if text.len() > 8 * LABEL {
            break;
        }
    }
    let attribute = |element: &Element, names: &[&str]| {
        names
            .iter()
            .filter_map(|name| element.attr(name))
            .find(|value| !value.trim().is_empty())
            .map(str::to_owned)
    };
    if !text.trim().is_empty() {
        return text;
    }
    let own = element.value();
    element
        .descendants()
        .filter_map(|node| node.value().as_element())
        .filter(|inner| inner.name() == "img")
        .find_map(|image| attribute(image, &["alt", "title"]))
        .or_else(|| attribute(own, &["title", "alt", "aria-label", "value"]))
        .unwrap_or_default()
}

fn tidy(label: &str) -> String {
    let mut tidy = String::new();
    for word in label.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    thai::head(&tidy, LABEL).to_owned()
}

/// The address in the content of `meta refresh`: `3; url='next.html'`.
fn refresh(content: &str) -> Option<&str> {
    let lower = content.to_ascii_lowercase();
    let rest = &content[lower.find("url")? + 3..];
    let target = rest.trim_start().strip_prefix('=')?.trim();
    Some(target.trim_matches(['"', '\'', ' ']))
}

/// A spacer, bullet or counter, by the size that the page gives it.
fn is_tiny(image: &Element) -> bool {
    ["width", "height"].iter().any(|name| {
        image
            .attr(name)
            .and_then(|size| size.trim().trim_end_matches("px").parse::<u32>().ok())
            .is_some_and(|size| size <= 48)
    })
}

/// Whether an image stands in a link that no word describes.
fn is_face(image: ElementRef<'_>) -> bool {
    image
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|parent| parent.value().name() == "a")
        .is_some_and(|link| label_of(link).trim().is_empty())
}

struct Literal<'a> {
    before: &'a str,
    text: String,
    continued: bool,
}

/// The strings of a script, each with the code before it and whether something is added to it.
fn literals(code: &str) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    let mut letters = code.char_indices();
    let mut from = 0;
    while let Some((start, quote)) = letters.next() {
        if !matches!(quote, '\'' | '"' | '`') {
            continue;
        }
        let mut text = String::new();
        let mut end = None;
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => text.extend(letters.next().map(|(_, escaped)| escaped)),
                '\n' if quote != '`' => break,
                _ if letter == quote => {
                    end = Some(at + 1);
                    break;
                }
                _ => text.push(letter),
            }
        }
        let Some(end) = end else { continue };
        found.push(Literal {
            before: &code[from..start],
            continued: code[end..].trim_start().starts_with('+')
                || quote == '`' && text.contains("${"),
            text,
        });
        from = end;
        if found.len() >= 2_000 {
            break;
        }
    }
    found
}

/// Whether the code before a string sends the visitor to it.
fn goes_there(before: &str) -> bool {
    let before = before.trim_end();
    if let Some(left) = before.strip_suffix('=') {
        let left = left.trim_end();
        return !left.ends_with(['=', '!'])
            && (left.ends_with("location") || left.ends_with("location.href"));
    }
    let Some(called) = before.strip_suffix('(').map(str::trim_end) else {
        return false;
    };
    ["window.open", "location.assign", "location.replace"]
        .iter()
        .any(|name| called.ends_with(name))
        || called == "open"
        || called.ends_with(|letter: char| ";{ \n".contains(letter)) && called.ends_with("open")
}

/// Whether a string can only be an address: a scheme, a path, a query, or a file of the web.
fn looks_like_an_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if text
        .chars()
        .any(|letter| letter.is_whitespace() || "<>;{}".contains(letter))
    {
        return false;
    }
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return true;
    }
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    if let Some(rest) = path.strip_prefix('/') {
        return rest.chars().any(char::is_alphanumeric);
    }
    lower.starts_with("./")
        || lower.starts_with("../")
        || lower.starts_with('?') && lower.contains('=')
        || path.rsplit_once('.').is_some_and(|(name, extension)| {
            !name.is_empty() && (PAGES.contains(&extension) || FILES.contains(&extension))
        })
}

/// Extensions of pages.
const PAGES: [&str; 10] = [
    "php", "php3", "html", "htm", "shtml", "asp", "aspx", "jsp", "do", "cfm",
];
/// Extensions of documents.
pub(crate) const FILES: [&str; 17] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "csv", "txt",
    "zip", "rar", "7z", "xlsm",
];

pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn words_of(html: &Html) -> BTreeSet<u64> {
    let mut words = BTreeSet::new();
    for node in html.root_element().descendants() {
        let Node::Text(text) = node.value() else {
            continue;
        };
        let hidden = node
            .parent()
            .and_then(ElementRef::wrap)
            .is_some_and(|parent| matches!(parent.value().name(), "script" | "style"));
        if hidden {
            continue;
        }
        for word in text.split(|letter: char| letter.is_whitespace() || letter.is_numeric()) {
            if !word.is_empty() {
                let mut mark = DefaultHasher::new();
                word.hash(&mut mark);
                words.insert(mark.finish());
            }
        }
        if words.len() > MOST {
            break;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Url {
        Url::parse("http://a.go.th/dir/page.php?x=1").unwrap()
    }

    fn found(html: &str) -> Vec<(Kind, String, String)> {
        references(html, &page())
            .into_iter()
            .map(|reference| {
                let target = reference.target.to_string();
                let target = target.strip_prefix("http://a.go.th").unwrap_or(&target);
                (reference.kind, reference.label, target.to_owned())
            })
            .collect()
    }

    fn targets(html: &str) -> Vec<String> {
        found(html)
            .into_iter()
            .map(|(_, _, target)| target)
            .collect()
    }

    #[test]
    fn links_carry_what_the_visitor_reads() {
        let html = r#"<a href="o1.php"> โครงสร้าง <b>องค์กร</b></a><a href=/x><img src=/i.jpg alt="แผน"></a>
            <map><area href="m.html" alt="แผนที่"></map><a href="y" title="ติดต่อ"><i></i></a>"#;
        assert_eq!(
            found(html)
                .into_iter()
                .filter(|(kind, ..)| *kind == Kind::Link)
                .map(|(_, label, target)| format!("{label}|{target}"))
                .collect::<Vec<_>>(),
            [
                "โครงสร้าง องค์กร|/dir/o1.php",
                "แผน|/x",
                "แผนที่|/dir/m.html",
                "ติดต่อ|/dir/y"
            ]
        );
    }

    #[test]
    fn frames_and_refreshes_are_parts_of_the_page() {
        let html = r#"<html><head><meta http-equiv="Refresh" content="3; URL='/main.php'"></head>
            <frameset><frame src="top.php"><frame src=left.php></frameset></html>"#;
        assert_eq!(
            targets(html),
            ["/main.php", "/dir/top.php", "/dir/left.php"]
        );
        assert!(found(html).iter().all(|(kind, ..)| *kind == Kind::Frame));
        assert_eq!(
            targets(
                "<iframe src='/f.html'></iframe><embed src=a.pdf><object data='b.pdf'></object>"
            ),
            ["/f.html", "/dir/a.pdf", "/dir/b.pdf"]
        );
    }

    #[test]
    fn scripts_that_go_somewhere_are_links() {
        for (html, target) in [
            (
                r#"<b onclick="location.href='p.php?id=3'">แผน</b>"#,
                "/dir/p.php?id=3",
            ),
            (
                r#"<b onclick="window.location = &quot;p&quot;">แผน</b>"#,
                "/dir/p",
            ),
            (
                r#"<b onclick="window.open('p.php','w','width=200')">แผน</b>"#,
                "/dir/p.php",
            ),
            (
                r#"<b onclick="popup('/files/a.pdf', 'x')">แผน</b>"#,
                "/files/a.pdf",
            ),
            (
                r#"<a href="javascript:openWin('doc.php?n=2')">แผน</a>"#,
                "/dir/doc.php?n=2",
            ),
            (
                r#"<a href="javascript:window.open(%27/d%27)">แผน</a>"#,
                "/d",
            ),
            (
                r#"<table><tr data-href="/row/1"><td>แผน</td></tr></table>"#,
                "/row/1",
            ),
        ] {
            assert_eq!(
                found(html),
                [(Kind::Script, "แผน".to_owned(), target.to_owned())],
                "{html}"
            );
        }
        assert_eq!(
            targets("<script>window.location.replace('home\\/index');</script>"),
            ["/dir/home/index"]
        );
        assert_eq!(
            targets("<script>top.location=\"main\"</script>"),
            ["/dir/main"]
        );
    }

    #[test]
    fn what_is_said_to_visitors_without_scripts_or_frames_counts() {
        assert_eq!(
            targets(
                "<noscript><a href=x>x</a></noscript><noframes><body><a href=y>y</a></noframes>"
            ),
            ["/dir/x", "/dir/y"]
        );
        let deep = "<noscript>".repeat(50_000);
        assert!(targets(&deep).is_empty());
    }

    #[test]
    fn strings_that_are_not_addresses_are_left() {
        for html in [
            r#"<a href="javascript:void(0)">x</a>"#,
            r##"<a href="#tab-menu-1141">x</a>"##,
            r#"<a href="mailto:a@b.c">x</a><a href="tel:021">x</a>"#,
            r#"<b onclick="show('menu1'); return confirm('แน่ใจ?')">x</b>"#,
            r#"<b onclick="location.href='p.php?id='+id">x</b>"#,
            r#"<script>var a = 'x.php'; if (location == 'y.php') {}</script>"#,
            r#"<form method="POST" action="/send"></form>"#,
            r#"<select><option value="5">x</option><option value="">y</option></select>"#,
            r#"<img src="dot.gif" width="1" height=1>"#,
            r#"<p>ดูที่ https://a.go.th/uploads/dnm_fil...</p>"#,
        ] {
            assert_eq!(targets(html), Vec::<String>::new(), "{html}");
        }
    }

    #[test]
    fn jump_menus_get_forms_and_written_addresses_are_links() {
        assert_eq!(
            targets(
                r#"<select><option value="/o/1">a</option><option value="list.php?y=2565">b</option></select>
                <form action="search.php"></form><p>ดู http://a.go.th/x/y.pdf) และ https://b.go.th/z.</p>"#
            ),
            [
                "/o/1",
                "/dir/list.php?y=2565",
                "/dir/search.php",
                "/x/y.pdf",
                "https://b.go.th/z"
            ]
        );
    }

    #[test]
    fn a_picture_that_alone_names_a_link_is_told_from_others() {
        let html = r#"<a href=a><img src=1.gif></a><a href=b><img src=2.gif> แผน</a><a href=c title=x><img src=3.gif></a>"#;
        let faces: Vec<String> = found(html)
            .into_iter()
            .filter(|(kind, ..)| *kind == Kind::Face)
            .map(|(_, _, target)| target)
            .collect();
        assert_eq!(faces, ["/dir/1.gif"]);
    }

    #[test]
    fn the_base_of_a_page_moves_its_links() {
        assert_eq!(
            targets("<base href='/other/'><a href='x'>x</a>"),
            ["/other/x"]
        );
    }

    #[test]
    fn labels_in_tis_620_are_read() {
        let (body, _, _) = WINDOWS_874.encode("<a href='x'>แผนงาน</a>");
        for content_type in [None, Some("text/html"), Some("text/html; charset=TIS-620")] {
            assert_eq!(
                read(&body, content_type, &page()).references[0].label,
                "แผนงาน"
            );
        }
        let mut broken = "<a href='x'>แผนการดำเนินงาน</a>".as_bytes().to_vec();
        broken.push(0xff);
        assert_eq!(
            read(&broken, None, &page()).references[0].label,
            "แผนการดำเนินงาน"
        );
    }

    #[test]
    fn queries_go_out_in_the_letters_of_their_page() {
        let html = "<a href='กา.php?q=กา'>แผนงานประจำปี</a>";
        let (body, _, _) = WINDOWS_874.encode(html);
        let old = read(&body, Some("text/html; charset=tis-620"), &page())
            .references
            .remove(0)
            .target;
        let new = read(html.as_bytes(), None, &page())
            .references
            .remove(0)
            .target;
        assert_eq!(old.query(), Some("q=%A1%D2"));
        assert_eq!(new.query(), Some("q=%E0%B8%81%E0%B8%B2"));
        assert_eq!(old.path(), new.path());
        assert_eq!(super::super::address::normalise(&old), new);
    }

    #[test]
    fn digits_do_not_make_a_page_new() {
        let words = |text: &str| read(text.as_bytes(), None, &page()).words;
        assert_eq!(words("<p>ผู้ชม 1523 คน</p>"), words("<p>ผู้ชม 98 คน</p>"));
        assert_ne!(words("<p>ผู้ชม 1523 คน</p>"), words("<p>ผู้สมัคร 1523 คน</p>"));
    }

    #[test]
    fn hostile_nesting_costs_no_time() {
        let html = format!("<a href=x>x</a>{}", "<div>".repeat(400_000));
        let started = std::time::Instant::now();
        assert_eq!(targets(&html), ["/dir/x"]);
        assert!(started.elapsed().as_secs() < 5);
        let flat = "<br><img src=a.png><p>x".repeat(6_000) + "<a href=last>x</a>";
        assert_eq!(targets(&flat).last().map(String::as_str), Some("/dir/last"));
    }

    proptest::proptest! {
        #[test]
        fn no_page_breaks_the_reader(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), html in "(<(a href|b onclick|meta http-equiv=refresh content|option value)=[\"']?(javascript:|url=|location=|%|ก|'|\\\\|x.php){0,4}>?){0,6}") {
            let _ = read(&body, Some("text/html"), &page());
            let _ = references(&html, &page());
        }
    }
}
