//! The segments that have begun, oldest first: where each starts, where frames are in it, and which may go.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::Disk;
use super::error::JournalError;
use super::index::{Index, Place};
use super::segment::{self, Segment, sync_dir};
use super::sequence::Sequence;

/// Where a segment starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentStart {
    /// Its number.
    pub number: u64,
    /// The first record that is, or will be, in it.
    pub first: Sequence,
    pub(super) seed: u32,
    pub(super) length: u64,
}

impl SegmentStart {
    pub(super) fn new(segment: &Segment, first: Sequence) -> Self {
        Self {
            number: segment.header.number,
            first,
            seed: segment.seed,
            length: segment.header.length,
        }
    }
}

/// A segment of the list.
pub(super) struct Listed {
    pub(super) start: SegmentStart,
    pub(super) index: Index,
}

impl Listed {
    pub(super) fn first(&self) -> Sequence {
        self.start.first
    }
}

/// The list, shared by the writer and those who read and remove.
pub(super) struct Segments {
    listed: Mutex<Vec<Listed>>,
    /// Held while segments are removed; the list is not, or the writer would wait for the disk.
    removing: Mutex<()>,
}

impl Segments {
    pub(super) fn new(listed: Vec<Listed>) -> Self {
        Self {
            listed: Mutex::new(listed),
            removing: Mutex::new(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Listed>> {
        // A list is whole at every moment, whoever stopped while holding it.
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a segment that begins.
    pub(super) fn begin(&self, start: SegmentStart) {
        let index = Index::new(start.first);
        self.lock().push(Listed { start, index });
    }

    /// Takes where frames are that the last segment has got.
    pub(super) fn note(&self, places: impl Iterator<Item = Place>) {
        if let Some(last) = self.lock().last_mut() {
            places.for_each(|place| last.index.note(place));
        }
    }

    pub(super) fn list(&self) -> Vec<SegmentStart> {
        self.lock().iter().map(|listed| listed.start).collect()
    }

    /// The first record that is there, or the first to come.
    pub(super) fn first(&self) -> Option<Sequence> {
        self.lock().first().map(Listed::first)
    }

    /// The segment that has a record, or will have it, and where to look for it there; none before the first one.
    pub(super) fn find(&self, sequence: Sequence) -> Option<(SegmentStart, Place)> {
        let listed = self.lock();
        let count = listed.partition_point(|listed| listed.first() <= sequence);
        let found = listed.get(count.checked_sub(1)?)?;
        Some((found.start, found.index.up_to(sequence)))
    }

    /// Removes the segments of which every record is before the sequence; how many. The last one always stays.
    pub(super) fn remove_before(
        &self,
        disk: &dyn Disk,
        sequence: Sequence,
    ) -> Result<usize, JournalError> {
        let _alone = self.removing.lock().unwrap_or_else(PoisonError::into_inner);
        let starts = self.list();
        let next_starts = starts.iter().skip(1);
        let old = next_starts
            .take_while(|next| next.first <= sequence)
            .count();
        for start in starts.iter().take(old) {
            // INVARIANT: off the list first, so that whoever does not find the file knows why.
            self.lock().retain(|kept| kept.start.number != start.number);
            let name = segment::name(start.number);
            disk.remove(&name)
                .map_err(JournalError::io("remove", &name, 0))?;
            // One by one, the oldest first, so that a crash leaves no gap.
            sync_dir(disk)?;
        }
        Ok(old)
    }
}
