//! The commands of a rule author, used as one does: in an empty folder, with the files they make.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder that goes with the test.
struct Desk(PathBuf);

impl Desk {
    /// An empty one.
    fn empty(name: &str) -> Self {
        let desk = std::env::temp_dir().join(format!("prongsai-kit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&desk);
        std::fs::create_dir_all(&desk).unwrap();
        Self(desk)
    }

    /// One with a new item O44 of 2566.
    fn with_item(name: &str) -> Self {
        let desk = Self::empty(name);
        let made = desk.run(&[
            "new",
            "O44",
            "--year",
            "2566",
            "--title",
            "นโยบายคุ้มครองข้อมูลส่วนบุคคล",
        ]);
        assert_eq!(made.0, 0, "{}", made.1);
        desk
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_prongsai"));
        command.args(args).current_dir(&self.0);
        command
    }

    /// Exit code, and what was said on both.
    fn run(&self, args: &[&str]) -> (i32, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(args).output().unwrap();
        let said = [stdout, stderr].concat();
        (status.code().unwrap(), String::from_utf8(said).unwrap())
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let file = self.0.join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{}", file.display());
        std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn capture(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/captures")
        .join(name);
    file.to_str().unwrap().to_owned()
}

const RULE: &str = "rules/2566/O44.rhai";
const SHOWN: &str = "rules/2566/cases/O44/shown.txt";

#[test]
fn a_new_item_is_sound_and_what_it_says_is_kept_only_when_asked() {
    let desk = Desk::with_item("new");
    let (code, said) = desk.run(&["check", "--strict"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = desk.run(&["test", "2566", "O44"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("3 กรณี: ตรงตามเจตนา 3  ยังไม่ได้บันทึกถ้อยคำ"),
        "{said}"
    );
    let kept = desk.0.join("rules/2566/cases/O44/said.snap");
    assert!(!kept.exists());
    assert_eq!(desk.run(&["test", "2566", "O44", "--update"]).0, 0);
    assert!(kept.exists());
    // The sentence changes, the intention does not: told, and no success until it is kept.
    desk.change(RULE, "return met(\"แสดง", "return met(\"เผยแพร่");
    let (code, said) = desk.run(&["test", "2566", "O44"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("+ present met: เผยแพร่"), "{said}");
    let (code, said) = desk.run(&["new", "O44", "--year", "2566"]);
    assert_eq!(code, 2, "an author's file is never written over: {said}");
}

#[test]
fn what_is_not_as_intended_is_named_and_never_kept() {
    let desk = Desk::with_item("wrong");
    desk.change(
        SHOWN,
        "met: present, from_home",
        "unmet: present\nunsure: from_home",
    );
    let (code, said) = desk.run(&["test", "2566", "O44", "--update"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("lenient") && said.contains("bold"), "{said}");
    let kept = std::fs::read_to_string(desk.0.join("rules/2566/cases/O44/said.snap")).unwrap();
    assert!(
        kept.contains("== deep: fail") && !kept.contains("== shown"),
        "{kept}"
    );
    let (_, thin) = desk.run(&["test", "2566", "O44", "--coverage", "100"]);
    assert!(
        thin.contains("50 % ของ 2") && thin.contains("O44.from_home met"),
        "{thin}"
    );
}

#[test]
fn junit_and_json_tell_the_same_as_the_text() {
    let desk = Desk::with_item("forms");
    desk.change(
        SHOWN,
        "met: present, from_home",
        "met: from_home\nunsure: present",
    );
    let (code, junit) = desk.run(&["test", "2566", "O44", "--format", "junit"]);
    assert_eq!(code, 1);
    let mut reader = quick_xml::Reader::from_str(&junit);
    let (mut cases, mut failures) = (0, 0);
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "testcase" => cases += 1,
                "failure" => failures += 1,
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((cases, failures), (3, 1), "{junit}");
    let file = desk.0.join("result.json");
    let (_, _) = desk.run(&[
        "test",
        "2566",
        "O44",
        "--format",
        "json",
        "-o",
        "result.json",
    ]);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let standing = |case: usize, criterion: usize| {
        json["cases"][case]["criteria"][criterion]["standing"].clone()
    };
    assert_eq!(json["cases"].as_array().unwrap().len(), 3);
    assert_eq!(json["cases"][2]["case"], "shown");
    assert_eq!(standing(2, 0), "bold");
    assert_eq!(standing(2, 1), "right");
}

#[test]
fn a_broken_rule_and_a_misspelt_case_cost_themselves_and_end_with_their_codes() {
    let desk = Desk::with_item("broken");
    desk.change(RULE, "site.find(", "site.fnid(");
    let (code, said) = desk.run(&["test", "2566", "O44"]);
    assert_eq!(code, 3, "{said}");
    assert_eq!(said.matches("หมายถึง `find` หรือไม่").count(), 1, "{said}");
    desk.change(RULE, "site.fnid(", "site.find(");
    desk.change(SHOWN, "met: present", "met: presnt");
    let (code, said) = desk.run(&["test", "2566", "O44"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("shown.txt:3") && said.contains("หมายถึง `present` หรือไม่"),
        "{said}"
    );
    assert!(
        said.contains("2 กรณี: ตรงตามเจตนา 2"),
        "the others ran: {said}"
    );
    assert_eq!(desk.run(&["test", "2599"]).0, 2);
    assert_eq!(desk.run(&["test", "กข"]).0, 2);
    assert_eq!(
        desk.run(&["new", "O45", "--year", "2566", "--group", "7.7"])
            .0,
        2
    );
}

#[test]
fn an_item_is_explained_as_the_manual_and_on_a_site_step_by_step() {
    let desk = Desk::empty("explain");
    let (code, manual) = desk.run(&["explain", "O30", "2565"]);
    assert_eq!(code, 0, "{manual}");
    assert!(
        manual.contains("แยกต่างหากจากช่องทางทั่วไป") && manual.contains("ถ้อยคำตามคู่มือของปีนั้น"),
        "{manual}"
    );
    let agency = capture("kalase-2564.site.json");
    let site = capture("kalase-2564.warc.gz");
    let line = [
        "explain",
        "O30",
        "2564",
        "--capture",
        &site,
        "--agency",
        &agency,
        "--no-ocr",
    ];
    let (code, tree) = desk.run(&line);
    assert_eq!(code, 0, "{tree}");
    for told in [
        ".find([“",
        "ไม่นับ",
        "separate: ไม่เข้าเกณฑ์",
        "same_as",
        "ตอบ unmet:",
    ] {
        assert!(tree.contains(told), "{told}\n{tree}");
    }
    let report = desk.command(&[
        "judge", &site, "--year", "2564", "--agency", &agency, "--no-ocr", "--format", "json",
    ]);
    let report: serde_json::Value = {
        let mut report = report;
        serde_json::from_slice(&report.output().unwrap().stdout).unwrap()
    };
    let items = report["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["id"] == "O30").unwrap();
    for criterion in item["criteria"].as_array().unwrap() {
        let because = criterion["because"].as_str().unwrap();
        assert!(
            tree.contains(because),
            "explained as it is judged: {because}"
        );
    }
    assert_eq!(desk.run(&["explain", "O99"]).0, 2);
    assert_eq!(desk.run(&["explain", "O30", "--case", "nothing"]).0, 2);
}

#[test]
fn a_page_of_a_capture_becomes_a_case_that_holds() {
    let desk = Desk::with_item("fixture");
    let site = capture("kalase-2564.warc.gz");
    let agency = capture("kalase-2564.site.json");
    let report = desk
        .command(&[
            "judge", &site, "--year", "2564", "--agency", &agency, "--no-ocr", "--format", "json",
        ])
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    let items = report["items"].as_array().unwrap();
    let passing = items.iter().find(|item| item["id"] == "O21").unwrap();
    let page = passing["evidence"][0]["url"].as_str().unwrap();
    let line = [
        "fixture",
        "add",
        page,
        "--item",
        "O21",
        "--year",
        "2564",
        "--capture",
        &site,
        "--agency",
        &agency,
        "--name",
        "kept",
    ];
    let (code, said) = desk.run(&line);
    assert_eq!(code, 0, "{said}");
    let (_, said) = desk.run(&["test", "2564", "O21"]);
    assert!(said.contains("✓ kept"), "{said}");
    assert_eq!(desk.run(&line).0, 2, "a case is never written over");
    let (code, _) = desk.run(&[
        "fixture",
        "add",
        "http://elsewhere.go.th/",
        "--item",
        "O21",
        "--year",
        "2564",
        "--capture",
        &site,
    ]);
    assert_eq!(code, 2);
}

#[test]
fn a_save_is_looked_at_and_only_what_changed_is_told() {
    let desk = Desk::with_item("watch");
    let mut watch = desk
        .command(&["watch", "2566", "O44"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let (sender, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let until = |words: &str| {
        let end = Instant::now() + Duration::from_secs(60);
        let mut seen = Vec::new();
        while let Ok(line) = told.recv_timeout(end.saturating_duration_since(Instant::now())) {
            seen.push(line);
            if seen.last().is_some_and(|line| line.contains(words)) {
                return seen.join("\n");
            }
        }
        panic!("{words} was never told:\n{}", seen.join("\n"));
    };
    until("กรณี 3/3 ตรงตามเจตนา");
    desk.change(RULE, "found.within(2)", "found.within(9)");
    let wrong = until("from_home lenient");
    assert!(
        wrong.contains("✗ 2566 O44 deep") && !wrong.contains("shown"),
        "{wrong}"
    );
    desk.change(RULE, "found.within(9)", "found.wihtin(2)");
    until("หมายถึง `within` หรือไม่");
    desk.change(RULE, "found.wihtin(2)", "found.within(2)");
    until("✓ 2566 O44 deep");
    watch.kill().unwrap();
    watch.wait().unwrap();
}
