//! The network, and the value it leaves behind: a [`capture::Capture`].

pub mod capture;
