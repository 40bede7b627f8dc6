//! Files and pages made to harm: each costs itself and never the run, nor the machine.
#![allow(clippy::unwrap_used, reason = "tests")]

mod office;
mod pdf;
mod web;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use jiff::civil::date;
use prongsai::extract::{Document, DocumentKind, Extracted, Reading, extract};
use prongsai::fetch::capture::{Capture, Response, Visit};
use prongsai::guard::{Crew, End};
use prongsai::reading::{READ_COMMAND, read_files};
use prongsai::site::Site;
use url::Url;

/// A file's name and its bytes.
type Named = (String, Vec<u8>);

/// The whole run, children included.
const MEMORY_MAX: u64 = 400 << 20;

/// A unit compressed so many times over, as zlib.
fn flate(unit: &[u8], times: usize) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..times {
        out.write_all(unit).unwrap();
    }
    out.finish().unwrap()
}

/// The same bytes in every run, without a pattern.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// A sound file cut, with holes, and with bytes changed here and there.
fn mutations(kind: &str, whole: &[u8], count: usize) -> Vec<Named> {
    let dice = noise(count * 64);
    let mut all = Vec::new();
    for n in 0..count {
        let mut body = whole.to_vec();
        let at = |k: usize| {
            let pair = [dice[n * 64 + 2 * k], dice[n * 64 + 2 * k + 1]];
            (usize::from(u16::from_le_bytes(pair)) * whole.len()) >> 16
        };
        match n % 3 {
            0 => body.truncate(whole.len() * (n + 1) / (count + 1)),
            1 => (0..20).for_each(|k| body[at(k)] ^= dice[n * 64 + 44 + k % 20] | 1),
            _ => body[at(0)..(at(0) + whole.len() / 10).min(whole.len())].fill(0),
        }
        all.push((format!("mutated-{n}.{kind}"), body));
    }
    all
}

fn visit(path: &str, kind: &str, body: Vec<u8>) -> Visit {
    Visit {
        url: Url::parse("http://www.example.go.th/")
            .unwrap()
            .join(path)
            .unwrap(),
        found: None,
        at: "2022-03-01T03:00:00Z".parse().unwrap(),
        result: Ok(Response {
            status: 200,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: Bytes::from(body),
            truncated: None,
        }),
    }
}

/// A site whose home page links to the files.
fn capture(files: Vec<Named>) -> Capture {
    let links: String = files
        .iter()
        .map(|(name, _)| format!("<p><a href='/{name}'>เอกสาร {name}</a></p>"))
        .collect();
    let home = format!(
        "<html><head><title>เทศบาลตำบลบ้านดี</title></head><body><h1>เอกสาร</h1>{links}</body></html>"
    );
    let mut visits = vec![visit("", "text/html; charset=utf-8", home.into_bytes())];
    visits.extend(files.into_iter().map(|(name, body)| {
        let kind = match name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("csv") => "text/csv; charset=utf-8",
            _ => "application/octet-stream",
        };
        visit(&name, kind, body)
    }));
    Capture {
        home: visits[0].url.clone(),
        taken_on: date(2022, 3, 1),
        visits,
        skipped: Vec::new(),
        traps: Vec::new(),
        stop: None,
        digest: None,
    }
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_prongsai"))
}

/// Documents by file name, as workers read them.
fn read(capture: &Capture) -> Vec<(String, Option<Document>)> {
    let mut documents = read_files(capture, program()).unwrap();
    let files = &capture.visits[1..];
    files
        .iter()
        .map(|visit| {
            let body = &visit.result.as_ref().unwrap().body[..];
            (visit.url.path()[1..].to_owned(), documents.remove(body))
        })
        .collect()
}

/// Sound files, each with words of its own.
fn sound(n: usize) -> Named {
    match n % 3 {
        0 => (
            format!("sound-{n}.pdf"),
            pdf::sound(&format!("Annual report of the agency, number {n}")),
        ),
        1 => (
            format!("sound-{n}.docx"),
            office::letter(&format!("ประกาศเจตจำนงสุจริต ฉบับที่ {n}")),
        ),
        _ => (
            format!("sound-{n}.xlsx"),
            office::sheet(&format!("ซื้อวัสดุสำนักงาน รายการที่ {n}")),
        ),
    }
}

/// Every hostile file, with a sound one after every few.
fn mixed() -> Vec<Named> {
    let mut all = Vec::new();
    for (n, file) in pdf::hostile()
        .into_iter()
        .chain(office::hostile())
        .enumerate()
    {
        all.push(file);
        if n % 8 == 0 {
            all.push(sound(n / 8));
        }
    }
    all
}

#[test]
fn every_file_ends_with_a_result_in_its_place() {
    let capture = capture(mixed());
    let read = read(&capture);
    assert!(read.len() > 150);
    let mut sound_ones = 0;
    for (name, document) in &read {
        let document = document
            .as_ref()
            .unwrap_or_else(|| panic!("{name}: no result"));
        if let Some(rest) = name.strip_prefix("sound-") {
            let number = rest.split('.').next().unwrap();
            assert_eq!(document.reading, Reading::Text, "{name}");
            assert!(
                document.pages.concat().contains(number),
                "{name}: {:?}",
                document.reading
            );
            sound_ones += 1;
        }
    }
    assert!(sound_ones > 15);
    let reading = |wanted: &str| {
        let found = read.iter().find(|(name, _)| name == wanted);
        found
            .and_then(|(_, document)| Some(document.as_ref()?.reading))
            .unwrap_or_else(|| panic!("{wanted}"))
    };
    // What the set is there for happens: limits are met, each by its name.
    assert_eq!(reading("bomb-text.pdf"), Reading::OverMemory);
    assert_eq!(reading("spaces.docx"), Reading::TooLarge);
    assert_eq!(reading("only-header.pdf"), Reading::Damaged);
}

#[test]
fn a_sound_file_reads_the_same_in_a_worker_and_in_this_process() {
    let mut files: Vec<Named> = (0..6).map(sound).collect();
    files.push(("thick.pdf".to_owned(), pdf::thick(500)));
    files.push(("list.csv".to_owned(), "รายการ,จำนวน\nซื้อวัสดุ,2\n".into()));
    let made = capture(files);
    let mut looked_at = 0;
    for capture in captures().iter().chain([&made]) {
        for (body, document) in read_files(capture, program()).unwrap() {
            let visit = capture
                .bodies()
                .into_iter()
                .find(|one| one.bytes() == body)
                .unwrap();
            match extract(visit.url, visit.content_type(), body) {
                Extracted::Document(here) => assert!(here == document, "{}", visit.url),
                other => panic!("{}: {other:?}", visit.url),
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 100, "{looked_at}");
    // Nothing is left for the site to read by itself.
    let read = read_files(&made, program()).unwrap();
    assert_eq!(read.len(), made.visits.len() - 1);
    let here = Site::build(&made, None);
    let there = Site::build_with(&made, None, read);
    assert_eq!(here.nodes.len(), there.nodes.len());
    for (here, there) in here.nodes.iter().zip(&there.nodes) {
        assert_eq!(here.url, there.url);
        assert!(here.document() == there.document(), "{}", here.url);
        assert_eq!(here.text.as_str(), there.text.as_str());
    }
}

/// The captures of real sites that the repository holds.
fn captures() -> Vec<Capture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().is_some_and(|name| name.ends_with(".warc.gz")))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
        .iter()
        .map(|file| Capture::read(file).unwrap())
        .collect()
}

#[test]
fn a_file_that_takes_too_long_ends_and_the_next_is_read() {
    let slow = pdf::slow();
    let quick = pdf::sound("Annual report of the agency, number 7");
    let label = br#"{"url":"http://www.example.go.th/a.pdf","content_type":null}"#;
    let crew = Crew {
        at_once: 1,
        memory: 256 << 20,
        memory_alone: 256 << 20,
        wall: Duration::from_secs(600),
    };
    let worker = || {
        let mut worker = Command::new(program());
        worker.args([READ_COMMAND, "1"]);
        worker
    };
    let questions: Vec<Vec<&[u8]>> = [&quick, &slow, &quick]
        .iter()
        .map(|body| vec![&label[..], b"\n", &body[..]])
        .collect();
    let answers = crew.ask(&worker, &questions, |answer| {
        serde_json::from_slice::<Document>(answer).ok()
    });
    let answers = answers.unwrap();
    assert_eq!(answers[1], Err(End::Time));
    for n in [0, 2] {
        let document = answers[n].as_ref().unwrap();
        assert_eq!(document.pages, ["Annual report of the agency, number 7"]);
    }
}

#[test]
fn a_password_locks_and_an_empty_one_does_not() {
    let read = |body: &[u8]| {
        let url = Url::parse("http://www.example.go.th/a.pdf").unwrap();
        match extract(&url, None, body) {
            Extracted::Document(document) => document,
            other => panic!("{other:?}"),
        }
    };
    for (name, body, needs_password) in ENCRYPTED {
        let document = read(body);
        assert_eq!(document.kind, DocumentKind::Pdf);
        if needs_password {
            assert_eq!(document.reading, Reading::Locked, "{name}");
            assert!(document.pages.is_empty());
        } else {
            assert_eq!(document.reading, Reading::Text, "{name}");
            assert_eq!(
                document.pages,
                ["Annual report of the agency, fiscal year 2565"],
                "{name}"
            );
        }
    }
}

/// One page each, encrypted by qpdf; the owner's password is set in all of them.
const ENCRYPTED: [(&str, &[u8], bool); 7] = [
    ("rc4-40", include_bytes!("encrypted/rc4-40.pdf"), false),
    ("rc4-128", include_bytes!("encrypted/rc4-128.pdf"), false),
    ("aes-128", include_bytes!("encrypted/aes-128.pdf"), false),
    ("aes-256", include_bytes!("encrypted/aes-256.pdf"), false),
    (
        "rc4-128-password",
        include_bytes!("encrypted/rc4-128-password.pdf"),
        true,
    ),
    (
        "aes-128-password",
        include_bytes!("encrypted/aes-128-password.pdf"),
        true,
    ),
    (
        "aes-256-password",
        include_bytes!("encrypted/aes-256-password.pdf"),
        true,
    ),
];

/// A folder that goes with the test.
struct Desk(PathBuf);

impl Desk {
    fn new(name: &str) -> Self {
        let desk =
            std::env::temp_dir().join(format!("prongsai-hostile-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&desk).unwrap();
        Self(desk)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Judges a capture with the program itself: the report, and the most memory that it and its children took together.
#[cfg(target_os = "linux")]
fn judged(name: &str, capture: &Capture) -> (serde_json::Value, u64) {
    let desk = Desk::new(name);
    let (warc, report) = (desk.0.join("site.warc.gz"), desk.0.join("report.json"));
    capture.save(&warc).unwrap();
    let mut run = Command::new(program())
        .arg("judge")
        .arg(&warc)
        .args(["--no-ocr", "--year", "2565", "--as-of", "2022-03-01", "-o"])
        .arg(&report)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        if let Some(status) = run.try_wait().unwrap() {
            break status;
        }
        most = most.max(memory(run.id()));
        std::thread::sleep(Duration::from_millis(3));
    };
    assert_eq!(status.code(), Some(0), "{name}: {status}");
    let report = std::fs::read(&report).unwrap();
    (serde_json::from_slice(&report).unwrap(), most)
}

/// The most that a process ever held, and its children that live at this moment: never less than they take now, the
/// program's own file aside.
#[cfg(target_os = "linux")]
fn memory(process: u32) -> u64 {
    let read =
        |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let threads = std::fs::read_dir(format!("/proc/{process}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let children =
        threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let children: u64 = children
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<u32>>()
        })
        .map(|child| {
            let status = std::fs::read_to_string(format!("/proc/{child}/status"));
            own(&status.unwrap_or_default())
        })
        .sum();
    own(&read("status")) + children
}

/// The most a process had at one time, less the program's own file, which is the same for all of them and larger without
/// optimisation.
#[cfg(target_os = "linux")]
fn own(status: &str) -> u64 {
    field(status, "VmHWM:").saturating_sub(field(status, "RssFile:"))
}

/// A line of `/proc/…/status`, in bytes; nothing once the process has gone.
#[cfg(target_os = "linux")]
fn field(status: &str, name: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"))
        .and_then(|kilobytes| kilobytes.trim().parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_over_hostile_files_stays_small_and_says_what_it_could_not_read() {
    let files = mixed();
    let count = files.len();
    let (report, most) = judged("files", &capture(files));
    assert!(most < MEMORY_MAX, "{} MB", most >> 20);
    let coverage = &report["coverage"];
    assert_eq!(coverage["addresses"], count + 1, "every file is looked at");
    // A few are spoilt so far that nothing tells what they were.
    let seen = ["documents", "images"].map(|kind| coverage[kind].as_u64().unwrap());
    assert!(seen.iter().sum::<u64>() as usize + 5 > count, "{coverage}");
    let reasons: Vec<&str> = coverage["not_read"]
        .as_array()
        .unwrap()
        .iter()
        .map(|missed| missed["reason"].as_str().unwrap())
        .collect();
    for reason in ["damaged", "too_large", "over_memory"] {
        assert!(reasons.contains(&reason), "{reasons:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_over_hostile_pages_stays_small() {
    let pages = web::hostile();
    assert!(pages.len() > 20);
    for (n, some) in pages.chunks(6).enumerate() {
        let names: Vec<&str> = some.iter().map(|(name, _)| &name[..]).collect();
        let (report, most) = judged(&format!("pages-{n}"), &capture(some.to_vec()));
        assert!(most < MEMORY_MAX, "{names:?}: {} MB", most >> 20);
        assert_eq!(report["coverage"]["pages"], some.len() + 1, "{names:?}");
    }
}
