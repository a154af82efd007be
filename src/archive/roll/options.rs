//! When the files of a range are sealed. The day's end, in UTC, always seals.

use crate::limits::{ARCHIVE_FILE_AGE_S, ARCHIVE_FILE_ROWS};

/// When the files of a range are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollOptions {
    /// Rows of any table. A batch with more of them is not split.
    pub max_rows: u64,
    /// Seconds since the range's first record.
    pub max_age_s: u32,
}

impl Default for RollOptions {
    fn default() -> Self {
        Self {
            max_rows: ARCHIVE_FILE_ROWS,
            max_age_s: ARCHIVE_FILE_AGE_S,
        }
    }
}
