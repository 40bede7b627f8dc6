//! What a store gives of an invented agency: weekly audits, a paper that vanished, a doubt, a run that does not count.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::difference::{Asked, Changes, CriterionChange, ItemChange, Side, Step, Wording};
use crate::judge::Decision::{self, Fail, Pass, Unsure};
use crate::rules::answer::Outcome;
use crate::schedule::bangkok;
use crate::score::{GradeRange, Points};
use crate::standing::{Observation, Seen, Standing};
use crate::store::{
    Agencies, AgencyLine, AgencyRow, AuditId, AuditLine, EvidenceChange, FORMAT, Gone, History,
    HistoryLine, Job, JobState, Letter, Look, LookKind, MissLine, Posted, Run, RunView, Shown,
    Sight, Silence, Silenced, StoredDiff, Tally, Traffic, Turned,
};
use crate::year::FiscalYear;

const PAPER: &str = "https://www.banmai-city.go.th/files/%E0%B8%81%E0%B8%B2%E0%B8%A3%E0%B9%83%E0%B8%8A%E0%B9%89%E0%B8%88%E0%B9%88%E0%B8%B2%E0%B8%A2-6%E0%B9%80%E0%B8%94%E0%B8%B7%E0%B8%AD%E0%B8%99.pdf";
const SPENDING: &str = "รายงานการกำกับติดตามการใช้จ่ายงบประมาณประจำปี รอบ 6 เดือน";

/// Holds a text against the file of its name in `snapshots/`.
pub(super) fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/store"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

/// A time of November 2569 in Thailand.
pub(super) fn at(day: i8, hour: i8, minute: i8) -> Timestamp {
    let local = jiff::civil::date(2026, 11, day).at(hour, minute, 0, 0);
    jiff::tz::offset(7).to_timestamp(local).unwrap()
}

pub(super) fn agency() -> AgencyRow {
    AgencyRow {
        id: "banmai".into(),
        name: "เทศบาลตำบลบ้านใหม่ริมน้ำ".into(),
        kind: "municipality".into(),
        province: "พะเยา".into(),
        home: "https://www.banmai-city.go.th/".into(),
    }
}

fn line(audit: AuditId, at: Timestamp, year: i16, counts: [u32; 3]) -> AuditLine {
    let [passed, failed, unsure] = counts;
    let of = |items: u32| f64::from(items) * 100.0 / f64::from(passed + failed + unsure);
    let score = Points {
        low: of(passed),
        high: of(passed + unsure),
    };
    AuditLine {
        audit,
        year: FiscalYear(year),
        look: Look {
            at,
            ended: at + jiff::SignedDuration::from_mins(9),
            kind: LookKind::Visit,
            traffic: Traffic {
                requests: 214,
                fresh: 11,
                received: 402_133,
            },
        },
        day: bangkok(at).date(),
        capture: Some(format!("{audit:064x}")),
        rules: "a1".into(),
        score,
        total: None,
        grade: None,
        passed,
        failed,
        unsure,
        complete: true,
    }
}

fn plain(line: AuditLine) -> HistoryLine {
    HistoryLine {
        line,
        first: false,
        new_rules: false,
        turned: vec![],
        reworded: 0,
    }
}

fn turned(item: &str, title: &str, from: Decision, to: Decision, summary: &str) -> Turned {
    Turned {
        item: item.into(),
        title: title.into(),
        from: Some(from),
        to,
        summary: summary.into(),
    }
}

fn graded(mut line: AuditLine, low: f64, high: f64, grade: [&str; 2]) -> AuditLine {
    line.total = Some(Points { low, high });
    line.grade = Some(GradeRange {
        low: grade[0].into(),
        high: grade[1].into(),
        gloss: String::new(),
    });
    line
}

fn newest() -> AuditLine {
    let mut line = graded(
        line(412, at(23, 10, 31), 2570, [34, 6, 3]),
        84.9,
        86.4,
        ["B", "A"],
    );
    line.look.kind = LookKind::SecondLook;
    line
}

fn before() -> AuditLine {
    graded(
        line(405, at(16, 9, 12), 2570, [36, 4, 3]),
        87.1,
        88.8,
        ["A", "A"],
    )
}

pub(super) fn history() -> History {
    let lost = "ไม่พบรายงานของปี 2570 ในหน้าที่เคยมี";
    let mut rejudged = plain(graded(
        line(398, at(12, 14, 5), 2570, [36, 4, 3]),
        87.1,
        88.8,
        ["A", "A"],
    ));
    rejudged.line.look.kind = LookKind::Rejudged;
    rejudged.line.rules = "a1".into();
    rejudged.new_rules = true;
    rejudged.turned = vec![turned(
        "O9",
        "แผนดำเนินงานประจำปี",
        Unsure,
        Pass,
        "พบแผนดำเนินงานประจำปี 2570 ครบ 12 เดือน",
    )];
    let mut partial = plain(line(391, at(9, 9, 3), 2570, [35, 4, 4]));
    partial.line.complete = false;
    partial.line.rules = "a0".into();
    partial.reworded = 2;
    let mut first = plain(line(377, at(2, 9, 8), 2570, [35, 4, 4]));
    first.first = true;
    let mut old = plain(line(366, at(1, 9, 10), 2569, [38, 2, 3]));
    old.line.look.at = "2026-09-28T02:10:00Z".parse().unwrap();
    old.line.day = bangkok(old.line.look.at).date();
    let miss = |day, minute, void, fault: &str, why: &str| MissLine {
        at: at(day, 9, minute),
        run: 60 + i64::from(day),
        void,
        fault: Some(fault.into()),
        why: Some(why.into()).filter(|why: &String| !why.is_empty()),
    };
    History {
        format: FORMAT,
        agency: agency(),
        year: None,
        audits: vec![
            HistoryLine {
                turned: vec![
                    turned(
                        "O3",
                        "อำนาจหน้าที่",
                        Unsure,
                        Pass,
                        "พบอำนาจหน้าที่ตามกฎหมายในหน้าเดียวกัน",
                    ),
                    turned("O23", SPENDING, Pass, Fail, lost),
                ],
                reworded: 1,
                ..plain(newest())
            },
            plain(before()),
            rejudged,
            partial,
            first,
            old,
        ],
        missed: vec![
            miss(
                20,
                2,
                true,
                "void",
                "เครือข่ายฝั่งผู้ตรวจขัดข้อง: เว็บไซต์ตัวอย่าง 3 แห่งไม่ตอบพร้อมกัน",
            ),
            miss(5, 40, false, "timeout", ""),
            miss(4, 40, false, "timeout", ""),
            miss(3, 40, false, "timeout", ""),
        ],
        before: Some(366),
    }
}

fn side(id: &str, title: &str, verdict: Decision, summary: &str) -> Side {
    Side {
        id: id.into(),
        title: title.into(),
        verdict,
        summary: summary.into(),
        rule: format!("{}.rhai", id.to_lowercase()),
    }
}

fn asked(asks: &str, outcome: Outcome, because: &str) -> Option<Asked> {
    Some(Asked {
        asks: asks.into(),
        outcome,
        because: because.into(),
    })
}

fn criterion(id: &str, from: Option<Asked>, to: Option<Asked>) -> CriterionChange {
    CriterionChange {
        id: id.into(),
        wording: Wording::Same,
        from,
        to,
    }
}

fn sight(line: &AuditLine) -> Sight {
    Sight {
        audit: line.audit,
        at: line.look.at,
        day: line.day,
        capture: line.capture.clone(),
    }
}

fn shown(url: &str, label: &str, quote: Option<&str>) -> Shown {
    Shown {
        url: url.into(),
        label: label.into(),
        quote: quote.map(str::to_owned),
    }
}

pub(super) fn unchanged() -> StoredDiff {
    let (from, to) = (
        before(),
        graded(
            line(412, at(23, 9, 14), 2570, [36, 4, 3]),
            87.1,
            88.8,
            ["A", "A"],
        ),
    );
    StoredDiff {
        format: FORMAT,
        agency: agency(),
        score: Step {
            from: from.score,
            to: to.score,
        },
        total: from.total.zip(to.total).map(|(from, to)| Step { from, to }),
        from,
        to,
        changes: Changes {
            items: vec![],
            new: vec![],
            gone: vec![],
            same: 43,
        },
        evidence: vec![],
    }
}

pub(super) fn diff() -> StoredDiff {
    let (from, to) = (before(), newest());
    let asks = "แสดงความก้าวหน้าการดำเนินงานตามแผน อย่างน้อยรอบ 6 เดือน";
    let items = vec![
        ItemChange {
            from: side("O3", "อำนาจหน้าที่", Unsure, "อ่านภาพไม่ได้"),
            to: side("O3", "อำนาจหน้าที่", Pass, "พบอำนาจหน้าที่ตามกฎหมาย"),
            criteria: vec![criterion(
                "duty",
                asked(
                    "แสดงข้อมูลหน้าที่และอำนาจตามที่กฎหมายกำหนด",
                    Outcome::Unsure,
                    "เป็นภาพที่อ่านไม่ได้",
                ),
                asked(
                    "แสดงข้อมูลหน้าที่และอำนาจตามที่กฎหมายกำหนด",
                    Outcome::Met,
                    "พบ “มาตรา 50” ในหน้าอำนาจหน้าที่",
                ),
            )],
        },
        ItemChange {
            from: side("O23", SPENDING, Pass, "พบรายงาน"),
            to: side("O23", SPENDING, Fail, "ไม่พบรายงานของปี 2570"),
            criteria: vec![criterion(
                "progress",
                asked(asks, Outcome::Met, "พบรายงานรอบ 6 เดือนของปี 2570"),
                asked(
                    asks,
                    Outcome::Unmet,
                    "ไม่พบรายงานของปี 2570 ในหน้าที่เคยมี ไฟล์ตอบ HTTP 404",
                ),
            )],
        },
        ItemChange {
            from: side("O12", "ข้อมูลเชิงสถิติการให้บริการ", Fail, "ขาดสถิติ"),
            to: side("O12", "ข้อมูลเชิงสถิติการให้บริการ", Fail, "ขาดสถิติ"),
            criteria: vec![criterion(
                "year",
                asked("เป็นข้อมูลของปี 2570", Outcome::Unmet, "พบเพียงปี 2569"),
                asked("เป็นข้อมูลของปี 2570", Outcome::Met, "พบสถิติเดือนตุลาคม 2569"),
            )],
        },
    ];
    StoredDiff {
        score: Step {
            from: from.score,
            to: to.score,
        },
        total: from.total.zip(to.total).map(|(from, to)| Step { from, to }),
        changes: Changes {
            items,
            new: vec![],
            gone: vec![],
            same: 40,
        },
        evidence: vec![
            EvidenceChange {
                item: "O23".into(),
                title: SPENDING.into(),
                gone: vec![Gone {
                    shown: shown(
                        PAPER,
                        "รายงานการใช้จ่ายงบประมาณ รอบ 6 เดือน (PDF)",
                        Some("ณ วันที่ 31 มีนาคม"),
                    ),
                    address: true,
                    last: sight(&from),
                    missed: Sight {
                        audit: 411,
                        at: at(23, 9, 14),
                        day: bangkok(at(23, 9, 14)).date(),
                        capture: None,
                    },
                }],
                new: vec![],
            },
            EvidenceChange {
                item: "O12".into(),
                title: "ข้อมูลเชิงสถิติการให้บริการ".into(),
                gone: vec![Gone {
                    shown: shown(
                        "https://www.banmai-city.go.th/service/stat",
                        "สถิติการให้บริการ",
                        Some("สถิติการให้บริการ ประจำปี 2569"),
                    ),
                    address: false,
                    last: sight(&from),
                    missed: sight(&to),
                }],
                new: vec![shown(
                    "https://www.banmai-city.go.th/service/stat",
                    "สถิติการให้บริการ",
                    Some("สถิติการให้บริการ เดือนตุลาคม 2569"),
                )],
            },
        ],
        from,
        to,
        ..unchanged()
    }
}

pub(super) fn agencies() -> Agencies {
    let row = |id: &str, name: &str, province: &str, latest: Option<AuditLine>, next| AgencyLine {
        agency: AgencyRow {
            id: id.into(),
            name: name.into(),
            province: province.into(),
            ..agency()
        },
        latest,
        next,
    };
    Agencies {
        format: FORMAT,
        agencies: vec![
            row(
                "banmai",
                "เทศบาลตำบลบ้านใหม่ริมน้ำ",
                "พะเยา",
                Some(newest()),
                Some(at(30, 9, 12)),
            ),
            row(
                "4530101",
                "องค์การบริหารส่วนตำบลห้วยน้ำขาวเหนือศรีวิไล",
                "กระบี่",
                Some(line(97, at(18, 2, 40), 2570, [20, 20, 3])),
                None,
            ),
            row("dol-test", "กรมส่งเสริมตัวอย่าง", "", None, Some(at(25, 1, 0))),
        ],
        after: Some("dol-test".into()),
    }
}

pub(super) fn run() -> (RunView, Vec<Job>) {
    let run = Run {
        run: 83,
        kind: "schedule".into(),
        settings: "{}".into(),
        began: at(23, 9, 0),
        ended: Some(at(23, 11, 4)),
        void: None,
    };
    let job = |agency: &str, place, state, fault: Option<&str>, why: &str, audit| Job {
        run: 83,
        agency: agency.into(),
        place,
        state,
        at: at(23, 9, 20 + i8::try_from(place).unwrap()),
        fault: fault.map(str::to_owned),
        why: Some(why.into()).filter(|why: &String| !why.is_empty()),
        audit,
    };
    let jobs = vec![
        job(
            "banmai",
            0,
            JobState::Done,
            None,
            "ถึงกำหนดทุกวันจันทร์ 09:00 อ่านใหม่ 11 จาก 214 หน้า",
            Some(411),
        ),
        job(
            "huai-khao",
            1,
            JobState::Failed,
            Some("dns"),
            "ไม่พบชื่อเว็บไซต์ (DNS) www.huaikhao.go.th",
            None,
        ),
        job(
            "dol-test",
            2,
            JobState::Failed,
            Some("blocked"),
            "HTTP 403 ทุกหน้า",
            None,
        ),
        job("nong-bua", 3, JobState::Void, Some("void"), "", None),
        job("khao-yai", 4, JobState::Crawling, None, "ตรวจซ้ำ O23", None),
        job("si-wilai", 5, JobState::Pending, None, "", None),
    ];
    let view = RunView {
        format: FORMAT,
        run,
        tally: Tally {
            pending: 1,
            crawling: 1,
            done: 1,
            failed: 2,
            void: 1,
        },
        faults: BTreeMap::from([("blocked".into(), 1), ("dns".into(), 1), ("void".into(), 1)]),
    };
    (view, jobs)
}

pub(super) fn standing() -> (Standing, BTreeMap<String, String>) {
    let titles = [
        ("O1", "โครงสร้าง", Pass),
        ("O2", "ข้อมูลผู้บริหาร", Pass),
        ("O10", "รายงานการกำกับติดตามการดำเนินงาน", Fail),
        ("O12", "ข้อมูลเชิงสถิติการให้บริการ", Unsure),
        ("O23", SPENDING, Pass),
    ];
    let look = |at: Timestamp, audit: AuditId, vanished: bool| Observation {
        at,
        audit,
        rules: "a1".into(),
        complete: true,
        same_capture: false,
        seen: titles
            .iter()
            .map(|(item, title, decision)| {
                let gone = vanished && *item == "O23";
                Seen {
                    subject: (*item).into(),
                    title: (*title).into(),
                    decision: if gone { Fail } else { *decision },
                    because: "ไม่พบรายงานของปี 2570 ในหน้าที่เคยมี".into(),
                    place: Some(PAPER.into()),
                    by_person: *item == "O10",
                }
            })
            .collect(),
    };
    let mut standing = Standing::default();
    for look in [
        look(at(16, 9, 12), 405, false),
        look(at(23, 9, 14), 411, true),
    ] {
        standing.observe(&look);
    }
    let titles = titles
        .iter()
        .map(|(item, title, _)| ((*item).into(), (*title).into()));
    (standing, titles.collect())
}

pub(super) fn letters() -> Vec<Posted> {
    let letter = |owner: &str, subject: &str, created, next_at| Letter {
        owner: owner.into(),
        channel: "mail".into(),
        created,
        body: format!("{{\"subject\":\"{subject}\"}}"),
        next_at,
    };
    let subject = "โปร่งใส: แย่ลง 1 ข้อ ใน 1 หน่วยงาน";
    let posted = |id, letter, attempts, fault: Option<&str>, delivered, seen| Posted {
        id,
        letter,
        attempts,
        fault: fault.map(str::to_owned),
        delivered,
        seen,
    };
    vec![
        posted(
            19,
            letter(
                "plan@banmai-city.go.th",
                subject,
                at(24, 8, 0),
                Some(at(24, 8, 0)),
            ),
            0,
            None,
            None,
            None,
        ),
        posted(
            18,
            letter("line-phayao", subject, at(23, 8, 0), Some(at(23, 8, 7))),
            3,
            Some("HTTP 503 จากปลายทาง จะลองใหม่เอง"),
            None,
            None,
        ),
        posted(
            17,
            letter(
                "plan@banmai-city.go.th",
                subject,
                at(20, 8, 0),
                Some(at(27, 8, 0)),
            ),
            1,
            None,
            Some(at(20, 8, 0)),
            None,
        ),
        posted(
            16,
            letter("plan@banmai-city.go.th", subject, at(13, 8, 0), None),
            1,
            None,
            Some(at(13, 8, 0)),
            Some(at(13, 9, 30)),
        ),
        posted(
            15,
            letter("old@banmai-city.go.th", subject, at(6, 8, 0), None),
            1,
            Some("550 ไม่มีผู้รับนี้ แก้ที่อยู่ในรายชื่อหน่วยงาน"),
            None,
            None,
        ),
    ]
}

pub(super) fn silences() -> Vec<Silenced> {
    let silence = |subject: Option<&str>, until| Silence {
        agency: "banmai".into(),
        subject: subject.map(str::to_owned),
        until,
        who: "สมศรี".into(),
        reason: "กำลังย้ายเว็บไซต์ แจ้งแล้วทางหนังสือ".into(),
        made: at(18, 10, 0),
    };
    vec![
        Silenced {
            id: 3,
            silence: silence(Some("O23"), Some(at(30, 23, 59))),
        },
        Silenced {
            id: 4,
            silence: silence(None, None),
        },
    ]
}
