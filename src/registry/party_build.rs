//! Makes the standings of all parties: a party's days are cut wherever a row of it begins or ends, and what it
//! is from each cut on is interned. Parties are worked on in parallel blocks, whose standings are then merged
//! in the order of the blocks, so that numbers depend on the files alone.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::check::{Cites, NOBODY};
use super::parties::{Parties, PartyNo};
use super::party_rows::PartyRows;
use super::standing::Standing;
use super::timeline::{TimelineMaker, Timelines, is_listed, list_of};
use crate::declaration::Day;

/// Parties of one block.
const BLOCK: usize = 16_384;

/// What a block makes: numbers are its own.
struct Block {
    standings: Vec<Standing>,
    timelines: Timelines,
    states: Vec<u32>,
}

/// Numbers standings, equal ones alike.
#[derive(Default)]
struct Interner {
    known: HashMap<Standing, u32>,
}

impl Interner {
    fn number(&mut self, standing: Standing) -> u32 {
        let next = self.known.len() as u32;
        *self.known.entry(standing).or_insert(next)
    }

    fn finish(self) -> Vec<Standing> {
        let mut numbered: Vec<(u32, Standing)> =
            self.known.into_iter().map(|(s, no)| (no, s)).collect();
        numbered.sort_unstable_by_key(|(no, _)| *no);
        numbered.into_iter().map(|(_, standing)| standing).collect()
    }
}

/// The standings of all parties: for each its state.
pub(super) struct Made {
    standings: Vec<Standing>,
    timelines: Timelines,
    states: Vec<u32>,
}

/// Makes the standings of all parties.
pub(super) fn make(rows: &PartyRows<'_>) -> Made {
    let parties = rows.len();
    let blocks: Vec<Block> = (0..parties.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let begin = block * BLOCK;
            make_block(rows, begin..parties.min(begin + BLOCK))
        })
        .collect();
    let mut interner = Interner::default();
    interner.number(Standing::default());
    let mut maker = TimelineMaker::default();
    let mut states = Vec::with_capacity(parties);
    for block in blocks {
        merge(block, &mut interner, &mut maker, &mut states);
    }
    Made {
        standings: interner.finish(),
        timelines: maker.finish(),
        states,
    }
}

/// Freezes all parties; takes their index out of `cites`.
pub(super) fn freeze(made: Made, cites: &mut Cites) -> Parties {
    let index = std::mem::take(&mut cites.parties);
    let owners = cites
        .own_shops
        .iter()
        .enumerate()
        .filter(|(_, owner)| **owner != NOBODY)
        .map(|(shop, owner)| (PartyNo(shop as u32), PartyNo(*owner)));
    let owners = owners.collect();
    Parties::new(index, made.states, made.standings, made.timelines, owners)
}

fn make_block(rows: &PartyRows<'_>, parties: Range<usize>) -> Block {
    let mut interner = Interner::default();
    let mut maker = TimelineMaker::default();
    let states = parties
        .map(|party| {
            let days = rows.cuts(party);
            let steps = days.into_iter().map(|day: Day| {
                let standing = rows.standing(party, day);
                (day, interner.number(standing))
            });
            maker.state(steps.collect())
        })
        .collect();
    Block {
        standings: interner.finish(),
        timelines: maker.finish(),
        states,
    }
}

fn merge(block: Block, interner: &mut Interner, maker: &mut TimelineMaker, states: &mut Vec<u32>) {
    let numbers: Vec<u32> = block
        .standings
        .into_iter()
        .map(|standing| interner.number(standing))
        .collect();
    let number = |no: u32| numbers.get(no as usize).copied().unwrap_or_default();
    let lists: Vec<u32> = block
        .timelines
        .lists()
        .map(|list| maker.state(list.iter().map(|(day, no)| (*day, number(*no))).collect()))
        .collect();
    states.extend(block.states.into_iter().map(|state| {
        if is_listed(state) {
            lists.get(list_of(state)).copied().unwrap_or_default()
        } else {
            number(state)
        }
    }));
}
