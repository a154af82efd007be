//! Slots of monitoring whose inspection has no result yet, of those that declarations have taken. A slot is
//! awaited from its selection until a result comes for its item, whatever else ends the declaration; one that goes back
//! is not. Where the period has ended without a result it is overdue, and is known as such for
//! [`EXACT_DAYS`](crate::limits::EXACT_DAYS) from the period's end.

use super::Tables;
use super::shards::{Keyed, Table};
use crate::declaration::Day;
use crate::engine::StockKey;
use crate::journal::Sequence;
use crate::limits::EXACT_DAYS;
use crate::supervision::record::Awaited;

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

/// The slots of a declaration, which are some.
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) key: u128,
    pub(super) slots: Box<[Awaited]>,
}

impl Slots {
    /// None.
    pub(super) fn of(key: u128) -> Self {
        let slots = Box::default();
        Self { key, slots }
    }
}

impl Keyed for Slots {
    fn key(&self) -> u128 {
        self.key
    }
}

impl Table<Slots> {
    /// What a declaration has taken instead of what it had.
    pub(super) fn set(&mut self, key: u128, slots: Box<[Awaited]>) {
        self.update(Slots::of(key), |known| {
            known.slots = slots;
            !known.slots.is_empty()
        });
    }

    /// Keeps some of a declaration's slots.
    fn keep(&mut self, key: u128, which: impl Fn(&Awaited) -> bool) {
        let Some(known) = self.get(key) else { return };
        if !known.slots.iter().all(&which) {
            let left = known.slots.iter().copied();
            let left = left.filter(which).collect();
            self.set(key, left);
        }
    }

    /// A result has come.
    pub(super) fn found(&mut self, key: u128, item_no: u16) {
        self.keep(key, |slot| slot.item_no != item_no);
    }
}

impl Tables {
    /// A day turns: what is long overdue is let go.
    pub(super) fn turn(&self, day: Day) {
        let known = |slot: &Awaited| day.number().saturating_sub(slot.ends.number()) < EXACT_DAYS;
        for mut part in self.parts.parts() {
            let some = part.awaited.iter();
            let some = some.filter(|slots| !slots.slots.iter().all(known));
            let keys: Vec<u128> = some.map(Keyed::key).collect();
            let each = keys.into_iter();
            each.for_each(|key| part.awaited.keep(key, known));
        }
    }

    /// The slots of monitoring of one part of the ledger whose period has ended on a day without a result.
    #[must_use]
    pub fn overdue(&self, part: usize, today: Day) -> Vec<Overdue> {
        let part = self.parts.part(part);
        let all = part.awaited.iter().flat_map(|slots| {
            let over = slots.slots.iter().filter(|slot| slot.ends <= today);
            over.map(|slot| Overdue {
                slot: slot.slot,
                key: slots.key,
                item_no: slot.item_no,
                ends: slot.ends,
                latest: part.latest(slots.key),
            })
        });
        all.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Ledger;
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
        let set = |ledger: &Ledger, slots: &[Awaited]| {
            ledger.tables.parts.of(7).awaited.set(7, slots.into());
        };
        set(&ledger, &slots);
        let overdue = |ledger: &Ledger| {
            let parts = 0..Ledger::parts();
            let all = parts.flat_map(|part| ledger.tables.overdue(part, ledger.today));
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
        set(&ledger, &[]);
        assert_eq!(overdue(&ledger), [0; 0]);
        assert!(ledger.tables.parts.of(7).awaited.get(7).is_none());
    }
}
