use super::*;
use crate::json::tests::committed;

fn item(id: &str, decision: Decision, clicks: u32, places: u32) -> ItemSummary {
    let titles = BTreeMap::from([
        ("O1", "โครงสร้าง"),
        ("O2", "ข้อมูลผู้บริหาร"),
        ("O23", "สรุปผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุรายเดือน"),
    ]);
    ItemSummary {
        id: id.to_owned(),
        title: titles[id].to_owned(),
        decision,
        by_itself: decision == Decision::Pass,
        clicks: Some(clicks),
        places,
        place: Some(Place {
            url: format!("https://www.example.go.th/{id}"),
            label: format!("เอกสาร {id}"),
        }),
    }
}

fn audited(id: &str, name: &str, province: &str, items: Vec<ItemSummary>) -> Visited {
    let pass = items.iter().filter(|one| one.decision == Decision::Pass);
    let unsure = items.iter().filter(|one| one.decision == Decision::Unsure);
    let all = f64::from(bounded(items.len()));
    let low = f64::from(bounded(pass.count())) / all * 100.0;
    let high = low + f64::from(bounded(unsure.count())) / all * 100.0;
    let kind = if name.starts_with("เทศบาล") {
        AgencyKind::Municipality
    } else {
        AgencyKind::Tambon
    };
    Visited {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        province: province.to_owned(),
        home: format!("https://www.{id}.go.th/"),
        result: Ok(AuditSummary {
            year: FiscalYear(2565),
            score: Points { low, high },
            complete: true,
            items,
        }),
        worse: Vec::new(),
    }
}

fn failed(id: &str, name: &str, province: &str, kind: FailureKind, detail: &str) -> Visited {
    Visited {
        result: Err(Failure::new(kind, detail)),
        ..audited(id, name, province, Vec::new())
    }
}

fn run() -> Run {
    Run {
        year: FiscalYear(2565),
        began: "2022-04-30T17:00:00Z".parse().unwrap(),
        ended: "2022-04-30T18:42:00Z".parse().unwrap(),
    }
}

fn fleet() -> Vec<Visited> {
    use Decision::{Fail, Pass, Unsure};
    let mut all = vec![
        audited(
            "kalase",
            "องค์การบริหารส่วนตำบลกะลาเส",
            "ตรัง",
            vec![
                item("O1", Pass, 2, 1),
                item("O2", Fail, 1, 1),
                item("O23", Unsure, 1, 1),
            ],
        ),
        audited(
            "nongkha",
            "องค์การบริหารส่วนตำบลหนองข่า",
            "ชัยภูมิ",
            vec![
                item("O1", Pass, 1, 1),
                item("O2", Fail, 1, 1),
                item("O23", Fail, 1, 1),
            ],
        ),
        audited(
            "banmai",
            "เทศบาลตำบลบ้านใหม่",
            "เชียงใหม่",
            vec![
                item("O1", Pass, 1, 3),
                item("O2", Pass, 1, 1),
                item("O23", Fail, 1, 1),
            ],
        ),
        failed(
            "x1",
            "เทศบาลตำบลทดสอบ",
            "ชัยภูมิ",
            FailureKind::Timeout,
            "operation timed out",
        ),
        failed(
            "x2",
            "องค์การบริหารส่วนตำบลตัวอย่าง",
            "",
            FailureKind::Blocked,
            "HTTP 403",
        ),
    ];
    if let Ok(audit) = &mut all[2].result {
        audit.complete = false;
    }
    all[1].worse.push(Worsened {
        subject: "O23".to_owned(),
        title: "สรุปผลการจัดซื้อจัดจ้างหรือการจัดหาพัสดุรายเดือน".to_owned(),
        from: Pass,
        to: Fail,
    });
    all
}

/// Five agencies: three audited, two that could not be looked at.
pub(crate) fn summary() -> FleetSummary {
    FleetSummary::of(run(), &fleet())
}

#[test]
fn agencies_are_counted_whole_by_kind_and_by_province() {
    let summary = summary();
    let totals = &summary.totals;
    assert_eq!(
        (
            totals.agencies,
            totals.audited,
            totals.incomplete,
            totals.failed
        ),
        (5, 3, 1, 2)
    );
    assert_eq!((totals.passes, totals.fails, totals.unsure), (4, 4, 1));
    // A mean of 33.33, 33.33 and 66.67; an unsure item of one adds a third of a third.
    let score = totals.score.map(|it| (round2(it.low), round2(it.high)));
    assert_eq!(score, Some((44.44, 55.56)));
    let kinds: Vec<(AgencyKind, u32)> = summary
        .by_kind
        .iter()
        .map(|row| (row.kind, row.tally.agencies))
        .collect();
    assert_eq!(
        kinds,
        [(AgencyKind::Tambon, 3), (AgencyKind::Municipality, 2)]
    );
    let provinces: Vec<&str> = summary
        .by_province
        .iter()
        .map(|row| row.province.as_str())
        .collect();
    // ชัยภูมิ before เชียงใหม่: the dictionary goes by the consonant. Without a province last.
    assert!(
        provinces == ["ชัยภูมิ", "เชียงใหม่", "ตรัง", ""],
        "{}",
        provinces.join(" ")
    );
    assert_eq!(summary.by_province[3].tally.score, None);
}

#[test]
fn the_order_in_which_agencies_end_changes_nothing() {
    let mut all = fleet();
    all.reverse();
    assert!(FleetSummary::of(run(), &all) == summary());
}

#[test]
fn the_best_example_has_fewest_clicks_then_most_places_then_the_first_key() {
    let best = |visited: &[Visited], id: &str| {
        let summary = FleetSummary::of(run(), visited);
        let row = summary.items.into_iter().find(|row| row.id == id).unwrap();
        row.best.map(|best| best.id)
    };
    let mut all = fleet();
    assert_eq!(best(&all, "O1").as_deref(), Some("banmai"), "three places");
    assert_eq!(best(&all, "O23"), None, "nobody passes");
    for visited in &mut all {
        if let Ok(audit) = &mut visited.result {
            audit.score = Points::exact(50.0);
            if let Some(item) = audit.items.first_mut() {
                (item.clicks, item.places) = (Some(1), 1);
            }
        }
    }
    assert_eq!(best(&all, "O1").as_deref(), Some("banmai"), "the first key");
    // A pass that a person gave, or that no link leads to, is no example.
    if let Ok(audit) = &mut all[2].result {
        audit.items[0].by_itself = false;
    }
    assert_eq!(best(&all, "O1").as_deref(), Some("kalase"));
    if let Ok(audit) = &mut all[0].result {
        audit.items[0].clicks = None;
    }
    assert_eq!(best(&all, "O1").as_deref(), Some("nongkha"));
}

#[test]
fn what_failed_is_told_by_class_and_what_got_worse_by_agency() {
    let summary = summary();
    let failures: Vec<(FailureKind, &str)> = summary
        .failures
        .iter()
        .map(|row| (row.kind, row.agencies[0].id.as_str()))
        .collect();
    assert_eq!(
        failures,
        [(FailureKind::Timeout, "x1"), (FailureKind::Blocked, "x2")]
    );
    assert_eq!(summary.most_failed, ["O23", "O2"]);
    assert_eq!(summary.worse.len(), 1);
    assert_eq!(summary.worse[0].id, "nongkha");
}

#[test]
fn a_run_without_agencies_has_a_summary() {
    let summary = FleetSummary::of(run(), &[]);
    assert_eq!(summary.totals, Tally::default());
    assert!(summary.items.is_empty());
}

#[test]
fn what_is_written_is_valid_by_the_schema() {
    let validator = committed::<FleetSummary>("report/fleet.schema.json");
    let json = summary().to_json().unwrap();
    assert!(validator.is_valid(&serde_json::from_str(&json).unwrap()));
    let read: FleetSummary = serde_json::from_str(&json).unwrap();
    assert_eq!(read.to_json().unwrap(), json);
}

#[test]
fn an_item_is_summed_up_by_the_place_that_takes_fewest_clicks() {
    let evidence = |url: &str, clicks: Option<u32>| serde_json::json!({ "url": url, "label": "โครงสร้าง", "quote": "…", "clicks": clicks });
    let criterion = |outcome: &str, evidence: Vec<serde_json::Value>| {
        serde_json::json!({
            "id": "present", "asks": "แสดงแผนผังโครงสร้าง", "basis": "official", "outcome": outcome,
            "because": "แสดง", "fix": "แสดง", "evidence": evidence,
        })
    };
    let verdict = |criteria: Vec<serde_json::Value>, evidence: Vec<serde_json::Value>| {
        let json = serde_json::json!({
            "id": "O1", "title": "โครงสร้าง", "verdict": "pass", "reason": null, "summary": "ครบ",
            "criteria": criteria, "evidence": evidence, "near_misses": [], "rule": "2564/O1.rhai", "faults": [],
        });
        ItemSummary::of(&serde_json::from_value::<Verdict>(json).unwrap())
    };
    let (far, near) = (
        evidence("https://a.go.th/far", Some(3)),
        evidence("https://a.go.th/near", Some(1)),
    );
    let lost = evidence("https://a.go.th/lost", None);
    let item = verdict(
        vec![criterion("met", vec![near.clone(), far.clone()])],
        vec![lost, far.clone(), near.clone()],
    );
    assert_eq!(
        (item.clicks, item.places, item.by_itself),
        (Some(1), 3, true)
    );
    assert_eq!(
        item.place.map(|place| place.url).as_deref(),
        Some("https://a.go.th/near")
    );
    // Without places of its own those of its criteria count; an unsure criterion is no model.
    let item = verdict(vec![criterion("unsure", vec![far])], Vec::new());
    assert_eq!((item.clicks, item.by_itself), (Some(3), false));
    // Nobody clicks through a sitemap.
    let sitemap = evidence(
        "https://a.go.th/far",
        Some(crate::fetch::capture::Found::UNLINKED),
    );
    assert_eq!(verdict(Vec::new(), vec![sitemap]).clicks, None);
    assert_eq!(verdict(Vec::new(), Vec::new()).place, None);
}
