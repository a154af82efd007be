//! The cells of a column while rows are collected: one file for each shape.

mod books;
mod bytes;
mod documents;
mod fact;
mod flag;
mod list;
mod lots;
mod map;
mod obligations;
mod scalar;
mod text;

use arrow::array::ArrayRef;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use arrow::error::ArrowError;

use super::column::{Kind, Rows};
use super::row::DecisionRows;

pub(super) use books::Books;
pub(super) use documents::Documents;
pub(super) use fact::FactCells;
pub(super) use lots::Lots;
pub(super) use map::Attributes;
pub(super) use obligations::Obligations;

/// Precision and scale of amounts: ±9·10^14 with four decimals need 19 digits.
pub(super) const AMOUNT: (u8, i8) = (19, 4);

/// The cells of one column.
pub(super) trait Cells<T: Rows = DecisionRows>: Send {
    /// Their type.
    fn data_type(&self) -> DataType;

    /// Adds a row's cell.
    fn append<'r>(&mut self, row: &'r T::Row<'r>);

    /// Takes all cells.
    fn finish(&mut self) -> Result<ArrayRef, ArrowError>;
}

impl<T: Rows> Kind<T> {
    /// Room for the cells of a column of this kind.
    pub(super) fn cells(self) -> Box<dyn Cells<T>> {
        use scalar::Scalar;
        match self {
            Self::Text(get) => Box::new(text::Text::new(get)),
            Self::Bytes(get) => Box::new(bytes::Bytes::new(get)),
            Self::Written(write) => Box::new(text::Written::new(write)),
            Self::Texts(get) => Box::new(list::Texts::new(get)),
            Self::Numbers(get) => Box::new(map::Numbers::new(get)),
            Self::Bool(get) => Box::new(flag::Flag::new(get)),
            Self::Int32(get) => Box::new(Scalar::<T, _, Int32Type>::new(get, DataType::Int32)),
            Self::Int64(get) => Box::new(Scalar::<T, _, Int64Type>::new(get, DataType::Int64)),
            Self::Day(get) => Box::new(Scalar::<T, _, Date32Type>::new(get, DataType::Date32)),
            Self::Moment(get) => {
                let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
                Box::new(Scalar::<T, _, TimestampMicrosecondType>::new(get, utc))
            }
            Self::Decimal(precision, scale, get) => {
                let decimal = DataType::Decimal128(precision, scale);
                Box::new(Scalar::<T, _, Decimal128Type>::new(get, decimal))
            }
            Self::Own(own) => T::own(own),
            Self::Nested(make) => make(),
        }
    }
}
