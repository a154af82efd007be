//! Settle: the one short critical section in which everything that has an order happens. In it there is no I/O, and
//! for a declaration no allocation and no copy of its record: that and its step in the ledger were made ready before.

use std::sync::{Arc, Mutex, MutexGuard};

use arc_swap::ArcSwap;

use super::event::Event;
use super::known::Known;
use super::ledger::{Entry, Ledger, Part, Recalled, Seen, Step, Tables};
use super::matcher::{Draft, Prior};
use super::record::stamp;
use super::snapshot::Snapshot;
use crate::declaration::{Day, Moment, Zone};
use crate::journal::{Journal, JournalError, Sequence, Wake};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Why something is not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsettled {
    /// It has been answered, in this record.
    Same(Sequence),
    /// The same id, and version, has another content.
    Other,
    /// A later version is known.
    NotAbove(u32),
    /// The declaration is known, and was not reckoned with as it is now.
    Prior(Box<Prior>),
    /// The declaration, of this key, is old and must be recalled first.
    Old(u128),
    /// The registry, the policy or the day has moved since it was matched.
    Stale,
    /// Stocks or counters that it read are not as it was told; how they are.
    Inputs(Known),
    /// The clock has come to another day than the one that turned last.
    DayEnded,
    /// The journal has no room now.
    Full,
    /// The journal has stopped, and why.
    Stopped(String),
}

/// A record that has its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Its place.
    pub sequence: Sequence,
    /// Its time.
    pub at: Moment,
}

/// See the module.
pub struct Settle {
    journal: Arc<Journal>,
    clock: Clock,
    ledger: Mutex<Ledger>,
    tables: Arc<Tables>,
    /// That of the policy: no other one may come with another.
    zone: Zone,
    snapshot: ArcSwap<Snapshot>,
}

/// The ledger, held.
pub struct Held<'s> {
    settle: &'s Settle,
    ledger: MutexGuard<'s, Ledger>,
    /// Dropped after the ledger was let go: nobody waits while the journal's writer is woken.
    wake: Option<Wake<'s>>,
    /// What decisions saw before: dropped after the ledger was let go, too.
    replaced: Option<Arc<Snapshot>>,
}

impl Settle {
    /// From the state that recovery made.
    #[must_use]
    pub fn new(journal: Arc<Journal>, clock: Clock, ledger: Ledger, snapshot: Snapshot) -> Self {
        Self {
            journal,
            clock,
            tables: Arc::clone(ledger.tables()),
            ledger: Mutex::new(ledger),
            zone: snapshot.program.policy().profile.zone,
            snapshot: ArcSwap::from_pointee(snapshot),
        }
    }

    /// The present time.
    #[must_use]
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// The journal.
    #[must_use]
    pub const fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// What a decision sees now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Takes the ledger. A panic of whoever held it stops the journal: nobody knows what was half done.
    ///
    /// # Errors
    /// [`Unsettled::Stopped`].
    pub fn hold(&self) -> Result<Held<'_>, Unsettled> {
        match self.ledger.lock() {
            Ok(ledger) => Ok(Held {
                settle: self,
                ledger,
                wake: None,
                replaced: None,
            }),
            Err(_) => {
                let why = "settle has died";
                self.journal.poison(why);
                Err(Unsettled::Stopped(why.to_owned()))
            }
        }
    }

    /// The tables of the ledger, without holding it.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Makes ready what settling a draft is about to touch. Whoever holds the ledger then has nothing to wait for.
    pub fn ready(&self, draft: &mut Draft) {
        self.tables.ready(&mut draft.step);
        self.journal.ready();
    }
}

impl Held<'_> {
    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The day that it is.
    #[must_use]
    pub fn day(&self) -> Day {
        self.at().day(self.settle.zone)
    }

    /// What must be known of a declaration to decide another version.
    #[must_use]
    pub fn prior(&self, entry: Entry) -> Prior {
        prior(&self.settle.tables.of(entry.key), entry)
    }

    /// Gives the answer to a declaration its place: the record, and what the ledger keeps of its step, are taken out of
    /// the draft. What it refuses is left as it was.
    ///
    /// # Errors
    /// See [`Unsettled`].
    pub fn declare(&mut self, draft: &mut Draft) -> Result<Settled, Unsettled> {
        let settle = self.settle;
        let mut part = settle.tables.of(draft.key);
        let seen = self
            .ledger
            .see_in(&part, draft.key, draft.version, draft.content);
        let known = match seen {
            Seen::Never => None,
            Seen::Before(entry) => Some(entry),
            Seen::Same(sequence) => return Err(Unsettled::Same(sequence)),
            Seen::Other => return Err(Unsettled::Other),
            Seen::NotAbove(version) => return Err(Unsettled::NotAbove(version)),
            Seen::Old => return Err(Unsettled::Old(draft.key)),
        };
        let is_as =
            |entry: &Entry| draft.prior == Some(entry.latest) && part.kept(entry.key) == draft.kept;
        if let Some(entry) = known.filter(|entry| !is_as(entry)) {
            return Err(Unsettled::Prior(Box::new(prior(&part, entry))));
        }
        let at = self.at();
        self.check(draft.registry_revision, at)?;
        self.agrees(&draft.step)?;
        let settled = self.append(&mut draft.record, at)?;
        let Settled { sequence, at } = settled;
        self.ledger
            .step_in(&mut part, &mut draft.step, sequence, at);
        Ok(settled)
    }

    /// Whether a decision that saw a revision may be settled at a time.
    fn check(&self, registry_revision: u64, at: Moment) -> Result<(), Unsettled> {
        if registry_revision != self.ledger.registry_revision {
            return Err(Unsettled::Stale);
        }
        if !at.is_on(self.ledger.today, self.settle.zone) {
            return Err(Unsettled::DayEnded);
        }
        Ok(())
    }

    /// Whether stocks are as a decision was told, and counters select as it was told, its declaration being as it was
    /// reckoned with.
    ///
    /// # Errors
    /// [`Unsettled::Inputs`].
    pub fn agrees(&self, step: &Step) -> Result<(), Unsettled> {
        match Known::otherwise(&self.ledger, &step.moves, &step.places) {
            None => Ok(()),
            Some(actual) => Err(Unsettled::Inputs(actual)),
        }
    }

    /// Whether a declaration's latest revision is still the one that was reckoned with.
    ///
    /// # Errors
    /// [`Unsettled::Prior`], [`Unsettled::Stale`] where there is no such declaration in memory.
    pub fn unchanged(&self, key: u128, latest: Sequence) -> Result<(), Unsettled> {
        match self.ledger.entry(key) {
            Some(entry) if entry.latest == latest => Ok(()),
            Some(entry) => Err(Unsettled::Prior(Box::new(self.prior(entry)))),
            None => Err(Unsettled::Stale),
        }
    }

    /// Gives an act its place, taking its record, and lets `then` carry out what it means; the event comes with what it is
    /// known by, and `saw` is the revision that a decision saw, where something is decided with it.
    ///
    /// # Errors
    /// [`Unsettled::Full`], [`Unsettled::Stopped`]; of a decision [`Unsettled::Stale`], [`Unsettled::DayEnded`].
    pub fn act(
        &mut self,
        (event, (key, content)): (&Event, (u128, u128)),
        record: &mut Vec<u8>,
        saw: Option<u64>,
        then: impl FnOnce(&mut Ledger, Settled),
    ) -> Result<Settled, Unsettled> {
        let at = self.at();
        if let Some(revision) = saw {
            self.check(revision, at)?;
        }
        let settled = self.append(record, at)?;
        self.ledger.enter_event(key, content, settled.sequence);
        let snapshot = self.settle.snapshot.load();
        let life = &snapshot.program.policy().life;
        let place = (settled.sequence, settled.at);
        self.ledger.heed(event, life, place);
        then(&mut self.ledger, settled);
        Ok(settled)
    }

    /// Knows a declaration again that was read back: see [`Ledger::recall`].
    pub fn recall(&mut self, key: u128, from: Sequence, recalled: Recalled) {
        self.ledger.recall(key, from, recalled);
    }

    /// Lets declarations of a part of the ledger go: see [`Ledger::forget`].
    pub fn forget(&mut self, part: usize) {
        self.ledger.forget(part);
    }

    /// From now on, behind a record, decisions see something else.
    pub fn publish(&mut self, snapshot: &Arc<Snapshot>, settled: Settled) {
        self.ledger.registry_revision = snapshot.revision;
        if self.ledger.today != snapshot.today {
            self.ledger.turn(snapshot.today, settled.sequence);
        }
        let replaced = self.settle.snapshot.swap(Arc::clone(snapshot));
        drop(self.replaced.replace(replaced));
    }

    /// The time: never before that of an earlier record.
    #[must_use]
    pub fn at(&self) -> Moment {
        self.settle.now().max(self.ledger.last_at)
    }

    fn append(&mut self, record: &mut Vec<u8>, at: Moment) -> Result<Settled, Unsettled> {
        stamp(record, at);
        let appended = self.settle.journal.hand_over(record);
        let (sequence, wake) = appended.map_err(|error| match error {
            JournalError::Full => Unsettled::Full,
            other => Unsettled::Stopped(other.to_string()),
        })?;
        self.wake = self.wake.take().or(wake);
        self.ledger.advance(sequence, at);
        Ok(Settled { sequence, at })
    }
}

/// See [`Held::prior`].
fn prior(part: &Part, entry: Entry) -> Prior {
    Prior {
        entry,
        kept: part.kept(entry.key),
        taken: part.taken_by(entry.key),
    }
}
