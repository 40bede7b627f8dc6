//! What an item comes to, and why it does not pass.

use prongsai::agency::AgencyKind;
use prongsai::judge::Decision;
use prongsai::rules::answer::Outcome;
use prongsai::rules::rule::Reason;

use crate::web::{Web, pack, prose, verdict};

const LOCATE: &str = "fn locate(site) { site.find([\"แผนงาน\"]) }\n";

/// There is a plan that a machine can read, it is of the year, and it names a sum.
const RULE: &str = r#"
fn present(found) {
    let unread = found.unread;
    if !unread.is_empty { return unsure(unread.why_unread, unread); }
    met("มีแผนงาน", found)
}
fn in_year(found, site) {
    let at = found.of_year(site.year);
    if !at.is_empty { return met("เป็นของปีนี้", at); }
    unmet("เป็นของปีอื่น", found)
}
fn money(found) {
    let at = found.mentioning(["วงเงิน"]);
    if !at.is_empty { return met("บอกวงเงิน", at); }
    unmet("ไม่บอกวงเงิน", found)
}
"#;

const CRITERIA: [(&str, &str); 3] = [
    ("present", ""),
    ("in_year", ", reason: \"off_year\""),
    ("money", ""),
];

fn judged(web: &Web) -> prongsai::judge::Verdict {
    let pack = pack(&CRITERIA, &format!("{LOCATE}{RULE}"));
    let faults: Vec<String> = pack.faults().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    verdict(&pack, &web.site())
}

fn plan(text: &str) -> Web {
    Web::linking(&[("plan.docx", "แผนงาน")]).file("plan.docx", text)
}

#[test]
fn every_criterion_met_is_a_pass() {
    let verdict = judged(&plan("ประจำปีงบประมาณ พ.ศ. 2564 วงเงิน 100 บาท"));
    assert_eq!((verdict.verdict, verdict.reason), (Decision::Pass, None));
    assert_eq!(verdict.evidence[0].url, "http://bandee.go.th/plan.docx");
    assert!(verdict.near_misses.is_empty() && verdict.faults.is_empty());
}

#[test]
fn what_is_not_on_a_whole_site_is_missing() {
    let verdict = judged(&Web::linking(&[("a", "เรื่องอื่น")]).page("a", "เรื่องอื่น", &prose()));
    assert_eq!(
        (verdict.verdict, verdict.reason),
        (Decision::Fail, Some(Reason::Missing))
    );
    assert_eq!(verdict.summary, "ไม่พบ “แผนงาน” บนเว็บไซต์");
}

#[test]
fn what_a_stopped_crawl_did_not_find_is_unsure() {
    let verdict = judged(&Web::new("").stopped());
    assert_eq!(
        (verdict.verdict, verdict.reason),
        (Decision::Unsure, Some(Reason::NeedsPerson))
    );
    assert!(
        verdict.summary.contains("เก็บข้อมูลเว็บไซต์ไม่ครบ"),
        "{}",
        verdict.summary
    );
}

#[test]
fn what_a_stopped_crawl_did_find_is_judged() {
    let verdict = judged(&plan("ประจำปีงบประมาณ พ.ศ. 2564 วงเงิน 100 บาท").stopped());
    assert_eq!(verdict.verdict, Decision::Pass);
}

#[test]
fn a_broken_link_makes_the_item_unreachable() {
    let verdict = judged(&Web::linking(&[("plan", "แผนงาน")]).gone("plan"));
    assert_eq!(
        (verdict.verdict, verdict.reason),
        (Decision::Fail, Some(Reason::Unreachable))
    );
    assert_eq!(verdict.summary, "เว็บไซต์มีลิงก์ “แผนงาน” แต่ลิงก์เสีย (404)");
    assert_eq!(verdict.evidence[0].url, "http://bandee.go.th/plan");
}

#[test]
fn another_year_alone_is_off_year_and_a_near_miss() {
    let verdict = judged(&plan("ประจำปีงบประมาณ พ.ศ. 2563 วงเงิน 100 บาท"));
    assert_eq!(
        (verdict.verdict, verdict.reason),
        (Decision::Fail, Some(Reason::OffYear))
    );
    assert_eq!(verdict.near_misses[0].lacks, "เป็นของปีอื่น");
}

#[test]
fn other_lacks_are_incomplete_with_or_without_another_year() {
    for year in ["2564", "2563"] {
        let verdict = judged(&plan(&format!("ประจำปีงบประมาณ พ.ศ. {year} ของตำบล")));
        assert_eq!(
            (verdict.verdict, verdict.reason),
            (Decision::Fail, Some(Reason::Incomplete)),
            "{year}"
        );
    }
}

#[test]
fn a_scan_that_may_hold_it_is_unreadable_and_not_a_fail() {
    let rule = "fn present(found) { let u = found.unread; if !u.is_empty { return unsure(\"สแกน\", u); } met(\"มี\", found) }";
    let pack = pack(&[("present", "")], &format!("{LOCATE}{rule}"));
    let verdict = verdict(
        &pack,
        &Web::linking(&[("plan.jpg", "แผนงาน")])
            .scan("plan.jpg")
            .site(),
    );
    assert_eq!(
        (verdict.verdict, verdict.reason),
        (Decision::Unsure, Some(Reason::Unreadable))
    );
}

#[test]
fn unmet_outweighs_unsure() {
    let verdict = judged(&Web::linking(&[("plan.jpg", "แผนงาน ปี 2563")]).scan("plan.jpg"));
    assert_eq!(verdict.criteria[0].outcome, Outcome::Unsure);
    assert_eq!(verdict.verdict, Decision::Fail);
}

#[test]
fn what_only_a_person_can_tell_says_so() {
    let pack = pack(
        &[("present", "")],
        &format!("{LOCATE}fn present(found) {{ ask_person(\"ดูเอง\", found) }}"),
    );
    let verdict = verdict(&pack, &plan("เนื้อหา").site());
    assert_eq!(
        (verdict.verdict, verdict.reason),
        (Decision::Unsure, Some(Reason::NeedsPerson))
    );
}

#[test]
fn a_criterion_for_local_government_does_not_ask_a_ministry() {
    let rule = format!(
        "{LOCATE}fn present(found) {{ met(\"มี\", found) }}\nfn council(found) {{ unmet(\"ไม่มีสภา\", found) }}"
    );
    let pack = pack(&[("present", ""), ("council", ", only: \"local\"")], &rule);
    let web = plan("เนื้อหา");
    assert_eq!(verdict(&pack, &web.site()).verdict, Decision::Fail);
    let central = verdict(&pack, &web.site_of(AgencyKind::Central));
    assert_eq!(central.verdict, Decision::Pass);
    assert_eq!(central.criteria[1].outcome, Outcome::NotApplicable);
}

#[test]
fn a_fault_of_one_criterion_leaves_the_others_judged() {
    let rule = format!(
        "{LOCATE}fn present(found) {{ met(\"มี\", found) }}\nfn broken(found) {{ met(\"มี\", found.named([\"ไม่มีชื่อนี้\"])) }}"
    );
    let pack = pack(&[("present", ""), ("broken", "")], &rule);
    let verdict = verdict(&pack, &plan("เนื้อหา").site());
    let outcomes: Vec<Outcome> = verdict.criteria.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, [Outcome::Met, Outcome::Unsure]);
    assert_eq!(
        (verdict.verdict, verdict.reason),
        (Decision::Unsure, Some(Reason::NeedsPerson))
    );
    assert!(
        verdict.faults.len() == 1 && verdict.faults[0].contains("2564/O1.rhai"),
        "{}",
        verdict.faults.join("\n")
    );
}

#[test]
fn a_rule_that_answers_with_something_else_is_at_fault_and_not_the_agency() {
    for rule in [
        format!("{LOCATE}fn present(found) {{ true }}"),
        "fn locate(site) { [] }\nfn present(found) { met(\"มี\", found) }".to_owned(),
        format!("{LOCATE}fn present(found) {{ met(\"มี\", nothing) }}"),
    ] {
        let verdict = verdict(&pack(&[("present", "")], &rule), &plan("เนื้อหา").site());
        assert_eq!(
            (verdict.verdict, verdict.faults.len()),
            (Decision::Unsure, 1),
            "{rule}"
        );
    }
}
