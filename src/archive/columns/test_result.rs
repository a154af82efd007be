//! Columns of `results`, one row a test of an inspected item: a table.

use crate::archive::cells::Cells;
use crate::archive::column::Kind::{Bool, Int32, Int64, Moment, Text};
use crate::archive::column::{Column, Rows, optional, required};
use crate::archive::entry::{Entry, TestResult};

/// The rows of `results`.
#[derive(Debug, Clone, Copy)]
pub(in crate::archive) struct TestResultRows;

impl Rows for TestResultRows {
    type Row<'r> = Entry<'r, TestResult<'r>>;
    type Own = std::convert::Infallible;

    fn columns() -> Vec<Column<Self>> {
        COLUMNS.to_vec()
    }

    fn own(own: Self::Own) -> Box<dyn Cells<Self>> {
        match own {}
    }
}

const COLUMNS: &[Column<TestResultRows>] = &[
    required(
        "sequence",
        "Place of the result in the journal; the tests of a result share it.",
        Int64(|row| Some(row.sequence.get() as i64)),
    ),
    required(
        "event_id",
        "Id of the result's event.",
        Text(|row| Some(row.row.event_id)),
    ),
    required(
        "recorded_at",
        "When the result was recorded, UTC.",
        Moment(|row| Some(row.at)),
    ),
    required(
        "declaration_id",
        "The single window's id of the declaration that was inspected.",
        Text(|row| Some(row.row.declaration_id)),
    ),
    required(
        "version",
        "Version of the declaration that was inspected.",
        Int64(|row| Some(i64::from(row.row.version))),
    ),
    required(
        "item_no",
        "Number of the item in its declaration, 1 to 999 (WCO 006).",
        Int32(|row| Some(i32::from(row.row.item_no))),
    ),
    required(
        "object",
        "What was tested: `product` or `raw_material`.",
        Text(|row| Some(row.row.object)),
    ),
    required(
        "test",
        "The test, as requirements and obligations name it.",
        Text(|row| Some(row.row.test)),
    ),
    optional(
        "value",
        "What was measured, as the laboratory wrote it: a decimal number, or words such as `not detected`.",
        Text(|row| row.row.value),
    ),
    optional("unit", "Unit of value and limit.", Text(|row| row.row.unit)),
    optional(
        "limit",
        "The limit that value was held against, as the laboratory wrote it.",
        Text(|row| row.row.limit),
    ),
    required(
        "passed",
        "Whether the test was passed.",
        Bool(|row| Some(row.row.passed)),
    ),
    optional(
        "conclusion",
        "What the officer concluded of the whole inspection.",
        Text(|row| row.row.conclusion),
    ),
    optional(
        "officer_id",
        "The officer who inspected.",
        Text(|row| row.row.officer_id),
    ),
    optional(
        "started_at",
        "When the inspection began, UTC.",
        Moment(|row| row.row.started_at),
    ),
    optional(
        "finished_at",
        "When the inspection ended, UTC.",
        Moment(|row| row.row.finished_at),
    ),
];
