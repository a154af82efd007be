//! Cells of lists: of texts, and what lists of structs have in common. Lists are never null, only empty, and
//! their elements are named `element` as the Parquet format asks for.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, ListBuilder, StringBuilder, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::error::ArrowError;

use super::Cells;
use crate::archive::column::{GetTexts, Rows};

/// The field of a list's elements.
pub(super) fn element(data_type: DataType) -> FieldRef {
    Arc::new(Field::new("element", data_type, false))
}

/// The type of lists of texts.
pub(super) fn texts_type() -> DataType {
    DataType::List(element(DataType::Utf8))
}

/// A builder of lists of texts.
pub(super) fn texts_builder() -> ListBuilder<StringBuilder> {
    ListBuilder::new(StringBuilder::new()).with_field(element(DataType::Utf8))
}

/// Lists of texts.
pub(super) struct Texts<T: Rows> {
    get: GetTexts<T>,
    builder: ListBuilder<StringBuilder>,
}

impl<T: Rows> Texts<T> {
    pub(super) fn new(get: GetTexts<T>) -> Self {
        Self {
            get,
            builder: texts_builder(),
        }
    }
}

impl<T: Rows> Cells<T> for Texts<T> {
    fn data_type(&self) -> DataType {
        texts_type()
    }

    fn append<'r>(&mut self, row: &'r T::Row<'r>) {
        let values = self.builder.values();
        (self.get)(row, &mut |text| values.append_value(text));
        self.builder.append(true);
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(self.builder.finish()))
    }
}

/// How long the lists of structs are.
pub(super) struct StructLists {
    fields: Fields,
    lengths: Vec<usize>,
}

impl StructLists {
    pub(super) fn new(fields: Vec<Field>) -> Self {
        Self {
            fields: fields.into(),
            lengths: Vec::new(),
        }
    }

    pub(super) fn data_type(&self) -> DataType {
        DataType::List(element(DataType::Struct(self.fields.clone())))
    }

    /// Ends a list of so many elements.
    pub(super) fn end(&mut self, length: usize) {
        self.lengths.push(length);
    }

    /// Takes all lists, given the members of all elements.
    pub(super) fn finish(&mut self, members: Vec<ArrayRef>) -> Result<ArrayRef, ArrowError> {
        let offsets = OffsetBuffer::from_lengths(self.lengths.drain(..));
        let elements = StructArray::try_new(self.fields.clone(), members, None)?;
        let element = element(DataType::Struct(self.fields.clone()));
        let lists = ListArray::try_new(element, offsets, Arc::new(elements), None)?;
        Ok(Arc::new(lists))
    }
}
