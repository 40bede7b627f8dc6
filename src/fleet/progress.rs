//! How long a run still takes, from what is finished and what is being worked on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

/// One agency that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// How long it took.
    pub took: SignedDuration,
    /// Pages and files asked for.
    pub pages: u32,
}

/// One agency that is being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Working {
    /// When its visit began.
    pub began: Timestamp,
    /// Pages and files asked for so far.
    pub pages: u32,
}

/// Where a run stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// Agencies done in this run, failed ones included.
    pub finished: Vec<Finished>,
    /// Agencies at work.
    pub working: Vec<Working>,
    /// Agencies that wait.
    pub pending: usize,
    /// Agencies looked at side by side.
    pub at_once: usize,
}

impl Pace {
    /// The time left; zero when nothing is left, `None` before the first agency is done.
    ///
    /// A waiting agency takes what the median of the finished took, so that one slow host does not move the estimate. One at
    /// work still has to come to the median pages of those that were larger than what it has, at its own pace. Agencies are
    /// then handed to whoever is free first, as the run does it.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        if self.working.is_empty() && self.pending == 0 {
            return Some(SignedDuration::ZERO);
        }
        let typical = median(self.finished.iter().map(|one| millis(one.took)).collect())?;
        let mut pages: Vec<u32> = self.finished.iter().map(|one| one.pages).collect();
        pages.sort_unstable();
        let mut lanes: BinaryHeap<Reverse<u64>> = self
            .working
            .iter()
            .map(|one| Reverse(rest(one, now, typical, &pages)))
            .collect();
        let free = self.at_once.max(1).saturating_sub(lanes.len());
        lanes.extend(std::iter::repeat_n(Reverse(0), free.min(self.pending)));
        for _ in 0..self.pending {
            let Reverse(free_at) = lanes.pop()?;
            lanes.push(Reverse(free_at.saturating_add(typical)));
        }
        let last = lanes.into_iter().map(|Reverse(at)| at).max()?;
        Some(SignedDuration::from_millis(i64::try_from(last).ok()?))
    }
}

/// Milliseconds that an agency at work still takes.
fn rest(one: &Working, now: Timestamp, typical: u64, pages: &[u32]) -> u64 {
    let spent = millis(now.duration_since(one.began));
    let larger = &pages[pages.partition_point(|&pages| pages <= one.pages)..];
    match (larger.get(larger.len() / 2), one.pages) {
        (Some(whole), 1..) => {
            let pace = spent / u64::from(one.pages);
            // Trust its own pace only so far: its first page may have been a slow one.
            let rest = pace.saturating_mul(u64::from(whole - one.pages));
            rest.min(typical.saturating_mul(10))
        }
        // Larger than all before, or not begun in earnest.
        (None, 1..) => spent / 4,
        (_, 0) => typical.saturating_sub(spent),
    }
}

fn millis(time: SignedDuration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(0)
}

fn median(mut all: Vec<u64>) -> Option<u64> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

/// The time left in words: `เหลือประมาณ 12 นาที`. Longer times are told more coarsely.
pub fn thai_left(left: Option<SignedDuration>) -> String {
    let Some(left) = left else {
        return "กำลังประเมินเวลาที่เหลือ".to_owned();
    };
    if left <= SignedDuration::ZERO {
        return "ครบแล้ว".to_owned();
    }
    if left < SignedDuration::from_mins(1) {
        return "เหลือไม่ถึง 1 นาที".to_owned();
    }
    let minutes = (left.as_secs() + 30) / 60;
    let (hours, over) = (minutes / 60, minutes % 60);
    let told = match hours {
        0 => format!("{minutes} นาที"),
        1..10 => match (over + 2) / 5 * 5 {
            0 => format!("{hours} ชั่วโมง"),
            60 => format!("{} ชั่วโมง", hours + 1),
            over => format!("{hours} ชั่วโมง {over} นาที"),
        },
        10..48 => format!("{} ชั่วโมง", (minutes + 30) / 60),
        _ => format!("{} วัน", (hours + 12) / 24),
    };
    format!("เหลือประมาณ {told}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn done(minutes: &[i64]) -> Vec<Finished> {
        let one = |&minutes| Finished {
            took: SignedDuration::from_mins(minutes),
            pages: 60,
        };
        minutes.iter().map(one).collect()
    }

    fn at_work(minutes: i64, pages: u32) -> Working {
        Working {
            began: NOW - SignedDuration::from_mins(minutes),
            pages,
        }
    }

    fn left(pace: &Pace) -> String {
        thai_left(pace.left(NOW))
    }

    #[test]
    fn waiting_agencies_take_the_median_side_by_side() {
        let mut pace = Pace {
            finished: done(&[5, 6, 6, 7]),
            pending: 8,
            at_once: 4,
            ..Pace::default()
        };
        assert_eq!(left(&pace), "เหลือประมาณ 12 นาที");
        // One host that took five hours moves nothing.
        pace.finished = done(&[5, 6, 6, 300, 7]);
        assert_eq!(left(&pace), "เหลือประมาณ 12 นาที");
        pace.at_once = 1;
        assert_eq!(left(&pace), "เหลือประมาณ 48 นาที");
    }

    #[test]
    fn agencies_at_work_come_to_an_end_at_their_own_pace() {
        let pace = |working| Pace {
            finished: done(&[6, 6, 6]),
            working: vec![working],
            pending: 0,
            at_once: 4,
        };
        // 20 of about 60 pages after 3 minutes.
        assert_eq!(left(&pace(at_work(3, 20))), "เหลือประมาณ 6 นาที");
        // The same pages in an hour: a slow host keeps its run waiting, within reason.
        assert_eq!(left(&pace(at_work(60, 20))), "เหลือประมาณ 1 ชั่วโมง");
        // Larger than all before it.
        assert_eq!(left(&pace(at_work(20, 100))), "เหลือประมาณ 5 นาที");
        assert_eq!(left(&pace(at_work(2, 0))), "เหลือประมาณ 4 นาที");
        assert_eq!(left(&pace(at_work(9, 0))), "ครบแล้ว");
    }

    #[test]
    fn nothing_is_promised_before_the_first_agency_and_nothing_is_left_after_the_last() {
        let pace = Pace {
            pending: 3,
            at_once: 2,
            ..Pace::default()
        };
        assert_eq!(left(&pace), "กำลังประเมินเวลาที่เหลือ");
        assert_eq!(left(&Pace::default()), "ครบแล้ว");
    }

    #[test]
    fn longer_times_are_told_more_coarsely() {
        for (seconds, told) in [
            (10, "เหลือไม่ถึง 1 นาที"),
            (89, "เหลือประมาณ 1 นาที"),
            (12 * 60 + 20, "เหลือประมาณ 12 นาที"),
            (3 * 3600 + 19 * 60, "เหลือประมาณ 3 ชั่วโมง 20 นาที"),
            (3 * 3600 + 59 * 60, "เหลือประมาณ 4 ชั่วโมง"),
            (15 * 3600 + 20 * 60, "เหลือประมาณ 15 ชั่วโมง"),
            (75 * 3600, "เหลือประมาณ 3 วัน"),
        ] {
            assert_eq!(thai_left(Some(SignedDuration::from_secs(seconds))), told);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_state_of_a_run_has_an_estimate(
            finished in proptest::collection::vec((0i64..i64::MAX / 2000, 0u32..), 0..5),
            working in proptest::collection::vec((-9_000_000_000i64..9_000_000_000, 0u32..), 0..5),
            pending in 0usize..50,
            at_once in 0usize..9,
        ) {
            let pace = Pace {
                finished: finished.into_iter().map(|(took, pages)| Finished { took: SignedDuration::from_secs(took), pages }).collect(),
                working: working.into_iter().map(|(began, pages)| Working { began: Timestamp::from_second(began).unwrap(), pages }).collect(),
                pending,
                at_once,
            };
            thai_left(pace.left(NOW));
        }
    }
}
