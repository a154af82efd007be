//! The ledger as bytes, the same for equal ledgers however they came to be: shard by shard, in each by key.

use std::sync::Arc;

use super::awaited::Slots;
use super::counters::Counted;
use super::holdings::Holding;
use super::shards::{Keyed, SHARDS, Shards, Table, shard};
use super::stocks::Taken;
use super::{Earlier, Entry, Inspected, Ledger, Open, Pending, Recorded, Tables};
use crate::declaration::{Day, Moment};
use crate::engine::{Counter, CounterKey, Kept, SelectedBy};
use crate::journal::Sequence;
use crate::policy::Mode;
use crate::supervision::bytes::{Put, Take};
use crate::supervision::record::{put_one, put_slots, put_takes, take_one, take_slots, take_takes};
use crate::supervision::status::Status;

/// Bytes that are handed on at a time.
const PART: usize = 1 << 20;

impl Ledger {
    /// Writes the ledger, part by part.
    ///
    /// # Errors
    /// What `write` says.
    pub(in crate::supervision) fn write_image<E>(
        &self,
        mut write: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut out = Vec::with_capacity(PART + 4_096);
        let mut put = Put(&mut out);
        put.u64(self.last.get());
        put.i64(self.last_at.micros());
        put.u64(self.registry_revision);
        put.i32(self.today.number());
        let (tables, out, write) = (&*self.tables, &mut out, &mut write);
        let parts = &tables.parts;
        write_all(parts, |part| &part.entries, out, write, put_entry)?;
        let mut earlier: Vec<_> = self.earlier.iter().collect();
        earlier.sort_unstable_by_key(|(key, _)| **key);
        Put(out).u64(earlier.len() as u64);
        for (key, versions) in earlier {
            let mut put = Put(out);
            put.u128(*key);
            put.u32(versions.len() as u32);
            for (version, earlier) in versions {
                put.u32(*version);
                put.u128(earlier.content);
                put.u64(earlier.first.get());
                put.u64(earlier.latest.get());
            }
            hand_on(out, write)?;
        }
        let old = parts.parts().map(|part| part.old.iter().count());
        Put(out).u64(old.sum::<usize>() as u64);
        for part in parts.parts() {
            for (key, last) in part.old.iter() {
                let mut put = Put(out);
                put.u128(key);
                put.u64(last.get());
                hand_on(out, write)?;
            }
        }
        Put(out).u64(self.turned.len() as u64);
        for (day, sequence) in &self.turned {
            let mut put = Put(out);
            put.i32(day.number());
            put.u64(sequence.get());
        }
        write_all(parts, |part| &part.open, out, write, put_open)?;
        write_all(&self.events, |table| table, out, write, put_recorded)?;
        Put(out).u64(self.changes.len() as u64);
        for change in &self.changes {
            Put(out).u64(change.get());
            hand_on(out, write)?;
        }
        write_sums(tables, out, write)?;
        Put(out).u64(self.pending.len() as u64);
        for pending in &self.pending {
            let mut put = Put(out);
            put.u64(pending.event.get());
            put.i64(pending.released_since.micros());
        }
        write(out)
    }

    /// The hash of the ledger's bytes: equal ledgers have equal ones.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let hashed: Result<(), std::convert::Infallible> = self.write_image(|part| {
            hasher.update(part);
            Ok(())
        });
        match hashed {
            Ok(()) => hasher.finalize().to_hex().to_string(),
        }
    }

    /// Reads what [`Self::write_image`] wrote, or wrote before there were counters; none where it is not that.
    pub(in crate::supervision) fn read_image(take: &mut Take<'_>) -> Option<Self> {
        let mut ledger = Self {
            last: Sequence::new(take.u64()?),
            last_at: Moment::from_micros(take.i64()?),
            registry_revision: take.u64()?,
            today: Day::from_number(take.i32()?),
            ..Self::default()
        };
        let tables = Arc::clone(&ledger.tables);
        let parts = &tables.parts;
        let enter = |entry: Entry| {
            parts.of(entry.key).entries.insert(entry);
        };
        ledger.known = read_all(take, take_entry, enter)?;
        for _ in 0..take.u64()? {
            let key = take.u128()?;
            let versions = (0..take.u32()?).map(|_| take_earlier(take));
            let versions = versions.collect::<Option<_>>()?;
            ledger.earlier.insert(key, versions);
        }
        let mut old = vec![Vec::new(); SHARDS];
        for _ in 0..take.u64()? {
            let (key, last) = (take.u128()?, Sequence::new(take.u64()?));
            old.get_mut(shard(key))?.push((key, last));
        }
        for (part, old) in old.into_iter().enumerate() {
            parts.part(part).old.take_in(old);
        }
        for _ in 0..take.u64()? {
            let day = Day::from_number(take.i32()?);
            ledger.turned.push((day, Sequence::new(take.u64()?)));
        }
        let enter = |open: Open| {
            parts.of(open.key).open.insert(open);
        };
        ledger.opened = read_all(take, take_open, enter)?;
        let events = &ledger.events;
        let enter = |event: Recorded| {
            events.of(event.key).insert(event);
        };
        read_all(take, take_recorded, enter)?;
        for _ in 0..take.u64()? {
            ledger.changes.push(Sequence::new(take.u64()?));
        }
        read_sums(&tables, take)?;
        for _ in 0..take.u64()? {
            ledger.pending.push(Pending {
                event: Sequence::new(take.u64()?),
                released_since: Moment::from_micros(take.i64()?),
            });
        }
        Some(ledger)
    }
}

fn hand_on<E>(out: &mut Vec<u8>, write: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    if out.len() >= PART {
        write(out)?;
        out.clear();
    }
    Ok(())
}

/// Writes what is taken of stocks, what declarations hold, and what counters say.
fn write_sums<E>(
    tables: &Tables,
    out: &mut Vec<u8>,
    write: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let (parts, counters) = (&tables.parts, &tables.counters);
    let taken = |taken: &Taken| taken.take().units != 0;
    let put = |taken: &Taken, put: &mut Put<'_>| put_one(taken.take(), put);
    write_some(
        (&tables.stocks.taken, taken),
        |table| table,
        out,
        write,
        put,
    )?;
    let takes = |holding: &Holding| !holding.takes.is_empty();
    write_some((parts, takes), |part| &part.holdings, out, write, put_own)?;
    let cites = |holding: &Holding| !holding.lots.is_empty();
    write_some((parts, cites), |part| &part.holdings, out, write, put_cites)?;
    for counters in [&counters.runs, &counters.lanes] {
        write_some(
            (counters, Counted::says),
            |table| table,
            out,
            write,
            put_counted,
        )?;
    }
    write_all(parts, |part| &part.awaited, out, write, put_awaited)
}

/// Reads what [`write_sums`] wrote.
fn read_sums(tables: &Tables, take: &mut Take<'_>) -> Option<()> {
    let (parts, stocks) = (&tables.parts, &tables.stocks.taken);
    let taken = |take: &mut Take<'_>| take_one(take).map(Taken::new);
    let enter = |taken: Taken| {
        stocks.of(taken.key()).insert(taken);
    };
    read_all(take, taken, enter)?;
    for _ in 0..take.u64()? {
        let (key, takes) = (take.u128()?, take_takes(take)?);
        let mut part = parts.of(key);
        part.hold(key, |holding| holding.takes = takes);
    }
    for _ in 0..take.u64()? {
        let (key, lots) = (take.u128()?, take_lots(take)?);
        parts.of(key).hold(key, |holding| holding.lots = lots);
    }
    for counters in [&tables.counters.runs, &tables.counters.lanes] {
        let enter = |counted: Counted| {
            counters.of(counted.key()).insert(counted);
        };
        read_all(take, take_counted, enter)?;
    }
    let enter = |slots: Slots| {
        parts.of(slots.key).awaited.insert(slots);
    };
    read_all(take, take_awaited, enter)?;
    Some(())
}

fn write_all<P, T: Keyed, E>(
    shards: &Shards<P>,
    table: fn(&P) -> &Table<T>,
    out: &mut Vec<u8>,
    write: &mut impl FnMut(&[u8]) -> Result<(), E>,
    put: impl Fn(&T, &mut Put<'_>),
) -> Result<(), E> {
    write_some((shards, |_: &T| true), table, out, write, put)
}

/// Writes the values that `is` says.
fn write_some<P, T: Keyed, E>(
    (shards, is): (&Shards<P>, impl Fn(&T) -> bool),
    table: fn(&P) -> &Table<T>,
    out: &mut Vec<u8>,
    write: &mut impl FnMut(&[u8]) -> Result<(), E>,
    put: impl Fn(&T, &mut Put<'_>),
) -> Result<(), E> {
    let count = |part: &P| table(part).iter().filter(|value| is(value)).count();
    let count: usize = shards.parts().map(|part| count(&part)).sum();
    Put(out).u64(count as u64);
    for part in shards.parts() {
        let values = table(&part).iter().filter(|value| is(value));
        let mut values: Vec<&T> = values.collect();
        values.sort_unstable_by_key(|value| value.key());
        for value in values {
            put(value, &mut Put(out));
            hand_on(out, write)?;
        }
    }
    Ok(())
}

/// Reads values, and says how many.
fn read_all<T>(
    take: &mut Take<'_>,
    read: impl Fn(&mut Take<'_>) -> Option<T>,
    enter: impl Fn(T),
) -> Option<usize> {
    let count = take.u64()?;
    for _ in 0..count {
        enter(read(take)?);
    }
    usize::try_from(count).ok()
}

fn take_earlier(take: &mut Take<'_>) -> Option<(u32, Earlier)> {
    let version = take.u32()?;
    let earlier = Earlier {
        content: take.u128()?,
        first: Sequence::new(take.u64()?),
        latest: Sequence::new(take.u64()?),
    };
    Some((version, earlier))
}

fn put_entry(entry: &Entry, put: &mut Put<'_>) {
    put.u128(entry.key);
    put.u128(entry.content);
    put.u64(entry.first.get());
    put.u64(entry.latest.get());
    put.u32(entry.version);
    put.u32(entry.revision);
    put.i32(entry.declaration_day.number());
    put.i32(entry.key_day.number());
    put.u8(entry.status as u8);
    put.u32(entry.since_s);
    put.u64(entry.enterprise);
}

fn take_entry(take: &mut Take<'_>) -> Option<Entry> {
    Some(Entry {
        key: take.u128()?,
        content: take.u128()?,
        first: Sequence::new(take.u64()?),
        latest: Sequence::new(take.u64()?),
        version: take.u32()?,
        revision: take.u32()?,
        declaration_day: Day::from_number(take.i32()?),
        key_day: Day::from_number(take.i32()?),
        status: *Status::ALL.get(usize::from(take.u8()?))?,
        since_s: take.u32()?,
        enterprise: take.u64()?,
    })
}

fn put_open(open: &Open, put: &mut Put<'_>) {
    put.u128(open.key);
    put.u8(open.status as u8);
    put.i64(open.since.micros());
    put.u16(open.items.len() as u16);
    for inspected in &open.items {
        put_kept(inspected.item, put);
        put.u8(inspected.passed.map_or(2, u8::from));
    }
}

fn take_open(take: &mut Take<'_>) -> Option<Open> {
    let key = take.u128()?;
    let status = *Status::ALL.get(usize::from(take.u8()?))?;
    let since = Moment::from_micros(take.i64()?);
    let count = take.u16()?;
    let items = (0..count).map(|_| {
        Some(Inspected {
            item: take_kept(take)?,
            passed: match take.u8()? {
                0 => Some(false),
                1 => Some(true),
                2 => None,
                _ => return None,
            },
        })
    });
    let items = items.collect::<Option<_>>()?;
    Some(Open {
        key,
        status,
        since,
        items,
    })
}

fn put_recorded(recorded: &Recorded, put: &mut Put<'_>) {
    put.u128(recorded.key);
    put.u128(recorded.content);
    put.u64(recorded.sequence.get());
}

fn take_recorded(take: &mut Take<'_>) -> Option<Recorded> {
    Some(Recorded {
        key: take.u128()?,
        content: take.u128()?,
        sequence: Sequence::new(take.u64()?),
    })
}

fn put_own(holding: &Holding, put: &mut Put<'_>) {
    put.u128(holding.key);
    put_takes(&holding.takes, put);
}

fn put_cites(holding: &Holding, put: &mut Put<'_>) {
    put.u128(holding.key);
    put.u32(holding.lots.len() as u32);
    holding.lots.iter().for_each(|lot| put.u64(*lot));
}

fn take_lots(take: &mut Take<'_>) -> Option<Box<[u64]>> {
    let count = take.u32()?;
    (0..count).map(|_| take.u64()).collect()
}

fn put_counted(counted: &Counted, put: &mut Put<'_>) {
    let counter = counted.counter();
    put.u128(counted.key.0);
    put.u64(counter.all);
    put.u64(counter.selected);
}

fn take_counted(take: &mut Take<'_>) -> Option<Counted> {
    let key = CounterKey(take.u128()?);
    let counter = Counter {
        all: take.u64()?,
        selected: take.u64()?,
    };
    Some(Counted::new(key, counter))
}

fn put_awaited(slots: &Slots, put: &mut Put<'_>) {
    put.u128(slots.key);
    put_slots(&slots.slots, put);
}

fn take_awaited(take: &mut Take<'_>) -> Option<Slots> {
    Some(Slots {
        key: take.u128()?,
        slots: take_slots(take)?,
    })
}

/// Writes an item that is to be inspected.
pub(in crate::supervision) fn put_kept(item: Kept, put: &mut Put<'_>) {
    put.u16(item.item_no);
    put.u8(item.mode.map_or(u8::MAX, |mode| mode as u8));
    put.u8(item.selected_by as u8);
}

/// Reads what [`put_kept`] wrote.
pub(in crate::supervision) fn take_kept(take: &mut Take<'_>) -> Option<Kept> {
    Some(Kept {
        item_no: take.u16()?,
        mode: match take.u8()? {
            u8::MAX => None,
            number => Some(*Mode::ALL.get(usize::from(number))?),
        },
        selected_by: *SelectedBy::ALL.get(usize::from(take.u8()?))?,
    })
}
