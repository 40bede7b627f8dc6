//! What a crawl keeps outside itself: the bodies, the steps it took so that it survives its own death, and an earlier capture.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::capture::{Capture, Fault, Found, Response, Skipped, Stop, Trap, Visit};

/// Keeps what a crawl must not keep itself. All of it may be asked from several threads.
pub trait Memory: Send + Sync {
    /// A crawl begins. Returns where and on which day it did: for one that goes on after its death, as it was told the first time.
    fn begin(&self, start: Start) -> io::Result<Start>;

    /// The next step of the crawl's earlier life, with the body that must be read again; `None` once all are told. Nothing is
    /// noted before that.
    fn recall(&self) -> io::Result<Option<(Step, Bytes)>>;

    /// Notes a step before anything follows from it.
    fn note(&self, step: &Step) -> io::Result<()>;

    /// Puts a body away.
    fn shelve(&self, body: &Bytes) -> io::Result<Named>;

    /// What an address answered with in the earlier capture, with its body, where the server can be asked whether that still
    /// holds.
    fn earlier(&self, url: &Url) -> Option<(Answer, Bytes)>;
}

/// Where and when a crawl began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The address it began with, as it was given.
    pub home: Url,
    /// The day that the capture stands for.
    pub taken_on: Date,
}

/// A body by its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// SHA-256 (hex).
    pub digest: String,
    /// Bytes.
    pub length: u64,
}

impl Named {
    /// The name of these bytes.
    pub fn of(body: &[u8]) -> Self {
        Self {
            digest: HEXLOWER.encode(&Sha256::digest(body)),
            length: body.len() as u64,
        }
    }
}

/// A [`Response`] whose body lies elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header fields in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Named,
    /// Why the body is not whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<String>,
}

impl Answer {
    /// The response again, with its body.
    pub fn with(&self, body: Bytes) -> Response {
        Response {
            status: self.status,
            headers: self.headers.clone(),
            body,
            truncated: self.truncated.clone(),
        }
    }

    /// The target of a redirect, not yet resolved.
    pub fn location(&self) -> Option<&str> {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
            .then(|| self.header("location"))
            .flatten()
    }

    /// The tag by which the server knows this content again.
    pub fn entity_tag(&self) -> Option<&str> {
        let tag = self.header("etag")?.trim();
        let inner = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
        (!inner.trim().is_empty()).then_some(tag)
    }

    /// The day of this content by the server's clock, as the server wrote it.
    pub fn last_modified(&self) -> Option<&str> {
        let day = self.header("last-modified")?.trim();
        let read = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(day);
        read.is_ok().then_some(day)
    }

    /// Whether a server can be asked if this still holds: a whole page or file that it gave a mark.
    pub fn can_be_renewed(&self) -> bool {
        self.status == 200
            && self.truncated.is_none()
            && (self.entity_tag().is_some() || self.last_modified().is_some())
    }

    /// The first header field of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter();
        let field = named.find(|(field, _)| field.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value.as_str())
    }
}

/// A [`Visit`] whose body lies elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The address asked for, normalised.
    pub url: Url,
    /// How the address was found.
    pub found: Option<Found>,
    /// When the request was sent.
    pub at: Timestamp,
    /// The answer, or why there was none.
    pub result: Result<Answer, Fault>,
}

impl Trace {
    /// The status it was answered with.
    pub fn status(&self) -> Option<u16> {
        self.result.as_ref().ok().map(|answer| answer.status)
    }
}

/// A [`Capture`] whose bodies lie elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The address the crawl began with.
    pub home: Url,
    /// The day the capture stands for.
    pub taken_on: Date,
    /// Every request that was made, in order.
    pub visits: Vec<Trace>,
    /// Addresses that were seen and deliberately not asked for.
    pub skipped: Vec<Skipped>,
    /// Endless parts of the site.
    pub traps: Vec<Trap>,
    /// Why the crawl ended early.
    pub stop: Option<Stop>,
}

impl Manifest {
    /// The manifest of a capture.
    pub fn of(capture: &Capture) -> Self {
        let visits = capture.visits.iter().map(|visit| Trace {
            url: visit.url.clone(),
            found: visit.found.clone(),
            at: visit.at,
            result: visit
                .result
                .as_ref()
                .map_err(Fault::clone)
                .map(|it| Answer {
                    status: it.status,
                    headers: it.headers.clone(),
                    body: Named::of(&it.body),
                    truncated: it.truncated.clone(),
                }),
        });
        Self {
            home: capture.home.clone(),
            taken_on: capture.taken_on,
            visits: visits.collect(),
            skipped: capture.skipped.clone(),
            traps: capture.traps.clone(),
            stop: capture.stop,
        }
    }

    /// The capture, with bodies from where they lie.
    pub fn fill<E>(
        self,
        mut body: impl FnMut(&Url, &Named) -> Result<Bytes, E>,
    ) -> Result<Capture, E> {
        let mut visits = Vec::with_capacity(self.visits.len());
        for trace in self.visits {
            let result = match trace.result {
                Ok(answer) => Ok(Response {
                    body: body(&trace.url, &answer.body)?,
                    status: answer.status,
                    headers: answer.headers,
                    truncated: answer.truncated,
                }),
                Err(fault) => Err(fault),
            };
            visits.push(Visit {
                url: trace.url,
                found: trace.found,
                at: trace.at,
                result,
            });
        }
        Ok(Capture {
            home: self.home,
            taken_on: self.taken_on,
            visits,
            skipped: self.skipped,
            traps: self.traps,
            stop: self.stop,
            digest: None,
        })
    }
}

/// One step of a crawl. The same steps in the same order lead to the same state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A request goes out.
    Sent {
        /// The address as it is sent.
        ask: Url,
        /// Which try it is, from 0.
        attempt: u32,
        /// The server for which it waited.
        queue: String,
    },
    /// A request whose outcome was not final is due again.
    Back {
        /// The address as it is sent.
        ask: Url,
        /// Which try it will be.
        attempt: u32,
    },
    /// A request is over.
    Landed(Landed),
}

/// A request that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Landed {
    /// The address as it was sent.
    pub ask: Url,
    /// Which try it was, from 0.
    pub attempt: u32,
    /// When it was sent.
    pub at: Timestamp,
    /// The time to the end of the answer.
    pub latency: Duration,
    /// What came of it.
    pub outcome: Result<Answer, Fault>,
    /// Whether the body is one to read on the way: a page, a list of addresses, a server's rules.
    pub read: bool,
    /// Whether the server said that its earlier answer still holds.
    pub not_modified: bool,
}

/// What a crawl moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Requests that ended, each try counted.
    pub requests: u64,
    /// Answers that said that the earlier one still holds.
    pub not_modified: u64,
    /// Bytes of the bodies that came over the network, after decompression.
    pub bytes_moved: u64,
    /// Bytes of all bodies of the capture, wherever they came from.
    pub bytes_whole: u64,
}

/// What a crawl with a memory leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Crawled {
    /// The capture, its bodies being with the memory.
    pub manifest: Manifest,
    /// What it moved, in all its lives together.
    pub traffic: Traffic,
}

/// Keeps bodies as long as the crawl lives, and nothing else.
#[derive(Default)]
pub(crate) struct Held(Mutex<BTreeMap<String, Bytes>>);

impl Held {
    pub(crate) fn body(&self, name: &Named) -> Bytes {
        let bodies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.get(&name.digest).cloned().unwrap_or_default()
    }
}

impl Memory for Held {
    fn begin(&self, start: Start) -> io::Result<Start> {
        Ok(start)
    }

    fn recall(&self) -> io::Result<Option<(Step, Bytes)>> {
        Ok(None)
    }

    fn note(&self, _: &Step) -> io::Result<()> {
        Ok(())
    }

    fn shelve(&self, body: &Bytes) -> io::Result<Named> {
        let name = Named::of(body);
        let mut bodies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bodies
            .entry(name.digest.clone())
            .or_insert_with(|| body.clone());
        Ok(name)
    }

    fn earlier(&self, _: &Url) -> Option<(Answer, Bytes)> {
        None
    }
}
