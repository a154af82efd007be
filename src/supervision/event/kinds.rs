//! The types of events that somebody may send, and what is told of others.

use super::{AdverseKind, CASES, LIFE, OWN, TABLE_EVENTS, VOIDED};

/// What a command of its own records, and which one.
const BY_COMMAND: [(&str, &str); 1] = [("draw_key_revealed", "greenlane draws reveal")];

/// The types that somebody may send.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    let sent = LIFE.into_iter().filter(|kind| !OWN.contains(kind));
    let adverse = AdverseKind::ALL.iter().map(|kind| kind.as_str());
    let typed = adverse.chain(CASES).chain([VOIDED]).chain(sent);
    TABLE_EVENTS.iter().map(|event| event.kind).chain(typed)
}

pub(super) fn unknown(kind: &str) -> String {
    if let Some((_, command)) = BY_COMMAND.iter().find(|(named, _)| *named == kind) {
        return format!(
            "`{kind}` is not for senders of events: `{command}` writes it, which is not there yet"
        );
    }
    let nearest = kinds().max_by(|a, b| {
        let likeness = |word: &str| strsim::jaro_winkler(word, kind);
        likeness(a).total_cmp(&likeness(b))
    });
    match nearest {
        Some(nearest) => format!("there is no type `{kind}`; did you mean `{nearest}`?"),
        None => format!("there is no type `{kind}`"),
    }
}
