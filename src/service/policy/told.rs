//! What is told of policies: the one that decides, those that did, the candidate, and the reasons.

use serde_json::{Value, json};

use crate::engine::Program;
use crate::limits::FEED_LIMIT;
use crate::policy::{Policy, Reason, difference};
use crate::service::desk::Desk;
use crate::service::refusal::Refusal;
use crate::supervision::event::How;
use crate::supervision::{Activation, AsOf, Candidate};

impl Desk {
    /// The policy that decides, since when and by whom, and the candidate, if there is one.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn policy(&self) -> Result<Value, Refusal> {
        let world = self.hold_world()?;
        let last = self.settle.hold()?.ledger().last;
        let (policy, policies) = (world.program().policy(), world.policies());
        let mut told = summary(policy, world.program());
        let as_of = match world.as_of() {
            AsOf::Declaration => "declaration",
            AsOf::Decision => "decision",
        };
        let more = json!({
            "title": policy.title,
            "as_of": as_of,
            "activation": policies.activations().last().map(told_of),
            "candidate": policies.candidate().map(put),
            "registry_revision": self.settle.snapshot().revision,
        });
        join(&mut told, more);
        drop(world);
        self.wait_durable(last)?;
        Ok(told)
    }

    /// The policies that began to decide, at most [`FEED_LIMIT`] of them, the last one last.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn policy_history(&self) -> Result<Value, Refusal> {
        let world = self.hold_world()?;
        let activations = world.policies().activations();
        let from = activations.len().saturating_sub(FEED_LIMIT);
        let told = activations.iter().skip(from).map(told_of);
        let told = json!({ "activations": told.collect::<Vec<_>>() });
        let last = activations.last().map(|last| last.sequence);
        drop(world);
        last.map_or(Ok(()), |last| self.wait_durable(last))?;
        Ok(told)
    }

    /// Every reason that the policy may give, in its order.
    #[must_use]
    pub fn policy_reasons(&self) -> Value {
        let snapshot = self.settle.snapshot();
        let policy = snapshot.program.policy();
        let mut reasons = Vec::new();
        for book in &policy.books {
            for rule in &book.rules {
                let place = ("rule", format!("{}/{}", book.id, rule.id));
                reasons.extend(said(place, rule.reason.as_ref(), rule.basis.as_deref()));
            }
        }
        for rule in &policy.classifications {
            let place = ("classification", rule.id.clone());
            reasons.extend(said(place, rule.reason.as_ref(), rule.basis.as_deref()));
        }
        for guard in &policy.guards {
            let place = ("guard", guard.id.clone());
            reasons.extend(said(place, Some(&guard.reason), guard.basis.as_deref()));
        }
        json!({ "policy": policy.version(), "reasons": reasons })
    }
}

fn said((kind, id): (&str, String), reason: Option<&Reason>, basis: Option<&str>) -> Option<Value> {
    let reason = reason?;
    let texts = reason.text.iter().cloned();
    let texts = texts.map(|(language, text)| (language, Value::from(text)));
    Some(json!({
        "code": reason.code,
        "text": Value::Object(texts.collect()),
        "basis": basis,
        "remedy": reason.remedy,
        "public": reason.public,
        "of": kind,
        "id": id,
    }))
}

/// How large a policy is.
fn summary(policy: &Policy, program: &Program) -> Value {
    let rules: usize = policy.books.iter().map(|book| book.rules.len()).sum();
    let size = program.size();
    json!({
        "policy": policy.version(),
        "hash": policy.hash,
        "books": policy.books.len(),
        "rules": rules,
        "scores": policy.scores.len(),
        "classifications": policy.classifications.len(),
        "guards": policy.guards.len(),
        "terms": size.terms,
        "dimensions": size.dimensions,
        "residuals": program.residuals().iter().map(|residual| residual.written(&policy.names)).collect::<Vec<_>>(),
    })
}

/// A candidate, and how it differs from the policy that decides.
pub(super) fn candidate(candidate: &Candidate, program: &Program, active: &Policy) -> Value {
    let policy = program.policy();
    let mut told = summary(policy, program);
    join(&mut told, put(candidate));
    let differs = serde_json::to_value(difference(active, policy)).unwrap_or_default();
    join(
        &mut told,
        json!({ "active": active.version(), "differences": differs }),
    );
    told
}

fn put(candidate: &Candidate) -> Value {
    json!({
        "hash": candidate.policy,
        "put_by": candidate.by,
        "put_at": candidate.at.to_string(),
        "sequence": candidate.sequence.get(),
    })
}

/// An activation that has just been.
pub(super) fn activation(activation: &Activation, policy: &str, revision: u64) -> Value {
    let mut told = told_of(activation);
    join(
        &mut told,
        json!({ "policy": policy, "registry_revision": revision }),
    );
    told
}

/// Of a promotion the first person is who put the candidate.
fn told_of(activation: &Activation) -> Value {
    let what = &activation.what;
    let by = match what.how {
        How::Promotion => what.put_by.as_deref().unwrap_or(&activation.by),
        How::Start | How::Rollback => &activation.by,
    };
    json!({
        "sequence": activation.sequence.get(),
        "at": activation.at.to_string(),
        "hash": what.policy,
        "former": what.former,
        "how": what.how.as_str(),
        "by": by,
        "confirmed_by": what.confirmed_by,
        "reason": what.reason,
    })
}

fn join(told: &mut Value, more: Value) {
    if let (Some(members), Value::Object(more)) = (told.as_object_mut(), more) {
        members.extend(more);
    }
}
