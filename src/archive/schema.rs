//! The schema of `decisions`, made of its columns. A later version only adds columns that may be empty.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{FieldRef, Schema, SchemaRef};

use super::column::field;
use super::columns::columns;

/// The version of the schema, in every file's metadata as `greenlane.schema_version`.
pub const SCHEMA_VERSION: &str = "1";

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let fields = columns().into_iter().map(|column| {
        let data_type = column.kind.cells().data_type();
        FieldRef::new(field(&column.name, &column.doc, data_type, column.nullable))
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
});

/// The schema of `decisions`. The metadata of each field has its documentation as `description`.
#[must_use]
pub fn decisions_schema() -> SchemaRef {
    Arc::clone(&SCHEMA)
}
