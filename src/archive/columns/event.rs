//! Columns of `events`, one row an event or other journaled act: a table.

use crate::archive::cells::Cells;
use crate::archive::column::Kind::{Bytes, Int64, Moment, Text};
use crate::archive::column::{Column, Rows, optional, required};
use crate::archive::entry::{Entry, Event};

/// The rows of `events`.
#[derive(Debug, Clone, Copy)]
pub(in crate::archive) struct EventRows;

impl Rows for EventRows {
    type Row<'r> = Entry<'r, Event<'r>>;
    type Own = std::convert::Infallible;

    fn columns() -> Vec<Column<Self>> {
        COLUMNS.to_vec()
    }

    fn own(own: Self::Own) -> Box<dyn Cells<Self>> {
        match own {}
    }
}

const COLUMNS: &[Column<EventRows>] = &[
    required(
        "sequence",
        "Place of the event in the journal.",
        Int64(|row| Some(row.sequence.get() as i64)),
    ),
    required(
        "event_id",
        "Id of the event, given by whoever sent it.",
        Text(|row| Some(row.row.event_id)),
    ),
    required(
        "type",
        "What happened, such as `inspection_result` or `list_entered`.",
        Text(|row| Some(row.row.kind)),
    ),
    required(
        "at",
        "When it happened or takes effect, UTC, as its sender says.",
        Moment(|row| Some(row.row.at)),
    ),
    required(
        "recorded_at",
        "When it was recorded, UTC.",
        Moment(|row| Some(row.at)),
    ),
    optional(
        "authority",
        "The authority that acted.",
        Text(|row| row.row.authority),
    ),
    optional(
        "document",
        "The document of the act.",
        Text(|row| row.row.document),
    ),
    optional(
        "declaration_id",
        "The declaration that it concerns, where it concerns one.",
        Text(|row| row.row.declaration_id),
    ),
    optional(
        "enterprise_id",
        "The enterprise that it concerns, where it concerns one.",
        Text(|row| row.row.enterprise_id),
    ),
    required(
        "body",
        "The whole event, JSON.",
        Text(|row| Some(row.row.body)),
    ),
    required(
        "record",
        "The journal's record of the event, the same as in `declarations` where it gave a revision too; its encoding is versioned.",
        Bytes(|row| Some(row.row.record)),
    ),
    required(
        "registry_revision",
        "Revision of the registry after the event.",
        Int64(|row| Some(row.row.registry_revision as i64)),
    ),
    optional(
        "by",
        "Who sent it; none where no person did.",
        Text(|row| row.row.by),
    ),
];
