//! Cells of the raw-material lots that an item cites.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Builder, StringBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::list::StructLists;
use super::{AMOUNT, Cells};
use crate::archive::column::field;
use crate::archive::row::Row;

/// Lists of raw-material lots.
pub(in crate::archive) struct Lots {
    lists: StructLists,
    lot_id: StringBuilder,
    quantity: Decimal128Builder,
}

impl Lots {
    pub(in crate::archive) fn boxed() -> Box<dyn Cells> {
        let amount = DataType::Decimal128(AMOUNT.0, AMOUNT.1);
        let doc = "quantity used; none means as much as the consumption norm asks for";
        Box::new(Self {
            lists: StructLists::new(vec![
                field("lot_id", "the lot's id", DataType::Utf8, false),
                field("quantity", doc, amount.clone(), true),
            ]),
            lot_id: StringBuilder::new(),
            quantity: Decimal128Builder::new().with_data_type(amount),
        })
    }
}

impl Cells for Lots {
    fn data_type(&self) -> DataType {
        self.lists.data_type()
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        for lot in &row.item.material_lots {
            self.lot_id.append_value(&lot.lot_id);
            let units = lot.quantity.map(|quantity| quantity.units().into());
            self.quantity.append_option(units);
        }
        self.lists.end(row.item.material_lots.len());
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        self.lists.finish(vec![
            Arc::new(self.lot_id.finish()),
            Arc::new(self.quantity.finish()),
        ])
    }
}
