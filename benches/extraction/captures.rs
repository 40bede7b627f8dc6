//! The captures of this repository: words that must be read in their evidence, and their pictures' true text.

use std::collections::BTreeMap;
use std::path::Path;

use prongsai::extract::{DocumentKind, Reading};
use prongsai::fetch::capture::Capture;
use prongsai::ocr::Tesseract;
use prongsai::thai::{Needle, Text};
use serde::Deserialize;

use crate::figures::Phrases;
use crate::pictures::{self, Pictures};
use crate::{Read, of, read};

const SITES: [&str; 5] = [
    "banmai-2565",
    "chaimongkol-2565",
    "kalase-2564",
    "kalase-2565",
    "nongkha-2565",
];

/// What is known of a site's files.
#[derive(Deserialize)]
struct Known {
    /// True text of pictures, by address.
    transcripts: BTreeMap<String, String>,
    /// By item and address, words that an assessor reads there.
    needed: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

struct Site {
    name: &'static str,
    known: Known,
    /// Bodies by address, and what was read in them.
    bodies: BTreeMap<String, (bytes::Bytes, Read)>,
}

impl Site {
    fn open(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
        let capture = Capture::read(folder.join(format!("{name}.warc.gz"))).unwrap();
        let known = std::fs::read_to_string(folder.join(format!("{name}.read.json"))).unwrap();
        let answers = capture.visits.iter().filter_map(|visit| {
            let answer = visit.result.as_ref().ok()?;
            (answer.status == 200).then_some((&visit.url, answer))
        });
        let bodies = answers
            .map(|(url, answer)| {
                let read = read(url, answer.header("content-type"), &answer.body);
                (address(url.as_str()), (answer.body.clone(), read))
            })
            .collect();
        Self {
            name,
            known: serde_json::from_str(&known).unwrap(),
            bodies,
        }
    }
}

/// Path and query, without the session that one of the servers writes into links.
fn address(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("PHPSESSID"))
        .collect();
    let path = path.to_lowercase();
    if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// Measures the captures and prints their tables.
pub(crate) fn measure(engine: Option<&Tesseract>, skipped: &mut Vec<String>) {
    let sites: Vec<Site> = SITES.into_iter().map(Site::open).collect();
    println!("\n## Captures: words of the evidence\n");
    println!(
        "| site | PDF files: text / scans / garbled | tables in PDF | words in text: exact | by a rule |"
    );
    println!("|{}", " --- |".repeat(5));
    for site in &sites {
        print_words(site, skipped);
    }
    let all: Vec<Pictures<'_>> = sites
        .iter()
        .flat_map(|site| pictures_of(site, skipped))
        .collect();
    match engine {
        Some(engine) => pictures::print(engine, &all, &Phrases::parse("")),
        None => skipped.push(format!("pictures of the captures: {} rows", all.len())),
    }
}

fn print_words(site: &Site, skipped: &mut Vec<String>) {
    let pdfs = || {
        site.bodies
            .values()
            .map(|(_, read)| read)
            .filter(|read| read.kind == Some(DocumentKind::Pdf))
    };
    let count = |reading: Reading| pdfs().filter(|read| read.reading == reading).count();
    let (mut there, mut exact, mut by_rule) = (0, 0, 0);
    let mut missed = Vec::new();
    for (item, places) in &site.known.needed {
        for (at, words) in places {
            let Some((_, read)) = site.bodies.get(&address(at)) else {
                skipped.push(format!("{} {item}: {at} is not in the capture", site.name));
                continue;
            };
            // Pictures are read by OCR, below.
            if site.known.transcripts.contains_key(at) {
                continue;
            }
            let mut seen = read.text();
            for table in &read.tables {
                seen.push('\n');
                seen.push_str(&table.header.join("\n"));
            }
            let (text, key) = (Text::new(seen.clone()), prongsai::thai::key(&seen));
            for word in words {
                there += 1;
                exact += usize::from(key.contains(&prongsai::thai::key(word)));
                let found = text.has(&Needle::parse(word));
                by_rule += usize::from(found);
                if !found {
                    missed.push(format!("{item} {at}: {word}"));
                }
            }
        }
    }
    println!(
        "| {} | {} / {} / {} | {} | {} | {} |",
        site.name,
        count(Reading::Text),
        count(Reading::Scanned),
        count(Reading::Garbled),
        pdfs().map(|read| read.tables.len()).sum::<usize>(),
        of(exact, there),
        of(by_rule, there),
    );
    for miss in missed {
        println!("<!-- missed: {miss} -->");
    }
}

fn pictures_of<'a>(site: &'a Site, skipped: &mut Vec<String>) -> Vec<Pictures<'a>> {
    let mut found = Vec::new();
    for (at, truth) in &site.known.transcripts {
        let Some((body, read)) = site.bodies.get(&address(at)) else {
            skipped.push(format!("{}: {at} is not in the capture", site.name));
            continue;
        };
        let is_pdf = read.kind == Some(DocumentKind::Pdf);
        let unread = read
            .pages
            .iter()
            .enumerate()
            .filter(|(_, page)| page.is_empty());
        let pages: Vec<(&[u8], Option<u32>)> = if is_pdf {
            unread
                .map(|(page, _)| (body.as_ref(), Some(page as u32)))
                .collect()
        } else {
            vec![(body.as_ref(), None)]
        };
        found.push(Pictures {
            name: format!(
                "{} {}",
                site.name,
                at.rsplit('/').next().unwrap_or_default()
            ),
            truth,
            is_whole: true,
            pages,
        });
    }
    found
}
