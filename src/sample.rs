//! For tests: the outline of 2564 and hand-made verdicts with the eleven failures of the measures document the report imitates.

use crate::judge::{CriterionVerdict, Decision, Verdict};
use crate::rules::answer::{Evidence, NearMiss, Outcome};
use crate::rules::outline::{Grade, Group, Indicator, ItemRef, MeasureText, Outline, Tool};
use crate::rules::rule::{Basis, Reason};
use crate::year::FiscalYear;

/// The items that failed.
pub(crate) const FAILED: [&str; 11] = [
    "O2", "O8", "O17", "O19", "O20", "O23", "O24", "O30", "O35", "O37", "O38",
];

/// The survey scores of the same agency and year.
pub(crate) const SCORES: &str = include_str!("../tests/sites/kalase-2564/ita-scores.json");

const GROUPS: [(&str, &str, std::ops::RangeInclusive<u32>); 7] = [
    ("9.1", "ข้อมูลพื้นฐาน", 1..=9),
    ("9.2", "การบริหารงาน", 10..=17),
    ("9.3", "การบริหารเงินงบประมาณ", 18..=24),
    ("9.4", "การบริหารและพัฒนาทรัพยากรบุคคล", 25..=28),
    ("9.5", "การส่งเสริมความโปร่งใส", 29..=33),
    ("10.1", "การดำเนินการเพื่อป้องกันการทุจริต", 34..=41),
    ("10.2", "มาตรการภายในเพื่อป้องกันการทุจริต", 42..=43),
];

const TITLES: [&str; 43] = [
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
    "คู่มือหรือมาตรฐานการปฏิบัติงาน",
    "คู่มือหรือมาตรฐานการให้บริการ",
    "ข้อมูลเชิงสถิติการให้บริการ",
    "รายงานผลการสำรวจความพึงพอใจการให้บริการ",
    "E-Service",
    "แผนการใช้จ่ายงบประมาณประจำปี",
    "รายงานการกำกับติดตามการใช้จ่ายงบประมาณประจำปี รอบ 6 เดือน",
    "รายงานผลการใช้จ่ายงบประมาณประจำปี",
    "แผนการจัดซื้อจัดจ้างหรือแผนการจัดหาพัสดุ",
    "ประกาศต่าง ๆ เกี่ยวกับการจัดซื้อจัดจ้างหรือการจัดหาพัสดุ",
    "สรุปผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุรายเดือน",
    "รายงานผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุประจำปี",
    "นโยบายการบริหารทรัพยากรบุคคล",
    "การดำเนินการตามนโยบายการบริหารทรัพยากรบุคคล",
    "หลักเกณฑ์การบริหารและพัฒนาทรัพยากรบุคคล",
    "รายงานผลการบริหารและพัฒนาทรัพยากรบุคคลประจำปี",
    "แนวปฏิบัติการจัดการเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ",
    "ช่องทางแจ้งเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ",
    "ข้อมูลเชิงสถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ",
    "ช่องทางการรับฟังความคิดเห็น",
    "การเปิดโอกาสให้เกิดการมีส่วนร่วม",
    "เจตจำนงสุจริตของผู้บริหาร",
    "การมีส่วนร่วมของผู้บริหาร",
    "การประเมินความเสี่ยงการทุจริตประจำปี",
    "การดำเนินการเพื่อจัดการความเสี่ยงการทุจริต",
    "การเสริมสร้างวัฒนธรรมองค์กร",
    "แผนปฏิบัติการป้องกันการทุจริต",
    "รายงานการกำกับติดตามการดำเนินการป้องกันการทุจริตประจำปี รอบ 6 เดือน",
    "รายงานผลการดำเนินการป้องกันการทุจริตประจำปี",
    "มาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน",
    "การดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน",
];

/// The 2564 outline: 43 items in seven groups, ten indicators, three tools.
pub(crate) fn outline() -> Outline {
    let survey = |id: &str, title: &str| Indicator {
        id: id.to_owned(),
        title: title.to_owned(),
        groups: vec![],
        measure: Some(MeasureText {
            title: format!("มาตรการส่งเสริม{title}"),
            steps: vec![
                format!("นำผลการประเมินด้าน{title}มาวิเคราะห์ร่วมกันทุกส่วนราชการ"),
                "กำหนดแนวทางปรับปรุงและแจ้งเวียนให้บุคลากรทราบ".to_owned(),
            ],
            owner: "ทุกส่วนราชการ".to_owned(),
            period: "ตลอดปีงบประมาณ".to_owned(),
            follow_up: "รายงานผลต่อผู้บังคับบัญชาตามลำดับ".to_owned(),
        }),
    };
    let disclosure = |id: &str, title: &str| Indicator {
        id: id.to_owned(),
        title: title.to_owned(),
        measure: None,
        groups: GROUPS
            .iter()
            .filter(|(group, ..)| group.split('.').next() == Some(id))
            .map(|(group, title, items)| Group {
                id: (*group).to_owned(),
                title: (*title).to_owned(),
                items: items
                    .clone()
                    .map(|n| ItemRef::Same(format!("O{n}")))
                    .collect(),
            })
            .collect(),
    };
    let tool = |id: &str, title: &str, weight: f64, indicators: Vec<Indicator>| Tool {
        id: id.to_owned(),
        title: title.to_owned(),
        weight,
        indicators,
    };
    let grade = |grade: &str, from: f64, gloss: &str| Grade {
        grade: grade.to_owned(),
        from,
        each_from: 0.0,
        gloss: gloss.to_owned(),
    };
    Outline {
        year: FiscalYear(2564),
        inherits: None,
        measure_below: 85.0,
        tools: vec![
            tool(
                "iit",
                "การรับรู้ของผู้มีส่วนได้ส่วนเสียภายใน",
                0.3,
                vec![
                    survey("1", "การปฏิบัติหน้าที่"),
                    survey("2", "การใช้งบประมาณ"),
                    survey("3", "การใช้อำนาจ"),
                    survey("4", "การใช้ทรัพย์สินของราชการ"),
                    survey("5", "การแก้ไขปัญหาการทุจริต"),
                ],
            ),
            tool(
                "eit",
                "การรับรู้ของผู้มีส่วนได้ส่วนเสียภายนอก",
                0.3,
                vec![
                    survey("6", "คุณภาพการดำเนินงาน"),
                    survey("7", "ประสิทธิภาพการสื่อสาร"),
                    survey("8", "การปรับปรุงระบบการทำงาน"),
                ],
            ),
            tool(
                "oit",
                "การเปิดเผยข้อมูลสาธารณะ",
                0.4,
                vec![
                    disclosure("9", "การเปิดเผยข้อมูล"),
                    disclosure("10", "การป้องกันการทุจริต"),
                ],
            ),
        ],
        grades: vec![
            grade("AA", 95.0, ""),
            grade("A", 85.0, ""),
            grade(
                "B",
                75.0,
                "หน่วยงานสามารถดำเนินการสอดคล้องตามตัวชี้วัดและหลักเกณฑ์การประเมิน ITA เป็นส่วนใหญ่ โดยมีบางประเด็นที่จำเป็นต้องวางแผนพัฒนาและปรับปรุงประมาณร้อยละ 15-25 ของตัวชี้วัดหรือข้อคำถามทั้งหมด",
            ),
            grade("C", 65.0, ""),
            grade("D", 55.0, ""),
            grade("E", 50.0, ""),
            grade("F", 0.0, ""),
        ],
    }
}

/// The measure a rule would state.
pub(crate) fn measure_text(item: &str) -> Option<MeasureText> {
    let title = TITLES.get(number(item) - 1)?;
    Some(MeasureText {
        title: format!("มาตรการเปิดเผย{title}"),
        steps: vec![],
        owner: if (18..=24).contains(&number(item)) {
            "กองคลัง"
        } else {
            "สำนักปลัด"
        }
        .to_owned(),
        period: "ภายใน 30 วัน".to_owned(),
        follow_up: "รายงานผลต่อผู้บังคับบัญชาตามลำดับทุกเดือน".to_owned(),
    })
}

/// All items, `failed` of them failing and `unsure` of them unsure, with one criterion each.
pub(crate) fn plain(failed: &[&str], unsure: &[&str]) -> Vec<Verdict> {
    (1..=43)
        .map(|n| {
            let id = format!("O{n}");
            let decision = if failed.contains(&id.as_str()) {
                Decision::Fail
            } else if unsure.contains(&id.as_str()) {
                Decision::Unsure
            } else {
                Decision::Pass
            };
            verdict(&id, decision, vec![present(decision)])
        })
        .collect()
}

/// The same with what a reader would really meet: quotes, near misses, several criteria, an unreadable scan.
pub(crate) fn verdicts() -> Vec<Verdict> {
    let mut all = plain(&FAILED, &["O26"]);
    let mut put = |new: Verdict| {
        let at = number(&new.id) - 1;
        all[at] = new;
    };
    put(with(
        verdict(
            "O2",
            Decision::Fail,
            vec![
                criterion(
                    "names",
                    Outcome::Met,
                    "แสดงชื่อ-นามสกุลของผู้บริหารแต่ละคน",
                    "พบรายชื่อ 4 คน",
                    "ระบุชื่อ-นามสกุลของผู้บริหารทุกคน",
                    Some("นายก <script>alert(1)</script> องค์การบริหารส่วนตำบล"),
                ),
                criterion(
                    "contacts",
                    Outcome::Unmet,
                    "แสดงช่องทางการติดต่อของผู้บริหารแต่ละคน",
                    "ขาดช่องทางการติดต่อ 3 จาก 4 คน: นางสาวมาลี ทองดี, นายสมชาย ใจกว้าง, นายวิชัย เรือนแก้ว",
                    "เพิ่มหมายเลขโทรศัพท์หรืออีเมลของผู้บริหารแต่ละคน",
                    None,
                ),
                criterion(
                    "both_sides",
                    Outcome::Unmet,
                    "ครอบคลุมทั้งฝ่ายการเมืองและฝ่ายข้าราชการประจำ",
                    "พบฝ่ายการเมือง ไม่พบฝ่ายข้าราชการประจำ",
                    "เพิ่มข้อมูลให้ครบทั้งฝ่ายการเมืองและฝ่ายข้าราชการประจำ",
                    None,
                ),
            ],
        ),
        Reason::Incomplete,
        "พบหน้าคณะผู้บริหาร แต่ขาดช่องทางติดต่อของแต่ละคนและฝ่ายข้าราชการประจำ",
        vec![near(
            "/person/data/chart/17",
            "สมาชิกสภา",
            "เป็นสมาชิกสภา ไม่ใช่ผู้บริหาร",
        )],
    ));
    put(with(
        verdict(
            "O20",
            Decision::Fail,
            vec![criterion(
                "previous_year",
                Outcome::Unmet,
                "เป็นรายงานผลของปีที่ผ่านมา",
                "พบรายงานผลของปี 2562 ไม่พบของปี 2563",
                "เผยแพร่รายงานผลการใช้จ่ายงบประมาณของปีงบประมาณ พ.ศ. 2563",
                Some("หน้า 1: รายงานผลการใช้จ่ายงบประมาณ ประจำปีงบประมาณ พ.ศ. ๒๕๖๒"),
            )],
        ),
        Reason::OffYear,
        "พบรายงานผลการใช้จ่ายงบประมาณ แต่เป็นของปี 2562",
        vec![
            near(
                "/files/report-2562.pdf",
                "รายงานผลการใช้จ่ายงบประมาณ ประจำปี 2562",
                "เป็นข้อมูลปี 2562",
            ),
            near("/files/report-2561.pdf", "รายงานผล 2561", "เป็นข้อมูลปี 2561"),
        ],
    ));
    put(with(
        verdict(
            "O23",
            Decision::Fail,
            vec![
                criterion(
                    "six_months",
                    Outcome::Unmet,
                    "เป็นข้อมูลในระยะเวลาอย่างน้อย 6 เดือนแรกของปีที่รับการประเมิน",
                    "พบ 4 จาก 6 เดือน ขาด กุมภาพันธ์ 2564, มีนาคม 2564",
                    "เผยแพร่สรุปผลรายเดือนให้ครบตั้งแต่เดือนตุลาคม 2563 ถึงเดือนมีนาคม 2564",
                    None,
                ),
                criterion(
                    "reference_price",
                    Outcome::Unmet,
                    "แสดงราคากลางของงานที่ซื้อหรือจ้าง",
                    "ไม่พบหัวตาราง ราคากลาง",
                    "ใช้แบบ สขร.1 ซึ่งมีหัวตารางครบทุกช่อง",
                    Some("ลำดับที่ | งานที่จัดซื้อจัดจ้าง | วงเงินงบประมาณ | วิธีซื้อ/จ้าง"),
                ),
                criterion(
                    "monthly",
                    Outcome::Unsure,
                    "แยกเป็นรายเดือน",
                    "มีไฟล์ที่อ่านไม่ได้ 1 ไฟล์",
                    "แยกไฟล์เป็นรายเดือน",
                    None,
                ),
            ],
        ),
        Reason::Incomplete,
        "พบ สขร.1 เพียง 4 จาก 6 เดือนแรก และไม่มีช่องราคากลาง",
        vec![near(
            "/files/sep.pdf",
            "สรุปผลการจัดซื้อจัดจ้าง กันยายน 2563",
            "เป็นข้อมูลปี 2563",
        )],
    ));
    put(with(
        verdict(
            "O26",
            Decision::Unsure,
            vec![criterion(
                "year",
                Outcome::Unsure,
                "เป็นการดำเนินการในปีที่รับการประเมิน",
                "เอกสารเป็นภาพสแกน อ่านข้อความไม่ได้",
                "เผยแพร่เอกสารเป็นไฟล์ที่ค้นข้อความได้",
                None,
            )],
        ),
        Reason::Unreadable,
        "พบเอกสาร แต่เป็นภาพสแกน",
        vec![],
    ));
    put(with(
        verdict(
            "O24",
            Decision::Fail,
            vec![criterion(
                "present",
                Outcome::Unmet,
                "แสดงผลการจัดซื้อจัดจ้างของหน่วยงาน",
                "พบเมนู ไม่พบเอกสาร",
                "เผยแพร่รายงานผลการจัดซื้อจัดจ้างประจำปี พร้อมงบประมาณที่ใช้ ปัญหา อุปสรรค และข้อเสนอแนะ",
                None,
            )],
        ),
        Reason::Missing,
        "ไม่พบรายงานผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุประจำปี",
        vec![near(
            "javascript:alert(1)",
            "สรุปผลรายเดือน",
            "เป็นสรุปรายเดือน ไม่ใช่รายงานประจำปี",
        )],
    ));
    all
}

fn verdict(id: &str, decision: Decision, criteria: Vec<CriterionVerdict>) -> Verdict {
    let title = TITLES[number(id) - 1];
    let (reason, summary) = match decision {
        Decision::Pass => (None, "ครบตามเกณฑ์".to_owned()),
        Decision::Fail => (Some(Reason::Missing), format!("ไม่พบ{title}")),
        Decision::Unsure => (Some(Reason::Unreadable), format!("พบ{title} แต่อ่านไม่ได้")),
    };
    let found = decision != Decision::Fail;
    Verdict {
        id: id.to_owned(),
        title: title.to_owned(),
        verdict: decision,
        reason,
        summary,
        evidence: if found {
            vec![place(title, None)]
        } else {
            vec![]
        },
        near_misses: vec![],
        rule: format!("2564/{id}.rhai"),
        faults: vec![],
        criteria,
        ruling: None,
    }
}

fn with(mut verdict: Verdict, reason: Reason, summary: &str, near: Vec<NearMiss>) -> Verdict {
    verdict.reason = Some(reason);
    summary.clone_into(&mut verdict.summary);
    verdict.evidence = verdict
        .criteria
        .iter()
        .flat_map(|one| one.evidence.clone())
        .take(1)
        .collect();
    verdict.near_misses = near;
    verdict
}

fn present(decision: Decision) -> CriterionVerdict {
    let (outcome, because) = match decision {
        Decision::Pass => (Outcome::Met, "พบข้อมูล"),
        Decision::Fail => (Outcome::Unmet, "ไม่พบข้อมูลจากหน้าแรก"),
        Decision::Unsure => (Outcome::Unsure, "อ่านเอกสารไม่ได้"),
    };
    criterion(
        "present",
        outcome,
        "แสดงข้อมูลบนเว็บไซต์หลักของหน่วยงาน",
        because,
        "เผยแพร่ข้อมูลบนเว็บไซต์หลักของหน่วยงาน",
        None,
    )
}

fn criterion(
    id: &str,
    outcome: Outcome,
    asks: &str,
    because: &str,
    fix: &str,
    quote: Option<&str>,
) -> CriterionVerdict {
    CriterionVerdict {
        id: id.to_owned(),
        asks: asks.to_owned(),
        basis: if id == "monthly" {
            Basis::Recalled
        } else {
            Basis::Official
        },
        outcome,
        because: because.to_owned(),
        fix: fix.to_owned(),
        evidence: vec![place("หน้าที่พบ", quote)],
        ruling: None,
    }
}

fn place(label: &str, quote: Option<&str>) -> Evidence {
    Evidence {
        url: "https://www.example.go.th/public/list/data/index/menu/1210".to_owned(),
        label: label.to_owned(),
        quote: quote.map(str::to_owned),
        clicks: Some(1),
    }
}

fn near(path: &str, label: &str, lacks: &str) -> NearMiss {
    let url = if path.starts_with('/') {
        format!("https://www.example.go.th{path}")
    } else {
        path.to_owned()
    };
    NearMiss {
        url,
        label: label.to_owned(),
        lacks: lacks.to_owned(),
        finding: None,
        quote: None,
    }
}

fn number(id: &str) -> usize {
    id.trim_start_matches('O').parse().unwrap_or(1)
}
