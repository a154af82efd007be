//! The data folder: who may write it, and where in it everything is.
//!
//! `lock` is held by whoever writes; `journal` and `archive` are those of their modules; `policies/HASH` and
//! `registry/HASH` keep every policy and every set of registry files that a record names; `keys` holds a day's key
//! in a file of its own.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::policy::{PolicySource, SourceError};
use crate::registry::{RegistryErrors, RegistrySource};

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The disk refused.
    #[error("{path}: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Another process writes it.
    #[error(
        "{0}: another process is writing this data folder; a running service takes changes over HTTP"
    )]
    Locked(PathBuf),
    /// There is no such folder.
    #[error("{0}: no such data folder")]
    Absent(PathBuf),
    /// A policy that a record names cannot be read.
    #[error("{path}: {error}")]
    Policy {
        /// Where.
        path: PathBuf,
        /// Why.
        error: SourceError,
    },
    /// A registry that a record names cannot be read.
    #[error("{path}:\n{errors}")]
    Registry {
        /// Where.
        path: PathBuf,
        /// Why.
        errors: RegistryErrors,
    },
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> FolderError + '_ {
    move |error| FolderError::Io {
        path: path.to_owned(),
        error,
    }
}

/// A data folder. One that was opened to be written holds its lock until it is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: Option<File>,
}

impl DataFolder {
    /// Opens a folder to write it, and makes it where there is none.
    ///
    /// # Errors
    /// What the disk says; [`FolderError::Locked`] where another process writes it.
    pub fn write(path: &Path) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(io_at(path))?;
        let name = path.join("lock");
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).open(&name);
        let lock = lock.map_err(io_at(&name))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: Some(lock),
            }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(io_at(&name)(error)),
        }
    }

    /// Opens a folder to read it, which needs no lock.
    ///
    /// # Errors
    /// [`FolderError::Absent`].
    pub fn read(path: &Path) -> Result<Self, FolderError> {
        if !path.is_dir() {
            return Err(FolderError::Absent(path.to_owned()));
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: None,
        })
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the journal is.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// Where the archive is.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.path.join("archive")
    }

    /// Where the checkpoints are.
    #[must_use]
    pub fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoints")
    }

    /// Where the keys of the draws are.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.path.join("keys")
    }

    /// Keeps a policy, durably, under its hash.
    ///
    /// # Errors
    /// What the disk says.
    pub fn keep_policy(&self, source: &PolicySource) -> Result<(), FolderError> {
        let files = source.files().iter();
        let files = files.map(|file| (file.path.as_str(), file.text.as_bytes()));
        self.keep("policies", &source.hash(), files)
    }

    /// A policy that was kept.
    ///
    /// # Errors
    /// Where it is not there, or not as it was.
    pub fn policy(&self, hash: &str) -> Result<PolicySource, FolderError> {
        let path = self.path.join("policies").join(hash);
        let source = PolicySource::from_dirs(&[&path]);
        let source = source.map_err(|error| FolderError::Policy {
            path: path.clone(),
            error,
        })?;
        changed(&path, hash, &source.hash())?;
        Ok(source)
    }

    /// Keeps the files of a registry, durably, under their hash.
    ///
    /// # Errors
    /// What the disk says.
    pub fn keep_registry(&self, source: &RegistrySource) -> Result<(), FolderError> {
        let names: Vec<(String, &[u8])> = source
            .files()
            .map(|(table, bytes)| (format!("{table}.csv"), bytes))
            .collect();
        let files = names.iter().map(|(name, bytes)| (name.as_str(), *bytes));
        self.keep("registry", &source.hash(), files)
    }

    /// The files of a registry that were kept.
    ///
    /// # Errors
    /// Where they are not there, or not as they were.
    pub fn registry(&self, hash: &str) -> Result<RegistrySource, FolderError> {
        let path = self.path.join("registry").join(hash);
        let source = RegistrySource::from_dir(&path);
        let source = source.map_err(|errors| FolderError::Registry {
            path: path.clone(),
            errors,
        })?;
        changed(&path, hash, &source.hash())?;
        Ok(source)
    }

    /// Writes files aside, syncs them and lets the folder appear; one that is there already stays.
    fn keep<'f>(
        &self,
        kind: &str,
        hash: &str,
        files: impl Iterator<Item = (&'f str, &'f [u8])>,
    ) -> Result<(), FolderError> {
        let folder = self.path.join(kind);
        let whole = folder.join(hash);
        if whole.is_dir() {
            return Ok(());
        }
        let aside = folder.join(format!("{hash}.tmp"));
        if aside.exists() {
            fs::remove_dir_all(&aside).map_err(io_at(&aside))?;
        }
        fs::create_dir_all(&aside).map_err(io_at(&aside))?;
        for (name, bytes) in files {
            let path = aside.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(io_at(parent))?;
            }
            write_new(&path, bytes).map_err(io_at(&path))?;
        }
        sync_tree(&aside).map_err(io_at(&aside))?;
        fs::rename(&aside, &whole).map_err(io_at(&whole))?;
        sync_dir(&folder).map_err(io_at(&folder))?;
        sync_dir(&self.path).map_err(io_at(&self.path))
    }
}

fn changed(path: &Path, kept: &str, found: &str) -> Result<(), FolderError> {
    if kept == found {
        return Ok(());
    }
    let why = format!("its files have the hash {found}: they were changed or some are missing");
    Err(io_at(path)(io::Error::new(io::ErrorKind::InvalidData, why)))
}

/// Writes a file that must not be there yet, and syncs it.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn sync_tree(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() {
            sync_tree(&entry)?;
        }
    }
    sync_dir(path)
}
