//! The quality files of an enterprise: its own diary (S0-18), of product lots with their day, shift and material, and
//! the authority's (S0-22), of months by heading and country, with the tests that were done and the windows that rules
//! read.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::part::Part;
use super::row::{self, Row};
use crate::analysis::report::Cell;
use crate::declaration::{Amount, Country, Day};
use crate::registry::{Counted, Files, Heading, HeadingFile, LiveRegistry, MonthRow, TestRow};
use crate::service::{Desk, Refusal};

/// Which parts of a file are wanted. Of each list the key of its last row is told where more follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileParts {
    /// Only this heading, of all but the diary.
    pub heading: Option<Heading>,
    /// Headings, by their digits.
    pub headings: Part,
    /// Months, by heading, month and country.
    pub months: Part,
    /// Tests, by heading, month and test.
    pub tests: Part,
    /// Product lots, by their ids.
    pub diary: Part,
}

impl Desk {
    /// The quality files of an enterprise, with windows that end with a day, or else today.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where neither the registry nor a file has it; [`Refusal::Stopped`].
    pub fn quality_file(
        &self,
        id: &str,
        on: Option<Day>,
        parts: &FileParts,
    ) -> Result<Value, Refusal> {
        self.look(on, |world, on| {
            let registry = world.registry();
            let files = registry.current().files();
            // What has its place is noted.
            files.settle();
            let wanted = |file: &&HeadingFile| parts.heading.is_none_or(|own| own == file.heading);
            let all: Vec<HeadingFile> =
                files.of(id, |all| all.iter().filter(wanted).cloned().collect());
            let products = registry.owners_with("products", "enterprise_id", id);
            let known = registry.current().parties().find(id).is_some();
            if !known && all.is_empty() && products.is_empty() {
                return Err(super::enterprise::unknown(id));
            }
            let mut told = Map::new();
            told.insert("enterprise_id".to_owned(), id.into());
            let (found, next) = parts
                .headings
                .of(all.iter(), |file| file.heading.to_string());
            let headings = found.into_iter().map(|file| heading(files, id, file, on));
            put(&mut told, "headings", headings.collect(), next);
            let months = all
                .iter()
                .flat_map(|file| file.months.iter().map(|row| (file.heading, row)));
            let (found, next) = parts.months.of(months, month_key);
            put(
                &mut told,
                "months",
                found.into_iter().map(month).collect(),
                next,
            );
            let tests = all
                .iter()
                .flat_map(|file| file.tests.iter().map(|row| (file.heading, row)));
            let (found, next) = parts.tests.of(tests, test_key);
            put(
                &mut told,
                "tests",
                found.into_iter().map(test).collect(),
                next,
            );
            let (found, next) = parts.diary.of(products.into_iter(), |id| id.to_string());
            let lots = found
                .iter()
                .flat_map(|product| diary(registry, product, id, on));
            put(&mut told, "diary", lots.collect(), next);
            Ok(Value::Object(told))
        })
    }
}

fn put(told: &mut Map<String, Value>, list: &str, rows: Vec<Value>, next: Option<String>) {
    told.insert(list.to_owned(), rows.into());
    told.insert(format!("{list}_next"), next.into());
}

/// A sum of 1/10,000, as amounts are written; it may be larger than an amount.
fn written(units: i64) -> String {
    Amount::from_units(units).map_or_else(|_| units.to_string(), |amount| amount.to_string())
}

/// How many of all were passed, as reports tell it.
fn pass_rate(passed: u64, failed: u64) -> Value {
    Cell::Share(passed, passed + failed).json()
}

// ----- the authority's file -----

/// The windows of a heading, and the pass rate of each of its tests over all months.
fn heading(files: &Files, id: &str, file: &HeadingFile, on: Day) -> Value {
    let windows = files.windows(id, file.heading, on);
    let mut tests: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in &file.tests {
        let (passed, failed) = tests.entry(&row.test).or_default();
        *passed += u64::from(row.passed);
        *failed += u64::from(row.failed);
    }
    let tests = tests.into_iter().map(|(test, (passed, failed))| {
        let rate = pass_rate(passed, failed);
        let told = json!({ "passed": passed, "failed": failed, "pass_rate": rate });
        (test.to_owned(), told)
    });
    json!({
        "heading": file.heading.to_string(),
        "inspection_severity": windows.severity.as_str(),
        "tests": tests.collect::<Map<_, _>>(),
        "history": {
            "passes_in_a_row": windows.passes_in_a_row,
            "inspections_12m": windows.inspections,
            "failures_12m": windows.failures,
            "failed_tests_12m": files.failed_tests(id, file.heading, on),
            "notifications_12m": windows.notifications,
            "returns_12m": windows.returns,
            "complaints_12m": windows.complaints,
            "cancelled_after_selection_12m": windows.cancelled,
            "declarations_30d": windows.declarations,
            "value_30d": written(windows.value),
        },
    })
}

fn month_key((heading, row): &(Heading, &MonthRow)) -> String {
    let country = row.country.map_or("", Country::alpha_2);
    format!("{heading}/{}/{country}", row.month)
}

fn month((heading, row): (Heading, &MonthRow)) -> Value {
    let counts = Counted::ALL.map(|counted| (counted.as_str(), row.count_of(counted)));
    let mut told: Map<String, Value> = counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count.into()))
        .collect();
    let more = [
        ("heading", Value::from(heading.to_string())),
        ("month", year_and_month(row.month).into()),
        ("country", row.country.map(Country::alpha_2).into()),
        ("value", written(row.value).into()),
        ("quantity", written(row.quantity).into()),
    ];
    told.extend(more.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(told)
}

fn test_key((heading, row): &(Heading, &TestRow)) -> String {
    format!("{heading}/{}/{}", row.month, row.test)
}

fn test((heading, row): (Heading, &TestRow)) -> Value {
    json!({
        "heading": heading.to_string(),
        "month": year_and_month(row.month),
        "test": row.test,
        "passed": row.passed,
        "failed": row.failed,
        "pass_rate": pass_rate(row.passed.into(), row.failed.into()),
    })
}

fn year_and_month(first: Day) -> String {
    let mut text = first.to_string();
    text.truncate(text.len().saturating_sub("-01".len()));
    text
}

// ----- the enterprise's diary -----

/// A product lot of an enterprise, with the lots of raw material that it was made of and their suppliers.
fn diary<'r>(
    registry: &'r LiveRegistry,
    product: &str,
    enterprise: &'r str,
    on: Day,
) -> impl Iterator<Item = Value> + use<'r> {
    let rows = row::of_owner(registry, "products", product, on).into_iter();
    let own = rows.filter(move |row| row::cell(row, "enterprise_id") == enterprise);
    own.map(move |mut product| {
        let lots = row::listed(&product, "material_lots");
        let lots: Vec<Value> = lots.map(|lot| material(registry, lot, on)).collect();
        product.remove("in_force");
        product.insert("material_lots".to_owned(), lots.into());
        Value::Object(product)
    })
}

/// A lot of raw material with its supplier; only its id where the registry has no such lot.
fn material(registry: &LiveRegistry, lot: &str, on: Day) -> Value {
    let mut rows = row::of_owner(registry, "lots", lot, on);
    let Some(mut found) = rows.pop() else {
        return json!({ "lot_id": lot });
    };
    let supplier = supplier(registry, &found, on);
    found.insert("supplier".to_owned(), supplier);
    Value::Object(found)
}

/// The supplier of a lot as it was filed on the day of purchase, or else on a day.
pub(super) fn supplier(registry: &LiveRegistry, lot: &Row, on: Day) -> Value {
    let bought = Day::parse(row::cell(lot, "purchased_on")).unwrap_or(on);
    let rows = row::of_owner(registry, "suppliers", row::cell(lot, "supplier_id"), bought);
    let mut filed = rows
        .into_iter()
        .filter(|row| row::in_force("suppliers", row, bought));
    filed.next().map_or(Value::Null, Value::Object)
}
