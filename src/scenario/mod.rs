//! Scenarios, a policy's own tests. One with cases decides each by the policy alone; one with steps is a story: its
//! declarations, events and days go through the desk of a data folder of its own, and at its end the journal is
//! replayed.

mod case;
mod compare;
mod draws;
mod file;
mod folder;
mod look;
mod proof;
mod read;
mod runner;
mod state;
mod step;
mod story;

pub use draws::Draw;
pub use file::{Case, Expect, ItemExpect, Members, Parts, Rows, Scenario, ScenarioFile};
pub use look::Look;
pub use read::{ScenarioError, read_dir};
pub use runner::{CaseResult, Runner};
pub use step::{Act, Body, Expected, StateOf, Step, When};
