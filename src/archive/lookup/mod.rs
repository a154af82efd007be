//! Finding the rows of an id or of a journal record without scanning: a file's name says its records, its footer and
//! bloom filters whether the id may be in a row group, its page index where; only then are pages of the compared
//! column read, and of the others only those that have a row of it.

mod record;
mod search;
mod wanted;

use arrow::array::RecordBatch;

use super::error::ArchiveError;
use super::files::Listing;
use super::table::Table;
use crate::journal::Folders;
use search::Search;
use wanted::Wanted;

pub use record::{FoundRecord, find_record, record};

/// Rows with an id, and what it took to find them.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The rows, in the order of the journal.
    pub rows: Vec<RecordBatch>,
    /// What was read.
    pub reads: Reads,
}

/// What a look-up read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reads {
    /// Files that were opened: of an id those of its table, of a record those whose range has it. Of each the footer
    /// and, where the footer's statistics leave it open, a bloom filter for each row group were read.
    pub files: u64,
    /// Row groups in them.
    pub row_groups: u64,
    /// Files of which rows were read.
    pub files_read: u64,
    /// Row groups of which rows were read.
    pub row_groups_read: u64,
    /// Pages that were read, of all columns; their dictionaries count.
    pub pages_read: u64,
}

/// The rows of a table with an id in one of its [`Table::id_columns`].
///
/// # Errors
/// What the disk says, or the decoder of a damaged file.
pub fn lookup(
    folders: &dyn Folders,
    table: Table,
    column: &str,
    id: &str,
) -> Result<Found, ArchiveError> {
    let mut found = Found::default();
    if !table.id_columns().contains(&column) {
        return Ok(found);
    }
    let search = Search {
        column,
        wanted: Wanted::Text(id.to_owned()),
        only: None,
    };
    for stored in Listing::read(folders, table)?.files {
        search.file(folders, &stored, &mut found)?;
    }
    Ok(found)
}
