//! One request from its sending to its body put away, on the network's threads and off the crawl's.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use tokio::time::Instant;
use url::Url;

use crate::fetch::capture::{Fault, FaultKind, Response};
use crate::fetch::client::Client;
use crate::fetch::frontier::{Entry, Purpose};
use crate::fetch::memory::{Answer, Memory, Named};
use crate::fetch::refs::{self, Reading};

/// A request.
pub(super) struct Job {
    pub(super) client: Arc<Client>,
    pub(super) memory: Arc<dyn Memory>,
    pub(super) entry: Entry,
    /// Bytes of its body at most.
    pub(super) limit: u64,
}

/// A request that is over.
pub(super) struct Done {
    pub(super) at: Timestamp,
    pub(super) latency: Duration,
    pub(super) outcome: Result<Answer, Fault>,
    pub(super) not_modified: bool,
    pub(super) got: Got,
    /// What the memory failed with.
    pub(super) broken: Option<io::Error>,
}

/// What of a body is still needed on the way.
pub(super) enum Got {
    Nothing,
    /// A page that was read.
    Page(Reading),
    /// The body itself.
    Bytes(Bytes),
}

impl Got {
    /// What is wanted of a response to a request of this purpose.
    pub(super) async fn of(purpose: Purpose, response: &Response, ask: &Url) -> Self {
        match purpose {
            Purpose::Robots | Purpose::Sitemap => Self::Bytes(response.body.clone()),
            Purpose::Page if is_html(response) => {
                let page = read(response, ask).await;
                page.map_or(Self::Nothing, Self::Page)
            }
            Purpose::Page | Purpose::Image => Self::Nothing,
        }
    }

    pub(super) fn is_wanted(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

impl Done {
    /// A request that came to nothing.
    pub(super) fn fault(kind: FaultKind, detail: String) -> Self {
        Self {
            at: Timestamp::now(),
            latency: Duration::ZERO,
            outcome: Err(Fault { kind, detail }),
            not_modified: false,
            got: Got::Nothing,
            broken: None,
        }
    }
}

impl Job {
    pub(super) async fn run(self) -> Done {
        let earlier = self.earlier().await;
        let conditions = earlier
            .as_ref()
            .map_or_else(HeaderMap::new, |(answer, _)| conditions(answer));
        let at = Timestamp::now();
        let started = Instant::now();
        let result = self
            .client
            .get(&self.entry.ask, self.limit, conditions)
            .await;
        let mut done = Done {
            at,
            latency: started.elapsed(),
            ..Done::fault(FaultKind::Malformed, String::new())
        };
        let response = match (result, earlier) {
            (Ok(response), Some((answer, body))) if response.status == 304 => {
                done.not_modified = true;
                let answer = renewed(answer, response.headers);
                let response = answer.with(body);
                done.outcome = Ok(answer);
                response
            }
            (Ok(response), _) => {
                match self.shelve(&response.body).await {
                    Ok(body) => {
                        done.outcome = Ok(Answer {
                            status: response.status,
                            headers: response.headers.clone(),
                            body,
                            truncated: response.truncated.clone(),
                        });
                    }
                    Err(error) => done.broken = Some(error),
                }
                response
            }
            (Err(fault), _) => {
                done.outcome = Err(fault);
                return done;
            }
        };
        done.got = Got::of(self.entry.purpose, &response, &self.entry.ask).await;
        done
    }

    /// What the address answered with before, where the server may be asked whether that still holds.
    async fn earlier(&self) -> Option<(Answer, Bytes)> {
        if self.entry.purpose == Purpose::Robots {
            return None;
        }
        let (memory, url) = (Arc::clone(&self.memory), self.entry.url.clone());
        let earlier = tokio::task::spawn_blocking(move || memory.earlier(&url));
        let (answer, body) = earlier.await.ok()??;
        (answer.body.length <= self.limit).then_some((answer, body))
    }

    async fn shelve(&self, body: &Bytes) -> io::Result<Named> {
        let (memory, body) = (Arc::clone(&self.memory), body.clone());
        tokio::task::spawn_blocking(move || memory.shelve(&body))
            .await
            .map_err(io::Error::other)?
    }
}

/// The fields that ask whether an answer still holds.
fn conditions(answer: &Answer) -> HeaderMap {
    let mut fields = HeaderMap::new();
    let mut put = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            fields.insert(name, value);
        }
    };
    if let Some(tag) = answer.entity_tag() {
        // Some servers mark the tag of a compressed body and then do not know it again.
        let plain = ["-gzip\"", ";gzip\"", "-br\"", ";br\""]
            .iter()
            .find_map(|end| tag.strip_suffix(end))
            .map_or(String::new(), |plain| format!(", {plain}\""));
        put(IF_NONE_MATCH, format!("{tag}{plain}"));
    }
    if let Some(modified) = answer.last_modified() {
        put(IF_MODIFIED_SINCE, modified.to_owned());
    }
    fields
}

/// The earlier answer with the fields that the server has renewed. Cookies are of one visit only.
fn renewed(earlier: Answer, fields: Vec<(String, String)>) -> Answer {
    const OF_THE_MESSAGE: [&str; 4] = [
        "content-length",
        "content-range",
        "connection",
        "keep-alive",
    ];
    let is = |field: &str, name: &str| field.eq_ignore_ascii_case(name);
    let fields: Vec<(String, String)> = fields
        .into_iter()
        .filter(|(name, _)| !OF_THE_MESSAGE.iter().any(|own| is(name, own)))
        .collect();
    let mut headers = earlier.headers;
    headers.retain(|(name, _)| {
        !is(name, "set-cookie") && !fields.iter().any(|(new, _)| is(name, new))
    });
    headers.extend(fields);
    Answer { headers, ..earlier }
}

/// Whether a body is a page, whatever the server calls it.
fn is_html(response: &Response) -> bool {
    let body = response.body.as_ref();
    let start = &body[..body.len().min(1024)];
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let start = start.trim_ascii_start();
    let kind = response
        .header("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.contains("html") {
        // Files are sent as HTML now and then.
        return !start.contains(&0) && !start.starts_with(b"%PDF");
    }
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<frameset"]
        .iter()
        .any(|tag| text.starts_with(tag))
        || kind.is_empty() && text.starts_with('<')
}

/// Reads a page away from the network's threads. A page that breaks the reader names nothing.
async fn read(response: &Response, url: &Url) -> Option<Reading> {
    let body = response.body.clone();
    let kind = response.header("content-type").map(str::to_owned);
    let url = url.clone();
    tokio::task::spawn_blocking(move || refs::read(&body, kind.as_deref(), &url))
        .await
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_by_what_they_are() {
        let response = |kind: &str, body: &str| Response {
            status: 200,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: body.to_owned().into(),
            truncated: None,
        };
        assert!(is_html(&response("text/html; charset=tis-620", "plain")));
        assert!(is_html(&response(
            "text/plain",
            "\u{feff}\r\n<!DOCTYPE HTML><p>"
        )));
        assert!(is_html(&response("", "<p>x")));
        assert!(!is_html(&response("text/html", "%PDF-1.4")));
        assert!(!is_html(&response("text/html", "PK\u{3}\u{4}\0")));
        assert!(!is_html(&response(
            "text/xml",
            "<?xml version='1.0'?><urlset>"
        )));
    }

    fn answer(headers: &[(&str, &str)]) -> Answer {
        Answer {
            status: 200,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: Named::of(b"x"),
            truncated: None,
        }
    }

    #[test]
    fn only_validators_that_can_be_sent_back_are() {
        let day = "Fri, 20 May 2022 00:01:00 GMT";
        for (field, value, sent) in [
            ("ETag", "\"a\"", Some("\"a\"")),
            ("etag", "W/\"a\"", Some("W/\"a\"")),
            ("ETag", "\"a-gzip\"", Some("\"a-gzip\", \"a\"")),
            ("ETag", "", None),
            ("ETag", "\"\"", None),
            ("ETag", "W/\"\"", None),
            ("Last-Modified", day, Some(day)),
            ("Last-Modified", "yesterday", None),
            ("Date", day, None),
        ] {
            let fields = conditions(&answer(&[(field, value)]));
            let values: Vec<&str> = fields
                .values()
                .map(|value| value.to_str().unwrap())
                .collect();
            assert_eq!(values, Vec::from_iter(sent), "{field}: {value}");
        }
    }

    #[test]
    fn a_renewed_answer_keeps_what_the_body_is_and_no_cookie() {
        let earlier = answer(&[
            ("Content-Type", "text/html"),
            ("Content-Length", "1"),
            ("ETag", "\"a\""),
            ("Set-Cookie", "id=1"),
        ]);
        let new = renewed(
            earlier,
            vec![
                ("etag".into(), "\"b\"".into()),
                ("content-length".into(), "0".into()),
            ],
        );
        let fields: Vec<(&str, &str)> = new
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            fields,
            [
                ("Content-Type", "text/html"),
                ("Content-Length", "1"),
                ("etag", "\"b\"")
            ]
        );
    }
}
