//! What the running archive promises, on a disk that does its worst: files appear whole and never change, listings
//! have no holes, each row is there exactly once, and whatever is changed afterwards shows.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "archive/command.rs"]
mod command;
#[path = "archive/crash.rs"]
mod crash;
#[path = "archive/damage.rs"]
mod damage;
#[path = "support/disk.rs"]
#[expect(dead_code, reason = "the journal's tests use the rest")]
mod disk;
#[path = "archive/guide.rs"]
mod guide;
#[path = "archive/lookup.rs"]
mod lookup;
#[path = "archive/older.rs"]
mod older;
#[path = "archive/read.rs"]
mod read;
#[path = "archive/records.rs"]
mod records;
#[path = "support/revision.rs"]
mod revision;
#[path = "archive/rolling.rs"]
mod rolling;
#[path = "archive/sample.rs"]
mod sample;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "the journal's tests use the rest")]
mod world;
