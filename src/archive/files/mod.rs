//! The files of the archive as they lie on the disk: what they are called, what a listing of them says, how one is
//! written so that any change of it shows, and how one is read.

mod digest;
mod listing;
mod name;
mod part;
mod sink;
mod source;

pub(super) use digest::{Digest, check};
pub(super) use listing::{Listing, Stored};
pub use name::Span;
pub(super) use part::{Part, Published};
pub(super) use source::{Source, guarded};

/// Keys of a file's metadata.
pub(super) mod key {
    /// The table.
    pub(in crate::archive) const TABLE: &str = "greenlane.table";
    /// The day of all its rows, in UTC.
    pub(in crate::archive) const DATE: &str = "greenlane.date";
    /// The first journal sequence that the file covers.
    pub(in crate::archive) const FIRST: &str = "greenlane.first";
    /// The last one.
    pub(in crate::archive) const LAST: &str = "greenlane.last";
    /// How many rows there are.
    pub(in crate::archive) const ROWS: &str = "greenlane.rows";
    /// The version of the schema.
    pub(in crate::archive) const SCHEMA_VERSION: &str = "greenlane.schema_version";
    /// BLAKE3 of all bytes of the table's file before it, in hexadecimal; of the table's name in the first.
    pub(in crate::archive) const PREVIOUS: &str = "greenlane.previous";
    /// BLAKE3 of all bytes of the file itself, this text being zeros. The last entry.
    pub(in crate::archive) const SEAL: &str = "greenlane.seal";
}
