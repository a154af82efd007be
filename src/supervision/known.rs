//! What a decision is told that depends on those before it, when it is made again: what it assumed was not the case.

use crate::engine::{Ask, Take};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// How much others have taken of stocks.
    pub taken: Vec<Take>,
    /// What counters say.
    pub asks: Vec<Ask>,
}

impl Known {
    /// Takes in what was learnt later, which stands.
    pub fn learn(&mut self, later: Self) {
        self.taken.extend(later.taken);
        self.asks.extend(later.asks);
    }
}
