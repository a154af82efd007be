//! Records of earlier format versions, with checkpoints of version 4, that stay as they are: this build reads them to
//! the same values, and refuses whatever is not what the format says.
//!
//! `fixtures/supervision/v1` and `v2` are data folders after one history each. The first has each kind of record that
//! its version knew once or more, the second what version 2 added. The records stand in files of their own under
//! `records`, and what they say in `records.txt`. A new version of the format gets a new folder, which
//! `write_the_newest_fixture` makes before the version changes; old folders are never written anew. A new version of
//! checkpoints, of which old ones are passed over, needs `write_the_checkpoints_anew`.

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
