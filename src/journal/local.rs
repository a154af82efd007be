//! Folders of the local file system.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::disk::{Disk, DiskFile, Folders};

/// A folder of the local file system.
#[derive(Debug)]
pub struct LocalDisk {
    folder: PathBuf,
    /// Whether files are opened to be written: who only reads needs no permission to write.
    writes: bool,
}

/// A folder of the local file system with the folders in it.
#[derive(Debug)]
pub struct LocalFolders {
    root: PathBuf,
}

impl LocalDisk {
    /// The folder, created with its parents where it is missing.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        create_durably(&folder)?;
        Ok(Self {
            folder,
            writes: true,
        })
    }
}

impl LocalFolders {
    /// Those under a folder, which need not be there.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

impl Folders for LocalFolders {
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.root.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            // Also behind a link; one that leads nowhere is an error, not an empty folder.
            if fs::metadata(entry.path())?.is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(names)
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        let folder = self.root.join(path);
        if !fs::metadata(&folder)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Box::new(LocalDisk {
            folder,
            writes: false,
        }))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        create_durably(&self.root)?;
        let mut folder = self.root.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let parent = folder.clone();
            folder.push(part);
            match fs::create_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => File::open(parent)?.sync_all()?,
            }
        }
        Ok(Box::new(LocalDisk {
            folder,
            writes: true,
        }))
    }
}

impl Disk for LocalDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        fs::read_dir(&self.folder)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect()
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(self.folder.join(name))?;
        Ok(Box::new(file))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new()
            .read(true)
            .write(self.writes)
            .open(self.folder.join(name))?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.folder.join(from), self.folder.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.folder.join(name))
    }

    fn sync_dir(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

/// A folder that a power loss would take away again takes the journal with it: its parent is synced too.
fn create_durably(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|path| !path.as_os_str().is_empty());
    if let Some(parent) = parent {
        create_durably(parent)?;
    }
    fs::create_dir(folder)?;
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        FileExt::write_at(self, bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        File::sync_data(self)
    }
}
