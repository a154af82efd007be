//! A mistaken event is voided at the desk: its record says what it did, and that is undone from now on, unless something
//! that came later changed the same. What was decided meanwhile stays as it was.

use super::desk::{Caller, Desk};
use super::refusal::Refusal;
use super::world::HeldWorld;
use crate::declaration::FaultCode;
use crate::journal::Sequence;
use crate::limits::MAX_LATER_EVENTS;
use crate::supervision::event::Voided;
use crate::supervision::{Effect, Event, Record, Settled, What, World, digest};

/// Where a void says what it voids.
const PLACE: &str = "/voided_event_id";

impl Desk {
    /// Voids an event.
    pub(super) fn void(
        &self,
        world: HeldWorld<'_>,
        event: &Event,
        voided: &Voided,
        caller: Caller<'_>,
    ) -> Result<Settled, Refusal> {
        let mistaken = self.mistaken(&world, event, voided)?;
        let done = self.change(world, event, caller, |world| {
            world.undo(&mistaken.undoes)?;
            Ok(mistaken.undoes.encode())
        });
        done.map_err(|refusal| match refusal {
            Refusal::Faults(faults) => match self.in_the_way(&mistaken) {
                Some(later) => wrong(format!(
                    "the event `{later}` changed the same later: it is voided first, or an event of its own sets things right"
                )),
                None => Refusal::Faults(faults),
            },
            other => other,
        })
    }

    /// What an event did that is to be voided.
    fn mistaken(&self, world: &World, event: &Event, voided: &Voided) -> Result<Mistaken, Refusal> {
        let id = &voided.event_id;
        let held = self.settle.hold()?;
        let known = held.ledger().event(digest(id.as_bytes()));
        let before = held.ledger().voided(id);
        let today = held.day();
        drop(held);
        let Some(sequence) = known else {
            return Err(wrong(format!("there is no event `{id}`")));
        };
        if let Some(before) = before {
            let by = self.event_id(before)?;
            return Err(wrong(format!("`{id}` was voided by `{by}`")));
        }
        let zone = world.program().policy().profile.zone;
        if event.at.day(zone) > today {
            let why = "an event is voided from now on, not from a later day on";
            return Err(Refusal::fault("/at", FaultCode::Range, why));
        }
        self.wait_durable(sequence)?;
        let payload = self.record(sequence)?;
        let record = Record::decode(&payload).map_err(|error| broken(&error))?;
        let act = record.act.as_ref();
        let act = act.ok_or_else(|| broken(&"an event's record has no act"))?;
        let was = Event::parse(act.body.as_bytes(), zone)?;
        if let Some(why) = instead(&was) {
            return Err(wrong(format!("`{}` is not voided: {why}", was.kind)));
        }
        let effect = Effect::decode(act.effect).ok_or_else(|| {
            wrong(format!(
                "what `{id}` did is not known from its record: events of their own set things right"
            ))
        })?;
        Ok(Mistaken {
            sequence,
            undoes: effect.undone(record.marks),
        })
    }

    /// The last of the later events that changed rows of a key that is to be put back, and was not voided itself.
    fn in_the_way(&self, mistaken: &Mistaken) -> Option<String> {
        let held = self.settle.hold().ok()?;
        let later = held.ledger().events_behind(mistaken.sequence);
        drop(held);
        let mut later = later.into_iter().rev().take(MAX_LATER_EVENTS);
        later.find_map(|sequence| {
            self.wait_durable(sequence).ok()?;
            let payload = self.record(sequence).ok()?;
            let act = Record::decode(&payload).ok()?.act?;
            let (id, kind) = (member(act.body, "event_id"), member(act.body, "type"));
            let effect = Effect::decode(act.effect)?;
            let mut undoes = mistaken.undoes.rows.iter();
            let shares = undoes.any(|undone| {
                let mut rows = effect.rows.iter();
                rows.any(|later| undone.shares_a_key(later))
            });
            let stands =
                kind != "event_voided" && self.settle.hold().ok()?.ledger().voided(&id).is_none();
            (shares && stands).then_some(id)
        })
    }

    fn event_id(&self, sequence: Sequence) -> Result<String, Refusal> {
        self.wait_durable(sequence)?;
        let payload = self.record(sequence)?;
        let record = Record::decode(&payload).map_err(|error| broken(&error))?;
        Ok(record
            .act
            .map_or(String::new(), |act| member(act.body, "event_id")))
    }
}

/// An event that is to be voided.
struct Mistaken {
    /// Its record.
    sequence: Sequence,
    /// What undoes it.
    undoes: Effect,
}

/// What is done instead, where an event cannot be voided.
fn instead(was: &Event) -> Option<&'static str> {
    match was.what {
        What::Registry(_) | What::Adverse(_) | What::CauseFound(_) | What::CaseClosed(_) => None,
        What::Voided(_) => Some("the event that it voided is sent again, under another id"),
        What::Inspection(_)
        | What::Documents(_)
        | What::Released(_)
        | What::Rejected(_)
        | What::Cancelled(_)
        | What::Overridden(_) => {
            Some("it acts upon a declaration, of which an officer decides otherwise by an override")
        }
        What::Imported { .. } => Some("the files that were before are imported"),
        What::HoldExpired(_)
        | What::Opened { .. }
        | What::DayTurned(_)
        | What::PolicyActivated(_)
        | What::CandidatePut(_)
        | What::CandidateWithdrawn(_)
        | What::KeyCommitted { .. }
        | What::CallersConfigured(_)
        | What::Redecided { .. }
        | What::RedecisionEnded { .. } => Some("it is the service's own act"),
    }
}

/// A text of an event.
fn member(body: &str, name: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let text = body.get(name).and_then(|text| text.as_str());
    text.unwrap_or_default().to_owned()
}

fn wrong(why: String) -> Refusal {
    Refusal::fault(PLACE, FaultCode::Registry, why)
}

fn broken(why: &dyn std::fmt::Display) -> Refusal {
    Refusal::Stopped(why.to_string())
}
