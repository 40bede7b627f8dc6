//! Store: audits, verdicts, evidence, standing, runs and alerts of many agencies in one SQLite file.
//!
//! **Form.** An agency has a *series* of audits for each fiscal year. An audit is a small row; beside it stands a
//! `verdict` row only for each item whose judgement differs from the series' audit before, and the body of that row
//! says only what it adds: an item is its JSON, letter for letter as `audit.json` has it, in one byte a Thai letter,
//! deflated against what is known already: a *model*, which is the item as the same rules first judged it on any
//! website, and an earlier version of the agency's own, its *base*. The wording of criteria, fixes and titles
//! therefore stands in the file once for each rules digest, an address and a quotation once for each agency until it
//! changes, and a judgement is rebuilt to the byte from a handful of rows. What was read of a website and the scores
//! are kept as a shape, which is shared, and a row of numbers. What follows by the rules (analysis, measures, reviews)
//! is not kept. Audits of a series follow one another in the order in which they were recorded.
//!
//! **Durability.** One transaction records all of a look: audit, verdicts, standing, changes that count, the job's
//! end and the lease. When [`Store::record`] has returned, the look is on the disk (WAL, `synchronous=FULL`); when it
//! has not, nothing of it is there. One process writes at a time, others wait up to [`PATIENCE`] and may read all the
//! while. The form has a number (`user_version`); an older file is migrated by the scripts `*.sql` in order, each in
//! one transaction, and is copied first; a newer file is refused.
//!
//! Times are parameters and are kept in whole seconds. The captures stand beside the file and belong to `archive`.

mod diff;
mod export;
mod fault;
mod figures;
mod jobs;
mod keep;
mod open;
mod outbox;
mod pack;
mod plan;
mod rows;
mod told;
mod values;
mod versions;
mod views;
mod write;

#[cfg(test)]
mod tests;

pub use export::{Form, Kind, Selection};
pub use fault::StoreError;
pub use jobs::{Claim, End, Job, JobState, Run, RunId, RunView, Tally};
pub use open::{Opened, PATIENCE, Store};
pub use outbox::{Letter, Posted, Silence, Silenced};
pub use plan::{Due, Visit};
pub use values::*;
pub use write::{Miss, Recorded, Recording};
