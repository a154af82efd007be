//! Marks: one thing each that a record adds to a quality file.

use super::Heading;
use crate::declaration::{Country, Day};
use crate::registry::word::TestResult;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    /// A declaration with such goods, in its first version.
    Declared,
    /// Its goods were selected for inspection.
    Selected,
    /// It was withdrawn after that.
    Cancelled,
    /// An inspection passed.
    Passed,
    /// An inspection failed.
    Failed,
    /// A foreign authority gave notice of the goods.
    Notified,
    /// The goods were recalled.
    Recalled,
    /// The goods were sent back.
    Returned,
    /// A spot check on the home market failed.
    SpotFailed,
    /// Somebody complained of them.
    Complained,
    /// An inspection of the enterprise's raw material passed.
    MaterialPassed,
    /// An inspection of the enterprise's raw material failed.
    MaterialFailed,
}

impl Counted {
    /// All of them, in the order of their numbers in records.
    pub const ALL: [Self; 12] = [
        Self::Declared,
        Self::Selected,
        Self::Cancelled,
        Self::Passed,
        Self::Failed,
        Self::Notified,
        Self::Recalled,
        Self::Returned,
        Self::SpotFailed,
        Self::Complained,
        Self::MaterialPassed,
        Self::MaterialFailed,
    ];

    /// How many of them are said of goods, and have a count in a file.
    pub const OF_GOODS: usize = 10;

    /// What was found of raw material, where it is that.
    #[must_use]
    pub const fn of_material(self) -> Option<TestResult> {
        match self {
            Self::MaterialPassed => Some(TestResult::Passed),
            Self::MaterialFailed => Some(TestResult::Failed),
            _ => None,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declarations",
            Self::Selected => "selections",
            Self::Cancelled => "cancelled_after_selection",
            Self::Passed => "inspections_passed",
            Self::Failed => "nonconformities",
            Self::Notified => "notifications",
            Self::Recalled => "recalls",
            Self::Returned => "returns",
            Self::SpotFailed => "spot_checks_failed",
            Self::Complained => "complaints",
            Self::MaterialPassed => "raw_material_passed",
            Self::MaterialFailed => "raw_material_failed",
        }
    }

    /// Whether a market said it, of whomever.
    pub(super) const fn is_of_market(self) -> bool {
        matches!(self, Self::Notified | Self::Returned)
    }
}

/// One thing that a record adds to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark<'m> {
    /// Whose file; empty where nobody is named.
    pub enterprise: &'m str,
    /// Of which goods.
    pub heading: Heading,
    /// Destination of an export, origin of an import.
    pub country: Option<Country>,
    /// When.
    pub day: Day,
    /// What.
    pub counted: Counted,
    /// The value that was declared, in 1/10,000 of the base currency.
    pub value: i64,
    /// The quantity that was declared, in 1/10,000 of whatever unit.
    pub quantity: i64,
    /// The tests that an inspection found failed.
    pub failed_tests: Vec<&'m str>,
}
