//! Runs, leases, the plan and the outbox, also of two processes at one file.

use jiff::{SignedDuration, ToSpan};
use prongsai::store::*;
use prongsai::year::FiscalYear;

use crate::{Folder, audit, look, record, row, week, weigh};

const STALE: SignedDuration = SignedDuration::from_mins(5);

fn store_with(folder: &Folder, agencies: &[&str]) -> (Store, Vec<String>) {
    let mut store = Store::open(&folder.file("a.db")).unwrap();
    for id in agencies {
        store.put_agency(&row(id)).unwrap();
    }
    (store, agencies.iter().map(|id| (*id).to_owned()).collect())
}

#[test]
fn two_owners_never_are_at_one_agency() {
    let folder = Folder::new("leases");
    let (mut one, agencies) = store_with(&folder, &["a", "b"]);
    let mut two = Store::open(&folder.file("a.db")).unwrap();
    let now = week(0);
    let run = one.begin_run("fleet", "{}", &agencies, now).unwrap();
    let first = one.claim(run, "one", now, STALE).unwrap().unwrap();
    let second = two.claim(run, "two", now, STALE).unwrap().unwrap();
    assert_eq!((first.agency.as_str(), second.agency.as_str()), ("a", "b"));
    assert_eq!(one.claim(run, "one", now, STALE).unwrap(), None);
    // Another run is kept from the same agencies.
    let other = two.begin_run("schedule", "{}", &agencies, now).unwrap();
    assert!(!two.claim_agency(other, "a", "two", now, STALE).unwrap());
    assert_eq!(two.claim(other, "two", now, STALE).unwrap(), None);
}

#[test]
fn the_job_of_an_owner_that_died_is_taken_and_its_late_result_refused() {
    let folder = Folder::new("dead");
    let (mut one, agencies) = store_with(&folder, &["a"]);
    let mut two = Store::open(&folder.file("a.db")).unwrap();
    let now = week(0);
    let run = one.begin_run("fleet", "{}", &agencies, now).unwrap();
    one.claim(run, "one", now, STALE).unwrap().unwrap();
    // It gave a sign: it is alive.
    assert_eq!(one.beat("one", now + 4.minutes()).unwrap(), 1);
    assert_eq!(two.requeue(run, now + 8.minutes(), STALE).unwrap(), 0);
    let later = now + 10.minutes();
    assert_eq!(two.requeue(run, later, STALE).unwrap(), 1);
    assert!(two.claim_agency(run, "a", "two", later, STALE).unwrap());
    let audit = audit();
    let (agency, look) = (row("a"), look(now));
    let result = |owner| Recording {
        agency: &agency,
        audit: &audit,
        look: &look,
        job: Some(Claim {
            run,
            owner,
            why: "ตรวจตามรอบ",
        }),
    };
    let late = one.record(&result("one"), weigh(&audit, now));
    assert!(matches!(late, Err(StoreError::Overtaken { .. })));
    assert!(one.history("a", None, None, 5).unwrap().audits.is_empty());
    assert_eq!(one.standing("a", FiscalYear(2565)).unwrap(), None);
    let recorded = two.record(&result("two"), weigh(&audit, now)).unwrap();
    let job = one.job(run, "a").unwrap().unwrap();
    assert_eq!(
        (job.state, job.audit),
        (JobState::Done, Some(recorded.audit))
    );
    assert_eq!(job.why.as_deref(), Some("ตรวจตามรอบ"));
    // Twice is once.
    assert!(two.record(&result("two"), weigh(&audit, now)).is_err());
    two.end_run(run, later, None).unwrap();
    assert_eq!(one.unfinished_run("fleet").unwrap(), None);
}

#[test]
fn what_a_run_did_not_come_to_is_void_when_it_ends() {
    let folder = Folder::new("void");
    let (mut store, agencies) = store_with(&folder, &["a", "b", "c"]);
    let run = store.begin_run("fleet", "{}", &agencies, week(0)).unwrap();
    let end = End {
        state: JobState::Failed,
        fault: Some("dns"),
    };
    for agency in ["a", "b"] {
        let claim = Claim {
            run,
            owner: "me",
            why: "",
        };
        store.finish_job(agency, &claim, &end, week(0)).unwrap();
    }
    let view = store.run(run).unwrap();
    assert_eq!(
        (view.tally.failed, view.tally.pending, view.faults["dns"]),
        (2, 1, 2)
    );
    store
        .end_run(run, week(0), Some("เครือข่ายของเราขัดข้อง"))
        .unwrap();
    let view = store.run(run).unwrap();
    // Failures that were weighed stand.
    assert_eq!((view.tally.failed, view.tally.void), (2, 1));
    assert!(matches!(store.run(99), Err(StoreError::NoJob { .. })));
}

#[test]
fn a_missed_website_changes_the_standing_without_an_audit() {
    let folder = Folder::new("miss");
    let (mut store, _) = store_with(&folder, &["a"]);
    record(&mut store, "a", &audit(), week(0));
    let before = store.standing("a", FiscalYear(2565)).unwrap().unwrap();
    let miss = Miss {
        agency: &row("a"),
        year: FiscalYear(2565),
        at: week(1),
        job: None,
    };
    store
        .record_miss(&miss, |mut standing| {
            assert_eq!(standing, before);
            let seen = prongsai::standing::Observation::unreachable(week(1), "ไม่ตอบ", None);
            let changes = standing.observe(&seen);
            (standing, changes)
        })
        .unwrap();
    assert!(store.standing("a", FiscalYear(2565)).unwrap().unwrap() != before);
    assert_eq!(store.last_visit("a").unwrap(), Some(week(1)));
    assert_eq!(store.history("a", None, None, 5).unwrap().audits.len(), 1);
}

#[test]
fn what_is_due_is_told_the_longest_first() {
    let folder = Folder::new("due");
    let (mut store, _) = store_with(&folder, &["a", "b", "c"]);
    for (agency, at) in [("a", 3), ("b", 1), ("c", 2)] {
        store.set_next(agency, Some(week(at)), "รายสัปดาห์").unwrap();
    }
    let due = store.due(week(2), 10).unwrap();
    let agencies: Vec<&str> = due.iter().map(|one| one.agency.as_str()).collect();
    assert_eq!(agencies, ["b", "c"]);
    store.set_next("b", None, "ปิด").unwrap();
    assert_eq!(store.next_due().unwrap(), Some(week(2)));
    record(&mut store, "c", &audit(), week(2));
    let visit = store.visit("c").unwrap().unwrap();
    assert_eq!((visit.last, visit.next), (Some(week(2)), Some(week(2))));
}

#[test]
fn a_letter_is_sent_until_it_is_seen() {
    let folder = Folder::new("outbox");
    let (mut store, _) = store_with(&folder, &["a"]);
    let letter = Letter {
        owner: "o@example.go.th".to_owned(),
        channel: "mail".to_owned(),
        created: week(0),
        body: "{}".to_owned(),
        next_at: Some(week(0)),
    };
    let ids = store
        .post(&[letter.clone(), letter], Some(("told", "12")))
        .unwrap();
    assert_eq!(store.mark("told").unwrap().as_deref(), Some("12"));
    store
        .undelivered(ids[0], "ปลายทางไม่ตอบ", Some(week(1)))
        .unwrap();
    store
        .delivered_and(ids[1], week(0), Some(week(2)), "told", |told| {
            assert_eq!(told.as_deref(), Some("12"));
            Some("13".to_owned())
        })
        .unwrap();
    store
        .edit_mark("told", |told| told.map(|told| told + "!"))
        .unwrap();
    assert_eq!(store.mark("told").unwrap().as_deref(), Some("13!"));
    assert!(store.outbox_due(week(0), 9).unwrap().is_empty());
    assert_eq!(store.outbox_next().unwrap(), Some(week(1)));
    assert_eq!(store.outbox_due(week(2), 9).unwrap().len(), 2);
    assert!(store.seen(ids[1], week(2)).unwrap());
    assert!(!store.seen(ids[1], week(2)).unwrap());
    // A delivery that ends after it was seen does not bring it back.
    store.delivered(ids[1], week(2), Some(week(3))).unwrap();
    let due = store.outbox_due(week(9), 9).unwrap();
    assert_eq!((due.len(), due[0].id, due[0].attempts), (1, ids[0], 1));
    assert_eq!(store.clear_outbox(week(9)).unwrap(), 1);
    assert_eq!(store.outbox(Some("o@example.go.th"), 9).unwrap().len(), 1);
}

#[test]
fn a_silence_ends_by_itself_or_by_hand() {
    let folder = Folder::new("silence");
    let (mut store, _) = store_with(&folder, &["a"]);
    let mut silence = Silence {
        agency: "a".to_owned(),
        subject: Some("O7".to_owned()),
        until: Some(week(2)),
        who: "ผู้ดูแล".to_owned(),
        reason: "กำลังปรับเว็บไซต์".to_owned(),
        made: week(0),
    };
    store.silence(&silence).unwrap();
    assert_eq!(store.silences(week(1)).unwrap()[0].silence, silence);
    assert!(store.silences(week(2)).unwrap().is_empty());
    silence.until = None;
    let id = store.silence(&silence).unwrap();
    assert_eq!(store.silences(week(9)).unwrap().len(), 1);
    assert!(store.lift(id).unwrap() && !store.lift(id).unwrap());
}

/// One process writes, another reads all the while: it never waits, and never sees a look in part.
#[test]
fn a_reader_sees_whole_looks_while_another_process_writes() {
    let folder = Folder::new("reader");
    let path = folder.file("a.db");
    let mut store = Store::open(&path).unwrap();
    let audit = audit();
    record(&mut store, "a", &audit, week(0));
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reads = scope.spawn(|| {
            let reader = Store::open_read_only(&path).unwrap();
            let (mut seen, mut reads) = (0, 0);
            while !over.load(std::sync::atomic::Ordering::SeqCst) || reads == 0 {
                let stored = reader.audit("a", When::Latest).unwrap();
                assert!(stored.line.audit >= seen);
                assert_eq!(stored.items.len(), audit.items.len());
                let standing = reader.standing("a", FiscalYear(2565)).unwrap().unwrap();
                assert!(standing.looked() >= Some(stored.line.look.at));
                seen = stored.line.audit;
                reads += 1;
            }
            reads
        });
        for number in 1..40 {
            let mut other = audit.clone();
            other.items[0].verdict.summary = format!("ครั้งที่ {number}");
            record(&mut store, "a", &other, week(number));
        }
        over.store(true, std::sync::atomic::Ordering::SeqCst);
        assert!(reads.join().unwrap() > 0);
    });
}
