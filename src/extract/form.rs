//! Forms and the fields that a visitor fills in.

use std::collections::BTreeMap;

use url::Url;

use super::dom::{Dom, is_block};
use super::one_line as clean;
use super::target::resolve;
use super::{Field, Form, Part};

/// A longer text in front of a field is not its label.
const MAX_LABEL: usize = 120;
/// Fields of one form; more is not meant for people.
const MAX_FIELDS: usize = 300;

struct Draft {
    form: Form,
    /// The form element; `None` for fields outside any form.
    node: Option<usize>,
    is_titled: bool,
}

/// The forms of a page. `captions` holds what stands above each form and field.
pub(super) fn forms(
    dom: &Dom,
    parts: &[Part],
    captions: &BTreeMap<usize, Vec<String>>,
    page: &Url,
    base: &Url,
) -> Vec<Form> {
    let labels = labels(dom);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut current: Option<(usize, usize)> = None;
    // A form that a table pushed out of itself: fields that follow belong to it.
    let mut pushed_out: Option<(usize, usize)> = None;
    for i in 0..dom.len() {
        match dom.tag(i) {
            "form" => {
                let form = open(dom, parts, page, base, i);
                drafts.push(Draft {
                    form,
                    node: Some(i),
                    is_titled: false,
                });
                let has_fields = (i + 1..dom.end(i))
                    .any(|j| matches!(dom.tag(j), "input" | "textarea" | "select" | "button"));
                if has_fields {
                    current = Some((drafts.len() - 1, dom.end(i)));
                } else if let Some(table) = dom.ancestors(i).find(|&up| dom.tag(up) == "table") {
                    pushed_out = Some((drafts.len() - 1, dom.end(table)));
                }
            }
            "input" | "textarea" | "select" | "button" => {
                let holds = |(form, end): (usize, usize)| (i < end).then_some(form);
                let inside = current
                    .and_then(holds)
                    .or_else(|| pushed_out.and_then(holds));
                let index = inside.unwrap_or_else(|| loose(&mut drafts, parts[i], page));
                let draft = &mut drafts[index];
                add(dom, &labels, &mut draft.form, i);
                if !draft.is_titled {
                    draft.is_titled = true;
                    draft.form.title = title(dom, captions, draft.node, captions.get(&i));
                }
            }
            _ => {}
        }
    }
    drafts
        .into_iter()
        .filter(|draft| match draft.node {
            Some(_) => !draft.form.fields.is_empty(),
            // Loose fields are a form when there is something to write and something to press.
            None => {
                draft.form.fields.iter().any(|field| {
                    matches!(
                        field.kind.as_str(),
                        "text" | "textarea" | "email" | "search"
                    )
                }) && !draft.form.submit.is_empty()
            }
        })
        .map(|draft| draft.form)
        .collect()
}

fn open(dom: &Dom, parts: &[Part], page: &Url, base: &Url, i: usize) -> Form {
    let action = dom
        .attr(i, "action")
        .and_then(|action| resolve(base, action))
        .unwrap_or_else(|| page.clone());
    Form {
        action,
        post: dom
            .attr(i, "method")
            .is_some_and(|method| method.trim().eq_ignore_ascii_case("post")),
        fields: Vec::new(),
        submit: String::new(),
        title: String::new(),
        part: parts[i],
    }
}

fn loose(drafts: &mut Vec<Draft>, part: Part, page: &Url) -> usize {
    let found = drafts
        .iter()
        .position(|draft| draft.node.is_none() && draft.form.part == part);
    found.unwrap_or_else(|| {
        drafts.push(Draft {
            form: Form {
                action: page.clone(),
                post: false,
                fields: Vec::new(),
                submit: String::new(),
                title: String::new(),
                part,
            },
            node: None,
            is_titled: false,
        });
        drafts.len() - 1
    })
}

/// What stands above: the innermost heading, text in front, the legend.
fn title(
    dom: &Dom,
    captions: &BTreeMap<usize, Vec<String>>,
    form: Option<usize>,
    field: Option<&Vec<String>>,
) -> String {
    let above = form.and_then(|node| captions.get(&node)).or(field);
    let mut parts: Vec<String> = above
        .map(|above| above.iter().rev().take(2).rev().cloned().collect())
        .unwrap_or_default();
    let inside = form.and_then(|node| {
        (node + 1..dom.end(node)).find(|&j| {
            matches!(
                dom.tag(j),
                "legend" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
            )
        })
    });
    if let Some(node) = inside {
        let text = dom.text_of(node);
        if !text.is_empty() && !parts.contains(&text) {
            parts.push(text);
        }
    }
    parts.join(" ")
}

fn labels<'a>(dom: &Dom<'a>) -> BTreeMap<&'a str, usize> {
    let mut found = BTreeMap::new();
    for i in 0..dom.len() {
        if dom.tag(i) == "label"
            && let Some(id) = dom.attr(i, "for")
        {
            found.entry(id).or_insert(i);
        }
    }
    found
}

fn add(dom: &Dom, labels: &BTreeMap<&str, usize>, form: &mut Form, i: usize) {
    let tag = dom.tag(i);
    let kind = match tag {
        "input" => dom
            .attr(i, "type")
            .unwrap_or("text")
            .trim()
            .to_ascii_lowercase(),
        "button" => dom
            .attr(i, "type")
            .unwrap_or("submit")
            .trim()
            .to_ascii_lowercase(),
        _ => tag.to_owned(),
    };
    match kind.as_str() {
        "hidden" | "reset" => {}
        "submit" | "button" | "image" => {
            if form.submit.is_empty() {
                form.submit = submit_text(dom, i);
            }
        }
        _ if tag == "button" || form.fields.len() >= MAX_FIELDS => {}
        _ => {
            let kind = if kind.is_empty() {
                "text".to_owned()
            } else {
                kind
            };
            let label = label(dom, labels, i);
            form.fields.push(Field { kind, label });
        }
    }
}

fn submit_text(dom: &Dom, i: usize) -> String {
    let text = dom.text_of(i);
    let written = ["value", "alt", "title", "aria-label"]
        .iter()
        .filter_map(|name| dom.attr(i, name))
        .map(clean)
        .find(|text| !text.is_empty());
    if text.is_empty() {
        written.unwrap_or_default()
    } else {
        text
    }
}

fn label(dom: &Dom, labels: &BTreeMap<&str, usize>, i: usize) -> String {
    let by_id = dom.attr(i, "id").and_then(|id| labels.get(id).copied());
    let wrapping = dom.ancestors(i).take(6).find(|&up| dom.tag(up) == "label");
    let from_label = by_id
        .or(wrapping)
        .map(|label| dom.text_of(label))
        .filter(|text| !text.is_empty());
    let written = |name| dom.attr(i, name).map(clean).filter(|text| !text.is_empty());
    from_label
        .or_else(|| written("aria-label"))
        .or_else(|| written("placeholder"))
        .or_else(|| text_before(dom, i))
        .or_else(|| written("title"))
        .or_else(|| written("name"))
        .unwrap_or_default()
}

/// The text in front of a field: in its block, else in the cell or block before it.
fn text_before(dom: &Dom, i: usize) -> Option<String> {
    let enclosing = dom.ancestors(i).find(|&up| is_block(dom.tag(up)))?;
    let tidy = |text: &str| {
        let text = clean(text);
        let text = text.trim_matches([':', '*', ' ', '：']).to_owned();
        let length = text.chars().count();
        (length > 0 && length <= MAX_LABEL).then_some(text)
    };
    let mut raw = Vec::new();
    for j in (enclosing + 1..i).rev() {
        match dom.text(j) {
            Some(text) if dom.parent(j).is_none_or(|up| dom.tag(up) != "option") => raw.push(text),
            Some(_) => break,
            None if matches!(dom.tag(j), "br" | "input" | "select" | "textarea") => break,
            None => {}
        }
    }
    raw.reverse();
    if let Some(text) = tidy(&raw.concat()) {
        return Some(text);
    }
    // `<td>ชื่อ</td><td><input></td>`
    let up = dom.parent(enclosing)?;
    let before = dom
        .children(up)
        .take_while(|&j| j < enclosing)
        .filter(|&j| dom.chars(j) > 0)
        .last()?;
    let has_field =
        (before..dom.end(before)).any(|j| matches!(dom.tag(j), "input" | "select" | "textarea"));
    if has_field {
        return None;
    }
    match dom.text(before) {
        Some(text) => tidy(text),
        None => tidy(&dom.text_of(before)),
    }
}
