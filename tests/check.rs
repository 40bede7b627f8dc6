//! `prongsai check` as a rule's author meets it: what an ITA officer would write wrong, and what the kit says to it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use prongsai::report::faults;
use prongsai::rules::check::{Checked, check};
use prongsai::rules::kind::{Kind, Severity};
use prongsai::rules::pack::Sources;
use prongsai::rules::vocabulary;

type Files = BTreeMap<String, String>;

/// A copy of the shipped rules.
fn shipped() -> Files {
    let sources = Sources::Embedded;
    let files = sources.files().into_iter();
    files
        .filter(|file| file.ends_with(".rhai") && !file.ends_with(".d.rhai"))
        .map(|file| {
            let text = sources.read(&file).unwrap().unwrap();
            (file, text)
        })
        .collect()
}

/// Three of the shipped rules and the libs: enough to make mistakes in.
fn few() -> Files {
    let mut files = shipped();
    files.retain(|file, _| {
        file.starts_with("2564/lib/")
            || ["2564/O1.rhai", "2564/O9.rhai", "2564/O23.rhai"].contains(&file.as_str())
    });
    files.insert("2564/pack.rhai".to_owned(), PACK.to_owned());
    files
}

const PACK: &str = r#"const PACK = #{
    year: 2564,
    tools: [#{ id: "oit", title: "OIT", weight: 1, indicators: [
        #{ id: "9", title: "การเปิดเผยข้อมูล", groups: [
            #{ id: "9.1", title: "ข้อมูลพื้นฐาน", items: ["O1", "O23", "O9"] },
        ] },
    ] }],
    grades: [#{ grade: "A", from: 85 }, #{ grade: "F", from: 0 }],
    measure_below: 85,
};
"#;

fn checked(files: Files) -> Checked {
    check(&Sources::Memory(files), vocabulary::register)
}

fn ids(checked: &Checked) -> Vec<&'static str> {
    checked.faults.iter().map(|fault| fault.kind.id()).collect()
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/check");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The parser stops at the first mistake; an author wants to hear of all of them at once.
#[test]
fn every_mistake_of_syntax_in_a_file_is_told() {
    const FILE: &str = "2564/O9.rhai";
    let mut files = few();
    let text = files.get_mut(FILE).unwrap();
    for (from, to) in [
        (
            "    title: \"Social Network\",",
            "    title: \"Social Network\"",
        ),
        (
            "fn from_home(found) {",
            "fn from_home(found) {\n    let theirs = ;",
        ),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        *text = text.replace(from, to);
    }
    text.push_str(concat!(
        "\n/// ของผู้เขียนเอง\nfn own(found) {\n    if found.is_empty and true { return found; }\n    found\n}\n",
        "\nfn sound(found) {\n    found.docments.is_empty\n}\n",
        "\nfn open(found) {\n    let many = [found, found;\n    many\n",
        "\nfn own(found) {\n    found\n}\n",
        "\nfn last(found) {\n    while true { }\n}\n",
    ));
    let checked = checked(files);
    snapshot("all-of-a-file", &faults::text(&checked));
    let syntax = checked
        .faults
        .iter()
        .filter(|fault| fault.kind == Kind::Syntax);
    assert_eq!(syntax.count(), 6);
}

/// What was taken out so that the rest can be read is no mistake of the rest.
#[test]
fn no_mistake_is_told_that_nobody_made() {
    const O1: &str = "2564/O1.rhai";
    let rule = few()[O1].clone();
    let head = rule.split("\n};\n").next().unwrap();
    let behind = |more: &str| format!("{rule}\n{more}");
    let cases = [
        ("RULE that is not closed", rule.replacen("\n};\n", "\n", 1)),
        (
            "RULE with a capital C",
            rule.replacen("const RULE", "Const RULE", 1),
        ),
        ("RULE and no more", head.to_owned()),
        (
            "a quote that is not closed",
            behind(
                "fn a(found) {\n    met(`ก, found)\n}\n\nfn b(found) {\n    met(`ข`, found)\n}\n\nfn c(found) {\n    met(`ค`, found)\n}\n",
            ),
        ),
        (
            "a constant that is not finished",
            behind("const MANY = 5 +\nfn more(found) {\n    found\n}\n"),
        ),
        (
            "a function that is gone, and its caller",
            behind(
                "fn helper(found {\n    let kept = #{ first: found };\n    kept\n}\n\nfn calls(found) {\n    helper(found).first\n}\n",
            ),
        ),
        (
            "a body that is gone, and its keys",
            behind(
                "fn summary(found) {\n    let none = ;\n    #{ first: found }\n}\n\nfn calls(found) {\n    summary(found).first\n}\n",
            ),
        ),
        (
            "an old function in a comment",
            behind(
                "fn broken(found) {\n    let none = ;\n}\n\n/*\nfn present(found) {\n    found\n}\n*/\n\nfn sound(found) {\n    found\n}\n",
            ),
        ),
        (
            "a function of which there are two, with what is said of it",
            behind("/// ก\n\nfn own(found, found) {\n    found\n}\n\nconst LAST = 1;\n"),
        ),
        ("nothing", String::new()),
        ("a comment alone", "// ยังไม่มีกฎ\r\n".to_owned()),
    ];
    let mut told = String::new();
    for (name, text) in cases {
        let mut files = few();
        files.insert(O1.to_owned(), text);
        told += &format!("== {name}\n{}\n", faults::text(&checked(files)));
    }
    snapshot("only-what-was-made", &told);
}

/// What the kit says when a text of a rule is replaced.
fn mutated(file: &str, from: &str, to: &str) -> String {
    let mut files = few();
    let text = files.get_mut(file).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
    *text = text.replace(from, to);
    faults::text(&checked(files))
}

#[test]
fn the_shipped_rules_are_clean() {
    let checked = check(&Sources::Embedded, vocabulary::register);
    assert_eq!(checked.years.len(), 2);
    assert!(checked.faults.is_empty(), "{}", faults::text(&checked));
    let files = shipped().len();
    assert_eq!(checked.files, files, "each file is counted once");
}

#[test]
fn what_an_officer_would_do_wrong_is_explained() {
    const O23: &str = "2564/O23.rhai";
    const O9: &str = "2564/O9.rhai";
    const O1: &str = "2564/O1.rhai";
    let mutations = [
        (
            "misspelt-word",
            O23,
            "forms.documents.is_empty { return unmet",
            "forms.docments.is_empty { return unmte",
        ),
        (
            "missing-comma",
            O23,
            "    title: \"สรุปผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุรายเดือน\",",
            "    title: \"สรุปผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุรายเดือน\"",
        ),
        (
            "missing-comma-in-list",
            O23,
            "        \"ราคากลาง\",\n",
            "        \"ราคากลาง\"\n",
        ),
        (
            "thai-quotes",
            O9,
            "title: \"Social Network\"",
            "title: “Social Network”",
        ),
        (
            "open-quote",
            O9,
            "let theirs = found.beside(global::MAKERS);",
            "let theirs = found.beside([\"ผู้พัฒนา]);",
        ),
        (
            "forgotten-brace",
            O1,
            "    shown(found, \"ตำแหน่งที่สำคัญ\", global::POSITIONS)\n}",
            "    shown(found, \"ตำแหน่งที่สำคัญ\", global::POSITIONS)\n",
        ),
        (
            "forgotten-brace-of-if",
            O9,
            "        if !own.is_empty { return met(\"เชื่อมโยงไปยังเครือข่ายสังคมออนไลน์ของหน่วยงาน\", own); }\n    }",
            "        if !own.is_empty { return met(\"เชื่อมโยงไปยังเครือข่ายสังคมออนไลน์ของหน่วยงาน\", own); }\n",
        ),
        (
            "forgotten-bracket",
            O9,
            "fn from_home(found) {\n    shows::from_home(found)",
            "fn from_home(found) {\n    shows::from_home(found",
        ),
        (
            "forgotten-brace-of-data",
            O9,
            "reason: \"unreachable\",",
            "reason: \"unreachable\" },",
        ),
        (
            "misspelt-criterion",
            O23,
            "id: \"six_months\"",
            "id: \"six_month\"",
        ),
        (
            "renamed-function",
            O23,
            "fn details(found) {",
            "fn detail(found) {",
        ),
        (
            "called-property",
            O23,
            "tables.rows == 0",
            "tables.rows() == 0",
        ),
        (
            "len-called",
            O1,
            "chart.lacking(units).len < units.len",
            "chart.lacking(units).len < found.len()",
        ),
        (
            "item-without-rule",
            "2564/pack.rhai",
            "\"O9\"]",
            "\"O9\", \"O99\"]",
        ),
        (
            "wrong-basis",
            O23,
            "#{ id: \"details\", basis: \"official\",",
            "#{ id: \"details\", basis: \"offical\",",
        ),
        (
            "missing-asks",
            O9,
            "           asks: \"สามารถเข้าถึงหรือเชื่อมโยงไปยังช่องทางข้างต้นได้จากเว็บไซต์หลักของหน่วยงาน\",\n",
            "",
        ),
        (
            "number-for-words",
            O9,
            "found.beside(global::MAKERS)",
            "found.beside(2564)",
        ),
        (
            "assignment-in-if",
            O9,
            "if name != \"\" {",
            "if name = \"\" {",
        ),
        (
            "misspelt-lib-function",
            O9,
            "shows::from_home(found)",
            "shows::form_home(found)",
        ),
        (
            "misspelt-lib",
            O9,
            "shows::from_home(found)",
            "show::from_home(found)",
        ),
        (
            "no-answer",
            O9,
            "    ask_person(",
            "    let answer = ask_person(",
        ),
        (
            "places-as-condition",
            O9,
            "if !ours.is_empty {",
            "if ours {",
        ),
        (
            "words-forgotten-quotes",
            O23,
            "found.prefer(found.mentioning([\"ราคากลาง\",",
            "found.prefer(found.mentioning([ราคากลาง,",
        ),
        (
            "missing-semicolon",
            O9,
            "    let ours = found - theirs;",
            "    let ours = found - theirs",
        ),
        (
            "and-in-words",
            O9,
            "let ours = found - theirs;",
            "let ours = found and theirs;",
        ),
    ];
    let mut clean = Vec::new();
    for (name, file, from, to) in mutations {
        let said = mutated(file, from, to);
        if !said.contains("ผิด [") {
            clean.push(name);
        }
        snapshot(name, &said);
    }
    assert!(clean.is_empty(), "nothing said of {clean:?}");
}

/// A rule O9 of 2564 whose functions are these, checked with everything else as shipped.
fn of_functions(functions: &str) -> Checked {
    let mut files = few();
    let rule = files.get_mut("2564/O9.rhai").unwrap();
    let data = rule.split("const NOT_OURS").next().unwrap().to_owned();
    *rule = format!("{data}{functions}");
    checked(files)
}

const LOCATE: &str = "fn locate(site) { site.find([\"สังคมออนไลน์\"]) }\n";
const FROM_HOME: &str = "fn from_home(found) { shows::from_home(found) }\n";

/// What is said of a body of `present(found, site)`.
fn of_body(body: &str) -> Checked {
    of_functions(&format!(
        "{LOCATE}{FROM_HOME}fn present(found, site) {{\n{body}\n}}\n"
    ))
}

#[test]
fn what_is_certainly_wrong_is_told_by_type() {
    for (body, id) in [
        ("met(found.names, found)", "wrong-type"),
        ("met(`${found.people.pages.len}`, found)", "wrong-type"),
        ("met(123, found)", "wrong-type"),
        ("met(\"พบ\", \"ที่นี่\")", "wrong-type"),
        ("met(\"พบ\", site)", "wrong-type"),
        ("met(\"พบ\")", "wrong-count"),
        ("let at = site.find(5); met(\"พบ\", at)", "wrong-type"),
        (
            "let at = found.find([\"ก\"]); met(\"พบ\", at)",
            "wrong-type",
        ),
        (
            "let at = found.of_year(2564); met(\"พบ\", at)",
            "wrong-type",
        ),
        ("met(\"พบ\", found.named([\"ก\", 5]))", "wrong-type"),
        ("met(\"พบ\", found.named([]))", "no-words"),
        (
            "if found.people > 2 { return met(\"พบ\", found); } unmet(\"ไม่พบ\", found)",
            "wrong-type",
        ),
        (
            "if found.len { return met(\"พบ\", found); } unmet(\"ไม่พบ\", found)",
            "wrong-type",
        ),
        (
            "if found.is_empty && found.people { return met(\"พบ\", found); } unmet(\"ไม่พบ\", found)",
            "wrong-type",
        ),
        ("for one in found { } met(\"พบ\", found)", "wrong-type"),
        ("met(\"พบ\", found + site.year)", "wrong-type"),
        (
            "if found.is_empty() { return met(\"พบ\", found); } unmet(\"ไม่พบ\", found)",
            "call-form",
        ),
        ("met(`${found.people.len()}`, found)", "call-form"),
        (
            "if found.is_empty { return unmet(\"ไม่พบ\", found); }",
            "no-answer",
        ),
        (
            "if found.is_empty { unmet(\"ไม่พบ\", found) } else if found.len > 2 { met(\"พบ\", found) }",
            "no-answer",
        ),
        ("let answer = met(\"พบ\", found);", "no-answer"),
        ("found", "no-answer"),
        (
            "if found.is_empty { return \"ไม่พบ\"; } met(\"พบ\", found)",
            "no-answer",
        ),
        ("", "no-answer"),
        ("found.is_empty", "no-answer"),
        (
            "let many = found.people.in_position(site.agency.head_titles); met(many.names.pages, many)",
            "wrong-type",
        ),
        (
            "met(`${shows::any(found, \"ก\", [\"ข\"]).names}`, found)",
            "wrong-type",
        ),
    ] {
        let checked = of_body(body);
        assert_eq!(ids(&checked), [id], "{body}\n{}", faults::text(&checked));
    }
}

#[test]
fn what_may_be_right_is_left_alone() {
    for body in [
        "let at = found; at = site.find([\"ก\"]); if at.is_empty { return unmet(\"ไม่พบ\", found); } met(`${at.len}`, at)",
        "let words = [\"ก\"]; words.push(\"ข\"); if words.len > 1 { met(\"พบ\", found.named(words)) } else { unmet(\"ไม่พบ\", found) }",
        "let row = #{ names: \"ก\" }; met(row.names, found)",
        "let list = []; for title in site.agency.head_titles { list.push(`รอง${title}`); } met(\"พบ\", found.people.in_position(list))",
        "switch found.len { 0 => unmet(\"ไม่พบ\", found), _ => met(\"พบ\", found) }",
        "let many = [1, 2].filter(|n| n > 1); met(`${many.len}`, found)",
        "met(if found.len > 1 { \"หลายแห่ง\" } else { \"แห่งเดียว\" }, found)",
        "if found.is_empty { throw \"ไม่มี\"; } met(\"พบ\", found)",
        "let first = [found][0]; met(first.name, first)",
        "let what = if found.is_empty { site.home } else { found }; met(what.name, what)",
        "if found.people == () { return met(\"ก\", found); } met(\"พบ\", found.people)",
        "met(\"พบ \" + found.len + \" แห่ง\", found)",
        "let year = site.year; met(`${year}`, found.of_year(year.previous))",
    ] {
        let checked = of_body(body);
        assert!(
            checked.faults.is_empty(),
            "{body}\n{}",
            faults::text(&checked)
        );
    }
}

#[test]
fn what_is_said_in_vain_is_suspicious() {
    for (body, id) in [
        (
            "met(\"พบ\", found.named([\"ร้องเรียน\", \"ร้องเรียน + ทุจริต\"]))",
            "unreachable-word",
        ),
        (
            "met(\"พบ\", found.named([\"ร้องเรียน + ทุจริต\", \"ร้องเรียน\"]))",
            "unreachable-word",
        ),
        (
            "met(\"พบ\", found.named([\"แผนผัง\", \"แผน ผัง\"]))",
            "unreachable-word",
        ),
        (
            "met(\"พบ\", found.mentioning([\"ร้องเรียน\", \"รับร้องเรียน\"]))",
            "unreachable-word",
        ),
        (
            "shows::any(found, \"ก\", [\"ร้องเรียน\", \"รับร้องเรียน\"])",
            "unreachable-word",
        ),
        (
            "met(\"พบ\", found.named([\"ร้องเรียน\", \"…\"]))",
            "empty-word",
        ),
        (
            "met(\"พบ\", site.find([\"แผนพัฒนา\", \"แผนปฏิบัติ\"]).without([\"แผน\"]))",
            "unreachable-word",
        ),
        (
            "return met(\"พบ\", found); unmet(\"ไม่พบ\", found)",
            "unreachable-code",
        ),
        (
            "if found.is_empty { return unmet(\"ไม่พบ\", found); found.len; } met(\"พบ\", found)",
            "unreachable-code",
        ),
        (
            "if found.is_empty { unmet(\"ไม่พบ\", found) } met(\"พบ\", found)",
            "lost-answer",
        ),
        (
            "for one in [\"ก\"] { shows::any(found, one, [\"ร้องเรียน\"]); } met(\"พบ\", found)",
            "lost-answer",
        ),
        (
            "if true { return unmet(\"ไม่พบ\", found); } met(\"พบ\", found)",
            "constant-condition",
        ),
        (
            "if 1 == 2 || false { return unmet(\"ไม่พบ\", found); } met(\"พบ\", found)",
            "constant-condition",
        ),
    ] {
        let checked = of_body(body);
        assert_eq!(ids(&checked), [id], "{body}\n{}", faults::text(&checked));
        assert_eq!(checked.count(Severity::Error), 0);
    }
    for body in [
        // An answer that is kept, or that the function ends with.
        "let answer = if found.is_empty { unmet(\"ไม่พบ\", found) } else { met(\"พบ\", found) }; answer",
        "if found.is_empty { unmet(\"ไม่พบ\", found) } else { met(\"พบ\", found) }",
        // The narrower word is shown where it stands first.
        "met(\"พบ\", found.mentioning([\"รับร้องเรียน\", \"ร้องเรียน\"]))",
        // A position begins with its word: `รองนายก` does not begin with `นายก`.
        "met(\"พบ\", found.people.in_position([\"นายก\", \"รองนายก\"]))",
        // What stands behind the word counts.
        "met(\"พบ\", found.with_number_after([\"ตอบ\", \"ตอบแล้ว\"]))",
        // A long word is found in a damaged text where a short one within it is not.
        "met(\"พบ\", found.named([\"ส่วนราชการ\", \"หัวหน้าส่วนราชการ\"]))",
        // Half a syllable is no word.
        "met(\"พบ\", found.named([\"ผล\", \"ผลิต\"]))",
        "met(\"พบ\", found.named([\"แผน + ทุจริต\", \"แผน + สุจริต\"]))",
        "met(\"พบ\", site.find([\"แผนพัฒนา\", \"นโยบาย\"]).without([\"แผน\"]))",
    ] {
        let checked = of_body(body);
        assert!(
            checked.faults.is_empty(),
            "{body}\n{}",
            faults::text(&checked)
        );
    }
}

#[test]
fn a_broken_lib_hides_no_mistake_of_a_rule() {
    let mut files = shipped();
    files.insert(
        "2564/lib/shows.rhai".into(),
        "fn any(found, what, words) {".into(),
    );
    let rule = files.get_mut("2564/O9.rhai").unwrap();
    *rule = rule.replace("let ours = found - theirs;", "let ours = found - their;");
    let checked = checked(files);
    let files: Vec<&str> = checked
        .faults
        .iter()
        .map(|fault| fault.file.as_str())
        .collect();
    assert_eq!(
        files,
        ["2564/O9.rhai", "2564/lib/shows.rhai"],
        "{}",
        faults::text(&checked)
    );
}

#[test]
fn a_broken_outline_hides_no_mistake_of_a_rule() {
    let mut files = shipped();
    let pack = files.get_mut("2565/pack.rhai").unwrap();
    *pack = pack.replace("measure_below: 85", "measure_below 85");
    let rule = files.get_mut("2565/O34.rhai").unwrap();
    *rule = rule.replace("fn locate(site)", "fn locate(sites)");
    let checked = checked(files);
    let said: BTreeSet<&str> = checked
        .faults
        .iter()
        .map(|fault| fault.file.as_str())
        .collect();
    assert_eq!(
        said.into_iter().collect::<Vec<_>>(),
        ["2565/O34.rhai", "2565/pack.rhai"]
    );
}

#[test]
fn files_of_no_year_are_told_and_cases_are_not() {
    let mut files = shipped();
    let rule = files["2564/O9.rhai"].clone();
    for file in [
        "2564/03.rhai",
        "2566/O1.rhai",
        "old/O1.rhai",
        "O44.rhai",
        "2564/O44.rhai.txt",
        "2564/lib/deep/x.rhai",
    ] {
        files.insert(file.into(), rule.clone());
    }
    for file in [
        "2564/cases/O9/pass.rhai",
        "vocabulary.d.rhai",
        "README.md",
        "2564/notes.txt",
    ] {
        files.insert(file.into(), "ไม่ใช่กฎ {".into());
    }
    let checked = checked(files);
    let said: Vec<(&str, &str)> = checked
        .faults
        .iter()
        .map(|fault| (fault.file.as_str(), fault.kind.id()))
        .collect();
    assert_eq!(
        said,
        [
            ("2564/03.rhai", "stray-file"),
            ("2564/O44.rhai.txt", "stray-folder"),
            ("2564/lib/deep/x.rhai", "stray-folder"),
            ("2566", "stray-folder"),
            ("O44.rhai", "stray-folder"),
            ("old", "stray-folder"),
        ]
    );
}

#[test]
fn a_mistake_of_a_file_that_two_years_use_is_told_once() {
    let mut files = shipped();
    let rule = files.get_mut("2564/O9.rhai").unwrap();
    *rule = rule.replace("shows::from_home(found)", "shows::from_homes(found)");
    let checked = checked(files);
    assert_eq!(ids(&checked), ["unknown-function"]);
}

/// What SARIF 2.1.0 requires of what we write, property by property.
#[test]
fn sarif_is_what_code_hosts_read() {
    let mut files = shipped();
    let rule = files.get_mut("2564/O9.rhai").unwrap();
    *rule = rule.replace(
        "let ours = found - theirs;",
        "let น้ำ = \"😀ที่นี่\"; let ours = foundd - theirs;",
    );
    files.insert("2564/กฎ ใหม่.rhai".into(), String::new());
    let checked = checked(files);
    let sarif: serde_json::Value = serde_json::from_str(&faults::sarif(&checked)).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(
        sarif["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-schema-2.1.0.json")
    );
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "prongsai");
    let rules = driver["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Kind::ALL.len());
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "{}", faults::text(&checked));
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            uri.is_ascii() && !uri.starts_with('/') && !uri.contains(' '),
            "{uri}"
        );
    }
    let place = |at: usize| &results[at]["locations"][0]["physicalLocation"];
    let region = &place(0)["region"];
    assert_eq!(place(0)["artifactLocation"]["uri"], "2564/O9.rhai");
    // Four spaces, then in UTF-16: `let น้ำ = "😀ที่นี่"; let ours = ` with 😀 as two units.
    let before = "    let น้ำ = \"😀ที่นี่\"; let ours = ".encode_utf16().count();
    assert_eq!(region["startColumn"], before + 1);
    assert_eq!(region["endColumn"], before + 1 + "foundd".len());
    assert!(
        place(1).get("region").is_none(),
        "a whole file has no region"
    );
}

#[test]
fn json_counts_what_it_lists() {
    let mut files = shipped();
    let rule = files.get_mut("2564/O9.rhai").unwrap();
    *rule = rule.replace(
        "let ours = found - theirs;",
        "if true { } let ours = found - their;",
    );
    let json: serde_json::Value = serde_json::from_str(&faults::json(&checked(files))).unwrap();
    assert_eq!((&json["errors"], &json["warnings"]), (&1.into(), &1.into()));
    let faults = json["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 2);
    assert_eq!(faults[0]["rule"], "constant-condition");
    assert_eq!(faults[0]["severity"], "warning");
    assert_eq!(faults[1]["file"], "2564/O9.rhai");
}

#[test]
fn every_word_is_explained_in_thai_and_the_editor_file_is_current() {
    let words = vocabulary::words();
    assert!(words.len() > 80, "{}", words.len());
    for word in &words {
        let thai = word
            .doc
            .chars()
            .any(|c| ('\u{e01}'..='\u{e5b}').contains(&c));
        assert!(thai, "{} {} has no Thai doc comment", word.of, word.name);
        assert_ne!(word.returns, "?", "{} {}", word.of, word.name);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/vocabulary.d.rhai");
    let wanted = prongsai::rules::words::definitions(&words);
    if std::env::var_os("PRONGSAI_WRITE").is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == wanted,
        "write it anew: PRONGSAI_WRITE=1 cargo test --test check"
    );
}
