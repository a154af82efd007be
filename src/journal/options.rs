//! How a journal is kept: sizes, durability, and what the caller knows about it.

use std::hash::{BuildHasher as _, RandomState};

use super::error::JournalError;
use super::frame::{ALIGNMENT, HEAD_BYTES, frame_bytes};
use super::header::HEADER_BYTES;
use super::sequence::Sequence;
use crate::limits::{JOURNAL_GROUP_BYTES, JOURNAL_MARK_BYTES, JOURNAL_SEGMENT_BYTES};

/// When a record counts as durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When the disk has said so: it survives the loss of power.
    #[default]
    Fsync,
    /// When the system has it: it survives the end of the process, not of the machine.
    Buffered,
}

/// How a journal is kept. Sizes may change from one start to the next; segments that are there keep theirs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Bytes of a new segment; rounded down to a multiple of 8.
    pub segment_bytes: u64,
    /// Bytes of the open group.
    pub group_bytes: usize,
    /// Bytes of frames after which the durable sequence is noted in the segment's header too; 0 with every group.
    pub mark_bytes: u64,
    /// When a record counts as durable.
    pub durability: Durability,
    /// The origin of a new journal. Part of every checksum, so that no payload can be made to look like a frame:
    /// whoever sends payloads must not know it.
    pub origin: u64,
    /// A record that the caller knows to have been durable; a journal that ends before it is not opened.
    pub at_least: Sequence,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: JOURNAL_SEGMENT_BYTES,
            group_bytes: JOURNAL_GROUP_BYTES,
            mark_bytes: JOURNAL_MARK_BYTES,
            durability: Durability::Fsync,
            // The standard library's hash keys come from the operating system's randomness.
            origin: RandomState::new().hash_one(HEADER_BYTES),
            at_least: Sequence::ZERO,
        }
    }
}

impl Options {
    pub(super) fn checked(mut self) -> Result<Self, JournalError> {
        self.segment_bytes -= self.segment_bytes % ALIGNMENT as u64;
        let group = frame_bytes(ALIGNMENT) as u64;
        let segment = (HEADER_BYTES + HEAD_BYTES) as u64 + group;
        let sizes = [
            ("segment_bytes", self.segment_bytes, segment),
            ("group_bytes", self.group_bytes as u64, group),
        ];
        match sizes.into_iter().find(|(_, bytes, least)| bytes < least) {
            Some((name, bytes, least)) => Err(JournalError::Options { name, bytes, least }),
            None => Ok(self),
        }
    }

    /// The longest payload, where a segment of this length is in use.
    pub(super) fn payload_most(&self, segment: u64) -> usize {
        let segment = segment.min(self.segment_bytes) as usize;
        let room = segment.saturating_sub(HEADER_BYTES + HEAD_BYTES);
        let frame = room.min(self.group_bytes).min(i32::MAX as usize);
        (frame / ALIGNMENT * ALIGNMENT).saturating_sub(HEAD_BYTES)
    }
}
