//! A preview: what would be decided of a declaration now, by the policy that decides or by the candidate. It is decided
//! as it would be if it came now, with its draws and the stocks and counters as they are, and nothing is recorded.

use std::sync::Arc;

use super::desk::{Desk, draw_key};
use super::refusal::Refusal;
use crate::declaration::{Declaration, read_json};
use crate::engine::Program;
use crate::supervision::{
    Cause, Known, Matcher, Prior, Record, RevisionKind, Snapshot, Unsettled, write_preview_of,
};

impl Desk {
    /// Decides a declaration, given as JSON, without recording it: the answer as an officer would see it. Of a
    /// declaration that is known it is the next version or, where the version is the latest, that one decided again.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn preview(&self, bytes: &[u8], by_candidate: bool) -> Result<Vec<u8>, Refusal> {
        let candidate = match by_candidate {
            true => Some(self.candidate_program()?.1),
            false => None,
        };
        let (snapshot, mut matcher) = (self.seen_by(candidate), Matcher::default());
        let policy = snapshot.program.policy();
        let currencies = snapshot.program.registry().currencies();
        let mut declaration =
            read_json(bytes, &policy.profile, currencies).map_err(Refusal::Faults)?;
        let known = matcher.digest(&declaration, &snapshot.program);
        self.check_age(&snapshot, &declaration, known, None)?;
        let held = self.hold_known(known.0)?;
        let prior = held.ledger().entry(known.0);
        let prior = prior.map(|entry| held.prior(entry));
        drop(held);
        if let Some(prior) = &prior {
            declaration
                .set_day(prior.entry.declaration_day, &policy.profile, currencies)
                .map_err(Refusal::Faults)?;
        }
        let cause = cause(&declaration, prior.as_ref())?;
        let key_day = prior.as_ref().map_or(snapshot.today, |of| of.entry.key_day);
        let key = (key_day, draw_key(&snapshot, key_day)?);
        let mut inputs = Known::default();
        loop {
            matcher.assume(&inputs.taken, &inputs.asks, Some(&self.hints));
            let draft = matcher.draft(&snapshot, &declaration, known, prior.as_ref(), key, cause);
            // With every try more of stocks and counters is known.
            match self.settle.hold()?.agrees(&draft.step) {
                Ok(()) => break,
                Err(Unsettled::Inputs(actual)) => inputs.learn(actual),
                Err(other) => return Err(other.into()),
            }
        }
        self.told(&matcher.payload)
    }

    /// What a decision sees now, by the policy that decides or another.
    fn seen_by(&self, candidate: Option<Arc<Program>>) -> Snapshot {
        let snapshot = (*self.settle.snapshot()).clone();
        match candidate {
            None => snapshot,
            Some(program) => Snapshot {
                policy: program.policy().version().into(),
                program,
                ..snapshot
            },
        }
    }

    fn told(&self, payload: &[u8]) -> Result<Vec<u8>, Refusal> {
        let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
        let record = Record::decode(payload).map_err(|error| broken(&error))?;
        let revision = record.revision.as_ref();
        let revision = revision.ok_or_else(|| broken(&"the record tells of no declaration"))?;
        let mut answer = Vec::new();
        write_preview_of(revision, self.now(), &mut answer);
        Ok(answer)
    }
}

/// Why there would be a decision.
fn cause(declaration: &Declaration<'_>, prior: Option<&Prior>) -> Result<Cause<'static>, Refusal> {
    let Some(Prior { entry, .. }) = prior else {
        return Ok(Cause::declared(false));
    };
    if declaration.version < entry.version {
        return Err(Refusal::Conflict(format!(
            "version {} is known: a new version must be above it",
            entry.version
        )));
    }
    Ok(match declaration.version == entry.version {
        false => Cause::declared(true),
        true => Cause {
            kind: RevisionKind::Redecision,
            revision: entry.revision + 1,
            act: None,
            by: None,
        },
    })
}
