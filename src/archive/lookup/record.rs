//! One record of the journal, which may have forgotten it.

use arrow::array::AsArray;

use super::search::Search;
use super::wanted::Wanted;
use super::{Found, Reads};
use crate::archive::error::ArchiveError;
use crate::archive::files::Listing;
use crate::archive::table::Table;
use crate::journal::{Folders, Sequence};

/// A record, and what it took to find it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundRecord {
    /// Its bytes; none where the archive does not have it: not archived yet, or it gave no row to a table that keeps
    /// records.
    pub record: Option<Vec<u8>>,
    /// What was read.
    pub reads: Reads,
}

/// A record of the journal by its place, as [`FoundRecord::record`].
///
/// # Errors
/// What the disk says, or the decoder of a damaged file.
pub fn record(folders: &dyn Folders, sequence: Sequence) -> Result<Option<Vec<u8>>, ArchiveError> {
    Ok(find_record(folders, sequence)?.record)
}

/// A record of the journal by its place: from `declarations`, else from `events`.
///
/// # Errors
/// As [`record`].
pub fn find_record(folders: &dyn Folders, sequence: Sequence) -> Result<FoundRecord, ArchiveError> {
    let search = Search {
        column: "sequence",
        wanted: Wanted::Number(sequence.get() as i64),
        only: Some("record"),
    };
    let mut found = Found::default();
    for table in Table::OF_RECORDS {
        if let Some(stored) = Listing::find(folders, table, sequence)? {
            search.file(folders, &stored, &mut found)?;
        }
        if let Some(record) = bytes(&found) {
            return Ok(FoundRecord {
                record: Some(record.to_owned()),
                reads: found.reads,
            });
        }
    }
    Ok(FoundRecord {
        record: None,
        reads: found.reads,
    })
}

fn bytes(found: &Found) -> Option<&[u8]> {
    let column = found.rows.first()?.columns().first()?;
    column.as_binary_opt::<i32>()?.iter().next()?
}
