//! What the words of rules mean.

use crate::web::{Web, answered, ask, fault, found, list, prose, prose_of, refused, text};

/// A page called `เรื่อง` that holds this, beside a home page.
fn with(body: &str) -> std::sync::Arc<prongsai::site::Site> {
    Web::linking(&[("a", "เรื่อง")])
        .page("a", "เรื่อง", body)
        .site()
}

const IT: &str = r#"site.find(["เรื่อง"])"#;

#[test]
fn words_joined_by_plus_stand_in_one_name() {
    let site = Web::linking(&[("a", "แผนป้องกันการทุจริต"), ("b", "เรื่องทุจริต")])
        .page("a", "แผนป้องกันการทุจริต", &prose())
        .page("b", "แผนพัฒนา", &prose())
        .site();
    assert_eq!(found(&site, r#"site.find(["แผน + ทุจริต"])"#), ["/a"]);
    assert_eq!(
        found(&site, r#"site.find(["แผน"]).named(["ทุจริต"])"#),
        ["/a", "/b"]
    );
}

#[test]
fn a_title_is_what_the_page_calls_itself() {
    let site = Web::linking(&[("a", "แผนป้องกัน")])
        .page("a", "ประกาศ", &prose())
        .site();
    assert_eq!(
        found(&site, r#"site.find(["แผนป้องกัน"]).titled(["ประกาศ"])"#),
        ["/a"]
    );
    assert!(found(&site, r#"site.find(["แผนป้องกัน"]).titled(["แผนป้องกัน"])"#).is_empty());
    assert!(
        found(
            &site,
            r#"site.find(["แผนป้องกัน"]).titled_without(["ประกาศ"])"#
        )
        .is_empty()
    );
}

#[test]
fn mentioning_looks_at_contents_and_not_at_names() {
    let site = Web::linking(&[("a", "นโยบาย")])
        .page("a", "นโยบาย", &prose())
        .site();
    let told = refused(&site, r#"site.find(["นโยบาย"]).mentioning(["นโยบาย"])"#);
    assert_eq!(told[0].1, "เนื้อหาไม่กล่าวถึง “นโยบาย”");
    let site = with("<p>งบประมาณที่ใช้ไปทั้งหมดในปีนี้</p>");
    assert_eq!(
        found(&site, &format!("{IT}.mentioning([\"งบประมาณ\"])")),
        ["/a"]
    );
    assert_eq!(
        refused(&site, &format!("{IT}.not_mentioning([\"งบประมาณ\"])"))[0].1,
        "เนื้อหาเป็นเรื่อง “งบประมาณ”"
    );
}

#[test]
fn what_came_in_by_another_way_is_no_near_miss() {
    let site = Web::linking(&[("a", "เรื่อง ก"), ("b", "เรื่อง ข")])
        .page("a", "เรื่อง ก", &prose())
        .page("b", "เรื่อง ข", &prose())
        .site();
    let only_a = format!("{IT}.named([\"ก\"])");
    assert_eq!(refused(&site, &only_a).len(), 1);
    assert!(refused(&site, &format!("{only_a} + {IT}")).is_empty());
    assert_eq!(found(&site, &format!("{IT} - {only_a}")), ["/b"]);
    assert_eq!(found(&site, &format!("{IT}.prefer({only_a})")), ["/a"]);
    assert_eq!(
        found(&site, &format!("{IT}.prefer({IT}.named([\"ค\"]))")),
        ["/a", "/b"]
    );
}

const COMPLAINT: &str = "<form method=post action=/send><label>ชื่อผู้ร้อง <input type=text name=who></label>\
    <label>เรื่องร้องเรียน <textarea name=what></textarea></label><input type=submit value=ส่งเรื่องร้องเรียน></form>";

#[test]
fn a_form_to_write_in_is_a_channel() {
    let site = with(COMPLAINT);
    assert_eq!(ask::<i64>(&site, &format!("{IT}.forms.len")), 1);
    assert!(!ask::<bool>(
        &site,
        &format!("{IT}.forms.about([\"ร้องเรียน\"]).is_empty")
    ));
    assert!(ask::<bool>(
        &site,
        &format!("{IT}.forms.without([\"ร้องเรียน\"]).is_empty")
    ));
    assert_eq!(found(&site, &format!("{IT}.with_form")), ["/a"]);
}

#[test]
fn search_box_login_and_poll_are_no_channel() {
    for (what, form) in [
        (
            "search",
            "<form action=/search><input type=text name=q placeholder=ค้นหา><input type=submit></form>",
        ),
        (
            "search by post",
            "<form method=post action=/s><input type=search name=q><input type=submit></form>",
        ),
        (
            "login",
            "<form method=post action=/in><input type=text name=user><input type=password name=p></form>",
        ),
        (
            "poll",
            "<form method=post action=/poll><input type=radio name=v value=1>มาก<input type=radio name=v value=2>น้อย</form>",
        ),
    ] {
        let site = with(&format!("{}{form}", prose()));
        assert!(
            ask::<bool>(&site, &format!("{IT}.forms.is_empty")),
            "{what}"
        );
        let asks = found(&site, &format!("{IT}.with_login"));
        assert_eq!(!asks.is_empty(), what == "login", "{what}");
    }
}

#[test]
fn a_form_service_is_a_form_by_link_and_by_frame() {
    for body in [
        "<p><a href='https://forms.gle/abc'>แจ้งเหตุทุจริต</a></p>",
        "<iframe src='https://docs.google.com/forms/d/e/abc/viewform'></iframe>",
    ] {
        let site = with(&format!("{}{body}", prose()));
        assert_eq!(
            ask::<i64>(&site, r#"site.sections(["เรื่อง"]).forms.len"#),
            1,
            "{body}"
        );
    }
    let site = Web::linking(&[("https://forms.gle/abc", "เรื่องร้องเรียน")]).site();
    assert_eq!(
        answered(&site, &format!("met(\"มี\", {IT}.forms)")),
        ["https://forms.gle/abc"]
    );
}

#[test]
fn a_form_on_every_page_belongs_to_none() {
    let names = ["ก", "ข", "ค", "ง", "จ"].map(|n| (format!("p-{n}"), format!("เรื่อง {n}")));
    let links: Vec<(&str, &str)> = names.iter().map(|(to, label)| (&**to, &**label)).collect();
    let web = names.iter().fold(Web::linking(&links), |web, (to, label)| {
        web.page(to, label, &format!("{}{COMPLAINT}", prose_of(label)))
    });
    let site = web.site();
    assert_eq!(found(&site, IT).len(), 5);
    assert!(ask::<bool>(&site, &format!("{IT}.forms.is_empty")));
}

#[test]
fn a_form_that_two_pages_share_is_the_same() {
    let other = COMPLAINT.replace("/send", "/other");
    let site = Web::linking(&[("a", "ร้องทุกข์"), ("b", "ทุจริต"), ("c", "ถามตอบ")])
        .page("a", "ร้องทุกข์", &format!("<p>หนึ่ง</p>{COMPLAINT}"))
        .page("b", "ทุจริต", &format!("<p>สอง</p>{COMPLAINT}"))
        .page("c", "ถามตอบ", &format!("<p>สาม</p>{other}"))
        .site();
    let same = |with: &str| {
        let same =
            format!("site.find([\"ทุจริต\"]).forms.same_as(site.find([\"{with}\"]).forms).len");
        ask::<i64>(&site, &same)
    };
    assert_eq!(same("ร้องทุกข์"), 1);
    assert_eq!(same("ถามตอบ"), 0);
}

#[test]
fn a_telephone_is_the_agencys_and_no_fax() {
    for (text, has_phone, has_fax) in [
        ("โทรศัพท์ 0 7529 0000 โทรสาร 0 7529 0001", true, true),
        ("โทรศัพท์/โทรสาร 0 7529 0000", true, true),
        ("โทรสาร 0 7529 0001", false, true),
        ("โทร ๐๗๕-๒๙๐๐๐๐", true, false),
        ("ผู้พัฒนาเว็บไซต์ โทร 081-234-5678", false, false),
        ("เลขประจำตัวผู้เสียภาษี 0994000123456", false, false),
        ("โทรศัพท์ - โทรสาร -", false, false),
    ] {
        let site = with(&format!("{}<p>{text}</p>", prose()));
        let has = |step: &str| !found(&site, &format!("{IT}.{step}")).is_empty();
        assert_eq!(has("with_phone"), has_phone, "{text}");
        assert_eq!(has("with_phone_after([\"โทรสาร\"])"), has_fax, "{text}");
    }
}

#[test]
fn an_email_may_be_text_or_a_link() {
    for (body, has) in [
        ("<p>อีเมล: saraban@bandee.go.th</p>", true),
        (
            "<p><a href='mailto:saraban@bandee.go.th'>ส่งอีเมล</a></p>",
            true,
        ),
        ("<p>ติดต่อ @bandee ทางไลน์</p>", false),
        ("<p>ออกแบบโดย studio@example.com</p>", false),
    ] {
        let site = with(&format!("{}{body}", prose()));
        assert_eq!(
            !found(&site, &format!("{IT}.with_email")).is_empty(),
            has,
            "{body}"
        );
    }
}

#[test]
fn a_map_may_be_a_frame_a_link_or_a_picture() {
    for (body, has) in [
        (
            "<iframe src='https://www.google.com/maps/embed?pb=1'></iframe>",
            true,
        ),
        ("<p><a href='https://goo.gl/maps/abc'>นำทาง</a></p>", true),
        ("<img src=x.jpg alt=แผนที่ตำบล>", true),
        ("<img src=office.jpg alt=สำนักงาน>", false),
        (
            "<iframe src='https://www.youtube.com/embed/abc'></iframe>",
            false,
        ),
    ] {
        let site = with(&format!("{}{body}", prose()));
        assert_eq!(
            !found(&site, &format!("{IT}.with_map")).is_empty(),
            has,
            "{body}"
        );
    }
}

#[test]
fn an_answered_question_has_a_number_above_zero() {
    for (row, has) in [
        ("ตอบแล้ว 2", true),
        ("ตอบแล้ว (๑๐)", true),
        ("ตอบแล้ว 0", false),
        ("ตอบแล้ว เมื่อวาน 5", false),
    ] {
        let site = with(&format!("{}<p>{row}</p>", prose()));
        let at = found(&site, &format!("{IT}.with_number_after([\"ตอบแล้ว\"])"));
        assert_eq!(!at.is_empty(), has, "{row}");
    }
}

const TABLE: &str = "<table><caption>สถิติเรื่องร้องเรียน</caption><tr><th>เดือน</th><th>จำนวนเรื่อง</th><th>หมายเหตุ</th></tr>\
    <tr><td>ตุลาคม</td><td>1,200</td><td>-</td></tr><tr><td>พฤศจิกายน</td><td>๓</td><td></td></tr><tr><td>ธันวาคม</td><td>-</td><td></td></tr></table>";

#[test]
fn tables_count_what_is_filled_in() {
    let site = with(&format!("{}{TABLE}", prose()));
    let table = format!("{IT}.tables.about([\"จำนวนเรื่อง\"])");
    assert_eq!(ask::<i64>(&site, &format!("{table}.len")), 1);
    assert_eq!(ask::<i64>(&site, &format!("{table}.rows")), 2);
    assert_eq!(ask::<i64>(&site, &format!("{table}.numbers")), 2);
    assert_eq!(
        ask::<f64>(&site, &format!("{table}.total([\"จำนวน\"])")),
        1203.0
    );
    assert!(ask::<bool>(
        &site,
        &format!("{IT}.tables.about([\"งบประมาณ\"]).is_empty")
    ));
}

fn card(name: &str, position: &str, more: &str) -> String {
    format!("<div class=card>{more}<p>{name}</p><p>{position}</p></div>")
}

#[test]
fn people_are_told_once_with_all_that_pages_show_of_them() {
    let head = "นายกองค์การบริหารส่วนตำบลบ้านดี";
    let site = Web::linking(&[("a", "คณะผู้บริหาร"), ("b", "ทำเนียบผู้บริหาร")])
        .page(
            "a",
            "คณะผู้บริหาร",
            &[
                card("นายสม ใจดี", head, "<img src=1.jpg>"),
                card("นางมา มีสุข", "ปลัด", ""),
            ]
            .concat(),
        )
        .page(
            "b",
            "ทำเนียบผู้บริหาร",
            &card("นาย สม ใจดี", head, "<p>โทร 081-234-5678</p>"),
        )
        .site();
    let people = "site.find([\"ผู้บริหาร\"]).people";
    assert_eq!(
        text(&site, &format!("{people}.names")),
        "นายสม ใจดี, นางมา มีสุข"
    );
    assert_eq!(
        text(&site, &format!("{people}.without_photo.names")),
        "นางมา มีสุข"
    );
    assert_eq!(
        text(&site, &format!("{people}.without_contact.names")),
        "นางมา มีสุข"
    );
    assert_eq!(
        text(&site, &format!("{people}.in_position([\"นายก\"]).names")),
        "นายสม ใจดี"
    );
    assert_eq!(text(&site, "site.head.names"), "นายสม ใจดี");
}

#[test]
fn a_leader_is_among_people_by_name_or_when_no_name_is_told() {
    let head = "นายกองค์การบริหารส่วนตำบลบ้านดี";
    let deed = |who: &str| format!("<p>{who} เป็นประธานในการประชุม</p>{}", prose());
    let site = Web::linking(&[
        ("who", "คณะผู้บริหาร"),
        ("a", "ข่าวหนึ่ง"),
        ("b", "ข่าวสอง"),
        ("c", "ข่าวสาม"),
    ])
    .page(
        "who",
        "คณะผู้บริหาร",
        &card("นายสม ใจดี", head, "<img src=1.jpg>"),
    )
    .page("a", "ข่าวหนึ่ง", &deed(&format!("นายสม ใจดี {head}")))
    .page("b", "ข่าวสอง", &deed(&format!("นายเก่า มาก่อน {head}")))
    .page("c", "ข่าวสาม", &deed(head))
    .site();
    let leads = |page: &str| {
        let leaders =
            format!("site.find([\"{page}\"]).leaders.in_position([\"นายก\"]).among(site.head)");
        !ask::<bool>(&site, &format!("{leaders}.is_empty"))
    };
    assert!(leads("ข่าวหนึ่ง"));
    assert!(!leads("ข่าวสอง"));
    assert!(leads("ข่าวสาม"));
}

#[test]
fn the_fullest_place_tells_what_is_lacking() {
    let site = Web::linking(&[("a", "เรื่อง ก"), ("b", "เรื่อง ข")])
        .page("a", "เรื่อง ก", "<p>วัตถุประสงค์ของโครงการนี้เขียนไว้ที่นี่</p>")
        .page("b", "เรื่อง ข", "<p>งบประมาณและระยะเวลาเขียนไว้ที่นี่</p>")
        .site();
    let fields = r#"["วัตถุประสงค์", ["เงิน", "งบประมาณ"], "ระยะเวลา", "ผู้รับผิดชอบ"]"#;
    assert_eq!(found(&site, &format!("{IT}.best({fields})")), ["/b"]);
    assert_eq!(
        text(&site, &format!("{IT}.lacking({fields}).join(\"/\")")),
        "วัตถุประสงค์/ผู้รับผิดชอบ"
    );
    assert_eq!(
        text(
            &site,
            &format!("{IT}.lacking_together({fields}).join(\"/\")")
        ),
        "ผู้รับผิดชอบ"
    );
}

#[test]
fn months_that_are_not_there_are_named_in_order() {
    let site = Web::linking(&[("a", "เรื่อง เดือนตุลาคม 2563"), ("b", "เรื่อง เดือนธันวาคม 2563")])
        .page("a", "เรื่อง เดือนตุลาคม 2563", &prose())
        .page("b", "เรื่อง เดือนธันวาคม 2563", &prose())
        .site();
    assert_eq!(ask::<i64>(&site, &format!("{IT}.months.len")), 2);
    let missing = text(
        &site,
        &format!("(site.year.first_half - {IT}.months).names"),
    );
    assert_eq!(
        missing,
        "พฤศจิกายน 2563, มกราคม 2564, กุมภาพันธ์ 2564, มีนาคม 2564"
    );
}

#[test]
fn the_agency_is_named_by_its_own_name_only() {
    let site = Web::linking(&[("a", "เรื่อง ก"), ("b", "เรื่อง ข")])
        .page("a", "เรื่อง ก", "<p>ที่ทำการ อบต.บ้านดี เปิดทุกวันทำการ</p>")
        .page("b", "เรื่อง ข", "<p>ที่ทำการ อบต.บ้านดอน เปิดทุกวันทำการ</p>")
        .site();
    assert_eq!(found(&site, &format!("{IT}.of_agency")), ["/a"]);
}

#[test]
fn linked_places_are_those_of_the_contents() {
    let body = format!("{}{}", prose(), list(&[("b", "ต่อไป"), ("gone", "หายไป")]));
    let site = Web::linking(&[("a", "เรื่อง")])
        .page("a", "เรื่อง", &body)
        .page("b", "ต่อไป", &prose())
        .gone("gone")
        .site();
    assert_eq!(found(&site, &format!("{IT}.first.linked")), ["/b"]);
    assert_eq!(
        refused(&site, &format!("{IT}.first.linked"))[0].1,
        "ลิงก์เสีย (404)"
    );
}

#[test]
fn mistakes_are_told_in_words() {
    let site = with(&prose());
    for (expression, told) in [
        ("site.find([])", "ให้ใส่อย่างน้อยหนึ่งคำ"),
        ("site.find([5])", "คำที่ค้นหาต้องเป็นข้อความ"),
        ("site.home.lacking([5])", "ชื่อช่องข้อมูลต้องเป็นข้อความ"),
        (
            "met(\"มี\", site.find([\"ไม่มีหน้านี้\"]))",
            "คำตอบ met ต้องชี้สถานที่อย่างน้อยหนึ่งแห่ง",
        ),
        ("met(\" \", site.home)", "คำตอบต้องมีประโยคอธิบายเหตุผล"),
        ("unmet(\"ไม่มี\", site.year)", "แต่ได้ Year"),
    ] {
        let fault = fault(&site, expression);
        assert!(fault.contains(told), "{expression}: {fault}");
    }
}

#[test]
fn an_answer_names_each_place_once() {
    let site = with(&card("นายสม ใจดี", "นายก", "<img src=1.jpg>"));
    assert_eq!(answered(&site, &format!("met(\"มี\", {IT} + {IT})")), ["/a"]);
    let rows = format!("{TABLE}{}{TABLE}", prose());
    let site = with(&rows);
    assert_eq!(answered(&site, &format!("met(\"มี\", {IT}.tables)")), ["/a"]);
    assert!(answered(&site, &format!("unmet(\"ไม่มี\", {IT}.people)")).is_empty());
}
