//! Programs at work as children of this one: what reads a stranger's bytes may fail, hang or swell, and costs itself only.

mod child;
mod frame;
mod limits;
mod worker;

pub use child::run;
pub use limits::Limits;
pub use worker::{Crew, serve};

/// How a child ended that gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is not there or could not be started.
    NotStarted,
    /// Its time was over.
    Time,
    /// It asked for more memory than it was allowed, or gave more than anybody wants.
    Memory,
    /// It gave up by itself or fell.
    Failed,
}
