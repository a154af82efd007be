//! Segments that cannot be opened when somebody reads: where a removal came between, that is told and not an error of
//! the disk; where the disk errs, that is told and not a removal; and who reads without a lock looks again.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use greenlane::journal::{
    Disk, DiskFile, Journal, JournalError, Log as _, Options, Sequence, Stored,
};

use crate::disk::HostileDisk;
use crate::world::World;

/// What happens before a file is opened, and whether that fails.
type BeforeOpen = Box<dyn Fn() -> io::Result<()> + Send + Sync>;

/// A disk on which something else happens, too.
struct Meanwhile {
    disk: HostileDisk,
    before_open: OnceLock<BeforeOpen>,
    /// So often it cannot be listed.
    unlisted: AtomicUsize,
}

impl Meanwhile {
    fn new(disk: HostileDisk) -> Arc<Self> {
        Arc::new(Self {
            disk,
            before_open: OnceLock::new(),
            unlisted: AtomicUsize::new(0),
        })
    }

    fn before_open(&self, act: impl Fn() -> io::Result<()> + Send + Sync + 'static) {
        assert!(self.before_open.set(Box::new(act)).is_ok());
    }
}

impl Disk for Meanwhile {
    fn list(&self) -> io::Result<Vec<String>> {
        let left = |left: usize| left.checked_sub(1);
        let order = Ordering::Relaxed;
        match self.unlisted.fetch_update(order, order, left) {
            Ok(_) => Err(ErrorKind::Other.into()),
            Err(_) => Disk::list(&self.disk),
        }
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Disk::create(&self.disk, name)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.before_open.get().map_or(Ok(()), |act| act())?;
        Disk::open(&self.disk, name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.disk.sync_dir()
    }
}

/// A journal of many segments.
fn grown(disk: &Arc<Meanwhile>) -> Arc<Journal> {
    let options = Options {
        segment_bytes: 20 << 10,
        group_bytes: 8 << 10,
        ..Options::default()
    };
    let (journal, _) = Journal::open(Arc::clone(disk) as Arc<dyn Disk>, options).unwrap();
    for _ in 0..100 {
        let sequence = journal.append(&[1; 600]).unwrap();
        journal.wait_durable(sequence).unwrap();
    }
    assert!(journal.segments().len() > 2);
    Arc::new(journal)
}

#[test]
fn a_segment_that_is_removed_while_it_is_opened_is_absent() {
    let disk = Meanwhile::new(HostileDisk::new(World::default()));
    let journal = grown(&disk);
    let removing = Arc::downgrade(&journal);
    disk.before_open(move || {
        let journal = removing.upgrade().unwrap();
        journal.remove_before(journal.durable()).unwrap();
        Ok(())
    });
    let told = journal.read(Sequence::new(1)).err().unwrap();
    let first = journal.segments()[0].first;
    assert!(
        matches!(told, JournalError::Absent { first: there, asked, .. } if there == first && asked < first),
        "{told}"
    );
}

#[test]
fn a_segment_that_the_disk_does_not_open_is_not_said_to_be_absent() {
    let disk = Meanwhile::new(HostileDisk::new(World::default()));
    let journal = grown(&disk);
    disk.before_open(|| Err(ErrorKind::PermissionDenied.into()));
    let told = journal.read(Sequence::new(1)).err().unwrap();
    assert!(
        matches!(&told, JournalError::Io { action: "open", error, .. } if error.kind() == ErrorKind::PermissionDenied),
        "{told}"
    );
}

#[test]
fn who_reads_without_a_lock_looks_three_times_before_it_gives_up() {
    let disk = Meanwhile::new(HostileDisk::new(World::default()));
    let durable = grown(&disk).durable();
    let open = |unlisted| {
        disk.unlisted.store(unlisted, Ordering::Relaxed);
        Stored::open(Arc::clone(&disk) as Arc<dyn Disk>)
    };
    assert_eq!(open(2).unwrap().last(), durable);
    let told = open(3).err().unwrap();
    assert!(
        matches!(told, JournalError::Io { action: "list", .. }),
        "{told}"
    );
    assert_eq!(disk.unlisted.load(Ordering::Relaxed), 0);
}
