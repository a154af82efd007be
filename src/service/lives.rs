//! The life of a declaration at the desk: an act is checked against what the declaration is, made a revision, and
//! given its place if the declaration still is that.

use std::sync::Arc;

use serde_json::Value;

use super::acts::{OWN_NAME, act_of, encode_act};
use super::desk::{Caller, Desk, draw_key};
use super::refusal::Refusal;
use crate::declaration::{Declaration, FaultCode, Moment, read_json};
use crate::engine::{Kept, SelectedBy};
use crate::policy::{Mode, Object, Verdict};
use crate::registry::Counted;
use crate::supervision::{
    Act, Cause, Draft, Due, Effect, Entry, Event, Known, Ledger, Marker, Matcher, Moves, Now,
    Prior, Record, Revision, RevisionKind, Settled, Snapshot, Status, Step, Transition, Unsettled,
    What, World, note, read_recorded,
};

impl Desk {
    /// Acts upon a declaration, as it is when the act gets its place.
    pub(super) fn live(
        &self,
        world: &mut World,
        event: &Event,
        caller: Caller<'_>,
    ) -> Result<Settled, Refusal> {
        let Some(id) = event.declaration_id() else {
            let why = format!("`{}` is not for senders of events", event.kind);
            return Err(Refusal::fault("/type", FaultCode::Range, why));
        };
        let mut known = Known::default();
        loop {
            let entry = self.entry(id)?;
            self.wait_durable(entry.latest)?;
            let payload = self.record(entry.latest)?;
            match self.try_live(world, (event, caller), (entry, &known), &payload)? {
                Ok(settled) => return Ok(settled),
                Err(Unsettled::Inputs(actual)) => known.learn(actual),
                Err(Unsettled::DayEnded) => self.turn_day_of(world)?,
                Err(Unsettled::Prior(_) | Unsettled::Stale) => {}
                Err(other) => return Err(other.into()),
            }
        }
    }

    fn try_live(
        &self,
        world: &mut World,
        (event, caller): (&Event, Caller<'_>),
        (entry, known): (Entry, &Known),
        payload: &[u8],
    ) -> Result<Result<Settled, Unsettled>, Refusal> {
        let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
        let record = Record::decode(payload).map_err(|error| broken(&error))?;
        let was = record.revision.as_ref();
        let was = was.ok_or_else(|| broken(&"a revision's record has none"))?;
        let snapshot = self.settle.snapshot();
        let policy = snapshot.program.policy();
        let held = self.settle.hold()?;
        if let Err(moved) = held.unchanged(entry.key, entry.latest) {
            return Ok(Err(moved));
        }
        let open = held.ledger().open(entry.key);
        let now = Now {
            entry: &entry,
            open: open.as_ref(),
            verdict: was.verdict,
            life: &policy.life,
            at: self.settle.now(),
            officer: caller.officer,
        };
        let transition = now.transition(&event.what)?;
        let prior = held.prior(entry);
        drop(held);
        if let Transition::Decided(kind) = transition {
            // The papers that came may be all that a hold was for.
            let mut prior = prior;
            prior.kept.retain(|kept| *kept != Kept::HELD);
            let act = act_of(event, caller.name, snapshot.revision);
            return self.decide_again(event, &act, (&snapshot, &prior, known), was, kind);
        }
        let at = record.at;
        let next = match transition {
            Transition::Noted | Transition::Decided(_) => None,
            Transition::To(kind, status) => Some(revised(was, at, kind, status, was.verdict)),
            Transition::By(kind, verdict) => {
                let status = Status::of_verdict(verdict);
                Some(revised(was, at, kind, status, verdict))
            }
        };
        self.revise(world, (event, caller), prior, (was, next))
    }

    /// Records an act, with what it makes of a declaration, if anything.
    fn revise(
        &self,
        world: &mut World,
        (event, caller): (&Event, Caller<'_>),
        prior: Prior,
        (was, next): (&Revision<'_>, Option<Revision<'_>>),
    ) -> Result<Result<Settled, Unsettled>, Refusal> {
        let snapshot = self.settle.snapshot();
        let entry = prior.entry;
        let becomes = next.as_ref().map(|next| next.status);
        let marks = marks(event, was, becomes, &snapshot)?;
        let next = match next {
            None => None,
            Some(next) => Some(Revision {
                previous: entry.latest,
                revision: entry.revision + 1,
                by: Some(by(event, caller)),
                why: why(event),
                moves: Moves {
                    // What is cancelled gives everything back; nothing else does.
                    returned: match next.kind {
                        RevisionKind::Cancellation => prior.taken,
                        _ => Box::default(),
                    },
                    ..Moves::default()
                },
                ordered: ordered(&next, was, &snapshot)?,
                ..next
            }),
        };
        // What an inspection found is read by whoever decides next, and so is what classifications make of it.
        let seen = matches!(event.what, What::Inspection(_));
        let made = match seen {
            true => world.inspected(event, &marks)?,
            false => Effect::default(),
        };
        let publish = seen.then(|| {
            Arc::new(Snapshot {
                program: Arc::clone(world.program()),
                revision: snapshot.revision + 1,
                noted: snapshot.revision + 1,
                ..(*snapshot).clone()
            })
        });
        let published = publish.as_ref().map(|next| next.revision);
        let revision = published.unwrap_or(snapshot.revision);
        let step = next.as_ref().map(Step::of);
        let effect = match made.rows.is_empty() {
            true => Vec::new(),
            false => made.encode(),
        };
        let act = Act {
            effect: &effect,
            ..act_of(event, caller.name, revision)
        };
        let mut payload = encode_act(act, (next, &marks));
        let carried = Carried {
            record: &mut payload,
            saw: None,
            step,
            marks: &marks,
            publish,
        };
        let settled = self.carry_out((event, entry), carried)?;
        if settled.is_err() && !made.rows.is_empty() {
            // It did not get its place: nothing was found.
            world.undo(&made.undone(&[]))?;
        }
        Ok(settled)
    }

    /// Gives the act its place, if the declaration is still what was reckoned with.
    pub(super) fn carry_out(
        &self,
        (event, entry): (&Event, Entry),
        carried: Carried<'_>,
    ) -> Result<Result<Settled, Unsettled>, Refusal> {
        let (record, mut step) = (carried.record, carried.step);
        let known = event.digests();
        let settled = self.with_room(|held| {
            held.unchanged(entry.key, entry.latest)?;
            if let Some(step) = &step {
                held.agrees(step)?;
            }
            let snapshot = self.settle.snapshot();
            let settled = held.act((event, known), record, carried.saw, |ledger, settled| {
                inspect(event, entry, ledger);
                note(
                    snapshot.program.registry().files(),
                    carried.marks,
                    Some(event),
                );
                if let Some(step) = &mut step {
                    ledger.step(step, settled.sequence, settled.at);
                }
            })?;
            if let Some(next) = &carried.publish {
                held.publish(next, settled);
            }
            Ok(settled)
        });
        self.changed.notify_waiters();
        settled
    }

    /// Decides with the documents that came.
    fn decide_again(
        &self,
        event: &Event,
        act: &Act<'_>,
        (snapshot, prior, inputs): (&Snapshot, &Prior, &Known),
        was: &Revision<'_>,
        kind: RevisionKind,
    ) -> Result<Result<Settled, Unsettled>, Refusal> {
        let body = with_documents(event, was.body)?;
        let declaration = read_again(&body, &prior.entry, snapshot)?;
        let mut matcher = Matcher::default();
        let mut draft = draft_again(
            &mut matcher,
            &declaration,
            (act, kind),
            (snapshot, prior, inputs),
        )?;
        self.carry_out(
            (event, prior.entry),
            Carried {
                record: &mut draft.record,
                saw: Some(draft.registry_revision),
                step: Some(draft.step),
                marks: matcher.marks(),
                publish: None,
            },
        )
    }

    /// Ends the holds that nobody ended in time; how many.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn expire_holds(&self) -> Result<usize, Refusal> {
        let snapshot = self.settle.snapshot();
        let days = snapshot.program.policy().life.hold_expires_days;
        let mut count = 0;
        for part in 0..Ledger::parts() {
            let before = self.settle.now().plus_seconds(-i64::from(days) * 86_400);
            let old = self.settle.hold()?.ledger().held_before(part, before);
            for key in old {
                count += usize::from(self.expire(key)?);
            }
        }
        Ok(count)
    }

    fn expire(&self, key: u128) -> Result<bool, Refusal> {
        // Taken first, so that nobody else ends the same hold meanwhile.
        let world = self.hold_world()?;
        let entry = self.hold_known(key)?.ledger().entry(key);
        let Some(entry) = entry else {
            return Ok(false);
        };
        self.wait_durable(entry.latest)?;
        let payload = self.record(entry.latest)?;
        let record = Record::decode(&payload);
        let record = record.map_err(|error| Refusal::Stopped(error.to_string()))?;
        let Some(revision) = record.revision else {
            return Ok(false);
        };
        let what = What::HoldExpired(revision.declaration_id.to_owned());
        let id = format!("hold_expired/{}", entry.latest);
        let event = Event::own(id, "hold_expired", self.settle.now(), what);
        let caller = Caller {
            name: OWN_NAME,
            officer: true,
        };
        match self.take(world, &event, caller) {
            Ok(_) => Ok(true),
            // Somebody acted upon it in the meantime.
            Err(Refusal::State(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

/// An act that was worked out.
pub(super) struct Carried<'c> {
    pub(super) record: &'c mut Vec<u8>,
    /// The revision that a decision saw, where something is decided with it.
    pub(super) saw: Option<u64>,
    pub(super) step: Option<Step>,
    pub(super) marks: &'c [u8],
    /// What decisions see from then on, where that is something else.
    pub(super) publish: Option<Arc<Snapshot>>,
}

/// A declaration that was recorded, to be decided again: its law is that of its first version's day.
pub(super) fn read_again<'b>(
    body: &'b [u8],
    entry: &Entry,
    snapshot: &Snapshot,
) -> Result<Declaration<'b>, Refusal> {
    read_recorded((body, entry.declaration_day), &snapshot.program).map_err(Refusal::Faults)
}

/// Decides a declaration again, with the same draws: the next revision of its version, as the matcher's payload.
pub(super) fn draft_again(
    matcher: &mut Matcher,
    declaration: &Declaration<'_>,
    (act, kind): (&Act<'_>, RevisionKind),
    (snapshot, prior, inputs): (&Snapshot, &Prior, &Known),
) -> Result<Draft, Refusal> {
    let entry = prior.entry;
    let key = (entry.key_day, draw_key(snapshot, entry.key_day)?);
    let cause = Cause {
        kind,
        revision: entry.revision + 1,
        act: Some(act),
        by: Some(act.by),
    };
    matcher.assume(&inputs.taken, &inputs.asks, None);
    let known = matcher.digest(declaration, &snapshot.program);
    Ok(matcher.draft(snapshot, declaration, known, Some(prior), key, cause))
}

fn inspect(event: &Event, entry: Entry, ledger: &mut Ledger) {
    if let What::Inspection(result) = &event.what {
        ledger.inspect(entry.key, result.item_no, result.passed);
    }
}

/// A revision after one that was settled at a time, of which nothing is decided anew.
fn revised<'r>(
    was: &Revision<'r>,
    at: Moment,
    kind: RevisionKind,
    status: Status,
    verdict: Verdict,
) -> Revision<'r> {
    Revision {
        kind,
        status,
        verdict,
        due: was.due_at(at).map_or(Due::Never, Due::At),
        outcome: &[],
        engine_ns: 0,
        moves: Moves::default(),
        ..was.clone()
    }
}

/// What is to be inspected: where an officer orders an inspection of what had none, all of it.
fn ordered(
    next: &Revision<'_>,
    was: &Revision<'_>,
    snapshot: &Snapshot,
) -> Result<Vec<Kept>, Refusal> {
    if next.status != Status::Selected || !was.ordered.is_empty() {
        return Ok(was.ordered.clone());
    }
    let (policy, registry) = (snapshot.program.policy(), snapshot.program.registry());
    let declaration = read_json(was.body.as_bytes(), &policy.profile, registry.currencies());
    let declaration = declaration.map_err(Refusal::Faults)?;
    let items = declaration.items.iter().map(|item| Kept {
        item_no: item.item_no,
        mode: Some(Mode::Physical),
        selected_by: SelectedBy::Officer,
    });
    Ok(items.collect())
}

/// What an act adds to quality files, by what becomes of the declaration.
fn marks(
    event: &Event,
    was: &Revision<'_>,
    becomes: Option<Status>,
    snapshot: &Snapshot,
) -> Result<Vec<u8>, Refusal> {
    let (policy, registry) = (snapshot.program.policy(), snapshot.program.registry());
    let selected = was.status == Status::Selected;
    let counted = match (&event.what, becomes) {
        // What raw material is like, is not said of the goods.
        (What::Inspection(result), _) if result.object == Object::RawMaterial => {
            match result.passed {
                true => Counted::MaterialPassed,
                false => Counted::MaterialFailed,
            }
        }
        (What::Inspection(result), _) if result.passed => Counted::Passed,
        (What::Inspection(_), _) => Counted::Failed,
        (What::Cancelled(_), _) if selected => Counted::Cancelled,
        (_, Some(Status::Selected)) if !selected => Counted::Selected,
        _ => return Ok(Vec::new()),
    };
    let declaration = read_json(was.body.as_bytes(), &policy.profile, registry.currencies());
    let declaration = declaration.map_err(Refusal::Faults)?;
    let ordered =
        |item_no| was.ordered.is_empty() || was.ordered.iter().any(|item| item.item_no == item_no);
    let concerned = |item_no| match &event.what {
        What::Inspection(result) => result.item_no == item_no,
        _ => ordered(item_no),
    };
    let items = declaration.items.iter();
    let items = items.filter(|item| concerned(item.item_no));
    let (day, failed) = match &event.what {
        What::Inspection(result) => {
            let failed = result.tests.iter().filter(|test| !test.passed);
            let failed = failed.map(|test| test.test.as_str());
            let day = event.at.day(policy.profile.zone);
            (day.min(snapshot.today), failed.collect())
        }
        _ => (snapshot.today, Vec::new()),
    };
    let mut marker = Marker::default();
    marker.mark(&declaration, items, (counted, day), &failed);
    Ok(marker.bytes)
}

fn by<'e>(event: &'e Event, caller: Caller<'e>) -> &'e str {
    match &event.what {
        What::Overridden(overridden) => &overridden.officer_id,
        What::Inspection(result) => result.officer_id.as_deref().unwrap_or(caller.name),
        _ => caller.name,
    }
}

fn why(event: &Event) -> Option<&str> {
    match &event.what {
        What::Overridden(overridden) => Some(&overridden.reason_text),
        What::Cancelled(cancelled) => cancelled.reason_text.as_deref(),
        What::Inspection(result) => result.conclusion.as_deref(),
        _ => None,
    }
}

/// The declaration with the documents that an event brings.
fn with_documents(event: &Event, body: &str) -> Result<Vec<u8>, Refusal> {
    let What::Documents(received) = &event.what else {
        return Ok(body.as_bytes().to_vec());
    };
    let mut declaration: Value =
        serde_json::from_str(body).map_err(|error| Refusal::Stopped(error.to_string()))?;
    for (index, (item_no, document)) in received.documents.iter().enumerate() {
        let items = declaration.get_mut("items").and_then(Value::as_array_mut);
        let mut items = items.into_iter().flatten();
        let item = items.find(|item| item.get("item_no") == Some(&Value::from(*item_no)));
        let Some(Value::Object(item)) = item else {
            let pointer = format!("/documents/{index}/item_no");
            let why = format!("the declaration has no item {item_no}");
            return Err(Refusal::fault(&pointer, FaultCode::Range, why));
        };
        let list = item
            .entry("documents")
            .or_insert_with(|| Value::Array(vec![]));
        if let Value::Array(list) = list {
            list.push(document.clone());
        }
    }
    serde_json::to_vec(&declaration).map_err(|error| Refusal::Stopped(error.to_string()))
}
