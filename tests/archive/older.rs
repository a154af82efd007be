//! Files of the schemas' earlier versions, the first from before cases were joined, are read beside those of today.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use bytes::Bytes;
use greenlane::archive::{RollOptions, Table, verify};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::disk::HostileDisk;
use crate::read::{bytes, files};
use crate::rolling::archive;
use crate::sample::batches;
use crate::world::World;

const VERSION: &str = "greenlane.schema_version";
const SEAL: &str = "greenlane.seal";
/// Columns of `decisions` that came later.
const LATER: [&str; 28] = [
    "case_open",
    "case_cause",
    "case_tightened",
    "history_cancelled_after_selection_12m",
    "history_complaints_12m",
    "history_declarations_30d",
    "history_failed_tests_12m",
    "history_failures_12m",
    "history_inspections_12m",
    "history_notifications_12m",
    "history_passes_in_a_row",
    "history_returns_12m",
    "history_value_30d",
    "market_notifications_12m",
    "market_returns_12m",
    "source_covered",
    "source_covers_required_tests",
    "source_filed_supplier",
    "programme_open",
    "inspection_level",
    "aql",
    "inspection_severity",
    "acceptance_number",
    "trace_affected",
    "trader_material_monitoring",
    "producer_material_monitoring",
    "declarant_material_monitoring",
    "enterprise_material_monitoring",
];
/// Those that came with version 3.
const LATEST: [&str; 5] = [
    "trace_affected",
    "trader_material_monitoring",
    "producer_material_monitoring",
    "declarant_material_monitoring",
    "enterprise_material_monitoring",
];
/// How many of them the second version has.
const SECOND: usize = 23;

/// A file as a service of an earlier day wrote it: without some columns, of a version.
fn rewritten(whole: Vec<u8>, without: &[&str], version: &str) -> Vec<u8> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(whole)).unwrap();
    let entries = reader.metadata().file_metadata().key_value_metadata();
    let unsealed = "0".repeat(64);
    let entries = entries.unwrap().iter().filter_map(|entry| {
        let value = match entry.key.as_str() {
            "ARROW:schema" => return None,
            VERSION => Some(version.to_owned()),
            SEAL => Some(unsealed.clone()),
            _ => entry.value.clone(),
        };
        Some(KeyValue::new(entry.key.clone(), value))
    });
    let properties = WriterProperties::builder().set_key_value_metadata(Some(entries.collect()));
    let fields = reader.schema().fields().iter();
    let kept = fields.filter(|field| !without.contains(&field.name().as_str()));
    let schema = Arc::new(Schema::new(kept.cloned().collect::<Vec<_>>()));
    let mut out = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut out, Arc::clone(&schema), Some(properties.build())).unwrap();
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        let columns = schema.fields().iter();
        let columns = columns.map(|field| Arc::clone(batch.column_by_name(field.name()).unwrap()));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap();
        writer.write(&batch).unwrap();
    }
    writer.close().unwrap();
    let seal = blake3::hash(&out).to_hex();
    let needle = [SEAL.as_bytes(), &[0x18, 0x40]].concat();
    let mut places = out.windows(needle.len());
    let at = places.rposition(|bytes| bytes == needle).unwrap() + needle.len();
    out[at..at + 64].copy_from_slice(seal.as_bytes());
    out
}

/// An archive of one range, its file of a table written anew.
fn world(table: Table, without: &[&str], version: &str) -> World {
    let disk = archive(&batches(4, 4), RollOptions::default());
    let (folder, name) = files(&disk, table).swap_remove(0);
    let whole = bytes(&disk, &folder, &name);
    let mut world = disk.world();
    let path = format!("{folder}/{name}");
    world.replace(&path, rewritten(whole, without, version));
    world
}

fn faults(world: World) -> Vec<String> {
    let report = verify(&HostileDisk::new(world)).unwrap();
    report.faults.into_iter().map(|fault| fault.why).collect()
}

#[test]
fn a_file_of_an_earlier_version_is_right_without_the_columns_that_came_later() {
    assert_eq!(faults(world(Table::Decisions, &LATER, "1")), [""; 0]);
    assert_eq!(faults(world(Table::Decisions, &LATEST, "2")), [""; 0]);
    for table in [Table::Declarations, Table::Events, Table::Results] {
        assert_eq!(faults(world(table, &[], "1")), [""; 0], "{table}");
    }
}

#[test]
fn a_file_of_the_second_version_is_right_without_what_is_said_of_raw_material() {
    let without = &LATER[SECOND..];
    assert_eq!(faults(world(Table::Decisions, without, "2")), [""; 0]);
}

#[test]
fn a_file_has_the_columns_of_the_version_that_it_names() {
    let wrong = ["has not the columns of `decisions`"];
    assert_eq!(faults(world(Table::Decisions, &LATER, "2")), wrong);
    assert_eq!(faults(world(Table::Decisions, &LATEST, "3")), wrong);
    assert_eq!(faults(world(Table::Decisions, &[], "2")), wrong);
    assert_eq!(faults(world(Table::Decisions, &[], "1")), wrong);
    assert_eq!(faults(world(Table::Decisions, &[], "2")), wrong);
    assert_eq!(faults(world(Table::Decisions, &LATER[1..], "1")), wrong);
    assert_eq!(
        faults(world(Table::Decisions, &[], "99")),
        ["`greenlane.schema_version` is `99`, which no version is"]
    );
}
