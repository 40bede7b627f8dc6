//! Whether our own network was at fault: canary websites and mass failure.
//!
//! One server that dies takes down every agency it houses, and that is no fault of ours. So failures are counted by
//! place (the server's address, else the host's name under its registry), each place once. Mass failure alone decides only
//! where no canary was heard; where canaries answered in the same time, only failure of most places outweighs them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::failure::FailureKind;
use crate::schedule::thai_time;

/// One look at one canary website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryLook {
    /// When. Looks within [`Limits::round`] of the first are one round.
    pub at: Timestamp,
    /// The canary's host.
    pub host: String,
    /// It gave any HTTP answer.
    pub answered: bool,
}

/// How a visit of an agency's website ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was looked at.
    Answered,
    /// It answered first and went silent before the end.
    BrokenOff,
    /// It could not be looked at.
    Failed(FailureKind),
}

/// One visit of an agency's website, for the test of our own network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The agency.
    pub id: String,
    /// The server: [`place`].
    pub place: String,
    /// When the visit began.
    pub began: Timestamp,
    /// When it ended; for a failure the moment of the failure.
    pub ended: Timestamp,
    /// How.
    pub end: End,
    /// The website answered at the visit before. One that never answered tells nothing of our network.
    pub answered_before: bool,
}

impl Outcome {
    /// A failure of the kind that our own network makes.
    pub(crate) fn could_be_ours(&self) -> bool {
        match self.end {
            End::Answered => false,
            End::BrokenOff => true,
            End::Failed(kind) => kind.is_of_network(),
        }
    }
}

/// The limits of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The width of the window in which failures count together.
    pub window: SignedDuration,
    /// Looks at canaries this near to the first are one round.
    pub round: SignedDuration,
    /// So many places must fail at least.
    pub places: usize,
    /// So large a share of the places heard of must fail when no canary was heard.
    pub share: f64,
    /// So many places when a canary answered in the same time.
    pub places_against_canaries: usize,
    /// So large a share when a canary answered in the same time.
    pub share_against_canaries: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            window: SignedDuration::from_mins(15),
            round: SignedDuration::from_mins(2),
            places: 5,
            share: 0.3,
            places_against_canaries: 10,
            share_against_canaries: 0.6,
        }
    }
}

/// A time in which our own network was at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// From the first sign, included.
    pub from: Timestamp,
    /// To the last sign, included.
    pub to: Timestamp,
    /// A Thai sentence for the run log.
    pub why: String,
}

/// Whether a run can be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against our own network.
    Sound,
    /// Times that do not count, in order and apart.
    Void(Vec<Void>),
}

impl Verdict {
    /// Whether a visit does not count and is put back: it failed, in the way of networks, within a void time.
    pub fn voids(&self, visit: &Outcome) -> bool {
        let Self::Void(all) = self else { return false };
        let within = |void: &Void| (void.from..=void.to).contains(&visit.ended);
        visit.could_be_ours() && all.iter().any(within)
    }
}

/// Where a website is: its server's address as last known, else its host's name under the registry (`example.go.th`), so
/// that the websites of one owner count once.
pub fn place(home: &Url, address: Option<IpAddr>) -> String {
    if let Some(address) = address {
        return address.to_string();
    }
    match home.host() {
        Some(Host::Domain(host)) => {
            let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
            let second = labels.len().checked_sub(2).map(|at| labels[at]);
            // Thailand registers under `go.th`, `in.th` …, much of the world under `co.uk`, `com.au` …
            let registry = second.is_some_and(|label| label.len() <= 3)
                && labels.last().is_some_and(|label| label.len() == 2);
            let kept = if registry { 3 } else { 2 };
            labels[labels.len().saturating_sub(kept)..].join(".")
        }
        Some(host) => host.to_string(),
        None => String::new(),
    }
}

/// Whether failures so far are reason enough to look at the canaries now: mass failure, as if none had been heard.
pub fn suspicious(visits: &[Outcome], limits: &Limits) -> bool {
    !mass_failures(visits, &[], limits).is_empty()
}

/// Whether our own network was at fault in a run, and when.
pub fn examine(canaries: &[CanaryLook], visits: &[Outcome], limits: &Limits) -> Verdict {
    let rounds = rounds(canaries, limits);
    let mut all: Vec<Void> = silent_rounds(&rounds, visits);
    all.extend(mass_failures(visits, &rounds, limits));
    all.sort_by_key(|void| (void.from, void.to));
    let mut apart: Vec<Void> = Vec::new();
    for void in all {
        match apart.last_mut() {
            Some(last) if void.from <= last.to => last.to = last.to.max(void.to),
            _ => apart.push(void),
        }
    }
    if apart.is_empty() {
        Verdict::Sound
    } else {
        Verdict::Void(apart)
    }
}

/// All canaries, looked at together.
struct Round {
    at: Timestamp,
    hosts: BTreeSet<String>,
    answered: bool,
}

fn rounds(canaries: &[CanaryLook], limits: &Limits) -> Vec<Round> {
    let mut looks: Vec<&CanaryLook> = canaries.iter().collect();
    looks.sort_by(|a, b| (a.at, &a.host).cmp(&(b.at, &b.host)));
    let mut rounds: Vec<Round> = Vec::new();
    for look in looks {
        match rounds.last_mut() {
            Some(round) if look.at.duration_since(round.at) <= limits.round => {
                round.hosts.insert(look.host.clone());
                round.answered |= look.answered;
            }
            _ => rounds.push(Round {
                at: look.at,
                hosts: BTreeSet::from([look.host.clone()]),
                answered: look.answered,
            }),
        }
    }
    rounds
}

/// Times around rounds in which every canary was silent: from the last sign of life before to the first after.
///
/// A canary may die like any website. Silence is believed of two or more, or when no website answered either; and where
/// websites answered before and after and none failed between, nothing was lost.
fn silent_rounds(rounds: &[Round], visits: &[Outcome]) -> Vec<Void> {
    // An answered visit shows life at both its ends, a broken one at its beginning.
    let mut signs: Vec<Timestamp> = Vec::new();
    signs.extend(rounds.iter().filter(|it| it.answered).map(|it| it.at));
    for visit in visits {
        match visit.end {
            End::Answered => signs.extend([visit.began, visit.ended]),
            End::BrokenOff => signs.push(visit.began),
            // A server that refuses us has been reached.
            End::Failed(FailureKind::Blocked | FailureKind::Empty | FailureKind::Robots) => {
                signs.push(visit.ended);
            }
            End::Failed(_) => {}
        }
    }
    signs.sort_unstable();
    let mut failures: Vec<Timestamp> = visits
        .iter()
        .filter(|visit| visit.could_be_ours())
        .map(|visit| visit.ended)
        .collect();
    failures.sort_unstable();
    let mut all = Vec::new();
    for round in rounds.iter().filter(|round| !round.answered) {
        let after = signs.partition_point(|sign| *sign <= round.at);
        let before = after.checked_sub(1).map(|at| signs[at]);
        let after = signs.get(after).copied();
        let lost: Vec<Timestamp> = failures
            .iter()
            .copied()
            .filter(|at| before.is_none_or(|it| it < *at) && after.is_none_or(|it| *at < it))
            .collect();
        // One canary alone is believed when a website went silent with it.
        let believed = round.hosts.len() >= 2 || !lost.is_empty();
        if !believed || (lost.is_empty() && after.is_some()) {
            continue;
        }
        let hosts: Vec<&str> = round.hosts.iter().map(String::as_str).collect();
        all.push(Void {
            from: lost.first().copied().unwrap_or(round.at).min(round.at),
            to: lost.last().copied().unwrap_or(round.at).max(round.at),
            why: format!(
                "เครือข่ายฝั่งผู้ตรวจขัดข้อง: เว็บไซต์อ้างอิงไม่ตอบทุกแห่ง ({}) เมื่อ {} ผลในช่วงนี้ไม่นับและจะตรวจใหม่",
                hosts.join(", "),
                thai_time(round.at)
            ),
        });
    }
    all
}

/// What was heard of one place within the window.
#[derive(Default)]
struct Heard {
    failed: usize,
    answered: usize,
}

/// Times in which many places went silent that answered the time before.
fn mass_failures(visits: &[Outcome], rounds: &[Round], limits: &Limits) -> Vec<Void> {
    let tells = |visit: &&Outcome| !visit.could_be_ours() || visit.answered_before;
    let mut visits: Vec<&Outcome> = visits.iter().filter(tells).collect();
    visits.sort_by(|a, b| (a.ended, &a.id).cmp(&(b.ended, &b.id)));
    let mut heard: BTreeMap<&str, Heard> = BTreeMap::new();
    // Places with failures alone, kept while the window moves.
    let mut silent = 0;
    let mut first = 0;
    let mut all: Vec<Void> = Vec::new();
    for (at, visit) in visits.iter().enumerate() {
        count(&mut heard, &mut silent, visit, true);
        while visit.ended.duration_since(visits[first].ended) > limits.window {
            count(&mut heard, &mut silent, visits[first], false);
            first += 1;
        }
        if !visit.could_be_ours() || silent < limits.places {
            continue;
        }
        let mut failures = visits[first..=at].iter().filter(|it| it.could_be_ours());
        let middle = failures.clone().count() / 2;
        let (begin, middle) = (failures.clone().next(), failures.nth(middle));
        // A canary that was heard before most of the failures says nothing of them.
        let heard_from = middle.map_or(visit.ended, |it| it.ended);
        let heard_to = visit.ended.saturating_add(limits.round);
        let heard_to = heard_to.unwrap_or(visit.ended);
        let sound = rounds
            .iter()
            .any(|round| round.answered && (heard_from..=heard_to).contains(&round.at));
        let (places, share) = if sound {
            (
                limits.places_against_canaries,
                limits.share_against_canaries,
            )
        } else {
            (limits.places, limits.share)
        };
        let (failed, known) = (bounded(silent), bounded(heard.len()));
        if silent < places || failed < known * share {
            continue;
        }
        let from = begin.map_or(visit.ended, |it| it.ended);
        match all.last_mut() {
            Some(last) if from <= last.to => last.to = visit.ended,
            _ => all.push(Void {
                from,
                to: visit.ended,
                why: format!(
                    "เครือข่ายฝั่งผู้ตรวจน่าจะขัดข้อง: เว็บไซต์บนเครื่องแม่ข่าย {silent} แห่งจาก {} แห่งเงียบไปพร้อมกันภายใน {} นาทีจนถึง {} ทั้งที่ครั้งก่อนตอบ ผลในช่วงนี้ไม่นับและจะตรวจใหม่",
                    heard.len(),
                    limits.window.as_mins(),
                    thai_time(visit.ended)
                ),
            }),
        }
    }
    all
}

fn count<'a>(
    heard: &mut BTreeMap<&'a str, Heard>,
    silent: &mut usize,
    visit: &'a Outcome,
    enters: bool,
) {
    let is_silent = |one: &Heard| one.failed > 0 && one.answered == 0;
    let one = heard.entry(&visit.place).or_default();
    let before = is_silent(one);
    let counter = if visit.could_be_ours() {
        &mut one.failed
    } else {
        &mut one.answered
    };
    *counter = if enters {
        *counter + 1
    } else {
        counter.saturating_sub(1)
    };
    let after = is_silent(one);
    if one.failed + one.answered == 0 {
        heard.remove(visit.place.as_str());
    }
    match (before, after) {
        (false, true) => *silent += 1,
        (true, false) => *silent = silent.saturating_sub(1),
        _ => {}
    }
}

fn bounded(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(1_650_000_000 + minute * 60).unwrap()
    }

    fn visit(id: usize, ended: i64, end: End) -> Outcome {
        Outcome {
            id: format!("a{id}"),
            place: format!("10.0.0.{id}"),
            began: minute(ended - 1),
            ended: minute(ended),
            end,
            answered_before: true,
        }
    }

    fn canary(at: i64, host: &str, answered: bool) -> CanaryLook {
        CanaryLook {
            at: minute(at),
            host: host.to_owned(),
            answered,
        }
    }

    const DEAD: End = End::Failed(FailureKind::Timeout);

    fn voided(canaries: &[CanaryLook], visits: &[Outcome]) -> Vec<String> {
        let verdict = examine(canaries, visits, &Limits::default());
        let voided = visits.iter().filter(|visit| verdict.voids(visit));
        voided.map(|visit| visit.id.clone()).collect()
    }

    #[test]
    fn silent_canaries_void_what_failed_since_the_last_sign_of_life() {
        let mut visits = [
            visit(1, 10, End::Answered),
            visit(2, 12, DEAD),
            visit(3, 14, End::Failed(FailureKind::Dns)),
            visit(4, 16, End::BrokenOff),
            visit(5, 30, End::Answered),
            visit(6, 40, DEAD),
        ];
        visits[3].began = minute(8);
        let canaries = [
            canary(0, "one", true),
            canary(0, "two", true),
            canary(14, "one", false),
            canary(15, "two", false),
        ];
        assert_eq!(voided(&canaries, &visits), ["a2", "a3", "a4"]);
    }

    #[test]
    fn one_canary_that_answers_is_enough() {
        let visits = [visit(1, 10, End::Answered), visit(2, 12, DEAD)];
        let canaries = [canary(12, "one", false), canary(12, "two", true)];
        assert_eq!(
            examine(&canaries, &visits, &Limits::default()),
            Verdict::Sound
        );
    }

    #[test]
    fn canaries_that_died_while_websites_answer_void_nothing() {
        let visits: Vec<Outcome> = (0..30)
            .map(|n| visit(n, 10 + n as i64, End::Answered))
            .collect();
        let canaries: Vec<CanaryLook> = (0..6)
            .flat_map(|n| {
                [
                    canary(10 + n * 5, "one", false),
                    canary(10 + n * 5, "two", false),
                ]
            })
            .collect();
        let verdict = examine(&canaries[..10], &visits, &Limits::default());
        assert_eq!(verdict, Verdict::Sound);
        // A lone canary that is dead says nothing, even before the first visit.
        let lone = [canary(0, "one", false)];
        assert_eq!(examine(&lone, &[], &Limits::default()), Verdict::Sound);
    }

    #[test]
    fn a_run_does_not_begin_without_a_network() {
        let canaries = [canary(0, "one", false), canary(0, "two", false)];
        let verdict = examine(&canaries, &[], &Limits::default());
        assert!(matches!(verdict, Verdict::Void(ref all) if all.len() == 1));
    }

    #[test]
    fn many_places_that_go_silent_together_are_our_own_fault() {
        let mut visits: Vec<Outcome> = (0..10).map(|n| visit(n, n as i64, End::Answered)).collect();
        visits.extend((10..15).map(|n| visit(n, n as i64, DEAD)));
        assert_eq!(voided(&[], &visits), ["a10", "a11", "a12", "a13", "a14"]);
        assert!(suspicious(&visits, &Limits::default()));
        // Four are too few.
        assert!(voided(&[], &visits[..14]).is_empty());
        // Five of twenty are too few.
        visits.extend((15..25).map(|n| visit(n, 12, End::Answered)));
        assert!(voided(&[], &visits).is_empty());
    }

    #[test]
    fn failures_far_apart_are_their_own() {
        let visits: Vec<Outcome> = (0..20).map(|n| visit(n, n as i64 * 5, DEAD)).collect();
        assert!(voided(&[], &visits).is_empty());
    }

    #[test]
    fn a_vendor_whose_server_dies_takes_down_forty_agencies_and_voids_nobody() {
        let mut visits: Vec<Outcome> = (0..40).map(|n| visit(n, n as i64 / 4, DEAD)).collect();
        for visit in &mut visits {
            visit.place = "203.0.113.7".to_owned();
        }
        visits.extend((40..44).map(|n| visit(n, 9, DEAD)));
        visits.extend((44..46).map(|n| visit(n, 9, End::Answered)));
        // Five places: the vendor and four others. One fewer is too few.
        assert_eq!(voided(&[], &visits).len(), 44);
        visits.remove(40);
        assert!(voided(&[], &visits).is_empty());
    }

    #[test]
    fn websites_that_never_answered_do_not_count() {
        let mut visits: Vec<Outcome> = (0..12).map(|n| visit(n, n as i64, DEAD)).collect();
        for visit in &mut visits[..8] {
            visit.answered_before = false;
        }
        assert!(voided(&[], &visits).is_empty());
        for visit in &mut visits[..1] {
            visit.answered_before = true;
        }
        // Then they are looked at again with the others.
        assert_eq!(voided(&[], &visits).len(), 12);
    }

    #[test]
    fn refusals_are_no_fault_of_the_network() {
        let blocked = End::Failed(FailureKind::Blocked);
        let visits: Vec<Outcome> = (0..12).map(|n| visit(n, n as i64, blocked)).collect();
        assert!(voided(&[], &visits).is_empty());
    }

    #[test]
    fn canaries_that_answer_outweigh_all_but_failure_of_most_places() {
        let heard = [canary(5, "one", true), canary(5, "two", true)];
        let mut visits: Vec<Outcome> = (0..9).map(|n| visit(n, n as i64, DEAD)).collect();
        assert!(voided(&heard, &visits).is_empty());
        visits.push(visit(9, 9, DEAD));
        assert_eq!(voided(&heard, &visits).len(), 10);
        visits.extend((10..17).map(|n| visit(n, 8, End::Answered)));
        assert!(voided(&heard, &visits).is_empty());
    }

    #[test]
    fn canaries_that_answered_before_the_failures_do_not_outweigh_them() {
        let visits: Vec<Outcome> = (0..6).map(|n| visit(n, 4 + n as i64, DEAD)).collect();
        assert!(voided(&[canary(7, "one", true)], &visits).is_empty());
        assert_eq!(voided(&[canary(3, "one", true)], &visits).len(), 6);
    }

    #[test]
    fn websites_of_one_owner_are_one_place() {
        for (home, wanted) in [
            ("https://www.nongkha.go.th/", "nongkha.go.th"),
            ("https://a.vendor.in.th/", "vendor.in.th"),
            ("http://b.vendor.in.th/x", "vendor.in.th"),
            ("https://www.example.com/", "example.com"),
            ("https://localhost:8080/", "localhost"),
            ("http://192.0.2.1/", "192.0.2.1"),
        ] {
            assert_eq!(place(&Url::parse(home).unwrap(), None), wanted);
        }
        let home = Url::parse("https://www.nongkha.go.th/").unwrap();
        let address = "203.0.113.7".parse().ok();
        assert_eq!(place(&home, address), "203.0.113.7");
    }
}
