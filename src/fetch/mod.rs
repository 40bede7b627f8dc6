//! The network, and the value it leaves behind: a [`capture::Capture`].
//!
//! `crawl` walks from the home page outward: `frontier` says what comes next (and `traps` what never ends), `host` when, `client`
//! asks, `refs` finds what a page names. [`warc`] keeps the capture.

pub mod address;
pub mod capture;
mod client;
pub mod courtesy;
mod crawl;
mod frontier;
mod host;
pub mod memory;
pub mod options;
pub mod outside;
pub mod refs;
mod services;
mod traps;
pub mod warc;

pub use crawl::{crawl, crawl_with};
