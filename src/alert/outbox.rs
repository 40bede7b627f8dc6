//! When a digest is made, and what follows an attempt to deliver it: pure rules over times.
//!
//! An owner has at most one digest on its way. At the next moment a newer one takes its place, whether it was still being
//! retried or had been refused: what the old one told was not told, so the new one has it.

use jiff::civil::{Time, Weekday};
use jiff::{SignedDuration, Span, Timestamp};

use super::{bangkok, settings::Channels};

/// The first pause after a failed attempt.
const FIRST: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause we choose ourselves.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// The longest pause that a receiver may ask for.
const ASKED: SignedDuration = SignedDuration::from_hours(24);

/// What came of one attempt. The sentences hold no secrets and can go to the run log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver said that it has it.
    Delivered,
    /// It may work later: no connection, silence, HTTP 408, 429 and 5xx, SMTP 4xx.
    Later {
        /// What happened.
        why: String,
        /// How long the receiver asked to be left alone.
        pause: Option<SignedDuration>,
    },
    /// It will not work as it is: other HTTP answers, SMTP 5xx, a channel that is not set up.
    Refused {
        /// What happened and what to do.
        why: String,
    },
}

impl Outcome {
    /// Every word there is.
    pub const WORDS: [&'static str; 3] = ["delivered", "later", "refused"];

    /// The word in metrics and in the run log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Delivered => Self::WORDS[0],
            Self::Later { .. } => Self::WORDS[1],
            Self::Refused { .. } => Self::WORDS[2],
        }
    }
}

/// What follows an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Delivered: what it told counts as told, in the same transaction.
    Done,
    /// Tried again at this time.
    Retry(Timestamp),
    /// Not tried again; the next digest tells it.
    Drop,
}

/// What follows the attempt number `attempts` (from 1) that ended at `now`. The pauses double from one minute to one hour.
pub fn after(outcome: &Outcome, attempts: u32, now: Timestamp) -> Step {
    match outcome {
        Outcome::Delivered => Step::Done,
        Outcome::Refused { .. } => Step::Drop,
        Outcome::Later { pause, .. } => {
            let doublings = attempts.saturating_sub(1).min(10);
            let doubled = FIRST * (1 << doublings);
            let asked = pause.unwrap_or(SignedDuration::ZERO).min(ASKED);
            let pause = doubled.min(LONGEST).max(asked);
            Step::Retry(now.checked_add(pause).unwrap_or(Timestamp::MAX))
        }
    }
}

/// The latest moment, not after `now`, at which digests are made. An owner is due when his last digest was made before it;
/// a service that was down at the moment makes up for it once.
pub fn moment(channels: &Channels, now: Timestamp) -> Timestamp {
    let local = now.to_zoned(bangkok());
    let mut day = local.date();
    // A week holds a day of every kind.
    for _ in 0..8 {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if let Ok(at) = day.to_datetime(clock(channels)).to_zoned(bangkok())
            && at.timestamp() <= now
            && (channels.weekend || !weekend)
        {
            return at.timestamp();
        }
        day = day.checked_sub(Span::new().days(1)).unwrap_or(day);
    }
    Timestamp::MIN
}

fn clock(channels: &Channels) -> Time {
    channels.at
}
