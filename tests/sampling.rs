//! Sampling plans: the tables of ISO 2859-1, the switching between normal and tightened inspection, what a plan is on
//! a lot, and what policies may ask for.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "sampling/lots.rs"]
mod lots;
#[path = "sampling/rules.rs"]
mod rules;
#[path = "sampling/switching.rs"]
mod switching;
#[path = "sampling/tables.rs"]
mod tables;
