//! The thread that makes the next segment while the present one is written.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::disk::Disk;
use super::error::JournalError;
use super::header::Header;
use super::options::Durability;
use super::segment::Segment;

/// The thread and the ways to and from it.
pub(super) struct Preparer {
    wanted: Option<SyncSender<Header>>,
    made: Receiver<Result<Segment, JournalError>>,
    thread: Option<JoinHandle<()>>,
}

impl Preparer {
    /// Starts the thread. An error is told at once, though the segment is needed only later.
    pub(super) fn start(
        disk: Arc<dyn Disk>,
        durability: Durability,
        on_error: impl Fn(&JournalError) + Send + 'static,
    ) -> Result<Self, JournalError> {
        // One segment is wanted at a time, so neither side ever waits for room.
        let (wanted, orders) = sync_channel::<Header>(1);
        let (ready, made) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("journal-segments".to_owned())
            .spawn(move || {
                while let Ok(header) = orders.recv() {
                    let segment = Segment::make(&*disk, header, durability);
                    let segment = segment.inspect_err(&on_error);
                    if ready.send(segment).is_err() {
                        break;
                    }
                }
            })
            .map_err(JournalError::io("start a thread for", ".", 0))?;
        Ok(Self {
            wanted: Some(wanted),
            made,
            thread: Some(thread),
        })
    }

    /// Orders a segment.
    pub(super) fn order(&self, header: Header) -> Result<(), JournalError> {
        let wanted = self.wanted.as_ref().ok_or_else(dead)?;
        wanted.send(header).map_err(|_| dead())
    }

    /// The segment that was ordered, when it is made.
    pub(super) fn take(&self) -> Result<Segment, JournalError> {
        self.made.recv().map_err(|_| dead())?
    }
}

fn dead() -> JournalError {
    JournalError::Poisoned("the thread that makes segments has died".into())
}

impl Drop for Preparer {
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.thread.take() {
            // Whoever closes the journal may open it again at once: nothing of it may still be writing.
            let _ended = thread.join();
        }
    }
}
