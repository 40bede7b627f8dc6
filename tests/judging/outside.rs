//! What an agency keeps on other sites: papers nobody has read yet, forms, channels, and what is none of these.

use prongsai::judge::Decision;

use crate::web::{Web, ask, found, list, prose, refused, text, verdict_of};

const PLANS: &str = r#"site.find(["แผนปฏิบัติการ"])"#;
const FILE: &str = "https://drive.google.com/file/d/1AbCdEfGhIjKlM/view";
const BARE: &str = "https://drive.google.com/uc?export=download&id=1AbCdEfGhIjKlM";

fn frame(to: &str) -> String {
    format!("<iframe src='{to}'></iframe>")
}

fn plan(body: &str) -> Web {
    Web::linking(&[("plan", "แผนปฏิบัติการ ปี 2564")]).page("plan", "แผนปฏิบัติการ ปี 2564", body)
}

#[test]
fn a_paper_shown_in_a_frame_or_behind_a_link_is_an_unread_part_of_its_page() {
    for body in [
        frame("https://drive.google.com/file/d/1AbCdEfGhIjKlM/preview"),
        frame("https://docs.google.com/document/d/e/2PACX-1vAbCdEf/pub?embedded=true"),
        frame("https://online.anyflip.com/abc/def/"),
        format!("{}<a href='{FILE}'>ดาวน์โหลด</a>", prose()),
        "<a href='https://www.dropbox.com/s/abc/plan?dl=0'>ดาวน์โหลด</a>".to_owned(),
        "<a href='https://drive.google.com/drive/folders/1AbCdEfGhIjKlM'>เอกสาร</a>".to_owned(),
    ] {
        let site = plan(&body).site();
        assert_eq!(
            found(&site, &format!("{PLANS}.of_year(site.year)")),
            ["/plan"],
            "{body}"
        );
        let why = text(&site, &format!("{PLANS}.why_unread"));
        assert!(why.contains("นอกเว็บไซต์"), "{body}: {why}");
        assert!(!ask::<bool>(
            &site,
            &format!("{PLANS}.mentions([\"วงเงิน\"])")
        ));
    }
}

#[test]
fn maps_videos_and_social_plugins_hide_no_paper() {
    for body in [
        frame("https://www.google.com/maps/embed?pb=x"),
        frame("https://www.youtube.com/embed/x"),
        frame(
            "https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Fbandee",
        ),
        "<a href='https://www.facebook.com/sharer/sharer.php?u=x'>แชร์</a>".to_owned(),
        "<a href='https://www.nacc.go.th/'>ป.ป.ช.</a>".to_owned(),
    ] {
        let site = plan(&format!("{}{body}", prose())).site();
        assert_eq!(
            found(&site, &format!("{PLANS}.readable")),
            ["/plan"],
            "{body}"
        );
        assert!(
            found(&site, &format!("{PLANS}.unread")).is_empty(),
            "{body}"
        );
    }
}

#[test]
fn a_viewer_hides_nothing_when_the_file_was_read() {
    let viewer =
        frame("https://docs.google.com/gview?url=http://bandee.go.th/plan.docx&embedded=true");
    let site = plan(&viewer)
        .file("plan.docx", "โครงการทั้งหมด วงเงิน 100 บาท")
        .site();
    assert_eq!(found(&site, &format!("{PLANS}.unread")), [""; 0]);
    assert!(ask::<bool>(
        &site,
        &format!("{PLANS}.mentions([\"วงเงิน\"])")
    ));
}

#[test]
fn a_paper_that_was_fetched_belongs_to_the_page_and_is_shown_where_people_open_it() {
    for body in [
        format!("<a href='{FILE}'>ดาวน์โหลด</a>"),
        frame("https://drive.google.com/file/d/1AbCdEfGhIjKlM/preview"),
    ] {
        let site = plan(&body).file(BARE, "โครงการทั้งหมด วงเงิน 100 บาท").site();
        assert!(found(&site, &format!("{PLANS}.unread")).is_empty());
        let shown = found(&site, &format!("{PLANS}.mentioning([\"วงเงิน\"])"));
        assert!(
            shown[0].starts_with("https://drive.google.com/file/d/1AbCdEfGhIjKlM/"),
            "{shown:?}"
        );
    }
    let site = Web::linking(&[(FILE, "แผนปฏิบัติการ")])
        .file(BARE, "โครงการทั้งหมด")
        .site();
    assert_eq!(found(&site, PLANS), [FILE]);
    let places: prongsai::rules::vocabulary::Places = ask(&site, PLANS);
    let evidence = places.evidence(1).remove(0);
    assert_eq!(
        (evidence.label.as_str(), evidence.clicks),
        ("แผนปฏิบัติการ (บน Google Drive)", Some(1))
    );
}

#[test]
fn a_redirect_of_the_service_leads_to_the_same_paper() {
    let far = "https://drive.usercontent.google.com/download?id=1AbCdEfGhIjKlM&export=download";
    let site = Web::linking(&[
        (FILE, "แผนปฏิบัติการ"),
        ("https://bit.ly/plan", "แผนปฏิบัติการ ฉบับย่อ"),
    ])
    .redirect(BARE, far)
    .redirect("https://bit.ly/plan", FILE)
    .file(far, "โครงการทั้งหมด")
    .site();
    assert_eq!(found(&site, PLANS), [FILE]);
    assert_eq!(found(&site, &format!("{PLANS}.readable")), [FILE]);
}

#[test]
fn a_door_is_no_content_and_nothing_is_missing_behind_it() {
    let sign_in = "https://accounts.google.com/ServiceLogin?continue=x";
    let asks = "<p>You need access</p><p>Request access, or switch to an account with access.</p>";
    let login = "<form action=/login method=post><input type=email><input type=password></form>";
    for web in [
        Web::linking(&[(FILE, "แผนปฏิบัติการ")]).redirect(BARE, sign_in),
        Web::linking(&[(FILE, "แผนปฏิบัติการ")]).page(BARE, "Google Drive", asks),
        Web::linking(&[(FILE, "แผนปฏิบัติการ")]).page(BARE, "ลงชื่อเข้าใช้", login),
        Web::linking(&[(FILE, "แผนปฏิบัติการ")]).forbidden(BARE),
    ] {
        let site = web.site();
        assert_eq!(found(&site, &format!("{PLANS}.unread")), [FILE]);
        let why = text(&site, &format!("{PLANS}.why_unread"));
        assert!(why.contains("เข้าสู่ระบบ"), "{why}");
        assert!(!ask::<bool>(
            &site,
            &format!("{PLANS}.mentions([\"access\", \"account\"])")
        ));
    }
    let other = Web::linking(&[("https://vendor.example.com/plan.pdf", "แผนปฏิบัติการ")])
        .page("https://vendor.example.com/plan.pdf", "ไม่พบหน้า", &prose())
        .site();
    assert_eq!(
        text(&other, &format!("{PLANS}.why_unread")),
        "ผู้ให้บริการนอกเว็บไซต์ไม่ส่งตัวไฟล์ให้เปิดอ่าน"
    );
    let gone = Web::linking(&[(FILE, "แผนปฏิบัติการ")]).gone(BARE).site();
    assert_eq!(refused(&gone, PLANS)[0].1, "ลิงก์เสีย (404)");
}

const FORM: &str = "https://docs.google.com/forms/d/e/1FAIpQLSabc/viewform";

#[test]
fn a_form_that_takes_no_answers_is_no_channel() {
    let open = "<form action=/forms/d/e/1FAIpQLSabc/formResponse method=post><p>ชื่อผู้ร้อง</p><input type=text name=a><p>ลงชื่อเข้าใช้ Google เพื่อบันทึกความคืบหน้า</p></form>";
    let forms = r#"site.find(["แจ้งเรื่อง"]).forms"#;
    let web = || Web::linking(&[(FORM, "แจ้งเรื่องทุจริต")]);
    for (web, count) in [
        (web(), 1),
        (web().page(FORM, "แบบแจ้งเรื่อง", open), 1),
        (
            web().page(FORM, "แบบแจ้งเรื่อง", "<p>แบบฟอร์มนี้ไม่รับคำตอบอีกต่อไป</p>"),
            0,
        ),
        (
            web().redirect(FORM, "https://accounts.google.com/ServiceLogin"),
            0,
        ),
        (web().gone(FORM), 0),
    ] {
        assert_eq!(ask::<i64>(&web.site(), &format!("{forms}.len")), count);
    }
    let site = web().page(FORM, "แบบแจ้งเรื่อง", open).site();
    assert_eq!(
        ask::<i64>(&site, &format!("{forms}.about([\"ผู้ร้อง\"]).len")),
        1
    );
}

#[test]
fn kinds_have_names_and_an_unknown_name_is_told() {
    let site = Web::linking(&[
        ("https://www.facebook.com/bandee", "เพจ"),
        ("https://www.facebook.com/", "เฟซบุ๊ก"),
        (FILE, "แผน"),
        ("https://itas.nacc.go.th/go/eit/abc", "แบบวัด EIT"),
    ])
    .site();
    assert_eq!(
        found(&site, r#"site.outside(["social"])"#),
        ["https://www.facebook.com/bandee"]
    );
    assert_eq!(
        found(&site, r#"site.outside(["survey", "drive"])"#).len(),
        2
    );
    assert!(found(&site, r#"site.find(["แผน"]).outside(["form"])"#).is_empty());
    assert!(crate::web::fault(&site, r#"site.outside(["drives"])"#).contains("drives"));
}

#[test]
fn a_network_counts_by_the_agencys_page_and_not_by_buttons() {
    for (to, expected) in [
        ("https://www.facebook.com/bandee", Decision::Pass),
        ("https://lin.ee/AbCdEf", Decision::Pass),
        ("https://www.facebook.com/", Decision::Fail),
        (
            "https://www.facebook.com/sharer.php?u=http://bandee.go.th/",
            Decision::Fail,
        ),
        ("https://www.facebook.com/moi/posts/123", Decision::Fail),
        ("https://www.youtube.com/embed/abc", Decision::Fail),
    ] {
        let site = Web::linking(&[(to, "")]).site();
        assert_eq!(verdict_of(&site, "O9").verdict, expected, "{to}");
    }
}

#[test]
fn a_channel_for_corruption_is_the_agencys_own() {
    for (to, expected) in [
        (FORM, Decision::Pass),
        ("https://bit.ly/3abcde", Decision::Unsure),
        (
            "https://sites.google.com/bandee.go.th/complain",
            Decision::Unsure,
        ),
        ("https://www.nacc.go.th/complain", Decision::Fail),
        ("https://www.damrongdham.moi.go.th/", Decision::Fail),
        ("https://www.1111.go.th/", Decision::Fail),
        ("https://www.facebook.com/bandee", Decision::Fail),
    ] {
        let label = "ช่องทางแจ้งเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ";
        let site = Web::linking(&[("fraud", label)])
            .page(
                "fraud",
                label,
                &format!("{}{}", prose(), list(&[(to, "แจ้งเรื่องร้องเรียนการทุจริต")])),
            )
            .site();
        let verdict = verdict_of(&site, "O30");
        assert_eq!(verdict.verdict, expected, "{to}: {}", verdict.summary);
    }
}

#[test]
fn a_survey_of_the_assessment_is_no_survey_of_satisfaction() {
    let site = Web::linking(&[
        (
            "https://itas.nacc.go.th/go/eit/abc",
            "แบบสำรวจความพึงพอใจและความคิดเห็น EIT ประจำปี 2563",
        ),
        (FORM, "แบบสอบถามความพึงพอใจ"),
    ])
    .site();
    for item in ["O16", "O32"] {
        let verdict = verdict_of(&site, item);
        assert_eq!(
            verdict.verdict,
            Decision::Fail,
            "{item}: {}",
            verdict.summary
        );
    }
}

#[test]
fn what_a_link_to_a_paper_says_is_no_content_wherever_the_paper_is_kept() {
    let says = |to: &str| {
        let site = plan(&format!("<p><a href='{to}'>จัดซื้อรถยนต์แล้วเสร็จ</a></p>")).site();
        ask::<bool>(&site, &format!("{PLANS}.mentions([\"รถยนต์\"])"))
    };
    assert!(!says(FILE));
    assert!(!says("https://www.dropbox.com/s/abc/plan?dl=0"));
    // A stranger's website is no paper of this page: what the page says of it is its own word.
    assert!(says("https://www.nacc.go.th/"));
    let beside = format!("<p><a href='{FILE}'>แผน</a></p><p>จัดซื้อรถยนต์แล้วเสร็จ</p>");
    let site = plan(&beside).site();
    assert!(ask::<bool>(
        &site,
        &format!("{PLANS}.mentions([\"รถยนต์\"])")
    ));
}
