//! What a site is to a reader, what rules may ask of it, and what an item comes to: small websites written for one point each.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod armour;
mod decoys;
mod items;
mod outside;
mod shipped;
mod site;
mod time;
mod traps;
mod web;
mod words;
