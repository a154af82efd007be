//! Rules about persons: which events the policy's guards refuse, what its classifications make of an enterprise that an
//! event has changed, and what they propose to an officer.
//!
//! A guard is asked before an event is recorded, and never again: what was recorded is folded whatever a policy says.
//! A classification is asked by whoever takes an event and by whoever folds it; what it makes of an inspection stands in
//! the inspection's record. What it gives is rows of the registry that name it in the column `rule`, beside the words of
//! officers, and lasts as long as it speaks.

mod classify;
mod eval;
mod guard;
mod inspected;
mod material;
mod person;
mod propose;
#[cfg(test)]
mod tests;

pub(super) use classify::{Occasion, consequences};
pub(super) use guard::refuse;
pub use propose::Proposal;
pub(super) use propose::proposals;
