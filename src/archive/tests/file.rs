//! A file holds what was decided, and appears whole or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::{Array, RecordBatch, TimestampMicrosecondArray};
use arrow::util::display::array_value_to_string;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::ParquetMetaData;

use super::decide;
use crate::archive::{
    DecisionsBuilder, DecisionsWriter, ROW_GROUP_ROWS, SCHEMA_VERSION, decisions_schema,
};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("greenlane-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("decisions.parquet")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn batch() -> RecordBatch {
    let mut builder = DecisionsBuilder::new();
    decide(|decision| builder.append(decision));
    assert_eq!(builder.len(), 2);
    let batch = builder.finish().unwrap();
    assert!(builder.is_empty());
    batch
}

fn write(path: &Path, batches: &[RecordBatch]) {
    let mut writer = DecisionsWriter::create(path, &[("greenlane.run", "test")]).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
}

fn read_back(path: &Path) -> (ParquetMetaData, Vec<RecordBatch>) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    assert_eq!(
        reader.schema().as_ref().fields(),
        decisions_schema().fields()
    );
    let metadata = reader.metadata().as_ref().clone();
    let batches = reader.with_batch_size(1 << 20).build().unwrap();
    (metadata, batches.map(Result::unwrap).collect())
}

fn cell(batch: &RecordBatch, column: &str, row: usize) -> String {
    let column = batch
        .column_by_name(column)
        .unwrap_or_else(|| panic!("{column}"));
    // The display of arrow knows no named time zone without a database of them.
    if let Some(times) = column.as_any().downcast_ref::<TimestampMicrosecondArray>() {
        let time = times
            .is_valid(row)
            .then(|| crate::declaration::Moment::from_micros(times.value(row)).to_string());
        return time.unwrap_or_default();
    }
    array_value_to_string(column, row).unwrap()
}

const FIRST: &[(&str, &str)] = &[
    ("sequence", "17"),
    ("declaration_id", "530120161234567890"),
    ("revision_kind", "initial"),
    ("cause_event_id", ""),
    ("item_no", "1"),
    ("decided_at", "2016-11-02T20:00:00Z"),
    ("decided_on", "2016-11-03"),
    ("declared_at", "2016-11-02T01:30:00Z"),
    ("due_at", "2016-11-04T20:00:00Z"),
    ("office", "5720"),
    ("producer_id", "P-1"),
    ("declarant_id", ""),
    ("exchange_rate", "1.0000000000"),
    ("hs_code", "9405110000"),
    ("item_chapter", "94"),
    ("quantity", "1200.0000"),
    ("value", "96000.0000"),
    ("item_unit_value", "80.0000"),
    ("declaration_value", "96000.0001"),
    ("declaration_day", "2016-11-02"),
    ("declaration_item_count", "2"),
    (
        "documents",
        "[{kind: self_declaration, number: SD-1, issuer_id: , issued_on: 2016-10-30, expires_on: }, {kind: invoice, number: , issuer_id: , issued_on: , expires_on: 2016-01-01}]",
    ),
    ("documents_kinds", "[self_declaration]"),
    (
        "material_lots",
        "[{lot_id: L-1, quantity: 12.5000}, {lot_id: L-2, quantity: }]",
    ),
    ("product_lots", "[P-1, P-2]"),
    ("attributes", "{courier: air, duty: 1.5, parcels: 7}"),
    ("zone_in_scope", "false"),
    ("commodity_categories", "[]"),
    ("price_low", ""),
    ("risk", "{fraud: 40}"),
    ("alerts", "{}"),
    ("verdict", "sample"),
    ("declaration_verdict", "sample"),
    ("status", "selected"),
    ("selected_by", "draw"),
    ("rule", "inspection/lamps"),
    (
        "books",
        "[{book: inspection, rule: lamps, verdict: sample, spoke: true}, {book: inspection, rule: rare, verdict: , spoke: false}, {book: intelligence, rule: risky, verdict: sample, spoke: true}]",
    ),
    ("reason_codes", "[LAMPS, SECRET]"),
    (
        "obligations",
        "{mode: physical, tests: [glow, lead], documents: [invoice], sample_size: 80, specimens: 3, objects: [product], office: 5720, follow_up: [audit], priority: high}",
    ),
    ("rate", "0.5000000000000000"),
    ("draw", "4611686018427387904"),
    ("shadow_verdict", ""),
    ("registry_revision", "3"),
    ("engine_ns", "420"),
    ("inspection_level", "II"),
    ("aql", "2.5000"),
    ("inspection_severity", "normal"),
    ("acceptance_number", "5"),
];

const SECOND: &[(&str, &str)] = &[
    ("sequence", "17"),
    ("item_no", "2"),
    ("hs_code", "850110"),
    ("item_subheading", "850110"),
    ("quantity", ""),
    ("value", "0.0001"),
    ("documents", "[]"),
    ("attributes", "{courier: sea, duty: 1.5}"),
    ("verdict", "release"),
    ("declaration_verdict", "sample"),
    ("selected_by", ""),
    ("rule", ""),
    ("books", "[]"),
    ("reason_codes", "[]"),
    ("rate", ""),
    ("draw", ""),
    ("inspection_level", ""),
    ("acceptance_number", ""),
];

#[test]
fn a_decision_is_read_back_as_it_was_made() {
    let folder = Folder::new("read-back");
    write(&folder.file(), &[batch()]);
    let (metadata, batches) = read_back(&folder.file());
    assert_eq!(metadata.file_metadata().num_rows(), 2);
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 2);
    for (row, expected) in [FIRST, SECOND].into_iter().enumerate() {
        for (column, expected) in expected {
            assert_eq!(
                cell(&batches[0], column, row),
                *expected,
                "{column} of row {row}"
            );
        }
    }
    assert_eq!(cell(&batches[0], "decision_id", 0).len(), 36);
}

#[test]
fn rows_keep_their_order_over_row_groups() {
    let folder = Folder::new("groups");
    let batch = batch();
    let many: Vec<&RecordBatch> = std::iter::repeat_n(&batch, 5_000).collect();
    let chunk = arrow::compute::concat_batches(&decisions_schema(), many).unwrap();
    let batches: Vec<RecordBatch> = std::iter::repeat_n(chunk, 14).collect();
    write(&folder.file(), &batches);
    let (metadata, _) = read_back(&folder.file());
    assert_eq!(metadata.file_metadata().num_rows(), 140_000);
    let groups: Vec<i64> = metadata
        .row_groups()
        .iter()
        .map(|group| group.num_rows())
        .collect();
    assert_eq!(
        groups,
        [ROW_GROUP_ROWS as i64, 140_000 - ROW_GROUP_ROWS as i64]
    );
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(folder.file()).unwrap()).unwrap();
    let mut rows = 0;
    for batch in reader.with_batch_size(1_000).build().unwrap() {
        let batch = batch.unwrap();
        assert_eq!(cell(&batch, "item_no", 0), "1");
        assert_eq!(cell(&batch, "item_no", 999), "2");
        rows += batch.num_rows();
    }
    assert_eq!(rows, 140_000);
}

#[test]
fn a_file_says_by_which_version_it_was_written_and_can_be_searched_by_id() {
    let folder = Folder::new("metadata");
    write(&folder.file(), &[batch()]);
    let (metadata, _) = read_back(&folder.file());
    let entries = metadata.file_metadata().key_value_metadata().unwrap();
    let value = |key: &str| {
        let entry = entries.iter().find(|entry| entry.key == key);
        entry.and_then(|entry| entry.value.clone())
    };
    assert_eq!(
        value("greenlane.schema_version").as_deref(),
        Some(SCHEMA_VERSION)
    );
    assert_eq!(
        value("greenlane.version").as_deref(),
        Some(env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(value("greenlane.run").as_deref(), Some("test"));
    for column in metadata.row_group(0).columns() {
        let name = column.column_path().string();
        let has_bloom = column.bloom_filter_offset().is_some();
        let id = [
            "decision_id",
            "declaration_id",
            "trader_id",
            "producer_id",
            "declarant_id",
            "counterparty_id",
            "enterprise_id",
        ];
        assert_eq!(has_bloom, id.contains(&name.as_str()), "{name}");
        // A list that is empty throughout has no pages to index.
        assert!(
            column.column_index_offset().is_some() || name.contains('.'),
            "{name}"
        );
    }
}

#[test]
fn an_unfinished_file_leaves_nothing_behind() {
    let folder = Folder::new("unfinished");
    let mut writer = DecisionsWriter::create(&folder.file(), &[]).unwrap();
    writer.write(&batch()).unwrap();
    assert!(!folder.file().exists());
    drop(writer);
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_the_new_one_is_finished() {
    let folder = Folder::new("replaced");
    fs::write(folder.file(), "before").unwrap();
    let mut writer = DecisionsWriter::create(&folder.file(), &[]).unwrap();
    writer.write(&batch()).unwrap();
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), "before");
    writer.finish().unwrap();
    assert_eq!(read_back(&folder.file()).0.file_metadata().num_rows(), 2);
    assert_eq!(folder.names(), ["decisions.parquet"]);
}

#[test]
fn what_cannot_be_written_is_told_with_its_path() {
    let folder = Folder::new("errors");
    let missing = folder.0.join("missing").join("decisions.parquet");
    let error = DecisionsWriter::create(&missing, &[]).err().unwrap();
    assert!(
        error
            .to_string()
            .starts_with(&missing.display().to_string()),
        "{error}"
    );
    // A folder stands where the file should appear.
    fs::create_dir(folder.file()).unwrap();
    let writer = DecisionsWriter::create(&folder.file(), &[]).unwrap();
    let error = writer.finish().unwrap_err().to_string();
    assert!(
        error.starts_with(&folder.file().display().to_string()),
        "{error}"
    );
    assert_eq!(folder.names(), ["decisions.parquet"]);
}
