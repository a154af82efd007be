//! What a revision does to stocks and counters: what it read of them, what of its declaration's is returned, what it
//! takes, what it counts. A section of a record by itself; version 1 has none, version 2 no counters and no slots.

use crate::declaration::{Day, Declaration};
use crate::engine::{
    Ask, Change, Count, CounterKey, Law, Outcome, StockKey, StockKind, Take as Taken,
};
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
    /// What deciding asked of counters, in that order, with the answers.
    pub asks: Box<[Ask]>,
    /// What is counted.
    pub counts: Box<[Count]>,
    /// The slots of monitoring among what it takes, whose results are awaited; none where that is not said.
    pub slots: Option<Box<[Awaited]>>,
}

/// A slot of monitoring that an item takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// Which.
    pub slot: StockKey,
    /// The item that is to be inspected.
    pub item_no: u16,
    /// The first day after its period.
    pub ends: Day,
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

    /// The slots of monitoring that an outcome takes.
    #[must_use]
    pub fn slots_of(declaration: &Declaration<'_>, outcome: &Outcome) -> Box<[Awaited]> {
        let slots = outcome.taken.iter();
        let slots = slots.filter(|taken| taken.kind == StockKind::Slot);
        let slots = slots.filter_map(|taken| {
            Some(Awaited {
                slot: taken.take.key,
                item_no: declaration.items.get(taken.item)?.item_no,
                ends: taken.ends?,
            })
        });
        slots.collect()
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
        put.u16(self.asks.len() as u16);
        self.asks.iter().for_each(|ask| put_ask(ask, put));
        put.u16(self.counts.len() as u16);
        for count in &self.counts {
            put.u128(count.key.0);
            put.u8(count.change as u8);
        }
        put.u8(u8::from(self.slots.is_some()));
        if let Some(slots) = &self.slots {
            put_slots(slots, put);
        }
    }

    pub(super) fn take(take: &mut Take<'_>, version: u8) -> Option<Self> {
        let moves = Self {
            reads: take_takes(take)?,
            returned: take_takes(take)?,
            taken: take_takes(take)?,
            ..Self::default()
        };
        if version <= UNCONTROLLED {
            return Some(moves);
        }
        let count = take.u16()?;
        let asks = (0..count).map(|_| take_ask(take)).collect::<Option<_>>()?;
        let count = take.u16()?;
        let counts = (0..count).map(|_| {
            Some(Count {
                key: CounterKey(take.u128()?),
                change: *Change::ALL.get(usize::from(take.u8()?))?,
            })
        });
        Some(Self {
            asks,
            counts: counts.collect::<Option<_>>()?,
            slots: match take.u8()? {
                0 => None,
                1 => Some(take_slots(take)?),
                _ => return None,
            },
            ..moves
        })
    }
}

/// The last version without counters and slots.
const UNCONTROLLED: u8 = 2;

fn put_ask(ask: &Ask, put: &mut Put<'_>) {
    put.u128(ask.key.0);
    let (law, first, second) = match ask.law {
        Law::Forced { after } => (0, u64::from(after), 0),
        Law::TopUp { rate, draw } => (1, rate, draw),
    };
    put.u8(law);
    put.u64(first);
    put.u64(second);
    put.u8(u8::from(ask.selects));
}

fn take_ask(take: &mut Take<'_>) -> Option<Ask> {
    let key = CounterKey(take.u128()?);
    let law = match (take.u8()?, take.u64()?, take.u64()?) {
        (0, after, 0) => Law::Forced {
            after: u32::try_from(after).ok()?,
        },
        (1, rate, draw) => Law::TopUp { rate, draw },
        _ => return None,
    };
    let selects = match take.u8()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    Some(Ask { key, law, selects })
}

/// Writes slots whose results are awaited.
pub(in crate::supervision) fn put_slots(slots: &[Awaited], put: &mut Put<'_>) {
    put.u16(slots.len() as u16);
    for awaited in slots {
        put.u128(awaited.slot.0);
        put.u16(awaited.item_no);
        put.i32(awaited.ends.number());
    }
}

/// Reads what [`put_slots`] wrote.
pub(in crate::supervision) fn take_slots(take: &mut Take<'_>) -> Option<Box<[Awaited]>> {
    let count = take.u16()?;
    let slots = (0..count).map(|_| {
        Some(Awaited {
            slot: StockKey(take.u128()?),
            item_no: take.u16()?,
            ends: Day::from_number(take.i32()?),
        })
    });
    slots.collect()
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
            ends: None,
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
