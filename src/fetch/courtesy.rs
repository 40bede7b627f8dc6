//! Manners that several crawls of one process keep together: a server they share is not asked more often than by one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::address::Origin;

/// How soon to look again whether another crawl is done with a server.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Beyond so many servers those that nobody waits for are dropped.
const MANY: usize = 1_024;

/// Which servers are being asked, and when each may be asked again. Clones share what they know; crawls that are given clones
/// of one spare a server as one crawl would.
#[derive(Debug, Clone, Default)]
pub struct Courtesy(Arc<Mutex<BTreeMap<Origin, Place>>>);

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    active: usize,
    ready_at: Option<Instant>,
}

/// Whether a request may be sent now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Now,
    At(Instant),
    /// As many requests of ours are under way as the server is to bear, or its robots.txt is.
    Busy,
}

impl Turn {
    /// When to look again, where that is known.
    pub(crate) fn time(self) -> Option<Instant> {
        match self {
            Self::At(at) => Some(at),
            Self::Now | Self::Busy => None,
        }
    }
}

impl Courtesy {
    /// Takes a turn, if it is ours, with the next one not before `next`. Returns [`Turn::Now`] when it was taken.
    pub(crate) fn claim(
        &self,
        origin: &Origin,
        at_once: usize,
        now: Instant,
        next: Instant,
    ) -> Turn {
        let mut places = self.places();
        let place = places.entry(origin.clone()).or_default();
        let turn = place.turn(at_once, now);
        if turn == Turn::Now {
            place.active += 1;
            place.ready_at = place.ready_at.max(Some(next));
        }
        turn
    }

    /// Whether a turn would be ours now.
    pub(crate) fn turn(&self, origin: &Origin, at_once: usize, now: Instant) -> Turn {
        let places = self.places();
        places
            .get(origin)
            .map_or(Turn::Now, |place| place.turn(at_once, now))
    }

    /// A request goes out, turn or not.
    pub(crate) fn began(&self, origin: &Origin, next: Instant) {
        let mut places = self.places();
        let place = places.entry(origin.clone()).or_default();
        place.active += 1;
        place.ready_at = place.ready_at.max(Some(next));
    }

    /// So many requests are over.
    pub(crate) fn ended(&self, origin: &Origin, count: usize) {
        let mut places = self.places();
        if let Some(place) = places.get_mut(origin) {
            place.active = place.active.saturating_sub(count);
        }
        if places.len() > MANY {
            let now = Instant::now();
            places.retain(|_, place| place.active > 0 || place.ready_at > Some(now));
        }
    }

    /// No request before this time.
    pub(crate) fn rest(&self, origin: &Origin, until: Instant) {
        let mut places = self.places();
        let place = places.entry(origin.clone()).or_default();
        place.ready_at = place.ready_at.max(Some(until));
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<Origin, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn turn(&self, at_once: usize, now: Instant) -> Turn {
        match self.ready_at {
            Some(ready_at) if ready_at > now => Turn::At(ready_at),
            _ if self.active >= at_once => Turn::At(now + LOOK_AGAIN),
            _ => Turn::Now,
        }
    }
}
