//! What officers look at without changing anything: an enterprise, its quality file, a zone, a lot of raw material. What
//! is told is durable, and no answer grows with what is known: long lists come in parts.

mod enterprise;
mod file;
mod lot;
mod part;
mod row;
mod zone;

pub use file::FileParts;
pub use part::Part;

use serde_json::Value;

use super::desk::Desk;
use super::refusal::Refusal;
use crate::declaration::Day;
use crate::supervision::World;

impl Desk {
    /// Looks at the registry as it is, of a day or else of today, and tells of it when all that it saw is durable. The
    /// answer gets the day and the registry's revision.
    fn look(
        &self,
        on: Option<Day>,
        at: impl FnOnce(&World, Day) -> Result<Value, Refusal>,
    ) -> Result<Value, Refusal> {
        let world = self.hold_world()?;
        let (last, now) = {
            let held = self.settle.hold()?;
            (held.ledger().last, held.day())
        };
        let revision = self.settle.snapshot().revision;
        let on = on.unwrap_or(now);
        let mut found = at(&world, on)?;
        drop(world);
        if let Some(members) = found.as_object_mut() {
            members.insert("on".to_owned(), on.to_string().into());
            members.insert("registry_revision".to_owned(), revision.into());
        }
        self.wait_durable(last)?;
        Ok(found)
    }
}
