//! What comes back.

use jiff::{Timestamp, ToSpan};
use prongsai::audit::{Audit, Item};
use prongsai::judge::{Decision, Ruling};
use prongsai::rules::answer::{Evidence, Outcome};
use prongsai::store::*;
use prongsai::year::FiscalYear;
use proptest::prelude::*;

use crate::living::Pace;
use crate::{
    Folder, LIVELY, audit, look, record, row, told, told_again, website, week, weigh, words,
};

fn opened(name: &str) -> (Folder, Store) {
    let folder = Folder::new(name);
    let store = Store::open(&folder.file("a.db")).unwrap();
    (folder, store)
}

/// What may befall a website between two looks.
#[derive(Debug, Clone)]
enum Fate {
    Nothing,
    Weeks(u8),
    Rules(u8),
    Year,
    Lose(u8),
    Regain,
    Ruling(u8),
    Odd(u8, String),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        2 => Just(Fate::Nothing),
        5 => (1_u8..4).prop_map(Fate::Weeks),
        1 => any::<u8>().prop_map(Fate::Rules),
        1 => Just(Fate::Year),
        1 => any::<u8>().prop_map(Fate::Lose),
        1 => Just(Fate::Regain),
        1 => any::<u8>().prop_map(Fate::Ruling),
        1 => (any::<u8>(), any::<String>()).prop_map(|(at, text)| Fate::Odd(at, text)),
    ]
}

fn befall(site: &mut crate::living::Website, lost: &mut Vec<Item>, fate: &Fate, day: Timestamp) {
    let words = words();
    let date = day.to_zoned(jiff::tz::TimeZone::UTC).date();
    let items = site.audit.items.len();
    match fate {
        Fate::Nothing => {}
        Fate::Weeks(weeks) => (0..*weeks).for_each(|_| site.live(date, LIVELY, &words)),
        Fate::Rules(rules) => site.judge_again(&format!("{rules:02x}").repeat(32)),
        Fate::Year => site.new_year(&"cd".repeat(32), &words),
        Fate::Lose(at) if items > 1 => lost.push(site.audit.items.remove(usize::from(*at) % items)),
        Fate::Lose(_) => {}
        Fate::Regain => site.audit.items.extend(lost.pop()),
        Fate::Ruling(at) => {
            site.audit.items[usize::from(*at) % items].verdict.ruling = Some(Ruling {
                outcome: Outcome::Met,
                reason: "ดูแล้ว".to_owned(),
                who: "ผู้ตรวจ".to_owned(),
                date,
                expires: None,
                url: None,
                machine: Outcome::Unmet,
                machine_because: "ไม่พบ".to_owned(),
                contradicts: true,
            });
        }
        Fate::Odd(at, text) => {
            let item = &mut site.audit.items[usize::from(*at) % items].verdict;
            item.summary.clone_from(text);
            item.faults.push(text.clone());
            item.evidence.push(Evidence {
                url: text.clone(),
                label: String::new(),
                quote: Some(text.clone()),
                clicks: None,
            });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever happens to two agencies, each of their audits comes back as it was, and the file is sound.
    #[test]
    fn every_audit_comes_back_as_it_was(fates in prop::collection::vec((any::<bool>(), fate()), 1..25)) {
        let (_folder, mut store) = opened("roundtrip");
        let mut sites = [website(1), website(2)];
        let mut lost = [Vec::new(), Vec::new()];
        let mut recorded = Vec::new();
        for (number, (second, fate)) in fates.iter().enumerate() {
            let at = week(number as i64);
            let which = usize::from(*second);
            befall(&mut sites[which], &mut lost[which], fate, at);
            let key = ["one", "two"][which];
            let id = record(&mut store, key, &sites[which].audit, at).audit;
            recorded.push((key, id, at, sites[which].audit.clone()));
        }
        for (key, id, at, audit) in &recorded {
            let stored = store.audit(key, When::Audit(*id)).unwrap();
            prop_assert_eq!(told_again(&stored), told(audit));
            prop_assert_eq!(&stored.line.look, &look(*at));
            let passed = audit.items.iter().filter(|item| item.verdict.verdict == Decision::Pass);
            prop_assert_eq!(stored.line.passed as usize, passed.count());
        }
        store.check().unwrap();
    }
}

#[test]
fn a_look_at_which_nothing_changed_writes_no_item() {
    let (_folder, mut store) = opened("same");
    let audit = audit();
    assert_eq!(record(&mut store, "one", &audit, week(0)).written, 6);
    assert_eq!(record(&mut store, "one", &audit, week(1)).written, 0);
    let mut other = audit.clone();
    other.items[2].verdict.summary.push('.');
    assert_eq!(record(&mut store, "one", &other, week(2)).written, 1);
    // Back again is a change too.
    assert_eq!(record(&mut store, "one", &audit, week(3)).written, 1);
}

/// The looks of one agency: O3 loses an address in week 2, has it back in week 3 and loses it for good in week 5.
fn flapping(store: &mut Store) -> (Vec<AuditId>, Audit) {
    let whole = audit();
    let at = whole
        .items
        .iter()
        .position(|item| item.verdict.id == "O3")
        .unwrap();
    let mut without = whole.clone();
    let verdict = &mut without.items[at].verdict;
    verdict.verdict = Decision::Fail;
    verdict.summary = "หายไป".to_owned();
    verdict.evidence.clear();
    for criterion in &mut verdict.criteria {
        criterion.evidence.clear();
        criterion.outcome = Outcome::Unmet;
    }
    let ids = (0..7)
        .map(|number| {
            let mut audit = if [2, 5, 6].contains(&number) {
                without.clone()
            } else {
                whole.clone()
            };
            audit.capture_digest = Some(format!("{number:064x}"));
            // Each at another hour of the day: only such looks confirm one another.
            record(store, "one", &audit, week(number) + number.hours()).audit
        })
        .collect();
    (ids, whole)
}

#[test]
fn what_vanished_is_told_with_its_last_good_copy() {
    let (_folder, mut store) = opened("vanished");
    let (ids, whole) = flapping(&mut store);
    let diff = store
        .diff("one", When::Audit(ids[0]), When::Latest)
        .unwrap();
    assert_eq!(diff.changes.flips().count(), 1);
    let [change] = diff.evidence.as_slice() else {
        panic!(
            "one item lost its evidence, {} were told",
            diff.evidence.len()
        );
    };
    let place = whole
        .items
        .iter()
        .find(|item| item.verdict.id == "O3")
        .unwrap();
    let url = &place.verdict.criteria[0].evidence[0].url;
    let gone = change
        .gone
        .iter()
        .find(|gone| gone.shown.url == *url)
        .unwrap();
    assert!(gone.address);
    // Not since week 2: it was back in between.
    assert_eq!((gone.last.audit, gone.missed.audit), (ids[4], ids[5]));
    assert_eq!(gone.last.capture, Some(format!("{:064x}", 4)));
    assert_eq!(gone.last.day, "2021-11-01".parse().unwrap());
    assert!(change.new.is_empty());
    // The last two looks are the same.
    let diff = store.diff("one", When::Before, When::Latest).unwrap();
    assert!(diff.changes.is_empty() && diff.evidence.is_empty());
    // Asked the other way round it is the same answer.
    let turned = store
        .diff("one", When::Latest, When::Audit(ids[0]))
        .unwrap();
    assert_eq!(turned.from.audit, ids[0]);
}

#[test]
fn a_quotation_that_changed_is_told_and_its_address_stays() {
    let (_folder, mut store) = opened("quote");
    let mut audit = audit();
    record(&mut store, "one", &audit, week(0));
    let item = &mut audit.items[0].verdict;
    let was = item.criteria[0].evidence[0].clone();
    let all = item.criteria.iter_mut().flat_map(|one| &mut one.evidence);
    for one in all
        .chain(&mut item.evidence)
        .filter(|one| one.quote == was.quote)
    {
        one.quote = Some("คำอื่น".to_owned());
    }
    record(&mut store, "one", &audit, week(1));
    let diff = store.diff("one", When::Before, When::Latest).unwrap();
    let change = &diff.evidence[0];
    assert_eq!(change.gone.len(), 1);
    assert!(!change.gone[0].address && change.gone[0].shown.quote == was.quote);
    assert_eq!(change.new[0].quote.as_deref(), Some("คำอื่น"));
    assert_eq!(change.new[0].url, was.url);
}

#[test]
fn history_tells_what_each_look_changed() {
    let (_folder, mut store) = opened("history");
    let (ids, _) = flapping(&mut store);
    let page = store.history("one", None, None, 4).unwrap();
    let audits: Vec<AuditId> = page.audits.iter().map(|line| line.line.audit).collect();
    assert_eq!(audits, [ids[6], ids[5], ids[4], ids[3]]);
    assert_eq!(page.before, Some(ids[3]));
    let turned: Vec<usize> = page.audits.iter().map(|line| line.turned.len()).collect();
    assert_eq!(turned, [0, 1, 0, 1]);
    let lost = &page.audits[1].turned[0];
    assert_eq!(
        (lost.item.as_str(), lost.from, lost.to),
        ("O3", Some(Decision::Pass), Decision::Fail)
    );
    assert_eq!(lost.summary, "หายไป");
    let rest = store.history("one", None, page.before, 4).unwrap();
    assert_eq!(rest.audits.len(), 3);
    assert!(rest.before.is_none() && rest.audits[2].first);
    let none = store
        .history("one", Some(FiscalYear(2500)), None, 4)
        .unwrap();
    assert!(none.audits.is_empty());
}

#[test]
fn a_failed_visit_and_a_void_one_stand_in_the_history() {
    let (_folder, mut store) = opened("missed");
    record(&mut store, "one", &audit(), week(0));
    for (number, state) in [(1, JobState::Failed), (2, JobState::Void)] {
        let run = store
            .begin_run("fleet", "{}", &["one".to_owned()], week(number))
            .unwrap();
        let claim = Claim {
            run,
            owner: "me",
            why: "ไม่ตอบ",
        };
        let end = End {
            state,
            fault: Some("timeout"),
        };
        store.finish_job("one", &claim, &end, week(number)).unwrap();
    }
    record(&mut store, "one", &audit(), week(3));
    let page = store.history("one", None, None, 1).unwrap();
    assert!(page.missed.is_empty());
    let page = store.history("one", None, page.before, 10).unwrap();
    let missed: Vec<(bool, Timestamp)> = page.missed.iter().map(|one| (one.void, one.at)).collect();
    assert_eq!(missed, [(true, week(2)), (false, week(1))]);
    assert_eq!(page.missed[0].fault.as_deref(), Some("timeout"));
}

#[test]
fn a_day_means_the_newest_look_until_its_end_in_thailand() {
    let (_folder, mut store) = opened("day");
    let late: Timestamp = "2021-10-04T16:59:59Z".parse().unwrap();
    let next: Timestamp = "2021-10-04T17:00:00Z".parse().unwrap();
    let ids = [late, next].map(|at| record(&mut store, "one", &audit(), at).audit);
    let on = |day: &str| store.line("one", When::Day(day.parse().unwrap()));
    assert_eq!(on("2021-10-04").unwrap().audit, ids[0]);
    assert_eq!(on("2021-10-05").unwrap().audit, ids[1]);
    assert!(matches!(on("2021-10-03"), Err(StoreError::NoAudit { .. })));
    // Another agency's audit is not this one's.
    record(&mut store, "two", &audit(), next);
    let other = store.line("two", When::Audit(ids[0]));
    assert!(matches!(other, Err(StoreError::NoAudit { .. })));
    assert!(matches!(
        store.line("three", When::Latest),
        Err(StoreError::NoAgency(_))
    ));
}

#[test]
fn changes_that_count_are_kept_with_the_look() {
    let (_folder, mut store) = opened("changes");
    flapping(&mut store);
    let all = ChangeQuery {
        limit: 100,
        ..ChangeQuery::default()
    };
    let changes = store.changes(&all).unwrap();
    assert!(
        changes
            .iter()
            .any(|one| one.change.subject == "O3" && one.agency == "one")
    );
    let standing = store.standing("one", FiscalYear(2565)).unwrap().unwrap();
    assert!(standing.subjects().any(|(subject, _)| subject == "O3"));
    let none = ChangeQuery {
        after: changes.last().map(|one| one.id),
        ..all.clone()
    };
    assert!(store.changes(&none).unwrap().is_empty());
    let none = ChangeQuery {
        since: Some(week(50)),
        ..all.clone()
    };
    assert!(store.changes(&none).unwrap().is_empty());
    for year in [2564, 2565] {
        let of = ChangeQuery {
            year: Some(FiscalYear(year)),
            ..all.clone()
        };
        assert_eq!(store.changes(&of).unwrap().is_empty(), year == 2564);
    }
    let own = ChangeQuery {
        agency: Some("one".to_owned()),
        since: Some(week(1)),
        ..all
    };
    assert_eq!(store.changes(&own).unwrap(), changes);
}

#[test]
fn agencies_are_listed_by_id_with_their_newest_audit() {
    let (_folder, mut store) = opened("agencies");
    store.put_agency(&row("b")).unwrap();
    for id in ["c", "a"] {
        record(&mut store, id, &audit(), week(0));
    }
    store.set_next("a", Some(week(1)), "รายสัปดาห์").unwrap();
    let page = store.agencies(None, 2).unwrap();
    let ids: Vec<&str> = page
        .agencies
        .iter()
        .map(|line| line.agency.id.as_str())
        .collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(page.agencies[0].next, Some(week(1)));
    assert!(page.agencies[0].latest.is_some() && page.agencies[1].latest.is_none());
    let page = store.agencies(page.after.as_deref(), 2).unwrap();
    assert_eq!(page.agencies.len(), 1);
    assert!(page.after.is_none());
    let bad = store.put_agency(&row("ก ข"));
    assert!(matches!(bad, Err(StoreError::BadKey(_))));
}

#[test]
fn an_export_has_every_line_once_in_the_same_order() {
    let (_folder, mut store) = opened("export");
    for number in 0..3 {
        let mut site = website(number as u64);
        for id in ["b", "a"] {
            record(&mut store, id, &site.audit, week(number));
            site.live(
                "2022-01-01".parse().unwrap(),
                Pace {
                    evidence: 20,
                    verdict: 0,
                },
                &words(),
            );
        }
    }
    for kind in [Kind::Audits, Kind::Verdicts, Kind::Changes] {
        let mut selection = Selection {
            agency: None,
            year: None,
            kind,
            form: Form::JsonLines,
        };
        let write = |selection: &Selection| {
            let mut out = Vec::new();
            let count = store.export(selection, &mut out).unwrap();
            (count, String::from_utf8(out).unwrap())
        };
        let (count, json) = write(&selection);
        assert_eq!(json.lines().count() as u64, count);
        let keys: Vec<(String, i64)> = json
            .lines()
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                (
                    line["agency"].as_str().unwrap().to_owned(),
                    line["audit"].as_i64().unwrap_or(0),
                )
            })
            .collect();
        assert!(keys.is_sorted());
        assert!(kind != Kind::Audits || count == 6);
        selection.form = Form::Csv;
        let (rows, csv) = write(&selection);
        assert_eq!(rows, count);
        assert_eq!(
            csv::Reader::from_reader(csv.as_bytes())
                .records()
                .map(Result::unwrap)
                .count() as u64,
            count
        );
        selection.agency = Some("a".to_owned());
        assert!(
            write(&selection)
                .1
                .lines()
                .skip(1)
                .all(|line| line.starts_with("a,"))
        );
    }
}

#[test]
fn pruning_keeps_the_captures_that_views_name() {
    let (_folder, mut store) = opened("prune");
    let (_, whole) = flapping(&mut store);
    for number in 7..12 {
        let mut audit = whole.clone();
        audit.capture_digest = Some(format!("{number:064x}"));
        record(&mut store, "one", &audit, week(number));
    }
    let keep = |older_than| -> Vec<u64> {
        let keep = store.captures_to_keep(older_than).unwrap();
        keep.iter()
            .map(|digest| u64::from_str_radix(digest, 16).unwrap())
            .collect()
    };
    // 0 first; 1|2, 2|3, 4|5, 6|7 where O3 changed; 11 last.
    assert_eq!(keep(Timestamp::MAX), [0, 1, 2, 3, 4, 5, 6, 7, 11]);
    assert_eq!(keep(week(9)), [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11]);
}

#[test]
fn a_capture_judged_again_is_no_visit() {
    let (_folder, mut store) = opened("rejudged");
    let audit = audit();
    record(&mut store, "one", &audit, week(0));
    let again = Recording {
        agency: &row("one"),
        audit: &audit,
        look: &Look {
            kind: LookKind::Rejudged,
            ..look(week(1))
        },
        job: None,
    };
    store.record(&again, weigh(&audit, week(1))).unwrap();
    assert_eq!(store.last_visit("one").unwrap(), Some(week(0)));
    let kind = store.line("one", When::Latest).unwrap().look.kind;
    assert_eq!(kind, LookKind::Rejudged);
}

/// Programs read the views by their schemas.
#[test]
fn every_view_is_as_its_schema_says() {
    fn check<T: serde::Serialize + schemars::JsonSchema>(view: &T) {
        let schema = schemars::generate::SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<T>();
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        let value = serde_json::to_value(view).unwrap();
        let faults: Vec<String> = validator
            .iter_errors(&value)
            .map(|one| one.to_string())
            .collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    let (_folder, mut store) = opened("schemas");
    let (ids, _) = flapping(&mut store);
    let run = store
        .begin_run("fleet", "{}", &["one".to_owned()], week(9))
        .unwrap();
    check(&store.history("one", None, None, 9).unwrap());
    check(&store.audit("one", When::Latest).unwrap());
    check(
        &store
            .diff("one", When::Audit(ids[0]), When::Latest)
            .unwrap(),
    );
    check(&store.agencies(None, 9).unwrap());
    check(&store.run(run).unwrap());
    check(&store.jobs(run, None, 9).unwrap());
    check(
        &store
            .changes(&ChangeQuery {
                limit: 9,
                ..ChangeQuery::default()
            })
            .unwrap(),
    );
}
