//! Columns of `declarations`, one row a revision: a table.

use crate::archive::cells::Cells;
use crate::archive::column::Kind::{Bytes, Day, Int64, Moment, Text};
use crate::archive::column::{Column, Rows, optional, required};
use crate::archive::entry::{Entry, Revision};

/// The rows of `declarations`.
#[derive(Debug, Clone, Copy)]
pub(in crate::archive) struct RevisionRows;

impl Rows for RevisionRows {
    type Row<'r> = Entry<'r, Revision<'r>>;
    type Own = std::convert::Infallible;

    fn columns() -> Vec<Column<Self>> {
        COLUMNS.to_vec()
    }

    fn own(own: Self::Own) -> Box<dyn Cells<Self>> {
        match own {}
    }
}

const COLUMNS: &[Column<RevisionRows>] = &[
    required(
        "sequence",
        "Place of the revision in the journal.",
        Int64(|row| Some(row.sequence.get() as i64)),
    ),
    required(
        "decision_id",
        "Id of the decision: a UUID (version 8) made of declaration_id, version and revision.",
        Text(|row| Some(row.row.decision_id)),
    ),
    required(
        "declaration_id",
        "The single window's id of the declaration.",
        Text(|row| Some(row.row.declaration_id)),
    ),
    required(
        "version",
        "Version of the declaration: 1 for the first submission, higher for an amendment.",
        Int64(|row| Some(i64::from(row.row.version))),
    ),
    required(
        "revision",
        "Revision of the version: 1 for the first decision.",
        Int64(|row| Some(i64::from(row.row.revision))),
    ),
    required(
        "revision_kind",
        "Why there is this revision: `initial`, `amendment`, `redecision`, `result`, `documents`, `release`, `rejection`, `override`, `cancellation` or `expiry`.",
        Text(|row| Some(row.row.revision_kind)),
    ),
    optional(
        "cause_event_id",
        "Id of the event that caused the revision; none where the declaration itself did.",
        Text(|row| row.row.cause_event_id),
    ),
    required(
        "decided_at",
        "When it was decided, UTC.",
        Moment(|row| Some(row.at)),
    ),
    required(
        "decided_on",
        "Day of decided_at in the policy's time zone.",
        Day(|row| Some(row.row.decided_on)),
    ),
    required(
        "direction",
        "`export` or `import`.",
        Text(|row| Some(row.row.direction)),
    ),
    optional(
        "office",
        "Declaring office (WCO 065).",
        Text(|row| row.row.office),
    ),
    required(
        "trader_id",
        "Exporter or importer (收发货人).",
        Text(|row| Some(row.row.trader_id)),
    ),
    required(
        "enterprise_id",
        "The accountable party: producer of an export (the trader where none is named), importer of an import.",
        Text(|row| Some(row.row.enterprise_id)),
    ),
    required(
        "status",
        "What became of the declaration: `released`, `selected`, `held`, `rejected`, `cancelled` or `expired`.",
        Text(|row| Some(row.row.status)),
    ),
    required(
        "verdict",
        "Verdict on the declaration: `release`, `sample` or `hold`.",
        Text(|row| Some(row.row.verdict)),
    ),
    optional(
        "due_at",
        "Until when the decision is to be carried out, UTC; none where the policy sets no deadline.",
        Moment(|row| row.row.due_at),
    ),
    optional(
        "by",
        "Who made the revision; none where no person did.",
        Text(|row| row.row.by),
    ),
    optional(
        "why",
        "The reason that a person gave.",
        Text(|row| row.row.why),
    ),
    optional(
        "body",
        "The declaration as canonical JSON, on the first revision of each version and where documents came; none on others.",
        Text(|row| row.row.body),
    ),
    required(
        "answer",
        "The answer as an officer sees it, JSON.",
        Text(|row| Some(row.row.answer)),
    ),
    required(
        "record",
        "The journal's record of the decision, from which it can be made again; its encoding is versioned.",
        Bytes(|row| Some(row.row.record)),
    ),
    required(
        "policy",
        "The policy with its version, `id@sha256:hash`.",
        Text(|row| Some(row.row.policy)),
    ),
    required(
        "registry_revision",
        "Revision of the registry that the decision saw.",
        Int64(|row| Some(row.row.registry_revision as i64)),
    ),
];
