//! Scenarios with steps: whatever a step can say is carried out, wrong expectations fail, and what makes no sense is
//! refused with file, scenario and step.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::scenario::{CaseResult, Runner, ScenarioFile};

#[path = "scenarios/command.rs"]
mod command;
#[path = "scenarios/refused.rs"]
mod refused;
#[path = "scenarios/selection.rs"]
mod selection;
#[path = "scenarios/story.rs"]
mod story;

const POLICY: &str = include_str!("scenarios/policy.toml");
const ENTERPRISES: &str = "enterprise_id,kind\nE-1,trader\nE-2,trader\n";

fn runner(more: &str) -> Runner {
    let policy = ("policy.toml".to_owned(), format!("{POLICY}\n{more}"));
    let registry = ("enterprises.csv".to_owned(), ENTERPRISES.into());
    let policy = PolicySource::from_files([policy]).unwrap();
    Runner::new(policy, RegistrySource::from_files([registry]).unwrap()).unwrap()
}

/// A scenario of these steps, about declarations that lack nothing.
fn scenario(steps: &str) -> String {
    format!(
        r#"title = "steps"
[[scenario]]
name = "a story"
start = "2026-03-02"
declaration = {{ country = "DE", trader_id = "E-1" }}
item = {{ hs_code = "940511", value = "100" }}
{steps}"#
    )
}

fn run(steps: &str) -> Vec<String> {
    run_by("", steps)
}

/// By a policy that says more.
fn run_by(more: &str, steps: &str) -> Vec<String> {
    let file: ScenarioFile = toml::from_str(&scenario(steps)).unwrap();
    let mut results: Vec<CaseResult> = runner(more).run(&file);
    assert_eq!(results.len(), 1, "{results:?}");
    results.remove(0).failures
}

fn passes(steps: &str) {
    assert_eq!(run(steps), Vec::<String>::new());
}

/// Each failure begins so, in this order.
fn fails(steps: &str, expected: &[&str]) {
    let found = run(steps);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{expected}: {found}");
    }
}
