//! What a small number is on each day: a state of 32 bits is either that number for ever or, with the top bit
//! set, the number of a list of (from day, number). Lists are interned, so equal histories are one.

use std::collections::HashMap;

use super::grown::Grown;
use super::validity::Validity;
use crate::declaration::Day;

/// The top bit of a state: the rest is the number of a list.
const LISTED: u32 = 1 << 31;

/// Interned lists, each in order of days and beginning with [`Day::MIN`].
#[derive(Debug, Default, Clone)]
pub(super) struct Timelines {
    lists: Grown<Box<[(Day, u32)]>>,
}

impl Timelines {
    /// The number that a state is on a day.
    #[inline]
    pub(super) fn on(&self, state: u32, day: Day) -> u32 {
        if !is_listed(state) {
            return state;
        }
        let steps = self
            .lists
            .get(list_of(state))
            .map_or(&[] as &[_], |list| list);
        let after = steps.partition_point(|(from, _)| *from <= day);
        steps.get(after.wrapping_sub(1)).map_or(0, |(_, no)| *no)
    }

    /// As [`TimelineMaker::state`], for a change: what one party has become is hardly ever what another one has.
    pub(super) fn add(&mut self, steps: Vec<(Day, u32)>) -> u32 {
        state(steps, |steps| LISTED | self.lists.push(steps) as u32)
    }

    /// All lists, in order of their numbers.
    pub(super) fn lists(&self) -> impl Iterator<Item = &[(Day, u32)]> {
        self.lists.iter().map(|list| &**list)
    }

    /// Bytes of memory held.
    pub(super) fn bytes(&self) -> usize {
        self.lists()
            .map(|list| size_of::<Box<[(Day, u32)]>>() + size_of_val(list))
            .sum()
    }
}

/// Makes [`Timelines`], equal lists alike.
#[derive(Debug, Default)]
pub(super) struct TimelineMaker {
    lists: Vec<Box<[(Day, u32)]>>,
    known: HashMap<Box<[(Day, u32)]>, u32>,
}

impl TimelineMaker {
    /// The state of a list in order of days, the first of which is [`Day::MIN`]; steps that change nothing are dropped.
    pub(super) fn state(&mut self, steps: Vec<(Day, u32)>) -> u32 {
        state(steps, |steps| match self.known.get(&steps) {
            Some(state) => *state,
            None => {
                let state = LISTED | self.lists.len() as u32;
                self.lists.push(steps.clone());
                self.known.insert(steps, state);
                state
            }
        })
    }

    /// The lists made.
    pub(super) fn finish(self) -> Timelines {
        Timelines {
            lists: Grown::from(self.lists),
        }
    }
}

/// The state of a list in order of days; `number` says which several steps are.
fn state(mut steps: Vec<(Day, u32)>, number: impl FnOnce(Box<[(Day, u32)]>) -> u32) -> u32 {
    steps.dedup_by_key(|(_, no)| *no);
    match steps.as_slice() {
        [] => 0,
        [(_, no)] => *no,
        _ => number(steps.into_boxed_slice()),
    }
}

/// The days on which something changes: [`Day::MIN`], and every day on which a row begins or ends.
pub(super) fn cuts(rows: impl IntoIterator<Item = Validity>) -> Vec<Day> {
    let mut days = vec![Day::MIN];
    for validity in rows {
        days.push(validity.from);
        if validity.to < Day::MAX {
            days.push(validity.to);
        }
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// Whether a state is the number of a list.
pub(super) fn is_listed(state: u32) -> bool {
    state & LISTED != 0
}

/// The number of the list that a state names.
pub(super) fn list_of(state: u32) -> usize {
    (state & !LISTED) as usize
}
