//! What a declaration must know of a policy before it can be understood: party ids, attributes, time zone and
//! base currency. The policy fills it; nothing here knows a rule.

use super::currency::Currency;
use super::day::Zone;
use super::party_id::PartyIds;

/// The type of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// A text.
    Text,
    /// A whole number.
    Int,
    /// A number with at most four decimals.
    Decimal,
}

/// The dense number of a declared attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeNo(pub u16);

/// The attributes that a policy declares, in ascending order of name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttributeSchema {
    entries: Vec<(String, AttributeType)>,
}

impl AttributeSchema {
    /// From declarations in any order; of two of one name the caller has refused one.
    #[must_use]
    pub fn new(mut entries: Vec<(String, AttributeType)>) -> Self {
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Self { entries }
    }

    /// The number and type of an attribute.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(AttributeNo, AttributeType)> {
        let at = self
            .entries
            .binary_search_by(|(known, _)| known.as_str().cmp(name))
            .ok()?;
        let (_, kind) = self.entries.get(at)?;
        Some((AttributeNo(u16::try_from(at).ok()?), *kind))
    }

    /// Name and type of an attribute by its number.
    #[must_use]
    pub fn get(&self, no: AttributeNo) -> Option<(&str, AttributeType)> {
        self.entries
            .get(usize::from(no.0))
            .map(|(name, kind)| (name.as_str(), *kind))
    }

    /// All names with their types, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, AttributeType)> {
        self.entries
            .iter()
            .map(|(name, kind)| (name.as_str(), *kind))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// What a declaration must know of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Which ids domestic parties have.
    pub party_ids: PartyIds,
    /// The declared attributes.
    pub attributes: AttributeSchema,
    /// The zone in which days begin.
    pub zone: Zone,
    /// What values are turned into.
    pub base_currency: Currency,
}
