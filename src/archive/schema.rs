//! The schemas of the tables, made of their columns. A later version only adds columns that may be empty.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{FieldRef, Schema, SchemaRef};

use super::column::{Rows, field};
use super::columns::{EventRows, RevisionRows, TestResultRows};
use super::row::DecisionRows;
use super::table::Table;

/// The version of the schemas, in every file's metadata as `greenlane.schema_version`.
pub const SCHEMA_VERSION: &str = "1";

static DECISIONS: LazyLock<SchemaRef> = LazyLock::new(of::<DecisionRows>);
static DECLARATIONS: LazyLock<SchemaRef> = LazyLock::new(of::<RevisionRows>);
static EVENTS: LazyLock<SchemaRef> = LazyLock::new(of::<EventRows>);
static RESULTS: LazyLock<SchemaRef> = LazyLock::new(of::<TestResultRows>);

fn of<T: Rows>() -> SchemaRef {
    let fields = T::columns().into_iter().map(|column| {
        let data_type = column.kind.cells().data_type();
        FieldRef::new(field(&column.name, &column.doc, data_type, column.nullable))
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

impl Table {
    /// Its schema. The metadata of each field has its documentation as `description`.
    #[must_use]
    pub fn schema(self) -> SchemaRef {
        Arc::clone(match self {
            Self::Decisions => &DECISIONS,
            Self::Declarations => &DECLARATIONS,
            Self::Events => &EVENTS,
            Self::Results => &RESULTS,
        })
    }
}

/// The schema of `decisions`. The metadata of each field has its documentation as `description`.
#[must_use]
pub fn decisions_schema() -> SchemaRef {
    Table::Decisions.schema()
}
