//! What a column is to equal, and what statistics, a bloom filter and a page index say of it.

use arrow::array::{ArrayRef, AsArray, BooleanArray};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use parquet::bloom_filter::Sbbf;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;

/// What a column is to equal.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Text(String),
    Number(i64),
}

impl Wanted {
    /// Whether the statistics of a row group exclude it.
    pub(super) fn outside(&self, statistics: &Statistics) -> bool {
        match (self, statistics) {
            (Self::Text(text), Statistics::ByteArray(_)) => {
                let (least, most) = (statistics.min_bytes_opt(), statistics.max_bytes_opt());
                beyond(text.as_bytes(), least, most)
            }
            (Self::Number(number), Statistics::Int64(bounds)) => {
                beyond(number, bounds.min_opt(), bounds.max_opt())
            }
            _ => false,
        }
    }

    /// Whether the page index excludes it from a page; none where it does not know the column's type.
    pub(super) fn outside_page(&self, index: &ColumnIndexMetaData, page: usize) -> Option<bool> {
        match (self, index) {
            (Self::Text(text), ColumnIndexMetaData::BYTE_ARRAY(bounds)) => {
                let (least, most) = (bounds.min_value(page), bounds.max_value(page));
                Some(beyond(text.as_bytes(), least, most))
            }
            (Self::Number(number), ColumnIndexMetaData::INT64(bounds)) => {
                let (least, most) = (bounds.min_value(page), bounds.max_value(page));
                Some(beyond(number, least, most))
            }
            _ => None,
        }
    }

    /// Whether the bloom filter of a row group leaves it open.
    pub(super) fn passes(&self, bloom: &Sbbf) -> bool {
        match self {
            Self::Text(text) => bloom.check(text.as_str()),
            Self::Number(number) => bloom.check(number),
        }
    }

    /// Which rows of the column are it.
    pub(super) fn rows(&self, column: &ArrayRef) -> Result<BooleanArray, ArrowError> {
        let rows = match self {
            Self::Text(text) => column.as_string_opt::<i32>().map(|texts| {
                let texts = texts.iter();
                texts.map(|own| Some(own == Some(text.as_str()))).collect()
            }),
            Self::Number(number) => column.as_primitive_opt::<Int64Type>().map(|numbers| {
                let numbers = numbers.iter();
                numbers.map(|own| Some(own == Some(*number))).collect()
            }),
        };
        rows.ok_or_else(|| ArrowError::SchemaError("the column is of another type".to_owned()))
    }
}

/// Whether a value is out of bounds. Bounds of texts may be shortened, the upper one is then raised: they exclude
/// what they should.
fn beyond<T: PartialOrd + ?Sized>(value: &T, least: Option<&T>, most: Option<&T>) -> bool {
    least.is_some_and(|least| value < least) || most.is_some_and(|most| value > most)
}
