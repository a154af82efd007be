//! Ways to break the state machine, so that it can be shown that each would be noticed.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    AmendmentsLiftInspections,
    AnybodyCancels,
    CancellationsReturnNothing,
    CasesStayOpen,
    CountsToday,
    ForgetsEvents,
    ForgetsFailures,
    HoldsLastADayLonger,
    MaliceIsForgiven,
    OneOfficerIsEnough,
    OnePassedItemIsEnough,
    SamplesAreWrittenOff,
    SkipsStates,
    SlotsAreNeverFreeAgain,
    StandingIsYesterdays,
    TakesOldVersions,
    TellsOfCancellations,
    VoidsNothing,
}

impl Flaw {
    pub(crate) const ALL: [Self; 18] = [
        Self::AmendmentsLiftInspections,
        Self::AnybodyCancels,
        Self::CancellationsReturnNothing,
        Self::CasesStayOpen,
        Self::CountsToday,
        Self::ForgetsEvents,
        Self::ForgetsFailures,
        Self::HoldsLastADayLonger,
        Self::MaliceIsForgiven,
        Self::OneOfficerIsEnough,
        Self::OnePassedItemIsEnough,
        Self::SamplesAreWrittenOff,
        Self::SkipsStates,
        Self::SlotsAreNeverFreeAgain,
        Self::StandingIsYesterdays,
        Self::TakesOldVersions,
        Self::TellsOfCancellations,
        Self::VoidsNothing,
    ];
}
