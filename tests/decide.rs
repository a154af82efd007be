//! `greenlane decide` as its users run it: verdicts, refusals, exit codes, and the same bytes each time.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

type Failure = Box<dyn std::error::Error>;

fn fixture(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path)
        .display()
        .to_string()
}

/// A folder of its own for each test, emptied first.
fn folder(name: &str) -> Result<PathBuf, Failure> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn greenlane(arguments: &[&str], input: &[u8]) -> Result<Output, Failure> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_greenlane"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that refuses its arguments closes its input unread.
        let _ = stdin.write_all(input);
    }
    Ok(child.wait_with_output()?)
}

fn decide(input: &str, output: &str, more: &[&str], bytes: &[u8]) -> Result<Output, Failure> {
    decide_by(&fixture("ciq"), input, output, more, bytes)
}

/// By the policy and the registry of a folder.
fn decide_by(
    folder: &str,
    input: &str,
    output: &str,
    more: &[&str],
    bytes: &[u8],
) -> Result<Output, Failure> {
    let (policy, registry) = (format!("{folder}/policy"), format!("{folder}/registry"));
    let mut arguments = vec![
        "decide",
        "--policy",
        &policy,
        "--registry",
        &registry,
        "--input",
        input,
        "--output",
        output,
    ];
    arguments.extend(more);
    greenlane(&arguments, bytes)
}

#[test]
fn the_shipped_declarations_get_every_verdict_and_the_summary_counts_them() -> Result<(), Failure> {
    let output = folder("verdicts")?
        .join("decisions.ndjson")
        .display()
        .to_string();
    let done = decide(
        &fixture("ciq/declarations.ndjson"),
        &output,
        &["--json"],
        b"",
    )?;
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let summary: serde_json::Value = serde_json::from_slice(&done.stdout)?;
    let mut counts = std::collections::BTreeMap::new();
    for line in std::fs::read_to_string(&output)?.lines() {
        let decision: serde_json::Value = serde_json::from_str(line)?;
        *counts
            .entry(decision["verdict"].as_str().unwrap_or_default().to_owned())
            .or_insert(0u64) += 1;
    }
    assert_eq!(summary["verdicts"], serde_json::json!(counts));
    assert!(
        summary["decided"].as_u64() >= Some(500) && counts.len() == 3,
        "{summary}"
    );
    Ok(())
}

#[test]
fn the_same_run_writes_the_same_bytes() -> Result<(), Failure> {
    let folder = folder("bytes")?;
    for extension in ["ndjson", "parquet"] {
        let [first, second] =
            ["first", "second"].map(|name| folder.join(name).with_extension(extension));
        for output in [&first, &second] {
            decide(
                &fixture("ciq/declarations.ndjson"),
                &output.display().to_string(),
                &["--quiet"],
                b"",
            )?;
        }
        let bytes = std::fs::read(&first)?;
        assert!(
            bytes.len() > 10_000 && bytes == std::fs::read(&second)?,
            "{extension}"
        );
    }
    Ok(())
}

const HEAD: &str = r#"
[policy]
id = "own"
title = "One rule"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
default = "release"

[[book]]
id = "inspection"
authority = "who inspects"

[[book.rule]]
"#;

/// The verdicts of export declarations of these traders in these months of 2026 at these offices, in order, by a policy
/// of one rule, over two enterprises and more of a registry.
fn verdicts_of_own(
    name: &str,
    rule: &str,
    more: &[(&str, &str)],
    declared: &[(&str, u8, &str)],
) -> Result<Vec<String>, Failure> {
    let folder = folder(name)?;
    std::fs::create_dir(folder.join("policy"))?;
    std::fs::create_dir(folder.join("registry"))?;
    std::fs::write(folder.join("policy/policy.toml"), format!("{HEAD}{rule}"))?;
    let enterprises = (
        "enterprises.csv",
        "enterprise_id,kind\nE-1,trader\nE-2,trader\n",
    );
    for (name, text) in more.iter().chain([&enterprises]) {
        std::fs::write(folder.join("registry").join(name), text)?;
    }
    let lines = declared.iter().enumerate().map(|(number, (trader, month, office))| {
        format!(
            r#"{{"declaration_id":"D-{number}","version":1,"direction":"export","declared_at":"2026-{month:02}-02T10:00:00+08:00","office":"{office}","country":"DE","trader_id":"{trader}","items":[{{"item_no":1,"hs_code":"940511","value":"100"}}]}}"#
        )
    });
    let lines: Vec<String> = lines.collect();
    let ndjson = ["--input-format", "ndjson", "--output-format", "ndjson"];
    let folder = folder.display().to_string();
    let done = decide_by(&folder, "-", "-", &ndjson, lines.join("\n").as_bytes())?;
    let told = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(0), "{told}");
    let mut verdicts = Vec::new();
    for line in String::from_utf8(done.stdout)?.lines() {
        let decision: serde_json::Value = serde_json::from_str(line)?;
        let verdict = decision.get("verdict").and_then(|verdict| verdict.as_str());
        verdicts.push(verdict.unwrap_or_default().to_owned());
    }
    Ok(verdicts)
}

#[test]
fn what_one_declaration_of_a_run_has_taken_those_behind_it_find_taken() -> Result<(), Failure> {
    let monthly = r#"
id = "monthly"
when = 'item.value > 0'
then = { verdict = "sample", mode = "laboratory", monitor = { every = "month", per = ["trader"] } }
"#;
    let declared = [("E-1", 3), ("E-1", 3), ("E-2", 3), ("E-1", 4), ("E-2", 3)]
        .map(|(trader, month)| (trader, month, "1"));
    assert_eq!(
        verdicts_of_own("taken", monthly, &[], &declared)?,
        ["sample", "release", "sample", "sample", "release"]
    );
    Ok(())
}

#[test]
fn who_is_announced_is_a_member_of_a_zone_whatever_the_goods() -> Result<(), Failure> {
    let member = r#"
id = "member"
when = 'zone.member && !zone.in_scope'
then = { verdict = "sample", mode = "document" }
"#;
    let zones = "zone_id,name,level,hs_scope,from,to\nZ-1,Lamps,provincial,8539,2020-01-01,\n";
    let memberships = "zone_id,enterprise_id,state,batch,from,to
Z-1,E-1,announced,1,2026-03-01,2026-05-01
Z-1,E-2,reviewed,1,2026-03-01,
";
    let more = [("zones.csv", zones), ("memberships.csv", memberships)];
    let declared = [("E-1", 2), ("E-1", 3), ("E-2", 3), ("E-1", 5)]
        .map(|(trader, month)| (trader, month, "1"));
    assert_eq!(
        verdicts_of_own("member", member, &more, &declared)?,
        ["release", "sample", "release", "release"]
    );
    Ok(())
}

#[test]
fn an_office_that_the_registry_does_not_know_is_known_by_what_a_policy_calls_it()
-> Result<(), Failure> {
    let offices = r#"
id = "offices"
when = 'declaration.office == "9" || declaration.office.startsWith("77") || declaration.office > "90"'
then = { verdict = "sample", mode = "document" }
"#;
    let declared = ["9", "8", "90", "91", "771", "78"].map(|office| ("E-1", 3, office));
    assert_eq!(
        verdicts_of_own("offices", offices, &[], &declared)?,
        [
            "sample", "release", "release", "sample", "sample", "release"
        ]
    );
    Ok(())
}

#[test]
fn a_bad_declaration_is_refused_with_every_fault_and_the_rest_are_decided() -> Result<(), Failure> {
    let good = std::fs::read_to_string(fixture("ciq/declarations.ndjson"))?;
    let good: Vec<&str> = good.lines().take(2).collect();
    let bad = r#"{"declaration_id":"X","version":0,"direction":"export","declared_at":"2016-11-02","country":"XX","trader_id":"91350200776049653B","items":[{"item_no":1,"hs_code":"94","value":"1.00001","colour":"red"}]}"#;
    let input = [good[0], bad, "not JSON", good[1]].join("\n");
    let done = decide(
        "-",
        "-",
        &["--input-format", "ndjson", "--output-format", "ndjson"],
        input.as_bytes(),
    )?;
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(String::from_utf8(done.stdout)?.lines().count(), 2);
    let told = String::from_utf8(done.stderr)?;
    for fault in [
        "/version",
        "/declared_at",
        "/country",
        "/trader_id",
        "/items/0/hs_code",
        "/items/0/value",
        "/items/0/colour",
    ] {
        assert!(
            told.lines()
                .any(|line| line.starts_with("line 2: ") && line.contains(fault)),
            "{fault}: {told}"
        );
    }
    assert!(
        told.contains("line 3: ") && told.contains("2 decided") && told.contains("2 refused"),
        "{told}"
    );
    Ok(())
}

#[test]
fn exit_codes_tell_refusal_usage_and_storage_apart() -> Result<(), Failure> {
    let input = fixture("ciq/declarations.ndjson");
    let folder = folder("codes")?;
    let out = folder.join("d.parquet").display().to_string();
    let wrong_policy = folder.join("policy");
    std::fs::create_dir_all(&wrong_policy)?;
    std::fs::write(wrong_policy.join("p.toml"), "[policy]\nid = \"p\"\n")?;
    let wrong_policy = wrong_policy.display().to_string();
    let registry = fixture("ciq/registry");
    assert_eq!(
        greenlane(&["decide"], b"")?.status.code(),
        Some(2),
        "arguments are missing"
    );
    assert_eq!(
        decide(&input, "-", &["--output-format", "parquet"], b"")?
            .status
            .code(),
        Some(2),
        "Parquet on standard output"
    );
    assert_eq!(
        decide(&input, "d.xlsx", &[], b"")?.status.code(),
        Some(2),
        "no format of ours"
    );
    assert_eq!(
        decide("/no/such/file.ndjson", &out, &[], b"")?
            .status
            .code(),
        Some(3),
        "no input"
    );
    assert_eq!(
        decide(&input, "/no/such/folder/d.parquet", &[], b"")?
            .status
            .code(),
        Some(3),
        "no place for the output"
    );
    let refused = greenlane(
        &[
            "decide",
            "--policy",
            &wrong_policy,
            "--registry",
            &registry,
            "--input",
            &input,
            "--output",
            &out,
        ],
        b"",
    )?;
    assert_eq!(refused.status.code(), Some(1), "a wrong policy");
    assert!(
        !Path::new(&out).exists(),
        "nothing is left of a run that failed"
    );
    Ok(())
}
