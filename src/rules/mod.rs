//! Rules in script files: what a year asks for (`outline`), what an item asks for (`rule`), and how scripts are run.

pub mod answer;
pub mod check;
mod data;
pub mod draft;
mod dead;
pub mod fault;
pub mod kind;
mod lint;
pub mod outline;
pub mod pack;
mod priced;
pub mod rule;
pub mod sandbox;
pub mod trace;
mod syntax;
mod types;
pub mod usage;
pub mod vocabulary;
pub mod words;
