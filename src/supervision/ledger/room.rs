//! Room for the tables of a ledger: whether one should grow is seen whenever something is entered, and the room is made
//! without anybody waiting.

use hashbrown::HashTable;

use super::awaited::Slots;
use super::cites::Cites;
use super::counters::{Counted, CounterGrowth};
use super::stocks::{Own, StockGrowth, Taken};
use super::{Entry, Ledger, Open, shards};
use crate::engine::{Count, StockKey};

impl Ledger {
    /// Which tables should grow where a declaration's key is, the stocks that it takes and the counters that it counts in;
    /// `cites` where it cites lots. None where there is room.
    #[must_use]
    pub fn growth(
        &self,
        key: u128,
        taken: impl Iterator<Item = StockKey>,
        counts: &[Count],
        cites: bool,
    ) -> Option<Growth> {
        let mut taken = taken.peekable();
        let takes = taken.peek().is_some();
        let awaited = takes.then(|| self.awaited.growth(key)).flatten();
        let CounterGrowth { runs, lanes } = self.counters.growth(counts);
        let StockGrowth { own, taken } = self.stocks.growth(key, taken);
        let growth = Growth {
            entries: self.entries.growth(key),
            open: self.open.growth(key),
            own,
            taken,
            cites: cites.then(|| self.cites.growth(key)).flatten(),
            runs,
            lanes,
            awaited,
        };
        (growth != Growth::default()).then_some(growth)
    }

    /// Grows tables into room that was made without anybody waiting; what is left is for the caller to drop.
    pub fn grow(&mut self, room: Room) -> Room {
        let growth = room.growth;
        let entries = room.entries.zip(growth.entries);
        let open = room.open.zip(growth.open);
        let own = room.own.zip(growth.own);
        let taken = room.taken.zip(growth.taken);
        let cites = room.cites.zip(growth.cites);
        let runs = room.runs.zip(growth.runs);
        let lanes = room.lanes.zip(growth.lanes);
        let awaited = room.awaited.zip(growth.awaited);
        let stocks = &mut self.stocks;
        Room {
            growth,
            entries: entries.map(|(room, growth)| self.entries.grow(growth, room)),
            open: open.map(|(room, growth)| self.open.grow(growth, room)),
            own: own.map(|(room, growth)| stocks.own.grow(growth, room)),
            taken: taken.map(|(room, growth)| stocks.taken.grow(growth, room)),
            cites: cites.map(|(room, growth)| self.cites.grow(growth, room)),
            runs: runs.map(|(room, growth)| self.counters.runs.grow(growth, room)),
            lanes: lanes.map(|(room, growth)| self.counters.lanes.grow(growth, room)),
            awaited: awaited.map(|(room, growth)| self.awaited.grow(growth, room)),
        }
    }
}

/// Tables of a ledger that should grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Growth {
    entries: Option<shards::Growth>,
    open: Option<shards::Growth>,
    own: Option<shards::Growth>,
    taken: Option<shards::Growth>,
    cites: Option<shards::Growth>,
    runs: Option<shards::Growth>,
    lanes: Option<shards::Growth>,
    awaited: Option<shards::Growth>,
}

/// Room for tables to grow into.
#[derive(Debug)]
pub struct Room {
    growth: Growth,
    entries: Option<HashTable<Entry>>,
    open: Option<HashTable<Open>>,
    own: Option<HashTable<Own>>,
    taken: Option<HashTable<Taken>>,
    cites: Option<HashTable<Cites>>,
    runs: Option<HashTable<Counted>>,
    lanes: Option<HashTable<Counted>>,
    awaited: Option<HashTable<Slots>>,
}

impl Growth {
    /// Makes the room.
    #[must_use]
    pub fn room(self) -> Room {
        Room {
            growth: self,
            entries: self.entries.map(shards::Growth::room),
            open: self.open.map(shards::Growth::room),
            own: self.own.map(shards::Growth::room),
            taken: self.taken.map(shards::Growth::room),
            cites: self.cites.map(shards::Growth::room),
            runs: self.runs.map(shards::Growth::room),
            lanes: self.lanes.map(shards::Growth::room),
            awaited: self.awaited.map(shards::Growth::room),
        }
    }
}
