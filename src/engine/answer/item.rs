//! An item of an answer: its verdict, the messages of the rules that spoke, its obligations, and for officers
//! what stands behind them.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::View;
use super::obligations::ObligationsAnswer;
use crate::declaration::Item;
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

impl Serialize for ItemAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (decision, outcome) = (self.decision, self.outcome);
        let says: Vec<Say<'_>> = says(decision, self.at).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("item_no", &self.item.item_no)?;
        map.serialize_entry("verdict", outcome.verdict.as_str())?;
        map.serialize_entry("messages", &Messages(&says))?;
        map.serialize_entry(
            "obligations",
            &ObligationsAnswer::new(decision, self.item, outcome),
        )?;
        if self.view == View::Officer {
            map.serialize_entry("reasons", &Reasons(&says))?;
            map.serialize_entry("selected_by", &outcome.selected_by.map(SelectedBy::as_str))?;
            map.serialize_entry("risk", &Risk(decision, self.at))?;
            map.serialize_entry("rate", &outcome.rate.map(|rate| rate.to_string()))?;
            map.serialize_entry("draw", &outcome.draw.map(|draw| draw.to_string()))?;
            map.serialize_entry("officer_note", &officer_note(&says))?;
        }
        map.end()
    }
}

/// What the declarant is told: the public reasons of the rules that spoke.
struct Messages<'s, 'd>(&'s [Say<'d>]);

impl Serialize for Messages<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spoke = self.0.iter().filter(|say| say.spoke);
        serializer.collect_seq(spoke.filter_map(|say| say.said.message.as_ref()))
    }
}

/// Every rule that matched.
struct Reasons<'s, 'd>(&'s [Say<'d>]);

impl Serialize for Reasons<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|say| say.said.reason(say.spoke)))
    }
}

/// Points by score group.
struct Risk<'d>(&'d Decision<'d>, usize);

impl Serialize for Risk<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(decision, at) = self;
        let scores = decision.program.policy().names.scores.iter();
        serializer.collect_map(scores.zip(decision.outcome.risk_of(*at)))
    }
}

/// The notes of the rules that spoke, a line each.
fn officer_note(says: &[Say<'_>]) -> Option<String> {
    let spoke = says.iter().filter(|say| say.spoke);
    let notes: Vec<&str> = spoke
        .filter_map(|say| say.rule.then.obligations.officer_note.as_deref())
        .collect();
    (!notes.is_empty()).then(|| notes.join("\n"))
}
