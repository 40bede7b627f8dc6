//! Why a website could not be looked at, told from its capture.

use crate::fetch::address::twin;
use crate::fetch::capture::{Capture, FaultKind, Response, SkipReason, Visit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// Redirects that are followed from the home page.
const HOPS: usize = 20;
/// A page that only asks for patience is no longer.
const CHALLENGE_BYTES: usize = 64 * 1024;

/// Words of pages that stand between a visitor and a website, as protection services write them.
const CHALLENGES: [&str; 14] = [
    "/cdn-cgi/challenge-platform",
    "cf-browser-verification",
    "cf_chl_",
    "_incapsula_resource",
    "sucuri_cloudproxy",
    "ddos-guard",
    "checking your browser before",
    "enable javascript and cookies to continue",
    "please enable cookies and reload",
    "verify you are human",
    "attention required! | cloudflare",
    "g-recaptcha",
    "hcaptcha.com",
    "aws-waf-token",
];

/// Classes of failures to look at a website.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The host name does not resolve.
    Dns,
    /// Nobody listens.
    Refused,
    /// The certificate or the handshake failed.
    Tls,
    /// No answer in time.
    Timeout,
    /// The connection broke off.
    Disconnected,
    /// The home page refuses us: 401, 403, 407, 429, 451, or a page that only tests visitors.
    Blocked,
    /// robots.txt forbids the home page.
    Robots,
    /// There is no page: an empty answer, or nothing but an error of the server.
    Empty,
    /// Redirects in a circle, or answers that are not HTTP.
    Malformed,
    /// A private address, and such are not asked.
    PrivateAddress,
    /// Our own network was at fault: the visit does not count.
    Void,
    /// Our own program failed on it.
    Internal,
}

impl FailureKind {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 12] = [
        Self::Dns,
        Self::Refused,
        Self::Tls,
        Self::Timeout,
        Self::Disconnected,
        Self::Blocked,
        Self::Robots,
        Self::Empty,
        Self::Malformed,
        Self::PrivateAddress,
        Self::Void,
        Self::Internal,
    ];

    /// The failure as programs write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Disconnected => "disconnected",
            Self::Blocked => "blocked",
            Self::Robots => "robots",
            Self::Empty => "empty",
            Self::Malformed => "malformed",
            Self::PrivateAddress => "private_address",
            Self::Void => "void",
            Self::Internal => "internal",
        }
    }

    /// The failure that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The failure in words.
    pub fn thai(self) -> &'static str {
        match self {
            Self::Dns => "ไม่พบชื่อเว็บไซต์ (DNS)",
            Self::Refused => "เครื่องแม่ข่ายไม่รับการเชื่อมต่อ",
            Self::Tls => "ใบรับรองความปลอดภัย (TLS) ใช้ไม่ได้",
            Self::Timeout => "ไม่ตอบภายในเวลา",
            Self::Disconnected => "การเชื่อมต่อขาดกลางทาง",
            Self::Blocked => "เว็บไซต์ปิดกั้นโปรแกรม",
            Self::Robots => "robots.txt ห้ามอ่านหน้าแรก",
            Self::Empty => "ไม่มีหน้าเว็บ",
            Self::Malformed => "คำตอบหรือการส่งต่อผิดปกติ",
            Self::PrivateAddress => "เป็นที่อยู่ของเครือข่ายภายใน",
            Self::Void => "เครือข่ายฝั่งผู้ตรวจขัดข้อง",
            Self::Internal => "โปรแกรมตรวจขัดข้อง",
        }
    }

    /// One Thai sentence on what to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Dns => FaultKind::Dns.advice(),
            Self::Refused => FaultKind::Refused.advice(),
            Self::Tls => FaultKind::Tls.advice(),
            Self::Timeout => FaultKind::Timeout.advice(),
            Self::Disconnected => FaultKind::Disconnected.advice(),
            Self::Blocked => {
                "เปิดด้วยเบราว์เซอร์เทียบ: หากเปิดได้ ให้ขอผู้ดูแลเว็บไซต์ยอมรับโปรแกรมตรวจ (ระบุ contact ไว้ให้ติดต่อกลับ) หรือเพิ่มเวลาเว้นระหว่างคำขอ"
            }
            Self::Robots => "ขอให้ผู้ดูแลเว็บไซต์แก้ robots.txt: ข้อมูลที่ต้องเปิดเผยต้องให้โปรแกรมค้นหาอ่านได้",
            Self::Empty => "เปิดที่อยู่นี้ด้วยเบราว์เซอร์: หากไม่มีหน้าเว็บ ให้แก้ที่อยู่ในรายชื่อหรือแจ้งผู้ดูแลเว็บไซต์",
            Self::Malformed => FaultKind::Malformed.advice(),
            Self::PrivateAddress => FaultKind::PrivateAddress.advice(),
            Self::Void => "ตรวจอินเทอร์เน็ตของเครื่องที่ใช้ตรวจ: รอบนี้ไม่นับ จะตรวจใหม่เอง",
            Self::Internal => "ดูบันทึกการทำงานและแจ้งผู้ดูแลโปรแกรม: ผลเดิมของหน่วยงานนี้ยังอยู่",
        }
    }

    /// What our own network being down looks like.
    pub fn is_of_network(self) -> bool {
        matches!(
            self,
            Self::Dns | Self::Refused | Self::Tls | Self::Timeout | Self::Disconnected
        )
    }
}

impl From<FaultKind> for FailureKind {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Dns => Self::Dns,
            FaultKind::Refused => Self::Refused,
            FaultKind::Tls => Self::Tls,
            FaultKind::Timeout => Self::Timeout,
            FaultKind::Disconnected => Self::Disconnected,
            FaultKind::RedirectLoop | FaultKind::Malformed => Self::Malformed,
            FaultKind::PrivateAddress => Self::PrivateAddress,
        }
    }
}

/// Why a website could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The class.
    pub kind: FailureKind,
    /// The technical words: `HTTP 403`, the fault's own.
    pub detail: String,
}

impl Failure {
    /// The technical words, or the class where there are none.
    pub fn told(&self) -> String {
        match self.detail.as_str() {
            "" => self.kind.thai().to_owned(),
            detail => detail.to_owned(),
        }
    }

    /// A failure with its technical words.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }
}

/// Why a capture holds nothing that can be judged; `None` when any page of the website was read.
pub fn taxonomy(capture: &Capture) -> Option<Failure> {
    let scope = capture.scope();
    let pages = || {
        let own = capture
            .visits
            .iter()
            .filter(|visit| scope.contains(&visit.url) && !is_for_robots(&visit.url));
        own.filter_map(|visit| visit.result.as_ref().ok())
    };
    if pages().any(|answer| answer.has_content() && !is_challenge(answer)) {
        return None;
    }
    if let Some(failure) = of_home(capture) {
        return Some(failure);
    }
    // The home page was left for its twin, which has no visit of its own or answered with a test of visitors.
    if pages().any(is_challenge) {
        return Some(Failure::new(FailureKind::Blocked, "challenge page"));
    }
    Some(Failure::new(FailureKind::Empty, "no page was read"))
}

/// What became of the home page, through its redirects; of its twin, when that was tried instead.
fn of_home(capture: &Capture) -> Option<Failure> {
    let mut at = capture.home.clone();
    let mut last = None;
    for _ in 0..HOPS {
        let asked = |visit: &&Visit| twin(&visit.url) == twin(&at) && !is_for_robots(&visit.url);
        let Some(visit) = capture.visits.iter().rev().find(asked) else {
            let skipped = capture
                .skipped
                .iter()
                .find(|one| twin(&one.url) == twin(&at));
            if skipped.is_some_and(|one| one.why == SkipReason::Robots) {
                return Some(Failure::new(FailureKind::Robots, at.path()));
            }
            return last;
        };
        let answer = match &visit.result {
            Err(fault) => return Some(Failure::new(fault.kind.into(), &fault.detail)),
            Ok(answer) => answer,
        };
        if let Some(next) = answer.location().and_then(|to| at.join(to).ok()) {
            last = Some(Failure::new(
                FailureKind::Malformed,
                format!("HTTP {} → {next}", answer.status),
            ));
            if twin(&next) == twin(&at) {
                return last;
            }
            at = next;
            continue;
        }
        let status = format!("HTTP {}", answer.status);
        return Some(match answer.status {
            401 | 403 | 407 | 429 | 451 => Failure::new(FailureKind::Blocked, status),
            _ if is_challenge(answer) => {
                Failure::new(FailureKind::Blocked, format!("{status}, challenge page"))
            }
            _ => Failure::new(FailureKind::Empty, status),
        });
    }
    last
}

fn is_for_robots(url: &Url) -> bool {
    matches!(url.path(), "/robots.txt" | "/sitemap.xml")
}

/// Whether an answer is a protection service's test and not the website: it says so in its header, or is a short page
/// without a link that carries a service's words.
fn is_challenge(answer: &Response) -> bool {
    if answer.header("cf-mitigated").is_some() {
        return true;
    }
    if answer.body.len() > CHALLENGE_BYTES {
        return false;
    }
    let text = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    let refuses = !(200..300).contains(&answer.status);
    (refuses || !text.contains("<a ")) && CHALLENGES.iter().any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::capture::{Fault, Skipped};
    use bytes::Bytes;
    use jiff::Timestamp;
    use jiff::civil::date;

    const HOME: &str = "https://www.example.go.th/";

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Response, Fault> {
        let headers = headers
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Response {
            status,
            headers: headers.collect(),
            body: Bytes::from(body.to_owned()),
            truncated: None,
        })
    }

    fn fault(kind: FaultKind) -> Result<Response, Fault> {
        Err(Fault {
            kind,
            detail: "its words".to_owned(),
        })
    }

    fn capture(visits: Vec<(&str, Result<Response, Fault>)>) -> Capture {
        let visits = visits.into_iter().map(|(url, result)| Visit {
            url: Url::parse(url).unwrap(),
            found: None,
            at: Timestamp::UNIX_EPOCH,
            result,
        });
        Capture {
            home: Url::parse(HOME).unwrap(),
            taken_on: date(2022, 5, 15),
            visits: visits.collect(),
            skipped: Vec::new(),
            traps: Vec::new(),
            stop: None,
            digest: None,
        }
    }

    fn kind(visits: Vec<(&str, Result<Response, Fault>)>) -> Option<FailureKind> {
        taxonomy(&capture(visits)).map(|failure| failure.kind)
    }

    #[test]
    fn a_website_with_one_page_was_looked_at() {
        let page = "<html><body><a href='/a'>ข่าว</a></body></html>";
        assert_eq!(kind(vec![(HOME, answer(200, &[], page))]), None);
        // The home page is down and its twin answers.
        let twin = "http://www.example.go.th/";
        assert_eq!(
            kind(vec![
                (HOME, fault(FaultKind::Tls)),
                (twin, answer(200, &[], page))
            ]),
            None
        );
        // A page with a form against robots is a page of the website.
        let form = "<a href='/'>หน้าแรก</a><div class='g-recaptcha'></div>";
        assert_eq!(kind(vec![(HOME, answer(200, &[], form))]), None);
    }

    #[test]
    fn every_fault_has_its_class() {
        for (fault_kind, failure) in [
            (FaultKind::Dns, FailureKind::Dns),
            (FaultKind::Refused, FailureKind::Refused),
            (FaultKind::Tls, FailureKind::Tls),
            (FaultKind::Timeout, FailureKind::Timeout),
            (FaultKind::Disconnected, FailureKind::Disconnected),
            (FaultKind::RedirectLoop, FailureKind::Malformed),
            (FaultKind::PrivateAddress, FailureKind::PrivateAddress),
        ] {
            assert_eq!(kind(vec![(HOME, fault(fault_kind))]), Some(failure));
        }
    }

    #[test]
    fn refusals_and_tests_of_visitors_are_blocks() {
        for status in [401, 403, 407, 429, 451] {
            let visits = vec![(HOME, answer(status, &[], "no"))];
            assert_eq!(kind(visits), Some(FailureKind::Blocked), "{status}");
        }
        let test =
            "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script>";
        for status in [200, 503] {
            let visits = vec![(HOME, answer(status, &[], test))];
            assert_eq!(kind(visits), Some(FailureKind::Blocked), "{status}");
        }
        let headed = vec![(HOME, answer(503, &[("cf-mitigated", "challenge")], ""))];
        assert_eq!(kind(headed), Some(FailureKind::Blocked));
    }

    #[test]
    fn no_page_at_all_is_empty() {
        let robots = "https://www.example.go.th/robots.txt";
        for visits in [
            vec![],
            vec![(HOME, answer(200, &[], ""))],
            vec![(HOME, answer(404, &[], "not found"))],
            vec![(HOME, answer(500, &[], "error"))],
            vec![
                (robots, answer(200, &[], "User-agent: *")),
                (HOME, answer(503, &[], "closed")),
            ],
        ] {
            assert_eq!(kind(visits), Some(FailureKind::Empty));
        }
    }

    #[test]
    fn the_end_of_the_redirects_decides() {
        let moved = |to| answer(302, &[("location", to)], "");
        let other = "https://www.example.go.th/home";
        assert_eq!(
            kind(vec![(HOME, moved("/home")), (other, answer(403, &[], ""))]),
            Some(FailureKind::Blocked)
        );
        assert_eq!(kind(vec![(HOME, moved("/"))]), Some(FailureKind::Malformed));
        assert_eq!(
            kind(vec![(HOME, moved("/home")), (other, moved("/"))]),
            Some(FailureKind::Malformed)
        );
    }

    #[test]
    fn robots_that_forbid_the_home_page_are_told_as_such() {
        let robots = "https://www.example.go.th/robots.txt";
        let mut capture = capture(vec![(robots, answer(200, &[], "Disallow: /"))]);
        capture.skipped.push(Skipped {
            url: capture.home.clone(),
            found: None,
            why: SkipReason::Robots,
        });
        let failure = taxonomy(&capture).unwrap();
        assert_eq!(failure.kind, FailureKind::Robots);
    }
}
