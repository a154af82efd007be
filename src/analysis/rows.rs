//! The rows that a record gives the archive. What it decided is decided again, and must come out the same.

use crate::archive::{ArchiveError, Batch, BatchBuilder, Journaled};
use crate::engine::Decision;
use crate::supervision::{Event, FoldError, Matcher, State};

/// Why a record gives no rows.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// It cannot be decided again.
    #[error("{0}")]
    Fold(#[from] FoldError),
    /// Its rows cannot be made.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// The outcome is another.
    #[error("decided again, the outcome is another")]
    Otherwise,
}

/// Adds the rows of a record, `state` being that behind the record before it; a batch where one is full. `seen` is
/// shown what was decided.
///
/// # Errors
/// See [`RowsError`].
pub fn append_rows(
    builder: &mut BatchBuilder,
    (state, matcher): (&mut State, &mut Matcher),
    journaled: &Journaled<'_>,
    mut seen: impl FnMut(&Decision<'_>),
) -> Result<Option<Batch>, RowsError> {
    let record = journaled.record;
    let revision = record.revision.as_ref();
    let Some(revision) = revision.filter(|revision| revision.is_decided()) else {
        return Ok(builder.append_journaled(journaled, None)?);
    };
    let mut appended = Ok(None);
    let append = |decision: &Decision<'_>| {
        seen(decision);
        appended = builder.append_journaled(journaled, Some(decision));
    };
    let place = (journaled.sequence, record.at);
    let cause = journaled.event.map(Event::cause_id);
    match state.decide_again(matcher, place, revision, cause, append)? {
        true => Ok(appended?),
        false => Err(RowsError::Otherwise),
    }
}
