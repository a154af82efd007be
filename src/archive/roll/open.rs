//! Opening an archive: what an interrupted write left is removed, the listings are checked, and what they show is
//! made durable before anyone relies on it.

use super::writer::{CatchUp, Mark};
use crate::archive::error::{ArchiveError, Fault};
use crate::archive::files::{Digest, Listing, Source, Stored, check};
use crate::archive::table::Table;
use crate::archive::views;
use crate::journal::Folders;

/// What an archive holds.
pub(super) struct Opened {
    pub(super) marks: [Mark; 4],
    pub(super) catch_up: Option<CatchUp>,
    /// Paths of what was removed.
    pub(super) removed: Vec<String>,
}

/// Opens an archive, a new one where there is nothing.
pub(super) fn open(folders: &dyn Folders) -> Result<Opened, ArchiveError> {
    let mut listings = Vec::new();
    for table in Table::ALL {
        listings.push(Listing::read_right(folders, table)?);
    }
    let catch_up = compare(&listings)?;
    let mut removed = Vec::new();
    let mut marks = Table::ALL.map(Mark::new);
    for (mark, listing) in marks.iter_mut().zip(&listings) {
        removed.extend(clear(folders, listing)?);
        if let Some(last) = listing.files.last() {
            mark.watermark = last.span.last;
            mark.previous = settle(folders, last)?;
        }
    }
    views::write(folders)?;
    Ok(Opened {
        marks,
        catch_up,
        removed,
    })
}

/// All tables have the same ranges. One may have a single range more than another: that of a sealing which was
/// interrupted, and is finished for the others before anything else.
fn compare(listings: &[Listing]) -> Result<Option<CatchUp>, ArchiveError> {
    let Some(longest) = listings.iter().max_by_key(|listing| listing.files.len()) else {
        return Ok(None);
    };
    let mut behind = false;
    for (listing, table) in listings.iter().zip(Table::ALL) {
        let same = |(a, b): (&Stored, &Stored)| (a.span, a.day) == (b.span, b.day);
        if let Some((own, other)) = listing
            .files
            .iter()
            .zip(&longest.files)
            .find(|(own, other)| !same((own, other)))
        {
            return Err(ArchiveError::Damaged(Fault {
                file: own.path(),
                why: format!("is not of the same day and range as `{}`", other.path()),
            }));
        }
        match longest.files.len() - listing.files.len() {
            0 => {}
            1 => behind = true,
            more => {
                return Err(ArchiveError::Damaged(Fault {
                    file: table.name().to_owned(),
                    why: format!("lacks `{more}` files that another table has"),
                }));
            }
        }
    }
    let last = longest.files.last().filter(|_| behind);
    Ok(last.map(|last| CatchUp {
        last: last.span.last,
        day: last.day,
    }))
}

fn clear(folders: &dyn Folders, listing: &Listing) -> Result<Vec<String>, ArchiveError> {
    let mut removed = Vec::new();
    for (folder, name) in &listing.unfinished {
        let path = format!("{folder}/{name}");
        let done = folders.create(folder).and_then(|disk| {
            disk.remove(name)?;
            disk.sync_dir()
        });
        done.map_err(ArchiveError::io(&path))?;
        removed.push(path);
    }
    Ok(removed)
}

/// Makes the last file's name durable, which a failed sync may have left undone, and reads what the next one carries.
fn settle(folders: &dyn Folders, last: &Stored) -> Result<Digest, ArchiveError> {
    let path = last.path();
    let folder = folders.create(&last.folder());
    let synced = folder.and_then(|disk| disk.sync_dir());
    synced.map_err(ArchiveError::io(&path))?;
    let sealed = check(&Source::open(folders, last)?).map_err(ArchiveError::io(&path))?;
    match sealed.fault {
        None => Ok(sealed.digest),
        Some(why) => Err(ArchiveError::Damaged(Fault {
            file: path,
            why: why.to_owned(),
        })),
    }
}
