//! What a small number is on each day: a state of 32 bits is either that number for ever or, with the top bit
//! set, the number of a list of (from day, number). Lists are interned, so equal histories are one.

use std::collections::HashMap;

use crate::declaration::Day;

use super::validity::Validity;

/// The top bit of a state: the rest is the number of a list.
const LISTED: u32 = 1 << 31;

/// Interned lists, each in order of days and beginning with [`Day::MIN`].
#[derive(Debug, Default, Clone)]
pub(super) struct Timelines {
    /// Where each list begins in `steps`; the next one's begin is its end.
    starts: Vec<u32>,
    steps: Vec<(Day, u32)>,
}

impl Timelines {
    /// The number that a state is on a day.
    #[inline]
    pub(super) fn on(&self, state: u32, day: Day) -> u32 {
        if !is_listed(state) {
            return state;
        }
        let steps = self.list(list_of(state));
        let after = steps.partition_point(|(from, _)| *from <= day);
        steps.get(after.wrapping_sub(1)).map_or(0, |(_, no)| *no)
    }

    fn list(&self, no: usize) -> &[(Day, u32)] {
        let begin = self.starts.get(no).map_or(0, |at| *at as usize);
        let end = self
            .starts
            .get(no + 1)
            .map_or(self.steps.len(), |at| *at as usize);
        self.steps.get(begin..end).unwrap_or_default()
    }

    /// All lists, in order of their numbers.
    pub(super) fn lists(&self) -> impl Iterator<Item = &[(Day, u32)]> {
        (0..self.starts.len()).map(|no| self.list(no))
    }

    /// Bytes of memory held.
    pub(super) fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u32>() + self.steps.capacity() * size_of::<(Day, u32)>()
    }
}

/// Makes [`Timelines`].
#[derive(Debug, Default)]
pub(super) struct TimelineMaker {
    timelines: Timelines,
    known: HashMap<Box<[(Day, u32)]>, u32>,
}

impl TimelineMaker {
    /// The state of a list in order of days, the first of which is [`Day::MIN`]; steps that change nothing are dropped.
    pub(super) fn state(&mut self, mut steps: Vec<(Day, u32)>) -> u32 {
        steps.dedup_by_key(|(_, no)| *no);
        match steps.as_slice() {
            [] => 0,
            [(_, no)] => *no,
            many => match self.known.get(many) {
                Some(state) => *state,
                None => self.add(steps),
            },
        }
    }

    fn add(&mut self, steps: Vec<(Day, u32)>) -> u32 {
        let state = LISTED | self.timelines.starts.len() as u32;
        self.timelines
            .starts
            .push(self.timelines.steps.len() as u32);
        self.timelines.steps.extend_from_slice(&steps);
        self.known.insert(steps.into_boxed_slice(), state);
        state
    }

    /// The lists made.
    pub(super) fn finish(mut self) -> Timelines {
        self.timelines.starts.shrink_to_fit();
        self.timelines.steps.shrink_to_fit();
        self.timelines
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
