//! Slots of monitoring whose inspection has no result yet: of each declaration those that it has taken. A slot is
//! awaited from its selection until a result comes for its item, whatever else ends the declaration; one that goes back
//! is not. Where the period has ended without a result it is overdue, and is known as such for
//! [`EXACT_DAYS`](crate::limits::EXACT_DAYS) from the period's end.

use super::Ledger;
use super::shards::{Keyed, Shards};
use crate::declaration::Day;
use crate::engine::StockKey;
use crate::journal::Sequence;
use crate::limits::EXACT_DAYS;
use crate::supervision::record::Awaited;

/// The slots of a declaration.
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) key: u128,
    pub(super) slots: Box<[Awaited]>,
}

impl Keyed for Slots {
    fn key(&self) -> u128 {
        self.key
    }
}

/// A slot whose period ended without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    /// Which.
    pub slot: StockKey,
    /// The digest of the declaration's id.
    pub key: u128,
    /// The item that was to be inspected.
    pub item_no: u16,
    /// The first day after the period.
    pub ends: Day,
    /// The record of the declaration's latest revision.
    pub latest: Option<Sequence>,
}

impl Shards<Slots> {
    /// What a declaration has taken instead of what it had.
    pub(super) fn set(&mut self, key: u128, slots: Box<[Awaited]>) {
        match slots.is_empty() {
            true => drop(self.remove(key)),
            false => self.insert(Slots { key, slots }),
        }
    }

    /// Keeps some of a declaration's slots.
    fn keep(&mut self, key: u128, which: impl Fn(&Awaited) -> bool) {
        let Some(known) = self.get(key) else { return };
        if !known.slots.iter().all(&which) {
            let left = known.slots.iter().copied().filter(|slot| which(slot));
            let left = left.collect();
            self.set(key, left);
        }
    }

    /// A result has come.
    pub(super) fn found(&mut self, key: u128, item_no: u16) {
        self.keep(key, |slot| slot.item_no != item_no);
    }

    /// A day turns: what is long overdue is let go.
    pub(super) fn turn(&mut self, day: Day) {
        let known = |slot: &Awaited| day.number().saturating_sub(slot.ends.number()) < EXACT_DAYS;
        for part in 0..Self::count() {
            let some = self.part(part);
            let some = some.filter(|slots| !slots.slots.iter().all(known));
            let keys: Vec<u128> = some.map(Keyed::key).collect();
            keys.into_iter().for_each(|key| self.keep(key, known));
        }
    }
}

impl Ledger {
    /// The slots of monitoring of one part of the ledger whose period has ended without a result.
    pub fn overdue(&self, part: usize) -> impl Iterator<Item = Overdue> {
        let today = self.today;
        let all = self.awaited.part(part);
        all.flat_map(move |slots| {
            let over = slots.slots.iter().filter(move |slot| slot.ends <= today);
            over.map(move |slot| Overdue {
                slot: slot.slot,
                key: slots.key,
                item_no: slot.item_no,
                ends: slot.ends,
                latest: self.latest(slots.key, None),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_overdue_from_the_end_of_its_period_until_a_result_comes() {
        let slot = |slot, item_no, ends| Awaited {
            slot: StockKey(slot),
            item_no,
            ends: Day::from_number(ends),
        };
        let mut ledger = Ledger::default();
        let slots = [slot(1, 1, 100), slot(2, 2, 100), slot(3, 3, 130)];
        ledger.awaited.set(7, Box::new(slots));
        let overdue = |ledger: &Ledger| {
            let parts = 0..Ledger::parts();
            let all = parts.flat_map(|part| ledger.overdue(part).collect::<Vec<_>>());
            all.map(|overdue| overdue.slot.0).collect::<Vec<_>>()
        };
        let turn = |ledger: &mut Ledger, day| ledger.turn(Day::from_number(day), Sequence::ZERO);
        turn(&mut ledger, 99);
        assert_eq!(overdue(&ledger), [0; 0]);
        turn(&mut ledger, 100);
        assert_eq!(overdue(&ledger), [1, 2]);
        ledger.inspect(7, 2, true);
        assert_eq!(overdue(&ledger), [1]);
        turn(&mut ledger, 130);
        assert_eq!(overdue(&ledger), [1, 3]);
        turn(&mut ledger, 100 + EXACT_DAYS);
        assert_eq!(overdue(&ledger), [3]);
        ledger.awaited.set(7, Box::default());
        assert_eq!(overdue(&ledger), [0; 0]);
        assert_eq!(ledger.awaited.len(), 0);
    }
}
