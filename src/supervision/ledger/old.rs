//! Declarations that nobody touched for long: of each only its key and where its last record is, from which the
//! records before it are found.

use super::part::Part;
use super::{Entry, Ledger, Recalled};
use crate::declaration::Day;
use crate::journal::Sequence;
use crate::limits::EXACT_DAYS;

/// Seconds of a day.
const DAY_S: u32 = 86_400;

/// Where the last record of a declaration is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Both halves of the key, which takes no more room so than it must.
    key: [u64; 2],
    /// The record; 0 where all is in memory again.
    last: u64,
}

/// See the module: those of one part, by key.
#[derive(Debug, Default)]
pub(super) struct Old(Vec<Place>);

impl Old {
    /// The last record of a declaration, where it is here.
    pub(super) fn get(&self, key: u128) -> Option<Sequence> {
        let found = self.find(key).ok()?;
        let last = self.0.get(found)?.last;
        (last != 0).then_some(Sequence::new(last))
    }

    /// A declaration that is here has another last record, or [`Sequence::ZERO`], where it is not here any more;
    /// whether it is here.
    pub(super) fn set(&mut self, key: u128, last: Sequence) -> bool {
        let found = self.find(key).ok();
        let place = found.and_then(|found| self.0.get_mut(found));
        place.map(|place| place.last = last.get()).is_some()
    }

    /// Takes declarations in.
    pub(super) fn take_in(&mut self, mut more: Vec<(u128, Sequence)>) {
        more.retain(|(key, last)| !self.set(*key, *last));
        self.0.extend(more.into_iter().map(|(key, last)| Place {
            key: halves(key),
            last: last.get(),
        }));
        // Two runs that are in order are merged.
        self.0.sort_by_key(|place| place.key);
    }

    /// Each one's key and last record, by key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, Sequence)> {
        let here = self.0.iter().filter(|place| place.last != 0);
        here.map(|place| {
            let [high, low] = place.key;
            let key = u128::from(high) << 64 | u128::from(low);
            (key, Sequence::new(place.last))
        })
    }

    fn find(&self, key: u128) -> Result<usize, usize> {
        self.0.binary_search_by_key(&halves(key), |place| place.key)
    }
}

fn halves(key: u128) -> [u64; 2] {
    [(key >> 64) as u64, key as u64]
}

impl Ledger {
    /// The last record of a declaration of which something is known that is not in memory: from there its records are
    /// read, for [`Self::recall`]. Nothing but reading may be done with it before.
    #[must_use]
    pub fn let_go(&self, key: u128) -> Option<Sequence> {
        self.tables.parts.of(key).let_go(key)
    }

    /// Knows a declaration again that was read back from its record, unless it is known meanwhile.
    pub fn recall(&mut self, key: u128, from: Sequence, recalled: Recalled) {
        let mut part = self.tables.parts.of(key);
        let Some(entry) = recalled.entry.filter(|_| part.let_go(key) == Some(from)) else {
            return;
        };
        self.known += usize::from(part.entries.insert(entry).is_none());
        if !recalled.earlier.is_empty() {
            self.earlier.insert(key, recalled.earlier);
        }
        part.hold(key, |holding| {
            (holding.takes, holding.lots) = (recalled.takes, recalled.lots);
        });
        part.old.set(key, Sequence::ZERO);
    }

    /// A day turns.
    pub fn turn(&mut self, day: Day, sequence: Sequence) {
        if day.month() != self.today.month() {
            self.tables.counters.begin_month();
        }
        self.tables.turn(day);
        self.today = day;
        self.turned.push((day, sequence));
        let exact = |(turned, _): &(Day, Sequence)| day.number() - turned.number() < EXACT_DAYS;
        let first = self.turned.iter().position(exact).unwrap_or(0);
        self.turned.drain(..first);
    }

    /// Lets those of one part go that are closed and were not touched since the first of the days that are kept.
    /// Stocks and counters that say nothing go too.
    pub fn forget(&mut self, number: usize) {
        self.tables.stocks.forget(number);
        self.tables.counters.forget(number);
        let Some(&(_, first)) = self.turned.first() else {
            return;
        };
        let (pending, today) = (&self.pending, self.today.number());
        let mut part = self.tables.parts.part(number);
        let Part { entries, open, .. } = &mut *part;
        // Where no day turned for long, a record before the first that did may be of today.
        let ago = |entry: &Entry| today - entry.since_s.div_euclid(DAY_S) as i32;
        let is_old = |entry: &Entry| {
            let untouched = entry.latest < first && ago(entry) >= EXACT_DAYS;
            // What is still to be decided again is not let go before.
            let awaited = pending.iter().any(|pending| pending.concerns(entry));
            untouched && !awaited && open.get(entry.key).is_none()
        };
        let gone = entries.extract(is_old);
        for entry in &gone {
            self.earlier.remove(&entry.key);
            part.hold(entry.key, |holding| {
                (holding.takes, holding.lots) = Default::default();
            });
        }
        self.known -= gone.len();
        if !gone.is_empty() {
            let gone = gone.iter().map(|entry| (entry.key, entry.latest));
            part.old.take_in(gone.collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Counter, CounterKey, StockKey, Take};
    use crate::supervision::ledger::counters::Counted;
    use crate::supervision::ledger::stocks::Taken;

    #[test]
    fn whoever_was_let_go_is_known_by_the_whole_key_and_told_in_its_order() {
        let key = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
        let last = Sequence::new;
        let mut old = Old::default();
        old.take_in(vec![(key(2, 1), last(7)), (key(1, 3), last(5))]);
        // Keys that have one half in common; one that is there has another last record.
        old.take_in(vec![(key(1, 2), last(9)), (key(2, 1), last(8))]);
        assert_eq!(old.get(key(1, 2)), Some(last(9)));
        assert_eq!(old.get(key(2, 1)), Some(last(8)));
        assert_eq!(old.get(key(2, 2)), None);
        let all = [
            (key(1, 2), last(9)),
            (key(1, 3), last(5)),
            (key(2, 1), last(8)),
        ];
        assert!(old.iter().eq(all));
        // Who is in memory again is not here, and may be let go once more.
        assert!(old.set(key(1, 3), Sequence::ZERO) && !old.set(key(3, 3), last(1)));
        assert_eq!(old.get(key(1, 3)), None);
        assert!(old.iter().eq([all[0], all[2]]));
        old.take_in(vec![(key(1, 3), last(10))]);
        assert_eq!(old.get(key(1, 3)), Some(last(10)));
        assert_eq!(old.iter().count(), 3);
    }

    #[test]
    fn stocks_and_counters_that_say_nothing_go_with_their_part() {
        let mut ledger = Ledger::default();
        let tables = std::sync::Arc::clone(ledger.tables());
        for (key, said) in [(1, 0), (2, 5)] {
            let take = Take {
                key: StockKey(key),
                units: said,
            };
            tables.stocks.taken.of(key).insert(Taken::new(take));
            let counter = Counter {
                all: said as u64,
                selected: 0,
            };
            for counters in [&tables.counters.runs, &tables.counters.lanes] {
                let counted = Counted::new(CounterKey(key), counter);
                counters.of(key).insert(counted);
            }
        }
        ledger.forget(0);
        let is_there = |key: u128| {
            let counters = [&tables.counters.runs, &tables.counters.lanes];
            let counters = counters.map(|counters| counters.of(key).get(key).is_some());
            (tables.stocks.taken.of(key).get(key).is_some(), counters)
        };
        assert_eq!(is_there(1), (false, [false, false]));
        assert_eq!(is_there(2), (true, [true, true]));
    }
}
