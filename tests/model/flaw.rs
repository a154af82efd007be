//! Ways to break the state machine, so that it can be shown that each would be noticed.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    AmendmentsLiftInspections,
    AnybodyCancels,
    CancellationsReturnNothing,
    ForgetsEvents,
    HoldsLastADayLonger,
    OneOfficerIsEnough,
    OnePassedItemIsEnough,
    SamplesAreWrittenOff,
    SlotsAreNeverFreeAgain,
    StandingIsYesterdays,
    TakesOldVersions,
    TellsOfCancellations,
}

impl Flaw {
    pub(crate) const ALL: [Self; 12] = [
        Self::AmendmentsLiftInspections,
        Self::AnybodyCancels,
        Self::CancellationsReturnNothing,
        Self::ForgetsEvents,
        Self::HoldsLastADayLonger,
        Self::OneOfficerIsEnough,
        Self::OnePassedItemIsEnough,
        Self::SamplesAreWrittenOff,
        Self::SlotsAreNeverFreeAgain,
        Self::StandingIsYesterdays,
        Self::TakesOldVersions,
        Self::TellsOfCancellations,
    ];
}
