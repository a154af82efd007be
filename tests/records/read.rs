//! This build reads the fixture's records as they were meant, decides them again, and writes what says the same.

use std::collections::BTreeSet;
use std::fs;

use greenlane::supervision::{Matcher, Record, RevisionKind, State};

use crate::fixture::{ALL, Fixture, Recorded, V1, V2};

#[test]
fn this_build_reads_the_fixtures() {
    for fixture in ALL {
        let expected = fs::read_to_string(fixture.folder().join("records.txt")).unwrap();
        for (found, expected) in fixture.told().lines().zip(expected.lines()) {
            assert_eq!(found, expected);
        }
        assert_eq!(fixture.told(), expected);
    }
}

#[test]
fn the_records_of_a_fixture_are_of_its_version() {
    for fixture in ALL {
        for Recorded { name, payload, .. } in fixture.records() {
            assert_eq!(payload[0], fixture.version, "{name}");
        }
    }
}

#[test]
fn what_this_build_writes_says_what_the_fixtures_say() {
    for fixture in ALL {
        for (was, written) in fixture.records().into_iter().zip(fixture.rewritten()) {
            let again = Record::decode(&written.payload).unwrap();
            assert_eq!(again, Record::decode(&was.payload).unwrap(), "{}", was.name);
            let mut twice = Vec::new();
            again.encode(&mut twice);
            assert_eq!(twice, written.payload, "{}", was.name);
        }
    }
}

#[test]
fn this_build_decides_the_fixtures_again() {
    for fixture in ALL {
        let mut state = State::new(fixture.data());
        let (mut matcher, mut decided) = (Matcher::default(), 0);
        for Recorded {
            name,
            sequence,
            payload,
        } in fixture.records()
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
}

/// The types of the acts and the kinds of the revisions of a fixture, each in order.
fn kinds(fixture: Fixture) -> (Vec<String>, BTreeSet<&'static str>) {
    let (mut acts, mut revisions) = (BTreeSet::new(), BTreeSet::new());
    let records = fixture.records();
    let mut state = State::new(fixture.data());
    for recorded in &records {
        let (record, event) = state.read(&recorded.payload).unwrap();
        acts.extend(event.as_ref().map(|event| event.kind.clone()));
        let kind = record.revision.as_ref().map(|revision| revision.kind);
        revisions.extend(kind.map(RevisionKind::as_str));
        let applied = state.apply(recorded.sequence, &record, event.as_ref());
        applied.unwrap();
    }
    (Vec::from_iter(acts), revisions)
}

#[test]
fn the_first_fixture_has_every_kind_of_record_of_its_version() {
    let (acts, revisions) = kinds(V1);
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
    assert_eq!(acts, expected);
    // Nothing decided again because the registry had changed.
    let made = RevisionKind::ALL
        .iter()
        .filter(|kind| **kind != RevisionKind::Redecision);
    assert_eq!(revisions, made.map(|kind| kind.as_str()).collect());
}

/// What version 2 added: marks, moves of stocks, cases.
#[test]
fn the_second_fixture_has_what_its_version_added() {
    let (acts, _) = kinds(V2);
    for added in [
        "case_cause_found",
        "case_closed",
        "complaint",
        "declaration_cancelled",
        "inspection_result",
        "recall",
    ] {
        assert!(acts.iter().any(|act| act == added), "{added}");
    }
    let (mut marked, mut returned, mut taken) = (0, 0, 0);
    for Recorded { payload, .. } in V2.records() {
        let record = Record::decode(&payload).unwrap();
        marked += usize::from(!record.marks.is_empty());
        if let Some(revision) = &record.revision {
            returned += revision.moves.returned.len();
            taken += revision.moves.taken.len();
        }
    }
    assert!(
        marked >= 8 && returned >= 2 && taken >= 5,
        "{marked}, {returned}, {taken}"
    );
}
