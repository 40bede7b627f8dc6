//! Captures as WARC 1.1 files: a deterministic writer, and a reader that also takes the files of other crawlers.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use bytes::Bytes;
use data_encoding::BASE32;
use flate2::Compression;
use flate2::bufread::{DeflateDecoder, GzDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::write::GzEncoder;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use url::Url;

use super::address::{is_web, normalise};
use super::capture::{Capture, Fault, Found, Response, Skipped, Stop, Trap, Visit};

/// A body is not read beyond this, whatever its record or its compression claims.
const LARGEST_BODY: u64 = 256 << 20;
/// All bodies of a file together.
const LARGEST_FILE: u64 = 4 << 30;
/// A record's header block.
const LONGEST_HEAD: usize = 256 << 10;
/// The record that holds what belongs to the crawl as a whole.
const CRAWL_URI: &str = "urn:prongsai:crawl";
const FAULT_TYPE: &str = "application/json; profile=\"urn:prongsai:fault\"";
const CRAWL_TYPE: &str = "application/json; profile=\"urn:prongsai:crawl\"";
const FIELDS_TYPE: &str = "application/warc-fields";

/// Why a capture could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WarcError {
    /// The file system or the compression failed.
    #[error("อ่านหรือเขียนไฟล์ WARC ไม่ได้ ({0}): ตรวจว่าไฟล์มีอยู่ อ่านได้ และดิสก์ไม่เต็ม")]
    Io(#[from] io::Error),
    /// The file does not begin like a WARC file.
    #[error(
        "ไฟล์นี้ไม่ใช่ WARC: ใช้ไฟล์ .warc หรือ .warc.gz ที่ได้จาก prongsai crawl, wget --warc-file หรือ Browsertrix"
    )]
    NotWarc,
    /// It is a WARC file without one answer from a website.
    #[error("ไฟล์ WARC นี้ไม่มีคำตอบจากเว็บไซต์แม้แต่หน้าเดียว: เก็บเว็บไซต์ใหม่ หรือเลือกไฟล์อื่น")]
    Empty,
    /// It holds more than a machine should take into memory.
    #[error("ไฟล์ WARC ใหญ่เกินไป: เก็บเว็บไซต์ใหม่โดยจำกัดขนาด (--max-bytes)")]
    TooLarge,
}

impl Capture {
    /// Reads a capture file and notes its digest.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, WarcError> {
        let mut file = Digesting {
            inner: BufReader::with_capacity(1 << 16, File::open(path)?),
            hash: Sha256::new(),
        };
        let mut capture = read(&mut file)?;
        io::copy(&mut file, &mut io::sink())?;
        capture.digest = Some(hex(&file.hash.finalize()));
        Ok(capture)
    }

    /// Writes a capture file, whole or not at all. A name that ends in `.gz` is compressed.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), WarcError> {
        let path = path.as_ref();
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let mut file = BufWriter::new(File::create(&part)?);
        let done = if path.extension().is_some_and(|end| end == "gz") {
            write(self, &mut file)
        } else {
            write_plain(self, &mut file)
        };
        let done = done
            .and_then(|()| file.flush())
            .and_then(|()| std::fs::rename(&part, path));
        if done.is_err() {
            // What is left of a failed attempt is of no use; the first error is the one to report.
            let _ = std::fs::remove_file(&part);
        }
        Ok(done?)
    }
}

struct Digesting<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.inner.read(buffer)?;
        self.hash.update(&buffer[..size]);
        Ok(size)
    }
}

// ---------------------------------------------------------------- writing

/// Writes a capture as WARC 1.1, each record a gzip member of its own. The same capture gives the same bytes.
pub fn write(capture: &Capture, into: impl Write) -> io::Result<()> {
    Writer {
        into,
        compress: true,
        count: 0,
    }
    .capture(capture)
}

/// Writes a capture as WARC 1.1 without compression.
pub fn write_plain(capture: &Capture, into: impl Write) -> io::Result<()> {
    Writer {
        into,
        compress: false,
        count: 0,
    }
    .capture(capture)
}

/// What belongs to the crawl and to no request.
#[derive(Serialize, Deserialize, Default)]
struct Ending {
    skipped: Vec<Skipped>,
    traps: Vec<Trap>,
    stop: Option<Stop>,
}

/// A request that got no answer.
#[derive(Serialize, Deserialize)]
struct Failed {
    fault: Fault,
    found: Option<Found>,
}

struct Writer<W> {
    into: W,
    compress: bool,
    count: u64,
}

impl<W: Write> Writer<W> {
    fn capture(&mut self, capture: &Capture) -> io::Result<()> {
        let began = capture.visits.first().map_or_else(
            || Timestamp::UNIX_EPOCH.to_string(),
            |visit| visit.at.to_string(),
        );
        let info = format!(
            "software: prongsai/{}\r\nformat: WARC File Format 1.1\r\n\
             conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
             robots: obey\r\nprongsai-home: {}\r\nprongsai-taken-on: {}\r\n",
            env!("CARGO_PKG_VERSION"),
            capture.home,
            capture.taken_on,
        );
        self.record(
            "warcinfo",
            &began,
            &[("Content-Type", FIELDS_TYPE)],
            info.as_bytes(),
            None,
        )?;
        for visit in &capture.visits {
            self.visit(visit)?;
        }
        let ended = capture
            .visits
            .last()
            .map_or(began, |visit| visit.at.to_string());
        let ending = serde_json::to_vec(&Ending {
            skipped: capture.skipped.clone(),
            traps: capture.traps.clone(),
            stop: capture.stop,
        })?;
        let fields = [("WARC-Target-URI", CRAWL_URI), ("Content-Type", CRAWL_TYPE)];
        self.record("metadata", &ended, &fields, &ending, None)?;
        self.into.flush()
    }

    fn visit(&mut self, visit: &Visit) -> io::Result<()> {
        let at = visit.at.to_string();
        let url = visit.url.as_str();
        let response = match &visit.result {
            Ok(response) => response,
            Err(fault) => {
                let failed = serde_json::to_vec(&Failed {
                    fault: fault.clone(),
                    found: visit.found.clone(),
                })?;
                let fields = [("WARC-Target-URI", url), ("Content-Type", FAULT_TYPE)];
                return self
                    .record("metadata", &at, &fields, &failed, None)
                    .map(drop);
            }
        };
        let mut block = response_head(response);
        let body_at = block.len();
        block.extend_from_slice(&response.body);
        let mut fields = vec![
            ("WARC-Target-URI", url),
            ("Content-Type", "application/http; msgtype=response"),
        ];
        if let Some(why) = &response.truncated {
            fields.push(("WARC-Truncated", why));
        }
        let id = self.record("response", &at, &fields, &block, Some(body_at))?;
        let request = request_of(&visit.url);
        let fields = [
            ("WARC-Target-URI", url),
            ("WARC-Concurrent-To", id.as_str()),
            ("Content-Type", "application/http; msgtype=request"),
        ];
        self.record("request", &at, &fields, request.as_bytes(), None)?;
        if let Some(found) = &visit.found {
            let how = format!(
                "via: {}\r\nhopsFromSeed: {}\r\nprongsai-clicks: {}\r\nprongsai-label: {}\r\n",
                found.on,
                "L".repeat(found.clicks.min(Found::UNLINKED) as usize),
                found.clicks,
                serde_json::to_string(&found.label)?,
            );
            let fields = [
                ("WARC-Target-URI", url),
                ("WARC-Concurrent-To", id.as_str()),
                ("Content-Type", FIELDS_TYPE),
            ];
            self.record("metadata", &at, &fields, how.as_bytes(), None)?;
        }
        Ok(())
    }

    /// Writes one record and returns its id, which follows from its content and its place in the file.
    fn record(
        &mut self,
        kind: &str,
        date: &str,
        fields: &[(&str, &str)],
        block: &[u8],
        payload_at: Option<usize>,
    ) -> io::Result<String> {
        let mut name = Sha256::new();
        name.update(self.count.to_be_bytes());
        for (key, value) in fields {
            name.update(key.as_bytes());
            name.update(value.as_bytes());
        }
        name.update(kind.as_bytes());
        name.update(date.as_bytes());
        name.update(block);
        self.count += 1;
        let id = urn(&name.finalize());
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {date}\r\n"
        );
        for (key, value) in fields {
            head.push_str(&format!("{key}: {}\r\n", one_line(value)));
        }
        head.push_str(&format!("WARC-Block-Digest: {}\r\n", sha1(block)));
        if let Some(at) = payload_at {
            head.push_str(&format!(
                "WARC-Payload-Digest: {}\r\n",
                sha1(block.get(at..).unwrap_or_default())
            ));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", block.len()));
        let parts = [head.as_bytes(), block, b"\r\n\r\n"];
        if self.compress {
            let mut member = GzEncoder::new(&mut self.into, Compression::default());
            for part in parts {
                member.write_all(part)?;
            }
            member.finish()?;
        } else {
            for part in parts {
                self.into.write_all(part)?;
            }
        }
        Ok(id)
    }
}

/// The status line and fields of an answer. The encodings are undone in the body, so the fields that name them must go.
fn response_head(response: &Response) -> Vec<u8> {
    let reason = reqwest::StatusCode::from_u16(response.status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let mut head = format!("HTTP/1.1 {:03} {reason}\r\n", response.status);
    for (name, value) in &response.headers {
        if !is_encoding(name) {
            head.push_str(&format!("{}: {}\r\n", one_line(name), one_line(value)));
        }
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// The part of the request that follows from its address.
fn request_of(url: &Url) -> String {
    let query = url
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!(
        "GET {}{query} HTTP/1.1\r\nHost: {}{port}\r\n\r\n",
        url.path(),
        url.host_str().unwrap_or_default()
    )
}

pub(crate) fn is_encoding(name: &str) -> bool {
    name.eq_ignore_ascii_case("transfer-encoding") || name.eq_ignore_ascii_case("content-encoding")
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n', '\0'], " ")
}

fn sha1(bytes: &[u8]) -> String {
    format!("sha1:{}", BASE32.encode(&Sha1::digest(bytes)))
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// A UUID of version 8 (made by rule, not by chance) from a digest.
fn urn(digest: &[u8]) -> String {
    let mut bytes: Vec<u8> = digest.iter().copied().take(16).collect();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes);
    format!(
        "<urn:uuid:{}-{}-{}-{}-{}>",
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..]
    )
}

// ---------------------------------------------------------------- reading

/// Reads a WARC file, compressed or not, of this crawler or another. A file that breaks off gives what is whole and
/// `Stop::FileCut`.
pub fn read(from: impl Read) -> Result<Capture, WarcError> {
    let mut from = BufReader::with_capacity(1 << 16, from);
    if from.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        read_records(BufReader::new(MultiGzDecoder::new(from)))
    } else {
        read_records(from)
    }
}

/// One record, its block in memory.
struct Record {
    fields: Vec<(String, String)>,
    block: Vec<u8>,
    /// The block was longer than we keep.
    cut: bool,
}

impl Record {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The address of the record; wget writes it in angle brackets.
    fn target(&self) -> Option<Url> {
        let text = self.field("WARC-Target-URI")?;
        let text = text
            .strip_prefix('<')
            .and_then(|inner| inner.strip_suffix('>'))
            .unwrap_or(text);
        Url::parse(text)
            .ok()
            .filter(is_web)
            .map(|url| normalise(&url))
    }

    fn date(&self) -> Option<Timestamp> {
        self.field("WARC-Date")?.parse().ok()
    }

    fn is(&self, content_type: &str) -> bool {
        self.field("Content-Type")
            .is_some_and(|value| value.eq_ignore_ascii_case(content_type))
    }

    /// The value of a line `name: value` in a block of `application/warc-fields`.
    fn line(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(&self.block)
            .ok()?
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

fn read_records(mut from: impl BufRead) -> Result<Capture, WarcError> {
    let mut reading = Reading::default();
    let mut first = true;
    let mut total = 0_u64;
    loop {
        match next_record(&mut from) {
            Ok(Some(record)) => {
                total += record.block.len() as u64;
                if total > LARGEST_FILE {
                    return Err(WarcError::TooLarge);
                }
                reading.take(record);
            }
            Ok(None) => break,
            Err(_) if first => return Err(WarcError::NotWarc),
            Err(_) => {
                reading.cut = true;
                break;
            }
        }
        first = false;
    }
    if first {
        return Err(WarcError::NotWarc);
    }
    reading.capture()
}

/// Reads one record; `None` at the end of the file.
fn next_record(from: &mut impl BufRead) -> io::Result<Option<Record>> {
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut left = LONGEST_HEAD;
    let version = loop {
        match line(from, &mut left)? {
            None => return Ok(None),
            Some(line) if line.is_empty() => {}
            Some(line) => break line,
        }
    };
    if !version.starts_with("WARC/") {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut fields: Vec<(String, String)> = Vec::new();
    loop {
        let text = line(from, &mut left)?.ok_or_else(broken)?;
        if text.is_empty() {
            break;
        }
        match (text.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some((_, value))) => {
                value.push(' ');
                value.push_str(text.trim());
            }
            _ => {
                if let Some((name, value)) = text.split_once(':') {
                    fields.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
        }
    }
    let length: u64 = fields
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("Content-Length"))
        .and_then(|(_, value)| value.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let mut block = Vec::new();
    let kept = length.min(LARGEST_BODY);
    if from.by_ref().take(kept).read_to_end(&mut block)? as u64 != kept {
        return Err(broken());
    }
    let rest = length - kept;
    if io::copy(&mut from.by_ref().take(rest), &mut io::sink())? != rest {
        return Err(broken());
    }
    Ok(Some(Record {
        fields,
        block,
        cut: rest > 0,
    }))
}

/// A line without its end; `None` at the end of the file.
fn line(from: &mut impl BufRead, left: &mut usize) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let size = from
        .by_ref()
        .take(*left as u64)
        .read_until(b'\n', &mut bytes)?;
    *left -= size;
    if size == 0 {
        return if *left == 0 {
            Err(io::ErrorKind::InvalidData.into())
        } else {
            Ok(None)
        };
    }
    if bytes.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    while matches!(bytes.last(), Some(b'\n' | b'\r')) {
        bytes.pop();
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// A capture in the making.
#[derive(Default)]
struct Reading {
    home: Option<Url>,
    taken_on: Option<Date>,
    began: Option<Timestamp>,
    visits: Vec<Visit>,
    ending: Ending,
    /// Record id to the visit it became: for `WARC-Concurrent-To` and revisits.
    by_id: BTreeMap<String, usize>,
    /// Payload digest to a visit that holds the payload.
    by_digest: BTreeMap<String, usize>,
    /// How a request was found, by the id of a record of which nothing is known yet.
    waiting: BTreeMap<String, Found>,
    cut: bool,
}

impl Reading {
    fn take(&mut self, record: Record) {
        let date = record.date();
        self.began = self.began.or(date);
        match record.field("WARC-Type").unwrap_or_default() {
            "warcinfo" => self.info(&record),
            "response" => self.response(&record, date),
            "revisit" => self.revisit(&record, date),
            "resource" => self.resource(record, date),
            "metadata" => self.metadata(&record, date),
            _ => {}
        }
    }

    fn info(&mut self, record: &Record) {
        let home = record
            .line("prongsai-home")
            .and_then(|home| Url::parse(home).ok());
        self.home = self.home.take().or(home);
        let day = record
            .line("prongsai-taken-on")
            .and_then(|day| day.parse().ok());
        self.taken_on = self.taken_on.or(day);
    }

    fn add(&mut self, record: &Record, url: Url, date: Option<Timestamp>, response: Response) {
        let at = self.visits.len();
        let id = record.field("WARC-Record-ID").unwrap_or_default();
        let found = self
            .waiting
            .remove(id)
            .or_else(|| self.waiting.remove(record.field("WARC-Concurrent-To")?));
        if let Some(digest) = record.field("WARC-Payload-Digest") {
            self.by_digest.entry(digest.to_owned()).or_insert(at);
        }
        self.by_id.insert(id.to_owned(), at);
        self.visits.push(Visit {
            url,
            found,
            at: date.or(self.began).unwrap_or(Timestamp::UNIX_EPOCH),
            result: Ok(response),
        });
    }

    fn response(&mut self, record: &Record, date: Option<Timestamp>) {
        let Some(url) = record.target() else { return };
        let Some(mut response) = parse_http(&record.block) else {
            return;
        };
        if record.cut {
            response.truncated = Some("length".to_owned());
        }
        if let Some(why) = record.field("WARC-Truncated") {
            response.truncated = Some(why.to_owned());
        }
        self.add(record, url, date, response);
    }

    /// A body that the crawler had seen before: it stands in an earlier record.
    fn revisit(&mut self, record: &Record, date: Option<Timestamp>) {
        let Some(url) = record.target() else { return };
        let earlier = record
            .field("WARC-Refers-To")
            .and_then(|id| self.by_id.get(id))
            .or_else(|| self.by_digest.get(record.field("WARC-Payload-Digest")?))
            .and_then(|at| self.visits.get(*at))
            .and_then(|visit| visit.result.as_ref().ok())
            .cloned();
        let own = parse_http(&record.block).filter(|own| own.status != 304);
        let response = match (own, earlier) {
            (Some(own), Some(earlier)) => Response {
                body: earlier.body,
                truncated: earlier.truncated,
                ..own
            },
            (None, Some(earlier)) => earlier,
            (Some(own), None) => Response {
                truncated: Some("unspecified".to_owned()),
                ..own
            },
            (None, None) => return,
        };
        self.add(record, url, date, response);
    }

    fn resource(&mut self, record: Record, date: Option<Timestamp>) {
        let Some(url) = record.target() else { return };
        let headers = record
            .field("Content-Type")
            .map(|kind| ("content-type".to_owned(), kind.to_owned()))
            .into_iter()
            .collect();
        let response = Response {
            status: 200,
            headers,
            body: Bytes::copy_from_slice(&record.block),
            truncated: record.field("WARC-Truncated").map(str::to_owned),
        };
        self.add(&record, url, date, response);
    }

    fn metadata(&mut self, record: &Record, date: Option<Timestamp>) {
        if record.is(CRAWL_TYPE) && record.field("WARC-Target-URI") == Some(CRAWL_URI) {
            if let Ok(ending) = serde_json::from_slice(&record.block) {
                self.ending = ending;
            }
        } else if record.is(FAULT_TYPE) {
            let failed = serde_json::from_slice::<Failed>(&record.block).ok();
            if let (Some(url), Some(failed)) = (record.target(), failed) {
                self.visits.push(Visit {
                    url,
                    found: failed.found,
                    at: date.or(self.began).unwrap_or(Timestamp::UNIX_EPOCH),
                    result: Err(failed.fault),
                });
            }
        } else if let Some(found) = found_of(record)
            && let Some(id) = record.field("WARC-Concurrent-To")
        {
            match self.by_id.get(id).and_then(|at| self.visits.get_mut(*at)) {
                Some(visit) => visit.found = Some(found),
                None => {
                    self.waiting.insert(id.to_owned(), found);
                }
            }
        }
    }

    fn capture(self) -> Result<Capture, WarcError> {
        let seed = || {
            self.visits
                .iter()
                .filter(|visit| visit.result.is_ok())
                .find(|visit| !matches!(visit.url.path(), "/robots.txt" | "/sitemap.xml"))
                .map(|visit| visit.url.clone())
        };
        let home = self.home.clone().or_else(seed).ok_or(WarcError::Empty)?;
        let taken_on = self
            .taken_on
            .or(self.began.map(Capture::day_of))
            .ok_or(WarcError::Empty)?;
        Ok(Capture {
            home,
            taken_on,
            visits: self.visits,
            skipped: self.ending.skipped,
            traps: self.ending.traps,
            stop: self.ending.stop.or(self.cut.then_some(Stop::FileCut)),
            digest: None,
        })
    }
}

/// How an address was found, in our own words or in Heritrix's.
fn found_of(record: &Record) -> Option<Found> {
    let on = Url::parse(record.line("via")?).ok()?;
    let hops = record.line("hopsFromSeed").unwrap_or_default();
    Some(Found {
        on,
        label: record
            .line("prongsai-label")
            .and_then(|label| serde_json::from_str(label).ok())
            .unwrap_or_default(),
        clicks: record
            .line("prongsai-clicks")
            .and_then(|clicks| clicks.parse().ok())
            .unwrap_or_else(|| hops.matches('L').count().try_into().unwrap_or(u32::MAX)),
    })
}

/// Reads an HTTP answer and undoes the encodings of its body.
fn parse_http(block: &[u8]) -> Option<Response> {
    // Browsers' archives speak of HTTP/2 in the manner of HTTP/1.
    let newer = [&b"HTTP/2"[..], b"HTTP/3"]
        .iter()
        .any(|version| block.starts_with(version));
    if newer {
        let rest = &block[block.iter().position(|byte| *byte == b' ')?..];
        return parse_http(&[b"HTTP/1.1", rest].concat());
    }
    let mut fields = vec![httparse::EMPTY_HEADER; 256];
    let mut parsed = httparse::Response::new(&mut fields);
    let config = {
        let mut config = httparse::ParserConfig::default();
        config
            .ignore_invalid_headers_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_spaces_after_header_name_in_responses(true);
        config
    };
    let httparse::Status::Complete(body_at) = config.parse_response(&mut parsed, block).ok()?
    else {
        return None;
    };
    let status = parsed.code?;
    let mut headers: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|field| (field.name.to_owned(), text_of(field.value)))
        .collect();
    let mut body = block.get(body_at..)?.to_vec();
    let named = |name: &str| {
        headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_ascii_lowercase())
            .collect::<Vec<_>>()
            .join(",")
    };
    let mut truncated = None;
    let mut undone = false;
    if named("transfer-encoding").contains("chunked")
        && let Some(whole) = unchunk(&body)
    {
        body = whole;
        undone = true;
    }
    let encodings = named("content-encoding");
    for encoding in encodings.split(',').rev().map(str::trim) {
        if let Some((plain, whole)) = decompress(encoding, &body) {
            body = plain;
            undone = true;
            if !whole {
                truncated = Some("unspecified".to_owned());
            }
        }
    }
    headers.retain(|(name, _)| {
        !(is_encoding(name) || undone && name.eq_ignore_ascii_case("content-length"))
    });
    Some(Response {
        status,
        headers,
        body: body.into(),
        truncated,
    })
}

/// The text of a header's value: UTF-8, else windows-874, in which old Thai servers name their files.
pub(crate) fn text_of(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => encoding_rs::WINDOWS_874
            .decode(value)
            .0
            .trim()
            .replace(char::is_control, " "),
    }
}

/// Undoes `Transfer-Encoding: chunked`; `None` when the body is not chunked after all, as some tools store it.
fn unchunk(body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let end = rest.iter().take(1024).position(|byte| *byte == b'\n');
        let Some(end) = end else {
            // Chunks that break off still count; a body without any is not chunked.
            return (!whole.is_empty()).then_some(whole);
        };
        let size = std::str::from_utf8(&rest[..end]).ok()?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        rest = &rest[end + 1..];
        whole.extend_from_slice(rest.get(..size).unwrap_or(rest));
        rest = rest.get(size..).unwrap_or_default();
        rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .unwrap_or(rest);
    }
}

/// Undoes one content encoding, and says whether all of it came out. `None` when it is not one, or the body is not in it.
fn decompress(encoding: &str, body: &[u8]) -> Option<(Vec<u8>, bool)> {
    match encoding {
        "gzip" | "x-gzip" if body.starts_with(&[0x1f, 0x8b]) => drain(GzDecoder::new(body)),
        "deflate" => drain(ZlibDecoder::new(body)).or_else(|| drain(DeflateDecoder::new(body))),
        "br" => drain(brotli_decompressor::Decompressor::new(body, 1 << 16)),
        _ => None,
    }
}

fn drain(from: impl Read) -> Option<(Vec<u8>, bool)> {
    let mut plain = Vec::new();
    let mut bounded = from.take(LARGEST_BODY);
    let done = bounded.read_to_end(&mut plain);
    if done.is_err() && plain.is_empty() {
        return None;
    }
    Some((plain, done.is_ok() && bounded.limit() > 0))
}

/// Undoes gzip within a limit: sitemaps come compressed.
pub(crate) fn gunzip(body: &[u8]) -> Option<Vec<u8>> {
    decompress("gzip", body).map(|(plain, _)| plain)
}
