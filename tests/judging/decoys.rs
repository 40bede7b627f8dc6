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

#[test]
fn complaints_about_lamps_are_not_about_fraud() {
    let label = "ข้อมูลเชิงสถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ";
    let rows = "ตุลาคม 2563 จำนวนเรื่อง 3 แล้วเสร็จ 3 อยู่ระหว่างดำเนินการ 0\nมีนาคม 2564 จำนวนเรื่อง 1 แล้วเสร็จ 1 อยู่ระหว่างดำเนินการ 0";
    let head = "ประจำปีงบประมาณ พ.ศ. 2564 (ตุลาคม 2563 - มีนาคม 2564)";
    let lamps = format!("สถิติเรื่องร้องเรียนร้องทุกข์ {head}\nไฟฟ้าสาธารณะ ถนน ขยะ\n{rows}");
    let (verdict, why) = decide(2564, "O31", &paper(label, &lamps));
    assert_eq!(verdict, Decision::Fail);
    assert!(why.contains("ทั่วไป"), "{why}");
    let fraud = format!("สถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ {head}\n{rows}");
    let (verdict, why) = decide(2564, "O31", &paper(label, &fraud));
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn a_plan_of_one_subject_is_not_the_years_plan() {
    let label = "แผนดำเนินงานประจำปี";
    let body = "ประจำปีงบประมาณ พ.ศ. 2564\nโครงการพัฒนาเว็บไซต์ งบประมาณ 500,000 ระยะเวลา ต.ค. - มี.ค.";
    let digital = paper(label, &format!("แผนปฏิบัติการดิจิทัล {body}"));
    assert_eq!(decide(2564, "O10", &digital).0, Decision::Fail);
    let whole = paper(label, &format!("แผนการดำเนินงาน {body}\nตามแผนแม่บทของอำเภอ"));
    let (verdict, why) = decide(2564, "O10", &whole);
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn jobs_and_examinations_are_no_news_of_what_the_agency_does() {
    let page = |title: &str| {
        Web::linking(&[("news", "ข่าวประชาสัมพันธ์")])
            .page("news", "ข่าวประชาสัมพันธ์", &list(&[("a", title)]))
            .page("a", title, &format!("<p>เมื่อวันที่ 2 กุมภาพันธ์ 2564 {title}</p>"))
    };
    let (verdict, why) = decide(2564, "O7", &page("ประกาศผลการสอบคัดเลือกเจ้าหน้าที่"));
    assert_eq!(verdict, Decision::Fail, "{why}");
    let (verdict, why) = decide(2564, "O7", &page("อบต.บ้านดี ซ่อมถนนหมู่ 2"));
    assert_eq!(verdict, Decision::Pass, "{why}");
}

#[test]
fn a_total_at_the_end_of_the_second_quarter_covers_half_a_year() {
    let label = "รายงานการกำกับติดตามการใช้จ่ายงบประมาณ รอบ 6 เดือน";
    let table = "หมวด งบประมาณ เบิกจ่าย คงเหลือ\nงบบุคลากร 9,000,000 4,400,000 4,600,000";
    let total = format!("รายงานการใช้จ่ายงบประมาณ ปีงบประมาณ พ.ศ. 2564 ณ สิ้นไตรมาสที่ 2\n{table}");
    let (verdict, why) = decide(2564, "O19", &paper(label, &total));
    assert_eq!(verdict, Decision::Pass, "{why}");
    let quarter = format!("รายงานการใช้จ่ายงบประมาณ ไตรมาสที่ 2 (มกราคม - มีนาคม 2564)\n{table}");
    assert_eq!(
        decide(2564, "O19", &paper(label, &quarter)).0,
        Decision::Fail
    );
}

#[test]
fn a_month_without_purchases_is_a_month_reported() {
    let months = [
        "ตุลาคม 2563",
        "พฤศจิกายน 2563",
        "ธันวาคม 2563",
        "มกราคม 2564",
        "กุมภาพันธ์ 2564",
        "มีนาคม 2564",
    ];
    let form = "งานจัดซื้อ วงเงิน ราคากลาง วิธีซื้อ ผู้เสนอราคา ผู้ได้รับการคัดเลือก เหตุผล เลขที่สัญญา\n1 ซื้อวัสดุ 9,000 9,000 เฉพาะเจาะจง ร้าน ก ร้าน ก ราคาต่ำสุด 1/64";
    let site = |silent: &str| {
        let titles = months.map(|month| format!("สรุปผลการจัดซื้อจัดจ้าง เดือน{month}"));
        let paths = ["m0.docx", "m1", "m2.docx", "m3.docx", "m4.docx", "m5.docx"];
        let links: Vec<(&str, &str)> = paths
            .into_iter()
            .zip(titles.iter().map(String::as_str))
            .collect();
        links
            .iter()
            .fold(Web::linking(&links), |web, (path, title)| match *path {
                "m1" => web.page(path, title, silent),
                file => web.file(file, &format!("{title}\n{form}")),
            })
    };
    let none = site("<p>ในรอบเดือนนี้ไม่มีการจัดซื้อจัดจ้าง</p>");
    let (verdict, why) = decide(2564, "O23", &none);
    assert_eq!(verdict, Decision::Pass, "{why}");
    let empty = site("<p>รออัปเดตข้อมูล</p>");
    assert_ne!(decide(2564, "O23", &empty).0, Decision::Pass);
}

#[test]
fn one_regulation_on_personnel_holds_every_topic_it_names() {
    let label = "หลักเกณฑ์การบริหารและพัฒนาทรัพยากรบุคคล";
    let chapters = "หมวด 1 การสรรหาและคัดเลือก\nหมวด 2 การบรรจุและแต่งตั้ง\nหมวด 3 การพัฒนาบุคลากร\nหมวด 4 การประเมินผลการปฏิบัติงาน\nหมวด 5 การให้คุณให้โทษ วินัย และขวัญกำลังใจ";
    let whole = format!("ข้อบังคับว่าด้วยการบริหารงานบุคคล พ.ศ. 2558\n{chapters}");
    let (verdict, why) = decide(2564, "O27", &paper(label, &whole));
    assert_eq!(verdict, Decision::Pass, "{why}");
    let one = "หลักเกณฑ์การประเมินผลการปฏิบัติงาน พ.ศ. 2558\nใช้ประกอบการเลื่อนขั้น การพัฒนา และการบรรจุ";
    assert_eq!(decide(2564, "O27", &paper(label, one)).0, Decision::Fail);
}
