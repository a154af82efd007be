//! The rows of records that are not archived yet: the state behind the last archived record is read or folded, and what
//! comes behind it is decided again, as the service does before it archives it.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};

use super::{QueryError, dated};
use crate::analysis::rows::append_rows;
use crate::analysis::walk::WalkError;
use crate::archive::{Batch, BatchBuilder, History, Journaled, Table, watermarks};
use crate::declaration::{Moment, Zone};
use crate::journal::{Folders, LocalDisk, LocalFolders, Log as _, Sequence, Stored};
use crate::supervision::{DataFolder, Matcher, State, read_checkpoint};

/// After how many records somebody is told how far it is.
const TOLD_EVERY: u64 = 256;

/// What the archive has not yet.
pub(super) struct Tail {
    /// The last record that each table's files cover, in the order of [`Table::ALL`].
    pub(super) archived: [Sequence; 4],
    /// The last record.
    pub(super) through: Sequence,
    batches: Vec<Batch>,
}

/// Reads what a folder's archive has not yet.
pub(super) fn tail(
    folder: &Arc<DataFolder>,
    progress: &mut impl FnMut(u64, u64),
) -> Result<Tail, QueryError> {
    let archive: Arc<dyn Folders> = Arc::new(LocalFolders::new(folder.archive()));
    let archived = watermarks(archive.as_ref())?;
    let journal = LocalDisk::open(folder.journal()).map_err(WalkError::from)?;
    let journal = Stored::open(Arc::new(journal)).map_err(WalkError::from)?;
    let through = journal.last();
    let behind = archived.into_iter().min().unwrap_or_default();
    let mut tail = Tail {
        archived,
        through: through.max(behind),
        batches: Vec::new(),
    };
    if behind >= through {
        return Ok(tail);
    }
    let kept = LocalDisk::open(folder.checkpoints()).map_err(WalkError::from)?;
    let known = read_checkpoint(&kept, folder, behind, |_| ());
    let known = known.map_err(WalkError::Checkpoint)?;
    let mut state = known.unwrap_or_else(|| State::new(Arc::clone(folder)));
    let from = state.ledger.last.next();
    let mut history = History::open(&journal, archive, from).map_err(WalkError::from)?;
    let (mut builder, mut matcher) = (BatchBuilder::new(), Matcher::default());
    while let Some((sequence, payload)) = history.next_record().map_err(WalkError::from)? {
        let (record, event) = state.read(payload).map_err(WalkError::fold(sequence))?;
        let event = event.as_ref();
        if sequence > behind {
            let journaled = Journaled {
                sequence,
                payload,
                record: &record,
                event,
                zone: state.zone(),
                shadow: &[],
            };
            let made_by = (&mut state, &mut matcher);
            let full = append_rows(&mut builder, made_by, &journaled, |_| ());
            let full = full.map_err(|error| QueryError::Rows { sequence, error })?;
            tail.batches.extend(full);
            if sequence.get().is_multiple_of(TOLD_EVERY) {
                progress(sequence.get() - behind.get(), through.get() - behind.get());
            }
        }
        let folded = state.apply(sequence, &record, event);
        folded.map_err(WalkError::fold(sequence))?;
    }
    tail.batches.extend(builder.finish()?);
    Ok(tail)
}

impl Tail {
    /// The rows of a table behind those that are archived, with the day of each, in UTC.
    pub(super) fn rows(
        &self,
        table: Table,
        archived: Sequence,
    ) -> Result<Vec<RecordBatch>, QueryError> {
        let batches = self.batches.iter().map(|batch| batch.rows(table));
        let batches = batches.filter(|rows| rows.num_rows() > 0);
        let made = batches.map(|rows| behind(&day_added(rows, table)?, archived));
        let made = made.collect::<Result<_, arrow::error::ArrowError>>();
        Ok(made.map_err(datafusion::error::DataFusionError::from)?)
    }
}

/// The rows of records behind one. The first column of every table is the sequence.
fn behind(rows: &RecordBatch, archived: Sequence) -> Result<RecordBatch, arrow::error::ArrowError> {
    let sequences = rows.column(0).as_primitive::<Int64Type>();
    let is_behind = |sequence: &i64| Some(*sequence as u64 > archived.get());
    let kept = sequences.values().iter().map(is_behind).collect();
    filter_record_batch(rows, &kept)
}

fn day_added(rows: &RecordBatch, table: Table) -> Result<RecordBatch, arrow::error::ArrowError> {
    let times = rows.column_by_name(table.time_column());
    let times = times.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
    let times = times
        .map(|times| times.values().as_ref())
        .unwrap_or_default();
    let day = |micros: &i64| Moment::from_micros(*micros).day(Zone::UTC).number();
    let days: Date32Array = times.iter().map(|micros| Some(day(micros))).collect();
    let mut columns = rows.columns().to_vec();
    columns.push(Arc::new(days) as ArrayRef);
    RecordBatch::try_new(dated(&table.schema()), columns)
}
