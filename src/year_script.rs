//! For tests: a year of fifty agencies as a script, what is to be seen of each at any moment and which changes must count.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::judge::Decision::{self, Fail, Pass, Unsure};
use crate::standing::{
    Cause, Change, ChangeKind, Observation, Seen, Standing, WEBSITE, WEBSITE_TITLE,
};

/// Agencies of the script.
pub(crate) const AGENCIES: usize = 50;
/// Weeks of the script, from Monday 5 January 2026.
pub(crate) const WEEKS: i64 = 52;
/// Minutes from the beginning to 1 October 2026 in Bangkok, when fiscal year 2570 begins.
pub(crate) const TURN: i64 = 269 * DAY;
/// When other rules judge: Monday of week 30, before any look. O5 fails by them, O43 is dropped, O44 is new.
pub(crate) const RULES: i64 = 30 * WEEK + 10;
/// The day on which our own network is down: a Wednesday.
pub(crate) const NETWORK: (i64, i64) = (25 * WEEK + 2 * DAY, 25 * WEEK + 3 * DAY);
/// When the agencies with even numbers publish what is bound to the new year.
pub(crate) const PUBLISHED: i64 = 45 * WEEK;

const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;
/// Minutes after the first look at which a doubt is looked into.
const SECOND: i64 = 60;
/// Items that ask for the fiscal year.
const YEARLY: std::ops::RangeInclusive<u32> = 21..=30;

/// Something that is so from one minute up to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spell {
    /// What is so.
    pub(crate) what: What,
    /// Its first minute.
    pub(crate) from: i64,
    /// The minute at which it is over.
    pub(crate) to: i64,
}

/// What may be so for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The page of an item is gone.
    Vanished(u32),
    /// The file of an item is last year's.
    LastYears(u32),
    /// The file of an item is a scan that cannot be read.
    Illegible(u32),
    /// The website does not answer.
    Down,
    /// The crawl ends early and does not come to items 15 to 20.
    CutShort,
    /// A person decided that an item passes.
    Decided(u32),
}

/// A change that must count, by minutes; anything else must not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expected {
    /// `O10` or `website`.
    pub(crate) subject: String,
    /// What it counted as and counts as.
    pub(crate) step: (&'static str, &'static str),
    /// Why.
    pub(crate) cause: Cause,
    /// The kind.
    pub(crate) kind: ChangeKind,
    /// First seen, and counted.
    pub(crate) seen: (i64, i64),
}

/// The script of one agency.
#[derive(Debug, Clone)]
pub(crate) struct Agency {
    /// Its number, from 0.
    pub(crate) number: usize,
    /// What is so, and when.
    pub(crate) spells: Vec<Spell>,
    /// The changes that must count, in the order of time.
    pub(crate) expected: Vec<Expected>,
    /// Spells that must leave no change behind.
    pub(crate) quiet: Vec<Spell>,
}

/// A minute of the script as a time.
pub(crate) fn time(minutes: i64) -> Timestamp {
    // Midnight of 5 January 2026 in Bangkok.
    Timestamp::from_second(1_767_546_000 + 60 * minutes).unwrap_or_default()
}

/// All agencies.
pub(crate) fn script() -> Vec<Agency> {
    (0..AGENCIES).map(Agency::of).collect()
}

impl Agency {
    fn of(number: usize) -> Self {
        let mut it = Self {
            number,
            spells: Vec::new(),
            expected: Vec::new(),
            quiet: Vec::new(),
        };
        let later = i64::try_from(number / 10).unwrap_or(0);
        let week = |week: i64| (week + later) * WEEK;
        match number % 10 {
            // A page is gone for three weeks.
            1 => it.lasting(What::Vanished(10), week(8) + 100, week(11) + 100),
            // A page is gone for the minutes of one look.
            2 => it.passing(What::Vanished(10), it.look(8 + later) - 10, 40),
            // Last year's file, for good: the new year's baseline has it.
            3 => it.lasting(What::LastYears(11), week(15), TURN),
            // The website is down for the day of a look.
            4 => {
                let look = it.look(12 + later);
                it.lasting(What::Down, look - 5 * 60, look + 19 * 60);
            }
            5 => it.lasting(What::Down, week(18), week(21)),
            6 => it.passing(What::Down, it.look(9 + later) - 10, 40),
            7 => it.passing(What::CutShort, week(20), 3 * WEEK),
            8 => it.lasting(What::Decided(2), week(10) + 30, TURN),
            // From bad to worse, and mended.
            9 => {
                it.lasting(What::Illegible(13), week(9), week(14));
                it.lasting(What::Vanished(13), week(14), week(22));
            }
            _ => {}
        }
        if number % 10 == 2 {
            // A server that is busy with its copies at the same minutes every night.
            for week in 30..WEEKS {
                it.passing(What::Vanished(14), it.look(week), 20);
            }
        }
        it.expect_rules();
        it.expect_year();
        it.expected.sort_by_key(|one| one.seen.1);
        it
    }

    /// The minute of the weekly look.
    pub(crate) fn look(&self, week: i64) -> i64 {
        let n = i64::try_from(self.number).unwrap_or(0);
        week * WEEK + (n % 7) * DAY + (1 + n % 20) * 60 + (n * 7) % 60
    }

    /// The first weekly look from a minute on that is not void.
    fn next_look(&self, from: i64) -> i64 {
        let looks = (0..WEEKS + 1).map(|week| self.look(week));
        looks
            .filter(|look| *look >= from && !is_void(*look))
            .min()
            .unwrap_or(i64::MAX)
    }

    /// What holds long enough for two looks, and what must count of it.
    fn lasting(&mut self, what: What, from: i64, to: i64) {
        self.spells.push(Spell { what, from, to });
        let (subject, before, now) = match what {
            What::Vanished(13) => ("O13".to_owned(), "unsure", "fail"),
            What::Vanished(item) | What::LastYears(item) => (format!("O{item}"), "pass", "fail"),
            What::Illegible(item) => (format!("O{item}"), "pass", "unsure"),
            What::Decided(item) => (format!("O{item}"), "fail", "pass"),
            What::Down => (WEBSITE.to_owned(), "pass", "fail"),
            What::CutShort => return,
        };
        if let What::Decided(_) = what {
            // A person's word is laid over the kept capture on the spot.
            let (kind, cause) = (ChangeKind::Better, Cause::Person);
            self.expect(&subject, (before, now), kind, cause, (from, from));
            return;
        }
        let first = self.next_look(from);
        let seen = (first, first + SECOND);
        let (kind, cause) = (ChangeKind::Worse, Cause::Website);
        self.expect(&subject, (before, now), kind, cause, seen);
        // A better sight counts at once; what the turn of the year ends is a baseline, and what gets worse still is no
        // better sight.
        if to < TURN && !matches!(what, What::Illegible(_)) {
            let back = self.next_look(to);
            let kind = ChangeKind::Better;
            self.expect(&subject, (now, "pass"), kind, cause, (back, back));
        }
    }

    /// What is over before a second look.
    fn passing(&mut self, what: What, from: i64, minutes: i64) {
        let to = from + minutes;
        let spell = Spell { what, from, to };
        self.spells.push(spell.clone());
        self.quiet.push(spell);
    }

    fn expect_rules(&mut self) {
        let (at, cause) = ((RULES, RULES), Cause::Rules);
        self.expect("O5", ("pass", "fail"), ChangeKind::Worse, cause, at);
        self.expect("O44", ("pass", "pass"), ChangeKind::New, cause, at);
        self.expect("O43", ("pass", "pass"), ChangeKind::Gone, cause, at);
    }

    fn expect_year(&mut self) {
        if self.number.is_multiple_of(2) {
            let look = self.next_look(PUBLISHED);
            for item in YEARLY {
                let (kind, cause) = (ChangeKind::Better, Cause::Website);
                self.expect(
                    &format!("O{item}"),
                    ("fail", "pass"),
                    kind,
                    cause,
                    (look, look),
                );
            }
        }
    }

    fn expect(
        &mut self,
        subject: &str,
        step: (&'static str, &'static str),
        kind: ChangeKind,
        cause: Cause,
        seen: (i64, i64),
    ) {
        self.expected.push(Expected {
            subject: subject.to_owned(),
            step,
            cause,
            kind,
            seen,
        });
    }

    fn has(&self, minute: i64, test: impl Fn(What) -> bool) -> bool {
        let now = self
            .spells
            .iter()
            .filter(|it| (it.from..it.to).contains(&minute));
        now.map(|it| it.what).any(test)
    }

    /// What an item comes to at a minute by the old rules or the new ones.
    pub(crate) fn decision(&self, item: u32, minute: i64, new_rules: bool) -> Decision {
        let even = self.number.is_multiple_of(2);
        let lacks_year = YEARLY.contains(&item) && minute >= TURN && !(even && minute >= PUBLISHED);
        let cut = |what| what == What::CutShort && (15..=20).contains(&item);
        let scan = |what| what == What::Illegible(item);
        let gone = |what| what == What::Vanished(item) || what == What::LastYears(item);
        if self.has(minute, |what| what == What::Decided(item)) {
            Pass
        } else if item == 2 || (item == 5 && new_rules) || lacks_year || self.has(minute, gone) {
            Fail
        } else if self.has(minute, scan) || self.has(minute, cut) {
            Unsure
        } else {
            Pass
        }
    }

    /// A look at a minute; `None` when our own network makes it void. `kept`: the capture of that minute, judged later.
    pub(crate) fn observe(
        &self,
        minute: i64,
        new_rules: bool,
        kept: Option<i64>,
    ) -> Option<Observation> {
        if is_void(minute) && kept.is_none() {
            return None;
        }
        if kept.is_none() && self.has(minute, |what| what == What::Down) {
            let why = "ต่อไม่ได้";
            return Some(Observation::unreachable(time(minute), why, None));
        }
        let captured = kept.unwrap_or(minute);
        let items = if new_rules {
            (1..=42).chain(44..=44)
        } else {
            (1..=42).chain(43..=43)
        };
        let seen = items.map(|item| {
            let by_person = self.has(minute, |what| what == What::Decided(item));
            let decision = if by_person {
                Pass
            } else {
                self.decision(item, captured, new_rules)
            };
            Seen {
                subject: format!("O{item}"),
                title: format!("ข้อ {item}"),
                decision,
                because: decision.thai().to_owned(),
                place: None,
                by_person,
            }
        });
        let website = kept.is_none().then(|| Seen {
            subject: WEBSITE.to_owned(),
            title: WEBSITE_TITLE.to_owned(),
            decision: Pass,
            because: "เปิดได้".to_owned(),
            place: None,
            by_person: false,
        });
        Some(Observation {
            at: time(minute),
            audit: minute,
            rules: if new_rules { "new" } else { "old" }.to_owned(),
            complete: !self.has(captured, |what| what == What::CutShort),
            same_capture: kept.is_some(),
            seen: website.into_iter().chain(seen).collect(),
        })
    }
}

fn is_void(minute: i64) -> bool {
    (NETWORK.0..NETWORK.1).contains(&minute)
}

/// Lives through the year of one agency: weekly looks, second looks when they are asked for, the kept capture judged
/// again when rules change or a person decides, a new standing when the fiscal year turns.
fn live(agency: &Agency) -> (Vec<Change>, Standing, u32) {
    let mut due: BTreeMap<i64, bool> = (0..WEEKS).map(|week| (agency.look(week), false)).collect();
    due.insert(RULES, true);
    for spell in &agency.spells {
        if matches!(spell.what, What::Decided(_)) {
            due.insert(spell.from, true);
        }
    }
    let mut standing = Standing::default();
    let (mut changes, mut kept, mut turned, mut looks) = (Vec::new(), None, false, 0);
    while let Some((minute, again)) = due.pop_first() {
        if minute >= TURN && !turned {
            turned = true;
            standing = Standing::after(&standing);
        }
        let capture = kept.filter(|_| again);
        let Some(look) = agency.observe(minute, minute >= RULES, capture) else {
            continue;
        };
        looks += 1;
        changes.extend(standing.observe(&look));
        if look.seen.len() > 1 && !again {
            kept = Some(minute);
        }
        let next = standing.second_look_from(time(minute + 1));
        if let Some(next) = next.filter(|_| !again) {
            let minutes = (next.as_second() - time(0).as_second()) / 60;
            due.entry(minutes).or_insert(false);
        }
    }
    (changes, standing, looks)
}

fn as_expected(change: &Change) -> Expected {
    let word = |decision| match decision {
        Pass => "pass",
        Fail => "fail",
        Unsure => "unsure",
    };
    let minute = |at: Timestamp| (at.as_second() - time(0).as_second()) / 60;
    Expected {
        subject: change.subject.clone(),
        step: (word(change.from), word(change.to)),
        cause: change.cause,
        kind: change.kind,
        seen: (minute(change.first_seen), minute(change.counted)),
    }
}

#[test]
fn a_year_of_fifty_agencies_makes_exactly_the_scripted_changes() {
    let (mut counted, mut quiet) = (0, 0);
    for agency in script() {
        let (changes, standing, looks) = live(&agency);
        let mut came: Vec<Expected> = changes.iter().map(as_expected).collect();
        let mut expected = agency.expected.clone();
        came.sort();
        expected.sort();
        assert_eq!(came, expected, "agency {}", agency.number);
        assert!(
            standing.doubts().is_empty(),
            "agency {} is left in doubt",
            agency.number
        );
        assert!(looks <= 120, "agency {} took {looks} looks", agency.number);
        counted += came.len();
        quiet += agency.quiet.len();
    }
    assert!(counted > 400 && quiet > 100, "{counted} and {quiet}");
}

#[test]
fn the_script_holds_what_a_year_may_bring() {
    let all = script();
    let some = |test: &dyn Fn(&Spell) -> bool| all.iter().any(|it| it.spells.iter().any(test));
    assert!(some(&|it| it.what == What::Down && it.to - it.from == DAY));
    assert!(some(
        &|it| it.what == What::Down && it.to - it.from == 3 * WEEK
    ));
    assert!(some(&|it| it.what == What::LastYears(11)));
    let on_the_day = |it: &Agency| is_void(it.look(25));
    assert!(all.iter().filter(|it| on_the_day(it)).count() > 5);
    assert_eq!(time(TURN).to_string(), "2026-09-30T17:00:00Z");
}
