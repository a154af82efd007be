//! A mistaken event is voided: what it did is undone from now on.

use super::reader::Reader;

/// What is voided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voided {
    /// The mistaken event.
    pub event_id: String,
    /// Why, in words.
    pub reason: String,
}

pub(super) fn voided(reader: &mut Reader) -> Option<Voided> {
    let event_id = reader.id("voided_event_id");
    let reason = reader.text("reason");
    Some(Voided {
        event_id: event_id?,
        reason: reason?,
    })
}
