//! Names: a file is called after the journal range that it covers, its folder after the table and the day. Numbers
//! have 20 digits, so that names sort as the journal goes.

use std::fmt;

use crate::archive::table::Table;
use crate::declaration::Day;
use crate::journal::Sequence;

const EXTENSION: &str = ".parquet";
const TEMPORARY: &str = ".tmp";
const DATE: &str = "date=";
const DIGITS: usize = 20;

/// The records of the journal from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first record.
    pub first: Sequence,
    /// The last record.
    pub last: Sequence,
}

impl Span {
    /// Whether a record is one of them.
    pub(in crate::archive) fn has(self, sequence: Sequence) -> bool {
        self.first <= sequence && sequence <= self.last
    }

    /// The name of a file of this range.
    pub(in crate::archive) fn file_name(self) -> String {
        let (first, last) = (self.first.get(), self.last.get());
        format!("{first:020}-{last:020}{EXTENSION}")
    }

    /// The range that a file's name says; none where it is no such name.
    pub(in crate::archive) fn of_name(name: &str) -> Option<Self> {
        let (first, last) = name.strip_suffix(EXTENSION)?.split_once('-')?;
        let number = |text: &str| {
            let plain = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse().ok())?.map(Sequence::new)
        };
        Some(Self {
            first: number(first)?,
            last: number(last)?,
        })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.first, self.last)
    }
}

/// The folder of a table's files of a day.
pub(in crate::archive) fn folder(table: Table, day: Day) -> String {
    format!("{table}/{DATE}{day}")
}

/// The day that a folder's name says.
pub(super) fn day_of(folder: &str) -> Option<Day> {
    let day = Day::parse(folder.strip_prefix(DATE)?).ok()?;
    // Another way to write the day would be another folder.
    (folder == format!("{DATE}{day}")).then_some(day)
}

/// The name of a file while it is written. Readers of `*.parquet` do not see it, and with the dot in front neither do
/// those that read whatever stands in a folder, as pyarrow and Spark do.
pub(super) fn temporary(first: Sequence) -> String {
    format!(".{:020}{TEMPORARY}", first.get())
}

/// Whether an interrupted write may have left a file of this name.
pub(super) fn is_temporary(name: &str) -> bool {
    name.ends_with(TEMPORARY)
}
