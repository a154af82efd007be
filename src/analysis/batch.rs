//! Offline deciding: a stream of declarations through a program to a sink, in the order of the input. Each
//! round reads some megabytes, parses them, decides and encodes them, each step on all cores.

use std::io::{self, BufRead};
use std::sync::Arc;

use rayon::prelude::*;

use super::stocks::Ordered;
use crate::declaration::{
    Columns, CsvChunk, CsvReader, CurrencyTable, Day, Declaration, Fault, Moment, NdjsonChunk,
    NdjsonReader, Profile,
};
use crate::engine::{Decision, DecisionMeta, DrawKey, HeaderJoin, Outcome, Program, Scratch, Take};
use crate::policy::Verdict;

/// Declarations that one worker encodes at a time.
const PIECE: usize = 1_024;
/// Chunks of input, of about a megabyte each, that one round reads.
const CHUNKS: usize = 8;

/// Where declarations come from.
pub enum Source<R> {
    /// JSON, a declaration a line.
    Ndjson(NdjsonReader<R>),
    /// A foreign table, by a mapping.
    Csv(CsvReader<R>),
}

/// What a round has read.
enum Round {
    Ndjson(Vec<NdjsonChunk>),
    Csv(Vec<CsvChunk>, Arc<Columns>),
}

/// One declaration, or why it was refused, with its line in the input.
type Parsed<'r> = (u64, Result<Declaration<'r>, Vec<Fault>>);

impl<R: BufRead> Source<R> {
    fn round(&mut self) -> io::Result<Option<Round>> {
        let round = match self {
            Self::Ndjson(reader) => {
                let mut chunks = Vec::new();
                while chunks.len() < CHUNKS {
                    let mut chunk = NdjsonChunk::default();
                    if !reader.read_chunk(&mut chunk)? {
                        break;
                    }
                    chunks.push(chunk);
                }
                (!chunks.is_empty()).then_some(Round::Ndjson(chunks))
            }
            Self::Csv(reader) => {
                let mut chunks = Vec::new();
                while chunks.len() < CHUNKS {
                    let mut chunk = CsvChunk::default();
                    if !reader.read_chunk(&mut chunk)? {
                        break;
                    }
                    chunks.push(chunk);
                }
                (!chunks.is_empty()).then(|| Round::Csv(chunks, reader.columns()))
            }
        };
        Ok(round)
    }
}

impl Round {
    fn parse(&self, profile: &Profile, currencies: &CurrencyTable) -> Vec<Parsed<'_>> {
        match self {
            Self::Ndjson(chunks) => {
                let lines: Vec<_> = chunks.iter().flat_map(NdjsonChunk::iter).collect();
                lines
                    .into_par_iter()
                    .map(|line| (line.number, line.read(profile, currencies)))
                    .collect()
            }
            Self::Csv(chunks, columns) => {
                let rows: Vec<_> = chunks.iter().flat_map(CsvChunk::iter).collect();
                rows.into_par_iter()
                    .map(|rows| (rows.line(), columns.read(rows, profile, currencies)))
                    .collect()
            }
        }
    }
}

/// The day on which the standing of persons is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The declaration's; it is then decided at the moment of its declaration.
    Declaration,
    /// The day of this moment.
    Decision(Moment),
}

/// How a run decides.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'s> {
    /// The program.
    pub program: &'s Program,
    /// The day on which the standing of persons is read.
    pub as_of: AsOf,
    /// The key of the draws.
    pub draw_key: DrawKey,
}

impl Settings<'_> {
    /// When a declaration is decided, and the day on which the standing of persons is read for it.
    pub(super) fn decided(&self, declaration: &Declaration<'_>) -> (Moment, Day) {
        match self.as_of {
            AsOf::Declaration => (declaration.declared_at, declaration.day),
            AsOf::Decision(moment) => (moment, moment.day(self.program.policy().profile.zone)),
        }
    }
}

/// What takes decisions: each worker fills and closes pieces, which are then taken over in order.
pub trait Sink {
    /// Decisions of one worker, while they are added.
    type Piece;
    /// The same, encoded.
    type Closed: Send;
    /// Why nothing can be written.
    type Error: Send;

    /// A piece to begin with.
    fn piece() -> Self::Piece;
    /// Adds a decision to a piece.
    fn add(piece: &mut Self::Piece, decision: &Decision<'_>);
    /// Encodes a piece.
    ///
    /// # Errors
    /// Why it cannot be encoded.
    fn close(piece: Self::Piece) -> Result<Self::Closed, Self::Error>;
    /// Takes a piece over.
    ///
    /// # Errors
    /// Why it cannot be written.
    fn take(&mut self, piece: Self::Closed) -> Result<(), Self::Error>;
}

/// Counts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Declarations decided.
    pub decided: u64,
    /// Declarations refused.
    pub refused: u64,
    /// Declarations that were decided before and got the same answer again; only where decisions are kept.
    pub repeated: u64,
    /// Items decided.
    pub items: u64,
    /// Declarations by verdict: release, sample, hold.
    pub verdicts: [u64; 3],
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum BatchError<E> {
    /// The input cannot be read.
    #[error("{0}")]
    Read(io::Error),
    /// The output cannot be written.
    #[error("{0}")]
    Write(E),
}

/// Decides everything that a source holds. A refused declaration is handed to `refuse` with its line; the rest
/// are decided.
///
/// # Errors
/// See [`BatchError`].
pub fn run<R: BufRead, S: Sink>(
    source: &mut Source<R>,
    settings: &Settings<'_>,
    sink: &mut S,
    mut refuse: impl FnMut(u64, Vec<Fault>),
) -> Result<Summary, BatchError<S::Error>> {
    let (profile, currencies) = (
        &settings.program.policy().profile,
        settings.program.registry().currencies(),
    );
    let mut summary = Summary::default();
    let mut ordered = Ordered::new(settings.program);
    while let Some(round) = source.round().map_err(BatchError::Read)? {
        let mut declarations = Vec::new();
        for (line, parsed) in round.parse(profile, currencies) {
            match parsed {
                Ok(declaration) => declarations.push(declaration),
                Err(faults) => {
                    summary.refused += 1;
                    refuse(line, faults);
                }
            }
        }
        let taken = ordered.taken(&declarations, settings);
        let pieces = decide::<S>(&declarations, settings, summary.decided, &taken);
        for piece in pieces {
            let (piece, counted) = piece.map_err(BatchError::Write)?;
            summary.add(&counted);
            sink.take(piece).map_err(BatchError::Write)?;
        }
    }
    Ok(summary)
}

type Encoded<S> = Result<(<S as Sink>::Closed, Summary), <S as Sink>::Error>;

fn decide<S: Sink>(
    declarations: &[Declaration<'_>],
    settings: &Settings<'_>,
    before: u64,
    taken: &[Vec<Take>],
) -> Vec<Encoded<S>> {
    let pieces = declarations.par_chunks(PIECE).enumerate();
    pieces
        .map_init(
            || (Scratch::default(), Outcome::default()),
            |(scratch, outcome), (at, declarations)| {
                let (mut piece, mut counted) = (S::piece(), Summary::default());
                for (declaration, place) in declarations.iter().zip(at * PIECE..) {
                    if let Some(taken) = taken.get(place) {
                        scratch.inputs.forget();
                        scratch.inputs.learn(taken);
                    }
                    decide_one(
                        declaration,
                        settings,
                        before + place as u64 + 1,
                        scratch,
                        outcome,
                        &mut |decision| S::add(&mut piece, decision),
                    );
                    counted.count(outcome);
                }
                Ok((S::close(piece)?, counted))
            },
        )
        .collect()
}

fn decide_one(
    declaration: &Declaration<'_>,
    settings: &Settings<'_>,
    sequence: u64,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
    add: &mut impl FnMut(&Decision<'_>),
) {
    let program = settings.program;
    let (decided_at, day) = settings.decided(declaration);
    let header = HeaderJoin::new(program.registry(), declaration, day);
    program.decide_joined(&header, &settings.draw_key, scratch, outcome);
    let meta = DecisionMeta {
        sequence,
        revision: 1,
        kind: "initial",
        decided_at,
        registry_revision: program.registry().revision(),
        engine_ns: None,
    };
    add(&Decision {
        program,
        header: &header,
        outcome,
        meta,
        cause: None,
    });
}

impl Summary {
    /// Counts a declaration that was decided.
    pub fn count(&mut self, outcome: &Outcome) {
        self.decided += 1;
        self.items += outcome.items.len() as u64;
        if let Some(count) = self.verdicts.get_mut(outcome.verdict as usize) {
            *count += 1;
        }
    }

    fn add(&mut self, other: &Self) {
        self.decided += other.decided;
        self.items += other.items;
        self.verdicts
            .iter_mut()
            .zip(other.verdicts)
            .for_each(|(sum, more)| *sum += more);
    }

    /// The count of a verdict.
    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(verdict as usize).copied().unwrap_or(0)
    }
}
