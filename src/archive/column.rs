//! A column: its name, its documentation, whether it may be empty, and how its cells are read, which is also
//! its type.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use arrow::array::StringBuilder;
use arrow::datatypes::{DataType, Field};

use super::cells::Cells;
use super::row::DecisionRows;
use crate::declaration::{Day, Moment};

/// The key under which a field's metadata has its documentation.
pub(super) const DESCRIPTION: &str = "description";

/// The rows of a table: what a row's cells are read from, and its columns.
pub(super) trait Rows: Copy + fmt::Debug + 'static {
    /// A row.
    type Row<'r>;
    /// What names cells that only this table has.
    type Own: Copy + fmt::Debug + 'static;

    /// All columns, in order.
    fn columns() -> Vec<Column<Self>>;

    /// Room for cells that only this table has.
    fn own(own: Self::Own) -> Box<dyn Cells<Self>>;
}

/// A text of the row.
pub(super) type GetText<T> = for<'r> fn(&'r <T as Rows>::Row<'r>) -> Option<&'r str>;
/// Bytes of the row.
pub(super) type GetBytes<T> = for<'r> fn(&'r <T as Rows>::Row<'r>) -> Option<&'r [u8]>;
/// Gives each text of a list.
pub(super) type GetTexts<T> = for<'r> fn(&'r <T as Rows>::Row<'r>, &mut dyn FnMut(&'r str));
/// Gives each key and number of a map.
pub(super) type GetNumbers<T> = for<'r> fn(&'r <T as Rows>::Row<'r>, &mut dyn FnMut(&'r str, i32));
/// Writes a text that the row does not hold as one piece; none where there is none.
pub(super) type WriteText<T> =
    for<'r> fn(&'r <T as Rows>::Row<'r>, &mut StringBuilder) -> Option<fmt::Result>;
/// A value of the row.
pub(super) type Get<T, V> = for<'r> fn(&'r <T as Rows>::Row<'r>) -> Option<V>;

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<T: Rows = DecisionRows> {
    Text(GetText<T>),
    Bytes(GetBytes<T>),
    Written(WriteText<T>),
    Texts(GetTexts<T>),
    Numbers(GetNumbers<T>),
    Bool(Get<T, bool>),
    Int32(Get<T, i32>),
    Int64(Get<T, i64>),
    Day(Get<T, Day>),
    Moment(Get<T, Moment>),
    /// With precision and scale.
    Decimal(u8, i8, Get<T, i128>),
    /// Of this table alone.
    Own(T::Own),
    Nested(fn() -> Box<dyn Cells<T>>),
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column<T: Rows = DecisionRows> {
    pub(super) name: Cow<'static, str>,
    pub(super) doc: Cow<'static, str>,
    pub(super) nullable: bool,
    /// The version of the schemas that brought it; a later one than the first only brings columns that may be empty.
    pub(super) since: u32,
    pub(super) kind: Kind<T>,
}

/// A column that every row has.
pub(super) const fn required<T: Rows>(
    name: &'static str,
    doc: &'static str,
    kind: Kind<T>,
) -> Column<T> {
    Column {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        nullable: false,
        since: 1,
        kind,
    }
}

/// A column that may be empty and came with a later version of the schemas.
pub(super) const fn added<T: Rows>(
    since: u32,
    name: &'static str,
    doc: &'static str,
    kind: Kind<T>,
) -> Column<T> {
    Column {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        nullable: true,
        since,
        kind,
    }
}

/// A column that may be empty.
pub(super) const fn optional<T: Rows>(
    name: &'static str,
    doc: &'static str,
    kind: Kind<T>,
) -> Column<T> {
    added(1, name, doc, kind)
}

/// A field with its documentation.
pub(super) fn field(name: &str, doc: &str, data_type: DataType, nullable: bool) -> Field {
    let metadata = HashMap::from([(DESCRIPTION.to_owned(), doc.to_owned())]);
    Field::new(name, data_type, nullable).with_metadata(metadata)
}
