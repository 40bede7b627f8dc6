//! The handbook as one HTML file, from its Markdown: nothing loaded from elsewhere, made for the screen and for A4.

use minijinja::{AutoEscape, Environment, context};
use pulldown_cmark::{CowStr, Event, Options, Parser, html as write};

use super::{Handbook, items, mark, markdown, title};
use crate::rules::answer::Outcome;

const PAGE: &str = include_str!("page.html");

/// Writes the handbook as HTML.
pub fn html(book: &Handbook) -> Result<String, minijinja::Error> {
    let mut page = Environment::new();
    page.set_auto_escape_callback(|_| AutoEscape::Html);
    page.add_template("page.html", PAGE)?;
    page.get_template("page.html")?.render(context! {
        title => title(book),
        body => minijinja::Value::from_safe_string(body(&markdown(book))),
    })
}

/// The page's body. What is not an anchor of ours is text, whatever it looks like.
pub(super) fn body(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) if !mark::is_anchor(&html) => Event::Text(html),
        Event::Text(text) => coloured(text),
        event => event,
    });
    let mut body = String::new();
    write::push_html(&mut body, events);
    body
}

/// The mark of an outcome at the head of a line, in its colour.
fn coloured(text: CowStr) -> Event {
    let all = [
        (Outcome::Met, "met"),
        (Outcome::Unmet, "unmet"),
        (Outcome::Unsure, "unsure"),
        (Outcome::NotApplicable, "not"),
    ];
    let mut marks = all
        .into_iter()
        .map(|(one, class)| (items::sign(one), class));
    let found = marks.find(|(sign, _)| text.trim_end() == sign.to_string());
    match found {
        Some((sign, class)) => {
            Event::InlineHtml(format!("<b class=\"{class}\">{sign}</b> ").into())
        }
        None => Event::Text(text),
    }
}
