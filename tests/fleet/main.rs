//! Rounds through many agencies: two hundred websites on this machine, killed and gone on with, and a year lived through.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod commands;
mod hosts;
mod killed;
mod post;
mod year;
