//! A file that appears whole or not at all: written aside in the same folder, synced, renamed, the folder synced.
//! Dropped before it was published, it is removed and what stood at the path stays.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::ArchiveError;

/// A file that is written aside.
#[derive(Debug)]
pub(super) struct Aside {
    path: PathBuf,
    temporary: PathBuf,
    published: bool,
}

impl Aside {
    /// Creates the file beside its path.
    pub(super) fn create(path: &Path) -> Result<(Self, File), ArchiveError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.tmp-{}", std::process::id()));
        let file = File::create(&temporary).map_err(ArchiveError::io(path))?;
        let this = Self {
            path: path.to_owned(),
            temporary,
            published: false,
        };
        Ok((this, file))
    }

    /// Where it will appear.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Syncs it, and lets it appear in place of what was there.
    pub(super) fn publish(mut self, file: &File) -> Result<(), ArchiveError> {
        file.sync_all().map_err(ArchiveError::io(&self.path))?;
        fs::rename(&self.temporary, &self.path).map_err(ArchiveError::io(&self.path))?;
        self.published = true;
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(ArchiveError::io(folder))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.published {
            // Best effort: whatever failed before has been reported.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
