//! The desk: where declarations and acts come, without a protocol. A declaration is matched on the caller's thread
//! and settled; acts come one at a time.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::crash::{self, Point};
use super::policy::Compiled;
use super::refusal::Refusal;
use super::waiters::Waiters;
use super::world::Worlds;
use crate::archive;
use crate::clock::Stopwatch;
use crate::declaration::{Day, Declaration, FaultCode, Moment, read_json};
use crate::engine::{DrawKey, Hints, Take};
use crate::journal::{Folders, Journal, Sequence};
use crate::supervision::{
    AsOf, Cause, Clock, DataFolder, Held, Known, Ledger, Matcher, Prior, Recalled, Record,
    Revision, Seen, Settle, Settled, Snapshot, State, Status, Step, Took, Unsettled, digest, note,
};

/// How often a declaration is matched without the ledger held; once more, it is held meanwhile.
const FREE_TRIES: usize = 2;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it may do what only officers do.
    pub officer: bool,
}

/// What a declaration is reckoned with, as settle last said that it is.
#[derive(Default)]
struct Reckoned {
    prior: Option<Prior>,
    inputs: Known,
    tries: usize,
}

impl Reckoned {
    /// There are earlier versions: what they have taken counts as returned.
    fn amends(&mut self, prior: Prior, hints: &Hints) {
        let own = prior.taken.iter();
        let others = own.map(|own| Take {
            units: hints.taken(own.key).saturating_sub(own.units).max(0),
            ..*own
        });
        self.inputs.taken.extend(others);
        self.prior = Some(prior);
    }
}

/// The answer to a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It was decided: the record is the matcher's payload.
    Now(Settled),
    /// It was decided before: the answer is in this record.
    Before(Sequence),
}

/// See the module.
pub struct Desk {
    pub(super) settle: Settle,
    /// Held by whoever changes the registry, the policy or the day: acts come one at a time.
    pub(super) world: Worlds,
    /// The candidate policy, compiled; taken before the world, if both are.
    pub(super) candidate: Mutex<Compiled>,
    pub(super) folder: Arc<DataFolder>,
    pub(super) archive: Arc<dyn Folders>,
    pub(super) waiters: Arc<Waiters>,
    /// What stocks and counters were when somebody looked last.
    pub(super) hints: Arc<Hints>,
    /// Told when there may be a revision that nobody was told of at once.
    pub(super) changed: Notify,
    /// Whether nobody should wait for changes any more.
    pub(super) draining: AtomicBool,
    /// The day on which old declarations were let go last.
    forgot: AtomicI32,
    /// Held by whoever follows events: one at a time.
    pub(super) following: Mutex<()>,
}

impl Desk {
    /// From the state that recovery made.
    ///
    /// # Errors
    /// [`Refusal::State`] where there is no registry and policy.
    pub(super) fn new(
        state: State,
        journal: Arc<Journal>,
        clock: Clock,
        folder: Arc<DataFolder>,
        archive: Arc<dyn Folders>,
    ) -> Result<Self, Refusal> {
        let State {
            world,
            ledger,
            keys,
            ..
        } = state;
        let world = world.ok_or_else(|| Refusal::State("there is no policy".to_owned()))?;
        let snapshot = Snapshot {
            program: Arc::clone(world.program()),
            revision: ledger.registry_revision,
            today: ledger.today,
            as_of: world.as_of(),
            policy: world.program().policy().version().into(),
            keys: Arc::new(keys),
            noted: ledger.registry_revision,
        };
        let today = snapshot.today.number();
        let waiters = Arc::new(Waiters::default());
        let told = Arc::clone(&waiters);
        journal.subscribe(move |notice| told.hear(notice));
        Ok(Self {
            settle: Settle::new(journal, clock, ledger, snapshot),
            world: Worlds::new(world),
            candidate: Mutex::default(),
            folder,
            archive,
            waiters,
            hints: Arc::default(),
            changed: Notify::new(),
            draining: AtomicBool::new(false),
            forgot: AtomicI32::new(today),
            following: Mutex::default(),
        })
    }

    /// Decides a declaration, given as JSON, without reading the disk.
    ///
    /// # Errors
    /// See [`Refusal`]; [`Refusal::Old`] until it is recalled ([`Self::recall`]).
    pub fn decide(
        &self,
        matcher: &mut Matcher,
        bytes: &[u8],
        caller: Caller<'_>,
    ) -> Result<Answered, Refusal> {
        let mut reckoned = Reckoned::default();
        matcher.took = Took::default();
        loop {
            let snapshot = self.settle.snapshot();
            let profile = &snapshot.program.policy().profile;
            let currencies = snapshot.program.registry().currencies();
            let read = read_json(bytes, profile, currencies);
            let mut declaration = read.map_err(Refusal::Faults)?;
            let known = matcher.digest(&declaration, &snapshot.program);
            let read = (&mut declaration, known, &*snapshot);
            if let Some(answered) = self.decide_read(matcher, read, caller, &mut reckoned)? {
                return Ok(answered);
            }
        }
    }

    /// Decides a declaration as it was read under a snapshot, by the latest; none where that one reads otherwise.
    fn decide_read(
        &self,
        matcher: &mut Matcher,
        (declaration, known, read): (&mut Declaration<'_>, (u128, u128), &Snapshot),
        caller: Caller<'_>,
        reckoned: &mut Reckoned,
    ) -> Result<Option<Answered>, Refusal> {
        loop {
            reckoned.tries += 1;
            let held = match reckoned.tries > FREE_TRIES {
                true => Some(self.settle.hold()?),
                false => None,
            };
            let snapshot = self.settle.snapshot();
            if !snapshot.reads_as(read) {
                return Ok(None);
            }
            let tried = self.try_decide(
                matcher,
                (declaration, known, &snapshot),
                caller,
                reckoned,
                held,
            );
            match tried? {
                Ok(settled) => return Ok(Some(Answered::Now(settled))),
                Err(Unsettled::Same(sequence)) => return Ok(Some(Answered::Before(sequence))),
                Err(Unsettled::Prior(actual)) => reckoned.amends(*actual, &self.hints),
                Err(Unsettled::Inputs(actual)) => {
                    actual.tell(&self.hints);
                    reckoned.inputs.learn(actual);
                }
                Err(Unsettled::Stale) => {}
                Err(Unsettled::DayEnded) => self.turn_day()?,
                Err(other) => return Err(other.into()),
            }
        }
    }

    fn try_decide(
        &self,
        matcher: &mut Matcher,
        (declaration, known, snapshot): (&mut Declaration<'_>, (u128, u128), &Snapshot),
        caller: Caller<'_>,
        Reckoned { prior, inputs, .. }: &mut Reckoned,
        held: Option<Held<'_>>,
    ) -> Result<Result<Settled, Unsettled>, Refusal> {
        let policy = snapshot.program.policy();
        let currencies = snapshot.program.registry().currencies();
        let prior = prior.as_ref();
        let key_day = prior.map_or(snapshot.today, |prior| prior.entry.key_day);
        self.check_age(snapshot, declaration, known, held.as_ref())?;
        if let Some(prior) = prior {
            may_amend(prior, caller)?;
            declaration
                .set_day(prior.entry.declaration_day, &policy.profile, currencies)
                .map_err(Refusal::Faults)?;
        }
        let declaration = &*declaration;
        let key = draw_key(snapshot, key_day)?;
        let cause = Cause::declared(prior.is_some());
        let draft = |matcher: &mut Matcher, inputs: &Known| {
            matcher.assume(&inputs.taken, &inputs.asks, Some(&self.hints));
            matcher.draft(snapshot, declaration, known, prior, (key_day, key), cause)
        };
        let mut made = draft(matcher, inputs);
        let (watch, matched) = (Stopwatch::start(), matcher.took.matched);
        let (mut held, stays) = match held {
            Some(held) => (held, true),
            None => {
                self.settle.ready(&mut made);
                (self.settle.hold()?, false)
            }
        };
        let settled = loop {
            match held.declare(&mut made) {
                // Nothing moves meanwhile: with every try more of stocks and counters is known.
                Err(Unsettled::Inputs(actual)) if stays => inputs.learn(actual),
                // What has changed since is mostly none of its business.
                Err(Unsettled::Stale) if !stays => {
                    drop(held);
                    let latest = self.settle.snapshot();
                    let carried = latest.decides_as(snapshot, declaration);
                    held = self.settle.hold()?;
                    match carried {
                        true => matcher.carry(&mut made, &latest),
                        false => break Err(Unsettled::Stale),
                    }
                    continue;
                }
                settled => break settled,
            }
            matcher.settled(made, None);
            made = draft(matcher, inputs);
        };
        let files = snapshot.program.registry().files();
        let marked = settled.is_ok() && !matcher.marks().is_empty();
        let expected = marked.then(|| files.expect());
        if settled.is_ok() {
            crash::reach(Point::Settling);
        }
        drop(held);
        // What was matched again meanwhile is known already.
        let again = matcher.took.matched.saturating_sub(matched);
        matcher.took.settled += watch.elapsed().saturating_sub(again);
        matcher.settled(made, settled.as_ref().ok().copied());
        if settled.is_ok() {
            matcher.tell(&self.hints);
        }
        if let Some(expected) = expected {
            note(files, matcher.marks(), None);
            drop(expected);
        }
        Ok(settled)
    }

    /// A declaration of the future, or one that is too old, is refused, unless it was answered before. A later
    /// version keeps the day of the first, however old that is.
    pub(super) fn check_age(
        &self,
        snapshot: &Snapshot,
        declaration: &Declaration<'_>,
        (key, content): (u128, u128),
        held: Option<&Held<'_>>,
    ) -> Result<(), Refusal> {
        let now = self.settle.now();
        let days = snapshot.program.policy().life.max_declaration_age_days;
        let oldest = now.plus_seconds(-i64::from(days) * 86_400);
        let past = snapshot.as_of == AsOf::Declaration;
        let future = declaration.declared_at > now;
        let why = if future {
            format!("is in the future: it is {now}")
        } else if declaration.declared_at < oldest && !past {
            format!("is older than {days} days: it is {now}")
        } else {
            return Ok(());
        };
        let see = |held: &Held<'_>| held.ledger().see(key, declaration.version, content);
        let seen = match held {
            Some(held) => see(held),
            None => see(&self.settle.hold()?),
        };
        let refused = match seen {
            Seen::Never => true,
            Seen::Before(_) => future,
            // Settle knows what to say.
            _ => false,
        };
        match refused {
            true => Err(Refusal::fault("/declared_at", FaultCode::Range, why)),
            false => Ok(()),
        }
    }

    /// Waits until a record is durable.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub async fn durable(&self, sequence: Sequence) -> Result<(), Refusal> {
        self.waiters.durable(sequence).await?;
        crash::reach(Point::BeforeAnswer);
        Ok(())
    }

    /// Waits on the caller's thread until a record is durable.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn wait_durable(&self, sequence: Sequence) -> Result<(), Refusal> {
        let waited = self.settle.journal().wait_durable(sequence);
        waited.map_err(|error| Refusal::Stopped(error.to_string()))?;
        crash::reach(Point::BeforeAnswer);
        Ok(())
    }

    /// A record that is durable, from the journal or the archive.
    ///
    /// # Errors
    /// [`Refusal::Stopped`] where the disk refuses; [`Refusal::NotFound`].
    pub fn record(&self, sequence: Sequence) -> Result<Vec<u8>, Refusal> {
        let broken = |error: &dyn std::fmt::Display| Refusal::Stopped(error.to_string());
        let journal = self.settle.journal();
        let found = journal.record(sequence).map_err(|error| broken(&error))?;
        if let Some(payload) = found {
            return Ok(payload);
        }
        let archived = archive::record(self.archive.as_ref(), sequence);
        let archived = archived.map_err(|error| broken(&error))?;
        archived.ok_or_else(|| Refusal::NotFound(format!("there is no record {sequence}")))
    }

    /// Knows an old declaration again, if it is one: its records are read back.
    ///
    /// # Errors
    /// [`Refusal::Stopped`] where the disk refuses.
    pub fn recall(&self, key: u128) -> Result<(), Refusal> {
        self.hold_known(key).map(drop)
    }

    /// Holds the ledger with all that is known of a declaration in memory.
    pub(super) fn hold_known(&self, key: u128) -> Result<Held<'_>, Refusal> {
        loop {
            let held = self.settle.hold()?;
            let Some(from) = held.ledger().let_go(key) else {
                return Ok(held);
            };
            drop(held);
            let recalled = self.read_back(from)?;
            self.settle.hold()?.recall(key, from, recalled);
        }
    }

    /// Follows the revisions of a declaration back, from one of them to its first.
    ///
    /// # Errors
    /// [`Refusal::Stopped`] where the disk refuses.
    pub fn revisions(
        &self,
        from: Sequence,
        mut then: impl FnMut(Sequence, &Record<'_>, &Revision<'_>),
    ) -> Result<(), Refusal> {
        let broken = |why: &dyn std::fmt::Display| Refusal::Stopped(why.to_string());
        let mut next = from;
        while next != Sequence::ZERO {
            let payload = self.record(next)?;
            let record = Record::decode(&payload).map_err(|error| broken(&error))?;
            let revision = record.revision.as_ref();
            let revision = revision.ok_or_else(|| broken(&"a revision's record has none"))?;
            then(next, &record, revision);
            next = revision.previous;
        }
        Ok(())
    }

    fn read_back(&self, from: Sequence) -> Result<Recalled, Refusal> {
        let mut steps = Vec::new();
        self.revisions(from, |sequence, record, revision| {
            steps.push((Step::of(revision), sequence, record.at));
        })?;
        let mut recalled = Recalled::default();
        for (step, sequence, at) in steps.iter().rev() {
            recalled.step(step, *sequence, *at);
        }
        match recalled.is_whole() {
            true => Ok(recalled),
            false => {
                let why = "the records of a declaration have no first answer";
                Err(Refusal::Stopped(why.to_owned()))
            }
        }
    }

    /// Lets old declarations go, once a day; how long nobody touched them, [`EXACT_DAYS`](crate::limits::EXACT_DAYS)
    /// says.
    ///
    /// # Errors
    /// [`Refusal::Stopped`].
    pub fn forget(&self) -> Result<(), Refusal> {
        let today = self.settle.snapshot().today.number();
        if self.forgot.swap(today, Ordering::SeqCst) == today {
            return Ok(());
        }
        for part in 0..Ledger::parts() {
            self.settle.hold()?.forget(part);
        }
        Ok(())
    }

    /// The record of the latest revision of a declaration's version, or of its latest version.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Stopped`] where the disk refuses.
    pub fn latest(&self, declaration_id: &str, version: Option<u32>) -> Result<Sequence, Refusal> {
        let key = digest(declaration_id.as_bytes());
        let held = match version {
            Some(_) => self.hold_known(key)?,
            None => self.settle.hold()?,
        };
        let latest = held.ledger().latest(key, version);
        drop(held);
        latest.ok_or_else(|| {
            let of = version.map_or(String::new(), |version| format!("version {version} of "));
            Refusal::NotFound(format!("there is no {of}declaration `{declaration_id}`"))
        })
    }

    /// The settling of everything.
    #[must_use]
    pub const fn settle(&self) -> &Settle {
        &self.settle
    }

    /// The data folder.
    #[must_use]
    pub const fn folder(&self) -> &Arc<DataFolder> {
        &self.folder
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.settle.now()
    }
}

/// The key of a day's draws.
pub(super) fn draw_key(snapshot: &Snapshot, day: Day) -> Result<&DrawKey, Refusal> {
    let missing = || format!("the key of the draws of {day} is not in the data folder");
    let key = snapshot.keys.get(day);
    key.ok_or_else(|| Refusal::Stopped(missing()))
}

fn may_amend(prior: &Prior, caller: Caller<'_>) -> Result<(), Refusal> {
    match prior.entry.status {
        Status::Cancelled => Err(Refusal::Conflict(
            "the declaration was cancelled: it has no later versions".to_owned(),
        )),
        Status::Released | Status::Rejected if !caller.officer => Err(Refusal::Conflict(format!(
            "the declaration is {}: only an officer amends it",
            prior.entry.status.as_str()
        ))),
        _ => Ok(()),
    }
}
