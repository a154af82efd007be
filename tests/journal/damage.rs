//! Damage: bits, lengths, frames and pages of a small journal. Each is refused with its place, or lies in the last
//! group of a journal that was not closed and is reported as cut; never is another payload given.

use std::ops::Range;

use greenlane::journal::{Journal, JournalError, Options, Recovery, Sequence, Writer};

use crate::disk::HostileDisk;
use crate::model::{Model, open, tiny};
use crate::world::{Random, SECTOR, World};

const GROUP: usize = 3;
const FIRST: &str = "00000000000000000001.journal";

/// A journal of several segments, as a killed or a closed process leaves it.
pub(crate) struct Sample {
    pub(crate) world: World,
    pub(crate) options: Options,
    pub(crate) model: Model,
    /// How many records must be there whatever is damaged.
    pub(crate) kept: usize,
}

fn sample(seed: u64, closed: bool, mark_bytes: u64) -> Sample {
    let mut random = Random(seed);
    let options = Options {
        mark_bytes,
        segment_bytes: 1_280,
        ..tiny(&mut random)
    };
    let disk = HostileDisk::new(World::default());
    let (mut writer, _, _) = open(disk.shared(), &options).unwrap();
    let mut model = Model::default();
    let mut before = 0;
    while disk.world().names.len() < 3
        || writer.segments().last().unwrap().first.get() as usize > before
    {
        before = model.appended.len();
        let mut group = writer.group();
        for _ in 0..GROUP {
            group.push(&model.draw(&mut random)).unwrap();
        }
        writer.commit(&mut group).unwrap();
    }
    if closed {
        writer.close().unwrap();
        // With threads, so that the next segment stands ready.
        let (journal, _) = Journal::open(disk.shared(), options.clone()).unwrap();
        journal.close().unwrap();
        before = model.appended.len();
    }
    Sample {
        world: disk.world(),
        options,
        model,
        kept: before,
    }
}

impl Sample {
    pub(crate) fn names(&self) -> Vec<String> {
        self.world.names.keys().cloned().collect()
    }

    /// Opens the journal with one file replaced.
    pub(crate) fn with(&self, name: &str, bytes: Vec<u8>) -> Result<Recovery, JournalError> {
        let mut world = self.world.clone();
        world.replace(name, bytes);
        self.opened(world)
    }

    fn opened(&self, world: World) -> Result<Recovery, JournalError> {
        let (_, recovery, records) = open(HostileDisk::new(world).shared(), &self.options)?;
        let mut model = self.model.clone();
        model.acknowledged = self.kept;
        model.check(&recovery, &records);
        Ok(recovery)
    }

    /// Damage is refused with the file's name, or cut and reported.
    pub(crate) fn assert_noticed(&self, name: &str, bytes: Vec<u8>, what: &str) {
        match self.with(name, bytes) {
            Err(JournalError::Damaged { file, .. } | JournalError::Version { file, .. }) => {
                assert!(self.world.names.contains_key(&file), "{what}: {file}");
            }
            Err(error) => panic!("{what} in {name}: {error}"),
            Ok(recovery) => assert!(recovery.cut.is_some(), "{what} in {name}: unnoticed"),
        }
    }

    fn assert_refused(&self, name: &str, bytes: Vec<u8>, what: &str) {
        let opened = self.with(name, bytes);
        assert!(
            matches!(opened, Err(JournalError::Damaged { .. })),
            "{what} in {name}: {opened:?}"
        );
    }
}

/// Journals that were closed or killed, with a mark for every group.
fn marked() -> impl Iterator<Item = Sample> {
    (0..3).flat_map(|seed| [true, false].map(|closed| sample(seed, closed, 0)))
}

/// These, and journals in which only the frames say what was durable.
fn samples() -> impl Iterator<Item = Sample> {
    marked().chain((0..3).map(|seed| sample(seed, false, 1 << 20)))
}

/// Where the frames of a segment are.
fn frames(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut frames = Vec::new();
    let mut at = SECTOR;
    while let Some(head) = bytes.get(at..at + 24).filter(|head| head[8] != 0) {
        let length = u32::from_le_bytes(head[16..20].try_into().unwrap());
        let payload = if length == u32::MAX {
            0
        } else {
            length as usize
        };
        let end = at + (24 + payload).next_multiple_of(8);
        frames.push(at..end);
        at = end;
    }
    frames
}

/// A group of one record.
fn commit_one(writer: &mut Writer, record: &[u8]) {
    let mut group = writer.group();
    group.push(record).unwrap();
    writer.commit(&mut group).unwrap();
}

#[test]
fn every_flipped_bit_is_noticed() {
    for sample in samples() {
        for name in sample.names() {
            for bit in 0..sample.world.bytes(&name).len() * 8 {
                let mut bytes = sample.world.bytes(&name).to_vec();
                bytes[bit / 8] ^= 1 << (bit % 8);
                sample.assert_noticed(&name, bytes, &format!("bit {bit}"));
            }
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    for sample in samples() {
        for name in sample.names() {
            for length in 0..sample.world.bytes(&name).len() {
                let bytes = sample.world.bytes(&name)[..length].to_vec();
                sample.assert_refused(&name, bytes, &format!("length {length}"));
            }
        }
    }
}

#[test]
fn every_zeroed_page_is_noticed() {
    for sample in marked() {
        for name in sample.names() {
            for page in (0..sample.world.bytes(&name).len()).step_by(SECTOR) {
                let mut bytes = sample.world.bytes(&name).to_vec();
                let end = (page + SECTOR).min(bytes.len());
                if bytes[page..end].iter().all(|byte| *byte == 0) {
                    continue;
                }
                bytes[page..end].fill(0);
                let last = frames(sample.world.bytes(&name))
                    .last()
                    .map(|frame| frame.end);
                let to_the_end = last.is_some_and(|last| last <= end);
                match sample.with(&name, bytes) {
                    // Nothing is left behind the cut when the page held the end of the last group.
                    Ok(recovery) => assert!(recovery.cut.is_some() || to_the_end, "page {page}"),
                    Err(error) => assert!(matches!(error, JournalError::Damaged { .. })),
                }
            }
        }
    }
}

#[test]
fn swapped_and_repeated_frames_are_noticed() {
    let mut tried = 0;
    for sample in samples() {
        for name in sample.names() {
            let whole = sample.world.bytes(&name);
            let frames = frames(whole);
            for (index, one) in frames.iter().enumerate() {
                for other in &frames[index + 1..] {
                    let between = &whole[one.end..other.start];
                    let swapped = [&whole[other.clone()], between, &whole[one.clone()]].concat();
                    let mut bytes = whole.to_vec();
                    bytes[one.start..other.end].copy_from_slice(&swapped);
                    sample.assert_noticed(&name, bytes, "swapped frames");
                    let mut bytes = whole.to_vec();
                    bytes.splice(other.clone(), whole[one.clone()].iter().copied());
                    bytes.resize(whole.len(), 0);
                    sample.assert_noticed(&name, bytes, "a frame over another");
                    tried += 2;
                }
                let end = frames.last().unwrap().end;
                let copy = &whole[one.clone()];
                if end + copy.len() <= whole.len() {
                    let mut bytes = whole.to_vec();
                    bytes[end..end + copy.len()].copy_from_slice(copy);
                    sample.assert_refused(&name, bytes, "a frame repeated at the end");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn a_missing_segment_is_refused() {
    for sample in samples() {
        // The first ones may have been removed, and one that only stands ready is made again.
        let names = sample.names();
        let begun = names
            .iter()
            .filter(|name| !frames(sample.world.bytes(name)).is_empty());
        for name in begun.skip(1) {
            let mut world = sample.world.clone();
            world.names.remove(name);
            let opened = sample.opened(world);
            let missing =
                matches!(&opened, Err(JournalError::Damaged { file, .. }) if file == name);
            assert!(missing, "{opened:?}");
        }
    }
}

#[test]
fn segments_of_another_journal_or_another_place_are_refused() {
    let (sample, other) = (sample(1, true, 0), sample(2, true, 0));
    for name in sample.names() {
        for foreign in other.names() {
            let bytes = other.world.bytes(&foreign).to_vec();
            sample.assert_refused(&name, bytes, "another journal's segment");
        }
        for own in sample.names().into_iter().filter(|own| *own != name) {
            let bytes = sample.world.bytes(&own).to_vec();
            sample.assert_refused(&name, bytes, "a segment of another number");
        }
    }
}

#[test]
fn an_older_copy_of_a_segment_is_refused() {
    let options = Options {
        segment_bytes: 1_024,
        ..sample(1, true, 0).options
    };
    let disk = HostileDisk::new(World::default());
    let (mut writer, _, _) = open(disk.shared(), &options).unwrap();
    let mut copies = Vec::new();
    for record in 0..8_u8 {
        copies.push(disk.world());
        commit_one(&mut writer, &[record; 200]);
    }
    for copy in copies
        .iter()
        .filter(|copy| copy.bytes(FIRST) != disk.world().bytes(FIRST))
    {
        let mut world = disk.world();
        world.replace(FIRST, copy.bytes(FIRST).to_vec());
        let opened = open(HostileDisk::new(world).shared(), &options).map(|(_, found, _)| found);
        assert!(
            matches!(opened, Err(JournalError::Damaged { .. })),
            "{opened:?}"
        );
    }
}

#[test]
fn a_segment_of_a_history_that_went_another_way_is_refused() {
    let sample = sample(1, false, 0);
    let histories = [b'a', b'b'].map(|letter| {
        let disk = HostileDisk::new(World::default());
        let (mut writer, _, _) = open(disk.shared(), &sample.options).unwrap();
        for _ in 0..12 {
            commit_one(&mut writer, &[letter; 200]);
        }
        disk.world()
    });
    for name in histories[0].names.keys() {
        let mut world = histories[0].clone();
        world.replace(name, histories[1].bytes(name).to_vec());
        let opened = open(HostileDisk::new(world).shared(), &sample.options);
        assert!(
            matches!(opened, Err(JournalError::Damaged { .. })),
            "{name}"
        );
    }
}

/// The sequence that the first segment's mark names.
fn mark(world: &World) -> u64 {
    let bytes = &world.bytes(FIRST)[64..72];
    u64::from_le_bytes(bytes.try_into().unwrap())
}

#[test]
fn a_mark_is_noted_as_soon_as_so_many_bytes_were_written_since_the_last() {
    let options = Options {
        mark_bytes: 3 * 96,
        segment_bytes: 4_096,
        ..sample(1, true, 0).options
    };
    let disk = HostileDisk::new(World::default());
    let (mut writer, _, _) = open(disk.shared(), &options).unwrap();
    let mut marks = Vec::new();
    for _ in 0..8 {
        commit_one(&mut writer, &[7; 72]);
        marks.push(mark(&disk.world()));
    }
    assert_eq!(marks, [0, 0, 0, 3, 3, 3, 6, 6]);
    // What is under it is not taken for a tear, though no frame behind says that it was durable.
    let mut torn = disk.world();
    let mut bytes = torn.bytes(FIRST).to_vec();
    let frames = frames(&bytes);
    bytes[frames[5].start..].fill(0);
    torn.replace(FIRST, bytes);
    let opened = open(HostileDisk::new(torn).shared(), &options).map(|(_, found, _)| found);
    assert!(
        matches!(opened, Err(JournalError::Damaged { .. })),
        "{opened:?}"
    );
}

#[test]
fn a_segment_that_has_not_begun_has_nothing_in_it_and_the_byte_is_told_that_has() {
    let sample = sample(1, true, 0);
    let names = sample.names();
    let spare = names.last().unwrap();
    let whole = sample.world.bytes(spare);
    assert!(frames(whole).is_empty());
    for at in [SECTOR, SECTOR + 1, whole.len() - 1] {
        let mut bytes = whole.to_vec();
        bytes[at] = 1;
        let opened = sample.with(spare, bytes);
        assert!(
            matches!(&opened, Err(JournalError::Damaged { file, offset, .. }) if file == spare && *offset == at as u64),
            "{at}: {opened:?}"
        );
    }
}

#[test]
fn a_journal_that_ends_before_what_the_caller_knows_is_refused() {
    let sample = sample(1, true, 0);
    let last = Sequence::new(sample.model.appended.len() as u64);
    for (at_least, opens) in [(last, true), (last.next(), false)] {
        let options = Options {
            at_least,
            ..sample.options.clone()
        };
        let disk = HostileDisk::new(sample.world.clone());
        let opened = open(disk.shared(), &options).map(|(_, found, _)| found);
        match opened {
            Ok(_) => assert!(opens),
            Err(JournalError::TooShort { .. }) => assert!(!opens && disk.operations() < 2),
            Err(error) => panic!("{error}"),
        }
    }
}
