//! Cells of attached documents, as they were declared, valid or not.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, StringBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Cells;
use super::list::StructLists;
use crate::archive::column::field;
use crate::archive::row::Row;
use crate::declaration::Day;

/// Lists of documents.
pub(in crate::archive) struct Documents {
    lists: StructLists,
    kind: StringBuilder,
    number: StringBuilder,
    issuer_id: StringBuilder,
    issued_on: Date32Builder,
    expires_on: Date32Builder,
}

impl Documents {
    pub(in crate::archive) fn boxed() -> Box<dyn Cells> {
        let fields = vec![
            field("kind", "what it is", DataType::Utf8, false),
            field("number", "its number", DataType::Utf8, true),
            field("issuer_id", "who issued it", DataType::Utf8, true),
            field(
                "issued_on",
                "first day of its validity",
                DataType::Date32,
                true,
            ),
            field(
                "expires_on",
                "first day on which it is no longer valid",
                DataType::Date32,
                true,
            ),
        ];
        Box::new(Self {
            lists: StructLists::new(fields),
            kind: StringBuilder::new(),
            number: StringBuilder::new(),
            issuer_id: StringBuilder::new(),
            issued_on: Date32Builder::new(),
            expires_on: Date32Builder::new(),
        })
    }
}

impl Cells for Documents {
    fn data_type(&self) -> DataType {
        self.lists.data_type()
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        for document in &row.item.documents {
            self.kind.append_value(&document.kind);
            self.number.append_option(document.number.as_deref());
            self.issuer_id.append_option(document.issuer.as_deref());
            self.issued_on
                .append_option(document.issued_on.map(Day::number));
            self.expires_on
                .append_option(document.expires_on.map(Day::number));
        }
        self.lists.end(row.item.documents.len());
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        self.lists.finish(vec![
            Arc::new(self.kind.finish()),
            Arc::new(self.number.finish()),
            Arc::new(self.issuer_id.finish()),
            Arc::new(self.issued_on.finish()),
            Arc::new(self.expires_on.finish()),
        ])
    }
}
