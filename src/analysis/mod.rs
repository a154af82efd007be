//! Work on decisions besides making them one by one: batches and where they go; replay; reports; questions in SQL, with
//! the feature `sql`.

pub mod batch;
#[cfg(feature = "sql")]
pub mod query;
pub mod replay;
pub mod report;
pub mod rows;
pub mod sink;
mod stocks;
mod walk;

pub use walk::WalkError;
