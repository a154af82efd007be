//! More rows of one party on one day than a decision may join. Goods are counted where their lists are made.

use super::cite::{Cites, NOBODY};
use crate::declaration::Day;
use crate::limits::{
    MAX_ALERTS_PER_PARTY, MAX_CASES_PER_PARTY, MAX_MEMBERSHIPS, MAX_REGISTRATIONS,
};
use crate::registry::fault::{RegistryError, RegistryErrors, day_text};
use crate::registry::rows::{CaseRow, Row};
use crate::registry::tables::Tables;
use crate::registry::validity::Validity;
use crate::registry::word::MemberState;

pub(super) fn check(t: &Tables, cites: &Cites, errors: &mut RegistryErrors) {
    let member = |at: usize| {
        let row = t.memberships.get(at)?;
        (row.state == MemberState::Announced).then_some(row.validity)
    };
    let what = "announced memberships of one enterprise";
    crowded(
        &t.memberships,
        &cites.members,
        what,
        MAX_MEMBERSHIPS,
        member,
        errors,
    );
    let registration = |at: usize| t.registrations.get(at).map(|row| row.validity);
    let what = "registrations of one party";
    crowded(
        &t.registrations,
        &cites.registrations,
        what,
        MAX_REGISTRATIONS,
        registration,
        errors,
    );
    let exemption = |at: usize| t.exemptions.get(at).map(|row| row.validity);
    let what = "exemptions of one party";
    crowded(
        &t.exemptions,
        &cites.exemptions,
        what,
        MAX_REGISTRATIONS,
        exemption,
        errors,
    );
    let case = |at: usize| t.cases.get(at).map(CaseRow::effective);
    let what = "cases of one enterprise";
    crowded(
        &t.cases,
        &cites.cases,
        what,
        MAX_CASES_PER_PARTY,
        case,
        errors,
    );
    let alert = |at: usize| t.alerts.get(at).map(|row| row.validity);
    let what = "alerts that name one enterprise";
    crowded(
        &t.alerts,
        &cites.alerts,
        what,
        MAX_ALERTS_PER_PARTY,
        alert,
        errors,
    );
}

fn crowded<R: Row>(
    rows: &[R],
    cites: &[u32],
    what: &str,
    limit: usize,
    validity: impl Fn(usize) -> Option<Validity>,
    errors: &mut RegistryErrors,
) {
    if rows.len() <= limit {
        return;
    }
    let mut keyed: Vec<(u32, Validity, u32)> = cites
        .iter()
        .enumerate()
        .filter(|(_, party)| **party != NOBODY)
        .filter_map(|(at, party)| Some((*party, validity(at)?, at as u32)))
        .collect();
    keyed.sort_unstable();
    for group in keyed.chunk_by(|one, two| one.0 == two.0) {
        if group.len() <= limit {
            continue;
        }
        let spans = group.iter().map(|(_, validity, at)| (*validity, *at));
        if let Some((at, day, count)) = busiest(spans, limit)
            && let Some(row) = rows.get(at as usize)
        {
            let error = RegistryError::TooMany {
                what: what.to_owned(),
                count,
                day: day_text(day),
                limit,
            };
            errors.push(R::TABLE, Some(row.line()), error);
        }
    }
}

/// The row with which the limit is first exceeded, its day and how many hold then; rows come in order of their first day.
pub(in crate::registry) fn busiest(
    rows: impl Iterator<Item = (Validity, u32)>,
    limit: usize,
) -> Option<(u32, Day, usize)> {
    let mut held: Vec<Validity> = Vec::new();
    for (validity, at) in rows {
        held.retain(|other| other.holds(validity.from));
        held.push(validity);
        if held.len() > limit {
            return Some((at, validity.from, held.len()));
        }
    }
    None
}
