//! The seal: a hash of the whole file within the file, so that any change of it shows, also of the last one that no
//! other file vouches for yet; and the hash that the next file carries, so that none can be taken out or put in.
//!
//! The place of the seal is found in the bytes themselves. Nothing is decoded before it was found right, since a
//! decoder need not survive what a broken disk makes of a file.

use std::fmt;

use super::key;
use super::source::Source;
use crate::archive::table::Table;
use crate::limits::ARCHIVE_WRITE_BYTES;

/// Hexadecimal digits of a hash.
pub(super) const DIGITS: usize = 64;
/// What stands where the seal will be.
pub(super) const UNSEALED: &str =
    "0000000000000000000000000000000000000000000000000000000000000000";
/// Between key and value: in Thrift's compact protocol, a string that is the second field and has 64 bytes.
const BETWEEN: [u8; 2] = [0x18, 0x40];
/// Behind the footer: its length and the magic number.
const END_BYTES: usize = 8;

/// BLAKE3 of all bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::archive) struct Digest(blake3::Hash);

impl Digest {
    /// What the first file of a table carries.
    pub(in crate::archive) fn start(table: Table) -> Self {
        Self(blake3::hash(table.name().as_bytes()))
    }

    pub(super) fn of(hasher: &blake3::Hasher) -> Self {
        Self(hasher.finalize())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the seal is in the bytes of a file's end.
pub(super) fn place(tail: &[u8]) -> Option<std::ops::Range<usize>> {
    let needle = [key::SEAL.as_bytes(), &BETWEEN].concat();
    let found = tail.windows(needle.len()).rposition(|at| at == needle)?;
    let start = found + needle.len();
    (start + DIGITS <= tail.len()).then(|| start..start + DIGITS)
}

/// What the bytes of a file say of themselves.
#[derive(Debug)]
pub(in crate::archive) struct Sealed {
    pub(in crate::archive) digest: Digest,
    /// What is wrong.
    pub(in crate::archive) fault: Option<&'static str>,
}

/// Reads a whole file and compares it with its seal.
pub(in crate::archive) fn check(source: &Source) -> std::io::Result<Sealed> {
    let (place, seal) = match find(source)? {
        Some((at, seal)) => (at..at + DIGITS as u64, Some(seal)),
        None => (0..0, None),
    };
    let (mut all, mut own) = (blake3::Hasher::new(), blake3::Hasher::new());
    let mut window = vec![0; ARCHIVE_WRITE_BYTES];
    let mut offset = 0;
    loop {
        let length = source.read_at(&mut window, offset)?;
        let Some(bytes) = window.get_mut(..length).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        all.update(bytes);
        for (at, byte) in (offset..).zip(bytes.iter_mut()) {
            if at >= place.end {
                break;
            }
            if at >= place.start {
                *byte = b'0';
            }
        }
        own.update(bytes);
        offset += length as u64;
    }
    let fault = match seal {
        None => Some("is not a whole file of an archive: it bears no seal"),
        Some(seal) if seal != Digest::of(&own).to_string().as_bytes() => {
            Some("is not as it was written: its seal does not fit its bytes")
        }
        Some(_) => None,
    };
    let digest = Digest::of(&all);
    Ok(Sealed { digest, fault })
}

/// The seal and where it is; none where the file has no footer with one.
fn find(source: &Source) -> std::io::Result<Option<(u64, Vec<u8>)>> {
    let length = source.length();
    let mut end = [0; END_BYTES];
    let Some(end_at) = length.checked_sub(END_BYTES as u64) else {
        return Ok(None);
    };
    source.read_exact_at(&mut end, end_at)?;
    let [a, b, c, d, magic @ ..] = end;
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    let Some(from) = end_at.checked_sub(footer).filter(|_| magic == *b"PAR1") else {
        return Ok(None);
    };
    let mut bytes = vec![0; footer as usize];
    source.read_exact_at(&mut bytes, from)?;
    let Some(place) = place(&bytes) else {
        return Ok(None);
    };
    let at = from + place.start as u64;
    Ok(bytes.get(place).map(|seal| (at, seal.to_vec())))
}
