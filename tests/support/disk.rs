//! A disk in memory that keeps a picture of itself after every operation, and fails where it is told to.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use greenlane::journal::{Disk, DiskFile, Folders};

use crate::world::World;

/// How an operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing is done.
    Refused(io::ErrorKind),
    /// Half of a write is done, and said to be half.
    Short,
    /// Half of a write is done, and then there is no room.
    ShortThenFull,
}

/// The disk, and on it a folder.
#[derive(Clone)]
pub(crate) struct HostileDisk {
    state: Arc<Mutex<State>>,
    folder: String,
}

struct State {
    world: World,
    operations: usize,
    failure: Option<(usize, Failure)>,
    /// Whether somebody was told of an error.
    erred: bool,
    /// Whether whatever comes after the failure fails too.
    for_good: bool,
    pictures: Option<Vec<World>>,
    reads_fail: bool,
    reads_are_hindered: bool,
    creates_fail: bool,
    reads: Reads,
}

/// What was read of all files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reads {
    pub(crate) calls: usize,
    pub(crate) bytes: usize,
}

impl HostileDisk {
    pub(crate) fn new(world: World) -> Self {
        let state = State {
            world,
            operations: 0,
            failure: None,
            erred: false,
            for_good: false,
            pictures: None,
            reads_fail: false,
            reads_are_hindered: false,
            creates_fail: false,
            reads: Reads::default(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            folder: String::new(),
        }
    }

    /// A folder of the same disk.
    pub(crate) fn within(&self, folder: &str) -> Self {
        Self {
            state: Arc::clone(&self.state),
            folder: folder.to_owned(),
        }
    }

    fn path(&self, name: &str) -> String {
        if self.folder.is_empty() {
            return name.to_owned();
        }
        format!("{}/{name}", self.folder)
    }

    pub(crate) fn shared(&self) -> Arc<dyn Disk> {
        Arc::new(self.clone())
    }

    /// From now on keeps the world after each operation.
    pub(crate) fn watched(self) -> Self {
        self.state().pictures = Some(Vec::new());
        self
    }

    pub(crate) fn failing(self, operation: usize, failure: Failure) -> Self {
        self.state().failure = Some((operation, failure));
        self
    }

    pub(crate) fn fail_reads(&self) {
        self.state().reads_fail = true;
    }

    /// From now on every other read is interrupted, and the rest are of a few bytes at most.
    pub(crate) fn hinder_reads(&self) {
        self.state().reads_are_hindered = true;
    }

    pub(crate) fn fail_creates(&self) {
        self.state().creates_fail = true;
    }

    pub(crate) fn fail_next(&self, failure: Failure) {
        let mut state = self.state();
        state.failure = Some((state.operations, failure));
    }

    pub(crate) fn fail_from_now(&self, failure: Failure) {
        self.fail_next(failure);
        self.state().for_good = true;
    }

    pub(crate) fn take_pictures(&self) -> Vec<World> {
        self.state()
            .pictures
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// What was read since this was asked last.
    pub(crate) fn take_reads(&self) -> Reads {
        std::mem::take(&mut self.state().reads)
    }

    pub(crate) fn world(&self) -> World {
        self.state().world.clone()
    }

    /// Keeps a number with the world, and with every picture of it from now on.
    pub(crate) fn note(&self, number: u64) {
        self.state().world.noted = number;
    }

    pub(crate) fn operations(&self) -> usize {
        self.state().operations
    }

    pub(crate) fn has_erred(&self) -> bool {
        self.state().erred
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Does an operation, or fails it if its time has come.
    fn act<T>(
        &self,
        act: impl FnOnce(&mut World) -> T,
        half: impl FnOnce(&mut World) -> Option<T>,
    ) -> io::Result<T> {
        let mut state = self.state();
        let operation = state.operations;
        state.operations += 1;
        let failure = state
            .failure
            .filter(|(at, _)| *at == operation || *at < operation && state.for_good);
        let done = match failure.map(|(_, failure)| failure) {
            None => Ok(act(&mut state.world)),
            Some(Failure::Refused(kind)) => Err(kind.into()),
            Some(Failure::Short) => {
                half(&mut state.world).ok_or_else(|| io::ErrorKind::Other.into())
            }
            Some(Failure::ShortThenFull) => {
                half(&mut state.world);
                Err(io::ErrorKind::StorageFull.into())
            }
        };
        state.erred |= done.is_err();
        if state.pictures.is_some() {
            let world = state.world.clone();
            state.pictures.get_or_insert_default().push(world);
        }
        done
    }
}

impl Disk for HostileDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state().world.list(&self.folder, false))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        if self.state().creates_fail {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let path = self.path(name);
        if self.state().world.names.contains_key(&path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = self.act(|world| world.create(&path), |_| None)?;
        Ok(Box::new(HostileFile(self.clone(), file)))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let file = self.state().world.names.get(&self.path(name)).copied();
        let file = file.ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(HostileFile(self.clone(), file)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        self.act(|world| world.rename(&from, &to), |_| None)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path(name);
        self.act(|world| world.remove(&path), |_| None)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.act(|world| world.sync_names(&self.folder), |_| None)
    }
}

impl Folders for HostileDisk {
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        Ok(self.state().world.list(path, true))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        if !self.state().world.has_folder(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Box::new(self.within(path)))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn Disk>> {
        let ends = path.match_indices('/').map(|(at, _)| at);
        let mut parent = "";
        for end in ends.chain([path.len()]).filter(|end| *end > 0) {
            let folder = &path[..end];
            if !self.state().world.has_folder(folder) {
                self.act(|world| world.make_folder(folder), |_| None)?;
            }
            self.act(|world| world.sync_names(parent), |_| None)?;
            parent = folder;
        }
        Ok(Box::new(self.within(path)))
    }
}

struct HostileFile(HostileDisk, usize);

impl DiskFile for HostileFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.state().world.files[self.1].shown.len() as u64)
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.0.state();
        if state.reads_fail {
            return Err(io::ErrorKind::Other.into());
        }
        state.reads.calls += 1;
        if state.reads_are_hindered && state.reads.calls % 2 == 1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = if state.reads_are_hindered {
            7
        } else {
            usize::MAX
        };
        let shown = &state.world.files[self.1].shown;
        let from = (offset as usize).min(shown.len());
        let bytes = into.len().min(shown.len() - from).min(most);
        into[..bytes].copy_from_slice(&shown[from..from + bytes]);
        state.reads.bytes += bytes;
        Ok(bytes)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let half = bytes.len() / 2;
        let offset = offset as usize;
        self.0.act(
            |world| {
                world.write(self.1, offset, bytes);
                bytes.len()
            },
            |world| {
                world.write(self.1, offset, &bytes[..half]);
                Some(half)
            },
        )
    }

    fn sync_data(&self) -> io::Result<()> {
        let synced = self.0.act(|world| world.sync(self.1), |_| None);
        if synced.is_err() {
            self.0.state().world.forget(self.1);
        }
        synced
    }
}
