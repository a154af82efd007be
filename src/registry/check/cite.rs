//! Ids that one table cites of another, resolved to the dense numbers of the rows that have them. An id that
//! comes a second time in its own table is a fault there.

use rayon::prelude::*;

use crate::limits::REGISTRY_ROWS_EACH;
use crate::registry::cell::{Countries, Id};
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
    pub(in crate::registry) recommendations: Vec<u32>,
    pub(in crate::registry) registrations: Vec<u32>,
    pub(in crate::registry) exemptions: Vec<u32>,
    pub(in crate::registry) cases: Vec<u32>,
    pub(in crate::registry) members: Vec<u32>,
    pub(in crate::registry) member_zones: Vec<u32>,
    pub(in crate::registry) zone_rows: Vec<u32>,
    pub(in crate::registry) alerts: Vec<u32>,
    pub(in crate::registry) assessments: Vec<u32>,
    pub(in crate::registry) ruling_parties: Vec<u32>,
    pub(in crate::registry) ruling_remedies: Vec<u32>,
    pub(in crate::registry) lots: Vec<u32>,
    pub(in crate::registry) programme_zones: Vec<u32>,
    pub(in crate::registry) programme_parties: Vec<Vec<u32>>,
}

/// What is known beside the tables, where these are a part of a registry's rows.
#[derive(Clone, Copy)]
pub(in crate::registry) struct Known<'k> {
    /// Those that the tables bring among them. What cites a party, its own rows apart, cites its number here.
    pub(in crate::registry) parties: &'k Parties,
    /// The zones in order of their numbers; the tables bring no others.
    pub(in crate::registry) zones: &'k IdIndex,
    /// Whether a table has rows of an owner.
    pub(in crate::registry) has: &'k (dyn Fn(&str, &str) -> bool + Sync),
}

/// A table whose ids are cited.
struct Target<'a> {
    table: &'static str,
    ids: Ids<'a>,
    /// Whether all its rows could be read, so that an id not found is not there.
    complete: bool,
    known: Option<Known<'a>>,
}

/// What numbers the ids of a table.
#[derive(Clone, Copy)]
enum Ids<'a> {
    Rows(&'a IdIndex),
    Parties(&'a Parties),
}

impl<'a> Target<'a> {
    fn new(
        table: &'static str,
        ids: Ids<'a>,
        incomplete: &[&'static str],
        known: Option<Known<'a>>,
    ) -> Self {
        Self {
            table,
            ids,
            complete: !incomplete.contains(&table),
            known,
        }
    }

    fn find(&self, id: &str) -> Option<u32> {
        match self.ids {
            Ids::Rows(index) => index.find(id),
            Ids::Parties(parties) => parties.find(id).map(|no| no.0),
        }
    }

    /// Whether an id that has no number is not there.
    fn lacks(&self, id: &str) -> bool {
        let known = self.known.is_some_and(|known| (known.has)(self.table, id));
        self.complete && !known
    }
}

pub(super) fn resolve(
    tables: &Tables,
    incomplete: &[&'static str],
    known: Option<Known<'_>>,
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
    let own = Target::new("enterprises", Ids::Rows(&parties), incomplete, known);
    cite_own(tables, &own, &mut cites, errors);
    let all = known.map_or(own.ids, |known| Ids::Parties(known.parties));
    let party = Target { ids: all, ..own };
    cite_parties(tables, &party, &mut cites, errors);
    let zone = Ids::Rows(known.map_or(&zones, |known| known.zones));
    let zone = Target::new("zones", zone, incomplete, known);
    cites.member_zones = cite(&tables.memberships, "zone_id", &zone, errors, |r| {
        Some(&r.zone_id)
    });
    cites.zone_rows = cite(&tables.zones, "zone_id", &zone, errors, |r| {
        Some(&r.zone_id)
    });
    cite(&tables.zone_assessments, "zone_id", &zone, errors, |r| {
        Some(&r.zone_id)
    });
    cites.programme_zones = cite(&tables.programmes, "zone_id", &zone, errors, |r| {
        r.zone_id.as_deref()
    });
    let remedy = Target::new("remedies", Ids::Rows(&remedies), incomplete, known);
    cites.ruling_remedies = cite(&tables.rulings, "remedy_id", &remedy, errors, |r| {
        Some(&r.remedy_id)
    });
    cite_material(tables, incomplete, known, errors);
    cite_groups(tables, incomplete, known, errors);
    cites.parties = parties;
    cites.zones = zones;
    cites
}

/// What is said of a party cites its row among the tables.
fn cite_own(tables: &Tables, party: &Target<'_>, cites: &mut Cites, errors: &mut RegistryErrors) {
    const ID: &str = "enterprise_id";
    let t = tables;
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
    cites.recommendations = cite(&t.recommendations, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
    cites.registrations = cite(&t.registrations, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
    cites.exemptions = cite(&t.exemptions, ID, party, errors, |r| Some(&r.enterprise_id));
    cites.cases = cite(&t.cases, ID, party, errors, |r| Some(&r.enterprise_id));
    cites.members = cite(&t.memberships, ID, party, errors, |r| {
        Some(&r.enterprise_id)
    });
}

fn cite_parties(
    tables: &Tables,
    party: &Target<'_>,
    cites: &mut Cites,
    errors: &mut RegistryErrors,
) {
    const ID: &str = "enterprise_id";
    let t = tables;
    cites.own_shops = cite(&t.enterprises, "own_shop_of", party, errors, |r| {
        r.own_shop_of.as_deref()
    });
    cites.alerts = cite(&t.alerts, ID, party, errors, |r| r.enterprise_id.as_deref());
    cites.assessments = cite(&t.risk_assessments, ID, party, errors, |r| {
        r.enterprise_id.as_deref()
    });
    cites.ruling_parties = cite(&t.rulings, ID, party, errors, |r| {
        r.enterprise_id.as_deref()
    });
    cites.lots = cite(&t.lots, ID, party, errors, |r| Some(&r.enterprise_id));
    cite(&t.products, ID, party, errors, |r| Some(&r.enterprise_id));
    for row in &t.programmes {
        cite_list(row, "enterprises", &row.enterprises, party, errors);
        let named = row.enterprises.iter();
        let named = named.filter_map(|id| party.find(id)).collect();
        cites.programme_parties.push(named);
    }
}

fn cite_material(
    tables: &Tables,
    incomplete: &[&'static str],
    known: Option<Known<'_>>,
    errors: &mut RegistryErrors,
) {
    let suppliers = distinct(tables.suppliers.iter().map(|row| &*row.supplier_id));
    let lots = unique(&tables.lots, "lot_id", |row| &row.lot_id, errors);
    let supplier = Target::new("suppliers", Ids::Rows(&suppliers), incomplete, known);
    cite(&tables.lots, "supplier_id", &supplier, errors, |r| {
        r.supplier_id.as_deref()
    });
    let lot = Target::new("lots", Ids::Rows(&lots), incomplete, known);
    for row in &tables.products {
        cite_list(row, "material_lots", &row.material_lots, &lot, errors);
    }
}

fn cite_groups(
    tables: &Tables,
    incomplete: &[&'static str],
    known: Option<Known<'_>>,
    errors: &mut RegistryErrors,
) {
    let groups = distinct(tables.country_groups.iter().map(|row| &*row.group));
    let group = Target::new("country_groups", Ids::Rows(&groups), incomplete, known);
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
    // An event brings rows of a few tables.
    if rows.is_empty() {
        return Vec::new();
    }
    let find = |row: &R| id(row).and_then(|id| target.find(id)).unwrap_or(NOBODY);
    let numbers: Vec<u32> = rows
        .par_iter()
        .with_min_len(REGISTRY_ROWS_EACH)
        .map(find)
        .collect();
    for (row, number) in rows.iter().zip(&numbers) {
        if let (NOBODY, Some(id)) = (*number, id(row)) {
            unknown(row, column, id, target, errors);
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
        if target.find(id).is_none() {
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
    if target.lacks(id) {
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
    if rows.is_empty() {
        return IdIndex::default();
    }
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
    if ids.is_empty() {
        return IdIndex::default();
    }
    ids.sort_unstable();
    ids.dedup();
    IdIndex::build(ids.into_iter()).0
}
