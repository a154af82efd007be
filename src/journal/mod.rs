//! The log: durable before anyone is told. It knows nothing of customs; payloads are bytes.
//!
//! [`Journal`] takes records from many threads and commits them in groups: while one group is synced the next one
//! gathers. [`Writer`] is the same log without threads, [`Reader`] walks it, [`Journal::record`] finds one record,
//! [`Disk`] is all it knows of a disk.
//! It promises that an acknowledged record is found again, whole and in its place; that a group torn by a crash
//! is cut and the cut reported; and that damage anywhere else refuses to start and says where.
//!
//! # Format, version 1
//!
//! The log is a folder of segments `N.journal`, N in 20 decimal digits and without gaps. A segment is written in
//! full with zeros (where records are not synced, its last byte, which gives it its length) and synced as
//! `N.journal.tmp`, then renamed, before it is needed; its length never changes.
//! Integers are little-endian. "CRC(s; …)" is CRC32C continued from s. Unnamed bytes are zero, and checked to be.
//!
//! | offset | bytes | header of a segment (512 bytes: one sector, written whole or not at all) |
//! | ---: | ---: | --- |
//! | 0 | 8 | magic `GLJOURNL` |
//! | 8 | 4 | format version, 1 |
//! | 16 | 8 | length of the segment in bytes |
//! | 24 | 8 | number of the segment, from 1 |
//! | 32 | 8 | origin: drawn once for a journal, the same in all its segments |
//! | 40 | 4 | CRC(0; bytes 0 to 40) |
//! | 48 | 8 | first sequence that is or will be in it |
//! | 56 | 4 | chain: running CRC at the end of the segment before, 0 in segment 1 |
//! | 60 | 4 | **seed**: CRC(0; bytes 0 to 60) |
//! | 64 | 8 | mark: a sequence known to be durable |
//! | 72 | 8 | mark: offset of the end of that frame, 512 if it is in the segment before |
//! | 80 | 4 | CRC(seed; bytes 64 to 80) |
//!
//! Bytes from 48 on are zero in a segment that has not begun; so is then all behind the header. Frames follow the
//! header without gaps; behind the last one there are zeros.
//!
//! | offset | bytes | frame |
//! | ---: | ---: | --- |
//! | 0 | 4 | CRC(seed; bytes 4 to 24) |
//! | 4 | 4 | CRC(seed; bytes 24 to the end of the frame) |
//! | 8 | 8 | sequence: 1 for the journal's first record, then one more for each |
//! | 16 | 4 | length L of the payload; 0xFFFFFFFF is a **seal** |
//! | 20 | 4 | behind: how many frames before this one were not known to be durable when it was written; 0xFFFFFFFF is unknown |
//! | 24 | L | payload, then zeros up to a multiple of 8 |
//!
//! A seal has no payload, bears the sequence of the next record without using it up, and says that the log goes on
//! in the next segment; 24 bytes are always left for it. The running CRC of a segment starts with its seed and takes
//! in bytes 0 to 4 of every frame, the seal included.
//!
//! # A tear or damage
//!
//! A group is written only when the one before it is synced, the next segment is begun (header written and synced)
//! only when the seal is synced. So a crash leaves any part of one group, and nothing else unfinished. Where a frame
//! that should have sequence s is not good, the log was **damaged** if s was durable: the mark is at or past s; or a
//! frame header further on was written when s was durable (sequence - behind - 1 ≥ s); or the next segment has begun.
//! It was also damaged if a good frame stands in a wrong place. Otherwise the tail is **torn**: recovery overwrites
//! it with zeros, writes again what stands before it from the mark on (a page that a failed sync left clean in the
//! system's cache would otherwise pass for durable), syncs, and notes the mark.
//!
//! What the last group lost without a crash looks like a tear. Without a clean stop so does the loss of everything
//! up to the end of the log since the last mark ([`Options::mark_bytes`]): the caller who knows better, from a
//! checkpoint or the archive, says so in [`Options::at_least`]. After a clean stop every record is under the mark.

mod commit;
mod disk;
mod error;
mod fields;
mod file;
mod frame;
mod frames;
mod group;
mod header;
mod index;
mod local;
mod options;
mod preparer;
mod reader;
mod recovery;
mod scan;
mod segment;
mod segments;
mod sequence;
mod shared;
mod stored;
mod tail;
mod waiting;
mod window;
mod writer;

pub use commit::Journal;
pub use disk::{Disk, DiskFile, Folders};
pub use error::JournalError;
pub use group::Group;
pub use local::{LocalDisk, LocalFolders};
pub use options::{Durability, Options};
pub use reader::{Reader, Record};
pub use recovery::{Cut, Recovery};
pub use segments::SegmentStart;
pub use sequence::Sequence;
pub use shared::{Notice, Wake};
pub use stored::{Log, Stored};
pub use writer::Writer;
