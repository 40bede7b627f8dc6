//! Rules that mean harm: each marks itself with a fault that names the limit, and everything else is judged as without it.
//!
//! Fuel, sizes and answers are looked at, never the clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use prongsai::judge::{Decision, Verdict, judge};
use prongsai::rules::answer::Outcome;
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::{sandbox, vocabulary};
use prongsai::site::Site;
use prongsai::year::FiscalYear;

use super::web::{Web, prose_of};

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

fn rule(criteria: &[&str], functions: &str) -> String {
    let criteria: String = criteria
        .iter()
        .map(|id| format!("#{{ id: \"{id}\", asks: \"ก\", fix: \"ข\", basis: \"official\" }},\n"))
        .collect();
    format!(
        "const RULE = #{{ title: \"แผนงาน\", source: \"คู่มือ\", criteria: [\n{criteria}],\n\
         measure: #{{ title: \"มาตรการ\", owner: \"สำนักปลัด\", period: \"ทุกปี\", follow_up: \"รายงาน\" }} }};\n{functions}\n"
    )
}

const LOCATE: &str = "fn locate(site) { site.find([\"แผน\"]) }\n";

fn load(evil: &str, lib: &str) -> Pack {
    let good = rule(
        &["shown"],
        &format!("{LOCATE}fn shown(found) {{ met(\"พบ\", found) }}"),
    );
    let evil = rule(
        &["before", "evil"],
        &format!("{LOCATE}fn before(found) {{ met(\"พบ\", found) }}\n{evil}"),
    );
    let mut texts = BTreeMap::from([
        ("2564/pack.rhai".to_owned(), PACK.to_owned()),
        ("2564/O1.rhai".to_owned(), evil),
        ("2564/O2.rhai".to_owned(), good),
    ]);
    if !lib.is_empty() {
        texts.insert("2564/lib/lib.rhai".to_owned(), lib.to_owned());
    }
    Pack::load(
        FiscalYear(2564),
        &Sources::Memory(texts),
        vocabulary::register,
    )
    .unwrap()
}

/// A site with forty plans.
fn site() -> Arc<Site> {
    let paths: Vec<(String, String)> = (0..40)
        .map(|n| (format!("/plan{n}"), format!("แผนพัฒนาที่ {n}")))
        .collect();
    let links: Vec<(&str, &str)> = paths
        .iter()
        .map(|(path, label)| (path.as_str(), label.as_str()))
        .collect();
    let web = Web::linking(&links);
    paths
        .iter()
        .fold(web, |web, (path, label)| {
            web.page(path, label, &prose_of(label))
        })
        .site()
}

/// What the evil rule comes to, the other rule held to what it always comes to.
fn judged(evil: &str, lib: &str) -> Verdict {
    let mut verdicts = judge(&load(evil, lib), &site());
    let good = verdicts.pop().unwrap();
    assert_eq!(good.verdict, Decision::Pass, "{evil:.200}");
    assert!(good.faults.is_empty());
    verdicts.pop().unwrap()
}

/// The one fault of the criterion `evil`; the one beside it is judged.
fn fault(body: &str) -> String {
    let verdict = judged(
        &format!("fn evil(found, site) {{ {body} }}"),
        "fn again(n) { again(n + 1) }\nfn run(test) { test.call(1) }",
    );
    assert!(sandbox::fuel_spent() <= sandbox::FUEL);
    let [before, evil] = &verdict.criteria[..] else {
        panic!("two criteria")
    };
    assert_eq!(before.outcome, Outcome::Met, "{body:.200}");
    assert_eq!(evil.outcome, Outcome::Unsure, "{body:.200}");
    assert_ne!(verdict.verdict, Decision::Pass);
    assert_eq!(verdict.faults.len(), 1, "{body:.200}");
    verdict.faults[0].clone()
}

const FUEL: &str = "ทำงานนานเกินงบคำสั่ง";
const LARGE: &str = "ข้อความหรือรายการยาวเกินกำหนด";
const DEEP: &str = "ฟังก์ชันเรียกซ้อนกันลึกเกินไป";

#[test]
fn what_never_ends_runs_out_of_fuel() {
    for body in [
        "for i in 0..999999999 { }",
        "for i in 0..=9223372036854775806 { }",
        "for i in range(0, 999999999) { }",
        "for i in range(0, 999999999, 1) { for j in range(0, 999999999, 1) { } }",
        "let list = []; for i in 0..1000 { list.push(i); } for a in list { for b in list { for c in list { } } }",
        "let list = []; for i in 0..1000 { list.push(i); } let other = list; let third = list; list.map(|a| other.map(|b| third.map(|c| c)))",
        "let f = |n| { for i in 0..999999999 { } n }; f.call(1)",
        "lib::run(|n| { for i in 0..999999999 { } n })",
        // What the language does natively.
        "let text = \"ก\"; text.pad(20000, 'ข'); for i in 0..900000 { text.to_upper(); }",
        "let text = \"ก\"; text.pad(20000, 'ข'); for i in 0..900000 { text.contains(\"ค\"); }",
        "let text = \"ก\"; text.pad(20000, 'ข'); for i in 0..900000 { text.index_of(\"ค\"); }",
        "let text = \"ก\"; text.pad(20000, 'ข'); for i in 0..900000 { text.len; }",
        "let text = \"ก\"; text.pad(20000, 'ข'); for i in 0..900000 { text.split(\"ค\"); }",
        "let text = \"ก\"; text.pad(20000, 'ข'); for i in 0..900000 { text.replace(\"ค\", \"ง\"); }",
        "let text = \"ก\"; text.pad(20000, 'ข'); for i in 0..900000 { text.has([\"ค\", \"ง\"]); }",
        "let list = []; list.pad(1900, \"ก\"); for i in 0..900000 { list.contains(\"ข\"); }",
        "let list = []; list.pad(900, \"ก\"); let other = []; other.pad(900, \"ก\"); for i in 0..900000 { list == other; }",
        "let list = []; list.pad(900, \"ก\"); for i in 0..900000 { let other = list; other.dedup(); }",
        "let list = []; list.pad(1900, \"ก\"); for i in 0..900000 { list.join(\", \"); }",
        // What the host does natively.
        "for i in 0..900000 { site.find([\"แผน\"]); }",
        "for i in 0..900000 { found.mentioning([\"ไม่มีคำนี้\"]); }",
        "for i in 0..900000 { found.best([\"ก\", \"ข\"]); }",
        "for i in 0..900000 { found.people; found.tables; found.forms; found.leaders; }",
        "for i in 0..900000 { found + site.find([\"พัฒนา\"]); }",
        "for i in 0..900000 { site.outside([\"social\"]); found.pages.documents.unread; }",
        "let words = []; for i in 0..2000 { words.push(`คำที่ ${i}`); } for i in 0..2000 { found.named(words); }",
    ] {
        let said = fault(body);
        assert!(said.contains(FUEL), "{body}\n{said}");
    }
}

#[test]
fn what_grows_is_stopped_at_its_size() {
    for body in [
        "let text = \"กขคง\"; for i in 0..64 { text += text; } met(text, found)",
        "let text = \"กขคง\"; for i in 0..64 { text = text + text; } met(text, found)",
        "let text = \"กขคง\"; for i in 0..64 { text = `${text}${text}`; } met(text, found)",
        "let text = \"ก\"; text.pad(999999999, 'ข'); met(text, found)",
        "let text = \"ก\"; text.pad(999999999, \"ขข\"); met(text, found)",
        "let text = \"\"; text.pad(60000, 'x'); let copy = text; text.replace(\"x\", copy); met(text, found)",
        "let text = \"\"; text.pad(20000, 'ก'); let parts = text.split(\"\"); met(`${parts.len}`, found)",
        "let list = []; for i in 0..5000 { list.push(i); } met(`${list.len}`, found)",
        "let list = []; list.pad(999999999, 1); met(`${list.len}`, found)",
        "let list = [1]; for i in 0..64 { list = list + list; } met(`${list.len}`, found)",
        "let list = [1]; for i in 0..64 { list += list; } met(`${list.len}`, found)",
        "let list = [1]; for i in 0..64 { list = [list, list]; } met(`${list.len}`, found)",
        "let list = [1]; for i in 0..64 { let more = list; list.append(more); } met(`${list.len}`, found)",
        "let list = []; let long = \"\"; long.pad(20000, 'ก'); for i in 0..100 { list.push(long); } met(`${list.len}`, found)",
        "let long = \"\"; long.pad(20000, 'ก'); let list = []; list.pad(1900, \"ก\"); met(list.join(long), found)",
        "let map = #{}; for i in 0..5000 { map[`${i}`] = i; } met(`${map.len()}`, found)",
        "let map = #{ a: 1 }; for i in 0..64 { map = #{ a: map, b: map }; } met(\"ก\", found)",
    ] {
        let said = fault(body);
        assert!(said.contains(LARGE), "{body}\n{said}");
    }
}

#[test]
fn what_calls_itself_is_stopped_at_its_depth() {
    for body in [
        "evil(found, site)",
        "lib::again(1)",
        "[1].map(|n| evil(found, site))",
        "let f = |n| evil(found, site); f.call(1)",
        "lib::run(|n| evil(found, site))",
    ] {
        let said = fault(body);
        assert!(said.contains(DEEP), "{body}\n{said}");
    }
    let mutual = "fn evil(found) { one(found) }\nprivate fn one(found) { other(found) }\nprivate fn other(found) { one(found) }";
    let verdict = judged(mutual, "");
    assert!(verdict.faults[0].contains(DEEP), "{}", verdict.faults[0]);
    // Closures within closures start counting anew in Rhai, not here.
    let nested = "fn evil(found) { deeper(found, 0) }\nprivate fn deeper(found, n) { [n].map(|m| [m].map(|k| deeper(found, k + 1))) }";
    let verdict = judged(nested, "");
    assert_eq!(verdict.faults.len(), 1);
}

/// A set joined with itself remembers what it refused: once, not once for every join.
#[test]
fn a_set_of_places_joined_with_itself_does_not_grow() {
    let joined = "fn evil(found) { let all = found; for i in 0..60 { all = all.named([\"แผน\"]) + all.named([\"ไม่มีชื่อนี้\"]); } met(`${all.len}`, all) }";
    let verdict = judged(joined, "");
    assert!(verdict.faults.is_empty(), "{:?}", verdict.faults.first());
    assert_eq!(verdict.criteria[1].because, "40");
    let copied = "let list = []; for i in 0..1900 { list.push(found.named([\"แผน\"])); } met(`${list.len}`, found)";
    let verdict = judged(&format!("fn evil(found) {{ {copied} }}"), "");
    assert!(sandbox::fuel_spent() <= sandbox::FUEL);
    assert!(verdict.faults.len() <= 1);
}

/// A function given by its name would call what nobody has looked for in the script.
#[test]
fn a_function_is_not_called_by_its_name() {
    for body in [
        "[\"ก\"].map(\"to_upper\")",
        "[1, 2].filter(\"evil\")",
        "[1, 2].sort(\"evil\")",
        "[1, 2].reduce(\"evil\")",
        "[1, 2].all(\"evil\")",
    ] {
        let said = fault(body);
        assert!(said.contains("|x| …"), "{body}\n{said}");
    }
}

/// A comparison that answers as it likes ends in a fault of its own rule.
#[test]
fn a_hostile_comparison_marks_its_rule() {
    fault(
        "let list = []; for i in 0..2000 { list.push(i); } let n = 0; list.sort(|a, b| { n += 1; if n % 3 == 0 { 1 } else { -1 } }); met(`${list.len}`, found)",
    );
}

#[test]
fn words_to_look_for_are_short() {
    let said = fault("let long = \"ก\"; long.pad(20000, 'ข'); met(\"ก\", found.named([long]))");
    assert!(said.contains("คำที่ค้นหายาวเกินไป"), "{said}");
}

/// What stands in the file itself: read, refused, and the other rules judged.
#[test]
fn a_hostile_file_is_refused_when_it_is_read() {
    let name = "น".repeat(20_000);
    for functions in [
        format!("fn evil(found) {{ let {name} = 1; {name}x }}"),
        format!("fn evil(found) {{ \"{}\" }}", "ก".repeat(40_000)),
        format!("fn evil(found) {{ [{}] }}", "1,".repeat(3_000)),
        format!(
            "fn evil(found) {{ {}1{} }}",
            "(".repeat(5_000),
            ")".repeat(5_000)
        ),
        format!(
            "fn evil(found) {{ {}1{} }}",
            "[".repeat(5_000),
            "]".repeat(5_000)
        ),
        format!("fn evil(found) {{ {}1 }}", "1 + ".repeat(20_000)),
        format!("fn evil(found) {{ {} }}", "if true {".repeat(5_000)),
        format!("fn evil(found) {{ {} }}", "|x| ".repeat(5_000)),
        format!("fn evil(found) {{ found{} }}", ".pages".repeat(5_000)),
        (0..3_000)
            .map(|n| format!("private fn f{n}(x) {{ x }}\n"))
            .collect(),
        format!("/*{}*/", "ก".repeat(90_000)),
        format!("/*{}", "/*".repeat(100_000)),
        "fn evil(found) { evil(found) }\nlet x = evil(1);".to_owned(),
        "const X = 2 ** 62;\nfn evil(found) { met(\"ก\", found) }".to_owned(),
        "const X = evil(1);\nfn evil(found) { met(\"ก\", found) }".to_owned(),
    ] {
        let verdict = judged(&functions, "");
        assert!(!verdict.faults.is_empty(), "{functions:.80}");
        assert_eq!(verdict.verdict, Decision::Unsure, "{functions:.80}");
    }
}

#[test]
fn a_lib_runs_nothing_when_it_is_read() {
    for lib in [
        "for i in 0..999999999 { }",
        "const X = again(1);\nfn again(n) { again(n) }",
        "let x = 1; x += 1;",
        "const X = [0].map(|n| n);",
    ] {
        let texts = BTreeMap::from([
            ("2564/pack.rhai".to_owned(), PACK.to_owned()),
            ("2564/lib/lib.rhai".to_owned(), lib.to_owned()),
        ]);
        let sources = Sources::Memory(texts);
        let faults = Pack::load(FiscalYear(2564), &sources, vocabulary::register)
            .err()
            .unwrap();
        assert!(
            faults.iter().any(|fault| fault.file == "2564/lib/lib.rhai"),
            "{lib}"
        );
        assert_eq!(sandbox::fuel_spent(), 0, "{lib}");
    }
}
