//! The rows of a quality file: days, months, and the windows that end with a day.

use super::mark::{Counted, Mark};
use crate::declaration::{Country, Day};
use crate::registry::Severity;

/// How often each thing happened, in order of [`Counted::ALL`]; what is said of raw material has none.
pub type Counts = [u32; Counted::OF_GOODS];

/// A day of an enterprise's goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRow {
    /// The day.
    pub day: Day,
    /// What happened.
    pub counts: Counts,
    /// The value that was declared, in 1/10,000 of the base currency.
    pub value: i64,
    /// Inspections in a row that passed, since the last that failed, at the end of the day; of the days before only
    /// those that are known.
    pub run: u32,
}

/// A month of an enterprise's goods and a country: a row of the authority's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthRow {
    /// The first day of the month.
    pub month: Day,
    /// The country; none where none was named.
    pub country: Option<Country>,
    /// What happened.
    pub counts: Counts,
    /// The value that was declared, in 1/10,000 of the base currency.
    pub value: i64,
    /// The quantity that was declared, in 1/10,000 of whatever unit.
    pub quantity: i64,
}

/// A month of a test of an enterprise's goods, of whatever country: how often it was passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRow {
    /// The first day of the month.
    pub month: Day,
    /// The test, as results name it.
    pub test: Box<str>,
    /// How often it was passed.
    pub passed: u32,
    /// How often it was failed.
    pub failed: u32,
}

/// A day of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarketDay {
    /// The day.
    pub day: Day,
    /// Notifications.
    pub notified: u32,
    /// Returns.
    pub returned: u32,
}

/// What rules read of an enterprise's goods: `history.*`. Twelve months end with the day; what declarations bring, with
/// the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Windows {
    /// Inspections in a row that passed, up to now.
    pub passes_in_a_row: u32,
    /// Inspections of twelve months.
    pub inspections: u32,
    /// Those that failed.
    pub failures: u32,
    /// Foreign notifications of twelve months.
    pub notifications: u32,
    /// Returns of twelve months.
    pub returns: u32,
    /// Complaints of twelve months.
    pub complaints: u32,
    /// Declarations withdrawn after they were selected, of twelve months.
    pub cancelled: u32,
    /// Declarations of thirty days.
    pub declarations: u32,
    /// Their value, in 1/10,000 of the base currency.
    pub value: i64,
    /// How severe the next lot is inspected, after all results that have come.
    pub severity: Severity,
}

/// Days that a window of declarations has.
const DECLARED_DAYS: i32 = 30;

pub(super) fn count(counts: &mut Counts, counted: Counted) {
    if let Some(count) = counts.get_mut(counted as usize) {
        *count = count.saturating_add(1);
    }
}

pub(super) fn withdraw(counts: &mut Counts, counted: Counted) {
    if let Some(count) = counts.get_mut(counted as usize) {
        *count = count.saturating_sub(1);
    }
}

fn counted(counts: &Counts, what: Counted) -> u32 {
    counts.get(what as usize).copied().unwrap_or_default()
}

impl DayRow {
    pub(super) const fn new(day: Day, run: u32) -> Self {
        Self {
            day,
            counts: [0; Counted::OF_GOODS],
            value: 0,
            run,
        }
    }

    /// How often something happened.
    #[must_use]
    pub fn count_of(&self, what: Counted) -> u32 {
        counted(&self.counts, what)
    }
}

impl MonthRow {
    pub(super) const fn new((month, country): (Day, Option<Country>)) -> Self {
        Self {
            month,
            country,
            counts: [0; Counted::OF_GOODS],
            value: 0,
            quantity: 0,
        }
    }

    pub(super) fn note(&mut self, mark: &Mark<'_>) {
        count(&mut self.counts, mark.counted);
        self.value = self.value.saturating_add(mark.value);
        self.quantity = self.quantity.saturating_add(mark.quantity);
    }

    /// How often something happened.
    #[must_use]
    pub fn count_of(&self, what: Counted) -> u32 {
        counted(&self.counts, what)
    }
}

impl TestRow {
    pub(super) fn note(&mut self, passed: bool) {
        let count = match passed {
            true => &mut self.passed,
            false => &mut self.failed,
        };
        *count = count.saturating_add(1);
    }
}

impl MarketDay {
    pub(super) const fn new(day: Day) -> Self {
        Self {
            day,
            notified: 0,
            returned: 0,
        }
    }

    pub(super) fn count(&mut self, counted: Counted) {
        let count = self.count_of(counted);
        *count = count.saturating_add(1);
    }

    pub(super) fn withdraw(&mut self, counted: Counted) {
        let count = self.count_of(counted);
        *count = count.saturating_sub(1);
    }

    const fn count_of(&mut self, counted: Counted) -> &mut u32 {
        match counted {
            Counted::Notified => &mut self.notified,
            _ => &mut self.returned,
        }
    }
}

/// Notifications and returns of the twelve months that end with a day.
pub(super) fn told(days: &[MarketDay], day: Day) -> (u32, u32) {
    let rows = between(days, |row| row.day, day.year_before(), day);
    rows.iter().fold((0, 0), |(notified, returned), row| {
        (
            row.notified.saturating_add(notified),
            row.returned.saturating_add(returned),
        )
    })
}

/// The windows that end with a day, of rows in order of days.
pub(super) fn windows(days: &[DayRow], day: Day) -> Windows {
    let mut windows = Windows::default();
    let first = day.year_before();
    for row in between(days, |row| row.day, first, day) {
        let (passed, failed) = (row.count_of(Counted::Passed), row.count_of(Counted::Failed));
        let add = |sum: &mut u32, count: u32| *sum = sum.saturating_add(count);
        add(&mut windows.inspections, passed.saturating_add(failed));
        add(&mut windows.failures, failed);
        add(&mut windows.notifications, row.count_of(Counted::Notified));
        add(&mut windows.returns, row.count_of(Counted::Returned));
        add(&mut windows.complaints, row.count_of(Counted::Complained));
    }
    let known = days.get(..days.partition_point(|row| row.day <= day));
    windows.passes_in_a_row = known.and_then(<[_]>::last).map_or(0, |row| row.run);
    let before = Day::from_number(day.number().saturating_sub(1));
    for row in between(days, |row| row.day, before.year_before(), before) {
        windows.cancelled = windows
            .cancelled
            .saturating_add(row.count_of(Counted::Cancelled));
    }
    let first = Day::from_number(before.number().saturating_sub(DECLARED_DAYS));
    for row in between(days, |row| row.day, first, before) {
        windows.declarations = windows
            .declarations
            .saturating_add(row.count_of(Counted::Declared));
        windows.value = windows.value.saturating_add(row.value);
    }
    windows
}

/// The rows behind a day and up to another, of rows in order of days.
pub(super) fn between<T>(rows: &[T], day: impl Fn(&T) -> Day, after: Day, last: Day) -> &[T] {
    let begin = rows.partition_point(|row| day(row) <= after);
    let end = rows.partition_point(|row| day(row) <= last);
    rows.get(begin..end).unwrap_or_default()
}

#[expect(
    clippy::indexing_slicing,
    reason = "a row stands where it was found or put"
)]
/// The row of a key, made where there is none, of rows in order of keys.
pub(super) fn insert_by<T, K: Ord + Copy>(
    rows: &mut Vec<T>,
    key: K,
    key_of: impl Fn(&T) -> K,
    new: impl FnOnce(K) -> T,
) -> &mut T {
    let at = match rows.binary_search_by_key(&key, key_of) {
        Ok(at) => at,
        Err(at) => {
            rows.insert(at, new(key));
            at
        }
    };
    &mut rows[at]
}
