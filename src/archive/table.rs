//! The four tables of the archive: their names, and what of their columns matters to whoever writes or searches
//! them.

use std::fmt;

/// A table of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// One row an item of a revision.
    Decisions,
    /// One row a revision of a declaration.
    Declarations,
    /// One row an event or other journaled act.
    Events,
    /// One row a test.
    Results,
}

impl Table {
    /// All tables, in the order in which their files of one range are published.
    pub const ALL: [Self; 4] = [
        Self::Decisions,
        Self::Declarations,
        Self::Events,
        Self::Results,
    ];

    /// Those with a column `record`. A record of the journal may give a row to both.
    pub(super) const OF_RECORDS: [Self; 2] = [Self::Declarations, Self::Events];

    /// Its name, which is that of its folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decisions => "decisions",
            Self::Declarations => "declarations",
            Self::Events => "events",
            Self::Results => "results",
        }
    }

    /// The table of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The column whose day, in UTC, is the `date` of the file.
    #[must_use]
    pub const fn time_column(self) -> &'static str {
        match self {
            Self::Decisions | Self::Declarations => "decided_at",
            Self::Events | Self::Results => "recorded_at",
        }
    }

    /// Columns that have a bloom filter.
    #[must_use]
    pub const fn id_columns(self) -> &'static [&'static str] {
        match self {
            Self::Decisions => &[
                "decision_id",
                "declaration_id",
                "trader_id",
                "producer_id",
                "declarant_id",
                "counterparty_id",
                "enterprise_id",
            ],
            Self::Declarations => &[
                "decision_id",
                "declaration_id",
                "cause_event_id",
                "trader_id",
                "enterprise_id",
            ],
            Self::Events => &["event_id", "declaration_id", "enterprise_id"],
            Self::Results => &["event_id", "declaration_id"],
        }
    }

    /// Columns where a dictionary would only be tried and given up.
    pub(super) const fn unique_columns(self) -> &'static [&'static str] {
        match self {
            Self::Decisions => &["decision_id", "declaration_id"],
            Self::Declarations => &["decision_id", "declaration_id", "body", "answer", "record"],
            Self::Events => &["event_id", "body", "record"],
            Self::Results => &["event_id", "declaration_id"],
        }
    }

    /// Columns that rise from row to row.
    pub(super) const fn rising_columns(self) -> [&'static str; 2] {
        ["sequence", self.time_column()]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
