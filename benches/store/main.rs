//! How large the store grows and how fast its views are: `cargo bench --bench store -- [FOLDER-OF-AUDITS] [AGENCIES] [WEEKS] [FILE]`.
//!
//! The folder has audits as `prongsai audit --format json` writes them; without one the captures of this repository are judged. Nothing is extrapolated: what is told was written.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod living;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, ToSpan};
use living::{Dice, Pace, Website, Words};
use prongsai::audit::Audit;
use prongsai::standing::Observation;
use prongsai::store::*;

/// Three items a week change evidence or a sentence, one in three weeks its verdict.
const WEEKLY: Pace = Pace {
    evidence: 30,
    verdict: 3,
};

fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| one != "--bench")
        .collect();
    let judged = std::env::temp_dir().join("prongsai-bench-audits");
    let folder = args.first().map_or_else(
        || {
            judge(&judged);
            judged.clone()
        },
        PathBuf::from,
    );
    let number = |at: usize, or: usize| args.get(at).map_or(or, |word| word.parse().unwrap());
    let (agencies, weeks) = (number(1, 100), number(2, 260));
    let file = args.get(3).map_or_else(
        || std::env::temp_dir().join("prongsai-bench.db"),
        PathBuf::from,
    );
    if !file.exists() {
        let began = Instant::now();
        let audits = grow(&file, &models(&folder), agencies, weeks);
        let size = size(&file);
        println!(
            "{audits} audits of {agencies} agencies in {:.0} s: {:.1} MB, {:.0} bytes an audit, {:.0} MB for 260,000",
            began.elapsed().as_secs_f64(),
            size as f64 / 1e6,
            size as f64 / audits as f64,
            size as f64 / audits as f64 * 0.26
        );
    }
    views(&file, agencies);
}

/// Audits of the captures of this repository, as the program writes them.
fn judge(folder: &Path) {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    std::fs::create_dir_all(folder).unwrap();
    for (site, year) in [
        ("kalase-2564", "2564"),
        ("kalase-2565", "2565"),
        ("banmai-2565", "2565"),
        ("nongkha-2565", "2565"),
        ("chaimongkol-2565", "2565"),
    ] {
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_prongsai"))
            .arg("judge")
            .arg(captures.join(format!("{site}.warc.gz")))
            .args(["--year", year, "--no-ocr", "-o"])
            .arg(folder.join(format!("{site}.json")))
            .status();
        assert!(status.unwrap().success());
    }
}

fn models(folder: &Path) -> Vec<Audit> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| serde_json::from_str(&std::fs::read_to_string(path).unwrap());
    files.iter().map(|path| read(path).unwrap()).collect()
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).unwrap().len()
}

fn key(agency: usize) -> String {
    format!("45{agency:05}")
}

/// Weekly runs through all agencies: jobs, audits, standing, changes; the rules change twice a year.
fn grow(file: &Path, models: &[Audit], agencies: usize, weeks: usize) -> usize {
    let words = Words::of(models);
    let mut store = Store::open(file).unwrap();
    let mut rules = format!("{:064x}", 1);
    let mut sites: Vec<Website> = (0..agencies)
        .map(|at| Website::like(&models[at % models.len()], at as u64, &rules, &words))
        .collect();
    let mut dice = Dice(7);
    let start: Timestamp = "2025-10-05T18:00:00Z".parse().unwrap();
    let keys: Vec<String> = (0..agencies).map(key).collect();
    let mut audits = 0;
    for week in 0..weeks {
        let now = start + (week as i64 * 7 * 24).hours() + (dice.below(8) as i64).hours();
        let new_rules = week > 0 && week % 26 == 0;
        if new_rules {
            rules = format!("{week:064x}");
        }
        for (at, site) in sites.iter_mut().enumerate() {
            if week == 0 {
                store.put_agency(&row(at, site)).unwrap();
            } else {
                if new_rules && week % 52 == 0 {
                    site.new_year(&rules, &words);
                } else if new_rules {
                    site.judge_again(&rules);
                }
                site.live(day(now), WEEKLY, &words);
            }
        }
        let run = store
            .begin_run("schedule", "{\"rate\":1}", &keys, now)
            .unwrap();
        for (at, site) in sites.iter().enumerate() {
            let at_time = now + (at as i64 * 2).seconds();
            let stale = SignedDuration::from_mins(10);
            store.claim(run, "bench", at_time, stale).unwrap().unwrap();
            let look = Look {
                at: at_time,
                ended: at_time + 240.seconds(),
                kind: LookKind::Visit,
                traffic: Traffic {
                    requests: 200 + dice.below(300) as u32,
                    fresh: dice.below(40) as u32,
                    received: 400_000 + dice.below(4_000_000) as u64,
                },
            };
            let recording = Recording {
                agency: &row(at, site),
                audit: &site.audit,
                look: &look,
                job: Some(Claim {
                    run,
                    owner: "bench",
                    why: "ครบกำหนดตรวจรายสัปดาห์",
                }),
            };
            store
                .record(&recording, |id, mut standing| {
                    let seen = Observation::of(&site.audit, at_time, id, false);
                    let changes = standing.observe(&seen);
                    (standing, changes)
                })
                .unwrap();
            store
                .set_next(&key(at), Some(at_time + (7 * 24).hours()), "รายสัปดาห์")
                .unwrap();
            audits += 1;
        }
        store.end_run(run, now, None).unwrap();
    }
    audits
}

fn day(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn row(at: usize, site: &Website) -> AgencyRow {
    AgencyRow {
        id: key(at),
        name: site.audit.agency.name.clone(),
        kind: "tambon".to_owned(),
        province: "ตรัง".to_owned(),
        home: site.audit.home.clone(),
    }
}

/// The slowest of many calls of each view, the first on a connection just opened.
fn views(file: &Path, agencies: usize) {
    let mut dice = Dice(1);
    let mut time = |name: &str, view: &dyn Fn(&Store, &str) -> usize| {
        let mut slowest = Duration::ZERO;
        let mut lines = 0;
        for _ in 0..20 {
            let store = Store::open_read_only(file).unwrap();
            let agency = key(dice.below(agencies));
            let began = Instant::now();
            lines = view(&store, &agency);
            slowest = slowest.max(began.elapsed());
        }
        println!(
            "{name}: {:.1} ms ({lines} lines)",
            slowest.as_secs_f64() * 1e3
        );
    };
    time("history", &|store, agency| {
        store.history(agency, None, None, 20).unwrap().audits.len()
    });
    time("history of 5 years", &|store, agency| {
        store
            .history(agency, None, None, 1000)
            .unwrap()
            .audits
            .len()
    });
    time("audit", &|store, agency| {
        store.audit(agency, When::Latest).unwrap().items.len()
    });
    time("diff of the last two", &|store, agency| {
        store
            .diff(agency, When::Before, When::Latest)
            .unwrap()
            .evidence
            .len()
    });
    time("diff over most of a year", &|store, agency| {
        let history = store.history(agency, None, None, 52).unwrap();
        let year = history.audits[0].line.year;
        let same = |one: &&HistoryLine| one.line.year == year;
        let first = history.audits.iter().rev().find(same).unwrap();
        let diff = store.diff(agency, When::Audit(first.line.audit), When::Latest);
        diff.unwrap().evidence.len()
    });
    time("diff over two years", &|store, agency| {
        let history = store.history(agency, None, None, 60).unwrap();
        let first = history.audits.last().unwrap();
        let diff = store.diff(agency, When::Audit(first.line.audit), When::Latest);
        diff.unwrap().changes.items.len()
    });
    time("agencies", &|store, agency| {
        store.agencies(Some(agency), 100).unwrap().agencies.len()
    });
    time("changes of an agency", &|store, agency| {
        let query = ChangeQuery {
            agency: Some(agency.to_owned()),
            limit: 50,
            ..ChangeQuery::default()
        };
        store.changes(&query).unwrap().len()
    });
    time("changes since", &|store, agency| {
        let latest = store.line(agency, When::Latest).unwrap();
        let query = ChangeQuery {
            since: Some(latest.look.at - (7 * 24).hours()),
            limit: 50,
            ..ChangeQuery::default()
        };
        store.changes(&query).unwrap().len()
    });
    time("run", &|store, _| {
        let run = store.runs(None, 1).unwrap()[0].run;
        store.run(run).unwrap().tally.done as usize
    });
    time("jobs", &|store, _| {
        let run = store.runs(None, 1).unwrap()[0].run;
        store.jobs(run, None, 100).unwrap().len()
    });
    let store = Store::open_read_only(file).unwrap();
    let began = Instant::now();
    let keep = store.captures_to_keep(Timestamp::MAX).unwrap().len();
    println!(
        "captures to keep: {:.0} ms ({keep})",
        began.elapsed().as_secs_f64() * 1e3
    );
}
