//! The rows that a record gives the archive. What it decided is decided again, and must come out the same.

use crate::archive::{ArchiveError, Batch, BatchBuilder, Journaled, ShadowItem};
use crate::engine::Decision;
use crate::journal::Sequence;
use crate::supervision::{Event, FoldError, Matcher, Record, State};

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

/// A record as the state behind the one before it reads it.
#[derive(Debug, Clone, Copy)]
pub struct Read<'r> {
    /// Its place.
    pub sequence: Sequence,
    /// Its bytes.
    pub payload: &'r [u8],
    /// What they say.
    pub record: &'r Record<'r>,
    /// The event of its act.
    pub event: Option<&'r Event>,
    /// What the candidate policy says of its items, in their order; empty where nobody asked.
    pub shadow: &'r [ShadowItem],
}

/// Adds the rows of a record, `state` being that behind the record before it; a batch where one is full. `seen` is
/// shown what was decided.
///
/// # Errors
/// See [`RowsError`].
pub fn append_rows(
    builder: &mut BatchBuilder,
    (state, matcher): (&mut State, &mut Matcher),
    read: &Read<'_>,
    mut seen: impl FnMut(&Decision<'_>),
) -> Result<Option<Batch>, RowsError> {
    let journaled = Journaled {
        sequence: read.sequence,
        payload: read.payload,
        record: read.record,
        event: read.event,
        zone: state.zone(),
        shadow: read.shadow,
    };
    let revision = read.record.revision.as_ref();
    let Some(revision) = revision.filter(|revision| revision.is_decided()) else {
        return Ok(builder.append_journaled(&journaled, None)?);
    };
    let mut appended = Ok(None);
    let append = |decision: &Decision<'_>| {
        seen(decision);
        appended = builder.append_journaled(&journaled, Some(decision));
    };
    let place = (read.sequence, read.record.at);
    let cause = read.event.map(Event::cause_id);
    match state.decide_again(matcher, place, revision, cause, append)? {
        true => Ok(appended?),
        false => Err(RowsError::Otherwise),
    }
}
