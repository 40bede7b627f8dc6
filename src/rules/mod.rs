//! Rules in script files: what a year asks for (`outline`), what an item asks for (`rule`), and how scripts are run.

pub mod answer;
mod data;
pub mod draft;
pub mod fault;
mod lint;
pub mod outline;
pub mod pack;
pub mod rule;
pub mod sandbox;
pub mod trace;
pub mod vocabulary;
