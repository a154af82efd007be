//! Records as rows: batches of consecutive records of one day, in UTC. Several builders may work on different runs of
//! the journal at once; only the batches must reach the writer in order.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use crate::archive::builder::{DecisionsBuilder, TableBuilder};
use crate::archive::columns::{EventRows, RevisionRows, TestResultRows};
use crate::archive::entry::{Entry, Record};
use crate::archive::error::ArchiveError;
use crate::archive::files::Span;
use crate::archive::table::Table;
use crate::declaration::{Day, Moment, Zone};
use crate::journal::Sequence;
use crate::limits::{ARCHIVE_BATCH_BYTES, ARCHIVE_BATCH_ROWS};

/// The rows of consecutive records of one day.
#[derive(Debug, Clone)]
pub struct Batch {
    span: Span,
    at: Moment,
    /// In the order of [`Table::ALL`].
    rows: [RecordBatch; 4],
}

impl Batch {
    /// The records that it covers, those without rows included.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The time of its first record.
    pub(super) const fn at(&self) -> Moment {
        self.at
    }

    /// The day of all its records, in UTC.
    pub(super) fn day(&self) -> Day {
        self.at.day(Zone::UTC)
    }

    /// The rows of a table.
    #[must_use]
    pub const fn rows(&self, table: Table) -> &RecordBatch {
        let [decisions, declarations, events, results] = &self.rows;
        match table {
            Table::Decisions => decisions,
            Table::Declarations => declarations,
            Table::Events => events,
            Table::Results => results,
        }
    }

    /// Rows of the table that has most.
    pub(super) fn most_rows(&self) -> u64 {
        let rows = self.rows.iter().map(RecordBatch::num_rows);
        rows.max().unwrap_or(0) as u64
    }

    /// The records before one, and those from it on, which must be within.
    pub(in crate::archive) fn split(&self, from: Sequence) -> (Self, Self) {
        let part = |first, last, cut: fn(&RecordBatch, usize) -> RecordBatch| Self {
            span: Span { first, last },
            at: self.at,
            rows: self
                .rows
                .each_ref()
                .map(|rows| cut(rows, rows_before(rows, from))),
        };
        let before = part(self.span.first, from.previous(), |rows, at| {
            rows.slice(0, at)
        });
        let after = part(from, self.span.last, |rows, at| {
            rows.slice(at, rows.num_rows() - at)
        });
        (before, after)
    }
}

/// How many rows belong to records before one. The first column of every table is the sequence.
fn rows_before(rows: &RecordBatch, from: Sequence) -> usize {
    let sequences = rows.columns().first();
    let sequences = sequences.and_then(|column| column.as_primitive_opt::<Int64Type>());
    sequences.map_or(0, |column| {
        let values = column.values();
        values.partition_point(|sequence| (*sequence as u64) < from.get())
    })
}

/// Collects the rows of records.
pub struct BatchBuilder {
    open: Option<(Span, Moment)>,
    /// Bytes of long texts.
    bytes: usize,
    decisions: DecisionsBuilder,
    declarations: TableBuilder<RevisionRows>,
    events: TableBuilder<EventRows>,
    results: TableBuilder<TestResultRows>,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// Without records.
    #[must_use]
    pub fn new() -> Self {
        Self {
            open: None,
            bytes: 0,
            decisions: DecisionsBuilder::new(),
            declarations: TableBuilder::new(Table::Declarations),
            events: TableBuilder::new(Table::Events),
            results: TableBuilder::new(Table::Results),
        }
    }

    /// Adds a record. Where a batch is full, or the record is of another day than those before it, their batch is
    /// given back first.
    ///
    /// # Errors
    /// [`ArchiveError::Gap`] for a record that is not the next one, [`ArchiveError::Record`] for a decision of
    /// another record. Nothing has been added then.
    pub fn append(&mut self, record: &Record<'_>) -> Result<Option<Batch>, ArchiveError> {
        self.check(record)?;
        let another_day = |(_, at): (Span, Moment)| at.day(Zone::UTC) != record.at.day(Zone::UTC);
        let full = if self.is_full() || self.open.is_some_and(another_day) {
            self.finish()?
        } else {
            None
        };
        let (sequence, at) = (record.sequence, record.at);
        let (span, _) = self.open.get_or_insert((
            Span {
                first: sequence,
                last: sequence,
            },
            at,
        ));
        span.last = sequence;
        if let Some(decision) = record.decision {
            self.decisions.append_with(decision, record.shadow);
        }
        if let Some(row) = record.revision {
            self.bytes += row.body.map_or(0, str::len) + row.answer.len() + row.record.len();
            self.declarations.append(&Entry { sequence, at, row });
        }
        if let Some(row) = record.event {
            self.bytes += row.body.len() + row.record.len();
            self.events.append(&Entry { sequence, at, row });
        }
        for row in record.tests {
            self.results.append(&Entry { sequence, at, row });
        }
        Ok(full)
    }

    fn check(&self, record: &Record<'_>) -> Result<(), ArchiveError> {
        let sequence = record.sequence;
        if let Some((span, _)) = self.open
            && sequence != span.last.next()
        {
            return Err(ArchiveError::Gap {
                expected: span.last.next(),
                found: sequence,
            });
        }
        let same = record.decision.is_none_or(|decision| {
            decision.meta.sequence == sequence.get() && decision.meta.decided_at == record.at
        });
        if !same {
            let why = "its decision has another sequence or time";
            return Err(ArchiveError::Record { sequence, why });
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        let rows = [
            self.decisions.len(),
            self.declarations.len(),
            self.events.len(),
            self.results.len(),
        ];
        rows.into_iter().any(|rows| rows >= ARCHIVE_BATCH_ROWS) || self.bytes >= ARCHIVE_BATCH_BYTES
    }

    /// Takes what was collected; none where there is no record.
    ///
    /// # Errors
    /// [`ArchiveError::Rows`] where a cell is missing that every row has, which would be a mistake of ours.
    pub fn finish(&mut self) -> Result<Option<Batch>, ArchiveError> {
        let Some((span, at)) = self.open.take() else {
            return Ok(None);
        };
        self.bytes = 0;
        let rows = [
            self.decisions.finish()?,
            self.declarations.finish()?,
            self.events.finish()?,
            self.results.finish()?,
        ];
        Ok(Some(Batch { span, at, rows }))
    }
}
