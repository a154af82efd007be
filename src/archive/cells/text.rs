//! Cells of one text: borrowed from the row, or written piece by piece without a copy in between.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Cells;
use crate::archive::column::{GetText, Rows, WriteText};

/// Texts that the row holds.
pub(super) struct Text<T: Rows> {
    get: GetText<T>,
    builder: StringBuilder,
}

impl<T: Rows> Text<T> {
    pub(super) fn new(get: GetText<T>) -> Self {
        Self {
            get,
            builder: StringBuilder::new(),
        }
    }
}

impl<T: Rows> Cells<T> for Text<T> {
    fn data_type(&self) -> DataType {
        DataType::Utf8
    }

    fn append<'r>(&mut self, row: &'r T::Row<'r>) {
        self.builder.append_option((self.get)(row));
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(self.builder.finish()))
    }
}

/// Texts that are written into the builder.
pub(super) struct Written<T: Rows> {
    write: WriteText<T>,
    builder: StringBuilder,
}

impl<T: Rows> Written<T> {
    pub(super) fn new(write: WriteText<T>) -> Self {
        Self {
            write,
            builder: StringBuilder::new(),
        }
    }
}

impl<T: Rows> Cells<T> for Written<T> {
    fn data_type(&self) -> DataType {
        DataType::Utf8
    }

    fn append<'r>(&mut self, row: &'r T::Row<'r>) {
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
