//! The network, and the value it leaves behind: a [`capture::Capture`].

pub mod address;
pub mod capture;
pub mod refs;
pub mod warc;
