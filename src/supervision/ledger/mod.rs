//! What is known of declarations and events: which were seen, with what content, and what became of them. It is a
//! fold over the journal, and settle's own while the service runs.
//!
//! Ids are known by the first 128 bits of their BLAKE3 hash, contents by those of their canonical form. A declaration
//! that is closed, and was not touched for [`EXACT_DAYS`](crate::limits::EXACT_DAYS), is let go: what is left of it in
//! memory is where its last record is, and whoever comes back to it reads its records first ([`Recalled`]).

mod awaited;
mod cites;
mod counters;
mod events;
mod holdings;
mod image;
mod old;
mod part;
mod recalled;
mod redecision;
mod shards;
mod step;
mod stocks;

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard};

pub use self::awaited::Overdue;
pub use self::counters::Counters;
pub(super) use self::image::{put_kept, take_kept};
pub use self::redecision::{Affected, Pending};

use self::cites::cited;
use self::events::Recorded;
pub(super) use self::part::Part;
pub use self::recalled::Recalled;
use self::shards::{Keyed, SHARDS, Shards, Table};
pub(super) use self::step::Places;
pub use self::step::Step;
pub use self::stocks::Stocks;
use super::record::Ordered;
use super::status::Status;
use crate::declaration::{Day, Moment};
use crate::engine::Take;
use crate::journal::Sequence;

/// The first 128 bits of a BLAKE3 hash.
#[must_use]
pub fn digest(bytes: &[u8]) -> u128 {
    let hash = blake3::hash(bytes);
    let first = hash.as_bytes().first_chunk().copied();
    first.map_or(0, u128::from_be_bytes)
}

/// A declaration as its latest version and revision left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The digest of its id.
    pub key: u128,
    /// The digest of the latest version.
    pub content: u128,
    /// The record of the latest version's first answer.
    pub first: Sequence,
    /// The record of its latest revision.
    pub latest: Sequence,
    /// The latest version.
    pub version: u32,
    /// The latest revision of it.
    pub revision: u32,
    /// The day of the first version.
    pub declaration_day: Day,
    /// The day whose key draws.
    pub key_day: Day,
    /// What became of it.
    pub status: Status,
    /// The second in which that was, since 1970.
    since_s: u32,
    /// What its accountable party is known by.
    enterprise: u64,
}

/// A version that a later one came after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Earlier {
    content: u128,
    first: Sequence,
    latest: Sequence,
}

impl Entry {
    /// After the answer to a version.
    fn answered(step: &Step, sequence: Sequence, at: Moment) -> Self {
        Self {
            key: step.key,
            content: step.content,
            first: sequence,
            latest: sequence,
            version: step.version,
            revision: step.revision,
            declaration_day: step.declaration_day,
            key_day: step.key_day,
            status: step.status,
            since_s: second(at),
            enterprise: step.enterprise,
        }
    }

    /// After another revision of the version.
    fn moved(&mut self, step: &Step, sequence: Sequence, at: Moment) {
        self.latest = sequence;
        self.revision = step.revision;
        self.status = step.status;
        self.since_s = second(at);
    }

    /// As a version that a later one comes after.
    const fn earlier(&self) -> (u32, Earlier) {
        let earlier = Earlier {
            content: self.content,
            first: self.first,
            latest: self.latest,
        };
        (self.version, earlier)
    }
}

/// An item that is to be inspected, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// The item.
    pub item: Ordered,
    /// Whether it passed; none before there is a result.
    pub passed: Option<bool>,
}

/// A declaration that somebody has still to act upon, or that nobody acted upon in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    key: u128,
    status: Status,
    /// When it came to be what it is.
    pub since: Moment,
    /// Items that are to be inspected.
    pub items: Box<[Inspected]>,
}

/// Before there is a time.
const UNKNOWN: Moment = Moment::from_micros(i64::MIN);

impl Open {
    /// As a step leaves it, which has no place yet.
    fn of(step: &Step) -> Self {
        Self {
            key: step.key,
            status: step.status,
            since: UNKNOWN,
            items: Box::default(),
        }
    }
}

impl Keyed for Entry {
    fn key(&self) -> u128 {
        self.key
    }
}

impl Keyed for Open {
    fn key(&self) -> u128 {
        self.key
    }
}

/// What is known of a declaration or event that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Nothing.
    Never,
    /// The same: its answer is in this record.
    Same(Sequence),
    /// The same id, and version, with another content.
    Other,
    /// A later version than this one is known.
    NotAbove(u32),
    /// An earlier version is known.
    Before(Entry),
    /// Something that is not in memory: see [`Ledger::let_go`].
    Old,
}

/// See the module.
#[derive(Debug)]
pub struct Ledger {
    /// The last record.
    pub last: Sequence,
    /// When it was settled.
    pub last_at: Moment,
    /// How many changes the registry, the policy and the day have behind them.
    pub registry_revision: u64,
    /// The day that turned last.
    pub today: Day,
    /// How many declarations are known in memory, and how many are selected or held.
    known: usize,
    opened: usize,
    /// Versions of declarations that later ones came after, in their order.
    earlier: HashMap<u128, Vec<(u32, Earlier)>>,
    /// The days that turned, from the first that is not let go yet, each with the record that turned it.
    turned: Vec<(Day, Sequence)>,
    events: Shards<Table<Recorded>>,
    /// Records of the revisions that nobody was told of at once.
    changes: Vec<Sequence>,
    /// Events upon which declarations are still to be decided again, in their order.
    pending: Vec<Pending>,
    tables: Arc<Tables>,
}

/// The tables of a ledger that declarations are entered in. Who changes them holds the ledger; others may make places
/// in them ready meanwhile, and look.
#[derive(Debug, Default)]
pub struct Tables {
    parts: Shards<Part>,
    /// What is taken of stocks.
    stocks: Stocks,
    /// What selection is reckoned by.
    counters: Counters,
}

impl Tables {
    /// Makes all places ready that a step is about to touch, so that whoever carries it out waits for no memory and
    /// looks for little.
    pub fn ready(&self, step: &mut Step) {
        self.parts.of(step.key).ready(step);
        let moves = &step.moves;
        step.places = Places {
            stocks: self.stocks.ready(moves),
            counters: self.counters.ready(&moves.asks, &moves.counts),
        };
    }

    /// The part of a declaration, to be alone with it.
    pub(in crate::supervision) fn of(&self, key: u128) -> MutexGuard<'_, Part> {
        self.parts.of(key)
    }
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            last: Sequence::ZERO,
            last_at: UNKNOWN,
            registry_revision: 0,
            today: Day::MIN,
            known: 0,
            opened: 0,
            earlier: HashMap::new(),
            turned: Vec::new(),
            events: Shards::default(),
            changes: Vec::new(),
            pending: Vec::new(),
            tables: Arc::default(),
        }
    }
}

impl Ledger {
    /// What is known of a version of a declaration.
    #[must_use]
    pub fn see(&self, key: u128, version: u32, content: u128) -> Seen {
        self.see_in(&self.tables.of(key), key, version, content)
    }

    /// As [`Self::see`], in the part of the key.
    pub(in crate::supervision) fn see_in(
        &self,
        part: &Part,
        key: u128,
        version: u32,
        content: u128,
    ) -> Seen {
        if part.old.get(key).is_some() {
            return Seen::Old;
        }
        let Some(entry) = part.entries.get(key) else {
            return Seen::Never;
        };
        if version > entry.version {
            return Seen::Before(*entry);
        }
        let known = if version == entry.version {
            Some((entry.content, entry.first))
        } else {
            let earlier = self.earlier_version(key, version);
            earlier.map(|earlier| (earlier.content, earlier.first))
        };
        match known {
            Some((known, first)) if known == content => Seen::Same(first),
            Some(_) => Seen::Other,
            None => Seen::NotAbove(entry.version),
        }
    }

    fn earlier_version(&self, key: u128, version: u32) -> Option<&Earlier> {
        let mut versions = self.earlier.get(&key)?.iter();
        let found = versions.find(|(known, _)| *known == version);
        found.map(|(_, earlier)| earlier)
    }

    /// A declaration, where it is in memory.
    #[must_use]
    pub fn entry(&self, key: u128) -> Option<Entry> {
        self.tables.of(key).entries.get(key).copied()
    }

    /// The record of the latest revision of a version that is in memory, or of the latest version.
    #[must_use]
    pub fn latest(&self, key: u128, version: Option<u32>) -> Option<Sequence> {
        let Some(version) = version else {
            return self.tables.of(key).latest(key);
        };
        let entry = self.entry(key)?;
        if version == entry.version {
            return Some(entry.latest);
        }
        let earlier = self.earlier_version(key, version);
        earlier.map(|earlier| earlier.latest)
    }

    /// What is taken of stocks.
    #[must_use]
    pub fn stocks(&self) -> &Stocks {
        &self.tables.stocks
    }

    /// The counters of selection control.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.tables.counters
    }

    /// What a declaration has taken, in order of the stocks.
    #[must_use]
    pub fn taken_by(&self, key: u128) -> Box<[Take]> {
        self.tables.of(key).taken_by(key)
    }

    /// What of a declaration somebody has still to act upon.
    #[must_use]
    pub fn open(&self, key: u128) -> Option<Open> {
        self.tables.of(key).open.get(key).cloned()
    }

    /// The tables, for whoever does not hold the ledger.
    #[must_use]
    pub const fn tables(&self) -> &Arc<Tables> {
        &self.tables
    }

    /// How many declarations are known in memory.
    #[must_use]
    pub const fn declarations(&self) -> usize {
        self.known
    }

    /// How many declarations are selected or held.
    #[must_use]
    pub const fn opened(&self) -> usize {
        self.opened
    }

    /// Notes that there is a record.
    pub fn advance(&mut self, sequence: Sequence, at: Moment) {
        (self.last, self.last_at) = (sequence, at);
    }

    /// Notes what an inspection found.
    pub fn inspect(&mut self, key: u128, item_no: u16, passed: bool) {
        let mut part = self.tables.of(key);
        let open = part.open.get_mut(key);
        let items = open.into_iter().flat_map(|open| open.items.iter_mut());
        for inspected in items.filter(|inspected| inspected.item.item_no == item_no) {
            inspected.passed = Some(passed);
        }
        part.awaited.found(key, item_no);
    }

    /// Records of revisions behind a sequence that nobody was told of at once, in order.
    #[must_use]
    pub fn changes_after(&self, after: Sequence) -> &[Sequence] {
        let from = self.changes.partition_point(|sequence| *sequence <= after);
        self.changes.get(from..).unwrap_or_default()
    }

    /// Keys of held declarations of one part of the ledger that came to be held before a moment.
    #[must_use]
    pub fn held_before(&self, part: usize, moment: Moment) -> Vec<u128> {
        let part = self.tables.parts.part(part);
        let open = part.open.iter();
        let held = open.filter(|open| open.status == Status::Held && open.since < moment);
        held.map(|open| open.key).collect()
    }

    /// How many parts [`Self::held_before`] and [`Self::forget`] have.
    #[must_use]
    pub const fn parts() -> usize {
        SHARDS
    }
}

/// Whether something of a declaration is still known as open. An end of time lifts no inspection: a later version is
/// still selected for it.
fn is_kept_open(status: Status) -> bool {
    status.is_open() || status == Status::Expired
}

/// The second of a moment, since 1970.
fn second(at: Moment) -> u32 {
    u32::try_from(at.micros().div_euclid(1_000_000)).unwrap_or(0)
}
