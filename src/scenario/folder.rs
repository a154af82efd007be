//! A folder of the system's temporary ones, for one story: it goes when the story has been told.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names that are tried: a process that was killed may have left some.
const TRIES: usize = 1_000;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// See the module.
#[derive(Debug)]
pub(super) struct OwnFolder {
    path: PathBuf,
    removed: bool,
}

impl OwnFolder {
    /// Makes one that only its owner may read.
    pub(super) fn new() -> io::Result<Self> {
        let (all, mut builder) = (std::env::temp_dir(), DirBuilder::new());
        builder.mode(0o700);
        for _ in 0..TRIES {
            let no = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = all.join(format!("greenlane-scenario-{}-{no}", process::id()));
            match builder.create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => {
                    made?;
                    let removed = false;
                    return Ok(Self { path, removed });
                }
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it with all that is in it.
    pub(super) fn remove(mut self) -> io::Result<()> {
        self.removed = true;
        fs::remove_dir_all(&self.path)
    }
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        if !self.removed {
            // Whatever came before is told; that the folder stays is the lesser evil.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
