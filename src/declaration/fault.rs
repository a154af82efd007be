//! Faults of a declaration: each names its place, a code that a machine can read, and what would be right.

use std::fmt;

use crate::limits::MAX_FAULTS;

/// What kind of fault; the code of a problem's `errors` entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultCode {
    /// Not JSON, or a line that is no object.
    Syntax,
    /// A member that the contract doesn't know.
    UnknownMember,
    /// A member twice.
    DuplicateMember,
    /// A required member is absent.
    Required,
    /// Another JSON type than the contract's.
    Type,
    /// A text that its field does not allow.
    Format,
    /// A number or size beyond its bounds.
    Range,
    /// A party id that fails its check.
    PartyId,
    /// An attribute that the policy does not declare.
    UndeclaredAttribute,
    /// No exchange rate on the declaration's day.
    NoRate,
    /// A row of a table that does not fit the mapping.
    Mapping,
    /// It contradicts what is known of the declaration.
    Conflict,
    /// A row of the registry that is wrong, or does not fit the others.
    Registry,
    /// A guard of the policy refuses it.
    Guard,
    /// A mistake of a policy, or what makes one unfit.
    Policy,
    /// Too many faults to list.
    More,
}

impl FaultCode {
    /// The code as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::UnknownMember => "unknown_member",
            Self::DuplicateMember => "duplicate_member",
            Self::Required => "required",
            Self::Type => "type",
            Self::Format => "format",
            Self::Range => "range",
            Self::PartyId => "party_id",
            Self::UndeclaredAttribute => "undeclared_attribute",
            Self::NoRate => "no_rate",
            Self::Mapping => "mapping",
            Self::Conflict => "conflict",
            Self::Registry => "registry",
            Self::Guard => "guard",
            Self::Policy => "policy",
            Self::More => "more",
        }
    }
}

/// One fault: where, which, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer (RFC 6901) into the declaration, or `row 17, column Item Price` of a table.
    pub pointer: String,
    /// The kind.
    pub code: FaultCode,
    /// For a person.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "/"
        } else {
            &self.pointer
        };
        write!(f, "{place}: {} [{}]", self.detail, self.code.as_str())
    }
}

/// All faults of one declaration, at most [`MAX_FAULTS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    list: Vec<Fault>,
    beyond: usize,
}

impl Faults {
    /// Notes a fault.
    pub fn push(&mut self, pointer: impl Into<String>, code: FaultCode, detail: impl Into<String>) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(Fault {
                pointer: pointer.into(),
                code,
                detail: detail.into(),
            });
        } else {
            self.beyond += 1;
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The faults; a last one counts those beyond the limit.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<Fault> {
        if self.beyond > 0 {
            let detail = format!("{} more faults", self.beyond);
            self.list.push(Fault {
                pointer: String::new(),
                code: FaultCode::More,
                detail,
            });
        }
        self.list
    }
}
