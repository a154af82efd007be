//! A file that is read, through the disk's trait, as the Parquet reader wants it. It counts what it is asked for,
//! so that a look-up can say what it read.

use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::listing::Stored;
use crate::archive::error::ArchiveError;
use crate::journal::{DiskFile, Folders};

/// A file that is read; clones share it.
#[derive(Clone)]
pub(in crate::archive) struct Source(Arc<Inner>);

struct Inner {
    file: Box<dyn DiskFile>,
    length: u64,
    /// Ranges of bytes that were asked for as a whole. The pages of a file with a page index are.
    ranges: AtomicU64,
}

impl Source {
    pub(in crate::archive) fn open(
        folders: &dyn Folders,
        stored: &Stored,
    ) -> Result<Self, ArchiveError> {
        let opened = folders.open(&stored.folder()).and_then(|disk| {
            let file = disk.open(&stored.span.file_name())?;
            let length = file.length()?;
            Ok(Inner {
                file,
                length,
                ranges: AtomicU64::new(0),
            })
        });
        let inner = opened.map_err(ArchiveError::io(&stored.path()))?;
        Ok(Self(Arc::new(inner)))
    }

    pub(in crate::archive) fn length(&self) -> u64 {
        self.0.length
    }

    /// How many ranges of bytes were read as a whole.
    pub(in crate::archive) fn ranges(&self) -> u64 {
        self.0.ranges.load(Ordering::Relaxed)
    }

    /// Fills the buffer as far as the file goes; how many bytes.
    pub(super) fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.0.file.read_at(rest, offset + done as u64) {
                Ok(0) => break,
                Ok(bytes) => done += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    pub(super) fn read_exact_at(&self, into: &mut [u8], offset: u64) -> io::Result<()> {
        if self.read_at(into, offset)? < into.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Runs a decoder. It is not ours, and the file's seal was not checked: what a broken disk makes of a file must not
/// end whoever reads it.
pub(in crate::archive) fn guarded<T>(
    decode: impl FnOnce() -> Result<T, ParquetError>,
) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        let why = "the file is damaged: its decoder gave up";
        Err(ParquetError::General(why.to_owned()))
    })
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.0.length
    }
}

impl ChunkReader for Source {
    type T = BufReader<SourceReader>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(SourceReader {
            source: self.clone(),
            offset: start,
        }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.0.ranges.fetch_add(1, Ordering::Relaxed);
        // A length that no file has would ask for that much memory.
        if start
            .checked_add(length as u64)
            .is_none_or(|end| end > self.0.length)
        {
            return Err(ParquetError::EOF(format!(
                "`{length}` bytes at `{start}` are beyond the file's `{}`",
                self.0.length
            )));
        }
        let mut bytes = vec![0; length];
        self.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// Reads a file from a place on.
pub(in crate::archive) struct SourceReader {
    source: Source,
    offset: u64,
}

impl Read for SourceReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.source.read_at(into, self.offset)?;
        self.offset += bytes as u64;
        Ok(bytes)
    }
}
