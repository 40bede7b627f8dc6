//! The text of a case, read line by line; every mistake with its place.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use url::Url;

use super::{Address, Case, Expected, State, site};
use crate::agency::{Agency, AgencyKind};
use crate::rules::answer::Outcome;
use crate::rules::fault::{Fault, hint};
use crate::thai::dates::{When, scan};
use crate::year::FiscalYear;

/// Where the website of a case stands.
const HOME: &str = "http://www.bandee.go.th/";

/// Whose website a case is when it does not say.
pub const AGENCY: &str = "องค์การบริหารส่วนตำบลบ้านดี อำเภอเมืองตรัง จังหวัดตรัง";

/// What may stand above the first address.
const KEYS: [&str; 8] = [
    "case",
    "met",
    "unmet",
    "unsure",
    "not_applicable",
    "agency",
    "today",
    "crawl",
];

/// Words in brackets behind an address.
const STATES: [&str; 6] = ["unlinked", "scan", "locked", "damaged", "robots", "404"];

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn wrong(&mut self, line: usize, message: impl Into<String>) {
        let mut fault = Fault::of_line(self.file, line, message);
        let source = self.text.lines().nth(line.saturating_sub(1));
        source
            .unwrap_or_default()
            .clone_into(&mut fault.source_line);
        self.faults.push(fault);
    }
}

/// Reads a case, or tells all that is wrong with it.
pub fn case(
    year: FiscalYear,
    item: &str,
    name: &str,
    file: &str,
    text: &str,
) -> Result<Case, Vec<Fault>> {
    let mut reader = Reader {
        file,
        text,
        faults: Vec::new(),
    };
    let home = match Url::parse(HOME) {
        Ok(home) => home,
        Err(error) => return Err(vec![Fault::of_file(file, error.to_string())]),
    };
    let lines: Vec<&str> = text.lines().collect();
    let head = lines
        .iter()
        .position(|line| line.starts_with("=="))
        .unwrap_or(lines.len());
    let mut case = Case {
        year,
        item: item.to_owned(),
        name: name.to_owned(),
        file: file.to_owned(),
        title: String::new(),
        expected: Expected::Each(BTreeMap::new()),
        agency: agency(AGENCY),
        home,
        taken_on: assessed_on(year),
        complete: true,
        addresses: Vec::new(),
        head: lines[..head]
            .iter()
            .map(|line| (*line).to_owned())
            .collect(),
    };
    let mut said = BTreeMap::new();
    let mut all = None;
    for (n, line) in lines[..head].iter().enumerate() {
        let at = n + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            let known = KEYS.join(", ");
            reader.wrong(
                at,
                format!("บรรทัดนี้ต้องเป็น `ชื่อช่อง: ค่า` ชื่อช่องที่มี: {known} หมายเหตุขึ้นต้นด้วย //"),
            );
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        match key {
            "case" => value.clone_into(&mut case.title),
            word if let Some(outcome) = Outcome::named(word) => {
                for id in value.split([',', ' ']).filter(|id| !id.is_empty()) {
                    if id == "all" {
                        all = Some((outcome, at));
                    } else if said.insert(id.to_owned(), (outcome, at)).is_some() {
                        reader.wrong(at, format!("บอกผลของเกณฑ์ `{id}` ไว้แล้ว"));
                    }
                }
            }
            "agency" => case.agency = agency(value),
            "today" => match day(value) {
                Some(day) => case.taken_on = day,
                None => reader.wrong(at, format!("ไม่เข้าใจวันที่ “{value}” เขียนเช่น 15 พฤษภาคม 2564")),
            },
            "crawl" if value == "stopped" => case.complete = false,
            "crawl" => reader.wrong(at, "crawl เป็นได้เพียง stopped (เก็บเว็บไซต์ไม่ครบ)"),
            other => {
                let near = hint(other, KEYS);
                reader.wrong(
                    at,
                    format!("ไม่รู้จักช่อง `{other}`{near} ชื่อช่องที่มี: {}", KEYS.join(", ")),
                );
            }
        }
    }
    if case.title.is_empty() {
        reader.wrong(1, "ขาดบรรทัด `case:` ซึ่งบอกว่ากรณีนี้แสดงอะไร");
    }
    case.expected = match (all, said.is_empty()) {
        (Some((outcome, _)), true) => Expected::All(outcome),
        (Some((_, at)), false) => {
            reader.wrong(at, "ใช้ `all` แล้วไม่ต้องบอกเกณฑ์อื่น");
            Expected::Each(said)
        }
        (None, true) => {
            reader.wrong(
                1,
                "ยังไม่ได้บอกว่าเกณฑ์ใดต้องได้ผลอะไร เขียนเช่น `met: year` หรือ `unmet: all`",
            );
            Expected::Each(said)
        }
        (None, false) => Expected::Each(said),
    };
    addresses(&mut reader, &lines, head, &mut case);
    if reader.faults.is_empty() {
        Ok(case)
    } else {
        Err(reader.faults)
    }
}

fn addresses(reader: &mut Reader, lines: &[&str], head: usize, case: &mut Case) {
    if head == lines.len() {
        reader.wrong(
            lines.len().max(1),
            "ไม่มีหน้าเว็บเลย ขึ้นหน้าใหม่ด้วยบรรทัดเช่น `== /plan.pdf แผนปฏิบัติการ ปี 2564`",
        );
    }
    let mut n = head;
    while n < lines.len() {
        let end = lines[n + 1..]
            .iter()
            .position(|line| line.starts_with("=="))
            .map_or(lines.len(), |next| n + 1 + next);
        let text = lines[n + 1..end].join("\n").trim_matches('\n').to_owned();
        let title = lines[n].trim_start_matches('=').trim();
        let (path, rest) = title.split_once(char::is_whitespace).unwrap_or((title, ""));
        let at = n + 1;
        if !path.starts_with('/') && !path.starts_with("http") {
            reader.wrong(
                at,
                "หลัง `==` ต้องเป็นที่อยู่ซึ่งขึ้นต้นด้วย / หรือ http เช่น `== /plan.pdf ชื่อที่ลิงก์เรียก`",
            );
        }
        if case.addresses.iter().any(|one| one.path == path) {
            reader.wrong(at, format!("มีที่อยู่ {path} อยู่แล้ว"));
        }
        let (label, states) = states(reader, at, rest.trim());
        let of_file = |state: &State| matches!(state, State::Scan | State::Locked | State::Damaged);
        let Ok(url) = case.home.join(path) else {
            reader.wrong(at, format!("ที่อยู่ {path} ใช้ไม่ได้"));
            n = end;
            continue;
        };
        if states.iter().any(of_file) && site::kind(&url).is_none() {
            reader.wrong(
                at,
                "(scan) (locked) (damaged) ใช้กับไฟล์ ที่อยู่ต้องลงท้ายเช่น .pdf .docx .xlsx .jpg",
            );
        }
        case.addresses.push(Address {
            path: path.to_owned(),
            url,
            label,
            states,
            text,
            line: at,
        });
        n = end;
    }
}

/// The label, and the states in the brackets at its end: `แผนปฏิบัติการ (scan, unlinked)`.
fn states(reader: &mut Reader, line: usize, rest: &str) -> (String, Vec<State>) {
    let inner = rest
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        // Brackets of the name itself hold Thai.
        .filter(|(_, inner)| inner.is_ascii() && !inner.trim().is_empty());
    let Some((label, inner)) = inner else {
        return (rest.to_owned(), Vec::new());
    };
    let mut states = Vec::new();
    for word in inner.split(',').map(str::trim) {
        states.push(match word {
            "unlinked" => State::Unlinked,
            "scan" => State::Scan,
            "locked" => State::Locked,
            "damaged" => State::Damaged,
            "robots" => State::Robots,
            word => {
                let status = word.parse().ok().filter(|code| (400..600).contains(code));
                match (status, word.strip_prefix("to ")) {
                    (Some(code), _) => State::Status(code),
                    (None, Some(target)) => State::Moved(target.trim().to_owned()),
                    // A year or an English name belongs to the label.
                    (None, None) if hint(word, STATES).is_empty() => {
                        return (rest.to_owned(), Vec::new());
                    }
                    (None, None) => {
                        let near = hint(word, STATES);
                        reader.wrong(line, format!("ไม่รู้จักสภาพ `{word}`{near}"));
                        continue;
                    }
                }
            }
        });
    }
    (label.trim().to_owned(), states)
}

/// The agency that a line names in full, with its district and province.
fn agency(text: &str) -> Agency {
    let unknown = || Agency {
        name: text.to_owned(),
        short_name: String::new(),
        kind: AgencyKind::Unknown,
        district: String::new(),
        province: String::new(),
    };
    Agency::recognise(std::iter::once(text))
        .or_else(|| Agency::titled(text))
        .unwrap_or_else(unknown)
        .with_kind()
}

/// Assessors open the sites about the middle of May.
fn assessed_on(year: FiscalYear) -> Date {
    date(year.0 - 543, 5, 15)
}

/// A day in figures (`2564-05-15`, of either era) or in Thai words.
fn day(text: &str) -> Option<Date> {
    let figures = text.parse::<Date>().ok().and_then(|day| {
        let era = if day.year() > 2400 { 543 } else { 0 };
        Date::new(day.year() - era, day.month(), day.day()).ok()
    });
    let words = || {
        let mut days = scan(text).into_iter();
        days.find_map(|mention| match mention.when {
            When::Day(day) => Some(day),
            _ => None,
        })
    };
    figures.or_else(words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Case, String> {
        case(
            FiscalYear(2564),
            "O23",
            "one",
            "2564/cases/O23/one.txt",
            text,
        )
        .map_err(|faults| {
            let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
            all.join("\n")
        })
    }

    #[test]
    fn a_case_is_read_with_what_it_leaves_unsaid() {
        let case = read(
            "// จากสนาม\ncase: แผน\nmet: a, b\nunsure: c\n\n== /plan.pdf แผน (ฉบับแก้ไข) (scan, unlinked)\nหนึ่ง\n\n== /old เก่า (to /plan.pdf)\n== /x ก (404)\n== /y แผน (2564)\n",
        )
        .unwrap();
        assert_eq!(case.expected.of("b"), Some(Outcome::Met));
        assert_eq!(case.expected.of("c"), Some(Outcome::Unsure));
        assert_eq!(case.expected.of("d"), None);
        assert_eq!(case.taken_on, date(2021, 5, 15));
        assert_eq!(case.agency.kind, AgencyKind::Tambon);
        let states: Vec<&[State]> = case.addresses.iter().map(|one| &one.states[..]).collect();
        assert_eq!(states[0], [State::Scan, State::Unlinked]);
        assert_eq!(states[1], [State::Moved("/plan.pdf".to_owned())]);
        assert_eq!(states[2], [State::Status(404)]);
        assert_eq!(case.addresses[0].label, "แผน (ฉบับแก้ไข)");
        assert_eq!(case.addresses[3].label, "แผน (2564)", "a year is no state");
        assert_eq!(case.addresses[0].text, "หนึ่ง");
    }

    #[test]
    fn a_day_may_be_of_either_era_and_in_words() {
        for told in ["2021-06-01", "2564-06-01", "1 มิถุนายน 2564", "1 มิ.ย. 64"]
        {
            let case = read(&format!("case: ก\nmet: a\ntoday: {told}\n== / ก\n")).unwrap();
            assert_eq!(case.taken_on, date(2021, 6, 1), "{told}");
        }
    }

    #[test]
    fn every_mistake_is_told_at_its_line() {
        let told = read(
            "cas: ก\nmet a\nmet: a\nunmet: a\ntoday: เร็ว ๆ นี้\ncrawl: done\nagency\n== plan.pdf ก (scann)\n== /a\n== /a\n",
        )
        .unwrap_err();
        insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("case-mistakes", told);
        });
        let all = read("case: ก\nmet: all\nunmet: a\n== / ก\n").unwrap_err();
        assert!(all.contains("all"), "{all}");
        assert!(read("case: ก\nmet: a\n").unwrap_err().contains("ไม่มีหน้าเว็บ"));
    }
}
