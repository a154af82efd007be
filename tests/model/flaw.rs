//! Ways to break the state machine, so that it can be shown that each would be noticed.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    AmendmentsLiftInspections,
    AnybodyCancels,
    CasesStayOpen,
    ForgetsEvents,
    HoldsLastADayLonger,
    MaliceIsForgiven,
    OneOfficerIsEnough,
    OnePassedItemIsEnough,
    StandingIsYesterdays,
    TakesOldVersions,
    TellsOfCancellations,
}

impl Flaw {
    pub(crate) const ALL: [Self; 11] = [
        Self::AmendmentsLiftInspections,
        Self::AnybodyCancels,
        Self::CasesStayOpen,
        Self::ForgetsEvents,
        Self::HoldsLastADayLonger,
        Self::MaliceIsForgiven,
        Self::OneOfficerIsEnough,
        Self::OnePassedItemIsEnough,
        Self::StandingIsYesterdays,
        Self::TakesOldVersions,
        Self::TellsOfCancellations,
    ];
}
