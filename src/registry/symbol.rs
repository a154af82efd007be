//! The vocabulary of a registry (tests, documents, groups, lists, kinds …) as small numbers, so that no text is
//! compared where declarations are decided. Numbers follow the byte order of the names that were there at first;
//! the empty name is 0.

use std::collections::BTreeSet;
use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::grown::Grown;
use super::id_index::IdIndex;

/// A name of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sym(pub u32);

impl Sym {
    /// The empty name.
    pub const EMPTY: Self = Self(0);
}

/// All names of a registry.
#[derive(Debug, Default, Clone)]
pub struct Symbols {
    index: Arc<IdIndex>,
    /// Names that came later; their numbers follow the index's.
    later: Grown<Arc<str>>,
    numbers: HashTrieMapSync<Arc<str>, Sym>,
}

impl Symbols {
    /// From names in any order, repeated or not; the empty name is added.
    #[must_use]
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<&str> = names.into_iter().chain([""]).collect();
        names.sort_unstable();
        names.dedup();
        let (index, _) = IdIndex::build(names.into_iter());
        Self {
            index: Arc::new(index),
            ..Self::default()
        }
    }

    /// Gives names that it lacks the next numbers.
    pub(super) fn learn<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        let new: Vec<&str> = names.filter(|name| self.find(name).is_none()).collect();
        let new: BTreeSet<&str> = new.into_iter().collect();
        for name in new {
            let (name, sym) = (Arc::<str>::from(name), Sym(self.len() as u32));
            self.later.push(Arc::clone(&name));
            self.numbers.insert_mut(name, sym);
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self, sym: Sym) -> &str {
        match (sym.0 as usize).checked_sub(self.index.len()) {
            None => self.index.id(sym.0),
            Some(at) => self.later.get(at).map_or("", |name| name),
        }
    }

    /// The number of a name, if the registry uses it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Sym> {
        let first = self.index.find(name).map(Sym);
        // Mostly none came later, and nothing is hashed for it.
        let later = || (!self.numbers.is_empty()).then(|| self.numbers.get(name).copied());
        first.or_else(|| later().flatten())
    }

    /// The number of a name that was given to [`Symbols::new`] or learned.
    pub(super) fn get(&self, name: &str) -> Sym {
        let found = self.find(name);
        debug_assert!(found.is_some(), "{name} was not collected");
        found.unwrap_or_default()
    }

    /// The numbers of names, in ascending order, each once.
    pub(super) fn get_all<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Box<[Sym]> {
        let mut list: Vec<Sym> = names.into_iter().map(|name| self.get(name)).collect();
        list.sort_unstable();
        list.dedup();
        list.into_boxed_slice()
    }

    /// How many there are, the empty name included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len() + self.later.len()
    }

    /// Whether there is none, not even the empty name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All names in order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &str)> {
        (0..self.len() as u32).map(|no| (Sym(no), self.name(Sym(no))))
    }
}
