//! The first revision of a version as a row of `declarations`, made of its decision without a journal's record.

use greenlane::archive::Revision;
use greenlane::declaration::write_json;
use greenlane::engine::{Decision, View, write_answer};

/// What of a decision becomes text in its revision.
pub(crate) struct RevisionText {
    decision_id: String,
    policy: String,
    body: String,
    answer: String,
}

impl RevisionText {
    /// Writes the texts.
    pub(crate) fn new(decision: &Decision<'_>) -> Self {
        let policy = decision.program.policy();
        let (mut body, mut answer) = (Vec::new(), Vec::new());
        write_json(decision.declaration(), &policy.profile, &mut body);
        write_answer(decision, View::Officer, &mut answer);
        Self {
            decision_id: decision.id(),
            policy: policy.version(),
            body: String::from_utf8_lossy(&body).into_owned(),
            answer: String::from_utf8_lossy(&answer).into_owned(),
        }
    }

    /// The revision of a decision that a declaration itself caused, with its journal record.
    pub(crate) fn initial<'a>(
        &'a self,
        decision: &'a Decision<'a>,
        record: &'a [u8],
    ) -> Revision<'a> {
        let declaration = decision.declaration();
        let zone = decision.program.policy().profile.zone;
        Revision {
            decision_id: &self.decision_id,
            declaration_id: declaration.id.as_str(),
            version: declaration.version,
            revision: decision.meta.revision,
            revision_kind: "initial",
            cause_event_id: None,
            decided_on: decision.meta.decided_at.day(zone),
            direction: declaration.direction.as_str(),
            office: declaration.office.as_deref(),
            trader_id: declaration.trader.as_str(),
            enterprise_id: declaration.enterprise().as_str(),
            status: decision.status(),
            verdict: decision.outcome.verdict.as_str(),
            due_at: decision.due_at(),
            by: None,
            why: None,
            body: Some(&self.body),
            answer: &self.answer,
            record,
            policy: &self.policy,
            registry_revision: decision.meta.registry_revision,
        }
    }
}
