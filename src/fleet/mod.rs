//! Many agencies: their list, what a run over them came to, how long it still takes, and whether our own network failed.
//! Pure: bytes and times come from the caller.

pub mod failure;
pub mod health;
pub mod list;
pub mod progress;
pub mod settings;
pub mod summary;
mod table;

pub use failure::{Failure, FailureKind, taxonomy};
pub use list::{Entry, List, ListError, RowFault};
pub use settings::Settings;
pub use summary::{AuditSummary, FleetSummary, Visited};
