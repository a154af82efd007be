//! One record is found wherever it is, at a cost that does not grow with its segment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use greenlane::journal::{Disk as _, Journal, Options, Sequence, Writer};

use crate::disk::{HostileDisk, Reads};
use crate::world::{Loss, Random, World};

/// Bytes between two places that the journal keeps in memory, and of the first read.
const NEAR: usize = 64 << 10;

fn options() -> Options {
    Options {
        segment_bytes: 300 << 10,
        group_bytes: 200 << 10,
        ..Options::default()
    }
}

/// A payload that says itself whether it is whole.
fn payload(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let words = random.below(500);
    let mut payload = seed.to_le_bytes().to_vec();
    payload.extend((0..words).flat_map(|_| random.next().to_le_bytes()));
    payload
}

fn assert_whole(found: &[u8]) {
    let seed = found[..8].try_into().unwrap();
    assert!(found == payload(u64::from_le_bytes(seed)));
}

/// Reads records here and there; each is whole, or was removed.
fn read_at_random(journal: &Journal, seed: u64, ended: &AtomicBool) -> usize {
    let (mut random, mut found) = (Random(seed), 0);
    while found == 0 || !ended.load(Ordering::Relaxed) {
        let durable = journal.durable().get();
        let asked = Sequence::new(1 + random.next() % (durable + 1));
        match journal.record(asked).unwrap() {
            Some(record) => {
                assert_whole(&record);
                found += 1;
            }
            None => assert!(asked.get() > durable || asked < journal.segments()[0].first),
        }
    }
    found
}

/// Lets threads end that wait for it, also where the test has failed.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Appends from three threads; the payload of each record. All are durable then.
fn append(journal: &Journal, each: u64) -> Vec<Vec<u8>> {
    let mut records: Vec<(Sequence, u64)> = thread::scope(|scope| {
        let append = |writer: u64| {
            let seeds = writer * each..(writer + 1) * each;
            let one = |seed| {
                let sequence = journal.append(&payload(seed)).unwrap();
                if seed % 4 == 0 {
                    journal.wait_durable(sequence).unwrap();
                    // Where this thread got no processor for long, it is among those that went.
                    match journal.record(sequence).unwrap() {
                        Some(found) => assert!(found == payload(seed)),
                        None => assert!(sequence < journal.segments()[0].first),
                    }
                }
                (sequence, seed)
            };
            seeds.map(one).collect::<Vec<_>>()
        };
        let threads = [0, 1, 2].map(|writer| scope.spawn(move || append(writer)));
        let done = threads.into_iter().flat_map(|it| it.join().unwrap());
        done.collect()
    });
    records.sort_unstable();
    let numbers = records.iter().map(|(sequence, _)| sequence.get());
    assert!(numbers.eq(1..=3 * each));
    journal.wait_durable(Sequence::new(3 * each)).unwrap();
    records.into_iter().map(|(_, seed)| payload(seed)).collect()
}

fn assert_all_found(journal: &Journal, records: &[Vec<u8>]) {
    let first = journal.segments()[0].first;
    for (number, record) in (1..).zip(records) {
        let sequence = Sequence::new(number);
        let expected = (sequence >= first).then_some(record);
        assert_eq!(journal.record(sequence).unwrap().as_ref(), expected);
    }
    let nowhere = [0, records.len() as u64 + 1, u64::MAX];
    for number in nowhere {
        assert_eq!(journal.record(Sequence::new(number)).unwrap(), None);
    }
}

#[test]
fn every_record_is_found_while_threads_append_and_old_segments_go_and_after_a_restart() {
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), options()).unwrap();
    let ended = AtomicBool::new(false);
    let records = thread::scope(|scope| {
        let readers = [1, 2].map(|seed| {
            scope.spawn({
                let (journal, ended) = (&journal, &ended);
                move || read_at_random(journal, seed, ended)
            })
        });
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                let half = Sequence::new(journal.durable().get() / 2);
                journal.remove_before(half).unwrap();
                thread::yield_now();
            }
        });
        let ends = Ends(&ended);
        let records = append(&journal, 700);
        drop(ends);
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() > 0));
        records
    });
    assert!(journal.segments()[0].first > Sequence::new(1) && journal.segments().len() > 5);
    assert_all_found(&journal, &records);
    journal.close().unwrap();
    let (journal, _) = Journal::open(disk.shared(), options()).unwrap();
    assert_all_found(&journal, &records);
    // What is written now is found as well as what recovery has read.
    let more = payload(9_999);
    let sequence = journal.append(&more).unwrap();
    journal.wait_durable(sequence).unwrap();
    assert_eq!(journal.record(sequence).unwrap(), Some(more));
}

#[test]
fn a_record_that_is_not_durable_is_not_found() {
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), options()).unwrap();
    let sequence = journal.append(b"record").unwrap();
    journal.poison("the disk is full");
    // It may have been written before the journal stopped.
    let found = journal.record(sequence).unwrap();
    assert_eq!(found.is_some(), journal.durable() >= sequence);
}

/// A journal of one long segment.
fn long(records: &[Vec<u8>]) -> (HostileDisk, Options) {
    let disk = HostileDisk::new(World::default());
    let options = Options {
        segment_bytes: 16 << 20,
        group_bytes: 1 << 20,
        ..Options::default()
    };
    let (mut writer, _) = Writer::open(disk.shared(), options.clone()).unwrap();
    let mut group = writer.group();
    for record in records {
        if group.push(record).is_err() {
            writer.commit(&mut group).unwrap();
            group.push(record).unwrap();
        }
    }
    writer.commit(&mut group).unwrap();
    assert_eq!(writer.segments().len(), 1);
    (disk, options)
}

#[test]
fn a_record_costs_the_same_wherever_it_is_in_a_segment() {
    let records: Vec<_> = (0..4_000).map(payload).collect();
    let (disk, options) = long(&records);
    let (journal, _) = Journal::open(disk.shared(), options).unwrap();
    let mut all = Reads::default();
    for sequence in 1..=4_000 {
        disk.take_reads();
        let found = journal.record(Sequence::new(sequence)).unwrap();
        assert_eq!(found.as_ref(), Some(&records[sequence as usize - 1]));
        let reads = disk.take_reads();
        // Where the record is not whole in what was read first, the second read is twice as long.
        assert!(reads.calls <= 2 && reads.bytes <= 3 * NEAR, "{reads:?}");
        all.calls += reads.calls;
        all.bytes += reads.bytes;
    }
    assert!(all.bytes / 4_000 < NEAR + NEAR / 10, "{all:?}");
    // A walk begins as near.
    let mut reader = journal.read(Sequence::new(3_500)).unwrap();
    assert_eq!(
        reader.next_record().unwrap().unwrap().payload,
        records[3_499]
    );
    assert!(disk.take_reads().bytes <= 3 * NEAR);
}

#[test]
fn a_place_noted_as_records_were_written_is_the_one_that_recovery_notes() {
    let records: Vec<_> = (0..2_000).map(payload).collect();
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), options()).unwrap();
    for group in records.chunks(50) {
        let append = |_, record: &Vec<u8>| journal.append(record).unwrap();
        let last = group.iter().fold(Sequence::ZERO, append);
        journal.wait_durable(last).unwrap();
    }
    let costs = |journal: &Journal| {
        let cost = |sequence| {
            disk.take_reads();
            assert!(journal.record(Sequence::new(sequence)).unwrap().is_some());
            disk.take_reads()
        };
        (1..=2_000).map(cost).collect::<Vec<_>>()
    };
    let written = costs(&journal);
    journal.close().unwrap();
    let (journal, _) = Journal::open(disk.shared(), options()).unwrap();
    assert!(costs(&journal) == written);
}

#[test]
fn a_record_longer_than_the_first_read_is_found_whole() {
    let long_one = |byte| vec![byte; 3 * NEAR + 7];
    let records = [
        long_one(1),
        vec![2; 9],
        long_one(3),
        long_one(4),
        vec![5; 70],
    ];
    let (disk, options) = long(&records);
    let (journal, _) = Journal::open(disk.shared(), options).unwrap();
    for (number, record) in (1..).zip(&records) {
        disk.take_reads();
        assert_eq!(
            journal.record(Sequence::new(number)).unwrap().as_ref(),
            Some(record)
        );
        let reads = disk.take_reads();
        assert!(
            reads.calls <= 2 && reads.bytes <= record.len() + 3 * NEAR,
            "{reads:?}"
        );
    }
}

#[test]
fn damage_is_told_by_a_point_read_too() {
    let records: Vec<_> = (0..300).map(payload).collect();
    let (disk, options) = long(&records);
    let (journal, _) = Journal::open(disk.shared(), options).unwrap();
    let name = "00000000000000000001.journal";
    let world = disk.world();
    let is_it = |at: &[u8]| at == &records[250][8..72];
    let at = world.bytes(name).windows(64).position(is_it).unwrap();
    let file = disk.open(name).unwrap();
    file.write_at(&[0xa5], at as u64).unwrap();
    let told = journal.record(Sequence::new(251)).unwrap_err().to_string();
    assert!(
        told.starts_with(&format!("`{name}` is damaged at byte")),
        "{told}"
    );
}

#[test]
fn behind_a_cut_new_records_are_found_in_the_place_of_lost_ones() {
    let mut random = Random(3);
    let disk = HostileDisk::new(World::default());
    let (mut writer, _) = Writer::open(disk.shared(), options()).unwrap();
    let mut commit = |disk: &HostileDisk| {
        let mut group = writer.group();
        while group.push(&payload(random.next())).is_ok() {}
        writer.commit(&mut group).unwrap();
        disk.take_pictures()
    };
    commit(&disk);
    let disk = disk.watched();
    let pictures = [(); 3].map(|()| commit(&disk)).concat();
    let mut cuts = 0;
    for picture in pictures {
        let lost = picture.crash(&mut Loss::Any(Random(cuts)));
        let disk = HostileDisk::new(lost);
        let (journal, recovery) = Journal::open(disk.shared(), options()).unwrap();
        cuts += u64::from(recovery.cut.is_some());
        let next = recovery.last.get() + 1;
        let seeds = next..next + 100;
        for number in seeds.clone() {
            let sequence = journal.append(&payload(number)).unwrap();
            assert_eq!(sequence.get(), number);
            journal.wait_durable(sequence).unwrap();
        }
        for number in 1..seeds.end {
            let found = journal.record(Sequence::new(number)).unwrap().unwrap();
            assert_whole(&found);
            assert!(number < next || found == payload(number));
        }
    }
    assert!(cuts > 2, "{cuts}");
}
