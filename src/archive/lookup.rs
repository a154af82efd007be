//! Finding the rows of an id without scanning: each file's footer and bloom filter say whether the id may be in a
//! row group, its page index where; only then are pages of the id's column read, and of the others only those that
//! have a row of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
    RowFilter, RowSelection, RowSelector,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use parquet::file::page_index::column_index::ColumnIndexMetaData;

use super::error::ArchiveError;
use super::files::{Listing, Source};
use super::table::Table;
use crate::journal::Folders;

/// Rows with an id, and what it took to find them.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The rows, in the order of the journal.
    pub rows: Vec<RecordBatch>,
    /// What was read.
    pub reads: Reads,
}

/// What a look-up read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reads {
    /// Files of the table. Of each the footer and, where the footer's statistics leave it open, a bloom filter for
    /// each row group were read.
    pub files: u64,
    /// Row groups in them.
    pub row_groups: u64,
    /// Files of which rows were read.
    pub files_read: u64,
    /// Row groups of which rows were read.
    pub row_groups_read: u64,
    /// Pages that were read, of all columns; their dictionaries count.
    pub pages_read: u64,
}

/// The rows of a table with an id in one of its [`Table::id_columns`].
///
/// # Errors
/// What the disk says, or the decoder of a damaged file.
pub fn lookup(
    folders: &dyn Folders,
    table: Table,
    column: &str,
    id: &str,
) -> Result<Found, ArchiveError> {
    let mut found = Found::default();
    if !table.id_columns().contains(&column) {
        return Ok(found);
    }
    for stored in Listing::read(folders, table)?.files {
        let source = Source::open(folders, &stored)?;
        guarded(|| search(source, column, id, &mut found))
            .map_err(ArchiveError::parquet(stored.path()))?;
    }
    Ok(found)
}

/// The decoder is not ours, and the file's seal was not checked: what a broken disk makes of a file must not end
/// whoever looks something up.
fn guarded(search: impl FnOnce() -> Result<(), ParquetError>) -> Result<(), ParquetError> {
    catch_unwind(AssertUnwindSafe(search)).unwrap_or_else(|_| {
        let why = "the file is damaged: its decoder gave up";
        Err(ParquetError::General(why.to_owned()))
    })
}

fn search(source: Source, column: &str, id: &str, found: &mut Found) -> Result<(), ParquetError> {
    let no_index = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Skip);
    let footer = ArrowReaderMetadata::load(&source, no_index)?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source.clone(), footer);
    found.reads.files += 1;
    found.reads.row_groups += reader.metadata().num_row_groups() as u64;
    let Some(leaf) = leaf(reader.metadata(), column) else {
        return Ok(());
    };
    let groups = groups_that_may_have(&reader, leaf, id)?;
    if groups.is_empty() {
        return Ok(());
    }
    let index = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let metadata = ArrowReaderMetadata::load(&source, index)?;
    let before = source.ranges();
    let rows = read(source.clone(), metadata, &groups, leaf, id)?;
    found.reads.files_read += 1;
    found.reads.row_groups_read += groups.len() as u64;
    found.reads.pages_read += source.ranges() - before;
    found.rows.extend(rows);
    Ok(())
}

/// The leaf of a column that is no struct, list or map.
fn leaf(metadata: &ParquetMetaData, column: &str) -> Option<usize> {
    let leaves = metadata.file_metadata().schema_descr().columns();
    leaves
        .iter()
        .position(|leaf| leaf.path().string() == column)
}

/// Row groups that statistics and bloom filter do not exclude.
fn groups_that_may_have(
    reader: &ParquetRecordBatchReaderBuilder<Source>,
    leaf: usize,
    id: &str,
) -> Result<Vec<usize>, ParquetError> {
    let mut groups = Vec::new();
    for (no, group) in reader.metadata().row_groups().iter().enumerate() {
        let statistics = group
            .columns()
            .get(leaf)
            .and_then(|column| column.statistics());
        let least = statistics.and_then(|it| it.min_bytes_opt());
        let most = statistics.and_then(|it| it.max_bytes_opt());
        if outside(id, least, most) {
            continue;
        }
        let bloom = reader.get_row_group_column_bloom_filter(no, leaf)?;
        if bloom.is_none_or(|bloom| bloom.check(&id)) {
            groups.push(no);
        }
    }
    Ok(groups)
}

/// Whether an id is out of bounds. Bounds may be shortened, the upper one is then raised: they exclude what they should.
fn outside(id: &str, least: Option<&[u8]>, most: Option<&[u8]>) -> bool {
    let id = id.as_bytes();
    least.is_some_and(|least| id < least) || most.is_some_and(|most| id > most)
}

fn read(
    source: Source,
    metadata: ArrowReaderMetadata,
    groups: &[usize],
    leaf: usize,
    id: &str,
) -> Result<Vec<RecordBatch>, ParquetError> {
    let pages = pages_that_may_have(metadata.metadata(), groups, leaf, id);
    let column = ProjectionMask::leaves(metadata.parquet_schema(), [leaf]);
    let id = id.to_owned();
    let is_it = ArrowPredicateFn::new(column, move |batch: RecordBatch| {
        let ids = batch
            .columns()
            .first()
            .and_then(|ids| ids.as_string_opt::<i32>());
        let ids = ids.ok_or_else(|| ArrowError::SchemaError("the id is no text".to_owned()))?;
        Ok(ids
            .iter()
            .map(|own| Some(own == Some(id.as_str())))
            .collect::<BooleanArray>())
    });
    let mut reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source, metadata)
        .with_row_groups(groups.to_vec())
        .with_row_filter(RowFilter::new(vec![Box::new(is_it)]));
    if let Some(pages) = pages {
        reader = reader.with_row_selection(pages);
    }
    let batches: Result<Vec<_>, ArrowError> = reader.build()?.collect();
    Ok(batches?)
}

/// The rows of the pages that the page index does not exclude, of the row groups that are read; none where there is
/// no page index.
fn pages_that_may_have(
    metadata: &ParquetMetaData,
    groups: &[usize],
    leaf: usize,
    id: &str,
) -> Option<RowSelection> {
    let mut rows = Vec::new();
    for no in groups {
        let group_rows = metadata.row_groups().get(*no)?.num_rows() as usize;
        let locations = metadata
            .offset_index()?
            .get(*no)?
            .get(leaf)?
            .page_locations();
        let index = metadata.column_index()?.get(*no)?.get(leaf)?;
        let ColumnIndexMetaData::BYTE_ARRAY(bounds) = index else {
            return None;
        };
        for (page, location) in locations.iter().enumerate() {
            let end = locations
                .get(page + 1)
                .map_or(group_rows, |next| next.first_row_index as usize);
            let count = end.checked_sub(location.first_row_index as usize)?;
            rows.push(
                if outside(id, bounds.min_value(page), bounds.max_value(page)) {
                    RowSelector::skip(count)
                } else {
                    RowSelector::select(count)
                },
            );
        }
    }
    Some(RowSelection::from(rows))
}
