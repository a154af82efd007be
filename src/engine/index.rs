//! The index of terms: for each dimension that is read and each class of its states a bitmap of the terms that
//! it allows. What matches is the AND of one bitmap of each dimension (the bit-vector method of packet
//! classification: Lakshman and Stiliadis, 1998), taken in blocks of 512 terms, the most selective dimension
//! first, and given up as soon as nothing of a block is left.

use std::collections::{BTreeMap, HashMap};

use super::bits::{Bits, ones};
use super::dimension::DimNo;
use super::normal::{Conjunct, ResidualNo};

/// Words of a block: 512 terms, a line or two of cache from each dimension.
const BLOCK: usize = 8;

type Words = [u64; BLOCK];

/// A set of terms, indexed.
#[derive(Debug, Default)]
pub(super) struct TermIndex {
    /// For each term what it belongs to; ascending.
    owners: Vec<u32>,
    /// For each term the residuals that it asks for, as a range of `residuals`.
    residual_ranges: Vec<(u32, u32)>,
    residuals: Vec<(ResidualNo, bool)>,
    dimensions: Vec<IndexDimension>,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct IndexDimension {
    no: DimNo,
    /// The class of each state.
    classes: Vec<u32>,
    /// For each class one block after the other.
    rows: Vec<Words>,
    /// The share of ones in `rows`, in thousandths: the lower, the more selective.
    density: u64,
}

#[derive(Debug, Default)]
struct Block {
    /// The terms that are in the block.
    terms: Words,
    /// The dimensions that a term of the block reads, the most selective first.
    reads: Vec<u16>,
    /// Whether a term of the block asks for residuals.
    has_residuals: bool,
}

impl TermIndex {
    /// Indexes terms, each with its owner, in ascending order of owners.
    pub(super) fn build(terms: &[(u32, Conjunct)], states: impl Fn(DimNo) -> usize) -> Self {
        let mut index = Self {
            owners: terms.iter().map(|(owner, _)| *owner).collect(),
            ..Self::default()
        };
        for (_, term) in terms {
            let from = index.residuals.len() as u32;
            index.residuals.extend(&term.residuals);
            index
                .residual_ranges
                .push((from, index.residuals.len() as u32));
        }
        let mut readers: BTreeMap<DimNo, Vec<(usize, &Bits)>> = BTreeMap::new();
        for (at, (_, term)) in terms.iter().enumerate() {
            for (no, set) in &term.sets {
                readers.entry(*no).or_default().push((at, set));
            }
        }
        let count = terms.len().div_ceil(BLOCK * 64);
        index.dimensions = readers
            .iter()
            .map(|(no, sets)| IndexDimension::build(*no, states(*no), sets, terms.len(), count))
            .collect();
        index
            .dimensions
            .sort_by_key(|dimension| (dimension.density, dimension.no));
        index.blocks = (0..count).map(|at| index.block(at, &readers)).collect();
        index
    }

    fn block(&self, at: usize, readers: &BTreeMap<DimNo, Vec<(usize, &Bits)>>) -> Block {
        let first = at * BLOCK * 64;
        let range = first..first + BLOCK * 64;
        let mut block = Block::default();
        for term in range.clone().take_while(|term| *term < self.owners.len()) {
            set(&mut block.terms, term - first);
            block.has_residuals |= self
                .residual_ranges
                .get(term)
                .is_some_and(|(from, to)| from < to);
        }
        for (position, dimension) in self.dimensions.iter().enumerate() {
            let reads = readers
                .get(&dimension.no)
                .is_some_and(|sets| sets.iter().any(|(term, _)| range.contains(term)));
            if reads {
                block.reads.push(position as u16);
            }
        }
        block
    }

    /// Calls for the owner of every term that the states allow and whose residuals hold, ascending, each once.
    #[inline]
    pub(super) fn matches(
        &self,
        states: &[u32],
        residual: impl Fn(ResidualNo) -> Option<bool>,
        rows: &mut Vec<u32>,
        mut see: impl FnMut(u32),
    ) {
        rows.clear();
        for dimension in &self.dimensions {
            let state = states.get(dimension.no.at()).copied().unwrap_or(0);
            let class = dimension.classes.get(state as usize).copied().unwrap_or(0);
            rows.push(class * self.blocks.len() as u32);
        }
        let mut last = u32::MAX;
        for (at, block) in self.blocks.iter().enumerate() {
            let Some(found) = self.conjunction(at, block, rows) else {
                continue;
            };
            for (word, bits) in found.iter().enumerate().filter(|(_, bits)| **bits != 0) {
                for bit in ones(*bits) {
                    let term = (at * BLOCK + word) * 64 + bit;
                    let Some(owner) = self.owners.get(term).copied() else {
                        continue;
                    };
                    if owner != last
                        && (!block.has_residuals || self.residuals_hold(term, &residual))
                    {
                        last = owner;
                        see(owner);
                    }
                }
            }
        }
    }

    #[inline]
    fn conjunction(&self, at: usize, block: &Block, rows: &[u32]) -> Option<Words> {
        let mut words = block.terms;
        for position in &block.reads {
            let position = usize::from(*position);
            let row = rows.get(position).map_or(0, |row| *row as usize) + at;
            let row = self.dimensions.get(position)?.rows.get(row)?;
            let mut any = 0;
            for (word, allowed) in words.iter_mut().zip(row) {
                *word &= allowed;
                any |= *word;
            }
            if any == 0 {
                return None;
            }
        }
        Some(words)
    }

    #[inline(never)]
    fn residuals_hold(&self, term: usize, residual: &impl Fn(ResidualNo) -> Option<bool>) -> bool {
        let range = self
            .residual_ranges
            .get(term)
            .map_or(0..0, |(from, to)| *from as usize..*to as usize);
        self.residuals
            .get(range)
            .unwrap_or_default()
            .iter()
            .all(|(no, truth)| residual(*no) == Some(*truth))
    }

    /// How many terms there are.
    pub(super) fn len(&self) -> usize {
        self.owners.len()
    }

    /// Bytes of the bitmaps.
    pub(super) fn bytes(&self) -> usize {
        self.dimensions
            .iter()
            .map(|dimension| {
                dimension.rows.len() * size_of::<Words>() + dimension.classes.len() * 4
            })
            .sum()
    }
}

impl IndexDimension {
    fn build(
        no: DimNo,
        states: usize,
        readers: &[(usize, &Bits)],
        terms: usize,
        blocks: usize,
    ) -> Self {
        let mut sets: HashMap<&Bits, Vec<usize>> = HashMap::new();
        for (term, set) in readers {
            sets.entry(set).or_default().push(*term);
        }
        let mut sets: Vec<(&Bits, Vec<usize>)> = sets.into_iter().collect();
        sets.sort_by(|a, b| a.1.cmp(&b.1));
        // Each state's signature: which of the sets hold it. States of one signature are one class.
        let mut signatures: Vec<Vec<u16>> = vec![Vec::new(); states];
        for (at, (set, _)) in sets.iter().enumerate() {
            for state in set.iter() {
                if let Some(signature) = signatures.get_mut(state) {
                    signature.push(at as u16);
                }
            }
        }
        let mut wild = vec![[u64::MAX; BLOCK]; blocks];
        for (term, _) in readers {
            clear(&mut wild, *term);
        }
        let mut dimension = Self {
            no,
            classes: Vec::with_capacity(states),
            rows: Vec::new(),
            density: 0,
        };
        let mut known: HashMap<Vec<u16>, u32> = HashMap::new();
        for signature in signatures {
            let next = known.len() as u32;
            let class = *known.entry(signature).or_insert_with_key(|signature| {
                let mut row = wild.clone();
                for (_, terms) in signature.iter().filter_map(|at| sets.get(usize::from(*at))) {
                    for term in terms {
                        if let Some(words) = row.get_mut(term / (BLOCK * 64)) {
                            set(words, term % (BLOCK * 64));
                        }
                    }
                }
                dimension.rows.extend(row);
                next
            });
            dimension.classes.push(class);
        }
        let ones: u64 = dimension
            .rows
            .iter()
            .flatten()
            .map(|word| u64::from(word.count_ones()))
            .sum();
        dimension.density = ones * 1_000 / (known.len().max(1) * terms.max(1)) as u64;
        dimension
    }
}

fn set(words: &mut Words, bit: usize) {
    if let Some(word) = words.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

fn clear(row: &mut [Words], term: usize) {
    let word = row
        .get_mut(term / (BLOCK * 64))
        .and_then(|words| words.get_mut(term / 64 % BLOCK));
    if let Some(word) = word {
        *word &= !(1 << (term % 64));
    }
}
