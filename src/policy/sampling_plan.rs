//! Sampling plans as a policy names them: an inspection level and an acceptance quality limit of ISO 2859-1.

use super::vocabulary::vocabulary;
use crate::declaration::Amount;

vocabulary! {
    /// An inspection level: how large the sample of a lot is. No later level has the smaller sample.
    InspectionLevel {
        /// Special level S-1, for the smallest samples.
        S1 = "S-1",
        /// Special level S-2.
        S2 = "S-2",
        /// Special level S-3.
        S3 = "S-3",
        /// Special level S-4.
        S4 = "S-4",
        /// General level I.
        I = "I",
        /// General level II, the usual one.
        II = "II",
        /// General level III.
        III = "III",
    }
}
vocabulary! {
    /// An acceptance quality limit (AQL): nonconforming units in a hundred, or nonconformities in a hundred units, that
    /// are the worst tolerable average; the smaller the stricter.
    Aql {
        /// 0.065 in a hundred.
        A0_065 = "0.065",
        /// 0.10 in a hundred.
        A0_10 = "0.10",
        /// 0.15 in a hundred.
        A0_15 = "0.15",
        /// 0.25 in a hundred.
        A0_25 = "0.25",
        /// 0.40 in a hundred.
        A0_40 = "0.40",
        /// 0.65 in a hundred.
        A0_65 = "0.65",
        /// 1.0 in a hundred.
        A1_0 = "1.0",
        /// 1.5 in a hundred.
        A1_5 = "1.5",
        /// 2.5 in a hundred.
        A2_5 = "2.5",
        /// 4.0 in a hundred.
        A4_0 = "4.0",
        /// 6.5 in a hundred.
        A6_5 = "6.5",
    }
}

impl Aql {
    /// The AQLs of the standard whose tables are not certain here: no plan of theirs is carried out.
    pub(super) const UNCERTAIN: &'static [&'static str] = &[
        "0.010", "0.015", "0.025", "0.040", "10", "15", "25", "40", "65", "100", "150", "250",
        "400", "650", "1000",
    ];

    /// The AQL of a number.
    #[must_use]
    pub fn of(number: Amount) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|aql| aql.number() == Some(number))
    }

    /// The number.
    pub(super) fn number(self) -> Option<Amount> {
        Amount::parse(self.as_str()).ok()
    }
}

/// How many units of a lot are inspected, and how many of them may not conform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SamplingPlan {
    /// The inspection level.
    pub level: InspectionLevel,
    /// The acceptance quality limit.
    pub aql: Aql,
}
