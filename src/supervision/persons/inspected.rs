//! What an inspection of raw material makes of the registry: rows that classifications give its enterprise. Its record
//! says which, and so it is folded.

use super::classify::{Occasion, tested};
use crate::declaration::{FaultCode, Faults};
use crate::supervision::effect::Effect;
use crate::supervision::event::{Event, EventErrors};
use crate::supervision::record::marks;
use crate::supervision::world::{World, WorldError};

impl World {
    /// Makes what classifications make of what an event adds to quality files, of which nothing is noted yet.
    ///
    /// # Errors
    /// Every fault; nothing has changed then.
    pub fn inspected(&mut self, event: &Event, added: &[u8]) -> Result<Effect, WorldError> {
        let policy = self.program().policy();
        let mut changes = Vec::new();
        for mark in marks(added).flatten() {
            let Some(result) = mark.counted.of_material() else {
                continue;
            };
            let occasion = Occasion {
                day: mark.day,
                authority: event.authority.as_deref(),
                document: event.document.as_deref(),
            };
            let test = (mark.enterprise, (mark.day, result));
            changes.extend(tested(occasion, test, self.registry(), policy));
        }
        if changes.is_empty() {
            return Ok(Effect::default());
        }
        self.change(&changes)?;
        let effect = Effect {
            rows: self.registry().changed(),
            ..Effect::default()
        };
        if effect.encode().is_empty() {
            self.undo(&effect.undone(&[]))?;
            let mut faults = Faults::default();
            let why = "what it makes of the enterprise's rows is more than its record can keep";
            faults.push("/declaration_id", FaultCode::Range, why);
            return Err(EventErrors(faults.into_vec()).into());
        }
        Ok(effect)
    }

    /// Makes of rows what a record says that an inspection made of them.
    ///
    /// # Errors
    /// Every fault; nothing has changed then.
    pub fn inspected_as(&mut self, effect: &Effect) -> Result<(), WorldError> {
        let changes = effect.changes(self.registry())?;
        self.change(&changes)
    }
}
