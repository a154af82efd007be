//! The next snapshot of a registry, which shares with the one before all that stays: of its parties those are made
//! anew that change, and its goods, zones and places together where one of their tables does. Numbers that standings
//! hold (names, scopes, zones, alerts) stay what they are. What a party was before stays in memory until all is built
//! again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;

use crate::declaration::{HsScope, PartyIds};
use crate::registry::check::{self, Cites, Known, NOBODY};
use crate::registry::country_groups::CountryGroups;
use crate::registry::fault::RegistryErrors;
use crate::registry::goods::{AlertNo, Goods, GoodsMaker};
use crate::registry::id_index::IdIndex;
use crate::registry::party_rows::{PartyAlert, PartyRows};
use crate::registry::standing::ScopeNo;
use crate::registry::text_rows::TextRows;
use crate::registry::vocabulary::{self, Scopes};
use crate::registry::{Frame, PartyNo, Registry, Standing, Tables, Validity, build};

/// The rows that a snapshot differs in from the one before.
pub(super) struct NewRows<'r> {
    /// Every row of the parties that change, every row that is joined if one of them changes, every row of the lots that
    /// change with those of the suppliers that they name, and rows that are only kept.
    pub(super) texts: TextRows<'r>,
    /// Whether it has the rows that are joined.
    pub(super) joined: bool,
    /// Whether it has the rows of material.
    pub(super) material: bool,
    /// Whether a table has rows of an owner.
    pub(super) has: &'r (dyn Fn(&str, &str) -> bool + Sync),
    pub(super) party_ids: Option<&'r PartyIds>,
}

/// What of a registry is looked up by content when the next one is made.
#[derive(Debug)]
pub(super) struct Makers {
    /// The numbers of standings by what they are.
    standings: HashTable<u32>,
    hasher: RandomState,
    scopes: HashMap<HsScope, ScopeNo>,
    /// The zones in order of their numbers.
    zones: IdIndex,
    alerts: PartyAlerts,
}

/// Alerts that name a party.
type PartyAlerts = HashMap<PartyNo, Vec<(Validity, AlertNo)>>;

impl Makers {
    /// Of a registry as it was built.
    pub(super) fn new(current: &Registry) -> Self {
        let hasher = RandomState::new();
        let mut standings = HashTable::new();
        for (no, standing) in current.parties().standings().enumerate() {
            let hash = |no: &u32| hash_of(*no, current, &hasher);
            standings.insert_unique(hasher.hash_one(standing), no as u32, hash);
        }
        let scopes = current.scopes.iter().zip(0..);
        let symbols = current.symbols();
        let zones = current.zones().iter().map(|zone| symbols.name(zone.id));
        let zones = IdIndex::build(zones).0;
        Self {
            scopes: scopes
                .map(|(scope, no)| (scope.clone(), ScopeNo(no)))
                .collect(),
            alerts: party_alerts(current.goods()),
            zones,
            standings,
            hasher,
        }
    }

    /// The registry that differs from one in some rows.
    pub(super) fn make(
        &mut self,
        current: &Registry,
        rows: &NewRows<'_>,
    ) -> Result<Registry, RegistryErrors> {
        let (mut tables, mut errors, incomplete) = Tables::read(&rows.texts);
        let mut next = Registry::clone(current);
        let ids = tables.enterprises.iter().map(|row| &*row.enterprise_id);
        let parties: Vec<PartyNo> = ids.map(|id| next.parties.enter(id)).collect();
        if rows.joined {
            keep_alert_numbers(&mut tables, current.goods());
        }
        let known = Known {
            parties: &next.parties,
            zones: &self.zones,
            has: rows.has,
        };
        let party_ids = rows.party_ids;
        let cites = check::check(&tables, party_ids, &incomplete, Some(known), &mut errors);
        next.symbols.learn(vocabulary::names(&tables).into_iter());
        let goods = rows.joined.then(|| {
            let groups = CountryGroups::new(&tables.country_groups, &next.symbols);
            let maker = GoodsMaker {
                tables: &tables,
                symbols: &next.symbols,
                groups: &groups,
                cites: &cites,
            };
            (maker.make(&mut errors), groups)
        });
        errors.into_result()?;
        // Nothing is refused any more: what is numbered now is there.
        let scopes = self.scopes(&mut next, &tables);
        if let Some((goods, groups)) = goods {
            let (numbers, symbols) = (&cites.zone_rows, &next.symbols);
            let zones = build::zones(&tables, numbers, &self.zones, symbols, &scopes);
            next.frame = Arc::new(Frame {
                rows: next.frame.rows.clone(),
                ..build::frame(&tables, symbols, zones, groups, goods)
            });
            self.alerts = party_alerts(next.goods());
        }
        if rows.material {
            let material = Arc::make_mut(&mut next.material);
            material.enter(&tables, &cites, &next.symbols);
        }
        self.make_parties(&mut next, &tables, (&cites, &scopes), &parties);
        Ok(next)
    }

    fn scopes(&mut self, next: &mut Registry, tables: &Tables) -> Scopes {
        Scopes::numbered(tables, |scope| match self.scopes.get(scope) {
            Some(known) => *known,
            None => {
                let no = ScopeNo(next.scopes.push(scope.clone()) as u32);
                self.scopes.insert(scope.clone(), no);
                no
            }
        })
    }

    fn make_parties(
        &mut self,
        next: &mut Registry,
        tables: &Tables,
        (cites, scopes): (&Cites, &Scopes),
        parties: &[PartyNo],
    ) {
        debug_assert!(!cites.members.contains(&NOBODY), "the rows were checked");
        let alerts = self.alerts_of(parties);
        let frame = Arc::clone(&next.frame);
        let symbols = next.symbols.clone();
        let rows = PartyRows::new(
            tables,
            &symbols,
            scopes,
            &frame.zones,
            &frame.country_groups,
            cites,
            &alerts,
        );
        for (row, (no, enterprise)) in parties.iter().zip(&tables.enterprises).enumerate() {
            self.replace(next, *no, &rows, row);
            let owner = enterprise.own_shop_of.as_deref();
            let owner = owner.and_then(|id| next.parties.find(id));
            next.parties.set_owner(*no, owner);
        }
    }

    fn replace(&mut self, next: &mut Registry, no: PartyNo, rows: &PartyRows<'_>, row: usize) {
        let days = rows.cuts(row).into_iter();
        let steps = days.map(|day| (day, self.number(next, rows.standing(row, day))));
        let steps = steps.collect();
        let state = next.parties.timelines.add(steps);
        next.parties.set_state(no, state);
    }

    /// The number of a standing, a new one where there is none like it.
    fn number(&mut self, next: &mut Registry, standing: Standing) -> u32 {
        let hash = self.hasher.hash_one(&standing);
        let is = |no: &u32| next.parties.standings.get(*no as usize) == Some(&standing);
        if let Some(known) = self.standings.find(hash, is) {
            return *known;
        }
        let no = next.parties.add_standing(standing);
        let hash_of = |no: &u32| hash_of(*no, next, &self.hasher);
        self.standings.insert_unique(hash, no, hash_of);
        no
    }

    fn alerts_of(&self, parties: &[PartyNo]) -> Vec<PartyAlert> {
        let mut alerts = Vec::new();
        for (row, party) in parties.iter().enumerate() {
            let own = self.alerts.get(party).into_iter().flatten();
            alerts.extend(own.map(|(validity, no)| (row as u32, *validity, *no)));
        }
        alerts
    }
}

/// Alerts are numbered as they come, and standings hold their numbers: those known come in their order, new ones after.
fn keep_alert_numbers(tables: &mut Tables, goods: &Goods) {
    let known = goods.all_alerts().iter().zip(0u32..);
    let known: HashMap<&str, u32> = known.map(|(alert, no)| (&*alert.id, no)).collect();
    let number = |id: &str| known.get(id).copied().unwrap_or(u32::MAX);
    tables.alerts.sort_by_key(|row| number(&row.alert_id));
}

fn party_alerts(goods: &Goods) -> PartyAlerts {
    let mut alerts = PartyAlerts::new();
    for (alert, no) in goods.all_alerts().iter().zip(0..) {
        if let Some(party) = alert.enterprise {
            let own = alerts.entry(party).or_default();
            own.push((alert.validity, AlertNo(no)));
        }
    }
    alerts
}

fn hash_of(no: u32, registry: &Registry, hasher: &RandomState) -> u64 {
    let standing = registry.parties.standings.get(no as usize);
    standing.map_or(0, |standing| hasher.hash_one(standing))
}
