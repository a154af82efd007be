//! Rows of CSV and members of JSON appended to a buffer of bytes, and the rendering of many of them in parallel
//! but in order. Texts made here hold neither commas nor quotes, so nothing is ever escaped.

use std::io::{self, Write};

use rayon::prelude::*;

/// Rows or declarations that one worker renders at a time.
const CHUNK_ROWS: u64 = 2_048;
/// Chunks rendered before they are written, so that memory stays small whatever the count is.
const CHUNKS_AT_ONCE: u64 = 32;

/// Appends a number with at least so many digits.
pub(super) fn push_number(out: &mut Vec<u8>, number: u64, digits: usize) {
    let mut text = [b'0'; 20];
    let mut left = number;
    let mut used = 0;
    for slot in text.iter_mut().rev() {
        if left == 0 && used >= digits.max(1) {
            break;
        }
        *slot = b'0' + (left % 10) as u8;
        left /= 10;
        used += 1;
    }
    out.extend(text.iter().skip(20 - used));
}

/// Appends hundredths as a decimal.
pub(super) fn push_hundredths(out: &mut Vec<u8>, hundredths: u64) {
    push_number(out, hundredths / 100, 1);
    out.push(b'.');
    push_number(out, hundredths % 100, 2);
}

/// A row of CSV under construction.
pub(super) struct Row<'o> {
    out: &'o mut Vec<u8>,
    begun: bool,
}

impl<'o> Row<'o> {
    /// Begins a row.
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, begun: false }
    }

    fn next(&mut self) -> &mut Vec<u8> {
        if self.begun {
            self.out.push(b',');
        }
        self.begun = true;
        self.out
    }

    /// A cell.
    pub(super) fn cell(mut self, text: &str) -> Self {
        self.next().extend_from_slice(text.as_bytes());
        self
    }

    /// A cell of a word and a number, `ALERT-00012`.
    pub(super) fn numbered(mut self, word: &str, number: u64, digits: usize) -> Self {
        self.next().extend_from_slice(word.as_bytes());
        push_number(self.out, number, digits);
        self
    }

    /// A cell that is a list.
    pub(super) fn list(mut self, parts: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.next();
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                self.out.push(b';');
            }
            self.out.extend_from_slice(part.as_ref().as_bytes());
        }
        self
    }

    /// Ends the row.
    pub(super) fn end(self) {
        self.out.push(b'\n');
    }
}

/// Renders what stands at each index below a count, in parallel, and writes it in order; `progress` hears how many are written.
///
/// # Errors
/// Those of the writer.
pub(super) fn write_in_order(
    out: &mut dyn Write,
    count: u64,
    render: impl Fn(u64, &mut Vec<u8>) + Sync,
    mut progress: impl FnMut(u64),
) -> io::Result<()> {
    let mut begin = 0;
    while begin < count {
        let end = count.min(begin + CHUNK_ROWS * CHUNKS_AT_ONCE);
        let chunks: Vec<Vec<u8>> = (0..(end - begin).div_ceil(CHUNK_ROWS))
            .into_par_iter()
            .map(|chunk| {
                let first = begin + chunk * CHUNK_ROWS;
                let mut bytes = Vec::new();
                (first..end.min(first + CHUNK_ROWS)).for_each(|index| render(index, &mut bytes));
                bytes
            })
            .collect();
        for chunk in chunks {
            out.write_all(&chunk)?;
        }
        progress(end);
        begin = end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let mut out = Vec::new();
        push_number(&mut out, 0, 1);
        push_number(&mut out, 42, 5);
        push_number(&mut out, u64::MAX, 1);
        push_hundredths(&mut out, 12_305);
        assert_eq!(out, b"00004218446744073709551615123.05");
    }

    #[test]
    fn what_is_rendered_in_parallel_stands_in_order() {
        let mut out = Vec::new();
        let mut seen = 0;
        let render = |index, out: &mut Vec<u8>| push_number(out, index, 6);
        let written = write_in_order(&mut out, 100_000, render, |done| seen = done);
        assert!(written.is_ok());
        assert_eq!((out.len(), seen), (600_000, 100_000));
        assert!(out.chunks(6).is_sorted());
    }
}
