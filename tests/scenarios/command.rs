//! `greenlane policy test` with steps: what it tells, and what it leaves behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{ENTERPRISES, POLICY, scenario};

/// A folder of this test's, with the policy and a scenario of these steps in it.
fn folder(name: &str, steps: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("scenarios-{name}"));
    let gone = fs::remove_dir_all(&folder);
    drop(gone);
    for made in ["policy/scenarios", "registry", "tmp"] {
        fs::create_dir_all(folder.join(made)).unwrap();
    }
    fs::write(folder.join("policy/policy.toml"), POLICY).unwrap();
    fs::write(folder.join("policy/scenarios/one.toml"), scenario(steps)).unwrap();
    fs::write(folder.join("registry/enterprises.csv"), ENTERPRISES).unwrap();
    folder
}

/// The exit code, and what was written to standard output and error; nothing temporary may be left.
fn test(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
    command.env("TMPDIR", folder.join("tmp"));
    command
        .args(["policy", "test"])
        .args(arguments)
        .arg(folder.join("policy"));
    let done = command.output().unwrap();
    let left: Vec<_> = fs::read_dir(folder.join("tmp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}

const RIGHT: &str = "[[scenario.step]]\ndeclare = \"D\"\nexpect = { status = \"released\" }\n";
const WRONG: &str = "[[scenario.step]]\ndeclare = \"D\"\nexpect = { status = \"held\" }\n";

#[test]
fn a_story_that_passes_is_counted() {
    let (code, told, _) = test(&folder("right", RIGHT), &[]);
    assert_eq!((code, told.as_str()), (Some(0), "1 passed, 0 failed\n"));
}

#[test]
fn the_step_that_fails_is_told_and_nothing_is_left_behind() {
    let folder = folder("wrong", WRONG);
    let why = "step 1 (declare D): status: expected `held`, found `released`";
    let (code, told, _) = test(&folder, &[]);
    assert_eq!(code, Some(1), "{told}");
    let lines: Vec<&str> = told.lines().map(str::trim).collect();
    assert_eq!(lines, ["FAILED a story", why, "0 passed, 1 failed"]);
    let (code, told, _) = test(&folder, &["--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected =
        serde_json::json!({ "passed": 0, "failed": [ { "case": "a story", "failures": [why] } ] });
    assert_eq!((code, told), (Some(1), expected));
}

#[test]
fn a_step_that_makes_no_sense_is_told_with_its_file() {
    let folder = folder("no-sense", "[[scenario.step]]\nofficer = true\n");
    let (code, _, told) = test(&folder, &[]);
    assert_eq!(code, Some(1), "{told}");
    for part in ["one.toml", "scenario `a story`: step 1: it has none of"] {
        assert!(told.contains(part), "{told}");
    }
}
