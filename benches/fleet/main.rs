//! What a fleet costs: two hundred websites on this machine, looked at twice by the program itself.
//!
//! `cargo bench --bench fleet [AGENCIES]` prints agencies per core-hour, memory, and bytes of the first and the second look.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has failed, and its table is for people"
)]

#[allow(dead_code, reason = "the tests ask more of the server than this")]
#[path = "../../tests/fleet/hosts.rs"]
mod hosts;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hosts::{Hosts, Manner, Website, captured};

const SITES: [&str; 5] = [
    "kalase-2564",
    "kalase-2565",
    "banmai-2565",
    "nongkha-2565",
    "chaimongkol-2565",
];

fn main() {
    let agencies = std::env::args().find_map(|word| word.parse().ok());
    let agencies: usize = agencies.unwrap_or(200);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(look_twice(agencies));
}

async fn look_twice(agencies: usize) {
    let folder = std::env::temp_dir().join(format!("prongsai-bench-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let pages = SITES.map(|name| Arc::new(captured(&captures.join(format!("{name}.warc.gz")))));
    let hosts = Hosts::open().await;
    let mut list = String::from("id,url\n");
    for n in 0..agencies {
        let host = format!("agency{n:03}.test");
        // Two in three give validators for their files and pages, as servers of files and of common content managers do.
        let manner = Manner {
            latency: Duration::from_millis(n as u64 % 10),
            validates: !n.is_multiple_of(3),
            ..Manner::default()
        };
        hosts.put(
            &host,
            Website {
                pages: Arc::clone(&pages[n % pages.len()]),
                manner,
            },
        );
        list.push_str(&format!("a{n:03},{}\n", hosts.url(&host)));
    }
    let file = folder.join("agencies.csv");
    std::fs::write(&file, list).unwrap();
    let store = folder.join("fleet.db");
    println!(
        "| look | agencies | wall | on processors | agencies per core-hour | most memory | requests | bytes moved | bytes of hosts with validators |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    for look in 1..=2 {
        let began = Instant::now();
        let (resolve, file, store) = (hosts.resolve(), file.clone(), store.clone());
        let used = tokio::task::spawn_blocking(move || run(&resolve, &file, &store));
        let (processors, memory) = used.await.unwrap();
        let wall = began.elapsed();
        let log = hosts.take_log();
        let moved: usize = log.iter().map(|asked| asked.sent).sum();
        let validating = log.iter().filter(|asked| {
            let number: usize = asked.host[6..9].parse().unwrap();
            !number.is_multiple_of(3)
        });
        let validating: usize = validating.map(|asked| asked.sent).sum();
        println!(
            "| {look} | {agencies} | {:.1} s | {:.1} s | {:.0} | {} MB | {} | {:.1} MB | {:.2} MB |",
            wall.as_secs_f64(),
            processors.as_secs_f64(),
            agencies as f64 * 3600.0 / processors.as_secs_f64(),
            memory >> 20,
            log.len(),
            moved as f64 / 1e6,
            validating as f64 / 1e6,
        );
    }
    let size = std::fs::metadata(&store).unwrap().len();
    println!("\nstore: {} kB after {} audits", size >> 10, agencies * 2);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Runs a round; its time on processors with that of its children, and the most memory it had at one time.
fn run(resolve: &str, list: &Path, store: &Path) -> (Duration, u64) {
    let before = children();
    let mut child = Command::new(env!("CARGO_BIN_EXE_prongsai"))
        .args(["fleet", "audit"])
        .arg(list)
        .arg("--store")
        .arg(store)
        .args(["--year", "2565", "--no-ocr", "--allow-private"])
        .args(["--resolve", resolve, "--delay", "5ms", "-o"])
        .arg(store.with_extension("txt"))
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        most = most.max(held(child.id()));
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success());
    (children().saturating_sub(before), most)
}

/// Memory of a process and its children that nobody else has: bytes.
fn held(process: u32) -> u64 {
    let own = |id: u32| {
        let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let lines = text.lines().filter(|line| line.starts_with("Pss:"));
        let sizes = lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        sizes.sum::<u64>() << 10
    };
    let tasks = format!("/proc/{process}/task");
    let children = std::fs::read_dir(tasks).into_iter().flatten().flatten();
    let children =
        children.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let ids: Vec<u32> = children
        .flat_map(|text| {
            let ids = text.split_whitespace().map(str::to_owned);
            ids.collect::<Vec<String>>()
        })
        .filter_map(|id| id.parse().ok())
        .collect();
    own(process) + ids.into_iter().map(own).sum::<u64>()
}

/// Time that children of this process had on processors.
fn children() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = text.rsplit(')').next().unwrap_or_default();
    // Fields 16 and 17 of proc(5), counted from behind the name; in hundredths of a second.
    let ticks: u64 = after
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
