//! All that the journal knows of a disk, one folder of files, and the archive, folders of them.
//! Small, so that tests can put a hostile one under it. Nothing here retries or hides an error.

use std::io;

/// A folder. Names are those of files in it, without a path.
pub trait Disk: Send + Sync {
    /// The names of all files, in no order.
    fn list(&self) -> io::Result<Vec<String>>;
    /// A new, empty file; an error if there is one of this name.
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// A file that is there, to read and write.
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file another name. Durable after [`Self::sync_dir`].
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file. Durable after [`Self::sync_dir`].
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes every create, rename and remove so far durable.
    fn sync_dir(&self) -> io::Result<()>;
}

/// Folders in one another. A path has its parts divided by `/`; the empty one is the outermost folder.
pub trait Folders: Send + Sync {
    /// The names of the folders in a folder, in no order; none where it is missing.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;
    /// A folder that is there, to read.
    fn open(&self, path: &str) -> io::Result<Box<dyn Disk>>;
    /// A folder to write in, made with its parents where it is missing. Durable, also where a sync failed before.
    fn create(&self, path: &str) -> io::Result<Box<dyn Disk>>;
}

/// An open file.
pub trait DiskFile: Send + Sync {
    /// Its length in bytes.
    fn length(&self) -> io::Result<u64>;
    /// Reads up to `into.len()` bytes; how many, 0 at the end.
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes up to `bytes.len()` bytes; how many.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;
    /// Makes every write so far durable, with the length that they gave the file.
    fn sync_data(&self) -> io::Result<()>;
}
