//! The walk over a segment's frames, each checked before it is given.

use std::sync::Arc;

use crc32c::crc32c_append;

use super::error::{Fault, JournalError};
use super::fields::is_zero;
use super::file::NamedFile;
use super::frame::{HEAD_BYTES, Head, chained};
use super::index::Place;
use super::sequence::Sequence;
use super::window::Window;

/// A walk over the frames of one segment that has begun.
pub(super) struct Frames {
    pub(super) file: Arc<NamedFile>,
    pub(super) window: Window,
    pub(super) seed: u32,
    /// The sequence that the next frame must have.
    pub(super) next: Sequence,
    /// Where the next frame begins.
    pub(super) offset: u64,
    /// The running CRC of the frames so far, of a walk from the segment's start.
    pub(super) chain: u32,
    /// The length of the segment.
    pub(super) end: u64,
}

/// What stands at a place.
pub(super) enum Step {
    /// A good frame; its payload is the bytes before [`Frames::offset`], which has moved on.
    Record(Head),
    /// The log goes on in the next segment.
    Seal,
    /// No frame header.
    Zeros,
    /// Not the frame that must come.
    Bad(Fault),
    /// A good frame that belongs elsewhere.
    Misplaced(Fault),
}

impl Frames {
    pub(super) fn new(file: Arc<NamedFile>, seed: u32, from: Place, end: u64) -> Self {
        Self {
            file,
            window: Window::default(),
            seed,
            next: from.sequence,
            offset: from.offset,
            chain: seed,
            end,
        }
    }

    /// Checks what stands at the offset and, if it is the frame that must come, moves on.
    pub(super) fn step(&mut self) -> Result<Step, JournalError> {
        let offset = self.offset;
        let bytes = self.window.get(&self.file, offset, HEAD_BYTES)?;
        if is_zero(bytes) {
            return Ok(Step::Zeros);
        }
        let Some(head) = Head::decode(bytes, self.seed) else {
            let found = "bytes that its checksum does not fit";
            return Ok(Step::Bad(Fault::new(offset, self.expected(), found)));
        };
        if head.sequence != self.next {
            let found = format!("the one of sequence `{}`", head.sequence);
            return Ok(Step::Misplaced(Fault::new(offset, self.expected(), found)));
        }
        if head.is_seal() {
            self.chain = chained(self.chain, head.crc);
            self.offset += HEAD_BYTES as u64;
            return Ok(Step::Seal);
        }
        self.record(head)
    }

    /// Where the next frame begins.
    pub(super) fn place(&self) -> Place {
        Place {
            sequence: self.next,
            offset: self.offset,
        }
    }

    /// What must stand at the offset, in words.
    pub(super) fn expected(&self) -> String {
        format!("the header of the frame of sequence `{}`", self.next)
    }

    fn record(&mut self, head: Head) -> Result<Step, JournalError> {
        let frame = head.frame_bytes() as u64;
        if self.offset + frame + HEAD_BYTES as u64 > self.end {
            let expected = "a frame that leaves room for a seal";
            let found = format!("one of `{frame}` bytes");
            return Ok(Step::Misplaced(Fault::new(self.offset, expected, found)));
        }
        let bytes = self.window.get(&self.file, self.offset, frame as usize)?;
        let body = bytes.get(HEAD_BYTES..).unwrap_or_default();
        let sum = crc32c_append(self.seed, body);
        if sum != head.body_crc {
            let expected = format!(
                "the payload of sequence `{}` with checksum `{:08x}`",
                self.next, head.body_crc
            );
            let found = format!("one with `{sum:08x}`");
            let at = self.offset + HEAD_BYTES as u64;
            return Ok(Step::Bad(Fault::new(at, expected, found)));
        }
        self.chain = chained(self.chain, head.crc);
        self.offset += frame;
        self.next = self.next.next();
        Ok(Step::Record(head))
    }

    /// The payload of the record that was just given.
    pub(super) fn payload(&mut self, head: &Head) -> Result<&[u8], JournalError> {
        let frame = head.frame_bytes();
        let start = self.offset.saturating_sub(frame as u64);
        let bytes = self.window.get(&self.file, start, frame)?;
        Ok(bytes
            .get(HEAD_BYTES..HEAD_BYTES + head.payload_bytes())
            .unwrap_or_default())
    }
}
