//! One frame: its header, its checksums, its padding.

use std::{iter, mem};

use crc32c::crc32c_append;

use super::fields::{Fields, Put};
use super::index::Place;
use super::sequence::Sequence;

/// Bytes of a frame's header, which is also the whole of a seal.
pub(super) const HEAD_BYTES: usize = 24;
/// Frames begin at multiples of it.
pub(super) const ALIGNMENT: usize = 8;
/// The length that marks a seal.
const SEAL: u32 = u32::MAX;
/// More frames than can be counted were not known to be durable: the frame is no evidence of anything.
const UNKNOWN: u32 = u32::MAX;

/// A frame's header whose checksum fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) crc: u32,
    pub(super) body_crc: u32,
    pub(super) sequence: Sequence,
    length: u32,
    behind: u32,
}

impl Head {
    /// The header that these bytes are, if their checksum fits.
    pub(super) fn decode(bytes: &[u8], seed: u32) -> Option<Self> {
        let head = Self::read(bytes);
        let (_, signed) = bytes.split_first_chunk::<4>()?;
        (head.crc == crc32c_append(seed, signed)).then_some(head)
    }

    fn read(bytes: &[u8]) -> Self {
        let mut fields = Fields(bytes);
        Self {
            crc: fields.u32(),
            body_crc: fields.u32(),
            sequence: Sequence::new(fields.u64()),
            length: fields.u32(),
            behind: fields.u32(),
        }
    }

    pub(super) fn is_seal(&self) -> bool {
        self.length == SEAL
    }

    /// Bytes of the payload.
    pub(super) fn payload_bytes(&self) -> usize {
        if self.is_seal() {
            0
        } else {
            self.length as usize
        }
    }

    /// Bytes of the frame.
    pub(super) fn frame_bytes(&self) -> usize {
        frame_bytes(self.payload_bytes())
    }

    /// What was known to be durable when the frame was written.
    pub(super) fn durable(&self) -> Sequence {
        if self.behind == UNKNOWN {
            return Sequence::ZERO;
        }
        let before = self.sequence.previous().get();
        Sequence::new(before.saturating_sub(u64::from(self.behind)))
    }
}

/// Bytes of the frame of a payload.
pub(super) fn frame_bytes(payload: usize) -> usize {
    (HEAD_BYTES + payload).next_multiple_of(ALIGNMENT)
}

/// Adds an unsigned frame. Within the buffer's capacity it does not allocate.
pub(super) fn push(buffer: &mut Vec<u8>, sequence: Sequence, payload: &[u8]) {
    let end = buffer.len() + frame_bytes(payload.len());
    push_head(buffer, sequence, payload.len() as u32);
    buffer.extend_from_slice(payload);
    buffer.resize(end, 0);
}

/// An unsigned seal.
pub(super) fn seal(next: Sequence) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(HEAD_BYTES);
    push_head(&mut buffer, next, SEAL);
    buffer
}

fn push_head(buffer: &mut Vec<u8>, sequence: Sequence, length: u32) {
    buffer.extend_from_slice(&[0; 8]);
    buffer.extend_from_slice(&sequence.get().to_le_bytes());
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&[0; 4]);
}

/// The length of the unsigned frame that the buffer begins with, if there is one.
fn first_frame_bytes(frames: &[u8]) -> Option<usize> {
    let head = frames.split_first_chunk::<HEAD_BYTES>()?.0;
    Some(Head::read(head).frame_bytes())
}

/// How many frames the buffer begins with, and their bytes, that fit into the room.
pub(super) fn fitting(frames: &[u8], room: u64) -> (u64, usize) {
    let (mut count, mut end) = (0, 0);
    while let Some(bytes) = frames.get(end..).and_then(first_frame_bytes) {
        if (end + bytes) as u64 > room {
            break;
        }
        count += 1;
        end += bytes;
    }
    (count, end)
}

/// Where the frames of the buffer begin, the first one at an offset.
pub(super) fn places(mut frames: &[u8], mut offset: u64) -> impl Iterator<Item = Place> {
    iter::from_fn(move || {
        let (head, _) = frames.split_first_chunk::<HEAD_BYTES>()?;
        let head = Head::read(head);
        let place = Place {
            sequence: head.sequence,
            offset,
        };
        frames = frames.get(head.frame_bytes()..).unwrap_or_default();
        offset += head.frame_bytes() as u64;
        Some(place)
    })
}

/// Signs all frames of the buffer and continues the running CRC with them.
pub(super) fn sign_all(mut frames: &mut [u8], seed: u32, durable: Sequence, chain: &mut u32) {
    while let Some(bytes) = first_frame_bytes(frames) {
        let Some((frame, rest)) = mem::take(&mut frames).split_at_mut_checked(bytes) else {
            break;
        };
        *chain = chained(*chain, sign(frame, seed, durable));
        frames = rest;
    }
}

fn sign(frame: &mut [u8], seed: u32, durable: Sequence) -> u32 {
    let Some((head, body)) = frame.split_first_chunk_mut::<HEAD_BYTES>() else {
        return 0;
    };
    let unsigned = Head::read(head);
    let before = unsigned.sequence.previous().get();
    let behind = u32::try_from(before.saturating_sub(durable.get())).unwrap_or(UNKNOWN);
    let Some((crc, signed)) = head.split_first_chunk_mut::<4>() else {
        return 0;
    };
    let mut fields = Put(signed);
    fields.u32(crc32c_append(seed, body));
    fields.u64(unsigned.sequence.get());
    fields.u32(unsigned.length);
    fields.u32(behind);
    let sum = crc32c_append(seed, signed);
    *crc = sum.to_le_bytes();
    sum
}

/// The running CRC after a frame whose header has this checksum.
pub(super) fn chained(chain: u32, crc: u32) -> u32 {
    crc32c_append(chain, &crc.to_le_bytes())
}
