//! The next snapshot where parties change: it shares all that stays, and what it costs depends on the rows of the
//! parties that change, not on how many there are. What a party was before stays in memory until the registry is
//! read again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;

use crate::declaration::{HsScope, PartyIds};
use crate::registry::check::{self, Before, NOBODY};
use crate::registry::fault::RegistryErrors;
use crate::registry::goods::AlertNo;
use crate::registry::id_index::IdIndex;
use crate::registry::party_rows::{PartyAlert, PartyRows};
use crate::registry::standing::ScopeNo;
use crate::registry::vocabulary::{Scopes, party_symbols};
use crate::registry::{PartyNo, Registry, RegistrySource, Standing, Tables, Validity};

/// What of a registry is looked up by content when parties change.
#[derive(Debug)]
pub(super) struct PartyChanges {
    /// The numbers of standings by what they are.
    standings: HashTable<u32>,
    hasher: RandomState,
    scopes: HashMap<HsScope, ScopeNo>,
    /// The zones in order of their numbers, which no change of parties moves.
    zones: IdIndex,
    /// Alerts that name a party.
    alerts: HashMap<PartyNo, Vec<(Validity, AlertNo)>>,
}

impl PartyChanges {
    /// Of a registry as it was read.
    pub(super) fn new(current: &Registry) -> Self {
        let hasher = RandomState::new();
        let mut standings = HashTable::new();
        for (no, standing) in current.parties().standings().enumerate() {
            let hash = |no: &u32| hash_of(*no, current, &hasher);
            standings.insert_unique(hasher.hash_one(standing), no as u32, hash);
        }
        let mut alerts: HashMap<PartyNo, Vec<_>> = HashMap::new();
        for (alert, no) in current.goods().all_alerts().iter().zip(0..) {
            if let Some(party) = alert.enterprise {
                alerts
                    .entry(party)
                    .or_default()
                    .push((alert.validity, AlertNo(no)));
            }
        }
        let scopes = current.scopes.iter().zip(0..);
        let symbols = current.symbols();
        let zones = current.zones().iter().map(|zone| symbols.name(zone.id));
        let zones = IdIndex::build(zones).0;
        Self {
            scopes: scopes
                .map(|(scope, no)| (scope.clone(), ScopeNo(no)))
                .collect(),
            zones,
            standings,
            hasher,
            alerts,
        }
    }

    /// The registry in which some parties, known or new, have the rows of a source in the place of those that they
    /// had: it brings every row of every party that it names.
    pub(super) fn make(
        &mut self,
        current: &Registry,
        source: &RegistrySource,
        party_ids: Option<&PartyIds>,
    ) -> Result<Registry, RegistryErrors> {
        let (tables, mut errors, incomplete) = Tables::read(source);
        let before = Before {
            parties: current.parties(),
            zones: &self.zones,
            groups: &current.frame.country_groups,
        };
        let cites = check::check(&tables, party_ids, &incomplete, Some(before), &mut errors);
        errors.into_result()?;

        let mut next = Registry::clone(current);
        next.symbols.learn(party_symbols(&tables));
        let scopes = Scopes::numbered(&tables, |scope| match self.scopes.get(scope) {
            Some(known) => *known,
            None => {
                let no = ScopeNo(next.scopes.push(scope.clone()) as u32);
                self.scopes.insert(scope.clone(), no);
                no
            }
        });
        let ids = tables.enterprises.iter().map(|row| &*row.enterprise_id);
        let parties: Vec<PartyNo> = ids.map(|id| next.parties.enter(id)).collect();
        let alerts = self.alerts_of(&parties);
        let frame = Arc::clone(&next.frame);
        let symbols = next.symbols.clone();
        let groups = &frame.country_groups;
        let rows = PartyRows::new(
            &tables,
            &symbols,
            &scopes,
            &frame.zones,
            groups,
            &cites,
            &alerts,
        );
        for (row, (no, enterprise)) in parties.iter().zip(&tables.enterprises).enumerate() {
            self.replace(&mut next, *no, &rows, row);
            let owner = enterprise
                .own_shop_of
                .as_deref()
                .and_then(|id| next.parties.find(id));
            next.parties.set_owner(*no, owner);
        }
        debug_assert!(!cites.members.contains(&NOBODY), "checked above");
        Ok(next)
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

fn hash_of(no: u32, registry: &Registry, hasher: &RandomState) -> u64 {
    let standing = registry.parties.standings.get(no as usize);
    standing.map_or(0, |standing| hasher.hash_one(standing))
}
