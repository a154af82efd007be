//! What a decision sees: one program, one day, the keys of the draws. It is never changed, only replaced, so that a
//! decision sees exactly one revision of everything.

use std::sync::Arc;

use super::keys::Keys;
use super::world::AsOf;
use crate::declaration::Day;
use crate::engine::Program;

/// See the module.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The policy compiled against the registry.
    pub program: Arc<Program>,
    /// How many changes are behind it.
    pub revision: u64,
    /// The day.
    pub today: Day,
    /// The day on which the standing of persons is read.
    pub as_of: AsOf,
    /// The policy with its version.
    pub policy: Arc<str>,
    /// The keys of the draws.
    pub keys: Arc<Keys>,
}

impl Snapshot {
    /// Whether a declaration is read under it as under another: by the same policy and the same rates.
    #[must_use]
    pub fn reads_as(&self, other: &Self) -> bool {
        let (program, other) = (&self.program, &other.program);
        Arc::ptr_eq(program.policy(), other.policy()) && program.registry().is_of(other.registry())
    }
}
