//! Cells of fixed width: numbers, decimals, days and moments.

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, PrimitiveBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Cells;
use crate::archive::column::{Get, Rows};
use crate::declaration::{Day, Moment};

/// A value as Arrow keeps it.
pub(super) trait Native<T> {
    fn native(self) -> T;
}

impl Native<i32> for Day {
    fn native(self) -> i32 {
        self.number()
    }
}

impl Native<i64> for Moment {
    fn native(self) -> i64 {
        self.micros()
    }
}

impl<V> Native<V> for V {
    fn native(self) -> V {
        self
    }
}

/// Cells of one Arrow type of fixed width.
pub(super) struct Scalar<T: Rows, V, A: ArrowPrimitiveType> {
    get: Get<T, V>,
    data_type: DataType,
    builder: PrimitiveBuilder<A>,
}

impl<T: Rows, V, A: ArrowPrimitiveType> Scalar<T, V, A> {
    /// Of the type of `A`, with the details of `data_type`.
    pub(super) fn new(get: Get<T, V>, data_type: DataType) -> Self {
        let builder = PrimitiveBuilder::new().with_data_type(data_type.clone());
        Self {
            get,
            data_type,
            builder,
        }
    }
}

impl<T: Rows, V: Native<A::Native>, A: ArrowPrimitiveType> Cells<T> for Scalar<T, V, A> {
    fn data_type(&self) -> DataType {
        self.data_type.clone()
    }

    fn append<'r>(&mut self, row: &'r T::Row<'r>) {
        self.builder
            .append_option((self.get)(row).map(Native::native));
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(self.builder.finish()))
    }
}
