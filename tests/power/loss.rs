//! The loss of power, and the end of the process, after every operation of a history.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::disk::HostileDisk;
use crate::history::History;
use crate::image::{Expected, digests};
use crate::service::{RealFolder, empty};
use crate::world::{Loss, Random, World};

const WORKERS: usize = 2;
/// Worlds that a loss may leave, for each operation; the end of the process alone leaves one more.
const LOSSES: usize = 1;

/// The disk after each operation of a history, and what must be true of each.
pub(crate) fn pictures(real: &RealFolder, seed: u64) -> (Vec<World>, Expected<'_>) {
    let disk = HostileDisk::new(empty()).watched();
    let mut history = History::new(&disk, real, seed);
    history.live(4, 8, true).unwrap();
    assert_eq!(history.archive_stopped, None);
    let pictures = disk.take_pictures();
    assert_lived(&disk.world());
    let expected = Expected {
        real,
        clock: Arc::clone(&history.clock),
        digests: digests(real, &history.told),
        most: history.placed,
        records: history.told,
    };
    (pictures, expected)
}

/// A history has segments that were removed, files that were sealed and checkpoints that were replaced.
fn assert_lived(world: &World) {
    let count = |folder: &str, end: &str| {
        let names = world.names.keys();
        let names = names.filter(|name| name.starts_with(folder) && name.ends_with(end));
        names.count()
    };
    let first = "journal/00000000000000000001.journal";
    assert!(!world.names.contains_key(first));
    assert!(count("journal/", ".journal") > 1);
    assert!(count("archive/decisions/", ".parquet") > 2);
    assert_eq!(count("checkpoints/", ".checkpoint"), 2);
}

/// How many operations there were, and how many worlds were started on.
fn lose_everywhere(seed: u64) -> (usize, usize) {
    let real = RealFolder::new(&format!("loss-{seed}"));
    let (pictures, expected) = pictures(&real, seed);
    let (next, images) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (pictures, expected) = (&pictures, &expected);
            let (next, images) = (&next, &images);
            let own = real.copied(&format!("loss-{seed}-{worker}"));
            scope.spawn(move || {
                let expected = Expected {
                    real: &own,
                    clock: Arc::clone(&expected.clock),
                    records: expected.records.clone(),
                    most: expected.most,
                    digests: expected.digests.clone(),
                };
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(picture) = pictures.get(at) else {
                        break;
                    };
                    let mut random = Random(seed << 32 | at as u64);
                    let mut worlds = vec![picture.clone()];
                    for _ in 0..LOSSES {
                        worlds.push(picture.crash(&mut Loss::draw(&mut random)));
                    }
                    for world in worlds {
                        let count = expected.check_twice(world, &mut random);
                        images.fetch_add(count, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    (pictures.len(), images.into_inner())
}

fn number(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn a_service_keeps_what_it_acknowledged_when_power_is_lost_at_any_operation() {
    let histories = number("GREENLANE_POWER_HISTORIES", 1);
    let first = number("GREENLANE_POWER_SEED", 1);
    let (mut operations, mut images) = (0, 0);
    for seed in first..first + histories {
        let (more, worlds) = lose_everywhere(seed);
        operations += more;
        images += worlds;
    }
    let told = format!("{operations} operations of the disk, {images} crash images");
    writeln!(io::stderr(), "{told}").unwrap();
    let histories = histories as usize;
    assert!(
        operations > 300 * histories && images > 1_200 * histories,
        "{told}"
    );
}
