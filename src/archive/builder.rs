//! Collects rows of a table, and decisions as rows of `decisions`. Each worker has its own; nothing is shared.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cells::Cells;
use super::column::Rows;
use super::entry::ShadowItem;
use super::error::ArchiveError;
use super::row::{DecisionRows, Head, Row};
use super::table::Table;
use crate::engine::Decision;
use crate::policy::Policy;

/// Collects rows of a table.
pub(super) struct TableBuilder<T: Rows> {
    schema: SchemaRef,
    cells: Vec<Box<dyn Cells<T>>>,
    rows: usize,
}

impl<T: Rows> TableBuilder<T> {
    pub(super) fn new(table: Table) -> Self {
        let columns = T::columns();
        Self {
            schema: table.schema(),
            cells: columns.iter().map(|column| column.kind.cells()).collect(),
            rows: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    pub(super) fn append<'r>(&mut self, row: &'r T::Row<'r>) {
        self.cells.iter_mut().for_each(|cells| cells.append(row));
        self.rows += 1;
    }

    /// Takes the rows, in the order in which they were added.
    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArchiveError> {
        self.rows = 0;
        let columns: Result<Vec<_>, _> =
            self.cells.iter_mut().map(|cells| cells.finish()).collect();
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns?)?)
    }
}

/// Collects decisions as rows.
pub struct DecisionsBuilder {
    rows: TableBuilder<DecisionRows>,
    /// The last decision's policy with its version as text.
    policy: Option<(Arc<Policy>, String)>,
}

impl Default for DecisionsBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl DecisionsBuilder {
    /// Without rows.
    #[must_use]
    pub fn new() -> Self {
        Self {
            rows: TableBuilder::new(Table::Decisions),
            policy: None,
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a row for each item of a decision. A column holds at most 2 GiB of text: whoever appends takes the
    /// rows at latest after some hundred megabytes of declarations.
    pub fn append(&mut self, decision: &Decision<'_>) {
        self.append_with(decision, &[]);
    }

    /// The same, with what the candidate policy says of each item.
    pub(super) fn append_with(&mut self, decision: &Decision<'_>, shadow: &[ShadowItem]) {
        let declaration = decision.declaration();
        debug_assert_eq!(declaration.items.len(), decision.outcome.items.len());
        let policy = decision.program.policy();
        let known = self
            .policy
            .take_if(|(known, _)| Arc::ptr_eq(known, policy))
            .unwrap_or_else(|| (Arc::clone(policy), policy.version()));
        let head = Head {
            id: decision.id(),
            decided_on: decision.meta.decided_at.day(policy.profile.zone),
            policy: &known.1,
        };
        let items = declaration.items.iter().zip(&decision.outcome.items);
        for (at, (item, outcome)) in items.enumerate() {
            let join = decision.join(item);
            self.rows.append(&Row {
                decision,
                head: &head,
                declaration,
                at,
                item,
                outcome,
                facts: decision.facts(&join, at),
                shadow: shadow.get(at),
            });
        }
        self.policy = Some(known);
    }

    /// Takes the rows, in the order in which they were added.
    ///
    /// # Errors
    /// [`ArchiveError::Rows`] where a cell is missing that every row has, which would be a mistake of ours.
    pub fn finish(&mut self) -> Result<RecordBatch, ArchiveError> {
        self.rows.finish()
    }
}
