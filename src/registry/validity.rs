//! A span of days in which something holds: `from` inclusive, `to` exclusive, open ends as the first and last
//! day there are. Asking whether it holds is two comparisons of integers.

use std::fmt;

use crate::declaration::Day;

/// Days from `from` until the day before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Validity {
    /// The first day.
    pub from: Day,
    /// The first day after; [`Day::MAX`] where open.
    pub to: Day,
}

impl Validity {
    /// Every day.
    pub const ALWAYS: Self = Self {
        from: Day::MIN,
        to: Day::MAX,
    };

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(self, day: Day) -> bool {
        self.from <= day && day < self.to
    }

    /// The days that both hold; none where they share no day.
    #[must_use]
    pub fn cut(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Self { from, to })
    }
}

impl Default for Validity {
    fn default() -> Self {
        Self::ALWAYS
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from > Day::MIN, self.to < Day::MAX) {
            (true, true) => write!(f, "from {} until {}", self.from, self.to),
            (true, false) => write!(f, "from {} on", self.from),
            (false, true) => write!(f, "until {}", self.to),
            (false, false) => f.write_str("for ever"),
        }
    }
}
