//! Files made with known text: many producers and fonts, scans, text layers that lie, damaged ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use prongsai::extract::Reading;
use prongsai::ocr::Tesseract;
use serde::Deserialize;
use url::Url;

use crate::figures::{Cells, Found, Phrases, error_rate, four_letter_share, key, solid};
use crate::pictures::{self, Pictures};
use crate::{Read, mean_and_worst, of, read};

/// Files whose letters were lost when Ghostscript wrote their Type 3 and subset fonts anew, as any reader shows.
const LOST: [&str; 2] = ["gs-chromium", "gs-reportlab"];

/// What the script says of a file it made.
#[derive(Debug, Default, Deserialize)]
struct Made {
    /// Which true text it has.
    truth: Option<String>,
    #[serde(default)]
    producer: String,
    #[serde(default)]
    scanned: bool,
    /// Its fonts cannot be turned back into letters.
    #[serde(default)]
    unreadable: bool,
    /// Thai letters under the numbers of Latin ones.
    #[serde(default)]
    mojibake: bool,
}

struct File {
    name: String,
    body: Vec<u8>,
    made: Made,
}

impl File {
    fn truth<'a>(&self, set: &'a Set) -> Option<&'a str> {
        set.truths
            .get(self.made.truth.as_ref()?)
            .map(String::as_str)
    }

    fn extension(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    /// Who made it: for a PDF the program, else the format.
    fn group(&self) -> String {
        match self.extension() {
            "pdf" => format!("PDF {}", self.made.producer),
            "html" => match self.name.contains("874_") && !self.name.contains("utf8_") {
                true => "HTML windows-874".to_owned(),
                false => "HTML UTF-8".to_owned(),
            },
            other => other.to_uppercase(),
        }
    }

    fn read(&self) -> Read {
        // Without its folder: no file is to be known by the address it was given here.
        let name = self.name.rsplit('/').next().unwrap_or_default();
        let url = Url::parse("http://www.example.go.th/files/")
            .unwrap()
            .join(name)
            .unwrap();
        read(&url, None, &self.body)
    }
}

struct Set {
    folder: PathBuf,
    phrases: Phrases,
    truths: BTreeMap<String, String>,
    made: BTreeMap<String, Made>,
}

impl Set {
    fn open(folder: &Path) -> Self {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let truths = ["prose", "tables", "html", "scan_prose", "scan_tables"];
        Self {
            folder: folder.to_owned(),
            phrases: Phrases::parse(&text("phrases.txt")),
            truths: truths
                .iter()
                .map(|name| ((*name).to_owned(), text(&format!("truth_{name}.txt"))))
                .collect(),
            made: serde_json::from_str(&text("manifest.json")).unwrap(),
        }
    }

    /// Files of one folder of the set, by name.
    fn files(&mut self, under: &str) -> Vec<File> {
        let entries = std::fs::read_dir(self.folder.join(under)).unwrap();
        let names: BTreeSet<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names
            .into_iter()
            .map(|name| {
                let name = format!("{under}/{name}");
                let body = std::fs::read(self.folder.join(&name)).unwrap();
                let mut made = self.made.remove(&name).unwrap_or_else(|| Made {
                    truth: self.truth_by_name(&name),
                    ..Made::default()
                });
                made.unreadable |= LOST.iter().any(|lost| name.contains(lost));
                File { name, body, made }
            })
            .collect()
    }

    /// The script names files after their text: `rtfas_prose.doc`.
    fn truth_by_name(&self, name: &str) -> Option<String> {
        let stem = name.rsplit_once('.')?.0;
        let words = stem.rsplit(['_', '/']);
        words
            .map(str::to_owned)
            .find(|word| self.truths.contains_key(word))
    }
}

/// Figures of the files of one format or producer.
#[derive(Default)]
struct Group {
    files: usize,
    prose: Vec<f64>,
    prose_raw: Vec<f64>,
    tables: Vec<f64>,
    fours: Vec<f64>,
    found: Found,
    cells: Cells,
    /// Tables read out of running text.
    false_tables: usize,
    pages: usize,
    took: Duration,
}

impl Group {
    fn add(&mut self, file: &File, truth: &str, phrases: &Phrases, read: &Read) {
        let text = read.text();
        let rate = error_rate(&key(truth), &key(&text));
        self.files += 1;
        self.pages += read.pages.len();
        self.took += read.took;
        self.found.add(phrases.count(truth, &text, false));
        match file.made.truth.as_deref() {
            Some("prose") => {
                self.prose.push(rate);
                self.prose_raw
                    .push(error_rate(&solid(truth), &solid(&text)));
                self.false_tables += read.tables.len();
            }
            _ => {
                self.tables.push(rate);
                self.fours.push(four_letter_share(&key(truth), &key(&text)));
                self.cells.add(Cells::count(truth, &read.tables));
            }
        }
    }

    fn join(&mut self, other: &Self) {
        self.files += other.files;
        self.prose.extend(&other.prose);
        self.prose_raw.extend(&other.prose_raw);
        self.tables.extend(&other.tables);
        self.fours.extend(&other.fours);
        self.found.add(other.found);
        self.cells.add(other.cells);
        self.false_tables += other.false_tables;
        self.pages += other.pages;
        self.took += other.took;
    }

    fn print(&self, name: &str) {
        let found = self.found;
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.files,
            mean_and_worst(&self.prose, f64::max),
            mean_and_worst(&self.prose_raw, f64::max),
            mean_and_worst(&self.tables, f64::max),
            mean_and_worst(&self.fours, f64::min),
            of(found.exact, found.there),
            of(found.tolerant, found.there),
            of(found.by_rule, found.there),
            of(found.false_hits, found.absent),
            pages_a_second(self.pages, self.took),
        );
    }

    fn print_tables(&self, name: &str) {
        let cells = self.cells;
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} |",
            of(cells.tables_read, cells.tables),
            of(cells.headers_right, cells.headers),
            of(cells.headers_near, cells.headers),
            cells.headers_wrong,
            of(cells.cells_right, cells.cells),
            self.false_tables,
        );
    }
}

fn pages_a_second(pages: usize, took: Duration) -> String {
    let rate = pages as f64 / took.as_secs_f64().max(1e-9);
    format!("{rate:.0}")
}

/// Measures a set and prints its tables.
pub(crate) fn measure(folder: &Path, engine: Option<&Tesseract>, skipped: &mut Vec<String>) {
    let mut set = Set::open(folder);
    let folders = ["pdf", "office", "html"];
    let files: Vec<File> = folders.iter().flat_map(|under| set.files(under)).collect();
    let reads: Vec<Read> = files.iter().map(File::read).collect();
    let all = || files.iter().zip(&reads);

    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (file, read) in all() {
        let hard = file.made.scanned || file.made.unreadable || file.made.mojibake;
        match file.truth(&set) {
            Some(truth) if !hard => {
                let group = groups.entry(file.group()).or_default();
                group.add(file, truth, &set.phrases, read);
            }
            None => skipped.push(format!("letters of {}: its text is not known", file.name)),
            Some(_) => {}
        }
    }
    print_groups(&groups);
    print_speed(all());
    print_liars(&set, all());
    print_damaged(&mut set, skipped);

    let scans = pictures_of(&set, all());
    match engine {
        Some(engine) => pictures::print(engine, &scans, &set.phrases),
        None => skipped.push(format!("pictures of the set: {} rows", scans.len())),
    }
    for name in set.made.keys() {
        skipped.push(format!("{name}: named by the set and not there"));
    }
}

fn print_groups(groups: &BTreeMap<String, Group>) {
    let pdf = |name: &str| name.starts_with("PDF ");
    let mut total = Group::default();
    groups
        .iter()
        .filter(|(name, _)| pdf(name))
        .for_each(|(_, group)| total.join(group));

    println!("\n## Sound files\n");
    println!(
        "| format | files | prose CER %, mean / worst | as handed out | tables CER % | 4-letter share % | phrases: exact | tolerant | by a rule | false hits | pages a CPU s |"
    );
    println!("|{}", " --- |".repeat(11));
    groups.iter().for_each(|(name, group)| group.print(name));
    total.print("**all PDF**");

    println!("\n## Tables\n");
    println!(
        "| format | tables read / there | header cells: exact | tolerant | wrong | body cells right | tables in prose |"
    );
    println!("|{}", " --- |".repeat(7));
    groups
        .iter()
        .for_each(|(name, group)| group.print_tables(name));
    total.print_tables("**all PDF**");
}

fn print_speed<'a>(all: impl Iterator<Item = (&'a File, &'a Read)>) {
    println!("\n## Long files\n");
    for (file, read) in all.filter(|(_, read)| read.pages.len() >= 100) {
        println!(
            "- {}: {} pages, {} a CPU s",
            file.name,
            read.pages.len(),
            pages_a_second(read.pages.len(), read.took)
        );
    }
}

/// Files whose text layer is missing or is not what a person sees: what is told of them, page by page.
fn print_liars<'a>(set: &Set, all: impl Iterator<Item = (&'a File, &'a Read)>) {
    println!("\n## Text layers that are missing or lie\n");
    println!("| file | is | read as | pages with text | pages unread | prose CER % | right |");
    println!("|{}", " --- |".repeat(7));
    for (file, read) in all {
        let made = &file.made;
        let is_mixed = file.name.contains("mixed");
        let (is, right) = match (made.scanned, made.unreadable, made.mojibake) {
            (true, ..) if is_mixed => (
                "half scanned",
                read.reading == Reading::Text && read.unread > 0,
            ),
            (true, ..) => ("scanned", read.reading == Reading::Scanned),
            (_, true, _) => ("letters unknown", read.reading == Reading::Garbled),
            (_, _, true) => (
                "Thai as Latin",
                read.reading == Reading::Text && read.unread == 0,
            ),
            // Sound by what the script says; whether it is, this shows.
            _ if read.reading != Reading::Text || read.unread > 0 => ("sound", false),
            _ => continue,
        };
        let filled = read.pages.iter().filter(|page| !page.is_empty()).count();
        let rate = file.truth(set).filter(|_| filled > 0 && !is_mixed);
        let rate = rate.map(|truth| format!("{:.2}", error_rate(&key(truth), &key(&read.text()))));
        println!(
            "| {} | {is} | {:?} | {filled} | {} | {} | {} |",
            file.name,
            read.reading,
            read.unread,
            rate.unwrap_or_else(|| "–".to_owned()),
            if right { "yes" } else { "**no**" }
        );
    }
}

/// Damaged files: phrases still read, by extension. Bombs are for the tests of the guard.
fn print_damaged(set: &mut Set, skipped: &mut Vec<String>) {
    println!("\n## Damaged files\n");
    println!("| format | files | phrases read | files with text | told damaged or locked |");
    println!("|{}", " --- |".repeat(5));
    let mut rows: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut bombs = 0;
    for under in ["bad", "badoffice"] {
        for file in set.files(under) {
            let name = file.name.rsplit('/').next().unwrap_or_default();
            let damaged = [
                "badxref", "flip", "hole", "prefix", "trunc", "empty", "enc_", "html.", "only",
                "random",
            ];
            if !damaged.iter().any(|kind| name.starts_with(kind)) {
                bombs += 1;
                continue;
            }
            let read = file.read();
            let text = read.text();
            let row = rows.entry(file.extension().to_uppercase()).or_default();
            let found = set.phrases.count(&text, &text, false);
            let broken = matches!(read.reading, Reading::Damaged | Reading::Locked);
            let counts = [
                1,
                found.exact,
                usize::from(!text.is_empty()),
                usize::from(broken),
            ];
            row.iter_mut()
                .zip(counts)
                .for_each(|(sum, one)| *sum += one);
        }
    }
    for (format, [files, phrases, with_text, broken]) in rows {
        println!("| {format} | {files} | {phrases} | {with_text} | {broken} |");
    }
    skipped.push(format!(
        "{bombs} files made to harm the reader: the tests of the guard have their like"
    ));
}

/// Pictures of text in the set, and the first page of each file whose letters are unknown.
fn pictures_of<'a>(
    set: &'a Set,
    all: impl Iterator<Item = (&'a File, &'a Read)>,
) -> Vec<Pictures<'a>> {
    let mut found = Vec::new();
    for (file, read) in all {
        let pages = match &file.made {
            made if made.scanned => read.pages.len(),
            made if made.unreadable => 1,
            _ => continue,
        };
        if let Some(truth) = file.truth(set) {
            found.push(Pictures {
                name: file.name.clone(),
                truth,
                is_whole: file.made.scanned,
                pages: (0..pages as u32)
                    .map(|page| (file.body.as_slice(), Some(page)))
                    .collect(),
            });
        }
    }
    found
}
