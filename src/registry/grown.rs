//! A list that only grows and is cheap to copy: a frozen beginning, then a tree whose full nodes are shared, and an open
//! end. A snapshot shares all of it with the next one; where that one grows, all but the open ends, so that what a change
//! costs does not depend on how much is known, nor on how much has changed.

use std::sync::Arc;

/// Entries of a leaf, and children of every other node.
const FAN: usize = 16;

/// A list that only grows.
#[derive(Debug, Clone)]
pub(crate) struct Grown<T> {
    frozen: Arc<Vec<T>>,
    tail: Arc<Tail<T>>,
}

/// What came after the beginning.
#[derive(Debug, Clone)]
struct Tail<T> {
    /// For each height the full nodes that have no parent yet, fewer than [`FAN`]; higher ones hold what came earlier.
    full: Vec<Vec<Node<T>>>,
    /// Entries that fill no leaf yet.
    open: Vec<T>,
    /// How many are in `full`.
    treed: usize,
}

#[derive(Debug)]
enum Node<T> {
    Leaf(Arc<Vec<T>>),
    Inner(Arc<Vec<Node<T>>>),
}

// A derived one would ask entries to be `Clone`.
impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(entries) => Self::Leaf(Arc::clone(entries)),
            Self::Inner(nodes) => Self::Inner(Arc::clone(nodes)),
        }
    }
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
            tail: Arc::new(Tail {
                full: Vec::new(),
                open: Vec::new(),
                treed: 0,
            }),
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
        self.tail.get(at.checked_sub(self.frozen.len())?)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.frozen.len() + self.tail.len()
    }

    /// All entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let grown = self.frozen.len()..self.len();
        let grown = grown.filter_map(|at| self.get_grown(at));
        self.frozen.iter().chain(grown)
    }
}

impl<T: Clone> Grown<T> {
    /// Adds an entry; returns its place.
    pub(crate) fn push(&mut self, entry: T) -> usize {
        let at = self.len();
        Arc::make_mut(&mut self.tail).push(entry);
        at
    }
}

impl<T> Tail<T> {
    fn get(&self, mut at: usize) -> Option<&T> {
        if let Some(at) = at.checked_sub(self.treed) {
            return self.open.get(at);
        }
        let heights = self.full.iter().enumerate().rev();
        for (height, nodes) in heights {
            let each = FAN.pow(height as u32 + 1);
            match nodes.get(at / each) {
                Some(node) => return node.get(at % each, each),
                None => at -= nodes.len() * each,
            }
        }
        None
    }

    fn push(&mut self, entry: T) {
        self.open.push(entry);
        if self.open.len() == FAN {
            self.treed += FAN;
            let leaf = Node::Leaf(Arc::new(std::mem::take(&mut self.open)));
            self.add(leaf);
        }
    }

    fn add(&mut self, mut node: Node<T>) {
        for nodes in &mut self.full {
            nodes.push(node);
            if nodes.len() < FAN {
                return;
            }
            node = Node::Inner(Arc::new(std::mem::take(nodes)));
        }
        self.full.push(vec![node]);
    }

    fn len(&self) -> usize {
        self.treed + self.open.len()
    }
}

impl<T> Node<T> {
    /// The entry at a place of a node that holds so many.
    fn get(&self, at: usize, holds: usize) -> Option<&T> {
        match self {
            Self::Leaf(entries) => entries.get(at),
            Self::Inner(nodes) => {
                let each = holds / FAN;
                nodes.get(at / each)?.get(at % each, each)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_what_is_added_later() {
        let mut list = Grown::from(vec![0, 1, 2]);
        for entry in 3..10_000 {
            let before = list.clone();
            assert_eq!(list.push(entry), entry);
            assert_eq!(before.len(), entry);
            assert_eq!(before.get(entry), None);
            assert_eq!(list.get(entry), Some(&entry));
        }
        assert!(list.iter().copied().eq(0..10_000));
        assert_eq!(list.get(10_000), None);
    }
}
