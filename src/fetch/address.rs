//! Addresses: one form for each, and which of them belong to the agency's site.

use std::collections::BTreeSet;

use encoding_rs::WINDOWS_874;
use url::{Host, Url};

/// Why a home address could not be understood.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is not an address at all.
    #[error("ที่อยู่เว็บไซต์ “{given}” ไม่ถูกต้อง ({why}): ใส่ในรูป https://www.example.go.th/")]
    Malformed {
        /// What was given.
        given: String,
        /// The parser's words.
        why: url::ParseError,
    },
    /// It is an address, but not of a website.
    #[error("ที่อยู่ “{0}” ไม่ใช่เว็บไซต์: ใส่ที่อยู่ที่ขึ้นต้นด้วย http:// หรือ https:// และมีชื่อเครื่อง")]
    NotWeb(String),
}

/// Reads a home address as a person types it. Without a scheme it is `http`: servers that want `https` redirect, the reverse is rare.
pub fn parse_home(given: &str) -> Result<Url, AddressError> {
    let trimmed = given.trim();
    let text = if trimmed.contains("://") {
        trimmed.to_owned()
    } else {
        format!("http://{}", trimmed.trim_start_matches('/'))
    };
    let url = Url::parse(&text).map_err(|why| AddressError::Malformed {
        given: given.to_owned(),
        why,
    })?;
    if is_web(&url) {
        Ok(url)
    } else {
        Err(AddressError::NotWeb(given.to_owned()))
    }
}

/// Whether an address is one that a crawler can ask for.
pub fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
}

/// The one form under which an address is known: no fragment, user, session or tracking parameters; percent-encoding in one case,
/// and Thai letters as UTF-8 even where a page wrote TIS-620 bytes.
pub fn normalise(url: &Url) -> Url {
    let mut url = url.clone();
    if is_web(&url) {
        let path: Vec<String> = url
            .path()
            .split('/')
            .filter(|segment| !is_session_segment(segment))
            .map(fold)
            .collect();
        url.set_path(&path.join("/"));
        if let Some(query) = url.query() {
            let query = fold(query);
            url.set_query(Some(&query));
        }
    }
    askable(&url)
}

/// The form in which an address is sent: as it was linked, less what only names a visitor or a place on the page.
pub fn askable(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    if !is_web(&url) {
        return url;
    }
    // Neither call fails for a web address.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if let Some(Host::Domain(name)) = url.host()
        && name.ends_with('.')
    {
        let name = name.trim_end_matches('.').to_owned();
        let _ = url.set_host(Some(&name));
    }
    if url.path().contains(';') {
        let path: Vec<&str> = url.path().split('/').map(without_session).collect();
        let path = path.join("/");
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !names_a_visitor(pair))
            .collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(&kept));
    }
    url
}

/// The key under which http and https, www and bare host, and any order of parameters are one page.
pub fn twin(url: &Url) -> String {
    let url = normalise(url);
    let mut pairs: Vec<&str> = url.query().unwrap_or_default().split('&').collect();
    pairs.sort_unstable();
    let query = pairs.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{}{mark}{query}", Origin::of(&url), url.path())
}

/// A server as far as manners and scope go: host without `www.`, and the port unless it is 80 for http or 443 for https.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// The server of an address.
    pub fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        Self {
            host: host.strip_prefix("www.").unwrap_or(host).to_owned(),
            port: url.port(),
        }
    }

    /// Whether it answers at the ports of http and https, so that the two are twins.
    pub fn has_twin(&self) -> bool {
        self.port.is_none()
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

/// Hosts that house many owners, with the number of path segments that name one.
const SHARED: [(&str, usize); 3] = [
    ("sites.google.com", 2),
    ("facebook.com", 1),
    ("m.facebook.com", 1),
];

/// The agency's site: the home's host with its sub-domains, on the same port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    sites: BTreeSet<Territory>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Territory {
    origin: Origin,
    named: bool,
    under: String,
}

impl Scope {
    /// The site to which a home page belongs.
    pub fn of(home: &Url) -> Self {
        Self {
            sites: BTreeSet::from([Territory::of(home)]),
        }
    }

    /// Whether an address is on the agency's site.
    pub fn contains(&self, url: &Url) -> bool {
        is_web(url) && self.sites.iter().any(|site| site.holds(url))
    }

    /// Takes in the host to which the home page itself sends its visitors. A shared host is never taken in whole.
    pub fn adopt(&mut self, url: &Url) {
        if is_web(url) {
            self.sites.insert(Territory::of(url));
        }
    }
}

impl Territory {
    fn of(url: &Url) -> Self {
        let origin = Origin::of(url);
        let owner = SHARED.iter().find(|(host, _)| *host == origin.host);
        let under = owner.map_or(String::new(), |(_, depth)| {
            let names: Vec<&str> = url
                .path_segments()
                .into_iter()
                .flatten()
                .take(*depth)
                .filter(|segment| !segment.is_empty())
                .collect();
            names
                .iter()
                .fold(String::new(), |path, name| format!("{path}/{name}"))
        });
        Self {
            origin,
            named: matches!(url.host(), Some(Host::Domain(_))),
            under,
        }
    }

    fn holds(&self, url: &Url) -> bool {
        let other = Origin::of(url);
        let below = |path: &str| {
            path.strip_prefix(self.under.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        other.port == self.origin.port
            && (other.host == self.origin.host
                || self.named
                    && other
                        .host
                        .strip_suffix(self.origin.host.as_str())
                        .is_some_and(|front| front.ends_with('.')))
            && (self.under.is_empty() || below(url.path()))
    }
}

/// A path segment without `;jsessionid=…`.
fn without_session(segment: &str) -> &str {
    match segment.split_once(';') {
        Some((name, parameters)) if parameters.split(';').any(names_a_visitor) => name,
        _ => segment,
    }
}

/// ASP.NET writes the session as a segment of its own: `(S(…))`.
fn is_session_segment(segment: &str) -> bool {
    let inner = segment
        .strip_prefix("(S(")
        .or_else(|| segment.strip_prefix("(s("))
        .and_then(|rest| rest.strip_suffix("))"));
    inner.is_some_and(looks_like_a_session)
}

/// Whether `name=value` tells who visits and not what is asked.
fn names_a_visitor(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "phpsessid" | "jsessionid" | "oscsid" | "zenid" | "cfid" | "cftoken" => true,
        "fbclid" | "gclid" | "yclid" | "msclkid" | "igshid" | "mc_cid" | "mc_eid" | "_ga" => true,
        // PHP-Nuke and its kin number their articles `sid=123`.
        "sid" | "s" | "sess" | "session" | "sessid" | "sessionid" | "session_id" => {
            looks_like_a_session(value)
        }
        _ => name.starts_with("utm_") || name.starts_with("aspsessionid"),
    }
}

fn looks_like_a_session(value: &str) -> bool {
    value.len() >= 16
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_,.!".contains(&byte))
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Percent-encoding in one form: unreserved letters bare, hex in capitals, Thai as UTF-8.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut foreign = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| Some(hex(*bytes.get(at + 1)?)? << 4 | hex(*bytes.get(at + 2)?)?))
            .flatten();
        at += if escaped.is_some() { 3 } else { 1 };
        let value = escaped.unwrap_or(byte);
        if !value.is_ascii() {
            foreign.push(value);
            continue;
        }
        flush(&mut foreign, &mut folded);
        // A bare `%` is written out, or what follows it would read as an escape the next time.
        let plain = escaped.is_none() && value != b'%';
        if plain || value.is_ascii_alphanumeric() || b"-._~".contains(&value) {
            folded.push(char::from(value));
        } else {
            escape(value, &mut folded);
        }
    }
    flush(&mut foreign, &mut folded);
    folded
}

/// Writes a run of bytes outside ASCII; TIS-620 becomes UTF-8 so that one Thai name has one address.
fn flush(foreign: &mut Vec<u8>, into: &mut String) {
    let thai = std::str::from_utf8(foreign)
        .is_err()
        .then(|| WINDOWS_874.decode_without_bom_handling_and_without_replacement(foreign))
        .flatten()
        .filter(|text| {
            text.chars()
                .all(|letter| ('\u{e01}'..='\u{e5b}').contains(&letter))
        });
    match thai {
        Some(text) => text.bytes().for_each(|byte| escape(byte, into)),
        None => foreign.iter().for_each(|byte| escape(*byte, into)),
    }
    foreign.clear();
}

fn escape(byte: u8, into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    into.push('%');
    into.push(char::from(DIGITS[usize::from(byte >> 4)]));
    into.push(char::from(DIGITS[usize::from(byte & 15)]));
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        normalise(&Url::parse(text).unwrap()).to_string()
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn one_thai_name_has_one_address() {
        let utf8 = "http://a.go.th/%E0%B8%81%E0%B8%B2";
        assert_eq!(normal("http://a.go.th/%e0%b8%81%e0%b8%b2"), utf8);
        assert_eq!(normal("http://a.go.th/กา"), utf8);
        assert_eq!(normal("http://a.go.th/%A1%D2"), utf8);
        assert_eq!(
            normal("http://a.go.th/x?q=%a1%d2&r=%7e"),
            "http://a.go.th/x?q=%E0%B8%81%E0%B8%B2&r=~"
        );
        // Not Thai in any reading: kept byte for byte.
        assert_eq!(
            normal("http://a.go.th/%ff%fe%2f%3F"),
            "http://a.go.th/%FF%FE%2F%3F"
        );
        assert_eq!(
            normal("http://a.go.th/100%/%zz%4"),
            normal(&normal("http://a.go.th/100%/%zz%4"))
        );
    }

    #[test]
    fn sessions_and_tracking_go_but_numbers_of_articles_stay() {
        assert_eq!(
            normal("http://a.go.th/p.php?id=3&PHPSESSID=8a2f#top"),
            "http://a.go.th/p.php?id=3"
        );
        assert_eq!(
            normal("http://a.go.th/p.php?PHPSESSID=8a2f"),
            "http://a.go.th/p.php"
        );
        assert_eq!(
            normal("http://a.go.th/p;jsessionid=A1B2.n1?x=1"),
            "http://a.go.th/p?x=1"
        );
        assert_eq!(
            normal("http://a.go.th/(S(lit3py55t21z5v55vlm25s55))/p.aspx"),
            "http://a.go.th/p.aspx"
        );
        assert_eq!(
            normal("http://a.go.th/?utm_source=x&fbclid=y"),
            "http://a.go.th/"
        );
        assert_eq!(
            normal("http://a.go.th/?sid=0123456789abcdef01&b=2"),
            "http://a.go.th/?b=2"
        );
        for kept in [
            "http://a.go.th/modules.php?name=News&sid=123",
            "http://a.go.th/?s=plan",
            "http://a.go.th/news?page=2",
            "http://a.go.th/map;version=2",
        ] {
            assert_eq!(normal(kept), kept);
        }
    }

    #[test]
    fn default_ports_users_dots_and_empty_queries_are_dropped() {
        assert_eq!(normal("HTTP://u:p@A.go.th.:80/x/?#y"), "http://a.go.th/x/");
        assert_eq!(
            normal("https://a.go.th:443/x?&&a=1&"),
            "https://a.go.th/x?a=1"
        );
        assert_eq!(normal("http://a.go.th:443/"), "http://a.go.th:443/");
    }

    #[test]
    fn twins_are_one_page_and_ports_are_not() {
        let page = twin(&url("http://a.go.th/x?b=2&a=1"));
        assert_eq!(page, twin(&url("https://www.a.go.th/x?a=1&b=2")));
        assert_ne!(page, twin(&url("http://a.go.th:8080/x?a=1&b=2")));
        assert_ne!(page, twin(&url("http://b.a.go.th/x?a=1&b=2")));
    }

    #[test]
    fn sub_domains_and_twins_belong_to_the_site() {
        let scope = Scope::of(&url("http://www.a.go.th/index.php"));
        for inside in [
            "https://a.go.th/",
            "http://eservice.a.go.th/x",
            "https://WWW.a.go.th/",
        ] {
            assert!(scope.contains(&url(inside)), "{inside}");
        }
        for outside in [
            "http://ba.go.th/",
            "http://go.th/",
            "http://a.go.th.evil.com/",
            "http://a.go.th:8080/",
            "mailto:x@a.go.th",
            "ftp://a.go.th/",
        ] {
            assert!(!scope.contains(&url(outside)), "{outside}");
        }
    }

    #[test]
    fn two_sites_on_one_loopback_address_stay_apart() {
        let scope = Scope::of(&url("http://127.0.0.1:8001/"));
        assert!(scope.contains(&url("http://127.0.0.1:8001/x")));
        assert!(!scope.contains(&url("http://127.0.0.1:8002/x")));
        assert!(!scope.contains(&url("http://127.0.0.1/x")));
        assert!(!Scope::of(&url("http://0.0.1/")).contains(&url("http://127.0.0.1/")));
    }

    #[test]
    fn a_site_on_a_shared_host_is_its_own_folder_only() {
        let scope = Scope::of(&url("https://sites.google.com/school.ac.th/ita/home"));
        assert!(scope.contains(&url("https://sites.google.com/school.ac.th/ita/o1")));
        assert!(!scope.contains(&url("https://sites.google.com/school.ac.th/italy")));
        assert!(!scope.contains(&url("https://sites.google.com/view/other")));
    }

    #[test]
    fn a_home_address_may_be_typed_without_a_scheme() {
        assert_eq!(
            parse_home(" www.a.go.th ").unwrap().as_str(),
            "http://www.a.go.th/"
        );
        assert_eq!(
            parse_home("127.0.0.1:80/x").unwrap().as_str(),
            "http://127.0.0.1/x"
        );
        assert_eq!(
            parse_home("https://a.go.th").unwrap().as_str(),
            "https://a.go.th/"
        );
        assert!(parse_home("ftp://a.go.th/").is_err());
        assert!(parse_home("").is_err());
        assert!(parse_home("http://").is_err());
    }

    #[test]
    fn a_bare_percent_sign_makes_no_new_escape() {
        let once = normalise(&url("http://a.go.th/?%%422"));
        assert_eq!(once.query(), Some("%25B2"));
        assert_eq!(normalise(&once), once);
    }

    proptest::proptest! {
        #[test]
        fn normal_form_is_final(path in "[a-zกา/%.;()=2fF ]{0,30}", query in "[a-zกา&=%+;24fF]{0,30}") {
            let url = Url::parse(&format!("http://a.go.th/{path}?{query}")).unwrap();
            let once = normalise(&url);
            proptest::prop_assert_eq!(&normalise(&once), &once);
        }
    }
}
