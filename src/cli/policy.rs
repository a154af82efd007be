//! `greenlane policy check` and `greenlane policy test`.

use std::path::PathBuf;
use std::sync::Arc;

use super::args::{Output, PolicyCheck, PolicyTest};
use super::error::CliError;
use super::{Found, input, output};
use crate::engine::Program;
use crate::policy::{Policy, PolicyErrors, PolicySource};
use crate::registry::{Registry, RegistrySource};
use crate::scenario::{Runner, read_dir};

/// Reads a policy, compiles it, and prints every mistake.
pub(super) fn check(args: &PolicyCheck, out: Output) -> Result<Found, CliError> {
    let policy = match input::policy(&args.dirs) {
        Ok(policy) => policy,
        Err(CliError::Policy(errors)) => {
            refuse(&errors, out);
            return Ok(Found::Wrong);
        }
        Err(error) => return Err(error),
    };
    let registry = match &args.registry {
        Some(dir) => input::registry(dir, &policy)?,
        None => Arc::new(Registry::default()),
    };
    let program = Program::compile(Arc::clone(&policy), registry).map_err(CliError::Compile)?;
    tell(&policy, &program, out);
    Ok(Found::Right)
}

fn tell(policy: &Policy, program: &Program, out: Output) {
    let rules: usize = policy.books.iter().map(|book| book.rules.len()).sum();
    let size = program.size();
    if out.json {
        let summary = serde_json::json!({ "policy": policy.version(), "books": policy.books.len(), "rules": rules, "scores": policy.scores.len(),
            "terms": size.terms, "dimensions": size.dimensions, "residuals": size.residuals, "errors": [] });
        output::result(&summary.to_string());
        return;
    }
    output::result(&policy.version());
    output::result(&format!(
        "{} books, {rules} rules, {} score groups",
        policy.books.len(),
        policy.scores.len()
    ));
    output::result(&format!(
        "{} terms over {} dimensions, {} residual comparisons",
        size.terms, size.dimensions, size.residuals
    ));
    for residual in program.residuals() {
        output::result(&format!("residual: {}", residual.written(&policy.names)));
    }
    output::note(out, "the policy is right");
}

fn refuse(errors: &PolicyErrors, out: Output) {
    if out.json {
        let list: Vec<serde_json::Value> = errors
            .0
            .iter()
            .map(|e| serde_json::json!({ "file": e.file, "line": e.line, "column": e.column, "message": e.message, "help": e.help }))
            .collect();
        output::result(&serde_json::json!({ "errors": list }).to_string());
        return;
    }
    output::result(&errors.to_string());
}

/// Runs a policy's scenarios.
pub(super) fn test(args: &PolicyTest, out: Output) -> Result<Found, CliError> {
    let policy = PolicySource::from_dirs(&[&args.dir])?;
    let scenarios = args
        .scenarios
        .clone()
        .unwrap_or_else(|| args.dir.join("scenarios"));
    let source = match args.registry.clone().or_else(|| beside(&args.dir)) {
        Some(dir) => RegistrySource::from_dir(&dir)?,
        None => RegistrySource::from_files(std::iter::empty())?,
    };
    let files = read_dir(&scenarios)?;
    let runner = Runner::new(policy, source)?;
    let (mut passed, mut failed) = (0, Vec::new());
    for file in &files {
        for case in runner.run(file) {
            if case.failures.is_empty() {
                passed += 1;
            } else {
                failed.push(case);
            }
        }
    }
    if out.json {
        let list: Vec<serde_json::Value> = failed
            .iter()
            .map(|case| serde_json::json!({ "case": case.name, "failures": case.failures }))
            .collect();
        output::result(&serde_json::json!({ "passed": passed, "failed": list }).to_string());
    } else {
        for case in &failed {
            output::result(&format!(
                "FAILED {}\n    {}",
                case.name,
                case.failures.join("\n    ")
            ));
        }
        output::result(&format!("{passed} passed, {} failed", failed.len()));
    }
    Ok(if failed.is_empty() {
        Found::Right
    } else {
        Found::Wrong
    })
}

/// The `registry` folder beside a policy's, if there is one.
fn beside(policy: &std::path::Path) -> Option<PathBuf> {
    let dir = policy.parent()?.join("registry");
    dir.is_dir().then_some(dir)
}
