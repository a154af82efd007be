//! A disk that errs at every operation in each of its ways, and the loss of power after every operation. A visible
//! file is always whole and right, and whoever feeds the journal again ends with each row exactly once.

use std::io::ErrorKind;
use std::sync::LazyLock;

use greenlane::archive::{ArchiveError, Batch, RollOptions, Table, verify};

use crate::disk::{Failure, HostileDisk};
use crate::read::{Rows, fed, files, ranges, rows};
use crate::rolling::open;
use crate::sample::batches;
use crate::world::{Loss, Random, World};

const FAILURES: [Failure; 3] = [
    Failure::Refused(ErrorKind::Other),
    Failure::Short,
    Failure::ShortThenFull,
];
/// A range for every two batches.
const OPTIONS: RollOptions = RollOptions {
    max_rows: 12,
    max_age_s: u32::MAX,
};

struct Journal {
    batches: Vec<Batch>,
    rows: Rows,
}

static JOURNAL: LazyLock<Journal> = LazyLock::new(|| {
    let batches = batches(16, 4);
    let rows = fed(&batches);
    Journal { batches, rows }
});

/// Opens an archive, feeds the whole journal, closes. What is there already is passed over.
fn feed(disk: &HostileDisk) -> Result<(), ArchiveError> {
    let mut writer = open(disk, OPTIONS)?;
    let mut failed = None;
    for batch in &JOURNAL.batches {
        let before = writer.archived();
        let done = writer.append(batch);
        if let Some(error) = failed.take() {
            assert!(
                matches!(done, Err(ArchiveError::Stopped(_))),
                "{error} {done:?}"
            );
            assert_eq!(writer.archived(), before);
        }
        failed = done.err();
    }
    match failed {
        Some(error) => Err(error),
        None => writer.close(),
    }
}

/// Every visible file is whole, in its place, and holds what was fed.
fn check_visible(disk: &HostileDisk) {
    let missing = |why: &str| why.starts_with("is missing: another table has a file of this range");
    let report = verify(disk).unwrap();
    assert!(
        report.faults.iter().all(|fault| missing(&fault.why)),
        "{:?}",
        report.faults
    );
    assert!(report.faults.len() < 4, "{:?}", report.faults);
    for (found, fed) in rows(disk).iter().zip(&JOURNAL.rows) {
        assert_eq!(*found, fed.slice(0, found.num_rows()));
    }
}

/// What a restart makes of a disk.
fn restart(world: World) {
    let disk = HostileDisk::new(world);
    check_visible(&disk);
    let visible = Table::ALL.map(|table| files(&disk, table));
    feed(&disk).unwrap();
    assert_eq!(verify(&disk).unwrap().faults, []);
    assert_eq!(rows(&disk), JOURNAL.rows);
    for (table, before) in Table::ALL.into_iter().zip(visible) {
        assert_eq!(before, files(&disk, table)[..before.len()]);
        assert_eq!(ranges(&disk, table), ranges(&disk, Table::Decisions));
    }
    // What it says is archived survives the loss of power.
    let disk = HostileDisk::new(disk.world().crash(&mut Loss::All));
    assert_eq!(rows(&disk), JOURNAL.rows);
}

fn whole() -> HostileDisk {
    let disk = HostileDisk::new(World::default());
    feed(&disk).unwrap();
    assert_eq!(rows(&disk), JOURNAL.rows);
    assert_eq!(ranges(&disk, Table::Decisions).len(), 2);
    disk
}

#[test]
fn the_loss_of_power_after_any_operation_leaves_whole_files_and_loses_no_row() {
    let disk = HostileDisk::new(World::default()).watched();
    feed(&disk).unwrap();
    let mut random = Random(1);
    let pictures = disk.take_pictures();
    assert_eq!(pictures.len(), whole().operations());
    for picture in pictures {
        restart(picture.crash(&mut Loss::All));
        restart(picture.crash(&mut Loss::Any(Random(random.next()))));
        // The process alone ends.
        restart(picture);
    }
}

#[test]
fn an_error_at_any_operation_stops_the_archive_and_loses_no_row() {
    let operations = whole().operations();
    let mut errors = 0;
    for operation in 0..operations {
        for failure in FAILURES {
            let disk = HostileDisk::new(World::default()).failing(operation, failure);
            if feed(&disk).is_err() {
                errors += 1;
                restart(if errors % 2 == 0 {
                    disk.world()
                } else {
                    disk.world().crash(&mut Loss::draw(&mut Random(errors)))
                });
            } else {
                // A short write was taken up where it stopped.
                assert_eq!(failure, Failure::Short);
                check_visible(&disk);
                assert_eq!(rows(&disk), JOURNAL.rows);
            }
        }
    }
    assert!(errors > 100, "{errors}");
}

#[test]
fn a_full_disk_that_stays_full_is_told_and_nothing_is_archived_twice_when_there_is_room_again() {
    for operation in [0, 8, 20, 30, 40] {
        let disk = HostileDisk::new(World::default());
        let failing = disk.clone().failing(operation, Failure::ShortThenFull);
        let told = feed(&failing).unwrap_err();
        assert!(!told.to_string().is_empty());
        disk.fail_from_now(Failure::ShortThenFull);
        assert!(feed(&disk).is_err());
        restart(disk.world());
    }
}
