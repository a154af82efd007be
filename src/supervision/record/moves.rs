//! What a revision does to stocks: what it read of them, what of its declaration's is returned, what it takes. A
//! section of a record by itself; version 1 has none.

use crate::engine::{Outcome, StockKey, Take as Taken};
use crate::supervision::bytes::{Put, Take};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moves {
    /// What deciding asked, in that order, with what others had taken.
    pub reads: Box<[Taken]>,
    /// What the declaration had taken before, in order of the stocks, each once.
    pub returned: Box<[Taken]>,
    /// What it takes instead, likewise.
    pub taken: Box<[Taken]>,
}

impl Moves {
    /// What an outcome takes.
    #[must_use]
    pub fn taken_by(outcome: &Outcome) -> Box<[Taken]> {
        let takes = outcome.taken.iter().map(|taken| taken.take);
        let mut sums: Vec<Taken> = takes.filter(|take| take.units != 0).collect();
        sums.sort_unstable();
        sums.dedup_by(|next, sum| {
            let same = next.key == sum.key;
            if same {
                sum.units = sum.units.saturating_add(next.units);
            }
            same
        });
        sums.into_boxed_slice()
    }

    /// Whether it returns or takes anything.
    #[must_use]
    pub const fn moves(&self) -> bool {
        !self.returned.is_empty() || !self.taken.is_empty()
    }

    /// How much of a stock is returned.
    #[must_use]
    pub fn returned_of(&self, key: StockKey) -> i64 {
        let found = self.returned.binary_search_by_key(&key, |take| take.key);
        let found = found.ok().and_then(|at| self.returned.get(at));
        found.map_or(0, |take| take.units)
    }

    pub(super) fn encode(&self, put: &mut Put<'_>) {
        for takes in [&self.reads, &self.returned, &self.taken] {
            put_takes(takes, put);
        }
    }

    pub(super) fn take(take: &mut Take<'_>) -> Option<Self> {
        Some(Self {
            reads: take_takes(take)?,
            returned: take_takes(take)?,
            taken: take_takes(take)?,
        })
    }
}

/// Writes what is taken of stocks.
pub(in crate::supervision) fn put_takes(takes: &[Taken], put: &mut Put<'_>) {
    put.u32(takes.len() as u32);
    for taken in takes {
        put_one(*taken, put);
    }
}

/// Writes what is taken of one.
pub(in crate::supervision) fn put_one(taken: Taken, put: &mut Put<'_>) {
    put.u128(taken.key.0);
    put.i64(taken.units);
}

/// Reads what [`put_takes`] wrote.
pub(in crate::supervision) fn take_takes(take: &mut Take<'_>) -> Option<Box<[Taken]>> {
    let count = take.u32()?;
    (0..count).map(|_| take_one(take)).collect()
}

/// Reads what [`put_one`] wrote.
pub(in crate::supervision) fn take_one(take: &mut Take<'_>) -> Option<Taken> {
    Some(Taken {
        key: StockKey(take.u128()?),
        units: take.i64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ItemTake, StockKind};

    #[test]
    fn what_several_items_take_of_one_stock_is_one_sum() {
        let item = |item, key, units| ItemTake {
            item,
            kind: StockKind::Lot,
            take: Taken {
                key: StockKey(key),
                units,
            },
        };
        let outcome = Outcome {
            taken: vec![item(0, 9, 5), item(0, 3, 1), item(1, 9, 2), item(2, 4, 0)],
            ..Outcome::default()
        };
        let taken = Moves::taken_by(&outcome);
        let sums: Vec<_> = taken.iter().map(|take| (take.key.0, take.units)).collect();
        assert_eq!(sums, [(3, 1), (9, 7)]);
        let moves = Moves {
            returned: taken,
            ..Moves::default()
        };
        assert_eq!(moves.returned_of(StockKey(9)), 7);
        assert_eq!(moves.returned_of(StockKey(4)), 0);
    }
}
