//! The end of a story: its journal is replayed, and what the records make must be what the desk had.

use std::path::Path;

use crate::analysis::replay::replay_state;
use crate::service::{Desk, Refusal};
use crate::supervision::DataFolder;

/// What a desk has when everything is done.
pub(super) struct Live {
    /// None where something was read back: a fold never reads back, so it keeps less of what is old.
    ledger: Option<String>,
    registry: Vec<(String, String)>,
}

impl Live {
    pub(super) fn of(desk: &Desk, read_back: bool) -> Result<Self, String> {
        let read = || -> Result<Self, Refusal> {
            let ledger = desk.settle().hold()?.ledger().digest();
            let ledger = (!read_back).then_some(ledger);
            let registry = desk.export()?;
            Ok(Self { ledger, registry })
        };
        read().map_err(|why| why.to_string())
    }

    /// What comes out otherwise when everything is made again from the records.
    pub(super) fn replayed(&self, folder: &Path) -> Result<Vec<String>, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("replay: {error}");
        let folder = DataFolder::read(folder).map_err(|error| wrong(&error))?;
        let replayed = replay_state(folder, true, |_, _| ());
        let (replayed, state) = replayed.map_err(|error| wrong(&error))?;
        let mut failures = Vec::new();
        if replayed.otherwise > 0 {
            let named: Vec<String> = replayed.named.iter().map(ToString::to_string).collect();
            let named = named.join(", ");
            failures.push(format!(
                "replay: decided again, the outcome of records {named} is another"
            ));
        }
        if replayed.fold.is_some_and(|(_, same)| !same) {
            failures
                .push("replay: the state that the records make is not the checkpoint's".to_owned());
        }
        let registry = state.world.as_ref().map(|world| world.registry().export());
        if registry.as_ref() != Some(&self.registry) {
            failures
                .push("replay: the registry that the records make is not the desk's".to_owned());
        }
        let ledger = self.ledger.as_ref();
        if ledger.is_some_and(|ledger| *ledger != state.ledger.digest()) {
            failures.push("replay: the ledger that the records make is not the desk's".to_owned());
        }
        Ok(failures)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::archive::RollOptions;
    use crate::declaration::{Day, Moment, Zone};
    use crate::journal::Options;
    use crate::policy::PolicySource;
    use crate::registry::RegistrySource;
    use crate::scenario::folder::OwnFolder;
    use crate::service::{Begin, Between, StartOptions, Started, end, start};
    use crate::supervision::{AsOf, Ledger};

    const POLICY: &str = "[policy]\nid = \"p\"\ntitle = \"p\"\ntimezone = \"+08:00\"\nbase_currency = \"CNY\"\nparty_ids = \"any\"\ndefault = \"release\"\n";

    #[test]
    fn what_the_records_do_not_make_is_told() {
        let folder = OwnFolder::new().unwrap();
        let policy = ("policy.toml".to_owned(), POLICY.to_owned());
        let begin = Begin {
            policy: PolicySource::from_files([policy]).unwrap(),
            registry: Some(RegistrySource::default()),
            as_of: AsOf::Decision,
        };
        let now = Moment::midnight(Day::parse("2026-03-02").unwrap(), Zone::UTC);
        let options = StartOptions {
            data: folder.path().to_owned(),
            begin: Some(begin),
            demonstration: None,
            journal: Options::default(),
            roll: RollOptions::default(),
            clock: Arc::new(move || now),
            between: Between::default(),
        };
        let Started { desk, tail, .. } = start(options, &mut |_, _| ()).unwrap();
        let live = Live::of(&desk, false).unwrap();
        end(&desk, tail).unwrap();
        drop(desk);
        assert_eq!(live.replayed(folder.path()), Ok(Vec::new()));
        let registry = vec![("classes.csv".to_owned(), String::new())];
        let ledger = Some(Ledger::default().digest());
        let other = Live { ledger, registry };
        let told = other.replayed(folder.path()).unwrap();
        assert!(
            told[0].contains("registry") && told[1].contains("ledger"),
            "{told:?}"
        );
        assert_eq!(told.len(), 2);
        folder.remove().unwrap();
    }
}
