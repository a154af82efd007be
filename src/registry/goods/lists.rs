//! For each part of the HS key space the rows of a table that hold there: day by day where all of them are
//! asked ([`DayLists`]), or sorted by a key where only those of one key are ([`KeyedLists`]).

use std::collections::HashMap;

use crate::declaration::Day;
use crate::limits::MAX_ROWS_PER_HS;
use crate::registry::check::busiest;
use crate::registry::timeline::{TimelineMaker, Timelines, cuts};
use crate::registry::validity::Validity;

/// For each node the numbers of the rows that cover it, ascending.
pub(super) type Covering = Vec<Vec<u32>>;

/// Slices of one vector, numbered.
#[derive(Debug)]
struct Slices<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Slices<T> {
    #[inline]
    fn get(&self, no: u32) -> &[T] {
        let no = no as usize;
        let begin = self.starts.get(no).map_or(0, |at| *at as usize);
        let end = self
            .starts
            .get(no + 1)
            .map_or(self.items.len(), |at| *at as usize);
        self.items.get(begin..end).unwrap_or_default()
    }

    fn push(&mut self, items: impl IntoIterator<Item = T>) -> u32 {
        let no = self.starts.len() as u32;
        self.starts.push(self.items.len() as u32);
        self.items.extend(items);
        no
    }
}

impl<T> Default for Slices<T> {
    fn default() -> Self {
        Self {
            starts: Vec::new(),
            items: Vec::new(),
        }
    }
}

/// The rows in force on a day, node by node; nodes and days with the same rows share one list.
#[derive(Debug)]
pub(super) struct DayLists<N> {
    timelines: Timelines,
    lists: Slices<N>,
    crowd: Option<Crowd>,
}

/// More rows over one code on one day than [`MAX_ROWS_PER_HS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowd {
    /// The last of the rows.
    pub(super) row: u32,
    /// The first such day.
    pub(super) day: Day,
    /// How many rows.
    pub(super) count: usize,
}

impl<N> Default for DayLists<N> {
    fn default() -> Self {
        Self {
            timelines: Timelines::default(),
            lists: Slices::default(),
            crowd: None,
        }
    }
}

impl<N: From<u32>> DayLists<N> {
    /// The lists, and for each node the state by which [`Self::on`] finds its own.
    pub(super) fn new(covering: &Covering, validity: impl Fn(u32) -> Validity) -> (Self, Vec<u32>) {
        let mut lists = Slices::default();
        lists.push([]);
        let mut known: HashMap<Vec<u32>, u32> = HashMap::from([(Vec::new(), 0)]);
        let mut states: HashMap<&[u32], u32> = HashMap::new();
        let mut maker = TimelineMaker::default();
        let mut nodes = Vec::with_capacity(covering.len());
        let mut crowd = None;
        for rows in covering {
            if let Some(state) = states.get(rows.as_slice()) {
                nodes.push(*state);
                continue;
            }
            let days = cuts(rows.iter().map(|row| validity(*row)));
            let steps = days.into_iter().map(|day| {
                let held: Vec<u32> = rows
                    .iter()
                    .copied()
                    .filter(|row| validity(*row).holds(day))
                    .collect();
                if held.len() > MAX_ROWS_PER_HS && crowd.is_none() {
                    crowd = held.last().map(|row| Crowd {
                        row: *row,
                        day,
                        count: held.len(),
                    });
                }
                let no = match known.get(&held) {
                    Some(no) => *no,
                    None => {
                        let no = lists.push(held.iter().copied().map(N::from));
                        known.insert(held, no);
                        no
                    }
                };
                (day, no)
            });
            let state = maker.state(steps.collect());
            states.insert(rows, state);
            nodes.push(state);
        }
        let lists = Self {
            timelines: maker.finish(),
            lists,
            crowd,
        };
        (lists, nodes)
    }

    /// The rows in force on a day at a node of this state.
    #[inline]
    pub(super) fn on(&self, state: u32, day: Day) -> &[N] {
        match state {
            0 => &[],
            state => self.lists.get(self.timelines.on(state, day)),
        }
    }

    /// The first list that is too long.
    pub(super) fn crowd(&self) -> Option<Crowd> {
        self.crowd
    }
}

/// The rows that cover a node, sorted by a key.
#[derive(Debug)]
pub(super) struct KeyedLists<N> {
    lists: Slices<(u32, N)>,
}

impl<N> Default for KeyedLists<N> {
    fn default() -> Self {
        Self {
            lists: Slices::default(),
        }
    }
}

impl<N: From<u32> + Copy> KeyedLists<N> {
    /// The lists, and for each node the state by which [`Self::of`] finds its own. Of rows of one key, those of the
    /// least rank come first.
    pub(super) fn new(covering: &Covering, key: impl Fn(u32) -> (u32, u32)) -> (Self, Vec<u32>) {
        let mut lists = Slices::default();
        lists.push([]);
        let mut known: HashMap<&[u32], u32> = HashMap::from([(&[] as &[u32], 0)]);
        let mut nodes = Vec::with_capacity(covering.len());
        for rows in covering {
            let no = match known.get(rows.as_slice()) {
                Some(no) => *no,
                None => {
                    let mut sorted = rows.clone();
                    sorted.sort_by_key(|row| key(*row));
                    let no = lists.push(sorted.into_iter().map(|row| (key(row).0, N::from(row))));
                    known.insert(rows, no);
                    no
                }
            };
            nodes.push(no);
        }
        (Self { lists }, nodes)
    }

    /// The first list of one key that is too long on a day.
    pub(super) fn crowd(&self, validity: impl Fn(u32) -> Validity) -> Option<Crowd>
    where
        N: Into<u32>,
    {
        (0..self.lists.starts.len() as u32).find_map(|no| {
            let mut of_keys = self.lists.get(no).chunk_by(|one, two| one.0 == two.0);
            of_keys.find_map(|rows| {
                let mut spans: Vec<(Validity, u32)> = rows
                    .iter()
                    .map(|(_, no)| (*no).into())
                    .map(|no| (validity(no), no))
                    .collect();
                spans.sort_unstable();
                let (row, day, count) = busiest(spans.into_iter(), MAX_ROWS_PER_HS)?;
                Some(Crowd { row, day, count })
            })
        })
    }

    /// The rows of a key at a node of this state, whatever their days.
    #[inline]
    pub(super) fn of(&self, state: u32, key: u32) -> impl Iterator<Item = N> {
        let list = match state {
            0 => &[],
            state => self.lists.get(state),
        };
        let from = list.partition_point(|(known, _)| *known < key);
        let rows = list.get(from..).unwrap_or_default().iter();
        rows.take_while(move |(known, _)| *known == key)
            .map(|(_, no)| *no)
    }
}
