//! Text → decisions: every mistake of the file at once, each with its place and what to write instead.

use std::collections::BTreeSet;

use rhai::Position;
use sha2::{Digest, Sha256};
use toml_edit::{Document, Item, TableLike, Value};
use url::Url;

use super::day::{civil, day};
use super::{Askable, Decisions, Entry};
use crate::rules::answer::Outcome;
use crate::rules::fault::{Fault, Texts, hint};
use crate::year::FiscalYear;

/// Larger than any hand writes.
const LARGEST: usize = 1024 * 1024;
/// Mistakes that are told.
const MISTAKES: usize = 100;
/// Letters of a wrong word for which a likely one is sought.
const WORD: usize = 60;

const KEYS: [&str; 11] = [
    "item",
    "criterion",
    "year",
    "outcome",
    "reason",
    "who",
    "date",
    "expires",
    "url",
    "digest",
    "note",
];

impl Decisions {
    /// Reads the file. `file` is its name in messages; `known` is what may be decided in the years judged now. Decisions
    /// for other years are left for their time.
    pub fn read(text: &str, file: &str, known: &[Askable]) -> Result<Self, Vec<Fault>> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = Reader {
            text,
            starts: std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
            texts: Texts::from([(file.to_owned(), text.to_owned())]),
            file,
            known,
            mistakes: Vec::new(),
        };
        let (all, home) = reader.read();
        if !reader.mistakes.is_empty() {
            reader.mistakes.sort();
            reader.mistakes.dedup();
            return Err(reader.mistakes);
        }
        Ok(Self {
            file: file.to_owned(),
            digest: data_encoding::HEXLOWER.encode(&Sha256::digest(text)),
            home,
            all,
        })
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
    texts: Texts,
    file: &'a str,
    known: &'a [Askable],
    mistakes: Vec<Fault>,
}

type Span = Option<std::ops::Range<usize>>;

impl Reader<'_> {
    fn wrong(&mut self, span: Span, message: impl Into<String>) {
        if self.mistakes.len() < MISTAKES {
            let place = span.map_or(Position::NONE, |span| self.place(span.start));
            let fault = Fault::at(self.file, place, message, &self.texts);
            self.mistakes.push(fault);
        }
    }

    fn place(&self, at: usize) -> Position {
        let line = self.line(at);
        let start = line.checked_sub(1).and_then(|above| self.starts.get(above));
        let before = start.and_then(|&start| self.text.get(start..at));
        let column = before.map_or(0, |before| before.chars().count() + 1);
        match (u16::try_from(line), u16::try_from(column)) {
            (Ok(line), Ok(column)) => Position::new(line, column),
            _ => Position::NONE,
        }
    }

    /// From 1.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at)
    }

    fn read(&mut self) -> (Vec<Entry>, Option<Url>) {
        if self.text.len() > LARGEST {
            self.wrong(None, "ไฟล์ใหญ่เกิน 1 MB");
            return (Vec::new(), None);
        }
        let document = match Document::parse(self.text.to_owned()) {
            Ok(document) => document,
            Err(error) => {
                let message = in_thai(error.message());
                self.wrong(error.span(), message);
                return (Vec::new(), None);
            }
        };
        let (mut all, mut home) = (Vec::new(), None);
        for (key, item) in document.iter() {
            let span = document.key(key).and_then(toml_edit::Key::span);
            match key {
                "decision" => all = self.entries(item, span),
                "home" => home = self.address(item, "home"),
                _ => {
                    let hint = near(key, &["decision", "home"]);
                    self.wrong(
                        span,
                        format!("ไม่รู้จัก `{key}`{hint} แต่ละคำตัดสินขึ้นต้นด้วย [[decision]]"),
                    );
                }
            }
        }
        (all, home)
    }

    fn entries(&mut self, item: &Item, span: Span) -> Vec<Entry> {
        let mut tables: Vec<(&dyn TableLike, Span)> = Vec::new();
        match item {
            Item::ArrayOfTables(all) => {
                tables.extend(all.iter().map(|one| (one as &dyn TableLike, one.span())));
            }
            Item::Value(Value::Array(all)) if all.iter().all(Value::is_inline_table) => {
                let inline = all.iter().filter_map(Value::as_inline_table);
                tables.extend(inline.map(|one| (one as &dyn TableLike, one.span())));
            }
            _ => self.wrong(span, "ใช้วงเล็บสองชั้น [[decision]] ขึ้นต้นแต่ละคำตัดสิน"),
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (table, span) in tables {
            if let Some(entry) = self.entry(table, span.clone()) {
                if let Some(twin) = entries.iter().find(|one| one.is_twin(&entry)) {
                    let line = twin.line;
                    self.wrong(
                        span,
                        format!(
                            "ตัดสินเรื่องเดียวกันซ้ำกับบรรทัดที่ {line} ลบให้เหลือหนึ่ง หรือใส่ expires ให้อันเก่าสิ้นสุดก่อนวันที่ของอันใหม่"
                        ),
                    );
                }
                entries.push(entry);
            }
        }
        entries
    }

    fn entry(&mut self, table: &dyn TableLike, span: Span) -> Option<Entry> {
        let before = self.mistakes.len();
        let names: Vec<&str> = table.iter().map(|(key, _)| key).collect();
        for key in names.into_iter().filter(|key| !KEYS.contains(key)) {
            let span = table.key(key).and_then(toml_edit::Key::span);
            self.wrong(span, format!("ไม่รู้จัก `{key}`{}", near(key, &KEYS)));
        }
        let mut needed = |key: &str, what: &str| {
            let there = table.get(key);
            if there.is_none() {
                self.wrong(span.clone(), format!("ขาด {key}: {what}"));
            }
            there
        };
        let item = needed("item", "ข้อที่ตัดสิน เช่น item = \"O23\"");
        let outcome = needed("outcome", "ผล คือ \"met\", \"unmet\" หรือ \"not_applicable\"");
        let reason = needed("reason", "เหตุผลที่ตัดสินเช่นนี้");
        let who = needed("who", "ชื่อผู้ตัดสิน");
        let date = needed("date", "วันที่ตัดสิน เช่น date = \"20 พ.ค. 2565\"");
        let year = table.get("year").and_then(|item| self.year(item));
        let item = item.and_then(|it| Some((self.words(it, "item")?, it.span())));
        let criterion = table
            .get("criterion")
            .and_then(|it| Some((self.words(it, "criterion")?, it.span())));
        if let Some((name, span)) = &item {
            self.check_names(name, span.clone(), criterion.as_ref(), year);
        }
        let whole = table.get("criterion").is_none();
        let outcome = outcome.and_then(|it| self.outcome(it, whole));
        let reason = reason.and_then(|it| self.words(it, "reason"));
        let who = who.and_then(|it| self.words(it, "who"));
        let date = date.and_then(|it| self.day(it, "date"));
        let expires = table.get("expires").and_then(|it| self.day(it, "expires"));
        let url = table.get("url").and_then(|it| self.address(it, "url"));
        let digest = table.get("digest").and_then(|it| self.digest(it));
        if let Some(it) = table.get("digest")
            && table.get("url").is_none()
        {
            self.wrong(it.span(), "มี digest แต่ไม่มี url: บอกว่าเป็นเอกสารใดด้วย");
        }
        if self.mistakes.len() > before {
            return None;
        }
        Some(Entry {
            line: self.line(span.map_or(0, |span| span.start)),
            item: item?.0,
            criterion: criterion.map(|(name, _)| name),
            year,
            outcome: outcome?,
            reason: reason?,
            who: who?,
            date: date?,
            expires,
            url: url.map(String::from),
            digest,
        })
    }

    /// The item and the criterion are asked in one of the years it may be about.
    fn check_names(
        &mut self,
        item: &str,
        span: Span,
        criterion: Option<&(String, Span)>,
        year: Option<FiscalYear>,
    ) {
        let known = self.known;
        let about = || {
            known
                .iter()
                .filter(move |one| year.is_none_or(|year| one.year == year))
        };
        if about().next().is_none() {
            return; // another year's, read when that year is judged
        }
        let years: Vec<String> = about().map(|one| one.year.to_string()).collect();
        let years = years.join(", ");
        let rules: Vec<&Vec<String>> = about().filter_map(|one| one.items.get(item)).collect();
        if rules.is_empty() {
            let names: Vec<&str> = about()
                .flat_map(|one| one.items.keys().map(String::as_str))
                .collect();
            let hint = near(item, &names);
            self.wrong(span, format!("ปี {years} ไม่มีข้อ `{item}`{hint}"));
            return;
        }
        let Some((name, span)) = criterion else {
            return;
        };
        if !rules.iter().any(|criteria| criteria.contains(name)) {
            let names: BTreeSet<&str> = rules
                .iter()
                .flat_map(|all| all.iter().map(String::as_str))
                .collect();
            let names: Vec<&str> = names.into_iter().collect();
            let hint = near(name, &names);
            let all = names.join(", ");
            self.wrong(
                span.clone(),
                format!("ข้อ {item} ไม่มีเกณฑ์ `{name}`{hint} เกณฑ์ของข้อนี้คือ {all}"),
            );
        }
    }

    fn words(&mut self, item: &Item, key: &str) -> Option<String> {
        match item.as_str().map(str::trim) {
            Some("") => self.wrong(item.span(), format!("{key} ว่างเปล่า")),
            Some(words) => return Some(words.to_owned()),
            None => self.wrong(item.span(), format!("{key} ต้องเป็นข้อความในเครื่องหมายคำพูด")),
        }
        None
    }

    fn year(&mut self, item: &Item) -> Option<FiscalYear> {
        let year = item
            .as_integer()
            .or_else(|| item.as_str()?.trim().parse().ok());
        match year.and_then(|year| i16::try_from(year).ok()) {
            Some(year @ 2500..=2700) => return Some(FiscalYear(year)),
            Some(year @ 1957..=2157) => {
                self.wrong(item.span(), format!("year ใช้ พ.ศ.: {}", year + 543));
            }
            _ => self.wrong(item.span(), "year เป็นปีงบประมาณ พ.ศ. เช่น 2565"),
        }
        None
    }

    fn outcome(&mut self, item: &Item, whole: bool) -> Option<Outcome> {
        let word = self.words(item, "outcome")?;
        let all: &[&str] = if whole {
            &["pass", "fail", "met", "unmet", "not_applicable"]
        } else {
            &["met", "unmet", "not_applicable"]
        };
        match word.as_str() {
            "met" => Some(Outcome::Met),
            "unmet" => Some(Outcome::Unmet),
            "not_applicable" => Some(Outcome::NotApplicable),
            "pass" if whole => Some(Outcome::Met),
            "fail" if whole => Some(Outcome::Unmet),
            other => {
                let hint = match other {
                    "pass" => " เกณฑ์ใช้ `met`".to_owned(),
                    "fail" => " เกณฑ์ใช้ `unmet`".to_owned(),
                    other => near(other, all),
                };
                let all = all.join(", ");
                self.wrong(
                    item.span(),
                    format!("outcome เป็น `{other}` ไม่ได้{hint} เลือกจาก {all}"),
                );
                None
            }
        }
    }

    fn day(&mut self, item: &Item, key: &str) -> Option<jiff::civil::Date> {
        let told = match (item.as_datetime(), item.as_str()) {
            (Some(told), _) => told.date.and_then(|date| {
                civil(
                    i16::try_from(date.year).ok()?,
                    i16::from(date.month),
                    i16::from(date.day),
                )
            }),
            (None, Some(text)) => day(text),
            _ => None,
        };
        if told.is_none() {
            self.wrong(
                item.span(),
                format!("{key} ไม่ใช่วันที่ในปฏิทิน เขียนเช่น \"20 พ.ค. 2565\" หรือ \"2565-05-20\""),
            );
        }
        told
    }

    fn address(&mut self, item: &Item, key: &str) -> Option<Url> {
        let words = self.words(item, key)?;
        let url = Url::parse(&words).ok().filter(|url| url.has_host());
        if url.is_none() {
            self.wrong(
                item.span(),
                format!("{key} ต้องเป็นที่อยู่เต็ม เช่น \"https://www.example.go.th/o23.pdf\""),
            );
        }
        url
    }

    fn digest(&mut self, item: &Item) -> Option<String> {
        let words = self.words(item, "digest")?.to_ascii_lowercase();
        if words.len() == 64 && words.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(words);
        }
        self.wrong(item.span(), "digest เป็น SHA-256 ของไฟล์ ตัวเลขฐานสิบหก 64 ตัว");
        None
    }
}

impl Entry {
    /// Both would decide the same thing on some day: neither ends before the other was made, and they are not about
    /// different papers.
    fn is_twin(&self, other: &Self) -> bool {
        let same =
            self.item == other.item && self.criterion == other.criterion && self.year == other.year;
        let ended = |one: &Self, then: &Self| one.expires.is_some_and(|last| last < then.date);
        let papers = (&self.digest, &other.digest);
        let other_paper = matches!(papers, (Some(own), Some(its)) if own != its);
        same && !other_paper && !ended(self, other) && !ended(other, self)
    }
}

fn near(wrong: &str, names: &[&str]) -> String {
    if wrong.chars().count() > WORD {
        return String::new();
    }
    // An item's number in the other case is the likeliest slip.
    let same = names.iter().find(|name| name.eq_ignore_ascii_case(wrong));
    match same {
        Some(name) => format!(" หมายถึง `{name}` หรือไม่"),
        None => hint(wrong, names.iter().copied()),
    }
}

/// What the TOML reader has against the file.
fn in_thai(message: &str) -> String {
    let what = if message.contains("duplicate") {
        "มีบรรทัดนี้ซ้ำในคำตัดสินเดียวกัน"
    } else if message.contains("date") || message.contains("day") || message.contains("month") {
        "วันที่นี้อ่านไม่ได้ ให้ใส่ในเครื่องหมายคำพูด เช่น \"29 ก.พ. 2567\""
    } else {
        "เขียนไม่ถูกแบบ TOML ตรวจว่าข้อความอยู่ในเครื่องหมายคำพูดคู่ และมีเครื่องหมาย = คั่น"
    };
    let first = message.lines().next().unwrap_or_default();
    format!("{what} ({first})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::{FILE, New, append};
    use std::collections::BTreeMap;

    fn known() -> Vec<Askable> {
        let criteria = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        vec![Askable {
            year: FiscalYear(2565),
            items: BTreeMap::from([
                ("O22".to_owned(), criteria(&["present"])),
                ("O23".to_owned(), criteria(&["present", "details"])),
            ]),
        }]
    }

    fn mistakes(text: &str) -> Vec<Fault> {
        Decisions::read(text, FILE, &known()).unwrap_err()
    }

    const GOOD: &str = r#"
[[decision]]
item = "O23"
criterion = "details"
year = 2565
outcome = "met"
reason = "เปิดไฟล์สแกนแล้ว มีครบทุกช่อง"
who = "นางสาวกานดา"
date = 2565-05-20
expires = "30 กันยายน 2565"
"#;

    #[test]
    fn every_mistake_is_told_at_once_with_its_place() {
        let text = r#"# ตรวจเมื่อพฤษภาคม
[[decision]]
item = "O32"
outcom = "met"
reason = ""
who = 5
date = "31 ก.พ. 2565"

[[decision]]
item = "O23"
criterion = "detials"
year = 2022
outcome = "pass"
reason = "ครบ"
who = "ก"
date = 2565-05-20
url = "o23.pdf"
digest = "abc"

[decisions]
"#;
        let told: Vec<String> = mistakes(text).iter().map(ToString::to_string).collect();
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("decisions-mistakes", told.join("\n\n"));
        });
    }

    #[test]
    fn the_same_thing_decided_twice_is_a_mistake_unless_one_ended_or_the_paper_changed() {
        assert!(Decisions::read(GOOD, FILE, &known()).is_ok());
        let twice = mistakes(&format!("{GOOD}{GOOD}"));
        assert_eq!(twice.len(), 1);
        assert!(twice[0].message.contains("บรรทัดที่ 2"), "{}", twice[0]);
        let renewed = GOOD
            .replace("2565-05-20", "2565-10-03")
            .replace("2565\"", "2566\"");
        assert!(Decisions::read(&format!("{GOOD}{renewed}"), FILE, &known()).is_ok());
        let on = |digest: &str| {
            format!(
                "{GOOD}url = \"https://a.go.th/a.pdf\"\ndigest = \"{}\"\n",
                digest.repeat(64)
            )
        };
        let both = format!("{}{}", on("a"), on("b"));
        assert!(Decisions::read(&both, FILE, &known()).is_ok());
    }

    #[test]
    fn another_years_decision_is_left_for_its_time() {
        let other = GOOD
            .replace("year = 2565", "year = 2570")
            .replace("O23", "O77");
        assert!(Decisions::read(&other, FILE, &known()).is_ok());
        let any = GOOD.replace("year = 2565\n", "").replace("O23", "O77");
        assert!(Decisions::read(&any, FILE, &known()).is_err());
    }

    #[test]
    fn broken_toml_is_told_in_thai_with_its_line() {
        for (text, line, words) in [
            ("[[decision]]\nitem = O23\n", 2, "เครื่องหมายคำพูด"),
            ("[[decision]]\nitem = \"O23\"\nitem = \"O22\"\n", 3, "ซ้ำ"),
            ("[[decision]]\ndate = 2567-02-29\n", 2, "29 ก.พ. 2567"),
        ] {
            let told = mistakes(text);
            assert_eq!(told[0].line, line, "{}", told[0]);
            assert!(told[0].message.contains(words), "{}", told[0]);
        }
    }

    #[test]
    fn a_byte_order_mark_and_an_inline_list_are_read() {
        let inline = "\u{feff}decision = [{ item = \"O23\", outcome = \"fail\", reason = \"ไม่มี\", who = \"ก\", date = \"2565-05-20\" }]\n";
        assert_eq!(
            Decisions::read(inline, FILE, &known()).unwrap().all.len(),
            1
        );
    }

    fn new() -> New {
        New {
            item: "O22".into(),
            title: "ประกาศ\nต่าง ๆ".into(),
            criterion: Some("present".into()),
            asks: "แสดงประกาศ".into(),
            year: FiscalYear(2565),
            outcome: Outcome::Unmet,
            reason: "มี \"คำพูด\" กับ \\ และ\nขึ้นบรรทัดใหม่".into(),
            who: "ก".into(),
            date: jiff::civil::date(2024, 2, 29),
            expires: jiff::civil::date(2024, 9, 30),
            paper: Some(("https://a.go.th/ข่าว.pdf".into(), Some("0a".repeat(32)))),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_what_stood_there_stays() {
        let old = format!("# ของเดิม\n{GOOD}  # ท้ายไฟล์");
        let text = append(&old, "https://a.go.th/", &new());
        assert!(text.starts_with(&old));
        let read = Decisions::read(&text, FILE, &known()).unwrap();
        assert_eq!(read.all.len(), 2);
        let entry = &read.all[1];
        assert_eq!(entry.reason, "มี \"คำพูด\" กับ \\ และ ขึ้นบรรทัดใหม่");
        assert_eq!(entry.date, jiff::civil::date(2024, 2, 29));
        assert_eq!(entry.digest, Some("0a".repeat(32)));
        let fresh = append("", "https://a.go.th/", &new());
        let read = Decisions::read(&fresh, FILE, &known()).unwrap();
        assert_eq!(read.home.unwrap().as_str(), "https://a.go.th/");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\PC|\\n|\\[\\[decision\\]\\]\\n|item = \"O23\"\\n|date = ){0,40}") {
            let _ = Decisions::read(&text, FILE, &known());
        }

        #[test]
        fn any_reason_is_written_so_that_it_is_read(reason in "\\PC{1,60}[ก-ฮa-z]", who in "[ก-ฮ\"'\\\\#]{1,20}ก") {
            let new = New { reason, who, ..new() };
            let text = append("", "https://a.go.th/", &new);
            let read = Decisions::read(&text, FILE, &known()).unwrap();
            proptest::prop_assert_eq!(&read.all[0].reason, new.reason.trim());
            proptest::prop_assert_eq!(&read.all[0].who, new.who.trim());
        }
    }
}
