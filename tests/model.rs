//! Random histories of declarations against a small obvious state machine, in this process.
//!
//! A **history** is 8 to 25 steps upon one to three declarations of its own: versions, repeats, results, documents,
//! cancellations, overrides, days, restarts, several callers at once. Twelve of them share a data folder, three at a
//! time, and with it the registry, the clock and the journal: so each also meets what the others did.
//!
//! In one folder of four everything is archived, and services are stopped and started again; the others are as much
//! cheaper. Every kind of step must come often enough over the whole run.
//!
//! `GREENLANE_MODEL_HISTORIES` sets how many are told, `GREENLANE_MODEL_SEED` with which one begins.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "model/can_fail.rs"]
mod can_fail;
#[path = "model/cases.rs"]
mod cases;
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
#[path = "model/old.rs"]
mod old;
#[path = "model/papers.rs"]
mod papers;
#[path = "model/past.rs"]
mod past;
#[path = "model/persons.rs"]
mod persons;
#[path = "model/policies.rs"]
mod policies;
#[path = "model/random.rs"]
mod random;
#[path = "model/registry.rs"]
mod registry;
#[path = "model/run.rs"]
mod run;
#[path = "model/seen.rs"]
mod seen;
#[path = "model/selection.rs"]
mod selection;
#[path = "model/service.rs"]
mod service;
#[path = "model/statistics.rs"]
mod statistics;
#[path = "model/step.rs"]
mod step;
#[path = "model/stocks.rs"]
mod stocks;
#[path = "model/tell.rs"]
mod tell;
#[path = "model/together.rs"]
mod together;
#[path = "model/traces.rs"]
mod traces;
#[path = "model/verdict.rs"]
mod verdict;

use std::io::{self, Write as _};

/// How many are told, where nothing else is said.
const HISTORIES: u64 = 20_000;
/// How many of them each kind of step comes in at least one of.
const HISTORIES_OF_KIND: usize = 400;

fn number(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn every_history_is_what_the_state_machine_says() -> io::Result<()> {
    let histories = number("GREENLANE_MODEL_HISTORIES", HISTORIES) as usize;
    let first = number("GREENLANE_MODEL_SEED", 1);
    match tell::tell(first, histories) {
        // Past the test harness, which keeps what a passing test prints.
        Ok(tally) => {
            writeln!(io::stderr(), "{tally:?}")?;
            for kind in step::Step::KINDS {
                let count = tally.kinds.get(kind).copied().unwrap_or(0);
                let least = tally.histories / HISTORIES_OF_KIND;
                assert!(count >= least, "{count} times `{kind}`, not {least}");
            }
            Ok(())
        }
        Err(failure) => panic!("{failure}"),
    }
}
