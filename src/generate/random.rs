//! Seeded pseudo-random numbers (`SplitMix64`, Steele and others 2014) in whole numbers only, so that one seed
//! gives the same bytes on every platform. A stream is keyed by seed, purpose and index: what is made at an
//! index depends on nothing that was made before it. Not for draws that anyone must trust.

/// What a stream of numbers is for; streams of different purposes are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Nomenclature = 1,
    Place,
    Party,
    PartyRows,
    Goods,
    Rule,
    Score,
    Declaration,
}

/// One in units of shares: `chance(300)` holds in 3 of 100.
pub(super) const WHOLE: u64 = 10_000;
/// One in fixed-point octaves and factors.
const ONE: u64 = 1 << 16;
/// Ranks that share the top of a Zipf curve for each so many of them, so that no single one takes a visible share of millions.
const RANKS_PER_FLAT_TOP: u64 = 5_000;

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// The stream of a purpose at an index.
    pub(super) const fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let purpose = (purpose as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(mix(
            mix(seed.wrapping_add(purpose)) ^ mix(index.wrapping_add(purpose))
        ))
    }

    /// The next 64 bits.
    pub(super) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below a bound above nothing.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        ((self.bits() as u128 * bound as u128) >> 64) as u64
    }

    /// A number from a range, both ends included.
    pub(super) const fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// Whether something of so many in [`WHOLE`] happens.
    pub(super) const fn chance(&mut self, share: u64) -> bool {
        self.below(WHOLE) < share
    }

    /// One of a list, each as likely.
    #[expect(
        clippy::indexing_slicing,
        reason = "the number is below the length; lists are constants or made non-empty"
    )]
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// One of a list, early ones more likely ([`Random::rank`]).
    #[expect(
        clippy::indexing_slicing,
        reason = "the rank is below the length; lists are constants or made non-empty"
    )]
    pub(super) fn pick_early<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.rank(list.len() as u64) as usize]
    }

    /// One of a list, each with its weight.
    pub(super) fn weighted<T: Copy>(&mut self, list: &[(T, u64)]) -> T {
        let mut left = self.below(list.iter().map(|(_, weight)| weight).sum());
        let mut chosen = self.pick(list);
        for entry in list {
            if left < entry.1 {
                chosen = *entry;
                break;
            }
            left -= entry.1;
        }
        chosen.0
    }

    /// A rank below a count, about as likely as its reciprocal (Zipf's law).
    pub(super) fn rank(&mut self, count: u64) -> u64 {
        let flat = 1 + count / RANKS_PER_FLAT_TOP;
        let octaves = log2((count + flat) * ONE / flat);
        let spread = ((u128::from(self.bits()) * u128::from(octaves)) >> 64) as u64;
        (flat * exp2(spread) / ONE)
            .saturating_sub(flat)
            .min(count - 1)
    }

    /// A number with this median whose logarithm is about normal; two thirds lie within so many tenths of octaves of it.
    pub(super) fn spread(&mut self, median: u64, tenths: u64) -> u64 {
        let bits = self.bits();
        let sum: i64 = (0..4)
            .map(|part| (bits >> (part * 16) & (ONE - 1)) as i64)
            .sum();
        // Four uniform numbers have a deviation of 0.577 around 2.
        let deviation = (sum - 2 * ONE as i64) * 1_732 / 1_000;
        let octaves = deviation * tenths as i64 / 10;
        let factor = exp2(octaves.unsigned_abs());
        let value = if octaves < 0 {
            u128::from(median) * u128::from(ONE) / u128::from(factor)
        } else {
            u128::from(median) * u128::from(factor) / u128::from(ONE)
        };
        (value as u64).max(1)
    }
}

/// The binary logarithm, straight between powers of two; argument and result in units of [`ONE`].
const fn log2(value: u64) -> u64 {
    let whole = value.ilog2() as u64;
    let fraction = if whole >= 16 {
        (value >> (whole - 16)) - ONE
    } else {
        (value << (16 - whole)) - ONE
    };
    (whole * ONE + fraction).saturating_sub(16 * ONE)
}

/// The inverse of [`log2`].
const fn exp2(octaves: u64) -> u64 {
    let whole = octaves / ONE;
    (ONE + octaves % ONE) << if whole > 40 { 40 } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_seed_on_every_platform() {
        let mut random = Random::new(7, Purpose::Declaration, 3);
        let first = random.bits();
        assert_eq!(Random::new(7, Purpose::Declaration, 3).bits(), first);
        for other in [
            Random::new(8, Purpose::Declaration, 3),
            Random::new(7, Purpose::Declaration, 4),
            Random::new(7, Purpose::Rule, 3),
        ] {
            assert_ne!(other.clone().bits(), first);
        }
    }

    #[test]
    fn ranks_follow_zipfs_law_and_stay_below_their_count() {
        for count in [1, 2, 97, 1_000, 1_000_000] {
            let mut random = Random::new(1, Purpose::Party, count);
            let ranks: Vec<u64> = (0..20_000).map(|_| random.rank(count)).collect();
            assert!(ranks.iter().all(|rank| *rank < count), "{count}");
            let top = ranks.iter().filter(|rank| **rank < count.div_ceil(100));
            assert!(count < 1_000 || top.count() > 6_000, "{count}");
        }
    }

    #[test]
    fn spreads_keep_their_median() {
        let mut random = Random::new(1, Purpose::Party, 0);
        let mut values: Vec<u64> = (0..9_999).map(|_| random.spread(10_000, 10)).collect();
        values.sort_unstable();
        assert!(
            (9_000..11_000).contains(&values[4_999]),
            "{}",
            values[4_999]
        );
        assert!(
            (18_000..22_000).contains(&values[8_413]),
            "{}",
            values[8_413]
        );
    }
}
