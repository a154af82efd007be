//! From checked tables to the frozen snapshot: vocabulary and scopes first, then zones, then parties and goods
//! side by side.

use std::sync::Arc;

use super::check::Cites;
use super::country_groups::CountryGroups;
use super::fault::RegistryErrors;
use super::goods::{AlertNo, Goods, GoodsMaker};
use super::id_index::IdIndex;
use super::material::Material;
use super::party_rows::{PartyAlert, PartyRows};
use super::place::{Bodies, Office, Offices, Projects};
use super::standing::ScopeNo;
use super::symbol::{Sym, Symbols};
use super::tables::Tables;
use super::trace::Traced;
use super::vocabulary::{self, Scopes};
use super::zone::{Zone, ZoneTerm};
use super::{Frame, Grown, Registry, party_build};
use crate::declaration::CurrencyTable;

/// Freezes a registry; rows that no decision could join are noted.
pub(super) fn build(t: &Tables, mut cites: Cites, errors: &mut RegistryErrors) -> Registry {
    let symbols = Symbols::new(vocabulary::names(t));
    let scopes = Scopes::new(t);
    let zones = zones(t, &cites.zone_rows, &cites.zones, &symbols, &scopes);
    let country_groups = CountryGroups::new(&t.country_groups, &symbols);
    let maker = GoodsMaker {
        tables: t,
        symbols: &symbols,
        groups: &country_groups,
        cites: &cites,
    };
    let alerts: Vec<PartyAlert> = t
        .alerts
        .iter()
        .zip(&cites.alerts)
        .zip(0..)
        .map(|((row, party), no)| (*party, row.validity, AlertNo(no)))
        .collect();
    let party_rows = || {
        PartyRows::new(
            t,
            &symbols,
            &scopes,
            &zones,
            &country_groups,
            &cites,
            &alerts,
        )
    };
    let (goods, party_rows) = rayon::join(|| maker.make(errors), party_rows);
    let made = party_build::make(&party_rows);
    let mut material = Material::default();
    material.enter(t, &cites, &symbols);
    let parties = party_build::freeze(made, &mut cites);
    let frame = frame(t, &symbols, zones, country_groups, goods);
    Registry {
        scopes: Grown::from(scopes.list),
        symbols,
        parties,
        frame: Arc::new(frame),
        files: Arc::default(),
        material: Arc::new(material),
        traced: Arc::new(Traced::of(t)),
        revision: 0,
    }
}

/// What does not change with a party, its goods made before.
pub(super) fn frame(
    t: &Tables,
    symbols: &Symbols,
    zones: Vec<Zone>,
    country_groups: CountryGroups,
    goods: Goods,
) -> Frame {
    let projects = t.projects.iter();
    let bodies = t.bodies.iter();
    let rates = t.currencies.iter();
    Frame {
        offices: offices(t, symbols),
        projects: Projects::new(projects.map(|row| (&*row.project_id, row.validity, ()))),
        bodies: Bodies::new(bodies.map(|row| (&*row.body_id, row.validity, row.hs_scope.clone()))),
        currencies: CurrencyTable::new(
            rates
                .map(|row| (row.currency, row.from, row.rate))
                .collect(),
        ),
        rows: t.counts(),
        zones,
        goods,
        country_groups,
    }
}

/// The zones of an index, in order of their numbers; `cites` has the number of each row's.
pub(super) fn zones(
    t: &Tables,
    cites: &[u32],
    index: &IdIndex,
    symbols: &Symbols,
    scopes: &Scopes,
) -> Vec<Zone> {
    let mut terms: Vec<Vec<ZoneTerm>> = Vec::new();
    terms.resize_with(index.len(), Vec::new);
    let scopes = scopes.zones.iter().zip(&scopes.zone_imports);
    let rows = t.zones.iter().zip(cites).zip(scopes);
    for ((row, zone), (scope, import_scope)) in rows {
        if let Some(terms) = terms.get_mut(*zone as usize) {
            let office = row.resident_office.as_deref().unwrap_or_default();
            terms.push(term(row, *scope, *import_scope, symbols.get(office)));
        }
    }
    let zone = |(no, mut terms): (usize, Vec<ZoneTerm>)| {
        terms.sort_unstable_by_key(|term| term.validity.from);
        Zone {
            id: symbols.get(index.id(no as u32)),
            terms: terms.into_boxed_slice(),
        }
    };
    terms.into_iter().enumerate().map(zone).collect()
}

fn term(
    row: &super::rows::ZoneRow,
    scope: ScopeNo,
    import_scope: ScopeNo,
    resident_office: Sym,
) -> ZoneTerm {
    ZoneTerm {
        validity: row.validity,
        level: row.level,
        scope,
        import_scope,
        resident_office,
    }
}

fn offices(t: &Tables, symbols: &Symbols) -> Offices {
    let (index, _) = IdIndex::build(t.offices.iter().map(|row| &*row.office));
    let office = |row: &super::rows::OfficeRow| Office {
        id: symbols.get(&row.office),
        bureau: symbols.get(row.bureau.as_deref().unwrap_or_default()),
        kind: row.kind,
    };
    Offices {
        index,
        rows: t.offices.iter().map(office).collect(),
    }
}
