//! What the registry and the policy say: the live registry, and the program that it makes with the policy. It changes
//! by events alone, each of which is made whole or refused.

use std::sync::Arc;

use super::accountability;
use super::effect::Effect;
use super::event::{Event, EventErrors, What};
use super::persons::{self, Occasion, Proposal};
use super::policies::Policies;
use super::transition;
use crate::declaration::{Day, Moment, Profile};
use crate::engine::{CompileError, Program};
use crate::journal::Sequence;
use crate::policy::{Policy, PolicyErrors, PolicySource, read};
use crate::registry::{Change, LiveRegistry, Registry, RegistryErrors, RegistrySource};

/// The day on which the standing of persons is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The declaration's, as the law of the goods.
    Declaration,
    /// The decision's.
    Decision,
}

/// Why a registry or policy is not taken.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Rows that are wrong.
    #[error("{0}")]
    Registry(#[from] RegistryErrors),
    /// An event that does not fit what is known: every fault.
    #[error("{0}")]
    Event(#[from] EventErrors),
    /// A policy that is wrong.
    #[error("{0}")]
    Policy(#[from] PolicyErrors),
    /// A policy beyond the engine's limits.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Compile(Vec<CompileError>),
    /// A policy by which what was recorded could not be read.
    #[error("{}", .0.join("; "))]
    Profile(Vec<String>),
}

/// See the module.
#[derive(Debug)]
pub struct World {
    live: LiveRegistry,
    program: Arc<Program>,
    as_of: AsOf,
    policies: Policies,
}

impl World {
    /// From the files of a registry and of a policy.
    ///
    /// # Errors
    /// Every fault of either.
    pub fn open(
        registry: &RegistrySource,
        policy: &PolicySource,
        as_of: AsOf,
    ) -> Result<Self, WorldError> {
        let policy = Arc::new(read(policy)?);
        let party_ids = policy.profile.party_ids.clone();
        let live = LiveRegistry::open(registry, Some(party_ids))?;
        let program = compile(policy, live.current())?;
        Ok(Self {
            live,
            program,
            as_of,
            policies: Policies::default(),
        })
    }

    /// The same, after what is known of policies.
    pub(super) fn with_policies(self, policies: Policies) -> Self {
        Self { policies, ..self }
    }

    /// The program.
    #[must_use]
    pub const fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The registry with its rows.
    #[must_use]
    pub const fn registry(&self) -> &LiveRegistry {
        &self.live
    }

    /// The day on which the standing of persons is read.
    #[must_use]
    pub const fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Asks whether an event may follow what is known, and whether the policy's guards let it be: for whoever takes
    /// events. What was taken is not asked again.
    ///
    /// # Errors
    /// Every transition that is not allowed; where all are, each guard that refuses it.
    pub fn check(&self, event: &Event) -> Result<(), WorldError> {
        transition::check(event, &self.live)?;
        // Guards are asked of what may happen at all.
        Ok(persons::refuse(event, &self.live, self.program.policy())?)
    }

    /// What the policy's classifications propose of an enterprise on a day, for an officer to confirm.
    #[must_use]
    pub fn proposals(&self, enterprise_id: &str, day: Day) -> Vec<Proposal> {
        persons::proposals(&self.live, self.program.policy(), enterprise_id, day)
    }

    /// The enterprise that an event concerns, by itself or by its case.
    #[must_use]
    pub fn enterprise_of<'w>(&'w self, event: &'w Event) -> Option<&'w str> {
        let by_case = || match &event.what {
            What::CauseFound(found) => self.live.enterprise_of_case(&found.case_id),
            What::CaseClosed(closed) => self.live.enterprise_of_case(&closed.case_id),
            _ => None,
        };
        event.enterprise_id().or_else(by_case)
    }

    /// Makes the changes of the registry that an event brings, if it brings any, and those that the policy's
    /// classifications make of it: one function for whoever takes events and whoever folds them. What it made of rows.
    ///
    /// # Errors
    /// Every fault; nothing has changed then.
    pub fn take(&mut self, event: &Event) -> Result<Effect, WorldError> {
        let policy = self.program.policy();
        let mut changes = accountability::changes(event, &self.live, policy)?;
        if changes.is_empty() {
            return Ok(Effect::default());
        }
        let occasion = Occasion {
            day: event.at.day(policy.profile.zone),
            authority: event.authority.as_deref(),
            document: event.document.as_deref(),
        };
        let more = persons::consequences(occasion, &changes, &self.live, policy);
        changes.extend(more);
        self.change(&changes)?;
        Ok(Effect {
            rows: self.live.changed(),
            ..Effect::default()
        })
    }

    /// Makes of rows what undoes an event: one function, too.
    ///
    /// # Errors
    /// Rows that were changed since, or that do not fit what came since; nothing has changed then.
    pub fn undo(&mut self, effect: &Effect) -> Result<(), WorldError> {
        let changes = effect.changes(&self.live)?;
        if changes.is_empty() {
            return Ok(());
        }
        self.change(&changes)
    }

    /// Makes changes of the registry.
    ///
    /// # Errors
    /// Every fault; nothing has changed then.
    pub fn change(&mut self, changes: &[Change]) -> Result<(), WorldError> {
        let registry = self.live.change(changes)?;
        match caught_up(&self.program, &registry) {
            Ok(program) => self.program = program,
            // What more than parties is changed may not compile.
            Err(error) => {
                self.live.take_back()?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Makes the registry what files say; tables that they lack stay, or become empty where they replace everything.
    /// From `today` on it is news to the policy's classifications. How many owners' rows the files changed.
    ///
    /// # Errors
    /// Every fault; nothing has changed then.
    pub fn import(
        &mut self,
        source: &RegistrySource,
        replace: bool,
        today: Day,
    ) -> Result<usize, WorldError> {
        let mut changes = self.live.difference(source, replace)?;
        let count = changes.len();
        if !changes.is_empty() {
            let occasion = Occasion {
                day: today,
                authority: None,
                document: None,
            };
            let policy = self.program.policy();
            let more = persons::consequences(occasion, &changes, &self.live, policy);
            changes.extend(more);
            self.change(&changes)?;
        }
        Ok(count)
    }

    // ----- the policy -----

    /// Which policies decided, and which one is the candidate.
    #[must_use]
    pub const fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Notes an act upon the policy: one function for whoever takes such acts and whoever folds them.
    pub fn note(&mut self, event: &Event, by: &str, place: (Sequence, Moment)) {
        self.policies.note(event, by, place);
    }

    /// Asks whether what was recorded can be read by another policy, too: for whoever lets one decide. What decided
    /// is not asked again.
    ///
    /// # Errors
    /// [`WorldError::Profile`].
    pub fn may_decide(&self, policy: &Policy) -> Result<(), WorldError> {
        let differs = breaks(&self.program.policy().profile, &policy.profile);
        match differs.is_empty() {
            true => Ok(()),
            false => Err(WorldError::Profile(differs)),
        }
    }

    /// Lets a program of another policy decide that was compiled against this registry as it is or was.
    ///
    /// # Errors
    /// [`WorldError::Compile`] where the registry has changed and it is beyond the limits now; nothing has changed then.
    pub fn switch(&mut self, program: &Arc<Program>) -> Result<(), WorldError> {
        self.program = caught_up(program, self.live.current())?;
        Ok(())
    }

    /// Lets another policy decide.
    ///
    /// # Errors
    /// Every fault of the policy, or of the registry under it; nothing has changed then.
    pub fn activate(&mut self, policy: &PolicySource, as_of: AsOf) -> Result<(), WorldError> {
        let policy = Arc::new(read(policy)?);
        let same = policy.profile.party_ids == self.program.policy().profile.party_ids;
        let live = match same {
            true => None,
            false => {
                let mut live = open_again(self.live.export(), &policy)?;
                live.set_files(self.live.current().files());
                Some(live)
            }
        };
        let registry = live.as_ref().unwrap_or(&self.live).current();
        self.program = compile(policy, registry)?;
        self.as_of = as_of;
        if let Some(live) = live {
            self.live = live;
        }
        Ok(())
    }
}

/// A live registry of exported files, under a policy's party ids.
fn open_again(
    files: Vec<(String, String)>,
    policy: &Policy,
) -> Result<LiveRegistry, RegistryErrors> {
    let files = files.into_iter();
    let files = files.map(|(name, text)| (name, text.into_bytes()));
    let party_ids = Some(policy.profile.party_ids.clone());
    LiveRegistry::open(&RegistrySource::from_files(files)?, party_ids)
}

/// A program of the same policy and a registry as it is now.
///
/// # Errors
/// [`WorldError::Compile`].
pub fn caught_up(
    program: &Arc<Program>,
    registry: &Arc<Registry>,
) -> Result<Arc<Program>, WorldError> {
    if Arc::ptr_eq(program.registry(), registry) {
        return Ok(Arc::clone(program));
    }
    match program.follow(Arc::clone(registry)) {
        Some(followed) => Ok(Arc::new(followed)),
        None => compile(Arc::clone(program.policy()), registry),
    }
}

/// What another profile would make unreadable: declarations that were recorded are read again when something is said
/// of them, and their days and values are counted.
fn breaks(now: &Profile, other: &Profile) -> Vec<String> {
    let mut found = Vec::new();
    if now.zone != other.zone {
        found.push(
            "`timezone` stays as it is: days that have begun, and what was counted on them, are of that zone"
                .to_owned(),
        );
    }
    if now.base_currency != other.base_currency {
        found.push(format!(
            "`base_currency` stays {}: values that were counted are in it",
            now.base_currency
        ));
    }
    if now.party_ids != other.party_ids {
        found.push(
            "`party_ids` stays as it is: the registry and the declarations that are known were read by it"
                .to_owned(),
        );
    }
    for (name, kind) in now.attributes.iter() {
        match other.attributes.find(name) {
            Some((_, other)) if other == kind => {}
            Some(_) => found.push(format!(
                "the attribute `{name}` keeps its type: declarations that are known have it"
            )),
            None => found.push(format!(
                "the attribute `{name}` stays declared: declarations that are known may have it"
            )),
        }
    }
    found
}

/// A policy compiled against a registry.
fn compile(policy: Arc<Policy>, registry: &Arc<Registry>) -> Result<Arc<Program>, WorldError> {
    let program = Program::compile(policy, Arc::clone(registry));
    program.map(Arc::new).map_err(WorldError::Compile)
}
