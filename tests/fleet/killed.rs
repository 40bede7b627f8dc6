//! The program itself through two hundred websites: killed ten times and gone on with, it comes to what it comes to undisturbed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::hosts::{Asked, Hosts, Manner, Pages, Website, captured};

const HOSTS: usize = 200;
const KILLS: u32 = 10;
/// Requests to one host are at least so far apart.
const DELAY: Duration = Duration::from_millis(20);

fn captures() -> Vec<Arc<Pages>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    [
        "kalase-2564",
        "kalase-2565",
        "banmai-2565",
        "nongkha-2565",
        "chaimongkol-2565",
    ]
    .iter()
    .map(|name| Arc::new(captured(&folder.join(format!("{name}.warc.gz")))))
    .collect()
}

/// What kind of server each host is, the same in every run.
fn manner(n: usize) -> Manner {
    let usual = Manner {
        latency: Duration::from_millis(n as u64 % 7),
        validates: !n.is_multiple_of(3),
        ..Manner::default()
    };
    match n % 25 {
        3 => Manner { busy: 9, ..usual },
        7 => Manner { drops: 11, ..usual },
        11 => Manner {
            latency: Duration::from_millis(60),
            ..usual
        },
        19 => Manner {
            refuses: Some(403),
            ..usual
        },
        23 => Manner {
            refuses: Some(500),
            ..usual
        },
        _ => usual,
    }
}

fn host(n: usize) -> String {
    format!("agency{n:03}.test")
}

fn list(hosts: &Hosts, file: &Path) {
    let provinces = ["ตรัง", "ตาก", "น่าน", "ยะลา"];
    let mut text = String::from("id,name,type,province,url\n");
    for n in 0..HOSTS {
        text.push_str(&format!(
            "a{n:03},องค์การบริหารส่วนตำบลที่ {n},tambon,{},{}\n",
            provinces[n % 4],
            hosts.url(&host(n))
        ));
    }
    std::fs::write(file, text).unwrap();
}

pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("prongsai-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn begin(hosts: &Hosts, list: &Path, store: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_prongsai"))
        .args(["fleet", "audit"])
        .arg(list)
        .arg("--store")
        .arg(store)
        .args(["--year", "2565", "--no-ocr", "--allow-private"])
        .args(["--resolve", &hosts.resolve()])
        .args(["--max-pages", "12", "--at-once", "32"])
        .arg("--delay")
        .arg(format!("{}ms", DELAY.as_millis()))
        .arg("-o")
        .arg(store.with_extension("json"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn finish(child: Child) {
    let out = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{told}");
}

/// What the store has of all items of all agencies, without what tells when it was seen.
fn verdicts(store: &Path) -> Vec<serde_json::Value> {
    let out = Command::new(env!("CARGO_BIN_EXE_prongsai"))
        .args(["export", "--kind", "verdicts", "--store"])
        .arg(store)
        .output()
        .unwrap();
    assert!(out.status.success());
    let text = String::from_utf8(out.stdout).unwrap();
    let mut rows: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for row in &mut rows {
        for time in ["audit", "at", "ended", "capture"] {
            row.as_object_mut().unwrap().remove(time);
        }
    }
    rows.sort_by_key(ToString::to_string);
    rows
}

/// Requests that were answered whole, by host and path. Servers that refuse everybody hand out no page: their failure is
/// weighed with the others at the end of the round, and asked for again when that was not reached.
fn fetched(log: &[Asked]) -> BTreeMap<(&str, &str), Vec<&Asked>> {
    let mut fetched: BTreeMap<(&str, &str), Vec<&Asked>> = BTreeMap::new();
    let pages = |asked: &&Asked| asked.whole && (asked.status < 400 || asked.status == 404);
    for asked in log.iter().filter(pages) {
        let key = (asked.host.as_str(), asked.path.as_str());
        fetched.entry(key).or_default().push(asked);
    }
    fetched
}

/// No host has more requests in any second than its delay allows, and never two at a time.
fn assert_polite(log: &[Asked]) {
    let mut by_host: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for asked in log {
        by_host.entry(&asked.host).or_default().push(asked);
    }
    let window = Duration::from_secs(1);
    let most = (window.as_millis() / DELAY.as_millis()) as usize + 2;
    for (host, asked) in by_host {
        for (at, first) in asked.iter().enumerate() {
            let within = asked[at..]
                .iter()
                .take_while(|later| later.began - first.began < window);
            let count = within.count();
            assert!(count <= most, "{host}: {count} requests in a second");
            if let Some(next) = asked.get(at + 1) {
                assert!(next.began >= first.ended, "{host}: two requests at a time");
            }
        }
    }
}

/// A website that has not changed is asked whether it has, and says no.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unchanged_website_moves_less_than_a_twentieth() {
    let folder = Folder::new("unchanged");
    let hosts = Hosts::open().await;
    for (n, pages) in captures().into_iter().enumerate() {
        let manner = Manner {
            validates: true,
            ..Manner::default()
        };
        hosts.put(&host(n), Website { pages, manner });
    }
    let (file, store) = (folder.0.join("agencies.csv"), folder.0.join("fleet.db"));
    let mut text = String::from("id,url\n");
    for n in 0..5 {
        text.push_str(&format!("a{n},{}\n", hosts.url(&host(n))));
    }
    std::fs::write(&file, text).unwrap();
    let mut moved = Vec::new();
    for _ in 0..2 {
        let child = begin(&hosts, &file, &store);
        tokio::task::spawn_blocking(|| finish(child)).await.unwrap();
        let log = hosts.take_log();
        moved.push(log.iter().map(|asked| asked.sent).sum::<usize>());
    }
    assert!(moved[0] > 500_000 && moved[1] * 20 < moved[0], "{moved:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_killed_ten_times_comes_to_the_same_and_fetches_nothing_twice() {
    let folder = Folder::new("killed");
    let hosts = Hosts::open().await;
    let pages = captures();
    for n in 0..HOSTS {
        let website = Website {
            pages: Arc::clone(&pages[n % pages.len()]),
            manner: manner(n),
        };
        hosts.put(&host(n), website);
    }
    let file = folder.0.join("agencies.csv");
    list(&hosts, &file);

    let (calm, shaken) = (folder.0.join("calm.db"), folder.0.join("shaken.db"));
    let began = Instant::now();
    let child = begin(&hosts, &file, &calm);
    tokio::task::spawn_blocking(|| finish(child)).await.unwrap();
    let whole = began.elapsed();
    let calm_log = hosts.take_log();
    assert_polite(&calm_log);
    for (key, asked) in fetched(&calm_log) {
        assert_eq!(asked.len(), 1, "{key:?}");
    }
    hosts.forget_tries();

    let mut kills: Vec<Instant> = Vec::new();
    for n in 0..KILLS {
        let mut child = begin(&hosts, &file, &shaken);
        // At odd moments all through the round: while starting, crawling, judging, writing.
        let share = f64::from(n * 37 % 11 + 1) / 11.0;
        tokio::time::sleep(
            whole
                .mul_f64(share / f64::from(KILLS / 2))
                .max(Duration::from_millis(50)),
        )
        .await;
        child.kill().unwrap();
        kills.push(Instant::now());
        child.wait().unwrap();
    }
    let child = begin(&hosts, &file, &shaken);
    tokio::task::spawn_blocking(|| finish(child)).await.unwrap();
    let log = hosts.take_log();
    assert_polite(&log);
    let mut again = 0;
    for ((host, path), asked) in fetched(&log) {
        for pair in asked.windows(2) {
            again += 1;
            // Under way at a kill is what its host was asked last before it: an answer that was not yet in the journal.
            let lost = kills.iter().any(|kill| {
                let mut before = log
                    .iter()
                    .rev()
                    .filter(|it| it.host == host && it.began <= *kill);
                before
                    .next()
                    .is_some_and(|last| last.began == pair[0].began)
            });
            assert!(
                lost,
                "{host}{path} was fetched twice, and no kill explains it"
            );
        }
    }
    assert!(
        again <= 32 * kills.len(),
        "{again} more than were under way"
    );

    let (calm_rows, shaken_rows) = (verdicts(&calm), verdicts(&shaken));
    assert!(calm_rows.len() > 5_000, "{} rows", calm_rows.len());
    assert_eq!(calm_rows.len(), shaken_rows.len());
    for (a, b) in calm_rows.iter().zip(&shaken_rows) {
        assert_eq!(a, b);
    }
    let summary = |store: &Path| -> serde_json::Value {
        let text = std::fs::read_to_string(store.with_extension("json")).unwrap();
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for time in ["began", "ended"] {
            value["run"].as_object_mut().unwrap().remove(time).unwrap();
        }
        value
    };
    assert_eq!(summary(&calm), summary(&shaken));
    let hosts_asked: BTreeSet<&str> = log.iter().map(|asked| asked.host.as_str()).collect();
    assert_eq!(hosts_asked.len(), HOSTS);
}
