//! Ids that one table cites of another, resolved to the dense numbers of the rows that have them. An id that
//! comes a second time in its own table is a fault there.

use rayon::prelude::*;

use crate::registry::cell::{Countries, Id};
use crate::registry::country_groups::CountryGroups;
use crate::registry::fault::{Place, RegistryError, RegistryErrors};
use crate::registry::id_index::IdIndex;
use crate::registry::parties::Parties;
use crate::registry::read::shown;
use crate::registry::rows::Row;
use crate::registry::tables::Tables;

/// In the place of a number: no id is named, or an unknown one.
pub(in crate::registry) const NOBODY: u32 = u32::MAX;

/// For each row the number that it cites, table by table.
#[derive(Debug, Default)]
pub(in crate::registry) struct Cites {
    pub(in crate::registry) parties: IdIndex,
    /// Numbered in order of the ids, since a zone has several rows.
    pub(in crate::registry) zones: IdIndex,
    pub(in crate::registry) own_shops: Vec<u32>,
    pub(in crate::registry) classes: Vec<u32>,
    pub(in crate::registry) list_entries: Vec<u32>,
    pub(in crate::registry) titles: Vec<u32>,
    pub(in crate::registry) certificates: Vec<u32>,
    pub(in crate::registry) credits: Vec<u32>,
    pub(in crate::registry) registrations: Vec<u32>,
    pub(in crate::registry) exemptions: Vec<u32>,
    pub(in crate::registry) members: Vec<u32>,
    pub(in crate::registry) member_zones: Vec<u32>,
    pub(in crate::registry) zone_rows: Vec<u32>,
    pub(in crate::registry) alerts: Vec<u32>,
    pub(in crate::registry) assessments: Vec<u32>,
    pub(in crate::registry) ruling_parties: Vec<u32>,
    pub(in crate::registry) ruling_remedies: Vec<u32>,
}

/// What is there before the tables come, where these are a change.
#[derive(Clone, Copy)]
pub(in crate::registry) struct Before<'b> {
    pub(in crate::registry) parties: &'b Parties,
    /// The zones in order of their numbers; tables of a change bring none.
    pub(in crate::registry) zones: &'b IdIndex,
    pub(in crate::registry) groups: &'b CountryGroups,
}

/// The column by which a row belongs to a party: a change that brings it brings the party's own row.
const OWN: &str = "enterprise_id";

/// A table whose ids are cited.
struct Target<'a> {
    table: &'static str,
    index: &'a IdIndex,
    /// Whether all its rows could be read, so that an id not found is not there.
    complete: bool,
    before: Option<Before<'a>>,
}

impl<'a> Target<'a> {
    fn new(
        table: &'static str,
        index: &'a IdIndex,
        incomplete: &[&'static str],
        before: Option<Before<'a>>,
    ) -> Self {
        Self {
            table,
            index,
            complete: !incomplete.contains(&table),
            before,
        }
    }

    /// Whether an id that the tables lack was there before.
    fn was_there(&self, id: &str) -> bool {
        self.before.is_some_and(|before| match self.table {
            "enterprises" => before.parties.find(id).is_some(),
            "country_groups" => before.groups.get(id).is_some(),
            _ => false,
        })
    }
}

pub(super) fn resolve(
    tables: &Tables,
    incomplete: &[&'static str],
    before: Option<Before<'_>>,
    errors: &mut RegistryErrors,
) -> Cites {
    let parties = unique(
        &tables.enterprises,
        "enterprise_id",
        |row| &row.enterprise_id,
        errors,
    );
    let remedies = unique(&tables.remedies, "remedy_id", |row| &row.remedy_id, errors);
    let zones = distinct(tables.zones.iter().map(|row| &*row.zone_id));
    let mut cites = Cites::default();
    let party = Target::new("enterprises", &parties, incomplete, before);
    cite_parties(tables, &party, &mut cites, errors);
    let zones_then = before.map_or(&zones, |before| before.zones);
    let zone = Target::new("zones", zones_then, incomplete, before);
    cites.member_zones = cite(&tables.memberships, "zone_id", &zone, errors, |r| {
        Some(&r.zone_id)
    });
    cites.zone_rows = cite(&tables.zones, "zone_id", &zone, errors, |r| {
        Some(&r.zone_id)
    });
    cite(&tables.zone_assessments, "zone_id", &zone, errors, |r| {
        Some(&r.zone_id)
    });
    cite(&tables.programmes, "zone_id", &zone, errors, |r| {
        r.zone_id.as_deref()
    });
    let remedy = Target::new("remedies", &remedies, incomplete, before);
    cites.ruling_remedies = cite(&tables.rulings, "remedy_id", &remedy, errors, |r| {
        Some(&r.remedy_id)
    });
    cite_material(tables, incomplete, errors);
    cite_groups(tables, incomplete, before, errors);
    cites.parties = parties;
    cites.zones = zones;
    cites
}

fn cite_parties(
    tables: &Tables,
    party: &Target<'_>,
    cites: &mut Cites,
    errors: &mut RegistryErrors,
) {
    const ID: &str = OWN;
    let t = tables;
    cites.own_shops = cite(&t.enterprises, "own_shop_of", party, errors, |r| {
        r.own_shop_of.as_deref()
    });
    cites.classes = cite(&t.classes, ID, party, errors, |r| Some(&r.enterprise_id));
    cites.list_entries = cite(&t.list_entries, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
    cites.titles = cite(&t.titles, ID, party, errors, |r| Some(&r.enterprise_id));
    cites.certificates = cite(&t.certificates, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
    cites.credits = cite(&t.credit_assessments, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
    cites.registrations = cite(&t.registrations, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
    cites.exemptions = cite(&t.exemptions, ID, party, errors, |r| Some(&r.enterprise_id));
    cites.members = cite(&t.memberships, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
    cites.alerts = cite(&t.alerts, ID, party, errors, |r| r.enterprise_id.as_deref());
    cites.assessments = cite(&t.risk_assessments, ID, party, errors, |r| {
        r.enterprise_id.as_deref()
    });
    cites.ruling_parties = cite(&t.rulings, ID, party, errors, |r| {
        r.enterprise_id.as_deref()
    });
    cite(&t.cases, ID, party, errors, |r| Some(&r.enterprise_id));
    cite(&t.lots, ID, party, errors, |r| Some(&r.enterprise_id));
    cite(&t.products, ID, party, errors, |r| Some(&r.enterprise_id));
    for row in &t.programmes {
        cite_list(row, "enterprises", &row.enterprises, party, errors);
    }
}

fn cite_material(tables: &Tables, incomplete: &[&'static str], errors: &mut RegistryErrors) {
    let suppliers = distinct(tables.suppliers.iter().map(|row| &*row.supplier_id));
    let lots = unique(&tables.lots, "lot_id", |row| &row.lot_id, errors);
    let supplier = Target::new("suppliers", &suppliers, incomplete, None);
    cite(&tables.lots, "supplier_id", &supplier, errors, |r| {
        r.supplier_id.as_deref()
    });
    let lot = Target::new("lots", &lots, incomplete, None);
    for row in &tables.products {
        cite_list(row, "material_lots", &row.material_lots, &lot, errors);
    }
}

fn cite_groups(
    tables: &Tables,
    incomplete: &[&'static str],
    before: Option<Before<'_>>,
    errors: &mut RegistryErrors,
) {
    let groups = distinct(tables.country_groups.iter().map(|row| &*row.group));
    let group = Target::new("country_groups", &groups, incomplete, before);
    cite_countries(&tables.requirements, &group, errors, |row| &row.countries);
    cite_countries(&tables.exemptions, &group, errors, |row| &row.countries);
    cite_countries(&tables.alerts, &group, errors, |row| &row.countries);
}

fn cite_countries<R: Row>(
    rows: &[R],
    group: &Target<'_>,
    errors: &mut RegistryErrors,
    countries: impl Fn(&R) -> &Countries,
) {
    for row in rows {
        cite_list(row, "countries", &countries(row).groups, group, errors);
    }
}

/// The number that each row cites, or [`NOBODY`].
fn cite<R: Row + Sync>(
    rows: &[R],
    column: &'static str,
    target: &Target<'_>,
    errors: &mut RegistryErrors,
    id: impl Fn(&R) -> Option<&str> + Sync,
) -> Vec<u32> {
    let find = |row: &R| {
        id(row)
            .and_then(|id| target.index.find(id))
            .unwrap_or(NOBODY)
    };
    let numbers: Vec<u32> = rows.par_iter().map(find).collect();
    for (row, number) in rows.iter().zip(&numbers) {
        if let (NOBODY, Some(id)) = (*number, id(row)) {
            // A party that was there may be gone.
            if column == OWN || !target.was_there(id) {
                unknown(row, column, id, target, errors);
            }
        }
    }
    numbers
}

fn cite_list<R: Row>(
    row: &R,
    column: &'static str,
    ids: &[Id],
    target: &Target<'_>,
    errors: &mut RegistryErrors,
) {
    for id in ids {
        if target.index.find(id).is_none() && !target.was_there(id) {
            unknown(row, column, id, target, errors);
        }
    }
}

fn unknown<R: Row>(
    row: &R,
    column: &'static str,
    id: &str,
    target: &Target<'_>,
    errors: &mut RegistryErrors,
) {
    if target.complete {
        let error = RegistryError::Unknown {
            column,
            text: shown(id),
            table: target.table,
        };
        errors.push(R::TABLE, Some(row.line()), error);
    }
}

/// An index of a table whose ids come once each.
pub(super) fn unique<R: Row>(
    rows: &[R],
    column: &'static str,
    id: impl Fn(&R) -> &str,
    errors: &mut RegistryErrors,
) -> IdIndex {
    let (index, repeated) = IdIndex::build(rows.iter().map(&id));
    for repeated in repeated {
        let row = |no: u32| rows.get(no as usize);
        if let (Some(again), Some(first)) = (row(repeated.again), row(repeated.first)) {
            let error = RegistryError::Repeated {
                column,
                text: shown(id(again)),
                first: Place::of_line(R::TABLE, Some(first.line())),
            };
            errors.push(R::TABLE, Some(again.line()), error);
        }
    }
    index
}

/// An index of ids that may come several times, numbered in their order.
fn distinct<'a>(ids: impl Iterator<Item = &'a str>) -> IdIndex {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    IdIndex::build(ids.into_iter()).0
}
