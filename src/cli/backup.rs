//! `greenlane backup`: a copy of a data folder, also while a service writes it. What never changes is copied first and
//! the journal after the archive, so that nothing is in neither; the copy opens like any folder that a crash left.

use std::fs;
use std::io;
use std::path::Path;

use super::args::{Backup, Output};
use super::error::CliError;
use super::{Found, output};
use crate::supervision::DataFolder;

/// What is copied, in this order. A checkpoint may be newer than the archive that was copied before it, never older
/// than what the journal still has.
const PARTS: [&str; 6] = [
    "policies",
    "registry",
    "keys",
    "archive",
    "checkpoints",
    "journal",
];

/// Copies a data folder.
pub(super) fn run(args: &Backup, out: Output) -> Result<Found, CliError> {
    if fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some()) {
        let why = format!("{}: the folder is not empty", args.dir.display());
        return Err(CliError::Usage(why));
    }
    let folder = DataFolder::read(&args.data)?;
    let mut copied = 0;
    for part in PARTS {
        let (from, to) = (folder.path().join(part), args.dir.join(part));
        if from.is_dir() {
            copied += copy(&from, &to).map_err(|error| CliError::write(&to, error))?;
        }
    }
    output::note(out, &format!("{copied} files in {}", args.dir.display()));
    Ok(Found::Right)
}

/// Copies a folder and what is in it; how many files. What goes away meanwhile was not needed any more.
fn copy(from: &Path, to: &Path) -> io::Result<u64> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    let mut count = 0;
    let mut entries = fs::read_dir(from)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            count += copy(&entry.path(), &target)?;
            continue;
        }
        match fs::copy(entry.path(), &target) {
            Ok(_) => count += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        }
        fs::File::open(&target)?.sync_all()?;
    }
    fs::File::open(to)?.sync_all()?;
    Ok(count)
}
