//! Makes what is known of goods: the boundaries of all tables cut the HS key space into parts, and for each
//! part the rows that cover it are listed. More rows on one day than a decision may join are a fault.

use super::lists::{Covering, Crowd, DayLists, KeyedLists};
use super::partition::Partition;
use super::rule::{PriceBand, RiskAssessment};
use super::{Goods, NodeStates, commodity_build};
use crate::declaration::HsScope;
use crate::limits::MAX_ROWS_PER_HS;
use crate::registry::check::Cites;
use crate::registry::country_groups::CountryGroups;
use crate::registry::fault::{RegistryError, RegistryErrors, day_text};
use crate::registry::rows::Row;
use crate::registry::symbol::Symbols;
use crate::registry::tables::Tables;
use crate::registry::validity::Validity;

/// What goods are made of.
pub(in crate::registry) struct GoodsMaker<'t> {
    pub(in crate::registry) tables: &'t Tables,
    pub(in crate::registry) symbols: &'t Symbols,
    pub(in crate::registry) groups: &'t CountryGroups,
    pub(in crate::registry) cites: &'t Cites,
}

impl GoodsMaker<'_> {
    /// Freezes all goods.
    pub(in crate::registry) fn make(&self, errors: &mut RegistryErrors) -> Goods {
        let partition = Partition::new(boundaries(self.tables));
        let mut goods = Goods {
            nodes: vec![NodeStates::default(); partition.len()],
            partition,
            ..Goods::default()
        };
        self.add_requirements(&mut goods, errors);
        self.add_remedies(&mut goods, errors);
        self.add_alerts(&mut goods, errors);
        self.add_assessments(&mut goods, errors);
        self.add_price_bands(&mut goods);
        self.add_supervised(&mut goods, errors);
        commodity_build::add(self, &mut goods);
        goods
    }

    fn add_requirements(&self, goods: &mut Goods, errors: &mut RegistryErrors) {
        goods.requirements = self.requirements();
        let rows = &goods.requirements;
        let covering = covering(&goods.partition, rows.iter().map(|row| row.scope.ranges()));
        let states;
        (goods.requirement_lists, states) =
            DayLists::new(&covering, |no| validity(rows, no, |r| r.validity));
        set(goods, &states, |node| &mut node.requirements);
        note(
            &self.tables.requirements,
            goods.requirement_lists.crowd(),
            errors,
        );
    }

    fn add_remedies(&self, goods: &mut Goods, errors: &mut RegistryErrors) {
        goods.remedies = self.remedies();
        let rows = &goods.remedies;
        let covering = covering(&goods.partition, rows.iter().map(|row| row.scope.ranges()));
        let states;
        (goods.remedy_lists, states) =
            DayLists::new(&covering, |no| validity(rows, no, |r| r.validity));
        set(goods, &states, |node| &mut node.remedies);
        note(&self.tables.remedies, goods.remedy_lists.crowd(), errors);
    }

    /// Alerts that name a party are in its standing and in no list here.
    fn add_alerts(&self, goods: &mut Goods, errors: &mut RegistryErrors) {
        goods.alerts = self.alerts();
        let rows = &goods.alerts;
        let ranges = rows.iter().map(|row| match row.enterprise {
            None => row.scope.ranges(),
            Some(_) => &[],
        });
        let covering = covering(&goods.partition, ranges);
        let states;
        (goods.alert_lists, states) =
            DayLists::new(&covering, |no| validity(rows, no, |r| r.validity));
        set(goods, &states, |node| &mut node.alerts);
        note(&self.tables.alerts, goods.alert_lists.crowd(), errors);
    }

    fn add_assessments(&self, goods: &mut Goods, errors: &mut RegistryErrors) {
        goods.assessments = self.assessments();
        let rows = &goods.assessments;
        let covering = covering(&goods.partition, rows.iter().map(|row| row.scope.ranges()));
        let party = |row: &RiskAssessment| row.enterprise.map_or(0, |party| party.0 + 1);
        let key = |no: u32| (rows.get(no as usize).map_or(0, party), 0);
        let states;
        (goods.assessment_lists, states) = KeyedLists::new(&covering, key);
        let crowd = goods
            .assessment_lists
            .crowd(|no| validity(rows, no, |r| r.validity));
        note(&self.tables.risk_assessments, crowd, errors);
        set(goods, &states, |node| &mut node.assessments);
    }

    fn add_price_bands(&self, goods: &mut Goods) {
        let ranges: Vec<_> = self
            .tables
            .price_bands
            .iter()
            .map(|row| [row.hs_prefix.range])
            .collect();
        goods.price_bands = self.price_bands();
        let rows = &goods.price_bands;
        let covering = covering(&goods.partition, ranges.iter().map(<[_; 1]>::as_slice));
        let country = |row: &PriceBand| row.country.map_or(0, |named| named.number() as u32 + 1);
        let key = |no: u32| {
            rows.get(no as usize).map_or((0, 0), |row| {
                (country(row), u32::from(u8::MAX - row.digits))
            })
        };
        let states;
        (goods.price_band_lists, states) = KeyedLists::new(&covering, key);
        set(goods, &states, |node| &mut node.price_bands);
    }
}

/// Sets a table's state of every node.
fn set(goods: &mut Goods, states: &[u32], slot: impl Fn(&mut NodeStates) -> &mut u32) {
    for (node, state) in goods.nodes.iter_mut().zip(states) {
        *slot(node) = *state;
    }
}

pub(super) fn validity<T>(rows: &[T], no: u32, of: impl Fn(&T) -> Validity) -> Validity {
    rows.get(no as usize).map_or(Validity::ALWAYS, of)
}

pub(super) fn note<R: Row>(rows: &[R], crowd: Option<Crowd>, errors: &mut RegistryErrors) {
    if let Some(crowd) = crowd
        && let Some(row) = rows.get(crowd.row as usize)
    {
        let error = RegistryError::TooMany {
            what: "rows over one HS code".to_owned(),
            count: crowd.count,
            day: day_text(crowd.day),
            limit: MAX_ROWS_PER_HS,
        };
        errors.push(R::TABLE, Some(row.line()), error);
    }
}

/// For each part the rows that cover it.
pub(super) fn covering<'r>(
    partition: &Partition,
    rows: impl Iterator<Item = &'r [(u64, u64)]>,
) -> Covering {
    let mut covering: Covering = vec![Vec::new(); partition.len()];
    for (no, ranges) in rows.enumerate() {
        for (from, to) in ranges {
            let nodes = covering.get_mut(partition.nodes(*from, *to));
            for node in nodes.unwrap_or_default() {
                node.push(no as u32);
            }
        }
    }
    covering
}

/// The ends of all ranges of all tables that say something of goods.
fn boundaries(t: &Tables) -> Vec<u64> {
    let mut scopes: Vec<&HsScope> = Vec::new();
    scopes.extend(t.legal_exceptions.iter().map(|row| &row.hs_scope));
    scopes.extend(t.commodity_groups.iter().map(|row| &row.hs_scope));
    scopes.extend(t.requirements.iter().map(|row| &row.hs_scope));
    scopes.extend(t.remedies.iter().map(|row| &row.hs_scope));
    scopes.extend(t.risk_assessments.iter().map(|row| &row.hs_scope));
    scopes.extend(t.alerts.iter().map(|row| &row.hs_scope));
    scopes.extend(t.accidents.iter().map(|row| &row.hs_scope));
    scopes.extend(t.consumption_norms.iter().map(|row| &row.hs_scope));
    scopes.extend(t.programmes.iter().map(|row| &row.hs_scope));
    let prefixes = t.catalogue.iter().map(|row| row.hs_prefix.range);
    let bands = t.price_bands.iter().map(|row| row.hs_prefix.range);
    let ranges = scopes.into_iter().flat_map(HsScope::ranges).copied();
    ranges
        .chain(prefixes)
        .chain(bands)
        .flat_map(|(from, to)| [from, to])
        .collect()
}
