//! A column: its name, its documentation, whether it may be empty, and how its cells are read, which is also
//! its type.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use arrow::array::StringBuilder;
use arrow::datatypes::{DataType, Field};

use super::cells::Cells;
use super::row::Row;
use crate::declaration::{Day, Moment};
use crate::policy::Fact;

/// The key under which a field's metadata has its documentation.
pub(super) const DESCRIPTION: &str = "description";

/// A text of the row.
pub(super) type GetText = for<'r> fn(&'r Row<'r>) -> Option<&'r str>;
/// Gives each text of a list.
pub(super) type GetTexts = for<'r> fn(&'r Row<'r>, &mut dyn FnMut(&'r str));
/// Gives each key and number of a map.
pub(super) type GetNumbers = for<'r> fn(&'r Row<'r>, &mut dyn FnMut(&'r str, i32));
/// Writes a text that the row does not hold as one piece; none where there is none.
pub(super) type WriteText = fn(&Row<'_>, &mut StringBuilder) -> Option<fmt::Result>;
/// A value of the row.
pub(super) type Get<T> = fn(&Row<'_>) -> Option<T>;

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text(GetText),
    Written(WriteText),
    Texts(GetTexts),
    Numbers(GetNumbers),
    Int32(Get<i32>),
    Int64(Get<i64>),
    Day(Get<Day>),
    Moment(Get<Moment>),
    /// With precision and scale.
    Decimal(u8, i8, Get<i128>),
    Fact(Fact),
    Nested(fn() -> Box<dyn Cells>),
}

/// A column of `decisions`.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: Cow<'static, str>,
    pub(super) doc: Cow<'static, str>,
    pub(super) nullable: bool,
    pub(super) kind: Kind,
}

/// A column that every row has.
pub(super) const fn required(name: &'static str, doc: &'static str, kind: Kind) -> Column {
    Column {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        nullable: false,
        kind,
    }
}

/// A column that may be empty.
pub(super) const fn optional(name: &'static str, doc: &'static str, kind: Kind) -> Column {
    Column {
        name: Cow::Borrowed(name),
        doc: Cow::Borrowed(doc),
        nullable: true,
        kind,
    }
}

/// A field with its documentation.
pub(super) fn field(name: &str, doc: &str, data_type: DataType, nullable: bool) -> Field {
    let metadata = HashMap::from([(DESCRIPTION.to_owned(), doc.to_owned())]);
    Field::new(name, data_type, nullable).with_metadata(metadata)
}
