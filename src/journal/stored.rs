//! A journal that is only read, as it is on the disk now: nothing is mended, and a process that writes it is not
//! disturbed. Where the last group is torn, or is being written, it ends before it.

use std::sync::Arc;

use super::commit::Journal;
use super::disk::Disk;
use super::error::JournalError;
use super::reader::Reader;
use super::recovery::stored;
use super::segments::Segments;
use super::sequence::Sequence;

/// How often it is looked again where a segment came or went meanwhile.
const TRIES: usize = 3;

/// What can be read from a record on.
pub trait Log {
    /// The first record that is there, or the first to come.
    fn first(&self) -> Sequence;
    /// The last record that can be read.
    fn last(&self) -> Sequence;
    /// Reads from a record on.
    ///
    /// # Errors
    /// What the disk says; a record that is not there.
    fn read(&self, from: Sequence) -> Result<Reader, JournalError>;
}

/// See the module.
pub struct Stored {
    disk: Arc<dyn Disk>,
    segments: Arc<Segments>,
    last: Sequence,
}

impl Stored {
    /// Checks every record of a folder's journal.
    ///
    /// # Errors
    /// What the disk says; damage.
    pub fn open(disk: Arc<dyn Disk>) -> Result<Self, JournalError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match stored(disk.as_ref()) {
                Err(_) if tries < TRIES => {}
                found => {
                    let (listed, last) = found?;
                    return Ok(Self {
                        disk,
                        segments: Arc::new(Segments::new(listed)),
                        last,
                    });
                }
            }
        }
    }
}

impl Log for Stored {
    fn first(&self) -> Sequence {
        let segments = self.segments.list();
        segments
            .first()
            .map_or(self.last.next(), |start| start.first)
    }

    fn last(&self) -> Sequence {
        self.last
    }

    fn read(&self, from: Sequence) -> Result<Reader, JournalError> {
        let (disk, segments) = (Arc::clone(&self.disk), Arc::clone(&self.segments));
        Reader::open(disk, segments, from, self.last)
    }
}

impl Log for Journal {
    fn first(&self) -> Sequence {
        let segments = self.segments();
        segments
            .first()
            .map_or(self.durable().next(), |start| start.first)
    }

    fn last(&self) -> Sequence {
        self.durable()
    }

    fn read(&self, from: Sequence) -> Result<Reader, JournalError> {
        Self::read(self, from)
    }
}
