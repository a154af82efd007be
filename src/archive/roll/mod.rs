//! The archive while a service runs: records of the journal go in, in their order; files of all four tables come out,
//! one of each for every range of the journal.
//!
//! It promises that a visible file is whole and right and never changes; that the listing of each table has no holes,
//! so that it is the watermark; and that whoever feeds the journal again from [`RollingWriter::next`] after any
//! crash ends with each row exactly once. It reads no clock: the caller says what time it is.

mod batch;
mod open;
mod options;
mod range;
mod writer;

pub use batch::{Batch, BatchBuilder};
pub use options::RollOptions;
pub use writer::RollingWriter;
