//! How fast captures are judged: packs loaded, sites built, items judged, archives judged again, and the memory it takes.
//!
//! ```text
//! cargo bench --bench judging              the whole
//! cargo bench --bench judging -- 100       with 100 small captures and not 1,000
//! ```
//!
//! Sites are made by code, the same in every run. A target stands beside the figure it is for.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot make its site has failed, and its table is for people"
)]

mod prose;
mod town;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use prongsai::fetch::warc;
use prongsai::judge::{Decision, judge};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::site::Site;
use prongsai::year::FiscalYear;

/// Times that everything but the archive is measured.
const RUNS: usize = 7;
/// Workers on the archive.
const WORKERS: usize = 2;

fn main() {
    let small = std::env::args().find_map(|argument| argument.parse().ok());
    println!("| what | median | least | on processors | target |\n| --- | --: | --: | --: | --: |");
    let load = |year: u16| {
        let pack = Pack::load(
            FiscalYear(year as _),
            &Sources::Embedded,
            vocabulary::register,
        );
        let pack = pack.unwrap();
        assert!(pack.faults().is_empty(), "the shipped rules are sound");
        pack
    };
    for year in [2564, 2565] {
        let times = (0..RUNS).map(|_| took(|| load(year)).1).collect();
        tell(&format!("load and check {year}"), times, "30 ms");
    }

    let pack = load(2565);
    let titles: Vec<String> = pack
        .rules
        .iter()
        .map(|rule| rule.rule.title.clone())
        .collect();
    judge_large(&pack, &titles);
    judge_small(&pack, &titles, small.unwrap_or(1000));
}

fn judge_large(pack: &Pack, titles: &[String]) {
    let town = town::large(titles);
    let (mut build, mut first, mut second) = (Vec::new(), Vec::new(), Vec::new());
    let mut verdicts = Vec::new();
    let mut places = 0;
    for _ in 0..RUNS {
        let documents = town.documents();
        let (site, time) = took(|| {
            Arc::new(Site::build_with(
                &town.capture,
                Some(town::agency()),
                documents,
            ))
        });
        build.push(time);
        let (cold, time) = took(|| judge(pack, &site));
        first.push(time);
        let (warm, time) = took(|| judge(pack, &site));
        second.push(time);
        assert_eq!(cold, warm, "a site gives the same verdicts again");
        places = site.places.len();
        verdicts = cold;
    }
    tell("build the site", build, "");
    tell("judge 43 items, first time", first, "50 ms");
    tell("judge 43 items again", second, "");
    let count = |decision| {
        verdicts
            .iter()
            .filter(|one| one.verdict == decision)
            .count()
    };
    println!(
        "\n{places} places from {} addresses, {} MB of pages and texts: {} pass, {} fail, {} unsure; at most {} MB of memory\n",
        town.addresses(),
        town.bytes() >> 20,
        count(Decision::Pass),
        count(Decision::Fail),
        count(Decision::Unsure),
        peak()
    );
    assert!((950..1200).contains(&places), "a capture of 1,000 places");
}

/// Each capture as an archive holds it, read, its files too, built and judged.
fn judge_small(pack: &Pack, titles: &[String], count: usize) {
    let mut addresses = 0;
    let archive: Vec<Vec<u8>> = (0..count)
        .map(|seed| {
            let town = town::small(seed, titles);
            addresses += town.addresses();
            let mut file = Vec::new();
            warc::write(&town.capture, &mut file).unwrap();
            file
        })
        .collect();
    let next = AtomicUsize::new(0);
    let passes = AtomicUsize::new(0);
    let work = || {
        let mut spent = [Duration::ZERO; 3];
        while let Some(file) = archive.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (capture, read) = took(|| warc::read(&file[..]).unwrap());
            let (site, built) = took(|| Arc::new(Site::build(&capture, Some(town::agency()))));
            let (verdicts, judged) = took(|| judge(pack, &site));
            let passed = verdicts.iter().filter(|one| one.verdict == Decision::Pass);
            passes.fetch_add(passed.count(), Ordering::Relaxed);
            for (sum, part) in spent.iter_mut().zip([read, built, judged]) {
                *sum += part.clock;
            }
        }
        spent
    };
    let (spent, time) = took(|| {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
            let spent = workers.into_iter().map(|worker| worker.join().unwrap());
            spent.collect::<Vec<_>>()
        })
    });
    let part = |at: usize| spent.iter().map(|spent| spent[at]).sum::<Duration>() / count as u32;
    println!(
        "{count} small captures of {} addresses, {WORKERS} workers: {:.1} s (target for 1,000: 60 s); \
         each {:.1} ms to read, {:.1} ms to build with its files, {:.1} ms to judge; {} items pass",
        addresses / count,
        time.clock.as_secs_f64(),
        milliseconds(part(0)),
        milliseconds(part(1)),
        milliseconds(part(2)),
        passes.into_inner()
    );
}

/// By the clock, and on the processors of the machine, which others may be using too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Took {
    clock: Duration,
    processors: Duration,
}

fn took<T>(work: impl FnOnce() -> T) -> (T, Took) {
    let (begun, before) = (Instant::now(), processors());
    let result = work();
    let took = Took {
        clock: begun.elapsed(),
        processors: processors().saturating_sub(before),
    };
    (result, took)
}

/// Time that this process has had of its processors.
#[cfg(unix)]
fn processors() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// Other systems are not asked: the column is empty there.
#[cfg(not(unix))]
fn processors() -> Duration {
    Duration::ZERO
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn tell(what: &str, mut times: Vec<Took>, target: &str) {
    times.sort();
    let busy = times.iter().map(|took| took.processors).min();
    println!(
        "| {what} | {:.1} ms | {:.1} ms | {:.1} ms | {target} |",
        milliseconds(times[times.len() / 2].clock),
        milliseconds(times[0].clock),
        milliseconds(busy.unwrap_or_default())
    );
}

/// The most memory that this process has held, MB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() >> 10
}
