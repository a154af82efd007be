//! Sets of countries as 256 bits. The empty set means any country, as the empty cell of a registry file does.

use crate::declaration::Country;

/// Some countries, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CountrySet([u64; 4]);

impl CountrySet {
    /// Any country.
    pub const ANY: Self = Self([0; 4]);

    /// Adds a country; the set is then no longer any.
    pub fn insert(&mut self, country: Country) {
        let (word, bit) = (country.number() / 64, country.number() % 64);
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Adds all countries of another set.
    pub fn unite(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }

    /// Whether every country is meant.
    #[must_use]
    pub fn is_any(self) -> bool {
        self.0 == [0; 4]
    }

    /// Whether a country is meant.
    #[must_use]
    pub fn holds(self, country: Country) -> bool {
        self.is_any() || self.names(country)
    }

    /// As [`CountrySet::holds`]; a country that is not known is only meant where any is.
    #[must_use]
    pub fn holds_optional(self, country: Option<Country>) -> bool {
        self.is_any() || country.is_some_and(|country| self.names(country))
    }

    fn names(self, country: Country) -> bool {
        let (word, bit) = (country.number() / 64, country.number() % 64);
        self.0.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }
}

impl FromIterator<Country> for CountrySet {
    fn from_iter<I: IntoIterator<Item = Country>>(countries: I) -> Self {
        let mut set = Self::ANY;
        countries
            .into_iter()
            .for_each(|country| set.insert(country));
        set
    }
}
