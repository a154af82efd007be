//! Every record from one on: of the archive as long as it has them, then of the journal.

use std::sync::Arc;

use super::error::ArchiveError;
use super::records::Records;
use crate::journal::{Folders, JournalError, Log, Reader, Sequence};

/// Why history cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The archive.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// The journal.
    #[error("{0}")]
    Journal(#[from] JournalError),
}

/// A walk over records: those of the archive that the journal has no more, then the journal's.
pub struct History {
    archived: Option<Records>,
    /// The journal's first record.
    journal_from: Sequence,
    /// None where there is no record yet, nor a segment for it.
    journaled: Option<Reader>,
    /// The record of the archive that was read last.
    held: Vec<u8>,
}

impl History {
    /// From a record on, to the last that is durable now.
    ///
    /// # Errors
    /// What the disk says; records that neither has.
    pub fn open(
        journal: &dyn Log,
        folders: Arc<dyn Folders>,
        from: Sequence,
    ) -> Result<Self, HistoryError> {
        let from = from.max(Sequence::ZERO.next());
        let first = journal.first();
        let is_archived = || -> Result<bool, HistoryError> {
            let archived = Records::open(Arc::clone(&folders), from)?;
            Ok(archived.last() > Sequence::ZERO)
        };
        let archived = match from < first {
            true => Some(Records::open(Arc::clone(&folders), from)?),
            false => None,
        };
        let journal_from = from.max(first).min(journal.last().next());
        let journaled = match journal.read(journal_from) {
            // Whoever began it was stopped before anything was recorded.
            Err(JournalError::Absent { .. })
                if journal.last() == Sequence::ZERO && !is_archived()? =>
            {
                None
            }
            reader => Some(reader?),
        };
        Ok(Self {
            archived,
            journal_from,
            journaled,
            held: Vec::new(),
        })
    }

    /// The next record; none after the last.
    ///
    /// # Errors
    /// What the disk says; [`JournalError::Absent`] where the archive ends before the journal begins.
    pub fn next_record(&mut self) -> Result<Option<(Sequence, &[u8])>, HistoryError> {
        while let Some(archived) = &mut self.archived {
            let last = archived.last();
            match archived.next_record()? {
                Some(record) if record.sequence < self.journal_from => {
                    self.held.clear();
                    self.held.extend_from_slice(record.payload);
                    return Ok(Some((record.sequence, &self.held)));
                }
                _ if last.next() < self.journal_from => {
                    let missing = JournalError::Absent {
                        asked: last.next(),
                        first: self.journal_from,
                        last,
                    };
                    return Err(missing.into());
                }
                _ => self.archived = None,
            }
        }
        let Some(journaled) = &mut self.journaled else {
            return Ok(None);
        };
        let record = journaled.next_record()?;
        Ok(record.map(|record| (record.sequence, record.payload)))
    }
}
