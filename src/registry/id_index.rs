//! A frozen index from ids to dense numbers, for look-ups of random ids among millions: one slot and one
//! entry are read, that is two cache misses. It is built once and never grows; a newcomer needs another index.
//!
//! A slot holds 32 bits of the id's hash and the number plus one (0 is empty); an entry of 32 bytes holds the
//! id itself, where it has at most 27 bytes, and 32 bits that belong to the owner of the index.

/// Bytes of an id that an entry holds itself.
const INLINE: usize = 27;
/// In the length's place: the id is in the arena.
const LONG: u8 = u8::MAX;
/// Odd constants without pattern (digits of pi and e) for the multiply-mix hash.
const MIX: [u64; 3] = [
    0x2437_0e77_9f5a_3b17,
    0x9e37_79b9_7f4a_7c15,
    0xadf8_5458_a2bb_4a9b,
];

/// An id of at most [`INLINE`] bytes as words: what is hashed and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    words: [u64; 3],
    /// The bytes from the 25th on, and the length.
    last: u32,
}

/// Ids and the numbers that they were given, in the order given.
#[derive(Debug, Default, Clone)]
pub struct IdIndex {
    slots: Box<[u64]>,
    entries: Vec<Entry>,
    arena: Vec<u8>,
}

/// Aligned so that no entry lies across two cache lines.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Entry {
    bytes: [u8; INLINE],
    len: u8,
    payload: u32,
}

/// An id that had a number already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated {
    /// The number of the repetition.
    pub again: u32,
    /// The number that the id is found by.
    pub first: u32,
}

impl IdIndex {
    /// Numbers ids from 0 in their order, and names those that came before; these keep a number but are never found by it.
    #[must_use]
    pub fn build<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> (Self, Vec<Repeated>) {
        let capacity = (ids.len() * 3 / 2 + 2).next_power_of_two();
        let mut index = Self {
            slots: vec![0; capacity].into_boxed_slice(),
            entries: Vec::with_capacity(ids.len()),
            arena: Vec::new(),
        };
        let mut repeated = Vec::new();
        for id in ids {
            repeated.extend(index.push(id));
        }
        (index, repeated)
    }

    fn push(&mut self, id: &str) -> Option<Repeated> {
        let no = self.entries.len() as u32;
        let hash = hash(Key::new(id.as_bytes()), id.as_bytes());
        let (mask, mut at) = (self.slots.len() - 1, hash as usize);
        let mut repeated = None;
        // INVARIANT: at most two thirds of the slots are full, so an empty one comes.
        loop {
            at &= mask;
            let slot = self.slots.get(at).copied().unwrap_or_default();
            if slot == 0 {
                break;
            }
            let first = (slot as u32).wrapping_sub(1);
            if slot >> 32 == hash >> 32 && self.id(first) == id {
                repeated = Some(Repeated { again: no, first });
                break;
            }
            at += 1;
        }
        if repeated.is_none()
            && let Some(slot) = self.slots.get_mut(at)
        {
            *slot = (hash >> 32 << 32) | u64::from(no + 1);
        }
        let entry = self.entry(id);
        self.entries.push(entry);
        repeated
    }

    fn entry(&mut self, id: &str) -> Entry {
        let mut entry = Entry {
            bytes: [0; INLINE],
            len: LONG,
            payload: 0,
        };
        if id.len() <= INLINE {
            entry.len = id.len() as u8;
            copy(&mut entry.bytes, id.as_bytes());
        } else {
            let place = self.arena.len() as u64 | (id.len() as u64) << 32;
            copy(&mut entry.bytes, &place.to_le_bytes());
            self.arena.extend_from_slice(id.as_bytes());
        }
        entry
    }

    /// The number of an id.
    #[must_use]
    #[inline]
    pub fn find(&self, id: &str) -> Option<u32> {
        self.find_from(self.begin(id), id)
    }

    /// The numbers of several ids. All first slots are read before any is looked at, so that their cache misses
    /// overlap.
    #[must_use]
    #[inline]
    pub fn find_each<const N: usize>(&self, ids: [Option<&str>; N]) -> [Option<u32>; N] {
        let begun = ids.map(|id| id.map_or((0, 0), |id| self.begin(id)));
        let mut found = [None; N];
        for ((found, begun), id) in found.iter_mut().zip(begun).zip(ids) {
            *found = id.and_then(|id| self.find_from(begun, id));
        }
        found
    }

    /// An id's hash and first slot.
    #[inline]
    fn begin(&self, id: &str) -> (u64, u64) {
        let hash = hash(Key::new(id.as_bytes()), id.as_bytes());
        let first = self.slots.get(hash as usize & self.mask());
        (hash, first.copied().unwrap_or_default())
    }

    #[inline]
    fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }

    #[inline]
    fn find_from(&self, (hash, first): (u64, u64), id: &str) -> Option<u32> {
        let key = Key::new(id.as_bytes());
        let (mut at, mut slot) = (hash as usize, first);
        while slot != 0 {
            let no = (slot as u32).wrapping_sub(1);
            if slot >> 32 == hash >> 32 && self.is(no, key, id) {
                return Some(no);
            }
            at = at.wrapping_add(1);
            slot = *self.slots.get(at & self.mask())?;
        }
        None
    }

    #[inline]
    fn is(&self, no: u32, key: Option<Key>, id: &str) -> bool {
        match key {
            Some(key) => {
                let entry = self.entries.get(no as usize);
                entry.is_some_and(|entry| entry.key() == key)
            }
            None => self.bytes_of(no) == Some(id.as_bytes()),
        }
    }

    /// The id of a number; empty for a number that was never given.
    #[must_use]
    pub fn id(&self, no: u32) -> &str {
        self.bytes_of(no)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    fn bytes_of(&self, no: u32) -> Option<&[u8]> {
        let entry = self.entries.get(no as usize)?;
        if entry.len != LONG {
            return entry.bytes.get(..usize::from(entry.len));
        }
        let place = entry.bytes.first_chunk().copied().map(u64::from_le_bytes)?;
        let (from, len) = (place as u32 as usize, (place >> 32) as usize);
        self.arena.get(from..from + len)
    }

    /// The owner's 32 bits; 0 until set.
    #[must_use]
    pub fn payload(&self, no: u32) -> u32 {
        self.entries
            .get(no as usize)
            .map_or(0, |entry| entry.payload)
    }

    /// Sets the owner's 32 bits of all ids, in order of their numbers.
    pub fn set_payloads(&mut self, payloads: impl IntoIterator<Item = u32>) {
        for (entry, payload) in self.entries.iter_mut().zip(payloads) {
            entry.payload = payload;
        }
    }

    /// How many ids there are, repeated ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.slots)
            + self.entries.capacity() * size_of::<Entry>()
            + self.arena.capacity()
    }
}

impl Entry {
    /// As [`Key::new`] of the id; of a long one what no id has.
    #[inline]
    fn key(&self) -> Key {
        let (chunks, rest) = self.bytes.as_chunks();
        let mut words = [0; 3];
        for (word, chunk) in words.iter_mut().zip(chunks) {
            *word = u64::from_le_bytes(*chunk);
        }
        let [a, b, c] = rest.first_chunk().copied().unwrap_or_default();
        Key {
            words,
            last: u32::from_le_bytes([a, b, c, self.len]),
        }
    }
}

impl Key {
    #[inline]
    fn new(id: &[u8]) -> Option<Self> {
        if id.len() > INLINE {
            return None;
        }
        let (chunks, rest) = id.as_chunks();
        let mut words = [0; 4];
        for (word, chunk) in words.iter_mut().zip(chunks) {
            *word = u64::from_le_bytes(*chunk);
        }
        if let Some(word) = words.get_mut(chunks.len()) {
            *word = last_word(id, rest);
        }
        let [first, second, third, fourth] = words;
        Some(Self {
            words: [first, second, third],
            last: fourth as u32 | (id.len() as u32) << 24,
        })
    }
}

/// The bytes behind the last whole word of an id, fewer than 8, read together with those before them.
#[inline]
fn last_word(id: &[u8], rest: &[u8]) -> u64 {
    match id.last_chunk() {
        Some(last) => {
            let missing = 64 - 8 * rest.len() as u32;
            u64::from_le_bytes(*last).checked_shr(missing).unwrap_or(0)
        }
        None => rest
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

fn copy(to: &mut [u8], from: &[u8]) {
    for (slot, byte) in to.iter_mut().zip(from) {
        *slot = *byte;
    }
}

fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

/// Multiply-mix over words of 8 bytes; the registry's authority chooses the ids, so no seed need be secret.
#[inline]
fn hash(key: Option<Key>, id: &[u8]) -> u64 {
    let Some(key) = key else {
        return hash_long(id);
    };
    let ([seed, step, last], [first, second, third]) = (MIX, key.words);
    mix(first ^ seed, second ^ step) ^ mix(third ^ last, u64::from(key.last) ^ seed)
}

#[cold]
fn hash_long(bytes: &[u8]) -> u64 {
    let [seed, step, last] = MIX;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(step);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word = word.try_into().map(u64::from_le_bytes).unwrap_or_default();
        hash = mix(hash ^ word, step);
    }
    let mut tail = [0; 8];
    copy(&mut tail, words.remainder());
    mix(hash ^ u64::from_le_bytes(tail), last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_found_and_no_other() {
        let ids: Vec<String> = (0..50_000u32)
            .map(|n| format!("{n:0>width$}", width = 1 + n as usize % 64))
            .collect();
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        let (index, repeated) = IdIndex::build(unique.iter().map(String::as_str));
        assert!(repeated.is_empty());
        for (no, id) in unique.iter().enumerate() {
            assert_eq!(index.find(id), Some(no as u32), "{id}");
            assert_eq!(index.id(no as u32), id);
        }
        assert_eq!(index.find("nobody"), None);
        assert_eq!(IdIndex::default().find(""), None);
    }

    #[test]
    fn a_repeated_id_is_named_with_its_first_place() {
        let (index, repeated) = IdIndex::build(["a", "b", "a"].into_iter());
        assert_eq!(repeated, [Repeated { again: 2, first: 0 }]);
        assert_eq!(index.find("a"), Some(0));
        assert_eq!(index.len(), 3);
    }
}
