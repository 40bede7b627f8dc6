//! The program as its users meet it: arguments, files, exit codes.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use prongsai::demo::Demo;

/// A folder of its own for each test, with a small pack in it.
struct Desk(PathBuf);

impl Desk {
    fn new(name: &str) -> Self {
        let desk = std::env::temp_dir().join(format!("prongsai-cli-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&desk);
        std::fs::create_dir_all(desk.join("rules/2564")).unwrap();
        std::fs::write(desk.join("rules/2564/pack.rhai"), PACK).unwrap();
        std::fs::write(
            desk.join("rules/2564/O1.rhai"),
            rule("met(\"พบโครงสร้าง\", found)"),
        )
        .unwrap();
        std::fs::write(
            desk.join("rules/2564/O2.rhai"),
            rule("unmet(\"ขาดช่องทางติดต่อ\", found)"),
        )
        .unwrap();
        Self(desk)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const PACK: &str = r#"const PACK = #{
    year: 2564,
    tools: [#{ id: "oit", title: "OIT", weight: 1, indicators: [
        #{ id: "9", title: "การเปิดเผยข้อมูล", groups: [
            #{ id: "9.1", title: "ข้อมูลพื้นฐาน", items: ["O1", "O2"] },
        ] },
    ] }],
    grades: [#{ grade: "A", from: 85 }, #{ grade: "F", from: 0 }],
    measure_below: 85,
};
"#;

fn rule(answer: &str) -> String {
    format!(
        r#"const RULE = #{{
    title: "โครงสร้าง", source: "คู่มือ",
    criteria: [#{{ id: "present", asks: "แสดงโครงสร้าง", fix: "เผยแพร่โครงสร้าง", basis: "official" }}],
    measure: #{{ title: "มาตรการ", owner: "สำนักปลัด", period: "ภายใน 15 วัน", follow_up: "รายงาน" }},
}};

fn locate(site) {{ site.find(["โครงสร้าง"]) }}

fn present(found) {{ {answer} }}
"#
    )
}

fn prongsai(line: &[&str]) -> Output {
    // Whether this machine has an OCR program must not decide a test.
    let reads = matches!(line.first(), Some(&("judge" | "audit"))) && !line.contains(&"-h");
    Command::new(env!("CARGO_BIN_EXE_prongsai"))
        .args(line)
        .args(reads.then_some("--no-ocr"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json(file: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn serving() -> (tokio::runtime::Runtime, Demo) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let demo = runtime.block_on(Demo::start(0)).unwrap();
    (runtime, demo)
}

#[test]
fn a_capture_is_judged_again_to_the_same_bytes() {
    let desk = Desk::new("again");
    let (_runtime, demo) = serving();
    let capture = desk.path("site.warc.gz");
    let home = demo.home().as_str();
    let crawl = prongsai(&[
        "crawl",
        home,
        "-o",
        &capture,
        "--as-of",
        "2021-05-15",
        "--allow-private",
        "--max-pages",
        "30",
    ]);
    assert_eq!(code(&crawl), 0, "{}", said(&crawl));
    let rules = desk.path("rules");
    let judge = |to: &str, more: &[&str]| {
        let file = desk.path(to);
        let line = [&["judge", &capture, "--rules", &rules, "-o", &file], more].concat();
        let output = prongsai(&line);
        (code(&output), file, said(&output))
    };
    let (done, first, told) = judge("first.json", &[]);
    assert_eq!(done, 0, "{told}");
    let (_, second, _) = judge("second.json", &[]);
    assert_eq!(
        std::fs::read(&first).unwrap(),
        std::fs::read(&second).unwrap()
    );
    let audit = json(&first);
    assert_eq!(audit["taken_on"], "2021-05-15");
    assert_eq!(
        audit["year"], 2564,
        "the year of the day the capture stands for"
    );
    assert_eq!(audit["score"]["points"], 50.0);
    assert_eq!(audit["total"], 50.0);
    assert_eq!(audit["capture_digest"].as_str().unwrap().len(), 64);
    assert_eq!(audit["coverage"]["stop"], "pages");
    assert_eq!(audit["measures"][0]["steps"][0]["text"], "เผยแพร่โครงสร้าง");
    assert_eq!(judge("strict.json", &["--strict"]).0, 1, "O2 is a gap");
    let (_, page, _) = judge("report.html", &[]);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("ขาดช่องทางติดต่อ"));
}

#[test]
fn a_website_that_cannot_be_reached_ends_with_four_and_advice() {
    let desk = Desk::new("unreachable");
    let rules = desk.path("rules");
    let (_runtime, demo) = serving();
    let private = prongsai(&[
        "audit",
        demo.home().as_str(),
        "--year",
        "2564",
        "--rules",
        &rules,
    ]);
    assert_eq!(code(&private), 4);
    assert!(
        said(&private).contains("--allow-private"),
        "{}",
        said(&private)
    );
    assert!(private.stdout.is_empty(), "no report about nothing");
}

#[test]
fn wrong_files_are_found_before_the_crawl_begins() {
    let desk = Desk::new("files");
    let rules = desk.path("rules");
    let broken = desk.path("broken.json");
    std::fs::write(&broken, "{\"name\": 1}").unwrap();
    let audit = |more: &[&str]| {
        let line = [
            &["audit", "https://www.example.invalid", "--rules", &rules],
            more,
        ]
        .concat();
        let output = prongsai(&line);
        assert_eq!(code(&output), 2, "{}", said(&output));
        assert!(
            !said(&output).contains("เก็บข้อมูล"),
            "it crawled: {}",
            said(&output)
        );
        said(&output)
    };
    assert!(audit(&["--year", "2563"]).contains("ระบุ --year เป็นปีที่มีกฎ: 2564"));
    assert!(audit(&["--year", "2564", "--agency", &broken]).contains("อ่านข้อมูลหน่วยงานไม่ได้"));
    assert!(audit(&["--year", "2564", "--scores", &desk.path("none.json")]).contains("none.json"));
    assert!(audit(&["--year", "2564", "--scores", &rules]).contains("อ่านไฟล์"));
    assert!(audit(&["--as-of", "2564-05-15"]).contains("ใช้ ค.ศ.: 2021-05-15"));
    let missing = prongsai(&["judge", &desk.path("none.warc.gz")]);
    assert_eq!(code(&missing), 2);
    assert!(
        said(&missing).contains("none.warc.gz"),
        "{}",
        said(&missing)
    );
}

#[test]
fn a_broken_rule_ends_with_three_and_says_where() {
    let desk = Desk::new("rules");
    let rules = desk.path("rules");
    let (_runtime, demo) = serving();
    let capture = desk.path("site.warc");
    let home = demo.home().as_str();
    prongsai(&[
        "crawl",
        home,
        "-o",
        &capture,
        "--as-of",
        "2021-05-15",
        "--allow-private",
        "--max-pages",
        "3",
    ]);
    std::fs::write(
        Path::new(&rules).join("2564/O1.rhai"),
        rule("mett(\"พบ\", found)"),
    )
    .unwrap();
    let one = prongsai(&["judge", &capture, "--rules", &rules, "--strict"]);
    assert_eq!(code(&one), 3, "{}", said(&one));
    assert!(
        String::from_utf8_lossy(&one.stdout).contains("2564/O1.rhai"),
        "the report names the file"
    );
    std::fs::write(
        Path::new(&rules).join("2564/pack.rhai"),
        "const PACK = #{ year: 2564 ",
    )
    .unwrap();
    let all = prongsai(&["judge", &capture, "--rules", &rules]);
    assert_eq!(code(&all), 3);
    assert!(said(&all).contains("pack.rhai"), "{}", said(&all));
}

#[test]
fn a_check_ends_by_what_it_found() {
    let desk = Desk::new("check");
    let rules = desk.path("rules");
    let clean = prongsai(&["check", &rules]);
    assert_eq!(code(&clean), 0, "{}", said(&clean));
    let text = String::from_utf8(clean.stdout).unwrap();
    assert_eq!(text.trim(), "ตรวจ 1 ปี 3 ไฟล์: ไม่พบที่ผิด");

    let odd = rule("if true { met(\"พบ\", found) } else { unmet(\"ไม่พบ\", found) }");
    std::fs::write(desk.path("rules/2564/O1.rhai"), odd).unwrap();
    assert_eq!(code(&prongsai(&["check", &rules])), 0);
    assert_eq!(code(&prongsai(&["check", &rules, "--strict"])), 1);

    std::fs::write(desk.path("rules/2564/O2.rhai"), rule("mett(\"พบ\", found)")).unwrap();
    let file = desk.path("ผล.sarif");
    let wrong = prongsai(&["check", &rules, "--format", "sarif", "-o", &file]);
    assert_eq!(code(&wrong), 3);
    assert!(said(&wrong).contains("ผิด 1 น่าสงสัย 1"), "{}", said(&wrong));
    assert_eq!(
        json(&file)["runs"][0]["results"].as_array().unwrap().len(),
        2
    );

    let nowhere = prongsai(&["check", &desk.path("none")]);
    assert_eq!(code(&nowhere), 2);
    let no_years = prongsai(&["check", &desk.path("rules/2564")]);
    assert_eq!(code(&no_years), 2);
}

#[test]
fn help_and_version_are_no_faults() {
    for line in [&["--help"][..], &["audit", "-h"], &["--version"]] {
        let output = prongsai(line);
        assert_eq!(code(&output), 0);
        assert!(output.stderr.is_empty() && !output.stdout.is_empty());
    }
    assert_eq!(code(&prongsai(&[])), 2);
}

fn kept(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn several_years_are_judged_as_if_each_were_alone_and_compared() {
    let desk = Desk::new("years");
    let capture = kept("nongkha-2565.warc.gz");
    let judge = |years: &str, to: &str| {
        let file = desk.path(to);
        let output = prongsai(&["judge", &capture, "--year", years, "-o", &file]);
        assert_eq!(code(&output), 0, "{}", said(&output));
        file
    };
    let both = json(&judge("2565,2564", "both.json"));
    assert_eq!(both["years"][0], json(&judge("2564", "a.json")));
    assert_eq!(both["years"][1], json(&judge("2565", "b.json")));
    let step = &both["difference"][0];
    assert_eq!((&step["from"], &step["to"]), (&2564.into(), &2565.into()));
    let number = |side: &str| {
        let items = step[side].as_array().unwrap().iter();
        items
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (number("gone"), number("new")),
        (vec!["O34".to_owned()], vec!["O34".to_owned()])
    );
    let o2 = step["items"].as_array().unwrap().iter();
    let o2 = o2.clone().find(|one| one["to"]["id"] == "O2").unwrap();
    let wording = |one: &serde_json::Value| one["wording"].as_str().unwrap().to_owned();
    let all: Vec<String> = o2["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .map(wording)
        .collect();
    assert!(
        all.iter().any(|one| one != "same"),
        "2565 asks for deputies: {all:?}"
    );
    let text = std::fs::read_to_string(judge("2564,2565", "both.txt")).unwrap();
    assert!(
        text.contains("ปี 2564 เทียบกับปี 2565") && text.contains("เดิมชื่อ"),
        "{text}"
    );
    let page = std::fs::read_to_string(judge("2564,2565", "both.html")).unwrap();
    assert!(page.contains("href=\"#y2564\"") && page.contains("id=\"y2565-gaps\""));
    let once = std::fs::read(judge("2565,2565", "once.json")).unwrap();
    assert_eq!(
        once,
        std::fs::read(desk.path("b.json")).unwrap(),
        "a year said twice is one"
    );
}

#[test]
fn a_change_of_rules_is_shown_over_an_archive() {
    let desk = Desk::new("impact");
    let archive = Path::new(&desk.path("archive/2565")).to_owned();
    std::fs::create_dir_all(&archive).unwrap();
    let site = |name: &str| {
        for end in ["warc.gz", "site.json"] {
            std::fs::copy(
                kept(&format!("{name}.{end}")),
                archive.join(format!("{name}.{end}")),
            )
            .unwrap();
        }
    };
    site("nongkha-2565");
    std::fs::write(archive.join("torn.warc.gz"), b"not a capture").unwrap();
    let (old, new) = (desk.path("rules"), desk.path("new"));
    std::fs::create_dir_all(Path::new(&new).join("2564")).unwrap();
    for file in ["pack", "O1", "O2"] {
        let name = format!("2564/{file}.rhai");
        std::fs::copy(Path::new(&old).join(&name), Path::new(&new).join(&name)).unwrap();
    }
    let archive = desk.path("archive");
    let impact = |more: &[&str]| prongsai(&[&["impact", &old, &new, &archive], more].concat());
    let quiet = impact(&["--strict"]);
    assert_eq!(code(&quiet), 0, "{}", said(&quiet));
    assert!(
        said(&quiet).contains("torn.warc.gz"),
        "a broken capture is named"
    );
    // The same item, stricter; another is asked for anew.
    std::fs::write(
        Path::new(&new).join("2564/O1.rhai"),
        rule("unmet(\"ไม่มีวันที่\", found)"),
    )
    .unwrap();
    let file = desk.path("impact.json");
    let flip = impact(&["--strict", "-o", &file]);
    assert_eq!(code(&flip), 1, "{}", said(&flip));
    let told = json(&file);
    assert_eq!(told["format"], 1);
    assert_eq!(
        told["captures"][0]["year"], 2564,
        "the newest year there are rules of"
    );
    let o1 = &told["items"][0];
    assert_eq!(
        (&o1["id"], &o1["flips"][0]["to"]),
        (&"O1".into(), &"fail".into())
    );
    assert!(
        o1["flips"][0]["agency"]
            .as_str()
            .unwrap()
            .contains("หนองข่า")
    );
    assert_eq!(o1["flips"][0]["criteria"][0]["to"]["because"], "ไม่มีวันที่");
    assert_eq!(told["broken"].as_array().unwrap().len(), 1);
    assert_eq!(impact(&["-o", &file]).stdout, b"");
    assert_eq!(json(&file), told, "the same again");
    // A mistake costs its item and the exit code, the rest is compared.
    std::fs::write(Path::new(&new).join("2564/O2.rhai"), rule("oops(found)")).unwrap();
    let faulty = impact(&[]);
    assert_eq!(code(&faulty), 3, "{}", said(&faulty));
    let text = String::from_utf8(faulty.stdout).unwrap();
    assert!(
        text.contains("ไม่มีวันที่") && text.contains("O2.rhai"),
        "{text}"
    );
    let none = impact(&["--year", "2565"]);
    assert_eq!(code(&none), 2, "no such year in either");
}

/// Runs `review` with answers typed one a line.
fn review(line: &[&str], answers: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_prongsai"))
        .args(line)
        .arg("--no-ocr")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    to.write_all(answers.as_bytes()).unwrap();
    drop(to);
    child.wait_with_output().unwrap()
}

#[test]
fn a_person_decides_what_the_machine_could_not_and_nothing_is_lost() {
    let desk = Desk::new("review");
    let capture = desk.path("site.warc.gz");
    std::fs::copy(kept("nongkha-2565.warc.gz"), &capture).unwrap();
    let file = desk.path("decisions.toml");
    let judge = |to: &str, more: &[&str]| {
        let to = desk.path(to);
        let line = [&["judge", &capture, "--year", "2565", "-o", &to], more].concat();
        let output = prongsai(&line);
        assert_eq!(code(&output), 0, "{}", said(&output));
        (json(&to), said(&output))
    };
    let (machine, _) = judge("machine.json", &[]);
    assert!(machine.get("decisions").is_none());
    let reviews = machine["reviews"].as_array().unwrap().clone();
    assert!(reviews.len() >= 3, "a capture with unsure items is needed");
    let line = [
        "review",
        &capture,
        "--year",
        "2565",
        "--as-of",
        "2022-05-20",
    ];
    // The input ends while the reason is asked for: nothing is decided, nothing is written.
    let torn = review(&line, "1\n");
    assert_eq!(code(&torn), 0, "{}", said(&torn));
    assert!(!Path::new(&file).exists());
    // The first item fails; the second is skipped; then the person leaves.
    let skips = "ข้าม\n".repeat(reviews[1]["questions"].as_array().unwrap().len());
    let papers = |review: &serde_json::Value| {
        let own = review["questions"][0]["evidence"].as_array().unwrap();
        let all = if own.is_empty() {
            review["evidence"].as_array().unwrap()
        } else {
            own
        };
        let urls: std::collections::BTreeSet<&str> =
            all.iter().map(|one| one["url"].as_str().unwrap()).collect();
        urls.len()
    };
    let which = if papers(&reviews[0]) > 1 { "๑\n" } else { "" };
    let answers = format!("อะไรนะ\nไม่ผ่าน\n{which}\nเปิดไฟล์แล้ว \"ว่าง\"\nนางสาวกานดา\n{skips}4\n");
    let first = review(&line, &answers);
    let told = String::from_utf8(first.stdout.clone()).unwrap();
    assert_eq!(code(&first), 0, "{}", said(&first));
    assert!(told.contains("ตอบ 1, 2, 3 หรือ 4"), "{told}");
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.matches("[[decision]]").count(), 1, "{written}");
    assert!(written.contains("\nexpires = \"2565-09-30\"") && written.contains("digest"));
    assert!(written.contains("\ndate = \"2565-05-20\""), "{written}");
    // What a person added by hand stays, and what is decided is not asked again.
    std::fs::write(&file, format!("# ตรวจรอบแรก\n{written}")).unwrap();
    let again = review(&line, "ออก\n");
    let told = String::from_utf8(again.stdout).unwrap();
    let item = |at: usize| reviews[at]["item"].as_str().unwrap().to_owned();
    assert!(
        told.contains(&format!("ข้อที่ 1 จาก {}: {} ", reviews.len() - 1, item(1))),
        "{told}"
    );
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .starts_with("# ตรวจรอบแรก")
    );
    // The report says who decided and keeps the machine's verdict.
    let (decided, told) = judge("decided.json", &[]);
    assert!(told.contains("decisions.toml"), "{told}");
    let items = decided["items"].as_array().unwrap();
    let one = items
        .iter()
        .find(|one| one["id"] == item(0).as_str())
        .unwrap();
    assert_eq!(one["verdict"], "fail");
    let mut rulings = one["criteria"].as_array().unwrap().iter();
    let ruling = rulings.find_map(|it| it.get("ruling")).unwrap();
    assert_eq!(
        (&ruling["who"], &ruling["machine"]),
        (&"นางสาวกานดา".into(), &"unsure".into())
    );
    assert_eq!(decided["decisions"]["decisions"][0]["standing"], "applied");
    assert_eq!(decided["decisions"]["machine_score"], {
        let score = machine["score"].as_object().unwrap();
        let keys = ["points", "low", "high"].map(|key| (key.to_owned(), score[key].clone()));
        serde_json::Value::Object(keys.into_iter().collect())
    });
    assert_eq!(judge("without.json", &["--no-decisions"]).0, machine);
    // After the fiscal year it is over.
    let (over, _) = judge("over.json", &["--as-of", "2022-10-01"]);
    assert_eq!(over["decisions"]["decisions"][0]["standing"], "expired");
    // Every mistake at once, and the way out.
    std::fs::write(
        &file,
        format!("{written}[[decision]]\nitem = \"O99\"\noutcome = \"yes\"\n"),
    )
    .unwrap();
    let wrong = prongsai(&["judge", &capture, "--year", "2565"]);
    assert_eq!(code(&wrong), 2);
    for words in ["O99", "yes", "ขาด reason", "ขาด who", "--no-decisions"] {
        assert!(said(&wrong).contains(words), "{words}\n{}", said(&wrong));
    }
    // Another website's decisions are not used by chance.
    let other = written.replace("home = \"", "home = \"https://www.other.go.th/\" # ");
    std::fs::write(&file, other).unwrap();
    let (left, told) = judge("left.json", &[]);
    assert_eq!(left, machine);
    assert!(told.contains("จึงไม่ใช้"), "{told}");
    let named = prongsai(&["judge", &capture, "--year", "2565", "--decisions", &file]);
    assert_eq!(code(&named), 2, "{}", said(&named));
}
