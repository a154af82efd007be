//! What a data folder holds, read through the library while nobody writes it: every record once, archived as it was
//! journaled, each decision the same when it is made again, and in it everything that anybody was told.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use greenlane::analysis::replay::replay;
use greenlane::archive::{Fault, History, Records, verify};
use greenlane::journal::{Folders, LocalDisk, LocalFolders, Log as _, Sequence, Stored};
use greenlane::supervision::{DataFolder, Record, checkpoints, write_answer_of};
use serde_json::Value;

use crate::actor::Actor;

/// Checks a folder as it was left; how many records it has. After a clean stop the archive has all of them.
pub(crate) fn check(data: &Path, actors: &[Actor], stopped_cleanly: bool) -> usize {
    let folder = DataFolder::read(data).unwrap();
    let kept = LocalDisk::open(folder.checkpoints()).unwrap();
    let checkpoint = !checkpoints(&kept).unwrap().is_empty();
    let payloads = recorded(&folder);
    each_once(&payloads);
    let (archived, mended) = archived(&folder, &payloads);
    assert!(!stopped_cleanly || (archived == payloads.len() && mended == 0));
    for actor in actors {
        all_that_was_told(actor, &payloads);
    }
    let replayed = replay(folder, checkpoint, |_, _| ()).unwrap();
    assert!(replayed.is_right(), "{replayed:?}");
    assert_eq!(replayed.fold.is_some(), checkpoint);
    assert_eq!(replayed.records as usize, payloads.len());
    payloads.len()
}

/// The payloads of all records, of the archive and then of the journal; the first has the sequence 1.
pub(crate) fn recorded(folder: &DataFolder) -> Vec<Vec<u8>> {
    let disk = Arc::new(LocalDisk::open(folder.journal()).unwrap());
    let journal = Stored::open(disk).unwrap();
    let folders = Arc::new(LocalFolders::new(folder.archive()));
    let mut history = History::open(&journal, folders, Sequence::new(1)).unwrap();
    let mut payloads = Vec::new();
    while let Some((sequence, payload)) = history.next_record().unwrap() {
        payloads.push(payload.to_vec());
        assert_eq!(sequence.get() as usize, payloads.len());
    }
    assert_eq!(journal.last().get() as usize, payloads.len());
    payloads
}

/// No event is recorded twice, nor any revision.
fn each_once(payloads: &[Vec<u8>]) {
    let (mut events, mut revisions) = (HashMap::new(), HashMap::new());
    for (index, payload) in payloads.iter().enumerate() {
        let record = Record::decode(payload).unwrap();
        if let Some(act) = record.act {
            let body: Value = serde_json::from_str(act.body).unwrap();
            let id = body["event_id"].as_str().unwrap().to_owned();
            let before = events.insert(id, index + 1);
            assert_eq!(before, None, "{body} is recorded again at {}", index + 1);
        }
        if let Some(revision) = record.revision {
            let id = revision.declaration_id.to_owned();
            let key = (id, revision.version, revision.revision);
            let before = revisions.insert(key, index + 1);
            assert_eq!(
                before,
                None,
                "a revision is recorded again at {}",
                index + 1
            );
        }
    }
}

/// How many records the archive has: each of them once, and as the journal has it. And how many files of a sealing
/// that was interrupted the next start has still to write.
fn archived(folder: &DataFolder, payloads: &[Vec<u8>]) -> (usize, usize) {
    let folders: Arc<dyn Folders> = Arc::new(LocalFolders::new(folder.archive()));
    let faults = verify(&*folders).unwrap().faults;
    let interrupted = |fault: &Fault| fault.why.contains("the sealing was interrupted");
    assert!(faults.iter().all(interrupted), "{faults:?}");
    let mut records = Records::open(folders, Sequence::new(1)).unwrap();
    let last = records.last().get() as usize;
    let mut count = 0;
    while let Some(record) = records.next_record().unwrap() {
        assert_eq!(record.sequence.get() as usize, count + 1);
        assert_eq!(record.payload, payloads[count]);
        count += 1;
    }
    assert_eq!(count, last);
    (count, faults.len())
}

fn all_that_was_told(actor: &Actor, payloads: &[Vec<u8>]) {
    for declared in &actor.declarations {
        let answers = declared.versions.iter().map(|(_, answer)| answer);
        for answer in answers.chain([&declared.latest]) {
            let told: Value = serde_json::from_slice(answer).unwrap();
            let sequence = told["sequence"].as_u64().unwrap();
            let record = Record::decode(&payloads[sequence as usize - 1]).unwrap();
            let revision = record.revision.unwrap();
            let mut held = Vec::new();
            write_answer_of(&revision, Sequence::new(sequence), record.at, &mut held);
            assert!(
                held == *answer,
                "record {sequence} is not what was told: {told}"
            );
        }
    }
    for event in &actor.events {
        let sequence = event.answer["sequence"].as_u64().unwrap();
        let record = Record::decode(&payloads[sequence as usize - 1]).unwrap();
        let body: Value = serde_json::from_str(record.act.unwrap().body).unwrap();
        assert_eq!(body["event_id"], event.answer["event_id"]);
    }
}
