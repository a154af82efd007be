//! Points at which a debug build ends itself at once, as if it were killed. Tests ask for one with
//! `GREENLANE_CRASH=point:count`, which ends the process when it comes to the point for the count-th time, and start
//! it again. With `GREENLANE_PANIC=point:count` whoever comes there then panics instead. A release build has no such
//! points.

use std::io;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::journal::{Disk, DiskFile, Folders};

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Before bytes of the journal are written.
    BeforeWrite,
    /// When half of them are.
    WithinWrite,
    /// After they are.
    AfterWrite,
    /// Before a file of the journal is synced.
    BeforeSync,
    /// After it is.
    AfterSync,
    /// Around whatever makes and begins a segment of the journal, and writes its header.
    RollOver,
    /// Around every write and sync of the archive.
    ArchiveWrite,
    /// Around the appearance of a file of the archive.
    ArchiveRename,
    /// Around whatever makes a checkpoint appear and old ones go.
    Checkpoint,
    /// When a record is durable, and nobody was told.
    BeforeAnswer,
    /// Around each look at a declaration that an event affects: behind the event's record, between any two that are
    /// decided again, and before the record that says that all were.
    Redecision,
    /// When a policy's files are kept, and no record names them yet.
    PolicyKept,
    /// When a declaration has come whole, and nothing was made of it.
    Handler,
    /// While a matcher is lent to a declaration.
    Matching,
    /// Before what is done away from the workers.
    Elsewhere,
    /// While the ledger is held for a declaration that was settled.
    Settling,
    /// While the registry is held for an event.
    Acting,
    /// Before the clock's tick does anything.
    Tick,
    /// Where the candidate is about to decide a declaration, too.
    Shadowing,
}

impl Point {
    const ALL: [(Self, &str); 19] = [
        (Self::BeforeWrite, "before_write"),
        (Self::WithinWrite, "within_write"),
        (Self::AfterWrite, "after_write"),
        (Self::BeforeSync, "before_sync"),
        (Self::AfterSync, "after_sync"),
        (Self::RollOver, "roll_over"),
        (Self::ArchiveWrite, "archive_write"),
        (Self::ArchiveRename, "archive_rename"),
        (Self::Checkpoint, "checkpoint"),
        (Self::BeforeAnswer, "before_answer"),
        (Self::Redecision, "redecision"),
        (Self::PolicyKept, "policy_kept"),
        (Self::Handler, "handler"),
        (Self::Matching, "matching"),
        (Self::Elsewhere, "elsewhere"),
        (Self::Settling, "settling"),
        (Self::Acting, "acting"),
        (Self::Tick, "tick"),
        (Self::Shadowing, "shadowing"),
    ];
}

/// The point that was asked for, how often it is still passed by, and whether its end is a panic.
struct Asked {
    point: Point,
    left: AtomicU64,
    panics: bool,
}

fn asked() -> Option<&'static Asked> {
    static ASKED: OnceLock<Option<Asked>> = OnceLock::new();
    if !cfg!(debug_assertions) {
        return None;
    }
    let read = |panics| {
        let variable = match panics {
            true => "GREENLANE_PANIC",
            false => "GREENLANE_CRASH",
        };
        let text = std::env::var(variable).ok()?;
        let (name, count) = text.split_once(':')?;
        let (point, _) = Point::ALL.into_iter().find(|(_, known)| *known == name)?;
        let left = AtomicU64::new(count.parse().ok()?);
        Some(Asked {
            point,
            left,
            panics,
        })
    };
    ASKED
        .get_or_init(|| read(false).or_else(|| read(true)))
        .as_ref()
}

/// Whether the process is to end here.
fn is_due(point: Point) -> bool {
    let asked = asked().filter(|asked| asked.point == point);
    asked.is_some_and(|asked| asked.left.fetch_sub(1, Ordering::Relaxed) == 1)
}

/// Ends the process, or whatever it does, if that is to end here.
pub(super) fn reach(point: Point) {
    if is_due(point) {
        end();
    }
}

#[expect(clippy::panic, reason = "that is what was asked for")]
fn end() {
    match asked().is_some_and(|asked| asked.panics) {
        true => panic!("a test asked for it"),
        false => process::abort(),
    }
}

/// What stands between the service and its disks: nothing, but for tests.
#[derive(Clone, Copy)]
pub struct Between {
    /// Wraps the disk of the journal.
    pub journal: fn(Arc<dyn Disk>) -> Arc<dyn Disk>,
    /// Wraps the folders of the archive.
    pub archive: fn(Arc<dyn Folders>) -> Arc<dyn Folders>,
    /// Wraps the disk of the checkpoints.
    pub checkpoints: fn(Arc<dyn Disk>) -> Arc<dyn Disk>,
}

impl Default for Between {
    /// The point that was asked for, if one was.
    fn default() -> Self {
        match asked() {
            None => Self {
                journal: |disk| disk,
                archive: |folders| folders,
                checkpoints: |disk| disk,
            },
            Some(_) => Self {
                journal: |disk| Arc::new(JournalDisk(disk)),
                archive: |folders| Arc::new(ArchiveFolders(folders)),
                checkpoints: |disk| {
                    Arc::new(AsideDisk {
                        disk,
                        writing: Point::Checkpoint,
                        naming: Point::Checkpoint,
                    })
                },
            },
        }
    }
}

// ----- the journal -----

struct JournalDisk(Arc<dyn Disk>);

struct JournalFile(Box<dyn DiskFile>);

impl JournalFile {
    /// Whether its header was written, which is no zeros: what is synced before that are its zeros only.
    fn has_header(&self) -> io::Result<bool> {
        let mut first = [0];
        self.0.read_at(&mut first, 0)?;
        Ok(first != [0])
    }
}

/// Does something with the point around it.
fn around<T>(point: Point, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    reach(point);
    let done = act()?;
    reach(point);
    Ok(done)
}

impl Disk for JournalDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        self.0.list()
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let file = around(Point::RollOver, || self.0.create(name))?;
        Ok(Box::new(JournalFile(file)))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(JournalFile(self.0.open(name)?)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        around(Point::RollOver, || self.0.rename(from, to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        around(Point::RollOver, || self.0.remove(name))
    }

    fn sync_dir(&self) -> io::Result<()> {
        around(Point::RollOver, || self.0.sync_dir())
    }
}

impl DiskFile for JournalFile {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        reach(Point::BeforeWrite);
        if is_due(Point::WithinWrite) {
            let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
            self.0.write_at(half, offset)?;
            end();
        }
        let write = || self.0.write_at(bytes, offset);
        // The header is written when a segment is made, begins, or is marked.
        let written = match offset {
            0 => around(Point::RollOver, write),
            _ => write(),
        }?;
        reach(Point::AfterWrite);
        Ok(written)
    }

    fn sync_data(&self) -> io::Result<()> {
        if !self.has_header()? {
            return self.0.sync_data();
        }
        reach(Point::BeforeSync);
        self.0.sync_data()?;
        reach(Point::AfterSync);
        Ok(())
    }
}

// ----- the archive and the checkpoints -----

struct ArchiveFolders(Arc<dyn Folders>);

/// A folder whose files are written aside and then appear.
struct AsideDisk {
    disk: Arc<dyn Disk>,
    writing: Point,
    naming: Point,
}

struct AsideFile(Box<dyn DiskFile>, Point);

impl Folders for ArchiveFolders {
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        self.0.list(path)
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        self.0.open(path)
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        Ok(Box::new(AsideDisk {
            disk: self.0.create(path)?.into(),
            writing: Point::ArchiveWrite,
            naming: Point::ArchiveRename,
        }))
    }
}

impl Disk for AsideDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let file = around(self.writing, || self.disk.create(name))?;
        Ok(Box::new(AsideFile(file, self.writing)))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.disk.open(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        around(self.naming, || self.disk.rename(from, to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        around(self.writing, || self.disk.remove(name))
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.disk.sync_dir()
    }
}

impl DiskFile for AsideFile {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        around(self.1, || self.0.write_at(bytes, offset))
    }

    fn sync_data(&self) -> io::Result<()> {
        around(self.1, || self.0.sync_data())
    }
}
