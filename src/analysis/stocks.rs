//! What has an order in a run without a ledger: which declaration finds what of stocks. Every declaration is decided
//! first as if nothing were taken; then, in the order of the input, those that read what others have taken again.

use std::collections::HashMap;

use rayon::prelude::*;

use super::batch::Settings;
use crate::declaration::Declaration;
use crate::engine::{HeaderJoin, Outcome, Program, Scratch, Take};
use crate::supervision::{Moves, Stocks, digest};

/// The stocks of a run.
pub(super) struct Ordered {
    /// None where no rule of the policy takes anything.
    stocks: Option<Stocks>,
    /// What each declaration has taken that has taken anything.
    own: HashMap<u128, Box<[Take]>>,
}

impl Ordered {
    pub(super) fn new(program: &Program) -> Self {
        Self {
            stocks: program.has_stocks().then(Stocks::default),
            own: HashMap::new(),
        }
    }

    /// What each declaration finds taken by others; nothing at all where no rule asks.
    pub(super) fn taken(
        &mut self,
        declarations: &[Declaration<'_>],
        settings: &Settings<'_>,
    ) -> Vec<Vec<Take>> {
        let Some(stocks) = &mut self.stocks else {
            return Vec::new();
        };
        let room = || (Scratch::default(), Outcome::default());
        let moves: Vec<Moves> = declarations
            .par_iter()
            .map_init(room, |room, declaration| {
                moves(declaration, settings, &[], room)
            })
            .collect();
        let mut room = room();
        let pairs = declarations.iter().zip(moves);
        pairs
            .map(|(declaration, moves)| {
                let stocks = (&mut *stocks, &mut self.own);
                in_order(declaration, settings, stocks, moves, &mut room)
            })
            .collect()
    }
}

/// Decides a declaration as the stocks are, and takes what it takes; an earlier version returns what it took.
fn in_order(
    declaration: &Declaration<'_>,
    settings: &Settings<'_>,
    (stocks, own): (&mut Stocks, &mut HashMap<u128, Box<[Take]>>),
    first: Moves,
    room: &mut (Scratch, Outcome),
) -> Vec<Take> {
    let key = digest(declaration.id.as_str().as_bytes());
    let (mut known, mut made) = (Vec::new(), first);
    loop {
        made.returned = own.get(&key).cloned().unwrap_or_default();
        match stocks.differs(&made) {
            None => break,
            // Every time more of the stocks is known.
            Some(actual) => known.extend(actual),
        }
        made = moves(declaration, settings, &known, room);
    }
    stocks.step(&made);
    if made.moves() {
        own.insert(key, made.taken);
    }
    known
}

fn moves(
    declaration: &Declaration<'_>,
    settings: &Settings<'_>,
    known: &[Take],
    (scratch, outcome): &mut (Scratch, Outcome),
) -> Moves {
    let program = settings.program;
    let (_, day) = settings.decided(declaration);
    let header = HeaderJoin::new(program.registry(), declaration, day);
    scratch.inputs.forget();
    scratch.inputs.learn(known);
    program.decide_joined(&header, &settings.draw_key, scratch, outcome);
    Moves {
        reads: scratch.inputs.reads().into(),
        returned: Box::default(),
        taken: Moves::taken_by(outcome),
        ..Moves::default()
    }
}
