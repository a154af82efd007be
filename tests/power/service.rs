//! A service whose journal, archive and checkpoints are folders of one hostile disk.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use greenlane::journal::{Disk, Folders, Options};
use greenlane::service::{Between, StartOptions, Started, start};

use crate::disk::HostileDisk;
use crate::lanes;
use crate::syncing::Syncing;
use crate::world::World;

/// 2026-03-01T15:59:30Z, half a minute before midnight where the policy is.
pub(crate) const BEGIN: i64 = 1_772_380_770_000_000;
const FOLDERS: [&str; 3] = ["journal", "archive", "checkpoints"];

thread_local! {
    /// The disk of the service that this thread starts.
    static DISK: RefCell<Option<HostileDisk>> = const { RefCell::new(None) };
    /// The folder in which no sync does anything, if there is one.
    static UNSYNCED: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// From now on no sync of a file in a folder does anything, for the services that this thread starts.
pub(crate) fn leave_unsynced(folder: &'static str) {
    UNSYNCED.set(Some(folder));
}

fn disk_of_thread(folder: &str) -> Arc<dyn Disk> {
    let disk = of_thread(folder).shared();
    match UNSYNCED.get() == Some(folder) {
        true => Arc::new(unsynced(disk)),
        false => disk,
    }
}

fn unsynced(disk: Arc<dyn Disk>) -> Syncing {
    Syncing(disk, Arc::new(|| false))
}

fn of_thread(folder: &str) -> HostileDisk {
    let within = |disk: &HostileDisk| disk.within(folder);
    DISK.with_borrow(|disk| disk.as_ref().map(within)).unwrap()
}

/// Folders within a folder of the disk.
struct Within(HostileDisk, &'static str, bool);

impl Within {
    fn path(&self, path: &str) -> String {
        match path.is_empty() {
            true => self.1.to_owned(),
            false => format!("{}/{path}", self.1),
        }
    }
}

impl Folders for Within {
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        Folders::list(&self.0, &self.path(path))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        Folders::open(&self.0, &self.path(path))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        let disk = Folders::create(&self.0, &self.path(path))?;
        Ok(match self.2 {
            true => Box::new(unsynced(disk.into())),
            false => disk,
        })
    }
}

/// The folders of the archive on a disk.
pub(crate) fn archive(disk: &HostileDisk) -> Arc<dyn Folders> {
    let lies = UNSYNCED.get() == Some("archive");
    Arc::new(Within(disk.clone(), "archive", lies))
}

/// A disk on which there is nothing but the three folders.
pub(crate) fn empty() -> World {
    let mut world = World::default();
    for folder in FOLDERS {
        world.make_folder(folder);
    }
    world.sync_names("");
    world
}

/// The real folder of a service: that of its keys, policies and registries. Gone when it is dropped.
pub(crate) struct RealFolder(pub(crate) PathBuf);

impl RealFolder {
    pub(crate) fn new(name: &str) -> Self {
        let memory = Path::new("/dev/shm");
        let temporary = match memory.is_dir() {
            true => memory.to_owned(),
            false => std::env::temp_dir(),
        };
        let name = format!("greenlane-power-{}-{name}", std::process::id());
        let folder = Self(temporary.join(name));
        let gone = fs::remove_dir_all(&folder.0);
        drop(gone);
        fs::create_dir(&folder.0).unwrap();
        folder
    }

    /// Another folder with the same in it.
    pub(crate) fn copied(&self, name: &str) -> Self {
        let copy = Self::new(name);
        copy_all(&self.0, &copy.0);
        copy
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy_all(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

impl Drop for RealFolder {
    fn drop(&mut self) {
        let gone = fs::remove_dir_all(&self.0);
        drop(gone);
    }
}

/// Starts a service on a disk.
pub(crate) fn started(
    disk: &HostileDisk,
    real: &RealFolder,
    clock: &Arc<AtomicI64>,
) -> Result<Started, String> {
    DISK.set(Some(disk.clone()));
    let options = StartOptions {
        journal: Options {
            // Some six records.
            segment_bytes: 6 << 10,
            group_bytes: 4 << 10,
            mark_bytes: 2 << 10,
            origin: 7,
            ..Options::default()
        },
        between: Between {
            journal: |_| disk_of_thread("journal"),
            archive: |_| archive(&of_thread("")),
            checkpoints: |_| disk_of_thread("checkpoints"),
        },
        ..lanes::options(&real.0, clock, "0.5")
    };
    start(options, &mut |_, _| {}).map_err(|error| error.to_string())
}
