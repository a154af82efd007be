//! Rows of one key that share a day: at most one may say what the key is on a day.

use rayon::prelude::*;

use super::cite::{Cites, NOBODY};
use crate::declaration::{Day, Direction};
use crate::limits::REGISTRY_ROWS_EACH;
use crate::registry::fault::{Place, RegistryError, RegistryErrors};
use crate::registry::rows::Row;
use crate::registry::tables::Tables;
use crate::registry::validity::Validity;

/// A key of a row: its row number, when it holds, and what of it must be alone.
type Keyed<K> = (K, Validity, u32);

pub(super) fn check(tables: &Tables, cites: &Cites, errors: &mut RegistryErrors) {
    check_parties(tables, cites, errors);
    check_rights(tables, cites, errors);
    check_goods(tables, errors);
    check_others(tables, cites, errors);
}

fn check_parties(t: &Tables, cites: &Cites, errors: &mut RegistryErrors) {
    overlaps(
        &t.classes,
        errors,
        |at, r| {
            // What a rule gives stands over what an officer said, and both are kept.
            let given = !r.rule.is_empty();
            Some(((cited(&cites.classes, at)?, given), r.validity))
        },
        |r| format!("the class of `{}`", r.enterprise_id),
    );
    overlaps(
        &t.list_entries,
        errors,
        |at, r| {
            Some((
                (
                    cited(&cites.list_entries, at)?,
                    &*r.list,
                    &*r.authority,
                    &*r.rule,
                ),
                r.validity,
            ))
        },
        |r| {
            format!(
                "the list `{}` of one authority for `{}`",
                r.list, r.enterprise_id
            )
        },
    );
    overlaps(
        &t.titles,
        errors,
        |at, r| {
            Some((
                (cited(&cites.titles, at)?, &*r.kind, &*r.number, &*r.rule),
                r.validity,
            ))
        },
        |r| {
            format!(
                "the title `{}` {} of `{}`",
                r.kind, r.number, r.enterprise_id
            )
        },
    );
    overlaps(
        &t.certificates,
        errors,
        |at, r| {
            Some((
                (cited(&cites.certificates, at)?, &*r.kind, &*r.number),
                r.validity,
            ))
        },
        |r| {
            format!(
                "the certificate `{}` {} of `{}`",
                r.kind, r.number, r.enterprise_id
            )
        },
    );
}

fn check_rights(t: &Tables, cites: &Cites, errors: &mut RegistryErrors) {
    overlaps(
        &t.credit_assessments,
        errors,
        |at, r| Some((cited(&cites.credits, at)?, r.validity)),
        |r| format!("the credit of `{}`", r.enterprise_id),
    );
    overlaps(
        &t.recommendations,
        errors,
        |at, r| {
            Some((
                (cited(&cites.recommendations, at)?, &*r.authority),
                r.validity,
            ))
        },
        |r| {
            format!(
                "the recommendation of `{}` by one authority",
                r.enterprise_id
            )
        },
    );
    overlaps(
        &t.registrations,
        errors,
        |at, r| {
            Some((
                (cited(&cites.registrations, at)?, r.hs_scope.ranges()),
                r.validity,
            ))
        },
        |r| {
            format!(
                "the registration of `{}` for the same goods",
                r.enterprise_id
            )
        },
    );
    overlaps(
        &t.memberships,
        errors,
        |at, r| {
            Some((
                (cited(&cites.members, at)?, cited(&cites.member_zones, at)?),
                r.validity,
            ))
        },
        |r| format!("the membership of `{}` in `{}`", r.enterprise_id, r.zone_id),
    );
}

fn check_goods(t: &Tables, errors: &mut RegistryErrors) {
    for direction in [Direction::Export, Direction::Import] {
        overlaps(
            &t.catalogue,
            errors,
            |_, r| {
                let meant = r.direction.is_none_or(|named| named == direction);
                meant.then_some((r.hs_prefix.range, r.validity))
            },
            |r| format!("the catalogue's prefix `{}`", r.hs_prefix.digits),
        );
    }
    overlaps(
        &t.price_bands,
        errors,
        |_, r| {
            Some((
                (r.hs_prefix.range, r.country, r.unit.as_deref()),
                r.validity,
            ))
        },
        |r| {
            format!(
                "the price band of prefix `{}`, its country and unit",
                r.hs_prefix.digits
            )
        },
    );
    overlaps(
        &t.consumption_norms,
        errors,
        |_, r| Some(((r.hs_scope.ranges(), &*r.material), r.validity)),
        |r| {
            format!(
                "the consumption norm of `{}` for the same goods",
                r.material
            )
        },
    );
}

fn check_others(t: &Tables, cites: &Cites, errors: &mut RegistryErrors) {
    overlaps(
        &t.zones,
        errors,
        |at, r| Some((cited(&cites.zone_rows, at)?, r.validity)),
        |r| format!("the zone `{}`", r.zone_id),
    );
    overlaps(
        &t.suppliers,
        errors,
        |_, r| Some((&*r.supplier_id, r.validity)),
        |r| format!("the supplier `{}`", r.supplier_id),
    );
    overlaps(
        &t.bodies,
        errors,
        |_, r| Some(((&*r.body_id, r.hs_scope.ranges()), r.validity)),
        |r| format!("the body `{}` for the same goods", r.body_id),
    );
    overlaps(
        &t.projects,
        errors,
        |_, r| Some((&*r.project_id, r.validity)),
        |r| format!("the project `{}`", r.project_id),
    );
    overlaps(
        &t.currencies,
        errors,
        |_, r| {
            let that_day = Validity {
                from: r.from,
                to: Day::from_number(r.from.number().saturating_add(1)),
            };
            Some((r.currency, that_day))
        },
        |r| format!("the rate of `{}`", r.currency),
    );
}

fn cited(cites: &[u32], at: usize) -> Option<u32> {
    cites.get(at).copied().filter(|number| *number != NOBODY)
}

/// Notes each row that shares a day with an earlier one of its key.
fn overlaps<'r, R: Row + Sync, K: Ord + Send + Copy>(
    rows: &'r [R],
    errors: &mut RegistryErrors,
    key: impl Fn(usize, &'r R) -> Option<(K, Validity)> + Sync,
    name: impl Fn(&R) -> String,
) {
    if rows.len() < 2 {
        return;
    }
    let mut keyed: Vec<Keyed<K>> = rows
        .par_iter()
        .with_min_len(REGISTRY_ROWS_EACH)
        .enumerate()
        .filter_map(|(at, row)| key(at, row).map(|(key, validity)| (key, validity, at as u32)))
        .collect();
    keyed.par_sort_unstable();
    // The row of the present key that holds longest.
    let mut longest: Option<Keyed<K>> = None;
    for row in keyed {
        if let Some(before) = longest
            && before.0 == row.0
            && row.1.from < before.1.to
        {
            note(rows, before, row, errors, &name);
        }
        longest = match longest {
            Some(before) if before.0 == row.0 && before.1.to >= row.1.to => Some(before),
            _ => Some(row),
        };
    }
}

/// The fault is the later line's.
fn note<R: Row, K>(
    rows: &[R],
    one: Keyed<K>,
    two: Keyed<K>,
    errors: &mut RegistryErrors,
    name: &impl Fn(&R) -> String,
) {
    let (early, late) = if one.2 < two.2 {
        (one, two)
    } else {
        (two, one)
    };
    let row = |no: u32| rows.get(no as usize);
    if let (Some(other), Some(row)) = (row(early.2), row(late.2)) {
        let error = RegistryError::Overlap {
            key: name(row),
            validity: late.1.to_string(),
            other: Place::of_line(R::TABLE, Some(other.line())),
            other_validity: early.1.to_string(),
        };
        errors.push(R::TABLE, Some(row.line()), error);
    }
}
