//! What a row must be by itself beyond its cells: a domestic party's id, an id that comes once, days and
//! numbers in their order.

use rayon::prelude::*;

use super::cite::unique;
use crate::declaration::PartyIds;
use crate::limits::REGISTRY_ROWS_EACH;
use crate::registry::fault::{RegistryError, RegistryErrors};
use crate::registry::read::shown;
use crate::registry::rows::{CountryGroupRow, EnterpriseRow, Row, TraceRow};
use crate::registry::tables::Tables;
use crate::registry::word::PartyKind;

pub(super) fn check(tables: &Tables, party_ids: Option<&PartyIds>, errors: &mut RegistryErrors) {
    if let Some(party_ids) = party_ids {
        check_party_ids(&tables.enterprises, party_ids, errors);
    }
    unique(&tables.rulings, "ruling_id", |row| &row.ruling_id, errors);
    unique(&tables.alerts, "alert_id", |row| &row.alert_id, errors);
    unique(
        &tables.accidents,
        "accident_id",
        |row| &row.accident_id,
        errors,
    );
    unique(&tables.cases, "case_id", |row| &row.case_id, errors);
    unique(
        &tables.products,
        "product_lot",
        |row| &row.product_lot,
        errors,
    );
    unique(
        &tables.programmes,
        "programme_id",
        |row| &row.programme_id,
        errors,
    );
    unique(&tables.traces, "trace_id", |row| &row.trace_id, errors);
    unique(&tables.offices, "office", |row| &row.office, errors);
    check_groups(&tables.country_groups, errors);
    check_traces(&tables.traces, errors);
    check_orders(tables, errors);
}

fn check_party_ids(rows: &[EnterpriseRow], party_ids: &PartyIds, errors: &mut RegistryErrors) {
    let wrong: Vec<_> = rows
        .par_iter()
        .with_min_len(REGISTRY_ROWS_EACH)
        .filter(|row| row.kind != Some(PartyKind::Foreign))
        .filter_map(|row| Some((row, party_ids.check(&row.enterprise_id).err()?)))
        .collect();
    for (row, error) in wrong {
        let expected = format!("is no id of a domestic party: {error}");
        fault(row, "enterprise_id", &row.enterprise_id, expected, errors);
    }
}

/// An empty group would read as any country.
fn check_groups(rows: &[CountryGroupRow], errors: &mut RegistryErrors) {
    for row in rows.iter().filter(|row| row.countries.is_empty()) {
        let expected = format!("names no country for the group `{}`", row.group);
        fault(row, "countries", "", expected, errors);
    }
}

fn check_traces(rows: &[TraceRow], errors: &mut RegistryErrors) {
    for row in rows.iter().filter(|row| row.product_lots.is_empty()) {
        let expected = format!("names no lot for the event `{}`", row.trace_id);
        fault(row, "product_lots", "", expected, errors);
    }
}

fn check_orders(tables: &Tables, errors: &mut RegistryErrors) {
    for row in &tables.cases {
        for (column, day) in [
            ("measures_until", row.measures_until),
            ("closed_on", row.closed_on),
        ] {
            if let Some(day) = day.filter(|day| *day < row.opened_on) {
                let expected = format!("is before the case was opened, on {}", row.opened_on);
                fault(row, column, &day.to_string(), expected, errors);
            }
        }
    }
    for row in &tables.price_bands {
        if let (Some(low), Some(high)) = (row.low, row.high)
            && high < low
        {
            let expected = format!("is below the low end, {low}");
            fault(row, "high", &high.to_string(), expected, errors);
        }
    }
}

fn fault<R: Row>(
    row: &R,
    column: &'static str,
    text: &str,
    expected: String,
    errors: &mut RegistryErrors,
) {
    let error = RegistryError::Cell {
        column,
        text: shown(text),
        expected,
    };
    errors.push(R::TABLE, Some(row.line()), error);
}
