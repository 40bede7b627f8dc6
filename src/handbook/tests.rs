//! The handbook of a small pack word for word; that of the shipped rules by what it must hold.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Options, Parser, Tag};
use scraper::{Html, Selector};

use super::*;
use crate::rules::pack::Sources;
use crate::rules::vocabulary;
use crate::year::FiscalYear;

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

const RULE: &str = r#"const RULE = #{
    title: "โครงสร้าง", source: "คู่มือ",
    criteria: [
        #{ id: "shown", asks: "แสดงโครงสร้าง", fix: "เผยแพร่โครงสร้าง", basis: "official" },
        #{ id: "parts", asks: "แบ่งส่วนงาน", fix: "ระบุส่วนงาน", basis: "single", reason: "missing" },
    ],
    measure: #{ title: "มาตรการ", owner: "สำนักปลัด", period: "ภายใน 15 วัน", follow_up: "รายงาน" },
};

fn locate(site) { site.find(["โครงสร้าง"]) }

fn shown(found) { met("แสดงโครงสร้าง", found) }

fn parts(found) {
    let parts = found.mentioning(["กอง + สำนัก"]);
    if !parts.is_empty { return met("แบ่งเป็นกองและสำนัก", parts); }
    unmet("ไม่เห็นส่วนงาน", found)
}
"#;

const CASE: &str = "case: มีแต่กอง\nmet: shown\nunmet: parts\n\n== /chart โครงสร้าง\nกองคลังมีหน้าที่รับและจ่ายเงินขององค์การบริหารส่วนตำบล\n";

fn sources(changes: &[(&str, &str)]) -> Sources {
    let files = [
        ("2564/pack.rhai", PACK),
        ("2564/O1.rhai", RULE),
        ("2564/cases/O1/parts.txt", CASE),
    ];
    let all = files.iter().chain(changes);
    Sources::Memory(
        all.map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
            .collect(),
    )
}

fn book(sources: &Sources) -> Handbook {
    let numbers: Vec<FiscalYear> = sources.years().into_iter().rev().collect();
    let years = numbers.iter().map(|year| {
        let pack = Pack::load(*year, sources, vocabulary::register).unwrap();
        let trial = Trial::of(sources, &pack, &[], true);
        Year { pack, trial }
    });
    Handbook {
        commands: vec![Command {
            name: "test".to_owned(),
            about: "ทดสอบกฎ".to_owned(),
            example: "prongsai test O1".to_owned(),
        }],
        words: vocabulary::words(),
        usage: Usage::of(sources, &numbers, vocabulary::register),
        years: years.collect(),
    }
}

/// What a reader of the Markdown sees, code and text alike, and where its links lead.
fn read(markdown: &str) -> (String, BTreeSet<String>) {
    let mut seen = String::new();
    let mut targets = BTreeSet::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(words) | Event::Code(words) => seen.push_str(&words),
            Event::Start(Tag::Link { dest_url, .. }) => {
                targets.insert(dest_url.into_string());
            }
            Event::Start(_) => seen.push('\n'),
            _ => {}
        }
    }
    (seen, targets)
}

#[test]
fn a_small_packs_handbook_reads_so() {
    let mut book = book(&sources(&[]));
    let kept = [
        ("Places", "mentioning"),
        ("Places", "is_empty"),
        ("", "met"),
        ("Year", "next"),
    ];
    book.words
        .retain(|word| kept.contains(&(word.of.as_str(), word.name.as_str())));
    let text = markdown(&book);
    // The chapters that are the same for every pack stand in files of their own.
    let own: String = [
        text.split("## <a id=\"making\">").next().unwrap(),
        text.split_once("## <a id=\"commands\">").unwrap().1,
    ]
    .join("…\n\n");
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("handbook", own);
    });
}

#[test]
fn the_same_rules_give_the_same_bytes() {
    let twice = [(); 2].map(|()| {
        let book = book(&sources(&[]));
        (markdown(&book), html(&book).unwrap())
    });
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn what_rules_and_cases_say_cannot_become_markup() {
    let evil = "<script>alert(1)</script> [ก](javascript:x) **ข** `ค` | ง &lt; <a id='x'>";
    let title = RULE
        .replace("แบ่งส่วนงาน", &evil.replace('"', ""))
        .replace("ไม่เห็นส่วนงาน", evil);
    let case = CASE.replace("มีแต่กอง", evil);
    let files = [
        ("2564/O1.rhai", title.as_str()),
        ("2564/cases/O1/parts.txt", &case),
    ];
    let book = book(&sources(&files));
    let text = markdown(&book);
    let (seen, targets) = read(&text);
    assert_eq!(
        seen.matches(evil).count(),
        4,
        "asks, title, sentence and the line of the rule, letter by letter"
    );
    assert!(
        targets.iter().all(|target| target.starts_with('#')),
        "{targets:?}"
    );
    let page = html(&book).unwrap();
    assert!(!page.contains("<script"), "a sentence became a script");
    let parsed = Html::parse_document(&page);
    let links = Selector::parse("a[href]").unwrap();
    let mut links = parsed.select(&links).filter_map(|link| link.attr("href"));
    assert!(links.all(|link| link.starts_with('#')));
    let shown: String = parsed.root_element().text().collect();
    assert_eq!(shown.matches(evil).count(), 4);
}

#[test]
fn html_that_is_no_anchor_is_shown_as_text() {
    let page = html::body("<div onclick=x>\n\nก <img src=x> <a id=\"ok\"></a>ข\n");
    assert!(!page.contains("<div") && !page.contains("<img"), "{page}");
    assert!(
        page.contains("&lt;img src=x&gt;") && page.contains("<a id=\"ok\"></a>"),
        "{page}"
    );
}

#[test]
fn a_broken_rule_and_a_broken_case_are_told_and_the_rest_is_written() {
    let rule = RULE.replace("found.mentioning", "found.mentionin");
    let files = [
        ("2564/O1.rhai", rule.as_str()),
        ("2564/cases/O1/odd.txt", "case: ก\n"),
    ];
    let text = markdown(&book(&sources(&files)));
    assert!(
        text.contains("กฎข้อนี้ยังใช้ไม่ได้") && text.contains("mentionin"),
        "{text}"
    );
    assert!(text.contains("ที่เขียนผิด") && text.contains("odd.txt"));
}

/// Every word, item, criterion and case of the shipped rules is there, and every link leads somewhere.
#[test]
fn the_shipped_rules_are_told_whole() {
    let book = book(&Sources::Embedded);
    let text = markdown(&book);
    let (seen, _) = read(&text);
    for word in &book.words {
        assert!(
            seen.contains(&word.doc),
            "{}.{}: {}",
            word.of,
            word.name,
            word.doc
        );
        assert!(
            text.contains(&format!("id=\"word-{}", mark::id(&[&word.of]))) || word.of.is_empty()
        );
    }
    for function in book.usage.libs.iter().flat_map(|lib| &lib.functions) {
        assert!(seen.contains(&function.doc), "{}", function.name);
    }
    let page = html(&book).unwrap();
    let parsed = Html::parse_document(&page);
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for named in parsed.select(&Selector::parse("[id]").unwrap()) {
        *ids.entry(named.attr("id").unwrap()).or_default() += 1;
    }
    let twice: Vec<_> = ids.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "anchors that stand twice: {twice:?}");
    for link in parsed.select(&Selector::parse("a[href]").unwrap()) {
        let target = link.attr("href").unwrap();
        assert!(
            ids.contains_key(target.strip_prefix('#').unwrap()),
            "{target} leads nowhere"
        );
    }
    let (mut items, mut cases) = (0, 0);
    for year in &book.years {
        let number = year.number();
        for rule in &year.pack.rules {
            items += 1;
            let own = format!("y{number}-{}", rule.item);
            assert!(ids.contains_key(own.as_str()), "{own}");
            for criterion in &rule.rule.criteria {
                assert!(seen.contains(&criterion.asks), "{own} {}", criterion.id);
                assert!(seen.contains(&criterion.fix), "{own} {}", criterion.id);
            }
        }
        for one in &year.trial.tried {
            cases += 1;
            let own = mark::id(&[
                &format!("y{number}"),
                &one.case.item,
                "case",
                &one.case.name,
            ]);
            assert!(ids.contains_key(own.as_str()), "{own}");
            assert!(seen.contains(one.case.title.trim()), "{own}");
            for compared in &one.compared {
                assert!(
                    seen.contains(&compared.because),
                    "{own} {}",
                    compared.criterion
                );
            }
        }
    }
    assert!(items >= 86 && cases >= 200, "{items} items, {cases} cases");
}

/// What the first chapters say of words, names and content, tried on a website.
#[test]
fn the_chapters_tell_the_truth() {
    const HOLDS: [(&str, &str); 24] = [
        (
            "a_title_is_no_content",
            "found.named(\"คู่มือประชาชน\").mentioning(\"คู่มือประชาชน\").is_empty",
        ),
        (
            "a_file_holds_its_own_title",
            "!site.find(\"แผนงาน\").mentioning(\"แผนงานประจำปี\").is_empty",
        ),
        (
            "a_part_heading_is_content",
            "!found.mentioning(\"หัวข้อรอง\").is_empty",
        ),
        (
            "a_table_is_content",
            "!found.mentioning(\"ค่าธรรมเนียม\").is_empty",
        ),
        (
            "a_label_of_a_file_is_no_content",
            "found.mentioning(\"เอกสารแนบท้าย\").is_empty",
        ),
        (
            "a_label_is_a_name",
            "!site.find(\"ภาพถ่ายหนังสือ\").named(\"ภาพถ่ายหนังสือ\").is_empty",
        ),
        ("a_name_is_no_content", "found.named(\"ยื่นคำขอ\").is_empty"),
        (
            "about_sees_both",
            "!found.about(\"ยื่นคำขอ\").is_empty && !found.about(\"คู่มือประชาชน\").is_empty",
        ),
        ("words_within_words", "!found.mentioning(\"ไลน์\").is_empty"),
        (
            "departments_within_words",
            "!found.mentioning(\"แผน\").is_empty",
        ),
        ("no_cut_in_a_syllable", "found.mentioning(\"ผล\").is_empty"),
        (
            "both_anywhere",
            "!found.mentioning(\"ค่าธรรมเนียม + ยื่นคำขอ\").is_empty",
        ),
        (
            "both_are_needed",
            "found.mentioning(\"ค่าธรรมเนียม + ขออภัย\").is_empty",
        ),
        (
            "any_of_a_list",
            "!found.mentioning([\"ขออภัย\", \"ยื่นคำขอ\"]).is_empty",
        ),
        (
            "an_amount",
            "!found.mentioning(\"งบ + {จำนวนเงิน}\").is_empty",
        ),
        (
            "thai_digits_in_an_amount",
            "!site.find(\"แผนงาน\").mentioning(\"{จำนวนเงิน}\").is_empty",
        ),
        (
            "digits_alone",
            "found.mentioning(\"25\").is_empty && !found.mentioning(\"2564\").is_empty",
        ),
        (
            "a_short_latin_word_alone",
            "found.mentioning(\"ITA\").is_empty",
        ),
        (
            "spellings",
            "!found.mentioning(\"องค์การบริหารส่วนตำบล\").is_empty",
        ),
        ("spaces", "!found.mentioning(\"ยื่น คำ ขอ\").is_empty"),
        (
            "a_scan_has_no_text",
            "!site.find(\"ภาพถ่ายหนังสือ\").unread.is_empty",
        ),
        ("unlinked_is_refused", "site.find(\"ไม่มีทางไป\").is_empty"),
        (
            "another_agencys_is_refused",
            "site.find(\"ประกาศของที่อื่น\").is_empty",
        ),
        (
            "a_list_gives_way_to_its_rows",
            "site.sections(\"รวมเรื่อง\").len == 1 && site.find(\"รวมเรื่อง\").named(\"รวมเรื่อง\").is_empty",
        ),
    ];
    let criteria: Vec<String> = HOLDS
        .iter()
        .map(|(name, _)| {
            format!("#{{ id: \"{name}\", asks: \"ก\", fix: \"ข\", basis: \"official\" }}")
        })
        .collect();
    let functions: Vec<String> = HOLDS
        .iter()
        .map(|(name, test)| {
            format!("fn {name}(found, site) {{ if {test} {{ met(\"จริง\", found) }} else {{ unmet(\"ไม่จริง\", found) }} }}")
        })
        .collect();
    let rule = format!(
        "const RULE = #{{ title: \"คู่มือ\", source: \"คู่มือ\", criteria: [{}], measure: #{{ title: \"ก\", owner: \"ก\", period: \"ก\", follow_up: \"ก\" }} }};\n\nfn locate(site) {{ site.find([\"คู่มือประชาชน\"]) }}\n\n{}\n",
        criteria.join(", "),
        functions.join("\n")
    );
    let case = "case: ทุกอย่าง\nmet: all\n
== /manual คู่มือประชาชน
ยื่นคำขอได้ทางออนไลน์ ที่แผนกบริการ เผลอลืมได้ ผลิตภัณฑ์ ปี 2564 ของ อบต. บ้านดี งบ 30,000 บาท DIGITAL

## หัวข้อรอง

| ขั้นตอน | ค่าธรรมเนียม |
|---|---|
| ตรวจ | 10 |

[เอกสารแนบท้าย](/form.pdf)

== /form.pdf
แบบคำร้องทั่วไป

== /plan.pdf แผนงาน
แผนงานประจำปี
ใช้ ๑,๒๐๐.๕๐ บาท

== /scan.pdf ภาพถ่ายหนังสือ (scan)

== /alone ไม่มีทางไป (unlinked)
ข้อความ

== /other.pdf ประกาศของที่อื่น
ประกาศองค์การบริหารส่วนตำบลบ้านไกล อำเภอเมืองยะลา จังหวัดยะลา
เรื่อง การใช้จ่าย

== /list รวมเรื่อง
- [เรื่องที่หนึ่ง](/one)
- [เรื่องที่สอง](/two)

== /one เรื่องที่หนึ่ง
ข้อความหนึ่งที่ยาวพอจะเป็นเนื้อหา

== /two เรื่องที่สอง
ข้อความสองที่ยาวพอจะเป็นเนื้อหา
";
    let files = [
        ("2564/O1.rhai", rule.as_str()),
        ("2564/cases/O1/parts.txt", case),
    ];
    let book = book(&sources(&files));
    let trial = &book.years[0].trial;
    let faults = book.years[0].pack.faults();
    assert!(
        faults.is_empty() && trial.faults.is_empty(),
        "{faults:?} {:?}",
        trial.faults
    );
    let one = &trial.tried[0];
    assert!(
        one.verdict.faults.is_empty(),
        "{}",
        one.verdict.faults.join("\n")
    );
    assert_eq!(one.compared.len(), HOLDS.len());
    let wrong: Vec<&str> = one
        .compared
        .iter()
        .filter(|it| it.standing != Standing::Right)
        .map(|it| it.criterion.as_str())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
