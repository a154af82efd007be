//! A disk that errs: at every operation of a history, in each of its ways. The journal stops at once and for good;
//! what was acknowledged before is there after a restart, and after a loss of power that follows the restart.

use std::io::ErrorKind;

use greenlane::journal::{JournalError, Options, Sequence, Writer};

use crate::disk::{Failure, HostileDisk};
use crate::model::{Model, open, reopen, tiny};
use crate::world::{Loss, Random, World};

const FAILURES: [Failure; 4] = [
    Failure::Refused(ErrorKind::Other),
    Failure::Refused(ErrorKind::StorageFull),
    Failure::Short,
    Failure::ShortThenFull,
];
const LOSSES: usize = 4;
/// Records before it are given up; the first segments have no others.
const GIVEN_UP: u64 = 12;

/// Opens a journal, commits groups over several segments, removes old ones, closes.
fn history(disk: &HostileDisk, options: &Options, model: &mut Model) -> Result<(), JournalError> {
    let mut random = Random(options.origin);
    let (mut writer, recovery, _) = open(disk.shared(), options)?;
    model.acknowledged = recovery.last.get() as usize;
    model.appended.truncate(model.acknowledged);
    for _ in 0..6 {
        commit(&mut writer, model, &mut random)?;
    }
    model.given_up_before = GIVEN_UP;
    let removed = writer.remove_before(Sequence::new(GIVEN_UP));
    if removed.is_err() {
        assert_stopped(&mut writer);
    }
    removed?;
    let mut later = writer.segments().into_iter().skip(1);
    assert!(later.all(|segment| segment.first.get() > GIVEN_UP));
    commit(&mut writer, model, &mut random)?;
    writer.close()?;
    Ok(())
}

/// A journal with nothing in it, on a disk of its own.
fn fresh(options: &Options) -> (HostileDisk, Writer) {
    let disk = HostileDisk::new(World::default());
    let (writer, _) = Writer::open(disk.shared(), options.clone()).unwrap();
    (disk, writer)
}

fn commit(writer: &mut Writer, model: &mut Model, random: &mut Random) -> Result<(), JournalError> {
    let mut group = writer.group();
    for _ in 0..3 {
        group.push(&model.draw(random))?;
    }
    let done = writer.commit(&mut group);
    if done.is_err() {
        assert_stopped(writer);
    }
    model.acknowledged = done?.get() as usize;
    Ok(())
}

fn assert_stopped(writer: &mut Writer) {
    for _ in 0..2 {
        let mut group = writer.group();
        group.push(b"too late").unwrap();
        let again = writer.commit(&mut group);
        assert!(matches!(again, Err(JournalError::Poisoned(_))), "{again:?}");
    }
}

/// A world with a torn tail, and its records.
fn torn(options: &Options) -> (World, Model) {
    let disk = HostileDisk::new(World::default());
    let (mut writer, _, _) = open(disk.shared(), options).unwrap();
    let (mut model, mut random) = (Model::default(), Random(!options.origin));
    commit(&mut writer, &mut model, &mut random).unwrap();
    let disk = HostileDisk::new(disk.world()).watched();
    let (mut writer, _, _) = open(disk.shared(), options).unwrap();
    disk.take_pictures();
    commit(&mut writer, &mut model, &mut random).unwrap();
    let written = disk.take_pictures().swap_remove(0);
    (written.crash(&mut Loss::Prefix(0, 3)), model)
}

/// Lets every operation fail in every way; how many runs came to an error.
fn fail_everywhere(options: &Options, world: &World, before: &Model) -> usize {
    let disk = HostileDisk::new(world.clone());
    history(&disk, options, &mut before.clone()).unwrap();
    let mut errors = 0;
    for operation in 0..disk.operations() {
        for failure in FAILURES {
            let disk = HostileDisk::new(world.clone()).failing(operation, failure);
            let mut model = before.clone();
            if history(&disk, options, &mut model).is_err() {
                errors += 1;
                restart(&disk, options, &model);
            }
        }
    }
    errors
}

fn restart(disk: &HostileDisk, options: &Options, model: &Model) {
    let mut random = Random(disk.operations() as u64);
    for _ in 0..LOSSES {
        let lost = disk.world().crash(&mut Loss::draw(&mut random));
        reopen(lost, options, model);
        // The process alone ended: the system still shows what the failed sync never wrote.
        let (last, recovered) = reopen(disk.world(), options, model);
        let mut same = model.clone();
        same.acknowledged = last;
        same.appended.truncate(last);
        reopen(
            recovered.crash(&mut Loss::draw(&mut random)),
            options,
            &same,
        );
        // It also goes on from there.
        let disk = HostileDisk::new(disk.world());
        let mut model = model.clone();
        history(&disk, options, &mut model).unwrap();
        reopen(
            disk.world().crash(&mut Loss::draw(&mut random)),
            options,
            &model,
        );
    }
}

#[test]
fn an_error_of_the_disk_stops_the_journal_and_loses_nothing_acknowledged() {
    let mut errors = 0;
    for seed in 0..12 {
        let options = tiny(&mut Random(seed));
        errors += fail_everywhere(&options, &World::default(), &Model::default());
        let (world, model) = torn(&options);
        errors += fail_everywhere(&options, &world, &model);
    }
    assert!(errors > 2_000, "{errors}");
}

#[test]
fn a_short_write_is_taken_up_where_it_stopped() {
    let options = tiny(&mut Random(7));
    let (disk, mut writer) = fresh(&options);
    let (mut model, mut random) = (Model::default(), Random(1));
    disk.fail_next(Failure::Short);
    commit(&mut writer, &mut model, &mut random).unwrap();
    reopen(disk.world().crash(&mut Loss::All), &options, &model);
}

#[test]
fn a_write_that_was_interrupted_is_done_again_and_after_any_other_error_nothing_is() {
    let commit = |kind| {
        let (disk, mut writer) = fresh(&tiny(&mut Random(7)));
        let mut group = writer.group();
        group.push(b"once").unwrap();
        disk.fail_next(Failure::Refused(kind));
        let before = disk.operations();
        (writer.commit(&mut group), disk.operations() - before)
    };
    let (done, operations) = commit(ErrorKind::Interrupted);
    assert_eq!(done.unwrap(), Sequence::new(1));
    // The write twice, and a sync.
    assert_eq!(operations, 3);
    for kind in [ErrorKind::Other, ErrorKind::StorageFull] {
        let (done, operations) = commit(kind);
        assert!(done.is_err(), "{kind:?}");
        assert_eq!(operations, 1, "{kind:?}");
    }
}

#[test]
fn a_disk_that_takes_nothing_more_is_told_with_the_byte_where_it_stopped() {
    let (disk, mut writer) = fresh(&tiny(&mut Random(7)));
    let mut group = writer.group();
    group.push(&[7; 40]).unwrap();
    // Half of what is left each time, and of the last byte none.
    disk.fail_from_now(Failure::Short);
    let told = writer.commit(&mut group).unwrap_err().to_string();
    let place = "cannot write `00000000000000000001.journal` at byte 575";
    assert!(told.starts_with(place), "{told}");
}

#[test]
fn an_unreadable_segment_is_told_with_its_place() {
    let options = tiny(&mut Random(7));
    let disk = HostileDisk::new(World::default());
    open(disk.shared(), &options).unwrap();
    disk.fail_reads();
    let error = open(disk.shared(), &options).err().unwrap().to_string();
    let place = "cannot read `00000000000000000001.journal` at byte 0";
    assert!(error.starts_with(place), "{error}");
}

#[test]
fn a_short_or_interrupted_read_is_taken_up_where_it_stopped() {
    let options = tiny(&mut Random(7));
    let (disk, mut writer) = fresh(&options);
    let (mut model, mut random) = (Model::default(), Random(1));
    for _ in 0..4 {
        commit(&mut writer, &mut model, &mut random).unwrap();
    }
    let disk = HostileDisk::new(disk.world());
    disk.hinder_reads();
    let (_, recovery, records) = open(disk.shared(), &options).unwrap();
    assert_eq!(model.check(&recovery, &records), model.acknowledged);
}

#[test]
fn a_cut_says_where_it_is_how_long_and_why() {
    let options = tiny(&mut Random(7));
    let (disk, mut writer) = fresh(&options);
    for _ in 0..2 {
        let mut group = writer.group();
        group.push(&[7; 40]).unwrap();
        writer.commit(&mut group).unwrap();
    }
    let mut world = disk.world();
    let name = "00000000000000000001.journal";
    // The last frame begins behind the header of 512 bytes and a frame of 64.
    let mut bytes = world.bytes(name).to_vec();
    bytes[576 + 30] ^= 1;
    world.replace(name, bytes);
    let (_, recovery) = Writer::open(HostileDisk::new(world).shared(), options).unwrap();
    let cut = recovery.cut.unwrap();
    assert_eq!((&*cut.file, cut.offset, cut.bytes), (name, 576, 64));
    assert!(cut.why.starts_with("expected "), "{}", cut.why);
    assert_eq!(recovery.last, Sequence::new(1));
}

#[test]
fn only_what_is_left_of_a_segment_is_removed() {
    let mut world = World::default();
    for name in [
        "00000000000000000001.journal.tmp",
        "notes.journal.tmp",
        "1.journal.tmp",
    ] {
        world.create(name);
    }
    let disk = HostileDisk::new(world);
    let (writer, _) = Writer::open(disk.shared(), Options::default()).unwrap();
    writer.close().unwrap();
    let world = disk.world();
    let names: Vec<&str> = world.names.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "00000000000000000001.journal",
            "1.journal.tmp",
            "notes.journal.tmp"
        ]
    );
}
