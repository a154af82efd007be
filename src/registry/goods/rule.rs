//! Rows of the goods tables with everything resolved: countries as sets, names as numbers, parties as numbers.
//! Each says for which goods, direction, countries and days it holds; whoever joins them asks.

use crate::declaration::{Amount, Country, Direction, HsScope};
use crate::registry::country_set::CountrySet;
use crate::registry::parties::PartyNo;
use crate::registry::symbol::Sym;
use crate::registry::validity::Validity;
use crate::registry::word::InspectionMode;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident),+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl From<u32> for $name {
            fn from(no: u32) -> Self {
                Self(no)
            }
        }

        impl From<$name> for u32 {
            fn from(no: $name) -> Self {
                no.0
            }
        }
    )+ };
}

numbers! {
    /// The number of a [`Requirement`].
    RequirementNo,
    /// The number of a [`Remedy`].
    RemedyNo,
    /// The number of a [`RiskAssessment`].
    RiskAssessmentNo,
    /// The number of an [`Alert`].
    AlertNo,
    /// The number of a [`PriceBand`].
    PriceBandNo,
    /// The number of a [`super::ConsumptionNorm`].
    ConsumptionNormNo,
    /// The number of a [`super::Programme`].
    ProgrammeNo
}

/// What a destination asks of goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// For which goods.
    pub scope: HsScope,
    /// For which direction; both where none.
    pub direction: Option<Direction>,
    /// For which countries.
    pub countries: CountrySet,
    /// Tests, ascending.
    pub tests: Box<[Sym]>,
    /// Documents, ascending.
    pub documents: Box<[Sym]>,
    /// How to inspect.
    pub mode: Option<InspectionMode>,
    /// On which days.
    pub validity: Validity,
}

/// A trade remedy with its rulings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// Its id.
    pub id: Sym,
    /// Its kind.
    pub kind: Sym,
    /// For which goods.
    pub scope: HsScope,
    /// For which country; any where none.
    pub country: Option<Country>,
    /// For which products, ascending; any where empty.
    pub product_codes: Box<[Sym]>,
    /// Documents, ascending.
    pub documents: Box<[Sym]>,
    /// On which days.
    pub validity: Validity,
    /// Rulings under it, those for any enterprise first, then in order of the enterprise.
    pub rulings: Box<[Ruling]>,
}

/// A ruling that exempts from a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Whose goods; anyone's where none.
    pub enterprise: Option<PartyNo>,
    /// Which product; any where none.
    pub product_code: Option<Sym>,
    /// Its document.
    pub document: Sym,
    /// On which days.
    pub validity: Validity,
}

impl Remedy {
    /// The rulings that may exempt a party's goods: those for anyone and those for that party.
    pub fn rulings_for(&self, party: Option<PartyNo>) -> impl Iterator<Item = &Ruling> {
        of_party(&self.rulings, party, |ruling| ruling.enterprise)
    }
}

/// A current risk assessment of imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskAssessment {
    /// For which goods.
    pub scope: HsScope,
    /// From which country; any where none.
    pub country: Option<Country>,
    /// Whose goods; anyone's where none.
    pub enterprise: Option<PartyNo>,
    /// What was found; empty where not said.
    pub result: Sym,
    /// On which days.
    pub validity: Validity,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: Box<str>,
    /// Its kind.
    pub kind: Sym,
    /// 0 to 3.
    pub level: u8,
    /// For which goods.
    pub scope: HsScope,
    /// For which countries.
    pub countries: CountrySet,
    /// Whose goods; anyone's where none.
    pub enterprise: Option<PartyNo>,
    /// On which days.
    pub validity: Validity,
}

/// A reference band of prices in the base currency for one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBand {
    /// How many digits its prefix has.
    pub digits: u8,
    /// For which country; any where none.
    pub country: Option<Country>,
    /// The low end, where named.
    pub low: Option<Amount>,
    /// The high end, where named.
    pub high: Option<Amount>,
    /// The unit; empty for goods declared without one.
    pub unit: Sym,
    /// On which days.
    pub validity: Validity,
}

/// Of a list sorted by party, those of no party and then those of one.
pub(super) fn of_party<T>(
    list: &[T],
    party: Option<PartyNo>,
    of: impl Fn(&T) -> Option<PartyNo> + Copy,
) -> impl Iterator<Item = &T> {
    let range = |key: Option<PartyNo>| {
        let from = list.partition_point(|row| of(row) < key);
        let to = list.partition_point(|row| of(row) <= key);
        list.get(from..to).unwrap_or_default()
    };
    let own = party.map_or(&[] as &[T], |party| range(Some(party)));
    range(None).iter().chain(own)
}
