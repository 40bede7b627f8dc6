//! The file at any moment: copied while it is written to, and left by a process that is killed.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use prongsai::store::*;

use crate::living::Dice;
use crate::{Folder, LIVELY, record, told, told_again, website, week, words};

/// The power fails at random moments: what stands in the files then is what a copy of them has. Every copy opens, is
/// sound, has all that was acknowledged before it was made, whole, and at most one look more.
#[test]
fn a_crash_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_half_written() {
    const LOOKS: i64 = 200;
    let folder = Folder::new("crash");
    let path = folder.file("a.db");
    drop(Store::open(&path).unwrap());
    // The looks are made before, so that the copies fall into the writing.
    let mut site = website(3);
    let looks: Vec<_> = (0..LOOKS)
        .map(|_| {
            site.live("2022-01-01".parse().unwrap(), LIVELY, &words());
            site.audit.clone()
        })
        .collect();
    let (acknowledged, over) = (AtomicI64::new(0), AtomicBool::new(false));
    let mut copies = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut store = Store::open(&path).unwrap();
            for (number, audit) in looks.iter().enumerate() {
                let id = record(&mut store, "one", audit, week(number as i64)).audit;
                assert_eq!(id, number as i64 + 1);
                acknowledged.store(id, Ordering::SeqCst);
            }
            over.store(true, Ordering::SeqCst);
        });
        let mut dice = Dice(11);
        while !over.load(Ordering::SeqCst) && copies.len() < 200 {
            std::thread::sleep(std::time::Duration::from_micros(dice.below(3000) as u64));
            let before = acknowledged.load(Ordering::SeqCst);
            let copy = folder.file(&format!("copy{}.db", copies.len()));
            // The log after the file: all that a checkpoint put into the file meanwhile is in the log too, as after
            // a crash; unless the log began anew in between, which its copy from before tells.
            let before_it = std::fs::read(path.with_extension("db-wal")).unwrap_or_default();
            let file = std::fs::read(&path).unwrap();
            let wal = std::fs::read(path.with_extension("db-wal")).unwrap_or_default();
            if !wal.starts_with(&before_it) {
                continue;
            }
            std::fs::write(&copy, file).unwrap();
            std::fs::write(copy.with_extension("db-wal"), wal).unwrap();
            copies.push((copy, before));
        }
    });
    assert!(copies.len() > 10, "{} copies", copies.len());
    for (copy, before) in copies {
        let store = Store::open(&copy).unwrap();
        store.check().unwrap();
        let Ok(page) = store.history("one", None, None, 1000) else {
            assert_eq!(before, 0);
            continue;
        };
        let count = page.audits.len() as i64;
        assert!(count >= before, "{count} of {before} acknowledged");
        for line in page.audits.iter().take(3) {
            let id = line.line.audit;
            let stored = store.audit("one", When::Audit(id)).unwrap();
            assert_eq!(told_again(&stored), told(&looks[id as usize - 1]));
        }
    }
}

/// A torn end of the log: whatever of its last bytes came to the disk, the looks before are whole.
#[test]
fn a_log_cut_anywhere_gives_whole_looks_only() {
    let folder = Folder::new("torn");
    let path = folder.file("a.db");
    let mut store = Store::open(&path).unwrap();
    let mut site = website(5);
    let looks: Vec<_> = (0..6)
        .map(|number| {
            site.live("2022-01-01".parse().unwrap(), LIVELY, &words());
            record(&mut store, "one", &site.audit, week(number));
            site.audit.clone()
        })
        .collect();
    let file = std::fs::read(&path).unwrap();
    let wal = std::fs::read(path.with_extension("db-wal")).unwrap();
    let mut dice = Dice(13);
    let mut counts = std::collections::BTreeSet::new();
    for number in 0..60 {
        let copy = folder.file(&format!("cut{number}.db"));
        let mut cut = wal[..dice.below(wal.len())].to_vec();
        // Some of the last page came as garbage.
        let end = cut.len();
        if dice.percent(50) {
            cut[end.saturating_sub(100)..].fill(0x5a);
        }
        std::fs::write(&copy, &file).unwrap();
        std::fs::write(copy.with_extension("db-wal"), cut).unwrap();
        let store = Store::open(&copy).unwrap();
        store.check().unwrap();
        let Ok(page) = store.history("one", None, None, 10) else {
            counts.insert(0);
            continue;
        };
        counts.insert(page.audits.len());
        for line in &page.audits {
            let stored = store.audit("one", When::Audit(line.line.audit)).unwrap();
            assert_eq!(
                told_again(&stored),
                told(&looks[line.line.audit as usize - 1])
            );
        }
    }
    assert!(counts.len() > 2, "cuts fell between {counts:?} looks only");
}

/// A child records looks and says so; it is killed while it does. (The child is this test again, told by a variable.)
#[test]
fn a_killed_process_leaves_all_that_it_acknowledged() {
    use std::io::{BufRead, BufReader, Write};
    if let Ok(path) = std::env::var("PRONGSAI_STORE_CHILD") {
        let mut store = Store::open(path.as_ref()).unwrap();
        let mut site = website(9);
        for number in 0.. {
            site.live("2022-01-01".parse().unwrap(), LIVELY, &words());
            let id = record(&mut store, "one", &site.audit, week(number % 500)).audit;
            let mut out = std::io::stderr().lock();
            writeln!(out, "recorded {id}").unwrap();
        }
    }
    let folder = Folder::new("killed");
    let path = folder.file("a.db");
    let mut acknowledged = 0;
    for kill in 0..4 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "crash::a_killed_process_leaves_all_that_it_acknowledged",
                "--nocapture",
            ])
            .env("PRONGSAI_STORE_CHILD", &path)
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = 0;
        for line in lines.map_while(Result::ok) {
            let Some(id) = line.strip_prefix("recorded ") else {
                continue;
            };
            acknowledged = id.parse::<i64>().unwrap();
            said += 1;
            if said > 3 + kill * 5 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(said > 3, "the child recorded {said}");
        let store = Store::open(&path).unwrap();
        store.check().unwrap();
        let latest = store.line("one", When::Latest).unwrap().audit;
        assert!(
            latest == acknowledged || latest == acknowledged + 1,
            "{latest} of {acknowledged}"
        );
    }
}
