//! Whoever waits for a record to be durable, without a thread: told by the journal's thread, group by group.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use dashmap::DashMap;
use tokio::sync::oneshot;

use super::refusal::Refusal;
use crate::journal::{Notice, Sequence};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    /// Several may wait for one record: the sender of a declaration, and of its duplicates.
    waiting: DashMap<u64, Vec<oneshot::Sender<()>>>,
    durable: AtomicU64,
    stopped: AtomicBool,
}

impl Waiters {
    /// Hears what the journal says. Groups are told in their order, by one thread.
    pub(super) fn hear(&self, notice: &Notice) {
        match notice {
            Notice::Durable(sequence) => {
                let before = self.durable.swap(sequence.get(), Ordering::SeqCst);
                if self.waiting.is_empty() {
                    return;
                }
                for durable in before + 1..=sequence.get() {
                    let waiting = self.waiting.remove(&durable);
                    for sender in waiting.into_iter().flat_map(|(_, senders)| senders) {
                        // Whoever has gone away need not be told.
                        let _ = sender.send(());
                    }
                }
            }
            Notice::Stopped(_) => {
                self.stopped.store(true, Ordering::SeqCst);
                self.waiting.clear();
            }
        }
    }

    /// Waits until a record is durable.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub(super) async fn durable(&self, sequence: Sequence) -> Result<(), Refusal> {
        if self.is_durable(sequence) {
            return Ok(());
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.entry(sequence.get()).or_default().push(sender);
        // The group may have been told in between.
        if self.is_durable(sequence) {
            self.waiting.remove(&sequence.get());
            return Ok(());
        }
        if self.stopped.load(Ordering::SeqCst) {
            self.waiting.remove(&sequence.get());
            return Err(stopped());
        }
        match receiver.await {
            Ok(()) => Ok(()),
            // Removed by another who waits for the same record and saw it durable, or the journal has stopped.
            Err(_) if self.is_durable(sequence) => Ok(()),
            Err(_) => Err(stopped()),
        }
    }

    fn is_durable(&self, sequence: Sequence) -> bool {
        self.durable.load(Ordering::SeqCst) >= sequence.get()
    }
}

fn stopped() -> Refusal {
    Refusal::Stopped("the journal has stopped: nothing is acknowledged any more".to_owned())
}
