//! An id is found without scanning: the reads are counted.

use arrow::array::{AsArray, RecordBatch};
use greenlane::archive::{
    Batch, BatchBuilder, Event, Record, RollOptions, Table, lookup, write_row,
};
use greenlane::journal::Sequence;

use crate::rolling::archive;
use crate::sample::{at, batches};

fn ids(batch: &RecordBatch, column: &str) -> Vec<String> {
    let ids = batch.column_by_name(column).unwrap().as_string::<i32>();
    ids.iter().map(|id| id.unwrap().to_owned()).collect()
}

/// Ten ranges.
fn journal() -> Vec<Batch> {
    batches(400, 40)
}

fn options() -> RollOptions {
    RollOptions {
        max_rows: 1,
        max_age_s: u32::MAX,
    }
}

#[test]
fn every_declaration_is_found_whole_and_hardly_any_other_file_is_read() {
    let batches = journal();
    let disk = archive(&batches, options());
    let (mut files, mut searches) = (0, 0);
    for batch in batches.iter().step_by(3) {
        for column in ["declaration_id", "decision_id"] {
            let rows = batch.rows(Table::Decisions);
            let id = &ids(rows, column)[0];
            let found = lookup(&disk, Table::Decisions, column, id).unwrap();
            let expected = ids(rows, column).iter().filter(|own| *own == id).count();
            let rows: usize = found.rows.iter().map(RecordBatch::num_rows).sum();
            assert_eq!(rows, expected, "{id}");
            assert!(
                found
                    .rows
                    .iter()
                    .all(|rows| ids(rows, column).iter().all(|own| own == id))
            );
            assert_eq!(found.reads.files, batches.len() as u64);
            assert_eq!(found.reads.row_groups, batches.len() as u64);
            files += found.reads.files_read;
            searches += 1;
        }
    }
    // Of a hundred bloom filters one may be wrong.
    assert!(
        files >= searches && files <= searches + 2,
        "{files} of {searches}"
    );
}

#[test]
fn an_id_that_is_nowhere_reads_no_page() {
    let batches = journal();
    let disk = archive(&batches, options());
    let mut pages = 0;
    for no in 0..50 {
        let id = format!("5720201200001{no:05}");
        let found = lookup(&disk, Table::Declarations, "declaration_id", &id).unwrap();
        assert!(found.rows.is_empty());
        pages += u64::from(found.reads.pages_read > 0);
    }
    assert!(pages <= 12, "{pages} of 500 filters were wrong");
}

/// Events of one file, so many that their columns have several pages.
fn events(count: u64) -> Vec<Batch> {
    let (mut builder, mut batches) = (BatchBuilder::new(), Vec::new());
    for sequence in 1..=count {
        let id = format!("E-{sequence:06}");
        let event = Event {
            event_id: &id,
            kind: "list_entered",
            at: at(1),
            authority: Some("customs"),
            document: None,
            declaration_id: None,
            enterprise_id: Some(&id),
            body: &id,
            record: &sequence.to_be_bytes(),
            registry_revision: sequence,
            by: None,
        };
        let record = Record {
            event: Some(&event),
            ..Record::new(Sequence::new(sequence), at(1))
        };
        batches.extend(builder.append(&record).unwrap());
    }
    batches.extend(builder.finish().unwrap());
    batches
}

#[test]
fn in_a_row_group_only_the_pages_that_have_the_row_are_read() {
    let disk = archive(&events(60_000), RollOptions::default());
    let columns = Table::Events.schema().fields().len() as u64;
    for id in ["E-000001", "E-031000", "E-060000"] {
        let found = lookup(&disk, Table::Events, "event_id", id).unwrap();
        assert_eq!(ids(&found.rows[0], "body"), [id]);
        let reads = found.reads;
        assert_eq!(
            (reads.files, reads.row_groups, reads.row_groups_read),
            (1, 1, 1)
        );
        // There are three pages of each column; of one page and a dictionary each the id's page is read first.
        assert!(reads.pages_read <= 2 * columns + 1, "{reads:?}");
    }
}

#[test]
fn a_column_without_a_filter_is_not_searched() {
    let disk = archive(&batches(20, 20), options());
    let found = lookup(&disk, Table::Declarations, "office", "5720").unwrap();
    assert!(found.rows.is_empty() && found.reads.files == 0);
}

#[test]
fn a_row_is_told_as_json_in_the_order_of_its_columns() {
    let batches = batches(10, 10);
    let mut line = Vec::new();
    write_row(batches[0].rows(Table::Results), 1, &mut line);
    let expected =
        r#"{"sequence":4,"event_id":"E-4","recorded_at":"2016-11-02T20:09:00Z","declaration_id":""#;
    let line = String::from_utf8(line).unwrap();
    assert!(line.starts_with(expected), "{line}");
    assert!(line.ends_with(r#""passed":false,"conclusion":"passed","officer_id":"O-1","started_at":"2016-11-02T20:09:00Z","finished_at":null}"#), "{line}");
    for table in Table::ALL {
        let mut line = Vec::new();
        write_row(batches[0].rows(table), 0, &mut line);
        let row: serde_json::Value = serde_json::from_slice(&line).unwrap();
        let row = row.as_object().unwrap();
        assert_eq!(row.len(), table.schema().fields().len(), "{table}");
    }
}
