//! Why the journal refused: the disk, what was found on it, or what was asked of it.

use std::io;
use std::sync::Arc;

use super::sequence::Sequence;

/// Why the journal could not be opened, written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk refused.
    #[error("cannot {action} `{file}` at byte {offset}: {error}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file; `.` is the folder.
        file: String,
        /// Where in the file; 0 where the whole file is meant.
        offset: u64,
        /// What the disk said.
        error: io::Error,
    },
    /// What is on the disk is not what was written.
    #[error("`{file}` is damaged at byte {offset}: expected {expected}, found {found}")]
    Damaged {
        /// The file.
        file: String,
        /// Where in the file.
        offset: u64,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A format of another version of this program.
    #[error("`{file}` has format version `{found}`, this program reads version `{known}`")]
    Version {
        /// The file.
        file: String,
        /// The version in its header.
        found: u32,
        /// The version that is read.
        known: u32,
    },
    /// The journal ends before a record that is known to have been durable.
    #[error(
        "the journal ends with sequence `{last}`, but `{at_least}` is known to have been durable"
    )]
    TooShort {
        /// The last record.
        last: Sequence,
        /// What the caller knows.
        at_least: Sequence,
    },
    /// The options contradict each other.
    #[error("{name} of `{bytes}` bytes is too small, at least `{least}` are needed")]
    Options {
        /// The option.
        name: &'static str,
        /// Its value.
        bytes: u64,
        /// The least that works.
        least: u64,
    },
    /// The open group has no room: the disk is slower than what arrives.
    #[error("the open group is full")]
    Full,
    /// A payload that no group or segment can hold.
    #[error("a payload of `{bytes}` bytes is longer than `{most}`")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The longest that is taken.
        most: usize,
    },
    /// An earlier failure: nothing is acknowledged any more.
    #[error("the journal has stopped: {0}")]
    Poisoned(Arc<str>),
    /// The journal was closed before.
    #[error("the journal is closed")]
    Closed,
    /// Records that were removed, or never there.
    #[error("sequence `{asked}` is not in the journal, which has `{first}` to `{last}`")]
    Absent {
        /// The record asked for.
        asked: Sequence,
        /// The first that is there.
        first: Sequence,
        /// The last that is there.
        last: Sequence,
    },
}

impl JournalError {
    pub(super) fn io(
        action: &'static str,
        file: &str,
        offset: u64,
    ) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |error| Self::Io {
            action,
            file,
            offset,
            error,
        }
    }
}

/// What is wrong at a place of a file whose name the finder need not know.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) offset: u64,
    pub(super) expected: String,
    pub(super) found: String,
}

impl Fault {
    pub(super) fn new(offset: u64, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            offset,
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(super) fn of(self, file: &str) -> JournalError {
        JournalError::Damaged {
            file: file.to_owned(),
            offset: self.offset,
            expected: self.expected,
            found: self.found,
        }
    }
}
