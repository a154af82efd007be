//! The example has every key and loads; what is wrong is told all at once, with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use clap::Parser as _;

use super::*;
use crate::cli::args::{Args, Command};
use crate::cli::init::CONFIGURATION;

fn typed(flags: &[&str]) -> Serve {
    let words = ["greenlane", "serve"].iter().chain(flags);
    match Args::try_parse_from(words).unwrap().command {
        Command::Serve(serve) => serve,
        other => panic!("{other:?}"),
    }
}

/// A file of a test, which `flags` name with `--config`.
fn file(name: &str, text: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("greenlane-config-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("greenlane.toml");
    fs::write(&path, text).unwrap();
    path
}

fn read(name: &str, text: &str, flags: &[&str], said: &[(&str, &str)]) -> Result<Config, String> {
    let path = file(name, text);
    let path = path.to_string_lossy();
    let flags: Vec<&str> = ["--config", &path].iter().chain(flags).copied().collect();
    let said = said
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(&typed(&flags), said.collect()).map_err(|error| error.to_string())
}

/// The example with nothing commented out.
fn whole() -> String {
    let lines = CONFIGURATION
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(said) if !said.is_empty() && !said.starts_with(' ') => said,
            _ => line,
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_loads_and_says_nothing_that_is_unusual() {
    let config = read("example", CONFIGURATION, &[], &[]).unwrap();
    let folder = file("example", CONFIGURATION).parent().unwrap().to_owned();
    let Fixed {
        policy,
        registry,
        data,
        ..
    } = &config.fixed;
    assert_eq!(policy, &[folder.join("policy")]);
    assert_eq!(registry.as_ref(), Some(&folder.join("registry")));
    assert_eq!(data, &folder.join("greenlane-data"));
    let usual = Config::read(&typed(&[]), BTreeMap::new()).unwrap();
    let same = Fixed {
        policy: Vec::new(),
        registry: None,
        data: usual.fixed.data.clone(),
        ..config.fixed.clone()
    };
    assert_eq!(same, usual.fixed);
    assert_eq!(config.limits, usual.limits);
    assert_eq!(config.log, usual.log);
    assert!(config.callers.is_empty() && config.notes.is_empty());
}

#[test]
fn every_key_that_is_known_stands_in_the_example_as_it_is_usually() {
    let whole = whole();
    let mut reader = Reader::new(&whole, Path::new(""), BTreeMap::new());
    Config::of(&typed(&[]), &mut reader);
    let missing: Vec<_> = reader.asked().collect();
    let missing = missing
        .into_iter()
        .filter(|key| reader.said(*key).is_none());
    assert_eq!(missing.collect::<Vec<_>>(), []);
    let (faults, _) = reader.finish();
    // The files of certificates are nobody's yet.
    let others = faults.iter().filter(|fault| !fault.key.starts_with("tls."));
    assert_eq!(others.count(), 0, "{faults:?}");
    let table = toml::from_str::<toml::Table>(&whole).unwrap();
    for of in ["tokens", "certificates"] {
        assert_eq!(table[of].as_table().unwrap().len(), 1, "{of}");
    }
    // With everything that is usual said, all is as where nothing is.
    let usual: Vec<&str> = whole.lines().take_while(|line| *line != "[tls]").collect();
    let said = read("usual", &usual.join("\n"), &[], &[]).unwrap();
    let unsaid = read("example", CONFIGURATION, &[], &[]).unwrap();
    assert_eq!(said.limits, unsaid.limits);
    assert_eq!(said.log, unsaid.log);
    let fixed = |config: &Config| Fixed {
        as_of: None,
        policy: Vec::new(),
        registry: None,
        data: PathBuf::new(),
        ..config.fixed.clone()
    };
    assert_eq!(fixed(&said), fixed(&unsaid));
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let text = "data = \"a\"\n[limits]\nbody_s = 7\nhead_s = 7\n";
    let said = [("GREENLANE_DATA", "b"), ("GREENLANE_LIMITS_BODY_S", "8")];
    let config = read("order", text, &["--data", "c"], &said).unwrap();
    assert_eq!(config.fixed.data, Path::new("c"));
    let config = read("order", text, &[], &said).unwrap();
    assert_eq!(config.fixed.data, Path::new("b"));
    assert_eq!(config.limits.body, Duration::from_secs(8));
    assert_eq!(config.fixed.connections.head, Duration::from_secs(7));
    let config = read("order", text, &[], &[]).unwrap();
    assert!(config.fixed.data.ends_with("a") && config.fixed.data.parent().is_some());
    let said = [("GREENLANE_POLICY", "one:two")];
    let config = read("order", text, &[], &said).unwrap();
    assert_eq!(config.fixed.policy, [Path::new("one"), Path::new("two")]);
}

#[test]
fn every_fault_is_told_at_once_with_line_and_key_and_what_would_be_right() {
    let text = "\
listen = \"0.0.0.0:80\"
dat = \"x\"
durability = \"sometimes\"
workers = \"four\"
limits = 3
[tokens]
local = { hash = \"blake3:12\", roles = [\"boss\"], expires = \"soon\", colour = 1 }
plain = \"greenlane_secret\"
";
    let told = read("faults", text, &[], &[("GREENLANE_ARCHIVE_AGE_S", "0")]).unwrap_err();
    let path = file("faults", text).to_string_lossy().into_owned();
    let expected = [
        ":1: `listen`: 0.0.0.0:80 is not a loopback address",
        ":2: `dat`: there is no such key; did you mean `data`?",
        ":3: `durability`: `sometimes` is not \"fsync\" or \"buffered\"",
        ":4: `workers`: `four` is not a whole number within 0 to 1024",
        ":5: `limits`: a table is needed: `[limits]`",
        ":7: `tokens.local`: a name has at most",
        ":7: `tokens.local.hash`: is not the hash of a token",
        ":7: `tokens.local.expires`: is not the first day",
        ":7: `tokens.local.roles`: is not a list of one or more of \"declare\", \"officer\"",
        ":7: `tokens.local.colour`: there is no such key",
        ":8: `tokens.plain`: a table is needed",
        "GREENLANE_ARCHIVE_AGE_S: `archive_age_s`: `0` is not a whole number within 1 to 86400",
    ];
    for line in expected {
        let place = if line.starts_with(':') {
            path.as_str()
        } else {
            ""
        };
        let line = format!("{place}{line}");
        assert!(
            told.lines().any(|said| said.starts_with(&line)),
            "{line}\nnot in\n{told}"
        );
    }
    assert_eq!(told.lines().count(), expected.len(), "{told}");
    assert!(
        !told.contains("greenlane_secret"),
        "no secret is told: {told}"
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let told = read("toml", "data = \"x\"\nlisten = \n", &[], &[]).unwrap_err();
    assert!(told.contains("greenlane.toml:2: "), "{told}");
}

#[test]
fn two_callers_have_neither_a_name_nor_a_secret_in_common() {
    let hash = format!("blake3:{}", "ab".repeat(32));
    let caller = format!("{{ hash = \"{hash}\", roles = [\"declare\"], expires = 2027-01-01 }}");
    let told = read(
        "twice",
        &format!("[tokens]\na = {caller}\nb = {caller}\n"),
        &[],
        &[],
    );
    let told = told.unwrap_err();
    assert!(
        told.contains(":3: `tokens.b`: another caller has the same"),
        "{told}"
    );
    let config = read("once", &format!("[tokens]\na = {caller}\n"), &[], &[]).unwrap();
    let names: BTreeSet<&str> = config
        .callers
        .iter()
        .map(|known| known.name.as_str())
        .collect();
    assert_eq!(names, ["a"].into());
}

#[test]
fn other_machines_may_call_only_with_callers_and_tls() {
    let hash = format!("blake3:{}", "ab".repeat(32));
    let callers = format!(
        "[tokens]\na = {{ hash = \"{hash}\", roles = [\"declare\"], expires = \"2027-01-01\" }}\n"
    );
    let told = read("tls", &callers, &["--listen", "0.0.0.0:0"], &[]).unwrap_err();
    assert!(told.contains("--listen") && told.contains("TLS"), "{told}");
    let told = read("tls", "[tls]\nkey = \"k.pem\"\n", &[], &[]).unwrap_err();
    assert!(
        told.contains(":2: `tls.key`: `certificate` is missing"),
        "{told}"
    );
    let told = read(
        "tls",
        "[tls]\nkey = \"k.pem\"\ncertificate = \"c.pem\"\n",
        &[],
        &[],
    );
    let told = told.unwrap_err();
    assert!(
        told.contains(":2: `tls.key`") && told.contains(":3: `tls.certificate`"),
        "{told}"
    );
}

#[test]
fn a_variable_that_says_nothing_is_told() {
    let config = read("variable", "", &[], &[("GREENLANE_LISTN", "x")]).unwrap();
    assert_eq!(config.notes.len(), 1);
    assert!(config.notes[0].contains("GREENLANE_LISTN"));
}
