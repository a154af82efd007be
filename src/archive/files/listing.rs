//! The listing of a table: its files in the order of the journal. It is the watermark, so it must have no holes.

use super::name::{Span, day_of, folder, is_temporary};
use crate::archive::error::{ArchiveError, Fault};
use crate::archive::table::Table;
use crate::declaration::Day;
use crate::journal::{Folders, Sequence};

/// A file of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::archive) struct Stored {
    pub(in crate::archive) table: Table,
    pub(in crate::archive) day: Day,
    pub(in crate::archive) span: Span,
}

impl Stored {
    pub(in crate::archive) fn folder(&self) -> String {
        folder(self.table, self.day)
    }

    /// Its path in the archive's folder.
    pub(in crate::archive) fn path(&self) -> String {
        format!("{}/{}", self.folder(), self.span.file_name())
    }
}

/// What lies in a table's folders.
#[derive(Debug, Default)]
pub(in crate::archive) struct Listing {
    /// The files, in the order of the journal.
    pub(in crate::archive) files: Vec<Stored>,
    /// Folder and name of what an interrupted write left, or a running one has not finished.
    pub(in crate::archive) unfinished: Vec<(String, String)>,
    /// Paths of what does not belong here.
    pub(in crate::archive) strangers: Vec<String>,
}

impl Listing {
    pub(in crate::archive) fn read(
        folders: &dyn Folders,
        table: Table,
    ) -> Result<Self, ArchiveError> {
        let mut listing = Self::default();
        let days = folders.list(table.name());
        for name in days.map_err(ArchiveError::io(table.name()))? {
            let path = format!("{table}/{name}");
            match day_of(&name) {
                Some(day) => listing.read_day(folders, table, day, &path)?,
                None => listing.strangers.push(path),
            }
        }
        let order = |file: &Stored| (file.span.first, file.span.last, file.day);
        listing.files.sort_unstable_by_key(order);
        listing.strangers.sort_unstable();
        Ok(listing)
    }

    /// A listing that has nothing wrong with it.
    pub(in crate::archive) fn read_right(
        folders: &dyn Folders,
        table: Table,
    ) -> Result<Self, ArchiveError> {
        let listing = Self::read(folders, table)?;
        match listing.faults().into_iter().next() {
            Some(fault) => Err(ArchiveError::Damaged(fault)),
            None => Ok(listing),
        }
    }

    /// The file whose range has a record, which lists no more days than it must: the last ones are looked at first,
    /// since what is asked for is mostly young.
    pub(in crate::archive) fn find(
        folders: &dyn Folders,
        table: Table,
        sequence: Sequence,
    ) -> Result<Option<Stored>, ArchiveError> {
        let names = folders.list(table.name());
        let names = names.map_err(ArchiveError::io(table.name()))?;
        let mut days: Vec<Day> = names.iter().filter_map(|name| day_of(name)).collect();
        days.sort_unstable();
        for day in days.into_iter().rev() {
            let mut listing = Self::default();
            listing.read_day(folders, table, day, &folder(table, day))?;
            let mut files = listing.files.into_iter();
            if let Some(stored) = files.find(|file| file.span.has(sequence)) {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    fn read_day(
        &mut self,
        folders: &dyn Folders,
        table: Table,
        day: Day,
        path: &str,
    ) -> Result<(), ArchiveError> {
        let names = folders.open(path).and_then(|disk| disk.list());
        for name in names.map_err(ArchiveError::io(path))? {
            if let Some(span) = Span::of_name(&name) {
                self.files.push(Stored { table, day, span });
            } else if is_temporary(&name) {
                self.unfinished.push((path.to_owned(), name));
            } else {
                self.strangers.push(format!("{path}/{name}"));
            }
        }
        Ok(())
    }

    /// The last record that a file covers.
    pub(in crate::archive) fn watermark(&self) -> Sequence {
        self.files
            .last()
            .map_or(Sequence::ZERO, |file| file.span.last)
    }

    /// What is wrong with the names alone: the ranges must follow one another from the journal's first record on.
    pub(in crate::archive) fn faults(&self) -> Vec<Fault> {
        let strangers = self.strangers.iter().map(|path| Fault {
            file: path.clone(),
            why: "does not belong to the archive".to_owned(),
        });
        let mut faults: Vec<Fault> = strangers.collect();
        let mut next = Sequence::ZERO.next();
        for file in &self.files {
            let Span { first, last } = file.span;
            if first != next || last < first {
                faults.push(Fault {
                    file: file.path(),
                    why: format!("covers {}, but `{next}` was to follow", file.span),
                });
            }
            next = last.next().max(next);
        }
        faults
    }
}
