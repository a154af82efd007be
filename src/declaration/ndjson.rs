//! Declarations as lines of JSON, cut into chunks of whole lines: one thread reads, many parse and borrow from
//! their chunk. A line beyond the bound is cut short, so that its reader reports it and the rest go on.

use std::io::{self, BufRead, Read};

use super::currency::CurrencyTable;
use super::fault::Fault;
use super::json::read_json;
use super::model::Declaration;
use super::profile::Profile;
use crate::limits::{CHUNK_BYTES, MAX_DECLARATION_BYTES};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// One byte more than a declaration may have, and room for the mark before it and the line end.
const CUT: u64 = (MAX_DECLARATION_BYTES + BYTE_ORDER_MARK.len() + 3) as u64;

/// Reads lines in chunks.
#[derive(Debug)]
pub struct NdjsonReader<R> {
    input: R,
    line: u64,
}

/// Whole lines, in a buffer that is used again.
#[derive(Debug, Default)]
pub struct NdjsonChunk {
    bytes: Vec<u8>,
    lines: Vec<Span>,
}

#[derive(Debug)]
struct Span {
    number: u64,
    from: usize,
    to: usize,
}

/// One line that is not blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NdjsonLine<'c> {
    /// Its number in the input, from 1.
    pub number: u64,
    /// Its bytes without the line end; one more than [`MAX_DECLARATION_BYTES`] at least where it is too long.
    pub bytes: &'c [u8],
}

impl<R: BufRead> NdjsonReader<R> {
    /// From the beginning of an input.
    pub fn new(input: R) -> Self {
        Self { input, line: 0 }
    }

    /// Fills the chunk with the next lines, about [`CHUNK_BYTES`]; false at the end of the input.
    ///
    /// # Errors
    /// What the input fails with.
    pub fn read_chunk(&mut self, into: &mut NdjsonChunk) -> io::Result<bool> {
        into.bytes.clear();
        into.lines.clear();
        while into.bytes.len() < CHUNK_BYTES && self.read_line(into)? {}
        Ok(!into.lines.is_empty())
    }

    /// Adds the next line, unless it is blank; false at the end of the input.
    fn read_line(&mut self, into: &mut NdjsonChunk) -> io::Result<bool> {
        let mut from = into.bytes.len();
        let read = (&mut self.input)
            .take(CUT)
            .read_until(b'\n', &mut into.bytes)?;
        if read == 0 {
            return Ok(false);
        }
        self.line += 1;
        let line = into.bytes.get(from..).unwrap_or_default();
        let cut = read as u64 == CUT && line.last() != Some(&b'\n');
        if cut {
            self.input.skip_until(b'\n')?;
        }
        if self.line == 1 && line.starts_with(BYTE_ORDER_MARK) {
            from += BYTE_ORDER_MARK.len();
        }
        let line = into.bytes.get(from..).unwrap_or_default();
        let end = line.strip_suffix(b"\n").unwrap_or(line);
        let end = end.strip_suffix(b"\r").unwrap_or(end);
        let to = from + if cut { line.len() } else { end.len() };
        if !cut && line.trim_ascii().is_empty() {
            into.bytes.truncate(from);
        } else {
            let number = self.line;
            into.lines.push(Span { number, from, to });
        }
        Ok(true)
    }
}

impl NdjsonChunk {
    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A line by its place in the chunk.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<NdjsonLine<'_>> {
        self.lines.get(index).map(|span| self.line(span))
    }

    /// The lines in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = NdjsonLine<'_>> {
        self.lines.iter().map(|span| self.line(span))
    }

    fn line(&self, span: &Span) -> NdjsonLine<'_> {
        NdjsonLine {
            number: span.number,
            bytes: self.bytes.get(span.from..span.to).unwrap_or_default(),
        }
    }
}

impl<'c> NdjsonLine<'c> {
    /// Reads the line's declaration.
    ///
    /// # Errors
    /// Its faults, as [`read_json`] gives them.
    pub fn read(
        self,
        profile: &Profile,
        currencies: &CurrencyTable,
    ) -> Result<Declaration<'c>, Vec<Fault>> {
        read_json(self.bytes, profile, currencies)
    }
}
