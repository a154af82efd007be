//! What stocks and counters were when somebody looked last: what deciding assumes of them where nobody has told it
//! better. Settle holds it against what is the case, so a hint that is old costs a second match and nothing else.
//! Shared by all that decide at once.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use dashmap::DashMap;

use super::control::{Count, Counter, CounterKey};
use super::stock::{StockKey, Take};

/// See the module.
#[derive(Debug, Default)]
pub struct Hints {
    taken: DashMap<StockKey, i64, BuildHasherDefault<KeyHasher>>,
    counters: DashMap<CounterKey, Counter, BuildHasherDefault<KeyHasher>>,
}

/// Keys are hashes already.
#[derive(Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}

impl Hints {
    /// Lets whoever heeds some heed these; the same ones again cost nothing that others would wait for.
    pub(super) fn heed(heeded: &mut Option<Arc<Self>>, hints: Option<&Arc<Self>>) {
        if heeded.as_ref().map(Arc::as_ptr) != hints.map(Arc::as_ptr) {
            *heeded = hints.cloned();
        }
    }

    /// How much was taken of a stock: nothing, where nobody has looked.
    #[must_use]
    pub fn taken(&self, key: StockKey) -> i64 {
        self.taken.get(&key).map_or(0, |taken| *taken)
    }

    /// What a counter said.
    #[must_use]
    pub fn counter(&self, key: CounterKey) -> Counter {
        self.counters
            .get(&key)
            .map_or_else(Counter::default, |counter| *counter)
    }

    /// So much is taken of a stock.
    pub fn set_taken(&self, take: Take) {
        // Of most nothing is taken, and that is what is assumed anyhow.
        if take.units != 0 || self.taken.contains_key(&take.key) {
            self.taken.insert(take.key, take.units);
        }
    }

    /// So a counter says.
    pub fn set_counter(&self, key: CounterKey, counter: Counter) {
        self.counters.insert(key, counter);
    }

    /// A declaration was counted.
    pub fn count(&self, counts: &[Count]) {
        for count in counts {
            let mut counter = self.counters.entry(count.key).or_default();
            *counter = counter.after(count.change);
        }
    }

    /// Forgets everything: what nobody looks at any more takes no room for ever.
    pub fn forget(&self) {
        self.taken.clear();
        self.counters.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Change;

    #[test]
    fn what_was_seen_last_is_assumed_until_it_is_forgotten() {
        let hints = Hints::default();
        let (stock, counter) = (StockKey(1), CounterKey(1));
        let seen = || (hints.taken(stock), hints.counter(counter).all);
        assert_eq!(seen(), (0, 0));
        let take = |units| Take { key: stock, units };
        hints.set_taken(take(3));
        let count = |change| Count {
            key: counter,
            change,
        };
        hints.count(&[count(Change::Spared), count(Change::Spared)]);
        assert_eq!(seen(), (3, 2));
        hints.set_taken(take(0));
        hints.count(&[count(Change::NotSpared)]);
        assert_eq!(seen(), (0, 0));
        hints.set_counter(
            counter,
            Counter {
                all: 7,
                selected: 1,
            },
        );
        hints.set_taken(take(1));
        assert_eq!(seen(), (1, 7));
        hints.forget();
        assert_eq!(seen(), (0, 0));
    }
}
