//! All columns of `decisions` in their order: one file for each group. What stands here is the schema, its
//! documentation and the way from a decision to its cells.

mod declaration;
mod fact;
mod identity;
mod item;
mod outcome;

use super::column::Column;

/// All columns, in order.
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
