//! Which part of a page each element stands in: menu, content, foot. In doubt it is content.

use super::Part;
use super::dom::{Dom, heading_level};

/// Above this share of a page's text nothing is furniture, whatever its class says.
const MAX_SHARE: f32 = 0.6;
/// The foot of a page is not longer than this.
const MAX_FOOTER: usize = 1500;

/// The part of every node.
pub(super) fn parts(dom: &Dom) -> Vec<Part> {
    let mut parts = vec![Part::Content; dom.len()];
    let mut article_end = 0;
    let foot = trailing_foot(dom);
    let bars = leading_menus(dom, foot);
    for i in 0..dom.len() {
        let inherited = dom.parent(i).map_or(Part::Content, |up| parts[up]);
        parts[i] = inherited;
        if dom.text(i).is_some() {
            continue;
        }
        let in_article = i < article_end;
        if matches!(dom.tag(i), "main" | "article") || dom.attr(i, "role") == Some("main") {
            article_end = article_end.max(dom.end(i));
        }
        if foot == Some(i) {
            parts[i] = Part::Footer;
        } else if let Some(part) = own_part(dom, i, in_article) {
            parts[i] = part;
        } else if inherited == Part::Content && (bars.contains(&i) || is_side_cell(dom, i)) {
            parts[i] = Part::Menu;
        }
    }
    parts
}

/// What an element's name, role, id or class says, checked against what it holds.
fn own_part(dom: &Dom, i: usize, in_article: bool) -> Option<Part> {
    let tag = dom.tag(i);
    match (tag, dom.attr(i, "role").unwrap_or_default()) {
        ("main" | "article", _) | (_, "main") => return Some(Part::Content),
        ("nav", _) | (_, "navigation" | "menubar") => return Some(Part::Menu),
        ("footer", _) if !in_article => return Some(Part::Footer),
        (_, "contentinfo") => return Some(Part::Footer),
        ("header", _) if !in_article && !is_most(dom, i) => return Some(Part::Menu),
        ("aside", _) if !holds_main(dom, i) => return Some(Part::Menu),
        (_, "banner" | "complementary") if !is_most(dom, i) => return Some(Part::Menu),
        ("html" | "body" | "a" | "img" | "input" | "li" | "b" | "font", _) => return None,
        _ => {}
    }
    let words = dom.name_words(i);
    if words.is_empty() {
        return None;
    }
    let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    if any(&["breadcrumb", "breadcrumbs", "pathway"]) {
        return Some(Part::Menu);
    }
    // `card-header`, `entry-footer`, `panel-heading`: the head and foot of a thing, not of the page.
    let of_thing = any(&[
        "card",
        "panel",
        "modal",
        "entry",
        "post",
        "article",
        "section",
        "content",
        "table",
        "widget",
        "item",
        "list",
        "box",
        "news",
        "person",
        "page",
        "accordion",
        "block",
        "form",
    ]);
    if any(&["footer", "foot", "copyright", "colophon"])
        && !of_thing
        && !in_article
        && !is_most(dom, i)
    {
        return Some(Part::Footer);
    }
    if any(&["header", "banner", "masthead", "topbar", "tophead"])
        && !of_thing
        && !in_article
        && !is_most(dom, i)
    {
        return Some(Part::Menu);
    }
    let menu = any(&[
        "nav",
        "navbar",
        "navigation",
        "menu",
        "menubar",
        "mainmenu",
        "topmenu",
        "submenu",
        "sidenav",
        "offcanvas",
    ]);
    if menu && !is_most(dom, i) && dom.link_chars(i) * 2 >= dom.chars(i) && dom.links(i) > 1 {
        return Some(Part::Menu);
    }
    (any(&["sidebar", "sidemenu", "leftmenu", "rightmenu"]) && !is_most(dom, i))
        .then_some(Part::Menu)
}

/// Holds most of the page's running text: a wrapper whose class only mentions a menu.
fn is_most(dom: &Dom, i: usize) -> bool {
    let plain = dom.chars(i) - dom.link_chars(i);
    let all = dom.chars(0) - dom.link_chars(0);
    plain > 200 && plain as f32 > all as f32 * MAX_SHARE || holds_main(dom, i)
}

/// Whether what the page calls its main part stands inside.
fn holds_main(dom: &Dom, i: usize) -> bool {
    (i + 1..dom.end(i))
        .any(|j| matches!(dom.tag(j), "main" | "article") || dom.attr(j, "id") == Some("content"))
}

/// A narrow column of links beside the content of a layout table.
fn is_side_cell(dom: &Dom, i: usize) -> bool {
    if dom.tag(i) != "td" || dom.links(i) < 5 || dom.link_chars(i) * 5 < dom.chars(i) * 4 {
        return false;
    }
    let Some(row) = dom.parent(i) else {
        return false;
    };
    let cells: Vec<usize> = dom.children(row).filter(|&j| dom.tag(j) == "td").collect();
    if !(2..=4).contains(&cells.len())
        || dom.first(i, "table").is_none()
            && dom.first(i, "li").is_none()
            && dom.first(i, "br").is_none()
            && dom.first(i, "div").is_none()
            && dom.first(i, "p").is_none()
    {
        return false;
    }
    cells.iter().any(|&other| {
        let plain = dom.chars(other) - dom.link_chars(other);
        other != i && plain > 100 && plain > dom.chars(i) / 4
    })
}

/// Lists of nothing but links before the page's first heading or running text, when such text follows.
fn leading_menus(dom: &Dom, foot: Option<usize>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < dom.len() {
        let tag = dom.tag(i);
        if heading_level(tag).is_some() || matches!(tag, "main" | "article") {
            break;
        }
        if matches!(tag, "ul" | "table" | "div" | "p" | "tr" | "center") && is_bar(dom, i) {
            found.push(i);
            i = dom.end(i);
            continue;
        }
        if dom.text(i).is_some_and(|text| text.chars().count() > 80) {
            break;
        }
        i += 1;
    }
    // A page that is nothing but links is about them: the last list before the foot is its content.
    let in_foot = foot.map_or(0, |foot| {
        dom.plain_chars_from(foot) - dom.plain_chars_from(dom.end(foot))
    });
    while let Some(&last) = found.last()
        && dom.plain_chars_from(dom.end(last)) < 60 + in_foot
    {
        found.pop();
    }
    found
}

/// Four links or more, short, and nearly no other text.
fn is_bar(dom: &Dom, i: usize) -> bool {
    let links = dom.links(i);
    links >= 4
        && dom.link_chars(i) * 5 >= dom.chars(i) * 4
        && dom.link_chars(i) <= links * 60
        && !(i + 1..dom.end(i)).any(|j| heading_level(dom.tag(j)).is_some() || dom.tag(j) == "form")
}

/// The last block of a page, when it carries the marks of a foot: copyright, counter, vendor.
fn trailing_foot(dom: &Dom) -> Option<usize> {
    const MARKS: &str = "©|copyright|สงวนลิขสิทธิ์|powered by|ออกแบบและพัฒนา|พัฒนาโดย|ผู้เข้าชม|ผู้เยี่ยมชม|จำนวนผู้เข้า|\
    all rights reserved";
    let total = dom.chars(0);
    let mut found = None;
    let mut i = (0..dom.len()).find(|&i| dom.tag(i) == "body")?;
    // Down the last child that has text, as long as one block holds the end of the page.
    while let Some(last) = dom
        .children(i)
        .filter(|&j| dom.text(j).is_none() && dom.chars(j) > 0)
        .last()
    {
        let chars = dom.chars(last);
        let is_small = chars < MAX_FOOTER && chars * 3 < total;
        if is_small
            && !(last..dom.end(last))
                .any(|j| matches!(dom.tag(j), "h1" | "h2" | "form" | "main" | "article"))
        {
            let text = dom.text_of(last).to_lowercase();
            if MARKS.split('|').any(|mark| text.contains(mark)) {
                found = Some(last);
            }
            break;
        }
        i = last;
    }
    found
}
