//! What is due when, and why.
//!
//! An agency's slots are the times of its own rhythm and, unless settings say otherwise, the dense days of the assessment
//! calendar: every second day in the 30 days before the answer window closes, daily in its last 7 days, daily in the
//! clarification window. A slot that a visit has begun after is served; however many were missed, one visit serves them
//! all. Each agency's visit stands later than its slot by a share of the jitter that its id decides.

use crate::year::{FiscalYear, thai_date};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::calendar::{Calendar, Dense, Step};
use super::cron::Cron;
use super::{bangkok, instant, thai_time};

/// How long visits of one slot are spread unless settings say otherwise.
pub const JITTER: SignedDuration = SignedDuration::from_hours(6);
/// The longest spread that settings may ask for: over the week, for fleets that one night cannot hold.
pub const LONGEST_JITTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Waits before a website is tried again that could not be looked at; afterwards only its rhythm counts.
const BACKOFF: [SignedDuration; 3] = [
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(12),
];
/// The least time between a failed or doubtful visit and the next.
const LEAST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// Missed slots are counted up to this.
const MOST_MISSED: u32 = 99;

/// What the planner knows of one agency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agenda {
    /// The agency's key.
    pub id: String,
    /// Its rhythm; `None`: it is looked at only when a doubt asks for it.
    pub cron: Option<Cron>,
    /// When the last visit began, failed ones included, visits of a void run not; `None` before the first.
    pub last: Option<Timestamp>,
    /// The earliest time of a second look that is waited for.
    pub second_look: Option<Timestamp>,
    /// Visits in a row up to the last that could not look at the website.
    pub failures: u32,
}

/// What holds for all agencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// The assessment's calendar.
    pub calendar: Calendar,
    /// How long visits of one slot are spread.
    pub jitter: SignedDuration,
    /// The dense days of the calendar count.
    pub denser: bool,
}

impl Rhythm {
    /// The usual spread over a calendar.
    pub fn of(calendar: Calendar) -> Self {
        Self {
            calendar,
            jitter: JITTER,
            denser: true,
        }
    }
}

/// What makes a visit due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A worse sight must be confirmed or removed.
    SecondLook,
    /// The last visits could not look at the website.
    Retry,
    /// The agency was never looked at.
    First,
    /// Its own rhythm.
    Regular,
    /// The answer window closes soon.
    Closing,
    /// The clarification window is open.
    Clarifying,
}

/// A visit that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The agency.
    pub id: String,
    /// Since when, or from when on.
    pub at: Timestamp,
    /// What makes it due.
    pub occasion: Occasion,
    /// A Thai sentence for the run log.
    pub why: String,
}

/// Everything due at `now`, longest waiting first; one visit an agency.
pub fn plan(now: Timestamp, agendas: &[Agenda], rhythm: &Rhythm) -> Vec<Due> {
    let all = agendas.iter().filter_map(|one| next(now, one, rhythm));
    let mut due: Vec<Due> = all.filter(|due| due.at <= now).collect();
    due.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    due
}

/// When one agency is due next, in the past when it is waiting already; `None` when it has no rhythm and nothing about it
/// is in doubt.
pub fn next(now: Timestamp, agenda: &Agenda, rhythm: &Rhythm) -> Option<Due> {
    let all = [
        second_look(agenda),
        retry(agenda),
        regular(now, agenda, rhythm),
    ];
    // The first of those at the same time.
    all.into_iter().flatten().min_by_key(|due| due.at)
}

fn due(agenda: &Agenda, at: Timestamp, occasion: Occasion, why: String) -> Due {
    Due {
        id: agenda.id.clone(),
        at,
        occasion,
        why,
    }
}

/// A doubt that a visit left standing is looked at again after as long as it has stood, an hour at least.
fn second_look(agenda: &Agenda) -> Option<Due> {
    let wanted = agenda.second_look?;
    let at = match agenda.last {
        Some(last) if last >= wanted => {
            let stood = last.duration_since(wanted);
            last.checked_add(stood.max(LEAST_WAIT)).ok()?
        }
        _ => wanted,
    };
    let why = format!(
        "ตรวจซ้ำเพื่อยืนยันผลที่แย่ลงก่อนนับว่าเปลี่ยน (ยืนยันได้ตั้งแต่ {})",
        thai_time(wanted)
    );
    Some(due(agenda, at, Occasion::SecondLook, why))
}

fn retry(agenda: &Agenda) -> Option<Due> {
    let (last, _) = (agenda.last?, agenda.cron.as_ref()?);
    let tried = usize::try_from(agenda.failures).ok()?.checked_sub(1)?;
    let at = last.checked_add(*BACKOFF.get(tried)?).ok()?;
    let why = format!(
        "ลองใหม่ หลังเข้าเว็บไซต์ไม่ได้ {} ครั้งติดกัน ครั้งล่าสุด {}",
        agenda.failures,
        thai_time(last)
    );
    Some(due(agenda, at, Occasion::Retry, why))
}

fn regular(now: Timestamp, agenda: &Agenda, rhythm: &Rhythm) -> Option<Due> {
    let cron = agenda.cron.as_ref()?;
    let Some(last) = agenda.last else {
        let why = "ตรวจครั้งแรก ยังไม่เคยตรวจเว็บไซต์นี้".to_owned();
        return Some(due(agenda, now, Occasion::First, why));
    };
    let slots = Slots {
        cron,
        rhythm,
        share: share(&agenda.id),
    };
    let slot = slots.after(last)?;
    let mut at = slots.visit(&slot);
    if agenda.failures > 0 {
        at = at.max(last.checked_add(LEAST_WAIT).ok()?);
    }
    let (missed, latest) = slots.missed(slot, now);
    let (occasion, mut why) = latest.words(cron);
    if missed > 1 {
        let over = if missed > MOST_MISSED {
            "เกิน "
        } else {
            ""
        };
        why += &format!(
            " พลาดมาแล้ว {over}{} รอบตั้งแต่ {} ตรวจครั้งเดียวแทนทุกรอบ",
            missed.min(MOST_MISSED),
            thai_time(at)
        );
    }
    Some(due(agenda, at, occasion, why))
}

/// One time at which an agency should be looked at, before jitter.
struct Slot {
    at: Timestamp,
    /// The dense days that ask for it; `None` when its own rhythm does.
    dense: Option<(Date, Dense)>,
}

impl Slot {
    fn words(&self, cron: &Cron) -> (Occasion, String) {
        let Some((day, dense)) = self.dense else {
            let why = format!("ถึงกำหนดตามรอบ ({cron})");
            return (Occasion::Regular, why);
        };
        let year = dense.year;
        let closes = thai_date(dense.closes);
        let (occasion, mut why) = match dense.step {
            Step::Clarifying => (
                Occasion::Clarifying,
                format!("ตรวจทุกวันในช่วงชี้แจงเพิ่มเติม OIT ปี {year} ซึ่งสิ้นสุด {closes}"),
            ),
            Step::Nearing | Step::Closing => {
                let often = if dense.step == Step::Closing {
                    "ทุกวัน"
                } else {
                    "วันเว้นวัน"
                };
                let left = day.until(dense.closes).map_or(0, |span| span.get_days());
                let left = match left {
                    0 => format!("วันนี้วันสุดท้ายที่รับคำตอบ OIT ปี {year}"),
                    left => format!("อีก {left} วันปิดรับคำตอบ OIT ปี {year} ({closes})"),
                };
                (Occasion::Closing, format!("ตรวจ{often} {left}"))
            }
        };
        if let Some(FiscalYear(model)) = dense.modelled_on {
            why += &format!(" ยังไม่ทราบปฏิทินของปี {year} จึงประมาณตามปี {model}");
        }
        (occasion, why)
    }
}

struct Slots<'a> {
    cron: &'a Cron,
    rhythm: &'a Rhythm,
    /// The agency's share of the jitter, of 2^64.
    share: u64,
}

impl Slots<'_> {
    fn after(&self, at: Timestamp) -> Option<Slot> {
        let own = self.cron.after(at).map(|at| Slot { at, dense: None });
        let dense = self.dense_after(at);
        // At the same time the agency's own rhythm is the reason.
        own.into_iter().chain(dense).min_by_key(|slot| slot.at)
    }

    fn dense_after(&self, at: Timestamp) -> Option<Slot> {
        if !self.rhythm.denser {
            return None;
        }
        let mut from = bangkok(at).date();
        let time = self.cron.time_of_day();
        for _ in 0..2 {
            let (day, dense) = self.rhythm.calendar.next_dense(from, self.share % 2 == 1)?;
            let slot = instant(day.to_datetime(time))?;
            if slot > at {
                return Some(Slot {
                    at: slot,
                    dense: Some((day, dense)),
                });
            }
            from = day.tomorrow().ok()?;
        }
        None
    }

    /// When the visit of a slot is due: later by the agency's share of the jitter, and before the slot that follows.
    fn visit(&self, slot: &Slot) -> Timestamp {
        let room = self
            .after(slot.at)
            .map(|next| next.at.duration_since(slot.at));
        let jitter = self.rhythm.jitter.min(LONGEST_JITTER);
        let room = room.map_or(jitter, |room| room.min(jitter)).as_secs();
        let late = (u128::from(self.share) * u128::try_from(room).unwrap_or(0)) >> 64;
        let late = SignedDuration::from_secs(i64::try_from(late).unwrap_or(0));
        slot.at.saturating_add(late).unwrap_or(slot.at)
    }

    /// How many visits from this slot's on were due by now, counted up to one more than [`MOST_MISSED`], and the slot of
    /// the last one counted; this slot when it is not due yet.
    fn missed(&self, first: Slot, now: Timestamp) -> (u32, Slot) {
        let (mut count, mut latest) = (u32::from(self.visit(&first) <= now), first);
        while (1..=MOST_MISSED).contains(&count) {
            let Some(slot) = self.after(latest.at).filter(|it| self.visit(it) <= now) else {
                break;
            };
            (count, latest) = (count + 1, slot);
        }
        (count, latest)
    }
}

/// An agency's share, of 2^64: the same on every machine and for ever.
fn share(id: &str) -> u64 {
    let digest = Sha256::digest(id);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::calendar::tests::shipped;
    use jiff::ToSpan;
    use jiff::civil::{DateTime, date};
    use std::collections::BTreeMap;

    fn at(text: &str) -> Timestamp {
        instant(text.parse::<DateTime>().unwrap()).unwrap()
    }

    fn agenda(id: &str, cron: &str, last: Option<&str>) -> Agenda {
        Agenda {
            id: id.to_owned(),
            cron: (!cron.is_empty()).then(|| Cron::read(cron).unwrap()),
            last: last.map(at),
            ..Agenda::default()
        }
    }

    fn sharp() -> Rhythm {
        Rhythm {
            jitter: SignedDuration::ZERO,
            ..Rhythm::of(shipped())
        }
    }

    /// Visits from a day until another by a service that is always there.
    fn visits(mut agenda: Agenda, rhythm: &Rhythm, until: Date) -> Vec<Due> {
        let until = instant(until.to_datetime(jiff::civil::Time::MAX)).unwrap();
        let mut all = Vec::new();
        while let Some(due) = next(agenda.last.unwrap(), &agenda, rhythm) {
            if due.at > until {
                break;
            }
            // It is found due at its time and not a moment before.
            assert!(plan(due.at - 1.second(), std::slice::from_ref(&agenda), rhythm).is_empty());
            let found = plan(due.at, std::slice::from_ref(&agenda), rhythm);
            assert_eq!(found.len(), 1);
            agenda.last = Some(due.at);
            all.push(found[0].clone());
        }
        all
    }

    fn days(all: &[Due]) -> Vec<Date> {
        all.iter().map(|due| bangkok(due.at).date()).collect()
    }

    #[test]
    fn a_year_of_weekly_visits_is_denser_where_the_assessment_looks() {
        // The share of this id is even: every second day from 2 April.
        let id = (0..)
            .map(|n| format!("a{n}"))
            .find(|id| share(id).is_multiple_of(2));
        let weekly = agenda(&id.unwrap(), "weekly", Some("2021-09-30T12:00:00"));
        let all = visits(weekly, &sharp(), date(2022, 9, 30));
        let count = |occasion| all.iter().filter(|due| due.occasion == occasion).count();
        // Sundays of the fiscal year: 3 October to 25 September.
        assert_eq!(count(Occasion::Regular), 52);
        let days = days(&all);
        let within = |first: Date, last: Date| {
            days.iter()
                .filter(|day| (first..=last).contains(day))
                .count()
        };
        assert_eq!(
            within(date(2022, 3, 1), date(2022, 3, 31)),
            4,
            "Sundays only"
        );
        assert_eq!(
            within(date(2022, 4, 1), date(2022, 4, 23)),
            11 + 2,
            "2, 4 … 22 and the Sundays 3 and 17"
        );
        assert_eq!(within(date(2022, 4, 24), date(2022, 4, 30)), 7, "daily");
        assert_eq!(
            within(date(2022, 5, 1), date(2022, 5, 31)),
            5,
            "Sundays only"
        );
        assert_eq!(within(date(2022, 6, 1), date(2022, 6, 15)), 15, "daily");
        assert_eq!(within(date(2022, 6, 16), date(2022, 6, 30)), 2);
        let why = |day| {
            let due = all.iter().find(|due| bangkok(due.at).date() == day);
            due.map_or("", |due| due.why.as_str())
        };
        assert_eq!(why(date(2022, 2, 6)), "ถึงกำหนดตามรอบ (weekly)");
        assert_eq!(
            why(date(2022, 4, 18)),
            "ตรวจวันเว้นวัน อีก 12 วันปิดรับคำตอบ OIT ปี 2565 (30 เมษายน 2565)"
        );
        assert_eq!(
            why(date(2022, 4, 30)),
            "ตรวจทุกวัน วันนี้วันสุดท้ายที่รับคำตอบ OIT ปี 2565"
        );
        assert_eq!(
            why(date(2022, 6, 2)),
            "ตรวจทุกวันในช่วงชี้แจงเพิ่มเติม OIT ปี 2565 ซึ่งสิ้นสุด 15 มิถุนายน 2565"
        );
    }

    #[test]
    fn a_year_without_a_calendar_says_that_it_guesses() {
        let daily = agenda("a", "monthly", Some("2024-04-25T12:00:00"));
        let due = next(at("2024-04-26T00:00:00"), &daily, &sharp()).unwrap();
        assert_eq!(due.at, at("2024-04-26T00:00:00"));
        assert_eq!(
            due.why,
            "ตรวจทุกวัน อีก 4 วันปิดรับคำตอบ OIT ปี 2567 (30 เมษายน 2567) ยังไม่ทราบปฏิทินของปี 2567 จึงประมาณตามปี 2565"
        );
    }

    #[test]
    fn settings_can_keep_every_agency_to_its_own_rhythm() {
        let plain = Rhythm {
            denser: false,
            ..sharp()
        };
        let monthly = agenda("a", "monthly", Some("2021-12-01T00:00:00"));
        assert_eq!(
            days(&visits(monthly, &plain, date(2022, 6, 30))),
            (1..=6)
                .map(|month| date(2022, month, 1))
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn years_turn_and_leap_days_and_31sts_are_kept() {
        let plain = Rhythm {
            denser: false,
            ..sharp()
        };
        let visits = |cron: &str, from: &str, until| {
            days(&visits(agenda("a", cron, Some(from)), &plain, until))
        };
        assert_eq!(
            visits("0 2 31 * *", "2023-12-15T00:00:00", date(2024, 6, 1)),
            [
                date(2023, 12, 31),
                date(2024, 1, 31),
                date(2024, 3, 31),
                date(2024, 5, 31)
            ]
        );
        let february = visits("daily", "2024-02-27T00:00:00", date(2024, 3, 1));
        assert_eq!(
            february,
            [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]
        );
        assert_eq!(
            visits("daily", "2022-12-31T00:00:00", date(2023, 12, 31)).len(),
            365
        );
        assert_eq!(
            visits("daily", "2023-12-31T00:00:00", date(2024, 12, 31)).len(),
            366
        );
    }

    #[test]
    fn three_weeks_off_is_one_visit_and_not_three() {
        let mut weekly = agenda("a", "weekly", Some("2022-01-02T00:00:00"));
        let now = at("2022-01-27T09:00:00");
        let due = plan(now, std::slice::from_ref(&weekly), &sharp());
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].at, at("2022-01-09T00:00:00"));
        assert_eq!(
            due[0].why,
            "ถึงกำหนดตามรอบ (weekly) พลาดมาแล้ว 3 รอบตั้งแต่ 9 มกราคม 2565 00:00 น. ตรวจครั้งเดียวแทนทุกรอบ"
        );
        weekly.last = Some(now);
        assert_eq!(
            next(now, &weekly, &sharp()).map(|due| due.at),
            Some(at("2022-01-30T00:00:00"))
        );
    }

    #[test]
    fn what_was_missed_is_told_by_its_latest_reason_and_counted_so_far() {
        // Off from before the closing until the clarification.
        let weekly = agenda("a", "weekly", Some("2022-04-25T00:00:00"));
        let due = next(at("2022-06-02T09:00:00"), &weekly, &sharp()).unwrap();
        assert_eq!(due.occasion, Occasion::Clarifying);
        assert!(due.why.contains("พลาดมาแล้ว 12 รอบ"), "{}", due.why);
        let hourly = agenda("a", "0 * * * *", Some("2012-04-25T00:00:00"));
        let due = next(at("2022-06-02T09:00:00"), &hourly, &sharp()).unwrap();
        assert!(due.why.contains("เกิน 99 รอบ"), "{}", due.why);
    }

    #[test]
    fn jitter_is_stable_spread_and_never_passes_the_next_slot() {
        let rhythm = Rhythm::of(shipped());
        let now = at("2022-01-03T00:00:00");
        let begin = at("2022-01-09T00:00:00");
        let due = |id: &str, cron: &str| {
            let agenda = agenda(id, cron, Some("2022-01-03T00:00:00"));
            next(now, &agenda, &rhythm).unwrap().at
        };
        let mut hours: BTreeMap<i64, u32> = BTreeMap::new();
        for n in 0..600 {
            let id = format!("45301{n:02}");
            let late = due(&id, "weekly").duration_since(begin);
            assert_eq!(due(&id, "weekly").duration_since(begin), late);
            *hours.entry(late.as_hours()).or_default() += 1;
            // Within the hour that an hourly rhythm leaves.
            let first = due(&id, "0 * * * *");
            let hour = at("2022-01-03T01:00:00");
            assert!((hour..hour + 1.hour()).contains(&first));
        }
        assert_eq!(
            hours.keys().copied().collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5]
        );
        assert!(
            hours.values().all(|count| (70..=130).contains(count)),
            "a sixth each"
        );
        // The share of an id does not change with releases: a pinned value.
        assert_eq!(due("kalase", "weekly"), due("kalase", "0 0 * * 0"));
        assert_eq!(share("kalase"), 10_177_831_622_333_610_575);
    }

    #[test]
    fn a_fleet_too_large_for_a_night_is_spread_over_the_week() {
        let rhythm = Rhythm {
            jitter: LONGEST_JITTER,
            ..Rhythm::of(shipped())
        };
        let mut weekdays: BTreeMap<i8, u32> = BTreeMap::new();
        for n in 0..200 {
            let weekly = agenda(&format!("a{n}"), "weekly", Some("2021-12-25T00:00:00"));
            let all = visits(weekly, &rhythm, date(2022, 3, 31));
            let days = days(&all);
            // 26 December to 20 March: thirteen slots, each visited within its week; dense days begin in April.
            assert!((12..=14).contains(&days.len()), "{}", days.len());
            let first = days[0];
            assert!(
                days.windows(2)
                    .all(|pair| pair[0].until(pair[1]).unwrap().get_days() == 7
                        || pair[1] > date(2022, 3, 26))
            );
            *weekdays
                .entry(first.weekday().to_sunday_zero_offset())
                .or_default() += 1;
        }
        assert_eq!(weekdays.len(), 7);
        assert!(weekdays.values().all(|count| *count >= 15));
    }

    #[test]
    fn with_jitter_every_slot_of_a_year_is_still_visited_once() {
        let rhythm = Rhythm::of(shipped());
        for id in ["a", "b", "c", "d"] {
            let daily = agenda(id, "daily", Some("2021-12-31T12:00:00"));
            let days = days(&visits(daily, &rhythm, date(2022, 12, 31)));
            let all: Vec<Date> = date(2022, 1, 1).series(1.day()).take(365).collect();
            assert_eq!(days, all);
        }
    }

    #[test]
    fn a_second_look_comes_at_its_time_and_ever_later_while_the_doubt_stands() {
        let mut weekly = agenda("a", "weekly", Some("2022-01-03T08:30:00"));
        weekly.second_look = Some(at("2022-01-03T10:00:00"));
        let now = at("2022-01-03T09:00:00");
        assert!(plan(now, std::slice::from_ref(&weekly), &sharp()).is_empty());
        let mut times = Vec::new();
        for _ in 0..5 {
            let due = next(now, &weekly, &sharp()).unwrap();
            assert_eq!(due.occasion, Occasion::SecondLook);
            times.push(bangkok(due.at).hour());
            weekly.last = Some(due.at);
        }
        assert_eq!(times, [10, 11, 12, 14, 18]);
        // An agency that nobody scheduled is looked at again all the same.
        let mut lone = agenda("a", "", Some("2022-01-03T08:30:00"));
        assert_eq!(next(now, &lone, &sharp()), None);
        lone.second_look = Some(at("2022-01-03T10:00:00"));
        assert!(next(now, &lone, &sharp()).is_some());
    }

    #[test]
    fn a_failed_visit_is_tried_again_less_and_less_and_then_left_to_its_rhythm() {
        let mut weekly = agenda("a", "weekly", Some("2022-01-03T00:00:00"));
        let mut times = Vec::new();
        for failures in 1..=4 {
            weekly.failures = failures;
            let due = next(weekly.last.unwrap(), &weekly, &sharp()).unwrap();
            times.push((bangkok(due.at).to_string(), due.occasion));
            weekly.last = Some(due.at);
        }
        let told: Vec<(&str, Occasion)> =
            times.iter().map(|(at, why)| (at.as_str(), *why)).collect();
        assert_eq!(
            told,
            [
                ("2022-01-03T01:00:00", Occasion::Retry),
                ("2022-01-03T05:00:00", Occasion::Retry),
                ("2022-01-03T17:00:00", Occasion::Retry),
                ("2022-01-09T00:00:00", Occasion::Regular),
            ]
        );
        // An hour lies between a failure and the slot after it.
        let mut hourly = agenda("a", "0 * * * *", Some("2022-01-03T00:30:00"));
        hourly.failures = 9;
        let due = next(at("2022-01-03T00:31:00"), &hourly, &sharp()).unwrap();
        assert_eq!(due.at, at("2022-01-03T01:30:00"));
    }

    #[test]
    fn new_agencies_are_due_now_and_those_that_waited_longer_go_first() {
        let now = at("2022-01-27T09:00:00");
        let all = [
            agenda("new", "weekly", None),
            agenda("b", "daily", Some("2022-01-25T09:00:00")),
            agenda("a", "daily", Some("2022-01-25T09:00:00")),
            agenda("longest", "weekly", Some("2022-01-02T00:00:00")),
            agenda("unscheduled", "", None),
            agenda("done", "daily", Some("2022-01-27T08:00:00")),
        ];
        let due = plan(now, &all, &sharp());
        let ids: Vec<&str> = due.iter().map(|due| due.id.as_str()).collect();
        assert_eq!(ids, ["longest", "a", "b", "new"]);
        assert_eq!(due[3].occasion, Occasion::First);
    }

    proptest::proptest! {
        #[test]
        fn what_is_next_lies_after_the_last_visit(
            cron in proptest::sample::select(&["daily", "weekly", "monthly", "0 * * * *", "5 3,15 1-7 * 1", "0 0 31 * *"][..]),
            id in "[a-z]{1,8}",
            last in 1_500_000_000i64..1_900_000_000,
            hours in 0i64..200,
            failures in 0u32..6,
        ) {
            let last = Timestamp::from_second(last).unwrap();
            let rhythm = Rhythm { jitter: SignedDuration::from_hours(hours), ..Rhythm::of(shipped()) };
            let agenda = Agenda { last: Some(last), failures, ..agenda(&id, cron, None) };
            let due = next(last, &agenda, &rhythm).unwrap();
            proptest::prop_assert!(due.at > last);
            // Whoever looks later finds the same time.
            proptest::prop_assert_eq!(next(last + 90.hours(), &agenda, &rhythm).unwrap().at, due.at);
        }
    }
}
