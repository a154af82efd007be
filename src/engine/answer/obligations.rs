//! Obligations of an item in an answer: words, and the office by its code.

use serde::Serialize;

use crate::declaration::Item;
use crate::engine::obligation::{follow_ups, objects, office, words};
use crate::engine::{Decision, ItemOutcome};
use crate::policy::Mode;

/// What goes with an item's verdict.
#[derive(Serialize)]
pub(super) struct ObligationsAnswer<'d> {
    mode: Option<&'static str>,
    tests: Vec<&'d str>,
    documents: Vec<&'d str>,
    /// By the sampling plan, which is not carried out yet.
    sample_size: Option<u32>,
    specimens: Option<u32>,
    objects: Vec<&'static str>,
    office: Option<&'d str>,
    follow_up: Vec<&'static str>,
}

impl<'d> ObligationsAnswer<'d> {
    pub(super) fn new(
        decision: &'d Decision<'d>,
        item: &'d Item<'d>,
        outcome: &'d ItemOutcome,
    ) -> Self {
        let of = &outcome.obligations;
        Self {
            mode: of.mode.map(Mode::as_str),
            tests: words(decision, &of.tests).collect(),
            documents: words(decision, &of.documents).collect(),
            sample_size: None,
            specimens: of.specimens,
            objects: objects(of.objects).collect(),
            office: of
                .office
                .and_then(|kind| office(&decision.join(item), kind)),
            follow_up: follow_ups(of.follow_up).collect(),
        }
    }
}
