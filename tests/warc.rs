//! WARC files: what is written is read back, what others write is read, and what is broken is kept as far as it is whole.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use jiff::Timestamp;
use jiff::civil::date;
use prongsai::fetch::capture::{
    Capture, Fault, FaultKind, Found, Response, SkipReason, Skipped, Stop, Trap, TrapKind, Visit,
};
use prongsai::fetch::warc::{self, WarcError};
use proptest::prelude::*;
use url::Url;

fn url(path: &str) -> Url {
    Url::parse("http://a.go.th/").unwrap().join(path).unwrap()
}

fn written(capture: &Capture) -> Vec<u8> {
    let mut bytes = Vec::new();
    warc::write(capture, &mut bytes).unwrap();
    bytes
}

fn body(visit: &Visit) -> &[u8] {
    &visit.result.as_ref().unwrap().body
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::vec(
        (
            "[A-Za-z][A-Za-z-]{0,10}".prop_filter("encodings are undone", |name| {
                let name = name.to_ascii_lowercase();
                name != "transfer-encoding" && name != "content-encoding"
            }),
            "([!-~ก-ฮ]([ -~ก-ฮ]{0,12}[!-~ก-ฮ])?)?",
        ),
        0..5,
    )
}

fn found() -> impl Strategy<Value = Option<Found>> {
    proptest::option::of(("[a-z]{0,6}", any::<String>(), 0..200_u32).prop_map(
        |(on, label, clicks)| Found {
            on: url(&on),
            label,
            clicks,
        },
    ))
}

fn fault() -> impl Strategy<Value = Fault> {
    let kinds = [
        FaultKind::Dns,
        FaultKind::Tls,
        FaultKind::RedirectLoop,
        FaultKind::PrivateAddress,
    ];
    (proptest::sample::select(kinds.to_vec()), any::<String>())
        .prop_map(|(kind, detail)| Fault { kind, detail })
}

fn response() -> impl Strategy<Value = Response> {
    let truncated = proptest::option::of(proptest::sample::select(
        &["length", "time", "disconnect"][..],
    ));
    (
        100..600_u16,
        headers(),
        proptest::collection::vec(any::<u8>(), 0..200),
        truncated,
    )
        .prop_map(|(status, headers, body, truncated)| Response {
            status,
            headers,
            body: body.into(),
            truncated: truncated.map(str::to_owned),
        })
}

fn visits() -> impl Strategy<Value = Vec<Visit>> {
    let result = prop_oneof![3 => response().prop_map(Ok), 1 => fault().prop_map(Err)];
    let visit = (
        "[a-zก]{0,8}(\\?[a-z]=[0-9]{1,3})?",
        found(),
        0..2_000_000_000_000_i64,
        result,
    )
        .prop_map(|(path, found, at, result)| Visit {
            url: prongsai::fetch::address::normalise(&url(&path)),
            found,
            at: Timestamp::from_millisecond(at).unwrap(),
            result,
        });
    proptest::collection::vec(visit, 0..6)
}

prop_compose! {
    fn captures()(
        visits in visits(),
        skipped in proptest::collection::vec(("[a-z]{0,5}", found(), proptest::sample::select(&[SkipReason::OffSite, SkipReason::Media][..])), 0..4),
        trapped in proptest::option::of(any::<String>()),
        stop in proptest::option::of(proptest::sample::select(&[Stop::Pages, Stop::HostDown][..])),
        day in 1..28_i8,
    ) -> Capture {
        Capture {
            home: url("/index.php"),
            taken_on: date(2022, 5, day),
            visits,
            skipped: skipped.into_iter().map(|(path, found, why)| Skipped { url: url(&path), found, why }).collect(),
            traps: trapped.into_iter().map(|pattern| Trap { pattern, kind: TrapKind::Calendar, fetched: 13 }).collect(),
            stop,
            digest: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_is_read(capture in captures()) {
        let bytes = written(&capture);
        prop_assert_eq!(&bytes, &written(&capture));
        prop_assert_eq!(&warc::read(&bytes[..]).unwrap(), &capture);
        let mut plain = Vec::new();
        warc::write_plain(&capture, &mut plain).unwrap();
        prop_assert_eq!(&warc::read(&plain[..]).unwrap(), &capture);
    }

    #[test]
    fn a_file_cut_anywhere_keeps_what_is_whole(capture in captures(), part in 0.0..1.0_f64, gzip in any::<bool>()) {
        let mut bytes = Vec::new();
        if gzip { warc::write(&capture, &mut bytes).unwrap() } else { warc::write_plain(&capture, &mut bytes).unwrap() }
        bytes.truncate((bytes.len() as f64 * part) as usize);
        if let Ok(read) = warc::read(&bytes[..]) {
            prop_assert!(read.visits.len() <= capture.visits.len());
            for (kept, whole) in read.visits.iter().zip(&capture.visits) {
                prop_assert_eq!(&kept.result, &whole.result);
            }
        }
    }

    #[test]
    fn no_bytes_break_the_reader(noise in proptest::collection::vec(any::<u8>(), 0..300), at in 0.0..1.0_f64) {
        let _ = warc::read(&noise[..]);
        let mut bytes = Vec::new();
        warc::write_plain(&one_page(), &mut bytes).unwrap();
        let at = (bytes.len() as f64 * at) as usize;
        bytes.splice(at..at, noise);
        let _ = warc::read(&bytes[..]);
    }
}

fn one_page() -> Capture {
    Capture {
        home: url("/"),
        taken_on: date(2022, 5, 20),
        visits: vec![Visit {
            url: url("/"),
            found: None,
            at: "2022-05-20T03:00:00Z".parse().unwrap(),
            result: Ok(Response {
                status: 200,
                headers: vec![("Content-Type".into(), "text/html".into())],
                body: "<p>หน้าแรก</p>".into(),
                truncated: None,
            }),
        }],
        skipped: Vec::new(),
        traps: Vec::new(),
        stop: None,
        digest: None,
    }
}

#[test]
fn a_cut_file_says_so() {
    let mut bytes = written(&one_page());
    assert_eq!(warc::read(&bytes[..]).unwrap().stop, None);
    bytes.truncate(bytes.len() - 20);
    let read = warc::read(&bytes[..]).unwrap();
    assert_eq!(read.stop, Some(Stop::FileCut));
    assert_eq!(read.visits, one_page().visits);
}

#[test]
fn what_is_no_capture_is_refused_with_a_reason() {
    assert!(matches!(warc::read(&b""[..]), Err(WarcError::NotWarc)));
    assert!(matches!(
        warc::read(&b"%PDF-1.4"[..]),
        Err(WarcError::NotWarc)
    ));
    let lone = record("warcinfo", &[], b"software: x\r\n");
    assert!(matches!(warc::read(&lone[..]), Err(WarcError::Empty)));
    assert!(matches!(
        Capture::read("/nowhere/x.warc"),
        Err(WarcError::Io(_))
    ));
}

#[test]
fn records_are_what_the_standard_asks_for() {
    let mut bytes = Vec::new();
    warc::write_plain(&one_page(), &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let types: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("WARC-Type: "))
        .collect();
    assert_eq!(types, ["warcinfo", "response", "request", "metadata"]);
    let id = text
        .lines()
        .filter_map(|line| line.strip_prefix("WARC-Record-ID: "))
        .nth(1)
        .unwrap();
    assert!(text.contains(&format!("WARC-Concurrent-To: {id}\r\n")));
    // printf '<p>หน้าแรก</p>' | openssl sha1 -binary | base32
    assert!(
        text.contains("WARC-Payload-Digest: sha1:65EU7B6M62FEEGLTNOY4PLY5KKA4CBRW\r\n"),
        "{text}"
    );
    assert!(text.contains("GET / HTTP/1.1\r\nHost: a.go.th\r\n\r\n"));
    let ids: std::collections::BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("WARC-Record-ID: "))
        .collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn a_saved_capture_knows_its_digest() {
    let folder = std::env::temp_dir().join(format!("prongsai-warc-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["site.warc.gz", "site.warc"] {
        let path = folder.join(name);
        one_page().save(&path).unwrap();
        let read = Capture::read(&path).unwrap();
        assert_eq!(read.digest.as_ref().map(String::len), Some(64));
        assert_eq!(
            Capture {
                digest: None,
                ..read
            },
            one_page()
        );
    }
    let gz = std::fs::read(folder.join("site.warc.gz")).unwrap();
    assert!(gz.starts_with(&[0x1f, 0x8b]));
    let leftovers = std::fs::read_dir(&folder).unwrap().count();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(leftovers, 2);
}

/// A record as another tool would write it.
fn record(kind: &str, fields: &[(&str, &str)], block: &[u8]) -> Vec<u8> {
    let mut head = format!("WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2022-05-20T18:30:00Z\r\n");
    for (name, value) in fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", block.len()));
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn answer(target: &str, extra: &[(&str, &str)], head: &str, body: &[u8]) -> Vec<u8> {
    let fields = [
        &[
            ("WARC-Target-URI", target),
            ("Content-Type", "application/http;msgtype=response"),
        ],
        extra,
    ]
    .concat();
    record(
        "response",
        &fields,
        &[head.as_bytes(), b"\r\n\r\n", body].concat(),
    )
}

fn compressed(encoding: &str, text: &[u8]) -> Vec<u8> {
    match encoding {
        "gzip" => {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(text).unwrap();
            packer.finish().unwrap()
        }
        "deflate" => {
            let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(text).unwrap();
            packer.finish().unwrap()
        }
        "raw deflate" => {
            let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(text).unwrap();
            packer.finish().unwrap()
        }
        _ => brotli_stored(text),
    }
}

/// Brotli's way to store bytes as they are.
fn brotli_stored(text: &[u8]) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut put =
        |value: usize, count: usize| bits.extend((0..count).map(|at| value >> at & 1 == 1));
    put(0, 1); // window of 16 bits
    put(0, 1); // not the last
    put(0, 2); // four nibbles of length
    put(text.len() - 1, 16);
    put(1, 1); // stored
    while !bits.len().is_multiple_of(8) {
        bits.push(false);
    }
    let mut bytes: Vec<u8> = bits
        .chunks(8)
        .map(|byte| {
            byte.iter()
                .enumerate()
                .fold(0, |sum, (at, bit)| sum | u8::from(*bit) << at)
        })
        .collect();
    bytes.extend_from_slice(text);
    bytes.push(3); // last and empty
    bytes
}

#[test]
fn encodings_of_other_crawlers_are_undone() {
    let text = "<p>แผนดำเนินงาน ประจำปี</p>".as_bytes();
    let (front, back) = text.split_at(10);
    let chunked = [
        format!("{:x};x=y\r\n", front.len()).as_bytes(),
        front,
        format!("\r\n{:X}\r\n", back.len()).as_bytes(),
        back,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let mut file = record("warcinfo", &[], b"software: Wget/1.21\r\n");
    let mut add = |name: &str, fields: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{fields}Content-Length: {}",
            body.len()
        );
        file.extend(answer(
            &format!("<http://a.go.th/{name}>"),
            &[],
            &head,
            body,
        ));
    };
    add("chunked", "Transfer-Encoding: chunked\r\n", &chunked);
    add("not-chunked", "Transfer-Encoding: chunked\r\n", text);
    add(
        "gzip",
        "Content-Encoding: gzip\r\n",
        &compressed("gzip", text),
    );
    add("not-gzip", "Content-Encoding: gzip\r\n", text);
    add(
        "deflate",
        "Content-Encoding: deflate\r\n",
        &compressed("deflate", text),
    );
    add(
        "raw-deflate",
        "Content-Encoding: deflate\r\n",
        &compressed("raw deflate", text),
    );
    add("br", "Content-Encoding: br\r\n", &compressed("br", text));
    add(
        "both",
        "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        &{
            let packed = compressed("gzip", text);
            [
                format!("{:x}\r\n", packed.len()).as_bytes(),
                &packed,
                b"\r\n0\r\n\r\n",
            ]
            .concat()
        },
    );
    let read = warc::read(&file[..]).unwrap();
    assert_eq!(read.visits.len(), 8);
    for visit in &read.visits {
        assert_eq!(body(visit), text, "{}", visit.url);
        let response = visit.result.as_ref().unwrap();
        assert_eq!(response.header("content-encoding"), None);
        assert_eq!(response.header("transfer-encoding"), None);
        assert_eq!(visit.found, None);
    }
    assert_eq!(read.home, url("/chunked"));
    // 18:30 UTC is the next morning in Thailand.
    assert_eq!(read.taken_on, date(2022, 5, 21));
    assert_eq!(read.stop, None);
}

#[test]
fn half_a_compressed_body_is_kept_and_said_to_be_half() {
    let text = "ข้อบัญญัติงบประมาณรายจ่าย ".repeat(2_000);
    let mut packed = compressed("gzip", text.as_bytes());
    packed.truncate(packed.len() / 2);
    let file = answer(
        "http://a.go.th/",
        &[],
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip",
        &packed,
    );
    let read = warc::read(&file[..]).unwrap();
    let response = read.visits[0].result.as_ref().unwrap();
    assert!(!response.body.is_empty() && text.as_bytes().starts_with(&response.body));
    assert!(response.truncated.is_some());
}

#[test]
fn revisits_take_their_body_from_where_it_stands() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-At: 1";
    let ids = [
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("WARC-Payload-Digest", "sha1:AAAA"),
    ];
    let mut file = answer("http://a.go.th/1", &ids, head, b"same");
    let again = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-At: 2\r\n\r\n";
    let mut revisit = |path: &str, fields: &[(&str, &str)], head: &str| {
        let target = format!("http://a.go.th/{path}");
        let fields = [&[("WARC-Target-URI", target.as_str())], fields].concat();
        file.extend(record("revisit", &fields, head.as_bytes()));
    };
    revisit("by-id", &[("WARC-Refers-To", "<urn:uuid:1>")], again);
    revisit("by-digest", &[("WARC-Payload-Digest", "sha1:AAAA")], again);
    revisit(
        "not-modified",
        &[("WARC-Refers-To", "<urn:uuid:1>")],
        "HTTP/1.1 304 Not Modified\r\n\r\n",
    );
    revisit("unknown", &[("WARC-Payload-Digest", "sha1:BBBB")], again);
    let read = warc::read(&file[..]).unwrap();
    let bodies: Vec<&[u8]> = read.visits.iter().map(body).collect();
    assert_eq!(bodies, [&b"same"[..], b"same", b"same", b"same", b""]);
    let x_at: Vec<Option<&str>> = read
        .visits
        .iter()
        .map(|visit| visit.result.as_ref().unwrap().header("x-at"))
        .collect();
    assert_eq!(
        x_at,
        [Some("1"), Some("2"), Some("2"), Some("1"), Some("2")]
    );
    assert_eq!(read.visits[3].result.as_ref().unwrap().status, 200);
    assert!(read.visits[4].result.as_ref().unwrap().truncated.is_some());
}

#[test]
fn what_is_no_answer_of_a_website_is_passed_over() {
    let mut file = record("warcinfo", &[], b"software: browsertrix-crawler\r\n");
    file.extend(answer(
        "http://a.go.th/robots.txt",
        &[],
        "HTTP/1.1 404 Not Found",
        b"",
    ));
    file.extend(answer(
        "http://a.go.th/",
        &[("WARC-Record-ID", "<urn:uuid:9>")],
        "HTTP/2 200",
        b"home",
    ));
    file.extend(record(
        "request",
        &[("WARC-Target-URI", "http://a.go.th/")],
        b"GET / HTTP/1.1\r\n\r\n",
    ));
    file.extend(record(
        "metadata",
        &[
            ("WARC-Target-URI", "http://a.go.th/"),
            ("WARC-Concurrent-To", "<urn:uuid:9>"),
        ],
        b"via: http://b.go.th/\r\nhopsFromSeed: LLE\r\n",
    ));
    file.extend(record(
        "resource",
        &[
            ("WARC-Target-URI", "urn:pageinfo:http://a.go.th/"),
            ("Content-Type", "application/json"),
        ],
        b"{}",
    ));
    file.extend(record(
        "resource",
        &[(
            "WARC-Target-URI",
            "<metadata://gnu.org/software/wget/warc/MANIFEST.txt>",
        )],
        b"x",
    ));
    file.extend(record(
        "resource",
        &[
            ("WARC-Target-URI", "http://a.go.th/plan.pdf"),
            ("Content-Type", "application/pdf"),
        ],
        b"%PDF",
    ));
    file.extend(record(
        "response",
        &[
            ("WARC-Target-URI", "dns:a.go.th"),
            ("Content-Type", "text/dns"),
        ],
        b"a.go.th. 1 IN A 1.2.3.4",
    ));
    file.extend(record(
        "conversion",
        &[("WARC-Target-URI", "http://a.go.th/x")],
        b"x",
    ));
    let read = warc::read(&file[..]).unwrap();
    let visited: Vec<&str> = read.visits.iter().map(|visit| visit.url.path()).collect();
    assert_eq!(visited, ["/robots.txt", "/", "/plan.pdf"]);
    assert_eq!(read.home, url("/"));
    assert_eq!(body(&read.visits[1]), b"home");
    // Heritrix says how it came to a page.
    let found = read.visits[1].found.as_ref().unwrap();
    assert_eq!((found.on.as_str(), found.clicks), ("http://b.go.th/", 2));
    assert_eq!(
        read.visits[2]
            .result
            .as_ref()
            .unwrap()
            .header("content-type"),
        Some("application/pdf")
    );
}

#[test]
fn addresses_are_read_in_their_normal_form() {
    let file = answer(
        "<http://a.go.th:80/%e0%b8%81?PHPSESSID=0f1e>",
        &[],
        "HTTP/1.0 200 OK",
        b"x",
    );
    assert_eq!(
        warc::read(&file[..]).unwrap().visits[0].url.as_str(),
        "http://a.go.th/%E0%B8%81"
    );
}

#[test]
fn captures_of_wget_are_read_plain_and_compressed() {
    let plain = Capture::read("tests/captures/wget.warc").unwrap();
    let packed = Capture::read("tests/captures/wget.warc.gz").unwrap();
    for capture in [plain, packed] {
        let pages: Vec<(&str, u16)> = capture
            .visits
            .iter()
            .map(|visit| (visit.url.path(), visit.result.as_ref().unwrap().status))
            .collect();
        assert_eq!(
            pages,
            [
                ("/", 200),
                ("/robots.txt", 404),
                ("/plan.html", 200),
                ("/moved", 302),
                ("/plan.html", 200),
                ("/gone", 404)
            ]
        );
        assert_eq!(capture.home.path(), "/");
        let home = capture.visits[0].result.as_ref().unwrap();
        assert!(std::str::from_utf8(&home.body).unwrap().contains("หน้าแรก"));
        assert_eq!(body(&capture.visits[2]), "<p>แผนดำเนินงาน</p>".as_bytes());
        assert_eq!(capture.stop, None);
    }
}
