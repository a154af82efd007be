//! The answer: a decision as JSON, for the single window that declares and for officers. Who declares sees
//! neither risk, rates, draws nor reasons: with the same public messages and obligations, a drawn declaration and
//! a targeted one differ in nothing.

mod item;
mod obligations;

use serde::{Serialize, Serializer};

use self::item::ItemAnswer;
use crate::declaration::Moment;
use crate::engine::Decision;

/// Who reads an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Whoever declares: public messages and obligations.
    Declare,
    /// An officer: reasons, scores, rates and draws as well.
    Officer,
}

/// Writes a decision to the end of `out`, as one line of JSON without its end.
///
/// In the officer's view `rate` is a decimal text, exact, and `draw` the whole number `u` below 2^64 as a text,
/// since JSON numbers beyond 2^53 are not safe everywhere; the draw selects where `u < rate * 2^64`.
pub fn write_answer(decision: &Decision<'_>, view: View, out: &mut Vec<u8>) {
    let declaration = decision.declaration();
    let answer = Answer {
        decision_id: decision.id(),
        declaration_id: declaration.id.as_str(),
        version: declaration.version,
        revision: decision.meta.revision,
        verdict: decision.outcome.verdict.as_str(),
        status: decision.status(),
        decided_at: Time(decision.meta.decided_at),
        due_at: decision.due_at().map(Time),
        priority: decision.outcome.priority.as_str(),
        items: Items { decision, view },
        policy: decision.program.policy().version(),
        registry_revision: decision.meta.registry_revision,
        sequence: decision.meta.sequence,
    };
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, &answer);
}

#[derive(Serialize)]
struct Answer<'d> {
    decision_id: String,
    declaration_id: &'d str,
    version: u32,
    revision: u32,
    verdict: &'static str,
    status: &'static str,
    decided_at: Time,
    due_at: Option<Time>,
    priority: &'static str,
    items: Items<'d>,
    policy: String,
    registry_revision: u64,
    sequence: u64,
}

/// A moment as RFC 3339 in UTC.
struct Time(Moment);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct Items<'d> {
    decision: &'d Decision<'d>,
    view: View,
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let decision = self.decision;
        let items = decision.declaration().items.iter();
        let items = items.zip(&decision.outcome.items).enumerate();
        serializer.collect_seq(items.map(|(at, (item, outcome))| ItemAnswer {
            decision,
            view: self.view,
            at,
            item,
            outcome,
        }))
    }
}
