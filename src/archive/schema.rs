//! The schemas of the tables, made of their columns. A later version only adds columns that may be empty.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{FieldRef, Fields, Schema, SchemaRef};

use super::column::{Rows, field};
use super::columns::{EventRows, RevisionRows, TestResultRows};
use super::row::DecisionRows;
use super::table::Table;

/// The version of the schemas, in every file's metadata as `greenlane.schema_version`.
pub const SCHEMA_VERSION: &str = "3";

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

/// Whether columns are the same; what is said of them may be worded otherwise.
pub(super) fn same_columns(one: &Fields, other: &Fields) -> bool {
    let alike = |(one, other): (&FieldRef, &FieldRef)| {
        let same_type = one.data_type().equals_datatype(other.data_type());
        one.name() == other.name() && one.is_nullable() == other.is_nullable() && same_type
    };
    one.len() == other.len() && one.iter().zip(other).all(alike)
}

/// The version that brought each column.
fn since<T: Rows>() -> Vec<u32> {
    T::columns().iter().map(|column| column.since).collect()
}

impl Table {
    /// Its schema as it was in a version; none where there was no such version.
    pub(super) fn schema_of(self, version: &str) -> Option<SchemaRef> {
        let (version, latest): (u32, u32) = (version.parse().ok()?, SCHEMA_VERSION.parse().ok()?);
        let since = match self {
            Self::Decisions => since::<DecisionRows>(),
            Self::Declarations => since::<RevisionRows>(),
            Self::Events => since::<EventRows>(),
            Self::Results => since::<TestResultRows>(),
        };
        let schema = self.schema();
        let fields = schema.fields().iter().zip(since);
        let fields = fields.filter(|(_, since)| *since <= version);
        let fields: Vec<FieldRef> = fields.map(|(field, _)| Arc::clone(field)).collect();
        (1..=latest)
            .contains(&version)
            .then(|| Arc::new(Schema::new(fields)))
    }

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
