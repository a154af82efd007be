//! What waits for the writer: payloads, each in the buffer in which it was made. To append is to exchange buffers, so
//! that nobody copies a record while others wait; the writer makes frames of them.

use std::hint::black_box;
use std::mem;

use super::error::JournalError;
use super::frame::frame_bytes;
use super::group::Group;
use super::sequence::Sequence;

/// Buffers that grew beyond it are not used again.
const KEPT_BYTES: usize = 1 << 14;

/// See the module.
pub(super) struct Waiting {
    /// Those that wait, then buffers that were written, to be exchanged.
    payloads: Vec<Vec<u8>>,
    /// How many wait.
    count: usize,
    /// Bytes of their frames.
    bytes: usize,
    next: Sequence,
}

/// How much may wait.
#[derive(Clone, Copy)]
pub(super) struct Most {
    /// Bytes of all frames.
    bytes: usize,
    /// Bytes of a payload.
    payload: usize,
}

impl Most {
    /// As much as the group holds.
    pub(super) fn of(group: &Group) -> Self {
        Self {
            bytes: group.room(),
            payload: group.payload_most(),
        }
    }
}

impl Waiting {
    /// For what the group holds.
    pub(super) fn of(group: &Group) -> Self {
        Self {
            // No more fit, and what is not used takes no memory.
            payloads: Vec::with_capacity(group.room() / frame_bytes(0)),
            count: 0,
            bytes: 0,
            next: group.next(),
        }
    }

    /// Takes a payload and leaves another buffer, of which nothing is said, in its place; its sequence. One that it
    /// refuses stays where it is. No I/O, no allocation.
    pub(super) fn push(
        &mut self,
        payload: &mut Vec<u8>,
        most: Most,
    ) -> Result<Sequence, JournalError> {
        if payload.len() > most.payload {
            return Err(JournalError::TooLarge {
                bytes: payload.len(),
                most: most.payload,
            });
        }
        let bytes = self.bytes + frame_bytes(payload.len());
        if bytes > most.bytes {
            return Err(JournalError::Full);
        }
        match self.payloads.get_mut(self.count) {
            Some(written) => mem::swap(written, payload),
            None => self.payloads.push(mem::take(payload)),
        }
        (self.count, self.bytes) = (self.count + 1, bytes);
        let sequence = self.next;
        self.next = sequence.next();
        Ok(sequence)
    }

    /// Brings the next place into this processor's cache. To write there is what makes it its own.
    pub(super) fn ready(&mut self) {
        if let Some(next) = self.payloads.get_mut(self.count) {
            *next = black_box(mem::take(next));
        }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The sequence that the next record gets.
    pub(super) fn next(&self) -> Sequence {
        self.next
    }

    /// Hands what waits over in exchange for what was written.
    pub(super) fn hand_over(&mut self, written: &mut Self) {
        mem::swap(&mut self.payloads, &mut written.payloads);
        written.count = mem::take(&mut self.count);
        self.bytes = 0;
    }

    /// Makes frames of all that was handed over.
    pub(super) fn frame(&mut self, group: &mut Group) -> Result<(), JournalError> {
        for payload in self.payloads.iter_mut().take(mem::take(&mut self.count)) {
            group.push(payload)?;
            if payload.capacity() > KEPT_BYTES {
                *payload = Vec::new();
            }
        }
        Ok(())
    }
}
