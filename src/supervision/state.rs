//! The whole state as a fold over records: what recovery makes, what the archive's thread follows, and what replay
//! holds the live state against.

use std::sync::Arc;

use super::effect::Effect;
use super::event::{Event, EventErrors, What};
use super::folder::{DataFolder, FolderError};
use super::keys::{KeyError, Keys};
use super::known::Known;
use super::ledger::{Ledger, Places, Step, digest};
use super::marks::{note, withdraw};
use super::matcher::Matcher;
use super::record::{Act, Record, RecordError, Revision};
use super::world::{AsOf, World, WorldError};
use crate::declaration::{Day, Declaration, Fault, Moment, Zone, read_json};
use crate::engine::{Decision, DecisionMeta, HeaderJoin, Outcome, Program};
use crate::journal::Sequence;
use crate::registry::RegistrySource;

/// Why a record cannot be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// Bytes that are no record.
    #[error("{0}")]
    Record(#[from] RecordError),
    /// An event that is not one.
    #[error("an event that was recorded cannot be read: {0}")]
    Event(#[from] EventErrors),
    /// A change that is refused now.
    #[error("a change that was recorded cannot be made: {0}")]
    World(#[from] WorldError),
    /// What a record names is not in the data folder.
    #[error("{0}")]
    Folder(#[from] FolderError),
    /// The disk refused.
    #[error("{0}")]
    Disk(std::io::Error),
    /// A key is not what was committed to.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// A declaration that was recorded is refused now.
    #[error("a declaration that was recorded cannot be read: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Declaration(Vec<Fault>),
    /// Nothing was decided yet by anything.
    #[error("a record stands before the registry and policy that it needs")]
    Early,
}

/// See the module.
#[derive(Debug)]
pub struct State {
    folder: Arc<DataFolder>,
    /// What was read when the folder was begun, until the first policy says how.
    seed: Option<RegistrySource>,
    seed_hash: Option<String>,
    /// The registry and the policy; none before the first policy.
    pub world: Option<World>,
    /// Declarations and events.
    pub ledger: Ledger,
    /// The keys of the draws.
    pub keys: Keys,
}

impl State {
    /// Before the first record.
    #[must_use]
    pub fn new(folder: Arc<DataFolder>) -> Self {
        let keys = Keys::new(folder.keys());
        Self {
            folder,
            seed: None,
            seed_hash: None,
            world: None,
            ledger: Ledger::default(),
            keys,
        }
    }

    /// The hash of the registry that the folder was begun with.
    #[must_use]
    pub fn seed_hash(&self) -> Option<&str> {
        self.seed_hash.as_deref()
    }

    pub(super) fn set_seed_hash(&mut self, hash: Option<&str>) {
        self.seed_hash = hash.map(str::to_owned);
    }

    /// The time zone of the policy.
    #[must_use]
    pub fn zone(&self) -> Zone {
        let world = self.world.as_ref();
        world.map_or(Zone::UTC, |world| world.program().policy().profile.zone)
    }

    fn event(&self, act: &Act<'_>) -> Result<Event, FoldError> {
        Ok(Event::parse(act.body.as_bytes(), self.zone())?)
    }

    /// Reads a payload of the journal: the record, with its act's event.
    ///
    /// # Errors
    /// [`FoldError::Record`], [`FoldError::Event`].
    pub fn read<'p>(&self, payload: &'p [u8]) -> Result<(Record<'p>, Option<Event>), FoldError> {
        let record = Record::decode(payload)?;
        let event = record.act.as_ref().map(|act| self.event(act));
        let event = event.transpose()?;
        Ok((record, event))
    }

    /// Takes the next record in, with its act's event.
    ///
    /// # Errors
    /// See [`FoldError`]; the state is then no longer of use.
    pub fn apply(
        &mut self,
        sequence: Sequence,
        record: &Record<'_>,
        event: Option<&Event>,
    ) -> Result<(), FoldError> {
        if let (Some(act), Some(event)) = (&record.act, event) {
            self.carry_out(event, act, (sequence, record.at))?;
            self.ledger.registry_revision = act.registry_revision;
            let (key, content) = (digest(event.id.as_bytes()), digest(event.body.as_bytes()));
            self.ledger.enter_event(key, content, sequence);
            if let Some(world) = &self.world {
                let life = &world.program().policy().life;
                self.ledger.heed(event, life, (sequence, record.at));
            }
        }
        if !record.marks.is_empty() {
            let world = self.world.as_ref().ok_or(FoldError::Early)?;
            note(world.registry().current().files(), record.marks, event);
        }
        if let Some(revision) = &record.revision {
            let mut step = Step::of(revision);
            self.ledger.step(&mut step, sequence, record.at);
        }
        self.ledger.advance(sequence, record.at);
        Ok(())
    }

    /// Takes in what the next record's event makes of registry, policy and keys, and nothing else: for whoever reads all
    /// records for what they say, and keeps none of their declarations.
    ///
    /// # Errors
    /// See [`FoldError`]; the state is then no longer of use.
    pub fn follow(
        &mut self,
        sequence: Sequence,
        record: &Record<'_>,
        event: Option<&Event>,
    ) -> Result<(), FoldError> {
        match (&record.act, event) {
            (Some(act), Some(event)) => self.carry_out(event, act, (sequence, record.at)),
            _ => Ok(()),
        }
    }

    /// Decides again what a record says was decided: whether the outcome is the same, to the byte. `then` gets the
    /// decision as it is made again.
    ///
    /// # Errors
    /// See [`FoldError`].
    pub fn decide_again(
        &mut self,
        matcher: &mut Matcher,
        place: (Sequence, Moment),
        revision: &Revision<'_>,
        cause: Option<&str>,
        then: impl FnOnce(&Decision<'_>),
    ) -> Result<bool, FoldError> {
        let key = self.keys.load(revision.key_day)?;
        let program = Arc::clone(self.world()?.program());
        let recorded = (revision.body.as_bytes(), revision.declaration_day);
        let declaration = read_recorded(recorded, &program).map_err(FoldError::Declaration)?;
        let day = revision.decision_day;
        let (sequence, decided_at) = place;
        let again = |header: &HeaderJoin<'_>, outcome: &Outcome, bytes: &[u8]| {
            then(&Decision {
                program: &program,
                header,
                outcome,
                meta: DecisionMeta {
                    sequence: sequence.get(),
                    revision: revision.revision,
                    kind: revision.kind.as_str(),
                    decided_at,
                    registry_revision: revision.registry_revision,
                    engine_ns: Some(revision.engine_ns),
                },
                cause,
            });
            bytes == revision.outcome
        };
        matcher.assume(&revision.moves.reads, &revision.moves.asks, None);
        let before = (revision.kind, revision.kept.as_slice());
        let same = matcher.decide((&program, day, &key), &declaration, before, again);
        let mut moves = matcher.moves(&declaration, &revision.moves.returned);
        if revision.moves.slots.is_none() {
            // An older record does not say.
            moves.slots = None;
        }
        // What it was told is what the records before it say.
        let told = &revision.moves;
        let same = same && moves == revision.moves;
        Ok(same && Known::otherwise(&self.ledger, told, &Places::default()).is_none())
    }

    /// Decides by another program what a record says was decided, with the same draws, and stocks and counters as they are
    /// before it: the matcher's outcome.
    ///
    /// # Errors
    /// [`FoldError::Declaration`] where that program's policy refuses the declaration; [`FoldError::Key`].
    pub fn decide_by(
        &mut self,
        matcher: &mut Matcher,
        program: &Program,
        revision: &Revision<'_>,
    ) -> Result<(), FoldError> {
        let key = self.keys.load(revision.key_day)?;
        let recorded = (revision.body.as_bytes(), revision.declaration_day);
        let declaration = read_recorded(recorded, program).map_err(FoldError::Declaration)?;
        let before = (revision.kind, revision.kept.as_slice());
        let mut known = Known::default();
        loop {
            matcher.assume(&known.taken, &known.asks, None);
            let asked = (program, revision.decision_day, &key);
            matcher.decide(asked, &declaration, before, |_, _, _| ());
            let moves = matcher.moves(&declaration, &revision.moves.returned);
            match Known::otherwise(&self.ledger, &moves, &Places::default()) {
                None => return Ok(()),
                // With every try more of stocks and counters is known.
                Some(actual) => known.learn(actual),
            }
        }
    }

    fn carry_out(
        &mut self,
        event: &Event,
        act: &Act<'_>,
        (sequence, at): (Sequence, Moment),
    ) -> Result<(), FoldError> {
        match &event.what {
            What::Opened { registry } => {
                self.seed = Some(self.folder.registry(registry)?);
                self.seed_hash = Some(registry.clone());
            }
            What::PolicyActivated(activated) => {
                self.activate(&activated.policy, activated.as_of_declaration)?;
                self.world()?.note(event, act.by, (sequence, at));
            }
            What::CandidatePut(_) | What::CandidateWithdrawn(_) => {
                self.world()?.note(event, act.by, (sequence, at));
            }
            What::Registry(_) | What::Adverse(_) | What::CauseFound(_) | What::CaseClosed(_) => {
                self.world()?.take(event)?;
            }
            What::Voided(voided) => {
                let effect = Effect::decode(act.effect).ok_or(RecordError::Malformed)?;
                let world = self.world()?;
                world.undo(&effect)?;
                withdraw(world.registry().current().files(), &effect.withdrawn);
                self.ledger.enter_void(voided, sequence);
            }
            What::Imported { registry, replace } => {
                let source = self.folder.registry(registry)?;
                let today = self.ledger.today;
                self.world()?.import(&source, *replace, today)?;
            }
            What::DayTurned(day) => {
                self.ledger.turn(*day, sequence);
                (0..Ledger::parts()).for_each(|part| self.ledger.forget(part));
            }
            What::KeyCommitted { day, commitment } => self.keys.commit(*day, commitment),
            What::Inspection(result) => {
                let key = digest(result.declaration_id.as_bytes());
                self.ledger.inspect(key, result.item_no, result.passed);
                if !act.effect.is_empty() {
                    let effect = Effect::decode(act.effect).ok_or(RecordError::Malformed)?;
                    self.world()?.inspected_as(&effect)?;
                }
            }
            What::Documents(_)
            | What::Released(_)
            | What::Rejected(_)
            | What::Cancelled(_)
            | What::Overridden(_)
            | What::HoldExpired(_)
            | What::CallersConfigured(_)
            | What::Redecided { .. }
            | What::RedecisionEnded { .. } => {}
        }
        Ok(())
    }

    fn activate(&mut self, hash: &str, as_of_declaration: bool) -> Result<(), FoldError> {
        let policy = self.folder.policy(hash)?;
        let as_of = if as_of_declaration {
            AsOf::Declaration
        } else {
            AsOf::Decision
        };
        match (&mut self.world, self.seed.take()) {
            (Some(world), _) => world.activate(&policy, as_of)?,
            (None, Some(seed)) => self.world = Some(World::open(&seed, &policy, as_of)?),
            (None, None) => return Err(FoldError::Early),
        }
        Ok(())
    }

    fn world(&mut self) -> Result<&mut World, FoldError> {
        self.world.as_mut().ok_or(FoldError::Early)
    }
}

/// A declaration as it was recorded, whose law is that of its first version's day, read by a program.
///
/// # Errors
/// Every fault that it has by the program's policy.
pub fn read_recorded<'b>(
    (body, day): (&'b [u8], Day),
    program: &Program,
) -> Result<Declaration<'b>, Vec<Fault>> {
    let (profile, currencies) = (&program.policy().profile, program.registry().currencies());
    let mut declaration = read_json(body, profile, currencies)?;
    declaration.set_day(day, profile, currencies)?;
    Ok(declaration)
}
