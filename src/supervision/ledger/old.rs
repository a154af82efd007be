//! Declarations that nobody touched for long: of each only its key and where its last record is, from which the
//! records before it are found.

use super::shards::{SHARDS, shard};
use super::{Entry, Ledger, Recalled};
use crate::declaration::Day;
use crate::journal::Sequence;
use crate::limits::EXACT_DAYS;

/// Seconds of a day.
const DAY_S: u32 = 86_400;

/// Where the last record of a declaration is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Both halves of the key, which takes no more room so than it must.
    key: [u64; 2],
    /// The record; 0 where all is in memory again.
    last: u64,
}

/// See the module: in parts like those of [`super::shards::Shards`], in each by key.
#[derive(Debug)]
pub(super) struct Old {
    parts: Vec<Vec<Place>>,
}

impl Default for Old {
    fn default() -> Self {
        let mut parts = Vec::new();
        parts.resize_with(SHARDS, Vec::new);
        Self { parts }
    }
}

impl Old {
    /// The last record of a declaration, where it is here.
    pub(super) fn get(&self, key: u128) -> Option<Sequence> {
        let part = self.parts.get(shard(key))?;
        let found = part.binary_search_by_key(&halves(key), |place| place.key);
        let last = part.get(found.ok()?)?.last;
        (last != 0).then_some(Sequence::new(last))
    }

    /// A declaration that is here has another last record, or [`Sequence::ZERO`], where it is not here any more.
    pub(super) fn set(&mut self, key: u128, last: Sequence) {
        let Some(part) = self.parts.get_mut(shard(key)) else {
            return;
        };
        let found = part.binary_search_by_key(&halves(key), |place| place.key);
        if let Some(place) = found.ok().and_then(|found| part.get_mut(found)) {
            place.last = last.get();
        }
    }

    /// Takes declarations of one part in.
    pub(super) fn take_in(&mut self, part: usize, mut more: Vec<(u128, Sequence)>) {
        let Some(part) = self.parts.get_mut(part) else {
            return;
        };
        more.retain(|(key, last)| {
            let found = part.binary_search_by_key(&halves(*key), |place| place.key);
            let known = found.ok().and_then(|found| part.get_mut(found));
            known.map(|place| place.last = last.get()).is_none()
        });
        part.extend(more.into_iter().map(|(key, last)| Place {
            key: halves(key),
            last: last.get(),
        }));
        // Two runs that are in order are merged.
        part.sort_by_key(|place| place.key);
    }

    /// How many there are, each one's key and last record, part by part.
    pub(super) fn all(&self) -> (usize, impl Iterator<Item = (u128, Sequence)>) {
        let here = || self.parts.iter().flatten().filter(|place| place.last != 0);
        let all = here().map(|place| {
            let [high, low] = place.key;
            let key = u128::from(high) << 64 | u128::from(low);
            (key, Sequence::new(place.last))
        });
        (here().count(), all)
    }
}

fn halves(key: u128) -> [u64; 2] {
    [(key >> 64) as u64, key as u64]
}

impl Ledger {
    /// The last record of a declaration of which something is known that is not in memory: from there its records are
    /// read, for [`Self::recall`]. Nothing but reading may be done with it before.
    #[must_use]
    pub fn let_go(&self, key: u128) -> Option<Sequence> {
        let old = self.old.get(key)?;
        let entry = self.entries.get(key);
        Some(entry.map_or(old, |entry| entry.latest))
    }

    /// Knows a declaration again that was read back from its record, unless it is known meanwhile.
    pub fn recall(&mut self, key: u128, from: Sequence, recalled: Recalled) {
        if let (Some(entry), true) = (recalled.entry, self.let_go(key) == Some(from)) {
            self.entries.insert(entry);
            if !recalled.earlier.is_empty() {
                self.earlier.insert(key, recalled.earlier);
            }
            self.stocks.set(key, recalled.takes);
            self.set_cites(key, recalled.lots);
            self.old.set(key, Sequence::ZERO);
        }
    }

    /// A day turns.
    pub fn turn(&mut self, day: Day, sequence: Sequence) {
        if day.month() != self.today.month() {
            self.counters.begin_month();
        }
        self.awaited.turn(day);
        self.today = day;
        self.turned.push((day, sequence));
        let exact = |(turned, _): &(Day, Sequence)| day.number() - turned.number() < EXACT_DAYS;
        let first = self.turned.iter().position(exact).unwrap_or(0);
        self.turned.drain(..first);
    }

    /// Lets those of one part go that are closed and were not touched since the first of the days that are kept.
    pub fn forget(&mut self, part: usize) {
        let Some(&(_, first)) = self.turned.first() else {
            return;
        };
        let (open, pending, today) = (&self.open, &self.pending, self.today.number());
        // Where no day turned for long, a record before the first that did may be of today.
        let ago = |entry: &Entry| today - entry.since_s.div_euclid(DAY_S) as i32;
        let is_old = |entry: &Entry| {
            let untouched = entry.latest < first && ago(entry) >= EXACT_DAYS;
            // What is still to be decided again is not let go before.
            let awaited = pending.iter().any(|pending| pending.concerns(entry));
            untouched && !awaited && open.get(entry.key).is_none()
        };
        let gone = self.entries.extract(part, is_old);
        if gone.is_empty() {
            return;
        }
        for entry in &gone {
            self.earlier.remove(&entry.key);
            self.stocks.forget(entry.key);
            self.forget_cites(entry.key);
        }
        let gone = gone.iter().map(|entry| (entry.key, entry.latest));
        self.old.take_in(part, gone.collect());
    }
}
