//! Accountability cases of the enterprise and the goods: what rules may know of them, as a join finds it, as a state
//! of its dimension, and back.

use super::join::ItemJoin;
use super::value::Value;
use crate::declaration::Role;
use crate::policy::schema::Fact;
use crate::registry::CaseCause;

/// States of `case.cause`.
const CAUSES: usize = 4;
/// States of the dimension: cause, open, tightened.
pub(super) const CASE_STATES: usize = CAUSES * 4;

/// What all cases of an enterprise that hold some goods come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseJoin {
    /// Whether one of them is open.
    pub open: bool,
    /// The gravest cause of those that are open or whose measures are in force. An open one of which nothing was found
    /// yet is graver than one that came from a foreign rule, which has no consequence.
    pub cause: Option<CaseCause>,
    /// Whether measures are in force for a lack of capability.
    pub tightened: bool,
}

impl ItemJoin<'_> {
    /// The cases of the enterprise that hold the goods.
    #[must_use]
    pub fn case(&self) -> CaseJoin {
        let mut found = CaseJoin::default();
        let Some(standing) = self.header.related(Role::Enterprise) else {
            return found;
        };
        let mut unexplained = false;
        for case in &standing.cases {
            let scope = self.header.registry.scope(case.scope);
            if !scope.is_some_and(|scope| scope.holds(self.item.hs_code)) {
                continue;
            }
            found.open |= case.open;
            unexplained |= case.open && case.cause.is_none();
            found.cause = found.cause.max(case.cause);
            found.tightened |= case.in_force && case.cause == Some(CaseCause::Capability);
        }
        if unexplained && found.cause == Some(CaseCause::ForeignRule) {
            found.cause = None;
        }
        found
    }
}

impl CaseJoin {
    /// The word of `case.cause`.
    #[must_use]
    pub fn cause_word(self) -> &'static str {
        self.cause.map_or("", CaseCause::as_str)
    }

    /// The value of one of its facts.
    pub(super) fn value<'a>(self, fact: Fact) -> Value<'a> {
        match fact {
            Fact::CaseCause => Value::text(self.cause_word()),
            Fact::CaseTightened => Value::Bool(self.tightened),
            _ => Value::Bool(self.open),
        }
    }

    pub(super) fn state(self) -> u32 {
        let cause = match self.cause {
            None => 0,
            Some(CaseCause::ForeignRule) => 1,
            Some(CaseCause::Capability) => 2,
            Some(CaseCause::Malice) => 3,
        };
        cause + CAUSES as u32 * (u32::from(self.open) | u32::from(self.tightened) << 1)
    }

    /// Of a state.
    pub(super) const fn of(state: usize) -> Self {
        let cause = match state % CAUSES {
            1 => Some(CaseCause::ForeignRule),
            2 => Some(CaseCause::Capability),
            3 => Some(CaseCause::Malice),
            _ => None,
        };
        let flags = state / CAUSES;
        Self {
            open: flags & 1 == 1,
            cause,
            tightened: flags & 2 == 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_back() {
        for state in 0..CASE_STATES {
            assert_eq!(CaseJoin::of(state).state() as usize, state);
        }
    }
}
