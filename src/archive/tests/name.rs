//! A file's name says what it covers, and no other name does; batches are cut between records.

use crate::archive::files::Span;
use crate::archive::{BatchBuilder, Event, Record, Table};
use crate::declaration::Moment;
use crate::journal::Sequence;

fn span(first: u64, last: u64) -> Span {
    Span {
        first: Sequence::new(first),
        last: Sequence::new(last),
    }
}

#[test]
fn a_name_says_the_range_and_names_sort_as_the_journal_goes() {
    let name = span(9, 10).file_name();
    assert_eq!(name, "00000000000000000009-00000000000000000010.parquet");
    assert_eq!(Span::of_name(&name), Some(span(9, 10)));
    let most = span(u64::MAX, u64::MAX);
    assert_eq!(Span::of_name(&most.file_name()), Some(most));
    assert!(name < span(11, 200).file_name());
}

#[test]
fn another_way_to_write_a_range_is_no_name() {
    let others = [
        "9-10.parquet",
        "00000000000000000009-00000000000000000010.parquet.tmp",
        "00000000000000000009-00000000000000000010",
        "+0000000000000000009-00000000000000000010.parquet",
        "99999999999999999999-99999999999999999999.parquet",
        "00000000000000000009.parquet",
        "-.parquet",
    ];
    for other in others {
        assert_eq!(Span::of_name(other), None, "{other}");
    }
}

#[test]
fn a_batch_is_cut_between_records_also_where_they_have_no_rows() {
    let at = Moment::from_micros(0);
    let event = Event {
        event_id: "E",
        kind: "day_turned",
        at,
        authority: None,
        document: None,
        declaration_id: None,
        enterprise_id: None,
        body: "{}",
        record: &[],
        registry_revision: 0,
        by: None,
    };
    let mut builder = BatchBuilder::new();
    for sequence in 5..10 {
        let event = (sequence != 7).then_some(&event);
        let record = Record::new(Sequence::new(sequence), at);
        assert!(
            builder
                .append(&Record { event, ..record })
                .unwrap()
                .is_none()
        );
    }
    let batch = builder.finish().unwrap().unwrap();
    for (from, rows) in [(6, 1), (7, 2), (8, 2), (9, 3)] {
        let (before, after) = batch.split(Sequence::new(from));
        assert_eq!(
            (before.span(), after.span()),
            (span(5, from - 1), span(from, 9))
        );
        assert_eq!(before.rows(Table::Events).num_rows(), rows);
        assert_eq!(after.rows(Table::Events).num_rows(), 4 - rows);
    }
    let missing = Record::new(Sequence::new(5), at);
    builder.append(&missing).unwrap();
    assert!(builder.append(&missing).is_err());
}

#[test]
fn a_batch_is_of_one_day() {
    let midnight = Moment::parse("2016-11-03T00:00:00Z").unwrap();
    let mut builder = BatchBuilder::new();
    let record = |sequence, at| Record::new(Sequence::new(sequence), at);
    let before = record(1, midnight.plus_seconds(-1));
    assert!(builder.append(&before).unwrap().is_none());
    let first = builder.append(&record(2, midnight)).unwrap().unwrap();
    assert_eq!(first.span(), span(1, 1));
    assert_eq!(builder.finish().unwrap().unwrap().span(), span(2, 2));
    assert!(builder.finish().unwrap().is_none());
}
