//! A journal of the shipped declarations, decided, with inspection results and records without rows among them, as
//! the batches that the service's archive thread would make of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use greenlane::archive::{Batch, BatchBuilder, Event, Record, TestResult};
use greenlane::declaration::{Moment, read_json};
use greenlane::engine::{Decision, DecisionMeta, DrawKey, HeaderJoin, Outcome, Program, Scratch};
use greenlane::journal::Sequence;
use greenlane::policy::{PolicySource, read};
use greenlane::registry::{Registry, RegistrySource};

use crate::revision::RevisionText;

/// The time of the first record: four hours before midnight, UTC.
const BEGIN: &str = "2016-11-02T20:00:00Z";
/// Seconds from one record to the next: records 1 to 80 are of the first day.
pub(crate) const STEP_S: i64 = 180;

pub(crate) fn at(sequence: u64) -> Moment {
    let begin = Moment::parse(BEGIN).unwrap();
    begin.plus_seconds((sequence as i64 - 1) * STEP_S)
}

fn ciq(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("fixtures/ciq").join(path)
}

fn program() -> Program {
    let policy = read(&PolicySource::from_dirs(&[ciq("policy")]).unwrap()).unwrap();
    let source = RegistrySource::from_dir(&ciq("registry")).unwrap();
    let registry = Registry::build(&source, Some(&policy.profile.party_ids)).unwrap();
    Program::compile(Arc::new(policy), Arc::new(registry)).unwrap()
}

/// The batches of a journal, each of so many records but the last of a day and the last of all.
pub(crate) fn batches(records: u64, each: u64) -> Vec<Batch> {
    let program = program();
    let profile = &program.policy().profile;
    let text = fs::read_to_string(ciq("declarations.ndjson")).unwrap();
    let (mut builder, mut batches) = (BatchBuilder::new(), Vec::new());
    let mut decided = String::new();
    for (sequence, line) in (1..=records).zip(text.lines()) {
        let currencies = program.registry().currencies();
        let declaration = read_json(line.as_bytes(), profile, currencies).unwrap();
        let record = Record::new(Sequence::new(sequence), at(sequence));
        let mut push = |record: &Record<'_>| batches.extend(builder.append(record).unwrap());
        match sequence % 10 {
            4 => inspected(&record, &decided, &mut push),
            7 => push(&record),
            _ => {
                let header = HeaderJoin::new(program.registry(), &declaration, declaration.day);
                let mut outcome = Outcome::default();
                let scratch = &mut Scratch::default();
                program.decide_joined(&header, &DrawKey::TEST, scratch, &mut outcome);
                let decision = Decision {
                    program: &program,
                    header: &header,
                    outcome: &outcome,
                    cause: None,
                    meta: DecisionMeta {
                        sequence,
                        revision: 1,
                        kind: "initial",
                        decided_at: record.at,
                        registry_revision: 9,
                        engine_ns: None,
                    },
                };
                let text = RevisionText::new(&decision);
                declaration.id.as_str().clone_into(&mut decided);
                push(&Record {
                    decision: Some(&decision),
                    revision: Some(&text.initial(&decision, &sequence.to_be_bytes())),
                    ..record
                });
            }
        }
        if sequence % each == 0 {
            batches.extend(builder.finish().unwrap());
        }
    }
    batches.extend(builder.finish().unwrap());
    batches
}

/// Gives a record the result of an inspection with two tests.
fn inspected(record: &Record<'_>, declaration_id: &str, push: &mut impl FnMut(&Record<'_>)) {
    let event_id = format!("E-{}", record.sequence);
    let event = Event {
        event_id: &event_id,
        kind: "inspection_result",
        at: record.at,
        authority: Some("inspection and quarantine"),
        document: None,
        declaration_id: Some(declaration_id),
        enterprise_id: None,
        body: "{}",
        record: &record.sequence.get().to_be_bytes(),
        registry_revision: 9,
        by: Some("O-1"),
    };
    let test = |test, passed| TestResult {
        event_id: &event_id,
        declaration_id,
        version: 1,
        item_no: 1,
        object: "product",
        test,
        value: Some("0.3"),
        unit: Some("mg/kg"),
        limit: Some("0.5"),
        passed,
        conclusion: Some("passed"),
        officer_id: Some("O-1"),
        started_at: Some(record.at),
        finished_at: None,
    };
    push(&Record {
        event: Some(&event),
        tests: &[test("lead", true), test("glow", false)],
        ..*record
    });
}
