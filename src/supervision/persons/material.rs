//! The raw material of an enterprise as rules about persons see it: what tests of its lots and inspections found, and for
//! how many days one counts. It is read as the facts of declarations are ([`Monitoring`]), at the enterprise's own office.

use std::collections::BTreeSet;

use super::eval::{self, Place};
use crate::declaration::Day;
use crate::engine::Monitoring;
use crate::policy::{PartyFact, PersonFact, Policy};
use crate::registry::{LiveRegistry, MaterialDay, TestResult, latest_test};
use crate::supervision::accountability::{Row, cell, day_of};

/// The table of lots.
pub(super) const LOTS: &str = "lots";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tests {
    /// In their order.
    found: Vec<MaterialDay>,
}

/// Whether a rule about persons reads how their material is monitored: of no other policy are tests looked at.
pub(super) fn is_read(policy: &Policy) -> bool {
    let classifications = policy.classifications.iter().map(|rule| &rule.when);
    let mut all = classifications.chain(policy.guards.iter().map(|guard| &guard.when));
    let fact = PersonFact::Party(PartyFact::MaterialMonitoring);
    all.any(|when| eval::reads(when, |read| read == fact))
}

/// For how many days a test counts at a place.
pub(super) fn counted_days(policy: &Policy, (office, bureau): Place<'_>) -> i64 {
    let parameter = policy.names.monitoring_days.as_ref();
    parameter.map_or(0, |parameter| {
        Monitoring::counted_days(parameter, office, bureau)
    })
}

/// Whose the lots of some rows are.
pub(super) fn owners(rows: &[Row]) -> impl Iterator<Item = String> {
    let ids = rows.iter().filter_map(|row| cell(row, "enterprise_id"));
    ids.map(str::to_owned)
}

impl Tests {
    /// Those that are known now.
    pub(super) fn of(known: &LiveRegistry, id: &str) -> Self {
        let registry = known.current();
        let party = registry.parties().find(id);
        let lots = party.map_or(&[][..], |party| registry.material().tests(party));
        let mut found = registry.files().material(id);
        found.extend(lots);
        found.sort_unstable();
        Self { found }
    }

    /// With one more.
    pub(super) fn add(&mut self, test: MaterialDay) {
        let at = self.found.partition_point(|found| *found <= test);
        self.found.insert(at, test);
    }

    /// With other rows in the place of those of a lot, as far as they are an enterprise's.
    pub(super) fn set_lot(&mut self, id: &str, were: &[Row], are: &[Row]) {
        for test in tests(id, were) {
            if let Ok(at) = self.found.binary_search(&test) {
                self.found.remove(at);
            }
        }
        tests(id, are).for_each(|test| self.add(test));
    }

    /// How the material is monitored on a day.
    pub(super) fn monitoring(&self, day: Day, counted_days: i64) -> Monitoring {
        Monitoring::on(day, latest_test(&self.found, day), counted_days)
    }

    /// The days behind one from which on a test is known or does not count any more.
    pub(super) fn cuts(&self, counted_days: i64, behind: Day, cuts: &mut BTreeSet<Day>) {
        for (day, _) in &self.found {
            let end = i64::from(day.number()).saturating_add(counted_days);
            let end = i32::try_from(end).map_or(Day::MAX, Day::from_number);
            let days = [*day, end].into_iter();
            cuts.extend(days.filter(|day| *day > behind && *day < Day::MAX));
        }
    }
}

/// The tests that rows of lots tell of an enterprise's.
fn tests<'r>(id: &'r str, rows: &'r [Row]) -> impl Iterator<Item = MaterialDay> + 'r {
    let own = rows
        .iter()
        .filter(move |row| cell(row, "enterprise_id") == Some(id));
    own.filter_map(|row| {
        let result = TestResult::parse(cell(row, "result")?)?;
        Some((day_of(row, "tested_on")?, result))
    })
}
