//! Quality files: what happened with an enterprise's goods, counted by heading. The authority's file has a row for
//! each country and month (S0-22); what rules read of it are windows of days that end with a day ([`Windows`]).
//!
//! Files grow in place while others read them. Whoever reads them to decide holds his decision against the revision:
//! what a decision may read changes only with one, as declarations are read from the day after theirs on.

mod heading;
mod mark;
mod material;
mod rows;
mod switching;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use dashmap::DashMap;

pub use heading::{Heading, HeadingFile};
pub use mark::{Counted, Mark};
pub use material::{MaterialDay, latest_test};
pub use rows::{Counts, DayRow, MarketDay, MonthRow, TestRow, Windows};
pub use switching::Switching;

use self::rows::insert_by;
use crate::declaration::{Country, Day};

/// The files of all enterprises, and what all markets said.
#[derive(Debug, Default)]
pub struct Files {
    /// The headings of each enterprise, in their order.
    enterprises: DashMap<Box<str>, Vec<HeadingFile>>,
    /// What markets said of goods, whoever made them, in order of days.
    markets: DashMap<(Heading, Country), Vec<MarketDay>>,
    /// What inspections of each enterprise's raw material found, in order of days.
    materials: DashMap<Box<str>, Vec<MaterialDay>>,
    /// Whether there is anything.
    any: AtomicBool,
    /// Marks that have their place in the journal and are not noted yet.
    due: AtomicUsize,
}

impl Files {
    /// Notes something.
    pub fn note(&self, mark: &Mark<'_>) {
        self.any.store(true, Ordering::Release);
        if let (true, Some(country)) = (mark.counted.is_of_market(), mark.country) {
            let mut days = self.markets.entry((mark.heading, country)).or_default();
            let row = insert_by(&mut days, mark.day, |row| row.day, MarketDay::new);
            row.count(mark.counted);
        }
        if mark.enterprise.is_empty() {
            return;
        }
        if let Some(result) = mark.counted.of_material() {
            let mut days = self.materials.entry(mark.enterprise.into()).or_default();
            return material::note(&mut days, (mark.day, result));
        }
        // An owned key only where there is none.
        if let Some(mut headings) = self.enterprises.get_mut(mark.enterprise) {
            file_of(&mut headings, mark.heading).note(mark);
            return;
        }
        let mut headings = self.enterprises.entry(mark.enterprise.into()).or_default();
        file_of(&mut headings, mark.heading).note(mark);
    }

    /// Takes back what an event noted: it no longer counts.
    pub fn withdraw(&self, mark: &Mark<'_>) {
        if let (true, Some(country)) = (mark.counted.is_of_market(), mark.country)
            && let Some(mut days) = self.markets.get_mut(&(mark.heading, country))
            && let Some(row) = days.iter_mut().find(|row| row.day == mark.day)
        {
            row.withdraw(mark.counted);
        }
        if let Some(mut headings) = self.enterprises.get_mut(mark.enterprise) {
            file_of(&mut headings, mark.heading).withdraw(mark);
        }
    }

    /// Notes what a test of goods found: a mark of their inspection was noted before. No rule reads it.
    pub fn note_test(&self, mark: &Mark<'_>, test: &str, passed: bool) {
        if let Some(mut headings) = self.enterprises.get_mut(mark.enterprise) {
            file_of(&mut headings, mark.heading).note_test(mark.day, test, passed);
        }
    }

    /// Says that something will be noted of a record that has its place, before what is given back is dropped.
    #[must_use]
    pub fn expect(&self) -> Expected<'_> {
        self.due.fetch_add(1, Ordering::SeqCst);
        Expected(self)
    }

    /// Waits until everything that was expected is noted: a moment.
    pub fn settle(&self) {
        while self.due.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
    }

    /// What rules read of an enterprise's goods, in windows that end with a day.
    #[must_use]
    pub fn windows(&self, enterprise: &str, heading: Heading, day: Day) -> Windows {
        if !self.any.load(Ordering::Acquire) {
            return Windows::default();
        }
        let known = |headings: &Vec<HeadingFile>| {
            let file = find(headings, heading)?;
            Some(file.known_windows(day).ok_or(()))
        };
        let read = self.enterprises.get(enterprise);
        match read.as_deref().and_then(known) {
            None => return Windows::default(),
            Some(Ok(windows)) => return windows,
            Some(Err(())) => drop(read),
        }
        let mut headings = self.enterprises.get_mut(enterprise);
        let headings = headings.as_deref_mut();
        headings.map_or_else(Windows::default, |headings| {
            file_of(headings, heading).windows(day)
        })
    }

    /// The tests that an enterprise's goods failed in the twelve months that end with a day, sorted.
    #[must_use]
    pub fn failed_tests(&self, enterprise: &str, heading: Heading, day: Day) -> Vec<Box<str>> {
        let mut tests = Vec::new();
        self.each_failed_test(enterprise, heading, day, |test| tests.push(test.into()));
        tests.sort_unstable();
        tests.dedup();
        tests
    }

    /// The same, one after the other and some perhaps twice.
    pub fn each_failed_test(
        &self,
        enterprise: &str,
        heading: Heading,
        day: Day,
        mut then: impl FnMut(&str),
    ) {
        if !self.any.load(Ordering::Acquire) {
            return;
        }
        let headings = self.enterprises.get(enterprise);
        let headings = headings.as_deref();
        let file = headings.and_then(|headings| find(headings, heading));
        file.into_iter()
            .flat_map(|file| file.failed_tests(day))
            .for_each(&mut then);
    }

    /// Notifications and returns that a market told of goods in the twelve months that end with a day.
    #[must_use]
    pub fn market(&self, heading: Heading, country: Option<Country>, day: Day) -> (u32, u32) {
        let Some(country) = country.filter(|_| self.any.load(Ordering::Acquire)) else {
            return (0, 0);
        };
        let days = self.markets.get(&(heading, country));
        rows::told(days.as_deref().map_or(&[], Vec::as_slice), day)
    }

    /// The latest inspection, up to a day, of an enterprise's raw material, and what it found; of one day one that failed.
    #[must_use]
    pub fn latest_material(&self, enterprise: &str, day: Day) -> Option<MaterialDay> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        latest_test(&self.materials.get(enterprise)?, day)
    }

    /// What inspections of an enterprise's raw material found, in order of days.
    #[must_use]
    pub fn material(&self, enterprise: &str) -> Vec<MaterialDay> {
        let days = self.materials.get(enterprise);
        days.map_or_else(Vec::new, |days| days.clone())
    }

    /// What inspections of raw material found, in order of enterprises.
    #[must_use]
    pub fn materials(&self) -> Vec<(Box<str>, Vec<MaterialDay>)> {
        let all = self.materials.iter();
        let mut all: Vec<_> = all
            .map(|entry| (entry.key().clone(), entry.value().clone()))
            .collect();
        all.sort_unstable();
        all
    }

    /// The headings of an enterprise's file, in their order.
    pub fn of<R>(&self, enterprise: &str, then: impl FnOnce(&[HeadingFile]) -> R) -> R {
        let headings = self.enterprises.get(enterprise);
        then(headings.as_deref().map_or(&[], Vec::as_slice))
    }

    /// The enterprises that have a file, in order of their ids.
    #[must_use]
    pub fn enterprises(&self) -> Vec<Box<str>> {
        let ids = self.enterprises.iter();
        let mut ids: Vec<Box<str>> = ids.map(|entry| entry.key().clone()).collect();
        ids.sort_unstable();
        ids
    }

    /// What markets told, in order of headings and countries.
    #[must_use]
    pub fn markets(&self) -> Vec<((Heading, Country), Vec<MarketDay>)> {
        let all = self.markets.iter();
        let mut all: Vec<_> = all
            .map(|entry| (*entry.key(), entry.value().clone()))
            .collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    /// Puts a file back that was kept.
    pub fn put(&self, enterprise: &str, headings: Vec<HeadingFile>) {
        self.any.store(true, Ordering::Release);
        self.enterprises.insert(enterprise.into(), headings);
    }

    /// Puts back what inspections of an enterprise's raw material found.
    pub fn put_material(&self, enterprise: &str, days: Vec<MaterialDay>) {
        self.any.store(true, Ordering::Release);
        self.materials.insert(enterprise.into(), days);
    }

    /// Puts back what a market told.
    pub fn put_market(&self, key: (Heading, Country), days: Vec<MarketDay>) {
        self.any.store(true, Ordering::Release);
        self.markets.insert(key, days);
    }
}

/// Something that has to be noted.
#[derive(Debug)]
pub struct Expected<'f>(&'f Files);

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.0.due.fetch_sub(1, Ordering::SeqCst);
    }
}

fn find(headings: &[HeadingFile], heading: Heading) -> Option<&HeadingFile> {
    let at = headings.binary_search_by_key(&heading, |file| file.heading);
    at.ok().and_then(|at| headings.get(at))
}

fn file_of(headings: &mut Vec<HeadingFile>, heading: Heading) -> &mut HeadingFile {
    insert_by(headings, heading, |file| file.heading, HeadingFile::new)
}

#[cfg(test)]
mod tests;
