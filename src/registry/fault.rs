//! Faults of registry files: each names its file, line and column, the offending text and what would be right.
//! A folder with a fault is refused whole, and all its faults are reported at once.

use std::fmt;

use crate::declaration::Day;
use crate::limits::MAX_REGISTRY_FAULTS;

/// The line of a row: of its file, or its place among the rows that were added on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(u32);

const ADDED: u32 = 1 << 31;

impl Line {
    /// A line of a file, counted from 1.
    #[must_use]
    pub fn of_file(line: u64) -> Self {
        Self(u32::try_from(line).unwrap_or(u32::MAX) & !ADDED)
    }

    /// A row added on top, counted from 1.
    #[must_use]
    pub fn added(row: usize) -> Self {
        Self(row as u32 | ADDED)
    }

    /// How many lines of the file come before it.
    pub(super) fn before(self) -> usize {
        (self.0 & !ADDED).saturating_sub(1) as usize
    }
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The table's name or, where it is none, the file's or folder's.
    pub table: String,
    /// The line, where one is meant.
    pub line: Option<Line>,
    /// The row itself, where it is in no file.
    pub row: Option<Box<str>>,
}

impl Place {
    /// A line of a table.
    pub(super) fn of_line(table: &str, line: Option<Line>) -> Self {
        Self {
            table: table.to_owned(),
            line,
            row: None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            None => match &self.row {
                None => f.write_str(&self.table),
                Some(row) => write!(f, "{}, row `{row}`", self.table),
            },
            Some(Line(line)) if line & ADDED != 0 => {
                write!(f, "{} (added row {})", self.table, line & !ADDED)
            }
            Some(Line(line)) => write!(f, "{}.csv:{line}", self.table),
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum RegistryError {
    /// The operating system refuses it.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Larger than [`crate::limits::MAX_REGISTRY_FILE_BYTES`].
    #[error("has {0} bytes, more than a registry file may have")]
    TooLarge(u64),
    /// Not the name of a table.
    #[error("no table of a registry is called `{0}`")]
    UnknownTable(String),
    /// The same table twice.
    #[error("the table is given twice")]
    RepeatedTable,
    /// A row that is put is there already.
    #[error("{0}: the row is there already, and nothing would change")]
    AlreadyThere(String),
    /// A row is to end in a table without the column `to`.
    #[error("its rows have no end: they are put anew or replaced")]
    Endless,
    /// No row is meant by what is to end.
    #[error("{row}: no such row is in force on {day} or later, and none can end then")]
    NoneToEnd {
        /// The cells given.
        row: String,
        /// The day.
        day: String,
    },
    /// Several rows are meant by what is to end.
    #[error(
        "{row}: {count} such rows are in force on {day} or later; more cells must say which ends"
    )]
    SeveralToEnd {
        /// The cells given.
        row: String,
        /// The day.
        day: String,
        /// How many there are.
        count: usize,
    },
    /// Not CSV.
    #[error("{0}")]
    Syntax(String),
    /// A column that the table doesn't have.
    #[error("column {column}: the table has no such column; it has {known}")]
    UnknownColumn {
        /// As written.
        column: String,
        /// What the table has.
        known: String,
    },
    /// A column twice.
    #[error("column {0}: comes twice")]
    RepeatedColumn(String),
    /// A key column is missing.
    #[error("column {0}: is missing, and the table's key needs it")]
    MissingColumn(String),
    /// A cell that its column does not allow.
    #[error("column {column}: `{text}` {expected}")]
    Cell {
        /// The column.
        column: &'static str,
        /// As written, cut where long.
        text: String,
        /// What would be right.
        expected: String,
    },
    /// An id that its table doesn't have.
    #[error("column {column}: `{text}` is not in {table}.csv")]
    Unknown {
        /// The column.
        column: &'static str,
        /// The id.
        text: String,
        /// Where it should be.
        table: &'static str,
    },
    /// An id that an earlier row has.
    #[error("column {column}: `{text}` comes a second time, first at {first}")]
    Repeated {
        /// The column.
        column: &'static str,
        /// The id.
        text: String,
        /// The earlier row.
        first: Place,
    },
    /// Two rows of one key share days.
    #[error("{key}: {validity} overlaps {other}, which holds {other_validity}")]
    Overlap {
        /// The key.
        key: String,
        /// When this row holds.
        validity: String,
        /// The other row.
        other: Place,
        /// When the other row holds.
        other_validity: String,
    },
    /// More rows than one decision may join.
    #[error("{what}: {count} on {day}, at most {limit}")]
    TooMany {
        /// Of what, and whose.
        what: String,
        /// How many.
        count: usize,
        /// The first such day.
        day: String,
        /// How many there may be.
        limit: usize,
    },
}

/// A fault and its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegistryFault {
    /// Where.
    pub place: Place,
    /// What.
    pub error: RegistryError,
}

impl fmt::Display for RegistryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.error)
    }
}

/// All faults of a registry, of which at most [`MAX_REGISTRY_FAULTS`] are kept and the rest counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistryErrors {
    faults: Vec<RegistryFault>,
    beyond: usize,
}

impl RegistryErrors {
    /// The faults in order of table and line.
    #[must_use]
    pub fn faults(&self) -> &[RegistryFault] {
        &self.faults
    }

    /// How many there are, those beyond the limit included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.faults.len() + self.beyond
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn push(&mut self, table: &str, line: Option<Line>, error: RegistryError) {
        if self.faults.len() < MAX_REGISTRY_FAULTS {
            self.faults.push(RegistryFault {
                place: Place::of_line(table, line),
                error,
            });
        } else {
            self.beyond += 1;
        }
    }

    /// Takes the faults of another part over.
    pub(super) fn append(&mut self, other: Self) {
        self.beyond += other.beyond;
        for fault in other.faults {
            if self.faults.len() < MAX_REGISTRY_FAULTS {
                self.faults.push(fault);
            } else {
                self.beyond += 1;
            }
        }
    }

    /// All places that are named, those of other rows included.
    pub(super) fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        self.faults.iter_mut().flat_map(|fault| {
            let other = match &mut fault.error {
                RegistryError::Repeated { first, .. } => Some(first),
                RegistryError::Overlap { other, .. } => Some(other),
                _ => None,
            };
            std::iter::once(&mut fault.place).chain(other)
        })
    }

    /// In order of table and line, each once.
    pub(super) fn sorted(mut self) -> Self {
        self.faults.sort();
        self.faults.dedup();
        self
    }

    /// Nothing wrong, or these errors.
    pub(super) fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for RegistryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        if self.beyond > 0 {
            write!(f, "\nand {} more faults", self.beyond)?;
        }
        Ok(())
    }
}

impl std::error::Error for RegistryErrors {}

/// A day as a message names it.
pub(super) fn day_text(day: Day) -> String {
    if day == Day::MIN {
        "any early day".to_owned()
    } else {
        day.to_string()
    }
}
