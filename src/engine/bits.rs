//! Sets of states and of terms as words of bits.

use std::ops::Range;

/// A set of numbers below a bound that its maker knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// The empty set with room for so many numbers.
    pub(crate) fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    /// The set of all numbers below a bound.
    pub(crate) fn all(count: usize) -> Self {
        let mut bits = Self(vec![u64::MAX; count.div_ceil(64)]);
        if let (Some(last), rest @ 1..) = (bits.0.last_mut(), count % 64) {
            *last = (1 << rest) - 1;
        }
        bits
    }

    /// Takes a number in.
    pub(crate) fn insert(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// Whether it holds a number.
    pub(crate) fn contains(&self, at: usize) -> bool {
        self.0
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// How many numbers it holds.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The runs of consecutive numbers that it holds; none at all where there are more than `most`.
    pub(crate) fn runs(&self, most: usize) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for at in self.iter() {
            if let Some(run) = runs.last_mut().filter(|run| run.end == at) {
                run.end += 1;
            } else if runs.len() < most {
                runs.push(at..at + 1);
            } else {
                return Vec::new();
            }
        }
        runs
    }

    /// Whether it holds none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// What both hold.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// What either holds.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a | b).collect())
    }

    /// The numbers below a bound that it does not hold.
    pub(crate) fn not(&self, count: usize) -> Self {
        let all = Self::all(count);
        Self(self.0.iter().zip(&all.0).map(|(a, all)| !a & all).collect())
    }

    /// The numbers that it holds, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(at, word)| ones(*word).map(move |bit| at * 64 + bit))
    }
}

/// The places of the ones in a word, ascending.
pub(crate) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let mut bits = Bits::none(130);
        for at in [0, 63, 64, 129] {
            bits.insert(at);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!(Bits::all(130).iter().count(), 130);
        assert_eq!(bits.and(&Bits::all(130)), bits);
        assert_eq!(bits.runs(3), [0..1, 63..65, 129..130]);
        assert!(bits.runs(2).is_empty());
        assert_eq!(bits.not(130).len(), 126);
        assert_eq!(bits.not(130).and(&bits), Bits::none(130));
        assert!(bits.contains(64) && !bits.contains(65) && !bits.contains(130));
        assert_eq!(bits.len(), 4);
        assert!(Bits::none(64).is_empty() && Bits::all(0).is_empty());
    }
}
