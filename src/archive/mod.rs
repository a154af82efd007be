//! The archive: decisions, revisions and events as Parquet for analysts.
//! One table of columns makes schema, documentation and cells, so that they cannot diverge.
//!
//! [`DecisionsWriter`] writes one file of an offline run. [`RollingWriter`] keeps the archive of a service: four
//! tables of files, each file a range of the journal that appears whole and never changes. [`verify`] proves that
//! nothing did, [`lookup`] finds an id and [`record`] a record of the journal without scanning, [`History`] reads all
//! records back, those of the archive as the journal had them.

mod aside;
mod builder;
mod cells;
mod column;
mod columns;
mod encoder;
mod entry;
mod error;
mod files;
mod history;
mod journaled;
mod json;
mod lookup;
mod records;
mod roll;
mod row;
mod schema;
mod table;
mod verify;
mod views;
mod writer;

#[cfg(test)]
mod tests;

pub use builder::DecisionsBuilder;
pub use encoder::{Encoder, ROW_GROUP_ROWS};
pub use entry::{Event, Record, Revision, ShadowItem, TestResult};
pub use error::{ArchiveError, Fault};
pub use files::Span;
pub use history::{History, HistoryError};
pub use journaled::Journaled;
pub use json::write_row;
pub use lookup::{Found, FoundRecord, Reads, find_record, lookup, record};
pub use records::Records;
pub use roll::{Batch, BatchBuilder, RollOptions, RollingWriter};
pub use schema::{SCHEMA_VERSION, decisions_schema};
pub use table::Table;
pub use verify::{Report, verify, verify_from, watermarks};
pub use views::VIEWS;
pub use writer::DecisionsWriter;
