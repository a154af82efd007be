//! Policies at the desk: a candidate is put, looked at, and let decide by another person; a policy that decided before
//! can be let decide again. What is compiled is compiled before anybody waits for it; from its record on every decision
//! is the new policy's, and names it.

mod candidate;
mod files;
mod told;

pub(super) use candidate::Compiled;
pub use files::CandidateFiles;
pub(super) use files::pointer;

use std::sync::Arc;

use serde_json::Value;

use super::access::LOCAL_NAME;
use super::crash::{Point, reach};
use super::desk::{Caller, Desk};
use super::refusal::Refusal;
use super::world::HeldWorld;
use crate::declaration::FaultCode;
use crate::engine::Program;
use crate::policy::read;
use crate::supervision::event::{How, PolicyActivated, Promotion, Rollback};
use crate::supervision::{AsOf, Candidate, Event, Snapshot, What, World, WorldError, caught_up};

/// How often a program is made anew because the registry has changed meanwhile; once more, changes wait for it.
const FREE_TRIES: usize = 3;

impl Desk {
    /// Lets the candidate decide, if it is the one that was looked at: what the request's body says is a
    /// [`Promotion`]. The activation, durable.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where there is no candidate, [`Refusal::Conflict`] where it is another one or the caller
    /// put it; faults of the body.
    pub fn promote(&self, body: &[u8], caller: Caller<'_>) -> Result<Value, Refusal> {
        let asked = Promotion::read(body)?;
        let (candidate, program) = self.candidate_program()?;
        if !is_named(&asked.policy, &program) {
            let version = program.policy().version();
            let why = format!("the candidate is `{version}`, not `{}`", asked.policy);
            return Err(Refusal::Conflict(why));
        }
        let confirmed_by = second(&candidate, &asked, caller)?;
        let still = |world: &World| match world.policies().candidate() {
            Some(now) if *now == candidate => Ok(()),
            _ => Err(Refusal::Conflict(
                "the candidate has been taken back or replaced meanwhile".to_owned(),
            )),
        };
        let what = |what: PolicyActivated| PolicyActivated {
            how: How::Promotion,
            put_by: Some(candidate.by.clone()),
            confirmed_by: Some(confirmed_by),
            reason: Some(asked.reason),
            ..what
        };
        self.activate(program, still, what, caller)
    }

    /// Lets a policy decide again that did before: what the request's body says is a [`Rollback`]. The activation,
    /// durable.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where no such policy decided before, [`Refusal::Conflict`] where it decides now, or does
    /// no longer fit; faults of the body.
    pub fn roll_back(&self, body: &[u8], caller: Caller<'_>) -> Result<Value, Refusal> {
        let asked = Rollback::read(body)?;
        let hash = self.decided_before(asked.policy.as_deref())?;
        let source = self.folder.policy(&hash);
        let source = source.map_err(|error| Refusal::Stopped(error.to_string()))?;
        let policy = Arc::new(read(&source).map_err(WorldError::from)?);
        let registry = Arc::clone(self.settle.snapshot().program.registry());
        let program = Program::compile(policy, registry).map_err(WorldError::Compile)?;
        let still = |world: &World| match world.program().policy().hash == hash {
            true => Err(Refusal::Conflict("that policy decides now".to_owned())),
            false => Ok(()),
        };
        let what = |what: PolicyActivated| PolicyActivated {
            how: How::Rollback,
            reason: Some(asked.reason),
            ..what
        };
        self.activate(Arc::new(program), still, what, caller)
    }

    /// The policy that is named, which must have decided before; else the last one that did.
    fn decided_before(&self, named: Option<&str>) -> Result<String, Refusal> {
        let world = self.hold_world()?;
        let policies = world.policies();
        let Some(named) = named else {
            let former = policies.former().map(str::to_owned);
            let none = || Refusal::NotFound("no other policy decided before this one".to_owned());
            return former.ok_or_else(none);
        };
        let hash = named.rsplit("sha256:").next().unwrap_or_default();
        let mut known = policies.activations().iter();
        match known.any(|activation| activation.what.policy == hash) {
            true => Ok(hash.to_owned()),
            false => {
                let why =
                    format!("no policy `{named}` decided before; the history names those that did");
                Err(Refusal::NotFound(why))
            }
        }
    }

    /// Lets a program decide from a record on. Who put its text where the record finds it has done so before.
    fn activate(
        &self,
        program: Arc<Program>,
        still: impl FnOnce(&World) -> Result<(), Refusal>,
        what: impl FnOnce(PolicyActivated) -> PolicyActivated,
        caller: Caller<'_>,
    ) -> Result<Value, Refusal> {
        let (mut world, program) = self.hold_caught_up(program)?;
        still(&world)?;
        world.may_decide(program.policy()).map_err(conflict)?;
        let what = what(PolicyActivated {
            policy: program.policy().hash.clone(),
            as_of_declaration: world.as_of() == AsOf::Declaration,
            how: How::Start,
            former: Some(world.program().policy().hash.clone()),
            put_by: None,
            confirmed_by: None,
            reason: None,
        });
        world.switch(&program)?;
        let snapshot = self.settle.snapshot();
        let next = Arc::new(Snapshot {
            program: Arc::clone(world.program()),
            policy: program.policy().version().into(),
            revision: snapshot.revision + 1,
            ..(*snapshot).clone()
        });
        let id = format!("policy_activated/{}/{}", what.how.as_str(), next.revision);
        let what = What::PolicyActivated(what);
        let event = Event::own(id, "policy_activated", self.settle.now(), what);
        reach(Point::PolicyKept);
        let settled = self.publish(&event, (caller.name, &[]), &next)?;
        world.note(&event, caller.name, (settled.sequence, settled.at));
        let last = world.policies().activations().last().cloned();
        drop(world);
        self.wait_durable(settled.sequence)?;
        Ok(last.map_or(Value::Null, |last| {
            told::activation(&last, &next.policy, next.revision)
        }))
    }

    /// Takes the world, with a program that knows the registry as it is. It is made where nobody waits for it, as long
    /// as the registry does not change again and again.
    fn hold_caught_up(
        &self,
        mut program: Arc<Program>,
    ) -> Result<(HeldWorld<'_>, Arc<Program>), Refusal> {
        for _ in 0..FREE_TRIES {
            let world = self.hold_world()?;
            let registry = Arc::clone(world.registry().current());
            if registry.is_of(program.registry()) {
                let program = caught_up(&program, &registry)?;
                return Ok((world, program));
            }
            drop(world);
            program = caught_up(&program, &registry)?;
        }
        let world = self.hold_world()?;
        let program = caught_up(&program, world.registry().current())?;
        Ok((world, program))
    }
}

/// Whether a text names a policy: its hash, or its id with it.
fn is_named(named: &str, program: &Program) -> bool {
    let policy = program.policy();
    named == policy.hash || named == policy.version()
}

/// The second person of a promotion: the caller, or, where callers are not told apart, whom the request names.
fn second(candidate: &Candidate, asked: &Promotion, caller: Caller<'_>) -> Result<String, Refusal> {
    let wrong = |code, why: &str| Refusal::fault("/confirmed_by", code, why);
    match asked.confirmed_by.as_deref() {
        None if caller.name == LOCAL_NAME => Err(wrong(
            FaultCode::Required,
            "without tokens nobody knows who calls: the second person is named",
        )),
        Some(name) if caller.name == LOCAL_NAME && [LOCAL_NAME, &candidate.by].contains(&name) => {
            Err(wrong(
                FaultCode::Range,
                "a second person is expected, not the one who put the candidate",
            ))
        }
        Some(name) if caller.name == LOCAL_NAME => Ok(name.to_owned()),
        Some(_) => Err(wrong(
            FaultCode::UnknownMember,
            "who calls with a token confirms it, and nobody else does",
        )),
        None if caller.name == candidate.by => Err(Refusal::Conflict(format!(
            "`{}` put the candidate: another person lets it decide",
            candidate.by
        ))),
        None => Ok(caller.name.to_owned()),
    }
}

/// What cannot be as things are.
fn conflict(error: WorldError) -> Refusal {
    Refusal::Conflict(error.to_string())
}
