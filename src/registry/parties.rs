//! The parties of a registry: from an id to a dense number to what rules may know of it on a day.
//! A look-up costs two cache misses; what most parties have, one standing for ever, costs no third. What changed
//! since the index was frozen stands beside it, so that the next snapshot shares all the rest.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::grown::Grown;
use super::id_index::IdIndex;
use super::standing::{Standing, StandingNo};
use super::timeline::Timelines;
use crate::declaration::Day;

/// The number of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyNo(pub u32);

/// So many parties may be among the recent changes, which every snapshot copies, before they join the earlier ones.
const MAX_RECENT: usize = 64;
/// So many parties may stand beside the frozen index before it is frozen anew.
const MAX_CHANGED: usize = 16_384;

/// All parties, as of a snapshot.
#[derive(Debug, Default, Clone)]
pub struct Parties {
    /// The payload of an entry is the state of `timelines` that gives the party's standing.
    pub(super) index: Arc<IdIndex>,
    /// What changed since: what snapshots share, and what came after that.
    earlier: Arc<Changed>,
    recent: Changed,
    pub(super) standings: Grown<Standing>,
    pub(super) timelines: Timelines,
    /// For each standing whether it has anything that is joined with goods.
    pub(super) related: Grown<bool>,
    /// Own shops and their owners, in order of the shop.
    pub(super) owners: Arc<Vec<(PartyNo, PartyNo)>>,
}

/// Parties that differ from the frozen index.
#[derive(Debug, Default, Clone)]
struct Changed {
    /// The states of those that changed, newcomers among them.
    states: HashMap<u32, u32, BuildHasherDefault<NumberHasher>>,
    /// Parties that the index lacks; their numbers follow its own.
    newcomers: Vec<Arc<str>>,
    /// Their numbers.
    numbers: HashMap<Arc<str>, u32>,
}

/// Spreads numbers that are given in order; nobody chooses them.
#[derive(Debug, Default)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(32);
    }
}

impl Parties {
    /// Freezes parties: for each id the state of `timelines` that gives its standing.
    pub(super) fn new(
        mut index: IdIndex,
        states: Vec<u32>,
        standings: Vec<Standing>,
        timelines: Timelines,
        owners: Vec<(PartyNo, PartyNo)>,
    ) -> Self {
        index.set_payloads(states);
        let related: Vec<bool> = standings.iter().map(Standing::is_related).collect();
        Self {
            index: Arc::new(index),
            related: Grown::from(related),
            standings: Grown::from(standings),
            timelines,
            owners: Arc::new(owners),
            ..Self::default()
        }
    }

    /// The number of a party, if the registry knows it.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<PartyNo> {
        let found = self.index.find(id);
        found.or_else(|| self.newcomer(id)).map(PartyNo)
    }

    /// The numbers of several parties.
    #[must_use]
    #[inline]
    pub fn find_each<const N: usize>(&self, ids: [Option<&str>; N]) -> [Option<PartyNo>; N] {
        let mut found = self.index.find_each(ids);
        if self.len() > self.index.len() {
            for (found, id) in found.iter_mut().zip(ids) {
                *found = found.or_else(|| self.newcomer(id?));
            }
        }
        found.map(|no| no.map(PartyNo))
    }

    fn newcomer(&self, id: &str) -> Option<u32> {
        let earlier = self.earlier.numbers.get(id);
        earlier.or_else(|| self.recent.numbers.get(id)).copied()
    }

    /// What a party is on a day.
    #[must_use]
    #[inline]
    pub fn standing(&self, no: PartyNo, day: Day) -> StandingNo {
        StandingNo(self.timelines.on(self.state(no), day))
    }

    #[inline]
    fn state(&self, no: PartyNo) -> u32 {
        let recent = self.recent.state(no);
        let changed = recent.or_else(|| self.earlier.state(no));
        changed.unwrap_or_else(|| self.index.payload(no.0))
    }

    /// All standings in order of their numbers; the first is that of an unknown party.
    pub fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter()
    }

    /// How many standings there are.
    #[must_use]
    pub fn standing_count(&self) -> usize {
        self.standings.len()
    }

    /// The standing of a number that this registry gave.
    #[must_use]
    pub fn get(&self, no: StandingNo) -> Option<&Standing> {
        self.standings.get(no.0 as usize)
    }

    /// The standing of a number, if it has zones, registrations, exemptions, alerts or cases. Few have, and those that
    /// have none are known by a byte, where a standing is a cache miss.
    #[must_use]
    #[inline]
    pub fn related(&self, no: StandingNo) -> Option<&Standing> {
        let related = self.related.get(no.0 as usize).copied().unwrap_or_default();
        related.then(|| self.get(no))?
    }

    /// The id of a party; empty for a number that was never given.
    #[must_use]
    pub fn id(&self, no: PartyNo) -> &str {
        match (no.0 as usize).checked_sub(self.index.len()) {
            None => self.index.id(no.0),
            Some(place) => {
                let earlier = self.earlier.newcomers.get(place);
                let place = place.saturating_sub(self.earlier.newcomers.len());
                let found = earlier.or_else(|| self.recent.newcomers.get(place));
                found.map_or("", |id| id)
            }
        }
    }

    /// Whose own shop a party is.
    #[must_use]
    pub fn own_shop_of(&self, shop: PartyNo) -> Option<PartyNo> {
        let at = self
            .owners
            .binary_search_by_key(&shop, |(shop, _)| *shop)
            .ok()?;
        self.owners.get(at).map(|(_, owner)| *owner)
    }

    /// Whether the same shops are known as somebody's.
    pub(super) fn owns_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.owners, &other.owners)
    }

    /// How many parties there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len() + self.earlier.newcomers.len() + self.recent.newcomers.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory held: index, standings with what they own, histories, marks and owners.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let standings: usize = self.standings.iter().map(standing_bytes).sum();
        let lists = size_of_val(self.owners.as_slice()) + self.related.len();
        self.index.bytes() + standings + self.timelines.bytes() + lists
    }
}

// ----- the next snapshot -----

impl Parties {
    /// The number of a party, a new one where it is not known yet.
    pub(super) fn enter(&mut self, id: &str) -> PartyNo {
        if let Some(known) = self.find(id) {
            return known;
        }
        let no = PartyNo(self.len() as u32);
        let id: Arc<str> = Arc::from(id);
        self.recent.newcomers.push(Arc::clone(&id));
        self.recent.numbers.insert(id, no.0);
        no
    }

    /// Says which state of `timelines` a party's is from now on.
    pub(super) fn set_state(&mut self, no: PartyNo, state: u32) {
        self.recent.states.insert(no.0, state);
        if self.recent.states.len() > MAX_RECENT {
            let recent = std::mem::take(&mut self.recent);
            Arc::make_mut(&mut self.earlier).join(recent);
        }
        if self.earlier.states.len() > MAX_CHANGED {
            self.freeze();
        }
    }

    /// Says whose own shop a party is.
    pub(super) fn set_owner(&mut self, shop: PartyNo, owner: Option<PartyNo>) {
        if self.own_shop_of(shop) == owner {
            return;
        }
        let owners = Arc::make_mut(&mut self.owners);
        owners.retain(|(known, _)| *known != shop);
        if let Some(owner) = owner {
            let at = owners.partition_point(|(known, _)| *known < shop);
            owners.insert(at, (shop, owner));
        }
    }

    /// Adds a standing.
    pub(super) fn add_standing(&mut self, standing: Standing) -> u32 {
        self.related.push(standing.is_related());
        self.standings.push(standing) as u32
    }

    fn freeze(&mut self) {
        let states: Vec<u32> = (0..self.len() as u32)
            .map(|no| self.state(PartyNo(no)))
            .collect();
        let mut index = if self.len() == self.index.len() {
            IdIndex::clone(&self.index)
        } else {
            let ids: Vec<&str> = (0..self.len() as u32)
                .map(|no| self.id(PartyNo(no)))
                .collect();
            IdIndex::build(ids.into_iter()).0
        };
        index.set_payloads(states);
        self.index = Arc::new(index);
        self.earlier = Arc::default();
        self.recent = Changed::default();
    }
}

impl Changed {
    #[inline]
    fn state(&self, no: PartyNo) -> Option<u32> {
        self.states.get(&no.0).copied()
    }

    /// Takes in what came after it.
    fn join(&mut self, later: Self) {
        self.states.extend(later.states);
        self.newcomers.extend(later.newcomers);
        self.numbers.extend(later.numbers);
    }
}

fn standing_bytes(standing: &Standing) -> usize {
    size_of::<Standing>()
        + size_of_val(&*standing.lists)
        + size_of_val(&*standing.titles)
        + size_of_val(&*standing.certificates)
        + size_of_val(&*standing.zones)
        + size_of_val(&*standing.registrations)
        + size_of_val(&*standing.exemptions)
        + size_of_val(&*standing.alerts)
        + size_of_val(&*standing.cases)
}
