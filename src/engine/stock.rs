//! What can run out: material of a lot, the one sample of a monitoring period, the samples of a programme. Deciding
//! asks how much of a stock others have taken, assumes what it has a hint of, or else nothing, where nobody told it, and
//! notes what it asked, so that settle can hold it against what was really taken.

use std::collections::HashMap;
use std::sync::Arc;

use super::hints::Hints;
use crate::declaration::Day;

/// What a stock is known by: the first 128 bits of a BLAKE3 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StockKey(pub u128);

/// What sort of stock it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StockKind {
    /// A lot of raw material, in units of 1/10,000.
    Lot,
    /// The sample of a monitoring rule in a period, for some parties.
    Slot,
    /// The samples of a supervision programme.
    Programme,
}

impl StockKey {
    /// A lot of raw material.
    #[must_use]
    pub fn of_lot(id: &str) -> Self {
        Self::new(StockKind::Lot, [id.as_bytes()])
    }

    /// A supervision programme.
    #[must_use]
    pub fn of_programme(id: &str) -> Self {
        Self::new(StockKind::Programme, [id.as_bytes()])
    }

    /// Of parts that are told apart by their lengths.
    pub(super) fn new<'p>(kind: StockKind, parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[kind as u8]);
        for part in parts {
            hasher.update(&(part.len() as u32).to_be_bytes());
            hasher.update(part);
        }
        let first = hasher.finalize().as_bytes().first_chunk().copied();
        Self(first.map_or(0, u128::from_be_bytes))
    }
}

/// What is taken of a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Take {
    /// Which.
    pub key: StockKey,
    /// How much.
    pub units: i64,
}

/// What an item takes of a stock, if its verdict stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemTake {
    /// The item's place in the declaration.
    pub item: usize,
    /// What sort of stock it is.
    pub kind: StockKind,
    /// What is taken.
    pub take: Take,
    /// Of a slot the first day after its period.
    pub ends: Option<Day>,
}

/// What deciding asked of stocks: see the module. The units are what other declarations have taken.
#[derive(Debug, Default)]
pub struct Inputs {
    known: HashMap<StockKey, i64>,
    hints: Option<Arc<Hints>>,
    reads: Vec<Take>,
    places: HashMap<StockKey, usize>,
    /// What the declaration itself has taken so far, by the place of the read.
    own: Vec<i64>,
}

impl Inputs {
    /// Forgets what is known of stocks: of each as much was taken as there is a hint of, until [`Self::learn`] says
    /// otherwise.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// Heeds hints from now on; without any, nothing is assumed to be taken.
    pub fn heed(&mut self, hints: Option<&Arc<Hints>>) {
        Hints::heed(&mut self.hints, hints);
    }

    /// What was asked, with what is taken now that the declaration has taken its own.
    pub fn outcome(&self) -> impl Iterator<Item = Take> {
        let reads = self.reads.iter().zip(&self.own);
        reads.map(|(read, own)| Take {
            key: read.key,
            units: read.units.saturating_add(*own),
        })
    }

    /// Learns how much others have taken.
    pub fn learn(&mut self, taken: &[Take]) {
        let taken = taken.iter().map(|taken| (taken.key, taken.units));
        self.known.extend(taken);
    }

    /// What was asked, in order, with what was taken for the answer.
    #[must_use]
    pub fn reads(&self) -> &[Take] {
        &self.reads
    }

    pub(super) fn begin(&mut self) {
        self.reads.clear();
        self.places.clear();
        self.own.clear();
    }

    /// What is left of a stock of which there was so much.
    pub(super) fn left(&mut self, key: StockKey, whole: i64) -> i64 {
        let at = match self.places.get(&key) {
            Some(at) => *at,
            None => {
                let hint = || self.hints.as_ref().map_or(0, |hints| hints.taken(key));
                let units = self.known.get(&key).copied().unwrap_or_else(hint);
                self.places.insert(key, self.reads.len());
                self.reads.push(Take { key, units });
                self.own.push(0);
                self.reads.len() - 1
            }
        };
        let others = self.reads.get(at).map_or(0, |read| read.units);
        let own = self.own.get(at).copied().unwrap_or(0);
        whole.saturating_sub(others).saturating_sub(own)
    }

    /// Counts what the declaration takes itself, or gives back where it is less than nothing.
    pub(super) fn count(&mut self, key: StockKey, units: i64) {
        let at = self.places.get(&key).copied();
        if let Some(own) = at.and_then(|at| self.own.get_mut(at)) {
            *own = own.saturating_add(units);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_tells_of_is_whole_and_noted() {
        let (a, b) = (StockKey(1), StockKey(2));
        let mut inputs = Inputs::default();
        inputs.learn(&[Take { key: b, units: 4 }]);
        inputs.begin();
        assert_eq!(inputs.left(a, 10), 10);
        assert_eq!(inputs.left(b, 10), 6);
        inputs.count(a, 3);
        assert_eq!(inputs.left(a, 10), 7);
        inputs.count(a, -3);
        assert_eq!(inputs.left(a, 10), 10);
        let read = |key, units| Take { key, units };
        assert_eq!(inputs.reads(), [read(a, 0), read(b, 4)]);
        inputs.forget();
        inputs.begin();
        assert_eq!(inputs.left(b, 10), 10);
        assert_eq!(inputs.reads(), [read(b, 0)]);
    }

    #[test]
    fn stocks_of_two_sorts_or_of_other_parts_are_others() {
        assert_ne!(StockKey::of_lot("1"), StockKey::of_programme("1"));
        let slot = |parts: &[&'static [u8]]| StockKey::new(StockKind::Slot, parts.iter().copied());
        assert_ne!(slot(&[b"a", b"bc"]), slot(&[b"ab", b"c"]));
        assert_ne!(slot(&[b"a", b""]), slot(&[b"a"]));
    }
}
