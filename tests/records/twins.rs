//! Corrupt twins of the fixtures' records. Whatever gives a record its shape is noticed: the version, the parts, the
//! lengths, words that are not UTF-8, numbers that stand for nothing. What is left, another letter in a text or
//! another number, makes another record that is read as it stands: the journal's checksums guard against that, and
//! `tests/journal` shows that they do. No twin is taken for the record, and none panics.

use std::ops::Range;

use greenlane::engine::View;
use greenlane::supervision::{Act, Due, Effect, Matcher, Record, RecordError, write_answer_for};

use crate::fixture::{ALL, Fixture, Recorded, V1};

/// The versions that this build reads.
const VERSIONS: std::ops::RangeInclusive<u8> = 1..=3;

/// The records of all fixtures as this build writes them.
fn rewritten() -> impl Iterator<Item = Recorded> {
    ALL.into_iter().flat_map(Fixture::rewritten)
}

/// Every record with one byte changed, in several ways.
fn flipped(payload: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let places = (0..payload.len()).flat_map(|at| [1, 2, 0x80, 0xff].map(|change| (at, change)));
    places.map(|(at, change)| {
        let mut twin = payload.to_vec();
        twin[at] ^= change;
        (at, twin)
    })
}

/// Where the lengths of a record's texts stand.
fn lengths(record: &Record<'_>, payload: &[u8]) -> Vec<Range<usize>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    if let Some(act) = &record.act {
        parts.extend([act.body.as_bytes(), act.by.as_bytes(), act.effect]);
    }
    if let Some(revision) = &record.revision {
        let texts = [
            Some(revision.declaration_id),
            Some(revision.policy),
            revision.by,
            revision.why,
            revision.office,
            Some(revision.trader_id),
            Some(revision.enterprise_id),
            Some(revision.body),
            Some(revision.items),
        ];
        parts.extend(texts.into_iter().flatten().map(str::as_bytes));
        parts.push(revision.outcome);
    }
    let places = parts.into_iter().map(|part| {
        let at = part.as_ptr() as usize - payload.as_ptr() as usize;
        at - 4..at
    });
    places.collect()
}

#[test]
fn a_record_of_another_version_is_refused() {
    for Recorded { mut payload, .. } in rewritten() {
        for version in (0..=u8::MAX).filter(|version| !VERSIONS.contains(version)) {
            payload[0] = version;
            let refused = Record::decode(&payload);
            assert_eq!(refused, Err(RecordError::Version(version)));
        }
    }
}

#[test]
fn a_record_of_other_parts_is_refused() {
    for Recorded {
        name, mut payload, ..
    } in rewritten()
    {
        let own = payload[1];
        for parts in (0..=u8::MAX).filter(|parts| *parts != own) {
            payload[1] = parts;
            let refused = Record::decode(&payload);
            assert_eq!(refused, Err(RecordError::Malformed), "{name}: {parts}");
        }
    }
}

#[test]
fn a_record_that_is_cut_or_goes_on_is_refused() {
    for Recorded { name, payload, .. } in rewritten() {
        for length in 0..payload.len() {
            let refused = Record::decode(&payload[..length]);
            assert_eq!(refused, Err(RecordError::Malformed), "{name}: {length}");
        }
        for more in [&[0][..], &[1], &[0xff; 9], &payload] {
            let longer = [&payload, more].concat();
            let refused = Record::decode(&longer);
            assert_eq!(refused, Err(RecordError::Malformed), "{name}: {more:?}");
        }
    }
}

#[test]
fn a_flipped_byte_is_refused_or_read_as_it_stands() {
    let (mut refused, mut read) = (0, 0);
    for Recorded { name, payload, .. } in rewritten() {
        let own = Record::decode(&payload).unwrap();
        let lengths = lengths(&own, &payload);
        for (at, twin) in flipped(&payload) {
            let Ok(record) = Record::decode(&twin) else {
                refused += 1;
                continue;
            };
            // Without an act or moves there is nothing by which versions differ.
            if at == 0 {
                assert!(VERSIONS.contains(&twin[0]), "{name}");
                continue;
            }
            read += 1;
            let shape = at == 1 || lengths.iter().any(|length| length.contains(&at));
            assert!(!shape, "{name}: byte {at} makes another shape");
            assert_ne!(record, own, "{name}: byte {at} says nothing");
            let mut written = Vec::new();
            record.encode(&mut written);
            assert_eq!(written, twin, "{name}: byte {at} is read as another");
        }
    }
    assert!(refused > 5_000 && read > 5_000, "{refused}, {read}");
}

#[test]
fn a_flipped_byte_never_panics_further_on() {
    for fixture in ALL {
        let records = fixture.records();
        let mut state = fixture.folded();
        let (mut matcher, mut taken) = (Matcher::default(), 0);
        for Recorded { payload, .. } in &records {
            for (_, twin) in flipped(payload) {
                let Ok((record, event)) = state.read(&twin) else {
                    continue;
                };
                let sequence = state.ledger.last.next();
                if let Some(revision) = &record.revision {
                    let mut answer = Vec::new();
                    for view in [View::Officer, View::Declare] {
                        write_answer_for(view, revision, sequence, record.at, &mut answer);
                    }
                    let place = (sequence, record.at);
                    let again = state.decide_again(&mut matcher, place, revision, None, |_| ());
                    drop(again);
                }
                taken += usize::from(state.apply(sequence, &record, event.as_ref()).is_ok());
            }
        }
        assert!(taken > 1_000, "{taken}");
    }
}

#[test]
fn a_record_whose_due_time_is_never_has_no_time() {
    let records = V1.records();
    let decided = records.iter().find_map(|recorded| {
        let record = Record::decode(&recorded.payload).unwrap();
        record.revision.is_some().then_some(record)
    });
    let mut record = decided.unwrap();
    record.revision.as_mut().unwrap().due = Due::Never;
    let mut payload = Vec::new();
    record.encode(&mut payload);
    let parts = record
        .act
        .as_ref()
        .map_or(0, |act| 4 + act.body.len() + 4 + act.by.len() + 8 + 4);
    let id = record.revision.as_ref().unwrap().declaration_id.len();
    // Behind the head, the act, and what stands before the due time.
    let due = 10 + parts + 1 + 4 + id + 4 + 4 + 8 + 3;
    assert_eq!(payload[due..due + 9], [0; 9]);
    payload[due + 1] = 1;
    assert_eq!(Record::decode(&payload), Err(RecordError::Malformed));
}

#[test]
fn a_record_is_refused_whose_act_did_what_cannot_be_read() {
    let records: Vec<Recorded> = rewritten().collect();
    let acts = records.iter().filter_map(|recorded| {
        let record = Record::decode(&recorded.payload).unwrap();
        record.act.is_some().then_some(record)
    });
    for record in acts {
        for (effect, is_read) in [
            (Effect::default().encode(), true),
            (vec![0], false),
            (vec![0xff; 64], false),
            (vec![1; 4], false),
        ] {
            let act = record.act.clone().map(|act| Act {
                effect: &effect,
                ..act
            });
            let other = Record {
                act,
                ..record.clone()
            };
            let mut payload = Vec::new();
            other.encode(&mut payload);
            let read = Record::decode(&payload);
            match is_read {
                true => assert_eq!(read, Ok(other)),
                false => assert_eq!(read, Err(RecordError::Malformed)),
            }
        }
    }
}
