//! What has changed → one digest per owner, and how it reaches him: composed and retried by pure rules, delivered at the edge.
//!
//! ```text
//! News of agencies ──compose──▶ Digest ──Letter──▶ subject, text, HTML   ──Courier──▶ Outcome ──after──▶ Step
//!  (from the store)  (pure)        │               JSON, Slack, LINE         (network)          (pure)
//!                                  └── tells(): what counts as told once it is delivered
//! ```
//!
//! Delivery is *at least once*: a digest counts as delivered only when the receiver said so, and what it told counts as told
//! only then. A receiver that took a digest and died before its answer came gets it again, under the same key
//! (`Idempotency-Key`, `Message-ID`, LINE's retry key), by which it can know the copy. A digest that is refused for good or
//! overtaken by the next one is dropped, and what it told is in the next one: nothing is lost.

mod compose;
mod deliver;
mod ledger;
mod letter;
mod news;
mod outbox;
mod settings;
mod shapes;
#[cfg(test)]
mod tests;

pub use compose::{Agency, Digest, FORMAT, LastGood, Line, LineKind, Tell, compose};
pub use deliver::{Courier, CourierError};
pub use ledger::Ledger;
pub use letter::Letter;
pub use news::{Matter, News, Notice, Opening, Silence, Told};
pub use outbox::{Outcome, Step, after, moment};
pub use settings::{
    Channels, Mail, Route, Secret, SecretFault, SettingsFault, Shape, Tls, Webhook,
};
pub use shapes::{line, sign, slack};

use jiff::tz::{self, TimeZone};

/// The clock of the people who read: UTC+7 all year since 1920.
fn bangkok() -> TimeZone {
    TimeZone::fixed(tz::offset(7))
}
