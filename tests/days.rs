//! No rule asks what day it is: a capture comes to the same verdicts on every day of a year, which is what forecasts rest on.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use prongsai::agency::Agency;
use prongsai::fetch::capture::Capture;
use prongsai::judge::judge;
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::site::Site;
use prongsai::year::FiscalYear;

#[test]
fn the_day_of_a_capture_changes_no_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut capture = Capture::read(folder.join("nongkha-2565.warc.gz")).unwrap();
    let agency = std::fs::read_to_string(folder.join("nongkha-2565.site.json")).unwrap();
    let agency = Agency::from_json(&agency).unwrap();
    for year in Sources::Embedded.years() {
        let pack = Pack::load(year, &Sources::Embedded, vocabulary::register).unwrap();
        let mut verdicts = [date(2019, 1, 3), date(2022, 9, 30), date(2022, 10, 1)].map(|day| {
            capture.taken_on = day;
            let site = Arc::new(Site::build(&capture, Some(agency.clone())));
            judge(&pack, &site)
        });
        let [first, rest @ ..] = &mut verdicts;
        assert!(!first.is_empty() && year >= FiscalYear(2564));
        assert!(rest.iter().all(|later| later == first), "rules of {year}");
    }
}
