//! Whether an archive is as it was written: every byte, every file in its place, every row where it belongs.
//!
//! A file is decoded only when its seal fits its bytes. What cannot show from the archive alone: that the last file of
//! every table was taken away together.

use std::collections::BTreeSet;

use arrow::array::AsArray;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use super::error::{ArchiveError, Fault};
use super::files::{Digest, Listing, Source, Span, Stored, check, key};
use super::schema::same_columns;
use super::table::Table;
use crate::declaration::{Day, Moment, Zone};
use crate::journal::{Folders, Sequence};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Files that were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rows of the files whose seal is right.
    pub rows: u64,
    /// The last record that each table covers, in the order of [`Table::ALL`].
    pub watermarks: [Sequence; 4],
    /// Everything that is wrong, table by table in the order of the journal.
    pub faults: Vec<Fault>,
}

/// The last record that each table covers, in the order of [`Table::ALL`], by the listings alone.
///
/// # Errors
/// Where the disk refuses to list.
pub fn watermarks(folders: &dyn Folders) -> Result<[Sequence; 4], ArchiveError> {
    let mut watermarks = [Sequence::ZERO; 4];
    for ((_, listing), watermark) in listings(folders)?.iter().zip(&mut watermarks) {
        *watermark = listing.watermark();
    }
    Ok(watermarks)
}

/// Reads the whole archive and checks it.
///
/// # Errors
/// Where the disk refuses to list or read; what is wrong with the archive is in the report.
pub fn verify(folders: &dyn Folders) -> Result<Report, ArchiveError> {
    verify_from(folders, Day::MIN)
}

/// Checks the names of all files, and reads those of a day, in UTC, and later ones. That they follow what was there
/// before is checked, too: the file before the first of them must be as it was.
///
/// # Errors
/// As [`verify`].
pub fn verify_from(folders: &dyn Folders, from: Day) -> Result<Report, ArchiveError> {
    let mut report = Report::default();
    let listings = listings(folders)?;
    for ((table, listing), watermark) in listings.iter().zip(&mut report.watermarks) {
        report.faults.extend(listing.faults());
        *watermark = listing.watermark();
        let mut previous = Digest::start(*table);
        for (no, stored) in listing.files.iter().enumerate() {
            let wanted = stored.day >= from;
            let next = listing.files.get(no + 1);
            if !wanted && next.is_none_or(|next| next.day < from) {
                continue;
            }
            let source = Source::open(folders, stored)?;
            let sealed = check(&source).map_err(ArchiveError::io(stored.path()))?;
            if !wanted {
                previous = sealed.digest;
                continue;
            }
            report.files += 1;
            report.bytes += source.length();
            let whys = match sealed.fault {
                Some(why) => vec![why.to_owned()],
                None => inside(source, stored, previous, &mut report.rows),
            };
            let faults = whys.into_iter().map(|why| Fault {
                file: stored.path(),
                why,
            });
            report.faults.extend(faults);
            previous = sealed.digest;
        }
    }
    report.faults.extend(unlike(&listings));
    Ok(report)
}

/// The listings of all tables. Where they do not end alike, they are taken again: a running service may be just
/// about to publish.
fn listings(folders: &dyn Folders) -> Result<Vec<(Table, Listing)>, ArchiveError> {
    let read = || -> Result<Vec<(Table, Listing)>, ArchiveError> {
        let tables = Table::ALL.into_iter();
        tables
            .map(|table| Ok((table, Listing::read(folders, table)?)))
            .collect()
    };
    let first = read()?;
    if unlike(&first).is_empty() {
        return Ok(first);
    }
    read()
}

/// Every table has a file of every range.
fn unlike(listings: &[(Table, Listing)]) -> Vec<Fault> {
    let place = |file: &Stored| (file.span.first, file.span.last, file.day);
    let files = listings.iter().flat_map(|(_, listing)| &listing.files);
    let all: BTreeSet<_> = files.map(place).collect();
    let mut faults = Vec::new();
    for (table, listing) in listings {
        let own: BTreeSet<_> = listing.files.iter().map(place).collect();
        for (first, last, day) in all.difference(&own) {
            let file = Stored {
                table: *table,
                day: *day,
                span: Span {
                    first: *first,
                    last: *last,
                },
            };
            faults.push(Fault {
                file: file.path(),
                why: "is missing: another table has a file of this range; it was taken away, or the sealing was \
                      interrupted, which the next start mends"
                    .to_owned(),
            });
        }
    }
    faults
}

/// What is wrong within a file whose bytes are those that were sealed.
fn inside(source: Source, stored: &Stored, previous: Digest, rows: &mut u64) -> Vec<String> {
    match read_inside(source, stored, previous, rows) {
        Ok(faults) => faults,
        Err(error) => vec![format!("cannot be decoded: {error}")],
    }
}

fn read_inside(
    source: Source,
    stored: &Stored,
    previous: Digest,
    rows: &mut u64,
) -> Result<Vec<String>, ParquetError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(source)?;
    let metadata = reader.metadata().file_metadata();
    let expected = [
        (key::TABLE, stored.table.to_string()),
        (key::DATE, stored.day.to_string()),
        (key::FIRST, stored.span.first.to_string()),
        (key::LAST, stored.span.last.to_string()),
        (key::ROWS, metadata.num_rows().to_string()),
        (key::PREVIOUS, previous.to_string()),
    ];
    let entries = metadata.key_value_metadata();
    let found = |key: &str| {
        let entry = entries?.iter().find(|entry| entry.key == key)?;
        entry.value.as_deref()
    };
    let mut faults = Vec::new();
    for (key, expected) in expected {
        let found = found(key).unwrap_or_default();
        if found != expected {
            faults.push(format!("`{key}` is `{found}`, expected `{expected}`"));
        }
    }
    let version = found(key::SCHEMA_VERSION).unwrap_or_default();
    let Some(schema) = stored.table.schema_of(version) else {
        let key = key::SCHEMA_VERSION;
        faults.push(format!("`{key}` is `{version}`, which no version is"));
        return Ok(faults);
    };
    if !same_columns(reader.schema().fields(), schema.fields()) {
        faults.push(format!("has not the columns of `{}`", stored.table));
        return Ok(faults);
    }
    let expected = metadata.num_rows();
    let counted = rows_in_place(reader, stored, &mut faults)?;
    if counted as i64 != expected {
        faults.push(format!("has `{counted}` rows, not `{expected}`"));
    }
    *rows += counted;
    Ok(faults)
}

/// Whether every row is within the file's range and day, none before the one above it; how many rows.
fn rows_in_place(
    reader: ParquetRecordBatchReaderBuilder<Source>,
    stored: &Stored,
    faults: &mut Vec<String>,
) -> Result<u64, ParquetError> {
    let [sequence, time] = stored.table.rising_columns();
    let columns = ProjectionMask::columns(reader.parquet_schema(), [sequence, time]);
    // Of a revision or event there is one row in each record, of items and tests there may be many.
    let one_each = matches!(stored.table, Table::Declarations | Table::Events);
    let (mut counted, mut last) = (0, stored.span.first.previous());
    for batch in reader.with_projection(columns).build()? {
        let batch = batch?;
        let column = |name| batch.column_by_name(name);
        let sequences = column(sequence).and_then(|it| it.as_primitive_opt::<Int64Type>());
        let times = column(time).and_then(|it| it.as_primitive_opt::<TimestampMicrosecondType>());
        let (Some(sequences), Some(times)) = (sequences, times) else {
            faults.push(format!("has no `{sequence}` and `{time}`"));
            break;
        };
        for (sequence, time) in sequences.values().iter().zip(times.values()) {
            counted += 1;
            let sequence = Sequence::new(*sequence as u64);
            let least = if one_each || last < stored.span.first {
                last.next()
            } else {
                last
            };
            if sequence < least || sequence > stored.span.last {
                faults.push(format!(
                    "row {counted} is of record `{sequence}`, out of order or of the range {}",
                    stored.span
                ));
                return Ok(counted);
            }
            if Moment::from_micros(*time).day(Zone::UTC) != stored.day {
                faults.push(format!("row {counted} is not of the day `{}`", stored.day));
                return Ok(counted);
            }
            last = sequence;
        }
    }
    Ok(counted)
}
