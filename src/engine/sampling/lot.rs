//! A sampling plan on a lot: what is drawn of it, what of that may not conform, and which of two plans is stricter.

use std::cmp::Reverse;

use super::Severity;
use super::letter::CodeLetter;
use super::single::single_plan;
use crate::declaration::Amount;
use crate::policy::SamplingPlan;

/// A plan on a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LotPlan {
    /// Level and AQL.
    pub plan: SamplingPlan,
    /// Normal or tightened inspection.
    pub severity: Severity,
    /// What is drawn; none where the lot's size is not known.
    pub sample: Option<LotSample>,
}

/// What is drawn of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LotSample {
    /// Units; the whole lot where the plan asks for as many or more.
    pub size: u32,
    /// So many of them may not conform, and the lot is still accepted.
    pub acceptance_number: u32,
}

impl LotSample {
    /// From so many units that do not conform on the lot is not accepted.
    #[must_use]
    pub const fn rejection_number(self) -> u32 {
        self.acceptance_number + 1
    }
}

/// Whole units, a part of one counting as one; none where there is nothing.
#[must_use]
pub fn lot_size(quantity: Amount) -> Option<u64> {
    let units = u64::try_from(quantity.units()).ok()?;
    (units > 0).then(|| units.div_ceil(Amount::SCALE as u64))
}

impl LotPlan {
    /// A plan on a lot of a quantity. Without one the plan stands and nobody knows yet how much is drawn.
    #[must_use]
    pub fn new(plan: SamplingPlan, severity: Severity, quantity: Option<Amount>) -> Self {
        let sample = quantity.and_then(lot_size).and_then(|lot| {
            let letter = CodeLetter::of(lot, plan.level)?;
            let single = single_plan(letter, plan.aql, severity)?;
            let whole = u32::try_from(lot).unwrap_or(u32::MAX);
            Some(LotSample {
                size: single.sample_size.min(whole),
                acceptance_number: single.acceptance_number,
            })
        });
        Self {
            plan,
            severity,
            sample,
        }
    }

    /// The stricter of two plans on one lot: the one with the larger sample, then the one with the smaller acceptance
    /// number. Where neither tells, or nothing is known of the lot, the one of the larger level, then of the smaller AQL.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let strictness = |of: &Self| {
            let sample = of
                .sample
                .map(|sample| (sample.size, Reverse(sample.acceptance_number)));
            (sample, of.plan.level, Reverse(of.plan.aql))
        };
        std::cmp::max_by_key(self, other, strictness)
    }
}
