//! One thread reads behind those that append, in a journal that they all share.

use std::sync::Arc;
use std::thread;

use greenlane::journal::{Journal, JournalError, Options, Reader, Sequence};

use crate::disk::HostileDisk;
use crate::model::records;
use crate::world::World;

fn options() -> Options {
    Options {
        segment_bytes: 20 << 10,
        group_bytes: 8 << 10,
        ..Options::default()
    }
}

fn new() -> (HostileDisk, Arc<Journal>) {
    let disk = HostileDisk::new(World::default());
    let (journal, _) = Journal::open(disk.shared(), options()).unwrap();
    (disk, Arc::new(journal))
}

fn append(journal: &Journal, payload: &[u8]) -> Sequence {
    let sequence = journal.append(payload).unwrap();
    journal.wait_durable(sequence).unwrap();
    sequence
}

/// How a tail goes on.
#[derive(Clone, Copy)]
enum By {
    Following,
    ReadingAnew,
}

/// Reads everything until the journal closes.
fn tail(journal: &Journal, by: By) -> Vec<(u64, Vec<u8>)> {
    let mut reader = journal.read(Sequence::new(1)).unwrap();
    let (mut seen, mut next) = (Vec::new(), Sequence::new(1));
    loop {
        while let Some(record) = reader.next_record().unwrap() {
            seen.push((record.sequence.get(), record.payload.to_vec()));
            next = record.sequence.next();
        }
        if let Err(error) = journal.wait_durable(next) {
            assert!(matches!(error, JournalError::Closed), "{error}");
            return seen;
        }
        match by {
            By::Following => reader.follow(journal),
            By::ReadingAnew => reader = journal.read(next).unwrap(),
        }
    }
}

#[test]
fn a_tail_sees_every_record_once_in_order_over_many_segments() {
    let (_, journal) = new();
    let tails = [By::Following, By::ReadingAnew].map(|by| {
        let journal = Arc::clone(&journal);
        thread::spawn(move || tail(&journal, by))
    });
    let writers = [1, 2, 3].map(|writer: u64| {
        let journal = Arc::clone(&journal);
        thread::spawn(move || {
            (0..500_u64).for_each(|no| {
                let payload = [writer, no].map(u64::to_le_bytes).concat();
                append(&journal, &payload.repeat(no as usize % 40));
            });
        })
    });
    writers.into_iter().for_each(|it| it.join().unwrap());
    assert!(journal.segments().len() > 15);
    journal.begin_close();
    let refused = journal.append(b"late").unwrap_err();
    assert!(matches!(refused, JournalError::Closed), "{refused}");
    let all = records(journal.read(Sequence::new(1)).unwrap()).unwrap();
    assert_eq!(all.len(), 1_500);
    for tail in tails {
        assert!(tail.join().unwrap() == all);
    }
    let journal = Arc::into_inner(journal).unwrap();
    assert_eq!(journal.close().unwrap(), Sequence::new(1_500));
}

#[test]
fn a_tail_goes_on_while_what_it_has_read_is_removed() {
    let (_, journal) = new();
    let mut reader = journal.read(Sequence::new(1)).unwrap();
    for number in 1..400_u64 {
        append(&journal, &number.to_le_bytes().repeat(60));
        reader.follow(&journal);
        let record = reader.next_record().unwrap().unwrap();
        assert_eq!(record.sequence, Sequence::new(number));
        assert_eq!(record.payload[..8], number.to_le_bytes());
        assert!(reader.next_record().unwrap().is_none());
        journal.remove_before(Sequence::new(number)).unwrap();
    }
    assert_eq!(journal.segments().len(), 1);
}

#[test]
fn to_follow_reads_once_for_each_group_and_segment() {
    let (disk, journal) = new();
    let mut reader = journal.read(Sequence::new(1)).unwrap();
    disk.take_reads();
    for _ in 0..400 {
        append(&journal, &[7; 500]);
        reader.follow(&journal);
        assert!(reader.next_record().unwrap().is_some());
    }
    let segments = journal.segments().len();
    assert!(segments > 8);
    let reads = disk.take_reads();
    assert_eq!(reads.calls, 400 + segments - 1, "{reads:?}");
    // Where nothing has come, nothing is read.
    reader.follow(&journal);
    assert!(reader.next_record().unwrap().is_none());
    assert_eq!(disk.take_reads().calls, 0);
}

fn rest(reader: &mut Reader) -> Result<u64, JournalError> {
    let mut count = 0;
    while reader.next_record()?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[test]
fn a_reader_that_starts_behind_the_last_record_sees_those_that_come() {
    let (_, journal) = new();
    let last = append(&journal, b"before");
    let mut reader = journal.read(last.next()).unwrap();
    assert_eq!(rest(&mut reader).unwrap(), 0);
    for _ in 0..100 {
        append(&journal, &[1; 600]);
    }
    assert_eq!(rest(&mut reader).unwrap(), 0);
    reader.follow(&journal);
    assert_eq!(rest(&mut reader).unwrap(), 100);
}

#[test]
fn a_reader_whose_next_record_was_removed_is_told() {
    let (_, journal) = new();
    append(&journal, b"first");
    let mut reader = journal.read(Sequence::new(1)).unwrap();
    for _ in 0..100 {
        append(&journal, &[1; 600]);
    }
    journal.remove_before(journal.durable()).unwrap();
    reader.follow(&journal);
    let told = rest(&mut reader).unwrap_err();
    let first = journal.segments()[0].first;
    assert!(
        matches!(told, JournalError::Absent { first: there, asked, .. } if there == first && asked < first)
    );
}

#[test]
#[should_panic = "a reader follows the journal that it reads"]
fn a_reader_follows_no_other_journal() {
    let mut reader = new().1.read(Sequence::new(1)).unwrap();
    reader.follow(&new().1);
}
