//! The answer: a decision as JSON, for the single window that declares and for officers. Who declares sees
//! neither risk, rates, draws nor reasons: with the same public messages and obligations, a drawn declaration and
//! a targeted one differ in nothing.
//!
//! An answer is a head and the items. The items are written when they are decided; the head when its sequence is
//! known, and again by whoever tells what became of the declaration later.

mod item;
mod obligations;
mod said;
mod sampling_plan;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use self::item::ItemAnswer;
pub(super) use self::said::Said;
use super::decision::{Decision, decision_id};
use crate::declaration::Moment;
use crate::declaration::object::{Object, array};

/// Who reads an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Whoever declares: public messages and obligations.
    Declare,
    /// An officer: reasons, scores, rates and draws as well.
    Officer,
}

/// What an answer says of the whole declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerHead<'a> {
    /// The single window's id.
    pub declaration_id: &'a str,
    /// The version of the declaration.
    pub version: u32,
    /// The revision of the version.
    pub revision: u32,
    /// The verdict on the declaration.
    pub verdict: &'a str,
    /// What became of it.
    pub status: &'a str,
    /// When it was decided.
    pub decided_at: Moment,
    /// Until when it is due.
    pub due_at: Option<Moment>,
    /// How soon it is worked on.
    pub priority: &'a str,
    /// The policy with its version.
    pub policy: &'a str,
    /// The revision of the registry.
    pub registry_revision: u64,
    /// The place in the order of all change; none of what is not recorded.
    pub sequence: Option<u64>,
}

impl AnswerHead<'_> {
    /// Writes an answer with these items, as [`write_items`] made them, to the end of `out`: one line of JSON
    /// without its end.
    pub fn write(&self, items: &[u8], out: &mut Vec<u8>) {
        out.reserve(items.len() + 512);
        let id = decision_id(self.declaration_id, self.version, self.revision);
        let mut object = Object::open(out);
        object.quoted("decision_id", id);
        object.text("declaration_id", self.declaration_id);
        object.number("version", self.version);
        object.number("revision", self.revision);
        object.text("verdict", self.verdict);
        object.text("status", self.status);
        object.quoted("decided_at", self.decided_at);
        object.nullable_quoted("due_at", self.due_at);
        object.text("priority", self.priority);
        object.member("items").extend_from_slice(items);
        object.text("policy", self.policy);
        object.number("registry_revision", self.registry_revision);
        if let Some(sequence) = self.sequence {
            object.number("sequence", sequence);
        }
        object.close();
    }
}

/// Writes a decision to the end of `out`, as one line of JSON without its end.
///
/// In the officer's view `rate` is a decimal text, exact, and `draw` the whole number `u` below 2^64 as a text,
/// since JSON numbers beyond 2^53 are not safe everywhere; the draw selects where `u < rate * 2^64`.
pub fn write_answer(decision: &Decision<'_>, view: View, out: &mut Vec<u8>) {
    let mut items = Vec::new();
    write_items(decision, view, &mut items);
    let declaration = decision.declaration();
    let head = AnswerHead {
        declaration_id: declaration.id.as_str(),
        version: declaration.version,
        revision: decision.meta.revision,
        verdict: decision.outcome.verdict.as_str(),
        status: decision.status(),
        decided_at: decision.meta.decided_at,
        due_at: decision.due_at(),
        priority: decision.outcome.priority.as_str(),
        policy: &decision.program.policy().version(),
        registry_revision: decision.meta.registry_revision,
        sequence: Some(decision.meta.sequence),
    };
    head.write(&items, out);
}

/// Writes the items of an answer to the end of `out`: a JSON array. It depends on what was decided, not on when or
/// in which order.
pub fn write_items(decision: &Decision<'_>, view: View, out: &mut Vec<u8>) {
    let items = decision.declaration().items.iter();
    let items = items.zip(&decision.outcome.items).enumerate();
    array(items, out, |(at, (item, outcome)), out| {
        let item = ItemAnswer {
            decision,
            view,
            at,
            item,
            outcome,
        };
        item.write(out);
    });
}

/// What who declares sees of items as an officer sees them: the same bytes as [`write_items`] makes for that view.
/// None where the bytes are no items.
#[must_use]
pub fn declare_items(officer: &[u8]) -> Option<Vec<u8>> {
    let items: Vec<DeclareItem<'_>> = serde_json::from_slice(officer).ok()?;
    serde_json::to_vec(&items).ok()
}

/// The members that everybody sees, in the order in which they are written.
#[derive(Serialize, Deserialize)]
struct DeclareItem<'j> {
    #[serde(borrow)]
    item_no: &'j RawValue,
    #[serde(borrow)]
    verdict: &'j RawValue,
    #[serde(borrow)]
    messages: &'j RawValue,
    #[serde(borrow)]
    obligations: &'j RawValue,
}
