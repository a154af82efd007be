//! Events upon which declarations are decided again. Such an event waits in the ledger from its own record on until a
//! record says that all that it affects were looked at; what is looked at twice, since a process ended in between, comes
//! out as it did.

use super::cites::{lots_of, share};
use super::{Entry, Ledger, digest, second};
use crate::declaration::Moment;
use crate::journal::Sequence;
use crate::policy::{Life, Trigger};
use crate::registry::Reach;
use crate::supervision::affects::Affects;
use crate::supervision::event::{Event, What};
use crate::supervision::status::Status;

/// An event upon which declarations are still to be decided again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Its record.
    pub event: Sequence,
    /// What was released before is not decided again.
    pub released_since: Moment,
}

/// What the ledger knows affected declarations by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Affected {
    /// They cite one of these lots; ascending.
    Lots(Vec<u64>),
    /// They are of this accountable party.
    Enterprise(u64),
}

impl Affected {
    /// Those that cite one of some lots.
    #[must_use]
    pub fn by_lots(reach: &Reach) -> Self {
        Self::Lots(lots_of(reach))
    }

    /// Those of an accountable party.
    #[must_use]
    pub fn by_enterprise(id: &str) -> Self {
        Self::Enterprise(digest(id.as_bytes()) as u64)
    }
}

impl Pending {
    /// Whether a declaration, being what it is, may be decided again: it is selected, or was released late enough, to
    /// the second.
    #[must_use]
    pub fn concerns(&self, entry: &Entry) -> bool {
        match entry.status {
            Status::Selected => true,
            Status::Released => entry.since_s >= second(self.released_since),
            _ => false,
        }
    }
}

impl Ledger {
    /// Heeds an event that was recorded: whether declarations are to be decided again upon it, or have been.
    pub(in crate::supervision) fn heed(
        &mut self,
        event: &Event,
        life: &Life,
        (sequence, at): (Sequence, Moment),
    ) {
        if let What::RedecisionEnded { cause, .. } = &event.what {
            let ended = self.event(digest(cause.as_bytes()));
            self.pending.retain(|pending| Some(pending.event) != ended);
            return;
        }
        let trigger = Trigger::parse(&event.kind);
        let named = trigger.is_some_and(|trigger| life.redecide_on.contains(&trigger));
        if named && Affects::of(event).is_some() {
            let hours = i64::from(life.released_within_hours);
            self.pending.push(Pending {
                event: sequence,
                released_since: at.plus_seconds(-hours * 3_600),
            });
        }
    }

    /// Events upon which declarations are still to be decided again, in their order.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Declarations of one part of the ledger that are known by something, as they are.
    #[must_use]
    pub fn affected(&self, part: usize, by: &Affected) -> Vec<Entry> {
        let part = self.tables.parts.part(part);
        match by {
            Affected::Lots(lots) => {
                let citing = part.holdings.iter();
                let citing = citing.filter(|holding| share(&holding.lots, lots));
                let entries = citing.filter_map(|holding| part.entries.get(holding.key));
                entries.copied().collect()
            }
            Affected::Enterprise(enterprise) => {
                let own = part.entries.iter();
                let own = own.filter(|entry| entry.enterprise == *enterprise);
                own.copied().collect()
            }
        }
    }
}
