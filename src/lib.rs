//! prongsai (โปร่งใส): reads an agency's website the way an ITA assessor does.
//!
//! ```text
//! Agency ──fetch──▶ Capture ──extract──▶ Site ──judge──▶ Verdicts ──score──▶ Scorecard ──┐
//!                  (WARC file)                  ▲                └──measures──▶ Measures ─┴─▶ Audit ──▶ report
//!                                     rules/2564 = Pack                                      (JSON)
//! ```
//!
//! The module list is the data flow; a module uses only those above it.

pub mod agency;
pub mod audit;
pub mod demo;
pub mod extract;
pub mod fetch;
pub mod judge;
pub mod measures;
pub mod ocr;
pub mod report;
pub mod rules;
#[cfg(test)]
mod sample;
pub mod score;
pub mod site;
pub mod thai;
pub mod year;
