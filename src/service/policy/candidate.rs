//! The candidate: one at a time, checked and compiled when it is put, and kept by the records as everything else.

use std::sync::{Arc, PoisonError};

use serde_json::{Value, json};

use super::told;
use crate::declaration::{Fault, FaultCode};
use crate::engine::{CompileError, Program};
use crate::journal::Sequence;
use crate::policy::{PolicySource, read};
use crate::service::crash::{Point, reach};
use crate::service::desk::{Caller, Desk};
use crate::service::refusal::Refusal;
use crate::supervision::{Candidate, Event, What, World, WorldError, caught_up};

/// The candidate's program, of the record that put it.
pub(in crate::service) type Compiled = Option<(Sequence, Arc<Program>)>;

impl Desk {
    /// Puts a policy as the candidate, instead of the one that may be there: what it is, and how it differs from the
    /// policy that decides.
    ///
    /// # Errors
    /// [`Refusal::Policy`] with every mistake of its files; [`Refusal::Faults`] where it is beyond the engine's limits, or
    /// what was recorded could not be read by it; [`Refusal::Conflict`] where it decides now.
    pub fn put_candidate(
        &self,
        source: &PolicySource,
        caller: Caller<'_>,
    ) -> Result<Value, Refusal> {
        let policy = Arc::new(read(source).map_err(WorldError::from)?);
        let registry = Arc::clone(self.settle.snapshot().program.registry());
        let program = Program::compile(policy, registry).map_err(|errors| beyond(&errors))?;
        let program = Arc::new(program);
        let fits = self.hold_world()?.may_decide(program.policy());
        fits.map_err(unfit)?;
        // Whoever puts another one waits, so that nobody writes the same files meanwhile.
        let mut compiled = self
            .candidate
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let kept = self.folder.keep_policy(source);
        kept.map_err(|error| Refusal::Stopped(error.to_string()))?;
        reach(Point::PolicyKept);
        let (candidate, replaced, repeated) = self.enter_candidate(&program, caller)?;
        *compiled = Some((candidate.sequence, Arc::clone(&program)));
        drop(compiled);
        self.wait_durable(candidate.sequence)?;
        let active = self.settle.snapshot();
        let mut told = told::candidate(&candidate, &program, active.program.policy());
        if let Some(members) = told.as_object_mut() {
            members.insert("replaced".to_owned(), replaced.into());
            members.insert("repeated".to_owned(), repeated.into());
        }
        Ok(told)
    }

    /// Records a candidate, unless it is the candidate already; with the hash of the one that it replaces.
    fn enter_candidate(
        &self,
        program: &Program,
        caller: Caller<'_>,
    ) -> Result<(Candidate, Option<String>, bool), Refusal> {
        let mut world = self.hold_world()?;
        let (hash, active) = (&program.policy().hash, world.program().policy());
        if active.hash == *hash {
            return Err(Refusal::Conflict("this policy decides now".to_owned()));
        }
        world.may_decide(program.policy()).map_err(unfit)?;
        let before = world.policies().candidate().cloned();
        if let Some(same) = before.clone().filter(|before| before.policy == *hash) {
            return Ok((same, None, true));
        }
        let what = What::CandidatePut(hash.clone());
        self.record_candidate(&mut world, "policy_candidate_put", what, caller)?;
        let candidate = world.policies().candidate().cloned();
        let candidate = candidate
            .ok_or_else(|| Refusal::Stopped("a candidate that was put is not there".to_owned()))?;
        Ok((candidate, before.map(|before| before.policy), false))
    }

    /// Takes the candidate back.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where there is none.
    pub fn withdraw_candidate(&self, caller: Caller<'_>) -> Result<Value, Refusal> {
        let mut world = self.hold_world()?;
        let candidate = world.policies().candidate().cloned();
        let candidate = candidate.ok_or_else(none)?;
        let what = What::CandidateWithdrawn(candidate.policy.clone());
        let kind = "policy_candidate_withdrawn";
        let sequence = self.record_candidate(&mut world, kind, what, caller)?;
        drop(world);
        self.wait_durable(sequence)?;
        Ok(json!({ "hash": candidate.policy, "sequence": sequence.get() }))
    }

    fn record_candidate(
        &self,
        world: &mut World,
        kind: &str,
        what: What,
        caller: Caller<'_>,
    ) -> Result<Sequence, Refusal> {
        // Such acts come one at a time, and each is a record.
        let last = self.settle.hold()?.ledger().last;
        let id = format!("{kind}/{}", last.next());
        let event = Event::own(id, kind, self.settle.now(), what);
        let next = self.settle.snapshot();
        let settled = self.publish(&event, (caller.name, &[]), &next)?;
        world.note(&event, caller.name, (settled.sequence, settled.at));
        Ok(settled.sequence)
    }

    /// What the candidate is, and how it differs from the policy that decides.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where there is none.
    pub fn candidate(&self) -> Result<Value, Refusal> {
        let (candidate, program) = self.candidate_program()?;
        self.wait_durable(candidate.sequence)?;
        let active = self.settle.snapshot();
        Ok(told::candidate(
            &candidate,
            &program,
            active.program.policy(),
        ))
    }

    /// The candidate, compiled against the registry as it is.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where there is none.
    pub(in crate::service) fn candidate_program(
        &self,
    ) -> Result<(Candidate, Arc<Program>), Refusal> {
        let candidate = self.hold_world()?.policies().candidate().cloned();
        let candidate = candidate.ok_or_else(none)?;
        let mut compiled = self
            .candidate
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.settle.snapshot();
        let registry = snapshot.program.registry();
        let known = compiled
            .take()
            .filter(|(sequence, _)| *sequence == candidate.sequence);
        let program = match known {
            Some((_, program)) => caught_up(&program, registry)?,
            None => {
                let source = self.folder.policy(&candidate.policy);
                let source = source.map_err(|error| Refusal::Stopped(error.to_string()))?;
                let policy = Arc::new(read(&source).map_err(WorldError::from)?);
                let program = Program::compile(policy, Arc::clone(registry));
                Arc::new(program.map_err(|errors| beyond(&errors))?)
            }
        };
        *compiled = Some((candidate.sequence, Arc::clone(&program)));
        Ok((candidate, program))
    }
}

fn none() -> Refusal {
    Refusal::NotFound("there is no candidate".to_owned())
}

fn beyond(errors: &[CompileError]) -> Refusal {
    faults(errors.iter().map(ToString::to_string))
}

fn unfit(error: WorldError) -> Refusal {
    match error {
        WorldError::Profile(why) => faults(why),
        other => other.into(),
    }
}

/// What is said of the whole policy.
fn faults(why: impl IntoIterator<Item = String>) -> Refusal {
    let faults = why.into_iter().map(|detail| Fault {
        pointer: String::new(),
        code: FaultCode::Policy,
        detail,
    });
    Refusal::Faults(faults.collect())
}
