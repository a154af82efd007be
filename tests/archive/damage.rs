//! Whatever is changed in an archive shows: a byte, an end, a file that is gone, or one in another's place.

use greenlane::archive::{Fault, RollOptions, Table, lookup, verify, verify_from};
use greenlane::declaration::Day;
use rayon::prelude::*;

use crate::disk::HostileDisk;
use crate::read::{bytes, files};
use crate::rolling::archive;
use crate::sample::batches;
use crate::world::World;

/// Three ranges of a few records.
fn sample() -> World {
    let options = RollOptions {
        max_rows: 1,
        max_age_s: u32::MAX,
    };
    archive(&batches(12, 4), options).world()
}

fn faults(world: World) -> Vec<Fault> {
    verify(&HostileDisk::new(world)).unwrap().faults
}

/// Paths of the files of a table.
fn paths(world: &World, table: Table) -> Vec<String> {
    let files = files(&HostileDisk::new(world.clone()), table);
    files
        .iter()
        .map(|(folder, name)| format!("{folder}/{name}"))
        .collect()
}

#[test]
fn every_byte_of_a_file_counts() {
    // One range: the file is the last one, for which no other vouches.
    let world = archive(&batches(4, 4), RollOptions::default()).world();
    assert_eq!(faults(world.clone()), []);
    let path = &paths(&world, Table::Results)[0];
    let whole = world.bytes(path).to_vec();
    assert!(whole.len() < 10_000, "{} bytes", whole.len());
    (0..whole.len()).into_par_iter().for_each(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= [1, 0x20, 0xff][at % 3];
        let mut world = world.clone();
        world.replace(path, bytes);
        let faults = faults(world);
        let first = faults.first().unwrap_or_else(|| panic!("byte {at}"));
        assert_eq!(first.file, *path, "byte {at}");
    });
}

#[test]
fn bytes_of_a_long_file_count_too() {
    let world = sample();
    for path in paths(&world, Table::Decisions) {
        let whole = world.bytes(&path).to_vec();
        for at in (0..whole.len()).step_by(2_999) {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            let mut world = world.clone();
            world.replace(&path, bytes);
            assert_eq!(faults(world)[0].file, path, "byte {at}");
        }
    }
}

#[test]
fn an_end_that_is_missing_shows() {
    let world = sample();
    for path in paths(&world, Table::Events) {
        let whole = world.bytes(&path).to_vec();
        for length in (0..whole.len()).step_by(101).chain([whole.len() - 1]) {
            let mut world = world.clone();
            world.replace(&path, whole[..length].to_vec());
            let first = &faults(world)[0];
            assert_eq!(first.file, path, "{length} bytes");
        }
        let mut longer = whole.clone();
        longer.push(0);
        let mut world = world.clone();
        world.replace(&path, longer);
        assert_eq!(faults(world)[0].file, path);
    }
}

#[test]
fn a_file_that_was_taken_away_shows() {
    let world = sample();
    for table in Table::ALL {
        for path in paths(&world, table) {
            let mut world = world.clone();
            world.remove(&path);
            let faults = faults(world);
            let missing = |fault: &Fault| fault.file == path && fault.why.starts_with("is missing");
            assert!(faults.iter().any(missing), "{path}: {faults:?}");
        }
    }
}

#[test]
fn a_range_that_was_taken_away_from_every_table_shows_where_others_follow() {
    let mut world = sample();
    for table in Table::ALL {
        let path = paths(&world, table).swap_remove(1);
        world.remove(&path);
    }
    let faults = faults(world);
    let expected = "covers 9 to 12, but `5` was to follow";
    assert_eq!(faults[0].why, expected);
    assert!(
        faults
            .iter()
            .any(|fault| fault.why.starts_with("`greenlane.previous` is")),
        "{faults:?}"
    );
}

#[test]
fn a_file_of_another_name_shows() {
    let world = sample();
    let path = paths(&world, Table::Results).swap_remove(2);
    let folder = path.rsplit_once('/').unwrap().0;
    let names = [
        "00000000000000000009-00000000000000000013.parquet",
        "00000000000000000010-00000000000000000012.parquet",
        "9-12.parquet",
        "old.parquet",
    ];
    for name in names {
        let mut world = world.clone();
        let to = format!("{folder}/{name}");
        world.rename(&path, &to);
        let faults = faults(world);
        assert!(
            faults.iter().any(|fault| fault.file == to),
            "{name}: {faults:?}"
        );
    }
    let mut world = world.clone();
    world.make_folder("results/date=2016-11-04");
    let to = path.replace("11-02", "11-04");
    world.rename(&path, &to);
    assert!(faults(world).iter().any(|fault| fault.file == to));
}

#[test]
fn files_in_each_others_place_show() {
    let world = sample();
    let swap = |one: &str, other: &str| {
        let mut swapped = world.clone();
        swapped.replace(one, world.bytes(other).to_vec());
        swapped.replace(other, world.bytes(one).to_vec());
        faults(swapped)
    };
    let results = paths(&world, Table::Results);
    let faults = swap(&results[0], &results[1]);
    assert_eq!(faults[0].file, results[0]);
    assert!(
        faults[0]
            .why
            .contains("`greenlane.first` is `5`, expected `1`"),
        "{}",
        faults[0]
    );
    let events = paths(&world, Table::Events);
    let faults = swap(&results[2], &events[2]);
    assert!(
        faults
            .iter()
            .any(|fault| fault.why.contains("`greenlane.table`")),
        "{faults:?}"
    );
}

#[test]
fn a_file_of_another_archive_shows() {
    let options = RollOptions {
        max_rows: 1,
        max_age_s: u32::MAX,
    };
    // The same ranges, other rows: a history that was written anew from the second range on.
    let (mut world, mut other) = (sample(), batches(12, 4));
    other.truncate(2);
    let other = archive(&other, options);
    let path = paths(&world, Table::Events).swap_remove(0);
    let (folder, name) = path.rsplit_once('/').unwrap();
    assert_eq!(world.bytes(&path), bytes(&other, folder, name));
    let second = paths(&world, Table::Events).swap_remove(1);
    let mut first = world.clone();
    first.replace(&second, world.bytes(&path).to_vec());
    assert!(!faults(first).is_empty());
    world.replace(&path, world.bytes(&second).to_vec());
    assert!(!faults(world).is_empty());
}

#[test]
fn from_a_day_on_the_file_before_must_be_as_it_was_and_earlier_ones_are_not_read() {
    let options = RollOptions {
        max_rows: 60,
        max_age_s: u32::MAX,
    };
    let world = archive(&batches(100, 10), options).world();
    let (day, paths) = (
        Day::parse("2016-11-03").unwrap(),
        paths(&world, Table::Events),
    );
    let first_of_day = paths
        .iter()
        .position(|path| path.contains("11-03"))
        .unwrap();
    let faults = |no: usize| {
        let mut world = world.clone();
        let mut bytes = world.bytes(&paths[no]).to_vec();
        bytes[20] ^= 1;
        world.replace(&paths[no], bytes);
        verify_from(&HostileDisk::new(world), day).unwrap().faults
    };
    assert_eq!(faults(first_of_day - 2), []);
    let before = faults(first_of_day - 1);
    assert!(
        before[0].why.starts_with("`greenlane.previous` is"),
        "{before:?}"
    );
    assert_eq!(before[0].file, paths[first_of_day]);
    assert_eq!(faults(first_of_day)[0].file, paths[first_of_day]);
}

#[test]
fn a_look_up_in_a_damaged_file_ends_with_rows_or_an_error() {
    let world = sample();
    let id = "572020120000103118";
    let path = paths(&world, Table::Events).swap_remove(0);
    let whole = world.bytes(&path).to_vec();
    let mut errors = 0;
    std::panic::set_hook(Box::new(|_| {}));
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let mut world = world.clone();
        world.replace(&path, bytes);
        let disk = HostileDisk::new(world);
        errors += usize::from(lookup(&disk, Table::Events, "declaration_id", id).is_err());
    }
    let _ = std::panic::take_hook();
    assert!(errors > 10, "{errors}");
}
