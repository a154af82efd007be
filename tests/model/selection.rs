//! Selection control, reckoned in the plainest way: how many in a row the one rule with a rate has spared, and of each
//! month how many declarations there were at the one office of which a rate is expected, and how many of them were
//! selected or held.

use std::collections::BTreeMap;

/// How many in a row may be spared, as the policy says.
const FORCED_AFTER: u32 = 1;
/// Of ten thousand declarations so many are expected to be selected, as the policy says.
const EXPECTED: u64 = 1_000;
const ALL: u64 = 10_000;
/// Declarations over which a shortfall is made up.
const HORIZON: u64 = 10;

/// The office of which a rate is expected.
pub(crate) const OFFICE: Option<&str> = Some("7");

#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// By office.
    spared: BTreeMap<Option<&'static str>, u32>,
    months: BTreeMap<i32, (u64, u64)>,
}

impl Selection {
    /// Whether the rule must select the next that it matches; `late` is a flaw.
    pub(crate) fn is_forced(&self, office: Option<&'static str>, late: bool) -> bool {
        let spared = self.spared.get(&office).copied().unwrap_or_default();
        spared >= FORCED_AFTER + u32::from(late)
    }

    /// Whether a draw selects the next declaration of a month at the office of which a rate is expected.
    pub(crate) fn is_topped_up(&self, month: i32, draw: u64) -> bool {
        let (declared, selected) = self.months.get(&month).copied().unwrap_or_default();
        let Some(short) = (EXPECTED * (declared + 1)).checked_sub(ALL * selected) else {
            return false;
        };
        let all = short + HORIZON * (ALL - EXPECTED);
        u128::from(draw) * u128::from(all) < u128::from(short) << 64
    }

    /// After a declaration that the rule matched, or not, and that was released, or not.
    pub(crate) fn after(
        &self,
        (office, month): (Option<&'static str>, i32),
        matched: bool,
        released: bool,
    ) -> Self {
        let mut next = self.clone();
        let spared = next.spared.entry(office).or_default();
        match (matched, released) {
            (true, true) => *spared += 1,
            (true, false) => *spared = 0,
            (false, _) => {}
        }
        if office != OFFICE {
            return next;
        }
        let (declared, selected) = next.months.entry(month).or_default();
        *declared += 1;
        *selected += u64::from(!released);
        next
    }
}
