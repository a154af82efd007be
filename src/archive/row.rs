//! A row of `decisions`: one item of a revision, with what its cells are read from.

use super::cells::{Cells, FactCells};
use super::column::{Column, Rows};
use super::columns::columns;
use super::entry::ShadowItem;
use crate::declaration::{Day, Declaration, Item};
use crate::engine::{Decision, Facts, ItemOutcome};
use crate::policy::Fact;

/// The rows of `decisions`. Its own cells are those of facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct DecisionRows;

impl Rows for DecisionRows {
    type Row<'r> = Row<'r>;
    type Own = Fact;

    fn columns() -> Vec<Column> {
        columns()
    }

    fn own(fact: Fact) -> Box<dyn Cells> {
        Box::new(FactCells::new(fact))
    }
}

/// What is worked out once for all items of a decision.
#[derive(Debug)]
pub(super) struct Head<'r> {
    /// The decision's id.
    pub(super) id: String,
    /// The day of the decision in the policy's zone.
    pub(super) decided_on: Day,
    /// The policy with its version.
    pub(super) policy: &'r str,
}

/// One item of a decision.
#[derive(Debug)]
pub(super) struct Row<'r> {
    pub(super) decision: &'r Decision<'r>,
    pub(super) head: &'r Head<'r>,
    pub(super) declaration: &'r Declaration<'r>,
    /// The item's place in the declaration.
    pub(super) at: usize,
    pub(super) item: &'r Item<'r>,
    pub(super) outcome: &'r ItemOutcome,
    pub(super) facts: Facts<'r>,
    /// What the candidate policy says of it, where there is one.
    pub(super) shadow: Option<&'r ShadowItem>,
}
