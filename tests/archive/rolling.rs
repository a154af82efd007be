//! Rows come back as they went in, and files are sealed when they should be.

use std::sync::Arc;

use greenlane::archive::{ArchiveError, Batch, RollOptions, RollingWriter, Table, VIEWS, verify};
use greenlane::journal::{Folders, Sequence};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::disk::HostileDisk;
use crate::read::{bytes, fed, files, ranges, rows};
use crate::sample::{STEP_S, at, batches};
use crate::world::World;

fn new() -> HostileDisk {
    HostileDisk::new(World::default())
}

pub(crate) fn open(
    disk: &HostileDisk,
    options: RollOptions,
) -> Result<RollingWriter, ArchiveError> {
    RollingWriter::open(Arc::new(disk.clone()), options)
}

/// An archive of batches, closed.
pub(crate) fn archive(batches: &[Batch], options: RollOptions) -> HostileDisk {
    let disk = new();
    let mut writer = open(&disk, options).unwrap();
    batches
        .iter()
        .for_each(|batch| writer.append(batch).unwrap());
    writer.close().unwrap();
    disk
}

fn never() -> RollOptions {
    RollOptions {
        max_rows: u64::MAX,
        max_age_s: u32::MAX,
    }
}

#[test]
fn rows_come_back_in_their_order_each_once_and_every_table_covers_the_same_ranges() {
    let batches = batches(400, 16);
    let disk = archive(&batches, RollOptions::default());
    assert_eq!(rows(&disk), fed(&batches));
    let expected = ranges(&disk, Table::Decisions);
    assert!(expected.len() > 10, "{expected:?}");
    for table in Table::ALL {
        assert_eq!(ranges(&disk, table), expected, "{table}");
    }
    let report = verify(&disk).unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(report.files, 4 * expected.len() as u64);
    assert_eq!(report.watermarks, [Sequence::new(400); 4]);
    assert_eq!(bytes(&disk, "", "views.sql"), VIEWS.as_bytes());
}

#[test]
fn a_range_is_sealed_at_midnight_of_utc() {
    let disk = archive(&batches(400, 16), never());
    let expected = [("2016-11-02", 1, 80), ("2016-11-03", 81, 400)];
    let expected = expected.map(|(day, first, last)| (day.to_owned(), first, last));
    assert_eq!(ranges(&disk, Table::Results), expected);
}

#[test]
fn a_range_is_sealed_when_it_is_old_also_when_nothing_comes_any_more() {
    let options = RollOptions {
        max_age_s: 20 * STEP_S as u32,
        ..never()
    };
    let (disk, batches) = (new(), batches(45, 10));
    let mut writer = open(&disk, options).unwrap();
    for batch in &batches {
        writer.append(batch).unwrap();
    }
    assert_eq!(writer.archived(), Sequence::new(40));
    assert_eq!(writer.next(), Sequence::new(46));
    writer.tick(at(60)).unwrap();
    assert_eq!(writer.archived(), Sequence::new(40));
    writer.tick(at(61)).unwrap();
    assert_eq!(writer.archived(), Sequence::new(45));
    writer.close().unwrap();
    let ranges: Vec<_> = ranges(&disk, Table::Events)
        .into_iter()
        .map(|(_, first, last)| (first, last))
        .collect();
    assert_eq!(ranges, [(1, 20), (21, 40), (41, 45)]);
}

#[test]
fn a_range_that_nothing_is_added_to_is_sealed_when_the_day_has_turned() {
    let disk = new();
    let mut writer = open(&disk, never()).unwrap();
    writer.append(&batches(10, 10)[0]).unwrap();
    writer.tick(at(80)).unwrap();
    assert_eq!(writer.archived(), Sequence::ZERO);
    writer.tick(at(81)).unwrap();
    assert_eq!(writer.archived(), Sequence::new(10));
}

#[test]
fn no_file_has_more_rows_than_it_may() {
    let batches = batches(80, 4);
    let max_rows = 30;
    let options = RollOptions {
        max_rows,
        ..never()
    };
    let disk = archive(&batches, options);
    assert_eq!(rows(&disk), fed(&batches));
    for (folder, name) in files(&disk, Table::Decisions) {
        let rows = crate::read::file(&disk, Table::Decisions, &folder, &name).num_rows();
        assert!(rows as u64 <= max_rows && rows > 10, "{name}: {rows}");
    }
}

#[test]
fn a_table_without_rows_has_an_empty_file_of_the_range() {
    let disk = archive(&batches(3, 3), RollOptions::default());
    let (folder, name) = files(&disk, Table::Results).remove(0);
    let rows = crate::read::file(&disk, Table::Results, &folder, &name);
    assert_eq!(
        (rows.num_rows(), rows.schema()),
        (0, Table::Results.schema())
    );
}

#[test]
fn a_stop_seals_what_there_is_and_the_next_start_goes_on() {
    let batches = batches(60, 10);
    let disk = new();
    for batch in &batches {
        let mut writer = open(&disk, never()).unwrap();
        assert_eq!(writer.next(), batch.span().first);
        writer.append(batch).unwrap();
        writer.close().unwrap();
    }
    assert_eq!(ranges(&disk, Table::Decisions).len(), 6);
    assert_eq!(rows(&disk), fed(&batches));
    assert_eq!(verify(&disk).unwrap().faults, []);
}

#[test]
fn a_record_that_is_missing_is_refused_and_one_that_is_there_is_passed_over() {
    let batches = batches(60, 10);
    let disk = new();
    let mut writer = open(&disk, never()).unwrap();
    writer.append(&batches[0]).unwrap();
    writer.append(&batches[0]).unwrap();
    let gap = writer.append(&batches[2]).unwrap_err().to_string();
    assert_eq!(gap, "record `21` came where `11` was to follow");
    let stopped = writer.append(&batches[1]).unwrap_err();
    assert!(matches!(stopped, ArchiveError::Stopped(_)), "{stopped}");
    assert!(writer.close().is_err());
    assert_eq!(ranges(&disk, Table::Decisions), []);
}

#[test]
fn what_was_not_finished_is_removed_at_the_next_start() {
    let batches = batches(60, 10);
    let disk = new();
    let mut writer = open(&disk, never()).unwrap();
    writer.append(&batches[0]).unwrap();
    drop(writer);
    let writer = open(&disk, never()).unwrap();
    let removed = writer.removed();
    assert_eq!(removed.len(), 4, "{removed:?}");
    assert_eq!(
        removed[0],
        "decisions/date=2016-11-02/.00000000000000000001.tmp"
    );
    let folder = Folders::open(&disk, "decisions/date=2016-11-02").unwrap();
    assert_eq!(folder.list().unwrap(), Vec::<String>::new());
}

/// pyarrow read a file that was being written, since it reads whatever is in a folder and does not begin with a dot.
#[test]
fn what_is_being_written_is_hidden_from_those_who_read_whole_folders() {
    let disk = new();
    let mut writer = open(&disk, never()).unwrap();
    writer.append(&batches(60, 10)[0]).unwrap();
    let folder = Folders::open(&disk, "decisions/date=2016-11-02").unwrap();
    let names = folder.list().unwrap();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with('.'), "{names:?}");
}

#[test]
fn a_file_says_what_it_covers_and_what_it_follows() {
    let disk = archive(
        &batches(20, 10),
        RollOptions {
            max_rows: 1,
            ..never()
        },
    );
    let files = files(&disk, Table::Events);
    let metadata = |no: usize, key: &str| {
        let (folder, name) = &files[no];
        let bytes = bytes::Bytes::from(bytes(&disk, folder, name));
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        let entries = reader.metadata().file_metadata().key_value_metadata();
        let entry = entries.unwrap().iter().find(|entry| entry.key == key);
        entry.unwrap().value.clone().unwrap()
    };
    let (folder, name) = &files[0];
    let first = blake3::hash(&bytes(&disk, folder, name)).to_hex();
    assert_eq!(metadata(1, "greenlane.previous"), first.as_str());
    let start = blake3::hash(b"events").to_hex();
    assert_eq!(metadata(0, "greenlane.previous"), start.as_str());
    let keys = [
        "schema_version",
        "version",
        "table",
        "date",
        "first",
        "last",
        "rows",
    ];
    let values = keys.map(|key| metadata(1, &format!("greenlane.{key}")));
    assert_eq!(
        values,
        [
            greenlane::archive::SCHEMA_VERSION,
            env!("CARGO_PKG_VERSION"),
            "events",
            "2016-11-02",
            "11",
            "20",
            "1"
        ]
    );
}
