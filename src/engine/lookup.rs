//! Rate and score tables, compiled to one look-up each: the state of every key's dimension gives a code, the
//! codes together a cell. What depends on one dimension alone is summed into points by state.

use std::collections::{BTreeSet, HashMap};

use super::dimension::{DimNo, Domain, Kind};
use super::party::Parties;
use super::universe::Universe;
use super::value::Value;
use crate::declaration::Amount;
use crate::limits::MAX_DENSE_CELLS;
use crate::policy::cel::Constant;
use crate::policy::schema::Fact;
use crate::policy::{RateTable, ScoreTable};

/// One key of a table.
#[derive(Debug)]
struct Key {
    dimension: DimNo,
    codes: Codes,
    /// How many codes there are.
    count: u32,
}

/// Where the code of a key is read.
#[derive(Debug)]
enum Codes {
    /// By the state of its dimension.
    ByState(Vec<u32>),
    /// In a column of the answers of the party in this place.
    OfParty(u8, u32),
}

/// What a column of a table asks of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) fact: Fact,
    constants: Vec<Option<Constant>>,
    /// Whether constants are lower bounds.
    bins: bool,
}

impl Key {
    fn new(universe: &mut Universe<'_>, column: Column) -> Option<Self> {
        let dimension = universe.find(universe.kind(column.fact))?;
        let count = column.constants.len() as u32 + 1;
        let codes = match universe.get(dimension)?.domain {
            Domain::Party(place) => {
                let columns = universe.columns.entry(dimension).or_default();
                let at = columns.iter().position(|known| *known == column);
                let at = at.unwrap_or_else(|| {
                    columns.push(column);
                    columns.len() - 1
                });
                Codes::OfParty(place, at as u32)
            }
            _ => {
                let states = universe.get(dimension)?.states;
                let sample = |state| universe.sample(dimension, state, column.fact);
                Codes::ByState(
                    (0..states)
                        .map(|state| column.code(&sample(state)))
                        .collect(),
                )
            }
        };
        Some(Self {
            dimension,
            codes,
            count,
        })
    }

    #[inline]
    fn code(&self, states: &[u32], parties: &Parties) -> u32 {
        match &self.codes {
            Codes::ByState(codes) => {
                let state = states.get(self.dimension.at()).copied().unwrap_or(0);
                codes.get(state as usize).copied().unwrap_or(0)
            }
            Codes::OfParty(place, column) => parties.code(states, *place, *column),
        }
    }
}

impl Column {
    /// 1 + the place of the constant that a value is, or of the highest lower bound that it reaches; else 0.
    pub(super) fn code(&self, value: &Value<'_>) -> u32 {
        let mut constants = self.constants.iter();
        let at = match value {
            Value::Number(number) if self.bins => constants.rposition(
                |constant| matches!(constant, Some(Constant::Number(bound)) if bound <= number),
            ),
            value => constants.position(|constant| is(value, constant.as_ref())),
        };
        at.map_or(0, |at| at as u32 + 1)
    }
}

fn is(value: &Value<'_>, constant: Option<&Constant>) -> bool {
    match (value, constant) {
        (Value::Absent, None) => true,
        (Value::Bool(value), Some(Constant::Bool(constant))) => value == constant,
        (Value::Number(value), Some(Constant::Number(constant))) => value == constant,
        (Value::Text(value), Some(Constant::Text(constant))) => value == constant,
        _ => false,
    }
}

/// The distinct constants of a column, ascending.
fn column<'t>(
    rows: impl Iterator<Item = &'t [Option<Constant>]>,
    at: usize,
) -> Vec<Option<Constant>> {
    let distinct: BTreeSet<Option<Constant>> =
        rows.filter_map(|keys| keys.get(at).cloned()).collect();
    distinct.into_iter().collect()
}

// ----- rates -----

/// A rate table: the rate, in units of 1/10,000, of every cell.
#[derive(Debug)]
pub(super) struct RateLookup {
    keys: Vec<Key>,
    cells: Vec<u64>,
}

impl RateLookup {
    /// Compiles a table; none where it has more cells than the limit.
    pub(super) fn new(universe: &mut Universe<'_>, table: &RateTable) -> Option<Self> {
        let rows = || table.rows.iter().map(|(keys, _)| keys.as_slice());
        let columns: Vec<Vec<Option<Constant>>> = (0..table.keys.len())
            .map(|at| column(rows(), at).into_iter().flatten().map(Some).collect())
            .collect();
        let keys = table
            .keys
            .iter()
            .zip(&columns)
            .map(|(fact, constants)| {
                let column = Column {
                    fact: *fact,
                    constants: constants.clone(),
                    bins: false,
                };
                Key::new(universe, column)
            })
            .collect::<Option<Vec<_>>>()?;
        let count: usize = keys.iter().map(|key| key.count as usize).product();
        if count > MAX_DENSE_CELLS {
            return None;
        }
        let cells = (0..count)
            .map(|cell| rate_of(table, &columns, &keys, cell))
            .collect();
        Some(Self { keys, cells })
    }

    /// The rate where a declaration stands.
    #[inline]
    pub(super) fn rate(&self, states: &[u32], parties: &Parties) -> u64 {
        let code = |key: &Key| key.code(states, parties);
        let keys = self.keys.iter();
        let cell = keys.fold(0, |cell, key| cell * key.count + code(key));
        self.cells.get(cell as usize).copied().unwrap_or(0)
    }
}

/// The rate of the first row that fits a cell.
fn rate_of(table: &RateTable, columns: &[Vec<Option<Constant>>], keys: &[Key], cell: usize) -> u64 {
    let mut rest = cell;
    let mut codes: Vec<usize> = keys
        .iter()
        .rev()
        .map(|key| {
            let code = rest % key.count as usize;
            rest /= key.count as usize;
            code
        })
        .collect();
    codes.reverse();
    let fits = |row: &[Option<Constant>]| {
        row.iter()
            .zip(columns)
            .zip(&codes)
            .all(|((constant, column), code)| {
                constant.is_none()
                    || code.checked_sub(1).and_then(|at| column.get(at)) == Some(constant)
            })
    };
    table
        .rows
        .iter()
        .find(|(row, _)| fits(row))
        .map_or(0, |(_, rate)| units(*rate))
}

/// A rate in units of 1/10,000; none is negative.
pub(super) fn units(rate: Amount) -> u64 {
    u64::try_from(rate.units()).unwrap_or(0)
}

// ----- scores -----

/// A score table over several dimensions.
#[derive(Debug)]
pub(super) struct ScoreLookup {
    keys: Vec<Key>,
    cells: Cells,
}

#[derive(Debug)]
enum Cells {
    Dense(Vec<i32>),
    Sparse(HashMap<u64, i32>),
}

/// What a score table compiles to.
pub(super) enum CompiledTable {
    /// Points by the state of one dimension.
    Own(DimNo, Vec<i32>),
    /// Points by what is asked of one party.
    Party(DimNo, ScoreLookup),
    /// A cross of dimensions.
    Cross(ScoreLookup),
}

/// Compiles a score table.
pub(super) fn score_table(
    universe: &mut Universe<'_>,
    table: &ScoreTable,
) -> Option<CompiledTable> {
    let rows = || table.rows.iter().map(|(keys, _)| keys.as_slice());
    let mut keys = Vec::new();
    for (at, fact) in table.keys.iter().enumerate() {
        let bins = matches!(universe.kind(*fact), Kind::Number(_))
            && universe.info(*fact).kind == crate::policy::FactType::Amount;
        let constants = column(rows(), at);
        let asked = Column {
            fact: *fact,
            constants: constants.clone(),
            bins,
        };
        keys.push((Key::new(universe, asked)?, constants));
    }
    let cell = |codes: &mut dyn Iterator<Item = u32>| {
        keys.iter().zip(codes).fold(0u64, |cell, ((key, _), code)| {
            cell * u64::from(key.count) + u64::from(code)
        })
    };
    let mut sparse: HashMap<u64, i32> = HashMap::new();
    for (constants, points) in &table.rows {
        let mut codes = constants.iter().zip(&keys).map(|(constant, (_, column))| {
            column
                .iter()
                .position(|known| known == constant)
                .map_or(0, |at| at as u32 + 1)
        });
        sparse.insert(cell(&mut codes), *points);
    }
    let dimension = keys.first()?.0.dimension;
    let of_one = keys.iter().all(|(key, _)| key.dimension == dimension);
    let of_party = universe.asked.contains_key(&dimension);
    if of_one && !of_party {
        let states = universe.get(dimension)?.states;
        let points = (0..states).map(|state| {
            let mut codes = keys.iter().map(|(key, _)| match &key.codes {
                Codes::ByState(codes) => codes.get(state).copied().unwrap_or(0),
                Codes::OfParty(..) => 0,
            });
            sparse.get(&cell(&mut codes)).copied().unwrap_or(0)
        });
        return Some(CompiledTable::Own(dimension, points.collect()));
    }
    let count = keys.iter().try_fold(1usize, |count, (key, _)| {
        count.checked_mul(key.count as usize)
    });
    let cells = match count.filter(|count| *count <= MAX_DENSE_CELLS) {
        Some(count) => Cells::Dense(
            (0..count as u64)
                .map(|cell| sparse.get(&cell).copied().unwrap_or(0))
                .collect(),
        ),
        None => Cells::Sparse(sparse),
    };
    let lookup = ScoreLookup {
        keys: keys.into_iter().map(|(key, _)| key).collect(),
        cells,
    };
    Some(if of_one {
        CompiledTable::Party(dimension, lookup)
    } else {
        CompiledTable::Cross(lookup)
    })
}

impl ScoreLookup {
    /// The points where a declaration stands.
    #[inline]
    pub(super) fn points(&self, states: &[u32], parties: &Parties) -> i32 {
        self.at(|key| key.code(states, parties))
    }

    /// The points of a party with these codes, where the table reads no other.
    pub(super) fn points_of(&self, codes: &[u32]) -> i32 {
        self.at(|key| match key.codes {
            Codes::OfParty(_, column) => codes.get(column as usize).copied().unwrap_or(0),
            Codes::ByState(_) => 0,
        })
    }

    #[inline]
    fn at(&self, code: impl Fn(&Key) -> u32) -> i32 {
        let keys = self.keys.iter();
        let cell = keys.fold(0u64, |cell, key| {
            cell * u64::from(key.count) + u64::from(code(key))
        });
        match &self.cells {
            Cells::Dense(cells) => cells.get(cell as usize).copied().unwrap_or(0),
            Cells::Sparse(cells) => cells.get(&cell).copied().unwrap_or(0),
        }
    }
}
