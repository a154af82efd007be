//! Why an archive file could not be written.

use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

/// Why decisions could not be archived.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The system refused to create, sync or rename.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Encoding or writing failed.
    #[error("{}: {error}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        error: ParquetError,
    },
    /// Rows do not fit the schema: a mistake of ours.
    #[error("rows do not fit the schema of `decisions`: {0}")]
    Rows(#[from] ArrowError),
}

impl ArchiveError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }

    pub(super) fn parquet(path: &Path) -> impl FnOnce(ParquetError) -> Self {
        let path = path.to_owned();
        move |error| Self::Parquet { path, error }
    }
}
