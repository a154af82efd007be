//! Start: the data folder is locked, the journal checked, the state folded, and what is new journaled, before anybody
//! is answered.

use std::path::PathBuf;
use std::sync::Arc;

use super::acts::{OWN_NAME, encode};
use super::crash::Between;
use super::desk::Desk;
use super::refusal::Refusal;
use super::tail::{Tail, TailError, TailParts};
use crate::archive::{ArchiveError, History, HistoryError, RollOptions, RollingWriter};
use crate::journal::{
    Folders, Journal, JournalError, LocalDisk, LocalFolders, Options, Recovery, Sequence,
};
use crate::policy::{PolicySource, read};
use crate::registry::RegistrySource;
use crate::supervision::event::{How, PolicyActivated};
use crate::supervision::{
    AsOf, Clock, DataFolder, Event, FoldError, FolderError, KeyError, State, What, WorldError,
    checkpoints, read_checkpoint,
};

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("{0}")]
    Folder(#[from] FolderError),
    /// The journal cannot be used.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The archive cannot be used.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// Records that were archived cannot be read.
    #[error("{0}")]
    History(#[from] HistoryError),
    /// A checkpoint is whole and cannot be used.
    #[error("a checkpoint cannot be used: {0}")]
    Checkpoint(FoldError),
    /// A record cannot be folded.
    #[error("record {sequence}: {error}")]
    Fold {
        /// Its place.
        sequence: Sequence,
        /// Why.
        error: FoldError,
    },
    /// What is new cannot be taken: the registry, the policy, or both.
    #[error("{0}")]
    New(FoldError),
    /// A new data folder needs a registry and a policy.
    #[error(
        "a new data folder needs a policy and a registry: name them, or `init` a folder of your own"
    )]
    Nothing,
    /// A key of the draws is missing.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// There is no thread, or no folder can be made.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The first acts were refused.
    #[error("{0}")]
    Refused(#[from] Refusal),
}

/// What decides, where a folder is begun or its policy changes.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The policy.
    pub policy: PolicySource,
    /// The files that seed the registry of a new folder.
    pub registry: Option<RegistrySource>,
    /// The day on which the standing of persons is read.
    pub as_of: AsOf,
}

impl Begin {
    /// Whether it may have begun this folder.
    fn began(&self, state: &State) -> bool {
        let own = |seed: &str| {
            let registry = self.registry.as_ref();
            registry.is_some_and(|registry| registry.hash() == seed)
        };
        state.seed_hash().is_none_or(own)
    }
}

/// How to start.
pub struct StartOptions {
    /// The data folder.
    pub data: PathBuf,
    /// What decides; none leaves everything as it is.
    pub begin: Option<Begin>,
    /// What decides in a new folder where nothing else is named.
    pub demonstration: Option<Begin>,
    /// How the journal is kept; what it must at least hold is known by the archive.
    pub journal: Options,
    /// When archive files are sealed.
    pub roll: RollOptions,
    /// Tells the time.
    pub clock: Clock,
    /// What stands between the service and its disks.
    pub between: Between,
}

/// A service that has started.
pub struct Started {
    /// Where requests come.
    pub desk: Arc<Desk>,
    /// The thread of the archive.
    pub tail: Tail,
    /// What was found in the journal.
    pub recovery: Recovery,
    /// What should be told: a registry that was given and is not used, a key that is missing.
    pub notes: Vec<String>,
}

/// Starts; `progress` hears how many records of how many have been folded.
///
/// # Errors
/// See [`StartError`].
pub fn start(
    options: StartOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Started, StartError> {
    let folder = Arc::new(DataFolder::write(&options.data)?);
    let between = options.between;
    let folders = (between.archive)(Arc::new(LocalFolders::new(folder.archive())));
    let writer = RollingWriter::open(Arc::clone(&folders), options.roll)?;
    let kept = (between.checkpoints)(Arc::new(LocalDisk::open(folder.checkpoints())?));
    let newest = checkpoints(kept.as_ref())?.first().copied();
    let disk = (between.journal)(Arc::new(LocalDisk::open(folder.journal())?));
    let journal_options = Options {
        at_least: writer.archived().max(newest.unwrap_or(Sequence::ZERO)),
        ..options.journal
    };
    let (journal, recovery) = Journal::open(disk, journal_options)?;
    let journal = Arc::new(journal);
    let mut notes = Vec::new();
    let passed = |why| notes.push(why);
    let read = read_checkpoint(kept.as_ref(), &folder, recovery.last, passed);
    let read = read.map_err(StartError::Checkpoint)?;
    let mut state = read.unwrap_or_else(|| State::new(Arc::clone(&folder)));
    fold(
        (&journal, Arc::clone(&folders)),
        &recovery,
        &mut state,
        progress,
    )?;
    // Also where a process ended between the record of the registry and that of the policy.
    let demonstration = options.demonstration.as_ref();
    let demonstration = demonstration.filter(|begin| state.world.is_none() && begin.began(&state));
    if let Some(begin) = options.begin.as_ref().or(demonstration) {
        decide_by(
            begin,
            &folder,
            (&journal, &mut state),
            &options.clock,
            &mut notes,
        )?;
    }
    if state.world.is_none() {
        return Err(StartError::Nothing);
    }
    let missing = state.keys.load_all();
    notes.extend(missing.into_iter().map(|(day, error)| {
        format!("the key of the draws of {day} cannot be read, so what was first decided that day cannot be amended: {error}")
    }));
    let parts = TailParts {
        journal: Arc::clone(&journal),
        folder: Arc::clone(&folder),
        archive: Arc::clone(&folders),
        max_age_s: options.roll.max_age_s,
        checkpoints: kept,
        clock: Arc::clone(&options.clock),
    };
    let tail = Tail::follow(parts, writer)?;
    let desk = Desk::new(state, journal, Arc::clone(&options.clock), folder, folders)?;
    let desk = Arc::new(desk);
    desk.turn_day()?;
    // So that whoever asks next reads all of it.
    let last = desk.settle().hold().map_err(Refusal::from)?.ledger().last;
    desk.settle().journal().wait_durable(last)?;
    Ok(Started {
        desk,
        tail,
        recovery,
        notes,
    })
}

/// Why a service does not end well.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    /// The journal stopped.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The archive stopped.
    #[error("{0}")]
    Tail(#[from] TailError),
}

/// Ends what [`start`] began: everything that was appended is durable, then archived and sealed.
///
/// # Errors
/// See [`EndError`].
pub fn end(desk: &Desk, tail: Tail) -> Result<(), EndError> {
    let journal = desk.settle().journal();
    let last = desk.settle().hold().ok().map(|held| held.ledger().last);
    if let Some(last) = last {
        journal.wait_durable(last)?;
    }
    tail.close()?;
    Ok(journal.end()?)
}

/// Folds what the state does not have yet: of the archive, where the journal has it no more, then of the journal.
fn fold(
    (journal, archive): (&Journal, Arc<dyn Folders>),
    recovery: &Recovery,
    state: &mut State,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StartError> {
    let (from, last) = (state.ledger.last.next(), recovery.last.get());
    let mut history = History::open(journal, archive, from)?;
    while let Some((sequence, payload)) = history.next_record()? {
        apply(state, sequence, payload).map_err(|error| StartError::Fold { sequence, error })?;
        if sequence.get().is_multiple_of(1_024) || sequence.get() == last {
            progress(
                sequence.get() - from.previous().get(),
                last - from.previous().get(),
            );
        }
    }
    Ok(())
}

/// Folds a record that was read.
pub(super) fn apply(
    state: &mut State,
    sequence: Sequence,
    payload: &[u8],
) -> Result<(), FoldError> {
    let (record, event) = state.read(payload)?;
    state.apply(sequence, &record, event.as_ref())
}

/// Journals what is given and new: the seed of a new folder, and a policy that is not the one that decides.
fn decide_by(
    begin: &Begin,
    folder: &DataFolder,
    (journal, state): (&Journal, &mut State),
    clock: &Clock,
    notes: &mut Vec<String>,
) -> Result<(), StartError> {
    match &begin.registry {
        Some(source) if state.ledger.last == Sequence::ZERO => {
            folder.keep_registry(source)?;
            let registry = source.hash();
            let what = What::Opened { registry };
            let event = Event::own("data_opened".to_owned(), "data_opened", clock(), what);
            act(journal, state, &event)?;
        }
        Some(source) if state.seed_hash() != Some(source.hash().as_str()) => {
            notes.push("the registry that was given is not the one that began this data folder, and is ignored; events and imports change the registry".to_owned());
        }
        None if state.ledger.last == Sequence::ZERO => return Err(StartError::Nothing),
        _ => {}
    }
    let policy = begin.policy.hash();
    let world = state.world.as_ref();
    let as_of_declaration = begin.as_of == AsOf::Declaration;
    if let Some(world) = world {
        if world.program().policy().hash == policy && world.as_of() == begin.as_of {
            return Ok(());
        }
        // Whoever starts it again as before does not undo what was decided meanwhile.
        let started = world.policies().started();
        if started.is_some_and(|started| {
            started.policy == policy && started.as_of_declaration == as_of_declaration
        }) {
            notes.push(format!(
                "the policy that was given is the one of an earlier start; since then another was let decide, which still does: {}",
                world.program().policy().version()
            ));
            return Ok(());
        }
        let given = read(&begin.policy).map_err(WorldError::from);
        let fits = given.and_then(|given| world.may_decide(&given));
        fits.map_err(|error| StartError::New(error.into()))?;
    }
    let former = world.map(|world| world.program().policy().hash.clone());
    folder.keep_policy(&begin.policy)?;
    let id = format!("policy_activated/{}", state.ledger.last.next());
    let what = What::PolicyActivated(PolicyActivated {
        policy,
        as_of_declaration,
        how: How::Start,
        former,
        put_by: None,
        confirmed_by: None,
        reason: None,
    });
    let event = Event::own(id, "policy_activated", clock(), what);
    act(journal, state, &event)
}

/// Carries an act of the service itself out, and journals it if it can be.
fn act(journal: &Journal, state: &mut State, event: &Event) -> Result<(), StartError> {
    let revision = state.ledger.registry_revision + 1;
    let at = event.at.max(state.ledger.last_at);
    let mut payload = encode(event, OWN_NAME, revision, (None, &[]));
    crate::supervision::stamp(&mut payload, at);
    let sequence = state.ledger.last.next();
    apply(state, sequence, &payload).map_err(StartError::New)?;
    let appended = journal.append(&payload)?;
    debug_assert_eq!(appended, sequence, "nobody else appends yet");
    journal.wait_durable(appended)?;
    Ok(())
}
