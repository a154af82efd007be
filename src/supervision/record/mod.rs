//! What the journal holds: an act, a revision of a declaration, or an act with the revision that it caused. A
//! record is whole in itself: looking up, repeating an answer and archiving need nothing else. Deciding again also
//! needs the registry of its revision, which the acts before it make.
//!
//! Version 3: a byte with the version, a byte with 1 for an act and 2 for a revision, the time in microseconds, the
//! act's fields and the revision's in the order in which they stand here, then the marks behind their length. Older
//! versions are read, too: 2 does not say what an act did and has of the moves only those of stocks, and 1 has no
//! [`Moves`] and no marks either.

mod mark;
mod moves;
mod outcome;

pub(super) use mark::encode_mark;
pub use mark::marks;
pub use moves::{Awaited, Moves};
pub(super) use moves::{put_one, put_slots, put_takes, take_one, take_slots, take_takes};
pub use outcome::encode_outcome;

use super::bytes::{Put, Take};
use super::effect::Effect;
use super::ledger::{put_kept, take_kept};
use super::status::{RevisionKind, Status};
use crate::declaration::{Day, Direction, Moment};
use crate::engine::Kept;
use crate::journal::Sequence;
use crate::policy::{Priority, Verdict};

/// The version that is written.
const VERSION: u8 = 3;
/// The last version without what an act did.
const WITHOUT_EFFECT: u8 = 2;
/// The first version, which is still read.
const FIRST: u8 = 1;
const HAS_ACT: u8 = 1;
const HAS_REVISION: u8 = 2;
/// Where the time stands, which settle alone knows.
const AT: std::ops::Range<usize> = 2..10;

/// Why bytes are no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A version that this program does not read.
    #[error("a record of version {0}; this program reads versions up to {VERSION}")]
    Version(u8),
    /// Not what the version says.
    #[error("a record is not whole")]
    Malformed,
}

/// A record of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it was settled; no record is earlier than the one before it.
    pub at: Moment,
    /// What somebody or the service itself did.
    pub act: Option<Act<'a>>,
    /// What became of a declaration.
    pub revision: Option<Revision<'a>>,
    /// What it adds to quality files; [`marks`] reads it.
    pub marks: &'a [u8],
}

/// An event, or what the service itself did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act<'a> {
    /// The whole event as canonical JSON.
    pub body: &'a str,
    /// Who sent it.
    pub by: &'a str,
    /// The revision of the registry from then on.
    pub registry_revision: u64,
    /// What it did, as [`Effect`] reads it; empty where that was not to rows of the registry or to quality files, or
    /// is not known.
    pub effect: &'a [u8],
}

/// Until when a decision is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The policy sets no deadline.
    Never,
    /// Seconds after it is settled.
    After(u32),
    /// A moment that an earlier revision set.
    At(Moment),
}

/// An item that is to be inspected.
pub type Ordered = Kept;

/// What became of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision<'a> {
    /// Why there is a revision.
    pub kind: RevisionKind,
    /// The declaration.
    pub declaration_id: &'a str,
    /// Its version.
    pub version: u32,
    /// The revision of the version, from 1.
    pub revision: u32,
    /// The record of the revision before, of whatever version; zero for the first.
    pub previous: Sequence,
    /// What became of it.
    pub status: Status,
    /// The verdict on the whole.
    pub verdict: Verdict,
    /// How soon it is worked on.
    pub priority: Priority,
    /// Until when.
    pub due: Due,
    /// The revision of the registry that it was decided by.
    pub registry_revision: u64,
    /// The day on which the standing of persons was read.
    pub decision_day: Day,
    /// The day of the first version, on which the law of the goods is read.
    pub declaration_day: Day,
    /// The day whose key draws: that on which the first version was decided.
    pub key_day: Day,
    /// The policy with its version.
    pub policy: &'a str,
    /// Who made it, where a person did.
    pub by: Option<&'a str>,
    /// Why, where a person said so.
    pub why: Option<&'a str>,
    /// Export or import.
    pub direction: Direction,
    /// The declaring office.
    pub office: Option<&'a str>,
    /// The trader.
    pub trader_id: &'a str,
    /// The accountable party.
    pub enterprise_id: &'a str,
    /// What an earlier version was selected for: what deciding again must know.
    pub kept: Vec<Kept>,
    /// Items that are to be inspected.
    pub ordered: Vec<Ordered>,
    /// The canonical declaration that was decided last.
    pub body: &'a str,
    /// The outcome, as [`encode_outcome`] writes it; empty where nothing was decided.
    pub outcome: &'a [u8],
    /// The items of the answer as an officer sees them.
    pub items: &'a str,
    /// Nanoseconds from typed declaration to outcome.
    pub engine_ns: u32,
    /// What it does to stocks.
    pub moves: Moves,
}

impl Revision<'_> {
    /// Whether the engine decided, which can be done again.
    #[must_use]
    pub const fn is_decided(&self) -> bool {
        !self.outcome.is_empty()
    }

    /// Until when it is due, settled at a moment.
    #[must_use]
    pub fn due_at(&self, at: Moment) -> Option<Moment> {
        match self.due {
            Due::Never => None,
            Due::After(seconds) => Some(at.plus_seconds(i64::from(seconds))),
            Due::At(moment) => Some(moment),
        }
    }
}

impl<'a> Record<'a> {
    /// Writes it to the end of a buffer; where the revision of the registry came to stand that decided a declaration.
    pub fn encode(&self, out: &mut Vec<u8>) -> Option<usize> {
        let mut put = Put(out);
        put.u8(VERSION);
        let act = if self.act.is_some() { HAS_ACT } else { 0 };
        let revision = if self.revision.is_some() {
            HAS_REVISION
        } else {
            0
        };
        put.u8(act | revision);
        put.i64(self.at.micros());
        if let Some(act) = &self.act {
            act.encode(&mut put);
        }
        let revised = self.revision.as_ref();
        let revised = revised.map(|revision| revision.encode(&mut put));
        put.bytes(self.marks);
        revised
    }

    /// Reads a payload of the journal.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn decode(payload: &'a [u8]) -> Result<Self, RecordError> {
        match payload.first() {
            Some(&(FIRST..=VERSION)) => {
                Self::take(&mut Take(payload)).ok_or(RecordError::Malformed)
            }
            Some(version) => Err(RecordError::Version(*version)),
            None => Err(RecordError::Malformed),
        }
    }

    fn take(take: &mut Take<'a>) -> Option<Self> {
        let version = take.u8()?;
        let has = take.u8()?;
        let at = Moment::from_micros(take.i64()?);
        let act = match has & HAS_ACT {
            0 => None,
            _ => Some(Act::take(take, version)?),
        };
        let revision = match has & HAS_REVISION {
            0 => None,
            _ => Some(Revision::take(take, version)?),
        };
        let marks = match version {
            FIRST => &[],
            _ => take.bytes()?,
        };
        let known = has & !(HAS_ACT | HAS_REVISION) == 0 && has != 0;
        let marked = mark::marks(marks).all(|mark| mark.is_some());
        (known && marked && take.0.is_empty()).then_some(Self {
            at,
            act,
            revision,
            marks,
        })
    }
}

/// Writes the time into a record that was encoded without it.
pub(crate) fn stamp(payload: &mut [u8], at: Moment) {
    if let Some(place) = payload.get_mut(AT) {
        place.copy_from_slice(&at.micros().to_le_bytes());
    }
}

/// Writes another revision of the registry into a record at the place that [`Record::encode`] told.
pub(crate) fn carry(payload: &mut [u8], place: usize, registry_revision: u64) {
    let place = payload.get_mut(place..place + size_of::<u64>());
    debug_assert!(place.is_some(), "it was encoded there");
    if let Some(place) = place {
        place.copy_from_slice(&registry_revision.to_le_bytes());
    }
}

impl<'a> Act<'a> {
    fn encode(&self, put: &mut Put<'_>) {
        put.text(self.body);
        put.text(self.by);
        put.u64(self.registry_revision);
        put.bytes(self.effect);
    }

    fn take(take: &mut Take<'a>, version: u8) -> Option<Self> {
        let act = Self {
            body: take.text()?,
            by: take.text()?,
            registry_revision: take.u64()?,
            effect: match version {
                ..=WITHOUT_EFFECT => &[],
                _ => take.bytes()?,
            },
        };
        let known = act.effect.is_empty() || Effect::decode(act.effect).is_some();
        known.then_some(act)
    }
}

impl<'a> Revision<'a> {
    /// Writes it; where the revision of the registry stands.
    fn encode(&self, put: &mut Put<'_>) -> usize {
        put.u8(self.kind as u8);
        put.text(self.declaration_id);
        put.u32(self.version);
        put.u32(self.revision);
        put.u64(self.previous.get());
        put.u8(self.status as u8);
        put.u8(self.verdict as u8);
        put.u8(self.priority as u8);
        let (kind, value) = match self.due {
            Due::Never => (0, 0),
            Due::After(seconds) => (1, i64::from(seconds)),
            Due::At(moment) => (2, moment.micros()),
        };
        put.u8(kind);
        put.i64(value);
        let revised = put.0.len();
        put.u64(self.registry_revision);
        put.i32(self.decision_day.number());
        put.i32(self.declaration_day.number());
        put.i32(self.key_day.number());
        put.text(self.policy);
        put.optional(self.by);
        put.optional(self.why);
        put.u8(self.direction as u8);
        put.optional(self.office);
        put.text(self.trader_id);
        put.text(self.enterprise_id);
        encode_kept(&self.kept, put);
        encode_kept(&self.ordered, put);
        put.text(self.body);
        put.bytes(self.outcome);
        put.text(self.items);
        put.u32(self.engine_ns);
        self.moves.encode(put);
        revised
    }

    fn take(take: &mut Take<'a>, version: u8) -> Option<Self> {
        Some(Self {
            kind: *RevisionKind::ALL.get(usize::from(take.u8()?))?,
            declaration_id: take.text()?,
            version: take.u32()?,
            revision: take.u32()?,
            previous: Sequence::new(take.u64()?),
            status: *Status::ALL.get(usize::from(take.u8()?))?,
            verdict: *Verdict::ALL.get(usize::from(take.u8()?))?,
            priority: *Priority::ALL.get(usize::from(take.u8()?))?,
            due: take_due(take)?,
            registry_revision: take.u64()?,
            decision_day: Day::from_number(take.i32()?),
            declaration_day: Day::from_number(take.i32()?),
            key_day: Day::from_number(take.i32()?),
            policy: take.text()?,
            by: take.optional()?,
            why: take.optional()?,
            direction: match take.u8()? {
                0 => Direction::Export,
                1 => Direction::Import,
                _ => return None,
            },
            office: take.optional()?,
            trader_id: take.text()?,
            enterprise_id: take.text()?,
            kept: decode_kept(take)?,
            ordered: decode_kept(take)?,
            body: take.text()?,
            outcome: take.bytes()?,
            items: take.text()?,
            engine_ns: take.u32()?,
            moves: match version {
                FIRST => Moves::default(),
                _ => Moves::take(take, version)?,
            },
        })
    }
}

fn take_due(take: &mut Take<'_>) -> Option<Due> {
    let (kind, value) = (take.u8()?, take.i64()?);
    match kind {
        0 => (value == 0).then_some(Due::Never),
        1 => Some(Due::After(u32::try_from(value).ok()?)),
        2 => Some(Due::At(Moment::from_micros(value))),
        _ => None,
    }
}

fn encode_kept(kept: &[Kept], put: &mut Put<'_>) {
    put.u16(kept.len() as u16);
    kept.iter().for_each(|item| put_kept(*item, put));
}

fn decode_kept(take: &mut Take<'_>) -> Option<Vec<Kept>> {
    let count = take.u16()?;
    (0..count).map(|_| take_kept(take)).collect()
}
