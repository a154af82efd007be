//! The journal among threads: groups form by themselves, a full group refuses, an error reaches everyone.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use greenlane::journal::{
    Disk, Durability, Journal, JournalError, LocalDisk, Notice, Options, Sequence,
};

use crate::disk::{Failure, HostileDisk};
use crate::model::records;
use crate::syncing::Syncing;
use crate::world::World;

fn small() -> Options {
    Options {
        segment_bytes: 64 << 10,
        group_bytes: 16 << 10,
        ..Options::default()
    }
}

/// A disk whose syncs of files wait while it is held.
struct HeldDisk(HostileDisk, Arc<(Mutex<bool>, Condvar)>);

impl HeldDisk {
    fn new() -> Self {
        Self(HostileDisk::new(World::default()), Arc::default())
    }

    fn hold(&self, held: bool) {
        *self.1.0.lock().unwrap() = held;
        self.1.1.notify_all();
    }

    fn shared(&self) -> Arc<dyn Disk> {
        let waiting = Arc::clone(&self.1);
        let asked = move || {
            let (held, moved) = &*waiting;
            let held = moved.wait_while(held.lock().unwrap(), |held| *held);
            drop(held.unwrap());
            true
        };
        Arc::new(Syncing(self.0.shared(), Arc::new(asked)))
    }
}

#[test]
fn a_segment_has_its_blocks_before_it_is_needed_where_records_are_synced_and_only_there() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("blocks");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let segment_bytes = 1 << 20;
    let payload = |no: u64| no.to_le_bytes().repeat(128);
    for (durability, all) in [(Durability::Fsync, true), (Durability::Buffered, false)] {
        let folder = folder.join(format!("{durability:?}"));
        let disk = || Arc::new(LocalDisk::open(&folder).unwrap());
        let options = || Options {
            segment_bytes,
            group_bytes: 16 << 10,
            durability,
            ..Options::default()
        };
        let (journal, _) = Journal::open(disk(), options()).unwrap();
        for no in 1..=300 {
            let sequence = journal.append(&payload(no)).unwrap();
            assert_eq!(sequence, Sequence::new(no));
            journal.wait_durable(sequence).unwrap();
        }
        journal.close().unwrap();
        let (journal, _) = Journal::open(disk(), options()).unwrap();
        let read = records(journal.read(Sequence::new(1)).unwrap()).unwrap();
        let written = (1..=300).map(|no| (no, payload(no)));
        assert!(read.into_iter().eq(written));
        journal.close().unwrap();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let metadata = entry.unwrap().metadata().unwrap();
            assert_eq!(metadata.len(), segment_bytes);
            let there = metadata.blocks() * 512;
            assert_eq!(there >= segment_bytes, all, "{durability:?}: {there}");
        }
    }
}

#[test]
fn what_many_threads_append_is_there_in_the_order_of_its_sequence() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journal");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let disk = || Arc::new(LocalDisk::open(folder.join("made/with/parents")).unwrap());
    let (journal, _) = Journal::open(disk(), small()).unwrap();
    let acknowledged = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for writer in 0..8_u64 {
            let (journal, acknowledged) = (&journal, &acknowledged);
            scope.spawn(move || {
                for record in 0..200_u64 {
                    let payload = [writer, record].map(u64::to_le_bytes).concat().repeat(12);
                    let sequence = journal.append(&payload).unwrap();
                    journal.wait_durable(sequence).unwrap();
                    assert!(journal.durable() >= sequence);
                    acknowledged.lock().unwrap().push((sequence.get(), payload));
                }
            });
        }
    });
    let mut acknowledged = acknowledged.into_inner().unwrap();
    acknowledged.sort();
    let all = records(journal.read(Sequence::new(1)).unwrap()).unwrap();
    assert!(all == acknowledged);
    assert!(journal.segments().len() > 2);
    let oldest = journal.segments()[1].first;
    assert_eq!(journal.remove_before(oldest).unwrap(), 1);
    assert_eq!(journal.close().unwrap(), Sequence::new(1_600));

    let (journal, recovery) = Journal::open(disk(), small()).unwrap();
    assert_eq!(
        (recovery.first, recovery.last),
        (oldest, Sequence::new(1_600))
    );
    assert_eq!(recovery.cut, None);
    let left = records(journal.read(oldest).unwrap()).unwrap();
    assert!(left == acknowledged[oldest.get() as usize - 1..]);
    let middle = records(journal.read(Sequence::new(1_500)).unwrap()).unwrap();
    assert!(middle == acknowledged[1_499..]);
    let removed = journal.read(oldest.previous()).err().unwrap();
    assert!(matches!(removed, JournalError::Absent { first, .. } if first == oldest));
}

#[test]
fn a_full_group_refuses_and_takes_records_again_when_the_disk_has_caught_up() {
    let disk = HeldDisk::new();
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    disk.hold(true);
    let mut taken = 0;
    let mut payload = Vec::new();
    let refused = loop {
        payload.clear();
        payload.resize(300, 7);
        match journal.hand_over(&mut payload) {
            Ok((sequence, _wake)) => taken = sequence.get(),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, JournalError::Full), "{refused}");
    // What is refused stays with who had it, to be handed over again.
    assert_eq!(payload, [7; 300]);
    assert!(taken <= 2 * (16 << 10) / 328, "{taken}");
    assert_eq!(journal.durable(), Sequence::ZERO);
    disk.hold(false);
    journal.wait_durable(Sequence::new(taken)).unwrap();
    assert_eq!(journal.append(&[8; 300]).unwrap().get(), taken + 1);
    assert_eq!(journal.close().unwrap().get(), taken + 1);
}

#[test]
fn a_failed_sync_reaches_every_waiter_and_every_later_record() {
    let disk = HeldDisk::new();
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    let notices = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&notices);
    journal.subscribe(move |notice| told.lock().unwrap().push(notice.clone()));
    journal
        .wait_durable(journal.append(b"good").unwrap())
        .unwrap();
    disk.hold(true);
    let last = (0..16).fold(Sequence::ZERO, |_, _| journal.append(b"lost").unwrap());
    let waited = &journal;
    thread::scope(|scope| {
        let waiters: Vec<_> = (2..=last.get())
            .map(|number| scope.spawn(move || waited.wait_durable(Sequence::new(number)).is_err()))
            .collect();
        disk.0.fail_from_now(Failure::Refused(ErrorKind::Other));
        disk.hold(false);
        assert!(waiters.into_iter().all(|waiter| waiter.join().unwrap()));
    });
    assert!(journal.wait_durable(Sequence::new(1)).is_ok());
    let late = journal.append(b"late");
    assert!(matches!(late, Err(JournalError::Poisoned(_))), "{late:?}");
    let notices = notices.lock().unwrap();
    assert_eq!(
        notices[..2],
        [0, 1].map(|number| Notice::Durable(Sequence::new(number)))
    );
    assert!(matches!(&notices[2..], [Notice::Stopped(why)] if why.contains("cannot ")));
    assert!(journal.close().is_err());
}

#[test]
fn a_journal_stopped_from_outside_acknowledges_nothing_more() {
    let disk = HeldDisk::new();
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    disk.hold(true);
    let sequence = journal.append(b"record").unwrap();
    journal.poison("the state is not to be trusted");
    disk.hold(false);
    let waited = journal.wait_durable(sequence).unwrap_err().to_string();
    assert_eq!(
        waited,
        "the journal has stopped: the state is not to be trusted"
    );
    assert!(journal.append(b"record").is_err());
}

#[test]
fn a_segment_that_cannot_be_made_stops_the_journal_before_it_is_needed() {
    let disk = HostileDisk::new(World::default());
    drop(Journal::open(disk.shared(), small()).unwrap());
    let mut world = disk.world();
    world.remove("00000000000000000002.journal");
    world.sync_names("");
    let disk = HostileDisk::new(world);
    disk.fail_creates();
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    let stopped = loop {
        match journal.append(b"record") {
            Ok(sequence) => drop(journal.wait_durable(sequence)),
            Err(error) => break error.to_string(),
        }
    };
    let why = "the journal has stopped: cannot create `00000000000000000002.journal.tmp` at byte 0";
    assert!(stopped.starts_with(why), "{stopped}");
}

#[test]
fn what_was_appended_is_written_when_the_journal_is_dropped() {
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    for _ in 0..40 {
        journal.append(b"record").unwrap();
    }
    drop(journal);
    let (_, recovery) = Journal::open(disk.shared(), small()).unwrap();
    assert_eq!(recovery.last, Sequence::new(40));
}

#[test]
fn whoever_ends_a_shared_journal_leaves_everything_under_the_mark() {
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    let journal = Arc::new(journal);
    for _ in 0..100 {
        journal.append(b"record").unwrap();
    }
    let other = Arc::clone(&journal);
    journal.end().unwrap();
    let world = disk.world();
    let mark = &world.bytes(&format!("{:020}.journal", 1))[64..72];
    assert_eq!(mark, 100_u64.to_le_bytes());
    assert!(matches!(other.append(b"late"), Err(JournalError::Closed)));
}

#[test]
fn what_fits_nowhere_is_refused() {
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    let most = (16 << 10) - 24;
    // The longest fills a group to its last byte.
    let longest = journal.append(&vec![1; most]).unwrap();
    journal.wait_durable(longest).unwrap();
    let refused = journal.append(&vec![1; most + 1]);
    assert!(
        matches!(refused, Err(JournalError::TooLarge { most: 16_360, .. })),
        "{refused:?}"
    );
    let tiny = Options {
        segment_bytes: 512,
        ..small()
    };
    let refused = Journal::open(HostileDisk::new(World::default()).shared(), tiny).err();
    assert!(
        matches!(refused, Some(JournalError::Options { .. })),
        "{refused:?}"
    );
}

#[test]
fn the_least_sizes_hold_one_short_record_each() {
    let least = Options {
        segment_bytes: 568,
        group_bytes: 32,
        ..small()
    };
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), least.clone()).unwrap();
    for number in 1..=3_u64 {
        let sequence = journal.append(&number.to_le_bytes()).unwrap();
        journal.wait_durable(sequence).unwrap();
    }
    assert_eq!(journal.segments().len(), 3);
    let refused = |options| {
        let refused = Journal::open(HostileDisk::new(World::default()).shared(), options);
        refused.err().unwrap().to_string()
    };
    let shorter = Options {
        segment_bytes: 567,
        ..least.clone()
    };
    let why = "segment_bytes of `560` bytes is too small, at least `568` are needed";
    assert_eq!(refused(shorter), why);
    let smaller = Options {
        group_bytes: 31,
        ..least
    };
    let why = "group_bytes of `31` bytes is too small, at least `32` are needed";
    assert_eq!(refused(smaller), why);
}

#[test]
fn to_hand_over_allocates_nothing() {
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), small()).unwrap();
    let mut room = Vec::with_capacity(300);
    let mut hand_over = || {
        room.clear();
        room.extend_from_slice(&[5; 300]);
        let (sequence, wake) = journal.hand_over(&mut room).unwrap();
        drop(wake);
        journal.wait_durable(sequence).unwrap();
    };
    // There are two rooms besides, of which each grows once.
    (0..3).for_each(|_| hand_over());
    let allocations = allocation_counter::measure(|| (0..100).for_each(|_| hand_over()));
    assert_eq!(allocations.count_total, 0);
}

#[test]
fn threads_that_remove_at_once_do_not_stop_the_journal() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journal-removed-at-once");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let options = Options {
        segment_bytes: 4 << 10,
        group_bytes: 1 << 10,
        ..Options::default()
    };
    let disk = Arc::new(LocalDisk::open(folder).unwrap());
    let (journal, _) = Journal::open(disk, options).unwrap();
    for _ in 0..100 {
        let sequence = journal.append(&[7; 900]).unwrap();
        journal.wait_durable(sequence).unwrap();
    }
    let before = journal.segments().len();
    let removed: usize = thread::scope(|scope| {
        let remove = || journal.remove_before(journal.durable()).unwrap();
        let threads = [(); 4].map(|()| scope.spawn(remove));
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert!(removed > 20);
    assert_eq!(removed + journal.segments().len(), before);
    assert_eq!(journal.close().unwrap(), Sequence::new(100));
}
