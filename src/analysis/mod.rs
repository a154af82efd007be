//! Work on policies and decisions besides deciding: scenarios, the policy's own tests.

pub mod batch;
mod scenario;
mod scenario_compare;
mod scenario_file;

pub use scenario::{CaseResult, ScenarioError, read_dir, run};
pub use scenario_file::{Case, Expect, ItemExpect, Members, Rows, Scenario, ScenarioFile};
