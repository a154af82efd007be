//! Work on decisions besides making them one by one: batches and where they go; replay; reports.

pub mod batch;
pub mod replay;
pub mod report;
pub mod sink;
mod stocks;
mod walk;

pub use walk::WalkError;
