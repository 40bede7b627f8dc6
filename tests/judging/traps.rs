//! What is nearly the item and is not: menus, indexes, criteria, news, laws, siblings, other years, copies, empty forms.

use std::sync::Arc;

use prongsai::judge::{Decision, Verdict};
use prongsai::rules::rule::Reason;
use prongsai::site::Site;

use crate::web::{Web, found, list, prose, prose_of, verdict_of};

fn passes(site: &Arc<Site>, item: &str) {
    let verdict = verdict_of(site, item);
    let lacks: Vec<&str> = verdict
        .criteria
        .iter()
        .filter(|criterion| criterion.outcome != prongsai::rules::answer::Outcome::Met)
        .map(|criterion| criterion.because.as_str())
        .collect();
    assert_eq!(
        verdict.verdict,
        Decision::Pass,
        "{item}: {}",
        lacks.join("; ")
    );
}

fn fails(site: &Arc<Site>, item: &str) -> Verdict {
    let verdict = verdict_of(site, item);
    let shown = verdict.evidence.first().map_or("", |it| it.url.as_str());
    assert_eq!(
        verdict.verdict,
        Decision::Fail,
        "{item}: {} {shown}",
        verdict.summary
    );
    verdict
}

const HALF: &str = "ไตรมาสที่ 1 - 2 (ตุลาคม 2563 - มีนาคม 2564)";
const WORK_HALF: (&str, &str) = (
    "o11.docx",
    "รายงานการกำกับติดตามการดำเนินงาน รอบ 6 เดือน ประจำปีงบประมาณ พ.ศ. 2564",
);
const MONEY_HALF: (&str, &str) = (
    "o19.docx",
    "รายงานการกำกับติดตามการใช้จ่ายงบประมาณ รอบ 6 เดือน ประจำปีงบประมาณ พ.ศ. 2564",
);
const FRAUD_HALF: (&str, &str) = (
    "o40.docx",
    "รายงานการกำกับติดตามการดำเนินการป้องกันการทุจริต รอบ 6 เดือน ประจำปีงบประมาณ พ.ศ. 2564",
);

fn work_half() -> String {
    format!(
        "{}\n{HALF}\nตามแผนดำเนินงานประจำปี\nโครงการปรับปรุงถนน ดำเนินการแล้วเสร็จ เบิกจ่าย 400,000 บาท\nโครงการอบรมอาชีพ อยู่ระหว่างดำเนินการ เบิกจ่าย 20,000 บาท",
        WORK_HALF.1
    )
}

fn money_half() -> String {
    format!(
        "{}\n{HALF}\nตามแผนการใช้จ่ายงบประมาณ\nงบบุคลากร ตั้งไว้ 9,000,000 บาท เบิกจ่าย 4,400,000 บาท คงเหลือ 4,600,000 บาท ร้อยละ 48\nงบลงทุน ตั้งไว้ 2,000,000 บาท เบิกจ่าย 500,000 บาท คงเหลือ 1,500,000 บาท ร้อยละ 25\nความก้าวหน้าการใช้จ่ายงบประมาณ ร้อยละ 44",
        MONEY_HALF.1
    )
}

fn fraud_half() -> String {
    format!(
        "{}\n{HALF}\nตามแผนปฏิบัติการป้องกันการทุจริต มิติที่ 1\nกิจกรรมอบรมคุณธรรม ดำเนินการแล้ว เบิกจ่าย 10,000 บาท\nความก้าวหน้าของกิจกรรม ร้อยละ 50",
        FRAUD_HALF.1
    )
}

#[test]
fn each_of_three_half_year_reports_serves_its_own_item() {
    let papers = [
        (WORK_HALF, work_half(), "O11"),
        (MONEY_HALF, money_half(), "O19"),
        (FRAUD_HALF, fraud_half(), "O40"),
    ];
    let all = papers.iter().fold(
        Web::linking(&papers.iter().map(|(link, ..)| *link).collect::<Vec<_>>()),
        |web, (link, text, _)| web.file(link.0, text),
    );
    for (_, _, item) in &papers {
        passes(&all.site(), item);
    }
    for (link, text, own) in &papers {
        let site = Web::linking(&[*link]).file(link.0, text).site();
        for (_, _, item) in papers.iter().filter(|(_, _, item)| item != own) {
            fails(&site, item);
        }
    }
}

#[test]
fn each_of_the_years_results_serves_its_own_item() {
    let papers = [
        (
            "O12",
            "o12.docx",
            "รายงานผลการดำเนินงานประจำปีงบประมาณ พ.ศ. 2563",
            "โครงการปรับปรุงถนน ผลการดำเนินงาน แล้วเสร็จ\nผลการใช้จ่ายงบประมาณ 400,000 บาท\nปัญหา อุปสรรค ฝนตกชุก\nข้อเสนอแนะ เร่งรัดในฤดูแล้ง",
        ),
        (
            "O20",
            "o20.docx",
            "รายงานผลการใช้จ่ายงบประมาณประจำปีงบประมาณ พ.ศ. 2563",
            "ผลการใช้จ่ายงบประมาณ งบบุคลากร เบิกจ่าย 9,000,000 บาท ร้อยละ 98\nผลสัมฤทธิ์ตามเป้าหมาย ร้อยละ 95\nปัญหา อุปสรรค จัดเก็บรายได้ล่าช้า\nข้อเสนอแนะ เร่งรัดการเบิกจ่าย",
        ),
        (
            "O24",
            "o24.docx",
            "รายงานผลการจัดซื้อจัดจ้างประจำปีงบประมาณ พ.ศ. 2563",
            "ผลการจัดซื้อจัดจ้าง 40 โครงการ งบประมาณที่ใช้ 4,000,000 บาท\nปัญหา อุปสรรค ผู้เสนอราคาน้อยราย\nข้อเสนอแนะ ประกาศให้ทั่วถึง",
        ),
        (
            "O28",
            "o28.docx",
            "รายงานผลการบริหารและพัฒนาทรัพยากรบุคคลประจำปีงบประมาณ พ.ศ. 2563",
            "ผลการดำเนินการตามนโยบายการบริหารทรัพยากรบุคคล สรรหา 3 อัตรา อบรม 20 คน\nผลการวิเคราะห์การบริหารและพัฒนาทรัพยากรบุคคล ขาดอัตรากำลัง\nปัญหา อุปสรรค ข้อเสนอแนะ",
        ),
        (
            "O41",
            "o41.docx",
            "รายงานผลการดำเนินการป้องกันการทุจริตประจำปีงบประมาณ พ.ศ. 2563",
            "ผลการดำเนินการตามแผนปฏิบัติการป้องกันการทุจริต กิจกรรมอบรมคุณธรรม แล้วเสร็จ\nผลการใช้จ่ายงบประมาณ 10,000 บาท\nผลสัมฤทธิ์ตามเป้าหมาย ร้อยละ 90\nปัญหา อุปสรรค ข้อเสนอแนะ",
        ),
    ];
    let site_of = |papers: &[(&str, &str, &str, &str)]| {
        let links: Vec<(&str, &str)> = papers
            .iter()
            .map(|(_, path, title, _)| (*path, *title))
            .collect();
        papers
            .iter()
            .fold(Web::linking(&links), |web, (_, path, title, text)| {
                web.file(path, &format!("{title}\n{text}"))
            })
            .site()
    };
    let all = site_of(&papers);
    for (item, ..) in papers {
        passes(&all, item);
    }
    for paper in papers {
        let alone = site_of(&[paper]);
        for (item, ..) in papers.iter().filter(|(item, ..)| *item != paper.0) {
            fails(&alone, item);
        }
    }
}

const RISK: &str = "เหตุการณ์ความเสี่ยง เรียกรับสินบน\nระดับความเสี่ยง สูง\nมาตรการ ตรวจสอบโดยหัวหน้างาน";

#[test]
fn general_risk_management_is_not_the_risk_of_corruption() {
    let fraud = "การประเมินความเสี่ยงการทุจริต ประจำปีงบประมาณ พ.ศ. 2564";
    let site = Web::linking(&[("r.docx", fraud)])
        .file("r.docx", &format!("{fraud}\n{RISK}"))
        .site();
    passes(&site, "O36");
    for (title, text) in [
        (
            "แผนบริหารจัดการความเสี่ยง ประจำปีงบประมาณ พ.ศ. 2564",
            "เหตุการณ์ความเสี่ยง เอกสารสูญหาย\nระดับความเสี่ยง สูง\nมาตรการ จัดทำทะเบียน",
        ),
        (
            "แผนบริหารความเสี่ยงสำนักปลัด ประจำปีงบประมาณ พ.ศ. 2564",
            "ความเสี่ยงด้านกลยุทธ์ ด้านการเงิน\nระดับความเสี่ยง สูง\nมาตรการ ควบคุม",
        ),
        (
            "รายงานการประเมินผลการควบคุมภายใน ประจำปีงบประมาณ พ.ศ. 2564",
            "ความเสี่ยงที่ยังเหลืออยู่ ระดับความเสี่ยง ปานกลาง มาตรการ ปรับปรุง",
        ),
    ] {
        let site = Web::linking(&[("r.docx", title)])
            .file("r.docx", &format!("{title}\n{text}"))
            .site();
        fails(&site, "O36");
    }
}

#[test]
fn general_complaints_serve_none_of_the_three_items_of_corruption() {
    let form = "<form method=post action=/send><label>ชื่อ</label><input type=text name=a><textarea name=b></textarea></form>";
    let site = Web::linking(&[
        ("guide.docx", "คู่มือการจัดการเรื่องร้องเรียนร้องทุกข์"),
        ("box", "ร้องเรียนร้องทุกข์"),
        ("count", "สถิติเรื่องร้องเรียนร้องทุกข์ ปีงบประมาณ 2564"),
    ])
    .file("guide.docx", "คู่มือการจัดการเรื่องร้องเรียนร้องทุกข์\nขั้นตอน รับเรื่องไฟฟ้า น้ำประปา ถนน\nช่องทาง โทรศัพท์\nผู้รับผิดชอบ สำนักปลัด\nระยะเวลา 7 วัน")
    .page("box", "ร้องเรียนร้องทุกข์", form)
    .page("count", "สถิติเรื่องร้องเรียนร้องทุกข์ ปีงบประมาณ 2564", "<table><tr><th>เดือน</th><th>จำนวนเรื่อง</th><th>แล้วเสร็จ</th><th>อยู่ระหว่าง</th></tr><tr><td>ตุลาคม 2563</td><td>3</td><td>3</td><td>0</td></tr><tr><td>มีนาคม 2564</td><td>2</td><td>1</td><td>1</td></tr></table>")
    .site();
    for item in ["O29", "O30", "O31"] {
        fails(&site, item);
    }
}

#[test]
fn no_complaints_is_an_answer_and_no_data_is_not() {
    let title = "ข้อมูลเชิงสถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ ประจำปีงบประมาณ พ.ศ. 2564";
    let site_of = |told: &str| {
        let body = format!(
            "<p>ประจำปีงบประมาณ พ.ศ. 2564 รอบ 6 เดือน (ตุลาคม 2563 - มีนาคม 2564)</p><p>เรื่องร้องเรียนการทุจริตและประพฤติมิชอบของเจ้าหน้าที่ของหน่วยงาน {told}</p>"
        );
        Web::linking(&[("stat", title)])
            .page("stat", title, &body)
            .site()
    };
    passes(&site_of("ไม่มีเรื่องร้องเรียน"), "O31");
    fails(&site_of("ไม่มีข้อมูล"), "O31");
    fails(&site_of("อยู่ระหว่างรวบรวมข้อมูล"), "O31");
}

/// The menu names everything; what it leads to is empty.
#[test]
fn a_menu_that_names_every_item_serves_none() {
    let names = [
        "โครงสร้าง",
        "อำนาจหน้าที่",
        "แผนพัฒนาท้องถิ่น",
        "แผนดำเนินงานประจำปี 2564",
        "รายงานการกำกับติดตามการดำเนินงาน รอบ 6 เดือน 2564",
        "รายงานผลการดำเนินงานประจำปี 2563",
        "คู่มือการปฏิบัติงาน",
        "คู่มือประชาชน",
        "แผนการใช้จ่ายงบประมาณ 2564",
        "เจตจำนงสุจริตของผู้บริหาร",
        "การประเมินความเสี่ยงการทุจริต 2564",
        "แผนปฏิบัติการป้องกันการทุจริต",
    ];
    let menu: String = names
        .iter()
        .map(|name| format!("<li><a href='/soon'>{name}</a></li>"))
        .collect();
    let menu = format!("<nav><ul>{menu}</ul></nav>");
    let web = (0..6).fold(Web::new(&menu), |web, n| {
        web.page(
            &format!("news{n}"),
            &format!("ข่าวที่ {n}"),
            &format!("{menu}{}", prose_of(&format!("ข่าวที่ {n}"))),
        )
    });
    let site = web
        .page(
            "soon",
            "อยู่ระหว่างปรับปรุง",
            &format!("{menu}<p>ขออภัยในความไม่สะดวก</p>"),
        )
        .site();
    for item in [
        "O1", "O3", "O4", "O10", "O11", "O12", "O13", "O14", "O18", "O34", "O36", "O39",
    ] {
        fails(&site, item);
    }
}

/// A page of one item that says what the manual asks for, and nothing else.
#[test]
fn criteria_quoted_on_an_items_own_page_are_not_the_item() {
    let pages = [
        (
            "O11",
            "O11 รายงานการกำกับติดตามการดำเนินงานประจำปี รอบ 6 เดือน",
            "แสดงความก้าวหน้าในการดำเนินงานตามแผนดำเนินงานประจำปี ในข้อ O10|มีข้อมูลรายละเอียดความก้าวหน้า ยกตัวอย่างเช่น ความก้าวหน้าการดำเนินการแต่ละโครงการ/กิจกรรม รายละเอียดงบประมาณที่ใช้ดำเนินงาน เป็นต้น|สามารถจัดทำข้อมูลเป็นแบบรายเดือน หรือรายไตรมาส หรือราย 6 เดือน ที่มีข้อมูลครอบคลุมในระยะเวลา 6 เดือนแรกของปี พ.ศ. 2564",
        ),
        (
            "O12",
            "O12 รายงานผลการดำเนินงานประจำปี",
            "แสดงผลการดำเนินงานตามแผนดำเนินงานประจำปี|มีข้อมูลรายละเอียดสรุปผลการดำเนินงาน ยกตัวอย่างเช่น ผลการดำเนินการแต่ละโครงการ/กิจกรรม ผลการใช้จ่ายงบประมาณที่ใช้ดำเนินงาน ปัญหา/อุปสรรค ข้อเสนอแนะ ผลสัมฤทธิ์ตามเป้าหมาย เป็นต้น|เป็นรายงานผลของปี พ.ศ. 2563",
        ),
        (
            "O31",
            "O31 ข้อมูลเชิงสถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบประจำปี",
            "แสดงข้อมูลสถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบของเจ้าหน้าที่ของหน่วยงาน|มีข้อมูลความก้าวหน้าการจัดการเรื่องร้องเรียน ยกตัวอย่างเช่น จำนวนเรื่องทั้งหมด เรื่องที่ดำเนินการแล้วเสร็จ เรื่องที่อยู่ระหว่างดำเนินการ เป็นต้น (กรณีไม่มีเรื่องร้องเรียนให้ระบุว่าไม่มีเรื่องร้องเรียน)|เป็นข้อมูลในระยะเวลาอย่างน้อย 6 เดือนแรกของปี พ.ศ. 2564",
        ),
        (
            "O36",
            "O36 การประเมินความเสี่ยงการทุจริตประจำปี",
            "แสดงผลการประเมินความเสี่ยงของการดำเนินงานหรือการปฏิบัติหน้าที่ที่อาจก่อให้เกิดการทุจริตหรือก่อให้เกิดการขัดกันระหว่างผลประโยชน์ส่วนตนกับผลประโยชน์ส่วนรวมของหน่วยงาน|มีข้อมูลรายละเอียดของผลการประเมิน ยกตัวอย่างเช่น เหตุการณ์ความเสี่ยงและระดับของความเสี่ยง มาตรการและการดำเนินการในการบริหารจัดการความเสี่ยง เป็นต้น|เป็นการดำเนินการในปี พ.ศ. 2564",
        ),
        (
            "O10",
            "O10 แผนดำเนินงานประจำปี",
            "แสดงแผนการดำเนินภารกิจของหน่วยงานที่มีระยะ 1 ปี|มีข้อมูลรายละเอียดของแผนฯ ยกตัวอย่างเช่น โครงการหรือกิจกรรม งบประมาณที่ใช้ ระยะเวลาในการดำเนินการ เป็นต้น|เป็นแผนที่มีระยะเวลาบังคับใช้ในปี พ.ศ. 2564",
        ),
        (
            "O20",
            "O20 รายงานผลการใช้จ่ายงบประมาณประจำปี",
            "องค์ประกอบด้านข้อมูล|แสดงผลการดำเนินงานตามแผนการใช้จ่ายงบประมาณประจำปี|มีข้อมูลรายละเอียดสรุปผลการใช้จ่ายงบประมาณ ยกตัวอย่างเช่น ผลการใช้จ่ายงบประมาณ ปัญหา/อุปสรรค ข้อเสนอแนะ ผลสัมฤทธิ์ตามเป้าหมาย เป็นต้น|เป็นรายงานผลของปี พ.ศ. 2563",
        ),
    ];
    for (item, title, criteria) in pages {
        for (open, close) in [
            ("<p>", "</p>"),
            ("<li>", "</li>"),
            ("o ", "<br>"),
            ("", " "),
        ] {
            let body: String = criteria
                .split('|')
                .map(|line| format!("{open}{line}{close}"))
                .collect();
            let site = Web::linking(&[("item", title)])
                .page("item", title, &body)
                .site();
            fails(&site, item);
            let linked = format!(
                "{body}<p><a href='https://drive.google.com/file/d/1AbCdEfGhIjKlM/view'>เอกสาร</a></p>"
            );
            let site = Web::linking(&[("item", title)])
                .page("item", title, &linked)
                .site();
            let verdict = verdict_of(&site, item);
            assert_ne!(verdict.verdict, Decision::Pass, "{item} {open}");
        }
    }
}

#[test]
fn news_about_an_item_is_not_the_item() {
    let cases = [
        (
            "O34",
            "ผู้บริหารประกาศเจตจำนงสุจริต",
            "เมื่อวันที่ 9 ธันวาคม 2563 นายสม ใจดี นายกองค์การบริหารส่วนตำบลบ้านดี เข้าร่วมพิธีประกาศเจตจำนงสุจริต ณ ที่ว่าการอำเภอเมือง พร้อมคณะ",
        ),
        (
            "O36",
            "ประชุมการประเมินความเสี่ยงการทุจริต ประจำปี 2564",
            "เมื่อวันที่ 9 ธันวาคม 2563 องค์การบริหารส่วนตำบลบ้านดี ประชุมการประเมินความเสี่ยงการทุจริต ณ ห้องประชุม",
        ),
        (
            "O16",
            "เชิญร่วมตอบแบบสอบถามความพึงพอใจการให้บริการ ปี 2563",
            "ขอเชิญประชาชนตอบแบบสอบถามความพึงพอใจการให้บริการ ระดับความพึงพอใจ มากที่สุด มาก ปานกลาง",
        ),
        (
            "O39",
            "อบรมการจัดทำแผนปฏิบัติการป้องกันการทุจริต ปี 2564",
            "เมื่อวันที่ 9 ธันวาคม 2563 เข้ารับการอบรมการจัดทำแผนปฏิบัติการป้องกันการทุจริต",
        ),
    ];
    for (item, title, text) in cases {
        let body = format!(
            "<p>{text}</p><img src=1.jpg><p>{}</p>",
            "ทั้งนี้ผู้เข้าร่วมทุกท่านได้ถ่ายภาพร่วมกันเป็นที่ระลึก ".repeat(4)
        );
        let site = Web::linking(&[("news", title)])
            .page("news", title, &body)
            .site();
        fails(&site, item);
    }
}

#[test]
fn laws_and_central_standards_are_not_the_agencys_papers() {
    let cases = [
        (
            "O22",
            "กฎกระทรวงกำหนดวงเงินการจัดซื้อจัดจ้างพัสดุโดยวิธีเฉพาะเจาะจง พ.ศ. 2560",
            "อาศัยอำนาจตามความในพระราชบัญญัติการจัดซื้อจัดจ้าง รัฐมนตรีออกกฎกระทรวงไว้ดังต่อไปนี้ ราชกิจจานุเบกษา",
        ),
        (
            "O13",
            "มาตรฐานกำหนดตำแหน่งพนักงานส่วนตำบล",
            "มาตรฐานทั่วไปเกี่ยวกับตำแหน่ง ลักษณะงานที่ปฏิบัติ ขั้นตอนการปฏิบัติงาน",
        ),
        (
            "O18",
            "พระราชบัญญัติงบประมาณรายจ่ายประจำปีงบประมาณ พ.ศ. 2564",
            "ราชกิจจานุเบกษา งบบุคลากร งบดำเนินงาน เงินอุดหนุนทั่วไป แหล่งที่มา",
        ),
        (
            "O18",
            "ระเบียบกระทรวงมหาดไทยว่าด้วยวิธีการงบประมาณ พ.ศ. 2563",
            "ข้อ 1 ระเบียบนี้ งบบุคลากร งบดำเนินงาน ประมาณการรายจ่าย เงินอุดหนุนทั่วไป ประจำปีงบประมาณ พ.ศ. 2564",
        ),
        (
            "O18",
            "ประกาศประกวดราคาจ้างก่อสร้างถนน ตามข้อบัญญัติงบประมาณรายจ่ายประจำปี พ.ศ. 2564",
            "ประกาศประกวดราคา งบลงทุน วงเงิน 400,000 บาท",
        ),
    ];
    for (item, title, text) in cases {
        let site = Web::linking(&[("law.docx", title)])
            .file("law.docx", &format!("{title}\n{text}"))
            .site();
        fails(&site, item);
    }
}

/// Seven years, one link text: the year of the row belongs to the row's own link.
#[test]
fn every_year_of_a_list_goes_with_its_own_link() {
    let text = |year: i16| {
        format!(
            "รายงานผลการดำเนินงาน\nองค์การบริหารส่วนตำบลบ้านดี\nโครงการ ผลการดำเนินงาน แล้วเสร็จ\nผลการใช้จ่ายงบประมาณ\nปัญหา อุปสรรค\nข้อเสนอแนะ\nเล่มที่ {}",
            year - 2500
        )
    };
    let shapes: [fn(i16) -> String; 4] = [
        |year| {
            format!(
                "<tr><td>รายงานผลการดำเนินงานประจำปี {year}</td><td><a href='{year}.docx'>ดาวน์โหลด</a></td></tr>"
            )
        },
        |year| {
            format!(
                "<tr><td>{year}</td><td>รายงานผลการดำเนินงานประจำปี</td><td><a href='{year}.docx'>ดาวน์โหลด</a></td></tr>"
            )
        },
        |year| {
            format!("<p>รายงานผลการดำเนินงานประจำปี {year} <a href='{year}.docx'>ดาวน์โหลดที่นี่</a></p>")
        },
        |year| format!("<h4>ปีงบประมาณ {year}</h4><p><a href='{year}.docx'>ดาวน์โหลด</a></p>"),
    ];
    for (at, shape) in shapes.into_iter().enumerate() {
        for (years, has) in [(2558..=2565, true), (2558..=2562, false)] {
            let years: Vec<i16> = years.rev().collect();
            let rows: String = years.iter().map(|year| shape(*year)).collect();
            let body = if rows.starts_with("<tr>") {
                format!("<table>{rows}</table>")
            } else {
                rows
            };
            let title = "รายงานผลการดำเนินงานประจำปี";
            let web = Web::linking(&[("reports", title)]).page("reports", title, &body);
            let site = years
                .iter()
                .fold(web, |web, year| {
                    web.file(&format!("{year}.docx"), &text(*year))
                })
                .site();
            let of = |year: &str| {
                found(
                    &site,
                    &format!("site.find([\"รายงานผลการดำเนินงาน\"]).of_year({year})"),
                )
            };
            if has {
                assert_eq!(of("site.year.previous"), ["/2563.docx"], "shape {at}");
                assert_eq!(of("site.year"), ["/2564.docx"], "shape {at}");
                passes(&site, "O12");
            } else {
                assert!(of("site.year.previous").is_empty(), "shape {at}");
                assert_eq!(
                    fails(&site, "O12").reason,
                    Some(Reason::OffYear),
                    "shape {at}"
                );
            }
        }
    }
}

#[test]
fn a_year_that_a_list_skips_is_not_there() {
    let rows = [2565, 2564, 2562, 2561].map(|year| {
        (
            format!("{year}.docx"),
            format!("รายงานผลการดำเนินงานประจำปีงบประมาณ พ.ศ. {year}"),
        )
    });
    let links: Vec<(&str, &str)> = rows
        .iter()
        .map(|(path, title)| (&**path, &**title))
        .collect();
    let web = rows.iter().fold(Web::linking(&[("reports", "รายงานผลการดำเนินงานประจำปี")]).page("reports", "รายงานผลการดำเนินงานประจำปี", &list(&links)), |web, (path, title)| {
        web.file(path, &format!("{title}\nโครงการ ผลการดำเนินงาน แล้วเสร็จ\nผลการใช้จ่ายงบประมาณ\nปัญหา อุปสรรค\nข้อเสนอแนะ"))
    });
    assert_eq!(fails(&web.site(), "O12").reason, Some(Reason::OffYear));
}

/// Index pages of every shape, over papers whose own words decide.
#[test]
fn indexes_of_every_shape_are_ways_and_not_evidence() {
    let titles = [
        "โครงสร้าง",
        "ข้อมูลผู้บริหาร",
        "อำนาจหน้าที่",
        "แผนยุทธศาสตร์หรือแผนพัฒนาหน่วยงาน",
        "ข้อมูลการติดต่อ",
        "กฎหมายที่เกี่ยวข้อง",
        "ข่าวประชาสัมพันธ์",
        "Q&A",
        "Social Network",
        "แผนดำเนินงานประจำปี",
        "รายงานการกำกับติดตามการดำเนินงานประจำปี รอบ 6 เดือน",
        "รายงานผลการดำเนินงานประจำปี",
    ];
    let numbered: [fn(usize) -> String; 6] = [
        |n| format!("O{n} "),
        |n| format!("O{n}"),
        |n| format!("0{n}"),
        |n| format!("{n}"),
        |n| format!("MOIT {n} "),
        |n| format!("EB{n} "),
    ];
    for (at, number) in numbered.into_iter().enumerate() {
        let rows: String = titles
            .iter()
            .enumerate()
            .map(|(n, title)| format!("<tr><td>{}{title}</td><td>แสดง{title}ของหน่วยงาน</td><td><a href='/doc{n}'>คลิก</a></td></tr>", number(n + 1)))
            .collect();
        let web = Web::linking(&[("ita", "ITA 2564")]).page(
            "ita",
            "การเปิดเผยข้อมูลสาธารณะ OIT ประจำปี 2564",
            &format!("<table>{rows}</table>"),
        );
        let site = (0..titles.len())
            .fold(web, |web, n| {
                web.page(
                    &format!("doc{n}"),
                    &format!("เอกสาร {n}"),
                    &prose_of(&format!("เอกสารลำดับ {n}")),
                )
            })
            .site();
        assert!(
            found(&site, r#"site.find(["โครงสร้าง", "อำนาจหน้าที่"])"#)
                .iter()
                .all(|path| path != "/ita"),
            "shape {at}"
        );
        for item in ["O1", "O3", "O4", "O10", "O11", "O12"] {
            let verdict = verdict_of(&site, item);
            assert_ne!(
                verdict.verdict,
                Decision::Pass,
                "shape {at}: {item} {}",
                verdict.summary
            );
        }
    }
}

#[test]
fn the_label_wins_over_the_number() {
    let title = WORK_HALF.1;
    for label in [
        format!("O10 {title}"),
        format!("011{title}"),
        format!("30{title}"),
        format!("O19{title}"),
        format!("4.2 {title}"),
    ] {
        let site = Web::linking(&[("o.docx", &label)])
            .file("o.docx", &work_half())
            .site();
        passes(&site, "O11");
        fails(&site, "O19");
        fails(&site, "O10");
    }
}

#[test]
fn rows_of_an_index_that_slipped_by_one_mislead_nobody() {
    let papers = [
        ("w.docx", work_half()),
        ("m.docx", money_half()),
        ("f.docx", fraud_half()),
    ];
    let rows = list(&[
        ("x1", "O1 โครงสร้าง"),
        ("x2", "O2 ข้อมูลผู้บริหาร"),
        ("x3", "O3 อำนาจหน้าที่"),
        ("x4", "O4 แผนพัฒนา"),
        ("x5", "O5 ข้อมูลการติดต่อ"),
        (
            "f.docx",
            "O11 รายงานการกำกับติดตามการดำเนินงานประจำปี รอบ 6 เดือน",
        ),
        (
            "w.docx",
            "O19 รายงานการกำกับติดตามการใช้จ่ายงบประมาณ รอบ 6 เดือน",
        ),
        (
            "m.docx",
            "O40 รายงานการกำกับติดตามการดำเนินการป้องกันการทุจริต รอบ 6 เดือน",
        ),
    ]);
    let web = Web::linking(&[("ita", "ITA")]).page("ita", "ITA 2564", &rows);
    let site = papers
        .iter()
        .fold(web, |web, (path, text)| web.file(path, text))
        .site();
    for (item, path) in [("O11", "/w.docx"), ("O19", "/m.docx"), ("O40", "/f.docx")] {
        let verdict = verdict_of(&site, item);
        let shown = verdict.evidence.iter().any(|it| it.url.ends_with(path));
        assert!(
            verdict.verdict == Decision::Pass && shown,
            "{item}: {}",
            verdict.summary
        );
    }
    // Where the paper itself is not there, the promise of its row does not make another paper pass for it.
    for (item, own) in [("O11", "w.docx"), ("O19", "m.docx"), ("O40", "f.docx")] {
        let web = Web::linking(&[("ita", "ITA")]).page("ita", "ITA 2564", &rows);
        let site = papers.iter().fold(web, |web, (path, text)| {
            if *path == own {
                web.gone(path)
            } else {
                web.file(path, text)
            }
        });
        let verdict = verdict_of(&site.site(), item);
        assert_ne!(verdict.verdict, Decision::Pass, "{item}");
    }
}

#[test]
fn an_evergreen_index_of_another_year_is_another_years() {
    let rows = list(&[
        ("x1", "O1 โครงสร้าง"),
        ("x2", "O2 ข้อมูลผู้บริหาร"),
        ("x3", "O3 อำนาจหน้าที่"),
        ("x4", "O4 แผนพัฒนา"),
        ("x5", "O5 ข้อมูลการติดต่อ"),
        ("plan.docx", "O10 แผนดำเนินงานประจำปี"),
    ]);
    let site = Web::linking(&[("ita", "ITA")])
        .page("ita", "ITA ประจำปีงบประมาณ พ.ศ. 2562", &format!("<h2>ITA ประจำปีงบประมาณ พ.ศ. 2562</h2>{rows}"))
        .file("plan.docx", "แผนดำเนินงานประจำปีงบประมาณ พ.ศ. 2562\nโครงการปรับปรุงถนน งบประมาณ 400,000 บาท ระยะเวลาดำเนินการ ต.ค. 61 - ก.ย. 62")
        .site();
    assert_eq!(fails(&site, "O10").reason, Some(Reason::OffYear));
}

#[test]
fn copies_of_a_page_are_no_second_publication() {
    let title = WORK_HALF.1;
    let body: String = work_half()
        .lines()
        .map(|line| format!("<p>{line}</p>"))
        .collect();
    let json = format!(
        "{{\"title\":{{\"rendered\":\"{title}\"}},\"content\":{{\"rendered\":\"{}\"}}}}",
        work_half().replace('\n', " ")
    );
    let site = Web::new(&format!(
        "{}{}",
        list(&[
            ("post", title),
            ("print/post", title),
            ("wp-json/wp/v2/posts/1", title),
            ("feed", title)
        ]),
        prose()
    ))
    .page("post", title, &body)
    .page("print/post", title, &body)
    .data("wp-json/wp/v2/posts/1", "application/json", &json)
    .data(
        "feed",
        "application/rss+xml",
        &format!(
            "<?xml version='1.0'?><rss><channel><item><title>{title}</title></item></channel></rss>"
        ),
    )
    .site();
    passes(&site, "O11");
    let shown: Vec<String> = verdict_of(&site, "O11")
        .evidence
        .iter()
        .map(|it| it.url.clone())
        .collect();
    assert!(
        shown
            .iter()
            .all(|url| !url.contains("wp-json") && !url.contains("feed")),
        "{shown:?}"
    );
}

#[test]
fn spam_with_government_words_is_nothing() {
    let words = "หวยออนไลน์ แทงหวย ประกาศราคากลาง จัดซื้อจัดจ้าง ผู้ชนะการเสนอราคา เว็บพนัน สล็อต 2564";
    let site = Web::linking(&[("lotto", "หวยออนไลน์ ราคากลาง 2564")])
        .page(
            "lotto",
            "หวยออนไลน์ ราคากลาง 2564",
            &format!("<p>{}</p>", words.repeat(6)),
        )
        .site();
    for item in ["O21", "O22", "O23", "O24"] {
        fails(&site, item);
    }
}

#[test]
fn a_table_of_headers_holds_nothing() {
    let head = [
        "งานที่จัดซื้อหรือจัดจ้าง",
        "วงเงินที่จะซื้อหรือจ้าง",
        "ราคากลาง",
        "วิธีซื้อหรือจ้าง",
        "รายชื่อผู้เสนอราคา",
        "ผู้ได้รับการคัดเลือก",
        "เหตุผลที่คัดเลือก",
        "เลขที่และวันที่ของสัญญา",
    ];
    let head: String = head.iter().map(|cell| format!("<th>{cell}</th>")).collect();
    let months = [
        "ตุลาคม 2563",
        "พฤศจิกายน 2563",
        "ธันวาคม 2563",
        "มกราคม 2564",
        "กุมภาพันธ์ 2564",
        "มีนาคม 2564",
    ];
    let site_of = |row: &str| {
        let body: String = months
            .iter()
            .map(|month| format!("<h3>เดือน{month}</h3><table><tr>{head}</tr>{row}</table>"))
            .collect();
        let title = "สรุปผลการจัดซื้อจัดจ้างรายเดือน (สขร.1) ปีงบประมาณ 2564";
        Web::linking(&[("b", title)]).page("b", title, &body).site()
    };
    passes(
        &site_of(
            "<tr><td>ซื้อกระดาษ</td><td>9,000</td><td>9,000</td><td>เฉพาะเจาะจง</td><td>ร้านดี 9,000</td><td>ร้านดี</td><td>คุณสมบัติครบ</td><td>1/2564</td></tr>",
        ),
        "O23",
    );
    fails(&site_of(""), "O23");
    fails(
        &site_of(
            "<tr><td></td><td></td><td></td><td></td><td></td><td></td><td></td><td></td></tr>",
        ),
        "O23",
    );
}

#[test]
fn an_announcement_without_its_attachment_is_no_plan() {
    let title = "ประกาศ เรื่อง แผนดำเนินงานประจำปีงบประมาณ พ.ศ. 2564";
    let words = "องค์การบริหารส่วนตำบลบ้านดีได้จัดทำแผนดำเนินงานประจำปีงบประมาณ พ.ศ. 2564 เสร็จเรียบร้อยแล้ว จึงประกาศให้ทราบโดยทั่วกัน รายละเอียดตามเอกสารแนบ ประกาศ ณ วันที่ 20 ตุลาคม 2563";
    let site = Web::linking(&[("plan", title)])
        .page("plan", title, &format!("<p>{words}</p>"))
        .site();
    fails(&site, "O10");
    let dead = Web::linking(&[("plan", title)])
        .page(
            "plan",
            title,
            &format!("<p>{words}</p><a href=plan.docx>เอกสารแนบ</a>"),
        )
        .gone("plan.docx")
        .site();
    fails(&dead, "O10");
}

#[test]
fn a_reason_given_for_what_is_missing_goes_to_a_person() {
    let title = "คณะผู้บริหาร";
    let card = |name: &str, position: &str| {
        format!(
            "<div class=card><img src='{position}.jpg'><p>{name}</p><p>{position}</p><p>โทร 081-234-5678</p></div>"
        )
    };
    let body = format!(
        "<p>ปัจจุบันไม่มีผู้ดำรงตำแหน่งทางการเมือง</p>{}{}",
        card(
            "นายปรีชา ดีงาม",
            "ปลัดองค์การบริหารส่วนตำบล ปฏิบัติหน้าที่นายกองค์การบริหารส่วนตำบล"
        ),
        card("นางสาวมาลี สุขใจ", "ผู้อำนวยการกองคลัง")
    );
    let site = Web::linking(&[("team", title)])
        .page("team", title, &body)
        .site();
    let verdict = verdict_of(&site, "O2");
    let both = verdict
        .criteria
        .iter()
        .find(|criterion| criterion.id == "both_sides")
        .unwrap();
    assert_ne!(
        both.outcome,
        prongsai::rules::answer::Outcome::Unmet,
        "{}",
        both.because
    );
}

#[test]
fn a_page_that_serves_one_item_need_not_serve_its_neighbour() {
    let title = "แนวปฏิบัติการจัดการเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ";
    let body = "<p>วิธีการร้องเรียนการทุจริต ช่องทาง ยื่นหนังสือด้วยตนเอง</p><p>ขั้นตอน รับเรื่อง ตรวจสอบ แจ้งผล</p><p>ผู้รับผิดชอบ สำนักปลัด นิติกร</p><p>ระยะเวลา 15 วันทำการ</p>";
    let site = Web::linking(&[("guide", title)])
        .page("guide", title, &format!("{body}{}", prose()))
        .site();
    passes(&site, "O29");
    fails(&site, "O30");
    fails(&site, "O31");
}

/// The candidate nearest to the item comes first, whatever stands nearer to the home page.
#[test]
fn candidates_rank_by_their_own_name_before_their_section_and_a_promise() {
    let index = list(&[
        ("x1", "O1 โครงสร้าง"),
        ("x2", "O2 ผู้บริหาร"),
        ("x3", "O3 อำนาจหน้าที่"),
        ("x4", "O5 ติดต่อ"),
        ("x5", "O6 กฎหมาย"),
        ("promised", "O10 แผนดำเนินงาน"),
    ]);
    let site = Web::linking(&[
        ("ita", "ITA"),
        ("section", "แผนดำเนินงาน"),
        ("deep", "เอกสารเผยแพร่"),
    ])
    .page("ita", "ITA 2564", &index)
    .page("promised", "เรื่องหนึ่ง", &prose_of("เรื่องหนึ่ง"))
    .page(
        "section",
        "แผนดำเนินงาน",
        &list(&[("a.docx", "ฉบับที่หนึ่ง"), ("b.docx", "ฉบับที่สอง ปรับปรุง")]),
    )
    .file("a.docx", "โครงการ")
    .file("b.docx", "โครงการอื่น")
    .page(
        "deep",
        "เอกสารเผยแพร่",
        &format!(
            "{}{}",
            prose_of("เอกสาร"),
            list(&[("deeper", "แผนดำเนินงาน ปี 2564")])
        ),
    )
    .page("deeper", "แผนดำเนินงาน ปี 2564", &prose_of("แผน"))
    .site();
    let order = found(&site, r#"site.find(["แผนดำเนินงาน"])"#);
    assert_eq!(order.first().map(String::as_str), Some("/deeper"));
    assert_eq!(order.last().map(String::as_str), Some("/promised"));
    assert!(order.iter().any(|path| path == "/a.docx"));
}
