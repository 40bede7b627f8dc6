//! Pages and files as a reader knows them: what belongs together, what it is called, when it is from.

use prongsai::fetch::capture::{FaultKind, SkipReason};

use crate::web::{Web, ask, found, list, prose, prose_of, refused, text};

const PLANS: &str = r#"site.find(["แผนปฏิบัติการ"])"#;

#[test]
fn a_list_hands_its_name_to_its_rows_and_is_not_one_of_them() {
    let rows = list(&[
        ("64.docx", "ฉบับปี 2564"),
        ("63.docx", "ฉบับปี 2563"),
        ("more", "ฉบับปรับปรุงล่าสุด"),
    ]);
    let site = Web::linking(&[("plans", "แผนปฏิบัติการ"), ("news", "ข่าว")])
        .page("plans", "แผนปฏิบัติการ", &rows)
        .file("64.docx", "โครงการทั้งหมด")
        .file("63.docx", "โครงการเดิม")
        .page("more", "ฉบับปรับปรุงล่าสุด", &prose())
        .page("news", "ข่าว", &prose())
        .site();
    let mut rows = found(&site, PLANS);
    rows.sort();
    assert_eq!(rows, ["/63.docx", "/64.docx", "/more"]);
    assert_eq!(found(&site, r#"site.sections(["แผนปฏิบัติการ"])"#), ["/plans"]);
}

#[test]
fn a_page_with_text_of_its_own_is_found_itself() {
    let body = format!("{}{}", prose(), list(&[("old", "เรื่องก่อนหน้านี้")]));
    let site = Web::linking(&[("plan", "แผนปฏิบัติการ"), ("old", "เรื่องก่อนหน้านี้")])
        .page("plan", "แผนปฏิบัติการ", &body)
        .page("old", "เรื่องก่อนหน้านี้", &prose())
        .site();
    assert_eq!(found(&site, PLANS), ["/plan"]);
}

#[test]
fn an_ita_index_is_never_found_and_its_rows_only_promise() {
    let rows: Vec<(String, String)> = (1..=8)
        .map(|n| (format!("doc{n}"), format!("O{n} แผนปฏิบัติการข้อ {n}")))
        .collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(to, label)| (&**to, &**label)).collect();
    let site = Web::linking(&[
        ("ita", "แผนปฏิบัติการตามแบบ ITA"),
        ("plan", "แผนปฏิบัติการของเรา"),
    ])
    .page("ita", "แผนปฏิบัติการตามแบบ ITA", &list(&rows))
    .page("doc1", "โครงสร้าง", &prose())
    .page("plan", "แผนปฏิบัติการของเรา", &prose())
    .site();
    // What a row calls a plan comes last, and its name is not its own.
    assert_eq!(found(&site, PLANS), ["/plan", "/doc1"]);
    let named = format!("{PLANS}.named([\"แผนปฏิบัติการ\"])");
    assert_eq!(found(&site, &named), ["/plan"]);
    assert_eq!(found(&site, r#"site.sections(["แผนปฏิบัติการ"])"#), ["/plan"]);
}

#[test]
fn neither_the_home_page_nor_the_furniture_is_found() {
    let site = Web::linking(&[("a", "ยินดีต้อนรับสู่เรา")])
        .page("a", "เรื่องหนึ่ง", &prose())
        .site();
    assert_eq!(found(&site, r#"site.find(["ยินดีต้อนรับ", "ส่วนหัว"])"#), ["/a"]);
    assert_eq!(found(&site, "site.home"), ["/"]);
}

#[test]
fn what_cannot_be_opened_is_refused_with_the_reason() {
    let site = Web::linking(&[("plan", "แผนปฏิบัติการ"), ("old", "แผนปฏิบัติการเดิม")])
        .gone("plan")
        .silent("old", FaultKind::Timeout)
        .site();
    assert!(found(&site, PLANS).is_empty());
    let mut told = refused(&site, PLANS);
    told.sort();
    assert_eq!(told[0].1, FaultKind::Timeout.advice());
    assert_eq!(told[1], ("/plan".to_owned(), "ลิงก์เสีย (404)".to_owned()));
}

#[test]
fn what_was_left_by_the_crawl_is_there_and_unread() {
    let site = Web::linking(&[("plan.pdf", "แผนปฏิบัติการ")])
        .skipped("plan.pdf", SkipReason::Robots)
        .site();
    assert_eq!(found(&site, PLANS), ["/plan.pdf"]);
    assert_eq!(
        text(&site, r#"site.find(["แผนปฏิบัติการ"]).why_unread"#),
        "ไม่ได้เปิดอ่าน"
    );
}

#[test]
fn a_page_that_only_a_site_map_names_is_out_of_reach() {
    let site = Web::new("").page("plan", "แผนปฏิบัติการ", &prose()).site();
    assert_eq!(
        refused(&site, PLANS),
        [("/plan".to_owned(), "ไม่มีลิงก์ไปถึงจากหน้าแรก".to_owned())]
    );
}

#[test]
fn a_heading_without_contents_is_no_publication() {
    let site = Web::linking(&[
        ("a", "แผนปฏิบัติการ ก"),
        ("b", "แผนปฏิบัติการ ข"),
        ("c", "แผนปฏิบัติการ ค"),
    ])
    .page("a", "แผนปฏิบัติการ ก", "")
    .page(
        "b",
        "แผนปฏิบัติการ ข",
        "<p>อยู่ระหว่างปรับปรุง ขออภัยในความไม่สะดวก</p>",
    )
    .page("c", "แผนปฏิบัติการ ค", "<img src=plan.jpg>")
    .site();
    assert_eq!(found(&site, PLANS), ["/c"]);
}

#[test]
fn a_redirect_and_a_frame_cost_no_click() {
    let site = Web::linking(&[("go", "แผนปฏิบัติการ")])
        .redirect("go", "/plan")
        .page("plan", "แผนปฏิบัติการ", "<iframe src=inner.html></iframe>")
        .page(
            "inner.html",
            "กรอบใน",
            &format!("{}<a href=deep>เรื่องลึก</a>", prose()),
        )
        .page("deep", "เรื่องลึก", &prose())
        .site();
    for (name, clicks) in [("แผนปฏิบัติการ", 1), ("กรอบใน", 1), ("เรื่องลึก", 2)]
    {
        for (most, is_within) in [(clicks - 1, false), (clicks, true)] {
            let inside: bool = ask(
                &site,
                &format!("!site.find([\"{name}\"]).within({most}).is_empty"),
            );
            assert_eq!(inside, is_within, "{name} within {most}");
        }
    }
}

#[test]
fn redirects_that_go_round_are_broken() {
    let site = Web::linking(&[("a", "แผนปฏิบัติการ")])
        .redirect("a", "/b")
        .redirect("b", "/a")
        .site();
    assert!(refused(&site, PLANS)[0].1.contains("วนไปมา"));
}

#[test]
fn one_body_at_two_addresses_is_one_place() {
    let site = Web::linking(&[("plan", "แผนปฏิบัติการ"), ("plan?print=1", "แผนปฏิบัติการ (พิมพ์)")])
        .page("plan", "แผนปฏิบัติการ", &prose())
        .page("plan?print=1", "แผนปฏิบัติการ", &prose())
        .site();
    assert_eq!(found(&site, PLANS).len(), 1);
}

#[test]
fn parts_of_one_document_are_one_place_and_files_of_two_names_are_two() {
    let parts = list(&[("1.docx", "บทที่ 1"), ("2.docx", "บทที่ 2")]);
    let papers = list(&[
        ("3.docx", "คำสั่งแต่งตั้งคณะทำงาน"),
        ("4.docx", "รายงานการประชุมประจำไตรมาส"),
    ]);
    let site = Web::linking(&[("plan", "แผนปฏิบัติการ"), ("board", "คณะกรรมการ")])
        .page("plan", "แผนปฏิบัติการ", &parts)
        .page("board", "คณะกรรมการ", &papers)
        .file("1.docx", "ความเป็นมา")
        .file("2.docx", "งบประมาณที่ใช้")
        .file("3.docx", "แต่งตั้งผู้มีนามต่อไปนี้")
        .file("4.docx", "ผู้มาประชุม")
        .site();
    assert_eq!(found(&site, PLANS), ["/plan"]);
    assert!(ask::<bool>(
        &site,
        r#"site.find(["แผนปฏิบัติการ"]).mentions(["งบประมาณที่ใช้"])"#
    ));
    assert_eq!(
        found(&site, r#"site.find(["คณะกรรมการ"])"#),
        ["/3.docx", "/4.docx"]
    );
}

#[test]
fn what_repeats_from_page_to_page_is_furniture() {
    let names = ["ก", "ข", "ค", "ง", "จ", "ฉ"].map(|n| (format!("p-{n}"), format!("เรื่อง {n}")));
    let links: Vec<(&str, &str)> = names.iter().map(|(to, label)| (&**to, &**label)).collect();
    let box_of_all = "<div><p>สายตรงผู้บริหาร โทร 081-234-5678</p></div>";
    let web = names.iter().fold(Web::linking(&links), |web, (to, label)| {
        web.page(
            to,
            label,
            &format!("{box_of_all}<p>เนื้อหาของ{label}</p>{}", prose_of(label)),
        )
    });
    let site = web.site();
    assert!(found(&site, r#"site.find(["เรื่อง"]).mentioning(["สายตรงผู้บริหาร"])"#).is_empty());
    assert_eq!(
        found(&site, r#"site.find(["เรื่อง"]).mentioning(["เนื้อหาของ"])"#).len(),
        6
    );
    assert!(ask::<bool>(
        &site,
        r#"site.furniture.mentions(["สายตรงผู้บริหาร"])"#
    ));
}

#[test]
fn the_contents_year_beats_the_titles() {
    let year = r#"site.find(["แผนปฏิบัติการ"]).of_year(site.year)"#;
    let link = [("plan.docx", "แผนปฏิบัติการ ปี 2564")];
    let site = Web::linking(&link)
        .file("plan.docx", "แผนปฏิบัติการ ประจำปีงบประมาณ พ.ศ. 2563 ของตำบล")
        .site();
    assert_eq!(
        refused(&site, year),
        [("/plan.docx".to_owned(), "เป็นข้อมูลปี 2563".to_owned())]
    );
    let site = Web::linking(&link)
        .file(
            "plan.docx",
            "ทบทวนจากแผน ประจำปีงบประมาณ พ.ศ. 2563 เพื่อใช้ ประจำปีงบประมาณ พ.ศ. 2564",
        )
        .site();
    assert_eq!(found(&site, year), ["/plan.docx"]);
}

#[test]
fn a_name_tells_the_year_where_the_contents_do_not() {
    let site = Web::linking(&[("a.docx", "แผนปฏิบัติการ ปี 2564"), ("b.docx", "แผนปฏิบัติการ")])
        .file("a.docx", "โครงการทั้งหมด")
        .file("b.docx", "โครงการอื่น")
        .site();
    let of = |step: &str| found(&site, &format!("{PLANS}.{step}"));
    assert_eq!(of("of_year(site.year)"), ["/a.docx"]);
    assert_eq!(of("undated"), ["/b.docx"]);
}

#[test]
fn a_file_that_tells_no_year_is_of_its_groups_year() {
    let group = |year: &str, file: &str| {
        format!("<h3>ปีงบประมาณ {year}</h3>{}", list(&[(file, "แผนปฏิบัติการ")]))
    };
    let site = Web::linking(&[("plans", "เอกสารเผยแพร่")])
        .page(
            "plans",
            "เอกสารเผยแพร่",
            &[group("2564", "a.docx"), group("2563", "b.docx")].concat(),
        )
        .file("a.docx", "โครงการใหม่")
        .file("b.docx", "โครงการเก่า")
        .site();
    assert_eq!(
        found(&site, &format!("{PLANS}.of_year(site.year)")),
        ["/a.docx"]
    );
    assert_eq!(
        found(&site, &format!("{PLANS}.of_year(site.year.previous)")),
        ["/b.docx"]
    );
}

#[test]
fn a_range_of_years_covers_the_years_between() {
    let site = Web::linking(&[
        ("a.docx", "แผนปฏิบัติการ (พ.ศ. 2561 - 2565)"),
        ("b.docx", "แผนปฏิบัติการ (พ.ศ. 2566 - 2570)"),
    ])
    .file("a.docx", "ยุทธศาสตร์")
    .file("b.docx", "ยุทธศาสตร์ใหม่")
    .site();
    let covering = format!("{PLANS}.covering(site.year)");
    assert_eq!(found(&site, &covering), ["/a.docx"]);
    assert_eq!(
        refused(&site, &covering)[0].1,
        "เป็นของปี 2566–2570 ไม่ครอบคลุมปี 2564"
    );
}

#[test]
fn the_day_of_the_event_beats_the_titles_year() {
    let site = Web::linking(&[("a", "แผนปฏิบัติการ ปี 2563")])
        .page(
            "a",
            "แผนปฏิบัติการ ปี 2563",
            &format!("<p>จัดกิจกรรมเมื่อวันที่ 15 มกราคม 2564</p>{}", prose()),
        )
        .site();
    assert_eq!(
        found(&site, &format!("{PLANS}.happened_in(site.year)")),
        ["/a"]
    );
    let before = refused(&site, &format!("{PLANS}.happened_in(site.year.previous)"));
    assert_eq!(before[0].1, "เกิดขึ้นเมื่อ 15 มกราคม 2564 ซึ่งอยู่ในปีงบประมาณ 2564");
}

#[test]
fn a_page_that_is_a_picture_is_unread_and_an_illustrated_one_is_not() {
    let site = Web::linking(&[
        ("a", "แผนปฏิบัติการ ก"),
        ("b", "แผนปฏิบัติการ ข"),
        ("c.jpg", "แผนปฏิบัติการ ค"),
    ])
    .page("a", "แผนปฏิบัติการ ก", "<img src=plan.jpg>")
    .page(
        "b",
        "แผนปฏิบัติการ ข",
        &format!("<img src=photo.jpg>{}", prose()),
    )
    .scan("c.jpg")
    .site();
    assert_eq!(found(&site, &format!("{PLANS}.unread")), ["/a", "/c.jpg"]);
    assert_eq!(found(&site, &format!("{PLANS}.readable")), ["/b"]);
}

#[test]
fn a_picture_beside_an_attached_file_only_illustrates() {
    let body = format!("<img src=cover.jpg>{}", list(&[("a.docx", "ดาวน์โหลด")]));
    let site = Web::linking(&[("a", "แผนปฏิบัติการ")])
        .page("a", "แผนปฏิบัติการ", &body)
        .file("a.docx", "โครงการทั้งหมด")
        .site();
    assert_eq!(found(&site, PLANS), ["/a"]);
    assert!(found(&site, &format!("{PLANS}.unread")).is_empty());
}

#[test]
fn another_agencys_document_is_refused() {
    let site = Web::linking(&[("a.docx", "แผนปฏิบัติการ"), ("b.docx", "แผนปฏิบัติการ ฉบับเต็ม")])
        .file("a.docx", "ประกาศองค์การบริหารส่วนตำบลทุ่งใหญ่\nเรื่อง แผนปฏิบัติการ")
        .file("b.docx", "ประกาศองค์การบริหารส่วนตำบลบ้านดี\nเรื่อง แผนปฏิบัติการ")
        .site();
    assert_eq!(found(&site, PLANS), ["/b.docx"]);
    assert_eq!(
        refused(&site, PLANS)[0].1,
        "เป็นเอกสารขององค์การบริหารส่วนตำบลทุ่งใหญ่"
    );
}

/// Bodies of one file each, as the only file of the plans.
fn plans_of(bodies: &[&str]) -> Web {
    let names: Vec<String> = (0..bodies.len()).map(|n| format!("{n}.docx")).collect();
    let links: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), "แผนปฏิบัติการ"))
        .collect();
    let web = Web::linking(&links);
    let files = names.iter().zip(bodies);
    files.fold(web, |web, (name, body)| web.file(name, body))
}

#[test]
fn other_agencies_named_in_passing_own_nothing() {
    for body in [
        "แผนปฏิบัติการ\nสำนักงานการตรวจเงินแผ่นดินเข้าตรวจสอบ สำนักงาน ป.ป.ช. ให้คำแนะนำ",
        "แผนปฏิบัติการ\nส่งให้อำเภอและเทศบาลตำบลทุ่งใหญ่ทราบ",
        "แผนปฏิบัติการ\nผู้รับจ้าง บริษัท ทุ่งใหญ่ จำกัด ร่วมกับเทศบาลตำบลทุ่งใหญ่",
        "แผนปฏิบัติการ\nตามแบบอย่างที่ดี เช่น เทศบาลตำบลทุ่งใหญ่",
        "ประกาศ อบต.บ้านดี\nเรื่อง แผนปฏิบัติการ ร่วมกับเทศบาลตำบลทุ่งใหญ่",
        "ประกาศองค์การบริหารส่วนตำบลบ้าน ดี\nเรื่อง แผนปฏิบัติการ",
    ] {
        assert_eq!(
            found(&plans_of(&[body]).site(), PLANS),
            ["/0.docx"],
            "{body}"
        );
    }
}

#[test]
fn a_namesake_is_another_agency() {
    for body in [
        "ประกาศเทศบาลตำบลบ้านดี\nเรื่อง แผนปฏิบัติการ",
        "แผนปฏิบัติการ\nขององค์การบริหารส่วนจังหวัดบ้านดี",
    ] {
        assert!(found(&plans_of(&[body]).site(), PLANS).is_empty(), "{body}");
    }
}

#[test]
fn one_strangers_file_does_not_refuse_a_page_of_ours() {
    let site = Web::linking(&[("a", "แผนปฏิบัติการ")])
        .page(
            "a",
            "แผนปฏิบัติการ",
            "<p>แผนปฏิบัติการของหน่วยงาน</p><a href='b.docx'>ฉบับเต็ม</a> <a href='c.docx'>ตัวอย่าง</a>",
        )
        .file("b.docx", "ประกาศองค์การบริหารส่วนตำบลบ้านดี\nเรื่อง แผนปฏิบัติการ")
        .file("c.docx", "ประกาศเทศบาลตำบลทุ่งใหญ่\nเรื่อง แผนปฏิบัติการ งบลงทุน")
        .site();
    let ours = found(&site, PLANS);
    assert!(ours.contains(&"/a".to_owned()), "{}", ours.join(" "));
    assert!(!ours.contains(&"/c.docx".to_owned()));
    let stranger = format!(r#"{PLANS}.mentioning(["งบลงทุน"])"#);
    assert!(
        found(&site, &stranger).is_empty(),
        "nor does it count as ours"
    );
}

#[test]
fn a_template_nobody_filled_in_is_refused() {
    let site = plans_of(&[
        "แผนปฏิบัติการ ประจำปีงบประมาณ พ.ศ. ..........\nของหน่วยงาน",
        "แผนปฏิบัติการ ประจำปีงบประมาณ พ.ศ. 2565\n[ชื่อหน่วยงาน]",
        "แผนปฏิบัติการ ประจำปีงบประมาณ พ.ศ. 2565\nองค์การบริหารส่วนตำบลบ้านดี\n(ลงชื่อ)..................",
        "สารบัญ\nแผนปฏิบัติการ ประจำปี .................... 3\nข้อมูลของเทศบาล ................. 4",
        "แบบฟอร์มร้องเรียน ตามแผนปฏิบัติการ\nข้าพเจ้า .......... เทศบาล..........",
    ])
    .site();
    assert_eq!(found(&site, PLANS), ["/2.docx", "/3.docx", "/4.docx"]);
    let refused = refused(&site, PLANS);
    assert_eq!(
        refused[0].1,
        "เป็นแบบฟอร์มที่ยังไม่ได้กรอก “แผนปฏิบัติการ ประจำปีงบประมาณ พ.ศ. ..........”"
    );
    assert!(refused[1].1.contains("[ชื่อหน่วยงาน]"), "{}", refused[1].1);
}

#[test]
fn share_buttons_are_nobodys_channel() {
    let ours = "https://www.facebook.com/bandee";
    let home = list(&[(ours, "เฟซบุ๊กของเรา"), ("a", "ข่าว")]);
    let share =
        "<a href='https://www.facebook.com/sharer/sharer.php?u=http://bandee.go.th/a'>แชร์</a>";
    let site = Web::new(&home)
        .page("a", "ข่าว", &format!("{}{share}", prose()))
        .site();
    assert_eq!(found(&site, r#"site.off_site(["facebook.com"])"#), [ours]);
    assert!(found(&site, r#"site.find(["แชร์"])"#).is_empty());
}

#[test]
fn somebody_elses_website_is_no_paper_of_a_section() {
    let home = format!(
        "<h2>แผนปฏิบัติการ</h2>{}",
        list(&[
            ("https://www.nacc.go.th/", "สำนักงาน ป.ป.ช."),
            ("https://drive.google.com/file/d/1", "ฉบับเต็ม")
        ])
    );
    let site = Web::new(&home).site();
    assert_eq!(found(&site, PLANS), ["https://drive.google.com/file/d/1"]);
}

#[test]
fn a_page_that_only_wraps_a_paper_is_found_by_the_papers_name() {
    let section = |label: &str, beside: &str| {
        let body = format!("{}{beside}", list(&[("six.docx", label)]));
        Web::linking(&[("finance", "กองคลัง")])
            .page("finance", "กองคลัง", &body)
            .file("six.docx", "เบิกจ่ายแล้ว 5,940,000 บาท")
            .site()
    };
    let reports = r#"site.find(["รายงานการใช้จ่าย"])"#;
    let orders = format!(r#"{reports}.without(["คำสั่ง"])"#);
    let site = section("รายงานการใช้จ่ายงบประมาณ", "");
    assert_eq!(found(&site, reports), ["/finance"]);
    assert_eq!(found(&site, &orders), ["/finance"]);
    let site = section("คำสั่งเรื่องรายงานการใช้จ่ายงบประมาณ", "");
    assert!(found(&site, &orders).is_empty());
    // A page with a story of its own is called by its own name.
    let site = section("รายงานการใช้จ่ายงบประมาณ", &prose());
    assert!(found(&site, reports).is_empty());
    // What is found by its own name is not put out by its paper's.
    let site = section("คำสั่งเรื่องรายงานการใช้จ่ายงบประมาณ", "");
    let finance = r#"site.find(["กองคลัง"]).without(["คำสั่ง"])"#;
    assert_eq!(found(&site, finance), ["/finance"]);
}

#[test]
fn a_page_that_scripts_fill_is_unread_and_not_empty() {
    let unread = |body: &str| {
        let site = Web::linking(&[("service", "ยื่นคำร้อง")])
            .page("service", "ยื่นคำร้อง", body)
            .site();
        let unread = found(&site, r#"site.find(["ยื่นคำร้อง"]).unread"#);
        assert_eq!(
            unread,
            found(&site, r#"site.find(["ยื่นคำร้อง"]).needing_browser"#)
        );
        !unread.is_empty()
    };
    let script = "<script src='/app.js'></script>";
    let asks = "<noscript>กรุณาเปิดใช้งาน JavaScript</noscript>";
    assert!(unread(&format!("<div id='app'></div>{script}")));
    assert!(unread(&format!("<app-root>Loading…</app-root>{script}")));
    assert!(unread(&format!("{asks}{script}")));
    // No script fills it, or a counter's script; the request stands beside what was asked for.
    assert!(!unread("<div id='app'></div>"));
    assert!(!unread("<div></div><script>count()</script>"));
    assert!(!unread(
        "<noscript><iframe src='/counter'></iframe></noscript><script>count()</script>"
    ));
    assert!(!unread(&format!(
        "<div id='app'>{}</div>{asks}{script}",
        prose()
    )));
    assert!(!unread(&format!(
        "<form action='/ask'><input name='words'></form><div id='app'></div>{script}"
    )));
}

#[test]
fn the_first_sentence_of_a_page_without_a_heading_is_content_and_a_title_is_not() {
    let mentions = |first: &str| {
        let html =
            format!("<html><body><p>{first}</p><p>งานตรวจรับพัสดุ งานออกใบอนุญาต</p></body></html>");
        let site = Web::linking(&[("risk", "ความเสี่ยง")])
            .data("risk", "text/html; charset=utf-8", &html)
            .site();
        ask::<bool>(
            &site,
            r#"site.find(["ความเสี่ยง"]).mentions(["ผลประโยชน์ทับซ้อน"])"#,
        )
    };
    assert!(mentions(
        "คณะทำงานได้วิเคราะห์ผลประโยชน์ทับซ้อนของเจ้าหน้าที่ไว้ดังต่อไปนี้"
    ));
    assert!(!mentions("รายงานการวิเคราะห์ผลประโยชน์ทับซ้อน ประจำปี 2564"));
    assert!(!mentions("รายงานรายได้และผลประโยชน์ทับซ้อนที่ได้รับการประเมิน"));
}

#[test]
fn the_first_row_of_a_table_is_no_title_of_its_file() {
    let called = |text: &str| {
        let links = [("pd1.csv", "แผนปฏิบัติการ ปี 2564"), ("other", "อื่น")];
        let site = Web::linking(&links)
            .data("pd1.csv", "text/csv", text)
            .page("other", "อื่น", &prose())
            .site();
        !found(&site, &format!(r#"{PLANS}.named(["จ้างเหมา"])"#)).is_empty()
    };
    let table = "ลำดับที่,รายการ,วงเงิน\n1,จ้างเหมาซ่อมถนน,350000\n2,ซื้อวัสดุ,88000\n";
    assert!(!called(table));
    assert!(!called(&format!("แผนจัดซื้อ,,\n{table}")));
    assert!(called(&format!("แผนจ้างเหมาบริการ,,\n{table}")));
}
