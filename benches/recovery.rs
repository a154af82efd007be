//! Recovery of a killed service: the checkpoint has 1,000,000 enterprises and 10,000,000 declarations, and behind it
//! the journal holds 1 GiB that was decided since. It takes a minute and is told part by part, not sampled.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use greenlane::archive::RollOptions;
use greenlane::clock::{self, Stopwatch};
use greenlane::declaration::Moment;
use greenlane::generate::{Generator, Plan};
use greenlane::journal::{Durability, LocalDisk, Options, Sequence};
use greenlane::service::{Answered, Begin, Between, Caller, Refusal, StartOptions, Started, start};
use greenlane::supervision::{
    AsOf, DataFolder, Matcher, Record, Step, digest, read_checkpoint, write_checkpoint,
};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 20_161_102;
const CALLER: Caller<'static> = Caller {
    name: "bench",
    officer: true,
};

/// How much there is to recover.
struct Size {
    enterprises: u64,
    ids: u64,
    tail_bytes: u64,
}

const WHOLE: Size = Size {
    enterprises: 1_000_000,
    ids: 10_000_000,
    tail_bytes: 1 << 30,
};
const SMALL: Size = Size {
    enterprises: 1_000,
    ids: 10_000,
    tail_bytes: 1 << 20,
};

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let size = if testing { SMALL } else { WHOLE };
    let data = std::env::temp_dir().join(format!("greenlane-recovery-{}", std::process::id()));
    let plan = Plan {
        enterprises: size.enterprises,
        declarations: size.tail_bytes / 1_024,
        rules: 200,
        seed: SEED,
    };
    let generator = Generator::new(plan).expect("the plan is within bounds");
    let begin = Begin {
        policy: generator.policy_source().expect("paths are unique"),
        registry: Some(generator.registry_source().expect("table names are right")),
        as_of: AsOf::Declaration,
    };
    let begun = timed("begun from the registry's files", || {
        service(&data, Some(begin))
    });
    let (last, payload) = decide(&begun, &generator, 0);
    begun.tail.close().expect("the disk takes it");
    drop(begun.desk);
    know(&data, last, &payload, size.ids);
    let again = timed("ready with the checkpoint alone", || service(&data, None));
    let (last, _) = decide(&again, &generator, size.tail_bytes);
    drop(again);
    let checkpoint = bytes(&data.join("checkpoints"));
    let tail = bytes(&data.join("journal"));
    println!(
        "{} enterprises, {} declarations: checkpoints of {checkpoint} bytes, journal of {tail}",
        size.enterprises, size.ids
    );
    let recovered = timed("ready with checkpoint and journal", || service(&data, None));
    let held = recovered.desk.settle().hold().expect("it lives");
    assert!(held.ledger().last >= last, "everything is recovered");
    let known = held.ledger().entry(digest(&(size.ids - 1).to_be_bytes()));
    assert!(known.is_some(), "also what only the checkpoint knows");
    drop(held);
    drop(recovered);
    let _ = fs::remove_dir_all(&data);
}

/// Without seals: no checkpoint is made, and what is dropped is as if it had been killed.
fn service(data: &Path, begin: Option<Begin>) -> Started {
    let options = StartOptions {
        data: data.to_owned(),
        begin,
        demonstration: None,
        journal: Options {
            durability: Durability::Buffered,
            ..Options::default()
        },
        roll: RollOptions {
            max_rows: u64::MAX,
            max_age_s: u32::MAX,
        },
        clock: Arc::new(|| Moment::from_micros(clock::now_micros())),
        between: Between::default(),
    };
    start(options, &mut |_, _| ()).unwrap_or_else(|error| panic!("{error}"))
}

/// Decides declarations until the journal has grown by so many bytes, but one at least; the last record.
fn decide(started: &Started, generator: &Generator, enough: u64) -> (Sequence, Vec<u8>) {
    let (desk, mut matcher) = (&started.desk, Matcher::default());
    let (mut grown, mut last, mut number, mut line) = (0, None, 0, Vec::new());
    while last.is_none() || grown < enough {
        line.clear();
        generator.declaration(number, &mut line);
        match desk.decide(&mut matcher, &line, CALLER) {
            Ok(Answered::Now(settled)) => {
                grown += matcher.payload.len() as u64;
                last = Some(settled.sequence);
                number += 1;
            }
            Ok(Answered::Before(_)) => number += 1,
            Err(Refusal::Busy) => thread::yield_now(),
            Err(refusal) => panic!("declaration {number}: {refusal}"),
        }
    }
    let last = last.expect("there is one");
    desk.wait_durable(last).expect("the disk takes it");
    (last, matcher.payload)
}

/// Writes the checkpoint that stands behind a record, as if so many declarations more had been decided before it.
fn know(data: &Path, last: Sequence, payload: &[u8], ids: u64) {
    let folder = Arc::new(DataFolder::write(data).expect("the folder is free"));
    let disk = LocalDisk::open(folder.checkpoints()).expect("the folder is there");
    let read = read_checkpoint(&disk, &folder, last, |why| panic!("{why}"));
    let read = read.expect("the checkpoint can be read");
    let mut state = read.expect("a stop leaves a checkpoint");
    let record = Record::decode(payload).expect("it was written as a record");
    let revision = record.revision.expect("it decides a declaration");
    for id in 0..ids {
        let key = digest(&id.to_be_bytes());
        let mut step = Step::new(&revision, key, key);
        state.ledger.step(&mut step, last, record.at);
    }
    timed("the checkpoint written", || {
        write_checkpoint(&disk, &state).expect("the disk takes it")
    });
}

fn bytes(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).expect("the folder is there");
    files
        .map(|file| {
            file.and_then(|file| file.metadata())
                .map_or(0, |file| file.len())
        })
        .sum()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let watch = Stopwatch::start();
    let done = work();
    println!("recovery: {what}: {:.1} s", watch.elapsed().as_secs_f64());
    done
}
