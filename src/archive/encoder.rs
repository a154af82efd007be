//! Batches of rows as row groups of a Parquet stream. The columns of a batch are encoded in parallel; the pages
//! of a row group are kept in memory until it is full, then written column after column.

use std::io::Write;

use arrow::array::ArrayRef;
use arrow::datatypes::FieldRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions,
    compute_leaves,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use super::files::key;
use super::schema::SCHEMA_VERSION;
use super::table::Table;

/// Most rows of a row group.
pub const ROW_GROUP_ROWS: usize = 131_072;
/// Bytes of encoded pages at which a row group is written although it could take more rows: bodies and records
/// are long.
const ROW_GROUP_BYTES: usize = 256 << 20;
/// The level of Zstandard.
const ZSTD_LEVEL: i32 = 1;
/// How often a bloom filter says of an id that isn't there that it may be.
const BLOOM_FALSE_POSITIVES: f64 = 0.01;
/// The row group that is being filled.
struct RowGroup {
    /// For each field the writers of its leaves.
    writers: Vec<Vec<ArrowColumnWriter>>,
    rows: usize,
}

/// Encodes batches of a table as a Parquet stream.
pub struct Encoder<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    open: Option<RowGroup>,
    /// Row groups that have been written.
    groups: usize,
    rows: u64,
}

impl<W: Write + Send> Encoder<W> {
    /// Begins a stream, with further entries of its metadata.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn new(out: W, table: Table, metadata: &[(&str, &str)]) -> Result<Self, ParquetError> {
        let options = ArrowWriterOptions::new().with_properties(properties(table, metadata)?);
        let writer = ArrowWriter::try_new_with_options(out, table.schema(), options)?;
        let (writer, factory) = writer.into_serialized_writer()?;
        Ok(Self {
            writer,
            factory,
            open: None,
            groups: 0,
            rows: 0,
        })
    }

    /// Rows so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Where encoding or writing fails.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let mut from = 0;
        while from < batch.num_rows() {
            let mut group = match self.open.take() {
                Some(group) => group,
                None => self.row_group()?,
            };
            let count = (batch.num_rows() - from).min(ROW_GROUP_ROWS - group.rows);
            group.encode(&batch.slice(from, count))?;
            from += count;
            self.rows += count as u64;
            if group.rows == ROW_GROUP_ROWS || group.bytes() >= ROW_GROUP_BYTES {
                self.flush(group)?;
            } else {
                self.open = Some(group);
            }
        }
        Ok(())
    }

    /// Writes the rows that are left; whatever is written afterwards are indexes and the footer, with these further
    /// entries of the metadata.
    ///
    /// # Errors
    /// Where writing fails.
    pub(super) fn end_rows(&mut self, metadata: &[(&str, &str)]) -> Result<&mut W, ParquetError> {
        if let Some(group) = self.open.take() {
            self.flush(group)?;
        }
        for (key, value) in metadata {
            let entry = KeyValue::new((*key).to_owned(), (*value).to_owned());
            self.writer.append_key_value_metadata(entry);
        }
        Ok(self.writer.inner_mut())
    }

    /// Writes what is left and the footer, and gives the stream back.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn finish(mut self) -> Result<W, ParquetError> {
        self.end_rows(&[])?;
        self.writer.into_inner()
    }

    fn row_group(&self) -> Result<RowGroup, ParquetError> {
        let mut leaves = self.factory.create_column_writers(self.groups)?.into_iter();
        let schema = self.writer.schema_descr();
        let mut writers: Vec<Vec<ArrowColumnWriter>> = Vec::new();
        writers.resize_with(schema.root_schema().get_fields().len(), Vec::new);
        for leaf in 0..schema.num_columns() {
            let root = writers.get_mut(schema.get_column_root_idx(leaf));
            if let (Some(root), Some(writer)) = (root, leaves.next()) {
                root.push(writer);
            }
        }
        Ok(RowGroup { writers, rows: 0 })
    }

    fn flush(&mut self, group: RowGroup) -> Result<(), ParquetError> {
        let chunks = group.close()?;
        let mut writer = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut writer)?;
        }
        writer.close()?;
        self.groups += 1;
        Ok(())
    }
}

impl RowGroup {
    fn encode(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let fields = batch.schema_ref().fields();
        self.writers
            .par_iter_mut()
            .zip(fields.par_iter().zip(batch.columns()))
            .try_for_each(|(writers, (field, column))| encode(writers, field, column))?;
        self.rows += batch.num_rows();
        Ok(())
    }

    /// Bytes that it has in memory.
    fn bytes(&self) -> usize {
        let writers = self.writers.iter().flatten();
        writers.map(ArrowColumnWriter::memory_size).sum()
    }

    fn close(self) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
        self.writers
            .into_par_iter()
            .flatten()
            .map(ArrowColumnWriter::close)
            .collect()
    }
}

fn encode(
    writers: &mut [ArrowColumnWriter],
    field: &FieldRef,
    column: &ArrayRef,
) -> Result<(), ParquetError> {
    let leaves = compute_leaves(field, column)?;
    writers
        .iter_mut()
        .zip(&leaves)
        .try_for_each(|(writer, leaf)| writer.write(leaf))
}

fn properties(table: Table, metadata: &[(&str, &str)]) -> Result<WriterProperties, ParquetError> {
    let own = [
        (key::SCHEMA_VERSION, SCHEMA_VERSION),
        ("greenlane.version", env!("CARGO_PKG_VERSION")),
    ];
    let entries = own.iter().chain(metadata);
    let entries = entries.map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()));
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_key_value_metadata(Some(entries.collect()));
    for name in table.id_columns() {
        let column = ColumnPath::from(*name);
        builder = builder
            .set_column_bloom_filter_enabled(column.clone(), true)
            .set_column_bloom_filter_fpp(column.clone(), BLOOM_FALSE_POSITIVES)
            .set_column_bloom_filter_max_ndv(column, ROW_GROUP_ROWS as u64);
    }
    for name in table.unique_columns() {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(*name), false);
    }
    for name in table.rising_columns() {
        let column = ColumnPath::from(name);
        builder = builder
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    Ok(builder.build())
}
