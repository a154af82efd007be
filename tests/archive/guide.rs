//! The guide to the archive tells of every column.

use std::collections::BTreeSet;

use greenlane::archive::Table;

const GUIDE: &str = include_str!("../../src/guide/archive.md");
const ROLES: [&str; 4] = ["trader", "producer", "declarant", "enterprise"];

/// The columns that the guide names under a table's heading, in the first cell of each row.
fn told(table: &str) -> BTreeSet<String> {
    let section = GUIDE.split_once(&format!("\n### {table}\n"));
    let rows = section
        .unwrap()
        .1
        .lines()
        .take_while(|line| !line.starts_with('#'));
    let cells = rows.filter_map(|row| row.strip_prefix('|')?.split('|').next());
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let names = names.flat_map(|name| match name.strip_prefix("ROLE_") {
        Some(fact) => ROLES.map(|role| format!("{role}_{fact}")).to_vec(),
        None => vec![name.to_owned()],
    });
    names.collect()
}

#[test]
fn the_guide_tells_of_every_column_and_of_no_other() {
    let mut differing = Vec::new();
    for (table, name) in [
        (Table::Decisions, "decisions"),
        (Table::Declarations, "declarations"),
        (Table::Events, "events"),
        (Table::Results, "results"),
    ] {
        let schema = table.schema();
        let columns: BTreeSet<String> = schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let told = told(name);
        let differ = told.symmetric_difference(&columns).cloned();
        differing.extend(differ.map(|column| format!("{name}.{column}")));
    }
    assert_eq!(differing, Vec::<String>::new());
}
