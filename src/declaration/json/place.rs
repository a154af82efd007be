//! Where the reader stands, as a chain of names and indexes on the stack: it costs nothing until a fault is noted,
//! and only then becomes a JSON pointer (RFC 6901).

use std::fmt;

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
