//! Where a link leads: attributes and scraps of script to addresses.

use url::Url;

use crate::fetch::address::normalise;

/// Longer addresses are not written by people; servers refuse them.
const MAX_ADDRESS: usize = 4000;

/// An address as written in an attribute, resolved; `None` when it leads nowhere.
pub(super) fn resolve(base: &Url, written: &str) -> Option<Url> {
    let written = written.trim();
    if written.is_empty() || written.starts_with('#') || written.len() > MAX_ADDRESS {
        return None;
    }
    if let Some(script) = strip_prefix_ignore_case(written, "javascript:") {
        return resolve(base, from_script(script)?);
    }
    let url = base.join(written).ok()?;
    match url.scheme() {
        "http" | "https" => url.host_str().is_some().then(|| normalise(&url)),
        "mailto" | "tel" => Some(url),
        _ => None,
    }
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.get(..prefix.len())?
        .eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// The address in a scrap of script: `location.href='news.php?id=7'`, `openWin("a.pdf", 600)`.
pub(super) fn from_script(script: &str) -> Option<&str> {
    if script.len() > MAX_ADDRESS {
        return None;
    }
    let goes = ["location", "open("]
        .iter()
        .any(|word| script.contains(word));
    let mut rest = script;
    while let Some(start) = rest.find(['\'', '"']) {
        let quote = &rest[start..=start];
        let inside = &rest[start + 1..];
        let end = inside.find(quote)?;
        let string = &inside[..end];
        if is_address(string, goes) {
            return Some(string);
        }
        rest = &inside[end + 1..];
    }
    None
}

/// Inside `location=` any relative path will do; elsewhere only what cannot be anything else.
fn is_address(string: &str, goes: bool) -> bool {
    let string = string.trim();
    if string.is_empty()
        || string.starts_with(['#', '_', '.'] as [char; 3])
            && !string.starts_with("./")
            && !string.starts_with("../")
        || string.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '{' | '('))
        || strip_prefix_ignore_case(string, "javascript:").is_some()
    {
        return false;
    }
    let path = string.split(['?', '#']).next().unwrap_or_default();
    let has_extension = path.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && matches!(
                extension.to_ascii_lowercase().as_str(),
                "php"
                    | "html"
                    | "htm"
                    | "asp"
                    | "aspx"
                    | "jsp"
                    | "do"
                    | "pdf"
                    | "doc"
                    | "docx"
                    | "xls"
                    | "xlsx"
                    | "ppt"
                    | "pptx"
                    | "zip"
                    | "rar"
                    | "jpg"
                    | "jpeg"
                    | "png"
            )
    });
    string.starts_with("http://")
        || string.starts_with("https://")
        || string.starts_with("//")
        || has_extension
        || goes && (string.contains('/') || string.contains('?'))
        || string.starts_with('/') && string.len() > 1
}

/// An address that a menu's `<option>` holds.
pub(super) fn from_option(value: &str) -> Option<&str> {
    is_address(value, value.trim_start().starts_with('?')).then_some(value)
}

/// The target of `<meta http-equiv="refresh" content="5; url=home.php">`.
pub(super) fn from_refresh(content: &str) -> Option<&str> {
    let lower = content.to_ascii_lowercase();
    let at = lower.find("url")?;
    let target = content[at + 3..].trim_start().strip_prefix('=')?.trim();
    Some(target.trim_matches(['\'', '"']))
}

/// The document inside an address of an online viewer: `docs.google.com/gview?url=…`.
pub(super) fn viewed(url: &Url) -> Option<Url> {
    let (_, inner) = url
        .query_pairs()
        .find(|(key, _)| matches!(&**key, "url" | "file" | "src"))?;
    // Relative addresses are the viewer's business: `viewer.html?file=/docs/a.pdf`.
    let inner = if inner.starts_with("http") {
        Url::parse(&inner).ok()?
    } else if inner.to_ascii_lowercase().ends_with(".pdf") {
        url.join(&inner).ok()?
    } else {
        return None;
    };
    matches!(inner.scheme(), "http" | "https").then(|| normalise(&inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(written: &str) -> Option<String> {
        let base = Url::parse("http://a.go.th/x/y.php").ok()?;
        resolve(&base, written).map(String::from)
    }

    #[test]
    fn a_script_that_opens_a_page_is_a_link() {
        let window = "javascript:window.open('news.php?id=3','_blank','width=600')";
        assert_eq!(
            to(window).as_deref(),
            Some("http://a.go.th/x/news.php?id=3")
        );
        assert_eq!(
            to("JavaScript:location='/home'").as_deref(),
            Some("http://a.go.th/home")
        );
        assert_eq!(
            from_script("popup(\"a b\", 'file/o2.PDF')"),
            Some("file/o2.PDF")
        );
    }

    #[test]
    fn a_script_that_goes_nowhere_is_not_a_link() {
        for nowhere in [
            "javascript:void(0)",
            "javascript:history.back()",
            "javascript:toggle('menu-2')",
            "javascript:setColor('#fff')",
            "#top",
            "",
            "data:text/html,x",
        ] {
            assert_eq!(to(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn the_fragment_is_not_part_of_an_address() {
        assert_eq!(to("/ita/#o1").as_deref(), Some("http://a.go.th/ita/"));
        assert_eq!(to("tel:0 7529 0000").as_deref(), Some("tel:0 7529 0000"));
    }

    #[test]
    fn options_of_a_plain_choice_are_not_links() {
        assert_eq!(from_option("page.php?id=4"), Some("page.php?id=4"));
        assert_eq!(from_option("2565"), None);
        assert_eq!(from_option("นาย"), None);
        assert_eq!(from_option("/"), None);
    }

    #[test]
    fn a_viewer_shows_another_document() {
        let page =
            Url::parse("https://docs.google.com/gview?url=http://a.go.th/o4.pdf&embedded=true");
        assert_eq!(
            page.ok()
                .and_then(|page| viewed(&page))
                .map(String::from)
                .as_deref(),
            Some("http://a.go.th/o4.pdf")
        );
    }
}
