//! What became of a declaration, and why there is a revision that says so.

use crate::policy::{Verdict, vocabulary};

vocabulary! {
    /// Why there is a revision.
    RevisionKind {
        /// The first decision of a declaration's first version.
        Initial = "initial",
        /// The first decision of a later version.
        Amendment = "amendment",
        /// An event of the registry made it be decided again.
        Redecision = "redecision",
        /// An inspection's result.
        Result = "result",
        /// Documents came.
        Documents = "documents",
        /// An officer released it.
        Release = "release",
        /// An officer rejected it.
        Rejection = "rejection",
        /// An officer decided otherwise.
        Override = "override",
        /// It was withdrawn.
        Cancellation = "cancellation",
        /// Nobody ended its hold in time.
        Expiry = "expiry",
    }
}

vocabulary! {
    /// What became of a declaration.
    Status {
        /// The goods may go.
        Released = "released",
        /// The goods are inspected.
        Selected = "selected",
        /// The goods stay.
        Held = "held",
        /// An officer rejected it.
        Rejected = "rejected",
        /// It was withdrawn.
        Cancelled = "cancelled",
        /// Its hold ended without anybody's act.
        Expired = "expired",
    }
}

impl Status {
    /// What a verdict brings.
    #[must_use]
    pub const fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Release => Self::Released,
            Verdict::Sample => Self::Selected,
            Verdict::Hold => Self::Held,
        }
    }

    /// Whether somebody has still to act.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Selected | Self::Held)
    }
}

impl RevisionKind {
    /// Whether it is the answer to a declaration. Of all others the single window learns by the feed of changes,
    /// unless it asked for them itself.
    #[must_use]
    pub const fn answers_at_once(self) -> bool {
        matches!(self, Self::Initial | Self::Amendment)
    }
}
