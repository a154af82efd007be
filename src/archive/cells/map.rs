//! Cells of maps from a name to a number or text. Maps are never null, only empty; their parts are named
//! `key_value`, `key` and `value` as the Parquet format asks for.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Builder, MapArray, StringBuilder, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::error::ArrowError;

use super::Cells;
use crate::archive::column::{GetNumbers, Rows};
use crate::archive::row::Row;
use crate::declaration::{AttributeNo, AttributeValue, attribute};

/// Keys, and how many each map has.
struct Keys {
    values: DataType,
    names: StringBuilder,
    lengths: Vec<usize>,
    /// Entries of the map that is not ended.
    open: usize,
}

impl Keys {
    fn new(values: DataType) -> Self {
        Self {
            values,
            names: StringBuilder::new(),
            lengths: Vec::new(),
            open: 0,
        }
    }

    fn fields(&self) -> Fields {
        Fields::from(vec![
            Field::new("key", DataType::Utf8, false),
            Field::new("value", self.values.clone(), false),
        ])
    }

    fn entries(&self) -> FieldRef {
        Arc::new(Field::new(
            "key_value",
            DataType::Struct(self.fields()),
            false,
        ))
    }

    fn data_type(&self) -> DataType {
        DataType::Map(self.entries(), false)
    }

    fn push(&mut self, key: &str) {
        self.names.append_value(key);
        self.open += 1;
    }

    fn end(&mut self) {
        self.lengths.push(std::mem::take(&mut self.open));
    }

    fn finish(&mut self, values: ArrayRef) -> Result<ArrayRef, ArrowError> {
        let offsets = OffsetBuffer::from_lengths(self.lengths.drain(..));
        let keys = Arc::new(self.names.finish());
        let entries = StructArray::try_new(self.fields(), vec![keys, values], None)?;
        let maps = MapArray::try_new(self.entries(), offsets, entries, None, false)?;
        Ok(Arc::new(maps))
    }
}

/// Maps to numbers.
pub(super) struct Numbers<T: Rows> {
    get: GetNumbers<T>,
    keys: Keys,
    values: Int32Builder,
}

impl<T: Rows> Numbers<T> {
    pub(super) fn new(get: GetNumbers<T>) -> Self {
        Self {
            get,
            keys: Keys::new(DataType::Int32),
            values: Int32Builder::new(),
        }
    }
}

impl<T: Rows> Cells<T> for Numbers<T> {
    fn data_type(&self) -> DataType {
        self.keys.data_type()
    }

    fn append<'r>(&mut self, row: &'r T::Row<'r>) {
        let Self { get, keys, values } = self;
        get(row, &mut |key, number| {
            keys.push(key);
            values.append_value(number);
        });
        keys.end();
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let values = Arc::new(self.values.finish());
        self.keys.finish(values)
    }
}

/// Attributes as rules read them: the item's, else the declaration's.
pub(in crate::archive) struct Attributes {
    keys: Keys,
    values: StringBuilder,
}

impl Attributes {
    pub(in crate::archive) fn boxed() -> Box<dyn Cells> {
        Box::new(Self {
            keys: Keys::new(DataType::Utf8),
            values: StringBuilder::new(),
        })
    }
}

impl Cells for Attributes {
    fn data_type(&self) -> DataType {
        self.keys.data_type()
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        for (at, (name, _)) in row.facts.names.attributes.iter().enumerate() {
            let no = AttributeNo(at as u16);
            let value = attribute(&row.item.attributes, no)
                .or_else(|| attribute(&row.declaration.attributes, no));
            // Writing to memory does not fail.
            let _ = match value {
                None => continue,
                Some(AttributeValue::Text(text)) => self.values.write_str(text),
                Some(AttributeValue::Int(number)) => write!(self.values, "{number}"),
                Some(AttributeValue::Decimal(amount)) => write!(self.values, "{amount}"),
            };
            self.values.append_value("");
            self.keys.push(name);
        }
        self.keys.end();
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let values = Arc::new(self.values.finish());
        self.keys.finish(values)
    }
}
