//! An item of an answer: its verdict, the messages of the rules that spoke, its obligations, and for officers
//! what stands behind them.

use serde_json::value::RawValue;

use super::View;
use super::obligations::write_obligations;
use super::sampling_plan::write_sampling_plan;
use crate::declaration::Item;
use crate::declaration::object::{Object, display};
use crate::engine::say::{Say, says};
use crate::engine::{Decision, ItemOutcome, SelectedBy};

/// An item with what came out.
pub(super) struct ItemAnswer<'d> {
    pub(super) decision: &'d Decision<'d>,
    pub(super) view: View,
    /// Its place in the declaration.
    pub(super) at: usize,
    pub(super) item: &'d Item<'d>,
    pub(super) outcome: &'d ItemOutcome,
}

impl ItemAnswer<'_> {
    /// Writes it to the end of `out`.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let (decision, outcome) = (self.decision, self.outcome);
        let says: Vec<Say<'_>> = says(decision, self.at).collect();
        let mut object = Object::open(out);
        object.number("item_no", self.item.item_no);
        object.text("verdict", outcome.verdict.as_str());
        // What the declarant is told: the public reasons of the rules that spoke.
        let spoke = says.iter().filter(|say| say.spoke);
        let messages = spoke.filter_map(|say| say.said.message.as_deref());
        object.list("messages", messages, written);
        let obligations = object.member("obligations");
        write_obligations(decision, self.item, outcome, obligations);
        if self.view == View::Officer {
            // Every rule that matched.
            let reasons = says.iter().map(|say| say.said.reason(say.spoke));
            object.list("reasons", reasons, written);
            let selected_by = outcome.selected_by.map(SelectedBy::as_str);
            object.nullable("selected_by", selected_by);
            self.write_risk(object.member("risk"));
            object.nullable_quoted("rate", outcome.rate);
            object.nullable_quoted("draw", outcome.draw);
            write_sampling_plan(outcome.obligations.plan, object.member("sampling_plan"));
            object.nullable("officer_note", officer_note(&says).as_deref());
        }
        object.close();
    }

    /// Points by score group.
    fn write_risk(&self, out: &mut Vec<u8>) {
        let scores = self.decision.program.policy().names.scores.iter();
        let mut object = Object::open(out);
        for (name, points) in scores.zip(self.decision.outcome.risk_of(self.at)) {
            display(points, object.foreign(name));
        }
        object.close();
    }
}

/// What was written when the policy was compiled.
fn written(json: &RawValue, out: &mut Vec<u8>) {
    out.extend_from_slice(json.get().as_bytes());
}

/// The notes of the rules that spoke, a line each.
fn officer_note(says: &[Say<'_>]) -> Option<String> {
    let spoke = says.iter().filter(|say| say.spoke);
    let notes: Vec<&str> = spoke
        .filter_map(|say| say.rule.then.obligations.officer_note.as_deref())
        .collect();
    (!notes.is_empty()).then(|| notes.join("\n"))
}
