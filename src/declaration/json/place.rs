//! Where the reader stands, as a chain of names and indexes on the stack: it costs nothing until a fault is noted,
//! and only then becomes a JSON pointer (RFC 6901).

use std::fmt;

use crate::declaration::fault::{FaultCode, Faults};
use crate::declaration::field::Problem;
use crate::declaration::profile::Profile;

/// A place in a declaration.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'s> {
    /// The whole declaration.
    Root,
    /// A member of an object.
    Member(&'s Place<'s>, &'s str),
    /// An element of a list.
    Element(&'s Place<'s>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, name) => {
                write!(f, "{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Element(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// What every visitor needs: the profile to check against, and the faults so far.
pub(super) struct Context<'c> {
    pub(super) profile: &'c Profile,
    pub(super) faults: Faults,
}

impl Context<'_> {
    #[cold]
    pub(super) fn note(&mut self, at: &Place<'_>, code: FaultCode, detail: impl Into<String>) {
        self.faults.push(at.to_string(), code, detail);
    }

    /// Whether the result is good; its problem is noted.
    #[inline]
    pub(super) fn good(&mut self, at: &Place<'_>, result: Result<(), Problem>) -> bool {
        match result {
            Ok(()) => true,
            Err(problem) => {
                self.note(at, problem.code, problem.detail);
                false
            }
        }
    }
}
