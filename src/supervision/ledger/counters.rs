//! The counters of selection control: of each rule and office how many declarations it has spared in a row, of each
//! office and direction how many declarations of the calendar month there were and how many of them were selected.
//! Both count first versions, once, by what became of them when they were decided; what comes later (a withdrawal, an
//! officer's act) does not change them.
//!
//! A counter is in a place of its own. Whoever is about to ask it looks for that place before it is alone with the
//! ledger, and need not look again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::shards::{Keyed, Shards, Table};
use crate::engine::{Ask, Change, Count, Counter, CounterKey, Law};

/// Where a counter is. Only who holds the ledger changes it.
#[derive(Debug, Default)]
pub(super) struct CounterPlace {
    all: AtomicU64,
    selected: AtomicU64,
}

impl CounterPlace {
    fn get(&self) -> Counter {
        Counter {
            all: self.all.load(Ordering::Relaxed),
            selected: self.selected.load(Ordering::Relaxed),
        }
    }

    fn set(&self, counter: Counter) {
        self.all.store(counter.all, Ordering::Relaxed);
        self.selected.store(counter.selected, Ordering::Relaxed);
    }
}

/// A counter.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) key: CounterKey,
    place: Arc<CounterPlace>,
}

impl Counted {
    pub(super) fn new(key: CounterKey, counter: Counter) -> Self {
        let place = Arc::<CounterPlace>::default();
        place.set(counter);
        Self { key, place }
    }

    pub(super) fn counter(&self) -> Counter {
        self.place.get()
    }

    /// Whether it says anything. Equal ledgers may differ in counters that do not.
    pub(super) fn says(&self) -> bool {
        self.counter() != Counter::default()
    }
}

impl Keyed for Counted {
    fn key(&self) -> u128 {
        self.key.0
    }
}

impl Shards<Table<Counted>> {
    /// The place of a counter, which there is from now on.
    fn place(&self, key: CounterKey) -> Arc<CounterPlace> {
        let nothing = || Counted::new(key, Counter::default());
        Arc::clone(&self.of(key.0).or_insert_with(key.0, nothing).place)
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Counters {
    /// Of rules.
    pub(super) runs: Shards<Table<Counted>>,
    /// Of lanes, since the month began.
    pub(super) lanes: Shards<Table<Counted>>,
}

/// The places of what a declaration asks and counts, in its order; none where they were not looked for.
#[derive(Debug, Default)]
pub(in crate::supervision) struct CounterPlaces {
    asks: Box<[Arc<CounterPlace>]>,
    counts: Box<[Arc<CounterPlace>]>,
}

impl Counters {
    /// What a counter says.
    #[must_use]
    pub fn counter(&self, key: CounterKey, law: Law) -> Counter {
        let table = self.by_law(law).of(key.0);
        let counted = table.get(key.0);
        counted.map_or_else(Counter::default, Counted::counter)
    }

    /// What of the answers for which a declaration was decided differs: all that it asked, as it is, with what the
    /// counters say.
    #[must_use]
    pub(in crate::supervision) fn differs(
        &self,
        asks: &[Ask],
        places: &CounterPlaces,
    ) -> Option<Vec<(Ask, Counter)>> {
        let counter = |at: usize, ask: &Ask| match places.asks.get(at) {
            Some(place) => place.get(),
            None => self.counter(ask.key, ask.law),
        };
        let mut each = asks.iter().enumerate();
        let differs = each.any(|(at, ask)| ask.law.selects(counter(at, ask)) != ask.selects);
        let all = asks.iter().enumerate().map(|(at, ask)| {
            let counter = counter(at, ask);
            let selects = ask.law.selects(counter);
            (Ask { selects, ..*ask }, counter)
        });
        differs.then(|| all.collect())
    }

    /// Counts what a declaration is.
    pub(super) fn step(&self, counts: &[Count], places: &CounterPlaces) {
        for (at, count) in counts.iter().enumerate() {
            let change = |place: &CounterPlace| place.set(place.get().after(count.change));
            match places.counts.get(at) {
                Some(place) => change(place),
                None => change(&self.by_change(count.change).place(count.key)),
            }
        }
    }

    /// Looks for the places of what a declaration asks and counts.
    pub(super) fn ready(&self, asks: &[Ask], counts: &[Count]) -> CounterPlaces {
        let asked = asks.iter().map(|ask| self.by_law(ask.law).place(ask.key));
        let counted = counts
            .iter()
            .map(|count| self.by_change(count.change).place(count.key));
        CounterPlaces {
            asks: asked.collect(),
            counts: counted.collect(),
        }
    }

    fn by_law(&self, law: Law) -> &Shards<Table<Counted>> {
        match law {
            Law::Forced { .. } => &self.runs,
            Law::TopUp { .. } => &self.lanes,
        }
    }

    fn by_change(&self, change: Change) -> &Shards<Table<Counted>> {
        match change {
            Change::Spared | Change::NotSpared => &self.runs,
            Change::Released | Change::Selected => &self.lanes,
        }
    }

    /// A month begins: lanes are counted from nothing.
    pub(super) fn begin_month(&self) {
        for table in self.lanes.parts() {
            table
                .iter()
                .for_each(|counted| counted.place.set(Counter::default()));
        }
    }

    /// Lets counters of a part go that say nothing, and whose places nobody has in hand.
    pub(super) fn forget(&self, part: usize) {
        let is = |counted: &Counted| !counted.says() && Arc::strong_count(&counted.place) == 1;
        for counters in [&self.runs, &self.lanes] {
            counters.part(part).extract(is);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::Direction;

    /// How many counters say anything, and how many there are.
    fn count(counters: &Shards<Table<Counted>>) -> (usize, usize) {
        let each = |table: &Table<Counted>| {
            let says = table.iter().filter(|counted| counted.says());
            (says.count(), table.iter().count())
        };
        let all = counters.parts().map(|table| each(&table));
        all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    #[test]
    fn a_run_ends_with_whatever_selects_and_a_lane_with_its_month() {
        let counters = Counters::default();
        let run = CounterKey::of_rule("b", "r", Some("5720"));
        let lane = CounterKey::of_lane(Some("5720"), Direction::Export);
        let one = |key, change| Count { key, change };
        let forced = Law::Forced { after: 2 };
        let topped = Law::TopUp {
            rate: 5_000,
            draw: 0,
        };
        let ask = |key, law, selects| Ask { key, law, selects };
        let asks = [ask(run, forced, false), ask(lane, topped, true)];
        let nowhere = CounterPlaces::default();
        assert_eq!(counters.differs(&asks, &nowhere), None);
        let counts = [one(run, Change::Spared), one(lane, Change::Released)];
        counters.step(&counts, &nowhere);
        assert_eq!(counters.differs(&asks, &nowhere), None);
        // Whoever looked for the places before sees the same.
        let counts = [one(run, Change::Spared), one(lane, Change::Selected)];
        let places = counters.ready(&asks, &counts);
        counters.step(&counts, &places);
        let actual = [ask(run, forced, true), ask(lane, topped, true)];
        let two = Counter {
            all: 2,
            selected: 1,
        };
        let spared = Counter {
            all: 2,
            selected: 0,
        };
        let actual = Some(vec![(actual[0], spared), (actual[1], two)]);
        assert_eq!(counters.differs(&asks, &places), actual);
        assert_eq!(counters.differs(&asks, &nowhere), actual);
        assert_eq!(counters.counter(lane, topped), two);
        counters.step(&[one(run, Change::NotSpared)], &nowhere);
        assert_eq!(count(&counters.runs), (0, 1));
        // A place that somebody has in hand stays: what is written there is not lost.
        let all = |counters: &Counters| {
            (0..super::super::Ledger::parts()).for_each(|part| counters.forget(part))
        };
        all(&counters);
        assert_eq!(count(&counters.runs), (0, 1));
        drop(places);
        all(&counters);
        assert_eq!(count(&counters.runs), (0, 0));
        counters.step(&[one(run, Change::Spared)], &nowhere);
        counters.begin_month();
        assert_eq!((count(&counters.runs).0, count(&counters.lanes).0), (1, 0));
    }
}
