//! The network, and the value it leaves behind: a [`capture::Capture`].
//!
//! `crawl` walks from the home page outward: `frontier` says what comes next (and `traps` what never ends), `host` when, `client`
//! asks, `refs` finds what a page names. [`warc`] keeps the capture. With a [`memory`] the crawl outlives its process and keeps its
//! bodies elsewhere; [`courtesy`] is what crawls of one process keep towards a server they share.

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

pub use crawl::{crawl, crawl_with, knock};
