//! A registry that becomes what it is in steps: some parties are first known by their bare row or not at all, some rows
//! of goods and places are not there, and changes bring the rest. Engine and oracle must agree over it as over one that was read at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use greenlane::engine::Program;
use greenlane::registry::{Change, LiveRegistry, PARTY_TABLES, RegistryErrors};

use super::check::Wrong;
use super::pool::Dice;
use super::registry::{RegistryPlan, Table};

/// What is read first, and the changes that follow.
pub(crate) struct Steps {
    first: RegistryPlan,
    changes: Vec<RegistryPlan>,
    last: RegistryPlan,
}

/// Tables whose rows nothing cites.
const UNCITED: [&str; 13] = [
    "accidents",
    "alerts",
    "bodies",
    "catalogue",
    "commodity_groups",
    "legal_exceptions",
    "price_bands",
    "products",
    "projects",
    "requirements",
    "risk_assessments",
    "rulings",
    "traces",
];

impl Steps {
    pub(crate) fn of(plan: &RegistryPlan, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let later: BTreeSet<String> = ids(plan).filter(|_| dice.percent(60)).collect();
        let unknown: BTreeSet<String> = later
            .iter()
            .filter(|id| !is_cited(plan, id) && dice.percent(50))
            .cloned()
            .collect();
        let (one, other): (BTreeSet<String>, BTreeSet<String>) =
            later.iter().cloned().partition(|_| dice.percent(50));
        let mut first = only(plan, true, |table, id| {
            let known = table == "enterprises" && !unknown.contains(id);
            known || !later.contains(id)
        });
        let uncited = |table: &&mut Table| UNCITED.contains(&table.name);
        for table in first.tables.iter_mut().filter(uncited) {
            table.rows.retain(|_| dice.percent(80));
        }
        // Some change twice: the second change takes back nothing of what it does not name.
        let again: BTreeSet<String> = one.iter().filter(|_| dice.percent(30)).cloned().collect();
        let change = |of: BTreeSet<String>| only(plan, false, move |_, id| of.contains(id));
        let bare = only(plan, false, |table, id| {
            table == "enterprises" && again.contains(id)
        });
        let changes = vec![change(one), bare, change(&other | &again)];
        let last = plan.clone();
        Self {
            first,
            changes,
            last,
        }
    }

    /// The registry that is read first.
    pub(crate) fn begin(&self) -> Result<LiveRegistry, Wrong> {
        LiveRegistry::open(&self.first.source(), None).map_err(invalid)
    }

    /// Takes a registry and its program through the changes.
    pub(crate) fn follow(
        &self,
        mut live: LiveRegistry,
        mut program: Program,
    ) -> Result<Program, Wrong> {
        for change in &self.changes {
            let next = live.change(&replacements(change)).map_err(invalid)?;
            program = program.follow(next).expect("the same registry, later");
        }
        let rest = live
            .difference(&self.last.source(), true)
            .map_err(invalid)?;
        let last = live.change(&rest).map_err(invalid)?;
        if let Some(program) = program.follow(Arc::clone(&last)) {
            return Ok(program);
        }
        Program::compile(Arc::clone(program.policy()), last)
            .map_err(|errors| Wrong::Invalid(format!("{errors:?}")))
    }
}

fn invalid(errors: RegistryErrors) -> Wrong {
    Wrong::Invalid(errors.to_string())
}

/// Every party of a plan gets the rows that it has there and no others.
fn replacements(plan: &RegistryPlan) -> Vec<Change> {
    let mut changes = Vec::new();
    for id in ids(plan) {
        for table in PARTY_TABLES {
            let same = plan.tables.iter().filter(|known| known.name == table);
            let rows = same.flat_map(|table| {
                let own = table.rows.iter().filter(|row| row[column(table)] == id);
                own.map(|row| cells(table, row))
            });
            changes.push(Change::Replace {
                table: table.to_owned(),
                owner: id.clone(),
                rows: rows.collect(),
            });
        }
    }
    changes
}

fn cells(table: &Table, row: &[String]) -> Vec<(String, String)> {
    let names = table.columns.iter().map(|name| (*name).to_owned());
    names.zip(row.iter().cloned()).collect()
}

fn ids(plan: &RegistryPlan) -> impl Iterator<Item = String> {
    let tables = plan
        .tables
        .iter()
        .filter(|table| table.name == "enterprises");
    tables.flat_map(|table| table.rows.iter().map(|row| row[column(table)].clone()))
}

/// Whether anything but a party's own rows names it.
fn is_cited(plan: &RegistryPlan, id: &str) -> bool {
    plan.tables.iter().any(|table| {
        let own = PARTY_TABLES.contains(&table.name).then(|| column(table));
        let rows = table.rows.iter();
        let mut cells = rows.flat_map(|row| row.iter().enumerate());
        cells.any(|(at, cell)| Some(at) != own && cell.split(';').any(|part| part == id))
    })
}

fn column(table: &Table) -> usize {
    let mut columns = table.columns.iter();
    columns
        .position(|name| *name == "enterprise_id")
        .expect("a table of parties")
}

/// The rows of parties that a test by table and id lets through, with all other tables or without.
fn only(plan: &RegistryPlan, others: bool, keep: impl Fn(&str, &str) -> bool) -> RegistryPlan {
    let of_parties = |table: &&Table| PARTY_TABLES.contains(&table.name);
    let mut tables: Vec<Table> = plan.tables.clone();
    tables.retain(|table| others || of_parties(&table));
    for table in tables
        .iter_mut()
        .filter(|table| PARTY_TABLES.contains(&table.name))
    {
        let (name, at) = (table.name, column(table));
        table.rows.retain(|row| keep(name, &row[at]));
    }
    RegistryPlan { tables }
}
