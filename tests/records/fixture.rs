//! The fixtures as they lie in the repository.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use greenlane::journal::Sequence;
use greenlane::supervision::{DataFolder, Moves, Record, Revision, State};

/// What a service that wrote a version of records has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fixture {
    pub(crate) version: u8,
}

pub(crate) const V1: Fixture = Fixture { version: 1 };
pub(crate) const V2: Fixture = Fixture { version: 2 };
pub(crate) const ALL: [Fixture; 2] = [V1, V2];

/// A record of a fixture.
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) sequence: Sequence,
    pub(crate) payload: Vec<u8>,
}

impl Fixture {
    pub(crate) fn folder(self) -> PathBuf {
        let all = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/supervision");
        all.join(format!("v{}", self.version))
    }

    pub(crate) fn data(self) -> Arc<DataFolder> {
        Arc::new(DataFolder::read(&self.folder()).unwrap())
    }

    /// All records, the first first.
    pub(crate) fn records(self) -> Vec<Recorded> {
        let entries = fs::read_dir(self.folder().join("records")).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let records = paths.iter().zip(1..).map(|(path, sequence)| Recorded {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            sequence: Sequence::new(sequence),
            payload: fs::read(path).unwrap(),
        });
        records.collect()
    }

    /// The same records as this build writes them.
    pub(crate) fn rewritten(self) -> Vec<Recorded> {
        let records = self.records().into_iter().map(|mut recorded| {
            let mut written = Vec::new();
            Record::decode(&recorded.payload)
                .unwrap()
                .encode(&mut written);
            recorded.payload = written;
            recorded
        });
        records.collect()
    }

    /// The state after all records.
    pub(crate) fn folded(self) -> State {
        let mut state = State::new(self.data());
        for recorded in &self.records() {
            let (record, event) = state.read(&recorded.payload).unwrap();
            let applied = state.apply(recorded.sequence, &record, event.as_ref());
            applied.unwrap_or_else(|error| panic!("{}: {error}", recorded.name));
        }
        state
    }

    /// What its records say, a line for each part of each; of what is long, the hash.
    pub(crate) fn told(self) -> String {
        let mut state = State::new(self.data());
        let mut told = String::new();
        for Recorded {
            name,
            sequence,
            payload,
        } in &self.records()
        {
            let (record, event) = state.read(payload).unwrap();
            told += &format!("{name}\n  at {}\n", record.at.micros());
            if let (Some(act), Some(event)) = (&record.act, &event) {
                let (by, revision, body) =
                    (act.by, act.registry_revision, hash(act.body.as_bytes()));
                told += &format!("  act by {by}, registry revision {revision}, body {body}\n");
                told += &format!("  {:?}\n", event.what);
            }
            if let Some(revision) = &record.revision {
                let long = [
                    ("body", revision.body.as_bytes()),
                    ("outcome", revision.outcome),
                    ("items", revision.items.as_bytes()),
                ];
                let rest = Revision {
                    body: "",
                    outcome: &[],
                    items: "",
                    ..revision.clone()
                };
                // What an older version does not say, its description does not.
                let moves = format!(", moves: {:?}", revision.moves);
                let told_moves = match &revision.moves {
                    moves if *moves == Moves::default() => String::new(),
                    moves => stocks(moves),
                };
                told += &format!("  {rest:?}\n").replace(&moves, &told_moves);
                told.extend(long.map(|(name, bytes)| format!("  {name} {}\n", hash(bytes))));
            }
            if !record.marks.is_empty() {
                told += &format!("  marks {}\n", hash(record.marks));
            }
            state.apply(*sequence, &record, event.as_ref()).unwrap();
        }
        told
    }
}

/// What is moved of stocks, which is all that version 2 says.
fn stocks(moves: &Moves) -> String {
    let Moves {
        reads,
        returned,
        taken,
        ..
    } = moves;
    format!(", moves: Moves {{ reads: {reads:?}, returned: {returned:?}, taken: {taken:?} }}")
}

fn hash(bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    format!("of {} bytes, {}", bytes.len(), &hash[..16])
}
