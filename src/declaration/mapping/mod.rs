//! Foreign columns: a TOML mapping names for each field of a declaration the column or constant that it comes from,
//! and how its cells are translated; [`CsvReader`] reads tables by it. A mapping is refused with every fault at once,
//! and a column that it neither uses nor ignores is one of them, so that nothing of a table is lost unseen.
//!
//! Documents and lots cannot be mapped: they are lists, and a row has one cell a field.

mod columns;
mod csv;
mod parse;
mod source;
mod target;

use std::fmt;

use self::source::Source;
use self::target::Target;

pub use self::columns::Columns;
pub use self::csv::{CsvChunk, CsvError, CsvReader, CsvRows};

/// Where each field of a declaration comes from.
#[derive(Debug, Clone)]
pub struct Mapping {
    delimiter: u8,
    group_by: Option<String>,
    ignored: Vec<String>,
    entries: Vec<Entry>,
}

/// One field and its source.
#[derive(Debug, Clone)]
struct Entry {
    line: usize,
    target: Target,
    source: Source,
}

/// One fault of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingFault {
    /// The line of the mapping file; 0 where it concerns no line, such as a field that is missing.
    pub line: usize,
    /// What it concerns, such as `[item] value`.
    pub place: String,
    /// For a person.
    pub detail: String,
}

impl fmt::Display for MappingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        write!(f, "{}: {}", self.place, self.detail)
    }
}

/// A mapping that cannot be carried out, or does not fit its table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mapping is refused:{}", listed(.faults))]
pub struct MappingError {
    /// Every fault, in order of line.
    pub faults: Vec<MappingFault>,
}

fn listed(faults: &[MappingFault]) -> String {
    faults
        .iter()
        .flat_map(|fault| ["\n  ".to_owned(), fault.to_string()])
        .collect()
}

impl MappingError {
    /// Nothing, if there is no fault.
    fn unless_empty(mut faults: Vec<MappingFault>) -> Result<(), Self> {
        faults.sort_by_key(|fault| fault.line);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Self { faults })
        }
    }
}
