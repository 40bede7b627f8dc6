//! Rules in script files: what a year asks for (`outline`), what an item asks for (`rule`), and how scripts are run.

pub mod answer;
pub mod outline;
pub mod rule;
