//! Everything that rules may know of a party on a day. Standings are interned: tens of thousands of parties of
//! the same standing share one number, and what is compiled from a standing is compiled once for all of them.

use super::country_set::CountrySet;
use super::goods::AlertNo;
use super::symbol::Sym;
use super::word::{CaseCause, Colour, ExemptionKind, PartyKind, RegistrationState, ZoneLevel};
use super::zone::ZoneNo;

/// The number of an interned [`Standing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StandingNo(pub u32);

impl StandingNo {
    /// The standing of a party that the registry doesn't know.
    pub const UNKNOWN: Self = Self(0);
}

/// The number of an interned scope of HS codes ([`super::Registry::scope`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeNo(pub u32);

/// What a party is on a day. The default is a party that the registry doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Standing {
    /// Whether `enterprises.csv` has it.
    pub known: bool,
    /// What it is.
    pub kind: Option<PartyKind>,
    /// Its size, as the authority words it; empty where unknown.
    pub size: Sym,
    /// The class assessed, 1 to 4; 0 for none. The black list does not change it.
    pub class: u8,
    /// The strictest of its entries of the red and the black list.
    pub colour: Colour,
    /// Names of the lists that it is on, ascending, each once.
    pub lists: Box<[Sym]>,
    /// Kinds of the titles that it holds, ascending, each once.
    pub titles: Box<[Sym]>,
    /// Kinds of the certificates that it holds, ascending, each once.
    pub certificates: Box<[Sym]>,
    /// The credit grade in force.
    pub credit: Option<Sym>,
    /// Whether it keeps a quality file.
    pub quality_file: bool,
    /// Its office; empty where unknown.
    pub office: Sym,
    /// The zones in force of which it is an announced member, in ascending order of zone.
    pub zones: Box<[ZoneMembership]>,
    /// Its registrations.
    pub registrations: Box<[(ScopeNo, RegistrationState)]>,
    /// Its exemptions.
    pub exemptions: Box<[Exemption]>,
    /// Alerts in force that name it, in ascending order; their scope and countries are still to be asked.
    pub alerts: Box<[AlertNo]>,
    /// Its accountability cases that are open or whose measures have not ended, alike ones once.
    pub cases: Box<[PartyCase]>,
}

impl Standing {
    /// Whether it has anything that is joined with goods.
    pub(super) fn is_related(&self) -> bool {
        let of_goods = self.registrations.len() + self.exemptions.len() + self.alerts.len();
        of_goods + self.zones.len() + self.cases.len() > 0
    }
}

/// Membership of a zone as of the standing's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneMembership {
    /// The zone.
    pub zone: ZoneNo,
    /// Its level on the day.
    pub level: ZoneLevel,
    /// For which exports it counts, on the day.
    pub scope: ScopeNo,
    /// For which imports it counts, on the day.
    pub import_scope: ScopeNo,
}

/// An exemption of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exemption {
    /// For which goods.
    pub scope: ScopeNo,
    /// From what.
    pub kind: ExemptionKind,
    /// For which countries.
    pub countries: CountrySet,
}

/// An accountability case of a party as of the standing's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyCase {
    /// For which goods.
    pub scope: ScopeNo,
    /// Whether it is open.
    pub open: bool,
    /// What it was found to come from; none where nothing was found yet.
    pub cause: Option<CaseCause>,
    /// Whether its measures are in force.
    pub in_force: bool,
}
