//! The loss of power, and the end of the process, after every disk operation of generated histories, those of
//! recovery included.

use std::io::{self, Write as _};

use greenlane::journal::{Durability, Options, Sequence, Writer};
use greenlane::limits::JOURNAL_WINDOW_BYTES;

use crate::disk::HostileDisk;
use crate::model::{Model, open, reopen, tiny};
use crate::world::{Loss, Random, SECTOR, World};

/// Worlds that a crash may leave, for each operation.
const LOSSES: usize = 3;
const HISTORIES: u64 = 400;
const IMAGES_LEAST: usize = 100_000;

/// A history as it goes on.
struct History {
    random: Random,
    options: Options,
    model: Model,
    disk: HostileDisk,
    images: usize,
}

impl History {
    fn new(seed: u64, durability: Durability) -> Self {
        let mut random = Random(seed);
        let options = Options {
            durability,
            ..tiny(&mut random)
        };
        Self {
            random,
            options,
            model: Model::default(),
            disk: HostileDisk::new(World::default()).watched(),
            images: 0,
        }
    }

    fn run(mut self) -> usize {
        let mut writer = self.start();
        for _ in 0..6 + self.random.below(8) {
            writer = match self.random.below(10) {
                0 => {
                    let acknowledged = writer.close().unwrap().get() as usize;
                    self.check_pictures();
                    self.model.acknowledged = acknowledged;
                    self.start()
                }
                1 | 2 => self.crash(),
                3 => {
                    let before = 1 + self.random.below(self.model.acknowledged + 1) as u64;
                    self.model.given_up_before = self.model.given_up_before.max(before);
                    writer.remove_before(Sequence::new(before)).unwrap();
                    self.check_pictures();
                    writer
                }
                _ => self.commit(writer),
            };
        }
        self.images
    }

    fn start(&mut self) -> Writer {
        let (writer, recovery, records) = open(self.disk.shared(), &self.options).unwrap();
        self.check_pictures();
        let last = self.model.check(&recovery, &records);
        self.model.appended.truncate(last);
        self.model.acknowledged = last;
        writer
    }

    fn commit(&mut self, mut writer: Writer) -> Writer {
        self.append(&mut writer);
        self.check_pictures();
        if self.options.durability == Durability::Fsync {
            self.model.acknowledged = self.model.appended.len();
        }
        writer
    }

    fn append(&mut self, writer: &mut Writer) {
        let mut group = writer.group();
        for _ in 0..=self.random.below(5) {
            let payload = self.model.draw(&mut self.random);
            if group.push(&payload).is_err() {
                self.model.appended.pop();
            }
        }
        let last = writer.commit(&mut group).unwrap();
        assert_eq!(last.get() as usize, self.model.appended.len());
    }

    /// Loses power somewhere in the next group and goes on with what is left.
    fn crash(&mut self) -> Writer {
        let (mut writer, _, _) = open(self.disk.shared(), &self.options).unwrap();
        self.check_pictures();
        self.append(&mut writer);
        let pictures = self.disk.take_pictures();
        let picture = &pictures[self.random.below(pictures.len())];
        let left = picture.crash(&mut Loss::draw(&mut self.random));
        self.disk = HostileDisk::new(left).watched();
        self.start()
    }

    /// Loses power after each operation so far, recovers, loses power again and recovers to the same.
    fn check_pictures(&mut self) {
        for picture in self.disk.take_pictures() {
            for _ in 0..LOSSES {
                let left = picture.crash(&mut Loss::draw(&mut self.random));
                let (last, recovered) = reopen(left, &self.options, &self.model);
                let again = recovered.crash(&mut Loss::draw(&mut self.random));
                let mut same = self.model.clone();
                same.acknowledged = last;
                same.appended.truncate(last);
                reopen(again, &self.options, &same);
                self.images += 2;
            }
            self.end_process(picture);
        }
    }

    /// The process alone ends; the next one sees what was not synced, goes on from it, and loses power.
    fn end_process(&mut self, picture: World) {
        let disk = HostileDisk::new(picture);
        let (mut writer, recovery, records) = open(disk.shared(), &self.options).unwrap();
        let mut model = self.model.clone();
        let last = model.check(&recovery, &records);
        model.appended.truncate(last);
        model.acknowledged = last;
        let mut group = writer.group();
        group.push(&model.draw(&mut self.random)).unwrap();
        writer.commit(&mut group).unwrap();
        if self.options.durability == Durability::Fsync {
            model.acknowledged += 1;
        }
        let left = disk.world().crash(&mut Loss::draw(&mut self.random));
        reopen(left, &self.options, &model);
        self.images += 2;
    }
}

#[test]
fn what_was_acknowledged_survives_the_loss_of_power_at_any_operation() {
    let images: usize = (0..HISTORIES)
        .map(|seed| History::new(seed, Durability::Fsync).run())
        .sum();
    writeln!(io::stderr(), "{images} crash images of the journal").unwrap();
    assert!(images >= IMAGES_LEAST, "only {images} crash images");
}

#[test]
fn a_buffered_journal_keeps_a_prefix_when_power_is_lost() {
    let images: usize = (0..HISTORIES / 10)
        .map(|seed| History::new(seed, Durability::Buffered).run())
        .sum();
    assert!(images >= IMAGES_LEAST / 20, "only {images} crash images");
}

/// Once the zeros of a segment were synced all at once, and the syncs of records waited for as long.
#[test]
fn a_segment_that_is_made_never_has_more_than_a_window_that_is_not_synced() {
    let disk = HostileDisk::new(World::default()).watched();
    let options = Options {
        segment_bytes: 4 * JOURNAL_WINDOW_BYTES as u64,
        ..Options::default()
    };
    let (writer, _) = Writer::open(disk.shared(), options).unwrap();
    let pictures = disk.take_pictures();
    let most = pictures.iter().map(World::unsynced).max();
    assert_eq!(most, Some(JOURNAL_WINDOW_BYTES + SECTOR));
    writer.close().unwrap();
}
