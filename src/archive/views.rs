//! The views that analysts start from, as `views.sql` beside the tables.

use std::io;

use super::error::ArchiveError;
use crate::journal::{Disk, Folders};

/// The name of the file.
const NAME: &str = "views.sql";
const TEMPORARY: &str = "views.sql.tmp";
/// Views in the SQL of `DuckDB`.
pub const VIEWS: &str = include_str!("views.sql");

/// Writes the file, unless it is there as it should be.
pub(super) fn write(folders: &dyn Folders) -> Result<(), ArchiveError> {
    let folder = folders.create("").map_err(ArchiveError::io(NAME))?;
    let written = is_there(folder.as_ref()).and_then(|there| {
        if there {
            return folder.sync_dir();
        }
        replace(folder.as_ref())
    });
    written.map_err(ArchiveError::io(NAME))
}

fn is_there(folder: &dyn Disk) -> io::Result<bool> {
    if !folder.list()?.iter().any(|name| name == NAME) {
        return Ok(false);
    }
    let file = folder.open(NAME)?;
    // One byte more than there should be: a longer file is another one.
    let mut bytes = vec![0; VIEWS.len() + 1];
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..) {
        match file.read_at(rest, done as u64)? {
            0 => break,
            read => done += read,
        }
    }
    Ok(bytes.get(..done) == Some(VIEWS.as_bytes()))
}

fn replace(folder: &dyn Disk) -> io::Result<()> {
    if folder.list()?.iter().any(|name| name == TEMPORARY) {
        folder.remove(TEMPORARY)?;
    }
    let file = folder.create(TEMPORARY)?;
    let mut done = 0;
    while let Some(rest) = VIEWS.as_bytes().get(done..).filter(|rest| !rest.is_empty()) {
        match file.write_at(rest, done as u64)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => done += written,
        }
    }
    file.sync_data()?;
    folder.rename(TEMPORARY, NAME)?;
    folder.sync_dir()
}
