//! What a start makes of what is left on a disk.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use greenlane::archive::{History, Records, verify};
use greenlane::journal::{Disk as _, Sequence};
use greenlane::service::{Desk, Started, answer};
use greenlane::supervision::{DataFolder, Record, State, read_checkpoint};

use crate::disk::HostileDisk;
use crate::service::{RealFolder, archive, started};
use crate::world::{Loss, Random, World};

/// What must be true of whatever is left of a history.
pub(crate) struct Expected<'e> {
    pub(crate) real: &'e RealFolder,
    pub(crate) clock: Arc<AtomicI64>,
    /// The records that are known, the first first.
    pub(crate) records: Vec<Vec<u8>>,
    /// The last record that may be there.
    pub(crate) most: u64,
    /// The digest of the state after each record, before the first too; none where they are not known.
    pub(crate) digests: Vec<String>,
}

/// What a start found and wrote.
pub(crate) struct Found {
    /// All records, those of the start itself too.
    records: Vec<Vec<u8>>,
    /// The disk after it.
    pub(crate) world: World,
    /// The disk after each operation of it.
    pictures: Vec<World>,
}

/// The digests of the states after each of some records.
pub(crate) fn digests(real: &RealFolder, records: &[Vec<u8>]) -> Vec<String> {
    let folder = Arc::new(DataFolder::read(&real.0).unwrap());
    let mut state = State::new(folder);
    let mut digests = vec![state.digest()];
    for (payload, sequence) in records.iter().zip(1..) {
        fold(&mut state, sequence, payload);
        digests.push(state.digest());
    }
    digests
}

fn fold(state: &mut State, sequence: u64, payload: &[u8]) {
    let (record, event) = state.read(payload).unwrap();
    let applied = state.apply(Sequence::new(sequence), &record, event.as_ref());
    applied.unwrap();
}

impl Expected<'_> {
    /// Starts on a world, which must succeed, and checks all that is there; `sealed` lets it archive everything.
    pub(crate) fn check(&self, world: World, sealed: bool) -> Found {
        let acknowledged = world.noted;
        let disk = HostileDisk::new(world).watched();
        let begun = started(&disk, self.real, &self.clock);
        let Started {
            desk,
            tail,
            recovery,
            ..
        } = begun.unwrap_or_else(|error| panic!("{error} ({acknowledged} acknowledged)"));
        let pictures = disk.take_pictures();
        let last = recovery.last.get();
        assert!(
            (acknowledged..=self.most).contains(&last),
            "{acknowledged} acknowledged, {} placed, found {last}",
            self.most
        );
        let journal = Arc::clone(desk.settle().journal());
        let folders = archive(&disk);
        let mut history = History::open(journal.as_ref(), Arc::clone(&folders), Sequence::new(1));
        let mut records = Vec::new();
        while let Some((sequence, payload)) = history.as_mut().unwrap().next_record().unwrap() {
            records.push(payload.to_vec());
            assert_eq!(sequence.get(), records.len() as u64);
        }
        drop((history, journal));
        self.compare(&records, last as usize);
        self.answers(&desk, &records, last as usize);
        assert!(tail.progress().stopped().is_none());
        let world = disk.world();
        if sealed {
            tail.close().unwrap();
            let report = verify(folders.as_ref()).unwrap();
            assert_eq!(report.faults, []);
            let mut archived = Records::open(folders, Sequence::new(1)).unwrap();
            for record in &records {
                assert_eq!(archived.next_record().unwrap().unwrap().payload, record);
            }
            assert!(archived.next_record().unwrap().is_none());
            self.state(&disk, &records, records.len());
        } else {
            drop(tail);
            self.state(&disk, &records, last as usize);
        }
        drop(desk);
        Found {
            records,
            world,
            pictures,
        }
    }

    /// Those that are known are what they were; behind the last there is only what the start did itself.
    fn compare(&self, records: &[Vec<u8>], last: usize) {
        for (at, (found, expected)) in records.iter().zip(&self.records).take(last).enumerate() {
            assert!(found == expected, "record {} is another", at + 1);
        }
        for payload in records.iter().skip(last) {
            let record = Record::decode(payload).unwrap();
            assert_eq!(record.act.map(|act| act.by), Some("greenlane"));
        }
    }

    /// Some records are found one by one, with the answers that they had.
    fn answers(&self, desk: &Desk, records: &[Vec<u8>], last: usize) {
        let mut random = Random(records.len() as u64);
        for _ in 0..3 {
            let at = random.below(records.len());
            let sequence = Sequence::new(at as u64 + 1);
            let found = desk.record(sequence).unwrap();
            assert_eq!(found, records[at]);
            if let Some(known) = self.records.get(at).filter(|_| at < last) {
                let (told, known) = (answer(&found, sequence), answer(known, sequence));
                assert!(told.ok() == known.ok(), "record {sequence}");
            }
        }
    }

    /// The state of the newest checkpoint and the records behind it is that of all records.
    fn state(&self, disk: &HostileDisk, records: &[Vec<u8>], last: usize) {
        let folder = Arc::new(DataFolder::read(&self.real.0).unwrap());
        let checkpoints = disk.within("checkpoints");
        assert!(checkpoints.list().unwrap().len() <= 4);
        let at_most = Sequence::new(last as u64);
        let read = read_checkpoint(&checkpoints, &folder, at_most, |_| ());
        let mut state = read.unwrap().unwrap_or_else(|| State::new(folder));
        let from = state.ledger.last.get() as usize;
        for (payload, sequence) in records.iter().zip(1..).take(last).skip(from) {
            fold(&mut state, sequence, payload);
        }
        // Behind what is known there is what the start did itself.
        let known = self.digests.get(last);
        let known = known.filter(|_| self.records.get(..last) == records.get(..last));
        let expected = match known {
            Some(digest) => digest.clone(),
            None => digests(self.real, &records[..last]).swap_remove(last),
        };
        assert_eq!(state.digest(), expected, "{from} to {last}");
    }

    /// Checks a world; then the start itself is stopped at one of its operations, or after it, and the next one must
    /// come to the same. How many worlds that were.
    pub(crate) fn check_twice(&self, world: World, random: &mut Random) -> usize {
        let sealed = random.below(4) == 0;
        let found = self.check(world, sealed);
        let again = Expected {
            real: self.real,
            clock: Arc::clone(&self.clock),
            most: found.records.len() as u64,
            records: found.records,
            digests: Vec::new(),
        };
        let mut after = found.world;
        after.noted = again.most;
        let stopped = match found.pictures.len() {
            0 => after,
            count if random.below(3) > 0 => found.pictures[random.below(count)].clone(),
            _ => after,
        };
        again.check(stopped.crash(&mut Loss::draw(random)), false);
        2
    }
}
