//! What other sites answered with, and what their frames and buttons stand for.

use url::Url;

use super::{Node, NodeKind};
use crate::extract::{Form, Page};
use crate::fetch::address::is_web;
use crate::fetch::outside::{Outside, OutsideKind, Refused};

/// Buttons that pass a page on to others: no publication and nobody's channel.
pub(super) fn is_share_button(node: &Node) -> bool {
    let outside = node.outside.as_ref();
    outside.is_some_and(|outside| outside.kind == OutsideKind::Share)
}

/// What of a page that another site answered with is content: a form, or a document published as a page. Its links lead
/// further away and are nobody's business here.
pub(super) fn handed_out(url: &Url, mut page: Page) -> Result<NodeKind, Refused> {
    const CLOSED: [&str; 4] = [
        "ไม่รับคำตอบ",
        "ไม่เปิดรับคำตอบ",
        "no longer accepting responses",
        "isn't accepting responses",
    ];
    /// Characters that a page to sign in has at most.
    const DOOR: usize = 1500;
    const SIGN_IN: [&str; 9] = [
        "ลงชื่อเข้าใช้",
        "เข้าสู่ระบบ",
        "ขอสิทธิ์เข้าถึง",
        "ต้องได้รับสิทธิ์",
        "จำเป็นต้องมีสิทธิ์",
        "sign in",
        "log in",
        "request access",
        "need access",
    ];
    let said: Vec<&str> = std::iter::once(page.title.as_str())
        .chain(page.blocks.iter().map(|block| block.text.as_str()))
        .collect();
    let said = said.join("\n").to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let has = |form: &Form, kinds: &[&str]| {
        let mut fields = form.fields.iter();
        fields.any(|field| kinds.contains(&field.kind.as_str()))
    };
    let is_secret = page.forms.iter().any(|form| has(form, &["password"]));
    let is_form = page.forms.iter().any(|form| {
        has(form, &["text", "textarea", "radio", "checkbox"])
            || form.action.path().ends_with("/formResponse")
    });
    let kind = Outside::of(url).kind;
    // Every open form offers to sign in, and a document may speak of it; a door says little else.
    let asks = says(&SIGN_IN) && said.chars().count() < DOOR;
    if is_secret || asks && !(kind == OutsideKind::Form && is_form) {
        return Err(Refused::SignIn);
    }
    match kind {
        OutsideKind::Form if says(&CLOSED) && !is_form => {
            Ok(NodeKind::Broken("แบบฟอร์มปิดรับคำตอบแล้ว".to_owned()))
        }
        OutsideKind::Form | OutsideKind::Document => {
            page.links.clear();
            page.frames.clear();
            Ok(NodeKind::Page(page))
        }
        _ => Err(Refused::Withheld),
    }
}

/// What a frame shows: a social plug-in stands for the page it is about.
pub(super) fn framed(frame: &Url) -> Url {
    let about = frame
        .query_pairs()
        .find(|(name, _)| name == "href")
        .and_then(|(_, value)| Url::parse(&value).ok());
    // What a button likes or shares is the page around it.
    about
        .filter(|about| is_web(about) && frame.path().contains("/plugins/"))
        .unwrap_or_else(|| frame.clone())
}
