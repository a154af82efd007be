//! A walk over all records of a data folder, from the first on: those of the archive, then those of the journal behind
//! it. It takes no lock, and the folder may be in use; it ends with the last record that was durable when it began.

use std::sync::Arc;

use crate::archive::{History, HistoryError};
use crate::journal::{Folders, JournalError, LocalDisk, LocalFolders, Log, Sequence, Stored};
use crate::supervision::{DataFolder, FoldError};

/// After how many records somebody is told how far it is.
const TOLD_EVERY: u64 = 1_024;

/// Why the records of a data folder cannot be walked over.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The journal or a checkpoint cannot be opened.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The journal cannot be read.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The archive cannot be read.
    #[error("{0}")]
    History(#[from] HistoryError),
    /// A record cannot be read or folded.
    #[error("record {sequence}: {error}")]
    Fold {
        /// Its place.
        sequence: Sequence,
        /// Why.
        error: FoldError,
    },
    /// A checkpoint cannot be used.
    #[error("{0}")]
    Checkpoint(FoldError),
    /// There is no checkpoint to hold the fold against.
    #[error(
        "there is no checkpoint yet: the service makes one when it seals an archive file, and when it stops"
    )]
    NoCheckpoint,
}

impl WalkError {
    /// Of a record.
    pub(super) const fn fold(sequence: Sequence) -> impl FnOnce(FoldError) -> Self {
        move |error| Self::Fold { sequence, error }
    }
}

/// Lets each record be looked at, in order; the last one's place. `progress` hears how many records of how many are
/// done.
///
/// # Errors
/// See [`WalkError`]; what `each` says ends the walk.
pub(super) fn walk(
    folder: &DataFolder,
    mut each: impl FnMut(Sequence, &[u8]) -> Result<(), WalkError>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Sequence, WalkError> {
    let journal = Stored::open(Arc::new(LocalDisk::open(folder.journal())?))?;
    let archive: Arc<dyn Folders> = Arc::new(LocalFolders::new(folder.archive()));
    let mut history = History::open(&journal, archive, Sequence::ZERO.next())?;
    let mut through = Sequence::ZERO;
    while let Some((sequence, payload)) = history.next_record()? {
        each(sequence, payload)?;
        through = sequence;
        if sequence.get().is_multiple_of(TOLD_EVERY) {
            progress(sequence.get(), journal.last().get());
        }
    }
    Ok(through)
}
