//! Random histories of declarations against a small obvious state machine, in this process.
//!
//! A **history** is 8 to 25 steps upon one to three declarations of its own: versions, repeats, results, documents,
//! cancellations, overrides, days, restarts, several callers at once. Twelve of them share a data folder, three at a
//! time, and with it the registry, the clock and the journal: so each also meets what the others did.
//!
//! `GREENLANE_MODEL_HISTORIES` sets how many are told, `GREENLANE_MODEL_SEED` with which one begins.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "model/can_fail.rs"]
mod can_fail;
#[path = "model/flaw.rs"]
mod flaw;
#[path = "model/found.rs"]
mod found;
#[path = "model/generate.rs"]
mod generate;
#[path = "model/life.rs"]
mod life;
#[path = "model/machine.rs"]
mod machine;
#[path = "model/random.rs"]
mod random;
#[path = "model/registry.rs"]
mod registry;
#[path = "model/run.rs"]
mod run;
#[path = "model/seen.rs"]
mod seen;
#[path = "model/service.rs"]
mod service;
#[path = "model/step.rs"]
mod step;
#[path = "model/tell.rs"]
mod tell;
#[path = "model/together.rs"]
mod together;
#[path = "model/verdict.rs"]
mod verdict;

use std::io::{self, Write as _};

fn number(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn every_history_is_what_the_state_machine_says() -> io::Result<()> {
    let histories = number("GREENLANE_MODEL_HISTORIES", 4_000) as usize;
    let first = number("GREENLANE_MODEL_SEED", 1);
    match tell::tell(first, histories) {
        // Past the test harness, which keeps what a passing test prints.
        Ok(tally) => writeln!(io::stderr(), "{tally:?}"),
        Err(failure) => panic!("{failure}"),
    }
}
