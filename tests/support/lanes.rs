//! A small service for tests that start it in their own process: three lanes, two traders, a clock of its own.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use greenlane::archive::RollOptions;
use greenlane::declaration::Moment;
use greenlane::journal::Options;
use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::service::{Begin, Between, StartOptions};
use greenlane::supervision::AsOf;

const POLICY: &str = r#"
[policy]
id = "lanes"
title = "Lanes"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
default = "release"

[attributes]
lane = "string"

[deadline]
others = "PT48H"

[life]
hold_expires_days = 3

[[book]]
id = "lanes"
authority = "who draws the lanes"

[[book.rule]]
id = "red"
when = 'attribute.lane == "red" && !("licence" in documents.kinds)'
then = { verdict = "hold", mode = "physical" }

[[book.rule]]
id = "drawn"
when = 'attribute.lane == "drawn"'
then = { verdict = "sample", rate = RATE, mode = "laboratory" }
"#;

/// How to start it on a folder; `rate` is that of the lane in which is drawn.
pub(crate) fn options(data: &Path, clock: &Arc<AtomicI64>, rate: &str) -> StartOptions {
    let policy = POLICY.replace("RATE", rate);
    let policy = PolicySource::from_files([("policy.toml".to_owned(), policy)]);
    let table = b"enterprise_id,kind\nT1,trader\n".to_vec();
    let registry = RegistrySource::from_files([("enterprises.csv".to_owned(), table)]);
    let time = Arc::clone(clock);
    StartOptions {
        data: data.to_owned(),
        begin: Some(Begin {
            policy: policy.unwrap(),
            registry: Some(registry.unwrap()),
            as_of: AsOf::Decision,
        }),
        demonstration: None,
        journal: Options::default(),
        roll: RollOptions::default(),
        clock: Arc::new(move || Moment::from_micros(time.load(Ordering::SeqCst))),
        between: Between::default(),
    }
}
