//! Collects the vocabulary of all tables and the scopes of parties and zones, so that both are numbered before
//! anything is built, whatever the order of work.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::cell::Id;
use super::rows::EnterpriseRow;
use super::standing::ScopeNo;
use super::tables::Tables;
use crate::declaration::HsScope;
use crate::limits::REGISTRY_ROWS_EACH;

/// The names of all tables that rules may read.
pub(super) fn names(t: &Tables) -> HashSet<&str> {
    let mut names: HashSet<&str> = t
        .enterprises
        .par_iter()
        .with_min_len(REGISTRY_ROWS_EACH)
        .flat_map_iter(of_enterprise)
        .fold(HashSet::new, insert)
        .reduce(HashSet::new, |mut all, more| {
            all.extend(more);
            all
        });
    names.extend(of_parties(t));
    names.extend(t.zones.iter().map(|row| &*row.zone_id));
    names.extend(
        t.zones
            .iter()
            .filter_map(|row| row.resident_office.as_deref()),
    );
    names.extend(t.offices.iter().map(|row| &*row.office));
    names.extend(t.offices.iter().filter_map(|row| row.bureau.as_deref()));
    names.extend(t.country_groups.iter().map(|row| &*row.group));
    goods(t, &mut names);
    material(t, &mut names);
    names
}

fn of_enterprise(row: &EnterpriseRow) -> impl Iterator<Item = &str> {
    row.size.as_deref().into_iter().chain(row.office.as_deref())
}

/// The names of the tables of parties, those of the enterprises themselves apart.
fn of_parties(t: &Tables) -> impl Iterator<Item = &str> {
    let lists = t.list_entries.iter().map(|row| &*row.list);
    let titles = t.titles.iter().map(|row| &*row.kind);
    let certificates = t.certificates.iter().map(|row| &*row.kind);
    let credits = t.credit_assessments.iter();
    let grades = credits.filter_map(|row| row.grade.as_deref());
    lists.chain(titles).chain(certificates).chain(grades)
}

fn goods<'t>(t: &'t Tables, names: &mut HashSet<&'t str>) {
    let all = |ids: &'t [Id]| ids.iter().map(|id| &**id);
    names.extend(t.catalogue.iter().flat_map(|row| all(&row.categories)));
    names.extend(
        t.legal_exceptions
            .iter()
            .flat_map(|row| all(&row.facilitations)),
    );
    names.extend(t.commodity_groups.iter().map(|row| &*row.group));
    names.extend(t.requirements.iter().flat_map(|row| all(&row.tests)));
    names.extend(t.requirements.iter().flat_map(|row| all(&row.documents)));
    names.extend(t.remedies.iter().map(|row| &*row.remedy_id));
    names.extend(t.remedies.iter().filter_map(|row| row.kind.as_deref()));
    names.extend(t.remedies.iter().flat_map(|row| all(&row.product_codes)));
    names.extend(t.remedies.iter().flat_map(|row| all(&row.documents)));
    names.extend(
        t.rulings
            .iter()
            .filter_map(|row| row.product_code.as_deref()),
    );
    names.extend(t.rulings.iter().filter_map(|row| row.document.as_deref()));
    names.extend(
        t.risk_assessments
            .iter()
            .filter_map(|row| row.result.as_deref()),
    );
    names.extend(t.alerts.iter().map(|row| &*row.kind));
    names.extend(t.price_bands.iter().filter_map(|row| row.unit.as_deref()));
}

fn material<'t>(t: &'t Tables, names: &mut HashSet<&'t str>) {
    let (lots, norms) = (&t.lots, &t.consumption_norms);
    names.extend(lots.iter().filter_map(|row| row.material.as_deref()));
    names.extend(lots.iter().filter_map(|row| row.unit.as_deref()));
    names.extend(lots.iter().flat_map(|row| row.tests.iter().map(|id| &**id)));
    names.extend(norms.iter().map(|row| &*row.material));
    names.extend(norms.iter().filter_map(|row| row.unit.as_deref()));
}

fn insert<'t>(mut names: HashSet<&'t str>, name: &'t str) -> HashSet<&'t str> {
    names.insert(name);
    names
}

/// The scopes of zones, registrations, exemptions and cases, numbered as they come, and the numbers of each table's rows.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    pub(super) list: Vec<HsScope>,
    pub(super) zones: Vec<ScopeNo>,
    pub(super) zone_imports: Vec<ScopeNo>,
    pub(super) registrations: Vec<ScopeNo>,
    pub(super) exemptions: Vec<ScopeNo>,
    pub(super) cases: Vec<ScopeNo>,
}

impl Scopes {
    pub(super) fn new(t: &Tables) -> Self {
        let mut known: HashMap<&HsScope, u32> = HashMap::new();
        let mut list = Vec::new();
        let mut scopes = Self::numbered(t, |scope| {
            let next = list.len() as u32;
            let no = *known.entry(scope).or_insert(next);
            if no == next {
                list.push(scope.clone());
            }
            ScopeNo(no)
        });
        scopes.list = list;
        scopes
    }

    /// The numbers of each table's rows; the list of scopes is whose `number` is.
    pub(super) fn numbered<'t>(
        t: &'t Tables,
        mut number: impl FnMut(&'t HsScope) -> ScopeNo,
    ) -> Self {
        Self {
            list: Vec::new(),
            zones: t.zones.iter().map(|r| number(&r.hs_scope)).collect(),
            zone_imports: t.zones.iter().map(|r| number(&r.import_hs_scope)).collect(),
            registrations: t
                .registrations
                .iter()
                .map(|r| number(&r.hs_scope))
                .collect(),
            exemptions: t.exemptions.iter().map(|r| number(&r.hs_scope)).collect(),
            cases: t.cases.iter().map(|r| number(&r.hs_scope)).collect(),
        }
    }
}
