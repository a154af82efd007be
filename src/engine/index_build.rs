//! Builds the index of terms: chooses the leading dimension, puts terms in its order, cuts each dimension's
//! states into classes and lays the bits out word by word.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::bits::Bits;
use super::dimension::DimNo;
use super::index::{Ask, IndexDimension, Leading, Read, TermIndex, Word};
use super::normal::Conjunct;
use super::party::Slot;

/// A term whose states of the leading dimension lie in at most so many runs stands once for each of them, so that
/// each piece lies beside those that ask for the same.
const MAX_PIECES: usize = 8;
/// Terms of one word.
const WORD: usize = 64;

/// A term, or a part of one, in its place.
struct Piece<'t> {
    owner: u32,
    term: &'t Conjunct,
    /// The states of the leading dimension; none where the term has all that it asks for.
    run: Option<Range<usize>>,
    /// What the pieces are ordered by: rank of the dimension by which it is placed, first state, breadth.
    place: (usize, usize, usize),
}

/// A dimension's states as classes.
struct Classes {
    of_state: Vec<u32>,
    /// A state of each class.
    samples: Vec<usize>,
}

impl TermIndex {
    /// Indexes terms, each with its owner. `states` tells how many states a dimension has; `parties` are the
    /// dimensions of parties, of which the words that ask them come back beside the index.
    pub(super) fn build(
        terms: &[(u32, Conjunct)],
        states: impl Fn(DimNo) -> usize,
        parties: &[DimNo],
    ) -> (Self, Vec<Vec<Slot>>) {
        let mut readers: BTreeMap<DimNo, Vec<&Bits>> = BTreeMap::new();
        for (no, set) in terms.iter().flat_map(|(_, term)| &term.sets) {
            readers.entry(*no).or_default().push(set);
        }
        let ranks = ranks(&readers, terms.len(), &states);
        let leading = ranks.first().copied();
        let pieces = pieces(terms, &ranks);
        let classes: BTreeMap<DimNo, Classes> = readers
            .iter()
            .map(|(no, sets)| (*no, Classes::new(states(*no), sets)))
            .collect();
        let mut index = Self {
            owners: pieces.iter().map(|piece| piece.owner).collect(),
            ..Self::default()
        };
        for piece in &pieces {
            let from = index.residuals.len() as u32;
            index.residuals.extend(&piece.term.residuals);
            let to = index.residuals.len() as u32;
            index.residual_ranges.push((from, to));
        }
        index.leading = lead(leading, &pieces, &classes);
        let others: Vec<DimNo> = classes
            .keys()
            .copied()
            .filter(|no| Some(*no) != leading)
            .collect();
        let mut slots: Vec<Vec<Slot>> = parties.iter().map(|_| Vec::new()).collect();
        for chunk in pieces.chunks(WORD) {
            let asks = index.ask(chunk, parties, &mut slots);
            index.word(chunk, asks, &others, &classes);
        }
        let dimension = |(no, classes): (DimNo, Classes)| IndexDimension {
            no,
            classes: classes.of_state,
        };
        for entry in classes {
            if Some(entry.0) == leading {
                index.leading.dimension = Some(dimension(entry));
            } else {
                index.dimensions.push(dimension(entry));
            }
        }
        (index, slots)
    }

    /// Notes what 64 terms ask of parties.
    fn ask(
        &mut self,
        pieces: &[Piece<'_>],
        parties: &[DimNo],
        slots: &mut [Vec<Slot>],
    ) -> (u32, u32) {
        let from = self.asks.len() as u32;
        for ((place, no), slots) in parties.iter().enumerate().zip(slots) {
            let asked = pieces.iter().zip(0..).filter_map(|(piece, bit)| {
                let formula = piece.term.asked.get(no)?;
                Some((bit, *formula))
            });
            let slot: Slot = asked.collect();
            if !slot.is_empty() {
                self.asks.push(Ask {
                    place: place as u32,
                    slot: slots.len() as u32,
                });
                slots.push(slot);
            }
        }
        (from, self.asks.len() as u32)
    }

    /// Lays out 64 terms.
    fn word(
        &mut self,
        pieces: &[Piece<'_>],
        asks: (u32, u32),
        others: &[DimNo],
        classes: &BTreeMap<DimNo, Classes>,
    ) {
        let mut reads: Vec<(u64, u32, Vec<u64>)> = Vec::new();
        for (at, no) in others.iter().enumerate() {
            let sets: Vec<Option<&Bits>> = pieces.iter().map(|p| p.term.sets.get(no)).collect();
            let Some(of) = classes
                .get(no)
                .filter(|_| sets.iter().any(|set| set.is_some()))
            else {
                continue;
            };
            let row = |state: &usize| {
                let allows = sets
                    .iter()
                    .map(|set| set.is_none_or(|set| set.contains(*state)));
                allows
                    .enumerate()
                    .fold(0, |bits, (bit, allowed)| bits | u64::from(allowed) << bit)
            };
            let rows: Vec<u64> = of.samples.iter().map(row).collect();
            let ones: u64 = rows.iter().map(|bits| u64::from(bits.count_ones())).sum();
            let density = ones * 1_000 / (rows.len() * pieces.len()).max(1) as u64;
            reads.push((density, at as u32, rows));
        }
        reads.sort_by_key(|(density, at, _)| (*density, *at));
        let from = self.reads.len() as u32;
        for (_, dimension, rows) in reads {
            let table = self.tables.len() as u32;
            self.reads.push(Read { dimension, table });
            self.tables.extend(rows);
        }
        self.words.push(Word {
            reads: (from, self.reads.len() as u32),
            asks,
            has_residuals: pieces.iter().any(|piece| !piece.term.residuals.is_empty()),
        });
    }
}

/// The dimensions that are read, the one first that leaves the fewest terms on average.
fn ranks(
    readers: &BTreeMap<DimNo, Vec<&Bits>>,
    terms: usize,
    states: &impl Fn(DimNo) -> usize,
) -> Vec<DimNo> {
    let mut ranks: Vec<(u64, DimNo)> = readers
        .iter()
        .map(|(no, sets)| {
            let count = states(*no).max(1) as u64;
            let wild = (terms - sets.len()) as u64 * 1_000_000;
            let read: u64 = sets
                .iter()
                .map(|set| set.len() as u64 * 1_000_000 / count)
                .sum();
            (wild + read, *no)
        })
        .collect();
    ranks.sort_unstable();
    ranks.into_iter().map(|(_, no)| no).collect()
}

/// Terms in the order of the dimension by which they are found: the leading one, else the next best that they read.
fn pieces<'t>(terms: &'t [(u32, Conjunct)], ranks: &[DimNo]) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    for (owner, term) in terms {
        let placed = ranks
            .iter()
            .enumerate()
            .find_map(|(rank, no)| Some((rank, term.sets.get(no)?)));
        let whole = |place| Piece {
            owner: *owner,
            term,
            run: None,
            place,
        };
        match placed {
            None => pieces.push(whole((ranks.len(), 0, 0))),
            Some((0, set)) if terms.len() > WORD => {
                let runs = set.runs(MAX_PIECES);
                let first = set.iter().next().unwrap_or_default();
                if runs.is_empty() {
                    pieces.push(whole((0, first, usize::MAX)));
                }
                pieces.extend(runs.into_iter().map(|run| Piece {
                    place: (0, run.start, run.len()),
                    run: Some(run),
                    ..whole((0, 0, 0))
                }));
            }
            Some((rank, set)) => {
                let first = set.iter().next().unwrap_or_default();
                pieces.push(whole((rank, first, 0)));
            }
        }
    }
    // The broad stand before the narrow that they hold, as a chapter before its headings.
    pieces.sort_by_key(|piece| {
        let (rank, first, breadth) = piece.place;
        (rank, first, usize::MAX - breadth, piece.owner)
    });
    pieces
}

/// For each class of the leading dimension the words in which it allows a term.
fn lead(
    leading: Option<DimNo>,
    pieces: &[Piece<'_>],
    classes: &BTreeMap<DimNo, Classes>,
) -> Leading {
    let of = leading.and_then(|no| Some((no, classes.get(&no)?)));
    let count = of.map_or(1, |(_, classes)| classes.samples.len());
    let mut rows: Vec<Vec<(u32, u64)>> = vec![Vec::new(); count];
    let mut allow = |class: usize, term: usize| {
        let Some(row) = rows.get_mut(class) else {
            return;
        };
        let (word, bit) = ((term / WORD) as u32, 1 << (term % WORD));
        match row.last_mut() {
            Some((last, bits)) if *last == word => *bits |= bit,
            _ => row.push((word, bit)),
        }
    };
    for (term, piece) in pieces.iter().enumerate() {
        let set = of.and_then(|(no, classes)| Some((piece.term.sets.get(&no)?, classes)));
        let Some((set, classes)) = set else {
            (0..count).for_each(|class| allow(class, term));
            continue;
        };
        let class = |state: usize| classes.of_state.get(state).map(|class| *class as usize);
        match &piece.run {
            Some(run) => run
                .clone()
                .filter_map(class)
                .for_each(|class| allow(class, term)),
            None => set
                .iter()
                .filter_map(class)
                .for_each(|class| allow(class, term)),
        }
    }
    let mut lead = Leading {
        starts: vec![0],
        ..Leading::default()
    };
    for row in rows {
        lead.entries.extend(row);
        lead.starts.push(lead.entries.len() as u32);
    }
    lead
}

impl Classes {
    /// Splits classes set by set until no set holds a part of one only.
    fn new(states: usize, sets: &[&Bits]) -> Self {
        let mut of_state = vec![0u32; states];
        let mut sizes = vec![states];
        let (mut seen, mut touched): (HashSet<&Bits>, Vec<u32>) = (HashSet::new(), Vec::new());
        // How many states of each class the set holds, and where these go.
        let (mut held, mut goes) = (vec![0usize], vec![0u32]);
        for set in sets {
            if !seen.insert(set) {
                continue;
            }
            for state in set.iter() {
                let class = of_state.get(state).copied().unwrap_or_default();
                if let Some(held) = held.get_mut(class as usize) {
                    if *held == 0 {
                        touched.push(class);
                    }
                    *held += 1;
                }
            }
            for class in touched.drain(..) {
                let at = class as usize;
                let count = held.get_mut(at).map(std::mem::take).unwrap_or_default();
                let new = sizes.len() as u32;
                let Some(size) = sizes.get_mut(at).filter(|size| count < **size) else {
                    continue;
                };
                *size -= count;
                sizes.push(count);
                held.push(0);
                goes.push(new);
                if let Some(goes) = goes.get_mut(at) {
                    *goes = new;
                }
            }
            for state in set.iter() {
                if let Some(class) = of_state.get_mut(state) {
                    *class = goes.get(*class as usize).copied().unwrap_or(*class);
                }
            }
            for (class, goes) in goes.iter_mut().enumerate() {
                *goes = class as u32;
            }
        }
        let mut samples = vec![0; sizes.len()];
        for (state, class) in of_state.iter().enumerate().rev() {
            if let Some(sample) = samples.get_mut(*class as usize) {
                *sample = state;
            }
        }
        Self { of_state, samples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::asked::Formulas;
    use crate::engine::party::{PARTIES, bits};
    use crate::policy::cel::Atom;
    use crate::policy::schema::Fact;
    use crate::registry::{Standing, Symbols};

    fn set(states: usize, members: &[usize]) -> Bits {
        let mut bits = Bits::none(states);
        members.iter().for_each(|at| bits.insert(*at));
        bits
    }

    #[test]
    fn states_that_no_set_tells_apart_are_one_class() {
        let sets = [set(6, &[0, 1, 2]), set(6, &[2, 3]), set(6, &[0, 1, 2])];
        let classes = Classes::new(6, &sets.iter().collect::<Vec<_>>());
        let of = |state: usize| classes.of_state[state];
        assert_eq!(classes.samples.len(), 4);
        assert!(of(0) == of(1) && of(4) == of(5));
        assert!(of(0) != of(2) && of(2) != of(3) && of(3) != of(4) && of(0) != of(4));
        for (class, sample) in classes.samples.iter().enumerate() {
            assert_eq!(of(*sample) as usize, class);
        }
    }

    #[test]
    fn a_term_is_found_once_from_each_of_its_runs() {
        let term = |sets: &[(u16, &[usize])]| {
            let mut term = Conjunct::default();
            for (no, members) in sets {
                term.sets.insert(DimNo(*no), set(100, members));
            }
            term
        };
        // 200 narrow terms, so that some are cut into pieces, and one that reads nothing.
        let mut terms: Vec<(u32, Conjunct)> = (0..200)
            .map(|no| {
                let at = no as usize % 90;
                (no, term(&[(0, &[at, at + 5]), (1, &[no as usize % 2])]))
            })
            .collect();
        terms.push((200, Conjunct::default()));
        let (index, _) = TermIndex::build(&terms, |_| 100, &[]);
        let (mut classes, mut found) = (Vec::new(), Vec::new());
        for state in 0..100u32 {
            for other in 0..2u32 {
                let parties = [&[] as &[u64]; PARTIES];
                index.matches(&[state, other], parties, |_| None, &mut classes, &mut found);
                let expected: Vec<u32> = terms
                    .iter()
                    .filter(|(_, term)| {
                        term.sets
                            .iter()
                            .all(|(no, set)| set.contains([state, other][no.at()] as usize))
                    })
                    .map(|(owner, _)| *owner)
                    .collect();
                assert_eq!(found, expected, "at {state} and {other}");
            }
        }
    }

    #[test]
    fn terms_that_ask_of_parties_alone_are_found_by_what_these_answer() {
        let mut formulas = Formulas::default();
        let known = Atom::Bool(Fact::CounterpartyKnown);
        let own = [formulas.is(&known, true), formulas.is(&known, false)];
        let party = DimNo(3);
        let terms: Vec<(u32, Conjunct)> = (0..200)
            .map(|no| {
                let mut term = Conjunct::default();
                if no % 3 > 0 {
                    term.asked.insert(party, own[no as usize % 2]);
                }
                (no, term)
            })
            .collect();
        let (index, slots) = TermIndex::build(&terms, |_| 0, &[party]);
        let (mut classes, mut found) = (Vec::new(), Vec::new());
        for known in [false, true] {
            let standing = Standing {
                known,
                ..Standing::default()
            };
            let hold = formulas.hold(&standing, &Symbols::new([]));
            let row: Vec<u64> = slots[0].iter().map(|slot| bits(slot, &hold)).collect();
            let mut parties = [&[] as &[u64]; PARTIES];
            parties[0] = &row;
            index.matches(&[0; 4], parties, |_| None, &mut classes, &mut found);
            let holds = |no: &u32| no.is_multiple_of(3) || no.is_multiple_of(2) == known;
            let expected: Vec<u32> = (0..200).filter(holds).collect();
            assert_eq!(found, expected, "known is {known}");
        }
    }
}
