//! Single sampling plans under normal and tightened inspection: tables 2-A and 2-B of ISO 2859-1. An arrow leads to
//! the nearest plan in its direction, whose letter and sample size hold.

use super::Severity;
use super::letter::CodeLetter;
use crate::policy::Aql;

/// A single sampling plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SinglePlan {
    /// The letter of the plan, which an arrow may have changed.
    pub letter: CodeLetter,
    /// Units to be inspected.
    pub sample_size: u32,
    /// So many of them may not conform.
    pub acceptance_number: u32,
}

/// An arrow down, to the next larger sample with a plan.
const DN: i8 = -1;
/// An arrow up, to the next smaller sample with a plan.
const UP: i8 = -2;

/// Sample size and, for each of [`Aql::ALL`], the acceptance number or an arrow.
type Row = (u32, [i8; 11]);

/// By code letter, under normal inspection.
const NORMAL: [Row; 16] = [
    (2, [DN, DN, DN, DN, DN, DN, DN, DN, DN, DN, 0]),
    (3, [DN, DN, DN, DN, DN, DN, DN, DN, DN, 0, UP]),
    (5, [DN, DN, DN, DN, DN, DN, DN, DN, 0, UP, DN]),
    (8, [DN, DN, DN, DN, DN, DN, DN, 0, UP, DN, 1]),
    (13, [DN, DN, DN, DN, DN, DN, 0, UP, DN, 1, 2]),
    (20, [DN, DN, DN, DN, DN, 0, UP, DN, 1, 2, 3]),
    (32, [DN, DN, DN, DN, 0, UP, DN, 1, 2, 3, 5]),
    (50, [DN, DN, DN, 0, UP, DN, 1, 2, 3, 5, 7]),
    (80, [DN, DN, 0, UP, DN, 1, 2, 3, 5, 7, 10]),
    (125, [DN, 0, UP, DN, 1, 2, 3, 5, 7, 10, 14]),
    (200, [0, UP, DN, 1, 2, 3, 5, 7, 10, 14, 21]),
    (315, [UP, DN, 1, 2, 3, 5, 7, 10, 14, 21, UP]),
    (500, [DN, 1, 2, 3, 5, 7, 10, 14, 21, UP, UP]),
    (800, [1, 2, 3, 5, 7, 10, 14, 21, UP, UP, UP]),
    (1_250, [2, 3, 5, 7, 10, 14, 21, UP, UP, UP, UP]),
    (2_000, [3, 5, 7, 10, 14, 21, UP, UP, UP, UP, UP]),
];
/// By code letter, under tightened inspection.
const TIGHTENED: [Row; 16] = [
    (2, [DN, DN, DN, DN, DN, DN, DN, DN, DN, DN, DN]),
    (3, [DN, DN, DN, DN, DN, DN, DN, DN, DN, DN, 0]),
    (5, [DN, DN, DN, DN, DN, DN, DN, DN, DN, 0, DN]),
    (8, [DN, DN, DN, DN, DN, DN, DN, DN, 0, DN, DN]),
    (13, [DN, DN, DN, DN, DN, DN, DN, 0, DN, DN, 1]),
    (20, [DN, DN, DN, DN, DN, DN, 0, DN, DN, 1, 2]),
    (32, [DN, DN, DN, DN, DN, 0, DN, DN, 1, 2, 3]),
    (50, [DN, DN, DN, DN, 0, DN, DN, 1, 2, 3, 5]),
    (80, [DN, DN, DN, 0, DN, DN, 1, 2, 3, 5, 8]),
    (125, [DN, DN, 0, DN, DN, 1, 2, 3, 5, 8, 12]),
    (200, [DN, 0, DN, DN, 1, 2, 3, 5, 8, 12, 18]),
    (315, [0, DN, DN, 1, 2, 3, 5, 8, 12, 18, UP]),
    (500, [DN, DN, 1, 2, 3, 5, 8, 12, 18, UP, UP]),
    (800, [DN, 1, 2, 3, 5, 8, 12, 18, UP, UP, UP]),
    (1_250, [1, 2, 3, 5, 8, 12, 18, UP, UP, UP, UP]),
    (2_000, [2, 3, 5, 8, 12, 18, UP, UP, UP, UP, UP]),
];

/// The plan of a code letter.
#[must_use]
pub fn single_plan(letter: CodeLetter, aql: Aql, severity: Severity) -> Option<SinglePlan> {
    let table = match severity {
        Severity::Normal => &NORMAL,
        Severity::Tightened => &TIGHTENED,
    };
    let cell = |row: usize| {
        let (_, cells) = table.get(row)?;
        cells.get(aql as usize).copied()
    };
    let plan = |row: usize| {
        Some(SinglePlan {
            letter: *CodeLetter::ALL.get(row)?,
            sample_size: table.get(row)?.0,
            acceptance_number: u32::try_from(cell(row)?).ok()?,
        })
    };
    let row = CodeLetter::ALL.iter().position(|known| *known == letter)?;
    match cell(row)? {
        DN => (row..CodeLetter::ALL.len()).find_map(plan),
        UP => (0..row).rev().find_map(plan),
        _ => plan(row),
    }
}
