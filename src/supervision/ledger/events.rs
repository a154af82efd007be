//! Events that were recorded: by their ids, with their contents; and which of them were voided.

use super::shards::Keyed;
use super::{Ledger, Seen, digest};
use crate::journal::Sequence;
use crate::supervision::event::Voided;

/// An event that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) key: u128,
    pub(super) content: u128,
    pub(super) sequence: Sequence,
}

impl Keyed for Recorded {
    fn key(&self) -> u128 {
        self.key
    }
}

/// The key under which it is known that an event is voided.
fn void_key(event_id: &str) -> u128 {
    digest(format!("event_voided/{event_id}").as_bytes())
}

impl Ledger {
    /// What is known of an event.
    #[must_use]
    pub fn see_event(&self, key: u128, content: u128) -> Seen {
        match self.events.of(key).get(key) {
            None => Seen::Never,
            Some(known) if known.content == content => Seen::Same(known.sequence),
            Some(_) => Seen::Other,
        }
    }

    /// Notes an event.
    pub fn enter_event(&mut self, key: u128, content: u128, sequence: Sequence) {
        self.events.of(key).insert(Recorded {
            key,
            content,
            sequence,
        });
    }

    /// The record of an event.
    #[must_use]
    pub fn event(&self, key: u128) -> Option<Sequence> {
        self.events.of(key).get(key).map(|known| known.sequence)
    }

    /// The record of what voided an event.
    #[must_use]
    pub fn voided(&self, event_id: &str) -> Option<Sequence> {
        self.event(void_key(event_id))
    }

    /// Notes that an event is voided. It is known under an id that no sender can give.
    pub fn enter_void(&mut self, voided: &Voided, sequence: Sequence) {
        let content = digest(voided.reason.as_bytes());
        self.enter_event(void_key(&voided.event_id), content, sequence);
    }

    /// The records of the events behind a record, in order.
    #[must_use]
    pub fn events_behind(&self, after: Sequence) -> Vec<Sequence> {
        let mut later = Vec::new();
        for table in self.events.parts() {
            let all = table.iter().map(|known| known.sequence);
            later.extend(all.filter(|sequence| *sequence > after));
        }
        later.sort_unstable();
        later.dedup();
        later
    }
}
