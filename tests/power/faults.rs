//! A disk that errs at every operation of a history, in each of its ways: whatever it hits has stopped, and says so;
//! what was acknowledged is there after the next start.

use std::io::{self, ErrorKind, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::disk::{Failure, HostileDisk};
use crate::history::History;
use crate::image::Expected;
use crate::service::{RealFolder, empty};
use crate::world::{Loss, Random};

const FAILURES: [Failure; 4] = [
    Failure::Refused(ErrorKind::Other),
    Failure::Refused(ErrorKind::StorageFull),
    Failure::Short,
    Failure::ShortThenFull,
];
const WORKERS: usize = 2;
const LIVES: usize = 3;
const STEPS: usize = 5;
/// More than an undisturbed history does, whose operations vary a little with the threads.
const BEYOND: usize = 12;

fn operations(real: &RealFolder) -> usize {
    let disk = HostileDisk::new(empty());
    History::new(&disk, real, 5)
        .live(LIVES, STEPS, false)
        .unwrap();
    disk.operations()
}

/// Lets one operation fail; whether that stopped anything.
fn fail(real: &RealFolder, operation: usize, failure: Failure) -> bool {
    let disk = HostileDisk::new(empty()).failing(operation, failure);
    let mut history = History::new(&disk, real, 5);
    let lived = history.live(LIVES, STEPS, false);
    let noticed = lived.is_err() || history.archive_stopped.is_some();
    assert!(
        noticed || !history.erred,
        "nobody noticed {failure:?} at operation {operation}"
    );
    let expected = Expected {
        real,
        clock: Arc::clone(&history.clock),
        records: std::mem::take(&mut history.told),
        // What had its place when a start failed is not known: a start acts a few times at the most.
        most: history.placed + 8,
        digests: Vec::new(),
    };
    let mut random = Random((operation as u64) << 8 | u64::from(failure == Failure::Short));
    let world = disk.world();
    let left = match random.below(2) {
        0 => world.clone(),
        _ => world.crash(&mut Loss::draw(&mut random)),
    };
    expected.check_twice(left, &mut random);
    noticed
}

#[test]
fn an_error_of_the_disk_at_any_operation_is_noticed_and_loses_nothing_acknowledged() {
    let real = RealFolder::new("faults");
    let operations = operations(&real) + BEYOND;
    let (next, noticed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let own = real.copied(&format!("faults-{worker}"));
            let (next, noticed) = (&next, &noticed);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= operations * FAILURES.len() {
                        break;
                    }
                    let failure = FAILURES[at % FAILURES.len()];
                    let stopped = fail(&own, at / FAILURES.len(), failure);
                    noticed.fetch_add(usize::from(stopped), Ordering::Relaxed);
                }
            });
        }
    });
    let noticed = noticed.into_inner();
    let told = format!("{operations} operations of the disk, {noticed} errors");
    writeln!(io::stderr(), "{told}").unwrap();
    assert!(noticed > 2 * (operations - BEYOND), "{told}");
}
