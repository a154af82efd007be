//! A group: frames that are written together. Its memory is taken once.

use super::error::JournalError;
use super::frame;
use super::sequence::Sequence;

/// Records that are written and synced together.
pub struct Group {
    frames: Vec<u8>,
    first: Sequence,
    next: Sequence,
    payload_most: usize,
}

impl Group {
    pub(super) fn new(next: Sequence, bytes: usize, payload_most: usize) -> Self {
        Self {
            frames: Vec::with_capacity(bytes),
            first: next,
            next,
            payload_most,
        }
    }

    /// Adds a record; its sequence. No I/O, no allocation.
    pub fn push(&mut self, payload: &[u8]) -> Result<Sequence, JournalError> {
        if payload.len() > self.payload_most {
            return Err(JournalError::TooLarge {
                bytes: payload.len(),
                most: self.payload_most,
            });
        }
        if self.frames.len() + frame::frame_bytes(payload.len()) > self.frames.capacity() {
            return Err(JournalError::Full);
        }
        let sequence = self.next;
        frame::push(&mut self.frames, sequence, payload);
        self.next = sequence.next();
        Ok(sequence)
    }

    /// The sequence that its first record has or gets.
    pub(super) fn first(&self) -> Sequence {
        self.first
    }

    /// The sequence that the next record gets.
    pub(super) fn next(&self) -> Sequence {
        self.next
    }

    /// Bytes of frames that it has room for.
    pub(super) fn room(&self) -> usize {
        self.frames.capacity()
    }

    /// Bytes of the longest payload.
    pub(super) fn payload_most(&self) -> usize {
        self.payload_most
    }

    pub(super) fn frames(&mut self) -> &mut [u8] {
        &mut self.frames
    }

    pub(super) fn clear(&mut self) {
        self.frames.clear();
        self.first = self.next;
    }
}
