//! Group commit: many threads append, one writes. While a group is synced the next one gathers, so groups form by
//! themselves under load and nobody waits for company when alone.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::disk::Disk;
use super::error::JournalError;
use super::group::Group;
use super::options::Options;
use super::preparer::Preparer;
use super::reader::Reader;
use super::recovery::Recovery;
use super::segments::{SegmentStart, Segments};
use super::sequence::Sequence;
use super::shared::{Notice, Shared, Wake};
use super::waiting::{Most, Waiting};
use super::writer::Writer;

/// A journal that many threads append to. Dropping it writes what was appended; [`Self::close`] also says whether
/// that went well.
pub struct Journal {
    disk: Arc<dyn Disk>,
    shared: Arc<Shared>,
    segments: Arc<Segments>,
    thread: Option<JoinHandle<Result<Sequence, JournalError>>>,
}

impl Journal {
    /// Opens the journal of a folder, or begins one in an empty folder. The caller holds the folder's lock.
    pub fn open(disk: Arc<dyn Disk>, options: Options) -> Result<(Self, Recovery), JournalError> {
        let durability = options.durability;
        let (mut writer, recovery) = Writer::open(Arc::clone(&disk), options)?;
        let group = writer.group();
        let shared = Arc::new(Shared::new(Waiting::of(&group), Most::of(&group)));
        let stop = Arc::clone(&shared);
        let on_error = move |error: &JournalError| stop.poison(&error.to_string());
        writer.prepare_ahead(Preparer::start(Arc::clone(&disk), durability, on_error)?)?;
        let segments = writer.shared_segments();
        let guard = StopsAtEnd(Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write_all(&guard.0, writer, group))
            .map_err(JournalError::io("start a thread for", ".", 0))?;
        let journal = Self {
            disk,
            shared,
            segments,
            thread: Some(thread),
        };
        Ok((journal, recovery))
    }

    /// Takes a copy of a record; its sequence. The record is durable when [`Self::wait_durable`] returns or a subscriber
    /// is told.
    ///
    /// # Errors
    /// [`JournalError::Full`] where more waits to be written than a group holds: it does not wait itself.
    pub fn append(&self, payload: &[u8]) -> Result<Sequence, JournalError> {
        let (sequence, _wake) = self.hand_over(&mut payload.to_vec())?;
        Ok(sequence)
    }

    /// Brings what [`Self::hand_over`] touches into this processor's cache.
    pub fn ready(&self) {
        self.shared.ready();
    }

    /// As [`Self::append`], for whoever holds something that others wait for: no copy, no I/O, no allocation. It takes the
    /// payload's buffer and leaves another one, with anything in it, in its place; what it refuses stays. It is left to
    /// the caller to wake the writer where it sleeps, which is a system call.
    ///
    /// # Errors
    /// As of [`Self::append`].
    pub fn hand_over(
        &self,
        payload: &mut Vec<u8>,
    ) -> Result<(Sequence, Option<Wake<'_>>), JournalError> {
        self.shared.append(payload)
    }

    /// Waits until a record is durable, or the journal has stopped or closed. One that was not appended yet is waited
    /// for too.
    pub fn wait_durable(&self, sequence: Sequence) -> Result<(), JournalError> {
        self.shared.wait(sequence)
    }

    /// The last durable record.
    pub fn durable(&self) -> Sequence {
        self.shared.durable()
    }

    /// Whether nothing is acknowledged any more. True before anybody is refused for it.
    pub fn has_stopped(&self) -> bool {
        self.shared.has_stopped()
    }

    /// Calls the hook now with where the journal stands, and on the writer's thread whenever that moves.
    /// The next group waits for it: it hands on and returns. It must not call the journal.
    pub fn subscribe(&self, hook: impl Fn(&Notice) + Send + 'static) {
        self.shared.subscribe(Box::new(hook));
    }

    /// Stops the journal for a reason outside it: nothing is acknowledged any more.
    pub fn poison(&self, why: &str) {
        self.shared.poison(why);
    }

    /// Reads from a record to the last that is durable now.
    pub fn read(&self, from: Sequence) -> Result<Reader, JournalError> {
        let (disk, segments) = (Arc::clone(&self.disk), Arc::clone(&self.segments));
        Reader::open(disk, segments, from, self.shared.durable())
    }

    /// One record, at about the cost of reading 64 KiB and itself; none where it is not in the journal: removed, or
    /// not durable yet.
    pub fn record(&self, sequence: Sequence) -> Result<Option<Vec<u8>>, JournalError> {
        match self.read(sequence) {
            Err(JournalError::Absent { .. }) => Ok(None),
            reader => {
                let record = reader?.next_record()?.map(|record| record.payload.to_vec());
                Ok(record)
            }
        }
    }

    /// The segments that have begun, oldest first.
    pub fn segments(&self) -> Vec<SegmentStart> {
        self.segments.list()
    }

    /// Removes the segments of which every record is before the sequence; how many. For a caller who has all of
    /// them elsewhere. A disk that refuses stops the journal.
    pub fn remove_before(&self, sequence: Sequence) -> Result<usize, JournalError> {
        if let Some(why) = self.shared.stopped() {
            return Err(JournalError::Poisoned(why));
        }
        self.segments
            .remove_before(&*self.disk, sequence)
            .inspect_err(|error| self.shared.poison(&error.to_string()))
    }

    /// Takes no more records. Those that were appended are still written, then whoever waits for another one is told
    /// [`JournalError::Closed`]: so that threads which share the journal let go of it, and one can close it.
    pub fn begin_close(&self) {
        self.shared.begin_close();
    }

    /// The same, and waits until everything is written and marked as durable: whoever shares the journal and is the
    /// last to use it ends it so.
    pub fn end(&self) -> Result<(), JournalError> {
        self.shared.begin_close();
        self.shared.wait_closed()
    }

    pub(super) fn is_of(&self, segments: &Arc<Segments>) -> bool {
        Arc::ptr_eq(&self.segments, segments)
    }

    /// Writes what was appended and ends; the last durable record.
    pub fn close(mut self) -> Result<Sequence, JournalError> {
        self.shared.begin_close();
        let ended = self.thread.take().map(JoinHandle::join);
        match ended {
            Some(Ok(done)) => done,
            _ => Err(JournalError::Poisoned("its thread has died".into())),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.begin_close();
        if let Some(thread) = self.thread.take() {
            let _unseen = thread.join();
        }
    }
}

/// Nobody waits for a thread that is gone.
struct StopsAtEnd(Arc<Shared>);

impl Drop for StopsAtEnd {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.poison("its thread has died");
        }
        self.0.end_close();
    }
}

fn write_all(
    shared: &Shared,
    mut writer: Writer,
    mut group: Group,
) -> Result<Sequence, JournalError> {
    let mut written = Waiting::of(&group);
    while shared.gather(&mut written) {
        let framed = written.frame(&mut group);
        match framed.and_then(|()| writer.commit(&mut group)) {
            Ok(durable) => shared.publish(durable),
            Err(error) => {
                shared.poison(&error.to_string());
                return Err(error);
            }
        }
    }
    // A disk that failed elsewhere is not asked for one more sync.
    if let Some(why) = shared.stopped() {
        return Err(JournalError::Poisoned(why));
    }
    writer
        .close()
        .inspect_err(|error| shared.poison(&error.to_string()))
}
