//! Every scenario of the shipped policy passes, and every row of the measures that has an effect is shown by one that
//! names it, but for those that need later work.

#![expect(clippy::print_stdout, reason = "the coverage is told by the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::scenario::{CaseResult, Runner, read_dir};

type Failure = Box<dyn std::error::Error>;

/// Rows with an effect on decisions or data.
const DUE: usize = 114;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn runner() -> Result<Runner, Failure> {
    let policy = PolicySource::from_dirs(&[root().join("fixtures/ciq/policy")])?;
    let registry = RegistrySource::from_dir(&root().join("fixtures/ciq/registry"))?;
    Ok(Runner::new(policy, registry)?)
}

fn cases() -> Result<Vec<CaseResult>, Failure> {
    let (runner, mut cases) = (runner()?, Vec::new());
    for file in read_dir(&root().join("fixtures/scenarios"))? {
        cases.extend(runner.run(&file));
    }
    Ok(cases)
}

#[test]
fn every_scenario_passes_and_every_measure_that_needs_nothing_later_is_shown() -> Result<(), Failure>
{
    let cases = cases()?;
    let failed: Vec<&CaseResult> = cases
        .iter()
        .filter(|case| !case.failures.is_empty())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(cases.len() > 200, "only {} cases", cases.len());

    let Ok(mut table) = csv::Reader::from_path(root().join("../shared/measures.csv")) else {
        println!("skipped: ../shared/measures.csv is not here");
        return Ok(());
    };
    let mut kinds = BTreeMap::new();
    for row in table.records() {
        let row = row?;
        kinds.insert(
            row.get(0).unwrap_or_default().to_owned(),
            row.get(1).unwrap_or_default().to_owned(),
        );
    }
    let shown: BTreeSet<&str> = cases
        .iter()
        .flat_map(|case| &case.measures)
        .map(String::as_str)
        .collect();
    let unknown: Vec<&&str> = shown
        .iter()
        .filter(|id| !kinds.contains_key(**id))
        .collect();
    assert!(unknown.is_empty(), "no row of the measures: {unknown:?}");
    let due = kinds.iter().filter(|(_, kind)| *kind != "context");
    let due: Vec<&str> = due.map(|(id, _)| id.as_str()).collect();
    assert_eq!(due.len(), DUE, "rows of the measures with an effect");
    let (shown_due, open): (Vec<&str>, Vec<&str>) =
        due.iter().copied().partition(|id| shown.contains(id));
    println!(
        "shown: {} of {DUE} (and {} of context): {}",
        shown_due.len(),
        shown.len() - shown_due.len(),
        shown.iter().copied().collect::<Vec<_>>().join(" ")
    );
    assert!(open.is_empty(), "no scenario shows {open:?}");
    Ok(())
}

#[test]
fn a_scenario_that_expects_the_wrong_thing_fails() -> Result<(), Failure> {
    let text = r#"
title = "wrong"
[[scenario]]
name = "wrong in every way"
declaration = { declared_at = "2016-03-10T10:00:00+08:00", country = "DE", trader_id = "91220422125617135A" }
item = { hs_code = "6115950000", value = "30000" }
[[scenario.case]]
expect = { verdict = "hold", priority = "urgent", due_hours = 1, rules = ["no/rule"], matched = ["no/rule"], reasons = ["NO"], mode = "joint", tests = ["no"],
  documents = ["no"], objects = ["raw_material"], follow_up = ["audit"], specimens = 9, sample_size = 9, acceptance = 9, office = "no", rate = "0.123", selected_by = "random", risk = { targeting = 9999 } }
"#;
    let results = runner()?.run(&toml::from_str(text)?);
    assert_eq!(
        results
            .iter()
            .map(|case| case.failures.len())
            .collect::<Vec<_>>(),
        [18],
        "{results:#?}"
    );
    Ok(())
}

#[test]
fn the_story_of_the_readme_passes() -> Result<(), Failure> {
    let readme = include_str!("../README.md");
    let (_, story) = readme
        .split_once("```toml\n[[scenario]]")
        .ok_or("no story")?;
    let (story, _) = story.split_once("```").ok_or("no end")?;
    let results = runner()?.run(&toml::from_str(&format!(
        "title = \"t\"\n[[scenario]]{story}"
    ))?);
    let failures: Vec<&[String]> = results.iter().map(|case| &*case.failures).collect();
    assert_eq!(failures, [&[] as &[String]]);
    Ok(())
}
