//! What declarations, and acts upon them, add to quality files.

use super::event::{AdverseKind, Event, What};
use super::record::encode_mark;
use crate::declaration::{Country, Day, Declaration, Item};
use crate::registry::{Counted, Files, Heading, Mark};

/// Goods of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Goods {
    heading: Heading,
    country: Option<Country>,
    value: i64,
    quantity: i64,
}

/// Makes marks, in room that it uses again.
#[derive(Debug, Default)]
pub struct Marker {
    goods: Vec<Goods>,
    /// The marks that were made, as a record holds them.
    pub bytes: Vec<u8>,
}

impl Marker {
    /// Forgets what was made.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Marks items of a declaration, those of a heading and country together.
    pub fn mark<'i, 'd: 'i>(
        &mut self,
        declaration: &Declaration<'d>,
        items: impl Iterator<Item = &'i Item<'d>>,
        (counted, day): (Counted, Day),
        failed_tests: &[&str],
    ) {
        self.goods.clear();
        let declared = counted == Counted::Declared;
        self.goods.extend(items.map(|item| Goods {
            heading: Heading::from(item.hs_code),
            country: item.country(declaration),
            value: if declared { item.value.units() } else { 0 },
            quantity: match item.quantity {
                Some(quantity) if declared => quantity.units(),
                _ => 0,
            },
        }));
        self.goods.sort_unstable();
        let same = |a: &Goods, b: &Goods| (a.heading, a.country) == (b.heading, b.country);
        for goods in self.goods.chunk_by(same) {
            let Some(first) = goods.first() else { continue };
            let sum = |of: fn(&Goods) -> i64| goods.iter().map(of).fold(0, i64::saturating_add);
            let mark = Mark {
                enterprise: declaration.enterprise().as_str(),
                heading: first.heading,
                country: first.country,
                day,
                counted,
                value: sum(|goods| goods.value),
                quantity: sum(|goods| goods.quantity),
                failed_tests: failed_tests.to_vec(),
            };
            encode_mark(&mark, &mut self.bytes);
        }
    }
}

/// What an event that comes on a day adds to quality files by itself: what it says of goods, of whomever. What is said
/// to be of a later day has happened by that day.
#[must_use]
pub fn marks_of_event(event: &Event, today: Day) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let What::Adverse(adverse) = &event.what {
        let mark = Mark {
            enterprise: adverse.enterprise_id.as_deref().unwrap_or_default(),
            heading: Heading::from(adverse.hs_code),
            country: adverse.country,
            day: adverse.day.min(today),
            counted: match adverse.kind {
                AdverseKind::ForeignNotification => Counted::Notified,
                AdverseKind::Recall => Counted::Recalled,
                AdverseKind::ExportReturn => Counted::Returned,
                AdverseKind::SpotCheckFailed => Counted::SpotFailed,
                AdverseKind::Complaint => Counted::Complained,
            },
            value: 0,
            quantity: 0,
            failed_tests: Vec::new(),
        };
        encode_mark(&mark, &mut bytes);
    }
    bytes
}

/// Takes marks of files back, which an event had noted.
pub fn withdraw(files: &Files, marks: &[u8]) {
    super::record::marks(marks)
        .flatten()
        .for_each(|mark| files.withdraw(&mark));
}

/// Notes what a record says in the files, with what its event says that each test found.
pub fn note(files: &Files, marks: &[u8], event: Option<&Event>) {
    let tests = match event.map(|event| &event.what) {
        Some(What::Inspection(result)) => &*result.tests,
        _ => &[],
    };
    for mark in super::record::marks(marks).flatten() {
        files.note(&mark);
        if matches!(mark.counted, Counted::Passed | Counted::Failed) {
            let found = tests.iter();
            found.for_each(|found| files.note_test(&mark, &found.test, found.passed));
        }
    }
}
