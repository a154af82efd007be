//! All columns of the tables in their order: those of `decisions` one file for each group, of the others one file
//! for each table. What stands here is the schema, its documentation and the way to the cells.

mod declaration;
mod event;
mod fact;
mod identity;
mod item;
mod outcome;
mod revision;
mod test_result;

use super::column::Column;

pub(super) use event::EventRows;
pub(super) use revision::RevisionRows;
pub(super) use test_result::TestResultRows;

/// All columns of `decisions`, in order.
pub(super) fn columns() -> Vec<Column> {
    let fields = [identity::COLUMNS, declaration::COLUMNS, item::COLUMNS];
    let fields = fields.into_iter().flatten().cloned();
    fields
        .chain(fact::columns())
        .chain(outcome::COLUMNS.iter().cloned())
        .collect()
}

#[cfg(test)]
pub(super) use fact::{Place, place};
