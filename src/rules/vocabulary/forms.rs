//! Words about online forms.

use std::sync::Arc;

use rhai::plugin::*;
use url::Url;

use super::places::Places;
use super::site::is_outside;
use super::{Fallible, PAIRS, Shown, Thing, needles, register_many, spend};
use crate::extract::{Form, Page, Part};
use crate::fetch::outside::{Outside, OutsideKind};
use crate::site::{Node, NodeKind, PlaceId, Site};
use crate::thai::Text;

pub(super) fn register(engine: &mut Engine) {
    register_many::<Forms>(engine, "Forms");
    engine.register_global_module(rhai::exported_module!(words).into());
}

/// Online forms of places: their own and those of form services they link to.
pub(super) type Forms = Shown<Channel>;

/// A form by which people send something in.
#[derive(Clone)]
pub(super) struct Channel {
    /// Where it is sent; the form's address for a form service.
    target: String,
    /// Its names, headings and fields.
    words: Arc<Text>,
}

impl Thing for Channel {}

/// Form services: a link there is an online form.
fn is_form_service(url: &Url) -> bool {
    Outside::of(url).kind == OutsideKind::Form
}

/// A form at a form service that is known not to take answers from everybody: closed, gone, or behind a sign-in.
fn is_shut(node: &Node) -> bool {
    let refused = node.outside.as_ref().and_then(|outside| outside.refused);
    node.broken().is_some() || refused.is_some()
}

/// A form that a visitor sends words with: no search box, no log-in, no poll of buttons only.
fn is_channel(form: &Form) -> bool {
    let count = |kinds: &[&str]| {
        let fields = form.fields.iter();
        fields
            .filter(|field| kinds.contains(&field.kind.as_str()))
            .count()
    };
    let writes = count(&["text", "textarea", "email", "tel", "file", "number", "date"]);
    let searches = !form.post && writes <= 1 && count(&["textarea", "file"]) == 0;
    writes > 0 && !searches && count(&["password", "search"]) == 0
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join("\n")
}

/// Forms on a page and those that it links to or frames: their targets and words.
fn forms_of(site: &Site, page: &Page, names: &str) -> Vec<(String, String)> {
    let open = |url: &Url| is_form_service(url) && !site.node_at(url).is_some_and(is_shut);
    let own = page
        .forms
        .iter()
        .filter(|form| form.part == Part::Content && is_channel(form))
        .map(|form| {
            let labels = joined(form.fields.iter().map(|field| field.label.as_str()));
            let words = format!("{names}\n{}\n{}\n{labels}", form.title, form.submit);
            (form.action.to_string(), words)
        });
    let linked = page
        .links
        .iter()
        .filter(|link| link.part == Part::Content && open(&link.to))
        .map(|link| {
            let words = format!("{}\n{}\n{}", link.label, link.row, link.under.join("\n"));
            (link.to.to_string(), words)
        });
    let framed = page
        .frames
        .iter()
        .filter(|frame| open(frame))
        .map(|frame| (frame.to_string(), names.to_owned()));
    own.chain(linked).chain(framed).collect()
}

#[export_module]
mod words {
    /// แบบฟอร์มออนไลน์ (ไม่รวมช่องค้นหา หน้าเข้าสู่ระบบ และโพลล์)
    #[rhai_fn(get = "forms", pure)]
    pub fn forms(places: &mut Places) -> Forms {
        let mut list: Vec<(PlaceId, Channel)> = Vec::new();
        for (place, node) in places.nodes() {
            let names = joined(places.site.places[place].names.iter().map(String::as_str));
            let found = match &node.kind {
                _ if is_outside(node, &[OutsideKind::Form]) => {
                    if is_shut(node) {
                        continue;
                    }
                    // What the form asks is known when it was opened.
                    let target = node.linked.as_ref().unwrap_or(&node.url).to_string();
                    vec![(target, format!("{names}\n{}", node.text.as_str()))]
                }
                NodeKind::Page(page) => forms_of(&places.site, page, &names),
                _ => continue,
            };
            for (target, words) in found {
                // A form at a form service is one form, on the page that links to it and by itself.
                let service = Url::parse(&target).is_ok_and(|url| is_form_service(&url));
                let same = |(at, known): &&mut (PlaceId, Channel)| {
                    known.target == target && (service || *at == place)
                };
                match list.iter_mut().find(same) {
                    Some((_, known)) => {
                        known.words =
                            Arc::new(Text::new(format!("{}\n{words}", known.words.as_str())));
                    }
                    None => {
                        let words = Arc::new(Text::new(words));
                        list.push((place, Channel { target, words }));
                    }
                }
            }
        }
        Forms::new(&places.site, list)
    }

    /// เฉพาะที่ซึ่งมีแบบฟอร์มออนไลน์
    #[rhai_fn(get = "with_form", pure)]
    pub fn with_form(places: &mut Places) -> Places {
        let forms = forms(places);
        places.only(
            "ไม่มีแบบฟอร์มออนไลน์",
            |_, place| forms.list.iter().any(|(at, _)| *at == place),
        )
    }

    /// เฉพาะหน้าที่ต้องเข้าสู่ระบบด้วยรหัสผ่าน
    #[rhai_fn(get = "with_login", pure)]
    pub fn with_login(places: &mut Places) -> Places {
        let asks = |form: &Form| {
            form.part == Part::Content && form.fields.iter().any(|field| field.kind == "password")
        };
        places.with_page("ไม่มีหน้าเข้าสู่ระบบ", |page| page.forms.iter().any(asks))
    }

    /// เฉพาะแบบฟอร์มที่ชื่อ หัวข้อ หรือช่องกรอกมีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn about(forms: &mut Forms, words: Dynamic) -> Fallible<Forms> {
        let needles = needles(&words)?;
        Ok(forms.keep(|form| form.words.has_any(&needles)))
    }

    /// ตัดแบบฟอร์มที่ชื่อ หัวข้อ หรือช่องกรอกมีคำใดคำหนึ่งออก
    #[rhai_fn(pure, return_raw)]
    pub fn without(forms: &mut Forms, words: Dynamic) -> Fallible<Forms> {
        let needles = needles(&words)?;
        Ok(forms.keep(|form| !form.words.has_any(&needles)))
    }

    /// แบบฟอร์มที่ปลายทางหรือหน้าเดียวกันกับอีกชุดหนึ่ง
    #[rhai_fn(pure)]
    pub fn same_as(forms: &mut Forms, others: Forms) -> Forms {
        spend(forms.list.len().saturating_mul(others.list.len()) / PAIRS);
        let same = forms.list.iter().filter(|(place, form)| {
            let mut others = others.list.iter();
            others.any(|(at, other)| at == place || other.target == form.target)
        });
        Forms::new(&forms.site, same.cloned().collect())
    }
}
