//! The range of the journal that is being written: a file of each table that does not have it yet.

use super::batch::Batch;
use super::options::RollOptions;
use crate::archive::error::ArchiveError;
use crate::archive::files::{Part, Published};
use crate::declaration::{Day, Moment, Zone};
use crate::journal::Sequence;

/// An open range.
pub(super) struct Range {
    pub(super) last: Sequence,
    pub(super) day: Day,
    /// The time of its first record.
    began: Moment,
    /// Rows of the table that has most, or more: a sum over batches of each one's most.
    rows: u64,
    parts: Vec<Part>,
}

impl Range {
    /// A range whose files have been begun, to take a first batch.
    pub(super) fn new(first: &Batch, parts: Vec<Part>) -> Self {
        Self {
            last: first.span().first.previous(),
            day: first.day(),
            began: first.at(),
            rows: 0,
            parts,
        }
    }

    pub(super) fn write(&mut self, batch: &Batch) -> Result<(), ArchiveError> {
        for part in &mut self.parts {
            let rows = batch.rows(part.table());
            if rows.num_rows() > 0 {
                part.write(rows)?;
            }
        }
        self.rows += batch.most_rows();
        self.last = batch.span().last;
        Ok(())
    }

    /// Whether it must be sealed before a batch can be written.
    pub(super) fn ends_before(&self, batch: &Batch, options: &RollOptions) -> bool {
        self.day != batch.day()
            || self.is_old(batch.at(), options)
            || self.rows + batch.most_rows() > options.max_rows
    }

    /// Whether it is to be sealed at a time.
    pub(super) fn ends_at(&self, now: Moment, options: &RollOptions) -> bool {
        self.day < now.day(Zone::UTC) || self.is_old(now, options)
    }

    /// Whether it takes no more rows.
    pub(super) fn is_full(&self, options: &RollOptions) -> bool {
        self.rows >= options.max_rows
    }

    fn is_old(&self, now: Moment, options: &RollOptions) -> bool {
        now >= self.began.plus_seconds(i64::from(options.max_age_s))
    }

    /// Makes all files whole and durable, then lets one after another appear.
    pub(super) fn publish(self, mut published: impl FnMut(Published)) -> Result<(), ArchiveError> {
        let parts = self.parts.into_iter();
        let whole: Result<Vec<_>, _> = parts.map(|part| part.finish(self.last)).collect();
        for file in whole? {
            published(file.publish()?);
        }
        Ok(())
    }
}
