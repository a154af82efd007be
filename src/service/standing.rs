//! How things stand, for whoever watches: what the ledger holds, and what waits for the journal.

use std::sync::Arc;

use super::desk::Desk;
use super::refusal::Refusal;
use crate::supervision::{AsOf, Ledger, Overdue};

/// See the module.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Records that are settled and not durable yet.
    pub queued: u64,
    /// How many wait until a record is durable.
    pub waiting: u64,
    /// Declarations that are known in memory.
    pub declarations: u64,
    /// Those of them that are selected or held.
    pub open: u64,
    /// Slots of monitoring whose period has ended without a result.
    pub overdue: u64,
    /// Changes of the registry, the policy and the day so far.
    pub registry_revision: u64,
    /// The policy that decides.
    pub policy: Arc<str>,
    /// The day on which the standing of persons is read.
    pub as_of: AsOf,
}

impl Desk {
    /// How things stand.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn standing(&self) -> Result<Standing, Refusal> {
        let overdue = self.overdue()?.len();
        let snapshot = self.settle.snapshot();
        let held = self.settle.hold()?;
        let (last, ledger) = (held.ledger().last, held.ledger());
        let (declarations, open) = (ledger.declarations(), ledger.opened());
        let registry_revision = ledger.registry_revision;
        drop(held);
        let durable = self.settle.journal().durable();
        Ok(Standing {
            queued: last.get().saturating_sub(durable.get()),
            waiting: self.waiters.count() as u64,
            declarations: declarations as u64,
            open: open as u64,
            overdue: overdue as u64,
            registry_revision,
            policy: Arc::clone(&snapshot.policy),
            as_of: snapshot.as_of,
        })
    }

    /// The slots of monitoring whose period has ended without a result, in no order.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn overdue(&self) -> Result<Vec<Overdue>, Refusal> {
        let today = self.settle.hold()?.ledger().today;
        let tables = self.settle.tables();
        let parts = 0..Ledger::parts();
        Ok(parts.flat_map(|part| tables.overdue(part, today)).collect())
    }
}
