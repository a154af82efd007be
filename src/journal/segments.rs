//! The segments that have begun, oldest first: where each starts, and which may go.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::Disk;
use super::error::JournalError;
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

/// The list, shared by the writer and those who read and remove.
pub(super) struct Segments {
    starts: Mutex<Vec<SegmentStart>>,
    /// Held while segments are removed; the list is not, or the writer would wait for the disk.
    removing: Mutex<()>,
}

impl Segments {
    pub(super) fn new(starts: Vec<SegmentStart>) -> Self {
        Self {
            starts: Mutex::new(starts),
            removing: Mutex::new(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SegmentStart>> {
        // A list is whole at every moment, whoever stopped while holding it.
        self.starts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, start: SegmentStart) {
        self.lock().push(start);
    }

    pub(super) fn list(&self) -> Vec<SegmentStart> {
        self.lock().clone()
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
            let name = segment::name(start.number);
            disk.remove(&name)
                .map_err(JournalError::io("remove", &name, 0))?;
            // One by one, the oldest first, so that a crash leaves no gap.
            sync_dir(disk)?;
            self.lock().retain(|kept| kept.number != start.number);
        }
        Ok(old)
    }
}
