//! The log without threads: groups written, synced and rolled over, one after the other.
//! After the first error it refuses everything: a disk that failed a sync is never asked again.

use std::mem;
use std::sync::Arc;

use super::disk::Disk;
use super::error::JournalError;
use super::frame::{self, HEAD_BYTES};
use super::group::Group;
use super::header::{Begun, HEADER_BYTES, Header, Mark};
use super::options::{Durability, Options};
use super::preparer::Preparer;
use super::reader::Reader;
use super::recovery::{Recovery, recover};
use super::segment::Segment;
use super::segments::{SegmentStart, Segments};
use super::sequence::Sequence;
use super::tail::Tail;

/// The one writer of a journal's folder.
pub struct Writer {
    disk: Arc<dyn Disk>,
    options: Options,
    at: Tail,
    /// What the disk has confirmed, and where in the active segment that ends.
    synced: Mark,
    /// Bytes of frames since the last mark in the active segment.
    unmarked: u64,
    segments: Arc<Segments>,
    preparer: Option<Preparer>,
    stopped: Option<Arc<str>>,
}

impl Writer {
    /// Opens the journal of a folder, or begins one in an empty folder. The caller holds the folder's lock.
    pub fn open(disk: Arc<dyn Disk>, options: Options) -> Result<(Self, Recovery), JournalError> {
        let options = options.checked()?;
        let (at, recovery, listed) = recover(&*disk, &options)?;
        let synced = Mark {
            sequence: at.next.previous(),
            offset: at.offset,
        };
        let writer = Self {
            disk,
            options,
            at,
            synced,
            unmarked: 0,
            segments: Arc::new(Segments::new(listed)),
            preparer: None,
            stopped: None,
        };
        writer.list_active();
        Ok((writer, recovery))
    }

    /// From now on a thread makes the next segment ahead of need; without it, roll-over does.
    pub(super) fn prepare_ahead(&mut self, preparer: Preparer) -> Result<(), JournalError> {
        self.preparer = Some(preparer);
        self.order_next()
    }

    /// A group to gather records in. There may be two, filled in turn, but records are numbered in one of them only.
    pub fn group(&self) -> Group {
        let shortest = [&self.at.active].into_iter().chain(&self.at.spare);
        let shortest = shortest.map(|segment| segment.header.length).min();
        let most = self.options.payload_most(shortest.unwrap_or(u64::MAX));
        Group::new(self.at.next, self.options.group_bytes, most)
    }

    /// Writes and syncs the records of a group and empties it; the last durable sequence.
    ///
    /// # Panics
    ///
    /// If the group is not the one that follows the last: a mistake of the caller.
    pub fn commit(&mut self, group: &mut Group) -> Result<Sequence, JournalError> {
        self.guarded(|writer| {
            assert_eq!(
                writer.at.next,
                group.first(),
                "a group follows the one before it"
            );
            writer.write_frames(group.frames())?;
            group.clear();
            if writer.options.durability == Durability::Fsync {
                writer.sync()?;
            }
            Ok(writer.at.next.previous())
        })
    }

    /// Syncs and marks the end, so that whatever is damaged later is known for damage.
    pub fn close(mut self) -> Result<Sequence, JournalError> {
        self.guarded(|writer| {
            writer.sync()?;
            writer.mark()?;
            writer.at.active.file.sync()?;
            Ok(writer.synced.sequence)
        })
    }

    /// Removes the segments of which every record is before the sequence; how many.
    pub fn remove_before(&mut self, sequence: Sequence) -> Result<usize, JournalError> {
        self.guarded(|writer| writer.segments.remove_before(&*writer.disk, sequence))
    }

    /// Reads the committed records from one on.
    pub fn read(&self, from: Sequence) -> Result<Reader, JournalError> {
        let (disk, segments) = (Arc::clone(&self.disk), Arc::clone(&self.segments));
        Reader::open(disk, segments, from, self.at.next.previous())
    }

    /// The segments that have begun, oldest first.
    pub fn segments(&self) -> Vec<SegmentStart> {
        self.segments.list()
    }

    pub(super) fn shared_segments(&self) -> Arc<Segments> {
        Arc::clone(&self.segments)
    }

    fn guarded<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        if let Some(why) = &self.stopped {
            return Err(JournalError::Poisoned(Arc::clone(why)));
        }
        let done = act(self);
        if let Err(error) = &done {
            self.stopped = Some(error.to_string().into());
        }
        done
    }

    fn write_frames(&mut self, mut frames: &mut [u8]) -> Result<(), JournalError> {
        while !frames.is_empty() {
            let (count, bytes) = frame::fitting(frames, self.room());
            if count == 0 {
                assert!(
                    self.at.offset > HEADER_BYTES as u64,
                    "every frame fits into a segment"
                );
                self.roll()?;
                continue;
            }
            let Some((now, later)) = mem::take(&mut frames).split_at_mut_checked(bytes) else {
                break;
            };
            if self.unmarked >= self.options.mark_bytes {
                self.mark()?;
            }
            let offset = self.at.offset;
            self.put(now)?;
            self.segments.note(frame::places(now, offset));
            self.at.next = Sequence::new(self.at.next.get() + count);
            frames = later;
        }
        Ok(())
    }

    /// Bytes that the active segment has left for records.
    fn room(&self) -> u64 {
        self.at.active.header.length - HEAD_BYTES as u64 - self.at.offset
    }

    fn put(&mut self, frames: &mut [u8]) -> Result<(), JournalError> {
        let seed = self.at.active.seed;
        frame::sign_all(frames, seed, self.synced.sequence, &mut self.at.chain);
        self.at.active.file.write(frames, self.at.offset)?;
        self.at.offset += frames.len() as u64;
        self.unmarked += frames.len() as u64;
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.at.active.file.sync()?;
        self.synced = Mark {
            sequence: self.at.next.previous(),
            offset: self.at.offset,
        };
        Ok(())
    }

    /// Notes what is durable in the header. It goes to the disk with the next sync, and is true whether it gets
    /// there or not.
    fn mark(&mut self) -> Result<(), JournalError> {
        self.unmarked = 0;
        if let Some(begun) = &mut self.at.active.header.begun
            && begun.mark != self.synced
        {
            begun.mark = self.synced;
            self.at.active.write_header()?;
        }
        Ok(())
    }

    /// Seals the active segment and begins the next. Each is synced before anything is written after it.
    fn roll(&mut self) -> Result<(), JournalError> {
        // INVARIANT: the next segment is there before the seal that announces it.
        let mut next = match (self.at.spare.take(), &self.preparer) {
            (Some(spare), _) => spare,
            (None, Some(preparer)) => preparer.take()?,
            (None, None) => {
                Segment::make(&*self.disk, self.next_header(), self.options.durability)?
            }
        };
        let mut seal = frame::seal(self.at.next);
        self.put(&mut seal)?;
        self.sync()?;
        next.set(Begun::new(self.at.next, self.at.chain))?;
        self.at.chain = next.seed;
        self.at.offset = HEADER_BYTES as u64;
        self.at.active = next;
        self.synced.offset = self.at.offset;
        self.unmarked = 0;
        self.list_active();
        self.order_next()
    }

    fn list_active(&self) {
        let start = SegmentStart::new(&self.at.active, self.at.next);
        let listed = self.segments.list();
        if listed.last().is_none_or(|last| last.number < start.number) {
            self.segments.begin(start);
        }
    }

    fn order_next(&self) -> Result<(), JournalError> {
        match &self.preparer {
            Some(preparer) if self.at.spare.is_none() => preparer.order(self.next_header()),
            _ => Ok(()),
        }
    }

    fn next_header(&self) -> Header {
        Header {
            length: self.options.segment_bytes,
            number: self.at.active.header.number + 1,
            origin: self.at.active.header.origin,
            begun: None,
        }
    }
}
