//! Ways to break the state machine, so that it can be shown that each would be noticed.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    AmendmentsLiftInspections,
    AnybodyCancels,
    AnybodyIsLetIn,
    CancellationsReturnNothing,
    CasesStayOpen,
    CountsToday,
    ForcesLate,
    ForgetsEvents,
    ForgetsFailures,
    HoldsLastADayLonger,
    LotsHaveNoSisters,
    MaliceIsForgiven,
    OneOfficerIsEnough,
    OnePassedItemIsEnough,
    ReleasesStayFresh,
    RulesAreSilent,
    SamplesAreWrittenOff,
    SlotsAreNeverFreeAgain,
    StandingIsYesterdays,
    TakesOldVersions,
    TellsOfCancellations,
}

impl Flaw {
    pub(crate) const ALL: [Self; 21] = [
        Self::AmendmentsLiftInspections,
        Self::AnybodyCancels,
        Self::AnybodyIsLetIn,
        Self::CancellationsReturnNothing,
        Self::CasesStayOpen,
        Self::CountsToday,
        Self::ForcesLate,
        Self::ForgetsEvents,
        Self::ForgetsFailures,
        Self::HoldsLastADayLonger,
        Self::LotsHaveNoSisters,
        Self::MaliceIsForgiven,
        Self::OneOfficerIsEnough,
        Self::OnePassedItemIsEnough,
        Self::ReleasesStayFresh,
        Self::RulesAreSilent,
        Self::SamplesAreWrittenOff,
        Self::SlotsAreNeverFreeAgain,
        Self::StandingIsYesterdays,
        Self::TakesOldVersions,
        Self::TellsOfCancellations,
    ];
}
