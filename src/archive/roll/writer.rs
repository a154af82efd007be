//! The writer of the running archive.

use std::sync::Arc;

use super::batch::Batch;
use super::open::open;
use super::options::RollOptions;
use super::range::Range;
use crate::archive::error::ArchiveError;
use crate::archive::files::{Digest, Part, Published};
use crate::archive::table::Table;
use crate::declaration::{Day, Moment};
use crate::journal::{Folders, Sequence};

/// Writes the archive: batches in, files out.
///
/// After an error it has stopped: whatever is asked of it then fails, until the archive is opened again.
pub struct RollingWriter {
    folders: Arc<dyn Folders>,
    options: RollOptions,
    marks: [Mark; 4],
    catch_up: Option<CatchUp>,
    range: Option<Range>,
    removed: Vec<String>,
    stopped: Option<String>,
}

/// How far a table has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) table: Table,
    pub(super) watermark: Sequence,
    /// What its next file carries.
    pub(super) previous: Digest,
}

/// The end of a range that some tables have and others lack.
#[derive(Debug, Clone, Copy)]
pub(super) struct CatchUp {
    pub(super) last: Sequence,
    pub(super) day: Day,
}

impl Mark {
    pub(super) fn new(table: Table) -> Self {
        Self {
            table,
            watermark: Sequence::ZERO,
            previous: Digest::start(table),
        }
    }
}

impl RollingWriter {
    /// Opens an archive, a new one where there is nothing, and writes its `views.sql`.
    ///
    /// # Errors
    /// What the disk says; [`ArchiveError::Damaged`] where files are missing or the last ones are not whole.
    pub fn open(folders: Arc<dyn Folders>, options: RollOptions) -> Result<Self, ArchiveError> {
        let opened = open(folders.as_ref())?;
        Ok(Self {
            folders,
            options,
            marks: opened.marks,
            catch_up: opened.catch_up,
            range: None,
            removed: opened.removed,
            stopped: None,
        })
    }

    /// Paths of what an interrupted write had left and opening removed.
    #[must_use]
    pub fn removed(&self) -> &[String] {
        &self.removed
    }

    /// The last record whose rows of a table are published, for good.
    #[must_use]
    pub fn watermark(&self, table: Table) -> Sequence {
        let mark = self.marks.iter().find(|mark| mark.table == table);
        mark.map_or(Sequence::ZERO, |mark| mark.watermark)
    }

    /// The last record whose rows are all published: the journal may forget it.
    #[must_use]
    pub fn archived(&self) -> Sequence {
        let marks = self.marks.iter().map(|mark| mark.watermark);
        marks.min().unwrap_or(Sequence::ZERO)
    }

    /// The next record to be fed.
    #[must_use]
    pub fn next(&self) -> Sequence {
        let range = self.range.as_ref();
        range.map_or(self.archived(), |range| range.last).next()
    }

    /// Takes rows. Those of records before [`Self::next`] are passed over; where the archive was opened after an
    /// interrupted sealing, so are those that a table already has.
    ///
    /// # Errors
    /// [`ArchiveError::Gap`] where records are missing, and what the disk says.
    pub fn append(&mut self, batch: &Batch) -> Result<(), ArchiveError> {
        self.act(|this| this.append_new(batch))
    }

    /// Seals what is due at a time.
    ///
    /// # Errors
    /// What the disk says.
    pub fn tick(&mut self, now: Moment) -> Result<(), ArchiveError> {
        let due = |range: &Range| range.ends_at(now, &self.options);
        let due = self.catch_up.is_none() && self.range.as_ref().is_some_and(due);
        self.act(|this| if due { this.seal() } else { Ok(()) })
    }

    /// Seals what there is, at a clean stop. What an interrupted sealing still lacks waits for the next start.
    ///
    /// # Errors
    /// What the disk says.
    pub fn close(mut self) -> Result<(), ArchiveError> {
        self.seal_now()
    }

    /// Seals what there is, as [`Self::close`], and goes on.
    ///
    /// # Errors
    /// What the disk says.
    pub fn seal_now(&mut self) -> Result<(), ArchiveError> {
        let whole = self.catch_up.is_none();
        self.act(|this| if whole { this.seal() } else { Ok(()) })
    }

    /// Does what may fail. After a failure nobody can say what the disk will hold, so nothing more is done.
    fn act(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        if let Some(why) = &self.stopped {
            return Err(ArchiveError::Stopped(why.clone()));
        }
        let done = act(self);
        if let Err(error) = &done {
            self.stopped = Some(error.to_string());
        }
        done
    }

    fn append_new(&mut self, batch: &Batch) -> Result<(), ArchiveError> {
        let (span, next) = (batch.span(), self.next());
        if span.first > next {
            return Err(ArchiveError::Gap {
                expected: next,
                found: span.first,
            });
        }
        if span.last < next {
            return Ok(());
        }
        if span.first < next {
            return self.append_new(&batch.split(next).1);
        }
        match self.catch_up {
            None => self.write(batch),
            Some(end) if batch.day() != end.day => Err(ArchiveError::Record {
                sequence: span.first,
                why: "it is of another day than it was when it was archived before",
            }),
            Some(end) if end.last < span.last => {
                let (before, after) = batch.split(end.last.next());
                self.append_new(&before)?;
                self.append_new(&after)
            }
            Some(end) => {
                self.write(batch)?;
                if end.last == span.last {
                    self.catch_up = None;
                    self.seal()?;
                }
                Ok(())
            }
        }
    }

    fn write(&mut self, batch: &Batch) -> Result<(), ArchiveError> {
        let ends = |range: &Range| range.ends_before(batch, &self.options);
        if self.catch_up.is_none() && self.range.as_ref().is_some_and(ends) {
            self.seal()?;
        }
        let mut range = match self.range.take() {
            Some(range) => range,
            None => self.begin(batch)?,
        };
        range.write(batch)?;
        let full = self.catch_up.is_none() && range.is_full(&self.options);
        self.range = Some(range);
        if full { self.seal() } else { Ok(()) }
    }

    /// Begins a range, with a file of each table that does not have it.
    fn begin(&self, batch: &Batch) -> Result<Range, ArchiveError> {
        let first = batch.span().first;
        let lacking = self.marks.iter().filter(|mark| mark.watermark < first);
        let parts = lacking.map(|mark| {
            let (folders, day) = (self.folders.as_ref(), batch.day());
            Part::begin(folders, mark.table, day, first, mark.previous)
        });
        Ok(Range::new(batch, parts.collect::<Result<_, _>>()?))
    }

    fn seal(&mut self) -> Result<(), ArchiveError> {
        let Some(range) = self.range.take() else {
            return Ok(());
        };
        let marks = &mut self.marks;
        range.publish(|Published { stored, digest }| {
            let mark = marks.iter_mut().find(|mark| mark.table == stored.table);
            if let Some(mark) = mark {
                mark.watermark = stored.span.last;
                mark.previous = digest;
            }
        })
    }
}
