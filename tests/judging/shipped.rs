//! The packs that come with the program, on sites that hold nothing, little, and everything in the wrong place.

use std::sync::Arc;

use prongsai::agency::AgencyKind;
use prongsai::judge::{Decision, judge};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary::{self, Answer, SiteView};
use prongsai::site::Site;
use prongsai::year::FiscalYear;
use rhai::Dynamic;

use crate::web::{Web, ask, list, prose};

fn shipped() -> [Pack; 2] {
    [2564, 2565]
        .map(|year| Pack::load(FiscalYear(year), &Sources::Embedded, vocabulary::register).unwrap())
}

fn told<T: ToString>(faults: impl IntoIterator<Item = T>) -> String {
    let faults: Vec<String> = faults.into_iter().map(|fault| fault.to_string()).collect();
    faults.join("\n")
}

/// A page of text, a table, people, a form, a readable file, a scan, a dead link and a link to elsewhere.
fn small() -> Arc<Site> {
    let table =
        "<table><tr><th>เดือน</th><th>จำนวน</th></tr><tr><td>ตุลาคม</td><td>3</td></tr></table>";
    let form = "<form method=post action=/send><input type=text name=a><textarea name=b></textarea></form>";
    let person =
        "<div class=card><img src=1.jpg><p>นายสม ใจดี</p><p>นายกองค์การบริหารส่วนตำบลบ้านดี</p></div>";
    let files = list(&[
        ("plan.docx", "แผนปี 2564"),
        ("report.jpg", "รายงานปี 2563"),
        ("gone", "เอกสารหาย"),
    ]);
    Web::linking(&[
        ("a", "เรื่องหนึ่ง"),
        ("b", "เรื่องสอง"),
        ("https://www.facebook.com/bandee", "เฟซบุ๊ก"),
    ])
    .page("a", "เรื่องหนึ่ง", &format!("{}{table}{form}", prose()))
    .page("b", "เรื่องสอง", &format!("{person}{files}"))
    .file("plan.docx", "ประจำปีงบประมาณ พ.ศ. 2564\nงบประมาณ 100 บาท")
    .scan("report.jpg")
    .gone("gone")
    .site()
}

#[test]
fn they_load_without_a_single_fault() {
    for pack in shipped() {
        assert!(pack.faults().is_empty(), "{}", told(pack.faults()));
        assert!(pack.rules.iter().all(|rule| !rule.rule.criteria.is_empty()));
    }
}

#[test]
fn an_empty_site_passes_nothing_and_breaks_nothing() {
    for pack in shipped() {
        for verdict in judge(&pack, &Web::new("").site()) {
            assert!(verdict.faults.is_empty(), "{}", told(&verdict.faults));
            assert_eq!(verdict.verdict, Decision::Fail, "{}", verdict.id);
        }
        for verdict in judge(&pack, &Web::new("").stopped().site()) {
            assert_ne!(verdict.verdict, Decision::Pass, "{}", verdict.id);
        }
    }
}

#[test]
fn a_small_site_is_judged_without_a_fault_whoever_it_belongs_to() {
    for pack in shipped() {
        for kind in [AgencyKind::Tambon, AgencyKind::Central, AgencyKind::Unknown] {
            let site = Web::linking(&[("a", "เรื่องหนึ่ง")]).page("a", "เรื่องหนึ่ง", &prose());
            for verdict in judge(&pack, &site.site_of(kind)) {
                assert!(verdict.faults.is_empty(), "{}", told(&verdict.faults));
            }
        }
    }
}

/// Every function of every rule, given what it would be given, whatever `locate` found: each answers, none fails.
#[test]
fn every_criterion_answers_about_whatever_is_found() {
    let site = small();
    let sets: Vec<Dynamic> = [
        "site.home",
        "site.furniture",
        r#"site.sections(["เรื่องหนึ่ง"])"#,
        r#"site.find(["เรื่องสอง"])"#,
        r#"site.find(["แผนปี"])"#,
        r#"site.find(["รายงานปี"])"#,
        r#"site.off_site(["facebook.com"])"#,
        r#"site.home + site.find(["เรื่อง", "แผนปี", "รายงานปี"])"#,
    ]
    .map(|expression| {
        assert!(
            !ask::<bool>(&site, &format!("({expression}).is_empty")),
            "{expression}"
        );
        ask(&site, expression)
    })
    .into();
    for pack in shipped() {
        let view = SiteView {
            site: site.clone(),
            year: pack.outline.year,
        };
        for rule in &pack.rules {
            for criterion in &rule.rule.criteria {
                for set in &sets {
                    let asked = vec![set.clone(), Dynamic::from(view.clone())];
                    let answer = pack.call(rule, &criterion.id, asked);
                    let answer = answer.unwrap_or_else(|fault| panic!("{fault}"));
                    assert!(
                        answer.is::<Answer>(),
                        "{} {}: {}",
                        rule.file,
                        criterion.id,
                        answer.type_name()
                    );
                }
            }
        }
    }
}
