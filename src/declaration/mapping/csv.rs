//! Tables as CSV, cut into chunks of whole declarations: one thread splits rows, many read declarations that borrow
//! from their chunk. A row that does not fit its header is that declaration's fault; the rest go on.

use std::io::{self, Read};
use std::mem;
use std::sync::Arc;

use csv::ByteRecord;

use super::columns::Columns;
use super::{Mapping, MappingError};
use crate::limits::{CHUNK_BYTES, MAX_DECLARATION_BYTES, MAX_ITEMS};

/// Why a table cannot be read by a mapping.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The mapping does not fit the header.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The input fails, or its header is no CSV of UTF-8.
    #[error("the table's header cannot be read: {0}")]
    Header(#[from] csv::Error),
}

/// Reads rows in chunks.
pub struct CsvReader<R> {
    rows: csv::Reader<Bounded<R>>,
    columns: Arc<Columns>,
    group_by: Option<usize>,
    /// The next row, not yet in a chunk.
    next: Option<ByteRecord>,
    failed: Option<io::Error>,
}

/// Rows of whole declarations, in records that are used again.
#[derive(Debug, Default)]
pub struct CsvChunk {
    records: Vec<ByteRecord>,
    used: usize,
    bytes: usize,
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    from: usize,
    to: usize,
    /// Rows beyond one more than a declaration may have, which are not kept.
    beyond: usize,
}

/// The rows of one declaration.
#[derive(Debug, Clone, Copy)]
pub struct CsvRows<'c> {
    pub(super) records: &'c [ByteRecord],
    pub(super) count: usize,
}

impl CsvRows<'_> {
    /// The number of the first row's line in the file.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.records.first().map_or(0, line)
    }
}

/// The line on which a row begins.
pub(super) fn line(record: &ByteRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

impl<R: Read> CsvReader<R> {
    /// Reads the header and fits the mapping to it.
    ///
    /// # Errors
    /// See [`CsvError`].
    pub fn new(input: R, mapping: &Mapping) -> Result<Self, CsvError> {
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(mapping.delimiter)
            .flexible(true)
            .buffer_capacity(BUFFER_BYTES)
            .from_reader(Bounded::new(input));
        let header = rows.headers()?;
        let header: Vec<String> = header.iter().map(str::to_owned).collect();
        let columns = Arc::new(mapping.bind(header)?);
        let group_by = columns.group_by();
        let mut reader = Self {
            rows,
            columns,
            group_by,
            next: None,
            failed: None,
        };
        let mut first = ByteRecord::new();
        reader.advance(&mut first);
        Ok(reader)
    }

    /// The mapping as it fits this table: what turns rows into declarations, on any thread.
    #[must_use]
    pub fn columns(&self) -> Arc<Columns> {
        Arc::clone(&self.columns)
    }

    /// Fills the chunk with the next rows, about [`CHUNK_BYTES`]; false at the end of the input. Consecutive rows of
    /// one group are never parted.
    ///
    /// # Errors
    /// What the input fails with; also a row of more than a megabyte, since a quote that is left open would take
    /// in the rest of the file.
    pub fn read_chunk(&mut self, into: &mut CsvChunk) -> io::Result<bool> {
        into.clear();
        while let Some(next) = self.next.take() {
            let joins = into.joins(&next, self.group_by);
            if !joins && into.bytes >= CHUNK_BYTES {
                self.next = Some(next);
                break;
            }
            let mut spare = into.add(next, joins);
            self.advance(&mut spare);
        }
        match self.failed.take() {
            Some(why) if into.groups.is_empty() => Err(why),
            failed => {
                self.failed = failed;
                Ok(!into.groups.is_empty())
            }
        }
    }

    /// Reads the next row into the spare record.
    fn advance(&mut self, spare: &mut ByteRecord) {
        self.rows.get_mut().left = MAX_DECLARATION_BYTES + BUFFER_BYTES;
        match self.rows.read_byte_record(spare) {
            Ok(true) => self.next = Some(mem::take(spare)),
            Ok(false) => {}
            Err(why) => self.failed = Some(io::Error::other(why)),
        }
    }
}

impl CsvChunk {
    /// How many declarations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// A declaration's rows by its place in the chunk.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<CsvRows<'_>> {
        self.groups.get(index).map(|group| self.rows(group))
    }

    /// The declarations' rows in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = CsvRows<'_>> {
        self.groups.iter().map(|group| self.rows(group))
    }

    fn rows(&self, group: &Group) -> CsvRows<'_> {
        let records = self.records.get(group.from..group.to).unwrap_or_default();
        CsvRows {
            records,
            count: records.len() + group.beyond,
        }
    }

    fn clear(&mut self) {
        self.used = 0;
        self.bytes = 0;
        self.groups.clear();
    }

    /// Whether a row belongs to the last declaration.
    fn joins(&self, row: &ByteRecord, group_by: Option<usize>) -> bool {
        let last = self.used.checked_sub(1).and_then(|at| self.records.get(at));
        match (group_by, last) {
            (Some(column), Some(last)) => {
                let key = row.get(column).unwrap_or_default();
                !key.is_empty() && last.get(column) == Some(key)
            }
            _ => false,
        }
    }

    /// Adds a row and gives a record to use again.
    fn add(&mut self, row: ByteRecord, joins: bool) -> ByteRecord {
        if let Some(group) = self.groups.last_mut().filter(|_| joins) {
            if group.to - group.from > MAX_ITEMS {
                group.beyond += 1;
                return row;
            }
            group.to += 1;
        } else {
            self.groups.push(Group {
                from: self.used,
                to: self.used + 1,
                beyond: 0,
            });
        }
        self.bytes += row.as_slice().len();
        self.used += 1;
        match self.records.get_mut(self.used - 1) {
            Some(slot) => mem::replace(slot, row),
            None => {
                self.records.push(row);
                ByteRecord::new()
            }
        }
    }
}

// ----- a bound on rows -----

const BUFFER_BYTES: usize = 1 << 16;

/// An input that fails once a row has taken more than its share.
struct Bounded<R> {
    input: R,
    left: usize,
}

impl<R> Bounded<R> {
    fn new(input: R) -> Self {
        let left = MAX_DECLARATION_BYTES + BUFFER_BYTES;
        Self { input, left }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        match self.left.checked_sub(read) {
            Some(left) => self.left = left,
            None => {
                let why = format!(
                    "a row has more than {MAX_DECLARATION_BYTES} bytes; a quote may be left open"
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
        }
        Ok(read)
    }
}
