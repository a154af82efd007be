//! What is told of records: the answer to a declaration, and events as lines.

use serde_json::Value;

use super::refusal::Refusal;
use crate::declaration::Moment;
use crate::engine::View;
use crate::journal::Sequence;
use crate::supervision::{Act, Record, write_answer_for};

/// The answer that a record holds, as an officer sees it: one line of JSON without its end.
///
/// # Errors
/// [`Refusal::Stopped`] where the bytes are no record of a declaration.
pub fn answer(payload: &[u8], sequence: Sequence) -> Result<Vec<u8>, Refusal> {
    answer_for(View::Officer, payload, sequence)
}

/// The same for either reader.
///
/// # Errors
/// [`Refusal::Stopped`] where the bytes are no record of a declaration.
pub fn answer_for(view: View, payload: &[u8], sequence: Sequence) -> Result<Vec<u8>, Refusal> {
    let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
    let record = Record::decode(payload).map_err(|error| broken(&error))?;
    let revision = record.revision.as_ref();
    let revision = revision.ok_or_else(|| broken(&"the record tells of no declaration"))?;
    let mut body = Vec::new();
    write_answer_for(view, revision, sequence, record.at, &mut body);
    Ok(body)
}

/// An event with what was added when it was recorded.
pub(super) fn event_line(act: &Act<'_>, sequence: Sequence, at: Moment) -> String {
    let body: Value = serde_json::from_str(act.body).unwrap_or_default();
    let mut line = match body {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    };
    line.insert("sequence".to_owned(), sequence.get().into());
    line.insert("recorded_at".to_owned(), at.to_string().into());
    line.insert("registry_revision".to_owned(), act.registry_revision.into());
    line.insert("by".to_owned(), act.by.into());
    Value::Object(line).to_string()
}
