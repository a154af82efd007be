//! A list that only grows and is cheap to copy: a frozen beginning, full chunks and an open end. A snapshot shares
//! the first two with the next one, so that what a change costs does not depend on how much is known.

use std::sync::Arc;

/// Entries of a chunk.
const CHUNK: usize = 256;

/// A list that only grows.
#[derive(Debug, Clone)]
pub(crate) struct Grown<T> {
    frozen: Arc<Vec<T>>,
    /// Full ones.
    chunks: Vec<Arc<Vec<T>>>,
    open: Vec<T>,
}

impl<T> Default for Grown<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for Grown<T> {
    fn from(mut list: Vec<T>) -> Self {
        list.shrink_to_fit();
        Self {
            frozen: Arc::new(list),
            chunks: Vec::new(),
            open: Vec::new(),
        }
    }
}

impl<T> Grown<T> {
    /// The entry at a place.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        match self.frozen.get(at) {
            None => self.get_grown(at),
            found => found,
        }
    }

    #[cold]
    fn get_grown(&self, at: usize) -> Option<&T> {
        let at = at.checked_sub(self.frozen.len())?;
        let chunk = match self.chunks.get(at / CHUNK) {
            Some(chunk) => chunk,
            None if at / CHUNK == self.chunks.len() => &self.open,
            None => return None,
        };
        chunk.get(at % CHUNK)
    }

    /// Adds an entry; returns its place.
    pub(crate) fn push(&mut self, entry: T) -> usize {
        let at = self.len();
        self.open.push(entry);
        if self.open.len() == CHUNK {
            self.chunks.push(Arc::new(std::mem::take(&mut self.open)));
        }
        at
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.frozen.len() + self.chunks.len() * CHUNK + self.open.len()
    }

    /// All entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let chunks = self.chunks.iter().flat_map(|chunk| chunk.iter());
        self.frozen.iter().chain(chunks).chain(&self.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_what_is_added_later() {
        let mut list = Grown::from(vec![0, 1, 2]);
        for entry in 3..1_000 {
            let before = list.clone();
            assert_eq!(list.push(entry), entry);
            assert_eq!(before.len(), entry);
            assert_eq!(before.get(entry), None);
            assert_eq!(list.get(entry), Some(&entry));
        }
        assert!(list.iter().copied().eq(0..1_000));
        assert_eq!(list.get(1_000), None);
    }
}
