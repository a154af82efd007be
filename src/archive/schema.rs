//! The schemas of the tables, made of their columns. A later version only adds columns that may be empty.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{Field, FieldRef, Fields, Schema, SchemaRef};

use super::column::{Rows, field};
use super::columns::{EventRows, RevisionRows, TestResultRows};
use super::files::key;
use super::row::DecisionRows;
use super::table::Table;

/// The version of the schemas, in every file's metadata as `greenlane.schema_version`.
pub const SCHEMA_VERSION: &str = "2";

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

/// What is wrong with a file's version and columns; none where they are those of the table.
pub(super) fn schema_fault(table: Table, version: &str, fields: &Fields) -> Option<String> {
    let schema = table.schema();
    let fits = match version {
        SCHEMA_VERSION => fields == schema.fields(),
        version if EARLIER.contains(&version) => is_earlier(fields, schema.fields()),
        _ => {
            let key = key::SCHEMA_VERSION;
            let why = format!("`{key}` is `{version}`, expected `{SCHEMA_VERSION}`");
            return Some(why);
        }
    };
    (!fits).then(|| format!("has not the columns of `{table}`"))
}

/// Whether columns are those of today without some that may be empty. What is said of them may be worded otherwise.
fn is_earlier(fields: &Fields, today: &Fields) -> bool {
    let alike = |one: &Field, other: &Field| {
        let same_type = one.data_type().equals_datatype(other.data_type());
        one.name() == other.name() && one.is_nullable() == other.is_nullable() && same_type
    };
    let mut earlier = fields.iter().peekable();
    let covered = today.iter().all(|field| {
        let found = earlier.next_if(|column| alike(column, field));
        found.is_some() || field.is_nullable()
    });
    covered && earlier.peek().is_none()
}
