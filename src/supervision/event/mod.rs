//! Events: what changes the registry or a declaration's life. An event arrives as JSON, is read with all its faults
//! at once, and is journaled in canonical form: members in order of name, absent ones left out.

mod adverse;
mod callers;
mod case;
mod cells;
mod kinds;
mod life;
mod policy;
mod reader;
mod schema;
mod tables;
mod void;

pub use adverse::{Adverse, AdverseKind};
pub use callers::CallerConfigured;
pub use case::{CaseClosed, CauseFound};
pub use kinds::kinds;
pub use life::{Cancelled, DocumentsReceived, InspectionResult, Overridden, TestFound};
pub use policy::{How, PolicyActivated, Promotion, Rollback};
pub use schema::schemas;
pub use tables::{CYCLES, TABLE_EVENTS, TableEvent, TableOp};
pub use void::Voided;

use serde_json::{Map, Value, json};

use self::kinds::unknown;
use self::reader::Reader;
use super::ledger::digest;
use crate::declaration::{Day, Fault, FaultCode, Moment, Zone};
use crate::registry::{Change, owner_column};

/// Why an event is refused: every fault with a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct EventErrors(pub Vec<Fault>);

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Given by whoever sent it.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// When it happened or takes effect, as its sender says.
    pub at: Moment,
    /// Who acted.
    pub authority: Option<String>,
    /// The document of the act.
    pub document: Option<String>,
    /// What it is about.
    pub what: What,
    /// The whole event in canonical form.
    pub body: String,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Rows of the registry.
    Registry(Vec<Change>),
    /// A registry that was imported: its files by their hash, and whether tables that they lack became empty.
    Imported {
        /// The hash.
        registry: String,
        /// Whether they replace everything.
        replace: bool,
    },
    /// Something went wrong with goods that were released.
    Adverse(Adverse),
    /// What an accountability case came from.
    CauseFound(CauseFound),
    /// An accountability case was closed.
    CaseClosed(CaseClosed),
    /// A mistaken event is undone from now on.
    Voided(Voided),
    /// What an inspection found.
    Inspection(InspectionResult),
    /// Documents that came.
    Documents(DocumentsReceived),
    /// An officer released a declaration.
    Released(String),
    /// An officer rejected a declaration.
    Rejected(String),
    /// A declaration was withdrawn.
    Cancelled(Cancelled),
    /// An officer decided otherwise than the rules.
    Overridden(Overridden),
    /// Nobody ended a declaration's hold in time.
    HoldExpired(String),
    /// An event made a declaration be decided again, and stricter.
    Redecided {
        /// The declaration.
        declaration_id: String,
        /// The event.
        cause: String,
    },
    /// Every declaration that an event affects was decided again.
    RedecisionEnded {
        /// The event.
        cause: String,
        /// How many could not be decided any more.
        undecided: u64,
    },
    /// The data folder was begun with a registry of this hash.
    Opened {
        /// The hash.
        registry: String,
    },
    /// A day began.
    DayTurned(Day),
    /// Who may call from now on was configured.
    CallersConfigured(Vec<CallerConfigured>),
    /// Another policy decides from now on.
    PolicyActivated(PolicyActivated),
    /// A policy of this hash is the candidate from now on.
    CandidatePut(String),
    /// The candidate, of this hash, was taken back.
    CandidateWithdrawn(String),
    /// The key of a day's draws was made.
    KeyCommitted {
        /// The day.
        day: Day,
        /// The hash of the key.
        commitment: String,
    },
}

/// What only the service itself does.
const OWN: [&str; 13] = [
    "declaration_cancelled",
    "decision_overridden",
    "hold_expired",
    "declaration_redecided",
    "redecision_ended",
    "data_opened",
    "day_turned",
    "policy_activated",
    "policy_candidate_put",
    "policy_candidate_withdrawn",
    "draw_key_committed",
    "callers_configured",
    "registry_imported",
];

/// What acts upon a declaration.
const LIFE: [&str; 6] = [
    "inspection_result",
    "documents_received",
    "declaration_released",
    "declaration_rejected",
    "declaration_cancelled",
    "decision_overridden",
];

/// What becomes of an accountability case.
const CASES: [&str; 2] = ["case_cause_found", "case_closed"];

/// What undoes another event.
const VOIDED: &str = "event_voided";

impl Event {
    /// Reads an event that somebody sent. Days are those of the zone.
    ///
    /// # Errors
    /// Every fault.
    pub fn read(bytes: &[u8], zone: Zone) -> Result<Self, EventErrors> {
        let event = Self::parse_as(bytes, zone, true)?;
        if OWN.contains(&event.kind.as_str()) {
            let why = format!("`{}` is not for senders of events", event.kind);
            return Err(one("/type", FaultCode::Range, why));
        }
        if let What::Adverse(adverse) = &event.what {
            let faults = adverse.check_lots();
            if !faults.is_empty() {
                return Err(EventErrors(faults.into_vec()));
            }
        }
        let named = event.id.split('/').next();
        if named.is_some_and(|named| OWN.contains(&named) || named == VOIDED) {
            let why = "ids that begin so are those of the service's own acts";
            return Err(one("/event_id", FaultCode::Range, why));
        }
        Ok(event)
    }

    /// Reads an event as the journal holds it.
    ///
    /// # Errors
    /// Every fault.
    pub fn parse(bytes: &[u8], zone: Zone) -> Result<Self, EventErrors> {
        Self::parse_as(bytes, zone, false)
    }

    /// Reads an event: where it is sent, it also says by which authority and document, if it has to.
    fn parse_as(bytes: &[u8], zone: Zone, sent: bool) -> Result<Self, EventErrors> {
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|why| one("", FaultCode::Syntax, why.to_string()))?;
        let Value::Object(mut members) = value else {
            return Err(one("", FaultCode::Type, "an object is expected"));
        };
        members.retain(|_, value| !value.is_null());
        let body = canonical(&members);
        let mut reader = Reader::new(members);
        let id = reader.id("event_id");
        let kind = reader.text("type");
        let at = reader.moment("at");
        let by_document = sent
            && kind
                .as_deref()
                .is_some_and(|kind| tables::is_by_document(kind, &reader));
        let authority = match by_document {
            true => reader.words("authority"),
            false => reader.optional("authority"),
        };
        let document = match kind.as_deref() {
            Some("decision_overridden") => reader.text("document"),
            _ if by_document => reader.words("document"),
            _ => reader.optional("document"),
        };
        let what = match (kind.as_deref(), at) {
            (Some(kind), Some(at)) => {
                let said = tables::Said {
                    id: id.as_deref(),
                    day: at.day(zone),
                    authority: authority.as_deref(),
                    document: document.as_deref(),
                    sent,
                };
                what(kind, &said, &mut reader)
            }
            _ => None,
        };
        // Without its type nobody knows which members it may have; these take all of theirs.
        let typed = kind.as_deref().is_some_and(|kind| {
            let of_goods = AdverseKind::parse(kind).is_some();
            of_goods || LIFE.contains(&kind) || CASES.contains(&kind) || kind == VOIDED
        });
        let faults = reader.end(what.is_some() || typed && at.is_some());
        match (id, kind, at, what) {
            (Some(id), Some(kind), Some(at), Some(what)) if faults.is_empty() => Ok(Self {
                id,
                kind,
                at,
                authority,
                document,
                what,
                body,
            }),
            _ => Err(EventErrors(faults)),
        }
    }

    /// What the service itself did, as an event.
    #[must_use]
    pub fn own(id: String, kind: &str, at: Moment, what: What) -> Self {
        let mut body = json!({ "event_id": id, "type": kind, "at": at.to_string() });
        let more = match &what {
            What::Opened { registry } => json!({ "registry": registry }),
            What::DayTurned(day) => json!({ "day": day.to_string() }),
            What::PolicyActivated(activated) => activated.members(),
            What::CandidatePut(policy) | What::CandidateWithdrawn(policy) => {
                json!({ "policy": policy })
            }
            What::KeyCommitted { day, commitment } => {
                json!({ "day": day.to_string(), "commitment": commitment })
            }
            What::Imported { registry, replace } => {
                json!({ "registry": registry, "replace": replace })
            }
            What::HoldExpired(id) => json!({ "declaration_id": id }),
            What::CallersConfigured(callers) => json!({ "callers": callers }),
            What::Redecided {
                declaration_id,
                cause,
            } => json!({ "declaration_id": declaration_id, "cause_event_id": cause }),
            What::RedecisionEnded { cause, undecided } => {
                json!({ "cause_event_id": cause, "undecided": undecided })
            }
            _ => Value::Null,
        };
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        Self {
            id,
            kind: kind.to_owned(),
            at,
            authority: None,
            document: None,
            what,
            body: body.to_string(),
        }
    }

    /// The digests of its id and its canonical form, which it is known by.
    #[must_use]
    pub fn digests(&self) -> (u128, u128) {
        (digest(self.id.as_bytes()), digest(self.body.as_bytes()))
    }

    /// Whether it is what only the service itself does.
    #[must_use]
    pub fn is_own(&self) -> bool {
        OWN.contains(&self.kind.as_str())
    }

    /// Whether it raises an alert under its own id.
    pub(super) fn raises_alert(&self) -> bool {
        TableEvent::of(&self.kind).is_some_and(|event| matches!(event.op, TableOp::Raise(_)))
    }

    /// The enterprise that it concerns, where it concerns one.
    #[must_use]
    pub fn enterprise_id(&self) -> Option<&str> {
        let changes = match &self.what {
            What::Registry(changes) => changes,
            What::Adverse(adverse) => return adverse.enterprise_id.as_deref(),
            _ => return None,
        };
        changes.iter().find_map(|change| match change {
            Change::Put { row, .. } | Change::End { row, .. } => {
                let cell = row.iter().find(|(column, _)| column == "enterprise_id");
                cell.map(|(_, id)| id.as_str())
            }
            Change::Replace { table, owner, .. } => {
                (owner_column(table) == Some("enterprise_id")).then_some(owner.as_str())
            }
        })
    }

    /// An act upon a declaration that came with a request of its own: its members are those of the event, but for
    /// the id, the type, the time and the declaration.
    ///
    /// # Errors
    /// Every fault of the members.
    pub fn request(
        members: &[u8],
        (id, kind, at): (&str, &str, Moment),
        declaration_id: &str,
        zone: Zone,
    ) -> Result<Self, EventErrors> {
        let members: Value = if members.trim_ascii().is_empty() {
            json!({})
        } else {
            serde_json::from_slice(members)
                .map_err(|why| one("", FaultCode::Syntax, why.to_string()))?
        };
        let Value::Object(mut members) = members else {
            return Err(one("", FaultCode::Type, "an object is expected"));
        };
        let own = [
            ("event_id", id.to_owned()),
            ("type", kind.to_owned()),
            ("at", at.to_string()),
            ("declaration_id", declaration_id.to_owned()),
        ];
        for (name, value) in own {
            if members.insert(name.to_owned(), value.into()).is_some() {
                let why = "is not for the body of this request to say";
                return Err(one(&format!("/{name}"), FaultCode::UnknownMember, why));
            }
        }
        Self::parse(Value::Object(members).to_string().as_bytes(), zone)
    }

    /// The event that caused what is recorded with it: itself, unless it says that it follows another.
    #[must_use]
    pub fn cause_id(&self) -> &str {
        match &self.what {
            What::Redecided { cause, .. } | What::RedecisionEnded { cause, .. } => cause,
            _ => &self.id,
        }
    }

    /// The declaration that it concerns, where it concerns one.
    #[must_use]
    pub fn declaration_id(&self) -> Option<&str> {
        match &self.what {
            What::Inspection(result) => Some(&result.declaration_id),
            What::Documents(received) => Some(&received.declaration_id),
            What::Released(id) | What::Rejected(id) | What::HoldExpired(id) => Some(id),
            What::Redecided { declaration_id, .. } => Some(declaration_id),
            What::Cancelled(cancelled) => Some(&cancelled.declaration_id),
            What::Overridden(overridden) => Some(&overridden.declaration_id),
            What::Adverse(adverse) => adverse.declaration_id.as_deref(),
            _ => None,
        }
    }
}

/// Members as the journal holds them. They come in order of their names.
fn canonical(members: &Map<String, Value>) -> String {
    // What was read can be written.
    serde_json::to_string(members).unwrap_or_default()
}

fn what(kind: &str, said: &tables::Said<'_>, reader: &mut Reader) -> Option<What> {
    match kind {
        "inspection_result" => life::inspection(reader).map(What::Inspection),
        "documents_received" => life::documents(reader).map(What::Documents),
        "declaration_released" => reader.id("declaration_id").map(What::Released),
        "declaration_rejected" => reader.id("declaration_id").map(What::Rejected),
        "declaration_cancelled" => life::cancelled(reader).map(What::Cancelled),
        "decision_overridden" => life::overridden(reader).map(What::Overridden),
        "hold_expired" => reader.id("declaration_id").map(What::HoldExpired),
        "declaration_redecided" => {
            let (declaration_id, cause) =
                (reader.id("declaration_id"), reader.id("cause_event_id"));
            Some(What::Redecided {
                declaration_id: declaration_id?,
                cause: cause?,
            })
        }
        "redecision_ended" => {
            let undecided = reader.take("undecided").and_then(|count| count.as_u64());
            Some(What::RedecisionEnded {
                cause: reader.id("cause_event_id")?,
                undecided: undecided.unwrap_or(0),
            })
        }
        "data_opened" => reader
            .text("registry")
            .map(|registry| What::Opened { registry }),
        "day_turned" => reader.day("day").map(What::DayTurned),
        "policy_activated" | "policy_candidate_put" | "policy_candidate_withdrawn" => {
            policy::act(kind, reader)
        }
        "draw_key_committed" => Some(What::KeyCommitted {
            day: reader.day("day")?,
            commitment: reader.text("commitment")?,
        }),
        "callers_configured" => callers::configured(reader).map(What::CallersConfigured),
        "registry_imported" => Some(What::Imported {
            registry: reader.text("registry")?,
            replace: reader.flag("replace")?,
        }),
        "case_cause_found" => case::cause_found(said, reader).map(What::CauseFound),
        "case_closed" => case::closed(said, reader).map(What::CaseClosed),
        VOIDED => void::voided(reader).map(What::Voided),
        _ => of_goods(kind, said, reader),
    }
}

/// What went wrong with goods, or changes a table.
fn of_goods(kind: &str, said: &tables::Said<'_>, reader: &mut Reader) -> Option<What> {
    match AdverseKind::parse(kind) {
        Some(kind) => adverse::adverse(kind, said, reader).map(What::Adverse),
        None => match TableEvent::of(kind) {
            Some(event) => tables::changes(&event, said, reader).map(What::Registry),
            None => {
                reader.fault("/type", FaultCode::Range, unknown(kind));
                None
            }
        },
    }
}

fn one(pointer: &str, code: FaultCode, detail: impl Into<String>) -> EventErrors {
    EventErrors(vec![Fault {
        pointer: pointer.to_owned(),
        code,
        detail: detail.into(),
    }])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::policy::EVENT_TYPES;

    #[test]
    fn guards_may_look_at_every_event_but_those_of_a_declaration() {
        let tables = TABLE_EVENTS.iter().map(|event| event.kind);
        let adverse = AdverseKind::ALL.iter().map(|kind| kind.as_str());
        let all: BTreeSet<&str> = tables.chain(adverse).chain(CASES).collect();
        assert_eq!(all, EVENT_TYPES.iter().copied().collect());
        assert!(EVENT_TYPES.is_sorted());
    }
}
