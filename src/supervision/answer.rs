//! The answer that a record holds: the same bytes whenever it is told.

use super::record::Revision;
use crate::declaration::Moment;
use crate::engine::{AnswerHead, View, declare_items};
use crate::journal::Sequence;

/// Writes a revision that was settled in a place at a time to the end of `out`, as an officer sees it: one line of
/// JSON without its end.
pub fn write_answer_of(revision: &Revision<'_>, sequence: Sequence, at: Moment, out: &mut Vec<u8>) {
    write(revision, Some(sequence), at, revision.items.as_bytes(), out);
}

/// Writes what a revision would be, were it settled at a time, likewise: it has no place.
pub fn write_preview_of(revision: &Revision<'_>, at: Moment, out: &mut Vec<u8>) {
    write(revision, None, at, revision.items.as_bytes(), out);
}

/// The same for either reader.
pub fn write_answer_for(
    view: View,
    revision: &Revision<'_>,
    sequence: Sequence,
    at: Moment,
    out: &mut Vec<u8>,
) {
    match view {
        View::Officer => write_answer_of(revision, sequence, at, out),
        View::Declare => {
            // Items that were written by us can be read by us.
            let items = declare_items(revision.items.as_bytes()).unwrap_or_default();
            write(revision, Some(sequence), at, &items, out);
        }
    }
}

fn write(
    revision: &Revision<'_>,
    sequence: Option<Sequence>,
    at: Moment,
    items: &[u8],
    out: &mut Vec<u8>,
) {
    let head = AnswerHead {
        declaration_id: revision.declaration_id,
        version: revision.version,
        revision: revision.revision,
        verdict: revision.verdict.as_str(),
        status: revision.status.as_str(),
        decided_at: at,
        due_at: revision.due_at(at),
        priority: revision.priority.as_str(),
        policy: revision.policy,
        registry_revision: revision.registry_revision,
        sequence: sequence.map(Sequence::get),
    };
    head.write(items, out);
}
