//! Where `decide` puts decisions: lines of JSON or a Parquet file.

use std::io::{self, Write};
use std::path::Path;

use arrow::array::RecordBatch;

use super::error::CliError;
use crate::analysis::batch::Sink;
use crate::archive::{ArchiveError, DecisionsBuilder, DecisionsWriter, View, write_answer};
use crate::engine::{Decision, Program};

/// A decision a line, as an officer sees it.
pub(super) struct LinesSink {
    out: Box<dyn Write>,
}

impl LinesSink {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out }
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
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
pub(super) struct ParquetSink {
    writer: DecisionsWriter,
}

impl ParquetSink {
    pub(super) fn create(path: &Path, program: &Program) -> Result<Self, CliError> {
        let version = program.policy().version();
        let writer = DecisionsWriter::create(path, &[("greenlane.policy", &version)]);
        writer
            .map(|writer| Self { writer })
            .map_err(|error| CliError::write(path, error))
    }

    pub(super) fn finish(self) -> Result<(), ArchiveError> {
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
