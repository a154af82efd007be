//! Columns that say which decision a row belongs to, and when it was made: a table.

use crate::archive::column::Kind::{Day, Int32, Int64, Moment, Text};
use crate::archive::column::{Column, optional, required};

/// The columns, in order.
pub(super) const COLUMNS: &[Column] = &[
    required(
        "sequence",
        "Place of the decision in the order of all decisions, from 1; the rows of a decision share it.",
        Int64(|row| Some(row.decision.meta.sequence as i64)),
    ),
    required(
        "decision_id",
        "Id of the decision: a UUID (version 8) made of declaration_id, version and revision.",
        Text(|row| Some(&row.head.id)),
    ),
    required(
        "declaration_id",
        "The single window's id of the declaration.",
        Text(|row| Some(row.declaration.id.as_str())),
    ),
    required(
        "version",
        "Version of the declaration: 1 for the first submission, higher for an amendment.",
        Int64(|row| Some(i64::from(row.declaration.version))),
    ),
    required(
        "revision",
        "Revision of the version: 1 for the first decision.",
        Int64(|row| Some(i64::from(row.decision.meta.revision))),
    ),
    required(
        "revision_kind",
        "Why there is this revision: `initial`, `amendment`, `documents` or `redecision`; revisions of which nothing is decided anew have no rows here.",
        Text(|row| Some(row.decision.meta.kind)),
    ),
    optional(
        "cause_event_id",
        "Id of the event that caused the revision; none where the declaration itself did.",
        Text(|row| row.decision.cause),
    ),
    required(
        "item_no",
        "Number of the item in its declaration, 1 to 999 (WCO 006).",
        Int32(|row| Some(i32::from(row.item.item_no))),
    ),
    required(
        "decided_at",
        "When it was decided, UTC.",
        Moment(|row| Some(row.decision.meta.decided_at)),
    ),
    required(
        "decided_on",
        "Day of decided_at in the policy's time zone.",
        Day(|row| Some(row.head.decided_on)),
    ),
    required(
        "declared_at",
        "When it was declared, UTC.",
        Moment(|row| Some(row.declaration.declared_at)),
    ),
    optional(
        "due_at",
        "Until when the decision is to be carried out, UTC; none where the policy sets no deadline.",
        Moment(|row| row.decision.due_at()),
    ),
];
