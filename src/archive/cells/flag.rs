//! Cells that are true or false.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Cells;
use crate::archive::column::{Get, Rows};

/// Cells that are true or false.
pub(super) struct Flag<T: Rows> {
    get: Get<T, bool>,
    builder: BooleanBuilder,
}

impl<T: Rows> Flag<T> {
    pub(super) fn new(get: Get<T, bool>) -> Self {
        Self {
            get,
            builder: BooleanBuilder::new(),
        }
    }
}

impl<T: Rows> Cells<T> for Flag<T> {
    fn data_type(&self) -> DataType {
        DataType::Boolean
    }

    fn append<'r>(&mut self, row: &'r T::Row<'r>) {
        self.builder.append_option((self.get)(row));
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(self.builder.finish()))
    }
}
