//! Replay: every record from the first on, folded again, and every decision among them made again. It is the test of
//! everything that is recorded.

use std::sync::Arc;

use crate::archive::{History, HistoryError};
use crate::journal::{Folders, JournalError, LocalDisk, LocalFolders, Log, Sequence, Stored};
use crate::supervision::{DataFolder, FoldError, Matcher, State, checkpoints, read_checkpoint};

/// How many records that come out otherwise are named.
const NAMED: usize = 20;

/// Why a data folder cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal or a checkpoint cannot be opened.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The journal cannot be read.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The archive cannot be read.
    #[error("{0}")]
    History(#[from] HistoryError),
    /// A record cannot be folded.
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

/// What replay found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Records.
    pub records: u64,
    /// Decisions among them, all of which were made again.
    pub decisions: u64,
    /// How many came out otherwise.
    pub otherwise: u64,
    /// The first of those.
    pub named: Vec<Sequence>,
    /// Where the fold was held against a checkpoint: behind which record, and whether they are the same.
    pub fold: Option<(Sequence, bool)>,
}

impl Replayed {
    /// Whether everything came out as it was recorded.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.otherwise == 0 && self.fold.is_none_or(|(_, same)| same)
    }
}

/// Replays a data folder, which may be in use; with `fold`, up to the newest checkpoint also the state is held against
/// it. `progress` hears how many records of how many are done.
///
/// # Errors
/// See [`ReplayError`].
pub fn replay(
    folder: DataFolder,
    fold: bool,
    progress: impl FnMut(u64, u64),
) -> Result<Replayed, ReplayError> {
    replay_state(folder, fold, progress).map(|(replayed, _)| replayed)
}

/// Replays a data folder; also the state that all records make.
///
/// # Errors
/// See [`ReplayError`].
pub fn replay_state(
    folder: DataFolder,
    fold: bool,
    mut progress: impl FnMut(u64, u64),
) -> Result<(Replayed, State), ReplayError> {
    let folder = Arc::new(folder);
    let kept = LocalDisk::open(folder.checkpoints())?;
    let against = match fold {
        false => None,
        true => Some(
            *checkpoints(&kept)?
                .first()
                .ok_or(ReplayError::NoCheckpoint)?,
        ),
    };
    let journal = Stored::open(Arc::new(LocalDisk::open(folder.journal())?))?;
    let archive: Arc<dyn Folders> = Arc::new(LocalFolders::new(folder.archive()));
    let mut history = History::open(&journal, archive, Sequence::ZERO.next())?;
    let (mut state, mut matcher) = (State::new(Arc::clone(&folder)), Matcher::default());
    let mut replayed = Replayed::default();
    while let Some((sequence, payload)) = history.next_record()? {
        let again = again(&mut state, &mut matcher, (sequence, payload));
        let again = again.map_err(|error| ReplayError::Fold { sequence, error })?;
        replayed.count(sequence, again);
        if against == Some(sequence) {
            let live = read_checkpoint(&kept, &folder, sequence, |_| ());
            let live = live.map_err(ReplayError::Checkpoint)?;
            let live = live.ok_or(ReplayError::NoCheckpoint)?;
            let same = live.ledger.last == sequence && live.digest() == state.digest();
            replayed.fold = Some((sequence, same));
        }
        if replayed.records.is_multiple_of(1_024) {
            progress(replayed.records, journal.last().get());
        }
    }
    Ok((replayed, state))
}

/// Makes a decision again, if the record is one, and folds the record; whether it came out the same.
fn again(
    state: &mut State,
    matcher: &mut Matcher,
    (sequence, payload): (Sequence, &[u8]),
) -> Result<Option<bool>, FoldError> {
    let (record, event) = state.read(payload)?;
    let decided = record.revision.as_ref();
    let same = match decided.filter(|revision| revision.is_decided()) {
        None => None,
        Some(revision) => {
            let place = (sequence, record.at);
            Some(state.decide_again(matcher, place, revision, None, |_| ())?)
        }
    };
    state.apply(sequence, &record, event.as_ref())?;
    Ok(same)
}

impl Replayed {
    fn count(&mut self, sequence: Sequence, same: Option<bool>) {
        self.records += 1;
        self.decisions += u64::from(same.is_some());
        if same == Some(false) {
            self.otherwise += 1;
            if self.named.len() < NAMED {
                self.named.push(sequence);
            }
        }
    }
}
