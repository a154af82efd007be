//! The first sector of a segment: whose it is, where it begins, and a mark of what is durable.

use crc32c::{crc32c, crc32c_append};

use super::error::{Fault, JournalError};
use super::fields::{Fields, Put, is_zero};
use super::sequence::Sequence;

/// Bytes of the header; frames follow it. One sector, so that a crash leaves all of a version of it or nothing.
pub(super) const HEADER_BYTES: usize = 512;
const MAGIC: [u8; 8] = *b"GLJOURNL";
const VERSION: u32 = 1;
const OWNER_BYTES: usize = 40;
const BEGIN_AT: usize = 48;
const SEED_AT: usize = 60;
const MARK_AT: usize = 64;
const MARK_BYTES: usize = 16;
const END: usize = 84;

/// The header of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) length: u64,
    pub(super) number: u64,
    pub(super) origin: u64,
    /// None in a segment that only stands ready.
    pub(super) begun: Option<Begun>,
}

/// What a segment gets when its first frame is about to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) first: Sequence,
    pub(super) chain: u32,
    pub(super) mark: Mark,
}

/// A record known to be durable, and where its frame ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) sequence: Sequence,
    pub(super) offset: u64,
}

impl Begun {
    pub(super) fn new(first: Sequence, chain: u32) -> Self {
        let mark = Mark {
            sequence: first.previous(),
            offset: HEADER_BYTES as u64,
        };
        Self { first, chain, mark }
    }
}

impl Header {
    /// The bytes, and the seed of the segment's checksums (of no use before it has begun).
    pub(super) fn encode(&self) -> ([u8; HEADER_BYTES], u32) {
        let mut bytes = [0; HEADER_BYTES];
        let mut fields = Put(&mut bytes);
        fields.array(MAGIC);
        fields.u32(VERSION);
        fields.u32(0);
        fields.u64(self.length);
        fields.u64(self.number);
        fields.u64(self.origin);
        put_sum(&mut bytes, 0, OWNER_BYTES, OWNER_BYTES);
        let Some(begun) = self.begun else {
            return (bytes, 0);
        };
        let mut fields = Put(tail(&mut bytes, BEGIN_AT));
        fields.u64(begun.first.get());
        fields.u32(begun.chain);
        let seed = put_sum(&mut bytes, 0, SEED_AT, SEED_AT);
        let mut fields = Put(tail(&mut bytes, MARK_AT));
        fields.u64(begun.mark.sequence.get());
        fields.u64(begun.mark.offset);
        let mark = bytes.get(MARK_AT..MARK_AT + MARK_BYTES).unwrap_or_default();
        let sum = crc32c_append(seed, mark);
        Put(tail(&mut bytes, MARK_AT + MARK_BYTES)).u32(sum);
        (bytes, seed)
    }

    /// The header in these bytes. Whatever is not exactly what [`Self::encode`] gives is a fault.
    pub(super) fn decode(bytes: &[u8], file: &str) -> Result<Self, JournalError> {
        if bytes.len() != HEADER_BYTES {
            let expected = format!("a header of `{HEADER_BYTES}` bytes");
            let found = format!("a file of `{}`", bytes.len());
            return Err(Fault::new(bytes.len() as u64, expected, found).of(file));
        }
        let mut fields = Fields(bytes);
        let magic = fields.array();
        if magic != MAGIC {
            let found = format!("`{}`", magic.escape_ascii());
            return Err(Fault::new(0, format!("`{}`", MAGIC.escape_ascii()), found).of(file));
        }
        let version = fields.u32();
        if version != VERSION {
            return Err(JournalError::Version {
                file: file.to_owned(),
                found: version,
                known: VERSION,
            });
        }
        let _reserved = fields.u32();
        let mut header = Self {
            length: fields.u64(),
            number: fields.u64(),
            origin: fields.u64(),
            begun: None,
        };
        if !is_zero(bytes.get(BEGIN_AT..END).unwrap_or_default()) {
            header.begun = Some(Begun::decode(&mut Fields(
                bytes.get(BEGIN_AT..).unwrap_or_default(),
            )));
        }
        // Encoding it again compares every checksum and every reserved byte at once.
        let (again, _) = header.encode();
        match again.iter().zip(bytes).position(|(a, b)| a != b) {
            None => Ok(header),
            Some(place) => Err(different(&again, bytes, place).of(file)),
        }
    }
}

impl Begun {
    fn decode(fields: &mut Fields<'_>) -> Self {
        let first = Sequence::new(fields.u64());
        let chain = fields.u32();
        let _seed = fields.u32();
        let sequence = Sequence::new(fields.u64());
        let offset = fields.u64();
        let mark = Mark { sequence, offset };
        Self { first, chain, mark }
    }
}

fn different(again: &[u8], bytes: &[u8], place: usize) -> Fault {
    let at = place / 4 * 4;
    let word = |bytes: &[u8]| Fields(bytes.get(at..).unwrap_or_default()).u32();
    Fault::new(
        at as u64,
        format!("`{:08x}` by the header's other bytes", word(again)),
        format!("`{:08x}`", word(bytes)),
    )
}

fn tail(bytes: &mut [u8], at: usize) -> &mut [u8] {
    bytes.get_mut(at..).unwrap_or_default()
}

fn put_sum(bytes: &mut [u8], from: usize, to: usize, at: usize) -> u32 {
    let sum = crc32c(bytes.get(from..to).unwrap_or_default());
    Put(tail(bytes, at)).u32(sum);
    sum
}
