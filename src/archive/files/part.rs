//! A file of one table while it is written, and until it is published: written aside under a name that readers do
//! not look at, sealed, synced, renamed, its folder synced.

use arrow::record_batch::RecordBatch;

use super::digest::{Digest, UNSEALED};
use super::name::{Span, folder, temporary};
use super::sink::Sink;
use super::{Stored, key};
use crate::archive::encoder::Encoder;
use crate::archive::error::ArchiveError;
use crate::archive::table::Table;
use crate::declaration::Day;
use crate::journal::{Disk, Folders, Sequence};

/// A file that is being written.
pub(in crate::archive) struct Part {
    place: Place,
    encoder: Encoder<Sink>,
    previous: Digest,
}

struct Place {
    table: Table,
    day: Day,
    first: Sequence,
    disk: Box<dyn Disk>,
    temporary: String,
}

/// A file that is whole and durable, and has no name yet.
pub(in crate::archive) struct Whole {
    place: Place,
    last: Sequence,
    digest: Digest,
}

/// A file that has been published.
pub(in crate::archive) struct Published {
    pub(in crate::archive) stored: Stored,
    pub(in crate::archive) digest: Digest,
}

impl Place {
    /// Where it is, for errors.
    fn path(&self) -> String {
        format!("{}/{}", folder(self.table, self.day), self.temporary)
    }
}

impl Part {
    /// Begins a table's file of a range that starts with `first`.
    pub(in crate::archive) fn begin(
        folders: &dyn Folders,
        table: Table,
        day: Day,
        first: Sequence,
        previous: Digest,
    ) -> Result<Self, ArchiveError> {
        let folder = folder(table, day);
        let disk = folders.create(&folder).map_err(ArchiveError::io(&folder))?;
        let place = Place {
            table,
            day,
            first,
            disk,
            temporary: temporary(first),
        };
        let path = place.path();
        let file = place.disk.create(&place.temporary);
        let sink = Sink::new(file.map_err(ArchiveError::io(&path))?);
        let encoder = Encoder::new(sink, table, &[]).map_err(ArchiveError::parquet(&path))?;
        Ok(Self {
            place,
            encoder,
            previous,
        })
    }

    pub(in crate::archive) fn table(&self) -> Table {
        self.place.table
    }

    pub(in crate::archive) fn write(&mut self, batch: &RecordBatch) -> Result<(), ArchiveError> {
        let written = self.encoder.write(batch);
        written.map_err(|error| ArchiveError::parquet(&self.place.path())(error))
    }

    /// Ends the file; it covers the journal to `last`. It is durable then, but nobody sees it.
    pub(in crate::archive) fn finish(self, last: Sequence) -> Result<Whole, ArchiveError> {
        let Self {
            place,
            mut encoder,
            previous,
        } = self;
        let path = place.path();
        let metadata = [
            (key::TABLE, place.table.name()),
            (key::DATE, &place.day.to_string()),
            (key::FIRST, &place.first.to_string()),
            (key::LAST, &last.to_string()),
            (key::ROWS, &encoder.rows().to_string()),
            (key::PREVIOUS, &previous.to_string()),
            (key::SEAL, UNSEALED),
        ];
        let ended = encoder.end_rows(&metadata).map(Sink::hold);
        let sink = ended.and_then(|()| encoder.finish());
        let digest = sink.map_err(ArchiveError::parquet(&path))?.seal();
        let digest = digest.map_err(ArchiveError::io(&path))?;
        Ok(Whole {
            place,
            last,
            digest,
        })
    }
}

impl Whole {
    /// Gives the file its name, for good.
    pub(in crate::archive) fn publish(self) -> Result<Published, ArchiveError> {
        let Self {
            place,
            last,
            digest,
        } = self;
        let stored = Stored {
            table: place.table,
            day: place.day,
            span: Span {
                first: place.first,
                last,
            },
        };
        let renamed = place
            .disk
            .rename(&place.temporary, &stored.span.file_name())
            .and_then(|()| place.disk.sync_dir());
        renamed.map_err(ArchiveError::io(&stored.path()))?;
        Ok(Published { stored, digest })
    }
}
