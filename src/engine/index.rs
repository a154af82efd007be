//! The index of terms: a bit for each term, 64 to a word. A state of the *leading* dimension, the one that tells
//! most terms apart, names the few words in which it allows any; a word is then cut down by one word of bits for
//! each further dimension that a term in it reads. This is the bit-vector method of packet classification
//! (Lakshman and Stiliadis, 1998) with the aggregation of Baboescu and Varghese (2001): terms are ordered by
//! what they ask of the leading dimension, so that what one state allows stands close together.

use super::bits::ones;
use super::dimension::DimNo;
use super::normal::ResidualNo;
use super::party::PARTIES;

/// A set of terms, indexed.
#[derive(Debug, Default)]
pub(super) struct TermIndex {
    /// For each term what it belongs to.
    pub(super) owners: Vec<u32>,
    /// For each term the residuals that it asks for, as a range of `residuals`.
    pub(super) residual_ranges: Vec<(u32, u32)>,
    pub(super) residuals: Vec<(ResidualNo, bool)>,
    pub(super) leading: Leading,
    /// The other dimensions that terms read.
    pub(super) dimensions: Vec<IndexDimension>,
    pub(super) words: Vec<Word>,
    pub(super) reads: Vec<Read>,
    /// For each read and each class of its dimension the terms of the word that it allows.
    pub(super) tables: Vec<u64>,
    pub(super) asks: Vec<Ask>,
}

/// The dimension by which terms are found.
#[derive(Debug, Default)]
pub(super) struct Leading {
    /// None where no term reads any dimension; then there is one class.
    pub(super) dimension: Option<IndexDimension>,
    /// Where the words of each class begin in `entries`, and at last where they end.
    pub(super) starts: Vec<u32>,
    /// Words and what of each is allowed.
    pub(super) entries: Vec<(u32, u64)>,
}

/// A dimension and the class of each of its states: no term tells states of one class apart.
#[derive(Debug)]
pub(super) struct IndexDimension {
    pub(super) no: DimNo,
    pub(super) classes: Vec<u32>,
}

/// 64 terms.
#[derive(Debug)]
pub(super) struct Word {
    /// The dimensions that a term of the word reads, as a range of `reads`: the most selective first.
    pub(super) reads: (u32, u32),
    /// The parties that a term of the word asks, as a range of `asks`.
    pub(super) asks: (u32, u32),
    /// Whether a term of the word asks for residuals.
    pub(super) has_residuals: bool,
}

/// What a word reads of a dimension.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    /// The place in `dimensions`.
    pub(super) dimension: u32,
    /// Where the bits of class 0 are in `tables`.
    pub(super) table: u32,
}

/// What a word asks of a party.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// The party's place.
    pub(super) place: u32,
    /// Where the word's bits are among those of the party's class.
    pub(super) slot: u32,
}

/// Reads between two looks at whether anything is left of a word: a look costs more than some ANDs.
const READS_PER_LOOK: usize = 4;

impl IndexDimension {
    #[inline]
    fn class(&self, states: &[u32]) -> u32 {
        let state = states.get(self.no.at()).copied().unwrap_or(0);
        self.classes.get(state as usize).copied().unwrap_or(0)
    }
}

impl TermIndex {
    /// Fills `found` with the owners of all terms that the states allow and whose residuals hold, ascending, each
    /// once. `parties` are the bits of what the parties answer, `classes` is room for the work.
    #[inline]
    pub(super) fn matches(
        &self,
        states: &[u32],
        parties: [&[u64]; PARTIES],
        residual: impl Fn(ResidualNo) -> Option<bool>,
        classes: &mut Vec<u32>,
        found: &mut Vec<u32>,
    ) {
        found.clear();
        classes.clear();
        classes.extend(self.dimensions.iter().map(|of| of.class(states)));
        for (at, allowed) in self.leading.entries(states) {
            let Some(word) = self.words.get(*at as usize) else {
                continue;
            };
            let allowed = self.answered(word, *allowed, &parties);
            for bit in ones(self.conjunction(word, allowed, classes)) {
                let term = *at as usize * 64 + bit;
                if word.has_residuals && !self.residuals_hold(term, &residual) {
                    continue;
                }
                found.extend(self.owners.get(term));
            }
        }
        if found.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
    }

    #[inline]
    fn answered(&self, word: &Word, mut bits: u64, parties: &[&[u64]; PARTIES]) -> u64 {
        let (from, to) = (word.asks.0 as usize, word.asks.1 as usize);
        for ask in self.asks.get(from..to).unwrap_or_default() {
            let party = parties.get(ask.place as usize);
            let answer = party.and_then(|bits| bits.get(ask.slot as usize));
            bits &= answer.copied().unwrap_or(0);
        }
        bits
    }

    #[inline]
    fn conjunction(&self, word: &Word, mut bits: u64, classes: &[u32]) -> u64 {
        let (from, to) = (word.reads.0 as usize, word.reads.1 as usize);
        let reads = self.reads.get(from..to).unwrap_or_default();
        for some in reads.chunks(READS_PER_LOOK) {
            for read in some {
                let class = classes.get(read.dimension as usize).copied().unwrap_or(0);
                bits &= self
                    .tables
                    .get((read.table + class) as usize)
                    .copied()
                    .unwrap_or(0);
            }
            if bits == 0 {
                break;
            }
        }
        bits
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

    /// How many terms there are; one whose states of the leading dimension lie apart stands once for each part.
    pub(super) fn len(&self) -> usize {
        self.owners.len()
    }
}

impl Leading {
    /// The words in which the state allows a term.
    #[inline]
    fn entries(&self, states: &[u32]) -> &[(u32, u64)] {
        let class = self.dimension.as_ref().map_or(0, |of| of.class(states)) as usize;
        match self.starts.get(class..class + 2) {
            Some([from, to]) => self
                .entries
                .get(*from as usize..*to as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }
}
