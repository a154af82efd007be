//! Cells of bytes that nobody but greenlane reads.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Cells;
use crate::archive::column::{GetBytes, Rows};

/// Cells of bytes.
pub(super) struct Bytes<T: Rows> {
    get: GetBytes<T>,
    builder: BinaryBuilder,
}

impl<T: Rows> Bytes<T> {
    pub(super) fn new(get: GetBytes<T>) -> Self {
        Self {
            get,
            builder: BinaryBuilder::new(),
        }
    }
}

impl<T: Rows> Cells<T> for Bytes<T> {
    fn data_type(&self) -> DataType {
        DataType::Binary
    }

    fn append<'r>(&mut self, row: &'r T::Row<'r>) {
        self.builder.append_option((self.get)(row));
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(self.builder.finish()))
    }
}
