//! Declarations that an event affects are decided again, one at a time, so that nobody waits for all of them: from what
//! was recorded of each, by what is known now. What does not become stricter stays as it is, without a record.
//!
//! The event waits in the ledger until a record says that all were looked at. Where the process ends in between, all are
//! looked at again; those that were decided since the event know of it and are passed over.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::acts::{OWN_NAME, act_of, encode};
use super::crash::{self, Point};
use super::desk::Desk;
use super::lives::{Carried, draft_again, read_again};
use super::refusal::Refusal;
use crate::engine::Kept;
use crate::policy::Verdict;
use crate::supervision::{
    Affects, Concerned, Entry, Event, Known, Ledger, Matcher, Pending, Record, Revision,
    RevisionKind, Status, Unsettled, What, World,
};

/// An event that is being followed.
struct Followed<'e> {
    pending: Pending,
    event: &'e Event,
    /// The revision of the registry from it on.
    revision: u64,
    concerned: Concerned<'e>,
}

/// What came of a declaration that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    /// It stays as it is.
    Same,
    /// It became stricter.
    Stricter,
    /// It cannot be decided any more: the policy of now refuses it, or the key of its draws is missing.
    Undecided,
}

impl Desk {
    /// Decides declarations again that are affected by events which the policy names; how many became stricter.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn redecide(&self) -> Result<usize, Refusal> {
        let following = self.following.lock();
        let _following = following.unwrap_or_else(PoisonError::into_inner);
        let mut count = 0;
        loop {
            let pending = self.settle.hold()?.ledger().pending().first().copied();
            let Some(pending) = pending.filter(|_| !self.draining.load(Ordering::SeqCst)) else {
                return Ok(count);
            };
            count += self.follow(pending)?;
        }
    }

    /// Whether it is done, it says itself: a desk that is draining leaves the rest to the next start.
    fn follow(&self, pending: Pending) -> Result<usize, Refusal> {
        let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
        self.wait_durable(pending.event)?;
        let payload = self.record(pending.event)?;
        let record = Record::decode(&payload).map_err(|error| broken(&error))?;
        let act = record
            .act
            .ok_or_else(|| broken(&"an event's record has none"))?;
        let zone = self.settle.snapshot().program.policy().profile.zone;
        let event = Event::parse(act.body.as_bytes(), zone).map_err(|error| broken(&error))?;
        let affects = Affects::of(&event);
        let affects = affects.ok_or_else(|| broken(&"an event that affects nothing waits"))?;
        let followed = Followed {
            pending,
            event: &event,
            revision: act.registry_revision,
            concerned: affects.concerned(self.hold_world()?.registry()),
        };
        let (mut count, mut undecided) = (0, 0);
        crash::reach(Point::Redecision);
        let known_by = followed.concerned.known_by();
        for part in 0..Ledger::parts() {
            let held = self.settle.hold()?;
            let affected = held.ledger().affected(part, &known_by);
            drop(held);
            let concerned = affected.iter().filter(|entry| pending.concerns(entry));
            for key in concerned.map(|entry| entry.key) {
                if self.draining.load(Ordering::SeqCst) {
                    return Ok(count);
                }
                match self.follow_one(&followed, key)? {
                    Looked::Same => {}
                    Looked::Stricter => count += 1,
                    Looked::Undecided => undecided += 1,
                }
                crash::reach(Point::Redecision);
            }
        }
        self.end_following(pending, &event, undecided)?;
        Ok(count)
    }

    fn end_following(
        &self,
        pending: Pending,
        event: &Event,
        undecided: u64,
    ) -> Result<(), Refusal> {
        let _world = self.hold_world()?;
        let waits = self.settle.hold()?.ledger().pending().contains(&pending);
        if !waits {
            return Ok(());
        }
        let id = format!("redecision_ended/{}", pending.event);
        let what = What::RedecisionEnded {
            cause: event.id.clone(),
            undecided,
        };
        let ended = Event::own(id, "redecision_ended", self.settle.now(), what);
        let revision = self.settle.snapshot().revision;
        let mut payload = encode(&ended, OWN_NAME, revision, (None, &[]));
        let ended = (&ended, ended.digests());
        let settled = self.with_room(|held| held.act(ended, &mut payload, None, |_, _| ()))?;
        settled.map(drop).map_err(Refusal::from)
    }

    /// Decides one declaration again.
    fn follow_one(&self, followed: &Followed<'_>, key: u128) -> Result<Looked, Refusal> {
        // Taken first, so that nobody else acts upon it meanwhile.
        let world = self.hold_world()?;
        let mut inputs = Known::default();
        loop {
            let entry = self.settle.hold()?.ledger().entry(key);
            let Some(entry) = entry.filter(|entry| followed.pending.concerns(entry)) else {
                return Ok(Looked::Same);
            };
            match self.try_follow(followed, &world, (entry, &inputs))? {
                Ok(looked) => return Ok(looked),
                Err(Unsettled::Inputs(actual)) => inputs.learn(actual),
                Err(Unsettled::DayEnded) => self.turn_day_of(&world)?,
                Err(Unsettled::Prior(_) | Unsettled::Stale) => {}
                Err(other) => return Err(other.into()),
            }
        }
    }

    fn try_follow(
        &self,
        followed: &Followed<'_>,
        _: &World,
        (entry, inputs): (Entry, &Known),
    ) -> Result<Result<Looked, Unsettled>, Refusal> {
        let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
        self.wait_durable(entry.latest)?;
        let payload = self.record(entry.latest)?;
        let record = Record::decode(&payload).map_err(|error| broken(&error))?;
        let was = record.revision.as_ref();
        let was = was.ok_or_else(|| broken(&"a revision's record has none"))?;
        let snapshot = self.settle.snapshot();
        let declaration = match read_again(was.body.as_bytes(), &entry, &snapshot) {
            Ok(declaration) => declaration,
            Err(Refusal::Faults(_)) => return Ok(Ok(Looked::Undecided)),
            Err(other) => return Err(other),
        };
        let released = entry.status == Status::Released;
        let knows = was.registry_revision >= followed.revision;
        let late = released && record.at < followed.pending.released_since;
        if knows || late || !followed.concerned.holds(&declaration) {
            return Ok(Ok(Looked::Same));
        }
        if snapshot.keys.get(entry.key_day).is_none() {
            return Ok(Ok(Looked::Undecided));
        }
        let held = self.settle.hold()?;
        if let Err(moved) = held.unchanged(entry.key, entry.latest) {
            return Ok(Err(moved));
        }
        let prior = held.prior(entry);
        drop(held);
        let what = What::Redecided {
            declaration_id: was.declaration_id.to_owned(),
            cause: followed.event.id.clone(),
        };
        let id = format!("declaration_redecided/{}", entry.latest);
        let event = Event::own(id, "declaration_redecided", self.settle.now(), what);
        let act = act_of(&event, OWN_NAME, snapshot.revision);
        let mut matcher = Matcher::default();
        let act = (&act, RevisionKind::Redecision);
        let seen = (&*snapshot, &prior, inputs);
        let mut draft = draft_again(&mut matcher, &declaration, act, seen)?;
        if !is_stricter(&draft.record, was, entry.status)? {
            // Of stocks it was told nothing at first; what it would take of them may not be there.
            let held = self.settle.hold()?;
            let same = held.unchanged(entry.key, entry.latest);
            return Ok(same
                .and_then(|()| held.agrees(&draft.step))
                .map(|()| Looked::Same));
        }
        let carried = Carried {
            record: &mut draft.record,
            saw: Some(draft.registry_revision),
            step: Some(draft.step),
            marks: matcher.marks(),
            publish: None,
        };
        let settled = self.carry_out((&event, entry), carried)?;
        Ok(settled.map(|_| Looked::Stricter))
    }
}

/// Whether a record makes stricter what a declaration is: another verdict, or, where it is selected, an inspection of
/// another item or a stricter one.
fn is_stricter(payload: &[u8], was: &Revision<'_>, status: Status) -> Result<bool, Refusal> {
    let record = Record::decode(payload).map_err(|error| Refusal::Stopped(error.to_string()))?;
    let Some(next) = record.revision else {
        return Ok(false);
    };
    let stands = match status {
        Status::Selected => Verdict::Sample,
        _ => Verdict::Release,
    };
    let is_more = |item: &Kept| {
        let mut earlier = was.ordered.iter();
        let earlier = earlier.find(|earlier| earlier.item_no == item.item_no);
        earlier.is_none_or(|earlier| item.mode > earlier.mode)
    };
    let same = next.verdict == stands && next.verdict == Verdict::Sample;
    Ok(next.verdict > stands || same && next.ordered.iter().any(is_more))
}
