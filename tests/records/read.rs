//! This build reads the fixture's records as they were meant, decides them again, and writes what says the same.

use std::collections::BTreeSet;
use std::fs;

use greenlane::supervision::{Matcher, Record, RevisionKind, State};

use crate::fixture::{Recorded, data, folder, records, rewritten, told};

#[test]
fn this_build_reads_the_fixture() {
    let expected = fs::read_to_string(folder().join("records.txt")).unwrap();
    for (found, expected) in told(&records()).lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(told(&records()), expected);
}

#[test]
fn what_this_build_writes_says_what_the_fixture_says() {
    for (was, written) in records().into_iter().zip(rewritten()) {
        let again = Record::decode(&written.payload).unwrap();
        assert_eq!(again, Record::decode(&was.payload).unwrap(), "{}", was.name);
        let mut twice = Vec::new();
        again.encode(&mut twice);
        assert_eq!(twice, written.payload, "{}", was.name);
    }
}

/// What stands in a record of the third version before its marks, of which the fixture has none, where nothing is asked
/// of counters, nothing is counted and no slots are named.
const COUNTERS: usize = 2 + 2 + 1;

#[test]
fn a_record_of_the_second_version_is_read_without_counters() {
    for Recorded { name, payload, .. } in rewritten() {
        let whole = Record::decode(&payload).unwrap();
        let (mut older, marks) = (payload.clone(), payload.len() - 4);
        if whole.revision.is_some() {
            older.drain(marks - COUNTERS..marks);
        }
        older[0] = 2;
        assert_eq!(Record::decode(&older).unwrap(), whole, "{name}");
    }
}

#[test]
fn this_build_decides_the_fixture_again() {
    let mut state = State::new(data());
    let (mut matcher, mut decided) = (Matcher::default(), 0);
    for Recorded {
        name,
        sequence,
        payload,
    } in records()
    {
        let (record, event) = state.read(&payload).unwrap();
        let revision = record.revision.as_ref();
        if let Some(revision) = revision.filter(|revision| revision.is_decided()) {
            let (place, cause) = ((sequence, record.at), event.as_ref());
            let cause = cause.map(|event| event.id.as_str());
            let same = state.decide_again(&mut matcher, place, revision, cause, |_| ());
            assert!(same.unwrap(), "{name}");
            decided += 1;
        }
        state.apply(sequence, &record, event.as_ref()).unwrap();
    }
    assert!(decided > 5, "{decided}");
}

#[test]
fn the_fixture_has_every_kind_of_record() {
    let (mut acts, mut revisions) = (BTreeSet::new(), BTreeSet::new());
    let records = records();
    let mut state = State::new(data());
    for recorded in &records {
        let (record, event) = state.read(&recorded.payload).unwrap();
        acts.extend(event.as_ref().map(|event| event.kind.clone()));
        let kind = record.revision.as_ref().map(|revision| revision.kind);
        revisions.extend(kind.map(RevisionKind::as_str));
        let applied = state.apply(recorded.sequence, &record, event.as_ref());
        applied.unwrap();
    }
    let expected = [
        "class_assessed",
        "data_opened",
        "day_turned",
        "decision_overridden",
        "declaration_cancelled",
        "declaration_rejected",
        "declaration_released",
        "documents_received",
        "draw_key_committed",
        "hold_expired",
        "inspection_result",
        "list_entered",
        "list_left",
        "policy_activated",
        "registry_imported",
    ];
    assert_eq!(Vec::from_iter(acts), expected);
    // Nothing decides again because the registry changed, yet.
    let made = RevisionKind::ALL
        .iter()
        .filter(|kind| **kind != RevisionKind::Redecision);
    assert_eq!(revisions, made.map(|kind| kind.as_str()).collect());
}
