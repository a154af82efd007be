//! Where frames begin in a segment, one about every [`JOURNAL_INDEX_BYTES`], so that a record is found without a
//! walk from the segment's start. It is in memory only: the writer and recovery note it of what passes them anyway.

use super::header::HEADER_BYTES;
use super::sequence::Sequence;
use crate::limits::JOURNAL_INDEX_BYTES;

/// Where a frame begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sequence: Sequence,
    pub(super) offset: u64,
}

impl Place {
    /// Of the first frame of a segment.
    pub(super) const fn first(sequence: Sequence) -> Self {
        Self {
            sequence,
            offset: HEADER_BYTES as u64,
        }
    }
}

/// Some frames of a segment, its first one always.
pub(super) struct Index {
    first: Place,
    later: Vec<Place>,
}

impl Index {
    /// Of a segment that begins with a record.
    pub(super) fn new(first: Sequence) -> Self {
        Self {
            first: Place::first(first),
            later: Vec::new(),
        }
    }

    /// Takes the next frame's place, if it is far enough from the last one taken.
    pub(super) fn note(&mut self, place: Place) {
        let last = self.later.last().unwrap_or(&self.first);
        if place.offset - last.offset >= JOURNAL_INDEX_BYTES {
            self.later.push(place);
        }
    }

    /// The last frame that is known and not after a sequence, which must not be before the segment.
    pub(super) fn up_to(&self, sequence: Sequence) -> Place {
        let count = self
            .later
            .partition_point(|place| place.sequence <= sequence);
        let known = count.checked_sub(1).and_then(|last| self.later.get(last));
        *known.unwrap_or(&self.first)
    }
}
