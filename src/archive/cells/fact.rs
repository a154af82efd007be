//! Cells of one fact, of the Arrow type that belongs to its own.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, ListBuilder,
    StringBuilder,
};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::list::{texts_builder, texts_type};
use super::{AMOUNT, Cells};
use crate::archive::row::Row;
use crate::declaration::AttributeSchema;
use crate::engine::Value;
use crate::policy::{Fact, FactType};

/// The cells of a fact.
pub(in crate::archive) struct FactCells {
    fact: Fact,
    optional: bool,
    values: Values,
}

enum Values {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Amount(Decimal128Builder),
    Text(StringBuilder),
    Day(Date32Builder),
    List(ListBuilder<StringBuilder>),
}

impl FactCells {
    pub(in crate::archive) fn new(fact: Fact) -> Self {
        let info = fact.info(&AttributeSchema::default());
        Self {
            fact,
            optional: info.optional,
            values: Values::new(info.kind),
        }
    }
}

impl Cells for FactCells {
    fn data_type(&self) -> DataType {
        self.values.data_type()
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        match (&mut self.values, row.facts.value(self.fact)) {
            (Values::Bool(cells), Value::Bool(truth)) => cells.append_value(truth),
            (Values::Int(cells), Value::Number(number)) => cells.append_value(number),
            (Values::Amount(cells), Value::Number(units)) => cells.append_value(units.into()),
            (Values::Text(cells), Value::Text(text)) => cells.append_value(text),
            (Values::Day(cells), Value::Number(day)) => cells.append_value(day as i32),
            (Values::List(cells), Value::List(list)) => {
                for text in list {
                    cells.values().append_value(text);
                }
                cells.append(true);
            }
            (values, _) if self.optional => values.append_null(),
            (values, _) => values.append_neutral(),
        }
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match &mut self.values {
            Values::Bool(cells) => Arc::new(cells.finish()),
            Values::Int(cells) => Arc::new(cells.finish()),
            Values::Amount(cells) => Arc::new(cells.finish()),
            Values::Text(cells) => Arc::new(cells.finish()),
            Values::Day(cells) => Arc::new(cells.finish()),
            Values::List(cells) => Arc::new(cells.finish()),
        })
    }
}

impl Values {
    fn new(kind: FactType) -> Self {
        match kind {
            FactType::Bool => Self::Bool(BooleanBuilder::new()),
            FactType::Int => Self::Int(Int64Builder::new()),
            FactType::Amount => Self::Amount(
                Decimal128Builder::new().with_data_type(DataType::Decimal128(AMOUNT.0, AMOUNT.1)),
            ),
            FactType::Text => Self::Text(StringBuilder::new()),
            FactType::Day => Self::Day(Date32Builder::new()),
            FactType::List => Self::List(texts_builder()),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Self::Bool(_) => DataType::Boolean,
            Self::Int(_) => DataType::Int64,
            Self::Amount(_) => DataType::Decimal128(AMOUNT.0, AMOUNT.1),
            Self::Text(_) => DataType::Utf8,
            Self::Day(_) => DataType::Date32,
            Self::List(_) => texts_type(),
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Bool(cells) => cells.append_null(),
            Self::Int(cells) => cells.append_null(),
            Self::Amount(cells) => cells.append_null(),
            Self::Text(cells) => cells.append_null(),
            Self::Day(cells) => cells.append_null(),
            Self::List(cells) => cells.append(false),
        }
    }

    /// A fact that is never absent was: the registry lacks even the standing of an unknown party.
    fn append_neutral(&mut self) {
        match self {
            Self::Bool(cells) => cells.append_value(false),
            Self::Int(cells) => cells.append_value(0),
            Self::Amount(cells) => cells.append_value(0),
            Self::Text(cells) => cells.append_value(""),
            Self::Day(cells) => cells.append_value(0),
            Self::List(cells) => cells.append(true),
        }
    }
}
