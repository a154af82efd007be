//! Work on decisions besides making them one by one: batches and where they go; replay.

pub mod batch;
pub mod replay;
pub mod sink;
mod stocks;
