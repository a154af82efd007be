//! A disk that does its worst under everything that a service keeps: journal, archive and checkpoints together. A
//! service lives through segments, sealed files, checkpoints and starts; the power is lost after every operation, or
//! one of them errs, and what the next start makes of it is held against what was acknowledged.
//!
//! The keys of the draws, policies and registries that records name are files of the real system: each is written
//! and synced before a record names it, and none is changed.
//!
//! `GREENLANE_POWER_HISTORIES` sets how many histories lose power everywhere, `GREENLANE_POWER_SEED` the first's seed.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "power/can_fail.rs"]
mod can_fail;
#[path = "support/disk.rs"]
#[expect(dead_code, reason = "the tests of journal and archive use the rest")]
mod disk;
#[path = "power/faults.rs"]
mod faults;
#[path = "power/history.rs"]
mod history;
#[path = "power/image.rs"]
mod image;
#[path = "support/lanes.rs"]
mod lanes;
#[path = "power/loss.rs"]
mod loss;
#[path = "power/service.rs"]
mod service;
#[path = "support/syncing.rs"]
mod syncing;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "the tests of journal and archive use the rest")]
mod world;
