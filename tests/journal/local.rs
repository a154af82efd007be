//! The local disk itself: no disk that a test makes up shows whether it is ever asked to sync.

#![expect(clippy::print_stdout, reason = "a test that was skipped says so")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use greenlane::journal::{Disk as _, LocalDisk};

/// Whether the file system has yet to find a place for bytes of a file, which are in memory only; none where nobody can
/// tell.
fn is_delayed(file: &Path) -> Option<bool> {
    let mut list = Command::new("/usr/sbin/filefrag");
    let listed = list.arg("-v").arg(file).output().ok();
    let listed = listed.filter(|listed| listed.status.success())?;
    Some(String::from_utf8_lossy(&listed.stdout).contains("delalloc"))
}

#[test]
fn bytes_that_were_synced_are_no_longer_in_memory_only() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("journal-local");
    let _ = fs::remove_dir_all(&folder);
    let disk = LocalDisk::open(&folder).unwrap();
    let file = disk.create("file").unwrap();
    assert_eq!(file.write_at(&[1; 8192], 0).unwrap(), 8192);
    match is_delayed(&folder.join("file")) {
        Some(true) => {
            file.sync_data().unwrap();
            assert_eq!(is_delayed(&folder.join("file")), Some(false));
        }
        _ => println!("skipped: the file system does not tell what is in memory only"),
    }
    fs::remove_dir_all(folder).unwrap();
}
