//! Rates as exact fractions, compared with draws by long division: nothing of the engine's arithmetic.

/// A share from 0 to 1 as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    over: u128,
    under: u128,
}

impl Share {
    /// The product of factors in units of 1/10,000, capped at 1.
    pub(crate) fn product(factors: &[i64]) -> Self {
        let mut share = Self { over: 1, under: 1 };
        for factor in factors {
            share.over *= u128::try_from(*factor).unwrap();
            share.under *= 10_000;
        }
        share.over = share.over.min(share.under);
        share
    }

    pub(crate) const fn is_all(self) -> bool {
        self.over == self.under
    }

    pub(crate) const fn is_none(self) -> bool {
        self.over == 0
    }

    /// In units of 10^-16, as outcomes tell rates.
    pub(crate) const fn units(self) -> u64 {
        (self.over * (10_u128.pow(16) / self.under)) as u64
    }

    /// Whether a draw out of 2^64 lies below the share: the share's binary digits one after the other.
    pub(crate) fn selects(self, draw: u64) -> bool {
        if self.is_all() {
            return true;
        }
        let mut rest = self.over;
        for bit in (0..64).rev() {
            rest *= 2;
            let digit = rest >= self.under;
            if digit {
                rest -= self.under;
            }
            let drawn = draw >> bit & 1 == 1;
            if digit != drawn {
                return digit;
            }
        }
        // All 64 digits are the draw's: it is below if anything of the share is left.
        rest > 0
    }
}
