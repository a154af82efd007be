//! Rows of the registry as JSON: each cell as the registry's files have it, and whether the row is in force on a day.

use serde_json::{Map, Value};

use crate::declaration::Day;
use crate::registry::LiveRegistry;

/// A row's cells that say something, by their columns.
pub(super) type Row = Map<String, Value>;

/// A cell's text; nothing where it says nothing.
pub(super) fn cell<'r>(row: &'r Row, column: &str) -> &'r str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// A cell's list.
pub(super) fn listed<'r>(row: &'r Row, column: &str) -> impl Iterator<Item = &'r str> {
    let parts = cell(row, column).split(';').map(str::trim);
    parts.filter(|part| !part.is_empty())
}

/// The columns between whose days a row is in force.
fn ends(table: &str) -> [&'static str; 2] {
    match table {
        "cases" => ["opened_on", "closed_on"],
        // What was found on a day is found for good.
        "zone_assessments" => ["assessed_on", ""],
        _ => ["from", "to"],
    }
}

/// Whether a row is in force on a day.
pub(super) fn in_force(table: &str, row: &Row, on: Day) -> bool {
    let [from, to] = ends(table).map(|column| Day::parse(cell(row, column)).ok());
    from.is_none_or(|from| from <= on) && to.is_none_or(|to| on < to)
}

/// The rows that an owner has in a table, each with `in_force`, the earliest first.
pub(super) fn of_owner(registry: &LiveRegistry, table: &str, owner: &str, on: Day) -> Vec<Row> {
    let rows = registry.rows(table, owner).into_iter();
    let mut rows: Vec<Row> = rows.map(|cells| row(table, cells, on)).collect();
    let [from, _] = ends(table);
    rows.sort_by(|one, other| cell(one, from).cmp(cell(other, from)));
    rows
}

/// The rows of a table whose cell of a column is a value, or a list in which it stands.
pub(super) fn naming(
    registry: &LiveRegistry,
    table: &str,
    (column, value): (&str, &str),
    on: Day,
) -> Vec<Row> {
    let owners = registry.owners_with(table, column, value).into_iter();
    let rows = owners.flat_map(|owner| of_owner(registry, table, &owner, on));
    rows.filter(|row| listed(row, column).any(|listed| listed == value))
        .collect()
}

fn row(table: &str, cells: Vec<(String, String)>, on: Day) -> Row {
    let said = cells.into_iter().filter(|(_, text)| !text.is_empty());
    let mut row: Row = said
        .map(|(column, text)| (column, Value::from(text)))
        .collect();
    let in_force = in_force(table, &row, on);
    row.insert("in_force".to_owned(), in_force.into());
    row
}
