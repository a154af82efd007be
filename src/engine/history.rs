//! What happened before with goods of the accountable party and the heading, and what their market told: windows of
//! quality files that end with the decision's day.

use super::join::ItemJoin;
use crate::policy::schema::{HistoryFact, MarketFact};
use crate::registry::{Heading, Windows};

impl ItemJoin<'_> {
    /// The first four digits of the HS code.
    #[must_use]
    pub fn heading(&self) -> Heading {
        Heading::from(self.item.hs_code)
    }

    /// The windows of the accountable party's quality file.
    #[must_use]
    pub fn history(&self) -> &Windows {
        let header = self.header;
        self.history.get_or_init(|| {
            let enterprise = header.declaration.enterprise().as_str();
            let files = header.registry.files();
            files.windows(enterprise, self.heading(), header.decision_day)
        })
    }

    /// Every test that the accountable party's goods failed, sorted.
    #[must_use]
    pub fn failed_tests(&self) -> &[Box<str>] {
        let header = self.header;
        self.failed_tests.get_or_init(|| {
            let enterprise = header.declaration.enterprise().as_str();
            let files = header.registry.files();
            files.failed_tests(enterprise, self.heading(), header.decision_day)
        })
    }

    /// The same, one after the other, some perhaps twice.
    pub fn each_failed_test(&self, then: impl FnMut(&str)) {
        let header = self.header;
        let enterprise = header.declaration.enterprise().as_str();
        let files = header.registry.files();
        files.each_failed_test(enterprise, self.heading(), header.decision_day, then);
    }

    /// Notifications and returns that the item's market told.
    #[must_use]
    pub fn market(&self) -> (u32, u32) {
        let header = self.header;
        let files = header.registry.files();
        files.market(self.heading(), self.country, header.decision_day)
    }
}

/// What the item's market told.
pub(super) fn market_number(join: &ItemJoin<'_>, fact: MarketFact) -> i64 {
    let (notifications, returns) = join.market();
    i64::from(match fact {
        MarketFact::Notifications12m => notifications,
        MarketFact::Returns12m => returns,
    })
}

/// A number of an enterprise's quality file; none of its list.
pub(super) fn history_number(windows: &Windows, fact: HistoryFact) -> Option<i64> {
    let count = match fact {
        HistoryFact::CancelledAfterSelection12m => windows.cancelled,
        HistoryFact::Complaints12m => windows.complaints,
        HistoryFact::Declarations30d => windows.declarations,
        HistoryFact::FailedTests12m => return None,
        HistoryFact::Failures12m => windows.failures,
        HistoryFact::Inspections12m => windows.inspections,
        HistoryFact::Notifications12m => windows.notifications,
        HistoryFact::PassesInARow => windows.passes_in_a_row,
        HistoryFact::Returns12m => windows.returns,
        HistoryFact::Value30d => return Some(windows.value),
    };
    Some(i64::from(count))
}
