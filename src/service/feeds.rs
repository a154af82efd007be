//! What the desk tells behind a sequence: revisions that nobody was told of at once, and acts.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::desk::Desk;
use super::refusal::Refusal;
use super::told::event_line;
use crate::archive::History;
use crate::journal::Sequence;
use crate::supervision::Record;

impl Desk {
    /// Lets everybody who waits for changes go.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// The records of revisions behind a sequence that nobody was told of at once, at most so many; where there is
    /// none, it waits for one.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub async fn changes(
        &self,
        after: Sequence,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<Sequence>, Refusal> {
        let changes = || -> Result<Vec<Sequence>, Refusal> {
            let held = self.settle.hold()?;
            let changes = held.ledger().changes_after(after).iter();
            Ok(changes.take(limit).copied().collect())
        };
        let waited = async {
            loop {
                let told = self.changed.notified();
                let found = changes()?;
                if !found.is_empty() || self.draining.load(Ordering::SeqCst) {
                    return Ok::<_, Refusal>(found);
                }
                told.await;
            }
        };
        let found: Vec<Sequence> = match tokio::time::timeout(wait, waited).await {
            Ok(found) => found?,
            Err(_) => Vec::new(),
        };
        if let Some(last) = found.last() {
            self.durable(*last).await?;
        }
        Ok(found)
    }

    /// Events and other acts behind a sequence, at most so many, each as a line of JSON.
    ///
    /// # Errors
    /// [`Refusal::Stopped`] where the disk refuses.
    pub fn events_after(
        &self,
        after: Sequence,
        limit: usize,
        mut then: impl FnMut(&str),
    ) -> Result<(), Refusal> {
        let broken = |error: &dyn std::fmt::Display| Refusal::Stopped(error.to_string());
        let mut count = 0;
        let mut history = History::open(
            self.settle.journal().as_ref(),
            Arc::clone(&self.archive),
            after.next(),
        )
        .map_err(|error| broken(&error))?;
        while let Some((sequence, payload)) =
            history.next_record().map_err(|error| broken(&error))?
        {
            let record = Record::decode(payload).map_err(|error| broken(&error))?;
            if let Some(act) = &record.act {
                then(&event_line(act, sequence, record.at));
                count += 1;
            }
            if count == limit {
                break;
            }
        }
        Ok(())
    }
}
