//! Fixed-width little-endian fields, read and written one after the other.
//! Bytes past the end read as zero: what is decoded is under a checksum, which then does not fit.

use std::mem;

/// What is left to be read.
pub(super) struct Fields<'bytes>(pub(super) &'bytes [u8]);

impl Fields<'_> {
    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => [0; N],
        }
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }
}

/// What is left to be written. What does not fit is left out; buffers have the width of their fields.
pub(super) struct Put<'bytes>(pub(super) &'bytes mut [u8]);

impl Put<'_> {
    pub(super) fn array<const N: usize>(&mut self, value: [u8; N]) {
        if let Some((first, rest)) = mem::take(&mut self.0).split_first_chunk_mut::<N>() {
            *first = value;
            self.0 = rest;
        }
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.array(value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.array(value.to_le_bytes());
    }
}

/// Whether there is nothing but zeros.
pub(super) fn is_zero(bytes: &[u8]) -> bool {
    // Whole chunks without a way out of them, which the compiler makes wide instructions of.
    bytes
        .chunks(4_096)
        .all(|chunk| chunk.iter().fold(0, |any, byte| any | byte) == 0)
}
