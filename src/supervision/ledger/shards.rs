//! Tables by key, and many small ones of them, each behind a lock of its own. Who changes them is alone with the ledger;
//! the locks are for those who make a place ready before that, while others are: whoever then is alone waits neither
//! for memory nor for room.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Parts of a ledger. The keys are hashes, so any of their bits will do.
pub(super) const SHARDS: usize = 1_024;
/// Room that each table has from the beginning, so that none grows for its first value.
const BEGINNING: usize = 7;

/// What a [`Table`] holds.
pub(super) trait Keyed {
    /// Its key: the first 128 bits of a BLAKE3 hash.
    fn key(&self) -> u128;
}

/// Values by key.
#[derive(Debug)]
pub(super) struct Table<T>(HashTable<T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(HashTable::with_capacity(BEGINNING))
    }
}

impl<T: Keyed> Table<T> {
    /// The value of a key.
    pub(super) fn get(&self, key: u128) -> Option<&T> {
        self.0.find(hash(key), |value| value.key() == key)
    }

    /// The value of a key, to be changed.
    pub(super) fn get_mut(&mut self, key: u128) -> Option<&mut T> {
        self.0.find_mut(hash(key), |value| value.key() == key)
    }

    /// Puts a value in the place of the one with its key, which it gives back. Where its place was not made
    /// [ready](Self::ready) this may allocate.
    pub(super) fn insert(&mut self, value: T) -> Option<T> {
        match self.place(value.key()) {
            Entry::Occupied(mut known) => Some(mem::replace(known.get_mut(), value)),
            Entry::Vacant(place) => {
                place.insert(value);
                None
            }
        }
    }

    /// The value of a key; where there is none, one is put there. This may allocate as [`Self::insert`] may.
    pub(super) fn or_insert_with(&mut self, key: u128, value: impl FnOnce() -> T) -> &mut T {
        self.place(key).or_insert_with(value).into_mut()
    }

    /// Changes the value of a key, or what stands for nothing, and says whether it stays. Its place is looked for once;
    /// this may allocate as [`Self::insert`] may.
    pub(super) fn update(&mut self, mut nothing: T, with: impl FnOnce(&mut T) -> bool) {
        match self.place(nothing.key()) {
            Entry::Occupied(mut known) => {
                if !with(known.get_mut()) {
                    known.remove();
                }
            }
            Entry::Vacant(place) => {
                if with(&mut nothing) {
                    place.insert(nothing);
                }
            }
        }
    }

    /// Makes the place of a key ready: there is room, and what is about to be touched is in this processor's cache.
    pub(super) fn ready(&mut self, nothing: T) {
        let key = nothing.key();
        if self.get(key).is_some() {
            return;
        }
        let (room, few) = (self.0.capacity() - self.0.len(), self.0.capacity() / 8);
        if room < few.max(3) {
            let more = self.0.len().max(16);
            self.0.reserve(more, |value| hash(value.key()));
        }
        // To write there is what brings the place here.
        let there = self
            .0
            .insert_unique(hash(key), nothing, |value| hash(value.key()));
        there.remove();
    }

    /// Takes out the values that `is` says.
    pub(super) fn extract(&mut self, mut is: impl FnMut(&T) -> bool) -> Vec<T> {
        self.0.extract_if(|value| is(value)).collect()
    }

    /// All values, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    fn place(&mut self, key: u128) -> Entry<'_, T> {
        let is = |value: &T| value.key() == key;
        self.0.entry(hash(key), is, |value| hash(value.key()))
    }
}

/// One part, in lines of memory of its own.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Shard<P>(Mutex<P>);

/// Parts by key: the first, and all others.
#[derive(Debug)]
pub(super) struct Shards<P>(Shard<P>, Box<[Shard<P>]>);

impl<P: Default> Default for Shards<P> {
    fn default() -> Self {
        let others = (1..SHARDS).map(|_| Shard::default());
        Self(Shard::default(), others.collect())
    }
}

impl<P> Shards<P> {
    /// The part of a key, to be alone with it.
    pub(super) fn of(&self, key: u128) -> MutexGuard<'_, P> {
        self.part(shard(key))
    }

    /// A part by its number. Whoever dies while it is locked and half done holds the ledger, and nobody does after that.
    pub(super) fn part(&self, part: usize) -> MutexGuard<'_, P> {
        let other = self.1.get(part.wrapping_sub(1));
        let Shard(part) = other.unwrap_or(&self.0);
        part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All parts, one after the other.
    pub(super) fn parts(&self) -> impl Iterator<Item = MutexGuard<'_, P>> {
        (0..SHARDS).map(|part| self.part(part))
    }
}

/// The part of a key.
pub(super) fn shard(key: u128) -> usize {
    (key >> 64) as usize % SHARDS
}

fn hash(key: u128) -> u64 {
    key as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Value(u128, u8);

    impl Keyed for Value {
        fn key(&self) -> u128 {
            self.0
        }
    }

    #[test]
    fn a_place_that_was_made_ready_is_there_without_growing() {
        let mut table = Table::default();
        let key = |number: u128| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for number in 1..5_000 {
            table.ready(Value(key(number), 0));
            assert_eq!(table.get(key(number)), None);
            let before = table.0.allocation_size();
            assert_eq!(table.insert(Value(key(number), 1)), None);
            assert_eq!(table.0.allocation_size(), before);
        }
        table.ready(Value(key(7), 9));
        assert_eq!(table.get(key(7)), Some(&Value(key(7), 1)));
        assert_eq!(table.insert(Value(key(7), 2)), Some(Value(key(7), 1)));
        table.update(Value(key(8), 0), |value| value.1 != 1);
        table.update(Value(key(9), 0), |value| value.1 == 1);
        table.update(Value(key(5_000), 3), |value| value.1 == 3);
        table.update(Value(key(5_001), 3), |value| value.1 != 3);
        assert_eq!(table.get_mut(key(8)), None);
        assert_eq!(table.get(key(9)), Some(&Value(key(9), 1)));
        let other = || Value(key(9), 9);
        assert_eq!(table.or_insert_with(key(9), other).1, 1);
        assert_eq!(table.iter().count(), 4_999);
        let some = table.extract(|value| value.1 == 3);
        assert_eq!(some, [Value(key(5_000), 3)]);
    }
}
