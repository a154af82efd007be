//! Where a file's bytes go: to the disk in large writes, and through the hashes. The last bytes, with the footer,
//! wait until the seal that stands among them is known.

use std::io::{self, Write};

use super::digest::{Digest, place};
use crate::journal::DiskFile;
use crate::limits::ARCHIVE_WRITE_BYTES;

/// A file that is written from its start to its end.
pub(super) struct Sink {
    file: Box<dyn DiskFile>,
    /// Bytes that are on the disk.
    written: u64,
    /// Bytes that are not, yet.
    waiting: Vec<u8>,
    /// Over all bytes before the tail.
    hasher: blake3::Hasher,
    /// Where the tail begins in the waiting bytes.
    tail: Option<usize>,
}

impl Sink {
    pub(super) fn new(file: Box<dyn DiskFile>) -> Self {
        Self {
            file,
            written: 0,
            waiting: Vec::new(),
            hasher: blake3::Hasher::new(),
            tail: None,
        }
    }

    /// From now on bytes wait for the seal.
    pub(super) fn hold(&mut self) {
        self.tail = Some(self.waiting.len());
    }

    /// Seals the file, writes what waits, and makes it durable.
    pub(super) fn seal(mut self) -> io::Result<Digest> {
        let from = self.tail.take().unwrap_or(self.waiting.len());
        let tail = self.waiting.get_mut(from..).unwrap_or_default();
        let unsealed = Digest::of(self.hasher.clone().update(tail)).to_string();
        let place = place(tail).and_then(|place| tail.get_mut(place));
        match place {
            Some(place) if place.len() == unsealed.len() => {
                place.copy_from_slice(unsealed.as_bytes());
            }
            _ => return Err(io::Error::other("there is no room for the seal")),
        }
        self.hasher.update(tail);
        self.write_out()?;
        self.file.sync_data()?;
        Ok(Digest::of(&self.hasher))
    }

    /// A short write is taken up where it stopped; an error is final.
    fn write_out(&mut self) -> io::Result<()> {
        let mut rest = self.waiting.as_slice();
        while !rest.is_empty() {
            match self.file.write_at(rest, self.written) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(bytes) => {
                    self.written += bytes as u64;
                    rest = rest.get(bytes..).unwrap_or_default();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.waiting.clear();
        Ok(())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.tail.is_none() {
            self.hasher.update(bytes);
            if self.waiting.len() >= ARCHIVE_WRITE_BYTES {
                self.write_out()?;
            }
        }
        Ok(bytes.len())
    }

    /// Whoever encodes flushes often; the bytes go out when there are enough of them.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
