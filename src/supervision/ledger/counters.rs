//! The counters of selection control: of each rule and office how many declarations it has spared in a row, of each
//! office and direction how many declarations of the calendar month there were and how many of them were selected.
//! Both count first versions, once, by what became of them when they were decided; what comes later (a withdrawal, an
//! officer's act) does not change them.

use super::shards::{Growth, Keyed, Shards};
use crate::engine::{Ask, Change, Count, Counter, CounterKey, Law};

/// A counter that says anything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) key: CounterKey,
    pub(super) counter: Counter,
}

impl Keyed for Counted {
    fn key(&self) -> u128 {
        self.key.0
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Counters {
    /// Of rules that have spared something.
    pub(super) runs: Shards<Counted>,
    /// Of lanes, since the month began.
    pub(super) lanes: Shards<Counted>,
}

impl Counters {
    /// What a counter says.
    #[must_use]
    pub fn counter(&self, key: CounterKey, law: Law) -> Counter {
        let counters = match law {
            Law::Forced { .. } => &self.runs,
            Law::TopUp { .. } => &self.lanes,
        };
        let counted = counters.get(key.0);
        counted.map_or_else(Counter::default, |counted| counted.counter)
    }

    /// What of the answers for which a declaration was decided differs: all that it asked, as it is, with what the
    /// counters say.
    #[must_use]
    pub fn differs(&self, asks: &[Ask]) -> Option<Vec<(Ask, Counter)>> {
        let counter = |ask: &Ask| self.counter(ask.key, ask.law);
        let is = |ask: &Ask| ask.law.selects(counter(ask));
        let differs = asks.iter().any(|ask| is(ask) != ask.selects);
        let all = asks.iter().map(|ask| {
            let selects = is(ask);
            (Ask { selects, ..*ask }, counter(ask))
        });
        differs.then(|| all.collect())
    }

    /// Counts what a declaration is.
    pub fn step(&mut self, counts: &[Count]) {
        for count in counts {
            let counters = match count.change {
                Change::Spared | Change::NotSpared => &mut self.runs,
                Change::Released | Change::Selected => &mut self.lanes,
            };
            let known = counters.get(count.key.0).map(|counted| counted.counter);
            let counter = known.unwrap_or_default().after(count.change);
            // Kept is only what differs from nothing, so that equal ledgers are equal bytes.
            match counter == Counter::default() {
                true => drop(counters.remove(count.key.0)),
                false => counters.insert(Counted {
                    key: count.key,
                    counter,
                }),
            }
        }
    }

    /// A month begins: lanes are counted from nothing.
    pub(super) fn begin_month(&mut self) {
        for part in 0..Shards::<Counted>::count() {
            self.lanes.extract(part, |_| true);
        }
    }

    /// The first tables that should grow of those of counters.
    pub(super) fn growth(&self, counts: &[Count]) -> CounterGrowth {
        CounterGrowth {
            runs: counts.iter().find_map(|count| match count.change {
                Change::Spared => self.runs.growth(count.key.0),
                _ => None,
            }),
            lanes: counts.iter().find_map(|count| match count.change {
                Change::Released | Change::Selected => self.lanes.growth(count.key.0),
                _ => None,
            }),
        }
    }
}

/// Tables of counters that should grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CounterGrowth {
    pub(super) runs: Option<Growth>,
    pub(super) lanes: Option<Growth>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::Direction;

    #[test]
    fn a_run_ends_with_whatever_selects_and_a_lane_with_its_month() {
        let mut counters = Counters::default();
        let run = CounterKey::of_rule("b", "r", Some("5720"));
        let lane = CounterKey::of_lane(Some("5720"), Direction::Export);
        let count = |key, change| Count { key, change };
        let forced = Law::Forced { after: 2 };
        let topped = Law::TopUp {
            rate: 5_000,
            draw: 0,
        };
        let ask = |key, law, selects| Ask { key, law, selects };
        let asks = [ask(run, forced, false), ask(lane, topped, true)];
        assert_eq!(counters.differs(&asks), None);
        counters.step(&[count(run, Change::Spared), count(lane, Change::Released)]);
        assert_eq!(counters.differs(&asks), None);
        counters.step(&[count(run, Change::Spared), count(lane, Change::Selected)]);
        let actual = [ask(run, forced, true), ask(lane, topped, true)];
        let two = Counter {
            all: 2,
            selected: 1,
        };
        let spared = Counter {
            all: 2,
            selected: 0,
        };
        let actual = vec![(actual[0], spared), (actual[1], two)];
        assert_eq!(counters.differs(&asks), Some(actual));
        assert_eq!(counters.counter(lane, topped), two);
        counters.step(&[count(run, Change::NotSpared)]);
        assert_eq!(counters.runs.len(), 0);
        counters.step(&[count(run, Change::Spared)]);
        counters.begin_month();
        assert_eq!((counters.runs.len(), counters.lanes.len()), (1, 0));
    }
}
