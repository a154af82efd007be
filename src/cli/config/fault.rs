//! Faults of a configuration: each with its place, its key and what would be right. All are told at once.

use std::fmt;
use std::path::PathBuf;

/// Where something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A line of the file, counted from 1.
    Line(usize),
    /// A variable of the environment.
    Variable(String),
    /// A flag.
    Flag(&'static str),
    /// The file as a whole.
    File,
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where.
    pub(super) place: Place,
    /// The key, as `table.key`; empty where none is meant.
    pub(super) key: String,
    /// What is wrong, and what would be right.
    pub(super) detail: String,
}

/// Every fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigErrors {
    /// The file, where there is one.
    pub(super) file: Option<PathBuf>,
    /// The faults, those of the file in its order.
    pub(super) faults: Vec<Fault>,
}

impl ConfigErrors {
    /// Whether all of it is of what was typed.
    pub(crate) fn are_typed(&self) -> bool {
        let mut faults = self.faults.iter();
        faults.all(|fault| matches!(fault.place, Place::Flag(_)))
    }
}

impl std::error::Error for ConfigErrors {}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref();
        let file = file.map_or("the configuration".into(), |file| file.to_string_lossy());
        for (at, fault) in self.faults.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            match &fault.place {
                Place::Line(line) => write!(f, "{file}:{line}: ")?,
                Place::Variable(name) => write!(f, "{name}: ")?,
                Place::Flag(name) => write!(f, "{name}: ")?,
                Place::File => write!(f, "{file}: ")?,
            }
            match fault.key.as_str() {
                "" => write!(f, "{}", fault.detail)?,
                key => write!(f, "`{key}`: {}", fault.detail)?,
            }
        }
        Ok(())
    }
}
