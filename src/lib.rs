//! prongsai (โปร่งใส): reads an agency's website the way an ITA assessor does.
//!
//! ```text
//! Agency ──fetch──▶ Capture ──extract──▶ Site ──judge──▶ Verdicts ──score──▶ Scorecard ──┐
//!                  (WARC file)                  ▲                └──measures──▶ Measures ─┴─▶ Audit ──▶ report
//!                                     rules/2564 = Pack                                      (JSON)
//! ```
//!
//! The module list is the data flow; a module uses only those above it (`tests/flow.rs` holds it to that).

pub mod year;
pub mod json;
pub mod guard;
pub mod thai;
pub mod agency;
pub mod fetch;
pub mod archive;
pub mod extract;
pub mod reading;
pub mod site;
pub mod rules;
pub mod judge;
pub mod cases;
pub mod ocr;
pub mod decisions;
pub mod score;
pub mod measures;
pub mod audit;
pub mod difference;
pub mod impact;
pub mod forecast;
pub mod standing;
pub mod store;
pub mod schedule;
pub mod fleet;
pub mod report;
pub mod alert;
pub mod metrics;
pub mod service;
pub mod handbook;
pub mod demo;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod year_script;
