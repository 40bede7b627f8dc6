use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

use crate::judge::Decision;
use crate::year::FiscalYear;

use super::*;
use crate::forecast::{Forecast, Why};
use crate::json::tests::committed;
use crate::standing::{Cause, Change, ChangeKind, WEBSITE};

const ME: &str = "audit@example.go.th";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Eight in the morning in Bangkok.
fn morning(day: Date) -> Timestamp {
    day.at(1, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp()
}

fn notice(matter: Matter) -> Notice {
    Notice {
        year: FiscalYear(2570),
        matter,
        points: None,
        last_good: None,
        seen: false,
        told: BTreeMap::new(),
    }
}

fn change(subject: &str, from: Decision, to: Decision, counted: &str) -> Change {
    let rank = |decision| match decision {
        Decision::Pass => 2,
        Decision::Unsure => 1,
        Decision::Fail => 0,
    };
    Change {
        subject: subject.to_owned(),
        title: format!("ข้อ {subject}"),
        from,
        to,
        kind: if rank(to) < rank(from) {
            ChangeKind::Worse
        } else {
            ChangeKind::Better
        },
        cause: Cause::Website,
        first_seen: at(counted) - SignedDuration::from_hours(2),
        counted: at(counted),
        because: "ไม่พบรายงานของเดือนกันยายน".to_owned(),
        place: Some("https://kalasin.go.th/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7?p=1".to_owned()),
        last_good: Some(812),
    }
}

fn worse(subject: &str, counted: &str) -> Notice {
    notice(Matter::Change(change(
        subject,
        Decision::Pass,
        Decision::Fail,
        counted,
    )))
}

fn better(subject: &str, counted: &str) -> Notice {
    notice(Matter::Change(change(
        subject,
        Decision::Fail,
        Decision::Pass,
        counted,
    )))
}

fn coming(subject: &str, day: &str) -> Notice {
    notice(Matter::Forecast(Forecast {
        subject: subject.to_owned(),
        title: format!("ข้อ {subject}"),
        becomes: None,
        from: Decision::Pass,
        to: Decision::Fail,
        on: day.parse().unwrap(),
        because: "แผนของปี 2569 จะพ้นปี".to_owned(),
        year: FiscalYear(2570),
        why: Why::Decision,
    }))
}

fn opening(counted: &str) -> Notice {
    notice(Matter::Opening(Opening {
        at: at(counted),
        pass: 20,
        unsure: 3,
        fail: 20,
    }))
}

fn of(agency: &str, notices: Vec<Notice>) -> News {
    News {
        agency: agency.to_owned(),
        name: format!("เทศบาล {agency}"),
        owners: vec![ME.to_owned()],
        year: FiscalYear(2570),
        notices,
        unconfirmed: 0,
    }
}

/// A store as far as digests need one.
struct World {
    news: Vec<News>,
    silences: Vec<Silence>,
    channels: Channels,
    ledger: Ledger,
}

impl World {
    fn new(news: Vec<News>) -> Self {
        Self {
            news,
            silences: Vec::new(),
            channels: Channels::default(),
            ledger: serde_json::from_str(
                r#"{"last":{"audit@example.go.th":"2026-10-01T01:00:00Z"}}"#,
            )
            .unwrap(),
        }
    }

    fn compose(&self, at: Timestamp) -> Option<Digest> {
        let mut news = self.news.clone();
        for one in &mut news {
            self.ledger.fill(one);
        }
        let last = self.ledger.last(ME);
        compose(ME, &news, &self.silences, &self.channels, last, at)
    }

    fn delivered(&mut self, digest: &Digest) {
        self.ledger.delivered(digest);
    }

    /// An agency's notice was told once, at a time.
    fn told(&mut self, agency: &str, at: &str) {
        let whole = std::mem::take(&mut self.news);
        self.news = whole
            .iter()
            .filter(|it| it.agency == agency)
            .cloned()
            .collect();
        let digest = self.compose(self::at(at)).unwrap();
        self.ledger.delivered(&digest);
        self.news = whole;
    }

    /// Lives through days from a first one; the days on which a digest went out, with its lines' subjects.
    fn live(&mut self, first: &str, days: i64) -> Vec<(i64, String)> {
        let first: Date = first.parse().unwrap();
        let mut sent = Vec::new();
        for day in 0..days {
            let Some(digest) = self.compose(morning(first + Span::new().days(day))) else {
                continue;
            };
            let lines = digest.agencies.iter().flat_map(|it| &it.lines);
            let subjects: Vec<String> = lines.map(|line| line.subjects.join("+")).collect();
            sent.push((day, subjects.join(" ")));
            self.delivered(&digest);
        }
        sent
    }
}

fn days(sent: &[(i64, String)]) -> Vec<i64> {
    sent.iter().map(|it| it.0).collect()
}

#[test]
fn a_digest_with_nothing_is_not_sent() {
    assert_eq!(
        World::new(vec![of("a", vec![])]).compose(at("2026-10-05T01:00:00Z")),
        None
    );
}

#[test]
fn what_nobody_has_seen_is_told_again_after_three_days_and_then_weekly() {
    let mut world = World::new(vec![of("a", vec![worse("O23", "2026-10-05T00:00:00Z")])]);
    assert_eq!(days(&world.live("2026-10-05", 30)), [0, 3, 10, 17, 24]);
}

#[test]
fn what_is_seen_is_not_told_again() {
    let mut world = World::new(vec![of("a", vec![worse("O23", "2026-10-05T00:00:00Z")])]);
    assert_eq!(days(&world.live("2026-10-05", 5)), [0, 3]);
    world.ledger.see("a", &["O23"], at("2026-10-09T03:00:00Z"));
    assert_eq!(days(&world.live("2026-10-10", 30)), [0; 0]);
    // What happens to it later is told.
    world.news[0]
        .notices
        .push(better("O23", "2026-11-12T00:00:00Z"));
    world.news[0]
        .notices
        .push(worse("O23", "2026-11-13T00:00:00Z"));
    assert_eq!(days(&world.live("2026-11-13", 5)), [0, 3]);
}

#[test]
fn a_repaired_item_is_told_once_and_its_reminders_end() {
    let mut world = World::new(vec![of("a", vec![worse("O23", "2026-10-05T00:00:00Z")])]);
    world.live("2026-10-05", 2);
    world.news[0]
        .notices
        .push(better("O23", "2026-10-07T00:00:00Z"));
    assert_eq!(days(&world.live("2026-10-07", 30)), [0]);
    // It breaks once more: that is a change of its own.
    world.news[0]
        .notices
        .push(worse("O23", "2026-11-10T00:00:00Z"));
    assert_eq!(days(&world.live("2026-11-10", 5)), [0, 3]);
}

#[test]
fn a_digest_that_never_arrived_is_in_the_next_one() {
    let mut world = World::new(vec![of("a", vec![worse("O23", "2026-10-05T00:00:00Z")])]);
    let refused = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    world.news[0]
        .notices
        .push(worse("O24", "2026-10-05T05:00:00Z"));
    let next = world.compose(at("2026-10-06T01:00:00Z")).unwrap();
    assert_eq!(next.agencies[0].lines.len(), 2);
    assert!(next.agencies[0].lines.iter().all(|line| line.times == 1));
    for tell in refused.tells() {
        assert!(next.tells().contains(&tell));
    }
}

#[test]
fn a_silence_holds_back_until_its_day_and_is_counted() {
    let mut world = World::new(vec![
        of("a", vec![worse("O23", "2026-10-05T00:00:00Z")]),
        of(
            "b",
            vec![
                worse("O23", "2026-10-05T00:00:00Z"),
                worse("O24", "2026-10-05T00:00:00Z"),
            ],
        ),
    ]);
    world.silences = vec![
        Silence {
            agency: Some("a".to_owned()),
            subject: None,
            until: Some(at("2026-10-09T16:59:59Z")),
            who: "สมศรี".to_owned(),
            reason: "กำลังย้ายเว็บ".to_owned(),
        },
        Silence {
            agency: Some("b".to_owned()),
            subject: Some("O24".to_owned()),
            until: Some(at("2026-10-04T16:59:59Z")),
            who: "สมศรี".to_owned(),
            reason: "หมดแล้ว".to_owned(),
        },
    ];
    let digest = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    assert_eq!(digest.agencies.len(), 1);
    assert_eq!(
        digest.agencies[0].lines.len(),
        2,
        "the silence over O24 was over the day before"
    );
    assert_eq!(digest.silenced, 1);
    assert!(Letter::of(&digest).text.contains("ปิดการแจ้งไว้ 1 เรื่อง"));
    world.delivered(&digest);
    // The last day of silence is still silent; only what was never told comes the day after.
    let sent = world.live("2026-10-06", 5);
    assert_eq!(sent[0], (2, "O23 O24".to_owned()));
    assert_eq!(sent[1].0, 4);
}

#[test]
fn everything_silenced_is_no_digest() {
    let mut world = World::new(vec![of("a", vec![worse("O23", "2026-10-05T00:00:00Z")])]);
    world.silences = vec![Silence {
        agency: None,
        subject: None,
        until: None,
        who: "x".to_owned(),
        reason: "x".to_owned(),
    }];
    assert_eq!(world.compose(at("2026-10-05T01:00:00Z")), None);
}

#[test]
fn the_change_of_year_is_one_line_an_agency() {
    let mut old = worse("O23", "2026-09-20T00:00:00Z");
    old.year = FiscalYear(2569);
    let agency = |id: &str| {
        let mut notices = vec![old.clone(), opening("2026-10-02T00:00:00Z")];
        notices.extend((1..=20).map(|n| coming(&format!("O{n}"), "2026-10-31")));
        of(id, notices)
    };
    let mut world = World::new((0..50).map(|n| agency(&format!("a{n:02}"))).collect());
    let digest = world.compose(at("2026-10-02T01:00:00Z")).unwrap();
    assert_eq!(digest.agencies.len(), 50);
    assert!(digest.agencies.iter().all(|it| it.lines.len() == 1));
    assert_eq!(digest.subject, "โปร่งใส: เริ่มปีงบประมาณ 2570 ของ 50 หน่วยงาน");
    world.delivered(&digest);
    // The forecasts of one day are one line as well.
    let next = world.compose(at("2026-10-03T01:00:00Z")).unwrap();
    assert!(next.agencies.iter().all(|it| it.lines.len() == 1));
    assert_eq!(next.agencies[0].lines[0].tells.len(), 20);
}

#[test]
fn forecasts_are_told_when_they_come_into_sight_and_when_they_are_near() {
    let mut world = World::new(vec![of("a", vec![coming("O12", "2026-12-31")])]);
    // The 31st of December is day 91; 30, 7 and 1 days before it.
    assert_eq!(days(&world.live("2026-10-01", 120)), [61, 84, 90]);
    let mut none = World::new(vec![of("a", vec![coming("O12", "2026-12-31")])]);
    none.channels.forecast_days = 0;
    assert_eq!(days(&none.live("2026-10-01", 91)), [0; 0]);
}

#[test]
fn changed_rules_are_one_line_and_are_not_repeated() {
    let mut notices: Vec<Notice> = (1..=9)
        .map(|n| worse(&format!("O{n}"), "2026-10-05T00:00:00Z"))
        .collect();
    notices.push(better("O12", "2026-10-05T00:00:00Z"));
    for notice in &mut notices {
        if let Matter::Change(change) = &mut notice.matter {
            change.cause = Cause::Rules;
        }
    }
    let mut world = World::new(vec![of("a", notices)]);
    let digest = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    let [line] = digest.agencies[0].lines.as_slice() else {
        panic!("one line");
    };
    assert!(
        line.sentence.starts_with("แย่ลง 9 ข้อ (O1, O2"),
        "{}",
        line.sentence
    );
    assert!(
        line.sentence.ends_with("ดีขึ้น 1 ข้อ (O12)"),
        "{}",
        line.sentence
    );
    assert_eq!(digest.agencies[0].mark, None);
    world.delivered(&digest);
    assert_eq!(days(&world.live("2026-10-06", 30)), [0; 0]);
}

#[test]
fn the_worst_comes_first() {
    let with = |mut notice: Notice, points: f64| {
        notice.points = Some(points);
        notice
    };
    let when = "2026-10-05T00:00:00Z";
    let mut world = World::new(vec![
        of("better", vec![better("O1", when)]),
        of("two", vec![worse("O1", when), worse("O2", when)]),
        of("few-points", vec![with(worse("O1", when), 0.5)]),
        of(
            "many-points",
            vec![
                with(worse("O10", when), 0.5),
                with(worse("O2", when), 0.5),
                with(worse("O30", when), 1.5),
            ],
        ),
        of("dead", vec![worse(WEBSITE, when)]),
    ]);
    world.news[4].owners = vec!["someone@example.go.th".to_owned(), ME.to_owned()];
    world.news.push(News {
        owners: vec!["someone@example.go.th".to_owned()],
        ..of("not-mine", vec![worse(WEBSITE, when)])
    });
    let digest = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    let order: Vec<&str> = digest.agencies.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(
        order,
        ["dead", "many-points", "few-points", "two", "better"]
    );
    let lines: Vec<&str> = digest.agencies[1]
        .lines
        .iter()
        .map(|it| it.subjects[0].as_str())
        .collect();
    assert_eq!(lines, ["O30", "O2", "O10"]);
    assert_eq!(
        digest.subject,
        "โปร่งใส: 3 หน่วยงานมีข้อที่แย่ลง และเว็บไซต์ของ 1 หน่วยงานเปิดไม่ได้"
    );
}

#[test]
fn what_does_not_fit_is_told_by_the_next_digest() {
    let agency = |n: usize| {
        let lines = (1..=30).map(|item| worse(&format!("O{item}"), "2026-10-05T00:00:00Z"));
        of(&format!("a{n:02}"), lines.collect())
    };
    let mut world = World::new((0..40).map(agency).collect());
    let first = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    assert_eq!(first.tells().len(), 500);
    assert_eq!(first.left, 700);
    world.delivered(&first);
    for day in ["2026-10-06T01:00:00Z", "2026-10-07T01:00:00Z"] {
        let next = world.compose(at(day)).unwrap();
        world.delivered(&next);
    }
    for one in &mut world.news {
        world.ledger.fill(one);
    }
    let heard = world
        .news
        .iter()
        .flat_map(|it| &it.notices)
        .filter(|it| it.told.contains_key(ME));
    assert_eq!(heard.count(), 1_200);
}

#[test]
fn new_things_go_before_reminders_when_not_everything_fits() {
    let old: Vec<Notice> = (1..=500)
        .map(|n| worse(&format!("O{n}"), "2026-10-05T00:00:00Z"))
        .collect();
    let mut world = World::new(vec![of("old", old), of("z-new", vec![])]);
    for notice in &mut world.news[0].notices {
        notice.points = Some(2.0);
    }
    world.told("old", "2026-10-05T01:00:00Z");
    world.news[1]
        .notices
        .push(better("O1", "2026-10-08T00:00:00Z"));
    let digest = world.compose(at("2026-10-08T01:00:00Z")).unwrap();
    assert_eq!(digest.left, 1);
    assert!(digest.agencies.iter().any(|it| it.id == "z-new"));
}

#[test]
fn the_first_digest_tells_how_things_stand_and_not_the_whole_past() {
    let past = vec![
        worse("O23", "2026-10-05T00:00:00Z"),
        better("O23", "2026-10-12T00:00:00Z"),
        worse("O23", "2026-10-19T00:00:00Z"),
    ];
    let mut world = World::new(vec![of("a", past)]);
    let all = world.compose(at("2026-11-02T01:00:00Z")).unwrap();
    assert_eq!(all.agencies[0].lines.len(), 3);
    world.ledger = Ledger::default();
    let first = world.compose(at("2026-11-02T01:00:00Z")).unwrap();
    assert_eq!(first.agencies[0].lines.len(), 1);
    assert_eq!(first.agencies[0].lines[0].kind, LineKind::Worse);
}

#[test]
fn doubts_are_counted_and_are_no_reason_for_a_digest() {
    let mut world = World::new(vec![of("a", vec![])]);
    world.news[0].unconfirmed = 2;
    assert_eq!(world.compose(at("2026-10-05T01:00:00Z")), None);
    world.news[0]
        .notices
        .push(worse("O23", "2026-10-05T00:00:00Z"));
    let digest = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    assert!(Letter::of(&digest).text.contains("ยังยืนยันไม่ได้ 2 เรื่อง"));
}

#[test]
fn a_digest_has_one_key_and_no_other_digest_has_it() {
    let world = World::new(vec![of("a", vec![worse("O23", "2026-10-05T00:00:00Z")])]);
    let one = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    assert_eq!(one, world.compose(at("2026-10-05T01:00:00Z")).unwrap());
    assert_eq!(one.key.len(), 32);
    let read: Digest = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
    assert_eq!(read, one, "the outbox keeps it as JSON");
    assert_ne!(
        one.key,
        world.compose(at("2026-10-06T01:00:00Z")).unwrap().key
    );
}

/// A digest with a line of every kind.
fn full() -> Digest {
    let mut dead = worse(WEBSITE, "2026-10-05T00:00:00Z");
    if let Matter::Change(change) = &mut dead.matter {
        change.title = "เว็บไซต์".to_owned();
        change.because = "ไม่พบชื่อโดเมน".to_owned();
        change.place = Some("https://www.huaiphueng.go.th/".to_owned());
    }
    let mut item = worse("O23", "2026-10-05T00:00:00Z");
    item.points = Some(0.58);
    item.last_good = Some(LastGood {
        audit: 812,
        at: at("2026-09-26T20:00:00Z"),
        place: Some("https://kalasin.go.th/files/O23.pdf".to_owned()),
    });
    let mut reminded = worse("O2", "2026-10-01T00:00:00Z");
    reminded.told.insert(
        ME.to_owned(),
        Told {
            times: 1,
            last: at("2026-10-02T01:00:00Z"),
        },
    );
    let mut waiting = worse("O3", "2026-10-04T00:00:00Z");
    waiting.told.insert(
        ME.to_owned(),
        Told {
            times: 1,
            last: at("2026-10-04T01:00:00Z"),
        },
    );
    let mut by_hand = better("O9", "2026-10-05T00:00:00Z");
    if let Matter::Change(change) = &mut by_hand.matter {
        change.cause = Cause::Person;
    }
    let mut rules = worse("O5", "2026-10-05T00:00:00Z");
    if let Matter::Change(change) = &mut rules.matter {
        change.cause = Cause::Rules;
    }
    let mut world = World::new(vec![of("4601", vec![reminded.clone()])]);
    world.told("4601", "2026-10-02T01:00:00Z");
    world.news = vec![of("4601", vec![reminded.clone(), waiting.clone()])];
    world.told("4601", "2026-10-04T01:00:00Z");
    world.news = vec![
        of(
            "4601",
            vec![
                item,
                reminded,
                waiting,
                by_hand,
                rules,
                coming("O12", "2026-10-31"),
            ],
        ),
        of("4602", vec![dead]),
        of("4603", vec![opening("2026-10-05T00:00:00Z")]),
    ];
    world.news[0].unconfirmed = 1;
    world.compose(at("2026-10-05T01:00:00Z")).unwrap()
}

#[test]
fn the_letter_as_people_read_it() {
    let letter = Letter::of(&full());
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
        prepend_module_to_snapshot => false,
    }, {
        insta::assert_snapshot!("alert-text", letter.text);
        insta::assert_snapshot!("alert-html", letter.html);
        insta::assert_snapshot!("alert-json", serde_json::to_string_pretty(&full()).unwrap());
        insta::assert_snapshot!("alert-slack", serde_json::to_string_pretty(&slack(&full())).unwrap());
        insta::assert_snapshot!("alert-line", serde_json::to_string_pretty(&line(&full(), "C1")).unwrap());
    });
}

#[test]
fn what_is_written_is_valid_by_the_schema() {
    let validator = committed::<Digest>("alert/digest.schema.json");
    let mut json = serde_json::to_value(full()).unwrap();
    assert!(validator.is_valid(&json));
    json["agencies"][0]["lines"][0]["kind"] = "other".into();
    assert!(!validator.is_valid(&json));
}

/// What `docs/alerts.md` shows in blocks of a language.
fn examples(language: &str) -> Vec<&'static str> {
    let text = include_str!("../../docs/alerts.md");
    let fence = format!("```{language}\n");
    let blocks = text.split(fence.as_str()).skip(1);
    blocks
        .map(|block| block.split("\n```").next().unwrap())
        .collect()
}

#[test]
fn what_the_document_shows_works() {
    let settings = examples("toml");
    assert_eq!(settings.len(), 3);
    for toml in settings {
        let whole: BTreeMap<String, Value> = toml_edit::de::from_str(toml).unwrap();
        let channels: Channels = serde_json::from_value(whole["alert"].clone()).unwrap();
        assert_eq!(channels.check(), [], "{toml}");
        for agency in whole
            .get("agency")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            for owner in agency["owner"].as_array().unwrap() {
                assert_eq!(channels.owner_fault(owner.as_str().unwrap()), None);
            }
        }
    }
    let json = examples("json");
    assert_eq!(json.len(), 3);
    let digest: Digest = serde_json::from_str(json[0]).unwrap();
    // Every field is shown, none that is not there.
    let again = serde_json::to_value(&digest).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(json[0]).unwrap());
    let fields = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for (n, now) in [(1, slack(&digest)), (2, line(&digest, "C1"))] {
        let shown: Value = serde_json::from_str(json[n]).unwrap();
        assert_eq!(fields(&shown), fields(&now));
    }
}

#[test]
fn a_hostile_website_writes_no_markup_no_header_and_no_link() {
    let mut evil = worse("O23", "2026-10-05T00:00:00Z");
    if let Matter::Change(change) = &mut evil.matter {
        change.because = format!(
            "<script>x</script>\r\nBcc: a@b.c\u{202e} <!channel> & {}",
            "ยาว".repeat(500)
        );
        change.place = Some("javascript:alert(1)".to_owned());
        change.title = "a\r\nBcc: evil@example.com".to_owned();
    }
    evil.last_good = Some(LastGood {
        audit: 1,
        at: at("2026-09-26T20:00:00Z"),
        place: Some("https://x.go.th/\"><img src=x>".to_owned()),
    });
    let mut news = of("a", vec![evil]);
    news.name = "ก\r\nBcc: evil@example.com <b>".to_owned();
    let digest = World::new(vec![news])
        .compose(at("2026-10-05T01:00:00Z"))
        .unwrap();
    let letter = Letter::of(&digest);
    assert!(!letter.subject.contains(['\r', '\n']));
    assert!(
        !letter.html.contains("<script")
            && !letter.html.contains("<img")
            && !letter.html.contains("<b>")
    );
    assert!(!letter.html.contains("javascript:"));
    assert!(!letter.text.contains('\r') && !letter.text.contains("\nBcc"));
    assert!(!letter.text.contains('\u{202e}'));
    assert!(digest.agencies[0].lines[0].sentence.chars().count() <= 301);
    assert!(!slack(&digest).to_string().contains("<!channel>"));
}

#[test]
fn a_signature_is_hmac_sha256() {
    // RFC 4231, test cases 1, 2 and 6.
    let cases: [(&[u8], &[u8], &str); 3] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ];
    for (key, body, expected) in cases {
        assert_eq!(sign(key, body), format!("sha256={expected}"));
    }
}

/// What Slack and LINE document as limits.
fn limits_hold(digest: &Digest) {
    let slack = slack(digest);
    let blocks = slack["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    let text = |block: &Value| block["text"]["text"].as_str().unwrap().chars().count();
    assert!(text(&blocks[0]) <= 150);
    assert!(
        blocks
            .iter()
            .all(|block| (1..=3_000).contains(&text(block)))
    );
    assert!(blocks.iter().map(text).sum::<usize>() <= 13_000);

    let line = line(digest, "C1");
    let messages = line["messages"].as_array().unwrap();
    assert!((1..=5).contains(&messages.len()));
    for message in messages {
        let units = message["text"].as_str().unwrap().encode_utf16().count();
        assert!((1..=5_000).contains(&units), "{units}");
    }
    // However full it is, it says how to see the whole.
    let end = |all: &[Value], text: fn(&Value) -> &Value| {
        text(all.last().unwrap())
            .as_str()
            .unwrap()
            .ends_with(&format!("alerts show {}", digest.key))
    };
    assert!(end(messages, |message| &message["text"]));
    assert!(end(blocks, |block| &block["text"]["text"]));
}

#[test]
fn a_great_digest_fits_a_chat_and_says_what_is_missing() {
    let agency = |n: usize| {
        let lines = (1..=10).map(|item| worse(&format!("O{item}"), "2026-10-05T00:00:00Z"));
        of(&format!("a{n:02}"), lines.collect())
    };
    let digest = World::new((0..50).map(agency).collect())
        .compose(at("2026-10-05T01:00:00Z"))
        .unwrap();
    limits_hold(&digest);
    let said = line(&digest, "C1")["messages"].to_string();
    let shown = (0..50)
        .filter(|n| said.contains(&format!("(a{n:02})")))
        .count();
    assert!((5..50).contains(&shown), "{shown}");
    assert!(said.contains(&format!("และอีก {} หน่วยงาน", 50 - shown)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn chats_take_any_digest(
        because in "(\\PC|[ก-๛]|[&<>\\r\\n]|😀){0,600}",
        name in "(\\PC|&){0,400}",
        lines in 1_usize..60,
        agencies in 1_usize..30,
    ) {
        let news = (0..agencies).map(|n| {
            let lines = (0..lines).map(|item| {
                let mut notice = worse(&format!("O{item}"), "2026-10-05T00:00:00Z");
                if let Matter::Change(change) = &mut notice.matter {
                    change.because.clone_from(&because);
                }
                notice
            });
            News { name: name.clone(), ..of(&format!("a{n:02}"), lines.collect()) }
        });
        let digest = World::new(news.collect()).compose(at("2026-10-05T01:00:00Z")).unwrap();
        limits_hold(&digest);
        prop_assert!(!Letter::of(&digest).subject.contains('\n'));
    }

    #[test]
    fn a_retry_is_later_and_never_by_more_than_a_day(attempts in 0_u32.., asked in proptest::option::of(0_i64..10_000_000)) {
        let now = at("2026-10-05T01:00:00Z");
        let outcome = Outcome::Later { why: String::new(), pause: asked.map(SignedDuration::from_secs) };
        let Step::Retry(next) = after(&outcome, attempts, now) else {
            panic!("it may work later");
        };
        let pause = next.duration_since(now);
        prop_assert!(pause >= SignedDuration::from_mins(1) && pause <= SignedDuration::from_hours(24));
    }
}

#[test]
fn an_agency_can_be_marked_seen_whole() {
    let lines = (1..=30).map(|n| worse(&format!("O{n}"), "2026-10-05T00:00:00Z"));
    let mut world = World::new(vec![of("a", lines.collect())]);
    let digest = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    assert_eq!(
        digest.agencies[0].mark.as_deref(),
        Some("prongsai alerts seen a"),
        "30 items are not named"
    );
    world.delivered(&digest);
    world
        .ledger
        .see::<&str>("a", &[], at("2026-10-06T01:00:00Z"));
    world.news[0]
        .notices
        .push(worse("O31", "2026-10-07T00:00:00Z"));
    let sent = world.live("2026-10-07", 2);
    assert_eq!(sent, [(0, "O31".to_owned())]);
}

#[test]
fn a_forecast_that_was_seen_is_silent_until_another_day_is_forecast() {
    let mut world = World::new(vec![of("a", vec![coming("O12", "2026-10-31")])]);
    assert_eq!(days(&world.live("2026-10-05", 2)), [0]);
    world.ledger.see("a", &["O12"], at("2026-10-06T03:00:00Z"));
    assert_eq!(days(&world.live("2026-10-07", 30)), [0; 0]);
    world.news[0].notices.push(coming("O12", "2026-12-31"));
    assert_eq!(days(&world.live("2026-12-01", 5)), [0]);
}

#[test]
fn a_digest_delivered_twice_counts_once_and_the_ledger_forgets() {
    let mut world = World::new(vec![of("a", vec![worse("O23", "2026-10-05T00:00:00Z")])]);
    let digest = world.compose(at("2026-10-05T01:00:00Z")).unwrap();
    world.delivered(&digest);
    let once = world.ledger.clone();
    world.delivered(&digest);
    assert_eq!(world.ledger, once);
    let json = serde_json::to_string(&once).unwrap();
    assert_eq!(
        serde_json::from_str::<Ledger>(&json).unwrap(),
        once,
        "the store keeps it as JSON"
    );
    world.ledger.forget(at("2026-10-05T00:00:00Z"));
    assert_eq!(world.ledger, once);
    world.ledger.forget(at("2027-10-05T00:00:00Z"));
    assert!(world.compose(at("2026-10-06T01:00:00Z")).is_some());
}

#[test]
fn the_pauses_double_up_to_an_hour() {
    let now = at("2026-10-05T01:00:00Z");
    let outcome = |pause| Outcome::Later {
        why: String::new(),
        pause,
    };
    let minutes = |attempts, pause| match after(&outcome(pause), attempts, now) {
        Step::Retry(next) => next.duration_since(now).as_mins(),
        other => panic!("{other:?}"),
    };
    let pauses: Vec<i64> = (1..=8).map(|attempts| minutes(attempts, None)).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(minutes(1, Some(SignedDuration::from_mins(90))), 90);
    assert_eq!(minutes(6, Some(SignedDuration::from_mins(5))), 32);
    assert_eq!(after(&Outcome::Delivered, 1, now), Step::Done);
    assert_eq!(
        after(&Outcome::Refused { why: String::new() }, 1, now),
        Step::Drop
    );
}

#[test]
fn digests_have_their_moment_of_the_day_and_rest_at_the_weekend() {
    let mut channels = Channels::default();
    // Saturday the 3rd of October 2026: the moment was on Friday.
    assert_eq!(
        moment(&channels, at("2026-10-03T12:00:00Z")),
        at("2026-10-02T01:00:00Z")
    );
    assert_eq!(
        moment(&channels, at("2026-10-05T00:59:59Z")),
        at("2026-10-02T01:00:00Z")
    );
    assert_eq!(
        moment(&channels, at("2026-10-05T01:00:00Z")),
        at("2026-10-05T01:00:00Z")
    );
    channels.weekend = true;
    assert_eq!(
        moment(&channels, at("2026-10-03T12:00:00Z")),
        at("2026-10-03T01:00:00Z")
    );
}
