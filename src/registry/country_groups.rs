//! Groups of countries by name, and for each country the groups that hold it.

use std::collections::HashMap;

use super::cell::Countries;
use super::country_set::CountrySet;
use super::rows::CountryGroupRow;
use super::symbol::{Sym, Symbols};
use crate::declaration::Country;

/// All groups of countries.
#[derive(Debug, Default, Clone)]
pub struct CountryGroups {
    sets: HashMap<Box<str>, CountrySet>,
    /// For each country its groups, ascending.
    of: Vec<Box<[Sym]>>,
}

impl CountryGroups {
    pub(super) fn new(rows: &[CountryGroupRow], symbols: &Symbols) -> Self {
        let mut sets: HashMap<Box<str>, CountrySet> = HashMap::new();
        for row in rows {
            let set = row.countries.iter().copied().collect();
            sets.entry((*row.group).into()).or_default().unite(set);
        }
        let groups = |country: Country| {
            let of = rows.iter().filter(|row| row.countries.contains(&country));
            symbols.get_all(of.map(|row| &*row.group))
        };
        Self {
            of: Country::all().map(groups).collect(),
            sets,
        }
    }

    /// The groups of a country, ascending.
    #[must_use]
    pub fn of(&self, country: Country) -> &[Sym] {
        self.of.get(country.number()).map_or(&[], |groups| groups)
    }

    /// The countries of a group.
    #[must_use]
    pub fn get(&self, group: &str) -> Option<CountrySet> {
        self.sets.get(group).copied()
    }

    /// A cell's countries with those of its groups.
    pub(super) fn resolve(&self, countries: &Countries) -> CountrySet {
        let mut set = countries.set;
        for group in &countries.groups {
            set.unite(self.get(group).unwrap_or_default());
        }
        set
    }
}
