//! Statistics of decisions and their outcomes by zone, enterprise, office or month (S3-39): one walk over every record,
//! of the archive and of the journal behind it, so that they are whole and exact to the last durable record. It takes no
//! lock. In memory are the registry as it was at each record, the groups, and the declarations that are open.

mod counts;
mod group;
mod json;
mod tally;

use std::sync::Arc;

pub use counts::{Cell, Counts};
pub use group::By;

use self::tally::Tally;
use super::walk::{WalkError, walk};
use crate::declaration::Day;
use crate::journal::Sequence;
use crate::registry::Heading;
use crate::supervision::DataFolder;

/// What is asked for: what happened in a span of days, in the policy's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The groups.
    pub by: By,
    /// The first day; every day before `to` where there is none.
    pub from: Option<Day>,
    /// The day before which it ends; every day from `from` on where there is none.
    pub to: Option<Day>,
}

impl Asked {
    fn holds(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }
}

/// Statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was asked for.
    pub asked: Asked,
    /// The last record that was read.
    pub through: Sequence,
    /// The groups in order of their names; the one without a name is what belongs to none.
    pub groups: Vec<(Option<String>, Counts)>,
    /// By zone, the declarations whose goods are all within a zone of their enterprise, each once.
    pub members: Option<Counts>,
    /// Everything, each once.
    pub all: Counts,
    /// Tests of goods, in order of groups, headings and tests.
    pub tests: Vec<TestCounts>,
}

/// What inspections found of a test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestCounts {
    /// The group.
    pub group: Option<String>,
    /// The heading of the goods.
    pub heading: Heading,
    /// The test.
    pub test: String,
    /// How often it was passed.
    pub passed: u64,
    /// How often it was failed.
    pub failed: u64,
}

impl TestCounts {
    /// The columns behind the group's, with their cells.
    #[must_use]
    pub fn cells(&self) -> [(&'static str, Cell); 3] {
        let all = self.passed + self.failed;
        [
            ("passed", Cell::Count(self.passed)),
            ("failed", Cell::Count(self.failed)),
            ("pass_rate", Cell::Share(self.passed, all)),
        ]
    }
}

/// Makes a report of a data folder, which may be in use. `progress` hears how many records of how many are read.
///
/// # Errors
/// See [`WalkError`].
pub fn report(
    folder: DataFolder,
    asked: Asked,
    progress: impl FnMut(u64, u64),
) -> Result<Report, WalkError> {
    let folder = Arc::new(folder);
    let mut tally = Tally::new(Arc::clone(&folder), asked);
    let each = |sequence, payload: &[u8]| {
        let counted = tally.record(sequence, payload);
        counted.map_err(WalkError::fold(sequence))
    };
    let through = walk(&folder, each, progress)?;
    Ok(tally.report(through))
}
