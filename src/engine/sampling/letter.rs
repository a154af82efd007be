//! Sample size code letters: table 1 of ISO 2859-1, by the lot's size and the inspection level.

use std::fmt;

use crate::policy::InspectionLevel;

/// A sample size code letter: `A` to `R` without `I` and `O`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeLetter(char);

/// The largest lot of each row, with its letters in the order of [`InspectionLevel::ALL`].
const LETTERS: [(u64, &str); 15] = [
    (8, "AAAAAAB"),
    (15, "AAAAABC"),
    (25, "AABBBCD"),
    (50, "ABBCCDE"),
    (90, "BBCCCEF"),
    (150, "BBCDDFG"),
    (280, "BCDEEGH"),
    (500, "BCDEFHJ"),
    (1_200, "CCEFGJK"),
    (3_200, "CDEGHKL"),
    (10_000, "CDFGJLM"),
    (35_000, "CDFHKMN"),
    (150_000, "DEGJLNP"),
    (500_000, "DEGJMPQ"),
    (u64::MAX, "DEHKNQR"),
];

impl CodeLetter {
    /// All letters, that of the smallest sample first.
    pub const ALL: [Self; 16] = [
        Self('A'),
        Self('B'),
        Self('C'),
        Self('D'),
        Self('E'),
        Self('F'),
        Self('G'),
        Self('H'),
        Self('J'),
        Self('K'),
        Self('L'),
        Self('M'),
        Self('N'),
        Self('P'),
        Self('Q'),
        Self('R'),
    ];

    /// The letter of a lot of so many units. The table begins with lots of two; smaller ones are read as such.
    #[must_use]
    pub fn of(lot_size: u64, level: InspectionLevel) -> Option<Self> {
        let (_, letters) = LETTERS.iter().find(|(most, _)| lot_size <= *most)?;
        letters.chars().nth(level as usize).map(Self)
    }
}

impl fmt::Display for CodeLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
