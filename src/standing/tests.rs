use super::*;
use crate::audit::tests::audit_of;
use crate::sample;
use Decision::{Fail, Pass, Unsure};
use proptest::prelude::*;

/// 1 May 2026, 02:00 in UTC, plus minutes.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_777_600_800 + 60 * minutes).unwrap()
}

const HOURS: i64 = 60;
const DAYS: i64 = 24 * HOURS;

fn seen(subject: &str, decision: Decision) -> Seen {
    Seen {
        subject: subject.to_owned(),
        title: format!("ชื่อของ {subject}"),
        decision,
        because: format!("{subject} {}", decision.thai()),
        place: Some(format!("https://www.example.go.th/{subject}")),
        by_person: false,
    }
}

fn look(minutes: i64, items: &[(&str, Decision)]) -> Observation {
    let items = items
        .iter()
        .map(|(subject, decision)| seen(subject, *decision));
    Observation {
        at: at(minutes),
        audit: minutes + 1,
        rules: "one".to_owned(),
        complete: true,
        same_capture: false,
        seen: std::iter::once(seen(WEBSITE, Pass)).chain(items).collect(),
    }
}

fn down(minutes: i64) -> Observation {
    Observation::unreachable(at(minutes), "ต่อไม่ได้", None)
}

/// What a look of a story is, beside its minute.
#[derive(Clone, Copy)]
enum Look {
    /// A whole look.
    Saw(Decision),
    /// The crawl ended early.
    Partly(Decision),
    /// The kept capture under other rules, which have this digest.
    Rules(&'static str, Decision),
    /// The kept capture under the same rules, decided by a person.
    Person(Decision),
    /// The kept capture under the same rules, when the person took the decision back.
    TakenBack(Decision),
    /// The website did not answer.
    Down,
}
use Look::{Down, Partly, Person, Rules, Saw, TakenBack};

fn of(minutes: i64, what: Look) -> Observation {
    let plain = |decision| look(minutes, &[("O1", decision)]);
    let again = |decision| Observation {
        same_capture: true,
        ..plain(decision)
    };
    match what {
        Saw(decision) => plain(decision),
        Partly(decision) => Observation {
            complete: false,
            ..plain(decision)
        },
        Rules(digest, decision) => Observation {
            rules: digest.to_owned(),
            ..again(decision)
        },
        Person(decision) => {
            let mut look = again(decision);
            look.seen[1].by_person = true;
            look
        }
        TakenBack(decision) => again(decision),
        Down => down(minutes),
    }
}

/// `O1 worse pass→fail website 120→190`: first seen and counted in minutes.
fn told(change: &Change) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let minutes = |time: Timestamp| time.duration_since(at(0)).as_mins();
    format!(
        "{} {} {}→{} {} {}→{}",
        change.subject,
        word(serde_json::to_value(change.kind).unwrap()),
        word(serde_json::to_value(change.from).unwrap()),
        word(serde_json::to_value(change.to).unwrap()),
        word(serde_json::to_value(change.cause).unwrap()),
        minutes(change.first_seen),
        minutes(change.counted),
    )
}

fn run(story: &[(i64, Look)]) -> (Standing, Vec<String>) {
    let mut standing = Standing::default();
    let mut changes = Vec::new();
    for (minutes, what) in story {
        changes.extend(standing.observe(&of(*minutes, *what)));
    }
    (standing, changes.iter().map(told).collect())
}

/// A story's name, its looks by minute, and the changes that count.
type Story<'a> = (&'a str, &'a [(i64, Look)], &'a [&'a str]);

fn hold(stories: &[Story<'_>]) {
    for (name, looks, expected) in stories {
        assert_eq!(run(looks).1, *expected, "{name}");
    }
}

#[test]
fn bad_news_needs_a_second_look_at_another_hour() {
    hold(&[
        ("the first look is a baseline", &[(0, Saw(Fail))], &[]),
        (
            "a blip does not count",
            &[(0, Saw(Pass)), (100, Saw(Fail)), (200, Saw(Pass))],
            &[],
        ),
        (
            "seen twice, it counts with what the later look came to",
            &[(0, Saw(Pass)), (100, Saw(Unsure)), (170, Saw(Fail))],
            &["O1 worse pass→fail website 100→170"],
        ),
        (
            "59 minutes are too soon although the hour is another",
            &[(0, Saw(Pass)), (100, Saw(Fail)), (159, Saw(Fail))],
            &[],
        ),
        (
            "what a server does at two it does at two tomorrow",
            &[
                (0, Saw(Pass)),
                (DAYS + 5, Saw(Fail)),
                (2 * DAYS + 50, Saw(Fail)),
                (2 * DAYS + 61, Saw(Fail)),
            ],
            &["O1 worse pass→fail website 1445→2941"],
        ),
        (
            "two blips with a good sight between are not two looks",
            &[
                (0, Saw(Pass)),
                (100, Saw(Fail)),
                (200, Saw(Pass)),
                (300, Saw(Fail)),
                (310, Saw(Fail)),
            ],
            &[],
        ),
        (
            "it falls step by step, each confirmed",
            &[
                (0, Saw(Pass)),
                (100, Saw(Unsure)),
                (200, Saw(Unsure)),
                (300, Saw(Fail)),
                (400, Saw(Fail)),
            ],
            &[
                "O1 worse pass→unsure website 100→200",
                "O1 worse unsure→fail website 300→400",
            ],
        ),
        (
            "good news counts at once",
            &[(0, Saw(Fail)), (10, Saw(Unsure)), (20, Saw(Pass))],
            &[
                "O1 better fail→unsure website 10→10",
                "O1 better unsure→pass website 20→20",
            ],
        ),
        (
            "a better sight ends a doubt about a worse one",
            &[
                (0, Saw(Unsure)),
                (100, Saw(Fail)),
                (200, Saw(Pass)),
                (300, Saw(Fail)),
            ],
            &["O1 better unsure→pass website 200→200"],
        ),
    ]);
}

#[test]
fn a_look_that_ended_early_confirms_nothing() {
    hold(&[
        (
            "it raises a doubt, which two whole looks confirm",
            &[
                (0, Saw(Pass)),
                (100, Partly(Fail)),
                (200, Saw(Fail)),
                (300, Saw(Fail)),
            ],
            &["O1 worse pass→fail website 100→300"],
        ),
        (
            "it does not confirm what a whole look saw",
            &[
                (0, Saw(Pass)),
                (100, Saw(Fail)),
                (200, Partly(Fail)),
                (300, Partly(Unsure)),
            ],
            &[],
        ),
        (
            "what it did not find is no improvement of what was wrong",
            &[(0, Saw(Fail)), (100, Partly(Unsure)), (200, Saw(Fail))],
            &[],
        ),
        (
            "what it found is found",
            &[(0, Saw(Fail)), (100, Partly(Pass))],
            &["O1 better fail→pass website 100→100"],
        ),
        (
            "a baseline that could not tell is corrected without a word",
            &[(0, Partly(Unsure)), (100, Saw(Fail)), (200, Saw(Fail))],
            &[],
        ),
        (
            "… once",
            &[
                (0, Partly(Unsure)),
                (100, Saw(Unsure)),
                (200, Saw(Fail)),
                (300, Saw(Fail)),
            ],
            &["O1 worse unsure→fail website 200→300"],
        ),
    ]);
}

#[test]
fn other_rules_and_people_count_at_once() {
    hold(&[
        (
            "a flip in the same capture is of the rules",
            &[(0, Saw(Pass)), (100, Rules("two", Fail)), (200, Saw(Fail))],
            &["O1 worse pass→fail rules 100→100"],
        ),
        (
            "what was doubted before the rules changed is not their doing",
            &[
                (0, Saw(Pass)),
                (100, Saw(Fail)),
                (110, Rules("two", Fail)),
                (200, Saw(Fail)),
            ],
            &["O1 worse pass→fail website 100→200"],
        ),
        (
            "rules that ask less end the doubt",
            &[(0, Saw(Pass)), (100, Saw(Fail)), (110, Rules("two", Pass))],
            &[],
        ),
        (
            "a person's word counts, and counts no more when it is taken back",
            &[
                (0, Saw(Fail)),
                (100, Person(Pass)),
                (200, TakenBack(Fail)),
                (300, Saw(Fail)),
            ],
            &[
                "O1 better fail→pass person 100→100",
                "O1 worse pass→fail person 200→200",
            ],
        ),
        (
            "a person's word ends a doubt",
            &[
                (0, Saw(Pass)),
                (100, Saw(Fail)),
                (150, Person(Pass)),
                (200, Saw(Fail)),
            ],
            &[],
        ),
        (
            "a decision that a look finds lapsed is doubted as any bad news",
            &[(0, Person(Pass)), (100, Saw(Fail)), (200, Saw(Fail))],
            &["O1 worse pass→fail website 100→200"],
        ),
    ]);
}

#[test]
fn a_website_that_does_not_answer_hides_its_items() {
    hold(&[
        (
            "down once is a doubt",
            &[(0, Saw(Pass)), (100, Down), (200, Saw(Pass))],
            &[],
        ),
        (
            "down twice counts for the website alone",
            &[
                (0, Saw(Pass)),
                (100, Down),
                (200, Down),
                (300, Down),
                (400, Saw(Pass)),
            ],
            &[
                "website worse pass→fail website 100→200",
                "website better fail→pass website 400→400",
            ],
        ),
        (
            "an item doubted before is still doubted after",
            &[
                (0, Saw(Pass)),
                (100, Saw(Fail)),
                (200, Down),
                (300, Saw(Fail)),
            ],
            &["O1 worse pass→fail website 100→300"],
        ),
        (
            "a website that never answered is told of, and its items then get their baseline",
            &[(0, Down), (100, Down), (200, Saw(Fail))],
            &[
                "website worse pass→fail website 0→100",
                "website better fail→pass website 200→200",
            ],
        ),
        (
            "a kept capture says nothing of how the website is",
            &[
                (0, Saw(Pass)),
                (100, Down),
                (200, Down),
                (250, Rules("two", Pass)),
                (300, Down),
            ],
            &["website worse pass→fail website 100→200"],
        ),
    ]);
}

#[test]
fn items_come_and_go_with_the_rules() {
    let mut standing = Standing::default();
    standing.observe(&look(0, &[("O1", Pass), ("O2", Fail)]));
    let without = standing.clone().observe(&look(60, &[("O1", Pass)]));
    assert_eq!(without, [], "the same rules: it was not looked at");
    let mut other = look(100, &[("O1", Pass), ("O3", Fail)]);
    other.rules = "two".to_owned();
    other.same_capture = true;
    let changes = standing.observe(&other);
    let lines: Vec<String> = changes.iter().map(told).collect();
    assert_eq!(
        lines,
        [
            "O3 new fail→fail rules 100→100",
            "O2 gone fail→fail rules 100→100"
        ]
    );
    let back = standing.observe(&look(200, &[("O1", Pass), ("O2", Pass), ("O3", Fail)]));
    let lines: Vec<String> = back.iter().map(told).collect();
    assert_eq!(
        lines,
        ["O2 new pass→pass rules 200→200"],
        "rules taken back"
    );
}

#[test]
fn a_new_year_begins_without_news_and_remembers_a_website_that_is_down() {
    let (mut old, _) = run(&[(0, Saw(Pass)), (100, Down), (200, Down)]);
    let mut new = Standing::after(&old);
    assert_eq!(new.observe(&down(300)), [], "told in the year before");
    let changes = new.observe(&look(400, &[("O1", Fail)]));
    let lines: Vec<String> = changes.iter().map(told).collect();
    assert_eq!(lines, ["website better fail→pass website 400→400"]);
    assert_eq!(old.observe(&down(300)), []);
}

#[test]
fn the_last_good_copy_is_the_last_look_that_saw_it_pass() {
    let mut standing = Standing::default();
    for (minutes, decision) in [(0, Pass), (100, Pass), (200, Fail)] {
        standing.observe(&look(minutes, &[("O1", decision)]));
    }
    assert_eq!(standing.doubts()[0].last_good, Some(101));
    let worse = standing.observe(&look(300, &[("O1", Fail)]));
    assert_eq!(worse[0].last_good, Some(101));
    let better = standing.observe(&look(400, &[("O1", Pass)]));
    assert_eq!(better[0].last_good, Some(101), "before it was mended");
    let mut never = Standing::default();
    never.observe(&look(0, &[("O1", Unsure)]));
    never.observe(&look(100, &[("O1", Fail)]));
    assert_eq!(
        never.observe(&look(200, &[("O1", Fail)]))[0].last_good,
        None
    );
}

#[test]
fn a_doubt_asks_for_a_look_that_can_settle_it() {
    let (standing, _) = run(&[(0, Saw(Pass))]);
    assert_eq!(standing.second_look(), None);
    let (standing, _) = run(&[(0, Saw(Pass)), (100, Saw(Fail))]);
    assert_eq!(standing.second_look(), Some(at(160)));
    assert_eq!(standing.second_look_from(at(500)), Some(at(500)));
    // 100 minutes are 03:40; a day later the hour from 03:00 to 04:00 confirms nothing.
    let tomorrow = standing.second_look_from(at(DAYS + 70));
    assert_eq!(tomorrow, Some(at(DAYS + 120)));

    let (down_once, _) = run(&[(0, Saw(Pass)), (100, Saw(Fail)), (150, Down)]);
    assert_eq!(down_once.second_look(), Some(at(210)), "of the website");
    let (is_down, _) = run(&[(0, Saw(Pass)), (100, Saw(Fail)), (150, Down), (300, Down)]);
    assert_eq!(is_down.second_look(), None, "nothing to be seen of items");

    let never_whole: Vec<(i64, Look)> = std::iter::once((0, Saw(Pass)))
        .chain((1..=3).map(|n| (n * 100, Partly(Unsure))))
        .collect();
    assert_eq!(run(&never_whole[..3]).0.second_look(), Some(at(160)));
    assert_eq!(run(&never_whole).0.second_look(), None, "asked in vain");
}

#[test]
fn a_doubt_that_nothing_settles_is_told() {
    let (standing, changes) = run(&[
        (0, Saw(Pass)),
        (100, Partly(Unsure)),
        (8 * DAYS, Partly(Unsure)),
    ]);
    assert!(changes.is_empty());
    let [doubt] = &standing.doubts()[..] else {
        panic!("one doubt");
    };
    assert!(doubt.partial && doubt.looks == 2);
    assert_eq!((doubt.from, doubt.seen), (Pass, Unsure));
    assert_eq!(doubt.title, "ชื่อของ O1");
    assert!(!doubt.lasts(at(7 * DAYS)));
    assert!(doubt.lasts(at(8 * DAYS)));
}

#[test]
fn a_look_taken_in_twice_counts_once() {
    let mut standing = Standing::default();
    let looks = [Saw(Pass), Saw(Fail), Saw(Fail)];
    for (n, what) in (0..).zip(looks) {
        let look = of(n * 100, what);
        let first = standing.observe(&look);
        let once = standing.clone();
        assert_eq!(standing.observe(&look), []);
        assert_eq!(standing, once);
        assert_eq!(first.len(), usize::from(n == 2));
    }
}

#[test]
fn a_standing_is_small_and_comes_back_whole() {
    let items: Vec<String> = (1..=43).map(|n| format!("O{n}")).collect();
    let all = |decision| -> Vec<(&str, Decision)> {
        items.iter().map(|item| (item.as_str(), decision)).collect()
    };
    let mut standing = Standing::default();
    standing.observe(&look(0, &all(Pass)));
    standing.observe(&look(100, &all(Fail)));
    standing.observe(&look(1_000_000, &all(Pass)));
    let json = serde_json::to_string(&standing).unwrap();
    assert!(json.len() < 150 * 44, "{} bytes", json.len());
    assert_eq!(serde_json::from_str::<Standing>(&json).unwrap(), standing);
}

#[test]
fn an_audit_tells_the_sentence_and_the_place_that_decided() {
    let audit = audit_of(sample::verdicts(), false);
    let look = Observation::of(&audit, at(0), 7, false);
    assert_eq!(look.seen.len(), 44);
    assert!(look.complete);
    assert_eq!((look.audit, look.rules.len()), (7, 64));
    assert_eq!(look.seen[0].subject, WEBSITE);
    assert_eq!(look.seen[0].title, "เว็บไซต์");
    for (seen, item) in look.seen[1..].iter().zip(&audit.items) {
        let verdict = &item.verdict;
        assert_eq!(
            (&seen.subject, seen.decision),
            (&verdict.id, verdict.verdict)
        );
        let decisive = match verdict.verdict {
            Pass => None,
            Fail => Some(Outcome::Unmet),
            Unsure => Some(Outcome::Unsure),
        };
        let criterion = verdict
            .criteria
            .iter()
            .find(|it| Some(it.outcome) == decisive);
        let because = criterion.map_or(&verdict.summary, |it| &it.because);
        assert_eq!(&seen.because, because, "{}", seen.subject);
        let own = criterion.and_then(|it| it.evidence.first());
        let place = own.or_else(|| verdict.evidence.first());
        assert_eq!(seen.place.as_ref(), place.map(|it| &it.url));
    }
    assert!(
        look.seen
            .iter()
            .any(|it| it.decision == Fail && it.place.is_some())
    );
    let again = Observation::of(&audit, at(0), 7, true);
    assert!(again.seen.iter().all(|seen| seen.subject != WEBSITE));
}

#[test]
fn a_sentence_without_end_is_kept_to_its_beginning() {
    let mut verdict = sample::plain(&["O1"], &[]).remove(0);
    verdict.criteria[0].because = "ไม่พบลิงก์ที่ชื่อ ".repeat(10_000);
    let because = Seen::of(&verdict).because;
    assert_eq!(because.chars().count(), 601);
    assert!(because.ends_with('…'));
}

#[test]
fn an_audit_without_a_page_is_a_website_that_does_not_answer() {
    let mut audit = audit_of(sample::verdicts(), false);
    (audit.coverage.pages, audit.coverage.documents) = (0, 0);
    let look = Observation::of(&audit, at(0), 7, false);
    let [website] = &look.seen[..] else {
        panic!("only the website");
    };
    assert_eq!((website.decision, look.audit), (Fail, 7));
    assert_eq!(website.because, audit.coverage.not_read[0].why);
    let kept = Observation::of(&audit, at(0), 7, true);
    assert_eq!(kept.seen.len(), 43, "it was judged before and is again");
}

#[test]
fn a_person_who_decided_another_criterion_did_not_decide_the_item() {
    let mut verdict = sample::plain(&[], &[]).remove(0);
    let mut more = verdict.criteria[0].clone();
    more.id = "more".to_owned();
    verdict.criteria.push(more);
    verdict.criteria[0].ruling = Some(ruling(Outcome::Met));
    assert!(
        Seen::of(&verdict).by_person,
        "it passes by the person's word"
    );
    verdict.verdict = Fail;
    verdict.criteria[1].outcome = Outcome::Unmet;
    assert!(
        !Seen::of(&verdict).by_person,
        "it fails by what the website has"
    );
    verdict.ruling = Some(ruling(Outcome::Unmet));
    assert!(Seen::of(&verdict).by_person);
}

fn ruling(outcome: Outcome) -> crate::judge::Ruling {
    crate::judge::Ruling {
        outcome,
        reason: "ดูแล้ว".to_owned(),
        who: "ผู้ตรวจ".to_owned(),
        date: jiff::civil::date(2026, 5, 1),
        expires: None,
        url: None,
        machine: Outcome::Unsure,
        machine_because: String::new(),
        contradicts: false,
    }
}

/// One look of a random story: minutes since the one before, and what it is.
fn steps() -> impl Strategy<Value = Vec<(i64, u8, [u8; 2])>> {
    let gap = prop_oneof![1_i64..240, Just(60), Just(DAYS), 1_i64..3 * DAYS];
    prop::collection::vec((gap, 0_u8..12, [0_u8..3, 0..3]), 1..60)
}

fn random(minutes: i64, what: u8, decisions: [u8; 2], rules: &mut u32) -> Observation {
    let decision = |n: u8| [Pass, Unsure, Fail][usize::from(n)];
    let mut look = look(
        minutes,
        &[
            ("O1", decision(decisions[0])),
            ("O2", decision(decisions[1])),
        ],
    );
    match what {
        0 | 1 => return down(minutes),
        2 | 3 => look.complete = false,
        4 => {
            *rules += 1;
            look.same_capture = true;
        }
        5 => {
            look.same_capture = true;
            look.seen[1].by_person = true;
        }
        _ => {}
    }
    look.rules = format!("rules {rules}");
    look
}

/// Looks at the website that saw a subject, newest last, with what it counted as before each.
type Sights = BTreeMap<String, Vec<(Timestamp, bool, Decision)>>;

proptest! {
    #[test]
    fn only_two_whole_looks_at_different_hours_make_a_website_worse(steps in steps()) {
        let mut minutes = 0;
        let mut rules = 0;
        let mut standing = Standing::default();
        let mut replay = Standing::default();
        let mut sights = Sights::new();
        let mut counts: BTreeMap<String, Decision> = BTreeMap::new();
        for (gap, what, decisions) in steps {
            minutes += gap;
            let look = random(minutes, what, decisions, &mut rules);
            let changes = standing.observe(&look);
            let json = serde_json::to_string(&replay).unwrap();
            replay = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&changes, &replay.observe(&look), "written between two looks");
            for seen in look.seen.iter().filter(|_| !look.same_capture) {
                let whole = look.complete || seen.subject == WEBSITE;
                let sight = (look.at, whole, seen.decision);
                // What a look that ended early did not find it did not see.
                if whole || seen.decision != Unsure {
                    sights.entry(seen.subject.clone()).or_default().push(sight);
                }
            }
            for change in &changes {
                let before = counts.get(&change.subject).copied();
                prop_assert_eq!(before.unwrap_or(Pass), change.from, "changes follow each other");
                if let (ChangeKind::Worse, Cause::Website) = (change.kind, change.cause) {
                    let run = sights[&change.subject].iter().rev();
                    let run: Vec<_> = run.take_while(|it| it.2.worth() < change.from.worth()).collect();
                    let (last, whole, decision) = run[0];
                    prop_assert!(*whole && *decision == change.to && *last == look.at);
                    let hour = |at: &Timestamp| at.as_second() / 3600 % 24;
                    let early = |it: &&&(Timestamp, bool, Decision)| {
                        it.1 && last.as_second() - it.0.as_second() >= 3600 && hour(&it.0) != hour(last)
                    };
                    prop_assert!(run[1..].iter().any(|it| early(&it)), "confirmed by an earlier look");
                }
                counts.insert(change.subject.clone(), change.to);
            }
            for (subject, stand) in standing.subjects() {
                // A baseline, or one that was corrected, makes no change.
                counts.insert(subject.to_owned(), stand.counts);
            }
            if let Some(due) = standing.second_look_from(at(minutes)) {
                prop_assert!(due.as_second() >= at(minutes).as_second());
                prop_assert!(!standing.doubts().is_empty());
            }
        }
    }

    #[test]
    fn a_second_look_when_it_was_asked_for_settles_the_doubt(first in 0_i64..DAYS, wait in 0_i64..3 * DAYS) {
        let mut standing = Standing::default();
        standing.observe(&look(0, &[("O1", Pass)]));
        let seen_first = first + 1;
        standing.observe(&look(seen_first, &[("O1", Fail)]));
        let due = standing.second_look_from(at(seen_first + wait)).unwrap();
        let minutes = due.duration_since(at(0)).as_mins();
        let changes = standing.observe(&look(minutes, &[("O1", Fail)]));
        prop_assert_eq!(changes.len(), 1);
        prop_assert!(standing.doubts().is_empty());
    }
}
