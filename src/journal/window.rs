//! A part of a file in memory, moved along as it is read.

use super::error::JournalError;
use super::fields::is_zero;
use super::file::NamedFile;
use crate::limits::{JOURNAL_FIRST_WINDOW_BYTES, JOURNAL_WINDOW_BYTES};

/// A part of a file: a short one at first, for whoever wants little, and twice as long each time it moves on.
pub(super) struct Window {
    buffer: Vec<u8>,
    start: u64,
    /// Bytes to read next.
    ahead: usize,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            ahead: JOURNAL_FIRST_WINDOW_BYTES,
        }
    }
}

impl Window {
    /// So many bytes from there, which may be fewer only where the file ends.
    pub(super) fn get(
        &mut self,
        file: &NamedFile,
        offset: u64,
        bytes: usize,
    ) -> Result<&[u8], JournalError> {
        let end = self.start + self.buffer.len() as u64;
        if offset < self.start || offset + bytes as u64 > end {
            let wanted = bytes.max(self.ahead);
            self.ahead = JOURNAL_WINDOW_BYTES.min(self.ahead * 2);
            let left = file.length()?.saturating_sub(offset);
            self.buffer.resize(left.min(wanted as u64) as usize, 0);
            self.start = offset;
            let read = file.read(&mut self.buffer, offset)?;
            self.buffer.truncate(read);
        }
        let from = (offset - self.start) as usize;
        let held = self.buffer.get(from..).unwrap_or_default();
        Ok(held.get(..bytes).unwrap_or(held))
    }

    /// Reads again what is asked for next: more may have been written.
    pub(super) fn forget(&mut self) {
        self.buffer.clear();
        self.ahead = JOURNAL_FIRST_WINDOW_BYTES;
    }

    /// Where the zeros begin that reach to the end of the file; at the earliest at `from`.
    pub(super) fn zeros_from(&mut self, file: &NamedFile, from: u64) -> Result<u64, JournalError> {
        let mut end = from;
        let mut at = from;
        loop {
            let bytes = self.get(file, at, JOURNAL_WINDOW_BYTES)?;
            if bytes.is_empty() {
                return Ok(end);
            }
            if !is_zero(bytes)
                && let Some(last) = bytes.iter().rposition(|byte| *byte != 0)
            {
                end = at + last as u64 + 1;
            }
            at += bytes.len() as u64;
        }
    }
}
