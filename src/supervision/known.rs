//! What a decision is told that depends on those before it, when it is made again: what it assumed was not the case.

use super::ledger::{Ledger, Places};
use super::record::Moves;
use crate::engine::{Ask, Counter, Hints, Take};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// How much others have taken of stocks.
    pub taken: Vec<Take>,
    /// Which counters select.
    pub asks: Vec<Ask>,
    /// What those counters say.
    pub counters: Vec<Counter>,
}

impl Known {
    /// How stocks and counters are, where they are not as a decision was told; the places are those of what it asked.
    #[must_use]
    pub(super) fn otherwise(ledger: &Ledger, moves: &Moves, places: &Places) -> Option<Self> {
        let taken = ledger.stocks().differs_at(moves, &places.stocks);
        let asks = ledger.counters().differs(&moves.asks, &places.counters);
        if taken.is_none() && asks.is_none() {
            return None;
        }
        let (asks, counters) = asks.unwrap_or_default().into_iter().unzip();
        Some(Self {
            taken: taken.unwrap_or_default(),
            asks,
            counters,
        })
    }

    /// Takes in what was learnt later, which stands.
    pub fn learn(&mut self, later: Self) {
        self.taken.extend(later.taken);
        self.asks.extend(later.asks);
        self.counters.extend(later.counters);
    }

    /// Tells others what counters say.
    pub fn tell(&self, hints: &Hints) {
        for (ask, counter) in self.asks.iter().zip(&self.counters) {
            hints.set_counter(ask.key, *counter);
        }
    }
}
