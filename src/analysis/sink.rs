//! Where a batch of decisions goes: lines of JSON or a Parquet file.

use std::io::{self, Write};
use std::path::Path;

use arrow::array::RecordBatch;

use super::batch::Sink;
use crate::archive::{ArchiveError, DecisionsBuilder, DecisionsWriter};
use crate::engine::{Decision, Program, View, write_answer};

/// A decision a line, as an officer sees it.
pub struct LinesSink {
    out: Box<dyn Write>,
}

impl LinesSink {
    /// Writes to a file or stream.
    #[must_use]
    pub fn new(out: Box<dyn Write>) -> Self {
        Self { out }
    }

    /// Hands over what is buffered.
    ///
    /// # Errors
    /// What the file or stream says.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Sink for LinesSink {
    type Piece = Vec<u8>;
    type Closed = Vec<u8>;
    type Error = io::Error;

    fn piece() -> Vec<u8> {
        Vec::new()
    }

    fn add(piece: &mut Vec<u8>, decision: &Decision<'_>) {
        write_answer(decision, View::Officer, piece);
        piece.push(b'\n');
    }

    fn close(piece: Vec<u8>) -> Result<Vec<u8>, io::Error> {
        Ok(piece)
    }

    fn take(&mut self, piece: Vec<u8>) -> Result<(), io::Error> {
        self.out.write_all(&piece)
    }
}

/// A row an item, in a file that appears whole or not at all.
pub struct ParquetSink {
    writer: DecisionsWriter,
}

impl ParquetSink {
    /// Begins a file of a program's decisions.
    ///
    /// # Errors
    /// What the folder says.
    pub fn create(path: &Path, program: &Program) -> Result<Self, ArchiveError> {
        let version = program.policy().version();
        let writer = DecisionsWriter::create(path, &[("greenlane.policy", &version)])?;
        Ok(Self { writer })
    }

    /// Lets the file appear under its name.
    ///
    /// # Errors
    /// What the disk says; the file then does not appear.
    pub fn finish(self) -> Result<(), ArchiveError> {
        self.writer.finish()
    }
}

impl Sink for ParquetSink {
    type Piece = DecisionsBuilder;
    type Closed = RecordBatch;
    type Error = ArchiveError;

    fn piece() -> DecisionsBuilder {
        DecisionsBuilder::new()
    }

    fn add(piece: &mut DecisionsBuilder, decision: &Decision<'_>) {
        piece.append(decision);
    }

    fn close(mut piece: DecisionsBuilder) -> Result<RecordBatch, ArchiveError> {
        piece.finish()
    }

    fn take(&mut self, batch: RecordBatch) -> Result<(), ArchiveError> {
        self.writer.write(&batch)
    }
}
