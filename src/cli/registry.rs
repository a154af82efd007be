//! `greenlane registry check`.

use super::args::{Output, RegistryCheck};
use super::error::CliError;
use super::{Found, input, output};
use crate::registry::{Registry, RegistryErrors, RegistrySource};

/// Reads a registry and prints its tables, or every fault.
pub(super) fn check(args: &RegistryCheck, out: Output) -> Result<Found, CliError> {
    let policy = if args.policy.is_empty() {
        None
    } else {
        Some(input::policy(&args.policy)?)
    };
    let built = RegistrySource::from_dir(&args.dir).and_then(|source| {
        Registry::build(
            &source,
            policy.as_ref().map(|policy| &policy.profile.party_ids),
        )
    });
    match built {
        Ok(registry) => {
            tell(&registry, out);
            Ok(Found::Right)
        }
        Err(errors) => {
            refuse(&errors, out);
            Ok(Found::Wrong)
        }
    }
}

fn tell(registry: &Registry, out: Output) {
    if out.json {
        let rows: serde_json::Map<String, serde_json::Value> = registry
            .rows()
            .iter()
            .map(|(table, rows)| ((*table).to_owned(), (*rows).into()))
            .collect();
        output::result(&serde_json::json!({ "tables": rows, "faults": [] }).to_string());
        return;
    }
    for (table, rows) in registry.rows().iter().filter(|(_, rows)| *rows > 0) {
        output::result(&format!("{table:<24}{rows:>10} rows"));
    }
    output::note(out, "the registry is right");
}

fn refuse(errors: &RegistryErrors, out: Output) {
    if out.json {
        let faults: Vec<String> = errors.faults().iter().map(ToString::to_string).collect();
        output::result(
            &serde_json::json!({ "faults": faults, "count": errors.count() }).to_string(),
        );
        return;
    }
    output::result(&errors.to_string());
}
