//! `greenlane backup`: a copy of a data folder, also while a service writes it. The journal is copied before and after
//! all else, so that a record that goes from it to the archive meanwhile is in the copy; then it is checked that none is
//! missing. The copy opens like any folder that a crash left.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::args::{Backup, Output};
use super::error::CliError;
use super::{Found, output};
use crate::archive::Records;
use crate::journal::{LocalDisk, LocalFolders, Log, Sequence, Stored};
use crate::supervision::DataFolder;

/// What is copied, in this order.
const PARTS: [&str; 7] = [
    "journal",
    "archive",
    "checkpoints",
    "policies",
    "registry",
    "keys",
    "journal",
];
/// How often it is tried, where the service sealed and forgot segments while they were copied.
const TRIES: usize = 3;

/// Copies a data folder.
pub(super) fn run(args: &Backup, out: Output) -> Result<Found, CliError> {
    if fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some()) {
        let why = format!("{}: the folder is not empty", args.dir.display());
        return Err(CliError::Usage(why));
    }
    let folder = DataFolder::read(&args.data)?;
    let mut tries = 0;
    let (files, records) = loop {
        tries += 1;
        let mut files = 0;
        for part in PARTS {
            let (from, to) = (folder.path().join(part), args.dir.join(part));
            if from.is_dir() {
                files += copy(&from, &to).map_err(|error| CliError::write(&to, error))?;
            }
        }
        match check(&args.dir) {
            Ok(last) => break (files, last),
            Err(_) if tries < TRIES => {
                fs::remove_dir_all(&args.dir).map_err(|error| CliError::write(&args.dir, error))?;
            }
            Err(error) => return Err(error),
        }
    };
    output::note(
        out,
        &format!(
            "{files} files in {}, records to {records}",
            args.dir.display()
        ),
    );
    Ok(Found::Right)
}

/// Whether every record is there, in the archive or the journal of a copy; the last.
fn check(copy: &Path) -> Result<Sequence, CliError> {
    let broken = |error: &dyn std::fmt::Display| CliError::write(copy, error);
    let folder = DataFolder::read(copy)?;
    let disk = LocalDisk::open(folder.journal()).map_err(|error| broken(&error))?;
    let journal = Stored::open(Arc::new(disk)).map_err(|error| broken(&error))?;
    let archive = Arc::new(LocalFolders::new(folder.archive()));
    let archived = Records::open(archive, journal.first()).map_err(|error| broken(&error))?;
    if archived.last().next() < journal.first() || archived.last() > journal.last() {
        return Err(broken(&format!(
            "the copy's archive ends with record {} and its journal has {} to {}",
            archived.last(),
            journal.first(),
            journal.last()
        )));
    }
    Ok(journal.last())
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
