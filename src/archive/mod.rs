//! The archive: decisions as Parquet for analysts and as JSON for whoever asked.
//! One table of columns makes schema, documentation and cells, so that they cannot diverge. A file appears whole
//! or not at all.

mod answer;
mod aside;
mod builder;
mod cells;
mod column;
mod columns;
mod encoder;
mod error;
mod obligation;
mod row;
mod say;
mod schema;
mod writer;

#[cfg(test)]
mod tests;

pub use answer::{View, write_answer};
pub use builder::DecisionsBuilder;
pub use encoder::{DecisionsEncoder, ROW_GROUP_ROWS};
pub use error::ArchiveError;
pub use schema::{SCHEMA_VERSION, decisions_schema};
pub use writer::DecisionsWriter;
