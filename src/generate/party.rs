//! Enterprises by their number: what kind, where, of what goods, in which zone. Everything about an enterprise
//! follows from seed and number, so that declarations can cite it without any table. Numbers at and beyond the
//! count of enterprises are valid parties that the registry doesn't know.

use super::nomenclature::{Direction, HeadingNo};
use super::random::{Purpose, Random};
use super::world::World;
use crate::declaration::complete_uscc;

/// Of so many successive numbers the first is an agent's and the last an overseas party's.
const BLOCK: u64 = 20;
/// Organisation codes have eight digits.
const ORGANISATIONS: u64 = 100_000_000;
/// Without a common divisor with [`ORGANISATIONS`], so that no two enterprises share a code.
const ORGANISATION_STEP: u64 = 38_654_707;
/// Share of enterprises that are a zone's.
const ZONE_SHARE: u64 = 400;

/// The number of an enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartyIndex(pub(super) u64);

/// What an enterprise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Agent,
    Trader,
    Manufacturer,
    Processing,
    Foreign,
}

impl Kind {
    /// The word of `enterprises.csv`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Trader => "trader",
            Self::Manufacturer => "manufacturer",
            Self::Processing => "processing",
            Self::Foreign => "foreign",
        }
    }
}

/// An enterprise.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) kind: Kind,
    /// The bureau that it lies in.
    pub(super) bureau: u64,
    /// The zone that it applied to or is in.
    pub(super) zone: Option<u64>,
    /// Its main goods.
    pub(super) goods: HeadingNo,
}

impl PartyIndex {
    /// What it is.
    pub(super) const fn kind(self) -> Kind {
        match self.0 % BLOCK {
            0 => Kind::Agent,
            1..=6 => Kind::Trader,
            17 | 18 => Kind::Processing,
            19 => Kind::Foreign,
            _ => Kind::Manufacturer,
        }
    }

    /// An enterprise that trades: few of them trade most.
    pub(super) fn trader(random: &mut Random, world: &World) -> Self {
        Self(random.rank(world.enterprises / BLOCK * BLOCK)).moved(1, 18)
    }

    /// An enterprise that makes goods.
    pub(super) fn producer(random: &mut Random, world: &World) -> Self {
        Self(random.rank(world.enterprises / BLOCK * BLOCK)).moved(7, 18)
    }

    /// An agent.
    pub(super) fn agent(random: &mut Random, world: &World) -> Self {
        Self(random.rank(world.enterprises / BLOCK) * BLOCK)
    }

    /// An overseas party.
    pub(super) fn foreign(random: &mut Random, world: &World) -> Self {
        Self(random.rank(world.enterprises / BLOCK) * BLOCK + BLOCK - 1)
    }

    /// A domestic party that no registry of this plan knows.
    pub(super) fn unknown(random: &mut Random, world: &World) -> Self {
        let known = world.enterprises.next_multiple_of(BLOCK);
        Self(known + random.below(ORGANISATIONS - known - BLOCK)).moved(1, 18)
    }

    /// The nearest number of the same block whose place in it is within bounds.
    fn moved(self, low: u64, high: u64) -> Self {
        Self(self.0 / BLOCK * BLOCK + (self.0 % BLOCK).clamp(low, high))
    }

    /// The id: a Unified Social Credit Identifier, or a free text for an overseas party.
    pub(super) fn push_id(self, out: &mut Vec<u8>, world: &World) {
        let mut random = Random::new(world.seed, Purpose::Party, self.0);
        if self.kind() == Kind::Foreign {
            let country = random.pick_early(super::place::COUNTRIES);
            out.extend_from_slice(country.as_bytes());
            out.extend_from_slice(b"-PARTY-");
            super::text::push_number(out, self.0, 7);
            return;
        }
        let mut digits = Vec::with_capacity(16);
        digits.extend_from_slice(b"91");
        super::text::push_number(&mut digits, random.within(110_000, 659_000), 6);
        let organisation =
            (self.0 * ORGANISATION_STEP + world.seed % ORGANISATIONS) % ORGANISATIONS;
        super::text::push_number(&mut digits, organisation, 8);
        let id = digits
            .as_slice()
            .try_into()
            .ok()
            .and_then(|first: &[u8; 16]| complete_uscc(first))
            .unwrap_or_default();
        out.extend_from_slice(id.as_bytes());
    }

    /// The id as a text.
    pub(super) fn id(self, world: &World) -> String {
        let mut out = Vec::with_capacity(24);
        self.push_id(&mut out, world);
        String::from_utf8(out).unwrap_or_default()
    }

    /// What is behind the number.
    pub(super) fn party(self, world: &World) -> Party {
        let mut random = Random::new(world.seed, Purpose::Party, !self.0);
        let kind = self.kind();
        let at_home = !matches!(kind, Kind::Agent | Kind::Foreign);
        let zone = (at_home && random.chance(ZONE_SHARE))
            .then(|| random.below(world.places.zones.len() as u64));
        let of_zone = zone.and_then(|no| world.places.zones.get(no as usize));
        match of_zone {
            Some(place) => Party {
                kind,
                zone,
                bureau: place.bureau,
                goods: random.pick_early(&place.exports),
            },
            None => Party {
                kind,
                zone,
                bureau: random.rank(super::place::BUREAUS),
                goods: world.nomenclature.traded(&mut random, Direction::Export),
            },
        }
    }
}
