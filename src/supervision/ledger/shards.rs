//! A table of many small tables, so that growing one of them is short work, and can be done with room that was made
//! before anybody had to wait.

use hashbrown::HashTable;

/// Small tables. The keys are hashes, so any of their bits will do.
pub(super) const SHARDS: usize = 1_024;
/// Room that each has from the beginning, so that none grows for its first value.
const BEGINNING: usize = 7;

/// What a table of [`Shards`] holds.
pub(super) trait Keyed {
    /// Its key: the first 128 bits of a BLAKE3 hash.
    fn key(&self) -> u128;
}

/// Values by key.
#[derive(Debug)]
pub(super) struct Shards<T> {
    tables: Vec<HashTable<T>>,
    len: usize,
}

/// A table that is nearly full, and how large the next should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Growth {
    shard: usize,
    capacity: usize,
}

impl<T> Default for Shards<T> {
    fn default() -> Self {
        let mut tables = Vec::new();
        tables.resize_with(SHARDS, || HashTable::with_capacity(BEGINNING));
        Self { tables, len: 0 }
    }
}

impl<T: Keyed> Shards<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: u128) -> Option<&T> {
        let table = self.tables.get(shard(key))?;
        table.find(hash(key), |value| value.key() == key)
    }

    pub(super) fn get_mut(&mut self, key: u128) -> Option<&mut T> {
        let table = self.tables.get_mut(shard(key))?;
        table.find_mut(hash(key), |value| value.key() == key)
    }

    /// Puts a value in the place of the one with its key. Without room it allocates: see [`Self::growth`].
    pub(super) fn insert(&mut self, value: T) {
        let key = value.key();
        if let Some(known) = self.get_mut(key) {
            *known = value;
            return;
        }
        if let Some(table) = self.tables.get_mut(shard(key)) {
            table.insert_unique(hash(key), value, |value| hash(value.key()));
            self.len += 1;
        }
    }

    pub(super) fn remove(&mut self, key: u128) -> Option<T> {
        let table = self.tables.get_mut(shard(key))?;
        let entry = table
            .find_entry(hash(key), |value| value.key() == key)
            .ok()?;
        self.len -= 1;
        Some(entry.remove().0)
    }

    /// Takes values out of one of the small tables, those that `is` says.
    pub(super) fn extract(&mut self, shard: usize, mut is: impl FnMut(&T) -> bool) -> Vec<T> {
        let Some(table) = self.tables.get_mut(shard) else {
            return Vec::new();
        };
        let taken: Vec<T> = table.extract_if(|value| is(value)).collect();
        self.len -= taken.len();
        taken
    }

    /// Values of one of the small tables; there are [`Self::count`] of them.
    pub(super) fn part(&self, shard: usize) -> impl Iterator<Item = &T> {
        self.tables.get(shard).into_iter().flat_map(HashTable::iter)
    }

    pub(super) const fn count() -> usize {
        SHARDS
    }

    /// Whether the table of a key should grow soon: it has room for few more.
    pub(super) fn growth(&self, key: u128) -> Option<Growth> {
        let (shard, table) = (shard(key), self.tables.get(shard(key))?);
        let few = (table.capacity() / 8).max(3);
        (table.capacity() - table.len() < few).then(|| Growth {
            shard,
            capacity: (2 * table.capacity()).max(16),
        })
    }

    /// Moves a table into room made by [`Growth::room`]; what is left of the old one is for the caller to drop.
    pub(super) fn grow(&mut self, growth: Growth, mut room: HashTable<T>) -> HashTable<T> {
        let Some(table) = self.tables.get_mut(growth.shard) else {
            return room;
        };
        if room.capacity() <= table.capacity() {
            return room;
        }
        for value in table.drain() {
            room.insert_unique(hash(value.key()), value, |value| hash(value.key()));
        }
        std::mem::replace(table, room)
    }
}

impl Growth {
    pub(super) fn room<T>(self) -> HashTable<T> {
        HashTable::with_capacity(self.capacity)
    }
}

/// The small table of a key.
pub(super) fn shard(key: u128) -> usize {
    (key >> 64) as usize % SHARDS
}

fn hash(key: u128) -> u64 {
    key as u64
}
