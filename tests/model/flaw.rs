//! Ways to break the state machine, so that it can be shown that each would be noticed.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    AmendmentsLiftInspections,
    AnybodyCancels,
    CasesStayOpen,
    CountsToday,
    ForgetsEvents,
    ForgetsFailures,
    HoldsLastADayLonger,
    MaliceIsForgiven,
    OneOfficerIsEnough,
    OnePassedItemIsEnough,
    StandingIsYesterdays,
    TakesOldVersions,
    TellsOfCancellations,
}

impl Flaw {
    pub(crate) const ALL: [Self; 13] = [
        Self::AmendmentsLiftInspections,
        Self::AnybodyCancels,
        Self::CasesStayOpen,
        Self::CountsToday,
        Self::ForgetsEvents,
        Self::ForgetsFailures,
        Self::HoldsLastADayLonger,
        Self::MaliceIsForgiven,
        Self::OneOfficerIsEnough,
        Self::OnePassedItemIsEnough,
        Self::StandingIsYesterdays,
        Self::TakesOldVersions,
        Self::TellsOfCancellations,
    ];
}
