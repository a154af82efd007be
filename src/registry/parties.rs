//! The parties of a registry: from an id to a dense number to what rules may know of it on a day.
//! A look-up costs two cache misses; what most parties have, one standing for ever, costs no third.

use super::id_index::IdIndex;
use super::standing::{Standing, StandingNo};
use super::timeline::Timelines;
use crate::declaration::Day;

/// The number of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyNo(pub u32);

/// All parties, frozen.
#[derive(Debug, Default)]
pub struct Parties {
    /// The payload of an entry is the state of `timelines` that gives the party's standing.
    pub(super) index: IdIndex,
    pub(super) standings: Vec<Standing>,
    pub(super) timelines: Timelines,
    /// For each standing whether it has anything that is joined with goods.
    pub(super) related: Vec<bool>,
    /// Own shops and their owners, in order of the shop.
    pub(super) owners: Vec<(PartyNo, PartyNo)>,
}

impl Parties {
    /// The number of a party, if the registry knows it.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<PartyNo> {
        self.index.find(id).map(PartyNo)
    }

    /// The numbers of several parties.
    #[must_use]
    #[inline]
    pub fn find_each<const N: usize>(&self, ids: [Option<&str>; N]) -> [Option<PartyNo>; N] {
        self.index.find_each(ids).map(|no| no.map(PartyNo))
    }

    /// What a party is on a day.
    #[must_use]
    #[inline]
    pub fn standing(&self, no: PartyNo, day: Day) -> StandingNo {
        StandingNo(self.timelines.on(self.index.payload(no.0), day))
    }

    /// All standings; the first is that of an unknown party.
    #[must_use]
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// The standing of a number that this registry gave.
    #[must_use]
    pub fn get(&self, no: StandingNo) -> Option<&Standing> {
        self.standings.get(no.0 as usize)
    }

    /// The standing of a number, if it has zones, registrations, exemptions or alerts. Few have, and those that have
    /// none are known by a byte, where a standing is a cache miss.
    #[must_use]
    #[inline]
    pub fn related(&self, no: StandingNo) -> Option<&Standing> {
        let related = self.related.get(no.0 as usize).copied().unwrap_or_default();
        related.then(|| self.get(no))?
    }

    /// The id of a party.
    #[must_use]
    pub fn id(&self, no: PartyNo) -> &str {
        self.index.id(no.0)
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

    /// How many parties there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Bytes of memory held: index, standings with what they own, histories, marks and owners.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let standings: usize = self.standings.iter().map(standing_bytes).sum();
        let lists = size_of_val(&*self.owners) + size_of_val(&*self.related);
        self.index.bytes() + standings + self.timelines.bytes() + lists
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
}
