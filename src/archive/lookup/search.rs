//! The search of one file, cheapest evidence first: statistics, bloom filters, page index, pages.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
    RowFilter, RowSelection, RowSelector,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};

use super::Found;
use super::wanted::Wanted;
use crate::archive::error::ArchiveError;
use crate::archive::files::{Source, Stored, guarded};
use crate::journal::Folders;

/// What is searched for.
pub(super) struct Search<'a> {
    /// The column that is compared.
    pub(super) column: &'a str,
    /// What it is to equal.
    pub(super) wanted: Wanted,
    /// The only column to be read of the rows, in place of all.
    pub(super) only: Option<&'a str>,
}

impl Search<'_> {
    /// Adds what a file has.
    pub(super) fn file(
        &self,
        folders: &dyn Folders,
        stored: &Stored,
        found: &mut Found,
    ) -> Result<(), ArchiveError> {
        let source = Source::open(folders, stored)?;
        guarded(|| self.source(source, found)).map_err(ArchiveError::parquet(stored.path()))
    }

    fn source(&self, source: Source, found: &mut Found) -> Result<(), ParquetError> {
        let no_index = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Skip);
        let footer = ArrowReaderMetadata::load(&source, no_index)?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source.clone(), footer);
        found.reads.files += 1;
        found.reads.row_groups += reader.metadata().num_row_groups() as u64;
        let Some(leaf) = leaf(reader.metadata(), self.column) else {
            return Ok(());
        };
        let groups = self.groups_that_may_have(&reader, leaf)?;
        if groups.is_empty() {
            return Ok(());
        }
        let index = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&source, index)?;
        let before = source.ranges();
        let rows = self.read(source.clone(), metadata, &groups, leaf)?;
        found.reads.files_read += 1;
        found.reads.row_groups_read += groups.len() as u64;
        found.reads.pages_read += source.ranges() - before;
        found.rows.extend(rows);
        Ok(())
    }

    /// Row groups that statistics and bloom filter do not exclude.
    fn groups_that_may_have(
        &self,
        reader: &ParquetRecordBatchReaderBuilder<Source>,
        leaf: usize,
    ) -> Result<Vec<usize>, ParquetError> {
        let mut groups = Vec::new();
        for (no, group) in reader.metadata().row_groups().iter().enumerate() {
            let column = group.columns().get(leaf);
            let statistics = column.and_then(|column| column.statistics());
            if statistics.is_some_and(|it| self.wanted.outside(it)) {
                continue;
            }
            let bloom = reader.get_row_group_column_bloom_filter(no, leaf)?;
            if bloom.is_none_or(|bloom| self.wanted.passes(&bloom)) {
                groups.push(no);
            }
        }
        Ok(groups)
    }

    fn read(
        &self,
        source: Source,
        metadata: ArrowReaderMetadata,
        groups: &[usize],
        leaf: usize,
    ) -> Result<Vec<RecordBatch>, ParquetError> {
        let pages = self.pages_that_may_have(metadata.metadata(), groups, leaf);
        let schema = metadata.parquet_schema();
        let only = self
            .only
            .map(|name| ProjectionMask::columns(schema, [name]));
        let column = ProjectionMask::leaves(schema, [leaf]);
        let wanted = self.wanted.clone();
        let is_it = ArrowPredicateFn::new(column, move |batch: RecordBatch| {
            let column = batch.columns().first();
            let column = column.ok_or_else(|| ArrowError::SchemaError("no column".to_owned()))?;
            wanted.rows(column)
        });
        let mut reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source, metadata)
            .with_row_groups(groups.to_vec())
            .with_row_filter(RowFilter::new(vec![Box::new(is_it)]))
            .with_projection(only.unwrap_or_else(ProjectionMask::all));
        if let Some(pages) = pages {
            reader = reader.with_row_selection(pages);
        }
        let batches: Result<Vec<_>, ArrowError> = reader.build()?.collect();
        Ok(batches?)
    }

    /// The rows of the pages that the page index does not exclude, of the row groups that are read; none where there
    /// is no page index.
    fn pages_that_may_have(
        &self,
        metadata: &ParquetMetaData,
        groups: &[usize],
        leaf: usize,
    ) -> Option<RowSelection> {
        let mut rows = Vec::new();
        for no in groups {
            let group_rows = metadata.row_groups().get(*no)?.num_rows() as usize;
            let offsets = metadata.offset_index()?.get(*no)?.get(leaf)?;
            let index = metadata.column_index()?.get(*no)?.get(leaf)?;
            let locations = offsets.page_locations();
            for (page, location) in locations.iter().enumerate() {
                let end = locations
                    .get(page + 1)
                    .map_or(group_rows, |next| next.first_row_index as usize);
                let count = end.checked_sub(location.first_row_index as usize)?;
                rows.push(match self.wanted.outside_page(index, page)? {
                    true => RowSelector::skip(count),
                    false => RowSelector::select(count),
                });
            }
        }
        Some(RowSelection::from(rows))
    }
}

/// The leaf of a column that is no struct, list or map.
fn leaf(metadata: &ParquetMetaData, column: &str) -> Option<usize> {
    let leaves = metadata.file_metadata().schema_descr().columns();
    leaves
        .iter()
        .position(|leaf| leaf.path().string() == column)
}
