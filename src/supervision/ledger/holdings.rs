//! What declarations in memory hold: what they have taken of stocks, to be returned by the next version or the end, and
//! the lots that the version cites which was decided last. What a declaration that was let go has taken stays counted;
//! whoever comes back to it finds it in its records.

use super::shards::Keyed;
use crate::engine::Take;

/// What a declaration holds, which is something.
#[derive(Debug, Default)]
pub(super) struct Holding {
    pub(super) key: u128,
    /// What it has taken of stocks, in their order.
    pub(super) takes: Box<[Take]>,
    /// The lots that it cites: ascending, each once.
    pub(super) lots: Box<[u64]>,
}

impl Keyed for Holding {
    fn key(&self) -> u128 {
        self.key
    }
}

impl Holding {
    /// Nothing.
    pub(super) fn of(key: u128) -> Self {
        Self {
            key,
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.takes.is_empty() && self.lots.is_empty()
    }
}
