//! When which website is looked at: its own rhythm, the assessment's calendar, second looks and missed runs. Pure: the
//! time is always given.

pub mod calendar;
pub mod cron;
pub mod plan;

use jiff::Timestamp;
use jiff::civil::DateTime;

pub use calendar::Calendar;
pub use cron::Cron;
pub use plan::{Agenda, Due, Occasion, Rhythm, next, plan};

/// The wall clock of Thailand, UTC+7 all year.
pub fn bangkok(at: Timestamp) -> DateTime {
    jiff::tz::offset(7).to_datetime(at)
}

/// The instant of a time in Thailand; `None` beyond the calendar's ends.
pub fn instant(local: DateTime) -> Option<Timestamp> {
    jiff::tz::offset(7).to_timestamp(local).ok()
}

/// `6 มีนาคม 2565 03:12 น.`
pub fn thai_time(at: Timestamp) -> String {
    let local = bangkok(at);
    let day = crate::year::thai_date(local.date());
    format!("{day} {:02}:{:02} น.", local.hour(), local.minute())
}
