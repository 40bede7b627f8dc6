//! Which year a place is of, when an activity was held, and where nothing tells it but a hint.

use std::sync::Arc;

use prongsai::rules::answer::Outcome;
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary::{self, Answer, SiteView};
use prongsai::site::Site;
use prongsai::year::FiscalYear;
use rhai::Dynamic;

use crate::web::{Web, ask, found, list, prose, prose_of, text};

const PLAN: &str = "site.find([\"แผนงาน\"])";

/// One page under a heading, with this as its text.
fn page(title: &str, body: &str) -> Web {
    Web::linking(&[("a", title)]).page("a", title, &format!("<p>{body}</p>{}", prose()))
}

fn file(label: &str, text: &str) -> Web {
    Web::linking(&[("a.docx", label)]).file("a.docx", text)
}

fn of_year(site: &Arc<Site>, year: i16) -> bool {
    !found(site, &format!("{PLAN}.of_year({})", year_word(year))).is_empty()
}

/// The assessed year is 2564.
fn year_word(year: i16) -> String {
    match year {
        2564 => "site.year".to_owned(),
        2563 => "site.year.previous".to_owned(),
        other => panic!("{other}"),
    }
}

/// What the shipped rule of an item says to its criterion of time.
fn asked(item: &str, criterion: &str, site: &Arc<Site>, expression: &str) -> (Outcome, String) {
    let sources = Sources::Embedded;
    let pack = Pack::load(FiscalYear(2564), &sources, vocabulary::register).unwrap();
    let rule = pack.rules.iter().find(|rule| rule.item == item).unwrap();
    let view = SiteView {
        site: site.clone(),
        year: FiscalYear(2564),
    };
    let asked = vec![ask(site, expression), Dynamic::from(view)];
    let answer: Answer = pack
        .call(rule, criterion, asked)
        .unwrap_or_else(|fault| panic!("{fault}"))
        .cast();
    (answer.outcome, answer.because)
}

#[test]
fn a_period_written_out_beats_the_calendar_year_of_a_title() {
    let plan = "แผนงาน ประจำปี 2563\nในห้วงปีงบประมาณ 2564 (1 ตุลาคม 2563 – 30 กันยายน 2564)";
    let site = file("แผนงาน ประจำปี 2563", plan).site();
    assert!(of_year(&site, 2564) && !of_year(&site, 2563));
    // The next year's budget in a report of this year's is not its period.
    let report = "แผนงาน ประจำปีงบประมาณ 2563\nใช้ต่อในปีงบประมาณ 2564 (1 ตุลาคม 2563 – 30 กันยายน 2564)";
    let site = file("แผนงาน ประจำปีงบประมาณ 2563", report).site();
    assert!(of_year(&site, 2563) && !of_year(&site, 2564));
}

#[test]
fn a_state_of_things_may_be_taken_after_its_year() {
    let closed = "แผนงาน\nข้อมูล ณ วันที่ 1 ตุลาคม 2563";
    let site = file("แผนงาน ประจำปี 2563", closed).site();
    assert!(of_year(&site, 2563) && !of_year(&site, 2564));
    let site = file("แผนงาน", closed).site();
    assert!(of_year(&site, 2564));
}

#[test]
fn two_years_that_nothing_decides_between_are_both_quoted() {
    let site = page(
        "แผนงาน ปี 2564",
        "ผลการดำเนินงาน ประจำปีงบประมาณ พ.ศ. 2563 ของหน่วยงาน",
    )
    .site();
    assert!(!of_year(&site, 2564) && !of_year(&site, 2563));
    let why = text(&site, &format!("{PLAN}.why_unsettled(site.year)"));
    assert!(
        why.contains("2564") && why.contains("ประจำปีงบประมาณ พ.ศ. 2563"),
        "{why}"
    );
    let (outcome, because) = asked("O10", "year", &site, PLAN);
    assert_eq!(outcome, Outcome::Unsure, "{because}");
    // A page that speaks of the year before, and of its own, is not torn.
    let site = page("แผนงาน ปี 2564", "ประจำปีงบประมาณ 2564 ต่อจากปีงบประมาณ 2563").site();
    assert!(of_year(&site, 2564));
}

#[test]
fn a_file_name_is_a_hint_and_no_proof() {
    let site = file("แผนงาน_2564.docx", "แผนงานของหน่วยงาน วงเงิน 100 บาท").site();
    assert!(!of_year(&site, 2564));
    let (outcome, because) = asked("O10", "year", &site, PLAN);
    assert_eq!(outcome, Outcome::Unsure, "{because}");
    // What it says of another year helps nobody.
    let site = file("แผนงาน_2562.docx", "แผนงานของหน่วยงาน วงเงิน 100 บาท").site();
    assert_eq!(asked("O10", "year", &site, PLAN).0, Outcome::Unmet);
    // The content decides, whatever the file is called.
    let site = file("แผนงาน_2562.docx", "แผนงาน ประจำปีงบประมาณ พ.ศ. 2564").site();
    assert_eq!(asked("O10", "year", &site, PLAN).0, Outcome::Met);
}

#[test]
fn a_school_year_lies_in_two_fiscal_years() {
    let site = file("แผนงาน", "แผนงาน ปีการศึกษา 2564 ของโรงเรียน").site();
    assert!(!of_year(&site, 2564));
    assert_eq!(found(&site, &format!("{PLAN}.academic")), ["/a.docx"]);
    let (outcome, because) = asked("O10", "year", &site, PLAN);
    assert_eq!(outcome, Outcome::Unsure, "{because}");
    let site = file("แผนงาน", "แผนงาน ปีการศึกษา 2561 ของโรงเรียน").site();
    assert_eq!(asked("O10", "year", &site, PLAN).0, Outcome::Unmet);
    let site = file("แผนงาน", "แผนงาน ปีการศึกษา 2563 - 2565 ของโรงเรียน").site();
    let covering = found(&site, &format!("{PLAN}.covering(site.year)"));
    assert_eq!(covering, ["/a.docx"]);
}

/// An activity on a page of its own, in a list that shows when it was posted.
fn activity(title: &str, body: &str, posted: &str) -> Arc<Site> {
    let row = format!("<ul><li><a href='a'>{title}</a> {posted}</li></ul>");
    let others = list(&[("b", "เรื่องอื่น")]);
    Web::linking(&[("news", "ข่าวกิจกรรม")])
        .page("news", "ข่าวกิจกรรม", &format!("{row}{others}"))
        .page("a", title, &format!("<p>{body}</p>{}", prose()))
        .page("b", "เรื่องอื่น", &prose_of("สอง"))
        .site()
}

#[track_caller]
fn held(title: &str, body: &str, posted: &str, outcome: Outcome) {
    let site = activity(title, body, posted);
    let expression = "site.find([\"กิจกรรมสุจริต\"])";
    assert!(!ask::<bool>(&site, &format!("{expression}.is_empty")));
    for item in ["O33", "O35", "O37", "O38"] {
        let (is, because) = asked(item, "year", &site, expression);
        assert_eq!(is, outcome, "{item} {because}");
    }
}

#[test]
fn an_activity_was_held_when_its_day_says() {
    let done = |day: &str| format!("อบต. ได้จัดกิจกรรมสุจริต {day} ณ ห้องประชุม");
    held("กิจกรรมสุจริต", &done("เมื่อวันที่ 9 มีนาคม 2564"), "", Outcome::Met);
    // Neither the title nor the posting outweighs it.
    let september = done("เมื่อวันที่ 28 กันยายน 2563");
    held(
        "กิจกรรมสุจริต ปี 2564",
        &september,
        "5 มี.ค. 2564",
        Outcome::Unmet,
    );
    let december = done("เมื่อวันพุธที่ 22 ธันวาคม 2564");
    held("กิจกรรมสุจริต ประจำปี 2564", &december, "", Outcome::Unmet);
    held("กิจกรรมสุจริต", &done("ในเดือนมกราคม 2564"), "", Outcome::Met);
    // The day of the plan that it follows, or of the activity before: a person must see which is which.
    let both = done("เมื่อวันที่ 22 กันยายน 2563 และติดตามผลเมื่อวันที่ 9 มีนาคม 2564");
    held("กิจกรรมสุจริต", &both, "", Outcome::Unsure);
    let followed = done("เมื่อวันที่ 9 มีนาคม 2564 และติดตามผลเมื่อวันที่ 9 พฤศจิกายน 2564");
    held("กิจกรรมสุจริต", &followed, "", Outcome::Met);
}

#[test]
fn an_activity_without_a_day_is_for_a_person_to_look_at() {
    let done = "อบต. ได้จัดกิจกรรมสุจริตให้แก่พนักงาน";
    held("กิจกรรมสุจริต", done, "", Outcome::Unmet);
    held("กิจกรรมสุจริต ปี 2564", done, "", Outcome::Unsure);
    held("กิจกรรมสุจริต", done, "5 มี.ค. 2564", Outcome::Unsure);
    // Posted in October to December it may be of either year, whatever the title says.
    held("กิจกรรมสุจริต", done, "5 พ.ย. 2563", Outcome::Unsure);
    held("กิจกรรมสุจริต ปี 2564", done, "5 พ.ย. 2563", Outcome::Unsure);
    held("กิจกรรมสุจริต", done, "5 พ.ย. 2564", Outcome::Unsure);
    held("กิจกรรมสุจริต", done, "5 มี.ค. 2565", Outcome::Unmet);
    // Title and posting bear each other out; so does content that names the budget year.
    held("กิจกรรมสุจริต ปี 2564", done, "5 มี.ค. 2564", Outcome::Met);
    let budget = "อบต. ได้จัดกิจกรรมสุจริต ประจำปีงบประมาณ พ.ศ. 2564 ให้แก่พนักงาน";
    held("กิจกรรมสุจริต", budget, "", Outcome::Met);
    held("กิจกรรมสุจริต ปี 2562", done, "", Outcome::Unmet);
    let planned = "อบต. ได้จัดกิจกรรมสุจริตตามแผนป้องกันการทุจริต ประจำปีงบประมาณ พ.ศ. 2564 ให้แก่พนักงาน";
    held("กิจกรรมสุจริต", planned, "", Outcome::Unsure);
}

#[test]
fn a_scanned_report_of_an_activity_is_for_a_person_to_look_at() {
    let scan = |label: &str| Web::linking(&[("a.jpg", label)]).scan("a.jpg").site();
    let expression = "site.find([\"กิจกรรมสุจริต\"])";
    for (label, outcome) in [
        ("รายงานกิจกรรมสุจริต", Outcome::Unsure),
        ("รายงานกิจกรรมสุจริต ปี 2564", Outcome::Unsure),
        ("รายงานกิจกรรมสุจริต ปี 2562", Outcome::Unmet),
        ("รายงานกิจกรรมสุจริต วันที่ 9 มีนาคม 2564", Outcome::Met),
    ] {
        let (is, because) = asked("O38", "year", &scan(label), expression);
        assert_eq!(is, outcome, "{label}: {because}");
    }
}
