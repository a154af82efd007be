//! A state machine with a flaw in one place is told apart from the service.

use super::flaw::Flaw;
use super::tell::one;

/// Data folders that are tried at most: some flaws show in one of a hundred, and as threads come to run. Of 240 one was
/// once not enough.
const FOLDERS: u64 = 2_000;

#[test]
fn every_flaw_of_the_state_machine_is_seen() {
    for flaw in Flaw::ALL {
        let seen = (1..=FOLDERS).any(|seed| one(seed, Some(flaw)).is_err());
        assert!(seen, "{flaw:?} makes no difference");
    }
}
