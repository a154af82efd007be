//! Sampling by attributes after ISO 2859-1: single sampling plans under normal and tightened inspection, and the
//! rules by which one follows the other. Tables and arithmetic: nothing here knows a declaration.
//!
//! The tables are those of the AQLs from 0.065 to 6.5, see [`crate::policy::Aql`]. Not there are reduced inspection,
//! double and multiple plans, and the end of inspection after many lots that were not accepted.

mod letter;
mod lot;
mod single;

pub use crate::registry::{Severity, Switching};
pub use letter::CodeLetter;
pub use lot::{LotPlan, LotSample, lot_size};
pub use single::{SinglePlan, single_plan};
