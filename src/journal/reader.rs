//! The walk over the records of a journal, from one of them to the last that was durable when it began.
//! Every frame is checked again as it is read.

use std::sync::Arc;

use super::disk::Disk;
use super::error::{Fault, JournalError};
use super::file::NamedFile;
use super::frame::Head;
use super::frames::{Frames, Step};
use super::segment;
use super::segments::{SegmentStart, Segments};
use super::sequence::Sequence;

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'reader> {
    /// Its place in the order of all change.
    pub sequence: Sequence,
    /// What was appended.
    pub payload: &'reader [u8],
}

/// A walk over records. It needs no lock, also while the journal is written.
pub struct Reader {
    disk: Arc<dyn Disk>,
    frames: Frames,
    /// The segments still to come, the next one last.
    later: Vec<SegmentStart>,
    from: Sequence,
    last: Sequence,
}

impl Reader {
    pub(super) fn open(
        disk: Arc<dyn Disk>,
        segments: &Segments,
        from: Sequence,
        last: Sequence,
    ) -> Result<Self, JournalError> {
        let mut starts = segments.list();
        let first = starts.first().map_or(last.next(), |start| start.first);
        if from < first || from > last.next() {
            return Err(JournalError::Absent {
                asked: from,
                first,
                last,
            });
        }
        let before = starts.partition_point(|start| start.first <= from);
        let mut later = starts.split_off(before);
        later.reverse();
        let start = starts.pop().ok_or(JournalError::Closed)?;
        Ok(Self {
            frames: frames_of(&*disk, start)?,
            disk,
            later,
            from,
            last,
        })
    }

    /// The next record; none after the last.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, JournalError> {
        while self.frames.next <= self.last {
            match self.frames.step()? {
                Step::Record(head) if head.sequence >= self.from => {
                    return self.record(head).map(Some);
                }
                Step::Record(_) => {}
                Step::Seal => self.go_on()?,
                Step::Zeros => {
                    let fault = Fault::new(self.frames.offset, self.frames.expected(), "zeros");
                    return Err(fault.of(&self.frames.file.name));
                }
                Step::Bad(fault) | Step::Misplaced(fault) => {
                    return Err(fault.of(&self.frames.file.name));
                }
            }
        }
        Ok(None)
    }

    fn record(&mut self, head: Head) -> Result<Record<'_>, JournalError> {
        Ok(Record {
            sequence: head.sequence,
            payload: self.frames.payload(&head)?,
        })
    }

    fn go_on(&mut self) -> Result<(), JournalError> {
        let next = self
            .later
            .pop()
            .filter(|start| start.first == self.frames.next);
        let Some(start) = next else {
            let fault = Fault::new(self.frames.offset, self.frames.expected(), "a seal");
            return Err(fault.of(&self.frames.file.name));
        };
        self.frames = frames_of(&*self.disk, start)?;
        Ok(())
    }
}

fn frames_of(disk: &dyn Disk, start: SegmentStart) -> Result<Frames, JournalError> {
    let file = Arc::new(NamedFile::open(disk, &segment::name(start.number))?);
    Ok(Frames::new(file, start.seed, start.first, start.length))
}
