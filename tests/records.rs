//! Records of format version 1 and checkpoints of versions 3 and 4 that stay as they are: this build reads them to the same
//! values, and refuses whatever is not what the format says.
//!
//! `fixtures/supervision/v1` is a data folder after one history that has each kind of record once or more. Its
//! records stand in files of their own under `records`, and what they say in `records.txt`. Only a new version of the
//! format gets a new folder: this one is written anew, by `write_the_fixture_anew`, for as long as nobody has data. A
//! new version of checkpoints needs `write_the_checkpoint_anew`, and the old one in a folder of its own.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "records/checkpoint.rs"]
mod checkpoint;
#[path = "support/disk.rs"]
#[expect(dead_code, reason = "the journal's tests use the rest")]
mod disk;
#[path = "records/fixture.rs"]
mod fixture;
#[path = "support/lanes.rs"]
mod lanes;
#[path = "records/made.rs"]
mod made;
#[path = "records/read.rs"]
mod read;
#[path = "records/twins.rs"]
mod twins;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "the journal's tests use the rest")]
mod world;
