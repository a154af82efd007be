//! What scenarios run against: a policy, and a registry that they add rows to.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use serde_json::Value;

use super::file::{Parts, Rows, Scenario, ScenarioFile};
use super::{case, story};
use crate::engine::Program;
use crate::policy::{Policy, PolicySource, read};
use crate::registry::{Registry, RegistrySource};
use crate::supervision::WorldError;

/// Scenarios that run at once.
const AT_ONCE: usize = 8;

/// What became of a case, or of a scenario with steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// `scenario: case`.
    pub name: String,
    /// The measures that its scenario shows.
    pub measures: Vec<String>,
    /// Each expectation that does not hold; none where all do.
    pub failures: Vec<String>,
}

/// See the module.
#[derive(Debug)]
pub struct Runner {
    pub(super) source: PolicySource,
    policy: Arc<Policy>,
    registry: RegistrySource,
    /// The program of cases that add no rows.
    base: Program,
}

impl Runner {
    /// Of a policy and a registry.
    ///
    /// # Errors
    /// Why they do not make a program.
    pub fn new(source: PolicySource, registry: RegistrySource) -> Result<Self, WorldError> {
        let policy = Arc::new(read(&source)?);
        let base = compile(&policy, &registry)?;
        Ok(Self {
            source,
            policy,
            registry,
            base,
        })
    }

    /// Runs every scenario of a file, some of them at once: stories wait for the disk more than they reckon.
    #[must_use]
    pub fn run(&self, file: &ScenarioFile) -> Vec<CaseResult> {
        let mut results = Vec::new();
        for scenarios in file.scenario.chunks(AT_ONCE) {
            thread::scope(|scope| {
                let running = scenarios
                    .iter()
                    .map(|scenario| scope.spawn(|| self.one(scenario)));
                let running: Vec<_> = running.collect();
                for one in running {
                    results.extend(one.join().unwrap_or_else(|panic| resume_unwind(panic)));
                }
            });
        }
        results
    }

    fn one(&self, scenario: &Scenario) -> Vec<CaseResult> {
        let result = |name, failures| CaseResult {
            name,
            measures: scenario.measures.clone(),
            failures,
        };
        match &scenario.parts {
            Parts::Cases(cases) => {
                let results = cases.iter().map(|case| {
                    let name = match case.name.as_str() {
                        "" => scenario.name.clone(),
                        name => format!("{}: {name}", scenario.name),
                    };
                    result(name, told(case::run(self, scenario, case)))
                });
                results.collect()
            }
            Parts::Steps { start, steps } => {
                let failures = told(story::run(self, scenario, *start, steps));
                vec![result(scenario.name.clone(), failures)]
            }
        }
    }

    /// The policy.
    pub(super) const fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// The program without rows on top.
    pub(super) const fn base(&self) -> &Program {
        &self.base
    }

    /// The registry with rows on top.
    pub(super) fn registry_with(&self, rows: &[&Rows]) -> Result<RegistrySource, String> {
        let mut source = self.registry.clone();
        for rows in rows {
            add_rows(&mut source, rows)?;
        }
        Ok(source)
    }

    /// The program with rows on top; none where there are none.
    pub(super) fn program_with(
        &self,
        scenario: &Scenario,
        rows: &Rows,
    ) -> Result<Option<Program>, String> {
        if scenario.registry.is_empty() && rows.is_empty() {
            return Ok(None);
        }
        let source = self.registry_with(&[&scenario.registry, rows])?;
        let program = compile(&self.policy, &source);
        program.map(Some).map_err(|error| error.to_string())
    }
}

fn told(failures: Result<Vec<String>, String>) -> Vec<String> {
    failures.unwrap_or_else(|error| vec![error])
}

fn compile(policy: &Arc<Policy>, source: &RegistrySource) -> Result<Program, WorldError> {
    let registry = Registry::build(source, Some(&policy.profile.party_ids))?;
    Program::compile(Arc::clone(policy), Arc::new(registry)).map_err(WorldError::Compile)
}

fn add_rows(source: &mut RegistrySource, rows: &Rows) -> Result<(), String> {
    for (table, rows) in rows {
        let rows = rows.iter().map(|row| {
            let cells = row.iter();
            let cells = cells.map(|(column, value)| (column.clone(), cell(value)));
            cells.collect()
        });
        let added = source.add_rows(table, rows.collect());
        added.map_err(|errors| errors.to_string())?;
    }
    Ok(())
}

/// A value as a cell of the registry.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
