//! A Parquet file of decisions. It appears whole when it is finished; dropped before, it leaves nothing behind
//! and what stood at its path stays.

use std::fs::File;
use std::path::Path;

use arrow::record_batch::RecordBatch;

use super::aside::Aside;
use super::encoder::Encoder;
use super::error::ArchiveError;
use super::table::Table;

/// A Parquet file that is being written.
pub struct DecisionsWriter {
    aside: Aside,
    encoder: Encoder<File>,
}

impl DecisionsWriter {
    /// Begins a file, with further entries of its metadata.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn create(path: &Path, metadata: &[(&str, &str)]) -> Result<Self, ArchiveError> {
        let (aside, file) = Aside::create(path)?;
        let encoder =
            Encoder::new(file, Table::Decisions, metadata).map_err(ArchiveError::parquet(path))?;
        Ok(Self { aside, encoder })
    }

    /// Adds rows; their columns are encoded in parallel on the caller's thread pool.
    ///
    /// # Errors
    /// Where encoding or writing fails. The file is then of no use: drop it.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ArchiveError> {
        self.encoder
            .write(batch)
            .map_err(ArchiveError::parquet(self.aside.path()))
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.encoder.rows()
    }

    /// Ends the file and lets it appear at its path, in place of what was there.
    ///
    /// # Errors
    /// Where writing, syncing or renaming fails; what stood at the path then stays.
    pub fn finish(self) -> Result<(), ArchiveError> {
        let Self { aside, encoder } = self;
        let file = encoder
            .finish()
            .map_err(ArchiveError::parquet(aside.path()))?;
        aside.publish(&file)
    }
}
