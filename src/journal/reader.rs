//! The walk over the records of a journal, from one of them to the last that was durable when it began, or when it
//! was told to follow. Every frame is checked again as it is read.

use std::sync::Arc;

use super::commit::Journal;
use super::disk::Disk;
use super::error::{Fault, JournalError};
use super::file::NamedFile;
use super::frame::Head;
use super::frames::{Frames, Step};
use super::index::Place;
use super::segment;
use super::segments::Segments;
use super::sequence::Sequence;

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'reader> {
    /// Its place in the order of all change.
    pub sequence: Sequence,
    /// What was appended.
    pub payload: &'reader [u8],
}

/// A walk over records. It holds nobody up, also while the journal is written.
pub struct Reader {
    disk: Arc<dyn Disk>,
    segments: Arc<Segments>,
    frames: Frames,
    from: Sequence,
    last: Sequence,
}

impl Reader {
    pub(super) fn open(
        disk: Arc<dyn Disk>,
        segments: Arc<Segments>,
        from: Sequence,
        last: Sequence,
    ) -> Result<Self, JournalError> {
        let frames = match from <= last.next() {
            true => frames_at(&*disk, &segments, from)?,
            false => None,
        };
        Ok(Self {
            frames: frames.ok_or_else(|| absent(&segments, from, last))?,
            disk,
            segments,
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
                Step::Zeros => return Err(self.unexpected("zeros")),
                Step::Bad(fault) | Step::Misplaced(fault) => {
                    return Err(fault.of(&self.frames.file.name));
                }
            }
        }
        Ok(None)
    }

    /// From now on it goes to the last record that is durable by now, from where it is, without a search.
    ///
    /// # Panics
    ///
    /// If it does not read this journal: a mistake of the caller.
    pub fn follow(&mut self, journal: &Journal) {
        assert!(
            journal.is_of(&self.segments),
            "a reader follows the journal that it reads"
        );
        let durable = journal.durable();
        if durable > self.last {
            self.last = durable;
            self.frames.window.forget();
        }
    }

    fn record(&mut self, head: Head) -> Result<Record<'_>, JournalError> {
        Ok(Record {
            sequence: head.sequence,
            payload: self.frames.payload(&head)?,
        })
    }

    fn go_on(&mut self) -> Result<(), JournalError> {
        let next = self.frames.next;
        match frames_at(&*self.disk, &self.segments, next)? {
            Some(frames) if frames.place() == Place::first(next) => self.frames = frames,
            Some(_) => return Err(self.unexpected("a seal")),
            None => return Err(absent(&self.segments, next, self.last)),
        }
        Ok(())
    }

    fn unexpected(&self, found: &str) -> JournalError {
        let fault = Fault::new(self.frames.offset, self.frames.expected(), found);
        fault.of(&self.frames.file.name)
    }
}

/// The frames from a little before a sequence on; none where they are no longer there.
fn frames_at(
    disk: &dyn Disk,
    segments: &Segments,
    sequence: Sequence,
) -> Result<Option<Frames>, JournalError> {
    let Some((start, place)) = segments.find(sequence) else {
        return Ok(None);
    };
    match NamedFile::open(disk, &segment::name(start.number)) {
        Ok(file) => {
            let frames = Frames::new(Arc::new(file), start.seed, place, start.length);
            Ok(Some(frames))
        }
        // Someone else may remove it at any time.
        Err(_) if segments.find(sequence).is_none() => Ok(None),
        Err(error) => Err(error),
    }
}

fn absent(segments: &Segments, asked: Sequence, last: Sequence) -> JournalError {
    JournalError::Absent {
        asked,
        first: segments.first().unwrap_or(last.next()),
        last,
    }
}
