//! A disk that asks before it syncs a file.

use std::io;
use std::sync::Arc;

use greenlane::journal::{Disk, DiskFile};

/// Whether a sync is to be done; it may also take its time.
type Asked = Arc<dyn Fn() -> bool + Send + Sync>;

pub(crate) struct Syncing(pub(crate) Arc<dyn Disk>, pub(crate) Asked);

struct SyncingFile(Box<dyn DiskFile>, Asked);

impl Syncing {
    fn file(&self, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(SyncingFile(file, Arc::clone(&self.1)))
    }
}

impl Disk for Syncing {
    fn list(&self) -> io::Result<Vec<String>> {
        self.0.list()
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(self.0.create(name)?))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(self.0.open(name)?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.0.sync_dir()
    }
}

impl DiskFile for SyncingFile {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        match (self.1)() {
            true => self.0.sync_data(),
            false => Ok(()),
        }
    }
}
