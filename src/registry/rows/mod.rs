//! One struct for each table of a registry, its fields the columns of the file in their order. The columns
//! that are a table's key must be there; any other may be left out and is then empty.

mod goods;
mod material;
mod party;
mod place;
mod zone;

pub use goods::*;
pub use material::*;
pub use party::*;
pub use place::*;
pub use zone::*;

use super::cell::CellKind;
use super::fault::Line;
use super::read::Cells;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub key: bool,
    /// What its cells hold.
    pub kind: CellKind,
    /// What it says.
    pub doc: &'static str,
}

/// A row of a table.
pub(super) trait Row: Sized + Send {
    /// The table's name, and with `.csv` its file's.
    const TABLE: &'static str;
    /// Its columns in order.
    const COLUMNS: &'static [Column];

    /// Reads all cells, so that every fault of the row is noted, and makes a row where there was none.
    fn read(cells: &mut Cells<'_>) -> Option<Self>;

    /// Its line.
    fn line(&self) -> Line;
}

/// Makes the struct of a table's row and its reader; `+ validity` adds the columns `from` and `to`.
macro_rules! table {
    (@key key) => { true };
    (@key optional) => { false };
    (@make $(#[$doc:meta])* $row:ident $name:literal
        { $($(#[doc = $field_doc:literal])* $need:ident $field:ident : $type:ty),+ }
        { $($extra:ident : $extra_type:ty),* } { $($extra_key:ident $extra_column:literal $extra_doc:literal),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $row {
            /// Its line in the file.
            pub line: $crate::registry::fault::Line,
            $($(#[doc = $field_doc])* pub $field: $type,)+
            $(
                /// When it holds.
                pub $extra: $extra_type,
            )*
        }

        impl $crate::registry::rows::Row for $row {
            const TABLE: &'static str = $name;
            const COLUMNS: &'static [$crate::registry::rows::Column] = &[
                $($crate::registry::rows::Column {
                    name: stringify!($field),
                    key: table!(@key $need),
                    kind: <$type as $crate::registry::cell::Cell>::KIND,
                    doc: concat!($($field_doc),*),
                },)+
                $($crate::registry::rows::Column {
                    name: $extra_column,
                    key: table!(@key $extra_key),
                    kind: $crate::registry::cell::CellKind::Day,
                    doc: $extra_doc,
                },)*
            ];

            fn read(cells: &mut $crate::registry::read::Cells<'_>) -> Option<Self> {
                $(let $field = cells.next();)+
                $(let $extra = cells.validity();)*
                Some(Self { line: cells.line(), $($field: $field?,)+ $($extra: $extra?,)* })
            }

            fn line(&self) -> $crate::registry::fault::Line {
                self.line
            }
        }
    };
    ($($(#[$doc:meta])* $row:ident = $name:literal { $($fields:tt)+ } $(+ $validity:ident)? ;)+) => {
        $(table!(@split $(#[$doc])* $row $name { $($fields)+ } $($validity)?);)+
    };
    (@split $(#[$doc:meta])* $row:ident $name:literal { $($(#[doc = $field_doc:literal])* $need:ident $field:ident : $type:ty),+ $(,)? } validity) => {
        table!(@make $(#[$doc])* $row $name { $($(#[doc = $field_doc])* $need $field : $type),+ }
            { validity: $crate::registry::validity::Validity } { optional "from" " The first day on which it holds.", optional "to" " The first day on which it no longer holds." });
    };
    (@split $(#[$doc:meta])* $row:ident $name:literal { $($(#[doc = $field_doc:literal])* $need:ident $field:ident : $type:ty),+ $(,)? }) => {
        table!(@make $(#[$doc])* $row $name { $($(#[doc = $field_doc])* $need $field : $type),+ } {} {});
    };
}
pub(super) use table;
