//! What must be true of a journal whatever happened: the records that were handed to it, how many of them were
//! acknowledged, and which were given up.

use std::sync::Arc;

use greenlane::journal::{
    Disk, Durability, JournalError, Options, Reader, Recovery, Sequence, Writer,
};

use crate::disk::HostileDisk;
use crate::world::{Random, World};

/// A sequence and its payload.
pub(crate) type Record = (u64, Vec<u8>);
type Records = Vec<Record>;

/// Records as they were appended; the one of sequence 1 first.
#[derive(Clone, Default)]
pub(crate) struct Model {
    pub(crate) appended: Vec<Vec<u8>>,
    pub(crate) acknowledged: usize,
    /// Records before this one may be gone.
    pub(crate) given_up_before: u64,
}

impl Model {
    /// A payload that no other record has.
    pub(crate) fn draw(&mut self, random: &mut Random) -> Vec<u8> {
        let mut payload = Vec::new();
        for _ in 0..random.below(24) {
            payload.extend(random.next().to_le_bytes());
        }
        payload.truncate(payload.len().saturating_sub(random.below(8)));
        self.appended.push(payload.clone());
        payload
    }

    /// Checks what was found; the number of the last record.
    pub(crate) fn check(&self, recovery: &Recovery, records: &[Record]) -> usize {
        let first = recovery.first.get();
        let last = recovery.last.get() as usize;
        assert!(
            last >= self.acknowledged,
            "{} acknowledged, found {recovery:?}",
            self.acknowledged
        );
        assert!(
            last <= self.appended.len(),
            "{} appended, found {recovery:?}",
            self.appended.len()
        );
        assert!(first <= self.given_up_before.max(1), "{recovery:?}");
        assert_eq!(records.len() as u64, last as u64 + 1 - first);
        for (expected, (sequence, payload)) in (first..).zip(records) {
            assert_eq!(*sequence, expected);
            assert_eq!(
                *payload,
                self.appended[expected as usize - 1],
                "sequence {sequence}"
            );
        }
        last
    }
}

/// Sizes so small that a few records roll the log over.
pub(crate) fn tiny(random: &mut Random) -> Options {
    Options {
        segment_bytes: 1_024 + 256 * random.below(6) as u64,
        group_bytes: 700,
        mark_bytes: [0, 300, 1 << 20][random.below(3)],
        durability: Durability::Fsync,
        origin: random.next(),
        at_least: Sequence::ZERO,
    }
}

/// Everything that a journal holds.
pub(crate) fn records(mut reader: Reader) -> Result<Records, JournalError> {
    let mut records = Vec::new();
    while let Some(record) = reader.next_record()? {
        records.push((record.sequence.get(), record.payload.to_vec()));
    }
    Ok(records)
}

/// Opens a journal and reads it.
pub(crate) fn open(
    disk: Arc<dyn Disk>,
    options: &Options,
) -> Result<(Writer, Recovery, Records), JournalError> {
    let (writer, recovery) = Writer::open(disk, options.clone())?;
    let records = records(writer.read(recovery.first)?)?;
    Ok((writer, recovery, records))
}

/// Opens a world, which must succeed, and checks it; the number of the last record and the world afterwards.
pub(crate) fn reopen(world: World, options: &Options, model: &Model) -> (usize, World) {
    let disk = HostileDisk::new(world);
    let (_, recovery, records) = open(disk.shared(), options)
        .unwrap_or_else(|error| panic!("{error} ({} acknowledged)", model.acknowledged));
    (model.check(&recovery, &records), disk.world())
}
