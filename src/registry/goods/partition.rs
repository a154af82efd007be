//! One partition of the HS key space by the boundaries of all goods tables: within one of its parts, no table
//! tells one code from another, so whatever is known of goods is known of a part.

use crate::declaration::HsCode;

/// The number of a part of the HS key space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeNo(pub u32);

/// Headings of four digits.
const HEADINGS: usize = 10_000;

/// The parts, as sorted boundaries; part `n` holds the keys from boundary `n` until before boundary `n + 1`.
#[derive(Debug)]
pub struct Partition {
    boundaries: Vec<u64>,
    /// For each heading the number of boundaries at or before its first code, and one more at the end.
    headings: Vec<u32>,
}

impl Partition {
    /// From keys in any order; 0 is added.
    #[must_use]
    pub fn new(mut boundaries: Vec<u64>) -> Self {
        boundaries.push(0);
        boundaries.sort_unstable();
        boundaries.dedup();
        let heading_keys = 10u64.pow(9) * 16;
        let headings = (0..=HEADINGS as u64)
            .map(|heading| boundaries.partition_point(|key| *key <= heading * heading_keys) as u32)
            .collect();
        Self {
            boundaries,
            headings,
        }
    }

    /// The part that holds a code.
    #[must_use]
    #[inline]
    pub fn node(&self, hs: HsCode) -> NodeNo {
        let heading = hs.first(4) as usize;
        let begin = self.headings.get(heading).map_or(0, |at| *at as usize);
        let end = self
            .headings
            .get(heading + 1)
            .map_or(self.boundaries.len(), |at| *at as usize);
        let within = self.boundaries.get(begin..end).unwrap_or_default();
        let after = begin + within.partition_point(|key| *key <= hs.key());
        // The boundary 0 is at or before every key, so `after` is at least 1.
        NodeNo((after as u32).saturating_sub(1))
    }

    /// The parts of a sorted range of keys whose ends are boundaries.
    pub(super) fn nodes(&self, from: u64, to: u64) -> std::ops::Range<usize> {
        let at = |key: u64| self.boundaries.partition_point(|boundary| *boundary < key);
        at(from)..at(to)
    }

    /// The sorted boundaries, 0 first.
    #[must_use]
    pub fn boundaries(&self) -> &[u64] {
        &self.boundaries
    }

    /// How many parts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.boundaries.len()
    }

    /// Never: the boundary 0 is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.boundaries.is_empty()
    }
}

impl Default for Partition {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}
