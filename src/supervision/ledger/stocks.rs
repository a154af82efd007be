//! What is taken of stocks, and by whom: of each stock the sum over all declarations, and of each declaration in memory
//! what it has taken, to be returned by its next version or its end. What a declaration that was let go has taken
//! stays counted; whoever comes back to it finds it in its records.

use super::shards::{Growth, Keyed, Shards};
use crate::engine::{StockKey, Take};
use crate::supervision::record::Moves;

/// How much is taken of a stock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken(pub(super) Take);

impl Keyed for Taken {
    fn key(&self) -> u128 {
        self.0.key.0
    }
}

/// What a declaration has taken.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) key: u128,
    pub(super) takes: Box<[Take]>,
}

impl Keyed for Own {
    fn key(&self) -> u128 {
        self.key
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Stocks {
    pub(super) taken: Shards<Taken>,
    pub(super) own: Shards<Own>,
}

impl Stocks {
    /// How much is taken of a stock.
    #[must_use]
    pub fn taken(&self, key: StockKey) -> i64 {
        self.taken.get(key.0).map_or(0, |taken| taken.0.units)
    }

    /// What a declaration has taken, in order of the stocks.
    #[must_use]
    pub fn of(&self, key: u128) -> &[Take] {
        self.own.get(key).map_or(&[], |own| &own.takes)
    }

    /// What of the stocks that a decision read differs from what it was told: all that it read, as it is. What its own
    /// earlier version has taken counts as returned.
    #[must_use]
    pub fn differs(&self, moves: &Moves) -> Option<Vec<Take>> {
        let is = |read: &Take| {
            self.taken(read.key)
                .saturating_sub(moves.returned_of(read.key))
        };
        let differs = moves.reads.iter().any(|read| is(read) != read.units);
        let all = moves.reads.iter().map(|read| Take {
            key: read.key,
            units: is(read),
        });
        differs.then(|| all.collect())
    }

    /// Returns and takes what a revision of a declaration does.
    pub fn step(&mut self, key: u128, moves: Moves) {
        if !moves.moves() {
            return;
        }
        for returned in &moves.returned {
            self.count(returned.key, -returned.units);
        }
        for taken in &moves.taken {
            self.count(taken.key, taken.units);
        }
        self.set(key, moves.taken);
    }

    fn count(&mut self, key: StockKey, units: i64) {
        let sum = self.taken(key).saturating_add(units);
        // Kept is only what differs from nothing, so that equal ledgers are equal bytes.
        match sum {
            0 => drop(self.taken.remove(key.0)),
            units => self.taken.insert(Taken(Take { key, units })),
        }
    }

    /// Knows what a declaration has taken, which is counted already.
    pub(super) fn set(&mut self, key: u128, takes: Box<[Take]>) {
        match takes.is_empty() {
            true => self.forget(key),
            false => self.own.insert(Own { key, takes }),
        }
    }

    /// Forgets what a declaration has taken, not that it is taken.
    pub(super) fn forget(&mut self, key: u128) {
        self.own.remove(key);
    }

    /// The first table that should grow of those of a declaration and of the stocks that it takes.
    pub(super) fn growth(&self, key: u128, taken: impl Iterator<Item = StockKey>) -> StockGrowth {
        let mut taken = taken.peekable();
        let own = match taken.peek() {
            Some(_) => self.own.growth(key),
            None => None,
        };
        StockGrowth {
            own,
            taken: taken.find_map(|stock| self.taken.growth(stock.0)),
        }
    }
}

/// Tables of stocks that should grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StockGrowth {
    pub(super) own: Option<Growth>,
    pub(super) taken: Option<Growth>,
}

#[cfg(test)]
mod tests {
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
        let mut stocks = Stocks::default();
        stocks.step(1, moves(&[], &[take(7, 3), take(8, 1)]));
        stocks.step(2, moves(&[], &[take(7, 4)]));
        assert_eq!(stocks.taken(StockKey(7)), 7);
        assert_eq!(stocks.of(1), [take(7, 3), take(8, 1)]);
        // A later version takes something else.
        stocks.step(1, moves(&[take(7, 3), take(8, 1)], &[take(7, 2)]));
        assert_eq!(stocks.taken(StockKey(7)), 6);
        assert_eq!(stocks.taken(StockKey(8)), 0);
        // A revision that moves nothing leaves everything as it is.
        stocks.step(1, Moves::default());
        assert_eq!(stocks.of(1), [take(7, 2)]);
        stocks.step(1, moves(&[take(7, 2)], &[]));
        assert_eq!(stocks.of(1), []);
        assert_eq!(stocks.taken(StockKey(7)), 4);
    }

    #[test]
    fn what_was_read_is_held_against_what_others_have_taken() {
        let mut stocks = Stocks::default();
        stocks.step(1, moves(&[], &[take(7, 3)]));
        stocks.step(2, moves(&[], &[take(7, 4)]));
        let amended = |reads: &[Take]| Moves {
            reads: reads.into(),
            ..moves(&[take(7, 3)], &[take(7, 1)])
        };
        assert_eq!(stocks.differs(&amended(&[take(7, 4), take(8, 0)])), None);
        let actual = vec![take(7, 4), take(8, 0)];
        assert_eq!(
            stocks.differs(&amended(&[take(7, 0), take(8, 0)])),
            Some(actual)
        );
    }
}
