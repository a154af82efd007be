//! Why a request is refused.

use crate::declaration::{Fault, FaultCode};
use crate::policy::PolicyErrors;
use crate::registry::RegistryErrors;
use crate::supervision::{EventErrors, NotNow, Unsettled, WorldError};

/// Why a request is refused. Whoever speaks a protocol says it in its words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What was sent is wrong: every fault.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// A policy is wrong: every mistake with its file, line and column.
    #[error("{0}")]
    Policy(PolicyErrors),
    /// It cannot be, since the same id stands for something else or a later version is known.
    #[error("{0}")]
    Conflict(String),
    /// It cannot be as things are now.
    #[error("{0}")]
    State(String),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// The declaration, of this key, is old: it can be sent again when it is recalled.
    #[error("the declaration is old, and was not recalled")]
    Old(u128),
    /// There is no room now; it can be sent again.
    #[error("the journal has no room now")]
    Busy,
    /// Nothing is acknowledged any more.
    #[error("{0}")]
    Stopped(String),
}

impl Refusal {
    /// One fault.
    pub(super) fn fault(pointer: &str, code: FaultCode, detail: impl Into<String>) -> Self {
        Self::Faults(vec![Fault {
            pointer: pointer.to_owned(),
            code,
            detail: detail.into(),
        }])
    }
}

impl From<EventErrors> for Refusal {
    fn from(errors: EventErrors) -> Self {
        Self::Faults(errors.0)
    }
}

impl From<NotNow> for Refusal {
    fn from(why: NotNow) -> Self {
        Self::State(why.0)
    }
}

impl From<RegistryErrors> for Refusal {
    fn from(errors: RegistryErrors) -> Self {
        let faults = errors.faults().iter().map(|fault| Fault {
            pointer: String::new(),
            code: FaultCode::Registry,
            detail: fault.to_string(),
        });
        Self::Faults(faults.collect())
    }
}

impl From<WorldError> for Refusal {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::Registry(errors) => errors.into(),
            WorldError::Event(errors) => errors.into(),
            WorldError::Policy(errors) => Self::Policy(errors),
            other => Self::State(other.to_string()),
        }
    }
}

/// What cannot happen to an act: whoever tries again has handled the rest.
impl From<Unsettled> for Refusal {
    fn from(why: Unsettled) -> Self {
        match why {
            Unsettled::Stopped(why) => Self::Stopped(why),
            Unsettled::Other => {
                Self::Conflict("the same id and version came with another content".to_owned())
            }
            Unsettled::NotAbove(latest) => Self::Conflict(format!(
                "version {latest} is known: a new version must be above it"
            )),
            Unsettled::Same(sequence) => Self::Conflict(format!("it is recorded as {sequence}")),
            Unsettled::Old(key) => Self::Old(key),
            Unsettled::Full
            | Unsettled::Stale
            | Unsettled::Prior(_)
            | Unsettled::Inputs(_)
            | Unsettled::DayEnded => Self::Busy,
        }
    }
}
