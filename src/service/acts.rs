//! Acts at the desk: events, cancellations, overrides, the day's turn, keys. They come one at a time; what each means
//! is worked out before settle, which only gives it its place.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::access::{Access, LOCAL_NAME};
use super::crash::{self, Point};
use super::desk::{Caller, Desk};
use super::refusal::Refusal;
use super::world::HeldWorld;
use crate::declaration::{Day, Moment};
use crate::journal::Sequence;
use crate::registry::{Registry, RegistrySource};
use crate::supervision::{
    Act, Effect, Entry, Event, Held, Record, Revision, Seen, Settled, Snapshot, Status, Unsettled,
    What, World, digest, marks_of_event, note, withdraw,
};

/// How long an act waits for room in the journal before it tries again.
const PAUSE: Duration = Duration::from_millis(1);
/// Who acts when nobody does.
pub(super) const OWN_NAME: &str = "greenlane";

/// An act that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acted {
    /// Its record.
    pub sequence: Sequence,
    /// Whether it had been recorded before.
    pub repeated: bool,
}

impl Desk {
    /// Takes an event, given as JSON.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn event(&self, bytes: &[u8], caller: Caller<'_>) -> Result<Acted, Refusal> {
        let world = self.hold_world()?;
        let zone = world.program().policy().profile.zone;
        let event = match Event::read(bytes, zone) {
            Ok(event) => event,
            // What was taken before more was asked of events is still known.
            Err(errors) => Event::parse(bytes, zone)
                .ok()
                .filter(|event| !event.is_own() && self.is_known(event))
                .ok_or(errors)?,
        };
        self.take(world, &event, caller)
    }

    fn is_known(&self, event: &Event) -> bool {
        let (key, content) = event.digests();
        let held = self.settle.hold();
        held.is_ok_and(|held| matches!(held.ledger().see_event(key, content), Seen::Same(_)))
    }

    /// Withdraws a declaration, or lets an officer decide otherwise: `kind` is the type of the act, `members` what the
    /// request says. What is withdrawn already gets the answer that it got.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn request(
        &self,
        kind: &str,
        declaration_id: &str,
        members: &[u8],
        caller: Caller<'_>,
    ) -> Result<Acted, Refusal> {
        let world = self.hold_world()?;
        let entry = self.entry(declaration_id)?;
        let id = format!("{kind}/{}", entry.latest);
        let zone = world.program().policy().profile.zone;
        let at = self.settle.now();
        let event = Event::request(members, (&id, kind, at), declaration_id, zone)?;
        // Whoever did not get the answer asks again.
        if matches!(event.what, What::Cancelled(_)) && entry.status == Status::Cancelled {
            return Ok(Acted {
                sequence: entry.latest,
                repeated: true,
            });
        }
        self.take(world, &event, caller)
    }

    /// What is known of a declaration.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn entry(&self, declaration_id: &str) -> Result<Entry, Refusal> {
        let key = digest(declaration_id.as_bytes());
        let entry = self.hold_known(key)?.ledger().entry(key);
        entry
            .ok_or_else(|| Refusal::NotFound(format!("there is no declaration `{declaration_id}`")))
    }

    pub(super) fn take(
        &self,
        mut world: HeldWorld<'_>,
        event: &Event,
        caller: Caller<'_>,
    ) -> Result<Acted, Refusal> {
        let (key, content) = event.digests();
        let seen = self.settle.hold()?.ledger().see_event(key, content);
        match seen {
            Seen::Never => {}
            Seen::Same(sequence) => {
                return Ok(Acted {
                    sequence,
                    repeated: true,
                });
            }
            _ => {
                return Err(Refusal::Conflict(format!(
                    "the event `{}` came before with another content",
                    event.id
                )));
            }
        }
        let settled = match &event.what {
            What::Registry(_) | What::Adverse(_) | What::CauseFound(_) | What::CaseClosed(_) => {
                self.change(world, event, caller, |world| {
                    world.check(event)?;
                    Ok(world.take(event)?.encode())
                })?
            }
            What::Voided(voided) => self.void(world, event, voided, caller)?,
            _ => self.live(&mut world, event, caller)?,
        };
        Ok(Acted {
            sequence: settled.sequence,
            repeated: false,
        })
    }

    // ----- the registry -----

    /// How many owners' rows an import would change.
    ///
    /// # Errors
    /// Every fault.
    pub fn difference(&self, source: &RegistrySource, replace: bool) -> Result<usize, Refusal> {
        let world = self.hold_world()?;
        let changes = world.registry().difference(source, replace)?;
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        if !replace {
            let known = world.registry().export().into_iter();
            files.extend(known.map(|(name, text)| (name, text.into_bytes())));
        }
        let brought = source.files();
        files.extend(brought.map(|(table, bytes)| (format!("{table}.csv"), bytes.to_vec())));
        let party_ids = &world.program().policy().profile.party_ids;
        Registry::build(&RegistrySource::from_files(files)?, Some(party_ids))?;
        Ok(changes.len())
    }

    /// The registry as files, by their names.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn export(&self) -> Result<Vec<(String, String)>, Refusal> {
        Ok(self.hold_world()?.registry().export())
    }

    /// Imports the files of a registry: how many owners' rows changed, and the record, if any did.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn import(
        &self,
        source: &RegistrySource,
        replace: bool,
        caller: Caller<'_>,
    ) -> Result<(usize, Option<Acted>), Refusal> {
        let world = self.hold_world()?;
        let changes = world.registry().difference(source, replace)?.len();
        if changes == 0 {
            return Ok((0, None));
        }
        let kept = self.folder.keep_registry(source);
        kept.map_err(|error| Refusal::Stopped(error.to_string()))?;
        let at = self.settle.now();
        let what = What::Imported {
            registry: source.hash(),
            replace,
        };
        let snapshot = self.settle.snapshot();
        let (revision, today) = (snapshot.revision, snapshot.today);
        let id = format!("registry_imported/{}", revision + 1);
        let event = Event::own(id, "registry_imported", at, what);
        let settled = self.change(world, &event, caller, |world| {
            world.import(source, replace, today)?;
            Ok(Vec::new())
        })?;
        let acted = Acted {
            sequence: settled.sequence,
            repeated: false,
        };
        Ok((changes, Some(acted)))
    }

    /// Makes a change of the registry, which says what it did, and records it.
    pub(super) fn change(
        &self,
        mut world: HeldWorld<'_>,
        event: &Event,
        caller: Caller<'_>,
        change: impl FnOnce(&mut World) -> Result<Vec<u8>, Refusal>,
    ) -> Result<Settled, Refusal> {
        let effect = change(&mut world)?;
        crash::reach(Point::Acting);
        let program = Arc::clone(world.program());
        let snapshot = self.settle.snapshot();
        let next = Snapshot {
            program,
            revision: snapshot.revision + 1,
            noted: match event.what {
                // Rows of the registry are no part of quality files.
                What::Registry(_) => snapshot.noted,
                _ => snapshot.revision + 1,
            },
            ..(*snapshot).clone()
        };
        self.publish(event, (caller.name, &effect), &Arc::new(next))
    }

    // ----- days and keys -----

    /// Turns the day to the one that it is, unless it has turned: the keys of the day and of the next are there
    /// before.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn turn_day(&self) -> Result<(), Refusal> {
        let world = self.hold_world()?;
        self.turn_day_of(&world)
    }

    pub(super) fn turn_day_of(&self, _: &World) -> Result<(), Refusal> {
        // Whoever waited for the world may have seen a day that has ended since.
        let day = self.settle.hold()?.day();
        self.commit_key(day)?;
        self.commit_key(Day::from_number(day.number() + 1))?;
        let snapshot = self.settle.snapshot();
        if snapshot.today == day {
            return Ok(());
        }
        let id = format!("day_turned/{day}/{}", snapshot.revision);
        let at = self.settle.now();
        let event = Event::own(id, "day_turned", at, What::DayTurned(day));
        let next = Snapshot {
            today: day,
            revision: snapshot.revision + 1,
            ..(*snapshot).clone()
        };
        self.publish(&event, (OWN_NAME, &[]), &Arc::new(next))?;
        // Periods end with days: what nobody asks of any more takes no room.
        self.hints.forget();
        Ok(())
    }

    // ----- callers -----

    /// Journals who may call from now on. Whoever configures it is on the service's own machine.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn record_callers(&self, access: &Access) -> Result<(), Refusal> {
        let _world = self.hold_world()?;
        let callers = access.callers().iter().map(|known| known.configured());
        let what = What::CallersConfigured(callers.collect());
        let snapshot = self.settle.snapshot();
        let last = self.settle.hold()?.ledger().last;
        let id = format!("callers_configured/{}", last.next());
        let event = Event::own(id, "callers_configured", self.settle.now(), what);
        let settled = self.publish(&event, (LOCAL_NAME, &[]), &snapshot)?;
        self.wait_durable(settled.sequence)
    }

    fn commit_key(&self, day: Day) -> Result<(), Refusal> {
        let snapshot = self.settle.snapshot();
        if snapshot.keys.is_committed(day) {
            return Ok(());
        }
        let made = snapshot.keys.make(day);
        let (key, commitment) = made.map_err(|error| Refusal::Stopped(error.to_string()))?;
        let mut keys = (*snapshot.keys).clone();
        keys.enter(day, key);
        let what = What::KeyCommitted { day, commitment };
        let id = format!("draw_key_committed/{day}");
        let event = Event::own(id, "draw_key_committed", self.settle.now(), what);
        let next = Snapshot {
            keys: Arc::new(keys),
            ..(*snapshot).clone()
        };
        self.publish(&event, (OWN_NAME, &[]), &Arc::new(next))
            .map(|_| ())
    }

    /// Records an act after which decisions see something else. Only whoever holds the world may, so that no other
    /// snapshot is published in between.
    pub(super) fn publish(
        &self,
        event: &Event,
        (by, effect): (&str, &[u8]),
        next: &Arc<Snapshot>,
    ) -> Result<Settled, Refusal> {
        let known = event.digests();
        let marks = marks_of_event(event, next.today);
        let act = Act {
            effect,
            ..act_of(event, by, next.revision)
        };
        let mut payload = encode_act(act, (None, &marks));
        let files = next.program.registry().files();
        let voided = match &event.what {
            What::Voided(voided) => Some((voided, Effect::decode(effect).unwrap_or_default())),
            _ => None,
        };
        let settled = self.with_room(|held| {
            let settled = held.act((event, known), &mut payload, None, |ledger, settled| {
                note(files, &marks, None);
                if let Some((voided, effect)) = &voided {
                    withdraw(files, &effect.withdrawn);
                    ledger.enter_void(voided, settled.sequence);
                }
            })?;
            // From the next day on its declarations are read: all of them are noted then.
            files.settle();
            held.publish(next, settled);
            Ok(settled)
        })?;
        let settled = settled?;
        tell(event, by, next, settled);
        Ok(settled)
    }

    /// Holds the ledger, and again while the journal has no room.
    pub(super) fn with_room<T>(
        &self,
        mut act: impl FnMut(&mut Held<'_>) -> Result<T, Unsettled>,
    ) -> Result<Result<T, Unsettled>, Refusal> {
        loop {
            let done = act(&mut self.settle.hold()?);
            match done {
                Err(Unsettled::Full) => thread::sleep(PAUSE),
                Err(Unsettled::Stopped(why)) => return Err(Refusal::Stopped(why)),
                done => return Ok(done),
            }
        }
    }
}

/// Logs an act: what the service does of itself, or who runs it, always.
fn tell(event: &Event, by: &str, next: &Snapshot, settled: Settled) {
    let (kind, sequence) = (event.kind.as_str(), settled.sequence.get());
    let (registry_revision, policy) = (next.revision, &*next.policy);
    match event.is_own() {
        true => tracing::info!(kind, by, sequence, registry_revision, policy, "recorded"),
        false => tracing::debug!(kind, by, sequence, registry_revision, policy, "recorded"),
    }
}

pub(super) fn act_of<'e>(event: &'e Event, by: &'e str, registry_revision: u64) -> Act<'e> {
    Act {
        body: &event.body,
        by,
        registry_revision,
        effect: &[],
    }
}

pub(super) fn encode(
    event: &Event,
    by: &str,
    registry_revision: u64,
    done: (Option<Revision<'_>>, &[u8]),
) -> Vec<u8> {
    encode_act(act_of(event, by, registry_revision), done)
}

pub(super) fn encode_act(
    act: Act<'_>,
    (revision, marks): (Option<Revision<'_>>, &[u8]),
) -> Vec<u8> {
    let mut payload = Vec::new();
    let record = Record {
        at: Moment::from_micros(0),
        act: Some(act),
        revision,
        marks,
    };
    record.encode(&mut payload);
    payload
}
