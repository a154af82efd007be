//! Work on policies and decisions besides deciding: scenarios, the policy's own tests; batches and where they go.

pub mod batch;
pub mod replay;
mod scenario;
mod scenario_compare;
mod scenario_file;
pub mod sink;
mod stocks;

pub use scenario::{CaseResult, ScenarioError, read_dir, run};
pub use scenario_file::{Case, Expect, ItemExpect, Members, Rows, Scenario, ScenarioFile};
