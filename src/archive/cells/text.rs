//! Cells of one text: borrowed from the row, or written piece by piece without a copy in between.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Cells;
use crate::archive::column::{GetText, WriteText};
use crate::archive::row::Row;

/// Texts that the row holds.
pub(super) struct Text {
    get: GetText,
    builder: StringBuilder,
}

impl Text {
    pub(super) fn new(get: GetText) -> Self {
        Self {
            get,
            builder: StringBuilder::new(),
        }
    }
}

impl Cells for Text {
    fn data_type(&self) -> DataType {
        DataType::Utf8
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        self.builder.append_option((self.get)(row));
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(self.builder.finish()))
    }
}

/// Texts that are written into the builder.
pub(super) struct Written {
    write: WriteText,
    builder: StringBuilder,
}

impl Written {
    pub(super) fn new(write: WriteText) -> Self {
        Self {
            write,
            builder: StringBuilder::new(),
        }
    }
}

impl Cells for Written {
    fn data_type(&self) -> DataType {
        DataType::Utf8
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        match (self.write)(row, &mut self.builder) {
            // Ends the text that was written; writing to memory does not fail.
            Some(_) => self.builder.append_value(""),
            None => self.builder.append_null(),
        }
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(self.builder.finish()))
    }
}
