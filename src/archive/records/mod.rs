//! The records that the journal may have forgotten, in its order: those of two tables merged, each once. Of each file
//! only two columns are read, a few rows at a time; seals are for [`verify`](super::verify) to check.

mod walk;

use std::sync::Arc;

use super::error::{ArchiveError, Fault};
use super::files::Listing;
use super::table::Table;
use crate::journal::{Folders, Record, Sequence};
use walk::Walk;

/// A walk over archived records. After an error it is of no more use.
pub struct Records {
    declarations: Walk,
    events: Walk,
    next: Sequence,
    last: Sequence,
}

impl Records {
    /// Begins with the first record that is not before `from`.
    ///
    /// # Errors
    /// What the disk says; [`ArchiveError::Damaged`] where a file is missing.
    pub fn open(folders: Arc<dyn Folders>, from: Sequence) -> Result<Self, ArchiveError> {
        let [declarations, events] = Table::OF_RECORDS;
        let declarations = Listing::read_right(&*folders, declarations)?;
        let events = Listing::read_right(&*folders, events)?;
        let last = declarations.watermark().min(events.watermark());
        let walk = |listing| Walk::new(Arc::clone(&folders), listing, from, last);
        Ok(Self {
            declarations: walk(declarations),
            events: walk(events),
            next: from,
            last,
        })
    }

    /// The last record of the range that both tables have: the journal goes on behind it.
    #[must_use]
    pub const fn last(&self) -> Sequence {
        self.last
    }

    /// The next record that gave a row to one of the tables; none after the last. Records that gave none are absent.
    ///
    /// # Errors
    /// What the disk says, or the decoder of a damaged file; [`ArchiveError::Damaged`] where rows are out of order, or
    /// the tables have different bytes for one record.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ArchiveError> {
        self.declarations.go_to(self.next)?;
        self.events.go_to(self.next)?;
        let found = match (self.declarations.row(), self.events.row()) {
            (Some(row), Some(same)) if row.sequence == same.sequence => {
                if row.payload != same.payload {
                    let why = format!("record `{}` differs in `declarations`", row.sequence);
                    let file = self.events.path();
                    return Err(ArchiveError::Damaged(Fault { file, why }));
                }
                Some(row)
            }
            (Some(row), Some(other)) if other.sequence < row.sequence => Some(other),
            (row, other) => row.or(other),
        };
        if let Some(record) = found {
            self.next = record.sequence.next();
        }
        Ok(found)
    }
}
