//! What the policy proposes of enterprises, at the desk: worked out whenever somebody asks.

use super::desk::Desk;
use super::refusal::Refusal;
use crate::supervision::{Event, Proposal};

impl Desk {
    /// What the policy proposes of an enterprise today, for an officer to confirm by an event.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn proposals(&self, enterprise_id: &str) -> Result<Vec<Proposal>, Refusal> {
        let world = self.hold_world()?;
        Ok(world.proposals(enterprise_id, self.settle.snapshot().today))
    }

    /// The same of the enterprise that a recorded event concerns, if it concerns one.
    ///
    /// # Errors
    /// [`Refusal::Stopped`]; [`Refusal::Faults`] where the body is no event.
    pub fn proposals_after(&self, body: &str) -> Result<Vec<Proposal>, Refusal> {
        let world = self.hold_world()?;
        let zone = world.program().policy().profile.zone;
        let event = Event::parse(body.as_bytes(), zone)?;
        let today = self.settle.snapshot().today;
        let id = world.enterprise_of(&event);
        Ok(id.map_or_else(Vec::new, |id| world.proposals(id, today)))
    }
}
