//! Agreement with sites whose truth is known: captures in `tests/captures`, each with what a careful assessor decided.
//!
//! A ratchet: a change may decide more items rightly, never fewer, and never one wrongly. `cargo test --test agreement
//! -- --nocapture` prints the table.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot read its files has failed, and its table is for people"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use prongsai::agency::Agency;
use prongsai::fetch::capture::Capture;
use prongsai::judge::{Decision, judge};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::site::Site;
use prongsai::year::FiscalYear;
use serde::Deserialize;

/// Site, assessed year, and the unsure verdicts that were reached: all of them scans or pictures.
const REACHED: [(&str, i16, usize); 5] = [
    ("kalase-2564", 2564, 0),
    ("kalase-2565", 2565, 1),
    ("banmai-2565", 2565, 2),
    ("chaimongkol-2565", 2565, 3),
    ("nongkha-2565", 2565, 4),
];

#[derive(Deserialize)]
struct Truth {
    verdict: String,
    reading: String,
}

#[derive(Default)]
struct Tally {
    right: usize,
    unsure: Vec<String>,
    false_pass: Vec<String>,
    false_fail: Vec<String>,
}

fn tally(site: &str, year: i16) -> Tally {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let read = |end: &str| std::fs::read_to_string(folder.join(format!("{site}{end}"))).unwrap();
    let capture = Capture::read(folder.join(format!("{site}.warc.gz"))).unwrap();
    let agency = Agency::from_json(&read(".site.json")).unwrap();
    let mut truth: serde_json::Value = serde_json::from_str(&read(".truth.json")).unwrap();
    let truth: BTreeMap<String, Truth> =
        serde_json::from_value(truth[year.to_string()].take()).unwrap();
    let pack = Pack::load(FiscalYear(year), &Sources::Embedded, vocabulary::register).unwrap();
    assert!(pack.faults().is_empty(), "{}", pack.faults()[0]);
    let verdicts = judge(&pack, &Arc::new(Site::build(&capture, Some(agency))));
    assert_eq!(verdicts.len(), truth.len());
    let mut tally = Tally::default();
    for verdict in verdicts {
        assert!(
            verdict.faults.is_empty(),
            "{}: {}",
            verdict.id,
            verdict.faults[0]
        );
        let known = &truth[&verdict.id];
        let named = format!("{} ({})", verdict.id, known.reading);
        match (verdict.verdict, known.verdict.as_str()) {
            (Decision::Pass, "pass") | (Decision::Fail, "fail") => tally.right += 1,
            (Decision::Unsure, _) => tally.unsure.push(named),
            (Decision::Pass, _) => tally.false_pass.push(named),
            (Decision::Fail, _) => tally.false_fail.push(named),
        }
    }
    tally
}

#[test]
fn no_verdict_is_wrong_and_no_more_are_unsure_than_before() {
    let mut table = String::from("site               right  unsure  false pass  false fail\n");
    let mut slipped = Vec::new();
    for (site, year, most_unsure) in REACHED {
        let tally = tally(site, year);
        let _ = writeln!(
            table,
            "{site:<18} {:>5} {:>7} {:>11} {:>11}  {}",
            tally.right,
            tally.unsure.len(),
            tally.false_pass.len(),
            tally.false_fail.len(),
            [&tally.unsure[..], &tally.false_pass, &tally.false_fail]
                .concat()
                .join(", ")
        );
        if !tally.false_pass.is_empty()
            || !tally.false_fail.is_empty()
            || tally.unsure.len() > most_unsure
        {
            slipped.push(site);
        }
    }
    println!("{table}");
    assert!(
        slipped.is_empty(),
        "{slipped:?} fell under the level reached\n{table}"
    );
}
