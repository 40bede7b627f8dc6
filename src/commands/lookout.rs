//! A round of many agencies for the person who waits: how many are done, what failed, how long it still takes.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use prongsai::fleet::list::Entry;
use prongsai::fleet::progress::{Finished, Pace, Working, thai_left};
use prongsai::service::{Came, Watch};

use super::say;

/// Draws a round.
pub(super) struct Lookout {
    bar: Option<ProgressBar>,
    state: Mutex<State>,
    all: usize,
}

struct State {
    pace: Pace,
    working: Vec<(String, Timestamp)>,
    waiting: usize,
    failed: usize,
}

impl Lookout {
    /// `waiting` of `all` agencies are still to be looked at.
    pub(super) fn new(all: usize, waiting: usize, at_once: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(all as u64);
            let style =
                ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} หน่วยงาน  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self {
            bar,
            state: Mutex::new(State {
                pace: Pace {
                    at_once,
                    ..Pace::default()
                },
                working: Vec::new(),
                waiting,
                failed: 0,
            }),
            all,
        }
    }

    /// Lines only, of a service that does not know how many are still to come.
    pub(super) fn plain() -> Self {
        Self {
            bar: None,
            ..Self::new(0, 0, 1)
        }
    }

    /// Clears the bar.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => say(line),
        }
    }
}

impl Watch for Lookout {
    fn begins(&self, entry: &Entry) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(1);
        state.working.push((entry.id.clone(), Timestamp::now()));
    }

    fn ended(&self, entry: &Entry, came: &Came, took: SignedDuration) {
        let mut state = self.state();
        state.working.retain(|(id, _)| *id != entry.id);
        let (said, pages) = match came {
            Came::Audited { summary, pages, .. } => (summary.told(), *pages),
            Came::Missed { failure, .. } | Came::Failed(failure) => {
                state.failed += 1;
                (failure.kind.thai().to_owned(), 0)
            }
            Came::Stopped => return,
        };
        state.pace.finished.push(Finished {
            took,
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
        });
        let now = Timestamp::now();
        state.pace.working = state
            .working
            .iter()
            .map(|(_, began)| Working {
                began: *began,
                pages: 0,
            })
            .collect();
        state.pace.pending = state.waiting;
        let left = match state.pace.left(now) {
            // Those at work take longer than what was usual so far.
            Some(left) if left.is_zero() && !state.working.is_empty() => "ใกล้เสร็จ".to_owned(),
            left => thai_left(left),
        };
        let done = self.all.saturating_sub(state.waiting + state.working.len());
        let failed = state.failed;
        drop(state);
        match &self.bar {
            Some(bar) => {
                bar.set_position(done as u64);
                let failed = match failed {
                    0 => String::new(),
                    failed => format!("เข้าไม่ได้ {failed}  "),
                };
                bar.set_message(format!("{failed}{left}"));
            }
            None if self.all == 0 => say(&format!("{}: {said}", entry.id)),
            None => say(&format!("{done}/{} {}: {said}  {left}", self.all, entry.id)),
        }
    }

    fn told(&self, line: &str) {
        self.line(line);
    }
}
