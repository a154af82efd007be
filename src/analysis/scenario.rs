//! Runs scenarios: each case is decided by the policy against the registry with the case's rows on top, and
//! every expectation that does not hold is told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::scenario_compare::compare;
use super::scenario_file::{Case, Members, Rows, Scenario, ScenarioFile};
use crate::declaration::{Day, Fault, Moment, read_json};
use crate::engine::{
    CompileError, Decision, DecisionMeta, FixedDraw, HeaderJoin, Outcome, Program, Rate, Scratch,
};
use crate::policy::Policy;
use crate::registry::{Registry, RegistrySource};

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// `scenario: case`.
    pub name: String,
    /// The measures that its scenario shows.
    pub measures: Vec<String>,
    /// Each expectation that does not hold; none where the case passes.
    pub failures: Vec<String>,
}

/// Why scenarios cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file or folder cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file is no scenario file.
    #[error("{path}: {error}")]
    Format {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        error: Box<toml::de::Error>,
    },
    /// A folder holds no scenarios.
    #[error("{0}: no scenarios (`*.toml`) here")]
    None(PathBuf),
}

/// Reads the scenario files of a folder, in order of name.
///
/// # Errors
/// See [`ScenarioError`].
pub fn read_dir(dir: &Path) -> Result<Vec<ScenarioFile>, ScenarioError> {
    let io = |error| ScenarioError::Io {
        path: dir.to_owned(),
        error,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(ScenarioError::None(dir.to_owned()));
    }
    paths.into_iter().map(|path| read_file(&path)).collect()
}

fn read_file(path: &Path) -> Result<ScenarioFile, ScenarioError> {
    let text = std::fs::read_to_string(path).map_err(|error| ScenarioError::Io {
        path: path.to_owned(),
        error,
    })?;
    toml::from_str(&text).map_err(|error| ScenarioError::Format {
        path: path.to_owned(),
        error: Box::new(error),
    })
}

/// Runs every case of a file.
///
/// # Errors
/// Why policy and registry do not make a program.
pub fn run(
    file: &ScenarioFile,
    policy: &Arc<Policy>,
    registry: &RegistrySource,
) -> Result<Vec<CaseResult>, String> {
    let runner = Runner {
        policy,
        registry,
        base: compile(policy, registry)?,
    };
    Ok(file
        .scenario
        .iter()
        .flat_map(|scenario| scenario.case.iter().map(|case| runner.case(scenario, case)))
        .collect())
}

fn compile(policy: &Arc<Policy>, source: &RegistrySource) -> Result<Program, String> {
    let registry = Registry::build(source, Some(&policy.profile.party_ids))
        .map_err(|errors| errors.to_string())?;
    let lines = |errors: Vec<CompileError>| {
        errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    Program::compile(Arc::clone(policy), Arc::new(registry)).map_err(lines)
}

struct Runner<'r> {
    policy: &'r Arc<Policy>,
    registry: &'r RegistrySource,
    /// The program of cases that add no rows.
    base: Program,
}

impl Runner<'_> {
    fn case(&self, scenario: &Scenario, case: &Case) -> CaseResult {
        let name = match case.name.as_str() {
            "" => scenario.name.clone(),
            name => format!("{}: {name}", scenario.name),
        };
        let failures = self
            .program(scenario, case)
            .and_then(|own| decide_case(scenario, case, own.as_ref().unwrap_or(&self.base)));
        CaseResult {
            name,
            measures: scenario.measures.clone(),
            failures: failures.unwrap_or_else(|error| vec![error]),
        }
    }

    /// The program with the case's rows, where it adds any.
    fn program(&self, scenario: &Scenario, case: &Case) -> Result<Option<Program>, String> {
        if scenario.registry.is_empty() && case.registry.is_empty() {
            return Ok(None);
        }
        let mut source = self.registry.clone();
        for rows in [&scenario.registry, &case.registry] {
            add_rows(&mut source, rows)?;
        }
        compile(self.policy, &source).map(Some)
    }
}

fn decide_case(scenario: &Scenario, case: &Case, program: &Program) -> Result<Vec<String>, String> {
    let profile = &program.policy().profile;
    let body = body(scenario, case);
    let declaration = match (
        read_json(body.as_bytes(), profile, program.registry().currencies()),
        &case.expect.refused,
    ) {
        (Ok(declaration), None) => declaration,
        (Ok(_), Some(codes)) => {
            return Ok(vec![format!(
                "it should be refused with {codes:?}, but is not"
            )]);
        }
        (Err(faults), Some(codes)) => return Ok(compare_refusal(&faults, codes)),
        (Err(faults), None) => {
            return Err(faults
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; "));
        }
    };
    let day = match case
        .decision_day
        .as_ref()
        .or(scenario.decision_day.as_ref())
    {
        Some(day) => {
            Day::parse(day).map_err(|error| format!("decision_day: `{day}` is {error}"))?
        }
        None => declaration.day,
    };
    let draws = draw(
        case.draw
            .as_deref()
            .or(scenario.draw.as_deref())
            .unwrap_or("0.9999999"),
    )?;
    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    let header = HeaderJoin::new(program.registry(), &declaration, day);
    program.decide_joined(&header, &draws, &mut scratch, &mut outcome);
    let meta = DecisionMeta {
        sequence: 1,
        revision: 1,
        kind: "initial",
        decided_at: Moment::midnight(day, profile.zone),
        registry_revision: 0,
        engine_ns: None,
    };
    Ok(compare(
        &case.expect,
        &Decision {
            program,
            header: &header,
            outcome: &outcome,
            meta,
            cause: None,
        },
    ))
}

fn compare_refusal(faults: &[Fault], codes: &[String]) -> Vec<String> {
    let found: BTreeSet<&str> = faults.iter().map(|fault| fault.code.as_str()).collect();
    let wanted: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    if found == wanted {
        Vec::new()
    } else {
        vec![format!("refused: expected {wanted:?}, found {found:?}")]
    }
}

fn add_rows(source: &mut RegistrySource, rows: &Rows) -> Result<(), String> {
    for (table, rows) in rows {
        let cells = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list
                .iter()
                .map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                })
                .collect::<Vec<_>>()
                .join(";"),
            other => other.to_string(),
        };
        let rows = rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|(column, value)| (column.clone(), cells(value)))
                    .collect()
            })
            .collect();
        source
            .add_rows(table, rows)
            .map_err(|errors| errors.to_string())?;
    }
    Ok(())
}

/// A decimal in [0, 1) as a draw of 64 bits.
fn draw(text: &str) -> Result<FixedDraw, String> {
    let wrong = || format!("draw: `{text}` is no decimal from 0 to below 1");
    let digits = text
        .strip_prefix("0.")
        .filter(|digits| digits.len() <= 16 && digits.bytes().all(|b| b.is_ascii_digit()));
    let number: u128 = match digits {
        Some(digits) => format!("{digits:0<16}").parse().map_err(|_| wrong())?,
        None if text == "0" => 0,
        None => return Err(wrong()),
    };
    // Rounded up, so that a draw of 0.2 is not below a rate of 0.2.
    Ok(FixedDraw(
        (number << 64).div_ceil(u128::from(Rate::SCALE)) as u64
    ))
}

/// The declaration as JSON: defaults, then the scenario's members, then the case's.
fn body(scenario: &Scenario, case: &Case) -> String {
    let mut members = Members::new();
    let slug: String = scenario
        .name
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .take(64)
        .collect();
    members.insert("declaration_id".to_owned(), Value::String(slug));
    members.insert("version".to_owned(), Value::from(1));
    members.insert("direction".to_owned(), Value::String("export".to_owned()));
    members.extend(scenario.declaration.clone());
    members.extend(case.declaration.clone());
    let item = |no: usize, own: &Members| {
        let mut item = Members::new();
        item.insert("item_no".to_owned(), Value::from(no as i64));
        item.extend(scenario.item.clone());
        item.extend(case.item.clone());
        item.extend(own.clone());
        Value::Object(item)
    };
    let own = case.items.clone().unwrap_or_else(|| vec![Members::new()]);
    let items = own
        .iter()
        .enumerate()
        .map(|(at, own)| item(at + 1, own))
        .collect();
    members.insert("items".to_owned(), Value::Array(items));
    serde_json::to_string(&members).unwrap_or_default()
}
