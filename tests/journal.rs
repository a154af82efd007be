//! What the journal promises, on a disk that does its worst: what was acknowledged is found again, nothing else
//! is, a torn group is cut, and damage is told with its place.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "journal/crash.rs"]
mod crash;
#[path = "journal/damage.rs"]
mod damage;
#[path = "support/disk.rs"]
#[expect(dead_code, reason = "the test of the whole service uses the rest")]
mod disk;
#[path = "journal/faults.rs"]
mod faults;
#[path = "journal/fixture.rs"]
mod fixture;
#[path = "journal/follow.rs"]
mod follow;
#[path = "journal/local.rs"]
mod local;
#[path = "journal/meanwhile.rs"]
mod meanwhile;
#[path = "journal/model.rs"]
mod model;
#[path = "journal/point.rs"]
mod point;
#[path = "support/syncing.rs"]
mod syncing;
#[path = "journal/threads.rs"]
mod threads;
#[path = "support/world.rs"]
mod world;
