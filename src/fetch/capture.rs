//! A capture: everything one crawl asked for and got, as a value. `warc` writes it to disk and reads it back.

use std::collections::BTreeSet;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::address::{Scope, normalise, twin};

/// One crawl of one agency's website.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// The address the crawl began with.
    pub home: Url,
    /// The day (Asia/Bangkok) the capture stands for: "today" for every later step.
    pub taken_on: Date,
    /// Every request that was made, in order. A redirect is a visit of its own.
    pub visits: Vec<Visit>,
    /// Addresses that were seen and deliberately not asked for.
    pub skipped: Vec<Skipped>,
    /// Endless parts of the site that were recognised and left.
    pub traps: Vec<Trap>,
    /// Why the crawl ended before the frontier was empty; `None` when it was complete.
    pub stop: Option<Stop>,
    /// SHA-256 (hex) of the capture file's bytes, when it was read from one.
    pub digest: Option<String>,
}

impl Capture {
    /// The agency's site: the home's host, and the host to which the home page itself sends its visitors.
    pub fn scope(&self) -> Scope {
        let mut scope = Scope::of(&self.home);
        let mut at = self.home.clone();
        for visit in &self.visits {
            let Ok(response) = &visit.result else {
                continue;
            };
            if twin(&visit.url) == twin(&at)
                && let Some(next) = response.location().and_then(|to| at.join(to).ok())
            {
                at = normalise(&next);
                scope.adopt(&at);
            }
        }
        scope
    }

    /// Every different body that a page or file was answered with, in the order of its first answer.
    pub fn bodies(&self) -> Vec<Body<'_>> {
        let mut seen = BTreeSet::new();
        let answers = self.visits.iter().filter_map(|visit| {
            let response = visit.result.as_ref().ok()?;
            response.has_content().then_some(Body {
                url: &visit.url,
                response,
            })
        });
        answers.filter(|body| seen.insert(body.bytes())).collect()
    }

    /// SHA-256 (hex) of the body that an address gave; `None` when it gave none.
    pub fn body_digest(&self, url: &str) -> Option<String> {
        let url = normalise(&Url::parse(url).ok()?);
        let answers = self.visits.iter().rev().filter(|visit| visit.url == url);
        let bodies = answers.filter_map(|visit| visit.result.as_ref().ok());
        let body = bodies.into_iter().find(|answer| answer.has_content())?;
        Some(HEXLOWER.encode(&Sha256::digest(&body.body)))
    }

    /// Today in Thailand, which keeps UTC+7 all year.
    pub fn today() -> Date {
        Self::day_of(Timestamp::now())
    }

    /// The day it is in Thailand at an instant.
    pub fn day_of(at: Timestamp) -> Date {
        jiff::tz::offset(7).to_datetime(at).date()
    }
}

/// A body with the address that gave it first.
#[derive(Debug, Clone, Copy)]
pub struct Body<'c> {
    /// The address.
    pub url: &'c Url,
    /// The answer.
    pub response: &'c Response,
}

impl<'c> Body<'c> {
    /// The bytes.
    pub fn bytes(&self) -> &'c [u8] {
        &self.response.body
    }

    /// The `Content-Type` it was declared with.
    pub fn content_type(&self) -> Option<&'c str> {
        self.response.header("content-type")
    }
}

/// One request and what came of it. A request that was tried again stands once, with its last outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The address asked for, normalised.
    pub url: Url,
    /// How the address was found; `None` for the home page and for captures that do not say.
    pub found: Option<Found>,
    /// When the request was sent.
    pub at: Timestamp,
    /// The answer, or why there was none.
    pub result: Result<Response, Fault>,
}

/// Where an address was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The page that holds the link (or `sitemap.xml`, `robots.txt`).
    pub on: Url,
    /// The link's text, or the text for its image; empty for frames.
    pub label: String,
    /// Clicks from the home page, 1 for a link on the home page. Frames and redirects add none.
    pub clicks: u32,
}

impl Found {
    /// Clicks of what only a sitemap names: nobody clicks there, and it is asked for after everything that is linked.
    pub const UNLINKED: u32 = 100;
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Header fields in order, less those of the encodings that were undone.
    pub headers: Vec<(String, String)>,
    /// The body with transfer and content encodings undone.
    pub body: Bytes,
    /// Set when the body is not all there: `length` (a size limit), `time`, `disconnect`.
    pub truncated: Option<String>,
}

impl Response {
    /// A header's value by case-insensitive name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether the body is what the address is for: neither a redirect's, nor an error's, nor empty.
    pub fn has_content(&self) -> bool {
        let is_empty = self.body.is_empty() && self.status == 200;
        (200..300).contains(&self.status) && self.location().is_none() && !is_empty
    }

    /// The target of a redirect, not yet resolved.
    pub fn location(&self) -> Option<&str> {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
            .then(|| self.header("location"))
            .flatten()
    }
}

/// Why a request got no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The class of the fault.
    pub kind: FaultKind,
    /// The technical words, for the curious.
    pub detail: String,
}

/// The classes of faults between us and a server. Each has one Thai sentence on what to do (`FaultKind::advice`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The host name does not resolve.
    Dns,
    /// Nobody listens at the address.
    Refused,
    /// The certificate or the TLS handshake failed.
    Tls,
    /// No answer in time.
    Timeout,
    /// The connection broke off.
    Disconnected,
    /// Redirects go round in a circle or never end.
    RedirectLoop,
    /// The answer was not HTTP.
    Malformed,
    /// The address is private, loopback or link-local and such addresses are not allowed.
    PrivateAddress,
}

impl FaultKind {
    /// One Thai sentence on what the agency's webmaster, or the person who runs the crawl, can do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Dns => "ไม่พบชื่อเว็บไซต์ในระบบ DNS: ตรวจการสะกดที่อยู่ และตรวจกับผู้ดูแลโดเมนว่าชื่อยังไม่หมดอายุ",
            Self::Refused => "เครื่องแม่ข่ายไม่รับการเชื่อมต่อ: ตรวจว่าเว็บไซต์เปิดให้บริการอยู่ และพอร์ตในที่อยู่ถูกต้อง",
            Self::Tls => {
                "ใบรับรองความปลอดภัย (TLS) ใช้ไม่ได้: แจ้งผู้ดูแลเว็บไซต์ให้ต่ออายุหรือติดตั้งใบรับรองให้ครบสาย"
            }
            Self::Timeout => {
                "เว็บไซต์ไม่ตอบภายในเวลาที่กำหนด: ลองใหม่นอกเวลาราชการ หรือแจ้งผู้ดูแลให้ตรวจความเร็วของเครื่อง"
            }
            Self::Disconnected => {
                "การเชื่อมต่อขาดกลางทาง: ลองใหม่ หากเป็นซ้ำที่หน้าเดิมให้แจ้งผู้ดูแลเว็บไซต์ตรวจหน้านั้น"
            }
            Self::RedirectLoop => {
                "หน้าเว็บส่งต่อวนกันไม่สิ้นสุด: แจ้งผู้ดูแลเว็บไซต์ให้แก้การส่งต่อ (redirect) ของที่อยู่นี้"
            }
            Self::Malformed => {
                "คำตอบไม่ใช่ HTTP ที่อ่านได้: ตรวจว่าที่อยู่และพอร์ตเป็นของเว็บไซต์จริง แล้วแจ้งผู้ดูแลเครื่องแม่ข่าย"
            }
            Self::PrivateAddress => {
                "ที่อยู่นี้เป็นเครือข่ายภายในซึ่งไม่อนุญาตให้เรียก: หากตั้งใจตรวจเว็บไซต์ภายใน ให้สั่งด้วย --allow-private"
            }
        }
    }
}

/// One Thai sentence on what to do about an HTTP status that is not the page asked for; `None` for answers that are fine.
pub fn advice_for_status(status: u16) -> Option<&'static str> {
    Some(match status {
        100..=399 => return None,
        401 | 407 => "หน้านี้ต้องเข้าสู่ระบบก่อน: ข้อมูลที่ต้องเปิดเผยต้องดูได้โดยไม่ต้องมีบัญชีผู้ใช้",
        403 => "เครื่องแม่ข่ายไม่อนุญาตให้ดู: แจ้งผู้ดูแลเว็บไซต์ให้เปิดสิทธิ์อ่านสาธารณะแก่หน้านี้",
        404 | 410 => "ไม่พบหน้านี้แล้ว: แก้ลิงก์ให้ชี้ไปยังที่อยู่ปัจจุบัน หรือนำเอกสารกลับขึ้นเว็บไซต์",
        408 | 504 => "เครื่องแม่ข่ายตอบไม่ทันเวลา: ลองใหม่ภายหลัง หากเป็นซ้ำให้แจ้งผู้ดูแลเว็บไซต์",
        429 => "เครื่องแม่ข่ายขอให้เรียกช้าลง: เก็บใหม่โดยเพิ่มเวลาเว้นระหว่างคำขอ (--delay)",
        400..=499 => "เครื่องแม่ข่ายไม่รับคำขอนี้: ตรวจว่าที่อยู่ในลิงก์เขียนถูกต้อง",
        502 | 503 => "เว็บไซต์ปิดปรับปรุงหรือรับภาระไม่ไหว: ลองใหม่ภายหลัง หากเป็นซ้ำให้แจ้งผู้ดูแลเว็บไซต์",
        _ => "โปรแกรมของเว็บไซต์ขัดข้อง: แจ้งผู้ดูแลเว็บไซต์ให้ตรวจบันทึกข้อผิดพลาดของหน้านี้",
    })
}

/// An address seen and not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The address.
    pub url: Url,
    /// Where it was found first.
    pub found: Option<Found>,
    /// Why it was not asked for.
    pub why: SkipReason,
}

/// Why an address was not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It leaves the agency's site.
    OffSite,
    /// robots.txt forbids it.
    Robots,
    /// It belongs to a recognised trap.
    Trap,
    /// It is the same page in another form (print view, session id).
    Duplicate,
    /// A limit (pages, time, bytes, depth, images) came first.
    Limit,
    /// Video, sound or a program: nothing a reader of texts can use.
    Media,
}

/// An endless part of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trap {
    /// The pattern of the addresses, as a person would write it: `/calendar.php?month=…`.
    pub pattern: String,
    /// What kind of trap it is.
    pub kind: TrapKind,
    /// How many of its pages were fetched before it was recognised.
    pub fetched: u32,
}

/// The kinds of traps that are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrapKind {
    /// A calendar whose next month never ends.
    Calendar,
    /// Query strings that vary without end over the same content.
    EndlessQuery,
    /// Path segments that repeat or grow without end.
    EndlessPath,
}

/// What ended a crawl before its frontier was empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// `--max-pages`.
    Pages,
    /// The sum of bytes.
    Bytes,
    /// `--max-time`.
    Time,
    /// The depth limit left addresses unvisited.
    Depth,
    /// Ctrl-C.
    Interrupted,
    /// The host kept failing and was given up.
    HostDown,
    /// The capture file ends in the middle, so what came after is not known.
    FileCut,
}
