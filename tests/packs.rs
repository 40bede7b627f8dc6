//! Packs as an author writes them: inheritance, every mistake at its place, and what a script cannot do.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use prongsai::rules::fault::Fault;
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::sandbox;
use prongsai::year::FiscalYear;
use rhai::{Dynamic, Engine};

/// A vocabulary of the smallest kind: a place with people, and answers that are texts.
#[derive(Debug, Clone)]
struct Place(Arc<Vec<String>>);

fn vocabulary(engine: &mut Engine) {
    engine
        .register_type_with_name::<Place>("Places")
        .register_get("people", |place: &mut Place| -> Vec<Dynamic> {
            place.0.iter().cloned().map(Dynamic::from).collect()
        })
        .register_get("is_empty", |place: &mut Place| place.0.is_empty())
        .register_fn("find", |place: &mut Place, _words: rhai::Array| {
            place.clone()
        })
        .register_fn("met", |because: &str, _at: Place| format!("met {because}"))
        .register_fn("unmet", |because: &str, _at: Place| {
            format!("unmet {because}")
        });
}

fn place() -> Dynamic {
    Dynamic::from(Place(Arc::new(vec![
        "สมชาย".to_owned(),
        "สมหญิง".to_owned(),
    ])))
}

const PACK: &str = r#"const PACK = #{
    year: 2564,
    tools: [#{ id: "oit", title: "OIT", weight: 1, indicators: [
        #{ id: "9", title: "การเปิดเผยข้อมูล", groups: [
            #{ id: "9.1", title: "ข้อมูลพื้นฐาน", items: ["O1"] },
        ] },
    ] }],
    grades: [#{ grade: "A", from: 85 }, #{ grade: "F", from: 0 }],
    measure_below: 85,
};
"#;

/// A rule with one criterion `names`; `rest` is everything after the data.
fn rule(rest: &str) -> String {
    format!(
        r#"const RULE = #{{
    title: "ข้อมูลผู้บริหาร", source: "คู่มือ",
    criteria: [
        #{{ id: "names", asks: "แสดงชื่อ", fix: "ระบุชื่อ", basis: "official" }},
    ],
    measure: #{{ title: "มาตรการ", owner: "สำนักปลัด", period: "ภายใน 15 วัน", follow_up: "รายงาน" }},
}};
{rest}"#
    )
}

const LOCATE: &str = "fn locate(site) { site.find(words::executives()) }\n";
const WORDS: &str = "/// ผู้บริหาร\nfn executives() { [\"ผู้บริหาร\"] }\n";

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut texts = BTreeMap::from([
        ("2564/pack.rhai".to_owned(), PACK.to_owned()),
        ("2564/lib/words.rhai".to_owned(), WORDS.to_owned()),
    ]);
    for (file, text) in files {
        texts.insert((*file).to_owned(), (*text).to_owned());
    }
    Sources::Memory(texts)
}

fn load(files: &[(&str, &str)]) -> Result<Pack, Vec<Fault>> {
    Pack::load(FiscalYear(2564), &sources(files), vocabulary)
}

fn load_rule(rest: &str) -> Pack {
    load(&[("2564/O1.rhai", &rule(&format!("{LOCATE}{rest}")))]).unwrap()
}

fn printed<'a>(faults: impl IntoIterator<Item = &'a Fault>) -> String {
    let faults: Vec<String> = faults.into_iter().map(ToString::to_string).collect();
    faults.join("\n\n")
}

/// What a call of `names(found, site)` comes to, printed.
fn run(rest: &str) -> String {
    let pack = load_rule(rest);
    assert!(pack.faults().is_empty(), "{}", printed(pack.faults()));
    match pack.call(&pack.rules[0], "names", vec![place(), place()]) {
        Ok(value) => value.to_string(),
        Err(fault) => fault.to_string(),
    }
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_sound_rule_loads_and_runs() {
    assert_eq!(
        run("fn names(found) { met(`พบ ${found.people.len} คน`, found) }"),
        "met พบ 2 คน"
    );
    assert_eq!(
        run("fn names(found, site) { met(`พบ ${site.people.len} คน`, found) }"),
        "met พบ 2 คน"
    );
    assert_eq!(
        run("const MOST = 5;\nfn names(found) { met(`ไม่เกิน ${global::MOST}`, found) }"),
        "met ไม่เกิน 5"
    );
}

#[test]
fn every_mistake_of_a_rule_is_shown_at_its_place() {
    let text = r#"const RULE = #{
    title: "ข้อมูลผู้บริหาร", sources: "คู่มือ",
    criteria: [
        #{ id: "names", asks: "แสดงชื่อ", fix: "", basis: "oficial" },
        #{ id: "names", asks: "แสดงชื่อ", fix: "ระบุ", basis: "official", onlly: "local" },
        #{ id: "ชื่อ", asks: 5, fix: "ระบุ" + "ชื่อ", basis: "official" },
    ],
    measure: #{ title: "มาตรการ", owner: "สำนักปลัด", period: "ภายใน 15 วัน" },
};
"#;
    let pack = load(&[("2564/O1.rhai", text)]).unwrap();
    snapshot("faults-data", &printed(pack.faults()));
}

#[test]
fn criteria_and_functions_must_match() {
    let text = rule(
        "fn locate(site, found) { site.find([]) }\nfn name(found) { met(\"\", found) }\nfn len(found) { 1 }\n",
    );
    let text = text.replace(
        "    ],\n    measure",
        "        #{ id: \"ทุกคน\", asks: \"ก\", fix: \"ข\", basis: \"recalled\" },\n        #{ id: \"names\", asks: \"ก\", fix: \"ข\", basis: \"recalled\" },\n    ],\n    measure",
    );
    let pack = load(&[("2564/O1.rhai", &text)]).unwrap();
    snapshot("faults-functions", &printed(pack.faults()));
}

#[test]
fn unknown_names_are_all_reported_with_the_nearest_known_one() {
    let pack = load_rule(
        r#"const WANTED = ["ชื่อ"];
fn names(found, site) {
    let ผู้ที่พบทั้งหมด = "ที่นี่มีชื่อผู้บริหาร"; if found.is_empty { return unmett("ไม่พบ", found); }
    let n = found.peple.len; let row = #{ total: 1 }; let sum = row.total + found.title;
    let seen = found.people.filter(|person| person != lost && person.contians("ก"));
    if found.find { return met(missing, found); }
    if WANTED.len() > 1 { return word::executives(); }
    if global::WANTEDD.len() > 1 { return words::executive(); }
    met("พบ")
}
"#,
    );
    snapshot("faults-names", &printed(pack.faults()));
}

#[test]
fn a_mistake_in_a_lib_is_reported_once_and_stops() {
    let faults = load(&[
        ("2564/O1.rhai", &rule("")),
        ("2564/lib/people.rhai", "/// หัวหน้า\nfn chief(found) {\n    let ผู้นำ = found.poeple; words::chiefs()\n}\nlet x = 1;\n"),
    ])
    .err()
    .unwrap();
    snapshot("faults-lib-statement", &printed(&faults));
    let faults = load(&[
        ("2564/O1.rhai", &rule("")),
        (
            "2564/lib/people.rhai",
            "/// หัวหน้า\nfn chief(found) {\n    let ผู้นำ = found.poeple; words::chiefs()\n}\n",
        ),
    ])
    .err()
    .unwrap();
    snapshot("faults-lib-names", &printed(&faults));
}

#[test]
fn syntax_is_explained() {
    let mut pages = Vec::new();
    for rest in [
        "fn names(found) { if found.is_empty { met(\"ก\", found) }",
        "fn names(found) { met(\"ที่นี่ไม่ปิด, found) }\n",
        "fn names(found) { let ที่ = 1; while true { } }",
        "fn names(found) { try { 1 } catch { 2 } }",
        "import \"x\" as y;",
        "fn names(found) { eval(\"1\") }",
        "fn names(found) { let match = 1; match }",
        "fn names(found) { met(\"ก\" found) }",
        "fn names(found) { ((((((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))))))) }",
        &format!("fn names(found) {{ \"{}\" }}", "ก".repeat(30_000)),
        &format!("fn names(found) {{ [{}] }}", "1,".repeat(3_000)),
        "fn names(found) { found } fn names(other) { other }",
    ] {
        pages.push(printed(load_rule(rest).faults()));
    }
    snapshot("faults-syntax", &pages.join("\n\n"));
}

#[test]
fn a_pack_is_checked_beyond_its_keys() {
    let text = PACK
        .replace("year: 2564", "year: 2565, inherits: 2566")
        .replace("weight: 1", "weight: 0.4")
        .replace("[\"O1\"]", "[\"O1\", \"O1\", \"../O2\"]")
        .replace("from: 0 }", "from: 90 }");
    let faults = load(&[("2564/pack.rhai", &text)]).err().unwrap();
    snapshot("faults-pack", &printed(&faults));
    let faults = load(&[(
        "2564/pack.rhai",
        "const PACK = #{ year: \"2564\", tool: [] };",
    )])
    .err()
    .unwrap();
    snapshot("faults-pack-keys", &printed(&faults));
}

#[test]
fn what_is_missing_is_named() {
    let missing_year = Pack::load(FiscalYear(2570), &sources(&[]), vocabulary)
        .err()
        .unwrap();
    let no_rule = load(&[("2564/O44.rhai", &rule(""))]).unwrap();
    assert_eq!(no_rule.rules[0].item, "O1");
    assert_eq!(no_rule.rules[0].rule.title, "O1");
    let orphan = PACK.replace("year: 2564", "year: 2564, inherits: 2563");
    let orphan = load(&[("2564/pack.rhai", &orphan)]).err().unwrap();
    let no_data = load(&[("2564/O1.rhai", "fn locate(site) { site }")]).unwrap();
    let pages = [
        printed(&missing_year),
        printed(no_rule.faults()),
        printed(&orphan),
        printed(no_data.faults()),
    ];
    snapshot("faults-missing", &pages.join("\n\n"));
}

#[test]
fn a_bad_rule_leaves_the_others_alone() {
    let pack = PACK.replace("[\"O1\"]", "[\"O1\", \"O2\"]");
    let pack = load(&[
        ("2564/pack.rhai", &pack),
        ("2564/O1.rhai", "const RULE = "),
        (
            "2564/O2.rhai",
            &rule(&format!("{LOCATE}fn names(found) {{ met(\"พบ\", found) }}")),
        ),
    ])
    .unwrap();
    let (bad, good) = (&pack.rules[0], &pack.rules[1]);
    assert_eq!(bad.faults.len(), 1);
    assert!(pack.call(bad, "names", vec![place()]).is_err());
    assert_eq!(
        pack.call(good, "names", vec![place()]).unwrap().to_string(),
        "met พบ"
    );
    assert_eq!((good.item.as_str(), good.group.as_str()), ("O2", "9.1"));
}

#[test]
fn a_failure_while_running_says_where_and_who_called() {
    let wrong_type = "fn names(found) {\n    ตรวจ(found)\n}\nprivate fn ตรวจ(found) {\n    let ที่นี่ = found; met(5, ที่นี่)\n}\n";
    let in_lib = load(&[
        ("2564/O1.rhai", &rule(&format!("{LOCATE}fn names(found) {{ people::count(5) }}\n"))),
        ("2564/lib/people.rhai", "fn count(found) {\n    inner(found)\n}\nprivate fn inner(found) {\n    found.people\n}\n"),
    ])
    .unwrap();
    let in_lib = in_lib
        .call(&in_lib.rules[0], "names", vec![place()])
        .err()
        .unwrap();
    assert_eq!(in_lib.file, "2564/lib/people.rhai");
    assert_eq!(in_lib.called_from.len(), 2);
    let pages = [
        run(wrong_type),
        in_lib.to_string(),
        run("fn names(found) { found.people.filter(|person| person.find([])); 1 }"),
        run("fn names(found) { for i in range(1, 5, 0) { } }"),
        run("fn names(found) { let a = [1]; a[7] }"),
        run("fn names(found) { if found { 1 } else { 2 } }"),
        run("fn names(found) { 1 / 0 }"),
        run("fn names(found) { let a = [1]; a.filter(|n| n == a.len) }"),
        run("fn names(found) { throw \"ผู้เขียนกฎหยุดเอง\" }"),
    ];
    snapshot("faults-running", &pages.join("\n\n"));
}

#[test]
fn a_rule_always_ends() {
    let endless = "fn names(found) {\n    for i in 0..9000000000 { }\n}";
    let endless_closure = "fn names(found) {\n    let all = []; for i in 0..2000 { all.push(i); }\n    for i in 0..2000 { all.filter(|n| n > i && n != i + 1); }\n}";
    let doubling =
        "fn names(found) { let text = \"กขคง\"; for i in 0..64 { text += text; } text.len }";
    let bomb = "fn names(found) { let text = \"\"; text.pad(60000, 'x'); let copy = text; text.replace(\"x\", copy); text.len }";
    let filling = "fn names(found) { let list = []; for i in 0..5000 { list.push(i); } list.len }";
    let nesting =
        "fn names(found) { let list = [1]; for i in 0..64 { list = [list, list]; } list.len }";
    let deep = "fn names(found) { names(found) }";
    let deep_closures = "fn names(found) { [1].map(|n| names(found)) }";
    let pages = [
        endless,
        endless_closure,
        doubling,
        bomb,
        filling,
        nesting,
        deep,
        deep_closures,
    ]
    .map(run);
    snapshot("faults-limits", &pages.join("\n\n"));
}

#[test]
fn a_rule_reaches_nothing_outside() {
    for name in [
        "timestamp()",
        "sleep(1)",
        "exit()",
        "parse_json(\"{}\")",
        "rand()",
        "read(\"/etc/hosts\")",
        "http(\"https://example.go.th\")",
    ] {
        let pack = load_rule(&format!("fn names(found) {{ {name} }}"));
        let [fault] = pack.faults()[..] else {
            panic!("{name}: {}", printed(pack.faults()))
        };
        assert!(fault.message.starts_with("ไม่รู้จักคำสั่ง"), "{name}: {fault}");
    }
    for word in [
        "eval(\"1\")",
        "Fn(\"eval\")",
        "loop { }",
        "do { } while true",
        "this",
        "export found",
    ] {
        let pack = load_rule(&format!("fn names(found) {{ {word} }}"));
        assert_eq!(pack.faults().len(), 1, "{word}: {}", printed(pack.faults()));
    }
}

#[test]
fn one_call_leaves_nothing_for_the_next() {
    let pack = load_rule(
        "const LIST = [1];\nfn names(found) { let list = global::LIST; list.push(2); let people = found.people; people.clear(); met(`${list.len} ${found.people.len}`, found) }",
    );
    let call = || {
        pack.call(&pack.rules[0], "names", vec![place()])
            .unwrap()
            .to_string()
    };
    assert_eq!(
        (call(), call()),
        ("met 2 2".to_owned(), "met 2 2".to_owned())
    );
}

#[test]
fn one_pack_serves_many_threads() {
    let pack = load_rule("fn names(found) { met(`${found.people.len}`, found) }");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let answer = pack.call(&pack.rules[0], "names", vec![place()]).unwrap();
                assert_eq!(answer.to_string(), "met 2");
            });
        }
    });
}

#[test]
fn the_same_rule_takes_the_same_fuel() {
    let pack = load_rule(
        "fn names(found) { let n = 0; for i in 0..100 { n += found.people.filter(|person| person != \"ก\").len; } met(`${n}`, found) }",
    );
    let spent = || {
        assert!(pack.call(&pack.rules[0], "names", vec![place()]).is_ok());
        sandbox::fuel_spent()
    };
    let (first, second) = (spent(), spent());
    assert_eq!(first, second);
    assert!((1000..10_000).contains(&first), "{first}");
}

fn years() -> BTreeMap<String, String> {
    let pack =
        |year: &str, items: &str| PACK.replace("year: 2564", year).replace("[\"O1\"]", items);
    let says = |word: &str| {
        rule(&format!(
            "{LOCATE}fn names(found) {{ met(\"{word} \" + words::name(), found) }}"
        ))
    };
    let words = |name: &str| format!("{WORDS}fn name() {{ \"คำปี {name}\" }}");
    let files = [
        ("2564/pack.rhai", pack("year: 2564", r#"["O1", "O2"]"#)),
        ("2564/O1.rhai", says("O1 ปี 2564")),
        ("2564/O2.rhai", says("O2 ปี 2564")),
        ("2564/lib/words.rhai", words("2564")),
        (
            "2565/pack.rhai",
            pack("year: 2565, inherits: 2564", r#"["O1", "O2"]"#),
        ),
        ("2565/O1.rhai", says("O1 ปี 2565")),
        (
            "2566/pack.rhai",
            pack(
                "year: 2566, inherits: 2565",
                r##"["O1", #{ item: "O7", rule: "2564/O1" }, #{ item: "O9", rule: "2566/O2" }]"##,
            ),
        ),
        ("2566/lib/words.rhai", words("2566")),
    ];
    files.map(|(file, text)| (file.to_owned(), text)).into()
}

fn answers(year: i16, sources: &Sources) -> Vec<String> {
    let pack = Pack::load(FiscalYear(year), sources, vocabulary).unwrap();
    assert!(pack.faults().is_empty(), "{}", printed(pack.faults()));
    let answer = |rule| pack.call(rule, "names", vec![place()]).unwrap().to_string();
    pack.rules
        .iter()
        .map(|rule| format!("{} {} {}", rule.item, rule.file, answer(rule)))
        .collect()
}

#[test]
fn a_year_uses_the_nearest_file_and_the_newest_words() {
    let sources = Sources::Memory(years());
    assert_eq!(
        answers(2565, &sources),
        [
            "O1 2565/O1.rhai met O1 ปี 2565 คำปี 2564",
            "O2 2564/O2.rhai met O2 ปี 2564 คำปี 2564",
        ]
    );
    assert_eq!(
        answers(2566, &sources),
        [
            "O1 2565/O1.rhai met O1 ปี 2565 คำปี 2566",
            "O7 2564/O1.rhai met O1 ปี 2564 คำปี 2566",
            "O9 2564/O2.rhai met O2 ปี 2564 คำปี 2566",
        ]
    );
}

#[test]
fn an_outline_is_never_inherited() {
    let mut files = years();
    files.insert(
        "2565/pack.rhai".into(),
        "const PACK = #{ year: 2565, inherits: 2564 };".into(),
    );
    let faults = Pack::load(FiscalYear(2565), &Sources::Memory(files), vocabulary)
        .err()
        .unwrap();
    assert!(
        faults.iter().any(|fault| fault.message.contains("tools")),
        "{}",
        printed(&faults)
    );
}

#[test]
fn a_folder_is_read_like_the_rest_and_nothing_is_mixed_in() {
    let dir = std::env::temp_dir().join(format!("prongsai-packs-{}", std::process::id()));
    for (file, text) in years() {
        let path = dir.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let folder = Sources::Dir(dir.clone());
    assert_eq!(
        answers(2566, &folder),
        answers(2566, &Sources::Memory(years()))
    );
    let of = |sources: &Sources| {
        Pack::load(FiscalYear(2565), sources, vocabulary)
            .unwrap()
            .digest()
            .to_owned()
    };
    assert_eq!(of(&folder), of(&Sources::Memory(years())));
    std::fs::write(dir.join("2565/O1.rhai"), [0xff, 0xfe]).unwrap();
    std::fs::write(
        dir.join("2564/O2.rhai"),
        " ".repeat(sandbox::FILE_LIMIT + 1),
    )
    .unwrap();
    let pack = Pack::load(FiscalYear(2565), &folder, vocabulary).unwrap();
    assert_eq!(pack.faults().len(), 2, "{}", printed(pack.faults()));
    std::fs::remove_file(dir.join("2564/pack.rhai")).unwrap();
    assert!(Pack::load(FiscalYear(2565), &folder, vocabulary).is_err());
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn the_digest_follows_every_file_that_is_used() {
    let digest = |change: &str| {
        let mut files = years();
        if let Some(text) = files.get_mut(change) {
            text.push_str("\n// ");
        }
        Pack::load(FiscalYear(2566), &Sources::Memory(files), vocabulary)
            .unwrap()
            .digest()
            .to_owned()
    };
    let same = digest("");
    assert_eq!(same.len(), 64);
    for used in [
        "2566/pack.rhai",
        "2565/O1.rhai",
        "2564/O2.rhai",
        "2566/lib/words.rhai",
    ] {
        assert_ne!(digest(used), same, "{used}");
    }
    assert_eq!(digest("2564/lib/words.rhai"), same, "hidden by 2566's");
}

#[test]
fn libs_call_each_other_in_any_order() {
    let pack = load(&[
        ("2564/O1.rhai", &rule(&format!("{LOCATE}fn names(found) {{ met(a::first(3), found) }}"))),
        ("2564/lib/a.rhai", "fn first(n) { b::second(n) }"),
        ("2564/lib/b.rhai", "const END = \"จบ\";\nfn second(n) { if n == 0 { global::END } else { a::first(n - 1) } }"),
    ])
    .unwrap();
    assert!(pack.faults().is_empty(), "{}", printed(pack.faults()));
    assert_eq!(
        pack.call(&pack.rules[0], "names", vec![place()])
            .unwrap()
            .to_string(),
        "met จบ"
    );
}

#[test]
fn hostile_files_end_in_a_fault() {
    let deep = |open: &str, close: &str| {
        format!(
            "fn names(found) {{ {}1{} }}",
            open.repeat(9_000),
            close.repeat(9_000)
        )
    };
    for rest in [
        deep("(", ")"),
        deep("[", "]"),
        deep("{", "}"),
        deep("#{a:", "}"),
        deep("if true {", "}"),
        deep("|x| ", ""),
        deep("`${", "}`"),
        deep("!", ""),
        format!("fn names(found) {{ {} oops(found) }}", " ".repeat(100_000)),
        format!("{}fn names(found) {{ oops(found) }}", "\n".repeat(100_000)),
        "fn a(b) { b } ".repeat(500),
        (0..100)
            .map(|n| format!("private fn f{n}(x) {{ x }}\n"))
            .collect(),
        "/*".repeat(50_000),
        "\"".to_owned(),
        "\u{0}\u{feff}\u{200b}ำ".to_owned(),
    ] {
        let pack = load_rule(&rest);
        assert!(!pack.faults().is_empty(), "{:.60}", rest);
        assert!(
            printed(pack.faults())
                .lines()
                .all(|line| line.chars().count() < 600)
        );
    }
}

#[test]
fn a_fault_about_an_answer_points_at_its_function() {
    let pack = load_rule("fn names(found) { 5 }");
    let fault = pack.fault(&pack.rules[0], "names", "ต้องตอบ met, unmet หรือ unsure");
    assert_eq!((fault.line, fault.column), (9, 4));
}

/// An outline as a table: what a year asks for, in a form a reviewer can read.
fn outline(year: i16) -> String {
    let pack = Pack::load(
        FiscalYear(year),
        &Sources::Embedded,
        prongsai::rules::vocabulary::register,
    )
    .unwrap();
    let mut lines = vec![format!(
        "{year}, measures below {}",
        pack.outline.measure_below
    )];
    for tool in &pack.outline.tools {
        lines.push(format!("{} {} {}", tool.id, tool.weight, tool.title));
        for indicator in &tool.indicators {
            lines.push(format!("  {} {}", indicator.id, indicator.title));
            if let Some(measure) = &indicator.measure {
                let steps = measure.steps.join(" / ");
                lines.push(format!("    {}: {steps}", measure.title));
            }
            for group in &indicator.groups {
                let items: Vec<&str> = group.items.iter().map(|item| item.item()).collect();
                lines.push(format!(
                    "    {} {}: {}",
                    group.id,
                    group.title,
                    items.join(" ")
                ));
            }
        }
    }
    for grade in &pack.outline.grades {
        lines.push(format!(
            "{} from {} {}",
            grade.grade, grade.from, grade.gloss
        ));
    }
    lines.join("\n")
}

#[test]
fn the_shipped_outlines_hold_43_items() {
    for year in [2564, 2565] {
        let pack = Pack::load(
            FiscalYear(year),
            &Sources::Embedded,
            prongsai::rules::vocabulary::register,
        )
        .unwrap();
        let items: Vec<&str> = pack.rules.iter().map(|rule| rule.item.as_str()).collect();
        let expected: Vec<String> = (1..=43).map(|n| format!("O{n}")).collect();
        assert_eq!(items, expected);
        let count = |group: &str| pack.rules.iter().filter(|rule| rule.group == group).count();
        let groups = ["9.1", "9.2", "9.3", "9.4", "9.5", "10.1", "10.2"].map(count);
        assert_eq!(groups, [9, 8, 7, 4, 5, 8, 2]);
        snapshot(&format!("outline-{year}"), &outline(year));
    }
}

#[test]
fn a_closure_that_a_lib_runs_is_blamed_on_its_own_file() {
    let calls = "fn names(found) {\n    let z = 1;\n    people::each(found, |person| person.find([z]))\n}\n";
    let pack = load(&[
        ("2564/O1.rhai", &rule(&format!("{LOCATE}{calls}"))),
        (
            "2564/lib/people.rhai",
            "fn each(found, test) {\n    for person in found.people { test.call(person); }\n}\n",
        ),
    ])
    .unwrap();
    let fault = pack
        .call(&pack.rules[0], "names", vec![place()])
        .err()
        .unwrap();
    assert_eq!((fault.file.as_str(), fault.line), ("2564/O1.rhai", 11));
    assert_eq!(fault.called_from[0].file, "2564/lib/people.rhai");
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 100, failure_persistence: None, ..Default::default() })]

    /// Values shared with closures, values holding themselves, sizes that grow: all end in an answer or a fault.
    #[test]
    fn no_script_brings_the_host_down(steps in proptest::collection::vec(0..STEPS.len(), 1..14)) {
        let body: String = steps.iter().map(|step| STEPS[*step]).collect();
        let pack = load_rule(&format!(
            "fn names(found) {{ let a = [1]; let m = #{{ x: 1 }}; let s = \"ก\"; let f = |v| v; {body} a }}"
        ));
        proptest::prop_assert!(pack.faults().is_empty(), "{}", printed(pack.faults()));
        let _ = pack.call(&pack.rules[0], "names", vec![place()]);
    }
}

const STEPS: [&str; 32] = [
    "f = |v| a; ",
    "f = |v| { a.push(v); m.x = a; a }; ",
    "f = |v| m; ",
    "a.push(a); ",
    "a.push(f); ",
    "a.push(m); ",
    "m.x = a; ",
    "m.x = m; ",
    "m.x = f; ",
    "m[s] = s; ",
    "a = [a, m, s]; ",
    "a += a; ",
    "s += `${a} ${m}`; ",
    "s += s; ",
    "s.pad(60000, 'ก'); ",
    "s.replace(\"ก\", s); ",
    "s = s.sub_string(1, 5); ",
    "s = s.split(\"\").len.to_string(); ",
    "f.call(1); ",
    "f.call(a); ",
    "a.map(f); ",
    "a.filter(|v| v == a); ",
    "a.sort(); ",
    "a.dedup(); ",
    "for q in a { a.push(q); } ",
    "for q in 0..50 { f.call(q); } ",
    "a.map(|v| { a.push(v); a.len }); ",
    "a[0] = a; ",
    "a == a; m == m; ",
    "a.reduce(|x, y| [x, y]); ",
    "m.keys().contains(s); ",
    "m.mixin(m); a.splice(0, 1, a); ",
];
