//! The records of one table, file after file.

use std::sync::Arc;
use std::vec;

use arrow::array::{AsArray, BinaryArray, BooleanArray, Int64Array, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder, RowFilter,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::PageIndexPolicy;

use crate::archive::error::{ArchiveError, Fault};
use crate::archive::files::{Listing, Source, Stored, guarded};
use crate::journal::{Folders, Record, Sequence};
use crate::limits::ARCHIVE_READ_ROWS;

/// The columns that are read.
const COLUMNS: [&str; 2] = ["sequence", "record"];

/// A walk over the rows of a table.
pub(super) struct Walk {
    folders: Arc<dyn Folders>,
    /// The files still to come.
    files: vec::IntoIter<Stored>,
    file: Option<File>,
    rows: Option<Rows>,
}

/// The file that is read.
struct File {
    stored: Stored,
    reader: ParquetRecordBatchReader,
    /// The least record that the next row may be of.
    next: Sequence,
}

/// A few rows of it.
struct Rows {
    sequences: Int64Array,
    records: BinaryArray,
    at: usize,
}

impl Walk {
    /// Over the files that have records from one to another.
    pub(super) fn new(
        folders: Arc<dyn Folders>,
        listing: Listing,
        from: Sequence,
        last: Sequence,
    ) -> Self {
        let mut files = listing.files;
        files.retain(|file| file.span.last >= from && file.span.first <= last);
        Self {
            folders,
            files: files.into_iter(),
            file: None,
            rows: None,
        }
    }

    /// The row where it is; none before the first and after the last.
    pub(super) fn row(&self) -> Option<Record<'_>> {
        self.rows.as_ref().and_then(Rows::row)
    }

    /// The path of the file that is read, in the archive's folder.
    pub(super) fn path(&self) -> String {
        let file = self.file.as_ref();
        file.map(|file| file.stored.path()).unwrap_or_default()
    }

    /// Goes on to the first row that is not before a record.
    pub(super) fn go_to(&mut self, least: Sequence) -> Result<(), ArchiveError> {
        while !self.rows.as_mut().is_some_and(|rows| rows.go_to(least)) {
            if !self.read_on(least)? {
                break;
            }
        }
        Ok(())
    }

    /// Reads the next rows, and whether there are any.
    fn read_on(&mut self, least: Sequence) -> Result<bool, ArchiveError> {
        loop {
            self.rows = match &mut self.file {
                Some(file) => file.rows()?,
                None => None,
            };
            if self.rows.is_some() {
                return Ok(true);
            }
            let Some(stored) = self.files.next() else {
                self.file = None;
                return Ok(false);
            };
            self.file = Some(File::open(&*self.folders, stored, least)?);
        }
    }
}

impl File {
    fn open(folders: &dyn Folders, stored: Stored, least: Sequence) -> Result<Self, ArchiveError> {
        let source = Source::open(folders, &stored)?;
        let from = (stored.span.first < least).then_some(least);
        let reader =
            guarded(|| open(source, from)).map_err(ArchiveError::parquet(stored.path()))?;
        Ok(Self {
            stored,
            reader,
            next: stored.span.first,
        })
    }

    fn rows(&mut self) -> Result<Option<Rows>, ArchiveError> {
        let reader = &mut self.reader;
        let batch = guarded(|| Ok(reader.next().transpose()?));
        match batch.map_err(ArchiveError::parquet(self.stored.path()))? {
            Some(batch) => self.checked(&batch).map(Some),
            None => Ok(None),
        }
    }

    /// Rows that are of this file, none before the one above it.
    fn checked(&mut self, batch: &RecordBatch) -> Result<Rows, ArchiveError> {
        let stored = self.stored;
        let damaged = |why| {
            let file = stored.path();
            ArchiveError::Damaged(Fault { file, why })
        };
        let rows = Rows::new(batch).ok_or_else(|| damaged(format!("has no {COLUMNS:?}")))?;
        for sequence in rows.sequences.values() {
            let sequence = Sequence::new(*sequence as u64);
            if sequence < self.next || !stored.span.has(sequence) {
                let range = stored.span;
                return Err(damaged(format!(
                    "has record `{sequence}` out of order or of the range {range}"
                )));
            }
            self.next = sequence.next();
        }
        Ok(rows)
    }
}

impl Rows {
    fn new(batch: &RecordBatch) -> Option<Self> {
        let [sequence, record] = COLUMNS.map(|name| batch.column_by_name(name));
        Some(Self {
            sequences: sequence?.as_primitive_opt::<Int64Type>()?.clone(),
            records: record?.as_binary_opt::<i32>()?.clone(),
            at: 0,
        })
    }

    fn row(&self) -> Option<Record<'_>> {
        let sequence = self.sequences.values().get(self.at)?;
        Some(Record {
            sequence: Sequence::new(*sequence as u64),
            payload: self.records.value(self.at),
        })
    }

    /// Goes on to the first row that is not before a record, and whether there is one.
    fn go_to(&mut self, least: Sequence) -> bool {
        while self.row().is_some_and(|row| row.sequence < least) {
            self.at += 1;
        }
        self.row().is_some()
    }
}

/// Reads a file, from a record on where it is not read from its start: then only the pages that have a later row.
fn open(source: Source, from: Option<Sequence>) -> Result<ParquetRecordBatchReader, ParquetError> {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(source, options)?;
    let [sequence, _] = COLUMNS;
    let sequence = ProjectionMask::columns(builder.parquet_schema(), [sequence]);
    let columns = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    let mut builder = builder
        .with_projection(columns)
        .with_batch_size(ARCHIVE_READ_ROWS);
    if let Some(from) = from {
        let not_before = ArrowPredicateFn::new(sequence, move |batch| not_before(&batch, from));
        builder = builder.with_row_filter(RowFilter::new(vec![Box::new(not_before)]));
    }
    builder.build()
}

fn not_before(batch: &RecordBatch, from: Sequence) -> Result<BooleanArray, ArrowError> {
    let sequences = batch.columns().first();
    let sequences = sequences.and_then(|column| column.as_primitive_opt::<Int64Type>());
    let sequences = sequences
        .ok_or_else(|| ArrowError::SchemaError("the sequence is no number".to_owned()))?
        .values();
    let rows = sequences.iter();
    Ok(rows
        .map(|sequence| Some(*sequence as u64 >= from.get()))
        .collect())
}
