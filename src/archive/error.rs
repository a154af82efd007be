//! Why an archive could not be written or read.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

use crate::journal::Sequence;

/// Why decisions could not be archived, or the archive not be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The system refused to create, read, write, sync or rename.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Encoding, decoding or writing failed.
    #[error("{}: {error}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the encoder or decoder said.
        error: ParquetError,
    },
    /// Rows do not fit the schema: a mistake of ours.
    #[error("rows do not fit the schema of their table: {0}")]
    Rows(#[from] ArrowError),
    /// What lies in the archive's folder is not what was written there.
    #[error("the archive is damaged: {0}")]
    Damaged(Fault),
    /// The next record is missing.
    #[error("record `{found}` came where `{expected}` was to follow")]
    Gap {
        /// The record that was to follow.
        expected: Sequence,
        /// The one that came.
        found: Sequence,
    },
    /// A record contradicts itself or what is archived already.
    #[error("record `{sequence}`: {why}")]
    Record {
        /// The record.
        sequence: Sequence,
        /// What is wrong.
        why: &'static str,
    },
    /// An earlier failure: nothing is archived until the archive is opened again.
    #[error("the archive has stopped: {0}")]
    Stopped(String),
}

/// What is wrong with a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its path in the archive's folder.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.why)
    }
}

impl ArchiveError {
    pub(super) fn io(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |error| Self::Io { path, error }
    }

    pub(super) fn parquet(path: impl AsRef<Path>) -> impl FnOnce(ParquetError) -> Self {
        let path = path.as_ref().to_owned();
        move |error| Self::Parquet { path, error }
    }
}
