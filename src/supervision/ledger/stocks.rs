//! What is taken of stocks: of each the sum over all declarations, those that were let go among them.
//!
//! A sum is in a place of its own. Whoever is about to read it looks for that place before it is alone with the ledger,
//! and need not look again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::shards::{Keyed, Shards, Table};
use crate::engine::{StockKey, Take};
use crate::supervision::record::Moves;

/// Where a sum is. Only who holds the ledger changes it.
pub(super) type StockPlace = Arc<AtomicI64>;

/// How much is taken of a stock.
#[derive(Debug)]
pub(super) struct Taken {
    key: StockKey,
    place: StockPlace,
}

impl Taken {
    pub(super) fn new(take: Take) -> Self {
        Self {
            key: take.key,
            place: Arc::new(AtomicI64::new(take.units)),
        }
    }

    pub(super) fn take(&self) -> Take {
        Take {
            key: self.key,
            units: self.place.load(Ordering::Relaxed),
        }
    }
}

impl Keyed for Taken {
    fn key(&self) -> u128 {
        self.key.0
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Stocks {
    pub(super) taken: Shards<Table<Taken>>,
}

/// The places of what a declaration reads, returns and takes, in its order; none where they were not looked for.
#[derive(Debug, Default)]
pub(in crate::supervision) struct StockPlaces {
    reads: Box<[StockPlace]>,
    returned: Box<[StockPlace]>,
    taken: Box<[StockPlace]>,
}

impl Stocks {
    /// How much is taken of a stock.
    #[must_use]
    pub fn taken(&self, key: StockKey) -> i64 {
        let table = self.taken.of(key.0);
        table.get(key.0).map_or(0, |taken| taken.take().units)
    }

    /// What of the stocks that a decision read differs from what it was told: all that it read, as it is. What its own
    /// earlier version has taken counts as returned.
    #[must_use]
    pub fn differs(&self, moves: &Moves) -> Option<Vec<Take>> {
        self.differs_at(moves, &StockPlaces::default())
    }

    pub(in crate::supervision) fn differs_at(
        &self,
        moves: &Moves,
        places: &StockPlaces,
    ) -> Option<Vec<Take>> {
        let is = |at: usize, read: &Take| {
            let taken = match places.reads.get(at) {
                Some(place) => place.load(Ordering::Relaxed),
                None => self.taken(read.key),
            };
            taken.saturating_sub(moves.returned_of(read.key))
        };
        let mut reads = moves.reads.iter().enumerate();
        let differs = reads.any(|(at, read)| is(at, read) != read.units);
        let all = moves.reads.iter().enumerate().map(|(at, read)| Take {
            key: read.key,
            units: is(at, read),
        });
        differs.then(|| all.collect())
    }

    /// Returns and takes what a revision of a declaration does.
    pub fn step(&self, moves: &Moves) {
        self.step_at(moves, &StockPlaces::default());
    }

    pub(super) fn step_at(&self, moves: &Moves, places: &StockPlaces) {
        for (at, returned) in moves.returned.iter().enumerate() {
            self.count(places.returned.get(at), returned.key, -returned.units);
        }
        for (at, taken) in moves.taken.iter().enumerate() {
            self.count(places.taken.get(at), taken.key, taken.units);
        }
    }

    fn count(&self, place: Option<&StockPlace>, key: StockKey, units: i64) {
        let change = |place: &AtomicI64| {
            let sum = place.load(Ordering::Relaxed).saturating_add(units);
            place.store(sum, Ordering::Relaxed);
        };
        match place {
            Some(place) => change(place),
            None => change(&self.place(key)),
        }
    }

    /// Looks for the places of what a declaration reads, returns and takes.
    pub(super) fn ready(&self, moves: &Moves) -> StockPlaces {
        let all = |takes: &[Take]| takes.iter().map(|take| self.place(take.key)).collect();
        StockPlaces {
            reads: all(&moves.reads),
            returned: all(&moves.returned),
            taken: all(&moves.taken),
        }
    }

    /// The place of a stock, which there is from now on.
    fn place(&self, key: StockKey) -> StockPlace {
        let nothing = || Taken::new(Take { key, units: 0 });
        Arc::clone(&self.taken.of(key.0).or_insert_with(key.0, nothing).place)
    }

    /// Lets stocks of a part go of which nothing is taken, and whose places nobody has in hand.
    pub(super) fn forget(&self, part: usize) {
        let is = |taken: &Taken| taken.take().units == 0 && Arc::strong_count(&taken.place) == 1;
        self.taken.part(part).extract(is);
    }
}

#[cfg(test)]
mod tests {
    use super::super::shards::SHARDS;
    use super::*;

    fn take(key: u128, units: i64) -> Take {
        let key = StockKey(key);
        Take { key, units }
    }

    fn moves(returned: &[Take], taken: &[Take]) -> Moves {
        Moves {
            reads: Box::default(),
            returned: returned.into(),
            taken: taken.into(),
            ..Moves::default()
        }
    }

    #[test]
    fn what_is_returned_is_there_again_once() {
        let stocks = Stocks::default();
        stocks.step(&moves(&[], &[take(7, 3), take(8, 1)]));
        stocks.step(&moves(&[], &[take(7, 4)]));
        assert_eq!(stocks.taken(StockKey(7)), 7);
        // A later version takes something else.
        stocks.step(&moves(&[take(7, 3), take(8, 1)], &[take(7, 2)]));
        assert_eq!(stocks.taken(StockKey(7)), 6);
        assert_eq!(stocks.taken(StockKey(8)), 0);
        // A revision that moves nothing leaves everything as it is.
        stocks.step(&Moves::default());
        let returned = moves(&[take(7, 2)], &[]);
        let places = stocks.ready(&returned);
        stocks.step_at(&returned, &places);
        drop(places);
        assert_eq!(stocks.taken(StockKey(7)), 4);
        // Of what nothing is taken nothing stays, unless somebody is about to take some.
        let count = |stocks: &Stocks| {
            let tables = stocks.taken.parts();
            tables.map(|table| table.iter().count()).sum::<usize>()
        };
        let forget = |stocks: &Stocks| (0..SHARDS).for_each(|part| stocks.forget(part));
        let last = moves(&[take(7, 4)], &[]);
        let places = stocks.ready(&last);
        stocks.step_at(&last, &places);
        forget(&stocks);
        assert_eq!((count(&stocks), stocks.taken(StockKey(8))), (1, 0));
        drop(places);
        forget(&stocks);
        assert_eq!(count(&stocks), 0);
    }

    #[test]
    fn what_was_read_is_held_against_what_others_have_taken() {
        let stocks = Stocks::default();
        stocks.step(&moves(&[], &[take(7, 3)]));
        stocks.step(&moves(&[], &[take(7, 4)]));
        let amended = |reads: &[Take]| Moves {
            reads: reads.into(),
            ..moves(&[take(7, 3)], &[take(7, 1)])
        };
        assert_eq!(stocks.differs(&amended(&[take(7, 4), take(8, 0)])), None);
        let actual = vec![take(7, 4), take(8, 0)];
        let wrong = amended(&[take(7, 0), take(8, 0)]);
        assert_eq!(stocks.differs(&wrong), Some(actual.clone()));
        let places = stocks.ready(&wrong);
        assert_eq!(stocks.differs_at(&wrong, &places), Some(actual));
    }
}
