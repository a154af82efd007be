//! A row of any table as JSON, in the order of its columns: decimals as text, since JSON numbers are not exact;
//! moments and days as RFC 3339 writes them; bytes in hexadecimal.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use serde::ser::{Error, SerializeMap as _};
use serde::{Serialize, Serializer};

use crate::declaration::{Day, Moment};

/// Writes a row to the end of `out`, as one line of JSON without its end; nothing where there is no such row.
pub fn write_row(batch: &RecordBatch, row: usize, out: &mut Vec<u8>) {
    if row < batch.num_rows() {
        // Writing to memory does not fail, and every type of the tables has a form.
        let _ = serde_json::to_writer(out, &Row { batch, row });
    }
}

struct Row<'b> {
    batch: &'b RecordBatch,
    row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.batch.schema_ref().fields().iter();
        let cells = fields.zip(self.batch.columns());
        serializer.collect_map(cells.map(|(field, array)| {
            (
                field.name(),
                Cell {
                    array,
                    row: self.row,
                },
            )
        }))
    }
}

struct Cell<'b> {
    array: &'b ArrayRef,
    row: usize,
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { array, row } = *self;
        if array.is_null(row) {
            return serializer.serialize_none();
        }
        match array.data_type() {
            DataType::Utf8 => serializer.serialize_str(array.as_string::<i32>().value(row)),
            DataType::Binary => {
                let bytes = array.as_binary::<i32>().value(row).iter();
                serializer.collect_str(&bytes.map(|byte| format!("{byte:02x}")).collect::<String>())
            }
            DataType::Boolean => serializer.serialize_bool(array.as_boolean().value(row)),
            DataType::Int32 => {
                serializer.serialize_i32(array.as_primitive::<Int32Type>().value(row))
            }
            DataType::Int64 => {
                serializer.serialize_i64(array.as_primitive::<Int64Type>().value(row))
            }
            DataType::Date32 => {
                let day = array.as_primitive::<Date32Type>().value(row);
                serializer.collect_str(&Day::from_number(day))
            }
            DataType::Timestamp(..) => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                serializer.collect_str(&Moment::from_micros(micros))
            }
            DataType::Decimal128(..) => {
                serializer.collect_str(&array.as_primitive::<Decimal128Type>().value_as_string(row))
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>().value(row);
                serializer
                    .collect_seq((0..list.len()).map(|row| Cell { array: &list, row }.owned()))
            }
            _ => nested(array, row, serializer),
        }
    }
}

impl Cell<'_> {
    /// As a value of its own: the elements of a list do not outlive it.
    fn owned(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn nested<S: Serializer>(array: &ArrayRef, row: usize, serializer: S) -> Result<S::Ok, S::Error> {
    match array.data_type() {
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let cells = fields.iter().zip(columns);
            serializer.collect_map(cells.map(|(field, array)| (field.name(), Cell { array, row })))
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let mut map = serializer.serialize_map(Some(entries.len()))?;
            if let [keys, values] = entries.columns() {
                let keys = keys.as_string::<i32>();
                for row in 0..entries.len() {
                    map.serialize_entry(keys.value(row), &Cell { array: values, row })?;
                }
            }
            map.end()
        }
        other => Err(S::Error::custom(format!("no form for {other}"))),
    }
}
