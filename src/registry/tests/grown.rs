//! A registry that became what it is by changes says what one says that is read at once from its text.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::changes::exported;
use super::said::{PARTIES, said};
use super::source;
use crate::declaration::Day;
use crate::registry::{Change, LiveRegistry, owner_column, table_columns};

/// Every table, each with rows that others may cite.
const FIRST: &[(&str, &str)] = &[
    (
        "enterprises",
        "enterprise_id,own_shop_of\nA,\nB,A\nC,\nD,\n",
    ),
    (
        "zones",
        "zone_id,level,hs_scope\nZ,national,9405\nY,provincial,\n",
    ),
    ("country_groups", "group,countries\nEU,DE;FR\n"),
    (
        "memberships",
        "zone_id,enterprise_id,state\nZ,A,announced\nY,A,announced\n",
    ),
    (
        "exemptions",
        "enterprise_id,hs_scope,kind,countries\nA,9405,inspection,EU\n",
    ),
    (
        "alerts",
        "alert_id,kind,level,enterprise_id,countries\nM,k1,1,A,\nN,k2,2,,EU\n",
    ),
    ("remedies", "remedy_id,hs_scope\nR,9405\n"),
    ("rulings", "ruling_id,remedy_id,enterprise_id\nU,R,B\n"),
    ("suppliers", "supplier_id\nS\n"),
    ("lots", "lot_id,enterprise_id,supplier_id\nL,A,S\n"),
];

const TABLES: [&str; 34] = [
    "accidents",
    "alerts",
    "bodies",
    "cases",
    "catalogue",
    "certificates",
    "classes",
    "commodity_groups",
    "consumption_norms",
    "country_groups",
    "credit_assessments",
    "currencies",
    "enterprises",
    "exemptions",
    "legal_exceptions",
    "list_entries",
    "lots",
    "memberships",
    "offices",
    "price_bands",
    "products",
    "programmes",
    "projects",
    "recommendations",
    "registrations",
    "remedies",
    "requirements",
    "risk_assessments",
    "rulings",
    "suppliers",
    "titles",
    "traces",
    "zone_assessments",
    "zones",
];

/// What a cell may hold, mostly right.
fn pool(table: &str, column: &str) -> &'static [&'static str] {
    match (table, column) {
        ("alerts" | "risk_assessments" | "rulings", "enterprise_id") => &["", "A", "B", "E"],
        (_, "enterprise_id") => &PARTIES,
        (_, "own_shop_of") => &["", "A", "C"],
        (_, "from") if table == "currencies" => &["1970-01-03", "1970-01-06"],
        (_, "from") => &["", "1970-01-03", "1970-01-06", "1970-01-09"],
        (_, "to") => &["", "", "1970-01-09", "1970-01-12"],
        (_, "opened_on" | "assessed_on") => &["1970-01-03"],
        ("cases", "cause") => &["", "foreign_rule", "capability", "malice"],
        ("cases", "measures_until" | "closed_on") => &["", "1970-01-06", "1970-01-09"],
        (_, "class") => &["1", "2", "4"],
        (_, "list") => &["red", "black", "n1", "n2"],
        ("enterprises", "kind") => &["", "trader", "foreign"],
        ("exemptions", "kind") => &["inspection", "registration"],
        ("offices", "kind") => &["", "port", "zone"],
        (_, "kind") => &["k1", "k2", "a3"],
        ("alerts", "level") => &["1", "2"],
        (_, "level") => &["national", "provincial"],
        ("memberships", "state") => &["announced", "announced", "exited"],
        (_, "state") => &["full", "provisional"],
        (_, "hs_scope" | "import_hs_scope") => &["", "9405", "9405;8539", "8539;9405", "4302-4303"],
        (_, "hs_prefix") => &["94", "9405", "85"],
        (_, "direction") => &["", "export", "import"],
        ("country_groups", "countries") => &["DE", "DE;US", "FR"],
        (_, "countries") => &["", "DE", "EU", "FR;EU", "AS"],
        (_, "country") => &["", "DE", "DEU", "US"],
        (_, "group") => &["EU", "AS"],
        (_, "zone_id") => &["Z", "Y", "X"],
        (_, "alert_id") => &["K", "M", "N", "O"],
        (_, "remedy_id") => &["R", "Q"],
        (_, "supplier_id") => &["S", "T"],
        (_, "lot_id") => &["L", "K"],
        (_, "material_lots") => &["", "L", "K;L"],
        (_, "product_lots") => &["U", "V", "V;W"],
        (_, "project_id") => &["P", "Q"],
        (_, "body_id") => &["L", "M"],
        (_, "currency") => &["USD", "EUR"],
        (_, "rate") => &["6.1", "6.2"],
        (_, "registration") => &["", "law", "scheme"],
        (_, "risk_level") => &["", "1", "3"],
        (_, "unit") => &["", "PCE"],
        (_, "low" | "high") => &["", "5"],
        (_, "authority") => &["", "X"],
        (_, "rule") => &["", "", "r"],
        (_, "quality_file") => &["", "true"],
        (
            _,
            "tests" | "documents" | "document" | "categories" | "grade" | "size" | "office"
            | "bureau",
        ) => &["", "x", "b"],
        (_, "material") => &["fur"],
        ("lots" | "suppliers", "result") => &["", "passed", "failed"],
        ("lots", "purchased_on" | "tested_on") => &["", "1970-01-04", "1970-01-08"],
        (_, "result") if table == "risk_assessments" => &["", "x", "b", "new"],
        (
            _,
            "accident_id" | "case_id" | "ruling_id" | "product_lot" | "programme_id" | "trace_id",
        ) => &["U", "V"],
        _ => &[""],
    }
}

type Cells = Vec<(String, String)>;

fn row(table: &'static str, owner: Option<String>) -> impl Strategy<Value = Cells> {
    let columns = table_columns(table).unwrap();
    let cells: Vec<_> = columns
        .iter()
        .map(|column| prop::sample::select(pool(table, column.name)))
        .collect();
    cells.prop_map(move |cells| {
        let cells = columns.iter().zip(cells).map(|(column, cell)| {
            let own = (Some(column.name) == owner_column(table)).then(|| owner.clone());
            let cell = own.flatten().unwrap_or_else(|| cell.to_owned());
            (column.name.to_owned(), cell)
        });
        cells.collect()
    })
}

fn change() -> impl Strategy<Value = Change> {
    let table = prop::sample::select(&TABLES[..]);
    table.prop_flat_map(|table| {
        let name = || table.to_owned();
        let put = row(table, None).prop_map(move |row| Change::Put { table: name(), row });
        let end = (row(table, None), 2..12i32).prop_map(move |(mut row, to)| {
            row.retain(|(column, _)| Some(column.as_str()) == owner_column(table));
            let to = Day::from_number(to);
            Change::End {
                table: name(),
                row,
                to,
            }
        });
        let owner = prop::sample::select(pool(table, owner_column(table).unwrap()));
        let replace = owner.prop_flat_map(move |owner| {
            let rows = prop::collection::vec(row(table, Some(owner.to_owned())), 0..3);
            rows.prop_map(move |rows| Change::Replace {
                table: name(),
                owner: owner.to_owned(),
                rows,
            })
        });
        prop_oneof![5 => put, 1 => end, 2 => replace]
    })
}

fn read_at_once(live: &LiveRegistry) -> LiveRegistry {
    let read = LiveRegistry::open(&exported(live), None);
    read.unwrap_or_else(|errors| panic!("what was changed cannot be read:\n{errors}"))
}

#[test]
fn a_registry_that_was_changed_says_what_one_says_that_is_read_at_once() {
    // How many changes of each kind were made, and how many refused.
    let counts: [AtomicU32; 3] = Default::default();
    let config = ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let steps = prop::collection::vec(prop::collection::vec(change(), 1..3), 1..12);
    let run = TestRunner::new(config).run(&steps, |steps| {
        let mut live = LiveRegistry::open(&source(FIRST), None).unwrap();
        let mut revision = 0;
        for changes in steps {
            let (before, text) = (Arc::clone(live.current()), live.export());
            let made = live.change(&changes);
            if let Ok(next) = made {
                revision += 1;
                prop_assert_eq!(next.revision(), revision);
                counts[usize::from(next.is_of(&before))].fetch_add(1, Relaxed);
            } else {
                counts[2].fetch_add(1, Relaxed);
                prop_assert!(Arc::ptr_eq(&before, live.current()));
                prop_assert_eq!(live.export(), text);
            }
        }
        let read = read_at_once(&live);
        prop_assert_eq!(read.export(), live.export());
        for (one, other) in said(live.current()).into_iter().zip(said(read.current())) {
            prop_assert_eq!(one, other);
        }
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    for count in counts {
        assert!(count.into_inner() > 300);
    }
}

#[test]
fn the_difference_of_two_registries_makes_one_of_the_other() {
    let config = ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let steps = || prop::collection::vec(change(), 0..30);
    let run = TestRunner::new(config).run(&(steps(), steps()), |(one, other)| {
        let grown = |changes: Vec<Change>| {
            let mut live = LiveRegistry::open(&source(FIRST), None).unwrap();
            for change in changes {
                let _refused = live.change(&[change]);
            }
            live
        };
        let (mut one, other) = (grown(one), grown(other));
        let changes = one.difference(&exported(&other), true).unwrap();
        let owners: BTreeSet<_> = changes.iter().map(place).collect();
        prop_assert!(owners.into_iter().eq(changes.iter().map(place)));
        let made = one.change(&changes);
        prop_assert!(made.is_ok(), "{:?}", made.err());
        prop_assert_eq!(one.export(), other.export());
        prop_assert_eq!(said(one.current()), said(other.current()));
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

fn place(change: &Change) -> (String, String) {
    match change {
        Change::Replace { table, owner, .. } => (table.clone(), owner.clone()),
        _ => panic!("a difference replaces"),
    }
}
