//! Replay: every record from the first on, folded again, and every decision among them made again. It is the test of
//! everything that is recorded.

use std::sync::Arc;

use super::walk::{WalkError, walk};
use crate::journal::{LocalDisk, Sequence};
use crate::supervision::{DataFolder, FoldError, Matcher, State, checkpoints, read_checkpoint};

/// How many records that come out otherwise are named.
const NAMED: usize = 20;

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
/// See [`WalkError`].
pub fn replay(
    folder: DataFolder,
    fold: bool,
    progress: impl FnMut(u64, u64),
) -> Result<Replayed, WalkError> {
    replay_state(folder, fold, progress).map(|(replayed, _)| replayed)
}

/// Replays a data folder; also the state that all records make.
///
/// # Errors
/// See [`WalkError`].
pub fn replay_state(
    folder: DataFolder,
    fold: bool,
    progress: impl FnMut(u64, u64),
) -> Result<(Replayed, State), WalkError> {
    let folder = Arc::new(folder);
    let kept = LocalDisk::open(folder.checkpoints())?;
    let against = match fold {
        false => None,
        true => Some(*checkpoints(&kept)?.first().ok_or(WalkError::NoCheckpoint)?),
    };
    let (mut state, mut matcher) = (State::new(Arc::clone(&folder)), Matcher::default());
    let mut replayed = Replayed::default();
    let each = |sequence, payload: &[u8]| {
        let again = again(&mut state, &mut matcher, (sequence, payload));
        replayed.count(sequence, again.map_err(WalkError::fold(sequence))?);
        if against == Some(sequence) {
            let live = read_checkpoint(&kept, &folder, sequence, |_| ());
            let live = live.map_err(WalkError::Checkpoint)?;
            let live = live.ok_or(WalkError::NoCheckpoint)?;
            let same = live.ledger.last == sequence && live.digest() == state.digest();
            replayed.fold = Some((sequence, same));
        }
        Ok(())
    };
    walk(&folder, each, progress)?;
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
