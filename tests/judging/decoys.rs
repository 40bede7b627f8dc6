//! The shipped rules on papers that agencies hang where an item should be, each beside the paper that is the item.

use prongsai::judge::{Decision, Verdict, judge};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::year::FiscalYear;

use crate::web::{Web, found, list};

fn judged(year: i16, item: &str, web: &Web) -> Verdict {
    let pack = Pack::load(FiscalYear(year), &Sources::Embedded, vocabulary::register).unwrap();
    judge(&pack, &web.site())
        .into_iter()
        .find(|verdict| verdict.id == item)
        .unwrap()
}

/// A site with one file under a label.
fn paper(label: &str, text: &str) -> Web {
    Web::linking(&[("paper.docx", label)]).file("paper.docx", text)
}

/// A site with one page under a label.
fn told(label: &str, text: &str) -> Web {
    Web::linking(&[("told", label)]).page("told", label, &format!("<p>{text}</p>"))
}

fn decide(year: i16, item: &str, web: &Web) -> (Decision, String) {
    let verdict = judged(year, item, web);
    (verdict.verdict, verdict.summary)
}

#[test]
fn a_prize_is_no_activity() {
    let prize = "อบต.บ้านดี ได้รับรางวัลองค์กรคุณธรรมต้นแบบ จากสำนักงานวัฒนธรรมจังหวัด เมื่อวันที่ 14 มกราคม 2564";
    let (verdict, why) = decide(2564, "O38", &told("การเสริมสร้างวัฒนธรรมองค์กร", prize));
    assert_eq!(verdict, Decision::Fail);
    assert!(why.contains("รางวัล"), "{why}");
    let held = "อบต.บ้านดี จัดอบรมคุณธรรมจริยธรรมแก่พนักงาน เมื่อวันที่ 14 มกราคม 2564 และมอบรางวัลแก่ผู้ได้รับรางวัลพนักงานดีเด่น";
    let (verdict, why) = decide(2564, "O38", &told("การเสริมสร้างวัฒนธรรมองค์กร", held));
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn the_assessors_manual_is_no_evidence() {
    let label = "การดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน";
    let manual = "คู่มือการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2564\nO43 แสดงผลการดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน";
    let (verdict, why) = decide(2564, "O43", &paper(label, manual));
    assert_eq!(verdict, Decision::Fail, "{why}");
    let report = "รายงานผลการดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใส ปีงบประมาณ พ.ศ. 2564\nมาตรการปรับปรุงเว็บไซต์ ดำเนินการแล้ว เมื่อวันที่ 20 มกราคม 2564";
    let (verdict, why) = decide(2564, "O43", &paper(label, report));
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn an_activity_report_of_another_item_is_no_news() {
    let report =
        "รายงานกิจกรรมเสริมสร้างวัฒนธรรมองค์กร\nองค์การบริหารส่วนตำบลบ้านดี\nจัดเมื่อวันที่ 22 กุมภาพันธ์ 2564";
    let web = paper("การเสริมสร้างวัฒนธรรมองค์กร", report);
    assert_eq!(decide(2564, "O7", &web).0, Decision::Fail);
    let news = told("ข่าวล่าสุด", "วันที่ 22 กุมภาพันธ์ 2564 อบต.บ้านดี ซ่อมแซมถนนหมู่ 2");
    let (verdict, why) = decide(2564, "O7", &news);
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn praise_for_one_officer_is_no_annual_report() {
    let label = "รายงานผลการบริหารและพัฒนาทรัพยากรบุคคลประจำปี";
    let praise = "ขอแสดงความยินดีกับนักทรัพยากรบุคคลที่ผ่านการอบรมและได้รับเกียรติบัตร เมื่อวันที่ 3 สิงหาคม 2563</p><img src=cert.jpg><p>";
    let web = told(label, praise).scan("cert.jpg");
    assert_eq!(decide(2564, "O28", &web).0, Decision::Fail);
    let report = "รายงานผลการบริหารและพัฒนาทรัพยากรบุคคล ประจำปีงบประมาณ พ.ศ. 2563\nผลการดำเนินการ สรรหา 1 อัตรา พัฒนาบุคลากร 20 คน มอบเกียรติบัตรแก่ผู้ผ่านการอบรม";
    let (verdict, why) = decide(2564, "O28", &paper(label, report));
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn the_door_of_the_central_system_is_no_announcement() {
    let e_gp = "https://process3.gprocurement.go.th/egp2procmainWeb/jsp/procsearch.sch";
    let door = Web::linking(&[(e_gp, "ประกาศจัดซื้อจัดจ้าง (e-GP)")]);
    assert_eq!(decide(2564, "O22", &door).0, Decision::Fail);
    let named = Web::linking(&[
        (e_gp, "ประกาศประกวดราคาก่อสร้างถนน 8 ม.ค. 2564"),
        (
            "https://process3.gprocurement.go.th/a?id=2",
            "ประกาศผู้ชนะการเสนอราคา ก่อสร้างถนน 9 ก.พ. 2564",
        ),
    ]);
    assert_ne!(decide(2564, "O22", &named).0, Decision::Fail);
}

#[test]
fn a_heading_without_sums_tells_no_spending() {
    let head = "รายงานการกำกับติดตามการใช้จ่ายงบประมาณ ปีงบประมาณ พ.ศ. 2564 (ตุลาคม 2563 - มีนาคม 2564)\nหมวด งบประมาณ เบิกจ่าย คงเหลือ";
    let label = "รายงานการกำกับติดตามการใช้จ่ายงบประมาณ รอบ 6 เดือน";
    let (verdict, why) = decide(2564, "O19", &paper(label, head));
    assert_eq!(verdict, Decision::Fail, "{why}");
    let filled = format!("{head}\nงบบุคลากร 9,000,000 4,400,000 4,600,000");
    let (verdict, why) = decide(2564, "O19", &paper(label, &filled));
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn columns_of_years_tell_when_and_how_much() {
    let plan = "แผนปฏิบัติการป้องกันการทุจริต ระยะ 5 ปี (พ.ศ. 2564 – 2568)\nมิติ โครงการ";
    let label = "แผนปฏิบัติการป้องกันการทุจริต";
    let years = format!("{plan} งบประมาณ 2564 2565 2566\n1 อบรมคุณธรรม 20,000 20,000 20,000");
    let (verdict, why) = decide(2564, "O39", &paper(label, &years));
    assert_eq!(verdict, Decision::Pass, "{why}");
    let bare = format!("{plan}\n1 อบรมคุณธรรม");
    assert_eq!(decide(2564, "O39", &paper(label, &bare)).0, Decision::Fail);
}

#[test]
fn a_file_among_links_to_pages_keeps_its_own_name() {
    let menu = [
        ("plan.docx", "แผนการจัดซื้อจัดจ้าง ปี 2564"),
        ("a", "ประกาศจัดซื้อจัดจ้าง"),
        ("b", "สรุปผลรายเดือน"),
    ];
    let web = Web::linking(&[("papers", "งานพัสดุ")])
        .page("papers", "งานพัสดุ", &list(&menu))
        .page("a", "ประกาศจัดซื้อจัดจ้าง", "<p>ยังไม่มีประกาศ</p>")
        .page("b", "สรุปผลรายเดือน", "<p>ยังไม่มีรายการ</p>")
        .file("plan.docx", "แผน ประจำปีงบประมาณ พ.ศ. 2564\nโครงการซ่อมถนน");
    let plans = found(&web.site(), r#"site.find(["แผนการจัดซื้อ"])"#);
    assert_eq!(plans.len(), 1, "{plans:?}");
}
