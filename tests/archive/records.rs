//! The archive stands in for what the journal has forgotten: every record that gave a row comes back as it was.

use std::sync::Arc;

use greenlane::archive::{
    ArchiveError, Batch, BatchBuilder, Event, Record, Records, Revision, RollOptions, Table,
    find_record, record,
};
use greenlane::declaration::{Day, Moment};
use greenlane::journal::Sequence;

use crate::disk::HostileDisk;
use crate::read::{bytes, files};
use crate::rolling::archive;
use crate::sample::at;
use crate::world::{Random, World};

/// The bytes of a record, which do not compress.
fn payload(sequence: u64) -> Vec<u8> {
    let mut random = Random(sequence);
    let words = random.below(90);
    let bytes = (0..words).flat_map(|_| random.next().to_le_bytes());
    bytes.collect()
}

/// What a record gives rows to.
fn gives(sequence: u64) -> (bool, bool) {
    match sequence % 5 {
        0 => (false, false),
        1 => (true, true),
        2 => (false, true),
        _ => (true, false),
    }
}

fn revision<'a>(id: &'a str, text: &'a str, record: &'a [u8]) -> Revision<'a> {
    Revision {
        decision_id: id,
        declaration_id: id,
        version: 1,
        revision: 2,
        revision_kind: "result",
        cause_event_id: Some(id),
        decided_on: Day::parse("2016-11-03").unwrap(),
        direction: "export",
        office: None,
        trader_id: "T-1",
        enterprise_id: "T-1",
        status: "released",
        verdict: "release",
        due_at: None,
        by: None,
        why: None,
        body: None,
        answer: text,
        record,
        policy: "ciq@sha256:0",
        registry_revision: 9,
    }
}

fn event<'a>(id: &'a str, at: Moment, text: &'a str, record: &'a [u8]) -> Event<'a> {
    Event {
        event_id: id,
        kind: "inspection_result",
        at,
        authority: None,
        document: None,
        declaration_id: Some(id),
        enterprise_id: None,
        body: text,
        record,
        registry_revision: 9,
        by: None,
    }
}

/// Batches of so many records each; of one record the event's bytes may be changed.
fn batches(records: u64, each: u64, at: fn(u64) -> Moment, changed: u64) -> Vec<Batch> {
    let (mut builder, mut batches) = (BatchBuilder::new(), Vec::new());
    for sequence in 1..=records {
        let (id, text) = (format!("D-{sequence}"), format!("{sequence}").repeat(200));
        let bytes = payload(sequence);
        let mut other = bytes.clone();
        other.extend((sequence == changed).then_some(0));
        let (revises, happens) = gives(sequence);
        let revision = revision(&id, &text, &bytes);
        let event = event(&id, at(sequence), &text, &other);
        let record = Record {
            revision: revises.then_some(&revision),
            event: happens.then_some(&event),
            ..Record::new(Sequence::new(sequence), at(sequence))
        };
        batches.extend(builder.append(&record).unwrap());
        if sequence % each == 0 {
            batches.extend(builder.finish().unwrap());
        }
    }
    batches.extend(builder.finish().unwrap());
    batches
}

/// A range for each batch.
fn ranges_of_batches() -> RollOptions {
    RollOptions {
        max_rows: 1,
        max_age_s: u32::MAX,
    }
}

/// 300 records of two days in many ranges.
fn sample() -> HostileDisk {
    archive(&batches(300, 16, at, 0), ranges_of_batches())
}

/// 20 000 records in one range.
fn long() -> HostileDisk {
    archive(
        &batches(20_000, 20_000, |_| at(1), 0),
        RollOptions::default(),
    )
}

type Read = Vec<(u64, Vec<u8>)>;

fn read(disk: &HostileDisk, from: u64) -> Result<Read, ArchiveError> {
    let mut records = Records::open(Arc::new(disk.clone()), Sequence::new(from))?;
    let mut read = Vec::new();
    while let Some(record) = records.next_record()? {
        read.push((record.sequence.get(), record.payload.to_vec()));
    }
    Ok(read)
}

fn expected(from: u64, to: u64) -> Read {
    let given = (from.max(1)..=to).filter(|sequence| gives(*sequence) != (false, false));
    given
        .map(|sequence| (sequence, payload(sequence)))
        .collect()
}

fn last(disk: &HostileDisk) -> Sequence {
    let records = Records::open(Arc::new(disk.clone()), Sequence::ZERO);
    records.unwrap().last()
}

#[test]
fn every_record_comes_back_once_in_order_from_wherever_one_begins() {
    let disk = sample();
    assert_eq!(last(&disk), Sequence::new(300));
    for from in [
        0,
        1,
        2,
        5,
        16,
        17,
        80,
        81,
        150,
        160,
        299,
        300,
        301,
        u64::MAX,
    ] {
        assert!(read(&disk, from).unwrap() == expected(from, 300), "{from}");
    }
}

#[test]
fn an_archive_without_files_has_no_records() {
    let disk = HostileDisk::new(World::default());
    assert_eq!(read(&disk, 1).unwrap(), []);
    assert_eq!(last(&disk), Sequence::ZERO);
    assert_eq!(record(&disk, Sequence::new(1)).unwrap(), None);
}

/// The path of a table's file, the last one where none is named.
fn path(disk: &HostileDisk, table: Table, no: Option<usize>) -> String {
    let mut files = files(disk, table);
    let (folder, name) = files.remove(no.unwrap_or(files.len() - 1));
    format!("{folder}/{name}")
}

fn without(disk: &HostileDisk, path: &str) -> HostileDisk {
    let mut world = disk.world();
    world.remove(path);
    HostileDisk::new(world)
}

#[test]
fn it_ends_where_one_of_the_tables_ends() {
    let disk = sample();
    for table in [Table::Declarations, Table::Events] {
        let shorter = without(&disk, &path(&disk, table, None));
        let end = last(&shorter).get();
        assert!(end > 280 && end < 300, "{end}");
        assert!(read(&shorter, 1).unwrap() == expected(1, end));
    }
}

#[test]
fn a_missing_file_is_damage() {
    let disk = sample();
    let holed = without(&disk, &path(&disk, Table::Events, Some(3)));
    let told = read(&holed, 200).unwrap_err();
    assert!(matches!(told, ArchiveError::Damaged(_)), "{told}");
}

#[test]
fn two_tables_that_differ_are_damage() {
    let disk = archive(&batches(300, 16, at, 251), ranges_of_batches());
    assert!(read(&disk, 252).unwrap() == expected(252, 300));
    let told = read(&disk, 1).unwrap_err().to_string();
    let expected = "the archive is damaged: events/date=2016-11-03/00000000000000000241-00000000000000000256.parquet: \
                    record `251` differs in `declarations`";
    assert_eq!(told, expected);
}

#[test]
fn a_file_of_other_records_is_damage() {
    let disk = sample();
    let mut world = disk.world();
    let [one, other] = [2, 3].map(|no| path(&disk, Table::Declarations, Some(no)));
    world.replace(&one, disk.world().bytes(&other).to_vec());
    let told = read(&HostileDisk::new(world), 1).unwrap_err().to_string();
    let why = "has record `49` out of order or of the range 33 to 48";
    assert!(told.contains(&one) && told.ends_with(why), "{told}");
}

#[test]
fn only_the_columns_and_files_that_are_asked_for_are_read_a_little_at_a_time() {
    let disk = long();
    let whole: usize = [Table::Declarations, Table::Events]
        .map(|table| disk.world().bytes(&path(&disk, table, None)).len())
        .iter()
        .sum();
    disk.take_reads();
    let mut records = Records::open(Arc::new(disk.clone()), Sequence::ZERO).unwrap();
    let mut count = 0;
    let memory = allocation_counter::measure(|| {
        while records.next_record().unwrap().is_some() {
            count += 1;
        }
    });
    assert_eq!(count, 16_000);
    let bytes: usize = (1..=20_000).map(|sequence| payload(sequence).len()).sum();
    let reads = disk.take_reads().bytes;
    assert!(reads < whole && reads < 2 * bytes, "{reads} of {whole}");
    assert!(memory.bytes_max < 6 << 20, "{memory:?}");
    // From a record on only the pages that have it or a later one.
    assert!(read(&disk, 19_900).unwrap() == expected(19_900, 20_000));
    let late = disk.take_reads().bytes;
    assert!(late < reads / 4, "{late} of {reads}");
}

#[test]
fn a_record_is_found_by_its_place() {
    let disk = sample();
    for sequence in 0..=301 {
        let found = find_record(&disk, Sequence::new(sequence)).unwrap();
        let (revises, happens) = match sequence {
            1..=300 => gives(sequence),
            _ => (false, false),
        };
        let expected = (revises || happens).then(|| payload(sequence));
        assert!(found.record == expected, "{sequence}");
        let reads = found.reads;
        // A file of each table at most; where the first one has it, no other is opened.
        let opened = u64::from((1..=300).contains(&sequence)) * if revises { 1 } else { 2 };
        assert_eq!(
            (reads.files, reads.row_groups),
            (opened, opened),
            "{sequence}"
        );
        assert!(reads.files_read <= opened);
    }
}

#[test]
fn to_find_a_record_two_pages_are_read() {
    let disk = long();
    let whole = disk
        .world()
        .bytes(&path(&disk, Table::Declarations, None))
        .len();
    for sequence in [1, 10_001, 19_999] {
        disk.take_reads();
        let found = find_record(&disk, Sequence::new(sequence)).unwrap();
        assert!(found.record == Some(payload(sequence)));
        let reads = found.reads;
        assert_eq!(
            (reads.files_read, reads.row_groups_read, reads.pages_read),
            (1, 1, 2)
        );
        let bytes = disk.take_reads().bytes;
        assert!(bytes < whole / 3, "{bytes} of {whole}");
    }
    // No page can have a record that gave no row; it takes decoding the page's sequences to know.
    let found = find_record(&disk, Sequence::new(10_000)).unwrap();
    assert_eq!((found.record, found.reads.pages_read), (None, 2));
}

#[test]
fn to_read_records_of_a_damaged_file_ends_with_records_or_an_error() {
    let disk = archive(&batches(12, 12, at, 0), RollOptions::default());
    let world = disk.world();
    let path = path(&disk, Table::Events, None);
    let (folder, name) = path.rsplit_once('/').unwrap();
    let whole = bytes(&disk, folder, name);
    let mut errors = 0;
    std::panic::set_hook(Box::new(|_| {}));
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 0xff;
        let mut world = world.clone();
        world.replace(&path, bytes);
        let disk = HostileDisk::new(world);
        let all = read(&disk, 1).is_err();
        let one = record(&disk, Sequence::new(7)).is_err();
        errors += usize::from(all) + usize::from(one);
    }
    let _ = std::panic::take_hook();
    assert!(errors > 100, "{errors}");
}
