//! The file of one enterprise and heading.

use std::fmt;

use super::mark::{Counted, Mark};
use super::rows::{
    DayRow, MonthRow, TestRow, Windows, between, count, insert_by, windows, withdraw,
};
use super::switching::Switching;
use crate::declaration::{Day, HsCode};

/// The first four digits of an HS code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Heading(u16);

impl Heading {
    /// From its four digits as a number.
    #[must_use]
    pub const fn from_number(number: u16) -> Self {
        Self(number)
    }

    /// Its four digits as a number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl From<HsCode> for Heading {
    fn from(code: HsCode) -> Self {
        Self(code.first(4) as u16)
    }
}

impl fmt::Display for Heading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// Days that a file has day by day: more than any window reaches back.
pub(super) const KEPT_DAYS: i32 = 400;

/// See the module.
#[derive(Debug, Clone)]
pub struct HeadingFile {
    /// The heading.
    pub heading: Heading,
    /// Days, in their order; those long past are only in the months.
    pub days: Vec<DayRow>,
    /// Tests that failed, in order of days and names.
    pub failed: Vec<(Day, Box<str>)>,
    /// Months and countries, in their order.
    pub months: Vec<MonthRow>,
    /// Months and the tests that were done in them, in their order.
    pub tests: Vec<TestRow>,
    /// How severe lots are inspected, in the order in which their results came.
    pub switching: Switching,
    /// The windows that were read last, with their day.
    known: Option<(Day, Windows)>,
}

impl HeadingFile {
    /// Of a heading, with nothing in it.
    #[must_use]
    pub const fn new(heading: Heading) -> Self {
        Self {
            heading,
            days: Vec::new(),
            failed: Vec::new(),
            months: Vec::new(),
            tests: Vec::new(),
            switching: Switching::START,
            known: None,
        }
    }

    pub(super) fn note(&mut self, mark: &Mark<'_>) {
        let month = (mark.day.first_of_month(), mark.country);
        let month_of = |row: &MonthRow| (row.month, row.country);
        insert_by(&mut self.months, month, month_of, MonthRow::new).note(mark);
        if mark.counted == Counted::Selected {
            // No window reads it.
            return;
        }
        for test in &mark.failed_tests {
            let failed = (mark.day, Box::from(*test));
            if let Err(at) = self.failed.binary_search(&failed) {
                self.failed.insert(at, failed);
            }
        }
        self.note_day(mark);
        if let Counted::Passed | Counted::Failed = mark.counted {
            self.switching = self.switching.after(mark.counted == Counted::Passed);
        }
        // What declarations bring is read from the next day on.
        let unread = matches!(mark.counted, Counted::Declared | Counted::Cancelled);
        if !(unread && self.known.is_some_and(|(day, _)| day <= mark.day)) {
            self.known = None;
        }
    }

    /// Takes back what an adverse event noted, which neither ends a row of passed inspections nor has a value.
    pub(super) fn withdraw(&mut self, mark: &Mark<'_>) {
        let month = (mark.day.first_of_month(), mark.country);
        let months = self.months.iter_mut();
        for row in months.filter(|row| (row.month, row.country) == month) {
            withdraw(&mut row.counts, mark.counted);
        }
        for row in self.days.iter_mut().filter(|row| row.day == mark.day) {
            withdraw(&mut row.counts, mark.counted);
        }
        self.known = None;
    }

    pub(super) fn note_test(&mut self, day: Day, test: &str, passed: bool) {
        let month = day.first_of_month();
        let place = |row: &TestRow| (row.month, &*row.test).cmp(&(month, test));
        let at = match self.tests.binary_search_by(place) {
            Ok(at) => at,
            Err(at) => {
                let row = TestRow {
                    month,
                    test: test.into(),
                    passed: 0,
                    failed: 0,
                };
                self.tests.insert(at, row);
                at
            }
        };
        if let Some(row) = self.tests.get_mut(at) {
            row.note(passed);
        }
    }

    fn note_day(&mut self, mark: &Mark<'_>) {
        let at = self.days.partition_point(|row| row.day < mark.day);
        let before = at.checked_sub(1).and_then(|before| self.days.get(before));
        let run = before.map_or(0, |row| row.run);
        let new = |day| DayRow::new(day, run);
        let row = insert_by(&mut self.days, mark.day, |row| row.day, new);
        count(&mut row.counts, mark.counted);
        row.value = row.value.saturating_add(mark.value);
        self.run_on(at, mark.counted);
        let newest = self.days.last().map_or(mark.day, |row| row.day);
        let first = Day::from_number(newest.number().saturating_sub(KEPT_DAYS));
        if self.days.first().is_some_and(|row| row.day < first) {
            self.days.retain(|row| row.day >= first);
            self.failed.retain(|(day, _)| *day >= first);
        }
    }

    /// Counts the inspections in a row again, from a day on, on which one has passed or failed: a result may come for
    /// a day that is past. Behind a day with a failure they were counted anew already.
    fn run_on(&mut self, at: usize, counted: Counted) {
        let mut days = self.days.iter_mut().skip(at);
        let Some(first) = days.next() else { return };
        let rest = days.take_while(|row| row.count_of(Counted::Failed) == 0);
        match counted {
            Counted::Passed => {
                first.run = first.run.saturating_add(1);
                rest.for_each(|row| row.run = row.run.saturating_add(1));
            }
            Counted::Failed => {
                let ended = std::mem::take(&mut first.run);
                rest.for_each(|row| row.run = row.run.saturating_sub(ended));
            }
            _ => {}
        }
    }

    /// The windows that end with a day, if they were read last.
    pub(super) fn known_windows(&self, day: Day) -> Option<Windows> {
        let known = self.known.filter(|(known, _)| *known == day);
        known.map(|(_, windows)| windows)
    }

    /// The windows that end with a day.
    pub(super) fn windows(&mut self, day: Day) -> Windows {
        let windows = Windows {
            severity: self.switching.severity(),
            ..windows(&self.days, day)
        };
        self.known = Some((day, windows));
        windows
    }

    /// Tests that failed in the twelve months that end with a day.
    pub(super) fn failed_tests(&self, day: Day) -> impl Iterator<Item = &str> {
        let failed = between(&self.failed, |(day, _)| *day, day.year_before(), day);
        failed.iter().map(|(_, test)| &**test)
    }
}
